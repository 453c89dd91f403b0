/* The XPath data model: variables, assign, foreach, system variables. */
#include <stdio.h>

#include "chart_fixture.h"

#define CART                                                                                       \
	"<datamodel><data id='c'><cart xmlns=''><a n='1'/><b>text</b></cart></data>"               \
	"<data id='v'/></datamodel>"

/* The content of $c after one element of executable content; "error" when that raised one. */
static const char *after(const char *content)
{
	static char text[2048];
	char chart[2048];
	tro_buf bytes = TRO_BUF_INIT;

	snprintf(chart, sizeof(chart),
		SCXML "initial='s'>" CART "<state id='s'><onentry>%s</onentry>"
		      "<transition event='error.execution' target='e'/></state>"
		      "<state id='e'/></scxml>",
		content);
	world *w = fx_run(chart);

	if (tro_chart_in(w->session, "e")) {
		fx_free(w);
		return "error";
	}
	fx_save(&bytes, w->session);
	const char *begin = strstr(bytes.ptr, "<datum id=\"c\">") + strlen("<datum id=\"c\">");
	size_t len = (size_t)(strstr(begin, "</datum>") - begin);

	ck_assert_uint_lt(len, sizeof(text));
	memcpy(text, begin, len);
	text[len] = '\0';
	tro_buf_done(&bytes);
	fx_free(w);
	return text;
}

START_TEST(assign_knows_eight_types)
{
	static const struct {
		const char *content, *cart;
	} table[] = {
		{"<assign location='$c/cart/b' expr=\"'x'\"/>", "<a n=\"1\"></a><b>x</b>"},
		{"<assign location='$c/cart/b'><q xmlns=''/><r xmlns=''/></assign>",
			"<a n=\"1\"></a><b><q></q><r></r></b>"},
		{"<assign location='$c/cart/b' type='firstchild'><q xmlns=''/><r "
		 "xmlns=''/></assign>",
			"<a n=\"1\"></a><b><q></q><r></r>text</b>"},
		{"<assign location='$c/cart/b' type='lastchild' expr='$c/cart/a'/>",
			"<a n=\"1\"></a><b>text<a n=\"1\"></a></b>"},
		{"<assign location='$c/cart/b' type='previoussibling'><q xmlns=''/><r xmlns=''/>"
		 "</assign>",
			"<a n=\"1\"></a><q></q><r></r><b>text</b>"},
		{"<assign location='$c/cart/a' type='nextsibling'><q xmlns=''/><r "
		 "xmlns=''/></assign>",
			"<a n=\"1\"></a><q></q><r></r><b>text</b>"},
		{"<assign location='$c/cart/a' type='replace'><q xmlns=''/><r xmlns=''/></assign>",
			"<q></q><r></r><b>text</b>"},
		{"<assign location='$c/cart/a' type='delete'/>", "<b>text</b>"},
		{"<assign location='$c/cart/b' type='addattribute' attr='k' expr='1 + 1'/>",
			"<a n=\"1\"></a><b k=\"2\">text</b>"},
		{"<assign location='$c/cart/a/@n' expr='9'/>", "<a n=\"9\"></a><b>text</b>"},
		{"<assign location='$c/cart/a/@n' type='delete'/>", "<a></a><b>text</b>"},
		{"<assign location='$c/cart/b/text()' expr=\"'new'\"/>",
			"<a n=\"1\"></a><b>new</b>"},
		{"<assign location='$c/cart/*' expr='3'/>", "<a n=\"1\">3</a><b>3</b>"},
		{"<assign location='$c/cart/b' expr='/none'/>", "<a n=\"1\"></a><b></b>"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char expected[256];

		snprintf(expected, sizeof(expected), "<cart>%s</cart>", table[i].cart);
		ck_assert_str_eq(after(table[i].content), expected);
	}
}
END_TEST

START_TEST(an_assignment_to_nowhere_is_an_error)
{
	static const char *const table[] = {
		"<assign location='$c/none' expr='1'/>",
		"<assign location='$undeclared' expr='1'/>",
		"<assign location='1 + 1' expr='1'/>",
		"<assign location='$c/cart' expr='('/>",
		"<assign location='$_event' expr='1'/>",
		"<assign location='$_ioprocessors/processor' expr='1'/>",
		"<assign location='$_sessionid' expr='1'/>",
		"<assign location='$c' type='delete'/>",
		"<assign location='$c' type='replace'><x xmlns=''/></assign>",
		"<assign location='$c' type='nextsibling'><x xmlns=''/></assign>",
		"<assign location='$c/..' type='delete'/>",
		"<assign location='$c/@id' expr=\"'d'\"/>",
		"<assign location='$c/cart/a/@n' type='lastchild' expr='1'/>",
		"<assign location='$c/cart/b/text()' type='firstchild' expr='1'/>",
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ck_assert_msg(strcmp(after(table[i]), "error") == 0, "%s", table[i]);
	}
}
END_TEST

START_TEST(a_value_may_lie_in_what_it_replaces)
{
	ck_assert_str_eq(
		after("<assign location='$c/cart' expr='$c/cart/b'/>"), "<cart><b>text</b></cart>");
	ck_assert_str_eq(
		after("<assign location='$c//*' expr='$c/cart/b'/>"), "<cart><b>text</b></cart>");
	ck_assert_str_eq(after("<assign location='$c//* | $c//@n' type='delete'/>"), "");
	ck_assert_str_eq(after("<assign location='$c/cart/b' type='lastchild' expr='$c/cart'/>"),
		"<cart><a n=\"1\"></a><b>text<cart><a n=\"1\"></a><b>text</b></cart></b></cart>");
}
END_TEST

START_TEST(foreach_binds_the_node_itself_and_counts_from_one)
{
	ck_assert_str_eq(
		after("<foreach array='$c/cart/*' item='i' index='n'>"
		      "<assign location='$i' type='addattribute' attr='k' expr='$n'/></foreach>"),
		"<cart><a k=\"1\" n=\"1\"></a><b k=\"2\">text</b></cart>");
}
END_TEST

START_TEST(a_loop_survives_the_removal_of_what_it_walks)
{
	ck_assert_str_eq(
		after("<foreach array='$c//node() | $c//@*' item='i'>"
		      "<if cond='$c/cart'><assign location='$c/cart' type='delete'/></if>"
		      "<assign location='$v' type='lastchild' expr='concat(name($i), $i)'/>"
		      "</foreach><assign location='$c' expr='$v/text()'/>"),
		"idccarttextan1btexttext");
}
END_TEST

START_TEST(an_item_that_was_removed_can_still_be_read)
{
	ck_assert_str_eq(after("<foreach array='$c/cart/b' item='i'>"
			       "<assign location='$i' type='delete'/>"
			       "<assign location='$i' expr=\"'ghost'\"/></foreach>"
			       "<assign location='$c/cart' expr='$i'/>"),
		"<cart><b>ghost</b></cart>");
}
END_TEST

START_TEST(an_item_outlives_the_event_it_came_from)
{
	world *w = fx_run(SCXML "initial='s'><datamodel><data id='v'/></datamodel><state id='s'>"
				"<onentry><send event='e' target='#_internal'>"
				"<content><x xmlns=''>7</x></content></send>"
				"<raise event='f'/></onentry>"
				"<transition event='e'><foreach item='i' array='$_event/data/x'/>"
				"</transition><transition event='f'>"
				"<assign location='$v' expr='string($i)'/></transition></state>"
				"</scxml>");

	ck_assert_str_eq(fx_value(w, "$v"), "7");
	ck_assert_str_eq(fx_value(w, "$i"), "7");
	fx_free(w);
}
END_TEST

START_TEST(an_item_may_be_the_variable_that_the_loop_walks)
{
	world *w = fx_run(SCXML "initial='s'><datamodel><data id='a'><k xmlns=''>1</k>"
				"<k xmlns=''>2<m/></k></data><data id='b'><k xmlns=''>3</k></data>"
				"</datamodel><state id='s'><onentry>"
				"<foreach item='z' array='$a/k'/><foreach item='b' array='$z/m'/>"
				"<foreach item='a' array='$a/k'/></onentry></state></scxml>");

	ck_assert_str_eq(fx_value(w, "concat($a, '|', count($a/m), '|', $b, '|', $z)"), "2|1||2");
	fx_free(w);
	w = fx_workflow(WORKFLOW "initial='s'><datamodel><data id='a'><k xmlns=''>1</k></data>"
				 "<data id='b'/></datamodel><state id='s'><onentry>"
				 "<foreach item='z' index='n' array='$a/k'/>"
				 "<foreach item='b' array='$n/text()'/></onentry></state></scxml>");
	ck_assert_str_eq(fx_value(w, "$b"), "1");
	fx_free(w);
}
END_TEST

START_TEST(nested_loops_keep_their_own_items)
{
	ck_assert_str_eq(after("<foreach array='$c/cart/*' item='i'><foreach array='$c/cart/*' "
			       "item='j'><assign location='$v' type='lastchild' "
			       "expr='concat(name($i), name($j), \" \")'/></foreach></foreach>"
			       "<assign location='$c' expr='string($v)'/>"),
		"aa ab ba bb ");
}
END_TEST

START_TEST(system_variables_show_the_session)
{
	world *w = fx_new(SCXML "name='n' initial='s'><state id='s'><transition event='e'>"
				"<log expr=\"concat($_event/name, $_event/type, $_event/origin)\"/>"
				"</transition></state></scxml>",
		TRO_CHART_CONFORMANCE);

	w->system = fx_parse("<x><time>now</time></x>");
	w->host.system = tro_xml_root(w->system);
	fx_start(w);
	ck_assert_str_eq(fx_value(w, "$_sessionid"), "s1");
	ck_assert_str_eq(fx_value(w, "$_name"), "n");
	ck_assert_str_eq(fx_value(w, "$_x/time"), "now");
	ck_assert_str_eq(fx_value(w, "boolean($_event)"), "false");
	ck_assert_str_eq(fx_value(w, "$_ioprocessors/processor[@name="
				     "'http://www.w3.org/TR/scxml/#SCXMLEventProcessor']"),
		"#_scxml_s1");
	ck_assert_int_eq(
		tro_chart_post(w->session, &w->host, "e", "there", NULL, NULL, &w->err), TRO_OK);
	ck_assert_str_eq(w->seen.ptr, "log  - <data>eexternalthere</data>\n");
	fx_free(w);
}
END_TEST

START_TEST(the_shared_document_is_a_variable_and_not_of_the_session)
{
	world *w = fx_new(SCXML "initial='s'><datamodel><data id='case'><case xmlns=''/></data>"
				"</datamodel><state id='s'><onentry>"
				"<assign location='$case/n' expr='$case/n + 1'/>"
				"<assign location='$case' type='addattribute' attr='k' expr='2'/>"
				"</onentry></state></scxml>",
		TRO_CHART_CONFORMANCE);
	tro_buf bytes = TRO_BUF_INIT;

	ck_assert_str_eq(tro_xml_name(tro_chart_data(w->chart, "case")), "case");
	ck_assert_ptr_null(tro_chart_data(w->chart, "none"));
	w->shared = fx_parse("<case><n>1</n></case>");
	w->host.shared_name = "case";
	w->host.shared = tro_xml_root(w->shared);
	fx_start(w);
	fx_bytes(&bytes, tro_xml_root(w->shared));
	ck_assert_str_eq(bytes.ptr, "<case k=\"2\"><n>2</n></case>");
	tro_buf_clear(&bytes);
	fx_save(&bytes, w->session);
	ck_assert_ptr_null(strstr(bytes.ptr, "<data>"));
	tro_buf_done(&bytes);
	fx_free(w);
}
END_TEST

START_TEST(data_given_at_the_start_replace_what_is_declared)
{
	world *w = fx_new(SCXML "initial='s'><datamodel><data id='a' expr='1'/>"
				"<data id='b' expr='$a + 1'/></datamodel><state id='s'>"
				"<datamodel><data id='c' expr='3'/></datamodel></state></scxml>",
		TRO_CHART_CONFORMANCE);
	tro_xml_doc *data = fx_parse("<data><a>5</a><c>6</c><z>7</z></data>");

	ck_assert_int_eq(
		tro_chart_start(w->session, &w->host, tro_xml_root(data), &w->err), TRO_OK);
	tro_xml_free(data);
	ck_assert_str_eq(fx_value(w, "concat($a, $b, $c)"), "563");
	fx_free(w);
}
END_TEST

START_TEST(late_binding_gives_values_when_a_state_is_first_entered)
{
	world *w = fx_run(SCXML "binding='late' initial='a'><state id='a'>"
				"<transition event='go' target='b'/></state><state id='b'>"
				"<datamodel><data id='v' expr='1'/></datamodel>"
				"<transition event='set' target='a'>"
				"<assign location='$v' expr='2'/></transition></state></scxml>");

	ck_assert_str_eq(fx_value(w, "$v"), "");
	fx_through_bytes(w);
	fx_post(w, "go");
	ck_assert_str_eq(fx_value(w, "$v"), "1");
	fx_post(w, "set");
	fx_through_bytes(w);
	fx_post(w, "go");
	ck_assert_str_eq(fx_value(w, "$v"), "2");
	fx_free(w);
}
END_TEST

static tro_status twice(tro_xpath_call *call, void *user, tro_err *err)
{
	(void)err;
	tro_xpath_return_number(call, tro_xpath_arg_number(call, 0) * *(const double *)user);
	return TRO_OK;
}

static tro_status broken(tro_xpath_call *call, void *user, tro_err *err)
{
	(void)call;
	(void)user;
	return tro_err_set(err, TRO_SYSTEM, "the disk is gone");
}

START_TEST(functions_of_the_host_may_change_from_call_to_call)
{
	double two = 2;
	double three = 3;
	tro_chart_function function = {.ns = TRO_WORKFLOW_NS, .name = "times", .function = twice};
	world *w = fx_new(SCXML "><state><transition event='e'>"
				"<log expr='tro:times(7)'/></transition></state></scxml>",
		TRO_CHART_CONFORMANCE);

	function.user = &two;
	w->host.functions = &function;
	w->host.function_count = 1;
	fx_start(w);
	fx_post(w, "e");
	function.user = &three;
	fx_post(w, "e");
	ck_assert_str_eq(w->seen.ptr, "log  - <data>14</data>\nlog  - <data>21</data>\n");
	function.function = broken;
	ck_assert_int_eq(
		tro_chart_post(w->session, &w->host, "e", NULL, NULL, NULL, &w->err), TRO_SYSTEM);
	fx_free(w);
}
END_TEST

static tro_status resource(void *user, const char *uri, tro_buf *out, tro_err *err)
{
	(void)user;
	if (strcmp(uri, "x") == 0) {
		tro_buf_puts(out, "<a><b> 1 </b> <c/></a>");
	} else if (strcmp(uri, "t") == 0) {
		tro_buf_puts(out, " two  words\n");
	} else {
		return tro_err_set(err, TRO_NOT_FOUND, "no such file");
	}
	return TRO_OK;
}

START_TEST(data_from_elsewhere_are_xml_or_words)
{
	world *w = fx_new(SCXML "><datamodel><data id='x' src='x'/><data id='t' src='t'/>"
				"<data id='n' src='n'/></datamodel><state>"
				"<transition event='error.communication' target='e'/></state>"
				"<state id='e'/></scxml>",
		TRO_CHART_CONFORMANCE);

	w->host.resource = resource;
	fx_start(w);
	ck_assert_str_eq(
		fx_value(w, "concat(count($x/a/node()), '|', $t, '|', $n)"), "2|two words|");
	ck_assert_str_eq(fx_states(w), "e");
	fx_free(w);
}
END_TEST

/* The data model: an expression sees the declarations in scope of its element, and they are of the
 * definition, so that a session that was stored has them, too. */
START_TEST(a_prefix_means_what_is_declared_where_it_stands)
{
	world *w = fx_new(SCXML
		"xmlns:p='urn:one'><datamodel><data id='d'><p:a>1</p:a>"
		"<a xmlns='urn:two'>2</a></data></datamodel>"
		"<state id='s'><transition event='next' cond='$d/p:a = 1' target='t'/></state>"
		"<state id='t' xmlns:p='urn:two'>"
		"<transition event='next' cond='$d/p:a = 2' target='u'>"
		"<assign location='$d/p:a' expr='5'/></transition></state>"
		"<state id='u'><onentry><log label='l' expr='sum($d/*) - $d/p:a'/></onentry>"
		"<transition event='next' cond='$d/none:a'/>"
		"<transition event='error.execution' target='e'/></state><state id='e'/></scxml>",
		TRO_CHART_CONFORMANCE);

	fx_start(w);
	static const char *const states[] = {"t", "u", "e"};

	for (size_t i = 0; i < 3; i++) {
		if (_i != 0) {
			fx_through_bytes(w);
		}
		ck_assert_int_eq(
			tro_chart_post(w->session, &w->host, "next", NULL, NULL, NULL, &w->err),
			TRO_OK);
		ck_assert_str_eq(fx_states(w), states[i]);
	}
	ck_assert_ptr_nonnull(strstr(w->seen.ptr, ">5<"));
	ck_assert_str_eq(fx_value(w, "string($d/p:a)"), "1"); /* as at the root */
	fx_free(w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chart data");
	TCase *data = tcase_create("data");

	tcase_add_checked_fixture(data, fx_init, tro_xml_quit);
	tcase_add_test(data, assign_knows_eight_types);
	tcase_add_test(data, an_assignment_to_nowhere_is_an_error);
	tcase_add_test(data, a_value_may_lie_in_what_it_replaces);
	tcase_add_test(data, foreach_binds_the_node_itself_and_counts_from_one);
	tcase_add_test(data, a_loop_survives_the_removal_of_what_it_walks);
	tcase_add_test(data, an_item_that_was_removed_can_still_be_read);
	tcase_add_test(data, an_item_outlives_the_event_it_came_from);
	tcase_add_test(data, an_item_may_be_the_variable_that_the_loop_walks);
	tcase_add_test(data, nested_loops_keep_their_own_items);
	tcase_add_test(data, system_variables_show_the_session);
	tcase_add_test(data, the_shared_document_is_a_variable_and_not_of_the_session);
	tcase_add_test(data, data_given_at_the_start_replace_what_is_declared);
	tcase_add_test(data, late_binding_gives_values_when_a_state_is_first_entered);
	tcase_add_test(data, functions_of_the_host_may_change_from_call_to_call);
	tcase_add_test(data, data_from_elsewhere_are_xml_or_words);
	/* as it runs, and stored before every event */
	tcase_add_loop_test(data, a_prefix_means_what_is_declared_where_it_stands, 0, 2);
	suite_add_tcase(suite, data);
	return run_suite(suite);
}
