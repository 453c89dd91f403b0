/*
 * Blobs: bytes known by their SHA-256.
 */
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "store/handle.h"
#include "store/statement.h"

static tro_status insert_blob(
	tro_store *store, const uint8_t sha256[32], const void *bytes, size_t len, tro_err *err)
{
	TRO_STATEMENT(insert, store,
		"INSERT INTO blob (sha256, bytes) SELECT :sha256, :bytes"
		" WHERE NOT EXISTS (SELECT 1 FROM blob WHERE sha256 = :sha256)");

	tro_bind_blob(&insert, ":sha256", sha256, 32);
	tro_bind_blob(&insert, ":bytes", len > 0 ? bytes : "", len);
	return tro_statement_run(&insert, err);
}

/* What was there before is looked at, too: a record is about to rely on it. */
static tro_status read_back(
	tro_store *store, const uint8_t sha256[32], const void *bytes, size_t len, tro_err *err)
{
	TRO_STATEMENT(find, store, "SELECT bytes FROM blob WHERE sha256 = :sha256");
	const void *stored = NULL;
	size_t stored_len = 0;
	bool row = false;

	tro_bind_blob(&find, ":sha256", sha256, 32);
	tro_status status = tro_statement_row(&find, &row, err);

	if (status == TRO_OK && row) {
		stored = tro_column_bytes(&find, 0, &stored_len);
		if (stored == NULL) {
			return tro_err_nomem(err);
		}
	}
	if (status == TRO_OK &&
		(!row || stored_len != len || (len > 0 && memcmp(stored, bytes, len) != 0))) {
		char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)];

		tro_hex_encode(hex, sha256, TRO_SHA256_LEN);
		store->failed = store->transaction == TRO_TRANSACTION_WRITE;
		return tro_store_damaged(store, err,
			"the bytes with SHA-256 %s were not read back as they were written", hex);
	}
	return status;
}

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
	status = insert_blob(store, sha256, bytes, len, err);
	return status == TRO_OK ? read_back(store, sha256, bytes, len, err) : status;
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
		return tro_err_set(err, TRO_INVALID,
			"%s is damaged: the bytes kept under SHA-256 %s have another hash",
			store->path, hex);
	}
	tro_buf_put(out, bytes, len);
	return tro_buf_status(out, err);
}

/* ---- all of them ---- */

/* The row after number `last`, hashed again; by rows and not by the index, which could leave one
 * out. */
static tro_status next_blob(int64_t *io_last, bool *out_row, uint8_t out_sha256[32],
	tro_status *out_sound, tro_store *store, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT id, sha256, bytes FROM blob NOT INDEXED WHERE id > :last ORDER BY id LIMIT "
		"1");
	uint8_t hash[TRO_SHA256_LEN];
	size_t len = 0;

	tro_bind_i64(&find, ":last", *io_last);
	tro_status status = tro_statement_row(&find, out_row, err);

	if (status != TRO_OK || !*out_row) {
		return status;
	}
	*io_last = tro_column_i64(&find, 0);
	status = tro_column_32(out_sha256, &find, 1, err);
	if (status != TRO_OK) {
		return status;
	}
	const void *bytes = tro_column_bytes(&find, 2, &len);

	if (bytes == NULL) {
		return tro_err_nomem(err);
	}
	tro_sha256(hash, bytes, len);
	*out_sound = memcmp(hash, out_sha256, sizeof(hash)) == 0 ? TRO_OK : TRO_INVALID;
	return TRO_OK;
}

tro_status tro_store_each_blob(tro_store *store,
	tro_status (*each)(void *user, const uint8_t sha256[32], tro_status sound, tro_err *err),
	void *user, tro_err *err)
{
	uint8_t sha256[TRO_SHA256_LEN];
	int64_t last = INT64_MIN;
	bool row = false;
	tro_status sound = TRO_OK;
	tro_status status = next_blob(&last, &row, sha256, &sound, store, err);

	while (status == TRO_OK && row) {
		status = each(user, sha256, sound, err);
		if (status == TRO_OK) {
			status = next_blob(&last, &row, sha256, &sound, store, err);
		}
	}
	return status;
}
