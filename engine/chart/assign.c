/*
 * <assign>: a value is copied to every node of a location. The value is copied aside first, so that
 * a location may lie in what is assigned and the other way round.
 */
#include <stdlib.h>
#include <string.h>

#include "chart/session.h"

/* ---- what may be changed ---- */

typedef enum ground { GROUND_NONE, GROUND_VARIABLE, GROUND_BELOW } ground;

/* System variables are read-only, and a variable (or the shared document's root) cannot go away. */
static ground ground_of(const tro_chart_session *session, const tro_xml_node *node)
{
	const tro_xml_node *data = tro_xml_root(session->data);
	const tro_xml_node *removed =
		session->removed == NULL ? NULL : tro_xml_root(session->removed);

	if (node == session->host->shared || tro_chart_is_variable(session, node)) {
		return GROUND_VARIABLE;
	}
	if (tro_xml_node_kind(node) == TRO_XML_ATTRIBUTE &&
		tro_chart_is_variable(session, tro_xml_parent(node)) &&
		strcmp(tro_xml_name(node), "id") == 0) {
		return GROUND_NONE;
	}
	for (node = tro_xml_parent(node); node != NULL; node = tro_xml_parent(node)) {
		if (node == data || node == removed || node == session->host->shared) {
			return GROUND_BELOW;
		}
	}
	return GROUND_NONE;
}

static bool takes_away(chart_assign_kind kind)
{
	return kind == CHART_REPLACE || kind == CHART_DELETE;
}

static bool needs_element(chart_assign_kind kind)
{
	return kind == CHART_FIRST_CHILD || kind == CHART_LAST_CHILD || kind == CHART_ADD_ATTRIBUTE;
}

static const char *objection(
	const tro_chart_session *session, const tro_xml_node *node, chart_assign_kind kind)
{
	ground on = ground_of(session, node);
	tro_xml_kind what = tro_xml_node_kind(node);
	bool beside = kind == CHART_PREVIOUS_SIBLING || kind == CHART_NEXT_SIBLING;

	if (on == GROUND_NONE) {
		return "the location is read-only";
	}
	if (on == GROUND_VARIABLE && (beside || takes_away(kind))) {
		return "a variable cannot be removed, replaced or given a sibling";
	}
	if (what == TRO_XML_OTHER) {
		return "the location is a comment or a processing instruction";
	}
	if (what == TRO_XML_ATTRIBUTE && (beside || needs_element(kind))) {
		return "an attribute has no children or siblings";
	}
	if (what == TRO_XML_TEXT && needs_element(kind)) {
		return "a text has no children or attributes";
	}
	return NULL;
}

/* ---- what loops hold ---- */

/* Does `node` go away when `top` does, or, without `itself`, when its children do? */
static bool inside(const tro_xml_node *node, const tro_xml_node *top, bool itself)
{
	if (node == top ||
		(tro_xml_node_kind(node) == TRO_XML_ATTRIBUTE && tro_xml_parent(node) == top)) {
		return itself;
	}
	for (node = tro_xml_parent(node); node != NULL; node = tro_xml_parent(node)) {
		if (node == top) {
			return true;
		}
	}
	return false;
}

/* An attribute lives on with its element; anything else alone. */
static tro_status keep_one(tro_chart_session *session, tro_xml_node **node)
{
	bool attribute = tro_xml_node_kind(*node) == TRO_XML_ATTRIBUTE;
	tro_xml_node *copy = NULL;

	if (session->removed == NULL) {
		session->removed = tro_xml_new(NULL, "removed");
	}
	if (session->removed == NULL) {
		return tro_err_nomem(session->err);
	}
	/* Each in an element of its own: texts must not join. */
	tro_xml_node *place = tro_xml_append(tro_xml_root(session->removed), NULL, "kept", NULL);

	if (place == NULL) {
		return tro_err_nomem(session->err);
	}
	tro_status status = tro_xml_copy(&copy, place, TRO_XML_LAST_CHILD,
		attribute ? tro_xml_parent(*node) : *node, session->err);

	if (status == TRO_OK && attribute) {
		tro_xml_node *a = tro_xml_first_attribute(copy);

		while (a != NULL && (strcmp(tro_xml_name(a), tro_xml_name(*node)) != 0 ||
					    strcmp(tro_xml_ns(a), tro_xml_ns(*node)) != 0)) {
			a = tro_xml_next_attribute(a);
		}
		copy = a;
	}
	*node = copy;
	return status;
}

const tro_xml_node *tro_chart_top_of(const tro_chart_session *session, const tro_xml_node *node)
{
	const tro_xml_node *data = tro_xml_root(session->data);
	const tro_xml_node *above = tro_xml_parent(node);

	while (above != NULL && above != data) {
		node = above;
		above = tro_xml_parent(node);
	}
	return node;
}

tro_status tro_chart_keep(tro_chart_session *session, tro_xml_node *node, bool itself)
{
	tro_status status = TRO_OK;

	if (!itself && tro_xml_first_any(node) == NULL) {
		return TRO_OK;
	}

	const tro_xml_node *top = session->held == NULL ? NULL : tro_chart_top_of(session, node);

	for (chart_held *h = session->held; h != NULL; h = h->outer) {
		if (h->top != NULL && h->top != top) {
			continue;
		}
		for (size_t i = h->next; status == TRO_OK && i < h->count; i++) {
			if (inside(h->nodes[i], node, itself)) {
				status = keep_one(session, &h->nodes[i]);
				h->top = NULL;
			}
		}
	}
	for (size_t i = 0; status == TRO_OK && i < session->variable_count; i++) {
		chart_variable *variable = &session->variables[i];

		if (variable->bound != NULL && inside(variable->bound, node, itself)) {
			status = keep_one(session, &variable->bound);
		}
	}
	return status;
}

/* ---- one location ---- */

static tro_xml_node *last_any(const tro_xml_node *node)
{
	tro_xml_node *last = NULL;

	for (tro_xml_node *n = tro_xml_first_any(node); n != NULL; n = tro_xml_next_any(n)) {
		last = n;
	}
	return last;
}

static tro_xml_node *previous_any(const tro_xml_node *parent, const tro_xml_node *node)
{
	tro_xml_node *before = NULL;

	for (tro_xml_node *n = tro_xml_first_any(parent); n != node; n = tro_xml_next_any(n)) {
		before = n;
	}
	return before;
}

/* Copies the nodes of the value so that they stand in order at the place. */
static tro_status put_nodes(tro_chart_session *session, tro_xml_node *there, tro_xml_place place,
	const tro_xml_node *value)
{
	bool backwards = place == TRO_XML_FIRST_CHILD || place == TRO_XML_AFTER;
	tro_xml_node *n = backwards ? last_any(value) : tro_xml_first_any(value);
	tro_status status = TRO_OK;

	session->torn = true;
	while (status == TRO_OK && n != NULL) {
		status = tro_xml_copy(NULL, there, place, n, session->err);
		n = backwards ? previous_any(value, n) : tro_xml_next_any(n);
	}
	return status;
}

static tro_status set_attribute(
	tro_chart_session *session, tro_xml_node *node, const tro_xml_node *value)
{
	tro_xml_node *owner = tro_xml_parent(node);
	tro_buf text = TRO_BUF_INIT;
	tro_buf name = TRO_BUF_INIT;
	tro_buf ns = TRO_BUF_INIT;

	tro_xml_text(&text, value);
	tro_buf_puts(&name, tro_xml_name(node));
	tro_buf_puts(&ns, tro_xml_ns(node));
	tro_status status = tro_buf_status(&text, session->err);

	if (status == TRO_OK) {
		status = tro_xml_set(owner, ns.ptr, name.ptr, text.ptr, session->err);
	}
	tro_buf_done(&text);
	tro_buf_done(&name);
	tro_buf_done(&ns);
	return status;
}

static tro_status replace_children(
	tro_chart_session *session, tro_xml_node *node, const tro_xml_node *value)
{
	tro_status status = tro_chart_keep(session, node, false);

	if (status == TRO_OK) {
		status = tro_xml_set_text(node, NULL, session->err);
	}
	return status == TRO_OK ? put_nodes(session, node, TRO_XML_LAST_CHILD, value) : status;
}

/* Also what "replace the children" means for a text, which is its own content. */
static tro_status replace(tro_chart_session *session, tro_xml_node *node, const tro_xml_node *value)
{
	tro_xml_node *first = tro_xml_first_any(value);
	tro_status status = tro_chart_keep(session, node, true);

	session->torn = true;
	if (status != TRO_OK) {
		return status;
	}
	if (first == NULL) {
		tro_xml_remove(node);
		return TRO_OK;
	}
	for (tro_xml_node *n = last_any(value); status == TRO_OK && n != first;
		n = previous_any(value, n)) {
		status = tro_xml_copy(NULL, node, TRO_XML_AFTER, n, session->err);
	}
	return status == TRO_OK ? tro_xml_copy(NULL, node, TRO_XML_INSTEAD, first, session->err)
				: status;
}

static tro_status add_attribute(
	tro_chart_session *session, tro_xml_node *node, const tro_xml_node *value, const char *name)
{
	tro_buf text = TRO_BUF_INIT;

	tro_xml_text(&text, value);
	tro_status status = tro_buf_status(&text, session->err);

	if (status == TRO_OK) {
		status = tro_xml_set(node, NULL, name, text.ptr, session->err);
	}
	tro_buf_done(&text);
	return status;
}

static tro_status apply(tro_chart_session *session, tro_xml_node *node, chart_assign_kind kind,
	const tro_xml_node *value, const char *attribute)
{
	tro_xml_kind what = tro_xml_node_kind(node);
	bool content = kind == CHART_REPLACE_CHILDREN || kind == CHART_REPLACE;

	if (what == TRO_XML_ATTRIBUTE && content) {
		return set_attribute(session, node, value);
	}
	if (what == TRO_XML_TEXT && kind == CHART_REPLACE_CHILDREN) {
		return replace(session, node, value);
	}
	switch (kind) {
	case CHART_REPLACE_CHILDREN:
		return replace_children(session, node, value);
	case CHART_FIRST_CHILD:
		return put_nodes(session, node, TRO_XML_FIRST_CHILD, value);
	case CHART_LAST_CHILD:
		return put_nodes(session, node, TRO_XML_LAST_CHILD, value);
	case CHART_PREVIOUS_SIBLING:
		return put_nodes(session, node, TRO_XML_BEFORE, value);
	case CHART_NEXT_SIBLING:
		return put_nodes(session, node, TRO_XML_AFTER, value);
	case CHART_REPLACE:
		return replace(session, node, value);
	case CHART_DELETE: {
		tro_status status = tro_chart_keep(session, node, true);

		session->torn = true;
		if (status == TRO_OK) {
			tro_xml_remove(node);
		}
		return status;
	}
	case CHART_ADD_ATTRIBUTE:
		break;
	}
	return add_attribute(session, node, value, attribute);
}

/* ---- all locations ---- */

/* In document order what lies inside a node follows it: so one look back finds what goes away with
 * an earlier location. */
static chart_flow apply_all(tro_chart_session *session, const tro_xpath_value *locations,
	const chart_action *action, const tro_xml_node *value)
{
	const chart_assign_action *assign = &action->of.assign;
	bool away = takes_away(assign->kind) || assign->kind == CHART_REPLACE_CHILDREN;
	size_t count = tro_xpath_node_count(locations);
	tro_xml_node **nodes = calloc(count, sizeof(tro_xml_node *));
	size_t kept = 0;
	size_t weight = tro_chart_weight(value);
	const tro_xml_node *top = NULL;
	tro_status status = nodes == NULL ? tro_err_nomem(session->err) : TRO_OK;

	for (size_t i = 0; status == TRO_OK && i < count; i++) {
		tro_xml_node *node = tro_xpath_node_at(locations, i);

		if (!away || top == NULL || !inside(node, top, takes_away(assign->kind))) {
			nodes[kept++] = node;
			top = tro_xml_node_kind(node) == TRO_XML_ATTRIBUTE ? top : node;
		}
	}
	for (size_t i = 0; status == TRO_OK && i < kept; i++) {
		if (tro_chart_spend(session, CHART_COST_BYTES, weight) == CHART_FAIL) {
			free(nodes);
			return CHART_FAIL;
		}
		status = apply(session, nodes[i], assign->kind, value, assign->attribute);
	}
	free(nodes);
	return status == TRO_OK ? CHART_ON : tro_chart_failed(session, status);
}

static chart_flow assign_value(
	tro_chart_session *session, const chart_action *action, const tro_xml_node *value)
{
	const chart_assign_action *assign = &action->of.assign;
	tro_xpath_value *locations = NULL;
	chart_flow flow = tro_chart_value_of(session, assign->location, &locations);

	if (flow != CHART_ON) {
		return flow;
	}
	const char *wrong = tro_xpath_value_type(locations) != TRO_XPATH_NODES
				    ? "the location is no node-set"
			    : tro_xpath_node_count(locations) == 0 ? "the location is empty"
								   : NULL;

	for (size_t i = 0; wrong == NULL && i < tro_xpath_node_count(locations); i++) {
		wrong = objection(session, tro_xpath_node_at(locations, i), assign->kind);
	}
	flow = wrong == NULL ? apply_all(session, locations, action, value)
			     : tro_chart_error_text(session, "error.execution", NULL, action->line,
				       "cannot assign to %s: %s", assign->location->text, wrong);
	tro_xpath_value_free(locations);
	return flow;
}

chart_flow tro_chart_assign(tro_chart_session *session, const chart_action *action)
{
	const chart_assign_action *assign = &action->of.assign;
	tro_xml_doc *aside = tro_xml_new(NULL, "value");
	chart_flow flow = CHART_ON;
	tro_status status = TRO_OK;

	if (aside == NULL) {
		return tro_chart_nomem(session);
	}
	if (assign->expr != NULL) {
		tro_xpath_value *value = NULL;

		flow = tro_chart_value_of(session, assign->expr, &value);
		if (flow == CHART_ON) {
			status = tro_chart_put_value(session, tro_xml_root(aside), value, false);
		}
		tro_xpath_value_free(value);
	} else {
		status = tro_chart_put_content(session, tro_xml_root(aside), assign->element);
	}
	if (status != TRO_OK) {
		flow = tro_chart_failed(session, status);
	}
	if (flow == CHART_ON) {
		flow = assign_value(session, action, tro_xml_root(aside));
	}
	tro_xml_free(aside);
	return flow;
}

chart_flow tro_chart_assign_text(
	tro_chart_session *session, const chart_expr *location, const char *text)
{
	tro_xml_doc *aside = tro_xml_new(NULL, "value");
	chart_action action = {
		.kind = CHART_DO_ASSIGN,
		.line = location->line,
		.of.assign = {.location = location, .kind = CHART_REPLACE_CHILDREN},
	};

	if (aside == NULL || tro_xml_set_text(tro_xml_root(aside), text, session->err) != TRO_OK) {
		tro_xml_free(aside);
		return tro_chart_nomem(session);
	}
	chart_flow flow = assign_value(session, &action, tro_xml_root(aside));

	tro_xml_free(aside);
	return flow;
}
