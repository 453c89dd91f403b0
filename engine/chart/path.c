/* The shortest way to a node, as a person reads it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "chart/prove.h"

void tro_prove_put_label(const prove *p, uint32_t label, tro_buf *out)
{
	const prove_label *l = &p->labels[label];

	if (!p->kinds[l->kind].root) {
		tro_buf_printf(out, "%s: ", p->kinds[l->kind].name);
	}
	tro_buf_printf(out, "%s%s", l->event, l->deadline ? " (its time comes)" : "");
}

static void put_before(const prove *p, uint32_t node, tro_buf *out)
{
	size_t count = 0;

	for (uint32_t n = node; p->nodes[n].parent != PROVE_NONE; n = p->nodes[n].parent) {
		count++;
	}
	uint32_t *labels = calloc(count + 1, sizeof(*labels));

	if (labels == NULL) {
		out->status = TRO_NOMEM;
		return;
	}
	for (uint32_t n = node, i = (uint32_t)count; i > 0; n = p->nodes[n].parent) {
		labels[--i] = p->nodes[n].label;
	}
	for (size_t i = 0; i < count; i++) {
		tro_buf_puts(out, i == 0 ? "" : ", ");
		tro_prove_put_label(p, labels[i], out);
	}
	free(labels);
}

void tro_prove_put_path(const prove *p, uint32_t node, tro_buf *out)
{
	if (p->nodes[node].parent == PROVE_NONE) {
		tro_buf_puts(out, "none is needed, it stands so at the beginning");
		return;
	}
	put_before(p, node, out);
}

/* ---- findings ---- */

tro_status tro_prove_find(const prove *p, const prove_set *set, const char *id, uint32_t kind,
	int line, const char *remedy, uint32_t node, const char *fmt, ...)
{
	char what[2048];
	tro_buf way = TRO_BUF_INIT;
	tro_buf place = TRO_BUF_INIT;
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(what, sizeof(what), fmt, args);

	va_end(args);
	tro_buf_printf(&place, "%s:%d", p->kinds[kind].chart->source, line);
	if (node != PROVE_NONE) {
		tro_buf_puts(&way, "; shortest way: ");
		tro_prove_put_path(p, node, &way);
	}
	tro_status status = len < 0 ? TRO_SYSTEM : tro_buf_status(&way, set->err);

	if (status == TRO_OK) {
		status = tro_buf_status(&place, set->err);
	}
	if (status == TRO_OK) {
		status = tro_findings_add(set->findings, TRO_LEVEL_BLOCK, id, place.ptr, "", remedy,
			set->err, "%s%s", what, way.ptr);
	}
	tro_buf_done(&way);
	tro_buf_done(&place);
	return status;
}

uint32_t tro_prove_first_in(const prove *p, uint32_t kind, uint32_t state)
{
	for (uint32_t n = 0; n < p->node_count; n++) {
		if (prove_is(p, kind, prove_bits(p, n), NODE_OPENED) &&
			bits_has(prove_configuration(p, kind, prove_bits(p, n)), state)) {
			return n;
		}
	}
	return PROVE_NONE;
}
