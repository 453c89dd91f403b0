/*
 * Keeping a case, and ending that: holds and erasures (Data Protection Act 2018 s.39 and s.47).
 *
 * A hold says that a case must be kept; while one stands, or a matter is in a state that the
 * workflow's definition names for that, nothing of the case is erased. An erasure takes two
 * persons: one proposes, saying what and why, another does it. It destroys data and what could
 * confirm a guess at them; records, chain and tree stay as they are, so that every proof still
 * holds, and verification says PAYLOAD-ERASED.
 */
#ifndef TRO_KEEPING_H
#define TRO_KEEPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/case.h>
#include <tro/err.h>
#include <tro/finding.h>
#include <tro/key.h>

/* Does one of these acts on the case, as tro_case_act does an event of its workflow; matter and
 * request are not asked for:
 *   "hold"          reason
 *   "hold.release"  hold (the number of the record that placed it), reason
 *   "erase.propose" what (XPaths into the case document, a line each; none for the whole case),
 *                   reason
 *   "erase"         proposal (the number of its record)
 * TRO_NOT_FOUND when it is none of them, one of the paths names nothing in any version of the
 * document, or no hold was placed by that record; TRO_INVALID when a path is none, or names neither
 * elements nor attributes. A proposal is judged like the erasure that it would be: findings say
 * what it would destroy, and warn of what stands against it now. TRO_REFUSED with findings. An
 * erasure that is recorded but could not be finished, because somebody else uses the store or the
 * disk fails, is TRO_CHANGED or TRO_SYSTEM with out->seq set: the next to open the store finishes
 * it. With dry_run an erasure says in findings what it would destroy. */
tro_status tro_case_keep(tro_case *c, const tro_command *command, const tro_signer *signer,
	tro_result *out, tro_findings *findings, tro_err *err) TRO_MUST_USE;

/* What stands now; strings are borrowed until the next act. False past the end, or when there is
 * none. */
typedef struct tro_hold {
	const char *seq, *person, *role, *time, *reason;
} tro_hold;
bool tro_case_hold_at(const tro_case *c, size_t index, tro_hold *out);

typedef struct tro_proposed_erasure {
	const char *seq, *person, *role, *time, *what, *reason;
} tro_proposed_erasure;
bool tro_case_proposed_erasure(const tro_case *c, tro_proposed_erasure *out);

/* What an erasure did, as its record commits to it. */
typedef struct tro_erasure_info {
	const char *seq, *person, *role, *time;
	bool whole;
	const char *from;     /* first record whose outcome cannot be checked any more */
	const char *payloads; /* records without their data: "0-3 7" */
	const char *files;    /* number of exhibits' files */
	tro_proposed_erasure proposed;
} tro_erasure_info;
bool tro_case_erasure_at(const tro_case *c, size_t index, tro_erasure_info *out);
/* Filing number `filing` of those that the erasure destroyed: its recipient may have a copy. sha256
 * and size are NULL. */
bool tro_case_erased_filing_at(
	const tro_case *c, size_t erasure, size_t filing, tro_filing_info *out);

/* Calls back for each record whose data or outcome the erasure touched, with the hash by which the
 * next record names it. */
tro_status tro_case_each_erased_record(const tro_case *c, size_t erasure,
	tro_status (*each)(void *user, uint64_t seq, const char *event, const char *sha256_hex,
		bool payload_erased, tro_err *err),
	void *user, tro_err *err) TRO_MUST_USE;

#endif
