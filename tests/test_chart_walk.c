/*
 * Properties over random machines and random events. The seed is printed; CHART_SEED repeats a run.
 */
#include <stdint.h>
#include <stdio.h>

#include "chart_fixture.h"

static uint64_t seed;

static uint64_t next_random(void)
{
	/* splitmix64 */
	uint64_t z = seed += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static int below(int n)
{
	return (int)(next_random() % (uint64_t)n);
}

static void seed_from(int run)
{
	const char *given = getenv("CHART_SEED");

	seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)run * 7919 + 20261123;
	printf("seed %llu\n", (unsigned long long)seed);
}

/* ---- random machines ---- */

typedef struct machine {
	tro_buf text;
	int states; /* so far; ids s0, s1, ... */
	int target_max;
} machine;

static void put_content(machine *m)
{
	static const char *const table[] = {
		"<raise event='e%d'/>",
		"<assign location='$v' type='lastchild'><k xmlns=''>%d</k></assign>",
		"<assign location='$v/k[%d]' expr='count($v/k)'/>",
		"<assign location='$v/k[1]' type='delete'/>",
		"<assign location='$w' expr='%d'/>",
		"<assign location='$v/k[2]' type='previoussibling' expr=\"'t%d'\"/>",
		"<send event='e%d' delay='2s'/>",
		"<send event='e%d' id='one' delay='1s'><param name='p' expr='$w'/></send>",
		"<send event='e%d'><content><q xmlns=''><r>1</r></q></content></send>",
		"<cancel sendid='one'/>",
		"<send event='x' idlocation='$w' delay='%ds'/>",
		"<if cond='count($v/k) &gt; 8'><assign location='$v'/><else/>"
		"<assign location='$w' expr='%d + string-length($w)'/></if>",
		"<foreach array='$v/k' item='i' index='n'>"
		"<assign location='$i' type='addattribute' attr='a' expr='$n'/></foreach>",
		"<foreach array='$v/node()' item='w'><assign location='$w' type='replace'>"
		"<k xmlns=''>%d</k></assign></foreach>",
		"<assign location='$v' type='lastchild'><o xmlns=''>%d</o></assign>",
		"<log label='l' expr=\"concat($w, '%d')\"/>",
		"<foreach array='$v/k' item='v'/>",
		"<foreach array='$w/node() | $v/k/..' item='v' index='w'/>",
	};

	tro_buf_printf(&m->text, "<if cond='%d'>", below(3));
	for (int i = below(3); i > 0; i--) {
		const char *form = table[below((int)(sizeof(table) / sizeof(table[0])))];
		const char *hole = strstr(form, "%d");

		if (hole == NULL) {
			tro_buf_puts(&m->text, form);
			continue;
		}
		tro_buf_put(&m->text, form, (size_t)(hole - form));
		tro_buf_printf(&m->text, "%d", below(4));
		tro_buf_puts(&m->text, hole + 2);
	}
	tro_buf_puts(&m->text, "</if>");
}

/* Without event; its guard waits for what the content above may leave, and takes it away. What
 * leaves it again and again fails the step, in both walks alike. */
static void put_eventless(machine *m)
{
	tro_buf_printf(&m->text,
		"<transition cond='$v/o' target='%c%d'><assign location='$v/o[1]' "
		"type='delete'/></transition>",
		below(4) == 0 ? 'h' : 's', below(m->target_max));
}

static void put_transition(machine *m)
{
	static const char *const conds[] = {"", "", " cond='count($v/k) &lt; 4'",
		" cond='$w &gt; 1'", " cond=\"In('s1')\"", " cond='$none'"};

	tro_buf_printf(&m->text, "<transition event='e%d'%s", below(4), conds[below(6)]);
	if (below(5) > 0) {
		tro_buf_printf(&m->text, " target='%c%d'", below(6) == 0 ? 'h' : 's',
			below(m->target_max));
	}
	tro_buf_puts(&m->text, below(3) == 0 ? " type='internal'>" : ">");
	put_content(m);
	tro_buf_puts(&m->text, "</transition>");
}

/* Every composite state has a history of its own number, so that "h<n>" of an atomic one dangles:
 * atomic states get theirs from the parent's. */
static void put_state(machine *m, int depth, bool atomic_only)
{
	int id = m->states++;
	int children = atomic_only || depth > 3 ? 0 : below(4);
	bool parallel = children > 1 && below(3) == 0;

	tro_buf_printf(&m->text, "<%s id='s%d'>", parallel ? "parallel" : "state", id);
	tro_buf_puts(&m->text, "<onentry>");
	put_content(m);
	tro_buf_puts(&m->text, "</onentry><onexit>");
	put_content(m);
	tro_buf_puts(&m->text, "</onexit>");
	for (int i = below(4); i > 0; i--) {
		put_transition(m);
	}
	if (below(6) == 0) {
		put_eventless(m);
	}
	if (below(4) == 0) {
		tro_buf_printf(
			&m->text, "<datamodel><data id='d%d' expr='count($v/k)'/></datamodel>", id);
	}
	if (children > 0) {
		int first = m->states;

		tro_buf_printf(&m->text, "<history id='h%d' type='%s'><transition target='s%d'>",
			id, below(2) == 0 ? "deep" : "shallow", first);
		put_content(m);
		tro_buf_puts(&m->text, "</transition></history>");
		for (int i = 0; i < children; i++) {
			put_state(m, depth + 1, false);
		}
		if (!parallel && below(2) == 0) {
			tro_buf_printf(&m->text, "<final id='f%d'/>", id);
		}
	}
	tro_buf_puts(&m->text, parallel ? "</parallel>" : "</state>");
}

/* A text whose targets may dangle; such a one is not loaded. A shallow history over a parallel
 * enters all of it. */
static tro_chart *random_chart(tro_buf *text)
{
	for (;;) {
		machine m = {.text = TRO_BUF_INIT, .target_max = 6 + below(8)};
		tro_chart *chart = NULL;

		tro_buf_printf(&m.text,
			SCXML "binding='%s'><datamodel><data id='v'/><data id='w' expr='0'/>"
			      "</datamodel>",
			below(2) == 0 ? "early" : "late");
		while (m.states < m.target_max) {
			put_state(&m, 0, false);
		}
		tro_buf_puts(&m.text, "</scxml>");
		if (tro_chart_load(&chart, m.text.ptr, m.text.len, "random", TRO_CHART_CONFORMANCE,
			    NULL, NULL) == TRO_OK) {
			*text = m.text;
			return chart;
		}
		tro_buf_done(&m.text);
	}
}

/* ---- the walk ---- */

typedef struct walker {
	tro_chart_session *session;
	tro_chart_host host;
	tro_buf seen;
} walker;

static tro_status note(void *user, const tro_chart_effect *effect, tro_err *err)
{
	walker *w = user;

	tro_buf_printf(&w->seen, "%s ", effect->name);
	fx_bytes(&w->seen, effect->data);
	return tro_buf_status(&w->seen, err);
}

static void begin(walker *w, const tro_chart *chart)
{
	tro_err err;

	w->seen = (tro_buf)TRO_BUF_INIT;
	w->host = (tro_chart_host){.session_id = "w", .effect = note, .user = w};
	ck_assert_int_eq(tro_chart_session_new(&w->session, chart, &err), TRO_OK);
}

static void end(walker *w)
{
	tro_chart_session_free(w->session);
	tro_buf_done(&w->seen);
}

static tro_status move(walker *w, int what, tro_time_us now, tro_err *err)
{
	static const char *const events[] = {"e0", "e1", "e2", "e3", "x"};
	tro_time_us due = 0;

	w->host.now = now;
	if (what >= 5) {
		if (!tro_chart_next_timer(w->session, &due, NULL, NULL)) {
			return TRO_OK;
		}
		if (due > w->host.now) {
			w->host.now = due;
		}
		return tro_chart_fire(w->session, &w->host, err);
	}
	return tro_chart_post(w->session, &w->host, events[what], NULL, NULL, NULL, err);
}

static void through_bytes(walker *w, const tro_chart *chart)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_err err;

	fx_save(&bytes, w->session);
	tro_chart_session_free(w->session);
	w->session = NULL;
	ck_assert_msg(fx_restore(&w->session, chart, bytes.ptr, &err) == TRO_OK, "%s\n%s",
		err.message, bytes.ptr);
	tro_buf_done(&bytes);
}

static void expect_same(const char *x, const char *y, const char *text)
{
	if (strcmp(x, y) != 0) {
		fprintf(stderr, "never restored: %s\nrestored: %s\nchart: %s\n", x, y, text);
		ck_abort_msg("a restored session differs");
	}
}

static void expect_equal(walker *a, walker *b, const char *text)
{
	tro_buf x = TRO_BUF_INIT;
	tro_buf y = TRO_BUF_INIT;

	fx_save(&x, a->session);
	fx_save(&y, b->session);
	expect_same(x.ptr, y.ptr, text);
	expect_same(a->seen.ptr, b->seen.ptr, text);
	tro_buf_done(&x);
	tro_buf_done(&y);
}

/* ---- legal configurations, from the text of the definition and not by the engine ---- */

static bool is_state(const tro_xml_node *node)
{
	const char *name = tro_xml_name(node);

	return strcmp(name, "state") == 0 || strcmp(name, "parallel") == 0 ||
	       strcmp(name, "final") == 0;
}

/* SCXML 3.11: of an active state one child is active, of an active parallel all, of any other none;
 * no history ever is. */
static void expect_legal(const tro_chart_session *session, const tro_xml_node *node, bool active)
{
	bool parallel = strcmp(tro_xml_name(node), "parallel") == 0;
	int children = 0;
	int on = 0;

	for (const tro_xml_node *n = tro_xml_first(node); n != NULL; n = tro_xml_next(n)) {
		const char *id = tro_xml_get(n, NULL, "id");

		if (is_state(n)) {
			children++;
			on += tro_chart_in(session, id);
			expect_legal(session, n, tro_chart_in(session, id));
		} else if (strcmp(tro_xml_name(n), "history") == 0) {
			ck_assert(!tro_chart_in(session, id));
		}
	}
	ck_assert_int_eq(on, !active || children == 0 ? 0 : parallel ? children : 1);
}

START_TEST(a_session_restored_before_every_step_is_the_session_never_restored)
{
	tro_buf text = TRO_BUF_INIT;
	tro_err err_a = {.status = TRO_OK, .message = ""};
	tro_err err_b = err_a;
	walker a;
	walker b;

	seed_from(_i);
	tro_chart *chart = random_chart(&text);

	begin(&a, chart);
	begin(&b, chart);
	tro_status status = tro_chart_start(a.session, &a.host, NULL, &err_a);

	tro_xml_doc *definition = fx_parse(text.ptr);

	ck_assert_int_eq(tro_chart_start(b.session, &b.host, NULL, &err_b), status);
	for (int i = 0; i < 40 && status == TRO_OK; i++) {
		int what = below(9);
		tro_time_us now = (tro_time_us)i * 100000;

		expect_legal(a.session, tro_xml_root(definition), true);
		expect_equal(&a, &b, text.ptr);
		through_bytes(&b, chart);
		expect_equal(&a, &b, text.ptr);
		status = move(&a, what, now, &err_a);
		ck_assert_int_eq(move(&b, what, now, &err_b), status);
	}
	ck_assert_msg(status == TRO_OK || status == TRO_INVALID, "%s", err_a.message);
	tro_xml_free(definition);
	ck_assert_str_eq(err_a.message, err_b.message);
	end(&a);
	end(&b);
	tro_chart_free(chart);
	tro_buf_done(&text);
}
END_TEST

START_TEST(the_same_events_give_the_same_session)
{
	tro_buf text = TRO_BUF_INIT;
	tro_err err;
	walker w[2];

	seed_from(_i);
	tro_chart *chart = random_chart(&text);
	uint64_t events = seed;

	for (int k = 0; k < 2; k++) {
		seed = events;
		begin(&w[k], chart);
		tro_status status = tro_chart_start(w[k].session, &w[k].host, NULL, &err);

		for (int i = 0; i < 30 && status == TRO_OK; i++) {
			status = move(&w[k], below(9), i, &err);
		}
		if (status != TRO_OK) {
			tro_chart_session_free(w[k].session);
			ck_assert_int_eq(tro_chart_session_new(&w[k].session, chart, &err), TRO_OK);
			ck_assert_int_eq(tro_chart_save(w[k].session, NULL, &err), TRO_USAGE);
		}
	}
	ck_assert_str_eq(w[0].seen.ptr, w[1].seen.ptr);
	end(&w[0]);
	end(&w[1]);
	tro_chart_free(chart);
	tro_buf_done(&text);
}
END_TEST

/* ---- stored sessions that do not fit ---- */

#define MACHINE                                                                                    \
	SCXML "initial='p'><datamodel><data id='d'/></datamodel><parallel id='p'>"                 \
	      "<history id='h' type='deep'><transition target='a1 b1'/></history>"                 \
	      "<history id='g'><transition target='a b'/></history>"                               \
	      "<state id='a'><state id='a1'/><state id='a2'/></state>"                             \
	      "<state id='b'><state id='b1'/></state></parallel><final id='f'/></scxml>"
#define ACTIVE                                                                                     \
	"<configuration><state id='p'/><state id='a'/><state id='a1'/><state id='b'/>"             \
	"<state id='b1'/></configuration>"

START_TEST(what_does_not_fit_the_chart_is_not_restored)
{
	static const struct {
		const char *content;
		bool good;
	} table[] = {
		{ACTIVE, true},
		{"", false},
		{"<configuration/>", false},
		{"<configuration><state id='p'/></configuration>", false},
		{"<configuration><state id='f'/></configuration>", true},
		{"<configuration><state id='f'/><state id='f'/></configuration>", false},
		{"<configuration><state id='f'/><state id='p'/></configuration>", false},
		{"<configuration><state id='a1'/></configuration>", false},
		{"<configuration><state id='zz'/></configuration>", false},
		{"<configuration><state id='h'/></configuration>", false},
		{"<configuration><state/></configuration>", false},
		{ACTIVE "<history><of id='h'><state id='a2'/><state id='b1'/></of></history>",
			true},
		{ACTIVE "<history><of id='h'><state id='a2'/></of></history>", false},
		{ACTIVE "<history><of id='h'><state id='a1'/><state id='a2'/><state id='b1'/></of>"
			"</history>",
			false},
		{ACTIVE "<history><of id='h'><state id='a'/><state id='b1'/></of></history>",
			false},
		{ACTIVE "<history><of id='h'><state id='f'/></of></history>", false},
		{ACTIVE "<history><of id='g'><state id='a'/><state id='b'/></of></history>", true},
		{ACTIVE "<history><of id='g'><state id='a'/></of></history>", false},
		{ACTIVE "<history><of id='p'><state id='a'/></of></history>", false},
		{ACTIVE "<timers><timer id='i' event='e' due='1970-01-01T00:00:00Z'/></timers>",
			true},
		{ACTIVE "<timers><timer id='i' event='e' due='soon'/></timers>", false},
		{ACTIVE "<timers><timer event='e' due='1970-01-01T00:00:00Z'/></timers>", false},
		{ACTIVE "<timers><timer id='i' due='1970-01-01T00:00:00Z'/></timers>", false},
		{ACTIVE "<timers><timer id='i' event='e' seq='0' due='1970-01-01T00:00:00Z'/>"
			"</timers>",
			false},
		{"<configuration><state id='f'/></configuration>"
		 "<timers><timer id='i' event='e' due='1970-01-01T00:00:00Z'/></timers>",
			false},
		{ACTIVE "<data><datum id='d'>x</datum></data>", true},
		{ACTIVE "<data><datum id='d'/><datum id='d'/></data>", false},
		{ACTIVE "<data><datum/></data>", false},
		{ACTIVE "<sends count='x'/>", false},
	};
	tro_chart *chart = fx_load(MACHINE, TRO_CHART_CONFORMANCE);

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		tro_chart_session *session = NULL;
		char text[1024];
		tro_err err;

		snprintf(text, sizeof(text), "<matter>%s</matter>", table[i].content);
		tro_status status = fx_restore(&session, chart, text, &err);

		ck_assert_msg((status == TRO_OK) == table[i].good, "%s", table[i].content);
		ck_assert(table[i].good || status == TRO_INVALID);
		tro_chart_session_free(session);
	}
	tro_chart_free(chart);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chart walk");
	TCase *walk = tcase_create("walk");

	tcase_add_checked_fixture(walk, fx_init, tro_xml_quit);
	tcase_set_timeout(walk, 60);
	tcase_add_loop_test(walk,
		a_session_restored_before_every_step_is_the_session_never_restored, 0,
		SANITIZED ? 30 : 150);
	tcase_add_loop_test(walk, the_same_events_give_the_same_session, 0, SANITIZED ? 10 : 30);
	tcase_add_test(walk, what_does_not_fit_the_chart_is_not_restored);
	suite_add_tcase(suite, walk);
	return run_suite(suite);
}
