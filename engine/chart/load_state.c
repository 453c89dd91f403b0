#include <string.h>

#include "chart/load.h"

bool tro_chart_is_state_element(const tro_xml_node *node)
{
	static const char *const names[] = {"state", "parallel", "final", "history"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (tro_xml_is(node, TRO_SCXML_NS, names[i])) {
			return true;
		}
	}
	return false;
}

/* ---- transitions ---- */

static void load_descriptors(chart_loader *loader, const tro_xml_node *node, chart_transition *t)
{
	const char *text = tro_chart_attr(node, "event");
	const char *at = text == NULL ? "" : text;
	const char *word;
	size_t len;
	size_t count = 0;

	while (tro_chart_word(&at, &word, &len)) {
		count++;
	}
	if (text != NULL && count == 0) {
		tro_chart_fault(loader, "chart/value", node,
			"name an event, or leave the attribute out", "event is empty");
	}
	t->events = tro_chart_alloc(loader, (count + 1) * sizeof(*t->events));
	at = text == NULL ? "" : text;
	while (t->events != NULL && tro_chart_word(&at, &word, &len)) {
		if (len == 1 && word[0] == '*') {
			if (loader->production) {
				tro_chart_fault(loader, "chart/profile", node,
					"name the events that are meant",
					"event=\"*\" is not of the production profile");
			}
			len = 0;
		} else if (len > 2 && word[len - 1] == '*' && word[len - 2] == '.') {
			len -= 2;
		} else if (len > 1 && word[len - 1] == '.') {
			len--;
		}
		t->events[t->event_count].name = tro_chart_copy(loader, word, len);
		t->events[t->event_count++].len = len;
	}
}

static uint32_t new_transition(chart_loader *loader, uint32_t source, tro_xml_node *node, int line)
{
	tro_chart *chart = loader->chart;

	if (loader->status != TRO_OK || chart->transition_count >= loader->transition_room) {
		return CHART_NONE;
	}
	uint32_t index = (uint32_t)chart->transition_count++;

	chart->transitions[index] = (chart_transition){
		.source = source,
		.next = CHART_NONE,
		.domain = CHART_NONE,
		.target_text = "",
		.element = node,
		.line = line,
	};
	return index;
}

static void check_type(chart_loader *loader, const tro_xml_node *node, chart_transition *t)
{
	const char *type = tro_chart_attr(node, "type");

	t->internal = type != NULL && strcmp(type, "internal") == 0;
	if (type != NULL && !t->internal && strcmp(type, "external") != 0) {
		tro_chart_fault(loader, "chart/value", node, "write internal or external",
			"type=\"%s\" is unknown", type);
	}
}

static uint32_t load_transition(chart_loader *loader, uint32_t source, tro_xml_node *node)
{
	uint32_t index = new_transition(loader, source, node, tro_xml_line(node));

	if (index == CHART_NONE) {
		return index;
	}
	chart_transition *t = &loader->chart->transitions[index];
	const char *target = tro_chart_attr(node, "target");

	load_descriptors(loader, node, t);
	check_type(loader, node, t);
	t->cond = tro_chart_expr_attr(loader, node, "cond");
	t->why = tro_xml_get(node, TRO_WORKFLOW_NS, "why");
	t->remedy = tro_xml_get(node, TRO_WORKFLOW_NS, "remedy");
	t->target_text = target == NULL ? "" : target;
	if (target != NULL && strspn(target, " \t\r\n") == strlen(target)) {
		tro_chart_fault(loader, "chart/value", node,
			"name a state, or leave the attribute out", "target is empty");
	}
	t->requires = tro_chart_load_requires(loader, node);
	t->actions = tro_chart_load_actions(loader, node);
	return index;
}

/* ---- data ---- */

static void load_data(chart_loader *loader, uint32_t state, tro_xml_node *node)
{
	chart_data *data = tro_chart_alloc(loader, sizeof(*data));

	if (data == NULL) {
		return;
	}
	*data = (chart_data){
		.id = tro_chart_need(loader, node, "id"),
		.expr = tro_chart_expr_attr(loader, node, "expr"),
		.source = tro_chart_attr(node, "src"),
		.element = node,
		.state = state,
		.line = tro_xml_line(node),
	};
	if (data->id[0] != '\0' && (!tro_chart_is_name(data->id) || data->id[0] == '_')) {
		tro_chart_fault(loader, "chart/name", node,
			"begin with a letter; names with _ are the system's",
			"id=\"%s\" is no name for data", data->id);
	}
	if ((data->expr != NULL) + (data->source != NULL) + (tro_xml_first(node) != NULL) > 1) {
		tro_chart_fault(loader, "chart/attribute-both", node, "keep one of them",
			"more than one of expr, src and content is given");
	}
	if (data->source != NULL && loader->production) {
		tro_chart_fault(loader, "chart/profile", node, "write the data as content",
			"src is not of the production profile");
	}
	if (loader->last_data == NULL) {
		loader->chart->data = data;
	} else {
		loader->last_data->next = data;
	}
	loader->last_data = data;
	loader->chart->data_count++;
	loader->chart->states[state].has_data = true;
}

static void load_datamodel(chart_loader *loader, uint32_t state, tro_xml_node *node)
{
	for (tro_xml_node *n = tro_xml_first_named(node, TRO_SCXML_NS, "data"); n != NULL;
		n = tro_xml_next_named(n, TRO_SCXML_NS, "data")) {
		load_data(loader, state, n);
	}
}

/* ---- invoke ---- */

static chart_invoke *load_invoke(chart_loader *loader, uint32_t state, tro_xml_node *node)
{
	chart_invoke *invoke = tro_chart_alloc(loader, sizeof(*invoke));
	const char *forward = tro_chart_attr(node, "autoforward");
	tro_xml_node *finalize = tro_xml_first_named(node, TRO_SCXML_NS, "finalize");

	if (loader->production) {
		tro_chart_fault(loader, "chart/profile", node, "open a matter with <tro:matter>",
			"invoke is not of the production profile");
	}
	if (invoke == NULL) {
		return NULL;
	}
	*invoke = (chart_invoke){
		.type = tro_chart_value_attr(loader, node, "type", "typeexpr"),
		.source = tro_chart_value_attr(loader, node, "src", "srcexpr"),
		.id = tro_chart_attr(node, "id"),
		.id_location = tro_chart_expr_attr(loader, node, "idlocation"),
		.autoforward = forward != NULL && strcmp(forward, "true") == 0,
		.has_finalize = finalize != NULL,
		.finalize = finalize == NULL ? NULL : tro_chart_load_actions(loader, finalize),
		.index = (uint32_t)loader->chart->invoke_count++,
		.line = tro_xml_line(node),
		.state = state,
	};
	tro_chart_load_payload(loader, node, &invoke->payload);
	return invoke;
}

/* ---- states ---- */

typedef struct tails { /* where the next of each list of a state goes */
	uint32_t *child, *history, *transition;
	chart_block **onentry, **onexit;
	chart_invoke **invoke;
} tails;

static void append_block(chart_loader *loader, chart_block ***tail, tro_xml_node *node)
{
	chart_block *block = tro_chart_alloc(loader, sizeof(*block));

	if (block != NULL) {
		block->actions = tro_chart_load_actions(loader, node);
		**tail = block;
		*tail = &block->next;
	}
}

static void set_kind(chart_loader *loader, chart_state *state, const tro_xml_node *node)
{
	const char *type = tro_chart_attr(node, "type");

	if (tro_xml_is(node, TRO_SCXML_NS, "parallel")) {
		state->kind = CHART_PARALLEL;
	} else if (tro_xml_is(node, TRO_SCXML_NS, "final")) {
		state->kind = CHART_FINAL;
	} else if (!tro_xml_is(node, TRO_SCXML_NS, "history")) {
		state->kind = CHART_ATOMIC; /* compound when a child comes */
	} else if (type == NULL || strcmp(type, "shallow") == 0) {
		state->kind = CHART_SHALLOW;
	} else {
		state->kind = CHART_DEEP;
		if (strcmp(type, "deep") != 0) {
			tro_chart_fault(loader, "chart/value", node, "write shallow or deep",
				"type=\"%s\" is unknown", type);
		}
	}
}

static const char *state_id(chart_loader *loader, const tro_xml_node *node, uint32_t index)
{
	const char *id = tro_chart_attr(node, "id");

	if (id == NULL) {
		char *made = tro_arena_printf(loader->arena, CHART_AUTO_ID "%u", index);

		if (made == NULL) {
			loader->status = TRO_NOMEM;
		}
		return made;
	}
	if (!tro_chart_is_name(id) || strncmp(id, CHART_AUTO_ID, strlen(CHART_AUTO_ID)) == 0) {
		tro_chart_fault(loader, "chart/name", node,
			"write letters, digits, hyphens and dots, a letter first",
			"id=\"%s\" is no name for a state", id);
	}
	return id;
}

/* tro:rest: of a region alone it would say nothing, since the others go on. */
static bool is_rest(chart_loader *loader, const chart_state *state)
{
	const chart_state *states = loader->chart->states;
	const char *text = tro_xml_get(state->element, TRO_WORKFLOW_NS, "rest");

	if (text == NULL) {
		return false;
	}
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
		tro_chart_fault(loader, "chart/value", state->element, "write true or false",
			"tro:rest=\"%s\" is neither true nor false", text);
	}
	for (uint32_t a = state->parent; a != CHART_NONE; a = states[a].parent) {
		if (states[a].kind == CHART_PARALLEL) {
			tro_chart_fault(loader, "chart/rest", state->element,
				"mark a state that stands beside the parallel",
				"the state %s is part of the parallel %s, which does not rest "
				"with it",
				state->id, states[a].id);
			break;
		}
	}
	return strcmp(text, "true") == 0;
}

static uint32_t new_state(chart_loader *loader, uint32_t parent, tro_xml_node *node)
{
	tro_chart *chart = loader->chart;
	uint32_t index = (uint32_t)chart->state_count++;
	chart_state *state = &chart->states[index];
	const char *title = tro_xml_get(node, TRO_WORKFLOW_NS, "title");

	*state = (chart_state){
		.id = parent == CHART_NONE ? "" : state_id(loader, node, index),
		.parent = parent,
		.first_child = CHART_NONE,
		.next_child = CHART_NONE,
		.first_history = CHART_NONE,
		.next_history = CHART_NONE,
		.initial = CHART_NONE,
		.first_transition = CHART_NONE,
		.depth = parent == CHART_NONE ? 0 : chart->states[parent].depth + 1,
		.element = node,
		.line = tro_xml_line(node),
	};
	set_kind(loader, state, node);
	state->rest =
		is_rest(loader, state) || (parent != CHART_NONE && chart->states[parent].rest);
	state->title = title != NULL && title[0] != '\0' ? title : state->id;
	if (chart_is_history(state)) {
		state->history = (uint32_t)chart->history_count++;
	}
	return index;
}

static uint32_t load_state(chart_loader *loader, uint32_t parent, tro_xml_node *node);

static void load_child_state(chart_loader *loader, uint32_t index, tro_xml_node *node, tails *tail)
{
	chart_state *states = loader->chart->states;
	uint32_t child = load_state(loader, index, node);

	if (chart_is_history(&states[child])) {
		*tail->history = child;
		tail->history = &states[child].next_history;
		return;
	}
	*tail->child = child;
	tail->child = &states[child].next_child;
	if (states[index].kind == CHART_ATOMIC) {
		states[index].kind = CHART_COMPOUND;
	}
}

/* The transition inside <initial>. */
static void load_initial(chart_loader *loader, uint32_t index, tro_xml_node *node)
{
	tro_xml_node *t = tro_xml_first_named(node, TRO_SCXML_NS, "transition");
	chart_state *state = &loader->chart->states[index];

	if (state->initial != CHART_NONE || tro_chart_attr(state->element, "initial") != NULL) {
		tro_chart_fault(loader, "chart/initial", node, "keep one of them",
			"the state says twice where it begins");
	} else if (t == NULL || tro_xml_next_named(t, TRO_SCXML_NS, "transition") != NULL) {
		tro_chart_fault(loader, "chart/initial", node,
			"write <transition target=\"...\"/> in it", "it needs one transition");
	} else {
		state->initial = load_transition(loader, index, t);
	}
}

static void load_state_transition(
	chart_loader *loader, uint32_t index, tro_xml_node *node, tails *tail)
{
	chart_state *state = &loader->chart->states[index];
	uint32_t t = load_transition(loader, index, node);

	if (t == CHART_NONE) {
		return;
	}
	if (!chart_is_history(state)) {
		loader->chart->eventless =
			loader->chart->eventless || loader->chart->transitions[t].event_count == 0;
		*tail->transition = t;
		tail->transition = &loader->chart->transitions[t].next;
	} else if (state->initial == CHART_NONE) {
		state->initial = t;
	} else {
		tro_chart_fault(loader, "chart/history", node, "keep one of them",
			"a history has one default transition");
	}
}

static void load_part(chart_loader *loader, uint32_t index, tro_xml_node *node, tails *tail)
{
	if (tro_chart_is_state_element(node)) {
		load_child_state(loader, index, node, tail);
	} else if (tro_xml_is(node, TRO_SCXML_NS, "transition")) {
		load_state_transition(loader, index, node, tail);
	} else if (tro_xml_is(node, TRO_SCXML_NS, "onentry")) {
		append_block(loader, &tail->onentry, node);
	} else if (tro_xml_is(node, TRO_SCXML_NS, "onexit")) {
		append_block(loader, &tail->onexit, node);
	} else if (tro_xml_is(node, TRO_SCXML_NS, "initial")) {
		load_initial(loader, index, node);
	} else if (tro_xml_is(node, TRO_SCXML_NS, "datamodel")) {
		load_datamodel(loader, index, node);
	} else if (tro_xml_is(node, TRO_SCXML_NS, "invoke")) {
		*tail->invoke = load_invoke(loader, index, node);
		if (*tail->invoke != NULL) {
			tail->invoke = &(*tail->invoke)->next;
		}
	} else if (tro_xml_is(node, TRO_SCXML_NS, "donedata")) {
		chart_payload *data = tro_chart_alloc(loader, sizeof(*data));

		if (data != NULL) {
			tro_chart_load_payload(loader, node, data);
			loader->chart->states[index].donedata = data;
		}
	} else if (tro_xml_is(node, TRO_SCXML_NS, "script") && loader->production) {
		tro_chart_fault(loader, "chart/profile", node, "write assign, if and foreach",
			"script is not of the production profile");
	} else if (tro_xml_is(node, TRO_SCXML_NS, "script")) {
		tro_chart_fault(loader, "chart/script", node, "write assign, if and foreach",
			"the XPath data model has no script");
	}
}

static void imply_initial(chart_loader *loader, uint32_t index)
{
	chart_state *state = &loader->chart->states[index];
	const char *text = tro_chart_attr(state->element, "initial");

	if (state->kind != CHART_COMPOUND) {
		if (text != NULL || (state->initial != CHART_NONE && !chart_is_history(state))) {
			tro_chart_fault(loader, "chart/initial", state->element,
				"remove it, or add the states inside",
				"a state without states has no initial one");
		}
		return;
	}
	if (state->initial == CHART_NONE) {
		state->initial = new_transition(loader, index, NULL, state->line);
		if (state->initial != CHART_NONE) {
			loader->chart->transitions[state->initial].target_text =
				text != NULL ? text : loader->chart->states[state->first_child].id;
		}
	}
}

static uint32_t load_state(chart_loader *loader, uint32_t parent, tro_xml_node *node)
{
	uint32_t index = new_state(loader, parent, node);
	chart_state *state = &loader->chart->states[index];
	tails tail = {
		.child = &state->first_child,
		.history = &state->first_history,
		.transition = &state->first_transition,
		.onentry = &state->onentry,
		.onexit = &state->onexit,
		.invoke = &state->invokes,
	};

	for (tro_xml_node *n = tro_xml_first(node); n != NULL && loader->status == TRO_OK;
		n = tro_xml_next(n)) {
		load_part(loader, index, n, &tail);
	}
	state->end = (uint32_t)loader->chart->state_count;
	imply_initial(loader, index);
	return index;
}

static void list_invokes(chart_loader *loader)
{
	tro_chart *chart = loader->chart;

	chart->invokes =
		tro_chart_alloc(loader, (chart->invoke_count + 1) * sizeof(chart_invoke *));
	for (uint32_t i = 0; chart->invokes != NULL && i < chart->state_count; i++) {
		for (chart_invoke *v = chart->states[i].invokes; v != NULL; v = v->next) {
			chart->invokes[v->index] = v;
		}
	}
}

void tro_chart_load_states(chart_loader *loader, tro_xml_node *root)
{
	(void)load_state(loader, CHART_NONE, root);
	if (loader->chart->history_count > CHART_HISTORIES_MAX) {
		tro_chart_fault(loader, "chart/size", root, "split it into several definitions",
			"it has %zu histories; at most %d are read", loader->chart->history_count,
			(int)CHART_HISTORIES_MAX);
	}
	list_invokes(loader);
	if (loader->chart->states[0].kind != CHART_COMPOUND) {
		tro_chart_fault(
			loader, "chart/initial", root, "add a <state>", "the chart has no state");
	}
}
