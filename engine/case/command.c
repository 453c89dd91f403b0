/*
 * One command: decide (judge, step, compose), sign, append, project, commit. Signing happens
 * outside the transaction; inside it the heads are checked again, so that of two commands on one
 * case one wins and the other changes nothing.
 */
#include <stdio.h>
#include <string.h>

#include "case/acting.h"
#include "case/arguments.h"
#include "case/decide.h"
#include "ledger/id.h"

/* Signs and writes what was composed. */
static tro_status sign_and_append(tro_registry *registry, tro_writing *w, tro_time_us created,
	const tro_signer *signer, tro_err *err)
{
	tro_status status = tro_entry_sign(&w->entry, signer, err);

	return status == TRO_OK ? tro_writing_append(registry, w, created, err) : status;
}

/* ---- an event on a case ---- */

tro_status tro_case_act(tro_case *c, const tro_command *command, const tro_signer *signer,
	tro_result *out, tro_findings *findings, tro_err *err)
{
	tro_writing w = tro_writing_of(NULL);
	const tro_person *person = NULL;
	tro_status status = tro_case_ready(c, err);

	*out = (tro_result){0};
	if (status == TRO_OK) {
		status = tro_command_check_request(command->request, err);
	}
	if (status == TRO_OK) {
		status = tro_acting_by_key(&person, c->registry, signer, err);
	}
	if (status == TRO_OK) {
		status = tro_case_decide(&w, c, command, person, out, findings, err);
	}
	if (status == TRO_OK && !out->already && !command->dry_run) {
		status = sign_and_append(c->registry, &w, c->first_time, signer, err);
		if (status == TRO_OK) {
			tro_case_move_on(c, &w.entry);
		} else {
			tro_case_fall_back(c);
		}
	}
	tro_writing_done(&w);
	return status;
}

/* ---- time passing ---- */

static tro_status tick_payload(tro_xml_doc **out, const tro_step *step, tro_err *err)
{
	tro_chart_event none = {.name = TRO_EVENT_TICK};
	tro_command command = {.event = TRO_EVENT_TICK};
	tro_act_facts facts = {.person = step->person,
		.role = step->role,
		.rank = "",
		.time = step->time,
		.seq = step->seq};

	return tro_arguments_read(out, &none, &command, &facts, NULL, NULL, err);
}

static tro_status write_tick(tro_case *c, const tro_step *step, tro_err *err)
{
	tro_record record = {.seq = step->seq, .has_prev = true, .time = step->time};
	tro_writing w = tro_writing_of(c->session);
	const tro_matter *root = &c->session->matters[0];
	tro_xml_doc *data = NULL;
	tro_signer *service = NULL;

	memcpy(record.prev, c->head, sizeof(record.prev));
	tro_writing_fill(&record, c->registry, c->id, "-", TRO_EVENT_TICK, NULL);
	(void)snprintf(record.actor, sizeof(record.actor), "%s", step->person);
	(void)snprintf(record.role, sizeof(record.role), "%s", step->role);
	record.has_workflow = true;
	memcpy(record.workflow, root->definition, sizeof(record.workflow));
	tro_status status = tro_registry_service_signer(&service, c->registry, err);

	if (status == TRO_OK) {
		status = tick_payload(&data, step, err);
	}
	if (status == TRO_OK) {
		status = tro_writing_compose(&w, c->registry, &record, data, err);
	}
	if (status == TRO_OK) {
		status = sign_and_append(c->registry, &w, c->first_time, service, err);
	}
	if (status == TRO_OK) {
		tro_case_move_on(c, &w.entry);
	}
	tro_signer_free(service);
	tro_xml_free(data);
	tro_writing_done(&w);
	return status;
}

tro_status tro_case_tick(tro_case *c, tro_result *out, tro_findings *findings, tro_err *err)
{
	char service[TRO_ID_SIZE];

	*out = (tro_result){0};
	(void)snprintf(
		service, sizeof(service), "%s", tro_authority_service(c->registry->authority));
	tro_step step = {.event = TRO_EVENT_TICK,
		.person = service,
		.role = "service",
		.time = tro_case_now(c),
		.seq = c->count};
	tro_status status = tro_case_ready(c, err);

	step.seq = c->count;
	if (status == TRO_OK) {
		status = tro_session_tick(c->session, &step, &out->timer_count, findings, err);
	}
	if (status == TRO_OK && out->timer_count > 0) {
		out->seq = step.seq;
		out->filing_count = c->session->filing_count;
		status = write_tick(c, &step, err);
	}
	if (status != TRO_OK) {
		tro_case_fall_back(c);
	}
	return status;
}

/* ---- a new case ---- */

static tro_status root_chart(const tro_chart **out, const tro_session *session, tro_err *err)
{
	*out = tro_chart_session_chart(session->matters[0].chart);
	return tro_chart_event_named(*out, TRO_EVENT_CREATE) != NULL
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID, "workflow %s declares no event %s",
				 tro_chart_id(*out), TRO_EVENT_CREATE);
}

/* A case of this person that consists of this very creation alone, or with a request id began with
 * it: what a killed or repeated command left. */
typedef struct twin {
	tro_registry *registry;
	tro_xml_doc *data;
	const char *matter, *request;
	char id[TRO_ID_SIZE];
} twin;

static tro_status look_for_twin(void *user, const tro_case_row *row, tro_err *err)
{
	twin *t = user;
	bool same = false;

	if ((row->count != 1 && t->request == NULL) || t->id[0] != '\0') {
		return TRO_OK;
	}
	tro_status status = tro_command_is_same(
		&same, t->registry->store, row->id, 0, t->matter, t->request, t->data, err);

	if (status == TRO_OK && same) {
		(void)snprintf(t->id, sizeof(t->id), "%s", row->id);
	}
	return status;
}

static tro_status create_and_write(tro_registry *registry, tro_session *session,
	const tro_command *command, const tro_acting *a, tro_xml_doc *data,
	const tro_signer *signer, tro_result *out, tro_findings *findings, tro_err *err)
{
	tro_record record = {.time = a->now};
	tro_writing w = tro_writing_of(session);
	tro_step step = {.event = TRO_EVENT_CREATE,
		.person = a->person->id,
		.role = a->role,
		.time = a->now,
		.data = tro_xml_root(data)};

	tro_writing_fill(&record, registry, session->case_id, session->matters[0].id,
		TRO_EVENT_CREATE, command->request);
	(void)snprintf(record.actor, sizeof(record.actor), "%s", a->person->id);
	(void)snprintf(record.role, sizeof(record.role), "%s", a->role);
	record.has_workflow = true;
	memcpy(record.workflow, session->matters[0].definition, sizeof(record.workflow));
	tro_status status = tro_session_step(session, &step, findings, err);

	if (status == TRO_OK && !command->dry_run) {
		status = tro_arguments_keep_exhibits(
			data, command, registry->store, session->case_id, err);
	}
	if (status == TRO_OK && !command->dry_run) {
		status = tro_writing_compose(&w, registry, &record, data, err);
	}
	if (status == TRO_OK && !command->dry_run) {
		status = sign_and_append(registry, &w, a->now, signer, err);
	}
	if (status == TRO_OK) {
		out->filing_count = session->filing_count;
	}
	tro_writing_done(&w);
	return status;
}

static tro_status create_in(tro_registry *registry, tro_session *session, const char *workflow,
	const tro_command *command, const tro_signer *signer, char *out_id, tro_result *out,
	tro_findings *findings, tro_err *err)
{
	tro_acting a;
	const tro_chart *chart;
	tro_xml_doc *data = NULL;
	tro_status status = tro_command_check_request(command->request, err);

	if (status == TRO_OK) {
		status = tro_acting_by_key(&a.person, registry, signer, err);
	}
	if (status == TRO_OK) {
		status = root_chart(&chart, session, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	const tro_chart_event *event = tro_chart_event_named(chart, TRO_EVENT_CREATE);

	a.now = tro_registry_now(registry);
	status = tro_acting_choose_role(&a, registry, event, command->role, err);
	if (status == TRO_OK) {
		tro_act_facts facts = {.person = a.person->id,
			.role = a.role,
			.rank = a.grant->rank,
			.time = a.now};

		status = tro_arguments_read(
			&data, event, command, &facts, &session->rules, findings, err);
	}
	if (status == TRO_OK) {
		status = tro_xml_set(tro_xml_root(data), "", "workflow", workflow, err);
	}
	twin t = {.registry = registry,
		.data = data,
		.matter = session->matters[0].id,
		.request = command->request};

	if (status == TRO_OK && !command->again) {
		status = tro_store_each_case_row(registry->store, look_for_twin, &t, err);
	}
	if (status == TRO_OK && t.id[0] != '\0') {
		out->already = true;
		memcpy(out_id, t.id, sizeof(t.id));
	} else if (status == TRO_OK) {
		memcpy(out_id, session->case_id, sizeof(session->case_id));
		status = create_and_write(
			registry, session, command, &a, data, signer, out, findings, err);
	}
	tro_xml_free(data);
	return status;
}

tro_status tro_case_create(char *out_id, tro_registry *registry, const char *workflow,
	const tro_command *command, const tro_signer *signer, tro_result *out,
	tro_findings *findings, tro_err *err)
{
	char id[TRO_ID_SIZE];
	tro_session *session = NULL;
	tro_rules rules = tro_registry_rules(registry);

	*out = (tro_result){0};
	tro_id_new(id, NULL);
	tro_status status = tro_session_new(&session, &rules, registry->store, id, workflow, err);

	if (status == TRO_OK) {
		status = create_in(
			registry, session, workflow, command, signer, out_id, out, findings, err);
	}
	tro_session_free(session);
	return status;
}
