/* From pointers of the model to numbers: open addressing. */
#include <stdlib.h>

#include "chart/prove.h"

static size_t slot_of(const prove_map *map, const void *key)
{
	size_t at = ((uintptr_t)key >> 4) * 0x9e3779b97f4a7c15U >> 20 & (map->room - 1);

	while (map->keys[at] != NULL && map->keys[at] != key) {
		at = (at + 1) & (map->room - 1);
	}
	return at;
}

static bool grow(prove_map *map)
{
	prove_map larger = {.room = map->room == 0 ? 256 : 2 * map->room};

	larger.keys = calloc(larger.room, sizeof(*larger.keys));
	larger.values = calloc(larger.room, sizeof(*larger.values));
	if (larger.keys == NULL || larger.values == NULL) {
		tro_prove_map_done(&larger);
		return false;
	}
	for (size_t i = 0; i < map->room; i++) {
		if (map->keys[i] != NULL) {
			size_t at = slot_of(&larger, map->keys[i]);

			larger.keys[at] = map->keys[i];
			larger.values[at] = map->values[i];
		}
	}
	larger.count = map->count;
	prove_map old = *map;

	*map = larger;
	tro_prove_map_done(&old);
	return true;
}

bool tro_prove_map_put(prove_map *map, const void *key, uint32_t value)
{
	if (2 * (map->count + 1) > map->room && !grow(map)) {
		return false;
	}
	size_t at = slot_of(map, key);

	map->count += map->keys[at] == NULL;
	map->keys[at] = key;
	map->values[at] = value;
	return true;
}

uint32_t tro_prove_map_get(const prove_map *map, const void *key)
{
	if (map->room == 0) {
		return PROVE_NONE;
	}
	size_t at = slot_of(map, key);

	return map->keys[at] == NULL ? PROVE_NONE : map->values[at];
}

void tro_prove_map_done(prove_map *map)
{
	free(map->keys);
	free(map->values);
	*map = (prove_map){.count = 0};
}
