/*
 * What leads from here to a state that takes an event: for the remedy of a refusal.
 *
 * Looked for on the graph alone: conds and requirements are taken to hold, histories to bring back
 * their record or their default. So an event that is named can lead there; whether it may be done
 * now is its own question, with its own reasons.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/session.h"

enum { RAISED_MAX = 64 }; /* names within one step; more are not followed */

typedef struct way {
	const tro_chart_session *session;
	const tro_chart *chart;
	uint64_t *reached; /* of the search, level by level */
	uint64_t *grown;
	const char *raised[RAISED_MAX];
	size_t raised_count;
	bool changed;
} way;

static void put(way *w, uint64_t *set, uint32_t state)
{
	if (!bits_has(set, state)) {
		bits_add(set, state);
		w->changed = true;
	}
}

/* ---- what is entered ---- */

static void enter(way *w, uint64_t *set, uint32_t state);

static void enter_all(way *w, uint64_t *set, const uint32_t *states, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enter(w, set, states[i]);
	}
}

static void enter_history(way *w, uint64_t *set, const chart_state *history)
{
	const chart_record *record = &w->session->history[history->history];
	const chart_transition *t = &w->chart->transitions[history->initial];

	enter_all(w, set, record->states, record->count);
	enter_all(w, set, t->targets, t->target_count);
}

static void enter_below(way *w, uint64_t *set, uint32_t state)
{
	const chart_state *s = &w->chart->states[state];

	if (s->kind == CHART_COMPOUND) {
		const chart_transition *t = &w->chart->transitions[s->initial];

		enter_all(w, set, t->targets, t->target_count);
	}
	for (uint32_t c = s->kind == CHART_PARALLEL ? s->first_child : CHART_NONE; c != CHART_NONE;
		c = w->chart->states[c].next_child) {
		enter(w, set, c);
	}
}

static void enter(way *w, uint64_t *set, uint32_t state)
{
	const chart_state *s = &w->chart->states[state];

	if (chart_is_history(s)) {
		if (!bits_has(set, state)) {
			bits_add(set, state); /* followed once */
			enter_history(w, set, s);
		}
		return;
	}
	if (bits_has(set, state)) {
		return;
	}
	put(w, set, state);
	enter_below(w, set, state);
	for (uint32_t a = s->parent; a != CHART_NONE && !bits_has(set, a);
		a = w->chart->states[a].parent) {
		put(w, set, a);
		if (w->chart->states[a].kind == CHART_PARALLEL) {
			enter_below(w, set, a);
		}
	}
}

/* ---- what follows by itself ---- */

static void note_raised(way *w, const char *name)
{
	for (size_t i = 0; i < w->raised_count; i++) {
		if (strcmp(w->raised[i], name) == 0) {
			return;
		}
	}
	if (w->raised_count < RAISED_MAX) {
		w->raised[w->raised_count++] = name;
		w->changed = true;
	}
}

static void note_actions(way *w, const chart_action *actions)
{
	for (const chart_action *a = actions; a != NULL; a = a->next) {
		const chart_send_action *send = a->kind == CHART_DO_SEND ? a->of.send : NULL;

		if (a->kind == CHART_DO_RAISE) {
			note_raised(w, a->of.raise);
		} else if (a->kind == CHART_DO_FOREACH) {
			note_actions(w, a->of.loop.actions);
		} else if (send != NULL && send->event.text != NULL && send->target.text == NULL &&
			   send->target.expr == NULL) {
			note_raised(w, send->event.text);
		}
		for (const chart_branch *b = a->kind == CHART_DO_IF ? a->of.branches : NULL;
			b != NULL; b = b->next) {
			note_actions(w, b->actions);
		}
	}
}

static void note_blocks(way *w, const chart_block *blocks)
{
	for (const chart_block *b = blocks; b != NULL; b = b->next) {
		note_actions(w, b->actions);
	}
}

static bool is_done_event(const chart_transition *t)
{
	for (size_t i = 0; i < t->event_count; i++) {
		if (tro_text_starts(t->events[i].name, "done")) {
			return true;
		}
	}
	return false;
}

static bool follows(const way *w, const chart_transition *t)
{
	for (size_t i = 0; i < w->raised_count; i++) {
		if (tro_chart_accepts(t, w->raised[i])) {
			return true;
		}
	}
	return t->event_count == 0 || is_done_event(t);
}

static bool is_begin(const tro_chart *chart, size_t index)
{
	return chart->states[chart->transitions[index].source].initial == index;
}

/* Whatever transitions without event and raised events may add to what may be active. */
static void settle(way *w, uint64_t *set)
{
	const tro_chart *chart = w->chart;

	do {
		w->changed = false;
		for (size_t s = bits_from(set, 0, chart->state_count); s != BITS_NONE;
			s = bits_from(set, s + 1, chart->state_count)) {
			note_blocks(w, chart->states[s].onentry);
		}
		for (size_t i = 0; i < chart->transition_count; i++) {
			const chart_transition *t = &chart->transitions[i];

			if (!is_begin(chart, i) && bits_has(set, t->source) && follows(w, t)) {
				note_actions(w, t->actions);
				enter_all(w, set, t->targets, t->target_count);
			}
		}
	} while (w->changed);
}

/* What may be active after a transition has been taken where `before` was; what lies outside of its
 * domain stays. */
static void take(way *w, const uint64_t *before, const chart_transition *t, uint64_t *after)
{
	const tro_chart *chart = w->chart;
	uint32_t domain = tro_chart_domain(chart, t, t->targets, t->target_count);

	w->raised_count = 0;
	memcpy(after, before, bits_words(chart->state_count) * sizeof(*after));
	if (domain != CHART_NONE) {
		for (size_t s = bits_from(after, domain + 1, chart->states[domain].end);
			s != BITS_NONE; s = bits_from(after, s + 1, chart->states[domain].end)) {
			note_blocks(w, chart->states[s].onexit);
			bits_drop(after, s);
		}
	}
	note_actions(w, t->actions);
	enter_all(w, after, t->targets, t->target_count);
	settle(w, after);
}

/* ---- the search ---- */

static bool takes(const way *w, const uint64_t *set, const char *event)
{
	const tro_chart *chart = w->chart;

	for (size_t i = 0; i < chart->transition_count; i++) {
		if (bits_has(set, chart->transitions[i].source) &&
			tro_chart_accepts(&chart->transitions[i], event)) {
			return true;
		}
	}
	return false;
}

static const tro_chart_event *declared(
	const tro_chart *chart, const chart_transition *t, bool persons)
{
	for (size_t i = 0; i < chart->event_count; i++) {
		const tro_chart_event *event = &chart->events[i];
		bool person = event->role[strspn(event->role, " ")] != '\0';

		if ((person || !persons) && tro_chart_accepts(t, event->name)) {
			return event;
		}
	}
	return NULL;
}

/* Adds whatever one more event may bring, and leaves nothing out: that bounds the search by the
 * number of states. False when it brings nothing. */
static bool grow(way *w, bool persons)
{
	const tro_chart *chart = w->chart;
	size_t bytes = bits_words(chart->state_count) * sizeof(*w->grown);

	memcpy(w->grown, w->reached, bytes);
	w->raised_count = 0;
	w->changed = false;
	for (size_t i = 0; i < chart->transition_count; i++) {
		const chart_transition *t = &chart->transitions[i];

		if (!is_begin(chart, i) && bits_has(w->reached, t->source) &&
			declared(chart, t, persons) != NULL) {
			note_actions(w, t->actions);
			enter_all(w, w->grown, t->targets, t->target_count);
		}
	}
	settle(w, w->grown);
	bool more = memcmp(w->grown, w->reached, bytes) != 0;

	memcpy(w->reached, w->grown, bytes);
	return more;
}

/* How many events it takes from a transition of the present configuration to a state that takes the
 * event; SIZE_MAX when it never does. */
static size_t distance(
	way *w, const chart_transition *t, const char *event, bool persons, size_t limit)
{
	size_t steps = 1;

	take(w, w->session->configuration, t, w->reached);
	while (!takes(w, w->reached, event)) {
		if (++steps > limit || !grow(w, persons)) {
			return SIZE_MAX;
		}
	}
	return steps;
}

static void add_name(tro_buf *out, const char *name)
{
	if (!tro_text_in_list(out->ptr, name)) {
		tro_buf_puts(out, out->len == 0 ? "" : " ");
		tro_buf_puts(out, name);
	}
}

/* Events of the nearest transitions; several when they are equally near. */
static void search(way *w, const char *event, bool persons, tro_buf *out)
{
	const tro_chart *chart = w->chart;
	size_t nearest = chart->state_count;

	for (size_t i = 0; i < chart->transition_count; i++) {
		const chart_transition *t = &chart->transitions[i];
		const tro_chart_event *by = declared(chart, t, persons);

		if (by == NULL || is_begin(chart, i) ||
			!bits_has(w->session->configuration, t->source)) {
			continue;
		}
		size_t steps = distance(w, t, event, persons, nearest);

		if (steps < nearest) {
			tro_buf_clear(out);
		}
		if (steps <= nearest) {
			nearest = steps;
			add_name(out, by->name);
		}
	}
}

tro_status tro_chart_way(const tro_chart_session *session, const char *event, bool persons,
	tro_buf *out, tro_err *err)
{
	size_t words = bits_words(session->chart->state_count);
	uint64_t *sets = calloc(2 * words, sizeof(*sets));
	way w = {.session = session,
		.chart = session->chart,
		.reached = sets,
		.grown = sets == NULL ? NULL : sets + words};

	if (sets == NULL) {
		return tro_err_nomem(err);
	}
	if (!session->finished) {
		search(&w, event, persons, out);
	}
	free(sets);
	return tro_buf_status(out, err);
}
