/* Steps that are known: a table of them by event and by how the matters that have a part stand. */
#include "chart/memo.h"

#include <stdlib.h>
#include <string.h>

#include "chart/graph.h"

struct prove_memo {
	prove_known_step *steps; /* by content, step_room slots: a power of two, or 0 */
	size_t step_count, step_room;
	uint64_t *parties; /* the sets of kinds that have a part in a known step, each once */
	size_t party_count, party_room;
	uint32_t node;			 /* whose steps are asked for and kept */
	uint64_t parts[PROVE_KINDS_MAX]; /* hashes of it, by kind */
};

tro_status tro_prove_memo_new(prove_memo **out)
{
	*out = calloc(1, sizeof(**out));
	return *out == NULL ? TRO_NOMEM : TRO_OK;
}

void tro_prove_memo_free(prove_memo *memo)
{
	if (memo != NULL) {
		free(memo->steps);
		free(memo->parties);
		free(memo);
	}
}

/* ---- the table ---- */

static bool has_part(uint64_t touched, size_t kind)
{
	return (touched >> kind & 1) != 0;
}

/* A hash of how each matter stands in a node. */
static void hash_parts(const prove *p, const uint64_t *node, uint64_t *out)
{
	for (size_t k = 0; k < p->kind_count; k++) {
		out[k] = tro_prove_hash(node + p->kinds[k].at, p->kinds[k].end - p->kinds[k].at);
	}
}

void tro_prove_memo_stand(prove *p, uint32_t node)
{
	p->memo->node = node;
	hash_parts(p, prove_bits(p, node), p->memo->parts);
}

static uint64_t hash_step(const prove *p, const prove_known_step *step, const uint64_t *parts)
{
	uint64_t out = (uintptr_t)step->event * 0x9e3779b97f4a7c15U ^
		       step->deadline * 0xff51afd7ed558ccdU ^ step->touched << 32 ^
		       (uint64_t)step->passes << 31 ^ step->kind;

	for (size_t k = 0; k < p->kind_count; k++) {
		if (has_part(step->touched, k)) {
			out = out * 0xff51afd7ed558ccdU ^ parts[k];
		}
	}
	return out ^ out >> 29;
}

/* Do the matters that have a part in a step stand the same in both nodes? */
static bool stand_the_same(const prove *p, uint64_t touched, const uint64_t *a, const uint64_t *b)
{
	bool same = true;

	for (size_t k = 0; k < p->kind_count && same; k++) {
		const prove_kind *kind = &p->kinds[k];

		same = !has_part(touched, k) ||
		       memcmp(a + kind->at, b + kind->at, (kind->end - kind->at) * sizeof(*a)) == 0;
	}
	return same;
}

/* The slot of a step in a node, taken or free. parts: hash_parts of the node. */
static prove_known_step *slot_of(
	const prove *p, const prove_known_step *step, const uint64_t *node, const uint64_t *parts)
{
	const prove_memo *memo = p->memo;
	size_t at = hash_step(p, step, parts) & (memo->step_room - 1);

	for (const prove_known_step *s = &memo->steps[at]; s->event != NULL; s = &memo->steps[at]) {
		if (s->event == step->event && s->deadline == step->deadline &&
			s->passes == step->passes && s->touched == step->touched &&
			s->kind == step->kind &&
			stand_the_same(p, s->touched, prove_bits(p, s->node), node)) {
			break;
		}
		at = (at + 1) & (memo->step_room - 1);
	}
	return &memo->steps[at];
}

static bool grow_steps(const prove *p)
{
	prove_memo *memo = p->memo;
	prove_known_step *before = memo->steps;
	size_t before_room = memo->step_room;
	size_t room = before_room == 0 ? 1024 : 2 * before_room;
	prove_known_step *steps = calloc(room, sizeof(*steps));

	if (steps == NULL) {
		return false;
	}
	memo->steps = steps;
	memo->step_room = room;
	for (size_t i = 0; i < before_room; i++) {
		if (before[i].event != NULL) {
			const uint64_t *node = prove_bits(p, before[i].node);
			uint64_t parts[PROVE_KINDS_MAX];

			hash_parts(p, node, parts);
			*slot_of(p, &before[i], node, parts) = before[i];
		}
	}
	free(before);
	return true;
}

static bool note_parties(prove_memo *memo, uint64_t touched)
{
	for (size_t i = 0; i < memo->party_count; i++) {
		if (memo->parties[i] == touched) {
			return true;
		}
	}
	uint64_t *list =
		tro_prove_room(memo->parties, &memo->party_room, memo->party_count, sizeof(*list));

	if (list == NULL) {
		return false;
	}
	memo->parties = list;
	memo->parties[memo->party_count++] = touched;
	return true;
}

tro_status tro_prove_memo_outcome(prove *p, prove_known_step *step, prove_edge edge)
{
	for (const prove_outcome *o = step->outcomes; o != NULL; o = o->next) {
		if (o->label == edge.label && o->node == edge.to) {
			return TRO_OK;
		}
	}
	prove_outcome *o = tro_arena_alloc(p->arena, sizeof(*o));

	if (o == NULL) {
		return TRO_NOMEM;
	}
	*o = (prove_outcome){.label = edge.label, .node = edge.to, .next = step->outcomes};
	step->outcomes = o;
	return TRO_OK;
}

tro_status tro_prove_memo_keep(prove *p, const prove_known_step *step)
{
	prove_memo *memo = p->memo;

	if ((2 * (memo->step_count + 1) > memo->step_room && !grow_steps(p)) ||
		!note_parties(memo, step->touched)) {
		return TRO_NOMEM;
	}
	*slot_of(p, step, prove_bits(p, memo->node), memo->parts) = *step;
	memo->step_count++;
	return TRO_OK;
}

/* ---- repeating ---- */

static const prove_known_step *find_step(const prove *p, prove_label what, uint64_t deadline)
{
	const prove_memo *memo = p->memo;

	for (size_t i = 0; i < memo->party_count; i++) {
		const prove_known_step asked = {.event = what.event,
			.deadline = deadline,
			.passes = what.deadline,
			.touched = memo->parties[i],
			.kind = what.kind};
		const prove_known_step *slot =
			has_part(asked.touched, what.kind)
				? slot_of(p, &asked, prove_bits(p, memo->node), memo->parts)
				: NULL;

		if (slot != NULL && slot->event != NULL) {
			return slot;
		}
	}
	return NULL;
}

/* Makes p->now what the node becomes when the matters that have a part in a step stand as in
 * another node. */
static void stand_as(prove *p, uint64_t touched, const uint64_t *other)
{
	memcpy(p->now, prove_bits(p, p->memo->node), p->stride * sizeof(*p->now));
	for (size_t k = 0; k < p->kind_count; k++) {
		const prove_kind *kind = &p->kinds[k];

		if (has_part(touched, k)) {
			memcpy(p->now + kind->at, other + kind->at,
				(kind->end - kind->at) * sizeof(*p->now));
		}
	}
}

tro_status tro_prove_memo_repeat(bool *out_known, prove *p, prove_label what, uint64_t deadline)
{
	const prove_known_step *known = find_step(p, what, deadline);
	tro_status status = TRO_OK;

	*out_known = known != NULL;
	for (const prove_outcome *o = known == NULL ? NULL : known->outcomes;
		o != NULL && status == TRO_OK; o = o->next) {
		uint32_t to;

		stand_as(p, known->touched, prove_bits(p, o->node));
		status = tro_prove_lead(&to, p, p->memo->node, o->label);
	}
	return status;
}
