/*
 * One verification under way: what every check of it reads and adds to.
 *
 *	verify.c            a store: everything, in its order
 *	extract_verify.c    an extract
 *	log_check.c         each record by its place in the log, and the tree
 *	case_check.c        each case by its own sequence, and every step again
 *	projection_check.c  what was derived from the records
 *
 * Nothing is believed because the store says so; what fails becomes a finding that names the
 * record, and checking goes on.
 */
#ifndef TRO_AUDIT_AUDIT_H
#define TRO_AUDIT_AUDIT_H

#include <tro/verify.h>

#include "audit/extract_read.h"
#include "audit/signatures.h"
#include "audit/witnessed.h"
#include "case/case_internal.h"

enum { TRO_PLACE_SIZE = 160 };

typedef struct tro_audit {
	tro_registry *registry;
	tro_extract *extract;	  /* NULL for a store */
	bool lacking;		  /* something of the extract was found missing */
	tro_authority *authority; /* as of the position reached */
	tro_witnessed *witnessed;
	tro_signatures *signatures; /* of cases' records; those of the registry are not put off */
	const char *only_case;	    /* NULL for all */
	tro_verdict verdict;
	tro_verify_summary *summary;
	tro_findings *findings; /* but for signatures, whose places among them are known */
	void (*progress)(void *user, uint64_t done, uint64_t total);
	void *user;
	uint64_t total;	    /* records of the log */
	uint64_t work_due;  /* records to be gone through, signatures and steps to be checked */
	uint64_t work_done; /* without the signatures that were put off */
	char erased_case[TRO_ID_SIZE]; /* the last payload that an erasure destroyed was of this */
	uint64_t erased_by;	       /* and destroyed by this record */
} tro_audit;

/* ---- audit.c ---- */

/* What every verification needs; the rest of *a is set. Ended whatever it returns. */
tro_status tro_audit_begin(tro_audit *a, tro_err *err) TRO_MUST_USE;
/* With the status of what was done: waits for the signatures, gives all findings in their order to
 * the end of `out`, and frees what the beginning made. The verdict stands then. */
tro_status tro_audit_end(
	tro_audit *a, tro_status status, tro_findings *out, tro_err *err) TRO_MUST_USE;
/* One more of what is due was done; tells the caller. */
void tro_audit_advance(tro_audit *a);
/* Before the record number `number` of many that are read one after the other: one view for a
 * number of them spares a lock for each. None is held for long, because whoever erases waits until
 * nobody reads. Ended by tro_store_rollback. */
tro_status tro_audit_view(tro_audit *a, uint64_t number, tro_err *err) TRO_MUST_USE;

/* Adds a finding that makes the verdict at least `verdict`. */
tro_status tro_audit_report(tro_audit *a, tro_verdict verdict, const char *id, const char *place,
	const char *message, tro_err *err) TRO_MUST_USE;
/* What an extract lacks makes it incomplete; what a store lacks was taken out of it. */
tro_verdict tro_audit_verdict_on(const tro_audit *a, tro_status status);
/* What went wrong, which `own` says, becomes a finding, unless the machine failed and not the data:
 * TRO_NOMEM and TRO_CHANGED go on. */
tro_status tro_audit_conclude(tro_audit *a, tro_status status, const tro_err *own, const char *id,
	const char *place, tro_err *err) TRO_MUST_USE;

/* ---- log_check.c ---- */

/* Every record by its position: form, signature, authority at that position, payload, tree. */
tro_status tro_audit_log(tro_audit *a, tro_err *err) TRO_MUST_USE;

/* ---- case_check.c ---- */

/* Every case, or the one that was asked for, by its sequence: chain, and every step run again under
 * the rules it names, with its outcome; then what hangs on it: exhibits, filings, projections.
 * TRO_NOT_FOUND when there is no such case. */
tro_status tro_audit_cases(tro_audit *a, tro_err *err) TRO_MUST_USE;

/* ---- projection_check.c ---- */

/* Writes the projection anew in a transaction that is rolled back, and compares. *out_count: of the
 * case's records; nothing is compared when somebody has added to them since they were replayed. */
tro_status tro_audit_projection(tro_audit *a, const tro_projection *projection, uint64_t *out_count,
	tro_err *err) TRO_MUST_USE;
/* The list of cases names none that has no record. */
tro_status tro_audit_case_rows(tro_audit *a, tro_err *err) TRO_MUST_USE;

#endif
