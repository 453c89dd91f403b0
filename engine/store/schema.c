#include "store/schema.h"

#include <stdbool.h>

#include "store/failure.h"

/* The one integer that a pragma answers. */
static int pragma_read(int64_t *out, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK) {
		rc = sqlite3_step(stmt);
		if (rc == SQLITE_ROW) {
			*out = sqlite3_column_int64(stmt, 0);
			rc = SQLITE_OK;
		}
	}
	(void)sqlite3_finalize(stmt); /* repeats what step said */
	return rc;
}

tro_status tro_schema_identify(int64_t *out_application_id, int64_t *out_user_version, sqlite3 *db,
	const char *path, tro_err *err)
{
	int rc = pragma_read(out_application_id, db, "PRAGMA application_id");

	if (rc == SQLITE_OK) {
		rc = pragma_read(out_user_version, db, "PRAGMA user_version");
	}
	return rc == SQLITE_OK ? TRO_OK : tro_store_failure(db, rc, path, err);
}

tro_status tro_schema_newer(int64_t version, size_t step_count, const char *path, tro_err *err)
{
	return tro_err_set(err, TRO_INVALID,
		"%s was written by a newer program (its version is %lld, this program knows %zu): "
		"use that program",
		path, (long long)version, step_count);
}

/* Inside the transaction: somebody else may have migrated since we looked. */
static tro_status run_steps(sqlite3 *db, const tro_schema_step *steps, size_t step_count,
	const char *path, tro_err *err)
{
	int64_t version = 0;
	int rc = pragma_read(&version, db, "PRAGMA user_version");

	if (rc != SQLITE_OK) {
		return tro_store_failure(db, rc, path, err);
	}
	if (version < 0 || (uint64_t)version > step_count) {
		return tro_schema_newer(version, step_count, path, err);
	}
	for (size_t i = (size_t)version; i < step_count; i++) {
		const void *sql = steps[i].sql;

		rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
		if (rc == SQLITE_OK) {
			rc = pragma_read(&version, db, "PRAGMA user_version");
		}
		if (rc != SQLITE_OK) {
			tro_status status = tro_store_failure(db, rc, path, err);
			return tro_err_prefix(err, status, "schema step %s", steps[i].name);
		}
		if ((uint64_t)version != i + 1) {
			return tro_err_set(err, TRO_INVALID,
				"%s: schema step %s does not set user_version %zu", path,
				steps[i].name, i + 1);
		}
	}
	return TRO_OK;
}

tro_status tro_schema_migrate(sqlite3 *db, const tro_schema_step *steps, size_t step_count,
	const char *path, tro_err *err)
{
	int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	if (rc != SQLITE_OK) {
		return tro_store_failure(db, rc, path, err);
	}
	tro_status status = run_steps(db, steps, step_count, path, err);

	if (status == TRO_OK) {
		rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
		if (rc != SQLITE_OK) {
			status = tro_store_failure(db, rc, path, err);
		}
	}
	if (!sqlite3_get_autocommit(db)) {
		(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL); /* the error is set */
	}
	return status;
}
