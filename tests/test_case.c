/*
 * Cases: what a step does to session, store and handle. The world is one of parking appeals.
 */
#include "case_world.h"
#include "suite.h"

static world w;

static void setup(void)
{
	open_world(&w);
}

static void teardown(void)
{
	close_world(&w);
}

/* ---- replay ---- */

static void replayed_bytes(tro_buf *out)
{
	tro_replay replay;

	CHECK_OK(tro_replay_begin(&replay, w.registry, w.id, &err));
	CHECK_OK(tro_replay_to(&replay, w.c->count - 1, &err));
	session_bytes(out, replay.session);
	tro_replay_end(&replay);
}

/* Snapshot, the handle that lived through all steps, a handle opened now, and a replay from the
 * first record: all the same bytes. */
static void check_all_alike(uint64_t seed, unsigned step)
{
	tro_buf stored = TRO_BUF_INIT;
	tro_buf other = TRO_BUF_INIT;
	tro_case *fresh = NULL;

	snapshot_bytes(&stored, w.c);
	session_bytes(&other, w.c->session);
	ck_assert_msg(strcmp(stored.ptr, other.ptr) == 0, "seed %llu step %u: lived:\n%s\n%s",
		(unsigned long long)seed, step, stored.ptr, other.ptr);
	tro_buf_clear(&other);
	replayed_bytes(&other);
	ck_assert_msg(strcmp(stored.ptr, other.ptr) == 0, "seed %llu step %u: replayed:\n%s\n%s",
		(unsigned long long)seed, step, stored.ptr, other.ptr);
	tro_buf_clear(&other);
	CHECK_OK(tro_case_open(&fresh, w.registry, w.id, &err));
	session_bytes(&other, fresh->session);
	ck_assert_msg(strcmp(stored.ptr, other.ptr) == 0, "seed %llu step %u: restored",
		(unsigned long long)seed, step);
	tro_case_close(fresh);
	tro_buf_done(&stored);
	tro_buf_done(&other);
}

static uint64_t random_state;

static unsigned pick(unsigned below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % below;
}

/* Days around START, so that deadlines lie behind and before the clock. */
static const char *random_time(void)
{
	static char text[40];

	(void)snprintf(text, sizeof(text), "2026-11-%02uT%02u:00:00Z", 1 + pick(28), pick(24));
	return text;
}

static tro_status random_act(unsigned step)
{
	char word[40];
	char number[8];
	int who = (int)(ADA + pick(3));

	(void)snprintf(word, sizeof(word), "word %u", pick(3) == 0 ? 7 : step);
	(void)snprintf(number, sizeof(number), "%u", 1 + pick(3));
	switch (pick(13)) {
	case 0:
		return ACT(&w, who, "facts", "reason", word, "fine", "70.00");
	case 1:
		return ACT(&w, who, "facts", "fine", pick(2) ? "12.5" : "12.50");
	case 2:
		return ACT(&w, who, "vehicles", "list",
			pick(2) ? "plate,wheels\nAB12 CDE,4\n" : "plate,wheels\n,four\n");
	case 3:
		return ACT(&w, who, "note", "text",
			pick(2) ? word : "a note that is far longer than it should be");
	case 4:
		w.matter = "appeal";
		return ACT(&w, who, "note", "text", word);
	case 5:
		return ACT(&w, who, "inquire", "n", number, "due", random_time());
	case 6:
		(void)snprintf(word, sizeof(word), "inquiry.%s", number);
		w.matter = word;
		return ACT(&w, who, pick(2) ? "hear" : "decide");
	case 7:
		return ACT(&w, who, "remind", "due", random_time());
	case 8:
		return ACT(&w, who, "scribble", "text", word);
	case 9:
		return pick(4) ? TRO_NO : ACT(&w, who, "contest");
	case 10:
		return pick(4) ? TRO_NO : ACT(&w, who, "decide", "outcome", "allowed");
	case 11:
		return ACT(&w, who, "promote");
	default: {
		tro_status status = tick(&w);

		return status == TRO_OK && w.result.timer_count == 0 ? TRO_NO : status;
	}
	}
}

enum { WALK_STEPS = 60 };

/* Of each walk, about half of the acts is refused. */
START_TEST(every_step_of_a_random_walk_is_stored_as_it_replays_and_a_refusal_changes_nothing)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	uint64_t seed = 20261102 + (uint64_t)_i;
	unsigned done = 0;
	unsigned refused = 0;

	(void)fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
	random_state = seed;
	new_case(&w);
	dump(&before);
	for (unsigned step = 0; step < WALK_STEPS; step++) {
		if (step % 6 == 5) {
			char text[40];

			(void)snprintf(text, sizeof(text), "2026-11-%02uT10:00:00Z", 2 + step / 3);
			set_clock(&w, text);
			dump(&before);
		}
		uint64_t count = w.c->count;
		tro_status status = random_act(step);

		dump(&after);
		if (status == TRO_OK && !w.result.already) {
			ck_assert_uint_eq(w.c->count, count + 1);
			ck_assert_uint_eq(w.result.seq, count);
			done++;
		} else {
			ck_assert_uint_eq(w.c->count, count);
			ck_assert_msg(strcmp(before.ptr, after.ptr) == 0,
				"seed %llu step %u: status %d, and yet the store changed",
				(unsigned long long)seed, step, (int)status);
			refused++;
		}
		check_all_alike(seed, step);
		tro_buf swap = before;

		before = after;
		after = swap;
	}
	ck_assert_uint_gt(done, 5);
	ck_assert_uint_gt(refused, 5);
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

START_TEST(a_snapshot_that_is_not_the_heads_outcome_is_not_believed)
{
	tro_buf good = TRO_BUF_INIT;
	tro_buf read = TRO_BUF_INIT;

	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "note", "text", "seen"));
	snapshot_bytes(&good, w.c);
	shell_ok(
		"UPDATE snapshot SET bytes = CAST(replace(CAST(bytes AS TEXT), 'seen', 'never') AS "
		"BLOB)");
	tro_case_close(w.c);
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
	session_bytes(&read, w.c->session);
	ck_assert_str_eq(read.ptr, good.ptr);
	CHECK_OK(ACT(&w, ADA, "note", "text", "and on"));
	CHECK_STORY(&w, "seen@appeal and on@appeal ");
	tro_buf_done(&good);
	tro_buf_done(&read);
}
END_TEST

/* ---- refusals ---- */

START_TEST(a_dry_run_says_what_would_be_and_writes_nothing)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	char photo[128];

	new_case(&w);
	dump(&before);
	w.dry_run = true;
	CHECK_OK(ACT(&w, ADA, "contest"));
	ck_assert_uint_eq(w.result.filing_count, 1);
	ck_assert_uint_eq(w.result.seq, 1);
	(void)snprintf(photo, sizeof(photo), "%s/photo.dat", test_dir);
	write_file(photo, "png", 3);
	w.dry_run = true;
	CHECK_OK(ACT(&w, ADA, "photo", "file", photo, "ref", "P1"));
	w.dry_run = true;
	CHECK_STATUS(ACT(&w, ADA, "decide", "outcome", "allowed"), TRO_REFUSED);
	w.dry_run = true;
	CHECK_OK(create_titled(&w, ADA, "Another"));
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	char folder[200];

	(void)snprintf(folder, sizeof(folder), "exhibits/%s", w.c->id);
	ck_assert(!exists(in_store(folder)));
	CHECK_OK(ACT(&w, ADA, "note", "text", "it goes on"));
	ck_assert_uint_eq(w.c->count, 2);
	CHECK_STORY(&w, "it goes on@appeal ");
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

START_TEST(a_refusal_names_everything_that_is_unmet_and_the_next_act_works)
{
	new_case(&w);
	CHECK_STATUS(ACT(&w, ADA, "decide", "outcome", "allowed"), TRO_REFUSED);
	CHECK_FOUND(&w, "state", "");
	CHECK_FOUND(&w, "role", "");
	CHECK_FOUND(&w, "four-eyes", "");
	CHECK_OK(ACT(&w, ADA, "contest"));
	CHECK_STATUS(ACT(&w, ADA, "decide", "outcome", "allowed"), TRO_REFUSED);
	CHECK_OK(ACT(&w, JOAN, "decide", "outcome", "allowed"));
	ck_assert(tro_case_finished(w.c));
	CHECK_STORY(&w, "decide allowed@appeal ");
}
END_TEST

START_TEST(who_created_a_case_cannot_decide_it_in_another_role)
{
	CHECK_OK(create_titled(&w, JOAN, "By the adjudicator"));
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
	CHECK_OK(ACT(&w, ADA, "contest"));
	CHECK_STATUS(ACT(&w, JOAN, "decide", "outcome", "allowed"), TRO_REFUSED);
	CHECK_FOUND(&w, "four-eyes", "");
	ck_assert_uint_eq(tro_findings_count(w.findings), 1);
}
END_TEST

START_TEST(a_step_that_breaks_the_grammar_comes_to_nothing)
{
	new_case(&w);
	CHECK_STATUS(ACT(&w, ADA, "scribble", "text", "on the wall"), TRO_INVALID);
	CHECK_MESSAGE("grammar");
	ck_assert(!document_holds(w.c, "scribble"));
	CHECK_OK(ACT(&w, ADA, "note", "text", "clean"));
	ck_assert_uint_eq(w.c->count, 2);
}
END_TEST

/* The step spoilt the session, and what would bring it back cannot be read. */
START_TEST(a_handle_that_could_not_reload_is_not_acted_on_until_it_can)
{
	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "note", "text", "before"));
	shell_ok("DROP TRIGGER record_is_never_changed; CREATE TABLE kept AS SELECT * FROM record; "
		 "UPDATE record SET note = CAST('lost' AS BLOB) WHERE case_id <> 'registry' AND "
		 "seq = 1");
	w.again = true; /* else the last record is looked at first */
	CHECK_STATUS(ACT(&w, ADA, "scribble", "text", "x"), TRO_INVALID);
	ck_assert(w.c->spoiled);
	CHECK_STATUS(ACT(&w, ADA, "note", "text", "during"), TRO_INVALID);
	CHECK_STATUS(tick(&w), TRO_INVALID);
	shell_ok("UPDATE record SET note = (SELECT note FROM kept WHERE kept.position = "
		 "record.position); DROP TABLE kept");
	CHECK_OK(ACT(&w, ADA, "note", "text", "after"));
	CHECK_STORY(&w, "before@appeal after@appeal ");
	check_all_alike(0, 0);
}
END_TEST

START_TEST(warnings_and_tasks_stay_with_the_case)
{
	tro_case_finding finding;

	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "note", "text", "a note that is far longer than it should be"));
	CHECK_FOUND(&w, "short", "a long note");
	ck_assert(tro_case_finding_at(w.c, 0, &finding));
	ck_assert_str_eq(finding.seq, "1");
	ck_assert_str_eq(finding.matter, "appeal");
	ck_assert_str_eq(finding.level, "warn");
	ck_assert_str_eq(finding.basis, "policy:notes");
	ck_assert_str_eq(finding.remedy, "note");
	ck_assert(!tro_case_finding_at(w.c, 1, &finding));
	CHECK_OK(ACT(&w, ADA, "contest"));
	set_clock(&w, "2026-12-01T09:00:00Z");
	CHECK_OK(tick(&w));
	CHECK_FOUND(&w, "late", "tell the motorist");
	ck_assert(tro_case_finding_at(w.c, 1, &finding));
	ck_assert_str_eq(finding.level, "task");
}
END_TEST

/* ---- time ---- */

START_TEST(a_deadline_that_passed_takes_effect_before_the_event_and_in_its_record)
{
	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "remind", "due", "2026-11-10T09:00:00Z"));
	set_clock(&w, "2026-11-10T08:59:59Z");
	CHECK_OK(ACT(&w, ADA, "note", "text", "one"));
	CHECK_STORY(&w, "one@appeal ");
	set_clock(&w, "2026-11-10T09:00:00Z");
	CHECK_OK(ACT(&w, ADA, "note", "text", "two"));
	ck_assert_uint_eq(w.c->count, 4);
	CHECK_STORY(&w, "one@appeal reminded@appeal two@appeal ");
	check_all_alike(0, 0);
}
END_TEST

START_TEST(a_deadline_that_passed_can_end_what_the_event_wanted)
{
	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "contest"));
	set_clock(&w, "2026-11-16T09:00:00Z");
	CHECK_STATUS(ACT(&w, JOAN, "decide", "outcome", "allowed"), TRO_REFUSED);
	ck_assert_uint_eq(w.c->count, 2);
	ck_assert(!tro_case_finished(
		w.c)); /* nothing was written: neither did the lapse take effect */
	CHECK_OK(tick(&w));
	ck_assert(tro_case_finished(w.c));
	CHECK_STORY(&w, "lapse@appeal ");
}
END_TEST

START_TEST(a_tick_alone_is_one_record_of_the_service_and_nothing_due_writes_nothing)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	tro_buf due = TRO_BUF_INIT;
	tro_stored_record stored;
	tro_record record;

	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "remind", "due", "2026-11-10T09:00:00Z"));
	dump(&before);
	CHECK_OK(tick(&w));
	ck_assert_uint_eq(w.result.timer_count, 0);
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	CHECK_OK(tro_cases_due(&due, w.registry, &err));
	ck_assert_str_eq(due.ptr, "");
	set_clock(&w, "2026-11-11T09:00:00Z");
	CHECK_OK(tro_cases_due(&due, w.registry, &err));
	ck_assert_int_eq(strncmp(due.ptr, w.id, strlen(w.id)), 0);
	CHECK_OK(tick(&w));
	ck_assert_uint_eq(w.result.timer_count, 1);
	ck_assert_uint_eq(w.result.seq, 2);
	ck_assert_uint_eq(w.c->count, 3);
	CHECK_OK(tro_store_record_get(&stored, w.registry->store, w.id, 2, &err));
	CHECK_OK(tro_record_read(&record, &stored, &err));
	ck_assert_str_eq(record.event, "tick");
	ck_assert_str_eq(record.matter, "-");
	ck_assert_str_eq(record.role, "service");
	ck_assert_str_eq(record.actor, tro_authority_service(w.registry->authority));
	tro_stored_record_done(&stored);
	CHECK_STORY(&w, "reminded@appeal ");
	tro_buf_clear(&due);
	CHECK_OK(tro_cases_due(&due, w.registry, &err));
	ck_assert_str_eq(due.ptr, "");
	CHECK_OK(tick(&w));
	ck_assert_uint_eq(w.result.timer_count, 0);
	check_all_alike(0, 0);
	tro_buf_done(&before);
	tro_buf_done(&after);
	tro_buf_done(&due);
}
END_TEST

/* inquiry.2 is due first; appeal, inquiry.1 and inquiry.3 at one time; what a timer posts comes
 * before the next one fires. */
START_TEST(timers_fire_by_due_then_matter_then_name_each_with_what_it_posts)
{
	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "remind", "due", "2026-11-10T09:00:00Z"));
	CHECK_OK(ACT(&w, ADA, "inquire", "n", "3", "due", "2026-11-10T09:00:00Z"));
	CHECK_OK(ACT(&w, ADA, "inquire", "n", "1", "due", "2026-11-10T09:00:00Z"));
	CHECK_OK(ACT(&w, ADA, "inquire", "n", "2", "due", "2026-11-09T09:00:00Z"));
	set_clock(&w, "2026-11-20T09:00:00Z");
	CHECK_OK(tick(&w));
	ck_assert_uint_eq(w.result.timer_count, 7);
	CHECK_STORY(&w, "inquire@appeal asked first@inquiry.3 asked second@inquiry.3 "
			"inquire@appeal asked first@inquiry.1 asked second@inquiry.1 "
			"inquire@appeal asked first@inquiry.2 asked second@inquiry.2 "
			"late@inquiry.2 heard late 2@appeal later@inquiry.2 "
			"reminded@appeal "
			"late@inquiry.1 heard late 1@appeal later@inquiry.1 "
			"late@inquiry.3 heard late 3@appeal later@inquiry.3 ");
	check_all_alike(0, 0);
}
END_TEST

START_TEST(a_deadline_set_in_the_past_takes_effect_at_once)
{
	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "remind", "due", "2026-11-01T09:00:00Z"));
	ck_assert_uint_eq(w.c->count, 2);
	CHECK_STORY(&w, "reminded@appeal ");
	CHECK_OK(ACT(&w, ADA, "inquire", "n", "1", "due", "2026-11-02T09:00:00Z"));
	ck_assert_uint_eq(w.c->count, 3);
	CHECK_STORY(&w,
		"reminded@appeal inquire@appeal asked first@inquiry.1 asked second@inquiry.1 "
		"late@inquiry.1 heard late 1@appeal later@inquiry.1 ");
	check_all_alike(0, 0);
}
END_TEST

START_TEST(deadlines_are_listed_by_matter_then_due)
{
	tro_deadline deadline;

	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "inquire", "n", "1", "due", "2026-11-05T09:00:00Z"));
	CHECK_OK(ACT(&w, ADA, "remind", "due", "2026-11-10T09:00:00Z"));
	ck_assert(tro_case_deadline_at(w.c, 0, &deadline));
	ck_assert_str_eq(deadline.matter, "appeal");
	ck_assert_str_eq(deadline.event, "reminded");
	ck_assert(tro_case_deadline_at(w.c, 1, &deadline));
	ck_assert_str_eq(deadline.matter, "inquiry.1");
	ck_assert_str_eq(deadline.id, "b-late");
	ck_assert(tro_case_deadline_at(w.c, 2, &deadline));
	ck_assert(!tro_case_deadline_at(w.c, 3, &deadline));
}
END_TEST

/* ---- matters ---- */

START_TEST(opened_matters_and_posted_events_come_in_the_order_in_which_they_were_asked_for)
{
	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "inquire", "n", "1", "due", "2026-12-01T09:00:00Z"));
	CHECK_STORY(&w, "inquire@appeal asked first@inquiry.1 asked second@inquiry.1 ");
	ck_assert_uint_eq(tro_case_matter_count(w.c), 2);
	CHECK_OK(ACT(&w, JOAN, "hear"));
	CHECK_STORY(&w, "inquire@appeal asked first@inquiry.1 asked second@inquiry.1 "
			"hear@inquiry.1 heard 1@appeal ");
	check_all_alike(0, 0);
}
END_TEST

START_TEST(a_matter_is_opened_once)
{
	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "inquire", "n", "1", "due", "2026-12-01T09:00:00Z"));
	CHECK_STATUS(ACT(&w, BEN, "inquire", "n", "1", "due", "2026-12-02T09:00:00Z"), TRO_INVALID);
	CHECK_MESSAGE("open already");
	ck_assert_uint_eq(tro_case_matter_count(w.c), 2);
}
END_TEST

START_TEST(a_post_to_a_matter_that_does_not_exist_fails_the_step)
{
	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "inquire", "n", "1", "due", "2026-12-01T09:00:00Z"));
	CHECK_OK(ACT(&w, ADA, "call", "matter", "inquiry.1"));
	CHECK_STATUS(ACT(&w, ADA, "call", "matter", "inquiry.2"), TRO_INVALID);
	CHECK_MESSAGE("does not exist");
	CHECK_STORY(&w, "inquire@appeal asked first@inquiry.1 asked second@inquiry.1 "
			"asked called@inquiry.1 ");
	CHECK_OK(ACT(&w, ADA, "contest"));
	CHECK_OK(ACT(&w, JOAN, "decide", "outcome", "allowed"));
	ck_assert(tro_case_finished(w.c));
	tro_matter_info info; /* the appeal told it */

	CHECK_OK(tro_case_matter_at(w.c, 1, &info, &err));
	ck_assert_str_eq(info.id, "inquiry.1");
	ck_assert(info.finished);
}
END_TEST

START_TEST(an_event_that_several_matters_take_needs_the_matters_name)
{
	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "inquire", "n", "1", "due", "2026-12-01T09:00:00Z"));
	CHECK_STATUS(ACT(&w, ADA, "note", "text", "x"), TRO_AMBIGUOUS);
	CHECK_MESSAGE("appeal, inquiry.1");
	w.matter = "inquiry.1";
	CHECK_OK(ACT(&w, ADA, "note", "text", "x"));
	CHECK_OK(ACT(&w, JOAN, "hear"));
	CHECK_OK(ACT(&w, ADA, "note", "text", "y")); /* the inquiry takes none any more */
	CHECK_STORY(&w, "inquire@appeal asked first@inquiry.1 asked second@inquiry.1 x@inquiry.1 "
			"hear@inquiry.1 heard 1@appeal y@appeal ");
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
	new_case(&w);
	CHECK_STATUS(ACT(&w, ADA, "fly"), TRO_NOT_FOUND);
	CHECK_STATUS(ACT(&w, ADA, "lapse"), TRO_NOT_FOUND); /* no person does it */
	w.matter = "inquiry.9";
	CHECK_STATUS(ACT(&w, ADA, "note", "text", "x"), TRO_NOT_FOUND);
	w.matter = "appeal";
	CHECK_STATUS(ACT(&w, JOAN, "hear"), TRO_NOT_FOUND);
	tro_case *other = NULL;

	CHECK_STATUS(tro_case_open(&other, w.registry, "registry", &err), TRO_INVALID);
	CHECK_STATUS(tro_case_open(&other, w.registry, "2222-222X", &err), TRO_INVALID);
	char workflow_id[TRO_ID_SIZE];
	tro_command command = {.event = "create"};

	CHECK_STATUS(tro_case_create(workflow_id, w.registry, "chess", &command, w.signer[ADA],
			     &w.result, w.findings, &err),
		TRO_NOT_FOUND);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("case");
	TCase *walk = tcase_create("walk");
	TCase *tests = tcase_create("case");

	tcase_set_timeout(walk, 120);
	tcase_add_checked_fixture(walk, setup, teardown);
	tcase_add_loop_test(walk,
		every_step_of_a_random_walk_is_stored_as_it_replays_and_a_refusal_changes_nothing,
		0, 4);
	suite_add_tcase(suite, walk);
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_snapshot_that_is_not_the_heads_outcome_is_not_believed);
	tcase_add_test(tests, a_dry_run_says_what_would_be_and_writes_nothing);
	tcase_add_test(tests, a_refusal_names_everything_that_is_unmet_and_the_next_act_works);
	tcase_add_test(tests, who_created_a_case_cannot_decide_it_in_another_role);
	tcase_add_test(tests, a_step_that_breaks_the_grammar_comes_to_nothing);
	tcase_add_test(tests, a_handle_that_could_not_reload_is_not_acted_on_until_it_can);
	tcase_add_test(tests, warnings_and_tasks_stay_with_the_case);
	tcase_add_test(
		tests, a_deadline_that_passed_takes_effect_before_the_event_and_in_its_record);
	tcase_add_test(tests, a_deadline_that_passed_can_end_what_the_event_wanted);
	tcase_add_test(
		tests, a_tick_alone_is_one_record_of_the_service_and_nothing_due_writes_nothing);
	tcase_add_test(tests, timers_fire_by_due_then_matter_then_name_each_with_what_it_posts);
	tcase_add_test(tests, a_deadline_set_in_the_past_takes_effect_at_once);
	tcase_add_test(tests, deadlines_are_listed_by_matter_then_due);
	tcase_add_test(tests,
		opened_matters_and_posted_events_come_in_the_order_in_which_they_were_asked_for);
	tcase_add_test(tests, a_matter_is_opened_once);
	tcase_add_test(tests, a_post_to_a_matter_that_does_not_exist_fails_the_step);
	tcase_add_test(tests, an_event_that_several_matters_take_needs_the_matters_name);
	tcase_add_test(tests, what_is_not_there_is_not_found);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
