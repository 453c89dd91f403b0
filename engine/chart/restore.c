/* A session from an element: nothing in it is believed until it fits the chart. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/session.h"

static tro_status find_state(
	uint32_t *out, const tro_chart *chart, const tro_xml_node *node, tro_err *err)
{
	*out = tro_chart_find_state(chart, tro_xml_attribute(node, "id"));
	if (*out == CHART_NONE || chart_is_history(&chart->states[*out])) {
		return tro_err_set(err, TRO_INVALID, "the stored state \"%s\" is none of %s",
			tro_xml_attribute(node, "id"), chart->source);
	}
	return TRO_OK;
}

static tro_status restore_set(
	tro_chart_session *session, const tro_xml_node *list, uint64_t *set, tro_err *err)
{
	tro_status status = TRO_OK;

	for (tro_xml_node *n = list == NULL ? NULL : tro_xml_first_named(list, NULL, "state");
		n != NULL && status == TRO_OK; n = tro_xml_next_named(n, NULL, "state")) {
		uint32_t state = CHART_NONE;

		status = find_state(&state, session->chart, n, err);
		if (status == TRO_OK && bits_has(set, state)) {
			status = tro_err_set(err, TRO_INVALID,
				"the stored state \"%s\" stands there twice",
				tro_xml_attribute(n, "id"));
		}
		if (status == TRO_OK) {
			bits_add(set, state);
		}
	}
	return status;
}

static tro_status restore_configuration(
	tro_chart_session *session, const tro_xml_node *matter, tro_err *err)
{
	const tro_chart *chart = session->chart;

	bits_add(session->configuration, 0);
	tro_status status = restore_set(session, tro_xml_first_named(matter, NULL, "configuration"),
		session->configuration, err);

	if (status == TRO_OK && !tro_chart_legal(chart, session->configuration, 0)) {
		status = tro_err_set(err, TRO_INVALID,
			"the stored states are no configuration of %s", chart->source);
	}
	for (uint32_t c = chart->states[0].first_child; status == TRO_OK && c != CHART_NONE;
		c = chart->states[c].next_child) {
		if (chart->states[c].kind == CHART_FINAL && bits_has(session->configuration, c)) {
			session->finished = true;
		}
	}
	return status;
}

/* ---- history ---- */

/* What was recorded must have been active together: closed upwards it is a configuration of the
 * history's parent; of a shallow one only the children are known. */
static bool record_fits(tro_chart_session *session, const chart_state *history)
{
	const tro_chart *chart = session->chart;
	const chart_record *record = &session->history[history->history];
	const chart_state *parent = &chart->states[history->parent];
	uint64_t *set = session->entering; /* scratch */
	size_t all = 0;

	memset(set, 0, bits_words(chart->state_count) * sizeof(*set));
	for (size_t i = 0; i < record->count; i++) {
		uint32_t s = record->states[i];
		bool child = chart->states[s].parent == history->parent;

		if (!chart_is_below(chart, s, history->parent) ||
			(history->kind == CHART_SHALLOW
					? !child
					: chart->states[s].first_child != CHART_NONE) ||
			bits_has(set, s)) {
			return false;
		}
		for (; s != history->parent; s = chart->states[s].parent) {
			bits_add(set, s);
		}
	}
	bits_add(set, history->parent);
	if (history->kind == CHART_DEEP) {
		return tro_chart_legal(chart, set, history->parent);
	}
	for (uint32_t c = parent->first_child; c != CHART_NONE; c = chart->states[c].next_child) {
		all++;
	}
	return record->count == (parent->kind == CHART_PARALLEL ? all : 1);
}

static int by_index(const void *a, const void *b)
{
	const uint32_t *x = a;
	const uint32_t *y = b;

	return (*x > *y) - (*x < *y);
}

static tro_status restore_record(tro_chart_session *session, const chart_state *history,
	const tro_xml_node *of, tro_err *err)
{
	const tro_chart *chart = session->chart;
	chart_record *record = &session->history[history->history];
	tro_status status = TRO_OK;
	size_t room = 0;

	if (record->states != NULL) {
		return tro_err_set(err, TRO_INVALID, "the stored history \"%s\" stands there twice",
			history->id);
	}
	for (tro_xml_node *n = tro_xml_first_named(of, NULL, "state"); n != NULL;
		n = tro_xml_next_named(n, NULL, "state")) {
		room++;
	}
	record->states = calloc(room + 1, sizeof(*record->states));
	record->room = room;
	if (record->states == NULL) {
		return tro_err_nomem(err);
	}
	for (tro_xml_node *n = tro_xml_first_named(of, NULL, "state");
		n != NULL && status == TRO_OK; n = tro_xml_next_named(n, NULL, "state")) {
		status = find_state(&record->states[record->count++], chart, n, err);
	}
	if (status == TRO_OK && !record_fits(session, history)) {
		status = tro_err_set(err, TRO_INVALID,
			"the stored history \"%s\" holds states that were never active together",
			history->id);
	}
	qsort(record->states, record->count, sizeof(*record->states), by_index);
	return status;
}

static tro_status restore_history(
	tro_chart_session *session, const tro_xml_node *matter, tro_err *err)
{
	const tro_chart *chart = session->chart;
	const tro_xml_node *list = tro_xml_first_named(matter, NULL, "history");
	tro_status status = TRO_OK;

	for (tro_xml_node *n = list == NULL ? NULL : tro_xml_first_named(list, NULL, "of");
		n != NULL && status == TRO_OK; n = tro_xml_next_named(n, NULL, "of")) {
		uint32_t state = tro_chart_find_state(chart, tro_xml_attribute(n, "id"));

		status = state == CHART_NONE || !chart_is_history(&chart->states[state])
				 ? tro_err_set(err, TRO_INVALID,
					   "the stored history \"%s\" is none of %s",
					   tro_xml_attribute(n, "id"), chart->source)
				 : restore_record(session, &chart->states[state], n, err);
	}
	return status;
}

/* ---- timers ---- */

static tro_status make_timer(chart_timer *timer, tro_xml_node *node, tro_err *err)
{
	const char *id = tro_xml_attribute(node, "id");
	const char *seq = tro_xml_get(node, NULL, "seq");
	const char *origin = tro_xml_get(node, NULL, "origin");
	const char *sendid = tro_xml_get(node, NULL, "sendid");

	if (id[0] == '\0' || tro_xml_get(node, NULL, "event") == NULL ||
		(seq != NULL &&
			(!tro_decimal_parse(&timer->seq, seq, strlen(seq)) || timer->seq == 0))) {
		return tro_err_set(err, TRO_INVALID,
			"a stored timer needs id and event, and a seq from 1 on if any");
	}
	tro_status status = tro_time_parse(&timer->due, tro_xml_attribute(node, "due"), err);

	if (status != TRO_OK) {
		return tro_err_prefix(err, status, "the stored timer \"%s\"", id);
	}
	if (sendid == NULL && !tro_chart_is_auto(id)) {
		sendid = id;
	}
	timer->event = tro_chart_event_new(tro_xml_attribute(node, "event"), "external");
	if (timer->event == NULL || !tro_chart_set_text(&timer->id, id) ||
		!tro_chart_set_text(&timer->target, tro_xml_get(node, NULL, "target")) ||
		!tro_chart_set_text(&timer->event->sendid, sendid) ||
		!tro_chart_set_text(&timer->event->origin, origin) ||
		!tro_chart_set_text(&timer->event->invokeid, tro_xml_get(node, NULL, "invokeid")) ||
		!tro_chart_set_text(
			&timer->event->origintype, origin == NULL ? NULL : CHART_EVENT_PROCESSOR)) {
		return tro_err_nomem(err);
	}
	if (tro_xml_first_any(node) == NULL) {
		return TRO_OK;
	}
	tro_xml_node *data = tro_chart_event_data(timer->event);

	return data == NULL ? tro_err_nomem(err) : tro_chart_copy_content(data, node, err);
}

static tro_status restore_timers(
	tro_chart_session *session, const tro_xml_node *matter, tro_err *err)
{
	const tro_xml_node *list = tro_xml_first_named(matter, NULL, "timers");
	tro_status status = TRO_OK;

	for (tro_xml_node *n = list == NULL ? NULL : tro_xml_first_named(list, NULL, "timer");
		n != NULL && status == TRO_OK; n = tro_xml_next_named(n, NULL, "timer")) {
		chart_timer timer = {.due = 0};

		status = make_timer(&timer, n, err);
		if (status != TRO_OK) {
			tro_chart_timer_done(&timer);
		} else if (tro_chart_timer_add(session, timer) != CHART_ON) {
			status = session->status;
		}
	}
	if (status == TRO_OK && session->finished && session->timer_count > 0) {
		status = tro_err_set(err, TRO_INVALID, "a finished session has no timers");
	}
	return status;
}

/* ---- data ---- */

static tro_status restore_datum(tro_chart_session *session, tro_xml_node *datum, tro_err *err)
{
	const tro_chart *chart = session->chart;
	const char *id = tro_xml_attribute(datum, "id");
	bool declared = tro_chart_find_name(chart->data_names, chart->data_count, id) != CHART_NONE;

	if (id[0] == '\0' || tro_chart_variable(session, id) != NULL ||
		(!declared && chart->mode == TRO_CHART_PRODUCTION)) {
		return tro_err_set(err, TRO_INVALID,
			"the stored data \"%s\" are not declared, or stand there twice", id);
	}
	const chart_variable *variable = tro_chart_variable_add(session, id, declared);

	if (variable == NULL) {
		return tro_err_nomem(err);
	}
	return tro_chart_copy_value(variable->data, datum, err);
}

static tro_status restore_data(tro_chart_session *session, const tro_xml_node *matter, tro_err *err)
{
	const tro_xml_node *list = tro_xml_first_named(matter, NULL, "data");
	tro_status status = TRO_OK;

	session->data = tro_xml_new(NULL, "datamodel");
	if (session->data == NULL) {
		return tro_err_nomem(err);
	}
	for (tro_xml_node *n = list == NULL ? NULL : tro_xml_first_named(list, NULL, "datum");
		n != NULL && status == TRO_OK; n = tro_xml_next_named(n, NULL, "datum")) {
		status = restore_datum(session, n, err);
	}
	return status;
}

static tro_status restore_next_id(
	tro_chart_session *session, const tro_xml_node *matter, tro_err *err)
{
	const tro_xml_node *node = tro_xml_first_named(matter, NULL, "sends");
	const char *count = node == NULL ? "0" : tro_xml_attribute(node, "count");

	if (!tro_decimal_parse(&session->next_id, count, strlen(count))) {
		return tro_err_set(err, TRO_INVALID, "the stored count of sends is no number");
	}
	return TRO_OK;
}

/* ---- what was invoked ---- */

static tro_status restore_chart(tro_chart **out, tro_xml_node *definition, tro_err *err)
{
	tro_xml_node *root = tro_xml_first(definition);
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = root == NULL
				    ? tro_err_set(err, TRO_INVALID, "a stored definition is empty")
				    : tro_xml_c14n(&bytes, root, err);

	if (status == TRO_OK) {
		status = tro_chart_load(out, bytes.ptr, bytes.len, "stored definition",
			TRO_CHART_CONFORMANCE, NULL, err);
	}
	tro_buf_done(&bytes);
	return status;
}

static tro_status fill_child(
	tro_chart_session *session, chart_child *child, tro_xml_node *node, tro_err *err)
{
	const tro_chart *chart = session->chart;
	tro_xml_node *definition = tro_xml_first_named(node, NULL, "definition");
	tro_xml_node *below = tro_xml_first_named(node, NULL, "session");
	const char *text = tro_xml_attribute(node, "invoke");
	uint64_t index = 0;

	if (!tro_decimal_parse(&index, text, strlen(text)) || index >= chart->invoke_count ||
		!bits_has(session->configuration, chart->invokes[index]->state) ||
		tro_xml_attribute(node, "id")[0] == '\0' ||
		(definition == NULL) != (below == NULL)) {
		return tro_err_set(
			err, TRO_INVALID, "a stored child was not invoked by %s", chart->source);
	}
	child->invoke = chart->invokes[index];
	if (!tro_chart_set_text(&child->id, tro_xml_attribute(node, "id"))) {
		return tro_err_nomem(err);
	}
	if (definition == NULL) {
		return TRO_OK;
	}
	tro_status status = restore_chart(&child->chart, definition, err);

	if (status == TRO_OK) {
		status = tro_chart_restore(&child->session, child->chart, below, err);
	}
	return status == TRO_OK ? tro_chart_adopt_child(session, child, err) : status;
}

static tro_status restore_children(
	tro_chart_session *session, const tro_xml_node *matter, tro_err *err)
{
	const tro_xml_node *list = tro_xml_first_named(matter, NULL, "children");
	chart_child **tail = &session->children;
	tro_status status = TRO_OK;

	for (tro_xml_node *n = list == NULL ? NULL : tro_xml_first_named(list, NULL, "child");
		n != NULL && status == TRO_OK; n = tro_xml_next_named(n, NULL, "child")) {
		chart_child *child = calloc(1, sizeof(*child));

		if (child == NULL) {
			return tro_err_nomem(err);
		}
		*tail = child;
		tail = &child->next;
		status = fill_child(session, child, n, err);
	}
	return status;
}

tro_status tro_chart_restore(
	tro_chart_session **out, const tro_chart *chart, tro_xml_node *matter, tro_err *err)
{
	tro_chart_session *session = NULL;
	tro_status status = tro_chart_session_new(&session, chart, err);

	if (status != TRO_OK) {
		return status;
	}
	session->started = true;
	session->err = err;
	status = restore_configuration(session, matter, err);
	if (status == TRO_OK) {
		status = restore_history(session, matter, err);
	}
	if (status == TRO_OK) {
		status = restore_timers(session, matter, err);
	}
	if (status == TRO_OK) {
		status = restore_data(session, matter, err);
	}
	if (status == TRO_OK && session->visited != NULL) {
		status = restore_set(session, tro_xml_first_named(matter, NULL, "visited"),
			session->visited, err);
	}
	if (status == TRO_OK) {
		status = restore_next_id(session, matter, err);
	}
	if (status == TRO_OK) {
		status = restore_children(session, matter, err);
	}
	session->err = NULL;
	if (status != TRO_OK) {
		tro_chart_session_free(session);
		return status;
	}
	*out = session;
	return TRO_OK;
}
