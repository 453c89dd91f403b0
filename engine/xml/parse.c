#include "xml/fault.h"
#include "xml/scan.h"
#include "xml/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

const tro_xml_limits tro_xml_limits_default = {
	.bytes = (size_t)8 * 1024 * 1024,
	.elements = 200000,
	.depth = 128,
};

/* The parser is its handlers' user data, because SAX2 needs it there; _private is ours. */
static void note_fault(void *user, xmlErrorPtr error)
{
	xmlParserCtxtPtr parser = user;

	tro_xml_fault_note(parser->_private, error);
}

static void refuse_subset(void *user, const xmlChar *name, const xmlChar *id, const xmlChar *uri)
{
	xmlParserCtxtPtr parser = user;

	(void)name;
	(void)id;
	(void)uri;
	tro_xml_fault_say(parser->_private, xmlSAX2GetLineNumber(parser),
		"DOCTYPE is not allowed; remove it");
	xmlStopParser(parser);
}

/* Entities cannot be declared; if one were, it would be ignored. */
static void ignore_entity(void *user, const xmlChar *name, int type, const xmlChar *public_id,
	const xmlChar *system_id, xmlChar *content)
{
	(void)user;
	(void)name;
	(void)type;
	(void)public_id;
	(void)system_id;
	(void)content;
}

tro_status tro_xml_parse(tro_xml_doc **out, const char *bytes, size_t len, const char *name,
	const tro_xml_limits *limits, tro_err *err)
{
	tro_xml_fault fault = {0};

	*out = NULL;
	tro_status status = tro_xml_scan(
		bytes, len, name, limits == NULL ? &tro_xml_limits_default : limits, err);

	if (status != TRO_OK) {
		return status;
	}
	xmlParserCtxtPtr parser = xmlNewParserCtxt();

	if (parser == NULL) {
		return tro_err_nomem(err);
	}
	parser->_private = &fault;
	parser->sax->serror = note_fault;
	parser->sax->internalSubset = refuse_subset;
	parser->sax->externalSubset = refuse_subset;
	parser->sax->entityDecl = ignore_entity;
	/* Without a handler of its own CDATA arrives as text, so that a document has as many text
	 * nodes before canonicalisation as after it. */
	parser->sax->cdataBlock = NULL;

	xmlDocPtr doc = xmlCtxtReadMemory(parser, bytes, (int)len, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOWARNING | XML_PARSE_NOERROR);

	if (doc == NULL || fault.set || fault.nomem || !parser->wellFormed ||
		!parser->nsWellFormed || doc->intSubset != NULL || doc->extSubset != NULL ||
		xmlDocGetRootElement(doc) == NULL) {
		status = tro_xml_fault_report(&fault, name, NULL, err);
		xmlFreeDoc(doc);
	} else {
		*out = doc;
	}
	xmlFreeParserCtxt(parser);
	return status;
}

void tro_xml_free(tro_xml_doc *doc)
{
	xmlFreeDoc(doc);
}
