/*
 * Hostile definitions: refused with a reason in under a second of CPU and under 100 MiB, when they
 * are loaded or when they are started. Each test runs in a process of its own, so that its memory
 * is its own.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "chart_fixture.h"

#if defined(__SANITIZE_ADDRESS__)
enum { SLOWER = 20, MEMORY_MIB = 4000 }; /* sanitizers take both */
#else
enum { SLOWER = 1, MEMORY_MIB = 100 };
#endif

/* Loads and starts; *refusal is why it did not come to rest. */
static tro_status run(const char *text, size_t len, tro_chart_mode mode, tro_err *err)
{
	tro_chart *chart = NULL;
	tro_chart_session *session = NULL;
	tro_chart_host host = {.session_id = "h"};
	tro_status status = tro_chart_load(&chart, text, len, "hostile.scxml", mode, NULL, err);

	if (status == TRO_OK) {
		ck_assert_int_eq(tro_chart_session_new(&session, chart, err), TRO_OK);
		status = tro_chart_start(session, &host, NULL, err);
	}
	tro_chart_session_free(session);
	tro_chart_free(chart);
	return status;
}

static void refused_in_time(const tro_buf *text, tro_chart_mode mode, const char *part)
{
	struct rusage usage;
	tro_err err = {.status = TRO_OK, .message = ""};
	clock_t begin = clock();

	ck_assert_int_eq(tro_buf_status(text, NULL), TRO_OK);
	tro_status status = run(text->ptr, text->len, mode, &err);
	double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
	ck_assert(status == TRO_INVALID || (status == TRO_OK && part[0] == '\0'));

	ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
	printf("%.3f s, %ld MiB: %s\n", seconds, usage.ru_maxrss / 1024, err.message);
	ck_assert_msg(strstr(err.message, part) != NULL, "%s", err.message);
	ck_assert_msg(seconds < SLOWER, "%f s", seconds);
	ck_assert_msg(usage.ru_maxrss / 1024 < MEMORY_MIB, "%ld MiB", usage.ru_maxrss / 1024);
}

/* ---- whole texts ---- */

static const struct {
	const char *part, *body; /* in conformance, where everything is allowed that can be */
} bodies[] = {
	{"does not lie", "<state id='a' initial='a'><state id='b'/></state>"},
	{"does not lie", "<state id='a' initial='b'><state id='c'/></state><state id='b' "
			 "initial='a'><state id='d'/></state>"},
	{"no default", "<state id='a'><history id='h'/><state id='b'/></state>"},
	{"circle", "<state id='a'><history id='h'><transition target='g'/></history>"
		   "<history id='g'><transition target='h'/></history><state id='b'/></state>"},
	{"there already", "<state id='a'/><state id='a'/>"},
	{"no rest after", "<state id='a'><transition target='a'/></state>"},
	{"no rest after", "<state id='a'><transition target='b'/></state><state id='b'><transition "
			  "target='a'/></state>"},
	{"no rest after", "<state id='a'><onentry><raise event='e'/></onentry><transition "
			  "event='e' target='a'/></state>"},
	{"no rest after", "<state id='a'><transition cond='$none' target='a'/></state>"},
	{"are waiting",
		"<datamodel><data id='x'><k xmlns=''/><k xmlns=''/></data></datamodel><state "
		"id='a'><onentry>"
		"<raise event='e'/></onentry><transition event='e'><foreach array='$x/k' item='i'>"
		"<raise event='e'/><raise event='e'/></foreach></transition></state>"},
	/* trees that double, texts that double, attributes that double */
	{"copied", "<datamodel><data id='x'><k xmlns=''/></data></datamodel><state "
		   "id='a'><transition target='a'>"
		   "<assign location='$x' type='lastchild' expr='$x/k'/></transition></state>"},
	{"", "<datamodel><data id='x' expr=\"'0123456789'\"/></datamodel><state id='a'><transition "
	     "target='a'>"
	     "<assign location='$x' expr='concat($x, $x)'/></transition></state>"},
	{"copied",
		"<datamodel><data id='x'><k xmlns='' a='0123456789'/></data></datamodel><state "
		"id='a'>"
		"<transition target='a'><assign location='$x/k' type='nextsibling' expr='$x/k[1]'/>"
		"<assign location='$x/k[1]/@a' expr='concat($x/k[1]/@a, "
		"$x/k[1]/@a)'/></transition></state>"},
	/* expressions that walk a tree to the power of five, again and again */
	{"in one step",
		"<datamodel><data id='x'><k xmlns=''/></data></datamodel><state id='a'><onentry>"
		"<foreach array='//* | //@*' item='i'><assign location='$x' type='lastchild' "
		"expr='//*'/></foreach>"
		"<assign location='$x' type='lastchild' expr='//*'/><assign location='$x' "
		"type='lastchild' expr='//*'/>"
		"<assign location='$x' type='lastchild' expr='//*'/></onentry>"
		"<transition cond='count(//*[count(//*[count(//*[count(//*) &gt; 0]) &gt; 0]) &gt; "
		"0]) &gt; 0' target='a'/>"
		"<transition target='a'/></state>"},
	{"executed", "<datamodel><data id='x'><k xmlns=''/><k xmlns=''/><k xmlns=''/><k "
		     "xmlns=''/><k xmlns=''/><k xmlns=''/>"
		     "<k xmlns=''/><k xmlns=''/></data></datamodel><state id='a'><onentry>"
		     "<foreach array='$x/k' item='b'><foreach array='$x/k' item='c'><foreach "
		     "array='$x/k' item='d'>"
		     "<foreach array='$x/k' item='e'><foreach array='$x/k' item='f'><foreach "
		     "array='$x/k' item='g'>"
		     "<log/></foreach></foreach></foreach></foreach></foreach></foreach></"
		     "onentry></state>"},
};
enum { BODIES = sizeof(bodies) / sizeof(bodies[0]) };

START_TEST(a_small_text_cannot_ask_for_much)
{
	tro_buf text = TRO_BUF_INIT;

	tro_buf_printf(&text, SCXML ">%s</scxml>", bodies[_i].body);
	refused_in_time(&text, TRO_CHART_CONFORMANCE, bodies[_i].part);
	tro_buf_done(&text);
}
END_TEST

/* ---- texts that are made ---- */

static void repeat(tro_buf *text, int count, const char *what)
{
	for (int i = 0; i < count; i++) {
		tro_buf_puts(text, what);
	}
}

START_TEST(many_states_are_refused)
{
	tro_buf text = TRO_BUF_INIT;

	tro_buf_puts(&text, WORKFLOW ">");
	for (int i = 0; i < 100000; i++) {
		tro_buf_printf(&text, "<state id='s%d'/>", i);
	}
	tro_buf_puts(&text, "</scxml>");
	refused_in_time(&text, TRO_CHART_PRODUCTION, "100001 states");
	tro_buf_done(&text);
}
END_TEST

START_TEST(many_states_of_one_id_are_refused)
{
	tro_buf text = TRO_BUF_INIT;

	tro_buf_puts(&text, WORKFLOW ">");
	repeat(&text, 19000, "<state id='s'/>");
	tro_buf_puts(&text, "</scxml>");
	refused_in_time(&text, TRO_CHART_PRODUCTION, "there already");
	tro_buf_done(&text);
}
END_TEST

START_TEST(a_deep_text_is_refused)
{
	tro_buf text = TRO_BUF_INIT;

	tro_buf_puts(&text, WORKFLOW ">");
	repeat(&text, 100000, "<state>");
	repeat(&text, 100000, "</state>");
	tro_buf_puts(&text, "</scxml>");
	refused_in_time(&text, TRO_CHART_PRODUCTION, "");
	tro_buf_done(&text);
}
END_TEST

START_TEST(a_wide_parallel_that_goes_round_is_stopped)
{
	tro_buf text = TRO_BUF_INIT;

	tro_buf_puts(&text, SCXML "><parallel id='p'>");
	repeat(&text, 6000,
		"<state><state><transition target='x'/></state><state><transition "
		"target='x'/></state></state>");
	tro_buf_puts(&text, "<state id='q'><state id='x'/></state></parallel></scxml>");
	refused_in_time(&text, TRO_CHART_CONFORMANCE, "in one step");
	tro_buf_done(&text);
}
END_TEST

START_TEST(many_regions_that_all_move_are_stopped)
{
	tro_buf text = TRO_BUF_INIT;

	tro_buf_puts(&text, SCXML "><parallel id='p'>");
	for (int i = 0; i < 6000; i++) {
		tro_buf_printf(&text,
			"<state><state id='a%d'><transition target='b%d'/></state><state id='b%d'>"
			"<transition target='a%d'/></state></state>",
			i, i, i, i);
	}
	tro_buf_puts(&text, "</parallel></scxml>");
	refused_in_time(&text, TRO_CHART_CONFORMANCE, "in one step");
	tro_buf_done(&text);
}
END_TEST

START_TEST(conditions_of_many_events_are_not_looked_at_for_ever)
{
	tro_buf text = TRO_BUF_INIT;

	tro_buf_puts(&text, WORKFLOW ">");
	for (int i = 0; i < 5000; i++) {
		tro_buf_printf(&text, "<tro:event name='e.%d' role='r' basis='b'/>", i);
	}
	tro_buf_puts(&text, "<state id='a'>");
	repeat(&text, 10000, "<transition event='e' cond='1' target='a'/>");
	repeat(&text, 1, "<transition event='e'/></state></scxml>");
	refused_in_time(&text, TRO_CHART_PRODUCTION, "too many transitions");
	tro_buf_done(&text);
}
END_TEST

static void an_expression(
	tro_buf *text, const char *open, const char *inner, const char *close, int count)
{
	tro_buf_puts(text, SCXML "><state id='a'><transition target='a' cond='");
	repeat(text, count, open);
	tro_buf_puts(text, inner);
	repeat(text, count, close);
	tro_buf_puts(text, "'/></state></scxml>");
}

START_TEST(a_nested_expression_is_an_error_and_no_crash)
{
	static const char *const forms[][3] = {{"(", "1", ")"}, {"-", "1", ""}, {"a[", "1", "]"},
		{"not(", "1", ")"}, {"1+", "1", ""}, {"//", "a", ""}, {"/a", "", ""},
		{"1|", "1", ""}, {"$x/", "a", ""}, {"concat(1,", "1", ")"}};
	tro_buf text = TRO_BUF_INIT;

	an_expression(&text, forms[_i][0], forms[_i][1], forms[_i][2],
		(int)(3900 / (strlen(forms[_i][0]) + strlen(forms[_i][2]))));
	refused_in_time(&text, TRO_CHART_CONFORMANCE, "");
	tro_buf_done(&text);
}
END_TEST

START_TEST(the_text_of_a_tree_a_thousand_times_is_too_much)
{
	tro_buf text = TRO_BUF_INIT;

	tro_buf_puts(&text, SCXML "><datamodel><data id='x'>");
	repeat(&text, 20000, "0123456789 0123456789 0123456789 0123456789 0123456789 ");
	tro_buf_puts(&text, "</data></datamodel><state id='a'><transition target='a' "
			    "cond='string-length(concat($x");
	repeat(&text, 1500, ",$x");
	tro_buf_puts(&text, "))'/></state></scxml>");
	refused_in_time(&text, TRO_CHART_CONFORMANCE, "");
	tro_buf_done(&text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chart hostile");
	TCase *texts = tcase_create("texts");

	tcase_add_checked_fixture(texts, fx_init, tro_xml_quit);
	tcase_set_timeout(texts, 120);
	tcase_add_loop_test(texts, a_small_text_cannot_ask_for_much, 0, BODIES);
	tcase_add_test(texts, many_states_are_refused);
	tcase_add_test(texts, many_states_of_one_id_are_refused);
	tcase_add_test(texts, a_deep_text_is_refused);
	tcase_add_test(texts, a_wide_parallel_that_goes_round_is_stopped);
	tcase_add_test(texts, many_regions_that_all_move_are_stopped);
	tcase_add_test(texts, conditions_of_many_events_are_not_looked_at_for_ever);
	tcase_add_loop_test(texts, a_nested_expression_is_an_error_and_no_crash, 0, 10);
	tcase_add_test(texts, the_text_of_a_tree_a_thousand_times_is_too_much);
	suite_add_tcase(suite, texts);
	return run_suite(suite);
}
