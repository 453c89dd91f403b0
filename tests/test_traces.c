/* Traces: what a value tells, and where it is found again. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "case/traces.h"
#include "suite.h"

static tro_err err;

static void setup(void)
{
	ck_assert_int_eq(tro_xml_init(&err), TRO_OK);
}

static const struct {
	const char *value, *text;
	bool found;
} places[] = {
	{"+447700900123", "07700 900123", true},
	{"+447700900123", "call 07700-900-123 now", true},
	{"+447700900123", "0044 (0)7700.900123", true},
	{"+447700900123", "+44 7700 900124", false},
	{"+447700900123", "07700 900, 123 others", true}, /* rather too much than too little */
	{"+447700900123", "07700 900 and then 123", false},
	{"07700 900123", "tel:+447700900123", true},
	{"004999010640000", "00499901064000", true}, /* without the check digit */
	{"004999010640000", "IMEI 00-499901-064000-0", true},
	{"004999010640000", "004999010640018", false},
	{"12345678", "12345678", false}, /* eight digits are a date */
	{"2026-11-02", "2026-11-02", false},
	{"2026-11-02T09:00:00.000000Z", "2026-11-02T09:00:00.000000Z", false},
	{"northway", "northway", false}, /* codes are in every case */
	{"AE1", "AE1", false},
	{"Ann Example", "seen by ANN EXAMPLE", true},
	{"Ann Example", "Ann  Example", false},
	{"Marks & Sons <the shop>", "<p>Marks &amp; Sons &lt;the shop&gt;</p>", true},
	{"Marks & Sons <the shop>", "Marks & Sons <the shop>", true},
	{"first line of it\nsecond line of it", "... second line of it ...", true},
	{"Zoë", "zoë", true},
	{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", true},
};

START_TEST(a_value_is_found_in_every_spelling_and_nothing_else_is)
{
	tro_traces *traces = tro_traces_new();

	ck_assert_int_eq(tro_traces_add(traces, places[_i].value, &err), TRO_OK);
	ck_assert_msg(
		tro_traces_in(traces, places[_i].text, strlen(places[_i].text)) == places[_i].found,
		"'%s' in '%s'", places[_i].value, places[_i].text);
	tro_traces_free(traces);
}
END_TEST

static tro_xml_doc *parse(const char *text)
{
	tro_xml_doc *doc = NULL;

	ck_assert_int_eq(
		tro_xml_parse(&doc, text, strlen(text), "test", &tro_xml_limits_default, &err),
		TRO_OK);
	return doc;
}

START_TEST(words_that_remain_as_a_value_are_forgotten_and_numbers_never_are)
{
	tro_traces *traces = tro_traces_new();
	tro_xml_doc *data = parse("<a n='07700 900123'><b>Column B</b><b>Ann Example</b></a>");
	tro_xml_doc *rest = parse("<c column='Column B' n='07700 900123'>by Ann Example</c>");
	tro_xml_node *place = NULL;

	ck_assert_int_eq(tro_traces_add_all(traces, tro_xml_root(data), &err), TRO_OK);
	ck_assert_int_eq(tro_traces_forget(traces, tro_xml_root(rest), &err), TRO_OK);
	ck_assert(!tro_traces_in(traces, "Column B", 8));
	ck_assert(tro_traces_in(traces, "Ann Example", 11)); /* within a value, not one */
	ck_assert(tro_traces_in(traces, "07700900123", 11));
	ck_assert(tro_traces_below(traces, tro_xml_root(rest), &place));
	ck_assert_int_eq(tro_xml_node_kind(place), TRO_XML_ATTRIBUTE);
	ck_assert_str_eq(tro_xml_name(place), "n");
	tro_traces_free(traces);
	tro_xml_free(data);
	tro_xml_free(rest);
}
END_TEST

START_TEST(text_between_elements_is_looked_at_too)
{
	tro_traces *traces = tro_traces_new();
	tro_xml_doc *mixed = parse("<p>call <b>him</b> on 07700 900123</p>");
	tro_xml_node *place = NULL;

	ck_assert_int_eq(tro_traces_add(traces, "+447700900123", &err), TRO_OK);
	ck_assert(tro_traces_below(traces, tro_xml_root(mixed), &place));
	ck_assert_str_eq(tro_xml_name(place), "p");
	tro_traces_free(traces);
	tro_xml_free(mixed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("traces");
	TCase *tests = tcase_create("traces");

	tcase_add_checked_fixture(tests, setup, tro_xml_quit);
	tcase_add_loop_test(tests, a_value_is_found_in_every_spelling_and_nothing_else_is, 0,
		(int)(sizeof(places) / sizeof(places[0])));
	tcase_add_test(tests, words_that_remain_as_a_value_are_forgotten_and_numbers_never_are);
	tcase_add_test(tests, text_between_elements_is_looked_at_too);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
