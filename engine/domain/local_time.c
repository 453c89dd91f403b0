/*
 * UK local time: an hour ahead of UTC from 01:00 UTC on the last Sunday of March to 01:00 UTC on
 * the last Sunday of October (Summer Time Act 1972 s.1 as amended by SI 2002/262). The rule is
 * applied to every year; orders of this kind exist since 2017.
 */
#include <stdio.h>
#include <string.h>
#include <tro/calendar.h>

#define US_PER_SECOND ((tro_time_us)1000000)
#define US_PER_HOUR (3600 * US_PER_SECOND)
#define US_PER_DAY (24 * US_PER_HOUR)

enum { MARCH = 3, OCTOBER = 10, CHANGE_HOUR_UTC = 1 };

/* Days since 1970 of the last Sunday of a month of 31 days. */
static int64_t last_sunday(int year, int month)
{
	tro_date last = {.year = year, .month = month, .day = 31};

	return tro_date_to_days(last) - tro_date_weekday(last) % 7;
}

static bool is_summer(tro_time_us time, int year)
{
	tro_time_us from = last_sunday(year, MARCH) * US_PER_DAY + CHANGE_HOUR_UTC * US_PER_HOUR;
	tro_time_us to = last_sunday(year, OCTOBER) * US_PER_DAY + CHANGE_HOUR_UTC * US_PER_HOUR;

	return time >= from && time < to;
}

static int64_t day_of(tro_time_us time)
{
	return (time >= 0 ? time : time - US_PER_DAY + 1) / US_PER_DAY;
}

tro_status tro_uk_to_time(
	tro_time_us *out, tro_date date, int hour, int minute, int second, tro_err *err)
{
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
		return tro_err_set(err, TRO_INVALID,
			"%02d:%02d:%02d is no time of day: it runs from 00:00:00 to 23:59:59", hour,
			minute, second);
	}
	tro_time_us local =
		tro_date_to_days(date) * US_PER_DAY +
		((tro_time_us)hour * 3600 + (tro_time_us)minute * 60 + second) * US_PER_SECOND;

	/* Summer first: of a time that comes twice in October, the first is meant. */
	if (is_summer(local - US_PER_HOUR, date.year)) {
		*out = local - US_PER_HOUR;
		return TRO_OK;
	}
	if (is_summer(local, date.year)) {
		char text[TRO_DATE_TEXT_SIZE];

		tro_date_format(text, date);
		return tro_err_set(err, TRO_INVALID,
			"%02d:%02d does not exist on %s: the clocks go forward from 01:00 to 02:00",
			hour, minute, text);
	}
	*out = local;
	return TRO_OK;
}

tro_status tro_uk_parse_clock(tro_time_us *out, tro_date date, const char *clock, tro_err *err)
{
	bool good = strlen(clock) == 5 && clock[2] == ':' && clock[0] <= '2' && clock[3] <= '5' &&
		    (clock[0] < '2' || clock[1] <= '3');

	for (size_t i = 0; good && i < 5; i++) {
		good = i == 2 || (clock[i] >= '0' && clock[i] <= '9');
	}
	if (!good) {
		return tro_err_set(
			err, TRO_INVALID, "'%s' is not a time of day: write it as 15:00", clock);
	}
	int hour = (clock[0] - '0') * 10 + (clock[1] - '0');
	int minute = (clock[3] - '0') * 10 + (clock[4] - '0');

	return tro_uk_to_time(out, date, hour, minute, 0, err);
}

tro_time_us tro_uk_end_of_day(tro_date date)
{
	int64_t next = tro_date_to_days(date) + 1;
	tro_time_us midnight = next * US_PER_DAY;
	int year = tro_date_from_days(next).year;

	/* Midnight is never skipped and never repeated: the clocks change at 01:00 UTC. */
	return is_summer(midnight - US_PER_HOUR, year) ? midnight - US_PER_HOUR : midnight;
}

void tro_uk_from_time(tro_uk_local *out, tro_time_us time)
{
	bool summer = is_summer(time, tro_date_from_days(day_of(time)).year);
	tro_time_us local = time + (summer ? US_PER_HOUR : 0);
	int64_t day = day_of(local);
	int64_t seconds = (local - day * US_PER_DAY) / US_PER_SECOND;

	out->date = tro_date_from_days(day);
	out->hour = (int)(seconds / 3600);
	out->minute = (int)(seconds / 60 % 60);
	out->second = (int)(seconds % 60);
	out->offset_minutes = summer ? 60 : 0;
}

void tro_uk_format(char out[TRO_UK_TEXT_SIZE], tro_time_us time)
{
	tro_uk_local at;

	tro_uk_from_time(&at, time);
	(void)snprintf(out, TRO_UK_TEXT_SIZE, "%d %s %d at %02d:%02d", at.date.day,
		tro_month_name(at.date.month), at.date.year, at.hour, at.minute);
}
