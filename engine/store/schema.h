/*
 * The schema as steps: step n takes a database from user_version n - 1 to n. Each lies in
 * schema/<n>.sql and is embedded at build time.
 */
#ifndef TRO_STORE_SCHEMA_H
#define TRO_STORE_SCHEMA_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/err.h>

#include "store/store.h"

/* "TROS" in ASCII: what PRAGMA application_id says of a database of ours. */
enum { TRO_SCHEMA_APPLICATION_ID = 1414680403 };

typedef struct tro_schema_step {
	const char *name;
	const unsigned char *sql; /* ends in NUL; sets user_version */
} tro_schema_step;

extern const tro_schema_step tro_schema_steps[];
extern const size_t tro_schema_step_count;

/* What the file says it is. Reads only, so that a database of somebody else stays untouched. */
tro_status tro_schema_identify(int64_t *out_application_id, int64_t *out_user_version, sqlite3 *db,
	const char *path, tro_err *err) TRO_MUST_USE;

/* Runs, in one transaction, the steps that the database has not seen: all of them or none.
 * TRO_INVALID when user_version is higher than step_count. path is for messages. */
tro_status tro_schema_migrate(sqlite3 *db, const tro_schema_step *steps, size_t step_count,
	const char *path, tro_err *err) TRO_MUST_USE;

/* TRO_INVALID, in words. */
tro_status tro_schema_newer(
	int64_t version, size_t step_count, const char *path, tro_err *err) TRO_MUST_USE;

/* ---- schema_check.c ---- */

/* A SHA-256 over type, name, table and text of every object in the database, and what it is when
 * they are what the steps give. */
tro_status tro_schema_digest(
	uint8_t out[32], sqlite3 *db, const char *path, tro_err *err) TRO_MUST_USE;
extern const uint8_t tro_schema_sha256[32];

/* As tro_store_each_schema_difference. */
tro_status tro_schema_compare(
	sqlite3 *db, const char *path, tro_schema_each each, void *user, tro_err *err) TRO_MUST_USE;
/* TRO_INVALID, naming the first difference. */
tro_status tro_schema_require(tro_store *store, tro_err *err) TRO_MUST_USE;

#endif
