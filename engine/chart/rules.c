/* Rules of a definition that the graph shows to be void: order, events, four eyes, remedies. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/prove.h"

/* ---- transitions on one event with no order between them ---- */

/* Is every event that b matches one that a matches? */
static bool covers(const chart_descriptor *a, const chart_descriptor *b)
{
	return a->len == 0 || (b->len >= a->len && strncmp(a->name, b->name, a->len) == 0 &&
				      (b->len == a->len || b->name[a->len] == '.'));
}

static bool share_event(const chart_transition *a, const chart_transition *b)
{
	if (a->event_count == 0 || b->event_count == 0) {
		return a->event_count == b->event_count;
	}
	for (size_t i = 0; i < a->event_count; i++) {
		for (size_t j = 0; j < b->event_count; j++) {
			if (covers(&a->events[i], &b->events[j]) ||
				covers(&b->events[j], &a->events[i])) {
				return true;
			}
		}
	}
	return false;
}

static bool covers_all(const chart_transition *a, const chart_transition *b)
{
	if (a->event_count == 0 || b->event_count == 0) {
		return a->event_count == b->event_count;
	}
	for (size_t j = 0; j < b->event_count; j++) {
		bool covered = false;

		for (size_t i = 0; i < a->event_count; i++) {
			covered = covered || covers(&a->events[i], &b->events[j]);
		}
		if (!covered) {
			return false;
		}
	}
	return true;
}

static const char *event_text(const chart_transition *t)
{
	return t->event_count == 0 ? "without event"
				   : (t->events[0].len == 0 ? "*" : t->events[0].name);
}

/* The first node in which both sources are active and both conds can hold. */
static uint32_t both_enabled(
	const prove *p, uint32_t kind, const chart_transition *a, const chart_transition *b)
{
	const prove_kind *k = &p->kinds[kind];
	static const prove_guard always = {.kind = GUARD_CONST, .value = true};
	const prove_guard *x = a->cond == NULL ? &always : tro_prove_guard_of(p, a->cond);
	const prove_guard *y = b->cond == NULL ? &always : tro_prove_guard_of(p, b->cond);
	uint32_t found = PROVE_NONE;

	/* What excludes itself whatever is known need not be asked of each node. */
	bool ever = tro_prove_overlap(&k->leaves, x, y, NULL, k->trial);

	for (uint32_t n = 0; ever && n < p->node_count && found == PROVE_NONE; n++) {
		const uint64_t *node = prove_bits(p, n);
		const uint64_t *bits = prove_configuration(p, kind, node);

		if (prove_running(p, kind, node) && bits_has(bits, a->source) &&
			bits_has(bits, b->source)) {
			tro_prove_known(p, kind, node, k->known);
			if (tro_prove_overlap(&k->leaves, x, y, k->known, k->trial)) {
				found = n;
			}
		}
	}
	return found;
}

static tro_status compare(const prove *p, const prove_set *set, uint32_t kind,
	const chart_transition *a, const chart_transition *b)
{
	const tro_chart *chart = p->kinds[kind].chart;
	const char *state = chart->states[a->source].id;

	if (a->cond == NULL) {
		uint32_t node =
			covers_all(a, b) ? tro_prove_first_in(p, kind, a->source) : PROVE_NONE;

		return node == PROVE_NONE
			       ? TRO_OK
			       : tro_prove_find(p, set, "order", kind, b->line,
					 "give the earlier one a cond, or put it last", node,
					 "this transition of %s on %s is never taken: the one of "
					 "line %d takes all of them first",
					 state, event_text(b), a->line);
	}
	if (b->cond == NULL) {
		return TRO_OK; /* the otherwise */
	}
	uint32_t node = both_enabled(p, kind, a, b);

	return node == PROVE_NONE
		       ? TRO_OK
		       : tro_prove_find(p, set, "order", kind, b->line,
				 "let the conds exclude each other, or leave out the last one",
				 node,
				 "two transitions of %s on %s, here and in line %d, have conds "
				 "that may hold together: only their place in the file decides",
				 state, event_text(b), a->line);
}

/* The transition of an initial or of a history: no event selects it. */
static bool is_initial(const tro_chart *chart, const chart_transition *t)
{
	return chart->states[t->source].initial == (uint32_t)(t - chart->transitions);
}

/* In states of different regions: what one leaves, the other leaves too. */
static tro_status compare_regions(const prove *p, const prove_set *set, uint32_t kind,
	const chart_transition *a, const chart_transition *b)
{
	const tro_chart *chart = p->kinds[kind].chart;
	bool apart = !is_initial(chart, a) && !is_initial(chart, b) && a->source != b->source &&
		     !chart_is_below(chart, a->source, b->source) &&
		     !chart_is_below(chart, b->source, a->source);

	if (!apart || a->domain == CHART_NONE || b->domain == CHART_NONE || !share_event(a, b) ||
		(a->domain != b->domain && !chart_is_below(chart, a->domain, b->domain) &&
			!chart_is_below(chart, b->domain, a->domain))) {
		return TRO_OK;
	}
	uint32_t node = both_enabled(p, kind, a, b);

	return node == PROVE_NONE
		       ? TRO_OK
		       : tro_prove_find(p, set, "order", kind, b->line,
				 "write one transition of the state that holds both", node,
				 "transitions of %s and %s on %s, here and in line %d, leave the "
				 "same states: only their place in the file decides",
				 chart->states[b->source].id, chart->states[a->source].id,
				 event_text(b), a->line);
}

static bool has_parallel(const tro_chart *chart)
{
	for (size_t s = 0; s < chart->state_count; s++) {
		if (chart->states[s].kind == CHART_PARALLEL) {
			return true;
		}
	}
	return false;
}

static tro_status find_disorder(const prove *p, const prove_set *set, uint32_t kind)
{
	const tro_chart *chart = p->kinds[kind].chart;
	bool parallel = has_parallel(chart);
	tro_status status = TRO_OK;

	for (size_t s = 0; s < chart->state_count && status == TRO_OK; s++) {
		for (uint32_t i = chart->states[s].first_transition;
			i != CHART_NONE && status == TRO_OK; i = chart->transitions[i].next) {
			const chart_transition *a = &chart->transitions[i];

			for (uint32_t j = a->next; j != CHART_NONE && status == TRO_OK;
				j = chart->transitions[j].next) {
				if (share_event(a, &chart->transitions[j])) {
					status = compare(p, set, kind, a, &chart->transitions[j]);
				}
			}
		}
	}
	for (size_t i = 0; parallel && i < chart->transition_count && status == TRO_OK; i++) {
		for (size_t j = i + 1; j < chart->transition_count && status == TRO_OK; j++) {
			status = compare_regions(
				p, set, kind, &chart->transitions[i], &chart->transitions[j]);
		}
	}
	return status;
}

/* ---- events ---- */

static bool has_role(const tro_chart_event *event)
{
	return event->role[strspn(event->role, " \t\r\n")] != '\0';
}

bool tro_prove_happens(const prove *p, uint32_t kind, const char *name)
{
	for (size_t i = 0; i < p->label_count; i++) {
		for (size_t j = 0; j < p->labels[i].deed_count; j++) {
			const prove_deed *d = &p->deeds[p->labels[i].deeds[j]];

			if (d->kind == kind && !d->filing && strcmp(d->name, name) == 0) {
				return true;
			}
		}
	}
	return false;
}

typedef struct raiser {
	const prove *p;
	const char *event;
	uint32_t kind; /* that should hear it */
	bool inside;   /* the kind raises it itself */
	bool found;
} raiser;

static tro_status look_for_raiser(void *user, uint32_t kind, const chart_action *a)
{
	raiser *r = user;
	const prove *p = r->p;

	if (a->kind == CHART_DO_RAISE && kind == r->kind && strcmp(a->of.raise, r->event) == 0) {
		r->inside = r->found = true;
	}
	if (a->kind == CHART_DO_SEND) {
		const prove_route *route = &p->routes[tro_prove_map_get(&p->routes_of, a)];
		const char *event = a->of.send->event.text;
		const char *target = a->of.send->target.text;
		bool hears = route->own ? kind == r->kind : bits_has(route->kinds, r->kind);

		if (hears && (event == NULL || strcmp(event, r->event) == 0)) {
			r->found = true;
			r->inside =
				r->inside || (target != NULL && strcmp(target, "#_internal") == 0);
		}
	}
	return TRO_OK;
}

/* The first node in which an active state has a transition for the event. */
static uint32_t first_that_takes(const prove *p, uint32_t kind, const char *event, bool *any)
{
	const tro_chart *chart = p->kinds[kind].chart;
	uint32_t best = PROVE_NONE;

	*any = false;
	for (size_t t = 0; t < chart->transition_count; t++) {
		if (tro_chart_accepts(&chart->transitions[t], event)) {
			uint32_t node = tro_prove_first_in(p, kind, chart->transitions[t].source);

			*any = true;
			best = node < best ? node : best;
		}
	}
	return best;
}

static raiser who_raises(const prove *p, uint32_t kind, const char *event)
{
	raiser r = {.p = p, .event = event, .kind = kind};

	for (uint32_t k = 0; k < p->kind_count; k++) {
		(void)tro_prove_each_action(p->kinds[k].chart, k, look_for_raiser, &r);
	}
	return r;
}

bool tro_prove_raised_inside(const prove *p, uint32_t kind, const char *event)
{
	return who_raises(p, kind, event).inside;
}

static tro_status check_event(const prove *p, const prove_set *set, uint32_t kind, size_t index)
{
	const tro_chart *chart = p->kinds[kind].chart;
	const tro_chart_event *event = &chart->events[index];
	int line = chart->rules[index].line;
	raiser r = who_raises(p, kind, event->name);
	bool any = false;

	if (r.inside || tro_prove_happens(p, kind, event->name)) {
		return TRO_OK;
	}
	uint32_t node = first_that_takes(p, kind, event->name, &any);

	if (!has_role(event) && !r.found) {
		return tro_prove_find(p, set, "event", kind, line,
			"give it a role, or let a matter or a deadline send it", node,
			"nobody may raise %s: it has no role, and nothing that is checked here "
			"sends it",
			event->name);
	}
	if (!any) {
		return tro_prove_find(p, set, "event", kind, line,
			"write a transition for it, or remove it", PROVE_NONE,
			"no transition takes %s", event->name);
	}
	return tro_prove_find(p, set, "event", kind, line, "see when it can come", node,
		"%s can never take place: where a transition would take it, it is refused or "
		"does not come",
		event->name);
}

/* ---- four eyes ---- */

static bool somebody_does(const prove_set *set, const char *name, bool *declared)
{
	bool found = false;

	*declared = false;
	for (size_t i = 0; i < set->count; i++) {
		const tro_chart_event *event = tro_chart_event_named(set->charts[i], name);

		*declared = *declared || event != NULL;
		found = found || (event != NULL && has_role(event));
	}
	return found;
}

/* Does a blocking requirement ask for the person who did the event? */
static bool eats(const char **at, const char *text)
{
	bool good = tro_text_starts(*at, text);

	*at += good ? strlen(text) : 0;
	return good;
}

static bool asks_for_actor(const chart_require *first, const char *event, const char *of)
{
	for (const chart_require *r = first; r != NULL; r = r->next) {
		const char *at = r->test == NULL ? "" : r->test->text;

		at += strspn(at, " \t\r\n");
		if (r->level == TRO_LEVEL_BLOCK && eats(&at, "$_event/data/") && eats(&at, event) &&
			eats(&at, "/@person = $_x/acts/act[@event = '") && eats(&at, of) &&
			strcmp(at, "']/@person") == 0) {
			return true;
		}
	}
	return false;
}

static bool contradicted(const tro_chart *chart, size_t index, const char *of)
{
	const char *event = chart->events[index].name;
	bool all = false;

	if (asks_for_actor(chart->rules[index].requires, event, of)) {
		return true;
	}
	for (size_t t = 0; t < chart->transition_count; t++) {
		if (tro_chart_accepts(&chart->transitions[t], event)) {
			if (!asks_for_actor(chart->transitions[t].requires, event, of)) {
				return false;
			}
			all = true;
		}
	}
	return all;
}

/* The next name of a blank-separated list of events, ^ or not; false at the end. A name
 * that does not fit is cut. */
static bool next_name(const char **at, char *name, size_t size)
{
	*at += strspn(*at, " \t\r\n^");
	size_t len = strcspn(*at, " \t\r\n");
	size_t kept = len < size ? len : size - 1;

	memcpy(name, *at, kept);
	name[kept] = '\0';
	*at += len;
	return len > 0;
}

static tro_status check_eyes(const prove *p, const prove_set *set, uint32_t kind, size_t index)
{
	const tro_chart *chart = p->kinds[kind].chart;
	const tro_chart_event *event = &chart->events[index];
	int line = chart->rules[index].line;
	bool any = false;
	uint32_t node = event->not_actor_of[0] == '\0'
				? PROVE_NONE
				: first_that_takes(p, kind, event->name, &any);
	const char *at = event->not_actor_of;
	char name[160];
	tro_status status = TRO_OK;

	if (at[0] != '\0' && !has_role(event)) {
		return tro_prove_find(p, set, "four-eyes", kind, line, "give the event a role",
			node, "the four-eyes rule of %s cannot be met: no person may do the event",
			event->name);
	}
	while (status == TRO_OK && next_name(&at, name, sizeof(name))) {
		bool declared = false;

		if (contradicted(chart, index, name)) {
			status = tro_prove_find(p, set, "four-eyes", kind, line,
				"drop the rule or the requirement", node,
				"the four-eyes rule of %s cannot be met: whoever did %s is kept "
				"out, and a requirement asks for just that person",
				event->name, name);
		} else if (!somebody_does(set, name, &declared)) {
			status = tro_prove_find(p, set, "four-eyes", kind, line,
				"name an event that a person does", node,
				"the four-eyes rule of %s keeps nobody out: %s %s", event->name,
				name, declared ? "is done by no person" : "is no event");
		}
	}
	return status;
}

/* ---- remedies ---- */

static tro_status check_remedy(
	const prove *p, const prove_set *set, uint32_t kind, const chart_require *r, uint32_t node)
{
	const char *at = r->remedy;
	char name[160];
	tro_status status = TRO_OK;

	if (tro_text_starts(at, "tro ")) {
		return TRO_OK;
	}
	while (status == TRO_OK && next_name(&at, name, sizeof(name))) {
		bool declared = false;

		if (!somebody_does(set, name, &declared)) {
			status = tro_prove_find(p, set, "remedy", kind, r->line,
				"name an event that a person does", node,
				"the remedy of requirement %s is of no use: %s %s", r->id, name,
				declared ? "is done by no person" : "is no event");
		}
	}
	return status;
}

static tro_status find_remedies(const prove *p, const prove_set *set, uint32_t kind)
{
	const tro_chart *chart = p->kinds[kind].chart;
	tro_status status = TRO_OK;

	for (size_t e = 0; e < chart->event_count && status == TRO_OK; e++) {
		bool any;
		uint32_t node = first_that_takes(p, kind, chart->events[e].name, &any);

		for (const chart_require *r = chart->rules[e].requires;
			r != NULL && status == TRO_OK; r = r->next) {
			status = check_remedy(p, set, kind, r, node);
		}
	}
	for (size_t t = 0; t < chart->transition_count && status == TRO_OK; t++) {
		const chart_require *first = chart->transitions[t].requires;
		uint32_t node = first == NULL
					? PROVE_NONE
					: tro_prove_first_in(p, kind, chart->transitions[t].source);

		for (const chart_require *r = first; r != NULL && status == TRO_OK; r = r->next) {
			status = check_remedy(p, set, kind, r, node);
		}
	}
	return status;
}

/* ---- matters ---- */

typedef struct unknown_matters {
	const prove *p;
	const prove_set *set;
} unknown_matters;

static tro_status check_matter(void *user, uint32_t kind, const chart_action *a)
{
	const unknown_matters *u = user;
	const prove *p = u->p;

	if (a->kind != CHART_DO_HOST || strcmp(a->of.host->name, "matter") != 0) {
		return TRO_OK;
	}
	const prove_route *route = &p->routes[tro_prove_map_get(&p->routes_of, a)];

	for (const chart_host_attribute *h = a->of.host->attributes; h != NULL; h = h->next) {
		if (strcmp(h->name, "definition") == 0 && h->value.text != NULL &&
			bits_from(route->kinds, 0, p->kind_count) == BITS_NONE) {
			return tro_prove_find(p, u->set, "matter", kind, a->line,
				"give the file of that definition too", PROVE_NONE,
				"%s is not among the definitions: what it does is not explored",
				h->value.text);
		}
	}
	return TRO_OK;
}

tro_status tro_prove_rules(const prove *p, const prove_set *set)
{
	unknown_matters u = {.p = p, .set = set};
	tro_status status = TRO_OK;

	for (uint32_t k = 0; k < p->kind_count && status == TRO_OK; k++) {
		status = tro_prove_each_action(p->kinds[k].chart, k, check_matter, &u);
		if (status == TRO_OK) {
			status = find_disorder(p, set, k);
		}
		for (size_t e = 0; e < p->kinds[k].chart->event_count && status == TRO_OK; e++) {
			status = check_event(p, set, k, e);
			if (status == TRO_OK) {
				status = check_eyes(p, set, k, e);
			}
		}
		if (status == TRO_OK) {
			status = find_remedies(p, set, k);
		}
	}
	return status;
}
