/*
 * Verification: a store as its people made it is valid; a store that somebody altered behind their
 * back is not, and the finding names the record.
 */
#include "verify_world.h"

#include "crypto/crypto.h"

/* ---- a good store ---- */

START_TEST(a_store_as_its_people_made_it_is_valid)
{
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	CHECK_FOUND(&w, "witness", "no witness required");
	ck_assert_uint_eq(tro_findings_count(w.findings), 1);
	ck_assert_uint_eq(summary.records, LOG_SIZE);
	ck_assert_uint_eq(summary.signatures, LOG_SIZE);
	ck_assert_uint_eq(summary.cases, 2);
	ck_assert_uint_eq(summary.steps, LOG_SIZE - CREATED);
	ck_assert_uint_eq(strlen(summary.root), 64);
}
END_TEST

START_TEST(one_case_can_be_verified_by_its_name_and_nobody_elses_faults_count)
{
	char lower[TRO_ID_SIZE];

	for (size_t i = 0; i <= strlen(w.id); i++) {
		bool letter = w.id[i] >= 'A' && w.id[i] <= 'Z';

		lower[i] = letter ? (char)(w.id[i] - 'A' + 'a') : w.id[i];
	}
	shell_ok("UPDATE case_index SET title = 'X' WHERE title = 'Another'");
	CHECK_OK(tro_verify(&verdict, &summary, store_dir, lower, w.findings, NULL, NULL, &err));
	CHECK_VERDICT(TRO_VERDICT_VALID);
	ck_assert_uint_eq(summary.cases, 1);
	CHECK_STATUS(tro_verify(&verdict, &summary, store_dir, "2222-2222", w.findings, NULL, NULL,
			     &err),
		TRO_INVALID);
	verify();
	CHECK_VERDICT(TRO_VERDICT_INVALID);
}
END_TEST

/* ---- altered behind their back ---- */

/* Flips the last bit of the byte number `at` (from 1) of a blob. */
#define FLIP(column, at)                                                                           \
	column " = CAST(substr(" column ", 1, " at " - 1) || CASE substr(hex(" column "), 2 * " at \
	       ", 1) WHEN '0' THEN X'31' ELSE X'30' END || substr(" column ", " at                 \
	       " + 1) AS BLOB) "

static const struct {
	const char *what, *sql, *id, *place;
} alterations[] = {
	{"a byte of a note's text",
		"UPDATE record SET note = CAST(replace(note, 'event note', 'event nose') AS BLOB) "
		"WHERE position = 10",
		"record", "record 10 of"},
	{"a byte of a note's signature",
		"UPDATE record SET " FLIP("note", "(length(note) - 20)") "WHERE position = 10",
		"record", "record 10 of"},
	{"a byte of a registry note",
		"UPDATE record SET note = CAST(replace(note, 'event grant', 'event grand') AS "
		"BLOB) WHERE position = 6",
		"record", "record 6 of"},
	{"a payload",
		"UPDATE payload SET bytes = CAST(replace(bytes, 'seen by', 'sewn by') AS BLOB) "
		"WHERE position = 10",
		"record", "record 10 of"},
	{"a payload and its step",
		"UPDATE payload SET bytes = CAST(replace(bytes, 'seen by', 'sewn by') AS BLOB) "
		"WHERE position = 10",
		"step", "seq 1"},
	{"a payload that is gone", "DELETE FROM payload WHERE position = 10", "record",
		"record 10 of"},
	{"a registry payload that is gone", "DELETE FROM payload WHERE position = 5", "record",
		"record 5 of"},
	{"a payload's salt", "UPDATE payload SET salt = zeroblob(32) WHERE position = 10", "record",
		"record 10 of"},
	{"an outcome's salt", "UPDATE outcome_salt SET salt = zeroblob(32) WHERE position = 10",
		"step", "seq 1"},
	{"an outcome's salt that is gone", "DELETE FROM outcome_salt WHERE position = 10", "step",
		"seq 1"},
	{"a leaf of the tree",
		"UPDATE node SET hash = zeroblob(32) WHERE level = 0 AND number = 10", "tree",
		"record 10 of"},
	{"a node of the tree", "UPDATE node SET hash = zeroblob(32) WHERE level = 2 AND number = 2",
		"tree", "record 11 of"},
	{"a node that is gone", "DELETE FROM node WHERE level = 2 AND number = 2", "tree",
		"record 11 of"},
	{"a definition in use",
		"UPDATE blob SET bytes = CAST(replace(bytes, 'a long note', 'a lang note') AS "
		"BLOB) WHERE CAST(bytes AS TEXT) LIKE '%tro:id=\"parking/appeal\"%'",
		"adopted", "record 1 of"},
	{"an adopted list that nobody used yet",
		"UPDATE blob SET bytes = CAST(replace(bytes, 'kerb', 'curb') AS BLOB) WHERE "
		"CAST(bytes AS TEXT) LIKE '%<codes version%'",
		"adopted", "record 1 of"},
	{"an adopted list that is gone",
		"DELETE FROM blob WHERE CAST(bytes AS TEXT) LIKE '%<codes version%'", "adopted",
		"record 1 of"},
	{"a filing",
		"UPDATE blob SET bytes = zeroblob(9) WHERE sha256 = (SELECT sha256 FROM "
		"filing_index)",
		"filing", "filing 4.1"},
	{"a filing that is gone",
		"DELETE FROM blob WHERE sha256 = (SELECT sha256 FROM filing_index)", "filing",
		"filing 4.1"},
	{"the list of cases", "UPDATE case_index SET title = 'Mine' WHERE title = 'Another'",
		"projection", "case "},
	{"the list of matters", "UPDATE matter_index SET finished = 1", "projection", "case "},
	{"the list of deadlines", "UPDATE timer_index SET due = due + 1", "projection", "case "},
	{"the list of filings", "UPDATE filing_index SET recipient = 'me'", "projection", "case "},
	{"a deadline that is gone", "DELETE FROM timer_index WHERE timer = 'lapse'", "projection",
		"case "},
	{"a case that has no record",
		"INSERT INTO case_index (case_id, title, workflow, states, head_hash, count, "
		"created, updated, finished) VALUES ('GHOST', '', '', '', '', 1, 0, 0, 0)",
		"projection", "GHOST"},
	{"a snapshot",
		"UPDATE snapshot SET bytes = CAST(replace(CAST(bytes AS TEXT), 'seen by', 'sewn "
		"by') AS BLOB)",
		"projection", "case "},
	{"the case of a record",
		"UPDATE record SET seq = 2, case_id = (SELECT case_id FROM record WHERE position = "
		"15) WHERE position = 14",
		"record", "record 14 of"},
	{"the order of two records",
		"UPDATE record SET seq = 90 WHERE position = 11; UPDATE record SET seq = 2 WHERE "
		"position = 12; UPDATE record SET seq = 3 WHERE position = 11",
		"record", "record 11 of"},
	{"a record from the middle",
		"DELETE FROM payload WHERE position = 12; DELETE FROM outcome_salt WHERE position "
		"= 12; DELETE FROM record WHERE position = 12",
		"record/missing", "record 12 of"},
	{"the last record, but not what was derived from it",
		"DELETE FROM payload WHERE position = 16; DELETE FROM outcome_salt WHERE position "
		"= 16; DELETE FROM record WHERE position = 16; "
		"DELETE FROM node WHERE (number + 1) * (1 << level) > 16",
		"projection", "case "},
};

START_TEST(what_is_altered_behind_their_back_is_found_and_named)
{
	char sql[4096];

	(void)snprintf(sql, sizeof(sql), "PRAGMA foreign_keys = OFF; BEGIN; %s; COMMIT",
		alterations[_i].sql);
	shell_unguarded(sql);
	verify();
	(void)fprintf(stderr, "%s\n", alterations[_i].what);
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, alterations[_i].id, alterations[_i].place);
}
END_TEST

static void list_findings(tro_buf *out)
{
	for (size_t i = 0; i < tro_findings_count(w.findings); i++) {
		const tro_finding *f = tro_findings_at(w.findings, i);

		tro_buf_printf(out, "%s|%s|%s\n", f->id, f->place, f->message);
	}
}

/* Bad signatures, which a second thread may find, among payloads, which it does not look at. */
START_TEST(what_is_wrong_is_told_in_the_order_of_the_log_whichever_thread_found_it)
{
	static const char *const places[] = {"(record 10 of", "(record 11 of", "(record 12 of",
		"(record 14 of", "(record 16 of"};
	tro_buf first = TRO_BUF_INIT;

	shell_unguarded("UPDATE record SET " FLIP(
		"note", "(length(note) - 20)") "WHERE position IN (10, 12, 16);"
					       "UPDATE payload SET salt = zeroblob(32) WHERE "
					       "position IN (11, 14)");
	for (int round = 0; round < 8; round++) {
		tro_buf again = TRO_BUF_INIT;
		size_t told = 0;

		verify();
		CHECK_VERDICT(TRO_VERDICT_INVALID);
		for (size_t i = 0; i < tro_findings_count(w.findings); i++) {
			const tro_finding *f = tro_findings_at(w.findings, i);

			if (strcmp(f->id, "record") == 0) {
				ck_assert_uint_lt(told, COUNT(places));
				ck_assert_ptr_nonnull(strstr(f->place, places[told]));
				told++;
			}
		}
		ck_assert_uint_eq(told, COUNT(places));
		list_findings(round == 0 ? &first : &again);
		if (round > 0) {
			ck_assert_str_eq(again.ptr, first.ptr);
		}
		tro_buf_done(&again);
	}
	tro_buf_done(&first);
}
END_TEST

/* The photo was taken out of the case since, but a record says that it was there. */
START_TEST(an_exhibit_that_a_record_took_in_is_found_altered_or_gone)
{
	char path[300];
	uint8_t sha256[32];
	char hex[TRO_HEX_SIZE(32)];

	tro_sha256(sha256, "a car", 5);
	tro_hex_encode(hex, sha256, sizeof(sha256));
	(void)snprintf(path, sizeof(path), "%s/exhibits/%s/%s", store_dir, w.id, hex);
	ck_assert(exists(path));
	ck_assert_int_eq(chmod(path, 0600), 0);
	if (_i == 0) {
		write_file(path, "a bus", 5);
	} else {
		ck_assert_int_eq(unlink(path), 0);
	}
	verify();
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, "exhibit", "seq 2");
	CHECK_FOUND(&w, "exhibit", hex);
}
END_TEST

/* Whoever can write the store can cut its end off and make everything derived fit. No verification
 * of the store alone can see that: it takes a checkpoint that a witness signed, or somebody who
 * kept the root. */
START_TEST(a_log_cut_off_consistently_is_valid_but_has_another_root)
{
	char root[65];
	bool same = true;
	tro_registry *registry;

	verify();
	memcpy(root, summary.root, sizeof(root));
	shell_unguarded("DELETE FROM payload WHERE position = 16; "
			"DELETE FROM outcome_salt WHERE position = 16; "
			"DELETE FROM record WHERE position = 16; "
			"DELETE FROM node WHERE (number + 1) * (1 << level) > 16");
	registry = open_registry();
	CHECK_OK(tro_rebuild(registry, &same, &err));
	ck_assert(!same);
	tro_registry_close(registry);
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	ck_assert_str_ne(summary.root, root);
}
END_TEST

START_TEST(an_empty_log_is_not_valid)
{
	close_world(&w);
	fixture_setup();
	tro_store_close(fixture_create());
	w.findings = tro_findings_new();
	verify();
	CHECK_VERDICT(TRO_VERDICT_INVALID);
}
END_TEST

/* ---- rebuilding ---- */

static const char *const derived[] = {
	"UPDATE case_index SET title = 'Mine'",
	"DELETE FROM timer_index",
	"UPDATE matter_index SET states = 'Gone'",
	"UPDATE filing_index SET seq = 0",
	"UPDATE snapshot SET bytes = zeroblob(3)",
	"DELETE FROM snapshot",
};

START_TEST(rebuilding_makes_what_was_derived_anew_and_says_whether_it_differed)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	bool same = false;
	const char *tables = "SELECT case_id, title, states, head_hash, count, created, updated, "
			     "finished FROM case_index ORDER BY 1; SELECT case_id, matter, states "
			     "FROM matter_index ORDER BY 1, 2; SELECT case_id, matter, timer, due "
			     "FROM timer_index ORDER BY 1, 2, 3; SELECT case_id, filing, seq FROM "
			     "filing_index; SELECT case_id, seq, bytes FROM snapshot ORDER BY 1";

	ck_assert_int_eq(shell(&before, in_store("tro.db"), tables), 0);
	CHECK_OK(tro_rebuild(w.registry, &same, &err));
	ck_assert(same);
	shell_ok(derived[_i]);
	CHECK_OK(tro_rebuild(w.registry, &same, &err));
	ck_assert(!same);
	ck_assert_int_eq(shell(&after, in_store("tro.db"), tables), 0);
	ck_assert_str_eq(before.ptr, after.ptr);
	CHECK_OK(tro_rebuild(w.registry, &same, &err));
	ck_assert(same);
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

START_TEST(what_cannot_be_replayed_is_not_rebuilt_and_nothing_is_lost)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	bool same = false;

	shell_unguarded("UPDATE outcome_salt SET salt = zeroblob(32) WHERE position = 10");
	dump(&before);
	CHECK_STATUS(tro_rebuild(w.registry, &same, &err), TRO_INVALID);
	CHECK_MESSAGE("seq 1");
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("verify");
	TCase *tests = tcase_create("verify");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_store_as_its_people_made_it_is_valid);
	tcase_add_test(tests, one_case_can_be_verified_by_its_name_and_nobody_elses_faults_count);
	tcase_add_loop_test(
		tests, what_is_altered_behind_their_back_is_found_and_named, 0, COUNT(alterations));
	tcase_add_test(
		tests, what_is_wrong_is_told_in_the_order_of_the_log_whichever_thread_found_it);
	tcase_add_loop_test(tests, an_exhibit_that_a_record_took_in_is_found_altered_or_gone, 0, 2);
	tcase_add_test(tests, a_log_cut_off_consistently_is_valid_but_has_another_root);
	tcase_add_test(tests, an_empty_log_is_not_valid);
	tcase_add_loop_test(tests,
		rebuilding_makes_what_was_derived_anew_and_says_whether_it_differed, 0,
		COUNT(derived));
	tcase_add_test(tests, what_cannot_be_replayed_is_not_rebuilt_and_nothing_is_lost);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
