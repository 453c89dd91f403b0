/* Stores, their beginning, and what a registrar does. */
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

/* ---- beginnings ---- */

static tro_signer *clerk;

static void setup_empty(void)
{
	fixture_setup();
	clerk = new_signer("clerk");
}

static void teardown_empty(void)
{
	tro_signer_free(clerk);
	tro_xml_quit();
	fixture_teardown();
}

static void check_valid(uint64_t records)
{
	tro_verdict verdict;
	tro_verify_summary summary;
	tro_findings *findings = tro_findings_new();

	CHECK_OK(tro_verify(&verdict, &summary, store_dir, NULL, findings, NULL, NULL, &err));
	ck_assert_str_eq(tro_verdict_name(verdict), "VALID");
	ck_assert_uint_eq(summary.records, records);
	tro_findings_free(findings);
}

START_TEST(a_store_begins_with_its_registrar_its_roles_and_its_definitions)
{
	tro_genesis genesis = genesis_of(PARKING);
	tro_person_info person;
	tro_grant_info grant_info;
	tro_time_us time;

	CHECK_OK(tro_registry_create(store_dir, &genesis, clerk, NULL, &err));
	tro_registry *registry = open_registry();

	ck_assert_str_eq(tro_registry_origin(registry), ORIGIN);
	ck_assert(tro_registry_training(registry));
	ck_assert(tro_registry_clock_set(registry));
	CHECK_OK(tro_time_parse(&time, START, &err));
	ck_assert_int_eq(tro_registry_now(registry), time);
	ck_assert_uint_eq(tro_registry_person_count(registry), 2); /* and the service */
	tro_registry_person_at(registry, 0, &person);
	ck_assert_str_eq(person.name, "Clerk Example");
	ck_assert_int_eq(strncmp(person.vkey, "clerk+", 6), 0);
	ck_assert_uint_eq(person.grant_count, 1);
	tro_registry_grant_at(registry, 0, 0, &grant_info);
	ck_assert_str_eq(grant_info.role, "registrar");
	ck_assert(tro_authority_role_exists(registry->authority, "warden"));
	ck_assert(tro_authority_role_exists(registry->authority, "adjudicator"));
	ck_assert(!tro_authority_role_exists(registry->authority, "officer"));
	ck_assert_uint_eq(tro_authority_adopted_count(registry->authority), 12);
	ck_assert_ptr_nonnull(
		tro_authority_adopted(registry->authority, "definition", "parking/inquiry"));
	tro_registry_close(registry);
	check_valid(2);
}
END_TEST

START_TEST(a_store_without_a_set_clock_lives_in_real_time)
{
	tro_genesis genesis = genesis_of(PARKING);

	genesis.clock = NULL;
	CHECK_OK(tro_registry_create(store_dir, &genesis, clerk, NULL, &err));
	tro_registry *registry = open_registry();

	ck_assert(!tro_registry_clock_set(registry));
	ck_assert_int_gt(tro_registry_now(registry), 0);
	tro_registry_close(registry);
}
END_TEST

START_TEST(a_store_is_created_once)
{
	tro_genesis genesis = genesis_of(PARKING);
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;

	bool found = true;

	CHECK_OK(tro_registry_create(store_dir, &genesis, clerk, &found, &err));
	ck_assert(!found);
	dump(&before);
	CHECK_OK(tro_registry_create(store_dir, &genesis, clerk, &found, &err));
	ck_assert(found);
	genesis.registrar_name = "Another Example";
	CHECK_STATUS(tro_registry_create(store_dir, &genesis, clerk, NULL, &err), TRO_INVALID);
	CHECK_MESSAGE("not that of 'Another Example'");
	genesis = genesis_of(PARKING);
	genesis.origin = "another.example/training";
	CHECK_STATUS(tro_registry_create(store_dir, &genesis, clerk, NULL, &err), TRO_INVALID);
	CHECK_MESSAGE("of the origin " ORIGIN);
	genesis = genesis_of(PARKING);
	tro_signer *other = new_signer("other");

	CHECK_STATUS(tro_registry_create(store_dir, &genesis, other, NULL, &err), TRO_INVALID);
	CHECK_MESSAGE("your key is not that of");
	tro_signer_free(other);
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

START_TEST(a_half_made_store_is_finished_by_those_who_began_it_alone)
{
	tro_genesis genesis = genesis_of(PARKING);

	CHECK_OK(tro_registry_create(store_dir, &genesis, clerk, NULL, &err));
	shell_unguarded("DELETE FROM payload WHERE position = 1; DELETE FROM record WHERE position "
			"= 1; DELETE FROM node WHERE (number + 1) * (1 << level) > 1");
	genesis.origin = "another.example/training";
	CHECK_STATUS(tro_registry_create(store_dir, &genesis, clerk, NULL, &err), TRO_INVALID);
	CHECK_MESSAGE("of the origin " ORIGIN);
}
END_TEST

/* A database without a record, and in the second round with genesis alone. */
START_TEST(a_creation_that_was_killed_is_finished_by_the_next)
{
	tro_genesis genesis = genesis_of(PARKING);
	tro_registry *registry = NULL;

	if (_i == 0) {
		tro_store_close(fixture_create());
	} else {
		CHECK_OK(tro_registry_create(store_dir, &genesis, clerk, NULL, &err));
		shell_unguarded(
			"DELETE FROM payload WHERE position = 1; DELETE FROM record WHERE position "
			"= 1; DELETE FROM node WHERE (number + 1) * (1 << level) > 1");
	}
	if (_i == 0) {
		CHECK_STATUS(tro_registry_open(&registry, store_dir, &err), TRO_NOT_FOUND);
		CHECK_MESSAGE("never finished");
	}
	CHECK_OK(tro_registry_create(store_dir, &genesis, clerk, NULL, &err));
	registry = open_registry();
	ck_assert_uint_eq(tro_authority_count(registry->authority), 2);
	ck_assert_uint_eq(tro_authority_adopted_count(registry->authority), 12);
	tro_registry_close(registry);
	check_valid(2);
}
END_TEST

START_TEST(a_live_store_is_refused_with_its_reasons)
{
	tro_genesis genesis = genesis_of(PARKING);

	genesis.training = false;
	genesis.origin = "parking.example/tro";
	CHECK_STATUS(tro_registry_create(store_dir, &genesis, clerk, NULL, &err), TRO_REFUSED);
	CHECK_MESSAGE("encrypt");
	CHECK_MESSAGE("legal confirmation");
	ck_assert(!exists(store_dir));
}
END_TEST

static const char *const origins[] = {
	"parking.example/tro",
	"parking.example/training/tro",
	"/training",
	"parking.example/tro/training/",
};

START_TEST(a_training_stores_origin_says_so)
{
	tro_genesis genesis = genesis_of(PARKING);

	genesis.origin = origins[_i];
	CHECK_STATUS(tro_registry_create(store_dir, &genesis, clerk, NULL, &err), TRO_INVALID);
	ck_assert(!exists(store_dir));
}
END_TEST

/* NULL stands for what is good; "LONG" for 3000 letters. */
static const struct {
	const char *origin, *name, *clock;
} unfit[] = {
	{"a+b/training", NULL, NULL},
	{"a b/training", NULL, NULL},
	{"caf\xc3\xa9/training", NULL, NULL},
	{"LONG", NULL, NULL},
	{NULL, "LONG", NULL},
	{NULL, "", NULL},
	{NULL, "Clerk\nExample", NULL},
	{NULL, " Clerk", NULL},
	{NULL, "Clerk \xff", NULL},
	{NULL, NULL, "tomorrow"},
	{NULL, NULL, ""},
};

START_TEST(what_cannot_be_a_store_leaves_nothing)
{
	tro_genesis genesis = genesis_of(PARKING);
	char text[3100];

	memset(text, 'a', 3000);
	(void)snprintf(text + 3000, sizeof(text) - 3000, "/training");
	if (unfit[_i].origin != NULL) {
		genesis.origin = strcmp(unfit[_i].origin, "LONG") == 0 ? text : unfit[_i].origin;
	}
	if (unfit[_i].name != NULL) {
		genesis.registrar_name =
			strcmp(unfit[_i].name, "LONG") == 0 ? text : unfit[_i].name;
	}
	if (unfit[_i].clock != NULL) {
		genesis.clock = unfit[_i].clock;
	}
	CHECK_STATUS(tro_registry_create(store_dir, &genesis, clerk, NULL, &err), TRO_INVALID);
	ck_assert(!exists(store_dir));
}
END_TEST

/* The longest origin: its service's key, too, has a name. */
START_TEST(an_origin_of_247_bytes_is_a_stores_and_a_longer_one_is_not)
{
	tro_genesis genesis = genesis_of(PARKING);
	char text[300];

	memset(text, 'a', sizeof(text));
	(void)snprintf(text + 240, sizeof(text) - 240, "/training");
	genesis.origin = text + 1;
	CHECK_STATUS(tro_registry_create(store_dir, &genesis, clerk, NULL, &err), TRO_INVALID);
	ck_assert(!exists(store_dir));
	genesis.origin = text + 2;
	CHECK_OK(tro_registry_create(store_dir, &genesis, clerk, NULL, &err));
	check_valid(2);
}
END_TEST

static const struct {
	const char *file, *from, *to;
} spoilt[] = {
	{"workflows/parking/appeal.scxml", "target=\"taken\"", "target=\"nowhere\""},
	{"workflows/parking/appeal.scxml", "tro:id=\"parking/appeal\"", "tro:id=\"other\""},
	{"workflows/parking/case.rng", "<start>", "<start><ref name=\"x\"/>"},
	{"workflows/parking/calendar.txt", "2026-12-25", "2026-13-25"},
	{"workflows/parking/workflow.xml", "path=\"workflows/parking/case.rng\"",
		"path=\"../case.rng\""},
	{"workflows/parking/workflow.xml", "parking/codes.xml", "parking/none.xml"},
	{"workflows/parking/workflow.xml", " id=\"parking\"", ""},
	{"workflows/parking/workflow.xml", "kind=\"ranks\" ", ""},
	{"workflows/parking/workflow.xml", "<workflow", "<!DOCTYPE x><workflow"},
	{"templates/receipt.xsl", "match=\"/case\"", "match=\"/case[\""},
	{"templates/MANIFEST.txt", "view motorist templates", "view templates"},
};

START_TEST(a_folder_that_cannot_be_adopted_leaves_no_store)
{
	char dir[128];

	copy_parking(dir, spoilt[_i].file, spoilt[_i].from, spoilt[_i].to);
	tro_genesis genesis = genesis_of(dir);
	tro_status status = tro_registry_create(store_dir, &genesis, clerk, NULL, &err);

	ck_assert_msg(status == TRO_INVALID || status == TRO_NOT_FOUND, "status %d: %s",
		(int)status, err.message);
	ck_assert(!exists(store_dir));
}
END_TEST

/* ---- people ---- */

START_TEST(a_key_is_enrolled_once_and_found_again)
{
	tro_buf request = TRO_BUF_INIT;
	char id[TRO_ID_SIZE];
	size_t index = 0;
	uint64_t count = tro_authority_count(w.registry->authority);

	CHECK_OK(tro_registry_person_by_key(
		&index, w.registry, tro_signer_public(w.signer[ADA]), &err));
	tro_person_info person;

	tro_registry_person_at(w.registry, index, &person);
	ck_assert_str_eq(person.id, w.person[ADA]);
	ck_assert_str_eq(person.name, "Ada Example");
	CHECK_OK(tro_registry_person_by_id(&index, w.registry, w.person[JOAN], &err));
	CHECK_STATUS(tro_registry_person_by_key(
			     &index, w.registry, tro_signer_public(w.signer[MALLORY]), &err),
		TRO_NOT_FOUND);
	CHECK_STATUS(
		tro_registry_person_by_id(&index, w.registry, "P-2222-2222", &err), TRO_NOT_FOUND);
	CHECK_OK(tro_enrolment_request(&request, ORIGIN, "Ada again", w.signer[ADA], &err));
	CHECK_STATUS(tro_registry_enrol(w.registry,
			     &(tro_new_keys){.key = request.ptr, .key_len = request.len},
			     w.signer[CLERK], id, &err),
		TRO_INVALID);
	CHECK_MESSAGE("enrolled before");
	ck_assert_uint_eq(tro_authority_count(w.registry->authority), count);
	tro_buf_done(&request);
}
END_TEST

START_TEST(a_request_for_another_store_or_altered_or_by_another_key_is_refused)
{
	tro_buf request = TRO_BUF_INIT;
	char id[TRO_ID_SIZE];

	CHECK_OK(tro_enrolment_request(
		&request, "other.example/tro/training", "Mallory", w.signer[MALLORY], &err));
	CHECK_STATUS(tro_registry_enrol(w.registry,
			     &(tro_new_keys){.key = request.ptr, .key_len = request.len},
			     w.signer[CLERK], id, &err),
		TRO_INVALID);
	tro_buf_clear(&request);
	CHECK_OK(tro_enrolment_request(&request, ORIGIN, "Mallory", w.signer[MALLORY], &err));
	char *name = strstr(request.ptr, "Mallory");

	name[0] = 'V';
	tro_status status = tro_registry_enrol(w.registry,
		&(tro_new_keys){.key = request.ptr, .key_len = request.len}, w.signer[CLERK], id,
		&err);

	ck_assert_msg(status == TRO_INVALID || status == TRO_KEY, "status %d", (int)status);
	name[0] = 'M';
	CHECK_OK(tro_registry_enrol(w.registry,
		&(tro_new_keys){.key = request.ptr, .key_len = request.len}, w.signer[CLERK],
		w.person[MALLORY], &err));
	tro_buf_done(&request);
}
END_TEST

START_TEST(only_a_registrar_keeps_the_registry)
{
	tro_buf request = TRO_BUF_INIT;
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	char id[TRO_ID_SIZE];
	size_t count;
	tro_grant_request grant_request = {.person = w.person[ADA], .role = "adjudicator"};
	tro_signer *signer = w.signer[_i == 0 ? ADA : MALLORY];

	dump(&before);
	CHECK_OK(tro_enrolment_request(&request, ORIGIN, "M", w.signer[MALLORY], &err));
	CHECK_STATUS(tro_registry_enrol(w.registry,
			     &(tro_new_keys){.key = request.ptr, .key_len = request.len}, signer,
			     id, &err),
		TRO_KEY);
	CHECK_STATUS(
		tro_registry_grant(w.registry, &grant_request, signer, &already, &err), TRO_KEY);
	CHECK_STATUS(tro_registry_end_grant(w.registry, w.person[BEN], "warden", "x", signer, &err),
		TRO_KEY);
	CHECK_STATUS(tro_registry_set_clock(
			     w.registry, tro_registry_now(w.registry) + 1, signer, &already, &err),
		TRO_KEY);
	char dir[128];

	copy_parking(dir, "workflows/parking/codes.xml", "Kerb", "Kerbstone");
	CHECK_STATUS(tro_registry_adopt(w.registry, dir, signer, &count, &err), TRO_KEY);
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	tro_buf_done(&request);
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

START_TEST(a_role_is_granted_with_rank_and_term_and_ended)
{
	tro_buf roles = TRO_BUF_INIT;
	tro_grant_info info;
	size_t index = 0;
	tro_grant_request request = {.person = w.person[ADA],
		.role = "adjudicator",
		.rank = "chief-warden",
		.office = "Hall",
		.force = "Town",
		.from = "2026-11-02",
		.until = "2026-11-30"};

	CHECK_OK(tro_registry_person_by_id(&index, w.registry, w.person[ADA], &err));
	CHECK_OK(tro_registry_grant(w.registry, &request, w.signer[CLERK], &already, &err));
	ck_assert(!already);
	tro_registry_grant_at(w.registry, index, 1, &info);
	ck_assert_str_eq(info.role, "adjudicator");
	ck_assert_str_eq(info.rank, "chief-warden");
	ck_assert_str_eq(info.office, "Hall");
	ck_assert_str_eq(info.force, "Town");
	ck_assert_str_eq(info.from, "2026-11-02");
	ck_assert_str_eq(info.until, "2026-11-30");
	ck_assert(!info.ended);
	tro_registry_roles(&roles, w.registry, index);
	ck_assert_str_eq(roles.ptr, "warden adjudicator");
	CHECK_OK(tro_registry_end_grant(
		w.registry, w.person[ADA], "adjudicator", "left", w.signer[CLERK], &err));
	tro_registry_grant_at(w.registry, index, 1, &info);
	ck_assert(info.ended);
	tro_buf_clear(&roles);
	tro_registry_roles(&roles, w.registry, index);
	ck_assert_str_eq(roles.ptr, "warden");
	tro_buf_done(&roles);
}
END_TEST

static const tro_grant_request bad_grants[] = {
	{.person = "P-2222-2222", .role = "warden"},
	{.person = NULL, .role = "officer"},
	{.person = NULL, .role = "service"},
	{.person = NULL, .role = "warden", .rank = "admiral"},
	{.person = NULL, .role = "warden", .from = "tomorrow"},
	{.person = NULL, .role = "warden", .from = "2026-12-01", .until = "2026-11-01"},
};

/* And the handle goes on as if nothing had been asked. */
START_TEST(a_grant_that_cannot_be_is_refused)
{
	tro_grant_request request = bad_grants[_i];
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;

	request.person = request.person == NULL ? w.person[ADA] : request.person;
	dump(&before);
	tro_status status =
		tro_registry_grant(w.registry, &request, w.signer[CLERK], &already, &err);

	ck_assert_msg(status == TRO_INVALID || status == TRO_NOT_FOUND, "status %d: %s",
		(int)status, err.message);
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	grant(&w, BEN, "adjudicator", NULL);
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

START_TEST(what_nobody_holds_cannot_be_ended)
{
	CHECK_STATUS(tro_registry_end_grant(
			     w.registry, w.person[ADA], "adjudicator", "x", w.signer[CLERK], &err),
		TRO_INVALID);
	CHECK_OK(tro_registry_end_grant(
		w.registry, w.person[ADA], "warden", "x", w.signer[CLERK], &err));
	CHECK_STATUS(tro_registry_end_grant(
			     w.registry, w.person[ADA], "warden", "x", w.signer[CLERK], &err),
		TRO_INVALID);
}
END_TEST

/* ---- definitions and time ---- */

START_TEST(only_what_differs_is_adopted)
{
	char dir[128];
	size_t count = 99;
	uint64_t records = tro_authority_count(w.registry->authority);

	CHECK_OK(tro_registry_adopt(w.registry, PARKING, w.signer[CLERK], &count, &err));
	ck_assert_uint_eq(count, 0);
	ck_assert_uint_eq(tro_authority_count(w.registry->authority), records);
	copy_parking(dir, "workflows/parking/codes.xml", "Kerb", "Kerbstone");
	CHECK_OK(tro_registry_adopt(w.registry, dir, w.signer[CLERK], &count, &err));
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(tro_authority_count(w.registry->authority), records + 1);
	CHECK_OK(tro_registry_adopt(w.registry, PARKING, w.signer[CLERK], &count, &err));
	ck_assert_uint_eq(count, 1); /* back to what was adopted before */
	check_valid(records + 2);
}
END_TEST

START_TEST(a_bad_file_is_not_adopted)
{
	char dir[128];
	size_t count = 99;
	uint64_t records = tro_authority_count(w.registry->authority);

	copy_parking(dir, "workflows/parking/appeal.scxml", "target=\"taken\"", "target=\"lost\"");
	CHECK_STATUS(
		tro_registry_adopt(w.registry, dir, w.signer[CLERK], &count, &err), TRO_INVALID);
	CHECK_MESSAGE("appeal.scxml");
	ck_assert_uint_eq(count, 0);
	ck_assert_uint_eq(tro_authority_count(w.registry->authority), records);
	CHECK_STATUS(tro_registry_adopt(w.registry, "/nowhere", w.signer[CLERK], &count, &err),
		TRO_NOT_FOUND);
}
END_TEST

START_TEST(a_clock_is_set_forward_and_never_back)
{
	tro_time_us now = tro_registry_now(w.registry);

	CHECK_STATUS(tro_registry_set_clock(w.registry, now - 1, w.signer[CLERK], &already, &err),
		TRO_INVALID);
	ck_assert_int_eq(tro_registry_now(w.registry), now);
	CHECK_OK(tro_registry_set_clock(w.registry, now + 5, w.signer[CLERK], &already, &err));
	ck_assert(!already);
	ck_assert_int_eq(tro_registry_now(w.registry), now + 5);
	enrol(&w, MALLORY, "Mallory"); /* the registry's own records bear that time */
}
END_TEST

START_TEST(the_same_act_at_once_again_is_done_already)
{
	tro_grant_request request = {
		.person = w.person[BEN], .role = "adjudicator", .force = "Town"};
	tro_time_us now = tro_registry_now(w.registry);
	uint64_t count = tro_authority_count(w.registry->authority);

	CHECK_OK(tro_registry_grant(w.registry, &request, w.signer[CLERK], &already, &err));
	CHECK_OK(tro_registry_grant(w.registry, &request, w.signer[CLERK], &already, &err));
	ck_assert(already);
	ck_assert_uint_eq(tro_authority_count(w.registry->authority), count + 1);
	request.force = "Shire";
	CHECK_OK(tro_registry_grant(w.registry, &request, w.signer[CLERK], &already, &err));
	ck_assert(!already);
	CHECK_OK(tro_registry_set_clock(w.registry, now + 5, w.signer[CLERK], &already, &err));
	ck_assert(!already);
	CHECK_OK(tro_registry_set_clock(w.registry, now + 5, w.signer[CLERK], &already, &err));
	ck_assert(already);
	ck_assert_uint_eq(tro_authority_count(w.registry->authority), count + 3);
}
END_TEST

/* ---- several at work ---- */

START_TEST(of_two_registrars_one_is_faster_and_the_other_stands_where_that_one_left)
{
	tro_registry *second = open_registry();
	tro_grant_request request = {.person = w.person[BEN], .role = "adjudicator"};
	size_t ben = 0;
	tro_buf roles = TRO_BUF_INIT;

	grant(&w, ADA, "adjudicator", NULL);
	CHECK_STATUS(
		tro_registry_grant(second, &request, w.signer[CLERK], &already, &err), TRO_CHANGED);
	CHECK_OK(tro_registry_person_by_id(&ben, second, w.person[BEN], &err));
	tro_registry_roles(&roles, second, ben);
	ck_assert_str_eq(roles.ptr, "warden"); /* not what was never written */
	tro_buf_clear(&roles);
	tro_registry_roles(&roles, second, ben - 1);
	ck_assert_str_eq(roles.ptr, "warden adjudicator"); /* Ada's, of the other hand */
	CHECK_OK(tro_registry_grant(second, &request, w.signer[CLERK], &already, &err));
	tro_buf_done(&roles);
	tro_registry_close(second);
}
END_TEST

/* Nothing of an act remains when its commit failed; here, because the database refuses the row. */
START_TEST(an_act_that_could_not_be_written_is_not_known)
{
	tro_grant_request request = {.person = w.person[BEN], .role = "adjudicator"};
	tro_buf roles = TRO_BUF_INIT;
	size_t ben = 0;

	CHECK_OK(tro_registry_person_by_id(&ben, w.registry, w.person[BEN], &err));
	shell_ok("CREATE TRIGGER full BEFORE INSERT ON node BEGIN SELECT RAISE(ABORT, 'no'); END");
	ck_assert_int_ne(
		tro_registry_grant(w.registry, &request, w.signer[CLERK], &already, &err), TRO_OK);
	tro_registry_roles(&roles, w.registry, ben);
	ck_assert_str_eq(roles.ptr, "warden");
	shell_ok("DROP TRIGGER full");
	CHECK_OK(tro_registry_grant(w.registry, &request, w.signer[CLERK], &already, &err));
	tro_buf_clear(&roles);
	tro_registry_roles(&roles, w.registry, ben);
	ck_assert_str_eq(roles.ptr, "warden adjudicator");
	tro_buf_done(&roles);
}
END_TEST

#define COUNT(list) (int)(sizeof(list) / sizeof(*(list)))

int main(void)
{
	Suite *suite = suite_create("registry");
	TCase *beginnings = tcase_create("beginnings");
	TCase *tests = tcase_create("registrar");

	tcase_add_checked_fixture(beginnings, setup_empty, teardown_empty);
	tcase_add_test(beginnings, a_store_begins_with_its_registrar_its_roles_and_its_definitions);
	tcase_add_test(beginnings, a_store_without_a_set_clock_lives_in_real_time);
	tcase_add_test(beginnings, a_store_is_created_once);
	tcase_add_test(beginnings, a_half_made_store_is_finished_by_those_who_began_it_alone);
	tcase_add_loop_test(beginnings, what_cannot_be_a_store_leaves_nothing, 0, COUNT(unfit));
	tcase_add_test(beginnings, an_origin_of_247_bytes_is_a_stores_and_a_longer_one_is_not);
	tcase_add_loop_test(beginnings, a_creation_that_was_killed_is_finished_by_the_next, 0, 2);
	tcase_add_test(beginnings, a_live_store_is_refused_with_its_reasons);
	tcase_add_loop_test(beginnings, a_training_stores_origin_says_so, 0, COUNT(origins));
	tcase_add_loop_test(
		beginnings, a_folder_that_cannot_be_adopted_leaves_no_store, 0, COUNT(spoilt));
	suite_add_tcase(suite, beginnings);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_key_is_enrolled_once_and_found_again);
	tcase_add_test(tests, a_request_for_another_store_or_altered_or_by_another_key_is_refused);
	tcase_add_loop_test(tests, only_a_registrar_keeps_the_registry, 0, 2);
	tcase_add_test(tests, a_role_is_granted_with_rank_and_term_and_ended);
	tcase_add_loop_test(tests, a_grant_that_cannot_be_is_refused, 0, COUNT(bad_grants));
	tcase_add_test(tests, what_nobody_holds_cannot_be_ended);
	tcase_add_test(tests, only_what_differs_is_adopted);
	tcase_add_test(tests, a_bad_file_is_not_adopted);
	tcase_add_test(tests, a_clock_is_set_forward_and_never_back);
	tcase_add_test(tests, the_same_act_at_once_again_is_done_already);
	tcase_add_test(
		tests, of_two_registrars_one_is_faster_and_the_other_stands_where_that_one_left);
	tcase_add_test(tests, an_act_that_could_not_be_written_is_not_known);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
