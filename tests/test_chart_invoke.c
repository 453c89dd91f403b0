/* Invoked sessions: a tree of sessions that is stored and restored like one. */
#include <stdio.h>

#include "chart_fixture.h"

#define INVOKE "<invoke type='scxml' id='c'"
#define CHILD(body)                                                                                \
	"<content><scxml version='1.0' datamodel='xpath' initial='i'>" body "</scxml></content>"
#define NOTE "<transition event='*'><log expr='$_event/name'/></transition>"

static void settle(world *w, bool durable)
{
	tro_time_us due = 0;

	for (int i = 0; i < 100 && tro_chart_next_timer(w->session, &due, NULL, NULL); i++) {
		w->host.now = due > w->host.now ? due : w->host.now;
		if (durable) {
			fx_through_bytes(w);
		}
		ck_assert_msg(tro_chart_fire(w->session, &w->host, &w->err) == TRO_OK, "%s",
			w->err.message);
	}
}

START_TEST(what_an_invoked_session_sends_comes_before_its_end)
{
	world *w = fx_run(SCXML "><state id='a'>" INVOKE ">" CHILD(
		"<final id='i'><onentry><send event='hello' target='#_parent'/></onentry>"
		"<onexit><send event='bye' target='#_parent'/></onexit>"
		"<donedata><param name='x' expr='7'/></donedata></final>") "</invoke>"
									   "<transition "
									   "event='done.invoke.c'><"
									   "log "
									   "expr=\"concat($_event/"
									   "name, ' ', "
									   "$_event/invokeid, ' ', "
									   "$_event/data/"
									   "data[@id='x'])\"/></"
									   "transition>" NOTE
									   "</state></scxml>");

	settle(w, _i == 1);
	ck_assert_str_eq(w->seen.ptr, "log  - <data>hello</data>\nlog  - <data>bye</data>\n"
				      "log  - <data>done.invoke.c c 7</data>\n");
	fx_free(w);
}
END_TEST

#define TALK                                                                                       \
	SCXML "><datamodel><data id='v' expr='0'/></datamodel><state id='a'>" INVOKE               \
	      " autoforward='true'>"                                                               \
	      "<param name='n' expr='$v + 5'/>" CHILD(                                             \
		      "<datamodel><data id='n'/><data id='own' expr='1'/></datamodel>"             \
		      "<state id='i'><onentry><send event='wait' delay='1s'/></onentry>"           \
		      "<transition event='wait'><send event='n' target='#_parent'>"                \
		      "<param name='n' expr='$n'/></send></transition>"                            \
		      "<transition event='ping'><send event='pong' target='#_parent'/>"            \
		      "</transition></state>") "<finalize><assign location='$v' "                  \
					       "expr=\"$_event/data/data[@id='n']/text()\"/>"      \
					       "</finalize></invoke>"                              \
					       "<transition event='n'><log expr='$v'/><send "      \
					       "event='ping'/></transition>"                       \
					       "<transition event='pong' target='b'/></state>"     \
					       "<state id='b'><transition event='*'><log "         \
					       "expr='$_event/name'/></transition>"                \
					       "</state></scxml>"

START_TEST(parameters_go_in_and_finalize_brings_data_out)
{
	world *w = fx_run(TALK);

	settle(w, _i == 1);
	ck_assert_str_eq(fx_states(w), "b");
	ck_assert_str_eq(w->seen.ptr, "log  - <data>5</data>\n");
	fx_free(w);
}
END_TEST

START_TEST(leaving_the_state_ends_the_session_which_is_heard_no_more)
{
	world *w = fx_run(SCXML "initial='a'><state id='a'>" INVOKE ">" CHILD(
		"<state id='i'><onentry><send event='late' target='#_parent' delay='1s'/>"
		"</onentry><onexit><log expr=\"'ended'\"/>"
		"<send event='bye' target='#_parent'/></onexit></state>") "</invoke>"
									  "<transition event='go' "
									  "target='b'/></"
									  "state><state "
									  "id='b'>" NOTE
									  "</state></scxml>");

	fx_post(w, "go");
	settle(w, false);
	ck_assert_str_eq(w->seen.ptr, "log  - <data>ended</data>\n");
	fx_free(w);
}
END_TEST

START_TEST(a_state_that_is_left_at_once_invokes_nothing)
{
	world *w = fx_run(SCXML "initial='a'><state id='a'>" INVOKE ">" CHILD(
		"<final id='i'/>") "</invoke><transition target='b'/></state>"
				   "<state id='b'>" NOTE "</state></scxml>");

	settle(w, false);
	ck_assert_str_eq(w->seen.ptr, "");
	fx_free(w);
}
END_TEST

START_TEST(what_cannot_be_invoked_is_an_error)
{
	static const struct {
		const char *invoke, *error;
	} table[] = {
		{"<invoke type='smoke'/>", "error.execution"},
		{"<invoke src='nothing'/>", "error.communication"},
		{"<invoke><content>no xml</content></invoke>", "error.execution"},
		{"<invoke><content><a xmlns=''/></content></invoke>", "error.execution"},
		{"<invoke namelist='$none'><content><scxml version='1.0'><final/></scxml>"
		 "</content></invoke>",
			"error.execution"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char text[1024];
		char expected[128];

		snprintf(text, sizeof(text), SCXML "><state>%s" NOTE "</state></scxml>",
			table[i].invoke);
		snprintf(expected, sizeof(expected), "log  - <data>%s</data>\n", table[i].error);
		world *w = fx_run(text);

		settle(w, false);
		ck_assert_str_eq(w->seen.ptr, expected);
		fx_free(w);
	}
}
END_TEST

static const char itself[] =
	SCXML "><state><invoke src='me'/><transition event='error'><send event='deep' "
	      "target='#_parent'/></transition><transition event='deep'>"
	      "<send event='deep' target='#_parent'/></transition></state></scxml>";

static tro_status give_itself(void *user, const char *uri, tro_buf *out, tro_err *err)
{
	(void)user;
	(void)uri;
	tro_buf_puts(out, itself);
	return tro_buf_status(out, err);
}

START_TEST(sessions_that_invoke_each_other_without_end_are_stopped)
{
	world *w = fx_new(
		SCXML "><state><invoke src='me'/>" NOTE "</state></scxml>", TRO_CHART_CONFORMANCE);

	w->host.resource = give_itself;
	fx_start(w);
	settle(w, _i == 1);
	ck_assert_ptr_nonnull(strstr(w->seen.ptr, "<data>deep</data>"));
	fx_free(w);
}
END_TEST

START_TEST(a_stored_child_that_was_not_invoked_is_not_restored)
{
	static const char *const table[] = {
		"<child invoke='1' id='c'/>",
		"<child invoke='x' id='c'/>",
		"<child invoke='0'/>",
		"<child invoke='0' id='c'><definition/><session/></child>",
		"<child invoke='0' id='c'><session/></child>",
		"<child invoke='0' id='c'><definition><a/></definition><session/></child>",
	};
	tro_chart *chart = fx_load(SCXML "><state id='a'><invoke/></state><state id='b'/></scxml>",
		TRO_CHART_CONFORMANCE);

	for (size_t i = 0; i <= sizeof(table) / sizeof(table[0]); i++) {
		bool good = i == sizeof(table) / sizeof(table[0]);
		char text[512];
		tro_chart_session *session = NULL;
		tro_err err;

		snprintf(text, sizeof(text),
			"<m><configuration><state "
			"id='a'/></configuration><children>%s</children></m>",
			good ? "<child invoke='0' id='c'/>" : table[i]);
		ck_assert_msg(
			(fx_restore(&session, chart, text, &err) == TRO_OK) == good, "%s", text);
		tro_chart_session_free(session);
	}
	tro_chart_free(chart);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chart invoke");
	TCase *invoke = tcase_create("invoke");

	tcase_add_checked_fixture(invoke, fx_init, tro_xml_quit);
	tcase_add_loop_test(invoke, what_an_invoked_session_sends_comes_before_its_end, 0, 2);
	tcase_add_loop_test(invoke, parameters_go_in_and_finalize_brings_data_out, 0, 2);
	tcase_add_test(invoke, leaving_the_state_ends_the_session_which_is_heard_no_more);
	tcase_add_test(invoke, a_state_that_is_left_at_once_invokes_nothing);
	tcase_add_test(invoke, what_cannot_be_invoked_is_an_error);
	tcase_add_loop_test(invoke, sessions_that_invoke_each_other_without_end_are_stopped, 0, 2);
	tcase_add_test(invoke, a_stored_child_that_was_not_invoked_is_not_restored);
	suite_add_tcase(suite, invoke);
	return run_suite(suite);
}
