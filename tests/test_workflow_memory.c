/*
 * Memory that runs out while definitions are proved: with allocation 1, 2, 3 ... failing, each time
 * it is said, or the answer is the one that it should be; nothing leaks.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/workflow.h>

#include "scarce_memory.h"
#include "suite.h"

/* A parent and a child, with facts, unions, a deadline, a loop over matters and a cond on what they
 * lack, a state of rest, four eyes, each form of property, and two faults. */
static const char parent[] =
	"<scxml xmlns='http://www.w3.org/2005/07/scxml' xmlns:tro='urn:tro:workflow:1' "
	"version='1.0' datamodel='xpath' initial='s' tro:id='m/parent' tro:version='1' "
	"tro:semantics='1' tro:title='Parent'>"
	"<tro:event name='go' role='r' basis='policy:roles' not-actor-of='mark'/>"
	"<tro:event name='mark' role='r' basis='policy:roles'/>"
	"<tro:event name='late'/><tro:event name='never'/>"
	"<tro:property id='a' never='go' before='mark' not-by='mark'/>"
	"<tro:property id='b' always=\"In('s') or In('t') or $case/marks/mark\"/>"
	"<tro:property id='c' from='s' leads-to='t'/>"
	"<datamodel><data id='case'><marks xmlns=''/></data></datamodel>"
	"<state id='s'><onentry><send id='d' event='late' delay='1h'/></onentry>"
	"<transition event='late'/>"
	"<transition event='mark'><assign location='$case/marks' type='lastchild'>"
	"<mark xmlns=''/></assign><tro:matter definition='m/child' idexpr=\"concat('c.', 1)\"/>"
	"<send event='told' targetexpr=\"concat('#_matter_c.', 1)\"/>"
	"<foreach item='one' array=\"$_x/matters/matter[starts-with(@id, 'c.')]\">"
	"<send event='told' targetexpr=\"concat('#_matter_', $one/@id)\"/></foreach></transition>"
	"<transition event='go' cond=\"$case/marks/*[self::mark or self::stamp] and $case/x = 'y' "
	"and not($case/marks/mark[concat('c.', @n) = $_x/matters/matter/@id][not(done)])\" "
	"target='t' "
	"tro:why='nothing is marked' tro:remedy='mark'>"
	"<assign location='$case/*[self::marks or self::x] | $case/y' type='delete'/></transition>"
	"</state><final id='t'/></scxml>";

static const char child[] =
	"<scxml xmlns='http://www.w3.org/2005/07/scxml' xmlns:tro='urn:tro:workflow:1' "
	"version='1.0' datamodel='xpath' initial='a' tro:id='m/child' tro:version='1' "
	"tro:semantics='1' tro:title='Child'>"
	"<tro:event name='told'/><tro:event name='do' role='r' basis='policy:roles'/>"
	"<datamodel><data id='n'/></datamodel>"
	"<state id='a'><transition event='told' target='b'/>"
	"<transition event='do' cond='not($case/marks/mark[@n = $n]/done)' tro:why='it is done' "
	"tro:remedy='do'><assign location='$case/marks/mark[@n = $n]' type='lastchild'>"
	"<done xmlns=''/></assign></transition></state>"
	"<state id='b' tro:rest='true'/></scxml>";

typedef struct answers {
	tro_status check, table, promela;
	size_t findings;
	bool failed; /* an allocation did */
	tro_buf model;
} answers;

static tro_status count_rule(void *user, const tro_workflow_rule *rule, tro_err *err)
{
	size_t *count = user;

	(void)rule;
	(void)err;
	++*count;
	return TRO_OK;
}

static answers ask(const tro_workflow_set *set, long failing, int what)
{
	answers out = {.model = TRO_BUF_INIT};
	tro_findings *findings = tro_findings_new();
	size_t rules = 0;
	tro_err err;

	until_failure = failing;
	if (what == 0) {
		out.check = tro_workflow_check(set, findings, NULL, &err);
	} else if (what == 1) {
		out.table = tro_workflow_table(
			set, &(tro_workflow_visitor){.each = count_rule, .user = &rules}, &err);
	} else {
		out.promela = tro_workflow_promela(&out.model, set, &err);
	}
	out.failed = failing > 0 && until_failure == 0;
	until_failure = 0;
	out.findings = tro_findings_count(findings);
	tro_findings_free(findings);
	return out;
}

START_TEST(memory_that_runs_out_is_said_and_never_changes_an_answer)
{
	tro_workflow_set *set = NULL;
	tro_findings *findings = tro_findings_new();
	tro_err err;

	ck_assert_int_eq(tro_workflow_set_new(&set, &err), TRO_OK);
	ck_assert_int_eq(
		tro_workflow_add(set, parent, strlen(parent), "parent", findings, &err), TRO_OK);
	ck_assert_int_eq(
		tro_workflow_add(set, child, strlen(child), "child", findings, &err), TRO_OK);
	answers good = ask(set, 0, _i);

	ck_assert(_i != 0 || (good.check == TRO_NO && good.findings >= 3));
	for (long n = 1;; n++) {
		answers now = ask(set, n, _i);
		bool same = now.check == good.check && now.table == good.table &&
			    now.promela == good.promela;

		ck_assert_msg(same || now.check == TRO_NOMEM || now.table == TRO_NOMEM ||
				      now.promela == TRO_NOMEM,
			"allocation %ld", n);
		ck_assert_msg(!same || now.findings == good.findings,
			"allocation %ld: %zu findings", n, now.findings);
		ck_assert_msg(
			!same || strcmp(now.model.ptr, good.model.ptr) == 0, "allocation %ld", n);
		tro_buf_done(&now.model);
		if (!now.failed) {
			ck_assert(same);
			break;
		}
	}
	tro_buf_done(&good.model);
	tro_workflow_set_free(set);
	tro_findings_free(findings);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("workflow_memory");
	TCase *tcase = tcase_create("workflow_memory");

	tcase_set_timeout(tcase, 300);
	tcase_add_loop_test(tcase, memory_that_runs_out_is_said_and_never_changes_an_answer, 0, 3);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
