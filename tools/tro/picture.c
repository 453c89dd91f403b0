/* Pictures: their source for Graphviz, or what its program dot makes of it. */
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

/* The source goes to dot through a nameless file, so that neither waits for the other. */
static tro_status run_dot(const tro_buf *source, tro_err *err)
{
	FILE *file = tmpfile();
	int result = 0;

	if (file == NULL) {
		return tro_err_errno(err, errno, "cannot write the picture's source");
	}
	bool good = fwrite(source->ptr, 1, source->len, file) == source->len && fflush(file) == 0 &&
		    fseek(file, 0, SEEK_SET) == 0;
	pid_t child = good && fflush(stdout) == 0 ? fork() : -1;

	if (child == 0) {
		if (dup2(fileno(file), STDIN_FILENO) >= 0) {
			(void)execlp("dot", "dot", "-Tsvg", (char *)NULL);
		}
		_exit(errno == ENOENT ? 127 : 126);
	}
	while (child > 0 && waitpid(child, &result, 0) < 0 && errno == EINTR) {
	}
	(void)fclose(file);
	if (child < 0) {
		return tro_err_errno(err, errno, "cannot run dot");
	}
	if (WIFEXITED(result) && WEXITSTATUS(result) == 127) {
		return tro_err_set(err, TRO_SYSTEM,
			"the program dot is not here: install graphviz, or leave out --svg to get "
			"what dot reads");
	}
	return WIFEXITED(result) && WEXITSTATUS(result) == 0
		       ? TRO_OK
		       : tro_err_set(err, TRO_SYSTEM, "dot did not end well");
}

int print_picture(const client *cli, const tro_buf *source, bool svg)
{
	tro_err err;

	if (!svg) {
		(void)fwrite(source->ptr, 1, source->len, stdout);
		return finish_output(cli);
	}
	tro_status status = run_dot(source, &err);

	return status == TRO_OK ? EXIT_DONE : cli_fail(cli, status, &err);
}
