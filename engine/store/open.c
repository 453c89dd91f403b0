/*
 * Opening a store: is it ours, can this program read it, and the settings under which everything
 * else may rely on SQLite.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/connection.h"
#include "store/erasure.h"
#include "store/failure.h"
#include "store/handle.h"
#include "store/path.h"
#include "store/schema.h"
#include "store/statement.h"

enum { BUSY_TIMEOUT_MS = 5000 };

/* Switches of the connection that no SQL in the file can turn. */
static int harden(sqlite3 *db)
{
	static const struct {
		int option;
		int on;
	} switches[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1},
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_ENABLE_FKEY, 1},
		{SQLITE_DBCONFIG_ENABLE_TRIGGER, 1},
		{SQLITE_DBCONFIG_ENABLE_VIEW, 0}, /* we have none: one would be an impostor */
		{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
		{SQLITE_DBCONFIG_DQS_DDL, 0},
		{SQLITE_DBCONFIG_DQS_DML, 0},
	};
	int rc = sqlite3_extended_result_codes(db, 1);

	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]) && rc == SQLITE_OK; i++) {
		rc = sqlite3_db_config(db, switches[i].option, switches[i].on, NULL);
	}
	return rc == SQLITE_OK ? sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS) : rc;
}

tro_status tro_connection_open(sqlite3 **out, const char *path, const char *vfs, tro_err *err)
{
	/* No CREATE: a missing file is made by nobody but tro_store_create. */
	int rc = sqlite3_open_v2(
		path, out, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX, vfs);

	if (rc == SQLITE_OK) {
		rc = harden(*out);
	}
	if (rc != SQLITE_OK) {
		return tro_store_failure(*out, rc, path, err);
	}
	if (sqlite3_db_readonly(*out, "main") == 1) {
		return tro_store_failure(*out, SQLITE_READONLY, path, err);
	}
	return TRO_OK;
}

/* file:PATH?immutable=1, where any byte of the path stands for itself. */
static tro_status make_uri(tro_buf *out, const char *path, tro_err *err)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/";

	tro_buf_puts(out, "file:");
	for (const char *at = path; *at != '\0'; at++) {
		if (strchr(plain, *at) != NULL) {
			tro_buf_put(out, at, 1);
		} else {
			tro_buf_printf(out, "%%%02x", (unsigned)(unsigned char)*at);
		}
	}
	tro_buf_puts(out, "?immutable=1");
	return tro_buf_status(out, err);
}

tro_status tro_connection_open_to_read(sqlite3 **out, const char *path, bool alone, tro_err *err)
{
	tro_buf uri = TRO_BUF_INIT;
	int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX;
	tro_status status = alone ? make_uri(&uri, path, err) : TRO_OK;

	if (status != TRO_OK) {
		tro_buf_done(&uri);
		return status;
	}
	int rc = sqlite3_open_v2(
		alone ? uri.ptr : path, out, alone ? flags | SQLITE_OPEN_URI : flags, NULL);

	tro_buf_done(&uri);
	if (rc == SQLITE_OK) {
		rc = harden(*out);
	}
	return rc == SQLITE_OK ? TRO_OK : tro_store_failure(*out, rc, path, err);
}

tro_status tro_connection_configure(sqlite3 *db, const char *path, tro_err *err)
{
	/* Temporary tables stay in memory: nothing of a case outside the store (and see vacuum.c).
	 * recursive_triggers makes REPLACE ask the triggers too. */
	static const char settings[] = "PRAGMA secure_delete = ON;"
				       "PRAGMA cell_size_check = ON;"
				       "PRAGMA recursive_triggers = ON;"
				       "PRAGMA temp_store = MEMORY;"
				       "PRAGMA mmap_size = 0;"
				       "PRAGMA synchronous = FULL;";
	int rc = sqlite3_exec(db, settings, NULL, NULL, NULL);

	return rc == SQLITE_OK ? TRO_OK : tro_store_failure(db, rc, path, err);
}

tro_status tro_connection_use_wal(sqlite3 *db, const char *path, tro_err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool wal = false;
	int rc = sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &stmt, NULL);

	if (rc == SQLITE_OK) {
		rc = sqlite3_step(stmt);
		if (rc == SQLITE_ROW) {
			const void *mode = sqlite3_column_text(stmt, 0);

			wal = mode != NULL && strcmp(mode, "wal") == 0;
			rc = SQLITE_OK;
		}
	}
	(void)sqlite3_finalize(stmt); /* repeats what step said */
	if (rc != SQLITE_OK) {
		return tro_store_failure(db, rc, path, err);
	}
	if (!wal) {
		return tro_err_set(err, TRO_SYSTEM,
			"cannot use %s: its file system has no shared memory for a write-ahead "
			"log; "
			"put the store on a local disk",
			path);
	}
	return TRO_OK;
}

/* tro.db must be a file of its own in this folder. */
static tro_status check_file(const tro_store *store, tro_err *err)
{
	struct stat st;

	if (fstatat(store->dir_fd, TRO_STORE_DB_NAME, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (S_ISREG(st.st_mode)) {
			return TRO_OK;
		}
		return tro_err_set(err, TRO_INVALID,
			"%s is %s, not a file: a store's database lies in the store's own folder",
			store->path, S_ISLNK(st.st_mode) ? "a symbolic link" : "something else");
	}
	if (errno != ENOENT) {
		return tro_err_errno(err, errno, "cannot look at %s", store->path);
	}
	if (fstatat(store->dir_fd, TRO_STORE_NEW_NAME, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"the store in %s was never finished: create it again in the same place",
			store->dir);
	}
	return tro_err_set(err, TRO_NOT_FOUND, "there is no store in %s", store->dir);
}

/* Before anything is set or written. */
static tro_status check_identity(int64_t *out_version, tro_store *store, tro_err *err)
{
	int64_t application_id = 0;
	tro_status status =
		tro_schema_identify(&application_id, out_version, store->db, store->path, err);

	if (status != TRO_OK) {
		return status;
	}
	if (application_id != TRO_SCHEMA_APPLICATION_ID || *out_version < 1) {
		return tro_err_set(err, TRO_INVALID,
			"%s is not a store's database: it is empty, or belongs to another program",
			store->path);
	}
	return TRO_OK;
}

static bool may_write(const tro_store *store)
{
	return faccessat(store->dir_fd, TRO_STORE_DB_NAME, R_OK | W_OK, AT_EACCESS) == 0 &&
	       faccessat(store->dir_fd, ".", W_OK | X_OK, AT_EACCESS) == 0;
}

static bool has_log(const tro_store *store)
{
	struct stat st;

	return fstatat(store->dir_fd, TRO_STORE_DB_NAME "-wal", &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool look_at_file(struct stat *out, const tro_store *store)
{
	return fstatat(store->dir_fd, TRO_STORE_DB_NAME, out, AT_SYMLINK_NOFOLLOW) == 0;
}

/* An auditor's account. Where a log lies beside the file, somebody has the store open or was killed
 * at it, and SQLite reads it with the locks and the shared memory that are there; where none does,
 * the file is whole and none must be made, which would then belong to the reader and shut the
 * others out. */
static tro_status connect_to_read(tro_store *store, tro_err *err)
{
	store->read_only = true;
	if (!look_at_file(&store->as_opened, store)) {
		return tro_err_errno(err, errno, "cannot look at %s", store->path);
	}
	store->alone = !has_log(store);
	return tro_connection_open_to_read(&store->db, store->path, store->alone, err);
}

tro_status tro_store_check_settled(const tro_store *store, tro_err *err)
{
	struct stat now;

	if (!store->alone) {
		return TRO_OK;
	}
	if (!look_at_file(&now, store) || has_log(store) || now.st_ino != store->as_opened.st_ino ||
		now.st_size != store->as_opened.st_size ||
		now.st_mtim.tv_sec != store->as_opened.st_mtim.tv_sec ||
		now.st_mtim.tv_nsec != store->as_opened.st_mtim.tv_nsec) {
		return tro_err_set(err, TRO_CHANGED,
			"somebody began to write to %s while it was read: try again", store->path);
	}
	return TRO_OK;
}

static tro_status open_to_read(tro_store *store, tro_err *err)
{
	int64_t version = 0;
	tro_status status = connect_to_read(store, err);

	if (status == TRO_OK) {
		status = check_identity(&version, store, err);
	}
	if (status == TRO_OK) {
		status = tro_connection_configure(store->db, store->path, err);
	}
	if (status == TRO_OK && (uint64_t)version > tro_schema_step_count) {
		status = tro_schema_newer(version, tro_schema_step_count, store->path, err);
	}
	if (status == TRO_OK && (uint64_t)version < tro_schema_step_count) {
		status = tro_err_set(err, TRO_SYSTEM,
			"%s was written by an older program: somebody who may write must open it "
			"once with this one",
			store->path);
	}
	return status;
}

static tro_status open_to_write(tro_store *store, tro_err *err)
{
	int64_t version = 0;
	tro_status status = tro_connection_open(&store->db, store->path, NULL, err);

	if (status == TRO_OK) {
		status = check_identity(&version, store, err);
	}
	if (status == TRO_OK) {
		status = tro_connection_configure(store->db, store->path, err);
	}
	if (status == TRO_OK && (uint64_t)version != tro_schema_step_count) {
		status = tro_schema_migrate(
			store->db, tro_schema_steps, tro_schema_step_count, store->path, err);
	}
	if (status == TRO_OK) {
		status = tro_connection_use_wal(store->db, store->path, err);
	}
	return status;
}

/* What a killed erasure left; where it cannot be done now, the next to open the store does it. */
static void finish_erasure(tro_store *store)
{
	tro_err ignored;

	(void)!tro_store_erasure_finish(store, &ignored);
}

static tro_status open_database(tro_store *store, tro_err *err)
{
	tro_status status = check_file(store, err);

	if (status == TRO_OK) {
		status = may_write(store) ? open_to_write(store, err) : open_to_read(store, err);
	}
	if (status == TRO_OK && !store->untrusted) {
		status = tro_schema_require(store, err);
		if (status == TRO_OK && !store->read_only) {
			finish_erasure(store);
		}
		return status;
	}
	if (status == TRO_OK) {
		int rc = sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);

		status = rc == SQLITE_OK ? TRO_OK
					 : tro_store_failure(store->db, rc, store->path, err);
	}
	return status;
}

tro_status tro_store_resolve(char **out, const char *dir, tro_err *err)
{
	*out = realpath(dir, NULL);
	if (*out != NULL) {
		return TRO_OK;
	}
	if (errno == ENOENT || errno == ENOTDIR) {
		return tro_err_set(err, TRO_NOT_FOUND, "there is no folder %s", dir);
	}
	return errno == ENOMEM ? tro_err_nomem(err)
			       : tro_err_errno(err, errno, "cannot find the folder %s", dir);
}

char *tro_store_join(const char *dir, const char *name)
{
	size_t len = strlen(dir) + 1 + strlen(name) + 1;
	char *path = malloc(len);

	if (path != NULL) {
		(void)snprintf(path, len, "%s/%s", dir, name);
	}
	return path;
}

static tro_status open_store(tro_store *store, const char *dir, tro_err *err)
{
	tro_status status = tro_store_resolve(&store->dir, dir, err);

	if (status != TRO_OK) {
		return status;
	}
	store->path = tro_store_join(store->dir, TRO_STORE_DB_NAME);
	if (store->path == NULL) {
		return tro_err_nomem(err);
	}
	status = tro_path_open_dir(&store->dir_fd, AT_FDCWD, store->dir, store->dir, err);
	if (status == TRO_OK) {
		status = tro_path_check_local(store->dir_fd, store->dir, err);
	}
	return status == TRO_OK ? open_database(store, err) : status;
}

static tro_status open_new(tro_store **out, const char *dir, bool untrusted, tro_err *err)
{
	*out = NULL;
	tro_store *store = calloc(1, sizeof(*store));

	if (store == NULL) {
		return tro_err_nomem(err);
	}
	store->dir_fd = -1;
	store->untrusted = untrusted;
	tro_status status = open_store(store, dir, err);

	if (status != TRO_OK) {
		tro_store_close(store);
		return status;
	}
	*out = store;
	return TRO_OK;
}

tro_status tro_store_open(tro_store **out, const char *dir, tro_err *err)
{
	return open_new(out, dir, false, err);
}

tro_status tro_store_open_untrusted(tro_store **out, const char *dir, tro_err *err)
{
	return open_new(out, dir, true, err);
}

void tro_store_close(tro_store *store)
{
	if (store == NULL) {
		return;
	}
	tro_store_rollback(store);
	for (size_t i = 0; i < store->cached_count; i++) {
		assert(!store->cached[i].taken);	       /* closed from within a callback */
		(void)sqlite3_finalize(store->cached[i].stmt); /* repeats what step said */
	}
	int rc = sqlite3_close(store->db);

	assert(rc == SQLITE_OK); /* anything else is a statement that was not given back */
	(void)rc;
	if (store->dir_fd >= 0) {
		(void)close(store->dir_fd); /* read only */
	}
	free(store->path);
	free(store->dir);
	free(store);
}

bool tro_store_is_read_only(const tro_store *store)
{
	return store->read_only;
}

const char *tro_store_dir(const tro_store *store)
{
	return store->dir;
}
