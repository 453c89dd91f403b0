/*
 * What is explored together: a root definition and one child of each kind; where events go between
 * them; how a node of the graph is laid out.
 *
 * Ids of matters are compared by what is known of them: of concat('order.', @n) that is "order.*".
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/memo.h"

#define MATTER_TARGET "#_matter_"

/* ---- ids ---- */

static const char *closing(const char *at)
{
	size_t depth = 0;

	for (char quote = '\0'; *at != '\0'; at++) {
		if (quote != '\0') {
			quote = *at == quote ? '\0' : quote;
		} else if (*at == '\'' || *at == '"') {
			quote = *at;
		} else if (*at == '(' || *at == '[') {
			depth++;
		} else if (*at == ']' || (*at == ')' && depth > 0)) {
			depth -= depth > 0;
		} else if (depth == 0 && (*at == ',' || *at == ')')) {
			break;
		}
	}
	return at;
}

static void put_argument(tro_buf *out, const char *text, size_t len)
{
	for (; len > 0 && text[0] == ' '; text++, len--) {
	}
	while (len > 0 && text[len - 1] == ' ') {
		len--;
	}
	if (len >= 2 && text[0] == '\'' && memchr(text + 1, '\'', len - 1) == text + len - 1) {
		tro_buf_put(out, text + 1, len - 2);
	} else if (out->len == 0 || out->ptr[out->len - 1] != '*') {
		tro_buf_putc(out, '*');
	}
}

const char *tro_prove_skeleton(tro_arena *arena, const char *text)
{
	tro_buf out = TRO_BUF_INIT;

	if (tro_text_starts(text, "concat(")) {
		for (const char *at = text + 7;; at++) {
			const char *end = closing(at);

			put_argument(&out, at, (size_t)(end - at));
			at = end;
			if (*at != ',') {
				break;
			}
		}
	} else {
		put_argument(&out, text, strlen(text));
	}
	const char *copy =
		tro_buf_status(&out, NULL) == TRO_OK ? tro_arena_strdup(arena, out.ptr) : NULL;

	tro_buf_done(&out);
	return copy;
}

/* What is known of a text that stands as it is or is worked out. */
static const char *skeleton(tro_arena *arena, const chart_value *value)
{
	return value->text != NULL
		       ? tro_arena_strdup(arena, value->text)
		       : tro_prove_skeleton(arena, value->expr == NULL ? "" : value->expr->text);
}

bool tro_prove_may_equal(const char *a, const char *b)
{
	if (*a == '*') {
		return tro_prove_may_equal(a + 1, b) ||
		       (*b != '\0' && tro_prove_may_equal(a, b + 1));
	}
	if (*b == '*') {
		return tro_prove_may_equal(b, a);
	}
	return *a == *b && (*a == '\0' || tro_prove_may_equal(a + 1, b + 1));
}

static const chart_value *host_value(const chart_host_action *host, const char *name)
{
	static const chart_value none = {.text = ""};

	for (const chart_host_attribute *a = host->attributes; a != NULL; a = a->next) {
		if (strcmp(a->name, name) == 0) {
			return &a->value;
		}
	}
	return &none;
}

static bool opens(const chart_action *action)
{
	return action->kind == CHART_DO_HOST && strcmp(action->of.host->name, "matter") == 0;
}

/* ---- kinds ---- */

static uint32_t kind_of(const prove *p, const char *id)
{
	for (uint32_t k = 0; k < p->kind_count; k++) {
		if (strcmp(p->kinds[k].chart->id, id) == 0) {
			return k;
		}
	}
	return PROVE_NONE;
}

typedef struct given {
	prove *p;
	const tro_chart *const *charts;
	size_t count;
} given;

static tro_status add_kind(prove *p, const tro_chart *chart, const char *ids)
{
	prove_kind *k = &p->kinds[p->kind_count];
	const char *slash = strrchr(chart->id, '/');

	if (p->kind_count == PROVE_KINDS_MAX) {
		return tro_err_set(p->err, TRO_NOMEM,
			"%s: more than %d definitions to explore together", chart->source,
			(int)PROVE_KINDS_MAX);
	}

	*k = (prove_kind){.chart = chart,
		.name = slash == NULL ? chart->id : slash + 1,
		.root = p->kind_count == 0,
		.words = bits_words(chart->state_count)};
	k->skeleton = k->root ? k->name : ids;
	for (size_t t = 0; t < chart->transition_count; t++) {
		k->handles_errors = k->handles_errors ||
				    tro_chart_accepts(&chart->transitions[t], "error.execution");
	}
	p->kind_count++;
	return k->skeleton == NULL ? TRO_NOMEM : TRO_OK;
}

static tro_status open_kind(void *user, uint32_t kind, const chart_action *action)
{
	const given *all = user;
	prove *p = all->p;

	(void)kind;
	if (!opens(action)) {
		return TRO_OK;
	}
	const chart_value *definition = host_value(action->of.host, "definition");

	for (size_t i = 0; i < all->count && definition->text != NULL; i++) {
		if (strcmp(all->charts[i]->id, definition->text) == 0 &&
			kind_of(p, definition->text) == PROVE_NONE) {
			return add_kind(p, all->charts[i],
				skeleton(p->arena, host_value(action->of.host, "id")));
		}
	}
	return TRO_OK;
}

/* ---- routes ---- */

static tro_status add_route(prove *p, const chart_action *action, prove_route route)
{
	prove_route *list =
		tro_prove_room(p->routes, &p->route_room, p->route_count, sizeof(*list));

	if (list == NULL) {
		return TRO_NOMEM;
	}
	p->routes = list;
	p->routes[p->route_count] = route;
	return tro_prove_map_put(&p->routes_of, action, (uint32_t)p->route_count++) ? TRO_OK
										    : TRO_NOMEM;
}

/* The kinds whose matters have an id of this form; where none has exactly, those that could. */
static void find_kinds(const prove *p, const char *ids, prove_route *out)
{
	bool exact = false;

	for (uint32_t k = 0; k < p->kind_count; k++) {
		if (strcmp(p->kinds[k].skeleton, ids) == 0) {
			bits_add(out->kinds, k);
			exact = true;
		}
	}
	for (uint32_t k = 0; k < p->kind_count && !exact; k++) {
		if (tro_prove_may_equal(p->kinds[k].skeleton, ids)) {
			bits_add(out->kinds, k);
		}
	}
	out->sure = exact && strchr(ids, '*') == NULL;
}

static tro_status route_send(prove *p, const chart_action *action)
{
	const chart_value *target = &action->of.send->target;
	prove_route route = {
		.kinds = tro_arena_array(p->arena, bits_words(p->kind_count), sizeof(uint64_t))};
	const char *text = skeleton(p->arena, target);

	if (route.kinds == NULL || text == NULL) {
		return TRO_NOMEM;
	}
	route.own = (target->text == NULL && target->expr == NULL) ||
		    (target->text != NULL && !tro_text_starts(text, MATTER_TARGET));
	if (!route.own) {
		find_kinds(p,
			tro_text_starts(text, MATTER_TARGET) ? text + strlen(MATTER_TARGET) : "*",
			&route);
	}
	return add_route(p, action, route);
}

static tro_status route_matter(prove *p, const chart_action *action)
{
	const chart_value *definition = host_value(action->of.host, "definition");
	const chart_value *id = host_value(action->of.host, "id");
	prove_route route = {
		.kinds = tro_arena_array(p->arena, bits_words(p->kind_count), sizeof(uint64_t)),
		.sure = id->text != NULL && action->of.host->foreach == NULL};

	if (route.kinds == NULL) {
		return TRO_NOMEM;
	}
	for (uint32_t k = 0; k < p->kind_count; k++) {
		if (definition->text == NULL
				? !p->kinds[k].root
				: strcmp(p->kinds[k].chart->id, definition->text) == 0) {
			bits_add(route.kinds, k);
		}
	}
	route.sure = route.sure && definition->text != NULL;
	return add_route(p, action, route);
}

tro_status tro_prove_add_loop(prove *p, const chart_action *action, prove_loop loop)
{
	prove_loop *list = tro_prove_room(p->loops, &p->loop_room, p->loop_count, sizeof(*list));

	if (list == NULL) {
		return TRO_NOMEM;
	}
	p->loops = list;
	p->loops[p->loop_count] = loop;
	return tro_prove_map_put(&p->loops_of, action, (uint32_t)p->loop_count++) ? TRO_OK
										  : TRO_NOMEM;
}

static tro_status add_deadline(prove *p, uint32_t kind, const chart_action *action)
{
	prove_kind *k = &p->kinds[kind];
	const chart_send_action *send = action->of.send;

	if (k->deadline_count == PROVE_DEADLINES_MAX) {
		return tro_err_set(p->err, TRO_NOMEM, "%s: more than %d sends that wait",
			k->chart->source, (int)PROVE_DEADLINES_MAX);
	}
	k->deadlines[k->deadline_count] = (prove_deadline){.send = action,
		.id = send->id == NULL ? "" : send->id,
		.event = send->event.text == NULL ? "" : send->event.text};
	return tro_prove_map_put(&p->deadline_of, action, (uint32_t)k->deadline_count++)
		       ? TRO_OK
		       : TRO_NOMEM;
}

static bool waits(const chart_send_action *send)
{
	return send->delay.text != NULL || send->delay.expr != NULL || send->at.text != NULL ||
	       send->at.expr != NULL;
}

static tro_status wire(void *user, uint32_t kind, const chart_action *action)
{
	prove *p = user;
	tro_status status = TRO_OK;

	if (action->kind == CHART_DO_SEND) {
		status = route_send(p, action);
		if (status == TRO_OK && waits(action->of.send)) {
			status = add_deadline(p, kind, action);
		}
	} else if (opens(action)) {
		status = route_matter(p, action);
	}
	return status;
}

/* ---- what matters ---- */

/* Marks, innermost first, the actions whose running can be told from not running. */
static bool mark(prove *p, const chart_action *first, bool *good)
{
	bool any = false;

	for (const chart_action *a = first; a != NULL; a = a->next) {
		bool matters = a->kind != CHART_DO_LOG;

		if (a->kind == CHART_DO_ASSIGN) {
			matters = tro_prove_map_get(&p->effects_of, a) != PROVE_NONE;
		} else if (a->kind == CHART_DO_FOREACH) {
			matters = mark(p, a->of.loop.actions, good);
		} else if (a->kind == CHART_DO_IF) {
			matters = false;
			for (const chart_branch *b = a->of.branches; b != NULL; b = b->next) {
				matters = mark(p, b->actions, good) || matters;
			}
		}
		if (matters) {
			*good = *good && tro_prove_map_put(&p->matters, a, 1);
			any = true;
		}
	}
	return any;
}

static bool mark_all(prove *p)
{
	bool good = true;

	for (uint32_t k = 0; k < p->kind_count; k++) {
		const tro_chart *chart = p->kinds[k].chart;

		for (size_t s = 0; s < chart->state_count; s++) {
			for (const chart_block *b = chart->states[s].onentry; b != NULL;
				b = b->next) {
				(void)mark(p, b->actions, &good);
			}
			for (const chart_block *b = chart->states[s].onexit; b != NULL;
				b = b->next) {
				(void)mark(p, b->actions, &good);
			}
		}
		for (size_t t = 0; t < chart->transition_count; t++) {
			(void)mark(p, chart->transitions[t].actions, &good);
		}
	}
	return good;
}

/* ---- layout ---- */

static tro_status find_takers(const prove *p, prove_kind *k)
{
	const tro_chart *chart = k->chart;

	k->takers = tro_arena_array(p->arena, chart->event_count * k->words + 1, sizeof(uint64_t));
	for (size_t e = 0; k->takers != NULL && e < chart->event_count; e++) {
		for (size_t t = 0; t < chart->transition_count; t++) {
			if (tro_chart_accepts(&chart->transitions[t], chart->events[e].name)) {
				bits_add(k->takers + e * k->words, chart->transitions[t].source);
			}
		}
	}
	return k->takers == NULL ? TRO_NOMEM : TRO_OK;
}

static tro_status lay_out(prove *p)
{
	tro_status status = TRO_OK;

	for (uint32_t i = 0; i < p->kind_count && status == TRO_OK; i++) {
		prove_kind *k = &p->kinds[i];

		k->at = p->stride;
		k->config_at = k->at + NODE_HEAD;
		k->history_at = k->config_at + k->words;
		k->end = p->stride = k->history_at + k->words * k->chart->history_count;
		k->memo = tro_arena_array(p->arena, 3, k->leaves.count + 1);
		k->known = k->memo == NULL ? NULL : k->memo + k->leaves.count + 1;
		k->trial = k->memo == NULL ? NULL : k->known + k->leaves.count + 1;
		status = k->memo == NULL ? TRO_NOMEM
					 : tro_chart_session_new(&k->session, k->chart, p->err);
		if (status == TRO_OK) {
			status = find_takers(p, k);
		}
		if (status == TRO_OK) {
			k->session->oracle = &p->oracle;
			k->session->err = &p->scratch;
			k->session->started = true;
		}
	}
	p->now = tro_arena_array(p->arena, p->stride, sizeof(*p->now));
	return p->now == NULL ? TRO_NOMEM : status;
}

static tro_status compose(prove *p, const given *all, size_t root)
{
	tro_status status = TRO_OK;

	p->visits = PROVE_NONE;
	p->kinds = tro_arena_array(p->arena, all->count, sizeof(*p->kinds));
	if (p->kinds == NULL) {
		return TRO_NOMEM;
	}
	status = add_kind(p, all->charts[root], "");
	/* What a kind opens is added behind it, and is visited in its turn. */
	for (uint32_t k = 0; k < p->kind_count && status == TRO_OK; k++) {
		given each = *all;

		status = tro_prove_each_action(p->kinds[k].chart, k, open_kind, &each);
	}
	for (uint32_t k = 0; k < p->kind_count && status == TRO_OK; k++) {
		p->kinds[k].deadlines = tro_arena_array(
			p->arena, PROVE_DEADLINES_MAX, sizeof(*p->kinds[k].deadlines));
		status = p->kinds[k].deadlines == NULL
				 ? TRO_NOMEM
				 : tro_prove_each_action(p->kinds[k].chart, k, wire, p);
	}
	if (status == TRO_OK) {
		status = tro_prove_find_facts(p);
	}
	if (status == TRO_OK && !mark_all(p)) {
		status = TRO_NOMEM;
	}
	if (status == TRO_OK) {
		status = tro_prove_find_matters(p);
	}
	return status == TRO_OK ? lay_out(p) : status;
}

tro_status tro_prove_new(
	prove **out, const tro_chart *const *charts, size_t count, size_t root, tro_err *err)
{
	prove *p = calloc(1, sizeof(*p));
	const given all = {.p = p, .charts = charts, .count = count};

	if (p == NULL) {
		return tro_err_nomem(err);
	}
	p->arena = tro_arena_new();
	p->err = err;
	err->status = TRO_OK;
	p->oracle = tro_prove_oracle;
	p->oracle.user = p;
	tro_status status = p->arena == NULL ? TRO_NOMEM : tro_prove_memo_new(&p->memo);

	if (status == TRO_OK) {
		status = compose(p, &all, root);
	}

	if (status != TRO_OK) {
		tro_prove_free(p);
		return err->status == status ? status : tro_err_nomem(err);
	}
	*out = p;
	return TRO_OK;
}

void tro_prove_free(prove *p)
{
	if (p == NULL) {
		return;
	}
	for (size_t k = 0; k < p->kind_count; k++) {
		tro_chart_session_free(p->kinds[k].session);
		free(p->kinds[k].leaves.list);
	}
	tro_prove_map_done(&p->guards);
	tro_prove_map_done(&p->effects_of);
	tro_prove_map_done(&p->routes_of);
	tro_prove_map_done(&p->loops_of);
	tro_prove_map_done(&p->deadline_of);
	tro_prove_map_done(&p->matters);
	free(p->guard_list);
	free(p->effects);
	free(p->routes);
	free(p->loops);
	free(p->bits);
	free(p->nodes);
	free(p->table);
	free(p->edges);
	free(p->labels);
	tro_prove_memo_free(p->memo);
	free(p->deeds);
	free(p->answers);
	free(p->options);
	free(p->happened);
	tro_arena_free(p->arena);
	free(p);
}
