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

const char *tro_verdict_name(tro_verdict verdict)
{
	switch (verdict) {
	case TRO_VERDICT_VALID:
		return "VALID";
	case TRO_VERDICT_UNWITNESSED:
		return "UNWITNESSED";
	case TRO_VERDICT_PAYLOAD_WITHHELD:
		return "PAYLOAD-WITHHELD";
	case TRO_VERDICT_PAYLOAD_ERASED:
		return "PAYLOAD-ERASED";
	case TRO_VERDICT_LATE_ANCHORED:
		return "LATE-ANCHORED";
	case TRO_VERDICT_KEY_DISPUTED:
		return "KEY-DISPUTED";
	case TRO_VERDICT_INCOMPLETE:
		return "INCOMPLETE";
	case TRO_VERDICT_SPLIT_VIEW:
		return "SPLIT-VIEW";
	case TRO_VERDICT_INVALID:
		return "INVALID";
	}
	return "INVALID";
}
