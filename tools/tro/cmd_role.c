#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct role_words {
	char *rank, *office, *force, *from, *until, *reason;
	int acting;
	cli_options o;
} role_words;

static tro_status grant(client *cli, const role_words *w, bool *out_already, tro_err *err)
{
	tro_grant_request request = {.person = w->o.args[1],
		.role = w->o.args[2],
		.rank = w->rank,
		.office = w->office,
		.force = w->force,
		.from = w->from,
		.until = w->until,
		.acting = w->acting != 0};

	return tro_registry_grant(cli->registry, &request, cli->signer, out_already, err);
}

static tro_status set_acting(client *cli, const role_words *w, bool *out_already, tro_err *err)
{
	return tro_registry_set_acting_rank(cli->registry, strcmp(w->o.args[1], "accepted") == 0,
		w->reason, cli->signer, out_already, err);
}

static tro_status act(client *cli, const role_words *w, tro_err *err)
{
	const char *verb = w->o.args[0];
	bool already = false;
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK) {
		status = cli_sign(cli, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	if (strcmp(verb, "acting") == 0) {
		status = set_acting(cli, w, &already, err);
		if (status == TRO_OK) {
			cli->recorded = !already && !cli->dry_run;
			(void)printf("acting rank%s: %s%s\n",
				cli->dry_run && !already ? " would be" : "", w->o.args[1],
				already ? " already; nothing is changed" : "");
		}
		return status;
	}
	bool grants = strcmp(verb, "grant") == 0;

	status = grants ? grant(cli, w, &already, err)
			: tro_registry_end_grant(cli->registry, w->o.args[1], w->o.args[2],
				  w->reason, cli->signer, err);
	if (status == TRO_OK) {
		cli->recorded = !already && !cli->dry_run;
		(void)printf("%s: role %s %s%s\n", w->o.args[1], w->o.args[2],
			cli->dry_run && !already ? "would be " : "",
			already	 ? "is already granted; nothing is changed"
			: grants ? "granted"
				 : "ended");
		say_dry_run(cli);
		say_pending(cli);
	}
	return status;
}

/* What is missing or does not belong, or NULL. */
static const char *wrong_words(const role_words *w)
{
	const char *verb = w->o.args[0];
	size_t count = w->o.arg_count;
	bool grants = strcmp(verb, "grant") == 0;
	bool ends = strcmp(verb, "end") == 0;

	if (strcmp(verb, "acting") == 0) {
		bool choice = count == 2 && (strcmp(w->o.args[1], "accepted") == 0 ||
						    strcmp(w->o.args[1], "refused") == 0);

		return !choice		   ? "say accepted or refused"
		       : w->reason == NULL ? "say --reason"
					   : NULL;
	}
	if ((!grants && !ends) || count != 3) {
		return "say grant or end with a person and a role, or acting";
	}
	if (w->acting && (!grants || w->rank == NULL)) {
		return "--acting says of a grant that its --rank is acting";
	}
	return ends && w->reason == NULL ? "say --reason" : NULL;
}

int cmd_role(client *cli, int argc, const char **argv)
{
	role_words w = {0};
	const struct poptOption own[] = {
		{"rank", '\0', POPT_ARG_STRING, &w.rank, 0,
			"grant: the person's rank or office of the rank list", "RANK"},
		{"acting", '\0', POPT_ARG_NONE, &w.acting, 0,
			"grant: the rank is acting or temporary", NULL},
		{"office", '\0', POPT_ARG_STRING, &w.office, 0, "grant: where the person serves",
			"TEXT"},
		{"force", '\0', POPT_ARG_STRING, &w.force, 0, "grant: the force", "FORCE"},
		{"from", '\0', POPT_ARG_STRING, &w.from, 0, "grant: first day", "DATE"},
		{"until", '\0', POPT_ARG_STRING, &w.until, 0, "grant: last day", "DATE"},
		{"reason", '\0', POPT_ARG_STRING, &w.reason, 0, "end, acting: why", "TEXT"},
		DRY_RUN_OPTION(cli), POPT_TABLEEND};
	tro_err err;
	int code = options_read(&w.o, cli, argc, argv, own, 2, 3);

	if (code == EXIT_DONE && !w.o.helped) {
		const char *wrong = wrong_words(&w);
		tro_status status = wrong == NULL ? act(cli, &w, &err) : TRO_USAGE;

		code = wrong != NULL	  ? cli_usage(cli, wrong)
		       : status == TRO_OK ? finish_output(cli)
					  : cli_fail(cli, status, &err);
	}
	options_free(&w.o);
	free(w.rank);
	free(w.office);
	free(w.force);
	free(w.from);
	free(w.until);
	free(w.reason);
	return code;
}
