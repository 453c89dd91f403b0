#include "xpath_fixture.h"

#include <pthread.h>

static tro_status join(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_buf out = TRO_BUF_INIT;

	(void)err;
	tro_buf_puts(&out, user);
	for (size_t i = 0; i < tro_xpath_arg_count(call); i++) {
		tro_buf_printf(&out, "[%s]", tro_xpath_arg_string(call, i));
	}
	tro_xpath_return_string(call, out.ptr);
	tro_buf_done(&out);
	return TRO_OK;
}

static tro_status first_name(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_xml_node *node = tro_xpath_arg_node(call, 0);

	(void)user;
	(void)err;
	tro_xpath_return_string(call, node == NULL ? "none" : tro_xml_name(node));
	return TRO_OK;
}

static tro_status half(tro_xpath_call *call, void *user, tro_err *err)
{
	(void)user;
	if (tro_xpath_arg_count(call) != 1) {
		return tro_err_set(err, TRO_USAGE, "half() takes one number");
	}
	tro_xpath_return_number(call, tro_xpath_arg_number(call, 0) / 2);
	return TRO_OK;
}

static tro_status silent(tro_xpath_call *call, void *user, tro_err *err)
{
	(void)call;
	(void)user;
	(void)err;
	return TRO_OK;
}

static tro_status mute_failure(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_xpath_return_boolean(call, true);
	(void)user;
	(void)err;
	return TRO_KEY;
}

/* Evaluates in the context that is calling it. */
static tro_status nested(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_xpath *xpath = user;
	tro_xpath_expr *expr = NULL;
	tro_xpath_value *value = NULL;
	tro_status status = tro_xpath_compile(&expr, "count(ancestor-or-self::*)", err);

	if (status == TRO_OK) {
		status = tro_xpath_eval(&value, xpath, expr, tro_xpath_arg_node(call, 0), err);
	}
	if (status == TRO_OK) {
		tro_xpath_return_number(call, tro_xpath_number(value));
	}
	tro_xpath_value_free(value);
	tro_xpath_expr_free(expr);
	return status;
}

static tro_status lookup(tro_xpath_value **out, const char *name, void *user, tro_err *err)
{
	tro_xml_node *root = user;

	if (strcmp(name, "case") == 0) {
		*out = tro_xpath_value_nodes(&root, 1);
	} else if (strcmp(name, "items") == 0) {
		tro_xml_node *items[] = {tro_xml_next(tro_xml_first(root)), tro_xml_first(root)};

		*out = tro_xpath_value_nodes(items, 2);
	} else if (strcmp(name, "none") == 0) {
		*out = tro_xpath_value_nodes(NULL, 0);
	} else if (strcmp(name, "text") == 0) {
		*out = tro_xpath_value_string("a & b");
	} else if (strcmp(name, "number") == 0) {
		*out = tro_xpath_value_number(2.5);
	} else if (strcmp(name, "yes") == 0) {
		*out = tro_xpath_value_boolean(true);
	} else if (strcmp(name, "locked") == 0) {
		return tro_err_set(err, TRO_REFUSED, "the case is sealed");
	} else {
		return TRO_NOT_FOUND;
	}
	return *out == NULL ? tro_err_nomem(err) : TRO_OK;
}

static tro_xpath *extended(tro_xml_node *root, char *prefix, unsigned long op_limit)
{
	tro_xpath *xpath = tro_xpath_new(op_limit);
	tro_err err;

	ck_assert_int_eq(tro_xpath_set_prefix(xpath, "t", "urn:t", &err), TRO_OK);
	ck_assert_int_eq(
		tro_xpath_set_function(xpath, "urn:t", "join", join, prefix, &err), TRO_OK);
	ck_assert_int_eq(tro_xpath_set_function(xpath, "urn:t", "half", half, NULL, &err), TRO_OK);
	ck_assert_int_eq(
		tro_xpath_set_function(xpath, NULL, "first", first_name, NULL, &err), TRO_OK);
	ck_assert_int_eq(tro_xpath_set_function(xpath, NULL, "silent", silent, NULL, &err), TRO_OK);
	ck_assert_int_eq(
		tro_xpath_set_function(xpath, NULL, "mute", mute_failure, NULL, &err), TRO_OK);
	ck_assert_int_eq(
		tro_xpath_set_function(xpath, NULL, "nested", nested, xpath, &err), TRO_OK);
	tro_xpath_set_variables(xpath, lookup, root);
	return xpath;
}

static const struct evaluation extensions[] = {
	{"t:join()", ">"},
	{"t:join('a', 1, true(), //n, 1000000 * 1000000)", ">[a][1][true][5][1000000000000]"},
	{"t:half(5) + t:half(t:half(2))", "3"},
	{"t:half('x')", "NaN"},
	{"first(item/n | item)", "item"},
	{"first(item[2]/n/ancestor::*)", "case"},
	{"first(nothing)", "none"},
	{"first('text')", "none"},
	{"count(item[t:half(n) > 3])", "1"},
	{"$case/item[1]/n", "5"},
	{"count($case//n)", "2"},
	{"$items/@id", "1"},
	{"count($items | item)", "2"},
	{"count($none)", "0"},
	{"boolean($none)", "false"},
	{"$text", "a & b"},
	{"$number * 2", "5"},
	{"$yes and $case", "true"},
	{"$items[$number < 3 and @id = '2']/n", "7"},
	{"item[nested(n) = 3]/@id", "1"},
	{"count(item[nested(.) = 2 and position() = 2 and last() = 2])", "1"},
	{"concat(nested(item[2]), position(), count(item), name())", "212case"},
};

START_TEST(functions_and_variables_extend_expressions)
{
	char prefix[] = ">";
	tro_xml_doc *doc = parsed(document);
	tro_xpath *xpath = extended(tro_xml_root(doc), prefix, 0);

	/* Twice: values given to an evaluation are its own, the nodes in them are not. */
	for (int i = 0; i < 2; i++) {
		assert_text(xpath, extensions[_i].text, tro_xml_root(doc), extensions[_i].expected);
	}
	tro_xpath_free(xpath);
	tro_xml_free(doc);
}
END_TEST

START_TEST(an_evaluation_inside_another_counts_towards_its_limit)
{
	char prefix[] = ">";
	tro_xml_doc *doc = tro_xml_new(NULL, "case");
	tro_xml_node *root = tro_xml_root(doc);
	tro_err err;

	for (int i = 0; i < 1000; i++) {
		ck_assert_ptr_nonnull(tro_xml_append(root, NULL, "item", NULL));
	}
	tro_xpath *xpath = extended(root, prefix, 2000);

	ck_assert_int_eq(status_of(xpath, "item[nested(.) > 0]", root, &err), TRO_INVALID);
	ck_assert_ptr_nonnull(strstr(err.message, "limit of operations exceeded"));
	assert_text(xpath, "nested(.)", root, "1");
	tro_xpath_free(xpath);
	tro_xml_free(doc);
}
END_TEST

START_TEST(what_a_function_or_variable_refuses_is_what_the_evaluation_says)
{
	char prefix[] = ">";
	tro_xml_doc *doc = parsed(document);
	tro_xml_node *root = tro_xml_root(doc);
	tro_xpath *xpath = extended(root, prefix, 0);
	tro_err err;

	ck_assert_int_eq(status_of(xpath, "1 + t:half()", root, &err), TRO_USAGE);
	ck_assert_str_eq(err.message, "half() takes one number");
	ck_assert_int_eq(status_of(xpath, "//item[t:half(1, 2)]", root, &err), TRO_USAGE);
	ck_assert_int_eq(status_of(xpath, "not($locked)", root, &err), TRO_REFUSED);
	ck_assert_str_eq(err.message, "the case is sealed");
	ck_assert_int_eq(status_of(xpath, "$locked | t:half()", root, &err), TRO_REFUSED);
	ck_assert_int_eq(status_of(xpath, "silent()", root, &err), TRO_INVALID);
	ck_assert_str_eq(err.message, "function silent() returned no value");
	ck_assert_int_eq(status_of(xpath, "mute()", root, &err), TRO_KEY);
	ck_assert_str_eq(err.message, "function mute() failed");
	ck_assert_int_eq(status_of(xpath, "$missing", root, &err), TRO_INVALID);
	ck_assert_str_eq(err.message, "cannot evaluate '$missing': unknown variable $missing");
	ck_assert_int_eq(status_of(xpath, "mute()", root, NULL), TRO_KEY);
	assert_text(xpath, "t:half(2)", root, "1");
	tro_xpath_free(xpath);
	tro_xml_free(doc);
}
END_TEST

START_TEST(one_expression_means_in_each_context_what_that_context_says)
{
	char first_prefix[] = "1";
	char second_prefix[] = "2";
	tro_xml_doc *doc = parsed(document);
	tro_xpath *first = extended(tro_xml_root(doc), first_prefix, 0);
	tro_xpath_expr *expr = NULL;
	tro_xpath_value *value = NULL;
	tro_err err;

	ck_assert_int_eq(tro_xpath_compile(&expr, "t:join() = '2'", &err), TRO_OK);
	ck_assert_int_eq(tro_xpath_eval(&value, first, expr, NULL, &err), TRO_OK);
	ck_assert(!tro_xpath_truth(value));
	tro_xpath_value_free(value);
	tro_xpath_free(first);

	tro_xpath *second = extended(tro_xml_root(doc), second_prefix, 0);

	ck_assert_int_eq(tro_xpath_eval(&value, second, expr, NULL, &err), TRO_OK);
	ck_assert(tro_xpath_truth(value));
	tro_xpath_value_free(value);
	/* A name bound anew is found anew. */
	ck_assert_int_eq(tro_xpath_set_function(second, "urn:t", "join", half, NULL, &err), TRO_OK);
	ck_assert_int_eq(tro_xpath_eval(&value, second, expr, NULL, &err), TRO_USAGE);
	ck_assert_int_eq(tro_xpath_set_prefix(second, "t", "urn:else", &err), TRO_OK);
	ck_assert_int_eq(tro_xpath_eval(&value, second, expr, NULL, &err), TRO_INVALID);
	tro_xpath_free(second);

	tro_xpath *bare = tro_xpath_new(0);

	ck_assert_int_eq(tro_xpath_eval(&value, bare, expr, NULL, &err), TRO_INVALID);
	tro_xpath_free(bare);
	tro_xpath_expr_free(expr);
	tro_xml_free(doc);
}
END_TEST

struct work {
	const tro_xpath_expr *expr;
	size_t items;
	size_t wrong;
};

static void *evaluate_in_thread(void *user)
{
	struct work *work = user;
	tro_err err;

	for (int round = 0; round < 50; round++) {
		tro_xml_doc *doc = tro_xml_new(NULL, "case");

		for (size_t i = 0; i < work->items; i++) {
			work->wrong += tro_xml_append(tro_xml_root(doc), NULL, "item", "x") == NULL;
		}
		char prefix[] = "";
		tro_xpath *xpath = extended(tro_xml_root(doc), prefix, 0);

		for (int i = 0; i < 20; i++) {
			tro_xpath_value *value = NULL;
			tro_status status =
				tro_xpath_eval(&value, xpath, work->expr, tro_xml_root(doc), &err);

			work->wrong += status != TRO_OK ||
				       (size_t)tro_xpath_number(value) != 2 * work->items;
			tro_xpath_value_free(value);
		}
		tro_xpath_free(xpath);
		tro_xml_free(doc);
	}
	return NULL;
}

START_TEST(contexts_in_different_threads_share_expressions)
{
	tro_xpath_expr *expr = NULL;
	struct work work[3];
	pthread_t threads[3];
	tro_err err;

	ck_assert_int_eq(tro_xpath_compile(&expr, "t:half(4 * count($case/item))", &err), TRO_OK);
	for (size_t i = 0; i < 3; i++) {
		work[i] = (struct work){.expr = expr, .items = i + 1};
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, evaluate_in_thread, &work[i]), 0);
	}
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
		ck_assert_uint_eq(work[i].wrong, 0);
	}
	tro_xpath_expr_free(expr);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("xpath_extension");
	TCase *tcase = tcase_create("xpath_extension");

	tcase_add_checked_fixture(tcase, setup, tro_xml_quit);
	tcase_add_loop_test(
		tcase, functions_and_variables_extend_expressions, 0, COUNT(extensions));
	tcase_add_test(tcase, an_evaluation_inside_another_counts_towards_its_limit);
	tcase_add_test(tcase, what_a_function_or_variable_refuses_is_what_the_evaluation_says);
	tcase_add_test(tcase, one_expression_means_in_each_context_what_that_context_says);
	tcase_add_test(tcase, contexts_in_different_threads_share_expressions);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
