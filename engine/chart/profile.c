/*
 * The closed profile of production: what one element must say beyond what SCXML asks. A definition
 * that people are held to gives a basis for each rule and a remedy for each refusal, and leaves
 * nothing to a default that surprises.
 */
#include <string.h>

#include "base/text.h"
#include "chart/load.h"

static bool is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

static void need(chart_loader *loader, const tro_xml_node *node, const char *name,
	const char *remedy, const char *why)
{
	if (is_blank(tro_chart_attr(node, name))) {
		tro_chart_fault(loader, "chart/attribute-missing", node, remedy,
			"the attribute %s is missing: %s", name, why);
	}
}

static void need_either(chart_loader *loader, const tro_xml_node *node, const char *name,
	const char *name_expr, const char *remedy)
{
	if (is_blank(tro_chart_attr(node, name)) && is_blank(tro_chart_attr(node, name_expr))) {
		tro_chart_fault(loader, "chart/attribute-missing", node, remedy,
			"%s and %s are both missing", name, name_expr);
	}
}

/* ---- our vocabulary ---- */

static void check_root(chart_loader *loader, const tro_xml_node *node)
{
	static const char *const names[] = {"id", "version", "semantics", "title"};
	const char *semantics = tro_xml_get(node, TRO_WORKFLOW_NS, "semantics");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (is_blank(tro_xml_get(node, TRO_WORKFLOW_NS, names[i]))) {
			tro_chart_fault(loader, "chart/attribute-missing", node,
				"write tro:id=\"folder/name\" tro:version=\"1\" "
				"tro:semantics=\"1\" tro:title=\"...\"",
				"the attribute tro:%s is missing", names[i]);
		}
	}
	if (!is_blank(semantics) && strcmp(semantics, CHART_SEMANTICS) != 0) {
		tro_chart_fault(loader, "chart/value", node,
			"write tro:semantics=\"" CHART_SEMANTICS "\"",
			"tro:semantics=\"%s\": this engine does not know that meaning of "
			"definitions",
			semantics);
	}
}

static void check_event(chart_loader *loader, const tro_xml_node *node)
{
	bool role = !is_blank(tro_chart_attr(node, "role"));
	bool four_eyes = !is_blank(tro_chart_attr(node, "not-actor-of"));

	if (role || four_eyes) {
		need(loader, node, "basis",
			"name the law or policy, such as basis=\"policy:roles\"",
			"a refusal could not say why the event is for some and not for others");
	}
	if (four_eyes && !role) {
		tro_chart_fault(loader, "chart/four-eyes", node,
			"write role=\"...\", or leave not-actor-of out",
			"not-actor-of of an event that no person does");
	}
}

static void check_require(chart_loader *loader, const tro_xml_node *node)
{
	need(loader, node, "basis", "name the law or policy, such as basis=\"policy:forms\"",
		"nobody could look up why this is required");
	need(loader, node, "remedy",
		"name the event that mends it, or a command: remedy=\"tro ...\"",
		"nobody would know what to do");
}

static void check_param(chart_loader *loader, const tro_xml_node *node)
{
	static const struct {
		const char *name, *types;
	} only[] = {{"values", "code codes"}, {"codes", "code codes"}, {"of", "identifier"},
		{"row", "rows"}};
	const char *type = tro_chart_attr(node, "type");

	for (size_t i = 0; type != NULL && i < sizeof(only) / sizeof(only[0]); i++) {
		if (tro_chart_attr(node, only[i].name) != NULL &&
			!tro_text_in_list(only[i].types, type)) {
			tro_chart_fault(loader, "chart/type", node,
				"remove it, or write another type", "%s is for the types: %s",
				only[i].name, only[i].types);
		}
	}
}

/* ---- SCXML ---- */

/* Without event, cond and target a transition would be taken for ever. */
static void check_transition(chart_loader *loader, const tro_xml_node *node)
{
	if (tro_chart_attr(node, "event") == NULL && tro_chart_attr(node, "cond") == NULL &&
		tro_chart_attr(node, "target") == NULL) {
		tro_chart_fault(loader, "chart/transition", node,
			"write event=\"...\", cond=\"...\" or target=\"...\"",
			"a transition needs an event, a cond or a target");
	}
}

/* What SCXML allows at most once; the model would keep one of them and forget the others. */
static void check_once(chart_loader *loader, const tro_xml_node *node)
{
	static const char *const names[] = {"datamodel", "donedata", "content", "initial"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		tro_xml_node *first = tro_xml_first_named(node, TRO_SCXML_NS, names[i]);
		tro_xml_node *second =
			first == NULL ? NULL : tro_xml_next_named(first, TRO_SCXML_NS, names[i]);

		if (second != NULL) {
			tro_chart_fault(loader, "chart/element-twice", second,
				"join them, or remove one", "it stands in <%s> already, in line %d",
				tro_xml_name(node), tro_xml_line(first));
		}
	}
}

static void check_ours(chart_loader *loader, const tro_xml_node *node)
{
	const char *name = tro_xml_name(node);

	if (strcmp(name, "event") == 0) {
		check_event(loader, node);
	} else if (strcmp(name, "require") == 0) {
		check_require(loader, node);
	} else if (strcmp(name, "param") == 0) {
		check_param(loader, node);
	} else if (strcmp(name, "matter") == 0) {
		need_either(loader, node, "definition", "definitionexpr",
			"write definition=\"folder/name\"");
		need_either(loader, node, "id", "idexpr",
			"write id=\"name\", or idexpr=\"concat('name.', ...)\"");
	} else if (strcmp(name, "filing") == 0) {
		need_either(loader, node, "name", "nameexpr", "name a filing of the templates");
		need_either(loader, node, "recipient", "recipientexpr", "say who it is for");
	} else if (strcmp(name, "property") == 0) {
		need(loader, node, "id", "write id=\"...\"", "nobody could name the property");
	}
}

void tro_chart_check_profile(chart_loader *loader, const tro_xml_node *node)
{
	if (strcmp(tro_xml_ns(node), TRO_WORKFLOW_NS) == 0) {
		check_ours(loader, node);
		return;
	}
	check_once(loader, node);
	if (tro_xml_is(node, TRO_SCXML_NS, "scxml")) {
		check_root(loader, node);
	} else if (tro_xml_is(node, TRO_SCXML_NS, "transition")) {
		check_transition(loader, node);
	}
}
