/* A definition in English: one sentence for each transition, for those who must agree to it. */
#include <stdlib.h>
#include <string.h>
#include <tro/workflow.h>

#include "base/text.h"
#include "chart/workflow.h"

static bool vowel(char c)
{
	return c != '\0' && strchr("aeiouAEIOU", c) != NULL;
}

/* A title inside a sentence: "Approve the application" is approved, "IMEI" stays. */
static void put_lower(tro_buf *out, const char *text)
{
	bool lower = text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z';

	tro_buf_putc(out, lower ? (char)(text[0] - 'A' + 'a') : text[0]);
	tro_buf_puts(out, text[0] == '\0' ? "" : text + 1);
}

static bool next_word(const char **at, const char **word, size_t *len)
{
	*at += strspn(*at, " \t\r\n");
	*word = *at;
	*len = strcspn(*at, " \t\r\n");
	*at += *len;
	return *len > 0;
}

static size_t count_words(const char *list)
{
	const char *word;
	size_t len;
	size_t count = 0;

	while (next_word(&list, &word, &len)) {
		count++;
	}
	return count;
}

static void put_joint(tro_buf *out, size_t index, size_t count)
{
	tro_buf_puts(out, index == 0 ? "" : (index + 1 == count ? " or " : ", "));
}

/* "officer legal-reviewer": an officer or a legal reviewer */
static void put_roles(tro_buf *out, const char *roles)
{
	size_t count = count_words(roles);
	const char *word;
	size_t len;

	for (size_t i = 0; next_word(&roles, &word, &len); i++) {
		put_joint(out, i, count);
		tro_buf_puts(out, vowel(word[0]) ? "an " : "a ");
		for (size_t c = 0; c < len; c++) {
			tro_buf_putc(out, word[c] == '-' ? ' ' : word[c]);
		}
	}
}

/* The title of an event, of this definition or (^) of any other. */
static const char *title_of(const tro_workflow_set *set, const tro_chart *chart, const char *name)
{
	const tro_chart_event *event = tro_chart_event_named(chart, name);

	for (size_t i = 0; i < set->count && event == NULL; i++) {
		event = tro_chart_event_named(set->charts[i], name);
	}
	return event == NULL ? name : event->title;
}

static void put_excluded(
	tro_buf *out, const tro_workflow_set *set, const tro_chart *chart, const char *list)
{
	size_t count = count_words(list);
	const char *word;
	size_t len;

	for (size_t i = 0; next_word(&list, &word, &len); i++) {
		tro_buf name = TRO_BUF_INIT;

		tro_buf_put(&name, word + (word[0] == '^'), len - (word[0] == '^'));
		put_joint(out, i, count);
		tro_buf_putc(out, '"');
		put_lower(out, title_of(set, chart, name.ptr));
		tro_buf_putc(out, '"');
		if (tro_buf_status(&name, NULL) != TRO_OK) {
			out->status = TRO_NOMEM;
		}
		tro_buf_done(&name);
	}
}

/* ---- who, and what ---- */

typedef struct delayed {
	const char *event;
	bool found;
} delayed;

static tro_status look(void *user, uint32_t kind, const chart_action *action)
{
	delayed *d = user;

	(void)kind;
	if (action->kind == CHART_DO_SEND && action->of.send->event.text != NULL &&
		strcmp(action->of.send->event.text, d->event) == 0) {
		const chart_send_action *send = action->of.send;

		d->found = d->found || send->at.text != NULL || send->at.expr != NULL ||
			   send->delay.text != NULL || send->delay.expr != NULL;
	}
	return TRO_OK;
}

static bool is_deadline(const tro_chart *chart, const char *event)
{
	delayed d = {.event = event};

	(void)tro_prove_each_action(chart, 0, look, &d);
	return d.found;
}

static void put_event(tro_buf *out, const tro_workflow_set *set, const tro_chart *chart,
	const chart_descriptor *d)
{
	const tro_chart_event *event = d->len == 0 ? NULL : tro_chart_event_named(chart, d->name);

	if (event != NULL && event->role[strspn(event->role, " \t\r\n")] != '\0') {
		put_roles(out, event->role);
		if (event->not_actor_of[0] != '\0') {
			tro_buf_puts(out, " who has not done ");
			put_excluded(out, set, chart, event->not_actor_of);
		}
		tro_buf_puts(out, " may ");
		put_lower(out, event->title);
		return;
	}
	if (d->len == 0) {
		tro_buf_puts(out, "whatever comes");
	} else if (tro_text_starts(d->name, "done.state.")) {
		tro_buf_printf(out, "when \"%s\" has come to its end",
			tro_chart_state_title(chart, d->name + strlen("done.state.")));
	} else if (is_deadline(chart, d->name)) {
		tro_buf_printf(
			out, "when its time comes (%s)", event == NULL ? d->name : event->title);
	} else {
		tro_buf_printf(out, "when it is told: %s", event == NULL ? d->name : event->title);
	}
}

static void put_sentence(tro_buf *out, const chart_sentence *sentence)
{
	for (const chart_sentence *s = sentence; s != NULL; s = s->next) {
		tro_buf_puts(out, s->expr != NULL ? "..." : s->text);
	}
}

static void put_requires(tro_buf *out, const chart_require *first, size_t *count)
{
	for (const chart_require *r = first; r != NULL; r = r->next) {
		if (r->level == TRO_LEVEL_BLOCK) {
			tro_buf_puts(out, (*count)++ == 0
						  ? "; refused when it has to be said that: "
						  : "; or: ");
			put_sentence(out, r->sentence);
			if (r->basis[0] != '\0') {
				tro_buf_printf(out, " (%s)", r->basis);
			}
		}
	}
}

static void put_targets(tro_buf *out, const tro_chart *chart, const chart_transition *t)
{
	tro_buf_puts(out, t->target_count == 0 ? ", and the state stays" : ", which leads to ");
	for (size_t i = 0; i < t->target_count; i++) {
		const chart_state *target = &chart->states[t->targets[i]];

		tro_buf_printf(out, "%s\"%s\"%s", i == 0 ? "" : " and ",
			chart_is_history(target) ? chart->states[target->parent].title
						 : target->title,
			chart_is_history(target) ? " as it was left" : "");
	}
}

static void put_rule(tro_buf *out, const tro_workflow_set *set, const tro_chart *chart,
	const chart_transition *t, size_t index)
{
	const tro_chart_event *event =
		t->event_count == 0 || t->events[index].len == 0
			? NULL
			: tro_chart_event_named(chart, t->events[index].name);
	size_t count = 0;

	tro_buf_printf(out, "From \"%s\", ", chart->states[t->source].title);
	if (t->event_count == 0) {
		tro_buf_puts(out, "at once");
	} else {
		put_event(out, set, chart, &t->events[index]);
	}
	if (t->cond != NULL && t->why != NULL) {
		tro_buf_printf(out, ", unless %s", t->why);
	} else if (t->cond != NULL) {
		tro_buf_printf(out, ", if %s", t->cond->text);
	}
	put_targets(out, chart, t);
	if (event != NULL) {
		put_requires(out, chart->rules[event - chart->events].requires, &count);
	}
	put_requires(out, t->requires, &count);
	if (event != NULL && event->basis[0] != '\0') {
		tro_buf_printf(out, "; %s", event->basis);
	}
	tro_buf_putc(out, '.');
}

static tro_status tell(const tro_workflow_set *set, const tro_chart *chart,
	const chart_transition *t, const tro_workflow_visitor *visitor, tro_err *err)
{
	size_t count = t->event_count == 0 ? 1 : t->event_count;
	tro_buf content = TRO_BUF_INIT;
	tro_status status = t->element == NULL ? TRO_OK : tro_xml_c14n(&content, t->element, err);

	for (size_t i = 0; i < count && status == TRO_OK; i++) {
		tro_buf text = TRO_BUF_INIT;

		put_rule(&text, set, chart, t, i);
		status = tro_buf_status(&text, err);
		if (status == TRO_OK) {
			status = visitor->each(visitor->user,
				&(tro_workflow_rule){.definition = chart->id,
					.title = chart->title,
					.state = chart->states[t->source].id,
					.event = t->event_count == 0 ? "" : t->events[i].name,
					.sentence = text.ptr,
					.content = content.ptr,
					.line = t->line},
				err);
		}
		tro_buf_done(&text);
	}
	tro_buf_done(&content);
	return status;
}

tro_status tro_workflow_table(
	const tro_workflow_set *set, const tro_workflow_visitor *visitor, tro_err *err)
{
	tro_status status = TRO_OK;

	for (size_t c = 0; c < set->count; c++) {
		const tro_chart *chart = set->charts[c];

		for (size_t s = 0; s < chart->state_count && status == TRO_OK; s++) {
			for (uint32_t i = chart->states[s].first_transition;
				i != CHART_NONE && status == TRO_OK;
				i = chart->transitions[i].next) {
				status = tell(set, chart, &chart->transitions[i], visitor, err);
			}
		}
	}
	return status;
}
