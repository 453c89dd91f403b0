/* People and their keys: enrol, rotate, revoke. A person has one key, and may have a spare. */
#include <string.h>

#include "base/text.h"
#include "ledger/authority_acts.h"
#include "ledger/authority_forms.h"

static void put_key(tro_change *c, tro_vkey *slot, const char *person_id, const tro_vkey *key)
{
	*slot = *key;
	c->authority->keys[c->authority->key_count++] =
		(tro_key_life){.person_id = person_id, .key = *key, .begun_at = c->record->seq};
}

member *tro_change_put_member(tro_change *c, const char *id, const char *name, const tro_vkey *key)
{
	member *m = &c->authority->members[c->authority->member_count++];

	*m = (member){.person = {.id = id, .name = name, .has_key = true}};
	put_key(c, &m->person.key, id, key);
	return m;
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

/* The enrolment note inside a field, if it is there: of this log, with a key that was never seen.
 */
static tro_status judge_enrolment(
	tro_enrolment *out, bool *out_has, const tro_change *c, const char *field, tro_err *err)
{
	uint8_t bytes[TRO_FORM_ENROLMENT_MAX];
	const char *encoded = tro_change_value(c, field);
	size_t len = 0;

	*out_has = encoded != NULL;
	if (encoded == NULL) {
		return TRO_OK;
	}
	if (!tro_base64_decode(bytes, sizeof(bytes), &len, encoded, strlen(encoded))) {
		return tro_err_set(err, TRO_INVALID, "the %s is not base64", field);
	}
	tro_status status = tro_enrolment_parse(out, (const char *)bytes, len, err);

	if (status != TRO_OK) {
		return status;
	}
	if (strcmp(out->log, c->authority->origin) != 0) {
		return tro_err_set(err, TRO_INVALID,
			"this enrolment was made for the log %s, not for %s", out->log,
			c->authority->origin);
	}
	return judge_fresh_key(c, out->vkey.public_key, err);
}

/* Both keys, which are two, of one name. */
static tro_status judge_keys(tro_change *c, tro_err *err)
{
	tro_status status = judge_enrolment(&c->enrolment, &c->has_enrolment, c, "enrolment", err);

	if (status == TRO_OK) {
		status = judge_enrolment(&c->spare, &c->has_spare, c, "spare", err);
	}
	if (status != TRO_OK || !c->has_enrolment || !c->has_spare) {
		return status;
	}
	if (memcmp(c->enrolment.vkey.public_key, c->spare.vkey.public_key,
		    sizeof(c->spare.vkey.public_key)) == 0) {
		return tro_err_set(err, TRO_INVALID, "the spare is the same key again");
	}
	return strcmp(c->enrolment.person_name, c->spare.person_name) == 0
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID,
				 "the key is by '%s' and the spare by '%s': both are one person's",
				 c->enrolment.person_name, c->spare.person_name);
}

tro_status tro_enrol_judge(tro_change *c, tro_err *err)
{
	const char *id = tro_change_value(c, "person");

	if (tro_authority_person(c->authority, id) != NULL) {
		return tro_err_set(err, TRO_INVALID,
			"'%s' is enrolled already: give the person a new key by rotation", id);
	}
	return judge_keys(c, err);
}

tro_status tro_enrol_carry_out(tro_change *c, tro_err *err)
{
	const char *id = tro_change_keep(c, tro_change_value(c, "person"));
	const char *name = tro_change_keep(c, c->enrolment.person_name);

	if (id == NULL || name == NULL || !tro_authority_reserve_members(c->authority, 1) ||
		!tro_authority_reserve_keys(c->authority, 2)) {
		return tro_err_nomem(err);
	}
	member *m = tro_change_put_member(c, id, name, &c->enrolment.vkey);

	if (c->has_spare) {
		m->person.has_spare = true;
		put_key(c, &m->person.spare, id, &c->spare.vkey);
	}
	return TRO_OK;
}

static tro_status judge_name(const tro_enrolment *enrolment, const tro_person *person, tro_err *err)
{
	return strcmp(enrolment->person_name, person->name) == 0
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID,
				 "this enrolment is by '%s', and %s is '%s': a rotation does not "
				 "change the name",
				 enrolment->person_name, person->id, person->name);
}

tro_status tro_rotate_judge(tro_change *c, tro_err *err)
{
	member *m;
	tro_status status = tro_change_member(&m, c, err);

	if (status == TRO_OK) {
		status = judge_keys(c, err);
	}
	if (status == TRO_OK && !c->has_enrolment && !c->has_spare) {
		status = tro_err_set(
			err, TRO_INVALID, "a rotation brings a new key, a spare or both");
	}
	if (status == TRO_OK && c->has_enrolment) {
		status = judge_name(&c->enrolment, &m->person, err);
	}
	if (status == TRO_OK && c->has_spare) {
		status = judge_name(&c->spare, &m->person, err);
	}
	if (status == TRO_OK && !c->has_enrolment && !m->person.has_key) {
		status = tro_err_set(err, TRO_INVALID,
			"%s has no key, and a spare is a second one: enrol this one as the key",
			m->person.id);
	}
	return status;
}

static void end_key(tro_change *c, const tro_vkey *key)
{
	for (size_t i = 0; i < c->authority->key_count; i++) {
		tro_key_life *life = &c->authority->keys[i];

		if (tro_vkey_equal(&life->key, key)) {
			life->ended = true;
			life->ended_at = c->record->seq;
		}
	}
}

tro_status tro_rotate_carry_out(tro_change *c, tro_err *err)
{
	tro_person *p = &tro_authority_member(c->authority, tro_change_value(c, "person"))->person;

	if (!tro_authority_reserve_keys(c->authority, 2)) {
		return tro_err_nomem(err);
	}
	if (c->has_enrolment) {
		if (p->has_key) {
			end_key(c, &p->key);
		}
		p->has_key = true;
		put_key(c, &p->key, p->id, &c->enrolment.vkey);
	}
	if (c->has_spare) {
		if (p->has_spare) {
			end_key(c, &p->spare);
		}
		p->has_spare = true;
		put_key(c, &p->spare, p->id, &c->spare.vkey);
	}
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
	tro_status status = tro_change_member(&m, c, err);

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
	if (!life->ended && !m->person.has_spare &&
		tro_person_holds(&m->person, TRO_ROLE_REGISTRAR) &&
		!tro_change_other_registrar(c, m->person.id)) {
		return tro_err_set(err, TRO_INVALID,
			"%s is the last registrar: rotate the key first, then revoke the old one",
			m->person.id);
	}
	return TRO_OK;
}

/* Without the first key the spare is the first. */
static void take_away(tro_person *p, const tro_vkey *key)
{
	if (!p->has_spare || !tro_vkey_equal(&p->spare, key)) {
		p->has_key = p->has_spare;
		p->key = p->has_spare ? p->spare : p->key;
	}
	p->has_spare = false;
}

tro_status tro_revoke_carry_out(tro_change *c, tro_err *err)
{
	const char *suspect_from = tro_change_value(c, "suspect-from");
	member *m = tro_authority_member(c->authority, tro_change_value(c, "person"));
	tro_key_life *life = revoked_key(c);

	(void)err; /* nothing is allocated */
	if (!life->ended) {
		end_key(c, &life->key);
		take_away(&m->person, &life->key);
	}
	life->revoked = true;
	life->revoked_at = c->record->seq;
	life->has_suspect_from =
		suspect_from != NULL && tro_form_read_time(&life->suspect_from, suspect_from);
	return TRO_OK;
}
