/* tro workflow: definitions by themselves, without a store. */
#include <stdlib.h>
#include <string.h>
#include <tro/workflow.h>

#include "cli.h"

static tro_status add_file(
	client *cli, tro_workflow_set *set, const char *path, tro_findings *findings, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = cli_read_file(&bytes, cli, path, err);

	if (status == TRO_OK) {
		status = tro_workflow_add(set, bytes.ptr, bytes.len, path, findings, err);
	}
	tro_buf_done(&bytes);
	return status;
}

/* Every file is read before anything is said, so that all faults are told at once. */
tro_status load_workflows(client *cli, tro_workflow_set **out, const char *const *paths,
	size_t count, tro_findings *findings, tro_err *err)
{
	tro_workflow_set *set = NULL;
	tro_status status = findings == NULL ? tro_err_set(err, TRO_NOMEM, "out of memory")
					     : tro_workflow_set_new(&set, err);
	tro_status first = TRO_OK;

	for (size_t i = 0; i < count && status == TRO_OK; i++) {
		tro_err own;
		tro_status added = add_file(cli, set, paths[i], findings, &own);

		if (added != TRO_OK && first == TRO_OK) {
			first = added;
			*err = own;
		}
	}
	status = status == TRO_OK ? first : status;
	if (status != TRO_OK) {
		tro_workflow_set_free(set);
		return status;
	}
	*out = set;
	return TRO_OK;
}

/* ---- check ---- */

static int answer_check(client *cli, tro_status status, const tro_findings *findings,
	const tro_workflow_figures *figures, const tro_err *err)
{
	bool answered = status == TRO_OK || status == TRO_NO;

	if (cli->json && answered) {
		int code = print_json(json_pack("{s:b, s:I, s:I, s:o}", "sound", status == TRO_OK,
			"situations", (json_int_t)figures->situations, "steps",
			(json_int_t)figures->steps, "findings", findings_json(findings)));

		return code != EXIT_DONE ? code : exit_code(status);
	}
	print_findings(answered ? stdout : stderr, findings, TRO_LEVEL_NOTE);
	if (!answered) {
		return cli_fail(cli, status, err);
	}
	if (status == TRO_OK) {
		(void)printf(
			"sound: %zu situations, %zu steps\n", figures->situations, figures->steps);
	} else {
		(void)printf("not sound: %s (%zu situations, %zu steps)\n", err->message,
			figures->situations, figures->steps);
	}
	int code = finish_output(cli);

	return code != EXIT_DONE ? code : exit_code(status);
}

static int check(client *cli, const char **paths, size_t count)
{
	tro_err err;
	tro_findings *findings = tro_findings_new();
	tro_workflow_set *set = NULL;
	tro_workflow_figures figures = {.situations = 0};
	tro_status status = load_workflows(cli, &set, paths, count, findings, &err);

	if (status == TRO_OK) {
		status = tro_workflow_check(set, findings, &figures, &err);
	}
	int code = answer_check(cli, status, findings, &figures, &err);

	tro_workflow_set_free(set);
	tro_findings_free(findings);
	return code;
}

/* ---- table ---- */

typedef struct listing {
	json_t *rules; /* NULL for text */
	char definition[256];
} listing;

static tro_status list_rule(void *user, const tro_workflow_rule *rule, tro_err *err)
{
	listing *l = user;

	(void)err;
	if (l->rules != NULL) {
		(void)json_array_append_new(l->rules,
			json_pack("{s:s, s:s, s:s, s:s, s:i}", "definition", rule->definition,
				"state", rule->state, "event", rule->event, "sentence",
				rule->sentence, "line", rule->line));
		return TRO_OK;
	}
	if (strncmp(l->definition, rule->definition, sizeof(l->definition) - 1) != 0) {
		(void)printf("%s%s (%s)\n\n", l->definition[0] == '\0' ? "" : "\n", rule->title,
			rule->definition);
		(void)snprintf(l->definition, sizeof(l->definition), "%s", rule->definition);
	}
	print_text(stdout, rule->sentence, "  ");
	(void)putchar('\n');
	return TRO_OK;
}

static int say_faults(
	const client *cli, tro_status status, const tro_findings *findings, const tro_err *err)
{
	if (findings != NULL) {
		print_findings(stderr, findings, TRO_LEVEL_TASK);
	}
	return cli_fail(cli, status, err);
}

static int table(client *cli, const char **paths, size_t count)
{
	tro_err err;
	tro_findings *findings = tro_findings_new();
	tro_workflow_set *set = NULL;
	listing l = {.rules = cli->json ? json_array() : NULL};
	tro_status status = load_workflows(cli, &set, paths, count, findings, &err);
	int code;

	if (status == TRO_OK) {
		status = tro_workflow_table(
			set, &(tro_workflow_visitor){.each = list_rule, .user = &l}, &err);
	}
	if (status != TRO_OK) {
		json_decref(l.rules);
		code = say_faults(cli, status, findings, &err);
	} else {
		code = cli->json ? print_json(json_pack("{s:o}", "rules", l.rules))
				 : finish_output(cli);
	}
	tro_workflow_set_free(set);
	tro_findings_free(findings);
	return code;
}

/* ---- draw, promela ---- */

typedef tro_status (*exporter)(tro_buf *out, const tro_workflow_set *set, tro_err *err);

static int export(client *cli, exporter write, const char **paths, size_t count, bool svg)
{
	tro_err err;
	tro_buf source = TRO_BUF_INIT;
	tro_findings *findings = tro_findings_new();
	tro_workflow_set *set = NULL;
	tro_status status = load_workflows(cli, &set, paths, count, findings, &err);

	if (status == TRO_OK) {
		status = write(&source, set, &err);
	}
	int code = status == TRO_OK ? print_picture(cli, &source, svg)
				    : say_faults(cli, status, findings, &err);

	tro_buf_done(&source);
	tro_workflow_set_free(set);
	tro_findings_free(findings);
	return code;
}

/* ---- the command ---- */

static int run(client *cli, const cli_options *o, bool svg)
{
	const char *verb = o->args[0];
	const char **paths = o->args + 1;
	size_t count = o->arg_count - 1;

	if (svg && strcmp(verb, "draw") != 0) {
		return cli_usage(cli, "--svg belongs to draw");
	}
	if (strcmp(verb, "check") == 0) {
		return check(cli, paths, count);
	}
	if (strcmp(verb, "table") == 0) {
		return table(cli, paths, count);
	}
	if (strcmp(verb, "draw") == 0) {
		return export(cli, tro_workflow_draw, paths, count, svg);
	}
	if (strcmp(verb, "promela") == 0) {
		return export(cli, tro_workflow_promela, paths, count, false);
	}
	if (strcmp(verb, "diff") == 0 && count == 2) {
		return workflow_diff(cli, paths[0], paths[1]);
	}
	return cli_usage(cli, "say what to do with which files");
}

int cmd_workflow(client *cli, int argc, const char **argv)
{
	int svg = 0;
	const struct poptOption own[] = {
		{"svg", '\0', POPT_ARG_NONE, &svg, 0, "draw: as SVG, by the program dot", NULL},
		POPT_TABLEEND};
	cli_options o;
	int code = options_read(&o, cli, argc, argv, own, 2, SIZE_MAX);

	if (code == EXIT_DONE && !o.helped) {
		code = run(cli, &o, svg != 0);
	}
	options_free(&o);
	return code;
}
