/* Conds split at and, or, not() and parentheses, down to parts that are decided or free. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/prove.h"

enum { DEPTH_MAX = 100, OPEN_MAX = 12 };

typedef struct reader {
	tro_arena *arena;
	const tro_chart *chart;
	prove_leaves *leaves;
	bool failed; /* out of memory */
} reader;

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const prove_guard *split(reader *r, const char *text, size_t len, int depth);

static const prove_guard *make(reader *r, prove_guard guard)
{
	prove_guard *out = tro_arena_alloc(r->arena, sizeof(*out));

	if (out == NULL) {
		r->failed = true;
		return NULL;
	}
	*out = guard;
	return out;
}

/* Blanks outside quotes made one, so that texts can be compared. */
static char *one_blank(reader *r, const char *text, size_t len)
{
	char *out = tro_arena_strndup(r->arena, text, len);
	size_t at = 0;
	char quote = '\0';

	if (out == NULL) {
		r->failed = true;
		return NULL;
	}
	for (size_t i = 0; i < len; i++) {
		if (quote == '\0' && (text[i] == '\'' || text[i] == '"')) {
			quote = text[i];
		} else if (text[i] == quote) {
			quote = '\0';
		}
		if (quote != '\0' || !blank(text[i])) {
			out[at++] = text[i];
		} else if (at > 0 && out[at - 1] != ' ') {
			out[at++] = ' ';
		}
	}
	out[at] = '\0';
	return out;
}

/* The state of In('id'). */
static uint32_t state_asked(reader *r, const char *text)
{
	size_t len = strlen(text);

	if (!tro_text_starts(text, "In('") || len < 7 || strcmp(text + len - 2, "')") != 0) {
		return PROVE_NONE;
	}
	char *id = tro_arena_strndup(r->arena, text + 4, len - 6);

	r->failed = r->failed || id == NULL;
	return id == NULL ? PROVE_NONE : tro_chart_find_state(r->chart, id);
}

/* PATH = 'value' of one parameter of an event: a parameter that is no rows has one value. */
static void read_equation(reader *r, prove_leaf *leaf)
{
	const char *prefix = "$_event/data/";
	const char *equals = strstr(leaf->text, " = '");
	size_t len = strlen(leaf->text);

	if (!tro_text_starts(leaf->text, prefix) || equals == NULL || leaf->text[len - 1] != '\'' ||
		strchr(equals + 4, '\'') != leaf->text + len - 1) {
		return;
	}
	char *path = tro_arena_strndup(r->arena, leaf->text, (size_t)(equals - leaf->text));

	r->failed = r->failed || path == NULL;
	char *slash = path == NULL ? NULL : strchr(path + strlen(prefix), '/');

	if (slash == NULL) {
		return;
	}
	*slash = '\0';
	const tro_chart_event *event = tro_chart_event_named(r->chart, path + strlen(prefix));

	*slash = '/';
	for (size_t i = 0; event != NULL && i < event->param_count; i++) {
		if (strcmp(event->params[i].name, slash + 1) == 0 &&
			strcmp(event->params[i].type, "rows") != 0) {
			leaf->subject = path;
			leaf->value = equals + 4;
		}
	}
}

static uint32_t leaf_of(reader *r, const char *text);

/* PATH[self::a or self::b], when that is how it ends. */
static void read_parts(reader *r, uint32_t index)
{
	const char *text = r->leaves->list[index].text;
	const char *star = NULL;
	prove_place place;

	r->failed = r->failed || tro_prove_place(&place, r->arena, text) != TRO_OK;
	for (const char *at = text; (at = strstr(at, "/*[self::")) != NULL; at++) {
		star = at;
	}
	if (r->failed || star == NULL || place.text == NULL ||
		place.steps[place.count - 1].names[0] == '\0' || place.steps[place.count - 1].odd ||
		place.steps[place.count - 1].attribute[0] != '\0') {
		return;
	}
	uint32_t *parts = tro_arena_array(r->arena, strlen(star), sizeof(*parts));
	size_t count = 0;
	const char *word = place.steps[place.count - 1].names;

	r->failed = parts == NULL;
	while (!r->failed && *word != '\0') {
		size_t len = strcspn(word, " ");
		const char *part = tro_arena_printf(
			r->arena, "%.*s/%.*s", (int)(star - text), text, (int)len, word);

		r->failed = part == NULL;
		if (part != NULL) {
			parts[count++] = leaf_of(r, part);
		}
		word += len + (word[len] == ' ');
	}
	r->leaves->list[index].parts = parts;
	r->leaves->list[index].part_count = r->failed ? 0 : count;
}

static uint32_t leaf_of(reader *r, const char *text)
{
	prove_leaves *all = r->leaves;

	for (size_t i = 0; i < all->count; i++) {
		if (strcmp(all->list[i].text, text) == 0) {
			return (uint32_t)i;
		}
	}
	prove_leaf *list = tro_prove_room(all->list, &all->room, all->count, sizeof(*list));

	if (list == NULL) {
		r->failed = true;
		return 0;
	}
	all->list = list;
	prove_leaf *leaf = &all->list[all->count];

	*leaf = (prove_leaf){.text = text,
		.asks_event = strstr(text, "$_event") != NULL,
		.state = state_asked(r, text),
		.fact = PROVE_NONE,
		.matter = PROVE_NONE,
		.lacks = PROVE_NONE};
	read_equation(r, leaf);
	uint32_t index = (uint32_t)all->count++;

	read_parts(r, index); /* makes leaves of its own, which may move this one */
	return index;
}

/* Where a word stands between operands, outside brackets and quotes; len when nowhere. The last
 * one, so that a chain leans left. */
static size_t operator_at(const char *text, size_t len, const char *word)
{
	size_t word_len = strlen(word);
	size_t found = len;
	size_t depth = 0;
	char quote = '\0';

	for (size_t i = 0; i < len; i++) {
		if (quote != '\0') {
			quote = text[i] == quote ? '\0' : quote;
		} else if (text[i] == '\'' || text[i] == '"') {
			quote = text[i];
		} else if (text[i] == '(' || text[i] == '[') {
			depth++;
		} else if (text[i] == ')' || text[i] == ']') {
			depth -= depth > 0;
		} else if (depth == 0 && i > 0 && i + word_len < len && blank(text[i - 1]) &&
			   strncmp(text + i, word, word_len) == 0 &&
			   (blank(text[i + word_len]) || text[i + word_len] == '(')) {
			size_t before = i;

			while (before > 0 && blank(text[before - 1])) {
				before--;
			}
			/* After one of these comes a name, not an operator. */
			if (before > 0 && strchr("/@:(,[=<>+-|", text[before - 1]) == NULL) {
				found = i;
			}
		}
	}
	return found;
}

/* Is all of it one pair of parentheses, from the byte `open` on? */
static bool enclosed(const char *text, size_t len, size_t open)
{
	size_t depth = 0;
	char quote = '\0';

	if (len < open + 2 || text[open] != '(' || text[len - 1] != ')') {
		return false;
	}
	for (size_t i = open; i < len; i++) {
		if (quote != '\0') {
			quote = text[i] == quote ? '\0' : quote;
		} else if (text[i] == '\'' || text[i] == '"') {
			quote = text[i];
		} else if (text[i] == '(') {
			depth++;
		} else if (text[i] == ')' && --depth == 0) {
			return i == len - 1;
		}
	}
	return false;
}

static const prove_guard *join(reader *r, guard_kind kind, const char *text, size_t len, size_t at,
	size_t word_len, int depth)
{
	const prove_guard *left = split(r, text, at, depth + 1);
	const prove_guard *right = split(r, text + at + word_len, len - at - word_len, depth + 1);

	return left == NULL || right == NULL
		       ? NULL
		       : make(r, (prove_guard){.kind = kind, .left = left, .right = right});
}

static const prove_guard *split(reader *r, const char *text, size_t len, int depth)
{
	for (; len > 0 && blank(text[0]); text++, len--) {
	}
	while (len > 0 && blank(text[len - 1])) {
		len--;
	}
	if (depth < DEPTH_MAX) {
		size_t at = operator_at(text, len, "or");

		if (at < len) {
			return join(r, GUARD_OR, text, len, at, 2, depth);
		}
		at = operator_at(text, len, "and");
		if (at < len) {
			return join(r, GUARD_AND, text, len, at, 3, depth);
		}
		if (enclosed(text, len, 0)) {
			return split(r, text + 1, len - 2, depth + 1);
		}
		if (len > 5 && strncmp(text, "not(", 4) == 0 && enclosed(text, len, 3)) {
			const prove_guard *inner = split(r, text + 4, len - 5, depth + 1);

			return inner == NULL
				       ? NULL
				       : make(r, (prove_guard){.kind = GUARD_NOT, .left = inner});
		}
	}
	char *clean = one_blank(r, text, len);

	if (clean == NULL) {
		return NULL;
	}
	if (strcmp(clean, "true()") == 0 || strcmp(clean, "false()") == 0) {
		return make(r, (prove_guard){.kind = GUARD_CONST, .value = clean[0] == 't'});
	}
	return make(r, (prove_guard){.kind = GUARD_LEAF, .leaf = leaf_of(r, clean)});
}

const prove_guard *tro_prove_guard(
	tro_arena *arena, const tro_chart *chart, prove_leaves *leaves, const char *text)
{
	reader r = {.arena = arena, .chart = chart, .leaves = leaves};
	const prove_guard *out = split(&r, text, strlen(text), 0);

	return r.failed ? NULL : out;
}

/* ---- truth ---- */

prove_truth tro_prove_weigh(const prove_guard *guard, const uint8_t *known)
{
	prove_truth left;
	prove_truth right;

	switch (guard->kind) {
	case GUARD_CONST:
		return guard->value ? PROVE_TRUE : PROVE_FALSE;
	case GUARD_LEAF:
		return (prove_truth)known[guard->leaf];
	case GUARD_NOT:
		left = tro_prove_weigh(guard->left, known);
		return left == PROVE_OPEN ? PROVE_OPEN
					  : (left == PROVE_TRUE ? PROVE_FALSE : PROVE_TRUE);
	case GUARD_AND:
	case GUARD_OR:
		break;
	}
	prove_truth decides = guard->kind == GUARD_AND ? PROVE_FALSE : PROVE_TRUE;

	left = tro_prove_weigh(guard->left, known);
	right = tro_prove_weigh(guard->right, known);
	if (left == decides || right == decides) {
		return decides;
	}
	return left == PROVE_OPEN ? PROVE_OPEN : right;
}

static void gather(const prove_guard *guard, const uint8_t *known, uint32_t *open, size_t *count)
{
	if (guard == NULL || *count > OPEN_MAX) {
		return;
	}
	if (guard->kind == GUARD_LEAF && known[guard->leaf] == PROVE_OPEN) {
		for (size_t i = 0; i < *count; i++) {
			if (open[i] == guard->leaf) {
				return;
			}
		}
		open[(*count)++] = guard->leaf;
	}
	gather(guard->left, known, open, count);
	gather(guard->right, known, open, count);
}

/* Two values of one parameter. */
static bool contradicts(
	const prove_leaves *leaves, const uint8_t *known, const uint32_t *open, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const prove_leaf *a = &leaves->list[open[i]];

		for (size_t j = 0; j < i; j++) {
			const prove_leaf *b = &leaves->list[open[j]];

			if (known[open[i]] == PROVE_TRUE && known[open[j]] == PROVE_TRUE &&
				a->subject != NULL && b->subject != NULL &&
				strcmp(a->subject, b->subject) == 0 &&
				strcmp(a->value, b->value) != 0) {
				return true;
			}
		}
	}
	return false;
}

bool tro_prove_overlap(const prove_leaves *leaves, const prove_guard *a, const prove_guard *b,
	const uint8_t *known, uint8_t *trial)
{
	uint32_t open[OPEN_MAX + 2];
	size_t count = 0;
	bool found = false;

	memset(trial, PROVE_OPEN, leaves->count + 1);
	if (known != NULL) {
		memcpy(trial, known, leaves->count);
	}
	gather(a, trial, open, &count);
	gather(b, trial, open, &count);
	if (count > OPEN_MAX) { /* not known to exclude each other */
		return true;
	}
	for (uint32_t bits = 0; bits < 1U << count && !found; bits++) {
		for (size_t i = 0; i < count; i++) {
			trial[open[i]] = bits >> i & 1 ? PROVE_TRUE : PROVE_FALSE;
		}
		found = tro_prove_weigh(a, trial) == PROVE_TRUE &&
			tro_prove_weigh(b, trial) == PROVE_TRUE &&
			!contradicts(leaves, trial, open, count);
	}
	return found;
}
