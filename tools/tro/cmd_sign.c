/* On the signer's machine, which needs no store: show what the text commits to, and sign it. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tro/signing.h>

#include "cli.h"

static void show_filings(FILE *to, const tro_signing *s)
{
	tro_filing_info f;

	for (size_t i = 0; tro_signing_filing_at(s, i, &f); i++) {
		(void)fprintf(to, "%s", i == 0 ? "\nFilings that it makes, by SHA-256:\n" : "");
		(void)fputs("  ", to);
		print_line(to, f.sha256, 0);
		(void)fputs("  ", to);
		print_line(to, f.name, 0);
		(void)fputs(" for ", to);
		print_line(to, f.recipient, 0);
		(void)fputs(", ", to);
		print_line(to, f.size, 0);
		(void)fputs(" bytes\n", to);
	}
}

/* Nothing is shown but what was found to be what the text commits to. */
static void show(FILE *to, const tro_signing *s)
{
	const char *id;
	const char *states;

	(void)fputs("The text to be signed, every byte of it:\n\n  ", to);
	print_text(to, tro_signing_text(s), "  ");
	(void)fputs("\nThe event's data, to which it commits as payload:\n\n  ", to);
	print_text(to, tro_signing_payload(s), "  ");
	(void)fputs("\n\nThe case as it will stand, to which it commits as outcome: ", to);
	print_line(to, tro_signing_title(s), 0);
	(void)fputc('\n', to);
	for (size_t i = 0; tro_signing_matter_at(s, i, &id, &states); i++) {
		(void)fputs("  ", to);
		print_line(to, id, 0);
		(void)fputs(": ", to);
		print_line(to, states, 0);
		(void)fputc('\n', to);
	}
	show_filings(to, s);
	(void)fflush(to);
}

/* --key or TRO_KEY, else whichever of the request's keys the agent holds. */
static tro_status find_signer(client *cli, const tro_signing *s, tro_err *err)
{
	const char *name;
	uint8_t public_key[32];
	tro_status status = TRO_NOT_FOUND;

	if (cli_key_path(cli) != NULL) {
		return cli_sign(cli, err);
	}
	for (size_t i = 0; status == TRO_NOT_FOUND && tro_signing_key_at(s, i, &name, public_key);
		i++) {
		status = cli_sign_with(cli, name, public_key, err);
	}
	return status == TRO_NOT_FOUND ? (err->status = TRO_KEY) : status;
}

static tro_status sign(client *cli, const tro_signing *s, const char *out, tro_err *err)
{
	tro_buf file = TRO_BUF_INIT;
	tro_status status = find_signer(cli, s, err);

	if (status == TRO_OK) {
		status = tro_signing_sign(&file, s, cli->signer, err);
	}
	if (status == TRO_OK) {
		mode_t before = umask(077); /* it holds the case in clear */

		status = cli_write_file(&file, out, err);
		(void)umask(before);
	}
	tro_buf_done(&file);
	return status;
}

/* FILE.signed, unless the user said where. */
static tro_status out_path(tro_buf *out, const char *path, const char *given, tro_err *err)
{
	if (given == NULL && strcmp(path, "-") == 0) {
		return tro_err_set(err, TRO_USAGE, "say --out FILE: the request has no name");
	}
	tro_buf_printf(out, "%s%s", given == NULL ? path : given, given == NULL ? ".signed" : "");
	return tro_buf_status(out, err);
}

static tro_status run(client *cli, const char *path, const char *out, bool dry_run, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_buf to = TRO_BUF_INIT;
	tro_signing *s = NULL;
	tro_status status = dry_run ? TRO_OK : out_path(&to, path, out, err);

	if (status == TRO_OK) {
		status = cli_read_file(&bytes, cli, path, err);
	}
	if (status == TRO_OK) {
		status = cli_of_file(err, tro_signing_read(&s, bytes.ptr, bytes.len, err), path);
	}
	if (status == TRO_OK) {
		show(strcmp(to.ptr, "-") == 0 ? stderr : stdout, s);
	}
	if (status == TRO_OK && !dry_run) {
		status = sign(cli, s, to.ptr, err);
	}
	if (status == TRO_OK && !dry_run && strcmp(to.ptr, "-") != 0) {
		(void)printf("\nsigned: %s goes back to the store, for 'tro accept'\n", to.ptr);
	}
	tro_signing_free(s);
	tro_buf_done(&bytes);
	tro_buf_done(&to);
	return status;
}

int cmd_sign(client *cli, int argc, const char **argv)
{
	char *out = NULL;
	int dry_run = 0;
	const struct poptOption own[] = {
		{"out", '\0', POPT_ARG_STRING, &out, 0,
			"where the signed request goes, else FILE.signed", "FILE"},
		{"dry-run", '\0', POPT_ARG_NONE, &dry_run, 0, "show it and sign nothing", NULL},
		POPT_TABLEEND};
	cli_options o;
	tro_err err;
	int code = options_read(&o, cli, argc, argv, own, 1, 1);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status = run(cli, o.args[0], out, dry_run != 0, &err);

		code = status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
	}
	options_free(&o);
	free(out);
	return code;
}
