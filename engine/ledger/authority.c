#include "ledger/authority.h"

#include <string.h>
#include <tro/calendar.h>

#include "base/text.h"
#include "ledger/authority_acts.h"
#include "ledger/authority_forms.h"

enum { FIELDS_MAX = 9 };

typedef enum times { ONCE, OPTIONAL, MANY } times;

typedef enum signer {
	FOUNDER,
	REGISTRAR,
	TWO_IF_REGISTRAR, /* a change of who is registrar may need a second one */
	TWO,		  /* in every store */
} signer;

typedef struct field_rule {
	const char *name;
	times times;
	bool (*fits)(const char *value);
	const char *form; /* what it has to be, for the message */
} field_rule;

typedef struct event_rule {
	const char *name;
	signer signer;
	field_rule fields[FIELDS_MAX]; /* ends with a NULL name, if there is room */
	tro_status (*judge)(tro_change *c, tro_err *err);
	tro_status (*carry_out)(tro_change *c, tro_err *err);
} event_rule;

static tro_status judge_agree(tro_change *c, tro_err *err);
static tro_status carry_out_agree(tro_change *c, tro_err *err);

#define TIME_FORM "a time as 2026-11-23T10:15:00.000000Z"
#define VKEY_FORM "a sound Ed25519 verifier key"
/* clang-format off */
#define PERSON {"person", ONCE, tro_form_id, "a person's id"}
#define ROLE(times) {"role", times, tro_form_id, "a role of letters, digits and '-'"}
#define LINE(name, times) {name, times, tro_form_text, "a text of at most 256 bytes"}
#define DATE(name) {name, OPTIONAL, tro_form_date, "an existing day as YYYY-MM-DD"}
#define ENROLMENT(times) {"enrolment", times, tro_form_enrolment, "base64 of an enrolment"}
#define SPARE {"spare", OPTIONAL, tro_form_enrolment, "base64 of an enrolment"}

static const event_rule rules[] = {
	{"genesis", FOUNDER, {
		{"log", ONCE, tro_form_origin, "the origin of a log"},
		{"mode", ONCE, tro_form_mode, "training or live"},
		{"clock", OPTIONAL, tro_form_time, TIME_FORM},
		{"log-key", ONCE, tro_form_vkey, VKEY_FORM},
		{"registrars-required", ONCE, tro_form_required, "1 or 2"},
		ROLE(MANY),
		{"registrar", ONCE, tro_form_registrar, "id, " VKEY_FORM " and name of a person"},
		{"service", ONCE, tro_form_service, "an id and " VKEY_FORM},
		{"witness-policy", ONCE, tro_form_none, "none"}},
		tro_genesis_judge, tro_genesis_carry_out},
	{"enrol", REGISTRAR, {PERSON, ENROLMENT(ONCE), SPARE}, tro_enrol_judge, tro_enrol_carry_out},
	{"grant", TWO_IF_REGISTRAR, {
		PERSON, ROLE(ONCE), LINE("rank", OPTIONAL), LINE("office", OPTIONAL),
		LINE("force", OPTIONAL), DATE("from"), DATE("until"),
		{"acting", OPTIONAL, tro_form_yes, "yes"}},
		tro_grant_judge, tro_grant_carry_out},
	{"end", TWO_IF_REGISTRAR, {PERSON, ROLE(ONCE), LINE("reason", ONCE)},
		tro_end_judge, tro_end_carry_out},
	{"rotate", TWO_IF_REGISTRAR, {PERSON, ENROLMENT(OPTIONAL), SPARE},
		tro_rotate_judge, tro_rotate_carry_out},
	{"revoke", TWO_IF_REGISTRAR, {
		PERSON, {"key", ONCE, tro_form_vkey, VKEY_FORM},
		{"suspect-from", OPTIONAL, tro_form_time, TIME_FORM}, LINE("reason", ONCE)},
		tro_revoke_judge, tro_revoke_carry_out},
	{"policy", REGISTRAR, {
		{"acting-rank", ONCE, tro_form_accepted, "accepted or refused"},
		LINE("reason", ONCE)},
		tro_rank_policy_judge, tro_rank_policy_carry_out},
	{"adopt", REGISTRAR, {
		{"file", MANY, tro_form_file, "a SHA-256 in hex, a kind and a name"}},
		tro_adopt_judge, tro_adopt_carry_out},
	{"clock", REGISTRAR, {{"set", ONCE, tro_form_time, TIME_FORM}},
		tro_clock_judge, tro_clock_carry_out},
	{TRO_EVENT_TRUST_CLOCK, TWO, {
		{"clock", ONCE, tro_form_time, TIME_FORM},
		{"minutes", ONCE, tro_form_minutes, "a number of minutes, 1 to 1440"},
		LINE("reason", ONCE)},
		tro_trust_judge, tro_trust_carry_out},
	{"agree", REGISTRAR, {{"record", ONCE, tro_form_hash, "a SHA-256 in hex"}},
		judge_agree, carry_out_agree},
};
/* clang-format on */

static const event_rule *find_rule(const char *event)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		if (strcmp(rules[i].name, event) == 0) {
			return &rules[i];
		}
	}
	return NULL;
}

/* ---- the payload against the table ---- */

/* How many fields from `at` on are of the rule. */
static tro_status count_matching(
	size_t *out, const field_rule *rule, const tro_fields *fields, size_t at, tro_err *err)
{
	size_t limit = rule->times == MANY ? fields->count : at + 1;

	*out = 0;
	while (at < limit && at < fields->count && strcmp(fields->list[at].name, rule->name) == 0) {
		if (!rule->fits(fields->list[at].value)) {
			return tro_err_set(
				err, TRO_INVALID, "%s has to be %s", rule->name, rule->form);
		}
		at++;
		(*out)++;
	}
	if (*out == 0 && rule->times != OPTIONAL) {
		return tro_err_set(err, TRO_INVALID, "%s is missing or out of place", rule->name);
	}
	return TRO_OK;
}

static tro_status match(const event_rule *rule, const tro_fields *fields, tro_err *err)
{
	size_t at = 0;

	for (size_t i = 0; i < FIELDS_MAX && rule->fields[i].name != NULL; i++) {
		size_t count;
		tro_status status = count_matching(&count, &rule->fields[i], fields, at, err);

		if (status != TRO_OK) {
			return status;
		}
		at += count;
	}
	return at == fields->count ? TRO_OK
				   : tro_err_set(err, TRO_INVALID, "%s is not expected there",
					     fields->list[at].name);
}

static tro_status read_payload(
	tro_fields *out, const event_rule *rule, const char *payload, size_t len, tro_err *err)
{
	tro_status status = tro_fields_parse(out, payload, len, err);

	if (status == TRO_OK) {
		status = match(rule, out, err);
	}
	return status;
}

tro_status tro_authority_genesis_key(
	tro_vkey *out, const char *payload, size_t payload_len, tro_err *err)
{
	tro_fields fields;
	char id[TRO_ID_SIZE];
	const char *name;
	tro_status status = read_payload(&fields, find_rule("genesis"), payload, payload_len, err);

	if (status == TRO_OK) {
		tro_change c = {.fields = &fields};
		const char *registrar = tro_change_value(&c, "registrar");

		if (!tro_form_read_key_holder(id, out, &name, registrar)) {
			status = tro_err_set(
				err, TRO_INVALID, "genesis names no registrar with a sound key");
		}
	} else {
		status = tro_err_prefix(err, status, "genesis");
	}
	tro_fields_done(&fields);
	return status;
}

/* ---- the record against the state ---- */

/* Is it the registry's next record, and nothing that the registry does not have? */
static tro_status check_place(
	const tro_authority *a, const event_rule *rule, const tro_record *r, tro_err *err)
{
	bool first = a->count == 0;

	if (strcmp(r->case_id, TRO_REGISTRY_CASE) != 0 || strcmp(r->matter, "-") != 0 ||
		r->has_workflow || r->has_outcome || !r->has_payload) {
		return tro_err_set(err, TRO_INVALID,
			"a record of the registry has a payload and no matter, workflow or "
			"outcome");
	}
	if (first != (rule->signer == FOUNDER)) {
		return tro_err_set(err, TRO_INVALID, "%s",
			first ? "the registry begins with genesis" : "genesis happens once");
	}
	if (r->seq != a->count) {
		return tro_err_set(err, TRO_INVALID, "the registry has %llu records, this is %llu",
			(unsigned long long)a->count, (unsigned long long)r->seq);
	}
	if (r->has_registry == first ||
		(!first && memcmp(r->registry, a->head, sizeof(a->head)) != 0)) {
		return tro_err_set(err, TRO_INVALID,
			"the record was made under another registry than the one before it");
	}
	if (!first && strcmp(r->log, a->origin) != 0) {
		return tro_err_set(err, TRO_INVALID, "the record belongs to the log %s, not to %s",
			r->log, a->origin);
	}
	return TRO_OK;
}

static tro_status check_time(
	const tro_authority *a, const event_rule *rule, const tro_record *r, tro_err *err)
{
	if (a->count > 0 && r->time < a->last_time) {
		return tro_err_set(err, TRO_INVALID,
			"the registry's time does not go back: its last record is later");
	}
	if (a->has_clock && strcmp(rule->name, "clock") != 0 && r->time != a->clock) {
		return tro_err_set(err, TRO_INVALID,
			"the clock of this store stands, and the record's time is another");
	}
	return TRO_OK;
}

static tro_status check_signer(const tro_change *c, const event_rule *rule, tro_err *err)
{
	const tro_grant *grant;

	if (strcmp(c->record->role, TRO_ROLE_REGISTRAR) != 0) {
		return tro_err_set(err, TRO_KEY,
			"the registry is written by role registrar, not %s", c->record->role);
	}
	if (rule->signer == FOUNDER) {
		return TRO_OK; /* who that is stands in the payload; its judge looks */
	}
	return tro_authority_may_act(
		&grant, c->authority, c->actor, TRO_ROLE_REGISTRAR, c->day, err);
}

/* ---- two registrars ---- */

static bool about_registrar(const tro_change *c)
{
	const char *role = tro_change_value(c, "role");
	const char *id = tro_change_value(c, "person");
	const tro_person *person = tro_authority_person(c->authority, id);

	return role != NULL ? strcmp(role, TRO_ROLE_REGISTRAR) == 0
			    : person != NULL && tro_person_holds(person, TRO_ROLE_REGISTRAR);
}

static bool needs_agreement(const tro_change *c, const event_rule *rule)
{
	return rule->signer == TWO ||
	       (c->authority->two_registrars && rule->signer == TWO_IF_REGISTRAR &&
		       about_registrar(c) && tro_change_other_registrar(c, c->actor));
}

/* Lets the change wait; takes the fields over. */
static tro_status propose(tro_change *c, const event_rule *rule, tro_fields *fields,
	const uint8_t note_hash[32], tro_err *err)
{
	proposal *p = &c->authority->proposal;
	const char *actor = tro_change_keep(c, c->actor);

	if (actor == NULL) {
		return tro_err_nomem(err);
	}
	tro_proposal_drop(p);
	*p = (proposal){.rule = rule, .fields = *fields, .actor = actor, .seq = c->record->seq};
	memcpy(p->hash, note_hash, sizeof(p->hash));
	*fields = (tro_fields){0};
	return TRO_OK;
}

const char *tro_authority_pending_event(const tro_authority *authority)
{
	return authority->proposal.rule == NULL ? NULL : authority->proposal.rule->name;
}

/* The change that waits, as it takes effect with this agreement. */
static tro_change proposed(const tro_change *agreement)
{
	const proposal *p = &agreement->authority->proposal;

	return (tro_change){.authority = agreement->authority,
		.record = agreement->record,
		.actor = p->actor,
		.day = agreement->day,
		.fields = &p->fields};
}

static tro_status judge_agree(tro_change *c, tro_err *err)
{
	const proposal *p = &c->authority->proposal;
	const char *hex = tro_change_value(c, "record");
	const tro_grant *grant;
	uint8_t hash[32];

	if (!tro_hex_decode(hash, sizeof(hash), hex, strlen(hex)) || p->rule == NULL ||
		memcmp(hash, p->hash, sizeof(hash)) != 0) {
		return tro_err_set(err, TRO_INVALID,
			"no record of that hash waits for the agreement of a second registrar");
	}
	if (strcmp(p->actor, c->actor) == 0) {
		return tro_err_set(err, TRO_KEY,
			"%s proposed this change: another registrar has to agree", c->actor);
	}
	tro_change change = proposed(c);
	tro_status status = tro_authority_may_act(
		&grant, c->authority, p->actor, TRO_ROLE_REGISTRAR, c->day, err);

	if (status == TRO_OK) {
		status = p->rule->judge(&change, err);
	}
	c->enrolment = change.enrolment;
	c->has_enrolment = change.has_enrolment;
	c->spare = change.spare;
	c->has_spare = change.has_spare;
	return status;
}

static tro_status carry_out_agree(tro_change *c, tro_err *err)
{
	proposal *p = &c->authority->proposal;
	tro_change change = proposed(c);

	change.enrolment = c->enrolment;
	change.has_enrolment = c->has_enrolment;
	change.spare = c->spare;
	change.has_spare = c->has_spare;
	tro_status status = p->rule->carry_out(&change, err);

	if (status == TRO_OK) {
		tro_proposal_drop(p);
	}
	return status;
}

/* ---- applying ---- */

static tro_status settle(tro_change *c, const event_rule *rule, tro_fields *fields,
	const uint8_t note_hash[32], tro_err *err)
{
	tro_status status = rule->judge(c, err);

	if (status != TRO_OK) {
		return status;
	}
	return needs_agreement(c, rule) ? propose(c, rule, fields, note_hash, err)
					: rule->carry_out(c, err);
}

tro_status tro_authority_apply(tro_authority *authority, const tro_record *record,
	const char *payload, size_t payload_len, const uint8_t note_hash[32], tro_err *err)
{
	const event_rule *rule = find_rule(record->event);
	tro_fields fields = {0};
	tro_uk_local local;

	if (rule == NULL) {
		return tro_err_set(err, TRO_INVALID,
			"registry seq %llu: no registry event is called '%s'",
			(unsigned long long)record->seq, record->event);
	}
	tro_uk_from_time(&local, record->time);
	tro_change c = {.authority = authority,
		.record = record,
		.actor = record->actor,
		.day = local.date,
		.fields = &fields};
	tro_status status = check_place(authority, rule, record, err);

	if (status == TRO_OK) {
		status = check_time(authority, rule, record, err);
	}
	if (status == TRO_OK) {
		status = check_signer(&c, rule, err);
	}
	if (status == TRO_OK) {
		status = read_payload(&fields, rule, payload, payload_len, err);
	}
	if (status == TRO_OK) {
		status = settle(&c, rule, &fields, note_hash, err);
	}
	tro_fields_done(&fields);
	if (status != TRO_OK) {
		return tro_err_prefix(err, status, "registry seq %llu, %s",
			(unsigned long long)record->seq, rule->name);
	}
	authority->count++;
	authority->last_time = record->time;
	memcpy(authority->head, note_hash, sizeof(authority->head));
	return TRO_OK;
}
