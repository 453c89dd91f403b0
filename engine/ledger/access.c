#include "ledger/access.h"

#include <stdio.h>
#include <string.h>
#include <tro/calendar.h>

#include "base/text.h"
#include "ledger/authority.h"

enum { TEXT_MAX = 128, CODE_MAX = 32, DIGITS_MAX = 4, SPREAD_MAX = 8, FIELDS_MAX = 8 };

#define ALL_CASES "all"
#define BY_AGENT "agent"
#define BY_KEY_FILE "key-file"

const char *tro_processing_name(tro_processing processing)
{
	switch (processing) {
	case TRO_COLLECTION:
		return "collection";
	case TRO_ALTERATION:
		return "alteration";
	case TRO_CONSULTATION:
		return "consultation";
	case TRO_DISCLOSURE:
		return "disclosure";
	case TRO_COMBINATION:
		return "combination";
	case TRO_ERASURE:
		return "erasure";
	}
	return "alteration";
}

/* ---- names of the logs ---- */

void tro_access_case_at(char out[TRO_ID_SIZE], tro_time_us time)
{
	tro_uk_local local;
	char day[TRO_DATE_TEXT_SIZE];

	tro_uk_from_time(&local, time);
	tro_date_format(day, local.date);
	(void)snprintf(out, TRO_ID_SIZE, TRO_ACCESS_PREFIX "%s", day);
}

bool tro_access_case(const char *case_id)
{
	tro_date day;

	return tro_text_starts(case_id, TRO_ACCESS_PREFIX) &&
	       tro_date_parse(&day, case_id + strlen(TRO_ACCESS_PREFIX), NULL) == TRO_OK;
}

/* ---- texts ---- */

/* Also one that is written in groups; a date is none. */
static bool has_number(const char *text)
{
	size_t run = 0;
	size_t spread = 0;

	for (; *text != '\0' && run <= DIGITS_MAX && spread <= SPREAD_MAX; text++) {
		bool digit = *text >= '0' && *text <= '9';
		bool between = strchr(" .-/()", *text) != NULL;

		run = digit ? run + 1 : 0;
		spread = digit ? spread + 1 : between ? spread : 0;
	}
	return run > DIGITS_MAX || spread > SPREAD_MAX;
}

bool tro_access_text_good(const char *text, bool is_code)
{
	size_t len = strlen(text);

	return !has_number(text) && (is_code ? len <= CODE_MAX && tro_record_id_good(text, len)
					     : len <= TEXT_MAX && tro_line_good(text, len));
}

static tro_status check_text(const char *name, const char *text, bool is_code, tro_err *err)
{
	if (text == NULL || tro_access_text_good(text, is_code)) {
		return TRO_OK;
	}
	return tro_err_set(err, TRO_INVALID,
		"%s is to be %s, without five digits in a row or nine in groups: the access log "
		"outlives the case",
		name,
		is_code ? "a code of at most 32 letters, digits and '-'"
			: "one line of at most 128 bytes");
}

static tro_status check(const tro_access *a, tro_err *err)
{
	size_t account_len = strlen(a->account);
	tro_status status = check_text("what", a->what, false, err);

	if (status == TRO_OK) {
		status = check_text("the recipient", a->recipient, false, err);
	}
	if (status == TRO_OK) {
		status = check_text("the reason", a->reason, true, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	if (account_len > TEXT_MAX || !tro_line_good(a->account, account_len)) {
		return tro_err_set(err, TRO_INVALID, "the account is no line of text");
	}
	if (a->case_id != NULL && (strcmp(a->case_id, ALL_CASES) == 0 ||
					  !tro_record_id_good(a->case_id, strlen(a->case_id)))) {
		return tro_err_set(err, TRO_INVALID, "an entry is of a case, or of all");
	}
	if (a->person != NULL && !tro_record_id_good(a->person, strlen(a->person))) {
		return tro_err_set(err, TRO_INVALID, "an entry names a person by their id");
	}
	if (a->processing != TRO_CONSULTATION && a->processing != TRO_DISCLOSURE &&
		a->processing != TRO_COMBINATION) {
		return tro_err_set(err, TRO_INVALID,
			"the access log has consultation, disclosure and combination: the rest are "
			"records of the case");
	}
	return a->recipient == NULL || a->processing == TRO_DISCLOSURE
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID, "only a disclosure has a recipient");
}

/* ---- the payload ---- */

tro_status tro_access_format(tro_buf *out, const tro_access *access, tro_err *err)
{
	const tro_field all[FIELDS_MAX] = {
		{"processing", tro_processing_name(access->processing)},
		{"case", access->case_id == NULL ? ALL_CASES : access->case_id},
		{"what", access->what},
		{"account", access->account},
		{"person", access->person},
		{"known-by", access->person == NULL ? NULL
			     : access->by_agent	    ? BY_AGENT
						    : BY_KEY_FILE},
		{"recipient", access->recipient},
		{"reason", access->reason},
	};
	tro_field fields[FIELDS_MAX];
	size_t count = 0;
	tro_status status = check(access, err);

	for (size_t i = 0; i < FIELDS_MAX; i++) {
		if (all[i].value != NULL) {
			fields[count++] = all[i];
		}
	}
	return status == TRO_OK ? tro_fields_format(out, fields, count, err) : status;
}

static tro_status not_an_entry(tro_err *err)
{
	return tro_err_set(err, TRO_INVALID, "its payload is no entry of an access log");
}

/* The value of a field; NULL when it is absent. */
static const char *value_of(const tro_fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->count; i++) {
		if (strcmp(fields->list[i].name, name) == 0) {
			return fields->list[i].value;
		}
	}
	return NULL;
}

static bool read_processing(tro_processing *out, const char *name)
{
	static const tro_processing some[] = {TRO_CONSULTATION, TRO_DISCLOSURE, TRO_COMBINATION};

	for (size_t i = 0; name != NULL && i < sizeof(some) / sizeof(*some); i++) {
		if (strcmp(tro_processing_name(some[i]), name) == 0) {
			*out = some[i];
			return true;
		}
	}
	return false;
}

static tro_status read_values(tro_access *out, const tro_fields *fields, tro_err *err)
{
	const char *known_by = value_of(fields, "known-by");

	*out = (tro_access){.case_id = value_of(fields, "case"),
		.what = value_of(fields, "what"),
		.account = value_of(fields, "account"),
		.person = value_of(fields, "person"),
		.by_agent = known_by != NULL && strcmp(known_by, BY_AGENT) == 0,
		.recipient = value_of(fields, "recipient"),
		.reason = value_of(fields, "reason")};
	if (!read_processing(&out->processing, value_of(fields, "processing")) ||
		out->case_id == NULL || out->what == NULL || out->account == NULL) {
		return not_an_entry(err);
	}
	if (strcmp(out->case_id, ALL_CASES) == 0) {
		out->case_id = NULL;
	}
	return TRO_OK;
}

tro_status tro_access_parse(tro_access_read *out, const char *payload, size_t len, tro_err *err)
{
	tro_buf again = TRO_BUF_INIT;

	*out = (tro_access_read){.access = {.what = ""}};
	tro_status status = tro_fields_parse(&out->fields, payload, len, err);

	if (status == TRO_OK) {
		status = read_values(&out->access, &out->fields, err);
	}
	if (status ==
		TRO_OK) { /* order, repetition and strange fields show in the second writing */
		status = tro_access_format(&again, &out->access, err);
	}
	if (status == TRO_OK && (again.len != len || memcmp(again.ptr, payload, len) != 0)) {
		status = not_an_entry(err);
	}
	tro_buf_done(&again);
	return status;
}

void tro_access_read_done(tro_access_read *read)
{
	tro_fields_done(&read->fields);
}

/* ---- judging ---- */

tro_status tro_access_judge(const tro_record *record, const char *service, const char *payload,
	size_t len, tro_err *err)
{
	char due[TRO_ID_SIZE];
	tro_access_read read = {0};

	tro_access_case_at(due, record->time);
	if (strcmp(record->case_id, due) != 0) {
		return tro_err_set(err, TRO_INVALID,
			"it stands in the log %s, and its time is of another day", record->case_id);
	}
	if (strcmp(record->event, TRO_EVENT_ACCESS) != 0 || strcmp(record->actor, service) != 0 ||
		strcmp(record->role, TRO_ROLE_SERVICE) != 0 || strcmp(record->request, "-") != 0 ||
		strcmp(record->matter, "-") != 0 || record->has_workflow || record->has_outcome ||
		!record->has_payload) {
		return tro_err_set(err, TRO_INVALID,
			"an access log has entries by the service, and nothing else");
	}
	tro_status status = payload == NULL ? TRO_OK : tro_access_parse(&read, payload, len, err);

	tro_access_read_done(&read);
	return status;
}
