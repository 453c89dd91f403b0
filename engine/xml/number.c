#include "xml/number.h"

#include "xml/call.h"
#include "xml/chars.h"
#include "xml/price.h"

#include <libxml/xpathInternals.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRACTION_DIGITS 15 /* all that a double holds for certain */

/* A number with a fraction: its digits, and where the point stands among them. */
static void put_fraction(tro_buf *out, double number)
{
	char text[FRACTION_DIGITS + 16];
	char digits[FRACTION_DIGITS + 1];
	size_t count = 0;

	snprintf(text, sizeof(text), "%.*e", FRACTION_DIGITS - 1, fabs(number));
	for (const char *p = text; *p != 'e'; p++) {
		if (*p != '.') {
			digits[count++] = *p;
		}
	}
	while (count > 1 && digits[count - 1] == '0') {
		count--;
	}
	long point = strtol(strchr(text, 'e') + 1, NULL, 10) + 1;

	if (number < 0) {
		tro_buf_putc(out, '-');
	}
	if (point <= 0) {
		tro_buf_puts(out, "0.");
	}
	for (long i = point; i < 0; i++) {
		tro_buf_putc(out, '0');
	}
	for (size_t i = 0; i < count; i++) {
		if (point > 0 && i == (size_t)point) {
			tro_buf_putc(out, '.');
		}
		tro_buf_putc(out, digits[i]);
	}
	for (long i = (long)count; i < point; i++) {
		tro_buf_putc(out, '0');
	}
}

static bool is_integer(double number)
{
	static const double fractions_end = 9007199254740992.0; /* 2^53 */

	return fabs(number) >= fractions_end || number == (double)(int64_t)number;
}

void tro_xpath_put_number(tro_buf *out, double number)
{
	if (isnan(number)) {
		tro_buf_puts(out, "NaN");
	} else if (isinf(number)) {
		tro_buf_puts(out, number < 0 ? "-Infinity" : "Infinity");
	} else if (number == 0) {
		tro_buf_puts(out, "0"); /* negative zero too */
	} else if (is_integer(number)) {
		tro_buf_printf(out, "%.0f", number);
	} else {
		put_fraction(out, number);
	}
}

static const struct core {
	const char *name;
	xmlXPathFunction function;
	int strings; /* how many of the first arguments are strings */
} core_functions[] = {
	{"string", xmlXPathStringFunction, 1},
	{"concat", tro_xpath_join, INT32_MAX},
	{"starts-with", xmlXPathStartsWithFunction, 2},
	{"contains", xmlXPathContainsFunction, 2},
	{"substring-before", xmlXPathSubstringBeforeFunction, 2},
	{"substring-after", xmlXPathSubstringAfterFunction, 2},
	{"substring", xmlXPathSubstringFunction, 1},
	{"string-length", xmlXPathStringLengthFunction, 1},
	{"normalize-space", xmlXPathNormalizeFunction, 1},
	{"translate", xmlXPathTranslateFunction, 3},
};

/* The text of a number on the stack in its place. */
static bool spell_out(xmlXPathObjectPtr *slot)
{
	tro_buf text = TRO_BUF_INIT;

	tro_xpath_put_number(&text, (*slot)->floatval);
	xmlXPathObjectPtr spelt =
		text.status == TRO_OK ? xmlXPathNewString(to_xml(text.ptr)) : NULL;

	tro_buf_done(&text);
	if (spelt == NULL) {
		return false;
	}
	xmlXPathFreeObject(*slot);
	*slot = spelt;
	return true;
}

static void call_core(xmlXPathParserContextPtr parser, int nargs)
{
	const struct core *core = core_functions;

	while (strcmp(core->name, from_xml(parser->context->function)) != 0) {
		core++;
	}
	for (int i = 0; i < nargs && i < core->strings && nargs <= parser->valueNr; i++) {
		xmlXPathObjectPtr *slot = &parser->valueTab[parser->valueNr - nargs + i];

		if (*slot != NULL && (*slot)->type == XPATH_NUMBER && !spell_out(slot)) {
			xmlXPathErr(parser, XPATH_MEMORY_ERROR);
			return;
		}
		if (*slot != NULL && (*slot)->type == XPATH_NODESET &&
			!tro_xpath_read_out(parser, slot)) {
			return;
		}
	}
	if (nargs > 0 && nargs <= parser->valueNr) {
		parser->value = parser->valueTab[parser->valueNr - 1];
	}
	core->function(parser, nargs);
}

bool tro_xpath_bind_numbers(xmlXPathContextPtr context)
{
	for (size_t i = 0; i < sizeof(core_functions) / sizeof(*core_functions); i++) {
		if (!tro_xpath_bind(context, "", core_functions[i].name, call_core)) {
			return false;
		}
	}
	return true;
}
