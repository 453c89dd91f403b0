#include "store/statement.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/failure.h"

static tro_cached_statement *find_cached(tro_store *store, const char *sql)
{
	for (size_t i = 0; i < store->cached_count; i++) {
		if (store->cached[i].sql == sql) {
			return &store->cached[i];
		}
	}
	return NULL;
}

tro_statement tro_statement_take(tro_store *store, const char *sql)
{
	tro_statement statement = {.store = store, .rc = SQLITE_OK};
	tro_cached_statement *cached = find_cached(store, sql);

	if (cached != NULL && !cached->taken) {
		cached->taken = true;
		statement.cached = cached;
		statement.stmt = cached->stmt;
		return statement;
	}
	bool keep = cached == NULL && store->cached_count < TRO_STATEMENT_CACHE_SIZE;

	statement.rc = sqlite3_prepare_v3(
		store->db, sql, -1, keep ? SQLITE_PREPARE_PERSISTENT : 0, &statement.stmt, NULL);
	if (statement.rc == SQLITE_OK && keep) {
		cached = &store->cached[store->cached_count++];
		*cached = (tro_cached_statement){.sql = sql, .stmt = statement.stmt, .taken = true};
		statement.cached = cached;
	}
	return statement;
}

void tro_statement_done(tro_statement *statement)
{
	if (statement->cached == NULL) {
		(void)sqlite3_finalize(statement->stmt); /* repeats what step said */
		return;
	}
	(void)sqlite3_reset(statement->stmt); /* repeats what step said */
	(void)sqlite3_clear_bindings(statement->stmt);
	statement->cached->taken = false;
}

/* The parameter's number, or 0 after a failure. A name that the statement lacks is a bug. */
static int parameter(tro_statement *statement, const char *name)
{
	if (statement->rc != SQLITE_OK) {
		return 0;
	}
	int number = sqlite3_bind_parameter_index(statement->stmt, name);

	assert(number > 0);
	if (number == 0) {
		statement->rc = SQLITE_RANGE;
	}
	return number;
}

void tro_bind_i64(tro_statement *statement, const char *name, int64_t value)
{
	int number = parameter(statement, name);

	if (number > 0) {
		statement->rc = sqlite3_bind_int64(statement->stmt, number, value);
	}
}

void tro_bind_u64(tro_statement *statement, const char *name, uint64_t value)
{
	if (value > INT64_MAX) {
		statement->rc = statement->rc == SQLITE_OK ? SQLITE_TOOBIG : statement->rc;
		return;
	}
	tro_bind_i64(statement, name, (int64_t)value);
}

void tro_bind_blob(tro_statement *statement, const char *name, const void *bytes, size_t len)
{
	int number = parameter(statement, name);

	if (number > 0 && bytes != NULL) {
		statement->rc =
			sqlite3_bind_blob64(statement->stmt, number, bytes, len, SQLITE_STATIC);
	}
}

void tro_bind_text(tro_statement *statement, const char *name, const char *text)
{
	int number = parameter(statement, name);

	if (number > 0) {
		statement->rc =
			sqlite3_bind_text64(statement->stmt, number, text != NULL ? text : "",
				text != NULL ? strlen(text) : 0, SQLITE_STATIC, SQLITE_UTF8);
	}
}

static tro_status fail(tro_statement *statement, tro_err *err)
{
	tro_store *store = statement->store;

	if (store->transaction == TRO_TRANSACTION_WRITE) {
		store->failed = true;
	}
	if (tro_store_check_settled(store, err) != TRO_OK) {
		return TRO_CHANGED;
	}
	return tro_store_failure(store->db, statement->rc, store->path, err);
}

tro_status tro_statement_row(tro_statement *statement, bool *out_row, tro_err *err)
{
	if (statement->rc == SQLITE_OK || statement->rc == SQLITE_ROW) {
		statement->rc = sqlite3_step(statement->stmt);
	}
	*out_row = statement->rc == SQLITE_ROW;
	if (statement->rc != SQLITE_ROW && statement->rc != SQLITE_DONE) {
		return fail(statement, err);
	}
	return TRO_OK;
}

tro_status tro_statement_run(tro_statement *statement, tro_err *err)
{
	bool row = true;
	tro_status status = TRO_OK;

	while (status == TRO_OK && row) {
		status = tro_statement_row(statement, &row, err);
	}
	return status;
}

uint64_t tro_column_u64(const tro_statement *statement, int column)
{
	return (uint64_t)sqlite3_column_int64(statement->stmt, column);
}

int64_t tro_column_i64(const tro_statement *statement, int column)
{
	return sqlite3_column_int64(statement->stmt, column);
}

bool tro_column_is_null(const tro_statement *statement, int column)
{
	return sqlite3_column_type(statement->stmt, column) == SQLITE_NULL;
}

const void *tro_column_bytes(const tro_statement *statement, int column, size_t *out_len)
{
	const void *bytes = sqlite3_column_blob(statement->stmt, column);
	int len = sqlite3_column_bytes(statement->stmt, column);

	*out_len = len > 0 ? (size_t)len : 0;
	return bytes == NULL && len == 0 ? "" : bytes;
}

tro_status tro_column_copy(
	char **out, size_t *out_len, const tro_statement *statement, int column, tro_err *err)
{
	size_t len = 0;
	const void *bytes = tro_column_bytes(statement, column, &len);
	char *copy = bytes != NULL ? malloc(len + 1) : NULL;

	if (copy == NULL) {
		return tro_err_nomem(err);
	}
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	*out = copy;
	*out_len = len;
	return TRO_OK;
}

char *tro_column_text(tro_arena *arena, const tro_statement *statement, int column)
{
	size_t len = 0;
	const char *text = tro_column_bytes(statement, column, &len);

	return text != NULL ? tro_arena_strndup(arena, text, len) : NULL;
}

tro_status tro_column_32(uint8_t out[32], const tro_statement *statement, int column, tro_err *err)
{
	size_t len = 0;
	const void *bytes = tro_column_bytes(statement, column, &len);

	if (bytes == NULL) {
		return tro_err_nomem(err);
	}
	if (len != 32) {
		return tro_store_damaged(
			statement->store, err, "a value of %zu bytes stands where 32 must be", len);
	}
	memcpy(out, bytes, 32);
	return TRO_OK;
}

tro_status tro_store_damaged(const tro_store *store, tro_err *err, const char *fmt, ...)
{
	char what[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	return tro_err_set(err, TRO_INVALID, "%s is damaged: %s", store->path, what);
}
