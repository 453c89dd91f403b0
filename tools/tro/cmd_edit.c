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

static tro_status write_new(const form *f, cli_form *place, tro_err *err)
{
	FILE *file = NULL;
	tro_status status = cli_form_create(place, &file, err);

	if (status != TRO_OK) {
		return status;
	}
	status = write_form(f, file, err);
	if (fclose(file) != 0 && status == TRO_OK) {
		status = tro_err_errno(err, errno, "cannot write the form");
	}
	if (status != TRO_OK) {
		cli_form_remove(place);
	}
	return status;
}

static tro_status read_back(form *f, client *cli, const char *path, tro_err *err)
{
	tro_buf text = TRO_BUF_INIT;
	tro_status status = cli_read_file(&text, cli, path, err);

	if (status == TRO_OK && strlen(text.ptr) != text.len) {
		status = tro_err_set(
			err, TRO_INVALID, "the form holds a NUL byte: nothing is recorded");
	}
	if (status == TRO_OK) {
		status = read_form(f, text.ptr, err);
	}
	tro_buf_done(&text);
	return status;
}

/* From the form in its file to the act. What was written and cannot be recorded is not lost. */
static int edit(form *f, client *cli, const cli_form *place)
{
	tro_err err;
	int code = EXIT_DONE;
	tro_status status = cli_form_edit(place, &err);

	if (status != TRO_OK) {
		if (!place->given) {
			cli_form_remove(place);
		}
		return cli_fail(cli, status, &err);
	}
	status = read_back(f, cli, place->file, &err);
	if (status != TRO_OK) {
		code = cli_fail(cli, status, &err);
	} else if (f->changed_count == 0) {
		cli_form_remove(place);
		(void)puts("nothing changed; nothing is recorded");
		return finish_output(cli);
	} else {
		code = run_form(cli, tro_case_id(f->c), f->changed, f->changed_count, false);
	}
	if (code == EXIT_DONE || cli->recorded) {
		cli_form_remove(place);
	} else {
		cli_form_keep(place, tro_case_id(f->c));
	}
	return code;
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
	cli_form place;
	char *kept = NULL;
	const struct poptOption own[] = {{"form", '\0', POPT_ARG_STRING, &kept, 0,
						 "go on with a form that was kept", "FILE"},
		REASON_OPTION(cli), POPT_TABLEEND};
	int code = options_read(&o, cli, argc, argv, own, 1, 1);

	if (code == EXIT_DONE && !o.helped) {
		tro_status status = load(&f, cli, o.args[0], &err);

		if (status == TRO_OK) {
			status = kept == NULL ? write_new(&f, &place, &err)
					      : cli_form_take(&place, kept, &err);
		}
		code = status == TRO_OK ? edit(&f, cli, &place) : cli_fail(cli, status, &err);
	}
	form_done(&f);
	options_free(&o);
	free(kept);
	return code;
}
