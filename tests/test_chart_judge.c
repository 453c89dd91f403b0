/* Judging and acting in production: roles, four eyes, requirements, effects, failures. */
#include <stdio.h>

#include "chart_fixture.h"

/* A parking appeal: nothing of it is known to the engine. */
#define APPEAL                                                                                     \
	WORKFLOW                                                                                   \
	"initial='draft'>"                                                                         \
	"<datamodel><data id='n' expr='0'/></datamodel>"                                           \
	"<tro:event name='lodge' title='Lodge the appeal' role='driver clerk' basis='r1'>"         \
	"<tro:param name='text' type='text'/>"                                                     \
	"<tro:require id='R1' test='$_event/data/lodge/text != \"\"' basis='r2' "                  \
	"remedy='lodge ^fine'>say why, {$_event/data/lodge/@person}</tro:require></tro:event>"     \
	"<tro:event name='allow' title='Allow the appeal' role='judge' "                           \
	"not-actor-of='lodge ^fine' basis='r3'/>"                                                  \
	"<tro:event name='expire' title='Expire' role=''/>"                                        \
	"<tro:event name='send' role='clerk' basis='r6'/>"                                         \
	"<state id='draft' tro:title='Draft'>"                                                     \
	"<transition event='lodge' target='open'>"                                                 \
	"<tro:require id='W1' level='warn' test='$n &gt; 0' basis='r4' remedy='lodge'>"            \
	"there are {$n} photographs</tro:require>"                                                 \
	"<tro:require id='T1' level='task' test='false()' basis='r5' remedy='lodge'>ring the "     \
	"driver</tro:require>"                                                                     \
	"<assign location='$n' expr='$n + 1'/></transition></state>"                               \
	"<state id='open' tro:title='Open'>"                                                       \
	"<onentry><send event='expire' id='limit' delay='28d'/></onentry>"                         \
	"<onexit><cancel sendid='limit'/></onexit>"                                                \
	"<transition event='allow' cond='$n = 2' target='won' "                                    \
	"tro:why='two photographs are needed' tro:remedy='send'/>"                                 \
	"<transition event='allow' cond='$n = 3' target='won' tro:why='or three' "                 \
	"tro:remedy='send ^fine'/>"                                                                \
	"<transition event='send'><assign location='$n' expr='$n + 1'/></transition>"              \
	"<transition event='expire' target='lost'/></state>"                                       \
	"<final id='won' tro:title='Won'/><final id='lost'/></scxml>"

#define LODGE "<lodge person='P-1'><text>it rained</text></lodge>"

static void set_acts(world *w, const char *text)
{
	tro_xml_free(w->system);
	w->system = fx_parse(text);
	w->host.system = tro_xml_root(w->system);
}

static const tro_finding *finding(const world *w, const char *id)
{
	for (size_t i = 0; i < tro_findings_count(w->findings); i++) {
		if (strcmp(tro_findings_at(w->findings, i)->id, id) == 0) {
			return tro_findings_at(w->findings, i);
		}
	}
	ck_abort_msg("no finding %s", id);
}

START_TEST(a_step_that_goes_ahead_reports_warnings_and_tasks)
{
	world *w = fx_workflow(APPEAL);

	ck_assert_int_eq(fx_act(w, "lodge", "P-1", "clerk", LODGE), TRO_OK);
	ck_assert_str_eq(fx_states(w), "open");
	ck_assert_str_eq(w->seen.ptr, "finding warn W1: there are 0 photographs\n"
				      "finding task T1: ring the driver\n");
	ck_assert_uint_eq(tro_findings_count(w->findings), 2);
	ck_assert_str_eq(finding(w, "W1")->basis, "r4");
	fx_free(w);
}
END_TEST

/* `nodes` must not be there; photographs are numbered. */
static world *asking_for_none_of(const char *nodes)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
		WORKFLOW ">"
			 "<datamodel><data id='bad' expr='0'/></datamodel>"
			 "<tro:event name='send' role='clerk' basis='b'/>"
			 "<state id='a'><transition event='send'>"
			 "<tro:require id='N' none='%s' basis='b' remedy='send'>photograph {@n} "
			 "of {count($_event/data/send/photo)}</tro:require>"
			 "</transition></state></scxml>",
		nodes);
	return fx_workflow(text);
}

START_TEST(of_nodes_that_must_not_be_there_each_is_named)
{
	static const char *const expected[] = {"photograph 2 of 4", "photograph 4 of 4"};
	world *w = asking_for_none_of("$_event/data/send/photo[@blurred]");

	ck_assert_int_eq(fx_act(w, "send", "P-1", "clerk",
				 "<send><photo n='1'/><photo n='2' blurred='y'/><photo n='3'/>"
				 "<photo n='4' blurred='y'/></send>"),
		TRO_REFUSED);
	ck_assert_uint_eq(tro_findings_count(w->findings), 2);
	for (size_t i = 0; i < 2; i++) {
		const tro_finding *f = tro_findings_at(w->findings, i);

		ck_assert_str_eq(f->id, "N");
		ck_assert_str_eq(f->message, expected[i]);
	}
	ck_assert_int_eq(fx_act(w, "send", "P-1", "clerk", "<send><photo n='1'/></send>"), TRO_OK);
	fx_free(w);
}
END_TEST

START_TEST(what_is_no_set_of_nodes_cannot_be_asked_for_none_of)
{
	world *w = asking_for_none_of("count($_event/data/send/photo)");

	ck_assert_int_eq(fx_act(w, "send", "P-1", "clerk", "<send/>"), TRO_OK);
	ck_assert_int_eq(
		fx_act(w, "send", "P-1", "clerk", "<send><photo n='1'/></send>"), TRO_INVALID);
	ck_assert_msg(strstr(w->err.message, "none must be a set of nodes") != NULL, "%s",
		w->err.message);
	fx_free(w);
}
END_TEST

START_TEST(a_refusal_names_all_that_is_unmet_and_changes_nothing)
{
	world *w = fx_workflow(APPEAL);
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;

	fx_save(&before, w->session);
	ck_assert_int_eq(fx_act(w, "lodge", "P-1", "judge", "<lodge person='P-1'/>"), TRO_REFUSED);
	ck_assert(fx_found(w, "role") && fx_found(w, "R1") && fx_found(w, "W1"));
	ck_assert_str_eq(finding(w, "R1")->message, "say why, P-1");
	ck_assert_str_eq(finding(w, "R1")->remedy, "lodge fine");
	ck_assert_str_eq(finding(w, "role")->basis, "r1");
	ck_assert_str_eq(w->seen.ptr, "");
	fx_save(&after, w->session);
	ck_assert_str_eq(before.ptr, after.ptr);
	ck_assert_int_eq(fx_act(w, "lodge", "P-1", "driver", LODGE), TRO_OK);
	tro_buf_done(&before);
	tro_buf_done(&after);
	fx_free(w);
}
END_TEST

START_TEST(an_event_of_another_state_is_refused_saying_where_it_can_be_done)
{
	world *w = fx_workflow(APPEAL);

	ck_assert_int_eq(fx_act(w, "allow", "P-2", "judge", NULL), TRO_REFUSED);
	ck_assert_str_eq(finding(w, "state")->message,
		"\"Allow the appeal\" cannot be done now: the state is Draft; it can be done in: "
		"Open");
	fx_free(w);
}
END_TEST

START_TEST(a_false_condition_shows_its_reason)
{
	world *w = fx_workflow(APPEAL);

	fx_act(w, "lodge", "P-1", "driver", LODGE);
	ck_assert_int_eq(fx_act(w, "allow", "P-2", "judge", NULL), TRO_REFUSED);
	ck_assert_uint_eq(tro_findings_count(w->findings), 2);
	ck_assert_str_eq(tro_findings_at(w->findings, 0)->message, "two photographs are needed");
	ck_assert_str_eq(tro_findings_at(w->findings, 1)->message, "or three");
	ck_assert_str_eq(tro_findings_at(w->findings, 0)->remedy, "send");
	ck_assert_str_eq(tro_findings_at(w->findings, 1)->remedy, "send fine");
	ck_assert_str_eq(tro_findings_at(w->findings, 0)->basis, "r3");
	fx_act(w, "send", "P-1", "clerk", NULL);
	ck_assert_int_eq(fx_act(w, "allow", "P-2", "judge", NULL), TRO_OK);
	ck_assert(tro_chart_finished(w->session));
	ck_assert_int_eq(fx_act(w, "allow", "P-2", "judge", NULL), TRO_REFUSED);
	ck_assert(fx_found(w, "state"));
	fx_free(w);
}
END_TEST

START_TEST(a_session_has_ended_in_a_final_state_or_within_one_of_rest_which_still_takes_what_comes)
{
	static const char *const ways[][3] = {/* event, where it leads, finished and ended */
		{"rest", "inner", "-e"}, {"stop", "end", "fe"}, {"wake", "open", "--"}};
	world *w = fx_workflow(WORKFLOW "initial='open'><tro:event name='rest' role='r' basis='b'/>"
					"<tro:event name='wake' role='r' basis='b'/>"
					"<tro:event name='stop' role='r' basis='b'/>"
					"<state id='open'><transition event='rest' target='over'/>"
					"<transition event='stop' target='end'/></state>"
					"<state id='over' tro:rest='true'><state id='inner'>"
					"<transition event='rest' target='inner'/></state>"
					"<transition event='wake' target='open'/></state>"
					"<final id='end'/></scxml>");
	static const int story[] = {0, 0, 2, 0, 2, 1};

	ck_assert(!tro_chart_ended(w->session));
	for (size_t i = 0; i < sizeof(story) / sizeof(*story); i++) {
		const char *const *way = ways[story[i]];

		ck_assert_int_eq(fx_act(w, way[0], "P-1", "r", NULL), TRO_OK);
		ck_assert_str_eq(fx_states(w), way[1]);
		ck_assert_int_eq(tro_chart_finished(w->session), way[2][0] == 'f');
		ck_assert_int_eq(tro_chart_ended(w->session), way[2][1] == 'e');
	}
	ck_assert_int_eq(fx_act(w, "wake", "P-1", "r", NULL), TRO_REFUSED);
	fx_free(w);
}
END_TEST

START_TEST(exclusion_beats_every_grant)
{
	world *w = fx_workflow(APPEAL);

	fx_act(w, "lodge", "P-1", "driver", LODGE);
	fx_act(w, "send", "P-1", "clerk", NULL);
	set_acts(w, "<x><acts><act event='lodge' person='P-1'/><act event='fine' person='P-3'/>"
		    "<act event='send' person='P-4'/></acts></x>");
	ck_assert_int_eq(fx_act(w, "allow", "P-1", "judge driver", NULL), TRO_REFUSED);
	ck_assert_uint_eq(tro_findings_count(w->findings), 1);
	ck_assert_str_eq(finding(w, "four-eyes")->message,
		"\"Allow the appeal\" needs another person: P-1 has done lodge in this case; let "
		"somebody do it who has not");
	ck_assert_int_eq(fx_act(w, "allow", "P-3", "judge", NULL), TRO_REFUSED);
	ck_assert(fx_found(w, "four-eyes"));
	ck_assert_int_eq(fx_act(w, "allow", "P-4", "judge", NULL), TRO_OK);
	fx_free(w);
}
END_TEST

START_TEST(no_person_does_what_only_time_brings)
{
	world *w = fx_workflow(APPEAL);

	fx_act(w, "lodge", "P-1", "driver", LODGE);
	ck_assert_int_eq(fx_act(w, "expire", "P-1", "driver clerk judge", NULL), TRO_REFUSED);
	ck_assert(fx_found(w, "role"));
	fx_fire_due(w, (tro_time_us)28 * 86400 * 1000000);
	ck_assert_str_eq(fx_states(w), "lost");
	fx_free(w);
}
END_TEST

START_TEST(an_undeclared_event_is_not_found)
{
	world *w = fx_workflow(APPEAL);

	ck_assert_int_eq(fx_act(w, "appeal", "P-1", "driver", NULL), TRO_NOT_FOUND);
	ck_assert_int_eq(fx_act(w, "lodge", "P-1", "driver", LODGE), TRO_OK);
	fx_free(w);
}
END_TEST

static tro_status judge(world *w, const char *event, const char *data, bool *open)
{
	tro_xml_doc *doc = data == NULL ? NULL : fx_parse(data);

	tro_findings_free(w->findings);
	w->findings = tro_findings_new();
	tro_status status = tro_chart_judge(w->session, &w->host, event,
		&(tro_chart_actor){.person = "P-1", .roles = "driver"},
		doc == NULL ? NULL : tro_xml_root(doc), w->findings, open, &w->err);

	tro_xml_free(doc);
	return status;
}

START_TEST(judging_without_parameters_leaves_open_what_asks_for_them)
{
	world *w = fx_workflow(APPEAL);
	bool open = false;

	ck_assert_int_eq(judge(w, "lodge", NULL, &open), TRO_OK);
	ck_assert(open);
	ck_assert(!fx_found(w, "R1") && fx_found(w, "W1"));
	ck_assert_int_eq(judge(w, "lodge", "<lodge/>", &open), TRO_REFUSED);
	ck_assert(!open);
	ck_assert(fx_found(w, "R1"));
	ck_assert_int_eq(judge(w, "nothing", NULL, &open), TRO_NOT_FOUND);
	ck_assert_str_eq(fx_states(w), "draft");
	ck_assert_str_eq(w->seen.ptr, "");
	fx_free(w);
}
END_TEST

START_TEST(a_condition_on_parameters_is_open_without_them)
{
	world *w =
		fx_workflow(WORKFLOW ">"
				     "<tro:event name='say' role='driver' basis='r'/><state id='a'>"
				     "<transition event='say' cond='$_event/data/say/x = 1' "
				     "target='b' tro:why='w' tro:remedy='say'>"
				     "<tro:require id='R' test='false()' basis='r' "
				     "remedy='say'>never</tro:require></transition>"
				     "</state><state id='b'/></scxml>");
	bool open = false;

	ck_assert_int_eq(judge(w, "say", NULL, &open), TRO_OK);
	ck_assert(open);
	ck_assert_int_eq(judge(w, "say", "<say><x>2</x></say>", &open), TRO_REFUSED);
	ck_assert(fx_found(w, "condition") && !fx_found(w, "R"));
	ck_assert_int_eq(judge(w, "say", "<say><x>1</x></say>", &open), TRO_REFUSED);
	ck_assert(fx_found(w, "R"));
	fx_free(w);
}
END_TEST

/* ---- what fails a step ---- */

START_TEST(an_error_that_nothing_handles_fails_the_step)
{
	world *w = fx_workflow(
		WORKFLOW ">"
			 "<tro:event name='go' role='r' basis='b'/><state id='a'>"
			 "<transition event='go' target='b'><assign location='$none/x' expr='1'/>"
			 "</transition></state><final id='b'/></scxml>");

	ck_assert_int_eq(fx_act(w, "go", "P-1", "r", NULL), TRO_INVALID);
	ck_assert_msg(strstr(w->err.message, "error.execution: t:1: ") == w->err.message &&
			      strstr(w->err.message, "$none") != NULL,
		"%s", w->err.message);
	ck_assert_int_eq(fx_act(w, "go", "P-1", "r", NULL), TRO_USAGE);
	fx_free(w);
}
END_TEST

START_TEST(an_error_that_a_transition_handles_does_not)
{
	world *w = fx_workflow(WORKFLOW
		">"
		"<tro:event name='go' role='r' basis='b'/><state id='a'>"
		"<transition event='go'><assign location='$none/x' expr='1'/></transition>"
		"<transition event='error.execution' target='b'/></state><state id='b'/></scxml>");

	ck_assert_int_eq(fx_act(w, "go", "P-1", "r", NULL), TRO_OK);
	ck_assert_str_eq(fx_states(w), "b");
	fx_free(w);
}
END_TEST

START_TEST(a_requirement_of_a_posted_event_fails_the_step)
{
	world *w = fx_workflow(
		WORKFLOW ">"
			 "<tro:event name='go' role=''/><state id='a'><transition event='go'>"
			 "<tro:require id='R' basis='b' remedy='go' test='$_event/data/n = 1'>n is "
			 "{$_event/data/n}"
			 "</tro:require></transition></state></scxml>");
	tro_xml_doc *good = fx_parse("<data><n>1</n></data>");
	tro_xml_doc *bad = fx_parse("<data><n>2</n></data>");
	bool taken = false;

	ck_assert_int_eq(tro_chart_post(w->session, &w->host, "go", "m", tro_xml_root(good), &taken,
				 &w->err),
		TRO_OK);
	ck_assert(taken);
	ck_assert(!fx_post(w, "other"));
	ck_assert_int_eq(
		tro_chart_post(w->session, &w->host, "go", "m", tro_xml_root(bad), NULL, &w->err),
		TRO_INVALID);
	ck_assert_str_eq(w->err.message, "go cannot go ahead: R: n is 2");
	tro_xml_free(good);
	tro_xml_free(bad);
	fx_free(w);
}
END_TEST

START_TEST(what_the_session_sends_itself_is_part_of_the_step)
{
	world *w =
		fx_workflow(WORKFLOW "initial='a'>"
				     "<tro:event name='go' role='r' basis='b'/><state "
				     "id='a'><transition event='go' target='b'>"
				     "<send event='second'/></transition></state>"
				     "<state id='b'><transition event='second' target='c'/></state>"
				     "<state id='c'/></scxml>");

	ck_assert_int_eq(fx_act(w, "go", "P-1", "r", NULL), TRO_OK);
	ck_assert_str_eq(fx_states(w), "c");
	ck_assert(!tro_chart_next_timer(w->session, NULL, NULL, NULL));
	fx_free(w);
}
END_TEST

START_TEST(a_session_that_writes_to_itself_for_ever_fails)
{
	world *w = fx_new(WORKFLOW "initial='a'><state id='a'><onentry><send event='e'/></onentry>"
				   "<transition event='e' target='a'/></state></scxml>",
		TRO_CHART_PRODUCTION);

	ck_assert_int_eq(tro_chart_start(w->session, &w->host, NULL, &w->err), TRO_INVALID);
	ck_assert_msg(
		strstr(w->err.message, "sent itself more than") != NULL, "%s", w->err.message);
	fx_free(w);
}
END_TEST

/* ---- effects ---- */

START_TEST(the_host_executes_its_elements_once_for_each_node)
{
	world *w = fx_new(WORKFLOW
		">"
		"<tro:event name='go' role='r' basis='b'/><state id='a'><transition event='go'>"
		"<tro:matter definition='item' idexpr=\"concat('i', @n)\" foreach='$case/i'>"
		"<param name='number' expr='string(.)'/><param name='all' expr='../i'/>"
		"</tro:matter><tro:filing name='app' "
		"recipient='who'/></transition></state></scxml>",
		TRO_CHART_PRODUCTION);

	w->shared = fx_parse("<case><i n='1'>x</i><i n='2'>y</i></case>");
	w->host.shared_name = "case";
	w->host.shared = tro_xml_root(w->shared);
	fx_start(w);
	ck_assert_int_eq(fx_act(w, "go", "P-1", "r", NULL), TRO_OK);
	ck_assert_str_eq(w->seen.ptr,
		"host matter - <matter definition=\"item\" id=\"i1\"></matter><data><number>x"
		"</number><all><i n=\"1\">x</i><i n=\"2\">y</i></all></data>\n"
		"host matter - <matter definition=\"item\" id=\"i2\"></matter><data><number>y"
		"</number><all><i n=\"1\">x</i><i n=\"2\">y</i></all></data>\n"
		"host filing - <filing name=\"app\" recipient=\"who\"></filing><data></data>\n");
	fx_free(w);
}
END_TEST

START_TEST(a_send_to_another_matter_is_the_hosts)
{
	world *w = fx_workflow(WORKFLOW
		">"
		"<tro:event name='go' role='r' basis='b'/><state id='a'><transition event='go'>"
		"<send event='begin' targetexpr=\"concat('#_matter_', 'order.1')\">"
		"<param name='n' expr='1'/></send>"
		"<send event='later' id='l' target='#_parent' delay='1s'/></transition>"
		"</state></scxml>");

	ck_assert_int_eq(fx_act(w, "go", "P-1", "r", NULL), TRO_OK);
	ck_assert_str_eq(w->seen.ptr, "send begin #_matter_order.1 <data><n>1</n></data>\n");
	fx_through_bytes(w);
	tro_buf_clear(&w->seen);
	fx_fire_due(w, 1000000);
	ck_assert_str_eq(w->seen.ptr, "send later #_parent <data></data>\n");
	fx_free(w);
}
END_TEST

START_TEST(a_timer_may_be_due_at_an_instant_even_a_past_one)
{
	world *w = fx_new(WORKFLOW "initial='a'><state id='a'><onentry>"
				   "<send event='e' tro:atexpr=\"'1970-01-02T00:00:00Z'\"/>"
				   "</onentry><transition event='e' target='b'/></state>"
				   "<state id='b'/></scxml>",
		TRO_CHART_PRODUCTION);
	tro_time_us due = 0;

	w->host.now = (tro_time_us)10 * 86400 * 1000000;
	fx_start(w);
	ck_assert_str_eq(fx_states(w), "a");
	ck_assert(tro_chart_next_timer(w->session, &due, NULL, NULL));
	ck_assert_int_eq(due, (tro_time_us)86400 * 1000000);
	fx_fire_due(w, w->host.now);
	ck_assert_str_eq(fx_states(w), "b");
	fx_free(w);
}
END_TEST

static tro_status refuse_effect(void *user, const tro_chart_effect *effect, tro_err *err)
{
	(void)user;
	(void)effect;
	return tro_err_set(err, TRO_NOT_FOUND, "no matter x");
}

START_TEST(an_effect_that_the_host_cannot_do_fails_the_step)
{
	world *w = fx_workflow(WORKFLOW
		">"
		"<tro:event name='go' role='r' basis='b'/><state id='a'><transition event='go'>"
		"<send event='e' target='#_matter_x'/></transition></state></scxml>");

	w->host.effect = refuse_effect;
	ck_assert_int_eq(fx_act(w, "go", "P-1", "r", NULL), TRO_NOT_FOUND);
	ck_assert_str_eq(w->err.message, "no matter x");
	fx_free(w);
}
END_TEST

START_TEST(loop_variables_are_not_kept_in_production)
{
	world *w = fx_workflow(WORKFLOW
		">"
		"<datamodel><data id='l'><i xmlns=''>1</i></data><data id='k'/></datamodel>"
		"<tro:event name='go' role='r' basis='b'/><state id='a'><transition event='go'>"
		"<foreach array='$l/i' item='i' index='x'/><foreach array='$l/i' item='k'/>"
		"</transition></state></scxml>");
	tro_buf bytes = TRO_BUF_INIT;

	ck_assert_int_eq(fx_act(w, "go", "P-1", "r", NULL), TRO_OK);
	fx_save(&bytes, w->session);
	ck_assert_str_eq(bytes.ptr, "<matter><configuration><state id=\"a\"></state>"
				    "</configuration><data><datum id=\"l\"><i>1</i></datum>"
				    "<datum id=\"k\">1</datum></data></matter>");
	tro_buf_done(&bytes);
	fx_free(w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chart judge");
	TCase *judging = tcase_create("judge");
	TCase *effects = tcase_create("effects");

	tcase_add_checked_fixture(judging, fx_init, tro_xml_quit);
	tcase_add_test(judging, a_step_that_goes_ahead_reports_warnings_and_tasks);
	tcase_add_test(judging, of_nodes_that_must_not_be_there_each_is_named);
	tcase_add_test(judging, what_is_no_set_of_nodes_cannot_be_asked_for_none_of);
	tcase_add_test(judging, a_refusal_names_all_that_is_unmet_and_changes_nothing);
	tcase_add_test(judging, an_event_of_another_state_is_refused_saying_where_it_can_be_done);
	tcase_add_test(judging, a_false_condition_shows_its_reason);
	tcase_add_test(judging,
		a_session_has_ended_in_a_final_state_or_within_one_of_rest_which_still_takes_what_comes);
	tcase_add_test(judging, exclusion_beats_every_grant);
	tcase_add_test(judging, no_person_does_what_only_time_brings);
	tcase_add_test(judging, an_undeclared_event_is_not_found);
	tcase_add_test(judging, judging_without_parameters_leaves_open_what_asks_for_them);
	tcase_add_test(judging, a_condition_on_parameters_is_open_without_them);
	tcase_add_test(judging, an_error_that_nothing_handles_fails_the_step);
	tcase_add_test(judging, an_error_that_a_transition_handles_does_not);
	tcase_add_test(judging, a_requirement_of_a_posted_event_fails_the_step);
	tcase_add_test(judging, what_the_session_sends_itself_is_part_of_the_step);
	tcase_add_test(judging, a_session_that_writes_to_itself_for_ever_fails);
	suite_add_tcase(suite, judging);
	tcase_add_checked_fixture(effects, fx_init, tro_xml_quit);
	tcase_add_test(effects, the_host_executes_its_elements_once_for_each_node);
	tcase_add_test(effects, a_send_to_another_matter_is_the_hosts);
	tcase_add_test(effects, a_timer_may_be_due_at_an_instant_even_a_past_one);
	tcase_add_test(effects, an_effect_that_the_host_cannot_do_fails_the_step);
	tcase_add_test(effects, loop_variables_are_not_kept_in_production);
	suite_add_tcase(suite, effects);
	return run_suite(suite);
}
