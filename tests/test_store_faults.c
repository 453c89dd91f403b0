/*
 * Every failure rehearsed: one whole command on a store, with operation 1, 2, 3 ... of the disk (or
 * of memory) failing until it goes through. After each failure the answer was a clean error, and
 * the store is as before the command or as after it, never between; after a commit that was
 * reported, it is as after.
 */
#include "fault_vfs.h"
#include "store_fixture.h"
#include "suite.h"

static void faults_setup(void)
{
	fixture_setup();
	fault_vfs_install();
}

/* ---- the command, and what must hold around it ---- */

enum { PAYLOAD_LEN = 30000, SNAPSHOT_LEN = 9000 };
static char payload[PAYLOAD_LEN];

/* What one command writes when the case has `seq` records. */
static tro_status command(tro_store *store, uint64_t seq)
{
	static char note[] = "tro-record/v1\n\n\xe2\x80\x94 signature\n";
	char title[32];
	uint8_t hash[32];
	tro_stored_record record = {.seq = seq,
		.note = note,
		.note_len = sizeof(note) - 1,
		.has_payload = true,
		.payload = payload,
		.payload_len = sizeof(payload),
		.has_payload_salt = true,
		.has_outcome_salt = true};
	tro_matter_row matters[] = {{.id = "order.1"}, {.id = "order.2"}};
	tro_case_row row = {.id = "c", .title = title, .count = seq + 1};

	memset(payload, 'a' + (int)seq, sizeof(payload));
	(void)snprintf(title, sizeof(title), "%llu", (unsigned long long)seq);
	tro_sha256(hash, payload, sizeof(payload));
	tro_status status = tro_store_begin_write(store, &err);

	if (status == TRO_OK) {
		status = tro_store_record_append(store, "c", &record, NULL, &err);
	}
	if (status == TRO_OK) {
		status = tro_store_node_put(store, 0, seq, hash, &err);
	}
	if (status == TRO_OK) {
		status = tro_store_blob_put(store, hash, payload, sizeof(payload), &err);
	}
	if (status == TRO_OK) {
		status = tro_store_snapshot_put(store, "c", seq, payload, SNAPSHOT_LEN, &err);
	}
	if (status == TRO_OK) {
		status = tro_store_project(
			store, &row, matters, 1 + seq % 2, NULL, 0, NULL, 0, &err);
	}
	if (status == TRO_OK) {
		status = tro_store_commit(store, &err);
	}
	tro_store_rollback(store);
	return status;
}

/* As command, by a caller who looks at nothing but the commit. */
static tro_status careless_command(tro_store *store, uint64_t seq)
{
	static char note[] = "x";
	static const uint8_t hash[32] = {1};
	tro_stored_record record = {.seq = seq,
		.note = note,
		.note_len = 1,
		.has_payload = true,
		.payload = payload,
		.payload_len = sizeof(payload)};
	tro_case_row row = {.id = "c", .count = seq + 1};

	(void)!tro_store_begin_write(store, &err);
	(void)!tro_store_record_append(store, "c", &record, NULL, &err);
	(void)!tro_store_node_put(store, 0, seq, hash, &err);
	(void)!tro_store_blob_put(store, hash, "", 0, &err); /* refused: another hash */
	(void)!tro_store_project(store, &row, NULL, 0, NULL, 0, NULL, 0, &err);
	(void)!tro_store_snapshot_put(store, "c", seq, payload, SNAPSHOT_LEN, &err);
	return tro_store_commit(store, &err);
}

static tro_status take_count(void *user, const tro_case_row *row, tro_err *e)
{
	(void)e;
	*(uint64_t *)user = row->count;
	return TRO_OK;
}

/* The number of records, after making sure that every table agrees on it. */
static uint64_t check_whole(tro_store *store)
{
	uint64_t size = 0;
	uint64_t counted = 0;
	uint64_t snapshot_seq = 0;
	tro_buf bytes = TRO_BUF_INIT;

	CHECK_OK(tro_store_log_size(&size, store, &err));
	CHECK_OK(tro_store_each_case_row(store, take_count, &counted, &err));
	ck_assert_uint_eq(counted, size);
	CHECK_OK(tro_store_snapshot_get(&bytes, &snapshot_seq, store, "c", &err));
	ck_assert_uint_eq(snapshot_seq + 1, size);
	for (uint64_t seq = 0; seq < size; seq++) {
		uint8_t hash[32];
		uint8_t node[32];
		tro_stored_record back;

		CHECK_OK(tro_store_record_get(&back, store, "c", seq, &err));
		memset(payload, 'a' + (int)seq, sizeof(payload));
		ck_assert_uint_eq(back.payload_len, sizeof(payload));
		ck_assert_mem_eq(back.payload, payload, sizeof(payload));
		ck_assert(back.has_payload_salt && back.has_outcome_salt);
		tro_stored_record_done(&back);
		tro_sha256(hash, payload, sizeof(payload));
		CHECK_OK(tro_store_node_get(node, store, 0, seq, &err));
		ck_assert_mem_eq(node, hash, 32);
		tro_buf_clear(&bytes);
		CHECK_OK(tro_store_blob_get(&bytes, store, hash, &err));
	}
	tro_buf_done(&bytes);
	return size;
}

/* By another connection on the real disk; the sqlite3 shell would say the same, and take longer
 * than all the rest. */
static void check_integrity(void)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *check = NULL;

	ck_assert_int_eq(
		sqlite3_open_v2(in_store("tro.db"), &db, SQLITE_OPEN_READWRITE, "unix"), SQLITE_OK);
	ck_assert_int_eq(
		sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &check, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(check), SQLITE_ROW);
	ck_assert_str_eq((const char *)sqlite3_column_text(check, 0), "ok");
	ck_assert_int_eq(sqlite3_finalize(check), SQLITE_OK);
	ck_assert_int_eq(
		sqlite3_prepare_v2(db, "PRAGMA foreign_key_check", -1, &check, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(check), SQLITE_DONE);
	ck_assert_int_eq(sqlite3_finalize(check), SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

/* A store with two records, to be laid down again before each attempt. */
static tro_buf original = TRO_BUF_INIT;

static void make_original(void)
{
	tro_store *store = fixture_create();

	CHECK_OK(command(store, 0));
	CHECK_OK(command(store, 1));
	tro_store_close(store);
	read_file(&original, in_store("tro.db"));
}

static void lay_down(void)
{
	(void)unlink(in_store("tro.db-wal"));
	(void)unlink(in_store("tro.db-shm"));
	write_file(in_store("tro.db"), original.ptr, original.len);
}

static void disarm(void)
{
	plan.fault = FAULT_NONE;
	plan.lasting = false;
}

typedef struct attempt {
	const char *name;
	fault fault;
	bool lasting;
} attempt;

static const attempt attempts[] = {
	{"one failure", FAULT_IO, false},
	{"failures from then on", FAULT_IO, true},
	{"full once", FAULT_FULL, false},
	{"full from then on", FAULT_FULL, true},
};

/* Opens, does the command, closes, with fault n; true when the fault came to strike. */
static bool attempt_with_fault(const attempt *a, long n)
{
	tro_store *store = NULL;
	bool committed = false;

	lay_down();
	plan.fault = a->fault;
	plan.lasting = a->lasting;
	plan.n = n;
	plan.count = 0;
	tro_status status = tro_store_open(&store, store_dir, &err);

	if (status == TRO_OK) {
		status = command(store, 2);
		committed = status == TRO_OK;
	}
	ck_assert_msg(status == TRO_OK || status == TRO_SYSTEM, "%s %ld: status %d: %s", a->name, n,
		(int)status, err.message);
	ck_assert(status == TRO_OK || strstr(err.message, "tro.db") != NULL);
	ck_assert(status == TRO_OK || a->fault != FAULT_FULL || plan.count < plan.n ||
		  strstr(err.message, "full") != NULL);
	if (store != NULL && !a->lasting) {
		/* The same store works on as soon as the disk does. */
		plan.fault = FAULT_NONE;
		uint64_t size = check_whole(store);

		ck_assert(size == 2 || size == 3);
		ck_assert(!committed || size == 3);
		CHECK_OK(command(store, size));
		plan.fault = a->fault;
	}
	tro_store_close(store);
	bool struck = plan.count >= plan.n;

	disarm();
	store = fixture_open();
	uint64_t size = check_whole(store);

	ck_assert_uint_ge(size, committed ? 3 : 2);
	ck_assert_uint_le(size, 4);
	CHECK_OK(command(store, size));
	tro_store_close(store);
	check_integrity();
	return struck;
}

START_TEST(after_any_failure_of_the_disk_the_store_is_as_before_or_as_after)
{
	long n = 1;

	make_original();
	while (attempt_with_fault(&attempts[_i], n)) {
		n += SANITIZED ? 3 : 1;
	}
	ck_assert_int_gt(n, attempts[_i].fault == FAULT_FULL ? 10 : 40);
	tro_buf_done(&original);
}
END_TEST

START_TEST(a_caller_who_ignores_failures_cannot_commit_half_a_command)
{
	bool struck = true;
	long n = 1;

	make_original();
	for (; struck; n++) {
		uint64_t size = 0;
		uint64_t counted = 0;
		uint64_t snapshot_seq = 0;
		tro_buf bytes = TRO_BUF_INIT;
		tro_store *store = NULL;

		lay_down();
		store = fixture_open();
		plan.fault = attempts[_i].fault;
		plan.lasting = attempts[_i].lasting;
		plan.n = n;
		plan.count = 0;
		tro_status status = careless_command(store, 2);

		struck = plan.count >= plan.n;
		disarm();
		tro_store_close(store);
		store = fixture_open();
		CHECK_OK(tro_store_log_size(&size, store, &err));
		CHECK_OK(tro_store_each_case_row(store, take_count, &counted, &err));
		CHECK_OK(tro_store_snapshot_get(&bytes, &snapshot_seq, store, "c", &err));
		ck_assert_msg(size == counted && size == snapshot_seq + 1,
			"%ld: %llu records, %llu counted, snapshot after %llu", n,
			(unsigned long long)size, (unsigned long long)counted,
			(unsigned long long)snapshot_seq);
		ck_assert(status != TRO_OK || size == 3);
		tro_buf_done(&bytes);
		tro_store_close(store);
	}
	ck_assert_int_gt(n, 8);
	tro_buf_done(&original);
}
END_TEST

/* In a process of its own, for the power to be cut under it. */
static int attempt_with_cut(loss what, long n)
{
	int code = 0;
	pid_t child = 0;

	lay_down();
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		tro_store *store = NULL;

		plan.fault = FAULT_CUT;
		plan.n = n;
		plan.count = 0;
		plan.loss = what;
		plan.seed = (unsigned)n * 2654435761u;
		CHECK_OK(tro_store_open(&store, store_dir, &err));
		CHECK_OK(command(store, 2));
		/* The caller knows; from here on it must stay. One byte in the exit code says so:
		 * the cut after this point leaves a mark. */
		write_file(in_store("committed"), "", 0);
		tro_store_close(store);
		_exit(EXIT_COMMITTED);
	}
	ck_assert_int_eq(waitpid(child, &code, 0), child);
	ck_assert(WIFEXITED(code));
	return WEXITSTATUS(code);
}

START_TEST(a_power_cut_loses_no_command_that_was_reported_done)
{
	int code = EXIT_CUT;
	long cuts_before = 0;
	long cuts_after = 0;

	make_original();
	for (long n = 1; code == EXIT_CUT; n++) {
		(void)unlink(in_store("committed"));
		code = attempt_with_cut((loss)_i, n);
		ck_assert(code == EXIT_CUT || code == EXIT_COMMITTED);
		bool committed = exists(in_store("committed"));

		(void)unlink(in_store("tro.db-shm")); /* it was memory */
		tro_store *store = fixture_open();
		uint64_t size = check_whole(store);

		ck_assert_msg(size == 3 || (size == 2 && !committed), "cut %ld: %llu records", n,
			(unsigned long long)size);
		cuts_before += !committed;
		cuts_after += committed;
		CHECK_OK(command(store, size));
		tro_store_close(store);
		check_integrity();
	}
	ck_assert_int_gt(cuts_before, 20);
	ck_assert_int_gt(cuts_after, 5);
	tro_buf_done(&original);
}
END_TEST

START_TEST(the_power_going_just_after_the_commit_takes_nothing_away)
{
	int code = 0;
	tro_store *store = NULL;

	make_original();
	lay_down();
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		plan.fault = FAULT_CUT;
		plan.loss = LOSE_ALL;
		CHECK_OK(tro_store_open(&store, store_dir, &err));
		CHECK_OK(command(store, 2));
		cut_power();
	}
	ck_assert_int_eq(waitpid(child, &code, 0), child);
	ck_assert(WIFEXITED(code) && WEXITSTATUS(code) == EXIT_CUT);
	(void)unlink(in_store("tro.db-shm"));
	store = fixture_open();
	ck_assert_uint_eq(check_whole(store), 3);
	tro_store_close(store);
	tro_buf_done(&original);
}
END_TEST

START_TEST(a_creation_that_fails_leaves_nothing_in_the_way_of_the_next)
{
	bool struck = true;
	long n = 1;

	for (; struck; n++) {
		tro_store *store = NULL;

		plan.fault = attempts[_i].fault;
		plan.lasting = attempts[_i].lasting;
		plan.n = n;
		plan.count = 0;
		tro_status status = tro_store_create(&store, store_dir, &err);

		ck_assert_msg(status == TRO_OK || status == TRO_SYSTEM, "%ld: status %d: %s", n,
			(int)status, err.message);
		struck = plan.count >= plan.n;
		tro_store_close(store);
		disarm();
		if (status != TRO_OK) {
			tro_status found = tro_store_open(&store, store_dir, &err);

			ck_assert(found == TRO_OK || found == TRO_NOT_FOUND);
			tro_store_close(store);
			if (found == TRO_NOT_FOUND) {
				tro_store_close(fixture_create());
			}
		}
		store = fixture_open();
		CHECK_OK(command(store, 0));
		tro_store_close(store);
		check_integrity();
		remove_tree(store_dir);
	}
	ck_assert_int_gt(n, 20);
}
END_TEST

START_TEST(a_creation_cut_short_is_found_out_and_finished)
{
	int code = EXIT_CUT;
	long n = 1;

	for (; code == EXIT_CUT; n++) {
		tro_store *store = NULL;
		pid_t child = fork();

		ck_assert_int_ge(child, 0);
		if (child == 0) {
			plan.fault = FAULT_CUT;
			plan.n = n;
			plan.loss = (loss)_i;
			plan.seed = (unsigned)n * 2654435761u;
			CHECK_OK(tro_store_create(&store, store_dir, &err));
			_exit(EXIT_COMMITTED);
		}
		ck_assert_int_eq(waitpid(child, &code, 0), child);
		ck_assert(WIFEXITED(code));
		code = WEXITSTATUS(code);
		ck_assert(code == EXIT_CUT || code == EXIT_COMMITTED);
		tro_status found = tro_store_open(&store, store_dir, &err);

		ck_assert_msg(found == TRO_OK || (found == TRO_NOT_FOUND && code == EXIT_CUT),
			"cut %ld: status %d: %s", n, (int)found, err.message);
		if (found == TRO_NOT_FOUND) {
			store = fixture_create();
		}
		CHECK_OK(command(store, 0));
		tro_store_close(store);
		check_integrity();
		remove_tree(store_dir);
	}
	ck_assert_int_gt(n, 20);
}
END_TEST

/* ---- memory ---- */

static sqlite3_mem_methods real_memory;
static long allocations_left = -1; /* negative for any number */

static bool out_of_memory(void)
{
	return allocations_left >= 0 && allocations_left-- == 0;
}

static void *scarce_malloc(int size)
{
	return out_of_memory() ? NULL : real_memory.xMalloc(size);
}

static void *scarce_realloc(void *old, int size)
{
	return out_of_memory() ? NULL : real_memory.xRealloc(old, size);
}

static void memory_setup(void)
{
	sqlite3_mem_methods scarce;

	fixture_setup();
	memset(&plan, 0, sizeof(plan));
	ck_assert_int_eq(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory), SQLITE_OK);
	scarce = real_memory;
	scarce.xMalloc = scarce_malloc;
	scarce.xRealloc = scarce_realloc;
	ck_assert_int_eq(sqlite3_config(SQLITE_CONFIG_MALLOC, &scarce), SQLITE_OK);
}

START_TEST(running_out_of_memory_is_a_status)
{
	long n = 0;
	bool struck = true;

	make_original();
	for (; struck; n++) {
		tro_store *store = NULL;

		lay_down();
		allocations_left = n;
		tro_status status = tro_store_open(&store, store_dir, &err);
		bool opened = status == TRO_OK;

		if (opened) {
			status = command(store, 2);
		}
		struck = allocations_left < 0;
		allocations_left = -1;
		ck_assert_msg(status == TRO_OK || status == TRO_NOMEM,
			"allocation %ld: status %d: %s", n, (int)status, err.message);
		if (opened) {
			uint64_t size = check_whole(store);

			ck_assert_uint_eq(size, status == TRO_OK ? 3 : 2);
			CHECK_OK(command(store, size));
		}
		tro_store_close(store);
	}
	ck_assert_int_gt(n, 100);
	check_integrity();
	tro_buf_done(&original);
}
END_TEST

static Suite *fault_suite(void)
{
	Suite *suite = suite_create("store: faults");
	TCase *disk = tcase_create("disk");
	TCase *memory = tcase_create("memory");
	const int attempt_count = (int)(sizeof(attempts) / sizeof(attempts[0]));

	tcase_add_checked_fixture(disk, faults_setup, fixture_teardown);
	tcase_set_timeout(disk, 300);
	tcase_add_loop_test(disk, after_any_failure_of_the_disk_the_store_is_as_before_or_as_after,
		0, attempt_count);
	tcase_add_loop_test(
		disk, a_caller_who_ignores_failures_cannot_commit_half_a_command, 0, attempt_count);
	tcase_add_loop_test(
		disk, a_power_cut_loses_no_command_that_was_reported_done, 0, LOSE_SOME + 1);
	tcase_add_test(disk, the_power_going_just_after_the_commit_takes_nothing_away);
	tcase_add_loop_test(disk, a_creation_that_fails_leaves_nothing_in_the_way_of_the_next, 0,
		attempt_count);
	tcase_add_loop_test(disk, a_creation_cut_short_is_found_out_and_finished, 0, LOSE_SOME + 1);
	suite_add_tcase(suite, disk);
	tcase_add_checked_fixture(memory, memory_setup, fixture_teardown);
	tcase_set_timeout(memory, 300);
	tcase_add_test(memory, running_out_of_memory_is_a_status);
	suite_add_tcase(suite, memory);
	return suite;
}

int main(void)
{
	return run_suite(fault_suite());
}
