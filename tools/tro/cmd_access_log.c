/* access-log: who collected, altered, consulted, disclosed, combined and erased what, and when. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* The purposes for which such a log may be used: Data Protection Act 2018 s.62(4), with their code
 * in the log's own entry. */
static const char *const purposes[] = {
	"lawfulness", "self-monitoring", "security", "criminal-proceedings"};

typedef struct listing {
	client *cli;
	json_t *entries; /* NULL for text */
	cli_progress progress;
} listing;

/* How it is known who that was; NULL when it is not. */
static const char *known_by(const tro_access_line *l)
{
	if (l->access.person == NULL) {
		return NULL;
	}
	if (l->signed_by_person) {
		return "signature";
	}
	return l->access.by_agent ? "agent" : "key-file";
}

static json_t *line_json(const tro_access_line *l)
{
	char time[TRO_TIME_TEXT_SIZE];
	const tro_access *a = &l->access;

	tro_time_format(time, l->time);
	return json_pack("{s:s, s:s, s:s?, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s, s:I}",
		"time", time, "processing", tro_processing_name(a->processing), "case", a->case_id,
		"what", a->what, "person", a->person, "known_by", known_by(l), "role", l->role,
		"account", a->account, "recipient", a->recipient, "reason", a->reason, "log",
		l->log, "seq", (json_int_t)l->seq);
}

static void print_who(client *cli, const tro_access_line *l)
{
	const tro_access *a = &l->access;
	size_t index;
	tro_person_info person;

	if (a->person != NULL) {
		(void)printf("%s", a->person);
		if (tro_registry_person_by_id(&index, cli->registry, a->person, NULL) == TRO_OK) {
			tro_registry_person_at(cli->registry, index, &person);
			(void)fputs(" (", stdout);
			print_line(stdout, person.name, 0);
			(void)putchar(')');
		}
	}
	if (l->signed_by_person) {
		(void)printf(" as %s, who signed seq %llu", l->role, (unsigned long long)l->seq);
		return;
	}
	if (a->person != NULL) {
		(void)printf(", as %s says; ", a->by_agent ? "the ssh-agent" : "the key file");
	}
	(void)fputs("account ", stdout);
	print_line(stdout, a->account, 0);
}

static tro_status one_line(void *user, const tro_access_line *l, tro_err *err)
{
	listing *list = user;
	const tro_access *a = &l->access;

	(void)err;
	if (list->entries != NULL) {
		(void)json_array_append_new(list->entries, line_json(l));
		return TRO_OK;
	}
	cli_progress_wipe(&list->progress);
	print_time(stdout, l->time);
	(void)printf("  %-12s  %-9s  ", tro_processing_name(a->processing),
		a->case_id == NULL ? "all cases" : a->case_id);
	print_line(stdout, a->what, 0);
	if (a->processing == TRO_DISCLOSURE) {
		(void)fputs(a->recipient == NULL ? ", recipient not said" : ", to ", stdout);
		print_line(stdout, a->recipient == NULL ? "" : a->recipient, 0);
	}
	if (a->reason != NULL) {
		(void)printf(", reason %s", a->reason);
	}
	(void)fputs("\n    ", stdout);
	print_who(list->cli, l);
	(void)putchar('\n');
	return TRO_OK;
}

static void tell(void *user, uint64_t done, uint64_t total)
{
	listing *list = user;

	cli_progress_tell(&list->progress, done, total);
}

static bool is_purpose(const char *word)
{
	for (size_t i = 0; word != NULL && i < sizeof(purposes) / sizeof(*purposes); i++) {
		if (strcmp(purposes[i], word) == 0) {
			return true;
		}
	}
	return false;
}

/* The log of who was shown what is itself shown to somebody. */
static tro_status read_log(listing *list, const tro_access_filter *filter, tro_err *err)
{
	client *cli = list->cli;
	tro_case *c = NULL;
	size_t person;
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK && filter->person != NULL) {
		status = tro_registry_person_by_id(&person, cli->registry, filter->person, err);
	}
	if (status == TRO_OK && filter->case_id != NULL) {
		status = cli_read_case(&c, cli, filter->case_id, "access-log", err);
	} else if (status == TRO_OK) {
		status = cli_note_access(cli, TRO_CONSULTATION, NULL, "access-log", NULL, err);
	}
	tro_case_close(c);
	if (status == TRO_OK) {
		cli_progress_begin(&list->progress, "read");
		status = tro_access_each(cli->registry, filter, one_line, tell, list, err);
		cli_progress_wipe(&list->progress);
	}
	return status;
}

/* Which days are asked for; NULL for what was not said. */
typedef struct days {
	char *day, *since, *until;
} days;

static tro_status read_day(bool *out_has, tro_date *out, const char *text, tro_err *err)
{
	*out_has = text != NULL;
	return text == NULL ? TRO_OK : tro_date_parse(out, text, err);
}

static tro_status read_days(tro_access_filter *out, const days *d, tro_err *err)
{
	tro_status status =
		read_day(&out->has_from, &out->from, d->day != NULL ? d->day : d->since, err);

	return status == TRO_OK ? read_day(&out->has_until, &out->until,
					  d->day != NULL ? d->day : d->until, err)
				: status;
}

static int run(client *cli, const cli_options *o, const days *d, const char *person)
{
	tro_err err;
	tro_access_filter filter = {
		.case_id = o->arg_count == 1 ? o->args[0] : NULL, .person = person};
	listing list = {.cli = cli, .entries = cli->json ? json_array() : NULL};
	tro_status status = read_days(&filter, d, &err);

	if (status == TRO_OK) {
		status = read_log(&list, &filter, &err);
	}
	if (status != TRO_OK) {
		json_decref(list.entries);
		return cli_fail(cli, status, &err);
	}
	if (cli->json) {
		return print_json(
			json_pack("{s:s, s:o}", "purpose", cli->reason, "entries", list.entries));
	}
	return finish_output(cli);
}

int cmd_access_log(client *cli, int argc, const char **argv)
{
	days d = {NULL, NULL, NULL};
	char *person = NULL;
	const struct poptOption own[] = {
		{"purpose", '\0', POPT_ARG_STRING, &cli->reason, 0,
			"lawfulness, self-monitoring, security or criminal-proceedings", "CODE"},
		{"person", '\0', POPT_ARG_STRING, &person, 0, "what this person did", "PERSON"},
		{"day", '\0', POPT_ARG_STRING, &d.day, 0, "on this day (YYYY-MM-DD)", "DATE"},
		{"since", '\0', POPT_ARG_STRING, &d.since, 0, "on this day and after it", "DATE"},
		{"until", '\0', POPT_ARG_STRING, &d.until, 0, "on this day and before it", "DATE"},
		POPT_TABLEEND};
	cli_options o;
	int code = options_read(&o, cli, argc, argv, own, 0, 1);

	if (code == EXIT_DONE && !o.helped && !is_purpose(cli->reason)) {
		code = cli_usage(cli, "say --purpose lawfulness, self-monitoring, security or "
				      "criminal-proceedings: the law allows no other use of this "
				      "log");
	} else if (code == EXIT_DONE && !o.helped && d.day != NULL &&
		   (d.since != NULL || d.until != NULL)) {
		code = cli_usage(cli, "say --day, or --since and --until");
	} else if (code == EXIT_DONE && !o.helped) {
		code = run(cli, &o, &d, person);
	}
	options_free(&o);
	free(d.day);
	free(d.since);
	free(d.until);
	free(person);
	return code;
}
