/*
 * Redaction: the session of a case as it stands once data is erased, and the list of what has to be
 * destroyed so that nobody finds that data again.
 *
 * The whole case: its document, findings, filings and the matters' own data go; what remains is
 * which matters there were and in which states, and who did what when, as the records say anyway.
 * Every payload, every salt, every filing and every file of the case is destroyed. Refused while a
 * deadline runs, because nothing could be done about it afterwards.
 *
 * Parts, named by XPaths into the case document, as 'tro show --since' prints them (an attribute,
 * or an element with all below it). In order:
 *  1. Every version of the document that the records give is looked through: what the paths name in
 *     any of them is the data. Its values that tell something are its traces (traces.h).
 *  2. What they name is taken out of the document, or emptied where its grammar wants the element.
 *     Words that stand elsewhere in what remains as a value are no traces: they are not erased.
 *  3. Filings that hold a trace, and exhibits that the paths name, are destroyed. Hashes of both
 *     are traces, too, because the bytes around the data may be known and the data guessed; where
 *     the document keeps a filing's hash, zeros take its place.
 *  4. Payloads that hold a trace are destroyed, and the salts of all outcomes from the first record
 *     that had the data to this one: no outcome in between could be checked any more, as no step
 *     can be run again without its payload.
 *  5. A trace that stands somewhere else in what remains refuses the erasure and says where, so
 *     that a person names that place as well or changes it first. Exhibits that hold a trace and
 *     are kept give a warning.
 */
#ifndef TRO_CASE_REDACT_H
#define TRO_CASE_REDACT_H

#include "case/case_internal.h"

typedef struct tro_redaction {
	bool whole;
	tro_session *session; /* as it stands afterwards; with this erasure in its <keeping> */
	uint64_t from;	      /* salts of the outcomes from this record on are destroyed */
	uint64_t *payloads;   /* seqs of records whose payload is destroyed, ascending */
	size_t payload_count;
	uint8_t *blobs; /* filings: 32 bytes each */
	size_t blob_count;
	uint8_t *exhibits; /* files, unless whole: 32 bytes each */
	size_t exhibit_count;
} tro_redaction;

/* What the proposal that waits in the case asks for, as done by `step` (the act "erase"). findings:
 * why it is refused (TRO_REFUSED, TRO_INVALID for a path that is none), or warnings. The case is
 * unchanged. */
tro_status tro_redact(tro_redaction *out, const tro_case *c, const tro_step *step,
	tro_findings *findings, tro_err *err) TRO_MUST_USE;
void tro_redaction_done(tro_redaction *redaction);

#endif
