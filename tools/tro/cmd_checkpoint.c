#include <stdlib.h>
#include <string.h>
#include <tro/checkpoint.h>

#include "cli.h"

/* A decimal of at most 18 digits. */
static bool read_size(uint64_t *out, const char *text)
{
	*out = 0;
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (text[i] < '0' || text[i] > '9' || i == 18) {
			return false;
		}
		*out = *out * 10 + (uint64_t)(text[i] - '0');
	}
	return text[0] != '\0';
}

static tro_status publish(client *cli, const char *witness, const char *old, tro_err *err)
{
	tro_buf request = TRO_BUF_INIT;
	uint64_t old_size = 0;
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK && old != NULL && !read_size(&old_size, old)) {
		status = tro_err_set(err, TRO_USAGE, "'%s' is no size of a log", old);
	}
	if (status == TRO_OK) {
		status = tro_checkpoint_request(
			&request, cli->registry, witness, old == NULL ? NULL : &old_size, err);
	}
	if (status == TRO_OK && !cli->dry_run) {
		(void)fwrite(request.ptr, 1, request.len, stdout);
	}
	if (status == TRO_OK) {
		say_dry_run(cli);
	}
	tro_buf_done(&request);
	return status;
}

/* Another history of this log is no success, however well it was taken in. */
static tro_status import(client *cli, const char *path, tro_err *err)
{
	tro_buf answer = TRO_BUF_INIT;
	tro_checkpoint_import_result result;
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK) {
		status = cli_read_file(&answer, cli, path, err);
	}
	if (status == TRO_OK) {
		status = tro_checkpoint_import(&result, cli->registry, answer.ptr, answer.len, err);
		status = cli_of_file(err, status, path);
	}
	tro_buf_done(&answer);
	if (status != TRO_OK) {
		return status;
	}
	cli->recorded = !cli->dry_run;
	if (result.split || result.beyond) {
		return tro_err_set(err, TRO_NO,
			"%s: a witness cosigned a head of %llu records that is not of the log "
			"here; %s: stop working with this store until it is known why",
			result.split ? "SPLIT-VIEW" : "records are missing",
			(unsigned long long)result.size,
			cli->dry_run ? "import it without --dry-run, as evidence"
				     : "it is kept as evidence, and 'tro verify' shows it");
	}
	if (cli->dry_run) {
		(void)printf("checkpoint of %llu records: %zu new cosignatures would be kept\n",
			(unsigned long long)result.size, result.added);
		say_dry_run(cli);
		return TRO_OK;
	}
	(void)printf("checkpoint of %llu records: %zu new cosignatures; %s\n",
		(unsigned long long)result.size, result.added,
		result.witnessed ? "witnessed" : "the quorum is not reached yet");
	return TRO_OK;
}

static tro_status policy(client *cli, const char *path, tro_err *err)
{
	tro_buf text = TRO_BUF_INIT;
	bool already = false;
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK && path == NULL) {
		status = tro_checkpoint_policy(&text, cli->registry, err);
		if (status == TRO_OK) {
			(void)fwrite(text.ptr, 1, text.len, stdout);
		}
	} else if (status == TRO_OK) {
		status = cli_read_file(&text, cli, path, err);
		if (status == TRO_OK) {
			status = cli_sign(cli, err);
		}
		if (status == TRO_OK) {
			status = tro_checkpoint_adopt_policy(
				cli->registry, text.ptr, text.len, cli->signer, &already, err);
			status = cli_of_file(err, status, path);
		}
		if (status == TRO_OK) {
			cli->recorded = !already && !cli->dry_run;
			(void)puts(already	  ? "that policy is adopted already"
				   : cli->dry_run ? "the witness policy would be adopted"
						  : "adopted the witness policy");
			say_dry_run(cli);
		}
	}
	tro_buf_done(&text);
	return status;
}

int cmd_checkpoint(client *cli, int argc, const char **argv)
{
	char *old = NULL;
	const struct poptOption own[] = {
		{"old", '\0', POPT_ARG_STRING, &old, 0,
			"publish: the size from which the witness goes on, when it says so",
			"SIZE"},
		DRY_RUN_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	tro_err err;
	int code = options_read(&o, cli, argc, argv, own, 0, 2);

	if (code == EXIT_DONE && !o.helped) {
		const char *verb = o.arg_count > 0 ? o.args[0] : "";
		const char *word = o.arg_count > 1 ? o.args[1] : NULL;
		tro_status status = TRO_OK;
		bool known = true;

		if (cli->dry_run && strcmp(verb, "policy") == 0 && word == NULL) {
			known = false;
			code = cli_usage(
				cli, "'policy' without a file writes nothing: leave --dry-run out");
		} else if (strcmp(verb, "publish") == 0) {
			status = publish(cli, word, old, &err);
		} else if (strcmp(verb, "import") == 0) {
			status = import(cli, word == NULL ? "-" : word, &err);
		} else if (strcmp(verb, "policy") == 0) {
			status = policy(cli, word, &err);
		} else {
			known = false;
			code = cli_usage(
				cli, "say 'publish [WITNESS]', 'import [FILE]' or 'policy [FILE]'");
		}
		if (known) {
			code = status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
		}
	}
	options_free(&o);
	free(old);
	return code;
}
