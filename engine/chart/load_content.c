#include <string.h>

#include "base/text.h"
#include "chart/load.h"

static void need_one(
	chart_loader *loader, const tro_xml_node *node, const char *name, const char *expr_name)
{
	if (tro_chart_attr(node, name) == NULL && tro_chart_attr(node, expr_name) == NULL) {
		tro_chart_fault(loader, "chart/attribute-missing", node, "add one of them",
			"%s and %s are both missing", name, expr_name);
	}
}

static void remember_event(chart_loader *loader, const char *name)
{
	chart_word *word = tro_chart_alloc(loader, sizeof(*word));

	if (word != NULL) {
		*word = (chart_word){.text = name, .next = loader->raised};
		loader->raised = word;
		loader->raised_count++;
	}
}

/* ---- params, namelist, content ---- */

static void append_param(chart_loader *loader, chart_param ***tail, const char *name,
	const chart_expr *expr, bool location, bool listed)
{
	chart_param *param = tro_chart_alloc(loader, sizeof(*param));

	if (param != NULL) {
		*param = (chart_param){
			.name = name, .expr = expr, .location = location, .listed = listed};
		**tail = param;
		*tail = &param->next;
	}
}

static void load_namelist(chart_loader *loader, const tro_xml_node *node, chart_param ***tail)
{
	const char *at = tro_chart_attr(node, "namelist");
	const char *word;
	size_t len;

	while (at != NULL && tro_chart_word(&at, &word, &len)) {
		const char *text = tro_chart_copy(loader, word, len);
		const chart_expr *expr = tro_chart_compile(loader, node, "namelist", text);

		append_param(loader, tail, text[0] == '$' ? text + 1 : text, expr, true, true);
	}
}

static void load_param(chart_loader *loader, tro_xml_node *node, chart_param ***tail)
{
	const char *name = tro_chart_need(loader, node, "name");
	chart_value from = {
		.expr = tro_chart_expr_attr(loader, node, "expr"),
	};
	const chart_expr *location = tro_chart_expr_attr(loader, node, "location");

	if ((from.expr == NULL) == (location == NULL)) {
		tro_chart_fault(loader, "chart/attribute-missing", node, "write expr=\"...\"",
			"it needs either expr or location");
		return;
	}
	if (loader->production && name[0] != '\0' && !tro_chart_is_name(name)) {
		tro_chart_fault(loader, "chart/name", node,
			"write letters, digits, hyphens and dots, a letter first",
			"name=\"%s\" cannot name an element", name);
	}
	append_param(loader, tail, name, location != NULL ? location : from.expr, location != NULL,
		false);
}

void tro_chart_load_payload(chart_loader *loader, tro_xml_node *node, chart_payload *out)
{
	chart_param **tail = &out->params;

	load_namelist(loader, node, &tail);
	for (tro_xml_node *n = tro_xml_first_named(node, TRO_SCXML_NS, "param"); n != NULL;
		n = tro_xml_next_named(n, TRO_SCXML_NS, "param")) {
		load_param(loader, n, &tail);
	}
	out->content = tro_xml_first_named(node, TRO_SCXML_NS, "content");
	if (out->content == NULL) {
		return;
	}
	out->content_expr = tro_chart_expr_attr(loader, out->content, "expr");
	if (out->content_expr != NULL && tro_xml_first(out->content) != NULL) {
		tro_chart_fault(loader, "chart/attribute-both", out->content, "keep one of them",
			"both expr and content are given");
	}
	if (out->params != NULL && !tro_xml_is(node, TRO_SCXML_NS, "invoke")) {
		tro_chart_fault(loader, "chart/attribute-both", out->content, "keep one of them",
			"both parameters and content are given");
	}
}

/* ---- one element ---- */

static void load_raise(chart_loader *loader, tro_xml_node *node, chart_action *out)
{
	out->kind = CHART_DO_RAISE;
	out->of.raise = tro_chart_need(loader, node, "event");
	remember_event(loader, out->of.raise);
}

static chart_action *load_action(chart_loader *loader, tro_xml_node *node);

static void load_if(chart_loader *loader, tro_xml_node *node, chart_action *out)
{
	chart_branch *branch = tro_chart_alloc(loader, sizeof(*branch));

	out->kind = CHART_DO_IF;
	out->of.branches = branch;
	if (branch == NULL) {
		return;
	}
	branch->cond = tro_chart_need_expr(loader, node, "cond");
	chart_action **tail = &branch->actions;

	for (tro_xml_node *n = tro_xml_first(node); n != NULL && loader->status == TRO_OK;
		n = tro_xml_next(n)) {
		bool last = tro_xml_is(n, TRO_SCXML_NS, "else");

		if (!last && !tro_xml_is(n, TRO_SCXML_NS, "elseif")) {
			*tail = load_action(loader, n);
			tail = *tail == NULL ? tail : &(*tail)->next;
			continue;
		}
		if (branch->cond == NULL) {
			tro_chart_fault(loader, "chart/element-place", n, "put it before the else",
				"nothing can follow an else");
		}
		branch->next = tro_chart_alloc(loader, sizeof(*branch));
		if (branch->next != NULL) {
			branch = branch->next;
			branch->cond = last ? NULL : tro_chart_need_expr(loader, n, "cond");
			tail = &branch->actions;
		}
	}
}

static void load_foreach(chart_loader *loader, tro_xml_node *node, chart_action *out)
{
	chart_loop_action *loop = &out->of.loop;

	out->kind = CHART_DO_FOREACH;
	loop->array = tro_chart_need_expr(loader, node, "array");
	loop->item = tro_chart_need(loader, node, "item");
	loop->index = tro_chart_attr(node, "index");
	bool item = tro_chart_is_name(loop->item) && loop->item[0] != '_';
	bool index =
		loop->index == NULL || (tro_chart_is_name(loop->index) && loop->index[0] != '_');

	if (!item || !index) {
		loop->fault = item ? loop->index : loop->item;
		if (loader->production) {
			tro_chart_fault(loader, "chart/name", node,
				"begin with a letter; names with _ are the system's",
				"\"%s\" is no name for a variable", loop->fault);
		}
	}
	loop->actions = tro_chart_load_actions(loader, node);
}

static void load_log(chart_loader *loader, tro_xml_node *node, chart_action *out)
{
	const char *label = tro_chart_attr(node, "label");

	out->kind = CHART_DO_LOG;
	out->of.log.label = label == NULL ? "" : label;
	out->of.log.expr = tro_chart_expr_attr(loader, node, "expr");
}

static void load_assign(chart_loader *loader, tro_xml_node *node, chart_action *out)
{
	static const char *const kinds[] = {"replacechildren", "firstchild", "lastchild",
		"previoussibling", "nextsibling", "replace", "delete", "addattribute"};
	chart_assign_action *assign = &out->of.assign;
	const char *type = tro_chart_attr(node, "type");
	size_t kind = 0;

	while (type != NULL && kind < 8 && strcmp(type, kinds[kind]) != 0) {
		kind++;
	}
	if (kind == 8) {
		tro_chart_fault(loader, "chart/value", node,
			"write replacechildren, firstchild, lastchild, previoussibling, "
			"nextsibling, replace, delete or addattribute",
			"type=\"%s\" is unknown", type);
		kind = 0;
	}
	*assign = (chart_assign_action){
		.location = tro_chart_need_expr(loader, node, "location"),
		.expr = tro_chart_expr_attr(loader, node, "expr"),
		.element = node,
		.kind = (chart_assign_kind)kind,
		.attribute = tro_chart_attr(node, "attr"),
	};
	out->kind = CHART_DO_ASSIGN;
	if (assign->expr != NULL && tro_xml_first(node) != NULL) {
		tro_chart_fault(loader, "chart/attribute-both", node, "keep one of them",
			"both expr and content are given");
	}
	if ((assign->kind == CHART_ADD_ATTRIBUTE) != (assign->attribute != NULL)) {
		tro_chart_fault(loader, "chart/attribute-both", node,
			"write type=\"addattribute\" attr=\"...\"",
			"type=\"addattribute\" and attr go together");
	} else if (assign->attribute != NULL && !tro_chart_is_name(assign->attribute)) {
		tro_chart_fault(loader, "chart/name", node, "write a name without a colon",
			"attr=\"%s\" cannot name an attribute", assign->attribute);
	}
}

static void check_send(chart_loader *loader, tro_xml_node *node, const chart_send_action *send)
{
	bool delayed = send->delay.text != NULL || send->delay.expr != NULL;
	bool at = send->at.text != NULL || send->at.expr != NULL;

	if (send->at.text != NULL && send->at.expr != NULL) {
		tro_chart_fault(loader, "chart/attribute-both", node, "keep one of them",
			"both tro:at and tro:atexpr are given");
	}
	if (delayed && at) {
		tro_chart_fault(loader, "chart/attribute-both", node, "keep one of them",
			"both a delay and tro:at are given");
	}
	if ((delayed || at) && send->target.text != NULL &&
		strcmp(send->target.text, "#_internal") == 0) {
		tro_chart_fault(loader, "chart/value", node, "leave the target or the delay out",
			"what goes to #_internal cannot wait");
	}
	if (send->id != NULL && strncmp(send->id, CHART_AUTO_ID, strlen(CHART_AUTO_ID)) == 0) {
		tro_chart_fault(loader, "chart/name", node, "choose another id",
			"ids with " CHART_AUTO_ID " are the engine's");
	}
	if (send->id != NULL && send->id_location != NULL) {
		tro_chart_fault(loader, "chart/attribute-both", node, "keep one of them",
			"both id and idlocation are given");
	}
	if (loader->production &&
		(send->type.expr != NULL ||
			(send->type.text != NULL && strcmp(send->type.text, "scxml") != 0 &&
				strcmp(send->type.text,
					"http://www.w3.org/TR/scxml/#SCXMLEventProcessor") != 0))) {
		tro_chart_fault(loader, "chart/profile", node, "leave the type out",
			"foreign event processors are not of the production profile");
	}
}

static void load_send(chart_loader *loader, tro_xml_node *node, chart_action *out)
{
	chart_send_action *send = tro_chart_alloc(loader, sizeof(*send));
	const char *at_expr = tro_xml_get(node, TRO_WORKFLOW_NS, "atexpr");

	out->kind = CHART_DO_SEND;
	out->of.send = send;
	if (send == NULL) {
		return;
	}
	*send = (chart_send_action){
		.event = tro_chart_value_attr(loader, node, "event", "eventexpr"),
		.target = tro_chart_value_attr(loader, node, "target", "targetexpr"),
		.type = tro_chart_value_attr(loader, node, "type", "typeexpr"),
		.delay = tro_chart_value_attr(loader, node, "delay", "delayexpr"),
		.at = {.text = tro_xml_get(node, TRO_WORKFLOW_NS, "at"),
			.expr = at_expr == NULL
					? NULL
					: tro_chart_compile(loader, node, "tro:atexpr", at_expr)},
		.id = tro_chart_attr(node, "id"),
		.id_location = tro_chart_expr_attr(loader, node, "idlocation"),
	};
	tro_chart_load_payload(loader, node, &send->payload);
	if (send->payload.content == NULL) {
		need_one(loader, node, "event", "eventexpr");
	}
	if (send->event.text != NULL) {
		remember_event(loader, send->event.text);
	}
	check_send(loader, node, send);
}

static void load_cancel(chart_loader *loader, tro_xml_node *node, chart_action *out)
{
	out->kind = CHART_DO_CANCEL;
	out->of.cancel = tro_chart_value_attr(loader, node, "sendid", "sendidexpr");
	need_one(loader, node, "sendid", "sendidexpr");
}

static chart_action *load_action(chart_loader *loader, tro_xml_node *node)
{
	static const struct {
		const char *name;
		void (*load)(chart_loader *loader, tro_xml_node *node, chart_action *out);
	} table[] = {
		{"raise", load_raise},
		{"if", load_if},
		{"foreach", load_foreach},
		{"log", load_log},
		{"assign", load_assign},
		{"send", load_send},
		{"cancel", load_cancel},
	};

	if (strcmp(tro_xml_ns(node), TRO_WORKFLOW_NS) == 0) {
		return tro_chart_load_host(loader, node);
	}
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (tro_xml_is(node, TRO_SCXML_NS, table[i].name)) {
			chart_action *action = tro_chart_alloc(loader, sizeof(*action));

			if (action != NULL) {
				action->line = tro_xml_line(node);
				table[i].load(loader, node, action);
			}
			return action;
		}
	}
	if (tro_xml_is(node, TRO_SCXML_NS, "script")) {
		tro_chart_fault(loader, loader->production ? "chart/profile" : "chart/script", node,
			"write assign, if and foreach", "the XPath data model has no script");
	}
	return NULL; /* grammar.c has reported what is unknown here */
}

chart_action *tro_chart_load_actions(chart_loader *loader, tro_xml_node *parent)
{
	chart_action *first = NULL;
	chart_action **tail = &first;

	for (tro_xml_node *n = tro_xml_first(parent); n != NULL && loader->status == TRO_OK;
		n = tro_xml_next(n)) {
		*tail = load_action(loader, n);
		if (*tail != NULL) {
			tail = &(*tail)->next;
		}
	}
	return first;
}
