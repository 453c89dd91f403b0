#include "audit/new_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/text.h"
#include "crypto/crypto.h"

enum { DIR_MODE = 0750, FILE_MODE = 0640, NAME_LEN = 200 };

static tro_status fail(tro_err *err, const tro_new_folder *folder, const char *name)
{
	return tro_err_errno(err, errno, "cannot write %s/%s", folder->temp.ptr, name);
}

tro_status tro_new_folder_begin(tro_new_folder *out, const char *path, bool rehearsal, tro_err *err)
{
	struct stat st;

	*out = (tro_new_folder){.path = path,
		.temp = TRO_BUF_INIT,
		.fd = -1,
		.rehearsal = rehearsal,
		.sums = TRO_BUF_INIT};
	if (lstat(path, &st) == 0) {
		return tro_err_set(
			err, TRO_USAGE, "there is a %s already: name a folder that is new", path);
	}
	if (rehearsal) {
		return tro_disk_can_create(path, err);
	}
	tro_status status = tro_disk_draft(&out->temp, path, err);

	if (status == TRO_OK && mkdir(out->temp.ptr, DIR_MODE) != 0) {
		status = tro_err_errno(err, errno, "cannot create the folder %s", path);
	}
	if (status == TRO_OK) {
		out->fd = open(out->temp.ptr, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (out->fd < 0) {
			status = tro_err_errno(err, errno, "cannot open %s", out->temp.ptr);
			(void)rmdir(out->temp.ptr); /* the error is set */
		}
	}
	if (status != TRO_OK) {
		tro_buf_done(&out->temp);
	}
	return status;
}

/* A name of a file in the list, whose names end their lines. */
static bool listed(const tro_new_folder *folder, const char *name)
{
	char end[NAME_LEN + 4];

	(void)snprintf(end, sizeof(end), "  %s\n", name);
	return folder->sums.len > 0 && strstr(folder->sums.ptr, end) != NULL;
}

/* Of a file that is not there yet what is written to it goes nowhere. */
static tro_status rehearse(
	int *out, bool *out_made, const tro_new_folder *folder, const char *name, tro_err *err)
{
	*out_made = !listed(folder, name);
	*out = *out_made ? open("/dev/null", O_WRONLY | O_CLOEXEC) : -1;
	return *out >= 0 || !*out_made ? TRO_OK
				       : tro_err_errno(err, errno, "cannot open /dev/null");
}

/* A new file to write to, in a folder that is made if need be; *out_made is false when it is
 * there. */
static tro_status create(
	int *out, bool *out_made, const tro_new_folder *folder, const char *name, tro_err *err)
{
	char dir[NAME_LEN];
	const char *slash = strchr(name, '/');

	if (strlen(name) >= sizeof(dir)) {
		return tro_err_set(err, TRO_INVALID, "the name %s is too long", name);
	}
	if (folder->rehearsal) {
		return rehearse(out, out_made, folder, name, err);
	}
	if (slash != NULL) {
		(void)snprintf(dir, sizeof(dir), "%.*s", (int)(slash - name), name);
		if (mkdirat(folder->fd, dir, DIR_MODE) != 0 && errno != EEXIST) {
			return fail(err, folder, dir);
		}
	}
	*out = openat(
		folder->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	*out_made = *out >= 0;
	return *out_made || errno == EEXIST ? TRO_OK : fail(err, folder, name);
}

static tro_status finish(tro_new_folder *folder, int fd, const char *name, const uint8_t sha256[32],
	tro_status status, tro_err *err)
{
	char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)];

	if (status == TRO_OK && !folder->rehearsal && fsync(fd) != 0) {
		status = fail(err, folder, name);
	}
	if (close(fd) != 0 && status == TRO_OK) {
		status = fail(err, folder, name);
	}
	if (status != TRO_OK && !folder->rehearsal) {
		(void)unlinkat(folder->fd, name, 0); /* no list names it; the error is set */
	}
	if (status == TRO_OK) {
		tro_hex_encode(hex, sha256, TRO_SHA256_LEN);
		tro_buf_printf(&folder->sums, "%s  %s\n", hex, name);
		folder->count++;
		status = tro_buf_status(&folder->sums, err);
	}
	return status;
}

static tro_status write_all(const tro_new_folder *folder, int fd, const char *name, const char *at,
	size_t len, tro_err *err)
{
	while (len > 0) {
		ssize_t count = write(fd, at, len);

		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count < 0) {
			return fail(err, folder, name);
		}
		at += count;
		len -= (size_t)count;
	}
	return TRO_OK;
}

tro_status tro_new_folder_put(
	tro_new_folder *folder, const char *name, const void *bytes, size_t len, tro_err *err)
{
	uint8_t sha256[TRO_SHA256_LEN];
	bool made = false;
	int fd = -1;
	tro_status status = create(&fd, &made, folder, name, err);

	if (status != TRO_OK || !made) {
		return status;
	}
	tro_sha256(sha256, bytes, len);
	status = write_all(folder, fd, name, bytes, len, err);
	return finish(folder, fd, name, sha256, status, err);
}

tro_status tro_new_folder_put_hashed(tro_new_folder *folder, const char *name,
	const uint8_t sha256[32],
	tro_status (*write_to)(void *user, int fd, const char *path, tro_err *err), void *user,
	tro_err *err)
{
	bool made = false;
	int fd = -1;
	tro_status status = create(&fd, &made, folder, name, err);

	if (status != TRO_OK || !made) {
		return status;
	}
	status = write_to(user, fd, name, err);
	return finish(folder, fd, name, sha256, status, err);
}

/* Calls `act` for every folder in it that holds a file of the list. */
static void each_name(const tro_new_folder *folder,
	void (*act)(const tro_new_folder *folder, const char *name, bool *io_good), bool *io_good)
{
	char name[NAME_LEN];

	for (const char *line = folder->sums.ptr; *line != '\0'; line += strcspn(line, "\n") + 1) {
		(void)snprintf(name, sizeof(name), "%.*s",
			(int)(strcspn(line, "\n") - TRO_HEX_SIZE(TRO_SHA256_LEN) - 1),
			line + TRO_HEX_SIZE(TRO_SHA256_LEN) + 1);
		act(folder, name, io_good);
	}
}

static void remove_file(const tro_new_folder *folder, const char *name, bool *io_good)
{
	*io_good = unlinkat(folder->fd, name, 0) == 0 && *io_good;
}

static void remove_dir(const tro_new_folder *folder, const char *name, bool *io_good)
{
	char dir[NAME_LEN];

	(void)io_good;
	(void)snprintf(dir, sizeof(dir), "%.*s", (int)strcspn(name, "/"), name);
	(void)unlinkat(folder->fd, dir, AT_REMOVEDIR); /* once is enough */
}

static void sync_dir(const tro_new_folder *folder, const char *name, bool *io_good)
{
	char dir[NAME_LEN];

	if (strchr(name, '/') == NULL) {
		return;
	}
	(void)snprintf(dir, sizeof(dir), "%.*s", (int)strcspn(name, "/"), name);
	int fd = openat(folder->fd, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	*io_good = fd >= 0 && fsync(fd) == 0 && *io_good;
	if (fd >= 0) {
		(void)close(fd); /* read only */
	}
}

static void done(tro_new_folder *folder)
{
	if (folder->fd >= 0) {
		(void)close(folder->fd); /* read only */
	}
	folder->fd = -1;
	tro_buf_done(&folder->temp);
	tro_buf_done(&folder->sums);
}

void tro_new_folder_drop(tro_new_folder *folder)
{
	bool good = true;

	if (folder->fd >= 0) {
		each_name(folder, remove_file, &good);
		(void)unlinkat(folder->fd, TRO_SUMS_NAME, 0);
		each_name(folder, remove_dir, &good);
		(void)rmdir(
			folder->temp.ptr); /* what cannot be removed says by its name what it is */
	}
	done(folder);
}

tro_status tro_new_folder_end(tro_new_folder *folder, tro_err *err)
{
	tro_buf sums = TRO_BUF_INIT;
	bool good = true;

	if (folder->rehearsal) {
		done(folder);
		return TRO_OK;
	}
	tro_buf_put(&sums, folder->sums.ptr, folder->sums.len);
	tro_status status = tro_buf_status(&sums, err);

	if (status == TRO_OK) {
		status = tro_new_folder_put(folder, TRO_SUMS_NAME, sums.ptr, sums.len, err);
	}
	tro_buf_done(&sums);
	if (status == TRO_OK) {
		each_name(folder, sync_dir, &good);
		if (!good || fsync(folder->fd) != 0) {
			status = fail(err, folder, "");
		}
	}
	if (status == TRO_OK && rename(folder->temp.ptr, folder->path) != 0) {
		status = tro_err_errno(err, errno, "cannot create the folder %s", folder->path);
	}
	if (status != TRO_OK) {
		tro_new_folder_drop(folder);
		return status;
	}
	status = tro_disk_sync_parent(folder->path, err);
	done(folder);
	return status;
}
