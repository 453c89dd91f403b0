/* tro can: the answer of tro why as an exit code, also for somebody else. */
#include <stdlib.h>

#include "cli.h"

static int answer(client *cli, const char *event, const char *person, bool can)
{
	int code;

	if (cli->json) {
		code = print_json(json_pack(
			"{s:s, s:s, s:b}", "event", event, "person", person, "possible", can));
	} else {
		(void)puts(can ? "yes" : "no");
		code = finish_output(cli);
	}
	return code != EXIT_DONE ? code : exit_code(can ? TRO_OK : TRO_NO);
}

/* Whoever is asked about: --as, else whoever asks. */
static tro_status find_person(size_t *out, client *cli, const char *as, tro_err *err)
{
	if (as == NULL) {
		return cli_whoami(out, cli, err);
	}
	tro_status status = cli_open(cli, err);

	return status == TRO_OK ? tro_registry_person_by_id(out, cli->registry, as, err) : status;
}

int cmd_can(client *cli, int argc, const char **argv)
{
	char *matter = NULL;
	char *as = NULL;
	const struct poptOption own[] = {
		{"matter", '\0', POPT_ARG_STRING, &matter, 0,
			"the matter that is meant, when several could be", "ID"},
		{"as", '\0', POPT_ARG_STRING, &as, 0, "ask for another person", "PERSON"},
		REASON_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	tro_err err;
	size_t person;
	tro_case *c = NULL;
	tro_findings *findings = tro_findings_new();
	int code = options_read(&o, cli, argc, argv, own, 2, 2);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status = findings == NULL ? tro_err_set(&err, TRO_NOMEM, "out of memory")
						     : find_person(&person, cli, as, &err);

		if (status == TRO_OK) {
			status = cli_read_case(&c, cli, o.args[1], "can", &err);
		}
		if (status == TRO_OK) {
			status = tro_case_why(c, o.args[0], matter, person, findings, &err);
		}
		bool answered = status == TRO_OK ||
				(status == TRO_REFUSED && tro_findings_count(findings) > 0);
		tro_person_info info;

		if (answered) {
			tro_registry_person_at(cli->registry, person, &info);
			code = answer(cli, o.args[0], info.id, status == TRO_OK);
		} else {
			code = cli_fail(cli, status, &err);
		}
	}
	tro_findings_free(findings);
	tro_case_close(c);
	options_free(&o);
	free(matter);
	free(as);
	return code;
}
