/*
 * Whether views and descriptions are sound, before anybody adopts them: what is wrong is found here
 * and not by the case that needs the filing.
 */
#include <stdlib.h>
#include <string.h>

#include "filing/describe.h"
#include "filing/eval.h"
#include "filing/filing.h"

typedef struct judging {
	const char *path;
	tro_findings *faults;
	tro_status (*need)(void *user, const char *kind, const char *name, int line);
	void *user;
	tro_err *err;
} judging;

static tro_status fault(const judging *j, int line, const char *what)
{
	tro_buf place = TRO_BUF_INIT;

	tro_buf_printf(&place, "%s:%d", j->path, line);
	tro_status status = tro_buf_status(&place, j->err);

	if (status == TRO_OK) {
		status = tro_findings_add(j->faults, TRO_LEVEL_BLOCK, "filing/sound", place.ptr,
			NULL, NULL, j->err, "%s", what);
	}
	tro_buf_done(&place);
	return status;
}

static tro_status conclude(const judging *j, tro_status status, int line, const tro_err *why)
{
	if (status == TRO_INVALID) {
		return fault(j, line, why->message);
	}
	if (status != TRO_OK && j->err != NULL) {
		*j->err = *why;
	}
	return status;
}

static tro_status check_expression(const judging *j, const char *text, int line)
{
	tro_err why = {.status = TRO_OK, .message = ""};
	tro_xpath_expr *expression = NULL;
	tro_status status = tro_xpath_compile(&expression, text, &why);

	tro_xpath_expr_free(expression);
	return conclude(j, status, line, &why);
}

static tro_status check_fill(const judging *j, const char *text, int line)
{
	tro_err why = {.status = TRO_OK, .message = ""};

	return conclude(j, tro_eval_check_fill(text, &why), line, &why);
}

/* ---- views ---- */

tro_status tro_view_check(tro_xml_doc *view, const char *path, tro_findings *faults, tro_err *err)
{
	const judging j = {.path = path, .faults = faults, .err = err};
	tro_xml_node *root = tro_xml_root(view);
	tro_status status = TRO_OK;

	if (!tro_xml_is(root, TRO_VIEW_NS, "view")) {
		return fault(&j, tro_xml_line(root),
			"its root must be <view xmlns=\"" TRO_VIEW_NS "\">");
	}
	for (tro_xml_node *keep = tro_xml_first(root); keep != NULL && status == TRO_OK;
		keep = tro_xml_next(keep)) {
		const char *selected = tro_xml_get(keep, NULL, "path");

		status = !tro_xml_is(keep, TRO_VIEW_NS, "keep") || selected == NULL ||
					 tro_xml_first_any(keep) != NULL
				 ? fault(&j, tro_xml_line(keep),
					   "a view holds <keep path=\"...\"/> alone")
				 : check_expression(&j, selected, tro_xml_line(keep));
	}
	return status;
}

/* ---- descriptions ---- */

/* Attributes that are expressions, and those that hold some in braces. */
static tro_status check_attributes(const judging *j, const tro_xml_node *node)
{
	static const char *const whole[] = {"test", "select", "foreach", "rows"};
	static const char *const filled[] = {"path", "title", "media", "from"};
	tro_status status = TRO_OK;

	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole) && status == TRO_OK; i++) {
		const char *text = tro_xml_get(node, NULL, whole[i]);

		status = text == NULL ? TRO_OK : check_expression(j, text, tro_xml_line(node));
	}
	for (size_t i = 0; i < sizeof(filled) / sizeof(*filled) && status == TRO_OK; i++) {
		const char *text = tro_xml_get(node, NULL, filled[i]);

		status = text == NULL ? TRO_OK : check_fill(j, text, tro_xml_line(node));
	}
	return status;
}

/* The words of an attribute, each the name of something of a kind. */
static tro_status need_words(
	const judging *j, const tro_xml_node *node, const char *attribute, const char *kind)
{
	const char *text = tro_xml_get(node, NULL, attribute);
	char *words = text == NULL ? NULL : strdup(text);
	char *save = NULL;
	tro_status status = TRO_OK;

	if (text == NULL || words == NULL) {
		return text == NULL ? TRO_OK : tro_err_nomem(j->err);
	}
	for (char *word = strtok_r(words, " ", &save); word != NULL && status == TRO_OK;
		word = strtok_r(NULL, " ", &save)) {
		status = j->need(j->user, kind, word, tro_xml_line(node));
	}
	free(words);
	return status;
}

static tro_status check_node(const judging *j, tro_xml_node *node)
{
	static const struct {
		const char *attribute, *kind;
	} named[] = {{"view", "view"}, {"prepare", "template"}, {"codes", "codes"},
		{"readme", "template"}, {"template", "template"}, {"grammar", "grammar"},
		{"style", "style"}};
	const char *sentence = tro_xml_simple_text(node);
	tro_status status = TRO_OK;

	for (size_t i = 0; i < sizeof(named) / sizeof(*named) && status == TRO_OK; i++) {
		status = need_words(j, node, named[i].attribute, named[i].kind);
	}
	if (status == TRO_OK && tro_xml_parent(node) != NULL) {
		status = check_attributes(j, node);
	}
	if (status == TRO_OK && sentence != NULL) {
		status = check_fill(j, sentence, tro_xml_line(node));
	}
	for (tro_xml_node *child = tro_xml_first(node); child != NULL && status == TRO_OK;
		child = tro_xml_next(child)) {
		status = check_node(j, child);
	}
	return status;
}

tro_status tro_filing_check(tro_xml_doc *description, const char *name, const char *path,
	tro_findings *faults,
	tro_status (*need)(void *user, const char *kind, const char *name, int line), void *user,
	tro_err *err)
{
	const judging j = {.path = path, .faults = faults, .need = need, .user = user, .err = err};
	tro_err why = {.status = TRO_OK, .message = ""};
	tro_description read;
	tro_status status = tro_description_read(&read, description, name, &why);

	tro_description_done(&read);
	if (status == TRO_INVALID) {
		return fault(&j, tro_xml_line(tro_xml_root(description)), why.message);
	}
	return status == TRO_OK ? check_node(&j, tro_xml_root(description))
				: conclude(&j, status, 0, &why);
}
