/*
 * What SQLite's result codes mean to a caller, and the sentence for the person.
 */
#ifndef TRO_STORE_FAILURE_H
#define TRO_STORE_FAILURE_H

#include <sqlite3.h>
#include <tro/err.h>

/* rc is an extended result code other than SQLITE_OK, ROW and DONE. Busy is TRO_CHANGED; a database
 * that is damaged, or lacks what the schema has, TRO_INVALID; a full disk, a failing disk or
 * missing rights TRO_SYSTEM; no memory TRO_NOMEM. db may be NULL when opening failed. */
tro_status tro_store_failure(sqlite3 *db, int rc, const char *path, tro_err *err);

#endif
