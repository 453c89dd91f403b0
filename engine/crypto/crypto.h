/*
 * The primitives, and the only door to libgcrypt: hashes, HMAC, random bytes and Ed25519 made safe
 * against the four defects of libgcrypt 1.10.1 (FORMATS.md 4).
 */
#ifndef TRO_CRYPTO_CRYPTO_H
#define TRO_CRYPTO_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/err.h>

enum {
	TRO_SHA256_LEN = 32,
	TRO_ED25519_SEED_LEN = 32,
	TRO_ED25519_PUBLIC_LEN = 32,
	TRO_ED25519_SIGNATURE_LEN = 64,
	TRO_ED25519_MESSAGE_MAX = 65000, /* bytes that are signed at once; verifying has no limit */
	TRO_SALT_LEN = 32,
	TRO_KEY_ID_LEN = 4,
	TRO_KEY_NAME_MAX = 255, /* bytes */
};

/* Once per process before anything else here: version, secure memory, then INITIALIZATION_FINISHED;
 * turns core dumps off. TRO_SYSTEM when libgcrypt is too old or in FIPS mode (Ed25519 signing is
 * off there), or when no memory can be locked. Calling it again costs nothing; what tro/key.h
 * declares calls it by itself. */
tro_status tro_crypto_init(tro_err *err) TRO_MUST_USE;

void tro_sha256(uint8_t out[TRO_SHA256_LEN], const void *bytes, size_t len);
/* Hash over several pieces. */
typedef struct tro_sha256_stream tro_sha256_stream;
tro_sha256_stream *tro_sha256_new(void) TRO_MUST_USE; /* NULL when out of memory */
void tro_sha256_update(tro_sha256_stream *stream, const void *bytes, size_t len);
/* Writes the hash and frees the stream. */
void tro_sha256_finish(uint8_t out[TRO_SHA256_LEN], tro_sha256_stream *stream);
void tro_sha256_free(tro_sha256_stream *stream);

tro_status tro_hmac_sha256(uint8_t out[TRO_SHA256_LEN], const uint8_t *key, size_t key_len,
	const void *bytes, size_t len, tro_err *err) TRO_MUST_USE;

/* Bytes for keys, salts, ids and nonces. */
void tro_random(void *out, size_t len);
/* Compares in time that depends on len alone. */
bool tro_equal_secret(const void *a, const void *b, size_t len);
/* Memory that is locked and wiped; NULL when there is none left. */
void *tro_secret_alloc(size_t len) TRO_MUST_USE;
void tro_secret_free(void *secret);

/* TRO_OK when the 32 bytes are a public key that everybody agrees on: canonical, on the curve, of
 * prime order ([L]A = identity), both coordinates at least 2^192. TRO_KEY otherwise. The result is
 * remembered for a number of keys, so that a key is examined once. Safe to call from several
 * threads. */
tro_status tro_ed25519_check_public(
	const uint8_t public_key[TRO_ED25519_PUBLIC_LEN], tro_err *err) TRO_MUST_USE;
/* RFC 8032 section 5.1.7, strictly: checks the key as above, S < L, R canonical and not of small
 * order. TRO_OK, or TRO_KEY when the signature is not good. What this accepts, OpenSSL accepts. */
tro_status tro_ed25519_verify(const uint8_t public_key[TRO_ED25519_PUBLIC_LEN], const void *message,
	size_t len, const uint8_t signature[TRO_ED25519_SIGNATURE_LEN], tro_err *err) TRO_MUST_USE;

/* A private key in secure memory; the public half is always derived from the seed. */
typedef struct tro_ed25519 tro_ed25519;
tro_status tro_ed25519_new(
	tro_ed25519 **out, const uint8_t seed[TRO_ED25519_SEED_LEN], tro_err *err) TRO_MUST_USE;
tro_status tro_ed25519_generate(tro_ed25519 **out, tro_err *err) TRO_MUST_USE;
void tro_ed25519_free(tro_ed25519 *key);
const uint8_t *tro_ed25519_public(const tro_ed25519 *key);
const uint8_t *tro_ed25519_seed(const tro_ed25519 *key);
/* RFC 8032 section 5.1.6. What this process computed itself is not verified again, which would
 * double the cost of an act; what an agent computed is (tro_signer_sign). TRO_INVALID for more than
 * TRO_ED25519_MESSAGE_MAX bytes. */
tro_status tro_ed25519_sign(uint8_t out[TRO_ED25519_SIGNATURE_LEN], const tro_ed25519 *key,
	const void *message, size_t len, tro_err *err) TRO_MUST_USE;

/* The key id of C2SP signed-note: SHA-256(name || 0x0A || type || public key)[0:4]. The name has at
 * most TRO_KEY_NAME_MAX bytes. */
void tro_key_id(uint8_t out[TRO_KEY_ID_LEN], const char *name, uint8_t type,
	const uint8_t public_key[TRO_ED25519_PUBLIC_LEN]);

#endif
