/*
 * What an erasure does to the store's files: after it no byte of what was erased is in any of them,
 * whenever it was killed, and whoever else had the store open.
 */
#include "store_fixture.h"

#include <sqlite3.h>

#include "base/text.h"
#include "store/erasure.h"
#include "suite.h"

#define NUMBER "07700 900123"
#define SECRET "the line " NUMBER " of the boy of fifteen"

static uint8_t exhibit[32], other_exhibit[32], filing[32];
static char other_note[] = "the record of the erasure\n";

static void import(uint8_t out[32], tro_store *store, const char *case_id, const char *text)
{
	char path[128];
	uint64_t size = 0;

	(void)snprintf(path, sizeof(path), "%s/evidence", test_dir);
	write_file(path, text, strlen(text));
	CHECK_OK(tro_store_exhibit_import(out, &size, store, case_id, path, &err));
	ck_assert_int_eq(unlink(path), 0);
}

/* Two records of case "c" and one of "d", each with data; a snapshot that was written often, a
 * filing, and exhibits of both. */
static tro_store *fill(void)
{
	tro_store *store = fixture_create();
	char text[9000];

	append_one(store, "c", 0, SECRET);
	append_one(store, "d", 0, "what another case says");
	append_one(store, "c", 1, "more of " SECRET);
	for (int i = 0; i < 40; i++) {
		int len = snprintf(text, sizeof(text), "<session n=\"%d\">%*s" SECRET "</session>",
			i, (i * 977) % 4000, "");

		CHECK_OK(tro_store_snapshot_put(store, "c", 1, text, (size_t)len, &err));
		CHECK_OK(tro_store_snapshot_put(store, "d", 1, text, (size_t)len / 2, &err));
	}
	CHECK_OK(tro_store_snapshot_put(store, "d", 1, "<session/>", 10, &err));
	tro_sha256(filing, "a filing: " SECRET, strlen("a filing: " SECRET));
	CHECK_OK(tro_store_blob_put(
		store, filing, "a filing: " SECRET, strlen("a filing: " SECRET), &err));
	import(exhibit, store, "c", "a photograph of " SECRET);
	import(other_exhibit, store, "c", "what stays of " NUMBER);
	return store;
}

static tro_erasure_plan plan_of(bool all)
{
	tro_erasure_plan plan = {.case_id = "c",
		.seq = 2,
		.all_files = all,
		.exhibits = exhibit,
		.exhibit_count = 1};

	tro_sha256(plan.note_sha256, other_note, strlen(other_note));
	return plan;
}

static void erase_rows(tro_store *store, bool commit)
{
	tro_stored_record record = {.seq = 2, .note = other_note, .note_len = strlen(other_note)};

	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_record_append(store, "c", &record, NULL, &err));
	for (uint64_t position = 0; position <= 2; position += 2) {
		CHECK_OK(tro_store_erase_payload(store, position, &err));
		CHECK_OK(tro_store_erase_outcome_salt(store, position, &err));
	}
	CHECK_OK(tro_store_erase_blob(store, filing, &err));
	CHECK_OK(tro_store_snapshot_put(store, "c", 2, "<session/>", 10, &err));
	if (commit) {
		CHECK_OK(tro_store_commit(store, &err));
	} else {
		tro_store_rollback(store);
	}
}

/* Does any file of the store hold the text? */
static bool store_holds(const char *text)
{
	char *const roots[] = {store_dir, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	bool found = false;

	ck_assert_ptr_nonnull(tree);
	for (FTSENT *entry = fts_read(tree); entry != NULL; entry = fts_read(tree)) {
		found = found || (entry->fts_info == FTS_F && file_holds(entry->fts_path, text));
	}
	(void)fts_close(tree);
	return found;
}

/* An exhibit is there by its name, whatever its bytes. */
static bool has_exhibit(const uint8_t sha256[32])
{
	char hex[TRO_HEX_SIZE(32)];
	char name[128];

	tro_hex_encode(hex, sha256, 32);
	(void)snprintf(name, sizeof(name), "exhibits/c/%s", hex);
	return exists(in_store(name));
}

static void check_erased(tro_store *store)
{
	tro_stored_record back;
	tro_buf out = TRO_BUF_INIT;

	ck_assert(!exists(in_store(TRO_STORE_ERASING_NAME)));
	ck_assert(!tro_store_erasure_pending(store));
	ck_assert(!store_holds("boy of fifteen"));
	ck_assert(!has_exhibit(exhibit));
	CHECK_OK(tro_store_record_get(&back, store, "c", 1, &err));
	ck_assert(!back.has_payload && !back.has_payload_salt && !back.has_outcome_salt);
	tro_stored_record_done(&back);
	CHECK_OK(tro_store_record_get(&back, store, "d", 0, &err));
	ck_assert_str_eq(back.payload, "what another case says");
	tro_stored_record_done(&back);
	CHECK_STATUS(tro_store_blob_get(&out, store, filing, &err), TRO_NOT_FOUND);
	tro_buf_done(&out);
}

/* An erasure as it is before its files are overwritten. */
static tro_store *fill_and_erase(int *out_fd)
{
	tro_store *store = fill();
	tro_erasure_plan plan = plan_of(true);

	CHECK_OK(tro_store_erasure_begin(out_fd, store, &plan, &err));
	erase_rows(store, true);
	return store;
}

START_TEST(no_byte_of_what_was_erased_is_in_any_file)
{
	int fd = -1;
	tro_store *store = fill();
	tro_erasure_plan plan = plan_of(_i == 1);

	ck_assert(store_holds("boy of fifteen"));
	CHECK_OK(tro_store_erasure_begin(&fd, store, &plan, &err));
	ck_assert(tro_store_erasure_pending(store));
	erase_rows(store, true);
	CHECK_OK(tro_store_erasure_finish_own(store, fd, &err));
	check_erased(store);
	ck_assert(has_exhibit(other_exhibit) == (_i == 0));
	ck_assert(store_holds(NUMBER) == (_i == 0));
	append_one(store, "d", 1, "life goes on");
	tro_store_close(store);
}
END_TEST

/* Without it the test above would only show that nothing was left by chance. */
START_TEST(deleting_alone_leaves_bytes_behind)
{
	tro_store *store = fill();

	erase_rows(store, true);
	ck_assert(store_holds("boy of fifteen"));
	tro_store_close(store);
}
END_TEST

START_TEST(a_plan_whose_record_never_came_erases_nothing)
{
	int fd = -1;
	tro_store *store = fill();
	tro_erasure_plan plan = plan_of(true);
	uint64_t size = 0;

	CHECK_OK(tro_store_erasure_begin(&fd, store, &plan, &err));
	erase_rows(store, false);
	if (_i == 0) { /* the transaction failed */
		CHECK_OK(tro_store_erasure_finish_own(store, fd, &err));
	} else { /* killed before it */
		ck_assert_int_eq(close(fd), 0);
		tro_store_close(store);
		store = fixture_open();
	}
	ck_assert(!exists(in_store(TRO_STORE_ERASING_NAME)));
	CHECK_OK(tro_store_exhibit_check(&size, store, "c", exhibit, &err));
	ck_assert(store_holds("boy of fifteen"));
	tro_store_close(store);
}
END_TEST

START_TEST(a_plan_for_another_record_than_the_one_that_came_erases_no_file)
{
	int fd = -1;
	tro_store *store = fill();
	tro_erasure_plan plan = plan_of(true);
	uint64_t size = 0;

	plan.note_sha256[0] ^= 1;
	CHECK_OK(tro_store_erasure_begin(&fd, store, &plan, &err));
	erase_rows(store, true);
	CHECK_OK(tro_store_erasure_finish_own(store, fd, &err));
	CHECK_OK(tro_store_exhibit_check(&size, store, "c", exhibit, &err));
	tro_store_close(store);
}
END_TEST

START_TEST(what_a_killed_erasure_left_is_finished_by_the_next_opening)
{
	int fd = -1;
	tro_store *store = fill_and_erase(&fd);

	ck_assert_int_eq(close(fd), 0);
	tro_store_close(store);
	ck_assert(has_exhibit(exhibit));
	store = fixture_open();
	check_erased(store);
	tro_store_close(store);
}
END_TEST

static const char *const torn[] = {"", "tro-erasure/v1\n", "tro-erasure/v1\ncase c\nseq 2\n",
	"tro-erasure/v1\ncase ../c\nseq 2\nnote "
	"0000000000000000000000000000000000000000000000000000000000000000\nall\nend\n",
	"tro-erasure/v2\nend\n", "nonsense"};

START_TEST(a_plan_that_was_not_written_to_its_end_erases_nothing)
{
	tro_store *store = fill();
	uint64_t size = 0;

	tro_store_close(store);
	write_file(in_store(TRO_STORE_ERASING_NAME), torn[_i], strlen(torn[_i]));
	store = fixture_open();
	ck_assert(!exists(in_store(TRO_STORE_ERASING_NAME)));
	CHECK_OK(tro_store_exhibit_check(&size, store, "c", exhibit, &err));
	tro_store_close(store);
}
END_TEST

START_TEST(an_erasure_that_is_going_on_is_left_to_its_maker)
{
	int fd = -1;
	int second = -1;
	tro_store *store = fill();
	tro_erasure_plan plan = plan_of(true);

	CHECK_OK(tro_store_erasure_begin(&fd, store, &plan, &err));
	tro_store *other = fixture_open(); /* finds the plan, and no record yet */

	ck_assert(exists(in_store(TRO_STORE_ERASING_NAME)));
	CHECK_STATUS(tro_store_erasure_begin(&second, other, &plan, &err), TRO_CHANGED);
	tro_store_close(other);
	erase_rows(store, true);
	CHECK_OK(tro_store_erasure_finish_own(store, fd, &err));
	check_erased(store);
	tro_store_close(store);
}
END_TEST

START_TEST(who_reads_meanwhile_delays_the_overwriting_and_nothing_else)
{
	int fd = -1;
	tro_store *store = fill();
	tro_store *reader = fixture_open();
	tro_erasure_plan plan = plan_of(true);

	CHECK_OK(tro_store_begin_read(reader, &err));
	CHECK_OK(tro_store_erasure_begin(&fd, store, &plan, &err));
	erase_rows(store, true);
	CHECK_STATUS(tro_store_erasure_finish_own(store, fd, &err), TRO_CHANGED);
	CHECK_MESSAGE("not yet overwritten");
	ck_assert(tro_store_erasure_pending(store));
	ck_assert(!has_exhibit(exhibit));
	tro_store_rollback(reader);
	CHECK_OK(tro_store_erasure_finish(reader, &err));
	check_erased(store);
	tro_store_close(reader);
	tro_store_close(store);
}
END_TEST

/* SQLite's own allocations: its cache and what a statement needs, whatever the database's size. */
START_TEST(a_large_database_is_written_anew_in_little_memory)
{
	enum { BLOBS = 24, BLOB_LEN = 1 << 20, HEAP_LEN = 8 << 20 };
	int fd = -1;
	tro_store *store = fill();
	tro_erasure_plan plan = plan_of(true);
	tro_buf back = TRO_BUF_INIT;
	char *bytes = malloc(BLOB_LEN);
	uint8_t sha256[32];

	ck_assert_ptr_nonnull(bytes);
	CHECK_OK(tro_store_begin_write(store, &err));
	for (int i = 0; i < BLOBS; i++) {
		memset(bytes, 'a' + i, BLOB_LEN);
		tro_sha256(sha256, bytes, BLOB_LEN);
		CHECK_OK(tro_store_blob_put(store, sha256, bytes, BLOB_LEN, &err));
	}
	free(bytes);
	CHECK_OK(tro_store_commit(store, &err));
	CHECK_OK(tro_store_erasure_begin(&fd, store, &plan, &err));
	erase_rows(store, true);
	(void)sqlite3_hard_heap_limit64(sqlite3_memory_used() + HEAP_LEN);
	CHECK_OK(tro_store_erasure_finish_own(store, fd, &err));
	(void)sqlite3_hard_heap_limit64(0);
	check_erased(store);
	ck_assert(!exists(in_store(TRO_STORE_COPY_NAME)));
	CHECK_OK(tro_store_blob_get(&back, store, sha256, &err));
	tro_buf_done(&back);
	tro_store_close(store);
}
END_TEST

START_TEST(the_copy_that_a_killed_erasure_left_is_overwritten_and_goes)
{
	static const char copy[] = "a copy of " SECRET;
	char path[128];
	int fd = -1;
	tro_store *store = fill_and_erase(&fd);

	ck_assert_int_eq(close(fd), 0);
	tro_store_close(store);
	write_file(in_store(TRO_STORE_COPY_NAME), copy, strlen(copy));
	/* Another name of the same bytes shows what becomes of them. */
	(void)snprintf(path, sizeof(path), "%s/kept", test_dir);
	ck_assert_int_eq(link(in_store(TRO_STORE_COPY_NAME), path), 0);
	store = fixture_open();
	check_erased(store);
	ck_assert(!exists(in_store(TRO_STORE_COPY_NAME)));
	ck_assert(!file_holds(path, "boy of fifteen"));
	tro_store_close(store);
}
END_TEST

START_TEST(what_lies_in_the_place_of_the_copy_and_is_no_file_stops_it)
{
	int fd = -1;
	tro_store *store = fill_and_erase(&fd);

	ck_assert_int_eq(symlink("tro.db", in_store(TRO_STORE_COPY_NAME)), 0);
	CHECK_STATUS(tro_store_erasure_finish_own(store, fd, &err), TRO_SYSTEM);
	ck_assert(tro_store_erasure_pending(store));
	ck_assert_int_eq(unlink(in_store(TRO_STORE_COPY_NAME)), 0);
	CHECK_OK(tro_store_erasure_finish(store, &err));
	check_erased(store);
	tro_store_close(store);
}
END_TEST

START_TEST(rows_are_erased_in_a_write_transaction_alone)
{
	tro_store *store = fill();

	CHECK_STATUS(tro_store_erase_payload(store, 0, &err), TRO_USAGE);
	CHECK_STATUS(tro_store_erase_outcome_salt(store, 0, &err), TRO_USAGE);
	CHECK_STATUS(tro_store_erase_blob(store, filing, &err), TRO_USAGE);
	CHECK_OK(tro_store_begin_read(store, &err));
	CHECK_STATUS(tro_store_erase_payload(store, 0, &err), TRO_USAGE);
	tro_store_rollback(store);
	ck_assert(store_holds("boy of fifteen"));
	tro_store_close(store);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store erasure");
	TCase *tests = tcase_create("erasure");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, fixture_setup, fixture_teardown);
	tcase_add_loop_test(tests, no_byte_of_what_was_erased_is_in_any_file, 0, 2);
	tcase_add_test(tests, deleting_alone_leaves_bytes_behind);
	tcase_add_loop_test(tests, a_plan_whose_record_never_came_erases_nothing, 0, 2);
	tcase_add_test(tests, a_plan_for_another_record_than_the_one_that_came_erases_no_file);
	tcase_add_test(tests, what_a_killed_erasure_left_is_finished_by_the_next_opening);
	tcase_add_loop_test(tests, a_plan_that_was_not_written_to_its_end_erases_nothing, 0,
		(int)(sizeof(torn) / sizeof(torn[0])));
	tcase_add_test(tests, an_erasure_that_is_going_on_is_left_to_its_maker);
	tcase_add_test(tests, who_reads_meanwhile_delays_the_overwriting_and_nothing_else);
	tcase_add_test(tests, a_large_database_is_written_anew_in_little_memory);
	tcase_add_test(tests, the_copy_that_a_killed_erasure_left_is_overwritten_and_goes);
	tcase_add_test(tests, what_lies_in_the_place_of_the_copy_and_is_no_file_stops_it);
	tcase_add_test(tests, rows_are_erased_in_a_write_transaction_alone);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
