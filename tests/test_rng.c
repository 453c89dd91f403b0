#include "xml_fixture.h"

#define RNG "http://relaxng.org/ns/structure/1.0"
#define XSD "http://www.w3.org/2001/XMLSchema-datatypes"

static const char grammar[] =
	"<grammar xmlns='" RNG "' datatypeLibrary='" XSD "'><start>"
	"<element name='case'><element name='items'><zeroOrMore><ref name='item'/></zeroOrMore>"
	"</element><element name='end'><empty/></element></element></start>"
	"<define name='item'><element name='item'>"
	"<attribute name='id'><data type='integer'/></attribute>"
	"<element name='n'><data type='string'><param name='pattern'>[0-9]+</param></data>"
	"</element><optional><element name='k'><choice><value>x</value><value>y</value></choice>"
	"</element></optional></element></define></grammar>";

static tro_rng *compiled(const char *text)
{
	tro_rng *rng = NULL;
	tro_err err;

	ck_assert_msg(tro_rng_parse(&rng, text, strlen(text), "case.rng", &err) == TRO_OK, "%s",
		err.message);
	return rng;
}

/* All findings as "place message" lines. */
static void assert_findings(tro_rng *rng, const char *text, const char *expected)
{
	tro_xml_doc *doc = parsed(text);
	tro_findings *findings = tro_findings_new();
	tro_buf lines = TRO_BUF_INIT;
	tro_err err;
	tro_status status = tro_rng_validate(rng, doc, "case.xml", findings, &err);

	for (size_t i = 0; i < tro_findings_count(findings); i++) {
		const tro_finding *finding = tro_findings_at(findings, i);

		ck_assert_int_eq((int)finding->level, TRO_LEVEL_BLOCK);
		tro_buf_printf(&lines, "%s %s\n", finding->place, finding->message);
	}
	ck_assert_str_eq(lines.ptr, expected);
	ck_assert_int_eq(status, expected[0] == '\0' ? TRO_OK : TRO_INVALID);
	if (status != TRO_OK) {
		tro_err again;

		/* Without a list the verdict is the same, and the first fault is told. */
		ck_assert_int_eq(tro_rng_validate(rng, doc, "case.xml", NULL, &again), TRO_INVALID);
		ck_assert_str_eq(again.message, err.message);
		ck_assert_int_eq(strncmp(err.message, "case.xml:", 9), 0);
	}
	tro_buf_done(&lines);
	tro_findings_free(findings);
	tro_xml_free(doc);
}

static const struct validation {
	const char *text;
	const char *findings;
} validations[] = {
	{"<case><items/><end/></case>", ""},
	{"<case>\n<items>\n<item id=' 1 '><n>12</n><k>x</k></item>\n</items><end/></case>", ""},
	{"<case>\n<items>\n<item id='1'>\n<n>12</n></item>\n<item id='x'>\n<n>abc</n>\n<k>z</k>"
	 "</item>\n<item>\n<n>5</n></item>\n<item id='2'>\n<q/></item></items>\n<end>t</end>"
	 "</case>",
		"case.xml:5 element item: 'x' is no integer\n"
		"case.xml:6 element n: 'abc' does not have the form required (string)\n"
		"case.xml:7 element k: 'z' is none of the values allowed\n"
		"case.xml:8 element item: an attribute is missing or has a value that is not "
		"allowed\n"
		"case.xml:11 element q is not allowed there\n"
		"case.xml:12 element end: text is not allowed in it\n"},
	{"<case>\n<items/></case>", "case.xml:1 element case: an element is missing in it\n"},
	{"<case><items/>\n<end/>\n<end/></case>", "case.xml:3 element end is not allowed there\n"},
	{"<case><items>\n<item id='1' z='1'><n>1</n></item></items><end/></case>",
		"case.xml:2 element item: attribute z is not allowed\n"},
	{"<x/>", "case.xml:1 expecting element case, got x\n"},
	{"<case xmlns='urn:other'/>", "case.xml:1 expecting no namespace for element case\n"},
};

START_TEST(every_fault_is_found_and_placed)
{
	tro_rng *rng = compiled(grammar);

	assert_findings(rng, validations[_i].text, validations[_i].findings);
	tro_rng_free(rng);
}
END_TEST

START_TEST(at_most_fifty_faults_are_listed)
{
	tro_rng *rng = compiled(grammar);
	tro_buf text = TRO_BUF_INIT;
	tro_findings *findings = tro_findings_new();
	tro_err err;

	tro_buf_puts(&text, "<case><items>");
	for (int i = 0; i < 80; i++) {
		tro_buf_puts(&text, "<item id='1'><n>x</n></item>");
	}
	tro_buf_puts(&text, "</items><end/></case>");
	tro_xml_doc *doc = parsed(text.ptr);

	ck_assert_int_eq(tro_rng_validate(rng, doc, "case.xml", findings, &err), TRO_INVALID);
	ck_assert_uint_eq(tro_findings_count(findings), 50);
	tro_xml_free(doc);
	tro_findings_free(findings);
	tro_buf_done(&text);
	tro_rng_free(rng);
}
END_TEST

START_TEST(validation_changes_nothing_and_repeats)
{
	tro_rng *rng = compiled(grammar);
	tro_xml_doc *doc = parsed("<case> <items><!-- c --><item id='1'><n>1</n></item></items>"
				  "<end/></case>");
	char *before = canonical(tro_xml_root(doc));
	tro_err err;

	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(tro_rng_validate(rng, doc, "case.xml", NULL, &err), TRO_OK);
	}
	assert_canonical(tro_xml_root(doc), before);
	free(before);
	tro_xml_free(doc);
	tro_rng_free(rng);
}
END_TEST

START_TEST(a_tree_that_was_built_is_judged_like_one_that_was_parsed)
{
	tro_rng *rng = compiled(grammar);
	tro_xml_doc *doc = tro_xml_new(NULL, "case");
	tro_xml_node *items = tro_xml_append(tro_xml_root(doc), NULL, "items", NULL);
	tro_xml_node *item = tro_xml_append(items, NULL, "item", NULL);
	tro_err err;

	ck_assert_int_eq(tro_xml_set(item, NULL, "id", "1", &err), TRO_OK);
	ck_assert_ptr_nonnull(tro_xml_append(tro_xml_root(doc), NULL, "end", NULL));
	ck_assert_int_eq(tro_rng_validate(rng, doc, "case", NULL, &err), TRO_INVALID);
	ck_assert_str_eq(err.message, "case: element item: an element is missing in it");
	ck_assert_ptr_nonnull(tro_xml_append(item, NULL, "n", "07"));
	ck_assert_int_eq(tro_rng_validate(rng, doc, "case", NULL, &err), TRO_OK);
	tro_xml_free(doc);
	tro_rng_free(rng);
}
END_TEST

static const struct bad_grammar {
	const char *text;
	const char *message;
} bad_grammars[] = {
	{"<grammar", "case.rng:1: "},
	{"<a/>", "case.rng"},
	{"<grammar xmlns='" RNG "'/>", "case.rng"},
	{"<grammar xmlns='" RNG "'><start><ref name='none'/></start></grammar>", "case.rng:1: "},
	{"<grammar xmlns='" RNG "'>\n<include href='/etc/passwd'/></grammar>",
		"case.rng:2: include is not allowed"},
	{"<element name='a' xmlns='" RNG "'><externalRef href='http://127.0.0.1/x'/></element>",
		"case.rng:1: externalRef is not allowed"},
	{"<!DOCTYPE grammar SYSTEM '/etc/passwd'><grammar xmlns='" RNG "'/>",
		"case.rng:1: DOCTYPE is not allowed"},
	{"<element name='a' xmlns='" RNG "' datatypeLibrary='urn:none'><data type='t'/></element>",
		"case.rng:1: "},
};

START_TEST(what_is_no_grammar_or_not_whole_is_refused)
{
	const char *text = bad_grammars[_i].text;
	const char *message = bad_grammars[_i].message;
	tro_rng *rng = NULL;
	tro_err err;

	ck_assert_int_eq(tro_rng_parse(&rng, text, strlen(text), "case.rng", &err), TRO_INVALID);
	ck_assert_ptr_null(rng);
	ck_assert_msg(strncmp(err.message, message, strlen(message)) == 0, "%s", err.message);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rng");
	TCase *tcase = tcase_create("rng");

	tcase_add_checked_fixture(tcase, setup, tro_xml_quit);
	tcase_add_loop_test(tcase, every_fault_is_found_and_placed, 0, COUNT(validations));
	tcase_add_test(tcase, at_most_fifty_faults_are_listed);
	tcase_add_test(tcase, validation_changes_nothing_and_repeats);
	tcase_add_test(tcase, a_tree_that_was_built_is_judged_like_one_that_was_parsed);
	tcase_add_loop_test(
		tcase, what_is_no_grammar_or_not_whole_is_refused, 0, COUNT(bad_grammars));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
