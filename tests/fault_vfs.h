/*
 * A disk that fails on demand: a VFS between SQLite and the real one, which counts operations and
 * lets the n-th fail, or every one from the n-th on, or cuts the power there.
 *
 * The power cut undoes what was written and not yet synced, all of it or a part of it, as a disk
 * does that loses its cache, and ends the process.
 */
#ifndef TRO_TESTS_FAULT_VFS_H
#define TRO_TESTS_FAULT_VFS_H

#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the plan ---- */

typedef enum fault {
	FAULT_NONE,
	FAULT_IO,   /* the operation fails */
	FAULT_FULL, /* what would write finds no room */
	FAULT_CUT,  /* the power goes */
} fault;

typedef enum loss {
	LOSE_NOTHING, /* as when the process is killed */
	LOSE_ALL,
	LOSE_SOME,
} loss;

static struct {
	fault fault;
	bool lasting; /* every operation from the n-th on fails */
	long n;
	long count;
	loss loss;
	unsigned seed;
} plan;

enum { EXIT_CUT = 77, EXIT_COMMITTED = 78 };

static inline void cut_power(void) __attribute__((noreturn));

/* Is it this operation's turn? */
static inline bool strikes(bool writes)
{
	if (plan.fault == FAULT_NONE || (plan.fault == FAULT_FULL && !writes)) {
		return false;
	}
	plan.count++;
	if (plan.lasting ? plan.count < plan.n : plan.count != plan.n) {
		return false;
	}
	if (plan.fault == FAULT_CUT) {
		cut_power();
	}
	return true;
}

static inline int failure(int io_code)
{
	return plan.fault == FAULT_FULL ? SQLITE_FULL : io_code;
}

/* ---- what has been written and not synced ---- */

typedef struct undo {
	struct undo *before;
	char path[256];
	off_t offset;
	off_t old_size;
	int len;
	char bytes[];
} undo;

static undo *unsynced;

static inline void remember(sqlite3_file *real, const char *path, sqlite3_int64 offset, int len)
{
	sqlite3_int64 size = 0;
	undo *entry = calloc(1, sizeof(*entry) + (size_t)len);

	if (entry == NULL || real->pMethods->xFileSize(real, &size) != SQLITE_OK) {
		abort();
	}
	(void)snprintf(entry->path, sizeof(entry->path), "%s", path);
	entry->offset = offset;
	entry->old_size = size;
	entry->len = len;
	/* Reading past the end gives zeros, which the old size cuts off again. */
	(void)real->pMethods->xRead(real, entry->bytes, len, offset);
	entry->before = unsynced;
	unsynced = entry;
}

static inline void forget(const char *path)
{
	for (undo **link = &unsynced; *link != NULL;) {
		undo *entry = *link;

		if (strcmp(entry->path, path) == 0) {
			*link = entry->before;
			free(entry);
		} else {
			link = &entry->before;
		}
	}
}

static inline void cut_power(void)
{
	for (undo *entry = unsynced; entry != NULL; entry = entry->before) {
		plan.seed = plan.seed * 1103515245 + 12345;
		if (plan.loss == LOSE_NOTHING ||
			(plan.loss == LOSE_SOME && (plan.seed >> 16) % 2 == 0)) {
			continue;
		}
		int fd = open(entry->path, O_RDWR);

		if (fd < 0) {
			continue; /* deleted since */
		}
		if (pwrite(fd, entry->bytes, (size_t)entry->len, entry->offset) != entry->len ||
			(plan.loss == LOSE_ALL && ftruncate(fd, entry->old_size) != 0)) {
			abort();
		}
		(void)close(fd);
	}
	_exit(EXIT_CUT);
}

/* ---- the shim between SQLite and the real VFS ---- */

typedef struct shim_file {
	sqlite3_file base;
	char path[256];
	sqlite3_file *real; /* lies behind this struct */
} shim_file;

static sqlite3_vfs *real_vfs;

static inline sqlite3_file *real_of(sqlite3_file *file)
{
	return ((shim_file *)(void *)file)->real;
}

static inline const char *path_of(sqlite3_file *file)
{
	return ((shim_file *)(void *)file)->path;
}

static int shim_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int shim_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 offset)
{
	if (strikes(false)) {
		return SQLITE_IOERR_READ;
	}
	return real_of(file)->pMethods->xRead(real_of(file), bytes, len, offset);
}

static int shim_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 offset)
{
	if (strikes(true)) {
		return failure(SQLITE_IOERR_WRITE);
	}
	if (plan.fault == FAULT_CUT) {
		remember(real_of(file), path_of(file), offset, len);
	}
	return real_of(file)->pMethods->xWrite(real_of(file), bytes, len, offset);
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	if (strikes(false)) {
		return SQLITE_IOERR_TRUNCATE;
	}
	return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int shim_sync(sqlite3_file *file, int flags)
{
	if (strikes(false)) {
		return SQLITE_IOERR_FSYNC;
	}
	int rc = real_of(file)->pMethods->xSync(real_of(file), flags);

	forget(path_of(file));
	return rc;
}

static int shim_file_size(sqlite3_file *file, sqlite3_int64 *out)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), out);
}

static int shim_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int shim_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int shim_check_lock(sqlite3_file *file, int *out)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}

static int shim_control(sqlite3_file *file, int op, void *arg)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int shim_sector_size(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int shim_characteristics(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int shim_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
	if (strikes(true)) {
		return failure(SQLITE_IOERR_SHMMAP);
	}
	return real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, out);
}

static int shim_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void shim_shm_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int shim_shm_unmap(sqlite3_file *file, int delete_it)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), delete_it);
}

static const sqlite3_io_methods shim_methods = {
	.iVersion = 2,
	.xClose = shim_close,
	.xRead = shim_read,
	.xWrite = shim_write,
	.xTruncate = shim_truncate,
	.xSync = shim_sync,
	.xFileSize = shim_file_size,
	.xLock = shim_lock,
	.xUnlock = shim_unlock,
	.xCheckReservedLock = shim_check_lock,
	.xFileControl = shim_control,
	.xSectorSize = shim_sector_size,
	.xDeviceCharacteristics = shim_characteristics,
	.xShmMap = shim_shm_map,
	.xShmLock = shim_shm_lock,
	.xShmBarrier = shim_shm_barrier,
	.xShmUnmap = shim_shm_unmap,
};

static int shim_open(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	shim_file *shim = (shim_file *)(void *)file;

	(void)vfs;
	shim->base.pMethods = NULL;
	if (strikes(false)) {
		return SQLITE_CANTOPEN;
	}
	shim->real = (sqlite3_file *)(void *)(shim + 1);
	(void)snprintf(shim->path, sizeof(shim->path), "%s", name != NULL ? name : "");
	int rc = real_vfs->xOpen(real_vfs, name, shim->real, flags, out_flags);

	shim->base.pMethods = shim->real->pMethods != NULL ? &shim_methods : NULL;
	return rc;
}

static int shim_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
	(void)vfs;
	if (strikes(false)) {
		return SQLITE_IOERR_DELETE;
	}
	return real_vfs->xDelete(real_vfs, name, sync_dir);
}

/* Puts the shim before the VFS that SQLite would use. */
static inline void fault_vfs_install(void)
{
	static sqlite3_vfs shim;

	memset(&plan, 0, sizeof(plan));
	real_vfs = sqlite3_vfs_find(NULL);
	shim = *real_vfs;
	shim.zName = "shim";
	shim.szOsFile = (int)sizeof(shim_file) + real_vfs->szOsFile;
	shim.xOpen = shim_open;
	shim.xDelete = shim_delete;
	if (sqlite3_vfs_register(&shim, 1) != SQLITE_OK) {
		abort();
	}
}

#endif
