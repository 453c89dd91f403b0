#include "case/keeping.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define TEXT_PARAM(param, words, needed)                                                           \
	{                                                                                          \
		.name = (param), .type = "text", .title = (words), .help = "",                     \
		.required = (needed), .values = "", .codes = "", .of = "", .current = "",          \
		.row = ""                                                                          \
	}
#define NUMBER_PARAM(param, words)                                                                 \
	{                                                                                          \
		.name = (param), .type = "integer", .title = (words), .help = "",                  \
		.required = true, .values = "", .codes = "", .of = "", .current = "", .row = ""    \
	}

static const tro_chart_param hold_params[] = {TEXT_PARAM("reason", "Reason", true)};
static const tro_chart_param release_params[] = {
	NUMBER_PARAM("hold", "Hold"), TEXT_PARAM("reason", "Reason", true)};
static const tro_chart_param propose_params[] = {
	TEXT_PARAM("what", "What is erased", false), TEXT_PARAM("reason", "Reason", true)};
static const tro_chart_param erase_params[] = {NUMBER_PARAM("proposal", "Proposal")};

/* Role and basis are the definition's to say. */
#define ACT(act, words, list)                                                                      \
	{                                                                                          \
		.name = (act), .title = (words), .help = "", .role = "", .not_actor_of = "",       \
		.basis = "", .params = (list), .param_count = sizeof(list) / sizeof((list)[0])     \
	}

static const struct {
	tro_chart_event event;
	const char *roles; /* attribute of the definition's root */
} acts[] = {
	{ACT(TRO_EVENT_HOLD, "Hold the case", hold_params), "hold-roles"},
	{ACT(TRO_EVENT_HOLD_RELEASE, "Release a hold", release_params), "hold-roles"},
	{ACT(TRO_EVENT_ERASE_PROPOSE, "Propose an erasure", propose_params), "erase-roles"},
	{ACT(TRO_EVENT_ERASE, "Erase", erase_params), "erase-confirm-roles"},
};
enum { ACT_COUNT = sizeof(acts) / sizeof(acts[0]) };

static size_t number_of(const char *name)
{
	size_t i = 0;

	while (i < ACT_COUNT && strcmp(acts[i].event.name, name) != 0) {
		i++;
	}
	return i;
}

const tro_chart_event *tro_keeping_event(const char *name)
{
	size_t i = number_of(name);

	return i < ACT_COUNT ? &acts[i].event : NULL;
}

const tro_chart_event *tro_keeping_act(const tro_record *record)
{
	return strcmp(record->matter, TRO_NO_MATTER) == 0 ? tro_keeping_event(record->event) : NULL;
}

const char *tro_keeping_roles(const tro_session *session, const char *event)
{
	size_t i = number_of(event);
	const tro_chart *chart = tro_chart_session_chart(session->matters[0].chart);
	const char *roles = i < ACT_COUNT ? tro_chart_attribute(chart, acts[i].roles) : NULL;

	return roles == NULL ? "" : roles;
}

/* ---- the section ---- */

tro_xml_node *tro_keeping_section(const tro_session *session)
{
	return tro_xml_first_named(tro_xml_root(session->system), "", "keeping");
}

static tro_xml_node *first_kept(const tro_session *session, const char *name)
{
	tro_xml_node *section = tro_keeping_section(session);

	return section == NULL ? NULL : tro_xml_first_named(section, "", name);
}

tro_xml_node *tro_keeping_proposed(const tro_session *session)
{
	return first_kept(session, "proposed");
}

tro_xml_node *tro_keeping_last_erasure(const tro_session *session)
{
	tro_xml_node *last = NULL;

	for (tro_xml_node *e = first_kept(session, "erasure"); e != NULL;
		e = tro_xml_next_named(e, "", "erasure")) {
		last = e;
	}
	return last;
}

tro_status tro_keeping_check_alive(const tro_session *session, tro_err *err)
{
	const tro_xml_node *last = tro_keeping_last_erasure(session);
	const char *whole = last == NULL ? NULL : tro_xml_get(last, "", "whole");

	if (whole == NULL || strcmp(whole, "true") != 0) {
		return TRO_OK;
	}
	return tro_err_set(err, TRO_REFUSED,
		"case %s was erased as a whole by its record %s: nothing can be done in it any "
		"more",
		session->case_id, tro_xml_get(last, "", "seq"));
}

/* ---- what stands against an erasure ---- */

static tro_status add_hold(const tro_xml_node *hold, tro_findings *findings, tro_err *err)
{
	const char *reason = tro_xml_simple_text(tro_xml_first_named(hold, "", "reason"));

	return tro_findings_add(findings, TRO_LEVEL_BLOCK, "hold", tro_xml_get(hold, "", "seq"),
		NULL, "tro hold --release", err, "the case is held since record %s: %s",
		tro_xml_get(hold, "", "seq"), reason == NULL ? "" : reason);
}

/* States of one matter in which its definition says that nothing may be erased. */
static tro_status add_states(const tro_matter *matter, tro_findings *findings, tro_err *err)
{
	const tro_chart *chart = tro_chart_session_chart(matter->chart);
	const char *at = tro_chart_attribute(chart, "holds");
	char state[TRO_NAME_SIZE];
	tro_status status = TRO_OK;

	for (at = at == NULL ? "" : at; status == TRO_OK && *at != '\0';) {
		size_t gap = strspn(at, " \t\r\n");
		size_t len = strcspn(at + gap, " \t\r\n");

		if (len > 0 && len < sizeof(state)) {
			memcpy(state, at + gap, len);
			state[len] = '\0';
			if (tro_chart_in(matter->chart, state)) {
				status = tro_findings_add(findings, TRO_LEVEL_BLOCK, "hold/state",
					matter->id, NULL, NULL, err,
					"%s is in the state '%s', in which nothing may be erased",
					matter->id, tro_chart_state_title(chart, state));
			}
		}
		at += gap + len;
	}
	return status;
}

tro_status tro_keeping_judge_erasure(
	const tro_session *session, tro_findings *findings, tro_err *err)
{
	size_t before = tro_findings_count(findings);
	tro_status status = TRO_OK;

	for (tro_xml_node *hold = first_kept(session, "hold"); hold != NULL && status == TRO_OK;
		hold = tro_xml_next_named(hold, "", "hold")) {
		status = add_hold(hold, findings, err);
	}
	for (size_t i = 0; i < session->matter_count && status == TRO_OK; i++) {
		status = add_states(&session->matters[i], findings, err);
	}
	if (status == TRO_OK && tro_findings_count(findings) > before) {
		status = tro_err_set(
			err, TRO_REFUSED, "nothing of case %s may be erased now", session->case_id);
	}
	return status;
}

/* ---- the acts ---- */

static tro_status open_section(tro_xml_node **out, tro_session *session, tro_err *err)
{
	*out = tro_keeping_section(session);
	if (*out == NULL) {
		*out = tro_xml_append(tro_xml_root(session->system), "", "keeping", NULL);
	}
	return *out == NULL ? tro_err_nomem(err) : TRO_OK;
}

/* <name seq person role time>, with copies of the act's parameters. */
static tro_status note_act(
	tro_session *session, const tro_step *step, const char *name, tro_err *err)
{
	static const char *const facts[] = {"seq", "person", "role", "time"};
	tro_xml_node *section;
	tro_status status = open_section(&section, session, err);
	tro_xml_node *node = status == TRO_OK ? tro_xml_append(section, "", name, NULL) : NULL;

	if (status == TRO_OK && node == NULL) {
		status = tro_err_nomem(err);
	}
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]) && status == TRO_OK; i++) {
		status =
			tro_xml_set(node, "", facts[i], tro_xml_get(step->data, "", facts[i]), err);
	}
	for (tro_xml_node *n = tro_xml_first(step->data); n != NULL && status == TRO_OK;
		n = tro_xml_next(n)) {
		status = tro_xml_copy(NULL, node, TRO_XML_LAST_CHILD, n, err);
	}
	return status;
}

static tro_status release(tro_session *session, const tro_step *step, tro_err *err)
{
	const char *wanted = tro_xml_simple_text(tro_xml_first_named(step->data, "", "hold"));

	for (tro_xml_node *hold = first_kept(session, "hold"); hold != NULL && wanted != NULL;
		hold = tro_xml_next_named(hold, "", "hold")) {
		if (strcmp(tro_xml_get(hold, "", "seq"), wanted) == 0) {
			tro_xml_node *section = tro_xml_parent(hold);

			tro_xml_remove(hold);
			if (tro_xml_first(section) == NULL) {
				tro_xml_remove(section);
			}
			return TRO_OK;
		}
	}
	return tro_err_set(err, TRO_REFUSED, "no hold on case %s was placed by record %s",
		session->case_id, wanted == NULL ? "" : wanted);
}

static tro_status propose(
	tro_session *session, const tro_step *step, tro_findings *findings, tro_err *err)
{
	tro_xml_node *before = tro_keeping_proposed(session);
	tro_status status = tro_keeping_check_alive(session, err);

	if (status == TRO_OK) {
		status = tro_keeping_judge_erasure(session, findings, err);
	}
	if (status == TRO_OK && before != NULL) {
		tro_xml_remove(before);
	}
	return status == TRO_OK ? note_act(session, step, "proposed", err) : status;
}

static tro_status check_role(const tro_session *session, const tro_step *step, tro_err *err)
{
	const char *roles = tro_keeping_roles(session, step->event);

	if (roles[0] == '\0') {
		return tro_err_set(err, TRO_REFUSED,
			"the definition of case %s does not say who may do that (%s)",
			session->case_id, acts[number_of(step->event)].roles);
	}
	return tro_text_in_list(roles, step->role)
		       ? TRO_OK
		       : tro_err_set(err, TRO_REFUSED, "%s takes one of these roles: %s",
				 step->event, roles);
}

static tro_status set_actor(tro_session *session, const tro_step *step, tro_err *err)
{
	tro_xml_node *root = tro_xml_root(session->system);
	tro_xml_node *actor = tro_xml_first_named(root, "", "actor");
	char time[TRO_TIME_TEXT_SIZE];

	tro_session_clear_filings(session);
	tro_time_format(time, step->time);
	tro_status status = tro_xml_set_text(tro_xml_first_named(root, "", "time"), time, err);

	if (status == TRO_OK) {
		status = tro_xml_set(actor, "", "person", step->person, err);
	}
	return status == TRO_OK ? tro_xml_set(actor, "", "role", step->role, err) : status;
}

tro_status tro_keeping_step(
	tro_session *session, const tro_step *step, tro_findings *findings, tro_err *err)
{
	tro_status status = check_role(session, step, err);

	if (status == TRO_OK) {
		status = set_actor(session, step, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	if (strcmp(step->event, TRO_EVENT_HOLD) == 0) {
		status = tro_keeping_check_alive(session, err);
		return status == TRO_OK ? note_act(session, step, "hold", err) : status;
	}
	if (strcmp(step->event, TRO_EVENT_HOLD_RELEASE) == 0) {
		return release(session, step, err);
	}
	return propose(session, step, findings, err);
}
