/*
 * Statecharts: W3C SCXML 1.0 with the XPath data model, as a pure library.
 *
 * A chart is a loaded, checked, immutable definition. A session is one running instance of it. The
 * engine has no clock, no I/O, no randomness and no law: time, the shared document, extension
 * functions and effects come from the host. It knows the vocabulary urn:tro:workflow:1 (events that
 * declare themselves, requirements that explain themselves), which would serve parking appeals as
 * well.
 *
 * Transition selection is pure SCXML: event and cond. Then, in production, what was selected is
 * judged: the event's role and four-eyes rule and every tro:require of the event and of the
 * selected transitions. One unmet requirement of level block refuses the event as a whole, naming
 * all that is unmet; warn and task become effects. So guards choose and requirements refuse.
 */
#ifndef TRO_CHART_CHART_H
#define TRO_CHART_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/err.h>
#include <tro/finding.h>
#include <tro/time.h>

#include "xml/xml.h"

#define TRO_SCXML_NS "http://www.w3.org/2005/07/scxml"
#define TRO_WORKFLOW_NS "urn:tro:workflow:1"

typedef enum tro_chart_mode {
	TRO_CHART_CONFORMANCE, /* everything the Recommendation and the XPath Note ask for */
	TRO_CHART_PRODUCTION,  /* the closed profile: unhandled error.execution fails the step,
				  declared events only */
} tro_chart_mode;

typedef struct tro_chart tro_chart;
typedef struct tro_chart_session tro_chart_session;

/* ---- the definition ---- */

/* Loads and checks. All faults are added to `faults` (level block, place "name:line"); TRO_INVALID
 * with a summary when there are any. */
tro_status tro_chart_load(tro_chart **out, const char *bytes, size_t len, const char *name,
	tro_chart_mode mode, tro_findings *faults, tro_err *err) TRO_MUST_USE;
void tro_chart_free(tro_chart *chart);

/* From the root's attributes tro:id, tro:version, tro:semantics, tro:title; "" when absent. */
const char *tro_chart_id(const tro_chart *chart);
const char *tro_chart_version(const tro_chart *chart);
const char *tro_chart_title(const tro_chart *chart);
/* Any other attribute of the root in the workflow namespace (e.g. "grammar"); NULL when absent. */
const char *tro_chart_attribute(const tro_chart *chart, const char *name);

typedef struct tro_chart_param {
	const char *name, *type, *title,
		*help; /* type: text date time datetime identifier exhibit
			  person code codes money integer boolean digest rows */
	bool required;
	const char *values;  /* code: blank-separated codes allowed, or "" */
	const char *codes;   /* code: name of an adopted code list, or "" */
	const char *of;	     /* identifier: the sibling parameter that says its type, or "" */
	const char *current; /* an XPath for the value now, for forms, or "" */
	const char *row;     /* rows: element name of one row */
	const struct tro_chart_param *columns; /* rows: its columns */
	size_t column_count;
} tro_chart_param;

typedef struct tro_chart_event {
	const char *name, *title, *help;
	const char *role; /* blank-separated; the actor must hold one; "" for events that only
			     timers and matters raise */
	const char *not_actor_of; /* blank-separated events; whoever did one of them in this case
				     may not do this */
	const char *basis;	  /* of role and four eyes */
	bool form;		  /* the event behind `set` and `edit` */
	const tro_chart_param *params;
	size_t param_count;
} tro_chart_event;
size_t tro_chart_event_count(const tro_chart *chart);
const tro_chart_event *tro_chart_event_at(const tro_chart *chart, size_t index);
const tro_chart_event *tro_chart_event_named(
	const tro_chart *chart, const char *name); /* NULL if not declared */
/* tro:title of a state, or its id; "" for an unknown state. */
const char *tro_chart_state_title(const tro_chart *chart, const char *state_id);
/* First element of the inline XML of a `<data id>`, whose siblings are the rest of it, or NULL.
 * Used by the host to make the shared document. */
tro_xml_node *tro_chart_data(const tro_chart *chart, const char *id);

/* Appends the chart as a cluster of a Graphviz picture, which begin and end enclose. What is active
 * in the session (NULL: none) is marked. name tells clusters of one picture apart. */
void tro_chart_draw_begin(tro_buf *out);
void tro_chart_draw(
	tro_buf *out, const tro_chart *chart, const tro_chart_session *session, const char *name);
void tro_chart_draw_end(tro_buf *out);

/* ---- the host ---- */

typedef enum tro_chart_effect_kind {
	TRO_CHART_SEND,	   /* <send> to a target other than the own session */
	TRO_CHART_CANCEL,  /* reserved for sends that the host delays; own timers are kept by the
			      session */
	TRO_CHART_HOST,	   /* an executable element of the workflow namespace: <tro:matter>,
			      <tro:filing> */
	TRO_CHART_FINDING, /* an unmet requirement of level warn or task, on a step that goes ahead
			    */
	TRO_CHART_LOG,	   /* <log> */
} tro_chart_effect_kind;

typedef struct tro_chart_effect {
	tro_chart_effect_kind kind;
	const char *name;   /* SEND: event name; HOST: local name of the element; LOG: label */
	const char *target; /* SEND: the evaluated target */
	tro_xml_node *data; /* SEND, HOST: <data> with one child per param, in order; LOG: <data>
			       with the value as text */
	tro_xml_node *attributes; /* HOST: an element with the evaluated attributes: `x="..."` as it
				     stands, `xexpr="..."` evaluated to a string under the name x */
	const tro_finding *finding; /* FINDING: message with {xpath} parts evaluated */
} tro_chart_effect;

typedef struct tro_chart_function {
	const char *ns, *name;
	tro_xpath_function function;
	void *user;
} tro_chart_function;

/* What a session sees of the world during one call; borrowed for that call. */
typedef struct tro_chart_host {
	const char *session_id;	 /* $_sessionid: the matter's id */
	tro_time_us now;	 /* delays count from here */
	const char *shared_name; /* the shared document is the variable of this name ("case"), or
				    NULL */
	tro_xml_node *shared;	 /* its element; assignable */
	tro_xml_node *system;	 /* $_x: read-only; <acts><act event person .../></acts> is what
				    four-eyes rules read */
	const tro_chart_function *functions;
	size_t function_count;
	/* Called in document order of execution. A status other than TRO_OK fails the step. */
	tro_status (*effect)(void *user, const tro_chart_effect *effect, tro_err *err);
	void *user;
	/* Conformance alone: the bytes that <invoke src> names; NULL when nothing can be fetched.
	 */
	tro_status (*resource)(void *user, const char *uri, tro_buf *out, tro_err *err);
} tro_chart_host;

/* ---- sessions ---- */

/* A session that has not started. `chart` must outlive it. */
tro_status tro_chart_session_new(
	tro_chart_session **out, const tro_chart *chart, tro_err *err) TRO_MUST_USE;
void tro_chart_session_free(tro_chart_session *session);
const tro_chart *tro_chart_session_chart(const tro_chart_session *session);

/* Enters the initial configuration and runs until quiet. A child of `data` (may be NULL) replaces
 * the initial value of the top-level <data> of its name. On any failure from here on the session
 * must be freed: the host drops the whole step. */
tro_status tro_chart_start(tro_chart_session *session, const tro_chart_host *host,
	tro_xml_node *data, tro_err *err) TRO_MUST_USE;

typedef struct tro_chart_actor {
	const char *person;
	const char *roles; /* blank-separated roles that the person may act in now */
} tro_chart_actor;

/* Judges a declared event without doing it. Adds to findings everything unmet: id "state" (no
 * transition takes it here), "condition" (a cond that is false; its tro:why), "role", "four-eyes",
 * and each unmet tro:require by its id. TRO_OK when no finding blocks; TRO_REFUSED otherwise;
 * TRO_NOT_FOUND when the chart declares no such event. data: the event element (attributes seq,
 * person, role, rank, time; one child a parameter), or NULL to judge without parameters: then
 * requirements that mention $_event are skipped, and *out_open (may be NULL) says so. */
tro_status tro_chart_judge(tro_chart_session *session, const tro_chart_host *host,
	const char *event, const tro_chart_actor *actor, tro_xml_node *data, tro_findings *findings,
	bool *out_open, tro_err *err) TRO_MUST_USE;

/* Judges by the very same evaluation, and if nothing blocks takes the event and runs until quiet.
 * TRO_REFUSED leaves the session as it was. */
tro_status tro_chart_act(tro_chart_session *session, const tro_chart_host *host, const char *event,
	const tro_chart_actor *actor, tro_xml_node *data, tro_findings *findings,
	tro_err *err) TRO_MUST_USE;

/* Takes an event that another matter or the world's timer sent: no role, no four eyes; requirements
 * of level block do not refuse but fail the step. An event that no transition takes is dropped;
 * *out_taken (may be NULL) says so. origin is what $_event/origin shows. data is an element whose
 * children become the children of $_event/data; may be NULL. */
tro_status tro_chart_post(tro_chart_session *session, const tro_chart_host *host, const char *event,
	const char *origin, tro_xml_node *data, bool *out_taken, tro_err *err) TRO_MUST_USE;

/* The earliest timer, by (due, send id); false when there is none. `id` is borrowed until the
 * session changes. */
bool tro_chart_next_timer(const tro_chart_session *session, tro_time_us *out_due,
	const char **out_id, const char **out_event);
/* Timer number `index` in (due, send id) order; false past the end. Borrowed until the session
 * changes. */
bool tro_chart_timer_at(const tro_chart_session *session, size_t index, tro_time_us *out_due,
	const char **out_id, const char **out_event);
/* Has an active state, or an ancestor of one, a transition whose event descriptor matches? Conds
 * and requirements are not asked. */
bool tro_chart_takes(const tro_chart_session *session, const char *event);
/* Fires that timer: its event is taken as by tro_chart_post. */
tro_status tro_chart_fire(
	tro_chart_session *session, const tro_chart_host *host, tro_err *err) TRO_MUST_USE;

/* Is it in a top-level final state, where SCXML ends a session? It takes nothing more. */
bool tro_chart_finished(const tro_chart_session *session);
/* Has it come to its end, as far as its chart goes: is it finished, or at rest, that is in a state
 * marked tro:rest or within one? At rest nothing more need follow, and what comes is still taken,
 * which may lead on from there. */
bool tro_chart_ended(const tro_chart_session *session);
bool tro_chart_in(const tro_chart_session *session, const char *state_id);
/* Active atomic states in document order; borrowed until the session changes; NULL at the end. */
const char *tro_chart_active(const tro_chart_session *session, size_t index);
/* Value of an XPath (e.g. a parameter's `current`) in the session's data, as a string. */
tro_status tro_chart_eval(tro_chart_session *session, const tro_chart_host *host, const char *xpath,
	tro_buf *out, tro_err *err) TRO_MUST_USE;

/* Writes what must survive into `matter` as children without namespace, no blank text; each but the
 * first is absent when there is nothing to say:
 *   <configuration><state id/>...</configuration>     all active states, document order
 *   <history><of id><state id/>...</of>...</history>  recorded history, document order
 *   <timers><timer id event due [seq] [target]>data</timer>...</timers>  in the order in which they
 *       fire: by (due, id). target: goes to another matter. Conformance alone: seq is the place
 *       among what was sent without delay, which comes first; origin, invokeid, sendid of events
 *       between invoked sessions
 *   <data><datum id>value</datum>...</data>           local data, document order
 *   <visited><state id/>...</visited>                 late binding: states whose data have values
 *   <sends count/>                                    ids that an idlocation was given
 *   <children>...</children>                          conformance alone: invoked sessions
 * The shared document is not part of it. */
tro_status tro_chart_save(
	const tro_chart_session *session, tro_xml_node *matter, tro_err *err) TRO_MUST_USE;
/* Restores from such an element. TRO_INVALID when it does not fit the chart (unknown state, illegal
 * configuration, ...). */
tro_status tro_chart_restore(tro_chart_session **out, const tro_chart *chart, tro_xml_node *matter,
	tro_err *err) TRO_MUST_USE;

#endif
