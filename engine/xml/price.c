#include "xml/price.h"

#include <libxml/xpathInternals.h>
#include <string.h>
#include <tro/buf.h>

#include "xml/chars.h"

enum { BYTES_AN_OPERATION = 4, JOINED_MAX = 4 << 20 };

static bool charge(xmlXPathParserContextPtr parser, size_t bytes)
{
	xmlXPathContextPtr context = parser->context;

	if (context->extra != NULL) {
		return true; /* a stylesheet's, whose count runs over the whole transformation, has
				its own limits */
	}
	context->opCount += 1 + bytes / BYTES_AN_OPERATION;
	if (context->opLimit != 0 && context->opCount > context->opLimit) {
		xmlXPathErr(parser, XPATH_OP_LIMIT_EXCEEDED);
		return false;
	}
	return true;
}

bool tro_xpath_read_out(xmlXPathParserContextPtr parser, xmlXPathObjectPtr *slot)
{
	xmlChar *text = xmlXPathCastToString(*slot);
	size_t len = text == NULL ? 0 : strlen(from_xml(text));
	xmlXPathObjectPtr string = text == NULL ? NULL : xmlXPathWrapString(text);

	if (string == NULL) {
		xmlXPathErr(parser, XPATH_MEMORY_ERROR);
		return false;
	}
	xmlXPathFreeObject(*slot);
	*slot = string;
	return charge(parser, len);
}

/* All that the arguments hold, in order; false when it is too long. */
static bool gather(tro_buf *out, xmlXPathParserContextPtr parser, int nargs)
{
	for (int i = 0; i < nargs; i++) {
		xmlChar *part = xmlXPathCastToString(parser->valueTab[parser->valueNr - nargs + i]);
		size_t len = part == NULL ? 0 : strlen(from_xml(part));
		bool fits = len <= JOINED_MAX - out->len;

		if (fits && part != NULL) {
			tro_buf_put(out, from_xml(part), len);
		}
		xmlFree(part);
		if (!fits) {
			return false;
		}
	}
	return true;
}

void tro_xpath_join(xmlXPathParserContextPtr parser, int nargs)
{
	tro_buf text = TRO_BUF_INIT;

	if (nargs < 2 || nargs > parser->valueNr) {
		xmlXPathErr(parser, XPATH_INVALID_ARITY);
		return;
	}
	bool fits = gather(&text, parser, nargs);

	for (int i = 0; i < nargs; i++) {
		xmlXPathFreeObject(valuePop(parser));
	}
	xmlXPathObjectPtr joined = fits && tro_buf_status(&text, NULL) == TRO_OK
					   ? xmlXPathNewString(to_xml(text.ptr))
					   : NULL;

	if (joined != NULL && charge(parser, text.len)) {
		valuePush(parser, joined);
	} else {
		xmlXPathFreeObject(joined);
		if (joined == NULL) {
			xmlXPathErr(parser, fits ? XPATH_MEMORY_ERROR : XPATH_OP_LIMIT_EXCEEDED);
		}
	}
	tro_buf_done(&text);
}
