/*
 * What a definition says of itself, and whether it is so:
 *
 *   <tro:property id title? never="X" before="Y" [not-by="Z"]/>
 *   <tro:property id title? always="P"/>
 *   <tro:property id title? [from="A"] can-reach="B"/>
 *   <tro:property id title? from="A" leads-to="B"/>
 *
 * X, Y, Z: events, blank-separated; filing:NAME for a filing that is made; ^NAME when another
 * definition declares it. A, B: states, blank-separated, ^ID of another definition; without from,
 * every situation. P: a cond over In('state') and paths that are followed as facts (prove.h).
 * always is asked wherever a matter of the definition has been opened.
 *
 * Leads to: from A on, B comes. This assumes that whatever stays possible is done one day: no one
 * waits for ever before a way that is open, and no circle is gone round for ever past one. Then B
 * comes unless a way from A leads, not through B, to where B can no longer be reached.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/prove.h"

#define FAIRNESS "assumed: whatever stays possible is done one day"
#define SATISFIABLE "assumed: the document can be brought to meet what is asked of it on the way"
#define PEOPLE "assumed: there are always people enough"

typedef struct property {
	const prove *p;
	const prove_set *set;
	uint32_t kind;
	const tro_xml_node *node;
	const char *id, *title;
} property;

static const char *get(const property *q, const char *name)
{
	return tro_xml_attribute(q->node, name);
}

static tro_status report(const property *q, const char *fmt, const char *what, const char *way)
{
	tro_buf text = TRO_BUF_INIT;

	if (q->set == NULL) {
		return TRO_OK; /* a model is written: check is who tells */
	}
	tro_buf_printf(
		&text, "%s does not hold%s%s: ", q->id, q->title[0] == '\0' ? "" : ", ", q->title);
	tro_buf_puts(&text, fmt);
	tro_buf_puts(&text, what);
	if (way[0] != '\0') {
		tro_buf_printf(&text, "; shortest way: %s", way);
	}
	tro_status status = tro_buf_status(&text, q->set->err);

	if (status == TRO_OK) {
		status = tro_prove_find(q->p, q->set, "property", q->kind, tro_xml_line(q->node),
			"see whether the definition or the property is wrong", PROVE_NONE, "%s",
			text.ptr);
	}
	tro_buf_done(&text);
	return status;
}

static tro_status holds(const property *q, const char *assumed)
{
	tro_buf place = TRO_BUF_INIT;

	tro_buf_printf(&place, "%s:%d", q->p->kinds[q->kind].chart->source, tro_xml_line(q->node));
	tro_status status = tro_buf_status(&place, q->set->err);

	if (status == TRO_OK) {
		status = tro_findings_add(q->set->findings, TRO_LEVEL_NOTE, "property", place.ptr,
			"", "", q->set->err, "%s holds%s%s%s%s", q->id,
			q->title[0] == '\0' ? "" : ": ", q->title, assumed[0] == '\0' ? "" : "; ",
			assumed);
	}
	tro_buf_done(&place);
	return status;
}

/* ---- words ---- */

static bool next_word(const char **at, char *word, size_t size)
{
	*at += strspn(*at, " \t\r\n");
	size_t len = strcspn(*at, " \t\r\n");

	if (len == 0) {
		return false;
	}
	memcpy(word, *at, len < size ? len : size - 1);
	word[len < size ? len : size - 1] = '\0';
	*at += len;
	return true;
}

/* Is there such an event, or a filing that is made? */
static bool known_word(const property *q, const char *word)
{
	bool other = word[0] == '^';
	const char *name = word + other;

	if (tro_text_starts(name, "filing:")) {
		return true; /* one that is never made happens never */
	}
	for (uint32_t k = 0; k < q->p->kind_count; k++) {
		if ((k != q->kind) == other &&
			tro_chart_event_named(q->p->kinds[k].chart, name) != NULL) {
			return true;
		}
	}
	return false;
}

static tro_status check_words(const property *q, const char *list, bool *good)
{
	char word[200];
	tro_status status = TRO_OK;

	for (const char *at = list; *good && next_word(&at, word, sizeof(word));) {
		if (!known_word(q, word)) {
			*good = false;
			status = report(q, "there is no event ", word, "");
		}
	}
	return status;
}

/* Marks the nodes in which one of the states is active. */
static tro_status mark_states(const property *q, const char *list, uint8_t *out, bool *good)
{
	char word[200];

	for (const char *at = list; next_word(&at, word, sizeof(word));) {
		bool found = false;

		for (uint32_t k = 0; k < q->p->kind_count; k++) {
			uint32_t state = (k != q->kind) == (word[0] == '^')
						 ? tro_chart_find_state(q->p->kinds[k].chart,
							   word + (word[0] == '^'))
						 : CHART_NONE;

			for (uint32_t n = 0; state != CHART_NONE && n < q->p->node_count; n++) {
				const uint64_t *node = prove_bits(q->p, n);

				out[n] |= prove_is(q->p, k, node, NODE_OPENED) &&
					  bits_has(prove_configuration(q->p, k, node), state);
			}
			found = found || state != CHART_NONE;
		}
		if (!found) {
			*good = false;
			return report(q, "there is no state ", word, "");
		}
	}
	return TRO_OK;
}

static tro_status report_node(const property *q, const char *what, uint32_t node)
{
	tro_buf way = TRO_BUF_INIT;

	tro_prove_put_path(q->p, node, &way);
	tro_status status = tro_buf_status(&way, q->set->err);

	if (status == TRO_OK) {
		status = report(q, what, "", way.ptr);
	}
	tro_buf_done(&way);
	return status;
}

/* ---- the forms ---- */

static tro_status weigh_before(const property *q)
{
	prove_words words = {
		.x = get(q, "never"), .y = get(q, "before"), .not_by = get(q, "not-by")};
	tro_buf way = TRO_BUF_INIT;
	bool good = true;
	tro_status status = check_words(q, words.x, &good);

	if (status == TRO_OK) {
		status = check_words(q, words.y, &good);
	}
	if (status == TRO_OK) {
		status = check_words(q, words.not_by, &good);
	}
	if (status == TRO_OK && good) {
		status = tro_prove_before(q->p, q->kind, &words, &way, q->set->err);
		if (status == TRO_OK) {
			status = way.len > 0 ? report(q, "there is a way on which it is not so", "",
						       way.ptr)
					     : holds(q, words.not_by[0] == '\0' ? "" : PEOPLE);
		}
	}
	tro_buf_done(&way);
	return status;
}

/* What the cond is in a node; where no matter of the definition has been opened it is true. */
static prove_truth always_in(const property *q, uint32_t node, uint8_t *known)
{
	const uint64_t *bits = prove_bits(q->p, node);

	if (!prove_is(q->p, q->kind, bits, NODE_OPENED)) {
		return PROVE_TRUE;
	}
	tro_prove_known(q->p, q->kind, bits, known);
	return tro_prove_weigh(tro_prove_guard_of(q->p, q->node), known);
}

static tro_status weigh_always(const property *q)
{
	uint8_t *known = q->p->kinds[q->kind].known;
	tro_status status = TRO_OK;
	bool broken = false;

	for (uint32_t n = 0; n < q->p->node_count && status == TRO_OK && !broken; n++) {
		prove_truth truth = always_in(q, n, known);

		if (truth != PROVE_TRUE) {
			broken = true;
			status = report_node(q,
				truth == PROVE_FALSE ? "it is false"
						     : "it hangs on what is not followed",
				n);
		}
	}
	return status == TRO_OK && !broken ? holds(q, "") : status;
}

/* What can come of the marked nodes before a stop. */
static tro_status spread(const prove *p, uint8_t *marked, const uint8_t *stops)
{
	uint32_t *stack = calloc(p->node_count + 1, sizeof(*stack));
	size_t count = 0;

	if (stack == NULL) {
		return TRO_NOMEM;
	}
	for (uint32_t n = 0; n < p->node_count; n++) {
		marked[n] = marked[n] != 0 && stops[n] == 0;
		if (marked[n] != 0) {
			stack[count++] = n;
		}
	}
	while (count > 0) {
		const prove_node *node = &p->nodes[stack[--count]];

		for (uint32_t i = 0; i < node->edge_count; i++) {
			uint32_t to = p->edges[node->first_edge + i].to;

			if (marked[to] == 0 && stops[to] == 0) {
				marked[to] = 1;
				stack[count++] = to;
			}
		}
	}
	free(stack);
	return TRO_OK;
}

/* Marks where the property begins, and what is to be reached; false in *words when a state is none.
 */
static tro_status mark_reaching(
	const property *q, uint8_t *from, uint8_t *wanted, bool *words, tro_err *err)
{
	bool leads = get(q, "leads-to")[0] != '\0';

	memset(from, get(q, "from")[0] == '\0', q->p->node_count);
	tro_status status = mark_states(q, get(q, "from"), from, words);

	if (status == TRO_OK && *words) {
		status = mark_states(q, get(q, leads ? "leads-to" : "can-reach"), wanted, words);
	}
	if (status == TRO_OK && *words && leads) {
		status = spread(q->p, from, wanted);
	}
	return status == TRO_NOMEM ? tro_err_nomem(err) : status;
}

static tro_status weigh_reaching(const property *q, bool leads)
{
	size_t count = q->p->node_count;
	uint8_t *from = calloc(3, count + 1);
	uint8_t *wanted = from == NULL ? NULL : from + count;
	uint8_t *good = from == NULL ? NULL : wanted + count;
	bool words = true;
	bool broken = false;

	if (from == NULL) {
		return tro_err_nomem(q->set->err);
	}
	tro_status status = mark_reaching(q, from, wanted, &words, q->set->err);

	if (status == TRO_OK && words) {
		status = tro_prove_can_reach(q->p, wanted, good);
	}
	for (uint32_t n = 0; n < count && status == TRO_OK && words && !broken; n++) {
		if (from[n] != 0 && good[n] == 0) {
			broken = true;
			status = report_node(q, "from there no way leads to it any more", n);
		}
	}
	if (status == TRO_OK && words && !broken) {
		status = holds(q, leads ? FAIRNESS : SATISFIABLE);
	}
	free(from);
	return status == TRO_NOMEM ? tro_err_nomem(q->set->err) : status;
}

static prove_form form_of(const property *q)
{
	bool never = get(q, "never")[0] != '\0';
	bool always = get(q, "always")[0] != '\0';
	bool reach = get(q, "can-reach")[0] != '\0';
	bool leads = get(q, "leads-to")[0] != '\0';

	if (q->id[0] == '\0' || never + always + reach + leads != 1 ||
		never != (get(q, "before")[0] != '\0')) {
		return PROVE_NO_FORM;
	}
	return never ? PROVE_BEFORE : (always ? PROVE_ALWAYS : PROVE_REACHING);
}

static tro_status weigh(const property *q)
{
	switch (form_of(q)) {
	case PROVE_BEFORE:
		return weigh_before(q);
	case PROVE_ALWAYS:
		return weigh_always(q);
	case PROVE_REACHING:
		return weigh_reaching(q, get(q, "leads-to")[0] != '\0');
	case PROVE_NO_FORM:
		break;
	}
	return report(q, "it needs an id and one of: never and before, always, can-reach, leads-to",
		"", "");
}

tro_status tro_prove_asked(
	const prove *p, uint32_t kind, const tro_xml_node *node, prove_asked *out, tro_err *err)
{
	property q = {.p = p, .kind = kind, .node = node};
	bool good = true;
	tro_status status = TRO_OK;

	q.id = get(&q, "id");
	q.title = "";
	*out = (prove_asked){.id = q.id, .form = form_of(&q)};
	out->words = (prove_words){
		.x = get(&q, "never"), .y = get(&q, "before"), .not_by = get(&q, "not-by")};
	if (out->form == PROVE_BEFORE) {
		(void)check_words(&q, out->words.x, &good);
		(void)check_words(&q, out->words.y, &good);
		(void)check_words(&q, out->words.not_by, &good);
	}
	if (out->form == PROVE_REACHING || out->form == PROVE_ALWAYS) {
		out->from = tro_arena_array(p->arena, 2, p->node_count + 1);

		if (out->from == NULL) {
			return tro_err_nomem(err);
		}
		out->wanted = out->from + p->node_count;
		if (out->form == PROVE_REACHING) {
			status = mark_reaching(&q, out->from, out->wanted, &good, err);
		}
		for (uint32_t n = 0; out->form == PROVE_ALWAYS && n < p->node_count; n++) {
			out->wanted[n] = always_in(&q, n, p->kinds[kind].known) != PROVE_TRUE;
		}
	}
	out->form = good ? out->form : PROVE_NO_FORM;
	return status;
}

tro_status tro_prove_properties(const prove *p, const prove_set *set)
{
	tro_status status = TRO_OK;

	for (uint32_t k = 0; k < p->kind_count && status == TRO_OK; k++) {
		const tro_xml_node *root = p->kinds[k].chart->states[0].element;

		for (const tro_xml_node *n = tro_xml_first_named(root, TRO_WORKFLOW_NS, "property");
			n != NULL && status == TRO_OK;
			n = tro_xml_next_named(n, TRO_WORKFLOW_NS, "property")) {
			property q = {.p = p, .set = set, .kind = k, .node = n};

			q.id = get(&q, "id");
			q.title = get(&q, "title");
			status = weigh(&q);
		}
	}
	return status;
}
