/*
 * The production definitions of drug dealing orders in England and Wales, played against the real
 * chart library: what a court, a provider or anybody else outside the force did is recorded
 * wherever the case has got to, with findings where it is out of place.
 */
#include "ddtro_story.h"
#include "suite.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))
#define AT(time) "<occurred>" time ".000000Z</occurred>"
#define AGREED "<applicant>A. Example</applicant><provider>B. Example</provider>"
#define HEARD AT("2026-11-02T09:00:00") "<private>yes</private><absent>yes</absent>"
#define TOLD                                                                                       \
	AT("2026-11-02T08:00:00")                                                                  \
	"<by>The court's office</by><to>Northway Mobile</to><what>The draft order</what>"

/* ---- the application ---- */

static void reject(world *w)
{
	begin(w);
	write_draft(w);
	MUST(w, APP, "submit", OFFICER, "");
	MUST(w, APP, "review.pass", REVIEWER, "");
	MUST(w, APP, "reject", APPLICANT, "<reason>No</reason>");
}

static void withdraw_draft(world *w)
{
	begin(w);
	MUST(w, APP, "withdraw", OFFICER, "<reason>The line has fallen silent</reason>");
}

static void await_review(world *w)
{
	begin(w);
	write_draft(w);
	MUST(w, APP, "submit", OFFICER, "");
}

static void await_decision(world *w)
{
	await_review(w);
	MUST(w, APP, "review.pass", REVIEWER, "");
}

static void get_approval(world *w)
{
	begin(w);
	write_draft(w);
	approve(w);
}

static void withdraw_from_court(world *w)
{
	go_to_court(w);
	MUST(w, APP, "withdraw", REVIEWER, "<reason>Disclosure was not restricted</reason>");
}

static void close_withdrawn(world *w)
{
	withdraw_from_court(w);
	MUST(w, APP, "close", OFFICER, "");
}

static void close_decided(world *w)
{
	go_to_court(w);
	MUST(w, "order.1", "order.refused", REVIEWER, "<date>2026-11-11</date>");
	MUST(w, "order.2", "order.refused", REVIEWER, "<date>2026-11-11</date>");
	MUST(w, APP, "close", OFFICER, "");
}

static void close_rejected(world *w)
{
	reject(w);
	MUST(w, APP, "close", OFFICER, "");
}

/* Every state of the application after its first, and what is found when the court hears it,
 * returns documents and tells the provider there: F not filed, E ended, C closed, R returned
 * without a withdrawal, N before the decision. */
static const struct {
	void (*go)(world *w);
	const char *state, *hearing, *returned, *notice;
} places[] = {
	{begin, "drafting", "F", "FR", "N"},
	{await_review, "awaiting-review", "F", "FR", "N"},
	{await_decision, "awaiting-approval", "F", "FR", "N"},
	{get_approval, "approved", "F", "FR", "N"},
	{go_to_court, "before-court", "", "R", "N"},
	{withdraw_draft, "withdrawn", "FE", "F", "N"},
	{withdraw_from_court, "withdrawn", "E", "", "N"},
	{reject, "rejected", "FE", "FR", "N"},
	{close_decided, "closed", "C", "RC", "C"},
	{close_withdrawn, "closed", "EC", "C", "NC"},
	{close_rejected, "closed", "FEC", "FRC", "NC"},
};

static void ck_findings(const world *w, const char *expected)
{
	static const char letters[] = "FECRN";
	static const char *const rules[] = {"filed", "ended", "case-closed", "R30", "R10"};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		ck_assert_msg(found(w, TRO_LEVEL_WARN, rules[i], "") ==
				      (strchr(expected, letters[i]) != NULL),
			"%s", rules[i]);
	}
}

START_TEST(what_the_court_does_is_recorded_in_every_state_of_the_application)
{
	world w;

	places[_i].go(&w);
	ck_assert(in_state(&w, APP, places[_i].state));
	/* of 11 November, when the case has got so far: after all that was done */
	set_time(&w, "2026-11-11T12:00:00Z");
	MUST(&w, APP, "hearing.record", OFFICER,
		AT("2026-11-11T12:00:00") "<private>yes</private><absent>yes</absent>");
	ck_findings(&w, places[_i].hearing);
	MUST(&w, APP, "documents.returned", OFFICER, "<what>All forms and exhibits</what>");
	ck_findings(&w, places[_i].returned);
	MUST(&w, APP, "notice.reported", OFFICER, TOLD);
	ck_findings(&w, places[_i].notice);
	ck_assert(in_state(&w, APP, places[_i].state));
	ck_value(&w, "count($case/hearings/hearing)", "1");
	ck_value(&w, "$case/returned/what", "All forms and exhibits");
	ck_value(&w, "$case/notices/notice/by", "The court's office");
	world_done(&w);
}
END_TEST

START_TEST(a_hearing_before_the_withdrawal_may_be_recorded_after_it)
{
	world w;

	withdraw_from_court(&w);
	set_time(&w, "2026-11-12T12:00:00Z");
	MUST(&w, APP, "hearing.record", OFFICER,
		AT("2026-11-11T11:00:00") "<private>yes</private><absent>yes</absent>");
	ck_assert_uint_eq(tro_findings_count(w.findings), 0);
	world_done(&w);
}
END_TEST

/* What is asked of a hearing depends on what was heard. */
static const struct {
	const char *params, *rule; /* NULL: nothing is found */
} hearings[] = {
	{"<private>no</private><absent>yes</absent>", "R12"},
	{"<private>yes</private><absent>no</absent>", "R10"},
	{"<about>application</about><private>no</private><absent>yes</absent>", "R12"},
	{"<about>variation</about><private>no</private>", NULL},
	{"<about>costs</about>", NULL},
	{"<about>appeal</about><private>no</private>", NULL},
	{"<about>appeal</about><private>yes</private>", "R14"},
};

START_TEST(private_and_without_notice_is_the_hearing_of_the_application_alone)
{
	char params[200];
	world w;

	go_to_court(&w);
	(void)snprintf(
		params, sizeof(params), "%s%s", hearings[_i].params, AT("2026-11-11T11:00:00"));
	MUST(&w, APP, "hearing.record", REVIEWER, params);
	ck_assert_uint_eq(tro_findings_count(w.findings), hearings[_i].rule != NULL);
	if (hearings[_i].rule != NULL) {
		ck_assert(found(&w, TRO_LEVEL_WARN, hearings[_i].rule, ""));
	}
	world_done(&w);
}
END_TEST

START_TEST(an_appeal_is_heard_in_private_where_disclosure_is_restricted)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "privacy.decided", REVIEWER, "<outcome>granted</outcome>");
	MUST(&w, APP, "hearing.record", REVIEWER,
		"<about>appeal</about><private>yes</private>" AT("2026-11-11T11:00:00"));
	ck_assert_uint_eq(tro_findings_count(w.findings), 0);
	world_done(&w);
}
END_TEST

START_TEST(a_return_before_the_withdrawal_is_not_the_one_that_follows_from_it)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.refused", REVIEWER, "<date>2026-11-11</date>");
	MUST(&w, "order.1", "privacy.decided", REVIEWER, "<outcome>refused</outcome>");
	MUST(&w, APP, "documents.returned", REVIEWER, "<what>The draft order</what>");
	MUST(&w, APP, "withdraw", REVIEWER, "<reason>r</reason>");
	MUST(&w, APP, "close", OFFICER, "");
	ck_assert(found(&w, TRO_LEVEL_WARN, "R30", "is not recorded"));
	world_done(&w);

	go_to_court(&w);
	MUST(&w, "order.1", "order.refused", REVIEWER, "<date>2026-11-11</date>");
	MUST(&w, "order.1", "privacy.decided", REVIEWER, "<outcome>refused</outcome>");
	MUST(&w, APP, "withdraw", REVIEWER, "<reason>r</reason>");
	MUST(&w, APP, "documents.returned", REVIEWER, "<what>The draft order</what>");
	MUST(&w, APP, "documents.returned", REVIEWER, "<what>The exhibits</what>");
	ck_value(&w, "count($case/returned)", "2");
	MUST(&w, APP, "close", OFFICER, "");
	ck_assert(!found(&w, TRO_LEVEL_WARN, "R30", ""));
	world_done(&w);
}
END_TEST

START_TEST(nothing_of_ours_is_done_in_a_closed_case)
{
	static const char *const ours[] = {
		"draft.set", "submit", "file", "withdraw", "reopen", "close"};
	world w;

	close_decided(&w);
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
		REFUSED(&w, "state", "", APP, ours[i], OFFICER, "<reason>r</reason>");
	}
	world_done(&w);
}
END_TEST

/* ---- notices that are not the applicant's ---- */

START_TEST(service_before_the_order_is_ours_and_blocked_what_others_gave_is_recorded)
{
	world w;

	go_to_court(&w);
	REFUSED(&w, "condition", "no order has been made", "order.1", "served", OFFICER,
		AT("2026-11-11T11:00:00") "<method>hand</method><to>desk</to>");
	MUST(&w, APP, "notice.reported", OFFICER, TOLD);
	ck_assert(found(&w, TRO_LEVEL_WARN, "R10", "tell the court"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "R29", "northway"));
	ck_assert(!found(&w, TRO_LEVEL_TASK, "R23", ""));
	/* the court's office serves what the court has made: the duty stays the applicant's */
	MUST(&w, "order.1", "order.made", REVIEWER, MADE "<privacy>granted</privacy>" SEALED);
	MUST(&w, "order.2", "order.refused", REVIEWER, "<date>2026-11-11</date>");
	MUST(&w, APP, "notice.reported", OFFICER,
		AT("2026-11-11T12:00:01") "<by>b</by><to>t</to><what>w</what>");
	ck_assert(!found(&w, TRO_LEVEL_WARN, "R10", ""));
	ck_assert(!found(&w, TRO_LEVEL_WARN, "R29", ""));
	ck_assert(found(&w, TRO_LEVEL_TASK, "R23", "northway is the applicant's"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "occurred", "future"));
	MUST(&w, "order.1", "served", OFFICER,
		AT("2026-11-11T11:00:00") "<method>hand</method><to>desk</to>");
	MUST(&w, APP, "notice.reported", OFFICER, TOLD);
	ck_assert_uint_eq(tro_findings_count(w.findings), 0);
	ck_value(&w, "count($case/notices/notice)", "3");
	world_done(&w);
}
END_TEST

/* ---- what applicant and provider agreed ---- */

#define EARLIER "<date>2026-11-12</date><time>09:00</time>" AGREED
#define COMPLY_BY "string($case/orders/order[1]/comply-by)"

START_TEST(an_agreement_before_the_order_is_ours_too_and_blocked)
{
	world w;

	go_to_court(&w);
	REFUSED(&w, "condition", "no order has been made", "order.1", "agree-earlier", OFFICER,
		EARLIER);
	MUST(&w, "order.1", "order.refused", REVIEWER, "<date>2026-11-11</date>");
	REFUSED(&w, "condition", "no order has been made", "order.1", "agree-earlier", OFFICER,
		EARLIER);
	world_done(&w);
}
END_TEST

START_TEST(an_agreement_is_recorded_when_compliance_is_overdue_and_dates_it_back)
{
	world w;

	release(&w);
	wait_until(&w, "2026-11-13T15:00:00Z");
	ck_assert(in_state(&w, "order.1", "overdue"));
	MUST(&w, "order.1", "agree-earlier", OFFICER, EARLIER);
	ck_assert(found(&w, TRO_LEVEL_WARN, "R19", "over already"));
	ck_assert(in_state(&w, "order.1", "overdue"));
	ck_value(&w, COMPLY_BY, "2026-11-12T09:00:00.000000Z");
	ck_value(&w, "$case/orders/order[1]/overdue", "2026-11-12T09:00:00.000000Z");
	world_done(&w);
}
END_TEST

START_TEST(an_agreement_is_recorded_after_compliance_which_it_may_show_to_be_late)
{
	world w;

	release(&w);
	set_time(&w, "2026-11-12T12:00:00Z");
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-12T10:00:00"));
	MUST(&w, "order.1", "agree-earlier", OFFICER,
		"<date>2026-11-12</date><time>11:00</time>" AGREED);
	ck_assert(found(&w, TRO_LEVEL_WARN, "complied", "12 November 2026 at 10:00"));
	ck_assert(!found(&w, TRO_LEVEL_WARN, "late", ""));
	MUST(&w, "order.1", "agree-earlier", OFFICER, EARLIER);
	ck_assert(found(&w, TRO_LEVEL_WARN, "late", "after the time that was agreed"));
	ck_assert(in_state(&w, "order.1", "compliance-done"));
	ck_value(&w, COMPLY_BY, "2026-11-12T09:00:00.000000Z");
	world_done(&w);
}
END_TEST

/* How an order comes to its end, and what is said of an agreement that is recorded then. */
static const struct {
	const char *event, *state, *says;
} endings[] = {
	{"", "expired", "expired, 2027-05-11"},
	{"order.discharged", "discharged", "discharged, 2027-05-12"},
};

START_TEST(an_agreement_is_recorded_after_the_end_and_in_a_closed_case)
{
	world w;

	release(&w);
	MUST(&w, "order.2", "order.refused", REVIEWER, "<date>2026-11-11</date>");
	wait_until(&w, "2027-05-11T23:00:00Z");
	if (endings[_i].event[0] != '\0') {
		MUST(&w, "order.1", endings[_i].event, REVIEWER, "<date>2027-05-11</date>");
	}
	MUST(&w, "order.1", "agree-earlier", OFFICER,
		"<date>2026-11-12</date><time>11:00</time>" AGREED);
	ck_assert(found(&w, TRO_LEVEL_WARN, "ended", endings[_i].says));
	ck_assert(!found(&w, TRO_LEVEL_WARN, "case-closed", ""));
	ck_assert(in_state(&w, "order.1", endings[_i].state));
	MUST(&w, APP, "close", OFFICER, "");
	MUST(&w, "order.1", "agree-earlier", OFFICER, EARLIER);
	ck_assert(found(&w, TRO_LEVEL_WARN, "ended", endings[_i].says));
	ck_assert(found(&w, TRO_LEVEL_WARN, "case-closed", ""));
	ck_assert(in_state(&w, "order.1", "closed"));
	ck_value(&w, COMPLY_BY, "2026-11-12T09:00:00.000000Z");
	world_done(&w);
}
END_TEST

START_TEST(an_agreement_is_not_weighed_against_a_time_that_is_not_known)
{
	world w;

	go_to_court(&w);
	set(tro_xml_first(tro_xml_root(w.registers[0])), "division", "");
	MUST(&w, "order.1", "order.made", REVIEWER, "<date>2026-11-11</date>");
	REFUSED(&w, "R15", "not known by when", "order.1", "agree-earlier", OFFICER, EARLIER);
	ck_assert(!found(&w, TRO_LEVEL_BLOCK, "R19", ""));
	MUST(&w, "order.1", "order.varied", REVIEWER,
		"<date>2026-11-11</date><comply-date>2026-11-20</comply-date>"
		"<comply-time>12:00</comply-time>");
	MUST(&w, "order.1", "agree-earlier", OFFICER, EARLIER);
	world_done(&w);
}
END_TEST

/* ---- the provider ---- */

START_TEST(compliance_after_the_end_is_told_from_compliance_recorded_after_it)
{
	world w;

	release(&w);
	wait_until(&w, "2027-05-13T12:00:00Z");
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-13T14:00:00"));
	ck_assert(!found(&w, TRO_LEVEL_WARN, "ended", ""));
	MUST(&w, "order.1", "complied", OFFICER, AT("2027-05-12T14:00:00"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "ended", "(expired): ask it to restore"));
	world_done(&w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ddtro_world");
	TCase *application = tcase_create("application");
	TCase *order = tcase_create("order");

	tcase_set_timeout(application, 120);
	tcase_add_loop_test(application,
		what_the_court_does_is_recorded_in_every_state_of_the_application, 0,
		COUNT(places));
	tcase_add_test(application, a_hearing_before_the_withdrawal_may_be_recorded_after_it);
	tcase_add_loop_test(application,
		private_and_without_notice_is_the_hearing_of_the_application_alone, 0,
		COUNT(hearings));
	tcase_add_test(application, an_appeal_is_heard_in_private_where_disclosure_is_restricted);
	tcase_add_test(
		application, a_return_before_the_withdrawal_is_not_the_one_that_follows_from_it);
	tcase_add_test(application, nothing_of_ours_is_done_in_a_closed_case);
	tcase_add_test(application,
		service_before_the_order_is_ours_and_blocked_what_others_gave_is_recorded);
	suite_add_tcase(suite, application);
	tcase_set_timeout(order, 120);
	tcase_add_test(order, an_agreement_before_the_order_is_ours_too_and_blocked);
	tcase_add_test(
		order, an_agreement_is_recorded_when_compliance_is_overdue_and_dates_it_back);
	tcase_add_test(
		order, an_agreement_is_recorded_after_compliance_which_it_may_show_to_be_late);
	tcase_add_loop_test(order, an_agreement_is_recorded_after_the_end_and_in_a_closed_case, 0,
		COUNT(endings));
	tcase_add_test(order, an_agreement_is_not_weighed_against_a_time_that_is_not_known);
	tcase_add_test(order, compliance_after_the_end_is_told_from_compliance_recorded_after_it);
	suite_add_tcase(suite, order);
	return run_suite(suite);
}
