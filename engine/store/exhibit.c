/*
 * Exhibits: files of exhibits/<case>/ named by their SHA-256.
 *
 * A file is copied under a temporary name, put on the disk, renamed, and its folders are put on the
 * disk, all before the record that names it commits: a record never names a file that a power cut
 * can take away. The temporary file is locked while it is written, so what a killed import left is
 * told from what another process is writing, and removed by the next import of the case: call data
 * must not lie about under names that no erasure knows.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "store/connection.h"
#include "store/handle.h"
#include "store/path.h"

enum { DIR_MODE = 0770, FILE_MODE = 0660, CHUNK_LEN = 65536, NAME_ATTEMPTS = 8 };
#define EXHIBIT_MAX_LEN ((uint64_t)2 * 1024 * 1024 * 1024)
#define TEMP_PREFIX ".tmp-"
enum { TEMP_RANDOM_LEN = 16, TEMP_NAME_SIZE = sizeof(TEMP_PREFIX) + 2 * (size_t)TEMP_RANDOM_LEN };

/* One step down, made if need be. The parent is put on the disk even when the folder was there: who
 * made it may have been killed before doing so. */
static tro_status enter_dir(
	int *out, int parent_fd, const char *name, const char *path, bool make, tro_err *err)
{
	*out = -1;
	if (make && mkdirat(parent_fd, name, DIR_MODE) != 0 && errno != EEXIST) {
		return tro_err_errno(err, errno, "cannot create the folder %s", path);
	}
	tro_status status = tro_path_open_dir(out, parent_fd, name, path, err);

	if (status == TRO_OK && make) {
		status = tro_path_sync(parent_fd, path, err);
	}
	if (status != TRO_OK && *out >= 0) {
		(void)close(*out); /* read only */
		*out = -1;
	}
	return status;
}

/* Opens exhibits/<case>, of a store in memory exhibits itself; path gets its name for messages. */
static tro_status enter_case(
	int *out, tro_buf *path, tro_store *store, const char *case_id, bool make, tro_err *err)
{
	int exhibits_fd = -1;
	tro_status status = tro_store_check_case_id(case_id, err);

	*out = -1;
	if (status != TRO_OK) {
		return status;
	}
	tro_buf_printf(path, "%s/%s", store->dir, TRO_STORE_EXHIBITS_NAME);
	status = tro_buf_status(path, err);
	if (status == TRO_OK) {
		status = enter_dir(
			&exhibits_fd, store->dir_fd, TRO_STORE_EXHIBITS_NAME, path->ptr, make, err);
	}
	if (status != TRO_OK || store->in_memory) {
		*out = exhibits_fd; /* in memory is one case alone */
		return status;
	}
	tro_buf_printf(path, "/%s", case_id);
	status = tro_buf_status(path, err);
	if (status == TRO_OK) {
		status = enter_dir(out, exhibits_fd, case_id, path->ptr, make, err);
	}
	(void)close(exhibits_fd); /* read only */
	return status;
}

static tro_status open_source(int *out, const char *path, tro_err *err)
{
	struct stat st;

	/* Without O_NONBLOCK a named pipe would hold us up before we could refuse it. */
	*out = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*out < 0 && errno == ENOENT) {
		return tro_err_set(err, TRO_NOT_FOUND, "there is no file %s", path);
	}
	if (*out < 0 || fstat(*out, &st) != 0) {
		return tro_err_errno(err, errno, "cannot open %s", path);
	}
	if (!S_ISREG(st.st_mode)) {
		return tro_err_set(err, TRO_INVALID, "%s is not a regular file", path);
	}
	if ((uint64_t)st.st_size > EXHIBIT_MAX_LEN) {
		return tro_err_set(err, TRO_INVALID,
			"%s is larger than 2 GiB: split it, or refer to it", path);
	}
	return TRO_OK;
}

static void sweep(int case_fd)
{
	int fd = openat(case_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd >= 0 ? fdopendir(fd) : NULL;

	if (list == NULL) {
		if (fd >= 0) {
			(void)close(fd); /* read only */
		}
		return;
	}
	for (struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
		if (!tro_text_starts(entry->d_name, TEMP_PREFIX)) {
			continue;
		}
		int temp_fd = openat(
			case_fd, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

		if (temp_fd >= 0 && flock(temp_fd, LOCK_EX | LOCK_NB) == 0) {
			(void)unlinkat(case_fd, entry->d_name, 0); /* the next sweep tries again */
		}
		if (temp_fd >= 0) {
			(void)close(temp_fd); /* read only */
		}
	}
	(void)closedir(list); /* read only */
}

/* A new file, locked, that no sweep has taken away between the two. */
static tro_status make_temp(
	int *out, char name[TEMP_NAME_SIZE], int case_fd, const char *path, tro_err *err)
{
	for (int i = 0; i < NAME_ATTEMPTS; i++) {
		uint8_t random[TEMP_RANDOM_LEN];
		char hex[TRO_HEX_SIZE(TEMP_RANDOM_LEN)];
		struct stat st;

		tro_random(random, sizeof(random));
		tro_hex_encode(hex, random, sizeof(random));
		(void)snprintf(name, TEMP_NAME_SIZE, TEMP_PREFIX "%s", hex); /* fits by its type */
		int fd = openat(case_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			FILE_MODE);

		if (fd < 0) {
			return tro_err_errno(err, errno, "cannot create a file in %s", path);
		}
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 && st.st_nlink == 1) {
			*out = fd;
			return TRO_OK;
		}
		(void)close(fd);		  /* nothing was written */
		(void)unlinkat(case_fd, name, 0); /* the sweep that has it removes it too */
	}
	return tro_err_set(err, TRO_CHANGED, "too much is going on in %s; try again", path);
}

static tro_status write_all(
	int fd, const uint8_t *bytes, size_t len, const char *path, tro_err *err)
{
	while (len > 0) {
		ssize_t count = write(fd, bytes, len);

		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count < 0) {
			return tro_err_errno(err, errno, "cannot write a file in %s", path);
		}
		bytes += count;
		len -= (size_t)count;
	}
	return TRO_OK;
}

/* Where read_stream puts what it reads, beside the hash: a file, a buffer, or nowhere. */
typedef struct sink {
	int fd; /* -1 for none */
	const char *path;
	tro_buf *buf; /* NULL for none */
} sink;

/* Reads to the end, hashing. from is for messages. */
static tro_status read_stream(uint8_t out_sha256[TRO_SHA256_LEN], uint64_t *out_size, int fd,
	const char *from, const sink *to, tro_err *err)
{
	uint8_t chunk[CHUNK_LEN];
	uint64_t size = 0;
	tro_status status = TRO_OK;
	tro_sha256_stream *hash = tro_sha256_new();

	if (hash == NULL) {
		return tro_err_nomem(err);
	}
	for (;;) {
		ssize_t count = read(fd, chunk, sizeof(chunk));

		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count < 0) {
			status = tro_err_errno(err, errno, "cannot read %s", from);
		}
		if (count <= 0) {
			break;
		}
		size += (uint64_t)count;
		tro_sha256_update(hash, chunk, (size_t)count);
		if (size > EXHIBIT_MAX_LEN) {
			status = tro_err_set(err, TRO_INVALID, "%s is larger than 2 GiB", from);
		} else if (to->fd >= 0) {
			status = write_all(to->fd, chunk, (size_t)count, to->path, err);
		} else if (to->buf != NULL) {
			tro_buf_put(to->buf, chunk, (size_t)count);
			status = tro_buf_status(to->buf, err);
		}
		if (status != TRO_OK) {
			break;
		}
	}
	if (status != TRO_OK) {
		tro_sha256_free(hash);
		return status;
	}
	tro_sha256_finish(out_sha256, hash);
	*out_size = size;
	return TRO_OK;
}

/* From the open source to exhibits/<case>/<sha256>. */
static tro_status copy_in(uint8_t out_sha256[TRO_SHA256_LEN], uint64_t *out_size, int source_fd,
	const char *source, int case_fd, const char *path, tro_err *err)
{
	char temp[TEMP_NAME_SIZE];
	char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)];
	sink to = {.fd = -1, .path = path};
	tro_status status = make_temp(&to.fd, temp, case_fd, path, err);

	if (status != TRO_OK) {
		return status;
	}
	status = read_stream(out_sha256, out_size, source_fd, source, &to, err);
	if (status == TRO_OK) {
		status = tro_path_sync(to.fd, path, err);
	}
	if (status == TRO_OK) {
		tro_hex_encode(hex, out_sha256, TRO_SHA256_LEN);
		/* Over one that is there: the same bytes, or damaged ones. */
		if (renameat(case_fd, temp, case_fd, hex) != 0) {
			status = tro_err_errno(err, errno, "cannot rename a file in %s", path);
		}
	}
	if (status != TRO_OK) {
		(void)unlinkat(case_fd, temp, 0); /* the error is set */
	} else {
		status = tro_path_sync(case_fd, path, err);
	}
	if (close(to.fd) != 0 && status == TRO_OK) {
		status = tro_err_errno(err, errno, "cannot write a file in %s", path);
	}
	return status;
}

tro_status tro_store_exhibit_import(uint8_t out_sha256[32], uint64_t *out_size, tro_store *store,
	const char *case_id, const char *path, tro_err *err)
{
	tro_buf case_path = TRO_BUF_INIT;
	int source_fd = -1;
	int case_fd = -1;
	tro_status status = open_source(&source_fd, path, err);

	if (status == TRO_OK) {
		status = enter_case(&case_fd, &case_path, store, case_id, true, err);
	}
	if (status == TRO_OK) {
		sweep(case_fd);
		status =
			copy_in(out_sha256, out_size, source_fd, path, case_fd, case_path.ptr, err);
	}
	if (case_fd >= 0) {
		(void)close(case_fd); /* read only */
	}
	if (source_fd >= 0) {
		(void)close(source_fd); /* read only */
	}
	tro_buf_done(&case_path);
	return status;
}

tro_status tro_store_exhibit_hash(uint8_t out_sha256[32], uint64_t *out_size,
	uint8_t out_head[TRO_EXHIBIT_HEAD], const char *path, tro_err *err)
{
	const sink nowhere = {.fd = -1};
	int fd = -1;
	tro_status status = open_source(&fd, path, err);

	memset(out_head, 0, TRO_EXHIBIT_HEAD);
	if (status == TRO_OK && pread(fd, out_head, TRO_EXHIBIT_HEAD, 0) < 0) {
		status = tro_err_errno(err, errno, "cannot read %s", path);
	}
	if (status == TRO_OK) {
		status = read_stream(out_sha256, out_size, fd, path, &nowhere, err);
	}
	if (fd >= 0) {
		(void)close(fd); /* read only */
	}
	return status;
}

static tro_status open_exhibit(
	int *out, int case_fd, const char *hex, const char *path, tro_err *err)
{
	struct stat st;

	*out = openat(case_fd, hex, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*out < 0 && errno == ENOENT) {
		return tro_err_set(err, TRO_NOT_FOUND, "the exhibit %s/%s is gone", path, hex);
	}
	if (*out < 0 && errno != ELOOP) {
		return tro_err_errno(err, errno, "cannot open the exhibit %s/%s", path, hex);
	}
	if (*out < 0 || fstat(*out, &st) != 0 || !S_ISREG(st.st_mode)) {
		return tro_err_set(err, TRO_INVALID,
			"the exhibit %s/%s was altered: it is not a file any more", path, hex);
	}
	return TRO_OK;
}

static tro_status read_exhibit(uint64_t *out_size, tro_store *store, const char *case_id,
	const uint8_t sha256[32], const sink *to, tro_err *err)
{
	tro_buf path = TRO_BUF_INIT;
	char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)];
	uint8_t hash[TRO_SHA256_LEN];
	int case_fd = -1;
	int fd = -1;

	tro_hex_encode(hex, sha256, TRO_SHA256_LEN);
	tro_status status = enter_case(&case_fd, &path, store, case_id, false, err);

	if (status == TRO_OK) {
		status = open_exhibit(&fd, case_fd, hex, path.ptr, err);
	}
	if (status == TRO_OK) {
		tro_buf_printf(&path, "/%s", hex);
		status = read_stream(hash, out_size, fd, path.ptr, to, err);
	}
	if (status == TRO_OK && memcmp(hash, sha256, sizeof(hash)) != 0) {
		status = tro_err_set(err, TRO_INVALID,
			"the exhibit %s was altered: its bytes have another hash", path.ptr);
	}
	if (fd >= 0) {
		(void)close(fd); /* read only */
	}
	if (case_fd >= 0) {
		(void)close(case_fd); /* read only */
	}
	tro_buf_done(&path);
	return status;
}

tro_status tro_store_exhibit_read(
	tro_buf *out, tro_store *store, const char *case_id, const uint8_t sha256[32], tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	const sink to = {.fd = -1, .buf = &bytes};
	uint64_t size = 0;

	bytes.max_len = out->max_len;
	tro_status status = read_exhibit(&size, store, case_id, sha256, &to, err);

	/* Nothing reaches the caller before its hash was right. */
	if (status == TRO_OK && out->cap == 0) {
		*out = bytes;
		return tro_buf_status(out, err);
	}
	if (status == TRO_OK) {
		tro_buf_put(out, bytes.ptr, bytes.len);
		status = tro_buf_status(out, err);
	}
	tro_buf_done(&bytes);
	return status;
}

tro_status tro_store_exhibit_check(uint64_t *out_size, tro_store *store, const char *case_id,
	const uint8_t sha256[32], tro_err *err)
{
	const sink nowhere = {.fd = -1};

	return read_exhibit(out_size, store, case_id, sha256, &nowhere, err);
}

tro_status tro_store_exhibit_copy(uint64_t *out_size, tro_store *store, const char *case_id,
	const uint8_t sha256[32], int fd, const char *path, tro_err *err)
{
	const sink to = {.fd = fd, .path = path};

	return read_exhibit(out_size, store, case_id, sha256, &to, err);
}
