#include "chart/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* ---- helpers of every pass ---- */

static char *format(chart_loader *loader, const char *fmt, va_list args)
{
	va_list again;

	va_copy(again, args);
	int len = vsnprintf(NULL, 0, fmt, again);

	va_end(again);
	char *out = len < 0 ? NULL : tro_chart_alloc(loader, (size_t)len + 1);

	if (out != NULL) {
		(void)vsnprintf(out, (size_t)len + 1, fmt, args);
	}
	return out;
}

static void report(chart_loader *loader, const char *rule, int line, const char *element,
	const char *remedy, const char *message)
{
	tro_chart *chart = loader->chart;

	if (loader->status != TRO_OK || message == NULL ||
		++loader->fault_count > CHART_FAULTS_MAX) {
		return;
	}
	if (loader->fault_count == 1) {
		(void)tro_err_set(loader->err, TRO_INVALID, "%s:%d: %s%s%s%s%s", chart->source,
			line, element, message, remedy[0] != '\0' ? " (" : "", remedy,
			remedy[0] != '\0' ? ")" : "");
	}
	if (loader->faults == NULL) {
		return;
	}
	char *place = tro_arena_printf(loader->arena, "%s:%d", chart->source, line);

	if (place == NULL) {
		loader->status = TRO_NOMEM;
		return;
	}
	loader->status = tro_findings_add(loader->faults, TRO_LEVEL_BLOCK, rule, place, "", remedy,
		NULL, "%s%s", element, message);
}

void tro_chart_fault(chart_loader *loader, const char *rule, const tro_xml_node *node,
	const char *remedy, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	char *message = format(loader, fmt, args);

	va_end(args);
	bool ours = strcmp(tro_xml_ns(node), TRO_WORKFLOW_NS) == 0;
	char *element =
		tro_arena_printf(loader->arena, "<%s%s>: ", ours ? "tro:" : "", tro_xml_name(node));

	report(loader, rule, tro_xml_line(node), element == NULL ? "" : element, remedy, message);
}

void tro_chart_fault_line(
	chart_loader *loader, const char *rule, int line, const char *remedy, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	char *message = format(loader, fmt, args);

	va_end(args);
	report(loader, rule, line, "", remedy, message);
}

void *tro_chart_alloc(chart_loader *loader, size_t size)
{
	void *out = loader->status == TRO_OK ? tro_arena_alloc(loader->arena, size) : NULL;

	if (out == NULL) {
		loader->status = TRO_NOMEM;
	}
	return out;
}

const char *tro_chart_copy(chart_loader *loader, const char *text, size_t len)
{
	char *out = tro_arena_strndup(loader->arena, text, len);

	if (out == NULL) {
		loader->status = TRO_NOMEM;
		return "";
	}
	return out;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool tro_chart_word(const char **at, const char **word, size_t *len)
{
	const char *p = *at;

	while (blank(*p)) {
		p++;
	}
	*word = p;
	while (*p != '\0' && !blank(*p)) {
		p++;
	}
	*len = (size_t)(p - *word);
	*at = p;
	return *len > 0;
}

const char *tro_chart_attr(const tro_xml_node *node, const char *name)
{
	return tro_xml_get(node, NULL, name);
}

const char *tro_chart_need(chart_loader *loader, const tro_xml_node *node, const char *name)
{
	const char *value = tro_chart_attr(node, name);

	if (value == NULL || value[0] == '\0') {
		tro_chart_fault(loader, "chart/attribute-missing", node, "add it",
			"the attribute %s is missing", name);
		return "";
	}
	return value;
}

bool tro_chart_is_name(const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;
		bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
		bool inner = (c >= '0' && c <= '9') || c == '-' || c == '.';

		if (!letter && c != '_' && c < 0x80 && (p == text || !inner)) {
			return false;
		}
	}
	return text[0] != '\0';
}

/* ---- expressions ---- */

static bool asks_event(const char *text)
{
	static const char word[] = "$_event";

	for (const char *p = text; (p = strstr(p, word)) != NULL; p++) {
		char after[2] = {p[sizeof(word) - 1], '\0'};

		if (after[0] == '\0' || after[0] == '-' || after[0] == '.' ||
			!tro_chart_is_name(after)) {
			return true;
		}
	}
	return false;
}

/* Definitions repeat themselves: what is compiled once serves every place with the same text and
 * namespaces (XPath data model: expressions see the declarations in scope of their element). */
static chart_expr **bucket_of(chart_loader *loader, const char *text)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (const char *p = text; *p != '\0'; p++) {
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	}
	return &loader->exprs[hash % CHART_EXPR_BUCKETS];
}

static void compile(
	chart_loader *loader, chart_expr *expr, const tro_xml_node *node, const char *what)
{
	tro_err err = {.status = TRO_OK, .message = ""};
	tro_status status = tro_xpath_compile_at(&expr->compiled, expr->text, node, &err);

	if (status == TRO_NOMEM) {
		loader->status = status;
	} else if (status != TRO_OK) {
		expr->compiled = NULL;
		expr->fault = tro_chart_copy(loader, err.message, strlen(err.message));
		if (loader->production) {
			tro_chart_fault(loader, "chart/xpath", node,
				"write an XPath 1.0 expression", "%s is no XPath: %s", what,
				err.message);
		}
	}
}

const chart_expr *tro_chart_compile(
	chart_loader *loader, const tro_xml_node *node, const char *what, const char *text)
{
	chart_expr *expr = tro_chart_alloc(loader, sizeof(*expr));

	if (expr == NULL) {
		return NULL;
	}
	*expr = (chart_expr){
		.text = text, .line = tro_xml_line(node), .next = loader->chart->exprs};
	loader->chart->exprs = expr;
	if (strlen(text) > CHART_XPATH_MAX) {
		expr->fault = "it is too long";
		tro_chart_fault(loader, "chart/xpath", node, "say it in several steps",
			"%s is longer than %d bytes", what, (int)CHART_XPATH_MAX);
		return expr;
	}
	expr->asks_event = asks_event(text);
	chart_expr **bucket = bucket_of(loader, text);
	const chart_expr *known = *bucket;

	while (known != NULL &&
		(strcmp(known->text, text) != 0 || !tro_xpath_expr_fits(known->compiled, node))) {
		known = known->same;
	}
	if (known != NULL) {
		expr->compiled = known->compiled;
		expr->shared = true;
		return expr;
	}
	compile(loader, expr, node, what);
	if (expr->compiled != NULL) {
		expr->same = *bucket;
		*bucket = expr;
	}
	return expr;
}

const chart_expr *tro_chart_expr_attr(
	chart_loader *loader, const tro_xml_node *node, const char *name)
{
	const char *text = tro_chart_attr(node, name);

	return text == NULL ? NULL : tro_chart_compile(loader, node, name, text);
}

const chart_expr *tro_chart_need_expr(
	chart_loader *loader, const tro_xml_node *node, const char *name)
{
	const char *text = tro_chart_need(loader, node, name);

	return text[0] == '\0' ? NULL : tro_chart_compile(loader, node, name, text);
}

chart_value tro_chart_value_attr(
	chart_loader *loader, const tro_xml_node *node, const char *name, const char *expr_name)
{
	chart_value value = {
		.text = tro_chart_attr(node, name),
		.expr = tro_chart_expr_attr(loader, node, expr_name),
	};

	if (value.text != NULL && value.expr != NULL) {
		tro_chart_fault(loader, "chart/attribute-both", node, "keep one of them",
			"both %s and %s are given", name, expr_name);
	}
	return value;
}

/* ---- the load ---- */

static void count(chart_loader *loader, const tro_xml_node *node)
{
	for (tro_xml_node *n = tro_xml_first(node); n != NULL; n = tro_xml_next(n)) {
		if (tro_chart_is_state_element(n)) {
			loader->state_room++;
			loader->transition_room++; /* an implied initial transition */
			count(loader, n);
		} else if (tro_xml_is(n, TRO_SCXML_NS, "transition")) {
			loader->transition_room++;
		} else if (tro_xml_is(n, TRO_SCXML_NS, "initial")) {
			count(loader, n);
		}
	}
}

static bool make_room(chart_loader *loader, tro_xml_node *root)
{
	tro_chart *chart = loader->chart;

	loader->state_room = 1;
	loader->transition_room = 1;
	count(loader, root);
	if (loader->state_room > CHART_STATES_MAX) {
		tro_chart_fault(loader, "chart/size", root, "split it into several definitions",
			"it has %zu states; at most %d are read", loader->state_room,
			(int)CHART_STATES_MAX);
		return false;
	}
	chart->states = tro_arena_array(loader->arena, loader->state_room, sizeof(*chart->states));
	chart->transitions = tro_arena_array(
		loader->arena, loader->transition_room, sizeof(*chart->transitions));
	if (chart->states == NULL || chart->transitions == NULL) {
		loader->status = TRO_NOMEM;
		return false;
	}
	return true;
}

static const char *ours(const tro_xml_node *root, const char *name)
{
	const char *value = tro_xml_get(root, TRO_WORKFLOW_NS, name);

	return value == NULL ? "" : value;
}

static void load_head(chart_loader *loader, tro_xml_node *root)
{
	tro_chart *chart = loader->chart;
	const char *model = tro_chart_attr(root, "datamodel");
	const char *version = tro_chart_attr(root, "version");
	const char *binding = tro_chart_attr(root, "binding");

	chart->id = ours(root, "id");
	chart->version = ours(root, "version");
	chart->title = ours(root, "title");
	chart->name = tro_chart_attr(root, "name");
	chart->late = binding != NULL && strcmp(binding, "late") == 0;
	if (binding != NULL && !chart->late && strcmp(binding, "early") != 0) {
		tro_chart_fault(loader, "chart/value", root, "write early or late",
			"binding=\"%s\" is unknown", binding);
	}
	if (version != NULL && strcmp(version, "1.0") != 0) {
		tro_chart_fault(loader, "chart/value", root, "write version=\"1.0\"",
			"version=\"%s\" is unknown", version);
	}
	if (model != NULL && strcmp(model, "xpath") != 0 &&
		(loader->production || strcmp(model, "null") != 0)) {
		tro_chart_fault(loader, "chart/value", root, "write datamodel=\"xpath\"",
			"the data model \"%s\" is unknown", model);
	} else if (loader->production && model == NULL) {
		tro_chart_fault(loader, "chart/attribute-missing", root,
			"write datamodel=\"xpath\"", "the attribute datamodel is missing");
	}
}

static void load_all(chart_loader *loader)
{
	tro_xml_node *root = tro_xml_root(loader->chart->doc);

	if (!tro_xml_is(root, TRO_SCXML_NS, "scxml")) {
		tro_chart_fault(loader, "chart/root", root,
			"begin with <scxml xmlns=\"" TRO_SCXML_NS "\">",
			"this is no SCXML: the root is another element");
		return;
	}
	load_head(loader, root);
	tro_chart_check_shape(loader, root);
	if (!make_room(loader, root)) {
		return;
	}
	tro_chart_load_events(loader, root);
	tro_chart_load_states(loader, root);
	if (loader->status == TRO_OK) {
		tro_chart_resolve(loader);
	}
	if (loader->status == TRO_OK) {
		tro_chart_check(loader);
	}
}

static tro_status new_chart(tro_chart **out, const char *name, tro_chart_mode mode, tro_err *err)
{
	tro_chart *chart = calloc(1, sizeof(*chart));

	if (chart == NULL) {
		return tro_err_nomem(err);
	}
	chart->mode = mode;
	chart->arena = tro_arena_new();
	chart->source = chart->arena == NULL ? NULL : tro_arena_strdup(chart->arena, name);
	if (chart->source == NULL) {
		tro_chart_free(chart);
		return tro_err_nomem(err);
	}
	*out = chart;
	return TRO_OK;
}

static tro_status parse(
	tro_chart *chart, const char *bytes, size_t len, tro_findings *faults, tro_err *err)
{
	tro_err own;
	tro_status status = tro_xml_parse(
		&chart->doc, bytes, len, chart->source, &tro_xml_limits_default, &own);

	if (status == TRO_INVALID && faults != NULL) {
		/* the message begins with the place */
		status = tro_findings_add(
			faults, TRO_LEVEL_BLOCK, "chart/xml", "", "", "", err, "%s", own.message);
		if (status == TRO_OK) {
			status = TRO_INVALID;
		}
	}
	return status == TRO_OK ? status : tro_err_set(err, status, "%s", own.message);
}

static tro_status conclude(chart_loader *loader, tro_err *err)
{
	if (loader->status != TRO_OK) {
		return tro_err_nomem(err);
	}
	if (loader->fault_count == 0) {
		return TRO_OK;
	}
	return tro_err_set(err, TRO_INVALID, "%s: %zu fault%s; the first: %s",
		loader->chart->source, loader->fault_count, loader->fault_count == 1 ? "" : "s",
		loader->err->message);
}

tro_status tro_chart_load(tro_chart **out, const char *bytes, size_t len, const char *name,
	tro_chart_mode mode, tro_findings *faults, tro_err *err)
{
	tro_chart *chart = NULL;
	tro_err first = {.status = TRO_OK, .message = ""};
	tro_status status = new_chart(&chart, name, mode, err);

	if (status == TRO_OK) {
		status = parse(chart, bytes, len, faults, err);
	}
	if (status == TRO_OK) {
		chart_loader loader = {
			.chart = chart,
			.arena = chart->arena,
			.production = mode == TRO_CHART_PRODUCTION,
			.faults = faults,
			.err = &first,
			.status = TRO_OK,
		};

		load_all(&loader);
		status = conclude(&loader, err);
	}
	if (status != TRO_OK) {
		tro_chart_free(chart);
		return status;
	}
	*out = chart;
	return TRO_OK;
}

void tro_chart_free(tro_chart *chart)
{
	if (chart == NULL) {
		return;
	}
	for (chart_expr *e = chart->exprs; e != NULL; e = e->next) {
		tro_xpath_expr_free(e->shared ? NULL : e->compiled);
	}
	tro_xml_free(chart->doc);
	tro_arena_free(chart->arena);
	free(chart);
}
