#include <stdlib.h>
#include <string.h>

#include "cli.h"

void say_pending(client *cli)
{
	tro_pending_info p;

	if (tro_registry_pending(&p, cli->registry, NULL) == TRO_OK) {
		(void)printf("registry seq %llu waits for a second registrar, who looks at it with "
			     "'tro agree' and agrees with 'tro agree %s'\n",
			(unsigned long long)p.seq, p.hash);
		free(p.payload);
	}
}

static int show(client *cli)
{
	tro_err err;
	tro_pending_info p;
	tro_status status = cli_open(cli, &err);

	if (status == TRO_OK) {
		status = tro_registry_pending(&p, cli->registry, &err);
	}
	if (status == TRO_NOT_FOUND && cli->registry != NULL) {
		if (cli->json) {
			return print_json(json_pack("{s:n}", "pending"));
		}
		(void)puts("nothing waits for a second registrar");
		return finish_output(cli);
	}
	if (status != TRO_OK) {
		return cli_fail(cli, status, &err);
	}
	int code;

	if (cli->json) {
		code = print_json(json_pack("{s:{s:s, s:I, s:s, s:s, s:s}}", "pending", "sha256",
			p.hash, "seq", (json_int_t)p.seq, "event", p.event, "actor", p.actor,
			"payload", p.payload));
	} else {
		(void)printf("registry seq %llu by %s: %s\n  ", (unsigned long long)p.seq, p.actor,
			p.event);
		print_text(stdout, p.payload, "  ");
		(void)printf("\nanother registrar agrees with 'tro agree %s'\n", p.hash);
		code = finish_output(cli);
	}
	free(p.payload);
	return code;
}

int cmd_agree(client *cli, int argc, const char **argv)
{
	const struct poptOption own[] = {DRY_RUN_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	tro_err err;
	int code = options_read(&o, cli, argc, argv, own, 0, 1);

	if (code == EXIT_DONE && !o.helped && o.arg_count == 0) {
		code = show(cli);
	} else if (code == EXIT_DONE && !o.helped) {
		tro_status status = cli_open(cli, &err);

		if (status == TRO_OK) {
			status = cli_sign(cli, &err);
		}
		if (status == TRO_OK) {
			status = tro_registry_agree(cli->registry, o.args[0], cli->signer, &err);
		}
		if (status == TRO_OK) {
			cli->recorded = !cli->dry_run;
			(void)printf(cli->dry_run ? "the change would be in effect\n"
						  : "agreed: the change is in effect\n");
			say_dry_run(cli);
			code = finish_output(cli);
		} else {
			code = cli_fail(cli, status, &err);
		}
	}
	options_free(&o);
	return code;
}
