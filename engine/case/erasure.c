#include "case/erasure.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "case/keeping.h"

/* ---- what an erasure says it destroyed ---- */

static bool number_of(uint64_t *out, const tro_xml_node *node, const char *name)
{
	const char *text = tro_xml_get(node, "", name);

	return text != NULL && tro_decimal_parse(out, text, strlen(text));
}

bool tro_erasure_destroyed(const char *ranges, uint64_t seq)
{
	for (const char *at = ranges; *at != '\0';) {
		size_t len = strcspn(at, " ");
		size_t first_len = strcspn(at, "- ");
		uint64_t first;
		uint64_t last;

		if (!tro_decimal_parse(&first, at, first_len)) {
			return false;
		}
		last = first;
		if (first_len < len &&
			!tro_decimal_parse(&last, at + first_len + 1, len - first_len - 1)) {
			return false;
		}
		if (seq >= first && seq <= last) {
			return true;
		}
		at += len + (at[len] == ' ');
	}
	return false;
}

/* One <erasure>. */
static bool destroyed(const tro_xml_node *erasure, uint64_t seq, bool payload)
{
	const char *ranges = tro_xml_get(erasure, "", "payloads");
	uint64_t from;
	uint64_t by;

	if (!number_of(&from, erasure, "from") || !number_of(&by, erasure, "seq") || seq >= by) {
		return false;
	}
	return payload ? ranges != NULL && tro_erasure_destroyed(ranges, seq) : seq >= from;
}

static bool any_destroyed(const tro_xml_node *keeping, uint64_t seq, bool payload)
{
	tro_xml_node *e = keeping == NULL ? NULL : tro_xml_first_named(keeping, "", "erasure");

	while (e != NULL && !destroyed(e, seq, payload)) {
		e = tro_xml_next_named(e, "", "erasure");
	}
	return e != NULL;
}

/* ---- looking ahead ---- */

static tro_status covers(
	bool *out, const tro_stored_record *stored, uint64_t seq, bool payload, tro_err *err)
{
	tro_record record;
	tro_xml_doc *doc = NULL;
	tro_err unreadable;
	tro_status status = tro_record_read(&record, stored, err);

	*out = false;
	if (status != TRO_OK || !stored->has_payload || strcmp(record.matter, TRO_NO_MATTER) != 0 ||
		strcmp(record.event, TRO_EVENT_ERASE) != 0) {
		return status;
	}
	status = tro_xml_parse(&doc, stored->payload, stored->payload_len, "payload",
		&tro_xml_limits_default, &unreadable);
	if (status == TRO_OK) {
		tro_xml_node *session = tro_xml_first_named(tro_xml_root(doc), "", "session");
		tro_xml_node *keeping =
			session == NULL ? NULL : tro_xml_first_named(session, "", "keeping");

		*out = any_destroyed(keeping, seq, payload);
	}
	tro_xml_free(doc);
	return status == TRO_NOMEM ? tro_err_nomem(err) : TRO_OK;
}

tro_status tro_erasure_covering(uint64_t *out_seq, tro_store *store, const char *case_id,
	uint64_t seq, bool payload, tro_err *err)
{
	uint64_t count = 0;
	bool found = false;
	tro_status status = tro_store_case_count(&count, store, case_id, err);

	for (uint64_t at = seq + 1; at < count && !found && status == TRO_OK; at++) {
		tro_stored_record stored;

		status = tro_store_record_get(&stored, store, case_id, at, err);
		if (status == TRO_OK) {
			status = covers(&found, &stored, seq, payload, err);
			*out_seq = at;
			tro_stored_record_done(&stored);
		}
	}
	return status == TRO_OK && !found
		       ? tro_err_set(err, TRO_NOT_FOUND,
				 "no erasure of case %s says that it destroyed this", case_id)
		       : status;
}

/* ---- resuming ---- */

static tro_status not_ours(tro_err *err, const char *what)
{
	return tro_err_set(err, TRO_INVALID, "it is no erasure as one is written: %s", what);
}

static bool same(const tro_xml_node *node, const char *name, const char *value)
{
	const char *own = tro_xml_get(node, "", name);

	return own != NULL && strcmp(own, value) == 0;
}

/* The erasure names its actor and time, as its record does. */
static tro_status check_entry(const tro_xml_node *entry, const tro_record *record,
	const tro_session *session, tro_err *err)
{
	char time[TRO_TIME_TEXT_SIZE];
	uint64_t seq = 0;
	uint64_t from = 0;

	if (entry == NULL || !number_of(&seq, entry, "seq") || !number_of(&from, entry, "from")) {
		return not_ours(err, "its session does not tell of it");
	}
	tro_time_format(time, record->time);
	if (seq != record->seq || from > seq || !same(entry, "person", record->actor) ||
		!same(entry, "role", record->role) || !same(entry, "time", time)) {
		return not_ours(err, "its session tells of another");
	}
	if (strcmp(session->case_id, record->case_id) != 0) {
		return not_ours(err, "its session is of another case");
	}
	return tro_text_in_list(tro_keeping_roles(session, TRO_EVENT_ERASE), record->role)
		       ? TRO_OK
		       : not_ours(err, "the definition does not let this role erase");
}

/* Four eyes by what was signed: the record of the proposal is of another person. */
static tro_status check_proposal(const tro_xml_node *entry, tro_store *store,
	const tro_record *record, tro_xml_node *data, tro_err *err)
{
	tro_xml_node *proposed = tro_xml_first_named(entry, "", "proposed");
	tro_xml_node *named = tro_xml_first_named(data, "", "proposal");
	const char *number = named == NULL ? NULL : tro_xml_simple_text(named);
	tro_stored_record stored;
	tro_record proposal;
	uint64_t seq = 0;

	if (proposed == NULL || !number_of(&seq, proposed, "seq") || number == NULL ||
		!same(proposed, "seq", number) || seq >= record->seq) {
		return not_ours(err, "it names no proposal");
	}
	tro_status status = tro_store_record_get(&stored, store, record->case_id, seq, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_record_read(&proposal, &stored, err);
	tro_stored_record_done(&stored);
	if (status == TRO_OK && (strcmp(proposal.event, TRO_EVENT_ERASE_PROPOSE) != 0 ||
					strcmp(proposal.matter, TRO_NO_MATTER) != 0 ||
					!same(proposed, "person", proposal.actor))) {
		status = not_ours(err, "the record that it names is not its proposal");
	}
	if (status == TRO_OK && strcmp(proposal.actor, record->actor) == 0) {
		status = not_ours(err, "who proposed it did it");
	}
	return status;
}

/* Redaction leaves holds and states as they were. */
static tro_status check_free(const tro_session *session, tro_err *err)
{
	tro_findings *findings = tro_findings_new();
	tro_status status = findings == NULL ? tro_err_nomem(err)
					     : tro_keeping_judge_erasure(session, findings, err);

	tro_findings_free(findings);
	return status == TRO_REFUSED ? not_ours(err, "it was done while the case was held")
				     : status;
}

static tro_status check_missing(const tro_xml_node *keeping, tro_store *store,
	const tro_record *record, uint64_t from, tro_err *err)
{
	tro_status status = TRO_OK;

	for (uint64_t seq = from; seq < record->seq && status == TRO_OK; seq++) {
		tro_stored_record stored;
		tro_record earlier;

		status = tro_store_record_get(&stored, store, record->case_id, seq, err);
		if (status != TRO_OK) {
			break;
		}
		status = tro_record_read(&earlier, &stored, err);
		if (status == TRO_OK && earlier.has_payload && !stored.has_payload &&
			!any_destroyed(keeping, seq, true)) {
			status = tro_err_set(err, TRO_INVALID,
				"the payload of seq %llu is missing, and no erasure says that it "
				"destroyed it",
				(unsigned long long)seq);
		}
		if (status == TRO_OK && earlier.has_outcome && !stored.has_outcome_salt &&
			!any_destroyed(keeping, seq, false)) {
			status = tro_err_set(err, TRO_INVALID,
				"the outcome's salt of seq %llu is missing, and no erasure says "
				"that it destroyed it",
				(unsigned long long)seq);
		}
		tro_stored_record_done(&stored);
	}
	return status;
}

static tro_status restore(tro_session **out, const tro_rules *rules, tro_store *store,
	tro_xml_node *data, tro_err *err)
{
	tro_xml_node *proposal = tro_xml_first(data);
	tro_xml_node *session = proposal == NULL ? NULL : tro_xml_next(proposal);
	tro_buf bytes = TRO_BUF_INIT;

	if (session == NULL || tro_xml_next(session) != NULL ||
		!tro_xml_is(proposal, "", "proposal") || !tro_xml_is(session, "", "session") ||
		!tro_xml_holds_elements_alone(data)) {
		return not_ours(err, "its payload is not a proposal's number and a session");
	}
	tro_status status = tro_xml_c14n(&bytes, session, err);

	if (status == TRO_OK) {
		status = tro_session_restore(out, rules, store, bytes.ptr, bytes.len, err);
	}
	tro_buf_done(&bytes);
	return status;
}

tro_status tro_erasure_resume(tro_session **out, const tro_rules *rules, tro_store *store,
	const tro_record *record, tro_xml_node *data, uint64_t from, tro_err *err)
{
	tro_session *session = NULL;
	tro_status status = restore(&session, rules, store, data, err);

	if (status == TRO_OK && session->matter_count == 0) {
		status = not_ours(err, "its session has no matter");
	}
	tro_xml_node *entry = status == TRO_OK ? tro_keeping_last_erasure(session) : NULL;

	if (status == TRO_OK) {
		status = check_entry(entry, record, session, err);
	}
	if (status == TRO_OK) {
		status = check_proposal(entry, store, record, data, err);
	}
	if (status == TRO_OK) {
		status = check_free(session, err);
	}
	if (status == TRO_OK) {
		status = check_missing(tro_keeping_section(session), store, record, from, err);
	}
	if (status != TRO_OK) {
		tro_session_free(session);
		return status;
	}
	*out = session;
	return TRO_OK;
}
