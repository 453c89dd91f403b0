/* hold: list, place and release holds on a case. */
#include <stdlib.h>
#include <string.h>
#include <tro/keeping.h>

#include "cli.h"

int run_keep(client *cli, const char *case_id, const tro_command *command)
{
	tro_err err;
	tro_result result;
	tro_case *c = NULL;
	char id[65] = "";
	tro_findings *findings = tro_findings_new();
	tro_status status = findings == NULL ? tro_err_set(&err, TRO_NOMEM, "out of memory")
					     : cli_open(cli, &err);

	if (status == TRO_OK) {
		status = tro_case_open(&c, cli->registry, case_id, &err);
	}
	if (status == TRO_OK) {
		(void)snprintf(id, sizeof(id), "%s", tro_case_id(c));
		status = cli_sign(cli, &err);
	}
	if (status == TRO_OK) {
		status = tro_case_keep(c, command, cli->signer, &result, findings, &err);
	}
	tro_case_close(c);
	int code = status == TRO_OK ? report_case(cli, id, command->event, &result, findings,
					      command->dry_run)
				    : report_refusal(cli, status, &err, findings);

	tro_findings_free(findings);
	return code;
}

static int list(client *cli, const char *case_id)
{
	tro_err err;
	tro_case *c = NULL;
	tro_hold hold;
	tro_status status = cli_read_case(&c, cli, case_id, "hold", &err);

	for (size_t i = 0; status == TRO_OK && tro_case_hold_at(c, i, &hold); i++) {
		(void)printf("%4s  %s  %s as %s: ", hold.seq, hold.time, hold.person, hold.role);
		print_text(stdout, hold.reason, "      ");
		(void)putchar('\n');
	}
	tro_case_close(c);
	return status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
}

typedef struct hold_words {
	char *release, *reason, *role;
	int dry_run, again;
} hold_words;

static int run(client *cli, const char *case_id, const hold_words *w)
{
	tro_argument args[2];
	size_t count = 0;

	if (w->reason == NULL) {
		return w->release != NULL ? cli_usage(cli, "say --reason") : list(cli, case_id);
	}
	if (w->release != NULL) {
		args[count++] = (tro_argument){
			.name = "hold", .value = w->release, .len = strlen(w->release)};
	}
	args[count++] =
		(tro_argument){.name = "reason", .value = w->reason, .len = strlen(w->reason)};
	const tro_command command = {.event = w->release != NULL ? "hold.release" : "hold",
		.role = w->role,
		.args = args,
		.arg_count = count,
		.dry_run = w->dry_run != 0,
		.again = w->again != 0};

	return run_keep(cli, case_id, &command);
}

int cmd_hold(client *cli, int argc, const char **argv)
{
	hold_words w = {0};
	const struct poptOption own[] = {{"reason", '\0', POPT_ARG_STRING, &w.reason, 0,
						 "why the case must be kept, or why "
						 "it need not be any more",
						 "TEXT"},
		{"release", '\0', POPT_ARG_STRING, &w.release, 0,
			"release the hold that this record placed", "SEQ"},
		{"role", '\0', POPT_ARG_STRING, &w.role, 0,
			"the role in which you act, when you hold several", "ROLE"},
		{"dry-run", '\0', POPT_ARG_NONE, &w.dry_run, 0,
			"say what would happen and write nothing", NULL},
		{"again", '\0', POPT_ARG_NONE, &w.again, 0,
			"do it although the last record is this very act", NULL},
		POPT_TABLEEND};
	cli_options o;
	int code = options_read(&o, cli, argc, argv, own, 1, 1);

	if (code == EXIT_DONE && !o.helped) {
		code = run(cli, o.args[0], &w);
	}
	options_free(&o);
	free(w.release);
	free(w.reason);
	free(w.role);
	return code;
}
