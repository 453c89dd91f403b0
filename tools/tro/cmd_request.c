#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tro/signing.h>

#include "cli.h"

/* Whom the request is for, and where it goes. */
typedef struct request_words {
	char *person, *out;
} request_words;

/* What is given out, and what a refusal or a rehearsal tells of the case: nobody's key is asked for
 * here. */
static tro_status note(
	client *cli, const tro_case *c, const char *event, const char *recipient, tro_err *err)
{
	char what[160];

	(void)snprintf(what, sizeof(what), "request %.100s", event);
	return cli_note_access(cli, recipient == NULL ? TRO_CONSULTATION : TRO_DISCLOSURE,
		tro_case_id(c), what, recipient, err);
}

/* *out_told: what was found may be shown. */
static tro_status make(client *cli, tro_case *c, const tro_command *command, const request_words *w,
	tro_result *result, tro_findings *findings, bool *out_told, tro_err *err)
{
	size_t person;
	tro_buf file = TRO_BUF_INIT;
	tro_err own;
	tro_status status = tro_registry_person_by_id(&person, cli->registry, w->person, err);

	*out_told = false;
	if (status != TRO_OK) {
		return status;
	}
	tro_status made = tro_case_request(&file, c, command, person, result, findings, &own);
	bool given = made == TRO_OK && !result->already && !command->dry_run;

	status = note(cli, c, command->event, given ? w->person : NULL, err);
	*out_told = status == TRO_OK;
	if (status == TRO_OK && made != TRO_OK) {
		status = tro_err_set(err, made, "%s", own.message);
	} else if (status == TRO_OK && given) {
		mode_t before = umask(077); /* it holds the case in clear */

		status = cli_write_file(&file, w->out, err);
		(void)umask(before);
	}
	tro_buf_done(&file);
	return status;
}

static int run(client *cli, tro_case *c, const tro_command *command, void *user)
{
	const request_words *w = user;
	tro_err err;
	tro_result result;
	bool told = false;
	tro_findings *findings = tro_findings_new();

	if (w->person == NULL || (w->out == NULL && !command->dry_run)) {
		tro_findings_free(findings);
		return cli_usage(cli, w->person == NULL ? "say --for PERSON"
							: "say --out FILE, or --out - for "
							  "standard output");
	}
	tro_status status = findings == NULL
				    ? tro_err_set(&err, TRO_NOMEM, "out of memory")
				    : make(cli, c, command, w, &result, findings, &told, &err);
	int code;

	if (status != TRO_OK) {
		code = told ? report_refusal(cli, status, &err, findings)
			    : cli_fail(cli, status, &err);
	} else if (result.already || command->dry_run) {
		code = report_case(
			cli, tro_case_id(c), command->event, &result, findings, command->dry_run);
	} else {
		print_findings(stderr, findings, TRO_LEVEL_NOTE);
		cli_say("%s: %s is for %s to sign as seq %llu: they run 'tro sign FILE' where "
			"their key is, and 'tro accept FILE.signed' appends it here if the case "
			"has not moved\n",
			tro_case_id(c), command->event, w->person, (unsigned long long)result.seq);
		code = finish_output(cli);
	}
	tro_findings_free(findings);
	return code;
}

int cmd_request(client *cli, int argc, const char **argv)
{
	request_words w = {0};
	const struct poptOption own[] = {
		{"for", '\0', POPT_ARG_STRING, &w.person, 0, "who is to sign it", "PERSON"},
		{"out", '\0', POPT_ARG_STRING, &w.out, 0,
			"where the request goes: a file that does not exist yet", "FILE"},
		POPT_TABLEEND};
	const event_use use = {own, sizeof(own) / sizeof(*own) - 1, run, &w};
	int code;

	if (argc < 2 || argv[1][0] == '-') {
		cli_options o;

		code = options_read(&o, cli, argc, argv, own, 0, 0);
		code = code == EXIT_DONE && !o.helped ? cli_usage(cli, "say which event first")
						      : code;
		options_free(&o);
	} else if (argc < 3 || argv[2][0] == '-') {
		code = cli_usage(cli, "say the case after the event");
	} else {
		code = use_event(cli, argv[1], argc - 1, argv + 1, &use);
	}
	free(w.person);
	free(w.out);
	return code;
}
