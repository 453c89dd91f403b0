/*
 * Is the schema in the file the one that this program gives? A trigger that is gone lets history be
 * rewritten, and one that was added can make a write succeed that wrote nothing.
 *
 * Building our schema in memory takes longer than a command should wait, so opening compares one
 * hash; only when that differs, and in verification, are the objects themselves compared.
 */
#include <string.h>

#include "crypto/crypto.h"
#include "store/failure.h"
#include "store/handle.h"
#include "store/schema.h"

/* What tro_schema_digest gives after the last step. A test holds it to the steps. */
const uint8_t tro_schema_sha256[TRO_SHA256_LEN] = {0x9c, 0xad, 0x21, 0x0f, 0x45, 0x76, 0x06, 0x04,
	0x9d, 0x54, 0xa6, 0xa9, 0x20, 0xb4, 0x0f, 0xd1, 0xd3, 0xd1, 0x63, 0xad, 0x35, 0xe4, 0x0e,
	0x5d, 0xed, 0x00, 0xca, 0x8a, 0x0b, 0xd5, 0xe3, 0xf6};

#define SELECT_OBJECTS "SELECT name, type, tbl_name, sql FROM sqlite_schema ORDER BY name, type"
enum { NAME, TYPE, TABLE, SQL, OBJECT_COLUMNS };

/* The objects of one database, in order. */
typedef struct objects {
	sqlite3_stmt *stmt;
	int rc; /* SQLITE_ROW while there is one */
} objects;

static void next_object(objects *o)
{
	o->rc = sqlite3_step(o->stmt);
}

static void first_object(objects *o, sqlite3 *db)
{
	o->rc = sqlite3_prepare_v2(db, SELECT_OBJECTS, -1, &o->stmt, NULL);
	if (o->rc == SQLITE_OK) {
		next_object(o);
	}
}

static bool ended_well(const objects *o)
{
	return o->rc == SQLITE_ROW || o->rc == SQLITE_DONE;
}

static const char *text(const objects *o, int column)
{
	const void *bytes = sqlite3_column_text(o->stmt, column);

	return bytes != NULL ? bytes : "";
}

static size_t text_len(const objects *o, int column)
{
	int len = sqlite3_column_bytes(o->stmt, column);

	return len > 0 ? (size_t)len : 0;
}

/* ---- by hash ---- */

static void hash_text(tro_sha256_stream *hash, const objects *o, int column)
{
	const char *bytes = text(o, column); /* before its length: it may be converted */
	size_t len = text_len(o, column);
	uint8_t prefix[8];

	for (size_t i = 0; i < sizeof(prefix); i++) {
		prefix[i] = (uint8_t)((uint64_t)len >> (56 - 8 * i));
	}
	tro_sha256_update(hash, prefix, sizeof(prefix));
	tro_sha256_update(hash, bytes, len);
}

tro_status tro_schema_digest(uint8_t out[32], sqlite3 *db, const char *path, tro_err *err)
{
	objects o = {NULL, SQLITE_OK};
	tro_status status = TRO_OK;
	tro_sha256_stream *hash = tro_sha256_new();

	if (hash == NULL) {
		return tro_err_nomem(err);
	}
	for (first_object(&o, db); o.rc == SQLITE_ROW; next_object(&o)) {
		for (int column = 0; column < OBJECT_COLUMNS; column++) {
			hash_text(hash, &o, column);
		}
	}
	if (!ended_well(&o)) {
		status = tro_store_failure(db, o.rc, path, err);
	}
	(void)sqlite3_finalize(o.stmt); /* repeats what step said */
	tro_sha256_finish(out, hash);
	return status;
}

/* ---- object by object ---- */

/* The order of the two objects; one that is not there comes after all that are. */
static int compare_names(const objects *a, const objects *b)
{
	if (a->rc != SQLITE_ROW || b->rc != SQLITE_ROW) {
		return (a->rc != SQLITE_ROW) - (b->rc != SQLITE_ROW);
	}
	int order = strcmp(text(a, NAME), text(b, NAME));

	return order != 0 ? order : strcmp(text(a, TYPE), text(b, TYPE));
}

static bool same_text(const objects *a, const objects *b, int column)
{
	const char *left = text(a, column);
	const char *right = text(b, column);
	size_t len = text_len(a, column);

	return len == text_len(b, column) && memcmp(left, right, len) == 0;
}

static tro_status report(
	const objects *o, tro_schema_fault fault, tro_schema_each each, void *user, tro_err *err)
{
	tro_schema_difference difference = {
		.fault = fault, .type = text(o, TYPE), .name = text(o, NAME)};

	return each(user, &difference, err);
}

/* Both sides are in the same order: one walk finds what only one of them has. */
static tro_status walk(
	objects *ours, objects *theirs, tro_schema_each each, void *user, tro_err *err)
{
	tro_status status = TRO_OK;

	while (status == TRO_OK && ended_well(ours) && ended_well(theirs) &&
		(ours->rc == SQLITE_ROW || theirs->rc == SQLITE_ROW)) {
		int order = compare_names(ours, theirs);

		if (order < 0) {
			status = report(ours, TRO_SCHEMA_MISSING, each, user, err);
		} else if (order > 0) {
			status = report(theirs, TRO_SCHEMA_EXTRA, each, user, err);
		} else if (!same_text(ours, theirs, TABLE) || !same_text(ours, theirs, SQL)) {
			status = report(theirs, TRO_SCHEMA_CHANGED, each, user, err);
		}
		if (order <= 0) {
			next_object(ours);
		}
		if (order >= 0) {
			next_object(theirs);
		}
	}
	return status;
}

static tro_status make_ours(sqlite3 **out, tro_err *err)
{
	int rc = sqlite3_open_v2(":memory:", out,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);

	return rc == SQLITE_OK ? tro_schema_migrate(*out, tro_schema_steps, tro_schema_step_count,
					 "the schema of this program", err)
			       : tro_store_failure(*out, rc, "the schema of this program", err);
}

tro_status tro_schema_compare(
	sqlite3 *db, const char *path, tro_schema_each each, void *user, tro_err *err)
{
	sqlite3 *model = NULL;
	objects ours = {NULL, SQLITE_OK};
	objects theirs = {NULL, SQLITE_OK};
	tro_status status = make_ours(&model, err);

	if (status == TRO_OK) {
		first_object(&ours, model);
		first_object(&theirs, db);
		status = walk(&ours, &theirs, each, user, err);
		if (status == TRO_OK && !ended_well(&theirs)) {
			status = tro_store_failure(db, theirs.rc, path, err);
		}
		if (status == TRO_OK && !ended_well(&ours)) {
			status = tro_store_failure(model, ours.rc, path, err);
		}
	}
	(void)sqlite3_finalize(ours.stmt); /* repeats what step said */
	(void)sqlite3_finalize(theirs.stmt);
	(void)sqlite3_close(model); /* in memory: nothing to lose */
	return status;
}

const char *tro_schema_fault_text(tro_schema_fault fault)
{
	switch (fault) {
	case TRO_SCHEMA_MISSING:
		return "is missing";
	case TRO_SCHEMA_CHANGED:
		return "is not as this program made it";
	case TRO_SCHEMA_EXTRA:
		return "does not belong there";
	}
	return "";
}

/* ---- on opening ---- */

/* Ends the walk with the first difference as the error. */
static tro_status refuse(void *user, const tro_schema_difference *difference, tro_err *err)
{
	const tro_store *store = user;

	return tro_err_set(err, TRO_INVALID,
		"%s was altered: the %s %s %s; nothing is done with it: 'tro verify' names every "
		"difference, then restore it from a backup",
		store->path, difference->type, difference->name,
		tro_schema_fault_text(difference->fault));
}

tro_status tro_schema_require(tro_store *store, tro_err *err)
{
	uint8_t digest[TRO_SHA256_LEN];
	tro_status status = tro_schema_digest(digest, store->db, store->path, err);

	if (status != TRO_OK || memcmp(digest, tro_schema_sha256, sizeof(digest)) == 0) {
		return status;
	}
	return tro_schema_compare(store->db, store->path, refuse, store, err);
}

tro_status tro_store_each_schema_difference(
	tro_store *store, tro_schema_each each, void *user, tro_err *err)
{
	return tro_schema_compare(store->db, store->path, each, user, err);
}
