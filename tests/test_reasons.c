/*
 * No refusal without a reason: over every state, event and role of every shipped definition, each
 * reason has an id, a sentence, a basis and a remedy that can be done. And remedies are true: who
 * follows them, from many places of a case, comes to where the event can be done.
 */
#include <stdio.h>

#include "ddtro_story.h"
#include "suite.h"

/* ---- every state ---- */

static const char *const shipped[] = {
	"workflows/ddtro-ew/application.scxml",
	"workflows/ddtro-ew/order.scxml",
	"workflows/ddtro-ew/item.scxml",
	"tests/data/parking/workflows/parking/appeal.scxml",
	"tests/data/parking/workflows/parking/inquiry.scxml",
	"tests/data/allotment/workflows/allotment/request.scxml",
	"tests/data/allotment/workflows/allotment/plot.scxml",
};
enum { SHIPPED = sizeof(shipped) / sizeof(shipped[0]) };

static bool is_state(const tro_xml_node *node)
{
	static const char *const names[] = {"state", "parallel", "final"};

	for (size_t i = 0; i < 3; i++) {
		if (tro_xml_is(node, TRO_SCXML_NS, names[i])) {
			return true;
		}
	}
	return false;
}

static tro_xml_node *first_state(const tro_xml_node *node)
{
	tro_xml_node *n = tro_xml_first(node);

	while (n != NULL && !is_state(n)) {
		n = tro_xml_next(n);
	}
	return n;
}

static tro_xml_node *next_state(tro_xml_node *node)
{
	do {
		node = tro_xml_next(node);
	} while (node != NULL && !is_state(node));
	return node;
}

static bool lies_in(const tro_xml_node *node, const tro_xml_node *above)
{
	while (node != NULL && node != above) {
		node = tro_xml_parent(node);
	}
	return node != NULL;
}

/* Writes the states of a configuration that holds `wanted`, in document order; elsewhere the first
 * child is active. */
static void put_active(tro_buf *out, tro_xml_node *node, const tro_xml_node *wanted)
{
	bool all = tro_xml_is(node, TRO_SCXML_NS, "parallel");
	tro_xml_node *one = first_state(node);

	for (tro_xml_node *n = one; n != NULL; n = next_state(n)) {
		one = lies_in(wanted, n) ? n : one;
	}
	for (tro_xml_node *n = first_state(node); n != NULL; n = next_state(n)) {
		if (all || n == one) {
			tro_buf_printf(out, "<state id='%s'/>", tro_xml_get(n, NULL, "id"));
			put_active(out, n, wanted);
		}
	}
}

static bool names_event(world *w, const tro_chart *chart, const char *name)
{
	bool known = tro_chart_event_named(chart, name) != NULL;

	for (size_t i = 0; i < 3 && !known; i++) {
		known = tro_chart_event_named(w->charts[i], name) != NULL;
	}
	return known;
}

static void check_remedy(world *w, const tro_chart *chart, const char *event, const char *remedy)
{
	char name[128];

	if (tro_text_starts(remedy, "tro ")) {
		return;
	}
	ck_assert_msg(remedy[0] != '\0', "%s: no remedy", event);
	for (const char *p = remedy; *p != '\0'; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");

		ck_assert_uint_lt(len, sizeof(name));
		memcpy(name, p, len);
		name[len] = '\0';
		p += len;
		ck_assert_msg(
			names_event(w, chart, name), "%s: the remedy %s is no event", event, name);
	}
}

typedef struct subject {
	world *w;
	tro_chart *chart;
	tro_chart_session *session;
	tro_chart_host host;
	size_t judged, refused;
} subject;

static void check_judgement(subject *s, const char *event, const char *role, const char *person)
{
	tro_findings *findings = tro_findings_new();
	tro_chart_actor actor = {.person = person, .roles = role};
	bool open = false;
	tro_err err;
	tro_status status =
		tro_chart_judge(s->session, &s->host, event, &actor, NULL, findings, &open, &err);

	ck_assert_msg(status == TRO_OK || status == TRO_REFUSED, "%s: %s", event, err.message);
	ck_assert_int_eq(
		status == TRO_REFUSED, tro_findings_count_level(findings, TRO_LEVEL_BLOCK) > 0);
	for (size_t i = 0; i < tro_findings_count(findings); i++) {
		const tro_finding *f = tro_findings_at(findings, i);

		ck_assert_msg(f->id[0] != '\0' && f->message[0] != '\0' && f->basis[0] != '\0',
			"%s: %s: %s", event, f->id, f->message);
		check_remedy(s->w, s->chart, event, f->remedy);
	}
	s->judged++;
	s->refused += status == TRO_REFUSED;
	tro_findings_free(findings);
}

/* Every event by every role that any event asks for, by nobody's role, by a person who did
 * everything and one who did nothing. */
static void check_state(subject *s)
{
	size_t count = tro_chart_event_count(s->chart);

	for (size_t e = 0; e < count; e++) {
		const char *event = tro_chart_event_at(s->chart, e)->name;

		for (size_t r = 0; r < count; r++) {
			const char *role = tro_chart_event_at(s->chart, r)->role;

			check_judgement(s, event, role, "P-ALL");
			check_judgement(s, event, role, "P-NONE");
		}
	}
}

static void enter(subject *s, tro_xml_node *root, const tro_xml_node *state)
{
	tro_buf text = TRO_BUF_INIT;
	tro_err err;

	tro_buf_puts(&text, "<matter><configuration>");
	put_active(&text, root, state);
	tro_buf_puts(&text, "</configuration></matter>");
	tro_xml_doc *doc = NULL;

	ck_assert_int_eq(
		tro_xml_parse(&doc, text.ptr, text.len, "matter", &tro_xml_limits_default, &err),
		TRO_OK);
	ck_assert_msg(tro_chart_restore(&s->session, s->chart, tro_xml_root(doc), &err) == TRO_OK,
		"%s: %s", err.message, text.ptr);
	tro_xml_free(doc);
	tro_buf_done(&text);
}

static void check_below(subject *s, tro_xml_node *root, tro_xml_node *node)
{
	for (tro_xml_node *n = first_state(node); n != NULL; n = next_state(n)) {
		if (first_state(n) == NULL) {
			enter(s, root, n);
			check_state(s);
			tro_chart_session_free(s->session);
		}
		check_below(s, root, n);
	}
}

START_TEST(no_refusal_is_without_a_reason)
{
	world w;
	char path[1024];
	size_t len;
	tro_err err;
	subject s = {.w = &w};

	world_init(&w, "2026-11-02T09:00:00Z");
	snprintf(path, sizeof(path), "%s/%s", TRO_SOURCE_DIR, shipped[_i]);
	char *bytes = world_file(path, &len);

	ck_assert_msg(tro_chart_load(&s.chart, bytes, len, path, TRO_CHART_PRODUCTION, NULL,
			      &err) == TRO_OK,
		"%s", err.message);
	for (size_t e = 0; e < tro_chart_event_count(s.chart); e++) {
		note_act(&w, tro_chart_event_at(s.chart, e)->name, "P-ALL");
	}
	s.host = host_of(&w, &w.matters[0]);
	s.host.effect = NULL;
	tro_xml_doc *doc = world_xml(path);

	check_below(&s, tro_xml_root(doc), tro_xml_root(doc));
	printf("%s: %zu judged, %zu refused\n", shipped[_i], s.judged, s.refused);
	ck_assert_uint_gt(s.refused, 0);
	ck_assert_uint_lt(s.refused, s.judged);
	tro_xml_free(doc);
	tro_chart_free(s.chart);
	free(bytes);
	world_done(&w);
}
END_TEST

/* ---- remedies that are followed ---- */

/* What a person who knows the case writes for each event, and the next time; an event that is not
 * here takes no parameters. */
static const struct {
	const char *event, *params;
} known[] = {
	{"draft.set", DRAFT},
	{"exhibit.add", EXHIBIT "<class>comms-data</class><basis>2026/014</basis>" AUTHORISED},
	{"exhibit.remove", "<ref>AE1</ref>"},
	{"item.add", ITEMS},
	{"item.remove", "<items>1 2 3</items>"},
	{"order.propose", NORTHWAY},
	{"order.propose", SOUTHERN},
	{"order.drop", "<provider>southern-cross</provider>"},
	{"person.describe", PERSON("P-9M2C", "superintendent")},
	{"person.describe", PERSON("P-3KWT", "sergeant")},
	{"review.return", "<reason>r</reason>"},
	{"approval.return", "<reason>r</reason>"},
	{"reject", "<reason>r</reason>"},
	{"withdraw", "<reason>r</reason>"},
	{"documents.returned", "<what>w</what>"},
	{"hearing.record", "<occurred>2026-11-11T09:00:00.000000Z</occurred><private>yes</"
			   "private><absent>yes</absent>"},
	{"order.made", MADE "<privacy>granted</privacy>" SEALED},
	{"read-back", READ_ITEMS READ_TERMS},
	{"served", "<occurred>2026-11-11T11:00:00.000000Z</occurred><method>email</"
		   "method><to>desk</to>"},
	{"complied", "<occurred>2026-11-11T11:30:00.000000Z</occurred>"},
};

static const char *params_of(const char *event, unsigned time)
{
	const char *of[sizeof(known) / sizeof(known[0])];
	size_t count = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].event, event) == 0) {
			of[count++] = known[i].params;
		}
	}
	return count == 0 ? "" : of[time % count];
}

static tro_status attempt(world *w, const char *matter, const tro_chart_event *event)
{
	char params[8192];

	(void)snprintf(params, sizeof(params), "%s", params_of(event->name, w->seq));
	if (strcmp(event->name, "approve") == 0) {
		/* The newest filing that was made, which is that of the last submission. */
		tro_xml_node *last = NULL;

		for (tro_xml_node *n = tro_xml_first(section(w, "filings")); n != NULL;
			n = tro_xml_next(n)) {
			last = n;
		}
		(void)snprintf(params, sizeof(params),
			"<document>%s</document><decision>d</decision>",
			last == NULL ? H64 : tro_xml_get(last, "", "sha256"));
	}
	if (tro_text_in_list(event->role, "officer")) {
		return act(w, matter, event->name, OFFICER, params);
	}
	if (tro_text_in_list(event->role, "legal-reviewer")) {
		return act(w, matter, event->name, REVIEWER, params);
	}
	return tro_text_in_list(event->role, "second-reader")
		       ? act(w, matter, event->name, READER, params)
		       : act(w, matter, event->name, APPLICANT, params);
}

/* The matter that a remedy is done to: the same one when it knows the event, else another. */
static const world_matter *matter_for(world *w, const char *matter, const char *event)
{
	const world_matter *same = matter_named(w, matter);

	for (size_t i = 0; i <= w->matter_count; i++) {
		const world_matter *m = i == 0 ? same : &w->matters[i - 1];
		const tro_chart_event *declared = tro_chart_event_named(m->chart, event);

		if (declared != NULL && declared->role[0] != '\0') {
			return m;
		}
	}
	return NULL;
}

enum { DEPTH_MAX = 12, ROUNDS_MAX = 20 };

/* Does an event; refused, does what the reasons say and tries again. False: the reasons say that
 * nothing leads there. */
static bool reach(world *w, const char *matter, const char *name, size_t depth);

static bool follow(
	world *w, const char *matter, const char *event, const char *remedy, size_t depth)
{
	char name[128];
	bool done = false;

	for (const char *p = remedy; *p != '\0' && !done; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");

		memcpy(name, p, len);
		name[len] = '\0';
		p += len;
		const world_matter *m = matter_for(w, matter, name);

		done = m != NULL && strcmp(name, event) != 0 && reach(w, m->id, name, depth);
	}
	return done;
}

static bool reach(world *w, const char *matter, const char *name, size_t depth)
{
	char remedy[512];
	const tro_chart_event *event = tro_chart_event_named(matter_named(w, matter)->chart, name);

	for (size_t round = 0; depth > 0 && round < ROUNDS_MAX; round++) {
		if (attempt(w, matter, event) == TRO_OK) {
			return true;
		}
		const tro_finding *first = NULL;

		for (size_t i = 0; i < tro_findings_count(w->findings); i++) {
			const tro_finding *f = tro_findings_at(w->findings, i);

			first = first == NULL && f->level == TRO_LEVEL_BLOCK ? f : first;
		}
		ck_assert_ptr_nonnull(first);
		(void)snprintf(remedy, sizeof(remedy), "%s", first->remedy);
		if (tro_text_starts(remedy, "tro ") ||
			!follow(w, matter, name, remedy, depth - 1)) {
			return false;
		}
	}
	return false;
}

/* Places of a case from which everything is tried. */
static void go_to(world *w, int place)
{
	begin(w);
	if (place == 0) {
		return;
	}
	write_draft(w);
	if (place == 1) {
		return;
	}
	MUST(w, APP, "submit", OFFICER, "");
	if (place == 2) {
		return;
	}
	MUST(w, APP, "review.pass", REVIEWER, "");
}

/* Of the application: what can be reached by following remedies from each place. Only these cannot:
 * what is for the beginning or the end of a case that is elsewhere. */
START_TEST(following_the_remedies_unlocks_the_event)
{
	static const char *const events[] = {"draft.set", "statement.sign", "person.describe",
		"exhibit.add", "item.add", "order.propose", "submit", "review.return",
		"review.pass", "approval.return", "approve", "reject", "reopen", "file",
		"hearing.record", "withdraw"};
	const size_t count = sizeof(events) / sizeof(events[0]);
	world w;

	go_to(&w, _i / (int)count);
	const char *event = events[(size_t)_i % count];

	ck_assert_msg(reach(&w, APP, event, DEPTH_MAX), "%s, from place %d: stuck at %s", event,
		_i / (int)count,
		tro_findings_count(w.findings) == 0 ? "nothing"
						    : tro_findings_at(w.findings, 0)->message);
	world_done(&w);
}
END_TEST

/* Of an order, from the day of filing on. */
START_TEST(following_the_remedies_unlocks_the_event_of_an_order)
{
	static const char *const events[] = {
		"order.made", "read-back", "release", "served", "complied"};
	world w;

	go_to_court(&w);
	ck_assert_msg(reach(&w, "order.1", events[_i], DEPTH_MAX), "%s: stuck at %s -> %s",
		events[_i],
		tro_findings_count(w.findings) == 0 ? "nothing"
						    : tro_findings_at(w.findings, 0)->message,
		tro_findings_count(w.findings) == 0 ? "" : tro_findings_at(w.findings, 0)->remedy);
	world_done(&w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reasons");
	TCase *states = tcase_create("states");
	TCase *remedies = tcase_create("remedies");

	tcase_set_timeout(states, 300);
	tcase_add_loop_test(states, no_refusal_is_without_a_reason, 0, SHIPPED);
	suite_add_tcase(suite, states);
	tcase_set_timeout(remedies, 300);
	tcase_add_loop_test(remedies, following_the_remedies_unlocks_the_event, 0, 4 * 16);
	tcase_add_loop_test(remedies, following_the_remedies_unlocks_the_event_of_an_order, 0, 5);
	suite_add_tcase(suite, remedies);
	return run_suite(suite);
}
