/*
 * Signature checks on two threads. Checking a record's signature takes longer than all else about
 * it, and nothing but a finding hangs on the result: so a check is asked for, verification goes on,
 * and a second thread works through what was asked. Who asked lends a hand when too much waits and
 * at the end.
 *
 * What comes of it is the same whoever checked what and in which order: the results are given at
 * the end, in the order in which they were asked for.
 *
 * The second thread reads copies and calls nothing but the checking of one note by one key, which
 * shares only the table of keys that were found good (crypto/ed25519.c, under a lock) and
 * libgcrypt, which is started before and locks for itself.
 */
#ifndef TRO_AUDIT_SIGNATURES_H
#define TRO_AUDIT_SIGNATURES_H

#include <stddef.h>
#include <stdint.h>
#include <tro/err.h>

#include "ledger/note.h"
#include "store/store.h"

/* The signature of a record by the key of the person whom it names. TRO_KEY; the texts of
 * tro_note_verify. */
tro_status tro_signature_check(
	const tro_note *note, const tro_vkey *key, tro_err *err) TRO_MUST_USE;

typedef struct tro_signatures tro_signatures;

/* Where no second thread can be had, who asks does it all. */
tro_status tro_signatures_new(tro_signatures **out, tro_err *err) TRO_MUST_USE;
/* Whatever was not checked yet is dropped. */
void tro_signatures_free(tro_signatures *signatures);

/* To be checked; all is copied. place and mark come back with a result that is not good: where the
 * record is, and how many findings there were before it. Memory for what waits is bounded. */
tro_status tro_signatures_ask(tro_signatures *signatures, const tro_stored_record *stored,
	const tro_vkey *key, const char *place, size_t mark, tro_err *err) TRO_MUST_USE;
/* How many have been checked by now. */
uint64_t tro_signatures_done(tro_signatures *signatures);

/* A signature that is not good: why, as tro_signature_check says. */
typedef struct tro_signature_fault {
	const char *place;
	size_t mark;
	tro_status status;
	const char *message;
} tro_signature_fault;

/* Checks one that waits, in this thread. False when none does: then all were begun. */
bool tro_signatures_help(tro_signatures *signatures);
/* Waits until all are checked. TRO_NOMEM when memory ran out in either thread. Then the faults can
 * be read, in the order of asking; borrowed until the freeing. */
tro_status tro_signatures_finish(tro_signatures *signatures, tro_err *err) TRO_MUST_USE;
size_t tro_signatures_fault_count(const tro_signatures *signatures);
tro_signature_fault tro_signatures_fault_at(const tro_signatures *signatures, size_t index);

#endif
