/* Data come to life (early and late binding) and, at the end of a call, to rest. */
#include <stdlib.h>
#include <string.h>

#include "chart/session.h"

static tro_xml_node *given_value(tro_xml_node *given, const chart_data *data)
{
	for (tro_xml_node *n = given == NULL || data->state != 0 ? NULL : tro_xml_first(given);
		n != NULL; n = tro_xml_next(n)) {
		const char *id = tro_xml_get(n, NULL, "id");

		if (strcmp(tro_xml_name(n), data->id) == 0 ||
			(id != NULL && strcmp(tro_xml_name(n), "data") == 0 &&
				strcmp(id, data->id) == 0)) {
			return n;
		}
	}
	return NULL;
}

/* What src names: XML when it reads as XML, else its words as text. */
static chart_flow fetch(tro_chart_session *session, const chart_data *data, tro_xml_node *to)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_err err = {.status = TRO_NOT_FOUND, .message = "nothing can be fetched"};
	tro_xml_doc *doc = NULL;
	tro_status status =
		session->host->resource == NULL
			? TRO_NOT_FOUND
			: session->host->resource(session->host->user, data->source, &bytes, &err);

	if (status != TRO_OK) {
		tro_buf_done(&bytes);
		return tro_chart_error_text(session, "error.communication", NULL, data->line,
			"%s: %s", data->source, err.message);
	}
	if (tro_xml_parse(&doc, bytes.ptr, bytes.len, data->source, &tro_xml_limits_default,
		    &err) == TRO_OK) {
		status =
			tro_xml_copy(NULL, to, TRO_XML_LAST_CHILD, tro_xml_root(doc), session->err);
		tro_xml_strip_blanks(to);
	} else {
		status = tro_chart_put_words(session, to, bytes.ptr);
	}
	tro_xml_free(doc);
	tro_buf_done(&bytes);
	if (status == TRO_INVALID) {
		return tro_chart_error_text(session, "error.execution", NULL, data->line,
			"%s is neither XML nor text", data->source);
	}
	return status == TRO_OK ? CHART_ON : tro_chart_failed(session, status);
}

/* An illegal value leaves the variable empty and raises error.execution. */
static chart_flow set_initial(tro_chart_session *session, const chart_data *data)
{
	const chart_variable *variable = tro_chart_variable(session, data->id);
	tro_status status = TRO_OK;
	chart_flow flow = CHART_ON;

	if (variable == NULL) {
		return CHART_ON; /* the shared document stands for it */
	}
	if (data->source != NULL) {
		flow = fetch(session, data, variable->data);
	} else if (data->expr != NULL) {
		tro_xpath_value *value = NULL;

		flow = tro_chart_value_of(session, data->expr, &value);
		if (flow == CHART_ON) {
			status = tro_chart_put_value(session, variable->data, value, false);
		}
		tro_xpath_value_free(value);
	} else {
		status = tro_chart_put_content(session, variable->data, data->element);
	}
	if (status != TRO_OK) {
		return tro_chart_failed(session, status);
	}
	return flow == CHART_STOP ? CHART_ON : flow;
}

static bool is_shared(const tro_chart_session *session, const char *name)
{
	return session->host->shared_name != NULL && strcmp(session->host->shared_name, name) == 0;
}

chart_flow tro_chart_init_data(tro_chart_session *session, tro_xml_node *given)
{
	const tro_chart *chart = session->chart;
	chart_flow flow = CHART_ON;

	for (const chart_data *d = chart->data; d != NULL; d = d->next) {
		if (!is_shared(session, d->id) &&
			tro_chart_variable_add(session, d->id, true) == NULL) {
			return tro_chart_nomem(session);
		}
	}
	for (const chart_data *d = chart->data; d != NULL && flow == CHART_ON; d = d->next) {
		tro_xml_node *value = given_value(given, d);
		const chart_variable *variable = tro_chart_variable(session, d->id);

		if (value != NULL && variable != NULL) {
			tro_status status =
				tro_chart_copy_content(variable->data, value, session->err);

			flow = status == TRO_OK ? CHART_ON : tro_chart_failed(session, status);
		} else if (!chart->late || d->state == 0) {
			flow = set_initial(session, d);
		}
	}
	return flow;
}

chart_flow tro_chart_init_late(tro_chart_session *session, uint32_t state)
{
	chart_flow flow = CHART_ON;

	if (session->visited == NULL || state == 0 || bits_has(session->visited, state)) {
		return flow;
	}
	bits_add(session->visited, state);
	for (const chart_data *d = session->chart->data; d != NULL && flow == CHART_ON;
		d = d->next) {
		if (d->state == state) {
			flow = set_initial(session, d);
		}
	}
	return flow;
}

static tro_status drop_variable(tro_chart_session *session, size_t index)
{
	chart_variable *variable = &session->variables[index];
	tro_status status = TRO_OK;

	variable->bound = NULL;
	status = tro_chart_keep(session, variable->data, true);
	tro_xml_remove(variable->data);
	free(variable->name);
	session->variable_count--;
	memmove(variable, variable + 1,
		(session->variable_count - index) * sizeof(*session->variables));
	return status;
}

/* The item of a loop becomes a value: what the item held, now the variable's own. It may lie in
 * what the variable held before, as may the items of others. */
static tro_status settle_item(tro_chart_session *session, chart_variable *variable)
{
	tro_status status = tro_chart_keep(session, variable->data, false);
	tro_xml_node *item = variable->bound;

	variable->bound = NULL;
	if (status == TRO_OK) {
		status = tro_xml_set_text(variable->data, NULL, session->err);
	}
	if (status == TRO_OK && tro_xml_node_kind(item) == TRO_XML_ELEMENT) {
		return tro_chart_copy_content(variable->data, item, session->err);
	}
	tro_buf text = TRO_BUF_INIT;

	tro_xml_text(&text, item);
	status = status == TRO_OK ? tro_buf_status(&text, session->err) : status;
	if (status == TRO_OK) {
		status = tro_xml_append_text(variable->data, text.ptr, session->err);
	}
	tro_buf_done(&text);
	return status;
}

tro_status tro_chart_settle(tro_chart_session *session)
{
	bool closed = session->chart->mode == TRO_CHART_PRODUCTION;
	tro_status status = TRO_OK;

	for (chart_child *c = session->children; c != NULL && status == TRO_OK; c = c->next) {
		if (c->session != NULL) {
			status = tro_chart_settle(c->session);
		}
		if (c->session != NULL && c->session->finished) {
			tro_chart_session_free(c->session);
			c->session = NULL;
		}
	}

	for (size_t i = session->variable_count; status == TRO_OK && i > 0; i--) {
		chart_variable *variable = &session->variables[i - 1];

		if (closed && !variable->declared) {
			status = drop_variable(session, i - 1);
		} else if (variable->bound != NULL) {
			status = settle_item(session, variable);
		}
	}
	if (status == TRO_OK) {
		status = tro_chart_bind_event(session, NULL);
	}
	tro_xml_free(session->removed);
	session->removed = NULL;
	if (session->torn) {
		tro_xml_strip_blanks(tro_xml_root(session->data));
		session->torn = false;
	}
	return status;
}
