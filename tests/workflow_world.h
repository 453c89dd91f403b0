/*
 * A small world for tests of definitions: it holds the shared document, runs the matters against
 * the real chart library and gives them the functions that a case gives them, over the files in
 * workflows/. After every step it checks what must hold always: the grammar, no blank text, that a
 * saved matter comes back as it was, and that every refusal has a reason.
 */
#ifndef TESTS_WORKFLOW_WORLD_H
#define TESTS_WORKFLOW_WORLD_H

#include "workflow_functions.h"

/* ---- effects ---- */

static tro_xml_node *section(world *w, const char *name)
{
	return tro_xml_first_named(tro_xml_root(w->system), "", name);
}

static void set(tro_xml_node *node, const char *name, const char *value)
{
	ck_assert_int_eq(tro_xml_set(node, "", name, value, NULL), TRO_OK);
}

static void post(
	world *w, const char *target, const char *event, const char *definition, tro_xml_node *data)
{
	ck_assert_uint_lt(w->post_count, WORLD_POSTS);
	world_post *p = &w->posts[w->post_count++];

	(void)snprintf(p->target, sizeof(p->target), "%s", target);
	(void)snprintf(p->event, sizeof(p->event), "%s", event);
	(void)snprintf(p->definition, sizeof(p->definition), "%s", definition);
	p->data = data == NULL ? NULL : tro_xml_copy_doc(data);
}

static void note_filing(world *w, tro_xml_node *attributes)
{
	char text[80];
	tro_xml_node *filing = tro_xml_append(section(w, "filings"), "", "filing", NULL);

	set(filing, "name", tro_xml_get(attributes, "", "name"));
	set(filing, "recipient", tro_xml_get(attributes, "", "recipient"));
	(void)snprintf(text, sizeof(text), "%u", w->seq);
	set(filing, "seq", text);
	(void)snprintf(text, sizeof(text), "%064x", w->seq);
	set(filing, "sha256", text);
}

static tro_status on_effect(void *user, const tro_chart_effect *effect, tro_err *err)
{
	world *w = user;
	const char *to = "#_matter_";
	const tro_finding *f = effect->finding;

	switch (effect->kind) {
	case TRO_CHART_SEND:
		ck_assert_msg(tro_text_starts(effect->target, to), "%s", effect->target);
		post(w, effect->target + strlen(to), effect->name, "", effect->data);
		break;
	case TRO_CHART_HOST:
		if (strcmp(effect->name, "filing") == 0) {
			note_filing(w, effect->attributes);
		} else {
			post(w, tro_xml_get(effect->attributes, "", "id"), "",
				tro_xml_get(effect->attributes, "", "definition"), effect->data);
		}
		break;
	case TRO_CHART_FINDING:
		return tro_findings_add(w->findings, f->level, f->id, f->place, f->basis, f->remedy,
			err, "%s", f->message);
	case TRO_CHART_CANCEL:
	case TRO_CHART_LOG:
		break;
	}
	return TRO_OK;
}

static tro_chart_host host_of(world *w, const world_matter *m)
{
	return (tro_chart_host){.session_id = m->id,
		.now = w->now,
		.shared_name = "case",
		.shared = tro_xml_root(w->document),
		.system = tro_xml_root(w->system),
		.functions = w->functions,
		.function_count = WORLD_FUNCTIONS,
		.effect = on_effect,
		.user = w};
}

/* ---- matters ---- */

static world_matter *matter_named(world *w, const char *id)
{
	for (size_t i = 0; i < w->matter_count; i++) {
		if (strcmp(w->matters[i].id, id) == 0) {
			return &w->matters[i];
		}
	}
	ck_abort_msg("no matter %s", id);
	return NULL;
}

static world_matter *add_matter(world *w, const char *id, const char *definition)
{
	ck_assert_uint_lt(w->matter_count, WORLD_MATTERS);
	world_matter *m = &w->matters[w->matter_count++];

	(void)snprintf(m->id, sizeof(m->id), "%s", id);
	m->chart = NULL;
	for (size_t i = 0; i < 3; i++) {
		if (strcmp(tro_chart_id(w->charts[i]), definition) == 0) {
			m->chart = w->charts[i];
		}
	}
	ck_assert_ptr_nonnull(m->chart);
	ck_assert_int_eq(tro_chart_session_new(&m->session, m->chart, &w->err), TRO_OK);
	m->node = tro_xml_append(section(w, "matters"), "", "matter", NULL);
	set(m->node, "id", id);
	return m;
}

static void start_matter(world *w, world_matter *m, tro_xml_node *data)
{
	tro_chart_host host = host_of(w, m);

	ck_assert_msg(
		tro_chart_start(m->session, &host, data, &w->err) == TRO_OK, "%s", w->err.message);
}

static void drain(world *w)
{
	while (w->first_post < w->post_count) {
		world_post p = w->posts[w->first_post++];
		tro_xml_node *data = p.data == NULL ? NULL : tro_xml_root(p.data);

		if (p.event[0] == '\0') {
			start_matter(w, add_matter(w, p.target, p.definition), data);
		} else {
			world_matter *m = matter_named(w, p.target);
			tro_chart_host host = host_of(w, m);

			ck_assert_msg(tro_chart_post(m->session, &host, p.event, "", data, NULL,
					      &w->err) == TRO_OK,
				"%s", w->err.message);
		}
		tro_xml_free(p.data);
	}
	w->first_post = w->post_count = 0;
}

/* ---- what holds always ---- */

static void check_document(world *w)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	tro_xml_doc *copy = tro_xml_copy_doc(tro_xml_root(w->document));

	ck_assert_msg(tro_rng_validate(w->grammar, w->document, "case", NULL, &w->err) == TRO_OK,
		"%s", w->err.message);
	tro_xml_strip_blanks(tro_xml_root(copy));
	ck_assert_int_eq(tro_xml_c14n(&before, tro_xml_root(w->document), NULL), TRO_OK);
	ck_assert_int_eq(tro_xml_c14n(&after, tro_xml_root(copy), NULL), TRO_OK);
	ck_assert_str_eq(before.ptr, after.ptr);
	tro_buf_done(&before);
	tro_buf_done(&after);
	tro_xml_free(copy);
}

static void reload_matter(world *w, world_matter *m)
{
	tro_xml_doc *first = tro_xml_new("", "matter");
	tro_xml_doc *second = tro_xml_new("", "matter");
	tro_buf one = TRO_BUF_INIT;
	tro_buf two = TRO_BUF_INIT;

	ck_assert_int_eq(tro_chart_save(m->session, tro_xml_root(first), &w->err), TRO_OK);
	tro_chart_session_free(m->session);
	ck_assert_msg(
		tro_chart_restore(&m->session, m->chart, tro_xml_root(first), &w->err) == TRO_OK,
		"%s", w->err.message);
	ck_assert_int_eq(tro_chart_save(m->session, tro_xml_root(second), &w->err), TRO_OK);
	ck_assert_int_eq(tro_xml_c14n(&one, tro_xml_root(first), NULL), TRO_OK);
	ck_assert_int_eq(tro_xml_c14n(&two, tro_xml_root(second), NULL), TRO_OK);
	ck_assert_str_eq(one.ptr, two.ptr);
	tro_buf_done(&one);
	tro_buf_done(&two);
	tro_xml_free(first);
	tro_xml_free(second);
}

/* Every refusal says why, and what the definitions refuse says under which provision. */
static void check_reasons(world *w, const world_matter *m, const char *event, const char *role)
{
	tro_findings *findings = tro_findings_new();
	tro_chart_actor actor = {.person = "P-0000", .roles = role};
	tro_chart_host host = host_of(w, m);
	bool open;
	tro_status status =
		tro_chart_judge(m->session, &host, event, &actor, NULL, findings, &open, &w->err);

	ck_assert_msg(status == TRO_OK || status == TRO_REFUSED, "%s: %s", event, w->err.message);
	ck_assert_int_eq(
		status == TRO_REFUSED, tro_findings_count_level(findings, TRO_LEVEL_BLOCK) > 0);
	for (size_t i = 0; i < tro_findings_count(findings); i++) {
		const tro_finding *f = tro_findings_at(findings, i);

		ck_assert_msg(f->message[0] != '\0' && f->id[0] != '\0', "%s", event);
		ck_assert_msg(f->basis[0] != '\0', "%s: %s has no basis", event, f->message);
		ck_assert_msg(f->remedy[0] != '\0', "%s: %s has no remedy", event, f->message);
	}
	tro_findings_free(findings);
}

static void check_always(world *w)
{
	static const char *const roles[] = {
		"officer", "legal-reviewer", "authorising-officer", "second-reader", ""};

	check_document(w);
	for (size_t i = 0; i < w->matter_count; i++) {
		world_matter *m = &w->matters[i];

		reload_matter(w, m);
		for (size_t e = 0; e < tro_chart_event_count(m->chart); e++) {
			const tro_chart_event *event = tro_chart_event_at(m->chart, e);

			for (size_t r = 0; event->role[0] != '\0' && r < 5; r++) {
				check_reasons(w, m, event->name, roles[r]);
			}
		}
	}
}

/* ---- steps ---- */

static void set_time(world *w, const char *text)
{
	char stamp[TRO_TIME_TEXT_SIZE];

	ck_assert_int_eq(tro_time_parse(&w->now, text, NULL), TRO_OK);
	tro_time_format(stamp, w->now);
	ck_assert_int_eq(tro_xml_set_text(section(w, "time"), stamp, NULL), TRO_OK);
}

static void fire_due(world *w)
{
	for (size_t i = 0; i < w->matter_count; i++) {
		world_matter *m = &w->matters[i];
		tro_time_us due;
		const char *id;
		const char *event;

		while (tro_chart_next_timer(m->session, &due, &id, &event) && due <= w->now) {
			tro_chart_host host = host_of(w, m);

			ck_assert_msg(tro_chart_fire(m->session, &host, &w->err) == TRO_OK, "%s",
				w->err.message);
			drain(w);
		}
	}
}

/* Moves the clock; what falls due takes effect. */
static inline void wait_until(world *w, const char *text)
{
	tro_findings_free(w->findings);
	w->findings = tro_findings_new();
	set_time(w, text);
	fire_due(w);
	check_always(w);
}

static void note_act(world *w, const char *event, const char *person)
{
	char stamp[TRO_TIME_TEXT_SIZE];
	tro_xml_node *act = tro_xml_append(section(w, "acts"), "", "act", NULL);

	tro_time_format(stamp, w->now);
	set(act, "event", event);
	set(act, "person", person);
	set(act, "time", stamp);
}

/* Does an event with parameters given as XML; the status is that of the step. */
static tro_status act(world *w, const char *matter, const char *event, const char *person,
	const char *role, const char *rank, const char *params)
{
	char text[16384];
	char stamp[TRO_TIME_TEXT_SIZE];
	tro_xml_doc *data = NULL;
	world_matter *m = matter_named(w, matter);
	tro_chart_actor actor = {.person = person, .roles = role};

	tro_findings_free(w->findings);
	w->findings = tro_findings_new();
	tro_time_format(stamp, w->now);
	(void)snprintf(text, sizeof(text),
		"<%s seq=\"%u\" person=\"%s\" role=\"%s\" rank=\"%s\" time=\"%s\">%s</%s>", event,
		w->seq, person, role, rank, stamp, params, event);
	ck_assert_msg(tro_xml_parse(&data, text, strlen(text), "event", &tro_xml_limits_default,
			      &w->err) == TRO_OK,
		"%s", w->err.message);
	tro_chart_host host = host_of(w, m);
	tro_findings *unmet =
		tro_findings_new(); /* what takes effect comes through on_effect too */
	tro_status status =
		tro_chart_act(m->session, &host, event, &actor, tro_xml_root(data), unmet, &w->err);

	if (status == TRO_REFUSED) {
		tro_findings_free(w->findings);
		w->findings = unmet;
	} else {
		tro_findings_free(unmet);
	}
	if (status == TRO_OK) {
		note_act(w, event, person);
		drain(w);
		fire_due(w);
		w->seq++;
		check_always(w);
	}
	tro_xml_free(data);
	return status;
}

/* Has the last step a finding of this id whose message holds this text? */
static inline bool found(const world *w, tro_level level, const char *id, const char *text)
{
	for (size_t i = 0; i < tro_findings_count(w->findings); i++) {
		const tro_finding *f = tro_findings_at(w->findings, i);

		if (f->level == level && strcmp(f->id, id) == 0 &&
			strstr(f->message, text) != NULL) {
			return true;
		}
	}
	return false;
}

static void show_findings(const world *w)
{
	fprintf(stderr, "%s\n", w->err.message);
	for (size_t i = 0; i < tro_findings_count(w->findings); i++) {
		const tro_finding *f = tro_findings_at(w->findings, i);

		fprintf(stderr, "  %s %s: %s [%s] -> %s\n", tro_level_name(f->level), f->id,
			f->message, f->basis, f->remedy);
	}
}

/* The string value of an XPath over the case document. */
static inline void ck_value(world *w, const char *xpath, const char *expected)
{
	world_matter *m = &w->matters[0];
	tro_chart_host host = host_of(w, m);
	tro_buf out = TRO_BUF_INIT;

	ck_assert_msg(tro_chart_eval(m->session, &host, xpath, &out, &w->err) == TRO_OK, "%s",
		w->err.message);
	ck_assert_msg(
		strcmp(out.ptr, expected) == 0, "%s is '%s', not '%s'", xpath, out.ptr, expected);
	tro_buf_done(&out);
}

static bool in_state(world *w, const char *matter, const char *state)
{
	return tro_chart_in(matter_named(w, matter)->session, state);
}

/* ---- beginning and end ---- */

static void world_files(world *w)
{
	static const char *const files[] = {"registers/providers.xml", "registers/courts.xml",
		"registers/forces.xml", "ddtro-ew/codes.xml"};
	char path[512];
	size_t len;

	for (size_t i = 0; i < 4; i++) {
		(void)snprintf(path, sizeof(path), DATA "%s", files[i]);
		w->registers[i] = world_xml(path);
	}
	w->ranks = world_file(DATA "registers/ranks.txt", &len);
	char *bytes = world_file(DATA "calendars/uk.txt", &len);

	ck_assert_int_eq(tro_calendar_parse(&w->calendar, bytes, len, "uk.txt", &w->err), TRO_OK);
	free(bytes);
	bytes = world_file(DATA "ddtro-ew/case.rng", &len);
	ck_assert_msg(tro_rng_parse(&w->grammar, bytes, len, "case.rng", &w->err) == TRO_OK, "%s",
		w->err.message);
	free(bytes);
}

static void world_init(world *w, const char *time)
{
	static const char *const names[] = {
		"ddtro-ew/application", "ddtro-ew/order", "ddtro-ew/item"};
	static const char *const sections[] = {"time", "actor", "acts", "filings", "matters"};
	memset(w, 0, sizeof(*w));
	ck_assert_int_eq(tro_xml_init(&w->err), TRO_OK);
	world_files(w);
	for (size_t i = 0; i < 3; i++) {
		w->charts[i] = world_chart(names[i]);
	}
	bind_functions(w);
	w->system = tro_xml_new("", "session");
	for (size_t i = 0; i < 5; i++) {
		ck_assert_ptr_nonnull(
			tro_xml_append(tro_xml_root(w->system), "", sections[i], NULL));
	}
	w->document = tro_xml_new("", "case");
	for (tro_xml_node *n = tro_chart_data(w->charts[0], "case"); n != NULL;
		n = tro_xml_next(n)) {
		ck_assert_int_eq(tro_xml_copy(NULL, tro_xml_root(w->document), TRO_XML_LAST_CHILD,
					 n, &w->err),
			TRO_OK);
	}
	tro_xml_strip_blanks(tro_xml_root(w->document));
	w->findings = tro_findings_new();
	set_time(w, time);
	start_matter(w, add_matter(w, "application", "ddtro-ew/application"), NULL);
	check_always(w);
}

static void world_done(world *w)
{
	for (size_t i = 0; i < w->matter_count; i++) {
		tro_chart_session_free(w->matters[i].session);
	}
	for (size_t i = 0; i < 3; i++) {
		tro_chart_free(w->charts[i]);
	}
	for (size_t i = 0; i < 4; i++) {
		tro_xml_free(w->registers[i]);
	}
	tro_rng_free(w->grammar);
	tro_calendar_free(w->calendar);
	tro_findings_free(w->findings);
	tro_xml_free(w->document);
	tro_xml_free(w->system);
	free(w->ranks);
	tro_xml_quit();
}

#endif
