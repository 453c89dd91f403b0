/*
 * Expressions and evaluation.
 *
 * libxml2 stores in a compiled expression which function of which context a name stood for. An
 * expression compiled once and evaluated in several contexts, or several threads, would call into
 * the wrong one. So a tro_xpath_expr is only a checked text, immutable and free to be shared; each
 * context compiles it when it first meets it and keeps the result.
 */
#include "xml/call.h"
#include "xml/chars.h"
#include "xml/fault.h"
#include "xml/namespace.h"
#include "xml/number.h"
#include "xml/value.h"
#include "xml/xml.h"

#include "base/arena.h"
#include "base/text.h"

#include <libxml/hash.h>
#include <libxml/xpathInternals.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OP_LIMIT_DEFAULT 1000000
#define EXPRESSION_BYTES_MAX 65536
#define COMPILED_MAX 4096 /* expressions that a context keeps */

struct tro_xpath_expr {
	char *text;
	xmlNsPtr
		*namespaces; /* own, of the prefixes that the text uses; NULL when there are none */
	size_t namespace_count;
	char *key; /* text, and what its prefixes stand for: what is compiled is kept under it */
};

struct evaluation {
	tro_xpath_scope scope;
	tro_xml_fault fault;
	struct evaluation *outer; /* a function or variable may evaluate in turn */
};

struct tro_xpath {
	xmlXPathContextPtr context;
	unsigned long op_limit;
	xmlHashTablePtr compiled; /* key to xmlXPathCompExpr */
	tro_xslt_function *functions;
	size_t function_count;
	tro_arena *names; /* of functions */
	tro_xpath_variable variable;
	void *variable_user;
	struct evaluation *running;
};

static void note_fault(void *user, xmlErrorPtr error)
{
	tro_xpath *xpath = user;

	if (xpath->running != NULL) {
		tro_xml_fault_note(&xpath->running->fault, error);
	}
}

static void free_compiled(void *payload, const xmlChar *name)
{
	(void)name;
	xmlXPathFreeCompExpr(payload);
}

static void forget_compiled(tro_xpath *xpath)
{
	xmlHashFree(xpath->compiled, free_compiled);
	xpath->compiled = NULL;
}

tro_xpath *tro_xpath_new(unsigned long op_limit)
{
	tro_xpath *xpath = calloc(1, sizeof(*xpath));

	if (xpath == NULL) {
		return NULL;
	}
	xpath->context = xmlXPathNewContext(NULL);
	xpath->names = tro_arena_new();
	if (xpath->context == NULL || xpath->names == NULL ||
		!tro_xpath_bind_numbers(xpath->context)) {
		xmlXPathFreeContext(xpath->context);
		tro_arena_free(xpath->names);
		free(xpath);
		return NULL;
	}
	xpath->op_limit = op_limit == 0 ? OP_LIMIT_DEFAULT : op_limit;
	xpath->context->userData = xpath;
	xpath->context->error = note_fault;
	return xpath;
}

void tro_xpath_free(tro_xpath *xpath)
{
	if (xpath == NULL) {
		return;
	}
	forget_compiled(xpath);
	xmlXPathFreeContext(xpath->context);
	free(xpath->functions);
	tro_arena_free(xpath->names);
	free(xpath);
}

tro_status tro_xpath_set_prefix(tro_xpath *xpath, const char *prefix, const char *uri, tro_err *err)
{
	/* What is compiled knows what its prefixes stood for. */
	forget_compiled(xpath);
	if (xmlXPathRegisterNs(xpath->context, to_xml(prefix), to_xml(uri)) != 0) {
		return tro_err_nomem(err);
	}
	return TRO_OK;
}

static void call_function(xmlXPathParserContextPtr parser, int nargs)
{
	tro_xpath *xpath = parser->context->userData;

	tro_xpath_dispatch(&xpath->running->scope, parser, nargs);
}

tro_status tro_xpath_set_function(tro_xpath *xpath, const char *ns, const char *name,
	tro_xpath_function function, void *user, tro_err *err)
{
	const char *uri = tro_xml_ns_or_none(ns);
	size_t count = xpath->function_count;

	forget_compiled(xpath);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(xpath->functions[i].ns, uri) == 0 &&
			strcmp(xpath->functions[i].name, name) == 0) {
			xpath->functions[i].function = function;
			xpath->functions[i].user = user;
			return TRO_OK;
		}
	}
	tro_xslt_function *functions = realloc(xpath->functions, (count + 1) * sizeof(*functions));

	if (functions == NULL) {
		return tro_err_nomem(err);
	}
	xpath->functions = functions;
	const char *own_ns = tro_arena_strdup(xpath->names, uri);
	const char *own_name = tro_arena_strdup(xpath->names, name);

	if (own_ns == NULL || own_name == NULL ||
		!tro_xpath_bind(xpath->context, uri, name, call_function)) {
		return tro_err_nomem(err);
	}
	functions[count] = (tro_xslt_function){
		.ns = own_ns, .name = own_name, .function = function, .user = user};
	xpath->function_count++;
	return TRO_OK;
}

/* NULL makes libxml2 fail with an undefined variable. */
static xmlXPathObjectPtr look_up(void *user, const xmlChar *name, const xmlChar *ns)
{
	tro_xpath *xpath = user;
	tro_xpath_scope *scope = &xpath->running->scope;
	tro_xpath_value *value = NULL;
	tro_err discarded;
	tro_err *err = scope->err == NULL ? &discarded : scope->err;
	tro_status status = TRO_NOT_FOUND;

	if (scope->status != TRO_OK) {
		return NULL;
	}
	err->message[0] = '\0';
	if (xpath->variable != NULL && ns == NULL) {
		status = xpath->variable(&value, from_xml(name), xpath->variable_user, err);
	}
	if ((status == TRO_NOT_FOUND && err->message[0] == '\0') ||
		(status == TRO_OK && value == NULL)) {
		char reason[300];

		snprintf(reason, sizeof(reason), "unknown variable $%.250s", from_xml(name));
		tro_xml_fault_say(&xpath->running->fault, 0, reason);
		return NULL;
	}
	xmlXPathObjectPtr object = status == TRO_OK ? tro_xpath_value_object(value) : NULL;

	tro_xpath_value_free(value);
	if (status == TRO_OK && object == NULL) {
		status = tro_err_nomem(err);
	} else if (status != TRO_OK && err->message[0] == '\0') {
		tro_err_set(err, status, "cannot read variable $%s", from_xml(name));
	}
	scope->status = status;
	return object;
}

void tro_xpath_set_variables(tro_xpath *xpath, tro_xpath_variable variable, void *user)
{
	xpath->variable = variable;
	xpath->variable_user = user;
}

static tro_status check_text(const char *text, tro_err *err)
{
	size_t len = strlen(text);

	if (len > EXPRESSION_BYTES_MAX) {
		return tro_err_set(err, TRO_INVALID,
			"XPath expression has %zu bytes, at most %d are read", len,
			EXPRESSION_BYTES_MAX);
	}
	if (!tro_utf8_valid(text, len)) {
		return tro_err_set(err, TRO_INVALID, "XPath expression is not UTF-8");
	}
	return TRO_OK;
}

static tro_status compile(xmlXPathCompExprPtr *out, tro_xpath *xpath, const char *text,
	const tro_xml_fault *fault, tro_err *err)
{
	*out = xmlXPathCtxtCompile(xpath->context, to_xml(text));
	if (*out != NULL) {
		return TRO_OK;
	}
	if (fault->nomem || !fault->set) {
		return tro_err_nomem(err);
	}
	return tro_err_set(err, TRO_INVALID, "'%s' is no XPath expression: %s at offset %d", text,
		fault->message, fault->offset);
}

/* Says what is wrong with an expression: that takes a context, which costs four times as much as
 * compiling. */
static tro_status explain(const char *text, tro_err *err)
{
	tro_xpath *xpath = tro_xpath_new(0);
	xmlXPathCompExprPtr compiled = NULL;
	struct evaluation evaluation = {0};

	if (xpath == NULL) {
		return tro_err_nomem(err);
	}
	xpath->running = &evaluation;
	tro_status status = compile(&compiled, xpath, text, &evaluation.fault, err);

	xmlXPathFreeCompExpr(compiled);
	tro_xpath_free(xpath);
	return status;
}

/* Does the text compile? */
static tro_status try_compile(const char *text, tro_err *err)
{
	tro_xml_fault ignored = {0};
	tro_xml_fault *outer = tro_xml_fault_catch(&ignored);
	xmlXPathCompExprPtr compiled = xmlXPathCompile(to_xml(text));

	tro_xml_fault_catch(outer);
	if (compiled == NULL) {
		return explain(text, err);
	}
	xmlXPathFreeCompExpr(compiled);
	return TRO_OK;
}

/* May the text use the prefix? Quotes are not looked at: one too many does no harm. */
static bool uses(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	for (const char *at = text; (at = strstr(at, prefix)) != NULL; at++) {
		if (at[len] == ':' && at[len + 1] != ':') {
			return true;
		}
	}
	return false;
}

/* The declaration from which a prefix has its meaning at an element. */
static xmlNsPtr nearest(const xmlNode *element, const xmlChar *prefix)
{
	for (const xmlNode *node = element; node != NULL && node->type == XML_ELEMENT_NODE;
		node = node->parent) {
		for (xmlNsPtr ns = node->nsDef; ns != NULL; ns = ns->next) {
			if (ns->prefix != NULL && xmlStrEqual(ns->prefix, prefix)) {
				return ns;
			}
		}
	}
	return NULL;
}

/* The declarations in scope at an element whose prefix the text uses, one by one; NULL at the end.
 */
static xmlNsPtr used_at(const xmlNode *element, const char *text, size_t index)
{
	if (element == NULL || strchr(text, ':') == NULL) {
		return NULL;
	}
	for (const xmlNode *node = element; node != NULL && node->type == XML_ELEMENT_NODE;
		node = node->parent) {
		for (xmlNsPtr ns = node->nsDef; ns != NULL; ns = ns->next) {
			if (ns->prefix != NULL && uses(text, from_xml(ns->prefix)) &&
				nearest(element, ns->prefix) == ns && index-- == 0) {
				return ns;
			}
		}
	}
	return NULL;
}

static tro_status make_key(tro_xpath_expr *expr)
{
	tro_buf key = TRO_BUF_INIT;

	tro_buf_puts(&key, expr->text);
	for (size_t i = 0; i < expr->namespace_count; i++) {
		tro_buf_printf(&key, "\n%s=%s", from_xml(expr->namespaces[i]->prefix),
			from_xml(expr->namespaces[i]->href));
	}
	tro_status status = tro_buf_status(&key, NULL);

	expr->key = status == TRO_OK ? strdup(key.ptr) : NULL;
	tro_buf_done(&key);
	return expr->key == NULL ? TRO_NOMEM : TRO_OK;
}

static tro_status keep_namespaces(tro_xpath_expr *expr, const tro_xml_node *element)
{
	size_t count = 0;

	while (used_at(element, expr->text, count) != NULL) {
		count++;
	}
	expr->namespaces = count == 0 ? NULL : calloc(count, sizeof(*expr->namespaces));
	if (count > 0 && expr->namespaces == NULL) {
		return TRO_NOMEM;
	}
	while (expr->namespace_count < count) {
		xmlNsPtr ns = used_at(element, expr->text, expr->namespace_count);
		xmlNsPtr own = xmlNewNs(NULL, ns->href, ns->prefix);

		if (own == NULL) {
			return TRO_NOMEM;
		}
		expr->namespaces[expr->namespace_count++] = own;
	}
	return make_key(expr);
}

tro_status tro_xpath_compile_at(
	tro_xpath_expr **out, const char *text, const tro_xml_node *element, tro_err *err)
{
	*out = NULL;
	tro_status status = check_text(text, err);

	if (status == TRO_OK) {
		status = try_compile(text, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	tro_xpath_expr *expr = calloc(1, sizeof(*expr));

	if (expr == NULL) {
		return tro_err_nomem(err);
	}
	expr->text = strdup(text);
	if (expr->text == NULL || keep_namespaces(expr, element) != TRO_OK) {
		tro_xpath_expr_free(expr);
		return tro_err_nomem(err);
	}
	*out = expr;
	return TRO_OK;
}

tro_status tro_xpath_compile(tro_xpath_expr **out, const char *text, tro_err *err)
{
	return tro_xpath_compile_at(out, text, NULL, err);
}

bool tro_xpath_expr_fits(const tro_xpath_expr *expr, const tro_xml_node *element)
{
	bool same = used_at(element, expr->text, expr->namespace_count) == NULL;

	for (size_t i = 0; i < expr->namespace_count && same; i++) {
		xmlNsPtr ns = used_at(element, expr->text, i);

		same = ns != NULL && xmlStrEqual(ns->prefix, expr->namespaces[i]->prefix) &&
		       xmlStrEqual(ns->href, expr->namespaces[i]->href);
	}
	return same;
}

void tro_xpath_expr_free(tro_xpath_expr *expr)
{
	if (expr != NULL) {
		for (size_t i = 0; i < expr->namespace_count; i++) {
			xmlFreeNs(expr->namespaces[i]);
		}
		free(expr->namespaces);
		free(expr->key);
		free(expr->text);
		free(expr);
	}
}

const char *tro_xpath_expr_text(const tro_xpath_expr *expr)
{
	return expr->text;
}

/* The context's own compiled form of an expression; borrowed from the context. */
static tro_status compiled_of(
	xmlXPathCompExprPtr *out, tro_xpath *xpath, const tro_xpath_expr *expr, tro_err *err)
{
	struct evaluation *evaluation = xpath->running;

	/* An outer evaluation still runs on what is kept. */
	if (xpath->compiled != NULL && evaluation->outer == NULL &&
		xmlHashSize(xpath->compiled) >= COMPILED_MAX) {
		forget_compiled(xpath);
	}
	if (xpath->compiled == NULL) {
		xpath->compiled = xmlHashCreate(64);
		if (xpath->compiled == NULL) {
			return tro_err_nomem(err);
		}
	}
	*out = xmlHashLookup(xpath->compiled, to_xml(expr->key));
	if (*out != NULL) {
		return TRO_OK;
	}
	tro_status status = compile(out, xpath, expr->text, &evaluation->fault, err);

	if (status == TRO_OK && xmlHashAddEntry(xpath->compiled, to_xml(expr->key), *out) != 0) {
		xmlXPathFreeCompExpr(*out);
		return tro_err_nomem(err);
	}
	return status;
}

static tro_status finish(tro_xpath_value **out, const struct evaluation *evaluation,
	xmlXPathObjectPtr object, const char *text, tro_err *err)
{
	if (evaluation->scope.status != TRO_OK) {
		xmlXPathFreeObject(object);
		return evaluation->scope.status;
	}
	if (evaluation->fault.nomem) {
		xmlXPathFreeObject(object);
		return tro_err_nomem(err);
	}
	if (object == NULL || evaluation->fault.set) {
		xmlXPathFreeObject(object);
		return tro_err_set(err, TRO_INVALID, "cannot evaluate '%s': %s", text,
			tro_xml_fault_reason(&evaluation->fault, "evaluation failed"));
	}
	*out = tro_xpath_value_from(object);
	return *out == NULL ? tro_err_nomem(err) : TRO_OK;
}

static tro_status evaluate(tro_xpath_value **out, tro_xpath *xpath, const tro_xpath_expr *expr,
	tro_xml_node *node, tro_err *err)
{
	xmlXPathContextPtr context = xpath->context;
	xmlXPathCompExprPtr compiled = NULL;
	tro_status status = compiled_of(&compiled, xpath, expr, err);

	if (status != TRO_OK) {
		return status;
	}
	if (xpath->running->outer == NULL) {
		/* libxml2 never resets it. */
		context->opCount = 0;
	}
	context->opLimit = xpath->op_limit;
	context->node = node;
	context->doc = node == NULL ? NULL : tro_xml_doc_of(node);
	context->contextSize = 1;
	context->proximityPosition = 1;
	context->namespaces = expr->namespaces;
	context->nsNr = (int)expr->namespace_count;
	xmlXPathRegisterVariableLookup(context, look_up, xpath);
	return finish(
		out, xpath->running, xmlXPathCompiledEval(compiled, context), expr->text, err);
}

tro_status tro_xpath_eval(tro_xpath_value **out, tro_xpath *xpath, const tro_xpath_expr *expr,
	tro_xml_node *node, tro_err *err)
{
	struct evaluation evaluation = {.scope = {.functions = xpath->functions,
						.count = xpath->function_count,
						.err = err},
		.outer = xpath->running};
	xmlXPathContextPtr context = xpath->context;
	xmlNodePtr outer_node = context->node;
	xmlDocPtr outer_doc = context->doc;
	int outer_size = context->contextSize;
	int outer_position = context->proximityPosition;
	const xmlChar *outer_function = context->function;
	const xmlChar *outer_uri = context->functionURI;
	xmlNsPtr *outer_namespaces = context->namespaces;
	int outer_namespace_count = context->nsNr;

	*out = NULL;
	xpath->running = &evaluation;
	tro_xml_fault *outer_sink = tro_xml_fault_catch(&evaluation.fault);
	tro_status status = evaluate(out, xpath, expr, node, err);

	tro_xml_fault_catch(outer_sink);
	xpath->running = evaluation.outer;
	context->node = outer_node;
	context->doc = outer_doc;
	context->contextSize = outer_size;
	context->proximityPosition = outer_position;
	context->function = outer_function;
	context->functionURI = outer_uri;
	context->namespaces = outer_namespaces;
	context->nsNr = outer_namespace_count;
	return status;
}

unsigned long tro_xpath_spent(const tro_xpath *xpath)
{
	return xpath->context->opCount;
}
