/*
 * Memory that runs out: every call is run with allocation 1, 2, 3 ... failing until it succeeds.
 * Each time it says so, leaks nothing and leaves what can be freed.
 */
#include "chart_fixture.h"
#include "scarce_memory.h"

static const char definition[] = WORKFLOW
	"initial='p'>"
	"<datamodel><data id='v'><k xmlns=''>1</k><k xmlns=''>2</k></data><data "
	"id='w'/></datamodel>"
	"<tro:event name='go' role='r' basis='b' not-actor-of='go'><tro:param name='t' "
	"type='text'/>"
	"<tro:require id='R' level='warn' basis='b' remedy='go' test='$w = 1'>w is "
	"{$w}</tro:require></tro:event>"
	"<parallel id='p'><history id='h' type='deep'><transition target='a b'/></history>"
	"<onexit><raise event='left'/></onexit>"
	"<state id='a'><transition event='go' cond='$v/k' target='q' tro:why='w' tro:remedy='go'>"
	"<foreach array='$v/k' item='i' index='n'><if cond='$n = 1'>"
	"<assign location='$i' type='delete'/><elseif cond='$n = 2'/>"
	"<assign location='$v' type='firstchild'><z xmlns=''>t</z></assign></if></foreach>"
	"<send event='later' id='x' delay='1s'><param name='a' expr='$v/k'/></send>"
	"<send event='now'><content><c xmlns=''/></content></send>"
	"<send event='away' targetexpr=\"concat('#_', 'm')\"><param name='a' expr='1'/></send>"
	"<tro:filing name='f' foreach='$v/k' recipientexpr='string(.)'><param name='a' "
	"expr='.'/></tro:filing>"
	"<cancel sendid='none'/><log label='l' expr='$_event/name'/>"
	"<assign location='$w' expr='$_event/data/go/t'/></transition></state><state id='b'/>"
	"</parallel><state id='q'><transition event='now left'/>"
	"<transition event='later' target='h'/></state></scxml>";

/* Runs a call again and again; the n-th time its n-th allocation fails. */
#define REHEARSE(status, call, tidy)                                                               \
	do {                                                                                       \
		for (long n = 1;; n++) {                                                           \
			until_failure = n;                                                         \
			(status) = (call);                                                         \
			bool through = until_failure > 0;                                          \
			until_failure = 0;                                                         \
			if (through) {                                                             \
				break;                                                             \
			}                                                                          \
			ck_assert_msg(                                                             \
				(status) == TRO_NOMEM, "allocation %ld: %d", n, (int)(status));    \
			tidy;                                                                      \
		}                                                                                  \
		until_failure = 0;                                                                 \
	} while (0)

static tro_status load(tro_chart **out)
{
	tro_err err;

	return tro_chart_load(
		out, definition, sizeof(definition) - 1, "chart", TRO_CHART_PRODUCTION, NULL, &err);
}

START_TEST(a_load_that_runs_out_of_memory_says_so)
{
	tro_chart *chart = NULL;
	tro_status status = TRO_OK;

	REHEARSE(status, load(&chart), ck_assert_ptr_null(chart));
	ck_assert_int_eq(status, TRO_OK);
	tro_chart_free(chart);
}
END_TEST

/* libcheck allocates too: what the host does here is no part of the rehearsal. */
static tro_status no_effect(void *user, const tro_chart_effect *effect, tro_err *err)
{
	(void)user;
	(void)effect;
	(void)err;
	return TRO_OK;
}

/* A session as the bytes say, and one step of it. */
static tro_status restore_and_act(world *w, const tro_buf *bytes, tro_xml_node *data)
{
	tro_xml_doc *doc = NULL;
	tro_chart_session *session = NULL;
	tro_findings *findings = tro_findings_new();
	tro_status status = findings == NULL ? TRO_NOMEM
					     : tro_xml_parse(&doc, bytes->ptr, bytes->len, "s",
						       &tro_xml_limits_default, &w->err);

	if (status == TRO_OK) {
		status = tro_chart_restore(&session, w->chart, tro_xml_root(doc), &w->err);
	}
	if (status == TRO_OK) {
		status = tro_chart_act(session, &w->host, "go",
			&(tro_chart_actor){.person = "P-1", .roles = "r"}, data, findings, &w->err);
	}
	tro_chart_session_free(session);
	tro_findings_free(findings);
	tro_xml_free(doc);
	return status;
}

START_TEST(a_step_that_runs_out_of_memory_says_so)
{
	world *w = fx_workflow(definition);
	tro_xml_doc *data = fx_parse("<go person='P-1'><t>1</t></go>");
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = TRO_OK;

	w->system = fx_parse("<x><acts><act event='other' person='P-1'/></acts></x>");
	w->host.system = tro_xml_root(w->system);
	w->host.effect = no_effect;
	fx_save(&bytes, w->session);
	REHEARSE(status, restore_and_act(w, &bytes, tro_xml_root(data)), (void)0);
	ck_assert_msg(status == TRO_OK, "%s", w->err.message);
	tro_xml_free(data);
	tro_buf_done(&bytes);
	fx_free(w);
}
END_TEST

static tro_status new_and_start(world *w)
{
	tro_chart_session_free(w->session);
	w->session = NULL;
	tro_status status = tro_chart_session_new(&w->session, w->chart, &w->err);

	return status == TRO_OK ? tro_chart_start(w->session, &w->host, NULL, &w->err) : status;
}

static tro_status save(const world *w)
{
	tro_xml_doc *doc = tro_xml_new(NULL, "m");
	tro_err err;
	tro_status status =
		doc == NULL ? TRO_NOMEM : tro_chart_save(w->session, tro_xml_root(doc), &err);

	tro_xml_free(doc);
	return status;
}

START_TEST(start_timer_and_save_that_run_out_of_memory_say_so)
{
	world *w = fx_new(definition, TRO_CHART_PRODUCTION);
	tro_status status = TRO_OK;

	REHEARSE(status, new_and_start(w), (void)0);
	ck_assert_int_eq(status, TRO_OK);
	ck_assert_int_eq(fx_act(w, "go", "P-1", "r", "<go><t>1</t></go>"), TRO_OK);
	REHEARSE(status, save(w), (void)0);
	ck_assert_int_eq(status, TRO_OK);
	fx_fire_due(w, 1000000);
	ck_assert_str_eq(fx_states(w), "a b");
	fx_free(w);
}
END_TEST

START_TEST(judging_that_runs_out_of_memory_leaves_the_session_usable)
{
	world *w = fx_workflow(definition);
	tro_status status = TRO_OK;
	tro_chart_actor actor = {.person = "P-1", .roles = "none"};
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;

	fx_save(&before, w->session);
	REHEARSE(status,
		tro_chart_judge(
			w->session, &w->host, "go", &actor, NULL, w->findings, NULL, &w->err),
		(void)0);
	ck_assert_int_eq(status, TRO_REFUSED);
	fx_save(&after, w->session);
	ck_assert_str_eq(before.ptr, after.ptr);
	ck_assert_int_eq(fx_act(w, "go", "P-1", "r", NULL), TRO_OK);
	tro_buf_done(&before);
	tro_buf_done(&after);
	fx_free(w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chart memory");
	TCase *memory = tcase_create("memory");

	tcase_add_checked_fixture(memory, fx_init, tro_xml_quit);
	tcase_set_timeout(memory, 60);
	tcase_add_test(memory, a_load_that_runs_out_of_memory_says_so);
	tcase_add_test(memory, a_step_that_runs_out_of_memory_says_so);
	tcase_add_test(memory, start_timer_and_save_that_run_out_of_memory_say_so);
	tcase_add_test(memory, judging_that_runs_out_of_memory_leaves_the_session_usable);
	suite_add_tcase(suite, memory);
	return run_suite(suite);
}
