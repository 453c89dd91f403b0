#include <sqlite3.h>
#include <sys/file.h>
#include <sys/vfs.h>

#include "store/failure.h"
#include "store/path.h"
#include "store/schema.h"
#include "store_fixture.h"
#include "suite.h"

/* Linked in place of fstatfs(2): the file system that the store shall believe to lie on. */
int __real_fstatfs(int fd, struct statfs *out);
int __wrap_fstatfs(int fd, struct statfs *out);
static unsigned long pretended_type;

int __wrap_fstatfs(int fd, struct statfs *out)
{
	int rc = __real_fstatfs(fd, out);

	if (pretended_type != 0) {
		memcpy(&out->f_type, &pretended_type, sizeof(out->f_type));
	}
	return rc;
}

static void create_and_close(void)
{
	tro_store_close(fixture_create());
}

static void check_refused(tro_status expected, const char *message)
{
	tro_store *store = NULL;

	CHECK_STATUS(tro_store_open(&store, store_dir, &err), expected);
	ck_assert_ptr_null(store);
	CHECK_MESSAGE(message);
}

static unsigned mode_of(const char *name)
{
	struct stat st;

	ck_assert_int_eq(lstat(in_store(name), &st), 0);
	return st.st_mode & 07777;
}

/* ---- creating ---- */

START_TEST(a_new_store_is_open_to_its_group_as_far_as_the_umask_allows)
{
	static const mode_t masks[] = {0, 027};

	for (size_t i = 0; i < 2; i++) {
		(void)umask(masks[i]);
		tro_store *store = fixture_create();

		ck_assert_str_eq(tro_store_dir(store), store_dir);
		ck_assert_uint_eq(mode_of(""), 0770 & ~masks[i]);
		ck_assert_uint_eq(mode_of("exhibits"), 0770 & ~masks[i]);
		ck_assert_uint_eq(mode_of("tro.db"), 0660 & ~masks[i]);
		ck_assert_uint_eq(mode_of("tro.db-wal"), 0660 & ~masks[i]);
		ck_assert_uint_eq(mode_of("tro.db-shm"), 0660 & ~masks[i]);
		tro_store_close(store);
		ck_assert(!exists(in_store("tro.db-wal")));
		remove_tree(store_dir);
	}
}
END_TEST

START_TEST(a_store_is_created_in_an_empty_folder)
{
	ck_assert_int_eq(mkdir(store_dir, 0700), 0);
	create_and_close();
	ck_assert_uint_eq(mode_of(""), 0700);
	tro_store_close(fixture_open());
}
END_TEST

START_TEST(a_folder_that_holds_anything_is_refused_and_left_alone)
{
	tro_store *store = NULL;

	ck_assert_int_eq(mkdir(store_dir, 0700), 0);
	write_file(in_store("letter.txt"), "x", 1);
	write_file(in_store("tro.db.new"), "x", 1);
	CHECK_STATUS(tro_store_create(&store, store_dir, &err), TRO_USAGE);
	CHECK_MESSAGE("letter.txt");
	ck_assert(exists(in_store("letter.txt")) && exists(in_store("tro.db.new")));
	ck_assert(!exists(in_store("tro.db")));
	ck_assert_int_eq(remove(in_store("letter.txt")), 0);
	ck_assert_int_eq(mkdir(in_store("exhibits"), 0700), 0);
	write_file(in_store("exhibits/evidence"), "x", 1);
	CHECK_STATUS(tro_store_create(&store, store_dir, &err), TRO_USAGE);
	ck_assert(exists(in_store("exhibits/evidence")));
	ck_assert_ptr_null(store);
}
END_TEST

START_TEST(a_store_is_not_created_over_another_or_over_a_file)
{
	tro_store *store = NULL;

	create_and_close();
	CHECK_STATUS(tro_store_create(&store, store_dir, &err), TRO_USAGE);
	CHECK_MESSAGE("there is a store in");
	CHECK_STATUS(tro_store_create(&store, in_store("tro.db"), &err), TRO_INVALID);
	CHECK_STATUS(tro_store_create(&store, in_store("no/where"), &err), TRO_NOT_FOUND);
	ck_assert_ptr_null(store);
	tro_store_close(fixture_open());
}
END_TEST

START_TEST(what_an_interrupted_creation_left_is_named_and_finished)
{
	ck_assert_int_eq(mkdir(store_dir, 0700), 0);
	check_refused(TRO_NOT_FOUND, "there is no store in");
	write_file(in_store("tro.db.new"), "half", 4);
	write_file(in_store("tro.db.new-journal"), "half", 4);
	write_file(in_store("tro.db.new-wal"), "half", 4);
	write_file(in_store("tro.db.new-shm"), "half", 4);
	ck_assert_int_eq(mkdir(in_store("exhibits"), 0700), 0);
	check_refused(TRO_NOT_FOUND, "was never finished: create it again");
	create_and_close();
	tro_store_close(fixture_open());
	ck_assert(!exists(in_store("tro.db.new")) && !exists(in_store("tro.db.new-journal")));
}
END_TEST

START_TEST(two_creations_at_once_do_not_clear_away_each_others_work)
{
	tro_store *store = NULL;

	ck_assert_int_eq(mkdir(store_dir, 0700), 0);
	write_file(in_store("tro.db.new"), "theirs", 6);
	int other = open(store_dir, O_RDONLY);

	ck_assert_int_eq(flock(other, LOCK_EX), 0);
	CHECK_STATUS(tro_store_create(&store, store_dir, &err), TRO_CHANGED);
	ck_assert(exists(in_store("tro.db.new")));
	ck_assert_int_eq(close(other), 0);
	create_and_close();
}
END_TEST

/* ---- opening ---- */

START_TEST(a_store_is_found_through_a_link_to_its_folder_but_not_to_its_database)
{
	char link[128];
	tro_store *store = NULL;

	create_and_close();
	(void)snprintf(link, sizeof(link), "%s/link", test_dir);
	ck_assert_int_eq(symlink(store_dir, link), 0);
	CHECK_OK(tro_store_open(&store, link, &err));
	ck_assert_str_eq(tro_store_dir(store), store_dir);
	tro_store_close(store);
	(void)snprintf(link, sizeof(link), "%s/elsewhere.db", test_dir);
	ck_assert_int_eq(rename(in_store("tro.db"), link), 0);
	ck_assert_int_eq(symlink(link, in_store("tro.db")), 0);
	check_refused(TRO_INVALID, "a symbolic link");
}
END_TEST

START_TEST(a_log_or_an_index_that_is_a_link_is_not_written_through)
{
	static const char *const names[] = {"tro.db-wal", "tro.db-shm"};
	char victim[128];
	tro_store *store = NULL;
	tro_buf bytes = TRO_BUF_INIT;

	create_and_close();
	(void)snprintf(victim, sizeof(victim), "%s/victim", test_dir);
	for (size_t i = 0; i < 2; i++) {
		write_file(victim, "precious", 8);
		ck_assert_int_eq(symlink(victim, in_store(names[i])), 0);
		tro_status status = tro_store_open(&store, store_dir, &err);

		ck_assert_int_eq(status, TRO_SYSTEM);
		read_file(&bytes, victim);
		ck_assert_str_eq(bytes.ptr, "precious");
		tro_buf_clear(&bytes);
		ck_assert_int_eq(unlink(in_store(names[i])), 0);
	}
	tro_store_close(fixture_open());
	tro_buf_done(&bytes);
}
END_TEST

START_TEST(nothing_that_is_not_a_file_is_a_database)
{
	ck_assert_int_eq(mkdir(store_dir, 0700), 0);
	ck_assert_int_eq(mkdir(in_store("tro.db"), 0700), 0);
	check_refused(TRO_INVALID, "not a file");
	ck_assert_int_eq(rmdir(in_store("tro.db")), 0);
	ck_assert_int_eq(mkfifo(in_store("tro.db"), 0600), 0);
	check_refused(TRO_INVALID, "not a file");
}
END_TEST

/* Opening must fail and must not change a byte. */
static void check_refused_untouched(const char *message)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;

	read_file(&before, in_store("tro.db"));
	check_refused(TRO_INVALID, message);
	read_file(&after, in_store("tro.db"));
	ck_assert_uint_eq(before.len, after.len);
	ck_assert(before.len == 0 || memcmp(before.ptr, after.ptr, before.len) == 0);
	tro_buf_done(&before);
	tro_buf_done(&after);
}

START_TEST(a_database_of_somebody_else_is_refused_and_left_alone)
{
	create_and_close();
	shell_ok("PRAGMA application_id = 7");
	check_refused_untouched("another program");
	ck_assert_int_eq(unlink(in_store("tro.db")), 0);
	shell_ok("CREATE TABLE record (a); INSERT INTO record VALUES (1)");
	check_refused_untouched("another program");
	write_file(in_store("tro.db"), "", 0);
	check_refused_untouched("it is empty");
	write_file(in_store("tro.db"), "hello, I am no database at all", 30);
	check_refused_untouched("damaged");
}
END_TEST

START_TEST(a_database_of_a_newer_program_is_refused_and_left_alone)
{
	create_and_close();
	shell_ok("PRAGMA user_version = 1000");
	check_refused_untouched("newer program");
	shell_ok("PRAGMA user_version = 0");
	check_refused_untouched("not a store's database");
	shell_ok("PRAGMA user_version = -1");
	check_refused_untouched("not a store's database");
}
END_TEST

START_TEST(a_truncated_database_is_damaged_wherever_it_was_cut)
{
	tro_buf whole = TRO_BUF_INIT;

	create_and_close();
	read_file(&whole, in_store("tro.db"));
	ck_assert_uint_gt(whole.len, 20 * 4096);
	write_file(in_store("tro.db"), whole.ptr, 0);
	check_refused_untouched("it is empty");
	write_file(in_store("tro.db"), whole.ptr, 1); /* as good as empty to SQLite */
	check_refused_untouched("it is empty");
	for (size_t len = 2; len < whole.len; len += 1021) {
		write_file(in_store("tro.db"), whole.ptr, len);
		check_refused_untouched("damaged");
	}
	write_file(in_store("tro.db"), whole.ptr, whole.len - 1);
	check_refused_untouched("damaged");
	write_file(in_store("tro.db"), whole.ptr, whole.len);
	tro_store_close(fixture_open());
	tro_buf_done(&whole);
}
END_TEST

START_TEST(a_page_of_rubbish_is_an_error_and_never_a_crash)
{
	tro_buf whole = TRO_BUF_INIT;
	unsigned state = 20261123;

	create_and_close();
	read_file(&whole, in_store("tro.db"));
	for (size_t page = 0; page * 4096 < whole.len; page++) {
		tro_store *store = NULL;
		uint64_t size = 0;
		char saved[4096];

		memcpy(saved, whole.ptr + page * 4096, 4096);
		for (size_t i = page == 0 ? 100 : 0; i < 4096; i++) {
			state = state * 1103515245 + 12345;
			whole.ptr[page * 4096 + i] = (char)(state >> 16);
		}
		write_file(in_store("tro.db"), whole.ptr, whole.len);
		tro_status status = tro_store_open(&store, store_dir, &err);

		if (status == TRO_OK) {
			status = tro_store_log_size(&size, store, &err);
		}
		ck_assert_msg(status == TRO_OK || status == TRO_INVALID, "page %zu: %d: %s", page,
			(int)status, err.message);
		ck_assert(page > 0 || status == TRO_INVALID);
		tro_store_close(store);
		(void)unlink(in_store("tro.db-wal"));
		(void)unlink(in_store("tro.db-shm"));
		memcpy(whole.ptr + page * 4096, saved, 4096);
	}
	tro_buf_done(&whole);
}
END_TEST

START_TEST(a_table_that_is_missing_or_an_impostor_is_damage)
{
	uint64_t size = 0;
	tro_store *store = NULL;

	create_and_close();
	shell_ok("DROP TABLE payload; DROP TABLE outcome_salt; DROP TABLE record;"
		 "CREATE VIEW record AS SELECT 1 AS position");
	check_refused(TRO_INVALID, "was altered: the table outcome_salt is missing");
	CHECK_OK(tro_store_open_untrusted(&store, store_dir, &err));
	CHECK_STATUS(tro_store_log_size(&size, store, &err), TRO_INVALID);
	CHECK_MESSAGE("damaged");
	CHECK_STATUS(tro_store_begin_read(store, &err), TRO_INVALID);
	CHECK_STATUS(tro_store_commit(store, &err), TRO_USAGE);
	tro_store_close(store);
}
END_TEST

START_TEST(network_file_systems_are_told_by_their_type)
{
	static const unsigned long network[] = {
		0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0xffffffffff534d42UL};
	static const unsigned long local[] = {0xef53, 0x58465342, 0x9123683e, 0x01021994,
		0x2fc12fc1, 0x794c7630, 0xf2f52010, 0x65735546, 0x01021997, 0};

	for (size_t i = 0; i < sizeof(network) / sizeof(network[0]); i++) {
		ck_assert(tro_path_type_is_network(network[i]));
	}
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
		ck_assert(!tro_path_type_is_network(local[i]));
	}
}
END_TEST

START_TEST(a_network_file_system_holds_no_store)
{
	tro_store *store = NULL;

	pretended_type = 0x6969;
	CHECK_STATUS(tro_store_create(&store, store_dir, &err), TRO_SYSTEM);
	CHECK_MESSAGE("network file system (NFS)");
	ck_assert(!exists(store_dir));
	pretended_type = 0;
	create_and_close();
	pretended_type = 0xff534d42;
	check_refused(TRO_SYSTEM, "network file system (CIFS)");
}
END_TEST

START_TEST(what_sqlite_says_becomes_what_a_caller_can_act_on)
{
	static const struct {
		int rc;
		tro_status status;
		const char *message;
	} cases[] = {
		{SQLITE_BUSY, TRO_CHANGED, "somebody else is writing"},
		{SQLITE_BUSY_SNAPSHOT, TRO_CHANGED, "try again"},
		{SQLITE_BUSY_RECOVERY, TRO_CHANGED, "try again"},
		{SQLITE_LOCKED, TRO_CHANGED, "try again"},
		{SQLITE_FULL, TRO_SYSTEM, "the disk is full"},
		{SQLITE_IOERR_WRITE, TRO_SYSTEM, "cannot read or write"},
		{SQLITE_IOERR_FSYNC, TRO_SYSTEM, "cannot read or write"},
		{SQLITE_IOERR_NOMEM, TRO_NOMEM, "out of memory"},
		{SQLITE_NOMEM, TRO_NOMEM, "out of memory"},
		{SQLITE_CANTOPEN, TRO_SYSTEM, "cannot open"},
		{SQLITE_READONLY, TRO_SYSTEM, "may only read"},
		{SQLITE_READONLY_DBMOVED, TRO_SYSTEM, "may only read"},
		{SQLITE_CORRUPT, TRO_INVALID, "damaged"},
		{SQLITE_CORRUPT_INDEX, TRO_INVALID, "damaged"},
		{SQLITE_IOERR_CORRUPTFS, TRO_INVALID, "damaged"},
		{SQLITE_NOTADB, TRO_INVALID, "damaged"},
		{SQLITE_CONSTRAINT_TRIGGER, TRO_INVALID, "cannot hold this"},
		{SQLITE_TOOBIG, TRO_INVALID, "cannot hold this"},
		{SQLITE_PROTOCOL, TRO_SYSTEM, "cannot use"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_STATUS(tro_store_failure(NULL, cases[i].rc, "tro.db", &err), cases[i].status);
		CHECK_MESSAGE(cases[i].message);
	}
}
END_TEST

/* ---- migrations ---- */

static const unsigned char step_1[] = "CREATE TABLE a (x); PRAGMA user_version = 1;";
static const unsigned char step_2[] =
	"ALTER TABLE a ADD COLUMN y; INSERT INTO a VALUES (1, 2); PRAGMA user_version = 2;";
static const unsigned char step_3[] =
	"CREATE TABLE b (z); PRAGMA user_version = 3; INSERT INTO nowhere VALUES (1);";
static const unsigned char step_3_mute[] = "CREATE TABLE b (z);";
static const tro_schema_step good_steps[] = {{"0001", step_1}, {"0002", step_2}};
static const tro_schema_step bad_steps[] = {{"0001", step_1}, {"0002", step_2}, {"0003", step_3}};
static const tro_schema_step mute_steps[] = {
	{"0001", step_1}, {"0002", step_2}, {"0003", step_3_mute}};

static void check_dump(const char *db, const char *expected)
{
	tro_buf out = TRO_BUF_INIT;

	ck_assert_int_eq(
		shell(&out, db,
			"PRAGMA user_version; SELECT name FROM sqlite_schema ORDER BY name"),
		0);
	ck_assert_str_eq(out.ptr, expected);
	tro_buf_done(&out);
}

START_TEST(steps_run_in_order_all_or_none)
{
	char path[128];
	sqlite3 *db = NULL;

	(void)snprintf(path, sizeof(path), "%s/steps.db", test_dir);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	CHECK_STATUS(tro_schema_migrate(db, bad_steps, 3, path, &err), TRO_INVALID);
	CHECK_MESSAGE("schema step 0003");
	CHECK_MESSAGE("nowhere");
	check_dump(path, "0\n");
	CHECK_OK(tro_schema_migrate(db, good_steps, 1, path, &err));
	check_dump(path, "1\na\n");
	CHECK_STATUS(tro_schema_migrate(db, mute_steps, 3, path, &err), TRO_INVALID);
	CHECK_MESSAGE("does not set user_version 3");
	check_dump(path, "1\na\n");
	CHECK_OK(tro_schema_migrate(db, good_steps, 2, path, &err));
	CHECK_OK(tro_schema_migrate(db, good_steps, 2, path, &err));
	check_dump(path, "2\na\n");
	CHECK_STATUS(tro_schema_migrate(db, good_steps, 1, path, &err), TRO_INVALID);
	CHECK_MESSAGE("newer program");
	ck_assert_int_eq(sqlite3_get_autocommit(db), 1);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(our_own_steps_make_strict_tables_with_every_column_explained)
{
	tro_buf out = TRO_BUF_INIT;
	tro_buf sql = TRO_BUF_INIT;

	create_and_close();
	ck_assert_int_eq(shell(&out, in_store("tro.db"),
				 "SELECT name FROM pragma_table_list WHERE schema = 'main'"
				 " AND name NOT LIKE 'sqlite_%' AND NOT strict"),
		0);
	ck_assert_str_eq(out.ptr, "");
	ck_assert_int_eq(shell(&out, in_store("tro.db"),
				 "PRAGMA integrity_check; PRAGMA foreign_key_check;"
				 "PRAGMA journal_mode; PRAGMA application_id; PRAGMA user_version"),
		0);
	ck_assert_str_eq(out.ptr, "ok\nwal\n1414680403\n2\n");
	static const char *const steps[] = {"0001", "0002"};
	size_t columns = 0;

	ck_assert_uint_eq(tro_schema_step_count, sizeof(steps) / sizeof(*steps));
	for (size_t i = 0; i < tro_schema_step_count; i++) {
		char path[256];

		(void)snprintf(
			path, sizeof(path), TRO_SOURCE_DIR "/engine/store/schema/%s.sql", steps[i]);
		tro_buf_clear(&sql);
		read_file(&sql, path);
		for (char *line = strtok(sql.ptr, "\n"); line != NULL; line = strtok(NULL, "\n")) {
			if (line[0] == '\t' && line[1] >= 'a' && line[1] <= 'z') {
				columns++;
				ck_assert_msg(strstr(line, " -- ") != NULL, "no comment: %s", line);
			}
		}
	}
	ck_assert_uint_gt(columns, 48);
	tro_buf_done(&out);
	tro_buf_done(&sql);
}
END_TEST

static Suite *open_suite(void)
{
	Suite *suite = suite_create("store: creating and opening");
	TCase *creating = tcase_create("creating");
	TCase *opening = tcase_create("opening");
	TCase *migrating = tcase_create("migrating");

	tcase_add_checked_fixture(creating, fixture_setup, fixture_teardown);
	tcase_add_test(creating, a_new_store_is_open_to_its_group_as_far_as_the_umask_allows);
	tcase_add_test(creating, a_store_is_created_in_an_empty_folder);
	tcase_add_test(creating, a_folder_that_holds_anything_is_refused_and_left_alone);
	tcase_add_test(creating, a_store_is_not_created_over_another_or_over_a_file);
	tcase_add_test(creating, what_an_interrupted_creation_left_is_named_and_finished);
	tcase_add_test(creating, two_creations_at_once_do_not_clear_away_each_others_work);
	suite_add_tcase(suite, creating);
	tcase_add_checked_fixture(opening, fixture_setup, fixture_teardown);
	tcase_set_timeout(opening, 60);
	tcase_add_test(
		opening, a_store_is_found_through_a_link_to_its_folder_but_not_to_its_database);
	tcase_add_test(opening, a_log_or_an_index_that_is_a_link_is_not_written_through);
	tcase_add_test(opening, nothing_that_is_not_a_file_is_a_database);
	tcase_add_test(opening, a_database_of_somebody_else_is_refused_and_left_alone);
	tcase_add_test(opening, a_database_of_a_newer_program_is_refused_and_left_alone);
	tcase_add_test(opening, a_truncated_database_is_damaged_wherever_it_was_cut);
	tcase_add_test(opening, a_page_of_rubbish_is_an_error_and_never_a_crash);
	tcase_add_test(opening, a_table_that_is_missing_or_an_impostor_is_damage);
	tcase_add_test(opening, network_file_systems_are_told_by_their_type);
	tcase_add_test(opening, a_network_file_system_holds_no_store);
	tcase_add_test(opening, what_sqlite_says_becomes_what_a_caller_can_act_on);
	suite_add_tcase(suite, opening);
	tcase_add_checked_fixture(migrating, fixture_setup, fixture_teardown);
	tcase_add_test(migrating, steps_run_in_order_all_or_none);
	tcase_add_test(migrating, our_own_steps_make_strict_tables_with_every_column_explained);
	suite_add_tcase(suite, migrating);
	return suite;
}

int main(void)
{
	return run_suite(open_suite());
}
