/* What the files that answer for sets of definitions share. */
#ifndef TRO_CHART_WORKFLOW_H
#define TRO_CHART_WORKFLOW_H

#include <tro/workflow.h>

#include "chart/prove.h"

struct tro_workflow_set {
	tro_chart **charts;
	size_t count;
};

/* Does no other definition of the set open it? */
bool tro_workflow_is_root(const tro_workflow_set *set, size_t index);
/* The whole graph of a root and of what it opens; freed with tro_prove_free. */
tro_status tro_workflow_graph(
	prove **out, const tro_workflow_set *set, size_t root, tro_err *err) TRO_MUST_USE;

#endif
