/*
 * Backups: one file that holds a store, verified when it is made and when it is restored.
 */
#ifndef TRO_BACKUP_H
#define TRO_BACKUP_H

#include <stdbool.h>
#include <tro/err.h>
#include <tro/finding.h>
#include <tro/verify.h>

/* Copies the store in dir into a file that does not exist yet: the database by SQLite's online
 * backup, and the exhibits; not the store's own keys. The copy is unpacked beside it and verified
 * as tro_verify does, then removed; only if it is not INVALID does the file get its name. Needs
 * free space of twice the store. TRO_INVALID when the copy does not verify, with the findings. A
 * dry run does all of it and leaves nothing behind. */
tro_status tro_backup(tro_verdict *out, tro_verify_summary *summary, const char *dir,
	const char *file, bool dry_run, tro_findings *findings, tro_err *err) TRO_MUST_USE;

/* Makes the store of a backup in dir, which is absent or empty, if every byte of the file is as it
 * was written and the store in it is not INVALID. keys/ has to be put back by hand. TRO_USAGE when
 * dir holds something. A dry run does all of it and leaves nothing behind. */
tro_status tro_restore(tro_verdict *out, tro_verify_summary *summary, const char *file,
	const char *dir, bool dry_run, tro_findings *findings, tro_err *err) TRO_MUST_USE;

#endif
