/*
 * The store's folder: what may be a name in it, and where it may lie.
 */
#ifndef TRO_STORE_PATH_H
#define TRO_STORE_PATH_H

#include <stdbool.h>
#include <tro/err.h>

enum { TRO_STORE_CASE_ID_MAX = 64 };

/* A case id names a folder: 1 to 64 of A-Z a-z 0-9 - _ and, not first, a dot. */
tro_status tro_store_check_case_id(const char *case_id, tro_err *err) TRO_MUST_USE;

/* Does statfs(2)'s f_type mean a file system that is shared over a network? WAL keeps its index in
 * memory that processes of one host share. */
bool tro_path_type_is_network(unsigned long type);
/* TRO_SYSTEM when the open folder lies on such a file system; path is for the message. */
tro_status tro_path_check_local(int dir_fd, const char *path, tro_err *err) TRO_MUST_USE;

/* Opens a folder that must not be a symbolic link; dir_fd may be AT_FDCWD. The path is for the
 * message. Returns the descriptor in *out. */
tro_status tro_path_open_dir(
	int *out, int dir_fd, const char *name, const char *path, tro_err *err) TRO_MUST_USE;
/* fsync(2) of a folder or file. */
tro_status tro_path_sync(int fd, const char *path, tro_err *err) TRO_MUST_USE;

#endif
