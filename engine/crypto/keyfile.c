#include "crypto/keyfile.h"

#include <string.h>

#include "base/text.h"

tro_status tro_key_name_check(const char *name, tro_err *err)
{
	size_t len = strlen(name);
	bool good = len > 0 && len <= TRO_KEY_NAME_MAX;

	for (size_t i = 0; i < len && good; i++) {
		good = name[i] > ' ' && name[i] < 0x7f && name[i] != '+';
	}
	return good ? TRO_OK
		    : tro_err_set(err, TRO_INVALID,
			      "a key's name has 1 to %d printable ASCII characters, none of them "
			      "a blank or '+'",
			      TRO_KEY_NAME_MAX);
}

/* ---- reading ---- */

struct cursor {
	const char *at;
	const char *end;
};

static bool take(struct cursor *cursor, const char *literal)
{
	size_t len = strlen(literal);

	if ((size_t)(cursor->end - cursor->at) < len || memcmp(cursor->at, literal, len) != 0) {
		return false;
	}
	cursor->at += len;
	return true;
}

/* The bytes up to the stop, which is passed over. */
static bool take_until(struct cursor *cursor, char stop, const char **out, size_t *out_len)
{
	const char *found = memchr(cursor->at, stop, (size_t)(cursor->end - cursor->at));

	if (found == NULL) {
		return false;
	}
	*out = cursor->at;
	*out_len = (size_t)(found - cursor->at);
	cursor->at = found + 1;
	return true;
}

static bool take_number(struct cursor *cursor, uint32_t *out)
{
	const char *text;
	size_t len;
	uint64_t value;

	if (!take_until(cursor, ' ', &text, &len) || !tro_decimal_parse(&value, text, len) ||
		value > UINT32_MAX) {
		return false;
	}
	*out = (uint32_t)value;
	return true;
}

/* Base64 of exactly len bytes, up to the end of the line. */
static bool take_bytes(struct cursor *cursor, uint8_t *out, size_t len)
{
	const char *text;
	size_t text_len;
	size_t out_len = 0;

	return take_until(cursor, '\n', &text, &text_len) &&
	       tro_base64_decode(out, len, &out_len, text, text_len) && out_len == len;
}

static tro_status bad_line(tro_err *err, const char *what)
{
	return tro_err_set(err, TRO_INVALID, "not a key file of tro: %s", what);
}

static tro_status parse_name(tro_keyfile *out, struct cursor *cursor, tro_err *err)
{
	const char *name;
	size_t len;

	if (!take(cursor, "name ") || !take_until(cursor, '\n', &name, &len) ||
		len > TRO_KEY_NAME_MAX || memchr(name, '\0', len) != NULL) {
		return bad_line(err, "the third line does not read \"name NAME\"");
	}
	memcpy(out->name, name, len);
	out->name[len] = '\0';
	tro_status status = tro_key_name_check(out->name, err);

	return status == TRO_OK ? TRO_OK : tro_err_prefix(err, status, "the key file's name");
}

static tro_status parse_encryption(tro_keyfile *out, struct cursor *cursor, tro_err *err)
{
	tro_kdf_cost *cost = &out->seal.cost;

	out->encrypted = !take(cursor, "kdf none\n");
	if (!out->encrypted) {
		return take(cursor, "aead none\n")
			       ? TRO_OK
			       : bad_line(err, "the sixth line does not read \"aead none\"");
	}
	if (!take(cursor, "kdf argon2id v=19 m=") || !take_number(cursor, &cost->memory_kib) ||
		!take(cursor, "t=") || !take_number(cursor, &cost->passes) || !take(cursor, "p=") ||
		!take_number(cursor, &cost->lanes) || !take(cursor, "salt=") ||
		!take_bytes(cursor, out->seal.salt, sizeof(out->seal.salt))) {
		return bad_line(err, "the fifth line does not read \"kdf argon2id v=19 m=KIB "
				     "t=PASSES p=LANES salt=BASE64\"");
	}
	tro_status status = tro_kdf_cost_check(cost, err);

	if (status != TRO_OK) {
		return tro_err_prefix(err, status, "the key file's fifth line");
	}
	if (!take(cursor, "aead aes-256-gcm-siv nonce=") ||
		!take_bytes(cursor, out->seal.nonce, sizeof(out->seal.nonce))) {
		return bad_line(
			err, "the sixth line does not read \"aead aes-256-gcm-siv nonce=BASE64\"");
	}
	return TRO_OK;
}

tro_status tro_keyfile_parse(tro_keyfile *out, const char *bytes, size_t len, tro_err *err)
{
	struct cursor cursor = {.at = bytes, .end = bytes + len};

	*out = (tro_keyfile){0};
	if (!take(&cursor, "tro-key/v1\n")) {
		return bad_line(err, "the first line does not read \"tro-key/v1\"");
	}
	if (!take(&cursor, "alg ed25519\n")) {
		return bad_line(err, "the second line does not read \"alg ed25519\"");
	}
	tro_status status = parse_name(out, &cursor, err);

	if (status != TRO_OK) {
		return status;
	}
	if (!take(&cursor, "public ") ||
		!take_bytes(&cursor, out->public_key, sizeof(out->public_key))) {
		return bad_line(err, "the fourth line does not read \"public BASE64\"");
	}
	status = parse_encryption(out, &cursor, err);
	if (status != TRO_OK) {
		return status;
	}
	size_t text_len = out->encrypted ? TRO_SEAL_TEXT_LEN : TRO_ED25519_SEED_LEN;

	out->associated_len = (size_t)(cursor.at - bytes);
	if (!take(&cursor, "ct ") || !take_bytes(&cursor, out->text, text_len)) {
		return bad_line(err, "the last line does not read \"ct BASE64\"");
	}
	return cursor.at == cursor.end ? TRO_OK
				       : bad_line(err, "something follows the line \"ct\"");
}

tro_status tro_keyfile_unlock(tro_ed25519 **out, tro_keyfile *out_file, const char *bytes,
	size_t len, const char *passphrase, tro_err *err)
{
	tro_ed25519 *key = NULL;
	tro_status status = tro_keyfile_parse(out_file, bytes, len, err);

	if (status != TRO_OK) {
		return status;
	}
	if (out_file->encrypted && passphrase == NULL) {
		return tro_err_set(err, TRO_KEY, "the key is encrypted: give its passphrase");
	}
	if (out_file->encrypted && passphrase[0] == '\0') {
		return tro_err_set(
			err, TRO_KEY, "the passphrase is wrong: no key has an empty one");
	}
	if (!out_file->encrypted && passphrase != NULL) {
		return tro_err_set(err, TRO_KEY,
			"the key is not encrypted, yet a passphrase was given: this is not the "
			"key file you expect");
	}
	uint8_t *seed = tro_secret_alloc(TRO_ED25519_SEED_LEN);

	if (seed == NULL) {
		return tro_err_set(err, TRO_NOMEM, "no locked memory is left for a private key");
	}
	if (out_file->encrypted) {
		status = tro_seal_decrypt(seed, &out_file->seal, passphrase, bytes,
			out_file->associated_len, out_file->text, err);
	} else {
		memcpy(seed, out_file->text, TRO_ED25519_SEED_LEN);
	}
	explicit_bzero(out_file->text, sizeof(out_file->text));
	if (status == TRO_OK) {
		status = tro_ed25519_new(&key, seed, err);
	}
	tro_secret_free(seed);
	if (status == TRO_OK && memcmp(tro_ed25519_public(key), out_file->public_key,
					TRO_ED25519_PUBLIC_LEN) != 0) {
		tro_ed25519_free(key);
		return tro_err_set(err, TRO_KEY,
			"the key file's public half is not that of its private half: the file was "
			"altered");
	}
	if (status == TRO_OK) {
		*out = key;
	}
	return status;
}

/* ---- writing ---- */

static void put_bytes(tro_buf *out, const char *before, const uint8_t *bytes, size_t len)
{
	tro_buf_puts(out, before);
	tro_base64_encode(out, bytes, len);
	tro_buf_putc(out, '\n');
}

static void put_head(tro_buf *out, const char *name, const tro_ed25519 *key)
{
	tro_buf_printf(out, "tro-key/v1\nalg ed25519\nname %s\n", name);
	put_bytes(out, "public ", tro_ed25519_public(key), TRO_ED25519_PUBLIC_LEN);
}

static tro_status put_encrypted(tro_buf *out, size_t start, const tro_ed25519 *key,
	const char *passphrase, const tro_kdf_cost *cost, tro_err *err)
{
	uint8_t text[TRO_SEAL_TEXT_LEN];
	tro_seal seal = {.cost = *cost};

	tro_random(seal.salt, sizeof(seal.salt));
	tro_random(seal.nonce, sizeof(seal.nonce));
	tro_buf_printf(out, "kdf argon2id v=19 m=%u t=%u p=%u ", cost->memory_kib, cost->passes,
		cost->lanes);
	put_bytes(out, "salt=", seal.salt, sizeof(seal.salt));
	put_bytes(out, "aead aes-256-gcm-siv nonce=", seal.nonce, sizeof(seal.nonce));
	tro_status status = tro_buf_status(out, err);

	if (status == TRO_OK) {
		status = tro_seal_encrypt(text, &seal, passphrase, out->ptr + start,
			out->len - start, tro_ed25519_seed(key), err);
	}
	if (status == TRO_OK) {
		put_bytes(out, "ct ", text, sizeof(text));
		status = tro_buf_status(out, err);
	}
	return status;
}

tro_status tro_keyfile_compose(tro_buf *out, const char *name, const tro_ed25519 *key,
	const char *passphrase, const tro_kdf_cost *cost, tro_err *err)
{
	size_t start = out->len;
	tro_status status = tro_key_name_check(name, err);

	if (status != TRO_OK) {
		return status;
	}
	if (passphrase != NULL &&
		(passphrase[0] == '\0' || strlen(passphrase) > TRO_PASSPHRASE_MAX)) {
		return tro_err_set(
			err, TRO_INVALID, "a passphrase has 1 to %d bytes", TRO_PASSPHRASE_MAX);
	}
	put_head(out, name, key);
	if (passphrase != NULL) {
		return put_encrypted(out, start, key, passphrase, cost, err);
	}
	tro_buf_puts(out, "kdf none\naead none\n");
	put_bytes(out, "ct ", tro_ed25519_seed(key), TRO_ED25519_SEED_LEN);
	return tro_buf_status(out, err);
}
