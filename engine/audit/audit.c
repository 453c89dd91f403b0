#include "audit/audit.h"

#include <string.h>

#include "audit/report.h"

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
	if (status == TRO_NOMEM || status == TRO_CHANGED) {
		return tro_err_set(err, status, "%s: %s", place, own->message);
	}
	a->lacking = a->lacking || tro_audit_verdict_on(a, status) == TRO_VERDICT_INCOMPLETE;
	return tro_audit_report(a, tro_audit_verdict_on(a, status), id, place,
		without_place(own->message, place), err);
}