#include <string.h>
#include <tro/calendar.h>

#include "base/text.h"
#include "case/case_internal.h"
#include "case/erasure.h"
#include "case/keeping.h"
#include "case/payload.h"
#include "crypto/crypto.h"

tro_status tro_replay_begin(
	tro_replay *out, tro_registry *registry, const char *case_id, tro_err *err)
{
	*out = (tro_replay){.registry = registry, .authority = tro_authority_new()};
	if (out->authority == NULL || strlen(case_id) >= sizeof(out->case_id)) {
		return tro_err_nomem(err);
	}
	memcpy(out->case_id, case_id, strlen(case_id) + 1);
	return TRO_OK;
}

void tro_replay_end(tro_replay *replay)
{
	tro_session_free(replay->session);
	tro_authority_free(replay->authority);
	replay->session = NULL;
	replay->authority = NULL;
}

/* Brings the rules to the registry head that the record names; heads never go back within a case.
 */
static tro_status advance_rules(tro_replay *replay, const tro_record *record, tro_err *err)
{
	uint8_t head[32];
	tro_status status = TRO_OK;

	while (status == TRO_OK && (!tro_authority_head(replay->authority, head) ||
					   memcmp(head, record->registry, sizeof(head)) != 0)) {
		status =
			tro_registry_advance(replay->authority, replay->registry->store, NULL, err);
	}
	if (status == TRO_NOT_FOUND) {
		status = tro_err_set(err, TRO_INVALID,
			"it names a registry head that does not come after that of the record "
			"before it");
	}
	return status;
}

static tro_status check_outcome(
	tro_replay *replay, const tro_record *record, const tro_stored_record *stored, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	uint8_t hmac[32];
	tro_status status = tro_session_save(&bytes, replay->session, err);

	if (status == TRO_OK && (!record->has_outcome || !stored->has_outcome_salt)) {
		status = tro_err_set(
			err, TRO_INVALID, "its outcome or the outcome's salt is missing");
	}
	if (status == TRO_OK) {
		status = tro_hmac_sha256(hmac, stored->outcome_salt, 32, bytes.ptr, bytes.len, err);
	}
	if (status == TRO_OK && memcmp(hmac, record->outcome, sizeof(hmac)) != 0) {
		status = tro_err_set(err, TRO_INVALID,
			"re-running it does not give the outcome that it commits to");
	}
	tro_buf_done(&bytes);
	return status;
}

/* The five facts; a creation names its workflow, too. */
static bool has_fact_attributes(const tro_record *record, tro_xml_node *data)
{
	size_t expected = strcmp(record->event, TRO_EVENT_CREATE) == 0 ? 6 : 5;
	size_t count = 0;

	for (tro_xml_node *a = tro_xml_first_attribute(data); a != NULL;
		a = tro_xml_next_attribute(a)) {
		count++;
	}
	return count == expected;
}

/* The payload's attributes must say what the record says: the chart reads them, the signature
 * covers the record. */
tro_status tro_replay_check_facts(const tro_record *record, tro_xml_node *data, tro_err *err)
{
	char time[TRO_TIME_TEXT_SIZE];
	uint64_t seq;
	const char *seq_text = tro_xml_get(data, "", "seq");
	const char *person = tro_xml_get(data, "", "person");
	const char *role = tro_xml_get(data, "", "role");
	const char *at = tro_xml_get(data, "", "time");

	tro_time_format(time, record->time);
	bool same = strcmp(tro_xml_name(data), record->event) == 0 &&
		    has_fact_attributes(record, data) && seq_text != NULL &&
		    tro_decimal_parse(&seq, seq_text, strlen(seq_text)) && seq == record->seq &&
		    person != NULL && strcmp(person, record->actor) == 0 && role != NULL &&
		    strcmp(role, record->role) == 0 && at != NULL && strcmp(at, time) == 0;

	return same ? TRO_OK
		    : tro_err_set(err, TRO_INVALID,
			      "its payload names another event, actor, role or time");
}

static tro_status check_canonical(const tro_stored_record *stored, tro_xml_node *data, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = tro_xml_c14n(&bytes, data, err);

	if (status == TRO_OK && (bytes.len != stored->payload_len ||
					memcmp(bytes.ptr, stored->payload, bytes.len) != 0)) {
		status = tro_err_set(err, TRO_INVALID, "its payload is not in canonical form");
	}
	tro_buf_done(&bytes);
	return status;
}

/* The one form in which a payload is written (FORMATS.md 2), and values as the event declares them.
 * A tick has none. */
static tro_status check_payload(const tro_session *session, const tro_record *record,
	const tro_stored_record *stored, const tro_rules *rules, tro_xml_node *data, tro_err *err)
{
	static const tro_chart_event tick = {.name = TRO_EVENT_TICK};
	const tro_matter *matter = tro_session_matter(session, record->matter);
	const tro_chart_event *event =
		tro_keeping_act(record) != NULL		     ? tro_keeping_act(record)
		: strcmp(record->event, TRO_EVENT_TICK) == 0 ? &tick
		: matter == NULL			     ? NULL
							     : tro_chart_event_named(
								       tro_chart_session_chart(matter->chart), record->event);
	tro_status status = check_canonical(stored, data, err);

	if (status == TRO_OK && event == NULL) {
		status = tro_err_set(err, TRO_INVALID, "matter %s declares no event %s",
			record->matter, record->event);
	}
	return status == TRO_OK ? tro_payload_check(event, data, rules, err) : status;
}

/* The rank that guards are asked about is the one of the grant under which the actor may act. Time
 * passes by the service's hand alone, and the service lets time pass and does nothing else. */
static tro_status check_actor(
	const tro_authority *authority, const tro_record *record, tro_xml_node *data, tro_err *err)
{
	bool tick = strcmp(record->event, TRO_EVENT_TICK) == 0;
	bool service = strcmp(record->actor, tro_authority_service(authority)) == 0;
	const char *rank = tro_xml_get(data, "", "rank");
	const tro_grant *grant;
	tro_uk_local local;

	if (tick != service) {
		return tro_err_set(err, TRO_INVALID, "%s",
			tick ? "somebody else than the store's service let time pass"
			     : "the store's service did more than let time pass");
	}
	tro_uk_from_time(&local, record->time);
	tro_status status = tro_authority_may_act(
		&grant, authority, record->actor, record->role, local.date, err);

	if (status == TRO_OK && (rank == NULL || strcmp(rank, grant->rank) != 0)) {
		status = tro_err_set(err, TRO_INVALID,
			"its payload says rank '%s', and the actor's grant says '%s'",
			rank == NULL ? "" : rank, grant->rank);
	}
	return status;
}

/* While a training store's clock is set, it stands where the registry says: nobody acts at another
 * time, but never before what was done. */
static tro_status check_clock(const tro_replay *replay, const tro_record *record, tro_err *err)
{
	tro_time_us clock;

	if (!tro_authority_clock(replay->authority, &clock)) {
		return TRO_OK;
	}
	if (replay->seq > 0 && replay->last_time > clock) {
		clock = replay->last_time;
	}
	return record->time == clock ? TRO_OK
				     : tro_err_set(err, TRO_INVALID,
					       "its time is not the one at which the store's clock "
					       "stood");
}

/* The record names the bytes that judged it: those its matter was opened under; a tick, those of
 * the root matter. */
static tro_status check_definition(
	const tro_session *session, const tro_record *record, tro_err *err)
{
	const tro_matter *matter = strcmp(record->matter, "-") == 0
					   ? &session->matters[0]
					   : tro_session_matter(session, record->matter);

	if (matter == NULL) {
		return tro_err_set(
			err, TRO_INVALID, "it names matter %s, which is not open", record->matter);
	}
	bool same = record->has_workflow &&
		    memcmp(record->workflow, matter->definition, sizeof(matter->definition)) == 0;

	return same ? TRO_OK
		    : tro_err_set(err, TRO_INVALID,
			      "it names another definition than the one its matter runs on");
}

static tro_status run_step(tro_replay *replay, const tro_record *record,
	const tro_stored_record *stored, tro_xml_node *data, tro_err *err)
{
	tro_rules rules = {.library = replay->registry->library, .authority = replay->authority};
	tro_step step = {.matter = record->matter,
		.event = record->event,
		.person = record->actor,
		.role = record->role,
		.time = record->time,
		.seq = record->seq,
		.data = data};
	tro_findings *findings = tro_findings_new();
	size_t fired = 0;
	tro_status status = TRO_OK;

	if (findings == NULL) {
		return tro_err_nomem(err);
	}
	if (replay->session == NULL) {
		const char *workflow = tro_xml_get(data, "", "workflow");

		step.matter = NULL;
		status = workflow == NULL
				 ? tro_err_set(err, TRO_INVALID, "its payload names no workflow")
				 : tro_session_new(&replay->session, &rules,
					   replay->registry->store, replay->case_id, workflow, err);
	} else {
		replay->session->rules = rules;
	}
	if (status == TRO_OK) {
		status = check_definition(replay->session, record, err);
	}
	if (status == TRO_OK) {
		status = check_payload(replay->session, record, stored, &rules, data, err);
	}
	if (status == TRO_OK && strcmp(record->event, TRO_EVENT_TICK) == 0) {
		status = tro_session_tick(replay->session, &step, &fired, findings, err);
		if (status == TRO_OK && fired == 0) {
			status = tro_err_set(err, TRO_INVALID, "nothing was due at its time");
		}
	} else if (status == TRO_OK && tro_keeping_act(record) != NULL) {
		status = tro_keeping_step(replay->session, &step, findings, err);
	} else if (status == TRO_OK) {
		status = tro_session_step(replay->session, &step, findings, err);
	}
	tro_findings_free(findings);
	return status;
}

/* ---- what was erased ---- */

/* From here on no step can be run, until an erasure says where to go on: but what is still there is
 * what its record commits to. */
static tro_status pass_over(
	tro_replay *replay, const tro_record *record, const tro_stored_record *stored, tro_err *err)
{
	uint64_t by;
	tro_status status = TRO_OK;

	if (!replay->erased) {
		status = tro_erasure_covering(
			&by, replay->registry->store, replay->case_id, record->seq, false, err);
		if (status == TRO_NOT_FOUND) {
			return tro_err_set(
				err, TRO_INVALID, "its outcome or the outcome's salt is missing");
		}
		replay->erased = true;
		replay->erased_from = record->seq;
		tro_session_free(replay->session);
		replay->session = NULL;
	}
	return status == TRO_OK && stored->has_payload
		       ? tro_record_check_payload(record, stored, err)
		       : status;
}

/* In a session that is there, or over records that were erased. */
static tro_status resume(
	tro_replay *replay, const tro_record *record, tro_xml_node *data, tro_err *err)
{
	tro_rules rules = {.library = replay->registry->library, .authority = replay->authority};
	tro_session *session = NULL;
	tro_status status = tro_erasure_resume(&session, &rules, replay->registry->store, record,
		data, replay->erased ? replay->erased_from : record->seq, err);

	if (status != TRO_OK) {
		return status;
	}
	tro_session_free(replay->session);
	replay->session = session;
	replay->erased = false;
	return check_definition(session, record, err);
}

static bool is_erasure(const tro_record *record)
{
	const tro_chart_event *act = tro_keeping_act(record);

	return act != NULL && strcmp(act->name, TRO_EVENT_ERASE) == 0;
}

/* ---- one record ---- */

static tro_status run(
	tro_replay *replay, const tro_record *record, const tro_stored_record *stored, tro_err *err)
{
	tro_xml_doc *payload = NULL;
	tro_status status = tro_record_check_payload(record, stored, err);

	if (status == TRO_OK && !stored->has_payload) {
		status = tro_err_set(err, TRO_INVALID, "it has no payload");
	}
	if (status == TRO_OK) {
		status = tro_xml_parse(&payload, stored->payload, stored->payload_len, "payload",
			&tro_xml_limits_default, err);
	}
	if (status == TRO_OK) {
		status = tro_replay_check_facts(record, tro_xml_root(payload), err);
	}
	if (status == TRO_OK) {
		status = check_actor(replay->authority, record, tro_xml_root(payload), err);
	}
	if (status == TRO_OK) {
		status = check_clock(replay, record, err);
	}
	if (status == TRO_OK && is_erasure(record)) {
		status = check_canonical(stored, tro_xml_root(payload), err);
		if (status == TRO_OK) {
			status = resume(replay, record, tro_xml_root(payload), err);
		}
	} else if (status == TRO_OK) {
		status = run_step(replay, record, stored, tro_xml_root(payload), err);
	}
	if (status == TRO_OK) {
		status = check_outcome(replay, record, stored, err);
	}
	tro_xml_free(payload);
	return status;
}

static tro_status blame(const tro_replay *replay, tro_status status, tro_err *err)
{
	return tro_err_prefix(err,
		status == TRO_NOMEM || status == TRO_SYSTEM ? status : TRO_INVALID,
		"case %s seq %llu", replay->case_id, (unsigned long long)replay->seq);
}

tro_status tro_replay_record(
	tro_replay *replay, const tro_record *record, const tro_stored_record *stored, tro_err *err)
{
	tro_status status = advance_rules(replay, record, err);

	if (status == TRO_OK) {
		bool lost = record->has_outcome && !stored->has_outcome_salt;

		status = lost || (replay->erased && !is_erasure(record))
				 ? pass_over(replay, record, stored, err)
				 : run(replay, record, stored, err);
	}
	if (status != TRO_OK) {
		return blame(replay, status, err);
	}
	replay->seq++;
	replay->last_time = record->time;
	return TRO_OK;
}

tro_status tro_replay_next(tro_replay *replay, const tro_stored_record *stored, tro_err *err)
{
	tro_record record;
	tro_status status = tro_record_read(&record, stored, err);

	return status == TRO_OK ? tro_replay_record(replay, &record, stored, err)
				: blame(replay, status, err);
}

tro_status tro_replay_to(tro_replay *replay, uint64_t last, tro_err *err)
{
	tro_status status = TRO_OK;

	while (status == TRO_OK && replay->seq <= last) {
		tro_stored_record stored;

		status = tro_store_record_get(
			&stored, replay->registry->store, replay->case_id, replay->seq, err);
		if (status == TRO_OK) {
			status = tro_replay_next(replay, &stored, err);
			tro_stored_record_done(&stored);
		}
	}
	if (status == TRO_OK && replay->session == NULL) {
		uint64_t by = 0;

		status = tro_erasure_covering(
			&by, replay->registry->store, replay->case_id, last, false, err);
		if (status == TRO_OK) {
			status = tro_err_set(err, TRO_NOT_FOUND,
				"what case %s was after its record %llu was erased by its record "
				"%llu",
				replay->case_id, (unsigned long long)last, (unsigned long long)by);
		}
	}
	return status;
}
