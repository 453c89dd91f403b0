#include "case/arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/calendar.h>
#include <tro/identifier.h>

#include "base/text.h"
#include "case/csv.h"

enum { TEXT_MAX = 64 * 1024, LINE_MAX_LEN = 1024, PLACE_SIZE = 512 };

/* One reading of one command's arguments. */
typedef struct reading {
	const tro_rules *rules;
	tro_findings *findings;
	size_t faults;
} reading;

/* A value with where it stands, and the values beside it (for identifiers whose type another column
 * gives). */
typedef struct cell {
	const char *value;
	size_t len;
	char place[PLACE_SIZE];
	tro_xml_node *siblings; /* the element that holds what was read before */
} cell;

static tro_status fault(reading *r, const char *place, tro_err *err, const char *message)
{
	r->faults++;
	return tro_findings_add(
		r->findings, TRO_LEVEL_BLOCK, "argument", place, NULL, NULL, err, "%s", message);
}

/* ---- one reader a type: appends the canonical text, or returns TRO_INVALID with what is wrong
 * ---- */

static tro_status read_text(tro_buf *out, const cell *c, tro_err *err)
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

static tro_status read_line(tro_buf *out, const cell *c, tro_err *err)
{
	if (c->len > LINE_MAX_LEN || !tro_utf8_valid(c->value, c->len) ||
		tro_text_has_control(c->value, c->len, "")) {
		return tro_err_set(err, TRO_INVALID,
			"not one line of at most %d bytes of UTF-8 text", (int)LINE_MAX_LEN);
	}
	tro_buf_put(out, c->value, c->len);
	return tro_buf_status(out, err);
}

static tro_status read_date(tro_buf *out, const cell *c, tro_err *err)
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

/* "HH:MM" on a 24-hour clock. */
static bool clock_good(const char *text)
{
	return strlen(text) == 5 && text[2] == ':' && text[0] >= '0' && text[0] <= '2' &&
	       text[1] >= '0' && text[1] <= (text[0] == '2' ? '3' : '9') && text[3] >= '0' &&
	       text[3] <= '5' && text[4] >= '0' && text[4] <= '9';
}

static tro_status read_clock(tro_buf *out, const cell *c, tro_err *err)
{
	if (!clock_good(c->value)) {
		return tro_err_set(
			err, TRO_INVALID, "'%s' is not a time of day: write it as 15:00", c->value);
	}
	tro_buf_puts(out, c->value);
	return TRO_OK;
}

/* RFC 3339, or "YYYY-MM-DD HH:MM" as the clock on a wall in the UK shows it. */
static tro_status read_datetime(tro_buf *out, const cell *c, tro_err *err)
{
	tro_time_us time;
	char text[TRO_TIME_TEXT_SIZE];
	char day[TRO_DATE_TEXT_SIZE] = "";
	tro_status status;

	if (c->len == 16 && c->value[10] == ' ' && clock_good(c->value + 11)) {
		tro_date date;
		const char *clock = c->value + 11;

		memcpy(day, c->value, 10);
		status = tro_date_parse(&date, day, err);
		if (status == TRO_OK) {
			status = tro_uk_to_time(&time, date, (clock[0] - '0') * 10 + clock[1] - '0',
				(clock[3] - '0') * 10 + clock[4] - '0', 0, err);
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
static tro_status read_identifier(
	tro_buf *out, reading *r, const tro_chart_param *param, const cell *c, tro_err *err)
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
static tro_status read_codes(
	tro_buf *out, reading *r, const tro_chart_param *param, const cell *c, tro_err *err)
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

static tro_status read_person(tro_buf *out, const reading *r, const cell *c, tro_err *err)
{
	if (tro_authority_person(r->rules->authority, c->value) == NULL) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"no person %s is enrolled: 'tro person' lists who is", c->value);
	}
	tro_buf_puts(out, c->value);
	return TRO_OK;
}

static tro_status read_money(tro_buf *out, const cell *c, tro_err *err)
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

static tro_status read_integer(tro_buf *out, const cell *c, tro_err *err)
{
	uint64_t value;

	if (!tro_decimal_parse(&value, c->value, c->len)) {
		return tro_err_set(err, TRO_INVALID, "'%s' is not a whole number", c->value);
	}
	tro_buf_puts(out, c->value);
	return TRO_OK;
}

static tro_status read_boolean(tro_buf *out, const cell *c, tro_err *err)
{
	if (strcmp(c->value, "yes") != 0 && strcmp(c->value, "no") != 0) {
		return tro_err_set(err, TRO_INVALID, "'%s': say yes or no", c->value);
	}
	tro_buf_puts(out, c->value);
	return TRO_OK;
}

static tro_status read_digest(tro_buf *out, const cell *c, tro_err *err)
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

static tro_status read_value(
	tro_buf *out, reading *r, const tro_chart_param *param, const cell *c, tro_err *err)
{
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

/* Reads a cell into a child of `parent`; what is wrong with it becomes a finding, not a failure. */
static tro_status add_value(
	tro_xml_node *parent, reading *r, const tro_chart_param *param, const cell *c, tro_err *err)
{
	tro_buf text = TRO_BUF_INIT;
	tro_err own;
	tro_status status = read_value(&text, r, param, c, &own);

	if (status == TRO_OK && param->required && text.len == 0) {
		status = tro_err_set(&own, TRO_INVALID, "this is required");
	}
	if (status == TRO_OK) {
		status = tro_xml_append(parent, "", param->name, text.ptr) == NULL
				 ? tro_err_nomem(err)
				 : TRO_OK;
	} else if (status == TRO_INVALID || status == TRO_NOT_FOUND) {
		status = fault(r, c->place, err, own.message);
	} else {
		status = tro_err_set(err, status, "%s", own.message);
	}
	tro_buf_done(&text);
	return status;
}

/* ---- rows ---- */

static const tro_chart_param *param_named(
	const tro_chart_param *params, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(params[i].name, name) == 0) {
			return &params[i];
		}
	}
	return NULL;
}

static tro_status check_columns(reading *r, const tro_chart_param *param, const tro_csv *csv,
	const char *source, tro_err *err)
{
	char message[LINE_MAX_LEN];
	tro_status status = TRO_OK;

	for (size_t i = 0; i < tro_csv_column_count(csv) && status == TRO_OK; i++) {
		const char *name = tro_csv_column(csv, i);

		if (param_named(param->columns, param->column_count, name) == NULL) {
			(void)snprintf(message, sizeof(message), "unknown column '%s'", name);
			status = fault(r, source, err, message);
		}
		for (size_t j = 0; j < i && status == TRO_OK; j++) {
			if (strcmp(name, tro_csv_column(csv, j)) == 0) {
				(void)snprintf(
					message, sizeof(message), "column '%s' stands twice", name);
				status = fault(r, source, err, message);
			}
		}
	}
	return status;
}

static size_t column_of(const tro_csv *csv, const char *name)
{
	for (size_t i = 0; i < tro_csv_column_count(csv); i++) {
		if (strcmp(tro_csv_column(csv, i), name) == 0) {
			return i;
		}
	}
	return SIZE_MAX;
}

/* Columns are read in the declared order, so that what a column depends on is there. */
static tro_status read_row(tro_xml_node *parent, reading *r, const tro_chart_param *param,
	const tro_csv *csv, size_t row, const char *source, tro_err *err)
{
	char number[24];
	tro_xml_node *node = tro_xml_append(parent, "", param->row, NULL);

	if (node == NULL) {
		return tro_err_nomem(err);
	}
	(void)snprintf(number, sizeof(number), "%zu", row + 1);
	tro_status status = tro_xml_set(node, "", "n", number, err);

	for (size_t i = 0; i < param->column_count && status == TRO_OK; i++) {
		const tro_chart_param *column = &param->columns[i];
		size_t at = column_of(csv, column->name);
		const char *value = at == SIZE_MAX ? "" : tro_csv_value(csv, row, at);
		cell c = {.value = value, .len = strlen(value), .siblings = node};

		(void)snprintf(c.place, sizeof(c.place), "%s:%zu, column %s", source,
			tro_csv_line(csv, row), column->name);
		if (value[0] != '\0') {
			status = add_value(node, r, column, &c, err);
		} else if (column->required) {
			status = fault(r, c.place, err, "a value is required here");
		}
	}
	return status;
}

static tro_status read_rows(tro_xml_node *parent, reading *r, const tro_chart_param *param,
	const tro_argument *arg, tro_err *err)
{
	const char *source = arg->source == NULL ? param->name : arg->source;
	tro_csv *csv = NULL;
	tro_err own;
	tro_status status = tro_csv_parse(&csv, arg->value, arg->len, source, &own);

	if (status == TRO_INVALID) {
		return fault(r, source, err, own.message);
	}
	if (status != TRO_OK) {
		return tro_err_set(err, status, "%s", own.message);
	}
	tro_xml_node *node = tro_xml_append(parent, "", param->name, NULL);

	status = node == NULL ? tro_err_nomem(err) : check_columns(r, param, csv, source, err);
	for (size_t row = 0; row < tro_csv_row_count(csv) && status == TRO_OK; row++) {
		status = read_row(node, r, param, csv, row, source, err);
	}
	if (status == TRO_OK && tro_csv_row_count(csv) == 0) {
		status = fault(r, source, err, "there is no row below the header");
	}
	tro_csv_free(csv);
	return status;
}

/* ---- exhibits ---- */

static const char *media_type(const char *name)
{
	static const char *const types[][2] = {{".csv", "text/csv"}, {".txt", "text/plain"},
		{".pdf", "application/pdf"}, {".png", "image/png"}, {".jpg", "image/jpeg"},
		{".jpeg", "image/jpeg"}, {".xml", "application/xml"}, {".mp4", "video/mp4"},
		{".wav", "audio/wav"}, {".zip", "application/zip"},
		{".docx",
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}};
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		size_t suffix = strlen(types[i][0]);

		if (len > suffix && strcmp(name + len - suffix, types[i][0]) == 0) {
			return types[i][1];
		}
	}
	return "application/octet-stream";
}

static tro_status set_exhibit(tro_xml_node *node, const uint8_t sha256[32], uint64_t size_bytes,
	const char *name, tro_err *err)
{
	char hex[TRO_HEX_SIZE(32)];
	char size[24];

	tro_hex_encode(hex, sha256, 32);
	(void)snprintf(size, sizeof(size), "%llu", (unsigned long long)size_bytes);
	const char *const attributes[][2] = {
		{"sha256", hex}, {"size", size}, {"media", media_type(name)}, {"name", name}};
	tro_status status = TRO_OK;

	for (size_t i = 0; i < 4 && status == TRO_OK; i++) {
		status = tro_xml_set(node, "", attributes[i][0], attributes[i][1], err);
	}
	return status;
}

static tro_status read_exhibit(tro_xml_node *parent, reading *r, const tro_chart_param *param,
	const tro_argument *arg, tro_err *err)
{
	const char *slash = strrchr(arg->value, '/');
	const char *name = slash == NULL ? arg->value : slash + 1;
	uint8_t sha256[32];
	uint64_t size;
	tro_err own;
	size_t len = strlen(name);

	if (len == 0 || len > 255 || !tro_utf8_valid(name, len) ||
		tro_text_has_control(name, len, "")) {
		return fault(r, param->name, err, "the file's name is not plain text");
	}
	tro_status status = tro_store_exhibit_hash(sha256, &size, arg->value, &own);

	if (status == TRO_NOT_FOUND || status == TRO_INVALID) {
		return fault(r, param->name, err, own.message);
	}
	if (status != TRO_OK) {
		return tro_err_set(err, status, "%s", own.message);
	}
	tro_xml_node *node = tro_xml_append(parent, "", param->name, NULL);

	return node == NULL ? tro_err_nomem(err) : set_exhibit(node, sha256, size, name, err);
}

/* ---- the event element ---- */

static tro_status event_element(
	tro_xml_doc **out, const char *event, const tro_act_facts *facts, tro_err *err)
{
	char seq[24];
	char time[TRO_TIME_TEXT_SIZE];
	tro_xml_doc *doc = tro_xml_new("", event);

	if (doc == NULL) {
		return tro_err_nomem(err);
	}
	(void)snprintf(seq, sizeof(seq), "%llu", (unsigned long long)facts->seq);
	tro_time_format(time, facts->time);
	const char *const attributes[][2] = {{"seq", seq}, {"person", facts->person},
		{"role", facts->role}, {"rank", facts->rank}, {"time", time}};
	tro_status status = TRO_OK;

	for (size_t i = 0; i < 5 && status == TRO_OK; i++) {
		status =
			tro_xml_set(tro_xml_root(doc), "", attributes[i][0], attributes[i][1], err);
	}
	if (status != TRO_OK) {
		tro_xml_free(doc);
		return status;
	}
	*out = doc;
	return TRO_OK;
}

static const tro_argument *argument_named(
	reading *r, const tro_command *command, const char *name, tro_err *err)
{
	const tro_argument *found = NULL;

	for (size_t i = 0; i < command->arg_count; i++) {
		if (strcmp(command->args[i].name, name) == 0) {
			if (found != NULL && fault(r, name, err, "given twice") != TRO_OK) {
				return NULL;
			}
			found = &command->args[i];
		}
	}
	return found;
}

static tro_status read_param(tro_xml_node *root, reading *r, const tro_chart_param *param,
	const tro_argument *arg, tro_err *err)
{
	if (arg == NULL) {
		return param->required ? fault(r, param->name, err, "this is required") : TRO_OK;
	}
	if (strcmp(param->type, "rows") == 0) {
		return read_rows(root, r, param, arg, err);
	}
	if (strcmp(param->type, "exhibit") == 0) {
		return read_exhibit(root, r, param, arg, err);
	}
	cell c = {.value = arg->value, .len = arg->len, .siblings = root};

	(void)snprintf(c.place, sizeof(c.place), "%s%s%s", param->name,
		arg->source == NULL ? "" : " from ", arg->source == NULL ? "" : arg->source);
	return add_value(root, r, param, &c, err);
}

static tro_status reject_unknown(
	reading *r, const tro_chart_event *event, const tro_command *command, tro_err *err)
{
	char message[LINE_MAX_LEN];
	tro_status status = TRO_OK;

	for (size_t i = 0; i < command->arg_count && status == TRO_OK; i++) {
		if (param_named(event->params, event->param_count, command->args[i].name) == NULL) {
			(void)snprintf(message, sizeof(message),
				"%s has no such parameter: 'tro help %s' lists them", event->name,
				event->name);
			status = fault(r, command->args[i].name, err, message);
		}
	}
	return status;
}

/* Exhibits are read when everything else is right: they may be large. */
static tro_status read_params(tro_xml_node *root, reading *r, const tro_chart_event *event,
	const tro_command *command, tro_err *err)
{
	tro_status status = reject_unknown(r, event, command, err);

	for (size_t i = 0; i < event->param_count && status == TRO_OK; i++) {
		const tro_chart_param *param = &event->params[i];
		const tro_argument *arg = argument_named(r, command, param->name, err);

		if (strcmp(param->type, "exhibit") != 0 || arg == NULL) {
			status = read_param(root, r, param, arg, err);
		}
	}
	for (size_t i = 0; i < event->param_count && status == TRO_OK && r->faults == 0; i++) {
		const tro_chart_param *param = &event->params[i];
		const tro_argument *arg = argument_named(r, command, param->name, err);

		if (strcmp(param->type, "exhibit") == 0 && arg != NULL) {
			status = read_param(root, r, param, arg, err);
		}
	}
	return status;
}

tro_status tro_arguments_read(tro_xml_doc **out, const tro_chart_event *event,
	const tro_command *command, const tro_act_facts *facts, const tro_rules *rules,
	tro_findings *findings, tro_err *err)
{
	reading r = {.rules = rules, .findings = findings};
	tro_xml_doc *doc = NULL;
	tro_status status = event_element(&doc, event->name, facts, err);

	if (status == TRO_OK) {
		status = read_params(tro_xml_root(doc), &r, event, command, err);
	}
	if (status == TRO_OK && r.faults > 0) {
		status = tro_err_set(err, TRO_INVALID, "%s: %zu %s wrong", event->name, r.faults,
			r.faults == 1 ? "thing is" : "things are");
	}
	if (status != TRO_OK) {
		tro_xml_free(doc);
		return status;
	}
	*out = doc;
	return TRO_OK;
}
