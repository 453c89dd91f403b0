/* tro workflow: definitions by themselves, without a store. */
#include <stdlib.h>
#include <string.h>
#include <tro/workflow.h>

#include "cli.h"

static tro_status add_file(
	tro_workflow_set *set, const char *path, tro_findings *findings, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = cli_read_file(&bytes, path, err);

	if (status == TRO_OK) {
		status = tro_workflow_add(set, bytes.ptr, bytes.len, path, findings, err);
	}
	tro_buf_done(&bytes);
	return status;
}

/* Every file is read before anything is said, so that all faults are told at once. */
static tro_status load_files(tro_workflow_set **out, const char **paths, size_t count,
	tro_findings *findings, tro_err *err)
{
	tro_workflow_set *set = NULL;
	tro_status status = findings == NULL ? tro_err_set(err, TRO_NOMEM, "out of memory")
					     : tro_workflow_set_new(&set, err);
	tro_status first = TRO_OK;

	for (size_t i = 0; i < count && status == TRO_OK; i++) {
		tro_err own;
		tro_status added = add_file(set, paths[i], findings, &own);

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
	tro_status status = load_files(&set, paths, count, findings, &err);

	if (status == TRO_OK) {
		status = tro_workflow_check(set, findings, &figures, &err);
	}
	int code = answer_check(cli, status, findings, &figures, &err);

	tro_workflow_set_free(set);
	tro_findings_free(findings);
	return code;
}

/* ---- the command ---- */

static const struct {
	const char *name;
	int (*run)(client *cli, const char **paths, size_t count);
	size_t least, most;
} verbs[] = {
	{"check", check, 1, SIZE_MAX},
};

int cmd_workflow(client *cli, int argc, const char **argv)
{
	cli_options o;
	int code = options_read(&o, cli, argc, argv, NULL, 2, SIZE_MAX);

	if (code == EXIT_DONE && !o.helped) {
		code = EXIT_USAGE;
		for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
			if (strcmp(o.args[0], verbs[i].name) == 0 &&
				o.arg_count - 1 >= verbs[i].least &&
				o.arg_count - 1 <= verbs[i].most) {
				code = verbs[i].run(cli, o.args + 1, o.arg_count - 1);
				options_free(&o);
				return code;
			}
		}
		code = cli_usage(cli, "say what to do with which files");
	}
	options_free(&o);
	return code;
}
