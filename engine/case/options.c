/*
 * What can be done, by whom, and what stands against it: the same judgement that a step makes,
 * asked without stepping.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "case/case_internal.h"
#include "case/keeping.h"

struct tro_options {
	tro_arena *arena;
	tro_option *items;
	size_t count, cap;
};

void tro_options_free(tro_options *options)
{
	if (options != NULL) {
		tro_arena_free(options->arena);
		free(options->items);
		free(options);
	}
}

size_t tro_options_count(const tro_options *options)
{
	return options->count;
}

const tro_option *tro_options_at(const tro_options *options, size_t index)
{
	return &options->items[index];
}

/* The case as it stands now: what is due has taken effect, in memory alone (*out_ahead: the caller
 * reloads the case afterwards). Nobody acts. */
static tro_status settle(
	tro_case *c, tro_step *step, const char *person, bool *out_ahead, tro_err *err)
{
	size_t fired = 0;
	tro_findings *ignored = tro_findings_new();

	if (ignored == NULL) {
		return tro_err_nomem(err);
	}
	*step = (tro_step){.event = TRO_EVENT_TICK,
		.person = person,
		.role = "service",
		.time = tro_case_now(c),
		.seq = c->count};
	tro_status status = tro_case_ready(c, err);

	if (status == TRO_OK) {
		status = tro_session_tick(c->session, step, &fired, ignored, err);
	}

	*out_ahead = fired > 0 || status != TRO_OK;
	tro_findings_free(ignored);
	return status;
}

static tro_option *grow(tro_options *options)
{
	if (options->count == options->cap) {
		size_t cap = options->cap == 0 ? 16 : 2 * options->cap;
		tro_option *items = realloc(options->items, cap * sizeof(*items));

		if (items == NULL) {
			return NULL;
		}
		options->items = items;
		options->cap = cap;
	}
	return &options->items[options->count++];
}

static tro_status add_option(tro_options *options, tro_case *c, const tro_step *step,
	const char *roles, const tro_chart_event *event, tro_err *err)
{
	tro_findings *unmet = tro_findings_new();
	bool open = false;

	if (unmet == NULL) {
		return tro_err_nomem(err);
	}
	tro_status status = tro_session_judge(c->session, step, roles, unmet, &open, err);
	size_t blocks = tro_findings_count_level(unmet, TRO_LEVEL_BLOCK);

	tro_findings_free(unmet);
	if (status != TRO_OK && status != TRO_REFUSED) {
		return status;
	}
	tro_option *option = grow(options);

	if (option == NULL) {
		return tro_err_nomem(err);
	}
	*option = (tro_option){.matter = tro_arena_strdup(options->arena, step->matter),
		.event = tro_arena_strdup(options->arena, event->name),
		.title = tro_arena_strdup(options->arena, event->title),
		.help = tro_arena_strdup(options->arena, event->help),
		.roles = tro_arena_strdup(options->arena, event->role),
		.ready = blocks == 0,
		.depends = open,
		.unmet = blocks};
	bool whole = option->matter != NULL && option->event != NULL && option->title != NULL &&
		     option->help != NULL && option->roles != NULL;

	return whole ? TRO_OK : tro_err_nomem(err);
}

static tro_status add_matter(tro_options *options, tro_case *c, tro_step *step, const char *roles,
	const tro_matter *matter, tro_err *err)
{
	const tro_chart *chart = tro_chart_session_chart(matter->chart);
	tro_status status = TRO_OK;

	for (size_t i = 0; i < tro_chart_event_count(chart) && status == TRO_OK; i++) {
		const tro_chart_event *event = tro_chart_event_at(chart, i);

		if (event->role[0] != '\0' && tro_chart_takes(matter->chart, event->name)) {
			step->matter = matter->id;
			step->event = event->name;
			status = add_option(options, c, step, roles, event, err);
		}
	}
	return status;
}

tro_status tro_case_options(tro_options **out, tro_case *c, size_t person_index, tro_err *err)
{
	const tro_person *person = tro_authority_person_at(c->registry->authority, person_index);
	tro_options *options = calloc(1, sizeof(*options));
	tro_buf roles = TRO_BUF_INIT;
	tro_step step;
	bool ahead = false;

	if (options == NULL || (options->arena = tro_arena_new()) == NULL) {
		free(options);
		return tro_err_nomem(err);
	}
	tro_registry_roles(&roles, c->registry, person_index);
	tro_status status = settle(c, &step, person->id, &ahead, err);
	bool alive = tro_keeping_check_alive(c->session, NULL) == TRO_OK;

	for (size_t i = 0; alive && i < c->session->matter_count && status == TRO_OK; i++) {
		if (!tro_chart_finished(c->session->matters[i].chart)) {
			status = add_matter(
				options, c, &step, roles.ptr, &c->session->matters[i], err);
		}
	}
	tro_buf_done(&roles);
	if (ahead && status == TRO_OK) {
		status = tro_case_reload(c, err);
	}
	if (status != TRO_OK) {
		tro_options_free(options);
		return status;
	}
	*out = options;
	return TRO_OK;
}

tro_status tro_case_why(tro_case *c, const char *event, const char *matter, size_t person_index,
	tro_findings *findings, tro_err *err)
{
	const tro_person *person = tro_authority_person_at(c->registry->authority, person_index);
	const tro_matter *found;
	tro_buf roles = TRO_BUF_INIT;
	tro_step step;
	bool ahead = false;
	tro_status status = settle(c, &step, person->id, &ahead, err);

	if (status == TRO_OK) {
		status = tro_keeping_check_alive(c->session, err);
	}
	if (status == TRO_OK) {
		status = tro_case_resolve(&found, c->session, event, matter, err);
	}
	if (status == TRO_OK) {
		tro_registry_roles(&roles, c->registry, person_index);
		step.event = event;
		step.matter = found->id;
		status = tro_session_judge(c->session, &step, roles.ptr, findings, NULL, err);
	}
	tro_buf_done(&roles);
	if (ahead) {
		tro_status reloaded = tro_case_reload(c, err);

		status = reloaded == TRO_OK ? status : reloaded;
	}
	return status;
}

/* ---- parameters and forms ---- */

tro_status tro_case_codes(tro_buf *out, const tro_case *c, const char *list, tro_err *err)
{
	tro_rules rules = tro_registry_rules(c->registry);

	return tro_rules_codes(out, &rules, list, err);
}

static const tro_chart_event *declared(
	const tro_case *c, const char *name, const tro_matter **out_matter)
{
	for (size_t i = 0; i < c->session->matter_count; i++) {
		const tro_matter *matter = &c->session->matters[i];
		const tro_chart_event *event =
			tro_chart_event_named(tro_chart_session_chart(matter->chart), name);

		if (event != NULL) {
			*out_matter = matter;
			return event;
		}
	}
	return NULL;
}

static tro_param_info param_info(const tro_chart_param *param, bool column)
{
	return (tro_param_info){.name = param->name,
		.type = param->type,
		.title = param->title,
		.help = param->help,
		.values = param->values,
		.codes = param->codes,
		.required = param->required,
		.column = column};
}

static tro_status list_params(
	tro_param_info **out, size_t *out_count, const tro_chart_event *event, tro_err *err)
{
	size_t count = 0;

	for (size_t i = 0; i < event->param_count; i++) {
		count += 1 + event->params[i].column_count;
	}
	tro_param_info *list = calloc(count + 1, sizeof(*list));

	if (list == NULL) {
		return tro_err_nomem(err);
	}
	*out_count = 0;
	for (size_t i = 0; i < event->param_count; i++) {
		const tro_chart_param *param = &event->params[i];

		list[(*out_count)++] = param_info(param, false);
		for (size_t j = 0; j < param->column_count; j++) {
			list[(*out_count)++] = param_info(&param->columns[j], true);
		}
	}
	*out = list;
	return TRO_OK;
}

tro_status tro_case_params(tro_param_info **out, size_t *out_count, const tro_case *c,
	const char *event_name, const char **out_title, const char **out_help, tro_err *err)
{
	const tro_matter *matter;
	const tro_chart_event *event = declared(c, event_name, &matter);

	if (event == NULL) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"case %s knows no event %s: 'tro next %s' lists what can be done", c->id,
			event_name, c->id);
	}
	if (out_title != NULL) {
		*out_title = event->title;
	}
	if (out_help != NULL) {
		*out_help = event->help;
	}
	return list_params(out, out_count, event, err);
}

tro_status tro_workflow_params(tro_param_info **out, size_t *out_count, tro_registry *registry,
	const char *workflow, tro_err *err)
{
	tro_rules rules = tro_registry_rules(registry);
	const tro_chart *chart;
	tro_status status = tro_rules_root_chart(&chart, &rules, workflow, err);
	const tro_chart_event *event =
		status == TRO_OK ? tro_chart_event_named(chart, TRO_EVENT_CREATE) : NULL;

	if (status == TRO_OK && event == NULL) {
		status = tro_err_set(err, TRO_INVALID, "workflow %s declares no event %s", workflow,
			TRO_EVENT_CREATE);
	}
	return status == TRO_OK ? list_params(out, out_count, event, err) : status;
}

const char *tro_case_form_event(const tro_case *c)
{
	for (size_t i = 0; i < c->session->matter_count; i++) {
		const tro_chart *chart = tro_chart_session_chart(c->session->matters[i].chart);

		for (size_t n = 0; n < tro_chart_event_count(chart); n++) {
			if (tro_chart_event_at(chart, n)->form) {
				return tro_chart_event_at(chart, n)->name;
			}
		}
	}
	return NULL;
}

tro_status tro_case_form_value(
	tro_buf *out, tro_case *c, const char *event_name, const char *name, tro_err *err)
{
	const tro_matter *matter;
	const tro_chart_event *event = declared(c, event_name, &matter);

	for (size_t i = 0; event != NULL && i < event->param_count; i++) {
		const tro_chart_param *param = &event->params[i];

		if (strcmp(param->name, name) == 0) {
			tro_step step = {.matter = matter->id,
				.event = event_name,
				.person = "",
				.role = "",
				.time = tro_case_now(c),
				.seq = c->count};

			return param->current[0] == '\0' ? TRO_OK
							 : tro_session_eval(out, c->session, &step,
								   param->current, err);
		}
	}
	return tro_err_set(err, TRO_NOT_FOUND, "the form has no field %s", name);
}
