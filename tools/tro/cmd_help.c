#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void list_commands(void)
{
	(void)puts("usage: tro COMMAND ...      a command\n"
		   "       tro EVENT CASE ...   an event of the case's workflow ('tro next CASE' "
		   "lists them)\n");
	for (const cli_command *c = commands; c->name != NULL; c++) {
		(void)printf("  %-9s %s\n", c->name, c->summary);
	}
	(void)puts("\n'tro COMMAND --help' shows its options, 'tro help EVENT CASE' explains an "
		   "event; see tro(1)");
}

static tro_status explain_param(const tro_case *c, const tro_param_info *p, tro_err *err)
{
	tro_buf codes = TRO_BUF_INIT;
	tro_status status = TRO_OK;

	(void)printf("  %s%s  (%s%s)%s%s\n", p->column ? "  column " : "--", p->name, p->type,
		p->required ? ", required" : "", p->title[0] == '\0' ? "" : "  ", p->title);
	if (p->help[0] != '\0') {
		(void)printf("      %s\n", p->help);
	}
	if (p->codes[0] != '\0') {
		status = tro_case_codes(&codes, c, p->codes, err);
	} else {
		tro_buf_puts(&codes, p->values);
	}
	if (status == TRO_OK && codes.len > 0) {
		(void)printf("      %s: %s\n", strcmp(p->type, "codes") == 0 ? "some of" : "one of",
			codes.ptr);
	}
	tro_buf_done(&codes);
	return status;
}

static int explain_event(client *cli, const char *event, const char *id)
{
	tro_err err;
	tro_case *c = NULL;
	tro_param_info *params = NULL;
	size_t count = 0;
	const char *title;
	const char *help;
	tro_status status = cli_open(cli, &err);

	if (status == TRO_OK) {
		status = tro_case_open(&c, cli->registry, id, &err);
	}
	if (status == TRO_OK) {
		status = tro_case_params(&params, &count, c, event, &title, &help, &err);
	}
	if (status == TRO_OK) {
		(void)printf("tro %s %s ...\n%s\n%s%s", event, tro_case_id(c), title, help,
			help[0] == '\0' ? "" : "\n");
	}
	for (size_t i = 0; i < count && status == TRO_OK; i++) {
		status = explain_param(c, &params[i], &err);
	}
	free(params);
	tro_case_close(c);
	return status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
}

int cmd_help(client *cli, int argc, const char **argv)
{
	cli_options o;
	int code = options_read(&o, cli, argc, argv, NULL, 0, 2);

	if (code == EXIT_DONE && !o.helped) {
		if (o.arg_count == 0) {
			list_commands();
			code = finish_output(cli);
		} else if (o.arg_count == 2) {
			code = explain_event(cli, o.args[0], o.args[1]);
		} else if (command_named(o.args[0]) != NULL) {
			const char *words[] = {o.args[0], "--help", NULL};

			cli->command = o.args[0];
			code = command_named(o.args[0])->run(cli, 2, words);
		} else {
			code = cli_usage(
				cli, "an event is explained for a case: tro help EVENT CASE");
		}
	}
	options_free(&o);
	return code;
}
