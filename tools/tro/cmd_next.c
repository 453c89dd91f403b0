#include <string.h>

#include "cli.h"

static void print_option(const tro_option *o)
{
	(void)printf("%s %-22s %-16s %s (%s)\n", o->ready ? (o->depends ? "?" : "+") : "-",
		o->event, o->matter, o->title, o->roles);
}

static int answer(client *cli, const tro_case *c, const tro_options *options)
{
	json_t *list = json_array();

	for (size_t i = 0; i < tro_options_count(options); i++) {
		const tro_option *o = tro_options_at(options, i);

		(void)json_array_append_new(list,
			json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:I}", "event", o->event,
				"matter", o->matter, "title", o->title, "roles", o->roles, "ready",
				o->ready, "depends", o->depends, "unmet", (json_int_t)o->unmet));
		if (!cli->json) {
			print_option(o);
		}
	}
	if (cli->json) {
		return print_json(json_pack("{s:s, s:o}", "case", tro_case_id(c), "events", list));
	}
	json_decref(list);
	(void)puts(tro_options_count(options) == 0
			   ? "nothing is left to do"
			   : "+ you can; ? you can if its parameters are right; - something stands "
			     "against it: 'tro why'");
	return finish_output(cli);
}

int cmd_next(client *cli, int argc, const char **argv)
{
	cli_options o;
	tro_err err;
	size_t person;
	tro_case *c = NULL;
	tro_options *found = NULL;
	const struct poptOption own[] = {REASON_OPTION(cli), POPT_TABLEEND};
	int code = options_read(&o, cli, argc, argv, own, 1, 1);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status = cli_whoami(&person, cli, &err);

		if (status == TRO_OK) {
			status = cli_read_case(&c, cli, o.args[0], "next", &err);
		}
		if (status == TRO_OK) {
			status = tro_case_options(&found, c, person, &err);
		}
		code = status == TRO_OK ? answer(cli, c, found) : cli_fail(cli, status, &err);
	}
	tro_options_free(found);
	tro_case_close(c);
	options_free(&o);
	return code;
}
