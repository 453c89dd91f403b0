/*
 * What must hold across the elements of a production definition: events that can come, remedies and
 * four-eyes rules that name events.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/load.h"

/* Every event that can come to this chart, sorted. */
typedef struct known {
	const char **names;
	size_t count;
} known;

static int by_text(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;

	return strcmp(*x, *y);
}

static known gather(chart_loader *loader)
{
	const tro_chart *chart = loader->chart;
	known out = {.count = 0};

	out.names = tro_chart_alloc(
		loader, (loader->raised_count + chart->event_count + 1) * sizeof(*out.names));
	if (out.names == NULL) {
		return out;
	}
	for (const chart_word *w = loader->raised; w != NULL; w = w->next) {
		out.names[out.count++] = w->text;
	}
	for (size_t i = 0; i < chart->event_count; i++) {
		out.names[out.count++] = chart->events[i].name;
	}
	qsort(out.names, out.count, sizeof(*out.names), by_text);
	return out;
}

static size_t lower_bound(const known *events, const char *text)
{
	size_t low = 0;

	for (size_t high = events->count; low < high;) {
		size_t middle = (low + high) / 2;

		if (strcmp(events->names[middle], text) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/* Is there an event that the descriptor matches: itself or one that goes on after a dot? */
static bool can_come(chart_loader *loader, const known *events, const char *descriptor)
{
	char *prefix = tro_arena_printf(loader->arena, "%s.", descriptor);
	size_t at = lower_bound(events, descriptor);

	if (prefix == NULL) {
		loader->status = TRO_NOMEM;
		return true;
	}
	if (at < events->count && strcmp(events->names[at], descriptor) == 0) {
		return true;
	}
	at = lower_bound(events, prefix);
	return at < events->count && tro_text_starts(events->names[at], prefix);
}

static void check_done(chart_loader *loader, const chart_transition *t, const char *id)
{
	uint32_t state = tro_chart_find_state(loader->chart, id);

	if (state == CHART_NONE || (loader->chart->states[state].kind != CHART_COMPOUND &&
					   loader->chart->states[state].kind != CHART_PARALLEL)) {
		tro_chart_fault(loader, "chart/event", t->element, "name a state that has states",
			"done.state.%s can never come: no such state is ever done", id);
	}
}

static void check_descriptor(chart_loader *loader, const known *events, const chart_transition *t,
	const chart_descriptor *d)
{
	if (d->len == 0 || strcmp(d->name, "error") == 0 || tro_text_starts(d->name, "error.") ||
		strcmp(d->name, "done") == 0 || strcmp(d->name, "done.state") == 0) {
		return;
	}
	if (tro_text_starts(d->name, "done.state.")) {
		check_done(loader, t, d->name + strlen("done.state."));
	} else if (!can_come(loader, events, d->name)) {
		tro_chart_fault(loader, "chart/event", t->element,
			"declare it with <tro:event>, role=\"\" if no person does it",
			"the event %s is neither declared nor raised here", d->name);
	}
}

static void check_events(chart_loader *loader, const known *events)
{
	const tro_chart *chart = loader->chart;

	for (size_t i = 0; i < chart->transition_count; i++) {
		const chart_transition *t = &chart->transitions[i];

		for (size_t j = 0; j < t->event_count; j++) {
			check_descriptor(loader, events, t, &t->events[j]);
		}
	}
}

/* Words that must be declared events, or ^events of another chart. */
static void check_words(
	chart_loader *loader, const char *rule, int line, const char *what, const char *list)
{
	const tro_chart *chart = loader->chart;
	const char *word;
	size_t len;

	for (const char *at = list; tro_chart_word(&at, &word, &len);) {
		const char *name = tro_chart_copy(loader, word, len);

		if (name[0] != '^' && tro_chart_event_named(chart, name) == NULL) {
			tro_chart_fault_line(loader, rule, line,
				"name a declared event, or ^event of another definition",
				"%s names %s, which is no declared event", what, name);
		}
	}
}

static void check_remedies(chart_loader *loader, const chart_require *first)
{
	for (const chart_require *r = first; r != NULL; r = r->next) {
		if (!tro_text_starts(r->remedy, "tro ")) {
			char *what = tro_arena_printf(
				loader->arena, "<tro:require id=\"%s\">: remedy", r->id);

			check_words(loader, "chart/remedy", r->line, what == NULL ? "" : what,
				r->remedy);
		}
	}
}

/* ---- conditions that explain themselves ---- */

enum {
	LOOKED_MAX = 10000000
}; /* transitions looked at for events; a definition of a thousand each stays below */

/* Does a transition of the state or of one above take the event whatever holds? Then no refusal is
 * for a condition. */
static bool always_taken(const tro_chart *chart, uint32_t state, const char *event, size_t *looked)
{
	for (; state != CHART_NONE; state = chart->states[state].parent) {
		for (uint32_t i = chart->states[state].first_transition; i != CHART_NONE;
			i = chart->transitions[i].next) {
			++*looked;
			if (chart->transitions[i].cond == NULL &&
				tro_chart_accepts(&chart->transitions[i], event)) {
				return true;
			}
		}
	}
	return false;
}

static bool is_said(const char *text)
{
	return text != NULL && text[strspn(text, " \t\r\n")] != '\0';
}

static void check_condition(chart_loader *loader, const chart_transition *t, size_t *looked)
{
	const tro_chart *chart = loader->chart;

	for (size_t i = 0; i < chart->event_count && *looked <= LOOKED_MAX; i++) {
		const tro_chart_event *event = &chart->events[i];

		++*looked;
		if (!is_said(event->role) || !tro_chart_accepts(t, event->name) ||
			always_taken(chart, t->source, event->name, looked)) {
			continue;
		}
		if (!is_said(t->why) || !is_said(t->remedy)) {
			tro_chart_fault(loader, "chart/condition", t->element,
				"write tro:why=\"what must hold\" tro:remedy=\"the event that "
				"mends it\"",
				"%s can fail on this cond alone, and nobody would know why or what "
				"to do",
				event->name);
			return;
		}
	}
}

static void check_conditions(chart_loader *loader)
{
	const tro_chart *chart = loader->chart;
	size_t looked = 0;

	for (size_t i = 0; i < chart->transition_count; i++) {
		const chart_transition *t = &chart->transitions[i];

		if (t->cond != NULL && t->element != NULL && t->event_count > 0) {
			check_condition(loader, t, &looked);
		}
		if (t->remedy != NULL && !tro_text_starts(t->remedy, "tro ")) {
			check_words(loader, "chart/remedy", t->line, "<transition>: tro:remedy",
				t->remedy);
		}
	}
	if (looked > LOOKED_MAX) {
		tro_chart_fault(loader, "chart/size", chart->states[0].element,
			"split it into several definitions",
			"it has too many transitions with conditions for its events to look at "
			"them all");
	}
}

void tro_chart_check(chart_loader *loader)
{
	tro_chart *chart = loader->chart;

	if (!loader->production) {
		return;
	}
	known events = gather(loader);

	if (loader->status != TRO_OK) {
		return;
	}
	check_events(loader, &events);
	check_conditions(loader);
	for (size_t i = 0; i < chart->event_count; i++) {
		check_words(loader, "chart/four-eyes", chart->rules[i].line,
			"<tro:event>: not-actor-of", chart->events[i].not_actor_of);
		check_remedies(loader, chart->rules[i].requires);
	}
	for (size_t i = 0; i < chart->transition_count; i++) {
		check_remedies(loader, chart->transitions[i].requires);
	}
}
