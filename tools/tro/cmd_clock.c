#include <stdlib.h>
#include <string.h>

#include "cli.h"

static tro_status set(client *cli, const char *text, bool *already, tro_err *err)
{
	tro_time_us time;
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK) {
		status = tro_time_parse(&time, text, err);
	}
	if (status == TRO_OK) {
		status = cli_sign(cli, err);
	}
	return status == TRO_OK
		       ? tro_registry_set_clock(cli->registry, time, cli->signer, already, err)
		       : status;
}

static tro_status trust(client *cli, int minutes, const char *reason, bool *already, tro_err *err)
{
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK) {
		status = cli_sign(cli, err);
	}
	return status == TRO_OK ? tro_registry_trust_clock(cli->registry, (unsigned)minutes, reason,
					  cli->signer, already, err)
				: status;
}

void say_trusted(const client *cli)
{
	tro_clock_trust_info info;

	if (!tro_registry_clock_trusted(cli->registry, &info)) {
		return;
	}
	(void)fputs("records are signed although the clock is wrong, until ", stdout);
	print_time(stdout, info.until);
	(void)printf(" by that clock, as %s and %s recorded: ", info.proposed_by, info.agreed_by);
	print_text(stdout, info.reason, "  ");
	(void)putchar('\n');
}

json_t *trusted_json(const client *cli)
{
	tro_clock_trust_info info;
	char until[TRO_TIME_TEXT_SIZE];

	if (!tro_registry_clock_trusted(cli->registry, &info)) {
		return json_null();
	}
	tro_time_format(until, info.until);
	return json_string(until);
}

static int show(client *cli, bool already)
{
	bool stands = tro_registry_clock_set(cli->registry);

	if (cli->json) {
		char time[TRO_TIME_TEXT_SIZE];

		tro_time_format(time, tro_registry_now(cli->registry));
		return print_json(json_pack("{s:s, s:b, s:b, s:o}", "time", time, "set", stands,
			"already", already, "clock_trusted_until", trusted_json(cli)));
	}
	print_time(stdout, tro_registry_now(cli->registry));
	(void)puts(stands ? ", UK local time; the clock stands still until it is set again"
			  : ", UK local time; real time");
	say_trusted(cli);
	if (!already) {
		say_pending(cli);
	} else {
		(void)puts("that is already recorded; nothing is changed");
	}
	say_dry_run(cli);
	return finish_output(cli);
}

/* What does not go together, or NULL. */
static const char *wrong_words(const cli_options *o, int minutes, const char *reason)
{
	bool trusts = o->arg_count == 1 && strcmp(o->args[0], "trust") == 0;

	if (trusts) {
		return minutes > 0 && reason != NULL ? NULL : "say --minutes N and --reason";
	}
	if (minutes >= 0 || reason != NULL) {
		return "--minutes and --reason go with 'trust'";
	}
	return o->arg_count == 0 || (o->arg_count == 2 && strcmp(o->args[0], "set") == 0)
		       ? NULL
		       : "say nothing, 'set TIME' or 'trust'";
}

int cmd_clock(client *cli, int argc, const char **argv)
{
	int minutes = -1;
	char *reason = NULL;
	const struct poptOption own[] = {DRY_RUN_OPTION(cli),
		{"minutes", '\0', POPT_ARG_INT, &minutes, 0, "how long, 1 to 1440", "N"},
		{"reason", '\0', POPT_ARG_STRING, &reason, 0, "why a wrong clock is trusted",
			"TEXT"},
		POPT_TABLEEND};
	cli_options o;
	tro_err err;
	int code = options_read(&o, cli, argc, argv, own, 0, 2);

	if (code == EXIT_DONE && !o.helped && wrong_words(&o, minutes, reason) != NULL) {
		code = cli_usage(cli, wrong_words(&o, minutes, reason));
	} else if (code == EXIT_DONE && !o.helped) {
		bool already = false;
		tro_status status = o.arg_count == 2   ? set(cli, o.args[1], &already, &err)
				    : o.arg_count == 1 ? trust(cli, minutes, reason, &already, &err)
						       : cli_open(cli, &err);

		cli->recorded = status == TRO_OK && o.arg_count > 0 && !already && !cli->dry_run;
		code = status == TRO_OK ? show(cli, already) : cli_fail(cli, status, &err);
	}
	options_free(&o);
	free(reason);
	return code;
}
