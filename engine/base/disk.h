/*
 * Files of our own on the disk: read within a bound, written whole or not at all.
 */
#ifndef TRO_BASE_DISK_H
#define TRO_BASE_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <tro/buf.h>
#include <tro/err.h>

/* What is to be found under a path. */
typedef enum tro_disk_link {
	TRO_DISK_FOLLOW,    /* a file, also by way of a final symbolic link */
	TRO_DISK_NO_FOLLOW, /* the file itself */
} tro_disk_link;

/* Opens a regular file for reading; never waits. TRO_NOT_FOUND when there is none, TRO_INVALID when
 * it is something else, TRO_SYSTEM. *out is -1 unless TRO_OK. */
tro_status tro_disk_open(int *out, const char *path, tro_disk_link link, tro_err *err) TRO_MUST_USE;
/* Appends what is left of a file, and closes fd. TRO_INVALID when that is more than max bytes. */
tro_status tro_disk_read(
	tro_buf *out, int fd, size_t max, const char *path, tro_err *err) TRO_MUST_USE;

/* How much a write has to bear. */
typedef enum tro_disk_care {
	TRO_DISK_CACHED,  /* the end of the process */
	TRO_DISK_DURABLE, /* a power cut; a new name also needs tro_disk_sync_parent */
} tro_disk_care;

/* A name beside path, of a file or folder, that nothing has: path, a dot and random digits. */
tro_status tro_disk_draft(tro_buf *out, const char *path, tro_err *err) TRO_MUST_USE;
/* Could a file or folder be made there, as far as the rights of the folder above say? TRO_SYSTEM.
 */
tro_status tro_disk_can_create(const char *path, tro_err *err) TRO_MUST_USE;
/* Writes a new file; what cannot be written whole is removed. TRO_USAGE when something of that name
 * exists, TRO_SYSTEM. */
tro_status tro_disk_create(const char *path, const void *bytes, size_t len, mode_t mode,
	tro_disk_care care, tro_err *err) TRO_MUST_USE;
/* Writes under the name draft, of the same folder, where something may be left of an earlier time,
 * and puts that in the place of path: which is whole, or what it was. */
tro_status tro_disk_replace(const char *path, const char *draft, const void *bytes, size_t len,
	mode_t mode, tro_disk_care care, tro_err *err) TRO_MUST_USE;
/* What was created, renamed or removed beside path is on the disk when this returns. */
tro_status tro_disk_sync_parent(const char *path, tro_err *err) TRO_MUST_USE;

#endif
