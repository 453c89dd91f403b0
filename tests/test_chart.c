/* The interpreter: what SCXML 1.0 and the XPath Note say happens. */
#include <dirent.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>

#include "chart_fixture.h"

extern char **environ;

/* ---- entering and leaving ---- */

START_TEST(initial_states_are_entered_from_the_outside_in)
{
	world *w = fx_run(SCXML "initial='a'><state id='a'><onentry><log expr=\"'a'\"/></onentry>"
				"<initial><transition target='b'><log expr=\"'init'\"/>"
				"</transition></initial>"
				"<state id='b'><onentry><log expr=\"'b'\"/></onentry></state>"
				"</state></scxml>");

	ck_assert_str_eq(w->seen.ptr,
		"log  - <data>a</data>\nlog  - <data>init</data>\nlog  - <data>b</data>\n");
	ck_assert_str_eq(fx_states(w), "b");
	ck_assert(tro_chart_in(w->session, "a"));
	ck_assert(!tro_chart_in(w->session, "z"));
	fx_free(w);
}
END_TEST

#define PARALLEL                                                                                   \
	SCXML "initial='p'><parallel id='p'>"                                                      \
	      "<onexit><log expr=\"'-p'\"/></onexit>"                                              \
	      "<state id='a'><onexit><log expr=\"'-a'\"/></onexit>"                                \
	      "<state id='a1'><transition event='go' target='a2'/></state>"                        \
	      "<state id='a2'><transition event='both' target='a1 b2'/></state></state>"           \
	      "<state id='b'><onexit><log expr=\"'-b'\"/></onexit>"                                \
	      "<state id='b1'><transition event='go' target='b2'/>"                                \
	      "<transition event='out' target='end'/></state>"                                     \
	      "<state id='b2'><onentry><log expr=\"'+b2'\"/></onentry></state></state>"            \
	      "<transition event='out' target='other'/></parallel>"                                \
	      "<state id='end'/><state id='other'/></scxml>"

START_TEST(regions_of_a_parallel_move_on_the_same_event)
{
	world *w = fx_run(PARALLEL);

	ck_assert_str_eq(fx_states(w), "a1 b1");
	ck_assert(fx_post(w, "go"));
	ck_assert_str_eq(fx_states(w), "a2 b2");
	ck_assert(!fx_post(w, "go"));
	fx_free(w);
}
END_TEST

START_TEST(states_are_left_from_the_inside_out_in_reverse_document_order)
{
	world *w = fx_run(PARALLEL);

	ck_assert(fx_post(w, "out"));
	ck_assert_str_eq(w->seen.ptr,
		"log  - <data>-b</data>\nlog  - <data>-a</data>\nlog  - <data>-p</data>\n");
	fx_free(w);
}
END_TEST

START_TEST(a_transition_of_a_descendant_preempts_that_of_its_ancestor)
{
	world *w = fx_run(PARALLEL);

	ck_assert(fx_post(w, "out"));
	ck_assert_str_eq(fx_states(w), "end");
	fx_free(w);
}
END_TEST

START_TEST(several_targets_enter_several_regions)
{
	world *w = fx_run(PARALLEL);

	fx_post(w, "go");
	tro_buf_clear(&w->seen);
	ck_assert(fx_post(w, "both"));
	ck_assert_str_eq(fx_states(w), "a1 b2");
	/* The domain is above p: the whole parallel is left and entered anew. */
	ck_assert_ptr_nonnull(strstr(w->seen.ptr, "-p"));
	ck_assert_ptr_nonnull(strstr(w->seen.ptr, "+b2"));
	fx_free(w);
}
END_TEST

START_TEST(an_internal_transition_stays_in_its_source)
{
	world *w = fx_run(SCXML "initial='s'><state id='s' initial='a'>"
				"<onexit><log expr=\"'-s'\"/></onexit>"
				"<transition event='in' type='internal' target='b'/>"
				"<transition event='ex' target='b'/>"
				"<state id='a'/><state id='b'/></state></scxml>");

	fx_post(w, "in");
	ck_assert_str_eq(fx_states(w), "b");
	ck_assert_str_eq(w->seen.ptr, "");
	fx_post(w, "ex");
	ck_assert_str_eq(w->seen.ptr, "log  - <data>-s</data>\n");
	fx_free(w);
}
END_TEST

START_TEST(a_transition_without_target_leaves_nothing)
{
	world *w = fx_run(SCXML "initial='s'><state id='s'><onexit><log expr=\"'-s'\"/></onexit>"
				"<transition event='e'><log expr=\"'e'\"/></transition></state>"
				"</scxml>");

	ck_assert(fx_post(w, "e"));
	ck_assert_str_eq(w->seen.ptr, "log  - <data>e</data>\n");
	fx_free(w);
}
END_TEST

#define HISTORY                                                                                    \
	SCXML "initial='s'><state id='s' initial='a'>"                                             \
	      "<history id='h'><transition target='b'><log expr=\"'default'\"/>"                   \
	      "</transition></history>"                                                            \
	      "<history id='hd' type='deep'><transition target='b2'/></history>"                   \
	      "<state id='a'><transition event='b2' target='b2'/></state>"                         \
	      "<state id='b' initial='b1'><state id='b1'/><state id='b2'/></state>"                \
	      "<transition event='out' target='o'/></state>"                                       \
	      "<state id='o'><transition event='back' target='h'/>"                                \
	      "<transition event='deep' target='hd'/></state>"                                     \
	      "<state id='never'/></scxml>"

START_TEST(a_shallow_history_restores_the_child_alone)
{
	world *w = fx_run(HISTORY);

	fx_post(w, "b2");
	fx_post(w, "out");
	fx_post(w, "back");
	ck_assert_str_eq(fx_states(w), "b1");
	ck_assert_str_eq(w->seen.ptr, "");
	fx_free(w);
}
END_TEST

START_TEST(a_deep_history_restores_the_innermost_states)
{
	world *w = fx_run(HISTORY);

	fx_post(w, "b2");
	fx_post(w, "out");
	fx_post(w, "deep");
	ck_assert_str_eq(fx_states(w), "b2");
	fx_free(w);
}
END_TEST

START_TEST(a_history_without_record_runs_its_default)
{
	world *w = fx_run(SCXML "initial='o'><state id='o'><transition event='back' target='h'/>"
				"</state><state id='s'><history id='h'>"
				"<transition target='b'><log expr=\"'default'\"/></transition>"
				"</history><state id='a'/><state id='b'/></state></scxml>");

	fx_post(w, "back");
	ck_assert_str_eq(fx_states(w), "b");
	ck_assert_str_eq(w->seen.ptr, "log  - <data>default</data>\n");
	fx_free(w);
}
END_TEST

START_TEST(final_states_raise_done_with_their_data)
{
	world *w = fx_run(SCXML
		"initial='p'><datamodel><data id='d'/><data id='order'/></datamodel>"
		"<parallel id='p'><state id='a'><final id='af'><donedata>"
		"<param name='x' expr='7'/></donedata></final></state>"
		"<state id='b'><state id='b1'><transition event='go' target='bf'/></state>"
		"<final id='bf'/></state>"
		"<transition event='done.state.a'>"
		"<assign location='$d' expr='$_event/data/data[@id=\"x\"]/text()'/></transition>"
		"<transition event='done.state.b'><assign location='$order' expr=\"'b'\"/>"
		"</transition>"
		"<transition event='done.state.p' cond=\"$order = 'b'\" target='end'/>"
		"</parallel><final id='end'/></scxml>");

	ck_assert_str_eq(fx_value(w, "$d"), "7");
	ck_assert(!tro_chart_finished(w->session));
	fx_post(w, "go");
	ck_assert(tro_chart_finished(w->session));
	ck_assert_str_eq(fx_states(w), "end");
	ck_assert(!fx_post(w, "go"));
	fx_free(w);
}
END_TEST

START_TEST(a_finished_session_runs_onexit_and_forgets_its_timers)
{
	world *w = fx_run(SCXML "initial='a'><state id='a'><onentry>"
				"<send event='later' delay='1s'/></onentry>"
				"<transition event='go' target='end'/></state>"
				"<final id='end'><onexit><log expr=\"string(In('end'))\"/></onexit>"
				"</final></scxml>");

	ck_assert(tro_chart_next_timer(w->session, NULL, NULL, NULL));
	fx_post(w, "go");
	ck_assert_str_eq(w->seen.ptr, "log  - <data>true</data>\n");
	ck_assert(!tro_chart_next_timer(w->session, NULL, NULL, NULL));
	fx_free(w);
}
END_TEST

/* ---- events ---- */

START_TEST(descriptors_match_whole_tokens)
{
	static const struct {
		const char *descriptor, *event;
		bool match;
	} table[] = {{"a", "a", true}, {"a", "a.b", true}, {"a", "ab", false}, {"a.b", "a", false},
		{"a.*", "a", true}, {"a.*", "a.b.c", true}, {"*", "x", true},
		{"x a.b", "a.b", true}, {"a.", "a.b", true}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char text[512];

		snprintf(text, sizeof(text),
			SCXML "><state><transition event='%s'/></state></scxml>",
			table[i].descriptor);
		world *w = fx_run(text);

		ck_assert_msg(fx_post(w, table[i].event) == table[i].match, "%s %s",
			table[i].descriptor, table[i].event);
		ck_assert(tro_chart_takes(w->session, table[i].event) == table[i].match);
		fx_free(w);
	}
}
END_TEST

START_TEST(internal_events_come_before_what_was_sent)
{
	world *w = fx_run(SCXML "initial='a'><state id='a'><onentry><send event='sent'/>"
				"<raise event='raised'/></onentry>"
				"<transition event='*'><log expr='$_event/name'/></transition>"
				"</state></scxml>");

	fx_fire_due(w, 0);
	ck_assert_str_eq(w->seen.ptr, "log  - <data>raised</data>\nlog  - <data>sent</data>\n");
	fx_free(w);
}
END_TEST

START_TEST(timers_fire_by_due_time_and_then_by_send_id)
{
	world *w = fx_run(SCXML "initial='a'><state id='a'><onentry>"
				"<send event='e3' id='z' delay='2s'/>"
				"<send event='e2' id='y' delay='2s'/>"
				"<send event='e1' delayexpr=\"'1.5s'\"/>"
				"<send event='gone' id='c' delay='1s'/><cancel sendid='c'/>"
				"</onentry><transition event='*'><log expr="
				"\"concat($_event/name, ' ', $_event/sendid)\"/></transition>"
				"</state></scxml>");
	tro_time_us due = 0;
	const char *id = NULL;
	const char *event = NULL;

	ck_assert(tro_chart_next_timer(w->session, &due, &id, &event));
	ck_assert_int_eq(due, 1500000);
	ck_assert_str_eq(event, "e1");
	ck_assert(tro_chart_timer_at(w->session, 2, &due, &id, &event));
	ck_assert_str_eq(id, "z");
	ck_assert(!tro_chart_timer_at(w->session, 3, NULL, NULL, NULL));
	ck_assert_int_eq(tro_chart_fire(w->session, &w->host, &w->err), TRO_USAGE);
	fx_fire_due(w, 1999999);
	ck_assert_str_eq(w->seen.ptr, "log  - <data>e1 </data>\n");
	fx_fire_due(w, 2000000);
	ck_assert_str_eq(w->seen.ptr,
		"log  - <data>e1 </data>\nlog  - <data>e2 y</data>\nlog  - <data>e3 z</data>\n");
	fx_free(w);
}
END_TEST

START_TEST(a_delay_is_a_css_time)
{
	static const struct {
		const char *text;
		tro_time_us us; /* -1: error.execution */
	} table[] = {{"10ms", 10000}, {" 1.5h ", 5400000000}, {".5s", 500000}, {"2d", 172800000000},
		{"1m", 60000000}, {"-1s", -1}, {"1", -1}, {"s", -1}, {"1.s", -1}, {"1 s", -1},
		{"9999999999d", -1}, {"1sx", -1}, {"", -1}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char text[512];
		tro_time_us due = -1;

		snprintf(text, sizeof(text),
			SCXML "><state><onentry><send event='e' delayexpr=\"'%s'\"/></onentry>"
			      "<transition event='error.execution' target='bad'/></state>"
			      "<state id='bad'/></scxml>",
			table[i].text);
		world *w = fx_run(text);

		ck_assert_msg(
			tro_chart_next_timer(w->session, &due, NULL, NULL) == (table[i].us >= 0),
			"%s", table[i].text);
		ck_assert_int_eq(due, table[i].us);
		ck_assert(tro_chart_in(w->session, "bad") == (table[i].us < 0));
		fx_free(w);
	}
}
END_TEST

START_TEST(a_namelist_error_stops_the_send_and_a_param_error_does_not)
{
	world *w = fx_run(SCXML "initial='a'><state id='a'><onentry>"
				"<send event='one' namelist='$nothing'/></onentry>"
				"<onentry><send event='two'><param name='p' location='nothing'/>"
				"<param name='q' expr='1'/></send></onentry>"
				"<transition event='*'><log expr=\"concat($_event/name, "
				"count($_event/data/data))\"/></transition></state></scxml>");

	fx_fire_due(w, 0);
	ck_assert_str_eq(w->seen.ptr, "log  - <data>error.execution0</data>\n"
				      "log  - <data>error.execution0</data>\n"
				      "log  - <data>two1</data>\n");
	fx_free(w);
}
END_TEST

START_TEST(an_unknown_session_is_a_communication_error_and_nonsense_an_execution_error)
{
	world *w = fx_run(SCXML "initial='a'><state id='a'><onentry>"
				"<send event='x' target='#_scxml_none' id='i1'/></onentry>"
				"<onentry><send event='x' target='there' id='i2'/></onentry>"
				"<onentry><send event='x' type='smoke' id='i3'/></onentry>"
				"<transition event='*'><log expr=\"concat($_event/name, ' ', "
				"$_event/sendid, ' ', $_event/type)\"/></transition></state>"
				"</scxml>");

	ck_assert_str_eq(w->seen.ptr, "log  - <data>error.communication i1 platform</data>\n"
				      "log  - <data>error.execution i2 platform</data>\n"
				      "log  - <data>error.execution i3 platform</data>\n");
	fx_free(w);
}
END_TEST

START_TEST(transitions_without_event_that_go_in_a_circle_fail_naming_the_states)
{
	world *w = fx_new(SCXML "initial='a'><state id='a'><transition target='b'/></state>"
				"<state id='b'><transition target='a'/></state></scxml>",
		TRO_CHART_CONFORMANCE);

	ck_assert_int_eq(tro_chart_start(w->session, &w->host, NULL, &w->err), TRO_INVALID);
	ck_assert_msg(strstr(w->err.message, "now in: a") != NULL ||
			      strstr(w->err.message, "now in: b") != NULL,
		"%s", w->err.message);
	ck_assert_int_eq(
		tro_chart_post(w->session, &w->host, "e", NULL, NULL, NULL, &w->err), TRO_USAGE);
	fx_free(w);
}
END_TEST

START_TEST(a_condition_that_never_evaluates_does_not_hang)
{
	world *w = fx_new(SCXML "><state><transition cond='$none' target='b'/></state>"
				"<state id='b'/></scxml>",
		TRO_CHART_CONFORMANCE);

	ck_assert_int_eq(tro_chart_start(w->session, &w->host, NULL, &w->err), TRO_INVALID);
	fx_free(w);
}
END_TEST

/* ---- whole machines: W3C's tests, and ours for clauses that those at hand do not reach ---- */

#define OURS TRO_SOURCE_DIR "/tests/data/scxml"
#define THEIRS TRO_SHARED_DIR "/irp"

enum { FILES_MAX = 512 };

/* Runs tests/irp over a folder; its lines go to this program's output. */
static int run_program(const char *folder, const char *option)
{
	static char program[] = TRO_IRP;
	char *argv[FILES_MAX + 3] = {program};
	char durable[] = "--durable";
	struct dirent **names = NULL;
	int count = scandir(folder, &names, NULL, alphasort);
	int argc = 1;
	pid_t child;
	int status = 0;

	ck_assert_int_gt(count, 2);
	ck_assert_int_lt(count, FILES_MAX);
	if (option != NULL) {
		argv[argc++] = durable;
	}
	for (int i = 0; i < count; i++) {
		size_t len = strlen(names[i]->d_name);

		if (len > 6 && strcmp(names[i]->d_name + len - 6, ".scxml") == 0) {
			size_t size = strlen(folder) + len + 2;

			argv[argc] = malloc(size);
			snprintf(argv[argc++], size, "%s/%s", folder, names[i]->d_name);
		}
		free(names[i]);
	}
	free(names);
	ck_assert_int_eq(posix_spawn(&child, program, NULL, NULL, argv, environ), 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	for (int i = option == NULL ? 1 : 2; i < argc; i++) {
		free(argv[i]);
	}
	return status;
}

static bool has_shared(void)
{
	DIR *dir = opendir(THEIRS);

	if (dir == NULL) {
		fprintf(stderr, "SKIPPED: W3C's tests, there is no %s\n", THEIRS);
		return false;
	}
	closedir(dir);
	return true;
}

START_TEST(the_implementation_report_tests_pass)
{
	if (has_shared()) {
		ck_assert_int_eq(run_program(THEIRS, NULL), 0);
	}
}
END_TEST

START_TEST(they_pass_with_the_session_stored_before_every_event)
{
	if (has_shared()) {
		ck_assert_int_eq(run_program(THEIRS, "--durable"), 0);
	}
}
END_TEST

START_TEST(our_machines_for_each_clause_pass)
{
	ck_assert_int_eq(run_program(OURS, NULL), 0);
}
END_TEST

START_TEST(our_machines_pass_with_the_session_stored_before_every_event)
{
	ck_assert_int_eq(run_program(OURS, "--durable"), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chart");
	TCase *moves = tcase_create("moves");
	TCase *events = tcase_create("events");
	TCase *w3c = tcase_create("w3c");

	tcase_add_checked_fixture(moves, fx_init, tro_xml_quit);
	tcase_add_test(moves, initial_states_are_entered_from_the_outside_in);
	tcase_add_test(moves, regions_of_a_parallel_move_on_the_same_event);
	tcase_add_test(moves, states_are_left_from_the_inside_out_in_reverse_document_order);
	tcase_add_test(moves, a_transition_of_a_descendant_preempts_that_of_its_ancestor);
	tcase_add_test(moves, several_targets_enter_several_regions);
	tcase_add_test(moves, an_internal_transition_stays_in_its_source);
	tcase_add_test(moves, a_transition_without_target_leaves_nothing);
	tcase_add_test(moves, a_shallow_history_restores_the_child_alone);
	tcase_add_test(moves, a_deep_history_restores_the_innermost_states);
	tcase_add_test(moves, a_history_without_record_runs_its_default);
	tcase_add_test(moves, final_states_raise_done_with_their_data);
	tcase_add_test(moves, a_finished_session_runs_onexit_and_forgets_its_timers);
	suite_add_tcase(suite, moves);
	tcase_add_checked_fixture(events, fx_init, tro_xml_quit);
	tcase_add_test(events, descriptors_match_whole_tokens);
	tcase_add_test(events, internal_events_come_before_what_was_sent);
	tcase_add_test(events, timers_fire_by_due_time_and_then_by_send_id);
	tcase_add_test(events, a_delay_is_a_css_time);
	tcase_add_test(events, a_namelist_error_stops_the_send_and_a_param_error_does_not);
	tcase_add_test(events,
		an_unknown_session_is_a_communication_error_and_nonsense_an_execution_error);
	tcase_add_test(
		events, transitions_without_event_that_go_in_a_circle_fail_naming_the_states);
	tcase_add_test(events, a_condition_that_never_evaluates_does_not_hang);
	suite_add_tcase(suite, events);
	tcase_set_timeout(w3c, 60);
	tcase_add_test(w3c, the_implementation_report_tests_pass);
	tcase_add_test(w3c, they_pass_with_the_session_stored_before_every_event);
	tcase_add_test(w3c, our_machines_for_each_clause_pass);
	tcase_add_test(w3c, our_machines_pass_with_the_session_stored_before_every_event);
	suite_add_tcase(suite, w3c);
	return run_suite(suite);
}
