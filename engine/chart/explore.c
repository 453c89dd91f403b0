/*
 * The graph, breadth first: from each node every event that a person can do and every deadline that
 * is set, in every way in which the free choices can be answered. The first way to a node is a
 * shortest one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/prove.h"

/* ---- sessions and nodes ---- */

static chart_record *record_of(prove_kind *k, size_t history)
{
	return &k->session->history[history];
}

/* Makes the session of a kind stand where the node says. */
static tro_status load(prove *p, uint32_t kind)
{
	prove_kind *k = &p->kinds[kind];
	tro_chart_session *s = k->session;

	while (s->queue != NULL) {
		tro_chart_event_free(tro_chart_dequeue(s));
	}
	tro_chart_begin_call(s);
	s->finished = prove_is(p, kind, p->now, NODE_FINISHED);
	memcpy(s->configuration, p->now + k->config_at, k->words * sizeof(uint64_t));
	for (size_t h = 0; h < k->chart->history_count; h++) {
		const uint64_t *bits = p->now + k->history_at + h * k->words;
		chart_record *record = record_of(k, h);

		if (record->room < k->chart->state_count) {
			uint32_t *states =
				realloc(record->states, k->chart->state_count * sizeof(*states));

			if (states == NULL) {
				return TRO_NOMEM;
			}
			record->states = states;
			record->room = k->chart->state_count;
		}
		record->count = 0;
		for (size_t i = bits_from(bits, 0, k->chart->state_count); i != BITS_NONE;
			i = bits_from(bits, i + 1, k->chart->state_count)) {
			record->states[record->count++] = (uint32_t)i;
		}
	}
	return TRO_OK;
}

/* Writes into the node where the session of a kind now stands. */
static void unload(prove *p, uint32_t kind)
{
	prove_kind *k = &p->kinds[kind];
	uint64_t *head = p->now + k->at;

	head[NODE_FLAGS] = k->session->finished ? NODE_OPENED | NODE_FINISHED : NODE_OPENED;
	if (k->session->finished) { /* nothing of it can be asked any more but where it ended */
		head[NODE_DEADLINES] = head[NODE_TRUE] = head[NODE_OPEN] = 0;
	}
	memcpy(p->now + k->config_at, k->session->configuration, k->words * sizeof(uint64_t));
	for (size_t h = 0; h < k->chart->history_count; h++) {
		uint64_t *bits = p->now + k->history_at + h * k->words;
		const chart_record *record = record_of(k, h);

		memset(bits, 0, k->words * sizeof(*bits));
		for (size_t i = 0; i < record->count; i++) {
			bits_add(bits, record->states[i]);
		}
	}
}

static uint64_t hash(const void *bytes, size_t count)
{
	const uint64_t *words = bytes;
	uint64_t h = 0xcbf29ce484222325U;

	for (size_t i = 0; i < count; i++) {
		h = (h ^ words[i]) * 0x9e3779b97f4a7c15U;
		h ^= h >> 29;
	}
	return h;
}

static tro_status grow_table(prove *p)
{
	size_t size = p->table_size == 0 ? 4096 : 2 * p->table_size;
	uint32_t *table = malloc(size * sizeof(*table));

	if (table == NULL) {
		return TRO_NOMEM;
	}
	memset(table, 0xff, size * sizeof(*table));
	for (uint32_t n = 0; n < p->node_count; n++) {
		size_t at = hash(prove_bits(p, n), p->stride) & (size - 1);

		while (table[at] != PROVE_NONE) {
			at = (at + 1) & (size - 1);
		}
		table[at] = n;
	}
	free(p->table);
	p->table = table;
	p->table_size = size;
	return TRO_OK;
}

static tro_status grow_nodes(prove *p)
{
	size_t room = p->node_room == 0 ? 1024 : 2 * p->node_room;
	uint64_t *bits = realloc(p->bits, room * p->stride * sizeof(*bits));

	if (bits == NULL) {
		return TRO_NOMEM;
	}
	p->bits = bits;
	prove_node *nodes = realloc(p->nodes, room * sizeof(*nodes));

	if (nodes == NULL) {
		return TRO_NOMEM;
	}
	p->nodes = nodes;
	p->node_room = room;
	return TRO_OK;
}

/* The node that p->now is, made when it is new. */
static tro_status intern(prove *p, uint32_t parent, uint32_t label, uint32_t *out)
{
	if (2 * p->node_count >= p->table_size && grow_table(p) != TRO_OK) {
		return TRO_NOMEM;
	}
	size_t at = hash(p->now, p->stride) & (p->table_size - 1);

	for (; p->table[at] != PROVE_NONE; at = (at + 1) & (p->table_size - 1)) {
		if (memcmp(prove_bits(p, p->table[at]), p->now, p->stride * sizeof(*p->now)) == 0) {
			*out = p->table[at];
			return TRO_OK;
		}
	}
	if (p->node_count == PROVE_NODES_MAX) {
		return tro_err_set(p->err, TRO_NOMEM,
			"%s: more than %d situations: this definition is too large to explore",
			p->kinds[0].chart->source, (int)PROVE_NODES_MAX);
	}
	if (p->node_count == p->node_room && grow_nodes(p) != TRO_OK) {
		return TRO_NOMEM;
	}
	memcpy(p->bits + p->node_count * p->stride, p->now, p->stride * sizeof(*p->now));
	p->nodes[p->node_count] = (prove_node){.parent = parent, .label = label};
	p->table[at] = (uint32_t)p->node_count;
	*out = (uint32_t)p->node_count++;
	return TRO_OK;
}

/* ---- labels and edges ---- */

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool same_label(const prove_label *a, const prove_label *b)
{
	return a->kind == b->kind && a->deadline == b->deadline && a->deed_count == b->deed_count &&
	       strcmp(a->event, b->event) == 0 &&
	       memcmp(a->deeds, b->deeds, a->deed_count * sizeof(*a->deeds)) == 0;
}

static tro_status intern_label(prove *p, prove_label label, uint32_t *out)
{
	label.deeds = p->happened;
	label.deed_count = p->happened_count;
	if (label.deed_count > 1) {
		size_t kept = 1;

		qsort(label.deeds + 1, label.deed_count - 1, sizeof(*label.deeds), by_number);
		for (size_t i = 1; i < label.deed_count; i++) {
			if (label.deeds[i] != label.deeds[kept - 1]) {
				label.deeds[kept++] = label.deeds[i];
			}
		}
		label.deed_count = kept;
	}
	for (size_t i = p->label_count; i > 0; i--) {
		if (same_label(&p->labels[i - 1], &label)) {
			*out = (uint32_t)(i - 1);
			return TRO_OK;
		}
	}
	if (p->label_count == p->label_room) {
		size_t room = p->label_room == 0 ? 64 : 2 * p->label_room;
		prove_label *list = realloc(p->labels, room * sizeof(*list));

		if (list == NULL) {
			return TRO_NOMEM;
		}
		p->labels = list;
		p->label_room = room;
	}
	uint32_t *deeds = tro_arena_array(p->arena, label.deed_count + 1, sizeof(*deeds));

	if (deeds == NULL) {
		return TRO_NOMEM;
	}
	if (label.deed_count > 0) {
		memcpy(deeds, label.deeds, label.deed_count * sizeof(*deeds));
	}
	label.deeds = deeds;
	p->labels[p->label_count] = label;
	*out = (uint32_t)p->label_count++;
	return TRO_OK;
}

static tro_status add_edge(prove *p, uint32_t from, prove_edge edge)
{
	prove_node *node = &p->nodes[from];

	for (uint32_t i = 0; i < node->edge_count; i++) {
		const prove_edge *e = &p->edges[node->first_edge + i];

		if (e->to == edge.to && e->label == edge.label) {
			return TRO_OK;
		}
	}
	if (p->edge_count == p->edge_room) {
		size_t room = p->edge_room == 0 ? 4096 : 2 * p->edge_room;
		prove_edge *list =
			room > UINT32_MAX ? NULL : realloc(p->edges, room * sizeof(*list));

		if (list == NULL) {
			return TRO_NOMEM;
		}
		p->edges = list;
		p->edge_room = room;
	}
	p->edges[p->edge_count++] = edge;
	node->edge_count++;
	return TRO_OK;
}

/* ---- one step ---- */

/* Lets a matter take an event, or start when there is none; *taken may be NULL. */
static chart_flow take(prove *p, uint32_t kind, const char *event, bool *taken)
{
	prove_kind *k = &p->kinds[kind];
	size_t before = p->happened_count;
	bool took = true;

	p->running = kind;
	if (load(p, kind) != TRO_OK || (event != NULL && !tro_prove_happen(p, event, false))) {
		p->status = TRO_NOMEM;
		return CHART_FAIL;
	}
	chart_event *external = event == NULL ? NULL : tro_chart_event_new(event, "external");

	if (event != NULL && external == NULL) {
		p->status = TRO_NOMEM;
		return CHART_FAIL;
	}
	chart_flow flow = event == NULL ? tro_chart_enter_and_rest(k->session)
					: tro_chart_take(k->session, external, &took);

	if (k->session->status == TRO_NOMEM) {
		p->status = TRO_NOMEM;
		return CHART_FAIL;
	}
	if (flow == CHART_ON) {
		unload(p, kind);
		if (!took) {
			p->happened_count = before;
		}
	}
	if (taken != NULL) {
		*taken = took;
	}
	return flow;
}

/* Opens a matter: its facts are what they are at the beginning. */
static chart_flow open_matter(prove *p, uint32_t kind)
{
	prove_kind *k = &p->kinds[kind];
	uint64_t *head = p->now + k->at;

	memset(head, 0,
		(k->history_at - k->at + k->words * k->chart->history_count) * sizeof(*head));
	head[NODE_FLAGS] = NODE_OPENED;
	for (size_t f = 0; f < k->fact_count; f++) {
		head[NODE_OPEN] |= (uint64_t)(k->facts[f].first == PROVE_OPEN) << f;
	}
	return take(p, kind, NULL, NULL);
}

/* What was posted, in order, until quiet. What goes to one that is not open, or has finished, is
 * for another of its kind. */
static chart_flow drain(prove *p)
{
	chart_flow flow = CHART_ON;

	while (flow == CHART_ON && p->post_at < p->post_count) {
		prove_post post = p->posts[p->post_at++];
		bool opened = prove_is(p, post.kind, p->now, NODE_OPENED);

		p->touched |= (uint64_t)1 << post.kind;
		p->own_count -= p->own_count > 0;
		if (post.opens && !opened) {
			flow = open_matter(p, post.kind);
		} else if (!post.opens && prove_running(p, post.kind, p->now)) {
			flow = take(p, post.kind, post.event, NULL);
		}
	}
	return flow;
}

static void reset(prove *p, const uint64_t *node)
{
	memcpy(p->now, node, p->stride * sizeof(*p->now));
	p->answer_at = 0;
	p->post_count = p->post_at = p->own_count = 0;
	p->happened_count = 0;
	p->touched = 0;
	p->visits = PROVE_NONE;
	for (size_t k = 0; k < p->kind_count; k++) {
		memset(p->kinds[k].memo, PROVE_OPEN, p->kinds[k].leaves.count + 1);
	}
}

/* The next way to answer the free choices; false when all were tried. */
static bool next_answers(prove *p)
{
	while (p->answer_count > 0 &&
		p->answers[p->answer_count - 1] + 1 == p->options[p->answer_count - 1]) {
		p->answer_count--;
	}
	if (p->answer_count == 0) {
		return false;
	}
	p->answers[p->answer_count - 1]++;
	return true;
}

static tro_status give_up(prove *p, uint32_t from, prove_label what)
{
	p->happened_count = 0; /* it does not take place */
	if (p->restless) {
		return TRO_OK;
	}
	p->restless = true;
	p->restless_node = from;
	return intern_label(p, what, &p->restless_label);
}

/* ---- steps that are known ---- */

static bool has_part(uint64_t touched, size_t kind)
{
	return (touched >> kind & 1) != 0;
}

/* A hash of how each matter stands in a node. */
static void hash_parts(const prove *p, const uint64_t *node, uint64_t *out)
{
	for (size_t k = 0; k < p->kind_count; k++) {
		out[k] = hash(node + p->kinds[k].at, p->kinds[k].end - p->kinds[k].at);
	}
}

static uint64_t hash_step(const prove *p, const prove_known_step *step, const uint64_t *parts)
{
	uint64_t out = (uintptr_t)step->event * 0x9e3779b97f4a7c15U ^
		       step->deadline * 0xff51afd7ed558ccdU ^ step->touched << 32 ^
		       (uint64_t)step->passes << 31 ^ step->kind;

	for (size_t k = 0; k < p->kind_count; k++) {
		if (has_part(step->touched, k)) {
			out = out * 0xff51afd7ed558ccdU ^ parts[k];
		}
	}
	return out ^ out >> 29;
}

/* Do the matters that have a part in a step stand the same in both nodes? */
static bool stand_the_same(const prove *p, uint64_t touched, const uint64_t *a, const uint64_t *b)
{
	bool same = true;

	for (size_t k = 0; k < p->kind_count && same; k++) {
		const prove_kind *kind = &p->kinds[k];

		same = !has_part(touched, k) ||
		       memcmp(a + kind->at, b + kind->at, (kind->end - kind->at) * sizeof(*a)) == 0;
	}
	return same;
}

/* The slot of a step in a node, taken or free. parts: hash_parts of the node. */
static prove_known_step *slot_of(
	prove *p, const prove_known_step *step, const uint64_t *node, const uint64_t *parts)
{
	size_t at = hash_step(p, step, parts) & (p->step_room - 1);

	for (const prove_known_step *s = &p->steps[at]; s->event != NULL; s = &p->steps[at]) {
		if (s->event == step->event && s->deadline == step->deadline &&
			s->passes == step->passes && s->touched == step->touched &&
			s->kind == step->kind &&
			stand_the_same(p, s->touched, prove_bits(p, s->node), node)) {
			break;
		}
		at = (at + 1) & (p->step_room - 1);
	}
	return &p->steps[at];
}

static bool grow_steps(prove *p)
{
	prove_known_step *before = p->steps;
	size_t room = p->step_room;

	p->steps = calloc(room == 0 ? 1024 : 2 * room, sizeof(*p->steps));
	if (p->steps == NULL) {
		p->steps = before;
		return false;
	}
	p->step_room = room == 0 ? 1024 : 2 * room;
	for (size_t i = 0; i < room; i++) {
		if (before[i].event != NULL) {
			const uint64_t *node = prove_bits(p, before[i].node);
			uint64_t parts[PROVE_KINDS_MAX];

			hash_parts(p, node, parts);
			*slot_of(p, &before[i], node, parts) = before[i];
		}
	}
	free(before);
	return true;
}

static bool note_parties(prove *p, uint64_t touched)
{
	for (size_t i = 0; i < p->party_count; i++) {
		if (p->parties[i] == touched) {
			return true;
		}
	}
	if (p->party_count == p->party_room) {
		size_t room = p->party_room == 0 ? 16 : 2 * p->party_room;
		uint64_t *list = realloc(p->parties, room * sizeof(*list));

		if (list == NULL) {
			return false;
		}
		p->parties = list;
		p->party_room = room;
	}
	p->parties[p->party_count++] = touched;
	return true;
}

/* Another way that comes to the same is not kept. */
static tro_status note_outcome(prove *p, prove_outcome **list, prove_edge edge)
{
	for (const prove_outcome *o = *list; o != NULL; o = o->next) {
		if (o->label == edge.label && o->node == edge.to) {
			return TRO_OK;
		}
	}
	prove_outcome *o = tro_arena_alloc(p->arena, sizeof(*o));

	if (o == NULL) {
		return TRO_NOMEM;
	}
	*o = (prove_outcome){.label = edge.label, .node = edge.to, .next = *list};
	*list = o;
	return TRO_OK;
}

static tro_status note_step(prove *p, const prove_known_step *step)
{
	if ((2 * (p->step_count + 1) > p->step_room && !grow_steps(p)) ||
		!note_parties(p, step->touched)) {
		return TRO_NOMEM;
	}
	*slot_of(p, step, prove_bits(p, step->node), p->parts) = *step;
	p->step_count++;
	return TRO_OK;
}

static tro_status go_on(prove *p, uint32_t from, uint32_t label, uint32_t *to)
{
	tro_status status = intern(p, from, label, to);

	return status == TRO_OK ? add_edge(p, from, (prove_edge){.to = *to, .label = label})
				: status;
}

static const prove_known_step *find_step(
	prove *p, uint32_t from, prove_label what, uint64_t deadline)
{
	for (size_t i = 0; i < p->party_count; i++) {
		const prove_known_step asked = {.event = what.event,
			.deadline = deadline,
			.passes = what.deadline,
			.touched = p->parties[i],
			.kind = what.kind};
		const prove_known_step *slot =
			has_part(asked.touched, what.kind)
				? slot_of(p, &asked, prove_bits(p, from), p->parts)
				: NULL;

		if (slot != NULL && slot->event != NULL) {
			return slot;
		}
	}
	return NULL;
}

/* The outcomes of a step that is known; false when it is not. */
static bool repeat(prove *p, uint32_t from, prove_label what, uint64_t deadline, tro_status *status)
{
	const prove_known_step *known = find_step(p, from, what, deadline);

	if (known == NULL) {
		return false;
	}
	uint64_t touched = known->touched;

	for (const prove_outcome *o = known->outcomes; o != NULL && *status == TRO_OK;
		o = o->next) {
		uint32_t to;

		memcpy(p->now, prove_bits(p, from), p->stride * sizeof(*p->now));
		for (size_t k = 0; k < p->kind_count; k++) {
			const prove_kind *kind = &p->kinds[k];

			if (has_part(touched, k)) {
				memcpy(p->now + kind->at, prove_bits(p, o->node) + kind->at,
					(kind->end - kind->at) * sizeof(*p->now));
			}
		}
		*status = go_on(p, from, o->label, &to);
	}
	return true;
}

/* ---- all steps ---- */

/* One way of an event; what it comes to is kept. */
static tro_status one_way(
	prove *p, uint32_t from, prove_label what, uint64_t deadline, prove_outcome **outcomes)
{
	bool taken = false;
	uint32_t label;

	reset(p, prove_bits(p, from));
	p->now[p->kinds[what.kind].at + NODE_DEADLINES] &= ~deadline;
	chart_flow flow = take(p, what.kind, what.event, &taken);

	if (flow == CHART_ON) {
		flow = drain(p);
	}
	if (p->status != TRO_OK) {
		return p->status;
	}
	if (flow != CHART_ON) {
		return p->kinds[p->running].session->status == TRO_INVALID ? give_up(p, from, what)
									   : TRO_OK;
	}
	if (!taken && deadline == 0) {
		return TRO_OK;
	}
	tro_status status = intern_label(p, what, &label);
	uint32_t to = 0;

	if (status == TRO_OK) {
		status = go_on(p, from, label, &to);
	}
	return status == TRO_OK ? note_outcome(p, outcomes, (prove_edge){.to = to, .label = label})
				: status;
}

/* All that one event, or one deadline, can come to in a node. */
static tro_status all_ways(prove *p, uint32_t from, prove_label what, uint64_t deadline)
{
	prove_known_step step = {.event = what.event,
		.deadline = deadline,
		.passes = what.deadline,
		.touched = (uint64_t)1 << what.kind,
		.kind = what.kind,
		.node = from};
	size_t ways = 0;
	tro_status status = TRO_OK;

	if (repeat(p, from, what, deadline, &status)) {
		return status;
	}
	p->answer_count = 0;
	do {
		if (++ways > PROVE_WAYS_MAX) {
			return tro_err_set(p->err, TRO_NOMEM,
				"%s: %s can come out in more than %d ways: too many to explore",
				p->kinds[what.kind].chart->source, what.event, (int)PROVE_WAYS_MAX);
		}
		status = one_way(p, from, what, deadline, &step.outcomes);
		step.touched |= p->touched;
	} while (status == TRO_OK && next_answers(p));
	return status == TRO_OK ? note_step(p, &step) : status;
}

/* A deadline that another matter hears of is a post; its own matter only drops it. */
static tro_status pass_deadline(prove *p, uint32_t from, uint32_t kind, uint32_t index)
{
	const prove_kind *k = &p->kinds[kind];
	const prove_deadline *d = &k->deadlines[index];
	const prove_route *route = &p->routes[tro_prove_map_get(&p->routes_of, d->send)];
	tro_status status = TRO_OK;
	prove_label what = {.kind = kind, .event = d->event, .deadline = true};

	if (route->own && d->event[0] != '\0') {
		return all_ways(p, from, what, (uint64_t)1 << index);
	}
	for (uint32_t r = 0; r < p->kind_count && status == TRO_OK; r++) {
		const tro_chart *chart = p->kinds[r].chart;

		if (route->own ? r != kind : !bits_has(route->kinds, r)) {
			continue;
		}
		for (size_t e = 0; e < chart->event_count && status == TRO_OK; e++) {
			what.kind = r;
			what.event = d->event[0] != '\0' ? d->event : chart->events[e].name;
			if (strcmp(what.event, chart->events[e].name) == 0 &&
				prove_running(p, r, prove_bits(p, from))) {
				reset(p, prove_bits(p, from));
				status = all_ways(p, from, what, 0);
			}
		}
	}
	return status;
}

/* Has one of the active states a transition for the declared event? */
static bool is_taken(const prove_kind *k, const uint64_t *configuration, size_t event)
{
	const uint64_t *takers = k->takers + event * k->words;
	bool taken = false;

	for (size_t w = 0; w < k->words && !taken; w++) {
		taken = (configuration[w] & takers[w]) != 0;
	}
	return taken;
}

static tro_status expand_kind(prove *p, uint32_t from, uint32_t kind)
{
	const prove_kind *k = &p->kinds[kind];
	tro_status status = TRO_OK;

	for (size_t e = 0; e < k->chart->event_count && status == TRO_OK; e++) {
		const tro_chart_event *event = &k->chart->events[e];

		if (event->role[strspn(event->role, " ")] != '\0' &&
			is_taken(k, prove_configuration(p, kind, prove_bits(p, from)), e)) {
			status = all_ways(
				p, from, (prove_label){.kind = kind, .event = event->name}, 0);
		}
	}
	for (uint32_t d = 0; d < k->deadline_count && status == TRO_OK; d++) {
		if ((prove_bits(p, from)[k->at + NODE_DEADLINES] >> d & 1) != 0) {
			status = pass_deadline(p, from, kind, d);
		}
	}
	return status;
}

static tro_status first_nodes(prove *p)
{
	tro_status status = TRO_OK;
	uint32_t node;

	memset(p->now, 0, p->stride * sizeof(*p->now));
	uint64_t *empty = tro_arena_array(p->arena, p->stride, sizeof(*empty));

	if (empty == NULL) {
		return TRO_NOMEM;
	}
	p->answer_count = 0;
	do {
		reset(p, empty);
		chart_flow flow = open_matter(p, 0);

		if (flow == CHART_ON) {
			flow = drain(p);
		}
		if (p->status != TRO_OK) {
			return p->status;
		}
		if (flow == CHART_ON) {
			status = intern(p, PROVE_NONE, PROVE_NONE, &node);
		} else if (p->kinds[p->running].session->status == TRO_INVALID) {
			p->restless = true;
			p->restless_node = p->restless_label = PROVE_NONE;
		}
	} while (status == TRO_OK && next_answers(p));
	return status;
}

tro_status tro_prove_explore(prove *p, tro_err *err)
{
	p->err = err;
	err->status = TRO_OK;
	tro_status status = first_nodes(p);

	for (uint32_t n = 0; n < p->node_count && status == TRO_OK; n++) {
		p->nodes[n].first_edge = (uint32_t)p->edge_count;
		hash_parts(p, prove_bits(p, n), p->parts);
		for (uint32_t k = 0; k < p->kind_count && status == TRO_OK; k++) {
			if (prove_running(p, k, prove_bits(p, n))) {
				status = expand_kind(p, n, k);
			}
		}
	}
	return status == TRO_OK || err->status == status ? status : tro_err_nomem(err);
}
