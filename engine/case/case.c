#include <tro/case.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "case/case_internal.h"
#include "crypto/crypto.h"
#include "ledger/id.h"

/* ---- opening ---- */

/* The snapshot, if it is the outcome that the head record commits to. TRO_NOT_FOUND when there is
 * none that fits. */
static tro_status from_snapshot(
	tro_case *c, const tro_record *head, const tro_stored_record *stored, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	uint8_t hmac[32];
	uint64_t seq;
	tro_rules rules = tro_registry_rules(c->registry);
	tro_status status = tro_store_snapshot_get(&bytes, &seq, c->registry->store, c->id, err);

	if (status == TRO_OK &&
		(seq != head->seq || !head->has_outcome || !stored->has_outcome_salt)) {
		status = TRO_NOT_FOUND;
	}
	if (status == TRO_OK) {
		status = tro_hmac_sha256(hmac, stored->outcome_salt, 32, bytes.ptr, bytes.len, err);
	}
	if (status == TRO_OK && memcmp(hmac, head->outcome, sizeof(hmac)) != 0) {
		status = TRO_NOT_FOUND;
	}
	if (status == TRO_OK) {
		status = tro_session_restore(
			&c->session, &rules, c->registry->store, bytes.ptr, bytes.len, err);
	}
	tro_buf_done(&bytes);
	return status;
}

static tro_status from_records(tro_case *c, tro_err *err)
{
	tro_replay replay;
	tro_status status = tro_replay_begin(&replay, c->registry, c->id, err);

	if (status == TRO_OK) {
		status = tro_replay_to(&replay, c->count - 1, err);
	}
	if (status == TRO_OK) {
		c->session = replay.session;
		c->session->rules = tro_registry_rules(c->registry);
		replay.session = NULL;
	}
	tro_replay_end(&replay);
	return status;
}

static tro_status read_first_time(tro_case *c, tro_err *err)
{
	tro_stored_record stored;
	tro_record first;
	tro_status status = tro_store_record_get(&stored, c->registry->store, c->id, 0, err);

	if (status == TRO_OK) {
		status = tro_record_read(&first, &stored, err);
		tro_stored_record_done(&stored);
	}
	if (status == TRO_OK) {
		c->first_time = first.time;
	}
	return status;
}

static tro_status load(tro_case *c, tro_err *err)
{
	tro_stored_record stored;
	tro_record head;
	tro_status status = tro_store_case_count(&c->count, c->registry->store, c->id, err);

	if (status == TRO_OK) {
		status =
			tro_store_record_get(&stored, c->registry->store, c->id, c->count - 1, err);
	}
	if (status == TRO_NOT_FOUND) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"there is no case %s: 'tro status' lists the cases", c->id);
	}
	if (status != TRO_OK) {
		return status;
	}
	status = tro_record_read(&head, &stored, err);
	if (status == TRO_OK) {
		status = read_first_time(c, err);
	}
	if (status == TRO_OK) {
		c->last_time = head.time;
		tro_record_hash(c->head, stored.note, stored.note_len);
		status = from_snapshot(c, &head, &stored, err);
		if (status == TRO_NOT_FOUND) {
			status = from_records(c, err);
		}
	}
	tro_stored_record_done(&stored);
	return status;
}

tro_status tro_case_reload(tro_case *c, tro_err *err)
{
	tro_session *spoiled = c->session;
	tro_status status = tro_store_begin_read(c->registry->store, err);

	c->session = NULL;
	if (status == TRO_OK) {
		status = tro_registry_catch_up(c->registry, err);
		if (status == TRO_OK) {
			status = load(c, err);
		}
		tro_store_rollback(c->registry->store); /* ends the stable view */
	}
	c->spoiled = status != TRO_OK;
	if (c->spoiled) { /* readers still have something to read */
		tro_session_free(c->session);
		c->session = spoiled;
	} else {
		tro_session_free(spoiled);
	}
	return status;
}

tro_status tro_case_ready(tro_case *c, tro_err *err)
{
	return c->spoiled ? tro_case_reload(c, err) : TRO_OK;
}

tro_status tro_case_open(tro_case **out, tro_registry *registry, const char *id, tro_err *err)
{
	tro_case *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		return tro_err_nomem(err);
	}
	c->registry = registry;
	c->states = (tro_buf)TRO_BUF_INIT;
	tro_status status = tro_id_check(c->id, id, err);

	if (status == TRO_OK) {
		status = tro_case_reload(c, err);
	}
	if (status != TRO_OK) {
		tro_case_close(c);
		return status;
	}
	*out = c;
	return TRO_OK;
}

void tro_case_close(tro_case *c)
{
	if (c != NULL) {
		tro_session_free(c->session);
		tro_buf_done(&c->states);
		free(c);
	}
}

/* ---- reading ---- */

static tro_xml_node *section(const tro_case *c, const char *name)
{
	return tro_xml_first_named(tro_xml_root(c->session->system), "", name);
}

/* The element child number `index`, or NULL. */
static tro_xml_node *child_at(tro_xml_node *parent, size_t index)
{
	tro_xml_node *node = parent == NULL ? NULL : tro_xml_first(parent);

	for (; node != NULL && index > 0; index--) {
		node = tro_xml_next(node);
	}
	return node;
}

const char *tro_case_id(const tro_case *c)
{
	return c->id;
}

const char *tro_case_workflow(const tro_case *c)
{
	return tro_xml_attribute(section(c, "workflow"), "name");
}

uint64_t tro_case_count(const tro_case *c)
{
	return c->count;
}

bool tro_case_finished(const tro_case *c)
{
	return tro_session_finished(c->session);
}

tro_status tro_case_title(tro_buf *out, const tro_case *c, tro_err *err)
{
	tro_xml_node *title = tro_xml_first_named(tro_xml_root(c->session->document), "", "title");

	if (title != NULL) {
		tro_xml_text(out, title);
	}
	return tro_buf_status(out, err);
}

tro_status tro_case_document(tro_buf *out, const tro_case *c, tro_err *err)
{
	return tro_xml_c14n(out, tro_xml_root(c->session->document), err);
}

size_t tro_case_matter_count(const tro_case *c)
{
	return c->session->matter_count;
}

tro_status tro_case_matter_at(tro_case *c, size_t index, tro_matter_info *out, tro_err *err)
{
	const tro_matter *matter = &c->session->matters[index];
	const tro_chart *chart = tro_chart_session_chart(matter->chart);

	tro_buf_clear(&c->states);
	tro_status status = tro_matter_state_titles(&c->states, matter, err);

	*out = (tro_matter_info){.id = matter->id,
		.definition = tro_chart_id(chart),
		.title = tro_chart_title(chart),
		.states = c->states.ptr,
		.finished = tro_chart_ended(matter->chart)};
	return status;
}

bool tro_case_deadline_at(const tro_case *c, size_t index, tro_deadline *out)
{
	for (size_t i = 0; i < c->session->matter_count; i++) {
		const tro_matter *matter = &c->session->matters[i];

		for (size_t n = 0;
			tro_chart_timer_at(matter->chart, n, &out->due, &out->id, &out->event);
			n++) {
			if (index-- == 0) {
				out->matter = matter->id;
				return true;
			}
		}
	}
	return false;
}

bool tro_case_finding_at(const tro_case *c, size_t index, tro_case_finding *out)
{
	tro_xml_node *node = child_at(section(c, "findings"), index);

	if (node == NULL) {
		return false;
	}
	const char *message = tro_xml_simple_text(node);

	*out = (tro_case_finding){.seq = tro_xml_attribute(node, "seq"),
		.matter = tro_xml_attribute(node, "matter"),
		.level = tro_xml_attribute(node, "level"),
		.id = tro_xml_attribute(node, "id"),
		.basis = tro_xml_attribute(node, "basis"),
		.remedy = tro_xml_attribute(node, "remedy"),
		.message = message == NULL ? "" : message};
	return true;
}

void tro_filing_info_read(tro_filing_info *out, const tro_xml_node *filing)
{
	*out = (tro_filing_info){.id = tro_xml_attribute(filing, "id"),
		.name = tro_xml_attribute(filing, "name"),
		.recipient = tro_xml_attribute(filing, "recipient"),
		.matter = tro_xml_attribute(filing, "matter"),
		.seq = tro_xml_attribute(filing, "seq"),
		.sha256 = tro_xml_attribute(filing, "sha256"),
		.size = tro_xml_attribute(filing, "size")};
}

bool tro_case_filing_at(const tro_case *c, size_t index, tro_filing_info *out)
{
	tro_xml_node *node = child_at(section(c, "filings"), index);

	if (node != NULL) {
		tro_filing_info_read(out, node);
	}
	return node != NULL;
}

/* ---- the log ---- */

static tro_status show_record(const tro_stored_record *stored,
	tro_status (*each)(void *user, const tro_log_entry *entry, tro_err *err), void *user,
	tro_err *err)
{
	tro_record record;
	tro_note note;
	tro_status status = tro_record_read(&record, stored, err);

	if (status == TRO_OK) {
		status = tro_note_parse(&note, stored->note, stored->note_len, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	char *text = strndup(note.untrusted_text, note.text_len);
	tro_log_entry entry = {.seq = record.seq,
		.event = record.event,
		.matter = record.matter,
		.actor = record.actor,
		.role = record.role,
		.time = record.time,
		.text = text,
		.signature_line = stored->note + note.text_len + 1,
		.payload = stored->has_payload ? stored->payload : "",
		.payload_len = stored->has_payload ? stored->payload_len : 0};

	status = text == NULL ? tro_err_nomem(err) : each(user, &entry, err);
	free(text);
	return status;
}

static tro_status show_records(tro_store *store, const char *case_id, uint64_t count,
	tro_status (*each)(void *user, const tro_log_entry *entry, tro_err *err), void *user,
	tro_err *err)
{
	tro_status status = TRO_OK;

	for (uint64_t seq = 0; seq < count && status == TRO_OK; seq++) {
		tro_stored_record stored;

		status = tro_store_record_get(&stored, store, case_id, seq, err);
		if (status == TRO_OK) {
			status = show_record(&stored, each, user, err);
			tro_stored_record_done(&stored);
		}
	}
	return status;
}

tro_status tro_case_each_record(tro_case *c,
	tro_status (*each)(void *user, const tro_log_entry *entry, tro_err *err), void *user,
	tro_err *err)
{
	return show_records(c->registry->store, c->id, c->count, each, user, err);
}

tro_status tro_registry_each_record(tro_registry *registry,
	tro_status (*each)(void *user, const tro_log_entry *entry, tro_err *err), void *user,
	tro_err *err)
{
	return show_records(registry->store, TRO_REGISTRY_CASE,
		tro_authority_count(registry->authority), each, user, err);
}
