/*
 * A document that was valid is looked at again only where it has changed: the verdict must be that
 * of a look at the whole, whatever was changed and however the grammar is made.
 */
#include "xml_fixture.h"

#include "xml/unchanged.h"

#define RNG "xmlns='http://relaxng.org/ns/structure/1.0'"
#define XSD "datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'"

/* Names with one pattern, with two, and with two of which the neighbour decides. */
static const char by_neighbour[] =
	"<grammar " RNG " " XSD "><start><element name='a'><zeroOrMore><choice>"
	"<ref name='b'/><ref name='c'/><element name='g'><attribute name='x'/>"
	"<element name='h'><empty/></element></element>"
	"<group><element name='e'><text/></element><element name='d'>"
	"<attribute name='x'><data type='integer'/></attribute><empty/></element></group>"
	"<group><element name='f'><text/></element><element name='d'><empty/></element></group>"
	"</choice></zeroOrMore></element></start>"
	"<define name='b'><element name='b'><optional><attribute name='x'>"
	"<data type='integer'/></attribute></optional>"
	"<zeroOrMore><choice><ref name='b'/><ref "
	"name='c'/></choice></zeroOrMore></element></define>"
	"<define name='c'><element name='c'><data type='string'>"
	"<param name='pattern'>[0-9]*</param></data></element></define></grammar>";

/* Elements in any order, with text between them. */
static const char interleaved[] =
	"<grammar " RNG "><start><element name='a'><interleave><optional><ref name='b'/></optional>"
	"<zeroOrMore><element name='c'><mixed><optional><ref "
	"name='b'/></optional></mixed></element>"
	"</zeroOrMore><optional><element name='d'><empty/></element></optional>"
	"<optional><element name='e'><attribute name='x'/><ref name='b'/></element></optional>"
	"</interleave></element></start><define name='b'><element name='b'><interleave>"
	"<optional><element name='f'><optional><attribute name='x'><value>1</value></attribute>"
	"</optional><text/></element></optional><text/></interleave></element></define></grammar>";

/* A pattern with several names, one of which has a pattern of its own elsewhere. */
static const char several_names[] =
	"<element name='a' " RNG "><zeroOrMore><choice>"
	"<element><choice><name>b</name><name>c</name></choice><text/></element>"
	"<element name='d'><zeroOrMore><choice><element name='c'><empty/></element>"
	"<element name='e'><text/></element></choice></zeroOrMore></element>"
	"</choice></zeroOrMore></element>";

static const char any_name[] =
	"<element name='a' " RNG "><zeroOrMore><choice>"
	"<element name='b'><element name='c'><empty/></element></element>"
	"<element><anyName><except><name>b</name></except></anyName><text/></element>"
	"</choice></zeroOrMore></element>";

static const struct walk {
	const char *grammar, *first;
} walks[] = {
	{by_neighbour,
		"<a><b x='1'><b/><c>7</c></b><g x=''><h/></g><e>t</e><d x='2'/><f/><d/></a>"},
	{interleaved, "<a><c>t<b>u<f x='1'>v</f></b>w</c><e x=''><b/></e><b><f/></b></a>"},
	{several_names, "<a><b>t</b><d><c/><e>u</e></d><c>v</c></a>"},
	{any_name, "<a><b><c/></b><d>t</d></a>"},
};

static tro_rng *compiled(const char *text)
{
	tro_rng *rng = NULL;
	tro_err err;

	ck_assert_msg(
		tro_rng_parse(&rng, text, strlen(text), "g", &err) == TRO_OK, "%s", err.message);
	return rng;
}

static size_t pick(uint64_t *random, size_t count)
{
	return (size_t)(next_random(random) % count);
}

static size_t count_elements(tro_xml_node *node)
{
	size_t count = 1;

	for (tro_xml_node *child = tro_xml_first(node); child != NULL;
		child = tro_xml_next(child)) {
		count += count_elements(child);
	}
	return count;
}

/* The n-th element in document order, from node as the 0th. */
static tro_xml_node *find(tro_xml_node *node, size_t *n)
{
	if ((*n)-- == 0) {
		return node;
	}
	tro_xml_node *found = NULL;

	for (tro_xml_node *child = tro_xml_first(node); child != NULL && found == NULL;
		child = tro_xml_next(child)) {
		found = find(child, n);
	}
	return found;
}

static tro_xml_node *any(tro_xml_doc *doc, uint64_t *random)
{
	size_t n = pick(random, count_elements(tro_xml_root(doc)));

	return find(tro_xml_root(doc), &n);
}

/* One change, by each of the ways in which a tree can be changed. */
static void change(tro_xml_doc *doc, uint64_t *random)
{
	static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
	static const char *const texts[] = {"", "1", "27", "t", " "};
	tro_xml_node *node = any(doc, random);
	bool is_root = node == tro_xml_root(doc);
	const char *text = texts[pick(random, 5)];
	tro_err err;

	switch (pick(random, 8)) {
	case 0:
		ck_assert_ptr_nonnull(tro_xml_append(node, NULL, names[pick(random, 8)], text));
		break;
	case 1:
		ck_assert_int_eq(tro_xml_append_text(node, text, &err), TRO_OK);
		break;
	case 2:
		ck_assert_int_eq(tro_xml_set(node, NULL, "x", text, &err), TRO_OK);
		break;
	case 3:
		tro_xml_unset(node, NULL, "x");
		break;
	case 4:
		ck_assert_int_eq(tro_xml_set_text(node, text, &err), TRO_OK);
		break;
	case 5:
		if (!is_root) {
			tro_xml_remove(node);
		}
		break;
	case 6:
		tro_xml_strip_blanks(tro_xml_root(doc));
		break;
	default: {
		tro_xml_place place = (tro_xml_place)pick(random, 5);
		bool inside = place == TRO_XML_FIRST_CHILD || place == TRO_XML_LAST_CHILD;

		if (inside || !is_root) {
			ck_assert_int_eq(
				tro_xml_copy(NULL, node, place, any(doc, random), &err), TRO_OK);
		}
	}
	}
}

/* The verdict of a look at everything: a copy carries no marks. */
static tro_status whole(const tro_rng *rng, tro_xml_doc *doc, tro_err *err)
{
	tro_xml_doc *copy = tro_xml_copy_doc(tro_xml_root(doc));

	ck_assert_ptr_nonnull(copy);
	tro_status status = tro_rng_validate(rng, copy, "doc", NULL, err);

	tro_xml_free(copy);
	return status;
}

/* A few changes to a document that is marked, the verdict after each; true while it is valid. */
static bool step(const tro_rng *rng, tro_xml_doc *doc, uint64_t *random)
{
	tro_err err;
	tro_err expected;

	for (size_t changes = 1 + pick(random, 2); changes > 0; changes--) {
		change(doc, random);
	}
	tro_status status = tro_rng_validate(rng, doc, "doc", NULL, &err);
	tro_status of_whole = whole(rng, doc, &expected);
	char *text = canonical(tro_xml_root(doc));

	ck_assert_msg(status == of_whole, "%s: %s", of_whole == TRO_OK ? "valid" : "invalid", text);
	if (status != TRO_OK) {
		ck_assert_str_eq(err.message, expected.message);
	}
	free(text);
	return status == TRO_OK;
}

START_TEST(the_verdict_is_that_of_a_look_at_the_whole)
{
	tro_rng *rng = compiled(walks[_i].grammar);
	uint64_t random = 20261126;
	size_t valid = 0;

	for (int i = 0; i < 6000; i++) {
		tro_xml_doc *doc = parsed(walks[_i].first);
		tro_err err;
		int steps = 0;

		ck_assert_msg(
			tro_rng_validate(rng, doc, "doc", NULL, &err) == TRO_OK, "%s", err.message);
		while (steps < 6 && step(rng, doc, &random)) {
			steps++;
		}
		valid += (size_t)steps;
		tro_xml_free(doc);
	}
	ck_assert_uint_gt(valid, 2000);
	tro_rng_free(rng);
}
END_TEST

static tro_unchanged *for_grammar(const char *text)
{
	tro_xml_doc *grammar = parsed(text);
	tro_unchanged *unchanged = NULL;
	tro_err err;

	ck_assert_int_eq(tro_unchanged_new(&unchanged, grammar, &err), TRO_OK);
	tro_xml_free(grammar);
	return unchanged;
}

START_TEST(a_part_is_enough_where_names_tell)
{
	tro_unchanged *unchanged = for_grammar(by_neighbour);
	tro_unchanged *other = for_grammar(by_neighbour);
	tro_xml_doc *doc = parsed("<a><b><b/></b><c>no number, but marked as if it were</c></a>");
	tro_xml_node *b = tro_xml_first(tro_xml_root(doc));
	tro_xml_node *c = tro_xml_next(b);
	tro_err err;

	ck_assert(!tro_unchanged_valid(unchanged, doc));
	tro_unchanged_mark(unchanged, doc);
	ck_assert(tro_unchanged_valid(unchanged, doc));
	ck_assert(!tro_unchanged_valid(other, doc));
	ck_assert_int_eq(tro_xml_set(b, NULL, "x", "1", &err), TRO_OK);
	ck_assert(tro_unchanged_valid(unchanged, doc)); /* c is not looked at */
	ck_assert_int_eq(tro_xml_set(b, NULL, "x", "one", &err), TRO_OK);
	ck_assert(!tro_unchanged_valid(unchanged, doc));
	tro_xml_unset(b, NULL, "x");
	ck_assert(tro_unchanged_valid(unchanged, doc));
	ck_assert_int_eq(tro_xml_append_text(c, ".", &err), TRO_OK);
	ck_assert(!tro_unchanged_valid(unchanged, doc)); /* now it is */
	tro_xml_free(doc);
	tro_unchanged_free(unchanged);
	tro_unchanged_free(other);
}
END_TEST

START_TEST(what_has_a_pattern_with_several_names_is_looked_at)
{
	tro_unchanged *unchanged = for_grammar(several_names);
	tro_xml_doc *doc = parsed("<a><b>t</b><d><e/></d></a>");
	tro_err err;

	tro_unchanged_mark(unchanged, doc);
	tro_xml_node *d = tro_xml_next(tro_xml_first(tro_xml_root(doc)));

	ck_assert_int_eq(tro_xml_set_text(tro_xml_first(d), "u", &err), TRO_OK);
	ck_assert(tro_unchanged_valid(unchanged, doc)); /* and is no reason to look at all */
	tro_xml_free(doc);
	tro_unchanged_free(unchanged);
}
END_TEST

/* Otherwise an empty element of the right name would stand for one that needs content. */
START_TEST(a_document_cannot_bring_its_own_shells)
{
	tro_unchanged *unchanged = for_grammar(interleaved);
	tro_xml_doc *doc = parsed("<a><b/></a>");
	tro_err err;

	tro_unchanged_mark(unchanged, doc);
	ck_assert_ptr_nonnull(tro_xml_append(tro_xml_root(doc), "urn:tro:unchanged", "e", NULL));
	ck_assert(!tro_unchanged_valid(unchanged, doc));

	tro_rng *rng = compiled(interleaved);

	ck_assert_int_eq(tro_rng_validate(rng, doc, "doc", NULL, &err), TRO_INVALID);
	tro_rng_free(rng);
	tro_xml_free(doc);
	tro_unchanged_free(unchanged);
}
END_TEST

static const char *const untellable[] = {any_name,
	"<element name='a' " RNG "><element><nsName ns='urn:x'/><text/></element></element>",
	"<element name='a' " RNG " " XSD "><data type='QName'/></element>",
	"<element name='p:a' xmlns:p='urn:x' " RNG "><empty/></element>"};

START_TEST(where_names_do_not_tell_there_are_no_marks)
{
	ck_assert_ptr_null(for_grammar(untellable[_i]));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("unchanged");
	TCase *tcase = tcase_create("unchanged");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, tro_xml_quit);
	tcase_add_loop_test(tcase, the_verdict_is_that_of_a_look_at_the_whole, 0, COUNT(walks));
	tcase_add_test(tcase, a_part_is_enough_where_names_tell);
	tcase_add_test(tcase, what_has_a_pattern_with_several_names_is_looked_at);
	tcase_add_test(tcase, a_document_cannot_bring_its_own_shells);
	tcase_add_loop_test(
		tcase, where_names_do_not_tell_there_are_no_marks, 0, COUNT(untellable));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
