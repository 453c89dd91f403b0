/*
 * What the tests of XPath share: a document, and expressions from text.
 */
#ifndef TRO_TESTS_XPATH_FIXTURE_H
#define TRO_TESTS_XPATH_FIXTURE_H

#include "xml_fixture.h"

static const char document[] =
	"<case xmlns:p='urn:p'><item id='1'><n>5</n></item><item id='2'><n>7</n></item>"
	"<p:item id='3'/><note>a<!-- c --><b>b</b>c</note></case>";

/* The string value of an expression, freed by the caller; fails the test when it has none. */
static inline char *text_of(tro_xpath *xpath, const char *text, tro_xml_node *node)
{
	tro_xpath_expr *expr = NULL;
	tro_xpath_value *value = NULL;
	tro_buf out = TRO_BUF_INIT;
	char *result = NULL;
	tro_err err;

	ck_assert_msg(tro_xpath_compile(&expr, text, &err) == TRO_OK, "%s", err.message);
	ck_assert_msg(tro_xpath_eval(&value, xpath, expr, node, &err) == TRO_OK, "%s", err.message);
	ck_assert_int_eq(tro_xpath_text(&out, value, &err), TRO_OK);
	ck_assert_int_eq(tro_buf_detach(&result, NULL, &out, &err), TRO_OK);
	tro_xpath_value_free(value);
	tro_xpath_expr_free(expr);
	return result;
}

static inline void assert_text(
	tro_xpath *xpath, const char *text, tro_xml_node *node, const char *expected)
{
	char *result = text_of(xpath, text, node);

	ck_assert_msg(strcmp(result, expected) == 0, "%s gives '%s' instead of '%s'", text, result,
		expected);
	free(result);
}

/* Evaluates what must fail; the message is in err. */
static inline tro_status status_of(
	tro_xpath *xpath, const char *text, tro_xml_node *node, tro_err *err)
{
	tro_xpath_expr *expr = NULL;
	tro_xpath_value *value = NULL;
	tro_status status = tro_xpath_compile(&expr, text, err);

	if (status == TRO_OK) {
		status = tro_xpath_eval(&value, xpath, expr, node, err);
		ck_assert(status == TRO_OK || value == NULL);
	}
	tro_xpath_value_free(value);
	tro_xpath_expr_free(expr);
	return status;
}

/* An expression and its string value. */
struct evaluation {
	const char *text;
	const char *expected;
};

#endif
