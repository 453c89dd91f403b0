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

static tro_status judge_fresh_key(const tro_change *c, const uint8_t public_key[32], tro_err *err)
{
	const tro_key_life *life = tro_authority_key_life(c->authority, public_key);

	if (life == NULL) {
		return TRO_OK;
	}
	return tro_err_set(err, TRO_INVALID,
		"this key was enrolled before, by the registry's record %llu: a key is enrolled "
		"once and never again",
		(unsigned long long)life->begun_at);
}

static tro_status find_member(member **out, const tro_change *c, tro_err *err)
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

static void put_key(tro_change *c, member *m, const tro_vkey *key)
{
	m->person.key = *key;
	m->person.has_key = true;
	c->authority->keys[c->authority->key_count++] =
		(tro_key_life){.person_id = m->person.id, .key = *key, .begun_at = c->record->seq};
}

member *tro_change_put_member(tro_change *c, const char *id, const char *name, const tro_vkey *key)
{
	member *m = &c->authority->members[c->authority->member_count++];

	*m = (member){.person = {.id = id, .name = name}};
	put_key(c, m, key);
	return m;
}

void tro_change_put_grant(member *m, const tro_grant *grant)
{
	m->grants[m->person.grant_count++] = *grant;
}

/* ---- people and their keys ---- */

/* The enrolment note inside the field: of this log, with a key that was never seen. */
static tro_status judge_enrolment(tro_change *c, tro_err *err)
{
	uint8_t bytes[TRO_FORM_ENROLMENT_MAX];
	const char *encoded = tro_change_value(c, "enrolment");
	size_t len = 0;

	if (!tro_base64_decode(bytes, sizeof(bytes), &len, encoded, strlen(encoded))) {
		return tro_err_set(err, TRO_INVALID, "the enrolment is not base64");
	}
	tro_status status = tro_enrolment_parse(&c->enrolment, (const char *)bytes, len, err);

	if (status != TRO_OK) {
		return status;
	}
	if (strcmp(c->enrolment.log, c->authority->origin) != 0) {
		return tro_err_set(err, TRO_INVALID,
			"this enrolment was made for the log %s, not for %s", c->enrolment.log,
			c->authority->origin);
	}
	return judge_fresh_key(c, c->enrolment.vkey.public_key, err);
}

tro_status tro_enrol_judge(tro_change *c, tro_err *err)
{
	const char *id = tro_change_value(c, "person");

	if (tro_authority_person(c->authority, id) != NULL) {
		return tro_err_set(err, TRO_INVALID,
			"'%s' is enrolled already: give the person a new key by rotation", id);
	}
	return judge_enrolment(c, err);
}

tro_status tro_enrol_carry_out(tro_change *c, tro_err *err)
{
	const char *id = tro_change_keep(c, tro_change_value(c, "person"));
	const char *name = tro_change_keep(c, c->enrolment.person_name);

	if (id == NULL || name == NULL || !tro_authority_reserve_members(c->authority, 1) ||
		!tro_authority_reserve_keys(c->authority, 1)) {
		return tro_err_nomem(err);
	}
	(void)tro_change_put_member(c, id, name, &c->enrolment.vkey);
	return TRO_OK;
}

tro_status tro_rotate_judge(tro_change *c, tro_err *err)
{
	member *m;
	tro_status status = find_member(&m, c, err);

	if (status == TRO_OK) {
		status = judge_enrolment(c, err);
	}
	if (status == TRO_OK && strcmp(c->enrolment.person_name, m->person.name) != 0) {
		status = tro_err_set(err, TRO_INVALID,
			"this enrolment is by '%s', and %s is '%s': a rotation does not change the "
			"name",
			c->enrolment.person_name, m->person.id, m->person.name);
	}
	return status;
}

static void end_key(tro_change *c, const member *m)
{
	for (size_t i = 0; m->person.has_key && i < c->authority->key_count; i++) {
		tro_key_life *life = &c->authority->keys[i];

		if (tro_vkey_equal(&life->key, &m->person.key)) {
			life->ended = true;
			life->ended_at = c->record->seq;
		}
	}
}

tro_status tro_rotate_carry_out(tro_change *c, tro_err *err)
{
	member *m = tro_authority_member(c->authority, tro_change_value(c, "person"));

	if (!tro_authority_reserve_keys(c->authority, 1)) {
		return tro_err_nomem(err);
	}
	end_key(c, m);
	put_key(c, m, &c->enrolment.vkey);
	return TRO_OK;
}

/* The key that a revocation names, among all that the person ever had. */
static tro_key_life *revoked_key(const tro_change *c)
{
	const char *text = tro_change_value(c, "key");
	const char *id = tro_change_value(c, "person");
	tro_vkey key;

	if (!tro_form_read_vkey(&key, text, strlen(text))) {
		return NULL;
	}
	for (size_t i = 0; i < c->authority->key_count; i++) {
		tro_key_life *life = &c->authority->keys[i];

		if (tro_vkey_equal(&life->key, &key) && strcmp(life->person_id, id) == 0) {
			return life;
		}
	}
	return NULL;
}

tro_status tro_revoke_judge(tro_change *c, tro_err *err)
{
	const char *suspect_from = tro_change_value(c, "suspect-from");
	tro_time_us time;
	member *m;
	tro_status status = find_member(&m, c, err);

	if (status != TRO_OK) {
		return status;
	}
	const tro_key_life *life = revoked_key(c);

	if (life == NULL || life->revoked) {
		return tro_err_set(err, TRO_INVALID, "%s %s", m->person.id,
			life == NULL ? "never had this key" : "had this key revoked already");
	}
	if (suspect_from != NULL &&
		!(tro_form_read_time(&time, suspect_from) && time <= c->record->time)) {
		return tro_err_set(
			err, TRO_INVALID, "suspect-from lies after the record that says so");
	}
	if (!life->ended && tro_person_holds(&m->person, TRO_ROLE_REGISTRAR) &&
		!tro_change_other_registrar(c, m->person.id)) {
		return tro_err_set(err, TRO_INVALID,
			"%s is the last registrar: rotate the key first, then revoke the old one",
			m->person.id);
	}
	return TRO_OK;
}

tro_status tro_revoke_carry_out(tro_change *c, tro_err *err)
{
	const char *suspect_from = tro_change_value(c, "suspect-from");
	member *m = tro_authority_member(c->authority, tro_change_value(c, "person"));
	tro_key_life *life = revoked_key(c);

	(void)err; /* nothing is allocated */
	if (!life->ended) {
		end_key(c, m);
		m->person.has_key = false;
	}
	life->revoked = true;
	life->has_suspect_from =
		suspect_from != NULL && tro_form_read_time(&life->suspect_from, suspect_from);
	return TRO_OK;
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
	tro_status status = find_member(&m, c, err);

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
	tro_status status = find_member(&m, c, err);

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

/* ---- adoption and clock ---- */

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
