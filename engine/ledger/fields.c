#include "ledger/fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Line and paragraph separators, marks, embeddings, overrides and isolates of direction, and the
 * byte order mark. */
static const char *const deceiving[] = {"\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8",
	"\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad",
	"\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9",
	"\xef\xbb\xbf"};

bool tro_line_good(const char *text, size_t len)
{
	if (len == 0 || text[0] == ' ' || text[len - 1] == ' ' || !tro_utf8_valid(text, len) ||
		tro_text_has_control(text, len, "")) {
		return false;
	}
	for (size_t i = 0; i + 3 <= len; i++) {
		for (size_t k = 0; k < sizeof(deceiving) / sizeof(*deceiving); k++) {
			if (memcmp(text + i, deceiving[k], 3) == 0) {
				return false;
			}
		}
	}
	return true;
}

static bool name_good(const char *name, size_t len)
{
	if (len == 0 || len > TRO_FIELD_NAME_MAX || name[0] < 'a' || name[0] > 'z') {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		bool good = (name[i] >= 'a' && name[i] <= 'z') ||
			    (name[i] >= '0' && name[i] <= '9') || name[i] == '-';

		if (!good) {
			return false;
		}
	}
	return true;
}

tro_status tro_fields_format(tro_buf *out, const tro_field *fields, size_t count, tro_err *err)
{
	for (size_t i = 0; i < count; i++) {
		if (!name_good(fields[i].name, strlen(fields[i].name))) {
			return tro_err_set(err, TRO_INVALID, "'%s' cannot be the name of a field",
				fields[i].name);
		}
		if (!tro_line_good(fields[i].value, strlen(fields[i].value))) {
			return tro_err_set(err, TRO_INVALID,
				"%s: write one line of text, not empty, without control characters "
				"and without a blank at either end",
				fields[i].name);
		}
		tro_buf_printf(out, "%s %s\n", fields[i].name, fields[i].value);
	}
	if (out->len > TRO_FIELDS_MAX) {
		return tro_err_set(
			err, TRO_INVALID, "the payload is longer than %d bytes", TRO_FIELDS_MAX);
	}
	return tro_buf_status(out, err);
}

static size_t count_lines(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++) {
		count += text[i] == '\n';
	}
	return count;
}

/* Cuts the line that ends at lf into name and value. */
static bool cut_line(tro_field *out, char *line, char *lf)
{
	char *blank = memchr(line, ' ', (size_t)(lf - line));

	if (blank == NULL || !name_good(line, (size_t)(blank - line)) ||
		!tro_line_good(blank + 1, (size_t)(lf - blank - 1))) {
		return false;
	}
	*blank = '\0';
	*lf = '\0';
	*out = (tro_field){.name = line, .value = blank + 1};
	return true;
}

tro_status tro_fields_parse(tro_fields *out, const char *payload, size_t len, tro_err *err)
{
	*out = (tro_fields){0};
	if (len == 0 || len > TRO_FIELDS_MAX || payload[len - 1] != '\n') {
		return tro_err_set(err, TRO_INVALID,
			"the payload is empty, longer than %d bytes or does not end in LF",
			TRO_FIELDS_MAX);
	}
	size_t count = count_lines(payload, len);

	out->text = malloc(len);
	out->list = calloc(count, sizeof(*out->list));
	if (out->text == NULL || out->list == NULL) {
		return tro_err_nomem(err);
	}
	memcpy(out->text, payload, len);
	char *line = out->text;

	for (size_t i = 0; i < count; i++) {
		char *lf = memchr(line, '\n', len - (size_t)(line - out->text));

		if (!cut_line(&out->list[i], line, lf)) {
			return tro_err_set(err, TRO_INVALID,
				"line %zu of the payload is not a field name, a blank and one line "
				"of text",
				i + 1);
		}
		out->count = i + 1;
		line = lf + 1;
	}
	return TRO_OK;
}

void tro_fields_done(tro_fields *fields)
{
	free(fields->list);
	free(fields->text);
	*fields = (tro_fields){0};
}
