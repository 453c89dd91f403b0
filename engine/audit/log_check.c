/* Every record by its position: form, signature, authority at that position, payload, tree. */
#include <stdio.h>
#include <string.h>
#include <tro/calendar.h>

#include "audit/audit.h"
#include "audit/standing.h"
#include "base/text.h"
#include "case/erasure.h"
#include "ledger/access.h"
#include "ledger/fields.h"
#include "ledger/tree.h"

enum { MISSING_MAX = 100 };

static void name_record(
	char out[TRO_PLACE_SIZE], const char *case_id, uint64_t seq, uint64_t position)
{
	(void)snprintf(out, TRO_PLACE_SIZE, "case %s seq %llu (record %llu of the log)", case_id,
		(unsigned long long)seq, (unsigned long long)position);
}

static tro_status registry_key(tro_vkey *out, const tro_audit *a, const tro_record *record,
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

static tro_status check_registry_record(tro_audit *a, const tro_record *record,
	const tro_note *note, const tro_stored_record *stored, tro_err *err)
{
	tro_vkey key;

	if (a->extract != NULL && record->seq != tro_authority_count(a->authority)) {
		return tro_err_set(err, TRO_NOT_FOUND, "the registry's record %llu is missing",
			(unsigned long long)tro_authority_count(a->authority));
	}
	tro_status status = registry_key(&key, a, record, note, stored, err);

	if (status == TRO_OK) {
		a->summary->signatures++;
		tro_audit_advance(a);
		status = tro_signature_check(note, &key, err);
	}
	return status == TRO_OK ? tro_registry_advance(a->authority, a->registry->store, NULL, err)
				: status;
}

/* Authority goes by position: the registry head that the record names must be the one at its place
 * in the log. The signature is checked meanwhile; whatever comes of it, the record stands where it
 * stands, and its other faults are told. */
static tro_status check_case_record(tro_audit *a, const tro_record *record, const tro_note *note,
	const tro_stored_record *stored, const char *place, tro_err *err)
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
	a->summary->signatures++;
	tro_status status = tro_signatures_ask(a->signatures, stored,
		tro_person_key_in(person, note), place, tro_findings_count(a->findings), err);

	tro_uk_from_time(&local, record->time);
	return status == TRO_OK ? tro_authority_may_act(&grant, a->authority, record->actor,
					  record->role, local.date, err)
				: status;
}

/* The data that a record commits to are there, or a later record of the case says that they were
 * erased; what that one says of itself is judged with the case's steps. */
static tro_status check_data(
	tro_audit *a, const tro_record *record, const tro_stored_record *stored, tro_err *err)
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

static tro_status check_record(tro_audit *a, tro_record *out, const tro_stored_record *stored,
	const char *case_id, const char *place, tro_err *err)
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
	status = check_case_record(a, &record, &note, stored, place, err);
	return status == TRO_OK && tro_text_starts(case_id, TRO_ACCESS_PREFIX)
		       ? tro_access_judge(&record, tro_authority_service(a->authority),
				 stored->payload, stored->payload_len, err)
		       : status;
}

/* What a record adopted must be there, whether or not a step has read it yet. An extract has what
 * its own steps read, and lacks it by their failing. */
static tro_status check_adopted(
	tro_audit *a, const tro_stored_record *stored, const char *place, tro_err *err)
{
	tro_fields fields = {0};
	tro_err own;
	tro_status status = tro_audit_conclude(a,
		tro_fields_parse(&fields, stored->payload, stored->payload_len, &own), &own,
		"adopted", place, err);

	for (size_t i = 0; status == TRO_OK && i < fields.count; i++) {
		uint8_t sha256[32];
		tro_buf bytes = TRO_BUF_INIT;

		if (tro_hex_decode(
			    sha256, 32, fields.list[i].value, strcspn(fields.list[i].value, " "))) {
			status = tro_audit_conclude(a,
				tro_store_blob_get(&bytes, a->registry->store, sha256, &own), &own,
				"adopted", place, err);
		}
		tro_buf_done(&bytes);
	}
	tro_fields_done(&fields);
	return status;
}

/* ---- the tree: computed anew and compared with the stored nodes ---- */

static tro_status same_node(
	void *user, unsigned level, uint64_t index, const uint8_t hash[32], tro_err *err)
{
	uint8_t stored[32];
	tro_status status = tro_store_node_get(stored, user, level, index, err);

	if (status == TRO_OK && memcmp(stored, hash, sizeof(stored)) != 0) {
		status = tro_err_set(err, TRO_INVALID,
			"the tree's node %u/%llu is not the hash of what it covers", level,
			(unsigned long long)index);
	}
	return status;
}

static tro_status check_leaf(
	tro_audit *a, uint64_t position, const tro_stored_record *stored, tro_err *err)
{
	tro_tree_nodes nodes = tro_store_tree(a->registry->store);
	uint8_t leaf[32];

	if (a->extract != NULL) {
		return tro_extract_check_inclusion(a->extract, stored, err);
	}

	nodes.put = same_node;
	tro_record_leaf(leaf, stored->note, stored->note_len);
	return tro_tree_append(&nodes, position, leaf, err);
}

/* What keeps the records that follow from being checked. */
typedef struct stop {
	bool unjudged;	  /* a registry record does not hold */
	tro_verdict why;  /* on that one */
	uint64_t missing; /* records in a row that are not there */
} stop;

static tro_status check_position(tro_audit *a, uint64_t position, stop *out, tro_err *err)
{
	tro_stored_record stored;
	tro_record record = {0};
	char case_id[65] = "";
	char place[TRO_PLACE_SIZE];
	tro_err own;
	tro_status status =
		tro_store_record_at(&stored, a->registry->store, position, case_id, &own);

	if (status != TRO_OK) {
		out->missing++;
		(void)snprintf(place, sizeof(place), "record %llu of the log",
			(unsigned long long)position);
		return tro_audit_conclude(a, status, &own, "record/missing", place, err);
	}
	out->missing = 0;
	name_record(place, case_id, stored.seq, position);
	status = check_record(a, &record, &stored, case_id, place, &own);
	bool held = status == TRO_OK;

	/* After a registry record that does not hold nothing later can be judged by authority. */
	out->unjudged = status != TRO_OK && strcmp(case_id, TRO_REGISTRY_CASE) == 0;
	out->why = tro_audit_verdict_on(a, status);
	bool adopts = status == TRO_OK && strcmp(case_id, TRO_REGISTRY_CASE) == 0 &&
		      strcmp(record.event, "adopt") == 0;

	status = tro_audit_conclude(a, status, &own, "record", place, err);
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
		status = tro_audit_conclude(
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
static tro_status find_position(tro_audit *a, uint64_t *io_position, tro_err *err)
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

/* *out: how far it came. */
static tro_status check_positions(tro_audit *a, uint64_t *out, tro_err *err)
{
	stop why = {false, TRO_VERDICT_INVALID, 0};
	tro_status status = TRO_OK;
	uint64_t position = 0;

	for (uint64_t number = 0; position < a->total && status == TRO_OK && !why.unjudged &&
				  why.missing < MISSING_MAX;
		position++, number++) {
		status = tro_audit_view(a, number, err);
		if (status == TRO_OK) {
			status = find_position(a, &position, err);
		}
		if (status == TRO_OK && a->extract == NULL) {
			status = tro_witnessed_reach(a->witnessed, position, a->authority, err);
		}
		if (status != TRO_OK || position == a->total) {
			break;
		}
		status = check_position(a, position, &why, err);
		tro_audit_advance(a);
	}
	if (status == TRO_OK && position < a->total) {
		status = tro_audit_report(a, why.why, "record", "",
			why.unjudged ? "not checked: the authority of all later records, because "
				       "the registry does not hold"
				     : "not checked: all later records, because too many are "
				       "missing",
			err);
	}
	*out = position;
	return status;
}

tro_status tro_audit_log(tro_audit *a, tro_err *err)
{
	tro_tree_nodes nodes = tro_store_tree(a->registry->store);
	uint8_t root[32];
	uint64_t reached = 0;
	tro_err own;
	tro_status status = check_positions(a, &reached, err);

	tro_store_rollback(a->registry->store); /* of the last view */
	if (status != TRO_OK || a->extract != NULL) {
		return status;
	}
	if (reached == a->total) {
		status = tro_witnessed_end(a->witnessed, a->total, a->authority, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	status = tro_tree_root(root, &nodes, a->total, &own);
	if (status == TRO_OK) {
		tro_hex_encode(a->summary->root, root, sizeof(root));
	}
	return tro_audit_conclude(a, status, &own, "tree", "root", err);
}