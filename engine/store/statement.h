/*
 * Statements: literals, prepared once a store, given back at the end of the scope.
 *
 *	TRO_STATEMENT(find, store, "SELECT seq FROM snapshot WHERE case_id = :case_id");
 *	bool row = false;
 *
 *	tro_bind_text(&find, ":case_id", case_id);
 *	tro_status status = tro_statement_row(&find, &row, err);
 *
 * Preparing and binding remember their first failure, which row and run report. Bound bytes are not
 * copied and must live until the statement is given back. A statement that is still in use when the
 * same line is reached again, from a callback, gets a twin of its own.
 */
#ifndef TRO_STORE_STATEMENT_H
#define TRO_STORE_STATEMENT_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/handle.h"

typedef struct tro_statement {
	tro_store *store;
	sqlite3_stmt *stmt;
	tro_cached_statement *cached; /* NULL for a twin */
	int rc;
} tro_statement;

/* Declares a statement for the rest of the scope. Pasting the literal between two others keeps text
 * that was made at run time from compiling. */
#define TRO_STATEMENT(name, store, sql)                                                            \
	__attribute__((cleanup(tro_statement_done))) tro_statement name =                          \
		tro_statement_take((store), "" sql "")

tro_statement tro_statement_take(tro_store *store, const char *sql);
void tro_statement_done(tro_statement *statement);

/* Parameters that are not bound are NULL; so is a NULL pointer of tro_bind_blob. */
void tro_bind_u64(tro_statement *statement, const char *name, uint64_t value);
void tro_bind_i64(tro_statement *statement, const char *name, int64_t value);
void tro_bind_blob(tro_statement *statement, const char *name, const void *bytes, size_t len);
/* A NULL text is bound as the empty one. */
void tro_bind_text(tro_statement *statement, const char *name, const char *text);

/* The next row, if there is one. */
tro_status tro_statement_row(tro_statement *statement, bool *out_row, tro_err *err) TRO_MUST_USE;
/* To the end, for statements that give no rows, or whose rows nobody wants. */
tro_status tro_statement_run(tro_statement *statement, tro_err *err) TRO_MUST_USE;

uint64_t tro_column_u64(const tro_statement *statement, int column);
int64_t tro_column_i64(const tro_statement *statement, int column);
bool tro_column_is_null(const tro_statement *statement, int column);
/* Borrowed until the statement moves on; never NULL unless memory ran out. */
const void *tro_column_bytes(const tro_statement *statement, int column, size_t *out_len);
/* A copy that the caller frees, with a final NUL that does not count. */
tro_status tro_column_copy(char **out, size_t *out_len, const tro_statement *statement, int column,
	tro_err *err) TRO_MUST_USE;
/* A copy in the arena; NULL when out of memory. */
char *tro_column_text(tro_arena *arena, const tro_statement *statement, int column) TRO_MUST_USE;
/* Exactly 32 bytes; TRO_INVALID otherwise. */
tro_status tro_column_32(
	uint8_t out[32], const tro_statement *statement, int column, tro_err *err) TRO_MUST_USE;

/* What was read cannot be what was written. */
tro_status tro_store_damaged(const tro_store *store, tro_err *err, const char *fmt, ...)
	TRO_PRINTF(3, 4);

#endif
