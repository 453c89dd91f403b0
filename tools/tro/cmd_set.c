#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* "field=value": the value may be "@file". */
static tro_status split(
	tro_argument *arg, char **name, tro_buf *bytes, client *cli, const char *word, tro_err *err)
{
	const char *equals = strchr(word, '=');

	if (equals == NULL || equals == word) {
		return tro_err_set(err, TRO_USAGE, "'%s': write FIELD=VALUE", word);
	}
	*name = strndup(word, (size_t)(equals - word));
	if (*name == NULL) {
		return tro_err_set(err, TRO_NOMEM, "out of memory");
	}
	arg->name = *name;
	return read_value(arg, bytes, cli, "text", equals + 1, err);
}

static int run(client *cli, const cli_options *o, bool dry_run)
{
	size_t count = o->arg_count - 1;
	tro_argument *args = calloc(count, sizeof(*args));
	char **names = calloc(count, sizeof(*names));
	tro_buf *bytes = calloc(count, sizeof(*bytes));
	tro_err err;
	tro_status status = args == NULL || names == NULL || bytes == NULL
				    ? tro_err_set(&err, TRO_NOMEM, "out of memory")
				    : TRO_OK;

	for (size_t i = 0; i < count && status == TRO_OK; i++) {
		bytes[i] = (tro_buf)TRO_BUF_INIT;
		status = split(&args[i], &names[i], &bytes[i], cli, o->args[i + 1], &err);
	}
	int code = status == TRO_OK ? run_form(cli, o->args[0], args, count, dry_run)
				    : cli_fail(cli, status, &err);

	for (size_t i = 0; i < count && names != NULL && bytes != NULL; i++) {
		free(names[i]);
		tro_buf_done(&bytes[i]);
	}
	free(args);
	free(names);
	free(bytes);
	return code;
}

int cmd_set(client *cli, int argc, const char **argv)
{
	int dry_run = 0;
	const struct poptOption own[] = {{"dry-run", '\0', POPT_ARG_NONE, &dry_run, 0,
						 "say what would happen and write nothing", NULL},
		POPT_TABLEEND};
	cli_options o;
	int code = options_read(&o, cli, argc, argv, own, 2, 100);

	if (code == EXIT_DONE && !o.helped) {
		code = run(cli, &o, dry_run != 0);
	}
	options_free(&o);
	return code;
}
