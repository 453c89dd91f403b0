#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/finding.h>
#include <tro/time.h>

#include "base/arena.h"
#include "base/text.h"
#include "suite.h"

START_TEST(a_message_that_does_not_fit_ends_in_dots)
{
	tro_err err;
	char *text = malloc(2 * sizeof(err.message));

	memset(text, 'x', 2 * sizeof(err.message) - 1);
	text[2 * sizeof(err.message) - 1] = '\0';
	ck_assert_int_eq(tro_err_set(&err, TRO_INVALID, "%s", text), TRO_INVALID);
	ck_assert_uint_eq(strlen(err.message), sizeof(err.message) - 1);
	ck_assert_str_eq(err.message + sizeof(err.message) - 4, "...");
	free(text);
}
END_TEST

START_TEST(context_is_prepended_and_the_status_stays)
{
	tro_err err;
	tro_status status = tro_err_set(&err, TRO_KEY, "wrong passphrase");

	ck_assert_int_eq(tro_err_prefix(&err, status, "key %s", "a.key"), TRO_KEY);
	ck_assert_str_eq(err.message, "key a.key: wrong passphrase");
	ck_assert_int_eq(tro_err_set(NULL, TRO_NO, "nobody listens"), TRO_NO);
}
END_TEST

START_TEST(a_buffer_remembers_that_it_grew_over_its_limit)
{
	tro_buf buf = TRO_BUF_INIT;

	buf.max_len = 4;
	tro_buf_puts(&buf, "abc");
	tro_buf_puts(&buf, "de");
	tro_buf_putc(&buf, 'f');
	ck_assert_int_eq(tro_buf_status(&buf, NULL), TRO_NOMEM);
	ck_assert_str_eq(buf.ptr, "abc");
	tro_buf_done(&buf);
}
END_TEST

START_TEST(a_detached_buffer_is_never_null)
{
	tro_buf buf = TRO_BUF_INIT;
	char *text = NULL;
	size_t len = 9;

	ck_assert_int_eq(tro_buf_detach(&text, &len, &buf, NULL), TRO_OK);
	ck_assert_str_eq(text, "");
	ck_assert_uint_eq(len, 0);
	free(text);
	tro_buf_printf(&buf, "%d-%s", 7, "x");
	ck_assert_int_eq(tro_buf_detach(&text, &len, &buf, NULL), TRO_OK);
	ck_assert_str_eq(text, "7-x");
	free(text);
}
END_TEST

static const struct {
	const char *text;
	bool good;
} base64_cases[] = {
	{"", true},
	{"AA==", true},
	{"AAA=", true},
	{"AAAA", true},
	{"AB==", false},
	{"AAB=", false},
	{"A===", false},
	{"AA=A", false},
	{"AAA", false},
	{"AA==AAAA", false},
	{"AA\n=", false},
	{"_-==", false},
};

START_TEST(base64_that_does_not_re_encode_is_refused)
{
	uint8_t bytes[16];
	size_t len = 0;
	const char *text = base64_cases[_i].text;

	ck_assert_int_eq(tro_base64_decode(bytes, sizeof(bytes), &len, text, strlen(text)),
		base64_cases[_i].good);
	if (base64_cases[_i].good) {
		tro_buf again = TRO_BUF_INIT;

		tro_base64_encode(&again, bytes, len);
		ck_assert_str_eq(again.ptr, text);
		tro_buf_done(&again);
	}
}
END_TEST

START_TEST(hexadecimal_is_lower_case_and_of_the_exact_length)
{
	uint8_t bytes[2];

	ck_assert(tro_hex_decode(bytes, 2, "00ff", 4));
	ck_assert_uint_eq(bytes[1], 255);
	ck_assert(!tro_hex_decode(bytes, 2, "00FF", 4));
	ck_assert(!tro_hex_decode(bytes, 2, "00f", 3));
	ck_assert(!tro_hex_decode(bytes, 2, "00ff0", 5));
}
END_TEST

static const struct {
	const char *text;
	size_t len;
	bool good;
} utf8_cases[] = {
	{"a\xc3\xa9\xe2\x80\x94", 6, true},
	{"\xc0\x80", 2, false},
	{"\xed\xa0\x80", 3, false},
	{"\xf4\x90\x80\x80", 4, false},
	{"\xe2\x80", 2, false},
	{"\xff", 1, false},
};

START_TEST(overlong_forms_and_surrogates_are_not_utf8)
{
	ck_assert_int_eq(
		tro_utf8_valid(utf8_cases[_i].text, utf8_cases[_i].len), utf8_cases[_i].good);
}
END_TEST

START_TEST(c1_controls_hide_behind_two_bytes_and_are_found)
{
	ck_assert(tro_text_has_control("a\xc2\x85", 3, "\n"));
	ck_assert(!tro_text_has_control("a\nb", 3, "\n"));
	ck_assert(tro_text_has_control("a\nb", 3, ""));
}
END_TEST

START_TEST(decimals_have_one_spelling)
{
	uint64_t value;

	ck_assert(tro_decimal_parse(&value, "18446744073709551615", 20));
	ck_assert_uint_eq(value, UINT64_MAX);
	ck_assert(!tro_decimal_parse(&value, "18446744073709551616", 20));
	ck_assert(!tro_decimal_parse(&value, "01", 2));
	ck_assert(!tro_decimal_parse(&value, "+1", 2));
	ck_assert(!tro_decimal_parse(&value, "", 0));
}
END_TEST

START_TEST(times_survive_a_round_trip)
{
	static const char *const times[] = {"2026-11-23T10:15:00.000000Z",
		"0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z",
		"1969-12-31T23:59:59.999999Z", "2024-02-29T12:00:00.500000Z"};
	tro_time_us time;
	char text[TRO_TIME_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		ck_assert_int_eq(tro_time_parse(&time, times[i], NULL), TRO_OK);
		tro_time_format(text, time);
		ck_assert_str_eq(text, times[i]);
	}
	ck_assert_int_eq(tro_time_parse(&time, "2026-07-01T15:00:00+01:00", NULL), TRO_OK);
	tro_time_format(text, time);
	ck_assert_str_eq(text, "2026-07-01T14:00:00.000000Z");
}
END_TEST

static const char *const bad_times[] = {"2026-11-23", "2026-02-29T00:00:00Z",
	"2026-11-23T24:00:00Z", "2026-11-23T10:15:00", "2026-11-23T10:15:00.0000001Z",
	"2026-11-23T10:15:00.Z", "2026-11-23T10:15:00Zx", "2026-11-23 10:15:00Z",
	"0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"};

START_TEST(what_is_no_time_is_refused)
{
	tro_time_us time;

	ck_assert_int_eq(tro_time_parse(&time, bad_times[_i], NULL), TRO_INVALID);
}
END_TEST

START_TEST(weekdays_follow_iso_8601)
{
	tro_date date;

	ck_assert_int_eq(tro_date_parse(&date, "2026-11-24", NULL), TRO_OK);
	ck_assert_int_eq(tro_date_weekday(date), 2);
	ck_assert_int_eq(tro_date_parse(&date, "1969-12-29", NULL), TRO_OK);
	ck_assert_int_eq(tro_date_weekday(date), 1);
	ck_assert_int_eq(tro_date_parse(&date, "2026-2-3", NULL), TRO_INVALID);
}
END_TEST

START_TEST(findings_keep_their_own_copies)
{
	tro_findings *list = tro_findings_new();
	char place[] = "line 3";

	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(
			tro_findings_add(list, i % 2 == 0 ? TRO_LEVEL_BLOCK : TRO_LEVEL_WARN, "R5",
				place, NULL, NULL, NULL, "row %d", i),
			TRO_OK);
	}
	place[0] = 'X';
	ck_assert_uint_eq(tro_findings_count(list), 20);
	ck_assert_uint_eq(tro_findings_count_level(list, TRO_LEVEL_WARN), 10);
	ck_assert_str_eq(tro_findings_at(list, 19)->message, "row 19");
	ck_assert_str_eq(tro_findings_at(list, 0)->place, "line 3");
	ck_assert_str_eq(tro_findings_at(list, 0)->basis, "");
	tro_findings_free(list);
}
END_TEST

START_TEST(an_arena_serves_pieces_larger_than_its_blocks)
{
	tro_arena *arena = tro_arena_new();
	char *large = tro_arena_alloc(arena, 100000);
	char *text = tro_arena_printf(arena, "%s-%d", "a", 1);

	ck_assert_ptr_nonnull(large);
	ck_assert_int_eq(large[99999], 0);
	ck_assert_str_eq(text, "a-1");
	ck_assert_ptr_null(tro_arena_array(arena, SIZE_MAX / 2, 4));
	tro_arena_free(arena);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

int main(void)
{
	Suite *suite = suite_create("base");
	TCase *tcase = tcase_create("base");

	tcase_add_test(tcase, a_message_that_does_not_fit_ends_in_dots);
	tcase_add_test(tcase, context_is_prepended_and_the_status_stays);
	tcase_add_test(tcase, a_buffer_remembers_that_it_grew_over_its_limit);
	tcase_add_test(tcase, a_detached_buffer_is_never_null);
	tcase_add_loop_test(
		tcase, base64_that_does_not_re_encode_is_refused, 0, COUNT(base64_cases));
	tcase_add_test(tcase, hexadecimal_is_lower_case_and_of_the_exact_length);
	tcase_add_loop_test(
		tcase, overlong_forms_and_surrogates_are_not_utf8, 0, COUNT(utf8_cases));
	tcase_add_test(tcase, c1_controls_hide_behind_two_bytes_and_are_found);
	tcase_add_test(tcase, decimals_have_one_spelling);
	tcase_add_test(tcase, times_survive_a_round_trip);
	tcase_add_loop_test(tcase, what_is_no_time_is_refused, 0, COUNT(bad_times));
	tcase_add_test(tcase, weekdays_follow_iso_8601);
	tcase_add_test(tcase, findings_keep_their_own_copies);
	tcase_add_test(tcase, an_arena_serves_pieces_larger_than_its_blocks);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
