#include "xml/fault.h"

#include <ctype.h>
#include <libxml/xpath.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local tro_xml_fault *thread_sink;

tro_xml_fault *tro_xml_fault_catch(tro_xml_fault *sink)
{
	tro_xml_fault *before = thread_sink;

	thread_sink = sink;
	return before;
}

tro_xml_fault *tro_xml_fault_sink(void)
{
	return thread_sink;
}

/* libxml2 often says first which of its functions speaks. */
static const char *skip_speaker(const char *text)
{
	const char *p = text;

	if (strncmp(p, "xml", 3) != 0 && strncmp(p, "xslt", 4) != 0) {
		return text;
	}
	while (isalnum((unsigned char)*p)) {
		p++;
	}
	while (*p == ' ') {
		p++;
	}
	return p[0] == ':' && p[1] == ' ' ? p + 2 : text;
}

void tro_xml_fault_tidy(char *out, size_t size, const char *text)
{
	text = skip_speaker(text);
	size_t len = strlen(text);

	while (len > 0 && isspace((unsigned char)text[len - 1])) {
		len--;
	}
	if (len > 0 && text[len - 1] == '.') {
		len--;
	}
	if (len >= size) {
		len = size - 1;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
			len--;
		}
	}
	for (size_t i = 0; i < len; i++) {
		out[i] = iscntrl((unsigned char)text[i]) ? ' ' : text[i];
	}
	out[len] = '\0';
	if (len > 1 && isupper((unsigned char)out[0]) && islower((unsigned char)out[1])) {
		out[0] = (char)tolower((unsigned char)out[0]);
	}
}

void tro_xml_fault_say(tro_xml_fault *fault, int line, const char *text)
{
	if (fault == NULL || fault->set) {
		return;
	}
	fault->set = true;
	fault->line = line > 0 ? line : fault->announced_line;
	tro_xml_fault_tidy(fault->message, sizeof(fault->message), text);
}

/* libxml2 does not put XPath's reasons into words when somebody listens. */
static const char *xpath_reason(int code)
{
	switch (code - XML_XPATH_EXPRESSION_OK) {
	case XPATH_NUMBER_ERROR:
		return "malformed number";
	case XPATH_UNFINISHED_LITERAL_ERROR:
		return "text without its closing quotation mark";
	case XPATH_START_LITERAL_ERROR:
		return "text that does not begin with a quotation mark";
	case XPATH_VARIABLE_REF_ERROR:
		return "'$' without a variable's name";
	case XPATH_UNDEF_VARIABLE_ERROR:
		return "unknown variable";
	case XPATH_INVALID_PREDICATE_ERROR:
		return "malformed predicate";
	case XPATH_EXPR_ERROR:
		return "malformed expression";
	case XPATH_UNCLOSED_ERROR:
		return "bracket that is not closed";
	case XPATH_UNKNOWN_FUNC_ERROR:
		return "unknown function";
	case XPATH_INVALID_OPERAND:
		return "operand of the wrong kind";
	case XPATH_INVALID_TYPE:
		return "value of the wrong type";
	case XPATH_INVALID_ARITY:
		return "wrong number of arguments";
	case XPATH_UNDEF_PREFIX_ERROR:
		return "prefix that no namespace is bound to";
	case XPATH_ENCODING_ERROR:
	case XPATH_INVALID_CHAR_ERROR:
		return "character that is not allowed";
	case XPATH_OP_LIMIT_EXCEEDED:
		return "limit of operations exceeded";
	case XPATH_RECURSION_LIMIT_EXCEEDED:
		return "nested too deeply";
	default:
		return "evaluation failed";
	}
}

void tro_xml_fault_note(tro_xml_fault *fault, const xmlError *error)
{
	if (fault == NULL || error == NULL) {
		return;
	}
	bool is_xpath = error->domain == XML_FROM_XPATH;

	/* Reported with no level at times; and a message is missing only if there was no memory
	 * for it. */
	if (error->code == XML_ERR_NO_MEMORY ||
		(is_xpath && error->code == XML_XPATH_EXPRESSION_OK + XPATH_MEMORY_ERROR) ||
		(!is_xpath && error->message == NULL)) {
		fault->nomem = true;
		return;
	}
	if (error->level < XML_ERR_ERROR || fault->set) {
		return;
	}
	tro_xml_fault_say(
		fault, error->line, is_xpath ? xpath_reason(error->code) : error->message);
	fault->offset = error->int1;
}

const char *tro_xml_fault_reason(const tro_xml_fault *fault, const char *otherwise)
{
	return fault->set && fault->message[0] != '\0' ? fault->message : otherwise;
}

tro_status tro_xml_fault_report(
	const tro_xml_fault *fault, const char *name, const char *otherwise, tro_err *err)
{
	const char *reason = tro_xml_fault_reason(fault, otherwise);

	if (fault->nomem || reason == NULL) {
		return tro_err_nomem(err);
	}
	if (fault->line > 0) {
		return tro_err_set(err, TRO_INVALID, "%s:%d: %s", name, fault->line, reason);
	}
	return tro_err_set(err, TRO_INVALID, "%s: %s", name, reason);
}

bool tro_xml_fault_context(tro_xml_fault *fault, const char *fmt, const char *text)
{
	static const char word[] = " line ";

	if (strcmp(fmt, "%s\n") != 0 && strncmp(fmt, "%s: file", 8) != 0 &&
		strncmp(fmt, "%s: element", 11) != 0) {
		return false;
	}
	const char *line = strstr(text, word);

	if (fault != NULL && line != NULL) {
		long number = strtol(line + strlen(word), NULL, 10);

		fault->announced_line = number > 0 && number < INT_MAX ? (int)number : 0;
	}
	return true;
}
