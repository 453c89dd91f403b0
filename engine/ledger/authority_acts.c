#include "ledger/authority_acts.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ledger/authority_forms.h"

/* ---- what judges and changes share ---- */

const char *tro_change_value(const tro_change *c, const char *name)
{
	for (size_t i = 0; i < c->fields->count; i++) {
		if (strcmp(c->fields->list[i].name, name) == 0) {
			return c->fields->list[i].value;
		}
	}
	return NULL;
}

const char *tro_change_keep(tro_change *c, const char *text)
{
	return tro_arena_strdup(c->authority->strings, text);
}

tro_status tro_change_member(member **out, const tro_change *c, tro_err *err)
{
	const char *id = tro_change_value(c, "person");

	*out = tro_authority_member(c->authority, id);
	return *out != NULL
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID, "'%s' is not enrolled in this store", id);
}

bool tro_change_other_registrar(const tro_change *c, const char *person_id)
{
	const tro_grant *grant;

	for (size_t i = 0; i < c->authority->member_count; i++) {
		const char *id = c->authority->members[i].person.id;

		if (strcmp(id, person_id) != 0 &&
			tro_authority_may_act(&grant, c->authority, id, TRO_ROLE_REGISTRAR, c->day,
				NULL) == TRO_OK) {
			return true;
		}
	}
	return false;
}

void tro_change_put_grant(member *m, const tro_grant *grant)
{
	m->grants[m->person.grant_count++] = *grant;
}

/* ---- grants ---- */

static const char *value_or_empty(const tro_change *c, const char *name)
{
	const char *value = tro_change_value(c, name);

	return value == NULL ? "" : value;
}

tro_status tro_grant_judge(tro_change *c, tro_err *err)
{
	const char *role = tro_change_value(c, "role");
	const char *from = tro_change_value(c, "from");
	const char *until = tro_change_value(c, "until");
	member *m;
	tro_status status = tro_change_member(&m, c, err);

	if (status != TRO_OK) {
		return status;
	}
	if (!tro_authority_role_exists(c->authority, role)) {
		return tro_err_set(err, TRO_INVALID, "this store has no role %s", role);
	}
	if (strcmp(role, TRO_ROLE_SERVICE) == 0 ||
		strcmp(m->person.id, c->authority->service) == 0) {
		return tro_err_set(err, TRO_INVALID,
			"the service acts in the role service and in no other, and nobody else "
			"does");
	}
	if (tro_change_value(c, "acting") != NULL && strcmp(role, TRO_ROLE_REGISTRAR) == 0) {
		return tro_err_set(err, TRO_INVALID, "a registrar holds no rank, acting or not");
	}
	if (tro_change_value(c, "acting") != NULL && !c->authority->acting_rank) {
		return tro_err_set(err, TRO_INVALID,
			"this store records no policy by which acting rank gives authority: a "
			"registrar records one with 'tro role acting accepted'");
	}
	if (from != NULL && until != NULL && strcmp(from, until) > 0) {
		return tro_err_set(err, TRO_INVALID,
			"a term from %s until %s ends before it begins", from, until);
	}
	return TRO_OK;
}

tro_status tro_grant_carry_out(tro_change *c, tro_err *err)
{
	member *m = tro_authority_member(c->authority, tro_change_value(c, "person"));
	tro_grant grant = {
		.role = tro_change_keep(c, tro_change_value(c, "role")),
		.rank = tro_change_keep(c, value_or_empty(c, "rank")),
		.office = tro_change_keep(c, value_or_empty(c, "office")),
		.force = tro_change_keep(c, value_or_empty(c, "force")),
		.from = tro_change_keep(c, value_or_empty(c, "from")),
		.until = tro_change_keep(c, value_or_empty(c, "until")),
		.acting = tro_change_value(c, "acting") != NULL,
		.granted_at = c->record->seq,
	};

	if (grant.role == NULL || grant.rank == NULL || grant.office == NULL ||
		grant.force == NULL || grant.from == NULL || grant.until == NULL ||
		!tro_authority_reserve_grant(m)) {
		return tro_err_nomem(err);
	}
	tro_change_put_grant(m, &grant);
	return TRO_OK;
}

tro_status tro_end_judge(tro_change *c, tro_err *err)
{
	const char *role = tro_change_value(c, "role");
	member *m;
	tro_status status = tro_change_member(&m, c, err);

	if (status != TRO_OK) {
		return status;
	}
	if (!tro_person_holds(&m->person, role)) {
		return tro_err_set(err, TRO_INVALID, "%s (%s) does not hold the role %s",
			m->person.id, m->person.name, role);
	}
	if (strcmp(role, TRO_ROLE_SERVICE) == 0) {
		return tro_err_set(err, TRO_INVALID, "the role service does not end");
	}
	if (strcmp(role, TRO_ROLE_REGISTRAR) == 0 && !tro_change_other_registrar(c, m->person.id)) {
		return tro_err_set(err, TRO_INVALID,
			"%s is the last registrar: grant the role to somebody else first",
			m->person.id);
	}
	return TRO_OK;
}

tro_status tro_end_carry_out(tro_change *c, tro_err *err)
{
	const char *role = tro_change_value(c, "role");
	member *m = tro_authority_member(c->authority, tro_change_value(c, "person"));

	(void)err; /* nothing is allocated */
	for (size_t i = 0; i < m->person.grant_count; i++) {
		if (strcmp(m->grants[i].role, role) == 0) {
			m->grants[i].ended = true;
		}
	}
	return TRO_OK;
}

/* ---- policy, adoption and clock ---- */

/* Any choice may be recorded again, with another reason. */
tro_status tro_rank_policy_judge(tro_change *c, tro_err *err)
{
	(void)c;
	(void)err;
	return TRO_OK;
}

tro_status tro_rank_policy_carry_out(tro_change *c, tro_err *err)
{
	(void)err; /* nothing is allocated */
	c->authority->acting_rank =
		strcmp(tro_change_value(c, "acting-rank"), TRO_FORM_ACCEPTED) == 0;
	return TRO_OK;
}

tro_status tro_adopt_judge(tro_change *c, tro_err *err)
{
	for (size_t i = 0; i < c->fields->count; i++) {
		const char *file = strchr(c->fields->list[i].value, ' ');

		for (size_t k = i + 1; k < c->fields->count; k++) {
			if (strcmp(file, strchr(c->fields->list[k].value, ' ')) == 0) {
				return tro_err_set(
					err, TRO_INVALID, "one record adopts%s twice", file);
			}
		}
	}
	return TRO_OK;
}

static bool read_adopted(tro_adopted *out, tro_change *c, const char *value)
{
	char kind[TRO_ID_SIZE];
	const char *name;

	if (!tro_form_read_file(out->sha256, kind, &name, value)) {
		return false;
	}
	out->kind = tro_change_keep(c, kind);
	out->name = tro_change_keep(c, name);
	out->adopted_at = c->record->seq;
	return out->kind != NULL && out->name != NULL;
}

static void put_adopted(tro_authority *authority, const tro_adopted *adopted)
{
	for (size_t i = 0; i < authority->adopted_count; i++) {
		tro_adopted *old = &authority->adopted[i];

		if (strcmp(old->kind, adopted->kind) == 0 &&
			strcmp(old->name, adopted->name) == 0) {
			*old = *adopted;
			return;
		}
	}
	authority->adopted[authority->adopted_count++] = *adopted;
}

tro_status tro_adopt_carry_out(tro_change *c, tro_err *err)
{
	tro_adopted *files = calloc(c->fields->count, sizeof(*files));
	bool good = files != NULL && tro_authority_reserve_adopted(c->authority, c->fields->count);

	for (size_t i = 0; good && i < c->fields->count; i++) {
		good = read_adopted(&files[i], c, c->fields->list[i].value);
	}
	for (size_t i = 0; good && i < c->fields->count; i++) {
		put_adopted(c->authority, &files[i]);
	}
	free(files);
	return good ? TRO_OK : tro_err_nomem(err);
}

tro_status tro_clock_judge(tro_change *c, tro_err *err)
{
	tro_time_us time;

	if (!c->authority->training) {
		return tro_err_set(err, TRO_INVALID, "a live store's clock cannot be set");
	}
	if (!tro_form_read_time(&time, tro_change_value(c, "set")) || time != c->record->time) {
		return tro_err_set(err, TRO_INVALID,
			"the record's time is not that of the clock that it sets");
	}
	return TRO_OK;
}

tro_status tro_clock_carry_out(tro_change *c, tro_err *err)
{
	(void)err; /* nothing is allocated */
	c->authority->has_clock = true;
	c->authority->clock = c->record->time;
	return TRO_OK;
}

tro_status tro_trust_judge(tro_change *c, tro_err *err)
{
	return tro_change_other_registrar(c, c->actor)
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID,
				 "two registrars say that a clock is trusted, and there is no "
				 "other than %s",
				 c->actor);
}

tro_status tro_trust_carry_out(tro_change *c, tro_err *err)
{
	const tro_time_us minute_us = (tro_time_us)60 * 1000000;
	const char *minutes = tro_change_value(c, "minutes");
	uint64_t count = 0;
	tro_clock_trust trust = {.reason = tro_change_keep(c, tro_change_value(c, "reason")),
		.proposed_by = tro_change_keep(c, c->actor),
		.proposed_at = c->authority->proposal.seq,
		.agreed_by = tro_change_keep(c, c->record->actor),
		.agreed_at = c->record->seq};

	if (trust.reason == NULL || trust.proposed_by == NULL || trust.agreed_by == NULL ||
		!tro_form_read_time(&trust.from, tro_change_value(c, "clock")) ||
		!tro_decimal_parse(&count, minutes, strlen(minutes))) {
		return tro_err_nomem(err); /* the forms of both were looked at */
	}
	/* Not from the record's time, which may be that of a record from the future. */
	trust.until = trust.from + (tro_time_us)count * minute_us;
	c->authority->trust = trust;
	return TRO_OK;
}
