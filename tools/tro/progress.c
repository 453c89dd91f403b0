#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

/* Monotonic: how long the user has been waiting has nothing to do with the store's clock. */
static int64_t now_ms(void)
{
	struct timespec t = {0, 0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum { SILENT_MS = 1000, BETWEEN_MS = 200 };

void cli_progress_begin(cli_progress *out, const char *done)
{
	*out = (cli_progress){
		.done = done, .due_ms = now_ms() + SILENT_MS, .wanted = isatty(STDERR_FILENO) != 0};
}

void cli_progress_tell(void *user, uint64_t done, uint64_t total)
{
	cli_progress *p = user;
	int64_t now = p->wanted ? now_ms() : 0;

	if (!p->wanted || now < p->due_ms || total == 0) {
		return;
	}
	p->due_ms = now + BETWEEN_MS;
	p->shown = true;
	(void)fprintf(stderr, "\r%3llu %% %s",
		(unsigned long long)(done >= total ? 100 : done * 100 / total), p->done);
}

void cli_progress_wipe(cli_progress *progress)
{
	if (progress->shown) {
		(void)fputs("\r             \r", stderr);
	}
	progress->shown = false;
}
