/*
 * What answers while a definition is explored: conds from facts and free choices, actions by what
 * they change of a node. A step is run once for each way in which the free choices can be answered.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/prove.h"

uint32_t tro_prove_choose(prove *p, uint32_t count)
{
	if (count < 2) {
		return 0;
	}
	if (p->answer_at < p->answer_count) {
		return p->answers[p->answer_at++];
	}
	if (p->answer_count == p->answer_room) {
		size_t room = p->answer_room == 0 ? 64 : 2 * p->answer_room;
		uint8_t *answers = realloc(p->answers, room);

		if (answers == NULL) {
			p->status = TRO_NOMEM;
			return 0;
		}
		p->answers = answers;
		uint8_t *options = realloc(p->options, room);

		if (options == NULL) {
			p->status = TRO_NOMEM;
			return 0;
		}
		p->options = options;
		p->answer_room = room;
	}
	p->answers[p->answer_count] = 0;
	p->options[p->answer_count++] = (uint8_t)(count < UINT8_MAX ? count : UINT8_MAX);
	p->answer_at++;
	return 0;
}

static uint32_t deed_of(prove *p, uint32_t kind, const char *name, bool filing)
{
	for (size_t i = 0; i < p->deed_count; i++) {
		if (p->deeds[i].kind == kind && p->deeds[i].filing == filing &&
			strcmp(p->deeds[i].name, name) == 0) {
			return (uint32_t)i;
		}
	}
	prove_deed *list = tro_prove_room(p->deeds, &p->deed_room, p->deed_count, sizeof(*list));

	if (list == NULL) {
		p->status = TRO_NOMEM;
		return PROVE_NONE;
	}
	p->deeds = list;
	p->deeds[p->deed_count] = (prove_deed){.kind = kind, .name = name, .filing = filing};
	return (uint32_t)p->deed_count++;
}

static void touch(prove *p, uint32_t kind)
{
	p->touched |= (uint64_t)1 << kind;
}

/* ---- conds ---- */

static prove_truth fact_in(const prove_kind *k, const uint64_t *node, uint32_t fact)
{
	const uint64_t *head = node + k->at;

	if ((head[NODE_OPEN] >> fact & 1) != 0) {
		return PROVE_OPEN;
	}
	return head[NODE_TRUE] >> fact & 1 ? PROVE_TRUE : PROVE_FALSE;
}

/* One is so: all that is asked. None is: nothing. */
static prove_truth any_part(const prove_kind *k, const uint64_t *node, const prove_leaf *leaf)
{
	prove_truth all = leaf->part_count == 0 ? PROVE_OPEN : PROVE_FALSE;

	for (size_t i = 0; i < leaf->part_count; i++) {
		uint32_t fact = k->leaves.list[leaf->parts[i]].fact;
		prove_truth one = fact == PROVE_NONE ? PROVE_OPEN : fact_in(k, node, fact);

		if (one == PROVE_TRUE) {
			return PROVE_TRUE;
		}
		all = one == PROVE_OPEN ? PROVE_OPEN : all;
	}
	return all;
}

/* Is there an open matter without the element? Of those that are not followed nobody knows. */
static prove_truth lacking(const prove *p, const uint64_t *node, const prove_leaf *leaf)
{
	const prove_kind *k = &p->kinds[leaf->matter];

	return prove_running(p, leaf->matter, node) && fact_in(k, node, leaf->lacks) == PROVE_FALSE
		       ? PROVE_TRUE
		       : PROVE_OPEN;
}

static prove_truth leaf_in(const prove *p, uint32_t kind, const prove_leaf *leaf,
	const uint64_t *node, const uint64_t *configuration)
{
	const prove_kind *k = &p->kinds[kind];

	if (leaf->state != PROVE_NONE) {
		return bits_has(configuration, leaf->state) ? PROVE_TRUE : PROVE_FALSE;
	}
	if (leaf->fact != PROVE_NONE) {
		return fact_in(k, node, leaf->fact);
	}
	return leaf->lacks != PROVE_NONE ? lacking(p, node, leaf) : any_part(k, node, leaf);
}

void tro_prove_known(const prove *p, uint32_t kind, const uint64_t *node, uint8_t *known)
{
	const prove_kind *k = &p->kinds[kind];

	for (size_t i = 0; i < k->leaves.count; i++) {
		known[i] = leaf_in(p, kind, &k->leaves.list[i], node, node + k->config_at);
	}
}

static prove_truth leaf_now(prove *p, uint32_t kind, uint32_t index)
{
	const prove_kind *k = &p->kinds[kind];
	const prove_leaf *leaf = &k->leaves.list[index];

	if (leaf->matter != PROVE_NONE) {
		touch(p, leaf->matter);
		if (leaf->lacks == PROVE_NONE && leaf->matter == p->visits) {
			return prove_is(p, leaf->matter, p->now, NODE_OPENED) ? PROVE_TRUE
									      : PROVE_FALSE;
		}
	}
	prove_truth truth = leaf_in(p, kind, leaf, p->now, k->session->configuration);

	return truth == PROVE_OPEN ? (prove_truth)k->memo[index] : truth;
}

static prove_truth weigh_now(prove *p, uint32_t kind, const prove_guard *guard)
{
	prove_truth left;
	prove_truth right;

	switch (guard->kind) {
	case GUARD_CONST:
		return guard->value ? PROVE_TRUE : PROVE_FALSE;
	case GUARD_LEAF:
		return leaf_now(p, kind, guard->leaf);
	case GUARD_NOT:
		left = weigh_now(p, kind, guard->left);
		return left == PROVE_OPEN ? PROVE_OPEN
					  : (left == PROVE_TRUE ? PROVE_FALSE : PROVE_TRUE);
	case GUARD_AND:
	case GUARD_OR:
		break;
	}
	prove_truth decides = guard->kind == GUARD_AND ? PROVE_FALSE : PROVE_TRUE;

	left = weigh_now(p, kind, guard->left);
	right = left == decides ? left : weigh_now(p, kind, guard->right);
	if (left == decides || right == decides) {
		return decides;
	}
	return left == PROVE_OPEN ? PROVE_OPEN : right;
}

/* The truth of a guard, with what is free chosen. */
static bool decide(prove *p, uint32_t kind, const prove_guard *guard)
{
	prove_kind *k = &p->kinds[kind];
	prove_truth truth = weigh_now(p, kind, guard);

	if (truth != PROVE_OPEN) {
		return truth == PROVE_TRUE;
	}
	if (guard->kind == GUARD_NOT) {
		return !decide(p, kind, guard->left);
	}
	if (guard->kind == GUARD_AND) {
		return decide(p, kind, guard->left) && decide(p, kind, guard->right);
	}
	if (guard->kind == GUARD_OR) {
		return decide(p, kind, guard->left) || decide(p, kind, guard->right);
	}
	bool chosen = tro_prove_choose(p, 2) == 1;

	if (!k->leaves.list[guard->leaf].asks_event) {
		k->memo[guard->leaf] = chosen ? PROVE_TRUE : PROVE_FALSE;
	}
	return chosen;
}

static prove *asker(const tro_chart_session *session)
{
	return session->oracle->user;
}

static chart_flow fail(prove *p, tro_chart_session *session, tro_status status)
{
	if (status == TRO_NOMEM) {
		p->status = status;
	}
	return tro_chart_failed(session, status);
}

/* Where errors are handled, one may come here. */
static bool errs(prove *p, tro_chart_session *session)
{
	if (!p->kinds[p->running].handles_errors || tro_prove_choose(p, 2) == 0) {
		return false;
	}
	return tro_chart_enqueue(session, tro_chart_event_new("error.execution", "platform")) ==
	       CHART_ON;
}

static chart_flow answer_cond(tro_chart_session *session, const chart_expr *cond, bool *out)
{
	prove *p = asker(session);
	const prove_guard *guard = tro_prove_guard_of(p, cond);

	if (guard == NULL) {
		return fail(p, session, TRO_NOMEM);
	}
	*out = decide(p, p->running, guard) && !errs(p, session);
	return p->status == TRO_OK ? CHART_ON : tro_chart_failed(session, p->status);
}

static bool refused(prove *p, const chart_require *first)
{
	for (const chart_require *r = first; r != NULL; r = r->next) {
		const prove_guard *guard =
			r->level == TRO_LEVEL_BLOCK ? tro_prove_guard_of(p, r->test) : NULL;

		if (guard != NULL && weigh_now(p, p->running, guard) == PROVE_FALSE) {
			return true;
		}
	}
	return false;
}

static chart_flow weigh(tro_chart_session *session, const char *event)
{
	prove *p = asker(session);
	const tro_chart *chart = session->chart;
	const tro_chart_event *declared =
		event == NULL ? NULL : tro_chart_event_named(chart, event);
	bool no = declared != NULL && refused(p, chart->rules[declared - chart->events].requires);

	for (size_t i = 0; i < session->selection.count && !no; i++) {
		no = refused(p, chart->transitions[session->selection.transitions[i]].requires);
	}
	return no ? fail(p, session, TRO_REFUSED) : CHART_ON;
}

/* ---- actions ---- */

static chart_flow run(tro_chart_session *session, const chart_action *actions);

static void change(prove *p, const chart_action *action)
{
	for (uint32_t i = tro_prove_map_get(&p->effects_of, action); i != PROVE_NONE;
		i = p->effects[i].next) {
		const prove_effect *e = &p->effects[i];
		uint64_t *head = p->now + p->kinds[e->kind].at;
		uint64_t bit = (uint64_t)1 << e->fact;

		touch(p, e->kind);
		if (head[NODE_FLAGS] != NODE_OPENED) {
			continue; /* its facts begin when it is opened, and end with it */
		}
		head[NODE_TRUE] &= ~bit;
		head[NODE_OPEN] &= ~bit;
		head[NODE_TRUE] |= e->change == PROVE_SET ? bit : 0;
		head[NODE_OPEN] |= e->change == PROVE_LOOSE ? bit : 0;
	}
}

/* Nothing free keeps its answer once something is assigned. */
static void forget(prove *p)
{
	for (size_t k = 0; k < p->kind_count; k++) {
		memset(p->kinds[k].memo, PROVE_OPEN, p->kinds[k].leaves.count + 1);
	}
}

/* Of a loop that only sends to, or opens, one kind, what it does for others of that kind is not
 * seen: then it is for the followed one, or as if it were not. */
static chart_flow loop(prove *p, tro_chart_session *session, const chart_action *action)
{
	const prove_loop *l = &p->loops[tro_prove_map_get(&p->loops_of, action)];
	uint32_t before = p->visits;
	bool opened = l->kind != PROVE_NONE && prove_is(p, l->kind, p->now, NODE_OPENED);

	if (l->kind != PROVE_NONE) {
		touch(p, l->kind);
	}
	if (l->picks && l->posts && !opened) {
		return CHART_ON;
	}
	bool once = (l->picks && opened) || tro_prove_choose(p, 2) == 1;

	p->visits = l->posts || (l->picks && opened) ? l->kind : PROVE_NONE;
	chart_flow flow = once ? run(session, action->of.loop.actions) : CHART_ON;

	p->visits = before;
	return flow;
}

static chart_flow branch(prove *p, tro_chart_session *session, const chart_action *action)
{
	for (const chart_branch *b = action->of.branches; b != NULL; b = b->next) {
		const prove_guard *guard = tro_prove_guard_of(p, b->cond);

		if (b->cond == NULL || (guard != NULL && decide(p, p->running, guard))) {
			return run(session, b->actions);
		}
	}
	return CHART_ON;
}

chart_flow tro_prove_post_to(prove *p, const prove_route *route, const char *event, bool open)
{
	uint32_t kinds[64];
	uint32_t count = 0;

	for (uint32_t k = 0; k < p->kind_count && count < 64; k++) {
		if (bits_has(route->kinds, k)) {
			kinds[count++] = k;
			touch(p, k);
		}
	}
	/* To the followed one or to another, unless there is no other. */
	bool sure = count == 1 && (route->sure || kinds[0] == p->visits);
	uint32_t choice = sure ? 1 : tro_prove_choose(p, count + 1);

	if (choice == 0 || count == 0) {
		return CHART_ON;
	}
	if (p->post_count == PROVE_POSTS_MAX) {
		return CHART_FAIL;
	}
	p->posts[p->post_count++] =
		(prove_post){.opens = open, .kind = kinds[choice - 1], .event = event};
	return CHART_ON;
}

/* The event of a send; one that is worked out may be any that the receiver declares. */
static const char *event_sent(prove *p, const chart_action *action, uint32_t kind)
{
	const chart_value *event = &action->of.send->event;
	const tro_chart *chart = p->kinds[kind].chart;

	if (event->text != NULL) {
		return event->text;
	}
	return chart->event_count == 0
		       ? ""
		       : chart->events[tro_prove_choose(p, (uint32_t)chart->event_count)].name;
}

static uint32_t first_kind(const prove *p, const prove_route *route)
{
	size_t found = bits_from(route->kinds, 0, p->kind_count);

	return route->own || found == BITS_NONE ? p->running : (uint32_t)found;
}

static chart_flow send(prove *p, tro_chart_session *session, const chart_action *action)
{
	const prove_route *route = &p->routes[tro_prove_map_get(&p->routes_of, action)];
	uint32_t deadline = tro_prove_map_get(&p->deadline_of, action);
	const chart_value *target = &action->of.send->target;

	if (deadline != PROVE_NONE) {
		p->now[p->kinds[p->running].at + NODE_DEADLINES] |= (uint64_t)1 << deadline;
		return CHART_ON;
	}
	const char *event = event_sent(p, action, first_kind(p, route));

	if (target->text != NULL && strcmp(target->text, "#_internal") == 0) {
		return tro_chart_enqueue(session, tro_chart_event_new(event, "internal"));
	}
	if (!route->own) {
		chart_flow flow = tro_prove_post_to(p, route, event, false);

		return flow == CHART_FAIL ? fail(p, session, TRO_INVALID) : flow;
	}
	if (p->post_count == PROVE_POSTS_MAX) {
		return fail(p, session, TRO_INVALID);
	}
	/* What a session sends itself comes before what others get. */
	size_t at = p->post_at + p->own_count++;

	memmove(p->posts + at + 1, p->posts + at, (p->post_count++ - at) * sizeof(*p->posts));
	p->posts[at] = (prove_post){.kind = p->running, .event = event};
	return CHART_ON;
}

static void cancel(prove *p, const chart_action *action)
{
	const prove_kind *k = &p->kinds[p->running];
	uint64_t *set = &p->now[k->at + NODE_DEADLINES];
	const char *id = action->of.cancel.text;

	for (uint32_t i = 0; i < k->deadline_count; i++) {
		bool meant = id != NULL && strcmp(id, k->deadlines[i].id) == 0;

		if ((*set >> i & 1) != 0 && (id != NULL ? meant : tro_prove_choose(p, 2) == 1)) {
			*set &= ~((uint64_t)1 << i);
		}
	}
}

bool tro_prove_happen(prove *p, const char *name, bool filing)
{
	uint32_t deed = deed_of(p, p->running, name, filing);

	if (deed == PROVE_NONE) {
		return false;
	}
	uint32_t *list =
		tro_prove_room(p->happened, &p->happened_room, p->happened_count, sizeof(*list));

	if (list == NULL) {
		p->status = TRO_NOMEM;
		return false;
	}
	p->happened = list;
	p->happened[p->happened_count++] = deed;
	return true;
}

static chart_flow file(prove *p, const chart_host_action *host)
{
	const char *name = "*";

	for (const chart_host_attribute *a = host->attributes; a != NULL; a = a->next) {
		if (strcmp(a->name, "name") == 0 && a->value.text != NULL) {
			name = a->value.text;
		}
	}
	if (host->foreach != NULL && tro_prove_choose(p, 2) == 0) {
		return CHART_ON;
	}
	return tro_prove_happen(p, name, true) ? CHART_ON : CHART_STOP;
}

static chart_flow run_host(prove *p, tro_chart_session *session, const chart_action *action)
{
	if (strcmp(action->of.host->name, "matter") != 0) {
		return file(p, action->of.host);
	}
	const prove_route *route = &p->routes[tro_prove_map_get(&p->routes_of, action)];
	chart_flow flow = tro_prove_post_to(p, route, "", true);

	return flow == CHART_FAIL ? fail(p, session, TRO_INVALID) : flow;
}

static chart_flow run_one(prove *p, tro_chart_session *session, const chart_action *action)
{
	switch (action->kind) {
	case CHART_DO_RAISE:
		return tro_chart_enqueue(
			session, tro_chart_event_new(action->of.raise, "internal"));
	case CHART_DO_IF:
		return branch(p, session, action);
	case CHART_DO_FOREACH:
		return loop(p, session, action);
	case CHART_DO_ASSIGN:
		change(p, action);
		return CHART_ON;
	case CHART_DO_SEND:
		return send(p, session, action);
	case CHART_DO_CANCEL:
		cancel(p, action);
		return CHART_ON;
	case CHART_DO_HOST:
		return run_host(p, session, action);
	case CHART_DO_LOG:
		break;
	}
	return CHART_ON;
}

static chart_flow run(tro_chart_session *session, const chart_action *actions)
{
	prove *p = asker(session);
	chart_flow flow = CHART_ON;

	for (const chart_action *a = actions; a != NULL && flow == CHART_ON; a = a->next) {
		if (errs(p, session)) {
			return CHART_STOP;
		}
		bool matters = tro_prove_map_get(&p->matters, a) != PROVE_NONE;

		/* What is passed over may assign. */
		if (a->kind == CHART_DO_ASSIGN || (!matters && a->kind != CHART_DO_LOG)) {
			forget(p);
		}
		if (matters) {
			flow = run_one(p, session, a);
		}
	}
	return p->status == TRO_OK ? flow : tro_chart_failed(session, p->status);
}

const chart_oracle tro_prove_oracle = {.truth = answer_cond, .run = run, .weigh = weigh};
