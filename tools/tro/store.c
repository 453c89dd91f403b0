/* Which store is meant, and opening it. The client alone reads the environment. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

enum { PATH_LEN = 4096 };

static bool holds_store(const char *dir)
{
	char path[PATH_LEN];
	struct stat info;
	int len = snprintf(path, sizeof(path), "%s/tro.db", dir);

	return len > 0 && (size_t)len < sizeof(path) && stat(path, &info) == 0;
}

tro_status cli_store_dir(char **out, const client *cli, tro_err *err)
{
	const char *given = cli->store != NULL ? cli->store : getenv("TRO_STORE");
	char path[PATH_LEN];

	if (given != NULL && given[0] != '\0') {
		*out = strdup(given);
		return *out == NULL ? tro_err_set(err, TRO_NOMEM, "out of memory") : TRO_OK;
	}
	if (getcwd(path, sizeof(path)) == NULL) {
		return tro_err_errno(err, errno, "cannot tell the present folder");
	}
	while (!holds_store(path)) {
		char *slash = strrchr(path, '/');

		if (slash == NULL || path[1] == '\0') {
			return tro_err_set(err, TRO_NOT_FOUND,
				"no store here or above: say --store DIR, set TRO_STORE, or make "
				"one with 'tro init'");
		}
		slash[slash == path] = '\0';
	}
	*out = strdup(path);
	return *out == NULL ? tro_err_set(err, TRO_NOMEM, "out of memory") : TRO_OK;
}

tro_status cli_open(client *cli, tro_err *err)
{
	char *dir = NULL;

	if (cli->registry != NULL) {
		return TRO_OK;
	}
	tro_status status = cli_store_dir(&dir, cli, err);

	if (status == TRO_OK) {
		status = tro_registry_open(&cli->registry, dir, err);
	}
	if (status == TRO_OK) {
		status = cli_check_mark(cli->registry, err);
		if (status != TRO_OK) {
			tro_registry_close(cli->registry);
			cli->registry = NULL;
		}
	}
	if (status == TRO_OK && cli->dry_run) {
		tro_registry_rehearse(cli->registry);
	}
	free(dir);
	return status;
}
