/*
 * Definitions by themselves, without a store: are they sound, what do they say?
 *
 * A set holds some definitions. A definition that no other of the set opens (with <tro:matter>) is
 * a root: it is explored together with one matter of each kind that it opens. What that exploring
 * leaves out, and what its answers therefore mean, stands at the head of engine/chart/prove.h and
 * in tro(1).
 */
#ifndef TRO_WORKFLOW_H
#define TRO_WORKFLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/finding.h>

typedef struct tro_workflow_set tro_workflow_set;

tro_status tro_workflow_set_new(tro_workflow_set **out, tro_err *err) TRO_MUST_USE;
void tro_workflow_set_free(tro_workflow_set *set);

/* Loads a definition into the set. `name` stands for it in findings, as "name:line". Faults of the
 * text are added to findings: TRO_INVALID. Also TRO_INVALID when the set holds one of that tro:id.
 */
tro_status tro_workflow_add(tro_workflow_set *set, const char *bytes, size_t len, const char *name,
	tro_findings *findings, tro_err *err) TRO_MUST_USE;

typedef struct tro_workflow_figures {
	size_t situations; /* nodes of all graphs */
	size_t steps;	   /* their edges */
} tro_workflow_figures;

/* Explores every root of the set. Adds a finding of level block for each fault, with the shortest
 * way that shows it: "unreachable", "dead-end", "wait", "order", "event", "four-eyes", "deadline",
 * "remedy", "matter", "loop", "property". TRO_NO when there are any; TRO_NOMEM when a definition is
 * too large to explore. figures may be NULL. */
tro_status tro_workflow_check(const tro_workflow_set *set, tro_findings *findings,
	tro_workflow_figures *figures, tro_err *err) TRO_MUST_USE;

/* Appends what is explored of the one root of the set as a model for Spin, with a comment line
 * "ask N found|none ID DEFINITION WHAT" for each question that a search can answer: what
 * tro_workflow_check found. tro(1) says how to run it. TRO_USAGE when the set has several roots. */
tro_status tro_workflow_promela(
	tro_buf *out, const tro_workflow_set *set, tro_err *err) TRO_MUST_USE;

/* One transition on one event, said in English. */
typedef struct tro_workflow_rule {
	const char *definition, *title; /* tro:id and title of the chart */
	const char *state, *event;	/* id of the source; "" without event */
	const char *sentence;
	const char *content; /* the transition as canonical XML: what the sentence leaves out */
	int line;
} tro_workflow_rule;

typedef struct tro_workflow_visitor {
	/* Borrowed for the call; a status other than TRO_OK ends the walk. */
	tro_status (*each)(void *user, const tro_workflow_rule *rule, tro_err *err);
	void *user;
} tro_workflow_visitor;

/* All transitions of the set, in the order of the files and of the states in them. */
tro_status tro_workflow_table(const tro_workflow_set *set, const tro_workflow_visitor *visitor,
	tro_err *err) TRO_MUST_USE;

/* Appends the definitions as one picture in the language of Graphviz. */
tro_status tro_workflow_draw(tro_buf *out, const tro_workflow_set *set, tro_err *err) TRO_MUST_USE;

#endif
