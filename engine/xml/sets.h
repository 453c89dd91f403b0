/*
 * Comparing sets of nodes by what they say, for guards: in time that grows as n log n, where a
 * predicate of XPath that looks through one set for each node of another grows as n times m and
 * meets the limit of operations at some hundred rows.
 *
 *   repeated(nodes)                 those whose text an earlier node of the set has
 *   distinct(nodes)                 the others: each text once, where it comes first
 *   among(nodes, others)            those whose text one of the others has
 *   unmatched(nodes, others, names) those left over when each is paired with one of the others of
 *                                   its own: a pair has the same text, without blanks at the ends
 *                                   and with single blanks within, in its children of these names
 *                                   (parted by blanks; no child is as one without text)
 *
 * Each takes and returns node sets in document order. An argument that is no node set is empty.
 * TRO_INVALID for a wrong number of arguments.
 */
#ifndef TRO_XML_SETS_H
#define TRO_XML_SETS_H

#include "xml/xml.h"

tro_status tro_sets_repeated(tro_xpath_call *call, void *user, tro_err *err);
tro_status tro_sets_distinct(tro_xpath_call *call, void *user, tro_err *err);
tro_status tro_sets_among(tro_xpath_call *call, void *user, tro_err *err);
tro_status tro_sets_unmatched(tro_xpath_call *call, void *user, tro_err *err);

#endif
