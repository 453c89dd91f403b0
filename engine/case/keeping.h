/*
 * Keeping a case, and ending that: holds and erasures.
 *
 * These are acts on the case itself, whatever its matters are and in whatever state, so that they
 * can be done to a case that is closed and under any definition. Their records name matter "-"; a
 * definition's events never do, so that no name of theirs can be mistaken for one of these:
 *
 *	hold            <reason>             the case must be kept: disclosure duties, an appeal
 *	hold.release    <hold> <reason>      the hold that record number <hold> placed has ended
 *	erase.propose   <what> <reason>      one person proposes; a later proposal replaces it
 *	erase           <proposal> <session> another person agrees, and it is done (erasure.h)
 *
 * What the law says stands in the definition, as attributes of its root element: tro:hold-roles,
 * tro:erase-roles and tro:erase-confirm-roles name who may do these, of the definition of the
 * case's first matter; tro:holds names states, in any matter's definition, in which nothing may be
 * erased. A definition that does not say who may erase lets nobody.
 *
 * In the session they are a section of their own, which is there once there is something in it:
 *   <keeping><hold seq person role time><reason/></hold>*
 *     <proposed seq person role time><what/><reason/></proposed>?<erasure .../>*</keeping>
 */
#ifndef TRO_CASE_KEEPING_H
#define TRO_CASE_KEEPING_H

#include <stdbool.h>
#include <tro/err.h>
#include <tro/finding.h>

#include "case/session.h"

#define TRO_EVENT_HOLD "hold"
#define TRO_EVENT_HOLD_RELEASE "hold.release"
#define TRO_EVENT_ERASE_PROPOSE "erase.propose"
#define TRO_EVENT_ERASE "erase"

/* What stands for the matter in the records of these acts, and of those of the service. */
#define TRO_NO_MATTER "-"

/* The act's declaration, NULL when there is none of that name. `session` of an erasure is no
 * parameter. */
const tro_chart_event *tro_keeping_event(const char *name);
/* As tro_keeping_event, for a record: NULL when it is an event of a definition, or a tick. */
const tro_chart_event *tro_keeping_act(const tro_record *record);

/* The roles in which the session's definition lets people do the act, "" for none. */
const char *tro_keeping_roles(const tro_session *session, const char *event);

/* The section, NULL when there is nothing in it. */
tro_xml_node *tro_keeping_section(const tro_session *session);
/* The proposal that waits for a second person, NULL for none. */
tro_xml_node *tro_keeping_proposed(const tro_session *session);
/* The newest erasure, NULL for none. */
tro_xml_node *tro_keeping_last_erasure(const tro_session *session);

/* Adds a finding for each thing that stands against erasing anything now: holds, and states that
 * hold. TRO_REFUSED when there is one. */
tro_status tro_keeping_judge_erasure(
	const tro_session *session, tro_findings *findings, tro_err *err) TRO_MUST_USE;

/* Does hold, hold.release or erase.propose in the session. TRO_REFUSED with findings. */
tro_status tro_keeping_step(tro_session *session, const tro_step *step, tro_findings *findings,
	tro_err *err) TRO_MUST_USE;

/* TRO_REFUSED when the whole case was erased: nothing is left that could be acted upon. */
tro_status tro_keeping_check_alive(const tro_session *session, tro_err *err) TRO_MUST_USE;

#endif
