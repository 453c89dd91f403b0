/*
 * A store that somebody with the sqlite3 shell has worked on: nothing is written through what they
 * planted, and all of it is named.
 */
#include <sqlite3.h>

#include "base/text.h"
#include "store/schema.h"
#include "store_fixture.h"
#include "suite.h"

static void create_and_close(void)
{
	tro_store_close(fixture_create());
}

static void check_refused(const char *message)
{
	tro_store *store = NULL;

	CHECK_STATUS(tro_store_open(&store, store_dir, &err), TRO_INVALID);
	ck_assert_ptr_null(store);
	CHECK_MESSAGE(message);
	CHECK_MESSAGE("'tro verify'");
}

/* ---- the schema ---- */

static const struct {
	const char *sql, *named;
} alterations[] = {
	{"DROP TRIGGER record_at_the_end", "missing trigger record_at_the_end\n"},
	{"DROP TRIGGER blob_is_added_once; CREATE TRIGGER blob_is_added_once BEFORE INSERT ON blob "
	 "BEGIN SELECT RAISE(IGNORE); END",
		"changed trigger blob_is_added_once\n"},
	{"CREATE TRIGGER evil BEFORE INSERT ON blob BEGIN SELECT RAISE(IGNORE); END",
		"extra trigger evil\n"},
	{"DROP INDEX timer_index_due", "missing index timer_index_due\n"},
	{"CREATE INDEX mine ON record (seq)", "extra index mine\n"},
	{"CREATE TABLE aside (note)", "extra table aside\n"},
	{"CREATE VIEW payloads AS SELECT * FROM payload", "extra view payloads\n"},
	{"DROP TABLE snapshot; CREATE TABLE snapshot (case_id, seq, bytes)",
		"missing index sqlite_autoindex_snapshot_1\nchanged table snapshot\n"},
	{"DROP TABLE snapshot", "missing table snapshot\n"
				"missing index sqlite_autoindex_snapshot_1\n"},
	{"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'IN (0, 1)', "
	 "'IN (0, 2)') WHERE name = 'case_index'",
		"changed table case_index\n"},
};

static tro_status list_difference(void *user, const tro_schema_difference *difference, tro_err *e)
{
	static const char *const names[] = {"missing", "changed", "extra"};
	tro_buf *out = user;

	tro_buf_printf(
		out, "%s %s %s\n", names[difference->fault], difference->type, difference->name);
	return tro_buf_status(out, e);
}

/* Does each line of `lines` stand in text? */
static void check_lines(const char *text, const char *lines)
{
	char copy[256];
	size_t len = 0;

	(void)snprintf(copy, sizeof(copy), "%s", lines);
	for (char *line = strtok(copy, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		ck_assert_msg(strstr(text, line) != NULL, "no \"%s\" in: %s", line, text);
		len += strlen(line) + 1;
	}
	ck_assert_msg(strlen(text) == len, "more than \"%s\" in: %s", lines, text);
}

START_TEST(whatever_is_altered_in_the_schema_is_named_and_nothing_is_written)
{
	tro_buf found = TRO_BUF_INIT;
	tro_store *store = NULL;

	create_and_close();
	shell_unguarded(alterations[_i].sql);
	check_refused("was altered: the ");
	CHECK_OK(tro_store_open_untrusted(&store, store_dir, &err));
	CHECK_OK(tro_store_each_schema_difference(store, list_difference, &found, &err));
	check_lines(found.ptr, alterations[_i].named);
	tro_store_close(store);
	tro_buf_done(&found);
}
END_TEST

START_TEST(a_schema_that_was_not_altered_has_no_difference)
{
	tro_buf found = TRO_BUF_INIT;
	tro_store *store = fixture_create();

	CHECK_OK(tro_store_each_schema_difference(store, list_difference, &found, &err));
	ck_assert_str_eq(found.ptr, "");
	tro_store_close(store);
}
END_TEST

/* The hash that opening looks at must be that of the steps: else every opening takes the long way.
 */
START_TEST(the_hash_of_the_schema_is_that_of_the_steps)
{
	uint8_t digest[32];
	char hex[65];
	char expected[65];
	sqlite3 *db = NULL;

	ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
	CHECK_OK(tro_schema_migrate(db, tro_schema_steps, tro_schema_step_count, "memory", &err));
	CHECK_OK(tro_schema_digest(digest, db, "memory", &err));
	tro_hex_encode(hex, digest, 32);
	tro_hex_encode(expected, tro_schema_sha256, 32);
	ck_assert_str_eq(expected, hex);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(a_store_opened_untrusted_runs_no_trigger_of_its_own)
{
	uint8_t hash[32];
	tro_buf back = TRO_BUF_INIT;
	tro_store *store = NULL;

	create_and_close();
	shell_ok("CREATE TRIGGER evil BEFORE INSERT ON blob BEGIN SELECT RAISE(IGNORE); END");
	tro_sha256(hash, "abc", 3);
	CHECK_OK(tro_store_open_untrusted(&store, store_dir, &err));
	CHECK_OK(tro_store_blob_put(store, hash, "abc", 3, &err));
	CHECK_OK(tro_store_blob_get(&back, store, hash, &err));
	ck_assert_str_eq(back.ptr, "abc");
	tro_buf_done(&back);
	tro_store_close(store);
}
END_TEST

/* ---- what was put is read back ---- */

START_TEST(a_node_that_was_swallowed_or_changed_is_not_committed)
{
	static const char *const evil[] = {
		"CREATE TRIGGER evil BEFORE INSERT ON node BEGIN SELECT RAISE(IGNORE); END",
		"DROP TRIGGER node_is_never_changed; CREATE TRIGGER evil AFTER INSERT ON node "
		"BEGIN UPDATE node SET hash = zeroblob(32); END",
	};
	uint8_t hash[32];
	tro_store *store = fixture_create();

	memset(hash, 7, sizeof(hash));
	shell_ok(evil[_i]); /* while it is open: on opening it would be seen */
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_STATUS(tro_store_node_put(store, 0, 0, hash, &err), TRO_INVALID);
	CHECK_MESSAGE("not read back");
	CHECK_STATUS(tro_store_commit(store, &err), TRO_SYSTEM);
	CHECK_STATUS(tro_store_node_get(hash, store, 0, 0, &err), TRO_NOT_FOUND);
	tro_store_close(store);
}
END_TEST

START_TEST(a_blob_that_was_swallowed_or_changed_is_not_committed)
{
	static const char *const evil[] = {
		"CREATE TRIGGER evil BEFORE INSERT ON blob BEGIN SELECT RAISE(IGNORE); END",
		"DROP TRIGGER blob_is_never_changed; CREATE TRIGGER evil AFTER INSERT ON blob "
		"BEGIN UPDATE blob SET bytes = x'616264'; END",
	};
	uint8_t hash[32];
	tro_store *store = fixture_create();

	tro_sha256(hash, "abc", 3);
	shell_ok(evil[_i]);
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_STATUS(tro_store_blob_put(store, hash, "abc", 3, &err), TRO_INVALID);
	CHECK_MESSAGE("not read back");
	CHECK_STATUS(tro_store_commit(store, &err), TRO_SYSTEM);
	CHECK_STATUS(tro_store_blob_put(store, hash, "abc", 3, &err), TRO_INVALID);
	tro_store_close(store);
}
END_TEST

/* ---- rows that belong to nothing ---- */

static tro_status list_stray(void *user, const tro_stray *stray, tro_err *e)
{
	tro_buf *out = user;

	tro_buf_printf(out, "%s %llu %s %d\n", stray->table, (unsigned long long)stray->count,
		stray->first, stray->derived);
	return tro_buf_status(out, e);
}

static const struct {
	const char *sql, *found;
} strays[] = {
	{"SELECT 1", ""},
	{"INSERT INTO node VALUES (0, 2, randomblob(32))", "node 1 0/2 0\n"},
	{"INSERT INTO node VALUES (1, 0, randomblob(32)), (1, 1, randomblob(32)), "
	 "(63, 0, randomblob(32))",
		"node 2 1/1 0\n"},
	{"PRAGMA ignore_check_constraints = ON; INSERT INTO node VALUES (64, 0, randomblob(32)), "
	 "(-1, 0, randomblob(32)), (0, -1, randomblob(32))",
		"node 3 -1/0 0\n"},
	{"INSERT INTO payload VALUES (2, x'00', NULL)", "payload 1 2 0\n"},
	{"INSERT INTO outcome_salt VALUES (7, randomblob(32))", "outcome_salt 1 7 0\n"},
	{"INSERT INTO snapshot (case_id, seq, bytes) VALUES ('ghost', 0, x'')",
		"snapshot 1 ghost 1\n"},
	{"INSERT INTO matter_index (case_id, matter, definition, states, finished) VALUES "
	 "('ghost', 'm', 'd', 's', 0)",
		"matter_index 1 ghost 1\n"},
	{"INSERT INTO timer_index (case_id, matter, timer, event, due) VALUES "
	 "('ghost', 'm', 't', 'e', 0), ('host', 'm', 't', 'e', 0)",
		"timer_index 2 ghost 1\n"},
	{"INSERT INTO filing_index (case_id, filing, name, recipient, matter, seq, sha256, size) "
	 "VALUES ('ghost', 'f', 'n', 'r', 'm', 0, randomblob(32), 0)",
		"filing_index 1 ghost 1\n"},
};

START_TEST(a_row_that_belongs_to_nothing_is_named)
{
	uint8_t hash[32] = {0};
	tro_buf found = TRO_BUF_INIT;
	tro_store *store = fixture_create();

	append_one(store, "c", 0, "x");
	append_one(store, "c", 1, "y");
	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_node_put(store, 0, 0, hash, &err));
	CHECK_OK(tro_store_node_put(store, 0, 1, hash, &err));
	CHECK_OK(tro_store_commit(store, &err));
	tro_store_close(store);
	shell_unguarded(strays[_i].sql);
	store = fixture_open();
	CHECK_OK(tro_store_each_stray(store, list_stray, &found, &err));
	ck_assert_str_eq(found.ptr, strays[_i].found);
	tro_store_close(store);
	tro_buf_done(&found);
}
END_TEST

/* ---- blobs and files ---- */

static tro_status list_blob(void *user, const uint8_t sha256[32], tro_status sound, tro_err *e)
{
	tro_buf *out = user;

	tro_buf_printf(out, "%02x %s\n", sha256[0], sound == TRO_OK ? "sound" : "not");
	return tro_buf_status(out, e);
}

START_TEST(every_blob_is_hashed_again)
{
	uint8_t hash[32];
	tro_buf found = TRO_BUF_INIT;
	tro_store *store = fixture_create();

	tro_sha256(hash, "abc", 3); /* ba... */
	CHECK_OK(tro_store_blob_put(store, hash, "abc", 3, &err));
	tro_sha256(hash, "", 0); /* e3... */
	CHECK_OK(tro_store_blob_put(store, hash, "", 0, &err));
	tro_store_close(store);
	shell_unguarded("UPDATE blob SET bytes = x'616264' WHERE id = 1");
	store = fixture_open();
	CHECK_OK(tro_store_each_blob(store, list_blob, &found, &err));
	ck_assert_str_eq(found.ptr, "ba not\ne3 sound\n");
	tro_store_close(store);
	tro_buf_done(&found);
}
END_TEST

static tro_status list_file(void *user, const tro_store_file *file, tro_err *e)
{
	tro_buf *out = user;

	tro_buf_printf(out, "%s%s%s\n", file->path, file->is_exhibit ? " of " : "",
		file->is_exhibit ? file->case_id : "");
	return tro_buf_status(out, e);
}

START_TEST(every_file_in_the_folder_is_named_but_the_database)
{
	uint8_t hash[32];
	uint64_t size = 0;
	char outside[128];
	char expected[1024];
	char hex[65];
	tro_buf found = TRO_BUF_INIT;
	tro_store *store = fixture_create();

	(void)snprintf(outside, sizeof(outside), "%s/photo", test_dir);
	write_file(outside, "abc", 3);
	CHECK_OK(tro_store_exhibit_import(hash, &size, store, "c", outside, &err));
	tro_hex_encode(hex, hash, 32);
	write_file(in_store("letter.txt"), "x", 1);
	write_file(in_store("exhibits/c/.tmp-1"), "x", 1);
	write_file(in_store("exhibits/tro.db"), "x", 1);
	ck_assert_int_eq(mkdir(in_store("a"), 0700), 0);
	ck_assert_int_eq(symlink("/etc", in_store("a/link")), 0);
	ck_assert_int_eq(mkfifo(in_store("a/pipe"), 0600), 0);
	CHECK_OK(tro_store_each_file(store, list_file, &found, &err));
	(void)snprintf(expected, sizeof(expected),
		"a/link\na/pipe\nexhibits/c/.tmp-1\nexhibits/c/%s of c\nexhibits/tro.db\n"
		"letter.txt\n",
		hex);
	ck_assert_str_eq(found.ptr, expected);
	tro_store_close(store);
	tro_buf_done(&found);
}
END_TEST

static Suite *hostile_suite(void)
{
	Suite *suite = suite_create("store: hostile hands");
	TCase *hostile = tcase_create("hostile hands");

	tcase_add_checked_fixture(hostile, fixture_setup, fixture_teardown);
	tcase_add_loop_test(hostile,
		whatever_is_altered_in_the_schema_is_named_and_nothing_is_written, 0,
		(int)(sizeof(alterations) / sizeof(alterations[0])));
	tcase_add_test(hostile, a_schema_that_was_not_altered_has_no_difference);
	tcase_add_test(hostile, the_hash_of_the_schema_is_that_of_the_steps);
	tcase_add_test(hostile, a_store_opened_untrusted_runs_no_trigger_of_its_own);
	tcase_add_loop_test(hostile, a_node_that_was_swallowed_or_changed_is_not_committed, 0, 2);
	tcase_add_loop_test(hostile, a_blob_that_was_swallowed_or_changed_is_not_committed, 0, 2);
	tcase_add_loop_test(hostile, a_row_that_belongs_to_nothing_is_named, 0,
		(int)(sizeof(strays) / sizeof(strays[0])));
	tcase_add_test(hostile, every_blob_is_hashed_again);
	tcase_add_test(hostile, every_file_in_the_folder_is_named_but_the_database);
	suite_add_tcase(suite, hostile);
	return suite;
}

int main(void)
{
	return run_suite(hostile_suite());
}
