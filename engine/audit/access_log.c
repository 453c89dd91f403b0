/*
 * Reading the access log: entries, and what follows from the records of the cases themselves
 * (tro/access.h). Nothing is verified here: tro_verify does that.
 */
#include <tro/access.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/calendar.h>
#include <tro/keeping.h>

#include "audit/attached.h"
#include "case/case_internal.h"
#include "ledger/access.h"
#include "ledger/id.h"
#include "xml/xml.h"

#define EVENT_ERASE "erase" /* case/keep.c */

typedef struct reading {
	tro_registry *registry;
	const tro_access_filter *filter;
	char case_id[TRO_ID_SIZE]; /* "" for all */
	uint64_t first;		   /* position of that case's first record */
	tro_case **erased;	   /* the last case met of which something was erased */
	tro_positions found;	   /* of what may be asked for */
	tro_status (*each)(void *user, const tro_access_line *line, tro_err *err);
	void *user;
} reading;

/* ---- what is asked for ---- */

/* Before the days that are asked for -1, after them 1. */
static int beside_days(const reading *r, tro_time_us time)
{
	const tro_access_filter *f = r->filter;
	tro_uk_local local;

	tro_uk_from_time(&local, time);
	if (f->has_from && tro_date_to_days(local.date) < tro_date_to_days(f->from)) {
		return -1;
	}
	return f->has_until && tro_date_to_days(local.date) > tro_date_to_days(f->until) ? 1 : 0;
}

static bool of_person(const reading *r, const char *person)
{
	return r->filter->person == NULL ||
	       (person != NULL && strcmp(r->filter->person, person) == 0);
}

/* An entry on all cases concerns those that there were. */
static bool of_case(const reading *r, const char *case_id, uint64_t position)
{
	return r->case_id[0] == '\0' ||
	       (case_id == NULL ? position > r->first : strcmp(r->case_id, case_id) == 0);
}

static bool wanted(const reading *r, const tro_access_line *line, uint64_t position)
{
	return beside_days(r, line->time) == 0 && of_person(r, line->access.person) &&
	       of_case(r, line->access.case_id, position);
}

/* ---- entries ---- */

static tro_status take_entry(
	const reading *r, const tro_record *record, const tro_stored_record *stored, tro_err *err)
{
	tro_access_read read = {0};
	tro_access_line line = {.time = record->time, .log = record->case_id, .seq = record->seq};
	tro_status status = tro_access_parse(&read, stored->payload, stored->payload_len, err);

	if (status == TRO_OK) {
		line.access = read.access;
		if (wanted(r, &line, stored->position)) {
			status = r->each(r->user, &line, err);
		}
	} else {
		status = tro_err_prefix(err, status, "%s seq %llu", record->case_id,
			(unsigned long long)record->seq);
	}
	tro_access_read_done(&read);
	return status;
}

/* ---- records of a case ---- */

static tro_status any(void *user, const char *name, const uint8_t sha256[32], tro_err *err)
{
	(void)name;
	(void)sha256;
	(void)err;
	*(bool *)user = true;
	return TRO_OK;
}

/* Rows are numbered elements within a parameter (case/arguments.c). */
static tro_status has_rows(bool *out, const tro_stored_record *stored, tro_err *err)
{
	tro_xml_doc *doc = NULL;
	tro_status status = tro_xml_parse(&doc, stored->payload, stored->payload_len, "payload",
		&tro_xml_limits_default, err);

	for (tro_xml_node *param = status == TRO_OK ? tro_xml_first(tro_xml_root(doc)) : NULL;
		param != NULL && !*out; param = tro_xml_next(param)) {
		const tro_xml_node *row = tro_xml_first(param);

		*out = row != NULL && tro_xml_get(row, "", "n") != NULL;
	}
	tro_xml_free(doc);
	return status;
}

static tro_status collects(
	bool *out, const tro_record *record, const tro_stored_record *stored, tro_err *err)
{
	tro_status status = TRO_OK;

	*out = record->seq == 0;
	if (!*out && stored->has_payload) { /* of one that was erased it cannot be told any more */
		status = tro_attached_exhibits(stored->payload, stored->payload_len, any, out, err);
	}
	if (status == TRO_OK && !*out && stored->has_payload) {
		status = has_rows(out, stored, err);
	}
	return status;
}

typedef struct made {
	const reading *r;
	tro_access_line *line;
	bool found;
} made;

static tro_status give_filing(
	made *m, const char *name, const char *id, const char *recipient, tro_err *err)
{
	char what[2 * TRO_NAME_SIZE + TRO_ID_SIZE];
	const char *event = m->line->access.what;

	(void)snprintf(what, sizeof(what), "%.128s %.64s %.64s", event, name, id);
	m->found = true;
	m->line->access.processing = TRO_DISCLOSURE;
	m->line->access.what = what;
	m->line->access.recipient = recipient;
	tro_status status = m->r->each(m->r->user, m->line, err);

	m->line->access.what = event;
	m->line->access.recipient = NULL;
	return status;
}

static tro_status take_filing(void *user, const tro_filing_row *row, tro_err *err)
{
	made *m = user;

	return row->seq == m->line->seq ? give_filing(m, row->name, row->id, row->recipient, err)
					: TRO_OK;
}

static tro_status open_erased(const reading *r, const char *case_id, tro_err *err)
{
	if (*r->erased != NULL && strcmp(tro_case_id(*r->erased), case_id) == 0) {
		return TRO_OK;
	}
	tro_case_close(*r->erased);
	*r->erased = NULL;
	return tro_case_open(r->erased, r->registry, case_id, err);
}

/* An erasure says which filings it destroyed, and which record had made each. */
static tro_status take_erased(made *m, tro_err *err)
{
	tro_erasure_info erasure;
	tro_filing_info f;
	tro_status status = open_erased(m->r, m->line->log, err);

	for (size_t i = 0; status == TRO_OK && tro_case_erasure_at(*m->r->erased, i, &erasure);
		i++) {
		for (size_t j = 0;
			status == TRO_OK && tro_case_erased_filing_at(*m->r->erased, i, j, &f);
			j++) {
			if (strtoull(f.seq, NULL, 10) == m->line->seq) {
				status = give_filing(m, f.name, f.id, f.recipient, err);
			}
		}
	}
	return status;
}

static tro_status take_act(
	const reading *r, const tro_record *record, const tro_stored_record *stored, tro_err *err)
{
	tro_access_line line = {.time = record->time,
		.access = {.processing = TRO_ALTERATION,
			.case_id = record->case_id,
			.what = record->event,
			.person = record->actor},
		.log = record->case_id,
		.seq = record->seq,
		.signed_by_person = true,
		.role = record->role};
	made m = {r, &line, false};
	bool collected = false;

	if (!wanted(r, &line, stored->position)) {
		return TRO_OK;
	}
	tro_status status = collects(&collected, record, stored, err);

	if (status == TRO_OK) {
		status = tro_store_each_filing(
			r->registry->store, record->case_id, take_filing, &m, err);
	}
	/* What an erasure destroyed stood in outcomes whose salts it destroyed, too. */
	if (status == TRO_OK && record->has_outcome && !stored->has_outcome_salt) {
		status = take_erased(&m, err);
	}
	if (status == TRO_OK && (collected || !m.found)) {
		line.access.processing = collected				   ? TRO_COLLECTION
					 : strcmp(record->event, EVENT_ERASE) == 0 ? TRO_ERASURE
										   : TRO_ALTERATION;
		status = r->each(r->user, &line, err);
	}
	return status;
}

/* ---- what has to be read ---- */

/* The log of a day as the end of a range; NULL: of any day. */
static void name_log(char out[TRO_ID_SIZE], const tro_date *day, const char *any)
{
	char text[TRO_DATE_TEXT_SIZE];

	if (day != NULL) {
		tro_date_format(text, *day);
	}
	(void)snprintf(out, TRO_ID_SIZE, TRO_ACCESS_PREFIX "%s", day != NULL ? text : any);
}

/* A line of an entry's payload, with the end of the line before it. */
static const char *needle(
	char out[2 * TRO_ID_SIZE], const char *name, const char *value, bool asked)
{
	(void)snprintf(out, 2 * TRO_ID_SIZE, "\n%s %s\n", name, value);
	return asked ? out : NULL;
}

static tro_status find_entries(reading *r, tro_err *err)
{
	const tro_access_filter *f = r->filter;
	char first[TRO_ID_SIZE];
	char last[TRO_ID_SIZE];
	char of_case_line[2 * TRO_ID_SIZE];
	char of_all_line[2 * TRO_ID_SIZE];
	char of_person_line[2 * TRO_ID_SIZE];
	bool one_case = r->case_id[0] != '\0';

	name_log(first, f->has_from ? &f->from : NULL, "0");
	name_log(last, f->has_until ? &f->until : NULL, ":"); /* after every digit */
	tro_record_search search = {.first_case = first,
		.last_case = last,
		.end_seq = UINT64_MAX,
		.from_position = r->first,
		.either = needle(of_case_line, "case", r->case_id, one_case),
		.other = needle(of_all_line, "case", "all", one_case),
		.also = needle(of_person_line, "person", f->person == NULL ? "" : f->person,
			f->person != NULL)};

	return tro_store_search(&r->found, r->registry->store, &search, err);
}

/* Where that record of a case lies beside the days that are asked for. */
static tro_status look_at(
	int *out, const reading *r, const char *case_id, uint64_t seq, tro_err *err)
{
	tro_stored_record stored;
	tro_record record;
	tro_status status = tro_store_record_get(&stored, r->registry->store, case_id, seq, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_record_read(&record, &stored, err);
	*out = status == TRO_OK ? beside_days(r, record.time) : 0;
	tro_stored_record_done(&stored);
	return status;
}

/* The first record from `low` on that lies beside the days as `beside` says or later. Time does not
 * go back within a case. */
static tro_status first_from(uint64_t *io_low, const reading *r, const char *case_id, uint64_t high,
	int beside, tro_err *err)
{
	tro_status status = TRO_OK;

	while (status == TRO_OK && *io_low < high) {
		uint64_t middle = *io_low + (high - *io_low) / 2;
		int lies = 0;

		status = look_at(&lies, r, case_id, middle, err);
		if (lies >= beside) {
			high = middle;
		} else {
			*io_low = middle + 1;
		}
	}
	return status;
}

static tro_status find_acts(void *user, const char *case_id, tro_err *err)
{
	reading *r = user;
	uint64_t count = 0;
	int lies = 0;
	tro_record_search search = {.first_case = case_id, .last_case = case_id};

	if (!tro_case_has_session(case_id)) {
		return TRO_OK;
	}
	tro_status status = tro_store_case_count(&count, r->registry->store, case_id, err);

	search.end_seq = count;
	if (status == TRO_OK && (r->filter->has_from || r->filter->has_until)) {
		status = look_at(&lies, r, case_id, count - 1, err);
		if (status != TRO_OK || lies < 0) {
			return status; /* most cases are older than what is asked for */
		}
		status = first_from(&search.from_seq, r, case_id, count, 0, err);
		search.end_seq = search.from_seq;
		if (status == TRO_OK) {
			status = first_from(&search.end_seq, r, case_id, count, 1, err);
		}
	}
	return status == TRO_OK ? tro_store_search(&r->found, r->registry->store, &search, err)
				: status;
}

static int by_position(const void *a, const void *b)
{
	const uint64_t *left = a;
	const uint64_t *right = b;

	return (*left > *right) - (*left < *right);
}

static tro_status find(reading *r, tro_err *err)
{
	tro_status status = find_entries(r, err);

	if (status == TRO_OK) {
		status = r->case_id[0] == '\0'
				 ? tro_store_each_case(r->registry->store, find_acts, r, err)
				 : find_acts(r, r->case_id, err);
	}
	if (status == TRO_OK && r->found.count > 1) {
		qsort(r->found.list, r->found.count, sizeof(*r->found.list), by_position);
	}
	return status;
}

/* ---- the log ---- */

static tro_status take(const reading *r, uint64_t position, tro_err *err)
{
	tro_stored_record stored;
	tro_record record;
	char case_id[TRO_ID_SIZE];
	tro_status status =
		tro_store_record_at(&stored, r->registry->store, position, case_id, err);

	if (status != TRO_OK) {
		return status;
	}
	bool entry = tro_access_case(case_id);

	if (entry || tro_case_has_session(case_id)) {
		status = tro_record_read(&record, &stored, err);
		if (status == TRO_OK) {
			status = entry ? take_entry(r, &record, &stored, err)
				       : take_act(r, &record, &stored, err);
		}
	}
	tro_stored_record_done(&stored);
	return status;
}

static tro_status find_case(reading *r, tro_err *err)
{
	tro_stored_record first;
	tro_status status = tro_id_check(r->case_id, r->filter->case_id, err);

	if (status == TRO_OK) {
		status = tro_store_record_get(&first, r->registry->store, r->case_id, 0, err);
	}
	if (status == TRO_OK) {
		r->first = first.position;
		tro_stored_record_done(&first);
	} else if (status == TRO_NOT_FOUND) {
		status = tro_err_set(err, TRO_NOT_FOUND,
			"there is no case %s: 'tro status' lists the cases", r->case_id);
	}
	return status;
}

tro_status tro_access_each(tro_registry *registry, const tro_access_filter *filter,
	tro_status (*each)(void *user, const tro_access_line *line, tro_err *err),
	tro_access_progress progress, void *user, tro_err *err)
{
	tro_case *erased = NULL;
	reading r = {.registry = registry,
		.filter = filter,
		.erased = &erased,
		.each = each,
		.user = user};
	tro_status status = filter->case_id == NULL ? TRO_OK : find_case(&r, err);

	if (status == TRO_OK) {
		status = find(&r, err);
	}
	for (size_t i = 0; i < r.found.count && status == TRO_OK; i++) {
		if (progress != NULL) {
			progress(user, i, r.found.count);
		}
		status = take(&r, r.found.list[i], err);
	}
	tro_positions_done(&r.found);
	tro_case_close(erased);
	return status;
}
