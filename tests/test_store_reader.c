/*
 * An account that may read a store and not write it, such as an auditor's.
 */
#include "store_fixture.h"
#include "suite.h"

enum { NOBODY = 65534 };

/* A store with one record that is open to read for everybody and, by the owner, to write. */
static void make_store(void)
{
	tro_store *store = fixture_create();

	append_one(store, "c", 0, "x");
	tro_store_close(store);
}

static void lock_files(mode_t folder, mode_t file)
{
	ck_assert_int_eq(chmod(test_dir, 0755), 0);
	ck_assert_int_eq(chmod(in_store("tro.db"), file), 0);
	ck_assert_int_eq(chmod(store_dir, folder), 0);
}

/* Root may write anything: become somebody who may not. */
static void become_reader(void)
{
	if (geteuid() == 0) {
		ck_assert_int_eq(seteuid(NOBODY), 0);
	}
}

static void become_owner(void)
{
	if (getuid() == 0) {
		ck_assert_int_eq(seteuid(0), 0);
	}
}

static void check_read_only(tro_store *store, uint64_t size)
{
	uint8_t hash[32];
	uint64_t len = 0;
	tro_stored_record back;
	tro_buf bytes = TRO_BUF_INIT;

	ck_assert(tro_store_is_read_only(store));
	CHECK_OK(tro_store_begin_read(store, &err));
	ck_assert_uint_eq(log_size(store), size);
	CHECK_OK(tro_store_commit(store, &err));
	CHECK_OK(tro_store_record_get(&back, store, "c", size - 1, &err));
	tro_stored_record_done(&back);
	CHECK_STATUS(tro_store_begin_write(store, &err), TRO_SYSTEM);
	CHECK_MESSAGE("may only read");
	tro_sha256(hash, "abc", 3);
	CHECK_STATUS(tro_store_blob_put(store, hash, "abc", 3, &err), TRO_SYSTEM);
	CHECK_MESSAGE("may only read");
	CHECK_STATUS(tro_store_snapshot_put(store, "c", 0, "x", 1, &err), TRO_SYSTEM);
	CHECK_STATUS(
		tro_store_exhibit_import(hash, &len, store, "c", "/etc/passwd", &err), TRO_SYSTEM);
	tro_buf_done(&bytes);
}

static const struct {
	mode_t folder, file;
} modes[] = {{0555, 0444}, {0755, 0444}, {0555, 0644}, {0555, 0666}, {0777, 0444}};

START_TEST(who_may_only_read_reads_and_leaves_nothing_behind)
{
	tro_store *store = NULL;

	make_store();
	lock_files(modes[_i].folder, modes[_i].file);
	become_reader();
	CHECK_OK(tro_store_open(&store, store_dir, &err));
	check_read_only(store, 1);
	CHECK_OK(tro_store_check_settled(store, &err));
	ck_assert(!exists(in_store("tro.db-wal")) && !exists(in_store("tro.db-shm")));
	tro_store_close(store);
	become_owner();
	ck_assert(!exists(in_store("tro.db-wal")) && !exists(in_store("tro.db-shm")));
	lock_files(0755, 0644);
	store = fixture_open();
	ck_assert(!tro_store_is_read_only(store));
	append_one(store, "c", 1, "y");
	tro_store_close(store);
}
END_TEST

/* Records that are still in the log are read, too, and what is added meanwhile. */
START_TEST(who_may_only_read_reads_beside_somebody_who_writes)
{
	tro_store *writer = NULL;
	tro_store *reader = NULL;

	make_store();
	writer = fixture_open();
	append_one(writer, "c", 1, "y");
	lock_files(0755, 0644);
	become_reader();
	CHECK_OK(tro_store_open(&reader, store_dir, &err));
	check_read_only(reader, 2);
	become_owner();
	append_one(writer, "c", 2, "z");
	become_reader();
	check_read_only(reader, 3);
	CHECK_OK(tro_store_check_settled(reader, &err));
	tro_store_close(reader);
	become_owner();
	append_one(writer, "c", 3, "z");
	tro_store_close(writer);
}
END_TEST

START_TEST(who_reads_without_locks_learns_that_somebody_wrote_meanwhile)
{
	tro_store *writer = NULL;
	tro_store *reader = NULL;

	make_store();
	lock_files(0755, 0644);
	become_reader();
	CHECK_OK(tro_store_open(&reader, store_dir, &err));
	CHECK_OK(tro_store_check_settled(reader, &err));
	become_owner();
	writer = fixture_open();
	append_one(writer, "c", 1, "y");
	CHECK_STATUS(tro_store_check_settled(reader, &err), TRO_CHANGED); /* its log is there */
	tro_store_close(writer);
	CHECK_STATUS(tro_store_check_settled(reader, &err), TRO_CHANGED); /* its file is new */
	CHECK_MESSAGE("try again");
	tro_store_close(reader);
}
END_TEST

START_TEST(a_path_with_signs_of_its_own_is_read)
{
	tro_store *store = NULL;
	char odd[128];

	make_store();
	lock_files(0755, 0644);
	(void)snprintf(odd, sizeof(odd), "%s/a?b=c&d#e%%20 f", test_dir);
	ck_assert_int_eq(rename(store_dir, odd), 0);
	become_reader();
	CHECK_OK(tro_store_open(&store, odd, &err));
	ck_assert_uint_eq(log_size(store), 1);
	tro_store_close(store);
	become_owner();
}
END_TEST

START_TEST(who_may_only_read_is_told_of_an_altered_or_newer_store_as_well)
{
	tro_store *store = NULL;

	make_store();
	shell_ok("CREATE TABLE aside (note)");
	lock_files(0755, 0644);
	become_reader();
	CHECK_STATUS(tro_store_open(&store, store_dir, &err), TRO_INVALID);
	CHECK_MESSAGE("table aside");
	CHECK_OK(tro_store_open_untrusted(&store, store_dir, &err));
	tro_store_close(store);
	become_owner();
	shell_ok("DROP TABLE aside; PRAGMA user_version = 1000");
	become_reader();
	CHECK_STATUS(tro_store_open(&store, store_dir, &err), TRO_INVALID);
	CHECK_MESSAGE("newer program");
	become_owner();
}
END_TEST

START_TEST(who_may_not_even_read_is_told_so)
{
	tro_store *store = NULL;

	make_store();
	lock_files(0755, 0600);
	if (geteuid() != 0) {
		return; /* the owner may */
	}
	become_reader();
	CHECK_STATUS(tro_store_open(&store, store_dir, &err), TRO_SYSTEM);
	CHECK_MESSAGE("cannot open");
	become_owner();
}
END_TEST

static Suite *reader_suite(void)
{
	Suite *suite = suite_create("store: readers");
	TCase *readers = tcase_create("readers");

	tcase_add_checked_fixture(readers, fixture_setup, fixture_teardown);
	tcase_add_loop_test(readers, who_may_only_read_reads_and_leaves_nothing_behind, 0,
		(int)(sizeof(modes) / sizeof(modes[0])));
	tcase_add_test(readers, who_may_only_read_reads_beside_somebody_who_writes);
	tcase_add_test(readers, who_reads_without_locks_learns_that_somebody_wrote_meanwhile);
	tcase_add_test(readers, a_path_with_signs_of_its_own_is_read);
	tcase_add_test(readers, who_may_only_read_is_told_of_an_altered_or_newer_store_as_well);
	tcase_add_test(readers, who_may_not_even_read_is_told_so);
	suite_add_tcase(suite, readers);
	return suite;
}

int main(void)
{
	return run_suite(reader_suite());
}
