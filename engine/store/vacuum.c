/*
 * The database written anew, with what it holds and nothing else, in little memory.
 *
 * VACUUM makes a copy of all that is alive and puts it in the database's place in one transaction.
 * SQLite keeps such a copy in memory, as large as the database, or in a file that it unlinks at
 * once wherever the host has its temporary files. Here it is a file in the store, which is
 * overwritten afterwards, as everything of ours that held data about people. So this connection has
 * a door of its own to the file system, which differs from the usual one in where a file without a
 * name goes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "store/connection.h"
#include "store/erasure.h"
#include "store/failure.h"
#include "store/handle.h"

enum { NAME_SIZE = 64, RANDOM_LEN = 8 };

typedef struct door {
	sqlite3_vfs vfs;
	sqlite3_vfs *usual;
	char name[NAME_SIZE];
	int dir_fd;	  /* of the store; borrowed */
	const char *path; /* of the copy; borrowed */
	bool taken;	  /* there is one file without a name, and this one has it */
} door;

static int open_file(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	door *d = vfs->pAppData;

	if (name != NULL) {
		return d->usual->xOpen(d->usual, name, file, flags, out_flags);
	}
	/* Made here, so that it is nobody else's from the start. */
	int fd = d->taken ? -1
			  : openat(d->dir_fd, TRO_STORE_COPY_NAME,
				    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				    S_IRUSR | S_IWUSR);

	if (fd < 0) {
		file->pMethods = NULL;
		return SQLITE_CANTOPEN;
	}
	(void)close(fd); /* nothing was written */
	d->taken = true;
	return d->usual->xOpen(d->usual, d->path, file,
		flags & ~(SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE | SQLITE_OPEN_DELETEONCLOSE),
		out_flags);
}

static tro_status open_door(door *d, tro_err *err)
{
	uint8_t random[RANDOM_LEN];
	char hex[TRO_HEX_SIZE(RANDOM_LEN)];

	d->usual = sqlite3_vfs_find(NULL);
	if (d->usual == NULL) {
		return tro_err_set(err, TRO_SYSTEM, "SQLite knows no file system");
	}
	tro_random(random, sizeof(random));
	tro_hex_encode(hex, random, sizeof(random));
	(void)snprintf(d->name, sizeof(d->name), "tro-vacuum-%s", hex);
	d->vfs = *d->usual;
	d->vfs.pNext = NULL;
	d->vfs.zName = d->name;
	d->vfs.pAppData = d;
	d->vfs.xOpen = open_file;
	return sqlite3_vfs_register(&d->vfs, 0) == SQLITE_OK ? TRO_OK : tro_err_nomem(err);
}

static tro_status run(const door *d, const char *path, tro_err *err)
{
	sqlite3 *db = NULL;
	tro_status status = tro_connection_open(&db, path, d->name, err);

	if (status == TRO_OK) {
		status = tro_connection_configure(db, path, err);
	}
	if (status == TRO_OK) {
		int rc = sqlite3_exec(db, "PRAGMA temp_store = FILE; VACUUM", NULL, NULL, NULL);

		status = rc == SQLITE_OK ? TRO_OK : tro_store_failure(db, rc, path, err);
	}
	(void)sqlite3_close(db); /* nothing of it is open */
	return status;
}

tro_status tro_store_write_anew(tro_store *store, tro_err *err)
{
	char *copy = tro_store_join(store->dir, TRO_STORE_COPY_NAME);
	door d = {.dir_fd = store->dir_fd, .path = copy};
	tro_err ignored;
	tro_status status = copy == NULL ? tro_err_nomem(err)
					 : tro_store_destroy_file(
						   store->dir_fd, TRO_STORE_COPY_NAME, copy, err);

	if (status == TRO_OK) {
		status = open_door(&d, err);
	}
	if (status == TRO_OK) {
		status = run(&d, store->path, err);
		(void)sqlite3_vfs_unregister(&d.vfs); /* it is there */
		tro_status gone = tro_store_destroy_file(store->dir_fd, TRO_STORE_COPY_NAME, copy,
			status == TRO_OK ? err : &ignored);

		status = status == TRO_OK ? gone : status;
	}
	free(copy);
	return status;
}
