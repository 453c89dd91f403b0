/*
 * A folder that comes into being whole or not at all, with the list of its files in the form of
 * `sha256sum -c`.
 */
#ifndef TRO_AUDIT_NEW_FOLDER_H
#define TRO_AUDIT_NEW_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>

#define TRO_SUMS_NAME "SHA256SUMS"

typedef struct tro_new_folder {
	const char *path; /* borrowed: where it will be */
	tro_buf temp;	  /* where it is made: beside that */
	int fd;
	bool rehearsal; /* nothing is made: what is put is counted */
	tro_buf sums;	/* "sha256  name" lines of what was put */
	uint64_t count; /* of them */
} tro_new_folder;

/* TRO_USAGE when there is something at the path. After TRO_OK, one of end and drop must follow. In
 * a rehearsal nothing is made, but what is wrong is found as without it. */
tro_status tro_new_folder_begin(
	tro_new_folder *out, const char *path, bool rehearsal, tro_err *err) TRO_MUST_USE;
/* name: a file's, or FOLDER/FILE. Putting a name again changes nothing. */
tro_status tro_new_folder_put(tro_new_folder *folder, const char *name, const void *bytes,
	size_t len, tro_err *err) TRO_MUST_USE;
/* As put, of bytes that `write_to` writes to an open file; they must have this hash. */
tro_status tro_new_folder_put_hashed(tro_new_folder *folder, const char *name,
	const uint8_t sha256[32],
	tro_status (*write_to)(void *user, int fd, const char *path, tro_err *err), void *user,
	tro_err *err) TRO_MUST_USE;
/* Adds the list, puts all on the disk and gives the folder its name. Whatever it returns, the value
 * is done with, and a failure leaves nothing. */
tro_status tro_new_folder_end(tro_new_folder *folder, tro_err *err) TRO_MUST_USE;
/* Takes away what was made. */
void tro_new_folder_drop(tro_new_folder *folder);

#endif
