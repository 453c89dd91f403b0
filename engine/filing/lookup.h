/*
 * Entries of registers, code lists and the rank list, all adopted data. An unknown entry or field
 * is nothing, not an error: whoever needs it says so in a rule.
 */
#ifndef TRO_FILING_LOOKUP_H
#define TRO_FILING_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <tro/buf.h>
#include <tro/err.h>

#include "xml/xml.h"

/* Appends an attribute or child of the entry with this id; a register is a root element with
 * entries below it. False when there is no such entry. */
bool tro_register_get(tro_buf *out, tro_xml_doc *doc, const char *id, const char *field);
/* As that, in <codes><list name><code id>. False when the document has no such list. */
bool tro_code_get(
	tro_buf *out, tro_xml_doc *doc, const char *list, const char *code, const char *field);
/* Appends the title of a rank: lines "code title", '#' begins a comment. */
void tro_rank_title(tro_buf *out, const char *text, size_t len, const char *rank);

#endif
