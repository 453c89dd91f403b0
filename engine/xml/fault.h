/*
 * A fault that libxml2 or libxslt reported: the first one of a run, kept without allocation.
 *
 * Where an interface of theirs has no place to say whom to tell (compiling a stylesheet,
 * canonicalising), they tell the process-wide handlers of init.c, which pass the fault to the sink
 * of the thread that is running.
 */
#ifndef TRO_XML_FAULT_H
#define TRO_XML_FAULT_H

#include <libxml/xmlerror.h>
#include <stdbool.h>
#include <tro/err.h>

typedef struct tro_xml_fault {
	bool set;
	bool nomem;
	int code;	    /* xmlParserErrors */
	int line;	    /* 0 when unknown */
	int announced_line; /* of the fault that libxslt reports next */
	int offset;	    /* into an XPath expression */
	char message[1000];
} tro_xml_fault;

/* Keeps the fault if it is the first and more than a warning. */
void tro_xml_fault_note(tro_xml_fault *fault, const xmlError *error);
/* Likewise for a plain sentence. */
void tro_xml_fault_say(tro_xml_fault *fault, int line, const char *text);
/* The reason, or `otherwise` when none was reported. */
const char *tro_xml_fault_reason(const tro_xml_fault *fault, const char *otherwise);
/* TRO_NOMEM if memory ran out, or if nothing was reported and `otherwise` is NULL (libxml2 is
 * silent about nothing else); else TRO_INVALID with "name:line: reason". */
tro_status tro_xml_fault_report(
	const tro_xml_fault *fault, const char *name, const char *otherwise, tro_err *err);
/* Copies a sentence of libxml2 in the form of our messages: lower case, one line, cut between
 * characters. */
void tro_xml_fault_tidy(char *out, size_t size, const char *text);
/* If fmt is one of the formats with which libxslt says where the fault is that it reports next,
 * keeps the line from text and returns true. fault may be NULL. */
bool tro_xml_fault_context(tro_xml_fault *fault, const char *fmt, const char *text);

/* Makes sink (may be NULL) the sink of this thread and returns the one before it. */
tro_xml_fault *tro_xml_fault_catch(tro_xml_fault *sink);
/* The sink of this thread, or NULL. */
tro_xml_fault *tro_xml_fault_sink(void);

#endif
