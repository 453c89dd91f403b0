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

static int show(client *cli, bool already)
{
	bool stands = tro_registry_clock_set(cli->registry);

	if (cli->json) {
		char time[TRO_TIME_TEXT_SIZE];

		tro_time_format(time, tro_registry_now(cli->registry));
		return print_json(json_pack(
			"{s:s, s:b, s:b}", "time", time, "set", stands, "already", already));
	}
	print_time(stdout, tro_registry_now(cli->registry));
	(void)puts(stands ? ", UK local time; the clock stands still until it is set again"
			  : ", UK local time; real time");
	if (already) {
		(void)puts("that is already recorded; nothing is changed");
	}
	say_dry_run(cli);
	return finish_output(cli);
}

int cmd_clock(client *cli, int argc, const char **argv)
{
	const struct poptOption own[] = {DRY_RUN_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	tro_err err;
	int code = options_read(&o, cli, argc, argv, own, 0, 2);

	if (code == EXIT_DONE && !o.helped) {
		if (o.arg_count != 0 && (o.arg_count != 2 || strcmp(o.args[0], "set") != 0)) {
			code = cli_usage(cli, "say nothing, or 'set TIME'");
		} else {
			bool already = false;
			tro_status status = o.arg_count == 2 ? set(cli, o.args[1], &already, &err)
							     : cli_open(cli, &err);

			code = status == TRO_OK ? show(cli, already) : cli_fail(cli, status, &err);
		}
	}
	options_free(&o);
	return code;
}
