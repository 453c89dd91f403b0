/*
 * Verification of a store. First every record by its position: form, signature, authority at that
 * position, payload, tree. Then every case by its sequence: chain, and every step run again under
 * the rules it names, with its outcome; then what hangs on it: exhibits, filings, projections.
 * Nothing is believed because the store says so; what fails becomes a finding that names the
 * record, and checking goes on.
 */
#include <tro/verify.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/calendar.h>

#include "audit/attached.h"
#include "audit/contents.h"
#include "audit/extract_read.h"
#include "audit/report.h"
#include "audit/standing.h"
#include "audit/witnessed.h"
#include "base/text.h"
#include "case/case_internal.h"
#include "case/erasure.h"
#include "case/keeping.h"
#include "crypto/crypto.h"
#include "ledger/access.h"
#include "ledger/fields.h"
#include "ledger/heads.h"
#include "ledger/id.h"
#include "ledger/tree.h"
#include "store/erasure.h"

enum { PLACE_SIZE = 160, PROGRESS_EVERY = 256, MISSING_MAX = 100 };

typedef struct audit {
	tro_registry *registry;
	tro_extract *extract;	  /* NULL for a store */
	bool lacking;		  /* something of the extract was found missing */
	tro_authority *authority; /* as of the position reached */
	tro_witnessed *witnessed;
	const char *only_case; /* NULL for all */
	tro_verdict verdict;
	tro_verify_summary *summary;
	tro_findings *findings;
	void (*progress)(void *user, uint64_t done, uint64_t total);
	void *user;
	uint64_t total;
	char erased_case[TRO_ID_SIZE]; /* the last payload that an erasure destroyed was of this */
	uint64_t erased_by;	       /* and destroyed by this record */
} audit;

const char *tro_verdict_name(tro_verdict verdict)
{
	switch (verdict) {
	case TRO_VERDICT_VALID:
		return "VALID";
	case TRO_VERDICT_UNWITNESSED:
		return "UNWITNESSED";
	case TRO_VERDICT_PAYLOAD_WITHHELD:
		return "PAYLOAD-WITHHELD";
	case TRO_VERDICT_PAYLOAD_ERASED:
		return "PAYLOAD-ERASED";
	case TRO_VERDICT_LATE_ANCHORED:
		return "LATE-ANCHORED";
	case TRO_VERDICT_KEY_DISPUTED:
		return "KEY-DISPUTED";
	case TRO_VERDICT_INCOMPLETE:
		return "INCOMPLETE";
	case TRO_VERDICT_SPLIT_VIEW:
		return "SPLIT-VIEW";
	case TRO_VERDICT_INVALID:
		return "INVALID";
	}
	return "INVALID";
}

/* Adds a finding that makes the verdict at least `verdict`. */
static tro_status report(audit *a, tro_verdict verdict, const char *id, const char *place,
	const char *message, tro_err *err)
{
	return tro_verdict_report(&a->verdict, a->findings, verdict, id, place, message, err);
}

/* What an extract lacks makes it incomplete; what a store lacks was taken out of it. */
static tro_verdict verdict_on(const audit *a, tro_status status)
{
	return a->extract != NULL && status == TRO_NOT_FOUND ? TRO_VERDICT_INCOMPLETE
							     : TRO_VERDICT_INVALID;
}

/* Whoever found it may have said where already. */
static const char *without_place(const char *message, const char *place)
{
	size_t len = strlen(place);
	bool said = strncmp(message, place, len) == 0 && strncmp(message + len, ": ", 2) == 0;

	return said ? message + len + 2 : message;
}

/* What went wrong becomes a finding, unless the machine failed and not the data. */
static tro_status conclude(audit *a, tro_status status, const tro_err *own, const char *id,
	const char *place, tro_err *err)
{
	if (status == TRO_OK) {
		return TRO_OK;
	}
	if (status == TRO_NOMEM || status == TRO_CHANGED) {
		return tro_err_set(err, status, "%s: %s", place, own->message);
	}
	a->lacking = a->lacking || verdict_on(a, status) == TRO_VERDICT_INCOMPLETE;
	return report(a, verdict_on(a, status), id, place, without_place(own->message, place), err);
}

static void name_record(char out[PLACE_SIZE], const char *case_id, uint64_t seq, uint64_t position)
{
	(void)snprintf(out, PLACE_SIZE, "case %s seq %llu (record %llu of the log)", case_id,
		(unsigned long long)seq, (unsigned long long)position);
}

/* ---- by position ---- */

static tro_status check_signature(const tro_note *note, const tro_vkey *key, audit *a, tro_err *err)
{
	tro_status status = tro_note_verify(note, key, err);

	a->summary->signatures++;
	if (status == TRO_NOT_FOUND) {
		status = tro_err_set(
			err, TRO_KEY, "it is not signed by the key of the person whom it names");
	}
	return status;
}

static tro_status registry_key(tro_vkey *out, const audit *a, const tro_record *record,
	const tro_note *note, const tro_stored_record *stored, tro_err *err)
{
	if (record->seq == 0) {
		return stored->has_payload
			       ? tro_authority_genesis_key(
					 out, stored->payload, stored->payload_len, err)
			       : tro_err_set(err, TRO_INVALID, "genesis has no payload");
	}
	const tro_person *person = tro_authority_person(a->authority, record->actor);

	if (person == NULL || !person->has_key) {
		return tro_err_set(err, TRO_KEY, "%s is not enrolled at that point", record->actor);
	}
	*out = *tro_person_key_in(person, note);
	return TRO_OK;
}

static tro_status check_registry_record(audit *a, const tro_record *record, const tro_note *note,
	const tro_stored_record *stored, tro_err *err)
{
	tro_vkey key;

	if (a->extract != NULL && record->seq != tro_authority_count(a->authority)) {
		return tro_err_set(err, TRO_NOT_FOUND, "the registry's record %llu is missing",
			(unsigned long long)tro_authority_count(a->authority));
	}
	tro_status status = registry_key(&key, a, record, note, stored, err);

	if (status == TRO_OK) {
		status = check_signature(note, &key, a, err);
	}
	return status == TRO_OK ? tro_registry_advance(a->authority, a->registry->store, NULL, err)
				: status;
}

/* Authority goes by position: the registry head that the record names must be the one at its place
 * in the log. */
static tro_status check_case_record(
	audit *a, const tro_record *record, const tro_note *note, tro_err *err)
{
	uint8_t head[32];
	tro_uk_local local;
	const tro_grant *grant;
	const tro_person *person = tro_authority_person(a->authority, record->actor);

	if (strcmp(record->log, tro_authority_origin(a->authority)) != 0) {
		return tro_err_set(err, TRO_INVALID, "it belongs to another log: %s", record->log);
	}
	if (!record->has_registry || !tro_authority_head(a->authority, head) ||
		memcmp(head, record->registry, sizeof(head)) != 0) {
		return tro_err_set(err, TRO_INVALID,
			"it names a registry head that was not the newest at its place");
	}
	if (person == NULL || !person->has_key) {
		return tro_err_set(err, TRO_KEY, "%s is not enrolled at that point", record->actor);
	}
	tro_status status = check_signature(note, tro_person_key_in(person, note), a, err);

	tro_uk_from_time(&local, record->time);
	return status == TRO_OK ? tro_authority_may_act(&grant, a->authority, record->actor,
					  record->role, local.date, err)
				: status;
}

/* The data that a record commits to are there, or a later record of the case says that they were
 * erased; what that one says of itself is judged with the case's steps. */
static tro_status check_data(
	audit *a, const tro_record *record, const tro_stored_record *stored, tro_err *err)
{
	uint64_t by = 0;

	if (!record->has_payload || stored->has_payload || stored->has_payload_salt ||
		!tro_case_has_session(record->case_id)) {
		return tro_record_check_payload(record, stored, err);
	}
	if (strcmp(a->erased_case, record->case_id) == 0 && record->seq < a->erased_by) {
		return TRO_OK; /* replay checks each */
	}
	tro_status status = tro_erasure_covering(
		&by, a->registry->store, record->case_id, record->seq, true, err);

	if (status == TRO_NOT_FOUND) {
		return tro_record_check_payload(record, stored, err);
	}
	if (status == TRO_OK) {
		(void)snprintf(a->erased_case, sizeof(a->erased_case), "%s", record->case_id);
		a->erased_by = by;
	}
	return status;
}

static tro_status check_record(audit *a, tro_record *out, const tro_stored_record *stored,
	const char *case_id, tro_err *err)
{
	tro_note note;
	tro_record record;
	tro_status status = tro_note_parse(&note, stored->note, stored->note_len, err);

	if (status == TRO_OK) {
		status = tro_record_parse(&record, note.untrusted_text, note.text_len, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	*out = record;
	if (strcmp(record.case_id, case_id) != 0 || record.seq != stored->seq) {
		return tro_err_set(err, TRO_INVALID, "its text says case %s seq %llu",
			record.case_id, (unsigned long long)record.seq);
	}
	status = a->extract != NULL ? tro_extract_check_payload(a->extract, &record, stored, err)
				    : check_data(a, &record, stored, err);
	if (status != TRO_OK) {
		return status;
	}
	if (!record.has_outcome && stored->has_outcome_salt) {
		return tro_err_set(err, TRO_INVALID,
			"the store keeps a salt of an outcome to which it does not commit");
	}
	if (strcmp(case_id, TRO_REGISTRY_CASE) == 0) {
		return check_registry_record(a, &record, &note, stored, err);
	}
	status = check_case_record(a, &record, &note, err);
	return status == TRO_OK && tro_text_starts(case_id, TRO_ACCESS_PREFIX)
		       ? tro_access_judge(&record, tro_authority_service(a->authority),
				 stored->payload, stored->payload_len, err)
		       : status;
}

/* What a record adopted must be there, whether or not a step has read it yet. An extract has what
 * its own steps read, and lacks it by their failing. */
static tro_status check_adopted(
	audit *a, const tro_stored_record *stored, const char *place, tro_err *err)
{
	tro_fields fields = {0};
	tro_err own;
	tro_status status =
		conclude(a, tro_fields_parse(&fields, stored->payload, stored->payload_len, &own),
			&own, "adopted", place, err);

	for (size_t i = 0; status == TRO_OK && i < fields.count; i++) {
		uint8_t sha256[32];
		tro_buf bytes = TRO_BUF_INIT;

		if (tro_hex_decode(
			    sha256, 32, fields.list[i].value, strcspn(fields.list[i].value, " "))) {
			status = conclude(a,
				tro_store_blob_get(&bytes, a->registry->store, sha256, &own), &own,
				"adopted", place, err);
		}
		tro_buf_done(&bytes);
	}
	tro_fields_done(&fields);
	return status;
}

/* ---- the tree: computed anew and compared with the stored nodes ---- */

static tro_status stored_node(
	uint8_t out[32], void *user, unsigned level, uint64_t index, tro_err *err)
{
	const audit *a = user;

	return tro_store_node_get(out, a->registry->store, level, index, err);
}

static tro_status same_node(
	void *user, unsigned level, uint64_t index, const uint8_t hash[32], tro_err *err)
{
	uint8_t stored[32];
	tro_status status = stored_node(stored, user, level, index, err);

	if (status == TRO_OK && memcmp(stored, hash, sizeof(stored)) != 0) {
		status = tro_err_set(err, TRO_INVALID,
			"the tree's node %u/%llu is not the hash of what it covers", level,
			(unsigned long long)index);
	}
	return status;
}

static tro_status check_leaf(
	audit *a, uint64_t position, const tro_stored_record *stored, tro_err *err)
{
	tro_tree_nodes nodes = {.get = stored_node, .put = same_node, .user = a};
	uint8_t leaf[32];

	if (a->extract != NULL) {
		return tro_extract_check_inclusion(a->extract, stored, err);
	}

	tro_record_leaf(leaf, stored->note, stored->note_len);
	return tro_tree_append(&nodes, position, leaf, err);
}

/* What keeps the records that follow from being checked. */
typedef struct stop {
	bool unjudged;	  /* a registry record does not hold */
	tro_verdict why;  /* on that one */
	uint64_t missing; /* records in a row that are not there */
} stop;

static tro_status check_position(audit *a, uint64_t position, stop *out, tro_err *err)
{
	tro_stored_record stored;
	tro_record record = {0};
	char case_id[65] = "";
	char place[PLACE_SIZE];
	tro_err own;
	tro_status status =
		tro_store_record_at(&stored, a->registry->store, position, case_id, &own);

	if (status != TRO_OK) {
		out->missing++;
		(void)snprintf(place, sizeof(place), "record %llu of the log",
			(unsigned long long)position);
		return conclude(a, status, &own, "record/missing", place, err);
	}
	out->missing = 0;
	name_record(place, case_id, stored.seq, position);
	status = check_record(a, &record, &stored, case_id, &own);
	bool held = status == TRO_OK;

	/* After a registry record that does not hold nothing later can be judged by authority. */
	out->unjudged = status != TRO_OK && strcmp(case_id, TRO_REGISTRY_CASE) == 0;
	out->why = verdict_on(a, status);
	bool adopts = status == TRO_OK && strcmp(case_id, TRO_REGISTRY_CASE) == 0 &&
		      strcmp(record.event, "adopt") == 0;

	status = conclude(a, status, &own, "record", place, err);
	if (status == TRO_OK && held) {
		status = tro_standing_note_acting(a->authority, &record, place, a->findings, err);
	}
	if (status == TRO_OK && held) {
		status = tro_standing_note_trust(a->authority, &record, place, a->findings, err);
	}
	if (status == TRO_OK && adopts && a->extract == NULL) {
		status = check_adopted(a, &stored, place, err);
	}
	if (status == TRO_OK) {
		status = conclude(
			a, check_leaf(a, position, &stored, &own), &own, "tree", place, err);
	}
	if (status == TRO_OK && held && a->extract == NULL) {
		status = tro_witnessed_record(
			a->witnessed, position, &stored, &record, a->authority, place, err);
	}
	a->summary->records++;
	tro_stored_record_done(&stored);
	return status;
}

/* The next record's position: an extract has some of the log's. */
static tro_status find_position(audit *a, uint64_t *io_position, tro_err *err)
{
	if (a->extract == NULL) {
		return TRO_OK;
	}
	tro_status status =
		tro_store_next_position(io_position, a->registry->store, *io_position, err);

	if (status == TRO_NOT_FOUND) {
		*io_position = a->total;
		status = TRO_OK;
	}
	return status;
}

static tro_status check_positions(audit *a, tro_err *err)
{
	tro_tree_nodes nodes = {.get = stored_node, .user = a};
	uint8_t root[32];
	stop why = {false, TRO_VERDICT_INVALID, 0};
	tro_err own;
	tro_status status = TRO_OK;
	uint64_t position = 0;

	for (; position < a->total && status == TRO_OK && !why.unjudged &&
		why.missing < MISSING_MAX;
		position++) {
		status = find_position(a, &position, err);
		if (status == TRO_OK && a->extract == NULL) {
			status = tro_witnessed_reach(a->witnessed, position, a->authority, err);
		}
		if (status != TRO_OK || position == a->total) {
			break;
		}
		status = check_position(a, position, &why, err);
		if (a->progress != NULL && position % PROGRESS_EVERY == 0) {
			a->progress(a->user, position, a->total);
		}
	}
	if (status == TRO_OK && position < a->total) {
		status = report(a, why.why, "record", "",
			why.unjudged ? "not checked: the authority of all later records, because "
				       "the registry does not hold"
				     : "not checked: all later records, because too many are "
				       "missing",
			err);
	}
	if (status != TRO_OK || a->extract != NULL) {
		return status;
	}
	if (position == a->total) {
		status = tro_witnessed_end(a->witnessed, a->total, a->authority, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	status = tro_tree_root(root, &nodes, a->total, &own);
	if (status == TRO_OK) {
		tro_hex_encode(a->summary->root, root, sizeof(root));
	}
	return conclude(a, status, &own, "tree", "root", err);
}

/* ---- by case ---- */

/* Sequence, hash chain and times of a case's records. */
typedef struct chain {
	uint8_t prev[32];
	tro_time_us time;
	uint64_t anchor_size; /* 0: none */
} chain;

static tro_status check_link(
	chain *link, const tro_stored_record *stored, uint64_t seq, tro_err *err)
{
	tro_record record;
	tro_status status = tro_record_read(&record, stored, err);

	if (status != TRO_OK) {
		return status;
	}
	if (record.seq != seq || record.has_prev != (seq > 0) ||
		(seq > 0 && memcmp(record.prev, link->prev, sizeof(link->prev)) != 0)) {
		return tro_err_set(err, TRO_INVALID, "it does not follow the record before it");
	}
	if (seq > 0 && record.time < link->time) {
		return tro_err_set(
			err, TRO_INVALID, "its time is before that of the record before it");
	}
	if (record.has_anchor && record.anchor_size < link->anchor_size) {
		return tro_err_set(
			err, TRO_INVALID, "it names an older checkpoint than the record before it");
	}
	link->anchor_size = record.has_anchor ? record.anchor_size : link->anchor_size;
	link->time = record.time;
	tro_record_hash(link->prev, stored->note, stored->note_len);
	return TRO_OK;
}

/* Whose files are being looked at. */
typedef struct holder {
	audit *a;
	const char *case_id;
	uint64_t seq;
} holder;

static tro_status check_exhibit(
	void *user, const char *name, const uint8_t sha256[32], tro_err *err)
{
	const holder *h = user;
	char hex[TRO_HEX_SIZE(32)];
	char place[PLACE_SIZE];
	uint64_t size;
	tro_err own;

	(void)name;
	tro_hex_encode(hex, sha256, 32);
	(void)snprintf(place, sizeof(place), "case %s seq %llu, exhibit %s", h->case_id,
		(unsigned long long)h->seq, hex);
	return conclude(h->a,
		tro_store_exhibit_check(&size, h->a->registry->store, h->case_id, sha256, &own),
		&own, "exhibit", place, err);
}

/* Of every record that took one in: the case may have put it aside since. */
static tro_status check_taken_in(
	audit *a, const char *case_id, uint64_t seq, const tro_stored_record *stored, tro_err *err)
{
	holder h = {a, case_id, seq};

	return tro_attached_exhibits(stored->payload, stored->payload_len, check_exhibit, &h, err);
}

static tro_status check_filing(void *user, const char *name, const uint8_t sha256[32], tro_err *err)
{
	const holder *h = user;
	tro_buf bytes = TRO_BUF_INIT;
	char place[PLACE_SIZE];
	tro_err own;

	(void)snprintf(place, sizeof(place), "case %s, filing %s", h->case_id, name);
	tro_status status =
		conclude(h->a, tro_store_blob_get(&bytes, h->a->registry->store, sha256, &own),
			&own, "filing", place, err);

	tro_buf_done(&bytes);
	return status;
}

static tro_status check_filings(audit *a, const tro_session *session, tro_err *err)
{
	holder h = {a, session->case_id, 0};

	return tro_attached_filings(session, check_filing, &h, err);
}

/* Writes the projection anew in a transaction that is rolled back, and compares. *out_count: of the
 * case's records; nothing is compared when somebody has added to them since they were replayed. */
static tro_status compare_projection(
	audit *a, const tro_projection *projection, uint64_t *out_count, tro_err *err)
{
	tro_store *store = a->registry->store;
	const char *id = projection->session->case_id;
	uint8_t before[32] = {0};
	uint8_t after[32] = {0};
	tro_status status = tro_store_begin_write(store, err);

	if (status == TRO_OK) {
		status = tro_store_case_count(out_count, store, id, err);
	}
	bool same = status == TRO_OK && *out_count == projection->count;

	if (same) {
		status = tro_store_projection_digest(before, store, id, err);
	}
	if (same && status == TRO_OK) {
		status = tro_case_project(store, projection, err);
	}
	if (same && status == TRO_OK) {
		status = tro_store_projection_digest(after, store, id, err);
	}
	tro_store_rollback(store);
	if (status == TRO_OK && memcmp(before, after, sizeof(before)) != 0) {
		status = tro_err_set(err, TRO_INVALID,
			"the tables derived from its records are not what the records give: run "
			"'tro rebuild'");
	}
	return status;
}

/* Lawfully erased, as the case's own records say and replay has checked. */
static tro_status report_erasures(audit *a, const tro_session *session, tro_err *err)
{
	tro_xml_node *section = tro_keeping_section(session);
	tro_xml_node *e = section == NULL ? NULL : tro_xml_first_named(section, "", "erasure");
	tro_status status = TRO_OK;

	for (; e != NULL && status == TRO_OK; e = tro_xml_next_named(e, "", "erasure")) {
		const char *payloads = tro_xml_get(e, "", "payloads");
		char place[PLACE_SIZE];
		tro_buf message = TRO_BUF_INIT;

		(void)snprintf(place, sizeof(place), "case %s seq %s", session->case_id,
			tro_xml_get(e, "", "seq"));
		tro_buf_printf(&message,
			"this record erased the data of records %s; not checked: their steps, and "
			"all outcomes from record %s to this one",
			payloads == NULL || payloads[0] == '\0' ? "(none)" : payloads,
			tro_xml_get(e, "", "from"));
		status = tro_buf_status(&message, err);
		if (status == TRO_OK) {
			status = report(
				a, TRO_VERDICT_PAYLOAD_ERASED, "erased", place, message.ptr, err);
		}
		tro_buf_done(&message);
	}
	return status;
}

/* *out_count: of the case's records by now. */
static tro_status check_derived(audit *a, tro_replay *replay, const chain *link,
	tro_time_us created, uint64_t *out_count, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	char place[PLACE_SIZE];
	tro_err own;
	tro_projection projection = {.session = replay->session,
		.bytes = &bytes,
		.count = replay->seq,
		.head = link->prev,
		.created = created,
		.updated = link->time};
	tro_status status = tro_session_save(&bytes, replay->session, err);

	(void)snprintf(place, sizeof(place), "case %s", replay->case_id);
	if (status == TRO_OK && a->extract == NULL && !tro_store_is_read_only(a->registry->store)) {
		status = conclude(a, compare_projection(a, &projection, out_count, &own), &own,
			"projection", place, err);
	}
	if (status == TRO_OK && *out_count == replay->seq) {
		status = check_filings(a, replay->session, err);
	}
	tro_buf_done(&bytes);
	return status;
}

/* Runs one step again, and looks at what it took in. Where an extract lacks something, what follows
 * from that is not wrong. */
static tro_status check_step(audit *a, tro_replay *replay, const tro_stored_record *stored,
	tro_status *out_held, tro_err *own, tro_err *err)
{
	uint64_t seq = replay->seq;
	tro_err exhibits;
	tro_status status = TRO_OK;

	if (a->extract != NULL && stored->has_payload) {
		char place[PLACE_SIZE];

		(void)snprintf(place, sizeof(place), "case %s seq %llu", replay->case_id,
			(unsigned long long)seq);
		status = conclude(a, check_taken_in(a, replay->case_id, seq, stored, &exhibits),
			&exhibits, "step", place, err);
	}
	*out_held = tro_replay_next(replay, stored, own);
	a->summary->steps += !replay->erased;
	if (a->extract == NULL && *out_held == TRO_OK && stored->has_payload) {
		return check_taken_in(a, replay->case_id, seq, stored, err);
	}
	if (a->extract != NULL && *out_held == TRO_INVALID &&
		(a->lacking || tro_library_lacks(a->registry->library))) {
		*out_held = TRO_NOT_FOUND;
	}
	return status;
}

/* Replays the case's records from `first` on; *out_whole says whether every one held. */
static tro_status replay_records(audit *a, tro_replay *replay, uint64_t first, uint64_t count,
	chain *link, tro_time_us *created, bool *out_whole, tro_err *err)
{
	tro_status status = TRO_OK;
	bool steps = tro_case_has_session(replay->case_id) &&
		     !(a->extract != NULL && a->extract->withheld);

	*out_whole = true;
	for (uint64_t seq = first; seq < count && status == TRO_OK && *out_whole; seq++) {
		tro_stored_record stored;
		char place[PLACE_SIZE];
		tro_err own;

		(void)snprintf(place, sizeof(place), "case %s seq %llu", replay->case_id,
			(unsigned long long)seq);
		tro_status held = tro_store_record_get(
			&stored, a->registry->store, replay->case_id, seq, &own);

		if (held == TRO_OK) {
			held = check_link(link, &stored, seq, &own);
			if (held == TRO_OK && steps) {
				status = check_step(a, replay, &stored, &held, &own, err);
			}
			tro_stored_record_done(&stored);
		}
		*created = seq == 0 ? link->time : *created;
		*out_whole = held == TRO_OK;
		status = status == TRO_OK ? conclude(a, held, &own, "step", place, err) : status;
		if (status == TRO_OK && held != TRO_OK && seq + 1 < count) {
			status = report(a, verdict_on(a, held), "step", place,
				"not checked: the later steps of this case, which rest on this one",
				err);
		}
	}
	return status;
}

static tro_status check_case(audit *a, const char *case_id, tro_err *err)
{
	tro_replay replay;
	chain link = {{0}, 0, 0};
	tro_time_us created = 0;
	uint64_t first = 0;
	uint64_t count = 0;
	bool whole = true;
	tro_status status = tro_store_case_count(&count, a->registry->store, case_id, err);

	if (status == TRO_OK) {
		status = tro_replay_begin(&replay, a->registry, case_id, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	a->summary->cases += tro_case_has_session(case_id);
	while (status == TRO_OK && whole && first < count) { /* others may add to it meanwhile */
		status = replay_records(a, &replay, first, count, &link, &created, &whole, err);
		first = count;
		if (status == TRO_OK && whole && replay.session != NULL) {
			status = check_derived(a, &replay, &link, created, &count, err);
		}
	}
	if (status == TRO_OK && whole && replay.session != NULL) {
		status = report_erasures(a, replay.session, err);
	}
	if (status == TRO_OK && a->extract != NULL && strcmp(case_id, a->extract->case_id) == 0) {
		status = tro_extract_check_named(a->extract, whole ? replay.session : NULL, err);
	}
	tro_replay_end(&replay);
	return status;
}

static tro_status collect(void *user, const char *case_id, tro_err *err)
{
	tro_buf *ids = user;

	tro_buf_printf(ids, "%s\n", case_id);
	return tro_buf_status(ids, err);
}

static tro_status check_cases(audit *a, tro_err *err)
{
	tro_buf ids = TRO_BUF_INIT;
	bool found = a->only_case == NULL;
	tro_status status = tro_store_each_case(a->registry->store, collect, &ids, err);

	for (char *line = ids.ptr; status == TRO_OK && *line != '\0';) {
		size_t len = strcspn(line, "\n");

		line[len] = '\0';
		if ((a->only_case == NULL || strcmp(a->only_case, line) == 0) &&
			!(a->extract != NULL && strcmp(line, TRO_LOG_CASE) == 0)) {
			found = true;
			status = check_case(a, line, err);
		}
		line += len + 1;
	}
	tro_buf_done(&ids);
	if (status == TRO_OK && !found) {
		status = tro_err_set(err, TRO_NOT_FOUND,
			"there is no case %s: 'tro status' lists the cases", a->only_case);
	}
	return status;
}

/* A row for a case that has no record is shown to everybody who lists cases. */
static tro_status check_row(void *user, const tro_case_row *row, tro_err *err)
{
	audit *a = user;
	char place[PLACE_SIZE];
	uint64_t count;
	tro_err own;
	tro_status status = tro_store_case_count(&count, a->registry->store, row->id, &own);

	(void)snprintf(place, sizeof(place), "case %.64s", row->id);
	if (status == TRO_NOT_FOUND) {
		return report(a, TRO_VERDICT_INVALID, "projection", place,
			"the list of cases names it, and it has no record: run 'tro rebuild'", err);
	}
	return conclude(a, status, &own, "projection", place, err);
}

static tro_status check_log(audit *a, tro_err *err)
{
	tro_store *store = a->registry->store;
	tro_status status = tro_store_begin_read(store, err);

	/* As of one moment: a record may name a checkpoint that was witnessed since. */
	if (status == TRO_OK) {
		status = tro_witnessed_new(&a->witnessed, store, &a->verdict, a->findings, err);
	}
	if (status == TRO_OK) {
		status = tro_store_log_size(&a->total, store, err);
	}
	tro_store_rollback(store); /* of a view */

	if (status == TRO_OK && a->total == 0) {
		return report(a, TRO_VERDICT_INVALID, "record", "", "the log is empty", err);
	}
	if (status == TRO_OK) {
		status = check_positions(a, err);
	}
	if (status == TRO_OK) {
		status = tro_standing_check_keys(
			&a->verdict, a->authority, a->registry->store, a->findings, err);
	}
	if (status == TRO_OK) {
		status = check_cases(a, err);
	}
	if (status == TRO_OK && a->only_case == NULL) {
		status = tro_store_each_case_row(a->registry->store, check_row, a, err);
	}
	if (status == TRO_OK && a->only_case == NULL) {
		status = tro_contents_check(&a->verdict, a->registry->store, a->findings, err);
	}
	if (status == TRO_OK && tro_store_is_read_only(a->registry->store)) {
		status = report(a, TRO_VERDICT_VALID, "projection", "",
			"not checked: derived tables, because the store cannot be written", err);
	}
	if (status == TRO_OK && tro_store_erasure_pending(a->registry->store)) {
		status = report(a, TRO_VERDICT_VALID, "erased", TRO_STORE_ERASING_NAME,
			"what was erased last is not yet overwritten in every file: the next "
			"command that may write does it",
			err);
	}
	return status;
}

static tro_status run(audit *a, tro_err *err)
{
	bool readable = true;
	tro_status status = tro_contents_check_schema(
		&readable, &a->verdict, a->registry->store, a->findings, err);

	if (status == TRO_OK && !readable) {
		return report(a, TRO_VERDICT_INVALID, "schema", "",
			"not checked: all else, because tables are not what they must be", err);
	}
	if (status == TRO_OK) {
		status = check_log(a, err);
	}
	/* What was read without locks counts only if nobody wrote meanwhile. */
	return status == TRO_OK ? tro_store_check_settled(a->registry->store, err) : status;
}

/* A case's id in any spelling; the registry, the log and the access logs are cases by their names.
 */
static tro_status case_named(char out[TRO_ID_SIZE], const char *text, tro_err *err)
{
	if (strcmp(text, TRO_REGISTRY_CASE) == 0 || strcmp(text, TRO_LOG_CASE) == 0 ||
		tro_access_case(text)) {
		memcpy(out, text, strlen(text) + 1);
		return TRO_OK;
	}
	return tro_id_check(out, text, err);
}

tro_status tro_verify(tro_verdict *out, tro_verify_summary *summary, const char *dir,
	const char *case_id, tro_findings *findings,
	void (*progress)(void *user, uint64_t done, uint64_t total), void *user, tro_err *err)
{
	char id[TRO_ID_SIZE];
	audit a = {.only_case = case_id == NULL ? NULL : id,
		.summary = summary,
		.findings = findings,
		.progress = progress,
		.user = user,
		.authority = tro_authority_new()};
	tro_status status = a.authority == NULL ? tro_err_nomem(err)
						: tro_registry_open_unread(&a.registry, dir, err);

	if (status == TRO_OK && case_id != NULL) {
		status = case_named(id, case_id, err);
	}
	*summary = (tro_verify_summary){0};
	if (status == TRO_OK) {
		status = run(&a, err);
	}
	*out = a.verdict;
	tro_witnessed_free(a.witnessed);
	tro_authority_free(a.authority);
	tro_registry_close(a.registry);
	return status;
}

/* ---- an extract ---- */

/* One line of policy a key, all of which are asked for. */
static tro_status ask_for_all(
	tro_buf *out, const tro_vkey *log, const char *const *witnesses, size_t count, tro_err *err)
{
	tro_buf_puts(out, "log ");
	tro_vkey_format(out, log);
	for (size_t i = 0; i < count; i++) {
		tro_buf_printf(out, "\nwitness w%zu %s", i, witnesses[i]);
	}
	tro_buf_puts(out, "\ngroup all all");
	for (size_t i = 0; i < count; i++) {
		tro_buf_printf(out, " w%zu", i);
	}
	tro_buf_puts(out, "\nquorum all\n");
	return tro_buf_status(out, err);
}

static tro_status read_keys(
	tro_vkey *out_log, tro_policy **out, const tro_extract_keys *keys, tro_err *err)
{
	tro_buf text = TRO_BUF_INIT;
	tro_status status = TRO_OK;

	*out = NULL;
	if (keys->log != NULL) {
		status = tro_vkey_parse(out_log, keys->log, strlen(keys->log), err);
		status = status == TRO_OK ? status : tro_err_prefix(err, status, "the log's key");
	}
	if (status == TRO_OK && keys->policy != NULL) {
		tro_buf_puts(&text, keys->policy);
		status = tro_buf_status(&text, err);
	} else if (status == TRO_OK && keys->witness_count > 0) {
		status = ask_for_all(&text, out_log, keys->witnesses, keys->witness_count, err);
	}
	if (status == TRO_OK && text.len > 0) {
		status = tro_policy_parse(out, text.ptr, text.len, err);
	}
	if (status == TRO_OK && keys->log == NULL) {
		*out_log = *tro_policy_log(*out);
	} else if (status == TRO_OK && *out != NULL &&
		   !tro_vkey_equal(out_log, tro_policy_log(*out))) {
		status = tro_err_set(err, TRO_USAGE, "the policy is of another log");
	}
	tro_buf_done(&text);
	return status;
}

static tro_status check_extract(
	audit *a, const tro_vkey *log, const tro_policy *policy, tro_err *err)
{
	tro_extract *x = a->extract;
	tro_status status = tro_extract_check_checkpoint(x, log, policy, err);

	a->registry = x->registry;
	if (status == TRO_OK && x->has_checkpoint) {
		tro_hex_encode(a->summary->root, x->checkpoint.root, 32);
	}
	if (status == TRO_OK) {
		status = tro_store_log_size(&a->total, x->store, err);
	}
	if (status == TRO_OK && a->total == 0) {
		return report(a, TRO_VERDICT_INCOMPLETE, "record", "", "no record is here", err);
	}
	if (status == TRO_OK) {
		status = check_positions(a, err);
	}
	if (status == TRO_OK) {
		status = tro_standing_check_keys(
			&a->verdict, a->authority, x->store, a->findings, err);
	}
	if (status == TRO_OK) {
		status = tro_extract_check_whole(x, a->authority, log, policy != NULL, err);
	}
	if (status == TRO_OK && x->withheld) {
		status = report(a, TRO_VERDICT_PAYLOAD_WITHHELD, "step", "",
			"not checked: steps, payload not disclosed", err);
	}
	return status == TRO_OK ? check_cases(a, err) : status;
}

tro_status tro_verify_extract(tro_verdict *out, tro_verify_summary *summary, const char *dir,
	const tro_extract_keys *keys, tro_findings *findings,
	void (*progress)(void *user, uint64_t done, uint64_t total), void *user, tro_err *err)
{
	tro_extract extract = {0};
	tro_policy *policy = NULL;
	tro_vkey log;
	audit a = {.extract = &extract,
		.summary = summary,
		.findings = findings,
		.progress = progress,
		.user = user,
		.authority = tro_authority_new()};
	tro_status status =
		a.authority == NULL ? tro_err_nomem(err) : read_keys(&log, &policy, keys, err);

	*summary = (tro_verify_summary){0};
	if (status == TRO_OK) {
		status = tro_extract_open(&extract, dir, &a.verdict, findings, err);
	}
	if (status == TRO_OK) {
		status = check_extract(&a, &log, policy, err);
	}
	*out = a.verdict;
	tro_extract_close(&extract);
	tro_policy_free(policy);
	tro_authority_free(a.authority);
	return status;
}
