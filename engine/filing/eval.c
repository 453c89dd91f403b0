#include "filing/eval.h"

#include <stdlib.h>
#include <string.h>

#define OP_LIMIT 5000000UL

struct tro_eval {
	tro_xpath *xpath;
	const tro_filing_facts *facts;
};

static const char *fact(const tro_filing_facts *facts, const char *name)
{
	const struct {
		const char *name, *value;
	} pairs[] = {
		{"case-id", facts->case_id},
		{"matter", facts->matter},
		{"recipient", facts->recipient},
		{"time", facts->time},
		{"seq", facts->seq},
		{"training", facts->training ? "yes" : ""},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		if (strcmp(pairs[i].name, name) == 0) {
			return pairs[i].value == NULL ? "" : pairs[i].value;
		}
	}
	return NULL;
}

static tro_status variable(tro_xpath_value **out, const char *name, void *user, tro_err *err)
{
	const tro_eval *eval = user;
	const char *value = fact(eval->facts, name);

	if (value == NULL) {
		return TRO_NOT_FOUND;
	}
	*out = tro_xpath_value_string(value);
	return *out == NULL ? tro_err_nomem(err) : TRO_OK;
}

tro_status tro_eval_new(tro_eval **out, const tro_filing_facts *facts,
	const tro_xslt_function *functions, tro_err *err)
{
	*out = NULL;
	tro_eval *eval = calloc(1, sizeof(*eval));

	if (eval == NULL) {
		return tro_err_nomem(err);
	}
	eval->facts = facts;
	eval->xpath = tro_xpath_new(OP_LIMIT);
	tro_status status = eval->xpath == NULL ? tro_err_nomem(err) : TRO_OK;

	if (status == TRO_OK && functions != NULL && functions[0].name != NULL) {
		status = tro_xpath_set_prefix(eval->xpath, "tro", functions[0].ns, err);
	}
	for (; status == TRO_OK && functions != NULL && functions->name != NULL; functions++) {
		status = tro_xpath_set_function(eval->xpath, functions->ns, functions->name,
			functions->function, functions->user, err);
	}
	if (status != TRO_OK) {
		tro_eval_free(eval);
		return status;
	}
	tro_xpath_set_variables(eval->xpath, variable, eval);
	*out = eval;
	return TRO_OK;
}

void tro_eval_free(tro_eval *eval)
{
	if (eval != NULL) {
		tro_xpath_free(eval->xpath);
		free(eval);
	}
}

tro_status tro_eval_value(tro_xpath_value **out, tro_eval *eval, const char *expression,
	tro_xml_node *node, tro_err *err)
{
	tro_xpath_expr *compiled = NULL;

	*out = NULL;
	tro_status status = tro_xpath_compile(&compiled, expression, err);

	if (status == TRO_OK) {
		status = tro_xpath_eval(out, eval->xpath, compiled, node, err);
	}
	tro_xpath_expr_free(compiled);
	return status;
}

tro_status tro_eval_truth(
	bool *out, tro_eval *eval, const char *expression, tro_xml_node *node, tro_err *err)
{
	tro_xpath_value *value = NULL;
	tro_status status = tro_eval_value(&value, eval, expression, node, err);

	*out = status == TRO_OK && tro_xpath_truth(value);
	tro_xpath_value_free(value);
	return status;
}

static bool fit_for_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

static tro_status fill_one(tro_buf *out, tro_eval *eval, tro_fill fill, const char *expression,
	tro_xml_node *node, tro_err *err)
{
	tro_xpath_value *value = NULL;
	tro_buf text = TRO_BUF_INIT;
	tro_status status = tro_eval_value(&value, eval, expression, node, err);

	if (status == TRO_OK) {
		status = tro_xpath_text(&text, value, err);
	}
	for (size_t i = 0; status == TRO_OK && i < text.len; i++) {
		tro_buf_putc(out,
			fill == TRO_FILL_NAME && !fit_for_name(text.ptr[i]) ? '-' : text.ptr[i]);
	}
	tro_buf_done(&text);
	tro_xpath_value_free(value);
	return status;
}

/* The '}' that ends an expression; one in a quoted string does not. */
static const char *end_of(const char *expression)
{
	char quote = '\0';

	for (; *expression != '\0'; expression++) {
		if (quote != '\0') {
			quote = *expression == quote ? '\0' : quote;
		} else if (*expression == '\'' || *expression == '"') {
			quote = *expression;
		} else if (*expression == '}') {
			return expression;
		}
	}
	return NULL;
}

tro_status tro_eval_check_fill(const char *text, tro_err *err)
{
	tro_status status = TRO_OK;

	for (text += strcspn(text, "{"); *text != '\0' && status == TRO_OK;
		text += strcspn(text, "{")) {
		const char *end = end_of(text + 1);
		tro_xpath_expr *compiled = NULL;

		if (end == NULL) {
			return tro_err_set(err, TRO_INVALID, "'%s': a '{' has no '}'", text);
		}
		char *expression = strndup(text + 1, (size_t)(end - text) - 1);

		status = expression == NULL ? tro_err_nomem(err)
					    : tro_xpath_compile(&compiled, expression, err);
		tro_xpath_expr_free(compiled);
		free(expression);
		text = end + 1;
	}
	return status;
}

tro_status tro_eval_fill(tro_buf *out, tro_eval *eval, tro_fill fill, const char *text,
	tro_xml_node *node, tro_err *err)
{
	tro_status status = TRO_OK;

	while (*text != '\0' && status == TRO_OK) {
		size_t plain = strcspn(text, "{");

		tro_buf_put(out, text, plain);
		text += plain;
		if (*text == '\0') {
			break;
		}
		const char *end = end_of(text + 1);

		if (end == NULL) {
			return tro_err_set(err, TRO_INVALID, "'%s': a '{' has no '}'", text);
		}
		char *expression = strndup(text + 1, (size_t)(end - text) - 1);

		if (expression == NULL) {
			return tro_err_nomem(err);
		}
		status = fill_one(out, eval, fill, expression, node, err);
		free(expression);
		text = end + 1;
	}
	return status == TRO_OK ? tro_buf_status(out, err) : status;
}
