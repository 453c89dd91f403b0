/*
 * The shape of a definition: which element may stand where, with which attributes. SCXML 1.0
 * sections 3 to 6 and the workflow vocabulary, as one table.
 */
#include <string.h>

#include "base/text.h"
#include "chart/load.h"

/* Executable content; names with "tro:" are of the workflow namespace. */
#define EXECUTABLE "raise if foreach log assign send cancel script tro:matter tro:filing"

typedef struct shape {
	const char *name;
	const char *attributes;	    /* without namespace; "any" for all */
	const char *our_attributes; /* of the workflow namespace; "any" for all */
	const char *children;	    /* "any" when the content is not ours to judge */
	bool text;		    /* text between the children is meant */
} shape;

static const shape shapes[] = {
	{"assign", "location expr type attr", "", "any", true},
	{"cancel", "sendid sendidexpr", "", "", false},
	{"content", "expr", "", "any", true},
	{"data", "id src expr", "", "any", true},
	{"datamodel", "", "", "data", false},
	{"donedata", "", "", "content param", false},
	{"else", "", "", "", false},
	{"elseif", "cond", "", "", false},
	{"final", "id", "title", "onentry onexit donedata", false},
	{"finalize", "", "", EXECUTABLE, false},
	{"foreach", "array item index", "", EXECUTABLE, false},
	{"history", "id type", "title", "transition", false},
	{"if", "cond", "", EXECUTABLE " elseif else", false},
	{"initial", "", "", "transition", false},
	{"invoke", "type typeexpr src srcexpr id idlocation namelist autoforward", "",
		"param finalize content", false},
	{"log", "label expr", "", "", false},
	{"onentry", "", "", EXECUTABLE, false},
	{"onexit", "", "", EXECUTABLE, false},
	{"parallel", "id", "title",
		"onentry onexit transition state parallel history datamodel invoke", false},
	{"param", "name expr location", "", "", false},
	{"raise", "event", "", "", false},
	{"script", "src", "", "any", true},
	{"scxml", "initial name version datamodel binding",
		"id version semantics title grammar hold-roles erase-roles erase-confirm-roles "
		"holds",
		"state parallel final datamodel script tro:event tro:property", false},
	{"send",
		"event eventexpr target targetexpr type typeexpr id idlocation delay delayexpr "
		"namelist",
		"at atexpr", "param content", false},
	{"state", "id initial", "title rest",
		"onentry onexit transition initial state parallel final history datamodel invoke",
		false},
	{"transition", "event cond target type", "why remedy", EXECUTABLE " tro:require", false},
};

static const shape our_shapes[] = {
	{"event", "name title help role not-actor-of basis form", "", "tro:param tro:require",
		false},
	{"filing", "name nameexpr recipient recipientexpr foreach", "", "param", false},
	{"matter", "definition definitionexpr id idexpr foreach", "", "param", false},
	{"param", "name type title help required values codes of current row", "", "tro:param",
		false},
	{"property", "any", "any", "any", true},
	{"require", "id level test none basis remedy", "", "", true},
};

static const shape *find(const shape *table, size_t count, const char *name)
{
	for (size_t low = 0, high = count; low < high;) {
		size_t middle = (low + high) / 2;
		int order = strcmp(name, table[middle].name);

		if (order == 0) {
			return &table[middle];
		}
		if (order < 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return NULL;
}

static const shape *shape_of(const tro_xml_node *node)
{
	if (strcmp(tro_xml_ns(node), TRO_SCXML_NS) == 0) {
		return find(shapes, sizeof(shapes) / sizeof(shapes[0]), tro_xml_name(node));
	}
	if (strcmp(tro_xml_ns(node), TRO_WORKFLOW_NS) == 0) {
		return find(
			our_shapes, sizeof(our_shapes) / sizeof(our_shapes[0]), tro_xml_name(node));
	}
	return NULL;
}

/* Is this element one that the list names? */
static bool listed(const char *list, const tro_xml_node *node)
{
	char name[64] = "tro:";
	size_t len = strlen(tro_xml_name(node));

	if (len + 5 > sizeof(name)) {
		return false;
	}
	memcpy(name + 4, tro_xml_name(node), len + 1);
	bool ours = strcmp(tro_xml_ns(node), TRO_WORKFLOW_NS) == 0;

	if (!ours && strcmp(tro_xml_ns(node), TRO_SCXML_NS) != 0) {
		return false; /* `<log xmlns="">` is no log */
	}
	return tro_text_in_list(list, ours ? name : name + 4);
}

static void check_attributes(chart_loader *loader, const tro_xml_node *node, const shape *known)
{
	for (tro_xml_node *a = tro_xml_first_attribute(node); a != NULL;
		a = tro_xml_next_attribute(a)) {
		const char *ns = tro_xml_ns(a);
		const char *name = tro_xml_name(a);
		const char *list = ns[0] == '\0' ? known->attributes : known->our_attributes;

		if (ns[0] != '\0' && strcmp(ns, TRO_WORKFLOW_NS) != 0) {
			continue; /* another vocabulary's remark */
		}
		if (strcmp(list, "any") != 0 && !tro_text_in_list(list, name)) {
			const char *remedy = tro_arena_printf(
				loader->arena, "known are: %s", list[0] == '\0' ? "none" : list);

			tro_chart_fault(loader, "chart/attribute-unknown", node,
				remedy == NULL ? "" : remedy, "the attribute %s%s is unknown",
				ns[0] == '\0' ? "" : "tro:", name);
		}
	}
}

static bool has_word(const tro_xml_node *text)
{
	tro_buf buf = TRO_BUF_INIT;

	tro_xml_text(&buf, text);
	bool word = strspn(buf.ptr, " \t\r\n") < buf.len;

	tro_buf_done(&buf);
	return word;
}

static void check_element(chart_loader *loader, tro_xml_node *node);

static void check_child(
	chart_loader *loader, tro_xml_node *node, const tro_xml_node *parent, const char *allowed)
{
	bool known = shape_of(node) != NULL;
	bool ours = strcmp(tro_xml_ns(node), TRO_SCXML_NS) == 0 ||
		    strcmp(tro_xml_ns(node), TRO_WORKFLOW_NS) == 0;

	if (!ours && !loader->production) {
		return; /* SCXML 1.0, 3.2: elements of other namespaces are ignored */
	}
	if (!listed(allowed, node)) {
		const char *remedy = tro_arena_printf(loader->arena, "allowed there: %s",
			allowed[0] == '\0' ? "nothing" : allowed);

		tro_chart_fault(loader, known ? "chart/element-place" : "chart/element-unknown",
			node, remedy == NULL ? "" : remedy, "%s in <%s>",
			known ? "this cannot stand" : "unknown element", tro_xml_name(parent));
	}
	if (known) {
		check_element(loader, node);
	}
}

static bool is_relative(const tro_xml_node *node)
{
	const char *ns = tro_xml_ns(node);

	return ns[0] != '\0' && strchr(ns, ':') == NULL;
}

/* Content becomes data, and data become canonical bytes, which cannot say a relative namespace
 * (Canonical XML 1.0, section 1.3). */
static void check_content(chart_loader *loader, const tro_xml_node *node)
{
	bool relative = is_relative(node);

	for (tro_xml_node *a = tro_xml_first_attribute(node); a != NULL;
		a = tro_xml_next_attribute(a)) {
		relative = relative || is_relative(a);
	}
	if (relative) {
		tro_chart_fault(loader, "chart/namespace", node,
			"write xmlns=\"\" or an absolute name such as urn:example",
			"the namespace is relative");
	}
	for (tro_xml_node *n = tro_xml_first(node); n != NULL; n = tro_xml_next(n)) {
		check_content(loader, n);
	}
}

static void check_element(chart_loader *loader, tro_xml_node *node)
{
	const shape *known = shape_of(node);

	check_attributes(loader, node, known);
	if (loader->production) {
		tro_chart_check_profile(loader, node);
	}
	if (strcmp(known->children, "any") == 0) {
		check_content(loader, node);
		return;
	}
	for (tro_xml_node *n = tro_xml_first_any(node); n != NULL; n = tro_xml_next_any(n)) {
		if (tro_xml_node_kind(n) == TRO_XML_ELEMENT) {
			check_child(loader, n, node, known->children);
		} else if (tro_xml_node_kind(n) == TRO_XML_TEXT && !known->text &&
			   loader->production && has_word(n)) {
			tro_chart_fault(loader, "chart/text", node,
				"remove it, or write it as a comment",
				"text stands where only elements may");
		}
	}
}

void tro_chart_check_shape(chart_loader *loader, tro_xml_node *root)
{
	check_element(loader, root);
}
