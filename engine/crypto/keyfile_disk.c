/*
 * The rules for files that hold keys: sign with nothing that others could read or that is reached
 * by a symbolic link, write nothing over something else, and nothing by halves.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/disk.h"
#include "crypto/keyfile.h"

/* ---- reading ---- */

static tro_status open_for_reading(int *out, const char *path, tro_err *err)
{
	/* O_NONBLOCK: a pipe of that name must not keep us waiting for a writer. */
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0) {
		*out = fd;
		return TRO_OK;
	}
	if (errno == ENOENT || errno == ENOTDIR) {
		return tro_err_set(err, TRO_NOT_FOUND, "there is no key file '%s'", path);
	}
	if (errno == ELOOP) {
		return tro_err_set(err, TRO_INVALID,
			"'%s' is a symbolic link: name the key file itself", path);
	}
	return tro_err_errno(err, errno, "cannot open the key file '%s'", path);
}

static tro_status check_mode(mode_t mode, tro_key_readers readers, const char *path, tro_err *err)
{
	static const mode_t closed[] = {[TRO_KEY_FOR_OWNER] = S_IRWXG | S_IRWXO,
		[TRO_KEY_FOR_GROUP] = S_IWGRP | S_IXGRP | S_IRWXO,
		[TRO_KEY_FOR_ANYBODY] = 0};

	if ((mode & closed[readers]) == 0) {
		return TRO_OK;
	}
	return tro_err_set(err, TRO_KEY,
		"the key file '%s' is open to others (mode %04o): run `chmod %s %s`, and make a "
		"new key if somebody may have read it",
		path, (unsigned int)(mode & 07777), readers == TRO_KEY_FOR_GROUP ? "640" : "600",
		path);
}

static tro_status check_file(int fd, tro_key_readers readers, const char *path, tro_err *err)
{
	struct stat about;

	if (fstat(fd, &about) != 0) {
		return tro_err_errno(err, errno, "cannot examine the key file '%s'", path);
	}
	if (!S_ISREG(about.st_mode)) {
		return tro_err_set(err, TRO_INVALID, "'%s' is not a file", path);
	}
	if (about.st_size > TRO_KEYFILE_MAX) {
		return tro_err_set(err, TRO_INVALID,
			"'%s' is not a key file of tro: it has more than %d bytes", path,
			TRO_KEYFILE_MAX);
	}
	return check_mode(about.st_mode, readers, path, err);
}

/* At most TRO_KEYFILE_MAX bytes, which is what check_file saw; a file that grows meanwhile does not
 * parse. */
static tro_status read_all(char *bytes, size_t *out_len, int fd, const char *path, tro_err *err)
{
	size_t len = 0;

	while (len < TRO_KEYFILE_MAX) {
		ssize_t count = read(fd, bytes + len, TRO_KEYFILE_MAX - len);

		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count < 0) {
			return tro_err_errno(err, errno, "cannot read the key file '%s'", path);
		}
		if (count == 0) {
			break;
		}
		len += (size_t)count;
	}
	*out_len = len;
	return TRO_OK;
}

tro_status tro_keyfile_read(
	char **out, size_t *out_len, const char *path, tro_key_readers readers, tro_err *err)
{
	int fd = -1;
	tro_status status = open_for_reading(&fd, path, err);

	if (status != TRO_OK) {
		return status;
	}
	char *bytes = tro_secret_alloc(TRO_KEYFILE_MAX);

	if (bytes == NULL) {
		status = tro_err_set(err, TRO_NOMEM, "no locked memory is left for a key file");
	} else {
		status = check_file(fd, readers, path, err);
	}
	if (status == TRO_OK) {
		status = read_all(bytes, out_len, fd, path, err);
	}
	(void)close(fd);
	if (status != TRO_OK) {
		tro_secret_free(bytes);
		return status;
	}
	*out = bytes;
	return TRO_OK;
}

/* ---- writing ---- */

static int write_all(int fd, const char *bytes, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t count = write(fd, bytes + done, len - done);

		if (count < 0 && errno != EINTR) {
			return -1;
		}
		done += count > 0 ? (size_t)count : 0;
	}
	return fsync(fd);
}

/* In *out, which the caller closes. */
static tro_status open_folder_of(int *out, const char *path, tro_err *err)
{
	tro_buf folder = TRO_BUF_INIT;
	const char *slash = strrchr(path, '/');

	if (slash == NULL) {
		tro_buf_puts(&folder, ".");
	} else {
		tro_buf_put(&folder, path, slash == path ? 1 : (size_t)(slash - path));
	}
	tro_status status = tro_buf_status(&folder, err);

	if (status == TRO_OK) {
		*out = open(folder.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (*out < 0) {
			status = tro_err_errno(
				err, errno, "cannot open the folder '%s'", folder.ptr);
		}
	}
	tro_buf_done(&folder);
	return status;
}

/* To whoever may look into the folder, whatever this process's group and umask. */
static int open_to_group(int fd, int folder_fd)
{
	struct stat folder;
	struct stat file;

	if (fstat(folder_fd, &folder) != 0 || fstat(fd, &file) != 0) {
		return -1;
	}
	if ((folder.st_mode & S_IXGRP) == 0) {
		return 0;
	}
	if (file.st_gid != folder.st_gid && fchown(fd, (uid_t)-1, folder.st_gid) != 0) {
		return -1;
	}
	return fchmod(fd, S_IRUSR | S_IWUSR | S_IRGRP);
}

static int share(int fd, const char *path)
{
	int folder_fd = -1;

	if (open_folder_of(&folder_fd, path, NULL) != TRO_OK) {
		return -1;
	}
	int result = open_to_group(fd, folder_fd);
	int fault = errno;

	(void)close(folder_fd); /* read only */
	errno = fault;
	return result;
}

static tro_status write_new(
	const char *path, const char *bytes, size_t len, bool shared, tro_err *err)
{
	int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);

	if (fd < 0) {
		return tro_err_errno(err, errno, "cannot create '%s'", path);
	}
	int fault = (shared && share(fd, path) != 0) || write_all(fd, bytes, len) != 0 ? errno : 0;

	if (close(fd) != 0 && fault == 0) {
		fault = errno;
	}
	if (fault != 0) {
		(void)unlink(path);
		return tro_err_errno(err, fault, "cannot write '%s'", path);
	}
	return TRO_OK;
}

/* The folder's entry must be on disk, too. */
static tro_status sync_folder_of(const char *path, tro_err *err)
{
	int fd = -1;
	tro_status status = open_folder_of(&fd, path, err);

	if (status == TRO_OK && fsync(fd) != 0) {
		status = tro_err_errno(err, errno, "cannot sync the folder of '%s'", path);
	}
	if (fd >= 0) {
		(void)close(fd); /* read only */
	}
	return status;
}

tro_status tro_keyfile_exists(const char *path, tro_err *err)
{
	return tro_err_set(err, TRO_USAGE,
		"'%s' exists and is not overwritten: choose another name, or move it away", path);
}

tro_status tro_keyfile_write(
	const char *path, const char *bytes, size_t len, bool shared, tro_err *err)
{
	tro_buf draft = TRO_BUF_INIT;
	tro_status status = tro_disk_draft(&draft, path, err);

	if (status == TRO_OK) {
		status = write_new(draft.ptr, bytes, len, shared, err);
	}
	if (status == TRO_OK) {
		/* link, not rename: it never replaces what has come there meanwhile. */
		if (link(draft.ptr, path) != 0) {
			status = errno == EEXIST
					 ? tro_keyfile_exists(path, err)
					 : tro_err_errno(err, errno, "cannot create '%s'", path);
		}
		if (unlink(draft.ptr) != 0 && status == TRO_OK) {
			status = tro_err_errno(err, errno, "cannot remove '%s'", draft.ptr);
		}
	}
	tro_buf_done(&draft);
	return status == TRO_OK ? sync_folder_of(path, err) : status;
}

tro_status tro_keyfile_move(const char *from, const char *to, tro_err *err)
{
	return rename(from, to) == 0 ? sync_folder_of(to, err)
				     : tro_err_errno(err, errno,
					       "cannot put '%s' in the place of '%s'", from, to);
}

tro_status tro_keyfile_replace(const char *path, const char *bytes, size_t len, tro_err *err)
{
	tro_buf draft = TRO_BUF_INIT;
	tro_status status = tro_disk_draft(&draft, path, err);

	if (status == TRO_OK) {
		status = write_new(draft.ptr, bytes, len, false, err);
	}
	if (status == TRO_OK && rename(draft.ptr, path) != 0) {
		status = tro_err_errno(err, errno, "cannot replace '%s'", path);
		(void)unlink(draft.ptr); /* the error is set */
	}
	tro_buf_done(&draft);
	return status == TRO_OK ? sync_folder_of(path, err) : status;
}
