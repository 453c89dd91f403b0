/*
 * The calendar form: what it is, workflows/calendars/uk.txt says in its head. It is read strictly,
 * because a holiday that a lenient reader drops becomes a wrong date on a court order.
 */
#include <stdlib.h>
#include <string.h>
#include <tro/calendar.h>

#include "base/text.h"

enum { MAX_BYTES = 1024 * 1024, MAX_LINE = 200, MAX_WORKING_DAYS = 1000, MAX_YEARS = 200 };

static const char *const division_names[] = {"england-and-wales", "scotland", "northern-ireland"};

enum { DIVISIONS = sizeof(division_names) / sizeof(*division_names) };

typedef struct division {
	bool present;
	int64_t *days; /* since 1970-01-01, ascending */
	size_t count;
	size_t cap;
} division;

struct tro_calendar {
	char *version;
	int first_year;
	int last_year;
	division divisions[DIVISIONS];
};

/* Where the reader is. */
typedef struct reader {
	tro_calendar *calendar;
	const char *name;
	size_t line;	    /* from 1 */
	bool begun;	    /* the first line of the form was seen */
	division *division; /* that the next day belongs to; NULL before the first */
} reader;

static tro_status bad(const reader *r, tro_err *err, const char *what)
{
	return tro_err_set(err, TRO_INVALID, "%s:%zu: %s", r->name, r->line, what);
}

void tro_calendar_free(tro_calendar *calendar)
{
	if (calendar == NULL) {
		return;
	}
	for (size_t i = 0; i < DIVISIONS; i++) {
		free(calendar->divisions[i].days);
	}
	free(calendar->version);
	free(calendar);
}

const char *tro_calendar_version(const tro_calendar *calendar)
{
	return calendar->version;
}

static tro_status read_version(reader *r, const char *value, tro_err *err)
{
	if (r->calendar->version != NULL) {
		return bad(r, err, "a second 'version' line: keep one");
	}
	if (*value == '\0') {
		return bad(r, err, "'version' is followed by nothing: name the version");
	}
	r->calendar->version = strdup(value);
	return r->calendar->version == NULL ? tro_err_nomem(err) : TRO_OK;
}

static tro_status read_years(reader *r, const char *value, tro_err *err)
{
	uint64_t first;
	uint64_t last;
	bool good = strlen(value) == 9 && value[4] == ' ' && tro_decimal_parse(&first, value, 4) &&
		    tro_decimal_parse(&last, value + 5, 4);

	if (r->calendar->first_year != 0) {
		return bad(r, err, "a second 'years' line: keep one");
	}
	if (!good || first > last || last - first >= MAX_YEARS) {
		return bad(r, err, "the years are not readable: write 'years 2019 2028'");
	}
	r->calendar->first_year = (int)first;
	r->calendar->last_year = (int)last;
	return TRO_OK;
}

/* Its place in division_names; DIVISIONS when there is none of that name. */
static size_t division_index(const char *name)
{
	size_t i = 0;

	while (i < DIVISIONS && strcmp(division_names[i], name) != 0) {
		i++;
	}
	return i;
}

static tro_status read_division(reader *r, const char *value, tro_err *err)
{
	size_t index = division_index(value);

	if (index == DIVISIONS) {
		return bad(r, err,
			"unknown division: it is england-and-wales, scotland or northern-ireland");
	}
	division *found = &r->calendar->divisions[index];

	if (found->present) {
		return bad(r, err, "this division has begun before: put its days together");
	}
	if (r->calendar->first_year == 0) {
		return bad(r, err, "a division comes after the 'years' line");
	}
	found->present = true;
	r->division = found;
	return TRO_OK;
}

static tro_status add_day(division *to, int64_t day, tro_err *err)
{
	if (to->count == to->cap) {
		size_t cap = to->cap == 0 ? 64 : 2 * to->cap;
		int64_t *days = realloc(to->days, cap * sizeof(*days));

		if (days == NULL) {
			return tro_err_nomem(err);
		}
		to->days = days;
		to->cap = cap;
	}
	to->days[to->count++] = day;
	return TRO_OK;
}

static tro_status read_day(reader *r, const char *text, tro_err *err)
{
	char word[TRO_DATE_TEXT_SIZE];
	tro_date date;
	size_t len = strcspn(text, " ");

	if (len != TRO_DATE_TEXT_SIZE - 1) {
		return bad(r, err,
			"neither version, years, division nor a day: write 'YYYY-MM-DD TITLE'");
	}
	memcpy(word, text, len);
	word[len] = '\0';
	if (tro_date_parse(&date, word, err) != TRO_OK) {
		return tro_err_prefix(err, TRO_INVALID, "%s:%zu", r->name, r->line);
	}
	if (text[len] == '\0' || text[len + 1] == '\0') {
		return bad(r, err, "the day has no title: write 'YYYY-MM-DD TITLE'");
	}
	if (r->division == NULL) {
		return bad(r, err, "a day comes after the 'division' line it belongs to");
	}
	if (date.year < r->calendar->first_year || date.year > r->calendar->last_year) {
		return bad(r, err, "the day lies outside the years that the file is for");
	}
	int64_t day = tro_date_to_days(date);

	if (r->division->count > 0 && r->division->days[r->division->count - 1] >= day) {
		return bad(r, err, "the days of a division ascend, each of them once");
	}
	return add_day(r->division, day, err);
}

static tro_status read_line(reader *r, const char *line, tro_err *err)
{
	if (*line == '\0' || *line == '#') {
		return TRO_OK;
	}
	if (!r->begun) {
		r->begun = strcmp(line, "tro-calendar/v1") == 0;
		return r->begun ? TRO_OK : bad(r, err, "not a calendar: it begins tro-calendar/v1");
	}
	if (tro_text_starts(line, "version ")) {
		return read_version(r, line + strlen("version "), err);
	}
	if (tro_text_starts(line, "years ")) {
		return read_years(r, line + strlen("years "), err);
	}
	if (tro_text_starts(line, "division ")) {
		return read_division(r, line + strlen("division "), err);
	}
	return read_day(r, line, err);
}

static tro_status read_lines(reader *r, const char *bytes, size_t len, tro_err *err)
{
	const char *end = bytes + len;

	for (const char *at = bytes; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		char line[MAX_LINE + 1];

		r->line++;
		if (stop == NULL) {
			return bad(r, err, "the last line does not end: the file may be cut off");
		}
		size_t line_len = (size_t)(stop - at);

		if (line_len > MAX_LINE) {
			return bad(r, err, "the line is longer than 200 bytes");
		}
		if (tro_text_has_control(at, line_len, "")) {
			return bad(r, err,
				"the line holds a control character or is not UTF-8: save the file "
				"as UTF-8 with Unix line ends");
		}
		memcpy(line, at, line_len);
		line[line_len] = '\0';
		tro_status status = read_line(r, line, err);

		if (status != TRO_OK) {
			return status;
		}
		at = stop + 1;
	}
	return TRO_OK;
}

/* No division has ever had a year without a holiday: such a year is a file that was cut short. */
static bool every_year_has_days(const tro_calendar *calendar, const division *of)
{
	size_t at = 0;

	for (int year = calendar->first_year; year <= calendar->last_year; year++) {
		size_t before = at;

		while (at < of->count && tro_date_from_days(of->days[at]).year == year) {
			at++;
		}
		if (at == before) {
			return false;
		}
	}
	return true;
}

static tro_status check_whole(const reader *r, tro_err *err)
{
	const tro_calendar *calendar = r->calendar;
	bool any = false;

	if (!r->begun || calendar->version == NULL || calendar->first_year == 0) {
		return tro_err_set(err, TRO_INVALID,
			"%s: not a whole calendar: tro-calendar/v1, version and years are needed",
			r->name);
	}
	for (size_t i = 0; i < DIVISIONS; i++) {
		const division *of = &calendar->divisions[i];

		any = any || of->present;
		if (of->present && !every_year_has_days(calendar, of)) {
			return tro_err_set(err, TRO_INVALID,
				"%s: %s has a year without any holiday: complete it or narrow the "
				"'years' line",
				r->name, division_names[i]);
		}
	}
	return any ? TRO_OK
		   : tro_err_set(err, TRO_INVALID, "%s: the calendar has no division", r->name);
}

tro_status tro_calendar_parse(
	tro_calendar **out, const char *bytes, size_t len, const char *name, tro_err *err)
{
	*out = NULL;
	if (len > MAX_BYTES) {
		return tro_err_set(err, TRO_INVALID, "%s: over 1 MiB is no calendar", name);
	}
	reader r = {.calendar = calloc(1, sizeof(*r.calendar)), .name = name};

	if (r.calendar == NULL) {
		return tro_err_nomem(err);
	}
	tro_status status = read_lines(&r, bytes, len, err);

	if (status == TRO_OK) {
		status = check_whole(&r, err);
	}
	if (status != TRO_OK) {
		tro_calendar_free(r.calendar);
		return status;
	}
	*out = r.calendar;
	return TRO_OK;
}

static tro_status find_division(
	const division **out, const tro_calendar *calendar, const char *name, tro_err *err)
{
	size_t index = division_index(name);

	if (index == DIVISIONS || !calendar->divisions[index].present) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"calendar '%s' has no division '%s': look at the provider's registered "
			"office in the register",
			calendar->version, name);
	}
	*out = &calendar->divisions[index];
	return TRO_OK;
}

tro_status tro_calendar_check_range(const tro_calendar *calendar, tro_date date, tro_err *err)
{
	char text[TRO_DATE_TEXT_SIZE];

	if (date.year >= calendar->first_year && date.year <= calendar->last_year) {
		return TRO_OK;
	}
	tro_date_format(text, date);
	return tro_err_set(err, TRO_INVALID,
		"calendar '%s' covers %d to %d, not %s: adopt one that covers it",
		calendar->version, calendar->first_year, calendar->last_year, text);
}

static int compare_days(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a;
	int64_t right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static bool is_working(const division *of, tro_date date)
{
	int64_t day = tro_date_to_days(date);

	return tro_date_weekday(date) <= 5 &&
	       bsearch(&day, of->days, of->count, sizeof(day), compare_days) == NULL;
}

tro_status tro_calendar_is_working_day(bool *out, const tro_calendar *calendar,
	const char *division_name, tro_date date, tro_err *err)
{
	const division *of = NULL;
	tro_status status = find_division(&of, calendar, division_name, err);

	if (status == TRO_OK) {
		status = tro_calendar_check_range(calendar, date, err);
	}
	if (status == TRO_OK) {
		*out = is_working(of, date);
	}
	return status;
}

tro_status tro_calendar_add_working_days(tro_date *out, const tro_calendar *calendar,
	const char *division_name, tro_date from, int working_days, tro_err *err)
{
	const division *of = NULL;
	tro_status status = find_division(&of, calendar, division_name, err);
	int64_t day = tro_date_to_days(from);
	tro_date date = from;

	if (status != TRO_OK) {
		return status;
	}
	if (working_days < 1 || working_days > MAX_WORKING_DAYS) {
		return tro_err_set(err, TRO_USAGE, "working days are counted from 1 to %d, not %d",
			MAX_WORKING_DAYS, working_days);
	}
	/* The date itself must lie in the range too: it is the date of an order, and a calendar
	 * that does not know its year is the wrong one. */
	status = tro_calendar_check_range(calendar, date, err);
	for (int left = working_days; status == TRO_OK && left > 0;) {
		date = tro_date_from_days(++day);
		status = tro_calendar_check_range(calendar, date, err);
		left -= status == TRO_OK && is_working(of, date) ? 1 : 0;
	}
	if (status == TRO_OK) {
		*out = date;
	}
	return status;
}
