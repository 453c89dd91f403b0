/*
 * Reading an extract (extract_form.h): its files into a store in memory, where the same checks run
 * as over any store; and the checks that take the place of the tree and of what a store has beyond
 * its records.
 *
 * What is missing makes an extract INCOMPLETE, what is wrong or in excess makes it INVALID.
 */
#ifndef TRO_AUDIT_EXTRACT_READ_H
#define TRO_AUDIT_EXTRACT_READ_H

#include <stdbool.h>
#include <tro/verify.h>

#include "case/registry_internal.h"
#include "case/session.h"
#include "ledger/checkpoint.h"
#include "ledger/policy.h"
#include "store/store.h"

typedef struct tro_extract {
	tro_registry *registry; /* over the store in memory */
	tro_store *store;	/* its */
	tro_verdict *verdict;
	tro_findings *findings;
	char case_id[TRO_ID_SIZE]; /* "" while no record of a case was seen */
	tro_checkpoint checkpoint;
	tro_buf checkpoint_note;
	bool has_checkpoint; /* signed by the log */
	bool withheld;	     /* a payload of the case is not here, and no erasure says why */
	bool erased;	     /* a payload or salt is not here, and an erasure says why */
} tro_extract;

/* Reads all files; findings for those that SHA256SUMS does not give as they are, and for those that
 * cannot be read as what they are named. TRO_NOT_FOUND when there is no such folder. To be closed
 * whatever it returns. */
tro_status tro_extract_open(tro_extract *out, const char *dir, tro_verdict *io_verdict,
	tro_findings *findings, tro_err *err) TRO_MUST_USE;
void tro_extract_close(tro_extract *extract);

/* Appends a file of the extract. TRO_NOT_FOUND, or TRO_INVALID when it is no plain file. */
tro_status tro_extract_read_file(
	tro_buf *out, const tro_extract *extract, const char *name, tro_err *err) TRO_MUST_USE;

/* Checkpoint and cosignatures; policy NULL for no witness known. */
tro_status tro_extract_check_checkpoint(tro_extract *extract, const tro_vkey *log,
	const tro_policy *policy, tro_err *err) TRO_MUST_USE;
/* Instead of the tree: the record's own proof. TRO_NOT_FOUND, TRO_INVALID. */
tro_status tro_extract_check_inclusion(
	tro_extract *extract, const tro_stored_record *stored, tro_err *err) TRO_MUST_USE;
/* Is the payload here, and what it takes to check it? TRO_NOT_FOUND when it is missing and must not
 * be; a case's may be withheld, or erased as a later record says, which is noted. */
tro_status tro_extract_check_payload(tro_extract *extract, const tro_record *record,
	const tro_stored_record *stored, tro_err *err) TRO_MUST_USE;
/* After the records were judged: do the log's heads say that the records here are all there were?
 * Do the witnesses that the registry asks for lack their keys here? */
tro_status tro_extract_check_whole(tro_extract *extract, const tro_authority *authority,
	const tro_vkey *log, bool has_witnesses, tro_err *err) TRO_MUST_USE;
/* Findings for files that no record names; session (NULL when the steps could not be run) tells of
 * filings. */
tro_status tro_extract_check_named(
	tro_extract *extract, const tro_session *session, tro_err *err) TRO_MUST_USE;

#endif
