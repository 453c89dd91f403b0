#include <string.h>

#include "ledger/authority_acts.h"
#include "ledger/authority_forms.h"

enum { PUBLIC_LEN = 32 };

#define TRAINING_SUFFIX "/training"

typedef struct genesis {
	const char *log;
	bool training;
	tro_vkey log_key, registrar_key, service_key;
	char registrar[TRO_ID_SIZE], service[TRO_ID_SIZE];
	const char *registrar_name;
} genesis;

/* The fields fit their forms already. */
static bool read_genesis(genesis *out, const tro_change *c)
{
	const char *log_key = tro_change_value(c, "log-key");

	out->log = tro_change_value(c, "log");
	out->training = strcmp(tro_change_value(c, "mode"), "training") == 0;
	return tro_form_read_vkey(&out->log_key, log_key, strlen(log_key)) &&
	       tro_form_read_key_holder(out->registrar, &out->registrar_key, &out->registrar_name,
		       tro_change_value(c, "registrar")) &&
	       tro_form_read_key_holder(
		       out->service, &out->service_key, NULL, tro_change_value(c, "service"));
}

static tro_status judge_roles(const tro_fields *fields, tro_err *err)
{
	bool registrar = false;

	for (size_t i = 0; i < fields->count; i++) {
		const char *role = fields->list[i].value;

		if (strcmp(fields->list[i].name, "role") != 0) {
			continue;
		}
		if (strcmp(role, TRO_ROLE_SERVICE) == 0) {
			return tro_err_set(err, TRO_INVALID,
				"role %s is reserved for the person of that name", role);
		}
		registrar = registrar || strcmp(role, TRO_ROLE_REGISTRAR) == 0;
		for (size_t k = i + 1; k < fields->count; k++) {
			if (strcmp(fields->list[k].name, "role") == 0 &&
				strcmp(fields->list[k].value, role) == 0) {
				return tro_err_set(
					err, TRO_INVALID, "role %s is named twice", role);
			}
		}
	}
	return registrar ? TRO_OK
			 : tro_err_set(err, TRO_INVALID, "role registrar is not among the roles");
}

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

static tro_status judge_genesis_clock(const tro_change *c, const genesis *g, tro_err *err)
{
	const char *clock = tro_change_value(c, "clock");
	tro_time_us time;

	if (clock == NULL) {
		return TRO_OK;
	}
	if (!g->training) {
		return tro_err_set(err, TRO_INVALID, "a live store's clock cannot be set");
	}
	return tro_form_read_time(&time, clock) && time == c->record->time
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID,
				 "the record's time is not that of the clock that it sets");
}

static tro_status judge_genesis_keys(const tro_change *c, const genesis *g, tro_err *err)
{
	if (strcmp(g->registrar, c->record->actor) != 0) {
		return tro_err_set(err, TRO_KEY,
			"genesis is signed by the registrar that it names, %s, not by %s",
			g->registrar, c->record->actor);
	}
	if (strcmp(g->registrar, g->service) == 0) {
		return tro_err_set(
			err, TRO_INVALID, "the registrar and the service are two persons");
	}
	if (strcmp(g->log_key.name, g->log) != 0) {
		return tro_err_set(err, TRO_INVALID,
			"the log's key is named '%s', not after its log, %s", g->log_key.name,
			g->log);
	}
	if (memcmp(g->log_key.public_key, g->registrar_key.public_key, PUBLIC_LEN) == 0 ||
		memcmp(g->log_key.public_key, g->service_key.public_key, PUBLIC_LEN) == 0 ||
		memcmp(g->registrar_key.public_key, g->service_key.public_key, PUBLIC_LEN) == 0) {
		return tro_err_set(
			err, TRO_INVALID, "the log, the registrar and the service need a key each");
	}
	return TRO_OK;
}

tro_status tro_genesis_judge(tro_change *c, tro_err *err)
{
	genesis g;

	if (!read_genesis(&g, c) || strcmp(g.log, c->record->log) != 0) {
		return tro_err_set(err, TRO_INVALID,
			"genesis is of the log %s and its record of %s", tro_change_value(c, "log"),
			c->record->log);
	}
	if (g.training != ends_in(g.log, TRAINING_SUFFIX)) {
		return tro_err_set(err, TRO_INVALID,
			"the origin of a training store, and of no other, ends "
			"in " TRAINING_SUFFIX);
	}
	tro_status status = judge_roles(c->fields, err);

	if (status == TRO_OK) {
		status = judge_genesis_clock(c, &g, err);
	}
	return status == TRO_OK ? judge_genesis_keys(c, &g, err) : status;
}

static bool put_roles(tro_change *c)
{
	tro_authority *a = c->authority;

	a->role_count = 0;
	a->roles = tro_arena_array(a->strings, c->fields->count, sizeof(*a->roles));
	for (size_t i = 0; a->roles != NULL && i < c->fields->count; i++) {
		if (strcmp(c->fields->list[i].name, "role") == 0) {
			const char *role = tro_change_keep(c, c->fields->list[i].value);

			if (role == NULL) {
				return false;
			}
			a->roles[a->role_count++] = role;
		}
	}
	return a->roles != NULL;
}

static bool put_founder(
	tro_change *c, const char *id, const char *name, const tro_vkey *key, const char *role)
{
	tro_grant grant = {.role = role,
		.rank = "",
		.office = "",
		.force = "",
		.from = "",
		.until = "",
		.granted_at = c->record->seq};
	const char *kept_id = tro_change_keep(c, id);
	const char *kept_name = tro_change_keep(c, name);

	if (kept_id == NULL || kept_name == NULL ||
		!tro_authority_reserve_members(c->authority, 1) ||
		!tro_authority_reserve_keys(c->authority, 1)) {
		return false;
	}
	member *m = tro_change_put_member(c, kept_id, kept_name, key);

	if (!tro_authority_reserve_grant(m)) {
		return false;
	}
	tro_change_put_grant(m, &grant);
	return true;
}

static bool fill_genesis(tro_change *c)
{
	tro_authority *a = c->authority;
	const char *clock = tro_change_value(c, "clock");
	genesis g;

	if (!read_genesis(&g, c)) {
		return false;
	}
	a->origin = tro_change_keep(c, g.log);
	a->training = g.training;
	a->log_key = g.log_key;
	a->two_registrars = strcmp(tro_change_value(c, "registrars-required"), "2") == 0;
	a->has_clock = clock != NULL && tro_form_read_time(&a->clock, clock);
	a->service = tro_change_keep(c, g.service);
	if (a->origin == NULL || a->service == NULL || !put_roles(c) ||
		!put_founder(
			c, g.registrar, g.registrar_name, &g.registrar_key, TRO_ROLE_REGISTRAR) ||
		!put_founder(c, g.service, TRO_ROLE_SERVICE, &g.service_key, TRO_ROLE_SERVICE) ||
		!tro_authority_reserve_keys(a, 1)) {
		return false;
	}
	a->keys[a->key_count++] =
		(tro_key_life){.person_id = "", .key = g.log_key, .begun_at = c->record->seq};
	return true;
}

/* Built in a state of its own, which takes the place of the empty one when it is whole. */
tro_status tro_genesis_carry_out(tro_change *c, tro_err *err)
{
	tro_authority *fresh = tro_authority_new();
	tro_change inner = *c;

	inner.authority = fresh;
	if (fresh == NULL || !fill_genesis(&inner)) {
		tro_authority_free(fresh);
		return tro_err_nomem(err);
	}
	tro_authority empty = *c->authority;

	*c->authority = *fresh;
	*fresh = empty;
	tro_authority_free(fresh);
	return TRO_OK;
}
