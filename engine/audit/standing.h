/*
 * What an act's authority rests on that a reader has to weigh: acting rank, which counts by the
 * store's recorded policy alone, a clock that two registrars trusted although it was wrong, and
 * keys that were called suspect after they had signed.
 */
#ifndef TRO_AUDIT_STANDING_H
#define TRO_AUDIT_STANDING_H

#include <tro/verify.h>

#include "ledger/authority.h"
#include "store/store.h"

/* A note on the record at `place` when its actor's grant, as of the authority given, is of acting
 * rank. */
tro_status tro_standing_note_acting(const tro_authority *authority, const tro_record *record,
	const char *place, tro_findings *findings, tro_err *err) TRO_MUST_USE;

/* A note on the registry's record at `place` when, as of the authority that it gave, it put into
 * effect that records are signed although the clock is wrong. Times are judged as without it. */
tro_status tro_standing_note_trust(const tro_authority *authority, const tro_record *record,
	const char *place, tro_findings *findings, tro_err *err) TRO_MUST_USE;

/* A finding, and the verdict KEY-DISPUTED, for each record that was signed by a key which the
 * registry revoked as suspect, if it is of suspect-from or later: because its own time says so, or
 * because a record before it in the log bears such a time. A thief chooses the time of a record;
 * its place in the log they do not. authority is as of the end of the log, whose records have
 * been verified; a signature that is not good is another, worse finding. Reads the log once if any
 * key is suspect, else not at all. */
tro_status tro_standing_check_keys(tro_verdict *io_verdict, const tro_authority *authority,
	tro_store *store, tro_findings *findings, tro_err *err) TRO_MUST_USE;

#endif
