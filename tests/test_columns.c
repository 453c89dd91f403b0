/*
 * Verification against whoever can write the database file: each column of each table, altered in
 * one row with the triggers dropped, is found, and what is found names the record or the case.
 */
#include "verify_world.h"

/* How a column is altered: text gets longer, a number is another, a flag the other, and one byte of
 * bytes is flipped. */
enum how { TEXT, NUMBER, FAR, FLAG, BYTES };

static const struct {
	const char *table, *column;
	enum how how;
	const char *id, *place; /* of the finding; NULL for the case's id */
} columns[] = {
	{"record", "position", FAR, "record/missing", "record 10 of"},
	{"record", "case_id", TEXT, "record", "record 10 of"},
	{"record", "seq", FAR, "record", "record 10 of"},
	{"record", "note", BYTES, "record", "record 10 of"},
	{"payload", "position", FAR, "record", "record 10 of"},
	{"payload", "bytes", BYTES, "record", "record 10 of"},
	{"payload", "salt", BYTES, "record", "record 10 of"},
	{"outcome_salt", "position", FAR, "step", "seq 1"},
	{"outcome_salt", "salt", BYTES, "step", "seq 1"},
	{"node", "level", FAR, "tree", "record 10 of"},
	{"node", "number", FAR, "tree", "record 10 of"},
	{"node", "hash", BYTES, "tree", "record 10 of"},
	{"blob", "sha256", BYTES, "filing", "filing 4.1"},
	{"blob", "bytes", BYTES, "filing", "filing 4.1"},
	{"snapshot", "case_id", TEXT, "projection", NULL},
	{"snapshot", "seq", NUMBER, "projection", NULL},
	{"snapshot", "bytes", BYTES, "projection", NULL},
	{"case_index", "case_id", TEXT, "projection", NULL},
	{"case_index", "title", TEXT, "projection", NULL},
	{"case_index", "workflow", TEXT, "projection", NULL},
	{"case_index", "states", TEXT, "projection", NULL},
	{"case_index", "head_hash", TEXT, "projection", NULL},
	{"case_index", "count", NUMBER, "projection", NULL},
	{"case_index", "created", NUMBER, "projection", NULL},
	{"case_index", "updated", NUMBER, "projection", NULL},
	{"case_index", "finished", FLAG, "projection", NULL},
	{"matter_index", "case_id", TEXT, "projection", NULL},
	{"matter_index", "matter", TEXT, "projection", NULL},
	{"matter_index", "definition", TEXT, "projection", NULL},
	{"matter_index", "states", TEXT, "projection", NULL},
	{"matter_index", "finished", FLAG, "projection", NULL},
	{"timer_index", "case_id", TEXT, "projection", NULL},
	{"timer_index", "matter", TEXT, "projection", NULL},
	{"timer_index", "timer", TEXT, "projection", NULL},
	{"timer_index", "event", TEXT, "projection", NULL},
	{"timer_index", "due", NUMBER, "projection", NULL},
	{"filing_index", "case_id", TEXT, "projection", NULL},
	{"filing_index", "filing", TEXT, "projection", NULL},
	{"filing_index", "name", TEXT, "projection", NULL},
	{"filing_index", "recipient", TEXT, "projection", NULL},
	{"filing_index", "matter", TEXT, "projection", NULL},
	{"filing_index", "seq", NUMBER, "projection", NULL},
	{"filing_index", "sha256", BYTES, "projection", NULL},
	{"filing_index", "size", NUMBER, "projection", NULL},
};

/* Altered in test_witness, where there are checkpoints; or nothing rests on it: when an answer came
 * in by this store's clock. */
static const char elsewhere[] =
	"checkpoint.size checkpoint.root checkpoint.note checkpoint.published "
	"cosignature.checkpoint cosignature.line cosignature.imported";

static void put_value(tro_buf *out, enum how how, const char *column)
{
	switch (how) {
	case TEXT:
		tro_buf_printf(out, "%s || 'x'", column);
		break;
	case NUMBER:
		tro_buf_printf(out, "%s + 1", column);
		break;
	case FAR:
		tro_buf_printf(out, "%s + 40", column);
		break;
	case FLAG:
		tro_buf_printf(out, "1 - %s", column);
		break;
	case BYTES:
		tro_buf_printf(out,
			"CAST(substr(%s, 1, length(%s) - 20) || CASE substr(hex(%s), 2 * "
			"length(%s) - 39, 2) WHEN '30' THEN X'31' ELSE X'30' END || substr(%s, "
			"length(%s) - 18) AS BLOB)",
			column, column, column, column, column, column);
		break;
	}
}

static void put_where(tro_buf *out, const char *table)
{
	if (strcmp(table, "node") == 0) {
		tro_buf_puts(out, "level = 0 AND number = 10");
	} else if (strcmp(table, "blob") == 0) {
		tro_buf_puts(out, "sha256 = (SELECT sha256 FROM filing_index)");
	} else if (strcmp(table, "record") == 0 || strcmp(table, "payload") == 0 ||
		   strcmp(table, "outcome_salt") == 0) {
		tro_buf_puts(out, "position = 10");
	} else {
		tro_buf_printf(out, "rowid = (SELECT min(rowid) FROM %s WHERE case_id = '%s')",
			table, w.id);
	}
}

START_TEST(each_column_altered_is_found_and_the_record_named)
{
	tro_buf sql = TRO_BUF_INIT;

	tro_buf_printf(&sql, "PRAGMA foreign_keys = OFF; UPDATE %s SET %s = ", columns[_i].table,
		columns[_i].column);
	put_value(&sql, columns[_i].how, columns[_i].column);
	tro_buf_puts(&sql, " WHERE ");
	put_where(&sql, columns[_i].table);
	shell_unguarded(sql.ptr);
	verify();
	(void)fprintf(stderr, "%s.%s\n", columns[_i].table, columns[_i].column);
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, columns[_i].id, columns[_i].place == NULL ? w.id : columns[_i].place);
	tro_buf_done(&sql);
}
END_TEST

static const char *const no_case_ids[] = {"'A' || char(10)", "char(27) || 'A'",
	"CAST(X'ff41' AS TEXT)", "'A' || char(0) || 'B'", "'.A'"};

/* One that cannot be written on a line, or is none. */
START_TEST(a_case_id_that_is_none_is_found_and_the_record_named)
{
	tro_buf sql = TRO_BUF_INIT;

	tro_buf_printf(&sql,
		"PRAGMA foreign_keys = OFF; UPDATE record SET case_id = %s WHERE position = %d",
		no_case_ids[_i / 2], _i % 2 == 0 ? 10 : 9);
	shell_unguarded(sql.ptr);
	verify();
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, "record/missing", _i % 2 == 0 ? "record 10 of" : "record 9 of");
	tro_buf_done(&sql);
}
END_TEST

/* A column that is added to the schema has to be thought of here. */
START_TEST(every_column_that_means_something_is_among_them)
{
	tro_buf listed = TRO_BUF_INIT;
	tro_buf there = TRO_BUF_INIT;

	tro_buf_printf(&listed, "%s ", elsewhere);
	for (int i = 0; i < COUNT(columns); i++) {
		tro_buf_printf(&listed, "%s.%s ", columns[i].table, columns[i].column);
	}
	ck_assert_int_eq(
		shell(&there, in_store("tro.db"),
			"SELECT t.name || '.' || c.name FROM sqlite_schema t, "
			"pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name <> 'id'"),
		0);
	for (char *name = strtok(there.ptr, "\n"); name != NULL; name = strtok(NULL, "\n")) {
		ck_assert_msg(tro_text_in_list(listed.ptr, name), "nobody alters %s", name);
	}
	tro_buf_done(&listed);
	tro_buf_done(&there);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("columns");
	TCase *tests = tcase_create("columns");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, a_case_id_that_is_none_is_found_and_the_record_named, 0,
		2 * COUNT(no_case_ids));
	tcase_add_loop_test(
		tests, each_column_altered_is_found_and_the_record_named, 0, COUNT(columns));
	tcase_add_test(tests, every_column_that_means_something_is_among_them);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
