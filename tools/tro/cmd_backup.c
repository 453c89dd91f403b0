/* backup and restore-store. */
#include <stdlib.h>
#include <tro/backup.h>

#include "cli.h"

typedef struct outcome {
	tro_verdict verdict;
	tro_verify_summary summary;
	tro_findings *findings;
} outcome;

static int answer(client *cli, const outcome *o, const char *what)
{
	if (cli->json) {
		return print_json(json_pack("{s:s, s:I, s:s, s:s, s:o}", "file", what, "records",
			(json_int_t)o->summary.records, "root", o->summary.root, "verdict",
			tro_verdict_name(o->verdict), "findings", findings_json(o->findings)));
	}
	print_findings(stdout, o->findings, TRO_LEVEL_WARN);
	(void)printf("%s: %llu records, root %s, %s\n", what,
		(unsigned long long)o->summary.records, o->summary.root,
		tro_verdict_name(o->verdict));
	say_dry_run(cli);
	return finish_output(cli);
}

static int finish(
	client *cli, const outcome *o, tro_status status, const tro_err *err, const char *what)
{
	if (status == TRO_OK) {
		return answer(cli, o, what);
	}
	int code = cli_fail(cli, status, err);

	if (o->findings != NULL) {
		print_findings(stderr, o->findings, TRO_LEVEL_BLOCK);
	}
	return code;
}

int cmd_backup(client *cli, int argc, const char **argv)
{
	cli_options o;
	tro_err err;
	char *dir = NULL;
	outcome out = {.findings = tro_findings_new()};
	char *recipient = NULL;
	const struct poptOption own[] = {DRY_RUN_OPTION(cli), RECIPIENT_OPTION(&recipient),
		REASON_OPTION(cli), POPT_TABLEEND};
	int code = options_read(&o, cli, argc, argv, own, 1, 1);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status = out.findings == NULL
					    ? tro_err_set(&err, TRO_NOMEM, "out of memory")
					    : cli_store_dir(&dir, cli, &err);

		if (status == TRO_OK && !cli->dry_run) {
			status = cli_note_access(
				cli, TRO_DISCLOSURE, NULL, "backup", recipient, &err);
		}
		if (status == TRO_OK) {
			status = tro_backup(&out.verdict, &out.summary, dir, o.args[0],
				cli->dry_run != 0, out.findings, &err);
		}
		code = finish(cli, &out, status, &err, o.args[0]);
	}
	tro_findings_free(out.findings);
	options_free(&o);
	free(recipient);
	free(dir);
	return code;
}

int cmd_restore_store(client *cli, int argc, const char **argv)
{
	cli_options o;
	tro_err err;
	outcome out = {.findings = tro_findings_new()};
	const struct poptOption own[] = {DRY_RUN_OPTION(cli), POPT_TABLEEND};
	int code = options_read(&o, cli, argc, argv, own, 2, 2);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status =
			out.findings == NULL
				? tro_err_set(&err, TRO_NOMEM, "out of memory")
				: tro_restore(&out.verdict, &out.summary, o.args[0], o.args[1],
					  cli->dry_run != 0, out.findings, &err);

		code = finish(cli, &out, status, &err, o.args[1]);
		if (status == TRO_OK && !cli->dry_run) {
			cli_say("the store's own keys are in no backup: put keys/ back into %s, "
				"before which nothing of a case is shown\n",
				o.args[1]);
		}
	}
	tro_findings_free(out.findings);
	options_free(&o);
	return code;
}
