/*
 * The workflow vocabulary: events that declare themselves, requirements that explain themselves,
 * elements that the host executes.
 */
#include <string.h>

#include "base/text.h"
#include "chart/load.h"

#define TYPES                                                                                      \
	"text date time datetime identifier exhibit person code codes money integer boolean "      \
	"digest "                                                                                  \
	"rows"

static const char *or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

static bool load_truth(chart_loader *loader, tro_xml_node *node, const char *name)
{
	const char *text = tro_chart_attr(node, name);

	if (text != NULL && strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
		tro_chart_fault(loader, "chart/value", node, "write true or false",
			"%s=\"%s\" is neither true nor false", name, text);
	}
	return text != NULL && strcmp(text, "true") == 0;
}

/* ---- requirements ---- */

static void append_part(
	chart_loader *loader, chart_sentence ***tail, const char *text, const chart_expr *expr)
{
	chart_sentence *part = tro_chart_alloc(loader, sizeof(*part));

	if (part != NULL) {
		*part = (chart_sentence){.text = text, .expr = expr};
		**tail = part;
		*tail = &part->next;
	}
}

/* One line, single blanks: a sentence is wrapped in the definition as its author likes. */
static const char *one_line(chart_loader *loader, const tro_xml_node *node)
{
	tro_buf raw = TRO_BUF_INIT;
	tro_buf line = TRO_BUF_INIT;
	const char *word;
	size_t len;

	tro_xml_text(&raw, node);
	for (const char *at = raw.ptr; tro_chart_word(&at, &word, &len);) {
		if (line.len > 0) {
			tro_buf_putc(&line, ' ');
		}
		tro_buf_put(&line, word, len);
	}
	if (tro_buf_status(&line, NULL) != TRO_OK || tro_buf_status(&raw, NULL) != TRO_OK) {
		loader->status = TRO_NOMEM;
	}
	const char *out = tro_chart_copy(loader, line.ptr, line.len);

	tro_buf_done(&raw);
	tro_buf_done(&line);
	return out;
}

static chart_sentence *load_sentence(chart_loader *loader, tro_xml_node *node, bool *asks_event)
{
	chart_sentence *first = NULL;
	chart_sentence **tail = &first;
	const char *p = one_line(loader, node);

	if (p[0] == '\0') {
		tro_chart_fault(loader, "chart/sentence", node,
			"write what must hold, as a person would say it",
			"the requirement has no sentence");
	}
	while (*p != '\0' && loader->status == TRO_OK) {
		size_t len = strcspn(p, "{}");

		if (len > 0) {
			append_part(loader, &tail, tro_chart_copy(loader, p, len), NULL);
			p += len;
			continue;
		}
		size_t inner = strcspn(p + 1, "{}");

		if (p[0] == '}' || p[1 + inner] != '}') {
			tro_chart_fault(loader, "chart/sentence", node, "write {xpath}",
				"a brace of the sentence has no partner");
			break;
		}
		const chart_expr *expr = tro_chart_compile(loader, node, "a {part} of the sentence",
			tro_chart_copy(loader, p + 1, inner));

		*asks_event = *asks_event || (expr != NULL && expr->asks_event);
		append_part(loader, &tail, NULL, expr);
		p += inner + 2;
	}
	return first;
}

static tro_level load_level(chart_loader *loader, tro_xml_node *node)
{
	const char *text = tro_chart_attr(node, "level");

	if (text == NULL || strcmp(text, "block") == 0) {
		return TRO_LEVEL_BLOCK;
	}
	if (strcmp(text, "warn") != 0 && strcmp(text, "task") != 0) {
		tro_chart_fault(loader, "chart/value", node, "write block, warn or task",
			"level=\"%s\" is unknown", text);
	}
	return strcmp(text, "warn") == 0 ? TRO_LEVEL_WARN : TRO_LEVEL_TASK;
}

/* none="NODES" is the test that there are no such nodes. */
static void load_test(chart_loader *loader, tro_xml_node *node, chart_require *out)
{
	tro_buf test = TRO_BUF_INIT;

	if (tro_chart_attr(node, "none") == NULL) {
		out->test = tro_chart_need_expr(loader, node, "test");
		return;
	}
	if (tro_chart_attr(node, "test") != NULL) {
		tro_chart_fault(loader, "chart/attribute-both", node, "keep one of them",
			"both test and none are given");
	}
	out->none = tro_chart_expr_attr(loader, node, "none");
	if (out->none == NULL || out->none->fault != NULL) {
		return;
	}
	tro_buf_printf(&test, "not(%s)", out->none->text);
	if (tro_buf_status(&test, NULL) != TRO_OK) {
		loader->status = TRO_NOMEM;
	} else {
		out->test = tro_chart_compile(
			loader, node, "none", tro_chart_copy(loader, test.ptr, test.len));
	}
	tro_buf_done(&test);
}

chart_require *tro_chart_load_requires(chart_loader *loader, tro_xml_node *node)
{
	chart_require *first = NULL;
	chart_require **tail = &first;

	for (tro_xml_node *n = tro_xml_first_named(node, TRO_WORKFLOW_NS, "require"); n != NULL;
		n = tro_xml_next_named(n, TRO_WORKFLOW_NS, "require")) {
		chart_require *require = tro_chart_alloc(loader, sizeof(*require));

		if (require == NULL) {
			break;
		}
		*require = (chart_require){
			.id = tro_chart_need(loader, n, "id"),
			.basis = or_empty(tro_chart_attr(n, "basis")),
			.remedy = or_empty(tro_chart_attr(n, "remedy")),
			.level = load_level(loader, n),
			.line = tro_xml_line(n),
		};
		load_test(loader, n, require);
		require->asks_event = require->test != NULL && require->test->asks_event;
		require->sentence = load_sentence(loader, n, &require->asks_event);
		*tail = require;
		tail = &require->next;
	}
	return first;
}

/* ---- events ---- */

static size_t count_named(const tro_xml_node *node, const char *name)
{
	size_t count = 0;

	for (tro_xml_node *n = tro_xml_first_named(node, TRO_WORKFLOW_NS, name); n != NULL;
		n = tro_xml_next_named(n, TRO_WORKFLOW_NS, name)) {
		count++;
	}
	return count;
}

static const tro_chart_param *load_params(
	chart_loader *loader, tro_xml_node *node, size_t *out_count, bool nested);

static void check_param(
	chart_loader *loader, tro_xml_node *node, const tro_chart_param *param, bool nested)
{
	bool rows = strcmp(param->type, "rows") == 0;

	if (!tro_text_in_list(TYPES, param->type)) {
		tro_chart_fault(loader, "chart/type", node, "known types are: " TYPES,
			"type=\"%s\" is unknown", param->type);
	}
	if (param->name[0] != '\0' && !tro_chart_is_name(param->name)) {
		tro_chart_fault(loader, "chart/name", node,
			"write letters, digits, hyphens and dots, a letter first",
			"name=\"%s\" cannot name an element", param->name);
	}
	if (rows && (nested || param->column_count == 0)) {
		tro_chart_fault(loader, "chart/type", node,
			nested ? "rows do not nest" : "write a <tro:param> for each column",
			nested ? "a column cannot be of type rows" : "rows without columns");
	}
	if (!rows && param->column_count > 0) {
		tro_chart_fault(loader, "chart/type", node, "write type=\"rows\"",
			"only type=\"rows\" has columns");
	}
	if (rows && (param->row[0] == '\0' || !tro_chart_is_name(param->row))) {
		tro_chart_fault(loader, "chart/attribute-missing", node, "write row=\"item\"",
			"row must name the element of one row");
	}
	if ((strcmp(param->type, "code") == 0 || strcmp(param->type, "codes") == 0) &&
		param->values[0] == '\0' && param->codes[0] == '\0') {
		tro_chart_fault(loader, "chart/attribute-missing", node,
			"write values=\"...\" or codes=\"...\"", "a code without a list of values");
	}
}

static void load_param(chart_loader *loader, tro_xml_node *node, tro_chart_param *out, bool nested)
{
	const char *title = tro_chart_attr(node, "title");

	*out = (tro_chart_param){
		.name = tro_chart_need(loader, node, "name"),
		.type = tro_chart_need(loader, node, "type"),
		.help = or_empty(tro_chart_attr(node, "help")),
		.required = load_truth(loader, node, "required"),
		.values = or_empty(tro_chart_attr(node, "values")),
		.codes = or_empty(tro_chart_attr(node, "codes")),
		.of = or_empty(tro_chart_attr(node, "of")),
		.current = or_empty(tro_chart_attr(node, "current")),
		.row = or_empty(tro_chart_attr(node, "row")),
	};
	out->title = title != NULL ? title : out->name;
	out->columns = load_params(loader, node, &out->column_count, true);
	if (out->current[0] != '\0') {
		(void)tro_chart_compile(loader, node, "current", out->current);
	}
	check_param(loader, node, out, nested);
}

static bool param_known(const tro_chart_param *params, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(params[i].name, name) == 0) {
			return true;
		}
	}
	return false;
}

enum { PARAMS_MAX = 200 };

static const tro_chart_param *load_params(
	chart_loader *loader, tro_xml_node *node, size_t *out_count, bool nested)
{
	size_t room = count_named(node, "param");
	size_t count = 0;

	*out_count = 0;
	if (room > PARAMS_MAX) {
		tro_chart_fault(
			loader, "chart/size", node, "use rows", "it has %zu parameters", room);
		return NULL;
	}
	tro_chart_param *params = tro_chart_alloc(loader, (room + 1) * sizeof(*params));

	for (tro_xml_node *n = tro_xml_first_named(node, TRO_WORKFLOW_NS, "param");
		params != NULL && n != NULL; n = tro_xml_next_named(n, TRO_WORKFLOW_NS, "param")) {
		load_param(loader, n, &params[count], nested);
		if (param_known(params, count, params[count].name)) {
			tro_chart_fault(loader, "chart/duplicate", n, "choose another name",
				"the parameter %s is declared twice", params[count].name);
		}
		count++;
	}
	for (size_t i = 0; params != NULL && i < count; i++) {
		if (params[i].of[0] != '\0' && !param_known(params, count, params[i].of)) {
			tro_chart_fault(loader, "chart/name", node, "name a sibling parameter",
				"of=\"%s\" names no parameter of this event", params[i].of);
		}
	}
	*out_count = params == NULL ? 0 : count;
	return params;
}

static bool event_name(const char *name)
{
	char first[2] = {name[0], '\0'};

	return tro_chart_is_name(name) && tro_chart_is_name(first) &&
	       name[strlen(name) - 1] != '.' && strstr(name, "..") == NULL;
}

static void load_event(chart_loader *loader, tro_xml_node *node, size_t index)
{
	tro_chart_event *event = &loader->chart->events[index];
	chart_rules *rules = &loader->chart->rules[index];
	const char *title = tro_chart_attr(node, "title");

	*event = (tro_chart_event){
		.name = tro_chart_need(loader, node, "name"),
		.help = or_empty(tro_chart_attr(node, "help")),
		.role = or_empty(tro_chart_attr(node, "role")),
		.not_actor_of = or_empty(tro_chart_attr(node, "not-actor-of")),
		.basis = or_empty(tro_chart_attr(node, "basis")),
		.form = load_truth(loader, node, "form"),
	};
	event->title = title != NULL && title[0] != '\0' ? title : event->name;
	event->params = load_params(loader, node, &event->param_count, false);
	rules->requires = tro_chart_load_requires(loader, node);
	rules->line = tro_xml_line(node);
	if (event->name[0] != '\0' && !event_name(event->name)) {
		tro_chart_fault(loader, "chart/name", node,
			"write letters, digits and hyphens, parted by dots",
			"name=\"%s\" is no name for an event", event->name);
	}
}

void tro_chart_load_events(chart_loader *loader, tro_xml_node *root)
{
	tro_chart *chart = loader->chart;
	size_t room = count_named(root, "event");

	chart->events = tro_chart_alloc(loader, (room + 1) * sizeof(*chart->events));
	chart->rules = tro_chart_alloc(loader, (room + 1) * sizeof(*chart->rules));
	if (chart->events == NULL || chart->rules == NULL) {
		return;
	}
	for (tro_xml_node *n = tro_xml_first_named(root, TRO_WORKFLOW_NS, "event"); n != NULL;
		n = tro_xml_next_named(n, TRO_WORKFLOW_NS, "event")) {
		load_event(loader, n, chart->event_count++);
	}
}

/* ---- elements that the host executes ---- */

static void load_host_attribute(chart_loader *loader, tro_xml_node *node, tro_xml_node *attribute,
	chart_host_attribute ***tail)
{
	chart_host_attribute *out = tro_chart_alloc(loader, sizeof(*out));
	const char *name = tro_xml_name(attribute);
	const char *text = tro_chart_attr(node, name);
	size_t len = strlen(name);

	if (out == NULL) {
		return;
	}
	if (len > 4 && strcmp(name + len - 4, "expr") == 0) {
		out->name = tro_chart_copy(loader, name, len - 4);
		out->value.expr = tro_chart_compile(loader, node, name, text);
		if (tro_chart_attr(node, out->name) != NULL) {
			tro_chart_fault(loader, "chart/attribute-both", node, "keep one of them",
				"both %s and %s are given", out->name, name);
		}
	} else {
		out->name = name;
		out->value.text = text;
	}
	**tail = out;
	*tail = &out->next;
}

chart_action *tro_chart_load_host(chart_loader *loader, tro_xml_node *node)
{
	if (!tro_xml_is(node, TRO_WORKFLOW_NS, "matter") &&
		!tro_xml_is(node, TRO_WORKFLOW_NS, "filing")) {
		return NULL; /* a declaration, or reported by grammar.c */
	}
	chart_action *action = tro_chart_alloc(loader, sizeof(*action));
	chart_host_action *host = tro_chart_alloc(loader, sizeof(*host));

	if (action == NULL || host == NULL) {
		return NULL;
	}
	action->kind = CHART_DO_HOST;
	action->line = tro_xml_line(node);
	action->of.host = host;
	host->name = tro_xml_name(node);
	host->foreach = tro_chart_expr_attr(loader, node, "foreach");
	chart_host_attribute **tail = &host->attributes;

	for (tro_xml_node *a = tro_xml_first_attribute(node); a != NULL;
		a = tro_xml_next_attribute(a)) {
		if (tro_xml_ns(a)[0] == '\0' && strcmp(tro_xml_name(a), "foreach") != 0) {
			load_host_attribute(loader, node, a, &tail);
		}
	}
	tro_chart_load_payload(loader, node, &host->payload);
	return action;
}
