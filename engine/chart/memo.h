/*
 * Steps that are known. What an event comes to is the same in every node in which the matters that
 * have a part in it stand as in the one in which it was tried, so it is tried there alone and
 * repeated elsewhere. Each returns TRO_OK or TRO_NOMEM, which is also that the graph is larger than
 * our limits (p->err says so).
 */
#ifndef TRO_CHART_MEMO_H
#define TRO_CHART_MEMO_H

#include "chart/prove.h"

typedef struct prove_outcome {
	uint32_t label, node; /* node: where those matters stand so afterwards */
	struct prove_outcome *next;
} prove_outcome;

typedef struct prove_known_step {
	const char *event;
	uint64_t deadline; /* the bit of the one that the matter itself waits for, or 0 */
	uint64_t touched;  /* kinds that have a part in it */
	bool passes;	   /* a deadline brings it, not a person */
	uint32_t kind, node;
	prove_outcome *outcomes;
} prove_known_step;

typedef struct prove_memo prove_memo;

tro_status tro_prove_memo_new(prove_memo **out);
void tro_prove_memo_free(prove_memo *memo); /* takes NULL */
/* What follows is of this node, until the next call. */
void tro_prove_memo_stand(prove *p, uint32_t node);
/* Adds to the graph all that an event, or one deadline of the matter, comes to in the node;
 * *out_known is false, and nothing is added, when the step is not known. */
tro_status tro_prove_memo_repeat(bool *out_known, prove *p, prove_label what, uint64_t deadline);
/* Adds an outcome to a step that is being tried; another way that comes to the same is not kept. */
tro_status tro_prove_memo_outcome(prove *p, prove_known_step *step, prove_edge edge);
/* Keeps a step that was tried in the node in every way. */
tro_status tro_prove_memo_keep(prove *p, const prove_known_step *step);

#endif
