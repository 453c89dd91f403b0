/*
 * Acts on cases by several people: under the definition that a case was opened under, at the same
 * time, twice, and without the power to.
 */
#include "case_world.h"
#include "suite.h"

#include <tro/verify.h>

static world w;

static void setup(void)
{
	open_world(&w);
}

static void teardown(void)
{
	close_world(&w);
}

/* ---- the pinned definition ---- */

START_TEST(an_open_case_goes_on_under_the_definition_it_was_opened_under)
{
	char dir[128];
	size_t count = 0;
	char old[TRO_ID_SIZE];
	tro_verdict verdict;
	tro_verify_summary summary;

	new_case(&w);
	memcpy(old, w.id, sizeof(old));
	copy_parking(dir, "workflows/parking/appeal.scxml",
		"role=\"warden\" basis=\"policy:roles\"/>\n",
		"role=\"adjudicator\" basis=\"policy:roles\"/>\n"); /* promote */
	CHECK_OK(tro_registry_adopt(w.registry, dir, w.signer[CLERK], &count, &err));
	ck_assert_uint_eq(count, 1);
	CHECK_OK(ACT(&w, BEN, "promote"));
	new_case(&w);
	CHECK_STATUS(ACT(&w, BEN, "promote"), TRO_REFUSED);
	CHECK_FOUND(&w, "role", "");
	tro_case_close(w.c);
	CHECK_OK(tro_case_open(&w.c, w.registry, old, &err));
	CHECK_OK(ACT(&w, BEN, "note", "text", "later"));
	CHECK_STORY(&w, "promote@appeal later@appeal ");
	CHECK_OK(tro_verify(&verdict, &summary, store_dir, NULL, w.findings, NULL, NULL, &err));
	ck_assert_int_eq(verdict, TRO_VERDICT_VALID);
	ck_assert_uint_eq(summary.steps, 4);
}
END_TEST

/* ---- several at work ---- */

START_TEST(of_two_acts_on_one_case_one_wins_and_the_other_stands_at_the_new_head)
{
	tro_registry *second = open_registry();
	tro_case *other = NULL;

	new_case(&w);
	CHECK_OK(tro_case_open(&other, second, w.id, &err));
	CHECK_OK(ACT(&w, ADA, "note", "text", "first"));
	CHECK_STATUS(act_on(&w, other, BEN, "note", "text", "second", NULL), TRO_CHANGED);
	ck_assert_uint_eq(other->count, 2);
	ck_assert(document_holds(other, "first"));
	CHECK_OK(act_on(&w, other, BEN, "note", "text", "second", NULL));
	CHECK_STATUS(ACT(&w, ADA, "facts", "reason", "r"), TRO_CHANGED);
	CHECK_OK(ACT(&w, ADA, "facts", "reason", "r"));
	CHECK_STORY(&w, "first@appeal second@appeal ");
	tro_case_close(other);
	tro_registry_close(second);
}
END_TEST

START_TEST(an_act_judged_under_an_old_registry_is_refused_and_can_be_done_again)
{
	tro_registry *second = open_registry();
	tro_case *other = NULL;

	new_case(&w);
	CHECK_OK(tro_case_open(&other, second, w.id, &err));
	CHECK_OK(tro_registry_end_grant(
		w.registry, w.person[BEN], "warden", "left", w.signer[CLERK], &err));
	CHECK_STATUS(act_on(&w, other, BEN, "note", "text", "x", NULL), TRO_CHANGED);
	CHECK_MESSAGE("registry");
	CHECK_STATUS(act_on(&w, other, BEN, "note", "text", "x", NULL), TRO_KEY);
	CHECK_OK(act_on(&w, other, ADA, "note", "text", "x", NULL));
	tro_case_close(other);
	tro_registry_close(second);
}
END_TEST

/* ---- once and again ---- */

START_TEST(the_same_act_again_is_already_done)
{
	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "note", "text", "x"));
	set_clock(&w, "2026-11-02T10:00:00Z");
	CHECK_OK(ACT(&w, ADA, "note", "text", "x"));
	ck_assert(w.result.already);
	ck_assert_uint_eq(w.result.seq, 1);
	ck_assert_uint_eq(w.c->count, 2);
	CHECK_OK(ACT(&w, ADA, "note", "text", "y"));
	ck_assert(!w.result.already);
	CHECK_OK(ACT(&w, BEN, "note", "text", "y"));
	ck_assert(!w.result.already);
	w.again = true;
	CHECK_OK(ACT(&w, BEN, "note", "text", "y"));
	ck_assert(!w.result.already);
	CHECK_STORY(&w, "x@appeal y@appeal y@appeal y@appeal ");
}
END_TEST

static size_t count_in_session(const char *part)
{
	tro_buf bytes = TRO_BUF_INIT;
	size_t count = 0;

	CHECK_OK(tro_session_save(&bytes, w.c->session, &err));
	for (const char *at = bytes.ptr; (at = strstr(at, part)) != NULL; at++) {
		count++;
	}
	tro_buf_done(&bytes);
	return count;
}

/* What every record must carry does not grow with every save of a draft. */
START_TEST(of_acts_that_differ_in_their_time_alone_the_session_keeps_the_last)
{
	new_case(&w);
	for (int i = 0; i < 20; i++) {
		char text[16];

		(void)snprintf(text, sizeof(text), "%d", i);
		CHECK_OK(ACT(&w, i % 2 == 0 ? ADA : BEN, "note", "text", text));
	}
	ck_assert_uint_eq(count_in_session("<act "), 3); /* create, and two persons' notes */
	ck_assert_uint_eq(count_in_session(" seq=\"19\" time="), 1);
	ck_assert_uint_eq(count_in_session(" seq=\"20\" time="), 1);
	ck_assert_uint_eq(w.c->count, 21);
}
END_TEST

START_TEST(a_request_of_another_id_is_another_act)
{
	new_case(&w);
	w.request = "job-1";
	CHECK_OK(ACT(&w, ADA, "note", "text", "x"));
	w.request = "job-1";
	CHECK_OK(ACT(&w, ADA, "note", "text", "x"));
	ck_assert(w.result.already);
	w.request = "job-2";
	CHECK_OK(ACT(&w, ADA, "note", "text", "x"));
	ck_assert(!w.result.already);
	ck_assert_uint_eq(w.c->count, 3);
}
END_TEST

/* The script's command was recorded, somebody else acted, and the script asks once more. */
START_TEST(a_request_that_took_effect_is_found_behind_later_records)
{
	new_case(&w);
	w.request = "job-1";
	CHECK_OK(ACT(&w, ADA, "note", "text", "x"));
	CHECK_OK(ACT(&w, BEN, "note", "text", "between"));
	w.request = "job-1";
	CHECK_OK(ACT(&w, ADA, "note", "text", "x"));
	ck_assert(w.result.already);
	ck_assert_uint_eq(w.result.seq, 1);
	ck_assert_uint_eq(w.c->count, 3);
}
END_TEST

START_TEST(a_creation_again_is_the_case_that_was_created)
{
	char first[TRO_ID_SIZE];

	CHECK_OK(create_titled(&w, ADA, "Once"));
	memcpy(first, w.id, sizeof(first));
	CHECK_OK(create_titled(&w, ADA, "Once"));
	ck_assert(w.result.already);
	ck_assert_str_eq(w.id, first);
	CHECK_OK(create_titled(&w, BEN, "Once"));
	ck_assert(!w.result.already);
	ck_assert_str_ne(w.id, first);
	w.again = true;
	CHECK_OK(create_titled(&w, ADA, "Once"));
	ck_assert(!w.result.already);
	CHECK_OK(create_titled(&w, ADA, "Twice"));
	ck_assert(!w.result.already);
}
END_TEST

/* ---- authority ---- */

START_TEST(an_unenrolled_key_may_do_nothing)
{
	new_case(&w);
	CHECK_STATUS(ACT(&w, MALLORY, "note", "text", "x"), TRO_KEY);
	CHECK_STATUS(create_titled(&w, MALLORY, "Mine"), TRO_KEY);
	ck_assert_uint_eq(w.c->count, 1);
}
END_TEST

START_TEST(a_role_that_was_not_granted_or_was_ended_cannot_be_acted_in)
{
	new_case(&w);
	w.role = "adjudicator";
	CHECK_STATUS(ACT(&w, ADA, "note", "text", "x"), TRO_KEY);
	w.role = "adjudicator";
	CHECK_OK(ACT(&w, JOAN, "note", "text", "x"));
	CHECK_OK(tro_registry_end_grant(
		w.registry, w.person[JOAN], "adjudicator", "left", w.signer[CLERK], &err));
	w.role = "adjudicator";
	CHECK_STATUS(ACT(&w, JOAN, "note", "text", "y"), TRO_KEY);
	CHECK_OK(ACT(&w, JOAN, "note", "text", "y")); /* as warden */
	CHECK_OK(tro_registry_end_grant(
		w.registry, w.person[JOAN], "warden", "left", w.signer[CLERK], &err));
	CHECK_STATUS(ACT(&w, JOAN, "note", "text", "z"), TRO_KEY);
}
END_TEST

/* British Summer Time: 23:30 on 30 June is 22:30 UTC, and half an hour later it is July. */
START_TEST(a_term_of_office_goes_by_the_day_in_the_uk)
{
	tro_grant_request request = {.person = w.person[JOAN],
		.role = "adjudicator",
		.from = "2027-07-01",
		.until = "2027-07-31"};

	CHECK_OK(tro_registry_end_grant(
		w.registry, w.person[JOAN], "adjudicator", "term", w.signer[CLERK], &err));
	CHECK_OK(tro_registry_grant(w.registry, &request, w.signer[CLERK], &already, &err));
	new_case(&w);
	set_clock(&w, "2027-06-30T22:59:59Z");
	w.role = "adjudicator";
	CHECK_STATUS(ACT(&w, JOAN, "note", "text", "early"), TRO_KEY);
	set_clock(&w, "2027-06-30T23:00:00Z");
	w.role = "adjudicator";
	CHECK_OK(ACT(&w, JOAN, "note", "text", "first"));
	set_clock(&w, "2027-07-31T22:59:59Z");
	w.role = "adjudicator";
	CHECK_OK(ACT(&w, JOAN, "note", "text", "last"));
	set_clock(&w, "2027-07-31T23:00:00Z");
	w.role = "adjudicator";
	CHECK_STATUS(ACT(&w, JOAN, "note", "text", "late"), TRO_KEY);
	CHECK_STORY(&w, "first@appeal last@appeal ");
}
END_TEST

START_TEST(the_rank_is_that_of_the_grant)
{
	new_case(&w);
	CHECK_STATUS(ACT(&w, ADA, "promote"), TRO_REFUSED);
	CHECK_FOUND(&w, "rank", "only a chief warden may");
	CHECK_OK(ACT(&w, BEN, "promote"));
}
END_TEST

START_TEST(the_service_may_only_let_time_pass)
{
	tro_signer *service = NULL;
	tro_signer *ada = w.signer[ADA];

	new_case(&w);
	CHECK_OK(tro_registry_service_signer(&service, w.registry, &err));
	w.signer[ADA] = service;
	CHECK_STATUS(ACT(&w, ADA, "note", "text", "x"), TRO_REFUSED);
	CHECK_FOUND(&w, "role", "");
	CHECK_STATUS(create_titled(&w, ADA, "By the machine"), TRO_REFUSED);
	w.signer[ADA] = ada;
	tro_signer_free(service);
	ck_assert_uint_eq(w.c->count, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("case_acts");
	TCase *tests = tcase_create("acts");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, an_open_case_goes_on_under_the_definition_it_was_opened_under);
	tcase_add_test(
		tests, of_two_acts_on_one_case_one_wins_and_the_other_stands_at_the_new_head);
	tcase_add_test(tests, an_act_judged_under_an_old_registry_is_refused_and_can_be_done_again);
	tcase_add_test(tests, the_same_act_again_is_already_done);
	tcase_add_test(tests, of_acts_that_differ_in_their_time_alone_the_session_keeps_the_last);
	tcase_add_test(tests, a_request_of_another_id_is_another_act);
	tcase_add_test(tests, a_request_that_took_effect_is_found_behind_later_records);
	tcase_add_test(tests, a_creation_again_is_the_case_that_was_created);
	tcase_add_test(tests, an_unenrolled_key_may_do_nothing);
	tcase_add_test(tests, a_role_that_was_not_granted_or_was_ended_cannot_be_acted_in);
	tcase_add_test(tests, a_term_of_office_goes_by_the_day_in_the_uk);
	tcase_add_test(tests, the_rank_is_that_of_the_grant);
	tcase_add_test(tests, the_service_may_only_let_time_pass);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
