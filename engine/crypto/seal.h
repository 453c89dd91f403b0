/*
 * A 32-byte secret under a passphrase: Argon2id (RFC 9106) makes a key of the passphrase,
 * AES-256-GCM-SIV (RFC 8452) encrypts the secret under it and binds it to associated data.
 */
#ifndef TRO_CRYPTO_SEAL_H
#define TRO_CRYPTO_SEAL_H

#include <stddef.h>
#include <stdint.h>
#include <tro/err.h>

enum {
	TRO_SEAL_SECRET_LEN = 32,
	TRO_SEAL_SALT_LEN = 16,
	TRO_SEAL_NONCE_LEN = 12,
	TRO_SEAL_TEXT_LEN = 48, /* the secret and 16 bytes of tag */
	TRO_PASSPHRASE_MAX = 1024,
};

/* What Argon2id costs. */
typedef struct tro_kdf_cost {
	uint32_t memory_kib;
	uint32_t passes;
	uint32_t lanes;
} tro_kdf_cost;

/* What new keys are given: 160 ms and 64 MiB on the machine it was measured on. */
extern const tro_kdf_cost tro_kdf_cost_usual;

/* TRO_INVALID for a cost so low that it protects nothing, or so high that an altered file could
 * keep the reader busy for more than some seconds or exhaust its memory. */
tro_status tro_kdf_cost_check(const tro_kdf_cost *cost, tro_err *err) TRO_MUST_USE;

typedef struct tro_seal {
	tro_kdf_cost cost;
	uint8_t salt[TRO_SEAL_SALT_LEN];
	uint8_t nonce[TRO_SEAL_NONCE_LEN];
} tro_seal;

tro_status tro_seal_encrypt(uint8_t out[TRO_SEAL_TEXT_LEN], const tro_seal *seal,
	const char *passphrase, const void *associated, size_t associated_len,
	const uint8_t secret[TRO_SEAL_SECRET_LEN], tro_err *err) TRO_MUST_USE;
/* TRO_KEY when the passphrase, the text or the associated data is not what was encrypted. The
 * secret is written to locked memory of the caller. */
tro_status tro_seal_decrypt(uint8_t out[TRO_SEAL_SECRET_LEN], const tro_seal *seal,
	const char *passphrase, const void *associated, size_t associated_len,
	const uint8_t text[TRO_SEAL_TEXT_LEN], tro_err *err) TRO_MUST_USE;

#endif
