#include "case/values.h"

#include <stdlib.h>
#include <string.h>
#include <tro/calendar.h>
#include <tro/identifier.h>

#include "base/text.h"

enum { TEXT_MAX = 64 * 1024, LINE_MAX_LEN = 1024 };

/* What a value is judged by, and where warnings about it go. */
typedef struct reading {
	const tro_rules *rules;
	tro_findings *findings;
} reading;

/* ---- one reader a type ---- */

static tro_status read_text(tro_buf *out, const tro_cell *c, tro_err *err)
{
	if (c->len > TEXT_MAX) {
		return tro_err_set(
			err, TRO_INVALID, "the text is longer than %d bytes", (int)TEXT_MAX);
	}
	if (!tro_utf8_valid(c->value, c->len) || tro_text_has_control(c->value, c->len, "\t\r\n")) {
		return tro_err_set(err, TRO_INVALID, "not plain UTF-8 text");
	}
	for (size_t i = 0; i < c->len; i++) { /* one spelling of a line end */
		if (c->value[i] != '\r') {
			tro_buf_putc(out, c->value[i]);
		} else if (i + 1 == c->len || c->value[i + 1] != '\n') {
			tro_buf_putc(out, '\n');
		}
	}
	while (out->len > 0 && out->ptr[out->len - 1] == '\n') {
		out->ptr[--out->len] = '\0';
	}
	if (out->len > 0 && strspn(out->ptr, " \t\n") == out->len) {
		tro_buf_clear(
			out); /* blanks alone say nothing, and a session keeps no blank text */
	}
	return tro_buf_status(out, err);
}

static tro_status read_line(tro_buf *out, const tro_cell *c, tro_err *err)
{
	if (c->len > LINE_MAX_LEN || !tro_utf8_valid(c->value, c->len) ||
		tro_text_has_control(c->value, c->len, "")) {
		return tro_err_set(err, TRO_INVALID,
			"not one line of at most %d bytes of UTF-8 text", (int)LINE_MAX_LEN);
	}
	tro_buf_put(out, c->value, c->len);
	return tro_buf_status(out, err);
}

static tro_status read_date(tro_buf *out, const tro_cell *c, tro_err *err)
{
	tro_date date;
	char text[TRO_DATE_TEXT_SIZE];
	tro_status status = tro_date_parse(&date, c->value, err);

	if (status == TRO_OK) {
		tro_date_format(text, date);
		tro_buf_puts(out, text);
	}
	return status;
}

/* On a day on which the clocks do not change. */
static tro_status check_clock(const char *clock, tro_err *err)
{
	static const tro_date any = {.year = 2000, .month = 1, .day = 1};
	tro_time_us ignored;

	return tro_uk_parse_clock(&ignored, any, clock, err);
}

static tro_status read_clock(tro_buf *out, const tro_cell *c, tro_err *err)
{
	tro_buf_puts(out, c->value);
	return check_clock(c->value, err);
}

/* RFC 3339, or "YYYY-MM-DD HH:MM" as the clock on a wall in the UK shows it. */
static tro_status read_datetime(tro_buf *out, const tro_cell *c, tro_err *err)
{
	tro_time_us time;
	char text[TRO_TIME_TEXT_SIZE];
	char day[TRO_DATE_TEXT_SIZE] = "";
	tro_status status;

	if (c->len == 16 && c->value[10] == ' ' && check_clock(c->value + 11, NULL) == TRO_OK) {
		tro_date date;

		memcpy(day, c->value, 10);
		status = tro_date_parse(&date, day, err);
		if (status == TRO_OK) {
			status = tro_uk_parse_clock(&time, date, c->value + 11, err);
		}
	} else {
		status = tro_time_parse(&time, c->value, err);
		if (status == TRO_INVALID) {
			status = tro_err_set(err, TRO_INVALID,
				"'%s' is not a time: write '2026-11-11 14:00' (UK local) or "
				"2026-11-11T14:00:00Z",
				c->value);
		}
	}
	if (status == TRO_OK) {
		tro_time_format(text, time);
		tro_buf_puts(out, text);
	}
	return status;
}

static tro_status check_fictional(
	const reading *r, const char *type, const char *canonical, tro_err *err)
{
	const char *list;
	size_t len;
	tro_status status = tro_rules_bytes(&list, &len, r->rules, "fictional", "fictional", err);

	if (status != TRO_OK) {
		return status;
	}
	bool fictional = tro_identifier_fictional(type, canonical, list);
	bool training = tro_authority_training(r->rules->authority);

	if (training && !fictional) {
		return tro_err_set(err, TRO_INVALID,
			"%s could belong to somebody: a training store takes fictional identifiers "
			"alone "
			"(numbers 07700 900000 to 900999, the test values in workflows/registers)",
			canonical);
	}
	if (!training && fictional) {
		return tro_err_set(err, TRO_INVALID,
			"%s is a fictional identifier: a live store refuses it", canonical);
	}
	return TRO_OK;
}

/* `of` is a type, or the name of the sibling that says the type. */
static tro_status read_identifier(tro_buf *out, const reading *r, const tro_chart_param *param,
	const tro_cell *c, tro_err *err)
{
	char canonical[TRO_IDENTIFIER_SIZE];
	const char *type = param->of;

	if (!tro_identifier_type_known(type)) {
		tro_xml_node *node = tro_xml_first_named(c->siblings, "", param->of);

		type = node == NULL ? NULL : tro_xml_simple_text(node);
		if (type == NULL || !tro_identifier_type_known(type)) {
			return tro_err_set(err, TRO_INVALID,
				"say in %s which type of identifier this is, before it", param->of);
		}
	}
	tro_status status =
		tro_identifier_parse(canonical, type, c->value, c->place, r->findings, err);

	if (status == TRO_OK) {
		status = check_fictional(r, type, canonical, err);
	}
	if (status == TRO_OK) {
		tro_buf_puts(out, canonical);
	}
	return status;
}

static tro_status check_code(
	const reading *r, const tro_chart_param *param, const char *code, tro_err *err)
{
	tro_buf known = TRO_BUF_INIT;
	tro_status status = TRO_OK;

	if (param->codes[0] != '\0') {
		status = tro_rules_codes(&known, r->rules, param->codes, err);
	} else {
		tro_buf_puts(&known, param->values);
	}
	if (status == TRO_OK && !tro_text_in_list(known.ptr, code)) {
		status = tro_err_set(err, TRO_INVALID, "'%s' is not one of: %s", code, known.ptr);
	}
	tro_buf_done(&known);
	return status;
}

/* One code, or with type codes a blank-separated set. */
static tro_status read_codes(tro_buf *out, const reading *r, const tro_chart_param *param,
	const tro_cell *c, tro_err *err)
{
	bool many = strcmp(param->type, "codes") == 0;
	char *copy = strdup(c->value);
	char *save = NULL;
	tro_status status = copy == NULL ? tro_err_nomem(err) : TRO_OK;
	char *code = copy == NULL ? NULL : strtok_r(copy, " ", &save);

	if (status == TRO_OK && code == NULL) {
		status = tro_err_set(err, TRO_INVALID, "a code is missing");
	}
	for (size_t count = 0; status == TRO_OK && code != NULL; count++) {
		if (count > 0 && !many) {
			status = tro_err_set(err, TRO_INVALID, "'%s': give one code", c->value);
		} else {
			status = check_code(r, param, code, err);
		}
		if (status == TRO_OK && !tro_text_in_list(out->ptr, code)) {
			tro_buf_printf(out, out->len == 0 ? "%s" : " %s", code);
		}
		code = strtok_r(NULL, " ", &save);
	}
	free(copy);
	return status;
}

static tro_status read_person(tro_buf *out, const reading *r, const tro_cell *c, tro_err *err)
{
	if (tro_authority_person(r->rules->authority, c->value) == NULL) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"no person %s is enrolled: 'tro person' lists who is", c->value);
	}
	tro_buf_puts(out, c->value);
	return TRO_OK;
}

static tro_status read_money(tro_buf *out, const tro_cell *c, tro_err *err)
{
	const char *point = strchr(c->value, '.');
	size_t pounds = point == NULL ? c->len : (size_t)(point - c->value);
	uint64_t whole;
	uint64_t pence = 0;
	bool good = tro_decimal_parse(&whole, c->value, pounds) && whole <= 1000000000 &&
		    (point == NULL || (strlen(point) == 3 && strspn(point + 1, "0123456789") == 2));

	if (!good) {
		return tro_err_set(err, TRO_INVALID,
			"'%s' is not a sum of money: write pounds and pence as 250.00", c->value);
	}
	if (point != NULL) {
		pence = (uint64_t)((point[1] - '0') * 10 + point[2] - '0');
	}
	tro_buf_printf(out, "%llu.%02llu", (unsigned long long)whole, (unsigned long long)pence);
	return TRO_OK;
}

static tro_status read_integer(tro_buf *out, const tro_cell *c, tro_err *err)
{
	uint64_t value;

	if (!tro_decimal_parse(&value, c->value, c->len)) {
		return tro_err_set(err, TRO_INVALID, "'%s' is not a whole number", c->value);
	}
	tro_buf_puts(out, c->value);
	return TRO_OK;
}

static tro_status read_boolean(tro_buf *out, const tro_cell *c, tro_err *err)
{
	if (strcmp(c->value, "yes") != 0 && strcmp(c->value, "no") != 0) {
		return tro_err_set(err, TRO_INVALID, "'%s': say yes or no", c->value);
	}
	tro_buf_puts(out, c->value);
	return TRO_OK;
}

static tro_status read_digest(tro_buf *out, const tro_cell *c, tro_err *err)
{
	uint8_t bytes[32];
	const char *hex = tro_text_starts(c->value, "sha256:") ? c->value + 7 : c->value;

	if (!tro_hex_decode(bytes, 32, hex, strlen(hex))) {
		return tro_err_set(err, TRO_INVALID,
			"'%s' is not a SHA-256: give its 64 hexadecimal digits", c->value);
	}
	tro_buf_puts(out, hex);
	return TRO_OK;
}

tro_status tro_value_read(tro_buf *out, const tro_chart_param *param, const tro_cell *c,
	const tro_rules *rules, tro_findings *findings, tro_err *err)
{
	const reading reads = {rules, findings};
	const reading *r = &reads;
	const char *type = param->type;

	if (c->len != strlen(c->value)) {
		return tro_err_set(err, TRO_INVALID, "the value holds a NUL byte");
	}
	if (strcmp(type, "text") == 0) {
		return read_text(out, c, err);
	}
	if (strcmp(type, "date") == 0) {
		return read_date(out, c, err);
	}
	if (strcmp(type, "time") == 0) {
		return read_clock(out, c, err);
	}
	if (strcmp(type, "datetime") == 0) {
		return read_datetime(out, c, err);
	}
	if (strcmp(type, "identifier") == 0) {
		return read_identifier(out, r, param, c, err);
	}
	if (strcmp(type, "code") == 0 || strcmp(type, "codes") == 0) {
		return read_codes(out, r, param, c, err);
	}
	if (strcmp(type, "person") == 0) {
		return read_person(out, r, c, err);
	}
	if (strcmp(type, "money") == 0) {
		return read_money(out, c, err);
	}
	if (strcmp(type, "integer") == 0) {
		return read_integer(out, c, err);
	}
	if (strcmp(type, "boolean") == 0) {
		return read_boolean(out, c, err);
	}
	return strcmp(type, "digest") == 0 ? read_digest(out, c, err) : read_line(out, c, err);
}

/* What a file of some kinds begins with: a name can be anything. */
static const struct {
	const char *suffix, *media, *head;
} media_types[] = {
	{".csv", "text/csv", ""},
	{".txt", "text/plain", ""},
	{".pdf", "application/pdf", "%PDF-"},
	{".png", "image/png", "\x89PNG\r\n\x1a\n"},
	{".jpg", "image/jpeg", "\xff\xd8\xff"},
	{".jpeg", "image/jpeg", "\xff\xd8\xff"},
	{".xml", "application/xml", ""},
	{".mp4", "video/mp4", ""},
	{".wav", "audio/wav", "RIFF"},
	{".zip", "application/zip", "PK"},
	{".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK"},
	{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK"},
};

enum { MEDIA_TYPES = sizeof(media_types) / sizeof(media_types[0]) };

static size_t media_of(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < MEDIA_TYPES; i++) {
		size_t suffix = strlen(media_types[i].suffix);

		if (len > suffix && strcmp(name + len - suffix, media_types[i].suffix) == 0) {
			return i;
		}
	}
	return MEDIA_TYPES;
}

const char *tro_media_type(const char *name)
{
	size_t i = media_of(name);

	return i < MEDIA_TYPES ? media_types[i].media : "application/octet-stream";
}

bool tro_media_fits(const char *name, const uint8_t *head, size_t len)
{
	size_t i = media_of(name);
	size_t expected = i < MEDIA_TYPES ? strlen(media_types[i].head) : 0;

	return expected <= len &&
	       (expected == 0 || memcmp(head, media_types[i].head, expected) == 0);
}
