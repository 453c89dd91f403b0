#include <stdlib.h>
#include <tro/extract.h>

#include "cli.h"

static int answer(client *cli, const cli_options *o, const tro_extract_summary *s)
{
	if (cli->json) {
		return print_json(json_pack("{s:s, s:s, s:I, s:b, s:I, s:I, s:I, s:I}", "case",
			o->args[0], "dir", o->args[1], "size", (json_int_t)s->size, "cosigned",
			(int)s->cosigned, "records", (json_int_t)s->records, "of_case",
			(json_int_t)s->of_case, "left_out", (json_int_t)s->left_out, "files",
			(json_int_t)s->files));
	}
	(void)printf("%s: %llu records of the case, as of the checkpoint of %llu records, in %llu "
		     "files\n",
		o->args[1], (unsigned long long)s->of_case, (unsigned long long)s->size,
		(unsigned long long)s->files);
	if (!s->cosigned) {
		cli_say("tro extract: no witness has cosigned this checkpoint\n");
	}
	if (s->left_out > 0) {
		cli_say("tro extract: %llu newer records of the case are left out: no checkpoint "
			"covers them yet\n",
			(unsigned long long)s->left_out);
	}
	say_dry_run(cli);
	return finish_output(cli);
}

/* The case by the id that it has, however it was written; a rehearsal gives nothing out. */
static tro_status note(client *cli, const char *id, const char *recipient, tro_err *err)
{
	tro_case *c = NULL;
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK) {
		status = tro_case_open(&c, cli->registry, id, err);
	}
	if (status == TRO_OK && !cli->dry_run) {
		status = cli_note_access(
			cli, TRO_DISCLOSURE, tro_case_id(c), "extract", recipient, err);
	}
	tro_case_close(c);
	return status;
}

int cmd_extract(client *cli, int argc, const char **argv)
{
	cli_options o;
	tro_err err;
	tro_extract_summary summary;
	int withheld = 0;
	char *recipient = NULL;
	const struct poptOption own[] = {
		{"without-payloads", '\0', POPT_ARG_NONE, &withheld, 0,
			"leave out what the records say, and exhibits and filings", NULL},
		DRY_RUN_OPTION(cli), RECIPIENT_OPTION(&recipient), REASON_OPTION(cli),
		POPT_TABLEEND};
	int code = options_read(&o, cli, argc, argv, own, 2, 2);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status = note(cli, o.args[0], recipient, &err);

		if (status == TRO_OK) {
			status = tro_extract_write(
				&summary, cli->registry, o.args[0], o.args[1], withheld != 0, &err);
		}
		code = status == TRO_OK ? answer(cli, &o, &summary) : cli_fail(cli, status, &err);
	}
	options_free(&o);
	free(recipient);
	return code;
}
