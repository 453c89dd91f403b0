#include "store_fixture.h"
#include "suite.h"

static const tro_case_row case_c = {.id = "c",
	.title = "Operation Example",
	.workflow = "ddtro-ew",
	.states = "drafting",
	.head_hash = "00ff",
	.count = 3,
	.created = -5,
	.updated = 1795000000000000,
	.finished = true};
static const tro_matter_row matters_c[] = {
	{.id = "order.1/item.10", .definition = "item", .states = "restricted"},
	{.id = "order.1", .definition = "order", .states = "made served", .finished = true},
};
static const tro_timer_row timers_c[] = {
	{.matter = "order.1", .id = "t2", .event = "expire", .due = 300},
	{.matter = "order.1", .id = "t1", .event = "remind", .due = 100},
	{.matter = "order.1/item.10", .id = "t1", .event = "remind", .due = 100},
};
static const tro_filing_row filings_c[] = {
	{.id = "f2",
		.name = "provider.zip",
		.recipient = "provider-a",
		.matter = "order.1",
		.seq = 2,
		.sha256 = {2},
		.size = 4294967296},
	{.id = "f1", .name = "court.zip", .recipient = "court", .seq = 1, .sha256 = {1}},
};

static void project_c(tro_store *store)
{
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_project(store, &case_c, matters_c, 2, timers_c, 3, filings_c, 2, &err));
	CHECK_OK(tro_store_commit(store, &err));
}

/* Everything the lists say of a case, as text. */
typedef struct listing {
	tro_store *store;
	tro_buf text;
} listing;

static tro_status list_matter(void *user, const tro_matter_row *row, tro_err *e)
{
	(void)e;
	tro_buf_printf(user, "matter %s %s (%s) %d\n", row->id, row->definition, row->states,
		row->finished);
	return TRO_OK;
}

static tro_status list_timer(void *user, const char *case_id, const tro_timer_row *row, tro_err *e)
{
	(void)e;
	tro_buf_printf(user, "timer %s %s %s %s %lld\n", case_id, row->matter, row->id, row->event,
		(long long)row->due);
	return TRO_OK;
}

static tro_status list_filing(void *user, const tro_filing_row *row, tro_err *e)
{
	(void)e;
	tro_buf_printf(user, "filing %s %s (%s) (%s) %llu %d %llu\n", row->id, row->name,
		row->recipient, row->matter, (unsigned long long)row->seq, row->sha256[0],
		(unsigned long long)row->size);
	return TRO_OK;
}

/* Lists from within the callback of another list. */
static tro_status list_case(void *user, const tro_case_row *row, tro_err *e)
{
	listing *all = user;
	tro_buf *text = &all->text;

	tro_buf_printf(text, "case %s (%s) (%s) (%s) (%s) %llu %lld %lld %d\n", row->id, row->title,
		row->workflow, row->states, row->head_hash, (unsigned long long)row->count,
		(long long)row->created, (long long)row->updated, row->finished);
	tro_status status = tro_store_each_matter_row(all->store, row->id, list_matter, text, e);

	if (status == TRO_OK) {
		status = tro_store_each_timer(all->store, row->id, INT64_MAX, list_timer, text, e);
	}
	return status == TRO_OK ? tro_store_each_filing(all->store, row->id, list_filing, text, e)
				: status;
}

static void check_listing(tro_store *store, const char *expected)
{
	listing all = {.store = store, .text = TRO_BUF_INIT};

	CHECK_OK(tro_store_each_case_row(store, list_case, &all, &err));
	ck_assert_str_eq(all.text.ptr, expected);
	tro_buf_done(&all.text);
}

static const char listing_c[] =
	"case c (Operation Example) (ddtro-ew) (drafting) (00ff) 3 -5 1795000000000000 1\n"
	"matter order.1 order (made served) 1\n"
	"matter order.1/item.10 item (restricted) 0\n"
	"timer c order.1 t1 remind 100\n"
	"timer c order.1/item.10 t1 remind 100\n"
	"timer c order.1 t2 expire 300\n"
	"filing f1 court.zip (court) () 1 1 0\n"
	"filing f2 provider.zip (provider-a) (order.1) 2 2 4294967296\n";

START_TEST(what_was_projected_is_listed_in_order)
{
	tro_store *store = fixture_create();

	check_listing(store, "");
	project_c(store);
	check_listing(store, listing_c);
	tro_store_close(store);
	store = fixture_open();
	check_listing(store, listing_c);
	tro_store_close(store);
}
END_TEST

START_TEST(projecting_replaces_every_row_of_the_case_and_of_no_other)
{
	static const tro_case_row other = {.id = "a"};
	static const tro_matter_row one[] = {{.id = "order.2", .states = "draft"}};
	tro_store *store = fixture_create();

	project_c(store);
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_project(store, &other, matters_c, 1, timers_c, 1, NULL, 0, &err));
	CHECK_OK(tro_store_project(store, &case_c, one, 1, timers_c + 1, 1, NULL, 0, &err));
	CHECK_OK(tro_store_commit(store, &err));
	check_listing(store,
		"case a () () () () 0 0 0 0\n"
		"matter order.1/item.10 item (restricted) 0\n"
		"timer a order.1 t2 expire 300\n"
		"case c (Operation Example) (ddtro-ew) (drafting) (00ff) 3 -5 1795000000000000 1\n"
		"matter order.2  (draft) 0\n"
		"timer c order.1 t1 remind 100\n");
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_drop_projections(store, &err));
	CHECK_OK(tro_store_commit(store, &err));
	check_listing(store, "");
	tro_store_close(store);
}
END_TEST

START_TEST(a_changed_value_in_any_row_is_taken_over)
{
	tro_case_row row = case_c;
	tro_matter_row matters[2] = {matters_c[0], matters_c[1]};
	tro_timer_row timers[3] = {timers_c[0], timers_c[1], timers_c[2]};
	tro_filing_row filings[2] = {filings_c[0], filings_c[1]};
	tro_store *store = fixture_create();

	project_c(store);
	row.finished = false;
	row.count = 4;
	matters[0].states = "restored";
	matters[0].finished = true;
	timers[2].due = 50;
	filings[1].sha256[0] = 9;
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_project(store, &row, matters, 2, timers, 3, filings, 2, &err));
	CHECK_OK(tro_store_commit(store, &err));
	check_listing(store,
		"case c (Operation Example) (ddtro-ew) (drafting) (00ff) 4 -5 1795000000000000 0\n"
		"matter order.1 order (made served) 1\n"
		"matter order.1/item.10 item (restored) 1\n"
		"timer c order.1/item.10 t1 remind 50\n"
		"timer c order.1 t1 remind 100\n"
		"timer c order.1 t2 expire 300\n"
		"filing f1 court.zip (court) () 1 9 0\n"
		"filing f2 provider.zip (provider-a) (order.1) 2 2 4294967296\n");
	tro_store_close(store);
}
END_TEST

START_TEST(timers_due_are_listed_over_all_cases_in_order_of_due)
{
	static const tro_case_row other = {.id = "a"};
	tro_buf text = TRO_BUF_INIT;
	tro_store *store = fixture_create();

	project_c(store);
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_project(store, &other, NULL, 0, timers_c, 2, NULL, 0, &err));
	CHECK_OK(tro_store_commit(store, &err));
	CHECK_OK(tro_store_each_timer(store, NULL, 100, list_timer, &text, &err));
	ck_assert_str_eq(text.ptr, "timer a order.1 t1 remind 100\n"
				   "timer c order.1 t1 remind 100\n"
				   "timer c order.1/item.10 t1 remind 100\n");
	tro_buf_clear(&text);
	CHECK_OK(tro_store_each_timer(store, NULL, 99, list_timer, &text, &err));
	ck_assert_str_eq(text.ptr, "");
	CHECK_OK(tro_store_each_timer(store, "a", 300, list_timer, &text, &err));
	ck_assert_str_eq(text.ptr, "timer a order.1 t1 remind 100\n"
				   "timer a order.1 t2 expire 300\n");
	tro_buf_done(&text);
	tro_store_close(store);
}
END_TEST

START_TEST(the_digest_tells_any_two_projections_apart_and_survives_a_rebuild)
{
	static const char *const changes[] = {
		"UPDATE case_index SET title = title || ' '",
		"UPDATE case_index SET states = '', title = title || states",
		"UPDATE case_index SET updated = updated + 1",
		"UPDATE case_index SET finished = 0",
		"UPDATE matter_index SET states = upper(states) WHERE matter = 'order.1'",
		"DELETE FROM matter_index WHERE matter = 'order.1'",
		"UPDATE timer_index SET due = due - 1 WHERE timer = 't2'",
		"DELETE FROM timer_index",
		"UPDATE filing_index SET sha256 = zeroblob(32) WHERE filing = 'f1'",
		"UPDATE snapshot SET seq = 7",
		"UPDATE snapshot SET bytes = x'00'",
		/* Values that would read alike without their lengths. */
		"UPDATE case_index SET title = 'x', workflow = 'y' || CAST (x'0000000000000003' AS"
		" TEXT) || 'z'",
		"UPDATE case_index SET title = 'x' || CAST (x'0000000000000003' AS TEXT) || 'y',"
		" workflow = 'z'",
		/* Rows that would read alike without the end of each table. */
		"DELETE FROM matter_index; DELETE FROM timer_index;"
		"INSERT INTO matter_index (case_id, matter, definition, states, finished)"
		" VALUES ('c', 'm', 'd', 's', 0)",
		"DELETE FROM matter_index; DELETE FROM timer_index;"
		"INSERT INTO timer_index (case_id, matter, timer, event, due)"
		" VALUES ('c', 'm', 'd', 's', 0)",
	};
	enum { CHANGE_COUNT = sizeof(changes) / sizeof(changes[0]) };
	uint8_t before[32];
	uint8_t digests[CHANGE_COUNT][32];
	tro_store *store = fixture_create();

	project_c(store);
	CHECK_OK(tro_store_snapshot_put(store, "c", 3, "<session/>", 10, &err));
	CHECK_OK(tro_store_projection_digest(before, store, NULL, &err));
	for (size_t i = 0; i < CHANGE_COUNT; i++) {
		uint8_t after[32];

		shell_ok(changes[i]);
		CHECK_OK(tro_store_projection_digest(digests[i], store, NULL, &err));
		ck_assert_msg(memcmp(before, digests[i], 32) != 0, "unseen: %s", changes[i]);
		for (size_t j = 0; j < i; j++) {
			ck_assert_mem_ne(digests[i], digests[j], 32);
		}
		CHECK_OK(tro_store_begin_write(store, &err));
		CHECK_OK(tro_store_drop_projections(store, &err));
		CHECK_OK(tro_store_snapshot_put(store, "c", 3, "<session/>", 10, &err));
		CHECK_OK(tro_store_project(
			store, &case_c, matters_c, 2, timers_c, 3, filings_c, 2, &err));
		CHECK_OK(tro_store_projection_digest(after, store, NULL, &err));
		ck_assert_mem_eq(before, after, 32);
		CHECK_OK(tro_store_commit(store, &err));
		CHECK_OK(tro_store_projection_digest(after, store, NULL, &err));
		ck_assert_mem_eq(before, after, 32);
	}
	tro_store_close(store);
}
END_TEST

/* A callback that does what a tick does: it changes what is being listed. */
static tro_status take_timer(void *user, const char *case_id, const tro_timer_row *row, tro_err *e)
{
	listing *all = user;
	uint64_t size = 0;

	tro_buf_printf(&all->text, "%s ", row->id);
	CHECK_OK(tro_store_begin_write(all->store, e));
	CHECK_OK(tro_store_drop_projections(all->store, e));
	CHECK_OK(tro_store_commit(all->store, e));
	CHECK_OK(tro_store_log_size(&size, all->store, e));
	CHECK_OK(tro_store_each_timer(all->store, NULL, INT64_MAX, list_timer, &all->text, e));
	ck_assert_str_eq(case_id, "c");
	return TRO_OK;
}

START_TEST(a_callback_may_change_what_is_being_listed)
{
	listing all = {.store = fixture_create(), .text = TRO_BUF_INIT};

	project_c(all.store);
	CHECK_OK(tro_store_each_timer(all.store, NULL, INT64_MAX, take_timer, &all, &err));
	ck_assert_str_eq(all.text.ptr, "t1 t1 t2 ");
	tro_buf_done(&all.text);
	tro_store_close(all.store);
}
END_TEST

/* Counts itself down while listing cases of records from within the list. */
typedef struct nesting {
	tro_store *store;
	int depth;
	int calls;
} nesting;

static tro_status nest(void *user, const char *case_id, tro_err *e)
{
	nesting *n = user;
	tro_status status = TRO_OK;

	(void)case_id;
	n->calls++;
	if (n->depth > 0) {
		n->depth--;
		status = tro_store_each_case(n->store, nest, n, e);
		n->depth++;
	}
	return status;
}

START_TEST(lists_nest)
{
	static char note[] = "x";
	static const char *const ids[] = {"a", "b", "c"};
	nesting n = {.store = fixture_create(), .depth = 2};
	tro_stored_record record = {.note = note, .note_len = 1};

	CHECK_OK(tro_store_begin_write(n.store, &err));
	for (size_t i = 0; i < 3; i++) {
		CHECK_OK(tro_store_record_append(n.store, ids[i], &record, NULL, &err));
	}
	CHECK_OK(tro_store_commit(n.store, &err));
	CHECK_OK(tro_store_each_case(n.store, nest, &n, &err));
	ck_assert_int_eq(n.calls, 3 + 9 + 27);
	tro_store_close(n.store);
}
END_TEST

static tro_status stop(void *user, const char *case_id, const tro_timer_row *row, tro_err *e)
{
	int *calls = user;

	(void)case_id;
	(void)row;
	(*calls)++;
	return tro_err_set(e, TRO_REFUSED, "enough");
}

START_TEST(a_callback_that_fails_ends_the_list_with_its_status)
{
	int calls = 0;
	tro_store *store = fixture_create();

	project_c(store);
	CHECK_STATUS(tro_store_each_timer(store, NULL, INT64_MAX, stop, &calls, &err), TRO_REFUSED);
	ck_assert_str_eq(err.message, "enough");
	ck_assert_int_eq(calls, 1);
	tro_store_close(store);
}
END_TEST

START_TEST(rows_that_were_tampered_with_are_named_as_damage)
{
	tro_buf text = TRO_BUF_INIT;
	tro_store *store = fixture_create();

	project_c(store);
	shell_ok("PRAGMA ignore_check_constraints = ON; UPDATE filing_index SET sha256 = x'00'");
	CHECK_STATUS(tro_store_each_filing(store, "c", list_filing, &text, &err), TRO_INVALID);
	CHECK_MESSAGE("damaged");
	ck_assert_uint_eq(text.len, 0);
	tro_store_close(store);
}
END_TEST

static Suite *projection_suite(void)
{
	Suite *suite = suite_create("store: projections");
	TCase *tcase = tcase_create("projections");

	tcase_add_checked_fixture(tcase, fixture_setup, fixture_teardown);
	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, what_was_projected_is_listed_in_order);
	tcase_add_test(tcase, projecting_replaces_every_row_of_the_case_and_of_no_other);
	tcase_add_test(tcase, a_changed_value_in_any_row_is_taken_over);
	tcase_add_test(tcase, timers_due_are_listed_over_all_cases_in_order_of_due);
	tcase_add_test(tcase, the_digest_tells_any_two_projections_apart_and_survives_a_rebuild);
	tcase_add_test(tcase, a_callback_may_change_what_is_being_listed);
	tcase_add_test(tcase, lists_nest);
	tcase_add_test(tcase, a_callback_that_fails_ends_the_list_with_its_status);
	tcase_add_test(tcase, rows_that_were_tampered_with_are_named_as_damage);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return run_suite(projection_suite());
}
