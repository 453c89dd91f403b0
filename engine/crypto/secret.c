#include <gcrypt.h>

#include "crypto/crypto.h"

void tro_random(void *out, size_t len)
{
	/* The kernel's generator, whatever the level is called (init.c). */
	if (len > 0) {
		gcry_randomize(out, len, GCRY_STRONG_RANDOM);
	}
}

bool tro_equal_secret(const void *a, const void *b, size_t len)
{
	/* volatile: the compiler must not leave the loop at the first difference. */
	const volatile uint8_t *left = a;
	const volatile uint8_t *right = b;
	uint8_t difference = 0;

	for (size_t i = 0; i < len; i++) {
		difference = (uint8_t)(difference | (left[i] ^ right[i]));
	}
	return difference == 0;
}

void *tro_secret_alloc(size_t len)
{
	void *secret = gcry_calloc_secure(1, len > 0 ? len : 1);

	if (secret != NULL && !gcry_is_secure(secret)) {
		gcry_free(secret);
		return NULL;
	}
	return secret;
}

void tro_secret_free(void *secret)
{
	/* Wipes what lies in the locked pool. */
	gcry_free(secret);
}
