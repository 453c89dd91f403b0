/*
 * What the tests of engine/xml share: literal documents in, canonical text out.
 */
#ifndef TRO_TESTS_XML_FIXTURE_H
#define TRO_TESTS_XML_FIXTURE_H

#include "suite.h"
#include "xml/xml.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

static inline void setup(void)
{
	tro_err err;

	ck_assert_msg(tro_xml_init(&err) == TRO_OK, "%s", err.message);
}

static inline tro_xml_doc *parsed(const char *text)
{
	tro_err err;
	tro_xml_doc *doc = NULL;

	ck_assert_msg(tro_xml_parse(&doc, text, strlen(text), "test.xml", NULL, &err) == TRO_OK,
		"%s", err.message);
	return doc;
}

/* The canonical form, freed by the caller. */
static inline char *canonical(tro_xml_node *node)
{
	tro_buf out = TRO_BUF_INIT;
	char *text = NULL;
	tro_err err;

	ck_assert_msg(tro_xml_c14n(&out, node, &err) == TRO_OK, "%s", err.message);
	ck_assert_int_eq(tro_buf_detach(&text, NULL, &out, &err), TRO_OK);
	return text;
}

static inline void assert_canonical(tro_xml_node *node, const char *expected)
{
	char *text = canonical(node);

	ck_assert_str_eq(text, expected);
	free(text);
}

/* xorshift64: the same walk on every machine */
static inline uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif
