/* tro: the client. Finds the command, or else takes the word for an event of a workflow. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* Sorted by name; tests hold the manual page to it. */
const cli_command commands[] = {
	{"accept", cmd_accept, "FILE", "append an act that was signed elsewhere"},
	{"access-log", cmd_access_log, "[CASE] --purpose CODE",
		"say who was shown, given and did what, and when"},
	{"adopt", cmd_adopt, "", "adopt new or changed definitions, registers and templates"},
	{"agree", cmd_agree, "[SHA256]", "agree to another registrar's change, or show what waits"},
	{"backup", cmd_backup, "FILE", "copy the store into one file, and verify the copy"},
	{"can", cmd_can, "EVENT CASE", "say by exit code whether an event can be done"},
	{"checkpoint", cmd_checkpoint, "publish [WITNESS] | import [FILE] | policy [FILE]",
		"send the log's head to witnesses and take in what they sign"},
	{"clock", cmd_clock, "[set TIME | trust --minutes N --reason TEXT]",
		"show the clock, set a training store's, trust a wrong one"},
	{"do", cmd_do, "EVENT CASE [--PARAMETER VALUE]...", "do an event of the workflow"},
	{"edit", cmd_edit, "CASE", "edit the draft as a form in an editor"},
	{"erase", cmd_erase, "CASE [PATH]...", "propose, do and certify the erasure of data"},
	{"exhibit", cmd_exhibit, "CASE [REF]", "list exhibits, or write one out"},
	{"extract", cmd_extract, "CASE DIR",
		"write a case out for a court or an auditor to verify"},
	{"filing", cmd_filing, "CASE [ID]", "list filings, or write one out"},
	{"help", cmd_help, "[COMMAND | EVENT [CASE]]", "explain a command or an event"},
	{"hold", cmd_hold, "CASE", "list, place and release holds on a case"},
	{"init", cmd_init, "DIR --training --origin ORIGIN --name NAME", "make a store"},
	{"key", cmd_key, "new|list|show|unlock|passphrase|export|test [FILE]",
		"make and use signing keys"},
	{"log", cmd_log, "CASE", "show a case's records"},
	{"new", cmd_new, "WORKFLOW [--PARAMETER VALUE]...", "start a case"},
	{"next", cmd_next, "CASE", "say what can be done next, and by whom"},
	{"person", cmd_person, "[request|enrol|rotate|revoke ...]",
		"list and enrol people, and give and take their keys"},
	{"rebuild", cmd_rebuild, "", "make every derived table again from the records"},
	{"request", cmd_request, "EVENT CASE --for PERSON --out FILE [--PARAMETER VALUE]...",
		"write an act down for somebody to sign elsewhere"},
	{"restore-store", cmd_restore_store, "FILE DIR",
		"make a store of a backup, if it verifies"},
	{"role", cmd_role, "grant|end PERSON ROLE | acting accepted|refused",
		"give and end powers"},
	{"set", cmd_set, "CASE FIELD=VALUE...", "set fields of the draft"},
	{"show", cmd_show, "CASE", "show a case"},
	{"sign", cmd_sign, "FILE", "show and sign an act that was requested, without a store"},
	{"status", cmd_status, "", "list the cases"},
	{"tick", cmd_tick, "[CASE]", "let deadlines that have passed take effect"},
	{"verify", cmd_verify, "[CASE] | --extract DIR --log VKEY [WITNESS_VKEY]...",
		"verify every record, step and file"},
	{"why", cmd_why, "CASE EVENT", "say what stands against an event"},
	{"witness", cmd_witness, "init|sign|status|clock FILE", "witness the log of another"},
	{"workflow", cmd_workflow, "check|table|draw|diff FILE...",
		"prove, explain, draw definitions"},
	{NULL, NULL, NULL, NULL},
};

const cli_command *command_named(const char *name)
{
	for (const cli_command *c = commands; c->name != NULL; c++) {
		if (strcmp(c->name, name) == 0) {
			return c;
		}
	}
	return NULL;
}

/* Common options may stand before the command too: the number of words that they take there. */
static int leading_options(int argc, char **argv)
{
	static const char *const with_value[] = {
		"--store", "--key", "--passphrase-file", "--passphrase-fd"};
	int at = 1;

	while (at < argc && argv[at][0] == '-') {
		int step = 1;

		for (size_t i = 0; i < sizeof(with_value) / sizeof(*with_value); i++) {
			step += strcmp(argv[at], with_value[i]) == 0;
		}
		at += step;
	}
	return at < argc ? at - 1 : 0;
}

static int help(client *cli)
{
	const char *words[] = {"help", NULL};

	cli->command = "help";
	return cmd_help(cli, 1, words);
}

/* The command first, then what follows it, then what stood before it. popt takes the words as
 * const. */
static const char **command_first(int argc, char **argv, int leading)
{
	const char **words = calloc((size_t)argc, sizeof(*words));
	size_t count = 0;

	for (int i = leading + 1; words != NULL && i < argc; i++) {
		words[count++] = argv[i];
	}
	for (int i = 1; words != NULL && i <= leading; i++) {
		words[count++] = argv[i];
	}
	return words;
}

/* A standard descriptor that is closed would become the next file that is opened, the database
 * perhaps. It is opened the wrong way round instead, so that whoever needs it is told. */
static bool hold_standard_descriptors(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};

	for (int fd = 0; fd < (int)(sizeof(modes) / sizeof(*modes)); fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd) {
			return false;
		}
	}
	return true;
}

static int say_version(client *cli)
{
	cli->command = "--version";
	(void)puts("tro " TRO_VERSION);
	return finish_output(cli);
}

int main(int argc, char **argv)
{
	client cli = {.passphrase_fd = -1};

	if (!hold_standard_descriptors()) {
		return EXIT_SYSTEM;
	}
	(void)setlocale(LC_CTYPE, "");
	(void)signal(SIGXFSZ,
		SIG_IGN); /* a file that may not grow is an error to report, not to die of */
	cli_ending_begin();
	if (argc < 2) {
		(void)help(&cli);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		return help(&cli);
	}
	if (strcmp(argv[1], "--version") == 0) {
		return say_version(&cli);
	}
	const char **words = command_first(argc, argv, leading_options(argc, argv));

	if (words == NULL) {
		return EXIT_SYSTEM;
	}
	if (words[0][0] == '-' || words[0][0] == '\0') {
		cli_say("tro: say a command: 'tro help' lists them\n");
		free(words);
		return EXIT_USAGE;
	}
	const cli_command *found = command_named(words[0]);

	cli.command = words[0];
	int code = found != NULL ? found->run(&cli, argc - 1, words)
				 : run_event(&cli, words[0], argc - 1, words);

	if (code == EXIT_SYSTEM && cli.recorded) {
		cli_say("tro %s: that was done and recorded all the same: do not do it again\n",
			cli.command);
	}
	free(words);
	cli_done(&cli);
	return code;
}
