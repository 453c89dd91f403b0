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
	tro_status (*each)(void *user, const tro_access_line *line, tro_err *err);
	void *user;
} reading;

/* ---- what is asked for ---- */

static bool of_day(const reading *r, tro_time_us time)
{
	tro_uk_local local;

	tro_uk_from_time(&local, time);
	return !r->filter->has_day ||
	       tro_date_to_days(local.date) == tro_date_to_days(r->filter->day);
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
	return of_day(r, line->time) && of_person(r, line->access.person) &&
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

/* ---- the log ---- */

/* Without reading it: by the name of the log that it stands in. */
static bool of_other_day(const reading *r, const char *log)
{
	char day[TRO_DATE_TEXT_SIZE] = "";

	if (r->filter->has_day) {
		tro_date_format(day, r->filter->day);
	}
	return r->filter->has_day && strcmp(log + strlen(TRO_ACCESS_PREFIX), day) != 0;
}

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
	bool entry = tro_access_case(case_id) && !of_other_day(r, case_id);

	if (entry || (tro_case_has_session(case_id) && of_case(r, case_id, position))) {
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
	tro_status (*each)(void *user, const tro_access_line *line, tro_err *err), void *user,
	tro_err *err)
{
	tro_case *erased = NULL;
	reading r = {.registry = registry,
		.filter = filter,
		.erased = &erased,
		.each = each,
		.user = user};
	uint64_t size = 0;
	tro_status status = filter->case_id == NULL ? TRO_OK : find_case(&r, err);

	if (status == TRO_OK) {
		status = tro_store_log_size(&size, registry->store, err);
	}
	for (uint64_t position = r.first; position < size && status == TRO_OK; position++) {
		status = take(&r, position, err);
	}
	tro_case_close(erased);
	return status;
}
