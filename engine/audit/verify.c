/*
 * Verification of a store. First every record by its position, then every case by its sequence,
 * then what was derived from them and what else lies in the store.
 */
#include <string.h>

#include "audit/audit.h"
#include "audit/contents.h"
#include "audit/standing.h"
#include "ledger/access.h"
#include "ledger/heads.h"
#include "ledger/id.h"
#include "store/erasure.h"

/* Each record once by position and once by case, with its signature. */
static tro_status count_work(tro_audit *a, tro_err *err)
{
	uint64_t by_case = a->total;
	tro_status status = TRO_OK;

	if (a->only_case != NULL) {
		status = tro_store_case_count(&by_case, a->registry->store, a->only_case, err);
		status = status == TRO_NOT_FOUND ? TRO_OK : status; /* said in its place */
	}
	a->work_due = 2 * a->total + by_case;
	return status;
}

static tro_status check_log(tro_audit *a, tro_err *err)
{
	tro_store *store = a->registry->store;
	tro_status status = tro_store_begin_read(store, err);

	/* As of one moment: a record may name a checkpoint that was witnessed since. */
	if (status == TRO_OK) {
		status = tro_witnessed_new(&a->witnessed, store, &a->verdict, a->findings, err);
	}
	if (status == TRO_OK) {
		status = tro_store_log_size(&a->total, store, err);
	}
	if (status == TRO_OK) {
		status = count_work(a, err);
	}
	tro_store_rollback(store); /* of a view */

	if (status == TRO_OK && a->total == 0) {
		return tro_audit_report(
			a, TRO_VERDICT_INVALID, "record", "", "the log is empty", err);
	}
	if (status == TRO_OK) {
		status = tro_audit_log(a, err);
	}
	if (status == TRO_OK) {
		status = tro_standing_check_keys(
			&a->verdict, a->authority, a->registry->store, a->findings, err);
	}
	if (status == TRO_OK) {
		status = tro_audit_cases(a, err);
	}
	if (status == TRO_OK && a->only_case == NULL) {
		status = tro_audit_case_rows(a, err);
	}
	if (status == TRO_OK && a->only_case == NULL) {
		status = tro_contents_check(&a->verdict, a->registry->store, a->findings, err);
	}
	if (status == TRO_OK && tro_store_is_read_only(a->registry->store)) {
		status = tro_audit_report(a, TRO_VERDICT_VALID, "projection", "",
			"not checked: derived tables, because the store cannot be written", err);
	}
	if (status == TRO_OK && tro_store_erasure_pending(a->registry->store)) {
		status = tro_audit_report(a, TRO_VERDICT_VALID, "erased", TRO_STORE_ERASING_NAME,
			"what was erased last is not yet overwritten in every file: the next "
			"command that may write does it",
			err);
	}
	return status;
}

static tro_status run(tro_audit *a, tro_err *err)
{
	bool readable = true;
	tro_status status = tro_contents_check_schema(
		&readable, &a->verdict, a->registry->store, a->findings, err);

	if (status == TRO_OK && !readable) {
		return tro_audit_report(a, TRO_VERDICT_INVALID, "schema", "",
			"not checked: all else, because tables are not what they must be", err);
	}
	if (status == TRO_OK) {
		status = check_log(a, err);
	}
	/* What was read without locks counts only if nobody wrote meanwhile. */
	return status == TRO_OK ? tro_store_check_settled(a->registry->store, err) : status;
}

/* A case's id in any spelling; the registry, the log and the access logs are cases by their names.
 */
static tro_status case_named(char out[TRO_ID_SIZE], const char *text, tro_err *err)
{
	if (strcmp(text, TRO_REGISTRY_CASE) == 0 || strcmp(text, TRO_LOG_CASE) == 0 ||
		tro_access_case(text)) {
		memcpy(out, text, strlen(text) + 1);
		return TRO_OK;
	}
	return tro_id_check(out, text, err);
}

tro_status tro_verify(tro_verdict *out, tro_verify_summary *summary, const char *dir,
	const char *case_id, tro_findings *findings,
	void (*progress)(void *user, uint64_t done, uint64_t total), void *user, tro_err *err)
{
	char id[TRO_ID_SIZE];
	tro_audit a = {.only_case = case_id == NULL ? NULL : id,
		.summary = summary,
		.progress = progress,
		.user = user};
	tro_status status = tro_audit_begin(&a, err);

	if (status == TRO_OK) {
		status = tro_registry_open_unread(&a.registry, dir, err);
	}

	if (status == TRO_OK && case_id != NULL) {
		status = case_named(id, case_id, err);
	}
	if (status == TRO_OK && case_id != NULL) {
		memcpy(summary->case_id, id, strlen(id) + 1);
	}
	if (status == TRO_OK) {
		status = run(&a, err);
	}
	status = tro_audit_end(&a, status, findings, err);
	*out = a.verdict;
	tro_registry_close(a.registry);
	return status;
}