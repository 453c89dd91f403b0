/*
 * workflows/workflow.rng and the loader say the same of a definition's shape: what is shipped both
 * accept, seeded faults of shape both refuse, and of random changes the loader accepts nothing that
 * the grammar refuses.
 */
#include <stdint.h>
#include <stdio.h>

#include "chart_fixture.h"

static const char *const shipped[] = {
	"workflows/ddtro-ew/application.scxml",
	"workflows/ddtro-ew/order.scxml",
	"workflows/ddtro-ew/item.scxml",
	"tests/data/parking/workflows/parking/appeal.scxml",
	"tests/data/parking/workflows/parking/inquiry.scxml",
};
enum { SHIPPED = sizeof(shipped) / sizeof(shipped[0]) };

static void read_file(tro_buf *out, const char *name)
{
	char path[1024];
	char bytes[4096];
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", TRO_SOURCE_DIR, name);
	FILE *file = fopen(path, "rb");

	ck_assert_msg(file != NULL, "%s", path);
	while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		tro_buf_put(out, bytes, len);
	}
	fclose(file);
	ck_assert_int_eq(tro_buf_status(out, NULL), TRO_OK);
}

static tro_rng *grammar(void)
{
	tro_buf text = TRO_BUF_INIT;
	tro_rng *rng = NULL;
	tro_err err;

	read_file(&text, "workflows/workflow.rng");
	ck_assert_msg(tro_rng_parse(&rng, text.ptr, text.len, "workflow.rng", &err) == TRO_OK, "%s",
		err.message);
	tro_buf_done(&text);
	return rng;
}

static bool grammar_accepts(const tro_rng *rng, tro_xml_doc *doc, tro_err *err)
{
	tro_status status = tro_rng_validate(rng, doc, "definition", NULL, err);

	ck_assert(status == TRO_OK || status == TRO_INVALID);
	return status == TRO_OK;
}

static bool loader_accepts(const tro_buf *text, tro_err *err)
{
	tro_chart *chart = NULL;
	tro_status status = tro_chart_load(
		&chart, text->ptr, text->len, "definition", TRO_CHART_PRODUCTION, NULL, err);

	ck_assert(status == TRO_OK || status == TRO_INVALID);
	tro_chart_free(chart);
	return status == TRO_OK;
}

START_TEST(what_is_shipped_is_accepted)
{
	tro_rng *rng = grammar();
	tro_buf text = TRO_BUF_INIT;
	tro_err err;

	read_file(&text, shipped[_i]);
	tro_xml_doc *doc = fx_parse(text.ptr);

	ck_assert_msg(grammar_accepts(rng, doc, &err), "%s: %s", shipped[_i], err.message);
	ck_assert_msg(loader_accepts(&text, &err), "%s: %s", shipped[_i], err.message);
	tro_xml_free(doc);
	tro_buf_done(&text);
	tro_rng_free(rng);
}
END_TEST

/* ---- seeded faults ---- */

#define ON(content) "<state id='a'><onentry>" content "</onentry></state>"

START_TEST(faults_of_shape_are_refused_by_both)
{
	static const char *const bodies[] = {
		"",
		"<state id='a'><stat/></state>",
		"<state id='a'><x xmlns='urn:x'/></state>",
		"<state id='a'><raise event='e'/></state>",
		"<state id='a'><transition targets='a'/></state>",
		"<state id='a'><transition/></state>",
		"<state id='a'><transition target=''/></state>",
		"<state id='a'><transition event='' target='a'/></state>",
		"<state id='a'><transition event='*' target='a'/></state>",
		"<state id='a'><transition type='x' target='a'/></state>",
		"<state id='a'><transition cond='' target='a'/></state>",
		"<state id='a' tro:name='b'/>",
		"<state id='9'/>",
		"<state id='a' initial='a'/>",
		"<state id='a'><initial/><state id='b'/></state>",
		"<state id='a' initial='b'><initial><transition target='b'/></initial><state "
		"id='b'/></state>",
		"<state id='a'><history id='h'/><state id='b'/></state>",
		"<state id='a'><history id='h' type='x'><transition target='b'/></history><state "
		"id='b'/></state>",
		"<state id='a'><invoke/></state>",
		"<state id='a'>here</state>",
		"<parallel id='a'/>",
		"<parallel id='a'><final id='b'/></parallel>",
		"<state id='a'/><final id='f'><transition target='a'/></final>",
		"<state id='a'/><final id='f'><donedata/><donedata/></final>",
		ON("<raise/>"),
		ON("<script/>"),
		ON("<assign expr='1'/>"),
		ON("<assign location='$x' type='x'/>"),
		ON("<assign location='$x' attr='x'/>"),
		ON("<assign location='$x' type='addattribute'/>"),
		ON("<assign location='$x' expr='1'><y xmlns=''/></assign>"),
		ON("<if><log/></if>"),
		ON("<if cond='1'><else/><elseif cond='1'/></if>"),
		ON("<foreach item='i'/>"),
		ON("<foreach item='_i' array='/x'/>"),
		ON("<log expr=''/>"),
		ON("<send/>"),
		ON("<send event='e' eventexpr='1'/>"),
		ON("<send event='e' type='http'/>"),
		ON("<send event='e' delay='1s' tro:at='2026-01-01T00:00:00Z'/>"),
		ON("<send event='e'><param name='p'/></send>"),
		ON("<send event='e'><param name='p' expr='1'/><content/></send>"),
		ON("<cancel/>"),
		ON("<tro:matter definition='d'/>"),
		ON("<tro:matter definition='d' id='m' colour='red'/>"),
		ON("<tro:filing name='n'/>"),
		"<datamodel><data id='_x'/></datamodel><state id='a'/>",
		"<datamodel><data id='d' src='f'/></datamodel><state id='a'/>",
		"<datamodel><data/></datamodel><state id='a'/>",
		"<tro:evnt name='e'/><state id='a'/>",
		"<tro:event/><state id='a'/>",
		"<tro:event name='e..f'/><state id='a'/>",
		"<tro:event name='e' role='r'/><state id='a'/>",
		"<tro:event name='e' not-actor-of='e' basis='b'/><state id='a'/>",
		"<tro:event name='e' form='yes'/><state id='a'/>",
		"<tro:event name='e'><tro:param type='text'/></tro:event><state id='a'/>",
		"<tro:event name='e'><tro:param name='p' type='colour'/></tro:event><state "
		"id='a'/>",
		"<tro:event name='e'><tro:param name='p' type='rows' row='r'/></tro:event><state "
		"id='a'/>",
		"<tro:event name='e'><tro:param name='p' type='text' values='a "
		"b'/></tro:event><state id='a'/>",
		"<tro:event name='e'><tro:param name='p' type='text' "
		"required='1'/></tro:event><state id='a'/>",
		"<tro:event name='e'><tro:require id='R' test='1' basis='b' "
		"remedy='e'/></tro:event><state id='a'/>",
		"<tro:event name='e'><tro:require id='R' test='1' "
		"basis='b'>x</tro:require></tro:event><state id='a'/>",
		"<tro:event name='e'><tro:require id='R' test='1' "
		"remedy='e'>x</tro:require></tro:event><state id='a'/>",
		"<tro:event name='e'><tro:require id='R' basis='b' "
		"remedy='e'>x</tro:require></tro:event><state id='a'/>",
		"<tro:event name='e'><tro:require id='R' level='x' test='1' basis='b' "
		"remedy='e'>x</tro:require></tro:event>"
		"<state id='a'/>",
	};
	tro_rng *rng = grammar();
	tro_err err;

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		tro_buf text = TRO_BUF_INIT;

		tro_buf_printf(&text, WORKFLOW ">%s</scxml>", bodies[i]);
		tro_xml_doc *doc = fx_parse(text.ptr);

		ck_assert_msg(
			!grammar_accepts(rng, doc, &err), "the grammar accepts %s", bodies[i]);
		ck_assert_msg(!loader_accepts(&text, &err), "the loader accepts %s", bodies[i]);
		tro_xml_free(doc);
		tro_buf_done(&text);
	}
	tro_rng_free(rng);
}
END_TEST

/* ---- random changes ---- */

static uint64_t seed;

static size_t below(size_t n)
{
	/* splitmix64 */
	uint64_t z = seed += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (size_t)((z ^ (z >> 31)) % n);
}

static tro_xml_node *next_in(tro_xml_node *node, tro_xml_node *root)
{
	tro_xml_node *next = tro_xml_first(node);

	while (next == NULL && node != root) {
		next = tro_xml_next(node);
		node = tro_xml_parent(node);
	}
	return next;
}

/* Any element, the root now and then. */
static tro_xml_node *pick(tro_xml_doc *doc)
{
	tro_xml_node *root = tro_xml_root(doc);
	size_t count = 0;

	for (tro_xml_node *n = root; n != NULL; n = next_in(n, root)) {
		count++;
	}
	tro_xml_node *node = root;

	for (size_t at = below(count); at > 0; at--) {
		node = next_in(node, root);
	}
	return node;
}

static const char *const names[] = {"id", "initial", "event", "cond", "target", "type", "location",
	"expr", "attr", "name", "title", "role", "basis", "not-actor-of", "form", "required",
	"values", "codes", "of", "row", "current", "level", "test", "remedy", "delay", "delayexpr",
	"sendid", "array", "item", "index", "definition", "recipient", "foreach", "datamodel",
	"binding", "version", "namelist", "idlocation", "targetexpr", "help", "why", "at", "atexpr",
	"src"};
static const char *const values[] = {"", " ", "a", "a b", "_a", "1", "true", "false", "$case",
	"1 +", "*", "text", "rows", "code", "deep", "internal", "addattribute", "delete", "block",
	"early", "create", "a..b", "10s", "scxml"};
enum { NAMES = sizeof(names) / sizeof(names[0]), VALUES = sizeof(values) / sizeof(values[0]) };

static void change_attribute(tro_xml_node *node)
{
	const char *ns = below(5) == 0 ? TRO_WORKFLOW_NS : "";
	size_t count = 0;

	for (tro_xml_node *a = tro_xml_first_attribute(node); a != NULL;
		a = tro_xml_next_attribute(a)) {
		count++;
	}
	if (below(2) == 0 || count == 0) {
		ck_assert_int_eq(
			tro_xml_set(node, ns, names[below(NAMES)], values[below(VALUES)], NULL),
			TRO_OK);
		return;
	}
	tro_xml_node *a = tro_xml_first_attribute(node);

	for (size_t at = below(count); at > 0; at--) {
		a = tro_xml_next_attribute(a);
	}
	if (below(2) == 0) {
		tro_xml_remove(a);
	} else {
		ck_assert_int_eq(tro_xml_set(node, tro_xml_ns(a), tro_xml_name(a),
					 values[below(VALUES)], NULL),
			TRO_OK);
	}
}

static bool holds(const tro_xml_node *node, const tro_xml_node *inner)
{
	while (inner != NULL && inner != node) {
		inner = tro_xml_parent(inner);
	}
	return inner != NULL;
}

static void change(tro_xml_doc *doc)
{
	tro_xml_node *node = pick(doc);
	tro_xml_node *there = pick(doc);

	switch (below(7)) {
	case 0:
		if (node != tro_xml_root(doc)) {
			tro_xml_remove(node);
		}
		break;
	case 1:
		if (node != tro_xml_root(doc)) {
			ck_assert_int_eq(
				tro_xml_copy(NULL, node, TRO_XML_AFTER, node, NULL), TRO_OK);
		}
		break;
	case 2:
		if (!holds(node, there)) {
			ck_assert_int_eq(
				tro_xml_copy(NULL, there, TRO_XML_LAST_CHILD, node, NULL), TRO_OK);
			tro_xml_remove(node);
		}
		break;
	case 3:
		ck_assert_int_eq(tro_xml_append_text(node, values[below(VALUES)], NULL), TRO_OK);
		break;
	default:
		change_attribute(node);
		break;
	}
}

/* A definition is its bytes: what the tree of the changes holds is read again from them. */
static bool accepted_by_grammar(const tro_rng *rng, const tro_buf *text, tro_err *err)
{
	tro_xml_doc *doc = fx_parse(text->ptr);
	bool accepted = grammar_accepts(rng, doc, err);

	tro_xml_free(doc);
	return accepted;
}

START_TEST(the_loader_accepts_nothing_that_the_grammar_refuses)
{
	const char *given = getenv("CHART_SEED");
	tro_rng *rng = grammar();
	tro_buf original = TRO_BUF_INIT;
	size_t rounds = _i < 2 ? 60 : 600; /* the first two are long */
	size_t loaded = 0;
	size_t refused = 0;
	tro_err why;
	tro_err err;

	seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)_i * 7919 + 20261126;
	printf("seed %llu\n", (unsigned long long)seed);
	if (SANITIZED) {
		rounds /= 6;
	}
	read_file(&original, shipped[_i]);
	for (size_t i = 0; i < rounds; i++) {
		tro_xml_doc *doc = fx_parse(original.ptr);
		tro_buf text = TRO_BUF_INIT;

		for (size_t k = 1 + below(2); k > 0; k--) {
			change(doc);
		}
		fx_bytes(&text, tro_xml_root(doc));
		bool loads = loader_accepts(&text, &err);
		bool fits = accepted_by_grammar(rng, &text, &why);

		ck_assert_msg(fits || !loads,
			"round %zu: the loader accepts what the grammar refuses: %s", i,
			why.message);
		loaded += loads;
		refused += !fits;
		tro_xml_free(doc);
		tro_buf_done(&text);
	}
	ck_assert_uint_gt(loaded, rounds / 10);
	ck_assert_uint_gt(refused, rounds / 10);
	tro_buf_done(&original);
	tro_rng_free(rng);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chart grammar");
	TCase *shapes = tcase_create("shapes");

	tcase_add_checked_fixture(shapes, fx_init, tro_xml_quit);
	tcase_set_timeout(shapes, 120);
	tcase_add_loop_test(shapes, what_is_shipped_is_accepted, 0, SHIPPED);
	tcase_add_test(shapes, faults_of_shape_are_refused_by_both);
	tcase_add_loop_test(
		shapes, the_loader_accepts_nothing_that_the_grammar_refuses, 0, SHIPPED);
	suite_add_tcase(suite, shapes);
	return run_suite(suite);
}
