#include <stdlib.h>
#include <tro/signing.h>

#include "cli.h"

/* The event's name stands in the text: what report_case wants to say. */
static tro_status accept(client *cli, const char *path, char case_id[65], tro_result *result,
	tro_buf *event, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_signing *s = NULL;
	tro_status status = cli_read_file(&bytes, cli, path, err);

	if (status == TRO_OK) {
		status = cli_of_file(err, tro_signing_read(&s, bytes.ptr, bytes.len, err), path);
	}
	if (status == TRO_OK) {
		status = cli_open(cli, err);
	}
	if (status == TRO_OK) {
		status = tro_registry_accept(case_id, cli->registry, s, result, err);
	}
	if (status == TRO_OK) {
		tro_buf_puts(event, tro_signing_event(s));
		status = tro_buf_status(event, err);
	}
	tro_signing_free(s);
	tro_buf_done(&bytes);
	return status;
}

int cmd_accept(client *cli, int argc, const char **argv)
{
	cli_options o;
	tro_err err;
	tro_result result;
	char case_id[65];
	tro_buf event = TRO_BUF_INIT;
	tro_findings *findings = tro_findings_new();
	const struct poptOption own[] = {DRY_RUN_OPTION(cli), POPT_TABLEEND};
	int code = options_read(&o, cli, argc, argv, own, 1, 1);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status =
			findings == NULL ? tro_err_set(&err, TRO_NOMEM, "out of memory")
					 : accept(cli, o.args[0], case_id, &result, &event, &err);

		code = status == TRO_OK ? report_case(cli, case_id, event.ptr, &result, findings,
						  cli->dry_run != 0)
					: cli_fail(cli, status, &err);
	}
	tro_buf_done(&event);
	tro_findings_free(findings);
	options_free(&o);
	return code;
}
