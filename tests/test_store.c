#include "store_fixture.h"
#include "suite.h"

static const char note_text[] = "tro-record/v1\nlog example/training\n\n\xe2\x80\x94 a signature\n";

/* ---- records ---- */

START_TEST(a_record_comes_back_as_it_was_appended)
{
	char case_id[65];
	uint64_t position = 9;
	tro_store *store = fixture_create();
	tro_stored_record record = sample(0, "<submit seq=\"0\"/>");
	tro_stored_record back;

	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_record_append(store, "K7Q3-9F2M", &record, &position, &err));
	CHECK_OK(tro_store_commit(store, &err));
	ck_assert_uint_eq(position, 0);
	tro_store_close(store);

	store = fixture_open();
	CHECK_OK(tro_store_record_get(&back, store, "K7Q3-9F2M", 0, &err));
	ck_assert_uint_eq(back.position, 0);
	ck_assert_uint_eq(back.seq, 0);
	ck_assert_uint_eq(back.note_len, sizeof(note_text) - 1);
	ck_assert_mem_eq(back.note, note_text, sizeof(note_text));
	ck_assert(back.has_payload && back.has_payload_salt && back.has_outcome_salt);
	ck_assert_str_eq(back.payload, "<submit seq=\"0\"/>");
	ck_assert_mem_eq(back.payload_salt, record.payload_salt, 32);
	ck_assert_mem_eq(back.outcome_salt, record.outcome_salt, 32);
	tro_stored_record_done(&back);
	CHECK_OK(tro_store_record_at(&back, store, 0, case_id, &err));
	ck_assert_str_eq(case_id, "K7Q3-9F2M");
	ck_assert_mem_eq(back.note, note_text, sizeof(note_text));
	tro_stored_record_done(&back);
	tro_store_close(store);
}
END_TEST

START_TEST(a_payload_of_no_bytes_is_not_the_absence_of_one)
{
	tro_store *store = fixture_create();
	tro_stored_record record = sample(0, NULL);
	tro_stored_record back;

	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_record_append(store, "c", &record, NULL, &err));
	record.seq = 1;
	record.has_payload = record.has_payload_salt = record.has_outcome_salt = false;
	CHECK_OK(tro_store_record_append(store, "c", &record, NULL, &err));
	record.seq = 2;
	record.has_payload_salt = true;
	CHECK_OK(tro_store_record_append(store, "c", &record, NULL, &err));
	CHECK_OK(tro_store_commit(store, &err));
	CHECK_OK(tro_store_record_get(&back, store, "c", 0, &err));
	ck_assert(back.has_payload && back.payload_len == 0);
	tro_stored_record_done(&back);
	CHECK_OK(tro_store_record_get(&back, store, "c", 1, &err));
	ck_assert(!back.has_payload && !back.has_payload_salt && !back.has_outcome_salt);
	ck_assert_ptr_null(back.payload);
	tro_stored_record_done(&back);
	CHECK_OK(tro_store_record_get(&back, store, "c", 2, &err));
	ck_assert(!back.has_payload && back.has_payload_salt && !back.has_outcome_salt);
	tro_stored_record_done(&back);
	tro_store_close(store);
}
END_TEST

START_TEST(bytes_that_look_like_the_end_of_a_text_are_kept)
{
	static char odd[] = "a\0b\xff\xfe\n";
	tro_store *store = fixture_create();
	tro_stored_record record = {
		.note = odd, .note_len = 6, .has_payload = true, .payload = odd, .payload_len = 6};
	tro_stored_record back;

	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_record_append(store, "c", &record, NULL, &err));
	CHECK_OK(tro_store_commit(store, &err));
	CHECK_OK(tro_store_record_get(&back, store, "c", 0, &err));
	ck_assert_uint_eq(back.note_len, 6);
	ck_assert_mem_eq(back.note, odd, 6);
	ck_assert_uint_eq(back.payload_len, 6);
	ck_assert_mem_eq(back.payload, odd, 6);
	tro_stored_record_done(&back);
	tro_store_close(store);
}
END_TEST

static tro_status collect(void *user, const char *case_id, tro_err *e)
{
	(void)e;
	tro_buf_printf(user, "%s ", case_id);
	return TRO_OK;
}

START_TEST(positions_run_through_the_log_and_seqs_through_each_case)
{
	static const char *const cases[] = {"b", "registry", "a", "b", "b", "a"};
	static const uint64_t seqs[] = {0, 0, 0, 1, 2, 1};
	char case_id[65];
	uint64_t count = 0;
	tro_buf ids = TRO_BUF_INIT;
	tro_stored_record last;
	tro_store *store = fixture_create();

	for (size_t i = 0; i < 6; i++) {
		append_one(store, cases[i], seqs[i], cases[i]);
	}
	ck_assert_uint_eq(log_size(store), 6);
	for (size_t i = 0; i < 6; i++) {
		tro_stored_record back;

		CHECK_OK(tro_store_record_at(&back, store, i, case_id, &err));
		ck_assert_str_eq(case_id, cases[i]);
		ck_assert_uint_eq(back.seq, seqs[i]);
		ck_assert_uint_eq(back.position, i);
		tro_stored_record_done(&back);
	}
	CHECK_OK(tro_store_case_count(&count, store, "b", &err));
	ck_assert_uint_eq(count, 3);
	CHECK_STATUS(tro_store_case_count(&count, store, "c", &err), TRO_NOT_FOUND);
	CHECK_OK(tro_store_each_case(store, collect, &ids, &err));
	ck_assert_str_eq(ids.ptr, "a b registry ");
	tro_buf_clear(&ids);
	CHECK_OK(tro_store_last_note(&ids, &count, store, "a", &err));
	ck_assert_uint_gt(count, 1);
	CHECK_OK(tro_store_record_get(&last, store, "a", count - 1, &err));
	ck_assert_uint_eq(ids.len, last.note_len);
	ck_assert_mem_eq(ids.ptr, last.note, last.note_len);
	tro_stored_record_done(&last);
	tro_buf_clear(&ids);
	CHECK_OK(tro_store_last_note(&ids, &count, store, "c", &err));
	ck_assert_uint_eq(count, 0);
	ck_assert_uint_eq(ids.len, 0);
	tro_buf_done(&ids);
	tro_store_close(store);
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
	char case_id[65];
	uint8_t hash[32];
	uint64_t seq = 0;
	tro_buf bytes = TRO_BUF_INIT;
	tro_stored_record back;
	tro_store *store = fixture_create();

	append_one(store, "c", 0, "x");
	CHECK_STATUS(tro_store_record_get(&back, store, "c", 1, &err), TRO_NOT_FOUND);
	tro_stored_record_done(&back);
	CHECK_STATUS(tro_store_record_get(&back, store, "C", 0, &err), TRO_NOT_FOUND);
	CHECK_STATUS(tro_store_record_get(&back, store, "c", UINT64_MAX, &err), TRO_NOT_FOUND);
	CHECK_STATUS(tro_store_record_at(&back, store, 1, case_id, &err), TRO_NOT_FOUND);
	CHECK_STATUS(tro_store_record_at(&back, store, UINT64_MAX, case_id, &err), TRO_NOT_FOUND);
	CHECK_STATUS(tro_store_node_get(hash, store, 0, 0, &err), TRO_NOT_FOUND);
	CHECK_STATUS(tro_store_node_get(hash, store, 0, UINT64_MAX, &err), TRO_NOT_FOUND);
	memset(hash, 0, sizeof(hash));
	CHECK_STATUS(tro_store_blob_get(&bytes, store, hash, &err), TRO_NOT_FOUND);
	CHECK_STATUS(tro_store_snapshot_get(&bytes, &seq, store, "c", &err), TRO_NOT_FOUND);
	tro_store_close(store);
}
END_TEST

START_TEST(a_seq_that_is_not_the_next_is_somebody_elses_change)
{
	tro_store *store = fixture_create();
	tro_stored_record record = sample(0, "x");

	append_one(store, "c", 0, "x");
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_STATUS(tro_store_record_append(store, "c", &record, NULL, &err), TRO_CHANGED);
	CHECK_MESSAGE("case c is 1, not 0");
	record.seq = 2;
	CHECK_STATUS(tro_store_record_append(store, "c", &record, NULL, &err), TRO_CHANGED);
	record.seq = 1;
	CHECK_OK(tro_store_record_append(store, "c", &record, NULL, &err));
	CHECK_OK(tro_store_commit(store, &err));
	ck_assert_uint_eq(log_size(store), 2);
	tro_store_close(store);
}
END_TEST

START_TEST(a_case_id_that_could_leave_its_folder_is_refused)
{
	static const char *const ids[] = {"", ".", "..", ".tmp", "a/b", "../c", "a b", "a\n",
		"\xc3\xa9", "12345678901234567890123456789012345678901234567890123456789012345"};
	tro_store *store = fixture_create();
	tro_stored_record record = sample(0, "x");

	CHECK_OK(tro_store_begin_write(store, &err));
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		CHECK_STATUS(
			tro_store_record_append(store, ids[i], &record, NULL, &err), TRO_INVALID);
	}
	CHECK_OK(tro_store_record_append(store, "access-2026-11-23_a.b", &record, NULL, &err));
	CHECK_OK(tro_store_commit(store, &err));
	tro_store_close(store);
}
END_TEST

START_TEST(what_does_not_read_back_as_it_was_written_is_not_committed)
{
	tro_stored_record record = sample(0, "x");
	tro_store *store = fixture_create();

	/* While it is open: on opening it would be seen. */
	shell_ok("DROP TRIGGER record_is_never_changed;"
		 "CREATE TRIGGER t AFTER INSERT ON record BEGIN"
		 " UPDATE record SET note = x'00' WHERE position = NEW.position; END");
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_STATUS(tro_store_record_append(store, "c", &record, NULL, &err), TRO_INVALID);
	CHECK_MESSAGE("not read back");
	CHECK_STATUS(tro_store_commit(store, &err), TRO_SYSTEM);
	ck_assert_uint_eq(log_size(store), 0);
	tro_store_close(store);
}
END_TEST

static void fill_primary_tables(void)
{
	static const uint8_t sha256_of_x[32] = {0x2d, 0x71, 0x16, 0x42, 0xb7, 0x26, 0xb0, 0x44,
		0x01, 0x62, 0x7c, 0xa9, 0xfb, 0xac, 0x32, 0xf5, 0xc8, 0x53, 0x0f, 0xb1, 0x90, 0x3c,
		0xc4, 0xdb, 0x02, 0x25, 0x87, 0x17, 0x92, 0x1a, 0x48, 0x81};
	tro_store *store = fixture_create();

	append_one(store, "c", 0, "first");
	append_one(store, "c", 1, "second");
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_node_put(store, 0, 0, sha256_of_x, &err));
	CHECK_OK(tro_store_blob_put(store, sha256_of_x, "x", 1, &err));
	CHECK_OK(tro_store_commit(store, &err));
	tro_store_close(store);
}

static const char *const forbidden[] = {
	"UPDATE record SET note = x'00' WHERE position = 0",
	"UPDATE record SET seq = 7 WHERE position = 1",
	"UPDATE OR REPLACE record SET position = 0, seq = 0 WHERE position = 1",
	"DELETE FROM record WHERE position = 1",
	"DELETE FROM record",
	"REPLACE INTO record VALUES (0, 'c', 0, x'00')",
	"REPLACE INTO record VALUES (2, 'c', 0, x'00')",
	"REPLACE INTO record VALUES (1, 'd', 0, x'00')",
	"INSERT INTO record VALUES (3, 'c', 2, x'00')",
	"INSERT INTO record VALUES (-1, 'c', 2, x'00')",
	"INSERT INTO record VALUES (NULL, 'c', 3, x'00')",
	"INSERT INTO record VALUES (2, 'd', 1, x'00')",
	"INSERT INTO record VALUES (2, 'd', 0, x'')",
	"INSERT INTO record VALUES (2, '', 0, x'00')",
	"INSERT INTO record VALUES (2, 'd', 0, 'text')",
	"UPDATE payload SET bytes = x'00'",
	"UPDATE payload SET salt = NULL",
	"REPLACE INTO payload VALUES (1, x'00', NULL)",
	"DELETE FROM payload WHERE position = 0; INSERT INTO payload VALUES (0, x'00', NULL)",
	"INSERT INTO payload VALUES (2, x'00', NULL)",
	"UPDATE outcome_salt SET salt = zeroblob(32)",
	"REPLACE INTO outcome_salt VALUES (1, zeroblob(32))",
	"DELETE FROM outcome_salt WHERE position = 0;"
	"INSERT INTO outcome_salt VALUES (0, zeroblob(32))",
	"UPDATE node SET hash = zeroblob(32)",
	"DELETE FROM node",
	"REPLACE INTO node VALUES (0, 0, zeroblob(32))",
	"UPDATE blob SET bytes = x'00'",
	"REPLACE INTO blob (sha256, bytes) SELECT sha256, x'00' FROM blob",
	"REPLACE INTO blob (id, sha256, bytes) SELECT id, zeroblob(32), x'00' FROM blob",
};

START_TEST(not_even_the_sqlite3_shell_changes_what_was_recorded)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	tro_buf out = TRO_BUF_INIT;
	char sql[512];

	fill_primary_tables();
	ck_assert_int_eq(shell(&before, in_store("tro.db"), ".dump"), 0);
	(void)snprintf(sql, sizeof(sql),
		"PRAGMA recursive_triggers = OFF; PRAGMA foreign_keys = OFF; BEGIN; %s; COMMIT",
		forbidden[_i]);
	ck_assert_msg(shell(&out, in_store("tro.db"), sql) != 0, "went through: %s", forbidden[_i]);
	ck_assert_int_eq(shell(&after, in_store("tro.db"), ".dump"), 0);
	ck_assert_str_eq(before.ptr, after.ptr);
	tro_buf_done(&before);
	tro_buf_done(&after);
	tro_buf_done(&out);
}
END_TEST

START_TEST(what_an_erasure_deletes_reads_as_absent)
{
	tro_stored_record back;
	tro_store *store = fixture_create();

	append_one(store, "c", 0, "the number is 07700 900123");
	append_one(store, "c", 1, "another");
	tro_store_close(store);
	shell_ok("DELETE FROM payload WHERE position = 0;"
		 "DELETE FROM outcome_salt WHERE position = 0");
	store = fixture_open();
	CHECK_OK(tro_store_record_get(&back, store, "c", 0, &err));
	ck_assert(!back.has_payload && !back.has_payload_salt && !back.has_outcome_salt);
	ck_assert_mem_eq(back.note, note_text, sizeof(note_text));
	tro_stored_record_done(&back);
	CHECK_OK(tro_store_record_get(&back, store, "c", 1, &err));
	ck_assert(back.has_payload && back.has_payload_salt && back.has_outcome_salt);
	tro_stored_record_done(&back);
	tro_store_close(store);
}
END_TEST

START_TEST(what_was_deleted_is_overwritten_in_the_file)
{
	char session[9000];
	tro_store *store = fixture_create();

	for (size_t i = 0; i < sizeof(session); i += 10) {
		memcpy(session + i, "0900123 / ", 10);
	}
	CHECK_OK(tro_store_snapshot_put(store, "c", 0, session, sizeof(session), &err));
	tro_store_close(store);
	ck_assert(file_holds(in_store("tro.db"), "0900123"));
	store = fixture_open();
	CHECK_OK(tro_store_snapshot_put(store, "c", 1, "none", 4, &err));
	tro_store_close(store);
	ck_assert(!file_holds(in_store("tro.db"), "0900123"));
}
END_TEST

/* ---- nodes, blobs, snapshots ---- */

START_TEST(a_node_is_put_once_and_never_becomes_another)
{
	uint8_t hash[32];
	uint8_t back[32];
	tro_store *store = fixture_create();

	memset(hash, 7, sizeof(hash));
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_node_put(store, 3, 1234567, hash, &err));
	CHECK_OK(tro_store_node_put(store, 3, 1234567, hash, &err));
	CHECK_OK(tro_store_commit(store, &err));
	CHECK_OK(tro_store_node_get(back, store, 3, 1234567, &err));
	ck_assert_mem_eq(back, hash, 32);
	hash[31] ^= 1;
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_STATUS(tro_store_node_put(store, 3, 1234567, hash, &err), TRO_INVALID);
	tro_store_rollback(store);
	CHECK_STATUS(tro_store_node_get(back, store, 2, 1234567, &err), TRO_NOT_FOUND);
	tro_store_close(store);
}
END_TEST

START_TEST(a_blob_is_kept_under_its_own_hash_only)
{
	uint8_t hash[32];
	uint8_t empty[32];
	tro_buf out = TRO_BUF_INIT;
	tro_store *store = fixture_create();

	tro_sha256(hash, "a\0b", 3);
	tro_sha256(empty, "", 0);
	CHECK_STATUS(tro_store_blob_put(store, hash, "a\0c", 3, &err), TRO_INVALID);
	CHECK_STATUS(tro_store_blob_get(&out, store, hash, &err), TRO_NOT_FOUND);
	CHECK_OK(tro_store_blob_put(store, hash, "a\0b", 3, &err));
	CHECK_OK(tro_store_blob_put(store, hash, "a\0b", 3, &err));
	CHECK_OK(tro_store_blob_put(store, empty, NULL, 0, &err));
	CHECK_OK(tro_store_blob_get(&out, store, hash, &err));
	ck_assert_uint_eq(out.len, 3);
	ck_assert_mem_eq(out.ptr, "a\0b", 3);
	tro_buf_clear(&out);
	CHECK_OK(tro_store_blob_get(&out, store, empty, &err));
	ck_assert_uint_eq(out.len, 0);
	tro_buf_done(&out);
	tro_store_close(store);
}
END_TEST

START_TEST(a_blob_that_was_tampered_with_is_not_given_out)
{
	uint8_t hash[32];
	tro_buf out = TRO_BUF_INIT;
	tro_store *store = fixture_create();

	tro_sha256(hash, "abc", 3);
	CHECK_OK(tro_store_blob_put(store, hash, "abc", 3, &err));
	tro_store_close(store);
	shell_unguarded("UPDATE blob SET bytes = x'616264'");
	store = fixture_open();
	CHECK_STATUS(tro_store_blob_get(&out, store, hash, &err), TRO_INVALID);
	CHECK_MESSAGE("damaged");
	ck_assert_uint_eq(out.len, 0);
	tro_store_close(store);
}
END_TEST

START_TEST(a_snapshot_replaces_the_one_before)
{
	uint64_t seq = 0;
	tro_buf out = TRO_BUF_INIT;
	tro_store *store = fixture_create();

	CHECK_OK(tro_store_snapshot_put(store, "c", 0, "<session/>", 10, &err));
	CHECK_OK(tro_store_snapshot_put(store, "d", 4, "", 0, &err));
	CHECK_OK(tro_store_snapshot_put(store, "c", 1, "<session>2</session>", 20, &err));
	CHECK_OK(tro_store_snapshot_get(&out, &seq, store, "c", &err));
	ck_assert_str_eq(out.ptr, "<session>2</session>");
	ck_assert_uint_eq(seq, 1);
	tro_buf_clear(&out);
	CHECK_OK(tro_store_snapshot_get(&out, &seq, store, "d", &err));
	ck_assert_uint_eq(out.len, 0);
	ck_assert_uint_eq(seq, 4);
	tro_buf_done(&out);
	tro_store_close(store);
}
END_TEST

static Suite *store_suite(void)
{
	Suite *suite = suite_create("store");
	TCase *records = tcase_create("records");
	TCase *others = tcase_create("nodes, blobs, snapshots");

	tcase_add_checked_fixture(records, fixture_setup, fixture_teardown);
	tcase_add_test(records, a_record_comes_back_as_it_was_appended);
	tcase_add_test(records, a_payload_of_no_bytes_is_not_the_absence_of_one);
	tcase_add_test(records, bytes_that_look_like_the_end_of_a_text_are_kept);
	tcase_add_test(records, positions_run_through_the_log_and_seqs_through_each_case);
	tcase_add_test(records, what_is_not_there_is_not_found);
	tcase_add_test(records, a_seq_that_is_not_the_next_is_somebody_elses_change);
	tcase_add_test(records, a_case_id_that_could_leave_its_folder_is_refused);
	tcase_add_test(records, what_does_not_read_back_as_it_was_written_is_not_committed);
	tcase_add_loop_test(records, not_even_the_sqlite3_shell_changes_what_was_recorded, 0,
		(int)(sizeof(forbidden) / sizeof(forbidden[0])));
	tcase_add_test(records, what_an_erasure_deletes_reads_as_absent);
	tcase_add_test(records, what_was_deleted_is_overwritten_in_the_file);
	suite_add_tcase(suite, records);
	tcase_add_checked_fixture(others, fixture_setup, fixture_teardown);
	tcase_add_test(others, a_node_is_put_once_and_never_becomes_another);
	tcase_add_test(others, a_blob_is_kept_under_its_own_hash_only);
	tcase_add_test(others, a_blob_that_was_tampered_with_is_not_given_out);
	tcase_add_test(others, a_snapshot_replaces_the_one_before);
	suite_add_tcase(suite, others);
	return suite;
}

int main(void)
{
	return run_suite(store_suite());
}
