#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct listing {
	json_t *records; /* NULL for text */
	int only;	 /* the record to show whole; -1 for all in brief */
	int payload;
} listing;

static tro_status one_record(void *user, const tro_log_entry *e, tro_err *err)
{
	listing *l = user;
	char time[TRO_TIME_TEXT_SIZE];

	(void)err;
	if (l->only >= 0 && e->seq != (uint64_t)l->only) {
		return TRO_OK;
	}
	tro_time_format(time, e->time);
	if (l->records != NULL) {
		(void)json_array_append_new(l->records,
			json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "seq",
				(json_int_t)e->seq, "event", e->event, "matter", e->matter, "actor",
				e->actor, "role", e->role, "time", time, "text", e->text,
				"signature", e->signature_line, "payload", e->payload));
	} else if (l->only < 0) {
		(void)printf("%4llu  ", (unsigned long long)e->seq);
		print_time(stdout, e->time);
		(void)printf("  %-22s %-14s %s as %s\n", e->event, e->matter, e->actor, e->role);
	} else if (l->payload) {
		(void)printf("%s\n", e->payload);
	} else {
		(void)printf("%s\n%s", e->text, e->signature_line);
	}
	return TRO_OK;
}

int cmd_log(client *cli, int argc, const char **argv)
{
	listing l = {.only = -1};
	const struct poptOption own[] = {
		{"record", '\0', POPT_ARG_INT, &l.only, 0, "one record, as it was signed", "SEQ"},
		{"payload", '\0', POPT_ARG_NONE, &l.payload, 0, "with --record: the event's data",
			NULL},
		POPT_TABLEEND};
	cli_options o;
	tro_err err;
	tro_case *c = NULL;
	int code = options_read(&o, cli, argc, argv, own, 1, 1);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status = cli_open(cli, &err);

		if (status == TRO_OK) {
			status = tro_case_open(&c, cli->registry, o.args[0], &err);
		}
		if (status == TRO_OK && l.only >= 0 && (uint64_t)l.only >= tro_case_count(c)) {
			status = tro_err_set(&err, TRO_NOT_FOUND,
				"case %s has no record %d: its last is %llu", tro_case_id(c),
				l.only, (unsigned long long)tro_case_count(c) - 1);
		}
		if (status == TRO_OK) {
			l.records = cli->json ? json_array() : NULL;
			status = tro_case_each_record(c, one_record, &l, &err);
		}
		if (status != TRO_OK) {
			json_decref(l.records);
			code = cli_fail(cli, status, &err);
		} else {
			code = cli->json ? print_json(json_pack("{s:s, s:o}", "case",
						   tro_case_id(c), "records", l.records))
					 : finish_output(cli);
		}
	}
	tro_case_close(c);
	options_free(&o);
	return code;
}
