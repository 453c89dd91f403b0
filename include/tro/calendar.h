/*
 * Working days and UK local time.
 *
 * A calendar is adopted data: the bank holidays of one or more divisions over a stated range of
 * years, with a version. Nothing is computed beyond the range (LAW.md rule 57). UK local time
 * follows the Summer Time Act 1972 as amended by the Summer Time Order 2002 (SI 2002/262).
 */
#ifndef TRO_CALENDAR_H
#define TRO_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <tro/err.h>
#include <tro/time.h>

typedef struct tro_calendar tro_calendar;

/* Reads our calendar form (workflows/calendars/uk.txt says what it is). TRO_INVALID names the line.
 */
tro_status tro_calendar_parse(tro_calendar **out, const char *bytes, size_t len, const char *name,
	tro_err *err) TRO_MUST_USE;
void tro_calendar_free(tro_calendar *calendar);
const char *tro_calendar_version(const tro_calendar *calendar);

/* TRO_INVALID, saying which years it covers, for a date beyond them. */
tro_status tro_calendar_check_range(
	const tro_calendar *calendar, tro_date date, tro_err *err) TRO_MUST_USE;
/* Divisions: england-and-wales, scotland, northern-ireland. TRO_NOT_FOUND for an unknown one,
 * TRO_INVALID for a date beyond the calendar's range. */
tro_status tro_calendar_is_working_day(bool *out, const tro_calendar *calendar,
	const char *division, tro_date date, tro_err *err) TRO_MUST_USE;
/* The n-th working day after a date; the date itself is not counted. n from 1 to 1000. */
tro_status tro_calendar_add_working_days(tro_date *out, const tro_calendar *calendar,
	const char *division, tro_date from, int working_days, tro_err *err) TRO_MUST_USE;

/* The instant of a local civil time in the UK. A time that the spring change skips is TRO_INVALID;
 * one that the autumn change repeats is the first of the two. */
tro_status tro_uk_to_time(tro_time_us *out, tro_date date, int hour, int minute, int second,
	tro_err *err) TRO_MUST_USE;
/* As that, from a time of day written HH:MM on a 24-hour clock, both digits each. */
tro_status tro_uk_parse_clock(
	tro_time_us *out, tro_date date, const char *clock, tro_err *err) TRO_MUST_USE;
/* The first instant after the end of the civil day: a deadline "by the end of the day" is missed
 * from then on. */
tro_time_us tro_uk_end_of_day(tro_date date);
typedef struct tro_uk_local {
	tro_date date;
	int hour, minute, second;
	int offset_minutes; /* 0 or 60 */
} tro_uk_local;
void tro_uk_from_time(tro_uk_local *out, tro_time_us time);
/* In words for a sentence: "13 November 2026 at 15:00", UK local time. */
enum { TRO_UK_TEXT_SIZE = 40 };
void tro_uk_format(char out[TRO_UK_TEXT_SIZE], tro_time_us time);

#endif
