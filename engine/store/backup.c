#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "store/connection.h"
#include "store/failure.h"
#include "store/handle.h"
#include "store/path.h"
#include "store/tar.h"

enum { CHUNK_LEN = 65536, NAME_SIZE = 192 };

#define MANIFEST_NAME "MANIFEST"
#define MANIFEST_HEAD "tro-backup/v1\n"

typedef struct member {
	char name[NAME_SIZE];
	char case_id[65]; /* of an exhibit */
	uint8_t sha256[TRO_SHA256_LEN];
	uint64_t size;
} member;

typedef struct archive {
	tro_store *store;
	const char *path;
	int fd;
	member *list; /* exhibits */
	size_t count, room;
	tro_buf manifest;
} archive;

/* ---- the database ---- */

/* SQLite's own copy, in one step: a writer waits, and no transaction is torn. */
static tro_status copy_database(sqlite3 *from, const char *path, tro_err *err)
{
	sqlite3 *to = NULL;
	int rc = sqlite3_open_v2(path, &to,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX, NULL);
	tro_status status = TRO_OK;

	if (rc == SQLITE_OK) {
		sqlite3_backup *copy = sqlite3_backup_init(to, "main", from, "main");

		rc = copy == NULL ? sqlite3_errcode(to) : sqlite3_backup_step(copy, -1);
		if (copy != NULL) {
			int finished = sqlite3_backup_finish(copy);

			rc = rc == SQLITE_DONE ? finished : rc;
		}
	}
	if (rc != SQLITE_OK) {
		status = tro_store_failure(to, rc, path, err);
	}
	rc = sqlite3_close(to);
	return status == TRO_OK && rc != SQLITE_OK ? tro_store_failure(NULL, rc, path, err)
						   : status;
}

static tro_status create_file(int *out, const char *path, tro_err *err)
{
	*out = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return *out >= 0 ? TRO_OK : tro_err_errno(err, errno, "cannot create %s", path);
}

/* ---- bytes out ---- */

static tro_status put(const archive *a, const void *bytes, size_t len, tro_err *err)
{
	const uint8_t *at = bytes;

	while (len > 0) {
		ssize_t count = write(a->fd, at, len);

		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count < 0) {
			return tro_err_errno(err, errno, "cannot write %s", a->path);
		}
		at += count;
		len -= (size_t)count;
	}
	return TRO_OK;
}

static size_t padding(uint64_t size)
{
	return (size_t)((TRO_TAR_BLOCK - size % TRO_TAR_BLOCK) % TRO_TAR_BLOCK);
}

static tro_status put_zeros(const archive *a, size_t len, tro_err *err)
{
	static const uint8_t zeros[2 * TRO_TAR_BLOCK];

	return put(a, zeros, len, err);
}

static tro_status put_header(const archive *a, const char *name, uint64_t size, tro_err *err)
{
	uint8_t header[TRO_TAR_BLOCK];

	if (!tro_tar_header(header, name, size)) {
		return tro_err_set(err, TRO_INVALID,
			"%s cannot be a member of a backup: it has 8 GiB or more", name);
	}
	return put(a, header, sizeof(header), err);
}

/* Reads the open file to its end from the start, hashing; to is NULL or where it is copied. */
static tro_status pass_file(uint8_t out_sha256[TRO_SHA256_LEN], uint64_t *out_size, int fd,
	const char *path, const archive *to, tro_err *err)
{
	uint8_t chunk[CHUNK_LEN];
	tro_sha256_stream *hash = tro_sha256_new();
	tro_status status = hash == NULL ? tro_err_nomem(err) : TRO_OK;

	*out_size = 0;
	if (status == TRO_OK && lseek(fd, 0, SEEK_SET) != 0) {
		status = tro_err_errno(err, errno, "cannot read %s", path);
	}
	while (status == TRO_OK) {
		ssize_t count = read(fd, chunk, sizeof(chunk));

		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count < 0) {
			status = tro_err_errno(err, errno, "cannot read %s", path);
		}
		if (count <= 0) {
			break;
		}
		*out_size += (uint64_t)count;
		tro_sha256_update(hash, chunk, (size_t)count);
		status = to == NULL ? TRO_OK : put(to, chunk, (size_t)count, err);
	}
	if (status != TRO_OK) {
		tro_sha256_free(hash);
		return status;
	}
	tro_sha256_finish(out_sha256, hash);
	return TRO_OK;
}

/* ---- the members ---- */

static void put_line(
	archive *a, const uint8_t sha256[TRO_SHA256_LEN], uint64_t size, const char *name)
{
	char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)];

	tro_hex_encode(hex, sha256, TRO_SHA256_LEN);
	tro_buf_printf(&a->manifest, "%s %llu %s\n", hex, (unsigned long long)size, name);
}

static tro_status add_exhibit(void *user, const tro_store_file *file, tro_err *err)
{
	archive *a = user;

	if (!file->is_exhibit) {
		return TRO_OK;
	}
	if (a->count == a->room) {
		size_t room = a->room == 0 ? 64 : 2 * a->room;
		member *list = realloc(a->list, room * sizeof(*list));

		if (list == NULL) {
			return tro_err_nomem(err);
		}
		a->list = list;
		a->room = room;
	}
	member *m = &a->list[a->count++];

	(void)snprintf(m->name, sizeof(m->name), "%s", file->path); /* fits: a case and a hash */
	(void)snprintf(m->case_id, sizeof(m->case_id), "%s", file->case_id);
	memcpy(m->sha256, file->sha256, sizeof(m->sha256));
	return tro_store_exhibit_check(&m->size, a->store, m->case_id, m->sha256, err);
}

static tro_status put_exhibit(archive *a, const member *m, tro_err *err)
{
	uint64_t size;
	tro_status status = put_header(a, m->name, m->size, err);

	if (status == TRO_OK) {
		status = tro_store_exhibit_copy(
			&size, a->store, m->case_id, m->sha256, a->fd, a->path, err);
	}
	return status == TRO_OK ? put_zeros(a, padding(m->size), err) : status;
}

static tro_status put_manifest(archive *a, tro_err *err)
{
	tro_status status = tro_buf_status(&a->manifest, err);

	if (status == TRO_OK) {
		status = put_header(a, MANIFEST_NAME, a->manifest.len, err);
	}
	if (status == TRO_OK) {
		status = put(a, a->manifest.ptr, a->manifest.len, err);
	}
	return status == TRO_OK ? put_zeros(a, padding(a->manifest.len), err) : status;
}

static tro_status write_archive(archive *a, int db_fd, const char *db_path, tro_err *err)
{
	uint8_t sha256[TRO_SHA256_LEN];
	uint64_t size = 0;
	tro_status status = pass_file(sha256, &size, db_fd, db_path, NULL, err);

	/* After the database: what it names was there before it. */
	if (status == TRO_OK) {
		status = tro_store_each_file(a->store, add_exhibit, a, err);
	}
	tro_buf_puts(&a->manifest, MANIFEST_HEAD);
	put_line(a, sha256, size, TRO_STORE_DB_NAME);
	for (size_t i = 0; i < a->count; i++) {
		put_line(a, a->list[i].sha256, a->list[i].size, a->list[i].name);
	}
	if (status == TRO_OK) {
		status = put_manifest(a, err);
	}
	if (status == TRO_OK) {
		status = put_header(a, TRO_STORE_DB_NAME, size, err);
	}
	if (status == TRO_OK) {
		status = pass_file(sha256, &size, db_fd, db_path, a, err);
	}
	if (status == TRO_OK) {
		status = put_zeros(a, padding(size), err);
	}
	for (size_t i = 0; i < a->count && status == TRO_OK; i++) {
		status = put_exhibit(a, &a->list[i], err);
	}
	if (status == TRO_OK) {
		status = put_zeros(a, 2 * TRO_TAR_BLOCK, err);
	}
	return status == TRO_OK ? tro_path_sync(a->fd, a->path, err) : status;
}

tro_status tro_store_backup(tro_store *store, const char *path, tro_err *err)
{
	archive a = {.store = store, .path = path, .fd = -1, .manifest = TRO_BUF_INIT};
	tro_buf db_path = TRO_BUF_INIT;
	int db_fd = -1;

	tro_buf_printf(&db_path, "%s.db", path);
	tro_status status = tro_buf_status(&db_path, err);

	if (status == TRO_OK) {
		status = create_file(&a.fd, path, err);
	}
	bool made = status == TRO_OK;

	if (status == TRO_OK) {
		status = create_file(&db_fd, db_path.ptr, err);
	}
	if (status == TRO_OK) {
		status = copy_database(store->db, db_path.ptr, err);
	}
	if (status == TRO_OK) {
		status = write_archive(&a, db_fd, db_path.ptr, err);
	}
	if (a.fd >= 0 && close(a.fd) != 0 && status == TRO_OK) {
		status = tro_err_errno(err, errno, "cannot write %s", path);
	}
	if (db_fd >= 0) {
		(void)close(db_fd);
		(void)unlink(db_path.ptr);
	}
	if (made && status != TRO_OK) {
		(void)unlink(path); /* the error is set */
	}
	free(a.list);
	tro_buf_done(&a.manifest);
	tro_buf_done(&db_path);
	return status;
}
