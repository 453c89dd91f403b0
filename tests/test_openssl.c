/*
 * What we accept, OpenSSL accepts: seeded mutations of keys, texts and signatures, judged by the
 * product's own entry point and, where that says yes, by libcrypto in the same process. The other
 * way round is not asked: we refuse more than others.
 */
#include <check.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "suite.h"

enum { BASES_MAX = 64, MESSAGE_MAX = 96, MUTATIONS = TRO_MUTATIONS };

typedef struct sample {
	uint8_t public_key[32];
	uint8_t message[MESSAGE_MAX];
	size_t len;
	uint8_t signature[64];
} sample;

/* xorshift64*: what is random here is the same on every run. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1du;
}

static size_t below(uint64_t *state, size_t count)
{
	return (size_t)(next_random(state) >> 32) % count;
}

static bool openssl_accepts(const sample *s)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(
		EVP_PKEY_ED25519, NULL, s->public_key, sizeof(s->public_key));
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = key != NULL && context != NULL &&
		    EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
		    EVP_DigestVerify(
			    context, s->signature, sizeof(s->signature), s->message, s->len) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return good;
}

/* Signatures of our own. */
static size_t make_bases(sample bases[BASES_MAX], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		sample *s = &bases[i];
		uint8_t seed[32] = {0};
		tro_ed25519 *key;

		seed[0] = (uint8_t)i;
		s->len = i * 3 % MESSAGE_MAX;
		memset(s->message, (int)i, s->len);
		ck_assert_int_eq(tro_ed25519_new(&key, seed, NULL), TRO_OK);
		memcpy(s->public_key, tro_ed25519_public(key), 32);
		ck_assert_int_eq(
			tro_ed25519_sign(s->signature, key, s->message, s->len, NULL), TRO_OK);
		tro_ed25519_free(key);
	}
	return count;
}

/* The odd ones of the file: S + L, small order, non-canonical spellings, killer keys. */
static size_t read_bases(sample *bases, size_t cap)
{
	FILE *file = fopen(TRO_SOURCE_DIR "/tests/data/ed25519.vectors", "r");
	char line[1024];
	char key[80];
	char message[520];
	char signature[160];
	size_t count = 0;

	ck_assert_ptr_nonnull(file);
	while (count < cap && fgets(line, sizeof(line), file) != NULL) {
		sample *s = &bases[count];

		if (sscanf(line, "%*15s %79s %519s %159s", key, message, signature) == 3 &&
			tro_hex_decode(s->public_key, 32, key, strlen(key)) &&
			tro_hex_decode(s->signature, 64, signature, strlen(signature)) &&
			strlen(message) / 2 <= MESSAGE_MAX &&
			tro_hex_decode(s->message, strlen(message) / 2, message, strlen(message))) {
			s->len = strlen(message) / 2;
			count++;
		}
	}
	ck_assert_int_eq(fclose(file), 0);
	return count;
}

/* Adds the group's order to S, as a forger does who wants another spelling of the same. */
static void add_order(uint8_t s[32])
{
	static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6,
		0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
	unsigned carry = 0;

	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)s[i] + order[i];
		s[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

static void flip(uint8_t *bytes, size_t len, uint64_t *state)
{
	if (len > 0) {
		bytes[below(state, len)] ^= (uint8_t)(1u << below(state, 8));
	}
}

static void mutate(sample *s, const sample *bases, size_t count, uint64_t *state)
{
	const sample *other = &bases[below(state, count)];

	switch (below(state, 10)) {
	case 0: /* as it is */
		break;
	case 1:
		flip(s->public_key, sizeof(s->public_key), state);
		break;
	case 2:
		flip(s->message, s->len, state);
		break;
	case 3:
		flip(s->signature, 32, state);
		break;
	case 4:
		flip(s->signature + 32, 32, state);
		break;
	case 5:
		add_order(s->signature + 32);
		break;
	case 6:
		memcpy(s->signature, other->signature, 32); /* another's R */
		break;
	case 7:
		memcpy(s->public_key, other->public_key, sizeof(s->public_key));
		break;
	case 8: /* there and back: nothing has changed */
		s->signature[7] ^= 1;
		s->signature[7] ^= 1;
		break;
	default:
		s->public_key[31] ^= 0x80; /* the sign of x */
		s->signature[31] ^= (uint8_t)(below(state, 2) << 7);
		break;
	}
}

START_TEST(what_we_accept_of_many_mutations_openssl_accepts)
{
	uint64_t seed = 20261126;
	sample *bases = calloc(BASES_MAX, sizeof(*bases));

	ck_assert_ptr_nonnull(bases);
	size_t count = make_bases(bases, BASES_MAX / 2);
	size_t accepted = 0;

	count += read_bases(bases + count, BASES_MAX - count);
	ck_assert_uint_gt(count, BASES_MAX / 2 + 10);
	printf("what_we_accept_of_many_mutations_openssl_accepts: seed %llu\n",
		(unsigned long long)seed);
	for (unsigned i = 0; i < MUTATIONS; i++) {
		sample s = bases[below(&seed, count)];

		mutate(&s, bases, count, &seed);
		if (tro_ed25519_verify(s.public_key, s.message, s.len, s.signature, NULL) !=
			TRO_OK) {
			continue;
		}
		accepted++;
		ck_assert_msg(openssl_accepts(&s), "mutation %u: OpenSSL refuses it", i);
	}
	printf("%zu of %d were accepted\n", accepted, MUTATIONS);
	ck_assert_uint_gt(accepted, MUTATIONS / 20);
	ck_assert_uint_lt(accepted, MUTATIONS / 2);
	free(bases);
}
END_TEST

int main(void)
{
	tro_err err;
	Suite *suite = suite_create("openssl");
	TCase *tcase = tcase_create("openssl");

	if (tro_crypto_init(&err) != TRO_OK) {
		(void)fprintf(stderr, "%s\n", err.message);
		return EXIT_FAILURE;
	}
	tcase_set_timeout(tcase, 900);
	tcase_add_test(tcase, what_we_accept_of_many_mutations_openssl_accepts);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
