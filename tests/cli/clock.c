/*
 * The clock by which a program measures how long it waits, as a test wants it: loaded before the
 * program (LD_PRELOAD), it goes on by TRO_CLOCK_STEP_MS at each look, and otherwise stands.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t id, struct timespec *out)
{
	static atomic_long now_ms;
	const char *step = getenv("TRO_CLOCK_STEP_MS");
	int (*real)(clockid_t, struct timespec *);

	if (id != CLOCK_MONOTONIC || step == NULL) {
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
		return real(id, out);
	}
	long now = atomic_fetch_add(&now_ms, strtol(step, NULL, 10));

	out->tv_sec = now / 1000;
	out->tv_nsec = now % 1000 * 1000000;
	return 0;
}
