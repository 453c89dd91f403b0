/*
 * Views: what a recipient may see of a case document. A view is a whitelist,
 *
 *   <view xmlns="urn:tro:view:1" name="..."><keep path="XPath"/>...</view>
 *
 * and nothing is seen that no path selects. An element that is selected stays with everything in
 * it; an attribute that is selected stays alone; the elements above stay as bare shells, without
 * text and without attributes. Paths are XPath with the variables of eval.h and no functions of
 * ours, so that a view depends on the case document and the facts alone.
 */
#include <stdlib.h>
#include <string.h>

#include "filing/eval.h"
#include "filing/filing.h"

/* Nodes of the copy, sorted by address. */
typedef struct node_set {
	tro_xml_node **nodes;
	size_t count, cap;
} node_set;

static tro_status set_add(node_set *set, tro_xml_node *node, tro_err *err)
{
	if (set->count == set->cap) {
		size_t cap = set->cap == 0 ? 64 : 2 * set->cap;
		tro_xml_node **nodes = realloc(set->nodes, cap * sizeof(*nodes));

		if (nodes == NULL) {
			return tro_err_nomem(err);
		}
		set->nodes = nodes;
		set->cap = cap;
	}
	set->nodes[set->count++] = node;
	return TRO_OK;
}

static int by_address(const void *a, const void *b)
{
	const tro_xml_node *const *left = a;
	const tro_xml_node *const *right = b;

	return (*left > *right) - (*left < *right);
}

static void set_sort(node_set *set)
{
	if (set->count > 0) {
		qsort(set->nodes, set->count, sizeof(*set->nodes), by_address);
	}
}

static bool set_has(const node_set *set, const tro_xml_node *node)
{
	return set->count > 0 &&
	       bsearch(&node, set->nodes, set->count, sizeof(*set->nodes), by_address) != NULL;
}

static tro_status keep_path(
	node_set *kept, tro_eval *eval, const char *path, tro_xml_node *root, tro_err *err)
{
	tro_xpath_value *value = NULL;
	tro_status status = tro_eval_value(&value, eval, path, root, err);

	if (status == TRO_OK && tro_xpath_value_type(value) != TRO_XPATH_NODES) {
		status = tro_err_set(err, TRO_INVALID, "'%s' selects no nodes", path);
	}
	for (size_t i = 0; status == TRO_OK && i < tro_xpath_node_count(value); i++) {
		tro_xml_node *node = tro_xpath_node_at(value, i);
		tro_xml_kind kind = tro_xml_node_kind(node);

		if (kind != TRO_XML_ELEMENT && kind != TRO_XML_ATTRIBUTE) {
			status = tro_err_set(err, TRO_INVALID,
				"'%s' selects what is neither element nor attribute", path);
		} else {
			status = set_add(kept, node, err);
		}
	}
	tro_xpath_value_free(value);
	return status;
}

static tro_status keep_all(node_set *kept, tro_xml_doc *view, const char *name, tro_eval *eval,
	tro_xml_node *root, tro_err *err)
{
	tro_xml_node *top = tro_xml_root(view);
	tro_status status = TRO_OK;

	if (!tro_xml_is(top, TRO_VIEW_NS, "view")) {
		return tro_err_set(err, TRO_INVALID, "%s: its root must be <view xmlns=\"%s\">",
			name, TRO_VIEW_NS);
	}
	for (tro_xml_node *keep = tro_xml_first(top); keep != NULL && status == TRO_OK;
		keep = tro_xml_next(keep)) {
		const char *path = tro_xml_get(keep, NULL, "path");

		if (!tro_xml_is(keep, TRO_VIEW_NS, "keep") || path == NULL ||
			tro_xml_first_any(keep) != NULL) {
			return tro_err_set(err, TRO_INVALID,
				"%s:%d: a view holds <keep path=\"...\"/> alone", name,
				tro_xml_line(keep));
		}
		status = keep_path(kept, eval, path, root, err);
		if (status != TRO_OK) {
			(void)tro_err_prefix(err, status, "%s:%d", name, tro_xml_line(keep));
		}
	}
	return status;
}

/* Takes away what is not kept below an element of which something is kept. */
static void prune(tro_xml_node *shell, const node_set *kept, const node_set *shells)
{
	for (tro_xml_node *next, *attribute = tro_xml_first_attribute(shell); attribute != NULL;
		attribute = next) {
		next = tro_xml_next_attribute(attribute);
		if (!set_has(kept, attribute)) {
			tro_xml_remove(attribute);
		}
	}
	for (tro_xml_node *next, *child = tro_xml_first_any(shell); child != NULL; child = next) {
		next = tro_xml_next_any(child);
		if (set_has(kept, child)) {
			continue;
		}
		if (set_has(shells, child)) {
			prune(child, kept, shells);
		} else {
			tro_xml_remove(child);
		}
	}
}

static tro_status note_shells(node_set *shells, const node_set *kept, tro_err *err)
{
	tro_status status = TRO_OK;

	for (size_t i = 0; i < kept->count && status == TRO_OK; i++) {
		for (tro_xml_node *up = tro_xml_parent(kept->nodes[i]);
			up != NULL && status == TRO_OK; up = tro_xml_parent(up)) {
			status = set_add(shells, up, err);
		}
	}
	set_sort(shells);
	return status;
}

tro_status tro_view_apply(tro_xml_doc **out, const char *view, size_t view_len, const char *name,
	tro_xml_node *case_document, const tro_filing_facts *facts, tro_err *err)
{
	tro_xml_doc *whitelist = NULL;
	tro_xml_doc *doc = tro_xml_copy_doc(case_document);
	tro_eval *eval = NULL;
	node_set kept = {0};
	node_set shells = {0};
	tro_status status = doc == NULL ? tro_err_nomem(err) : TRO_OK;

	*out = NULL;
	if (status == TRO_OK) {
		status = tro_xml_parse(&whitelist, view, view_len, name, NULL, err);
	}
	if (status == TRO_OK) {
		status = tro_eval_new(&eval, facts, NULL, err);
	}
	if (status == TRO_OK) {
		status = keep_all(&kept, whitelist, name, eval, tro_xml_root(doc), err);
	}
	if (status == TRO_OK) {
		status = note_shells(&shells, &kept, err);
	}
	if (status == TRO_OK) {
		set_sort(&kept);
		if (!set_has(&kept, tro_xml_root(doc))) {
			prune(tro_xml_root(doc), &kept, &shells);
		}
		*out = doc;
		doc = NULL;
	}
	free(kept.nodes);
	free(shells.nodes);
	tro_eval_free(eval);
	tro_xml_free(whitelist);
	tro_xml_free(doc);
	return status;
}
