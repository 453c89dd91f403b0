/* Lists that grow by one at a time. */
#include <stdlib.h>

#include "chart/prove.h"

void *tro_prove_room(void *list, size_t *room, size_t count, size_t size)
{
	if (count < *room) {
		return list;
	}
	size_t more = *room == 0 ? 64 : 2 * *room;
	void *grown =
		more > UINT32_MAX || more > SIZE_MAX / size ? NULL : realloc(list, more * size);

	if (grown != NULL) {
		*room = more;
	}
	return grown;
}
