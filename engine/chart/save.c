/* A session as an element (the form stands at tro_chart_save in chart.h). */
#include <stdio.h>
#include <string.h>

#include "chart/session.h"

static tro_status add_states(const tro_chart *chart, tro_xml_node *parent, const uint32_t *states,
	size_t count, tro_err *err)
{
	for (size_t i = 0; i < count; i++) {
		tro_xml_node *state = tro_xml_append(parent, NULL, "state", NULL);

		if (state == NULL) {
			return tro_err_nomem(err);
		}
		tro_status status =
			tro_xml_set(state, NULL, "id", chart->states[states[i]].id, err);

		if (status != TRO_OK) {
			return status;
		}
	}
	return TRO_OK;
}

static tro_status save_set(const tro_chart_session *session, const uint64_t *set, const char *name,
	tro_xml_node *matter, tro_err *err)
{
	tro_xml_node *list = tro_xml_append(matter, NULL, name, NULL);
	size_t end = session->chart->state_count;
	tro_status status = list == NULL ? tro_err_nomem(err) : TRO_OK;

	for (size_t s = bits_from(set, 1, end); s != BITS_NONE && status == TRO_OK;
		s = bits_from(set, s + 1, end)) {
		status = add_states(session->chart, list, &(uint32_t){(uint32_t)s}, 1, err);
	}
	return status;
}

static tro_status save_history(const tro_chart_session *session, tro_xml_node *matter, tro_err *err)
{
	const tro_chart *chart = session->chart;
	tro_xml_node *list = NULL;
	tro_status status = TRO_OK;

	for (size_t s = 0; s < chart->state_count && status == TRO_OK; s++) {
		const chart_state *state = &chart->states[s];

		if (!chart_is_history(state) || session->history[state->history].count == 0) {
			continue;
		}
		if (list == NULL) {
			list = tro_xml_append(matter, NULL, "history", NULL);
		}
		tro_xml_node *of = list == NULL ? NULL : tro_xml_append(list, NULL, "of", NULL);

		status = of == NULL ? tro_err_nomem(err)
				    : tro_xml_set(of, NULL, "id", state->id, err);
		if (status == TRO_OK) {
			const chart_record *record = &session->history[state->history];

			status = add_states(chart, of, record->states, record->count, err);
		}
	}
	return status;
}

static tro_status save_timer(tro_xml_node *list, const chart_timer *timer, tro_err *err)
{
	tro_xml_node *node = tro_xml_append(list, NULL, "timer", NULL);
	char due[TRO_TIME_TEXT_SIZE];
	char seq[24];

	if (node == NULL) {
		return tro_err_nomem(err);
	}
	tro_time_format(due, timer->due);
	(void)snprintf(seq, sizeof(seq), "%llu", (unsigned long long)timer->seq);
	tro_status status = tro_xml_set(node, NULL, "id", timer->id, err);

	if (status == TRO_OK) {
		status = tro_xml_set(node, NULL, "event", timer->event->name, err);
	}
	if (status == TRO_OK) {
		status = tro_xml_set(node, NULL, "due", due, err);
	}
	if (status == TRO_OK && timer->seq != 0) {
		status = tro_xml_set(node, NULL, "seq", seq, err);
	}
	if (status == TRO_OK && timer->target != NULL) {
		status = tro_xml_set(node, NULL, "target", timer->target, err);
	}
	if (status == TRO_OK && timer->event->origin != NULL) {
		status = tro_xml_set(node, NULL, "origin", timer->event->origin, err);
	}
	if (status == TRO_OK && timer->event->invokeid != NULL) {
		status = tro_xml_set(node, NULL, "invokeid", timer->event->invokeid, err);
	}
	if (status == TRO_OK && timer->event->sendid != NULL &&
		strcmp(timer->event->sendid, timer->id) != 0) {
		status = tro_xml_set(node, NULL, "sendid", timer->event->sendid, err);
	}
	if (status == TRO_OK && timer->event->doc != NULL) {
		status = tro_chart_copy_content(node, tro_chart_event_data(timer->event), err);
	}
	return status;
}

static tro_status save_timers(const tro_chart_session *session, tro_xml_node *matter, tro_err *err)
{
	if (session->timer_count == 0) {
		return TRO_OK;
	}
	tro_xml_node *list = tro_xml_append(matter, NULL, "timers", NULL);
	tro_status status = list == NULL ? tro_err_nomem(err) : TRO_OK;

	for (size_t i = 0; i < session->timer_count && status == TRO_OK; i++) {
		status = save_timer(list, &session->timers[i], err);
	}
	return status;
}

static tro_status save_data(const tro_chart_session *session, tro_xml_node *matter, tro_err *err)
{
	tro_xml_node *list = NULL;
	tro_status status = TRO_OK;

	for (tro_xml_node *d = tro_xml_first(tro_xml_root(session->data));
		d != NULL && status == TRO_OK; d = tro_xml_next(d)) {
		if (list == NULL) {
			list = tro_xml_append(matter, NULL, "data", NULL);
		}
		tro_xml_node *datum =
			list == NULL ? NULL : tro_xml_append(list, NULL, "datum", NULL);

		status = datum == NULL ? tro_err_nomem(err) : tro_chart_copy_value(datum, d, err);
	}
	return status;
}

static tro_status save_next_id(const tro_chart_session *session, tro_xml_node *matter, tro_err *err)
{
	char next[24];

	if (session->next_id == 0) {
		return TRO_OK;
	}
	tro_xml_node *node = tro_xml_append(matter, NULL, "sends", NULL);

	(void)snprintf(next, sizeof(next), "%llu", (unsigned long long)session->next_id);
	return node == NULL ? tro_err_nomem(err) : tro_xml_set(node, NULL, "count", next, err);
}

static tro_status save_session(
	const tro_chart_session *session, tro_xml_node *matter, tro_err *err);

static tro_status save_child(tro_xml_node *list, const chart_child *child, tro_err *err)
{
	tro_xml_node *node = tro_xml_append(list, NULL, "child", NULL);
	char index[24];

	if (node == NULL) {
		return tro_err_nomem(err);
	}
	(void)snprintf(index, sizeof(index), "%u", child->invoke->index);
	tro_status status = tro_xml_set(node, NULL, "invoke", index, err);

	if (status == TRO_OK) {
		status = tro_xml_set(node, NULL, "id", child->id, err);
	}
	if (status != TRO_OK || child->session == NULL) {
		return status;
	}
	tro_xml_node *definition = tro_xml_append(node, NULL, "definition", NULL);
	tro_xml_node *session = tro_xml_append(node, NULL, "session", NULL);

	if (definition == NULL || session == NULL) {
		return tro_err_nomem(err);
	}
	status = tro_xml_copy(
		NULL, definition, TRO_XML_LAST_CHILD, tro_xml_root(child->chart->doc), err);
	return status == TRO_OK ? save_session(child->session, session, err) : status;
}

static tro_status save_children(
	const tro_chart_session *session, tro_xml_node *matter, tro_err *err)
{
	if (session->children == NULL) {
		return TRO_OK;
	}
	tro_xml_node *list = tro_xml_append(matter, NULL, "children", NULL);
	tro_status status = list == NULL ? tro_err_nomem(err) : TRO_OK;

	for (const chart_child *c = session->children; c != NULL && status == TRO_OK; c = c->next) {
		status = save_child(list, c, err);
	}
	return status;
}

static tro_status save_session(const tro_chart_session *session, tro_xml_node *matter, tro_err *err)
{
	tro_status status = save_set(session, session->configuration, "configuration", matter, err);

	if (status == TRO_OK) {
		status = save_history(session, matter, err);
	}
	if (status == TRO_OK) {
		status = save_timers(session, matter, err);
	}
	if (status == TRO_OK) {
		status = save_data(session, matter, err);
	}
	if (status == TRO_OK && session->visited != NULL) {
		status = save_set(session, session->visited, "visited", matter, err);
	}
	if (status == TRO_OK) {
		status = save_next_id(session, matter, err);
	}
	return status == TRO_OK ? save_children(session, matter, err) : status;
}

tro_status tro_chart_save(const tro_chart_session *session, tro_xml_node *matter, tro_err *err)
{
	if (session->broken || !session->started) {
		return tro_err_set(err, TRO_USAGE, "a session that is not running cannot be saved");
	}
	return save_session(session, matter, err);
}
