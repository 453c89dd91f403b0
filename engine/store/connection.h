/*
 * One connection to SQLite, between open.c and create.c.
 */
#ifndef TRO_STORE_CONNECTION_H
#define TRO_STORE_CONNECTION_H

#include <sqlite3.h>
#include <stdbool.h>
#include <tro/err.h>

#define TRO_STORE_DB_NAME "tro.db"
#define TRO_STORE_NEW_NAME "tro.db.new" /* until it is whole */
#define TRO_STORE_EXHIBITS_NAME "exhibits"

/* Opens an existing file for reading and writing, without following symbolic links, through the
 * named one of SQLite's file systems (NULL: the usual). *out is set and must be closed even when
 * this fails. */
tro_status tro_connection_open(
	sqlite3 **out, const char *path, const char *vfs, tro_err *err) TRO_MUST_USE;
/* As above, for reading only. With alone, nobody may have it open and nothing may lie beside it: it
 * is read without locks and without a file being made. */
tro_status tro_connection_open_to_read(
	sqlite3 **out, const char *path, bool alone, tro_err *err) TRO_MUST_USE;
/* The settings that a connection has and a file has not. */
tro_status tro_connection_configure(sqlite3 *db, const char *path, tro_err *err) TRO_MUST_USE;
/* The one setting that the file keeps. */
tro_status tro_connection_use_wal(sqlite3 *db, const char *path, tro_err *err) TRO_MUST_USE;

/* Absolute and without symbolic links; the caller frees it. TRO_NOT_FOUND when it does not exist.
 */
tro_status tro_store_resolve(char **out, const char *dir, tro_err *err) TRO_MUST_USE;
/* dir/name, which the caller frees; NULL when out of memory. */
char *tro_store_join(const char *dir, const char *name) TRO_MUST_USE;

#endif
