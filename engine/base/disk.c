#include "base/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

/* ---- reading ---- */

tro_status tro_disk_open(int *out, const char *path, tro_disk_link link, tro_err *err)
{
	struct stat about;
	/* O_NONBLOCK: a pipe of that name must not keep us waiting for a writer. */
	const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

	*out = open(path, link == TRO_DISK_FOLLOW ? flags : flags | O_NOFOLLOW);
	if (*out < 0 && (errno == ENOENT || errno == ENOTDIR)) { /* below a file that lies there */
		return tro_err_set(err, TRO_NOT_FOUND, "there is no file %s", path);
	}
	if (*out < 0 && errno != ELOOP) {
		return tro_err_errno(err, errno, "cannot open %s", path);
	}
	if (*out >= 0 && fstat(*out, &about) == 0 && S_ISREG(about.st_mode)) {
		return TRO_OK;
	}
	if (*out >= 0) {
		(void)close(*out); /* read only */
	}
	*out = -1;
	return tro_err_set(err, TRO_INVALID, "%s is not a regular file", path);
}

static tro_status read_all(tro_buf *out, int fd, size_t max, const char *path, tro_err *err)
{
	char chunk[65536];
	size_t room = max;

	for (;;) {
		ssize_t count = read(fd, chunk, sizeof(chunk));

		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count < 0) {
			return tro_err_errno(err, errno, "cannot read %s", path);
		}
		if (count == 0) {
			return tro_buf_status(out, err);
		}
		if ((size_t)count > room) {
			return tro_err_set(err, TRO_INVALID,
				max >= 1 << 20 ? "%s is larger than %zu MiB"
					       : "%s is larger than %zu bytes",
				path, max >= 1 << 20 ? max >> 20 : max);
		}
		tro_buf_put(out, chunk, (size_t)count);
		room -= (size_t)count;
	}
}

tro_status tro_disk_read(tro_buf *out, int fd, size_t max, const char *path, tro_err *err)
{
	tro_status status = read_all(out, fd, max, path, err);

	(void)close(fd); /* read only */
	return status;
}

/* ---- writing ---- */

tro_status tro_disk_draft(tro_buf *out, const char *path, tro_err *err)
{
	uint8_t random[8];
	char hex[TRO_HEX_SIZE(sizeof(random))];
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/') {
		len--;
	}
	if (getentropy(random, sizeof(random)) != 0) {
		return tro_err_errno(err, errno, "the system has no random numbers");
	}
	tro_hex_encode(hex, random, sizeof(random));
	tro_buf_put(out, path, len);
	tro_buf_printf(out, ".%s", hex);
	return tro_buf_status(out, err);
}

static bool write_all(int fd, const char *bytes, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t count = write(fd, bytes + done, len - done);

		if (count < 0 && errno != EINTR) {
			return false;
		}
		done += count > 0 ? (size_t)count : 0;
	}
	return true;
}

tro_status tro_disk_create(const char *path, const void *bytes, size_t len, mode_t mode,
	tro_disk_care care, tro_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0) {
		return errno == EEXIST ? tro_err_set(err, TRO_USAGE,
						 "'%s' exists and is not overwritten", path)
				       : tro_err_errno(err, errno, "cannot create '%s'", path);
	}
	int fault = write_all(fd, bytes, len) && (care == TRO_DISK_CACHED || fsync(fd) == 0)
			    ? 0
			    : errno;

	if (close(fd) != 0 && fault == 0) {
		fault = errno;
	}
	if (fault == 0) {
		return TRO_OK;
	}
	(void)unlink(path); /* the error is set */
	return tro_err_errno(err, fault, "cannot write %s", path);
}

tro_status tro_disk_replace(const char *path, const char *draft, const void *bytes, size_t len,
	mode_t mode, tro_disk_care care, tro_err *err)
{
	if (unlink(draft) != 0 && errno != ENOENT) {
		return tro_err_errno(err, errno, "cannot remove %s", draft);
	}
	tro_status status = tro_disk_create(draft, bytes, len, mode, care, err);

	if (status == TRO_OK && rename(draft, path) != 0) {
		status = tro_err_errno(err, errno, "cannot replace %s", path);
		(void)unlink(draft); /* the error is set */
	}
	return status == TRO_OK && care == TRO_DISK_DURABLE ? tro_disk_sync_parent(path, err)
							    : status;
}

tro_status tro_disk_can_create(const char *path, tro_err *err)
{
	char *copy = strdup(path);

	if (copy == NULL) {
		return tro_err_nomem(err);
	}
	tro_status status = access(dirname(copy), W_OK | X_OK) == 0
				    ? TRO_OK
				    : tro_err_errno(err, errno, "cannot create %s", path);

	free(copy);
	return status;
}

tro_status tro_disk_sync_parent(const char *path, tro_err *err)
{
	char *copy = strdup(path);

	if (copy == NULL) {
		return tro_err_nomem(err);
	}
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	tro_status status =
		fd >= 0 && fsync(fd) == 0
			? TRO_OK
			: tro_err_errno(err, errno, "cannot write the folder of %s", path);

	if (fd >= 0) {
		(void)close(fd); /* read only */
	}
	free(copy);
	return status;
}
