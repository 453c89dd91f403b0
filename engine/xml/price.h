/*
 * The price of texts. An expression of some kilobytes can ask for the text of a large tree a
 * thousand times, or join it with itself; libxml2's operation limit counts steps alone. So what
 * texts cost is added to its count, in the same coin.
 */
#ifndef TRO_XML_PRICE_H
#define TRO_XML_PRICE_H

#include <libxml/xpath.h>
#include <stdbool.h>

/* Puts the text of the node-set at a place of the stack there, and charges for it. False when the
 * evaluation has failed: the limit is reached, or memory is out. */
bool tro_xpath_read_out(xmlXPathParserContextPtr parser, xmlXPathObjectPtr *slot);
/* XPath 4.2 concat, at most 4 MiB, charged for. */
void tro_xpath_join(xmlXPathParserContextPtr parser, int nargs);

#endif
