#include "xml/call.h"
#include "xml/chars.h"
#include "xml/fault.h"
#include "xml/namespace.h"
#include "xml/number.h"
#include "xml/output.h"
#include "xml/xml.h"

#include <libxml/xpathInternals.h>
#include <libxslt/extensions.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/variables.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XSL_NS "http://www.w3.org/1999/XSL/Transform"
#define XPATH_OP_LIMIT 20000000UL
#define INSTRUCTION_LIMIT 5000000UL
#define TEMPLATE_DEPTH_MAX 1000

struct tro_xslt {
	xsltStylesheetPtr style;
	char *name;
};

/* One application of a stylesheet; the transform context's _private. */
struct run {
	tro_xpath_scope scope;
	tro_xml_fault fault;
	char said[1000]; /* the last xsl:message */
	bool fault_next; /* what is printed next is a fault, not an xsl:message */
};

static const char *denied_element(const tro_xml_node *node)
{
	static const char *const names[] = {"import", "include", "document"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (tro_xml_is(node, XSL_NS, names[i])) {
			return names[i];
		}
	}
	/* Extension elements write files and run other things of the processor's own. */
	if (tro_xml_get(node, XSL_NS, "extension-element-prefixes") != NULL ||
		(strcmp(tro_xml_ns(node), XSL_NS) == 0 &&
			tro_xml_get(node, NULL, "extension-element-prefixes") != NULL)) {
		return "extension-element-prefixes";
	}
	/* Sorting by a language would go by what languages this machine has. */
	if (tro_xml_is(node, XSL_NS, "sort") && tro_xml_get(node, NULL, "lang") != NULL) {
		return "lang of xsl:sort";
	}
	return NULL;
}

static tro_status check_elements(tro_xml_node *node, const char *name, tro_err *err)
{
	const char *denied = denied_element(node);
	tro_status status = TRO_OK;

	if (denied != NULL) {
		return tro_err_set(err, TRO_INVALID,
			"%s:%d: %s is denied; a stylesheet must stand alone", name,
			tro_xml_line(node), denied);
	}
	for (tro_xml_node *child = tro_xml_first(node); child != NULL && status == TRO_OK;
		child = tro_xml_next(child)) {
		status = check_elements(child, name, err);
	}
	return status;
}

/* Takes doc in any case. */
static tro_status compile(tro_xslt *xslt, tro_xml_doc *doc, tro_err *err)
{
	tro_xml_fault fault = {0};
	tro_xml_fault *outer = tro_xml_fault_catch(&fault);

	/* libxslt says where a fault is by the document's own name. */
	if (doc->URL == NULL) {
		doc->URL = xmlStrdup(to_xml(xslt->name));
	}
	xslt->style = xsltParseStylesheetDoc(doc);
	tro_xml_fault_catch(outer);
	if (xslt->style == NULL) {
		tro_xml_free(doc);
	}
	if (xslt->style == NULL || fault.set || fault.nomem) {
		return tro_xml_fault_report(&fault, xslt->name, "is not a stylesheet", err);
	}
	return TRO_OK;
}

tro_status tro_xslt_parse(
	tro_xslt **out, const char *bytes, size_t len, const char *name, tro_err *err)
{
	tro_xml_doc *doc = NULL;

	*out = NULL;
	tro_status status = tro_xml_parse(&doc, bytes, len, name, NULL, err);

	if (status == TRO_OK) {
		status = check_elements(tro_xml_root(doc), name, err);
	}
	if (status != TRO_OK) {
		tro_xml_free(doc);
		return status;
	}
	tro_xslt *xslt = calloc(1, sizeof(*xslt));

	if (xslt != NULL) {
		xslt->name = strdup(name);
	}
	if (xslt == NULL || xslt->name == NULL) {
		tro_xml_free(doc);
		tro_xslt_free(xslt);
		return tro_err_nomem(err);
	}
	status = compile(xslt, doc, err);
	if (status != TRO_OK) {
		tro_xslt_free(xslt);
		return status;
	}
	*out = xslt;
	return TRO_OK;
}

void tro_xslt_free(tro_xslt *xslt)
{
	if (xslt != NULL) {
		xsltFreeStylesheet(xslt->style);
		free(xslt->name);
		free(xslt);
	}
}

/* libxslt prints a line of context and then the fault, but an xsl:message without context. */
TRO_PRINTF(2, 3) static void printed(void *user, const char *fmt, ...)
{
	struct run *run = user;
	char text[1000];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (tro_xml_fault_context(&run->fault, fmt, text)) {
		run->fault_next = true;
	} else if (run->fault_next || strcmp(fmt, "%s") != 0) {
		run->fault_next = false;
		if (strcmp(fmt, "\n") != 0) {
			tro_xml_fault_say(&run->fault, 0, text);
		}
	} else {
		tro_xml_fault_tidy(run->said, sizeof(run->said), text);
	}
}

static void note_fault(void *user, xmlErrorPtr error)
{
	struct run *run = user;

	tro_xml_fault_note(&run->fault, error);
}

static void call_function(xmlXPathParserContextPtr parser, int nargs)
{
	xsltTransformContextPtr transform = xsltXPathGetTransformContext(parser);
	struct run *run = transform->_private;

	tro_xpath_dispatch(&run->scope, parser, nargs);
	if (run->scope.status != TRO_OK) {
		transform->state = XSLT_STATE_STOPPED;
	}
}

static void deny_function(xmlXPathParserContextPtr parser, const char *reason)
{
	xsltTransformContextPtr transform = xsltXPathGetTransformContext(parser);
	struct run *run = transform->_private;

	tro_xml_fault_say(&run->fault, 0, reason);
	transform->state = XSLT_STATE_STOPPED;
	xmlXPathErr(parser, XPATH_EXPR_ERROR);
}

static void deny_document(xmlXPathParserContextPtr parser, int nargs)
{
	(void)nargs;
	deny_function(parser, "document() is denied; a stylesheet sees its source alone");
}

static tro_status prepare(xsltTransformContextPtr transform, struct run *run,
	const tro_xslt_param *params, tro_err *err)
{
	transform->_private = run;
	transform->maxTemplateDepth = TEMPLATE_DEPTH_MAX;
	transform->opLimit = INSTRUCTION_LIMIT;
	transform->xpathCtxt->opLimit = XPATH_OP_LIMIT;
	transform->xpathCtxt->error = note_fault;
	transform->xpathCtxt->userData = run;
	xsltSetTransformErrorFunc(transform, run, printed);
	if (xsltSetCtxtSecurityPrefs(xsltGetDefaultSecurityPrefs(), transform) != 0) {
		return tro_err_set(err, TRO_SYSTEM, "libxslt cannot be kept from files");
	}
	if (!tro_xpath_bind_numbers(transform->xpathCtxt) ||
		!tro_xpath_bind(transform->xpathCtxt, "", "document", deny_document)) {
		return tro_err_nomem(err);
	}
	for (size_t i = 0; i < run->scope.count; i++) {
		const tro_xslt_function *function = &run->scope.functions[i];

		if (!tro_xpath_bind(transform->xpathCtxt, tro_xml_ns_or_none(function->ns),
			    function->name, call_function)) {
			return tro_err_nomem(err);
		}
	}
	for (; params != NULL && params->name != NULL; params++) {
		if (xsltQuoteOneUserParam(transform, to_xml(params->name), to_xml(params->value)) !=
			0) {
			return tro_err_set(err, TRO_INVALID,
				"stylesheet parameter '%s' cannot be set", params->name);
		}
	}
	return TRO_OK;
}

static tro_status save(tro_buf *out, const tro_xslt *xslt, xmlDocPtr result, tro_err *err)
{
	const xmlChar *encoding = xslt->style->encoding;
	xmlCharEncodingHandlerPtr encoder = NULL;
	tro_xml_output output;

	if (result->children == NULL) {
		return TRO_OK;
	}
	if (encoding != NULL && xmlStrcasecmp(encoding, to_xml("UTF-8")) != 0) {
		encoder = xmlFindCharEncodingHandler(from_xml(encoding));
		if (encoder == NULL) {
			return tro_err_set(err, TRO_INVALID, "%s: unknown output encoding '%s'",
				xslt->name, from_xml(encoding));
		}
	}
	tro_status status = tro_xml_output_open(&output, out, encoder, err);

	if (status != TRO_OK) {
		return status;
	}
	int written = xsltSaveResultTo(output.buffer, result, xslt->style);

	if (tro_xml_output_close(&output, written < 0)) {
		return TRO_OK;
	}
	return tro_err_nomem(err);
}

static tro_status outcome(xsltTransformContextPtr transform, const struct run *run,
	const tro_xslt *xslt, xmlDocPtr result, tro_err *err)
{
	if (run->scope.status != TRO_OK) {
		return tro_err_prefix(err, run->scope.status, "%s", xslt->name);
	}
	if (result != NULL && transform->state == XSLT_STATE_OK && !run->fault.set) {
		return TRO_OK;
	}
	return tro_xml_fault_report(&run->fault, xslt->name,
		run->said[0] != '\0' ? run->said : "the transformation failed", err);
}

tro_status tro_xslt_apply(tro_buf *out, const tro_xslt *xslt, tro_xml_doc *doc,
	const tro_xslt_param *params, const tro_xslt_function *functions, tro_err *err)
{
	struct run run = {.scope = {.functions = functions, .err = err}};

	while (functions != NULL && functions[run.scope.count].name != NULL) {
		run.scope.count++;
	}
	/* libxslt strips blanks from its source and numbers its nodes. */
	xmlDocPtr source = xmlCopyDoc(doc, 1);
	xsltTransformContextPtr transform =
		source == NULL ? NULL : xsltNewTransformContext(xslt->style, source);

	if (transform == NULL) {
		xmlFreeDoc(source);
		return tro_err_nomem(err);
	}
	tro_xml_fault *outer = tro_xml_fault_catch(&run.fault);
	xmlDocPtr result = NULL;
	tro_status status = prepare(transform, &run, params, err);

	if (status == TRO_OK) {
		result = xsltApplyStylesheetUser(xslt->style, source, NULL, NULL, NULL, transform);
		status = outcome(transform, &run, xslt, result, err);
	}
	if (status == TRO_OK) {
		status = save(out, xslt, result, err);
	}
	tro_xml_fault_catch(outer);
	xmlFreeDoc(result);
	xsltFreeTransformContext(transform);
	xmlFreeDoc(source);
	return status;
}
