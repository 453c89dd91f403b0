/* erase: propose, do and certify the erasure of data. */
#include <stdlib.h>
#include <string.h>
#include <tro/keeping.h>

#include "cli.h"

typedef struct erase_words {
	char *reason, *confirm, *role;
	int certificate, dry_run, again;
} erase_words;

/* ---- the certificate ---- */

static void say_person(const client *cli, const char *id)
{
	size_t index;
	tro_person_info person;

	(void)printf("%s", id);
	if (tro_registry_person_by_id(&index, cli->registry, id, NULL) == TRO_OK) {
		tro_registry_person_at(cli->registry, index, &person);
		(void)fputs(" (", stdout);
		print_line(stdout, person.name, 0);
		(void)putchar(')');
	}
}

static tro_status say_record(void *user, uint64_t seq, const char *event, const char *sha256_hex,
	bool payload_erased, tro_err *err)
{
	(void)user;
	(void)err;
	(void)printf("  %4llu  sha256:%s  %-20s %s\n", (unsigned long long)seq, sha256_hex, event,
		payload_erased ? "data and outcome" : "outcome");
	return TRO_OK;
}

static void say_act(
	const client *cli, const char *what, const char *person, const char *role, const char *time)
{
	(void)printf("%s ", what);
	say_person(cli, person);
	(void)printf(" as %s, %s\n", role, time);
}

/* What the access log says was given out before the erasure. */
typedef struct given_out {
	uint64_t erased_by;
	bool over;
} given_out;

static tro_status say_given(void *user, const tro_access_line *l, tro_err *err)
{
	given_out *g = user;

	(void)err;
	g->over = g->over || (l->signed_by_person && l->seq == g->erased_by);
	if (g->over || l->signed_by_person || l->access.processing != TRO_DISCLOSURE) {
		return TRO_OK;
	}
	(void)fputs("  ", stdout);
	print_line(stdout, l->access.recipient == NULL ? "recipient not said" : l->access.recipient,
		0);
	(void)fputs(": ", stdout);
	print_line(stdout, l->access.what, 0);
	(void)fputs(l->access.case_id == NULL ? " of all cases, " : ", ", stdout);
	print_time(stdout, l->time);
	(void)putchar('\n');
	return TRO_OK;
}

/* Copies that this store knows of, and those that it cannot know of. */
static tro_status say_recipients(
	client *cli, const tro_case *c, size_t erasure, const tro_erasure_info *e, tro_err *err)
{
	tro_filing_info f;
	const tro_access_filter filter = {.case_id = tro_case_id(c)};
	given_out given = {.erased_by = strtoull(e->seq, NULL, 10)};

	(void)puts("Copies may still be with:");
	for (size_t i = 0; tro_case_erased_filing_at(c, erasure, i, &f); i++) {
		(void)printf("  recipient %s: filing %s (%s, %s), made by record %s\n", f.recipient,
			f.id, f.name, f.matter, f.seq);
	}
	tro_status status = tro_access_each(cli->registry, &filter, say_given, NULL, &given, err);

	(void)puts(
		"  whoever was given a printed page or a file of this case\n"
		"  every backup and every copy of the store made before this erasure that is not "
		"in this list");
	return status;
}

static tro_status certify_one(
	client *cli, const tro_case *c, size_t index, const tro_erasure_info *e, tro_err *err)
{
	(void)printf("%sCertificate of erasure: case %s, record %s of the log %s\n",
		index > 0 ? "\n" : "", tro_case_id(c), e->seq, tro_registry_origin(cli->registry));
	say_act(cli, "Proposed by", e->proposed.person, e->proposed.role, e->proposed.time);
	say_act(cli, "Done by    ", e->person, e->role, e->time);
	(void)printf("Reason: ");
	print_text(stdout, e->proposed.reason, "  ");
	(void)printf("\nErased: ");
	print_text(stdout, e->whole ? "the whole case" : e->proposed.what, "  ");
	(void)printf("\nDestroyed: %s files of exhibits, the filings listed below, and of these "
		     "records:\n",
		e->files);
	tro_status status = tro_case_each_erased_record(c, index, say_record, NULL, err);

	return status == TRO_OK ? say_recipients(cli, c, index, e, err) : status;
}

static tro_status certify(client *cli, const char *case_id, tro_err *err)
{
	tro_case *c = NULL;
	tro_erasure_info e;
	size_t count = 0;
	tro_status status = cli_read_case(&c, cli, case_id, "erase --certificate", err);

	for (; status == TRO_OK && tro_case_erasure_at(c, count, &e); count++) {
		if (count == 0 && tro_registry_training(cli->registry)) {
			(void)puts("TRAINING");
		}
		status = certify_one(cli, c, count, &e, err);
	}
	if (status == TRO_OK && count == 0) {
		status = tro_err_set(
			err, TRO_NOT_FOUND, "nothing of case %s was erased", tro_case_id(c));
	}
	tro_case_close(c);
	return status;
}

/* ---- the acts ---- */

static int propose(client *cli, const cli_options *o, const erase_words *w)
{
	tro_err err;
	tro_buf what = TRO_BUF_INIT;
	tro_argument args[2] = {{.name = "reason", .value = w->reason, .len = strlen(w->reason)}};
	tro_command command = {.event = "erase.propose",
		.role = w->role,
		.args = args,
		.arg_count = 1,
		.dry_run = w->dry_run != 0,
		.again = w->again != 0};

	for (size_t i = 1; i < o->arg_count; i++) {
		tro_buf_printf(&what, "%s%s", i == 1 ? "" : "\n", o->args[i]);
	}
	tro_status status = tro_buf_status(&what, &err);

	if (status == TRO_OK && what.len > 0) {
		args[command.arg_count++] =
			(tro_argument){.name = "what", .value = what.ptr, .len = what.len};
	}
	int code = status == TRO_OK ? run_keep(cli, o->args[0], &command)
				    : cli_fail(cli, status, &err);

	tro_buf_done(&what);
	return code;
}

static int confirm(client *cli, const char *case_id, const erase_words *w)
{
	const tro_argument arg = {
		.name = "proposal", .value = w->confirm, .len = strlen(w->confirm)};
	const tro_command command = {.event = "erase",
		.role = w->role,
		.args = &arg,
		.arg_count = 1,
		.dry_run = w->dry_run != 0};

	return run_keep(cli, case_id, &command);
}

static int run(client *cli, const cli_options *o, const erase_words *w)
{
	tro_err err;
	int asked = (w->reason != NULL) + (w->confirm != NULL) + (w->certificate != 0);

	if (asked != 1 || (w->reason == NULL && o->arg_count > 1)) {
		return cli_usage(cli, "say --reason to propose, with paths if it is not the whole "
				      "case, or --confirm, or --certificate");
	}
	if (w->reason != NULL) {
		return propose(cli, o, w);
	}
	if (w->confirm != NULL) {
		return confirm(cli, o->args[0], w);
	}
	tro_status status = certify(cli, o->args[0], &err);

	return status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
}

int cmd_erase(client *cli, int argc, const char **argv)
{
	erase_words w = {0};
	const struct poptOption own[] = {
		{"reason", '\0', POPT_ARG_STRING, &w.reason, 0, "propose it, and why", "TEXT"},
		{"confirm", '\0', POPT_ARG_STRING, &w.confirm, 0,
			"do what another person proposed by this record", "SEQ"},
		{"certificate", '\0', POPT_ARG_NONE, &w.certificate, 0,
			"say what was erased, and who may still have copies", NULL},
		{"role", '\0', POPT_ARG_STRING, &w.role, 0,
			"the role in which you act, when you hold several", "ROLE"},
		{"dry-run", '\0', POPT_ARG_NONE, &w.dry_run, 0,
			"say what would happen and write nothing", NULL},
		{"again", '\0', POPT_ARG_NONE, &w.again, 0,
			"propose it although the last record is this very act", NULL},
		POPT_TABLEEND};
	cli_options o;
	int code = options_read(&o, cli, argc, argv, own, 1, 100);

	if (code == EXIT_DONE && !o.helped) {
		code = run(cli, &o, &w);
	}
	options_free(&o);
	free(w.reason);
	free(w.confirm);
	free(w.role);
	return code;
}
