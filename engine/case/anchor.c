#include "case/anchor.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ledger/checkpoint.h"
#include "ledger/fields.h"
#include "ledger/heads.h"
#include "ledger/tree.h"

enum { US_PER_S = 1000000, S_PER_MINUTE = 60 };

/* ---- which policy ---- */

tro_status tro_policy_of(tro_policy **out, tro_store *store, const tro_authority *authority,
	const uint8_t sha256[32], tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = tro_store_blob_get(&bytes, store, sha256, err);

	*out = NULL;
	if (status == TRO_OK) {
		status = tro_policy_parse(out, bytes.ptr, bytes.len, err);
	}
	tro_buf_done(&bytes);
	if (status == TRO_OK &&
		!tro_vkey_equal(tro_policy_log(*out), tro_authority_log_key(authority))) {
		tro_policy_free(*out);
		*out = NULL;
		status = tro_err_set(err, TRO_INVALID, "the policy is of another log than %s",
			tro_authority_origin(authority));
	}
	return status;
}

/* The hash that an adoption gives for the policy; the last one counts. */
static bool policy_in(uint8_t out[32], const tro_fields *fields)
{
	static const char what[] = " " TRO_POLICY_KIND " " TRO_POLICY_NAME;
	bool found = false;

	for (size_t i = 0; i < fields->count; i++) {
		const char *value = fields->list[i].value;
		size_t len = strcspn(value, " ");

		if (strcmp(fields->list[i].name, "file") == 0 && strcmp(value + len, what) == 0) {
			found = tro_hex_decode(out, 32, value, len);
		}
	}
	return found;
}

/* Does the registry's record `seq` stand among the first `size` records and adopt a policy? */
static tro_status look_at(bool *out_found, uint8_t out[32], tro_registry *registry, uint64_t seq,
	uint64_t size, tro_err *err)
{
	tro_stored_record stored;
	tro_record record;
	tro_fields fields = {0};
	tro_status status =
		tro_store_record_get(&stored, registry->store, TRO_REGISTRY_CASE, seq, err);

	*out_found = false;
	if (status != TRO_OK) {
		return status;
	}
	status = tro_record_read(&record, &stored, err);
	if (status == TRO_OK && stored.position < size && strcmp(record.event, "adopt") == 0) {
		status = tro_fields_parse(&fields, stored.payload, stored.payload_len, err);
		*out_found = status == TRO_OK && policy_in(out, &fields);
		tro_fields_done(&fields);
	}
	tro_stored_record_done(&stored);
	return status;
}

tro_status tro_policy_at(tro_policy **out, tro_registry *registry, uint64_t size, tro_err *err)
{
	const tro_adopted *newest =
		tro_authority_adopted(registry->authority, TRO_POLICY_KIND, TRO_POLICY_NAME);
	uint8_t sha256[32];
	bool found = false;
	tro_status status = TRO_OK;

	*out = NULL;
	for (uint64_t next = newest == NULL ? 0 : newest->adopted_at + 1;
		status == TRO_OK && !found && next > 0; next--) {
		status = look_at(&found, sha256, registry, next - 1, size, err);
	}
	return status == TRO_OK && found
		       ? tro_policy_of(out, registry->store, registry->authority, sha256, err)
		       : status;
}

/* ---- the newest witnessed checkpoint ---- */

/* One that came from outside and is not of this tree is evidence, and no anchor; one that this
 * store made must be. */
static tro_status check_root(
	bool *out_held, tro_registry *registry, const tro_stored_checkpoint *stored, tro_err *err)
{
	tro_tree_nodes nodes = tro_store_tree(registry->store);
	uint64_t log_size = 0;
	uint8_t root[32];
	tro_status status = tro_store_log_size(&log_size, registry->store, err);

	if (status == TRO_OK && log_size >= stored->size) {
		status = tro_tree_root(root, &nodes, stored->size, err);
	}
	*out_held = status == TRO_OK && log_size >= stored->size &&
		    memcmp(root, stored->root, sizeof(root)) == 0;
	if (status == TRO_OK && !*out_held && stored->ours) {
		status = tro_err_set(err, TRO_INVALID,
			"the log is not the one whose %llu records were witnessed: nothing is "
			"signed; 'tro verify' says more",
			(unsigned long long)stored->size);
	}
	return status;
}

/* *out_held: it is witnessed. */
static tro_status weigh(bool *out_held, uint64_t *out_time_s, tro_registry *registry,
	const tro_stored_checkpoint *stored, tro_err *err)
{
	tro_policy *policy = NULL;
	tro_checkpoint checkpoint;
	tro_note note;
	tro_status status = tro_policy_at(&policy, registry, stored->size, err);

	*out_held = false;
	if (status == TRO_OK && policy != NULL && tro_policy_needs_witness(policy)) {
		status = tro_checkpoint_read(&checkpoint, &note, stored->note.ptr, stored->note.len,
			tro_authority_log_key(registry->authority), err);
		if (status == TRO_OK) {
			status = tro_policy_judge(out_time_s, policy, &note, err);
			*out_held = status == TRO_OK;
			status = status == TRO_NO ? TRO_OK : status;
		}
	}
	tro_policy_free(policy);
	return status;
}

/* From the newest down, until one is witnessed. */
static tro_status search(tro_anchor *out, tro_registry *registry, tro_err *err)
{
	uint64_t below = INT64_MAX;
	tro_status status = TRO_OK;

	*out = (tro_anchor){0};
	while (status == TRO_OK && !out->exists) {
		tro_stored_checkpoint stored;

		status = tro_store_checkpoint_below(&stored, registry->store, below, true, err);
		if (status != TRO_OK) {
			return status == TRO_NOT_FOUND ? TRO_OK : status;
		}
		below = stored.id;
		status = weigh(&out->exists, &out->time_s, registry, &stored, err);
		if (status == TRO_OK && out->exists) {
			status = check_root(&out->exists, registry, &stored, err);
		}
		if (status == TRO_OK && out->exists) {
			out->size = stored.size;
			out->ours = stored.ours;
			out->published = stored.published;
			memcpy(out->root, stored.root, sizeof(out->root));
		}
		tro_stored_checkpoint_done(&stored);
	}
	return status;
}

tro_status tro_anchor_find(tro_anchor *out, tro_registry *registry, tro_err *err)
{
	const tro_adopted *policy =
		tro_authority_adopted(registry->authority, TRO_POLICY_KIND, TRO_POLICY_NAME);
	uint64_t newest = 0;

	*out = (tro_anchor){0};
	if (policy == NULL) {
		return TRO_OK;
	}
	tro_status status = tro_store_cosignature_newest(&newest, registry->store, err);
	bool known = registry->anchor_known && registry->anchor_cosignature == newest &&
		     registry->anchor_policy == policy->adopted_at;

	if (status == TRO_OK && !known) {
		uint64_t adopted_at = policy->adopted_at;

		status = search(&registry->anchor, registry, err);
		registry->anchor_known = status == TRO_OK;
		registry->anchor_cosignature = newest;
		registry->anchor_policy = adopted_at;
	}
	if (status == TRO_OK) {
		*out = registry->anchor;
	}
	return status;
}

/* ---- the clock ---- */

#define UNLESS_TRUSTED ", or have two registrars record that it is trusted: 'tro clock trust'"

static tro_status check_newest(tro_registry *registry, tro_time_us now, tro_err *err)
{
	tro_stored_record stored;
	tro_record record;
	char case_id[65];
	char ours[TRO_TIME_TEXT_SIZE];
	char theirs[TRO_TIME_TEXT_SIZE];
	uint64_t size = 0;
	tro_status status = tro_store_log_size(&size, registry->store, err);

	if (status != TRO_OK || size == 0) {
		return status;
	}
	status = tro_store_record_at(&stored, registry->store, size - 1, case_id, err);
	if (status != TRO_OK) {
		return status;
	}
	status = tro_record_read(&record, &stored, err);
	tro_stored_record_done(&stored);
	if (status != TRO_OK || now >= record.time) {
		return status;
	}
	tro_time_format(ours, now);
	tro_time_format(theirs, record.time);
	return tro_err_set(err, TRO_REFUSED,
		"nothing is signed: this clock says %s, and the log's newest record was made at "
		"%s; set the clock right" UNLESS_TRUSTED,
		ours, theirs);
}

/* How far ahead of the witnesses this clock was when the checkpoint was made; they cosign it
 * afterwards. The log's own heads are signed all the same: without them no witness could ever find
 * the clock right again. */
static tro_status check_witnesses(
	const tro_record *record, const tro_anchor *anchor, tro_time_us now, tro_err *err)
{
	int64_t theirs_s = (int64_t)anchor->time_s;
	int64_t behind_s = theirs_s - now / US_PER_S;
	int64_t ahead_s = anchor->published / US_PER_S - theirs_s;

	if (behind_s > TRO_CLOCK_TOLERANCE_S) {
		return tro_err_set(err, TRO_REFUSED,
			"nothing is signed: this clock is %lld minutes behind the witnesses'; set "
			"it right" UNLESS_TRUSTED,
			(long long)(behind_s / S_PER_MINUTE));
	}
	if (anchor->ours && ahead_s > TRO_CLOCK_TOLERANCE_S &&
		strcmp(record->case_id, TRO_LOG_CASE) != 0) {
		return tro_err_set(err, TRO_REFUSED,
			"nothing is signed: this clock was %lld minutes ahead of the witnesses' at "
			"the last checkpoint; set it right, and have a new checkpoint "
			"witnessed" UNLESS_TRUSTED,
			(long long)(ahead_s / S_PER_MINUTE));
	}
	return TRO_OK;
}

/* Two registrars have recorded that it is trusted, or are about to. */
static bool is_trusted(const tro_record *record, const tro_registry *registry, bool of_registry)
{
	tro_clock_trust_info trust;
	const char *pending = tro_authority_pending_event(registry->authority);

	return tro_registry_clock_trusted(registry, &trust) ||
	       (of_registry && (strcmp(record->event, TRO_EVENT_TRUST_CLOCK) == 0 ||
				       (strcmp(record->event, "agree") == 0 && pending != NULL &&
					       strcmp(pending, TRO_EVENT_TRUST_CLOCK) == 0)));
}

tro_status tro_anchor_put(tro_record *record, tro_registry *registry, tro_err *err)
{
	/* A record that sets the clock bears the time that it sets. Others never bear a time before
	 * that of the one before them, and so do not say what the clock says. */
	bool of_registry = strcmp(record->case_id, TRO_REGISTRY_CASE) == 0;
	bool sets_clock = of_registry && strcmp(record->event, "clock") == 0;
	tro_time_us now = sets_clock ? record->time : tro_registry_now(registry);
	bool trusted = is_trusted(record, registry, of_registry);
	tro_anchor anchor;
	tro_status status = tro_anchor_find(&anchor, registry, err);

	/* Whether a clock may be set so is the registry's to judge. */
	if (status == TRO_OK && !sets_clock && !trusted) {
		status = check_newest(registry, now, err);
	}
	if (status == TRO_OK && anchor.exists) {
		record->has_anchor = true;
		record->anchor_size = anchor.size;
		memcpy(record->anchor_root, anchor.root, sizeof(record->anchor_root));
		status = trusted ? TRO_OK : check_witnesses(record, &anchor, now, err);
	}
	return status;
}
