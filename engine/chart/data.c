/*
 * The data model (W3C Note "XPath data model for SCXML", 2015): one document <datamodel> with a
 * <data id> for each variable; $id is that element. System variables are read-only.
 */
#include <stdlib.h>
#include <string.h>

#include "chart/session.h"

/* ---- variables ---- */

static size_t lower_bound(const tro_chart_session *session, const char *name)
{
	size_t low = 0;

	for (size_t high = session->variable_count; low < high;) {
		size_t middle = (low + high) / 2;

		if (strcmp(session->variables[middle].name, name) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

chart_variable *tro_chart_variable(const tro_chart_session *session, const char *name)
{
	size_t at = lower_bound(session, name);

	return at < session->variable_count && strcmp(session->variables[at].name, name) == 0
		       ? &session->variables[at]
		       : NULL;
}

chart_variable *tro_chart_variable_add(tro_chart_session *session, const char *name, bool declared)
{
	size_t at = lower_bound(session, name);

	if (session->variable_count == session->variable_room) {
		size_t room = session->variable_room == 0 ? 8 : 2 * session->variable_room;
		chart_variable *variables = realloc(session->variables, room * sizeof(*variables));

		if (variables == NULL) {
			return NULL;
		}
		session->variables = variables;
		session->variable_room = room;
	}
	char *own = strdup(name);
	tro_xml_node *data =
		own == NULL ? NULL
			    : tro_xml_append(tro_xml_root(session->data), NULL, "data", NULL);

	if (data == NULL || tro_xml_set(data, NULL, "id", name, NULL) != TRO_OK) {
		free(own);
		return NULL;
	}
	memmove(&session->variables[at + 1], &session->variables[at],
		(session->variable_count - at) * sizeof(*session->variables));
	session->variables[at] = (chart_variable){.name = own, .data = data, .declared = declared};
	session->variable_count++;
	return &session->variables[at];
}

bool tro_chart_is_variable(const tro_chart_session *session, const tro_xml_node *node)
{
	return tro_xml_node_kind(node) == TRO_XML_ELEMENT &&
	       tro_xml_parent(node) == tro_xml_root(session->data);
}

static tro_xml_node *processors(tro_chart_session *session)
{
	static const char *const names[] = {
		CHART_EVENT_PROCESSOR, "http://www.w3.org/TR/scxml/#SCXMLProcessor", "scxml"};
	const char *id = tro_chart_session_id(session);
	tro_buf location = TRO_BUF_INIT;

	if (session->processors != NULL && strcmp(session->processors_of, id) == 0) {
		return tro_xml_root(session->processors);
	}
	tro_xml_free(session->processors);
	free(session->processors_of);
	session->processors = tro_xml_new(NULL, "ioprocessors");
	session->processors_of = strdup(id);
	tro_buf_puts(&location, "#_scxml_");
	tro_buf_puts(&location, id);
	bool good = session->processors != NULL && session->processors_of != NULL &&
		    tro_buf_status(&location, NULL) == TRO_OK;

	for (size_t i = 0; good && i < sizeof(names) / sizeof(names[0]); i++) {
		tro_xml_node *processor =
			tro_xml_append(tro_xml_root(session->processors), NULL, "processor", NULL);

		good = processor != NULL &&
		       tro_xml_set(processor, NULL, "name", names[i], NULL) == TRO_OK &&
		       tro_xml_append(processor, NULL, "location", location.ptr) != NULL;
	}
	tro_buf_done(&location);
	if (!good) {
		tro_xml_free(session->processors);
		session->processors = NULL;
		return NULL;
	}
	return tro_xml_root(session->processors);
}

static tro_status one_node(tro_xpath_value **out, tro_xml_node *node, tro_err *err)
{
	*out = tro_xpath_value_nodes(&node, node == NULL ? 0 : 1);
	return *out == NULL ? tro_err_nomem(err) : TRO_OK;
}

static tro_status one_text(tro_xpath_value **out, const char *text, tro_err *err)
{
	*out = tro_xpath_value_string(text == NULL ? "" : text);
	return *out == NULL ? tro_err_nomem(err) : TRO_OK;
}

static tro_status system_variable(
	tro_xpath_value **out, const char *name, tro_chart_session *session, tro_err *err)
{
	if (strcmp(name, "_event") == 0) {
		tro_xml_node *node = tro_chart_event_node(session);

		return node == NULL && session->event != NULL ? tro_err_nomem(err)
							      : one_node(out, node, err);
	}
	if (strcmp(name, "_x") == 0) {
		return one_node(out, session->host->system, err);
	}
	if (strcmp(name, "_sessionid") == 0) {
		return one_text(out, tro_chart_session_id(session), err);
	}
	if (strcmp(name, "_name") == 0) {
		return one_text(out, session->chart->name, err);
	}
	if (strcmp(name, "_ioprocessors") == 0) {
		tro_xml_node *node = processors(session);

		return node == NULL ? tro_err_nomem(err) : one_node(out, node, err);
	}
	return TRO_NOT_FOUND;
}

static tro_status look_up(tro_xpath_value **out, const char *name, void *user, tro_err *err)
{
	tro_chart_session *session = user;
	const tro_chart_host *host = session->host;

	if (name[0] == '_') {
		return system_variable(out, name, session, err);
	}
	if (host->shared_name != NULL && strcmp(name, host->shared_name) == 0) {
		return one_node(out, host->shared, err);
	}
	const chart_variable *variable = tro_chart_variable(session, name);

	if (variable == NULL) {
		return TRO_NOT_FOUND;
	}
	return one_node(out, variable->bound != NULL ? variable->bound : variable->data, err);
}

/* ---- the evaluation context ---- */

static tro_status in_state(tro_xpath_call *call, void *user, tro_err *err)
{
	const tro_chart_session *session = user;

	if (tro_xpath_arg_count(call) != 1) {
		return tro_err_set(err, TRO_INVALID, "In() takes the id of one state");
	}
	const char *id = tro_xpath_arg_string(call, 0);

	if (id == NULL) {
		return tro_err_nomem(err);
	}
	uint32_t state = tro_chart_find_state(session->chart, id);

	tro_xpath_return_boolean(
		call, state != CHART_NONE && bits_has(session->configuration, state));
	return TRO_OK;
}

static tro_status call_host(tro_xpath_call *call, void *user, tro_err *err)
{
	const chart_function_slot *slot = user;

	return slot->current.function(call, slot->current.user, err);
}

static bool same_function(const tro_chart_function *a, const tro_chart_function *b)
{
	return strcmp(a->name, b->name) == 0 &&
	       strcmp(a->ns == NULL ? "" : a->ns, b->ns == NULL ? "" : b->ns) == 0;
}

/* The evaluator knows a slot a function; which function of which call it is, the slot says. So
 * compiled expressions outlive the call. */
static tro_status set_function(
	tro_chart_session *session, const tro_chart_function *function, tro_err *err)
{
	chart_function_slot *slot = session->functions;

	while (slot != NULL && !same_function(&slot->current, function)) {
		slot = slot->next;
	}
	if (slot != NULL) {
		slot->current = *function;
		return TRO_OK;
	}
	slot = calloc(1, sizeof(*slot));
	if (slot == NULL) {
		return tro_err_nomem(err);
	}
	*slot = (chart_function_slot){.current = *function, .next = session->functions};
	session->functions = slot;
	return tro_xpath_set_function(
		session->xpath, function->ns, function->name, call_host, slot, err);
}

static tro_status make_context(tro_chart_session *session, tro_err *err)
{
	session->xpath = tro_xpath_new(0);
	if (session->xpath == NULL) {
		return tro_err_nomem(err);
	}
	tro_xpath_set_variables(session->xpath, look_up, session);
	tro_status status = tro_xpath_set_prefix(session->xpath, "tro", TRO_WORKFLOW_NS, err);

	if (status == TRO_OK) {
		status = tro_xpath_set_function(session->xpath, NULL, "In", in_state, session, err);
	}
	return status;
}

tro_status tro_chart_open_host(tro_chart_session *session, const tro_chart_host *host, tro_err *err)
{
	tro_status status = TRO_OK;

	session->host = host;
	session->err = err;
	session->context = NULL;
	session->judging = false;
	tro_chart_begin_call(session);
	for (chart_child *c = session->children; c != NULL; c = c->next) {
		tro_status opened =
			c->session == NULL ? TRO_OK : tro_chart_open_host(c->session, host, err);

		if (opened != TRO_OK) {
			return opened;
		}
	}
	if (session->xpath == NULL) {
		status = make_context(session, err);
	}
	for (size_t i = 0; status == TRO_OK && i < host->function_count; i++) {
		status = set_function(session, &host->functions[i], err);
	}
	return status;
}

/* ---- evaluation ---- */

chart_flow tro_chart_value_of(
	tro_chart_session *session, const chart_expr *expr, tro_xpath_value **out)
{
	tro_err err = {.status = TRO_OK, .message = ""};

	*out = NULL;
	if (expr->compiled == NULL) {
		return tro_chart_error_text(
			session, "error.execution", NULL, expr->line, "%s", expr->fault);
	}
	tro_xml_node *context =
		session->context != NULL ? session->context : tro_xml_root(session->data);
	tro_status status = tro_xpath_eval(out, session->xpath, expr->compiled, context, &err);

	if (tro_chart_spend(session, CHART_COST_OPERATIONS, tro_xpath_spent(session->xpath)) ==
		CHART_FAIL) {
		tro_xpath_value_free(status == TRO_OK ? *out : NULL);
		*out = NULL;
		return CHART_FAIL;
	}

	if (status == TRO_OK) {
		return CHART_ON;
	}
	*out = NULL;
	(void)tro_err_prefix(&err, status, "%s:%d", tro_chart_label(session->chart), expr->line);
	err.status = status;
	return tro_chart_error(session, "error.execution", NULL, &err);
}

chart_flow tro_chart_truth_of(tro_chart_session *session, const chart_expr *expr, bool *out)
{
	if (session->oracle != NULL) {
		return session->oracle->truth(session, expr, out);
	}
	tro_xpath_value *value = NULL;
	chart_flow flow = tro_chart_value_of(session, expr, &value);

	*out = flow == CHART_ON && tro_xpath_truth(value);
	tro_xpath_value_free(value);
	return flow;
}

chart_flow tro_chart_text_of(tro_chart_session *session, const chart_expr *expr, tro_buf *out)
{
	tro_xpath_value *value = NULL;
	chart_flow flow = tro_chart_value_of(session, expr, &value);

	if (flow == CHART_ON && tro_xpath_text(out, value, session->err) != TRO_OK) {
		flow = tro_chart_nomem(session);
	}
	tro_xpath_value_free(value);
	return flow;
}

/* ---- putting values into trees ---- */

tro_status tro_chart_copy_content(tro_xml_node *to, tro_xml_node *from, tro_err *err)
{
	tro_status status = TRO_OK;

	for (tro_xml_node *n = from == NULL ? NULL : tro_xml_first_any(from);
		n != NULL && status == TRO_OK; n = tro_xml_next_any(n)) {
		status = tro_xml_copy(NULL, to, TRO_XML_LAST_CHILD, n, err);
	}
	return status;
}

tro_status tro_chart_copy_value(tro_xml_node *to, tro_xml_node *from, tro_err *err)
{
	tro_status status = TRO_OK;

	for (tro_xml_node *a = tro_xml_first_attribute(from); a != NULL && status == TRO_OK;
		a = tro_xml_next_attribute(a)) {
		status = tro_xml_set(to, tro_xml_ns(a), tro_xml_name(a),
			tro_xml_get(from, tro_xml_ns(a), tro_xml_name(a)), err);
	}
	return status == TRO_OK ? tro_chart_copy_content(to, from, err) : status;
}

static tro_status put_node(tro_xml_node *parent, tro_xml_node *node, tro_err *err)
{
	switch (tro_xml_node_kind(node)) {
	case TRO_XML_ELEMENT:
	case TRO_XML_TEXT:
		return tro_xml_copy(NULL, parent, TRO_XML_LAST_CHILD, node, err);
	case TRO_XML_ATTRIBUTE: {
		tro_buf text = TRO_BUF_INIT;

		tro_xml_text(&text, node);
		tro_status status = tro_buf_status(&text, err);

		if (status == TRO_OK) {
			status = tro_xml_append_text(parent, text.ptr, err);
		}
		tro_buf_done(&text);
		return status;
	}
	case TRO_XML_OTHER:
		break;
	}
	return TRO_OK; /* comments and instructions are no data */
}

static tro_status afford(tro_chart_session *session, size_t bytes)
{
	return tro_chart_spend(session, CHART_COST_BYTES, bytes) == CHART_ON ? TRO_OK
									     : session->status;
}

static tro_status put_children(tro_xml_node *parent, tro_xml_node *node, tro_err *err)
{
	tro_status status = TRO_OK;

	for (tro_xml_node *n = tro_xml_first_any(node); status == TRO_OK && n != NULL;
		n = tro_xml_next_any(n)) {
		status = put_node(parent, n, err);
	}
	return status;
}

tro_status tro_chart_put_value(
	tro_chart_session *session, tro_xml_node *parent, const tro_xpath_value *value, bool unwrap)
{
	tro_status status = TRO_OK;

	if (tro_xpath_value_type(value) == TRO_XPATH_NODES) {
		for (size_t i = 0; status == TRO_OK && i < tro_xpath_node_count(value); i++) {
			tro_xml_node *node = tro_xpath_node_at(value, i);

			status = afford(session, tro_chart_weight(node));
			if (status != TRO_OK) {
				break;
			}
			status = unwrap && tro_chart_is_variable(session, node)
					 ? put_children(parent, node, session->err)
					 : put_node(parent, node, session->err);
		}
		return status;
	}
	tro_buf text = TRO_BUF_INIT;

	status = tro_xpath_text(&text, value, session->err);
	if (status == TRO_OK) {
		status = afford(session, text.len);
	}
	if (status == TRO_OK) {
		status = tro_xml_append_text(parent, text.ptr, session->err);
	}
	tro_buf_done(&text);
	return status;
}

tro_status tro_chart_put_words(tro_chart_session *session, tro_xml_node *parent, const char *text)
{
	tro_buf words = TRO_BUF_INIT;

	for (const char *p = text + strspn(text, " \t\r\n"); *p != '\0';) {
		size_t len = strcspn(p, " \t\r\n");

		if (words.len > 0) {
			tro_buf_putc(&words, ' ');
		}
		tro_buf_put(&words, p, len);
		p += len + strspn(p + len, " \t\r\n");
	}
	tro_status status = tro_buf_status(&words, session->err);

	if (status == TRO_OK) {
		status = tro_xml_append_text(parent, words.ptr, session->err);
	}
	tro_buf_done(&words);
	return status;
}

tro_status tro_chart_put_content(
	tro_chart_session *session, tro_xml_node *parent, const tro_xml_node *element)
{
	tro_status status = TRO_OK;

	if (tro_xml_first(element) == NULL) {
		tro_buf text = TRO_BUF_INIT;

		tro_xml_text(&text, element);
		status = tro_buf_status(&text, session->err);
		if (status == TRO_OK) {
			status = tro_chart_put_words(session, parent, text.ptr);
		}
		tro_buf_done(&text);
		return status;
	}

	for (tro_xml_node *n = tro_xml_first_any(element); status == TRO_OK && n != NULL;
		n = tro_xml_next_any(n)) {
		status = put_node(parent, n, session->err);
	}
	if (status == TRO_OK) {
		tro_xml_strip_blanks(parent);
	}
	return status;
}
