#include <signal.h>
#include <time.h>

#include "store_fixture.h"
#include "suite.h"

START_TEST(nothing_is_written_outside_of_a_write_transaction)
{
	static const uint8_t hash[32] = {0};
	tro_case_row row = {.id = "c"};
	tro_stored_record record = sample(0, "x");
	tro_store *store = fixture_create();

	for (int i = 0; i < 2; i++) {
		CHECK_STATUS(tro_store_record_append(store, "c", &record, NULL, &err), TRO_USAGE);
		CHECK_STATUS(tro_store_node_put(store, 0, 0, hash, &err), TRO_USAGE);
		CHECK_STATUS(
			tro_store_project(store, &row, NULL, 0, NULL, 0, NULL, 0, &err), TRO_USAGE);
		CHECK_STATUS(tro_store_drop_projections(store, &err), TRO_USAGE);
		if (i == 0) {
			CHECK_OK(tro_store_begin_read(store, &err));
		}
	}
	CHECK_STATUS(tro_store_snapshot_put(store, "c", 0, "x", 1, &err), TRO_USAGE);
	CHECK_STATUS(tro_store_begin_write(store, &err), TRO_USAGE);
	CHECK_STATUS(tro_store_begin_read(store, &err), TRO_USAGE);
	CHECK_OK(tro_store_commit(store, &err));
	CHECK_STATUS(tro_store_commit(store, &err), TRO_USAGE);
	tro_store_rollback(store);
	ck_assert_uint_eq(log_size(store), 0);
	tro_store_close(store);
}
END_TEST

START_TEST(rolling_back_and_closing_leave_nothing_behind)
{
	tro_stored_record record = sample(0, "x");
	tro_store *store = fixture_create();

	for (int i = 0; i < 3; i++) {
		CHECK_OK(tro_store_begin_write(store, &err));
		CHECK_OK(tro_store_record_append(store, "c", &record, NULL, &err));
		ck_assert_uint_eq(log_size(store), 1);
		if (i < 2) {
			tro_store_rollback(store);
		}
	}
	tro_store_close(store);
	store = fixture_open();
	ck_assert_uint_eq(log_size(store), 0);
	tro_store_close(store);
}
END_TEST

START_TEST(a_transaction_in_which_something_failed_cannot_be_committed)
{
	static const tro_matter_row twice[] = {{.id = "order.1"}, {.id = "order.1"}};
	tro_case_row row = {.id = "c"};
	tro_stored_record record = sample(0, "x");
	tro_store *store = fixture_create();

	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_record_append(store, "c", &record, NULL, &err));
	CHECK_STATUS(tro_store_project(store, &row, twice, 2, NULL, 0, NULL, 0, &err), TRO_INVALID);
	CHECK_MESSAGE("two matters of one name");
	record.seq = 1;
	CHECK_STATUS(tro_store_record_append(store, "c", &record, NULL, &err), TRO_SYSTEM);
	CHECK_STATUS(tro_store_snapshot_put(store, "c", 0, "x", 1, &err), TRO_SYSTEM);
	CHECK_STATUS(tro_store_commit(store, &err), TRO_SYSTEM);
	CHECK_MESSAGE("nothing was written");
	ck_assert_uint_eq(log_size(store), 0);
	append_one(store, "c", 0, "x");
	tro_store_close(store);
}
END_TEST

/* A child that does one thing to the store when told to, and reports each step by a byte. */
typedef struct helper {
	pid_t pid;
	int to;
	int from;
} helper;

static void tell(int fd)
{
	ck_assert_int_eq(write(fd, "x", 1), 1);
}

static void hear(int fd)
{
	char byte;

	ck_assert_int_eq(read(fd, &byte, 1), 1);
}

static helper start_helper(void (*run)(int from, int to))
{
	int down[2];
	int up[2];
	helper h = {0};

	ck_assert_int_eq(pipe(down), 0);
	ck_assert_int_eq(pipe(up), 0);
	h.pid = fork();
	ck_assert_int_ge(h.pid, 0);
	if (h.pid == 0) {
		(void)close(down[1]);
		(void)close(up[0]);
		run(down[0], up[1]);
		_exit(0);
	}
	(void)close(down[0]);
	(void)close(up[1]);
	h.to = down[1];
	h.from = up[0];
	return h;
}

static void end_helper(helper *h)
{
	int code = 0;

	(void)close(h->to);
	(void)close(h->from);
	ck_assert_int_eq(waitpid(h->pid, &code, 0), h->pid);
}

static void hold_write_lock(int from, int to)
{
	tro_store *store = fixture_open();
	tro_stored_record record = sample(0, "theirs");

	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_record_append(store, "c", &record, NULL, &err));
	tell(to);
	hear(from);
	CHECK_OK(tro_store_commit(store, &err));
	tro_store_close(store);
	tell(to);
}

START_TEST(a_second_writer_waits_and_is_then_told_to_try_again)
{
	struct timespec before;
	struct timespec after;
	tro_store *store = fixture_create();
	tro_stored_record record = sample(0, "ours");

	tro_store_close(store);
	helper other = start_helper(hold_write_lock);

	hear(other.from);
	store = fixture_open();
	(void)clock_gettime(CLOCK_MONOTONIC, &before);
	CHECK_STATUS(tro_store_begin_write(store, &err), TRO_CHANGED);
	(void)clock_gettime(CLOCK_MONOTONIC, &after);
	CHECK_MESSAGE("somebody else is writing");
	ck_assert_int_ge(after.tv_sec - before.tv_sec, 4); /* it has waited first */
	CHECK_STATUS(tro_store_record_append(store, "c", &record, NULL, &err), TRO_USAGE);
	ck_assert_uint_eq(log_size(store), 0);
	tell(other.to);
	hear(other.from);
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_STATUS(tro_store_record_append(store, "c", &record, NULL, &err), TRO_CHANGED);
	record.seq = 1;
	CHECK_OK(tro_store_record_append(store, "c", &record, NULL, &err));
	CHECK_OK(tro_store_commit(store, &err));
	end_helper(&other);
	tro_store_close(store);
}
END_TEST

static void append_when_told(int from, int to)
{
	tro_store *store = fixture_open();

	hear(from);
	append_one(store, "c", 1, "theirs");
	tro_store_close(store);
	tell(to);
}

START_TEST(a_view_stays_as_it_was_while_others_write)
{
	tro_store *store = fixture_create();

	append_one(store, "c", 0, "ours");
	tro_store_close(store);
	helper other = start_helper(append_when_told);

	store = fixture_open();
	CHECK_OK(tro_store_begin_read(store, &err));
	tell(other.to);
	hear(other.from);
	ck_assert_uint_eq(log_size(store), 1);
	CHECK_OK(tro_store_commit(store, &err));
	ck_assert_uint_eq(log_size(store), 2);
	end_helper(&other);
	tro_store_close(store);
}
END_TEST

enum { CROWD = 3, TURNS = 25 };

/* Appends to one case, as often as somebody else was faster. */
static void append_in_turns(int from, int to)
{
	tro_store *store = fixture_open();

	(void)from;
	for (int i = 0; i < TURNS; i++) {
		uint64_t seq = 0;
		tro_status status = TRO_CHANGED;

		while (status == TRO_CHANGED) {
			status = tro_store_case_count(&seq, store, "c", &err);
			ck_assert(status == TRO_OK || status == TRO_NOT_FOUND);
			tro_stored_record record = sample(seq, "x");

			CHECK_OK(tro_store_begin_write(store, &err));
			status = tro_store_record_append(store, "c", &record, NULL, &err);
			ck_assert(status == TRO_OK || status == TRO_CHANGED);
			if (status == TRO_OK) {
				CHECK_OK(tro_store_commit(store, &err));
			}
			tro_store_rollback(store);
		}
	}
	tro_store_close(store);
	tell(to);
}

START_TEST(several_writers_at_once_lose_nothing_and_leave_no_gap)
{
	helper helpers[CROWD];
	tro_store *store = fixture_create();

	tro_store_close(store);
	for (int i = 0; i < CROWD; i++) {
		helpers[i] = start_helper(append_in_turns);
	}
	for (int i = 0; i < CROWD; i++) {
		hear(helpers[i].from);
		end_helper(&helpers[i]);
	}
	store = fixture_open();
	ck_assert_uint_eq(log_size(store), CROWD * TURNS);
	for (uint64_t i = 0; i < CROWD * TURNS; i++) {
		tro_stored_record back;

		CHECK_OK(tro_store_record_get(&back, store, "c", i, &err));
		ck_assert_uint_eq(back.position, i);
		tro_stored_record_done(&back);
	}
	tro_store_close(store);
}
END_TEST

static void die_in_transaction(int from, int to)
{
	tro_store *store = fixture_open();

	(void)from;
	append_one(store, "c", 0, "committed");
	tro_stored_record record = sample(1, "not committed");

	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_record_append(store, "c", &record, NULL, &err));
	tell(to);
	for (;;) {
		(void)pause();
	}
}

START_TEST(a_process_killed_in_a_transaction_leaves_the_store_as_before_it)
{
	tro_store *store = fixture_create();

	tro_store_close(store);
	helper other = start_helper(die_in_transaction);

	hear(other.from);
	ck_assert_int_eq(kill(other.pid, SIGKILL), 0);
	end_helper(&other);
	store = fixture_open();
	ck_assert_uint_eq(log_size(store), 1);
	append_one(store, "c", 1, "again");
	tro_store_close(store);
}
END_TEST

static Suite *transaction_suite(void)
{
	Suite *suite = suite_create("store: transactions");
	TCase *transactions = tcase_create("transactions");

	tcase_add_checked_fixture(transactions, fixture_setup, fixture_teardown);
	tcase_set_timeout(transactions, 60); /* the second writer waits its five seconds */
	tcase_add_test(transactions, nothing_is_written_outside_of_a_write_transaction);
	tcase_add_test(transactions, rolling_back_and_closing_leave_nothing_behind);
	tcase_add_test(transactions, a_transaction_in_which_something_failed_cannot_be_committed);
	tcase_add_test(transactions, a_second_writer_waits_and_is_then_told_to_try_again);
	tcase_add_test(transactions, a_view_stays_as_it_was_while_others_write);
	tcase_add_test(transactions, several_writers_at_once_lose_nothing_and_leave_no_gap);
	tcase_add_test(
		transactions, a_process_killed_in_a_transaction_leaves_the_store_as_before_it);
	suite_add_tcase(suite, transactions);
	return suite;
}

int main(void)
{
	return run_suite(transaction_suite());
}
