/* The loader: every fault of a definition at once, and hostile definitions refused politely. */
#include <stdio.h>
#include <time.h>

#include "chart_fixture.h"

static tro_findings *faults_of(const char *text, size_t len, tro_chart_mode mode)
{
	tro_chart *chart = NULL;
	tro_findings *faults = tro_findings_new();
	tro_err err;
	tro_status status = tro_chart_load(&chart, text, len, "w.scxml", mode, faults, &err);

	ck_assert_int_eq(status, tro_findings_count(faults) == 0 ? TRO_OK : TRO_INVALID);
	tro_chart_free(chart);
	return faults;
}

static bool has(const tro_findings *faults, const char *id, const char *place, const char *part)
{
	for (size_t i = 0; i < tro_findings_count(faults); i++) {
		const tro_finding *f = tro_findings_at(faults, i);

		if (strcmp(f->id, id) == 0 && (place == NULL || strcmp(f->place, place) == 0) &&
			strstr(f->message, part) != NULL) {
			return true;
		}
	}
	return false;
}

START_TEST(each_fault_is_reported_with_its_place)
{
	static const struct {
		const char *id, *part, *body;
	} table[] = {
		{"chart/target", "nowhere", "<state id='a'><transition target='nowhere'/></state>"},
		{"chart/target", "active together",
			"<state id='a'><transition target='b c'/></state><state id='b'/>"
			"<state id='c'/>"},
		{"chart/duplicate", "\"a\"", "<state id='a'/><state id='a'/>"},
		{"chart/initial", "does not lie",
			"<state id='a' initial='b'><state id='a1'/></state><state id='b'/>"},
		{"chart/initial", "does not lie",
			"<state id='a' initial='a'><state id='a1'/></state>"},
		{"chart/initial", "no initial", "<state id='a' initial='a'/>"},
		{"chart/initial", "twice",
			"<state id='a' initial='b'><initial><transition target='b'/></initial>"
			"<state id='b'/></state>"},
		{"chart/initial", "unconditionally",
			"<state id='a'><initial><transition cond='1' target='b'/></initial>"
			"<state id='b'/></state>"},
		{"chart/history", "no default",
			"<state id='a'><history id='h'/><state id='b'/></state>"},
		{"chart/history", "circle",
			"<state id='a'><history id='h' type='deep'><transition "
			"target='h'/></history>"
			"<state id='b'/></state>"},
		{"chart/history", "no child",
			"<state id='a'><history id='h'><transition target='c'/></history>"
			"<state id='b'><state id='c'/></state></state>"},
		{"chart/history", "no target",
			"<state id='a'><history id='h'><transition/></history><state "
			"id='b'/></state>"},
		{"chart/element-unknown", "unknown element", "<state id='a'><stat/></state>"},
		{"chart/element-unknown", "unknown element", "<state id='a'><tro:evnt/></state>"},
		{"chart/element-unknown", "unknown element",
			"<state id='a'><x xmlns='urn:x'/></state>"},
		{"chart/element-place", "cannot stand", "<state id='a'><raise event='e'/></state>"},
		{"chart/attribute-unknown", "targets",
			"<state id='a'><transition targets='a'/></state>"},
		{"chart/attribute-unknown", "tro:name", "<state id='a' tro:name='b'/>"},
		{"chart/attribute-missing", "location",
			"<state id='a'><onentry><assign expr='1'/></onentry></state>"},
		{"chart/attribute-both", "event and eventexpr",
			"<state id='a'><onentry><send event='e' eventexpr='1'/></onentry></state>"},
		{"chart/xpath", "no XPath",
			"<state id='a'><transition cond='1 +' target='a'/></state>"},
		{"chart/xpath", "no XPath",
			"<state id='a'><onentry><log expr=''/></onentry></state>"},
		{"chart/value", "type", "<state id='a'><transition type='x' target='a'/></state>"},
		{"chart/value", "type",
			"<state id='a'><onentry><assign location='$x' "
			"type='x'/></onentry></state>"},
		{"chart/value", "tro:rest", "<state id='a' tro:rest='yes'/>"},
		{"chart/rest", "parallel p",
			"<parallel id='p'><state id='a'><state id='b' tro:rest='true'/></state>"
			"<state id='c'/></parallel>"},
		{"chart/attribute-unknown", "tro:rest", "<final id='a' tro:rest='true'/>"},
		{"chart/profile", "script", "<state id='a'><onentry><script/></onentry></state>"},
		{"chart/profile", "invoke", "<state id='a'><invoke/></state>"},
		{"chart/profile", "src",
			"<datamodel><data id='d' src='f'/></datamodel><state id='a'/>"},
		{"chart/profile", "processors",
			"<state id='a'><onentry><send event='e' type='http'/></onentry></state>"},
		{"chart/profile", "\"*\"",
			"<state id='a'><transition event='*' target='a'/></state>"},
		{"chart/name", "_x", "<datamodel><data id='_x'/></datamodel><state id='a'/>"},
		{"chart/name", "..",
			"<state id='a'><onentry><foreach item='..' array='/a'/></onentry></state>"},
		{"chart/event", "other",
			"<state id='a'><transition event='other' target='a'/></state>"},
		{"chart/event", "done.state.a",
			"<state id='a'><transition event='done.state.a' target='a'/></state>"},
		{"chart/namespace", "relative",
			"<datamodel><data id='d'><x xmlns='y'/></data></datamodel><state id='a'/>"},
		{"chart/text", "text stands", "<state id='a'>here</state>"},
		{"chart/remedy", "nothing",
			"<tro:event name='e'><tro:require id='R' test='1' remedy='nothing'>x"
			"</tro:require></tro:event><state id='a'/>"},
		{"chart/sentence", "no sentence",
			"<tro:event name='e'><tro:require id='R' test='1'> "
			"</tro:require></tro:event>"
			"<state id='a'/>"},
		{"chart/sentence", "partner",
			"<tro:event name='e'><tro:require id='R' test='1'>a {b</tro:require>"
			"</tro:event><state id='a'/>"},
		{"chart/xpath", "sentence",
			"<tro:event name='e'><tro:require id='R' test='1'>a {1+}</tro:require>"
			"</tro:event><state id='a'/>"},
		{"chart/four-eyes", "create",
			"<tro:event name='e' not-actor-of='create'/><state id='a'/>"},
		{"chart/type", "colour",
			"<tro:event name='e'><tro:param name='p' type='colour'/></tro:event>"
			"<state id='a'/>"},
		{"chart/type", "columns",
			"<tro:event name='e'><tro:param name='p' type='rows' row='r'/></tro:event>"
			"<state id='a'/>"},
		{"chart/duplicate", "twice",
			"<tro:event name='e'><tro:param name='p' type='text'/>"
			"<tro:param name='p' type='text'/></tro:event><state id='a'/>"},
		{"chart/duplicate", "\"e\"",
			"<tro:event name='e'/><tro:event name='e'/><state id='a'/>"},

		{"chart/attribute-missing", "basis",
			"<tro:event name='e' role='r'/><state id='a'/>"},
		{"chart/attribute-missing", "basis",
			"<tro:event name='e'><tro:require id='R' test='1' "
			"remedy='e'>x</tro:require></tro:event><state id='a'/>"},
		{"chart/attribute-missing", "remedy",
			"<tro:event name='e'><tro:require id='R' test='1' "
			"basis='b'>x</tro:require></tro:event><state id='a'/>"},
		{"chart/four-eyes", "no person",
			"<tro:event name='e' not-actor-of='e' basis='b'/><state id='a'/>"},
		{"chart/type", "values is for",
			"<tro:event name='e'><tro:param name='p' type='text' "
			"values='x'/></tro:event><state id='a'/>"},
		{"chart/type", "of is for",
			"<tro:event name='e'><tro:param name='p' type='text' "
			"of='p'/></tro:event><state id='a'/>"},
		{"chart/attribute-missing", "without a list",
			"<tro:event name='e'><tro:param name='p' type='codes'/></tro:event><state "
			"id='a'/>"},
		{"chart/attribute-missing", "definition",
			"<state id='a'><onentry><tro:matter id='m'/></onentry></state>"},
		{"chart/attribute-missing", "idexpr",
			"<state id='a'><onentry><tro:matter definition='d'/></onentry></state>"},
		{"chart/attribute-missing", "recipient",
			"<state id='a'><onentry><tro:filing name='n'/></onentry></state>"},
		{"chart/attribute-missing", "id is missing",
			"<tro:property always='x'/><state id='a'/>"},
		{"chart/transition", "an event, a cond or a target",
			"<state id='a'><transition/></state>"},
		{"chart/element-twice", "line 3", "<datamodel/><datamodel/><state id='a'/>"},
		{"chart/element-twice", "<final>",
			"<state id='a'/><final id='f'><donedata/><donedata/></final>"},
		{"chart/attribute-both", "test and none",
			"<state id='a'><transition event='e' target='a'><tro:require id='R' "
			"basis='b' "
			"remedy='tro x' test='1' none='x'>y</tro:require></transition></state>"},
		{"chart/xpath", "none is no XPath",
			"<state id='a'><transition event='e' target='a'><tro:require id='R' "
			"basis='b' "
			"remedy='tro x' none='x['>y</tro:require></transition></state>"},
		{"chart/attribute-missing", "test",
			"<state id='a'><transition event='e' target='a'><tro:require id='R' "
			"basis='b' "
			"remedy='tro x'>y</tro:require></transition></state>"},
		{"chart/attribute-both", "tro:at and tro:atexpr",
			"<state id='a'><onentry><send event='e' tro:at='1' "
			"tro:atexpr='1'/></onentry></state>"},
		{"chart/element-unknown", "unknown element",
			"<state id='a'><onentry><log xmlns=''/></onentry></state>"},
		{"chart/condition", "go can fail",
			"<tro:event name='go' role='r' basis='b'/><state id='a'><transition "
			"event='go' cond='1'/></state>"},
		{"chart/remedy", "tro:remedy names gone",
			"<state id='a'><transition cond='0' target='a' "
			"tro:remedy='gone'/></state>"},
		{"chart/initial", "no state", ""},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char text[2048];
		int len = snprintf(text, sizeof(text), WORKFLOW ">\n\n%s</scxml>", table[i].body);
		tro_findings *faults = faults_of(text, (size_t)len, TRO_CHART_PRODUCTION);
		const char *place = table[i].body[0] == '\0' ? "w.scxml:1" : "w.scxml:3";

		ck_assert_msg(has(faults, table[i].id, place, table[i].part), "%s: %s",
			table[i].body,
			tro_findings_count(faults) == 0 ? "no fault"
							: tro_findings_at(faults, 0)->message);
		tro_findings_free(faults);
	}
}
END_TEST

START_TEST(all_faults_come_at_once)
{
	const char *text = WORKFLOW "initial='a'>\n"
				    "<tro:event name='go' role='r' not-actor-of='gone'/>\n"
				    "<state id='a'>\n"
				    "<transition event='went' target='b' cond='('/>\n"
				    "<transition event='go' targt='b'/>\n"
				    "</state>\n"
				    "<state id='a'/></scxml>";
	tro_findings *faults = faults_of(text, strlen(text), TRO_CHART_PRODUCTION);

	ck_assert(has(faults, "chart/four-eyes", "w.scxml:2", "gone"));
	ck_assert(has(faults, "chart/attribute-missing", "w.scxml:2", "basis"));
	ck_assert(has(faults, "chart/event", "w.scxml:4", "went"));
	ck_assert(has(faults, "chart/target", "w.scxml:4", "\"b\""));
	ck_assert(has(faults, "chart/xpath", "w.scxml:4", "("));
	ck_assert(has(faults, "chart/attribute-unknown", "w.scxml:5", "targt"));
	ck_assert(has(faults, "chart/duplicate", "w.scxml:7", "line 3"));
	ck_assert_uint_eq(tro_findings_count(faults), 7);
	tro_findings_free(faults);
}
END_TEST

START_TEST(what_another_definition_declares_is_named_with_a_caret)
{
	tro_chart *chart = fx_load(WORKFLOW
		">"
		"<tro:event name='release' role='r' basis='b' not-actor-of='^approve release'>"
		"<tro:require id='R' test='1' basis='b' remedy='^file release'>x</tro:require>"
		"<tro:require id='S' test='1' basis='b' remedy='tro set "
		"CASE'>x</tro:require></tro:event>"
		"<state><transition event='release'/></state></scxml>",
		TRO_CHART_PRODUCTION);

	ck_assert_str_eq(tro_chart_event_at(chart, 0)->not_actor_of, "^approve release");
	tro_chart_free(chart);
}
END_TEST

START_TEST(declarations_are_kept)
{
	tro_chart *chart = fx_load(WORKFLOW
		"tro:grammar='case.rng'>"
		"<tro:property id='p' always='x'><anything/></tro:property>"
		"<tro:event name='item.add' title='Add' help='H' role='a b' basis='B' form='true'>"
		"<tro:param name='items' type='rows' row='item' required='true' help='h'>"
		"<tro:param name='n' type='code' values='x y' title='N'/>"
		"<tro:param name='m' type='identifier' of='n'/></tro:param>"
		"<tro:param name='t' type='text' current='1+1'/></tro:event>"
		"<state id='s' tro:title='In s'><transition event='item.add'/></state></scxml>",
		TRO_CHART_PRODUCTION);
	const tro_chart_event *event = tro_chart_event_named(chart, "item.add");

	ck_assert_ptr_nonnull(event);
	ck_assert_ptr_null(tro_chart_event_named(chart, "item"));
	ck_assert_str_eq(event->title, "Add");
	ck_assert(event->form);
	ck_assert_uint_eq(event->param_count, 2);
	ck_assert_str_eq(event->params[0].row, "item");
	ck_assert(event->params[0].required);
	ck_assert_uint_eq(event->params[0].column_count, 2);
	ck_assert_str_eq(event->params[0].columns[0].values, "x y");
	ck_assert_str_eq(event->params[0].columns[1].of, "n");
	ck_assert_str_eq(event->params[1].title, "t");
	ck_assert_str_eq(event->params[1].current, "1+1");
	ck_assert_str_eq(tro_chart_attribute(chart, "grammar"), "case.rng");
	ck_assert_ptr_null(tro_chart_attribute(chart, "none"));
	ck_assert_str_eq(tro_chart_id(chart), "t");
	ck_assert_str_eq(tro_chart_state_title(chart, "s"), "In s");
	ck_assert_str_eq(tro_chart_state_title(chart, "none"), "");
	tro_chart_free(chart);
}
END_TEST

START_TEST(foreign_elements_are_ignored_in_conformance)
{
	tro_chart *chart = fx_load(SCXML "><x xmlns='urn:x'><state/></x><state id='a'/></scxml>",
		TRO_CHART_CONFORMANCE);

	tro_chart_free(chart);
}
END_TEST

/* ---- hostile definitions ---- */

static void refused_quickly(const tro_buf *text, const char *part)
{
	clock_t begin = clock();
	tro_findings *faults = faults_of(text->ptr, text->len, TRO_CHART_PRODUCTION);
	double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;

	ck_assert_uint_ge(tro_findings_count(faults), 1);
	ck_assert_uint_le(tro_findings_count(faults), 1000);
	ck_assert_msg(strstr(tro_findings_at(faults, 0)->message, part) != NULL, "%s",
		tro_findings_at(faults, 0)->message);
	ck_assert_msg(seconds < 10, "%f s", seconds); /* a second, without sanitizers */
	tro_findings_free(faults);
}

START_TEST(a_hundred_thousand_states_are_refused)
{
	tro_buf text = TRO_BUF_INIT;

	tro_buf_puts(&text, WORKFLOW ">");
	for (int i = 0; i < 100000; i++) {
		tro_buf_printf(&text, "<state id='s%d'/>", i);
	}
	tro_buf_puts(&text, "</scxml>");
	refused_quickly(&text, "100001 states");
	tro_buf_done(&text);
}
END_TEST

START_TEST(a_deep_definition_is_refused)
{
	tro_buf text = TRO_BUF_INIT;

	tro_buf_puts(&text, WORKFLOW ">");
	for (int i = 0; i < 5000; i++) {
		tro_buf_puts(&text, "<state>");
	}
	for (int i = 0; i < 5000; i++) {
		tro_buf_puts(&text, "</state>");
	}
	tro_buf_puts(&text, "</scxml>");
	refused_quickly(&text, "");
	tro_buf_done(&text);
}
END_TEST

START_TEST(a_long_expression_is_refused)
{
	tro_buf text = TRO_BUF_INIT;

	tro_buf_puts(&text, WORKFLOW "><state id='a'><onentry><log expr='1");
	for (int i = 0; i < 1500; i++) {
		tro_buf_puts(&text, " + 1  ");
	}
	tro_buf_puts(&text, "'/></onentry></state></scxml>");
	/* The parser refuses long start tags before: eight kilobytes. Sentences may be longer. */
	refused_quickly(&text, "");
	tro_buf_clear(&text);
	tro_buf_puts(&text, WORKFLOW
		"><tro:event name='e'><tro:require id='R' basis='b' remedy='e' test='1'>a {1");
	for (int i = 0; i < 1500; i++) {
		tro_buf_puts(&text, " + 100");
	}
	tro_buf_puts(&text, "}</tro:require></tro:event><state id='a'/></scxml>");
	refused_quickly(&text, "longer than 8192 bytes");
	tro_buf_done(&text);
}
END_TEST

START_TEST(as_many_faults_as_states_are_reported_up_to_a_limit)
{
	tro_buf text = TRO_BUF_INIT;

	tro_buf_puts(&text, WORKFLOW ">");
	for (int i = 0; i < 15000; i++) {
		tro_buf_printf(
			&text, "<state id='s'><transition event='e%d' target='t'/></state>", i);
	}
	tro_buf_puts(&text, "</scxml>");
	refused_quickly(&text, "");
	tro_buf_done(&text);
}
END_TEST

START_TEST(every_beginning_of_a_definition_is_refused_or_loaded)
{
	const char *text = WORKFLOW
		"><tro:event name='e'><tro:require id='R' test='1' basis='b' remedy='e'>a {1}"
		"</tro:require></tro:event><state id='a'><history id='h'>"
		"<transition target='b'/></history><state id='b'/>"
		"<transition event='e' target='h'/></state></scxml>";
	size_t len = strlen(text);

	for (size_t i = 0; i <= len; i++) {
		tro_findings *faults = faults_of(text, i, TRO_CHART_PRODUCTION);

		ck_assert((tro_findings_count(faults) == 0) == (i == len));
		tro_findings_free(faults);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chart load");
	TCase *load = tcase_create("load");

	tcase_add_checked_fixture(load, fx_init, tro_xml_quit);
	tcase_set_timeout(load, 60);
	tcase_add_test(load, each_fault_is_reported_with_its_place);
	tcase_add_test(load, all_faults_come_at_once);
	tcase_add_test(load, what_another_definition_declares_is_named_with_a_caret);
	tcase_add_test(load, declarations_are_kept);
	tcase_add_test(load, foreign_elements_are_ignored_in_conformance);
	tcase_add_test(load, a_hundred_thousand_states_are_refused);
	tcase_add_test(load, a_deep_definition_is_refused);
	tcase_add_test(load, a_long_expression_is_refused);
	tcase_add_test(load, as_many_faults_as_states_are_reported_up_to_a_limit);
	tcase_add_test(load, every_beginning_of_a_definition_is_refused_or_loaded);
	suite_add_tcase(suite, load);
	return run_suite(suite);
}
