#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/buf.h>
#include <tro/finding.h>

#include "case/csv.h"
#include "suite.h"

/* Parses a copy that ends where the input ends, so that a read beyond it is seen. */
static tro_status parse_into(
	tro_csv **out, const char *bytes, size_t len, tro_findings *findings, tro_err *err)
{
	char *copy = malloc(len == 0 ? 1 : len);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes, len);
	tro_status status = tro_csv_parse(out, copy, len, "lines.csv", findings, err);

	free(copy);
	return status;
}

/* The same for a table of which every row is good. */
static tro_status parse(tro_csv **out, const char *bytes, size_t len, tro_err *err)
{
	tro_findings *findings = tro_findings_new();

	ck_assert_ptr_nonnull(findings);
	tro_status status = parse_into(out, bytes, len, findings, err);

	ck_assert_uint_eq(tro_findings_count(findings), 0);
	tro_findings_free(findings);
	return status;
}

/* "<column><column>" and below it one line "NUMBER<value><value>" a row. */
static char *dump(const tro_csv *csv)
{
	tro_buf text = TRO_BUF_INIT;
	char *out;
	size_t len;

	for (size_t i = 0; i < tro_csv_column_count(csv); i++) {
		tro_buf_printf(&text, "<%s>", tro_csv_column(csv, i));
	}
	for (size_t row = 0; row < tro_csv_row_count(csv); row++) {
		tro_buf_printf(&text, "\n%zu", tro_csv_number(csv, row));
		for (size_t i = 0; i < tro_csv_column_count(csv); i++) {
			tro_buf_printf(&text, "<%s>", tro_csv_value(csv, row, i));
		}
	}
	ck_assert_int_eq(tro_buf_detach(&out, &len, &text, NULL), TRO_OK);
	return out;
}

/* All findings, "place: message" a line. */
static void findings_are(const tro_findings *findings, const char *expected)
{
	tro_buf text = TRO_BUF_INIT;

	for (size_t i = 0; i < tro_findings_count(findings); i++) {
		const tro_finding *f = tro_findings_at(findings, i);

		ck_assert_int_eq(f->level, TRO_LEVEL_BLOCK);
		tro_buf_printf(&text, "%s%s: %s", i == 0 ? "" : "\n", f->place, f->message);
	}
	ck_assert_str_eq(text.ptr, expected);
	tro_buf_done(&text);
}

/* With these findings, in this order. Where reading ended the last one is the error, too. */
static void refused(const char *bytes, size_t len, const char *messages)
{
	tro_csv *csv = NULL;
	tro_err err;
	tro_findings *findings = tro_findings_new();

	ck_assert_ptr_nonnull(findings);
	tro_status status = parse_into(&csv, bytes, len, findings, &err);

	findings_are(findings, messages);
	if (status == TRO_OK) {
		ck_assert_ptr_nonnull(csv);
	} else {
		const char *last = strrchr(messages, '\n');

		ck_assert_int_eq(status, TRO_INVALID);
		ck_assert_ptr_null(csv);
		ck_assert_str_eq(err.message, last == NULL ? messages : last + 1);
	}
	tro_csv_free(csv);
	tro_findings_free(findings);
}

/* ---- what a spreadsheet writes ---- */

static const struct {
	const char *text, *dump;
} good[] = {
	{"msisdn,provider\n07700900001,northway\n", "<msisdn><provider>\n2<07700900001><northway>"},
	/* line ends */
	{"a,b\r\n1,2\r\n3,4\r\n", "<a><b>\n2<1><2>\n3<3><4>"},
	{"a,b\n1,2\r\n3,4\n", "<a><b>\n2<1><2>\n3<3><4>"},
	{"a,b\n1,2", "<a><b>\n2<1><2>"},
	{"a,b", "<a><b>"},
	{"a,b\r\n", "<a><b>"},
	/* a byte order mark is no part of the first column's name, quoted or not */
	{"\xef\xbb\xbf"
	 "a,b\n1,2\n",
		"<a><b>\n2<1><2>"},
	{"\xef\xbb\xbf\"a\",b\n1,2\n", "<a><b>\n2<1><2>"},
	/* quoting */
	{"a,b\n\"1\",\"2\"\n", "<a><b>\n2<1><2>"},
	{"a,b\n\"1,5\",\"\"\n", "<a><b>\n2<1,5><>"},
	{"a,b\n\"say \"\"no\"\"\",\"\"\"\"\n", "<a><b>\n2<say \"no\"><\">"},
	{"\"a\",\"b\"\n1,\"2\"", "<a><b>\n2<1><2>"},
	/* a quoted field keeps its line ends, and is one row all the same */
	{"a,b\n\"one\ntwo\r\nthree\",2\n3,4\n", "<a><b>\n2<one\ntwo\r\nthree><2>\n3<3><4>"},
	{"a,\"b\nc\"\n1,2\n", "<a><b\nc>\n2<1><2>"},
	/* empty fields; empty lines are no rows */
	{"a,b,c\n,,\n1,,3\n", "<a><b><c>\n2<><><>\n3<1><><3>"},
	{"a,b\n1,", "<a><b>\n2<1><>"},
	{"a,b\n\n1,2\n\r\n\n3,4\n\n", "<a><b>\n2<1><2>\n3<3><4>"},
	{"\n\na,b\n1,2\n", "<a><b>\n2<1><2>"},
	{"a\n1\n\n2\n", "<a>\n2<1>\n3<2>"},
	/* blanks and tabs belong to the value; other delimiters are text */
	{" a ,\tb\n 1 ,\t2\n", "< a ><\tb>\n2< 1 ><\t2>"},
	{"a;b\n1;2\n", "<a;b>\n2<1;2>"},
	{"a,b\n=1+1,'2'\n", "<a><b>\n2<=1+1><'2'>"},
	/* UTF-8 of two, three and four bytes */
	{"name,note\nZo\xc3\xab,\xe2\x80\x94 \xf0\x9f\x93\xb1\n",
		"<name><note>\n2<Zo\xc3\xab><\xe2\x80\x94 \xf0\x9f\x93\xb1>"},
};

START_TEST(a_table_is_read_as_it_was_meant)
{
	tro_csv *csv = NULL;
	tro_err err;

	ck_assert_msg(parse(&csv, good[_i].text, strlen(good[_i].text), &err) == TRO_OK, "%s",
		err.message);
	char *text = dump(csv);

	ck_assert_str_eq(text, good[_i].dump);
	free(text);
	tro_csv_free(csv);
}
END_TEST

/* ---- what is wrong, and where ---- */

static const struct {
	const char *text, *message;
} bad[] = {
	{"", "lines.csv: the file is empty: its first line names the columns"},
	{"\xef\xbb\xbf", "lines.csv: the file is empty: its first line names the columns"},
	{"\n\r\n\n", "lines.csv: the file is empty: its first line names the columns"},
	/* ragged rows: the line on which the row begins */
	{"a,b\n1\n", "lines.csv:2: this row has 1 fields, but the header has 2 columns"},
	{"a,b\n1,2,3\n", "lines.csv:2: this row has 3 fields, but the header has 2 columns"},
	{"a,b\n1,2,\n", "lines.csv:2: this row has 3 fields, but the header has 2 columns"},
	{"a,b\n\n1,2\n\"x\ny\"\n",
		"lines.csv:4: this row has 1 fields, but the header has 2 columns"},
	{"a,b\n \n", "lines.csv:2: this row has 1 fields, but the header has 2 columns"},
	/* quotes: an open one is named by where it was opened, not by the end of the file */
	{"a,b\n\"1,2\n3,4\n", "lines.csv:2: a quote is opened and never closed"},
	{"a,b\n1,2\n3,\"", "lines.csv:3: a quote is opened and never closed"},
	{"a,b\n\"1\"\"", "lines.csv:2: a quote is opened and never closed"},
	{"\"", "lines.csv:1: a quote is opened and never closed"},
	{"a,b\n\"1\"x,2\n", "lines.csv:2: text follows a closing quote"},
	{"a,b\n\"1\" ,2\n", "lines.csv:2: text follows a closing quote"},
	{"a,b\n\"1\n\n\"x,2\n", "lines.csv:4: text follows a closing quote"},
	{"a,b\n\"\"\"\"\"\"x,2\n", "lines.csv:2: text follows a closing quote"},
	{"a,b\n1\"2,3\n",
		"lines.csv:2: a quote stands inside a field that does not begin with one"},
	{"a,b\n \"1\",2\n",
		"lines.csv:2: a quote stands inside a field that does not begin with one"},
	/* a carriage return outside quotes belongs to a line end */
	{"a,b\r1,2\r", "lines.csv:1: a carriage return stands alone"},
	{"a,b\n1,2\r", "lines.csv:2: a carriage return stands alone"},
	{"a,b\n1,2\r\r\n", "lines.csv:2: a carriage return stands alone"},
	/* not text: another encoding, control characters, overlong forms, surrogates */
	{"name\nZo\xeb\n", "lines.csv:2: not plain UTF-8 text: save it as CSV in UTF-8"},
	{"name\n\xc0\xaf\n", "lines.csv:2: not plain UTF-8 text: save it as CSV in UTF-8"},
	{"name\n\xed\xa0\x80\n", "lines.csv:2: not plain UTF-8 text: save it as CSV in UTF-8"},
	{"name\n\xe2\x80", "lines.csv:2: not plain UTF-8 text: save it as CSV in UTF-8"},
	{"\xff\xfe"
	 "a",
		"lines.csv:1: not plain UTF-8 text: save it as CSV in UTF-8"},
	{"a,b\n1,\x1b[2J\n", "lines.csv:2: not plain UTF-8 text: save it as CSV in UTF-8"},
	{"a,b\n1,\"\x08\"\n", "lines.csv:2: not plain UTF-8 text: save it as CSV in UTF-8"},
	{"a,b\n1,\x7f\n", "lines.csv:2: not plain UTF-8 text: save it as CSV in UTF-8"},
	{"a,b\n1,\xc2\x85\n", "lines.csv:2: not plain UTF-8 text: save it as CSV in UTF-8"},
	/* in a field of several lines: the line, not the row; and another encoding explains more
	   than a quote does */
	{"a,b\n\"1\n\xeb\",2\n", "lines.csv:3: not plain UTF-8 text: save it as CSV in UTF-8"},
	{"a,b\n\xeb\"1,2\n", "lines.csv:2: not plain UTF-8 text: save it as CSV in UTF-8"},
	/* all of them, and the good rows between */
	{"a,b\n1\n1,2\n1,2,3\n\xeb,\n\"1\"x,\"2\n3,4\n5\"6,\n\n1\r,2\n1,\"2",
		"lines.csv:2: this row has 1 fields, but the header has 2 columns\n"
		"lines.csv:4: this row has 3 fields, but the header has 2 columns\n"
		"lines.csv:5: not plain UTF-8 text: save it as CSV in UTF-8\n"
		"lines.csv:6: text follows a closing quote\n"
		"lines.csv:8: a quote stands inside a field that does not begin with one\n"
		"lines.csv:10: a carriage return stands alone\n"
		"lines.csv:11: a quote is opened and never closed"},
	/* below a header that cannot be read nothing can be said */
	{"a,\"b\"c\n1\n", "lines.csv:1: text follows a closing quote"},
};

START_TEST(a_table_that_is_off_is_refused_with_the_line)
{
	refused(bad[_i].text, strlen(bad[_i].text), bad[_i].message);
}
END_TEST

static const struct {
	const char *text;
	size_t len;
	int line;
} with_nul[] = {
	{"\0", 1, 1},
	{"a,b\n1\0,2\n", 9, 2},
	{"a,b\n1,2\0", 8, 2},
	{"a,b\n\"1\0\",2\n", 11, 2},
	{"a,b\n\"1\"\0,2\n", 11, 2},
	{"a\0,b\n1,2\n", 9, 1},
	/* a sheet saved as "Unicode text": UTF-16 */
	{"a\0,\0b\0\n\0", 8, 1},
};

START_TEST(a_nul_byte_is_refused_wherever_it_stands)
{
	char message[80];

	(void)snprintf(message, sizeof(message),
		"lines.csv:%d: not plain UTF-8 text: save it as CSV in UTF-8", with_nul[_i].line);
	refused(with_nul[_i].text, with_nul[_i].len, message);
}
END_TEST

START_TEST(good_rows_are_kept_between_bad_ones)
{
	static const char text[] = "a,b\n1,2\n3\n4,5\n\"6\"x,7\n8,9\n";
	tro_csv *csv = NULL;
	tro_findings *findings = tro_findings_new();

	ck_assert_ptr_nonnull(findings);
	ck_assert_int_eq(parse_into(&csv, text, sizeof(text) - 1, findings, NULL), TRO_OK);
	ck_assert_uint_eq(tro_findings_count(findings), 2);
	char *rows = dump(csv);

	ck_assert_str_eq(rows, "<a><b>\n2<1><2>\n4<4><5>\n6<8><9>");
	free(rows);
	tro_csv_free(csv);
	tro_findings_free(findings);
}
END_TEST

START_TEST(two_of_a_byte_order_mark_are_one_too_many)
{
	static const char text[] = "\xef\xbb\xbf\xef\xbb\xbf"
				   "a,b\n1,2\n";
	tro_csv *csv = NULL;

	/* The second is text: no column of an event has such a name. */
	ck_assert_int_eq(parse(&csv, text, sizeof(text) - 1, NULL), TRO_OK);
	ck_assert_str_eq(tro_csv_column(csv, 0), "\xef\xbb\xbf"
						 "a");
	tro_csv_free(csv);
}
END_TEST

/* ---- limits ---- */

/* A line of so many fields that hold x. */
static void put_line(tro_buf *out, size_t fields)
{
	for (size_t i = 0; i < fields; i++) {
		tro_buf_puts(out, i == 0 ? "x" : ",x");
	}
	tro_buf_putc(out, '\n');
}

START_TEST(sixty_four_columns_are_read)
{
	tro_buf text = TRO_BUF_INIT;
	tro_csv *csv = NULL;
	tro_err err;

	put_line(&text, 64);
	put_line(&text, 64);
	ck_assert_int_eq(TRO_CSV_COLUMNS_MAX, 64);
	ck_assert_msg(parse(&csv, text.ptr, text.len, &err) == TRO_OK, "%s", err.message);
	ck_assert_uint_eq(tro_csv_column_count(csv), 64);
	ck_assert_str_eq(tro_csv_column(csv, 63), "x");
	ck_assert_str_eq(tro_csv_value(csv, 0, 63), "x");
	tro_csv_free(csv);
	tro_buf_done(&text);
}
END_TEST

/* In the header, in a row, and as an empty field at the end of the 64th. */
START_TEST(a_sixty_fifth_column_is_refused)
{
	tro_buf text = TRO_BUF_INIT;

	put_line(&text, 65);
	refused(text.ptr, text.len, "lines.csv:1: more than 64 columns");
	tro_buf_clear(&text);
	put_line(&text, 64);
	put_line(&text, 65);
	refused(text.ptr, text.len, "lines.csv:2: more than 64 columns");
	tro_buf_clear(&text);
	put_line(&text, 64);
	text.ptr[text.len - 1] = ',';
	refused(text.ptr, text.len, "lines.csv:1: more than 64 columns");
	tro_buf_done(&text);
}
END_TEST

START_TEST(a_line_of_a_million_commas_is_refused)
{
	enum { COMMAS = 1000000 };
	char *text = malloc(COMMAS);

	ck_assert_ptr_nonnull(text);
	memset(text, ',', COMMAS);
	refused(text, COMMAS, "lines.csv:1: more than 64 columns");
	free(text);
}
END_TEST

START_TEST(ten_thousand_rows_are_read_and_one_more_is_refused)
{
	tro_buf text = TRO_BUF_INIT;
	tro_csv *csv = NULL;
	tro_err err;

	put_line(&text, 2);
	for (size_t i = 0; i < TRO_CSV_ROWS_MAX; i++) {
		put_line(&text, 2);
	}
	ck_assert_int_eq(TRO_CSV_ROWS_MAX, 10000);
	ck_assert_msg(parse(&csv, text.ptr, text.len, &err) == TRO_OK, "%s", err.message);
	ck_assert_uint_eq(tro_csv_row_count(csv), 10000);
	ck_assert_uint_eq(tro_csv_number(csv, 9999), 10001);
	ck_assert_str_eq(tro_csv_value(csv, 9999, 1), "x");
	tro_csv_free(csv);
	put_line(&text, 2);
	refused(text.ptr, text.len, "lines.csv: more than 10000 rows");
	tro_buf_done(&text);
}
END_TEST

START_TEST(empty_lines_do_not_count_as_rows)
{
	tro_buf text = TRO_BUF_INIT;
	tro_csv *csv = NULL;

	put_line(&text, 2);
	for (size_t i = 0; i < 2 * (size_t)TRO_CSV_ROWS_MAX; i++) {
		tro_buf_putc(&text, '\n');
	}
	put_line(&text, 2);
	ck_assert_int_eq(parse(&csv, text.ptr, text.len, NULL), TRO_OK);
	ck_assert_uint_eq(tro_csv_row_count(csv), 1);
	ck_assert_uint_eq(tro_csv_number(csv, 0), 2);
	tro_csv_free(csv);
	tro_buf_done(&text);
}
END_TEST

START_TEST(a_field_of_a_mebibyte_is_kept_whole)
{
	enum { LEN = 1 << 20 };
	tro_buf text = TRO_BUF_INIT;
	tro_csv *csv = NULL;

	tro_buf_puts(&text, "a\n\"");
	for (size_t i = 0; i < LEN; i++) {
		tro_buf_putc(&text, 'y');
	}
	tro_buf_puts(&text, "\"");
	ck_assert_int_eq(parse(&csv, text.ptr, text.len, NULL), TRO_OK);
	ck_assert_uint_eq(strlen(tro_csv_value(csv, 0, 0)), LEN);
	tro_csv_free(csv);
	tro_buf_done(&text);
}
END_TEST

START_TEST(nothing_is_freed_when_there_is_nothing)
{
	tro_csv_free(NULL);
}
END_TEST

/* ---- random walks ---- */

static uint64_t seed = 20261111;

static size_t below(size_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed % n);
}

/* A field as a spreadsheet may write it: in quotes when it must be, sometimes when it need not. */
static void put_field(tro_buf *out, const char *value)
{
	if (strpbrk(value, ",\"\r\n") == NULL && below(2) == 0) {
		tro_buf_puts(out, value);
		return;
	}
	tro_buf_putc(out, '"');
	for (const char *p = value; *p != '\0'; p++) {
		tro_buf_puts(out, *p == '"' ? "\"\"" : (const char[]){*p, '\0'});
	}
	tro_buf_putc(out, '"');
}

static void random_value(tro_buf *out)
{
	static const char *const pieces[] = {
		"a", "b,", "\"", "\"\"", "\n", "\r\n", "\r", " ", "\t", "\xc3\xa9", "0770"};

	tro_buf_clear(out);
	for (size_t i = below(5); i > 0; i--) {
		tro_buf_puts(out, pieces[below(sizeof(pieces) / sizeof(*pieces))]);
	}
}

START_TEST(what_is_written_as_csv_is_read_back)
{
	(void)printf("seed %llu\n", (unsigned long long)seed);
	for (int round = 0; round < 2000; round++) {
		size_t columns = 2 + below(5);
		size_t rows = below(8);
		tro_buf text = TRO_BUF_INIT;
		tro_buf expected = TRO_BUF_INIT;
		tro_buf value = TRO_BUF_INIT;
		tro_csv *csv = NULL;
		tro_err err;

		tro_buf_puts(&text, below(2) == 0 ? "" : "\xef\xbb\xbf");
		for (size_t row = 0; row <= rows; row++) {
			if (row > 0) {
				tro_buf_printf(&expected, "\n%zu", row + 1);
			}
			for (size_t i = 0; i < columns; i++) {
				random_value(&value);
				tro_buf_puts(&text, i == 0 ? "" : ",");
				put_field(&text, value.ptr);
				tro_buf_printf(&expected, "<%s>", value.ptr);
			}
			tro_buf_puts(&text, below(2) == 0 ? "\n" : "\r\n");
		}
		ck_assert_msg(parse(&csv, text.ptr, text.len, &err) == TRO_OK, "%s:\n%s",
			err.message, text.ptr);
		char *dumped = dump(csv);

		ck_assert_str_eq(dumped, expected.ptr);
		free(dumped);
		tro_csv_free(csv);
		tro_buf_done(&text);
		tro_buf_done(&expected);
		tro_buf_done(&value);
	}
}
END_TEST

/* Whatever comes in, the answer is a table, with a reason for each row that is not in it, or a
 * message that names the file. */
START_TEST(any_bytes_give_a_table_or_a_reason)
{
	static const char alphabet[] = "ab,,,\"\"\"\n\n\r\t \xc3\xa9\xef\xbb\xbf\0\x7f";
	char bytes[64];
	int accepted = 0;

	(void)printf("seed %llu\n", (unsigned long long)seed);
	for (int round = 0; round < 200000; round++) {
		size_t len = below(sizeof(bytes));
		tro_csv *csv = NULL;
		tro_err err;
		tro_findings *findings = tro_findings_new();

		ck_assert_ptr_nonnull(findings);
		for (size_t i = 0; i < len; i++) {
			bytes[i] = alphabet[below(round % 2 == 0 ? 12 : sizeof(alphabet))];
		}
		if (parse_into(&csv, bytes, len, findings, &err) == TRO_OK) {
			char *text = dump(csv);

			ck_assert_uint_ge(tro_csv_column_count(csv), 1);
			free(text);
			accepted += tro_findings_count(findings) == 0;
		} else {
			ck_assert_int_eq(err.status, TRO_INVALID);
			ck_assert_ptr_eq(strstr(err.message, "lines.csv:"), err.message);
			ck_assert_uint_ge(tro_findings_count(findings), 1);
		}
		for (size_t i = 0; i < tro_findings_count(findings); i++) {
			const char *place = tro_findings_at(findings, i)->place;

			ck_assert_ptr_eq(strstr(place, "lines.csv"), place);
		}
		tro_csv_free(csv);
		tro_findings_free(findings);
	}
	ck_assert_int_gt(accepted, 1000);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

int main(void)
{
	Suite *suite = suite_create("csv");
	TCase *tcase = tcase_create("csv");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, a_table_is_read_as_it_was_meant, 0, COUNT(good));
	tcase_add_loop_test(tcase, a_table_that_is_off_is_refused_with_the_line, 0, COUNT(bad));
	tcase_add_loop_test(tcase, a_nul_byte_is_refused_wherever_it_stands, 0, COUNT(with_nul));
	tcase_add_test(tcase, good_rows_are_kept_between_bad_ones);
	tcase_add_test(tcase, two_of_a_byte_order_mark_are_one_too_many);
	tcase_add_test(tcase, sixty_four_columns_are_read);
	tcase_add_test(tcase, a_sixty_fifth_column_is_refused);
	tcase_add_test(tcase, a_line_of_a_million_commas_is_refused);
	tcase_add_test(tcase, ten_thousand_rows_are_read_and_one_more_is_refused);
	tcase_add_test(tcase, empty_lines_do_not_count_as_rows);
	tcase_add_test(tcase, a_field_of_a_mebibyte_is_kept_whole);
	tcase_add_test(tcase, nothing_is_freed_when_there_is_nothing);
	tcase_add_test(tcase, what_is_written_as_csv_is_read_back);
	tcase_add_test(tcase, any_bytes_give_a_table_or_a_reason);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
