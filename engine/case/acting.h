/* Who acts, in which role and when: the authority's answer, asked once for each act. */
#ifndef TRO_CASE_ACTING_H
#define TRO_CASE_ACTING_H

#include "case/registry_internal.h"
#include "chart/chart.h"

typedef struct tro_acting {
	const tro_person *person;
	const tro_grant *grant;
	char role[TRO_ID_SIZE];
	tro_time_us now; /* read once: payload and record bear the same time */
} tro_acting;

/* The person whose key it is; TRO_KEY when it is nobody's. */
tro_status tro_acting_by_key(const tro_person **out, const tro_registry *registry,
	const tro_signer *signer, tro_err *err) TRO_MUST_USE;

/* Fills in role and grant for out->person at out->now: the role wanted, or, when NULL, the first of
 * the list (NULL: of all) in which the person may act then. TRO_KEY when they may not act in the
 * role wanted; TRO_NOT_FOUND, without a message, when they hold none of the list. */
tro_status tro_acting_take_role(tro_acting *out, const tro_registry *registry, const char *roles,
	const char *wanted, tro_err *err) TRO_MUST_USE;

/* Fills in role and grant for out->person at out->now: the role wanted, or, when NULL, the role of
 * those that the event asks for in which the person may act then; where they hold none of them, the
 * first role that they hold at all, so that the refusal comes from the definition, with its basis.
 * TRO_KEY. */
tro_status tro_acting_choose_role(tro_acting *out, const tro_registry *registry,
	const tro_chart_event *event, const char *wanted, tro_err *err) TRO_MUST_USE;

#endif
