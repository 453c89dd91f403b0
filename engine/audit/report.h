/* Findings that bear on the verdict. */
#ifndef TRO_AUDIT_REPORT_H
#define TRO_AUDIT_REPORT_H

#include <tro/verify.h>

/* Adds a finding that makes the verdict at least `verdict`. */
tro_status tro_verdict_report(tro_verdict *io_verdict, tro_findings *findings, tro_verdict verdict,
	const char *id, const char *place, const char *message, tro_err *err) TRO_MUST_USE;

#endif
