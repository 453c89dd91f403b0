#include <stdlib.h>
#include <tro/verify.h>
#include <tro/witness.h>

#include "cli.h"

static int answer(
	client *cli, tro_verdict verdict, const tro_verify_summary *s, const tro_findings *findings)
{
	int code;
	const char *only = s->case_id[0] == '\0' ? NULL : s->case_id;

	if (cli->json) {
		code = print_json(json_pack("{s:s, s:i, s:s?, s:I, s:I, s:I, s:I, s:s, s:o}",
			"verdict", tro_verdict_name(verdict), "exit", (int)verdict, "case", only,
			"records", (json_int_t)s->records, "cases", (json_int_t)s->cases,
			"signatures", (json_int_t)s->signatures, "steps", (json_int_t)s->steps,
			"root", s->root, "findings", findings_json(findings)));
	} else {
		print_findings(stdout, findings, TRO_LEVEL_NOTE);
		if (only != NULL) {
			(void)printf("case %s\n", only);
		}
		(void)printf("%llu records, %llu signatures and %llu steps of %llu cases "
			     "checked\nroot %s\n%s\n",
			(unsigned long long)s->records, (unsigned long long)s->signatures,
			(unsigned long long)s->steps, (unsigned long long)s->cases,
			s->root[0] == '\0' ? "(cannot be computed)" : s->root,
			tro_verdict_name(verdict));
		code = finish_output(cli);
	}
	return code == EXIT_DONE ? (int)verdict : code;
}

/* A store that is older than it was verifies as well as it did then. Where this account can keep no
 * mark, nothing shows it. */
static tro_status check_mark(
	tro_verdict *io_verdict, const char *dir, tro_findings *findings, tro_err *err)
{
	tro_registry *registry = NULL;
	tro_err own;

	if (tro_registry_open(&registry, dir, &own) != TRO_OK) {
		return TRO_OK; /* what is wrong with it has been found */
	}
	tro_status status = cli_check_mark(registry, &own);

	if (status == TRO_OK) {
		status = cli_advance_mark(registry, &own);
	}
	tro_registry_close(registry);
	if (status == TRO_OK) {
		return TRO_OK;
	}
	if (status != TRO_INVALID) {
		return tro_findings_add(findings, TRO_LEVEL_NOTE, "mark", "", NULL, NULL, err,
			"not checked: whether an older copy took the store's place: %s",
			own.message);
	}
	*io_verdict = *io_verdict > TRO_VERDICT_INCOMPLETE ? *io_verdict : TRO_VERDICT_INCOMPLETE;
	return tro_findings_add(
		findings, TRO_LEVEL_BLOCK, "mark", "", NULL, NULL, err, "%s", own.message);
}

/* What --extract, --log and --policy give, and the words after them. */
typedef struct extract_options {
	char *dir, *log, *policy;
} extract_options;

static tro_status verify_extract(client *cli, tro_verdict *out, tro_verify_summary *summary,
	const extract_options *x, const cli_options *o, tro_findings *findings, tro_err *err)
{
	tro_buf policy = TRO_BUF_INIT;
	cli_progress progress;
	tro_extract_keys keys = {
		.log = x->log, .witnesses = o->args, .witness_count = o->arg_count};
	tro_status status = TRO_OK;

	if (x->log == NULL && x->policy == NULL) {
		return tro_err_set(err, TRO_USAGE,
			"an extract is judged by the log's key, which you have from elsewhere: say "
			"it with --log");
	}
	if (x->policy != NULL && o->arg_count > 0) {
		return tro_err_set(err, TRO_USAGE,
			"say whose cosignatures count with --policy or with keys, not with both");
	}
	if (x->policy != NULL) {
		status = cli_read_file(&policy, cli, x->policy, err);
		keys.policy = policy.ptr;
	}
	for (size_t i = 0; i < o->arg_count && status == TRO_OK; i++) {
		status = tro_witness_check_vkey(o->args[i], err);
	}
	if (status == TRO_OK) {
		cli_progress_begin(&progress, "checked");
		status = tro_verify_extract(
			out, summary, x->dir, &keys, findings, cli_progress_tell, &progress, err);
		cli_progress_wipe(&progress);
	}
	tro_buf_done(&policy);
	return status;
}

static tro_status verify_store(client *cli, tro_verdict *out, tro_verify_summary *summary,
	const extract_options *x, const cli_options *o, tro_findings *findings, tro_err *err)
{
	char *dir = NULL;
	cli_progress progress;

	if (x->log != NULL || x->policy != NULL) {
		return tro_err_set(err, TRO_USAGE,
			"--log and --policy are for an extract, which --extract names");
	}
	if (o->arg_count > 1) {
		return tro_err_set(err, TRO_USAGE, "one case at a time, or all of them");
	}
	tro_status status = cli_store_dir(&dir, cli, err);

	if (status == TRO_OK) {
		cli_progress_begin(&progress, "checked");
		status = tro_verify(out, summary, dir, o->arg_count == 0 ? NULL : o->args[0],
			findings, cli_progress_tell, &progress, err);
		cli_progress_wipe(&progress);
	}
	if (status == TRO_OK) {
		status = check_mark(out, dir, findings, err);
	}
	free(dir);
	return status;
}

enum { WITNESSES_MAX = 32 };

int cmd_verify(client *cli, int argc, const char **argv)
{
	cli_options o;
	tro_err err;
	extract_options x = {NULL, NULL, NULL};
	tro_verdict verdict;
	tro_verify_summary summary;
	tro_findings *findings = tro_findings_new();
	const struct poptOption own[] = {
		{"extract", '\0', POPT_ARG_STRING, &x.dir, 0,
			"verify an extract and no store; the words are witnesses' keys", "DIR"},
		{"log", '\0', POPT_ARG_STRING, &x.log, 0,
			"the log's verifier key, from elsewhere than the extract", "VKEY"},
		{"policy", '\0', POPT_ARG_STRING, &x.policy, 0,
			"whose cosignatures are asked for (C2SP tlog-policy)", "FILE"},
		POPT_TABLEEND};
	int code = options_read(&o, cli, argc, argv, own, 0, WITNESSES_MAX);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status =
			findings == NULL ? tro_err_set(&err, TRO_NOMEM, "out of memory")
			: x.dir != NULL
				? verify_extract(cli, &verdict, &summary, &x, &o, findings, &err)
				: verify_store(cli, &verdict, &summary, &x, &o, findings, &err);

		code = status == TRO_OK ? answer(cli, verdict, &summary, findings)
					: cli_fail(cli, status, &err);
	}
	tro_findings_free(findings);
	options_free(&o);
	free(x.dir);
	free(x.log);
	free(x.policy);
	return code;
}
