/*
 * Records that the store makes on its own, by the person `service`: heads of the log, and entries
 * of the access log.
 */
#ifndef TRO_CASE_SERVICE_H
#define TRO_CASE_SERVICE_H

#include "case/registry_internal.h"

/* The next record of a case without matters, as the service begins it; tro_anchor_put comes next.
 * Its time is not before that of the case's last record. */
tro_status tro_service_begin(tro_record *out, tro_registry *registry, const char *case_id,
	const char *event, tro_time_us time, tro_err *err) TRO_MUST_USE;

#endif
