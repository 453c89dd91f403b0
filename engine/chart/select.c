/* Which transitions an event enables (Appendix D selectTransitions, removeConflictingTransitions).
 */
#include "chart/session.h"

/* ---- targets and domains ---- */

static void add_effective(tro_chart_session *session, const chart_transition *t, size_t *count)
{
	const tro_chart *chart = session->chart;
	uint32_t *out = session->selection.targets;

	for (size_t i = 0; i < t->target_count; i++) {
		const chart_state *state = &chart->states[t->targets[i]];

		if (!chart_is_history(state)) {
			if (*count < chart->state_count) {
				out[(*count)++] = t->targets[i];
			}
			continue;
		}
		const chart_record *record = &session->history[state->history];

		for (size_t j = 0; j < record->count && *count < chart->state_count; j++) {
			out[(*count)++] = record->states[j];
		}
		if (record->count == 0) {
			add_effective(session, &chart->transitions[state->initial], count);
		}
	}
}

size_t tro_chart_effective_targets(tro_chart_session *session, const chart_transition *transition)
{
	size_t count = 0;

	add_effective(session, transition, &count);
	return count;
}

uint32_t tro_chart_domain_now(tro_chart_session *session, const chart_transition *transition)
{
	if (!transition->to_history) {
		return transition->domain;
	}
	size_t count = tro_chart_effective_targets(session, transition);

	return tro_chart_domain(session->chart, transition, session->selection.targets, count);
}

/* ---- selection ---- */

static bool selected(const chart_selection *selection, uint32_t transition)
{
	for (size_t i = 0; i < selection->count; i++) {
		if (selection->transitions[i] == transition) {
			return true;
		}
	}
	return false;
}

static bool triggered(const chart_transition *t, const char *event)
{
	return event == NULL ? t->event_count == 0 : tro_chart_accepts(t, event);
}

/* The first transition of an active atomic state or of its ancestors that is enabled. A cond that
 * cannot be evaluated is false, with an error event. */
static chart_flow select_for(
	tro_chart_session *session, uint32_t atomic, const char *event, bool *out_open)
{
	const tro_chart *chart = session->chart;
	chart_selection *selection = &session->selection;

	for (uint32_t s = atomic; s != CHART_NONE; s = chart->states[s].parent) {
		for (uint32_t i = chart->states[s].first_transition; i != CHART_NONE;
			i = chart->transitions[i].next) {
			const chart_transition *t = &chart->transitions[i];
			bool truth = true;

			if (!triggered(t, event)) {
				continue;
			}
			if (out_open != NULL && t->cond != NULL && t->cond->asks_event) {
				*out_open = true;
				return CHART_ON;
			}
			if (t->cond != NULL &&
				tro_chart_truth_of(session, t->cond, &truth) == CHART_FAIL) {
				return CHART_FAIL;
			}
			if (truth) {
				if (tro_chart_spend(session, CHART_COST_WORK, selection->count) ==
					CHART_FAIL) {
					return CHART_FAIL;
				}
				if (!selected(selection, i)) {
					selection->transitions[selection->count++] = i;
				}
				return CHART_ON;
			}
		}
	}
	return CHART_ON;
}

/* Do the exit sets of two transitions meet? Each is what is active below its domain, and a domain
 * always has something active below it; so they meet when one domain holds the other. */
static bool conflict(const tro_chart *chart, uint32_t a, uint32_t b)
{
	return a != CHART_NONE && b != CHART_NONE &&
	       (a == b || chart_is_below(chart, a, b) || chart_is_below(chart, b, a));
}

static void drop(chart_selection *selection, size_t kept, size_t index)
{
	for (size_t i = index; i + 1 < kept; i++) {
		selection->transitions[i] = selection->transitions[i + 1];
		selection->domains[i] = selection->domains[i + 1];
	}
}

/* Transitions of descendants preempt those of ancestors; else the earlier wins. */
static chart_flow resolve_conflicts(tro_chart_session *session)
{
	const tro_chart *chart = session->chart;
	chart_selection *selection = &session->selection;
	size_t kept = 0;

	for (size_t i = 0; i < selection->count; i++) {
		if (tro_chart_spend(session, CHART_COST_WORK, 1 + kept) == CHART_FAIL) {
			return CHART_FAIL;
		}
		uint32_t index = selection->transitions[i];
		uint32_t domain = tro_chart_domain_now(session, &chart->transitions[index]);
		uint32_t source = chart->transitions[index].source;
		bool preempted = false;

		for (size_t j = 0; j < kept && !preempted; j++) {
			uint32_t other = chart->transitions[selection->transitions[j]].source;

			preempted = conflict(chart, domain, selection->domains[j]) &&
				    !chart_is_below(chart, source, other);
		}
		if (preempted) {
			continue;
		}
		for (size_t j = kept; j > 0; j--) {
			if (conflict(chart, domain, selection->domains[j - 1])) {
				drop(selection, kept--, j - 1);
			}
		}
		selection->transitions[kept] = index;
		selection->domains[kept++] = domain;
	}
	selection->count = kept;
	return CHART_ON;
}

static chart_flow select_all(tro_chart_session *session, const char *event, bool *out_open)
{
	const tro_chart *chart = session->chart;
	size_t end = chart->state_count;
	chart_flow flow = CHART_ON;

	session->selection.count = 0;
	if (event == NULL && !chart->eventless) {
		return CHART_ON;
	}
	for (size_t s = bits_from(session->configuration, 0, end);
		s != BITS_NONE && flow == CHART_ON;
		s = bits_from(session->configuration, s + 1, end)) {
		if (chart->states[s].kind == CHART_ATOMIC || chart->states[s].kind == CHART_FINAL) {
			flow = select_for(session, (uint32_t)s, event, out_open);
		}
	}
	if (flow == CHART_ON) {
		flow = resolve_conflicts(session);
	}
	return flow;
}

chart_flow tro_chart_select(tro_chart_session *session, const char *event)
{
	return select_all(session, event, NULL);
}

chart_flow tro_chart_select_open(tro_chart_session *session, const char *event, bool *out_open)
{
	*out_open = false;
	return select_all(session, event, out_open);
}

bool tro_chart_takes(const tro_chart_session *session, const char *event)
{
	const tro_chart *chart = session->chart;
	size_t end = chart->state_count;

	for (size_t s = bits_from(session->configuration, 0, end);
		s != BITS_NONE && !session->finished;
		s = bits_from(session->configuration, s + 1, end)) {
		for (uint32_t i = chart->states[s].first_transition; i != CHART_NONE;
			i = chart->transitions[i].next) {
			if (tro_chart_accepts(&chart->transitions[i], event)) {
				return true;
			}
		}
	}
	return false;
}
