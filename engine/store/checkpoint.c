/*
 * Checkpoints and their cosignatures. A note is put together from both when it is read, the log's
 * own signature first.
 */
#include <stdlib.h>
#include <string.h>

#include "store/handle.h"
#include "store/statement.h"

void tro_stored_checkpoint_done(tro_stored_checkpoint *checkpoint)
{
	if (checkpoint != NULL) {
		tro_buf_done(&checkpoint->note);
	}
}

static tro_status find_id(
	uint64_t *out, tro_store *store, uint64_t size, const uint8_t root[32], tro_err *err)
{
	TRO_STATEMENT(find, store, "SELECT id FROM checkpoint WHERE size = :size AND root = :root");
	bool row = false;

	tro_bind_u64(&find, ":size", size);
	tro_bind_blob(&find, ":root", root, 32);
	tro_status status = tro_statement_row(&find, &row, err);

	*out = status == TRO_OK && row ? tro_column_u64(&find, 0) : 0;
	return status;
}

static tro_status insert_checkpoint(
	tro_store *store, const tro_stored_checkpoint *checkpoint, tro_err *err)
{
	TRO_STATEMENT(insert, store,
		"INSERT INTO checkpoint (size, root, published, note)"
		" VALUES (:size, :root, :published, :note)");

	tro_bind_u64(&insert, ":size", checkpoint->size);
	tro_bind_blob(&insert, ":root", checkpoint->root, sizeof(checkpoint->root));
	if (checkpoint->ours) {
		tro_bind_i64(&insert, ":published", checkpoint->published);
	}
	tro_bind_blob(&insert, ":note", checkpoint->note.ptr, checkpoint->note.len);
	return tro_statement_run(&insert, err);
}

tro_status tro_store_checkpoint_add(
	tro_store *store, const tro_stored_checkpoint *checkpoint, uint64_t *out_id, tro_err *err)
{
	tro_status status = tro_store_require_write(store, err);

	if (status == TRO_OK) {
		status = find_id(out_id, store, checkpoint->size, checkpoint->root, err);
	}
	if (status == TRO_OK && *out_id == 0) {
		status = insert_checkpoint(store, checkpoint, err);
		if (status == TRO_OK) {
			status = find_id(out_id, store, checkpoint->size, checkpoint->root, err);
		}
	}
	return status;
}

static tro_status has_line(
	bool *out, tro_store *store, uint64_t id, const char *line, size_t len, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT 1 FROM cosignature WHERE checkpoint = :checkpoint AND line = :line");

	tro_bind_u64(&find, ":checkpoint", id);
	tro_bind_blob(&find, ":line", line, len);
	return tro_statement_row(&find, out, err);
}

tro_status tro_store_cosignature_add(bool *out_new, tro_store *store, uint64_t id, const char *line,
	size_t len, tro_time_us imported, tro_err *err)
{
	bool known = false;
	tro_status status = tro_store_require_write(store, err);

	if (status == TRO_OK) {
		status = has_line(&known, store, id, line, len, err);
	}
	*out_new = status == TRO_OK && !known;
	if (!*out_new) {
		return status;
	}
	TRO_STATEMENT(insert, store,
		"INSERT INTO cosignature (checkpoint, line, imported)"
		" VALUES (:checkpoint, :line, :imported)");

	tro_bind_u64(&insert, ":checkpoint", id);
	tro_bind_blob(&insert, ":line", line, len);
	tro_bind_i64(&insert, ":imported", imported);
	return tro_statement_run(&insert, err);
}

static tro_status add_lines(tro_buf *note, tro_store *store, uint64_t id, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT line FROM cosignature WHERE checkpoint = :checkpoint ORDER BY id");
	bool row = false;

	tro_bind_u64(&find, ":checkpoint", id);
	tro_status status = tro_statement_row(&find, &row, err);

	while (status == TRO_OK && row) {
		size_t len = 0;
		const void *line = tro_column_bytes(&find, 0, &len);

		if (line == NULL) {
			return tro_err_nomem(err);
		}
		tro_buf_put(note, line, len);
		status = tro_statement_row(&find, &row, err);
	}
	return status == TRO_OK ? tro_buf_status(note, err) : status;
}

/* Columns: id, size, root, published, note. */
static tro_status copy_row(
	tro_stored_checkpoint *out, tro_store *store, const tro_statement *find, tro_err *err)
{
	size_t len = 0;
	const void *note = tro_column_bytes(find, 4, &len);

	*out = (tro_stored_checkpoint){.id = tro_column_u64(find, 0),
		.size = tro_column_u64(find, 1),
		.ours = !tro_column_is_null(find, 3),
		.published = tro_column_i64(find, 3),
		.note = TRO_BUF_INIT};
	if (note == NULL) {
		return tro_err_nomem(err);
	}
	tro_buf_put(&out->note, note, len);
	tro_status status = tro_column_32(out->root, find, 2, err);

	if (status == TRO_OK) {
		status = add_lines(&out->note, store, out->id, err);
	}
	if (status != TRO_OK) {
		tro_stored_checkpoint_done(out);
	}
	return status;
}

tro_status tro_store_checkpoint_below(
	tro_stored_checkpoint *out, tro_store *store, uint64_t below, bool cosigned, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT id, size, root, published, note FROM checkpoint AS c WHERE id < :below"
		" AND (NOT :cosigned OR EXISTS (SELECT 1 FROM cosignature WHERE checkpoint = c.id))"
		" ORDER BY id DESC LIMIT 1");
	bool row = false;

	*out = (tro_stored_checkpoint){.note = TRO_BUF_INIT};
	tro_bind_u64(&find, ":below", below);
	tro_bind_u64(&find, ":cosigned", cosigned);
	tro_status status = tro_statement_row(&find, &row, err);

	if (status == TRO_OK && !row) {
		return tro_err_set(err, TRO_NOT_FOUND, "there is no such checkpoint");
	}
	return status == TRO_OK ? copy_row(out, store, &find, err) : status;
}

tro_status tro_store_cosignature_newest(uint64_t *out, tro_store *store, tro_err *err)
{
	TRO_STATEMENT(find, store, "SELECT coalesce(max(id), 0) FROM cosignature");
	bool row = false;
	tro_status status = tro_statement_row(&find, &row, err);

	*out = status == TRO_OK && row ? tro_column_u64(&find, 0) : 0;
	return status;
}
