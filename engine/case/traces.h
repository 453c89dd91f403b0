/*
 * Traces: the values of data that is to be erased, by which it would be known anywhere else.
 *
 * Three kinds of value tell something by themselves: a number of nine digits or more, whatever
 * stands between its digits and however it begins (+44 7700 900123 is 07700900123); a SHA-256 in
 * hex; and words: a line of four bytes or more with a capital, a blank, or a letter beyond ASCII,
 * whatever its case and whether or not it is escaped as XML. Codes, dates, times and short marks
 * tell nothing: they stand in every case.
 */
#ifndef TRO_CASE_TRACES_H
#define TRO_CASE_TRACES_H

#include <stdbool.h>
#include <stddef.h>
#include <tro/err.h>

#include "xml/xml.h"

typedef struct tro_traces tro_traces;

/* NULL when out of memory. */
tro_traces *tro_traces_new(void) TRO_MUST_USE;
void tro_traces_free(tro_traces *traces);
/* Adds each line of a value that tells something and is not there yet. */
tro_status tro_traces_add(tro_traces *traces, const char *value, tro_err *err) TRO_MUST_USE;
/* Adds every value of an attribute, or of an element and all below it. */
tro_status tro_traces_add_all(tro_traces *traces, tro_xml_node *node, tro_err *err) TRO_MUST_USE;
/* Forgets words that stand in what remains as a whole value: they are not erased. */
tro_status tro_traces_forget(tro_traces *traces, tro_xml_node *remains, tro_err *err) TRO_MUST_USE;

/* Does the text hold one of them? */
bool tro_traces_in(const tro_traces *traces, const char *text, size_t len);
/* Does a value in the subtree hold one? *out (may be NULL) is the first attribute or element whose
 * own text does. */
bool tro_traces_below(const tro_traces *traces, tro_xml_node *node, tro_xml_node **out);

#endif
