/* tro can: the answer of tro why as an exit code, also for somebody else. */
#include <stdlib.h>

#include "cli.h"

static int answer(client *cli, const inquiry *q, const inquired *found)
{
	if (cli->json) {
		return print_json(json_pack("{s:s, s:s, s:b}", "event", q->event, "person",
			found->person, "possible", found->possible));
	}
	(void)puts(found->possible ? "yes" : "no");
	return finish_output(cli);
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
	int code = options_read(&o, cli, argc, argv, own, 2, 2);

	if (code == EXIT_DONE && !o.helped) {
		code = cli_inquire(cli,
			&(inquiry){.command = "can",
				.event = o.args[0],
				.case_id = o.args[1],
				.matter = matter,
				.as = as},
			answer);
	}
	options_free(&o);
	free(matter);
	free(as);
	return code;
}
