#include <string.h>

#include "case/case_internal.h"

tro_time_us tro_case_now(const tro_case *c)
{
	tro_time_us now = tro_registry_now(c->registry);

	return now < c->last_time ? c->last_time : now;
}

static bool declares(const tro_matter *matter, const char *event)
{
	const tro_chart_event *declared =
		tro_chart_event_named(tro_chart_session_chart(matter->chart), event);

	return declared != NULL && declared->role[0] != '\0';
}

bool tro_case_declares(const tro_case *c, const char *event)
{
	for (size_t i = 0; i < c->session->matter_count; i++) {
		if (declares(&c->session->matters[i], event)) {
			return true;
		}
	}
	return false;
}

static tro_status named(const tro_matter **out, const tro_session *session, const char *event,
	const char *id, tro_err *err)
{
	const tro_matter *matter = tro_session_matter(session, id);

	if (matter == NULL) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"case %s has no matter %s: 'tro show %s' lists its matters",
			session->case_id, id, session->case_id);
	}
	if (!declares(matter, event)) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"matter %s knows no event %s: 'tro next %s' lists what can be done", id,
			event, session->case_id);
	}
	*out = matter;
	return TRO_OK;
}

/* Among several matters that know the event, those that take it in their present state. */
static tro_status among(const tro_matter **out, tro_session *session, const char *event,
	size_t declaring, tro_err *err)
{
	tro_buf choices = TRO_BUF_INIT;
	const tro_matter *taker = NULL;
	const tro_matter *any = NULL;
	size_t takers = 0;

	for (size_t i = 0; i < session->matter_count; i++) {
		const tro_matter *matter = &session->matters[i];

		if (!declares(matter, event)) {
			continue;
		}
		any = matter;
		if (tro_chart_takes(matter->chart, event)) {
			taker = matter;
			takers++;
			tro_buf_printf(&choices, "%s%s", choices.len == 0 ? "" : ", ", matter->id);
		}
	}
	tro_status status = TRO_OK;

	if (takers == 1) {
		*out = taker;
	} else if (takers == 0 && declaring == 1) {
		*out = any; /* its refusal explains itself */
	} else if (takers == 0) {
		status = tro_err_set(err, TRO_REFUSED,
			"no matter of case %s takes %s in its present state: 'tro show %s' says "
			"where each stands",
			session->case_id, event, session->case_id);
	} else {
		status = tro_err_set(err, TRO_AMBIGUOUS,
			"%s could mean several matters (%s): say --matter", event, choices.ptr);
	}
	tro_buf_done(&choices);
	return status;
}

tro_status tro_case_resolve(const tro_matter **out, tro_session *session, const char *event,
	const char *matter, tro_err *err)
{
	size_t declaring = 0;

	if (matter != NULL) {
		return named(out, session, event, matter, err);
	}
	for (size_t i = 0; i < session->matter_count; i++) {
		declaring += declares(&session->matters[i], event);
	}
	if (declaring == 0) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"case %s knows no event %s: 'tro next %s' lists what can be done",
			session->case_id, event, session->case_id);
	}
	return among(out, session, event, declaring, err);
}
