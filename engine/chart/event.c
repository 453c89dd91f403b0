#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart/session.h"

chart_event *tro_chart_event_new(const char *name, const char *type)
{
	chart_event *event = calloc(1, sizeof(*event));

	if (event != NULL) {
		event->type = type;
		if (!tro_chart_set_text(&event->name, name)) {
			free(event);
			event = NULL;
		}
	}
	return event;
}

void tro_chart_event_free(chart_event *event)
{
	if (event == NULL) {
		return;
	}
	free(event->name);
	free(event->sendid);
	free(event->origin);
	free(event->origintype);
	free(event->invokeid);
	tro_xml_free(event->doc);
	free(event);
}

bool tro_chart_set_text(char **field, const char *text)
{
	*field = text == NULL ? NULL : strdup(text);
	return text == NULL || *field != NULL;
}

tro_xml_node *tro_chart_event_data(chart_event *event)
{
	if (event->doc == NULL) {
		event->doc = tro_xml_new(NULL, "event");
	}
	if (event->doc == NULL) {
		return NULL;
	}
	tro_xml_node *root = tro_xml_root(event->doc);
	tro_xml_node *data = tro_xml_first(root);

	return data != NULL ? data : tro_xml_append(root, NULL, "data", NULL);
}

tro_xml_node *tro_chart_event_node(tro_chart_session *session)
{
	chart_event *event = session->event;

	if (event == NULL || tro_chart_event_data(event) == NULL) {
		return NULL;
	}
	tro_xml_node *root = tro_xml_root(event->doc);
	const char *const fields[][2] = {
		{"name", event->name},
		{"type", event->type},
		{"sendid", event->sendid},
		{"origin", event->origin},
		{"origintype", event->origintype},
		{"invokeid", event->invokeid},
	};

	for (size_t i = 0; !event->complete && i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (tro_xml_append(root, NULL, fields[i][0], fields[i][1]) == NULL) {
			return NULL;
		}
	}
	event->complete = true;
	return root;
}

tro_status tro_chart_bind_event(tro_chart_session *session, chart_event *event)
{
	chart_event *before = session->event;
	tro_status status = TRO_OK;

	if (before != NULL && before->doc != NULL) {
		status = tro_chart_keep(session, tro_xml_root(before->doc), true);
	}
	tro_chart_event_free(before);
	session->event = event;
	return status;
}

chart_flow tro_chart_enqueue(tro_chart_session *session, chart_event *event)
{
	if (event == NULL) {
		return tro_chart_nomem(session);
	}
	if (session->queue_count >= CHART_QUEUE_MAX) {
		tro_chart_event_free(event);
		return tro_chart_failed(session,
			tro_err_set(session->err, TRO_INVALID,
				"more than %d internal events are waiting: the chart raises "
				"events faster than it takes them",
				(int)CHART_QUEUE_MAX));
	}
	*session->queue_tail = event;
	session->queue_tail = &event->next;
	session->queue_count++;
	return CHART_ON;
}

chart_event *tro_chart_dequeue(tro_chart_session *session)
{
	chart_event *event = session->queue;

	if (event != NULL) {
		session->queue = event->next;
		session->queue_count--;
		event->next = NULL;
		if (session->queue == NULL) {
			session->queue_tail = &session->queue;
		}
	}
	return event;
}

chart_flow tro_chart_error(
	tro_chart_session *session, const char *name, const char *sendid, const tro_err *reason)
{
	if (reason->status == TRO_NOMEM) {
		return tro_chart_nomem(session);
	}
	if (session->judging || reason->status == TRO_SYSTEM) {
		return tro_chart_failed(
			session, tro_err_set(session->err,
					 reason->status == TRO_SYSTEM ? TRO_SYSTEM : TRO_INVALID,
					 "%s", reason->message));
	}
	chart_event *event = tro_chart_event_new(name, "platform");
	tro_xml_node *data = event == NULL ? NULL : tro_chart_event_data(event);

	if (data == NULL || !tro_chart_set_text(&event->sendid, sendid) ||
		tro_xml_set_text(data, reason->message, NULL) == TRO_NOMEM) {
		tro_chart_event_free(event);
		return tro_chart_nomem(session);
	}
	chart_flow flow = tro_chart_enqueue(session, event);

	return flow == CHART_ON ? CHART_STOP : flow;
}

chart_flow tro_chart_error_text(tro_chart_session *session, const char *name, const char *sendid,
	int line, const char *fmt, ...)
{
	char text[sizeof(((tro_err *)NULL)->message)];
	va_list args;
	tro_err err;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	tro_err_set(&err, TRO_INVALID, "%s:%d: %s", tro_chart_label(session->chart), line, text);
	return tro_chart_error(session, name, sendid, &err);
}
