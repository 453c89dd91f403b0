#include "xml/call.h"

#include "xml/chars.h"
#include "xml/namespace.h"
#include "xml/number.h"
#include "xml/value.h"

#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <string.h>

#define ARGS_MAX 32

struct tro_xpath_call {
	size_t count;
	xmlXPathObjectPtr args[ARGS_MAX];
	tro_buf strings[ARGS_MAX]; /* string values asked for */
	bool returned;
	xmlXPathObjectPtr result; /* NULL after a return: out of memory */
};

size_t tro_xpath_arg_count(const tro_xpath_call *call)
{
	return call->count;
}

static void put_string(tro_buf *out, xmlXPathObjectPtr object)
{
	if (object->type == XPATH_NUMBER) {
		tro_xpath_put_number(out, object->floatval);
		return;
	}
	xmlChar *text = xmlXPathCastToString(object);

	if (text == NULL) {
		out->status = TRO_NOMEM;
		return;
	}
	tro_buf_puts(out, from_xml(text));
	xmlFree(text);
}

const char *tro_xpath_arg_string(tro_xpath_call *call, size_t index)
{
	if (index >= call->count) {
		return "";
	}
	if (call->args[index]->type == XPATH_STRING) {
		return from_xml(call->args[index]->stringval);
	}
	tro_buf *text = &call->strings[index];

	if (text->len == 0) {
		put_string(text, call->args[index]);
	}
	return text->status == TRO_OK ? text->ptr : NULL;
}

double tro_xpath_arg_number(tro_xpath_call *call, size_t index)
{
	return index < call->count ? xmlXPathCastToNumber(call->args[index]) : xmlXPathNAN;
}

tro_xml_node *tro_xpath_arg_node(tro_xpath_call *call, size_t index)
{
	if (index >= call->count) {
		return NULL;
	}
	xmlNodeSetPtr set = call->args[index]->nodesetval;

	if ((call->args[index]->type != XPATH_NODESET &&
		    call->args[index]->type != XPATH_XSLT_TREE) ||
		xmlXPathNodeSetIsEmpty(set)) {
		return NULL;
	}
	tro_xpath_sort(set);
	return set->nodeTab[0];
}

size_t tro_xpath_arg_node_count(const tro_xpath_call *call, size_t index)
{
	if (index >= call->count || call->args[index]->type != XPATH_NODESET) {
		return 0;
	}
	tro_xpath_sort(call->args[index]->nodesetval);
	return (size_t)xmlXPathNodeSetGetLength(call->args[index]->nodesetval);
}

tro_xml_node *tro_xpath_arg_node_at(tro_xpath_call *call, size_t index, size_t node)
{
	return xmlXPathNodeSetItem(call->args[index]->nodesetval, (int)node);
}

static void give(tro_xpath_call *call, xmlXPathObjectPtr result)
{
	xmlXPathFreeObject(call->result);
	call->result = result;
	call->returned = true;
}

void tro_xpath_return_string(tro_xpath_call *call, const char *text)
{
	give(call, xmlXPathNewString(to_xml(text == NULL ? "" : text)));
}

void tro_xpath_return_nodes(tro_xpath_call *call, tro_xml_node *const *nodes, size_t count)
{
	xmlNodeSetPtr set = xmlXPathNodeSetCreate(NULL);

	for (size_t i = 0; i < count && set != NULL; i++) {
		if (xmlXPathNodeSetAddUnique(set, nodes[i]) != 0) {
			xmlXPathFreeNodeSet(set);
			set = NULL;
		}
	}
	give(call, set == NULL ? NULL : xmlXPathWrapNodeSet(set));
}

void tro_xpath_return_number(tro_xpath_call *call, double number)
{
	give(call, xmlXPathNewFloat(number));
}

void tro_xpath_return_boolean(tro_xpath_call *call, bool truth)
{
	give(call, xmlXPathNewBoolean(truth));
}

bool tro_xpath_bind(
	xmlXPathContextPtr context, const char *ns, const char *name, xmlXPathFunction function)
{
	const xmlChar *uri = ns[0] == '\0' ? NULL : to_xml(ns);

	/* libxml2 adds a name only if it is not there. */
	xmlXPathRegisterFuncNS(context, to_xml(name), uri, NULL);
	return xmlXPathRegisterFuncNS(context, to_xml(name), uri, function) == 0;
}

static const tro_xslt_function *find_function(
	const tro_xpath_scope *scope, const xmlXPathContext *context)
{
	const char *ns = context->functionURI == NULL ? "" : from_xml(context->functionURI);

	for (size_t i = 0; i < scope->count; i++) {
		const tro_xslt_function *function = &scope->functions[i];

		if (strcmp(function->name, from_xml(context->function)) == 0 &&
			strcmp(tro_xml_ns_or_none(function->ns), ns) == 0) {
			return function;
		}
	}
	return NULL;
}

static tro_status run(tro_xpath_scope *scope, tro_xpath_call *call,
	const tro_xslt_function *function, const char *name)
{
	tro_err discarded;
	tro_err *err = scope->err == NULL ? &discarded : scope->err;

	if (function == NULL) {
		return tro_err_set(err, TRO_INVALID, "function %s() is not available here", name);
	}
	err->message[0] = '\0';
	tro_status status = function->function(call, function->user, err);

	if (status != TRO_OK) {
		return err->message[0] != '\0'
			       ? status
			       : tro_err_set(err, status, "function %s() failed", name);
	}
	if (call->result == NULL) {
		return call->returned ? tro_err_nomem(err)
				      : tro_err_set(err, TRO_INVALID,
						"function %s() returned no value", name);
	}
	return TRO_OK;
}

void tro_xpath_dispatch(tro_xpath_scope *scope, xmlXPathParserContextPtr parser, int nargs)
{
	tro_xpath_call call = {0};
	const tro_xslt_function *function = find_function(scope, parser->context);

	if (nargs < 0 || nargs > ARGS_MAX) {
		xmlXPathErr(parser, XPATH_INVALID_ARITY);
		return;
	}
	call.count = (size_t)nargs;
	for (size_t i = 0; i < call.count; i++) {
		call.strings[i] = (tro_buf)TRO_BUF_INIT;
	}
	bool complete = true;

	for (size_t i = call.count; i > 0; i--) {
		call.args[i - 1] = valuePop(parser);
		complete = complete && call.args[i - 1] != NULL;
	}
	if (complete) {
		tro_status status =
			run(scope, &call, function, from_xml(parser->context->function));

		if (status != TRO_OK && scope->status == TRO_OK) {
			scope->status = status;
		}
		if (status == TRO_OK) {
			valuePush(parser, call.result);
			call.result = NULL;
		}
	}
	if (!complete || scope->status != TRO_OK) {
		xmlXPathErr(parser, XPATH_EXPR_ERROR);
	}
	xmlXPathFreeObject(call.result);
	for (size_t i = 0; i < call.count; i++) {
		xmlXPathFreeObject(call.args[i]);
		tro_buf_done(&call.strings[i]);
	}
}
