/*
 * What a test's world gives to guards: the functions of a case, over the registers, ranks, code
 * lists and the calendar in workflows/.
 */
#ifndef TESTS_WORKFLOW_FUNCTIONS_H
#define TESTS_WORKFLOW_FUNCTIONS_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/calendar.h>
#include <tro/finding.h>

#include "base/text.h"
#include "chart/chart.h"
#include "xml/sets.h"
#include "xml/xml.h"

#define DATA TRO_SOURCE_DIR "/workflows/"

enum { WORLD_MATTERS = 32, WORLD_POSTS = 256, WORLD_FUNCTIONS = 15 };

typedef struct world_matter {
	char id[64];
	const tro_chart *chart;
	tro_chart_session *session;
	tro_xml_node *node; /* in $_x/matters */
} world_matter;

typedef struct world_post {
	char target[64], event[64], definition[64];
	tro_xml_doc *data;
} world_post;

typedef struct world {
	tro_chart *charts[3];
	tro_rng *grammar;
	tro_xml_doc *registers[4]; /* providers, courts, forces, codes */
	tro_calendar *calendar;
	char *ranks;
	tro_xml_doc *document, *system;
	world_matter matters[WORLD_MATTERS];
	size_t matter_count;
	world_post posts[WORLD_POSTS];
	size_t first_post, post_count;
	tro_findings *findings; /* of the last step */
	tro_time_us now;
	unsigned seq;
	tro_chart_function functions[WORLD_FUNCTIONS];
	tro_err err;
} world;

static char *world_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	char *bytes = calloc(1, 1024 * 1024);

	ck_assert_msg(file != NULL, "%s", path);
	*len = fread(bytes, 1, 1024 * 1024 - 1, file);
	ck_assert_int_eq(fclose(file), 0);
	return bytes;
}

static tro_xml_doc *world_xml(const char *path)
{
	size_t len;
	char *bytes = world_file(path, &len);
	tro_xml_doc *doc = NULL;
	tro_err err;

	ck_assert_msg(
		tro_xml_parse(&doc, bytes, len, path, &tro_xml_limits_default, &err) == TRO_OK,
		"%s", err.message);
	free(bytes);
	return doc;
}

/* Loads a definition and shows every fault. */
static tro_chart *world_chart(const char *name)
{
	char path[512];
	size_t len;
	tro_chart *chart = NULL;
	tro_findings *faults = tro_findings_new();
	tro_err err = {0};

	(void)snprintf(path, sizeof(path), DATA "%s.scxml", name);
	char *bytes = world_file(path, &len);
	tro_status status =
		tro_chart_load(&chart, bytes, len, path, TRO_CHART_PRODUCTION, faults, &err);

	for (size_t i = 0; i < tro_findings_count(faults); i++) {
		const tro_finding *fault = tro_findings_at(faults, i);

		fprintf(stderr, "%s: %s (%s)\n", fault->place, fault->message, fault->remedy);
	}
	ck_assert_msg(status == TRO_OK && tro_findings_count(faults) == 0, "%s", err.message);
	ck_assert_str_eq(tro_chart_id(chart), name);
	tro_findings_free(faults);
	free(bytes);
	return chart;
}

/* ---- what guards may call ---- */

static const char *arg(tro_xpath_call *call, size_t index)
{
	const char *text = tro_xpath_arg_string(call, index);

	ck_assert_ptr_nonnull(text);
	return text;
}

static size_t rank_of(const world *w, const char *rank)
{
	size_t position = 0;

	for (const char *line = w->ranks; *line != '\0';) {
		size_t len = strcspn(line, " \n");

		position += *line != '#' && *line != '\n';
		if (*line != '#' && len == strlen(rank) && memcmp(line, rank, len) == 0) {
			return position;
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return 0;
}

static tro_status call_rank(tro_xpath_call *call, void *user, tro_err *err)
{
	(void)err;
	size_t has = rank_of(user, arg(call, 0));
	size_t needs = rank_of(user, arg(call, 1));

	ck_assert_uint_gt(needs, 0);
	tro_xpath_return_boolean(call, has >= needs);
	return TRO_OK;
}

static tro_status call_deadline(tro_xpath_call *call, void *user, tro_err *err)
{
	const world *w = user;
	tro_date date;
	char text[TRO_TIME_TEXT_SIZE];
	tro_status status = tro_date_parse(&date, arg(call, 0), err);

	if (status == TRO_OK) {
		status = tro_calendar_add_working_days(&date, w->calendar, arg(call, 2), date,
			(int)tro_xpath_arg_number(call, 1), err);
	}
	if (status == TRO_OK) {
		tro_time_format(text, tro_uk_end_of_day(date));
		tro_xpath_return_string(call, text);
	} else if (status == TRO_INVALID) {
		tro_xpath_return_string(call, "");
		status = TRO_OK;
	}
	return status;
}

static tro_status call_instant(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_date date;
	tro_time_us time;
	char text[TRO_TIME_TEXT_SIZE];
	tro_status status = tro_date_parse(&date, arg(call, 0), err);

	(void)user;
	if (status == TRO_OK) {
		status = tro_uk_parse_clock(&time, date, arg(call, 1), err);
	}
	if (status == TRO_OK) {
		tro_time_format(text, time);
		tro_xpath_return_string(call, text);
	} else if (status == TRO_INVALID) { /* the clock skips it */
		tro_xpath_return_string(call, "");
		status = TRO_OK;
	}
	return status;
}

static tro_status call_date(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_time_us time;
	tro_uk_local local;
	char text[TRO_DATE_TEXT_SIZE];
	tro_status status = TRO_OK;

	(void)user;
	if (arg(call, 0)[0] == '\0') {
		tro_xpath_return_string(call, "");
		return status;
	}
	status = tro_time_parse(&time, arg(call, 0), err);
	if (status == TRO_OK) {
		tro_uk_from_time(&local, time);
		tro_date_format(text, local.date);
		tro_xpath_return_string(call, text);
	}
	return status;
}

static tro_status call_local(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_time_us time;
	char text[TRO_UK_TEXT_SIZE] = "";
	tro_status status = TRO_OK;

	(void)user;
	if (arg(call, 0)[0] != '\0') {
		status = tro_time_parse(&time, arg(call, 0), err);
		if (status == TRO_OK) {
			tro_uk_format(text, time);
		}
	}
	tro_xpath_return_string(call, text);
	return status;
}

static tro_status call_before(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_time_us a;
	tro_time_us b;
	tro_status status = TRO_OK;

	(void)user;
	if (arg(call, 0)[0] == '\0' || arg(call, 1)[0] == '\0') {
		tro_xpath_return_boolean(call, false);
		return status;
	}
	status = tro_time_parse(&a, arg(call, 0), err);
	if (status == TRO_OK) {
		status = tro_time_parse(&b, arg(call, 1), err);
	}
	if (status == TRO_OK) {
		tro_xpath_return_boolean(call, a < b);
	}
	return status;
}

static tro_status call_add_hours(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_time_us time;
	char text[TRO_TIME_TEXT_SIZE] = "";
	tro_status status = TRO_OK;

	(void)user;
	if (arg(call, 0)[0] == '\0') {
		tro_xpath_return_string(call, "");
		return status;
	}
	status = tro_time_parse(&time, arg(call, 0), err);
	if (status == TRO_OK) {
		time += (tro_time_us)tro_xpath_arg_number(call, 1) * 3600 * 1000000;
		if (tro_time_has_text(time)) {
			tro_time_format(text, time);
		}
		tro_xpath_return_string(call, text);
	}
	return status;
}

static tro_status call_version(tro_xpath_call *call, void *user, tro_err *err)
{
	const world *w = user;

	(void)err;
	tro_xpath_return_string(call, tro_calendar_version(w->calendar));
	return TRO_OK;
}

static tro_xml_node *entry(tro_xml_node *parent, const char *attribute, const char *value)
{
	for (tro_xml_node *n = tro_xml_first(parent); n != NULL; n = tro_xml_next(n)) {
		const char *found = tro_xml_get(n, "", attribute);

		if (found != NULL && strcmp(found, value) == 0) {
			return n;
		}
	}
	return NULL;
}

static void return_field(tro_xpath_call *call, tro_xml_node *node, const char *field)
{
	const char *value = node == NULL ? NULL : tro_xml_get(node, "", field);
	tro_xml_node *child = node == NULL ? NULL : tro_xml_first_named(node, "", field);

	if (value == NULL && child != NULL) {
		value = tro_xml_simple_text(child);
	}
	tro_xpath_return_string(call, value == NULL ? "" : value);
}

static tro_status call_register(tro_xpath_call *call, void *user, tro_err *err)
{
	static const char *const names[] = {"providers", "courts", "forces"};
	const world *w = user;

	for (size_t i = 0; i < 3; i++) {
		if (strcmp(arg(call, 0), names[i]) == 0) {
			tro_xml_node *root = tro_xml_root(w->registers[i]);

			return_field(call, entry(root, "id", arg(call, 1)), arg(call, 2));
			return TRO_OK;
		}
	}
	return tro_err_set(err, TRO_NOT_FOUND, "no register '%s'", arg(call, 0));
}

static tro_status call_code(tro_xpath_call *call, void *user, tro_err *err)
{
	const world *w = user;
	tro_xml_node *list = entry(tro_xml_root(w->registers[3]), "name", arg(call, 0));

	if (list == NULL) {
		return tro_err_set(err, TRO_NOT_FOUND, "no code list '%s'", arg(call, 0));
	}
	return_field(call, entry(list, "id", arg(call, 1)), arg(call, 2));
	return TRO_OK;
}

/* The first code whose field has no word among the words. */
static tro_status call_lacking(tro_xpath_call *call, void *user, tro_err *err)
{
	const world *w = user;
	char codes[200];
	char *save = NULL;
	tro_xml_node *list = entry(tro_xml_root(w->registers[3]), "name", arg(call, 0));

	(void)err;
	(void)snprintf(codes, sizeof(codes), "%s", arg(call, 1));
	for (char *code = strtok_r(codes, " ", &save); code != NULL;
		code = strtok_r(NULL, " ", &save)) {
		tro_xml_node *node = entry(list, "id", code);
		tro_xml_node *field = tro_xml_first_named(node, "", arg(call, 2));
		char words[200];
		char *inner = NULL;
		bool shared = false;

		(void)snprintf(words, sizeof(words), "%s", arg(call, 3));
		for (char *word = strtok_r(words, " ", &inner); word != NULL;
			word = strtok_r(NULL, " ", &inner)) {
			char padded[200];
			char needle[80];

			(void)snprintf(padded, sizeof(padded), " %s ", tro_xml_simple_text(field));
			(void)snprintf(needle, sizeof(needle), " %s ", word);
			shared = shared || strstr(padded, needle) != NULL;
		}
		if (!shared) {
			tro_xpath_return_string(call, code);
			return TRO_OK;
		}
	}
	tro_xpath_return_string(call, "");
	return TRO_OK;
}

static void bind_functions(world *w)
{
	const tro_chart_function table[] = {{NULL, "rank-at-least", call_rank, NULL},
		{NULL, "deadline", call_deadline, NULL}, {NULL, "instant", call_instant, NULL},
		{NULL, "date", call_date, NULL}, {NULL, "local", call_local, NULL},
		{NULL, "before", call_before, NULL}, {NULL, "add-hours", call_add_hours, NULL},
		{NULL, "calendar-version", call_version, NULL},
		{NULL, "register", call_register, NULL}, {NULL, "code", call_code, NULL},
		{NULL, "lacking", call_lacking, NULL}, {NULL, "repeated", tro_sets_repeated, NULL},
		{NULL, "distinct", tro_sets_distinct, NULL}, {NULL, "among", tro_sets_among, NULL},
		{NULL, "unmatched", tro_sets_unmatched, NULL}};

	for (size_t i = 0; i < WORLD_FUNCTIONS; i++) {
		w->functions[i] = table[i];
		w->functions[i].ns = TRO_WORKFLOW_NS;
		w->functions[i].user = w;
	}
}

#endif
