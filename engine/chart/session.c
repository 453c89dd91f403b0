#include <stdlib.h>
#include <string.h>

#include "chart/session.h"

enum { SETS = 6 }; /* of states, in one allocation */

static bool make_room(tro_chart_session *session)
{
	const tro_chart *chart = session->chart;
	size_t words = bits_words(chart->state_count);
	uint64_t *bits = calloc(SETS * words, sizeof(*bits));

	session->configuration = bits;
	session->indexes = calloc(4 * chart->state_count, sizeof(uint32_t));
	session->history = calloc(chart->history_count + 1, sizeof(*session->history));
	session->defaults = calloc(chart->history_count + 1, sizeof(*session->defaults));
	if (bits == NULL || session->indexes == NULL || session->history == NULL ||
		session->defaults == NULL) {
		return false;
	}
	session->entering = bits + words;
	session->entering_by_default = bits + 2 * words;
	session->leaving = bits + 3 * words;
	session->visited = chart->late ? bits + 4 * words : NULL;
	session->invoking = chart->invoke_count > 0 ? bits + 5 * words : NULL;
	session->selection.transitions = session->indexes + chart->state_count;
	session->selection.domains = session->indexes + 2 * chart->state_count;
	session->selection.targets = session->indexes + 3 * chart->state_count;
	return true;
}

tro_status tro_chart_session_new(tro_chart_session **out, const tro_chart *chart, tro_err *err)
{
	tro_chart_session *session = calloc(1, sizeof(*session));

	if (session == NULL) {
		return tro_err_nomem(err);
	}
	session->chart = chart;
	session->queue_tail = &session->queue;
	if (!make_room(session)) {
		tro_chart_session_free(session);
		return tro_err_nomem(err);
	}
	*out = session;
	return TRO_OK;
}

void tro_chart_session_free(tro_chart_session *session)
{
	if (session == NULL) {
		return;
	}
	tro_chart_children_clear(session);
	while (session->queue != NULL) {
		tro_chart_event_free(tro_chart_dequeue(session));
	}
	tro_chart_timers_clear(session);
	tro_chart_event_free(session->event);
	for (size_t i = 0; i < session->variable_count; i++) {
		free(session->variables[i].name);
	}
	for (size_t i = 0; session->history != NULL && i < session->chart->history_count; i++) {
		free(session->history[i].states);
	}
	for (chart_function_slot *s = session->functions, *next; s != NULL; s = next) {
		next = s->next;
		free(s);
	}
	tro_xpath_free(session->xpath);
	tro_xml_free(session->data);
	tro_xml_free(session->removed);
	tro_xml_free(session->processors);
	free(session->processors_of);
	free(session->id);
	free(session->variables);
	free(session->timers);
	free(session->configuration);
	free(session->indexes);
	free(session->history);
	free(session->defaults);
	free(session);
}

const tro_chart *tro_chart_session_chart(const tro_chart_session *session)
{
	return session->chart;
}

bool tro_chart_finished(const tro_chart_session *session)
{
	return session->finished;
}

bool tro_chart_ended(const tro_chart_session *session)
{
	return session->finished || tro_chart_at_rest(session->chart, session->configuration);
}

bool tro_chart_at_rest(const tro_chart *chart, const uint64_t *configuration)
{
	for (size_t s = bits_from(configuration, 1, chart->state_count); s != BITS_NONE;
		s = bits_from(configuration, s + 1, chart->state_count)) {
		if (chart->states[s].rest) {
			return true;
		}
	}
	return false;
}

bool tro_chart_in(const tro_chart_session *session, const char *state_id)
{
	uint32_t state = tro_chart_find_state(session->chart, state_id);

	return state != CHART_NONE && bits_has(session->configuration, state);
}

const char *tro_chart_active(const tro_chart_session *session, size_t index)
{
	const tro_chart *chart = session->chart;
	size_t at = 0;

	for (size_t s = bits_from(session->configuration, 1, chart->state_count); s != BITS_NONE;
		s = bits_from(session->configuration, s + 1, chart->state_count)) {
		const chart_state *state = &chart->states[s];

		if (state->first_child == CHART_NONE && at++ == index) {
			return state->id;
		}
	}
	return NULL;
}

bool tro_chart_legal(const tro_chart *chart, const uint64_t *configuration, uint32_t from)
{
	const chart_state *states = chart->states;

	if (!bits_has(configuration, from)) {
		return false;
	}
	for (size_t s = bits_from(configuration, from, states[from].end); s != BITS_NONE;
		s = bits_from(configuration, s + 1, states[from].end)) {
		size_t active = 0;
		size_t all = 0;

		if (chart_is_history(&states[s]) ||
			(s != from && !bits_has(configuration, states[s].parent))) {
			return false;
		}
		for (uint32_t c = states[s].first_child; c != CHART_NONE;
			c = states[c].next_child) {
			active += bits_has(configuration, c);
			all++;
		}
		if (active != (states[s].kind == CHART_COMPOUND ? 1 : all)) {
			return false;
		}
	}
	return true;
}
