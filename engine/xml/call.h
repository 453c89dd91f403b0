/*
 * Calls from an expression to our extension functions: the same for XPath contexts and stylesheets.
 */
#ifndef TRO_XML_CALL_H
#define TRO_XML_CALL_H

#include "xml/xml.h"

#include <libxml/xpath.h>

/* What one evaluation may call, and how it failed if it did. */
typedef struct tro_xpath_scope {
	const tro_xslt_function *functions; /* ns "" for none */
	size_t count;
	tro_status status; /* the first failure of a function or variable */
	tro_err *err;	   /* may be NULL */
} tro_xpath_scope;

/* Runs the function that the evaluation is calling; a failure goes to the scope and ends the
 * evaluation. */
void tro_xpath_dispatch(tro_xpath_scope *scope, xmlXPathParserContextPtr parser, int nargs);

/* Binds a name (ns "" for none) to a function, in place of what it may be bound to. False when out
 * of memory. */
bool tro_xpath_bind(xmlXPathContextPtr context, const char *ns, const char *name,
	xmlXPathFunction function) TRO_MUST_USE;

#endif
