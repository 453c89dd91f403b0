/*
 * One command: judge, step, compose, sign, append, project, commit. Signing happens outside the
 * transaction; inside it the heads are checked again, so that of two commands on one case one wins
 * and the other changes nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/calendar.h>

#include "base/text.h"
#include "case/arguments.h"
#include "case/case_internal.h"
#include "crypto/crypto.h"
#include "ledger/id.h"

/* Who acts and in which role: the authority's answer. */
typedef struct acting {
	const tro_person *person;
	const tro_grant *grant;
	char role[TRO_ID_SIZE];
	tro_time_us now; /* read once: payload and record bear the same time */
} acting;

static tro_status person_of(
	acting *out, const tro_registry *registry, const tro_signer *signer, tro_err *err)
{
	out->person = tro_authority_person_by_key(registry->authority, tro_signer_public(signer));
	if (out->person == NULL) {
		return tro_err_set(err, TRO_KEY,
			"the key %s is not enrolled in this store: a registrar enrols it with 'tro "
			"person enrol'",
			tro_signer_name(signer));
	}
	return TRO_OK;
}

static tro_date day_of(tro_time_us time)
{
	tro_uk_local local;

	tro_uk_from_time(&local, time);
	return local.date;
}

static tro_status may_act(
	acting *a, const tro_registry *registry, const char *role, tro_date day, tro_err *err)
{
	tro_status status = tro_authority_may_act(
		&a->grant, registry->authority, a->person->id, role, day, err);

	if (status == TRO_OK) {
		(void)snprintf(a->role, sizeof(a->role), "%s", role);
	}
	return status;
}

/* The role of those that the event asks for in which the person may act today; where they hold none
 * of them, the first role that they hold at all, so that the refusal comes from the definition,
 * with its basis. */
static tro_status choose_role(acting *a, const tro_registry *registry, const tro_chart_event *event,
	const char *wanted, tro_err *err)
{
	tro_date day = day_of(a->now);

	if (wanted != NULL) {
		return may_act(a, registry, wanted, day, err);
	}
	for (int asked = 1; asked >= 0; asked--) {
		for (size_t i = 0; i < a->person->grant_count; i++) {
			const char *role = a->person->grants[i].role;

			if ((!asked || tro_text_in_list(event->role, role)) &&
				may_act(a, registry, role, day, NULL) == TRO_OK) {
				return TRO_OK;
			}
		}
	}
	return tro_err_set(err, TRO_KEY,
		"%s holds no role today: a registrar grants one with 'tro role grant'",
		a->person->name);
}

/* The key of a request stands in the record, whole. */
static tro_status check_request(const char *request, tro_err *err)
{
	return request == NULL || tro_record_id_good(request, strlen(request))
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID,
				 "the key of a request is 1 to %d letters, digits and hyphens and "
				 "begins with a letter or digit",
				 (int)TRO_ID_SIZE - 1);
}

/* ---- what a step becomes ---- */

/* Everything that one command writes. */
typedef struct writing {
	tro_session *session;
	tro_buf bytes;	 /* of the session */
	tro_buf payload; /* canonical */
	tro_entry entry;
} writing;

static void writing_done(writing *w)
{
	tro_buf_done(&w->bytes);
	tro_buf_done(&w->payload);
	tro_entry_done(&w->entry);
}

static void fill_record(tro_record *record, const tro_registry *registry, const char *case_id,
	const char *matter, const char *event, const char *request)
{
	(void)snprintf(record->log, sizeof(record->log), "%s", tro_registry_origin(registry));
	(void)snprintf(record->case_id, sizeof(record->case_id), "%s", case_id);
	(void)snprintf(record->matter, sizeof(record->matter), "%s", matter);
	(void)snprintf(record->event, sizeof(record->event), "%s", event);
	(void)snprintf(
		record->request, sizeof(record->request), "%s", request == NULL ? "-" : request);
	record->has_registry = tro_authority_head(registry->authority, record->registry);
}

static tro_status write_step(
	tro_registry *registry, const writing *w, tro_time_us created, tro_err *err)
{
	tro_store *store = registry->store;
	uint64_t position;
	tro_projection projection = {.session = w->session,
		.bytes = &w->bytes,
		.count = w->entry.record.seq + 1,
		.head = w->entry.hash,
		.created = created,
		.updated = w->entry.record.time};
	tro_status status = tro_store_begin_write(store, err);

	if (status == TRO_OK) {
		status = tro_entry_append(store, &w->entry, &position, err);
	}
	for (size_t i = 0; i < w->session->filing_count && status == TRO_OK; i++) {
		const tro_built_filing *filing = &w->session->filings[i];

		status = tro_store_blob_put(
			store, filing->sha256, filing->bytes.ptr, filing->bytes.len, err);
	}
	if (status == TRO_OK) {
		status = tro_case_project(store, &projection, err);
	}
	if (status == TRO_OK) {
		status = tro_store_commit(store, err);
	}
	if (status != TRO_OK) {
		tro_store_rollback(store);
	}
	return status;
}

/* Signs and writes what the session has become. */
static tro_status finish(tro_registry *registry, writing *w, tro_record *record, tro_xml_doc *data,
	tro_time_us created, const tro_signer *signer, tro_err *err)
{
	tro_status status = tro_xml_c14n(&w->payload, tro_xml_root(data), err);

	if (status == TRO_OK) {
		status = tro_session_save(&w->bytes, w->session, err);
	}
	if (status == TRO_OK) {
		status = tro_entry_sign(&w->entry, record, &w->payload, &w->bytes, signer, err);
	}
	return status == TRO_OK ? write_step(registry, w, created, err) : status;
}

/* ---- idempotency ---- */

/* The payload without what differs between two runs of one command. */
static tro_status essence(tro_buf *out, tro_xml_doc *payload, tro_err *err)
{
	tro_xml_doc *copy = tro_xml_copy_doc(tro_xml_root(payload));

	if (copy == NULL) {
		return tro_err_nomem(err);
	}
	tro_xml_unset(tro_xml_root(copy), "", "seq");
	tro_xml_unset(tro_xml_root(copy), "", "time");
	tro_status status = tro_xml_c14n(out, tro_xml_root(copy), err);

	tro_xml_free(copy);
	return status;
}

/* Two runs of one command differ within the first tag, where seq and time are, and nowhere else: a
 * cheap "no". */
static bool may_be_same(const tro_stored_record *stored, const tro_buf *data)
{
	const char *then = memchr(stored->payload, '>', stored->payload_len);
	const char *now = memchr(data->ptr, '>', data->len);

	if (then == NULL || now == NULL) {
		return false;
	}
	size_t then_len = stored->payload_len - (size_t)(then - stored->payload);
	size_t now_len = data->len - (size_t)(now - data->ptr);

	return then_len == now_len && memcmp(then, now, now_len) == 0;
}

static tro_status compare_acts(
	bool *out, const tro_stored_record *stored, tro_xml_doc *data, tro_err *err)
{
	tro_xml_doc *payload = NULL;
	tro_buf then = TRO_BUF_INIT;
	tro_buf now = TRO_BUF_INIT;
	tro_status status = tro_xml_parse(&payload, stored->payload, stored->payload_len, "payload",
		&tro_xml_limits_default, err);

	if (status == TRO_OK) {
		status = essence(&then, payload, err);
	}
	if (status == TRO_OK) {
		status = essence(&now, data, err);
	}
	*out = status == TRO_OK && strcmp(then.ptr, now.ptr) == 0;
	tro_xml_free(payload);
	tro_buf_done(&then);
	tro_buf_done(&now);
	return status;
}

/* Is the case's record `seq` this very act by this person? */
static tro_status is_same_act(bool *out, tro_store *store, const char *case_id, uint64_t seq,
	const char *matter, const char *request, tro_xml_doc *data, tro_err *err)
{
	tro_stored_record stored;
	tro_record record;
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = tro_store_record_get(&stored, store, case_id, seq, err);

	*out = false;
	if (status != TRO_OK) {
		return status;
	}
	status = tro_xml_c14n(&bytes, tro_xml_root(data), err);
	if (status == TRO_OK && stored.has_payload && may_be_same(&stored, &bytes)) {
		status = tro_record_read(&record, &stored, err);
		if (status == TRO_OK && strcmp(record.matter, matter) == 0 &&
			(request == NULL || strcmp(record.request, request) == 0) &&
			strcmp(record.event, tro_xml_name(tro_xml_root(data))) == 0) {
			status = compare_acts(out, &stored, data, err);
		}
	}
	tro_buf_done(&bytes);
	tro_stored_record_done(&stored);
	return status;
}

/* The case's record that is this very act: the last one, or with a request id any one, because a
 * script that never heard asks again when others have gone on. *out_seq is UINT64_MAX when there is
 * none. */
tro_status tro_case_find_same_act(uint64_t *out_seq, const tro_case *c, const char *matter,
	const char *request, tro_xml_doc *data, tro_err *err)
{
	uint64_t last = c->count - 1;
	uint64_t first = request == NULL ? last : 0;
	tro_status status = TRO_OK;
	bool same = false;

	*out_seq = UINT64_MAX;
	for (uint64_t seq = last + 1; status == TRO_OK && !same && seq-- > first;) {
		status = is_same_act(
			&same, c->registry->store, c->id, seq, matter, request, data, err);
		if (status == TRO_OK && same) {
			*out_seq = seq;
		}
	}
	return status;
}

/* ---- an event on a case ---- */

/* The case stands at the record that was just written. */
static void move_on(tro_case *c, const tro_entry *entry)
{
	memcpy(c->head, entry->hash, sizeof(c->head));
	c->last_time = entry->record.time;
	c->count = entry->record.seq + 1;
}

/* After a step that came to nothing the session is of no use. What was wrong with the step is what
 * the caller hears. */
static void fall_back(tro_case *c)
{
	tro_err ignored;

	(void)!tro_case_reload(c, &ignored);
}

static tro_status take_and_write(tro_case *c, const tro_command *command, const char *matter,
	const acting *a, tro_xml_doc *data, const tro_signer *signer, tro_result *out,
	tro_findings *findings, tro_err *err)
{
	tro_record record = {.seq = c->count, .has_prev = true, .time = a->now};
	writing w = {.session = c->session, .bytes = TRO_BUF_INIT, .payload = TRO_BUF_INIT};
	const tro_matter *running = tro_session_matter(c->session, matter);
	tro_step step = {.matter = matter,
		.event = command->event,
		.person = a->person->id,
		.role = a->role,
		.time = record.time,
		.seq = record.seq,
		.data = tro_xml_root(data)};

	memcpy(record.prev, c->head, sizeof(record.prev));
	fill_record(&record, c->registry, c->id, matter, command->event, command->request);
	(void)snprintf(record.actor, sizeof(record.actor), "%s", a->person->id);
	(void)snprintf(record.role, sizeof(record.role), "%s", a->role);
	record.has_workflow = true;
	memcpy(record.workflow, running->definition, sizeof(record.workflow));
	tro_status status = tro_session_step(c->session, &step, findings, err);

	if (status == TRO_OK) {
		out->seq = record.seq;
		out->filing_count = c->session->filing_count;
	}
	if (status == TRO_OK && !command->dry_run) {
		status = tro_arguments_keep_exhibits(data, command, c->registry->store, c->id, err);
	}
	if (status == TRO_OK && !command->dry_run) {
		status = finish(c->registry, &w, &record, data, c->first_time, signer, err);
	}
	if (status == TRO_OK && !command->dry_run) {
		move_on(c, &w.entry);
	} else {
		fall_back(c);
	}
	writing_done(&w);
	return status;
}

tro_status tro_case_act(tro_case *c, const tro_command *command, const tro_signer *signer,
	tro_result *out, tro_findings *findings, tro_err *err)
{
	acting a;
	const tro_matter *matter = NULL;
	tro_xml_doc *data = NULL;
	uint64_t same = UINT64_MAX;
	tro_status status = tro_case_ready(c, err);

	*out = (tro_result){0};
	if (status == TRO_OK) {
		status = check_request(command->request, err);
	}
	if (status == TRO_OK) {
		status = person_of(&a, c->registry, signer, err);
	}
	if (status == TRO_OK) {
		status =
			tro_case_resolve(&matter, c->session, command->event, command->matter, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	const tro_chart_event *event =
		tro_chart_event_named(tro_chart_session_chart(matter->chart), command->event);
	tro_rules rules = tro_registry_rules(c->registry);

	a.now = tro_case_now(c);
	status = choose_role(&a, c->registry, event, command->role, err);
	if (status == TRO_OK) {
		tro_act_facts facts = {.person = a.person->id,
			.role = a.role,
			.rank = a.grant->rank,
			.time = a.now,
			.seq = c->count};

		status = tro_arguments_read(&data, event, command, &facts, &rules, findings, err);
	}
	if (status == TRO_OK && !command->again) {
		status = tro_case_find_same_act(&same, c, matter->id, command->request, data, err);
	}
	if (status == TRO_OK && same != UINT64_MAX) {
		out->already = true;
		out->seq = same;
	} else if (status == TRO_OK) {
		char id[TRO_NAME_SIZE];

		(void)snprintf(id, sizeof(id), "%s", matter->id);
		status = take_and_write(c, command, id, &a, data, signer, out, findings, err);
	}
	tro_xml_free(data);
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
	writing w = {.session = c->session, .bytes = TRO_BUF_INIT, .payload = TRO_BUF_INIT};
	const tro_matter *root = &c->session->matters[0];
	tro_xml_doc *data = NULL;
	tro_signer *service = NULL;

	memcpy(record.prev, c->head, sizeof(record.prev));
	fill_record(&record, c->registry, c->id, "-", TRO_EVENT_TICK, NULL);
	(void)snprintf(record.actor, sizeof(record.actor), "%s", step->person);
	(void)snprintf(record.role, sizeof(record.role), "%s", step->role);
	record.has_workflow = true;
	memcpy(record.workflow, root->definition, sizeof(record.workflow));
	tro_status status = tro_registry_service_signer(&service, c->registry, err);

	if (status == TRO_OK) {
		status = tick_payload(&data, step, err);
	}
	if (status == TRO_OK) {
		status = finish(c->registry, &w, &record, data, c->first_time, service, err);
	}
	if (status == TRO_OK) {
		move_on(c, &w.entry);
	}
	tro_signer_free(service);
	tro_xml_free(data);
	writing_done(&w);
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
		fall_back(c);
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
	tro_status status = is_same_act(
		&same, t->registry->store, row->id, 0, t->matter, t->request, t->data, err);

	if (status == TRO_OK && same) {
		(void)snprintf(t->id, sizeof(t->id), "%s", row->id);
	}
	return status;
}

static tro_status create_and_write(tro_registry *registry, tro_session *session,
	const tro_command *command, const acting *a, tro_xml_doc *data, const tro_signer *signer,
	tro_result *out, tro_findings *findings, tro_err *err)
{
	tro_record record = {.time = a->now};
	writing w = {.session = session, .bytes = TRO_BUF_INIT, .payload = TRO_BUF_INIT};
	tro_step step = {.event = TRO_EVENT_CREATE,
		.person = a->person->id,
		.role = a->role,
		.time = a->now,
		.data = tro_xml_root(data)};

	fill_record(&record, registry, session->case_id, session->matters[0].id, TRO_EVENT_CREATE,
		command->request);
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
		status = finish(registry, &w, &record, data, a->now, signer, err);
	}
	if (status == TRO_OK) {
		out->filing_count = session->filing_count;
	}
	writing_done(&w);
	return status;
}

static tro_status create_in(tro_registry *registry, tro_session *session, const char *workflow,
	const tro_command *command, const tro_signer *signer, char *out_id, tro_result *out,
	tro_findings *findings, tro_err *err)
{
	acting a;
	const tro_chart *chart;
	tro_xml_doc *data = NULL;
	tro_status status = check_request(command->request, err);

	if (status == TRO_OK) {
		status = person_of(&a, registry, signer, err);
	}
	if (status == TRO_OK) {
		status = root_chart(&chart, session, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	const tro_chart_event *event = tro_chart_event_named(chart, TRO_EVENT_CREATE);

	a.now = tro_registry_now(registry);
	status = choose_role(&a, registry, event, command->role, err);
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
