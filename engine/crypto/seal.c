#include "crypto/seal.h"

#include <gcrypt.h>
#include <string.h>

#include "crypto/crypto.h"

enum {
	KEY_LEN = 32,
	TAG_LEN = TRO_SEAL_TEXT_LEN - TRO_SEAL_SECRET_LEN,
	MEMORY_MIN_KIB = 8 * 1024,
	MEMORY_MAX_KIB = 1024 * 1024,
	PASSES_MAX = 16,
	LANES_MAX = 4,
	WORK_MAX_KIB = 2 * 1024 * 1024, /* memory times passes: some two seconds */
};

const tro_kdf_cost tro_kdf_cost_usual = {.memory_kib = 64 * 1024, .passes = 3, .lanes = 1};

tro_status tro_kdf_cost_check(const tro_kdf_cost *cost, tro_err *err)
{
	if (cost->memory_kib < MEMORY_MIN_KIB || cost->memory_kib > MEMORY_MAX_KIB ||
		cost->passes < 1 || cost->passes > PASSES_MAX || cost->lanes < 1 ||
		cost->lanes > LANES_MAX) {
		return tro_err_set(err, TRO_INVALID,
			"Argon2id with m=%u t=%u p=%u is out of bounds: m is %d to %d (KiB), t 1 "
			"to %d, p 1 to %d",
			cost->memory_kib, cost->passes, cost->lanes, MEMORY_MIN_KIB, MEMORY_MAX_KIB,
			PASSES_MAX, LANES_MAX);
	}
	if (cost->memory_kib > WORK_MAX_KIB / cost->passes) {
		return tro_err_set(err, TRO_INVALID,
			"Argon2id with m=%u t=%u takes too long: m times t is at most %d",
			cost->memory_kib, cost->passes, WORK_MAX_KIB);
	}
	return TRO_OK;
}

static tro_status fault_status(tro_err *err, gcry_error_t fault, const char *what)
{
	return tro_err_set(err, gcry_err_code(fault) == GPG_ERR_ENOMEM ? TRO_NOMEM : TRO_SYSTEM,
		"cannot %s: %s", what, gcry_strerror(fault));
}

static tro_status derive(
	uint8_t out[KEY_LEN], const tro_seal *seal, const char *passphrase, tro_err *err)
{
	const unsigned long parameters[] = {
		KEY_LEN, seal->cost.passes, seal->cost.memory_kib, seal->cost.lanes};
	gcry_kdf_hd_t kdf = NULL;
	tro_status status = tro_kdf_cost_check(&seal->cost, err);

	if (status != TRO_OK) {
		return status;
	}
	gcry_error_t fault = gcry_kdf_open(&kdf, GCRY_KDF_ARGON2, GCRY_KDF_ARGON2ID, parameters, 4,
		passphrase, strlen(passphrase), seal->salt, sizeof(seal->salt), NULL, 0, NULL, 0);

	if (fault == 0) {
		fault = gcry_kdf_compute(kdf, NULL);
	}
	if (fault == 0) {
		fault = gcry_kdf_final(kdf, KEY_LEN, out);
	}
	if (kdf != NULL) {
		gcry_kdf_close(kdf);
	}
	return fault == 0 ? TRO_OK : fault_status(err, fault, "derive a key from the passphrase");
}

/* A cipher ready for one message. */
static tro_status open_cipher(gcry_cipher_hd_t *out, const tro_seal *seal, const char *passphrase,
	const void *associated, size_t associated_len, tro_err *err)
{
	uint8_t *key = tro_secret_alloc(KEY_LEN);
	gcry_cipher_hd_t cipher = NULL;

	if (key == NULL) {
		return tro_err_set(err, TRO_NOMEM, "no locked memory is left for a key");
	}
	tro_status status = derive(key, seal, passphrase, err);

	if (status != TRO_OK) {
		tro_secret_free(key);
		return status;
	}
	gcry_error_t fault = gcry_cipher_open(
		&cipher, GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_GCM_SIV, GCRY_CIPHER_SECURE);

	if (fault == 0) {
		fault = gcry_cipher_setkey(cipher, key, KEY_LEN);
	}
	tro_secret_free(key);
	if (fault == 0) {
		fault = gcry_cipher_setiv(cipher, seal->nonce, sizeof(seal->nonce));
	}
	if (fault == 0) {
		fault = gcry_cipher_authenticate(cipher, associated, associated_len);
	}
	if (fault != 0) {
		gcry_cipher_close(cipher);
		return fault_status(err, fault, "set up AES-256-GCM-SIV");
	}
	*out = cipher;
	return TRO_OK;
}

tro_status tro_seal_encrypt(uint8_t out[TRO_SEAL_TEXT_LEN], const tro_seal *seal,
	const char *passphrase, const void *associated, size_t associated_len,
	const uint8_t secret[TRO_SEAL_SECRET_LEN], tro_err *err)
{
	gcry_cipher_hd_t cipher = NULL;
	tro_status status = open_cipher(&cipher, seal, passphrase, associated, associated_len, err);

	if (status != TRO_OK) {
		return status;
	}
	gcry_error_t fault = gcry_cipher_final(cipher);

	if (fault == 0) {
		fault = gcry_cipher_encrypt(
			cipher, out, TRO_SEAL_SECRET_LEN, secret, TRO_SEAL_SECRET_LEN);
	}
	if (fault == 0) {
		fault = gcry_cipher_gettag(cipher, out + TRO_SEAL_SECRET_LEN, TAG_LEN);
	}
	gcry_cipher_close(cipher);
	return fault == 0 ? TRO_OK : fault_status(err, fault, "encrypt a private key");
}

tro_status tro_seal_decrypt(uint8_t out[TRO_SEAL_SECRET_LEN], const tro_seal *seal,
	const char *passphrase, const void *associated, size_t associated_len,
	const uint8_t text[TRO_SEAL_TEXT_LEN], tro_err *err)
{
	gcry_cipher_hd_t cipher = NULL;
	uint8_t tag[TAG_LEN];
	tro_status status = open_cipher(&cipher, seal, passphrase, associated, associated_len, err);

	if (status != TRO_OK) {
		return status;
	}
	memcpy(tag, text + TRO_SEAL_SECRET_LEN, TAG_LEN);
	/* A mode of the SIV kind needs the tag first, and decrypting is what compares it. */
	gcry_error_t fault = gcry_cipher_set_decryption_tag(cipher, tag, TAG_LEN);

	if (fault == 0) {
		fault = gcry_cipher_final(cipher);
	}
	if (fault == 0) {
		fault = gcry_cipher_decrypt(
			cipher, out, TRO_SEAL_SECRET_LEN, text, TRO_SEAL_SECRET_LEN);
	}
	gcry_cipher_close(cipher);
	if (fault == 0) {
		return TRO_OK;
	}
	explicit_bzero(out, TRO_SEAL_SECRET_LEN);
	return gcry_err_code(fault) == GPG_ERR_CHECKSUM
		       ? tro_err_set(err, TRO_KEY,
				 "the passphrase is wrong, or the key file was altered")
		       : fault_status(err, fault, "decrypt a private key");
}
