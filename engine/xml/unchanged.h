/*
 * What a grammar need not look at again.
 *
 * An element that was found valid, and in which nothing has changed since, is valid still wherever
 * it stands, if its grammar has one pattern only for elements of its name. A validation marks such
 * elements; tree.c takes the mark from what it changes and from all that is around it; the next
 * validation by the same grammar sees a shell, an empty element of a name of its own, in place of
 * each element that is marked, and a grammar that allows the shell wherever it allows the element.
 * What is found invalid so is validated whole, for its reasons.
 */
#ifndef TRO_XML_UNCHANGED_H
#define TRO_XML_UNCHANGED_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <tro/err.h>

#define TRO_RNG_NS "http://relaxng.org/ns/structure/1.0" /* of grammars */

/* Takes the marks from node and from what is around it: something in it changes. */
void tro_xml_touch(xmlNodePtr node);

typedef struct tro_unchanged tro_unchanged;

/* For one grammar, of whose document a copy is kept. *out is NULL when its patterns cannot be told
 * apart by name. TRO_NOMEM. */
tro_status tro_unchanged_new(tro_unchanged **out, xmlDocPtr grammar, tro_err *err) TRO_MUST_USE;
void tro_unchanged_free(tro_unchanged *unchanged);

/* Marks the elements of a document that is valid. */
void tro_unchanged_mark(const tro_unchanged *unchanged, xmlDocPtr doc);
/* Is the document, marked once, valid for all that has changed in it since? False also when it was
 * never marked, or when memory ran out: then only the grammar itself can tell. */
bool tro_unchanged_valid(tro_unchanged *unchanged, xmlDocPtr doc);

#endif
