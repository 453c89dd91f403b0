/* Keys in key files: make one, look at one, unlock one. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tro/key.h>

#include "base/disk.h"
#include "crypto/keyfile.h"

/* The text of a new key file that nothing stands in the way of. */
static tro_status compose_new(tro_buf *text, const char *path, const char *name,
	const char *passphrase, const tro_kdf_cost *cost, tro_err *err)
{
	tro_ed25519 *key = NULL;
	struct stat about;
	tro_status status = tro_crypto_init(err);

	if (status != TRO_OK) {
		return status;
	}
	if (lstat(path, &about) == 0) {
		/* Told before a person has waited for the derivation. */
		return tro_keyfile_exists(path, err);
	}
	status = tro_ed25519_generate(&key, err);
	if (status == TRO_OK) {
		status = tro_keyfile_compose(text, name, key, passphrase, cost, err);
	}
	tro_ed25519_free(key);
	return status;
}

static tro_status create(const char *path, const char *name, const char *passphrase,
	const tro_kdf_cost *cost, bool shared, tro_err *err)
{
	tro_buf text = TRO_BUF_INIT;
	tro_status status = compose_new(&text, path, name, passphrase, cost, err);

	if (status == TRO_OK) {
		status = tro_keyfile_write(path, text.ptr, text.len, shared, err);
	}
	tro_buf_wipe(&text);
	return status;
}

tro_status tro_key_check_new(
	const char *path, const char *name, const char *passphrase, tro_err *err)
{
	tro_buf text = TRO_BUF_INIT;
	tro_status status = compose_new(&text, path, name, passphrase, &tro_kdf_cost_usual, err);

	if (status == TRO_OK) {
		status = tro_disk_can_create(path, err);
	}
	tro_buf_wipe(&text);
	return status;
}

tro_status tro_key_create_at_cost(const char *path, const char *name, const char *passphrase,
	const tro_kdf_cost *cost, tro_err *err)
{
	return create(path, name, passphrase, cost, false, err);
}

tro_status tro_key_create_shared(const char *path, const char *name, tro_err *err)
{
	return create(path, name, NULL, &tro_kdf_cost_usual, true, err);
}

tro_status tro_key_create(const char *path, const char *name, const char *passphrase, tro_err *err)
{
	return tro_key_create_at_cost(path, name, passphrase, &tro_kdf_cost_usual, err);
}

static tro_status load(tro_ed25519 **out, tro_keyfile *out_file, const char *path,
	const char *passphrase, tro_key_readers readers, tro_err *err)
{
	char *bytes = NULL;
	size_t len = 0;
	tro_status status = tro_keyfile_read(&bytes, &len, path, readers, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_keyfile_unlock(out, out_file, bytes, len, passphrase, err);
	tro_secret_free(bytes);
	return status == TRO_OK ? TRO_OK : tro_err_prefix(err, status, "key file '%s'", path);
}

tro_status tro_key_load(tro_ed25519 **out, tro_keyfile *out_file, const char *path,
	const char *passphrase, tro_err *err)
{
	return load(out, out_file, path, passphrase, TRO_KEY_FOR_OWNER, err);
}

tro_status tro_key_load_shared(
	tro_ed25519 **out, tro_keyfile *out_file, const char *path, tro_err *err)
{
	return load(out, out_file, path, NULL, TRO_KEY_FOR_GROUP, err);
}

static tro_status read_public(char **out_name, uint8_t out_public[32], const char *path,
	tro_key_readers readers, tro_err *err)
{
	char *bytes = NULL;
	size_t len = 0;
	tro_keyfile file;
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK) {
		status = tro_keyfile_read(&bytes, &len, path, readers, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	status = tro_keyfile_parse(&file, bytes, len, err);
	explicit_bzero(file.text, sizeof(file.text));
	tro_secret_free(bytes);
	if (status != TRO_OK) {
		return tro_err_prefix(err, status, "key file '%s'", path);
	}
	status = tro_ed25519_check_public(file.public_key, err);
	if (status != TRO_OK) {
		return tro_err_prefix(err, status, "key file '%s'", path);
	}
	char *name = strdup(file.name);

	if (name == NULL) {
		return tro_err_nomem(err);
	}
	*out_name = name;
	memcpy(out_public, file.public_key, sizeof(file.public_key));
	return TRO_OK;
}

tro_status tro_key_read_public(
	char **out_name, uint8_t out_public[32], const char *path, tro_err *err)
{
	return read_public(out_name, out_public, path, TRO_KEY_FOR_OWNER, err);
}

tro_status tro_key_show_public(
	char **out_name, uint8_t out_public[32], const char *path, tro_err *err)
{
	return read_public(out_name, out_public, path, TRO_KEY_FOR_ANYBODY, err);
}

/* The text of the key file under its new passphrase. */
static tro_status compose_again(tro_buf *text, const char *path, const char *old_passphrase,
	const char *new_passphrase, const tro_kdf_cost *cost, tro_err *err)
{
	tro_ed25519 *key = NULL;
	tro_ed25519 *again = NULL;
	tro_keyfile file;

	if (new_passphrase == NULL) {
		return tro_err_set(err, TRO_INVALID, "a key is not left without a passphrase");
	}
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK) {
		status = tro_key_load(&key, &file, path, old_passphrase, err);
	}
	if (status == TRO_OK) {
		status = tro_keyfile_compose(text, file.name, key, new_passphrase, cost, err);
	}
	/* The old file is gone once this one stands in its place. */
	if (status == TRO_OK) {
		status = tro_keyfile_unlock(
			&again, &file, text->ptr, text->len, new_passphrase, err);
	}
	tro_ed25519_free(key);
	tro_ed25519_free(again);
	return status;
}

tro_status tro_key_set_passphrase_at_cost(const char *path, const char *old_passphrase,
	const char *new_passphrase, const tro_kdf_cost *cost, tro_err *err)
{
	tro_buf text = TRO_BUF_INIT;
	tro_status status = compose_again(&text, path, old_passphrase, new_passphrase, cost, err);

	if (status == TRO_OK) {
		status = tro_keyfile_replace(path, text.ptr, text.len, err);
	}
	tro_buf_wipe(&text);
	return status;
}

tro_status tro_key_check_passphrase(
	const char *path, const char *old_passphrase, const char *new_passphrase, tro_err *err)
{
	tro_buf text = TRO_BUF_INIT;
	tro_status status = compose_again(
		&text, path, old_passphrase, new_passphrase, &tro_kdf_cost_usual, err);

	tro_buf_wipe(&text);
	return status;
}

tro_status tro_key_set_passphrase(
	const char *path, const char *old_passphrase, const char *new_passphrase, tro_err *err)
{
	return tro_key_set_passphrase_at_cost(
		path, old_passphrase, new_passphrase, &tro_kdf_cost_usual, err);
}
