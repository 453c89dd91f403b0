/* Making checkpoints, sending them to witnesses and taking in what they answer. */
#include <tro/checkpoint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "case/anchor.h"
#include "case/entry.h"
#include "case/registry_internal.h"
#include "case/service.h"
#include "crypto/keyfile.h"
#include "ledger/checkpoint.h"
#include "ledger/heads.h"
#include "ledger/witness.h"

enum { US_PER_S = 1000000, ATTEMPTS = 8 };

/* ---- making one ---- */

/* The newest checkpoint that this store made. */
static tro_status newest_of_ours(tro_stored_checkpoint *out, tro_store *store, tro_err *err)
{
	uint64_t below = INT64_MAX;
	tro_status status = tro_store_checkpoint_below(out, store, below, false, err);

	while (status == TRO_OK && !out->ours) {
		below = out->id;
		tro_stored_checkpoint_done(out);
		status = tro_store_checkpoint_below(out, store, below, false, err);
	}
	return status;
}

/* The timetable: is this another hour than that of the last one? */
static tro_status is_due(bool *out, tro_registry *registry, tro_time_us now, tro_err *err)
{
	const tro_time_us period = (tro_time_us)TRO_CHECKPOINT_EVERY_S * US_PER_S;
	tro_stored_checkpoint last;
	tro_status status = newest_of_ours(&last, registry->store, err);

	if (status == TRO_NOT_FOUND) {
		*out = true;
		return TRO_OK;
	}
	if (status == TRO_OK) {
		*out = now / period > last.published / period;
		tro_stored_checkpoint_done(&last);
	}
	return status;
}

typedef struct gathering {
	tro_store *store;
	tro_heads heads;
} gathering;

static tro_status gather(void *user, const char *case_id, tro_err *err)
{
	gathering *g = user;
	uint64_t count = 0;
	uint8_t hash[32];
	tro_status status = tro_case_head(&count, hash, g->store, case_id, err);

	return status == TRO_OK ? tro_heads_add(&g->heads, case_id, count - 1, hash, err) : status;
}

/* The heads of all cases as of one state of the log. */
static tro_status claim_heads(tro_heads_claim *out, tro_store *store, tro_err *err)
{
	gathering g = {.store = store};
	tro_status status = tro_store_begin_read(store, err);

	if (status == TRO_OK) {
		status = tro_store_log_size(&out->size, store, err);
	}
	if (status == TRO_OK) {
		status = tro_store_each_case(store, gather, &g, err);
	}
	tro_store_rollback(store); /* of a view */
	if (status == TRO_OK) {
		out->count = g.heads.count;
		tro_heads_root(out->root, &g.heads);
	}
	tro_heads_done(&g.heads);
	return status;
}

static tro_status load_log_key(tro_ed25519 **out, tro_registry *registry, tro_err *err)
{
	tro_keyfile file;
	char path[TRO_KEY_PATH_SIZE];
	tro_status status = tro_key_path(path, tro_store_dir(registry->store), TRO_LOG_KEY, err);

	if (status == TRO_OK) {
		status = tro_key_load(out, &file, path, NULL, err);
	}
	if (status == TRO_OK &&
		memcmp(file.public_key, tro_authority_log_key(registry->authority)->public_key,
			sizeof(file.public_key)) != 0) {
		tro_ed25519_free(*out);
		*out = NULL;
		status = tro_err_set(err, TRO_KEY, "%s is not the key of this log", path);
	}
	return status;
}

/* The note over the tree's first `size` records. */
static tro_status sign_checkpoint(tro_stored_checkpoint *out, tro_registry *registry,
	const tro_ed25519 *key, uint64_t size, tro_time_us now, tro_err *err)
{
	const tro_vkey *log = tro_authority_log_key(registry->authority);
	tro_tree_nodes nodes = tro_store_tree(registry->store);
	tro_checkpoint checkpoint = {.size = size};
	tro_buf text = TRO_BUF_INIT;
	uint8_t signature[64];

	*out = (tro_stored_checkpoint){
		.size = size, .ours = true, .published = now, .note = TRO_BUF_INIT};
	(void)snprintf(checkpoint.origin, sizeof(checkpoint.origin), "%s", log->name);
	tro_status status = tro_tree_root(checkpoint.root, &nodes, size, err);

	if (status == TRO_OK) {
		memcpy(out->root, checkpoint.root, sizeof(out->root));
		status = tro_checkpoint_format(&text, &checkpoint, err);
	}
	if (status == TRO_OK) {
		status = tro_ed25519_sign(signature, key, text.ptr, text.len, err);
	}
	if (status == TRO_OK) {
		status = tro_note_compose(
			&out->note, text.ptr, text.len, log, signature, sizeof(signature), err);
	}
	tro_buf_done(&text);
	return status;
}

/* The checkpoint is of the tree with the record in it, so it is signed inside the transaction: with
 * a key of this process, which takes a quarter of a millisecond and asks nobody. */
static tro_status append(tro_registry *registry, const tro_entry *entry, const tro_ed25519 *key,
	uint64_t expected, tro_err *err)
{
	tro_store *store = registry->store;
	tro_stored_checkpoint checkpoint = {.note = TRO_BUF_INIT};
	uint64_t position = 0;
	uint64_t id;
	tro_status status = tro_store_begin_write(store, err);

	if (status == TRO_OK) {
		status = tro_entry_append(store, entry, &position, err);
	}
	if (status == TRO_OK && position != expected) {
		status = tro_err_set(
			err, TRO_CHANGED, "others have written to the log meanwhile: try again");
	}
	if (status == TRO_OK) {
		status = sign_checkpoint(
			&checkpoint, registry, key, position + 1, entry->record.time, err);
	}
	if (status == TRO_OK) {
		status = tro_store_checkpoint_add(store, &checkpoint, &id, err);
	}
	if (status == TRO_OK) {
		status = tro_store_commit(store, err);
	}
	if (status != TRO_OK) {
		tro_store_rollback(store);
	}
	tro_stored_checkpoint_done(&checkpoint);
	return status;
}

static tro_status publish_once(uint64_t *out_size, tro_registry *registry, const tro_ed25519 *key,
	tro_time_us now, tro_err *err)
{
	tro_heads_claim claim;
	tro_record record;
	tro_entry entry = {0};
	tro_buf payload = TRO_BUF_INIT;
	tro_signer *service = NULL;
	tro_status status = tro_registry_catch_up(registry, err);

	if (status == TRO_OK) {
		status = tro_registry_service_signer(&service, registry, err);
	}
	if (status == TRO_OK) {
		status = claim_heads(&claim, registry->store, err);
	}
	if (status == TRO_OK) {
		status = tro_service_begin(
			&record, registry, TRO_LOG_CASE, TRO_EVENT_HEADS, now, err);
	}
	if (status == TRO_OK) {
		status = tro_anchor_put(&record, registry, err);
	}
	if (status == TRO_OK) {
		status = tro_heads_format(&payload, &claim, err);
	}
	if (status == TRO_OK) {
		status = tro_entry_compose(&entry, &record, &payload, NULL, err);
	}
	if (status == TRO_OK) {
		status = tro_entry_sign(&entry, service, err);
	}
	if (status == TRO_OK) {
		status = append(registry, &entry, key, claim.size, err);
	}
	if (status == TRO_OK) {
		*out_size = claim.size + 1;
	}
	tro_signer_free(service);
	tro_entry_done(&entry);
	tro_buf_done(&payload);
	return status;
}

tro_status tro_checkpoint_publish(uint64_t *out_size, tro_registry *registry, tro_err *err)
{
	tro_ed25519 *key = NULL;
	bool due = false;
	tro_status status = is_due(&due, registry, tro_registry_now(registry), err);

	*out_size = 0;
	if (status != TRO_OK || !due) {
		return status;
	}
	status = load_log_key(&key, registry, err);
	if (status == TRO_OK) {
		status = TRO_CHANGED;
	}
	for (int i = 0; i < ATTEMPTS && status == TRO_CHANGED; i++) {
		status = publish_once(out_size, registry, key, tro_registry_now(registry), err);
	}
	tro_ed25519_free(key);
	return status;
}

/* ---- to a witness ---- */

static tro_status policy_in_force(tro_policy **out, tro_registry *registry, tro_err *err)
{
	tro_status status = tro_policy_at(out, registry, INT64_MAX, err);

	return status == TRO_OK && *out == NULL
		       ? tro_err_set(err, TRO_NOT_FOUND,
				 "no witness policy is adopted: a registrar adopts one with 'tro "
				 "checkpoint policy FILE'")
		       : status;
}

static tro_status choose_witness(
	const tro_vkey **out, const tro_policy *policy, const char *name, tro_err *err)
{
	size_t count = tro_policy_witness_count(policy);

	*out = NULL;
	if (name == NULL && count > 1) {
		return tro_err_set(err, TRO_AMBIGUOUS,
			"the policy has %zu witnesses: say which one, by the name of its key",
			count);
	}
	for (size_t i = 0; i < count; i++) {
		const tro_vkey *key = tro_policy_witness(policy, i);

		if (name == NULL || strcmp(key->name, name) == 0) {
			*out = key;
			return TRO_OK;
		}
	}
	return tro_err_set(
		err, TRO_NOT_FOUND, "the policy has no witness %s", name == NULL ? "at all" : name);
}

/* The size that this witness cosigned last, as far as is known here; 0 for none. */
static tro_status last_cosigned(
	uint64_t *out, tro_registry *registry, const tro_vkey *witness, tro_err *err)
{
	uint64_t below = INT64_MAX;
	tro_status status = TRO_OK;

	*out = 0;
	while (status == TRO_OK && *out == 0) {
		tro_stored_checkpoint stored;
		tro_note note;
		uint64_t time_s;

		status = tro_store_checkpoint_below(&stored, registry->store, below, true, err);
		if (status != TRO_OK) {
			return status == TRO_NOT_FOUND ? TRO_OK : status;
		}
		below = stored.id;
		status = tro_note_parse(&note, stored.note.ptr, stored.note.len, err);
		if (status == TRO_OK && stored.ours &&
			tro_note_cosigned(&time_s, &note, witness, NULL) == TRO_OK) {
			*out = stored.size;
		}
		tro_stored_checkpoint_done(&stored);
	}
	return status;
}

/* The checkpoint as its text and the log's signature alone: a witness is not told of the others. */
static tro_status own_note(tro_buf *out, const tro_stored_checkpoint *stored, tro_err *err)
{
	const char *end = strstr(stored->note.ptr, "\n\n");
	const char *lf = end == NULL ? NULL : strchr(end + 2, '\n');

	if (lf == NULL) {
		return tro_err_set(err, TRO_INVALID, "the stored checkpoint is damaged");
	}
	tro_buf_put(out, stored->note.ptr, (size_t)(lf + 1 - stored->note.ptr));
	return tro_buf_status(out, err);
}

static tro_status write_request(tro_buf *out, tro_registry *registry,
	const tro_stored_checkpoint *stored, uint64_t old_size, tro_err *err)
{
	tro_tree_nodes nodes = tro_store_tree(registry->store);
	tro_witness_request request = {.old_size = old_size};
	tro_buf note = TRO_BUF_INIT;
	tro_status status = own_note(&note, stored, err);

	if (status == TRO_OK && old_size > 0) {
		status = tro_tree_prove_consistency(
			&request.proof, &nodes, old_size, stored->size, err);
	}
	if (status == TRO_OK) {
		request.untrusted_checkpoint = note.ptr;
		request.checkpoint_len = note.len;
		status = tro_witness_request_format(out, &request, err);
	}
	tro_buf_done(&note);
	return status;
}

tro_status tro_checkpoint_request(tro_buf *out, tro_registry *registry, const char *witness,
	const uint64_t *old_size, tro_err *err)
{
	tro_stored_checkpoint stored;
	tro_policy *policy = NULL;
	const tro_vkey *key;
	uint64_t old = old_size == NULL ? 0 : *old_size;
	tro_status status = TRO_OK;

	if (old_size == NULL) {
		status = policy_in_force(&policy, registry, err);
		if (status == TRO_OK) {
			status = choose_witness(&key, policy, witness, err);
		}
		if (status == TRO_OK) {
			status = last_cosigned(&old, registry, key, err);
		}
		tro_policy_free(policy);
	}
	if (status != TRO_OK) {
		return status;
	}
	status = newest_of_ours(&stored, registry->store, err);
	if (status == TRO_NOT_FOUND) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"there is no checkpoint yet: 'tro tick' makes one an hour");
	}
	if (status == TRO_OK) {
		status = write_request(out, registry, &stored, old, err);
		tro_stored_checkpoint_done(&stored);
	}
	return status;
}

/* ---- from a witness ---- */

/* Adds to the checkpoint the signature lines of the policy's witnesses that the note has, and
 * counts those that were not there; a rehearsal takes that back. */
static tro_status keep(tro_checkpoint_import_result *out, tro_registry *registry,
	const tro_stored_checkpoint *stored, const tro_note *note, const tro_policy *policy,
	tro_err *err)
{
	tro_store *store = registry->store;
	uint64_t id;
	tro_status status = tro_store_begin_write(store, err);

	if (status == TRO_OK) {
		status = tro_store_checkpoint_add(store, stored, &id, err);
	}
	for (size_t i = 0; status == TRO_OK && i < note->signature_count; i++) {
		const tro_note_signature *signature = &note->signatures[i];
		const tro_vkey *key = tro_policy_witness_of(policy, signature);
		tro_buf line = TRO_BUF_INIT;
		bool added = false;

		if (key != NULL) {
			status = tro_note_signature_line(
				&line, key, signature->bytes, signature->len, err);
			if (status == TRO_OK) {
				status = tro_store_cosignature_add(&added, store, id, line.ptr,
					line.len, tro_registry_now(registry), err);
			}
		}
		out->added += added;
		tro_buf_done(&line);
	}
	if (status == TRO_OK && !registry->rehearsal) {
		status = tro_store_commit(store, err);
	}
	if (status != TRO_OK || registry->rehearsal) {
		tro_store_rollback(store);
	}
	return status;
}

/* Is there a good cosignature by a witness of the policy? TRO_KEY when not. */
static tro_status require_cosigned(const tro_note *note, const tro_policy *policy, tro_err *err)
{
	uint64_t time_s;
	size_t good = 0;

	for (size_t i = 0; i < tro_policy_witness_count(policy); i++) {
		tro_status status =
			tro_note_cosigned(&time_s, note, tro_policy_witness(policy, i), err);

		if (status != TRO_OK && status != TRO_NOT_FOUND) {
			return status;
		}
		good += status == TRO_OK;
	}
	return good > 0 ? TRO_OK
			: tro_err_set(err, TRO_KEY,
				  "no witness of the policy has cosigned this checkpoint");
}

/* Is the checkpoint a head of the log that is here? */
static tro_status compare(tro_checkpoint_import_result *out, tro_registry *registry,
	const tro_checkpoint *checkpoint, tro_err *err)
{
	tro_tree_nodes nodes = tro_store_tree(registry->store);
	uint64_t size = 0;
	uint8_t root[32];
	tro_status status = tro_store_log_size(&size, registry->store, err);

	out->beyond = status == TRO_OK && checkpoint->size > size;
	if (status == TRO_OK && !out->beyond) {
		status = tro_tree_root(root, &nodes, checkpoint->size, err);
	}
	out->split = status == TRO_OK && !out->beyond &&
		     memcmp(root, checkpoint->root, sizeof(root)) != 0;
	return status;
}

/* The log's own signature line of a whole note. */
static tro_status stored_of(tro_stored_checkpoint *out, const tro_checkpoint *checkpoint,
	const tro_note *note, const tro_vkey *log, tro_err *err)
{
	tro_status status = TRO_NOT_FOUND;

	*out = (tro_stored_checkpoint){.size = checkpoint->size, .note = TRO_BUF_INIT};
	memcpy(out->root, checkpoint->root, sizeof(out->root));
	for (size_t i = 0; status == TRO_NOT_FOUND && i < note->signature_count; i++) {
		const tro_note_signature *s = &note->signatures[i];

		if (s->name_len == strlen(log->name) &&
			memcmp(s->name, log->name, s->name_len) == 0 &&
			memcmp(s->id, log->id, sizeof(s->id)) == 0) {
			status = tro_note_compose(&out->note, note->untrusted_text, note->text_len,
				log, s->bytes, s->len, err);
		}
	}
	return status;
}

static tro_status import_whole(tro_checkpoint_import_result *out, tro_registry *registry,
	const tro_policy *policy, const char *bytes, size_t len, tro_err *err)
{
	const tro_vkey *log = tro_authority_log_key(registry->authority);
	tro_stored_checkpoint stored = {.note = TRO_BUF_INIT};
	tro_checkpoint checkpoint;
	tro_note note;
	tro_status status = tro_checkpoint_read(&checkpoint, &note, bytes, len, log, err);

	if (status == TRO_OK && checkpoint.size == 0) {
		status = tro_err_set(err, TRO_INVALID, "a checkpoint of no records says nothing");
	}
	if (status == TRO_OK) {
		status = require_cosigned(&note, policy, err);
	}
	if (status == TRO_OK) {
		out->size = checkpoint.size;
		status = compare(out, registry, &checkpoint, err);
	}
	if (status == TRO_OK) {
		status = stored_of(&stored, &checkpoint, &note, log, err);
	}
	if (status == TRO_OK) {
		status = keep(out, registry, &stored, &note, policy, err);
	}
	tro_stored_checkpoint_done(&stored);
	return status;
}

/* Signature lines alone: to which of our checkpoints do they belong? */
static tro_status import_lines(tro_checkpoint_import_result *out, tro_registry *registry,
	const tro_policy *policy, const char *lines, size_t len, tro_err *err)
{
	uint64_t below = INT64_MAX;

	for (;;) {
		tro_stored_checkpoint stored;
		tro_buf bytes = TRO_BUF_INIT;
		tro_note note;
		tro_status status =
			tro_store_checkpoint_below(&stored, registry->store, below, false, err);

		if (status != TRO_OK) {
			return status == TRO_NOT_FOUND
				       ? tro_err_set(err, TRO_KEY,
						 "these are no good cosignatures, by a witness of "
						 "the policy, of any checkpoint of this store")
				       : status;
		}
		below = stored.id;
		status = own_note(&bytes, &stored, err);
		tro_buf_put(&bytes, lines, len);
		if (status == TRO_OK) {
			status = tro_note_parse(&note, bytes.ptr, bytes.len, err);
		}
		bool found = status == TRO_OK && require_cosigned(&note, policy, NULL) == TRO_OK;

		if (found) {
			out->size = stored.size;
			status = keep(out, registry, &stored, &note, policy, err);
		}
		tro_buf_done(&bytes);
		tro_stored_checkpoint_done(&stored);
		if (found || status != TRO_OK) {
			return status;
		}
	}
}

tro_status tro_checkpoint_import(tro_checkpoint_import_result *out, tro_registry *registry,
	const char *bytes, size_t len, tro_err *err)
{
	static const char dash[] = "\xe2\x80\x94 ";
	tro_policy *policy = NULL;
	tro_anchor anchor;
	bool lines = len > strlen(dash) && memcmp(bytes, dash, strlen(dash)) == 0;
	tro_status status =
		len <= TRO_CHECKPOINT_NOTE_MAX
			? policy_in_force(&policy, registry, err)
			: tro_err_set(err, TRO_INVALID, "a witness's answer has at most %d bytes",
				  TRO_CHECKPOINT_NOTE_MAX);

	*out = (tro_checkpoint_import_result){0};
	if (status == TRO_OK) {
		status = lines ? import_lines(out, registry, policy, bytes, len, err)
			       : import_whole(out, registry, policy, bytes, len, err);
	}
	tro_policy_free(policy);
	if (status == TRO_OK && !out->split && !out->beyond && !registry->rehearsal) {
		status = tro_anchor_find(&anchor, registry, err);
		out->witnessed = status == TRO_OK && anchor.exists && anchor.size >= out->size;
	}
	return status;
}

/* ---- the policy ---- */

tro_status tro_checkpoint_adopt_policy(tro_registry *registry, const char *text, size_t len,
	const tro_signer *registrar, bool *out_already, tro_err *err)
{
	char kind[] = TRO_POLICY_KIND;
	char name[] = TRO_POLICY_NAME;
	tro_offer offer = {.kind = kind, .name = name, .bytes = TRO_BUF_INIT};
	tro_policy *policy = NULL;
	tro_status status = tro_policy_parse(&policy, text, len, err);

	if (status == TRO_OK && !tro_vkey_equal(tro_policy_log(policy),
					tro_authority_log_key(registry->authority))) {
		tro_buf key = TRO_BUF_INIT;

		tro_vkey_format(&key, tro_authority_log_key(registry->authority));
		status = tro_err_set(err, TRO_INVALID,
			"the policy is of another log; this one's key is %s", key.ptr);
		tro_buf_done(&key);
	}
	tro_policy_free(policy);
	if (status == TRO_OK) {
		tro_sha256(offer.sha256, text, len);
		tro_buf_put(&offer.bytes, text, len);
		status = tro_buf_status(&offer.bytes, err);
	}
	if (status == TRO_OK) {
		status = tro_registrar_adopt(registry, &(tro_offers){.items = &offer, .count = 1},
			registrar, out_already, err);
	}
	tro_buf_done(&offer.bytes);
	return status;
}

tro_status tro_checkpoint_policy(tro_buf *out, tro_registry *registry, tro_err *err)
{
	const tro_adopted *adopted =
		tro_authority_adopted(registry->authority, TRO_POLICY_KIND, TRO_POLICY_NAME);

	return adopted != NULL ? tro_store_blob_get(out, registry->store, adopted->sha256, err)
			       : tro_err_set(err, TRO_NOT_FOUND, "no witness policy is adopted");
}

/* ---- how far ---- */

static tro_status time_at(tro_time_us *out, tro_registry *registry, uint64_t position, tro_err *err)
{
	tro_stored_record stored;
	tro_record record;
	char case_id[65];
	tro_status status = tro_store_record_at(&stored, registry->store, position, case_id, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_record_read(&record, &stored, err);
	*out = status == TRO_OK ? record.time : 0;
	tro_stored_record_done(&stored);
	return status;
}

tro_status tro_witnessing_get(tro_witnessing *out, tro_registry *registry, tro_err *err)
{
	tro_policy *policy = NULL;
	tro_anchor anchor = {0};
	tro_stored_checkpoint newest;
	tro_status status = tro_policy_at(&policy, registry, INT64_MAX, err);

	*out = (tro_witnessing){.required = policy != NULL && tro_policy_needs_witness(policy)};
	tro_policy_free(policy);
	if (status == TRO_OK) {
		status = tro_store_log_size(&out->records, registry->store, err);
	}
	if (status == TRO_OK) {
		status = newest_of_ours(&newest, registry->store, err);
	}
	if (status == TRO_OK) {
		out->published = newest.size;
		out->published_at = newest.published;
		tro_stored_checkpoint_done(&newest);
	}
	status = status == TRO_NOT_FOUND ? TRO_OK : status;
	if (status == TRO_OK) {
		status = tro_anchor_find(&anchor, registry, err);
	}
	if (status == TRO_OK && anchor.exists) {
		out->witnessed = anchor.size;
		out->witnessed_at = (tro_time_us)anchor.time_s * US_PER_S;
	}
	if (status == TRO_OK && out->required && out->witnessed < out->records) {
		status = time_at(&out->waiting_since, registry, out->witnessed, err);
	}
	return status;
}
