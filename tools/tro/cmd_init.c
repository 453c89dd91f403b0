#include <stdlib.h>
#include <sys/stat.h>

#include "cli.h"

/* Installed data, or in a build tree the source. */
static const char *data_dir(const char *given)
{
	struct stat info;

	if (given != NULL) {
		return given;
	}
	return stat(TRO_DATA_DIR "/workflows", &info) == 0 ? TRO_DATA_DIR : TRO_SOURCE_DATA_DIR;
}

int cmd_init(client *cli, int argc, const char **argv)
{
	char *origin = NULL;
	char *name = NULL;
	char *clock = NULL;
	char *data = NULL;
	int training = 0;
	int live = 0;
	int two_registrars = 0;
	const struct poptOption own[] = {
		{"training", '\0', POPT_ARG_NONE, &training, 0,
			"fictional identifiers alone; everything is marked TRAINING", NULL},
		{"live", '\0', POPT_ARG_NONE, &live, 0,
			"a store for real cases: refused, with the reasons", NULL},
		{"origin", '\0', POPT_ARG_STRING, &origin, 0,
			"the log's name, e.g. force.example/tro/training", "ORIGIN"},
		{"name", '\0', POPT_ARG_STRING, &name, 0, "your name: you are the first registrar",
			"NAME"},
		{"two-registrars", '\0', POPT_ARG_NONE, &two_registrars, 0,
			"who is registrar is changed by two registrars together", NULL},
		{"clock", '\0', POPT_ARG_STRING, &clock, 0,
			"where the training store's clock stands", "TIME"},
		{"data", '\0', POPT_ARG_STRING, &data, 0,
			"folder with workflows/ and templates/ to adopt", "DIR"},
		DRY_RUN_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	tro_err err;
	int code = options_read(&o, cli, argc, argv, own, 1, 1);

	if (code == EXIT_DONE && !o.helped) {
		tro_genesis genesis = {.origin = origin,
			.training = live == 0,
			.two_registrars = two_registrars != 0,
			.clock = clock,
			.registrar_name = name,
			.data_dir = data_dir(data),
			.dry_run = cli->dry_run != 0};
		bool whole = origin != NULL && name != NULL && training + live == 1;

		if (!whole && live == 0) {
			code = cli_usage(cli, "say --training, --origin and --name");
		} else if (live == 0 && cli_key_path(cli) == NULL) {
			code = cli_usage(cli, "say --key FILE: the first registrar's key, made "
					      "with 'tro key new'");
		} else {
			bool already = false;
			tro_status status = live ? TRO_OK : cli_sign(cli, &err);

			if (status == TRO_OK) {
				status = tro_registry_create(
					o.args[0], &genesis, cli->signer, &already, &err);
			}
			if (status == TRO_OK) {
				cli->recorded = !already && !cli->dry_run;
				(void)printf(already	    ? "%s is this training store already, "
							      "finished: %s; nothing is changed\n"
					     : cli->dry_run ? "a training store can be made in "
							      "%s: %s\n"
							    : "made a training store in %s: %s\n",
					o.args[0], origin);
				say_dry_run(cli);
				code = finish_output(cli);
			} else {
				code = cli_fail(cli, status, &err);
			}
		}
	}
	options_free(&o);
	free(origin);
	free(name);
	free(clock);
	free(data);
	return code;
}

int cmd_adopt(client *cli, int argc, const char **argv)
{
	char *data = NULL;
	const struct poptOption own[] = {
		{"data", '\0', POPT_ARG_STRING, &data, 0,
			"folder with workflows/ and templates/ to adopt", "DIR"},
		DRY_RUN_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	tro_err err;
	size_t count = 0;
	int code = options_read(&o, cli, argc, argv, own, 0, 0);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status = cli_open(cli, &err);

		if (status == TRO_OK) {
			status = cli_sign(cli, &err);
		}
		if (status == TRO_OK) {
			status = tro_registry_adopt(
				cli->registry, data_dir(data), cli->signer, &count, &err);
		}
		if (status == TRO_OK) {
			cli->recorded = count > 0 && !cli->dry_run;
			(void)printf(count == 0	    ? "everything there is adopted already\n"
				     : cli->dry_run ? "%zu files would be adopted\n"
						    : "adopted %zu files\n",
				count);
			say_dry_run(cli);
			code = finish_output(cli);
		} else {
			code = cli_fail(cli, status, &err);
		}
	}
	options_free(&o);
	free(data);
	return code;
}
