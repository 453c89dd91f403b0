/*
 * What changed in a case document between two records: element by element, attribute by attribute,
 * each named by its path. Elements that carry a key (n, id, ref or seq) are matched by it; those of
 * one key, and those without, by their place among each other.
 */
#include <stdlib.h>
#include <string.h>

#include "case/case_internal.h"

typedef struct comparison {
	tro_status (*each)(
		void *user, const char *path, const char *before, const char *after, tro_err *err);
	void *user;
} comparison;

static const char *key_of(const tro_xml_node *node, const char **out_name)
{
	static const char *const keys[] = {"n", "id", "ref", "seq"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *value = tro_xml_get(node, "", keys[i]);

		if (value != NULL) {
			*out_name = keys[i];
			return value;
		}
	}
	return NULL;
}

/* Of one name and of one key, or both without a key. */
static bool equals(const tro_xml_node *a, const tro_xml_node *b)
{
	const char *a_name = "";
	const char *b_name = "";
	const char *a_key = key_of(a, &a_name);
	const char *b_key = key_of(b, &b_name);

	if (strcmp(tro_xml_name(a), tro_xml_name(b)) != 0) {
		return false;
	}
	return a_key == NULL || b_key == NULL
		       ? a_key == b_key
		       : strcmp(a_name, b_name) == 0 && strcmp(a_key, b_key) == 0;
}

/* The first from `node` on that equals `like`. */
static tro_xml_node *next_equal(tro_xml_node *node, const tro_xml_node *like)
{
	while (node != NULL && !equals(node, like)) {
		node = tro_xml_next(node);
	}
	return node;
}

static size_t place_among_equals(const tro_xml_node *node)
{
	size_t place = 0;
	const tro_xml_node *parent = tro_xml_parent(node); /* NULL at the root */
	tro_xml_node *n = parent == NULL ? NULL : next_equal(tro_xml_first(parent), node);

	while (n != NULL && n != node) {
		place++;
		n = next_equal(tro_xml_next(n), node);
	}
	return place;
}

/* The child of `parent` that stands for `node`, which is a child of another version of it. */
static tro_xml_node *counterpart(const tro_xml_node *parent, const tro_xml_node *node)
{
	tro_xml_node *n = parent == NULL ? NULL : next_equal(tro_xml_first(parent), node);

	for (size_t place = place_among_equals(node); n != NULL && place > 0; place--) {
		n = next_equal(tro_xml_next(n), node);
	}
	return n;
}

void tro_case_path_extend(tro_buf *path, const tro_xml_node *node)
{
	const char *name;
	const char *key = key_of(node, &name);
	size_t place = place_among_equals(node);

	tro_buf_printf(path, "/%s", tro_xml_name(node));
	if (key != NULL) {
		tro_buf_printf(path, "[@%s='%s']", name, key);
	}
	if (place > 0) {
		tro_buf_printf(path, "[%zu]", place + 1);
	}
}

static tro_status compare_text(const comparison *cmp, const char *path, const char *before,
	const char *after, tro_err *err)
{
	if ((before == NULL || before[0] == '\0') && (after == NULL || after[0] == '\0')) {
		return TRO_OK;
	}
	bool same = before != NULL && after != NULL && strcmp(before, after) == 0;

	return same ? TRO_OK : cmp->each(cmp->user, path, before, after, err);
}

static const char *own_text(tro_xml_node *node)
{
	return node == NULL ? NULL : tro_xml_simple_text(node);
}

static tro_status compare_attributes(const comparison *cmp, const tro_buf *path, tro_xml_node *from,
	tro_xml_node *other, bool from_is_before, tro_err *err)
{
	tro_xml_node *a = from == NULL ? NULL : tro_xml_first_attribute(from);
	tro_status status = TRO_OK;

	for (; a != NULL && status == TRO_OK; a = tro_xml_next_attribute(a)) {
		const char *name = tro_xml_name(a);
		const char *mine = tro_xml_get(from, "", name);
		const char *theirs = other == NULL ? NULL : tro_xml_get(other, "", name);
		tro_buf where = TRO_BUF_INIT;

		if (!from_is_before && theirs != NULL) {
			continue; /* told when the other side was walked */
		}
		tro_buf_printf(&where, "%s/@%s", path->ptr, name);
		status = from_is_before ? compare_text(cmp, where.ptr, mine, theirs, err)
					: compare_text(cmp, where.ptr, theirs, mine, err);
		tro_buf_done(&where);
	}
	return status;
}

static tro_status compare(const comparison *cmp, const tro_buf *parent_path, tro_xml_node *before,
	tro_xml_node *after, tro_err *err);

static tro_status compare_children(const comparison *cmp, const tro_buf *path, tro_xml_node *before,
	tro_xml_node *after, tro_err *err)
{
	tro_status status = TRO_OK;
	tro_xml_node *n = before == NULL ? NULL : tro_xml_first(before);

	for (; n != NULL && status == TRO_OK; n = tro_xml_next(n)) {
		status = compare(cmp, path, n, counterpart(after, n), err);
	}
	n = after == NULL ? NULL : tro_xml_first(after);
	for (; n != NULL && status == TRO_OK; n = tro_xml_next(n)) {
		if (counterpart(before, n) == NULL) {
			status = compare(cmp, path, NULL, n, err);
		}
	}
	return status;
}

/* Either side may be absent. */
static tro_status compare(const comparison *cmp, const tro_buf *parent_path, tro_xml_node *before,
	tro_xml_node *after, tro_err *err)
{
	tro_buf path = TRO_BUF_INIT;

	tro_buf_put(&path, parent_path->ptr, parent_path->len);
	tro_case_path_extend(&path, before != NULL ? before : after);
	tro_status status = tro_buf_status(&path, err);

	if (status == TRO_OK) {
		status = compare_attributes(cmp, &path, before, after, true, err);
	}
	if (status == TRO_OK) {
		status = compare_attributes(cmp, &path, after, before, false, err);
	}
	if (status == TRO_OK) {
		status = compare_text(cmp, path.ptr, own_text(before), own_text(after), err);
	}
	if (status == TRO_OK) {
		status = compare_children(cmp, &path, before, after, err);
	}
	tro_buf_done(&path);
	return status;
}

tro_status tro_case_changes(tro_case *c, uint64_t since,
	tro_status (*each)(
		void *user, const char *path, const char *before, const char *after, tro_err *err),
	void *user, tro_err *err)
{
	tro_replay replay;
	comparison cmp = {.each = each, .user = user};
	tro_buf root = TRO_BUF_INIT;

	if (since >= c->count) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"case %s has no record %llu: its last is %llu", c->id,
			(unsigned long long)since, (unsigned long long)c->count - 1);
	}
	tro_status status = tro_replay_begin(&replay, c->registry, c->id, err);

	if (status == TRO_OK) {
		status = tro_replay_to(&replay, since, err);
	}
	if (status == TRO_OK) {
		status = compare(&cmp, &root, tro_xml_root(replay.session->document),
			tro_xml_root(c->session->document), err);
	}
	tro_replay_end(&replay);
	return status;
}
