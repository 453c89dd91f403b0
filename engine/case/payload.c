#include "case/payload.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "case/values.h"

/* One check of one element's values. */
typedef struct checking {
	const tro_rules *rules;
	tro_findings *findings; /* warnings, which were heard when it was done */
} checking;

static tro_status not_ours(tro_err *err, const char *name, const char *what)
{
	return tro_err_set(err, TRO_INVALID, "its payload is not well-formed: %s %s", name, what);
}

static bool has_attributes(const tro_xml_node *node, size_t count)
{
	size_t found = 0;

	for (tro_xml_node *a = tro_xml_first_attribute(node); a != NULL;
		a = tro_xml_next_attribute(a)) {
		found++;
	}
	return found == count;
}

static tro_status check_value(const checking *c, const tro_chart_param *param, tro_xml_node *node,
	tro_xml_node *siblings, tro_err *err)
{
	const char *text = tro_xml_first(node) == NULL ? tro_xml_simple_text(node) : NULL;
	tro_buf canonical = TRO_BUF_INIT;

	if (text == NULL || !has_attributes(node, 0)) {
		return not_ours(err, param->name, "is no plain value");
	}
	const tro_cell cell = {
		.value = text, .len = strlen(text), .place = param->name, .siblings = siblings};
	tro_status status = tro_value_read(&canonical, param, &cell, c->rules, c->findings, err);

	if (status == TRO_INVALID || status == TRO_NOT_FOUND) {
		status = tro_err_prefix(err, TRO_INVALID, "its payload's %s", param->name);
	} else if (status == TRO_OK && strcmp(canonical.ptr, text) != 0) {
		status = not_ours(err, param->name, "is not in its canonical form");
	} else if (status == TRO_OK && param->required && text[0] == '\0') {
		status = not_ours(err, param->name, "is empty");
	}
	tro_buf_done(&canonical);
	return status;
}

static tro_status check_exhibit(const tro_chart_param *param, tro_xml_node *node, tro_err *err)
{
	const char *hex = tro_xml_get(node, "", "sha256");
	const char *size = tro_xml_get(node, "", "size");
	const char *media = tro_xml_get(node, "", "media");
	const char *name = tro_xml_get(node, "", "name");
	uint8_t sha256[32];
	uint64_t bytes;
	bool good = has_attributes(node, 4) && tro_xml_first(node) == NULL &&
		    tro_xml_holds_elements_alone(node) && hex != NULL && size != NULL &&
		    media != NULL && name != NULL && tro_hex_decode(sha256, 32, hex, strlen(hex)) &&
		    tro_decimal_parse(&bytes, size, strlen(size)) && name[0] != '\0' &&
		    strchr(name, '/') == NULL && strcmp(media, tro_media_type(name)) == 0;

	return good ? TRO_OK : not_ours(err, param->name, "describes no file");
}

static tro_status check_row(const checking *c, const tro_chart_param *param, tro_xml_node *row,
	size_t number, tro_err *err)
{
	char expected[24];
	const char *n = tro_xml_get(row, "", "n");
	tro_xml_node *next = tro_xml_first(row);
	tro_status status = TRO_OK;

	(void)snprintf(expected, sizeof(expected), "%zu", number);
	if (!tro_xml_is(row, "", param->row) || !tro_xml_holds_elements_alone(row) ||
		!has_attributes(row, 1) || n == NULL || strcmp(n, expected) != 0) {
		return not_ours(err, param->name, "has a row that is none");
	}
	for (size_t i = 0; i < param->column_count && status == TRO_OK; i++) {
		const tro_chart_param *column = &param->columns[i];

		if (next != NULL && tro_xml_is(next, "", column->name)) {
			status = check_value(c, column, next, row, err);
			next = tro_xml_next(next);
		} else if (column->required) {
			status = not_ours(err, column->name, "is missing in a row");
		}
	}
	if (status == TRO_OK && next != NULL) {
		status = not_ours(err, tro_xml_name(next), "does not belong into a row there");
	}
	return status;
}

static tro_status check_rows(
	const checking *c, const tro_chart_param *param, tro_xml_node *node, tro_err *err)
{
	size_t number = 0;
	tro_status status = TRO_OK;

	if (!has_attributes(node, 0) || tro_xml_first(node) == NULL ||
		!tro_xml_holds_elements_alone(node)) {
		return not_ours(err, param->name, "has no rows alone");
	}
	for (tro_xml_node *row = tro_xml_first(node); row != NULL && status == TRO_OK;
		row = tro_xml_next(row)) {
		status = check_row(c, param, row, ++number, err);
	}
	return status;
}

static tro_status check_param(const checking *c, const tro_chart_param *param, tro_xml_node *node,
	tro_xml_node *data, tro_err *err)
{
	if (strcmp(param->type, "rows") == 0) {
		return check_rows(c, param, node, err);
	}
	return strcmp(param->type, "exhibit") == 0 ? check_exhibit(param, node, err)
						   : check_value(c, param, node, data, err);
}

/* Those that are exhibits, or those that are not: exhibits are read last. */
static tro_status check_params(const checking *c, const tro_chart_event *event, bool exhibits,
	tro_xml_node *data, tro_xml_node **io_next, tro_err *err)
{
	tro_status status = TRO_OK;

	for (size_t i = 0; i < event->param_count && status == TRO_OK; i++) {
		const tro_chart_param *param = &event->params[i];

		if ((strcmp(param->type, "exhibit") == 0) != exhibits) {
			continue;
		}
		if (*io_next != NULL && tro_xml_is(*io_next, "", param->name)) {
			status = check_param(c, param, *io_next, data, err);
			*io_next = tro_xml_next(*io_next);
		} else if (param->required) {
			status = not_ours(err, param->name, "is missing");
		}
	}
	return status;
}

tro_status tro_payload_check(
	const tro_chart_event *event, tro_xml_node *data, const tro_rules *rules, tro_err *err)
{
	const checking c = {rules, tro_findings_new()};
	tro_xml_node *next = tro_xml_first(data);
	tro_status status = c.findings == NULL ? tro_err_nomem(err) : TRO_OK;

	if (status == TRO_OK && !tro_xml_holds_elements_alone(data)) {
		status = not_ours(err, event->name, "holds more than parameters");
	}
	if (status == TRO_OK) {
		status = check_params(&c, event, false, data, &next, err);
	}
	if (status == TRO_OK) {
		status = check_params(&c, event, true, data, &next, err);
	}
	if (status == TRO_OK && next != NULL) {
		status = not_ours(err, tro_xml_name(next), "does not belong there");
	}
	tro_findings_free(c.findings);
	return status;
}
