/*
 * What an authority value holds, for authority.c, which changes it, and authority_state.c, which
 * keeps and reads it. No other file includes this.
 *
 * Changes come in two halves, so that a refusal leaves no trace: room is made first, which may fail
 * and cannot be seen; then what was made room for is put in place, which cannot fail.
 */
#ifndef TRO_LEDGER_AUTHORITY_STATE_H
#define TRO_LEDGER_AUTHORITY_STATE_H

#include "base/arena.h"
#include "ledger/authority.h"

typedef struct member {
	tro_person person;
	tro_grant *grants; /* what person.grants points at */
	size_t grant_cap;
} member;

/* A registrar's change that waits for a second registrar. */
typedef struct proposal {
	const struct event_rule *rule; /* NULL when nothing waits */
	tro_fields fields;
	const char *actor;
	uint8_t hash[32]; /* of its record's note */
	uint64_t seq;
} proposal;

struct tro_authority {
	tro_arena *strings;
	const char *origin; /* NULL before genesis */
	bool training;
	tro_vkey log_key;
	bool two_registrars;
	bool acting_rank; /* accepted by policy */
	const char *service;
	const char **roles;
	size_t role_count;
	bool has_clock;
	tro_time_us clock;
	tro_clock_trust trust; /* the last; agreed_by NULL when there was none */
	tro_time_us last_time; /* of the last record */
	uint64_t count;
	uint8_t head[32];
	proposal proposal;
	member *members;
	size_t member_count, member_cap;
	tro_key_life *keys; /* every key that was ever enrolled, and the log's */
	size_t key_count, key_cap;
	tro_adopted *adopted;
	size_t adopted_count, adopted_cap;
};

/* Room for `extra` more; false when out of memory. */
bool tro_authority_reserve_members(tro_authority *authority, size_t extra);
bool tro_authority_reserve_keys(tro_authority *authority, size_t extra);
bool tro_authority_reserve_adopted(tro_authority *authority, size_t extra);
bool tro_authority_reserve_grant(member *m);

member *tro_authority_member(const tro_authority *authority, const char *id);
/* Is there a grant of the role that has not been ended, whatever its term? */
bool tro_person_holds(const tro_person *person, const char *role);
void tro_proposal_drop(proposal *p);

#endif
