/* Executable content (SCXML 1.0 section 4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart/session.h"

chart_flow tro_chart_effect_out(tro_chart_session *session, const tro_chart_effect *effect)
{
	if (session->host->effect == NULL) {
		return CHART_ON;
	}
	tro_status status = session->host->effect(session->host->user, effect, session->err);

	return status == TRO_OK ? CHART_ON : tro_chart_failed(session, status);
}

static chart_flow run_raise(tro_chart_session *session, const chart_action *action)
{
	return tro_chart_enqueue(session, tro_chart_event_new(action->of.raise, "internal"));
}

/* A cond that cannot be evaluated is false, with an error event, and the block goes on. */
static chart_flow run_if(tro_chart_session *session, const chart_action *action)
{
	for (const chart_branch *b = action->of.branches; b != NULL; b = b->next) {
		bool truth = b->cond == NULL;

		if (b->cond != NULL && tro_chart_truth_of(session, b->cond, &truth) == CHART_FAIL) {
			return CHART_FAIL;
		}
		if (truth) {
			return tro_chart_run(session, b->actions);
		}
	}
	return CHART_ON;
}

static chart_flow run_log(tro_chart_session *session, const chart_action *action)
{
	tro_buf text = TRO_BUF_INIT;
	chart_flow flow = CHART_ON;

	if (action->of.log.expr != NULL) {
		flow = tro_chart_text_of(session, action->of.log.expr, &text);
	}
	if (flow == CHART_ON && session->host->effect != NULL) {
		tro_xml_doc *doc = tro_xml_new(NULL, "data");

		if (doc == NULL ||
			tro_xml_append_text(tro_xml_root(doc), text.ptr, NULL) == TRO_NOMEM) {
			flow = tro_chart_nomem(session);
		} else {
			flow = tro_chart_effect_out(
				session, &(tro_chart_effect){.kind = TRO_CHART_LOG,
						 .name = action->of.log.label,
						 .data = tro_xml_root(doc)});
		}
		tro_xml_free(doc);
	}
	tro_buf_done(&text);
	return flow;
}

/* ---- foreach ---- */

static tro_status set_number(tro_chart_session *session, const char *name, size_t number)
{
	chart_variable *variable = tro_chart_variable(session, name);
	char text[24];

	if (variable == NULL) {
		variable = tro_chart_variable_add(session, name, false);
	}
	if (variable == NULL) {
		return tro_err_nomem(session->err);
	}
	(void)snprintf(text, sizeof(text), "%zu", number);
	variable->bound = NULL;
	tro_status status = tro_chart_keep(session, variable->data, false);

	return status == TRO_OK ? tro_xml_set_text(variable->data, text, session->err) : status;
}

static tro_status bind_item(tro_chart_session *session, const char *name, tro_xml_node *node)
{
	chart_variable *variable = tro_chart_variable(session, name);

	if (variable == NULL) {
		variable = tro_chart_variable_add(session, name, false);
	}
	if (variable == NULL) {
		return tro_err_nomem(session->err);
	}
	variable->bound = node;
	return TRO_OK;
}

/* The nodes are fixed when the loop begins; the item is the node itself, so that assigning to it
 * changes the array's node (XPath Note). */
static chart_flow run_nodes(
	tro_chart_session *session, const chart_loop_action *loop, chart_held *held)
{
	chart_flow flow = CHART_ON;

	for (size_t i = 0; i < held->count && flow == CHART_ON; i++) {
		tro_status status = bind_item(session, loop->item, held->nodes[i]);

		held->next = i + 1;
		if (status == TRO_OK && loop->index != NULL) {
			status = set_number(session, loop->index, i + 1);
		}
		flow = status == TRO_OK ? tro_chart_run(session, loop->actions)
					: tro_chart_failed(session, status);
	}
	return flow;
}

static const char *objection(const tro_chart_session *session, const chart_loop_action *loop)
{
	const char *shared = session->host->shared_name;

	if (loop->fault != NULL) {
		return loop->fault;
	}
	if (shared != NULL && strcmp(loop->item, shared) == 0) {
		return loop->item;
	}
	return shared != NULL && loop->index != NULL && strcmp(loop->index, shared) == 0
		       ? loop->index
		       : NULL;
}

static chart_flow run_foreach(tro_chart_session *session, const chart_action *action)
{
	const chart_loop_action *loop = &action->of.loop;
	const char *wrong = objection(session, loop);
	tro_xpath_value *array = NULL;

	if (wrong != NULL) {
		return tro_chart_error_text(session, "error.execution", NULL, action->line,
			"foreach cannot set a variable \"%s\"", wrong);
	}
	chart_flow flow = tro_chart_value_of(session, loop->array, &array);

	if (flow != CHART_ON) {
		return flow;
	}
	if (tro_xpath_value_type(array) != TRO_XPATH_NODES) {
		tro_xpath_value_free(array);
		return tro_chart_error_text(session, "error.execution", NULL, action->line,
			"foreach cannot walk %s: it is no node-set", loop->array->text);
	}
	chart_held held = {.count = tro_xpath_node_count(array), .outer = session->held};

	held.nodes = calloc(held.count + 1, sizeof(tro_xml_node *));
	for (size_t i = 0; held.nodes != NULL && i < held.count; i++) {
		held.nodes[i] = tro_xpath_node_at(array, i);
		const tro_xml_node *top = tro_chart_top_of(session, held.nodes[i]);

		held.top = i == 0 || held.top == top ? top : NULL;
	}
	tro_xpath_value_free(array);
	if (held.nodes == NULL) {
		return tro_chart_nomem(session);
	}
	session->held = &held;
	flow = run_nodes(session, loop, &held);
	session->held = held.outer;
	free(held.nodes);
	return flow;
}

/* ---- blocks ---- */

static chart_flow run_one(tro_chart_session *session, const chart_action *action)
{
	switch (action->kind) {
	case CHART_DO_RAISE:
		return run_raise(session, action);
	case CHART_DO_IF:
		return run_if(session, action);
	case CHART_DO_FOREACH:
		return run_foreach(session, action);
	case CHART_DO_LOG:
		return run_log(session, action);
	case CHART_DO_ASSIGN:
		return tro_chart_assign(session, action);
	case CHART_DO_SEND:
		return tro_chart_send(session, action);
	case CHART_DO_CANCEL:
		return tro_chart_cancel(session, action);
	case CHART_DO_HOST:
		break;
	}
	return tro_chart_host_action(session, action);
}

chart_flow tro_chart_run(tro_chart_session *session, const chart_action *actions)
{
	chart_flow flow = CHART_ON;

	if (session->oracle != NULL) {
		return session->oracle->run(session, actions);
	}
	for (const chart_action *a = actions; a != NULL && flow == CHART_ON; a = a->next) {
		flow = tro_chart_spend(session, CHART_COST_ACTIONS, 1);
		if (flow == CHART_ON) {
			flow = run_one(session, a);
		}
	}
	return flow;
}

chart_flow tro_chart_run_blocks(tro_chart_session *session, const chart_block *blocks)
{
	for (const chart_block *b = blocks; b != NULL; b = b->next) {
		if (tro_chart_run(session, b->actions) == CHART_FAIL) {
			return CHART_FAIL;
		}
	}
	return CHART_ON;
}
