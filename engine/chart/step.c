/*
 * A step of a session.
 *
 * Invariants of a session that is not broken, between calls:
 *  1. Not started: nothing is active, there are no data, no timers, no records of history.
 *  2. Started: the configuration is legal. The root is active; of an active compound state exactly
 *     one child is, of an active parallel state all are, of any other none; what is active has an
 *     active parent; no history is ever active.
 *  3. Quiet: the internal queue is empty and no eventless transition is enabled. In production
 *     nothing sent without delay waits either; in conformance it waits as a timer that is due, so
 *     that a host can store the session before every external event.
 *  4. Finished if and only if a child of the root that is final is active. A finished session keeps
 *     its last configuration, has no timers and takes no event.
 *  5. The record of a history is what was active below its parent when that was last left: one
 *     child of each compound state, all of each parallel one.
 *  6. No variable is bound to a node of another tree, $_event is empty, nothing removed is kept.
 *     So data, configuration, records and timers are all there is: what tro_chart_save writes.
 *  7. Timers stand in the order in which they fire.
 *
 * Outcomes of a call:
 *  TRO_OK       the session holds all of the above again, every effect was given to the host in
 *               order of execution.
 *  TRO_REFUSED  (judge, act) the session is as before, no effect was given. This is guaranteed
 *               because everything is judged on the selection, which reads and never writes.
 *  TRO_NOT_FOUND, TRO_USAGE
 *               the session is as before.
 *  anything else from start, act, post, fire
 *               the session is broken: effects given so far are void, the host drops the step and
 *               frees the session. From judge and eval the session is as before.
 *
 *            start                         act, post, fire
 *   new ---------------> quiet <-----------------------------------.
 *    |                     |  \______ judge, eval, save ______/     |
 *    | failure             | act, post, fire                       |
 *    v                     v                                       |
 *  broken <---------- macrostep: eventless, then internal events --'--> finished
 *            failure
 */
#include <string.h>

#include "base/text.h"
#include "chart/session.h"

chart_flow tro_chart_failed(tro_chart_session *session, tro_status status)
{
	for (; session != NULL; session = session->parent) {
		session->status = status;
	}
	return CHART_FAIL;
}

chart_flow tro_chart_nomem(tro_chart_session *session)
{
	return tro_chart_failed(session, tro_err_nomem(session->err));
}

/* ---- microstep and macrostep ---- */

static chart_flow fail_loop(tro_chart_session *session)
{
	const tro_chart *chart = session->chart;
	tro_buf names = TRO_BUF_INIT;

	for (size_t i = 0; tro_chart_active(session, i) != NULL; i++) {
		tro_buf_puts(&names, i == 0 ? "" : ", ");
		tro_buf_puts(&names, tro_chart_state_title(chart, tro_chart_active(session, i)));
	}
	tro_err_set(session->err, TRO_INVALID,
		"%s: no rest after %d microsteps, now in: %s; transitions without event, or "
		"events that raise each other, go in a circle",
		chart->source, (int)CHART_MICROSTEPS_MAX, names.ptr);
	tro_buf_done(&names);
	return tro_chart_failed(session, TRO_INVALID);
}

static chart_flow microstep(tro_chart_session *session, const char *event, bool judged)
{
	chart_flow flow = CHART_ON;

	if (++session->microsteps > CHART_MICROSTEPS_MAX) {
		return fail_loop(session);
	}
	if (!judged) {
		flow = tro_chart_weigh_step(session, event);
	}
	return flow == CHART_ON ? tro_chart_move(session) : flow;
}

static bool is_error(const chart_event *event)
{
	return tro_text_starts(event->name, "error.") && strcmp(event->type, "platform") == 0;
}

/* In production an error that no transition takes is a fault of the step, not a remark. */
static chart_flow drop(tro_chart_session *session, chart_event *event)
{
	if (!is_error(event)) {
		return CHART_ON;
	}
	if (session->chart->mode != TRO_CHART_PRODUCTION) {
		/* A cond that can never be evaluated raises one for every selection. */
		return ++session->microsteps > CHART_MICROSTEPS_MAX ? fail_loop(session) : CHART_ON;
	}
	tro_buf text = TRO_BUF_INIT;

	tro_xml_text(&text, tro_chart_event_data(event));
	tro_err_set(session->err, TRO_INVALID, "%s: %s", event->name, text.ptr);
	tro_buf_done(&text);
	return tro_chart_failed(session, TRO_INVALID);
}

static chart_flow take_internal(tro_chart_session *session, chart_event *event)
{
	tro_status status = tro_chart_bind_event(session, event);

	if (status != TRO_OK) {
		return tro_chart_failed(session, status);
	}
	chart_flow flow = tro_chart_select(session, event->name);

	if (flow != CHART_ON) {
		return flow;
	}
	return session->selection.count == 0 ? drop(session, event)
					     : microstep(session, event->name, false);
}

static chart_flow finish(tro_chart_session *session)
{
	chart_flow flow = tro_chart_exit_all(session);

	if (flow == CHART_ON) {
		flow = tro_chart_tell_parent(session);
	}
	while (flow == CHART_ON && session->queue != NULL) {
		chart_event *event = tro_chart_dequeue(session);

		flow = drop(session, event);
		tro_chart_event_free(event);
	}
	tro_chart_timers_clear(session);
	return flow;
}

static chart_flow come_to_rest(tro_chart_session *session)
{
	chart_flow flow = CHART_ON;

	while (flow == CHART_ON && !session->finished) {
		flow = tro_chart_select(session, NULL);
		if (flow == CHART_ON && session->selection.count > 0) {
			flow = microstep(session, NULL, false);
		} else if (flow == CHART_ON && session->queue != NULL) {
			flow = take_internal(session, tro_chart_dequeue(session));
		} else {
			break;
		}
	}
	return flow;
}

static chart_flow macrostep(tro_chart_session *session)
{
	chart_flow flow = come_to_rest(session);

	while (flow == CHART_ON && !session->finished && session->invoking != NULL &&
		bits_from(session->invoking, 0, session->chart->state_count) != BITS_NONE) {
		flow = tro_chart_invoke_all(session);
		if (flow == CHART_ON) {
			flow = come_to_rest(session);
		}
	}
	return flow == CHART_ON && session->finished ? finish(session) : flow;
}

chart_flow tro_chart_enter_and_rest(tro_chart_session *session)
{
	chart_flow flow = tro_chart_enter_initial(session);

	return flow == CHART_ON ? macrostep(session) : flow;
}

chart_flow tro_chart_start_session(tro_chart_session *session, tro_xml_node *given)
{
	session->started = true;
	session->data = tro_xml_new(NULL, "datamodel");
	chart_flow flow = session->data == NULL ? tro_chart_nomem(session)
						: tro_chart_init_data(session, given);

	return flow == CHART_ON ? tro_chart_enter_and_rest(session) : flow;
}

/* ---- external events ---- */

chart_flow tro_chart_take(tro_chart_session *session, chart_event *event, bool *out_taken)
{
	tro_status status = tro_chart_bind_event(session, event);

	if (status != TRO_OK) {
		return tro_chart_failed(session, status);
	}
	session->microsteps = 0;
	chart_flow flow = session->children == NULL ? CHART_ON : tro_chart_pass_on(session);

	if (flow == CHART_ON) {
		flow = tro_chart_select(session, event->name);
	}
	bool taken = flow == CHART_ON && session->selection.count > 0;

	if (taken) {
		flow = microstep(session, event->name, false);
	}
	if (out_taken != NULL) {
		*out_taken = taken;
	}
	return flow == CHART_ON ? macrostep(session) : flow;
}

static chart_flow deliver(tro_chart_session *session, chart_timer *timer)
{
	chart_event *event = timer->event;
	tro_buf origin = TRO_BUF_INIT;

	timer->event = NULL;
	if (event->origin == NULL) {
		tro_buf_puts(&origin, "#_scxml_");
		tro_buf_puts(&origin, tro_chart_session_id(session));
		if (tro_buf_status(&origin, NULL) != TRO_OK ||
			!tro_chart_set_text(&event->origin, origin.ptr) ||
			!tro_chart_set_text(&event->origintype, CHART_EVENT_PROCESSOR)) {
			tro_buf_done(&origin);
			tro_chart_event_free(event);
			return tro_chart_nomem(session);
		}
		tro_buf_done(&origin);
	}
	return tro_chart_take(session, event, NULL);
}

/* In production what a session sent itself without delay is part of the step. */
static chart_flow drain(tro_chart_session *session)
{
	chart_flow flow = CHART_ON;

	while (flow == CHART_ON && session->chart->mode == TRO_CHART_PRODUCTION &&
		session->timer_count > 0 && session->timers[0].seq != 0) {
		chart_timer timer = tro_chart_timer_take(session, 0);

		flow = ++session->externals <= CHART_EXTERNALS_MAX
			       ? deliver(session, &timer)
			       : tro_chart_failed(session,
					 tro_err_set(session->err, TRO_INVALID,
						 "%s: the session sent itself more than %d events "
						 "in "
						 "one step",
						 session->chart->source, (int)CHART_EXTERNALS_MAX));
		tro_chart_timer_done(&timer);
	}
	return flow;
}

/* ---- calls ---- */

static tro_status begin(
	tro_chart_session *session, const tro_chart_host *host, bool started, tro_err *err)
{
	if (session->broken) {
		return tro_err_set(err, TRO_USAGE, "a step of this session failed: free it");
	}
	if (session->started != started) {
		return tro_err_set(err, TRO_USAGE,
			started ? "the session has not started" : "the session has started");
	}
	return tro_chart_open_host(session, host, err);
}

static tro_status end(tro_chart_session *session, chart_flow flow)
{
	tro_status status = session->status;

	if (flow != CHART_FAIL) {
		status = tro_chart_settle(session);
	}
	session->broken = status != TRO_OK;
	session->host = NULL;
	session->err = NULL;
	return status;
}

/* At the end of a call that only asked: what it raised is forgotten. */
static tro_status end_asking(tro_chart_session *session, tro_status status)
{
	session->judging = false;
	while (session->queue != NULL) {
		tro_chart_event_free(tro_chart_dequeue(session));
	}
	tro_status settled = tro_chart_settle(session);

	session->host = NULL;
	session->err = NULL;
	return status == TRO_OK ? settled : status;
}

tro_status tro_chart_start(
	tro_chart_session *session, const tro_chart_host *host, tro_xml_node *data, tro_err *err)
{
	tro_status status = begin(session, host, false, err);

	if (status != TRO_OK) {
		return status;
	}
	chart_flow flow = tro_chart_start_session(session, data);

	return end(session, flow == CHART_ON ? drain(session) : flow);
}

/* Binds a new event whose data is the given element itself, or (children) what is in it. */
static chart_flow bind_new(
	tro_chart_session *session, const char *name, tro_xml_node *data, chart_event **out)
{
	chart_event *event = tro_chart_event_new(name, "external");
	tro_xml_node *place = event == NULL || data == NULL ? NULL : tro_chart_event_data(event);

	if (event == NULL || (data != NULL && place == NULL)) {
		tro_chart_event_free(event);
		return tro_chart_nomem(session);
	}
	if (data != NULL) {
		tro_status status =
			tro_xml_copy(NULL, place, TRO_XML_LAST_CHILD, data, session->err);

		if (status != TRO_OK) {
			tro_chart_event_free(event);
			return tro_chart_failed(session, status);
		}
	}
	*out = event;
	tro_status status = tro_chart_bind_event(session, event);

	return status == TRO_OK ? CHART_ON : tro_chart_failed(session, status);
}

/* The evaluation that judge and act share: binds the event, selects, weighs. */
static chart_flow judge(tro_chart_session *session, const char *name, const tro_chart_actor *actor,
	tro_xml_node *data, bool without_data, tro_findings *findings, bool *out_open)
{
	chart_event *event = NULL;
	chart_case what = {.event = name, .actor = actor, .without_data = without_data};

	*out_open = false;
	session->judging = true;
	session->selection.count = 0;
	chart_flow flow = bind_new(session, name, data, &event);

	if (flow == CHART_ON && !session->finished) {
		flow = without_data ? tro_chart_select_open(session, name, &what.transitions_open)
				    : tro_chart_select(session, name);
	}
	*out_open = what.transitions_open;
	if (flow == CHART_ON) {
		flow = tro_chart_weigh(session, &what, findings, out_open);
	}
	session->judging = false;
	return flow;
}

static tro_status no_such_event(const tro_chart_session *session, const char *event, tro_err *err)
{
	return tro_err_set(
		err, TRO_NOT_FOUND, "%s declares no event %s", session->chart->source, event);
}

static tro_status refused(const char *event, tro_err *err)
{
	return tro_err_set(err, TRO_REFUSED, "%s is refused", event);
}

static bool blocked(const tro_findings *findings, size_t from)
{
	for (size_t i = from; i < tro_findings_count(findings); i++) {
		if (tro_findings_at(findings, i)->level == TRO_LEVEL_BLOCK) {
			return true;
		}
	}
	return false;
}

tro_status tro_chart_judge(tro_chart_session *session, const tro_chart_host *host,
	const char *event, const tro_chart_actor *actor, tro_xml_node *data, tro_findings *findings,
	bool *out_open, tro_err *err)
{
	size_t from = tro_findings_count(findings);
	bool open = false;
	tro_status status = begin(session, host, true, err);

	if (status == TRO_OK && tro_chart_event_named(session->chart, event) == NULL) {
		status = no_such_event(session, event, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	if (judge(session, event, actor, data, data == NULL, findings, &open) == CHART_FAIL) {
		status = session->status;
	} else if (blocked(findings, from)) {
		status = refused(event, err);
	}
	if (out_open != NULL) {
		*out_open = open;
	}
	return end_asking(session, status);
}

tro_status tro_chart_act(tro_chart_session *session, const tro_chart_host *host, const char *event,
	const tro_chart_actor *actor, tro_xml_node *data, tro_findings *findings, tro_err *err)
{
	size_t from = tro_findings_count(findings);
	bool open = false;
	tro_status status = begin(session, host, true, err);

	if (status == TRO_OK && tro_chart_event_named(session->chart, event) == NULL) {
		status = no_such_event(session, event, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	chart_flow flow = judge(session, event, actor, data, false, findings, &open);

	if (flow == CHART_ON && blocked(findings, from)) {
		return end_asking(session, refused(event, err));
	}
	if (flow == CHART_ON) {
		flow = tro_chart_report(session, findings, from);
	}
	if (flow == CHART_ON) {
		flow = microstep(session, event, true);
	}
	if (flow == CHART_ON) {
		flow = macrostep(session);
	}
	return end(session, flow == CHART_ON ? drain(session) : flow);
}

static tro_status fill(chart_event *event, const char *origin, tro_xml_node *data, tro_err *err)
{
	if (event == NULL || !tro_chart_set_text(&event->origin, origin)) {
		return tro_err_nomem(err);
	}
	tro_xml_node *place = data == NULL ? NULL : tro_chart_event_data(event);

	if (data != NULL && place == NULL) {
		return tro_err_nomem(err);
	}
	return tro_chart_copy_content(place, data, err);
}

tro_status tro_chart_post(tro_chart_session *session, const tro_chart_host *host, const char *event,
	const char *origin, tro_xml_node *data, bool *out_taken, tro_err *err)
{
	tro_status status = begin(session, host, true, err);
	bool taken = false;

	if (status != TRO_OK) {
		return status;
	}
	chart_event *posted = tro_chart_event_new(event, "external");
	chart_flow flow = CHART_ON;

	status = fill(posted, origin, data, err);
	if (status != TRO_OK) {
		tro_chart_event_free(posted);
		flow = tro_chart_failed(session, status);
	} else if (session->finished) {
		tro_chart_event_free(posted);
	} else {
		flow = tro_chart_take(session, posted, &taken);
	}
	if (out_taken != NULL) {
		*out_taken = taken;
	}
	return end(session, flow == CHART_ON ? drain(session) : flow);
}

static tro_chart_session *in_tree(tro_chart_session *session, const tro_chart_session *which)
{
	if (session == which) {
		return session;
	}
	for (chart_child *c = session->children; c != NULL; c = c->next) {
		tro_chart_session *found = c->session == NULL ? NULL : in_tree(c->session, which);

		if (found != NULL) {
			return found;
		}
	}
	return NULL;
}

/* What waited for its time and goes to another session: to one of the tree, or through the host. */
static chart_flow forward(tro_chart_session *session, chart_timer *timer)
{
	tro_chart_session *receiver = tro_chart_find_session(session, timer->target);
	chart_event *event = timer->event;

	if (receiver != NULL) {
		timer->event = NULL;
		return tro_chart_hand_over(session, receiver, event);
	}
	if (session->chart->mode != TRO_CHART_PRODUCTION) {
		chart_flow flow = tro_chart_error_text(session, "error.communication",
			timer->event->sendid, 0, "there is no session %s", timer->target);

		return flow == CHART_STOP ? macrostep(session) : flow;
	}
	tro_xml_node *data = tro_chart_event_data(event);

	return data == NULL
		       ? tro_chart_nomem(session)
		       : tro_chart_effect_out(session, &(tro_chart_effect){.kind = TRO_CHART_SEND,
							       .name = event->name,
							       .target = timer->target,
							       .data = data});
}

tro_status tro_chart_fire(tro_chart_session *session, const tro_chart_host *host, tro_err *err)
{
	tro_status status = begin(session, host, true, err);

	if (status != TRO_OK) {
		return status;
	}
	tro_chart_session *first = in_tree(session, tro_chart_first_due(session));

	if (first == NULL || first->timers[0].due > host->now) {
		session->host = NULL;
		return tro_err_set(err, TRO_USAGE, "no timer is due");
	}
	chart_timer timer = tro_chart_timer_take(first, 0);
	chart_flow flow = timer.target == NULL ? deliver(first, &timer) : forward(first, &timer);

	tro_chart_timer_done(&timer);
	return end(session, flow == CHART_ON ? drain(session) : flow);
}

tro_status tro_chart_eval(tro_chart_session *session, const tro_chart_host *host, const char *xpath,
	tro_buf *out, tro_err *err)
{
	chart_expr expr = {.text = xpath};
	tro_status status = begin(session, host, true, err);

	if (status != TRO_OK) {
		return status;
	}
	status =
		tro_xpath_compile_at(&expr.compiled, xpath, session->chart->states[0].element, err);
	if (status == TRO_OK) {
		session->judging = true;
		if (tro_chart_text_of(session, &expr, out) == CHART_FAIL) {
			status = session->status;
		}
	}
	tro_xpath_expr_free(expr.compiled);
	return end_asking(session, status);
}
