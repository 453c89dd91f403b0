/*
 * A backup: one tar archive, the same for the same store.
 *
 *     MANIFEST                      tro-backup/v1, then a line "SHA256 SIZE NAME" a member, in
 * order tro.db                        SQLite's online copy exhibits/<case>/<sha256>      in order
 * of name; also those that no record names yet
 *
 * The store's own keys are not in it: whoever holds a backup must not be able to sign for the
 * store.
 */
#ifndef TRO_STORE_BACKUP_H
#define TRO_STORE_BACKUP_H

#include "store/store.h"

/* Writes the archive to a path that does not exist, mode 0600, on the disk when it returns; nothing
 * is left after a failure. Others may go on writing: what they commit meanwhile is in it whole or
 * not at all. TRO_INVALID when an exhibit was altered, or a member is of 8 GiB or more. */
tro_status tro_store_backup(tro_store *store, const char *path, tro_err *err) TRO_MUST_USE;
/* Unpacks an archive into a folder that does not exist, on the disk when it returns; nothing is
 * left after a failure. TRO_INVALID unless it is, byte for byte, what tro_store_backup writes and
 * every member has its hash. What the database says is not looked at. */
tro_status tro_store_unpack(const char *path, const char *dir, tro_err *err) TRO_MUST_USE;
/* Removes a folder that tro_store_unpack made, with all in it. */
void tro_store_discard(const char *dir);

#endif
