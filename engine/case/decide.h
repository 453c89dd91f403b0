/*
 * What a person's command on a case comes to, before anybody signs: judged, stepped and composed.
 * An act here goes on with signing and appending; one that is signed elsewhere becomes a file.
 */
#ifndef TRO_CASE_DECIDE_H
#define TRO_CASE_DECIDE_H

#include "case/writing.h"

/* TRO_INVALID for a key of a request (NULL for none) that could not stand in a record. */
tro_status tro_command_check_request(const char *request, tro_err *err) TRO_MUST_USE;
/* Is the case's record `seq` this very act by this person? */
tro_status tro_command_is_same(bool *out, tro_store *store, const char *case_id, uint64_t seq,
	const char *matter, const char *request, tro_xml_doc *data, tro_err *err) TRO_MUST_USE;

/* The case's record that is the act of this payload: the last one, or with a request id any one.
 * *out_seq is UINT64_MAX when there is none. */
tro_status tro_case_find_same_act(uint64_t *out_seq, const tro_case *c, const char *matter,
	const char *request, tro_xml_doc *data, tro_err *err) TRO_MUST_USE;

/* Statuses of tro_case_act. The case is ready (tro_case_ready) and the request is checked.
 * When out->already, or in a dry run, nothing is composed and the case stands where it stood, as
 * after any failure. Otherwise w is composed and the case's session is the one after the step: the
 * caller goes on with tro_case_move_on, or back with tro_case_fall_back. */
tro_status tro_case_decide(tro_writing *w, tro_case *c, const tro_command *command,
	const tro_person *person, tro_result *out, tro_findings *findings,
	tro_err *err) TRO_MUST_USE;

/* The case stands at the record that was just written. */
void tro_case_move_on(tro_case *c, const tro_entry *entry);
/* After a step that came to nothing the session is of no use. What was wrong with the step is what
 * the caller hears. */
void tro_case_fall_back(tro_case *c);

#endif
