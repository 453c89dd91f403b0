/*
 * Events of a workflow as commands: their options come from the declarations of the definition that
 * the case is pinned to.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { ARGS_MAX = 100 };

/* The words of one event command. */
typedef struct event_words {
	char *values[ARGS_MAX]; /* one a parameter; NULL when not given */
	tro_argument args[ARGS_MAX];
	tro_buf bytes[ARGS_MAX]; /* what arguments read from files */
	size_t arg_count;
	char *matter, *role, *request;
	int dry_run, again;
} event_words;

static void words_done(event_words *w)
{
	for (size_t i = 0; i < ARGS_MAX; i++) {
		free(w->values[i]);
		tro_buf_done(&w->bytes[i]);
	}
	free(w->matter);
	free(w->role);
	free(w->request);
}

tro_status read_value(tro_argument *arg, tro_buf *bytes, client *cli, const char *type,
	const char *value, tro_err *err)
{
	bool rows = strcmp(type, "rows") == 0;

	arg->value = value;
	arg->len = strlen(value);
	if (strcmp(type, "exhibit") == 0 || (!rows && value[0] != '@')) {
		return TRO_OK;
	}
	if (!rows && value[1] == '@') {
		arg->value++;
		arg->len--;
		return TRO_OK;
	}
	arg->source = rows ? value : value + 1;
	tro_status status = cli_read_file(bytes, cli, arg->source, err);

	arg->value = bytes->ptr;
	arg->len = bytes->len;
	return status;
}

/* Options for the parameters (columns of rows are not options) and for every event. */
static size_t event_options(
	struct poptOption *out, event_words *w, const tro_param_info *params, size_t count)
{
	const struct poptOption fixed[] = {
		{"matter", '\0', POPT_ARG_STRING, &w->matter, 0,
			"the matter that is meant, when several could be", "ID"},
		{"role", '\0', POPT_ARG_STRING, &w->role, 0,
			"the role in which you act, when you hold several", "ROLE"},
		{"request", '\0', POPT_ARG_STRING, &w->request, 0,
			"a key of a script's own, by which a repeated call is known", "KEY"},
		{"dry-run", '\0', POPT_ARG_NONE, &w->dry_run, 0,
			"say what would happen and write nothing", NULL},
		{"again", '\0', POPT_ARG_NONE, &w->again, 0,
			"do it although the last record is this very act", NULL}};
	size_t n = 0;

	for (size_t i = 0; i < count && n < ARGS_MAX; i++) {
		if (!params[i].column) {
			out[n] = (struct poptOption){.longName = params[i].name,
				.argInfo = POPT_ARG_STRING,
				.arg = &w->values[n],
				.descrip = params[i].title,
				.argDescrip = params[i].required ? "VALUE (required)" : "VALUE"};
			n++;
		}
	}
	memcpy(out + n, fixed, sizeof(fixed));
	n += sizeof(fixed) / sizeof(*fixed);
	out[n] = (struct poptOption)POPT_TABLEEND;
	return n;
}

static tro_status collect(
	event_words *w, client *cli, const tro_param_info *params, size_t count, tro_err *err)
{
	size_t option = 0;
	tro_status status = TRO_OK;

	for (size_t i = 0; i < count && option < ARGS_MAX && status == TRO_OK; i++) {
		if (params[i].column) {
			continue;
		}
		if (w->values[option] != NULL) {
			tro_argument *arg = &w->args[w->arg_count];

			arg->name = params[i].name;
			status = read_value(arg, &w->bytes[w->arg_count], cli, params[i].type,
				w->values[option], err);
			w->arg_count++;
		}
		option++;
	}
	return status;
}

static tro_command command_from(const event_words *w, const char *event)
{
	return (tro_command){.event = event,
		.matter = w->matter,
		.role = w->role,
		.request = w->request,
		.args = w->args,
		.arg_count = w->arg_count,
		.dry_run = w->dry_run != 0,
		.again = w->again != 0};
}

/* ---- saying what came of it ---- */

static json_t *result_json(const char *case_id, const char *event, const tro_result *result,
	const tro_findings *findings, bool dry_run)
{
	return json_pack("{s:s, s:s, s:I, s:b, s:b, s:I, s:I, s:o}", "case", case_id, "event",
		event, "seq", (json_int_t)result->seq, "already", result->already, "dry_run",
		dry_run, "timers", (json_int_t)result->timer_count, "filings",
		(json_int_t)result->filing_count, "findings", findings_json(findings));
}

/* The matters with their states, and what can be done by whom. */
static tro_status print_standing(tro_case *c, tro_err *err)
{
	for (size_t i = 0; i < tro_case_matter_count(c); i++) {
		tro_matter_info matter;
		tro_status status = tro_case_matter_at(c, i, &matter, err);

		if (status != TRO_OK) {
			return status;
		}
		if (strchr(matter.id, '/') == NULL) {
			(void)printf("  %s: %s\n", matter.id, matter.states);
		}
	}
	return TRO_OK;
}

/* One line a matter: what the person can do to the case's main matters. */
static tro_status print_next(client *cli, tro_case *c, tro_err *err)
{
	size_t person;
	tro_options *options = NULL;
	const char *matter = "";
	tro_status status = TRO_OK;
	tro_err nobody;

	if (cli_whoami(&person, cli, &nobody) == TRO_OK) { /* else nobody is asking */
		status = tro_case_options(&options, c, person, err);
	}
	for (size_t i = 0; status == TRO_OK && options != NULL && i < tro_options_count(options);
		i++) {
		const tro_option *o = tro_options_at(options, i);

		if (!o->ready || strchr(o->matter, '/') != NULL) {
			continue;
		}
		if (strcmp(matter, o->matter) == 0) {
			(void)printf(", %s", o->event);
		} else {
			(void)printf("%s  you can, %s: %s", matter[0] == '\0' ? "" : "\n",
				o->matter, o->event);
		}
		matter = o->matter;
	}
	if (status == TRO_OK) {
		(void)printf("%s  'tro next %s' says what others can do\n",
			matter[0] == '\0' ? "" : "\n", tro_case_id(c));
	}
	tro_options_free(options);
	return status;
}

static void print_new_filings(const tro_case *c, uint64_t seq)
{
	tro_filing_info filing;

	for (size_t i = 0; tro_case_filing_at(c, i, &filing); i++) {
		if (strtoull(filing.seq, NULL, 10) == seq) {
			(void)printf(
				"  made %s %s, sha256 %s\n", filing.name, filing.id, filing.sha256);
		}
	}
}

int report_case(client *cli, const char *case_id, const char *event, const tro_result *result,
	const tro_findings *findings, bool dry_run)
{
	tro_case *c = NULL;
	tro_err err;

	cli->recorded = !dry_run && !result->already;
	if (cli->json) {
		return print_json(result_json(case_id, event, result, findings, dry_run));
	}
	if (result->already) {
		(void)printf("%s: %s is already recorded as seq %llu; nothing is changed\n",
			case_id, event, (unsigned long long)result->seq);
	} else if (dry_run) {
		(void)printf("%s: %s would be done as seq %llu; nothing is written\n", case_id,
			event, (unsigned long long)result->seq);
	} else {
		(void)printf("%s: %s recorded as seq %llu\n", case_id, event,
			(unsigned long long)result->seq);
	}
	print_findings(stdout, findings, TRO_LEVEL_NOTE);
	if (dry_run) {
		return finish_output(cli);
	}
	tro_status status = tro_case_open(&c, cli->registry, case_id, &err);

	if (status == TRO_OK) {
		if (!result->already) {
			print_new_filings(c, result->seq);
		}
		status = print_standing(c, &err);
	}
	if (status == TRO_OK && !result->already) {
		status = print_next(cli, c, &err);
	}
	tro_case_close(c);
	if (status != TRO_OK) { /* the act is recorded: only the outlook failed */
		(void)cli_fail(cli, status, &err);
	}
	return finish_output(cli);
}

int report_refusal(
	const client *cli, tro_status status, const tro_err *err, const tro_findings *findings)
{
	if (cli->json) {
		int code = print_json(json_pack("{s:s, s:i, s:o}", "error", err->message, "exit",
			exit_code(status), "findings", findings_json(findings)));

		return code == EXIT_DONE ? exit_code(status) : code;
	}
	int code = cli_fail(cli, status, err);

	print_findings(stderr, findings, status == TRO_REFUSED ? TRO_LEVEL_BLOCK : TRO_LEVEL_WARN);
	return code;
}

/* ---- events on a case ---- */

static int act(client *cli, tro_case *c, const tro_command *command)
{
	tro_err err;
	tro_result result;
	tro_findings *findings = tro_findings_new();
	char id[65];
	tro_status status = findings == NULL ? tro_err_set(&err, TRO_NOMEM, "out of memory")
					     : cli_sign(cli, &err);

	(void)snprintf(id, sizeof(id), "%s", tro_case_id(c));
	if (status == TRO_OK) {
		status = tro_case_act(c, command, cli->signer, &result, findings, &err);
	}
	int code = status == TRO_OK ? report_case(cli, id, command->event, &result, findings,
					      command->dry_run)
				    : report_refusal(cli, status, &err, findings);

	tro_findings_free(findings);
	return code;
}

int run_form(client *cli, const char *case_id, const tro_argument *args, size_t count, bool dry_run)
{
	tro_err err;
	tro_case *c = NULL;
	tro_status status = cli_open(cli, &err);

	if (status == TRO_OK) {
		status = tro_case_open(&c, cli->registry, case_id, &err);
	}
	if (status == TRO_OK && tro_case_form_event(c) == NULL) {
		status = tro_err_set(&err, TRO_NOT_FOUND, "the workflow of this case has no form");
	}
	tro_command command = {.args = args, .arg_count = count, .dry_run = dry_run};

	if (status == TRO_OK) {
		command.event = tro_case_form_event(c);
	}
	int code = status == TRO_OK ? act(cli, c, &command) : cli_fail(cli, status, &err);

	tro_case_close(c);
	return code;
}

/* The case is the first word that is neither an option nor an option's value: read the words
 * without knowing the parameters. */
static const char *first_word(int argc, const char **argv)
{
	return argc > 1 && argv[1][0] != '-' ? argv[1] : NULL;
}

static int act_on_case(client *cli, tro_case *c, const char *event, int argc, const char **argv,
	const event_use *use)
{
	tro_err err;
	event_words w = {0};
	cli_options o;
	struct poptOption table[ARGS_MAX + 12];
	tro_param_info *params = NULL;
	size_t count;
	tro_status status = tro_case_params(&params, &count, c, event, NULL, NULL, &err);

	if (status != TRO_OK) {
		return cli_fail(cli, status, &err);
	}
	size_t n = event_options(table, &w, params, count);

	for (size_t i = 0; use != NULL && i < use->option_count; i++) {
		table[n++] = use->options[i];
	}
	table[n] = (struct poptOption)POPT_TABLEEND;
	int code = options_read(&o, cli, argc, argv, table, 1, 1);

	if (code == EXIT_DONE && !o.helped) {
		status = collect(&w, cli, params, count, &err);
		tro_command command = command_from(&w, event);

		code = status != TRO_OK ? cli_fail(cli, status, &err)
		       : use == NULL	? act(cli, c, &command)
					: use->run(cli, c, &command, use->user);
	}
	options_free(&o);
	words_done(&w);
	free(params);
	return code;
}

/* Before the parameters are known the store must be: --store is looked for by hand. */
static void find_store_option(client *cli, int argc, const char **argv)
{
	for (int i = 1; i < argc && cli->store == NULL; i++) {
		if (strcmp(argv[i], "--store") == 0 && i + 1 < argc) {
			cli->store = strdup(argv[i + 1]);
		} else if (strncmp(argv[i], "--store=", 8) == 0) {
			cli->store = strdup(argv[i] + 8);
		}
	}
}

int use_event(client *cli, const char *event, int argc, const char **argv, const event_use *use)
{
	tro_err err;
	tro_case *c = NULL;
	const char *id = first_word(argc, argv);

	if (id == NULL) {
		cli_say("tro: '%s' is no command, and as an event it needs a case first: tro %s "
			"CASE ...; 'tro help' lists the commands\n",
			event, event);
		return EXIT_USAGE;
	}
	find_store_option(cli, argc, argv);
	tro_status status = cli_open(cli, &err);

	if (status == TRO_OK) {
		status = tro_case_open(&c, cli->registry, id, &err);
	}
	int code = status == TRO_OK ? act_on_case(cli, c, event, argc, argv, use)
				    : cli_fail(cli, status, &err);

	tro_case_close(c);
	return code;
}

int run_event(client *cli, const char *event, int argc, const char **argv)
{
	return use_event(cli, event, argc, argv, NULL);
}

int cmd_do(client *cli, int argc, const char **argv)
{
	if (argc < 2 || argv[1][0] == '-') {
		cli_options o;
		int answered = options_read(&o, cli, argc, argv, NULL, 0, 0);

		answered = answered == EXIT_DONE && !o.helped
				   ? cli_usage(cli, "say which event first")
				   : answered;
		options_free(&o);
		return answered;
	}
	cli->command = argv[1];
	return run_event(cli, argv[1], argc - 1, argv + 1);
}

/* ---- a new case ---- */

static int create(client *cli, const char *workflow, const tro_command *command)
{
	tro_err err;
	tro_result result;
	char id[65];
	tro_findings *findings = tro_findings_new();
	tro_status status = findings == NULL ? tro_err_set(&err, TRO_NOMEM, "out of memory")
					     : cli_sign(cli, &err);

	if (status == TRO_OK) {
		status = tro_case_create(
			id, cli->registry, workflow, command, cli->signer, &result, findings, &err);
	}
	int code = status == TRO_OK
			   ? report_case(cli, id, "create", &result, findings, command->dry_run)
			   : report_refusal(cli, status, &err, findings);

	tro_findings_free(findings);
	return code;
}

int cmd_new(client *cli, int argc, const char **argv)
{
	tro_err err;
	event_words w = {0};
	cli_options o;
	struct poptOption table[ARGS_MAX + 8];
	tro_param_info *params = NULL;
	size_t count;
	const char *workflow = first_word(argc, argv);

	if (workflow == NULL) {
		int answered = options_read(&o, cli, argc, argv, NULL, 0, 1);

		answered = answered == EXIT_DONE && !o.helped
				   ? cli_usage(cli, "say which workflow first")
				   : answered;
		options_free(&o);
		return answered;
	}
	find_store_option(cli, argc, argv);
	tro_status status = cli_open(cli, &err);

	if (status == TRO_OK) {
		status = tro_workflow_params(&params, &count, cli->registry, workflow, &err);
	}
	if (status != TRO_OK) {
		return cli_fail(cli, status, &err);
	}
	(void)event_options(table, &w, params, count);
	int code = options_read(&o, cli, argc, argv, table, 1, 1);

	if (code == EXIT_DONE && !o.helped) {
		status = collect(&w, cli, params, count, &err);
		tro_command command = command_from(&w, "create");

		code = status == TRO_OK ? create(cli, workflow, &command)
					: cli_fail(cli, status, &err);
	}
	options_free(&o);
	words_done(&w);
	free(params);
	return code;
}
