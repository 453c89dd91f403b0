/*
 * Snapshots: the session after a case's head record, so that opening a case need not replay it.
 */
#include "store/handle.h"
#include "store/statement.h"

tro_status tro_store_snapshot_put(tro_store *store, const char *case_id, uint64_t seq,
	const char *bytes, size_t len, tro_err *err)
{
	tro_status status = tro_store_require_sound(store, err);

	if (status != TRO_OK) {
		return status;
	}
	TRO_STATEMENT(put, store,
		"INSERT INTO snapshot (case_id, seq, bytes) VALUES (:case_id, :seq, :bytes)"
		" ON CONFLICT (case_id) DO UPDATE SET seq = :seq, bytes = :bytes");

	tro_bind_text(&put, ":case_id", case_id);
	tro_bind_u64(&put, ":seq", seq);
	tro_bind_blob(&put, ":bytes", len > 0 ? bytes : "", len);
	return tro_statement_run(&put, err);
}

tro_status tro_store_snapshot_get(
	tro_buf *out, uint64_t *out_seq, tro_store *store, const char *case_id, tro_err *err)
{
	TRO_STATEMENT(find, store, "SELECT seq, bytes FROM snapshot WHERE case_id = :case_id");
	size_t len = 0;
	bool row = false;

	tro_bind_text(&find, ":case_id", case_id);
	tro_status status = tro_statement_row(&find, &row, err);

	if (status != TRO_OK) {
		return status;
	}
	if (!row) {
		return tro_err_set(err, TRO_NOT_FOUND, "there is no snapshot of case %s", case_id);
	}
	const void *bytes = tro_column_bytes(&find, 1, &len);

	if (bytes == NULL) {
		return tro_err_nomem(err);
	}
	*out_seq = tro_column_u64(&find, 0);
	tro_buf_put(out, bytes, len);
	return tro_buf_status(out, err);
}
