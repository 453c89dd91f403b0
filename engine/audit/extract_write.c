/* Writing an extract (extract_form.h). What is written was read back from the store a moment before
 * and is judged by nobody here: that is for whoever receives it. */
#include <tro/extract.h>

#include <stdio.h>
#include <string.h>

#include "audit/attached.h"
#include "audit/extract_form.h"
#include "audit/extract_readme.h"
#include "audit/new_folder.h"
#include "base/text.h"
#include "case/anchor.h"
#include "case/case_internal.h"
#include "crypto/crypto.h"
#include "ledger/heads_proof.h"
#include "ledger/id.h"
#include "ledger/proof_file.h"

enum { NAME_SIZE = 160 };

typedef struct writing {
	tro_registry *registry;
	tro_store *store;
	char case_id[TRO_ID_SIZE];
	bool withheld; /* no payloads of the case */
	tro_stored_checkpoint checkpoint;
	tro_new_folder folder;
	tro_extract_summary *summary;
} writing;

/* ---- as of which checkpoint ---- */

/* The number of a case's records among the first `size` of the log. */
static tro_status count_before(
	uint64_t *out, const writing *w, const char *case_id, uint64_t size, tro_err *err)
{
	tro_buf note = TRO_BUF_INIT;
	tro_status status = tro_store_note_before(&note, out, w->store, case_id, size, err);

	tro_buf_done(&note);
	return status;
}

/* The newest of ours that covers a record of the case; with `whole`, all of them, and cosigned. */
static tro_status find_checkpoint(writing *w, uint64_t case_count, bool whole, tro_err *err)
{
	uint64_t below = INT64_MAX;
	tro_status status = TRO_OK;

	while (status == TRO_OK) {
		uint64_t covered = 0;

		status = tro_store_checkpoint_below(&w->checkpoint, w->store, below, whole, err);
		if (status == TRO_OK && w->checkpoint.ours) {
			status = count_before(&covered, w, w->case_id, w->checkpoint.size, err);
			if (status == TRO_OK && covered >= (whole ? case_count : 1)) {
				w->summary->of_case = covered;
				w->summary->left_out = case_count - covered;
				return TRO_OK;
			}
		}
		below = w->checkpoint.id;
		tro_stored_checkpoint_done(&w->checkpoint);
	}
	return status;
}

static tro_status choose_checkpoint(writing *w, tro_err *err)
{
	tro_note note;
	uint64_t count = 0;
	tro_status status = tro_store_case_count(&count, w->store, w->case_id, err);

	if (status == TRO_OK) {
		status = find_checkpoint(w, count, true, err);
		if (status == TRO_NOT_FOUND) {
			status = find_checkpoint(w, count, false, err);
		}
		if (status == TRO_NOT_FOUND) {
			return tro_err_set(err, TRO_NOT_FOUND,
				"no checkpoint covers case %s yet, and without one nothing can be "
				"proved: 'tro tick' makes them, once an hour",
				w->case_id);
		}
	}
	if (status == TRO_OK) {
		status = tro_note_parse(&note, w->checkpoint.note.ptr, w->checkpoint.note.len, err);
	}
	if (status == TRO_OK) {
		w->summary->size = w->checkpoint.size;
		w->summary->cosigned = note.signature_count > 1;
	}
	return status;
}

/* ---- records and their proofs ---- */

static tro_status put(writing *w, const char *name, const void *bytes, size_t len, tro_err *err)
{
	return tro_new_folder_put(&w->folder, name, bytes, len, err);
}

static tro_status put_hex(writing *w, const char *name, const uint8_t bytes[32], tro_err *err)
{
	char line[TRO_HEX_SIZE(32) + 1];

	tro_hex_encode(line, bytes, 32);
	line[TRO_HEX_SIZE(32) - 1] = '\n';
	return put(w, name, line, TRO_HEX_SIZE(32), err);
}

static void name_of(char out[NAME_SIZE], uint64_t position, const char *suffix)
{
	(void)snprintf(out, NAME_SIZE, TRO_EXTRACT_RECORDS "/%llu.%s", (unsigned long long)position,
		suffix);
}

static tro_status put_payload(writing *w, const tro_stored_record *stored, tro_err *err)
{
	char name[NAME_SIZE];
	tro_status status = TRO_OK;

	if (stored->has_payload && stored->has_payload_salt) {
		name_of(name, stored->position, "payload");
		status = put(w, name, stored->payload, stored->payload_len, err);
		name_of(name, stored->position, "salt");
		if (status == TRO_OK) {
			status = put_hex(w, name, stored->payload_salt, err);
		}
	}
	if (status == TRO_OK && stored->has_outcome_salt) {
		name_of(name, stored->position, "outcome-salt");
		status = put_hex(w, name, stored->outcome_salt, err);
	}
	return status;
}

static tro_status put_proof(writing *w, uint64_t position, tro_err *err)
{
	tro_tree_nodes nodes = tro_store_tree(w->store);
	tro_proof_file file = {.index = position,
		.untrusted_checkpoint = w->checkpoint.note.ptr,
		.checkpoint_len = w->checkpoint.note.len};
	tro_buf bytes = TRO_BUF_INIT;
	char name[NAME_SIZE];
	tro_status status =
		tro_tree_prove_inclusion(&file.proof, &nodes, position, w->checkpoint.size, err);

	if (status == TRO_OK) {
		status = tro_proof_file_format(&bytes, &file, err);
	}
	if (status == TRO_OK) {
		(void)snprintf(name, sizeof(name), TRO_EXTRACT_PROOFS "/%llu",
			(unsigned long long)position);
		status = put(w, name, bytes.ptr, bytes.len, err);
	}
	tro_buf_done(&bytes);
	return status;
}

static tro_status put_record(
	writing *w, const tro_stored_record *stored, bool withheld, tro_err *err)
{
	char name[NAME_SIZE];

	name_of(name, stored->position, "note");
	tro_status status = put(w, name, stored->note, stored->note_len, err);

	if (status == TRO_OK && !withheld) {
		status = put_payload(w, stored, err);
	}
	if (status == TRO_OK) {
		status = put_proof(w, stored->position, err);
	}
	w->summary->records++;
	return status;
}

static tro_status add_exhibit(void *user, const char *name, const uint8_t sha256[32], tro_err *err);

static tro_status put_records(
	writing *w, const char *case_id, uint64_t first, uint64_t count, tro_err *err)
{
	bool of_case = strcmp(case_id, w->case_id) == 0;
	tro_status status = TRO_OK;

	for (uint64_t seq = first; seq < count && status == TRO_OK; seq++) {
		tro_stored_record stored;

		status = tro_store_record_get(&stored, w->store, case_id, seq, err);
		if (status != TRO_OK) {
			return status;
		}
		status = put_record(w, &stored, of_case && w->withheld, err);
		if (status == TRO_OK && of_case && !w->withheld && stored.has_payload) {
			status = tro_attached_exhibits(
				stored.payload, stored.payload_len, add_exhibit, w, err);
		}
		tro_stored_record_done(&stored);
	}
	return status;
}

/* ---- which record is the newest of each case ---- */

typedef struct gathering {
	const writing *w;
	uint64_t size; /* of the log that the heads record speaks of */
	tro_heads heads;
	tro_heads_proof registry, of_case;
} gathering;

static tro_status gather(void *user, const char *case_id, tro_err *err)
{
	gathering *g = user;
	tro_buf note = TRO_BUF_INIT;
	uint64_t count = 0;
	tro_heads_proof head = {.index = g->heads.count};
	tro_status status =
		tro_store_note_before(&note, &count, g->w->store, case_id, g->size, err);

	if (status == TRO_OK && count > 0) {
		(void)snprintf(head.case_id, sizeof(head.case_id), "%s", case_id);
		head.seq = count - 1;
		tro_record_hash(head.note_hash, note.ptr, note.len);
		status = tro_heads_add(&g->heads, case_id, head.seq, head.note_hash, err);
	}
	if (status == TRO_OK && count > 0 && strcmp(case_id, TRO_REGISTRY_CASE) == 0) {
		g->registry = head;
	} else if (status == TRO_OK && count > 0 && strcmp(case_id, g->w->case_id) == 0) {
		g->of_case = head;
	}
	tro_buf_done(&note);
	return status;
}

static tro_status put_head(
	writing *w, tro_heads_proof *proof, const gathering *g, const char *name, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status =
		proof->case_id[0] == '\0'
			? tro_err_set(err, TRO_INVALID,
				  "the checkpoint's heads do not speak of case %s", w->case_id)
			: tro_heads_prove(proof, &g->heads, err);

	if (status == TRO_OK) {
		status = tro_heads_proof_format(&bytes, proof, err);
	}
	if (status == TRO_OK) {
		status = put(w, name, bytes.ptr, bytes.len, err);
	}
	tro_buf_done(&bytes);
	return status;
}

/* The record under the checkpoint's last place is the heads record that was made with it. */
static tro_status put_heads(writing *w, tro_err *err)
{
	gathering g = {.w = w, .size = w->checkpoint.size - 1};
	uint64_t count = 0;
	tro_status status = count_before(&count, w, TRO_LOG_CASE, w->checkpoint.size, err);

	if (status == TRO_OK && count == 0) {
		status = tro_err_set(err, TRO_INVALID, "the checkpoint was made without heads");
	}
	if (status == TRO_OK) {
		status = put_records(w, TRO_LOG_CASE, count - 1, count, err);
	}
	if (status == TRO_OK) {
		status = tro_store_each_case(w->store, gather, &g, err);
	}
	if (status == TRO_OK) {
		status = put_head(w, &g.registry, &g, TRO_EXTRACT_HEADS_REGISTRY, err);
	}
	if (status == TRO_OK) {
		status = put_head(w, &g.of_case, &g, TRO_EXTRACT_HEADS_CASE, err);
	}
	tro_heads_done(&g.heads);
	return status;
}

/* ---- what the steps rest on and made ---- */

static void name_hash(char out[NAME_SIZE], const char *folder, const uint8_t sha256[32])
{
	char hex[TRO_HEX_SIZE(32)];

	tro_hex_encode(hex, sha256, 32);
	(void)snprintf(out, NAME_SIZE, "%s/%s", folder, hex);
}

typedef struct exhibit {
	const writing *w;
	const uint8_t *sha256;
} exhibit;

static tro_status copy_exhibit(void *user, int fd, const char *path, tro_err *err)
{
	const exhibit *e = user;
	uint64_t size;

	return tro_store_exhibit_copy(&size, e->w->store, e->w->case_id, e->sha256, fd, path, err);
}

static tro_status add_exhibit(void *user, const char *name, const uint8_t sha256[32], tro_err *err)
{
	writing *w = user;
	exhibit e = {w, sha256};
	char path[NAME_SIZE];

	(void)name;
	name_hash(path, TRO_EXTRACT_EXHIBITS, sha256);
	return tro_new_folder_put_hashed(&w->folder, path, sha256, copy_exhibit, &e, err);
}

static tro_status add_filing(void *user, const char *name, const uint8_t sha256[32], tro_err *err)
{
	writing *w = user;
	tro_buf bytes = TRO_BUF_INIT;
	char path[NAME_SIZE];
	tro_status status = tro_store_blob_get(&bytes, w->store, sha256, err);

	name_hash(path, TRO_EXTRACT_FILINGS, sha256);
	if (status == TRO_OK) {
		status = put(w, path, bytes.ptr, bytes.len, err);
	} else {
		status = tro_err_prefix(err, status, "filing %s", name);
	}
	tro_buf_done(&bytes);
	return status;
}

static tro_status add_blob(
	void *user, const uint8_t sha256[32], const char *bytes, size_t len, tro_err *err)
{
	char path[NAME_SIZE];

	name_hash(path, TRO_EXTRACT_BLOBS, sha256);
	return put(user, path, bytes, len, err);
}

/* Runs the steps again with a library of their own, which then knows all that they asked for. */
static tro_status put_steps(writing *w, tro_err *err)
{
	tro_registry registry = *w->registry;
	tro_replay replay = {0};

	registry.library = tro_library_new(w->store);
	if (registry.library == NULL) {
		return tro_err_nomem(err);
	}
	tro_status status = tro_replay_begin(&replay, &registry, w->case_id, err);

	if (status == TRO_OK) {
		status = tro_replay_to(&replay, w->summary->of_case - 1, err);
	}
	if (status == TRO_OK) {
		status = tro_library_each(registry.library, add_blob, w, err);
	}
	if (status == TRO_OK) {
		status = tro_attached_filings(replay.session, add_filing, w, err);
	}
	tro_replay_end(&replay);
	tro_library_free(registry.library);
	return status;
}

/* So that whoever has no witness's key sees whether there ought to be one. */
static tro_status put_policy(writing *w, uint64_t registry_count, tro_err *err)
{
	tro_authority *authority = tro_authority_new();
	tro_status status = authority == NULL ? tro_err_nomem(err) : TRO_OK;
	tro_buf bytes = TRO_BUF_INIT;

	while (status == TRO_OK && tro_authority_count(authority) < registry_count) {
		status = tro_registry_advance(authority, w->store, NULL, err);
	}
	const tro_adopted *policy = status == TRO_OK ? tro_authority_adopted(authority,
							       TRO_POLICY_KIND, TRO_POLICY_NAME)
						     : NULL;

	if (policy != NULL) {
		status = tro_store_blob_get(&bytes, w->store, policy->sha256, err);
		if (status == TRO_OK) {
			status = add_blob(w, policy->sha256, bytes.ptr, bytes.len, err);
		}
	}
	tro_buf_done(&bytes);
	tro_authority_free(authority);
	return status;
}

static tro_status put_all(writing *w, tro_err *err)
{
	uint64_t registry_count = 0;
	tro_status status =
		put(w, TRO_EXTRACT_README, tro_extract_readme, strlen(tro_extract_readme), err);

	if (status == TRO_OK) {
		status = put(w, TRO_EXTRACT_CHECKPOINT, w->checkpoint.note.ptr,
			w->checkpoint.note.len, err);
	}
	if (status == TRO_OK) {
		status = count_before(
			&registry_count, w, TRO_REGISTRY_CASE, w->checkpoint.size, err);
	}
	if (status == TRO_OK) {
		status = put_records(w, TRO_REGISTRY_CASE, 0, registry_count, err);
	}
	if (status == TRO_OK) {
		status = put_records(w, w->case_id, 0, w->summary->of_case, err);
	}
	if (status == TRO_OK) {
		status = put_heads(w, err);
	}
	if (status == TRO_OK) {
		status = put_policy(w, registry_count, err);
	}
	return status == TRO_OK && !w->withheld ? put_steps(w, err) : status;
}

tro_status tro_extract_write(tro_extract_summary *out, tro_registry *registry, const char *case_id,
	const char *dir, bool without_payloads, tro_err *err)
{
	writing w = {.registry = registry,
		.store = registry->store,
		.withheld = without_payloads,
		.checkpoint = {.note = TRO_BUF_INIT},
		.summary = out};
	tro_status status = tro_id_check(w.case_id, case_id, err);

	*out = (tro_extract_summary){0};
	if (status == TRO_OK) {
		status = choose_checkpoint(&w, err);
	}
	if (status == TRO_OK) {
		status = tro_new_folder_begin(&w.folder, dir, registry->rehearsal, err);
	}
	if (status == TRO_OK) {
		status = put_all(&w, err);
		if (status == TRO_OK) {
			out->files = w.folder.count + 1; /* the list itself */
			status = tro_new_folder_end(&w.folder, err);
		} else {
			tro_new_folder_drop(&w.folder);
		}
	}
	tro_stored_checkpoint_done(&w.checkpoint);
	return status;
}
