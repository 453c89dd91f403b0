#include <stdlib.h>

#include "cli.h"

static int answer(client *cli, const char *event, tro_status status, const tro_findings *findings)
{
	if (cli->json) {
		int code = print_json(json_pack("{s:s, s:b, s:o}", "event", event, "possible",
			status == TRO_OK, "findings", findings_json(findings)));

		return code != EXIT_DONE ? code : exit_code(status == TRO_OK ? TRO_OK : TRO_NO);
	}
	(void)printf(status == TRO_OK ? "%s: nothing stands against it\n" : "%s: not now\n", event);
	print_findings(stdout, findings, TRO_LEVEL_TASK);
	int code = finish_output(cli);

	return code != EXIT_DONE ? code : exit_code(status == TRO_OK ? TRO_OK : TRO_NO);
}

int cmd_why(client *cli, int argc, const char **argv)
{
	char *matter = NULL;
	const struct poptOption own[] = {
		{"matter", '\0', POPT_ARG_STRING, &matter, 0,
			"the matter that is meant, when several could be", "ID"},
		REASON_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	tro_err err;
	size_t person;
	tro_case *c = NULL;
	tro_findings *findings = tro_findings_new();
	int code = options_read(&o, cli, argc, argv, own, 2, 2);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status = findings == NULL ? tro_err_set(&err, TRO_NOMEM, "out of memory")
						     : cli_whoami(&person, cli, &err);

		if (status == TRO_OK) {
			status = cli_read_case(&c, cli, o.args[0], "why", &err);
		}
		if (status == TRO_OK) {
			status = tro_case_why(c, o.args[1], matter, person, findings, &err);
		}
		bool answered = status == TRO_OK ||
				(status == TRO_REFUSED && tro_findings_count(findings) > 0);

		code = answered ? answer(cli, o.args[1], status, findings)
				: cli_fail(cli, status, &err);
	}
	tro_findings_free(findings);
	tro_case_close(c);
	options_free(&o);
	free(matter);
	return code;
}
