/*
 * Verification: findings and one verdict, never one boolean (FORMATS.md 3).
 */
#ifndef TRO_VERIFY_H
#define TRO_VERIFY_H

#include <stddef.h>
#include <stdint.h>
#include <tro/err.h>
#include <tro/finding.h>

/* The values are exit codes; the highest wins. */
typedef enum tro_verdict {
	TRO_VERDICT_VALID = 0,
	TRO_VERDICT_UNWITNESSED = 10,
	TRO_VERDICT_PAYLOAD_WITHHELD = 11,
	TRO_VERDICT_PAYLOAD_ERASED = 12,
	TRO_VERDICT_LATE_ANCHORED = 13,
	TRO_VERDICT_KEY_DISPUTED = 14,
	TRO_VERDICT_INCOMPLETE = 15,
	TRO_VERDICT_SPLIT_VIEW = 16,
	TRO_VERDICT_INVALID = 17,
} tro_verdict;

typedef struct tro_verify_summary {
	char case_id[65]; /* the one that was asked for, or that the extract is of; or "" */
	uint64_t records, cases, signatures, steps; /* checked */
	char root[65];				    /* hex: of the tree over all records */
} tro_verify_summary;

const char *tro_verdict_name(tro_verdict verdict);

/* Verifies the whole store in dir, or one case of it (case_id NULL for all): signatures, chains,
 * tree, authority by position, payloads, definitions by hash, every step re-run, outcomes,
 * exhibits, filings, projections. Signatures are checked on a thread of their own beside the
 * caller's; the findings and their order are the same however that went. progress (may be NULL) is
 * called in the caller's thread at each check, with how many of how many were done. The
 * status is TRO_OK when a verdict was reached, whatever it is; findings receives nothing otherwise.
 */
tro_status tro_verify(tro_verdict *out, tro_verify_summary *summary, const char *dir,
	const char *case_id, tro_findings *findings,
	void (*progress)(void *user, uint64_t done, uint64_t total), void *user,
	tro_err *err) TRO_MUST_USE;

/* What a user brings along to judge an extract by: nothing of it may come from the extract. */
typedef struct tro_extract_keys {
	const char *log;    /* the log's verifier key; may be NULL with a policy, which names it */
	const char *policy; /* C2SP tlog-policy text whose quorum is asked for, or NULL */
	const char *const *witnesses; /* or verifier keys, all of which are asked for */
	size_t witness_count;
} tro_extract_keys;

/* Verifies an extract (tro/extract.h): files, checkpoint and cosignatures, and all that tro_verify
 * does for the records that are there; that each stands in the log; that none of the case is
 * missing. TRO_INVALID or TRO_USAGE when the keys cannot be read or do not fit each other,
 * TRO_NOT_FOUND when there is no folder; else as tro_verify. The summary's root is the
 * checkpoint's. */
tro_status tro_verify_extract(tro_verdict *out, tro_verify_summary *summary, const char *dir,
	const tro_extract_keys *keys, tro_findings *findings,
	void (*progress)(void *user, uint64_t done, uint64_t total), void *user,
	tro_err *err) TRO_MUST_USE;

#endif
