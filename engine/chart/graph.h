/*
 * The graph as it grows: what the explorer adds to it. Each returns TRO_OK or TRO_NOMEM, which is
 * also that the graph is larger than our limits (p->err says so).
 */
#ifndef TRO_CHART_GRAPH_H
#define TRO_CHART_GRAPH_H

#include "chart/prove.h"

/* Of words in memory; no hash for bytes that go anywhere. */
uint64_t tro_prove_hash(const uint64_t *words, size_t count);
/* The node that p->now is, made when it is new. */
tro_status tro_prove_node(uint32_t *out, prove *p, uint32_t parent, uint32_t label);
/* The label of what it says with what has happened in the step, made when it is new. */
tro_status tro_prove_label(uint32_t *out, prove *p, prove_label label);
/* Adds an edge from the node that is expanded to the one that p->now is, once. */
tro_status tro_prove_lead(uint32_t *to, prove *p, uint32_t from, uint32_t label);

#endif
