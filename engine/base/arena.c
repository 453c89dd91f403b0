#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct block {
	struct block *next;
	size_t used; /* bytes */
	size_t size; /* bytes */
	alignas(max_align_t) unsigned char bytes[];
} block;

struct tro_arena {
	block *head; /* the block that is being filled */
};

enum { BLOCK_SIZE = 8192 };

tro_arena *tro_arena_new(void)
{
	return calloc(1, sizeof(tro_arena));
}

void tro_arena_free(tro_arena *arena)
{
	if (arena == NULL) {
		return;
	}
	for (block *b = arena->head, *next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(arena);
}

void *tro_arena_alloc(tro_arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);

	if (size > SIZE_MAX - sizeof(block) - align) {
		return NULL;
	}
	size = (size + align - 1) / align * align;
	if (arena->head == NULL || arena->head->size - arena->head->used < size) {
		size_t bytes = size > BLOCK_SIZE ? size : BLOCK_SIZE;
		block *b = calloc(1, sizeof(block) + bytes);

		if (b == NULL) {
			return NULL;
		}
		b->size = bytes;
		b->next = arena->head;
		arena->head = b;
	}
	void *out = arena->head->bytes + arena->head->used;

	arena->head->used += size;
	return out;
}

void *tro_arena_array(tro_arena *arena, size_t count, size_t size)
{
	if (size > 0 && count > SIZE_MAX / size) {
		return NULL;
	}
	return tro_arena_alloc(arena, count * size);
}

char *tro_arena_strndup(tro_arena *arena, const char *text, size_t len)
{
	char *out = len < SIZE_MAX ? tro_arena_alloc(arena, len + 1) : NULL;

	if (out != NULL) {
		memcpy(out, text, len);
	}
	return out;
}

char *tro_arena_strdup(tro_arena *arena, const char *text)
{
	return tro_arena_strndup(arena, text, strlen(text));
}

char *tro_arena_printf(tro_arena *arena, const char *fmt, ...)
{
	va_list args;
	va_list again;

	va_start(args, fmt);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, fmt, args);

	va_end(args);
	char *out = len < 0 ? NULL : tro_arena_alloc(arena, (size_t)len + 1);

	if (out != NULL) {
		(void)vsnprintf(out, (size_t)len + 1, fmt, again);
	}
	va_end(again);
	return out;
}
