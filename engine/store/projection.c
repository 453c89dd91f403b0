/*
 * Projections: what a case's records come to, kept for lists. Writing, dropping, comparing; reading
 * is list.c.
 *
 * A row that has not changed is not written: a step changes one or two of a case's rows, and each
 * page that it touches has to reach the disk before it is done.
 */
#include <string.h>

#include "crypto/crypto.h"
#include "store/handle.h"
#include "store/path.h"
#include "store/statement.h"

static tro_status put_case(tro_store *store, const tro_case_row *row, tro_err *err)
{
	TRO_STATEMENT(put, store,
		"INSERT INTO case_index (case_id, title, workflow, states, head_hash, count, "
		"created,"
		" updated, finished) VALUES (:case_id, :title, :workflow, :states, :head_hash, "
		":count,"
		" :created, :updated, :finished)"
		" ON CONFLICT (case_id) DO UPDATE SET title = :title, workflow = :workflow,"
		" states = :states, head_hash = :head_hash, count = :count, created = :created,"
		" updated = :updated, finished = :finished"
		" WHERE (title, workflow, states, head_hash, count, created, updated, finished)"
		" IS NOT (:title, :workflow, :states, :head_hash, :count, :created, :updated,"
		" :finished)");

	tro_bind_text(&put, ":case_id", row->id);
	tro_bind_text(&put, ":title", row->title);
	tro_bind_text(&put, ":workflow", row->workflow);
	tro_bind_text(&put, ":states", row->states);
	tro_bind_text(&put, ":head_hash", row->head_hash);
	tro_bind_u64(&put, ":count", row->count);
	tro_bind_i64(&put, ":created", row->created);
	tro_bind_i64(&put, ":updated", row->updated);
	tro_bind_i64(&put, ":finished", row->finished ? 1 : 0);
	return tro_statement_run(&put, err);
}

static tro_status put_matter(
	tro_store *store, const char *case_id, const void *rows, size_t i, tro_err *err)
{
	const tro_matter_row *row = (const tro_matter_row *)rows + i;
	TRO_STATEMENT(put, store,
		"INSERT INTO matter_index (case_id, matter, definition, states, finished)"
		" VALUES (:case_id, :matter, :definition, :states, :finished)"
		" ON CONFLICT (case_id, matter) DO UPDATE SET definition = :definition,"
		" states = :states, finished = :finished"
		" WHERE (definition, states, finished) IS NOT (:definition, :states, :finished)");

	tro_bind_text(&put, ":case_id", case_id);
	tro_bind_text(&put, ":matter", row->id);
	tro_bind_text(&put, ":definition", row->definition);
	tro_bind_text(&put, ":states", row->states);
	tro_bind_i64(&put, ":finished", row->finished ? 1 : 0);
	return tro_statement_run(&put, err);
}

static tro_status put_timer(
	tro_store *store, const char *case_id, const void *rows, size_t i, tro_err *err)
{
	const tro_timer_row *row = (const tro_timer_row *)rows + i;
	TRO_STATEMENT(put, store,
		"INSERT INTO timer_index (case_id, matter, timer, event, due)"
		" VALUES (:case_id, :matter, :timer, :event, :due)"
		" ON CONFLICT (case_id, matter, timer) DO UPDATE SET event = :event, due = :due"
		" WHERE (event, due) IS NOT (:event, :due)");

	tro_bind_text(&put, ":case_id", case_id);
	tro_bind_text(&put, ":matter", row->matter);
	tro_bind_text(&put, ":timer", row->id);
	tro_bind_text(&put, ":event", row->event);
	tro_bind_i64(&put, ":due", row->due);
	return tro_statement_run(&put, err);
}

static tro_status put_filing(
	tro_store *store, const char *case_id, const void *rows, size_t i, tro_err *err)
{
	const tro_filing_row *row = (const tro_filing_row *)rows + i;
	TRO_STATEMENT(put, store,
		"INSERT INTO filing_index (case_id, filing, name, recipient, matter, seq, sha256, "
		"size)"
		" VALUES (:case_id, :filing, :name, :recipient, :matter, :seq, :sha256, :size)"
		" ON CONFLICT (case_id, filing) DO UPDATE SET name = :name, recipient = :recipient,"
		" matter = :matter, seq = :seq, sha256 = :sha256, size = :size"
		" WHERE (name, recipient, matter, seq, sha256, size)"
		" IS NOT (:name, :recipient, :matter, :seq, :sha256, :size)");

	tro_bind_text(&put, ":case_id", case_id);
	tro_bind_text(&put, ":filing", row->id);
	tro_bind_text(&put, ":name", row->name);
	tro_bind_text(&put, ":recipient", row->recipient);
	tro_bind_text(&put, ":matter", row->matter);
	tro_bind_u64(&put, ":seq", row->seq);
	tro_bind_blob(&put, ":sha256", row->sha256, sizeof(row->sha256));
	tro_bind_u64(&put, ":size", row->size);
	return tro_statement_run(&put, err);
}

static tro_status read_count(size_t *out, tro_statement *count, const char *case_id, tro_err *err)
{
	bool row = false;

	tro_bind_text(count, ":case_id", case_id);
	tro_status status = tro_statement_row(count, &row, err);

	if (status == TRO_OK) {
		*out = (size_t)tro_column_u64(count, 0);
	}
	return status;
}

static tro_status count_matters(size_t *out, tro_store *store, const char *case_id, tro_err *err)
{
	TRO_STATEMENT(count, store, "SELECT count(*) FROM matter_index WHERE case_id = :case_id");

	return read_count(out, &count, case_id, err);
}

static tro_status count_timers(size_t *out, tro_store *store, const char *case_id, tro_err *err)
{
	TRO_STATEMENT(count, store, "SELECT count(*) FROM timer_index WHERE case_id = :case_id");

	return read_count(out, &count, case_id, err);
}

static tro_status count_filings(size_t *out, tro_store *store, const char *case_id, tro_err *err)
{
	TRO_STATEMENT(count, store, "SELECT count(*) FROM filing_index WHERE case_id = :case_id");

	return read_count(out, &count, case_id, err);
}

static tro_status clear_matters(tro_store *store, const char *case_id, tro_err *err)
{
	TRO_STATEMENT(clear, store, "DELETE FROM matter_index WHERE case_id = :case_id");

	tro_bind_text(&clear, ":case_id", case_id);
	return tro_statement_run(&clear, err);
}

static tro_status clear_timers(tro_store *store, const char *case_id, tro_err *err)
{
	TRO_STATEMENT(clear, store, "DELETE FROM timer_index WHERE case_id = :case_id");

	tro_bind_text(&clear, ":case_id", case_id);
	return tro_statement_run(&clear, err);
}

static tro_status clear_filings(tro_store *store, const char *case_id, tro_err *err)
{
	TRO_STATEMENT(clear, store, "DELETE FROM filing_index WHERE case_id = :case_id");

	tro_bind_text(&clear, ":case_id", case_id);
	return tro_statement_run(&clear, err);
}

/* A table with several rows a case. */
typedef struct part {
	const char *noun;
	tro_status (*put)(
		tro_store *store, const char *case_id, const void *rows, size_t i, tro_err *err);
	tro_status (*count)(size_t *out, tro_store *store, const char *case_id, tro_err *err);
	tro_status (*clear)(tro_store *store, const char *case_id, tro_err *err);
} part;

static const part matters_part = {"matter", put_matter, count_matters, clear_matters};
static const part timers_part = {"timer", put_timer, count_timers, clear_timers};
static const part filings_part = {"filing", put_filing, count_filings, clear_filings};

static tro_status put_all(size_t *out_stored, const part *table, tro_store *store,
	const char *case_id, const void *rows, size_t count, tro_err *err)
{
	for (size_t i = 0; i < count; i++) {
		tro_status status = table->put(store, case_id, rows, i, err);

		if (status != TRO_OK) {
			return status;
		}
	}
	return table->count(out_stored, store, case_id, err);
}

/* Puts the rows; when others are left over, starts anew from none. */
static tro_status replace(const part *table, tro_store *store, const char *case_id,
	const void *rows, size_t count, tro_err *err)
{
	size_t stored = 0;
	tro_status status = put_all(&stored, table, store, case_id, rows, count, err);

	if (status != TRO_OK || stored == count) {
		return status;
	}
	status = table->clear(store, case_id, err);
	if (status == TRO_OK) {
		status = put_all(&stored, table, store, case_id, rows, count, err);
	}
	if (status == TRO_OK && stored != count) {
		store->failed = true;
		return tro_err_set(
			err, TRO_INVALID, "case %s has two %ss of one name", case_id, table->noun);
	}
	return status;
}

tro_status tro_store_project(tro_store *store, const tro_case_row *row,
	const tro_matter_row *matters, size_t matter_count, const tro_timer_row *timers,
	size_t timer_count, const tro_filing_row *filings, size_t filing_count, tro_err *err)
{
	tro_status status = tro_store_require_write(store, err);

	if (status == TRO_OK) {
		status = tro_store_check_case_id(row->id, err);
	}
	if (status == TRO_OK) {
		status = put_case(store, row, err);
	}
	if (status == TRO_OK) {
		status = replace(&matters_part, store, row->id, matters, matter_count, err);
	}
	if (status == TRO_OK) {
		status = replace(&timers_part, store, row->id, timers, timer_count, err);
	}
	if (status == TRO_OK) {
		status = replace(&filings_part, store, row->id, filings, filing_count, err);
	}
	return status;
}

tro_status tro_store_drop_projections(tro_store *store, tro_err *err)
{
	tro_status status = tro_store_require_write(store, err);

	if (status != TRO_OK) {
		return status;
	}
	TRO_STATEMENT(snapshots, store, "DELETE FROM snapshot");
	TRO_STATEMENT(matters, store, "DELETE FROM matter_index");
	TRO_STATEMENT(timers, store, "DELETE FROM timer_index");
	TRO_STATEMENT(filings, store, "DELETE FROM filing_index");
	TRO_STATEMENT(cases, store, "DELETE FROM case_index");
	tro_statement *all[] = {&snapshots, &matters, &timers, &filings, &cases};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && status == TRO_OK; i++) {
		status = tro_statement_run(all[i], err);
	}
	return status;
}

static void hash_u64(tro_sha256_stream *hash, uint64_t value)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(value >> (56 - 8 * i));
	}
	tro_sha256_update(hash, bytes, sizeof(bytes));
}

/* Each value goes in with its type and length, each row with its number of columns, so that no two
 * contents read alike. */
static tro_status hash_rows(tro_sha256_stream *hash, tro_statement *find, tro_err *err)
{
	bool row = false;
	tro_status status = tro_statement_row(find, &row, err);

	while (status == TRO_OK && row) {
		int columns = sqlite3_column_count(find->stmt);

		hash_u64(hash, (uint64_t)columns);
		for (int i = 0; i < columns; i++) {
			size_t len = 0;
			uint64_t type = (uint64_t)sqlite3_column_type(find->stmt, i);
			const void *bytes = tro_column_bytes(find, i, &len);

			if (bytes == NULL) {
				return tro_err_nomem(err);
			}
			hash_u64(hash, type);
			hash_u64(hash, len);
			tro_sha256_update(hash, bytes, len);
		}
		status = tro_statement_row(find, &row, err);
	}
	hash_u64(hash, 0);
	return status;
}

/* Both ends of a range of case ids, which are ASCII: of one case, or of all. */
static void bind_range(tro_statement *find, const char *case_id)
{
	tro_bind_text(find, ":first", case_id == NULL ? "" : case_id);
	tro_bind_text(find, ":last", case_id == NULL ? "\x7f" : case_id);
}

static tro_status hash_projections(
	tro_sha256_stream *hash, tro_store *store, const char *case_id, tro_err *err)
{
	TRO_STATEMENT(snapshots, store,
		"SELECT case_id, seq, bytes FROM snapshot"
		" WHERE case_id BETWEEN :first AND :last ORDER BY case_id");
	TRO_STATEMENT(cases, store,
		"SELECT case_id, title, workflow, states, head_hash, count, created, updated, "
		"finished"
		" FROM case_index WHERE case_id BETWEEN :first AND :last ORDER BY case_id");
	TRO_STATEMENT(matters, store,
		"SELECT case_id, matter, definition, states, finished FROM matter_index"
		" WHERE case_id BETWEEN :first AND :last ORDER BY case_id, matter");
	TRO_STATEMENT(timers, store,
		"SELECT case_id, matter, timer, event, due FROM timer_index"
		" WHERE case_id BETWEEN :first AND :last ORDER BY case_id, matter, timer");
	TRO_STATEMENT(filings, store,
		"SELECT case_id, filing, name, recipient, matter, seq, sha256, size FROM "
		"filing_index"
		" WHERE case_id BETWEEN :first AND :last ORDER BY case_id, filing");
	tro_statement *all[] = {&snapshots, &cases, &matters, &timers, &filings};
	tro_status status = TRO_OK;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && status == TRO_OK; i++) {
		bind_range(all[i], case_id);
		status = hash_rows(hash, all[i], err);
	}
	return status;
}

static tro_status hash_nodes(tro_sha256_stream *hash, tro_store *store, tro_err *err)
{
	TRO_STATEMENT(nodes, store, "SELECT level, number, hash FROM node ORDER BY level, number");

	return hash_rows(hash, &nodes, err);
}

tro_status tro_store_projection_digest(
	uint8_t out[32], tro_store *store, const char *case_id, tro_err *err)
{
	bool own = store->transaction == TRO_TRANSACTION_NONE;
	tro_status status = own ? tro_store_begin_read(store, err) : TRO_OK;

	if (status != TRO_OK) {
		return status;
	}
	tro_sha256_stream *hash = tro_sha256_new();

	status = hash != NULL ? hash_projections(hash, store, case_id, err) : tro_err_nomem(err);
	if (status == TRO_OK && case_id == NULL) {
		status = hash_nodes(hash, store, err);
	}
	if (status == TRO_OK) {
		tro_sha256_finish(out, hash);
	} else {
		tro_sha256_free(hash);
	}
	if (own) {
		tro_store_rollback(store); /* of a view */
	}
	return status;
}
