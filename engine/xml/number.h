/*
 * Numbers as text. XPath 1.0 (4.2, string()) writes numbers in full; libxml2 writes 1e+12 for a
 * million millions.
 */
#ifndef TRO_XML_NUMBER_H
#define TRO_XML_NUMBER_H

#include <libxml/xpath.h>
#include <stdbool.h>
#include <tro/buf.h>

void tro_xpath_put_number(tro_buf *out, double number);
/* Makes the core functions that take strings write numbers in full. False when out of memory. */
bool tro_xpath_bind_numbers(xmlXPathContextPtr context);

#endif
