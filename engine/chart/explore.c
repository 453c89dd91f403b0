/*
 * The graph, breadth first: from each node every event that a person can do and every deadline that
 * is set, in every way in which the free choices can be answered. The first way to a node is a
 * shortest one.
 */
#include <stdlib.h>
#include <string.h>

#include "chart/graph.h"
#include "chart/memo.h"

/* ---- sessions ---- */

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
	return tro_prove_label(&p->restless_label, p, what);
}

/* ---- all steps ---- */

/* One way of an event; what it comes to is kept with the step. */
static tro_status one_way(prove *p, uint32_t from, prove_label what, prove_known_step *step)
{
	bool taken = false;
	uint32_t label;

	reset(p, prove_bits(p, from));
	p->now[p->kinds[what.kind].at + NODE_DEADLINES] &= ~step->deadline;
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
	if (!taken && step->deadline == 0) {
		return TRO_OK;
	}
	tro_status status = tro_prove_label(&label, p, what);
	uint32_t to = 0;

	if (status == TRO_OK) {
		status = tro_prove_lead(&to, p, from, label);
	}
	return status == TRO_OK
		       ? tro_prove_memo_outcome(p, step, (prove_edge){.to = to, .label = label})
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
	bool known = false;
	tro_status status = tro_prove_memo_repeat(&known, p, what, deadline);

	if (known) {
		return status;
	}
	p->answer_count = 0;
	do {
		if (++ways > PROVE_WAYS_MAX) {
			return tro_err_set(p->err, TRO_NOMEM,
				"%s: %s can come out in more than %d ways: too many to explore",
				p->kinds[what.kind].chart->source, what.event, (int)PROVE_WAYS_MAX);
		}
		status = one_way(p, from, what, &step);
		step.touched |= p->touched;
	} while (status == TRO_OK && next_answers(p));
	return status == TRO_OK ? tro_prove_memo_keep(p, &step) : status;
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
			status = tro_prove_node(&node, p, PROVE_NONE, PROVE_NONE);
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
		tro_prove_memo_stand(p, n);
		for (uint32_t k = 0; k < p->kind_count && status == TRO_OK; k++) {
			if (prove_running(p, k, prove_bits(p, n))) {
				status = expand_kind(p, n, k);
			}
		}
	}
	return status == TRO_OK || err->status == status ? status : tro_err_nomem(err);
}
