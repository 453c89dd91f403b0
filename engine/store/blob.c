/*
 * Blobs: bytes known by their SHA-256.
 */
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "store/handle.h"
#include "store/statement.h"

tro_status tro_store_blob_put(
	tro_store *store, const uint8_t sha256[32], const void *bytes, size_t len, tro_err *err)
{
	uint8_t hash[TRO_SHA256_LEN];
	tro_status status = tro_store_require_sound(store, err);

	if (status != TRO_OK) {
		return status;
	}
	tro_sha256(hash, bytes, len);
	if (memcmp(hash, sha256, sizeof(hash)) != 0) {
		return tro_err_set(
			err, TRO_INVALID, "bytes are to be kept under a hash that is not theirs");
	}
	TRO_STATEMENT(insert, store,
		"INSERT INTO blob (sha256, bytes) SELECT :sha256, :bytes"
		" WHERE NOT EXISTS (SELECT 1 FROM blob WHERE sha256 = :sha256)");

	tro_bind_blob(&insert, ":sha256", sha256, 32);
	tro_bind_blob(&insert, ":bytes", len > 0 ? bytes : "", len);
	return tro_statement_run(&insert, err);
}

tro_status tro_store_blob_get(
	tro_buf *out, tro_store *store, const uint8_t sha256[32], tro_err *err)
{
	char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)];
	uint8_t hash[TRO_SHA256_LEN];
	size_t len = 0;
	bool row = false;

	tro_hex_encode(hex, sha256, TRO_SHA256_LEN);
	TRO_STATEMENT(find, store, "SELECT bytes FROM blob WHERE sha256 = :sha256");
	tro_bind_blob(&find, ":sha256", sha256, 32);
	tro_status status = tro_statement_row(&find, &row, err);

	if (status != TRO_OK) {
		return status;
	}
	if (!row) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"the store does not hold the bytes with SHA-256 %s", hex);
	}
	const void *bytes = tro_column_bytes(&find, 0, &len);

	if (bytes == NULL) {
		return tro_err_nomem(err);
	}
	tro_sha256(hash, bytes, len);
	if (memcmp(hash, sha256, sizeof(hash)) != 0) {
		return tro_err_set(err, TRO_SYSTEM,
			"%s is damaged: the bytes kept under SHA-256 %s have another hash",
			store->path, hex);
	}
	tro_buf_put(out, bytes, len);
	return tro_buf_status(out, err);
}
