#include "xml/chars.h"
#include "xml/fault.h"
#include "xml/xml.h"

#include <libxml/globals.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/xmlschemastypes.h>
#include <libxslt/documents.h>
#include <libxslt/extensions.h>
#include <libxslt/security.h>
#include <libxslt/xslt.h>
#include <libxslt/xsltutils.h>
#include <stdio.h>

static xsltSecurityPrefsPtr deny_all;

static void structured_fault(void *user, xmlErrorPtr error)
{
	(void)user;
	tro_xml_fault_note(tro_xml_fault_sink(), error);
}

/* libxslt says one thing in several calls: a line of context, then the fault. The sink keeps the
 * fault. */
TRO_PRINTF(2, 3) static void printed_fault(void *user, const char *fmt, ...)
{
	char text[1000];
	va_list args;

	(void)user;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (!tro_xml_fault_context(tro_xml_fault_sink(), fmt, text)) {
		tro_xml_fault_say(tro_xml_fault_sink(), 0, text);
	}
}

static xmlParserInputPtr deny_entity(const char *url, const char *id, xmlParserCtxtPtr parser)
{
	(void)url;
	(void)id;
	(void)parser;
	return NULL;
}

static xmlDocPtr deny_document(
	const xmlChar *uri, xmlDictPtr dict, int options, void *context, xsltLoadType type)
{
	(void)dict;
	(void)options;
	(void)context;
	(void)type;
	char text[300];

	snprintf(text, sizeof(text), "reading '%s' is denied", uri == NULL ? "" : from_xml(uri));
	tro_xml_fault_say(tro_xml_fault_sink(), 0, text);
	return NULL;
}

static tro_status deny_files(tro_err *err)
{
	static const xsltSecurityOption options[] = {XSLT_SECPREF_READ_FILE,
		XSLT_SECPREF_WRITE_FILE, XSLT_SECPREF_CREATE_DIRECTORY, XSLT_SECPREF_READ_NETWORK,
		XSLT_SECPREF_WRITE_NETWORK};

	deny_all = xsltNewSecurityPrefs();
	if (deny_all == NULL) {
		return tro_err_nomem(err);
	}
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (xsltSetSecurityPrefs(deny_all, options[i], xsltSecurityForbid) != 0) {
			return tro_err_set(err, TRO_SYSTEM, "libxslt cannot be kept from files");
		}
	}
	xsltSetDefaultSecurityPrefs(deny_all);
	xsltSetLoaderFunc(deny_document);
	return TRO_OK;
}

tro_status tro_xml_init(tro_err *err)
{
	if (deny_all != NULL) {
		return TRO_OK;
	}
	xmlInitParser();
	/* The Thr variants are the defaults of threads that start later. */
	xmlSetGenericErrorFunc(NULL, printed_fault);
	xmlThrDefSetGenericErrorFunc(NULL, printed_fault);
	xmlSetStructuredErrorFunc(NULL, structured_fault);
	xmlThrDefSetStructuredErrorFunc(NULL, structured_fault);
	xmlSetExternalEntityLoader(deny_entity);
	/* Data types are built at first use otherwise, which is not safe among threads. */
	xmlSchemaInitTypes();
	if (xmlRelaxNGInitTypes() != 0) {
		return tro_err_nomem(err);
	}
	xsltInit();
	xsltSetGenericErrorFunc(NULL, printed_fault);
	return deny_files(err);
}

void tro_xml_quit(void)
{
	xsltSetDefaultSecurityPrefs(NULL);
	xsltFreeSecurityPrefs(deny_all);
	deny_all = NULL;
	xsltCleanupGlobals();
	xmlRelaxNGCleanupTypes();
	xmlCleanupParser();
}
