/*
 * Payloads of the registry: `field value` lines, so that a shell can read them.
 */
#ifndef TRO_LEDGER_FIELDS_H
#define TRO_LEDGER_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <tro/buf.h>
#include <tro/err.h>

enum { TRO_FIELDS_MAX = 1 << 18, TRO_FIELD_NAME_MAX = 32 }; /* bytes of a payload, of a name */

/* One `field value` line of a registry payload. */
typedef struct tro_field {
	const char *name;  /* lower-case letters, digits, '-'; begins with a letter */
	const char *value; /* what tro_line_good accepts */
} tro_field;

/* One line of UTF-8 for people: not empty, without control characters, line separators, byte order
 * marks and the characters that turn the direction of writing (a name must not read as another
 * one), and without a blank at either end. */
bool tro_line_good(const char *text, size_t len);

/* Appends the lines. TRO_INVALID when a field cannot be written. */
tro_status tro_fields_format(
	tro_buf *out, const tro_field *fields, size_t count, tro_err *err) TRO_MUST_USE;

/* Lines read from a payload. */
typedef struct tro_fields {
	tro_field *list;
	size_t count;
	char *text; /* what list points into */
} tro_fields;
/* Reads lines: what tro_fields_format writes and nothing else. TRO_INVALID names the line. Freed by
 * tro_fields_done, also after a failure. */
tro_status tro_fields_parse(
	tro_fields *out, const char *payload, size_t len, tro_err *err) TRO_MUST_USE;
void tro_fields_done(tro_fields *fields);

#endif
