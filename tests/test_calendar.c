#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/calendar.h>

#include "suite.h"

static const char head[] = "tro-calendar/v1\nversion test 1\nyears 2026 2026\n";

static tro_date date_of(const char *text)
{
	tro_date date;

	ck_assert_int_eq(tro_date_parse(&date, text, NULL), TRO_OK);
	return date;
}

static char *read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	char *bytes = calloc(1, 1024 * 1024);

	ck_assert_ptr_nonnull(file);
	*len = fread(bytes, 1, 1024 * 1024 - 1, file);
	ck_assert_int_eq(fclose(file), 0);
	return bytes;
}

static tro_calendar *uk(void)
{
	size_t len;
	char *bytes = read_file(TRO_SOURCE_DIR "/workflows/calendars/uk.txt", &len);
	tro_calendar *calendar = NULL;
	tro_err err;

	ck_assert_msg(tro_calendar_parse(&calendar, bytes, len, "uk.txt", &err) == TRO_OK, "%s",
		err.message);
	free(bytes);
	return calendar;
}

static const char *const divisions[] = {"england-and-wales", "scotland", "northern-ireland"};

static const struct {
	const char *made;
	const char *fifth[3];
} fifth_days[] = {
	{"2026-04-02", {"2026-04-13", "2026-04-10", "2026-04-13"}},
	{"2026-05-02", {"2026-05-11", "2026-05-11", "2026-05-11"}},
	{"2026-06-10", {"2026-06-17", "2026-06-18", "2026-06-17"}},
	{"2026-07-09", {"2026-07-16", "2026-07-16", "2026-07-17"}},
	{"2026-07-30", {"2026-08-06", "2026-08-07", "2026-08-06"}},
	{"2026-08-27", {"2026-09-04", "2026-09-03", "2026-09-04"}},
	{"2026-11-27", {"2026-12-04", "2026-12-07", "2026-12-04"}},
	{"2026-12-22", {"2026-12-31", "2026-12-31", "2026-12-31"}},
	{"2026-12-31", {"2027-01-08", "2027-01-11", "2027-01-08"}},
	{"2027-03-15", {"2027-03-22", "2027-03-22", "2027-03-23"}},
};

START_TEST(the_fifth_working_day_follows_the_providers_division)
{
	tro_calendar *calendar = uk();

	for (size_t i = 0; i < 3; i++) {
		tro_date date;
		char text[TRO_DATE_TEXT_SIZE];

		ck_assert_int_eq(tro_calendar_add_working_days(&date, calendar, divisions[i],
					 date_of(fifth_days[_i].made), 5, NULL),
			TRO_OK);
		tro_date_format(text, date);
		ck_assert_str_eq(text, fifth_days[_i].fifth[i]);
	}
	tro_calendar_free(calendar);
}
END_TEST

START_TEST(a_one_off_holiday_is_known)
{
	tro_calendar *calendar = uk();
	bool working = true;

	ck_assert_int_eq(tro_calendar_is_working_day(
				 &working, calendar, "scotland", date_of("2026-06-15"), NULL),
		TRO_OK);
	ck_assert(!working);
	ck_assert_int_eq(tro_calendar_is_working_day(&working, calendar, "england-and-wales",
				 date_of("2026-06-15"), NULL),
		TRO_OK);
	ck_assert(working);
	ck_assert_int_eq(tro_calendar_is_working_day(&working, calendar, "england-and-wales",
				 date_of("2026-06-14"), NULL),
		TRO_OK);
	ck_assert(!working);
	ck_assert_str_eq(tro_calendar_version(calendar), "uk 2026-11-01");
	tro_calendar_free(calendar);
}
END_TEST

START_TEST(nothing_is_computed_beyond_the_years_of_the_file)
{
	tro_calendar *calendar = uk();
	tro_date date = {.year = 1, .month = 1, .day = 1};
	bool working;
	tro_err err;

	ck_assert_int_eq(tro_calendar_add_working_days(
				 &date, calendar, "scotland", date_of("2028-12-22"), 3, &err),
		TRO_OK);
	ck_assert_int_eq(date.day, 29);
	ck_assert_int_eq(tro_calendar_add_working_days(
				 &date, calendar, "scotland", date_of("2028-12-22"), 4, &err),
		TRO_INVALID);
	ck_assert_ptr_nonnull(strstr(err.message, "2019 to 2028"));
	ck_assert_int_eq(date.day, 29);
	ck_assert_int_eq(tro_calendar_add_working_days(
				 &date, calendar, "scotland", date_of("2018-12-31"), 1, &err),
		TRO_INVALID);
	ck_assert_int_eq(tro_calendar_is_working_day(
				 &working, calendar, "scotland", date_of("2029-01-02"), &err),
		TRO_INVALID);
	tro_calendar_free(calendar);
}
END_TEST

START_TEST(an_unknown_division_and_a_senseless_count_are_refused)
{
	tro_calendar *calendar = uk();
	tro_date date;
	bool working;

	ck_assert_int_eq(tro_calendar_is_working_day(
				 &working, calendar, "wales", date_of("2026-01-05"), NULL),
		TRO_NOT_FOUND);
	ck_assert_int_eq(
		tro_calendar_add_working_days(&date, calendar, "", date_of("2026-01-05"), 5, NULL),
		TRO_NOT_FOUND);
	ck_assert_int_eq(tro_calendar_add_working_days(
				 &date, calendar, "scotland", date_of("2026-01-05"), 0, NULL),
		TRO_USAGE);
	ck_assert_int_eq(tro_calendar_add_working_days(
				 &date, calendar, "scotland", date_of("2026-01-05"), 1001, NULL),
		TRO_USAGE);
	tro_calendar_free(calendar);
}
END_TEST

/* The feed has one event object a date; read just far enough to compare it with our form. */
START_TEST(our_form_says_what_the_feed_says)
{
	static const char path[] = TRO_SHARED_DIR "/data/bank-holidays.json";
	FILE *there = fopen(path, "rb");

	if (there == NULL) {
		fprintf(stderr, "SKIPPED: %s is not there, so the feed was not compared\n", path);
		return;
	}
	ck_assert_int_eq(fclose(there), 0);
	size_t len;
	char *json = read_file(path, &len);
	tro_calendar *calendar = uk();
	size_t seen = 0;

	for (size_t i = 0; i < 3; i++) {
		char key[40];
		bool holiday[5000] = {false}; /* by days since 2019-01-01 */
		int64_t zero = tro_date_to_days(date_of("2019-01-01"));

		(void)snprintf(key, sizeof(key), "\"division\": \"%s\"", divisions[i]);
		char *at = strstr(json, key);

		ck_assert_ptr_nonnull(at);
		char *stop = strstr(at + strlen(key), "\"division\"");

		while ((at = strstr(at, "\"date\": \"")) != NULL && (stop == NULL || at < stop)) {
			char day[11] = {0};

			at += strlen("\"date\": \"");
			memcpy(day, at, 10);
			holiday[tro_date_to_days(date_of(day)) - zero] = true;
			seen++;
		}
		for (int64_t day = zero; tro_date_from_days(day).year <= 2028; day++) {
			tro_date date = tro_date_from_days(day);
			bool working;

			ck_assert_int_eq(tro_calendar_is_working_day(
						 &working, calendar, divisions[i], date, NULL),
				TRO_OK);
			ck_assert_int_eq(
				working, tro_date_weekday(date) < 6 && !holiday[day - zero]);
		}
	}
	ck_assert_uint_eq(seen, 280);
	tro_calendar_free(calendar);
	free(json);
}
END_TEST

static const struct {
	const char *text; /* after the head */
	const char *says; /* NULL: good */
} forms[] = {
	{"division scotland\n2026-01-01 New Year's Day\n", NULL},
	{"division scotland\n\n# words\n2026-01-01 A\n2026-01-02 B\n", NULL},
	{"", "no division"},
	{"division scotland\n", "a year without any holiday"},
	{"division scotland\n2026-01-01 A", "does not end"},
	{"division scotland\n2026-01-01\n", "no title"},
	{"division scotland\n2026-01-01 \n", "no title"},
	{"division scotland\n2026-02-29 A\n", "not a date"},
	{"division scotland\n2026-01-01\tA\n", "control character"},
	{"division scotland\r\n2026-01-01 A\r\n", "control character"},
	{"division scotland\n2026-01-01 \xff\n", "control character"},
	{"division scotland\n2026-01-02 A\n2026-01-01 B\n", "ascend"},
	{"division scotland\n2026-01-01 A\n2026-01-01 B\n", "ascend"},
	{"division scotland\n2027-01-01 A\n", "outside the years"},
	{"division scotland\n2026-01-01 A\ndivision scotland\n", "has begun before"},
	{"division wales\n2026-01-01 A\n", "unknown division"},
	{"2026-01-01 A\n", "after the 'division' line"},
	{"version 2\n", "second 'version'"},
	{"years 2026 2027\n", "second 'years'"},
	{"holiday 2026-01-01\n", "neither"},
};

START_TEST(a_calendar_is_read_strictly_and_its_faults_name_the_line)
{
	char text[600];
	tro_calendar *calendar = NULL;
	tro_err err;

	(void)snprintf(text, sizeof(text), "%s%s", head, forms[_i].text);
	tro_status status = tro_calendar_parse(&calendar, text, strlen(text), "cal.txt", &err);

	if (forms[_i].says == NULL) {
		ck_assert_int_eq(status, TRO_OK);
	} else {
		ck_assert_int_eq(status, TRO_INVALID);
		ck_assert_ptr_null(calendar);
		ck_assert_msg(strstr(err.message, forms[_i].says) != NULL, "%s", err.message);
		ck_assert_msg(strncmp(err.message, "cal.txt:", 8) == 0, "%s", err.message);
	}
	tro_calendar_free(calendar);
}
END_TEST

static const char *const bad_heads[] = {"", "\n", "version x\n", "tro-calendar/v2\n",
	"tro-calendar/v1\n", "tro-calendar/v1\nyears 2026 2026\n", "tro-calendar/v1\nversion x\n",
	"tro-calendar/v1\nversion \n", "tro-calendar/v1\nversion x\nyears 2027 2026\n",
	"tro-calendar/v1\nversion x\nyears 2026\n", "tro-calendar/v1\nversion x\nyears 1000 9999\n",
	"tro-calendar/v1\nversion x\ndivision scotland\n"};

START_TEST(what_does_not_begin_as_a_calendar_is_refused)
{
	tro_calendar *calendar = NULL;

	ck_assert_int_eq(
		tro_calendar_parse(&calendar, bad_heads[_i], strlen(bad_heads[_i]), "x", NULL),
		TRO_INVALID);
	ck_assert_ptr_null(calendar);
}
END_TEST

START_TEST(a_line_of_any_length_and_a_nul_byte_are_refused)
{
	char text[1000] = "tro-calendar/v1\nversion ";
	tro_calendar *calendar = NULL;
	size_t len = strlen(text);

	memset(text + len, 'x', 300);
	text[len + 300] = '\n';
	ck_assert_int_eq(tro_calendar_parse(&calendar, text, len + 301, "x", NULL), TRO_INVALID);
	ck_assert_int_eq(
		tro_calendar_parse(&calendar, "tro-calendar/v1\nversion a\0b\n", 28, "x", NULL),
		TRO_INVALID);
}
END_TEST

static const struct {
	const char *date;
	int hour, minute;
	const char *instant; /* NULL: does not exist */
} local_times[] = {
	{"2026-01-15", 15, 0, "2026-01-15T15:00:00.000000Z"},
	{"2026-07-15", 15, 0, "2026-07-15T14:00:00.000000Z"},
	{"2026-07-15", 0, 30, "2026-07-14T23:30:00.000000Z"},
	{"2026-03-29", 0, 59, "2026-03-29T00:59:00.000000Z"},
	{"2026-03-29", 1, 0, NULL},
	{"2026-03-29", 1, 59, NULL},
	{"2026-03-29", 2, 0, "2026-03-29T01:00:00.000000Z"},
	{"2026-10-25", 0, 59, "2026-10-24T23:59:00.000000Z"},
	{"2026-10-25", 1, 30, "2026-10-25T00:30:00.000000Z"},
	{"2026-10-25", 2, 0, "2026-10-25T02:00:00.000000Z"},
	{"2026-12-31", 23, 59, "2026-12-31T23:59:00.000000Z"},
	{"2026-01-15", 24, 0, NULL},
	{"2026-01-15", 12, 60, NULL},
	{"2026-01-15", -1, 0, NULL},
};

START_TEST(local_times_follow_summer_time)
{
	tro_time_us time;
	char text[TRO_TIME_TEXT_SIZE];
	tro_status status = tro_uk_to_time(&time, date_of(local_times[_i].date),
		local_times[_i].hour, local_times[_i].minute, 0, NULL);

	if (local_times[_i].instant == NULL) {
		ck_assert_int_eq(status, TRO_INVALID);
		return;
	}
	ck_assert_int_eq(status, TRO_OK);
	tro_time_format(text, time);
	ck_assert_str_eq(text, local_times[_i].instant);
}
END_TEST

static const struct {
	const char *clock;
	const char *instant; /* NULL: no time of day */
} clocks[] = {
	{"15:00", "2026-07-15T14:00:00.000000Z"},
	{"00:00", "2026-07-14T23:00:00.000000Z"},
	{"23:59", "2026-07-15T22:59:00.000000Z"},
	{"24:00", NULL},
	{"12:60", NULL},
	{"9:00", NULL},
	{"09.00", NULL},
	{"09:00:00", NULL},
	{"-9:00", NULL},
	{"09:0x", NULL},
	{"", NULL},
};

START_TEST(a_time_of_day_has_one_spelling)
{
	tro_time_us time;
	char text[TRO_TIME_TEXT_SIZE];
	tro_status status =
		tro_uk_parse_clock(&time, date_of("2026-07-15"), clocks[_i].clock, NULL);

	if (clocks[_i].instant == NULL) {
		ck_assert_int_eq(status, TRO_INVALID);
		return;
	}
	ck_assert_int_eq(status, TRO_OK);
	tro_time_format(text, time);
	ck_assert_str_eq(text, clocks[_i].instant);
}
END_TEST

static const struct {
	const char *date;
	const char *end;
} days[] = {
	{"2026-03-28", "2026-03-29T00:00:00.000000Z"},
	{"2026-03-29", "2026-03-29T23:00:00.000000Z"},
	{"2026-07-01", "2026-07-01T23:00:00.000000Z"},
	{"2026-10-24", "2026-10-24T23:00:00.000000Z"},
	{"2026-10-25", "2026-10-26T00:00:00.000000Z"},
	{"2026-12-31", "2027-01-01T00:00:00.000000Z"},
};

START_TEST(a_day_ends_at_local_midnight)
{
	char text[TRO_TIME_TEXT_SIZE];

	tro_time_format(text, tro_uk_end_of_day(date_of(days[_i].date)));
	ck_assert_str_eq(text, days[_i].end);
}
END_TEST

/* Every half hour of twenty years. */
START_TEST(local_time_comes_back_and_changes_only_at_one_in_the_morning_utc)
{
	tro_time_us hour_us = (tro_time_us)3600 * 1000000;
	tro_time_us from;
	tro_time_us to;
	int changes = 0;
	int offset = 0;

	ck_assert_int_eq(tro_time_parse(&from, "2017-01-01T00:00:00Z", NULL), TRO_OK);
	ck_assert_int_eq(tro_time_parse(&to, "2037-01-01T00:00:00Z", NULL), TRO_OK);
	for (tro_time_us time = from; time < to; time += hour_us / 2) {
		tro_uk_local local;
		tro_time_us back;

		tro_uk_from_time(&local, time);
		if (local.offset_minutes != offset) {
			offset = local.offset_minutes;
			changes++;
			ck_assert_int_eq(tro_date_weekday(local.date), 7);
			ck_assert_int_ge(local.date.day, 25);
			ck_assert_int_eq(local.date.month, offset == 60 ? 3 : 10);
			ck_assert_int_eq(local.hour, offset == 60 ? 2 : 1);
			ck_assert_int_eq(local.minute, 0);
		}
		ck_assert_int_eq(tro_uk_to_time(&back, local.date, local.hour, local.minute,
					 local.second, NULL),
			TRO_OK);
		ck_assert(back == time || (offset == 0 && back == time - hour_us));
	}
	ck_assert_int_eq(changes, 40);
}
END_TEST

START_TEST(times_before_1970_have_a_local_time_too)
{
	tro_time_us time;
	tro_uk_local local;

	ck_assert_int_eq(tro_time_parse(&time, "1969-12-31T23:59:59.500000Z", NULL), TRO_OK);
	tro_uk_from_time(&local, time);
	ck_assert_int_eq(local.date.year, 1969);
	ck_assert_int_eq(local.hour, 23);
	ck_assert_int_eq(local.second, 59);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

int main(void)
{
	Suite *suite = suite_create("calendar");
	TCase *tcase = tcase_create("calendar");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(
		tcase, the_fifth_working_day_follows_the_providers_division, 0, COUNT(fifth_days));
	tcase_add_test(tcase, a_one_off_holiday_is_known);
	tcase_add_test(tcase, nothing_is_computed_beyond_the_years_of_the_file);
	tcase_add_test(tcase, an_unknown_division_and_a_senseless_count_are_refused);
	tcase_add_test(tcase, our_form_says_what_the_feed_says);
	tcase_add_loop_test(
		tcase, a_calendar_is_read_strictly_and_its_faults_name_the_line, 0, COUNT(forms));
	tcase_add_loop_test(
		tcase, what_does_not_begin_as_a_calendar_is_refused, 0, COUNT(bad_heads));
	tcase_add_test(tcase, a_line_of_any_length_and_a_nul_byte_are_refused);
	tcase_add_loop_test(tcase, local_times_follow_summer_time, 0, COUNT(local_times));
	tcase_add_loop_test(tcase, a_time_of_day_has_one_spelling, 0, COUNT(clocks));
	tcase_add_loop_test(tcase, a_day_ends_at_local_midnight, 0, COUNT(days));
	tcase_add_test(tcase, local_time_comes_back_and_changes_only_at_one_in_the_morning_utc);
	tcase_add_test(tcase, times_before_1970_have_a_local_time_too);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
