/*
 * CSV (RFC 4180): a header line and rows, for parameters of type rows. UTF-8, with or without a
 * BOM, commas, LF or CRLF.
 */
#ifndef TRO_CASE_CSV_H
#define TRO_CASE_CSV_H

#include <stddef.h>
#include <tro/err.h>
#include <tro/finding.h>

enum { TRO_CSV_COLUMNS_MAX = 64, TRO_CSV_ROWS_MAX = 10000 };

typedef struct tro_csv tro_csv;

/* Reads what can be read. Each row that cannot (bad quoting, no plain UTF-8, more or fewer fields
 * than the header) is left out and is a block finding at name:line, so that all of them are told at
 * once. TRO_INVALID, with the reason as one more finding, when what follows makes no sense either:
 * no header or a bad one, too many rows; *out is not written then. */
tro_status tro_csv_parse(tro_csv **out, const char *bytes, size_t len, const char *name,
	tro_findings *findings, tro_err *err) TRO_MUST_USE;
void tro_csv_free(tro_csv *csv);
size_t tro_csv_column_count(const tro_csv *csv);
const char *tro_csv_column(const tro_csv *csv, size_t column);
size_t tro_csv_row_count(const tro_csv *csv); /* without the header */

/* The header is row 1; a row that was left out is counted, an empty line is not. */
size_t tro_csv_number(const tro_csv *csv, size_t row);

const char *tro_csv_value(const tro_csv *csv, size_t row, size_t column);

#endif
