#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { COMMON = 7, WITH_VALUE = 256 };

/* The common options as popt wants them. */
static void common_options(struct poptOption out[COMMON], client *cli)
{
	const struct poptOption table[COMMON] = {
		{"store", '\0', POPT_ARG_STRING, &cli->store, 0,
			"the store's folder (else TRO_STORE, else found upwards)", "DIR"},
		{"key", '\0', POPT_ARG_STRING, &cli->key, 0,
			"your key file (else TRO_KEY, else the ssh-agent)", "FILE"},
		{"passphrase-file", '\0', POPT_ARG_STRING, &cli->passphrase_file, 0,
			"read the key's passphrase from a file", "FILE"},
		{"passphrase-fd", '\0', POPT_ARG_INT, &cli->passphrase_fd, 0,
			"read the key's passphrase from a descriptor", "N"},
		{"json", '\0', POPT_ARG_NONE, &cli->json, 0, "answer in JSON", NULL},
		{"help", '\0', POPT_ARG_NONE, NULL, 'h', "show this help", NULL}, POPT_TABLEEND};

	memcpy(out, table, sizeof(table));
}

static int say_usage(const client *cli, poptContext context)
{
	const cli_command *c = command_named(cli->command);

	(void)printf("usage: tro %s %s\n", cli->command,
		c == NULL ? "CASE [--PARAMETER VALUE]..." : c->usage);
	if (c != NULL) {
		(void)printf("%s\n", c->summary);
	}
	(void)puts("");
	poptPrintHelp(context, stdout, 0);
	return finish_output(cli);
}

/* Options with a value tell when they are met, by their place in the table. */
static void watch_values(struct poptOption *table)
{
	for (int i = 0; table[i].longName != NULL; i++) {
		if (table[i].argInfo != POPT_ARG_NONE) {
			table[i].val = WITH_VALUE + i;
		}
	}
}

/* popt keeps the last of several values, so that an act would be less than what was said. `before`
 * is the text that stood there, which popt does not free. */
static int one_value(const client *cli, const struct poptOption *option, char **before, bool *seen)
{
	if (option->argInfo == POPT_ARG_STRING) {
		char *const *value = option->arg;

		free(*before);
		*before = *value;
	}
	if (*seen) {
		cli_say("tro %s: --%s is given twice\n", cli->command, option->longName);
		return EXIT_USAGE;
	}
	*seen = true;
	if (option->argInfo == POPT_ARG_INT && *(int *)option->arg < 0) {
		cli_say("tro %s: --%s takes a number that is not below 0\n", cli->command,
			option->longName);
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

/* Reads the options up to the end or --help; EXIT_DONE, or the exit code after saying what is
 * wrong. */
static int read_all(cli_options *out, const client *cli)
{
	char *before[OPTIONS_MAX] = {NULL};
	bool seen[OPTIONS_MAX] = {false};
	int code;

	for (size_t i = 0; out->table[i].longName != NULL; i++) {
		if (out->table[i].argInfo == POPT_ARG_STRING) {
			before[i] = *(char **)out->table[i].arg;
		}
	}
	while ((code = poptGetNextOpt(out->context)) > 0) {
		if (code == 'h') {
			out->helped = true;
			return say_usage(cli, out->context);
		}
		int at = code - WITH_VALUE;
		int wrong = one_value(cli, &out->table[at], &before[at], &seen[at]);

		if (wrong != EXIT_DONE) {
			return wrong;
		}
	}
	if (code < -1) {
		cli_say("tro %s: %s: %s: 'tro help %s' shows the options\n", cli->command,
			poptBadOption(out->context, POPT_BADOPTION_NOALIAS), poptStrerror(code),
			cli->command);
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

int options_read(cli_options *out, client *cli, int argc, const char **argv,
	const struct poptOption *own, size_t least, size_t most)
{
	struct poptOption common[COMMON];
	struct poptOption empty[] = {POPT_TABLEEND};

	*out = (cli_options){0};
	common_options(common, cli);
	if (own == NULL) {
		own = empty;
	}
	size_t count = 0;

	for (; own[count].longName != NULL && count < OPTIONS_MAX - COMMON; count++) {
		out->table[count] = own[count];
	}
	memcpy(out->table + count, common, sizeof(common));
	watch_values(out->table);
	out->context = poptGetContext("tro", argc, argv, out->table, 0);
	if (out->context == NULL) {
		return EXIT_SYSTEM;
	}
	int code = read_all(out, cli);

	if (code != EXIT_DONE || out->helped) {
		return code;
	}
	out->args = poptGetArgs(out->context);
	while (out->args != NULL && out->args[out->arg_count] != NULL) {
		out->arg_count++;
	}
	if (out->arg_count < least || out->arg_count > most) {
		return cli_usage(
			cli, out->arg_count < least ? "something is missing" : "too many words");
	}
	return EXIT_DONE;
}

void options_free(cli_options *options)
{
	if (options->context != NULL) {
		poptFreeContext(options->context);
	}
}

void cli_done(client *cli)
{
	tro_signer_free(cli->signer);
	if (cli->registry != NULL) {
		tro_err ignored; /* the command has done what it was asked for */

		(void)!cli_advance_mark(cli->registry, &ignored);
	}
	tro_registry_close(cli->registry);
	free(cli->store);
	free(cli->key);
	free(cli->passphrase_file);
	free(cli->reason);
}
