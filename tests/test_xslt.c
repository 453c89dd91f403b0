#include "xml_fixture.h"

#include <stdio.h>
#include <unistd.h>

#define STYLESHEET(body)                                                                           \
	"<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform' "          \
	"xmlns:t='urn:t' exclude-result-prefixes='t'>\n" body "</xsl:stylesheet>"
#define ROOT(body) STYLESHEET("<xsl:template match='/'>" body "</xsl:template>")

static const char document[] = "<a id='q'> <b>1</b> <b>2</b> </a>";

static tro_status twice(tro_xpath_call *call, void *user, tro_err *err)
{
	(void)user;
	if (tro_xpath_arg_count(call) != 1) {
		return tro_err_set(err, TRO_REFUSED, "twice() takes one number");
	}
	tro_xpath_return_number(call, 2 * tro_xpath_arg_number(call, 0));
	return TRO_OK;
}

static const tro_xslt_function functions[] = {
	{"urn:t", "twice", twice, NULL}, {NULL, NULL, NULL, NULL}};

static tro_status transform(tro_buf *out, const char *stylesheet, const tro_xslt_param *params,
	const tro_xslt_function *extensions, tro_err *err)
{
	tro_xslt *xslt = NULL;
	tro_status status = tro_xslt_parse(&xslt, stylesheet, strlen(stylesheet), "style.xsl", err);

	if (status != TRO_OK) {
		return status;
	}
	tro_xml_doc *doc = parsed(document);
	char *before = canonical(tro_xml_root(doc));

	status = tro_xslt_apply(out, xslt, doc, params, extensions, err);
	assert_canonical(tro_xml_root(doc), before);
	free(before);
	tro_xml_free(doc);
	tro_xslt_free(xslt);
	return status;
}

static const struct transformation {
	const char *stylesheet;
	const char *output;
} transformations[] = {
	{ROOT("<o n='{count(//b)}'><xsl:copy-of select='//b[2]'/></o>"),
		"<?xml version=\"1.0\"?>\n<o n=\"2\"><b>2</b></o>\n"},
	{STYLESHEET("<xsl:output method='text'/><xsl:template match='/'>"
		    "<xsl:value-of select='sum(//b)'/>&lt;&#xe9;</xsl:template>"),
		"3<\xc3\xa9"},
	{STYLESHEET("<xsl:output method='xml' omit-xml-declaration='yes' indent='yes'/>"
		    "<xsl:template match='/'><o><i/></o></xsl:template>"),
		"<o>\n  <i/>\n</o>\n"},
	{STYLESHEET("<xsl:output encoding='ISO-8859-1'/><xsl:template match='/'><o>&#xe9;</o>"
		    "</xsl:template>"),
		"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<o>\xe9</o>\n"},
	{STYLESHEET("<xsl:output method='text'/><xsl:strip-space elements='*'/>"
		    "<xsl:template match='/'>[<xsl:value-of select='a'/>]</xsl:template>"),
		"[12]"},
	{STYLESHEET("<xsl:output method='text'/><xsl:template match='/'><![CDATA[<x>]]>"
		    "</xsl:template>"),
		"<x>"},
	{STYLESHEET("<xsl:output method='text'/><xsl:template match='/'>"
		    "<xsl:value-of select='t:twice(//b[2]) + t:twice(1)'/></xsl:template>"),
		"6"},
	{STYLESHEET("<xsl:output method='text'/><xsl:key name='k' match='b' use='.'/>"
		    "<xsl:template match='/'><xsl:for-each select=\"//b[generate-id() = "
		    "generate-id(key('k', '2')[1])]\"><xsl:value-of select='.'/>"
		    "</xsl:for-each></xsl:template>"),
		"2"},
	{STYLESHEET("<xsl:output method='text'/><xsl:template match='/'>"
		    "<xsl:value-of select=\"concat(1000000 * 1000000, '')\"/></xsl:template>"),
		"1000000000000"},
	{ROOT("<xsl:message>only said</xsl:message><o/>"), "<?xml version=\"1.0\"?>\n<o/>\n"},
	{STYLESHEET("<xsl:template match='/'/>"), ""},
};

START_TEST(a_stylesheet_makes_what_it_says)
{
	tro_buf out = TRO_BUF_INIT;
	tro_err err;

	for (int i = 0; i < 2; i++) {
		tro_buf_clear(&out);
		ck_assert_msg(transform(&out, transformations[_i].stylesheet, NULL, functions,
				      &err) == TRO_OK,
			"%s", err.message);
		ck_assert_msg(strstr(out.ptr, transformations[_i].output) == out.ptr &&
				      (out.len == 0) == (transformations[_i].output[0] == '\0'),
			"'%s' instead of '%s'", out.ptr, transformations[_i].output);
	}
	tro_buf_done(&out);
}
END_TEST

static const struct fault {
	const char *stylesheet;
	tro_status status;
	const char *message;
} faults[] = {
	/* what would read or write anything but the source */
	{STYLESHEET("<xsl:import href='/etc/passwd'/>"), TRO_INVALID,
		"style.xsl:2: import is denied"},
	{STYLESHEET("<xsl:include href='http://127.0.0.1/x.xsl'/>"), TRO_INVALID,
		"style.xsl:2: include is denied"},
	{ROOT("<xsl:document href='written.out'>x</xsl:document>"), TRO_INVALID,
		"style.xsl:2: document is denied"},
	{ROOT("<e:document xmlns:e='http://exslt.org/common' xsl:extension-element-prefixes='e' "
	      "href='written.out'>x</e:document>"),
		TRO_INVALID, "style.xsl:2: extension-element-prefixes is denied"},
	{"<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform' "
	 "xmlns:r='org.apache.xalan.xslt.extensions.Redirect' extension-element-prefixes='r'>"
	 "<xsl:template match='/'><r:write file='written.out'>x</r:write></xsl:template>"
	 "</xsl:stylesheet>",
		TRO_INVALID, "style.xsl:1: extension-element-prefixes is denied"},
	{ROOT("<xsl:value-of select=\"document('/etc/passwd')\"/>"), TRO_INVALID,
		"style.xsl: document() is denied"},
	{ROOT("<xsl:value-of select=\"document('')\"/>"), TRO_INVALID,
		"style.xsl: document() is denied"},
	{ROOT("<xsl:value-of select=\"document('http://127.0.0.1/', /)\"/>"), TRO_INVALID,
		"style.xsl: document() is denied"},
	{"<!DOCTYPE x [<!ENTITY e SYSTEM '/etc/passwd'>]>" ROOT("&e;"), TRO_INVALID,
		"style.xsl:1: DOCTYPE is not allowed"},
	{ROOT("<xsl:for-each select='//b'><xsl:sort lang='en'/></xsl:for-each>"), TRO_INVALID,
		"style.xsl:2: lang of xsl:sort is denied"},
	/* what would not end */
	{STYLESHEET("<xsl:template match='/' name='r'><xsl:call-template name='r'/>"
		    "</xsl:template>"),
		TRO_INVALID, "style.xsl:2: A potential infinite template recursion"},
	{STYLESHEET("<xsl:variable name='v' select='$v'/><xsl:template match='/'>"
		    "<xsl:value-of select='$v'/></xsl:template>"),
		TRO_INVALID, "style.xsl"},
	/* what is wrong */
	{"<xsl:stylesheet", TRO_INVALID, "style.xsl:1: "},
	{"<a/>", TRO_INVALID, "style.xsl"},
	{ROOT("<xsl:bogus/>"), TRO_INVALID, "style.xsl:2: "},
	{ROOT("<xsl:value-of select='1 +'/>"), TRO_INVALID, "style.xsl: malformed expression"},
	{STYLESHEET("<xsl:template match='['/>"), TRO_INVALID, "style.xsl"},
	{ROOT("<xsl:value-of select='$missing'/>"), TRO_INVALID, "style.xsl:2: variable"},
	{ROOT("<xsl:value-of select='missing()'/>"), TRO_INVALID,
		"style.xsl: function missing not found"},
	{ROOT("<xsl:value-of select='p:a'/>"), TRO_INVALID, "style.xsl: prefix that no namespace"},
	{ROOT("<xsl:call-template name='missing'/>"), TRO_INVALID,
		"style.xsl:2: the called template 'missing' was not found"},
	{ROOT("<xsl:attribute name='1'>x</xsl:attribute>"), TRO_INVALID, "style.xsl"},
	/* what a template or a function refuses itself */
	{ROOT("<xsl:message>before</xsl:message><xsl:message terminate='yes'>no order for "
	      "<xsl:value-of select='/a/@id'/></xsl:message>"),
		TRO_INVALID, "style.xsl: no order for q"},
	{ROOT("<xsl:value-of select='t:twice()'/>"), TRO_REFUSED,
		"style.xsl: twice() takes one number"},
	{ROOT("<xsl:if test='//b[t:twice()]'>x</xsl:if>"), TRO_REFUSED,
		"style.xsl: twice() takes one number"},
};

START_TEST(a_stylesheet_that_is_wrong_or_reaches_out_is_refused)
{
	tro_buf out = TRO_BUF_INIT;
	tro_err err;

	ck_assert_int_eq(
		transform(&out, faults[_i].stylesheet, NULL, functions, &err), faults[_i].status);
	ck_assert_msg(strncmp(err.message, faults[_i].message, strlen(faults[_i].message)) == 0,
		"'%s' instead of '%s'", err.message, faults[_i].message);
	ck_assert_uint_eq(out.len, 0);
	ck_assert_int_ne(access("written.out", F_OK), 0);
	tro_buf_done(&out);
}
END_TEST

START_TEST(an_endless_loop_over_nodes_is_stopped)
{
	tro_buf out = TRO_BUF_INIT;
	tro_err err;

	ck_assert_int_eq(
		transform(&out,
			STYLESHEET("<xsl:template match='/'><xsl:call-template name='r'/>"
				   "</xsl:template><xsl:template name='r'><xsl:param name='d' "
				   "select='0'/><xsl:if test='$d &lt; 200'>"
				   "<xsl:for-each select='//node()'><xsl:call-template name='r'>"
				   "<xsl:with-param name='d' select='$d + 1'/></xsl:call-template>"
				   "</xsl:for-each></xsl:if></xsl:template>"),
			NULL, NULL, &err),
		TRO_INVALID);
	ck_assert_ptr_nonnull(strstr(err.message, "limit"));
	tro_buf_done(&out);
}
END_TEST

START_TEST(an_expensive_expression_in_a_stylesheet_is_stopped)
{
	static const char stylesheet[] = ROOT("<xsl:value-of select='count(//*[count(//*[count("
					      "//*[count(//*) > 0]) > 0]) > 0])'/>");
	tro_xml_doc *doc = tro_xml_new(NULL, "a");
	tro_xslt *xslt = NULL;
	tro_buf out = TRO_BUF_INIT;
	tro_err err;

	for (int i = 0; i < 300; i++) {
		ck_assert_ptr_nonnull(tro_xml_append(tro_xml_root(doc), NULL, "b", NULL));
	}
	ck_assert_int_eq(
		tro_xslt_parse(&xslt, stylesheet, strlen(stylesheet), "style.xsl", &err), TRO_OK);
	ck_assert_int_eq(tro_xslt_apply(&out, xslt, doc, NULL, NULL, &err), TRO_INVALID);
	ck_assert_str_eq(err.message, "style.xsl: limit of operations exceeded");
	tro_xslt_free(xslt);
	tro_xml_free(doc);
	tro_buf_done(&out);
}
END_TEST

START_TEST(a_loop_that_asks_nothing_is_stopped_too)
{
	static const char loop[] = STYLESHEET(
		"<xsl:template match='/'><xsl:variable name='n' select='//b'/>"
		"<xsl:for-each select='$n'><xsl:for-each select='$n'><xsl:call-template name='i'/>"
		"</xsl:for-each></xsl:for-each></xsl:template><xsl:template name='i'>");
	tro_buf stylesheet = TRO_BUF_INIT;
	tro_xml_doc *doc = tro_xml_new(NULL, "a");
	tro_xslt *xslt = NULL;
	tro_buf out = TRO_BUF_INIT;
	tro_err err;

	tro_buf_put(&stylesheet, loop, sizeof(loop) - sizeof("</xsl:stylesheet>"));
	for (int i = 0; i < 60; i++) {
		tro_buf_printf(&stylesheet, "<xsl:variable name='v%d'/>", i);
	}
	tro_buf_puts(&stylesheet, "</xsl:template></xsl:stylesheet>");
	for (int i = 0; i < 300; i++) {
		ck_assert_ptr_nonnull(tro_xml_append(tro_xml_root(doc), NULL, "b", NULL));
	}
	ck_assert_msg(
		tro_xslt_parse(&xslt, stylesheet.ptr, stylesheet.len, "style.xsl", &err) == TRO_OK,
		"%s", err.message);
	ck_assert_int_eq(tro_xslt_apply(&out, xslt, doc, NULL, NULL, &err), TRO_INVALID);
	ck_assert_msg(strstr(err.message, "limit") != NULL, "%s", err.message);
	tro_xslt_free(xslt);
	tro_xml_free(doc);
	tro_buf_done(&stylesheet);
	tro_buf_done(&out);
}
END_TEST

START_TEST(parameters_are_strings_whatever_they_hold)
{
	static const tro_xslt_param params[] = {
		{"p", "a'b\"c &<"}, {"q", "concat(1, 2)"}, {"unknown", "x"}, {NULL, NULL}};
	tro_buf out = TRO_BUF_INIT;
	tro_err err;

	ck_assert_int_eq(
		transform(&out,
			STYLESHEET("<xsl:output method='text'/><xsl:param name='p'/>"
				   "<xsl:param name='q' select=\"'default'\"/>"
				   "<xsl:param name='r' select=\"'default'\"/>"
				   "<xsl:template match='/'>"
				   "<xsl:value-of select=\"concat($p, '|', $q, '|', $r)\"/>"
				   "</xsl:template>"),
			params, NULL, &err),
		TRO_OK);
	ck_assert_str_eq(out.ptr, "a'b\"c &<|concat(1, 2)|default");
	tro_buf_done(&out);
}
END_TEST

START_TEST(a_stylesheet_serves_many_sources_each_with_its_own_functions)
{
	static const char stylesheet[] =
		STYLESHEET("<xsl:output method='text'/><xsl:template match='/'>"
			   "<xsl:value-of select='t:twice(21)'/></xsl:template>");
	tro_xslt *xslt = NULL;
	tro_xml_doc *doc = parsed(document);
	tro_buf out = TRO_BUF_INIT;
	tro_err err;

	ck_assert_int_eq(
		tro_xslt_parse(&xslt, stylesheet, strlen(stylesheet), "style.xsl", &err), TRO_OK);
	ck_assert_int_eq(tro_xslt_apply(&out, xslt, doc, NULL, NULL, &err), TRO_INVALID);
	ck_assert_int_eq(tro_xslt_apply(&out, xslt, doc, NULL, functions, &err), TRO_OK);
	/* What the stylesheet found once it does not keep. */
	ck_assert_int_eq(tro_xslt_apply(&out, xslt, doc, NULL, NULL, &err), TRO_INVALID);
	ck_assert_int_eq(tro_xslt_apply(&out, xslt, doc, NULL, functions, &err), TRO_OK);
	ck_assert_str_eq(out.ptr, "4242");
	tro_buf_done(&out);
	tro_xml_free(doc);
	tro_xslt_free(xslt);
}
END_TEST

START_TEST(generated_ids_are_the_same_in_every_run)
{
	static const char stylesheet[] =
		STYLESHEET("<xsl:output method='text'/><xsl:variable name='v'><x/></xsl:variable>"
			   "<xsl:template match='/'><xsl:for-each select='//node() | //@*'>"
			   "<xsl:value-of select='generate-id()'/>,</xsl:for-each>"
			   "</xsl:template>");
	tro_buf first = TRO_BUF_INIT;
	tro_err err;

	ck_assert_int_eq(transform(&first, stylesheet, NULL, NULL, &err), TRO_OK);
	for (int i = 0; i < 5; i++) {
		tro_buf again = TRO_BUF_INIT;
		/* Moves what is allocated after it. */
		void *shift = malloc((size_t)1000 * (size_t)(i + 1));

		ck_assert_int_eq(transform(&again, stylesheet, NULL, NULL, &err), TRO_OK);
		ck_assert_str_eq(again.ptr, first.ptr);
		free(shift);
		tro_buf_done(&again);
	}
	tro_buf_done(&first);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("xslt");
	TCase *tcase = tcase_create("xslt");

	tcase_add_checked_fixture(tcase, setup, tro_xml_quit);
	tcase_set_timeout(tcase, 20);
	tcase_add_loop_test(tcase, a_stylesheet_makes_what_it_says, 0, COUNT(transformations));
	tcase_add_loop_test(
		tcase, a_stylesheet_that_is_wrong_or_reaches_out_is_refused, 0, COUNT(faults));
	tcase_add_test(tcase, an_endless_loop_over_nodes_is_stopped);
	tcase_add_test(tcase, an_expensive_expression_in_a_stylesheet_is_stopped);
	tcase_add_test(tcase, a_loop_that_asks_nothing_is_stopped_too);
	tcase_add_test(tcase, parameters_are_strings_whatever_they_hold);
	tcase_add_test(tcase, a_stylesheet_serves_many_sources_each_with_its_own_functions);
	tcase_add_test(tcase, generated_ids_are_the_same_in_every_run);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
