/* The explorer: what it makes of conds and places, and that a running session never leaves it. */
#include "chart_fixture.h"

#include "chart/prove.h"
#include "chart/workflow.h"
#include "suite.h"

/* ---- conds ---- */

static bool can_both_hold(const char *a, const char *b)
{
	tro_arena *arena = tro_arena_new();
	tro_chart *chart = fx_load(WORKFLOW "><tro:event name='go' role='r' basis='policy:roles'>"
					    "<tro:param name='way' type='text'/></tro:event>"
					    "<state id='s'/></scxml>",
		TRO_CHART_PRODUCTION);
	prove_leaves leaves = {.count = 0};
	const prove_guard *x = tro_prove_guard(arena, chart, &leaves, a);
	const prove_guard *y = tro_prove_guard(arena, chart, &leaves, b);

	ck_assert_ptr_nonnull(x);
	ck_assert_ptr_nonnull(y);
	uint8_t *trial = malloc(leaves.count + 1);

	ck_assert_ptr_nonnull(trial);
	bool both = tro_prove_overlap(&leaves, x, y, NULL, trial);

	free(trial);

	free(leaves.list);
	tro_chart_free(chart);
	tro_arena_free(arena);
	return both;
}

static const struct {
	const char *a, *b;
	bool both;
} conds[] = {
	{"$a", "not($a)", false},
	{"$a and $b", "not( $a )", false},
	{"$a or $b", "not($a) and not($b)", false},
	{"($a or $b) and $c", "$c", true},
	{"$a", "$b", true},
	{"not($a/x = 'and')", "$a/x = 'and'", false},
	{"$a[x or y]", "not($a[x or y])", false},
	{"$a/or", "not($a/or) and $b", false},
	{"count($a) > 1 and $b", "count($a) > 1", true},
	{"true()", "not(false())", true},
	{"$x and false()", "$x", false},
	{"$_event/data/go/way = 'a'", "$_event/data/go/way = 'b'", false},
	{"$_event/data/go/way = 'a'", "$_event/data/go/way = 'a'", true},
	{"$_event/data/go/other = 'a'", "$_event/data/go/other = 'b'", true},
};

START_TEST(conds_exclude_each_other_when_their_parts_do)
{
	ck_assert_int_eq(can_both_hold(conds[_i].a, conds[_i].b), conds[_i].both);
	ck_assert_int_eq(can_both_hold(conds[_i].b, conds[_i].a), conds[_i].both);
}
END_TEST

/* ---- places ---- */

static const struct {
	const char *a, *b;
	bool meets, same;
} places[] = {
	{"$case/a/b", "$case/a/b", true, true},
	{"$case/a/b", "$case/a/c", false, false},
	{"$case/a", "$case/a/b", false, false},
	{"$case/*/b", "$case/a/b", true, false},
	{"$case/*[self::a or self::c]/b", "$case/a/b", true, false},
	{"$case/*[self::c]/b", "$case/a/b", false, false},
	{"$case/a[@n = $n]/b", "$case/a[@n = $n]/b", true, true},
	{"$case/a[@n = $m]/b", "$case/a[@n = $n]/b", true, false},
	{"$case/a[last()]/b", "$case/a/b", true, false},
	{"$other/a/b", "$case/a/b", false, false},
	{"$case//b", "$case/a/b", true, false},
	{"$case/a/../b", "$case/a/b", true, false},
};

START_TEST(places_meet_when_their_steps_can_be_of_one_name)
{
	tro_arena *arena = tro_arena_new();
	prove_place a;
	prove_place b;

	ck_assert_int_eq(tro_prove_place(&a, arena, places[_i].a), TRO_OK);
	ck_assert_int_eq(tro_prove_place(&b, arena, places[_i].b), TRO_OK);
	ck_assert_ptr_nonnull(b.text);
	ck_assert_int_eq(tro_prove_meets(&a, &b, b.count), places[_i].meets);
	ck_assert_int_eq(tro_prove_same(&a, &b, b.count), places[_i].same);
	tro_arena_free(arena);
}
END_TEST

/* ---- facts ---- */

static prove *explore(const char *text, tro_chart **out_chart)
{
	static tro_err err;
	const tro_chart *chart = *out_chart = fx_load(text, TRO_CHART_PRODUCTION);
	prove *p = NULL;

	ck_assert_msg(tro_prove_new(&p, &chart, 1, 0, &err) == TRO_OK, "%s", err.message);
	ck_assert_msg(tro_prove_explore(p, &err) == TRO_OK, "%s", err.message);
	return p;
}

static bool comes(const prove *p, const char *id)
{
	uint32_t state = tro_chart_find_state(p->kinds[0].chart, id);

	return tro_prove_first_in(p, 0, state) != PROVE_NONE;
}

#define EVENTS                                                                                     \
	"<tro:event name='mark' role='r' basis='policy:roles'/>"                                   \
	"<tro:event name='wipe' role='r' basis='policy:roles'/>"                                   \
	"<tro:event name='go' role='r' basis='policy:roles'/>"
#define DOCUMENT "<datamodel><data id='case'><marks xmlns=''/></data></datamodel>"
#define GO                                                                                         \
	"<transition event='go' cond='$case/marks/mark' target='t' "                               \
	"tro:why='nothing is marked' tro:remedy='mark'/>"

static const struct {
	const char *body;
	bool comes;
} marked[] = {
	/* nothing makes it true */
	{"<state id='s'>" GO "</state>", false},
	{"<state id='s'>" GO "<transition event='mark'>"
	 "<assign location='$case/marks' type='lastchild'><mark xmlns=''/></assign></transition>"
	 "</state>",
		true},
	/* made and wiped in one step */
	{"<state id='s'>" GO "<transition event='mark'>"
	 "<assign location='$case/marks' type='lastchild'><mark xmlns=''/></assign>"
	 "<assign location='$case/marks/mark' type='delete'/></transition></state>",
		false},
	/* wiped with what holds it */
	{"<state id='s'><transition event='mark' target='u'>"
	 "<assign location='$case/marks' type='lastchild'><mark xmlns=''/></assign></transition>"
	 "</state><state id='u'><onexit><assign location='$case/marks' type='delete'/></onexit>"
	 "<transition event='wipe' target='v'/></state><state id='v'>" GO "</state>",
		false},
	/* another name */
	{"<state id='s'>" GO "<transition event='mark'>"
	 "<assign location='$case/marks' type='lastchild'><other xmlns=''/></assign></transition>"
	 "</state>",
		false},
	/* one of several, none of which ever is */
	{"<state id='s'><transition event='go' cond='$case/marks/*[self::mark or self::stamp]' "
	 "target='t' tro:why='nothing is marked' tro:remedy='mark'/></state>",
		false},
	{"<state id='s'><transition event='go' cond='$case/marks/*[self::mark or self::stamp]' "
	 "target='t' tro:why='nothing is marked' tro:remedy='mark'/><transition event='mark'>"
	 "<assign location='$case/marks' type='lastchild'><stamp xmlns=''/></assign></transition>"
	 "</state>",
		true},
	/* wiped if there is one of several: and there is one */
	{"<state id='s'><transition event='mark' target='u'>"
	 "<assign location='$case/marks' type='lastchild'><mark xmlns=''/></assign>"
	 "<if cond='$case/marks/*[self::mark or self::stamp]'>"
	 "<assign location='$case/marks/*[self::mark or self::stamp]' type='delete'/></if>"
	 "</transition></state><state id='u'>" GO "</state>",
		false},
	/* it cannot be told what is put there: so it may be */
	{"<state id='s'>" GO "<transition event='mark'>"
	 "<assign location='$case/marks' type='lastchild' expr='$_event/data/*/*'/></transition>"
	 "<transition event='wipe'><assign location='$case/marks' type='lastchild'>"
	 "<mark xmlns=''/></assign><assign location='$case/*' type='delete'/></transition></state>",
		true},
};

START_TEST(a_cond_on_a_path_follows_what_is_assigned)
{
	char text[4096];
	tro_chart *chart;

	(void)snprintf(text, sizeof(text), "%s>" EVENTS DOCUMENT "%s<final id='t'/></scxml>",
		WORKFLOW, marked[_i].body);
	prove *p = explore(text, &chart);

	ck_assert_int_eq(comes(p, "t"), marked[_i].comes);
	tro_prove_free(p);
	tro_chart_free(chart);
}
END_TEST

START_TEST(an_error_may_come_wherever_it_is_handled)
{
	tro_chart *chart;
	prove *p = explore(WORKFLOW
		"><tro:event name='go' role='r' basis='policy:roles'/><state id='s'>"
		"<transition event='go'><log label='x' expr='1'/></transition>"
		"<transition event='error.execution' target='t'/></state>"
		"<final id='t'/></scxml>",
		&chart);

	ck_assert(comes(p, "t"));
	tro_prove_free(p);
	tro_chart_free(chart);
}
END_TEST

/* ---- one definition that opens another ---- */

static prove *explore_both(const char *root, const char *child, tro_chart **charts)
{
	static tro_err err;
	prove *p = NULL;

	charts[0] = fx_load(root, TRO_CHART_PRODUCTION);
	charts[1] = fx_load(child, TRO_CHART_PRODUCTION);
	ck_assert_msg(tro_prove_new(&p, (const tro_chart *const *)charts, 2, 0, &err) == TRO_OK,
		"%s", err.message);
	ck_assert_msg(tro_prove_explore(p, &err) == TRO_OK, "%s", err.message);
	return p;
}

static bool together(const prove *p, const char *of_root, const char *of_child)
{
	uint32_t a = tro_chart_find_state(p->kinds[0].chart, of_root);
	uint32_t b = tro_chart_find_state(p->kinds[1].chart, of_child);
	bool found = false;

	for (uint32_t n = 0; n < p->node_count && !found; n++) {
		const uint64_t *node = prove_bits(p, n);

		found = prove_is(p, 1, node, NODE_OPENED) &&
			bits_has(prove_configuration(p, 0, node), a) &&
			bits_has(prove_configuration(p, 1, node), b);
	}
	return found;
}

#define CHILD                                                                                      \
	"<scxml xmlns='http://www.w3.org/2005/07/scxml' xmlns:tro='urn:tro:workflow:1' "           \
	"datamodel='xpath' tro:id='bad/part' tro:version='1' tro:semantics='1' tro:title='part'>"  \
	"<tro:event name='halt'/><tro:event name='tick' role='r' basis='policy:roles'/>"           \
	"<datamodel><data id='n'/></datamodel>"

static const struct {
	const char *array, *target;
	bool all;	/* every open part is reached */
	const char *id; /* of a part, before its number */
} visits[] = {
	{"$_x/matters/matter[starts-with(@id, 'part.')]", "concat('#_matter_', $one/@id)", true,
		"part."},
	{"$_x/matters/matter[starts-with(@id, 'part.')]", "concat('#_matter_part.', $one/@n)", true,
		"part."},
	{"$case/marks/mark[concat('part.', @n) = $_x/matters/matter/@id]",
		"concat('#_matter_part.', $one/@n)", true, "part."},
	{"$_x/matters/matter[starts-with(@id, 'other.')]", "concat('#_matter_', $one/@id)", false,
		"part."},
	{"$_x/matters/matter[starts-with(@id, 'part.')][2]", "concat('#_matter_', $one/@id)", false,
		"part."},
	{"$case/marks/mark", "concat('#_matter_part.', $one/@n)", false, "part."},
	/* the root is t: its id begins so, too */
	{"$_x/matters/matter[starts-with(@id, 't')]", "concat('#_matter_', $one/@id)", false, "t"},
};

START_TEST(a_loop_over_the_matters_of_a_kind_reaches_the_one_that_is_followed)
{
	char text[4096];
	tro_chart *charts[2];

	(void)snprintf(text, sizeof(text),
		"%s>" EVENTS DOCUMENT
		"<state id='s'><transition event='mark' target='u'><tro:matter "
		"definition='bad/part' idexpr=\"concat('%s', @n)\" foreach='$case/marks/mark'/>"
		"</transition></state><state id='u'><transition event='go' target='over'>"
		"<foreach item='one' array=\"%s\"><send event='halt' targetexpr=\"%s\"/></foreach>"
		"</transition></state><state id='over'/></scxml>",
		WORKFLOW, visits[_i].id, visits[_i].array, visits[_i].target);
	prove *p = explore_both(text,
		CHILD "<state id='runs'><transition event='halt' target='halted'/></state>"
		      "<state id='halted'/></scxml>",
		charts);

	ck_assert(together(p, "u", "runs"));
	ck_assert_int_eq(together(p, "over", "runs"), !visits[_i].all);
	ck_assert(_i == 3 || together(p, "over", "halted"));
	tro_prove_free(p);
	tro_chart_free(charts[0]);
	tro_chart_free(charts[1]);
}
END_TEST

/* A requirement that no open matter lacks something is not met where the followed one does. */
START_TEST(what_an_open_matter_lacks_refuses)
{
	tro_chart *charts[2];
	prove *p = explore_both(WORKFLOW
		">" EVENTS DOCUMENT "<state id='s'><transition event='mark' target='u'><tro:matter "
		"definition='bad/part' idexpr=\"concat('part.', @n)\" foreach='$case/marks/mark'>"
		"<param name='n' expr='string(@n)'/></tro:matter></transition></state>"
		"<state id='u'><transition event='go' target='over'><tro:require id='ready' "
		"level='block' basis='policy:x' remedy='mark' "
		"test=\"not($case/marks/mark[concat('part.', @n) = $_x/matters/matter/@id]"
		"[not(stamp)])\">all must be stamped</tro:require></transition></state>"
		"<state id='over'/></scxml>",
		CHILD "<state id='runs'><transition event='tick' target='stamped'>"
		      "<assign location='$case/marks/mark[@n = $n]' type='lastchild'>"
		      "<stamp xmlns=''/></assign></transition></state>"
		      "<state id='stamped'><transition event='tick' target='runs' "
		      "cond='$case/marks/mark[@n = $n]/stamp' tro:why='x' tro:remedy='tick'>"
		      "</transition></state></scxml>",
		charts);
	uint32_t go = PROVE_NONE;

	ck_assert(together(p, "u", "runs"));
	for (uint32_t n = 0; n < p->node_count; n++) {
		const uint64_t *node = prove_bits(p, n);
		bool lacks =
			prove_is(p, 1, node, NODE_OPENED) && node[p->kinds[1].at + NODE_TRUE] == 0;

		for (uint32_t i = 0; i < p->nodes[n].edge_count; i++) {
			const prove_edge *e = &p->edges[p->nodes[n].first_edge + i];

			if (strcmp(p->labels[e->label].event, "go") == 0) {
				go = n;
				ck_assert(!lacks);
			}
		}
	}
	ck_assert_uint_ne(go, PROVE_NONE);
	tro_prove_free(p);
	tro_chart_free(charts[0]);
	tro_chart_free(charts[1]);
}
END_TEST

/* What a call may cost is not what an exploration may. */
START_TEST(each_step_of_an_exploration_has_a_budget_of_its_own)
{
	tro_buf text = TRO_BUF_INIT;
	tro_chart *chart;

	tro_buf_puts(&text, WORKFLOW ">" DOCUMENT);
	for (int e = 0; e < 6; e++) {
		tro_buf_printf(&text, "<tro:event name='e%d' role='r' basis='policy:roles'/>", e);
	}
	for (int s = 0; s < 20; s++) {
		tro_buf_printf(&text, "<state id='s%d'>", s);
	}
	for (int e = 0; e < 6; e++) { /* 2048 ways, each of which enters 20 states */
		tro_buf_printf(&text, "<transition event='e%d' target='s0'>", e);
		for (int i = 0; i < 11; i++) {
			tro_buf_printf(
				&text, "<if cond='$case/a%d'><raise event='x%d'/></if>", i, i);
		}
		tro_buf_puts(&text, "</transition>");
	}
	for (int s = 0; s < 20; s++) {
		tro_buf_puts(&text, "</state>");
	}
	tro_buf_puts(&text, "</scxml>");
	ck_assert_int_eq(tro_buf_status(&text, NULL), TRO_OK);
	prove *p = explore(text.ptr, &chart);

	ck_assert(!p->restless);
	ck_assert_uint_eq(p->node_count, 1);
	ck_assert_uint_eq(p->edge_count, 6);
	tro_prove_free(p);
	tro_chart_free(chart);
	tro_buf_done(&text);
}
END_TEST

/* ---- the engine never leaves the graph ---- */

enum { SEEDS = 60, WALK = 120, EVENT_KINDS = 5 };

typedef struct maker {
	tro_buf text;
	unsigned states, made;
	uint64_t random;
} maker;

static unsigned pick(maker *m, unsigned below)
{
	m->random = m->random * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(m->random >> 33) % below;
}

static void make_transitions(maker *m)
{
	for (unsigned i = pick(m, 3); i > 0; i--) {
		tro_buf_printf(&m->text, "<transition event='e%u'%s target='s%u'/>",
			pick(m, EVENT_KINDS), pick(m, 4) == 0 ? " type='internal'" : "",
			1 + pick(m, m->states));
	}
	if (pick(m, 3) == 0) {
		tro_buf_printf(&m->text,
			"<transition event='e%u'><raise event='e%u'/></transition>",
			pick(m, EVENT_KINDS), pick(m, 2));
	}
}

static void make_state(maker *m, unsigned depth)
{
	bool leaf = depth == 0 || m->made + 3 > m->states;
	const char *name = !leaf && pick(m, 3) == 0 ? "parallel" : "state";

	tro_buf_printf(&m->text, "<%s id='s%u'>", name, ++m->made);
	make_transitions(m);
	if (!leaf) {
		if (pick(m, 2) == 0) {
			tro_buf_printf(&m->text,
				"<history id='h%u' type='%s'><transition target='s%u'/></history>",
				m->made, pick(m, 2) == 0 ? "deep" : "shallow", m->made + 1);
		}
		for (unsigned i = 1 + pick(m, 3); i > 0; i--) {
			make_state(m, depth - 1);
		}
	}
	tro_buf_printf(&m->text, "</%s>", name);
}

static void make_chart(maker *m)
{
	m->states = 6 + pick(m, 10);
	m->made = 0;
	tro_buf_clear(&m->text);
	tro_buf_puts(&m->text, WORKFLOW ">");
	for (unsigned i = 0; i < EVENT_KINDS; i++) {
		tro_buf_printf(
			&m->text, "<tro:event name='e%u' role='r' basis='policy:roles'/>", i);
	}
	while (m->made < m->states) {
		make_state(m, 3);
	}
	tro_buf_puts(&m->text, "</scxml>");
}

static bool in_graph(const prove *p, const tro_chart_session *session)
{
	size_t bytes = p->kinds[0].words * sizeof(uint64_t);

	for (uint32_t n = 0; n < p->node_count; n++) {
		if (memcmp(prove_configuration(p, 0, prove_bits(p, n)), session->configuration,
			    bytes) == 0) {
			return true;
		}
	}
	return false;
}

START_TEST(a_session_is_always_where_the_graph_has_a_node)
{
	maker m = {.text = TRO_BUF_INIT, .random = 88172645463325252U + (uint64_t)_i};
	tro_chart *chart = NULL;
	prove *p = NULL;
	tro_err err;

	make_chart(&m);
	ck_assert_int_eq(tro_buf_status(&m.text, NULL), TRO_OK);
	const char *text = m.text.ptr;
	tro_status status = tro_chart_load(
		&chart, text, strlen(text), "chart", TRO_CHART_PRODUCTION, NULL, &err);

	if (status == TRO_OK) { /* else a target that cannot be: then there is nothing to walk */
		const tro_chart *one = chart;
		world *w = fx_new(text, TRO_CHART_PRODUCTION);

		ck_assert_int_eq(tro_prove_new(&p, &one, 1, 0, &err), TRO_OK);
		ck_assert_msg(tro_prove_explore(p, &err) == TRO_OK, "%s", err.message);
		fx_start(w);
		for (int i = 0; i < WALK; i++) {
			char event[16];
			bool taken;

			ck_assert_msg(in_graph(p, w->session), "seed %d step %d: %s in %s", _i, i,
				fx_states(w), text);
			(void)snprintf(event, sizeof(event), "e%u", pick(&m, EVENT_KINDS));
			if (tro_chart_post(w->session, &w->host, event, NULL, NULL, &taken,
				    &w->err) != TRO_OK) {
				ck_assert(p->restless); /* a circle: then the graph knows of one */
				break;
			}
		}
		fx_free(w);
	}
	tro_prove_free(p);
	tro_chart_free(chart);
	tro_buf_done(&m.text);
}
END_TEST

START_TEST(a_graph_that_is_walked_to_its_end_has_only_nodes_that_a_session_comes_to)
{
	/* Without free answers the graph is exact: two regions of two states, and the end. */
	tro_chart *chart;
	prove *p =
		explore(WORKFLOW "><tro:event name='a' role='r' basis='policy:roles'/>"
				 "<tro:event name='b' role='r' basis='policy:roles'/>"
				 "<parallel id='p'><transition event='done.state.p' target='end'/>"
				 "<state id='x'><state id='x1'><transition event='a' target='x2'/>"
				 "</state><final id='x2'/></state>"
				 "<state id='y'><state id='y1'><transition event='b' target='y2'/>"
				 "</state><final id='y2'/></state></parallel><final id='end'/>"
				 "</scxml>",
			&chart);

	ck_assert_uint_eq(p->node_count, 4);
	ck_assert_uint_eq(p->edge_count, 4);
	tro_prove_free(p);
	tro_chart_free(chart);
}
END_TEST

int main(void)
{
	tro_err err;

	if (tro_xml_init(&err) != TRO_OK) {
		return EXIT_FAILURE;
	}
	Suite *suite = suite_create("prove");
	TCase *tcase = tcase_create("prove");

	tcase_add_loop_test(tcase, conds_exclude_each_other_when_their_parts_do, 0,
		(int)(sizeof(conds) / sizeof(*conds)));
	tcase_add_loop_test(tcase, places_meet_when_their_steps_can_be_of_one_name, 0,
		(int)(sizeof(places) / sizeof(*places)));
	tcase_add_loop_test(tcase, a_cond_on_a_path_follows_what_is_assigned, 0,
		(int)(sizeof(marked) / sizeof(*marked)));
	tcase_add_test(tcase, an_error_may_come_wherever_it_is_handled);
	tcase_add_loop_test(tcase,
		a_loop_over_the_matters_of_a_kind_reaches_the_one_that_is_followed, 0,
		(int)(sizeof(visits) / sizeof(*visits)));
	tcase_add_test(tcase, what_an_open_matter_lacks_refuses);
	tcase_add_test(tcase, each_step_of_an_exploration_has_a_budget_of_its_own);
	tcase_add_loop_test(tcase, a_session_is_always_where_the_graph_has_a_node, 0, SEEDS);
	tcase_add_test(
		tcase, a_graph_that_is_walked_to_its_end_has_only_nodes_that_a_session_comes_to);
	suite_add_tcase(suite, tcase);
	int code = run_suite(suite);

	tro_xml_quit();
	return code;
}
