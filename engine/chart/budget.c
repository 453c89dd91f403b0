/*
 * What one call may cost, over the whole tree of sessions: a definition is not trusted to be cheap.
 * The limits stand in model.h; what reaches one fails the step.
 */
#include <string.h>

#include "chart/session.h"

static tro_chart_session *root_of(tro_chart_session *session)
{
	while (session->parent != NULL) {
		session = session->parent;
	}
	return session;
}

void tro_chart_begin_call(tro_chart_session *session)
{
	session->status = TRO_OK;
	session->microsteps = session->externals = 0;
	memset(session->spent, 0, sizeof(session->spent));
}

static chart_flow exceeded(tro_chart_session *session, size_t limit, const char *what)
{
	return tro_chart_failed(
		session, tro_err_set(session->err, TRO_INVALID, "%s: more than %zu %s in one step",
				 session->chart->source, limit, what));
}

chart_flow tro_chart_spend(tro_chart_session *session, chart_cost cost, size_t amount)
{
	static const struct {
		size_t limit;
		const char *what;
	} costs[] = {
		[CHART_COST_ACTIONS] = {CHART_ACTIONS_MAX, "elements executed and states entered"},
		[CHART_COST_OPERATIONS] = {CHART_OPERATIONS_MAX, "operations of expressions"},
		[CHART_COST_BYTES] = {CHART_COPIED_MAX, "bytes copied into data"},
		[CHART_COST_WORK] = {CHART_WORK_MAX, "comparisons of transitions"},
	};
	if (amount == SIZE_MAX) {
		return tro_chart_nomem(session); /* of tro_chart_weight */
	}
	size_t *spent = &root_of(session)->spent[cost];

	*spent += amount;
	return *spent > costs[cost].limit ? exceeded(session, costs[cost].limit, costs[cost].what)
					  : CHART_ON;
}

/* A node of libxml2 is some hundred bytes. */
enum { NODE_BYTES = 128 };

size_t tro_chart_weight(const tro_xml_node *node)
{
	size_t weight = NODE_BYTES;

	if (tro_xml_node_kind(node) != TRO_XML_ELEMENT) {
		tro_buf text = TRO_BUF_INIT;

		tro_xml_text(&text, node);
		weight = tro_buf_status(&text, NULL) == TRO_OK ? weight + text.len : SIZE_MAX;
		tro_buf_done(&text);
		return weight;
	}
	for (const tro_xml_node *a = tro_xml_first_attribute(node); a != NULL;
		a = tro_xml_next_attribute(a)) {
		const char *text = tro_xml_get(node, tro_xml_ns(a), tro_xml_name(a));

		weight += 2 * NODE_BYTES + (text == NULL ? 0 : strlen(text));
	}
	for (const tro_xml_node *n = tro_xml_first_any(node); n != NULL; n = tro_xml_next_any(n)) {
		size_t below = tro_chart_weight(n);

		if (below == SIZE_MAX) {
			return SIZE_MAX;
		}
		weight += below;
	}
	return weight;
}
