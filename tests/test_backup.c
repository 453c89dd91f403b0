/*
 * Backups: what was backed up is restored, the same store gives the same file, and what is not byte
 * for byte a backup of a store that verifies becomes none.
 */
#include "case_world.h"
#include "suite.h"

#include <dirent.h>
#include <tro/backup.h>

static world w;
static tro_verdict verdict;
static tro_verify_summary summary;
static char file[160], other_file[160], target[160];

static void setup(void)
{
	char photo[160];

	open_world(&w);
	new_case(&w);
	(void)snprintf(photo, sizeof(photo), "%s/photo.dat", test_dir);
	write_file(photo, "a car", 5);
	CHECK_OK(ACT(&w, ADA, "photo", "file", photo, "ref", "P1"));
	write_file(photo, "a car from behind", 17);
	CHECK_OK(ACT(&w, ADA, "photo", "file", photo, "ref", "P2"));
	CHECK_OK(ACT(&w, ADA, "contest"));
	(void)snprintf(file, sizeof(file), "%s/backup.tar", test_dir);
	(void)snprintf(other_file, sizeof(other_file), "%s/other.tar", test_dir);
	(void)snprintf(target, sizeof(target), "%s/restored", test_dir);
}

static void teardown(void)
{
	close_world(&w);
}

static void renew_findings(void)
{
	tro_findings_free(w.findings);
	w.findings = tro_findings_new();
}

static tro_status back_up(const char *path)
{
	renew_findings();
	return tro_backup(&verdict, &summary, store_dir, path, false, w.findings, &err);
}

static tro_status restore(const char *path)
{
	renew_findings();
	return tro_restore(&verdict, &summary, path, target, false, w.findings, &err);
}

/* Nothing of a failed call is left: the test's folder holds what it held. */
static size_t count_entries(void)
{
	DIR *list = opendir(test_dir);
	size_t count = 0;

	ck_assert_ptr_nonnull(list);
	while (readdir(list) != NULL) {
		count++;
	}
	(void)closedir(list);
	return count;
}

START_TEST(a_restored_store_is_the_one_that_was_backed_up)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	char path[256];
	uint64_t count = w.c->count;

	CHECK_OK(back_up(file));
	ck_assert_int_eq(verdict, TRO_VERDICT_VALID);
	uint64_t records = summary.records;

	CHECK_OK(restore(file));
	ck_assert_int_eq(verdict, TRO_VERDICT_VALID);
	ck_assert_uint_eq(summary.records, records);
	dump(&before);
	(void)snprintf(path, sizeof(path), "%s/tro.db", target);
	ck_assert_int_eq(shell(&after, path, ".dump"), 0);
	ck_assert_str_eq(before.ptr, after.ptr);
	tro_case_close(w.c);
	tro_registry_close(w.registry);
	(void)snprintf(store_dir, sizeof(store_dir), "%s/restored", test_dir);
	w.registry = open_registry();
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
	ck_assert_uint_eq(w.c->count, count);
	CHECK_OK(ACT(&w, BEN, "note", "text", "it goes on"));
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

START_TEST(the_same_store_gives_the_same_file_and_no_file_is_overwritten)
{
	tro_buf first = TRO_BUF_INIT;
	tro_buf second = TRO_BUF_INIT;

	CHECK_OK(back_up(file));
	CHECK_STATUS(back_up(file), TRO_USAGE);
	CHECK_OK(back_up(other_file));
	read_file(&first, file);
	read_file(&second, other_file);
	ck_assert_uint_eq(first.len, second.len);
	ck_assert_int_eq(memcmp(first.ptr, second.ptr, first.len), 0);
	ck_assert_uint_eq(first.len % 512, 0);
	tro_buf_done(&first);
	tro_buf_done(&second);
}
END_TEST

START_TEST(a_store_is_restored_into_a_folder_of_its_own)
{
	char path[256];

	CHECK_OK(back_up(file));
	ck_assert_int_eq(mkdir(target, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/something", target);
	write_file(path, "x", 1);
	size_t entries = count_entries();

	CHECK_STATUS(restore(file), TRO_USAGE);
	ck_assert_uint_eq(count_entries(), entries);
	ck_assert_int_eq(unlink(path), 0);
	CHECK_OK(restore(file)); /* empty now */
}
END_TEST

START_TEST(what_does_not_verify_is_not_backed_up)
{
	char path[256];
	size_t entries = count_entries();

	if (_i == 0) {
		shell_unguarded(
			"UPDATE payload SET bytes = CAST(replace(bytes, 'P1', 'P9') AS BLOB)");
	} else if (_i == 1) {
		shell_unguarded(
			"UPDATE record SET note = CAST(replace(note, 'event contest', 'event "
			"decided') AS BLOB)");
	} else {
		char command[512];

		(void)snprintf(path, sizeof(path), "%s/exhibits/%s", store_dir, w.id);
		(void)snprintf(
			command, sizeof(command), "for f in %s/*; do echo >> $f; done", path);
		FILE *pipe = popen(command, "r");

		ck_assert_ptr_nonnull(pipe);
		ck_assert_int_eq(pclose(pipe), 0);
	}
	CHECK_STATUS(back_up(file), TRO_INVALID);
	ck_assert_uint_eq(count_entries(), entries);
}
END_TEST

/* Bytes of the manifest and of each header, and a sample of the rest. */
START_TEST(no_altered_byte_of_a_backup_is_restored)
{
	tro_buf whole = TRO_BUF_INIT;
	size_t tried = 0;

	CHECK_OK(back_up(file));
	read_file(&whole, file);
	size_t entries = count_entries() + 1;

	for (size_t i = 0; i < whole.len; i += i < 1536 ? 7 : 1009) {
		whole.ptr[i] ^= 1;
		write_file(other_file, whole.ptr, whole.len);
		tro_status status = restore(other_file);

		ck_assert_msg(status == TRO_INVALID, "byte %zu: status %d", i, (int)status);
		ck_assert_uint_eq(count_entries(), entries);
		whole.ptr[i] ^= 1;
		tried++;
	}
	ck_assert_uint_gt(tried, 300);
	write_file(other_file, whole.ptr, whole.len);
	CHECK_OK(restore(other_file));
	tro_buf_done(&whole);
}
END_TEST

START_TEST(no_cut_or_addition_is_restored)
{
	tro_buf whole = TRO_BUF_INIT;

	CHECK_OK(back_up(file));
	read_file(&whole, file);
	for (size_t len = 0; len < whole.len; len += 4999) {
		write_file(other_file, whole.ptr, len);
		CHECK_STATUS(restore(other_file), TRO_INVALID);
	}
	write_file(other_file, whole.ptr, whole.len - 1);
	CHECK_STATUS(restore(other_file), TRO_INVALID);
	tro_buf_putc(&whole, '\0');
	write_file(other_file, whole.ptr, whole.len);
	CHECK_STATUS(restore(other_file), TRO_INVALID);
	CHECK_MESSAGE("follows its end");
	CHECK_STATUS(restore("/nonexistent/backup.tar"), TRO_NOT_FOUND);
	tro_buf_done(&whole);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("backup");
	TCase *tests = tcase_create("backup");

	tcase_set_timeout(tests, 300);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_restored_store_is_the_one_that_was_backed_up);
	tcase_add_test(tests, the_same_store_gives_the_same_file_and_no_file_is_overwritten);
	tcase_add_test(tests, a_store_is_restored_into_a_folder_of_its_own);
	tcase_add_loop_test(tests, what_does_not_verify_is_not_backed_up, 0, 3);
	tcase_add_test(tests, no_altered_byte_of_a_backup_is_restored);
	tcase_add_test(tests, no_cut_or_addition_is_restored);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
