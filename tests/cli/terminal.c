/*
 * A terminal for the tests: terminal PROMPT SIGNAL COMMAND... runs the command as the foreground of
 * a new terminal, shows on standard output what it writes, and when PROMPT was written sends it the
 * signal, or types Ctrl-C for "typed". At the end it says whether the terminal shows what is typed,
 * and ends as the command did: its exit code, or 128 and the signal.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { SHOWN_MAX = 65536, FAILED = 125 };

static bool shows_typing(int tty)
{
	struct termios now;

	return tcgetattr(tty, &now) == 0 && (now.c_lflag & (tcflag_t)ECHO) != 0;
}

static void become(int control, int tty, char **command)
{
	(void)close(control);
	if (setsid() >= 0 && ioctl(tty, TIOCSCTTY, 0) == 0 && dup2(tty, STDIN_FILENO) >= 0 &&
		dup2(tty, STDOUT_FILENO) >= 0 && dup2(tty, STDERR_FILENO) >= 0) {
		(void)execvp(command[0], command);
	}
	_exit(FAILED);
}

static int number_of(const char *signal_name)
{
	return strcmp(signal_name, "HUP") == 0	  ? SIGHUP
	       : strcmp(signal_name, "TERM") == 0 ? SIGTERM
	       : strcmp(signal_name, "QUIT") == 0 ? SIGQUIT
						  : SIGINT;
}

/* Until the prompt was written, or nothing comes any more. */
static bool wait_for(int control, const char *prompt)
{
	char shown[SHOWN_MAX];
	size_t len = 0;

	while (len < sizeof(shown) - 1) {
		ssize_t got = read(control, shown + len, sizeof(shown) - 1 - len);

		if (got <= 0) {
			return false;
		}
		(void)fwrite(shown + len, 1, (size_t)got, stdout);
		len += (size_t)got;
		shown[len] = '\0';
		if (strstr(shown, prompt) != NULL) {
			return true;
		}
	}
	return false;
}

int main(int argc, char **argv)
{
	int control = posix_openpt(O_RDWR | O_NOCTTY);
	int status = 0;

	if (argc < 4 || control < 0 || grantpt(control) != 0 || unlockpt(control) != 0) {
		return FAILED;
	}
	/* Open here, too: the terminal outlives the command. */
	int tty = open(ptsname(control), O_RDWR | O_NOCTTY);
	pid_t child = tty < 0 ? -1 : fork();

	if (child == 0) {
		become(control, tty, argv + 3);
	}
	if (child < 0 || !wait_for(control, argv[1])) {
		return FAILED;
	}
	/* The prompt comes before the silence, which comes before the reading. */
	while (shows_typing(tty) && waitpid(child, &status, WNOHANG) == 0) {
	}
	if (strcmp(argv[2], "typed") == 0) {
		(void)!write(control, "\x03", 1);
	} else {
		(void)kill(child, number_of(argv[2]));
	}
	(void)waitpid(child, &status, 0);
	(void)printf(
		"\nthe terminal %s\n", shows_typing(tty) ? "shows what is typed" : "is silent");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
