/* Leaving and entering states (Appendix D exitStates, enterStates and what they stand on). */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/session.h"

static bool is_leaf(const chart_state *state)
{
	return state->kind == CHART_ATOMIC || state->kind == CHART_FINAL;
}

/* ---- leaving ---- */

static void mark_leaving(tro_chart_session *session)
{
	const tro_chart *chart = session->chart;
	const chart_selection *selection = &session->selection;

	memset(session->leaving, 0, bits_words(chart->state_count) * sizeof(uint64_t));
	for (size_t i = 0; i < selection->count; i++) {
		uint32_t domain = selection->domains[i];

		if (domain == CHART_NONE) {
			continue;
		}
		size_t end = chart->states[domain].end;

		for (size_t s = bits_from(session->configuration, domain + 1, end); s != BITS_NONE;
			s = bits_from(session->configuration, s + 1, end)) {
			bits_add(session->leaving, s);
		}
	}
}

/* What of the active states below the parent a history records, in document order. */
static size_t recorded(const tro_chart_session *session, const chart_state *history, uint32_t *out)
{
	const tro_chart *chart = session->chart;
	uint32_t parent = history->parent;
	size_t end = chart->states[parent].end;
	size_t count = 0;

	for (size_t s = bits_from(session->configuration, parent + 1, end); s != BITS_NONE;
		s = bits_from(session->configuration, s + 1, end)) {
		if (history->kind == CHART_DEEP ? is_leaf(&chart->states[s])
						: chart->states[s].parent == parent) {
			if (out != NULL) {
				out[count] = (uint32_t)s;
			}
			count++;
		}
	}
	return count;
}

static chart_flow record_one(tro_chart_session *session, uint32_t index)
{
	const chart_state *history = &session->chart->states[index];
	chart_record *record = &session->history[history->history];
	size_t count = recorded(session, history, NULL);

	if (record->states == NULL || count > record->room) {
		uint32_t *states = realloc(record->states, (count + 1) * sizeof(*states));

		if (states == NULL) {
			return tro_chart_nomem(session);
		}
		record->states = states;
		record->room = count;
	}
	record->count = recorded(session, history, record->states);
	return CHART_ON;
}

static chart_flow record_histories(tro_chart_session *session)
{
	const tro_chart *chart = session->chart;
	size_t end = chart->state_count;
	chart_flow flow = CHART_ON;

	for (size_t s = bits_from(session->leaving, 0, end); s != BITS_NONE;
		s = bits_from(session->leaving, s + 1, end)) {
		for (uint32_t h = chart->states[s].first_history;
			h != CHART_NONE && flow == CHART_ON; h = chart->states[h].next_history) {
			flow = record_one(session, h);
		}
	}
	return flow;
}

static chart_flow leave_one(tro_chart_session *session, uint32_t index)
{
	const chart_state *state = &session->chart->states[index];
	chart_flow flow = tro_chart_run_blocks(session, state->onexit);

	if (flow == CHART_ON && state->invokes != NULL) {
		flow = tro_chart_leave_invokes(session, index);
	}
	bits_drop(session->configuration, index);
	return flow;
}

static chart_flow leave(tro_chart_session *session)
{
	const tro_chart *chart = session->chart;
	chart_flow flow = CHART_ON;

	mark_leaving(session);
	if (chart->history_count > 0) {
		flow = record_histories(session);
	}
	for (size_t s = bits_below(session->leaving, chart->state_count);
		s != BITS_NONE && flow == CHART_ON; s = bits_below(session->leaving, s)) {
		flow = leave_one(session, (uint32_t)s);
	}
	return flow;
}

/* ---- what to enter ---- */

static void add_descendants(tro_chart_session *session, uint32_t state);

static void add_missing_regions(tro_chart_session *session, uint32_t parallel)
{
	const tro_chart *chart = session->chart;

	for (uint32_t c = chart->states[parallel].first_child; c != CHART_NONE;
		c = chart->states[c].next_child) {
		if (bits_from(session->entering, c + 1, chart->states[c].end) == BITS_NONE) {
			add_descendants(session, c);
		}
	}
}

static void add_ancestors(tro_chart_session *session, uint32_t state, uint32_t until)
{
	const tro_chart *chart = session->chart;

	for (uint32_t a = chart->states[state].parent; a != CHART_NONE && a != until;
		a = chart->states[a].parent) {
		bits_add(session->entering, a);
		if (chart->states[a].kind == CHART_PARALLEL) {
			add_missing_regions(session, a);
		}
	}
}

static void add_all(
	tro_chart_session *session, const uint32_t *states, size_t count, uint32_t until)
{
	for (size_t i = 0; i < count; i++) {
		add_descendants(session, states[i]);
	}
	for (size_t i = 0; i < count; i++) {
		add_ancestors(session, states[i], until);
	}
}

static void remember_default(tro_chart_session *session, const chart_state *history)
{
	size_t i = 0;

	while (i < session->default_count && session->defaults[i].parent != history->parent) {
		i++;
	}
	session->defaults[i] =
		(chart_default){.parent = history->parent, .transition = history->initial};
	session->default_count += i == session->default_count;
}

static void add_descendants(tro_chart_session *session, uint32_t index)
{
	const tro_chart *chart = session->chart;
	const chart_state *state = &chart->states[index];

	if (chart_is_history(state)) {
		const chart_record *record = &session->history[state->history];
		const chart_transition *t = &chart->transitions[state->initial];

		if (record->count > 0) {
			add_all(session, record->states, record->count, state->parent);
		} else {
			remember_default(session, state);
			add_all(session, t->targets, t->target_count, state->parent);
		}
		return;
	}
	bits_add(session->entering, index);
	if (state->kind == CHART_COMPOUND) {
		const chart_transition *t = &chart->transitions[state->initial];

		bits_add(session->entering_by_default, index);
		add_all(session, t->targets, t->target_count, index);
	} else if (state->kind == CHART_PARALLEL) {
		add_missing_regions(session, index);
	}
}

static void clear_entering(tro_chart_session *session)
{
	size_t bytes = bits_words(session->chart->state_count) * sizeof(uint64_t);

	memset(session->entering, 0, bytes);
	memset(session->entering_by_default, 0, bytes);
	session->default_count = 0;
}

static void mark_entering(tro_chart_session *session)
{
	const tro_chart *chart = session->chart;
	const chart_selection *selection = &session->selection;

	clear_entering(session);
	for (size_t i = 0; i < selection->count; i++) {
		const chart_transition *t = &chart->transitions[selection->transitions[i]];

		for (size_t j = 0; j < t->target_count; j++) {
			add_descendants(session, t->targets[j]);
		}
		uint32_t domain = tro_chart_domain_now(session, t);
		size_t count = tro_chart_effective_targets(session, t);

		for (size_t j = 0; j < count; j++) {
			add_ancestors(session, session->selection.targets[j], domain);
		}
	}
}

/* ---- entering ---- */

static bool is_done(const tro_chart_session *session, uint32_t state)
{
	const tro_chart *chart = session->chart;
	bool parallel = chart->states[state].kind == CHART_PARALLEL;

	if (!parallel && chart->states[state].kind != CHART_COMPOUND) {
		return false;
	}
	for (uint32_t c = chart->states[state].first_child; c != CHART_NONE;
		c = chart->states[c].next_child) {
		bool done = parallel ? is_done(session, c)
				     : chart->states[c].kind == CHART_FINAL &&
					       bits_has(session->configuration, c);

		if (done != parallel) {
			return done;
		}
	}
	return parallel;
}

static chart_flow raise_done(
	tro_chart_session *session, const chart_state *state, const chart_payload *payload)
{
	tro_buf name = TRO_BUF_INIT;

	tro_buf_puts(&name, "done.state.");
	tro_buf_puts(&name, state->id);
	chart_event *event = tro_buf_status(&name, NULL) == TRO_OK
				     ? tro_chart_event_new(name.ptr, "platform")
				     : NULL;
	chart_flow flow = CHART_ON;

	tro_buf_done(&name);
	if (event != NULL && payload != NULL && session->oracle == NULL) {
		tro_xml_node *data = tro_chart_event_data(event);

		flow = data == NULL ? tro_chart_nomem(session)
				    : tro_chart_put_payload(
					      session, payload, CHART_FORM_IDS, false, data);
	}
	if (flow == CHART_FAIL) {
		tro_chart_event_free(event);
		return flow;
	}
	return tro_chart_enqueue(session, event);
}

static chart_flow enter_final(tro_chart_session *session, const chart_state *state)
{
	const tro_chart *chart = session->chart;

	if (state->parent == 0) {
		session->finished = true;
		return CHART_ON;
	}
	const chart_state *parent = &chart->states[state->parent];
	chart_flow flow = raise_done(session, parent, state->donedata);

	if (flow == CHART_ON && chart->states[parent->parent].kind == CHART_PARALLEL &&
		is_done(session, parent->parent)) {
		flow = raise_done(session, &chart->states[parent->parent], NULL);
	}
	return flow;
}

static chart_flow run_defaults(tro_chart_session *session, uint32_t index)
{
	const tro_chart *chart = session->chart;

	if (bits_has(session->entering_by_default, index) &&
		tro_chart_run(session, chart->transitions[chart->states[index].initial].actions) ==
			CHART_FAIL) {
		return CHART_FAIL;
	}
	for (size_t i = 0; i < session->default_count; i++) {
		if (session->defaults[i].parent == index &&
			tro_chart_run(session,
				chart->transitions[session->defaults[i].transition].actions) ==
				CHART_FAIL) {
			return CHART_FAIL;
		}
	}
	return CHART_ON;
}

static chart_flow enter_one(tro_chart_session *session, uint32_t index)
{
	const chart_state *state = &session->chart->states[index];

	bits_add(session->configuration, index);
	if (state->invokes != NULL) {
		bits_add(session->invoking, index);
	}
	chart_flow flow = tro_chart_spend(session, CHART_COST_ACTIONS, 1);

	if (flow == CHART_ON) {
		flow = tro_chart_init_late(session, index);
	}
	if (flow == CHART_ON) {
		flow = tro_chart_run_blocks(session, state->onentry);
	}
	if (flow == CHART_ON) {
		flow = run_defaults(session, index);
	}
	if (flow == CHART_ON && state->kind == CHART_FINAL) {
		flow = enter_final(session, state);
	}
	return flow;
}

static chart_flow enter(tro_chart_session *session)
{
	size_t end = session->chart->state_count;
	chart_flow flow = CHART_ON;

	for (size_t s = bits_from(session->entering, 0, end); s != BITS_NONE && flow == CHART_ON;
		s = bits_from(session->entering, s + 1, end)) {
		flow = enter_one(session, (uint32_t)s);
	}
	return flow;
}

/* ---- a microstep ---- */

chart_flow tro_chart_move(tro_chart_session *session)
{
	const tro_chart *chart = session->chart;

	chart_flow flow = leave(session);

	for (size_t i = 0; i < session->selection.count && flow == CHART_ON; i++) {
		flow = tro_chart_run(
			session, chart->transitions[session->selection.transitions[i]].actions);
		flow = flow == CHART_STOP ? CHART_ON : flow;
	}
	if (flow == CHART_ON) {
		mark_entering(session);
		flow = enter(session);
	}
	return flow;
}

chart_flow tro_chart_enter_initial(tro_chart_session *session)
{
	clear_entering(session);
	add_descendants(session, 0);
	return enter(session);
}

chart_flow tro_chart_exit_all(tro_chart_session *session)
{
	const tro_chart *chart = session->chart;
	size_t bytes = bits_words(chart->state_count) * sizeof(uint64_t);
	chart_flow flow = CHART_ON;

	/* What was active stays known: a finished session still says where it ended. */
	memcpy(session->leaving, session->configuration, bytes);
	for (size_t s = bits_below(session->leaving, chart->state_count);
		s != BITS_NONE && flow == CHART_ON; s = bits_below(session->leaving, s)) {
		flow = leave_one(session, (uint32_t)s);
	}
	memcpy(session->configuration, session->leaving, bytes);
	return flow;
}
