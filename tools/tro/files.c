/* Files that a command is told to read or write. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

enum { FILE_MAX = 64 * 1024 * 1024 };

tro_status cli_cannot_read(const char *name, int reason, tro_err *err)
{
	if (reason == EBADF) {
		return tro_err_set(err, TRO_USAGE, "cannot read %s, which is closed", name);
	}
	(void)tro_err_errno(err, reason, "cannot read %s", name[0] == '\0' ? "''" : name);
	if (reason == ENOENT || reason == ENOTDIR) {
		err->status = TRO_NOT_FOUND;
	} else if (reason == EISDIR) {
		err->status = TRO_INVALID;
	}
	return err->status;
}

static tro_status read_stream(tro_buf *out, FILE *file, const char *name, tro_err *err)
{
	char chunk[65536];

	out->max_len = FILE_MAX;
	for (size_t len;
		out->status == TRO_OK && (len = fread(chunk, 1, sizeof(chunk), file)) > 0;) {
		tro_buf_put(out, chunk, len); /* a device may never end: the limit ends it */
	}
	if (ferror(file)) {
		return cli_cannot_read(name, errno, err);
	}
	return tro_buf_status(out, NULL) == TRO_OK
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID, "%s is larger than %d MiB", name,
				 FILE_MAX >> 20);
}

/* What comes from a stream comes once: a second reading would find nothing, and say so to nobody.
 */
static tro_status take_stream(client *cli, int fd, const char *name, tro_err *err)
{
	struct stat info;

	if (fstat(fd, &info) != 0) {
		return cli_cannot_read(name, errno, err);
	}
	for (size_t i = 0; i < cli->stream_count; i++) {
		if (cli->streams[i].device == info.st_dev && cli->streams[i].inode == info.st_ino) {
			return tro_err_set(err, TRO_USAGE,
				"%s was read already: one value alone can come from it", name);
		}
	}
	if (cli->stream_count == STREAMS_MAX) {
		return tro_err_set(err, TRO_USAGE, "more than %d values come from descriptors",
			(int)STREAMS_MAX);
	}
	cli->streams[cli->stream_count++] =
		(cli_stream){.device = info.st_dev, .inode = info.st_ino};
	return TRO_OK;
}

/* A descriptor that whoever calls us has opened: what they give there they mean. */
static bool names_descriptor(const char *path)
{
	return strcmp(path, "/dev/stdin") == 0 || strncmp(path, "/dev/fd/", 8) == 0 ||
	       strncmp(path, "/proc/self/fd/", 14) == 0;
}

/* *out_stream: it is no regular file. */
tro_status cli_open_file(int *out, bool *out_stream, const char *path, tro_err *err)
{
	struct stat info;
	/* O_NONBLOCK: a pipe of that name must not keep us waiting for a writer. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	tro_status status = TRO_OK;

	if (fd < 0) {
		return cli_cannot_read(path, errno, err);
	}
	/* With a mode that waits again for what is written late. */
	if (fstat(fd, &info) != 0 || fcntl(fd, F_SETFL, 0) != 0) {
		status = cli_cannot_read(path, errno, err);
	} else if (S_ISDIR(info.st_mode)) {
		status = cli_cannot_read(path, EISDIR, err);
	} else if (!S_ISREG(info.st_mode) && !names_descriptor(path)) {
		status = tro_err_set(err, TRO_INVALID,
			"%s is not a regular file: give what comes from a pipe as -, or as "
			"/dev/fd/N",
			path);
	}
	if (status != TRO_OK) {
		(void)close(fd);
		return status;
	}
	*out = fd;
	*out_stream = !S_ISREG(info.st_mode);
	return TRO_OK;
}

static tro_status read_open(tro_buf *out, int fd, const char *path, tro_err *err)
{
	FILE *file = fdopen(fd, "rb");

	if (file == NULL) {
		int reason = errno;

		(void)close(fd);
		return cli_cannot_read(path, reason, err);
	}
	tro_status status = read_stream(out, file, path, err);

	(void)fclose(file);
	return status;
}

tro_status cli_read_file(tro_buf *out, client *cli, const char *path, tro_err *err)
{
	int fd = -1;
	bool stream = false;
	tro_status status;

	if (strcmp(path, "-") == 0) {
		status = take_stream(cli, STDIN_FILENO, "standard input", err);
		return status == TRO_OK ? read_stream(out, stdin, "standard input", err) : status;
	}
	status = cli_open_file(&fd, &stream, path, err);
	if (status == TRO_OK && stream) {
		status = take_stream(cli, fd, path, err);
		if (status != TRO_OK) {
			(void)close(fd);
		}
	}
	return status == TRO_OK ? read_open(out, fd, path, err) : status;
}

tro_status cli_of_file(tro_err *err, tro_status status, const char *path)
{
	return status == TRO_INVALID ? tro_err_prefix(err, status, "%s",
					       strcmp(path, "-") == 0 ? "standard input" : path)
				     : status;
}

/* An account's umask may be open; what is given out is read by its group at most. */
enum { GIVEN_MODE = 0640 };

static FILE *create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, GIVEN_MODE);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");

	if (fd >= 0 && file == NULL) {
		(void)close(fd);
	}
	return file;
}

tro_status cli_write_file(const tro_buf *bytes, const char *path, tro_err *err)
{
	if (path == NULL || strcmp(path, "-") == 0) {
		(void)fwrite(bytes->ptr, 1, bytes->len, stdout);
		return TRO_OK;
	}
	FILE *file = create(path);

	if (file == NULL && errno == EEXIST) {
		return tro_err_set(
			err, TRO_USAGE, "'%s' exists already, and is not overwritten", path);
	}
	if (file == NULL) {
		return tro_err_errno(err, errno, "cannot create '%s'", path);
	}
	bool good = fwrite(bytes->ptr, 1, bytes->len, file) == bytes->len;

	good = fclose(file) == 0 && good;
	return good ? TRO_OK : tro_err_errno(err, errno, "cannot write '%s'", path);
}
