#include "xml/unchanged.h"

#include "xml/chars.h"
#include "xml/xml.h"

#include <libxml/hash.h>
#include <libxml/relaxng.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SHELL_NS "urn:tro:unchanged"

struct tro_unchanged {
	void *mark; /* of no other grammar of this process, not even of one that is gone */
	xmlHashTablePtr names; /* of elements: ONE or MANY patterns */
	xmlDocPtr grammar;
	xmlRelaxNGPtr shells; /* compiled when first needed: most commands validate once */
};

static char one_pattern, many_patterns;
#define ONE ((void *)&one_pattern)
#define MANY ((void *)&many_patterns)

void tro_xml_touch(xmlNodePtr node)
{
	for (; node != NULL; node = node->parent) {
		if (node->type == XML_ELEMENT_NODE) {
			node->_private = NULL;
		}
	}
}

static void *new_mark(void)
{
	static atomic_uintptr_t last;
	uintptr_t number = atomic_fetch_add(&last, 1) + 1;
	void *mark;

	memcpy(&mark, &number, sizeof(mark)); /* never followed */
	return mark;
}

/* ---- the grammar ---- */

/* The types whose values mean something only together with what is around them. */
static bool looks_around(const char *type)
{
	static const char *const types[] = {
		"QName", "NOTATION", "ID", "IDREF", "IDREFS", "ENTITY", "ENTITIES"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(type, types[i]) == 0) {
			return true;
		}
	}
	return false;
}

static tro_status count_name(
	xmlHashTablePtr names, const char *name, bool one, bool *out_tellable, tro_err *err)
{
	bool known = xmlHashLookup(names, to_xml(name)) != NULL;

	if (xmlValidateNCName(to_xml(name), 0) != 0) {
		*out_tellable = false;
		return TRO_OK;
	}
	return xmlHashUpdateEntry(names, to_xml(name), one && !known ? ONE : MANY, NULL) == 0
		       ? TRO_OK
		       : tro_err_nomem(err);
}

/* Counts the patterns of each name at and below node: one that is among the names of a pattern with
 * several counts as many. *out_tellable is false if a pattern has more than names. */
static tro_status count_names(
	xmlHashTablePtr names, tro_xml_node *node, bool *out_tellable, tro_err *err)
{
	const char *name = tro_xml_get(node, "", "name");
	tro_status status = TRO_OK;

	if (tro_xml_is(node, TRO_RNG_NS, "anyName") || tro_xml_is(node, TRO_RNG_NS, "nsName") ||
		(tro_xml_is(node, TRO_RNG_NS, "data") &&
			looks_around(tro_xml_attribute(node, "type")))) {
		*out_tellable = false;
	} else if (tro_xml_is(node, TRO_RNG_NS, "name")) {
		const char *text = tro_xml_simple_text(node);

		status = count_name(names, text == NULL ? "" : text, false, out_tellable, err);
	} else if (tro_xml_is(node, TRO_RNG_NS, "element") && name != NULL) {
		status = count_name(names, name, true, out_tellable, err);
	}
	for (tro_xml_node *child = tro_xml_first(node);
		child != NULL && status == TRO_OK && *out_tellable; child = tro_xml_next(child)) {
		status = count_names(names, child, out_tellable, err);
	}
	return status;
}

tro_status tro_unchanged_new(tro_unchanged **out, xmlDocPtr grammar, tro_err *err)
{
	tro_unchanged *unchanged = calloc(1, sizeof(*unchanged));
	bool tellable = true;

	*out = NULL;
	if (unchanged == NULL) {
		return tro_err_nomem(err);
	}
	unchanged->mark = new_mark();
	unchanged->names = xmlHashCreate(0);
	tro_status status =
		unchanged->names == NULL
			? tro_err_nomem(err)
			: count_names(unchanged->names, tro_xml_root(grammar), &tellable, err);

	if (status == TRO_OK && tellable) {
		unchanged->grammar = tro_xml_copy_doc(tro_xml_root(grammar));
		status = unchanged->grammar == NULL ? tro_err_nomem(err) : TRO_OK;
	}
	if (status != TRO_OK || !tellable) {
		tro_unchanged_free(unchanged);
		return status;
	}
	*out = unchanged;
	return TRO_OK;
}

void tro_unchanged_free(tro_unchanged *unchanged)
{
	if (unchanged != NULL) {
		xmlRelaxNGFree(unchanged->shells);
		xmlFreeDoc(unchanged->grammar);
		xmlHashFree(unchanged->names, NULL);
		free(unchanged);
	}
}

/* Puts <choice>, with element and its shell in it, in the place of a pattern. */
static bool allow_shell(xmlNodePtr element)
{
	xmlDocPtr doc = element->doc;
	xmlNodePtr choice = xmlNewDocNode(doc, element->ns, to_xml("choice"), NULL);

	if (choice == NULL) {
		return false;
	}
	(void)xmlReplaceNode(element, choice);
	(void)xmlAddChild(choice, element);
	xmlNodePtr shell = xmlNewChild(choice, element->ns, to_xml("element"), NULL);

	return shell != NULL &&
	       xmlNewProp(shell, to_xml("name"), to_xml(tro_xml_attribute(element, "name"))) !=
		       NULL &&
	       xmlNewProp(shell, to_xml("ns"), to_xml(SHELL_NS)) != NULL &&
	       xmlNewChild(shell, element->ns, to_xml("empty"), NULL) != NULL;
}

static bool allow_shells(const tro_unchanged *unchanged, tro_xml_node *node)
{
	tro_xml_node *next;
	bool made = true;

	for (tro_xml_node *child = tro_xml_first(node); child != NULL && made; child = next) {
		next = tro_xml_next(child);
		made = allow_shells(unchanged, child);
		if (made && tro_xml_is(child, TRO_RNG_NS, "element") &&
			xmlHashLookup(unchanged->names, to_xml(tro_xml_attribute(child, "name"))) ==
				ONE) {
			made = allow_shell(child);
		}
	}
	return made;
}

static void note_report(void *user, xmlErrorPtr error)
{
	bool *reported = user;

	(void)error;
	*reported = true;
}

static bool compile_shells(tro_unchanged *unchanged)
{
	xmlDocPtr doc = tro_xml_copy_doc(tro_xml_root(unchanged->grammar));
	bool reported = false;
	xmlRelaxNGParserCtxtPtr parser = NULL;

	if (doc != NULL && allow_shells(unchanged, tro_xml_root(doc))) {
		parser = xmlRelaxNGNewDocParserCtxt(doc);
	}
	if (parser != NULL) {
		xmlRelaxNGSetParserStructuredErrors(parser, note_report, &reported);
		unchanged->shells = xmlRelaxNGParse(parser);
		xmlRelaxNGFreeParserCtxt(parser);
	}
	xmlFreeDoc(doc);
	if (reported) {
		xmlRelaxNGFree(unchanged->shells);
		unchanged->shells = NULL;
	}
	return unchanged->shells != NULL;
}

/* ---- the document ---- */

static void mark_below(const tro_unchanged *unchanged, xmlNodePtr node)
{
	for (xmlNodePtr child = node->children; child != NULL; child = child->next) {
		if (child->type != XML_ELEMENT_NODE || child->_private == unchanged->mark) {
			continue;
		}
		mark_below(unchanged, child);
		if (xmlHashLookup(unchanged->names, child->name) == ONE) {
			child->_private = unchanged->mark;
		}
	}
}

void tro_unchanged_mark(const tro_unchanged *unchanged, xmlDocPtr doc)
{
	mark_below(unchanged, (xmlNodePtr)doc);
	doc->_private = unchanged->mark;
}

/* What of a document a validation sees. */
typedef struct view {
	xmlDocPtr doc;
	xmlNsPtr shells;
	const void *mark;
} view;

static bool put(xmlNodePtr parent, xmlNodePtr copy)
{
	if (copy != NULL && xmlAddChild(parent, copy) != NULL) {
		return true; /* a text may have joined the one beside it, and is gone */
	}
	xmlFreeNode(copy);
	return false;
}

/* Puts what is in node below copy, shells for what is marked. False when memory ran out, or when
 * something in it looks like a shell. */
static bool put_inside(const view *v, xmlNodePtr copy, const xmlNode *node)
{
	bool done = true;

	for (xmlNodePtr child = node->children; child != NULL && done; child = child->next) {
		bool element = child->type == XML_ELEMENT_NODE;

		if (element && child->_private == v->mark) {
			done = put(copy, xmlNewDocNode(v->doc, v->shells, child->name, NULL));
		} else if (element && child->ns != NULL &&
			   xmlStrEqual(child->ns->href, to_xml(SHELL_NS))) {
			done = false;
		} else if (element) {
			xmlNodePtr inner = xmlDocCopyNode(child, v->doc, 2); /* attributes, too */

			done = put(copy, inner) && put_inside(v, inner, child);
		} else {
			done = put(copy, xmlDocCopyNode(child, v->doc, 1));
		}
	}
	return done;
}

static bool make_view(view *out, const tro_unchanged *unchanged, xmlNodePtr root)
{
	*out = (view){.doc = xmlNewDoc(to_xml("1.0")), .mark = unchanged->mark};
	xmlNodePtr copy = out->doc == NULL ? NULL : xmlDocCopyNode(root, out->doc, 2);

	if (copy == NULL) {
		return false;
	}
	xmlDocSetRootElement(out->doc, copy);
	out->shells = xmlNewNs(copy, to_xml(SHELL_NS), to_xml("unchanged"));
	return out->shells != NULL && put_inside(out, copy, root);
}

static bool is_valid(xmlRelaxNGPtr grammar, xmlDocPtr doc)
{
	bool reported = false;
	xmlRelaxNGValidCtxtPtr validator = xmlRelaxNGNewValidCtxt(grammar);

	if (validator == NULL) {
		return false;
	}
	xmlRelaxNGSetValidStructuredErrors(validator, note_report, &reported);
	int result = xmlRelaxNGValidateDoc(validator, doc);

	xmlRelaxNGFreeValidCtxt(validator);
	return result == 0 && !reported;
}

bool tro_unchanged_valid(tro_unchanged *unchanged, xmlDocPtr doc)
{
	xmlNodePtr root = xmlDocGetRootElement(doc);
	view v;

	if (doc->_private != unchanged->mark || root == NULL) {
		return false;
	}
	if (root->_private == unchanged->mark) {
		return true;
	}
	if (unchanged->shells == NULL && !compile_shells(unchanged)) {
		return false;
	}
	bool valid = make_view(&v, unchanged, root) && is_valid(unchanged->shells, v.doc);

	xmlFreeDoc(v.doc);
	return valid;
}
