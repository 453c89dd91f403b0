#include <stdlib.h>
#include <string.h>
#include <tro/witness.h>

#include "cli.h"

/* What the subcommands share. */
typedef struct witness_words {
	char *name, *log, *clock;
	int checkpoint;
	cli_options o;
} witness_words;

static const char *word(const witness_words *w, size_t index)
{
	return w->o.arg_count > index ? w->o.args[index] : NULL;
}

static tro_status init(client *cli, const witness_words *w, tro_err *err)
{
	char *passphrase = NULL;
	tro_buf vkey = TRO_BUF_INIT;
	tro_status status = cli_passphrase(&passphrase, cli, word(w, 1), true, err);

	if (status == TRO_OK) {
		status = tro_witness_init(&vkey, word(w, 1), w->name, w->log, w->clock, passphrase,
			cli->dry_run != 0, err);
	}
	passphrase_free(passphrase);
	if (status == TRO_OK && !cli->dry_run) {
		(void)printf("%s\n", vkey.ptr);
	}
	tro_buf_done(&vkey);
	return status;
}

static tro_status sign(client *cli, const witness_words *w, tro_err *err)
{
	const char *from = word(w, 2) == NULL ? "-" : word(w, 2);
	char *passphrase = NULL;
	tro_buf request = TRO_BUF_INIT;
	tro_buf line = TRO_BUF_INIT;
	tro_buf key = TRO_BUF_INIT;
	tro_status status = cli_read_file(&request, cli, from, err);

	tro_buf_printf(&key, "%s.key", word(w, 1));
	if (status == TRO_OK) {
		status = tro_buf_status(&key, err);
	}
	if (status == TRO_OK) {
		status = cli_passphrase(&passphrase, cli, key.ptr, false, err);
	}
	if (status == TRO_OK) {
		status = tro_witness_sign(&line, word(w, 1), request.ptr, request.len, passphrase,
			cli->dry_run != 0, err);
	}
	passphrase_free(passphrase);
	if (status == TRO_OK && !cli->dry_run) {
		(void)fwrite(line.ptr, 1, line.len, stdout);
	}
	tro_buf_done(&request);
	tro_buf_done(&line);
	tro_buf_done(&key);
	return status;
}

static void print_info(const tro_witness_info *info)
{
	(void)printf("log      %s\nwitness  %s\n", info->log.ptr, info->witness.ptr);
	if (info->has_clock) {
		(void)fputs("clock    ", stdout);
		print_time(stdout, info->clock);
		(void)puts("; it stands still");
	}
	if (info->size == 0) {
		(void)puts("nothing was cosigned yet");
		return;
	}
	(void)printf("size     %llu\nroot     %s\ncosigned ", (unsigned long long)info->size,
		info->root);
	print_time(stdout, info->time);
	(void)putchar('\n');
}

static int print_info_json(const tro_witness_info *info)
{
	char time[TRO_TIME_TEXT_SIZE];

	tro_time_format(time, info->time);
	return print_json(json_pack("{s:s, s:s, s:I, s:s?, s:s?}", "log", info->log.ptr, "witness",
		info->witness.ptr, "size", (json_int_t)info->size, "root",
		info->size > 0 ? info->root : NULL, "cosigned", info->size > 0 ? time : NULL));
}

static int show(client *cli, const witness_words *w)
{
	tro_witness_info info;
	tro_err err;
	tro_status status = tro_witness_status(&info, word(w, 1), &err);
	int code = EXIT_DONE;

	if (status != TRO_OK) {
		return cli_fail(cli, status, &err);
	}
	if (w->checkpoint) {
		(void)fwrite(info.checkpoint.ptr, 1, info.checkpoint.len, stdout);
		code = finish_output(cli);
	} else if (cli->json) {
		code = print_info_json(&info);
	} else {
		print_info(&info);
		code = finish_output(cli);
	}
	tro_witness_info_done(&info);
	return code;
}

static int run(client *cli, const witness_words *w)
{
	const char *verb = word(w, 0);
	tro_err err;
	tro_status status;

	if (strcmp(verb, "init") == 0 && w->name != NULL && w->log != NULL && w->o.arg_count == 2) {
		status = init(cli, w, &err);
	} else if (strcmp(verb, "sign") == 0) {
		status = sign(cli, w, &err);
	} else if (strcmp(verb, "clock") == 0 && w->o.arg_count == 3) {
		status = tro_witness_set_clock(word(w, 1), word(w, 2), cli->dry_run != 0, &err);
	} else if (strcmp(verb, "status") == 0 && w->o.arg_count == 2) {
		return cli->dry_run ? cli_usage(cli, "status writes nothing: leave --dry-run out")
				    : show(cli, w);
	} else {
		return cli_usage(cli, "say 'init FILE --name NAME --log VKEY', 'sign FILE "
				      "[REQUEST]', 'status FILE' or 'clock FILE TIME'");
	}
	if (status == TRO_OK) {
		say_dry_run(cli);
	}
	return status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
}

int cmd_witness(client *cli, int argc, const char **argv)
{
	witness_words w = {0};
	const struct poptOption own[] = {
		{"name", '\0', POPT_ARG_STRING, &w.name, 0,
			"init: the witness's name, e.g. court.example/witness", "NAME"},
		{"log", '\0', POPT_ARG_STRING, &w.log, 0,
			"init: the verifier key of the log that it watches", "VKEY"},
		{"clock", '\0', POPT_ARG_STRING, &w.clock, 0,
			"init: where the clock stands, for a log for training", "TIME"},
		{"checkpoint", '\0', POPT_ARG_NONE, &w.checkpoint, 0,
			"status: print the last checkpoint, cosigned, and nothing else", NULL},
		DRY_RUN_OPTION(cli), POPT_TABLEEND};
	int code = options_read(&w.o, cli, argc, argv, own, 2, 3);

	if (code == EXIT_DONE && !w.o.helped) {
		code = run(cli, &w);
	}
	options_free(&w.o);
	free(w.name);
	free(w.log);
	free(w.clock);
	return code;
}
