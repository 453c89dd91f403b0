/* Unpacking a backup: every byte of the archive is foreseen by its manifest, or it is refused. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "store/backup.h"
#include "store/connection.h"
#include "store/path.h"
#include "store/tar.h"

enum { CHUNK_LEN = 65536, NAME_SIZE = 192, MANIFEST_MAX = 64 * 1024 * 1024 };
enum { DIR_MODE = 0770, FILE_MODE = 0660 };

#define MANIFEST_NAME "MANIFEST"
#define MANIFEST_HEAD "tro-backup/v1\n"

typedef struct unpacking {
	const char *path;
	int fd;
	int dir_fd, exhibits_fd, case_fd; /* -1: not open */
	const char *dir;
	char case_id[65]; /* whose folder case_fd is */
	char last[NAME_SIZE];
} unpacking;

static tro_status damaged(const unpacking *u, const char *what, tro_err *err)
{
	return tro_err_set(err, TRO_INVALID, "%s is no whole backup: %s", u->path, what);
}

/* Exactly so many bytes. */
static tro_status get(const unpacking *u, void *out, size_t len, tro_err *err)
{
	uint8_t *at = out;

	while (len > 0) {
		ssize_t count = read(u->fd, at, len);

		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count < 0) {
			return tro_err_errno(err, errno, "cannot read %s", u->path);
		}
		if (count == 0) {
			return damaged(u, "it ends too early", err);
		}
		at += count;
		len -= (size_t)count;
	}
	return TRO_OK;
}

static tro_status get_zeros(const unpacking *u, size_t len, tro_err *err)
{
	uint8_t bytes[2 * TRO_TAR_BLOCK];
	tro_status status = get(u, bytes, len, err);

	for (size_t i = 0; i < len && status == TRO_OK; i++) {
		status = bytes[i] == 0 ? TRO_OK : damaged(u, "something lies between members", err);
	}
	return status;
}

static size_t padding(uint64_t size)
{
	return (size_t)((TRO_TAR_BLOCK - size % TRO_TAR_BLOCK) % TRO_TAR_BLOCK);
}

static tro_status get_header(const unpacking *u, const char *name, uint64_t size, tro_err *err)
{
	uint8_t expected[TRO_TAR_BLOCK];
	uint8_t header[TRO_TAR_BLOCK];
	tro_status status = get(u, header, sizeof(header), err);

	if (status == TRO_OK && (!tro_tar_header(expected, name, size) ||
					memcmp(header, expected, sizeof(header)) != 0)) {
		status = damaged(u, "a member is not the one that the manifest names", err);
	}
	return status;
}

static tro_status get_manifest(tro_buf *out, const unpacking *u, tro_err *err)
{
	uint8_t header[TRO_TAR_BLOCK];
	uint8_t expected[TRO_TAR_BLOCK];
	uint64_t size = 0;
	tro_status status = get(u, header, sizeof(header), err);

	if (status == TRO_OK && (!tro_tar_size(&size, header) || size > MANIFEST_MAX ||
					!tro_tar_header(expected, MANIFEST_NAME, size) ||
					memcmp(header, expected, sizeof(header)) != 0)) {
		status = damaged(u, "it does not begin with a manifest", err);
	}
	char *bytes = status == TRO_OK ? malloc((size_t)size + 1) : NULL;

	if (status == TRO_OK && bytes == NULL) {
		return tro_err_nomem(err);
	}
	if (status == TRO_OK) {
		status = get(u, bytes, (size_t)size, err);
	}
	if (status == TRO_OK) {
		tro_buf_put(out, bytes, (size_t)size);
		status = tro_buf_status(out, err);
	}
	free(bytes);
	return status == TRO_OK ? get_zeros(u, padding(size), err) : status;
}

/* ---- members ---- */

static tro_status make_file(
	int *out, int dir_fd, const char *name, const unpacking *u, tro_err *err)
{
	*out = openat(
		dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	return *out >= 0 ? TRO_OK
			 : tro_err_errno(err, errno, "cannot create %s in %s", name, u->dir);
}

static tro_status write_all(const unpacking *u, int fd, const uint8_t *at, size_t len, tro_err *err)
{
	while (len > 0) {
		ssize_t count = write(fd, at, len);

		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count < 0) {
			return tro_err_errno(err, errno, "cannot write in %s", u->dir);
		}
		at += count;
		len -= (size_t)count;
	}
	return TRO_OK;
}

static tro_status copy_out(const unpacking *u, int fd, uint64_t size,
	const uint8_t sha256[TRO_SHA256_LEN], tro_err *err)
{
	uint8_t chunk[CHUNK_LEN];
	uint8_t hash[TRO_SHA256_LEN];
	tro_sha256_stream *stream = tro_sha256_new();
	tro_status status = stream == NULL ? tro_err_nomem(err) : TRO_OK;

	for (uint64_t left = size; status == TRO_OK && left > 0;) {
		size_t len = left < sizeof(chunk) ? (size_t)left : sizeof(chunk);

		status = get(u, chunk, len, err);
		if (status == TRO_OK) {
			tro_sha256_update(stream, chunk, len);
			status = write_all(u, fd, chunk, len, err);
		}
		left -= len;
	}
	if (status != TRO_OK) {
		tro_sha256_free(stream);
		return status;
	}
	tro_sha256_finish(hash, stream);
	return memcmp(hash, sha256, sizeof(hash)) == 0
		       ? tro_path_sync(fd, u->dir, err)
		       : damaged(u, "a member has not the hash that the manifest gives", err);
}

static tro_status get_file(const unpacking *u, int dir_fd, const char *file, const char *name,
	uint64_t size, const uint8_t sha256[TRO_SHA256_LEN], tro_err *err)
{
	int fd = -1;
	tro_status status = get_header(u, name, size, err);

	if (status == TRO_OK) {
		status = make_file(&fd, dir_fd, file, u, err);
	}
	if (status == TRO_OK) {
		status = copy_out(u, fd, size, sha256, err);
	}
	if (fd >= 0 && close(fd) != 0 && status == TRO_OK) {
		status = tro_err_errno(err, errno, "cannot write in %s", u->dir);
	}
	return status == TRO_OK ? get_zeros(u, padding(size), err) : status;
}

static tro_status leave_case(unpacking *u, tro_err *err)
{
	tro_status status = u->case_fd < 0 ? TRO_OK : tro_path_sync(u->case_fd, u->dir, err);

	if (u->case_fd >= 0) {
		(void)close(u->case_fd);
		u->case_fd = -1;
	}
	return status;
}

static tro_status enter_case(unpacking *u, const char *case_id, tro_err *err)
{
	if (u->case_fd >= 0 && strcmp(u->case_id, case_id) == 0) {
		return TRO_OK;
	}
	tro_status status = leave_case(u, err);

	(void)snprintf(u->case_id, sizeof(u->case_id), "%s", case_id);
	if (status == TRO_OK && mkdirat(u->exhibits_fd, case_id, DIR_MODE) != 0) {
		status = tro_err_errno(err, errno, "cannot create a folder in %s", u->dir);
	}
	return status == TRO_OK
		       ? tro_path_open_dir(&u->case_fd, u->exhibits_fd, case_id, u->dir, err)
		       : status;
}

/* exhibits/<case>/<sha256>, where the hash is that of the line. */
static bool split_exhibit(char out_case[65], const char *name, const char *hex)
{
	static const char head[] = TRO_STORE_EXHIBITS_NAME "/";
	const char *slash = strrchr(name, '/');
	size_t head_len = sizeof(head) - 1;

	if (strncmp(name, head, head_len) != 0 || slash < name + head_len ||
		strcmp(slash + 1, hex) != 0) {
		return false;
	}
	size_t len = (size_t)(slash - name) - head_len;

	if (len == 0 || len >= 65) {
		return false;
	}
	memcpy(out_case, name + head_len, len);
	out_case[len] = '\0';
	return tro_store_check_case_id(out_case, NULL) == TRO_OK;
}

/* "SHA256 SIZE NAME", in ascending order of name after the database. */
static tro_status get_member(unpacking *u, char *line, bool first, tro_err *err)
{
	char *size_text = strchr(line, ' ');
	char *name = size_text == NULL ? NULL : strchr(size_text + 1, ' ');
	uint8_t sha256[TRO_SHA256_LEN];
	char case_id[65];
	uint64_t size;

	if (name == NULL) {
		return damaged(u, "a line of its manifest is malformed", err);
	}
	*size_text++ = '\0';
	*name++ = '\0';
	if (!tro_hex_decode(sha256, sizeof(sha256), line, strlen(line)) ||
		!tro_decimal_parse(&size, size_text, strlen(size_text)) ||
		strlen(name) >= sizeof(u->last)) {
		return damaged(u, "a line of its manifest is malformed", err);
	}
	if (first) {
		return strcmp(name, TRO_STORE_DB_NAME) == 0
			       ? get_file(u, u->dir_fd, name, name, size, sha256, err)
			       : damaged(u, "its first member is not the database", err);
	}
	if (!split_exhibit(case_id, name, line) || strcmp(u->last, name) >= 0) {
		return damaged(u, "a member is no exhibit or out of order", err);
	}
	(void)snprintf(u->last, sizeof(u->last), "%s", name);
	tro_status status = enter_case(u, case_id, err);

	return status == TRO_OK ? get_file(u, u->case_fd, line, name, size, sha256, err) : status;
}

static tro_status get_members(unpacking *u, tro_buf *manifest, tro_err *err)
{
	char *at = manifest->ptr + strlen(MANIFEST_HEAD);
	bool first = true;
	tro_status status = TRO_OK;

	if (!tro_text_starts(manifest->ptr, MANIFEST_HEAD) ||
		strlen(manifest->ptr) != manifest->len ||
		manifest->ptr[manifest->len - 1] != '\n' || *at == '\0') {
		return damaged(u, "its manifest is malformed", err);
	}
	while (status == TRO_OK && *at != '\0') {
		char *end = strchr(at, '\n');

		*end = '\0';
		status = get_member(u, at, first, err);
		first = false;
		at = end + 1;
	}
	if (status == TRO_OK) {
		status = leave_case(u, err);
	}
	return status == TRO_OK ? get_zeros(u, 2 * TRO_TAR_BLOCK, err) : status;
}

static tro_status check_end(const unpacking *u, tro_err *err)
{
	uint8_t byte;
	ssize_t count = read(u->fd, &byte, 1);

	return count == 0  ? TRO_OK
	       : count > 0 ? damaged(u, "something follows its end", err)
			   : tro_err_errno(err, errno, "cannot read %s", u->path);
}

static tro_status make_folders(unpacking *u, tro_err *err)
{
	tro_status status = tro_path_open_dir(&u->dir_fd, AT_FDCWD, u->dir, u->dir, err);

	if (status == TRO_OK && mkdirat(u->dir_fd, TRO_STORE_EXHIBITS_NAME, DIR_MODE) != 0) {
		status = tro_err_errno(err, errno, "cannot create a folder in %s", u->dir);
	}
	return status == TRO_OK ? tro_path_open_dir(&u->exhibits_fd, u->dir_fd,
					  TRO_STORE_EXHIBITS_NAME, u->dir, err)
				: status;
}

static tro_status unpack(unpacking *u, tro_err *err)
{
	tro_buf manifest = TRO_BUF_INIT;
	tro_status status = make_folders(u, err);

	if (status == TRO_OK) {
		status = get_manifest(&manifest, u, err);
	}
	if (status == TRO_OK) {
		status = get_members(u, &manifest, err);
	}
	if (status == TRO_OK) {
		status = check_end(u, err);
	}
	if (status == TRO_OK) {
		status = tro_path_sync(u->exhibits_fd, u->dir, err);
	}
	if (status == TRO_OK) {
		status = tro_path_sync(u->dir_fd, u->dir, err);
	}
	tro_buf_done(&manifest);
	return status;
}

static void close_all(unpacking *u)
{
	const int fds[] = {u->fd, u->case_fd, u->exhibits_fd, u->dir_fd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++) {
		if (fds[i] >= 0) {
			(void)close(fds[i]); /* what was written is on the disk */
		}
	}
}

tro_status tro_store_unpack(const char *path, const char *dir, tro_err *err)
{
	unpacking u = {.path = path,
		.fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC),
		.dir = dir,
		.dir_fd = -1,
		.exhibits_fd = -1,
		.case_fd = -1};

	if (u.fd < 0) {
		return errno == ENOENT
			       ? tro_err_set(err, TRO_NOT_FOUND, "there is no file %s", path)
			       : tro_err_errno(err, errno, "cannot open %s", path);
	}
	if (mkdir(dir, DIR_MODE) != 0) {
		tro_status failed = tro_err_errno(err, errno, "cannot create %s", dir);

		close_all(&u);
		return failed;
	}
	tro_status status = unpack(&u, err);

	close_all(&u);
	if (status != TRO_OK) {
		tro_store_discard(dir);
	}
	return status;
}

void tro_store_discard(const char *dir)
{
	char *copy = strdup(dir);
	char *const roots[] = {copy, NULL};
	FTS *tree = copy == NULL ? NULL : fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

	for (FTSENT *e; tree != NULL && (e = fts_read(tree)) != NULL;) {
		if (e->fts_info == FTS_DP) {
			(void)rmdir(e->fts_path); /* what stays is harmless, and seen */
		} else if (e->fts_info != FTS_D) {
			(void)unlink(e->fts_path);
		}
	}
	if (tree != NULL) {
		(void)fts_close(tree);
	}
	free(copy);
}
