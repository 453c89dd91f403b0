/*
 * Namespace declarations of trees that are built by calls: a tree must always say what its bytes
 * will say, or canonicalising and reading again would change it.
 */
#ifndef TRO_XML_NAMESPACE_H
#define TRO_XML_NAMESPACE_H

#include "xml/xml.h"

#include <libxml/tree.h>

static inline const char *tro_xml_ns_or_none(const char *ns)
{
	return ns == NULL ? "" : ns;
}

/* Puts a linked element into a namespace ("" for none): uses a declaration in scope, default or
 * not, else makes ns the default namespace from this element down. TRO_NOMEM. */
tro_status tro_xml_namespace_enter(xmlNodePtr element, const char *ns, tro_err *err) TRO_MUST_USE;
/* A declaration with a prefix for an attribute of the element, made there if none is in scope.
 * NULL when out of memory. */
xmlNsPtr tro_xml_namespace_prefixed(xmlNodePtr element, const char *ns) TRO_MUST_USE;
/* Shields an element without a default namespace of its own, and what is below it, from the
 * default namespace of the place where it was linked. */
tro_status tro_xml_namespace_shield(xmlNodePtr element, tro_err *err) TRO_MUST_USE;

#endif
