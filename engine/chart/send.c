/* <send>, <cancel> and the elements that the host executes: what leaves a session. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/session.h"

chart_flow tro_chart_value_text(tro_chart_session *session, const chart_value *value, tro_buf *out)
{
	if (value->expr != NULL) {
		return tro_chart_text_of(session, value->expr, out);
	}
	tro_buf_puts(out, value->text == NULL ? "" : value->text);
	return tro_buf_status(out, NULL) == TRO_OK ? CHART_ON : tro_chart_nomem(session);
}

/* ---- data ---- */

static tro_xml_node *place_for(tro_xml_node *data, const char *name, chart_payload_form form)
{
	if (form == CHART_FORM_NAMES) {
		return tro_xml_append(data, NULL, name, NULL);
	}
	tro_xml_node *place = tro_xml_append(data, NULL, "data", NULL);

	return place != NULL && tro_xml_set(place, NULL, "id", name, NULL) == TRO_OK ? place : NULL;
}

static chart_flow put_param(tro_chart_session *session, const chart_param *param,
	chart_payload_form form, tro_xml_node *data)
{
	tro_xpath_value *value = NULL;
	chart_flow flow = tro_chart_value_of(session, param->expr, &value);

	if (flow != CHART_ON) {
		return flow;
	}
	if (param->location && (tro_xpath_value_type(value) != TRO_XPATH_NODES ||
				       tro_xpath_node_count(value) == 0)) {
		tro_xpath_value_free(value);
		return tro_chart_error_text(session, "error.execution", NULL, param->expr->line,
			"%s is no location in the data", param->expr->text);
	}
	tro_xml_node *place = place_for(data, param->name, form);

	if (place == NULL) {
		flow = tro_chart_nomem(session);
	} else {
		tro_status status = tro_chart_put_value(session, place, value, true);

		flow = status == TRO_OK ? CHART_ON : tro_chart_failed(session, status);
	}
	tro_xpath_value_free(value);
	return flow;
}

static chart_flow put_content(
	tro_chart_session *session, const chart_payload *payload, tro_xml_node *data)
{
	tro_status status = TRO_OK;
	chart_flow flow = CHART_ON;

	if (payload->content_expr != NULL) {
		tro_xpath_value *value = NULL;

		flow = tro_chart_value_of(session, payload->content_expr, &value);
		if (flow == CHART_ON) {
			status = tro_chart_put_value(session, data, value, true);
		}
		tro_xpath_value_free(value);
	} else if (payload->content != NULL) {
		status = tro_chart_put_content(session, data, payload->content);
	}
	return status == TRO_OK ? flow : tro_chart_failed(session, status);
}

chart_flow tro_chart_put_payload(tro_chart_session *session, const chart_payload *payload,
	chart_payload_form form, bool strict, tro_xml_node *data)
{
	for (const chart_param *p = payload->params; p != NULL; p = p->next) {
		chart_flow flow = put_param(session, p, form, data);

		if (flow == CHART_FAIL || (flow == CHART_STOP && (strict || p->listed))) {
			return flow;
		}
	}
	chart_flow flow = put_content(session, payload, data);

	return flow == CHART_STOP && !strict ? CHART_ON : flow;
}

/* ---- when ---- */

static bool unit_of(const char *unit, double *out_us)
{
	static const struct {
		const char *name;
		double us;
	} units[] = {{"ms", 1e3}, {"s", 1e6}, {"m", 60e6}, {"h", 3600e6}, {"d", 86400e6}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(unit, units[i].name) == 0) {
			*out_us = units[i].us;
			return true;
		}
	}
	return false;
}

/* A CSS2 time (SCXML 6.2.4 Duration): digits, perhaps a fraction, a unit. Blanks around it are
 * what a definition wrapped. */
static bool parse_delay(const char *text, tro_time_us *out)
{
	const char *p = text + strspn(text, " \t\r\n");
	size_t digits = strspn(p, "0123456789");
	size_t fraction = p[digits] == '.' ? strspn(p + digits + 1, "0123456789") : 0;
	size_t len = digits + (p[digits] == '.' ? 1 + fraction : 0);
	char unit[4] = "";
	double scale = 0;

	if (digits + fraction == 0 || len > 40 || (p[digits] == '.' && fraction == 0)) {
		return false;
	}
	for (size_t i = 0; i < 3 && p[len + i] >= 'a' && p[len + i] <= 'z'; i++) {
		unit[i] = p[len + i];
	}
	const char *rest = p + len + strlen(unit);

	if (!unit_of(unit, &scale) || rest[strspn(rest, " \t\r\n")] != '\0') {
		return false;
	}
	double us = 0;

	for (size_t i = 0; i < digits; i++) {
		us = us * 10 + (p[i] - '0');
	}
	double part = 1;

	for (size_t i = 0; i < fraction; i++) {
		part /= 10;
		us += part * (p[digits + 1 + i] - '0');
	}
	us *= scale;
	if (us > 253402300799e6) {
		return false;
	}
	*out = (tro_time_us)llround(us);
	return true;
}

#define TIME_END ((tro_time_us)253402300800 * 1000000)

typedef struct moment {
	bool later; /* a timer; else at once */
	tro_time_us due;
} moment;

static chart_flow when(
	tro_chart_session *session, const chart_action *action, const char *send_id, moment *out)
{
	const chart_send_action *send = action->of.send;
	bool at = send->at.text != NULL || send->at.expr != NULL;
	const chart_value *value = at ? &send->at : &send->delay;
	tro_buf text = TRO_BUF_INIT;
	tro_time_us delay = 0;

	*out = (moment){.due = session->host->now};
	if (value->text == NULL && value->expr == NULL) {
		return CHART_ON;
	}
	chart_flow flow = tro_chart_value_text(session, value, &text);
	tro_err err;

	if (flow == CHART_ON && at) {
		out->later = true;
		if (tro_time_parse(&out->due, text.ptr, &err) != TRO_OK) {
			flow = tro_chart_error_text(session, "error.execution", send_id,
				action->line, "tro:at: %s", err.message);
		}
	} else if (flow == CHART_ON && !parse_delay(text.ptr, &delay)) {
		flow = tro_chart_error_text(session, "error.execution", send_id, action->line,
			"\"%s\" is no delay such as 10s or 1.5h", text.ptr);
	} else if (flow == CHART_ON && delay > 0) {
		out->later = true;
		out->due += delay;
		if (out->due >= TIME_END) {
			flow = tro_chart_error_text(session, "error.execution", send_id,
				action->line, "the delay ends after the year 9999");
		}
	}
	tro_buf_done(&text);
	return flow;
}

/* ---- where ---- */

typedef enum whither {
	TO_SELF,
	TO_INTERNAL,
	TO_HOST,
	TO_SESSION, /* another of the tree that invoke makes */
	TO_NOBODY,  /* a session that is not there */
	TO_NOWHERE, /* no target that we know the form of */
} whither;

static whither where(tro_chart_session *session, const char *target)
{
	if (target[0] == '\0') {
		return TO_SELF;
	}
	if (strcmp(target, "#_internal") == 0) {
		return TO_INTERNAL;
	}
	if (!tro_text_starts(target, "#_") || target[2] == '\0') {
		return TO_NOWHERE;
	}
	const tro_chart_session *other = tro_chart_find_session(session, target);

	if (other == session) {
		return TO_SELF;
	}
	if (other != NULL) {
		return TO_SESSION;
	}
	return session->chart->mode == TRO_CHART_PRODUCTION ? TO_HOST : TO_NOBODY;
}

static bool type_known(const char *type)
{
	return type[0] == '\0' || strcmp(type, "scxml") == 0 ||
	       strcmp(type, CHART_EVENT_PROCESSOR) == 0 ||
	       strcmp(type, "http://www.w3.org/TR/scxml/#SCXMLProcessor") == 0 ||
	       strcmp(type, "http://www.w3.org/TR/scxml/") == 0;
}

/* ---- send ---- */

typedef struct outgoing {
	tro_buf name, target, type, id;
	whither to;
	moment at;
	chart_event *event;
} outgoing;

static chart_flow send_id(tro_chart_session *session, const chart_send_action *send, tro_buf *out)
{
	if (send->id != NULL) {
		tro_buf_puts(out, send->id);
	} else if (send->id_location != NULL) {
		tro_buf_printf(out, "send.%llu", (unsigned long long)++session->next_id);
	}
	if (tro_buf_status(out, NULL) != TRO_OK) {
		return tro_chart_nomem(session);
	}
	return send->id_location == NULL
		       ? CHART_ON
		       : tro_chart_assign_text(session, send->id_location, out->ptr);
}

static chart_flow address(tro_chart_session *session, const chart_action *action, outgoing *out)
{
	const chart_send_action *send = action->of.send;
	chart_flow flow = send_id(session, send, &out->id);

	if (flow == CHART_ON) {
		flow = tro_chart_value_text(session, &send->event, &out->name);
	}
	if (flow == CHART_ON) {
		flow = tro_chart_value_text(session, &send->target, &out->target);
	}
	if (flow == CHART_ON) {
		flow = tro_chart_value_text(session, &send->type, &out->type);
	}
	if (flow != CHART_ON) {
		return flow;
	}
	const char *id = out->id.len > 0 ? out->id.ptr : NULL;

	out->to = where(session, out->target.ptr);
	if (!type_known(out->type.ptr)) {
		return tro_chart_error_text(session, "error.execution", id, action->line,
			"the event processor \"%s\" is unknown", out->type.ptr);
	}
	if (out->to == TO_NOWHERE) {
		return tro_chart_error_text(session, "error.execution", id, action->line,
			"\"%s\" is no target for a send", out->target.ptr);
	}
	if (out->to == TO_NOBODY) {
		return tro_chart_error_text(session, "error.communication", id, action->line,
			"there is no session %s", out->target.ptr);
	}
	if (out->name.len == 0 && send->payload.content == NULL &&
		session->chart->mode == TRO_CHART_PRODUCTION) {
		return tro_chart_error_text(session, "error.execution", id, action->line,
			"the event to send has no name");
	}
	flow = when(session, action, id, &out->at);
	if (flow == CHART_ON && out->at.later && out->to == TO_INTERNAL) {
		flow = tro_chart_error_text(session, "error.execution", id, action->line,
			"what goes to #_internal cannot wait");
	}
	return flow;
}

static chart_flow fill(tro_chart_session *session, const chart_send_action *send, outgoing *out)
{
	const chart_payload *payload = &send->payload;
	bool host = out->to == TO_HOST;

	out->event = tro_chart_event_new(
		out->name.ptr, out->to == TO_INTERNAL ? "internal" : "external");
	if (out->event == NULL ||
		(out->id.len > 0 && !tro_chart_set_text(&out->event->sendid, out->id.ptr))) {
		return tro_chart_nomem(session);
	}
	if (payload->params == NULL && payload->content == NULL && !host) {
		return CHART_ON;
	}
	tro_xml_node *data = tro_chart_event_data(out->event);

	if (data == NULL) {
		return tro_chart_nomem(session);
	}
	return tro_chart_put_payload(
		session, payload, host ? CHART_FORM_NAMES : CHART_FORM_IDS, host, data);
}

static chart_flow wait_for(tro_chart_session *session, outgoing *out)
{
	char automatic[sizeof(CHART_AUTO_ID) + 20];
	chart_timer timer = {.due = out->at.due};

	(void)snprintf(automatic, sizeof(automatic), CHART_AUTO_ID "%019llu",
		(unsigned long long)tro_chart_next_auto(session));
	timer.seq = out->at.later ? 0 : tro_chart_next_seq(session);
	timer.event = out->event;
	out->event = NULL;
	(void)tro_chart_set_text(&timer.id, out->id.len > 0 ? out->id.ptr : automatic);
	if ((out->to == TO_HOST || out->to == TO_SESSION) &&
		!tro_chart_set_text(&timer.target, out->target.ptr)) {
		tro_chart_timer_done(&timer);
		return tro_chart_nomem(session);
	}
	return tro_chart_timer_add(session, timer);
}

static chart_flow dispatch(tro_chart_session *session, outgoing *out)
{
	if (out->to == TO_INTERNAL) {
		chart_event *event = out->event;

		out->event = NULL;
		return tro_chart_enqueue(session, event);
	}
	if (out->to == TO_SESSION && !out->at.later) {
		chart_event *event = out->event;

		out->event = NULL;
		return tro_chart_hand_over(
			session, tro_chart_find_session(session, out->target.ptr), event);
	}
	if (out->to == TO_HOST && !out->at.later) {
		return tro_chart_effect_out(
			session, &(tro_chart_effect){.kind = TRO_CHART_SEND,
					 .name = out->name.ptr,
					 .target = out->target.ptr,
					 .data = tro_chart_event_data(out->event)});
	}
	return wait_for(session, out);
}

chart_flow tro_chart_send(tro_chart_session *session, const chart_action *action)
{
	outgoing out = {.name = TRO_BUF_INIT,
		.target = TRO_BUF_INIT,
		.type = TRO_BUF_INIT,
		.id = TRO_BUF_INIT};
	chart_flow flow = address(session, action, &out);

	if (flow == CHART_ON) {
		flow = fill(session, action->of.send, &out);
	}
	if (flow == CHART_ON) {
		flow = dispatch(session, &out);
	}
	tro_chart_event_free(out.event);
	tro_buf_done(&out.name);
	tro_buf_done(&out.target);
	tro_buf_done(&out.type);
	tro_buf_done(&out.id);
	return flow;
}

chart_flow tro_chart_cancel(tro_chart_session *session, const chart_action *action)
{
	tro_buf id = TRO_BUF_INIT;
	chart_flow flow = tro_chart_value_text(session, &action->of.cancel, &id);

	if (flow == CHART_ON) {
		tro_chart_timers_cancel(session, id.ptr);
	}
	tro_buf_done(&id);
	return flow;
}

/* ---- elements that the host executes ---- */

static chart_flow host_attributes(
	tro_chart_session *session, const chart_host_action *host, tro_xml_node *element)
{
	chart_flow flow = CHART_ON;

	for (const chart_host_attribute *a = host->attributes; a != NULL && flow == CHART_ON;
		a = a->next) {
		tro_buf text = TRO_BUF_INIT;

		flow = tro_chart_value_text(session, &a->value, &text);
		if (flow == CHART_ON &&
			tro_xml_set(element, NULL, a->name, text.ptr, session->err) != TRO_OK) {
			flow = tro_chart_nomem(session);
		}
		tro_buf_done(&text);
	}
	return flow;
}

static chart_flow host_once(tro_chart_session *session, const chart_host_action *host)
{
	tro_xml_doc *element = tro_xml_new(NULL, host->name);
	tro_xml_doc *data = tro_xml_new(NULL, "data");
	chart_flow flow = CHART_ON;

	if (element == NULL || data == NULL) {
		flow = tro_chart_nomem(session);
	}
	if (flow == CHART_ON) {
		flow = host_attributes(session, host, tro_xml_root(element));
	}
	if (flow == CHART_ON) {
		flow = tro_chart_put_payload(
			session, &host->payload, CHART_FORM_NAMES, true, tro_xml_root(data));
	}
	if (flow == CHART_ON) {
		flow = tro_chart_effect_out(session, &(tro_chart_effect){.kind = TRO_CHART_HOST,
							     .name = host->name,
							     .data = tro_xml_root(data),
							     .attributes = tro_xml_root(element)});
	}
	tro_xml_free(element);
	tro_xml_free(data);
	return flow;
}

chart_flow tro_chart_host_action(tro_chart_session *session, const chart_action *action)
{
	const chart_host_action *host = action->of.host;
	tro_xpath_value *nodes = NULL;

	if (host->foreach == NULL) {
		return host_once(session, host);
	}
	chart_flow flow = tro_chart_value_of(session, host->foreach, &nodes);

	if (flow == CHART_ON && tro_xpath_value_type(nodes) != TRO_XPATH_NODES) {
		flow = tro_chart_error_text(session, "error.execution", NULL, action->line,
			"foreach cannot walk %s: it is no node-set", host->foreach->text);
	}
	for (size_t i = 0; flow == CHART_ON && i < tro_xpath_node_count(nodes); i++) {
		session->context = tro_xpath_node_at(nodes, i);
		flow = host_once(session, host);
	}
	session->context = NULL;
	tro_xpath_value_free(nodes);
	return flow;
}
