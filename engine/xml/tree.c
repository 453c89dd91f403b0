/*
 * Trees are built and changed here, and nowhere else: every change touches what is around it
 * (unchanged.h). Two rules keep a tree equal to what its canonical bytes would parse to: namespaces
 * are declared where they are used (namespace.c), and text that is inserted joins the text beside
 * it. Only removal leaves two texts side by side, because the caller may hold either;
 * tro_xml_strip_blanks joins them.
 */
#include "xml/chars.h"
#include "xml/namespace.h"
#include "xml/unchanged.h"
#include "xml/xml.h"

#include "base/text.h"

#include <libxml/tree.h>
#include <string.h>

bool tro_xml_text_valid(const char *text)
{
	size_t len = strlen(text);

	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
			(c == 0xef && (strncmp(p, "\xef\xbf\xbe", 3) == 0 ||
					      strncmp(p, "\xef\xbf\xbf", 3) == 0))) {
			return false;
		}
	}
	return tro_utf8_valid(text, len);
}

static tro_status check_text(const char *text, tro_err *err)
{
	if (text != NULL && !tro_xml_text_valid(text)) {
		return tro_err_set(err, TRO_INVALID,
			"text with a control character or bytes that are not UTF-8, which XML "
			"cannot hold");
	}
	return TRO_OK;
}

static bool is_name(const char *name)
{
	return tro_utf8_valid(name, strlen(name)) && xmlValidateNCName(to_xml(name), 0) == 0;
}

tro_xml_doc *tro_xml_new(const char *ns, const char *name)
{
	if (!is_name(name)) {
		return NULL;
	}
	xmlDocPtr doc = xmlNewDoc(to_xml("1.0"));
	xmlNodePtr root = doc == NULL ? NULL : xmlNewDocNode(doc, NULL, to_xml(name), NULL);

	if (root != NULL) {
		xmlDocSetRootElement(doc, root);
	}
	if (root == NULL || tro_xml_namespace_enter(root, tro_xml_ns_or_none(ns), NULL) != TRO_OK) {
		xmlFreeDoc(doc);
		return NULL;
	}
	return doc;
}

tro_xml_node *tro_xml_append(
	tro_xml_node *parent, const char *ns, const char *name, const char *text)
{
	if (parent->type != XML_ELEMENT_NODE || !is_name(name) ||
		check_text(text, NULL) != TRO_OK) {
		return NULL;
	}
	xmlNodePtr node = xmlNewDocNode(parent->doc, NULL, to_xml(name), NULL);

	if (node == NULL) {
		return NULL;
	}
	tro_xml_touch(parent);
	if (xmlAddChild(parent, node) == NULL) {
		xmlFreeNode(node);
		return NULL;
	}
	if (tro_xml_namespace_enter(node, tro_xml_ns_or_none(ns), NULL) != TRO_OK ||
		(text != NULL && tro_xml_append_text(node, text, NULL) != TRO_OK)) {
		tro_xml_remove(node);
		return NULL;
	}
	return node;
}

tro_status tro_xml_append_text(tro_xml_node *parent, const char *text, tro_err *err)
{
	tro_status status = check_text(text, err);

	if (status != TRO_OK || text[0] == '\0') {
		return status;
	}
	xmlNodePtr node = xmlNewDocText(parent->doc, to_xml(text));

	if (node == NULL || node->content == NULL) {
		xmlFreeNode(node);
		return tro_err_nomem(err);
	}
	tro_xml_touch(parent);
	xmlNodePtr there = xmlAddChild(parent, node);

	/* A failed join leaves the text that was there without content. */
	if (there == NULL || there->content == NULL) {
		return tro_err_nomem(err);
	}
	return TRO_OK;
}

static xmlAttrPtr find_attribute(const xmlNode *node, const char *ns, const char *name)
{
	if (node->type != XML_ELEMENT_NODE) {
		return NULL;
	}
	for (xmlAttrPtr attribute = node->properties; attribute != NULL;
		attribute = attribute->next) {
		const char *uri = attribute->ns == NULL ? "" : from_xml(attribute->ns->href);

		if (strcmp(from_xml(attribute->name), name) == 0 && strcmp(uri, ns) == 0) {
			return attribute;
		}
	}
	return NULL;
}

tro_status tro_xml_set(
	tro_xml_node *node, const char *ns, const char *name, const char *value, tro_err *err)
{
	const char *uri = tro_xml_ns_or_none(ns);
	tro_status status = check_text(value, err);
	xmlNsPtr def = NULL;

	if (status != TRO_OK) {
		return status;
	}
	if (node->type != XML_ELEMENT_NODE || !is_name(name) || strcmp(name, "xmlns") == 0) {
		return tro_err_set(err, TRO_USAGE, "'%s' cannot be set as an attribute here", name);
	}
	if (uri[0] != '\0') {
		def = tro_xml_namespace_prefixed(node, uri);
		if (def == NULL) {
			return tro_err_nomem(err);
		}
	}
	tro_xml_touch(node);
	xmlAttrPtr attribute = xmlSetNsProp(node, def, to_xml(name), to_xml(value));

	if (attribute == NULL ||
		(value[0] != '\0' &&
			(attribute->children == NULL || attribute->children->content == NULL))) {
		return tro_err_nomem(err);
	}
	return TRO_OK;
}

void tro_xml_unset(tro_xml_node *node, const char *ns, const char *name)
{
	xmlAttrPtr attribute = find_attribute(node, tro_xml_ns_or_none(ns), name);

	if (attribute != NULL) {
		tro_xml_touch(node);
		xmlRemoveProp(attribute);
	}
}

const char *tro_xml_get(const tro_xml_node *node, const char *ns, const char *name)
{
	const xmlAttr *attribute = find_attribute(node, tro_xml_ns_or_none(ns), name);

	if (attribute == NULL) {
		return NULL;
	}
	/* Without DTDs an attribute holds one text node or none. */
	return attribute->children == NULL || attribute->children->content == NULL
		       ? ""
		       : from_xml(attribute->children->content);
}

const char *tro_xml_attribute(const tro_xml_node *node, const char *name)
{
	const char *value = tro_xml_get(node, NULL, name);

	return value == NULL ? "" : value;
}

tro_status tro_xml_set_text(tro_xml_node *node, const char *text, tro_err *err)
{
	tro_status status = check_text(text, err);

	if (status == TRO_OK && node->type != XML_ELEMENT_NODE) {
		status = tro_err_set(err, TRO_USAGE, "text can be set on an element only");
	}
	if (status != TRO_OK) {
		return status;
	}
	while (node->children != NULL) {
		tro_xml_remove(node->children);
	}
	return text == NULL ? TRO_OK : tro_xml_append_text(node, text, err);
}

void tro_xml_remove(tro_xml_node *node)
{
	if (node->type != XML_NAMESPACE_DECL) { /* which is no node, and has no parent */
		tro_xml_touch(node->parent);
	}
	switch ((int)node->type) {
	case XML_ATTRIBUTE_NODE:
		xmlRemoveProp((xmlAttrPtr)node);
		break;
	case XML_ELEMENT_NODE:
	case XML_TEXT_NODE:
	case XML_CDATA_SECTION_NODE:
	case XML_COMMENT_NODE:
	case XML_PI_NODE:
		xmlUnlinkNode(node);
		xmlFreeNode(node);
		break;
	default: /* a document is freed, a namespace node belongs to its value */
		break;
	}
}

static bool may_stand(const xmlNode *there, tro_xml_place place, const xmlNode *source)
{
	bool inside = place == TRO_XML_FIRST_CHILD || place == TRO_XML_LAST_CHILD;

	switch ((int)source->type) {
	case XML_ELEMENT_NODE:
	case XML_TEXT_NODE:
	case XML_CDATA_SECTION_NODE:
	case XML_COMMENT_NODE:
	case XML_PI_NODE:
		break;
	default:
		return false;
	}
	if (inside) {
		return there->type == XML_ELEMENT_NODE;
	}
	if (there->type == XML_ATTRIBUTE_NODE || there->type == XML_NAMESPACE_DECL ||
		there->parent == NULL) {
		return false;
	}
	/* A document has one element and no text of its own. */
	return there->parent->type == XML_ELEMENT_NODE ||
	       (place == TRO_XML_INSTEAD && there->type == XML_ELEMENT_NODE &&
		       source->type == XML_ELEMENT_NODE);
}

/* Links copy and returns the node that now holds it: a text joins the text beside it. */
static xmlNodePtr link_copy(xmlNodePtr there, tro_xml_place place, xmlNodePtr copy)
{
	switch (place) {
	case TRO_XML_FIRST_CHILD:
		return there->children == NULL ? xmlAddChild(there, copy)
					       : xmlAddPrevSibling(there->children, copy);
	case TRO_XML_LAST_CHILD:
		return xmlAddChild(there, copy);
	case TRO_XML_BEFORE:
		return xmlAddPrevSibling(there, copy);
	case TRO_XML_AFTER:
		return xmlAddNextSibling(there, copy);
	case TRO_XML_INSTEAD:
		break;
	}
	return xmlReplaceNode(there, copy) == NULL ? NULL : copy;
}

tro_status tro_xml_copy(tro_xml_node **out, tro_xml_node *there, tro_xml_place place,
	tro_xml_node *source, tro_err *err)
{
	if (source->type == XML_DOCUMENT_NODE) {
		source = xmlDocGetRootElement(source->doc);
	}
	if (source == NULL || !may_stand(there, place, source)) {
		return tro_err_set(
			err, TRO_USAGE, "a copy of this kind of node cannot stand at that place");
	}
	xmlNodePtr copy = xmlDocCopyNode(source, there->doc, 1);

	if (copy == NULL) {
		return tro_err_nomem(err);
	}
	tro_xml_touch(there);
	xmlNodePtr linked = link_copy(there, place, copy);

	if (linked == NULL) {
		xmlFreeNode(copy);
		return tro_err_nomem(err);
	}
	if (place == TRO_XML_INSTEAD) {
		xmlFreeNode(there);
	}
	if (out != NULL) {
		*out = linked;
	}
	return linked->type == XML_ELEMENT_NODE ? tro_xml_namespace_shield(linked, err) : TRO_OK;
}

tro_xml_doc *tro_xml_copy_doc(tro_xml_node *node)
{
	if (node->type == XML_DOCUMENT_NODE) {
		node = xmlDocGetRootElement(node->doc);
	}
	if (node == NULL || node->type != XML_ELEMENT_NODE) {
		return NULL;
	}
	xmlDocPtr doc = xmlNewDoc(to_xml("1.0"));
	xmlNodePtr root = doc == NULL ? NULL : xmlDocCopyNode(node, doc, 1);

	if (root == NULL) {
		xmlFreeDoc(doc);
		return NULL;
	}
	xmlDocSetRootElement(doc, root);
	return doc;
}

static bool is_text(const xmlNode *node)
{
	return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

/* Joins the run of texts, comments and instructions that begins at node into one text, or into
 * nothing when it is blank; returns what follows the run. */
static xmlNodePtr strip_run(xmlNodePtr node)
{
	xmlNodePtr kept = NULL;
	xmlNodePtr next;

	for (; node != NULL && node->type != XML_ELEMENT_NODE; node = next) {
		next = node->next;
		if (is_text(node) && kept == NULL) {
			kept = node;
			continue;
		}
		if (is_text(node) && node->content != NULL) {
			xmlNodeAddContent(kept, node->content);
		}
		tro_xml_remove(node);
	}
	if (kept != NULL && xmlIsBlankNode(kept)) {
		tro_xml_remove(kept);
	}
	return node;
}

void tro_xml_strip_blanks(tro_xml_node *node)
{
	xmlNodePtr top = node->type == XML_DOCUMENT_NODE ? xmlDocGetRootElement(node->doc) : node;
	xmlNodePtr at = top;

	/* Depth first without recursion: built trees may be deeper than parsed ones. */
	while (at != NULL && at->type == XML_ELEMENT_NODE) {
		xmlNodePtr next = strip_run(at->children);

		while (next == NULL && at != top) {
			next = strip_run(at->next);
			at = at->parent;
		}
		at = next;
	}
}
