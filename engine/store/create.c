/*
 * Creating a store. The database is made under another name and gets its own only when it is whole
 * and on the disk, so a store exists or does not; what an interrupted creation left is known by
 * name and cleared away by the next one.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/connection.h"
#include "store/failure.h"
#include "store/path.h"
#include "store/schema.h"
#include "store/store.h"

enum { DIR_MODE = 0770, FILE_MODE = 0660 };

static const char *const leftovers[] = {
	TRO_STORE_NEW_NAME,
	TRO_STORE_NEW_NAME "-journal",
	TRO_STORE_NEW_NAME "-wal",
	TRO_STORE_NEW_NAME "-shm",
};
enum { LEFTOVER_COUNT = sizeof(leftovers) / sizeof(leftovers[0]) };

static bool is_leftover(const char *name)
{
	for (size_t i = 0; i < LEFTOVER_COUNT; i++) {
		if (strcmp(name, leftovers[i]) == 0) {
			return true;
		}
	}
	return strcmp(name, TRO_STORE_EXHIBITS_NAME) == 0;
}

static tro_status clear_leftovers(int dir_fd, const char *dir, tro_err *err)
{
	for (size_t i = 0; i < LEFTOVER_COUNT; i++) {
		if (unlinkat(dir_fd, leftovers[i], 0) != 0 && errno != ENOENT) {
			return tro_err_errno(err, errno, "cannot remove %s/%s", dir, leftovers[i]);
		}
	}
	if (unlinkat(dir_fd, TRO_STORE_EXHIBITS_NAME, AT_REMOVEDIR) != 0 && errno != ENOENT) {
		return tro_err_set(err, TRO_USAGE,
			"%s is not empty (it has %s): a store needs a folder of its own", dir,
			TRO_STORE_EXHIBITS_NAME);
	}
	return TRO_OK;
}

/* Looks at everything before touching anything. */
static tro_status check_empty(int dir_fd, const char *dir, tro_err *err)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
	tro_status status = TRO_OK;

	if (list == NULL) {
		status = tro_err_errno(err, errno, "cannot read the folder %s", dir);
		if (fd >= 0) {
			(void)close(fd); /* read only */
		}
		return status;
	}
	errno = 0;
	for (struct dirent *entry = readdir(list); entry != NULL && status == TRO_OK;
		entry = readdir(list)) {
		const char *name = entry->d_name;

		if (strcmp(name, TRO_STORE_DB_NAME) == 0) {
			status = tro_err_set(err, TRO_USAGE, "there is a store in %s already", dir);
		} else if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
			   !is_leftover(name)) {
			status = tro_err_set(err, TRO_USAGE,
				"%s is not empty (it has %s): a store needs a folder of its own",
				dir, name);
		}
	}
	if (status == TRO_OK && errno != 0) {
		status = tro_err_errno(err, errno, "cannot read the folder %s", dir);
	}
	(void)closedir(list); /* read only */
	return status;
}

/* Makes the file first, so that its mode is ours; SQLite gives its companions the same. */
static tro_status make_file(int dir_fd, const char *path, tro_err *err)
{
	int fd = openat(dir_fd, TRO_STORE_NEW_NAME,
		O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);

	if (fd < 0 || close(fd) != 0) {
		return tro_err_errno(err, errno, "cannot create %s", path);
	}
	return TRO_OK;
}

static tro_status fill_database(const char *path, tro_err *err)
{
	sqlite3 *db = NULL;
	tro_status status = tro_connection_open(&db, path, NULL, err);

	if (status == TRO_OK) {
		status = tro_connection_configure(db, path, err);
	}
	if (status == TRO_OK) {
		status = tro_schema_migrate(db, tro_schema_steps, tro_schema_step_count, path, err);
	}
	if (status == TRO_OK) {
		status = tro_connection_use_wal(db, path, err);
	}
	int rc = sqlite3_close(db);

	if (status == TRO_OK && rc != SQLITE_OK) {
		status = tro_store_failure(NULL, rc, path, err);
	}
	return status;
}

static tro_status sync_named(int dir_fd, const char *name, const char *path, tro_err *err)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0) {
		return tro_err_errno(err, errno, "cannot open %s", path);
	}
	tro_status status = tro_path_sync(fd, path, err);

	(void)close(fd); /* read only */
	return status;
}

/* What the write-ahead log still held would not come along under the new name. */
static tro_status check_alone(int dir_fd, const char *path, tro_err *err)
{
	struct stat st;

	if (fstatat(dir_fd, TRO_STORE_NEW_NAME "-wal", &st, AT_SYMLINK_NOFOLLOW) == 0) {
		return tro_err_set(
			err, TRO_SYSTEM, "cannot finish %s: its log was not written back", path);
	}
	return TRO_OK;
}

static tro_status build(int dir_fd, const char *dir, tro_err *err)
{
	char *path = tro_store_join(dir, TRO_STORE_NEW_NAME);

	if (path == NULL) {
		return tro_err_nomem(err);
	}
	tro_status status = make_file(dir_fd, path, err);

	if (status == TRO_OK) {
		status = fill_database(path, err);
	}
	if (status == TRO_OK) {
		status = check_alone(dir_fd, path, err);
	}
	if (status == TRO_OK) {
		status = sync_named(dir_fd, TRO_STORE_NEW_NAME, path, err);
	}
	if (status == TRO_OK && mkdirat(dir_fd, TRO_STORE_EXHIBITS_NAME, DIR_MODE) != 0) {
		status = tro_err_errno(
			err, errno, "cannot create %s/%s", dir, TRO_STORE_EXHIBITS_NAME);
	}
	if (status == TRO_OK &&
		renameat(dir_fd, TRO_STORE_NEW_NAME, dir_fd, TRO_STORE_DB_NAME) != 0) {
		status = tro_err_errno(err, errno, "cannot rename %s", path);
	}
	if (status == TRO_OK) {
		status = tro_path_sync(dir_fd, dir, err);
	}
	free(path);
	return status;
}

/* The folder itself is an entry of its parent. */
static tro_status sync_parent(const char *dir, tro_err *err)
{
	char *copy = strdup(dir);

	if (copy == NULL) {
		return tro_err_nomem(err);
	}
	tro_status status = sync_named(AT_FDCWD, dirname(copy), dir, err);

	free(copy);
	return status;
}

static tro_status create_in(const char *dir, tro_err *err)
{
	int dir_fd = -1;
	tro_status status = tro_path_open_dir(&dir_fd, AT_FDCWD, dir, dir, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_path_check_local(dir_fd, dir, err);
	/* Held until the descriptor is closed: two creations cannot clear away each other's work.
	 */
	if (status == TRO_OK && flock(dir_fd, LOCK_EX | LOCK_NB) != 0) {
		status = errno == EWOULDBLOCK
				 ? tro_err_set(err, TRO_CHANGED,
					   "somebody else is creating a store in %s", dir)
				 : tro_err_errno(err, errno, "cannot lock %s", dir);
	}
	if (status == TRO_OK) {
		status = check_empty(dir_fd, dir, err);
	}
	if (status == TRO_OK) {
		status = clear_leftovers(dir_fd, dir, err);
	}
	if (status == TRO_OK) {
		status = build(dir_fd, dir, err);
		if (status != TRO_OK) {
			(void)clear_leftovers(dir_fd, dir, NULL); /* the error is set */
		}
	}
	if (status == TRO_OK) {
		status = sync_parent(dir, err);
	}
	(void)close(dir_fd); /* read only */
	return status;
}

/* Can a folder be made beside this path's last word? */
static tro_status check_parent(const char *dir, tro_err *err)
{
	char *copy = strdup(dir);

	if (copy == NULL) {
		return tro_err_nomem(err);
	}
	int failed = access(dirname(copy), W_OK | X_OK);
	int reason = errno;

	free(copy);
	if (failed == 0) {
		return TRO_OK;
	}
	return reason == ENOENT ? tro_err_set(err, TRO_NOT_FOUND,
					  "cannot create %s: the folder that is to hold it "
					  "does not exist",
					  dir)
				: tro_err_errno(err, reason, "cannot create %s", dir);
}

tro_status tro_store_check_new(const char *dir, tro_err *err)
{
	char *resolved = NULL;
	int dir_fd = -1;
	struct stat info;

	if (stat(dir, &info) != 0 && errno == ENOENT) {
		return check_parent(dir, err);
	}
	tro_status status = tro_store_resolve(&resolved, dir, err);

	if (status == TRO_OK) {
		status = tro_path_open_dir(&dir_fd, AT_FDCWD, resolved, dir, err);
	}
	if (status == TRO_OK) {
		status = tro_path_check_local(dir_fd, dir, err);
	}
	if (status == TRO_OK) {
		status = check_empty(dir_fd, dir, err);
	}
	if (dir_fd >= 0) {
		(void)close(dir_fd); /* read only */
	}
	free(resolved);
	return status;
}

tro_status tro_store_create(tro_store **out, const char *dir, tro_err *err)
{
	char *resolved = NULL;
	bool made = mkdir(dir, DIR_MODE) == 0;

	*out = NULL;
	if (!made && errno != EEXIST) {
		return errno == ENOENT ? tro_err_set(err, TRO_NOT_FOUND,
						 "cannot create %s: the folder that is to hold it "
						 "does not exist",
						 dir)
				       : tro_err_errno(err, errno, "cannot create %s", dir);
	}
	tro_status status = tro_store_resolve(&resolved, dir, err);

	if (status == TRO_OK) {
		status = create_in(resolved, err);
	}
	if (status != TRO_OK && made) {
		(void)rmdir(dir); /* as it was before; the error is set */
	}
	free(resolved);
	return status == TRO_OK ? tro_store_open(out, dir, err) : status;
}
