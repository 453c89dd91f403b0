/*
 * XPath values: our own, so that one outlives the nodes that it names. libxml2's node-set object
 * reads every node again when it is freed, and a caller that deletes the nodes of a result would
 * make it read freed memory.
 */
#ifndef TRO_XML_VALUE_H
#define TRO_XML_VALUE_H

#include "xml/xml.h"

#include <libxml/xpath.h>

/* Takes object (freed in any case). NULL when out of memory. */
tro_xpath_value *tro_xpath_value_from(xmlXPathObjectPtr object) TRO_MUST_USE;
/* A libxml2 object with the same content. NULL when out of memory. */
xmlXPathObjectPtr tro_xpath_value_object(const tro_xpath_value *value) TRO_MUST_USE;
/* Brings a node-set into document order. */
void tro_xpath_sort(xmlNodeSetPtr set);

#endif
