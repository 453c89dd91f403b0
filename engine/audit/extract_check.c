#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/attached.h"
#include "audit/extract_form.h"
#include "audit/extract_read.h"
#include "audit/report.h"
#include "base/text.h"
#include "case/anchor.h"
#include "case/case_internal.h"
#include "case/erasure.h"
#include "ledger/heads_proof.h"
#include "ledger/proof_file.h"

enum { NAME_SIZE = 160 };

static tro_status report(tro_extract *x, tro_verdict verdict, const char *id, const char *place,
	const char *message, tro_err *err)
{
	return tro_verdict_report(x->verdict, x->findings, verdict, id, place, message, err);
}

/* What is missing, what is wrong; the machine's own failures go on. */
static tro_status conclude(tro_extract *x, tro_status status, const tro_err *own, const char *id,
	const char *place, tro_err *err)
{
	if (status == TRO_OK) {
		return TRO_OK;
	}
	if (status == TRO_NOMEM || status == TRO_SYSTEM) {
		return tro_err_set(err, status, "%s: %s", place, own->message);
	}
	return report(x, status == TRO_NOT_FOUND ? TRO_VERDICT_INCOMPLETE : TRO_VERDICT_INVALID, id,
		place, own->message, err);
}

/* ---- the head of the log ---- */

/* By a policy; whose: what goes before the finding, or "". */
static tro_status judge_witnesses(tro_extract *x, const tro_policy *policy, const tro_note *note,
	const char *whose, tro_err *err)
{
	uint64_t time_s;
	tro_err own;
	tro_status status = tro_policy_judge(&time_s, policy, note, &own);

	if (status == TRO_NO && whose[0] != '\0') {
		(void)tro_err_prefix(&own, status, "%s", whose);
	}
	return status == TRO_NO ? report(x, TRO_VERDICT_UNWITNESSED, "witness",
					  TRO_EXTRACT_CHECKPOINT, own.message, err)
				: conclude(x, status, &own, "witness", TRO_EXTRACT_CHECKPOINT, err);
}

tro_status tro_extract_check_checkpoint(
	tro_extract *extract, const tro_vkey *log, const tro_policy *policy, tro_err *err)
{
	tro_note note;
	tro_err own;
	tro_status status =
		extract->checkpoint_note.len == 0
			? tro_err_set(&own, TRO_NOT_FOUND,
				  "it is missing, and without it nothing shows that the records "
				  "are the log's")
			: tro_checkpoint_read(&extract->checkpoint, &note,
				  extract->checkpoint_note.ptr, extract->checkpoint_note.len, log,
				  &own);

	if (status != TRO_OK) {
		return conclude(extract, status, &own, "checkpoint", TRO_EXTRACT_CHECKPOINT, err);
	}
	extract->has_checkpoint = true;
	return policy == NULL ? TRO_OK : judge_witnesses(extract, policy, &note, "", err);
}

/* ---- that a record stands in it ---- */

static bool same_checkpoint(const tro_extract *x, const tro_proof_file *file)
{
	return file->checkpoint_len == x->checkpoint_note.len &&
	       memcmp(file->untrusted_checkpoint, x->checkpoint_note.ptr, file->checkpoint_len) ==
		       0;
}

tro_status tro_extract_check_inclusion(
	tro_extract *extract, const tro_stored_record *stored, tro_err *err)
{
	tro_proof_file file;
	tro_buf bytes = TRO_BUF_INIT;
	char name[NAME_SIZE];
	uint8_t leaf[32];

	(void)snprintf(name, sizeof(name), TRO_EXTRACT_PROOFS "/%llu",
		(unsigned long long)stored->position);
	tro_status status = tro_extract_read_file(&bytes, extract, name, err);

	if (status == TRO_OK) {
		status = tro_proof_file_parse(&file, bytes.ptr, bytes.len, err);
	}
	/* Its checkpoint is the one that was verified, byte by byte, and so need not be again. */
	if (status == TRO_OK &&
		(file.index != stored->position ||
			(extract->checkpoint_note.len > 0 && !same_checkpoint(extract, &file)))) {
		status = tro_err_set(err, TRO_INVALID,
			"it proves another position, or one under another checkpoint");
	}
	if (status == TRO_OK && extract->has_checkpoint) {
		tro_record_leaf(leaf, stored->note, stored->note_len);
		status = tro_tree_check_inclusion(file.index, extract->checkpoint.size, leaf,
			extract->checkpoint.root, (const uint8_t(*)[32])file.proof.hashes,
			file.proof.count, err);
	}
	tro_buf_done(&bytes);
	return status == TRO_OK ? status : tro_err_prefix(err, status, "its proof");
}

/* ---- payloads ---- */

/* Did an erasure destroy the payload, or the salt of the outcome? A later record of the case says
 * so, whose own payload is here, then; what it says of itself is judged with the case's steps. */
static tro_status find_erasure(
	bool *out, const tro_extract *extract, const tro_record *record, bool payload, tro_err *err)
{
	uint64_t by;
	tro_status status = tro_erasure_covering(
		&by, extract->store, record->case_id, record->seq, payload, err);

	*out = status == TRO_OK;
	return status == TRO_NOT_FOUND ? TRO_OK : status;
}

tro_status tro_extract_check_payload(tro_extract *extract, const tro_record *record,
	const tro_stored_record *stored, tro_err *err)
{
	bool withheld = record->has_payload && !stored->has_payload;
	bool erased = false;
	tro_status status = TRO_OK;

	if (!record->has_payload && stored->has_payload) {
		return tro_err_set(err, TRO_INVALID, "its payload is here, and it commits to none");
	}
	if (withheld && !tro_case_has_session(record->case_id)) {
		return tro_err_set(err, TRO_NOT_FOUND, "its payload is missing");
	}
	if (record->has_payload && stored->has_payload && !stored->has_payload_salt) {
		return tro_err_set(err, TRO_NOT_FOUND, "the salt of its payload is missing");
	}
	if (record->has_outcome && stored->has_payload && !stored->has_outcome_salt) {
		status = find_erasure(&erased, extract, record, false, err);
		if (status == TRO_OK && !erased) {
			status = tro_err_set(
				err, TRO_NOT_FOUND, "the salt of its outcome is missing");
		}
	} else if (withheld) {
		status = find_erasure(&erased, extract, record, true, err);
	}
	extract->erased = extract->erased || erased;
	extract->withheld = extract->withheld || (withheld && !erased);
	return withheld || status != TRO_OK ? status
					    : tro_record_check_payload(record, stored, err);
}

/* ---- that nothing is missing ---- */

/* The heads record that was made with the checkpoint is the last that it covers. */
static tro_status read_claim(
	tro_heads_claim *out, const tro_extract *x, const tro_authority *authority, tro_err *err)
{
	tro_stored_record stored;
	tro_record record;
	char case_id[65];

	if (!x->has_checkpoint || x->checkpoint.size == 0) {
		return tro_err_set(
			err, TRO_NOT_FOUND, "there is no checkpoint to which they belong");
	}
	tro_status status =
		tro_store_record_at(&stored, x->store, x->checkpoint.size - 1, case_id, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_record_read(&record, &stored, err);
	if (status == TRO_OK && !stored.has_payload) {
		status = tro_err_set(
			err, TRO_NOT_FOUND, "the record that gives them has no payload");
	} else if (status == TRO_OK) {
		status = tro_heads_parse(out, stored.payload, stored.payload_len, err);
	}
	if (status == TRO_OK &&
		(strcmp(case_id, TRO_LOG_CASE) != 0 || strcmp(record.event, TRO_EVENT_HEADS) != 0 ||
			strcmp(record.actor, tro_authority_service(authority)) != 0 ||
			strcmp(record.role, TRO_ROLE_SERVICE) != 0 ||
			out->size != stored.position)) {
		status = tro_err_set(err, TRO_INVALID,
			"the last record under the checkpoint does not give the heads of the log");
	}
	tro_stored_record_done(&stored);
	return status;
}

/* The case's newest record here against the line. */
static tro_status compare_head(const tro_extract *x, const tro_heads_proof *head, tro_err *err)
{
	tro_buf note = TRO_BUF_INIT;
	uint8_t hash[32];
	uint64_t count = 0;
	tro_status status = tro_store_last_note(&note, &count, x->store, head->case_id, err);

	if (status == TRO_OK && count <= head->seq) {
		status = tro_err_set(err, TRO_NOT_FOUND,
			"the log had %llu records of case %s, and only %llu are here",
			(unsigned long long)head->seq + 1, head->case_id,
			(unsigned long long)count);
	}
	if (status == TRO_OK) {
		tro_record_hash(hash, note.ptr, note.len);
		if (count != head->seq + 1 || memcmp(hash, head->note_hash, sizeof(hash)) != 0) {
			status = tro_err_set(err, TRO_INVALID,
				"the newest record of case %s is not the one that the log had",
				head->case_id);
		}
	}
	tro_buf_done(&note);
	return status;
}

/* case_id "" for whatever case the file is about. */
static tro_status check_head(const tro_extract *x, const char *name, const char *case_id,
	const tro_heads_claim *claim, tro_err *err)
{
	tro_heads_proof head;
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = tro_extract_read_file(&bytes, x, name, err);

	if (status == TRO_OK) {
		status = tro_heads_proof_parse(&head, bytes.ptr, bytes.len, err);
	}
	if (status == TRO_OK) {
		status = tro_heads_proof_check(&head, claim, err);
	}
	if (status == TRO_OK &&
		((case_id[0] != '\0' && strcmp(case_id, head.case_id) != 0) ||
			(case_id[0] == '\0' && !tro_case_has_session(head.case_id)))) {
		status = tro_err_set(err, TRO_INVALID, "it is about case %s", head.case_id);
	}
	if (status == TRO_OK) {
		status = compare_head(x, &head, err);
	}
	tro_buf_done(&bytes);
	return status;
}

/* Whoever is given the keys of some witnesses still wants those that the registry asks for. */
static tro_status weigh_cosignatures(tro_extract *x, const tro_policy *policy, tro_err *err)
{
	tro_note note;
	tro_err own;
	tro_status status =
		tro_note_parse(&note, x->checkpoint_note.ptr, x->checkpoint_note.len, &own);

	return status == TRO_OK
		       ? judge_witnesses(x, policy, &note, "the registry's witness policy", err)
		       : conclude(x, status, &own, "checkpoint", TRO_EXTRACT_CHECKPOINT, err);
}

/* What the registry wants of witnesses. Without a key from the user nothing shows that others saw
 * the same log. */
static tro_status judge_by_registry(
	tro_extract *x, const tro_authority *authority, bool has_witnesses, tro_err *err)
{
	const tro_adopted *adopted =
		tro_authority_adopted(authority, TRO_POLICY_KIND, TRO_POLICY_NAME);
	tro_policy *policy = NULL;
	tro_err own;
	tro_status status = adopted == NULL ? TRO_OK
					    : tro_policy_of(&policy, x->store, authority,
						      adopted->sha256, &own);
	bool needed = policy != NULL && tro_policy_needs_witness(policy);

	if (status != TRO_OK) {
		status = conclude(x, status, &own, "witness", "witness policy", err);
	} else if (!has_witnesses) {
		status = needed ? report(x, TRO_VERDICT_UNWITNESSED, "witness", "",
					  "not checked: cosignatures; the registry asks for "
					  "witnesses, and no witness's key was given",
					  err)
				: report(x, TRO_VERDICT_VALID, "witness", "", "no witness required",
					  err);
	} else if (needed && x->has_checkpoint) {
		status = weigh_cosignatures(x, policy, err);
	}
	tro_policy_free(policy);
	return status;
}

tro_status tro_extract_check_whole(tro_extract *extract, const tro_authority *authority,
	const tro_vkey *log, bool has_witnesses, tro_err *err)
{
	tro_heads_claim claim;
	tro_err own;
	tro_status status = TRO_OK;

	if (tro_authority_count(authority) > 0 &&
		!tro_vkey_equal(tro_authority_log_key(authority), log)) {
		status = report(extract, TRO_VERDICT_INVALID, "record", "case registry seq 0",
			"it names another key of the log than the one that was given", err);
	}
	if (status == TRO_OK && tro_authority_count(authority) > 0) {
		status = judge_by_registry(extract, authority, has_witnesses, err);
	}
	if (status == TRO_OK && extract->case_id[0] == '\0') {
		status = report(extract, TRO_VERDICT_INCOMPLETE, "record", "",
			"no record of a case is here", err);
	}
	if (status != TRO_OK || tro_authority_count(authority) == 0) {
		return status;
	}
	status = read_claim(&claim, extract, authority, &own);
	if (status != TRO_OK) {
		return conclude(extract, status, &own, "heads", "heads of the log", err);
	}
	status = conclude(extract,
		check_head(extract, TRO_EXTRACT_HEADS_REGISTRY, TRO_REGISTRY_CASE, &claim, &own),
		&own, "heads", TRO_EXTRACT_HEADS_REGISTRY, err);
	return status == TRO_OK ? conclude(extract,
					  check_head(extract, TRO_EXTRACT_HEADS_CASE,
						  extract->case_id, &claim, &own),
					  &own, "heads", TRO_EXTRACT_HEADS_CASE, err)
				: status;
}

/* ---- that nothing is in excess ---- */

typedef struct naming {
	tro_extract *x;
	tro_buf payloads; /* of all records, whose hashes name exhibits and adopted bytes */
	tro_buf filings;  /* hashes that the session names */
	bool knows_filings;
} naming;

static tro_status add_filing(void *user, const char *name, const uint8_t sha256[32], tro_err *err)
{
	naming *n = user;
	char hex[TRO_HEX_SIZE(32)];

	(void)name;
	tro_hex_encode(hex, sha256, 32);
	tro_buf_printf(&n->filings, "%s\n", hex);
	return tro_buf_status(&n->filings, err);
}

static tro_status gather_payloads(naming *n, tro_err *err)
{
	uint64_t position = 0;
	char case_id[65];
	tro_status status;

	while ((status = tro_store_next_position(&position, n->x->store, position, err)) ==
		TRO_OK) {
		tro_stored_record stored;

		status = tro_store_record_at(&stored, n->x->store, position++, case_id, err);
		if (status != TRO_OK) {
			return status;
		}
		for (size_t i = 0; i < stored.payload_len; i++) {
			tro_buf_putc(
				&n->payloads, stored.payload[i] == '\0' ? '\n' : stored.payload[i]);
		}
		tro_buf_putc(&n->payloads, '\n');
		tro_stored_record_done(&stored);
	}
	return status == TRO_NOT_FOUND ? tro_buf_status(&n->payloads, err) : status;
}

static tro_status check_named(void *user, const tro_store_file *file, tro_err *err)
{
	naming *n = user;
	const char *slash = strchr(file->path, '/');
	bool filing = tro_text_starts(file->path, TRO_EXTRACT_FILINGS "/");
	bool other = tro_text_starts(file->path, TRO_EXTRACT_BLOBS "/") ||
		     tro_text_starts(file->path, TRO_EXTRACT_EXHIBITS "/");

	if ((!filing && !other) || (filing && !n->knows_filings) ||
		strstr(filing ? n->filings.ptr : n->payloads.ptr, slash + 1) != NULL) {
		return TRO_OK;
	}
	return report(n->x, TRO_VERDICT_INVALID, "extract", file->path,
		"no record here names this file", err);
}

tro_status tro_extract_check_named(tro_extract *extract, const tro_session *session, tro_err *err)
{
	naming n = {.x = extract,
		.payloads = TRO_BUF_INIT,
		.filings = TRO_BUF_INIT,
		.knows_filings = session != NULL || extract->withheld};
	tro_status status = gather_payloads(&n, err);

	if (status == TRO_OK && session != NULL) {
		status = tro_attached_filings(session, add_filing, &n, err);
	}
	if (status == TRO_OK) {
		status = tro_store_each_file(extract->store, check_named, &n, err);
	}
	tro_buf_done(&n.payloads);
	tro_buf_done(&n.filings);
	return status;
}
