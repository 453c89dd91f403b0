#include "case/arguments.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "case/csv.h"
#include "case/values.h"

enum { LINE_MAX_LEN = 1024, PLACE_SIZE = 512 };

/* One reading of one command's arguments. */
typedef struct reading {
	const tro_rules *rules;
	tro_findings *findings;
	size_t faults;
} reading;

static tro_status fault(reading *r, const char *place, tro_err *err, const char *message)
{
	r->faults++;
	return tro_findings_add(
		r->findings, TRO_LEVEL_BLOCK, "argument", place, NULL, NULL, err, "%s", message);
}

/* Reads a cell into a child of `parent`; what is wrong with it becomes a finding, not a failure. */
static tro_status add_value(tro_xml_node *parent, reading *r, const tro_chart_param *param,
	const tro_cell *c, tro_err *err)
{
	tro_buf text = TRO_BUF_INIT;
	tro_err own;
	tro_status status = tro_value_read(&text, param, c, r->rules, r->findings, &own);

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
	char number[24]; /* from 1; to the reader it is one more, the header being row 1 */
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
		char place[PLACE_SIZE];
		tro_cell c = {
			.value = value, .len = strlen(value), .place = place, .siblings = node};

		(void)snprintf(place, sizeof(place), "%s, row %zu, column %s", source,
			tro_csv_number(csv, row), column->name);
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
	size_t before = tro_findings_count_level(r->findings, TRO_LEVEL_BLOCK);
	tro_status status = tro_csv_parse(&csv, arg->value, arg->len, source, r->findings, err);
	size_t broken = tro_findings_count_level(r->findings, TRO_LEVEL_BLOCK) - before;

	r->faults += broken;
	if (status != TRO_OK) {
		return status == TRO_INVALID ? TRO_OK : status; /* a finding says it */
	}
	tro_xml_node *node = tro_xml_append(parent, "", param->name, NULL);

	status = node == NULL ? tro_err_nomem(err) : check_columns(r, param, csv, source, err);
	for (size_t row = 0; row < tro_csv_row_count(csv) && status == TRO_OK; row++) {
		status = read_row(node, r, param, csv, row, source, err);
	}
	if (status == TRO_OK && broken == 0 && tro_csv_row_count(csv) == 0) {
		status = fault(r, source, err, "there is no row below the header");
	}
	tro_csv_free(csv);
	return status;
}

/* ---- exhibits ---- */

static tro_status set_exhibit(tro_xml_node *node, const uint8_t sha256[32], uint64_t size_bytes,
	const char *name, tro_err *err)
{
	char hex[TRO_HEX_SIZE(32)];
	char size[24];

	tro_hex_encode(hex, sha256, 32);
	(void)snprintf(size, sizeof(size), "%llu", (unsigned long long)size_bytes);
	const char *const attributes[][2] = {
		{"sha256", hex}, {"size", size}, {"media", tro_media_type(name)}, {"name", name}};
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
	uint8_t head[TRO_EXHIBIT_HEAD];
	uint64_t size;
	tro_err own;
	size_t len = strlen(name);

	if (len == 0 || len > 255 || !tro_utf8_valid(name, len) ||
		tro_text_has_control(name, len, "")) {
		return fault(r, param->name, err, "the file's name is not plain text");
	}
	tro_status status = tro_store_exhibit_hash(sha256, &size, head, arg->value, &own);

	if (status == TRO_NOT_FOUND || status == TRO_INVALID) {
		return fault(r, param->name, err, own.message);
	}
	if (status != TRO_OK) {
		return tro_err_set(err, status, "%s", own.message);
	}
	if (!tro_media_fits(name, head, sizeof(head))) {
		return fault(r, param->name, err,
			"the file is not what its name says: it does not begin as such a file "
			"does");
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
	char place[PLACE_SIZE];
	tro_cell c = {.value = arg->value, .len = arg->len, .place = place, .siblings = root};

	(void)snprintf(place, sizeof(place), "%s%s%s", param->name,
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
				"%s has no such parameter: 'tro help %s CASE' lists them",
				event->name, event->name);
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
