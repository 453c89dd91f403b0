/*
 * What definitions say of matters as such: loops that visit them, conds that ask whether there is
 * one. An expression that works out an id stands for a kind when it has that kind's form
 * (compose.c, tro_prove_skeleton).
 */
#include <string.h>

#include "base/text.h"
#include "chart/prove.h"

#define IDS " = $_x/matters/matter/@id]"
#define BY_ID "$_x/matters/matter[@id = "
#define BY_PREFIX "$_x/matters/matter[starts-with(@id, "

static bool ends(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* The predicate that ends the text, from its bracket on; NULL when none does. */
static const char *last_predicate(const char *text)
{
	const char *found = NULL;
	size_t depth = 0;
	char quote = '\0';

	for (const char *at = text; *at != '\0'; at++) {
		if (quote != '\0') {
			quote = *at == quote ? '\0' : quote;
		} else if (*at == '\'' || *at == '"') {
			quote = *at;
		} else if (*at == '[' && depth++ == 0) {
			found = at;
		} else if (*at == ']') {
			depth -= depth > 0;
		}
	}
	return found != NULL && depth == 0 && ends(text, "]") ? found : NULL;
}

/* The kind whose ids have the form of the expression or, when they only begin so, the one kind
 * whose ids do. */
static tro_status kind_of_id(
	const prove *p, const char *expr, size_t len, bool begins, uint32_t *out)
{
	const char *text = tro_arena_strndup(p->arena, expr, len);
	const char *form = text == NULL ? NULL : tro_prove_skeleton(p->arena, text);
	bool others = false;

	*out = PROVE_NONE;
	if (form != NULL && begins && !ends(form, "*")) {
		form = tro_arena_printf(p->arena, "%s*", form);
	}
	for (uint32_t k = 0; form != NULL && k < p->kind_count; k++) {
		if (strcmp(p->kinds[k].skeleton, form) == 0) {
			*out = k;
		} else {
			others = others ||
				 (begins && tro_prove_may_equal(p->kinds[k].skeleton, form));
		}
	}
	*out = others ? PROVE_NONE : *out;
	return form == NULL ? TRO_NOMEM : TRO_OK;
}

/* Of PATH[EXPR = $_x/matters/matter/@id] the kind of EXPR, and how long PATH is. */
static tro_status kind_picked(const prove *p, const char *text, uint32_t *out, size_t *path_len)
{
	const char *predicate = ends(text, IDS) ? last_predicate(text) : NULL;

	*out = PROVE_NONE;
	if (predicate == NULL) {
		return TRO_OK;
	}
	*path_len = (size_t)(predicate - text);
	return kind_of_id(p, predicate + 1, strlen(predicate) - strlen(IDS) - 1, false, out);
}

/* ---- loops ---- */

/* Does the array hold every matter of a kind that is open? */
static tro_status kind_visited(const prove *p, const char *array, uint32_t *out)
{
	size_t path_len;

	if (tro_text_starts(array, BY_PREFIX) && ends(array, ")]")) {
		const char *expr = array + strlen(BY_PREFIX);

		return kind_of_id(p, expr, strlen(expr) - strlen(")]"), true, out);
	}
	return kind_picked(p, array, out, &path_len);
}

/* What goes to concat('#_matter_', $item/@id) goes to the matter that is visited. */
static void narrow(prove *p, const chart_action *first, const char *target, uint32_t visited)
{
	for (const chart_action *a = first; a != NULL; a = a->next) {
		const chart_expr *expr = a->kind == CHART_DO_SEND ? a->of.send->target.expr : NULL;

		if (expr != NULL && strcmp(expr->text, target) == 0) {
			uint64_t *kinds = p->routes[tro_prove_map_get(&p->routes_of, a)].kinds;

			memset(kinds, 0, bits_words(p->kind_count) * sizeof(*kinds));
			bits_add(kinds, visited);
		}
		for (const chart_branch *b = a->kind == CHART_DO_IF ? a->of.branches : NULL;
			b != NULL; b = b->next) {
			narrow(p, b->actions, target, visited);
		}
	}
}

static void see_route(const prove *p, const chart_action *a, prove_loop *l, bool *several)
{
	const prove_route *route = &p->routes[tro_prove_map_get(&p->routes_of, a)];
	size_t kind = bits_from(route->kinds, 0, p->kind_count);

	if (kind != BITS_NONE) {
		*several = *several ||
			   bits_from(route->kinds, kind + 1, p->kind_count) != BITS_NONE ||
			   (l->kind != PROVE_NONE && l->kind != kind);
		l->kind = (uint32_t)kind;
	}
}

static void see_actions(const prove *p, const chart_action *first, prove_loop *l, bool *several)
{
	for (const chart_action *a = first; a != NULL; a = a->next) {
		bool routed = tro_prove_map_get(&p->routes_of, a) != PROVE_NONE;

		if (a->kind == CHART_DO_IF) {
			for (const chart_branch *b = a->of.branches; b != NULL; b = b->next) {
				see_actions(p, b->actions, l, several);
			}
		} else if (routed && tro_prove_map_get(&p->deadline_of, a) == PROVE_NONE &&
			   !p->routes[tro_prove_map_get(&p->routes_of, a)].own) {
			see_route(p, a, l, several);
		} else if (tro_prove_map_get(&p->matters, a) != PROVE_NONE) {
			l->posts = false;
		}
	}
}

static tro_status see_loop(void *user, uint32_t kind, const chart_action *action)
{
	prove *p = user;
	prove_loop l = {.kind = PROVE_NONE, .posts = true};
	uint32_t visited = PROVE_NONE;
	bool several = false;

	(void)kind;
	if (action->kind != CHART_DO_FOREACH) {
		return TRO_OK;
	}
	const chart_expr *array = action->of.loop.array;
	const char *text = array == NULL ? NULL : tro_prove_one_blank(p->arena, array->text);

	const char *target = tro_arena_printf(p->arena, "concat('#_matter_', $%s/@id)",
		action->of.loop.item == NULL ? "" : action->of.loop.item);

	if (target == NULL ||
		(array != NULL && (text == NULL || kind_visited(p, text, &visited) != TRO_OK))) {
		return TRO_NOMEM;
	}
	if (visited != PROVE_NONE && tro_text_starts(text, "$_x/matters/matter[")) {
		narrow(p, action->of.loop.actions, target, visited);
	}
	see_actions(p, action->of.loop.actions, &l, &several);
	l.kind = several ? PROVE_NONE : l.kind;
	l.posts = l.posts && l.kind != PROVE_NONE;
	l.picks = l.kind != PROVE_NONE && visited == l.kind;
	return tro_prove_add_loop(p, action, l);
}

/* ---- conds ---- */

/* Of PATH[EXPR = $_x/matters/matter/@id][not(NAME)]: PATH/NAME as a fact of that kind, whose
 * matters pick their own PATH by a variable. */
static uint32_t fact_lacking(const prove_kind *k, const prove_place *path, const char *name)
{
	for (uint32_t f = 0; f < k->fact_count; f++) {
		const prove_place *fact = &k->facts[f].place;
		const prove_step *own = path->count == 0 || fact->count != path->count + 1
						? NULL
						: &fact->steps[path->count - 1];
		bool same = own != NULL && own->attribute[0] != '\0' &&
			    strcmp(fact->variable, path->variable) == 0 &&
			    strcmp(fact->steps[path->count].name, name) == 0 &&
			    fact->steps[path->count].attribute[0] == '\0';

		for (size_t i = 0; same && i < path->count; i++) {
			same = path->steps[i].name != NULL && !path->steps[i].odd &&
			       path->steps[i].attribute[0] == '\0' &&
			       strcmp(path->steps[i].name, fact->steps[i].name) == 0;
		}
		if (same) {
			return f;
		}
	}
	return PROVE_NONE;
}

static tro_status see_lacking(const prove *p, prove_leaf *leaf)
{
	const char *predicate = ends(leaf->text, ")]") ? last_predicate(leaf->text) : NULL;
	size_t path_len = 0;
	uint32_t kind = PROVE_NONE;
	prove_place path;

	if (predicate == NULL || !tro_text_starts(predicate, "[not(")) {
		return TRO_OK;
	}
	const char *picked =
		tro_arena_strndup(p->arena, leaf->text, (size_t)(predicate - leaf->text));
	const char *name = tro_arena_strndup(
		p->arena, predicate + strlen("[not("), strlen(predicate) - strlen("[not()]"));

	if (picked == NULL || name == NULL || kind_picked(p, picked, &kind, &path_len) != TRO_OK) {
		return TRO_NOMEM;
	}
	if (kind == PROVE_NONE) {
		return TRO_OK;
	}
	const char *begin = tro_arena_strndup(p->arena, picked, path_len);

	if (begin == NULL || tro_prove_place(&path, p->arena, begin) != TRO_OK) {
		return TRO_NOMEM;
	}
	leaf->lacks = path.text == NULL ? PROVE_NONE : fact_lacking(&p->kinds[kind], &path, name);
	leaf->matter = leaf->lacks == PROVE_NONE ? PROVE_NONE : kind;
	return TRO_OK;
}

static tro_status see_leaf(const prove *p, prove_leaf *leaf)
{
	if (tro_text_starts(leaf->text, BY_ID) && ends(leaf->text, "]")) {
		const char *expr = leaf->text + strlen(BY_ID);

		return kind_of_id(p, expr, strlen(expr) - 1, false, &leaf->matter);
	}
	return see_lacking(p, leaf);
}

tro_status tro_prove_find_matters(prove *p)
{
	tro_status status = TRO_OK;

	for (uint32_t k = 0; k < p->kind_count && status == TRO_OK; k++) {
		status = tro_prove_each_action(p->kinds[k].chart, k, see_loop, p);
		for (size_t i = 0; i < p->kinds[k].leaves.count && status == TRO_OK; i++) {
			status = see_leaf(p, &p->kinds[k].leaves.list[i]);
		}
	}
	return status;
}
