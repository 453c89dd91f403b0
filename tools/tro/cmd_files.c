/* exhibit and filing: list, and write out. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

enum { MARK_MAX = 64 };

static void list_exhibits(const tro_case *c)
{
	tro_exhibit_info e;

	for (size_t i = 0; tro_case_exhibit_at(c, i, &e); i++) {
		print_line(stdout, e.ref, 9);
		(void)printf("%s  %8s  ", e.sha256, e.size);
		print_line(stdout, e.title[0] == '\0' ? e.name : e.title, 0);
		(void)putchar('\n');
	}
}

static void list_filings(const tro_case *c)
{
	tro_filing_info f;

	for (size_t i = 0; tro_case_filing_at(c, i, &f); i++) {
		(void)printf("%-8s %s  %8s  %s for %s (%s)\n", f.id, f.sha256, f.size, f.name,
			f.recipient, f.matter);
	}
}

static bool of_filings(const client *cli)
{
	return strcmp(cli->command, "filing") == 0;
}

static int list(client *cli, const tro_case *c)
{
	if (cli->json) {
		return print_json(of_filings(cli) ? json_pack("{s:s, s:o}", "case", tro_case_id(c),
							    "filings", filings_json(c))
						  : json_pack("{s:s, s:o}", "case", tro_case_id(c),
							    "exhibits", exhibits_json(c)));
	}
	if (of_filings(cli)) {
		list_filings(c);
	} else {
		list_exhibits(c);
	}
	return finish_output(cli);
}

/* A file or folder of that name must not be there. */
static tro_status check_new(const char *path, tro_err *err)
{
	struct stat info;

	return path == NULL || strcmp(path, "-") == 0 || lstat(path, &info) != 0
		       ? TRO_OK
		       : tro_err_set(err, TRO_USAGE, "'%s' exists already, and is not overwritten",
				 path);
}

static int give(client *cli, const tro_case *c, const char *id, const char *out, const char *unpack)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_err err;
	tro_status status;

	if (unpack != NULL && !cli->dry_run) {
		status = tro_case_filing_unpack(c, id, unpack, &err);
	} else {
		status = of_filings(cli) ? tro_case_filing_read(&bytes, c, id, &err)
					 : tro_case_exhibit_read(&bytes, c, id, &err);
		if (status == TRO_OK) {
			status = cli->dry_run ? check_new(unpack != NULL ? unpack : out, &err)
					      : cli_write_file(&bytes, out, &err);
		}
	}
	if (status == TRO_OK) {
		say_dry_run(cli);
	}
	tro_buf_done(&bytes);
	return status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
}

/* What does not go together, or NULL. */
static const char *wrong_words(
	const client *cli, const cli_options *o, const char *out, const char *unpack)
{
	if (o->arg_count == 1) {
		return out != NULL || unpack != NULL ? "say which one is to be written" : NULL;
	}
	if (cli->json) {
		return "--json lists; it does not go with writing one out";
	}
	return out != NULL && unpack != NULL ? "say --out or --unpack" : NULL;
}

/* For the access log, where not every text may stand. */
static const char *tellable(const char *name)
{
	return strlen(name) <= MARK_MAX && tro_access_text_good(name, false) ? name : "(not told)";
}

/* The mark of an exhibit, or the id of a filing. */
static const char *name_of(const client *cli, const tro_case *c, const char *id)
{
	tro_exhibit_info e;
	tro_filing_info f;

	for (size_t i = 0; of_filings(cli) && tro_case_filing_at(c, i, &f); i++) {
		if (strcmp(f.id, id) == 0) {
			return tellable(f.id);
		}
	}
	for (size_t i = 0; !of_filings(cli) && tro_case_exhibit_at(c, i, &e); i++) {
		if (strcmp(e.ref, id) == 0 || strcmp(e.sha256, id) == 0) {
			return tellable(e.ref);
		}
	}
	return "(none of the case)";
}

/* Opens the case, and writes down that one of its files, or their list, is about to be shown; a
 * rehearsal shows no file. */
static tro_status open_files(
	tro_case **out, client *cli, const cli_options *o, const char *recipient, tro_err *err)
{
	char what[160];
	tro_case *c = NULL;
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK) {
		status = tro_case_open(&c, cli->registry, o->args[0], err);
	}
	if (status == TRO_OK && (o->arg_count == 1 || !cli->dry_run)) {
		(void)snprintf(what, sizeof(what), "%s%s%.64s", cli->command,
			o->arg_count == 2 ? " " : "",
			o->arg_count == 2 ? name_of(cli, c, o->args[1]) : "");
		status = cli_note_access(cli, recipient == NULL ? TRO_CONSULTATION : TRO_DISCLOSURE,
			tro_case_id(c), what, recipient, err);
	}
	if (status != TRO_OK) {
		tro_case_close(c);
		return status;
	}
	*out = c;
	return TRO_OK;
}

static int run(client *cli, int argc, const char **argv, const struct poptOption *own, char **out,
	char **unpack, char **recipient)
{
	cli_options o;
	tro_err err;
	tro_case *c = NULL;
	int code = options_read(&o, cli, argc, argv, own, 1, 2);

	if (code == EXIT_DONE && !o.helped && wrong_words(cli, &o, *out, *unpack) != NULL) {
		code = cli_usage(cli, wrong_words(cli, &o, *out, *unpack));
	} else if (code == EXIT_DONE && !o.helped) {
		tro_status status = open_files(&c, cli, &o, *recipient, &err);

		if (status != TRO_OK) {
			code = cli_fail(cli, status, &err);
		} else {
			code = o.arg_count == 1 ? list(cli, c)
						: give(cli, c, o.args[1], *out, *unpack);
		}
	}
	tro_case_close(c);
	options_free(&o);
	free(*out);
	free(*unpack);
	free(*recipient);
	return code;
}

int cmd_exhibit(client *cli, int argc, const char **argv)
{
	char *out = NULL;
	char *unpack = NULL;
	char *recipient = NULL;
	const struct poptOption own[] = {
		{"out", '\0', POPT_ARG_STRING, &out, 0,
			"write it to a file that does not exist yet", "FILE"},
		DRY_RUN_OPTION(cli), RECIPIENT_OPTION(&recipient), REASON_OPTION(cli),
		POPT_TABLEEND};

	return run(cli, argc, argv, own, &out, &unpack, &recipient);
}

int cmd_filing(client *cli, int argc, const char **argv)
{
	char *out = NULL;
	char *unpack = NULL;
	char *recipient = NULL;
	const struct poptOption own[] = {
		{"out", '\0', POPT_ARG_STRING, &out, 0,
			"write the container to a file that does not exist yet", "FILE"},
		{"unpack", '\0', POPT_ARG_STRING, &unpack, 0,
			"write its members below a folder that does not exist yet", "DIR"},
		DRY_RUN_OPTION(cli), RECIPIENT_OPTION(&recipient), REASON_OPTION(cli),
		POPT_TABLEEND};

	return run(cli, argc, argv, own, &out, &unpack, &recipient);
}
