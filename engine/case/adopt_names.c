/*
 * Names in adopted data: of registers, code lists, filings, definitions, divisions of a calendar.
 * In attributes and sentences they are the literal first arguments of functions; elements of ours
 * and of stylesheets name the rest.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "case/adopt_internal.h"
#include "chart/chart.h"

#define XSL_NS "http://www.w3.org/1999/XSL/Transform"

/* ---- identities ---- */

tro_status tro_adopt_names_add(
	adopt_check *c, adopt_names *names, const char *name, const char *path, int line)
{
	if (names->count == names->cap) {
		size_t cap = names->cap == 0 ? 64 : 2 * names->cap;
		adopt_name *items = realloc(names->items, cap * sizeof(*items));

		if (items == NULL) {
			return tro_err_nomem(c->err);
		}
		names->items = items;
		names->cap = cap;
	}
	names->items[names->count++] = (adopt_name){.name = name, .path = path, .line = line};
	return TRO_OK;
}

bool tro_adopt_names_have(const adopt_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->items[i].name, name) == 0) {
			return true;
		}
	}
	return false;
}

static int by_name(const void *a, const void *b)
{
	const adopt_name *one = a;
	const adopt_name *two = b;
	int order = strcmp(one->name, two->name);

	if (order == 0) {
		order = strcmp(one->path, two->path);
	}
	return order != 0 ? order : (one->line > two->line) - (one->line < two->line);
}

tro_status tro_adopt_names_once(adopt_check *c, adopt_names *names, const char *what)
{
	tro_status status = TRO_OK;

	if (names->count > 0) {
		qsort(names->items, names->count, sizeof(*names->items), by_name);
	}
	for (size_t i = 1; i < names->count && status == TRO_OK; i++) {
		const adopt_name *first = &names->items[i - 1];
		const adopt_name *again = &names->items[i];

		if (strcmp(first->name, again->name) == 0) {
			status = tro_adopt_fault(c, again->path, again->line,
				"the %s '%s' stands in %s:%d already", what, again->name,
				first->path, first->line);
		}
	}
	return status;
}

void tro_adopt_names_done(adopt_names *names)
{
	free(names->items);
	*names = (adopt_names){0};
}

/* ---- code lists and registers ---- */

/* The children of an element by an attribute that each must have, once. */
static tro_status check_children(adopt_check *c, tro_xml_node *parent, const char *path,
	const char *attribute, const char *what)
{
	adopt_names names = {0};
	tro_status status = TRO_OK;

	for (tro_xml_node *n = tro_xml_first(parent); n != NULL && status == TRO_OK;
		n = tro_xml_next(n)) {
		const char *id = tro_xml_get(n, NULL, attribute);

		status = id == NULL || id[0] == '\0'
				 ? tro_adopt_fault(c, path, tro_xml_line(n), "<%s> needs an %s",
					   tro_xml_name(n), attribute)
				 : tro_adopt_names_add(c, &names, id, path, tro_xml_line(n));
	}
	if (status == TRO_OK) {
		status = tro_adopt_names_once(c, &names, what);
	}
	tro_adopt_names_done(&names);
	return status;
}

tro_status tro_adopt_read_lists(adopt_check *c, tro_xml_doc *doc, const char *path)
{
	tro_status status = TRO_OK;

	for (tro_xml_node *list = tro_xml_first(tro_xml_root(doc));
		list != NULL && status == TRO_OK; list = tro_xml_next(list)) {
		const char *name = tro_xml_get(list, NULL, "name");

		if (name == NULL || name[0] == '\0') {
			status = tro_adopt_fault(c, path, tro_xml_line(list), "<%s> needs a name",
				tro_xml_name(list));
			continue;
		}
		const char *kept = tro_arena_strdup(c->arena, name);

		status = kept == NULL ? tro_err_nomem(c->err)
				      : tro_adopt_names_add(
						c, &c->lists, kept, path, tro_xml_line(list));
		if (status == TRO_OK) {
			status = check_children(c, list, path, "id", "code");
		}
	}
	return status;
}

/* Does the calendar know this part of the country? Any day will do. */
static bool division_known(const adopt_check *c, const char *division)
{
	static const tro_date day = {.year = 2026, .month = 1, .day = 1};
	tro_err err;
	bool working;

	return c->calendar == NULL || tro_calendar_is_working_day(&working, c->calendar, division,
					      day, &err) != TRO_NOT_FOUND;
}

/* An entry's field `division` is what deadlines are counted by. */
static tro_status check_division(adopt_check *c, const tro_xml_node *entry, const char *path)
{
	const tro_xml_node *child = tro_xml_first_named(entry, NULL, "division");
	const char *division =
		child == NULL ? tro_xml_get(entry, NULL, "division") : tro_xml_simple_text(child);

	return division == NULL || division[0] == '\0' || division_known(c, division)
		       ? TRO_OK
		       : tro_adopt_fault(c, path, tro_xml_line(entry),
				 "the calendar has no division '%s'", division);
}

tro_status tro_adopt_check_register(adopt_check *c, tro_xml_doc *doc, const char *path)
{
	tro_status status = check_children(c, tro_xml_root(doc), path, "id", "id");

	for (tro_xml_node *entry = tro_xml_first(tro_xml_root(doc));
		entry != NULL && status == TRO_OK; entry = tro_xml_next(entry)) {
		status = check_division(c, entry, path);
	}
	return status;
}

/* ---- names in expressions ---- */

typedef struct place {
	adopt_check *c;
	const char *path;
	int line;
} place;

/* A quoted text at *at, kept; NULL when something else stands there. */
static const char *literal(const place *p, const char *at, tro_status *status)
{
	at += strspn(at, " \t\r\n");
	if (*at != '\'' && *at != '"') {
		return NULL;
	}
	const char *end = strchr(at + 1, *at);
	const char *kept =
		end == NULL ? NULL : tro_arena_strndup(p->c->arena, at + 1, (size_t)(end - at) - 1);

	if (end != NULL && kept == NULL) {
		*status = tro_err_nomem(p->c->err);
	}
	return kept;
}

static tro_status check_register_name(const place *p, const char *name)
{
	return tro_adopt_known(p->c, "register", name)
		       ? TRO_OK
		       : tro_adopt_fault(
				 p->c, p->path, p->line, "there is no register named '%s'", name);
}

static tro_status check_list_name(const place *p, const char *name)
{
	return tro_adopt_names_have(&p->c->lists, name)
		       ? TRO_OK
		       : tro_adopt_fault(
				 p->c, p->path, p->line, "there is no code list named '%s'", name);
}

/* The last argument of a call whose arguments begin at `at`, when it is a literal. */
static const char *last_literal(const place *p, const char *at, tro_status *status)
{
	const char *last = at;
	size_t depth = 0;
	char quote = '\0';

	for (; *at != '\0' && (quote != '\0' || depth > 0 || *at != ')'); at++) {
		if (quote != '\0') {
			quote = *at == quote ? '\0' : quote;
		} else if (*at == '\'' || *at == '"') {
			quote = *at;
		} else if (*at == '(') {
			depth++;
		} else if (*at == ')') {
			depth--;
		} else if (*at == ',' && depth == 0) {
			last = at + 1;
		}
	}
	return literal(p, last, status);
}

static tro_status check_division_name(const place *p, const char *name)
{
	return division_known(p->c, name) ? TRO_OK
					  : tro_adopt_fault(p->c, p->path, p->line,
						    "the calendar has no division '%s'", name);
}

static tro_status check_expression(const place *p, const char *text)
{
	static const struct {
		const char *call;
		bool last; /* the argument that names something: the last, or the first */
		tro_status (*check)(const place *p, const char *name);
	} calls[] = {
		{"tro:register(", false, check_register_name},
		{"tro:code(", false, check_list_name},
		{"tro:lacking(", false, check_list_name},
		{"tro:deadline(", true, check_division_name},
	};
	tro_status status = TRO_OK;

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		size_t len = strlen(calls[i].call);

		for (const char *at = text;
			status == TRO_OK && (at = strstr(at, calls[i].call)) != NULL;) {
			at += len;
			const char *name = calls[i].last ? last_literal(p, at, &status)
							 : literal(p, at, &status);

			if (name != NULL) {
				status = calls[i].check(p, name);
			}
		}
	}
	return status;
}

/* ---- names in elements ---- */

/* A fault unless the attribute, where it is given, names something of a kind. */
static tro_status need_known(
	const place *p, const tro_xml_node *node, const char *attribute, const char *kind)
{
	const char *name = tro_xml_get(node, NULL, attribute);

	return name == NULL || tro_adopt_known(p->c, kind, name)
		       ? TRO_OK
		       : tro_adopt_fault(
				 p->c, p->path, p->line, "there is no %s named '%s'", kind, name);
}

static tro_status check_template_call(
	const place *p, const tro_xml_node *node, tro_xml_node *stylesheet)
{
	const char *name = tro_xml_get(node, NULL, "name");
	tro_xml_node *t = tro_xml_first_named(stylesheet, XSL_NS, "template");

	for (; name != NULL && t != NULL; t = tro_xml_next_named(t, XSL_NS, "template")) {
		const char *own = tro_xml_get(t, NULL, "name");

		if (own != NULL && strcmp(own, name) == 0) {
			return TRO_OK;
		}
	}
	return tro_adopt_fault(p->c, p->path, p->line, "it calls the template '%s', which it lacks",
		name == NULL ? "" : name);
}

static tro_status check_element(const place *p, const tro_xml_node *node, tro_xml_node *root)
{
	if (tro_xml_is(node, TRO_WORKFLOW_NS, "param")) {
		const char *codes = tro_xml_get(node, NULL, "codes");

		return codes == NULL ? TRO_OK : check_list_name(p, codes);
	}
	if (tro_xml_is(node, TRO_WORKFLOW_NS, "filing")) {
		return need_known(p, node, "name", "filing");
	}
	if (tro_xml_is(node, TRO_WORKFLOW_NS, "matter")) {
		return need_known(p, node, "definition", "definition");
	}
	if (tro_xml_is(node, XSL_NS, "call-template")) {
		return check_template_call(p, node, root);
	}
	return TRO_OK;
}

static tro_status check_below(
	adopt_check *c, tro_xml_node *node, tro_xml_node *root, const char *path)
{
	const place p = {.c = c, .path = path, .line = tro_xml_line(node)};
	const char *text = tro_xml_simple_text(node);
	tro_status status = check_element(&p, node, root);

	if (status == TRO_OK && text != NULL) {
		status = check_expression(&p, text);
	}
	for (tro_xml_node *a = tro_xml_first_attribute(node); a != NULL && status == TRO_OK;
		a = tro_xml_next_attribute(a)) {
		const char *value = tro_xml_get(node, tro_xml_ns(a), tro_xml_name(a));

		status = value == NULL ? TRO_OK : check_expression(&p, value);
	}
	for (tro_xml_node *child = tro_xml_first(node); child != NULL && status == TRO_OK;
		child = tro_xml_next(child)) {
		status = check_below(c, child, root, path);
	}
	return status;
}

static tro_status check_selects_below(adopt_check *c, tro_xml_node *node, const char *path)
{
	static const char *const expressions[] = {"select", "test", "use"};
	bool ours = strcmp(tro_xml_ns(node), XSL_NS) == 0;
	tro_status status = TRO_OK;

	for (size_t i = 0; ours && i < 3 && status == TRO_OK; i++) {
		const char *text = tro_xml_get(node, NULL, expressions[i]);
		tro_err why = {.status = TRO_OK, .message = ""};
		tro_xpath_expr *expression = NULL;

		if (text != NULL && tro_xpath_compile(&expression, text, &why) == TRO_INVALID) {
			status = tro_adopt_fault(c, path, tro_xml_line(node), "%s is no XPath: %s",
				expressions[i], why.message);
		}
		tro_xpath_expr_free(expression);
	}
	for (tro_xml_node *child = tro_xml_first(node); child != NULL && status == TRO_OK;
		child = tro_xml_next(child)) {
		status = check_selects_below(c, child, path);
	}
	return status;
}

tro_status tro_adopt_check_selects(adopt_check *c, tro_xml_doc *doc, const char *path)
{
	return check_selects_below(c, tro_xml_root(doc), path);
}

/* The parser bounds how deep a document is. */
tro_status tro_adopt_check_references(adopt_check *c, tro_xml_doc *doc, const char *path)
{
	return check_below(c, tro_xml_root(doc), tro_xml_root(doc), path);
}
