/*
 * A disk that ends a program or runs full: loaded before it (LD_PRELOAD), it counts the calls that
 * change a file system, in all processes of the program together as they come.
 *
 *   TRO_DISK_KILL=N  the program is killed at the N-th call, before it takes effect
 *   TRO_DISK_FULL=N  from the N-th call on, what needs room finds none (ENOSPC)
 *   TRO_DISK_COUNT=FILE  at its end the program writes the number of calls to this file
 *
 * What is written to a terminal, a pipe or a socket does not count.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static long kill_at, full_from, count;
static const char *count_path;

static long number(const char *name)
{
	const char *text = getenv(name);

	return text == NULL ? 0 : strtol(text, NULL, 10);
}

__attribute__((constructor)) static void begin(void)
{
	kill_at = number("TRO_DISK_KILL");
	full_from = number("TRO_DISK_FULL");
	count_path = getenv("TRO_DISK_COUNT");
}

__attribute__((destructor)) static void end(void)
{
	FILE *file = count_path == NULL ? NULL : fopen(count_path, "w");

	if (file != NULL) {
		(void)fprintf(file, "%ld\n", count);
		(void)fclose(file);
	}
}

/* Counts a call; true when it has to fail for want of room. */
static bool strikes(bool needs_room)
{
	count++;
	if (count == kill_at) {
		(void)kill(getpid(), SIGKILL);
	}
	if (needs_room && full_from > 0 && count >= full_from) {
		errno = ENOSPC;
		return true;
	}
	return false;
}

static bool is_file(int fd)
{
	struct stat st;
	int saved = errno;
	bool file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);

	errno = saved;
	return file;
}

/* The function of the C library that ours stands before, called with the same arguments. */
#define REAL(result, name, ...)                                                                    \
	static result (*real)(__VA_ARGS__);                                                        \
	if (real == NULL) {                                                                        \
		*(void **)&real = dlsym(RTLD_NEXT, #name);                                         \
	}

ssize_t write(int fd, const void *bytes, size_t len)
{
	REAL(ssize_t, write, int, const void *, size_t)
	return is_file(fd) && strikes(true) ? -1 : real(fd, bytes, len);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
	REAL(ssize_t, pwrite, int, const void *, size_t, off_t)
	return is_file(fd) && strikes(true) ? -1 : real(fd, bytes, len, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t offset)
{
	REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)
	return is_file(fd) && strikes(true) ? -1 : real(fd, bytes, len, offset);
}

int ftruncate(int fd, off_t size)
{
	REAL(int, ftruncate, int, off_t)
	return strikes(true) ? -1 : real(fd, size);
}

int ftruncate64(int fd, off64_t size)
{
	REAL(int, ftruncate64, int, off64_t)
	return strikes(true) ? -1 : real(fd, size);
}

int fallocate(int fd, int mode, off_t offset, off_t len)
{
	REAL(int, fallocate, int, int, off_t, off_t)
	return strikes(true) ? -1 : real(fd, mode, offset, len);
}

int fsync(int fd)
{
	REAL(int, fsync, int)
	return strikes(true) ? -1 : real(fd);
}

int fdatasync(int fd)
{
	REAL(int, fdatasync, int)
	return strikes(true) ? -1 : real(fd);
}

int rename(const char *from, const char *to)
{
	REAL(int, rename, const char *, const char *)
	return strikes(true) ? -1 : real(from, to);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	REAL(int, renameat, int, const char *, int, const char *)
	return strikes(true) ? -1 : real(from_fd, from, to_fd, to);
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	REAL(int, linkat, int, const char *, int, const char *, int)
	return strikes(true) ? -1 : real(from_fd, from, to_fd, to, flags);
}

int mkdir(const char *path, mode_t mode)
{
	REAL(int, mkdir, const char *, mode_t)
	return strikes(true) ? -1 : real(path, mode);
}

int mkdirat(int fd, const char *path, mode_t mode)
{
	REAL(int, mkdirat, int, const char *, mode_t)
	return strikes(true) ? -1 : real(fd, path, mode);
}

int unlink(const char *path)
{
	REAL(int, unlink, const char *)
	return strikes(false) ? -1 : real(path);
}

int unlinkat(int fd, const char *path, int flags)
{
	REAL(int, unlinkat, int, const char *, int)
	return strikes(false) ? -1 : real(fd, path, flags);
}

static mode_t mode_of(int flags, va_list list)
{
	return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(list, mode_t)
									  : 0;
}

#define OPEN(name, parameters, types, arguments)                                                   \
	int name parameters                                                                        \
	{                                                                                          \
		REAL(int, name, types, ...)                                                        \
		va_list list;                                                                      \
		va_start(list, flags);                                                             \
		mode_t mode = mode_of(flags, list);                                                \
		va_end(list);                                                                      \
		return (flags & O_CREAT) != 0 && strikes(true) ? -1 : real arguments;              \
	}
#define COMMA ,

OPEN(open, (const char *path, int flags, ...), const char *COMMA int, (path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), const char *COMMA int, (path, flags, mode))
OPEN(openat, (int fd, const char *path, int flags, ...), int COMMA const char *COMMA int,
	(fd, path, flags, mode))
OPEN(openat64, (int fd, const char *path, int flags, ...), int COMMA const char *COMMA int,
	(fd, path, flags, mode))
