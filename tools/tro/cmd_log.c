#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct listing {
	json_t *records; /* NULL for text */
	int only;	 /* the record to show whole; -1 for all in brief */
	int payload;
	uint64_t count; /* records met so far */
} listing;

static tro_status one_record(void *user, const tro_log_entry *e, tro_err *err)
{
	listing *l = user;
	char time[TRO_TIME_TEXT_SIZE];

	(void)err;
	l->count++;
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

/* All records of the case, or of the registry, whose name no case has. */
static tro_status list(listing *l, client *cli, const char *id, tro_buf *out_id, tro_err *err)
{
	tro_case *c = NULL;
	bool registry = strcmp(id, "registry") == 0;
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK && registry) {
		tro_buf_puts(out_id, id);
		status = tro_registry_each_record(cli->registry, one_record, l, err);
	} else if (status == TRO_OK) {
		status = cli_read_case(&c, cli, id, "log", err);
		if (status == TRO_OK) {
			tro_buf_puts(out_id, tro_case_id(c));
			status = tro_case_each_record(c, one_record, l, err);
		}
	}
	tro_case_close(c);
	if (status == TRO_OK && l->only >= 0 && (uint64_t)l->only >= l->count) {
		status = tro_err_set(err, TRO_NOT_FOUND, "%s%s has no record %d: its last is %llu",
			registry ? "the " : "case ", out_id->ptr, l->only,
			(unsigned long long)l->count - 1);
	}
	return status == TRO_OK ? tro_buf_status(out_id, err) : status;
}

int cmd_log(client *cli, int argc, const char **argv)
{
	listing l = {.only = -1};
	const struct poptOption own[] = {
		{"record", '\0', POPT_ARG_INT, &l.only, 0, "one record, as it was signed", "SEQ"},
		{"payload", '\0', POPT_ARG_NONE, &l.payload, 0, "with --record: the event's data",
			NULL},
		REASON_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	tro_err err;
	tro_buf id = TRO_BUF_INIT;
	int code = options_read(&o, cli, argc, argv, own, 1, 1);

	if (code == EXIT_DONE && !o.helped && l.payload && l.only < 0) {
		code = cli_usage(cli, "--payload goes with --record");
	} else if (code == EXIT_DONE && !o.helped) {
		l.records = cli->json ? json_array() : NULL;
		tro_status status = list(&l, cli, o.args[0], &id, &err);

		if (status != TRO_OK) {
			json_decref(l.records);
			code = cli_fail(cli, status, &err);
		} else {
			code = cli->json ? print_json(json_pack("{s:s, s:o}", "case", id.ptr,
						   "records", l.records))
					 : finish_output(cli);
		}
	}
	tro_buf_done(&id);
	options_free(&o);
	return code;
}
