/*
 * Instants and civil dates.
 *
 * An instant is microseconds since 1970-01-01T00:00:00Z without leap seconds, years 1 to 9999. Its
 * one text form is RFC 3339 in UTC with six decimals: 2026-11-23T10:15:00.000000Z. A civil date has
 * no time and no zone. Nothing here reads a clock.
 */
#ifndef TRO_TIME_H
#define TRO_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/err.h>

typedef int64_t tro_time_us;

#define TRO_TIME_TEXT_SIZE 28 /* with the final NUL */
#define TRO_DATE_TEXT_SIZE 11

typedef struct tro_date {
	int year;  /* 1 to 9999 */
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
} tro_date;

/* Does the instant lie in years 1 to 9999, so that it has a text form? */
bool tro_time_has_text(tro_time_us time);

/* Writes the text form of an instant, which must have one. */
void tro_time_format(char out[TRO_TIME_TEXT_SIZE], tro_time_us time);
/* Reads RFC 3339 with Z or a numeric offset and zero to six decimals. TRO_INVALID otherwise. */
tro_status tro_time_parse(tro_time_us *out, const char *text, tro_err *err) TRO_MUST_USE;

void tro_date_format(char out[TRO_DATE_TEXT_SIZE], tro_date date);
/* Reads YYYY-MM-DD, an existing day. TRO_INVALID otherwise. */
tro_status tro_date_parse(tro_date *out, const char *text, tro_err *err) TRO_MUST_USE;

/* Days since 1970-01-01 (negative before) and back, in the proleptic Gregorian calendar. */
int64_t tro_date_to_days(tro_date date);
tro_date tro_date_from_days(int64_t days);
/* 1 Monday to 7 Sunday (ISO 8601). */
int tro_date_weekday(tro_date date);
/* The English name of a month, 1 to 12. */
const char *tro_month_name(int month);

#endif
