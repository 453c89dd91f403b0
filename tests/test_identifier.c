#include <check.h>
#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/identifier.h>

#include "suite.h"

static const struct {
	const char *type;
	const char *text;
	const char *canonical;
	const char *warning; /* part of the one warning; "" for none */
} good[] = {
	{"msisdn", "07700 900123", "+447700900123", ""},
	{"msisdn", "+44 7700 900123", "+447700900123", ""},
	{"msisdn", "00447700900123", "+447700900123", ""},
	{"msisdn", "447700900123", "+447700900123", ""},
	{"msisdn", "+44 (0)7700 900123", "+447700900123", ""},
	{"msisdn", "+4407700900123", "+447700900123", ""},
	{"msisdn", "(07700) 900-123", "+447700900123", ""},
	{"msisdn", "07700.900.123", "+447700900123", ""},
	{"msisdn", " 7700900123 ", "+447700900123", ""},
	{"msisdn", "07400 123456", "+447400123456", ""},
	{"msisdn", "07624 123456", "+447624123456", "Isle of Man"},
	{"msisdn", "07781 123456", "+447781123456", "Guernsey"},
	{"msisdn", "07797 123456", "+447797123456", "Jersey"},
	{"msisdn", "07509 123456", "+447509123456", "Jersey"},
	{"msisdn", "07839 123456", "+447839123456", "Guernsey"},
	{"msisdn", "07012 345678", "+447012345678", "070"},
	{"msisdn", "07640 123456", "+447640123456", "076"},
	{"msisdn", "07700 800123", "+447700800123", "Jersey"},
	{"msisdn", "07700 500123", "+447700500123", "no range"},
	{"imei", "352099001761481", "352099001761481", ""},
	{"imei", "35-209900-176148-1", "352099001761481", ""},
	{"imei", "35209900176148", "352099001761481", ""},
	{"imei", "352099001761480", "352099001761481", "carries 0"},
	{"imei", "352099001761482", "352099001761482", "check digit"},
	{"imei", "490154203237518", "490154203237518", ""},
	{"imei", "000000000000000", "000000000000000", "repeats"},
	{"imeisv", "35 209900 176148 23", "3520990017614823", ""},
	{"iccid", "8944000000000000001", "8944000000000000001", ""},
	{"iccid", "8944 0000 0000 0000 001", "8944000000000000001", ""},
	{"iccid", "8944000000000000001F", "8944000000000000001", ""},
	{"iccid", "894400000000000000", "8944000000000000001", "lacks"},
	{"iccid", "8944000000000000002", "8944000000000000002", "check digit"},
	{"iccid", "89440000000000000002", "89440000000000000002", ""},
	{"iccid", "8933000000000000004", "8933000000000000004", "outside"},
	{"imsi", "234150123456789", "234150123456789", ""},
	{"imsi", "235910123456789", "235910123456789", ""},
	{"imsi", "001010123456789", "001010123456789", ""},
	{"imsi", "208010123456789", "208010123456789", "abroad"},
	{"imsi", "23415012345678", "23415012345678", "has 14"},
	{"min", "555 010 0001", "5550100001", ""},
	{"msin", "0123456789", "0123456789", ""},
	{"meid", "a0000000002329", "A0000000002329", ""},
	{"meid", "268435456000009001", "A0000000002329", ""},
	{"meid", "35209900176148", "35209900176148", "as an IMEI"},
	{"esn", "12ff00ab", "12FF00AB", ""},
	{"esn", "80ff00ab", "80FF00AB", "pseudo"},
	{"esn", "01816711851", "12FF00AB", ""},
	{"mac", "00:00:5E:00:53:01", "00:00:5e:00:53:01", ""},
	{"mac", "0000.5e00.5301", "00:00:5e:00:53:01", ""},
	{"mac", "00-00-5e-00-53-01", "00:00:5e:00:53:01", ""},
	{"mac", "02:00:5e:00:53:01", "02:00:5e:00:53:01", "random"},
	{"mac", "01:00:5e:00:53:01", "01:00:5e:00:53:01", "group"},
	{"udid", "ABCDEF0123456789ABCDEF0123456789ABCDEF01",
		"abcdef0123456789abcdef0123456789abcdef01", ""},
	{"udid", "00008030-001a2b3c4d5e6f70", "00008030-001A2B3C4D5E6F70", ""},
	{"android-id", "0123456789ABCDEF", "0123456789abcdef", "Android 8"},
	{"other", "  Serial  no.\xc2\xa0 7 \xe2\x84\x96 ", "Serial no. 7 \xe2\x84\x96", ""},
};

START_TEST(usual_spellings_have_one_canonical_form)
{
	char out[TRO_IDENTIFIER_SIZE];
	char again[TRO_IDENTIFIER_SIZE];
	tro_findings *findings = tro_findings_new();
	tro_err err;

	ck_assert_msg(tro_identifier_parse(
			      out, good[_i].type, good[_i].text, "row 7", findings, &err) == TRO_OK,
		"%s", err.message);
	ck_assert_str_eq(out, good[_i].canonical);
	if (good[_i].warning[0] == '\0') {
		ck_assert_uint_eq(tro_findings_count(findings), 0);
	} else {
		const tro_finding *finding = tro_findings_at(findings, 0);

		ck_assert_uint_eq(tro_findings_count(findings), 1);
		ck_assert_int_eq(finding->level, TRO_LEVEL_WARN);
		ck_assert_str_eq(finding->id, "R54");
		ck_assert_str_eq(finding->place, "row 7");
		ck_assert_msg(
			strstr(finding->message, good[_i].warning) != NULL, "%s", finding->message);
	}
	ck_assert_int_eq(tro_identifier_parse(again, good[_i].type, out, "", NULL, &err), TRO_OK);
	ck_assert_str_eq(again, out);
	tro_findings_free(findings);
}
END_TEST

static const struct {
	const char *type;
	const char *text;
	const char *says;
} bad[] = {
	{"msisdn", "", "empty"},
	{"msisdn", "   ", "empty"},
	{"msisdn", "07700 90012", "9 digits"},
	{"msisdn", "07700 9001234", "11 digits"},
	{"msisdn", "+353 87 123 4567", "not a mobile number of +44"},
	{"msisdn", "020 7946 0018", "not a mobile number of +44"},
	{"msisdn", "+44 20 7946 0018", "not a mobile number of +44"},
	{"msisdn", "+7700900123", "not a mobile number of +44"},
	{"msisdn", "++447700900123", "not a telephone number"},
	{"msisdn", "07700 9OO123", "not a telephone number"},
	{"msisdn", "(07700 900123", "do not pair"},
	{"msisdn", "07700) (900123", "do not pair"},
	{"msisdn", "((07700)) 900123", "do not pair"},
	{"msisdn", "()", "not a telephone number"},
	{"msisdn", "+", "not a telephone number"},
	{"msisdn", "\xd9\xa0\xd9\xa7\xd9\xa7\xd9\xa0\xd9\xa0", "U+0660"},
	{"msisdn",
		"0\xef\xbc\x97"
		"700900123",
		"character 2 is U+FF17"},
	{"msisdn",
		"07700\xc2\xa0"
		"900123",
		"U+00A0"},
	{"msisdn", "07700900123\n", "U+000A"},
	{"msisdn", "07700900123\r", "U+000D"},
	{"msisdn", "\x1b[31m07700900123", "U+001B"},
	{"msisdn", "07700\xff", "not UTF-8"},
	{"msisdn", "0770090012300000000000000000000000000000000000000000000000000000000000000",
		"over 63"},
	{"imei", "3520990017614812", "imeisv"},
	{"imei", "3520990017614", "15 digits"},
	{"imei", "35209900176148A", "15 digits"},
	{"imeisv", "352099001761481", "16 digits"},
	{"iccid", "7944000000000000001", "begin 89"},
	{"iccid", "89440000000000000", "19 or 20"},
	{"iccid", "89440000000000000000001", "19 or 20"},
	{"iccid", "89440000F0000000001", "19 or 20"},
	{"iccid", "FFFFFFFFFFFFFFFFFFF", "19 or 20"},
	{"imsi", "2341501234567890", "15 at most"},
	{"imsi", "23415", "15 at most"},
	{"imsi", "+23415012345678", "15 at most"},
	{"min", "555010001", "10 digits"},
	{"msin", "01234567890", "9 or 10"},
	{"meid", "A00000000023291", "without the check digit"},
	{"meid", "G0000000002329", "hexadecimal"},
	{"meid", "429496729600009001", "4294967295"},
	{"meid", "268435456016777216", "16777215"},
	{"esn", "12ff00a", "8 hexadecimal"},
	{"esn", "25600000001", "255"},
	{"esn", "01816777216", "16777215"},
	{"mac", "00:00:5e:00:53", "12 hexadecimal"},
	{"mac", "00:00:5e:00:53:0g", "12 hexadecimal"},
	{"udid", "abcdef", "40 hexadecimal"},
	{"android-id", "0123456789abcde", "16 hexadecimal"},
	{"android-id", "0123-456789abcdef", "16 hexadecimal"},
	{"other", "", "empty"},
	{"other", " \xc2\xa0 ", "empty"},
	{"other", "a\tb", "U+0009"},
	{"other",
		"abc\xe2\x80\xae"
		"def",
		"U+202E"},
	{"other",
		"abc\xe2\x80\x8b"
		"def",
		"U+200B"},
	{"other", "\xc3\x28", "not UTF-8"},
	{"phone", "07700900123", "unknown type"},
	{"", "07700900123", "unknown type"},
};

START_TEST(what_is_no_identifier_is_refused_and_says_what_to_write)
{
	char out[TRO_IDENTIFIER_SIZE] = "left over";
	tro_findings *findings = tro_findings_new();
	tro_err err;

	ck_assert_int_eq(
		tro_identifier_parse(out, bad[_i].type, bad[_i].text, "row 7", findings, &err),
		TRO_INVALID);
	ck_assert_msg(strstr(err.message, bad[_i].says) != NULL, "%s", err.message);
	for (const char *p = err.message; *p != '\0'; p++) {
		ck_assert_msg((unsigned char)*p >= ' ', "the message holds a control character");
	}
	ck_assert_str_eq(out, "");
	ck_assert_uint_eq(tro_findings_count(findings), 0);
	tro_findings_free(findings);
}
END_TEST

START_TEST(an_overlong_value_is_refused_under_every_type)
{
	char out[TRO_IDENTIFIER_SIZE];
	char text[4096];

	memset(text, '7', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (const tro_identifier_type *type = tro_identifier_types; type->name != NULL; type++) {
		ck_assert_int_eq(
			tro_identifier_parse(out, type->name, text, "", NULL, NULL), TRO_INVALID);
		ck_assert_int_eq(
			tro_identifier_parse(out, type->name, text + 4095 - 128, "", NULL, NULL),
			TRO_INVALID);
		ck_assert(tro_identifier_type_known(type->name));
	}
	ck_assert(!tro_identifier_type_known("phone"));
}
END_TEST

START_TEST(other_takes_up_to_127_bytes)
{
	char out[TRO_IDENTIFIER_SIZE];
	char text[128];

	memset(text, 'x', 127);
	text[127] = '\0';
	ck_assert_int_eq(tro_identifier_parse(out, "other", text, "", NULL, NULL), TRO_OK);
	ck_assert_str_eq(out, text);
}
END_TEST

/* The patterns of libphonenumber's metadata, as an oracle for the table of ranges. */
static const char mobile_pattern[] =
	"^7((457[0-57-9]|700[01]|911[028])[0-9]{5}|([1-3][0-9][0-9]|4([0-46-9][0-9]|5[0-689])|5(0["
	"0-"
	"8]|[13-9][0-9]|2[0-35-9])|7(0[1-9]|[1-7][0-9]|8[02-9]|9[0-689])|8([014-9][0-9]|[23][0-8])|"
	"9([024-9][0-9]|1[02-9]|3[0-689]))[0-9]{6})$";
static const char pager_pattern[] = "^76((464|652)[0-9]{5}|(0[0-28]|2[356]|34|4[01347]|5[49]|6[0-"
				    "369]|77|8[14]|9[139])[0-9]{6})$";

START_TEST(every_prefix_is_judged_as_libphonenumber_judges_it)
{
	regex_t mobile;
	regex_t pager;

	ck_assert_int_eq(regcomp(&mobile, mobile_pattern, REG_EXTENDED | REG_NOSUB), 0);
	ck_assert_int_eq(regcomp(&pager, pager_pattern, REG_EXTENDED | REG_NOSUB), 0);
	for (int prefix = 70000; prefix < 80000; prefix++) {
		tro_findings *findings = tro_findings_new();
		char national[20];
		char text[24];
		char out[TRO_IDENTIFIER_SIZE];

		(void)snprintf(national, sizeof(national), "%05d12345", prefix);
		(void)snprintf(text, sizeof(text), "0%s", national);
		ck_assert_int_eq(
			tro_identifier_parse(out, "msisdn", text, "", findings, NULL), TRO_OK);
		bool warned = tro_findings_count(findings) > 0;
		const char *message = warned ? tro_findings_at(findings, 0)->message : "";

		ck_assert_msg(
			warned == (regexec(&mobile, national, 0, NULL, 0) != 0), "%s", national);
		ck_assert_msg((strstr(message, "pager") != NULL) ==
				      (regexec(&pager, national, 0, NULL, 0) == 0),
			"%s", national);
		ck_assert_msg((strstr(message, "070") != NULL && strstr(message, "personal")) ==
				      (prefix / 1000 == 70),
			"%s", national);
		tro_findings_free(findings);
	}
	regfree(&mobile);
	regfree(&pager);
}
END_TEST

static char *fictional_list(void)
{
	FILE *file = fopen(TRO_SOURCE_DIR "/workflows/registers/fictional.txt", "rb");
	char *list = calloc(1, 65536);

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_gt(fread(list, 1, 65535, file), 0);
	ck_assert_int_eq(fclose(file), 0);
	return list;
}

START_TEST(fictional_values_are_told_from_those_of_somebody)
{
	char *list = fictional_list();

	ck_assert(tro_identifier_fictional("msisdn", "+447700900000", NULL));
	ck_assert(tro_identifier_fictional("msisdn", "+447700900999", list));
	ck_assert(!tro_identifier_fictional("msisdn", "+447700901000", list));
	ck_assert(!tro_identifier_fictional("msisdn", "+447700800123", list));
	ck_assert(tro_identifier_fictional("imsi", "001010123456789", NULL));
	ck_assert(!tro_identifier_fictional("imsi", "234150123456789", list));
	ck_assert(tro_identifier_fictional("imei", "004999010640000", list));
	ck_assert(!tro_identifier_fictional("imei", "004999010640000", NULL));
	ck_assert(!tro_identifier_fictional("iccid", "004999010640000", list));
	ck_assert(!tro_identifier_fictional("imei", "00499901064000", list));
	ck_assert(!tro_identifier_fictional("imei", "352099001761481", list));
	ck_assert(!tro_identifier_fictional("other", "", list));
	free(list);
}
END_TEST

START_TEST(the_list_of_fictional_values_is_canonical)
{
	char *list = fictional_list();
	size_t count = 0;

	for (char *line = list; *line != '\0'; count++) {
		size_t len = strcspn(line, "\n");
		char *next = line + len + (line[len] == '\n' ? 1 : 0);

		line[len] = '\0';
		if (*line != '#') {
			char out[TRO_IDENTIFIER_SIZE];
			char *value = strchr(line, ' ');

			ck_assert_ptr_nonnull(value);
			*value++ = '\0';
			ck_assert_msg(
				tro_identifier_parse(out, line, value, "", NULL, NULL) == TRO_OK,
				"%s %s", line, value);
			ck_assert_str_eq(out, value);
		}
		line = next;
	}
	ck_assert_uint_gt(count, 100);
	free(list);
}
END_TEST

START_TEST(random_bytes_are_refused_or_read_to_a_fixed_point)
{
	const uint32_t seed = 20261124;
	uint32_t state = seed;

	printf("seed %u\n", seed);
	for (int round = 0; round < 20000; round++) {
		static const char alphabet[] = "0123456789aAfF+-() .:/\x01\xc2\xa0\xef\xbc\x97";
		char text[40];
		char out[TRO_IDENTIFIER_SIZE];
		char again[TRO_IDENTIFIER_SIZE];
		size_t types = 0;

		while (tro_identifier_types[types].name != NULL) {
			types++;
		}
		ck_assert_uint_gt(types, 0);
		state = state * 1664525u + 1013904223u;
		size_t len = (state >> 8) % (sizeof(text) - 1);
		const char *type = tro_identifier_types[(state >> 16) % types].name;

		for (size_t i = 0; i < len; i++) {
			state = state * 1664525u + 1013904223u;
			text[i] = alphabet[(state >> 16) % (sizeof(alphabet) - 1)];
		}
		text[len] = '\0';
		if (tro_identifier_parse(out, type, text, "", NULL, NULL) == TRO_OK) {
			ck_assert_int_eq(
				tro_identifier_parse(again, type, out, "", NULL, NULL), TRO_OK);
			ck_assert_str_eq(again, out);
		} else {
			ck_assert_str_eq(out, "");
		}
	}
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

int main(void)
{
	Suite *suite = suite_create("identifier");
	TCase *tcase = tcase_create("identifier");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, usual_spellings_have_one_canonical_form, 0, COUNT(good));
	tcase_add_loop_test(
		tcase, what_is_no_identifier_is_refused_and_says_what_to_write, 0, COUNT(bad));
	tcase_add_test(tcase, an_overlong_value_is_refused_under_every_type);
	tcase_add_test(tcase, other_takes_up_to_127_bytes);
	tcase_add_test(tcase, every_prefix_is_judged_as_libphonenumber_judges_it);
	tcase_add_test(tcase, fictional_values_are_told_from_those_of_somebody);
	tcase_add_test(tcase, the_list_of_fictional_values_is_canonical);
	tcase_add_test(tcase, random_bytes_are_refused_or_read_to_a_fixed_point);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
