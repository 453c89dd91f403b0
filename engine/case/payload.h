/*
 * Is the data of a record what this program would have written? Whoever may sign can sign any
 * payload; that its values are of their declared types, and canonical, is not the chart's to ask.
 */
#ifndef TRO_CASE_PAYLOAD_H
#define TRO_CASE_PAYLOAD_H

#include <tro/err.h>

#include "case/rules.h"
#include "chart/chart.h"

/* Holds an event element against the event's parameters: each known, given once, in the declared
 * order with exhibits last, none missing that is required, each text its own canonical form under
 * these rules. TRO_INVALID, naming the parameter. */
tro_status tro_payload_check(const tro_chart_event *event, tro_xml_node *data,
	const tro_rules *rules, tro_err *err) TRO_MUST_USE;

#endif
