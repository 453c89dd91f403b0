/*
 * Ed25519 with private keys. libgcrypt signs with whatever public half it is handed, and two
 * signatures over one message under different public halves reveal the private key: so the public
 * half is always derived here from the seed, and nobody can set it.
 */
#include <gcrypt.h>
#include <string.h>

#include "crypto/crypto.h"

struct tro_ed25519 {
	uint8_t seed[TRO_ED25519_SEED_LEN];
	uint8_t public_key[TRO_ED25519_PUBLIC_LEN];
	gcry_sexp_t expression; /* both halves; deriving the public one takes as long as signing */
};

static tro_status fault_status(tro_err *err, gcry_error_t fault, const char *what)
{
	return tro_err_set(err, gcry_err_code(fault) == GPG_ERR_ENOMEM ? TRO_NOMEM : TRO_SYSTEM,
		"cannot %s: %s", what, gcry_strerror(fault));
}

static gcry_error_t derive_public(uint8_t out[TRO_ED25519_PUBLIC_LEN], const uint8_t *seed)
{
	gcry_sexp_t expression = NULL;
	gcry_ctx_t ctx = NULL;
	gcry_error_t fault = gcry_sexp_build(&expression, NULL,
		"(private-key(ecc(curve Ed25519)(flags eddsa)(d %b)))", TRO_ED25519_SEED_LEN, seed);

	if (fault == 0) {
		fault = gcry_mpi_ec_new(&ctx, expression, NULL);
	}
	if (fault == 0) {
		unsigned int bit_count = 0;
		gcry_mpi_t encoded = gcry_mpi_ec_get_mpi("q@eddsa", ctx, 1);
		const void *bytes =
			encoded == NULL ? NULL : gcry_mpi_get_opaque(encoded, &bit_count);

		if (bytes != NULL && bit_count == 8 * TRO_ED25519_PUBLIC_LEN) {
			memcpy(out, bytes, TRO_ED25519_PUBLIC_LEN);
		} else {
			fault = gcry_error(GPG_ERR_BAD_SECKEY);
		}
		gcry_mpi_release(encoded);
	}
	gcry_ctx_release(ctx);
	gcry_sexp_release(expression);
	return fault;
}

tro_status tro_ed25519_new(
	tro_ed25519 **out, const uint8_t seed[TRO_ED25519_SEED_LEN], tro_err *err)
{
	tro_ed25519 *key = tro_secret_alloc(sizeof(*key));

	if (key == NULL) {
		return tro_err_set(err, TRO_NOMEM, "no locked memory is left for a private key");
	}
	memcpy(key->seed, seed, sizeof(key->seed));
	gcry_error_t fault = derive_public(key->public_key, key->seed);

	if (fault == 0) {
		/* The seed lies in locked memory, so libgcrypt puts the expression there, too. */
		fault = gcry_sexp_build(&key->expression, NULL,
			"(private-key(ecc(curve Ed25519)(flags eddsa)(q %b)(d %b)))",
			TRO_ED25519_PUBLIC_LEN, key->public_key, TRO_ED25519_SEED_LEN, key->seed);
	}
	if (fault != 0) {
		tro_ed25519_free(key);
		return fault_status(err, fault, "load an Ed25519 private key");
	}
	*out = key;
	return TRO_OK;
}

tro_status tro_ed25519_generate(tro_ed25519 **out, tro_err *err)
{
	uint8_t *seed = tro_secret_alloc(TRO_ED25519_SEED_LEN);

	if (seed == NULL) {
		return tro_err_set(err, TRO_NOMEM, "no locked memory is left for a private key");
	}
	tro_random(seed, TRO_ED25519_SEED_LEN);
	tro_status status = tro_ed25519_new(out, seed, err);

	tro_secret_free(seed);
	return status;
}

void tro_ed25519_free(tro_ed25519 *key)
{
	if (key != NULL) {
		gcry_sexp_release(key->expression);
		tro_secret_free(key);
	}
}

const uint8_t *tro_ed25519_public(const tro_ed25519 *key)
{
	return key->public_key;
}

const uint8_t *tro_ed25519_seed(const tro_ed25519 *key)
{
	return key->seed;
}

/* One half of (sig-val(eddsa(r ...)(s ...))). */
static bool take_half(uint8_t out[32], gcry_sexp_t signature, const char *name)
{
	gcry_sexp_t part = gcry_sexp_find_token(signature, name, 0);
	size_t len = 0;
	const char *bytes = part == NULL ? NULL : gcry_sexp_nth_data(part, 1, &len);
	bool good = bytes != NULL && len == 32;

	if (good) {
		memcpy(out, bytes, 32);
	}
	gcry_sexp_release(part);
	return good;
}

static gcry_error_t sign(uint8_t out[TRO_ED25519_SIGNATURE_LEN], const tro_ed25519 *key,
	const void *message, int len)
{
	gcry_sexp_t data = NULL;
	gcry_sexp_t signature = NULL;
	gcry_error_t fault;

	/* An S-expression has no empty string; libgcrypt reads "(value)" as the empty message. */
	if (len == 0) {
		fault = gcry_sexp_build(
			&data, NULL, "(data(flags eddsa)(hash-algo sha512)(value))");
	} else {
		fault = gcry_sexp_build(&data, NULL,
			"(data(flags eddsa)(hash-algo sha512)(value %b))", len, message);
	}
	if (fault == 0) {
		fault = gcry_pk_sign(&signature, data, key->expression);
	}
	if (fault == 0 &&
		(!take_half(out, signature, "r") || !take_half(out + 32, signature, "s"))) {
		fault = gcry_error(GPG_ERR_BAD_SIGNATURE);
	}
	gcry_sexp_release(signature);
	gcry_sexp_release(data);
	return fault;
}

tro_status tro_ed25519_sign(uint8_t out[TRO_ED25519_SIGNATURE_LEN], const tro_ed25519 *key,
	const void *message, size_t len, tro_err *err)
{
	/* Near 64 KiB libgcrypt aborts the process instead of signing. */
	if (len > TRO_ED25519_MESSAGE_MAX) {
		return tro_err_set(err, TRO_INVALID,
			"the text to sign has %zu bytes; %d are the most that is signed", len,
			TRO_ED25519_MESSAGE_MAX);
	}
	gcry_error_t fault = sign(out, key, message, (int)len);

	return fault == 0 ? TRO_OK : fault_status(err, fault, "sign");
}
