#include "case/decide.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "case/acting.h"
#include "case/arguments.h"

/* The key of a request stands in the record, whole. */
tro_status tro_command_check_request(const char *request, tro_err *err)
{
	return request == NULL || tro_record_id_good(request, strlen(request))
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID,
				 "the key of a request is 1 to %d letters, digits and hyphens and "
				 "begins with a letter or digit",
				 (int)TRO_ID_SIZE - 1);
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
tro_status tro_command_is_same(bool *out, tro_store *store, const char *case_id, uint64_t seq,
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
		status = tro_command_is_same(
			&same, c->registry->store, c->id, seq, matter, request, data, err);
		if (status == TRO_OK && same) {
			*out_seq = seq;
		}
	}
	return status;
}

/* ---- judging ---- */

void tro_case_fall_back(tro_case *c)
{
	tro_err ignored;

	(void)!tro_case_reload(c, &ignored);
}

void tro_case_move_on(tro_case *c, const tro_entry *entry)
{
	memcpy(c->head, entry->hash, sizeof(c->head));
	c->last_time = entry->record.time;
	c->count = entry->record.seq + 1;
}

/* The record that the step will be, but for what it commits to. */
static void begin_record(tro_record *out, const tro_case *c, const tro_command *command,
	const tro_matter *matter, const tro_acting *a)
{
	*out = (tro_record){
		.seq = c->count, .has_prev = true, .time = a->now, .has_workflow = true};
	memcpy(out->prev, c->head, sizeof(out->prev));
	tro_writing_fill(out, c->registry, c->id, matter->id, command->event, command->request);
	(void)snprintf(out->actor, sizeof(out->actor), "%s", a->person->id);
	(void)snprintf(out->role, sizeof(out->role), "%s", a->role);
	memcpy(out->workflow, matter->definition, sizeof(out->workflow));
}

/* Takes the step, and composes what it has become. */
static tro_status take(tro_writing *w, tro_case *c, const tro_command *command,
	const tro_record *record, tro_xml_doc *data, tro_result *out, tro_findings *findings,
	tro_err *err)
{
	tro_step step = {.matter = record->matter,
		.event = command->event,
		.person = record->actor,
		.role = record->role,
		.time = record->time,
		.seq = record->seq,
		.data = tro_xml_root(data)};
	tro_status status = tro_session_step(c->session, &step, findings, err);

	if (status == TRO_OK) {
		out->seq = record->seq;
		out->filing_count = c->session->filing_count;
	}
	if (status == TRO_OK && !command->dry_run) {
		status = tro_arguments_keep_exhibits(data, command, c->registry->store, c->id, err);
	}
	if (status == TRO_OK && !command->dry_run) {
		w->session = c->session;
		status = tro_writing_compose(w, c->registry, record, data, err);
	}
	if (status != TRO_OK || command->dry_run) {
		tro_case_fall_back(c);
	}
	return status;
}

tro_status tro_case_decide(tro_writing *w, tro_case *c, const tro_command *command,
	const tro_person *person, tro_result *out, tro_findings *findings, tro_err *err)
{
	tro_acting a = {.person = person};
	const tro_matter *matter = NULL;
	tro_xml_doc *data = NULL;
	uint64_t same = UINT64_MAX;
	tro_status status =
		tro_case_resolve(&matter, c->session, command->event, command->matter, err);

	if (status != TRO_OK) {
		return status;
	}
	const tro_chart_event *event =
		tro_chart_event_named(tro_chart_session_chart(matter->chart), command->event);
	tro_rules rules = tro_registry_rules(c->registry);

	a.now = tro_case_now(c);
	status = tro_acting_choose_role(&a, c->registry, event, command->role, err);
	if (status == TRO_OK) {
		tro_act_facts facts = {.person = person->id,
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
		tro_record record;

		begin_record(&record, c, command, matter, &a);
		status = take(w, c, command, &record, data, out, findings, err);
	}
	tro_xml_free(data);
	return status;
}
