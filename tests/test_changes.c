/* What changed in a case between two of its records. */
#include "case_world.h"
#include "suite.h"

static world w;

static void setup(void)
{
	open_world(&w);
	new_case(&w);
}

static void teardown(void)
{
	close_world(&w);
}

static tro_status put_line(
	void *user, const char *path, const char *before, const char *after, tro_err *error)
{
	tro_buf *out = user;

	/* the log of the appeal is beside the point */
	if (strncmp(path, "/case/log", 9) != 0) {
		tro_buf_printf(out, "%s: %s -> %s\n", path, before == NULL ? "(none)" : before,
			after == NULL ? "(none)" : after);
	}
	return tro_buf_status(out, error);
}

static void check_changes(uint64_t since, const char *expected)
{
	tro_buf lines = TRO_BUF_INIT;

	CHECK_OK(tro_case_changes(w.c, since, put_line, &lines, &err));
	ck_assert_str_eq(lines.ptr, expected);
	tro_buf_done(&lines);
}

START_TEST(nothing_changed_since_the_last_record)
{
	CHECK_OK(ACT(&w, ADA, "facts", "reason", "r"));
	check_changes(1, "");
}
END_TEST

START_TEST(what_came_what_went_and_what_is_another_now_is_told_with_its_path)
{
	CHECK_OK(ACT(&w, ADA, "facts", "reason", "first", "fine", "70"));
	check_changes(
		0, "/case/facts/reason: (none) -> first\n/case/facts/fine: (none) -> 70.00\n");
	CHECK_OK(ACT(&w, ADA, "facts", "reason", "second"));
	check_changes(1, "/case/facts/reason: first -> second\n");
	check_changes(
		0, "/case/facts/fine: (none) -> 70.00\n/case/facts/reason: (none) -> second\n");
}
END_TEST

START_TEST(what_has_a_key_is_known_by_it_wherever_it_stands)
{
	CHECK_OK(ACT(&w, ADA, "inquire", "n", "1", "due", "2026-12-01T09:00:00Z"));
	CHECK_OK(ACT(&w, ADA, "inquire", "n", "2", "due", "2026-12-01T09:00:00Z"));
	check_changes(1, "/case/inquiries/inquiry[@n='2']/@n: (none) -> 2\n");
}
END_TEST

/* Row numbers begin anew with each list of vehicles. */
START_TEST(what_shares_a_key_is_told_apart_by_its_place)
{
	CHECK_OK(ACT(&w, ADA, "vehicles", "list", "plate,wheels\nAA1,4\n"));
	CHECK_OK(ACT(&w, ADA, "vehicles", "list", "plate,wheels\nBB2,3\n"));
	check_changes(2, "");
	check_changes(1, "/case/vehicles/vehicle[@n='1'][2]/@n: (none) -> 1\n"
			 "/case/vehicles/vehicle[@n='1'][2]/plate: (none) -> BB2\n"
			 "/case/vehicles/vehicle[@n='1'][2]/wheels: (none) -> 3\n");
}
END_TEST

START_TEST(what_has_no_key_is_known_by_its_place)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/a.dat", test_dir);
	write_file(path, "a", 1);
	CHECK_OK(ACT(&w, ADA, "photo", "file", path, "ref", "P1"));
	CHECK_OK(ACT(&w, ADA, "photo", "file", path, "ref", "P2"));
	CHECK_OK(ACT(&w, ADA, "unphoto", "ref", "P1"));
	tro_buf lines = TRO_BUF_INIT;

	CHECK_OK(tro_case_changes(w.c, 2, put_line, &lines, &err));
	ck_assert_ptr_nonnull(strstr(lines.ptr, "/case/photos/photo/ref: P1 -> P2\n"));
	ck_assert_ptr_nonnull(strstr(lines.ptr, "/case/photos/photo[2]/ref: P2 -> (none)\n"));
	ck_assert_ptr_nonnull(
		strstr(lines.ptr, "/case/photos/photo[2]/file[@ref='P2']/@name: a.dat -> (none)"));
	tro_buf_done(&lines);
}
END_TEST

START_TEST(a_record_that_is_not_there_is_not_found)
{
	tro_buf lines = TRO_BUF_INIT;

	CHECK_STATUS(tro_case_changes(w.c, 1, put_line, &lines, &err), TRO_NOT_FOUND);
	CHECK_MESSAGE("its last is 0");
	tro_buf_done(&lines);
}
END_TEST

static tro_status stop(
	void *user, const char *path, const char *before, const char *after, tro_err *error)
{
	(void)user;
	(void)path;
	(void)before;
	(void)after;
	return tro_err_set(error, TRO_NO, "enough");
}

START_TEST(whoever_listens_can_end_it)
{
	CHECK_OK(ACT(&w, ADA, "facts", "reason", "r"));
	CHECK_STATUS(tro_case_changes(w.c, 0, stop, NULL, &err), TRO_NO);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("changes");
	TCase *tests = tcase_create("changes");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, nothing_changed_since_the_last_record);
	tcase_add_test(tests, what_came_what_went_and_what_is_another_now_is_told_with_its_path);
	tcase_add_test(tests, what_has_a_key_is_known_by_it_wherever_it_stands);
	tcase_add_test(tests, what_shares_a_key_is_told_apart_by_its_place);
	tcase_add_test(tests, what_has_no_key_is_known_by_its_place);
	tcase_add_test(tests, a_record_that_is_not_there_is_not_found);
	tcase_add_test(tests, whoever_listens_can_end_it);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
