#include <string.h>
#include <tro/checkpoint.h>

#include "cli.h"

/* What a tick would find, without doing it. */
static tro_status foretell(client *cli, const char *id, tro_err *err)
{
	tro_case *c = NULL;
	tro_deadline deadline;
	tro_status status = tro_case_open(&c, cli->registry, id, err);

	for (size_t i = 0; status == TRO_OK && tro_case_deadline_at(c, i, &deadline); i++) {
		if (deadline.due <= tro_registry_now(cli->registry)) {
			(void)printf("%s: %s %s of ", id, deadline.matter, deadline.event);
			print_time(stdout, deadline.due);
			(void)puts(" would take effect");
		}
	}
	tro_case_close(c);
	return status;
}

static tro_status tick(client *cli, const char *id, tro_err *err)
{
	if (cli->dry_run) {
		return foretell(cli, id, err);
	}
	tro_case *c = NULL;
	tro_result result = {0};
	tro_findings *findings = tro_findings_new();
	tro_status status = findings == NULL ? tro_err_set(err, TRO_NOMEM, "out of memory")
					     : tro_case_open(&c, cli->registry, id, err);

	if (status == TRO_OK) {
		status = tro_case_tick(c, &result, findings, err);
	}
	if (status == TRO_OK && result.timer_count > 0) {
		(void)printf("%s: %zu deadlines took effect, recorded as seq %llu\n", id,
			result.timer_count, (unsigned long long)result.seq);
		print_findings(stdout, findings, TRO_LEVEL_NOTE);
	}
	tro_case_close(c);
	tro_findings_free(findings);
	return status;
}

/* One case that fails does not keep the others from their deadlines: the first failure is reported
 * at the end. */
static int tick_all(client *cli)
{
	uint64_t published = 0;
	tro_buf ids = TRO_BUF_INIT;
	tro_err err;
	tro_err first = {0};
	size_t count = 0;
	tro_status status = tro_cases_due(&ids, cli->registry, &err);

	for (char *line = ids.ptr; status == TRO_OK && *line != '\0'; count++) {
		size_t len = strcspn(line, "\n");

		line[len] = '\0';
		if (tick(cli, line, &err) != TRO_OK && first.status == TRO_OK) {
			first = err;
			(void)tro_err_prefix(&first, err.status, "case %s", line);
		}
		line += len + 1;
	}
	tro_buf_done(&ids);
	if (status == TRO_OK && count == 0) {
		(void)puts("nothing is due");
	}
	/* On the timetable, whatever became of the cases. */
	if (status == TRO_OK && !cli->dry_run &&
		tro_checkpoint_publish(&published, cli->registry, &err) != TRO_OK &&
		first.status == TRO_OK) {
		first = err;
	}
	if (published > 0) {
		(void)printf(
			"published a checkpoint of %llu records\n", (unsigned long long)published);
	}
	if (status != TRO_OK || first.status != TRO_OK) {
		return cli_fail(cli, status != TRO_OK ? status : first.status,
			status != TRO_OK ? &err : &first);
	}
	return finish_output(cli);
}

int cmd_tick(client *cli, int argc, const char **argv)
{
	const struct poptOption own[] = {DRY_RUN_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	tro_err err;
	int code = options_read(&o, cli, argc, argv, own, 0, 1);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status = cli_open(cli, &err);

		if (status != TRO_OK) {
			code = cli_fail(cli, status, &err);
		} else if (o.arg_count == 0) {
			code = tick_all(cli);
		} else {
			status = tick(cli, o.args[0], &err);
			code = status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
		}
	}
	options_free(&o);
	return code;
}
