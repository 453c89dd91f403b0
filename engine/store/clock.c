#include <time.h>

#include "store/store.h"

tro_time_us tro_clock_now(void)
{
	struct timespec now = {0, 0};

	/* CLOCK_REALTIME exists on every POSIX system and the pointer is good: it cannot fail. */
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (tro_time_us)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
