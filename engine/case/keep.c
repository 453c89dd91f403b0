/*
 * Holds and erasures as commands: judge, change the session, sign, and write in one transaction, in
 * which an erasure also deletes the rows that it destroys. What lies in files is destroyed after it
 * (store/erasure.h).
 */
#include <tro/keeping.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "case/acting.h"
#include "case/arguments.h"
#include "case/case_internal.h"
#include "case/decide.h"
#include "case/erasure.h"
#include "case/keeping.h"
#include "case/redact.h"
#include "case/writing.h"
#include "crypto/crypto.h"
#include "store/erasure.h"

/* One act on its way. */
typedef struct keep {
	tro_case *c;
	const tro_command *command;
	const tro_signer *signer;
	tro_findings *findings;
	const tro_chart_event *event;
	tro_acting a;
	tro_xml_doc *data;
	tro_redaction redaction; /* of an erasure; its session NULL otherwise */
	tro_writing w;
} keep;

static void keep_done(keep *k)
{
	tro_xml_free(k->data);
	tro_redaction_done(&k->redaction);
	tro_writing_done(&k->w);
}

static bool erases(const keep *k)
{
	return strcmp(k->event->name, TRO_EVENT_ERASE) == 0;
}

/* The role that was asked for, or the first of those for this act that the person may act in. */
static tro_status choose_role(keep *k, tro_err *err)
{
	const tro_registry *registry = k->c->registry;
	const char *roles = tro_keeping_roles(k->c->session, k->event->name);
	tro_status status = tro_acting_by_key(&k->a.person, registry, k->signer, err);

	if (status == TRO_OK) {
		status = tro_acting_take_role(&k->a, registry, roles, k->command->role, err);
	}
	if (status != TRO_NOT_FOUND) {
		return status;
	}
	return roles[0] == '\0'
		       ? tro_err_set(err, TRO_REFUSED,
				 "the definition of case %s does not say who may do that", k->c->id)
		       : tro_err_set(err, TRO_KEY, "%s takes one of these roles: %s",
				 k->event->name, roles);
}

static tro_status read_arguments(keep *k, tro_err *err)
{
	tro_rules rules = tro_registry_rules(k->c->registry);
	tro_act_facts facts = {.person = k->a.person->id,
		.role = k->a.role,
		.rank = k->a.grant->rank,
		.time = k->a.now,
		.seq = k->c->count};

	return tro_arguments_read(&k->data, k->event, k->command, &facts, &rules, k->findings, err);
}

static tro_step step_of(const keep *k)
{
	return (tro_step){.matter = TRO_NO_MATTER,
		.event = k->event->name,
		.person = k->a.person->id,
		.role = k->a.role,
		.time = k->a.now,
		.seq = k->c->count,
		.data = tro_xml_root(k->data)};
}

/* ---- an erasure ---- */

/* Done before, by this person? */
static bool was_erased(const keep *k, uint64_t *out_seq)
{
	const tro_xml_node *last = tro_keeping_last_erasure(k->c->session);
	const tro_xml_node *proposed =
		last == NULL ? NULL : tro_xml_first_named(last, "", "proposed");

	if (proposed == NULL ||
		strcmp(tro_xml_attribute(proposed, "seq"),
			tro_xml_child_text(tro_xml_root(k->data), "", "proposal")) != 0 ||
		strcmp(tro_xml_attribute(last, "person"), k->a.person->id) != 0) {
		return false;
	}
	const char *seq = tro_xml_attribute(last, "seq");

	return tro_decimal_parse(out_seq, seq, strlen(seq));
}

static tro_status judge_erasure(keep *k, tro_err *err)
{
	const tro_session *session = k->c->session;
	const tro_xml_node *proposed = tro_keeping_proposed(session);
	const char *number = tro_xml_child_text(tro_xml_root(k->data), "", "proposal");
	tro_status status = tro_keeping_check_alive(session, err);

	if (status == TRO_OK) {
		status = tro_keeping_judge_erasure(session, k->findings, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	if (proposed == NULL || strcmp(tro_xml_attribute(proposed, "seq"), number) != 0) {
		return tro_err_set(err, TRO_REFUSED,
			"record %s of case %s is not an erasure that is proposed now", number,
			k->c->id);
	}
	if (strcmp(tro_xml_attribute(proposed, "person"), k->a.person->id) == 0) {
		return tro_err_set(err, TRO_REFUSED,
			"%s proposed this erasure: another person does it", k->a.person->name);
	}
	if (!tro_text_in_list(tro_keeping_roles(session, k->event->name), k->a.role)) {
		return tro_err_set(err, TRO_REFUSED, "%s takes one of these roles: %s",
			k->event->name, tro_keeping_roles(session, k->event->name));
	}
	return TRO_OK;
}

/* The redacted session as the last child of the payload. */
static tro_status add_session(keep *k, tro_err *err)
{
	tro_xml_doc *session = NULL;
	tro_status status = tro_xml_parse(
		&session, k->w.bytes.ptr, k->w.bytes.len, "session", &tro_xml_limits_default, err);

	if (status == TRO_OK) {
		status = tro_xml_copy(NULL, tro_xml_root(k->data), TRO_XML_LAST_CHILD,
			tro_xml_root(session), err);
	}
	tro_xml_free(session);
	return status;
}

static tro_status tell_erasure(
	const keep *k, const tro_redaction *redaction, const char *destroys, tro_err *err)
{
	const tro_xml_node *entry = tro_keeping_last_erasure(redaction->session);

	return tro_findings_add(k->findings, TRO_LEVEL_NOTE, "erase", k->c->id, NULL, NULL, err,
		"%s the data of records %s, the salts of outcomes from record %s on, %zu filings "
		"and %s files",
		destroys,
		tro_xml_attribute(entry, "payloads")[0] == '\0'
			? "(none)"
			: tro_xml_attribute(entry, "payloads"),
		tro_xml_attribute(entry, "from"), redaction->blob_count,
		tro_xml_attribute(entry, "files"));
}

static tro_status redact(keep *k, tro_err *err)
{
	tro_step step = step_of(k);
	tro_status status = judge_erasure(k, err);

	if (status == TRO_OK) {
		status = tro_redact(&k->redaction, k->c, &step, k->findings, err);
	}
	if (status == TRO_OK) {
		status = tell_erasure(k, &k->redaction, "destroys", err);
	}
	if (status == TRO_OK) {
		status = tro_session_save(&k->w.bytes, k->redaction.session, err);
	}
	return status == TRO_OK ? add_session(k, err) : status;
}

/* What stands against it now may be mended before the second person comes. */
static tro_status add_as_warnings(const keep *k, const tro_findings *findings, tro_err *err)
{
	tro_status status = TRO_OK;

	for (size_t i = 0; i < tro_findings_count(findings) && status == TRO_OK; i++) {
		const tro_finding *f = tro_findings_at(findings, i);

		status = tro_findings_add(k->findings,
			f->level == TRO_LEVEL_BLOCK ? TRO_LEVEL_WARN : f->level, f->id, f->place,
			f->basis, f->remedy, err, "%s", f->message);
	}
	return status;
}

/* A proposal is tried as the erasure that it would be: a path that names nothing refuses it, and
 * what would be destroyed, or stand against it, is told. The session holds the proposal. */
static tro_status rehearse_erasure(const keep *k, tro_err *err)
{
	tro_step step = step_of(k);
	tro_redaction redaction = {0};
	tro_findings *findings = tro_findings_new();
	tro_status status = findings == NULL ? tro_err_nomem(err) : TRO_OK;

	if (status != TRO_OK) {
		return status;
	}
	step.event = TRO_EVENT_ERASE;
	tro_status tried = tro_redact(&redaction, k->c, &step, findings, err);

	if (tried == TRO_OK || tried == TRO_REFUSED) {
		status = add_as_warnings(k, findings, err);
	} else {
		status = tried;
	}
	if (tried == TRO_OK && status == TRO_OK) {
		status = tell_erasure(k, &redaction, "would destroy", err);
	}
	tro_redaction_done(&redaction);
	tro_findings_free(findings);
	return status;
}

/* A hold that nobody placed is no rule of the workflow's that is broken. */
static tro_status find_hold(const keep *k, tro_err *err)
{
	const char *wanted = tro_xml_child_text(tro_xml_root(k->data), "", "hold");
	tro_hold hold;

	for (size_t i = 0; tro_case_hold_at(k->c, i, &hold); i++) {
		if (strcmp(hold.seq, wanted) == 0) {
			return TRO_OK;
		}
	}
	return tro_err_set(
		err, TRO_NOT_FOUND, "no hold on case %s was placed by record %s", k->c->id, wanted);
}

/* Any act but an erasure. */
static tro_status step_session(keep *k, tro_err *err)
{
	tro_step step = step_of(k);
	tro_status status =
		strcmp(step.event, TRO_EVENT_HOLD_RELEASE) == 0 ? find_hold(k, err) : TRO_OK;

	if (status == TRO_OK) {
		status = tro_keeping_step(k->c->session, &step, k->findings, err);
	}
	if (status == TRO_OK && strcmp(step.event, TRO_EVENT_ERASE_PROPOSE) == 0) {
		status = rehearse_erasure(k, err);
	}
	return status;
}

/* Within the transaction that appends the record of the erasure. */
static tro_status delete_rows(const void *user, tro_err *err)
{
	const keep *k = user;
	tro_store *store = k->c->registry->store;
	const tro_redaction *r = &k->redaction;
	size_t next = 0;
	tro_status status = TRO_OK;

	for (uint64_t seq = r->from; seq < k->w.entry.record.seq && status == TRO_OK; seq++) {
		tro_stored_record stored;

		status = tro_store_record_get(&stored, store, k->c->id, seq, err);
		if (status != TRO_OK) {
			break;
		}
		status = tro_store_erase_outcome_salt(store, stored.position, err);
		if (status == TRO_OK && next < r->payload_count && r->payloads[next] == seq) {
			next++;
			status = tro_store_erase_payload(store, stored.position, err);
		}
		tro_stored_record_done(&stored);
	}
	for (size_t i = 0; i < r->blob_count && status == TRO_OK; i++) {
		status = tro_store_erase_blob(store, r->blobs + i * TRO_SHA256_LEN, err);
	}
	return status;
}

/* ---- writing ---- */

/* Composes the record, and signs it. */
static tro_status sign(keep *k, tro_session *session, tro_err *err)
{
	tro_case *c = k->c;
	tro_record record = {
		.seq = c->count, .has_prev = true, .time = k->a.now, .has_workflow = true};

	memcpy(record.prev, c->head, sizeof(record.prev));
	memcpy(record.workflow, session->matters[0].definition, sizeof(record.workflow));
	tro_writing_fill(&record, c->registry, c->id, TRO_NO_MATTER, k->event->name, NULL);
	(void)snprintf(record.actor, sizeof(record.actor), "%s", k->a.person->id);
	(void)snprintf(record.role, sizeof(record.role), "%s", k->a.role);
	k->w.session = session;
	if (erases(k)) {
		k->w.also = delete_rows;
		k->w.user = k;
	}
	tro_status status = tro_writing_compose(&k->w, c->registry, &record, k->data, err);

	return status == TRO_OK ? tro_entry_sign(&k->w.entry, k->signer, err) : status;
}

static tro_status append(const keep *k, tro_err *err)
{
	return tro_writing_append(k->c->registry, &k->w, k->c->first_time, err);
}

/* *out_done: the record stands, whether or not the files could be cleaned. */
static tro_status erase(const keep *k, bool *out_done, tro_err *err)
{
	tro_store *store = k->c->registry->store;
	tro_erasure_plan plan = {.case_id = k->c->id,
		.seq = k->w.entry.record.seq,
		.all_files = k->redaction.whole,
		.exhibits = k->redaction.exhibits,
		.exhibit_count = k->redaction.exhibit_count};
	int fd = -1;
	tro_err cleaning;

	memcpy(plan.note_sha256, k->w.entry.hash, sizeof(plan.note_sha256));
	tro_status status = tro_store_erasure_begin(&fd, store, &plan, err);

	if (status != TRO_OK) {
		return status;
	}
	status = append(k, err);
	*out_done = status == TRO_OK;
	tro_status cleaned = tro_store_erasure_finish_own(store, fd, &cleaning);

	if (status == TRO_OK && cleaned != TRO_OK) {
		status = tro_err_set(err, cleaned, "record %llu says that it is erased, but: %s",
			(unsigned long long)plan.seq, cleaning.message);
	}
	return status;
}

static void move_on(keep *k)
{
	tro_case *c = k->c;

	if (k->redaction.session != NULL) {
		tro_session_free(c->session);
		c->session = k->redaction.session;
		k->redaction.session = NULL;
	}
	tro_case_move_on(c, &k->w.entry);
}

static tro_status step_and_write(keep *k, tro_result *out, tro_err *err)
{
	tro_case *c = k->c;
	bool done = false;
	tro_status status = erases(k) ? redact(k, err) : step_session(k, err);
	tro_session *session = k->redaction.session == NULL ? c->session : k->redaction.session;

	if (status == TRO_OK) {
		out->seq = c->count;
	}
	if (status == TRO_OK && !k->command->dry_run) {
		status = sign(k, session, err);
		if (status == TRO_OK && erases(k)) {
			status = erase(k, &done, err);
		} else if (status == TRO_OK) {
			status = append(k, err);
			done = status == TRO_OK;
		}
	}
	if (done) {
		move_on(k);
	} else {
		tro_case_fall_back(c);
	}
	return status;
}

/* A command that is run again; *out_seq UINT64_MAX when it is not. */
static tro_status find_done(uint64_t *out_seq, const keep *k, tro_err *err)
{
	*out_seq = UINT64_MAX;
	if (erases(k)) {
		return was_erased(k, out_seq) ? tro_store_erasure_finish(k->c->registry->store, err)
					      : TRO_OK;
	}
	return k->command->again
		       ? TRO_OK
		       : tro_case_find_same_act(out_seq, k->c, TRO_NO_MATTER, NULL, k->data, err);
}

tro_status tro_case_keep(tro_case *c, const tro_command *command, const tro_signer *signer,
	tro_result *out, tro_findings *findings, tro_err *err)
{
	keep k = {.c = c,
		.command = command,
		.signer = signer,
		.findings = findings,
		.event = tro_keeping_event(command->event),
		.w = tro_writing_of(NULL)};
	uint64_t same = UINT64_MAX;
	tro_status status = tro_case_ready(c, err);

	*out = (tro_result){0};
	if (status == TRO_OK && k.event == NULL) {
		status = tro_err_set(
			err, TRO_NOT_FOUND, "%s is no act on a case itself", command->event);
	}
	if (status == TRO_OK) {
		k.a.now = tro_case_now(c);
		status = choose_role(&k, err);
	}
	if (status == TRO_OK) {
		status = read_arguments(&k, err);
	}
	if (status == TRO_OK) {
		status = find_done(&same, &k, err);
	}
	if (same != UINT64_MAX) {
		out->already = true;
		out->seq = same;
	} else if (status == TRO_OK) {
		status = step_and_write(&k, out, err);
	}
	keep_done(&k);
	return status;
}

/* ---- asking ---- */

static tro_xml_node *kept_at(const tro_case *c, const char *name, size_t index)
{
	tro_xml_node *section = tro_keeping_section(c->session);
	tro_xml_node *node = section == NULL ? NULL : tro_xml_first_named(section, "", name);

	for (; node != NULL && index > 0; index--) {
		node = tro_xml_next_named(node, "", name);
	}
	return node;
}

bool tro_case_hold_at(const tro_case *c, size_t index, tro_hold *out)
{
	tro_xml_node *node = kept_at(c, "hold", index);

	if (node == NULL) {
		return false;
	}
	*out = (tro_hold){.seq = tro_xml_attribute(node, "seq"),
		.person = tro_xml_attribute(node, "person"),
		.role = tro_xml_attribute(node, "role"),
		.time = tro_xml_attribute(node, "time"),
		.reason = tro_xml_child_text(node, "", "reason")};
	return true;
}

static tro_proposed_erasure proposed_of(const tro_xml_node *node)
{
	return (tro_proposed_erasure){.seq = tro_xml_attribute(node, "seq"),
		.person = tro_xml_attribute(node, "person"),
		.role = tro_xml_attribute(node, "role"),
		.time = tro_xml_attribute(node, "time"),
		.what = tro_xml_child_text(node, "", "what"),
		.reason = tro_xml_child_text(node, "", "reason")};
}

bool tro_case_proposed_erasure(const tro_case *c, tro_proposed_erasure *out)
{
	tro_xml_node *node = tro_keeping_proposed(c->session);

	if (node != NULL) {
		*out = proposed_of(node);
	}
	return node != NULL;
}

bool tro_case_erasure_at(const tro_case *c, size_t index, tro_erasure_info *out)
{
	tro_xml_node *node = kept_at(c, "erasure", index);
	tro_xml_node *proposed = node == NULL ? NULL : tro_xml_first_named(node, "", "proposed");

	if (proposed == NULL) {
		return false;
	}
	*out = (tro_erasure_info){.seq = tro_xml_attribute(node, "seq"),
		.person = tro_xml_attribute(node, "person"),
		.role = tro_xml_attribute(node, "role"),
		.time = tro_xml_attribute(node, "time"),
		.whole = strcmp(tro_xml_attribute(node, "whole"), "true") == 0,
		.from = tro_xml_attribute(node, "from"),
		.payloads = tro_xml_attribute(node, "payloads"),
		.files = tro_xml_attribute(node, "files"),
		.proposed = proposed_of(proposed)};
	return true;
}

bool tro_case_erased_filing_at(
	const tro_case *c, size_t erasure, size_t filing, tro_filing_info *out)
{
	tro_xml_node *entry = kept_at(c, "erasure", erasure);
	tro_xml_node *node = entry == NULL ? NULL : tro_xml_first_named(entry, "", "filing");

	for (; node != NULL && filing > 0; filing--) {
		node = tro_xml_next_named(node, "", "filing");
	}
	if (node == NULL) {
		return false;
	}
	*out = (tro_filing_info){.id = tro_xml_attribute(node, "id"),
		.name = tro_xml_attribute(node, "name"),
		.recipient = tro_xml_attribute(node, "recipient"),
		.matter = tro_xml_attribute(node, "matter"),
		.seq = tro_xml_attribute(node, "seq")};
	return true;
}

tro_status tro_case_each_erased_record(const tro_case *c, size_t erasure,
	tro_status (*each)(void *user, uint64_t seq, const char *event, const char *sha256_hex,
		bool payload_erased, tro_err *err),
	void *user, tro_err *err)
{
	tro_erasure_info info;
	uint64_t from = 0;
	uint64_t end = 0;

	if (!tro_case_erasure_at(c, erasure, &info) ||
		!tro_decimal_parse(&from, info.from, strlen(info.from)) ||
		!tro_decimal_parse(&end, info.seq, strlen(info.seq))) {
		return tro_err_set(err, TRO_NOT_FOUND, "case %s has no such erasure", c->id);
	}
	tro_status status = TRO_OK;

	for (uint64_t seq = from; seq < end && status == TRO_OK; seq++) {
		tro_stored_record stored;
		tro_record record;
		uint8_t hash[32];
		char hex[TRO_HEX_SIZE(32)];

		status = tro_store_record_get(&stored, c->registry->store, c->id, seq, err);
		if (status != TRO_OK) {
			break;
		}
		status = tro_record_read(&record, &stored, err);
		if (status == TRO_OK) {
			tro_record_hash(hash, stored.note, stored.note_len);
			tro_hex_encode(hex, hash, sizeof(hash));
			status = each(user, seq, record.event, hex,
				tro_erasure_destroyed(info.payloads, seq), err);
		}
		tro_stored_record_done(&stored);
	}
	return status;
}
