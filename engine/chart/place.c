/* Places in the document: paths of child steps from a variable on. */
#include <string.h>

#include "base/text.h"
#include "chart/prove.h"

static size_t name_len(const char *text)
{
	size_t len = 0;

	while (text[len] != '\0' && strchr(" /[]()*@$'\"=,|:<>!+", text[len]) == NULL) {
		len++;
	}
	return len;
}

/* The length of a predicate with its brackets; 0 when they do not match. */
static size_t predicate_len(const char *text)
{
	size_t depth = 0;
	char quote = '\0';

	for (size_t i = 0; text[i] != '\0'; i++) {
		if (quote != '\0') {
			quote = text[i] == quote ? '\0' : quote;
		} else if (text[i] == '\'' || text[i] == '"') {
			quote = text[i];
		} else if (text[i] == '[') {
			depth++;
		} else if (text[i] == ']' && --depth == 0) {
			return i + 1;
		}
	}
	return 0;
}

typedef struct reader {
	tro_arena *arena;
	bool failed; /* out of memory */
} reader;

static char *copy(reader *r, const char *text, size_t len)
{
	char *out = tro_arena_strndup(r->arena, text, len);

	r->failed = r->failed || out == NULL;
	return out;
}

/* [self::a or self::b] as "a b"; NULL when it is anything else. */
static char *selves(reader *r, const char *text, size_t len)
{
	char *out = copy(r, "", 0);
	const char *at = text + 1;

	while (out != NULL && tro_text_starts(at, "self::")) {
		size_t word = name_len(at + 6);

		out = tro_arena_printf(
			r->arena, "%s%s%.*s", out, out[0] == '\0' ? "" : " ", (int)word, at + 6);
		r->failed = r->failed || out == NULL;
		at += 6 + word;
		if (word == 0) {
			return NULL;
		}
		if (at == text + len - 1) {
			return out;
		}
		if (!tro_text_starts(at, " or ")) {
			return NULL;
		}
		at += 4;
	}
	return NULL;
}

/* [@attribute = $variable] */
static bool read_pick(reader *r, prove_step *step, const char *text, size_t len)
{
	if (text[1] != '@' || step->attribute[0] != '\0') {
		return false;
	}
	size_t attribute = name_len(text + 2);
	const char *rest = text + 2 + attribute;

	if (attribute == 0 || !tro_text_starts(rest, " = $")) {
		return false;
	}
	size_t variable = name_len(rest + 4);

	if (variable == 0 || rest + 4 + variable != text + len - 1) {
		return false;
	}
	step->attribute = copy(r, text + 2, attribute);
	step->variable = copy(r, rest + 4, variable);
	return step->attribute != NULL && step->variable != NULL;
}

/* Reads one step from *at on; false when it is no child step. */
static bool read_step(reader *r, const char **at, prove_step *step)
{
	bool any = **at == '*';
	size_t len = any ? 1 : name_len(*at);

	*step = (prove_step){.names = "", .attribute = "", .variable = ""};
	if (len == 0 || (*at)[0] == '.' || (*at)[len] == ':' || (*at)[len] == '(') {
		return false;
	}
	if (!any) {
		step->name = copy(r, *at, len);
	}
	*at += len;
	while (**at == '[') {
		size_t size = predicate_len(*at);
		char *list = any && size > 0 ? selves(r, *at, size) : NULL;

		if (size == 0) {
			return false;
		}
		if (list != NULL && step->names[0] == '\0') {
			step->names = list;
		} else if (!read_pick(r, step, *at, size)) {
			step->odd = true;
		}
		*at += size;
	}
	return any || step->name != NULL;
}

const char *tro_prove_one_blank(tro_arena *arena, const char *text)
{
	char *out = tro_arena_strdup(arena, text);
	size_t at = 0;

	if (out == NULL) {
		return NULL;
	}
	for (const char *p = text; *p != '\0'; p++) {
		bool blank = strchr(" \t\r\n", *p) != NULL;

		if (!blank) {
			out[at++] = *p;
		} else if (at > 0 && out[at - 1] != ' ') {
			out[at++] = ' ';
		}
	}
	while (at > 0 && out[at - 1] == ' ') {
		at--;
	}
	out[at] = '\0';
	return out;
}

tro_status tro_prove_place(prove_place *out, tro_arena *arena, const char *text)
{
	reader r = {.arena = arena};
	size_t room = 1;
	const char *whole = tro_prove_one_blank(arena, text);

	*out = (prove_place){.count = 0};
	if (whole == NULL) {
		return TRO_NOMEM;
	}
	if (whole[0] != '$') {
		return TRO_OK;
	}
	for (const char *p = whole; *p != '\0'; p++) {
		room += *p == '/';
	}
	prove_step *steps = tro_arena_array(arena, room, sizeof(*steps));
	const char *at = whole + 1;
	size_t len = name_len(at);
	const char *variable = tro_arena_strndup(arena, at, len);
	size_t count = 0;

	if (steps == NULL || variable == NULL) {
		return TRO_NOMEM;
	}
	at += len;
	while (*at == '/') {
		at++;
		if (!read_step(&r, &at, &steps[count++])) {
			return r.failed ? TRO_NOMEM : TRO_OK;
		}
	}
	if (*at == '\0' && len > 0) {
		*out = (prove_place){
			.text = whole, .variable = variable, .steps = steps, .count = count};
	}
	return r.failed ? TRO_NOMEM : TRO_OK;
}

/* ---- comparing ---- */

bool tro_prove_step_covers(const prove_step *step, const char *name)
{
	if (step->name != NULL) {
		return strcmp(step->name, name) == 0;
	}
	return step->names[0] == '\0' || tro_text_in_list(step->names, name);
}

static bool steps_meet(const prove_step *a, const prove_step *b)
{
	if (b->name != NULL) {
		return tro_prove_step_covers(a, b->name);
	}
	return a->name == NULL || tro_prove_step_covers(b, a->name);
}

bool tro_prove_meets(const prove_place *a, const prove_place *whole, size_t count)
{
	if (a->text == NULL || whole->text == NULL) {
		return true;
	}
	if (strcmp(a->variable, whole->variable) != 0 || a->count != count) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!steps_meet(&a->steps[i], &whole->steps[i])) {
			return false;
		}
	}
	return true;
}

static bool steps_same(const prove_step *a, const prove_step *b)
{
	return a->name != NULL && b->name != NULL && strcmp(a->name, b->name) == 0 && !a->odd &&
	       !b->odd && strcmp(a->attribute, b->attribute) == 0 &&
	       strcmp(a->variable, b->variable) == 0;
}

bool tro_prove_same(const prove_place *a, const prove_place *whole, size_t count)
{
	if (a->text == NULL || whole->text == NULL || a->count != count ||
		strcmp(a->variable, whole->variable) != 0) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!steps_same(&a->steps[i], &whole->steps[i])) {
			return false;
		}
	}
	return true;
}
