/*
 * What the commands of the client share: the options that mean one thing everywhere, the store, the
 * signer, and the ways to answer.
 *
 * A command is a function that gets the words after its name and returns an exit code. Answers go
 * to standard output, talk to standard error; an error is reported once, here.
 */
#ifndef TRO_CLI_H
#define TRO_CLI_H

#include <jansson.h>
#include <popt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>
#include <termios.h>
#include <tro/access.h>
#include <tro/case.h>
#include <tro/err.h>
#include <tro/finding.h>
#include <tro/key.h>
#include <tro/registry.h>
#include <tro/workflow.h>

/* Exit codes (tro(1)); those of verification come from tro_verdict. */
enum {
	EXIT_DONE = 0,
	EXIT_NO = 1,
	EXIT_USAGE = 2,
	EXIT_REFUSED = 3,
	EXIT_NOT_FOUND = 4,
	EXIT_CHANGED = 5,
	EXIT_KEY = 6,
	EXIT_INVALID = 7,
	EXIT_SYSTEM = 8,
};

/* A pipe, terminal or standard input that was read to its end. */
typedef struct cli_stream {
	dev_t device;
	ino_t inode;
} cli_stream;

enum { STREAMS_MAX = 128, CLI_PATH_SIZE = 4096 };

/* Options that every command takes. */
typedef struct client {
	const char *command;
	char *store;		/* --store */
	char *key;		/* --key */
	char *passphrase_file;	/* --passphrase-file */
	int passphrase_fd;	/* --passphrase-fd; -1 when not given */
	int json;		/* --json */
	int dry_run;		/* --dry-run, of the commands that have DRY_RUN_OPTION */
	char *reason;		/* --reason, of the commands that have REASON_OPTION */
	tro_registry *registry; /* once opened */
	tro_signer *signer;	/* once asked for */
	bool recorded;		/* what was asked for stands in the store, whatever comes after */
	cli_stream streams[STREAMS_MAX];
	size_t stream_count;
} client;

/* For commands that act on the registry: cli_open makes it a rehearsal. */
#define DRY_RUN_OPTION(cli)                                                                        \
	{                                                                                          \
		"dry-run", '\0', POPT_ARG_NONE, &(cli)->dry_run, 0,                                \
			"say what would happen and write nothing", NULL                            \
	}

/* For commands that show or give something of a case. */
#define REASON_OPTION(cli)                                                                         \
	{                                                                                          \
		"reason", '\0', POPT_ARG_STRING, &(cli)->reason, 0,                                \
			"a code for the access log: why you look", "CODE"                          \
	}
#define RECIPIENT_OPTION(place)                                                                    \
	{                                                                                          \
		"recipient", '\0', POPT_ARG_STRING, place, 0,                                      \
			"who is given it, for the access log", "TEXT"                              \
	}

typedef struct cli_command {
	const char *name;
	int (*run)(client *cli, int argc, const char **argv); /* argv[0] is the command's name */
	const char *usage;				      /* the words after "tro NAME" */
	const char *summary;				      /* one line */
} cli_command;

extern const cli_command commands[]; /* sorted by name; ends with a NULL name */
const cli_command *command_named(const char *name);

/* One a file: cmd_<name>.c; do and new stand with the events. */
int cmd_accept(client *cli, int argc, const char **argv);
int cmd_access_log(client *cli, int argc, const char **argv);
int cmd_adopt(client *cli, int argc, const char **argv);
int cmd_agree(client *cli, int argc, const char **argv);
int cmd_backup(client *cli, int argc, const char **argv);
int cmd_can(client *cli, int argc, const char **argv);
int cmd_checkpoint(client *cli, int argc, const char **argv);
int cmd_clock(client *cli, int argc, const char **argv);
int cmd_do(client *cli, int argc, const char **argv);
int cmd_edit(client *cli, int argc, const char **argv);
int cmd_erase(client *cli, int argc, const char **argv);
int cmd_exhibit(client *cli, int argc, const char **argv);
int cmd_extract(client *cli, int argc, const char **argv);
int cmd_filing(client *cli, int argc, const char **argv);
int cmd_help(client *cli, int argc, const char **argv);
int cmd_hold(client *cli, int argc, const char **argv);
int cmd_init(client *cli, int argc, const char **argv);
int cmd_key(client *cli, int argc, const char **argv);
int cmd_log(client *cli, int argc, const char **argv);
int cmd_new(client *cli, int argc, const char **argv);
int cmd_next(client *cli, int argc, const char **argv);
int cmd_person(client *cli, int argc, const char **argv);
int cmd_rebuild(client *cli, int argc, const char **argv);
int cmd_request(client *cli, int argc, const char **argv);
int cmd_restore_store(client *cli, int argc, const char **argv);
int cmd_role(client *cli, int argc, const char **argv);
int cmd_set(client *cli, int argc, const char **argv);
int cmd_show(client *cli, int argc, const char **argv);
int cmd_sign(client *cli, int argc, const char **argv);
int cmd_status(client *cli, int argc, const char **argv);
int cmd_tick(client *cli, int argc, const char **argv);
int cmd_verify(client *cli, int argc, const char **argv);
int cmd_why(client *cli, int argc, const char **argv);
int cmd_witness(client *cli, int argc, const char **argv);
int cmd_workflow(client *cli, int argc, const char **argv);

/* ---- options (options.c) ---- */

/* Reads own options (may be NULL) and the common ones. *args, ended by NULL, and *arg_count are the
 * words that are no options; they live until options_free. EXIT_DONE, or the exit code after saying
 * what is wrong. --help is answered here: *helped says so. */
enum { OPTIONS_MAX = 128 };
typedef struct cli_options {
	struct poptOption table[OPTIONS_MAX]; /* popt keeps a pointer to it */
	poptContext context;
	const char **args;
	size_t arg_count;
	bool helped;
} cli_options;
int options_read(cli_options *out, client *cli, int argc, const char **argv,
	const struct poptOption *own, size_t least, size_t most);
void options_free(cli_options *options);
void cli_done(client *cli);

/* ---- progress (progress.c) ---- */

/* How far a long command has come, on standard error when that is a terminal: nothing in the first
 * second, then a line that is wiped at the end. */
typedef struct cli_progress {
	const char *done; /* what is done, in a word */
	bool wanted, shown;
	int64_t due_ms;
} cli_progress;
void cli_progress_begin(cli_progress *out, const char *done);
/* As a library's callback, with a cli_progress as user. */
void cli_progress_tell(void *user, uint64_t done, uint64_t total);
/* At the end, and before anything else is written to the terminal. */
void cli_progress_wipe(cli_progress *progress);

/* ---- when a signal ends the client (ending.c) ---- */

/* From now on HUP, INT, QUIT, PIPE and TERM first put right what the functions below say. */
void cli_ending_begin(void);
/* Those of them that are not ignored. */
void cli_ending_signals(sigset_t *out);
/* The terminal is about to be silent and was like that before; NULL: it is so again. */
void cli_ending_terminal(int tty, const struct termios *before);
/* That file is to be removed, and then the folder; NULL: no more. */
void cli_ending_form(const char *folder, const char *file);

/* ---- the form of edit while an editor has it (form.c) ---- */

typedef struct cli_form {
	char folder[CLI_PATH_SIZE]; /* made for it, "" when it lies in another */
	char file[CLI_PATH_SIZE];
	bool given; /* it was there before: --form */
} cli_form;

/* A new private file to write the form into, which a signal removes; the caller closes it. */
tro_status cli_form_create(cli_form *out, FILE **out_file, tro_err *err) TRO_MUST_USE;
/* A form that an earlier call kept. */
tro_status cli_form_take(cli_form *out, const char *path, tro_err *err) TRO_MUST_USE;
/* TRO_NO when the editor says that it failed. HUP and TERM end the editor, and then us. */
tro_status cli_form_edit(const cli_form *form, tro_err *err) TRO_MUST_USE;
void cli_form_remove(const cli_form *form);
/* Leaves the form where it is, and says so. */
void cli_form_keep(const cli_form *form, const char *case_id);

/* ---- the store (store.c), files (files.c), who acts (keys.c) ---- */

/* Opens the store of --store, TRO_STORE or the nearest folder above that holds tro.db, into
 * cli->registry. */
tro_status cli_open(client *cli, tro_err *err) TRO_MUST_USE;
/* The folder of that store; owned by the caller. */
tro_status cli_store_dir(char **out, const client *cli, tro_err *err) TRO_MUST_USE;
/* TRO_INVALID when this host has seen more of the store than there is (mark.c). */
tro_status cli_check_mark(const tro_registry *registry, tro_err *err) TRO_MUST_USE;
/* Remembers what there is now. TRO_INVALID as above; TRO_SYSTEM where that cannot be kept. */
tro_status cli_advance_mark(const tro_registry *registry, tro_err *err) TRO_MUST_USE;
/* Whoever acts: --key or TRO_KEY (from the ssh-agent when it holds that key, else unlocked with the
 * passphrase), else the one enrolled key that the ssh-agent holds; into cli->signer. */
tro_status cli_sign(client *cli, tro_err *err) TRO_MUST_USE;
/* The key of that name and public half, from the ssh-agent; into cli->signer. */
tro_status cli_sign_with(
	client *cli, const char *name, const uint8_t public_key[32], tro_err *err) TRO_MUST_USE;
/* The key file of --key or TRO_KEY; NULL when there is none. */
const char *cli_key_path(const client *cli);
/* The person whose key it is, without unlocking anything. */
tro_status cli_whoami(size_t *out_person, client *cli, tro_err *err) TRO_MUST_USE;
/* A passphrase from --passphrase-file, --passphrase-fd or the terminal (asked twice when `twice`).
 * Owned by the caller, who wipes it with passphrase_free. */
tro_status cli_passphrase(
	char **out, const client *cli, const char *what, bool twice, tro_err *err) TRO_MUST_USE;
void passphrase_free(char *passphrase);
/* A whole regular file, or standard input for "-", or a descriptor by its name (/dev/fd/N, which is
 * what a shell's <(...) is). TRO_INVALID for anything else, a named pipe that could keep us waiting
 * among it; TRO_USAGE when the stream was read before and so has nothing left to give. */
tro_status cli_read_file(tro_buf *out, client *cli, const char *path, tro_err *err) TRO_MUST_USE;
/* What is malformed is so in this file: says its name before the message. The status. */
tro_status cli_of_file(tro_err *err, tro_status status, const char *path);
/* Opens what cli_read_file takes; *out_stream says whether it is a descriptor that was handed over.
 */
tro_status cli_open_file(int *out, bool *out_stream, const char *path, tro_err *err) TRO_MUST_USE;
/* What is wrong with a file that was named: it is not there, or no file, or the system failed. */
tro_status cli_cannot_read(const char *name, int reason, tro_err *err);
/* Writes a file that does not exist yet, 0640 less the umask, as all that may hold what a case
 * says; standard output for "-" and NULL. TRO_USAGE when the file exists. */
tro_status cli_write_file(const tro_buf *bytes, const char *path, tro_err *err) TRO_MUST_USE;

/* ---- what is shown (access.c) ---- */

/* Writes into the access log, as one command does once, what is about to be shown or given; nothing
 * may be unless this is TRO_OK. case_id NULL: all cases; recipient of a disclosure, or NULL.
 * Statuses of tro_access_append. */
tro_status cli_note_access(client *cli, tro_processing processing, const char *case_id,
	const char *what, const char *recipient, tro_err *err) TRO_MUST_USE;
/* Opens a case that is about to be shown, and writes that into the access log. */
tro_status cli_read_case(
	tro_case **out, client *cli, const char *id, const char *what, tro_err *err) TRO_MUST_USE;

/* ---- what stands against an event (inquire.c) ---- */

typedef struct inquiry {
	const char *command; /* that asks, for the access log */
	const char *case_id, *event;
	const char *matter; /* NULL when only one can be meant */
	const char *as;	    /* the person who is meant; NULL: whoever asks */
} inquiry;
typedef struct inquired {
	bool possible;
	const char *person;
	const tro_findings *unmet;
} inquired;
/* Finds out and has it answered; the exit code is that of the answer where that failed, else yes or
 * no. */
int cli_inquire(client *cli, const inquiry *q,
	int (*answer)(client *cli, const inquiry *q, const inquired *found));

/* ---- answers (output.c) ---- */

int exit_code(tro_status status);
/* Talk, on standard error, ended by the line end that is in it. What others wrote, the words of the
 * command line among it, is shown as print_text shows it. */
void cli_say(const char *fmt, ...) TRO_PRINTF(1, 2);
/* Says what went wrong and returns the exit code. */
int cli_fail(const client *cli, tro_status status, const tro_err *err);
int cli_usage(const client *cli, const char *what);
/* Findings on standard error, one paragraph each. */
void print_findings(FILE *out, const tro_findings *findings, tro_level least);
json_t *findings_json(const tro_findings *findings);
/* A case's exhibits and filings (cmd_show.c). */
json_t *exhibits_json(const tro_case *c);
json_t *filings_json(const tro_case *c);
/* Prints a JSON answer, {"tro": 1, ...}, and frees it. EXIT_DONE, or EXIT_SYSTEM when it could not
 * be written. */
int print_json(json_t *object);
/* After --dry-run, that nothing was written. */
void say_dry_run(const client *cli);
/* Flushes standard output; EXIT_SYSTEM when it could not be written. */
int finish_output(const client *cli);
void print_time(FILE *out, tro_time_us time); /* UK local */
/* Text for a terminal: what it would obey instead of showing, and what is no UTF-8, is printed as
 * '?', but for tabs and line ends; further lines begin with the indent, so that a text cannot pass
 * for what we say. */
void print_text(FILE *out, const char *text, const char *indent);
/* The same for a text in a list: line ends and tabs are '?' too; filled up with blanks to the width
 * in bytes. */
void print_line(FILE *out, const char *text, size_t width);

/* Says so while a wrong clock is trusted, and until when, or null (cmd_clock.c). */
void say_trusted(const client *cli);
json_t *trusted_json(const client *cli);

/* Says so when an act of a registrar waits for a second one (cmd_agree.c). */
void say_pending(client *cli);

/* ---- pictures (picture.c) and definitions (cmd_workflow.c, workflow_diff.c) ---- */

/* Prints the source of a picture, or what the program dot makes of it. */
int print_picture(const client *cli, const tro_buf *source, bool svg);
/* Loads files into a new set; every file is read, so that findings holds the faults of all. */
tro_status load_workflows(client *cli, tro_workflow_set **out, const char *const *paths,
	size_t count, tro_findings *findings, tro_err *err) TRO_MUST_USE;
int workflow_diff(client *cli, const char *old_path, const char *new_path);

/* ---- events (event.c) ---- */

/* Runs an event of a workflow: the words after its name are the case and the parameters. */
int run_event(client *cli, const char *event, int argc, const char **argv);
/* What a command does with an event on a case instead of doing it, with options of its own. */
typedef struct event_use {
	const struct poptOption *options;
	size_t option_count;
	int (*run)(client *cli, tro_case *c, const tro_command *command, void *user);
	void *user;
} event_use;
int use_event(client *cli, const char *event, int argc, const char **argv, const event_use *use);
/* Says why an act was refused, with its findings; the exit code. */
int report_refusal(
	const client *cli, tro_status status, const tro_err *err, const tro_findings *findings);
/* What set and edit end in: the form's event with these arguments. */
int run_form(
	client *cli, const char *case_id, const tro_argument *args, size_t count, bool dry_run);
/* Does an act on a case itself (tro_case_keep) and says what came of it. */
int run_keep(client *cli, const char *case_id, const tro_command *command);
/* The value of a text argument: "@file" reads the file, "@@..." is a literal '@'. The bytes are
 * kept by `bytes`. */
tro_status read_value(tro_argument *arg, tro_buf *bytes, client *cli, const char *type,
	const char *value, tro_err *err) TRO_MUST_USE;
/* Says where a case now stands. */
int report_case(client *cli, const char *case_id, const char *event, const tro_result *result,
	const tro_findings *findings, bool dry_run);

#endif
