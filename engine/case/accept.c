/*
 * An act that was signed on another machine enters the log. It is judged as verification would
 * judge it later: signature, authority, and the step run again from the case's head; only then
 * appended, as any other act.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/calendar.h>

#include "base/text.h"
#include "case/decide.h"
#include "case/signing.h"

static tro_status check_signature(
	const tro_registry *registry, const tro_sheet *sheet, tro_err *err)
{
	const tro_record *record = &sheet->record;
	const tro_person *person = tro_authority_person(registry->authority, record->actor);
	const tro_grant *grant;
	tro_uk_local local;
	tro_note note;

	if (person == NULL || !person->has_key) {
		return tro_err_set(err, TRO_KEY, "%s has no key in this store", record->actor);
	}
	tro_status status = tro_note_parse(&note, sheet->text.ptr, sheet->text.len, err);

	if (status == TRO_OK) {
		status = tro_note_verify(&note, tro_person_key_in(person, &note), err);
	}
	if (status == TRO_NOT_FOUND) {
		return tro_err_set(err, TRO_KEY,
			"it is not signed with a key that %s (%s) has now: a request is made for "
			"the keys of its day",
			person->id, person->name);
	}
	tro_uk_from_time(&local, record->time);
	return status == TRO_OK ? tro_authority_may_act(&grant, registry->authority, record->actor,
					  record->role, local.date, err)
				: status;
}

/* A time is a claim; one that has not come, or that is before the case's last record, no honest
 * request bears. */
static tro_status check_claims(const tro_case *c, const tro_record *record, tro_err *err)
{
	if (strcmp(record->log, tro_registry_origin(c->registry)) != 0) {
		return tro_err_set(
			err, TRO_INVALID, "it belongs to another store: %s", record->log);
	}
	if (record->time > tro_case_now(c) || record->time < c->last_time) {
		return tro_err_set(err, TRO_INVALID, "its time is %s",
			record->time < c->last_time
				? "before that of the case's last record"
				: "one that has not come: is the clock of this host right");
	}
	return TRO_OK;
}

/* Is this very note in the log? */
static tro_status look_for_note(bool *out, tro_store *store, const tro_sheet *sheet, tro_err *err)
{
	tro_stored_record stored;
	tro_status status =
		tro_store_record_get(&stored, store, sheet->record.case_id, sheet->record.seq, err);

	*out = false;
	if (status == TRO_OK) {
		*out = stored.note_len == sheet->text.len &&
		       memcmp(stored.note, sheet->text.ptr, sheet->text.len) == 0;
		tro_stored_record_done(&stored);
	}
	return status == TRO_NOT_FOUND ? TRO_OK : status;
}

/* Whatever the event took in must lie in the case's folder. */
static tro_status check_exhibits(const tro_case *c, tro_xml_node *node, tro_err *err)
{
	tro_status status = TRO_OK;

	for (tro_xml_node *child = tro_xml_first(node); child != NULL && status == TRO_OK;
		child = tro_xml_next(child)) {
		const char *hex = tro_xml_get(child, "", "sha256");
		uint8_t sha256[32];
		uint64_t size;

		if (hex != NULL && tro_xml_get(child, "", "media") != NULL &&
			tro_hex_decode(sha256, 32, hex, strlen(hex))) {
			status = tro_store_exhibit_check(
				&size, c->registry->store, c->id, sha256, err);
		}
		if (status == TRO_OK) {
			status = check_exhibits(c, child, err);
		}
	}
	return status;
}

/* The entry as the local act would have made it; the bytes are the sheet's. */
static tro_status make_entry(tro_entry *out, const tro_sheet *sheet, tro_err *err)
{
	tro_buf note = TRO_BUF_INIT;
	tro_buf payload = TRO_BUF_INIT;
	tro_stored_record *stored = &out->stored;

	*out = (tro_entry){.record = sheet->record, .text = TRO_BUF_INIT};
	stored->seq = sheet->record.seq;
	stored->has_payload = stored->has_payload_salt = stored->has_outcome_salt = true;
	memcpy(stored->payload_salt, sheet->payload_salt, sizeof(stored->payload_salt));
	memcpy(stored->outcome_salt, sheet->outcome_salt, sizeof(stored->outcome_salt));
	tro_buf_put(&note, sheet->text.ptr, sheet->text.len);
	tro_buf_put(&payload, sheet->payload.ptr, sheet->payload.len);
	tro_status status = tro_entry_take_note(out, &note, err);

	if (status == TRO_OK) {
		status = tro_buf_detach(&stored->payload, &stored->payload_len, &payload, err);
	}
	tro_buf_done(&note);
	tro_buf_done(&payload);
	return status;
}

/* Runs the step again from where the case stands, and appends it. The case is spent. */
static tro_status run_and_append(tro_case *c, const tro_sheet *sheet, tro_result *out, tro_err *err)
{
	/* Borrows the case's session and the newest authority: not ended as a replay that owns. */
	tro_replay replay = {.registry = c->registry,
		.authority = c->registry->authority,
		.session = c->session,
		.seq = c->count};
	tro_writing w = tro_writing_of(c->session);

	memcpy(replay.case_id, c->id, sizeof(replay.case_id));
	tro_status status = make_entry(&w.entry, sheet, err);

	if (status == TRO_OK) {
		status = tro_replay_next(&replay, &w.entry.stored, err);
	}
	if (status == TRO_OK) {
		status = tro_session_save(&w.bytes, c->session, err);
	}
	if (status == TRO_OK) {
		out->seq = sheet->record.seq;
		out->filing_count = c->session->filing_count;
		status = tro_writing_append(c->registry, &w, c->first_time, err);
	}
	tro_writing_done(&w);
	return status;
}

static tro_status accept_on(tro_case *c, const tro_signing *s, tro_result *out, tro_err *err)
{
	const tro_sheet *sheet = &s->sheet;
	bool there = false;
	tro_status status = look_for_note(&there, c->registry->store, sheet, err);

	if (status == TRO_OK && there) {
		out->already = true;
		out->seq = sheet->record.seq;
		return TRO_OK;
	}
	if (status == TRO_OK) {
		status = tro_entry_check_heads(c->registry->store, &sheet->record, err);
	}
	if (status == TRO_OK) {
		status = check_signature(c->registry, sheet, err);
	}
	if (status == TRO_OK) {
		status = check_claims(c, &sheet->record, err);
	}
	if (status == TRO_OK) {
		status = check_exhibits(c, tro_xml_root(s->data), err);
	}
	return status == TRO_OK ? run_and_append(c, sheet, out, err) : status;
}

tro_status tro_registry_accept(
	char *out_case, tro_registry *registry, const tro_signing *s, tro_result *out, tro_err *err)
{
	tro_case *c = NULL;

	*out = (tro_result){0};
	if (!s->sheet.is_signed) {
		return tro_err_set(
			err, TRO_KEY, "it is not signed: the signer runs 'tro sign' on it");
	}
	tro_status status = tro_case_open(&c, registry, s->sheet.record.case_id, err);

	if (status == TRO_OK) {
		memcpy(out_case, c->id, sizeof(c->id));
		status = accept_on(c, s, out, err);
	}
	tro_case_close(c);
	return status;
}
