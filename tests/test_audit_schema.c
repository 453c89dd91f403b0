/*
 * What verification says of a store's database and folder, apart from its records: an altered
 * schema, rows, blobs and files that nobody of theirs put there, and an account that may only read.
 */
#include <tro/verify.h>

#include "case_world.h"
#include "suite.h"

static world w;
static tro_verdict verdict;
static tro_verify_summary summary;

static void setup(void)
{
	char photo[128];

	open_world(&w);
	new_case(&w);
	(void)snprintf(photo, sizeof(photo), "%s/photo", test_dir);
	write_file(photo, "a car", 5);
}

static void teardown(void)
{
	close_world(&w);
}

static void verify(void)
{
	tro_findings_free(w.findings);
	w.findings = tro_findings_new();
	CHECK_OK(tro_verify(&verdict, &summary, store_dir, NULL, w.findings, NULL, NULL, &err));
}

static void check_verdict(tro_verdict expected)
{
	if (verdict != expected) {
		show_findings(&w);
	}
	ck_assert_str_eq(tro_verdict_name(verdict), tro_verdict_name(expected));
}

static void check_found(const char *id, const char *part)
{
	if (!found(&w, id, part)) {
		show_findings(&w);
		ck_abort_msg("no %s with \"%s\"", id, part);
	}
}

/* ---- the schema ---- */

static const struct {
	const char *sql, *named;
} alterations[] = {
	{"DROP TRIGGER record_is_never_changed", "trigger record_is_never_changed is missing"},
	{"DROP INDEX timer_index_due", "index timer_index_due is missing"},
	{"CREATE TABLE aside (note)", "table aside does not belong there"},
	{"CREATE VIEW v AS SELECT 1", "view v does not belong there"},
	{"CREATE INDEX i ON record (seq)", "index i does not belong there"},
	{"CREATE TRIGGER evil BEFORE INSERT ON blob BEGIN SELECT RAISE(IGNORE); END",
		"trigger evil does not belong there"},
	{"DROP TABLE snapshot", "table snapshot is missing"},
	{"DROP TABLE record", "table record is missing"},
};

START_TEST(an_altered_schema_is_found_and_no_command_goes_on)
{
	tro_registry *second = NULL;

	tro_case_close(w.c);
	w.c = NULL;
	tro_registry_close(w.registry);
	w.registry = NULL;
	shell_unguarded(alterations[_i].sql);
	verify();
	check_verdict(TRO_VERDICT_INVALID);
	check_found("schema", alterations[_i].named);
	CHECK_STATUS(tro_registry_open(&second, store_dir, &err), TRO_INVALID);
	CHECK_MESSAGE("was altered");
}
END_TEST

/* ---- rows ---- */

/* The tree bears witness to what was cut off: a rebuild must not make it forget. */
START_TEST(a_node_beyond_the_log_is_found_and_no_rebuild_takes_it_away)
{
	char sql[128];
	uint64_t size = 0;
	bool same = true;

	CHECK_OK(tro_store_log_size(&size, w.registry->store, &err));
	(void)snprintf(sql, sizeof(sql), "INSERT INTO node VALUES (0, %llu, randomblob(32))",
		(unsigned long long)size);
	shell_ok(sql); /* no trigger has anything against it */
	verify();
	check_verdict(TRO_VERDICT_INVALID);
	check_found("stray", "the newest were taken away");
	CHECK_STATUS(ACT(&w, ADA, "note", "text", "x"), TRO_INVALID);
	CHECK_STATUS(tro_rebuild(w.registry, &same, &err), TRO_INVALID);
	CHECK_MESSAGE("the newest were taken away");
	verify();
	check_verdict(TRO_VERDICT_INVALID);
}
END_TEST

START_TEST(a_node_that_is_gone_is_found_and_made_again)
{
	bool same = true;

	shell_unguarded("DELETE FROM node WHERE level = 1 AND number = 0");
	verify();
	check_verdict(TRO_VERDICT_INVALID);
	check_found("tree", "node");
	CHECK_OK(tro_rebuild(w.registry, &same, &err));
	ck_assert(!same);
	verify();
	check_verdict(TRO_VERDICT_VALID);
}
END_TEST

START_TEST(a_node_that_speaks_against_the_records_is_found_and_not_made_to_agree)
{
	bool same = true;

	shell_unguarded("UPDATE node SET hash = zeroblob(32) WHERE level = 0 AND number = 2");
	verify();
	check_verdict(TRO_VERDICT_INVALID);
	check_found("tree", "node");
	CHECK_STATUS(tro_rebuild(w.registry, &same, &err), TRO_INVALID);
	CHECK_MESSAGE("restore the store from a backup");
	verify();
	check_verdict(TRO_VERDICT_INVALID);
}
END_TEST

START_TEST(a_salt_of_an_outcome_that_there_is_none_of_is_found)
{
	shell_unguarded("INSERT INTO outcome_salt VALUES (0, zeroblob(32))");
	verify();
	check_verdict(TRO_VERDICT_INVALID);
	check_found("record", "salt of an outcome");
}
END_TEST

START_TEST(a_payload_that_waits_for_the_next_record_is_found)
{
	shell_unguarded("PRAGMA foreign_keys = OFF; INSERT INTO payload VALUES "
			"((SELECT max(position) + 1 FROM record), x'00', NULL)");
	verify();
	check_verdict(TRO_VERDICT_INVALID);
	check_found("stray", "table payload");
}
END_TEST

/* ---- blobs and files ---- */

START_TEST(bytes_and_files_that_no_record_names_are_told_and_do_no_harm)
{
	uint8_t hash[32];
	char hex[TRO_HEX_SIZE(32)];
	char path[400];

	verify();
	check_verdict(TRO_VERDICT_VALID);
	ck_assert_uint_eq(tro_findings_count(w.findings), 1); /* no witness required */
	tro_sha256(hash, "mine", 4);
	tro_hex_encode(hex, hash, sizeof(hash));
	CHECK_OK(tro_store_blob_put(w.registry->store, hash, "mine", 4, &err));
	write_file(in_store("letter.txt"), "x", 1);
	write_file(in_store("keys/mine.key"), "x", 1);
	(void)mkdir(in_store("exhibits"), 0700);
	(void)snprintf(path, sizeof(path), "exhibits/%s", w.id);
	(void)mkdir(in_store(path), 0700);
	(void)snprintf(path, sizeof(path), "exhibits/%s/%s", w.id, hex);
	write_file(in_store(path), "mine", 4);
	verify();
	check_verdict(TRO_VERDICT_VALID);
	ck_assert_uint_eq(tro_findings_count(w.findings), 5);
	ck_assert_uint_eq(tro_findings_count_level(w.findings, TRO_LEVEL_NOTE), 5);
	check_found("blob", "neither adopted nor filed");
	check_found("file", "none of the store's");
	check_found("file", "letter.txt");
	check_found("file", "keys/mine.key");
	check_found("file", "no record that took this exhibit in");
}
END_TEST

START_TEST(bytes_that_nobody_names_are_hashed_all_the_same)
{
	uint8_t hash[32];

	tro_sha256(hash, "mine", 4);
	CHECK_OK(tro_store_blob_put(w.registry->store, hash, "mine", 4, &err));
	shell_unguarded("UPDATE blob SET bytes = x'00' WHERE id = (SELECT max(id) FROM blob)");
	verify();
	check_verdict(TRO_VERDICT_INVALID);
	check_found("blob", "have another");
}
END_TEST

/* ---- an auditor's account ---- */

START_TEST(who_may_only_read_verifies_all_but_the_derived_tables)
{
	tro_case_close(w.c);
	w.c = NULL;
	tro_registry_close(w.registry);
	w.registry = NULL;
	ck_assert_int_eq(chmod(test_dir, 0755), 0);
	ck_assert_int_eq(chmod(store_dir, 0555), 0);
	ck_assert_int_eq(chmod(in_store("exhibits"), 0555), 0);
	ck_assert_int_eq(chmod(in_store("tro.db"), 0444), 0);
	if (getuid() == 0) {
		ck_assert_int_eq(seteuid(65534), 0);
	}
	verify();
	check_verdict(TRO_VERDICT_VALID);
	check_found("projection", "not checked: derived tables");
	w.registry = open_registry();
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
	CHECK_STATUS(ACT(&w, ADA, "note", "text", "x"), TRO_SYSTEM);
	CHECK_MESSAGE("may only read");
	if (getuid() == 0) {
		ck_assert_int_eq(seteuid(0), 0);
	}
	ck_assert_int_eq(chmod(store_dir, 0755), 0);
}
END_TEST

static Suite *schema_suite(void)
{
	Suite *suite = suite_create("audit: what a store is made of");
	TCase *tests = tcase_create("what a store is made of");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, an_altered_schema_is_found_and_no_command_goes_on, 0,
		(int)(sizeof(alterations) / sizeof(alterations[0])));
	tcase_add_test(tests, a_node_beyond_the_log_is_found_and_no_rebuild_takes_it_away);
	tcase_add_test(tests, a_node_that_is_gone_is_found_and_made_again);
	tcase_add_test(
		tests, a_node_that_speaks_against_the_records_is_found_and_not_made_to_agree);
	tcase_add_test(tests, a_salt_of_an_outcome_that_there_is_none_of_is_found);
	tcase_add_test(tests, a_payload_that_waits_for_the_next_record_is_found);
	tcase_add_test(tests, bytes_and_files_that_no_record_names_are_told_and_do_no_harm);
	tcase_add_test(tests, bytes_that_nobody_names_are_hashed_all_the_same);
	tcase_add_test(tests, who_may_only_read_verifies_all_but_the_derived_tables);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	return run_suite(schema_suite());
}
