#include "audit/audit.h"

#include <string.h>

#include "audit/report.h"

enum { VIEW_RECORDS = 256 };

tro_status tro_audit_report(tro_audit *a, tro_verdict verdict, const char *id, const char *place,
	const char *message, tro_err *err)
{
	return tro_verdict_report(&a->verdict, a->findings, verdict, id, place, message, err);
}

tro_verdict tro_audit_verdict_on(const tro_audit *a, tro_status status)
{
	return a->extract != NULL && status == TRO_NOT_FOUND ? TRO_VERDICT_INCOMPLETE
							     : TRO_VERDICT_INVALID;
}

/* Whoever found it may have said where already. */
static const char *without_place(const char *message, const char *place)
{
	size_t len = strlen(place);
	bool said = strncmp(message, place, len) == 0 && strncmp(message + len, ": ", 2) == 0;

	return said ? message + len + 2 : message;
}

tro_status tro_audit_conclude(tro_audit *a, tro_status status, const tro_err *own, const char *id,
	const char *place, tro_err *err)
{
	if (status == TRO_OK) {
		return TRO_OK;
	}
	/* What the machine or the account cannot read says nothing of what is there. */
	if (status == TRO_NOMEM || status == TRO_CHANGED || status == TRO_SYSTEM) {
		return tro_err_set(err, status, "%s: %s", place, own->message);
	}
	a->lacking = a->lacking || tro_audit_verdict_on(a, status) == TRO_VERDICT_INCOMPLETE;
	return tro_audit_report(a, tro_audit_verdict_on(a, status), id, place,
		without_place(own->message, place), err);
}
/* ---- how far ---- */

static void tell(tro_audit *a)
{
	if (a->progress != NULL) {
		a->progress(
			a->user, a->work_done + tro_signatures_done(a->signatures), a->work_due);
	}
}

void tro_audit_advance(tro_audit *a)
{
	a->work_done++;
	tell(a);
}

/* ---- beginning and end ---- */

tro_status tro_audit_begin(tro_audit *a, tro_err *err)
{
	*a->summary = (tro_verify_summary){0};
	a->authority = tro_authority_new();
	a->findings = tro_findings_new();
	return a->authority == NULL || a->findings == NULL
		       ? tro_err_nomem(err)
		       : tro_signatures_new(&a->signatures, err);
}

static tro_status report_signature(
	tro_audit *a, const tro_signature_fault *fault, tro_findings *out, tro_err *err)
{
	return tro_verdict_report(&a->verdict, out, tro_audit_verdict_on(a, fault->status),
		"record", fault->place, without_place(fault->message, fault->place), err);
}

/* Each signature that is not good before what was found after it was asked about. */
static tro_status merge(tro_audit *a, tro_findings *out, tro_err *err)
{
	size_t count = tro_findings_count(a->findings);
	size_t faults = tro_signatures_fault_count(a->signatures);
	tro_status status = TRO_OK;

	for (size_t i = 0, next = 0; i <= count && status == TRO_OK; i++) {
		while (status == TRO_OK && next < faults) {
			tro_signature_fault fault = tro_signatures_fault_at(a->signatures, next);

			if (fault.mark > i) {
				break;
			}
			status = report_signature(a, &fault, out, err);
			next++;
		}
		if (status == TRO_OK && i < count) {
			const tro_finding *f = tro_findings_at(a->findings, i);

			status = tro_findings_add(out, f->level, f->id, f->place, f->basis,
				f->remedy, err, "%s", f->message);
		}
	}
	return status;
}

tro_status tro_audit_end(tro_audit *a, tro_status status, tro_findings *out, tro_err *err)
{
	while (status == TRO_OK && tro_signatures_help(a->signatures)) {
		tell(a);
	}
	if (status == TRO_OK) {
		status = tro_signatures_finish(a->signatures, err);
	}
	if (status == TRO_OK) {
		status = merge(a, out, err);
	}
	tro_signatures_free(a->signatures);
	tro_witnessed_free(a->witnessed);
	tro_authority_free(a->authority);
	tro_findings_free(a->findings);
	return status;
}

tro_status tro_audit_view(tro_audit *a, uint64_t number, tro_err *err)
{
	if (number % VIEW_RECORDS != 0) {
		return TRO_OK;
	}
	tro_store_rollback(a->registry->store);
	return tro_store_begin_read(a->registry->store, err);
}
