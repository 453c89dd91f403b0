/*
 * Sets of nodes compared by what they say.
 */
#include "xpath_fixture.h"

#include <stdio.h>

#include "xml/sets.h"

static const char rows[] =
	"<order>"
	"<item><n>1</n><number>A</number><serial>S1</serial><does>bar  lock</does></item>"
	"<item><n>2</n><number>B</number></item>"
	"<item><n>3</n><number>A</number></item>"
	"<item><n>4</n><serial>S1</serial></item>"
	"<row><number>A</number><serial> S1 </serial><does> bar lock </does></row>"
	"<row><number>B</number></row>"
	"<row><number>B</number></row>"
	"<row><serial>S9</serial></row>"
	"</order>";

static tro_xpath *with_sets(void)
{
	static const struct {
		const char *name;
		tro_xpath_function function;
	} functions[] = {{"repeated", tro_sets_repeated}, {"distinct", tro_sets_distinct},
		{"among", tro_sets_among}, {"unmatched", tro_sets_unmatched}};
	tro_xpath *xpath = tro_xpath_new(0);
	tro_err err;

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		ck_assert_int_eq(tro_xpath_set_function(xpath, NULL, functions[i].name,
					 functions[i].function, NULL, &err),
			TRO_OK);
	}
	return xpath;
}

static const struct evaluation comparisons[] = {
	{"count(repeated(item/number))", "1"},
	{"repeated(item/number)/../n", "3"},
	{"count(repeated(row/number | item/number))", "4"},
	{"count(repeated(nothing))", "0"},
	{"count(repeated('text'))", "0"},
	{"count(distinct(item/number)) = count(item/number) - 1", "true"},
	{"count(distinct(item/number)[. = ../following-sibling::item/number])", "1"},
	{"count(distinct(nothing))", "0"},
	{"count(among(item/number, row/number))", "3"},
	{"count(among(row, item))", "0"},
	{"among(item/serial, row/serial)", ""},
	{"among(row/number, item[2]/number)", "B"},
	{"count(among(item, nothing))", "0"},
	/* in pairs: what is there once answers for one */
	{"count(unmatched(row, item, 'number'))", "1"},
	{"unmatched(row, item, 'number')/preceding-sibling::row[1]/number", "B"},
	{"unmatched(item, row, 'number')/n", "3"},
	{"count(unmatched(item, row, 'number'))", "1"},
	/* a child that is not there is no other child's text */
	{"count(unmatched(row, item, 'number serial'))", "2"},
	{"unmatched(row, item, 'number serial')[last()]/serial", "S9"},
	{"count(unmatched(row[1], item[1], 'number serial does'))", "0"},
	{"count(unmatched(row[1], item[4], 'serial'))", "0"},
	{"count(unmatched(row[1], item[4], 'number serial'))", "1"},
	{"count(unmatched(row, nothing, 'number'))", "4"},
	{"count(unmatched(nothing, row, 'number'))", "0"},
};

START_TEST(sets_are_compared_by_what_their_nodes_say)
{
	tro_xml_doc *doc = parsed(rows);
	tro_xpath *xpath = with_sets();

	assert_text(xpath, comparisons[_i].text, tro_xml_root(doc), comparisons[_i].expected);
	tro_xpath_free(xpath);
	tro_xml_free(doc);
}
END_TEST

static const char *const arities[] = {"repeated()", "repeated(item, item)", "among(item)",
	"unmatched(item, row)", "unmatched(item, row, 'n', 'n')"};

START_TEST(a_comparison_takes_the_sets_that_it_names)
{
	tro_xml_doc *doc = parsed(rows);
	tro_xpath *xpath = with_sets();
	tro_err err;

	ck_assert_int_eq(status_of(xpath, arities[_i], tro_xml_root(doc), &err), TRO_INVALID);
	ck_assert_ptr_nonnull(strstr(err.message, "arguments"));
	tro_xpath_free(xpath);
	tro_xml_free(doc);
}
END_TEST

START_TEST(two_thousand_rows_are_compared_within_few_operations)
{
	tro_xpath *xpath = tro_xpath_new(50000);
	tro_xml_doc *doc = tro_xml_new(NULL, "order");
	tro_err err;
	char text[24];

	for (int i = 0; i < 2000; i++) {
		(void)snprintf(text, sizeof(text), "%d", i * 7919 % 2000);
		ck_assert_ptr_nonnull(tro_xml_append(tro_xml_root(doc), NULL, "row", text));
	}
	ck_assert_int_eq(
		tro_xpath_set_function(xpath, NULL, "repeated", tro_sets_repeated, NULL, &err),
		TRO_OK);
	ck_assert_int_eq(
		tro_xpath_set_function(xpath, NULL, "among", tro_sets_among, NULL, &err), TRO_OK);
	assert_text(xpath, "count(repeated(row))", tro_xml_root(doc), "0");
	assert_text(xpath, "count(among(row, row))", tro_xml_root(doc), "2000");
	tro_xpath_free(xpath);
	tro_xml_free(doc);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sets");
	TCase *tcase = tcase_create("sets");

	tcase_add_checked_fixture(tcase, setup, tro_xml_quit);
	tcase_add_loop_test(
		tcase, sets_are_compared_by_what_their_nodes_say, 0, COUNT(comparisons));
	tcase_add_loop_test(tcase, a_comparison_takes_the_sets_that_it_names, 0, COUNT(arities));
	tcase_add_test(tcase, two_thousand_rows_are_compared_within_few_operations);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
