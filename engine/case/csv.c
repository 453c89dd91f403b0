#include "case/csv.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/buf.h>

#include "base/arena.h"
#include "base/text.h"

struct tro_csv {
	tro_arena *arena;
	size_t column_count;
	size_t row_count; /* with the header */
	size_t row_cap;
	const char ***rows; /* each column_count values */
	size_t *numbers;    /* of each row, the header's being 1 */
};

typedef struct reader {
	const char *at, *end;
	size_t line;
	const char *name;
	tro_findings *findings;
	size_t bad_count; /* rows that were left out */
	char *field;	  /* room for the longest field: the whole input */
	const char *values[TRO_CSV_COLUMNS_MAX];
	size_t count;
} reader;

void tro_csv_free(tro_csv *csv)
{
	if (csv != NULL) {
		tro_arena_free(csv->arena);
		free(csv->rows);
		free(csv->numbers);
		free(csv);
	}
}

/* The messages say so. */
_Static_assert(TRO_CSV_COLUMNS_MAX == 64 && TRO_CSV_ROWS_MAX == 10000, "limits in messages");

/* What is wrong with a row: reported by the caller, who knows whether another reason comes first.
 */
typedef struct fault {
	size_t line;
	const char *message; /* NULL: nothing */
} fault;

/* Bytes of any kind come by here, NUL among them. */
static bool ends_field(char c)
{
	return c == ',' || c == '\r' || c == '\n';
}

/* A field in quotes, after the opening one; "" stands for one quote. */
static fault read_quoted(reader *r, size_t *out_len)
{
	size_t start = r->line;

	for (*out_len = 0; r->at < r->end; r->at++) {
		if (*r->at == '"') {
			r->at++;
			if (r->at == r->end || *r->at != '"') {
				return (fault){0};
			}
		}
		r->line += *r->at == '\n';
		r->field[(*out_len)++] = *r->at;
	}
	return (fault){start, "a quote is opened and never closed"};
}

static fault read_bare(reader *r, size_t *out_len)
{
	for (*out_len = 0; r->at < r->end && !ends_field(*r->at);) {
		if (*r->at == '"') {
			return (fault){r->line,
				"a quote stands inside a field that does not begin with one"};
		}
		r->field[(*out_len)++] = *r->at++;
	}
	return (fault){0};
}

/* The field's text goes into the row; what is wrong with it into *out. */
static tro_status read_field(fault *out, reader *r, tro_csv *csv, tro_err *err)
{
	size_t len = 0;

	if (r->at < r->end && *r->at == '"') {
		r->at++;
		*out = read_quoted(r, &len);
		if (out->message == NULL && r->at < r->end && !ends_field(*r->at)) {
			*out = (fault){r->line, "text follows a closing quote"};
		}
	} else {
		*out = read_bare(r, &len);
	}
	if (out->message == NULL && r->count == TRO_CSV_COLUMNS_MAX) {
		*out = (fault){r->line, "more than 64 columns"};
	}
	if (out->message != NULL) {
		return TRO_OK;
	}
	const char *value = tro_arena_strndup(csv->arena, r->field, len);

	r->values[r->count++] = value;
	return value == NULL ? tro_err_nomem(err) : TRO_OK;
}

static fault end_of_line(reader *r)
{
	if (r->at < r->end && *r->at == '\r') {
		r->at++;
		if (r->at == r->end || *r->at != '\n') {
			return (fault){r->line, "a carriage return stands alone"};
		}
	}
	if (r->at < r->end) {
		r->at++;
		r->line++;
	}
	return (fault){0};
}

/* After a fault the next row begins with the next line. */
static void skip_line(reader *r)
{
	const char *line_end = memchr(r->at, '\n', (size_t)(r->end - r->at));

	r->line += line_end != NULL;
	r->at = line_end == NULL ? r->end : line_end + 1;
}

static tro_status read_row(fault *out, reader *r, tro_csv *csv, tro_err *err)
{
	*out = (fault){0};
	r->count = 0;
	for (;;) {
		tro_status status = read_field(out, r, csv, err);

		if (status != TRO_OK) {
			return status;
		}
		if (out->message == NULL && r->at < r->end && *r->at == ',') {
			r->at++;
			continue;
		}
		if (out->message == NULL) {
			*out = end_of_line(r);
		}
		if (out->message != NULL) {
			skip_line(r);
		}
		return TRO_OK;
	}
}

static tro_status keep_row(tro_csv *csv, const reader *r, tro_err *err)
{
	if (csv->row_count == csv->row_cap) {
		size_t cap = csv->row_cap == 0 ? 16 : 2 * csv->row_cap;
		const char ***rows = realloc(csv->rows, cap * sizeof(*rows));

		csv->rows = rows == NULL ? csv->rows : rows;
		size_t *numbers = realloc(csv->numbers, cap * sizeof(*numbers));

		csv->numbers = numbers == NULL ? csv->numbers : numbers;
		if (rows == NULL || numbers == NULL) {
			return tro_err_nomem(err);
		}
		csv->row_cap = cap;
	}
	const char **values = tro_arena_array(csv->arena, r->count, sizeof(*values));

	if (values == NULL) {
		return tro_err_nomem(err);
	}
	memcpy(values, r->values, r->count * sizeof(*values));
	csv->numbers[csv->row_count] = csv->row_count + r->bad_count + 1;
	csv->rows[csv->row_count++] = values;
	return TRO_OK;
}

/* The first of the lines from `start` to where the reader stands that is not plain text comes
 * before whatever else is wrong with them: another encoding explains the rest. */
static void check_text(fault *out, const reader *r, const char *start, size_t line)
{
	for (; start < r->at; line++) {
		const char *line_end = memchr(start, '\n', (size_t)(r->at - start));
		size_t len = (size_t)((line_end == NULL ? r->at : line_end) - start);

		if (!tro_utf8_valid(start, len) || tro_text_has_control(start, len, "\t\r")) {
			*out = (fault){line, "not plain UTF-8 text: save it as CSV in UTF-8"};
			return;
		}
		start += len + (line_end != NULL);
	}
}

/* A finding for what is wrong. TRO_INVALID, after it, when it is the header: nothing can be said of
 * the rows then. */
static tro_status report(
	reader *r, const tro_csv *csv, size_t line, const char *message, tro_err *err)
{
	char number[24] = "";
	tro_buf place = TRO_BUF_INIT;

	if (line > 0) {
		(void)snprintf(number, sizeof(number), ":%zu", line);
	}
	tro_buf_printf(&place, "%s%s", r->name, number);
	tro_status status = tro_buf_status(&place, err);

	if (status == TRO_OK) {
		status = tro_findings_add(r->findings, TRO_LEVEL_BLOCK, "argument", place.ptr, NULL,
			NULL, err, "%s", message);
	}
	tro_buf_done(&place);
	r->bad_count++;
	if (status == TRO_OK && (csv->row_count == 0 || line == 0)) {
		status = tro_err_set(err, TRO_INVALID, "%s%s: %s", r->name, number, message);
	}
	return status;
}

static tro_status take_row(tro_csv *csv, reader *r, size_t line, tro_err *err)
{
	char message[128];

	if (csv->row_count == 0) {
		csv->column_count = r->count;
	}
	if (r->count == csv->column_count) {
		return keep_row(csv, r, err);
	}
	(void)snprintf(message, sizeof(message),
		"this row has %zu fields, but the header has %zu columns", r->count,
		csv->column_count);
	return report(r, csv, line, message, err);
}

static tro_status read_all(reader *r, tro_csv *csv, tro_err *err)
{
	while (r->at < r->end) {
		const char *start = r->at;
		size_t line = r->line;
		fault wrong;
		tro_status status = read_row(&wrong, r, csv, err);

		if (status != TRO_OK) {
			return status;
		}
		check_text(&wrong, r, start, line);
		bool empty = wrong.message == NULL && r->count == 1 && r->values[0][0] == '\0';

		if (!empty && csv->row_count + r->bad_count > TRO_CSV_ROWS_MAX) {
			return report(r, csv, 0, "more than 10000 rows", err);
		}
		if (wrong.message != NULL) {
			status = report(r, csv, wrong.line, wrong.message, err);
		} else if (!empty) {
			status = take_row(csv, r, line, err);
		}
		if (status != TRO_OK) {
			return status;
		}
	}
	return csv->row_count > 0
		       ? TRO_OK
		       : report(r, csv, 0, "the file is empty: its first line names the columns",
				 err);
}

tro_status tro_csv_parse(tro_csv **out, const char *bytes, size_t len, const char *name,
	tro_findings *findings, tro_err *err)
{
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		len -= 3;
	}
	tro_csv *csv = calloc(1, sizeof(*csv));
	char *field = malloc(len + 1);
	reader r = {.at = bytes,
		.end = bytes + len,
		.line = 1,
		.name = name,
		.findings = findings,
		.field = field};

	if (csv == NULL || field == NULL || (csv->arena = tro_arena_new()) == NULL) {
		free(csv);
		free(field);
		return tro_err_nomem(err);
	}
	tro_status status = read_all(&r, csv, err);

	free(field);
	if (status != TRO_OK) {
		tro_csv_free(csv);
		return status;
	}
	*out = csv;
	return TRO_OK;
}

size_t tro_csv_column_count(const tro_csv *csv)
{
	return csv->column_count;
}

const char *tro_csv_column(const tro_csv *csv, size_t column)
{
	return csv->rows[0][column];
}

size_t tro_csv_row_count(const tro_csv *csv)
{
	return csv->row_count - 1;
}

size_t tro_csv_number(const tro_csv *csv, size_t row)
{
	return csv->numbers[row + 1];
}

const char *tro_csv_value(const tro_csv *csv, size_t row, size_t column)
{
	return csv->rows[row + 1][column];
}
