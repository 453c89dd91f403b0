/*
 * What an erasure does to the store: rows and files that hold data about people are destroyed, and
 * no byte of them stays in any file of the store.
 *
 * The rows go in the transaction that appends the record of the erasure. What follows cannot be
 * part of a transaction: the files of exhibits are overwritten and unlinked, the database is
 * written anew without its free space, and its log is emptied. So that a killed erasure is finished
 * by whoever opens the store next, a plan lies beside the database (TRO_STORE_ERASING_NAME) from
 * before the transaction begins until all of this is done:
 *
 *	begin: plan written, locked, on the disk
 *	  the caller's transaction: rows deleted, record appended, commit
 *	finish: is the planned record there?
 *	  no:  nothing was erased; the plan is removed
 *	  yes: exhibits overwritten and unlinked; VACUUM, by way of a copy beside the database
 *	  (TRO_STORE_COPY_NAME) that is overwritten and unlinked; checkpoint that truncates the
 *	  log; the plan, which names exhibits by their hashes, is overwritten and unlinked
 *
 * Each part of finishing can be done again. Opening a store for writing finishes what it can; where
 * somebody else reads at that moment the database cannot be written anew, and the plan stays for
 * the next one.
 *
 * It takes little memory, and for a while twice the room of what stays in the database besides:
 *that stands in the copy and in the log. Nothing of a case lies outside of the store.
 */
#ifndef TRO_STORE_ERASURE_H
#define TRO_STORE_ERASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/err.h>

#include "store/store.h"

#define TRO_STORE_ERASING_NAME "erasing"
#define TRO_STORE_COPY_NAME "erasing.copy"

/* In the open write transaction; what is not there is fine. */
tro_status tro_store_erase_payload(tro_store *store, uint64_t position, tro_err *err) TRO_MUST_USE;
tro_status tro_store_erase_outcome_salt(
	tro_store *store, uint64_t position, tro_err *err) TRO_MUST_USE;
tro_status tro_store_erase_blob(
	tro_store *store, const uint8_t sha256[32], tro_err *err) TRO_MUST_USE;

typedef struct tro_erasure_plan {
	const char *case_id;
	uint64_t seq;		 /* of the record that will say that it was done */
	uint8_t note_sha256[32]; /* of that record's note */
	bool all_files;		 /* of the case, also those that no record took in */
	const uint8_t *exhibits; /* else these: 32 bytes of SHA-256 each */
	size_t exhibit_count;
} tro_erasure_plan;

/* Writes the plan and keeps it locked; outside of a transaction. TRO_CHANGED when another erasure
 * is not finished. *out is a descriptor to give to erasure_finish_own. */
tro_status tro_store_erasure_begin(
	int *out, tro_store *store, const tro_erasure_plan *plan, tro_err *err) TRO_MUST_USE;
/* After the transaction, whatever became of it: as in the picture above; closes the descriptor.
 * TRO_CHANGED when others use the store, TRO_SYSTEM when the disk is full or fails: the next to
 * open the store goes on from there. */
tro_status tro_store_erasure_finish_own(tro_store *store, int plan_fd, tro_err *err) TRO_MUST_USE;

/* Writes the database anew, without what was deleted from it; outside of a transaction. What was
 * cut off can be done again. */
tro_status tro_store_write_anew(tro_store *store, tro_err *err) TRO_MUST_USE;
/* Overwrites and unlinks a file of an open folder; one that is gone was not ours to destroy any
 * more. The path is for the message. */
tro_status tro_store_destroy_file(
	int dir_fd, const char *name, const char *path, tro_err *err) TRO_MUST_USE;

/* Does a plan lie there? */
bool tro_store_erasure_pending(const tro_store *store);
/* Finishes what a killed erasure left; TRO_OK when there is nothing, or when its maker is still at
 * it. */
tro_status tro_store_erasure_finish(tro_store *store, tro_err *err) TRO_MUST_USE;

#endif
