#include <stdlib.h>
#include <string.h>

#include "ledger/authority_state.h"

/* ---- keeping ---- */

tro_authority *tro_authority_new(void)
{
	tro_authority *authority = calloc(1, sizeof(*authority));

	if (authority == NULL) {
		return NULL;
	}
	authority->strings = tro_arena_new();
	if (authority->strings == NULL) {
		free(authority);
		return NULL;
	}
	return authority;
}

void tro_authority_free(tro_authority *authority)
{
	if (authority == NULL) {
		return;
	}
	for (size_t i = 0; i < authority->member_count; i++) {
		free(authority->members[i].grants);
	}
	tro_proposal_drop(&authority->proposal);
	free(authority->members);
	free(authority->keys);
	free(authority->adopted);
	tro_arena_free(authority->strings);
	free(authority);
}

/* The array, grown if need be; NULL when out of memory, with the array as it was. */
static void *grow(void *array, size_t *cap, size_t need, size_t size)
{
	size_t wanted = *cap < 8 ? 8 : *cap;

	if (need <= *cap) {
		return array;
	}
	while (wanted < need) {
		wanted *= 2;
	}
	void *grown = realloc(array, wanted * size);

	if (grown != NULL) {
		*cap = wanted;
	}
	return grown;
}

bool tro_authority_reserve_members(tro_authority *a, size_t extra)
{
	member *grown =
		grow(a->members, &a->member_cap, a->member_count + extra, sizeof(*a->members));

	a->members = grown != NULL ? grown : a->members;
	return grown != NULL;
}

bool tro_authority_reserve_keys(tro_authority *a, size_t extra)
{
	tro_key_life *grown = grow(a->keys, &a->key_cap, a->key_count + extra, sizeof(*a->keys));

	a->keys = grown != NULL ? grown : a->keys;
	return grown != NULL;
}

bool tro_authority_reserve_adopted(tro_authority *a, size_t extra)
{
	tro_adopted *grown =
		grow(a->adopted, &a->adopted_cap, a->adopted_count + extra, sizeof(*a->adopted));

	a->adopted = grown != NULL ? grown : a->adopted;
	return grown != NULL;
}

bool tro_authority_reserve_grant(member *m)
{
	tro_grant *grown =
		grow(m->grants, &m->grant_cap, m->person.grant_count + 1, sizeof(*m->grants));

	m->grants = grown != NULL ? grown : m->grants;
	m->person.grants = m->grants;
	return grown != NULL;
}

void tro_proposal_drop(proposal *p)
{
	tro_fields_done(&p->fields);
	*p = (proposal){0};
}

/* ---- reading ---- */

uint64_t tro_authority_count(const tro_authority *authority)
{
	return authority->count;
}

bool tro_authority_head(const tro_authority *authority, uint8_t out[32])
{
	if (authority->count == 0) {
		return false;
	}
	memcpy(out, authority->head, sizeof(authority->head));
	return true;
}

const char *tro_authority_origin(const tro_authority *authority)
{
	return authority->origin == NULL ? "" : authority->origin;
}

bool tro_authority_training(const tro_authority *authority)
{
	return authority->training;
}

const tro_vkey *tro_authority_log_key(const tro_authority *authority)
{
	return &authority->log_key;
}

const char *tro_authority_service(const tro_authority *authority)
{
	return authority->service == NULL ? "" : authority->service;
}

bool tro_authority_clock(const tro_authority *authority, tro_time_us *out)
{
	if (authority->has_clock) {
		*out = authority->clock;
	}
	return authority->has_clock;
}

bool tro_authority_pending(const tro_authority *authority, uint8_t out[32])
{
	if (authority->proposal.rule == NULL) {
		return false;
	}
	memcpy(out, authority->proposal.hash, sizeof(authority->proposal.hash));
	return true;
}

bool tro_authority_clock_trust(const tro_authority *authority, tro_clock_trust *out)
{
	*out = authority->trust;
	return authority->trust.agreed_by != NULL;
}

tro_time_us tro_authority_last_time(const tro_authority *authority)
{
	return authority->last_time;
}

uint64_t tro_authority_pending_seq(const tro_authority *authority)
{
	return authority->proposal.seq;
}

bool tro_authority_acting_rank(const tro_authority *authority)
{
	return authority->acting_rank;
}

size_t tro_authority_person_count(const tro_authority *authority)
{
	return authority->member_count;
}

const tro_person *tro_authority_person_at(const tro_authority *authority, size_t index)
{
	return &authority->members[index].person;
}

member *tro_authority_member(const tro_authority *authority, const char *id)
{
	for (size_t i = 0; i < authority->member_count; i++) {
		if (strcmp(authority->members[i].person.id, id) == 0) {
			return &authority->members[i];
		}
	}
	return NULL;
}

const tro_person *tro_authority_person(const tro_authority *authority, const char *id)
{
	const member *m = tro_authority_member(authority, id);

	return m == NULL ? NULL : &m->person;
}

const tro_person *tro_authority_person_by_key(
	const tro_authority *authority, const uint8_t public_key[32])
{
	for (size_t i = 0; i < authority->member_count; i++) {
		const tro_person *person = &authority->members[i].person;

		if ((person->has_key && memcmp(person->key.public_key, public_key, 32) == 0) ||
			(person->has_spare &&
				memcmp(person->spare.public_key, public_key, 32) == 0)) {
			return person;
		}
	}
	return NULL;
}

size_t tro_authority_key_count(const tro_authority *authority)
{
	return authority->key_count;
}

const tro_key_life *tro_authority_key_at(const tro_authority *authority, size_t index)
{
	return &authority->keys[index];
}

const tro_vkey *tro_person_key_in(const tro_person *person, const tro_note *note)
{
	for (size_t i = 0; person->has_spare && i < note->signature_count; i++) {
		const tro_note_signature *s = &note->signatures[i];

		if (strlen(person->spare.name) == s->name_len &&
			memcmp(person->spare.name, s->name, s->name_len) == 0 &&
			memcmp(person->spare.id, s->id, sizeof(s->id)) == 0) {
			return &person->spare;
		}
	}
	return &person->key;
}

const tro_key_life *tro_authority_key_life(
	const tro_authority *authority, const uint8_t public_key[32])
{
	for (size_t i = 0; i < authority->key_count; i++) {
		if (memcmp(authority->keys[i].key.public_key, public_key, 32) == 0) {
			return &authority->keys[i];
		}
	}
	return NULL;
}

bool tro_authority_role_exists(const tro_authority *authority, const char *role)
{
	for (size_t i = 0; i < authority->role_count; i++) {
		if (strcmp(authority->roles[i], role) == 0) {
			return true;
		}
	}
	return authority->count > 0 && strcmp(role, TRO_ROLE_SERVICE) == 0;
}

bool tro_person_holds(const tro_person *person, const char *role)
{
	for (size_t i = 0; i < person->grant_count; i++) {
		if (!person->grants[i].ended && strcmp(person->grants[i].role, role) == 0) {
			return true;
		}
	}
	return false;
}

/* Dates in ISO 8601 sort as text. */
static bool in_term(const tro_grant *grant, const char *day)
{
	return (grant->from[0] == '\0' || strcmp(grant->from, day) <= 0) &&
	       (grant->until[0] == '\0' || strcmp(day, grant->until) <= 0);
}

/* Acting rank counts by policy alone. */
static bool counts(const tro_authority *authority, const tro_grant *grant)
{
	return !grant->acting || authority->acting_rank;
}

/* Why the person may not: about the last grant of the role, if there was one. */
static tro_status no_grant(const tro_authority *authority, const tro_person *person,
	const char *role, const char *day, tro_err *err)
{
	const tro_grant *last = NULL;

	for (size_t i = 0; i < person->grant_count; i++) {
		const tro_grant *grant = &person->grants[i];

		if (strcmp(grant->role, role) == 0 && (last == NULL || !grant->ended)) {
			last = grant;
		}
	}
	if (last == NULL) {
		return tro_err_set(err, TRO_KEY,
			"%s (%s) does not hold the role %s: a registrar can grant it", person->id,
			person->name, role);
	}
	if (last->ended) {
		return tro_err_set(err, TRO_KEY,
			"%s (%s) no longer holds the role %s: its grant was ended", person->id,
			person->name, role);
	}
	if (!counts(authority, last)) {
		return tro_err_set(err, TRO_KEY,
			"%s (%s) may not act as %s: the rank is acting, and this store's policy is "
			"that acting rank gives no authority",
			person->id, person->name, role);
	}
	return tro_err_set(err, TRO_KEY, "%s (%s) may not act as %s on %s: the grant runs%s%s%s%s",
		person->id, person->name, role, day, last->from[0] != '\0' ? " from " : "",
		last->from, last->until[0] != '\0' ? " until " : "", last->until);
}

tro_status tro_authority_may_act(const tro_grant **out, const tro_authority *authority,
	const char *person_id, const char *role, tro_date day, tro_err *err)
{
	const tro_person *person = tro_authority_person(authority, person_id);
	char text[TRO_DATE_TEXT_SIZE];

	*out = NULL;
	if (person == NULL) {
		return tro_err_set(err, TRO_KEY, "'%s' is not enrolled in this store", person_id);
	}
	if (!person->has_key) {
		return tro_err_set(err, TRO_KEY,
			"the key of %s (%s) was revoked: a registrar can enrol a new one with a "
			"rotation",
			person->id, person->name);
	}
	tro_date_format(text, day);
	for (size_t i = person->grant_count; i > 0; i--) {
		const tro_grant *grant = &person->grants[i - 1];

		if (strcmp(grant->role, role) == 0 && !grant->ended && in_term(grant, text) &&
			counts(authority, grant)) {
			*out = grant;
			return TRO_OK;
		}
	}
	return no_grant(authority, person, role, text, err);
}

const tro_adopted *tro_authority_adopted(
	const tro_authority *authority, const char *kind, const char *name)
{
	for (size_t i = 0; i < authority->adopted_count; i++) {
		const tro_adopted *adopted = &authority->adopted[i];

		if (strcmp(adopted->name, name) == 0 && strcmp(adopted->kind, kind) == 0) {
			return adopted;
		}
	}
	return NULL;
}

size_t tro_authority_adopted_count(const tro_authority *authority)
{
	return authority->adopted_count;
}

const tro_adopted *tro_authority_adopted_at(const tro_authority *authority, size_t index)
{
	return &authority->adopted[index];
}
