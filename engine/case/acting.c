#include "case/acting.h"

#include <stdio.h>
#include <tro/calendar.h>

#include "base/text.h"

tro_status tro_acting_by_key(const tro_person **out, const tro_registry *registry,
	const tro_signer *signer, tro_err *err)
{
	*out = tro_authority_person_by_key(registry->authority, tro_signer_public(signer));
	if (*out == NULL) {
		return tro_err_set(err, TRO_KEY,
			"the key %s is not enrolled in this store: a registrar enrols it with 'tro "
			"person enrol'",
			tro_signer_name(signer));
	}
	return TRO_OK;
}

static tro_status may_act(
	tro_acting *a, const tro_registry *registry, const char *role, tro_date day, tro_err *err)
{
	tro_status status = tro_authority_may_act(
		&a->grant, registry->authority, a->person->id, role, day, err);

	if (status == TRO_OK) {
		(void)snprintf(a->role, sizeof(a->role), "%s", role);
	}
	return status;
}

tro_status tro_acting_take_role(tro_acting *a, const tro_registry *registry, const char *roles,
	const char *wanted, tro_err *err)
{
	tro_uk_local local;

	tro_uk_from_time(&local, a->now);
	if (wanted != NULL) {
		return may_act(a, registry, wanted, local.date, err);
	}
	for (size_t i = 0; i < a->person->grant_count; i++) {
		const char *role = a->person->grants[i].role;

		if ((roles == NULL || tro_text_in_list(roles, role)) &&
			may_act(a, registry, role, local.date, NULL) == TRO_OK) {
			return TRO_OK;
		}
	}
	return TRO_NOT_FOUND;
}

tro_status tro_acting_choose_role(tro_acting *a, const tro_registry *registry,
	const tro_chart_event *event, const char *wanted, tro_err *err)
{
	tro_status status = tro_acting_take_role(a, registry, event->role, wanted, err);

	if (status == TRO_NOT_FOUND) {
		status = tro_acting_take_role(a, registry, NULL, NULL, err);
	}
	return status != TRO_NOT_FOUND
		       ? status
		       : tro_err_set(err, TRO_KEY,
				 "%s holds no role today: a registrar grants one with 'tro role "
				 "grant'",
				 a->person->name);
}
