/*
 * The canonical form of trees without namespaces, which is what sessions and payloads are: the same
 * bytes as libxml2 gives (tests hold it to that on random trees) for a fifth of the time, on the
 * way of every command. Without namespaces inclusive and exclusive form are one: W3C xml-c14n
 * section 2.3, without comments.
 */
#include "xml/c14n_plain.h"

#include <limits.h>

enum { ATTRIBUTES_MAX = 64, DEPTH_MAX = 256 };

static bool plain_attributes(const xmlNode *element)
{
	size_t count = 0;

	for (const xmlAttr *a = element->properties; a != NULL; a = a->next) {
		const xmlNode *value = a->children;
		bool one_text =
			value == NULL || (value->next == NULL && value->type == XML_TEXT_NODE);

		if (a->ns != NULL || !one_text || ++count > ATTRIBUTES_MAX) {
			return false;
		}
	}
	return true;
}

/* xmlns="" takes back what nothing here declares: the exclusive form does not write it. Such an
 * element came out of a document in a namespace, as a case document comes out of its chart. */
static bool declares_nothing(const xmlNode *element)
{
	for (const xmlNs *ns = element->nsDef; ns != NULL; ns = ns->next) {
		if (ns->prefix != NULL || (ns->href != NULL && ns->href[0] != '\0')) {
			return false;
		}
	}
	return true;
}

static bool plain_element(const xmlNode *element, int depth)
{
	if (element->ns != NULL || !declares_nothing(element) || depth > DEPTH_MAX ||
		!plain_attributes(element)) {
		return false;
	}
	for (const xmlNode *child = element->children; child != NULL; child = child->next) {
		bool plain = child->type == XML_TEXT_NODE ||
			     (child->type == XML_ELEMENT_NODE && plain_element(child, depth + 1));

		if (!plain) {
			return false;
		}
	}
	return true;
}

bool tro_xml_is_plain(const xmlNode *element)
{
	return plain_element(element, 0);
}

typedef enum place { IN_TEXT = 1, IN_ATTRIBUTE = 2 } place;

/* Where a character is written as something else: section 2.3 of the Recommendation. */
static const unsigned char escaped[UCHAR_MAX + 1] = {
	['&'] = IN_TEXT | IN_ATTRIBUTE,
	['<'] = IN_TEXT | IN_ATTRIBUTE,
	['\r'] = IN_TEXT | IN_ATTRIBUTE,
	['>'] = IN_TEXT,
	['"'] = IN_ATTRIBUTE,
	['\t'] = IN_ATTRIBUTE,
	['\n'] = IN_ATTRIBUTE,
};

static const char *reference(xmlChar c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\t':
		return "&#x9;";
	case '\n':
		return "&#xA;";
	default:
		return "&#xD;";
	}
}

/* Writes runs of ordinary characters at once. */
static void put_escaped(tro_buf *out, const xmlChar *text, place where)
{
	const xmlChar *run = text;
	const xmlChar *at = text;

	for (; *at != '\0'; at++) {
		if ((escaped[*at] & where) != 0) {
			tro_buf_put(out, run, (size_t)(at - run));
			tro_buf_puts(out, reference(*at));
			run = at + 1;
		}
	}
	tro_buf_put(out, run, (size_t)(at - run));
}

/* By name; there are few, and most stand in order already. */
static size_t sort_attributes(const xmlAttr *sorted[ATTRIBUTES_MAX], const xmlNode *element)
{
	size_t count = 0;

	for (const xmlAttr *a = element->properties; a != NULL; a = a->next) {
		size_t at = count++;

		while (at > 0 && xmlStrcmp(sorted[at - 1]->name, a->name) > 0) {
			sorted[at] = sorted[at - 1];
			at--;
		}
		sorted[at] = a;
	}
	return count;
}

static void put_attributes(tro_buf *out, const xmlNode *element)
{
	const xmlAttr *sorted[ATTRIBUTES_MAX];
	size_t count = sort_attributes(sorted, element);

	for (size_t i = 0; i < count; i++) {
		const xmlNode *value = sorted[i]->children;

		tro_buf_putc(out, ' ');
		tro_buf_puts(out, (const char *)sorted[i]->name);
		tro_buf_puts(out, "=\"");
		if (value != NULL && value->content != NULL) {
			put_escaped(out, value->content, IN_ATTRIBUTE);
		}
		tro_buf_putc(out, '"');
	}
}

void tro_xml_put_plain(tro_buf *out, const xmlNode *element)
{
	tro_buf_putc(out, '<');
	tro_buf_puts(out, (const char *)element->name);
	put_attributes(out, element);
	tro_buf_putc(out, '>');
	for (const xmlNode *child = element->children; child != NULL; child = child->next) {
		if (child->type == XML_TEXT_NODE && child->content != NULL) {
			put_escaped(out, child->content, IN_TEXT);
		} else if (child->type != XML_TEXT_NODE) {
			tro_xml_put_plain(out, child);
		}
	}
	tro_buf_puts(out, "</");
	tro_buf_puts(out, (const char *)element->name);
	tro_buf_putc(out, '>');
}
