/*
 * An arena: many small allocations with one lifetime, freed together.
 */
#ifndef TRO_BASE_ARENA_H
#define TRO_BASE_ARENA_H

#include <stddef.h>
#include <tro/err.h>

typedef struct tro_arena tro_arena;

/* NULL when out of memory. */
tro_arena *tro_arena_new(void);
/* Frees all that was allocated from it. NULL is allowed. */
void tro_arena_free(tro_arena *arena);
/* Zeroed and aligned for any type; NULL when out of memory. */
void *tro_arena_alloc(tro_arena *arena, size_t size) TRO_MUST_USE;
/* An array of zeroed elements; NULL when out of memory or when the size overflows. */
void *tro_arena_array(tro_arena *arena, size_t count, size_t size) TRO_MUST_USE;
char *tro_arena_strdup(tro_arena *arena, const char *text) TRO_MUST_USE;
char *tro_arena_strndup(tro_arena *arena, const char *text, size_t len) TRO_MUST_USE;
char *tro_arena_printf(tro_arena *arena, const char *fmt, ...) TRO_MUST_USE TRO_PRINTF(2, 3);

#endif
