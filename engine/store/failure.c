#include "store/failure.h"

#include <stdbool.h>
#include <stddef.h>

/* What SQLite says about rc, which need not be the last thing that it said. */
static const char *reason(sqlite3 *db, int rc)
{
	bool last = db != NULL && sqlite3_extended_errcode(db) == rc;

	return last ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
}

/* The operating system's word on it, when it has one. */
static tro_status io_failure(sqlite3 *db, int rc, const char *path, const char *what, tro_err *err)
{
	int errnum = db != NULL ? sqlite3_system_errno(db) : 0;

	if (errnum != 0) {
		return tro_err_errno(err, errnum, "%s %s", what, path);
	}
	return tro_err_set(err, TRO_SYSTEM, "%s %s: %s", what, path, sqlite3_errstr(rc));
}

tro_status tro_store_failure(sqlite3 *db, int rc, const char *path, tro_err *err)
{
	if (rc == SQLITE_IOERR_NOMEM) {
		return tro_err_nomem(err);
	}
	if (rc == SQLITE_IOERR_CORRUPTFS) {
		return tro_err_set(
			err, TRO_INVALID, "%s is damaged: the file system holds it corrupt", path);
	}
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		return tro_err_nomem(err);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return tro_err_set(err, TRO_CHANGED,
			"somebody else is writing to %s: nothing was written; try again", path);
	case SQLITE_FULL:
		return tro_err_set(err, TRO_SYSTEM,
			"cannot write %s: the disk is full; free some space and try again", path);
	case SQLITE_IOERR:
		return io_failure(db, rc, path, "cannot read or write", err);
	case SQLITE_CANTOPEN:
		return io_failure(db, rc, path, "cannot open", err);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return tro_err_set(err, TRO_SYSTEM,
			"cannot write %s: this account may only read it; check its group and mode",
			path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	case SQLITE_ERROR: /* our statements are right: what they name is not there */
	case SQLITE_SCHEMA:
		return tro_err_set(err, TRO_INVALID, "%s is damaged: %s; restore it from a backup",
			path, reason(db, rc));
	case SQLITE_TOOBIG:
	case SQLITE_RANGE:
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
		return tro_err_set(
			err, TRO_INVALID, "%s cannot hold this: %s", path, reason(db, rc));
	default:
		return tro_err_set(err, TRO_SYSTEM, "cannot use %s: %s", path, reason(db, rc));
	}
}
