/* tro why: everything that stands against an event, each with its basis and what to do. */
#include <stdlib.h>

#include "cli.h"

static int answer(client *cli, const inquiry *q, const inquired *found)
{
	if (cli->json) {
		return print_json(json_pack("{s:s, s:b, s:o}", "event", q->event, "possible",
			found->possible, "findings", findings_json(found->unmet)));
	}
	(void)printf(
		found->possible ? "%s: nothing stands against it\n" : "%s: not now\n", q->event);
	print_findings(stdout, found->unmet, TRO_LEVEL_TASK);
	return finish_output(cli);
}

int cmd_why(client *cli, int argc, const char **argv)
{
	char *matter = NULL;
	const struct poptOption own[] = {
		{"matter", '\0', POPT_ARG_STRING, &matter, 0,
			"the matter that is meant, when several could be", "ID"},
		REASON_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	int code = options_read(&o, cli, argc, argv, own, 2, 2);

	if (code == EXIT_DONE && !o.helped) {
		code = cli_inquire(cli,
			&(inquiry){.command = "why",
				.case_id = o.args[0],
				.event = o.args[1],
				.matter = matter},
			answer);
	}
	options_free(&o);
	free(matter);
	return code;
}
