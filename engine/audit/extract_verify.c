/*
 * An extract: the same checks over the records that are there, and those of extract_check.c instead
 * of what only a whole store can show.
 */
#include <string.h>

#include "audit/audit.h"
#include "audit/standing.h"
#include "base/text.h"
#include "ledger/policy.h"

/* One line of policy a key, all of which are asked for. */
static tro_status ask_for_all(
	tro_buf *out, const tro_vkey *log, const char *const *witnesses, size_t count, tro_err *err)
{
	tro_buf_puts(out, "log ");
	tro_vkey_format(out, log);
	for (size_t i = 0; i < count; i++) {
		tro_buf_printf(out, "\nwitness w%zu %s", i, witnesses[i]);
	}
	tro_buf_puts(out, "\ngroup all all");
	for (size_t i = 0; i < count; i++) {
		tro_buf_printf(out, " w%zu", i);
	}
	tro_buf_puts(out, "\nquorum all\n");
	return tro_buf_status(out, err);
}

static tro_status read_keys(
	tro_vkey *out_log, tro_policy **out, const tro_extract_keys *keys, tro_err *err)
{
	tro_buf text = TRO_BUF_INIT;
	tro_status status = TRO_OK;

	*out = NULL;
	if (keys->log != NULL) {
		status = tro_vkey_parse(out_log, keys->log, strlen(keys->log), err);
		status = status == TRO_OK ? status : tro_err_prefix(err, status, "the log's key");
	}
	if (status == TRO_OK && keys->policy != NULL) {
		tro_buf_puts(&text, keys->policy);
		status = tro_buf_status(&text, err);
	} else if (status == TRO_OK && keys->witness_count > 0) {
		status = ask_for_all(&text, out_log, keys->witnesses, keys->witness_count, err);
	}
	if (status == TRO_OK && text.len > 0) {
		status = tro_policy_parse(out, text.ptr, text.len, err);
	}
	if (status == TRO_OK && keys->log == NULL) {
		*out_log = *tro_policy_log(*out);
	} else if (status == TRO_OK && *out != NULL &&
		   !tro_vkey_equal(out_log, tro_policy_log(*out))) {
		status = tro_err_set(err, TRO_USAGE, "the policy is of another log");
	}
	tro_buf_done(&text);
	return status;
}

static tro_status check_extract(
	tro_audit *a, const tro_vkey *log, const tro_policy *policy, tro_err *err)
{
	tro_extract *x = a->extract;
	tro_status status = tro_extract_check_checkpoint(x, log, policy, err);

	a->registry = x->registry;
	if (status == TRO_OK && x->has_checkpoint) {
		tro_hex_encode(a->summary->root, x->checkpoint.root, 32);
	}
	if (status == TRO_OK) {
		status = tro_store_log_size(&a->total, x->store, err);
	}
	if (status == TRO_OK && a->total == 0) {
		return tro_audit_report(
			a, TRO_VERDICT_INCOMPLETE, "record", "", "no record is here", err);
	}
	if (status == TRO_OK) {
		status = tro_audit_log(a, err);
	}
	if (status == TRO_OK) {
		status = tro_standing_check_keys(
			&a->verdict, a->authority, x->store, a->findings, err);
	}
	if (status == TRO_OK) {
		status = tro_extract_check_whole(x, a->authority, log, policy != NULL, err);
	}
	if (status == TRO_OK && x->withheld) {
		status = tro_audit_report(a, TRO_VERDICT_PAYLOAD_WITHHELD, "step", "",
			"not checked: steps, payload not disclosed", err);
	}
	if (status == TRO_OK && x->withheld && x->erased) {
		status = tro_audit_report(a, TRO_VERDICT_PAYLOAD_ERASED, "erased", "",
			"not checked: what the records say that erased data of the case", err);
	}
	return status == TRO_OK ? tro_audit_cases(a, err) : status;
}

tro_status tro_verify_extract(tro_verdict *out, tro_verify_summary *summary, const char *dir,
	const tro_extract_keys *keys, tro_findings *findings,
	void (*progress)(void *user, uint64_t done, uint64_t total), void *user, tro_err *err)
{
	tro_extract extract = {0};
	tro_policy *policy = NULL;
	tro_vkey log;
	tro_audit a = {.extract = &extract, .summary = summary, .progress = progress, .user = user};
	tro_status status = tro_audit_begin(&a, err);

	if (status == TRO_OK) {
		status = read_keys(&log, &policy, keys, err);
	}
	if (status == TRO_OK) {
		status = tro_extract_open(&extract, dir, &a.verdict, a.findings, err);
	}
	if (status == TRO_OK) {
		status = check_extract(&a, &log, policy, err);
	}
	status = tro_audit_end(&a, status, findings, err);
	*out = a.verdict;
	memcpy(summary->case_id, extract.case_id, sizeof(extract.case_id));
	tro_extract_close(&extract);
	tro_policy_free(policy);
	return status;
}