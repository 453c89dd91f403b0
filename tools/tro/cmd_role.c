#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct role_words {
	char *rank, *office, *force, *from, *until, *reason;
} role_words;

static tro_status run(client *cli, const cli_options *o, const role_words *w, tro_err *err)
{
	bool grants = strcmp(o->args[0], "grant") == 0;
	bool already = false;
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK) {
		status = cli_sign(cli, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	if (grants) {
		tro_grant_request grant = {.person = o->args[1],
			.role = o->args[2],
			.rank = w->rank,
			.office = w->office,
			.force = w->force,
			.from = w->from,
			.until = w->until};

		status = tro_registry_grant(cli->registry, &grant, cli->signer, &already, err);
	} else {
		status = tro_registry_end_grant(
			cli->registry, o->args[1], o->args[2], w->reason, cli->signer, err);
	}
	if (status == TRO_OK) {
		(void)printf("%s: role %s %s\n", o->args[1], o->args[2],
			already	 ? "is already granted; nothing is changed"
			: grants ? "granted"
				 : "ended");
		say_dry_run(cli);
	}
	return status;
}

int cmd_role(client *cli, int argc, const char **argv)
{
	role_words w = {0};
	const struct poptOption own[] = {
		{"rank", '\0', POPT_ARG_STRING, &w.rank, 0,
			"grant: the person's rank or office of the rank list", "RANK"},
		{"office", '\0', POPT_ARG_STRING, &w.office, 0, "grant: where the person serves",
			"TEXT"},
		{"force", '\0', POPT_ARG_STRING, &w.force, 0, "grant: the force", "FORCE"},
		{"from", '\0', POPT_ARG_STRING, &w.from, 0, "grant: first day", "DATE"},
		{"until", '\0', POPT_ARG_STRING, &w.until, 0, "grant: last day", "DATE"},
		{"reason", '\0', POPT_ARG_STRING, &w.reason, 0, "end: why", "TEXT"},
		DRY_RUN_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	tro_err err;
	int code = options_read(&o, cli, argc, argv, own, 3, 3);

	if (code == EXIT_DONE && !o.helped) {
		bool grant = strcmp(o.args[0], "grant") == 0;
		bool end = strcmp(o.args[0], "end") == 0;

		if ((!grant && !end) || (end && w.reason == NULL)) {
			code = cli_usage(cli, end ? "say --reason" : "say grant or end");
		} else {
			tro_status status = run(cli, &o, &w, &err);

			code = status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
		}
	}
	options_free(&o);
	free(w.rank);
	free(w.office);
	free(w.force);
	free(w.from);
	free(w.until);
	free(w.reason);
	return code;
}
