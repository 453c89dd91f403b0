#include "audit/report.h"

tro_status tro_verdict_report(tro_verdict *io_verdict, tro_findings *findings, tro_verdict verdict,
	const char *id, const char *place, const char *message, tro_err *err)
{
	if (verdict > *io_verdict) {
		*io_verdict = verdict;
	}
	return tro_findings_add(findings,
		verdict == TRO_VERDICT_VALID ? TRO_LEVEL_NOTE : TRO_LEVEL_BLOCK, id, place, NULL,
		NULL, err, "%s", message);
}
