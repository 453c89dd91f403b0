/* From what a person wrote to the event: each type of parameter, tables, files, and every fault. */
#include "case_world.h"

#include "crypto/crypto.h"
#include "suite.h"

static world w;

static void setup(void)
{
	open_world(&w);
	new_case(&w);
}

static void teardown(void)
{
	close_world(&w);
}

#define H64 "00000000000000000000000000000000000000000000000000000000000000ff"

/* `as` is what the case then holds; NULL when the value is refused, and `why` is part of the
 * reason. */
static const struct {
	const char *param, *value, *as, *why;
} values[] = {
	{"reason", "plain", "plain", NULL},
	{"reason", "a\r\nb\rc\n\n", "a\nb\nc", NULL},
	{"reason", "caf\xc3\xa9 <&>", "caf\xc3\xa9 &lt;&amp;&gt;", NULL},
	{"reason", "a\x01z", NULL, "UTF-8"},
	{"reason", "a\xffz", NULL, "UTF-8"},
	{"fined", "2026-02-28", "2026-02-28", NULL},
	{"fined", "2026-02-29", NULL, ""},
	{"fined", "28/02/2026", NULL, ""},
	{"fined", "2026-02-28 ", NULL, ""},
	{"fined", "", NULL, ""},
	{"at", "00:00", "00:00", NULL},
	{"at", "23:59", "23:59", NULL},
	{"at", "24:00", NULL, "15:00"},
	{"at", "7:00", NULL, "15:00"},
	{"at", "12:60", NULL, "15:00"},
	{"at", "12:00:00", NULL, "15:00"},
	{"seen", "2026-11-11 14:00", "2026-11-11T14:00:00.000000Z", NULL},
	{"seen", "2026-07-01 14:00", "2026-07-01T13:00:00.000000Z", NULL},
	{"seen", "2026-11-11T14:00:00+01:00", "2026-11-11T13:00:00.000000Z", NULL},
	{"seen", "2026-03-29 01:30", NULL, ""}, /* that half hour did not exist */
	{"seen", "2026-11-11 25:00", NULL, "UK local"},
	{"seen", "2026-11-11", NULL, "UK local"},
	{"seen", "2026-02-30 10:00", NULL, ""},
	{"phone", "07700 900123", "+447700900123", NULL},
	{"phone", "+44 (0)7700 900123", "+447700900123", NULL},
	{"phone", "07911 123456", NULL, "could belong to somebody"},
	{"phone", "12", NULL, ""},
	{"driver", "P-2222-2222", NULL, "enrolled"},
	{"offence", "bay", "bay", NULL},
	{"offence", "lane", NULL, "yellow-line bay meter"},
	{"offence", "bay meter", NULL, "give one code"},
	{"offence", "ba", NULL, "not one of"},
	{"offence", "", NULL, "missing"},
	{"place", "kerb", "kerb", NULL},
	{"place", "lawn", NULL, "bay kerb"},
	{"signs", "kerb post kerb", "kerb post", NULL},
	{"signs", "kerb tree", NULL, "tree"},
	{"signs", "  ", NULL, "missing"},
	{"fine", "12.50", "12.50", NULL},
	{"fine", "12", "12.00", NULL},
	{"fine", "0.05", "0.05", NULL},
	{"fine", "12.5", NULL, "250.00"},
	{"fine", "12.505", NULL, "250.00"},
	{"fine", "-1.00", NULL, "250.00"},
	{"fine", "1,000.00", NULL, "250.00"},
	{"fine", ".50", NULL, "250.00"},
	{"fine", "1000000001.00", NULL, "250.00"},
	{"meter", "0", "0", NULL},
	{"meter", "42", "42", NULL},
	{"meter", "-1", NULL, "whole number"},
	{"meter", "4.0", NULL, "whole number"},
	{"meter", "", NULL, "whole number"},
	{"meter", "18446744073709551616", NULL, "whole number"},
	{"paid", "yes", "yes", NULL},
	{"paid", "no", "no", NULL},
	{"paid", "true", NULL, "yes or no"},
	{"picture", H64, H64, NULL},
	{"picture", "sha256:" H64, H64, NULL},
	{"picture", "sha256:ff", NULL, "64"},
	{"picture", H64 "0", NULL, "64"},
};

START_TEST(a_value_is_kept_in_one_spelling_or_refused_with_its_reason)
{
	char expected[512];

	tro_status status = ACT(&w, ADA, "facts", values[_i].param, values[_i].value);

	(void)fprintf(stderr, "%s=%s\n", values[_i].param, values[_i].value);
	if (values[_i].as != NULL) {
		CHECK_OK(status);
		(void)snprintf(expected, sizeof(expected), "<facts><%s>%s</%s></facts>",
			values[_i].param, values[_i].as, values[_i].param);
		ck_assert_msg(document_holds(w.c, expected), "not kept as %s", expected);
		return;
	}
	CHECK_STATUS(status, TRO_INVALID);
	ck_assert_uint_eq(tro_findings_count_level(w.findings, TRO_LEVEL_BLOCK), 1);
	size_t at = 0;
	const tro_finding *f = tro_findings_at(w.findings, at);

	while (f->level != TRO_LEVEL_BLOCK) { /* doubts about a value come before its refusal */
		f = tro_findings_at(w.findings, ++at);
	}
	ck_assert_str_eq(f->id, "argument");
	ck_assert_str_eq(f->place, values[_i].param);
	ck_assert_msg(strstr(f->message, values[_i].why) != NULL, "%s", f->message);
	ck_assert_uint_eq(w.c->count, 1);
	ck_assert(document_holds(w.c, "<facts></facts>"));
}
END_TEST

START_TEST(a_person_is_one_who_is_enrolled)
{
	CHECK_OK(ACT(&w, ADA, "facts", "driver", w.person[JOAN]));
	ck_assert(document_holds(w.c, w.person[JOAN]));
}
END_TEST

START_TEST(a_text_has_a_limit_and_no_byte_of_zero)
{
	tro_buf text = TRO_BUF_INIT;

	for (size_t i = 0; i < (size_t)64 * 1024; i++) {
		tro_buf_putc(&text, 'x');
	}
	CHECK_OK(ACT(&w, ADA, "facts", "reason", text.ptr));
	tro_buf_putc(&text, 'x');
	CHECK_STATUS(ACT(&w, ADA, "facts", "reason", text.ptr), TRO_INVALID);
	CHECK_FOUND(&w, "argument", "65536");
	arguments a = {.list = {{.name = "reason", .value = "a\0b", .len = 3}}, .count = 1};

	CHECK_STATUS(act_with(&w, w.c, ADA, "facts", &a), TRO_INVALID);
	CHECK_FOUND(&w, "argument", "NUL");
	tro_buf_done(&text);
}
END_TEST

START_TEST(every_fault_is_told_at_once)
{
	CHECK_STATUS(ACT(&w, ADA, "facts", "fined", "yesterday", "at", "noon", "reason", "a",
			     "reason", "b", "colour", "red", "fine", "lots"),
		TRO_INVALID);
	CHECK_MESSAGE("5 things are wrong");
	ck_assert_uint_eq(tro_findings_count(w.findings), 5);
	CHECK_FOUND(&w, "argument", "yesterday");
	CHECK_FOUND(&w, "argument", "noon");
	CHECK_FOUND(&w, "argument", "twice");
	CHECK_FOUND(&w, "argument", "no such parameter");
	CHECK_FOUND(&w, "argument", "lots");
	CHECK_STATUS(ACT(&w, ADA, "inquire"), TRO_INVALID);
	ck_assert_uint_eq(tro_findings_count(w.findings), 2);
	CHECK_FOUND(&w, "argument", "required");
}
END_TEST

START_TEST(a_value_that_came_from_a_file_says_so)
{
	arguments a = {.list = {{.name = "fine", .value = "x", .len = 1, .source = "fine.txt"}},
		.count = 1};

	CHECK_STATUS(act_with(&w, w.c, ADA, "facts", &a), TRO_INVALID);
	ck_assert_str_eq(tro_findings_at(w.findings, 0)->place, "fine from fine.txt");
}
END_TEST

/* ---- tables ---- */

static tro_status rows(const char *csv)
{
	arguments a = {
		.list = {{.name = "list", .value = csv, .len = strlen(csv), .source = "cars.csv"}},
		.count = 1};

	return act_with(&w, w.c, ADA, "vehicles", &a);
}

/* The type of the device stands behind it in the file, and before it in the declaration. */
START_TEST(a_table_becomes_rows_of_canonical_values)
{
	CHECK_OK(rows("device,kind,plate,wheels,msisdn\r\n"
		      "07700 900001,msisdn,\"AB12, CDE\",4,\r\n"
		      "00499901 064000,imei,XY1,2,07700900002\r\n"));
	ck_assert(document_holds(w.c,
		"<vehicle n=\"1\"><plate>AB12, CDE</plate><wheels>4</wheels><kind>msisdn</kind>"
		"<device>+447700900001</device></vehicle>"
		"<vehicle n=\"2\"><plate>XY1</plate><wheels>2</wheels><kind>imei</kind>"
		"<device>004999010640000</device><msisdn>+447700900002</msisdn></vehicle>"));
}
END_TEST

START_TEST(every_bad_cell_is_named_by_row_and_column_and_no_row_is_taken)
{
	CHECK_STATUS(rows("plate,wheels,kind,device\n"
			  "A1,4,,\n"
			  ",four,,\n"
			  "\"B\n2\",4,,\n"
			  "C3,,msisdn,07911123456\n"
			  "D4,4,,07700900001\n"
			  "E5,4,udid,x\n"),
		TRO_INVALID);
	CHECK_FOUND(&w, "argument", "cars.csv, row 3, column plate");
	CHECK_FOUND(&w, "argument", "cars.csv, row 3, column wheels");
	CHECK_FOUND(&w, "argument", "cars.csv, row 5, column wheels");
	CHECK_FOUND(&w, "argument", "cars.csv, row 5, column device");
	CHECK_FOUND(&w, "argument", "cars.csv, row 6, column device");
	CHECK_FOUND(&w, "argument", "cars.csv, row 7, column kind");
	ck_assert(!found(&w, "argument", "cars.csv, row 2"));
	ck_assert(document_holds(w.c, "<vehicles></vehicles>"));
}
END_TEST

static const struct {
	const char *csv, *why;
} tables[] = {
	{"plate,wheels\n", "no row"},
	{"", ""},
	{"plate,wheels,colour\nA1,4,red\n", "unknown column 'colour'"},
	{"plate,wheels,plate\nA1,4,B2\n", "column 'plate' stands twice"},
	{"plate\nA1\n", "required"},
	{"plate,wheels\nA1\n", "cars.csv:2"},
	{"plate,wheels\n\"A1,4\n", ""},
	{"plate,wheels\nA\xff,4\n", ""},
};

START_TEST(a_table_that_does_not_fit_is_refused)
{
	CHECK_STATUS(rows(tables[_i].csv), TRO_INVALID);
	CHECK_FOUND(&w, "argument", tables[_i].why);
	ck_assert_uint_eq(w.c->count, 1);
}
END_TEST

START_TEST(a_fault_beside_a_table_is_told_with_those_of_the_table)
{
	CHECK_STATUS(
		ACT(&w, ADA, "vehicles", "list", "plate,wheels\nA1,x\nB2,y\n", "seen", "never"),
		TRO_INVALID);
	ck_assert_uint_eq(tro_findings_count(w.findings), 3);
	CHECK_FOUND(&w, "argument", "list, row 2, column wheels");
	CHECK_FOUND(&w, "argument", "list, row 3, column wheels");
	CHECK_FOUND(&w, "argument", "never");
}
END_TEST

/* ---- files ---- */

#define PIXELS "\x89PNG\r\n\x1a\npixels"

static const char *photo(const char *name, const char *bytes)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", test_dir, name);
	write_file(path, bytes, strlen(bytes));
	return path;
}

static bool kept(const char *bytes)
{
	char path[300];
	char hex[TRO_HEX_SIZE(32)];
	uint8_t sha256[32];

	tro_sha256(sha256, bytes, strlen(bytes));
	tro_hex_encode(hex, sha256, sizeof(sha256));
	(void)snprintf(path, sizeof(path), "exhibits/%s/%s", w.id, hex);
	return exists(in_store(path));
}

START_TEST(a_file_is_kept_under_its_hash_with_name_size_and_type)
{
	tro_exhibit_info info;
	tro_buf bytes = TRO_BUF_INIT;

	CHECK_OK(ACT(&w, ADA, "photo", "file", photo("a car.png", PIXELS), "ref", "P1"));
	ck_assert(kept(PIXELS));
	ck_assert(tro_case_exhibit_at(w.c, 0, &info));
	ck_assert_str_eq(info.ref, "P1");
	ck_assert_str_eq(info.name, "a car.png");
	ck_assert_str_eq(info.media, "image/png");
	ck_assert_str_eq(info.size, "14");
	CHECK_OK(tro_case_exhibit_read(&bytes, w.c, "P1", &err));
	ck_assert_str_eq(bytes.ptr, PIXELS);
	ck_assert(!tro_case_exhibit_at(w.c, 1, &info));
	tro_buf_done(&bytes);
}
END_TEST

START_TEST(a_file_is_taken_only_when_everything_else_is_right)
{
	const char *path = photo("a.png", PIXELS);

	CHECK_STATUS(
		ACT(&w, ADA, "photo", "file", path, "ref", "P1", "taken", "then"), TRO_INVALID);
	CHECK_STATUS(ACT(&w, ADA, "photo", "file", path), TRO_INVALID);
	CHECK_STATUS(ACT(&w, ADA, "photo", "file", path, "ref", "P1", "by", "x"), TRO_INVALID);
	ck_assert(!kept(PIXELS));
	CHECK_OK(ACT(&w, ADA, "photo", "file", path, "ref", "P1", "taken", "2026-11-01"));
	ck_assert(kept(PIXELS));
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
	CHECK_STATUS(
		ACT(&w, ADA, "photo", "file", "/nowhere/at/all.png", "ref", "P1"), TRO_INVALID);
	CHECK_FOUND(&w, "argument", "/nowhere/at/all.png");
	CHECK_STATUS(ACT(&w, ADA, "photo", "file", test_dir, "ref", "P1"), TRO_INVALID);
	CHECK_STATUS(
		ACT(&w, ADA, "photo", "file", photo("a\nb.png", "x"), "ref", "P1"), TRO_INVALID);
	CHECK_FOUND(&w, "argument", "name");
	CHECK_STATUS(ACT(&w, ADA, "photo", "file", "", "ref", "P1"), TRO_INVALID);
	CHECK_STATUS(ACT(&w, ADA, "photo", "ref", "P1"), TRO_INVALID);
	ck_assert_uint_eq(w.c->count, 1);
}
END_TEST

/* ---- what can be asked for ---- */

START_TEST(parameters_are_told_with_the_columns_of_tables)
{
	tro_param_info *params = NULL;
	size_t count = 0;
	const char *title = NULL;

	CHECK_OK(tro_case_params(&params, &count, w.c, "vehicles", &title, NULL, &err));
	ck_assert_uint_eq(count, 7);
	ck_assert_str_eq(title, "Add vehicles");
	ck_assert_str_eq(params[0].type, "rows");
	ck_assert(params[0].required && !params[0].column);
	ck_assert_str_eq(params[1].name, "plate");
	ck_assert(params[1].required && params[1].column);
	ck_assert_str_eq(params[6].name, "seen");
	ck_assert(!params[6].column);
	free(params);
	CHECK_STATUS(tro_case_params(&params, &count, w.c, "fly", NULL, NULL, &err), TRO_NOT_FOUND);
	CHECK_OK(tro_workflow_params(&params, &count, w.registry, "parking", &err));
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(params[0].name, "title");
	free(params);
	CHECK_STATUS(
		tro_workflow_params(&params, &count, w.registry, "chess", &err), TRO_NOT_FOUND);
}
END_TEST

START_TEST(a_form_shows_what_stands_there_now)
{
	tro_buf value = TRO_BUF_INIT;
	tro_buf codes = TRO_BUF_INIT;

	ck_assert_str_eq(tro_case_form_event(w.c), "facts");
	CHECK_OK(tro_case_form_value(&value, w.c, "facts", "reason", &err));
	ck_assert_str_eq(value.ptr, "");
	CHECK_OK(ACT(&w, ADA, "facts", "reason", "because"));
	CHECK_OK(tro_case_form_value(&value, w.c, "facts", "reason", &err));
	ck_assert_str_eq(value.ptr, "because");
	CHECK_OK(tro_case_codes(&codes, w.c, "places", &err));
	ck_assert_str_eq(codes.ptr, "bay kerb");
	tro_buf_done(&value);
	tro_buf_done(&codes);
}
END_TEST

#define COUNT(list) (int)(sizeof(list) / sizeof(*(list)))

int main(void)
{
	Suite *suite = suite_create("arguments");
	TCase *tests = tcase_create("arguments");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, a_value_is_kept_in_one_spelling_or_refused_with_its_reason, 0,
		COUNT(values));
	tcase_add_test(tests, a_person_is_one_who_is_enrolled);
	tcase_add_test(tests, a_text_has_a_limit_and_no_byte_of_zero);
	tcase_add_test(tests, every_fault_is_told_at_once);
	tcase_add_test(tests, a_value_that_came_from_a_file_says_so);
	tcase_add_test(tests, a_table_becomes_rows_of_canonical_values);
	tcase_add_test(tests, every_bad_cell_is_named_by_row_and_column_and_no_row_is_taken);
	tcase_add_loop_test(tests, a_table_that_does_not_fit_is_refused, 0, COUNT(tables));
	tcase_add_test(tests, a_fault_beside_a_table_is_told_with_those_of_the_table);
	tcase_add_test(tests, a_file_is_kept_under_its_hash_with_name_size_and_type);
	tcase_add_test(tests, a_file_is_taken_only_when_everything_else_is_right);
	tcase_add_test(tests, what_is_no_file_is_refused);
	tcase_add_test(tests, parameters_are_told_with_the_columns_of_tables);
	tcase_add_test(tests, a_form_shows_what_stands_there_now);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
