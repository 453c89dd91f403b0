/*
 * Where the form of edit lies while an editor has it: a private folder, in memory where the host
 * has that, so that what an editor keeps beside the form goes away with it.
 *
 * A form is removed when its words are recorded, when the editor says that it failed, and when a
 * signal ends us: then nobody is there any more to be told where it lies. It is kept only when its
 * words are refused, and then that is said.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define FOLDER_NAME "tro-form-"
#define FILE_NAME "form"

/* In memory where the host has it: the draft shall not stay behind on a disk. */
static const char *parent_folder(void)
{
	const char *folder = getenv("XDG_RUNTIME_DIR");

	if (folder != NULL && folder[0] != '\0') {
		return folder;
	}
	return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

tro_status cli_form_create(cli_form *out, FILE **out_file, tro_err *err)
{
	sigset_t ends;
	sigset_t before;
	int fd = -1;
	int len = snprintf(
		out->folder, sizeof(out->folder), "%s/" FOLDER_NAME "XXXXXX", parent_folder());

	out->given = false;
	if (len < 0 || (size_t)len >= sizeof(out->folder) - sizeof("/" FILE_NAME)) {
		return tro_err_errno(err, ENAMETOOLONG, "cannot make a folder for the form");
	}
	cli_ending_signals(&ends); /* no signal between making it and being able to remove it */
	(void)sigprocmask(SIG_BLOCK, &ends, &before);
	bool made = mkdtemp(out->folder) != NULL;

	if (made) {
		(void)snprintf(out->file, sizeof(out->file), "%.*s/" FILE_NAME, len, out->folder);
		cli_ending_form(out->folder, out->file);
		fd = open(out->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	int reason = errno;

	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	*out_file = fd < 0 ? NULL : fdopen(fd, "w");
	if (*out_file != NULL) {
		return TRO_OK;
	}
	if (made) {
		cli_form_remove(out);
	}
	return tro_err_errno(err, reason, "cannot make a file for the form");
}

tro_status cli_form_take(cli_form *out, const char *path, tro_err *err)
{
	int len = snprintf(out->file, sizeof(out->file), "%s", path);
	const char *slash = strrchr(path, '/');

	out->given = true;
	out->folder[0] = '\0';
	if (len < 0 || (size_t)len >= sizeof(out->file)) {
		return tro_err_errno(err, ENAMETOOLONG, "cannot use the form");
	}
	if (slash != NULL) {
		(void)snprintf(out->folder, sizeof(out->folder), "%.*s", (int)(slash - path), path);
		const char *name = strrchr(out->folder, '/');

		name = name == NULL ? out->folder : name + 1;
		if (strncmp(name, FOLDER_NAME, strlen(FOLDER_NAME)) != 0) {
			out->folder[0] = '\0'; /* a folder that we did not make */
		}
	}
	return TRO_OK;
}

/* What an editor has left beside the form: earlier versions, and what it keeps for a crash. */
static void sweep(const cli_form *form)
{
	DIR *folder = form->folder[0] == '\0' ? NULL : opendir(form->folder);

	for (const struct dirent *e; folder != NULL && (e = readdir(folder)) != NULL;) {
		if (strcmp(e->d_name, FILE_NAME) != 0) {
			(void)unlinkat(dirfd(folder), e->d_name, 0); /* no folder: "." stays */
		}
	}
	if (folder != NULL) {
		(void)closedir(folder);
	}
}

void cli_form_remove(const cli_form *form)
{
	(void)unlink(form->file);
	sweep(form);
	if (form->folder[0] != '\0') {
		(void)rmdir(form->folder);
	}
	cli_ending_form(NULL, NULL);
}

void cli_form_keep(const cli_form *form, const char *case_id)
{
	cli_ending_form(NULL, NULL);
	cli_say("what you wrote is kept, in clear, for you alone, in %s: 'tro edit %s --form %s' "
		"goes "
		"on with it and removes it once it is recorded; else remove it\n",
		form->file, case_id, form->file);
}

/* ---- the editor ---- */

/* Set to nothing, it is not set. */
static bool names_editor(const char *value)
{
	return value != NULL && value[strspn(value, " \t\n")] != '\0';
}

static const char *editor_name(void)
{
	const char *editor = getenv("VISUAL");

	editor = names_editor(editor) ? editor : getenv("EDITOR");
	return names_editor(editor) ? editor : "vi";
}

static void become_editor(const char *editor, const char *path, const sigset_t *mask)
{
	sigset_t ends;

	cli_ending_signals(&ends);
	for (int number = 1; number < NSIG; number++) {
		if (sigismember(&ends, number) == 1) {
			(void)signal(number, SIG_DFL); /* the form is not the child's to remove */
		}
	}
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
	/* $EDITOR may hold words of its own: the shell splits it, and the path stays one word. */
	(void)execl("/bin/sh", "sh", "-c", "exec $0 \"$1\"", editor, path, (char *)NULL);
	_exit(127);
}

/* It is asked to end, and after two seconds it must. */
static void end_editor(pid_t child, int signal_number)
{
	const struct timespec grace = {.tv_sec = 2};
	sigset_t ended;

	(void)sigemptyset(&ended);
	(void)sigaddset(&ended, SIGCHLD);
	(void)kill(child, signal_number);
	(void)kill(child, SIGCONT);
	(void)sigtimedwait(&ended, NULL, &grace);
	(void)kill(child, SIGKILL); /* not waited for yet: the number is still its own */
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
	}
}

/* Waits with the signals blocked. What a terminal sends to both of us is for the editor alone; HUP
 * and TERM end both. *out_signal: which, or 0. */
static tro_status wait_for_editor(
	int *out_result, int *out_signal, pid_t child, const sigset_t *awaited, tro_err *err)
{
	*out_signal = 0;
	for (;;) {
		pid_t ended = waitpid(child, out_result, WNOHANG);

		if (ended == child) {
			return TRO_OK;
		}
		if (ended < 0 && errno != EINTR) {
			return tro_err_errno(err, errno, "cannot wait for the editor");
		}
		int got = sigwaitinfo(awaited, NULL);

		if (got == SIGHUP || got == SIGTERM) {
			end_editor(child, got);
			*out_signal = got;
			return TRO_OK;
		}
	}
}

tro_status cli_form_edit(const cli_form *form, tro_err *err)
{
	const char *editor = editor_name();
	sigset_t awaited;
	sigset_t before;
	int result = 0;
	int ended_by = 0;

	(void)signal(SIGCHLD, SIG_DFL); /* where it is ignored, nobody can be waited for */
	cli_ending_signals(&awaited);
	(void)sigaddset(&awaited, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &awaited, &before);
	pid_t child = fork();

	if (child == 0) {
		become_editor(editor, form->file, &before);
	}
	tro_status status = child < 0 ? tro_err_errno(err, errno, "cannot start the editor")
				      : wait_for_editor(&result, &ended_by, child, &awaited, err);

	sweep(form);
	if (ended_by != 0) {
		(void)raise(ended_by);
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL); /* of that signal we end here */
	if (status != TRO_OK) {
		return status;
	}
	return WIFEXITED(result) && WEXITSTATUS(result) == 0
		       ? TRO_OK
		       : tro_err_set(err, TRO_NO,
				 "the editor '%s' did not end well: nothing is recorded", editor);
}
