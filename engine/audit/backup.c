#include <tro/backup.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/disk.h"
#include "crypto/crypto.h"
#include "store/backup.h"

/* Unpacks into a new folder what must be a store that is not INVALID. */
static tro_status unpack_verified(tro_verdict *out, tro_verify_summary *summary, const char *file,
	const char *dir, tro_findings *findings, tro_err *err)
{
	tro_status status = tro_store_unpack(file, dir, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_verify(out, summary, dir, NULL, findings, NULL, NULL, err);
	if (status == TRO_OK && *out == TRO_VERDICT_INVALID) {
		status = tro_err_set(err, TRO_INVALID,
			"the store in it does not verify: what is wrong was found and is said");
	}
	if (status != TRO_OK) {
		tro_store_discard(dir);
	}
	return status;
}

static tro_status copy_store(const char *dir, const char *draft, tro_err *err)
{
	tro_store *store = NULL;
	tro_status status = tro_store_open(&store, dir, err);

	if (status == TRO_OK) {
		status = tro_store_backup(store, draft, err);
	}
	tro_store_close(store);
	return status;
}

tro_status tro_backup(tro_verdict *out, tro_verify_summary *summary, const char *dir,
	const char *file, bool dry_run, tro_findings *findings, tro_err *err)
{
	tro_buf draft = TRO_BUF_INIT;
	tro_buf trial = TRO_BUF_INIT;
	struct stat about;
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK && lstat(file, &about) == 0) {
		return tro_err_set(err, TRO_USAGE, "%s exists and is not overwritten", file);
	}
	if (status == TRO_OK) {
		status = tro_disk_draft(&draft, file, err);
	}
	if (status == TRO_OK) {
		status = tro_disk_draft(&trial, file, err);
	}
	if (status == TRO_OK) {
		status = copy_store(dir, draft.ptr, err);
	}
	if (status == TRO_OK) {
		status = unpack_verified(out, summary, draft.ptr, trial.ptr, findings, err);
		if (status == TRO_OK) {
			tro_store_discard(trial.ptr);
			/* link, not rename: it never replaces what has come there meanwhile. */
			if (!dry_run && link(draft.ptr, file) != 0) {
				status = tro_err_errno(err, errno, "cannot create %s", file);
			}
		}
		(void)unlink(draft.ptr);
	}
	tro_buf_done(&draft);
	tro_buf_done(&trial);
	return status == TRO_OK ? tro_disk_sync_parent(file, err) : status;
}

/* TRO_USAGE unless nothing is there or an empty folder, which the rename at the end replaces. */
static tro_status check_empty(const char *dir, tro_err *err)
{
	DIR *list = opendir(dir);
	bool empty = list != NULL;

	if (list == NULL && errno == ENOENT) {
		return TRO_OK;
	}
	for (struct dirent *e; empty && (e = readdir(list)) != NULL;) {
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	}
	if (list != NULL) {
		(void)closedir(list); /* read only */
	}
	return empty ? TRO_OK
		     : tro_err_set(err, TRO_USAGE,
			       "%s is not an empty folder: a store is restored into one of its own",
			       dir);
}

tro_status tro_restore(tro_verdict *out, tro_verify_summary *summary, const char *file,
	const char *dir, bool dry_run, tro_findings *findings, tro_err *err)
{
	tro_buf draft = TRO_BUF_INIT;
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK) {
		status = check_empty(dir, err);
	}
	if (status == TRO_OK) {
		status = tro_disk_draft(&draft, dir, err);
	}
	if (status == TRO_OK) {
		status = unpack_verified(out, summary, file, draft.ptr, findings, err);
	}
	if (status == TRO_OK && dry_run) {
		tro_store_discard(draft.ptr);
	} else if (status == TRO_OK && rename(draft.ptr, dir) != 0) {
		status = tro_err_errno(err, errno, "cannot create %s", dir);
		tro_store_discard(draft.ptr);
	}
	tro_buf_done(&draft);
	return status == TRO_OK ? tro_disk_sync_parent(dir, err) : status;
}
