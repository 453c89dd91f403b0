/*
 * What a signal that ends the client must leave behind it: a terminal that shows again what is
 * typed, and no form in clear.
 *
 * The handler calls nothing but what POSIX lets a handler call, puts both right, and then the
 * signal ends the client as if nobody had caught it, so that a shell sees what it would have seen.
 * A signal that was ignored when we were started (nohup) stays so.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"

/* PIPE: whoever read our answer has gone, and the form is still there. */
static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM};
enum { ENDS = sizeof(ends) / sizeof(*ends) };

/* Written while the flag beside it is 0. The client has one thread, and the handler no argument. */
static struct termios loud;
static int silent_tty;
static volatile sig_atomic_t silent;
static char form_file[CLI_PATH_SIZE];
static char form_folder[CLI_PATH_SIZE];
static volatile sig_atomic_t form_there;

static void put_right(int signal_number)
{
	if (silent) {
		(void)tcsetattr(silent_tty, TCSAFLUSH, &loud);
	}
	if (form_there) {
		(void)unlink(form_file);
		(void)rmdir(form_folder);
	}
	/* Blocked until we return, and then with its own effect (SA_RESETHAND). */
	(void)raise(signal_number);
}

void cli_ending_begin(void)
{
	struct sigaction before;
	struct sigaction own = {.sa_handler = put_right, .sa_flags = (int)SA_RESETHAND};

	(void)sigfillset(&own.sa_mask); /* with SIGTTOU: the terminal may be another's by now */
	for (size_t i = 0; i < ENDS; i++) {
		if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
			(void)sigaction(ends[i], &own, NULL);
		}
	}
}

void cli_ending_signals(sigset_t *out)
{
	struct sigaction now;

	(void)sigemptyset(out);
	for (size_t i = 0; i < ENDS; i++) {
		if (sigaction(ends[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN) {
			(void)sigaddset(out, ends[i]);
		}
	}
}

void cli_ending_terminal(int tty, const struct termios *before)
{
	silent = 0;
	if (before != NULL) {
		loud = *before;
		silent_tty = tty;
		silent = 1;
	}
}

void cli_ending_form(const char *folder, const char *file)
{
	form_there = 0;
	if (folder != NULL) {
		(void)snprintf(form_folder, sizeof(form_folder), "%s", folder);
		(void)snprintf(form_file, sizeof(form_file), "%s", file);
		form_there = 1;
	}
}
