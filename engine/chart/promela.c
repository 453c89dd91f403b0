/*
 * The graph as a model for Spin, so that another program answers what sound.c, rules.c, before.c
 * and property.c answer: does a search find what it looks for?
 *
 * One text is both the model and, for the C compiler, its tables (TRO_TABLES). Each question has a
 * number and a line "ask N found|none ID ...", which says what we have found. Questions whether all
 * nodes can reach something are asked backwards: a search from there over the edges turned round
 * looks for the moment at which it has seen them all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/workflow.h>

#include "chart/workflow.h"

typedef struct writer {
	tro_buf *out;
	tro_buf asks; /* the table of questions */
	const prove *p;
	unsigned count;
	tro_err *err;
} writer;

/* ---- tables ---- */

static void put_numbers(tro_buf *out, const char *name, const uint32_t *list, size_t count)
{
	tro_buf_printf(out, "static const unsigned %s[] = {", name);
	for (size_t i = 0; i < count; i++) {
		tro_buf_printf(out, "%lu,%s", (unsigned long)list[i], i % 16 == 15 ? "\n" : "");
	}
	tro_buf_puts(out, "0};\n");
}

static tro_status put_edges(writer *w)
{
	const prove *p = w->p;
	size_t room = p->edge_count + p->node_count + 2;
	uint32_t *first = calloc(3 * room, sizeof(*first));
	uint32_t *to = first == NULL ? NULL : first + room;
	uint32_t *label = first == NULL ? NULL : to + room;
	uint32_t from = 0;

	if (first == NULL) {
		return tro_err_nomem(w->err);
	}
	for (size_t e = 0; e < p->edge_count; e++) {
		to[e] = p->edges[e].to;
		label[e] = p->edges[e].label;
	}
	for (size_t n = 0; n < p->node_count; n++) {
		first[n] = p->nodes[n].first_edge;
	}
	first[p->node_count] = (uint32_t)p->edge_count;
	put_numbers(w->out, "first_edge", first, p->node_count + 1);
	put_numbers(w->out, "edge_to", to, p->edge_count);
	put_numbers(w->out, "edge_label", label, p->edge_count);
	memset(first, 0, room * sizeof(*first));
	for (size_t e = 0; e < p->edge_count; e++) {
		first[p->edges[e].to + 1]++;
	}
	for (size_t n = 0; n < p->node_count; n++) {
		first[n + 1] += first[n];
	}
	put_numbers(w->out, "first_back", first, p->node_count + 1);
	for (; from < p->node_count; from++) {
		for (uint32_t i = 0; i < p->nodes[from].edge_count; i++) {
			to[first[p->edges[p->nodes[from].first_edge + i].to]++] = from;
		}
	}
	put_numbers(w->out, "back_to", to, p->edge_count);
	free(first);
	return TRO_OK;
}

static void put_nodes(const writer *w)
{
	const prove *p = w->p;
	size_t words = 0;

	for (size_t k = 0; k < p->kind_count; k++) {
		words += p->kinds[k].words;
	}
	tro_buf_printf(w->out,
		"enum { NODES = %zu, LABELS = %zu, WORDS = %zu };\n"
		"static const unsigned long long active[] = {\n",
		p->node_count, p->label_count, words);
	for (uint32_t n = 0; n < p->node_count; n++) {
		for (uint32_t k = 0; k < p->kind_count; k++) {
			const uint64_t *bits = prove_configuration(p, k, prove_bits(p, n));

			for (size_t i = 0; i < p->kinds[k].words; i++) {
				tro_buf_printf(w->out, "0x%llx,", (unsigned long long)bits[i]);
			}
		}
		tro_buf_puts(w->out, n % 8 == 7 ? "\n" : "");
	}
	tro_buf_puts(w->out, "0};\n");
}

/* A set of nodes or labels: a character each. */
static void put_set(const writer *w, const char *name, const uint8_t *set, size_t count)
{
	tro_buf_printf(w->out, "static const char %s_%u[] =", name, w->count);
	for (size_t i = 0; i < count; i++) {
		tro_buf_printf(w->out, "%s%c%s", i % 128 == 0 ? "\n\"" : "",
			set[i] != 0 ? '1' : '0', i % 128 == 127 || i + 1 == count ? "\"" : "");
	}
	tro_buf_puts(w->out, count == 0 ? " \"\";\n" : ";\n");
}

/* ---- questions ---- */

/* Bit of a state in the words of a node. */
static size_t bit_of(const prove *p, uint32_t kind, uint32_t state)
{
	size_t words = 0;

	for (uint32_t k = 0; k < kind; k++) {
		words += p->kinds[k].words;
	}
	return 64 * words + state;
}

static void ask(
	writer *w, bool found, const char *id, uint32_t kind, const char *what, const char *row)
{
	tro_buf_printf(w->out, "/* ask %u %s %s %s %s */\n", w->count++, found ? "found" : "none",
		id, w->p->kinds[kind].chart->id, what);
	tro_buf_printf(&w->asks, "{%s},\n", row);
}

static tro_status ask_states(writer *w, uint32_t kind)
{
	const prove_kind *k = &w->p->kinds[kind];
	uint64_t *left = calloc(k->words, sizeof(*left));
	char row[96];

	if (left == NULL) {
		return tro_err_nomem(w->err);
	}
	tro_prove_left(w->p, kind, left);
	for (uint32_t s = 1; s < k->chart->state_count; s++) {
		const chart_state *state = &k->chart->states[s];
		bool entered =
			!chart_is_history(state) && tro_prove_first_in(w->p, kind, s) != PROVE_NONE;

		if (!chart_is_history(state)) {
			(void)snprintf(row, sizeof(row), "'S', %zu", bit_of(w->p, kind, s));
			ask(w, entered, "unreachable", kind, state->id, row);
		}
		if (entered && state->kind == CHART_ATOMIC && !state->rest) {
			(void)snprintf(row, sizeof(row), "'W', %zu", bit_of(w->p, kind, s));
			ask(w, bits_has(left, s), "wait", kind, state->id, row);
		}
	}
	free(left);
	return TRO_OK;
}

static tro_status ask_events(writer *w, uint32_t kind)
{
	const prove *p = w->p;
	const tro_chart *chart = p->kinds[kind].chart;
	uint8_t *set = calloc(p->label_count + 1, 1);
	char row[96];

	for (size_t e = 0; set != NULL && e < chart->event_count; e++) {
		const char *name = chart->events[e].name;

		if (tro_prove_raised_inside(p, kind, name)) {
			continue;
		}
		for (size_t i = 0; i < p->label_count; i++) {
			set[i] = 0;
			for (size_t j = 0; j < p->labels[i].deed_count; j++) {
				const prove_deed *d = &p->deeds[p->labels[i].deeds[j]];

				set[i] |=
					d->kind == kind && !d->filing && strcmp(d->name, name) == 0;
			}
		}
		put_set(w, "x", set, p->label_count);
		(void)snprintf(row, sizeof(row), "'E', 0, x_%u", w->count);
		ask(w, tro_prove_happens(p, kind, name), "event", kind, name, row);
	}
	bool good = set != NULL;

	free(set);
	return good ? TRO_OK : tro_err_nomem(w->err);
}

static void ask_nodes(
	writer *w, const char *id, uint32_t kind, const char *what, const uint8_t *set)
{
	char row[96];
	bool found = memchr(set, 1, w->p->node_count) != NULL;

	put_set(w, "x", set, w->p->node_count);
	(void)snprintf(row, sizeof(row), "'N', 0, x_%u", w->count);
	ask(w, found, id, kind, what, row);
}

/* Can all of `from` reach one of `wanted`? */
static tro_status ask_reaching(writer *w, const char *id, uint32_t kind, const char *what,
	const uint8_t *from, const uint8_t *wanted)
{
	uint8_t *good = calloc(w->p->node_count + 1, 1);
	bool all = true;
	char row[96];

	if (good == NULL || tro_prove_can_reach(w->p, wanted, good) != TRO_OK) {
		free(good);
		return tro_err_nomem(w->err);
	}
	for (size_t n = 0; n < w->p->node_count; n++) {
		all = all && (from[n] == 0 || good[n] != 0);
	}
	free(good);
	put_set(w, "x", wanted, w->p->node_count);
	put_set(w, "y", from, w->p->node_count);
	(void)snprintf(row, sizeof(row), "'R', 0, x_%u, y_%u", w->count, w->count);
	ask(w, all, id, kind, what, row);
	return TRO_OK;
}

static tro_status ask_before(writer *w, uint32_t kind, const prove_asked *a)
{
	const prove *p = w->p;
	prove_meaning *m = calloc(p->label_count + 1, sizeof(*m));
	unsigned not_by = 0;
	tro_buf way = TRO_BUF_INIT;
	char row[128];
	tro_status status = m == NULL ? tro_err_nomem(w->err)
				      : tro_prove_meanings(p, kind, &a->words, m, &not_by, w->err);

	if (status == TRO_OK) {
		status = tro_prove_before(p, kind, &a->words, &way, w->err);
	}
	if (status == TRO_OK) {
		tro_buf_printf(w->out, "static const struct meaning m_%u[] = {\n", w->count);
		for (size_t i = 0; i < p->label_count; i++) {
			tro_buf_printf(w->out, "{%d, %d, %d, %d, %u, %u},\n", m[i].x, m[i].y,
				m[i].y_first, m[i].counts, m[i].did, m[i].excluded);
		}
		tro_buf_puts(w->out, "{0}};\n");
		(void)snprintf(row, sizeof(row), "'P', 0, 0, 0, m_%u, %u", w->count, not_by);
		ask(w, way.len > 0, "property", kind, a->id, row);
	}
	tro_buf_done(&way);
	free(m);
	return status;
}

static tro_status ask_property(writer *w, uint32_t kind, const tro_xml_node *node)
{
	prove_asked a;
	tro_status status = tro_prove_asked(w->p, kind, node, &a, w->err);

	if (status != TRO_OK) {
		return status;
	}
	switch (a.form) {
	case PROVE_BEFORE:
		return ask_before(w, kind, &a);
	case PROVE_ALWAYS:
		ask_nodes(w, "property", kind, a.id, a.wanted);
		break;
	case PROVE_REACHING:
		return ask_reaching(w, "property", kind, a.id, a.from, a.wanted);
	case PROVE_NO_FORM:
		break;
	}
	return TRO_OK;
}

static tro_status ask_kind(writer *w, uint32_t kind)
{
	const prove *p = w->p;
	const prove_kind *k = &p->kinds[kind];
	uint8_t *set = calloc(p->node_count + 1, 1);
	tro_status status = set == NULL ? tro_err_nomem(w->err) : ask_states(w, kind);

	if (status == TRO_OK) {
		status = ask_events(w, kind);
	}
	for (uint32_t d = 0; d < k->deadline_count && status == TRO_OK; d++) {
		for (uint32_t n = 0; n < p->node_count; n++) {
			set[n] = tro_prove_forgotten(p, kind, d, n);
		}
		ask_nodes(w, "deadline", kind, k->deadlines[d].event, set);
	}
	for (uint32_t n = 0; n < p->node_count && status == TRO_OK; n++) {
		set[n] = tro_prove_unrest(p, kind, n);
	}
	if (status == TRO_OK) {
		ask_nodes(w, "rest", kind, "deadline", set);
	}
	const tro_xml_node *root = k->chart->states[0].element;

	for (const tro_xml_node *n = tro_xml_first_named(root, TRO_WORKFLOW_NS, "property");
		n != NULL && status == TRO_OK;
		n = tro_xml_next_named(n, TRO_WORKFLOW_NS, "property")) {
		status = ask_property(w, kind, n);
	}
	free(set);
	return status;
}

static tro_status ask_ends(writer *w, uint32_t kind)
{
	size_t count = w->p->node_count;
	uint8_t *all = calloc(2, count + 1);

	if (all == NULL) {
		return tro_err_nomem(w->err);
	}
	for (uint32_t n = 0; n < count; n++) {
		const uint64_t *node = prove_bits(w->p, n);

		all[n] = prove_is(w->p, kind, node, NODE_OPENED);
		all[count + n] = tro_prove_ended(w->p, kind, node);
	}
	tro_status status = ask_reaching(w, "dead-end", kind, "end", all, all + count);

	free(all);
	return status;
}

/* ---- the text ---- */

static const char tables_begin[] =
	"#ifdef TRO_TABLES\n"
	"#include <stdlib.h>\n"
	"struct meaning { unsigned char x, y, y_first, counts; unsigned did, excluded; };\n"
	"struct question { char kind; unsigned bit; const char *x, *y; const struct meaning *m; "
	"unsigned not_by; };\n";

static const char tables_end[] =
	"static const struct question *asked;\n"
	"static char seen[NODES + 1];\n"
	"static int unseen;\n"
	"static void begin_asking(void) {\n"
	"  const char *n = getenv(\"TRO_ASK\");\n"
	"  asked = &questions[n == NULL ? 0 : strtol(n, NULL, 10)];\n"
	"  for (int i = 0; asked->kind == 'R' && i < NODES; i++) unseen += asked->y[i] == '1';\n"
	"}\n"
	"static int backwards(void) { return asked->kind == 'R'; }\n"
	"static int in_state(int node) {\n"
	"  return (int)(active[(unsigned)node * WORDS + asked->bit / 64] >> asked->bit % 64 & 1);\n"
	"}\n"
	"static int begins_at(int node) { return backwards() ? asked->x[node] == '1' : node < "
	"FIRSTS; }\n"
	"static int found_in(int node) {\n"
	"  if (asked->kind == 'S') return in_state(node);\n"
	"  if (asked->kind == 'N') return asked->x[node] == '1';\n"
	"  if (asked->kind != 'R') return 0;\n"
	"  if (!seen[node]) { seen[node] = 1; unseen -= asked->y[node] == '1'; }\n"
	"  return unseen == 0;\n"
	"}\n"
	"static int may_a(int edge, int did) {\n"
	"  if (asked->kind != 'P') return 0;\n"
	"  const struct meaning *m = &asked->m[edge_label[edge]];\n"
	"  return m->counts && (m->excluded & (unsigned)did) == 0;\n"
	"}\n"
	"static int found_on(int node, int edge, int y, int did) {\n"
	"  if (asked->kind == 'W') return in_state(node) && !in_state((int)edge_to[edge]);\n"
	"  if (asked->kind == 'E') return asked->x[edge_label[edge]] == '1';\n"
	"  if (asked->kind != 'P') return 0;\n"
	"  const struct meaning *m = &asked->m[edge_label[edge]];\n"
	"  return m->x && ((y == 0 && !m->y_first) || (y == 1 && ((unsigned)did & asked->not_by) "
	"!= "
	"0));\n"
	"}\n"
	"static int next_y(int edge, int y, int a) {\n"
	"  return asked->kind == 'P' && asked->m[edge_label[edge]].y ? (a ? 1 : 2) : y;\n"
	"}\n"
	"static int next_did(int edge, int did, int a) {\n"
	"  return asked->kind == 'P' && a ? did | (int)asked->m[edge_label[edge]].did : did;\n"
	"}\n"
	/* Spin takes a call within c_expr for a side effect. */
	"#define BEGINS_AT begins_at(now.at)\n"
	"#define FOUND_IN found_in(now.at)\n"
	"#define FOUND_ON found_on(now.at, now.edge, now.y, now.did)\n"
	"#define MAY_A may_a(now.edge, now.did)\n"
	"#define BACKWARDS backwards()\n"
	"#else\n";

static const char model[] =
	"c_decl { \\#include TRO_MODEL\n}\n"
	"int at; /* node */\n"
	"int edge;\n"
	"byte y; /* the last Y: 0 none, 1 by A, 2 by another */\n"
	"int did; /* classes of events that A has done */\n"
	"bool a; /* A does it */\n"
	"\n"
	"init {\n"
	"  c_code { begin_asking(); };\n"
	"  do\n"
	"  :: c_expr { BEGINS_AT } -> break\n"
	"  :: c_expr { now.at + 1 < NODES } -> at++\n"
	"  od;\n"
	"  if\n"
	"  :: c_expr { FOUND_IN } -> assert(false)\n"
	"  :: else\n"
	"  fi;\n"
	"  if\n"
	"  :: c_expr { BACKWARDS } ->\n"
	"    do\n"
	"    :: atomic {\n"
	"        c_expr { first_back[now.at] < first_back[now.at + 1] } ->\n"
	"        c_code { now.edge = (int)first_back[now.at]; };\n"
	"        do\n"
	"        :: c_expr { (unsigned)now.edge + 1 < first_back[now.at + 1] } -> edge++\n"
	"        :: break\n"
	"        od;\n"
	"        c_code { now.at = (int)back_to[now.edge]; now.edge = 0; };\n"
	"        if\n"
	"        :: c_expr { FOUND_IN } -> assert(false)\n"
	"        :: else\n"
	"        fi }\n"
	"    :: else -> break\n"
	"    od\n"
	"  :: else ->\n"
	"    do\n"
	"    :: atomic {\n"
	"        c_expr { first_edge[now.at] < first_edge[now.at + 1] } ->\n"
	"        c_code { now.edge = (int)first_edge[now.at]; };\n"
	"        do\n"
	"        :: c_expr { (unsigned)now.edge + 1 < first_edge[now.at + 1] } -> edge++\n"
	"        :: break\n"
	"        od;\n"
	"        if\n"
	"        :: c_expr { MAY_A } -> a = true\n"
	"        :: a = false\n"
	"        fi;\n"
	"        if\n"
	"        :: c_expr { FOUND_ON } -> assert(false)\n"
	"        :: else\n"
	"        fi;\n"
	"        c_code {\n"
	"          now.y = (unsigned char)next_y(now.edge, now.y, now.a);\n"
	"          now.did = next_did(now.edge, now.did, now.a);\n"
	"          now.at = (int)edge_to[now.edge];\n"
	"          now.edge = 0; now.a = 0;\n"
	"        };\n"
	"        if\n"
	"        :: c_expr { FOUND_IN } -> assert(false)\n"
	"        :: else\n"
	"        fi }\n"
	"    :: else -> break\n"
	"    od\n"
	"  fi\n"
	"}\n"
	"#endif\n";

static tro_status put_all(writer *w)
{
	const prove *p = w->p;
	size_t firsts = 0;

	while (firsts < p->node_count && p->nodes[firsts].parent == PROVE_NONE) {
		firsts++;
	}
	tro_buf_puts(w->out, tables_begin);
	put_nodes(w);
	tro_buf_printf(w->out, "enum { FIRSTS = %zu };\n", firsts);
	tro_status status = put_edges(w);

	for (uint32_t k = 0; k < p->kind_count && status == TRO_OK; k++) {
		status = ask_kind(w, k);
		if (status == TRO_OK) {
			status = ask_ends(w, k);
		}
	}
	if (status == TRO_OK) {
		status = tro_buf_status(&w->asks, w->err);
	}
	if (status == TRO_OK) {
		tro_buf_printf(w->out, "static const struct question questions[] = {\n%s};\n",
			w->asks.ptr);
		tro_buf_puts(w->out, tables_end);
		tro_buf_puts(w->out, model);
		status = tro_buf_status(w->out, w->err);
	}
	return status;
}

tro_status tro_workflow_promela(tro_buf *out, const tro_workflow_set *set, tro_err *err)
{
	writer w = {.out = out, .asks = TRO_BUF_INIT, .err = err};
	prove *p = NULL;
	size_t root = set->count;

	for (size_t i = 0; i < set->count; i++) {
		if (tro_workflow_is_root(set, i)) {
			if (root < set->count) {
				return tro_err_set(err, TRO_USAGE,
					"%s and %s are not opened by another of the definitions: "
					"a model is of one of them",
					set->charts[root]->id, set->charts[i]->id);
			}
			root = i;
		}
	}
	if (root == set->count) {
		return tro_err_set(
			err, TRO_USAGE, "each definition is opened by another: none begins");
	}
	tro_status status = tro_workflow_graph(&p, set, root, err);

	if (status == TRO_OK) {
		w.p = p;
		status = put_all(&w);
	}
	tro_buf_done(&w.asks);
	tro_prove_free(p);
	return status;
}
