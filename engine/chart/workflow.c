/* Sets of definitions: loading them, and all that they are asked without a store. */
#include <stdlib.h>
#include <string.h>
#include <tro/workflow.h>

#include "chart/prove.h"
#include "chart/workflow.h"

tro_status tro_workflow_set_new(tro_workflow_set **out, tro_err *err)
{
	tro_status status = tro_xml_init(err);

	if (status != TRO_OK) {
		return status;
	}
	*out = calloc(1, sizeof(**out));
	return *out == NULL ? tro_err_nomem(err) : TRO_OK;
}

void tro_workflow_set_free(tro_workflow_set *set)
{
	for (size_t i = 0; set != NULL && i < set->count; i++) {
		tro_chart_free(set->charts[i]);
	}
	free(set == NULL ? NULL : set->charts);
	free(set);
}

tro_status tro_workflow_add(tro_workflow_set *set, const char *bytes, size_t len, const char *name,
	tro_findings *findings, tro_err *err)
{
	tro_chart *chart = NULL;
	tro_status status =
		tro_chart_load(&chart, bytes, len, name, TRO_CHART_PRODUCTION, findings, err);

	for (size_t i = 0; i < set->count && status == TRO_OK; i++) {
		if (strcmp(tro_chart_id(set->charts[i]), tro_chart_id(chart)) == 0) {
			status = tro_err_set(err, TRO_INVALID,
				"%s: the definition %s is given twice", name, tro_chart_id(chart));
		}
	}
	if (status == TRO_OK) {
		tro_chart **charts = realloc(set->charts, (set->count + 1) * sizeof(*set->charts));

		if (charts == NULL) {
			status = tro_err_nomem(err);
		} else {
			set->charts = charts;
			set->charts[set->count++] = chart;
			return TRO_OK;
		}
	}
	tro_chart_free(chart);
	return status;
}

/* ---- roots ---- */

typedef struct opening {
	const char *id;
	bool found;
} opening;

static tro_status look(void *user, uint32_t kind, const chart_action *action)
{
	opening *o = user;

	(void)kind;
	if (action->kind == CHART_DO_HOST && strcmp(action->of.host->name, "matter") == 0) {
		for (const chart_host_attribute *a = action->of.host->attributes; a != NULL;
			a = a->next) {
			o->found = o->found ||
				   (strcmp(a->name, "definition") == 0 && a->value.text != NULL &&
					   strcmp(a->value.text, o->id) == 0);
		}
	}
	return TRO_OK;
}

bool tro_workflow_is_root(const tro_workflow_set *set, size_t index)
{
	opening o = {.id = tro_chart_id(set->charts[index])};

	for (size_t i = 0; i < set->count; i++) {
		if (i != index) {
			(void)tro_prove_each_action(set->charts[i], 0, look, &o);
		}
	}
	return !o.found;
}

tro_status tro_workflow_graph(prove **out, const tro_workflow_set *set, size_t root, tro_err *err)
{
	prove *p = NULL;
	tro_status status =
		tro_prove_new(&p, (const tro_chart *const *)set->charts, set->count, root, err);

	if (status == TRO_OK) {
		status = tro_prove_explore(p, err);
	}
	if (status != TRO_OK) {
		tro_prove_free(p);
		return status;
	}
	*out = p;
	return TRO_OK;
}

/* ---- checking ---- */

static tro_status check_root(
	const prove_set *all, const tro_workflow_set *set, size_t root, tro_workflow_figures *sum)
{
	prove *p = NULL;
	tro_status status = tro_workflow_graph(&p, set, root, all->err);

	if (status != TRO_OK) {
		return status;
	}
	sum->situations += p->node_count;
	sum->steps += p->edge_count;
	status = tro_prove_sound(p, all);
	if (status == TRO_OK) {
		status = tro_prove_rules(p, all);
	}
	if (status == TRO_OK) {
		status = tro_prove_properties(p, all);
	}
	tro_prove_free(p);
	return status;
}

tro_status tro_workflow_check(const tro_workflow_set *set, tro_findings *findings,
	tro_workflow_figures *figures, tro_err *err)
{
	prove_set all = {.charts = (const tro_chart *const *)set->charts,
		.count = set->count,
		.findings = findings,
		.err = err};
	tro_workflow_figures sum = {.situations = 0};
	size_t before = tro_findings_count_level(findings, TRO_LEVEL_BLOCK);
	tro_status status = TRO_OK;

	for (size_t i = 0; i < set->count && status == TRO_OK; i++) {
		if (tro_workflow_is_root(set, i)) {
			status = check_root(&all, set, i, &sum);
		}
	}
	if (figures != NULL) {
		*figures = sum;
	}
	size_t found = tro_findings_count_level(findings, TRO_LEVEL_BLOCK) - before;

	if (status == TRO_OK && found > 0) {
		return tro_err_set(err, TRO_NO, "%zu finding%s", found, found == 1 ? "" : "s");
	}
	return status;
}
