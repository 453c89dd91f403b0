#include "case/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

struct tro_csv {
	tro_arena *arena;
	size_t column_count;
	size_t row_count; /* with the header */
	size_t row_cap;
	const char ***rows; /* each column_count values */
	size_t *lines;
};

typedef struct reader {
	const char *at, *end;
	size_t line;
	const char *name;
	char *field; /* room for the longest field: the whole input */
	const char *values[TRO_CSV_COLUMNS_MAX];
	size_t count;
} reader;

void tro_csv_free(tro_csv *csv)
{
	if (csv != NULL) {
		tro_arena_free(csv->arena);
		free(csv->rows);
		free(csv->lines);
		free(csv);
	}
}

/* A field in quotes, after the opening one; "" stands for one quote. */
static tro_status read_quoted(reader *r, size_t *out_len, tro_err *err)
{
	size_t start = r->line;

	for (*out_len = 0; r->at < r->end; r->at++) {
		if (*r->at == '"') {
			r->at++;
			if (r->at == r->end || *r->at != '"') {
				return TRO_OK;
			}
		}
		r->line += *r->at == '\n';
		r->field[(*out_len)++] = *r->at;
	}
	return tro_err_set(
		err, TRO_INVALID, "%s:%zu: a quote is opened and never closed", r->name, start);
}

static tro_status read_field(reader *r, tro_csv *csv, tro_err *err)
{
	size_t len = 0;
	tro_status status = TRO_OK;

	if (r->at < r->end && *r->at == '"') {
		r->at++;
		status = read_quoted(r, &len, err);
		if (status == TRO_OK && r->at < r->end && strchr(",\r\n", *r->at) == NULL) {
			status = tro_err_set(err, TRO_INVALID,
				"%s:%zu: text follows a closing quote", r->name, r->line);
		}
	} else {
		while (r->at < r->end && strchr(",\r\n", *r->at) == NULL) {
			if (*r->at == '"') {
				return tro_err_set(err, TRO_INVALID,
					"%s:%zu: a quote stands inside a field that does not begin "
					"with one",
					r->name, r->line);
			}
			r->field[len++] = *r->at++;
		}
	}
	if (status != TRO_OK) {
		return status;
	}
	if (r->count == TRO_CSV_COLUMNS_MAX) {
		return tro_err_set(err, TRO_INVALID, "%s:%zu: more than %d columns", r->name,
			r->line, (int)TRO_CSV_COLUMNS_MAX);
	}
	const char *value = tro_arena_strndup(csv->arena, r->field, len);

	r->values[r->count++] = value;
	return value == NULL ? tro_err_nomem(err) : TRO_OK;
}

static tro_status end_of_line(reader *r, tro_err *err)
{
	if (r->at < r->end && *r->at == '\r') {
		r->at++;
		if (r->at == r->end || *r->at != '\n') {
			return tro_err_set(err, TRO_INVALID,
				"%s:%zu: a carriage return stands alone", r->name, r->line);
		}
	}
	if (r->at < r->end) {
		r->at++;
		r->line++;
	}
	return TRO_OK;
}

static tro_status read_row(reader *r, tro_csv *csv, tro_err *err)
{
	r->count = 0;
	for (;;) {
		tro_status status = read_field(r, csv, err);

		if (status != TRO_OK) {
			return status;
		}
		if (r->at == r->end || *r->at != ',') {
			return end_of_line(r, err);
		}
		r->at++;
	}
}

static tro_status keep_row(tro_csv *csv, const reader *r, size_t line, tro_err *err)
{
	if (csv->row_count == csv->row_cap) {
		size_t cap = csv->row_cap == 0 ? 16 : 2 * csv->row_cap;
		const char ***rows = realloc(csv->rows, cap * sizeof(*rows));

		csv->rows = rows == NULL ? csv->rows : rows;
		size_t *lines = realloc(csv->lines, cap * sizeof(*lines));

		csv->lines = lines == NULL ? csv->lines : lines;
		if (rows == NULL || lines == NULL) {
			return tro_err_nomem(err);
		}
		csv->row_cap = cap;
	}
	const char **values = tro_arena_array(csv->arena, r->count, sizeof(*values));

	if (values == NULL) {
		return tro_err_nomem(err);
	}
	memcpy(values, r->values, r->count * sizeof(*values));
	csv->lines[csv->row_count] = line;
	csv->rows[csv->row_count++] = values;
	return TRO_OK;
}

static tro_status check_width(tro_csv *csv, const reader *r, size_t line, tro_err *err)
{
	if (csv->row_count == 0) {
		csv->column_count = r->count;
		return TRO_OK;
	}
	if (r->count != csv->column_count) {
		return tro_err_set(err, TRO_INVALID,
			"%s:%zu: this row has %zu fields, but the header has %zu columns", r->name,
			line, r->count, csv->column_count);
	}
	if (csv->row_count > TRO_CSV_ROWS_MAX) {
		return tro_err_set(
			err, TRO_INVALID, "%s: more than %d rows", r->name, (int)TRO_CSV_ROWS_MAX);
	}
	return TRO_OK;
}

static tro_status read_all(reader *r, tro_csv *csv, tro_err *err)
{
	while (r->at < r->end) {
		size_t line = r->line;
		tro_status status = read_row(r, csv, err);

		if (status != TRO_OK) {
			return status;
		}
		if (r->count == 1 && r->values[0][0] == '\0') {
			continue; /* an empty line */
		}
		status = check_width(csv, r, line, err);
		if (status == TRO_OK) {
			status = keep_row(csv, r, line, err);
		}
		if (status != TRO_OK) {
			return status;
		}
	}
	return csv->row_count > 0
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID,
				 "%s: the file is empty: its first line names the columns",
				 r->name);
}

tro_status tro_csv_parse(
	tro_csv **out, const char *bytes, size_t len, const char *name, tro_err *err)
{
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		len -= 3;
	}
	if (!tro_utf8_valid(bytes, len) || tro_text_has_control(bytes, len, "\t\r\n")) {
		return tro_err_set(err, TRO_INVALID,
			"%s: not plain UTF-8 text: save it as CSV in UTF-8", name);
	}
	tro_csv *csv = calloc(1, sizeof(*csv));
	char *field = malloc(len + 1);
	reader r = {.at = bytes, .end = bytes + len, .line = 1, .name = name, .field = field};

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

size_t tro_csv_line(const tro_csv *csv, size_t row)
{
	return csv->lines[row + 1];
}

const char *tro_csv_value(const tro_csv *csv, size_t row, size_t column)
{
	return csv->rows[row + 1][column];
}
