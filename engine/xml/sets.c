#include "xml/sets.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* What a node says, and its place in its set. */
typedef struct keyed {
	const char *key;
	size_t place;
} keyed;

/* One argument: its nodes as keys, sorted by key and place. */
typedef struct key_set {
	keyed *keys;
	size_t count;
} key_set;

/* What one call works with; all of it lives in the arena. */
typedef struct comparison {
	tro_arena *arena;
	tro_xpath_call *call;
	key_set nodes, others;
	bool *picked; /* by place in the first argument */
} comparison;

static int by_key(const void *a, const void *b)
{
	const keyed *one = a;
	const keyed *two = b;
	int order = strcmp(one->key, two->key);

	return order != 0 ? order : (one->place > two->place) - (one->place < two->place);
}

static void put_words(tro_buf *out, const char *text)
{
	static const char blanks[] = " \t\r\n";
	const char *gap = "";

	for (text += strspn(text, blanks); *text != '\0'; text += strspn(text, blanks)) {
		size_t len = strcspn(text, blanks);

		tro_buf_puts(out, gap);
		tro_buf_put(out, text, len);
		text += len;
		gap = " ";
	}
}

/* No text of XML holds the separator. */
static void put_children(tro_buf *out, const tro_xml_node *node, const char *names)
{
	tro_buf name = TRO_BUF_INIT;
	tro_buf text = TRO_BUF_INIT;

	while (*names != '\0') {
		size_t len = strcspn(names, " ");

		tro_buf_clear(&name);
		tro_buf_clear(&text);
		tro_buf_put(&name, names, len);
		const tro_xml_node *child = tro_xml_first_named(node, "", name.ptr);

		if (child != NULL) {
			tro_xml_text(&text, child);
		}
		put_words(out, text.ptr);
		tro_buf_putc(out, '\x1f');
		names += len + strspn(names + len, " ");
	}
	if (name.status != TRO_OK || text.status != TRO_OK) {
		out->status = TRO_NOMEM;
	}
	tro_buf_done(&name);
	tro_buf_done(&text);
}

/* The keys of an argument: of the nodes' own text, or with names of that of their children. */
static tro_status read_keys(
	key_set *out, comparison *c, size_t argument, const char *names, tro_err *err)
{
	tro_buf text = TRO_BUF_INIT;
	tro_status status = TRO_OK;

	out->count = tro_xpath_arg_node_count(c->call, argument);
	out->keys = tro_arena_array(c->arena, out->count + 1, sizeof(*out->keys));
	if (out->keys == NULL) {
		return tro_err_nomem(err);
	}
	for (size_t i = 0; i < out->count && status == TRO_OK; i++) {
		const tro_xml_node *node = tro_xpath_arg_node_at(c->call, argument, i);

		tro_buf_clear(&text);
		if (names == NULL) {
			tro_xml_text(&text, node);
		} else {
			put_children(&text, node, names);
		}
		status = tro_buf_status(&text, err);
		if (status == TRO_OK) {
			out->keys[i].key = tro_arena_strdup(c->arena, text.ptr);
			out->keys[i].place = i;
			status = out->keys[i].key == NULL ? tro_err_nomem(err) : TRO_OK;
		}
	}
	tro_buf_done(&text);
	if (status == TRO_OK) {
		qsort(out->keys, out->count, sizeof(*out->keys), by_key);
	}
	return status;
}

static tro_status begin(comparison *c, tro_xpath_call *call, size_t args, const char *name,
	const char *names, tro_err *err)
{
	*c = (comparison){.call = call, .arena = tro_arena_new()};
	if (c->arena == NULL) {
		return tro_err_nomem(err);
	}
	if (tro_xpath_arg_count(call) != args) {
		return tro_err_set(err, TRO_INVALID, "tro:%s takes %zu arguments, not %zu", name,
			args, tro_xpath_arg_count(call));
	}
	tro_status status = read_keys(&c->nodes, c, 0, names, err);

	if (status == TRO_OK && args > 1) {
		status = read_keys(&c->others, c, 1, names, err);
	}
	if (status == TRO_OK) {
		c->picked = tro_arena_array(c->arena, c->nodes.count + 1, sizeof(*c->picked));
		status = c->picked == NULL ? tro_err_nomem(err) : TRO_OK;
	}
	return status;
}

/* Returns the nodes that were picked and frees what the call worked with. */
static tro_status end(comparison *c, tro_status status, tro_err *err)
{
	size_t count = 0;

	if (status == TRO_OK) {
		tro_xml_node **nodes =
			tro_arena_array(c->arena, c->nodes.count + 1, sizeof(tro_xml_node *));

		for (size_t i = 0; nodes != NULL && i < c->nodes.count; i++) {
			if (c->picked[i]) {
				nodes[count++] = tro_xpath_arg_node_at(c->call, 0, i);
			}
		}
		if (nodes == NULL) {
			status = tro_err_nomem(err);
		} else {
			tro_xpath_return_nodes(c->call, nodes, count);
		}
	}
	tro_arena_free(c->arena);
	return status;
}

/* Picks the nodes whose text an earlier one has, or the others. */
static tro_status pick_by_first(
	tro_xpath_call *call, const char *name, bool earlier_has_it, tro_err *err)
{
	comparison c;
	tro_status status = begin(&c, call, 1, name, NULL, err);

	for (size_t i = 0; status == TRO_OK && i < c.nodes.count; i++) {
		bool again = i > 0 && strcmp(c.nodes.keys[i - 1].key, c.nodes.keys[i].key) == 0;

		c.picked[c.nodes.keys[i].place] = again == earlier_has_it;
	}
	return end(&c, status, err);
}

tro_status tro_sets_repeated(tro_xpath_call *call, void *user, tro_err *err)
{
	(void)user;
	return pick_by_first(call, "repeated", true, err);
}

tro_status tro_sets_distinct(tro_xpath_call *call, void *user, tro_err *err)
{
	(void)user;
	return pick_by_first(call, "distinct", false, err);
}

tro_status tro_sets_among(tro_xpath_call *call, void *user, tro_err *err)
{
	comparison c;
	tro_status status = begin(&c, call, 2, "among", NULL, err);
	size_t other = 0;

	(void)user;
	for (size_t i = 0; status == TRO_OK && i < c.nodes.count; i++) {
		const char *key = c.nodes.keys[i].key;

		while (other < c.others.count && strcmp(c.others.keys[other].key, key) < 0) {
			other++;
		}
		c.picked[c.nodes.keys[i].place] =
			other < c.others.count && strcmp(c.others.keys[other].key, key) == 0;
	}
	return end(&c, status, err);
}

tro_status tro_sets_unmatched(tro_xpath_call *call, void *user, tro_err *err)
{
	comparison c;
	const char *names = tro_xpath_arg_string(call, 2);
	tro_status status =
		names == NULL ? tro_err_nomem(err) : begin(&c, call, 3, "unmatched", names, err);
	size_t other = 0;

	(void)user;
	if (names == NULL) {
		return status;
	}
	for (size_t i = 0; status == TRO_OK && i < c.nodes.count; i++) {
		const char *key = c.nodes.keys[i].key;

		while (other < c.others.count && strcmp(c.others.keys[other].key, key) < 0) {
			other++;
		}
		bool pair = other < c.others.count && strcmp(c.others.keys[other].key, key) == 0;

		c.picked[c.nodes.keys[i].place] = !pair;
		other += pair; /* each of the others once */
	}
	return end(&c, status, err);
}
