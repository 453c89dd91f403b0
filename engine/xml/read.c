#include "xml/chars.h"
#include "xml/namespace.h"
#include "xml/xml.h"

#include <libxml/tree.h>
#include <string.h>

tro_xml_node *tro_xml_root(tro_xml_doc *doc)
{
	return xmlDocGetRootElement(doc);
}

tro_xml_doc *tro_xml_doc_of(tro_xml_node *node)
{
	return node->type == XML_NAMESPACE_DECL ? NULL : node->doc;
}

tro_xml_kind tro_xml_node_kind(const tro_xml_node *node)
{
	switch ((int)node->type) {
	case XML_ELEMENT_NODE:
		return TRO_XML_ELEMENT;
	case XML_TEXT_NODE:
	case XML_CDATA_SECTION_NODE:
		return TRO_XML_TEXT;
	case XML_ATTRIBUTE_NODE:
		return TRO_XML_ATTRIBUTE;
	default:
		return TRO_XML_OTHER;
	}
}

static bool has_name(const tro_xml_node *node)
{
	return node->type == XML_ELEMENT_NODE || node->type == XML_ATTRIBUTE_NODE;
}

const char *tro_xml_name(const tro_xml_node *node)
{
	return has_name(node) || node->type == XML_PI_NODE ? from_xml(node->name) : "";
}

const char *tro_xml_ns(const tro_xml_node *node)
{
	if (!has_name(node) || node->ns == NULL || node->ns->href == NULL) {
		return "";
	}
	return from_xml(node->ns->href);
}

int tro_xml_line(const tro_xml_node *node)
{
	if (node->type == XML_NAMESPACE_DECL) {
		return 0;
	}
	long line = xmlGetLineNo(node->type == XML_ATTRIBUTE_NODE ? node->parent : node);

	return line < 0 ? 0 : (int)line;
}

bool tro_xml_is(const tro_xml_node *node, const char *ns, const char *name)
{
	return has_name(node) && strcmp(from_xml(node->name), name) == 0 &&
	       strcmp(tro_xml_ns(node), tro_xml_ns_or_none(ns)) == 0;
}

bool tro_xml_holds_elements_alone(const tro_xml_node *node)
{
	const xmlNode *child = node->children;

	while (child != NULL && child->type == XML_ELEMENT_NODE) {
		child = child->next;
	}
	return child == NULL;
}

tro_xml_node *tro_xml_parent(const tro_xml_node *node)
{
	if (node->type == XML_NAMESPACE_DECL || node->parent == NULL ||
		node->parent->type != XML_ELEMENT_NODE) {
		return NULL;
	}
	return node->parent;
}

static bool has_children(const tro_xml_node *node)
{
	return node->type == XML_ELEMENT_NODE || node->type == XML_DOCUMENT_NODE;
}

tro_xml_node *tro_xml_first_any(const tro_xml_node *node)
{
	return has_children(node) ? node->children : NULL;
}

tro_xml_node *tro_xml_next_any(const tro_xml_node *node)
{
	switch ((int)node->type) {
	case XML_ATTRIBUTE_NODE:
	case XML_NAMESPACE_DECL:
	case XML_DOCUMENT_NODE:
		return NULL;
	default:
		return node->next;
	}
}

static tro_xml_node *element_from(tro_xml_node *node)
{
	while (node != NULL && node->type != XML_ELEMENT_NODE) {
		node = node->next;
	}
	return node;
}

tro_xml_node *tro_xml_first(const tro_xml_node *node)
{
	return element_from(tro_xml_first_any(node));
}

tro_xml_node *tro_xml_next(const tro_xml_node *node)
{
	return element_from(tro_xml_next_any(node));
}

static tro_xml_node *named_from(tro_xml_node *node, const char *ns, const char *name)
{
	while (node != NULL && !tro_xml_is(node, ns, name)) {
		node = tro_xml_next(node);
	}
	return node;
}

tro_xml_node *tro_xml_first_named(const tro_xml_node *node, const char *ns, const char *name)
{
	return named_from(tro_xml_first(node), ns, name);
}

tro_xml_node *tro_xml_next_named(const tro_xml_node *node, const char *ns, const char *name)
{
	return named_from(tro_xml_next(node), ns, name);
}

/* libxml2's attribute begins with the members that every node begins with. */
tro_xml_node *tro_xml_first_attribute(const tro_xml_node *node)
{
	return node->type == XML_ELEMENT_NODE ? (tro_xml_node *)node->properties : NULL;
}

tro_xml_node *tro_xml_next_attribute(const tro_xml_node *attribute)
{
	return attribute->type == XML_ATTRIBUTE_NODE ? attribute->next : NULL;
}

static void put_text(tro_buf *out, const xmlNode *node)
{
	if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) &&
		node->content != NULL) {
		tro_buf_puts(out, from_xml(node->content));
	}
}

void tro_xml_text(tro_buf *out, const tro_xml_node *node)
{
	const xmlNode *at;

	switch ((int)node->type) {
	case XML_ELEMENT_NODE:
	case XML_DOCUMENT_NODE:
	case XML_ATTRIBUTE_NODE:
		at = node->children;
		break;
	case XML_NAMESPACE_DECL: {
		const xmlNs *def = (const xmlNs *)(const void *)node;

		tro_buf_puts(out, def->href == NULL ? "" : from_xml(def->href));
		return;
	}
	default:
		tro_buf_puts(out, node->content == NULL ? "" : from_xml(node->content));
		return;
	}
	while (at != NULL) {
		put_text(out, at);
		if (at->type == XML_ELEMENT_NODE && at->children != NULL) {
			at = at->children;
			continue;
		}
		while (at != NULL && at->next == NULL) {
			at = at->parent == node ? NULL : at->parent;
		}
		at = at == NULL ? NULL : at->next;
	}
}

const char *tro_xml_simple_text(const tro_xml_node *node)
{
	if (node->type != XML_ELEMENT_NODE) {
		return NULL;
	}
	const xmlNode *child = node->children;

	if (child == NULL) {
		return "";
	}
	if (child->next != NULL || tro_xml_node_kind(child) != TRO_XML_TEXT) {
		return NULL;
	}
	return child->content == NULL ? "" : from_xml(child->content);
}

const char *tro_xml_child_text(const tro_xml_node *parent, const char *ns, const char *name)
{
	const tro_xml_node *node = tro_xml_first_named(parent, ns, name);
	const char *text = node == NULL ? NULL : tro_xml_simple_text(node);

	return text == NULL ? "" : text;
}
