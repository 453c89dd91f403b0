#include <stdio.h>
#include <stdlib.h>
#include <tro/finding.h>

#include "base/arena.h"

struct tro_findings {
	tro_arena *arena;
	tro_finding *items;
	size_t count;
	size_t cap;
};

tro_findings *tro_findings_new(void)
{
	tro_findings *list = calloc(1, sizeof(*list));

	if (list != NULL && (list->arena = tro_arena_new()) == NULL) {
		free(list);
		list = NULL;
	}
	return list;
}

void tro_findings_free(tro_findings *list)
{
	if (list != NULL) {
		tro_arena_free(list->arena);
		free(list->items);
		free(list);
	}
}

static const char *copy(tro_findings *list, const char *text)
{
	return text == NULL ? "" : tro_arena_strdup(list->arena, text);
}

static tro_status grow(tro_findings *list, tro_err *err)
{
	if (list->count == list->cap) {
		size_t cap = list->cap == 0 ? 8 : 2 * list->cap;
		tro_finding *items = realloc(list->items, cap * sizeof(*items));

		if (items == NULL) {
			return tro_err_nomem(err);
		}
		list->items = items;
		list->cap = cap;
	}
	return TRO_OK;
}

static char *format(tro_arena *arena, const char *fmt, va_list args)
{
	va_list again;

	va_copy(again, args);
	int len = vsnprintf(NULL, 0, fmt, again);

	va_end(again);
	char *out = len < 0 ? NULL : tro_arena_alloc(arena, (size_t)len + 1);

	if (out != NULL) {
		(void)vsnprintf(out, (size_t)len + 1, fmt, args);
	}
	return out;
}

tro_status tro_findings_add(tro_findings *list, tro_level level, const char *id, const char *place,
	const char *basis, const char *remedy, tro_err *err, const char *fmt, ...)
{
	tro_status status = grow(list, err);

	if (status != TRO_OK) {
		return status;
	}
	va_list args;

	va_start(args, fmt);
	tro_finding finding = {
		.level = level,
		.id = copy(list, id),
		.place = copy(list, place),
		.message = format(list->arena, fmt, args),
		.basis = copy(list, basis),
		.remedy = copy(list, remedy),
	};
	va_end(args);
	if (finding.id == NULL || finding.place == NULL || finding.message == NULL ||
		finding.basis == NULL || finding.remedy == NULL) {
		return tro_err_nomem(err);
	}
	list->items[list->count++] = finding;
	return TRO_OK;
}

tro_status tro_findings_add_all(tro_findings *list, const tro_findings *other, tro_err *err)
{
	tro_status status = TRO_OK;

	for (size_t i = 0; i < other->count && status == TRO_OK; i++) {
		const tro_finding *f = &other->items[i];

		status = tro_findings_add(list, f->level, f->id, f->place, f->basis, f->remedy, err,
			"%s", f->message);
	}
	return status;
}

size_t tro_findings_count(const tro_findings *list)
{
	return list->count;
}

size_t tro_findings_count_level(const tro_findings *list, tro_level level)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		count += list->items[i].level == level;
	}
	return count;
}

const tro_finding *tro_findings_at(const tro_findings *list, size_t index)
{
	return &list->items[index];
}

const char *tro_level_name(tro_level level)
{
	switch (level) {
	case TRO_LEVEL_BLOCK:
		return "block";
	case TRO_LEVEL_WARN:
		return "warn";
	case TRO_LEVEL_TASK:
		return "task";
	case TRO_LEVEL_NOTE:
		return "note";
	}
	return "";
}
