/*
 * What witnesses add to a verification. While the records are gone through by position, each
 * checkpoint is judged when all that it covers has been seen, under the policy then in force: is it
 * the head of this log, and do its cosignatures make a quorum? From that follow
 *
 *	SPLIT-VIEW     a witness cosigned another history of this log
 *	INCOMPLETE     a checkpoint covers more records than there are
 *	LATE-ANCHORED  a record claims a time before that of the checkpoint that it names or, by
 *more than an hour, of the heads record that stands before it; or after the time at which a witness
 *had seen it UNWITNESSED    the newest records are covered by no witnessed checkpoint
 *
 * and that heads records give the heads that the log had.
 */
#ifndef TRO_AUDIT_WITNESSED_H
#define TRO_AUDIT_WITNESSED_H

#include <tro/finding.h>
#include <tro/verify.h>

#include "ledger/authority.h"
#include "ledger/record.h"
#include "store/store.h"

typedef struct tro_witnessed tro_witnessed;

/* Reads the store's checkpoints. Verdict and findings are raised and added to as things are found;
 * both and the store must outlive it. */
tro_status tro_witnessed_new(tro_witnessed **out, tro_store *store, tro_verdict *io_verdict,
	tro_findings *findings, tro_err *err) TRO_MUST_USE;
void tro_witnessed_free(tro_witnessed *witnessed);

/* The first `position` records were gone through; authority is the state after them. */
tro_status tro_witnessed_reach(tro_witnessed *witnessed, uint64_t position,
	const tro_authority *authority, tro_err *err) TRO_MUST_USE;
/* The record at that position, whose form and authority hold; its signature is checked meanwhile.
 * place names it. */
tro_status tro_witnessed_record(tro_witnessed *witnessed, uint64_t position,
	const tro_stored_record *stored, const tro_record *record, const tro_authority *authority,
	const char *place, tro_err *err) TRO_MUST_USE;
/* All were gone through. */
tro_status tro_witnessed_end(tro_witnessed *witnessed, uint64_t total,
	const tro_authority *authority, tro_err *err) TRO_MUST_USE;

#endif
