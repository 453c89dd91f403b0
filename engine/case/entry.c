#include "case/entry.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "ledger/authority.h"
#include "ledger/tree.h"

void tro_entry_done(tro_entry *entry)
{
	tro_buf_done(&entry->text);
	tro_stored_record_done(&entry->stored);
}

static tro_status commit_to(
	uint8_t out[32], uint8_t salt[32], const tro_buf *bytes, bool *out_has, tro_err *err)
{
	*out_has = bytes != NULL;
	if (bytes == NULL) {
		return TRO_OK;
	}
	tro_random(salt, TRO_SALT_LEN);
	return tro_hmac_sha256(out, salt, TRO_SALT_LEN, bytes->ptr, bytes->len, err);
}

static tro_status keep_payload(tro_stored_record *stored, const tro_buf *payload, tro_err *err)
{
	if (payload == NULL) {
		return TRO_OK;
	}
	stored->payload = malloc(payload->len + 1);
	if (stored->payload == NULL) {
		return tro_err_nomem(err);
	}
	memcpy(stored->payload, payload->ptr, payload->len + 1);
	stored->payload_len = payload->len;
	stored->has_payload = true;
	return TRO_OK;
}

tro_status tro_text_sign(
	tro_buf *out, const char *text, size_t len, const tro_signer *signer, tro_err *err)
{
	uint8_t signature[64];
	tro_vkey vkey;
	tro_status status = tro_vkey_init(
		&vkey, tro_signer_name(signer), TRO_NOTE_ED25519, tro_signer_public(signer), err);

	if (status == TRO_OK) {
		status = tro_signer_sign(signature, signer, text, len, err);
	}
	return status == TRO_OK
		       ? tro_note_compose(out, text, len, &vkey, signature, sizeof(signature), err)
		       : status;
}

tro_status tro_entry_take_note(tro_entry *entry, tro_buf *note, tro_err *err)
{
	tro_status status = tro_buf_status(note, err);

	if (status == TRO_OK && note->len > TRO_RECORD_MAX) {
		status = tro_err_set(err, TRO_INVALID, "the record would be longer than %d bytes",
			(int)TRO_RECORD_MAX);
	}
	if (status == TRO_OK) {
		tro_record_hash(entry->hash, note->ptr, note->len);
		status = tro_buf_detach(&entry->stored.note, &entry->stored.note_len, note, err);
	}
	return status;
}

tro_status tro_entry_compose(tro_entry *out, const tro_record *record, const tro_buf *payload,
	const tro_buf *outcome, tro_err *err)
{
	tro_entry entry = {.record = *record, .text = TRO_BUF_INIT};
	tro_stored_record *stored = &entry.stored;
	tro_status status = commit_to(entry.record.payload, stored->payload_salt, payload,
		&entry.record.has_payload, err);

	if (status == TRO_OK) {
		status = commit_to(entry.record.outcome, stored->outcome_salt, outcome,
			&entry.record.has_outcome, err);
	}
	stored->has_payload_salt = entry.record.has_payload;
	stored->has_outcome_salt = entry.record.has_outcome;
	stored->seq = record->seq;
	if (status == TRO_OK) {
		status = keep_payload(stored, payload, err);
	}
	if (status == TRO_OK) {
		status = tro_record_format(&entry.text, &entry.record, err);
	}
	if (status != TRO_OK) {
		tro_entry_done(&entry);
		return status;
	}
	*out = entry;
	return TRO_OK;
}

tro_status tro_entry_sign(tro_entry *entry, const tro_signer *signer, tro_err *err)
{
	tro_buf note = TRO_BUF_INIT;
	tro_status status = tro_text_sign(&note, entry->text.ptr, entry->text.len, signer, err);

	if (status == TRO_OK) {
		status = tro_entry_take_note(entry, &note, err);
	}
	tro_buf_done(&note);
	return status;
}

tro_status tro_case_head(uint64_t *out_count, uint8_t out_hash[32], tro_store *store,
	const char *case_id, tro_err *err)
{
	tro_buf note = TRO_BUF_INIT;
	tro_status status = tro_store_last_note(&note, out_count, store, case_id, err);

	if (status == TRO_OK && *out_count > 0) {
		tro_record_hash(out_hash, note.ptr, note.len);
	}
	tro_buf_done(&note);
	return status;
}

tro_status tro_entry_check_heads(tro_store *store, const tro_record *record, tro_err *err)
{
	uint64_t count;
	uint8_t hash[32];
	tro_status status = tro_case_head(&count, hash, store, record->case_id, err);

	bool moved = status == TRO_OK &&
		     (count != record->seq ||
			     (count > 0 && memcmp(hash, record->prev, sizeof(hash)) != 0));

	if (moved && strcmp(record->case_id, TRO_REGISTRY_CASE) == 0) {
		status = tro_err_set(
			err, TRO_CHANGED, "the registry has moved on meanwhile: try again");
	} else if (moved) {
		status = tro_err_set(err, TRO_CHANGED,
			"case %s has moved on meanwhile: look at it again with 'tro show %s'",
			record->case_id, record->case_id);
	}
	if (status == TRO_OK && record->has_registry) {
		status = tro_case_head(&count, hash, store, TRO_REGISTRY_CASE, err);
		if (status == TRO_OK &&
			(count == 0 || memcmp(hash, record->registry, sizeof(hash)) != 0)) {
			status = tro_err_set(
				err, TRO_CHANGED, "the registry has moved on meanwhile: try again");
		}
	}
	return status;
}

/* Anchors are mandatory from the first on: a record that was signed before the first checkpoint was
 * witnessed does not go in after one that names it. */
static tro_status check_anchor(tro_store *store, const tro_record *record, tro_err *err)
{
	uint64_t size = 0;
	tro_stored_record stored;
	tro_record last;
	char case_id[65];
	tro_status status = record->has_anchor ? TRO_OK : tro_store_log_size(&size, store, err);

	if (status != TRO_OK || size == 0) {
		return status;
	}
	status = tro_store_record_at(&stored, store, size - 1, case_id, err);
	if (status != TRO_OK) {
		return status;
	}
	tro_note note;

	/* A last record that cannot be read is for verification to tell. */
	if (tro_note_parse(&note, stored.note, stored.note_len, NULL) == TRO_OK &&
		tro_record_from_note(&last, &note, NULL) == TRO_OK && last.has_anchor) {
		status = tro_err_set(err, TRO_CHANGED,
			"a checkpoint was witnessed meanwhile, which the record must name: try "
			"again");
	}
	tro_stored_record_done(&stored);
	return status;
}

tro_status tro_entry_grow_tree(
	tro_store *store, uint64_t position, const char *note, size_t note_len, tro_err *err)
{
	tro_tree_nodes nodes = tro_store_tree(store);
	uint8_t leaf[32];

	tro_record_leaf(leaf, note, note_len);
	return tro_tree_append(&nodes, position, leaf, err);
}

tro_status tro_entry_append(
	tro_store *store, const tro_entry *entry, uint64_t *out_position, tro_err *err)
{
	tro_status status = tro_entry_check_heads(store, &entry->record, err);

	if (status == TRO_OK) {
		status = check_anchor(store, &entry->record, err);
	}
	if (status == TRO_OK) {
		status = tro_store_record_append(
			store, entry->record.case_id, &entry->stored, out_position, err);
	}
	if (status == TRO_OK) {
		status = tro_entry_grow_tree(
			store, *out_position, entry->stored.note, entry->stored.note_len, err);
	}
	return status;
}
