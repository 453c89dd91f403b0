#include "audit/witnessed.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/checkpoint.h>

#include "base/text.h"
#include "case/anchor.h"
#include "case/registry_internal.h"
#include "ledger/checkpoint.h"
#include "ledger/heads.h"
#include "ledger/policy.h"
#include "ledger/tree.h"

enum { US_PER_S = 1000000, PLACE_SIZE = 160, NAMED_MAX = 20 };

#define TOLERANCE_US ((tro_time_us)TRO_CLOCK_TOLERANCE_S * US_PER_S)
#define PERIOD_US ((tro_time_us)TRO_CHECKPOINT_EVERY_S * US_PER_S)

typedef struct checkpoint {
	tro_stored_checkpoint stored;
	bool witnessed;
	uint64_t time_s; /* when the quorum was reached */
} checkpoint;

/* The newest record of a case. */
typedef struct head {
	char case_id[TRO_ID_SIZE];
	uint64_t seq;
	uint8_t hash[32];
} head;

struct tro_witnessed {
	tro_store *store;
	tro_verdict *verdict;
	tro_findings *findings;
	checkpoint *list; /* by size, then by coming */
	size_t count, next;
	head *heads; /* by case */
	size_t head_count, head_room;
	bool last_has_anchor;	/* of the record before */
	bool last_is_heads;	/* likewise */
	bool has_heads_time;	/* a heads record was met */
	tro_time_us heads_time; /* of the newest */
	uint64_t witnessed_size;
	tro_time_us newest_time; /* of the records that no witness has seen yet */
};

static tro_status report(tro_witnessed *w, tro_verdict verdict, const char *id, const char *place,
	tro_err *err, const char *fmt, ...) TRO_PRINTF(6, 7);

static tro_status report(tro_witnessed *w, tro_verdict verdict, const char *id, const char *place,
	tro_err *err, const char *fmt, ...)
{
	char message[1024];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	if (verdict > *w->verdict) {
		*w->verdict = verdict;
	}
	return tro_findings_add(
		w->findings, TRO_LEVEL_BLOCK, id, place, NULL, NULL, err, "%s", message);
}

static unsigned long long ull(uint64_t number)
{
	return number;
}

/* ---- reading ---- */

static int by_size(const void *a, const void *b)
{
	const checkpoint *left = a;
	const checkpoint *right = b;

	if (left->stored.size != right->stored.size) {
		return left->stored.size < right->stored.size ? -1 : 1;
	}
	return left->stored.id < right->stored.id ? -1 : left->stored.id > right->stored.id;
}

static tro_status read_all(tro_witnessed *w, tro_err *err)
{
	uint64_t below = INT64_MAX;
	size_t room = 0;

	for (;;) {
		tro_stored_checkpoint stored;
		tro_status status =
			tro_store_checkpoint_below(&stored, w->store, below, false, err);

		if (status != TRO_OK) {
			return status == TRO_NOT_FOUND ? TRO_OK : status;
		}
		if (w->count == room) {
			room = room == 0 ? 16 : 2 * room;
			checkpoint *list = realloc(w->list, room * sizeof(*list));

			if (list == NULL) {
				tro_stored_checkpoint_done(&stored);
				return tro_err_nomem(err);
			}
			w->list = list;
		}
		below = stored.id;
		w->list[w->count++] = (checkpoint){.stored = stored};
	}
}

tro_status tro_witnessed_new(tro_witnessed **out, tro_store *store, tro_verdict *io_verdict,
	tro_findings *findings, tro_err *err)
{
	tro_witnessed *w = calloc(1, sizeof(*w));

	*out = NULL;
	if (w == NULL) {
		return tro_err_nomem(err);
	}
	w->store = store;
	w->verdict = io_verdict;
	w->findings = findings;
	tro_status status = read_all(w, err);

	if (status != TRO_OK) {
		tro_witnessed_free(w);
		return status;
	}
	if (w->count > 1) {
		qsort(w->list, w->count, sizeof(*w->list), by_size);
	}
	*out = w;
	return TRO_OK;
}

void tro_witnessed_free(tro_witnessed *w)
{
	if (w == NULL) {
		return;
	}
	for (size_t i = 0; i < w->count; i++) {
		tro_stored_checkpoint_done(&w->list[i].stored);
	}
	free(w->list);
	free(w->heads);
	free(w);
}

/* ---- checkpoints ---- */

/* What failed in judging becomes a finding, unless the machine failed and not the data. */
static tro_status conclude(
	tro_witnessed *w, tro_status status, const tro_err *own, const char *place, tro_err *err)
{
	if (status == TRO_OK) {
		return TRO_OK;
	}
	if (status == TRO_NOMEM || status == TRO_CHANGED) {
		return tro_err_set(err, status, "%s: %s", place, own->message);
	}
	return report(w, TRO_VERDICT_INVALID, "checkpoint", place, err, "%s", own->message);
}

/* The policy in force now; *out is NULL when there is none. */
static tro_status policy_now(
	tro_policy **out, const tro_witnessed *w, const tro_authority *authority, tro_err *err)
{
	const tro_adopted *adopted =
		tro_authority_adopted(authority, TRO_POLICY_KIND, TRO_POLICY_NAME);

	*out = NULL;
	return adopted == NULL ? TRO_OK
			       : tro_policy_of(out, w->store, authority, adopted->sha256, err);
}

/* *out_seen: some witness of the policy cosigned it. */
static tro_status weigh(checkpoint *c, bool *out_seen, const tro_witnessed *w,
	const tro_authority *authority, tro_err *err)
{
	tro_policy *policy = NULL;
	tro_checkpoint head_of;
	tro_note note;
	tro_status status = tro_checkpoint_read(&head_of, &note, c->stored.note.ptr,
		c->stored.note.len, tro_authority_log_key(authority), err);

	*out_seen = false;
	if (status == TRO_OK &&
		(head_of.size != c->stored.size || memcmp(head_of.root, c->stored.root, 32) != 0)) {
		status = tro_err_set(err, TRO_INVALID, "it is kept under another size or root");
	}
	if (status == TRO_OK) {
		status = policy_now(&policy, w, authority, err);
	}
	if (status == TRO_OK && policy != NULL) {
		status = tro_policy_judge(&c->time_s, policy, &note, err);
		c->witnessed = status == TRO_OK && tro_policy_needs_witness(policy);
		status = status == TRO_NO ? TRO_OK : status;
	}
	for (size_t i = 0; policy != NULL && i < note.signature_count; i++) {
		*out_seen = *out_seen || tro_policy_witness_of(policy, &note.signatures[i]) != NULL;
	}
	tro_policy_free(policy);
	return status;
}

/* Another root than ours. Which other cosigned head of this size is there, if any? */
static tro_status report_split(tro_witnessed *w, const checkpoint *c, bool seen,
	const uint8_t root[32], const char *place, tro_err *err)
{
	char ours[TRO_HEX_SIZE(32)];
	char theirs[TRO_HEX_SIZE(32)];

	tro_hex_encode(ours, root, 32);
	tro_hex_encode(theirs, c->stored.root, 32);
	if (!seen) {
		return report(w, TRO_VERDICT_INVALID, "checkpoint", place, err,
			"the log's key signed root %s, and these records give %s: they were "
			"altered after it",
			theirs, ours);
	}
	return report(w, TRO_VERDICT_SPLIT_VIEW, "checkpoint", place, err,
		"two histories of this log: the log's key signed and a witness cosigned root %s, "
		"and the records here give root %s",
		theirs, ours);
}

/* Which of the records since the last witnessed checkpoint claim to be younger than this one. */
static tro_status name_younger(
	tro_witnessed *w, const checkpoint *c, tro_time_us until, tro_err *err)
{
	tro_status status = TRO_OK;
	size_t named = 0;

	for (uint64_t p = w->witnessed_size; status == TRO_OK && p < c->stored.size; p++) {
		tro_stored_record stored;
		tro_record record;
		char case_id[65];
		char place[PLACE_SIZE];

		if (tro_store_record_at(&stored, w->store, p, case_id, NULL) != TRO_OK) {
			continue; /* it is a finding already */
		}
		bool younger = tro_record_read(&record, &stored, NULL) == TRO_OK &&
			       record.time > until && ++named <= NAMED_MAX;

		(void)snprintf(place, sizeof(place), "case %s seq %llu (record %llu of the log)",
			case_id, ull(stored.seq), ull(p));
		tro_stored_record_done(&stored);
		if (younger) {
			status = report(w, TRO_VERDICT_LATE_ANCHORED, "time", place, err,
				"it claims a time after that at which witnesses had seen it");
		}
	}
	return status;
}

static tro_status judge_time(tro_witnessed *w, const checkpoint *c, tro_err *err)
{
	tro_time_us until = (tro_time_us)c->time_s * US_PER_S + TOLERANCE_US;
	tro_status status = w->newest_time > until ? name_younger(w, c, until, err) : TRO_OK;

	w->witnessed_size = c->stored.size;
	w->newest_time = 0;
	return status;
}

static tro_status judge_checkpoint(
	tro_witnessed *w, checkpoint *c, const tro_authority *authority, tro_err *err)
{
	tro_tree_nodes nodes = tro_store_tree(w->store);
	uint8_t root[32];
	bool seen = false;
	char place[PLACE_SIZE];
	tro_err own;
	tro_status status = weigh(c, &seen, w, authority, &own);

	(void)snprintf(place, sizeof(place), "checkpoint of %llu records", ull(c->stored.size));
	if (status != TRO_OK) {
		c->witnessed = false;
		return conclude(w, status, &own, place, err);
	}
	status = tro_tree_root(root, &nodes, c->stored.size, &own);
	if (status != TRO_OK) {
		return conclude(w, status, &own, place, err);
	}
	if (memcmp(root, c->stored.root, sizeof(root)) != 0) {
		c->witnessed = false;
		return report_split(w, c, seen, root, place, err);
	}
	if (!w->last_is_heads) {
		status = report(w, TRO_VERDICT_INVALID, "checkpoint", place, err,
			"its last record does not give the heads of the cases");
	} else if (!c->stored.ours || c->stored.published != w->heads_time) {
		/* The next one would come too early, or never. */
		status = report(w, TRO_VERDICT_INVALID, "checkpoint", place, err,
			"it is not kept as published at the time of its last record");
	}
	return status == TRO_OK && c->witnessed ? judge_time(w, c, err) : status;
}

tro_status tro_witnessed_reach(
	tro_witnessed *w, uint64_t position, const tro_authority *authority, tro_err *err)
{
	tro_status status = TRO_OK;

	while (status == TRO_OK && w->next < w->count && w->list[w->next].stored.size <= position) {
		status = judge_checkpoint(w, &w->list[w->next++], authority, err);
	}
	return status;
}

/* ---- heads ---- */

/* Where the case is, or would stand. */
static size_t find_head(const tro_witnessed *w, const char *case_id)
{
	size_t low = 0;
	size_t high = w->head_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(w->heads[middle].case_id, case_id) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static tro_status move_head(
	tro_witnessed *w, const tro_record *record, const tro_stored_record *stored, tro_err *err)
{
	size_t at = find_head(w, record->case_id);

	if (at == w->head_count || strcmp(w->heads[at].case_id, record->case_id) != 0) {
		if (w->head_count == w->head_room) {
			size_t room = w->head_room == 0 ? 64 : 2 * w->head_room;
			head *heads = realloc(w->heads, room * sizeof(*heads));

			if (heads == NULL) {
				return tro_err_nomem(err);
			}
			w->heads = heads;
			w->head_room = room;
		}
		memmove(w->heads + at + 1, w->heads + at, (w->head_count - at) * sizeof(head));
		w->head_count++;
		w->heads[at] = (head){.seq = 0};
		memcpy(w->heads[at].case_id, record->case_id, sizeof(record->case_id));
	}
	w->heads[at].seq = record->seq;
	tro_record_hash(w->heads[at].hash, stored->note, stored->note_len);
	return TRO_OK;
}

static tro_status compare_heads(
	const tro_witnessed *w, uint64_t position, const tro_heads_claim *claim, tro_err *err)
{
	tro_heads heads = {0};
	uint8_t root[32];
	tro_status status = TRO_OK;

	for (size_t i = 0; status == TRO_OK && i < w->head_count; i++) {
		const head *h = &w->heads[i];

		status = tro_heads_add(&heads, h->case_id, h->seq, h->hash, err);
	}
	if (status == TRO_OK) {
		tro_heads_root(root, &heads);
		if (claim->size != position || claim->count != heads.count ||
			memcmp(claim->root, root, sizeof(root)) != 0) {
			status = tro_err_set(err, TRO_INVALID,
				"the heads that it gives are not those that the cases had");
		}
	}
	tro_heads_done(&heads);
	return status;
}

static tro_status check_heads(const tro_witnessed *w, uint64_t position,
	const tro_stored_record *stored, const tro_record *record, const tro_authority *authority,
	tro_err *err)
{
	tro_heads_claim claim;

	if (strcmp(record->event, TRO_EVENT_HEADS) != 0 ||
		strcmp(record->actor, tro_authority_service(authority)) != 0 ||
		strcmp(record->role, TRO_ROLE_SERVICE) != 0 || !stored->has_payload) {
		return tro_err_set(err, TRO_INVALID,
			"the log's own records are heads, by the service, and nothing else");
	}
	tro_status status = tro_heads_parse(&claim, stored->payload, stored->payload_len, err);

	return status == TRO_OK ? compare_heads(w, position, &claim, err) : status;
}

/* A heads record and the checkpoint that ends with it come together. */
static tro_status check_checkpoint_of(
	tro_witnessed *w, uint64_t position, const char *place, tro_err *err)
{
	bool here = w->next < w->count && w->list[w->next].stored.size == position + 1;

	return here ? TRO_OK
		    : report(w, TRO_VERDICT_INCOMPLETE, "checkpoint", place, err,
			      "the checkpoint that was published with it is missing");
}

/* ---- records ---- */

static const checkpoint *anchor_of(const tro_witnessed *w, const tro_record *record)
{
	for (size_t i = w->next; i-- > 0 && w->list[i].stored.size >= record->anchor_size;) {
		const checkpoint *c = &w->list[i];

		if (c->witnessed && c->stored.size == record->anchor_size &&
			memcmp(c->stored.root, record->anchor_root, sizeof(c->stored.root)) == 0) {
			return c;
		}
	}
	return NULL;
}

static tro_status check_anchor(
	tro_witnessed *w, const tro_record *record, const char *place, tro_err *err)
{
	if (!record->has_anchor) {
		return w->last_has_anchor
			       ? report(w, TRO_VERDICT_INVALID, "anchor", place, err,
					 "it names no checkpoint, and the record before it in the "
					 "log does")
			       : TRO_OK;
	}
	const checkpoint *anchor = anchor_of(w, record);

	if (anchor == NULL) {
		return report(w, TRO_VERDICT_INVALID, "anchor", place, err,
			"it names a checkpoint that is not here, or was not witnessed");
	}
	return record->time < (tro_time_us)anchor->time_s * US_PER_S - TOLERANCE_US
		       ? report(w, TRO_VERDICT_LATE_ANCHORED, "time", place, err,
				 "it claims a time before that of the checkpoint that it names: it "
				 "is back-dated, or a clock was wrong")
		       : TRO_OK;
}

tro_status tro_witnessed_record(tro_witnessed *w, uint64_t position,
	const tro_stored_record *stored, const tro_record *record, const tro_authority *authority,
	const char *place, tro_err *err)
{
	bool of_log = strcmp(record->case_id, TRO_LOG_CASE) == 0;
	tro_err own;
	tro_status status = check_anchor(w, record, place, err);

	if (status == TRO_OK && w->has_heads_time &&
		record->time < w->heads_time - PERIOD_US - TOLERANCE_US) {
		status = report(w, TRO_VERDICT_LATE_ANCHORED, "time", place, err,
			"it claims a time more than an hour before that of the heads record that "
			"stands before it in the log: it is back-dated, or was entered late");
	}
	if (status == TRO_OK && of_log) {
		status = check_heads(w, position, stored, record, authority, &own);
		if (status == TRO_OK) {
			w->has_heads_time = true;
			w->heads_time = record->time;
			status = check_checkpoint_of(w, position, place, err);
		} else {
			status = conclude(w, status, &own, place, err);
		}
	}
	w->last_is_heads = of_log;
	w->last_has_anchor = record->has_anchor;
	if (record->time > w->newest_time) {
		w->newest_time = record->time;
	}
	return status == TRO_OK ? move_head(w, record, stored, err) : status;
}

/* ---- the end ---- */

static tro_status report_beyond(
	tro_witnessed *w, uint64_t total, const tro_authority *authority, tro_err *err)
{
	tro_status status = TRO_OK;

	for (; status == TRO_OK && w->next < w->count; w->next++) {
		checkpoint *c = &w->list[w->next];
		bool seen = false;
		char place[PLACE_SIZE];
		tro_err own;

		(void)snprintf(
			place, sizeof(place), "checkpoint of %llu records", ull(c->stored.size));
		status = weigh(c, &seen, w, authority, &own);
		status = status != TRO_OK
				 ? conclude(w, status, &own, place, err)
				 : report(w, TRO_VERDICT_INCOMPLETE, "checkpoint", place, err,
					   "the log's key signed%s it, and only %llu records are "
					   "here: the newest are missing",
					   seen ? " and a witness cosigned" : "", ull(total));
	}
	return status;
}

tro_status tro_witnessed_end(
	tro_witnessed *w, uint64_t total, const tro_authority *authority, tro_err *err)
{
	tro_policy *policy = NULL;
	tro_err own;
	tro_status status = tro_witnessed_reach(w, total, authority, err);

	if (status == TRO_OK) {
		status = report_beyond(w, total, authority, err);
	}
	if (status == TRO_OK) {
		status = policy_now(&policy, w, authority, &own);
		status = conclude(w, status, &own, "witness policy", err);
	}
	bool required = policy != NULL && tro_policy_needs_witness(policy);

	tro_policy_free(policy);
	if (status != TRO_OK) {
		return status;
	}
	if (!required) {
		return tro_findings_add(w->findings, TRO_LEVEL_NOTE, "witness", "", NULL, NULL, err,
			"no witness required");
	}
	if (w->witnessed_size < total) {
		return report(w, TRO_VERDICT_UNWITNESSED, "witness", "", err,
			"the newest %llu of %llu records are not witnessed: nobody outside can "
			"show that none was altered or dropped",
			ull(total - w->witnessed_size), ull(total));
	}
	return TRO_OK;
}
