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

#include "ledger/note.h"
#include "ledger/record.h"

#define TRO_REGISTRY_CASE "registry"

typedef struct tro_authority tro_authority;

/* One `field value` line of a registry payload. */
typedef struct tro_field {
	const char *name;  /* lower-case letters, digits, '-' */
	const char *value; /* one line of UTF-8 without control characters; may hold blanks; not
			      empty */
} tro_field;

/* Appends the lines. TRO_INVALID when a field cannot be written. */
tro_status tro_fields_format(
	tro_buf *out, const tro_field *fields, size_t count, tro_err *err) TRO_MUST_USE;

/*
 * Events and fields ("*" may repeat, "?" may be absent), in this order:
 *
 * genesis  log ORIGIN, mode training|live, clock TIME? (training only: the clock stands there from
 * the start), log-key VKEY, registrars-required 1|2, role NAME* ("registrar" must be among them),
 * registrar ID VKEY NAME (NAME may hold blanks; the person is granted role registrar), service ID
 * VKEY (the person that ticks; may act in the reserved role "service" and no other), witness-policy
 * none. Signed by the registrar named. enrol    person ID, enrolment BASE64 (the note of
 * tro-enrol/v1, whose key proves possession) grant    person ID, role NAME, rank RANK?, office
 * TEXT?, force TEXT?, from DATE?, until DATE?, acting yes? end      person ID, role NAME, reason
 * TEXT rotate   person ID, enrolment BASE64 (new key; the old one ends) revoke   person ID, key
 * VKEY, suspect-from TIME?, reason TEXT adopt    file SHA256 KIND NAME*  (definition, calendar,
 * register, template, rank list, ...; a later adoption of the same name supersedes the earlier one
 * for what happens afterwards) clock    set TIME (training only; never backwards; the record's own
 * time is TIME)
 *
 * All but genesis are signed by a person who holds role registrar then. Registry records other than
 * genesis have registry = the hash of the registry's previous record.
 */

/* The state before genesis. NULL when out of memory. */
tro_authority *tro_authority_new(void) TRO_MUST_USE;
void tro_authority_free(tro_authority *authority);

/* Judges and applies registry record `record` (whose signature the caller has verified with the key
 * that tro_authority_key names; for genesis, with the key inside the payload, see
 * tro_authority_genesis_key) and its payload. note_hash is the record's hash, which the state's
 * head becomes. TRO_KEY when the signer may not do this; TRO_INVALID when the payload is malformed
 * or does not fit. Unchanged when refused. */
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
const tro_vkey *tro_authority_log_key(const tro_authority *authority);
const char *tro_authority_service(const tro_authority *authority); /* person id */
/* A training store's clock, once set, stands still until it is set again. False when time is real.
 */
bool tro_authority_clock(const tro_authority *authority, tro_time_us *out);

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
	const tro_grant *grants;
	size_t grant_count;
} tro_person;
size_t tro_authority_person_count(const tro_authority *authority);
const tro_person *tro_authority_person_at(const tro_authority *authority, size_t index);
const tro_person *tro_authority_person(
	const tro_authority *authority, const char *id); /* NULL if unknown */
const tro_person *tro_authority_person_by_key(
	const tro_authority *authority, const uint8_t public_key[32]);
bool tro_authority_role_exists(const tro_authority *authority, const char *role);
/* The grant under which the person may act in the role on that day (term inclusive), as of the
 * records applied; TRO_KEY says why not. */
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
