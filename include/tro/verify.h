/*
 * Verification: findings and one verdict, never one boolean (FORMATS.md 3).
 */
#ifndef TRO_VERIFY_H
#define TRO_VERIFY_H

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
	uint64_t records, cases, signatures, steps; /* checked */
	char root[65];				    /* hex: of the tree over all records */
} tro_verify_summary;

const char *tro_verdict_name(tro_verdict verdict);

/* Verifies the whole store in dir, or one case of it (case_id NULL for all): signatures, chains,
 * tree, authority by position, payloads, definitions by hash, every step re-run, outcomes,
 * exhibits, filings, projections. progress (may be NULL) is called now and then. The status is
 * TRO_OK when a verdict was reached, whatever it is. */
tro_status tro_verify(tro_verdict *out, tro_verify_summary *summary, const char *dir,
	const char *case_id, tro_findings *findings,
	void (*progress)(void *user, uint64_t done, uint64_t total), void *user,
	tro_err *err) TRO_MUST_USE;

#endif
