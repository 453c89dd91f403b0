/*
 * Why an event can or cannot be done. One evaluation serves tro_chart_judge, tro_chart_act and each
 * microstep of production, so that an explanation and a refusal cannot differ.
 */
#include <string.h>

#include "base/text.h"
#include "chart/session.h"

/* The remedy where no event is one: the command that says what can be done, and by whom. */
#define CHART_LOOK "tro next"

static chart_flow add(tro_chart_session *session, tro_findings *findings, tro_level level,
	const char *id, const char *basis, const char *remedy, const char *message)
{
	tro_status status = tro_findings_add(
		findings, level, id, "", basis, remedy, session->err, "%s", message);

	return status == TRO_OK ? CHART_ON : tro_chart_failed(session, status);
}

/* "^event" becomes "event": where it is declared is no matter of the reader. */
static void put_remedy(const char *remedy, tro_buf *out)
{
	for (const char *p = remedy; *p != '\0'; p++) {
		if (*p != '^') {
			tro_buf_putc(out, *p);
		}
	}
}

/* ---- state and condition ---- */

/* Where no law is named the definition itself is why. */
static void put_basis(const tro_chart *chart, const tro_chart_event *event, tro_buf *out)
{
	if (event != NULL && event->basis[0] != '\0') {
		tro_buf_puts(out, event->basis);
	} else {
		tro_buf_printf(out, "workflow:%s", chart->id);
	}
}

/* A reason of the engine's own; takes the buffer away. */
static chart_flow add_buf(tro_chart_session *session, tro_findings *findings, const char *id,
	const tro_chart_event *event, const char *remedy, tro_buf *message)
{
	tro_buf basis = TRO_BUF_INIT;

	put_basis(session->chart, event, &basis);
	chart_flow flow =
		tro_buf_status(message, NULL) == TRO_OK && tro_buf_status(&basis, NULL) == TRO_OK
			? add(session, findings, TRO_LEVEL_BLOCK, id, basis.ptr, remedy,
				  message->ptr)
			: tro_chart_nomem(session);

	tro_buf_done(&basis);
	tro_buf_done(message);
	return flow;
}

static void put_titles(const tro_chart *chart, const uint64_t *states, bool leaves, tro_buf *out)
{
	size_t shown = 0;

	for (size_t s = bits_from(states, 1, chart->state_count); s != BITS_NONE;
		s = bits_from(states, s + 1, chart->state_count)) {
		const chart_state *state = &chart->states[s];

		if (leaves && state->kind != CHART_ATOMIC && state->kind != CHART_FINAL) {
			continue;
		}
		tro_buf_puts(out, shown++ == 0 ? "" : ", ");
		tro_buf_puts(out, state->title);
	}
}

/* The titles of events, parted by commas. */
static void put_events(const tro_chart *chart, const char *names, tro_buf *out)
{
	const char *word;
	size_t shown = 0;

	for (size_t i = 0; i < chart->event_count; i++) {
		word = chart->events[i].name;
		if (tro_text_in_list(names, word)) {
			tro_buf_printf(
				out, "%s\"%s\"", shown++ == 0 ? "" : ", ", chart->events[i].title);
		}
	}
}

/* What to do about it: events that lead there; where only time or other matters bring them, or
 * nothing does, to look at what can be done at all. */
static chart_flow put_way(
	tro_chart_session *session, const char *event, tro_buf *remedy, tro_buf *text)
{
	tro_buf others = TRO_BUF_INIT;
	tro_status status = tro_chart_way(session, event, true, remedy, session->err);

	if (status == TRO_OK && remedy->len == 0) {
		status = tro_chart_way(session, event, false, &others, session->err);
		tro_buf_puts(text, others.len == 0 ? "; nothing leads there from here"
						   : "; time or another matter leads there: ");
		put_events(session->chart, others.ptr, text);
		tro_buf_puts(remedy, CHART_LOOK);
	}
	tro_buf_done(&others);
	return status == TRO_OK ? CHART_ON : tro_chart_failed(session, status);
}

static chart_flow add_state(tro_chart_session *session, const tro_chart_event *event,
	const char *name, tro_findings *findings)
{
	const tro_chart *chart = session->chart;
	uint64_t *takers = session->entering; /* scratch: nothing is being entered */
	tro_buf text = TRO_BUF_INIT;
	tro_buf remedy = TRO_BUF_INIT;
	bool any = false;

	memset(takers, 0, bits_words(chart->state_count) * sizeof(*takers));
	for (size_t i = 0; i < chart->transition_count; i++) {
		if (tro_chart_accepts(&chart->transitions[i], name)) {
			bits_add(takers, chart->transitions[i].source);
			any = true;
		}
	}
	tro_buf_printf(&text, "\"%s\" cannot be done now: the state is ",
		event == NULL ? name : event->title);
	put_titles(chart, session->configuration, true, &text);
	tro_buf_puts(&text, any ? "; it can be done in: " : "; no state takes it");
	put_titles(chart, takers, false, &text);
	chart_flow flow = put_way(session, name, &remedy, &text);

	if (flow == CHART_ON && tro_buf_status(&remedy, NULL) != TRO_OK) {
		flow = tro_chart_nomem(session);
	}
	if (flow == CHART_ON) {
		flow = add_buf(session, findings, "state", event, remedy.ptr, &text);
	}
	tro_buf_done(&remedy);
	tro_buf_done(&text);
	return flow;
}

static chart_flow add_condition(tro_chart_session *session, const tro_chart_event *event,
	const chart_transition *t, tro_findings *findings)
{
	tro_buf text = TRO_BUF_INIT;
	tro_buf remedy = TRO_BUF_INIT;

	if (t->why != NULL) {
		tro_buf_puts(&text, t->why);
	} else {
		tro_buf_printf(&text, "the condition does not hold: %s",
			t->cond == NULL ? "" : t->cond->text);
	}
	put_remedy(t->remedy == NULL ? CHART_LOOK : t->remedy, &remedy);
	chart_flow flow =
		tro_buf_status(&remedy, NULL) == TRO_OK
			? add_buf(session, findings, "condition", event, remedy.ptr, &text)
			: tro_chart_nomem(session);

	tro_buf_done(&remedy);
	tro_buf_done(&text);
	return flow;
}

/* Nothing was selected: because of conds that are false, or because no active state takes it. */
static chart_flow add_unavailable(tro_chart_session *session, const tro_chart_event *event,
	const char *name, tro_findings *findings)
{
	const tro_chart *chart = session->chart;
	chart_flow flow = CHART_ON;
	bool conditions = false;

	for (size_t s = bits_from(session->configuration, 0, chart->state_count);
		s != BITS_NONE && !session->finished;
		s = bits_from(session->configuration, s + 1, chart->state_count)) {
		for (uint32_t i = chart->states[s].first_transition;
			i != CHART_NONE && flow == CHART_ON; i = chart->transitions[i].next) {
			const chart_transition *t = &chart->transitions[i];

			if (!tro_chart_accepts(t, name)) {
				continue;
			}
			conditions = true;
			flow = add_condition(session, event, t, findings);
		}
	}
	return conditions || flow != CHART_ON ? flow : add_state(session, event, name, findings);
}

/* ---- role and four eyes ---- */

static bool shares_word(const char *list, const char *words)
{
	char word[128];

	for (const char *p = words; *p != '\0';) {
		p += strspn(p, " \t\r\n");
		size_t len = strcspn(p, " \t\r\n");

		if (len > 0 && len < sizeof(word)) {
			memcpy(word, p, len);
			word[len] = '\0';
			if (tro_text_in_list(list, word)) {
				return true;
			}
		}
		p += len;
	}
	return false;
}

static chart_flow weigh_role(tro_chart_session *session, const tro_chart_event *event,
	const tro_chart_actor *actor, tro_findings *findings)
{
	const char *roles = actor->roles == NULL ? "" : actor->roles;
	const char *remedy = CHART_LOOK;
	tro_buf text = TRO_BUF_INIT;

	if (shares_word(event->role, roles)) {
		return CHART_ON;
	}
	if (event->role[strspn(event->role, " ")] == '\0') {
		tro_buf_printf(&text, "\"%s\" is done by no person: only time and matters bring it",
			event->title);
	} else {
		tro_buf_printf(&text,
			"\"%s\" is for the role %s; you act as %s: let somebody in that role do it",
			event->title, event->role, roles[0] == '\0' ? "nobody" : roles);
		remedy = event->name;
	}
	return add_buf(session, findings, "role", event, remedy, &text);
}

/* not-actor-of names an event as it is, or as ^event when another definition declares it. */
static bool excluded(const char *list, const char *event)
{
	char other[160] = "^";
	size_t len = strlen(event);

	if (tro_text_in_list(list, event)) {
		return true;
	}
	if (len + 2 > sizeof(other)) {
		return false;
	}
	memcpy(other + 1, event, len + 1);
	return tro_text_in_list(list, other);
}

/* Exclusion beats every grant: it is asked whatever the roles are. */
static chart_flow weigh_four_eyes(tro_chart_session *session, const tro_chart_event *event,
	const tro_chart_actor *actor, tro_findings *findings)
{
	const tro_xml_node *x = session->host->system;
	const tro_xml_node *acts = x == NULL ? NULL : tro_xml_first_named(x, NULL, "acts");
	tro_buf did = TRO_BUF_INIT;

	if (event->not_actor_of[0] == '\0' || acts == NULL || actor->person == NULL) {
		return CHART_ON;
	}
	for (const tro_xml_node *a = tro_xml_first_named(acts, NULL, "act"); a != NULL;
		a = tro_xml_next_named(a, NULL, "act")) {
		const char *name = tro_xml_attribute(a, "event");

		if (strcmp(tro_xml_attribute(a, "person"), actor->person) == 0 &&
			excluded(event->not_actor_of, name) && !tro_text_in_list(did.ptr, name)) {
			tro_buf_puts(&did, did.len == 0 ? "" : " ");
			tro_buf_puts(&did, name);
		}
	}
	if (did.len == 0 && tro_buf_status(&did, NULL) == TRO_OK) {
		return CHART_ON;
	}
	tro_buf text = TRO_BUF_INIT;

	tro_buf_printf(&text,
		"\"%s\" needs another person: %s has done %s in this case; let somebody do it who "
		"has not",
		event->title, actor->person, did.ptr);
	tro_buf_done(&did);
	return add_buf(session, findings, "four-eyes", event, event->name, &text);
}

/* ---- requirements ---- */

static chart_flow put_sentence(
	tro_chart_session *session, const chart_sentence *sentence, tro_buf *out)
{
	chart_flow flow = CHART_ON;

	for (const chart_sentence *p = sentence; p != NULL && flow == CHART_ON; p = p->next) {
		if (p->expr != NULL) {
			flow = tro_chart_text_of(session, p->expr, out);
		} else {
			tro_buf_puts(out, p->text);
		}
	}
	return flow == CHART_ON && tro_buf_status(out, NULL) != TRO_OK ? tro_chart_nomem(session)
								       : flow;
}

static chart_flow add_unmet(
	tro_chart_session *session, const chart_require *require, tro_findings *findings)
{
	tro_buf text = TRO_BUF_INIT;
	tro_buf remedy = TRO_BUF_INIT;
	chart_flow flow = put_sentence(session, require->sentence, &text);

	put_remedy(require->remedy, &remedy);
	if (flow == CHART_ON) {
		flow = tro_buf_status(&remedy, NULL) == TRO_OK
			       ? add(session, findings, require->level, require->id, require->basis,
					 remedy.ptr, text.ptr)
			       : tro_chart_nomem(session);
	}
	tro_buf_done(&text);
	tro_buf_done(&remedy);
	return flow;
}

/* One finding, or one for each node that should not be there, in document order. */
static chart_flow add_each_unmet(
	tro_chart_session *session, const chart_require *require, tro_findings *findings)
{
	tro_xml_node *context = session->context;
	tro_xpath_value *nodes = NULL;

	if (require->none == NULL) {
		return add_unmet(session, require, findings);
	}
	chart_flow flow = tro_chart_value_of(session, require->none, &nodes);

	if (flow == CHART_ON && tro_xpath_value_type(nodes) != TRO_XPATH_NODES) {
		flow = tro_chart_error_text(session, "error.execution", NULL, require->line,
			"none must be a set of nodes, which %s is not", require->none->text);
	}
	for (size_t i = 0; flow == CHART_ON && i < tro_xpath_node_count(nodes); i++) {
		session->context = tro_xpath_node_at(nodes, i);
		flow = add_unmet(session, require, findings);
	}
	session->context = context;
	tro_xpath_value_free(nodes);
	return flow;
}

static chart_flow weigh_requires(tro_chart_session *session, const chart_require *first,
	const chart_case *what, tro_findings *findings, bool *out_open)
{
	for (const chart_require *r = first; r != NULL; r = r->next) {
		bool truth = false;

		if (what->without_data && r->asks_event) {
			*out_open = true;
			continue;
		}
		chart_flow flow = tro_chart_truth_of(session, r->test, &truth);

		if (flow == CHART_ON && !truth) {
			flow = add_each_unmet(session, r, findings);
		}
		if (flow != CHART_ON) {
			return CHART_FAIL;
		}
	}
	return CHART_ON;
}

chart_flow tro_chart_weigh(
	tro_chart_session *session, const chart_case *what, tro_findings *findings, bool *out_open)
{
	const tro_chart *chart = session->chart;
	const chart_selection *selection = &session->selection;
	const tro_chart_event *event =
		what->event == NULL ? NULL : tro_chart_event_named(chart, what->event);
	bool judging = session->judging;
	chart_flow flow = CHART_ON;

	session->judging = true;
	if (selection->count == 0 && !what->transitions_open) {
		flow = add_unavailable(session, event, what->event, findings);
	}
	if (flow == CHART_ON && event != NULL && what->actor != NULL) {
		flow = weigh_role(session, event, what->actor, findings);
	}
	if (flow == CHART_ON && event != NULL && what->actor != NULL) {
		flow = weigh_four_eyes(session, event, what->actor, findings);
	}
	if (flow == CHART_ON && event != NULL) {
		flow = weigh_requires(session, chart->rules[event - chart->events].requires, what,
			findings, out_open);
	}
	for (size_t i = 0; i < selection->count && flow == CHART_ON && !what->transitions_open;
		i++) {
		flow = weigh_requires(session,
			chart->transitions[selection->transitions[i]].requires, what, findings,
			out_open);
	}
	session->judging = judging;
	return flow;
}

/* ---- microsteps that nobody was asked about ---- */

chart_flow tro_chart_report(tro_chart_session *session, const tro_findings *findings, size_t from)
{
	chart_flow flow = CHART_ON;

	for (size_t i = from; i < tro_findings_count(findings) && flow == CHART_ON; i++) {
		const tro_finding *finding = tro_findings_at(findings, i);

		if (finding->level != TRO_LEVEL_BLOCK) {
			flow = tro_chart_effect_out(session,
				&(tro_chart_effect){.kind = TRO_CHART_FINDING, .finding = finding});
		}
	}
	return flow;
}

static bool has_requires(const tro_chart_session *session, const char *event)
{
	const tro_chart *chart = session->chart;
	uint32_t index =
		event == NULL ? CHART_NONE
			      : tro_chart_find_name(chart->event_names, chart->event_count, event);

	if (index != CHART_NONE && chart->rules[index].requires != NULL) {
		return true;
	}
	for (size_t i = 0; i < session->selection.count; i++) {
		if (chart->transitions[session->selection.transitions[i]].requires != NULL) {
			return true;
		}
	}
	return false;
}

static chart_flow fail_unmet(
	tro_chart_session *session, const char *event, const tro_findings *findings)
{
	tro_buf text = TRO_BUF_INIT;

	for (size_t i = 0; i < tro_findings_count(findings); i++) {
		const tro_finding *finding = tro_findings_at(findings, i);

		if (finding->level == TRO_LEVEL_BLOCK) {
			tro_buf_printf(&text, "%s%s: %s", text.len == 0 ? "" : "; ", finding->id,
				finding->message);
		}
	}
	tro_err_set(session->err, TRO_INVALID, "%s%scannot go ahead: %s",
		event == NULL ? "" : event, event == NULL ? "" : " ", text.ptr);
	tro_buf_done(&text);
	return tro_chart_failed(session, TRO_INVALID);
}

chart_flow tro_chart_weigh_step(tro_chart_session *session, const char *event)
{
	chart_case what = {.event = event};
	bool open = false;

	if (session->oracle != NULL) {
		return session->oracle->weigh(session, event);
	}
	if (session->chart->mode != TRO_CHART_PRODUCTION || !has_requires(session, event)) {
		return CHART_ON;
	}
	tro_findings *findings = tro_findings_new();

	if (findings == NULL) {
		return tro_chart_nomem(session);
	}
	chart_flow flow = tro_chart_weigh(session, &what, findings, &open);

	if (flow == CHART_ON && tro_findings_count_level(findings, TRO_LEVEL_BLOCK) > 0) {
		flow = fail_unmet(session, event, findings);
	}
	if (flow == CHART_ON) {
		flow = tro_chart_report(session, findings, 0);
	}
	tro_findings_free(findings);
	return flow;
}
