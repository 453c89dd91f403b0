/*
 * <invoke> of SCXML sessions (SCXML 1.0 section 6.4, conformance alone). Invoked sessions hang
 * below the session that invoked them; all events between sessions of such a tree wait as timers
 * without delay, in the order of sending over the whole tree, so that a tree is as deterministic as
 * one session.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/session.h"

enum { DEPTH_MAX = 8, CHILDREN_MAX = 64 };

const char *tro_chart_session_id(const tro_chart_session *session)
{
	if (session->id != NULL) {
		return session->id;
	}
	return session->host->session_id == NULL ? "" : session->host->session_id;
}

static bool alive(const chart_child *child)
{
	return child->session != NULL && !child->session->finished;
}

void tro_chart_child_free(chart_child *child)
{
	if (child != NULL) {
		tro_chart_session_free(child->session);
		tro_chart_free(child->chart);
		free(child->id);
		free(child);
	}
}

void tro_chart_children_clear(tro_chart_session *session)
{
	while (session->children != NULL) {
		chart_child *child = session->children;

		session->children = child->next;
		tro_chart_child_free(child);
	}
}

/* ---- events between sessions ---- */

static tro_chart_session *find_below(tro_chart_session *session, const char *id)
{
	if (strcmp(tro_chart_session_id(session), id) == 0) {
		return session;
	}
	for (chart_child *c = session->children; c != NULL; c = c->next) {
		tro_chart_session *found = alive(c) ? find_below(c->session, id) : NULL;

		if (found != NULL) {
			return found;
		}
	}
	return NULL;
}

tro_chart_session *tro_chart_find_session(tro_chart_session *session, const char *target)
{
	tro_chart_session *root = session;

	if (strcmp(target, "#_parent") == 0) {
		return session->parent;
	}
	if (tro_text_starts(target, "#_scxml_")) {
		while (root->parent != NULL) {
			root = root->parent;
		}
		return find_below(root, target + strlen("#_scxml_"));
	}
	for (chart_child *c = session->children; c != NULL; c = c->next) {
		if (alive(c) && strcmp(c->id, target + strlen("#_")) == 0) {
			return c->session;
		}
	}
	return NULL;
}

static uint64_t last_seq(const tro_chart_session *session)
{
	uint64_t last = 0;

	for (size_t i = 0; i < session->timer_count && session->timers[i].seq != 0; i++) {
		last = session->timers[i].seq;
	}
	for (const chart_child *c = session->children; c != NULL; c = c->next) {
		uint64_t below = c->session == NULL ? 0 : last_seq(c->session);

		last = below > last ? below : last;
	}
	return last;
}

uint64_t tro_chart_next_seq(const tro_chart_session *session)
{
	while (session->parent != NULL) {
		session = session->parent;
	}
	return last_seq(session) + 1;
}

chart_flow tro_chart_hand_over(
	tro_chart_session *sender, tro_chart_session *receiver, chart_event *event)
{
	char automatic[sizeof(CHART_AUTO_ID) + 20];
	const char *invoked = NULL;
	tro_buf origin = TRO_BUF_INIT;

	if (sender->cancelled || receiver->finished) {
		tro_chart_event_free(event);
		return CHART_ON;
	}
	for (const chart_child *c = receiver->children; c != NULL; c = c->next) {
		invoked = c->session == sender ? c->id : invoked;
	}
	tro_buf_puts(&origin, "#_scxml_");
	tro_buf_puts(&origin, tro_chart_session_id(sender));
	bool good = tro_buf_status(&origin, NULL) == TRO_OK;

	if (good && event->origin == NULL) {
		good = tro_chart_set_text(&event->origin, origin.ptr) &&
		       tro_chart_set_text(&event->origintype, CHART_EVENT_PROCESSOR);
	}
	if (good && event->invokeid == NULL) {
		good = tro_chart_set_text(&event->invokeid, invoked);
	}
	tro_buf_done(&origin);
	(void)snprintf(automatic, sizeof(automatic), CHART_AUTO_ID "%019llu",
		(unsigned long long)tro_chart_next_auto(receiver));
	chart_timer timer = {
		.due = sender->host->now, .seq = tro_chart_next_seq(sender), .event = event};

	if (!good || !tro_chart_set_text(&timer.id, automatic)) {
		tro_chart_timer_done(&timer);
		return tro_chart_nomem(sender);
	}
	return tro_chart_timer_add(receiver, timer);
}

static chart_event *copy_event(chart_event *event)
{
	chart_event *copy = tro_chart_event_new(event->name, event->type);
	bool good = copy != NULL && tro_chart_set_text(&copy->sendid, event->sendid) &&
		    tro_chart_set_text(&copy->origin, event->origin) &&
		    tro_chart_set_text(&copy->origintype, event->origintype) &&
		    tro_chart_set_text(&copy->invokeid, event->invokeid);
	tro_xml_node *from = good && event->doc != NULL ? tro_chart_event_data(event) : NULL;
	tro_xml_node *to = from == NULL ? NULL : tro_chart_event_data(copy);

	good = good && (from == NULL) == (to == NULL) &&
	       tro_chart_copy_content(to, from, NULL) == TRO_OK;
	if (!good) {
		tro_chart_event_free(copy);
		return NULL;
	}
	return copy;
}

chart_flow tro_chart_pass_on(tro_chart_session *session)
{
	chart_event *event = session->event;
	chart_flow flow = CHART_ON;

	for (chart_child *c = session->children; c != NULL && flow == CHART_ON; c = c->next) {
		if (event->invokeid != NULL && strcmp(event->invokeid, c->id) == 0 &&
			tro_chart_run(session, c->invoke->finalize) == CHART_FAIL) {
			return CHART_FAIL;
		}
		if (c->invoke->autoforward && alive(c)) {
			chart_event *copy = copy_event(event);

			flow = copy == NULL ? tro_chart_nomem(session)
					    : tro_chart_hand_over(session, c->session, copy);
		}
	}
	return flow;
}

/* ---- starting ---- */

static bool type_known(const char *type)
{
	static const char scxml[] = "http://www.w3.org/TR/scxml";

	return type[0] == '\0' || strcmp(type, "scxml") == 0 || strcmp(type, scxml) == 0 ||
	       (strncmp(type, scxml, strlen(scxml)) == 0 && strcmp(type + strlen(scxml), "/") == 0);
}

static chart_flow put_definition(
	tro_chart_session *session, const chart_invoke *invoke, tro_buf *out)
{
	tro_xml_node *inline_root =
		invoke->payload.content == NULL ? NULL : tro_xml_first(invoke->payload.content);
	tro_xpath_value *value = NULL;
	chart_flow flow = CHART_ON;
	tro_status status = TRO_OK;

	if (invoke->payload.content_expr != NULL) {
		flow = tro_chart_value_of(session, invoke->payload.content_expr, &value);
		if (flow == CHART_ON && tro_xpath_node_count(value) > 0) {
			inline_root = tro_xpath_node_at(value, 0);
		} else if (flow == CHART_ON) {
			status = tro_xpath_text(out, value, session->err);
		}
	}
	if (flow == CHART_ON && status == TRO_OK && inline_root != NULL) {
		status = tro_xml_node_kind(inline_root) == TRO_XML_ELEMENT
				 ? tro_xml_c14n(out, inline_root, session->err)
				 : TRO_OK;
	}
	tro_xpath_value_free(value);
	return status == TRO_OK ? flow : tro_chart_failed(session, status);
}

static chart_flow fetch(tro_chart_session *session, const chart_invoke *invoke, tro_buf *out)
{
	tro_buf uri = TRO_BUF_INIT;
	chart_flow flow = tro_chart_value_text(session, &invoke->source, &uri);
	tro_err err = {.status = TRO_NOT_FOUND, .message = "nothing can be fetched"};

	if (flow == CHART_ON &&
		(session->host->resource == NULL || session->host->resource(session->host->user,
							    uri.ptr, out, &err) != TRO_OK)) {
		flow = tro_chart_error_text(session, "error.communication", NULL, invoke->line,
			"%s: %s", uri.ptr, err.message);
	}
	tro_buf_done(&uri);
	return flow;
}

static chart_flow load(tro_chart_session *session, const chart_invoke *invoke, tro_chart **out)
{
	bool from = invoke->source.text != NULL || invoke->source.expr != NULL;
	tro_buf bytes = TRO_BUF_INIT;
	tro_err err;
	chart_flow flow =
		from ? fetch(session, invoke, &bytes) : put_definition(session, invoke, &bytes);

	if (flow == CHART_ON) {
		tro_status status = tro_chart_load(out, bytes.ptr, bytes.len,
			session->chart->source, TRO_CHART_CONFORMANCE, NULL, &err);

		if (status == TRO_NOMEM) {
			flow = tro_chart_nomem(session);
		} else if (status != TRO_OK) {
			flow = tro_chart_error_text(session, "error.execution", NULL, invoke->line,
				"what is to be invoked cannot be loaded: %s", err.message);
		}
	}
	tro_buf_done(&bytes);
	return flow;
}

/* The id, in the form "stateid.number" when it is ours to choose (6.4.1). */
static chart_flow name_child(
	tro_chart_session *session, const chart_invoke *invoke, chart_child *child)
{
	tro_buf id = TRO_BUF_INIT;

	if (invoke->id != NULL) {
		tro_buf_puts(&id, invoke->id);
	} else {
		tro_buf_printf(&id, "%s.%llu", session->chart->states[invoke->state].id,
			(unsigned long long)++session->next_id);
	}
	bool good = tro_buf_status(&id, NULL) == TRO_OK && tro_chart_set_text(&child->id, id.ptr);

	tro_buf_done(&id);
	if (!good) {
		return tro_chart_nomem(session);
	}
	return invoke->id_location == NULL
		       ? CHART_ON
		       : tro_chart_assign_text(session, invoke->id_location, child->id);
}

tro_status tro_chart_adopt_child(tro_chart_session *session, chart_child *child, tro_err *err)
{
	tro_buf id = TRO_BUF_INIT;

	child->session->parent = session;
	tro_buf_printf(&id, "%s.%s", session->id == NULL ? "invoked" : session->id, child->id);
	bool good = tro_buf_status(&id, NULL) == TRO_OK &&
		    tro_chart_set_text(&child->session->id, id.ptr);

	tro_buf_done(&id);
	return good ? TRO_OK : tro_err_nomem(err);
}

static chart_flow begin(tro_chart_session *session, chart_child *child, tro_xml_node *data)
{
	chart_child **tail = &session->children;
	tro_status status = tro_chart_session_new(&child->session, child->chart, session->err);

	if (status == TRO_OK) {
		status = tro_chart_adopt_child(session, child, session->err);
	}
	while (*tail != NULL) {
		tail = &(*tail)->next;
	}
	*tail = child;
	if (status == TRO_OK) {
		status = tro_chart_open_host(child->session, session->host, session->err);
	}
	return status == TRO_OK ? tro_chart_start_session(child->session, data)
				: tro_chart_failed(session, status);
}

static chart_flow check(tro_chart_session *session, const chart_invoke *invoke)
{
	tro_buf type = TRO_BUF_INIT;
	chart_flow flow = tro_chart_value_text(session, &invoke->type, &type);
	size_t depth = 0;
	size_t count = 0;

	for (const tro_chart_session *s = session; s != NULL; s = s->parent) {
		depth++;
	}
	for (const chart_child *c = session->children; c != NULL; c = c->next) {
		count++;
	}
	if (flow == CHART_ON && !type_known(type.ptr)) {
		flow = tro_chart_error_text(session, "error.execution", NULL, invoke->line,
			"\"%s\" cannot be invoked, only SCXML", type.ptr);
	} else if (flow == CHART_ON && (depth > DEPTH_MAX || count >= CHILDREN_MAX)) {
		flow = tro_chart_error_text(session, "error.execution", NULL, invoke->line,
			"sessions invoke each other without end");
	}
	tro_buf_done(&type);
	return flow;
}

static chart_flow start(tro_chart_session *session, const chart_invoke *invoke)
{
	chart_child *child = calloc(1, sizeof(*child));
	tro_xml_doc *data = tro_xml_new(NULL, "data");
	chart_payload params = {.params = invoke->payload.params};
	chart_flow flow = CHART_ON;

	if (child == NULL || data == NULL) {
		flow = tro_chart_nomem(session);
	}
	if (flow == CHART_ON) {
		child->invoke = invoke;
		flow = check(session, invoke);
	}
	if (flow == CHART_ON) {
		flow = name_child(session, invoke, child);
	}
	if (flow == CHART_ON) {
		flow = tro_chart_put_payload(
			session, &params, CHART_FORM_IDS, false, tro_xml_root(data));
	}
	if (flow == CHART_ON) {
		flow = load(session, invoke, &child->chart);
	}
	if (flow == CHART_ON) {
		flow = begin(session, child, tro_xml_root(data));
	} else {
		tro_chart_child_free(child);
	}
	tro_xml_free(data);
	return flow;
}

chart_flow tro_chart_invoke_all(tro_chart_session *session)
{
	const tro_chart *chart = session->chart;
	size_t end = chart->state_count;

	for (size_t s = bits_from(session->invoking, 0, end); s != BITS_NONE;
		s = bits_from(session->invoking, s + 1, end)) {
		bits_drop(session->invoking, s);
		for (const chart_invoke *v = chart->states[s].invokes; v != NULL; v = v->next) {
			if (start(session, v) == CHART_FAIL) {
				return CHART_FAIL;
			}
		}
	}
	return CHART_ON;
}

/* ---- ending ---- */

chart_flow tro_chart_leave_invokes(tro_chart_session *session, uint32_t state)
{
	chart_child **at = &session->children;
	chart_flow flow = CHART_ON;

	bits_drop(session->invoking, state);
	while (*at != NULL && flow == CHART_ON) {
		chart_child *child = *at;

		if (child->invoke->state != state) {
			at = &child->next;
			continue;
		}
		if (alive(child)) {
			child->session->cancelled = true;
			flow = tro_chart_exit_all(child->session);
		}
		*at = child->next;
		tro_chart_child_free(child);
	}
	return flow;
}

chart_flow tro_chart_tell_parent(tro_chart_session *session)
{
	const tro_chart *chart = session->chart;
	const chart_payload *payload = NULL;
	tro_buf name = TRO_BUF_INIT;

	if (session->parent == NULL || session->cancelled) {
		return CHART_ON;
	}
	for (uint32_t c = chart->states[0].first_child; c != CHART_NONE;
		c = chart->states[c].next_child) {
		if (chart->states[c].kind == CHART_FINAL && bits_has(session->configuration, c)) {
			payload = chart->states[c].donedata;
		}
	}
	for (const chart_child *c = session->parent->children; c != NULL; c = c->next) {
		if (c->session == session) {
			tro_buf_printf(&name, "done.invoke.%s", c->id);
		}
	}
	chart_event *event = tro_buf_status(&name, NULL) == TRO_OK
				     ? tro_chart_event_new(name.ptr, "external")
				     : NULL;
	tro_xml_node *data = event == NULL ? NULL : tro_chart_event_data(event);

	tro_buf_done(&name);
	if (data == NULL) {
		tro_chart_event_free(event);
		return tro_chart_nomem(session);
	}
	if (payload != NULL && tro_chart_put_payload(session, payload, CHART_FORM_IDS, false,
				       data) == CHART_FAIL) {
		tro_chart_event_free(event);
		return CHART_FAIL;
	}
	return tro_chart_hand_over(session, session->parent, event);
}
