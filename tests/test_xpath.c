#include "xpath_fixture.h"

#include <math.h>

static const struct evaluation evaluations[] = {
	{"count(item)", "2"},
	{"sum(item/n)", "12"},
	{"item[2]/n", "7"},
	{"item[n > 5]/@id", "2"},
	{"p:item/@id", "3"},
	{"q:item/@id", "3"},
	{"string(note)", "abc"},
	{"count(note/node())", "4"},
	{"local-name(/*)", "case"},
	{"position() + last()", "2"},
	{"item[last()]/@id", "2"},
	{"//n[. = 7]/ancestor::item/@id", "2"},
	{"boolean(nothing)", "false"},
	{"nothing", ""},
	{"nothing = nothing", "false"},
	{"substring('12345', 2, 3)", "234"},
	{"normalize-space('  a  b ')", "a b"},
	{"translate('+44 7700 900123', '+ ', '')", "447700900123"},
	{"concat('a', 1, true())", "a1true"},
	{"floor(2.6) + ceiling(2.2) + round(2.5)", "8"},
	{"lang('en')", "false"},
	{"name(namespace::p)", "p"},
	{"string(namespace::p)", "urn:p"},
	{"namespace::p", "urn:p"},
	{"id('x')", ""},
	/* XPath 1.0, 4.2: numbers as text */
	{"1000000 * 1000000", "1000000000000"},
	{"353000000000000 + 17", "353000000000017"},
	{"string(9007199254740993)", "9007199254740992"},
	{"concat(1700000000000000, '')", "1700000000000000"},
	{"string-length(100000000000)", "12"},
	{"contains(1000000000000, '000000')", "true"},
	{"substring(1234567890123, 10)", "0123"},
	{"translate(20000000000, 0, 1)", "21111111111"},
	{"0.000001", "0.000001"},
	{"-0.00000125", "-0.00000125"},
	{"12345678901.5", "12345678901.5"},
	{"0.1 + 0.2", "0.3"},
	{"-0", "0"},
	{"1 div 0", "Infinity"},
	{"-1 div 0", "-Infinity"},
	{"number('x')", "NaN"},
	{"100", "100"},
	{"-1.5", "-1.5"},
};

START_TEST(standard_expressions_have_their_standard_values)
{
	tro_xml_doc *doc = parsed(document);
	tro_xpath *xpath = tro_xpath_new(0);
	tro_err err;

	ck_assert_int_eq(tro_xpath_set_prefix(xpath, "p", "urn:p", &err), TRO_OK);
	ck_assert_int_eq(tro_xpath_set_prefix(xpath, "q", "urn:p", &err), TRO_OK);
	assert_text(xpath, evaluations[_i].text, tro_xml_root(doc), evaluations[_i].expected);
	tro_xpath_free(xpath);
	tro_xml_free(doc);
}
END_TEST

START_TEST(without_a_node_there_is_nothing_to_select)
{
	static const char *const empty[] = {"/", ".", "..", "//*", "@a", "string()", "name()",
		"local-name()", "namespace-uri()", "normalize-space()", "id('a')", "ancestor::*",
		"namespace::*", "preceding::node()"};
	tro_xpath *xpath = tro_xpath_new(0);

	for (int i = 0; i < COUNT(empty); i++) {
		assert_text(xpath, empty[i], NULL, "");
	}
	assert_text(xpath, "string-length()", NULL, "0");
	assert_text(xpath, "lang('en')", NULL, "false");
	assert_text(xpath, "1 + 1", NULL, "2");
	tro_xpath_free(xpath);
}
END_TEST

static const struct fault {
	const char *text;
	const char *message;
} faults[] = {
	{"", "'' is no XPath expression: "},
	{"1 +", "'1 +' is no XPath expression: malformed expression at offset 3"},
	{"a[", "'a[' is no XPath expression: "},
	{"a[1", "'a[1' is no XPath expression: malformed predicate at offset 3"},
	{"'abc", "''abc' is no XPath expression: text without its closing quotation mark"},
	{"a b", "'a b' is no XPath expression: "},
	{"\xff", "XPath expression is not UTF-8"},
	{"p:a", "cannot evaluate 'p:a': prefix that no namespace is bound to"},
	{"f()", "cannot evaluate 'f()': function f not found"},
	{"document('a')", "cannot evaluate 'document('a')': function document not found"},
	{"count()", "cannot evaluate 'count()': wrong number of arguments"},
	{"count(1)", "cannot evaluate 'count(1)': value of the wrong type"},
	{"1/a", "cannot evaluate '1/a': value of the wrong type"},
	{"$v", "cannot evaluate '$v': unknown variable $v"},
	{"$q:v", "cannot evaluate '$q:v': "},
};

START_TEST(faults_name_the_expression_and_the_reason)
{
	tro_xpath *xpath = tro_xpath_new(0);
	tro_err err;

	ck_assert_int_eq(status_of(xpath, faults[_i].text, NULL, &err), TRO_INVALID);
	ck_assert_msg(strncmp(err.message, faults[_i].message, strlen(faults[_i].message)) == 0,
		"'%s' instead of '%s'", err.message, faults[_i].message);
	tro_xpath_free(xpath);
}
END_TEST

static void fill(tro_buf *out, const char *open, const char *middle, const char *close, int times)
{
	for (int i = 0; i < times; i++) {
		tro_buf_puts(out, open);
	}
	tro_buf_puts(out, middle);
	for (int i = 0; i < times; i++) {
		tro_buf_puts(out, close);
	}
}

START_TEST(deep_and_long_expressions_are_refused_not_run)
{
	static const struct {
		const char *open, *close;
		int times;
	} bombs[] = {{"(", ")", 30000}, {"a[", "]", 20000}, {"string(", ")", 8000},
		{"a|", "", 40000}, {"a", "", 70000}};
	tro_xml_doc *doc = parsed(document);
	tro_xpath *xpath = tro_xpath_new(1000);
	tro_err err;

	for (int i = 0; i < COUNT(bombs); i++) {
		tro_buf text = TRO_BUF_INIT;

		fill(&text, bombs[i].open, "a", bombs[i].close, bombs[i].times);
		ck_assert_msg(status_of(xpath, text.ptr, tro_xml_root(doc), &err) == TRO_INVALID,
			"bomb %d", i);
		tro_buf_done(&text);
	}
	assert_text(xpath, "1", NULL, "1");
	tro_xpath_free(xpath);
	tro_xml_free(doc);
}
END_TEST

START_TEST(an_expression_that_takes_too_many_operations_is_stopped)
{
	static const char *const bombs[] = {"//*[//*[//*[//*[//*]]]]",
		"count(//*/ancestor::*/descendant::*/following::*/preceding::*/ancestor::*)",
		"//*[count(//*[count(//*) > 0]) > count(//*[count(//*) > 1])]"};
	tro_buf text = TRO_BUF_INIT;
	tro_err err;

	tro_buf_puts(&text, "<a>");
	fill(&text, "<b><c/></b>", "</a>", "", 1000);
	tro_xml_doc *doc = parsed(text.ptr);
	tro_xpath *xpath = tro_xpath_new(100000);

	for (int i = 0; i < COUNT(bombs); i++) {
		ck_assert_int_eq(status_of(xpath, bombs[i], tro_xml_root(doc), &err), TRO_INVALID);
		ck_assert_ptr_nonnull(strstr(err.message, "limit of operations exceeded"));
	}
	tro_xpath_free(xpath);
	tro_xml_free(doc);
	tro_buf_done(&text);
}
END_TEST

START_TEST(each_evaluation_has_the_whole_limit_to_itself)
{
	tro_xml_doc *doc = parsed(document);
	tro_xpath *xpath = tro_xpath_new(200);
	tro_xpath_expr *expr = NULL;
	tro_err err;

	ck_assert_int_eq(tro_xpath_compile(&expr, "item/@id = 2", &err), TRO_OK);
	for (int i = 0; i < 1000; i++) {
		tro_xpath_value *value = NULL;

		ck_assert_msg(
			tro_xpath_eval(&value, xpath, expr, tro_xml_root(doc), &err) == TRO_OK,
			"evaluation %d: %s", i, err.message);
		ck_assert(tro_xpath_truth(value));
		tro_xpath_value_free(value);
		/* Nor does one that failed leave anything behind. */
		ck_assert_int_eq(status_of(xpath, "//*[//*[//*[//*]]]", tro_xml_root(doc), &err),
			TRO_INVALID);
	}
	tro_xpath_expr_free(expr);
	tro_xpath_free(xpath);
	tro_xml_free(doc);
}
END_TEST

START_TEST(nodes_come_in_document_order_and_once)
{
	tro_xml_doc *doc = parsed(document);
	tro_xml_node *root = tro_xml_root(doc);
	tro_xml_node *first = tro_xml_first(root);
	tro_xml_node *second = tro_xml_next(first);
	tro_xml_node *nodes[] = {second, first, tro_xml_first(first), second, root, first};
	tro_xpath_value *value = tro_xpath_value_nodes(nodes, 6);

	ck_assert_uint_eq(tro_xpath_node_count(value), 4);
	ck_assert_ptr_eq(tro_xpath_node_at(value, 0), root);
	ck_assert_ptr_eq(tro_xpath_node_at(value, 1), first);
	ck_assert_ptr_eq(tro_xpath_node_at(value, 3), second);
	ck_assert_ptr_null(tro_xpath_node_at(value, 4));
	tro_xpath_value_free(value);

	tro_xpath *xpath = tro_xpath_new(0);
	tro_xpath_expr *expr = NULL;
	tro_err err;

	ck_assert_int_eq(
		tro_xpath_compile(&expr, "item[2]/preceding-sibling::* | item[2] | .", &err),
		TRO_OK);
	ck_assert_int_eq(tro_xpath_eval(&value, xpath, expr, root, &err), TRO_OK);
	ck_assert_int_eq((int)tro_xpath_value_type(value), TRO_XPATH_NODES);
	ck_assert_uint_eq(tro_xpath_node_count(value), 3);
	ck_assert_ptr_eq(tro_xpath_node_at(value, 0), root);
	ck_assert_ptr_eq(tro_xpath_node_at(value, 1), first);
	ck_assert_ptr_eq(tro_xpath_node_at(value, 2), second);
	tro_xpath_value_free(value);
	tro_xpath_expr_free(expr);
	tro_xpath_free(xpath);
	tro_xml_free(doc);
}
END_TEST

START_TEST(a_value_can_be_freed_after_its_nodes)
{
	tro_xml_doc *doc = parsed(document);
	tro_xpath *xpath = tro_xpath_new(0);
	tro_xpath_expr *expr = NULL;
	tro_xpath_value *value = NULL;
	tro_err err;

	ck_assert_int_eq(tro_xpath_compile(&expr, "item | note/text() | item/@id", &err), TRO_OK);
	ck_assert_int_eq(tro_xpath_eval(&value, xpath, expr, tro_xml_root(doc), &err), TRO_OK);
	ck_assert_uint_eq(tro_xpath_node_count(value), 6);
	for (size_t i = tro_xpath_node_count(value); i > 0; i--) {
		tro_xml_remove(tro_xpath_node_at(value, i - 1));
	}
	assert_canonical(tro_xml_root(doc),
		"<case><p:item xmlns:p=\"urn:p\" id=\"3\"></p:item><note><b>b</b></note></case>");
	tro_xml_free(doc);
	tro_xpath_value_free(value);
	tro_xpath_expr_free(expr);
	tro_xpath_free(xpath);
}
END_TEST

START_TEST(the_nodes_of_a_namespace_axis_live_in_their_value)
{
	tro_xml_doc *doc = parsed("<a xmlns='urn:a' xmlns:p='urn:p'/>");
	tro_xpath *xpath = tro_xpath_new(0);
	tro_xpath_expr *expr = NULL;
	tro_xpath_value *value = NULL;
	tro_err err;

	ck_assert_int_eq(tro_xpath_compile(&expr, "namespace::p | .", &err), TRO_OK);
	ck_assert_int_eq(tro_xpath_eval(&value, xpath, expr, tro_xml_root(doc), &err), TRO_OK);
	ck_assert_uint_eq(tro_xpath_node_count(value), 2);
	for (size_t i = 0; i < 2; i++) {
		tro_xml_node *node = tro_xpath_node_at(value, i);
		bool is_element = tro_xml_node_kind(node) == TRO_XML_ELEMENT;

		ck_assert_str_eq(tro_xml_name(node), is_element ? "a" : "");
		ck_assert_ptr_null(tro_xml_parent(node));
		ck_assert_ptr_null(tro_xml_next(node));
		ck_assert_ptr_null(tro_xml_first(node));
		ck_assert_ptr_null(tro_xml_get(node, NULL, "b"));
		tro_xml_remove(is_element ? tro_xml_append(node, NULL, "b", NULL) : node);
	}
	tro_xpath_value_free(value);
	tro_xpath_expr_free(expr);
	tro_xpath_free(xpath);
	tro_xml_free(doc);
}
END_TEST

START_TEST(a_context_meets_more_expressions_than_it_keeps)
{
	tro_xpath *xpath = tro_xpath_new(0);

	for (int i = 0; i < 10000; i++) {
		tro_buf text = TRO_BUF_INIT;
		tro_buf expected = TRO_BUF_INIT;

		tro_buf_printf(&text, "%d + 1", i);
		tro_buf_printf(&expected, "%d", i + 1);
		assert_text(xpath, text.ptr, NULL, expected.ptr);
		tro_buf_done(&text);
		tro_buf_done(&expected);
	}
	tro_xpath_free(xpath);
}
END_TEST

START_TEST(values_convert_as_xpath_says)
{
	tro_xpath_value *values[] = {tro_xpath_value_string(" 12 "), tro_xpath_value_string(""),
		tro_xpath_value_number(0), tro_xpath_value_number(NAN),
		tro_xpath_value_boolean(true), tro_xpath_value_nodes(NULL, 0)};
	static const bool truths[] = {true, false, false, false, true, false};
	static const double numbers[] = {12, NAN, 0, NAN, 1, NAN};
	static const char *const texts[] = {" 12 ", "", "0", "NaN", "true", ""};
	tro_err err;

	for (int i = 0; i < COUNT(values); i++) {
		tro_buf text = TRO_BUF_INIT;
		double number = tro_xpath_number(values[i]);

		ck_assert(tro_xpath_truth(values[i]) == truths[i]);
		ck_assert(isnan(numbers[i]) ? isnan(number)
					    : !(number < numbers[i]) && !(number > numbers[i]));
		ck_assert_int_eq(tro_xpath_text(&text, values[i], &err), TRO_OK);
		ck_assert_str_eq(text.ptr, texts[i]);
		tro_buf_done(&text);
		tro_xpath_value_free(values[i]);
	}
	tro_xpath_value_free(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("xpath");
	TCase *tcase = tcase_create("xpath");

	tcase_add_checked_fixture(tcase, setup, tro_xml_quit);
	tcase_add_loop_test(
		tcase, standard_expressions_have_their_standard_values, 0, COUNT(evaluations));
	tcase_add_test(tcase, without_a_node_there_is_nothing_to_select);
	tcase_add_loop_test(tcase, faults_name_the_expression_and_the_reason, 0, COUNT(faults));
	tcase_add_test(tcase, deep_and_long_expressions_are_refused_not_run);
	tcase_add_test(tcase, an_expression_that_takes_too_many_operations_is_stopped);
	tcase_add_test(tcase, each_evaluation_has_the_whole_limit_to_itself);
	tcase_add_test(tcase, nodes_come_in_document_order_and_once);
	tcase_add_test(tcase, a_value_can_be_freed_after_its_nodes);
	tcase_add_test(tcase, the_nodes_of_a_namespace_axis_live_in_their_value);
	tcase_add_test(tcase, a_context_meets_more_expressions_than_it_keeps);
	tcase_add_test(tcase, values_convert_as_xpath_says);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
