/* tro workflow diff: what two versions of a definition say, side by side, and whom it concerns. */
#include <stdlib.h>
#include <string.h>
#include <tro/workflow.h>

#include "cli.h"

typedef struct sentences {
	char **texts;	 /* owned */
	char **contents; /* owned; what the sentence does not tell */
	size_t count;
	char *definition, *title;
} sentences;

static void free_sentences(sentences *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->texts[i]);
		free(s->contents[i]);
	}
	free(s->texts);
	free(s->contents);
	free(s->definition);
	free(s->title);
}

static tro_status keep(void *user, const tro_workflow_rule *rule, tro_err *err)
{
	sentences *s = user;
	char **texts = realloc(s->texts, (s->count + 1) * sizeof(*texts));

	s->texts = texts == NULL ? s->texts : texts;
	char **contents = realloc(s->contents, (s->count + 1) * sizeof(*contents));

	s->contents = contents == NULL ? s->contents : contents;
	if (texts == NULL || contents == NULL) {
		return tro_err_nomem(err);
	}
	s->texts[s->count] = strdup(rule->sentence);
	s->contents[s->count++] = strdup(rule->content);
	if (s->definition == NULL) {
		s->definition = strdup(rule->definition);
		s->title = strdup(rule->title);
	}
	return s->texts[s->count - 1] == NULL || s->contents[s->count - 1] == NULL ||
			       s->definition == NULL || s->title == NULL
		       ? tro_err_nomem(err)
		       : TRO_OK;
}

static tro_status read_sentences(
	client *cli, sentences *out, const char *path, tro_findings *faults, tro_err *err)
{
	tro_workflow_set *set = NULL;
	tro_status status = load_workflows(cli, &set, &path, 1, faults, err);

	if (status == TRO_OK) {
		status = tro_workflow_table(
			set, &(tro_workflow_visitor){.each = keep, .user = out}, err);
	}
	tro_workflow_set_free(set);
	return status;
}

/* The place of a sentence among the others; its count when it is not there. */
static size_t place_of(const sentences *s, const char *text)
{
	size_t i = 0;

	while (i < s->count && strcmp(s->texts[i], text) != 0) {
		i++;
	}
	return i;
}

typedef struct outcome {
	json_t *removed, *added, *changed, *cases; /* NULL for text */
	const sentences *before, *after;
	client *cli;
	size_t count;
} outcome;

static void tell(outcome *o, char sign, json_t *list, const char *text)
{
	o->count++;
	if (list != NULL) {
		(void)json_array_append_new(list, json_string(text));
		return;
	}
	(void)printf("%c ", sign);
	print_text(stdout, text, "  ");
	(void)putchar('\n');
}

static void compare(outcome *o)
{
	for (size_t i = 0; i < o->before->count; i++) {
		size_t j = place_of(o->after, o->before->texts[i]);

		if (j == o->after->count) {
			tell(o, '-', o->removed, o->before->texts[i]);
		} else if (strcmp(o->before->contents[i], o->after->contents[j]) != 0) {
			tell(o, '~', o->changed, o->before->texts[i]);
		}
	}
	for (size_t i = 0; i < o->after->count; i++) {
		if (place_of(o->before, o->after->texts[i]) == o->before->count) {
			tell(o, '+', o->added, o->after->texts[i]);
		}
	}
}

/* ---- the cases ---- */

static void tell_case(const outcome *o, const tro_case_summary *s, const tro_matter_info *m)
{
	if (o->cases != NULL) {
		(void)json_array_append_new(
			o->cases, json_pack("{s:s, s:s, s:s, s:s}", "case", s->id, "title",
					  s->title, "matter", m->id, "states", m->states));
		return;
	}
	(void)printf("open: %s  ", s->id);
	print_line(stdout, s->title, 0);
	(void)printf("  %s: %s\n", m->id, m->states);
}

static tro_status look_at(void *user, const tro_case_summary *s, tro_err *err)
{
	const outcome *o = user;
	tro_case *c = NULL;

	if (s->finished) {
		return TRO_OK;
	}
	tro_status status = tro_case_open(&c, o->cli->registry, s->id, err);

	for (size_t i = 0; status == TRO_OK && i < tro_case_matter_count(c); i++) {
		tro_matter_info m;

		status = tro_case_matter_at(c, i, &m, err);
		if (status == TRO_OK && !m.finished &&
			strcmp(m.definition, o->before->definition) == 0) {
			tell_case(o, s, &m);
		}
	}
	tro_case_close(c);
	return status;
}

/* Open matters go on under the definition that they were opened under; whoever changes it must know
 * them. Without a store there are none. */
static tro_status look_at_cases(outcome *o, tro_err *err)
{
	tro_status status = cli_open(o->cli, err);

	if (status == TRO_NOT_FOUND && o->cli->store == NULL && getenv("TRO_STORE") == NULL) {
		(void)fputs("no store here: open cases are not looked at\n", stderr);
		return TRO_OK;
	}
	if (status == TRO_OK) {
		status = cli_note_access(o->cli, TRO_COMBINATION, NULL, "workflow diff", NULL, err);
	}
	return status == TRO_OK ? tro_cases_each(o->cli->registry, look_at, o, err) : status;
}

static int answer(client *cli, outcome *o)
{
	int code;

	if (cli->json) {
		code = print_json(json_pack("{s:s, s:b, s:o, s:o, s:o, s:o}", "definition",
			o->before->definition, "same", o->count == 0, "removed", o->removed,
			"added", o->added, "changed", o->changed, "cases", o->cases));
	} else {
		if (o->count == 0) {
			(void)puts("both say the same");
		}
		code = finish_output(cli);
	}
	return code != EXIT_DONE ? code : exit_code(o->count == 0 ? TRO_OK : TRO_NO);
}

int workflow_diff(client *cli, const char *old_path, const char *new_path)
{
	tro_err err;
	sentences before = {0};
	sentences after = {0};
	tro_findings *faults = tro_findings_new();
	outcome o = {.before = &before, .after = &after, .cli = cli};
	int code;
	tro_status status = read_sentences(cli, &before, old_path, faults, &err);

	if (status == TRO_OK) {
		status = read_sentences(cli, &after, new_path, faults, &err);
	}
	if (status == TRO_OK && (before.definition == NULL || after.definition == NULL ||
					strcmp(before.definition, after.definition) != 0)) {
		status = tro_err_set(&err, TRO_USAGE,
			"%s and %s are not two versions of one definition", old_path, new_path);
	}
	if (status == TRO_OK) {
		if (cli->json) {
			o.removed = json_array();
			o.added = json_array();
			o.changed = json_array();
			o.cases = json_array();
		}
		compare(&o);
		status = o.count > 0 ? look_at_cases(&o, &err) : TRO_OK;
	}
	if (status == TRO_OK) {
		code = answer(cli, &o);
	} else {
		json_decref(o.removed);
		json_decref(o.added);
		json_decref(o.changed);
		json_decref(o.cases);
		print_findings(stderr, faults, TRO_LEVEL_TASK);
		code = cli_fail(cli, status, &err);
	}
	free_sentences(&before);
	free_sentences(&after);
	tro_findings_free(faults);
	return code;
}
