/*
 * Authority: who may act, judged from the registry's records alone and by their order, never by the
 * clock.
 *
 * The registry is the case "registry". Its payloads are `field value` lines, so that a shell can
 * read them. One table in authority.c says for each registry event which fields it has, who may
 * sign it and what it changes. An authority value is the state after the records applied so far;
 * applying the next record either changes it or refuses it.
 */
#ifndef TRO_LEDGER_AUTHORITY_H
#define TRO_LEDGER_AUTHORITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/time.h>

#include "ledger/fields.h"
#include "ledger/note.h"
#include "ledger/record.h"

/* A role that genesis must define, and one that it must not: the service person alone has it. */
#define TRO_ROLE_REGISTRAR "registrar"
#define TRO_ROLE_SERVICE "service"

typedef struct tro_authority tro_authority;

/* clang-format off */
/*
 * Events and their fields, in this order ("*" one or more, "?" may be absent). SHA256 is bare hex.
 *
 * genesis  log ORIGIN                  ends in /training in a training store and in no other
 *          mode training|live
 *          clock TIME ?                training only: the clock stands there from the start, and
 *                                      TIME is the record's own time
 *          log-key VKEY                of type 0x01, named like the log
 *          registrars-required 1|2
 *          role NAME *                 an id (record.h) each; registrar is among them, service not
 *          registrar ID VKEY NAME      NAME may hold blanks; is granted role registrar
 *          service ID VKEY             who ticks; may act in role service and in no other
 *          witness-policy none
 *          Signed by the registrar named.
 * enrol    person ID                   new
 *          enrolment BASE64            the whole tro-enrol/v1 note, which proves possession of a
 *                                      key that was never enrolled; names the person
 *          spare BASE64 ?              the same of a second key, by the same name: it signs for the
 *                                      person too, and takes the place of the first when that is
 *                                      revoked, so that nobody waits for a registrar
 * grant    person ID, role NAME, rank TEXT ?, office TEXT ?, force TEXT ?, from DATE ?,
 *          until DATE ?, acting yes ?  not of role service, nor to the service. acting: the rank is held
 *                                      for a time only; not of role registrar; holds while the
 *                                      policy on acting rank is "accepted"
 * end      person ID, role NAME, reason TEXT
 *                                      ends all grants of the role to the person
 * rotate   person ID, enrolment BASE64 ?, spare BASE64 ?
 *                                      at least one, by the same name; each new key replaces the
 *                                      old one of its kind, if any; a spare needs a first key
 * revoke   person ID, key VKEY, suspect-from TIME ?, reason TEXT
 *                                      a key that the person has or had; if the first of now, its
 *                                      spare takes its place. What it signed from suspect-from on
 *                                      is disputed
 * policy   acting-rank accepted|refused, reason TEXT
 *                                      whether acting or temporary rank gives authority: no law
 *                                      says it, so the force does; refused until it is recorded
 * adopt    file SHA256 KIND NAME *     KIND is an id, NAME of letters, digits and ._-/; a later
 *                                      adoption of the same kind and name supersedes the earlier
 *                                      one for what happens afterwards
 * clock    set TIME                    training only, never backwards; the record's own time
 * trust-clock  clock TIME, minutes N,  records are signed although the clock is behind the log's
 *              reason TEXT             newest record or off the witnesses'; by two registrars, see
 *                                      below; TIME is what that clock says at the proposal, and 1
 *                                      to 1440 minutes of it from there on
 * agree    record SHA256               see below
 *
 * All but genesis are signed by a person who may act as registrar on the civil day (Europe/London)
 * of the record's time. TEXT has at most 256 bytes. Times in the registry never go back, and once a
 * clock is set each record bears its time. The last person who can act as registrar cannot be
 * deprived of that.
 *
 * With registrars-required 2, a record that grants or ends role registrar, or rotates or revokes
 * the key of somebody who holds it, changes nothing by itself as long as there is a second person
 * to agree: it waits until an `agree` by another registrar names it by its hash, and takes effect
 * with that. One such record waits at a time; a newer one takes its place. The service holds no such
 * role: one registrar rotates or revokes its key.
 *
 * A trust-clock waits for a second registrar in every store, and cannot be proposed where there is
 * none. It lets nothing pass in verification.
 *
 * Registry records other than genesis have registry = the hash of the registry's previous record.
 */
/* clang-format on */

/* The state before genesis. NULL when out of memory. */
tro_authority *tro_authority_new(void) TRO_MUST_USE;
void tro_authority_free(tro_authority *authority);

/* Judges and applies registry record `record` and its payload. The caller has verified its
 * signature with the current key of its actor (tro_authority_person), for genesis with the key
 * inside the payload (tro_authority_genesis_key); that prev is the head; and that the record
 * commits to the payload. note_hash is the record's hash, which the state's head becomes. TRO_KEY
 * when the signer may not do this; TRO_INVALID when the record or the payload is malformed or does
 * not fit; TRO_NOMEM. Unchanged unless TRO_OK. */
tro_status tro_authority_apply(tro_authority *authority, const tro_record *record,
	const char *payload, size_t payload_len, const uint8_t note_hash[32],
	tro_err *err) TRO_MUST_USE;
/* The key that must have signed genesis, read from its payload. */
tro_status tro_authority_genesis_key(
	tro_vkey *out, const char *payload, size_t payload_len, tro_err *err) TRO_MUST_USE;

/* --- reading; strings are borrowed until the next apply or free --- */
uint64_t tro_authority_count(const tro_authority *authority);		  /* records applied */
bool tro_authority_head(const tro_authority *authority, uint8_t out[32]); /* false before genesis */
const char *tro_authority_origin(const tro_authority *authority);
bool tro_authority_training(const tro_authority *authority);
/* Meaningless before genesis. */
const tro_vkey *tro_authority_log_key(const tro_authority *authority);
const char *tro_authority_service(const tro_authority *authority); /* person id */
/* A training store's clock, once set, stands still until it is set again. False when time is real.
 */
bool tro_authority_clock(const tro_authority *authority, tro_time_us *out);

enum { TRO_CLOCK_TRUST_MAX_MINUTES = 24 * 60 };
#define TRO_EVENT_TRUST_CLOCK "trust-clock"

/* That records are signed although the clock is wrong. */
typedef struct tro_clock_trust {
	tro_time_us from, until; /* by that clock */
	const char *reason, *proposed_by, *agreed_by;
	uint64_t proposed_at, agreed_at; /* seqs of the registry's records */
} tro_clock_trust;
/* The last that took effect, whether or not it is over; false when there was none. */
bool tro_authority_clock_trust(const tro_authority *authority, tro_clock_trust *out);
/* Of the last record; meaningless before genesis. */
tro_time_us tro_authority_last_time(const tro_authority *authority);

/* The hash of the record that waits for a second registrar; false when none does. */
bool tro_authority_pending(const tro_authority *authority, uint8_t out[32]);
/* Its event; NULL when none waits. */
const char *tro_authority_pending_event(const tro_authority *authority);
/* Its seq in the registry; meaningless when none waits. */
uint64_t tro_authority_pending_seq(const tro_authority *authority);
/* Does acting rank give authority, by the policy recorded last? */
bool tro_authority_acting_rank(const tro_authority *authority);

typedef struct tro_grant {
	const char *role, *rank, *office, *force; /* "" when not given */
	const char *from, *until;		  /* dates or "" */
	bool acting;
	bool ended;
	uint64_t granted_at; /* seq of the registry record */
} tro_grant;
typedef struct tro_person {
	const char *id;
	const char *name;
	tro_vkey key; /* the current key */
	bool has_key; /* false once revoked without a new one */
	tro_vkey spare;
	bool has_spare; /* never without has_key */
	const tro_grant *grants;
	size_t grant_count;
} tro_person;
/* A key from its enrolment on, through rotation and revocation; seqs are of registry records. */
typedef struct tro_key_life {
	const char *person_id; /* "" for the log's own key */
	tro_vkey key;
	uint64_t begun_at;
	bool ended; /* rotated away or revoked */
	uint64_t ended_at;
	bool revoked;
	uint64_t revoked_at;
	bool has_suspect_from; /* what it signed from then on is disputed */
	tro_time_us suspect_from;
} tro_key_life;
size_t tro_authority_person_count(const tro_authority *authority);
const tro_person *tro_authority_person_at(const tro_authority *authority, size_t index);
const tro_person *tro_authority_person(
	const tro_authority *authority, const char *id); /* NULL if unknown */
/* The person whose current or spare key this is; NULL if it is nobody's, or no longer. */
const tro_person *tro_authority_person_by_key(
	const tro_authority *authority, const uint8_t public_key[32]);
/* Every key that was ever enrolled, and the log's, in the order of the log. */
size_t tro_authority_key_count(const tro_authority *authority);
const tro_key_life *tro_authority_key_at(const tro_authority *authority, size_t index);
/* Of the person's two keys the one that the note's signature names; the current one when it names
 * neither. The person has a key. Borrowed from the person. */
const tro_vkey *tro_person_key_in(const tro_person *person, const tro_note *note);
/* NULL for a key that was never enrolled. */
const tro_key_life *tro_authority_key_life(
	const tro_authority *authority, const uint8_t public_key[32]);
/* A role of genesis, or "service". */
bool tro_authority_role_exists(const tro_authority *authority, const char *role);
/* The grant under which the person may act in the role on that civil day (term inclusive), as of
 * the records applied: the newest that fits. TRO_KEY says why not; somebody without a key may not.
 */
tro_status tro_authority_may_act(const tro_grant **out, const tro_authority *authority,
	const char *person_id, const char *role, tro_date day, tro_err *err) TRO_MUST_USE;

typedef struct tro_adopted {
	const char *kind, *name;
	uint8_t sha256[32];
	uint64_t adopted_at; /* seq of the registry record */
} tro_adopted;
/* The current adoption of a kind and name; NULL if none. */
const tro_adopted *tro_authority_adopted(
	const tro_authority *authority, const char *kind, const char *name);
size_t tro_authority_adopted_count(const tro_authority *authority);
const tro_adopted *tro_authority_adopted_at(const tro_authority *authority, size_t index);

#endif
