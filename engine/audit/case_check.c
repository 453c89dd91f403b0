/*
 * Every case by its sequence: chain, and every step run again under the rules it names, with its
 * outcome; then what hangs on it: exhibits, filings, projections.
 */
#include <stdio.h>
#include <string.h>

#include "audit/attached.h"
#include "audit/audit.h"
#include "base/text.h"
#include "case/keeping.h"
#include "ledger/heads.h"

/* Sequence, hash chain and times of a case's records. */
typedef struct chain {
	uint8_t prev[32];
	tro_time_us time;
	uint64_t anchor_size; /* 0: none */
} chain;

static tro_status check_link(
	chain *link, tro_record *out, const tro_stored_record *stored, uint64_t seq, tro_err *err)
{
	tro_status status = tro_record_read(out, stored, err);

	if (status != TRO_OK) {
		return status;
	}
	if (out->seq != seq || out->has_prev != (seq > 0) ||
		(seq > 0 && memcmp(out->prev, link->prev, sizeof(link->prev)) != 0)) {
		return tro_err_set(err, TRO_INVALID, "it does not follow the record before it");
	}
	if (seq > 0 && out->time < link->time) {
		return tro_err_set(
			err, TRO_INVALID, "its time is before that of the record before it");
	}
	if (out->has_anchor && out->anchor_size < link->anchor_size) {
		return tro_err_set(
			err, TRO_INVALID, "it names an older checkpoint than the record before it");
	}
	link->anchor_size = out->has_anchor ? out->anchor_size : link->anchor_size;
	link->time = out->time;
	tro_record_hash(link->prev, stored->note, stored->note_len);
	return TRO_OK;
}

/* Whose files are being looked at. */
typedef struct holder {
	tro_audit *a;
	const char *case_id;
	uint64_t seq;
} holder;

static tro_status check_exhibit(
	void *user, const char *name, const uint8_t sha256[32], tro_err *err)
{
	const holder *h = user;
	char hex[TRO_HEX_SIZE(32)];
	char place[TRO_PLACE_SIZE];
	uint64_t size;
	tro_err own;

	(void)name;
	tro_hex_encode(hex, sha256, 32);
	(void)snprintf(place, sizeof(place), "case %s seq %llu, exhibit %s", h->case_id,
		(unsigned long long)h->seq, hex);
	return tro_audit_conclude(h->a,
		tro_store_exhibit_check(&size, h->a->registry->store, h->case_id, sha256, &own),
		&own, "exhibit", place, err);
}

/* Of every record that took one in: the case may have put it aside since. */
static tro_status check_taken_in(tro_audit *a, const char *case_id, uint64_t seq,
	const tro_stored_record *stored, tro_err *err)
{
	holder h = {a, case_id, seq};

	return tro_attached_exhibits(stored->payload, stored->payload_len, check_exhibit, &h, err);
}

static tro_status check_filing(void *user, const char *name, const uint8_t sha256[32], tro_err *err)
{
	const holder *h = user;
	tro_buf bytes = TRO_BUF_INIT;
	char place[TRO_PLACE_SIZE];
	tro_err own;

	(void)snprintf(place, sizeof(place), "case %s, filing %s", h->case_id, name);
	tro_status status = tro_audit_conclude(h->a,
		tro_store_blob_get(&bytes, h->a->registry->store, sha256, &own), &own, "filing",
		place, err);

	tro_buf_done(&bytes);
	return status;
}

static tro_status check_filings(tro_audit *a, const tro_session *session, tro_err *err)
{
	holder h = {a, session->case_id, 0};

	return tro_attached_filings(session, check_filing, &h, err);
}

/* Lawfully erased, as the case's own records say and replay has checked. */
static tro_status report_erasures(tro_audit *a, const tro_session *session, tro_err *err)
{
	tro_xml_node *section = tro_keeping_section(session);
	tro_xml_node *e = section == NULL ? NULL : tro_xml_first_named(section, "", "erasure");
	tro_status status = TRO_OK;

	for (; e != NULL && status == TRO_OK; e = tro_xml_next_named(e, "", "erasure")) {
		const char *payloads = tro_xml_get(e, "", "payloads");
		char place[TRO_PLACE_SIZE];
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
			status = tro_audit_report(
				a, TRO_VERDICT_PAYLOAD_ERASED, "erased", place, message.ptr, err);
		}
		tro_buf_done(&message);
	}
	return status;
}

/* *out_count: of the case's records by now. */
static tro_status check_derived(tro_audit *a, tro_replay *replay, const chain *link,
	tro_time_us created, uint64_t *out_count, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	char place[TRO_PLACE_SIZE];
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
		status =
			tro_audit_conclude(a, tro_audit_projection(a, &projection, out_count, &own),
				&own, "projection", place, err);
	}
	if (status == TRO_OK && *out_count == replay->seq) {
		status = check_filings(a, replay->session, err);
	}
	tro_buf_done(&bytes);
	return status;
}

/* Runs one step again, and looks at what it took in. Where an extract lacks something, what follows
 * from that is not wrong. */
static tro_status check_step(tro_audit *a, tro_replay *replay, const tro_record *record,
	const tro_stored_record *stored, tro_status *out_held, tro_err *own, tro_err *err)
{
	uint64_t seq = replay->seq;
	tro_err exhibits;
	tro_status status = TRO_OK;

	if (a->extract != NULL && stored->has_payload) {
		char place[TRO_PLACE_SIZE];

		(void)snprintf(place, sizeof(place), "case %s seq %llu", replay->case_id,
			(unsigned long long)seq);
		status = tro_audit_conclude(a,
			check_taken_in(a, replay->case_id, seq, stored, &exhibits), &exhibits,
			"step", place, err);
	}
	*out_held = tro_replay_record(replay, record, stored, own);
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

/* The next record of the case: its link, and its step where steps can be run. */
static tro_status check_next(tro_audit *a, tro_replay *replay, uint64_t seq, chain *link,
	tro_status *out_held, tro_err *own, tro_err *err)
{
	tro_stored_record stored;
	tro_record record;
	bool steps = tro_case_has_session(replay->case_id) &&
		     !(a->extract != NULL && a->extract->withheld);
	tro_status status = TRO_OK;

	*out_held = tro_store_record_get(&stored, a->registry->store, replay->case_id, seq, own);
	if (*out_held != TRO_OK) {
		return TRO_OK;
	}
	*out_held = check_link(link, &record, &stored, seq, own);
	if (*out_held == TRO_OK && steps) {
		status = check_step(a, replay, &record, &stored, out_held, own, err);
	}
	tro_stored_record_done(&stored);
	return status;
}

/* Replays the case's records from `first` on; *out_whole says whether every one held. */
static tro_status replay_records(tro_audit *a, tro_replay *replay, uint64_t first, uint64_t count,
	chain *link, tro_time_us *created, bool *out_whole, tro_err *err)
{
	tro_status status = TRO_OK;

	*out_whole = true;
	for (uint64_t seq = first; seq < count && status == TRO_OK && *out_whole; seq++) {
		char place[TRO_PLACE_SIZE];
		tro_err own;
		tro_status held = TRO_OK;

		(void)snprintf(place, sizeof(place), "case %s seq %llu", replay->case_id,
			(unsigned long long)seq);
		status = tro_audit_view(a, seq - first, err);
		if (status == TRO_OK) {
			status = check_next(a, replay, seq, link, &held, &own, err);
		}
		tro_audit_advance(a);
		*created = seq == 0 ? link->time : *created;
		*out_whole = held == TRO_OK;
		status = status == TRO_OK ? tro_audit_conclude(a, held, &own, "step", place, err)
					  : status;
		if (status == TRO_OK && held != TRO_OK && seq + 1 < count) {
			status = tro_audit_report(a, tro_audit_verdict_on(a, held), "step", place,
				"not checked: the later steps of this case, which rest on this one",
				err);
		}
	}
	tro_store_rollback(a->registry->store); /* of the last view */
	return status;
}

static tro_status check_case(tro_audit *a, const char *case_id, tro_err *err)
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

tro_status tro_audit_cases(tro_audit *a, tro_err *err)
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
