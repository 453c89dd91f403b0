/*
 * Erasures in the records of a case.
 *
 * An erasure is two records by two persons: erase.propose, then erase, whose payload is
 *   <erase seq person role rank time><proposal/><session>...</session></erase>
 * with the whole session as redaction left it (redact.h). What it destroyed is told by the newest
 * <erasure> of that session's <keeping>, and what earlier erasures did by those before it.
 *
 * Replay runs a case's steps up to the first record whose outcome has lost its salt. From there on
 * nothing can be run; what is still there is held against its record. At the next record "erase"
 * whose payload is there the session is restored from it, on these conditions: it says of itself
 * who did it and when, as the record does; it names a proposal that another person signed; and
 * every payload and salt that is missing since is one that it, or an erasure before it, says was
 * destroyed. A salt or payload that is missing otherwise makes the case INVALID.
 */
#ifndef TRO_CASE_ERASURE_H
#define TRO_CASE_ERASURE_H

#include "case/case_internal.h"

/* The record that tells of the erasure by which record `seq` of the case lost the salt of its
 * outcome, or with `payload` its payload. TRO_NOT_FOUND when no later record does. Its own form and
 * commitments are for replay to check. */
tro_status tro_erasure_covering(uint64_t *out_seq, tro_store *store, const char *case_id,
	uint64_t seq, bool payload, tro_err *err) TRO_MUST_USE;

/* Restores the session from the payload of a record "erase". `from` is the first record since which
 * replay has no session, or the record's own seq. TRO_INVALID when a condition above does not hold.
 */
tro_status tro_erasure_resume(tro_session **out, const tro_rules *rules, tro_store *store,
	const tro_record *record, tro_xml_node *data, uint64_t from, tro_err *err) TRO_MUST_USE;

/* Is seq among those of the list "0-3 7"? */
bool tro_erasure_destroyed(const char *ranges, uint64_t seq);

#endif
