#include "cli.h"

int cmd_rebuild(client *cli, int argc, const char **argv)
{
	cli_options o;
	tro_err err;
	bool same = false;
	const struct poptOption own[] = {DRY_RUN_OPTION(cli), POPT_TABLEEND};
	int code = options_read(&o, cli, argc, argv, own, 0, 0);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status = cli_open(cli, &err);

		if (status == TRO_OK) {
			status = tro_rebuild(cli->registry, &same, &err);
		}
		if (status == TRO_OK) {
			(void)puts(same ? "rebuilt every derived table: they came out as they were"
					: "rebuilt every derived table: they were not what the "
					  "records give, and are now");
			say_dry_run(cli);
			code = finish_output(cli);
		} else {
			code = cli_fail(cli, status, &err);
		}
	}
	options_free(&o);
	return code;
}
