/*
 * From what a person wrote to the event element: each argument is read by its parameter's declared
 * type, and everything wrong is reported at once.
 */
#ifndef TRO_CASE_ARGUMENTS_H
#define TRO_CASE_ARGUMENTS_H

#include <tro/case.h>

#include "case/rules.h"
#include "chart/chart.h"
#include "store/store.h"

/* Who acts, as it stands in the event element. */
typedef struct tro_act_facts {
	const char *person, *role, *rank;
	tro_time_us time;
	uint64_t seq;
} tro_act_facts;

/* Makes <event seq person role rank time> with one child a parameter, as the root of a new
 * document. TRO_INVALID with every fault as a block finding. */
tro_status tro_arguments_read(tro_xml_doc **out, const tro_chart_event *event,
	const tro_command *command, const tro_act_facts *facts, const tro_rules *rules,
	tro_findings *findings, tro_err *err) TRO_MUST_USE;
/* Imports the exhibits of an event element that was read from the command into the case's folder.
 * TRO_CHANGED when a file is no longer what it was. */
tro_status tro_arguments_keep_exhibits(tro_xml_doc *data, const tro_command *command,
	tro_store *store, const char *case_id, tro_err *err) TRO_MUST_USE;

#endif
