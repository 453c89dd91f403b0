#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <tro/time.h>

enum { US_PER_SECOND = 1000000, SECONDS_PER_DAY = 86400 };

#define US_PER_DAY ((int64_t)SECONDS_PER_DAY * US_PER_SECOND)
#define TIME_MIN (-719162 * US_PER_DAY)	    /* 0001-01-01T00:00:00Z */
#define TIME_MAX (2932897 * US_PER_DAY - 1) /* 9999-12-31T23:59:59.999999Z */

/* Days from civil and back: Howard Hinnant's algorithm, with years that begin in March. */
int64_t tro_date_to_days(tro_date date)
{
	int64_t year = date.month <= 2 ? date.year - 1 : date.year;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year =
		(153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

tro_date tro_date_from_days(int64_t days)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	tro_date date = {
		.year = (int)(year_of_era + era * 400 + (month >= 10)),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
	};

	return date;
}

int tro_date_weekday(tro_date date)
{
	int64_t days = tro_date_to_days(date) + 3; /* 1970-01-01 was a Thursday */

	return (int)((days % 7 + 7) % 7) + 1;
}

void tro_date_format(char out[TRO_DATE_TEXT_SIZE], tro_date date)
{
	char text[40];

	(void)snprintf(text, sizeof(text), "%04d-%02d-%02d", date.year, date.month, date.day);
	memcpy(out, text, TRO_DATE_TEXT_SIZE - 1);
	out[TRO_DATE_TEXT_SIZE - 1] = '\0';
}

bool tro_time_has_text(tro_time_us time)
{
	return time >= TIME_MIN && time <= TIME_MAX;
}

void tro_time_format(char out[TRO_TIME_TEXT_SIZE], tro_time_us time)
{
	int64_t days = (time >= 0 ? time : time - US_PER_DAY + 1) / US_PER_DAY;
	int64_t rest = time - days * US_PER_DAY;
	int seconds = (int)(rest / US_PER_SECOND);
	char text[80];

	tro_date_format(out, tro_date_from_days(days));
	(void)snprintf(text, sizeof(text), "T%02d:%02d:%02d.%06dZ", seconds / 3600,
		seconds / 60 % 60, seconds % 60, (int)(rest % US_PER_SECOND));
	memcpy(out + TRO_DATE_TEXT_SIZE - 1, text, TRO_TIME_TEXT_SIZE - TRO_DATE_TEXT_SIZE + 1);
	out[TRO_TIME_TEXT_SIZE - 1] = '\0';
}

/* Reads exactly count digits and moves on. */
static bool read_digits(const char **at, int count, int *out)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		char c = (*at)[i];

		if (c < '0' || c > '9') {
			return false;
		}
		value = value * 10 + (c - '0');
	}
	*at += count;
	*out = value;
	return true;
}

static bool read_char(const char **at, char c)
{
	if (**at != c) {
		return false;
	}
	(*at)++;
	return true;
}

static bool date_exists(tro_date date)
{
	if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) {
		return false;
	}
	tro_date same = tro_date_from_days(tro_date_to_days(date));

	return same.month == date.month && same.day == date.day;
}

static bool read_date(const char **at, tro_date *out)
{
	return read_digits(at, 4, &out->year) && read_char(at, '-') &&
	       read_digits(at, 2, &out->month) && read_char(at, '-') &&
	       read_digits(at, 2, &out->day) && date_exists(*out);
}

/* The decimals after the point, scaled to microseconds. */
static bool read_fraction(const char **at, int *out_us)
{
	int scale = US_PER_SECOND;

	*out_us = 0;
	if (**at != '.') {
		return true;
	}
	(*at)++;
	if (**at < '0' || **at > '9') {
		return false;
	}
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		scale /= 10;
		if (scale == 0) {
			return false;
		}
		*out_us += (**at - '0') * scale;
	}
	return true;
}

static bool read_offset(const char **at, int *out_seconds)
{
	int hours;
	int minutes;

	*out_seconds = 0;
	if (**at == 'Z') {
		(*at)++;
		return true;
	}
	int sign = **at == '+' ? 1 : **at == '-' ? -1 : 0;

	if (sign == 0) {
		return false;
	}
	(*at)++;
	if (!read_digits(at, 2, &hours) || !read_char(at, ':') || !read_digits(at, 2, &minutes) ||
		hours > 23 || minutes > 59) {
		return false;
	}
	*out_seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

tro_status tro_date_parse(tro_date *out, const char *text, tro_err *err)
{
	const char *at = text;

	if (!read_date(&at, out) || *at != '\0') {
		return tro_err_set(err, TRO_INVALID,
			"'%s' is not a date: write an existing day as YYYY-MM-DD", text);
	}
	return TRO_OK;
}

tro_status tro_time_parse(tro_time_us *out, const char *text, tro_err *err)
{
	const char *at = text;
	tro_date date;
	int hour, minute, second, fraction_us, offset;

	bool good = read_date(&at, &date) && read_char(&at, 'T') && read_digits(&at, 2, &hour) &&
		    read_char(&at, ':') && read_digits(&at, 2, &minute) && read_char(&at, ':') &&
		    read_digits(&at, 2, &second) && read_fraction(&at, &fraction_us) &&
		    read_offset(&at, &offset) && *at == '\0' && hour < 24 && minute < 60 &&
		    second < 60;

	if (!good) {
		return tro_err_set(err, TRO_INVALID,
			"'%s' is not a time: write it as 2026-11-23T10:15:00Z, with Z or an offset",
			text);
	}
	int64_t seconds =
		tro_date_to_days(date) * SECONDS_PER_DAY + (hour * 60 + minute) * 60 + second;

	*out = (seconds - offset) * US_PER_SECOND + fraction_us;
	if (!tro_time_has_text(*out)) {
		return tro_err_set(err, TRO_INVALID, "'%s' lies outside the years 1 to 9999", text);
	}
	return TRO_OK;
}

const char *tro_month_name(int month)
{
	static const char *const names[] = {"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"};

	assert(month >= 1 && month <= 12);
	return names[month - 1];
}
