/*
 * Never X before Y; with not-by also: unless the last Y was done by a person who by then has done
 * none of these.
 *
 * Persons are told apart one at a time. One arbitrary person A is followed, with what A has done of
 * the events that count; whatever anybody else does is done by another. There are always people
 * enough, so another may do any event; A may do one unless a four-eyes rule keeps A out. Whoever
 * breaks the property is one person, who did the last Y: so it is broken if and only if some A
 * breaks it. Events that the same rules name are one class.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/prove.h"

enum { NO_Y, Y_BY_A, Y_BY_OTHER, Y_STATES };
enum { CLASSES_MAX = 10, EVENTS_MAX = 64, RULES_MAX = 32 };

typedef struct counted_event {
	const char *name;
	uint64_t rules; /* that name it; bit 0: not_by */
	unsigned class;
	uint16_t excluded_by; /* who has done one of these classes may not do it */
} counted_event;

/* What a label means to the property. */
typedef struct meaning {
	bool x, y, y_first;	    /* y_first: before all else of the step */
	const counted_event *event; /* NULL when it does not count who does it */
} meaning;

typedef struct place { /* in the search */
	uint32_t node, from, label;
	uint16_t did;
	uint8_t y;
	bool by_a;
} place;

typedef struct search {
	const prove *p;
	uint32_t kind;
	const prove_words *words;
	const char *rules[RULES_MAX]; /* lists of excluded events; the first is not_by */
	size_t rule_count;
	counted_event events[EVENTS_MAX];
	size_t event_count;
	uint64_t classes[CLASSES_MAX];
	size_t class_count;
	meaning *labels;
	uint16_t not_by; /* classes */
	uint8_t *seen;	 /* a bit for each node, did and y */
	place *places;
	size_t place_count, place_room;
} search;

bool tro_prove_listed(uint32_t kind, const char *list, const prove_deed *deed)
{
	for (const char *at = list + strspn(list, " \t\r\n"); *at != '\0';
		at += strspn(at, " \t\r\n")) {
		const char *end = at + strcspn(at, " \t\r\n");
		bool other = *at == '^';
		const char *name = at + other;
		bool filing = tro_text_starts(name, "filing:");

		name += filing ? strlen("filing:") : 0;
		if (other == (deed->kind != kind) && filing == deed->filing &&
			strlen(deed->name) == (size_t)(end - name) &&
			memcmp(deed->name, name, (size_t)(end - name)) == 0) {
			return true;
		}
		at = end;
	}
	return false;
}

/* Is an event of this name, of whichever definition, in the list of a four-eyes rule? */
static bool names(const char *list, const char *event)
{
	size_t len = strlen(event);

	for (const char *at = strstr(list, event); at != NULL; at = strstr(at + 1, event)) {
		bool begins = at == list || strchr(" \t\r\n^", at[-1]) != NULL;

		if (begins && (at[len] == '\0' || strchr(" \t\r\n", at[len]) != NULL)) {
			return true;
		}
	}
	return false;
}

/* ---- which events count ---- */

static const char *rule_of(const search *s, const char *event)
{
	for (size_t k = 0; k < s->p->kind_count; k++) {
		const tro_chart_event *e = tro_chart_event_named(s->p->kinds[k].chart, event);

		if (e != NULL && e->not_actor_of[0] != '\0') {
			return e->not_actor_of;
		}
	}
	return "";
}

static bool add_event(search *s, const char *name)
{
	for (size_t i = 0; i < s->event_count; i++) {
		if (strcmp(s->events[i].name, name) == 0) {
			return true;
		}
	}
	if (s->event_count == EVENTS_MAX) {
		return false;
	}
	s->events[s->event_count++] = (counted_event){.name = name};
	return true;
}

/* Adds the declared events that a list names. */
static bool add_events(search *s, const char *list)
{
	bool good = true;

	for (size_t k = 0; k < s->p->kind_count; k++) {
		const tro_chart *chart = s->p->kinds[k].chart;

		for (size_t e = 0; e < chart->event_count; e++) {
			if (names(list, chart->events[e].name)) {
				good = add_event(s, chart->events[e].name) && good;
			}
		}
	}
	return good;
}

static bool add_rule(search *s, const char *list)
{
	for (size_t i = 0; i < s->rule_count; i++) {
		if (strcmp(s->rules[i], list) == 0) {
			return true;
		}
	}
	if (list[0] == '\0' || s->rule_count == RULES_MAX) {
		return list[0] == '\0';
	}
	s->rules[s->rule_count++] = list;
	return true;
}

static bool classify(search *s)
{
	for (size_t i = 0; i < s->event_count; i++) {
		counted_event *e = &s->events[i];
		unsigned c = 0;

		for (size_t r = 0; r < s->rule_count; r++) {
			e->rules |= (uint64_t)names(s->rules[r], e->name) << r;
		}
		while (c < s->class_count && s->classes[c] != e->rules) {
			c++;
		}
		if (c == CLASSES_MAX) {
			return false;
		}
		s->classes[c] = e->rules;
		s->class_count += c == s->class_count;
		e->class = c;
	}
	return true;
}

/* What A does counts when not_by names it, or when it could keep A from Y. */
static bool prepare(search *s)
{
	if (s->words->not_by[0] == '\0') {
		return true;
	}
	bool good = add_rule(s, s->words->not_by) && add_events(s, s->words->not_by);
	size_t direct;

	good = good && add_events(s, s->words->y);
	direct = s->event_count;
	for (size_t i = 0; i < direct && good; i++) {
		const char *list = rule_of(s, s->events[i].name);

		good = add_rule(s, list) && add_events(s, list);
	}
	return good && classify(s);
}

static const counted_event *counted(const search *s, const char *event)
{
	for (size_t i = 0; i < s->event_count; i++) {
		if (strcmp(s->events[i].name, event) == 0) {
			return &s->events[i];
		}
	}
	return NULL;
}

/* The classes that the rule of an event keeps out. */
static uint16_t excluded_by(const search *s, const char *event)
{
	const char *list = rule_of(s, event);
	uint16_t out = 0;

	for (size_t r = 0; r < s->rule_count; r++) {
		for (size_t c = 0; strcmp(s->rules[r], list) == 0 && c < s->class_count; c++) {
			out |= (uint16_t)((s->classes[c] >> r & 1) << c);
		}
	}
	return out;
}

static bool has(const search *s, const prove_label *label, const char *list, size_t count)
{
	for (size_t i = 0; i < count && i < label->deed_count; i++) {
		if (tro_prove_listed(s->kind, list, &s->p->deeds[label->deeds[i]])) {
			return true;
		}
	}
	return false;
}

static bool understand(search *s)
{
	s->labels = calloc(s->p->label_count + 1, sizeof(*s->labels));
	for (size_t i = 0; s->labels != NULL && i < s->p->label_count; i++) {
		const prove_label *label = &s->p->labels[i];

		s->labels[i] = (meaning){.x = has(s, label, s->words->x, SIZE_MAX),
			.y = has(s, label, s->words->y, SIZE_MAX),
			.y_first = has(s, label, s->words->y, 1),
			.event = label->deadline ? NULL : counted(s, label->event)};
	}
	for (size_t i = 0; i < s->event_count; i++) {
		s->events[i].excluded_by = excluded_by(s, s->events[i].name);
	}
	for (size_t c = 0; c < s->class_count; c++) {
		s->not_by |= (uint16_t)((s->classes[c] & 1) << c);
	}
	return s->labels != NULL;
}

/* ---- the search ---- */

static bool broken(const search *s, const place *at, const meaning *label)
{
	return label->x && ((at->y == NO_Y && !label->y_first) ||
				   (at->y == Y_BY_A && (at->did & s->not_by) != 0));
}

static tro_status reach(search *s, place next)
{
	size_t per_node = (size_t)Y_STATES << s->class_count;
	size_t bit = next.node * per_node + (size_t)next.did * Y_STATES + next.y;

	/* Without persons nothing can break it any more. */
	if (s->words->not_by[0] == '\0' && next.y != NO_Y) {
		return TRO_OK;
	}
	if ((s->seen[bit / 8] >> (bit % 8) & 1) != 0) {
		return TRO_OK;
	}
	s->seen[bit / 8] |= (uint8_t)(1U << (bit % 8));
	place *list = tro_prove_room(s->places, &s->place_room, s->place_count, sizeof(*list));

	if (list == NULL) {
		return TRO_NOMEM;
	}
	s->places = list;
	s->places[s->place_count++] = next;
	return TRO_OK;
}

/* Goes along an edge: by another, and by A where what A does counts. */
static tro_status follow(search *s, uint32_t from, const prove_edge *edge)
{
	const meaning *label = &s->labels[edge->label];
	place at = s->places[from];
	place next = {.node = edge->to,
		.from = from,
		.label = edge->label,
		.did = at.did,
		.y = label->y ? Y_BY_OTHER : at.y};
	tro_status status = reach(s, next);

	if (status == TRO_OK && label->event != NULL && (at.did & label->event->excluded_by) == 0) {
		next.did = (uint16_t)(at.did | 1U << label->event->class);
		next.y = label->y ? Y_BY_A : at.y;
		next.by_a = true;
		status = reach(s, next);
	}
	return status;
}

static void put_way(const search *s, uint32_t last, uint32_t label, tro_buf *out)
{
	size_t count = 0;

	for (uint32_t i = last; i != PROVE_NONE; i = s->places[i].from) {
		count++;
	}
	uint32_t *way = calloc(count + 1, sizeof(*way));

	if (way == NULL) {
		out->status = TRO_NOMEM;
		return;
	}
	for (uint32_t i = last; i != PROVE_NONE; i = s->places[i].from) {
		way[--count] = i;
	}
	for (uint32_t n = 0; way[n] != last; n++) {
		tro_prove_put_label(s->p, s->places[way[n + 1]].label, out);
		tro_buf_puts(out, s->places[way[n + 1]].by_a ? " by A, " : ", ");
	}
	tro_prove_put_label(s->p, label, out);
	free(way);
}

static tro_status run(search *s, tro_buf *way)
{
	tro_status status = TRO_OK;

	for (uint32_t n = 0; n < s->p->node_count && s->p->nodes[n].parent == PROVE_NONE; n++) {
		status = reach(s, (place){.node = n, .from = PROVE_NONE, .label = PROVE_NONE});
	}
	for (uint32_t i = 0; i < s->place_count && status == TRO_OK; i++) {
		const prove_node *node = &s->p->nodes[s->places[i].node];

		for (uint32_t e = 0; e < node->edge_count && status == TRO_OK; e++) {
			const prove_edge *edge = &s->p->edges[node->first_edge + e];

			if (broken(s, &s->places[i], &s->labels[edge->label])) {
				put_way(s, i, edge->label, way);
				return tro_buf_status(way, NULL);
			}
			status = follow(s, i, edge);
		}
	}
	return status;
}

static tro_status begin(
	search **out, const prove *p, uint32_t kind, const prove_words *words, tro_err *err)
{
	search *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		return tro_err_nomem(err);
	}
	*s = (search){.p = p, .kind = kind, .words = words};
	if (!prepare(s)) {
		free(s);
		return tro_err_set(err, TRO_NOMEM,
			"a property speaks of more events or four-eyes rules than can be told "
			"apart");
	}
	if (!understand(s)) {
		free(s);
		return tro_err_nomem(err);
	}
	*out = s;
	return TRO_OK;
}

tro_status tro_prove_before(
	const prove *p, uint32_t kind, const prove_words *words, tro_buf *way, tro_err *err)
{
	search *s = NULL;
	tro_status status = begin(&s, p, kind, words, err);

	if (status != TRO_OK) {
		return status;
	}
	s->seen = calloc(p->node_count * ((size_t)Y_STATES << s->class_count) / 8 + 1, 1);
	status = s->seen == NULL ? TRO_NOMEM : run(s, way);
	free(s->labels);
	free(s->seen);
	free(s->places);
	free(s);
	return status == TRO_NOMEM ? tro_err_nomem(err) : status;
}

tro_status tro_prove_meanings(const prove *p, uint32_t kind, const prove_words *words,
	prove_meaning *out, unsigned *not_by, tro_err *err)
{
	search *s = NULL;
	tro_status status = begin(&s, p, kind, words, err);

	for (size_t i = 0; status == TRO_OK && i < p->label_count; i++) {
		const meaning *m = &s->labels[i];

		out[i] = (prove_meaning){.x = m->x,
			.y = m->y,
			.y_first = m->y_first,
			.counts = m->event != NULL,
			.did = m->event == NULL ? 0 : 1U << m->event->class,
			.excluded = m->event == NULL ? 0 : m->event->excluded_by};
	}
	if (status == TRO_OK) {
		*not_by = s->not_by;
		free(s->labels);
	}
	free(s);
	return status;
}
