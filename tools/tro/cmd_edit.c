/*
 * edit: the draft as a form in an editor; what was changed becomes one act. The form is text: a
 * line "== field" begins a field, lines beginning with '#' before the first field explain;
 * everything up to the next "== " is the field's text. A line of a text that would be read as a
 * heading stands there with a backslash before it, and so does one that begins with backslashes and
 * then "== ": what is written into the form is what is read back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

enum { FIELDS_MAX = 100 };

typedef struct form {
	tro_case *c;
	const char *event;
	tro_param_info *params;
	size_t count;
	tro_buf before[FIELDS_MAX];
	tro_buf after[FIELDS_MAX];
	tro_argument changed[FIELDS_MAX];
	size_t changed_count;
} form;

static tro_status load(form *f, client *cli, const char *id, tro_err *err)
{
	tro_status status = cli_read_case(&f->c, cli, id, "edit", err);

	if (status == TRO_OK && (f->event = tro_case_form_event(f->c)) == NULL) {
		status = tro_err_set(err, TRO_NOT_FOUND, "the workflow of this case has no form");
	}
	if (status == TRO_OK) {
		status = tro_case_params(&f->params, &f->count, f->c, f->event, NULL, NULL, err);
	}
	if (status == TRO_OK && f->count > FIELDS_MAX) {
		status = tro_err_set(
			err, TRO_INVALID, "the form has more than %d fields", (int)FIELDS_MAX);
	}
	for (size_t i = 0; i < FIELDS_MAX; i++) {
		f->before[i] = (tro_buf)TRO_BUF_INIT;
		f->after[i] = (tro_buf)TRO_BUF_INIT;
	}
	for (size_t i = 0; status == TRO_OK && i < f->count; i++) {
		status = tro_case_form_value(&f->before[i], f->c, f->event, f->params[i].name, err);
	}
	return status;
}

/* A heading, or what was one before it got its backslashes. */
static bool like_heading(const char *line)
{
	return strncmp(line + strspn(line, "\\"), "== ", 3) == 0;
}

static void write_text(FILE *out, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		len += text[len] == '\n';
		(void)fputs(like_heading(text) ? "\\" : "", out);
		(void)fwrite(text, 1, len, out);
		text += len;
	}
	(void)fputc('\n', out);
}

static tro_status write_form(const form *f, FILE *out, tro_err *err)
{
	(void)fprintf(out,
		"# Case %s. Write below each heading, save and leave the editor.\n"
		"# A field that you leave as it is stays as it is; nothing is recorded if nothing "
		"changed.\n"
		"# A line of a text that begins with == and a blank needs a backslash before it.\n",
		tro_case_id(f->c));
	for (size_t i = 0; i < f->count; i++) {
		(void)fprintf(out, "# %s: %s\n", f->params[i].name, f->params[i].title);
	}
	for (size_t i = 0; i < f->count; i++) {
		(void)fprintf(out, "\n== %s\n", f->params[i].name);
		write_text(out, f->before[i].ptr);
	}
	return fflush(out) == 0 && !ferror(out)
		       ? TRO_OK
		       : tro_err_errno(err, errno, "cannot write the form");
}

static tro_status run_editor(const char *path, tro_err *err)
{
	const char *editor = getenv("VISUAL");
	int result;

	editor = editor == NULL ? getenv("EDITOR") : editor;
	editor = editor == NULL ? "vi" : editor;
	pid_t child = fork();

	if (child < 0) {
		return tro_err_errno(err, errno, "cannot start the editor");
	}
	if (child == 0) {
		/* $EDITOR may hold words of its own: the shell splits it, and the path stays one
		 * word. */
		(void)execl("/bin/sh", "sh", "-c", "exec $0 \"$1\"", editor, path, (char *)NULL);
		_exit(127);
	}
	while (waitpid(child, &result, 0) < 0) {
		if (errno != EINTR) {
			return tro_err_errno(err, errno, "cannot wait for the editor");
		}
	}
	return WIFEXITED(result) && WEXITSTATUS(result) == 0
		       ? TRO_OK
		       : tro_err_set(err, TRO_NO,
				 "the editor '%s' did not end well: nothing is recorded", editor);
}

/* The field that a heading line begins; FIELDS_MAX when the line is no heading. */
static tro_status heading(size_t *out, const form *f, const char *line, size_t len, tro_err *err)
{
	*out = FIELDS_MAX;
	if (len < 3 || memcmp(line, "== ", 3) != 0) {
		return TRO_OK;
	}
	for (size_t i = 0; i < f->count; i++) {
		if (strlen(f->params[i].name) == len - 3 &&
			memcmp(f->params[i].name, line + 3, len - 3) == 0) {
			*out = i;
			return TRO_OK;
		}
	}
	return tro_err_set(err, TRO_INVALID,
		"the form has no field '%.*s': nothing is recorded; if that is a line of text, "
		"put a backslash before it",
		(int)len - 3, line + 3);
}

static void trim(tro_buf *text)
{
	while (text->len > 0 && strchr(" \t\r\n", text->ptr[text->len - 1]) != NULL) {
		text->ptr[--text->len] = '\0';
	}
}

static tro_status read_form(form *f, const char *text, tro_err *err)
{
	size_t field = FIELDS_MAX;
	bool seen[FIELDS_MAX] = {false};

	for (const char *line = text; *line != '\0';) {
		size_t len = strcspn(line, "\n");
		size_t begins;
		tro_status status = heading(&begins, f, line, len, err);

		if (status != TRO_OK) {
			return status;
		}
		if (begins != FIELDS_MAX && seen[begins]) {
			return tro_err_set(err, TRO_INVALID,
				"the form has the heading '%s' twice: nothing is recorded; if one "
				"is a line of text, put a backslash before it",
				f->params[begins].name);
		}
		if (begins != FIELDS_MAX) {
			field = begins;
			seen[field] = true;
		} else if (field != FIELDS_MAX) {
			size_t escape = line[0] == '\\' && like_heading(line);

			tro_buf_put(&f->after[field], line + escape, len - escape);
			tro_buf_putc(&f->after[field], '\n');
		}
		line += len + (line[len] == '\n');
	}
	for (size_t i = 0; i < f->count; i++) {
		trim(&f->before[i]);
		trim(&f->after[i]);
		if (seen[i] && strcmp(f->before[i].ptr, f->after[i].ptr) != 0) {
			f->changed[f->changed_count++] = (tro_argument){.name = f->params[i].name,
				.value = f->after[i].ptr,
				.len = f->after[i].len,
				.source = "the form"};
		}
	}
	return TRO_OK;
}

/* In memory where the host has it: the draft shall not stay behind on a disk. */
static const char *form_folder(void)
{
	const char *folder = getenv("XDG_RUNTIME_DIR");

	if (folder != NULL && folder[0] != '\0') {
		return folder;
	}
	return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

/* Writes the form to a private file, lets the person edit it, and reads it back. The file goes away
 * in any case. */
static tro_status edit(form *f, client *cli, tro_err *err)
{
	const char *folder = form_folder();
	char path[4096];
	tro_buf text = TRO_BUF_INIT;
	int len = snprintf(path, sizeof(path), "%s/tro-form-XXXXXX", folder);
	int fd = len > 0 && (size_t)len < sizeof(path) ? mkstemp(path) : -1;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (file == NULL) {
		return tro_err_errno(err, errno, "cannot make a file for the form");
	}
	tro_status status = write_form(f, file, err);

	if (fclose(file) != 0 && status == TRO_OK) {
		status = tro_err_errno(err, errno, "cannot write the form");
	}
	if (status == TRO_OK) {
		status = run_editor(path, err);
	}
	if (status == TRO_OK) {
		status = cli_read_file(&text, cli, path, err);
	}
	if (status == TRO_OK && strlen(text.ptr) != text.len) {
		status = tro_err_set(
			err, TRO_INVALID, "the form holds a NUL byte: nothing is recorded");
	}
	if (status == TRO_OK) {
		status = read_form(f, text.ptr, err);
	}
	(void)unlink(path);
	tro_buf_done(&text);
	return status;
}

static void form_done(form *f)
{
	for (size_t i = 0; i < FIELDS_MAX; i++) {
		tro_buf_done(&f->before[i]);
		tro_buf_done(&f->after[i]);
	}
	free(f->params);
	tro_case_close(f->c);
}

int cmd_edit(client *cli, int argc, const char **argv)
{
	cli_options o;
	tro_err err;
	form f = {0};
	const struct poptOption own[] = {REASON_OPTION(cli), POPT_TABLEEND};
	int code = options_read(&o, cli, argc, argv, own, 1, 1);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status = load(&f, cli, o.args[0], &err);

		if (status == TRO_OK) {
			status = edit(&f, cli, &err);
		}
		if (status != TRO_OK) {
			code = cli_fail(cli, status, &err);
		} else if (f.changed_count == 0) {
			(void)puts("nothing changed; nothing is recorded");
			code = finish_output(cli);
		} else {
			code = run_form(cli, o.args[0], f.changed, f.changed_count, false);
		}
	}
	form_done(&f);
	options_free(&o);
	return code;
}
