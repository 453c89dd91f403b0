/*
 * Names become indexes: targets of transitions, initial states, domains; and the legal questions
 * that need them.
 */
#include <stdlib.h>
#include <string.h>

#include "chart/load.h"

static int by_name(const void *a, const void *b)
{
	const chart_name *x = a;
	const chart_name *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

uint32_t tro_chart_find_name(const chart_name *names, size_t count, const char *name)
{
	size_t low = 0;

	for (size_t high = count; low < high;) {
		size_t middle = (low + high) / 2;

		if (strcmp(names[middle].name, name) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < count && strcmp(names[low].name, name) == 0 ? names[low].index : CHART_NONE;
}

uint32_t tro_chart_find_state(const tro_chart *chart, const char *id)
{
	return id[0] == '\0' ? CHART_NONE : tro_chart_find_name(chart->ids, chart->state_count, id);
}

uint32_t tro_chart_lcca(
	const tro_chart *chart, uint32_t source, const uint32_t *states, size_t count)
{
	uint32_t at = chart->states[source].parent;

	while (at != CHART_NONE) {
		bool holds = chart->states[at].kind == CHART_COMPOUND;

		for (size_t i = 0; holds && i < count; i++) {
			holds = chart_is_below(chart, states[i], at);
		}
		if (holds) {
			return at;
		}
		at = chart->states[at].parent;
	}
	return 0;
}

uint32_t tro_chart_domain(const tro_chart *chart, const chart_transition *transition,
	const uint32_t *targets, size_t count)
{
	uint32_t source = transition->source;

	if (count == 0) {
		return CHART_NONE;
	}
	bool inside = transition->internal && chart->states[source].kind == CHART_COMPOUND;

	for (size_t i = 0; inside && i < count; i++) {
		inside = chart_is_below(chart, targets[i], source);
	}
	return inside ? source : tro_chart_lcca(chart, source, targets, count);
}

/* ---- sorted names ---- */

static void check_twice(chart_loader *loader, const chart_name *names, size_t count,
	const char *what, int (*line)(const tro_chart *chart, uint32_t index))
{
	for (size_t i = 1; i < count; i++) {
		if (names[i].name[0] != '\0' && strcmp(names[i - 1].name, names[i].name) == 0) {
			tro_chart_fault_line(loader, "chart/duplicate",
				line(loader->chart, names[i].index), "choose another",
				"%s \"%s\" is there already, in line %d", what, names[i].name,
				line(loader->chart, names[i - 1].index));
		}
	}
}

static int state_line(const tro_chart *chart, uint32_t index)
{
	return chart->states[index].line;
}

static int event_line(const tro_chart *chart, uint32_t index)
{
	return chart->rules[index].line;
}

static int data_line(const tro_chart *chart, uint32_t index)
{
	const chart_data *data = chart->data;

	for (uint32_t i = 0; i < index; i++) {
		data = data->next;
	}
	return data->line;
}

static chart_name *room_for(chart_loader *loader, size_t count)
{
	return tro_chart_alloc(loader, (count + 1) * sizeof(chart_name));
}

static void sort_names(chart_loader *loader)
{
	tro_chart *chart = loader->chart;

	chart->ids = room_for(loader, chart->state_count);
	chart->event_names = room_for(loader, chart->event_count);
	chart->data_names = room_for(loader, chart->data_count);
	if (chart->ids == NULL || chart->event_names == NULL || chart->data_names == NULL) {
		return;
	}
	for (uint32_t i = 0; i < chart->state_count; i++) {
		chart->ids[i] = (chart_name){chart->states[i].id, i};
	}
	for (uint32_t i = 0; i < chart->event_count; i++) {
		chart->event_names[i] = (chart_name){chart->events[i].name, i};
	}
	uint32_t at = 0;

	for (const chart_data *d = chart->data; d != NULL; d = d->next, at++) {
		chart->data_names[at] = (chart_name){d->id, at};
	}
	qsort(chart->ids, chart->state_count, sizeof(chart_name), by_name);
	qsort(chart->event_names, chart->event_count, sizeof(chart_name), by_name);
	qsort(chart->data_names, chart->data_count, sizeof(chart_name), by_name);
	check_twice(loader, chart->ids, chart->state_count, "the state", state_line);
	check_twice(loader, chart->event_names, chart->event_count, "the event", event_line);
	check_twice(loader, chart->data_names, chart->data_count, "the data", data_line);
}

/* ---- targets ---- */

/* Where a fault of a transition is reported: an implied one is its state's. */
static const tro_xml_node *place(const chart_loader *loader, const chart_transition *t)
{
	return t->element != NULL ? t->element : loader->chart->states[t->source].element;
}

static bool same_region(const tro_chart *chart, uint32_t a, uint32_t b)
{
	if (a == b || chart_is_below(chart, a, b) || chart_is_below(chart, b, a)) {
		return true; /* one is entered on the way to the other */
	}
	uint32_t above = chart->states[a].parent;

	while (!chart_is_below(chart, b, above)) {
		above = chart->states[above].parent;
	}
	return chart->states[above].kind == CHART_PARALLEL;
}

/* Targets in document order: if neighbours can be active together, all can. */
static void check_together(chart_loader *loader, const chart_transition *t)
{
	uint32_t sorted[CHART_TARGETS_MAX];

	for (size_t i = 0; i < t->target_count; i++) {
		size_t at = i;

		for (; at > 0 && sorted[at - 1] > t->targets[i]; at--) {
			sorted[at] = sorted[at - 1];
		}
		sorted[at] = t->targets[i];
	}
	for (size_t i = 1; i < t->target_count; i++) {
		if (!same_region(loader->chart, sorted[i - 1], sorted[i])) {
			tro_chart_fault(loader, "chart/target", place(loader, t),
				"name states of different regions of a parallel",
				"the targets \"%s\" and \"%s\" cannot be active together",
				loader->chart->states[sorted[i - 1]].id,
				loader->chart->states[sorted[i]].id);
			return;
		}
	}
}

static void resolve_targets(chart_loader *loader, chart_transition *t)
{
	const tro_chart *chart = loader->chart;
	const char *at = t->target_text;
	const char *word;
	size_t len;
	size_t count = 0;

	while (tro_chart_word(&at, &word, &len)) {
		count++;
	}
	if (count > CHART_TARGETS_MAX) {
		tro_chart_fault(loader, "chart/size", place(loader, t), "name fewer",
			"it has %zu targets; at most %d are read", count, (int)CHART_TARGETS_MAX);
		return;
	}
	t->targets = tro_chart_alloc(loader, (count + 1) * sizeof(*t->targets));
	at = t->target_text;
	while (t->targets != NULL && tro_chart_word(&at, &word, &len)) {
		const char *id = tro_chart_copy(loader, word, len);
		uint32_t state = tro_chart_find_state(chart, id);

		if (state == CHART_NONE) {
			tro_chart_fault(loader, "chart/target", place(loader, t),
				"name the id of a state", "\"%s\" is the id of no state", id);
			continue;
		}
		t->to_history = t->to_history || chart_is_history(&chart->states[state]);
		t->targets[t->target_count++] = state;
	}
	check_together(loader, t);
	if (!t->to_history) {
		t->domain = tro_chart_domain(chart, t, t->targets, t->target_count);
	}
}

/* ---- initial and default transitions ---- */

static void check_begin(chart_loader *loader, uint32_t index)
{
	const tro_chart *chart = loader->chart;
	const chart_state *state = &chart->states[index];
	const chart_transition *t = &chart->transitions[state->initial];
	bool history = chart_is_history(state);
	uint32_t above = history ? state->parent : index;
	const char *rule = history ? "chart/history" : "chart/initial";

	if (t->event_count > 0 || t->cond != NULL) {
		tro_chart_fault(loader, "chart/initial", place(loader, t), "remove event and cond",
			"%s is taken unconditionally",
			history ? "the default of a history" : "an initial transition");
	}
	if (t->target_text[0] == '\0') {
		tro_chart_fault(loader, rule, place(loader, t), "write target=\"...\"",
			"%s has no target",
			history ? "the default of a history" : "an initial transition");
	}
	for (size_t i = 0; i < t->target_count; i++) {
		uint32_t target = t->targets[i];

		if (!chart_is_below(chart, target, above)) {
			tro_chart_fault(loader, rule, place(loader, t), "name a state inside",
				"\"%s\" does not lie in the state", chart->states[target].id);
		} else if (state->kind == CHART_SHALLOW && chart->states[target].parent != above) {
			tro_chart_fault(loader, rule, place(loader, t),
				"name a child, or write type=\"deep\"",
				"\"%s\" is no child of the state, as a shallow history needs",
				chart->states[target].id);
		}
	}
}

/* A history may fall back on another of the same state, but not in a circle. */
static void check_circle(chart_loader *loader, uint32_t index)
{
	const tro_chart *chart = loader->chart;
	uint32_t at = index;

	for (size_t i = 0; i <= chart->history_count; i++) {
		const chart_state *state = &chart->states[at];

		if (!chart_is_history(state) || state->initial == CHART_NONE ||
			chart->transitions[state->initial].target_count == 0) {
			return;
		}
		at = chart->transitions[state->initial].targets[0];
	}
	tro_chart_fault(loader, "chart/history", chart->states[index].element,
		"name a state that is no history", "its default leads in a circle");
}

static void check_state(chart_loader *loader, uint32_t index)
{
	const chart_state *state = &loader->chart->states[index];

	if (state->initial != CHART_NONE) {
		check_begin(loader, index);
	} else if (chart_is_history(state)) {
		tro_chart_fault(loader, "chart/history", state->element,
			"write <transition target=\"...\"/> in it",
			"the history has no default transition");
	}
	if (chart_is_history(state)) {
		check_circle(loader, index);
	}
	if (state->kind == CHART_PARALLEL && state->first_child == CHART_NONE) {
		tro_chart_fault(loader, "chart/initial", state->element,
			"add states, or write <state>", "a parallel without states");
	}
}

void tro_chart_resolve(chart_loader *loader)
{
	tro_chart *chart = loader->chart;

	sort_names(loader);
	for (size_t i = 0; loader->status == TRO_OK && i < chart->transition_count; i++) {
		resolve_targets(loader, &chart->transitions[i]);
	}
	for (uint32_t i = 0; loader->status == TRO_OK && i < chart->state_count; i++) {
		check_state(loader, i);
	}
}
