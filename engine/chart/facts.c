/*
 * Facts: which paths are followed, and what each <assign> of any definition does to them.
 *
 * Two places may meet when they begin at one variable, have as many steps, and each pair of steps
 * can be of one name. A definition's own variables are its own; the variable that the root
 * definition declares is the document that all share.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/prove.h"

/* ---- walking over actions ---- */

static tro_status each_of(uint32_t kind, const chart_action *first, prove_visit visit, void *user)
{
	tro_status status = TRO_OK;

	for (const chart_action *a = first; a != NULL && status == TRO_OK; a = a->next) {
		status = visit(user, kind, a);
		if (a->kind == CHART_DO_IF) {
			for (const chart_branch *b = a->of.branches; b != NULL && status == TRO_OK;
				b = b->next) {
				status = each_of(kind, b->actions, visit, user);
			}
		} else if (a->kind == CHART_DO_FOREACH && status == TRO_OK) {
			status = each_of(kind, a->of.loop.actions, visit, user);
		}
	}
	return status;
}

tro_status tro_prove_each_action(
	const tro_chart *chart, uint32_t kind, prove_visit visit, void *user)
{
	tro_status status = TRO_OK;

	for (size_t s = 0; s < chart->state_count && status == TRO_OK; s++) {
		for (const chart_block *b = chart->states[s].onentry; b != NULL && status == TRO_OK;
			b = b->next) {
			status = each_of(kind, b->actions, visit, user);
		}
		for (const chart_block *b = chart->states[s].onexit; b != NULL && status == TRO_OK;
			b = b->next) {
			status = each_of(kind, b->actions, visit, user);
		}
	}
	for (size_t t = 0; t < chart->transition_count && status == TRO_OK; t++) {
		status = each_of(kind, chart->transitions[t].actions, visit, user);
	}
	return status;
}

/* ---- what is inserted ---- */

/* Names of elements that an assign puts below its location. */
typedef struct inserted {
	bool unknown;
	const char *top;  /* blank-separated */
	const char *deep; /* these and all below */
	bool surely;	  /* each of `top` is there afterwards */
} inserted;

static const char *add_word(tro_arena *arena, const char *list, const char *word)
{
	return list == NULL || tro_text_in_list(list, word)
		       ? list
		       : tro_arena_printf(arena, "%s%s%s", list, list[0] == '\0' ? "" : " ", word);
}

static const char *add_below(tro_arena *arena, const char *list, const tro_xml_node *node)
{
	for (tro_xml_node *n = tro_xml_first(node); n != NULL; n = tro_xml_next(n)) {
		list = add_below(arena, add_word(arena, list, tro_xml_name(n)), n);
	}
	return list;
}

static const char *add_param(tro_arena *arena, const char *list, const tro_chart_param *param)
{
	list = add_word(arena, list, param->name);
	if (param->row[0] != '\0') {
		list = add_word(arena, list, param->row);
	}
	for (size_t i = 0; i < param->column_count; i++) {
		list = add_word(arena, list, param->columns[i].name);
	}
	return list;
}

/* $_event/data/EVENT, $_event/data/EVENT/PARAM or $_event/data/EVENT/ * of a declared event. */
static inserted of_event(tro_arena *arena, const tro_chart *chart, const char *path)
{
	inserted out = {.unknown = true, .top = "", .deep = ""};
	prove_place place;

	if (tro_prove_place(&place, arena, path) != TRO_OK) {
		out.top = NULL; /* out of memory */
		return out;
	}
	if (place.text == NULL || strcmp(place.variable, "_event") != 0 || place.count < 2 ||
		place.count > 3 || place.steps[1].name == NULL) {
		return out;
	}
	const tro_chart_event *event = tro_chart_event_named(chart, place.steps[1].name);

	if (event == NULL) {
		return out;
	}
	out.unknown = false;
	if (place.count == 2) {
		out.top = out.deep = event->name;
		out.surely = !place.steps[1].odd;
	}
	for (size_t i = 0; i < event->param_count; i++) {
		const tro_chart_param *param = &event->params[i];

		if (place.count == 2) {
			out.deep = add_param(arena, out.deep, param);
		} else if (tro_prove_step_covers(&place.steps[2], param->name)) {
			out.top = add_word(arena, out.top, param->name);
			out.deep = add_param(arena, out.deep, param);
			out.surely = param->required && place.steps[2].name != NULL &&
				     !place.steps[2].odd;
		}
	}
	return out;
}

/* An expression whose value is text, by its first function. */
static bool is_text(const char *expr)
{
	static const char *const functions[] = {"string(", "concat(", "substring(",
		"normalize-space(", "number(", "count(", "translate(", "tro:", "'"};

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		if (tro_text_starts(expr, functions[i])) {
			return true;
		}
	}
	return false;
}

static inserted what_is_inserted(
	tro_arena *arena, const tro_chart *chart, const chart_assign_action *assign)
{
	inserted out = {.top = "", .deep = "", .surely = true};

	if (assign->kind == CHART_DELETE || assign->kind == CHART_ADD_ATTRIBUTE) {
		return out;
	}
	if (assign->expr != NULL) {
		return is_text(assign->expr->text) ? out
						   : of_event(arena, chart, assign->expr->text);
	}
	for (tro_xml_node *n = tro_xml_first(assign->element); n != NULL; n = tro_xml_next(n)) {
		out.top = add_word(arena, out.top, tro_xml_name(n));
	}
	out.deep = add_below(arena, out.deep, assign->element);
	out.unknown = out.top == NULL || out.deep == NULL;
	return out;
}

/* ---- what it does to a fact ---- */

typedef struct assignment {
	prove_place place;
	inserted in;
	chart_assign_kind kind;
	const char *attribute;
	bool local; /* of the definition that holds the fact */
} assignment;

/* The place whose children change, as a prefix of the fact: its own location, or for siblings the
 * parent, which has a step less. */
static bool below_meets(const assignment *a, const prove_place *fact, size_t count)
{
	prove_place parent = a->place;
	bool sibling = a->kind == CHART_PREVIOUS_SIBLING || a->kind == CHART_NEXT_SIBLING ||
		       a->kind == CHART_REPLACE;

	if (sibling && parent.text != NULL) {
		if (parent.count == 0) {
			return true;
		}
		parent.count--;
	}
	return tro_prove_meets(&parent, fact, count);
}

static bool may_insert(const assignment *a, const prove_place *fact)
{
	const char *last = fact->steps[fact->count - 1].name;

	if (a->kind == CHART_DELETE || a->kind == CHART_ADD_ATTRIBUTE) {
		return false;
	}
	if (!a->in.unknown && !tro_text_in_list(a->in.deep, last)) {
		return false;
	}
	for (size_t i = 0; i < fact->count; i++) {
		if (below_meets(a, fact, i) &&
			(a->in.unknown || tro_text_in_list(a->in.top, fact->steps[i].name))) {
			return true;
		}
	}
	return false;
}

static bool surely_inserts(const assignment *a, const prove_place *fact)
{
	const prove_step *last = &fact->steps[fact->count - 1];

	return (a->kind == CHART_FIRST_CHILD || a->kind == CHART_LAST_CHILD) && a->local &&
	       !a->in.unknown && a->in.surely && last->attribute[0] == '\0' &&
	       tro_text_in_list(a->in.top, last->name) &&
	       tro_prove_same(&a->place, fact, fact->count - 1);
}

static bool may_remove(const assignment *a, const prove_place *fact)
{
	size_t least;

	switch (a->kind) {
	case CHART_DELETE:
	case CHART_REPLACE:
		least = 1;
		break;
	case CHART_REPLACE_CHILDREN: /* what is below the location goes */
		least = 0;
		break;
	case CHART_FIRST_CHILD:
	case CHART_LAST_CHILD:
	case CHART_PREVIOUS_SIBLING:
	case CHART_NEXT_SIBLING:
	case CHART_ADD_ATTRIBUTE:
	default:
		return false;
	}
	for (size_t i = least; i < fact->count + least; i++) {
		if (tro_prove_meets(&a->place, fact, i)) {
			return true;
		}
	}
	return false;
}

/* Deletes all that the fact, or a step on the way to it, selects. */
static bool surely_removes(const assignment *a, const prove_place *fact)
{
	if (a->kind != CHART_DELETE || !a->local || a->place.text == NULL || a->place.count == 0 ||
		a->place.count > fact->count) {
		return false;
	}
	size_t last = a->place.count - 1;
	const prove_step *step = &a->place.steps[last];
	prove_place before = a->place;

	before.count = last;
	bool all = !step->odd && tro_prove_step_covers(step, fact->steps[last].name) &&
		   (step->attribute[0] == '\0' ||
			   (strcmp(step->attribute, fact->steps[last].attribute) == 0 &&
				   strcmp(step->variable, fact->steps[last].variable) == 0));

	return all && tro_prove_same(&before, fact, last);
}

/* Gives or takes the attribute that a step is picked by. */
static bool may_pick(const assignment *a, const prove_place *fact)
{
	for (size_t i = 0; a->kind == CHART_ADD_ATTRIBUTE && i < fact->count; i++) {
		if (a->attribute != NULL && strcmp(a->attribute, fact->steps[i].attribute) == 0 &&
			tro_prove_meets(&a->place, fact, i + 1)) {
			return true;
		}
	}
	return false;
}

/* PROVE_OPEN + 1, as no change at all. */
enum { UNTOUCHED = PROVE_LOOSE + 1 };

static unsigned change_of(const assignment *a, const prove_place *fact)
{
	if (surely_inserts(a, fact)) {
		return PROVE_SET;
	}
	if (surely_removes(a, fact)) {
		return PROVE_CLEAR;
	}
	return may_insert(a, fact) || may_remove(a, fact) || may_pick(a, fact) ? PROVE_LOOSE
									       : UNTOUCHED;
}

/* ---- which facts there are ---- */

static bool declares(const tro_chart *chart, const char *variable)
{
	for (const chart_data *d = chart->data; d != NULL; d = d->next) {
		if (strcmp(d->id, variable) == 0) {
			return true;
		}
	}
	return false;
}

static uint32_t root_of(const prove *p)
{
	uint32_t root = 0;

	while (!p->kinds[root].root) {
		root++;
	}
	return root;
}

/* The document that all share is what the root declares and this definition does not. */
static bool shared(const prove *p, uint32_t kind, const char *variable)
{
	return declares(p->kinds[root_of(p)].chart, variable) &&
	       (p->kinds[kind].root || !declares(p->kinds[kind].chart, variable));
}

static bool can_follow(const prove *p, uint32_t kind, const prove_place *place)
{
	if (place->text == NULL || place->count == 0 || !shared(p, kind, place->variable)) {
		return false;
	}
	for (size_t i = 0; i < place->count; i++) {
		const prove_step *step = &place->steps[i];

		if (step->name == NULL || step->odd ||
			(step->attribute[0] != '\0' &&
				(p->kinds[kind].root ||
					!declares(p->kinds[kind].chart, step->variable)))) {
			return false;
		}
	}
	return true;
}

/* Is there such an element in the document as it begins? */
static bool begins_with(const tro_xml_node *first, const prove_place *place, size_t at)
{
	for (const tro_xml_node *n = first; n != NULL; n = tro_xml_next(n)) {
		if (strcmp(tro_xml_name(n), place->steps[at].name) == 0 &&
			(at + 1 == place->count || begins_with(tro_xml_first(n), place, at + 1))) {
			return true;
		}
	}
	return false;
}

typedef struct search {
	prove *p;
	uint32_t kind;
	prove_fact *fact;
	uint32_t fact_index;
} search;

static bool other_document(const prove *p, uint32_t kind, const assignment *a)
{
	return a->place.text != NULL && !shared(p, kind, a->place.variable);
}

static tro_status add_effect(prove *p, const chart_action *action, prove_effect effect)
{
	prove_effect *list =
		tro_prove_room(p->effects, &p->effect_room, p->effect_count, sizeof(*list));

	if (list == NULL) {
		return TRO_NOMEM;
	}
	p->effects = list;
	effect.action = action;
	effect.next = tro_prove_map_get(&p->effects_of, action);
	p->effects[p->effect_count] = effect;
	return tro_prove_map_put(&p->effects_of, action, (uint32_t)p->effect_count++) ? TRO_OK
										      : TRO_NOMEM;
}

/* The next alternative of a union from *at on, outside brackets and quotes; NULL at the end. */
static const char *next_alternative(tro_arena *arena, const char **at, bool *failed)
{
	const char *begin = *at;
	const char *p = begin;
	size_t depth = 0;

	if (*p == '\0') {
		return NULL;
	}
	for (char quote = '\0'; *p != '\0' && (quote != '\0' || depth > 0 || *p != '|'); p++) {
		if (quote != '\0') {
			quote = *p == quote ? '\0' : quote;
		} else if (*p == '\'' || *p == '"') {
			quote = *p;
		} else if (*p == '[' || *p == '(') {
			depth++;
		} else if (*p == ']' || *p == ')') {
			depth -= depth > 0;
		}
	}
	*at = *p == '\0' ? p : p + 1;
	begin += strspn(begin, " \t\r\n");
	const char *out = tro_arena_strndup(arena, begin, (size_t)(p - begin));

	*failed = out == NULL;
	return out;
}

/* What an assign does to a fact: the most that it does at any place that it names. */
static tro_status weigh_assign(
	search *s, uint32_t kind, const chart_action *action, unsigned *out, bool *inserts)
{
	prove *p = s->p;
	const chart_assign_action *assign = &action->of.assign;
	const char *at = assign->location == NULL ? "" : assign->location->text;
	size_t places = 0;
	bool failed = false;

	*out = UNTOUCHED;
	*inserts = false;
	for (const char *text; (text = next_alternative(p->arena, &at, &failed)) != NULL;
		places++) {
		assignment a = {.kind = assign->kind,
			.attribute = assign->attribute,
			.local = kind == s->kind};

		a.in = what_is_inserted(p->arena, p->kinds[kind].chart, assign);
		if (a.in.top == NULL || a.in.deep == NULL ||
			tro_prove_place(&a.place, p->arena, text) != TRO_OK) {
			return TRO_NOMEM;
		}
		unsigned change =
			other_document(p, kind, &a) ? UNTOUCHED : change_of(&a, &s->fact->place);

		if (change != UNTOUCHED) {
			*out = places == 0 && *at == '\0' ? change : PROVE_LOOSE;
			*inserts = *inserts || may_insert(&a, &s->fact->place);
		}
	}
	return failed ? TRO_NOMEM : TRO_OK;
}

static tro_status touch(void *user, uint32_t kind, const chart_action *action)
{
	search *s = user;
	unsigned change;
	bool inserts;

	if (action->kind != CHART_DO_ASSIGN) {
		return TRO_OK;
	}
	tro_status status = weigh_assign(s, kind, action, &change, &inserts);

	if (status != TRO_OK || change == UNTOUCHED) {
		return status;
	}
	/* What others write may be there when the matter is opened. */
	if (kind != s->kind && !s->p->kinds[s->kind].root && inserts) {
		s->fact->first = PROVE_OPEN;
	}
	return add_effect(s->p, action,
		(prove_effect){
			.kind = s->kind, .fact = s->fact_index, .change = (prove_change)change});
}

/* Takes back what was noted of a fact that is not followed after all. */
static void forget_effects(prove *p, uint32_t kind, uint32_t fact)
{
	while (p->effect_count > 0 && p->effects[p->effect_count - 1].kind == kind &&
		p->effects[p->effect_count - 1].fact == fact) {
		const prove_effect *last = &p->effects[--p->effect_count];

		(void)tro_prove_map_put(&p->effects_of, last->action, last->next);
	}
}

/* Does some step make the fact true whatever was typed: not only within <foreach>, or an <if> that
 * asks the event? What hangs on what is typed is free in any case. */
static bool made_surely(const prove *p, const chart_action *first, uint32_t kind, uint32_t fact)
{
	for (const chart_action *a = first; a != NULL; a = a->next) {
		for (uint32_t i = a->kind == CHART_DO_ASSIGN ? tro_prove_map_get(&p->effects_of, a)
							     : PROVE_NONE;
			i != PROVE_NONE; i = p->effects[i].next) {
			if (p->effects[i].kind == kind && p->effects[i].fact == fact &&
				p->effects[i].change == PROVE_SET) {
				return true;
			}
		}
		for (const chart_branch *b = a->kind == CHART_DO_IF ? a->of.branches : NULL;
			b != NULL; b = b->next) {
			if ((b->cond == NULL || !b->cond->asks_event) &&
				made_surely(p, b->actions, kind, fact)) {
				return true;
			}
		}
	}
	return false;
}

static bool worth_following(const prove *p, uint32_t kind, uint32_t fact)
{
	const tro_chart *chart = p->kinds[kind].chart;
	bool can_be = p->kinds[kind].facts[fact].first != PROVE_FALSE;

	for (size_t i = 0; i < p->effect_count; i++) {
		const prove_effect *e = &p->effects[i];

		can_be = can_be || (e->kind == kind && e->fact == fact && e->change != PROVE_CLEAR);
	}
	if (!can_be) {
		return true; /* it costs nothing */
	}

	for (size_t t = 0; t < chart->transition_count; t++) {
		if (made_surely(p, chart->transitions[t].actions, kind, fact)) {
			return true;
		}
	}
	for (size_t s = 0; s < chart->state_count; s++) {
		for (const chart_block *b = chart->states[s].onentry; b != NULL; b = b->next) {
			if (made_surely(p, b->actions, kind, fact)) {
				return true;
			}
		}
		for (const chart_block *b = chart->states[s].onexit; b != NULL; b = b->next) {
			if (made_surely(p, b->actions, kind, fact)) {
				return true;
			}
		}
	}
	return false;
}

static tro_status follow(prove *p, uint32_t kind, prove_leaf *leaf)
{
	prove_kind *k = &p->kinds[kind];
	prove_place place;
	tro_status status = tro_prove_place(&place, p->arena, leaf->text);

	if (status != TRO_OK || k->fact_count == PROVE_FACTS_MAX || leaf->asks_event ||
		!can_follow(p, kind, &place)) {
		return status;
	}
	prove_fact *fact = &k->facts[k->fact_count];

	*fact = (prove_fact){.place = place, .first = PROVE_FALSE};
	if (begins_with(tro_chart_data(p->kinds[root_of(p)].chart, place.variable), &place, 0)) {
		fact->first = PROVE_OPEN;
	}
	search s = {.p = p, .kind = kind, .fact = fact, .fact_index = (uint32_t)k->fact_count};

	for (uint32_t other = 0; other < p->kind_count && status == TRO_OK; other++) {
		status = tro_prove_each_action(p->kinds[other].chart, other, touch, &s);
	}
	if (status == TRO_OK && worth_following(p, kind, s.fact_index)) {
		leaf->fact = s.fact_index;
		k->fact_count++;
	} else {
		forget_effects(p, kind, s.fact_index);
	}
	return status;
}

/* ---- guards ---- */

static tro_status read_text(prove *p, uint32_t kind, const void *key, const char *text)
{
	prove_kind *k = &p->kinds[kind];

	if (key == NULL || text == NULL || tro_prove_map_get(&p->guards, key) != PROVE_NONE) {
		return TRO_OK;
	}
	const prove_guard **list =
		tro_prove_room(p->guard_list, &p->guard_room, p->guard_count, sizeof(*list));

	if (list == NULL) {
		return TRO_NOMEM;
	}
	p->guard_list = list;
	const prove_guard *guard = tro_prove_guard(p->arena, k->chart, &k->leaves, text);

	if (guard == NULL || !tro_prove_map_put(&p->guards, key, (uint32_t)p->guard_count)) {
		return TRO_NOMEM;
	}
	p->guard_list[p->guard_count++] = guard;
	return TRO_OK;
}

static tro_status read_guard(prove *p, uint32_t kind, const chart_expr *expr)
{
	return expr == NULL ? TRO_OK : read_text(p, kind, expr, expr->text);
}

const prove_guard *tro_prove_guard_of(const prove *p, const void *expr)
{
	uint32_t index = expr == NULL ? PROVE_NONE : tro_prove_map_get(&p->guards, expr);

	return index == PROVE_NONE ? NULL : p->guard_list[index];
}

static tro_status read_requires(prove *p, uint32_t kind, const chart_require *first)
{
	tro_status status = TRO_OK;

	for (const chart_require *r = first; r != NULL && status == TRO_OK; r = r->next) {
		if (r->level == TRO_LEVEL_BLOCK) {
			status = read_guard(p, kind, r->test);
		}
	}
	return status;
}

static tro_status read_if(void *user, uint32_t kind, const chart_action *action)
{
	tro_status status = TRO_OK;

	for (const chart_branch *b = action->kind == CHART_DO_IF ? action->of.branches : NULL;
		b != NULL && status == TRO_OK; b = b->next) {
		status = read_guard(user, kind, b->cond);
	}
	return status;
}

static tro_status read_guards(prove *p, uint32_t kind)
{
	const tro_chart *chart = p->kinds[kind].chart;
	tro_status status = TRO_OK;

	for (size_t t = 0; t < chart->transition_count && status == TRO_OK; t++) {
		status = read_guard(p, kind, chart->transitions[t].cond);
		if (status == TRO_OK) {
			status = read_requires(p, kind, chart->transitions[t].requires);
		}
	}
	for (size_t e = 0; e < chart->event_count && status == TRO_OK; e++) {
		status = read_requires(p, kind, chart->rules[e].requires);
	}
	for (const tro_xml_node *n =
			tro_xml_first_named(chart->states[0].element, TRO_WORKFLOW_NS, "property");
		n != NULL && status == TRO_OK;
		n = tro_xml_next_named(n, TRO_WORKFLOW_NS, "property")) {
		status = read_text(p, kind, n, tro_xml_get(n, NULL, "always"));
	}
	return status;
}

tro_status tro_prove_find_facts(prove *p)
{
	tro_status status = TRO_OK;

	for (uint32_t k = 0; k < p->kind_count && status == TRO_OK; k++) {
		prove_kind *kind = &p->kinds[k];

		status = read_guards(p, k);
		kind->facts = tro_arena_array(p->arena, PROVE_FACTS_MAX, sizeof(*kind->facts));
		if (kind->facts == NULL) {
			status = TRO_NOMEM;
		}
		/* A path that only an <if> asks for is free: it would be followed for little. */
		for (size_t i = 0; i < kind->leaves.count && status == TRO_OK; i++) {
			status = follow(p, k, &kind->leaves.list[i]);
		}
	}
	for (uint32_t k = 0; k < p->kind_count && status == TRO_OK; k++) {
		status = tro_prove_each_action(p->kinds[k].chart, k, read_if, p);
	}
	return status;
}
