/*
 * Definitions as pictures, in the language of Graphviz: a state that holds others is a cluster with
 * a point in it, at which its own transitions begin and end; transitions between two states are one
 * arrow with all their events.
 */
#include <string.h>
#include <tro/workflow.h>

#include "base/text.h"
#include "chart/workflow.h"

typedef struct drawing {
	tro_buf *out;
	const tro_chart *chart;
	const tro_chart_session *session; /* or NULL */
	const char *prefix;
} drawing;

static void put_text(tro_buf *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\') {
			tro_buf_putc(out, '\\');
		}
		tro_buf_putc(out, (unsigned char)*p < ' ' ? ' ' : *p);
	}
}

static bool holds_states(const chart_state *state)
{
	return state->kind == CHART_COMPOUND || state->kind == CHART_PARALLEL;
}

static void put_node(const drawing *d, uint32_t state)
{
	tro_buf_puts(d->out, "\"");
	put_text(d->out, d->prefix);
	tro_buf_printf(d->out, "/%lu\"", (unsigned long)state);
}

static bool active(const drawing *d, uint32_t state)
{
	return d->session != NULL && bits_has(d->session->configuration, state);
}

static void put_leaf(const drawing *d, uint32_t index, int depth)
{
	const chart_state *s = &d->chart->states[index];

	tro_buf_printf(d->out, "%*s", 2 * depth, "");
	put_node(d, index);
	tro_buf_puts(d->out, " [label=\"");
	if (chart_is_history(s)) {
		tro_buf_puts(
			d->out, s->kind == CHART_DEEP ? "H*\" shape=circle" : "H\" shape=circle");
	} else {
		put_text(d->out, s->title);
		tro_buf_puts(d->out, s->kind == CHART_FINAL || s->rest ? "\" peripheries=2" : "\"");
	}
	tro_buf_puts(d->out, active(d, index) ? " fillcolor=gold penwidth=2];\n" : "];\n");
}

static void put_state(const drawing *d, uint32_t index, int depth)
{
	const chart_state *s = &d->chart->states[index];

	if (!holds_states(s)) {
		put_leaf(d, index, depth);
		return;
	}
	tro_buf_printf(d->out, "%*ssubgraph \"cluster_", 2 * depth, "");
	put_text(d->out, d->prefix);
	tro_buf_printf(d->out, "/%lu\" {\n%*slabel=\"", (unsigned long)index, 2 * depth + 2, "");
	put_text(d->out, s->title);
	tro_buf_printf(d->out, "\"; style=\"rounded%s\"; color=%s;\n%*s",
		s->kind == CHART_PARALLEL ? ",dashed" : "",
		active(d, index) ? "goldenrod" : "gray50", 2 * depth + 2, "");
	put_node(d, index);
	tro_buf_puts(d->out, " [shape=point width=0.08 label=\"\"];\n");
	for (uint32_t c = index + 1; c < s->end; c = d->chart->states[c].end) {
		put_state(d, c, depth + 1);
	}
	tro_buf_printf(d->out, "%*s}\n", 2 * depth, "");
}

/* ---- arrows ---- */

static void put_words(const drawing *d, const chart_transition *t)
{
	for (size_t e = 0; e < t->event_count; e++) {
		const char *name = t->events[e].len == 0 ? "*" : t->events[e].name;
		const tro_chart_event *event = tro_chart_event_named(d->chart, name);

		put_text(d->out, event == NULL ? name : event->title);
		tro_buf_puts(d->out, t->cond == NULL ? "\\n" : " [if]\\n");
	}
	if (t->event_count == 0 && t->cond != NULL) {
		tro_buf_puts(d->out, "[if]\\n");
	}
}

static bool same_way(const chart_transition *a, const chart_transition *b)
{
	if (a->source != b->source || a->target_count != b->target_count) {
		return false;
	}
	for (size_t i = 0; i < a->target_count; i++) {
		if (a->targets[i] != b->targets[i]) {
			return false;
		}
	}
	return true;
}

static bool drawn_before(const tro_chart *chart, const chart_transition *t)
{
	for (uint32_t i = chart->states[t->source].first_transition;
		i != CHART_NONE && &chart->transitions[i] != t; i = chart->transitions[i].next) {
		if (same_way(&chart->transitions[i], t)) {
			return true;
		}
	}
	return false;
}

static void put_arrow(const drawing *d, const chart_transition *first)
{
	const tro_chart *chart = d->chart;
	size_t ends = first->target_count == 0 ? 1 : first->target_count;

	for (size_t i = 0; i < ends; i++) {
		tro_buf_puts(d->out, "  ");
		put_node(d, first->source);
		tro_buf_puts(d->out, " -> ");
		put_node(d, first->target_count == 0 ? first->source : first->targets[i]);
		tro_buf_puts(d->out, " [label=\"");
		for (const chart_transition *t = first; t != NULL;
			t = t->next == CHART_NONE ? NULL : &chart->transitions[t->next]) {
			if (same_way(first, t)) {
				put_words(d, t);
			}
		}
		tro_buf_puts(d->out, first->target_count == 0 ? "\" style=dotted];\n" : "\"];\n");
	}
}

/* Where a state that holds others begins, and a history without record. */
static void put_beginning(const drawing *d, uint32_t index)
{
	const chart_state *s = &d->chart->states[index];

	if ((s->kind != CHART_COMPOUND && !chart_is_history(s)) || s->initial == CHART_NONE) {
		return;
	}
	const chart_transition *t = &d->chart->transitions[s->initial];

	for (size_t i = 0; i < t->target_count; i++) {
		tro_buf_puts(d->out, "  ");
		put_node(d, index);
		tro_buf_puts(d->out, " -> ");
		put_node(d, t->targets[i]);
		tro_buf_puts(d->out, " [style=dashed color=gray50];\n");
	}
}

void tro_chart_draw(
	tro_buf *out, const tro_chart *chart, const tro_chart_session *session, const char *name)
{
	drawing d = {.out = out, .chart = chart, .session = session, .prefix = name};

	tro_buf_puts(out, "  subgraph \"cluster_");
	put_text(out, name);
	tro_buf_puts(out, "\" {\n    label=\"");
	put_text(out, name);
	tro_buf_puts(out, ": ");
	put_text(out, chart->title);
	tro_buf_puts(out, "\"; style=rounded;\n    ");
	put_node(&d, 0);
	tro_buf_puts(out, " [shape=point width=0.12 label=\"\"];\n");
	for (uint32_t s = 1; s < chart->state_count; s = chart->states[s].end) {
		put_state(&d, s, 2);
	}
	tro_buf_puts(out, "  }\n");
	for (uint32_t s = 0; s < chart->state_count; s++) {
		put_beginning(&d, s);
		for (uint32_t i = chart->states[s].first_transition; i != CHART_NONE;
			i = chart->transitions[i].next) {
			if (!drawn_before(chart, &chart->transitions[i])) {
				put_arrow(&d, &chart->transitions[i]);
			}
		}
	}
}

void tro_chart_draw_begin(tro_buf *out)
{
	tro_buf_puts(out, "digraph workflow {\n"
			  "  rankdir=LR; compound=true; fontname=\"Helvetica\";\n"
			  "  node [shape=box style=\"rounded,filled\" fillcolor=white "
			  "fontname=\"Helvetica\"];\n"
			  "  edge [fontname=\"Helvetica\" fontsize=10];\n");
}

void tro_chart_draw_end(tro_buf *out)
{
	tro_buf_puts(out, "}\n");
}

tro_status tro_workflow_draw(tro_buf *out, const tro_workflow_set *set, tro_err *err)
{
	tro_chart_draw_begin(out);
	for (size_t i = 0; i < set->count; i++) {
		const char *slash = strrchr(set->charts[i]->id, '/');

		tro_chart_draw(
			out, set->charts[i], NULL, slash == NULL ? set->charts[i]->id : slash + 1);
	}
	tro_chart_draw_end(out);
	return tro_buf_status(out, err);
}
