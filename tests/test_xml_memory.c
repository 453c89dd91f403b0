/*
 * Memory that runs out: every operation is run with allocation 1, 2, 3 ... failing until it
 * succeeds. Each time it says so or has done the whole work; nothing in between.
 */
#include "xml_fixture.h"

#include <libxml/xmlmemory.h>

static const char document[] =
	"<a xmlns='urn:x' xmlns:p='urn:p' z='1' b='2&amp;&#x1F600;'><p:b>x<![CDATA[<y>]]></p:b>"
	"<c xmlns=''/>text that is long enough to be allocated by itself</a>";

static long allocations_left = -1; /* -1: no limit */

static bool runs_out(void)
{
	if (allocations_left < 0) {
		return false;
	}
	if (allocations_left == 0) {
		return true;
	}
	allocations_left--;
	return false;
}

static void *scarce_malloc(size_t size)
{
	return runs_out() ? NULL : malloc(size);
}

static void *scarce_realloc(void *old, size_t size)
{
	return runs_out() ? NULL : realloc(old, size);
}

static char *scarce_strdup(const char *text)
{
	return runs_out() ? NULL : strdup(text);
}

static void setup_scarce(void)
{
	allocations_left = -1;
	ck_assert_int_eq(xmlMemSetup(free, scarce_malloc, scarce_realloc, scarce_strdup), 0);
	setup();
}

static tro_status parse_and_canonicalise(tro_buf *out, tro_err *err)
{
	tro_xml_doc *doc = NULL;
	tro_status status =
		tro_xml_parse(&doc, document, sizeof(document) - 1, "test.xml", NULL, err);

	if (status == TRO_OK) {
		status = tro_xml_c14n(out, tro_xml_root(doc), err);
	}
	if (status == TRO_OK) {
		status = tro_xml_c14n(out, tro_xml_first(tro_xml_root(doc)), err);
	}
	tro_xml_free(doc);
	return status;
}

/* Without copies: libxml2 2.9.14 leaks what it has copied when memory ends in the midst. */
static tro_status build(tro_buf *out, tro_err *err)
{
	tro_xml_doc *doc = tro_xml_new("urn:a", "a");
	tro_xml_node *root = doc == NULL ? NULL : tro_xml_root(doc);
	tro_xml_node *b = doc == NULL ? NULL : tro_xml_append(root, "urn:b", "b", "some text");
	tro_status status = b == NULL ? tro_err_nomem(err) : TRO_OK;

	if (status == TRO_OK) {
		status = tro_xml_set(b, "urn:c", "q", "value", err);
	}
	if (status == TRO_OK) {
		status = tro_xml_set(b, NULL, "q", "value", err);
	}
	if (status == TRO_OK) {
		status = tro_xml_append_text(b, " and more that joins it", err);
	}
	if (status == TRO_OK) {
		status = tro_xml_c14n(out, root, err);
	}
	tro_xml_free(doc);
	return status;
}

static tro_status transform(tro_buf *out, tro_err *err)
{
	static const char stylesheet[] =
		"<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"
		"<xsl:output encoding='ISO-8859-1'/><xsl:template match='/'><o p='&#xe9;'><i/>"
		"</o></xsl:template></xsl:stylesheet>";
	long left = allocations_left;
	tro_xslt *xslt = NULL;

	/* libxslt 1.1.35 crashes when memory ends in the midst of a template's expressions; what
	 * it writes is what must not be cut off in silence. */
	allocations_left = -1;
	tro_xml_doc *doc = parsed("<a/>");

	ck_assert_int_eq(
		tro_xslt_parse(&xslt, stylesheet, sizeof(stylesheet) - 1, "s", err), TRO_OK);
	allocations_left = left;
	tro_status status = tro_xslt_apply(out, xslt, doc, NULL, NULL, err);

	allocations_left = -1;
	tro_xslt_free(xslt);
	tro_xml_free(doc);
	return status;
}

static const struct operation {
	tro_status (*run)(tro_buf *out, tro_err *err);
	const char *result;
} operations[] = {
	{parse_and_canonicalise, "<a xmlns=\"urn:x\" b=\"2&amp;\xf0\x9f\x98\x80\" z=\"1\">"
				 "<p:b xmlns:p=\"urn:p\">x&lt;y&gt;</p:b><c xmlns=\"\"></c>"
				 "text that is long enough to be allocated by itself</a>"
				 "<p:b xmlns:p=\"urn:p\">x&lt;y&gt;</p:b>"},
	{build, "<a xmlns=\"urn:a\"><b xmlns=\"urn:b\" xmlns:ns1=\"urn:c\" q=\"value\" "
		"ns1:q=\"value\">some text and more that joins it</b></a>"},
	{transform, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<o p=\"\xe9\"><i/></o>\n"},
};

START_TEST(memory_that_runs_out_is_said_and_leaves_no_half_result)
{
	tro_status status = TRO_NOMEM;

	for (long n = 0; status != TRO_OK; n++) {
		tro_buf out = TRO_BUF_INIT;
		tro_err err;

		ck_assert_int_lt(n, 1000);
		allocations_left = n;
		status = operations[_i].run(&out, &err);
		allocations_left = -1;
		if (status == TRO_OK) {
			ck_assert_str_eq(out.ptr, operations[_i].result);
		} else {
			ck_assert_msg(status == TRO_NOMEM, "allocation %ld: %s", n, err.message);
		}
		tro_buf_done(&out);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("xml_memory");
	TCase *tcase = tcase_create("memory");

	tcase_add_checked_fixture(tcase, setup_scarce, tro_xml_quit);
	tcase_add_loop_test(tcase, memory_that_runs_out_is_said_and_leaves_no_half_result, 0,
		COUNT(operations));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
