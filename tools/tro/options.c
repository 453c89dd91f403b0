#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { COMMON = 7 };

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
	return EXIT_DONE;
}

int options_read(cli_options *out, client *cli, int argc, const char **argv,
	const struct poptOption *own, size_t least, size_t most)
{
	struct poptOption common[COMMON];
	struct poptOption empty[] = {POPT_TABLEEND};
	int code;

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
	out->context = poptGetContext("tro", argc, argv, out->table, 0);
	if (out->context == NULL) {
		return EXIT_SYSTEM;
	}
	while ((code = poptGetNextOpt(out->context)) > 0) {
		if (code == 'h') {
			out->helped = true;
			return say_usage(cli, out->context);
		}
	}
	if (code < -1) {
		(void)fprintf(stderr, "tro %s: %s: %s: 'tro help %s' shows the options\n",
			cli->command, poptBadOption(out->context, POPT_BADOPTION_NOALIAS),
			poptStrerror(code), cli->command);
		return EXIT_USAGE;
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
	tro_registry_close(cli->registry);
	free(cli->store);
	free(cli->key);
	free(cli->passphrase_file);
}
