/* Whether a graph is sound: every state can come, every way leads on, no deadline is left behind.
 */
#include <stdlib.h>
#include <string.h>

#include "chart/prove.h"

bool tro_prove_can_end(const tro_chart *chart)
{
	for (size_t s = 1; s < chart->state_count; s++) {
		if (chart->states[s].rest ||
			(chart->states[s].kind == CHART_FINAL && chart->states[s].parent == 0)) {
			return true;
		}
	}
	return false;
}

bool tro_prove_ended(const prove *p, uint32_t kind, const uint64_t *node)
{
	return prove_is(p, kind, node, NODE_OPENED) &&
	       (prove_is(p, kind, node, NODE_FINISHED) ||
		       tro_chart_at_rest(p->kinds[kind].chart, prove_configuration(p, kind, node)));
}

/* ---- states that are never entered ---- */

static bool leads_below(const tro_chart *chart, const chart_transition *t, uint32_t state)
{
	for (size_t i = 0; i < t->target_count; i++) {
		if (t->targets[i] == state || chart_is_below(chart, t->targets[i], state)) {
			return true;
		}
	}
	return false;
}

/* The first node in which a transition that leads to the state could be asked for. */
static uint32_t nearest(const prove *p, uint32_t kind, uint32_t state, int *line)
{
	const tro_chart *chart = p->kinds[kind].chart;
	uint32_t best = PROVE_NONE;

	for (size_t t = 0; t < chart->transition_count; t++) {
		uint32_t source = chart->transitions[t].source;

		if (!leads_below(chart, &chart->transitions[t], state) || source == state ||
			chart->transitions[t].line == 0 ||
			chart_is_history(&chart->states[source])) {
			continue;
		}
		uint32_t node = tro_prove_first_in(p, kind, source);

		if (node < best) {
			best = node;
			*line = chart->transitions[t].line;
		}
	}
	return best;
}

static tro_status report_unreachable(
	const prove *p, const prove_set *set, uint32_t kind, uint32_t state)
{
	const chart_state *s = &p->kinds[kind].chart->states[state];
	int line = 0;
	uint32_t node = nearest(p, kind, state, &line);

	if (node == PROVE_NONE) {
		return tro_prove_find(p, set, "unreachable", kind, s->line,
			"let a transition lead to it, or remove it", PROVE_NONE,
			"the state %s can never be entered: nothing that can be reached leads to "
			"it",
			s->id);
	}
	return tro_prove_find(p, set, "unreachable", kind, s->line,
		"see what stands before that transition", node,
		"the state %s can never be entered: the transition of line %d that leads to it is "
		"never taken, although one can be where it starts",
		s->id, line);
}

static tro_status find_unreachable(const prove *p, const prove_set *set, uint32_t kind)
{
	const prove_kind *k = &p->kinds[kind];
	uint64_t *seen = calloc(k->words, sizeof(*seen));
	tro_status status = seen == NULL ? tro_err_nomem(set->err) : TRO_OK;
	bool opened = false;

	for (uint32_t n = 0; n < p->node_count && status == TRO_OK; n++) {
		const uint64_t *node = prove_bits(p, n);

		opened = opened || prove_is(p, kind, node, NODE_OPENED);
		for (size_t w = 0; w < k->words; w++) {
			seen[w] |= node[k->config_at + w];
		}
	}
	if (status == TRO_OK && !opened) {
		status = tro_prove_find(p, set, "unreachable", kind, k->chart->states[0].line,
			"let a <tro:matter> that can be reached open it", PROVE_NONE,
			"no matter of %s is ever opened", k->chart->id);
	}
	for (uint32_t s = 1; opened && s < k->chart->state_count && status == TRO_OK; s++) {
		const chart_state *state = &k->chart->states[s];

		/* Of what lies within a state that never comes only that state is told. */
		if (!chart_is_history(state) && !bits_has(seen, s) &&
			(state->parent == 0 || bits_has(seen, state->parent))) {
			status = report_unreachable(p, set, kind, s);
		}
	}
	free(seen);
	return status;
}

/* ---- ways that lead nowhere ---- */

/* The edges turned round: sources of the edges that lead to each node. */
typedef struct turned {
	uint32_t *first, *from;
} turned;

static bool turn(const prove *p, turned *out)
{
	out->first = calloc(p->node_count + 2, sizeof(*out->first));
	out->from = calloc(p->edge_count + 1, sizeof(*out->from));
	if (out->first == NULL || out->from == NULL) {
		return false;
	}
	for (size_t e = 0; e < p->edge_count; e++) {
		out->first[p->edges[e].to + 2]++;
	}
	for (size_t n = 2; n < p->node_count + 2; n++) {
		out->first[n] += out->first[n - 1];
	}
	for (uint32_t n = 0; n < p->node_count; n++) {
		const prove_node *node = &p->nodes[n];

		for (uint32_t i = 0; i < node->edge_count; i++) {
			out->from[out->first[p->edges[node->first_edge + i].to + 1]++] = n;
		}
	}
	return true;
}

tro_status tro_prove_can_reach(const prove *p, const uint8_t *wanted, uint8_t *out)
{
	turned back = {.first = NULL};
	uint32_t *stack = calloc(p->node_count + 1, sizeof(*stack));
	size_t count = 0;
	bool good = stack != NULL && turn(p, &back);

	memcpy(out, wanted, p->node_count);
	for (uint32_t n = 0; good && n < p->node_count; n++) {
		if (out[n] != 0) {
			stack[count++] = n;
		}
	}
	while (good && count > 0) {
		uint32_t n = stack[--count];

		for (uint32_t i = back.first[n]; i < back.first[n + 1]; i++) {
			if (out[back.from[i]] == 0) {
				out[back.from[i]] = 1;
				stack[count++] = back.from[i];
			}
		}
	}
	free(stack);
	free(back.first);
	free(back.from);
	return good ? TRO_OK : TRO_NOMEM;
}

/* Titles of the atomic states in which a matter is in a node. */
static void put_states(const prove *p, uint32_t kind, const uint64_t *node, tro_buf *out)
{
	const tro_chart *chart = p->kinds[kind].chart;
	const uint64_t *bits = prove_configuration(p, kind, node);
	size_t shown = 0;

	for (size_t s = bits_from(bits, 1, chart->state_count); s != BITS_NONE;
		s = bits_from(bits, s + 1, chart->state_count)) {
		if (chart->states[s].first_child == CHART_NONE) {
			tro_buf_printf(out, "%s%s", shown++ == 0 ? "" : ", ", chart->states[s].id);
		}
	}
}

static int line_of_leaf(const prove *p, uint32_t kind, const uint64_t *node)
{
	const tro_chart *chart = p->kinds[kind].chart;
	const uint64_t *bits = prove_configuration(p, kind, node);
	size_t s = bits_below(bits, chart->state_count);

	return s == BITS_NONE ? 1 : chart->states[s].line;
}

static tro_status report_dead(const prove *p, const prove_set *set, uint32_t kind, uint32_t node)
{
	tro_buf states = TRO_BUF_INIT;

	put_states(p, kind, prove_bits(p, node), &states);
	tro_status status = tro_buf_status(&states, set->err);

	if (status == TRO_OK) {
		status = tro_prove_find(p, set, "dead-end", kind,
			line_of_leaf(p, kind, prove_bits(p, node)),
			"let an event lead on from there to a final state, or to one of rest", node,
			"from %s no way leads to an end", states.ptr);
	}
	tro_buf_done(&states);
	return status;
}

/* Is a state active in the node that waits without exit, which has been told? */
static bool told(const prove *p, uint32_t kind, const uint64_t *waits, uint32_t node)
{
	for (size_t w = 0; w < p->kinds[kind].words; w++) {
		if ((prove_configuration(p, kind, prove_bits(p, node))[w] & waits[w]) != 0) {
			return true;
		}
	}
	return false;
}

static tro_status find_dead_ends(
	const prove *p, const prove_set *set, uint32_t kind, const uint64_t *waits)
{
	const tro_chart *chart = p->kinds[kind].chart;
	uint8_t *ends = calloc(2, p->node_count + 1);
	uint8_t *good = ends == NULL ? NULL : ends + p->node_count;

	if (!tro_prove_can_end(chart)) {
		free(ends);
		return tro_prove_find(p, set, "dead-end", kind, chart->states[0].line,
			"write a <final> below <scxml>, or mark a state with tro:rest=\"true\"",
			PROVE_NONE, "%s has no final state and none of rest: its matters never end",
			chart->id);
	}
	if (ends == NULL) {
		return tro_err_nomem(set->err);
	}
	for (uint32_t n = 0; n < p->node_count; n++) {
		ends[n] = tro_prove_ended(p, kind, prove_bits(p, n));
	}
	tro_status status = tro_prove_can_reach(p, ends, good);

	for (uint32_t n = 0; n < p->node_count && status == TRO_OK; n++) {
		if (good[n] == 0 && prove_is(p, kind, prove_bits(p, n), NODE_OPENED) &&
			!told(p, kind, waits, n)) {
			status = report_dead(p, set, kind, n);
			break;
		}
	}
	free(ends);
	return status == TRO_NOMEM ? tro_err_nomem(set->err) : status;
}

/* ---- states that are never left ---- */

void tro_prove_left(const prove *p, uint32_t kind, uint64_t *left)
{
	size_t words = p->kinds[kind].words;

	for (uint32_t n = 0; n < p->node_count; n++) {
		const uint64_t *before = prove_configuration(p, kind, prove_bits(p, n));

		for (uint32_t i = 0; i < p->nodes[n].edge_count; i++) {
			const prove_edge *e = &p->edges[p->nodes[n].first_edge + i];
			const uint64_t *after = prove_configuration(p, kind, prove_bits(p, e->to));

			for (size_t w = 0; w < words; w++) {
				left[w] |= before[w] & ~after[w];
			}
		}
	}
}

static tro_status find_waits(const prove *p, const prove_set *set, uint32_t kind, uint64_t *waits)
{
	const prove_kind *k = &p->kinds[kind];
	uint64_t *left = calloc(k->words, sizeof(*left));
	tro_status status = left == NULL ? tro_err_nomem(set->err) : TRO_OK;

	if (status == TRO_OK) {
		tro_prove_left(p, kind, left);
	}
	for (uint32_t s = 1; s < k->chart->state_count && status == TRO_OK; s++) {
		bool leads_on = k->chart->states[s].kind != CHART_ATOMIC || bits_has(left, s) ||
				k->chart->states[s].rest;
		uint32_t node = leads_on ? PROVE_NONE : tro_prove_first_in(p, kind, s);

		if (node != PROVE_NONE) {
			bits_add(waits, s);
			status = tro_prove_find(p, set, "wait", kind, k->chart->states[s].line,
				"let an event or a deadline lead on from it, make it a <final>, or "
				"mark it with tro:rest=\"true\"",
				node, "the state %s is never left: it waits for nothing",
				k->chart->states[s].id);
		}
	}
	free(left);
	return status;
}

/* ---- deadlines ---- */

static bool takes(const prove *p, uint32_t kind, const uint64_t *node, const char *event)
{
	const tro_chart *chart = p->kinds[kind].chart;
	const uint64_t *bits = prove_configuration(p, kind, node);

	for (size_t s = bits_from(bits, 0, chart->state_count); s != BITS_NONE;
		s = bits_from(bits, s + 1, chart->state_count)) {
		for (uint32_t i = chart->states[s].first_transition; i != CHART_NONE;
			i = chart->transitions[i].next) {
			if (tro_chart_accepts(&chart->transitions[i], event)) {
				return true;
			}
		}
	}
	return false;
}

bool tro_prove_forgotten(const prove *p, uint32_t kind, uint32_t index, uint32_t node)
{
	const prove_kind *k = &p->kinds[kind];
	const prove_deadline *d = &k->deadlines[index];
	const prove_route *route = &p->routes[tro_prove_map_get(&p->routes_of, d->send)];
	const uint64_t *bits = prove_bits(p, node);

	return route->own && d->event[0] != '\0' &&
	       (bits[k->at + NODE_DEADLINES] >> index & 1) != 0 && !takes(p, kind, bits, d->event);
}

static tro_status find_deadline(const prove *p, const prove_set *set, uint32_t kind, uint32_t index)
{
	const prove_kind *k = &p->kinds[kind];
	const prove_deadline *d = &k->deadlines[index];

	for (uint32_t n = 0; n < p->node_count; n++) {
		if (tro_prove_forgotten(p, kind, index, n)) {
			return tro_prove_find(p, set, "deadline", kind, d->send->line,
				d->id[0] == '\0' ? "give the send an id, and cancel it there"
						 : "<cancel> it when its state is left",
				n,
				"the deadline %s is not cancelled: it is set where nothing takes "
				"%s",
				d->id[0] == '\0' ? d->event : d->id, d->event);
		}
	}
	return TRO_OK;
}

/* ---- all ---- */

static tro_status find_restless(const prove *p, const prove_set *set)
{
	tro_buf what = TRO_BUF_INIT;

	if (!p->restless) {
		return TRO_OK;
	}
	uint32_t kind = p->restless_label == PROVE_NONE ? 0 : p->labels[p->restless_label].kind;

	if (p->restless_label == PROVE_NONE) {
		tro_buf_puts(&what, "the beginning");
	} else {
		tro_prove_put_label(p, p->restless_label, &what);
	}
	tro_status status = tro_buf_status(&what, set->err);

	if (status == TRO_OK) {
		status = tro_prove_find(p, set, "loop", kind, p->kinds[kind].chart->states[0].line,
			"let a cond end the circle", p->restless_node,
			"%s may never come to rest: transitions without event, or events that "
			"raise each other, go in a circle",
			what.ptr);
	}
	tro_buf_done(&what);
	return status;
}

bool tro_prove_unrest(const prove *p, uint32_t kind, uint32_t node)
{
	const uint64_t *bits = prove_bits(p, node);

	return bits[p->kinds[kind].at + NODE_DEADLINES] != 0 && tro_prove_ended(p, kind, bits);
}

/* Where a matter rests nothing more is to come by itself. */
static tro_status find_unrest(const prove *p, const prove_set *set, uint32_t kind)
{
	const prove_kind *k = &p->kinds[kind];

	for (uint32_t n = 0; n < p->node_count; n++) {
		const uint64_t *node = prove_bits(p, n);
		uint64_t pending = node[k->at + NODE_DEADLINES];
		uint32_t index = 0;

		if (!tro_prove_unrest(p, kind, n)) {
			continue;
		}
		while ((pending >> index & 1) == 0) {
			index++;
		}
		const prove_deadline *d = &k->deadlines[index];

		return tro_prove_find(p, set, "rest", kind, line_of_leaf(p, kind, node),
			"cancel the deadline, or let the state be none of rest", n,
			"where a matter is said to rest the deadline %s is still set",
			d->id[0] == '\0' ? d->event : d->id);
	}
	return TRO_OK;
}

static tro_status check_kind(const prove *p, const prove_set *set, uint32_t kind)
{
	uint64_t *waits = calloc(p->kinds[kind].words, sizeof(*waits));
	tro_status status =
		waits == NULL ? tro_err_nomem(set->err) : find_unreachable(p, set, kind);

	if (status == TRO_OK) {
		status = find_waits(p, set, kind, waits);
	}
	for (uint32_t d = 0; d < p->kinds[kind].deadline_count && status == TRO_OK; d++) {
		status = find_deadline(p, set, kind, d);
	}
	if (status == TRO_OK) {
		status = find_unrest(p, set, kind);
	}
	if (status == TRO_OK) {
		status = find_dead_ends(p, set, kind, waits);
	}
	free(waits);
	return status;
}

tro_status tro_prove_sound(const prove *p, const prove_set *set)
{
	tro_status status = find_restless(p, set);

	for (uint32_t k = 0; k < p->kind_count && status == TRO_OK; k++) {
		status = check_kind(p, set, k);
	}
	return status;
}
