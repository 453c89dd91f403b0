/* The graph: nodes by content, labels, edges. */
#include "chart/graph.h"

#include <stdlib.h>
#include <string.h>

/* ---- nodes ---- */

uint64_t tro_prove_hash(const uint64_t *words, size_t count)
{
	uint64_t h = 0xcbf29ce484222325U;

	for (size_t i = 0; i < count; i++) {
		h = (h ^ words[i]) * 0x9e3779b97f4a7c15U;
		h ^= h >> 29;
	}
	return h;
}

static tro_status grow_table(prove *p)
{
	size_t size = p->table_size == 0 ? 4096 : 2 * p->table_size;
	uint32_t *table = malloc(size * sizeof(*table));

	if (table == NULL) {
		return TRO_NOMEM;
	}
	memset(table, 0xff, size * sizeof(*table));
	for (uint32_t n = 0; n < p->node_count; n++) {
		size_t at = tro_prove_hash(prove_bits(p, n), p->stride) & (size - 1);

		while (table[at] != PROVE_NONE) {
			at = (at + 1) & (size - 1);
		}
		table[at] = n;
	}
	free(p->table);
	p->table = table;
	p->table_size = size;
	return TRO_OK;
}

static tro_status grow_nodes(prove *p)
{
	size_t room = p->node_room == 0 ? 1024 : 2 * p->node_room;
	uint64_t *bits = realloc(p->bits, room * p->stride * sizeof(*bits));

	if (bits == NULL) {
		return TRO_NOMEM;
	}
	p->bits = bits;
	prove_node *nodes = realloc(p->nodes, room * sizeof(*nodes));

	if (nodes == NULL) {
		return TRO_NOMEM;
	}
	p->nodes = nodes;
	p->node_room = room;
	return TRO_OK;
}

tro_status tro_prove_node(uint32_t *out, prove *p, uint32_t parent, uint32_t label)
{
	if (2 * p->node_count >= p->table_size && grow_table(p) != TRO_OK) {
		return TRO_NOMEM;
	}
	size_t at = tro_prove_hash(p->now, p->stride) & (p->table_size - 1);

	for (; p->table[at] != PROVE_NONE; at = (at + 1) & (p->table_size - 1)) {
		if (memcmp(prove_bits(p, p->table[at]), p->now, p->stride * sizeof(*p->now)) == 0) {
			*out = p->table[at];
			return TRO_OK;
		}
	}
	if (p->node_count == PROVE_NODES_MAX) {
		return tro_err_set(p->err, TRO_NOMEM,
			"%s: more than %d situations: this definition is too large to explore",
			p->kinds[0].chart->source, (int)PROVE_NODES_MAX);
	}
	if (p->node_count == p->node_room && grow_nodes(p) != TRO_OK) {
		return TRO_NOMEM;
	}
	memcpy(p->bits + p->node_count * p->stride, p->now, p->stride * sizeof(*p->now));
	p->nodes[p->node_count] = (prove_node){.parent = parent, .label = label};
	p->table[at] = (uint32_t)p->node_count;
	*out = (uint32_t)p->node_count++;
	return TRO_OK;
}

/* ---- labels and edges ---- */

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool same_label(const prove_label *a, const prove_label *b)
{
	return a->kind == b->kind && a->deadline == b->deadline && a->deed_count == b->deed_count &&
	       strcmp(a->event, b->event) == 0 &&
	       memcmp(a->deeds, b->deeds, a->deed_count * sizeof(*a->deeds)) == 0;
}

tro_status tro_prove_label(uint32_t *out, prove *p, prove_label label)
{
	label.deeds = p->happened;
	label.deed_count = p->happened_count;
	if (label.deed_count > 1) {
		size_t kept = 1;

		qsort(label.deeds + 1, label.deed_count - 1, sizeof(*label.deeds), by_number);
		for (size_t i = 1; i < label.deed_count; i++) {
			if (label.deeds[i] != label.deeds[kept - 1]) {
				label.deeds[kept++] = label.deeds[i];
			}
		}
		label.deed_count = kept;
	}
	for (size_t i = p->label_count; i > 0; i--) {
		if (same_label(&p->labels[i - 1], &label)) {
			*out = (uint32_t)(i - 1);
			return TRO_OK;
		}
	}
	prove_label *list =
		tro_prove_room(p->labels, &p->label_room, p->label_count, sizeof(*list));

	if (list == NULL) {
		return TRO_NOMEM;
	}
	p->labels = list;
	uint32_t *deeds = tro_arena_array(p->arena, label.deed_count + 1, sizeof(*deeds));

	if (deeds == NULL) {
		return TRO_NOMEM;
	}
	if (label.deed_count > 0) {
		memcpy(deeds, label.deeds, label.deed_count * sizeof(*deeds));
	}
	label.deeds = deeds;
	p->labels[p->label_count] = label;
	*out = (uint32_t)p->label_count++;
	return TRO_OK;
}

static tro_status add_edge(prove *p, uint32_t from, prove_edge edge)
{
	prove_node *node = &p->nodes[from];

	for (uint32_t i = 0; i < node->edge_count; i++) {
		const prove_edge *e = &p->edges[node->first_edge + i];

		if (e->to == edge.to && e->label == edge.label) {
			return TRO_OK;
		}
	}
	prove_edge *list = tro_prove_room(p->edges, &p->edge_room, p->edge_count, sizeof(*list));

	if (list == NULL) {
		return TRO_NOMEM;
	}
	p->edges = list;
	p->edges[p->edge_count++] = edge;
	node->edge_count++;
	return TRO_OK;
}

tro_status tro_prove_lead(uint32_t *to, prove *p, uint32_t from, uint32_t label)
{
	tro_status status = tro_prove_node(to, p, from, label);

	return status == TRO_OK ? add_edge(p, from, (prove_edge){.to = *to, .label = label})
				: status;
}
