#include <tro/checkpoint.h>

#include "cli.h"

/* Lists the cases as they come; nothing is kept but the JSON answer. */
typedef struct listing {
	json_t *cases; /* NULL for text */
	tro_time_us now;
	int all;
	size_t count, hidden;
} listing;

static tro_status one_case(void *user, const tro_case_summary *s, tro_err *err)
{
	listing *l = user;
	char updated[TRO_TIME_TEXT_SIZE];
	char due[TRO_TIME_TEXT_SIZE];

	(void)err;
	/* A deadline runs in a closed case where the court made an order after all. */
	if (s->finished && s->next_due == 0 && !l->all) {
		l->hidden++;
		return TRO_OK;
	}
	l->count++;
	tro_time_format(updated, s->updated);
	tro_time_format(due, s->next_due);
	if (l->cases != NULL) {
		(void)json_array_append_new(l->cases,
			json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s?, s:b}", "case", s->id,
				"title", s->title, "workflow", s->workflow, "states", s->states,
				"records", (json_int_t)s->count, "updated", updated, "next_due",
				s->next_due == 0 ? NULL : due, "finished", s->finished));
		return TRO_OK;
	}
	(void)printf("%s  ", s->id);
	print_line(stdout, s->title, 0);
	(void)printf("\n  %s%s\n", s->states, s->finished ? " (closed)" : "");
	if (s->next_due != 0) {
		(void)fputs(
			s->next_due <= l->now ? "  overdue since " : "  next deadline ", stdout);
		print_time(stdout, s->next_due);
		(void)puts(s->next_due <= l->now ? ": 'tro tick' lets it take effect" : "");
	}
	return TRO_OK;
}

static json_t *witnessing_json(const tro_witnessing *w)
{
	char published[TRO_TIME_TEXT_SIZE];
	char witnessed[TRO_TIME_TEXT_SIZE];
	char waiting[TRO_TIME_TEXT_SIZE];

	tro_time_format(published, w->published_at);
	tro_time_format(witnessed, w->witnessed_at);
	tro_time_format(waiting, w->waiting_since);
	return json_pack("{s:b, s:I, s:I, s:s?, s:I, s:s?, s:s?}", "required", w->required,
		"records", (json_int_t)w->records, "published", (json_int_t)w->published,
		"published_at", w->published > 0 ? published : NULL, "witnessed",
		(json_int_t)w->witnessed, "witnessed_at", w->witnessed > 0 ? witnessed : NULL,
		"waiting_since", w->waiting_since != 0 ? waiting : NULL);
}

/* How much nobody outside has seen yet, and for how long. */
static void print_witnessing(const tro_witnessing *w, tro_time_us now)
{
	const int64_t minute_us = (int64_t)60 * 1000000;
	uint64_t waiting = w->records - w->witnessed;

	if (!w->required) {
		(void)puts("no witness is required");
	} else if (waiting == 0) {
		(void)printf("all %llu records are witnessed\n", (unsigned long long)w->records);
	} else {
		int64_t minutes = (now - w->waiting_since) / minute_us;

		(void)printf("%llu of %llu records are not yet witnessed, the first of them for "
			     "%lld h %02lld min\n",
			(unsigned long long)waiting, (unsigned long long)w->records,
			(long long)(minutes / 60), (long long)(minutes % 60));
	}
}

int cmd_status(client *cli, int argc, const char **argv)
{
	listing l = {0};
	tro_witnessing witnessing;
	const struct poptOption own[] = {
		{"all", '\0', POPT_ARG_NONE, &l.all, 0, "closed cases too", NULL},
		REASON_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	tro_err err;
	int code = options_read(&o, cli, argc, argv, own, 0, 0);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status = cli_open(cli, &err);

		if (status == TRO_OK) { /* before the entry below is one more to witness */
			status = tro_witnessing_get(&witnessing, cli->registry, &err);
		}
		if (status == TRO_OK) {
			status = cli_note_access(cli, TRO_COMBINATION, NULL, "status", NULL, &err);
		}
		if (status == TRO_OK) {
			l.cases = cli->json ? json_array() : NULL;
			l.now = tro_registry_now(cli->registry);
			status = tro_cases_each(cli->registry, one_case, &l, &err);
		}
		if (status != TRO_OK) {
			json_decref(l.cases);
			code = cli_fail(cli, status, &err);
		} else if (cli->json) {
			code = print_json(json_pack("{s:s, s:b, s:o, s:o, s:o}", "log",
				tro_registry_origin(cli->registry), "training",
				tro_registry_training(cli->registry), "cases", l.cases,
				"witnessing", witnessing_json(&witnessing), "clock_trusted_until",
				trusted_json(cli)));
		} else {
			(void)printf("%zu cases%s\n", l.count,
				l.hidden > 0 ? "; --all shows closed ones too" : "");
			print_witnessing(&witnessing, l.now);
			say_trusted(cli);
			code = finish_output(cli);
		}
	}
	options_free(&o);
	return code;
}
