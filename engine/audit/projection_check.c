/* What was derived from the records, against what they give now. */
#include <stdio.h>
#include <string.h>

#include "audit/audit.h"

tro_status tro_audit_projection(
	tro_audit *a, const tro_projection *projection, uint64_t *out_count, tro_err *err)
{
	tro_store *store = a->registry->store;
	const char *id = projection->session->case_id;
	uint8_t before[32] = {0};
	uint8_t after[32] = {0};
	tro_status status = tro_store_begin_write(store, err);

	if (status == TRO_OK) {
		status = tro_store_case_count(out_count, store, id, err);
	}
	bool same = status == TRO_OK && *out_count == projection->count;

	if (same) {
		status = tro_store_projection_digest(before, store, id, err);
	}
	if (same && status == TRO_OK) {
		status = tro_case_project(store, projection, err);
	}
	if (same && status == TRO_OK) {
		status = tro_store_projection_digest(after, store, id, err);
	}
	tro_store_rollback(store);
	if (status == TRO_OK && memcmp(before, after, sizeof(before)) != 0) {
		status = tro_err_set(err, TRO_INVALID,
			"the tables derived from its records are not what the records give: run "
			"'tro rebuild'");
	}
	return status;
}

/* A row for a case that has no record is shown to everybody who lists cases. */
static tro_status check_row(void *user, const tro_case_row *row, tro_err *err)
{
	tro_audit *a = user;
	char place[TRO_PLACE_SIZE];
	uint64_t count;
	tro_err own;
	tro_status status = tro_store_case_count(&count, a->registry->store, row->id, &own);

	(void)snprintf(place, sizeof(place), "case %.64s", row->id);
	if (status == TRO_NOT_FOUND) {
		return tro_audit_report(a, TRO_VERDICT_INVALID, "projection", place,
			"the list of cases names it, and it has no record: run 'tro rebuild'", err);
	}
	return tro_audit_conclude(a, status, &own, "projection", place, err);
}
tro_status tro_audit_case_rows(tro_audit *a, tro_err *err)
{
	return tro_store_each_case_row(a->registry->store, check_row, a, err);
}
