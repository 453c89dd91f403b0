/*
 * Timers: what was sent to this session (or, by it, to another) and is not delivered yet.
 *
 * They stand in one array in the order in which they fire: what was sent without delay first, in
 * the order of sending (that is SCXML's external queue), then the others by (due, send id).
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/session.h"

void tro_chart_timer_done(chart_timer *timer)
{
	free(timer->id);
	free(timer->target);
	tro_chart_event_free(timer->event);
}

int tro_chart_timer_order(const chart_timer *a, const chart_timer *b)
{
	if (a->seq != b->seq) {
		if (a->seq == 0 || b->seq == 0) {
			return a->seq == 0 ? 1 : -1;
		}
		return a->seq < b->seq ? -1 : 1;
	}
	if (a->due != b->due) {
		return a->due < b->due ? -1 : 1;
	}
	return strcmp(a->id, b->id);
}

chart_flow tro_chart_timer_add(tro_chart_session *session, chart_timer timer)
{
	size_t at = session->timer_count;

	if (timer.id == NULL || timer.event == NULL) {
		tro_chart_timer_done(&timer);
		return tro_chart_nomem(session);
	}
	if (at >= CHART_TIMERS_MAX) {
		tro_chart_timer_done(&timer);
		return tro_chart_failed(
			session, tro_err_set(session->err, TRO_INVALID,
					 "more than %d events are waiting for their time",
					 (int)CHART_TIMERS_MAX));
	}
	if (at == session->timer_room) {
		size_t room = at == 0 ? 4 : 2 * at;
		chart_timer *timers = realloc(session->timers, room * sizeof(*timers));

		if (timers == NULL) {
			tro_chart_timer_done(&timer);
			return tro_chart_nomem(session);
		}
		session->timers = timers;
		session->timer_room = room;
	}
	for (; at > 0 && tro_chart_timer_order(&session->timers[at - 1], &timer) > 0; at--) {
		session->timers[at] = session->timers[at - 1];
	}
	session->timers[at] = timer;
	session->timer_count++;
	return CHART_ON;
}

chart_timer tro_chart_timer_take(tro_chart_session *session, size_t index)
{
	chart_timer timer = session->timers[index];

	session->timer_count--;
	memmove(&session->timers[index], &session->timers[index + 1],
		(session->timer_count - index) * sizeof(timer));
	return timer;
}

void tro_chart_timers_clear(tro_chart_session *session)
{
	while (session->timer_count > 0) {
		chart_timer timer = tro_chart_timer_take(session, session->timer_count - 1);

		tro_chart_timer_done(&timer);
	}
}

void tro_chart_timers_cancel(tro_chart_session *session, const char *id)
{
	for (size_t i = session->timer_count; i > 0; i--) {
		if (session->timers[i - 1].seq == 0 && strcmp(session->timers[i - 1].id, id) == 0) {
			chart_timer timer = tro_chart_timer_take(session, i - 1);

			tro_chart_timer_done(&timer);
		}
	}
}

bool tro_chart_is_auto(const char *id)
{
	return strncmp(id, CHART_AUTO_ID, strlen(CHART_AUTO_ID)) == 0;
}

uint64_t tro_chart_next_auto(const tro_chart_session *session)
{
	uint64_t next = 1;

	for (size_t i = 0; i < session->timer_count; i++) {
		const char *id = session->timers[i].id;

		if (tro_chart_is_auto(id)) {
			uint64_t number = strtoull(id + strlen(CHART_AUTO_ID), NULL, 10);

			next = number >= next ? number + 1 : next;
		}
	}
	return next;
}

bool tro_chart_timer_at(const tro_chart_session *session, size_t index, tro_time_us *out_due,
	const char **out_id, const char **out_event)
{
	if (session->broken || index >= session->timer_count) {
		return false;
	}
	const chart_timer *timer = &session->timers[index];

	if (out_due != NULL) {
		*out_due = timer->due;
	}
	if (out_id != NULL) {
		*out_id = timer->id;
	}
	if (out_event != NULL) {
		*out_event = timer->event->name;
	}
	return true;
}

/* The session whose first timer is the first of its tree: invoked sessions have their own. */
const tro_chart_session *tro_chart_first_due(const tro_chart_session *session)
{
	const tro_chart_session *first = session->timer_count > 0 ? session : NULL;

	for (const chart_child *c = session->children; c != NULL; c = c->next) {
		const tro_chart_session *below =
			c->session == NULL ? NULL : tro_chart_first_due(c->session);

		if (below != NULL && (first == NULL || tro_chart_timer_order(&below->timers[0],
							       &first->timers[0]) < 0)) {
			first = below;
		}
	}
	return first;
}

bool tro_chart_next_timer(const tro_chart_session *session, tro_time_us *out_due,
	const char **out_id, const char **out_event)
{
	const tro_chart_session *first = session->broken ? NULL : tro_chart_first_due(session);

	return first != NULL && tro_chart_timer_at(first, 0, out_due, out_id, out_event);
}
