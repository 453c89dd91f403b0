/*
 * The cited rows of a table, under its header, each with its number in the original. Rows are
 * counted as a spreadsheet counts them: from 1, the header and empty lines too. Many exports have
 * no header: what is cited stands then under a line without names. A field becomes a quoted field
 * with the same text; one that a spreadsheet would take for a formula gets an apostrophe before it,
 * as in every table that we make (tro_csv_put).
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "filing/derive.h"
#include "filing/functions.h"

enum { CITED_MAX = 10000, DATA_DIGITS = 5 };

/* ---- what is cited ---- */

typedef struct cited {
	tro_arena *arena;
	uint64_t *rows; /* sorted, each once */
	size_t count;
} cited;

static int by_number(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a;
	uint64_t two = *(const uint64_t *)b;

	return (one > two) - (one < two);
}

/* "12" or "12-14"; false when it is neither. */
static bool read_range(uint64_t *from, uint64_t *to, const char *word, size_t len)
{
	const char *dash = memchr(word, '-', len);
	size_t first = dash == NULL ? len : (size_t)(dash - word);

	if (!tro_decimal_parse(from, word, first)) {
		return false;
	}
	*to = *from;
	return (dash == NULL || tro_decimal_parse(to, dash + 1, len - first - 1)) && *from > 0 &&
	       *to >= *from && *to - *from < CITED_MAX;
}

static void sort_out(cited *c)
{
	size_t kept = 0;

	qsort(c->rows, c->count, sizeof(*c->rows), by_number);
	for (size_t i = 0; i < c->count; i++) {
		if (kept == 0 || c->rows[kept - 1] != c->rows[i]) {
			c->rows[kept++] = c->rows[i];
		}
	}
	c->count = kept;
}

/* *out_bad is the length of the first word that cites no row, at *out_word, else 0. */
static void read_cited(cited *c, const char *text, const char **out_word, size_t *out_bad)
{
	static const char between[] = " \t\r\n,;";

	*out_bad = 0;
	for (text += strspn(text, between); *text != '\0'; text += strspn(text, between)) {
		size_t len = strcspn(text, between);
		uint64_t from;
		uint64_t to;

		if (!read_range(&from, &to, text, len) || to - from >= CITED_MAX - c->count) {
			*out_word = text;
			*out_bad = len;
			return;
		}
		for (uint64_t row = from; row <= to; row++) {
			c->rows[c->count++] = row;
		}
		text += len;
	}
	sort_out(c);
}

/* ---- the table ---- */

typedef struct table {
	const char *at, *end;
	char parted_by;
	bool open;  /* a quote was never closed */
	bool stray; /* a row may end where it does not end here */
	tro_buf field;
} table;

static bool ends_row(const table *t, const char *at)
{
	return at == t->end || *at == '\n' || (*at == '\r' && at + 1 < t->end && at[1] == '\n');
}

/* Between the fields of the header stands whichever of these is there most often. */
static char parted_by(const char *at, const char *end)
{
	static const char candidates[] = ",;\t";
	size_t counts[sizeof(candidates)] = {0};
	bool quoted = false;
	size_t best = 0;

	for (; at < end && (quoted || *at != '\n'); at++) {
		const char *found = quoted || *at == '\0' ? NULL : strchr(candidates, *at);

		quoted = quoted != (*at == '"');
		if (found != NULL) {
			counts[found - candidates]++;
		}
	}
	for (size_t i = 1; candidates[i] != '\0'; i++) {
		best = counts[i] > counts[best] ? i : best;
	}
	return candidates[best];
}

/* A field from its opening quote on. One that is never closed would take in all that is left. */
static void read_quoted(table *t)
{
	for (t->at++; t->at < t->end; t->at++) {
		if (*t->at == '"' && (t->at + 1 == t->end || t->at[1] != '"')) {
			t->at++;
			return;
		}
		t->at += *t->at == '"';
		tro_buf_putc(&t->field, *t->at);
	}
	t->open = true;
}

static void read_field(table *t)
{
	tro_buf_clear(&t->field);
	if (t->at < t->end && *t->at == '"') {
		read_quoted(t);
	}
	for (; !ends_row(t, t->at) && *t->at != t->parted_by; t->at++) {
		t->stray = t->stray || *t->at == '\r';
		tro_buf_putc(&t->field, *t->at);
	}
}

/* A number with a sign, a telephone number too, is one however a spreadsheet shows it, and does
 * nothing. With a second sign or anything else between its digits it is a sum. */
static bool is_signed_number(const char *text)
{
	static const char digits[] = "0123456789 ";

	if (*text != '+' && *text != '-') {
		return false;
	}
	text += 1 + strspn(text + 1, digits);
	text += *text == '.' ? 1 + strspn(text + 1, digits) : 0;
	return *text == '\0';
}

static void put_field(tro_buf *out, const char *text)
{
	if (is_signed_number(text)) {
		tro_buf_printf(out, "\"%s\"", text);
	} else {
		tro_csv_put(out, text);
	}
}

static bool is_data(const char *text)
{
	size_t digits = 0;

	for (; *text != '\0' && digits < DATA_DIGITS; text++) {
		digits += *text >= '0' && *text <= '9';
	}
	return digits == DATA_DIGITS;
}

/* Reads one row, and puts it when it is asked for. Returns whether a field of it is one of data. */
static bool take_row(table *t, tro_buf *out, bool wanted)
{
	bool data = false;

	for (;;) {
		read_field(t);
		data = data || is_data(t->field.ptr);
		if (wanted) {
			tro_buf_putc(out, ',');
			put_field(out, t->field.ptr);
		}
		if (ends_row(t, t->at)) {
			break;
		}
		t->at++;
	}
	t->at += t->at < t->end && *t->at == '\r';
	t->at += t->at < t->end;
	if (wanted) {
		tro_buf_putc(out, '\n');
	}
	return data;
}

/* The first row; false when it is no header and nobody cites it, so that as many empty names stand
 * in its place. */
static bool put_header(table *t, tro_buf *out, bool is_cited)
{
	tro_buf_puts(out, "\"row\"");
	size_t start = out->len;
	const char *at = t->at;

	if (!take_row(t, out, true) || is_cited) {
		return true;
	}
	tro_buf_cut(out, start);
	for (t->at = at;; t->at++) {
		read_field(t);
		tro_buf_puts(out, ",\"\"");
		if (ends_row(t, t->at)) {
			break;
		}
	}
	t->at = at;
	take_row(t, out, false);
	tro_buf_putc(out, '\n');
	return false;
}

/* Returns the number of rows read: all there are, or as many as it takes to find the last that is
 * cited. */
static uint64_t put_rows(table *t, tro_buf *out, const cited *c, bool *out_header)
{
	uint64_t row = 1;
	size_t next = c->rows[0] == 1;

	*out_header = put_header(t, out, next == 1);
	while (t->at < t->end && next < c->count) {
		bool wanted = ++row == c->rows[next];

		if (wanted) {
			tro_buf_printf(out, "%llu", (unsigned long long)row);
			next++;
		}
		take_row(t, out, wanted);
	}
	return row;
}

static tro_status derive(tro_derivation *out, tro_buf *copy, const char *bytes, size_t len,
	const char *rows, cited *c, tro_err *err)
{
	size_t start = copy->len;
	size_t bad = 0;
	const char *word = rows;
	table t = {.field = TRO_BUF_INIT};

	if (!tro_utf8_valid(bytes, len) || tro_text_has_control(bytes, len, "\t\r\n")) {
		return tro_derive_not(out, TRO_WITHHELD, copy, start, "it is not plain UTF-8 text");
	}
	read_cited(c, rows, &word, &bad);
	if (bad > 0) {
		return tro_derive_not(out, TRO_MISCITED, copy, start,
			"'%.*s' cites no row of a table: write numbers of rows, such as 12 or "
			"12-14, %d at most",
			(int)(bad < 40 ? bad : 40), word, (int)CITED_MAX);
	}
	if (c->count == 0) {
		return tro_derive_not(out, TRO_WITHHELD, copy, start, "no row of it is cited");
	}
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		len -= 3;
	}
	t.at = bytes;
	t.end = bytes + len;
	t.parted_by = parted_by(t.at, t.end);
	bool header = true;
	uint64_t last = put_rows(&t, copy, c, &header);
	tro_status status = tro_buf_status(&t.field, err);

	tro_buf_done(&t.field);
	out->left_out = header ? ""
			       : "its first row holds numbers, so that it is no header, and nobody "
				 "cites it";
	if (status == TRO_OK && t.open) {
		return tro_derive_not(
			out, TRO_WITHHELD, copy, start, "a quote is opened in it and never closed");
	}
	if (status == TRO_OK && t.stray) { /* what is not cited would come with what is */
		return tro_derive_not(out, TRO_WITHHELD, copy, start,
			"a carriage return stands alone in it, where a spreadsheet begins a row");
	}
	if (status == TRO_OK && last < c->rows[c->count - 1]) {
		return tro_derive_not(out, TRO_MISCITED, copy, start,
			"row %llu is cited, and it has %llu",
			(unsigned long long)c->rows[c->count - 1], (unsigned long long)last);
	}
	return status == TRO_OK ? tro_buf_status(copy, err) : status;
}

tro_status tro_derive_table(tro_derivation *out, tro_buf *copy, const char *bytes, size_t len,
	const char *rows, tro_err *err)
{
	cited c = {.arena = tro_arena_new()};

	*out = (tro_derivation){.result = TRO_DERIVED, .left_out = ""};
	if (c.arena != NULL) {
		c.rows = tro_arena_array(c.arena, CITED_MAX, sizeof(*c.rows));
	}
	tro_status status =
		c.rows == NULL ? tro_err_nomem(err) : derive(out, copy, bytes, len, rows, &c, err);

	tro_arena_free(c.arena);
	return status;
}
