#include "xml/namespace.h"

#include "xml/chars.h"

#include <stdio.h>

/* The declaration of ns that is in scope and not hidden by a nearer one of the same prefix. */
static xmlNsPtr find_in_scope(xmlNodePtr element, const char *ns, bool with_prefix)
{
	for (xmlNodePtr node = element; node != NULL && node->type == XML_ELEMENT_NODE;
		node = node->parent) {
		for (xmlNsPtr def = node->nsDef; def != NULL; def = def->next) {
			if ((def->prefix != NULL || !with_prefix) &&
				xmlStrEqual(def->href, to_xml(ns)) &&
				xmlSearchNs(element->doc, element, def->prefix) == def) {
				return def;
			}
		}
	}
	return NULL;
}

static bool has_default(const xmlNode *element)
{
	for (const xmlNs *def = element->nsDef; def != NULL; def = def->next) {
		if (def->prefix == NULL) {
			return true;
		}
	}
	return false;
}

tro_status tro_xml_namespace_shield(xmlNodePtr element, tro_err *err)
{
	if (has_default(element)) {
		return TRO_OK;
	}
	xmlNsPtr def = xmlSearchNs(element->doc, element, NULL);

	if (def == NULL || def->href == NULL || def->href[0] == '\0') {
		return TRO_OK;
	}
	return xmlNewNs(element, to_xml(""), NULL) == NULL ? tro_err_nomem(err) : TRO_OK;
}

tro_status tro_xml_namespace_enter(xmlNodePtr element, const char *ns, tro_err *err)
{
	if (ns[0] == '\0') {
		element->ns = NULL;
		return tro_xml_namespace_shield(element, err);
	}
	xmlNsPtr def = xmlStrEqual(to_xml(ns), XML_XML_NAMESPACE)
			       ? xmlSearchNs(element->doc, element, to_xml("xml"))
			       : find_in_scope(element, ns, false);

	if (def == NULL) {
		def = xmlNewNs(element, to_xml(ns), NULL);
	}
	element->ns = def;
	return def == NULL ? tro_err_nomem(err) : TRO_OK;
}

xmlNsPtr tro_xml_namespace_prefixed(xmlNodePtr element, const char *ns)
{
	if (xmlStrEqual(to_xml(ns), XML_XML_NAMESPACE)) {
		return xmlSearchNs(element->doc, element, to_xml("xml"));
	}
	xmlNsPtr def = find_in_scope(element, ns, true);

	for (unsigned i = 1; def == NULL; i++) {
		char prefix[16];

		snprintf(prefix, sizeof(prefix), "ns%u", i);
		if (xmlSearchNs(element->doc, element, to_xml(prefix)) == NULL) {
			return xmlNewNs(element, to_xml(ns), to_xml(prefix));
		}
	}
	return def;
}
