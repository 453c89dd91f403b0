#include "xml_fixture.h"

#include <libxml/c14n.h>

#include "xml/c14n_plain.h"

START_TEST(a_subtree_is_canonicalised_as_a_document_of_its_own)
{
	tro_xml_doc *doc = parsed("<?pi x?><a xmlns='urn:a' xmlns:p='urn:p' xml:lang='en'>"
				  "<p:b q='1'><c p:d=''/></p:b><e/>tail</a>");
	tro_xml_node *root = tro_xml_root(doc);
	tro_xml_node *b = tro_xml_first(root);

	assert_canonical(
		b, "<p:b xmlns:p=\"urn:p\" q=\"1\"><c xmlns=\"urn:a\" p:d=\"\"></c></p:b>");
	assert_canonical(tro_xml_first(b), "<c xmlns=\"urn:a\" xmlns:p=\"urn:p\" p:d=\"\"></c>");
	assert_canonical(tro_xml_next(b), "<e xmlns=\"urn:a\"></e>");
	/* The instruction beside the root is the document's, not the element's. */
	char *text = canonical(root);

	ck_assert_int_eq(strncmp(text, "<a xmlns", 8), 0);
	free(text);
	tro_xml_free(doc);
}
END_TEST

START_TEST(a_relative_namespace_has_no_canonical_form_and_leaves_the_buffer_alone)
{
	tro_buf text = TRO_BUF_INIT;
	tro_buf out = TRO_BUF_INIT;
	tro_err err;

	/* Long enough that libxml2 writes before it finds out. */
	tro_buf_puts(&text, "<a>");
	for (int i = 0; i < 2000; i++) {
		tro_buf_puts(&text, "<b>text</b>");
	}
	tro_buf_puts(&text, "<c xmlns='relative'/></a>");
	tro_xml_doc *doc = parsed(text.ptr);

	tro_buf_puts(&out, "before");
	ck_assert_int_eq(tro_xml_c14n(&out, tro_xml_root(doc), &err), TRO_INVALID);
	ck_assert_ptr_nonnull(strstr(err.message, "elative"));
	ck_assert_str_eq(out.ptr, "before");
	ck_assert_uint_eq(out.len, strlen("before"));
	tro_buf_done(&out);
	tro_buf_done(&text);
	tro_xml_free(doc);
}
END_TEST

START_TEST(a_full_buffer_fails_canonicalisation)
{
	tro_xml_doc *doc = parsed("<a>0123456789</a>");
	tro_buf out = TRO_BUF_INIT;
	tro_err err;

	out.max_len = 8;
	ck_assert_int_eq(tro_xml_c14n(&out, tro_xml_root(doc), &err), TRO_NOMEM);
	tro_buf_done(&out);
	tro_xml_free(doc);
}
END_TEST

START_TEST(a_tree_that_is_built_declares_the_namespaces_it_uses)
{
	tro_err err;
	tro_xml_doc *doc = tro_xml_new("urn:a", "a");
	tro_xml_node *root = tro_xml_root(doc);
	tro_xml_node *b = tro_xml_append(root, "urn:b", "b", NULL);

	ck_assert_ptr_nonnull(tro_xml_append(b, "urn:a", "c", "x < y\r"));
	ck_assert_ptr_nonnull(tro_xml_append(root, NULL, "d", ""));
	ck_assert_int_eq(tro_xml_set(b, "urn:a", "e", "1", &err), TRO_OK);
	ck_assert_int_eq(tro_xml_set(b, "urn:b", "e", "2", &err), TRO_OK);
	ck_assert_int_eq(tro_xml_set(b, NULL, "e", "3", &err), TRO_OK);
	ck_assert_int_eq(tro_xml_set(b, NULL, "e", "4", &err), TRO_OK);
	ck_assert_int_eq(
		tro_xml_set(b, "http://www.w3.org/XML/1998/namespace", "lang", "cy", &err), TRO_OK);
	assert_canonical(root,
		"<a xmlns=\"urn:a\"><b xmlns=\"urn:b\" xmlns:ns1=\"urn:a\" xmlns:ns2=\"urn:b\" "
		"e=\"4\" xml:lang=\"cy\" ns1:e=\"1\" ns2:e=\"2\">"
		"<c xmlns=\"urn:a\">x &lt; y&#xD;</c></b><d xmlns=\"\"></d></a>");
	ck_assert_str_eq(tro_xml_get(b, "urn:b", "e"), "2");
	ck_assert_str_eq(tro_xml_get(b, NULL, "e"), "4");
	ck_assert_ptr_null(tro_xml_get(b, "urn:c", "e"));
	ck_assert_str_eq(tro_xml_attribute(b, "e"), "4");
	ck_assert_str_eq(tro_xml_attribute(b, "none"), "");
	tro_xml_unset(b, "urn:b", "e");
	tro_xml_unset(b, "urn:b", "e");
	ck_assert_ptr_null(tro_xml_get(b, "urn:b", "e"));
	tro_xml_free(doc);
}
END_TEST

START_TEST(what_xml_cannot_hold_is_not_put_into_a_tree)
{
	static const char *const bad[] = {
		"\x01", "\x1f", "a\xc0\xaf", "\xed\xa0\x80", "\xef\xbf\xbe", "\xff"};
	tro_xml_doc *doc = tro_xml_new(NULL, "a");
	tro_xml_node *root = tro_xml_root(doc);
	tro_err err;

	for (int i = 0; i < COUNT(bad); i++) {
		ck_assert(!tro_xml_text_valid(bad[i]));
		ck_assert_ptr_null(tro_xml_append(root, NULL, "b", bad[i]));
		ck_assert_int_eq(tro_xml_append_text(root, bad[i], &err), TRO_INVALID);
		ck_assert_int_eq(tro_xml_set_text(root, bad[i], &err), TRO_INVALID);
		ck_assert_int_eq(tro_xml_set(root, NULL, "b", bad[i], &err), TRO_INVALID);
	}
	ck_assert(tro_xml_text_valid("a\tb\r\n\xc2\x85\xef\xbf\xbd"));
	ck_assert_ptr_null(tro_xml_append(root, NULL, "1a", NULL));
	ck_assert_ptr_null(tro_xml_append(root, NULL, "a b", NULL));
	ck_assert_ptr_null(tro_xml_append(root, NULL, "p:b", NULL));
	ck_assert_ptr_null(tro_xml_append(root, NULL, "", NULL));
	ck_assert_ptr_null(tro_xml_new(NULL, "<a>"));
	ck_assert_int_eq(tro_xml_set(root, NULL, "xmlns", "urn:a", &err), TRO_USAGE);
	ck_assert_int_eq(tro_xml_set(root, NULL, "a='' b", "x", &err), TRO_USAGE);
	assert_canonical(root, "<a></a>");
	tro_xml_free(doc);
}
END_TEST

START_TEST(markup_in_text_stays_text)
{
	tro_xml_doc *doc = tro_xml_new(NULL, "a");
	tro_xml_node *root = tro_xml_root(doc);
	tro_err err;

	ck_assert_int_eq(tro_xml_set_text(root, "<b/>&amp;&#65;]]>", &err), TRO_OK);
	ck_assert_int_eq(tro_xml_append_text(root, "&lt;", &err), TRO_OK);
	ck_assert_int_eq(tro_xml_set(root, NULL, "c", "\"&lt;<", &err), TRO_OK);
	ck_assert_str_eq(tro_xml_simple_text(root), "<b/>&amp;&#65;]]>&lt;");
	assert_canonical(root, "<a c=\"&quot;&amp;lt;&lt;\">"
			       "&lt;b/&gt;&amp;amp;&amp;#65;]]&gt;&amp;lt;</a>");
	ck_assert_int_eq(tro_xml_set_text(root, NULL, &err), TRO_OK);
	ck_assert_ptr_null(tro_xml_first_any(root));
	tro_xml_free(doc);
}
END_TEST

START_TEST(a_copy_takes_its_namespaces_along_and_none_of_the_place)
{
	tro_xml_doc *from =
		parsed("<x:a xmlns:x='urn:x' xmlns='urn:d'><x:b c='1' x:c='2'><d/></x:b>"
		       "<none xmlns=''><deep/></none></x:a>");
	tro_xml_doc *to = parsed("<r xmlns='urn:r' xmlns:x='urn:other'><s/></r>");
	tro_xml_node *b = tro_xml_first(tro_xml_root(from));
	tro_xml_node *none = tro_xml_next(b);
	tro_xml_node *s = tro_xml_first(tro_xml_root(to));
	tro_xml_node *copy = NULL;
	tro_err err;

	ck_assert_int_eq(tro_xml_copy(&copy, s, TRO_XML_LAST_CHILD, b, &err), TRO_OK);
	ck_assert(tro_xml_is(copy, "urn:x", "b"));
	ck_assert_ptr_eq(tro_xml_doc_of(copy), to);
	ck_assert_int_eq(tro_xml_copy(NULL, s, TRO_XML_BEFORE, tro_xml_first(b), &err), TRO_OK);
	ck_assert_int_eq(tro_xml_copy(NULL, s, TRO_XML_AFTER, none, &err), TRO_OK);
	/* deep has no namespace, and nothing at its new place gives it one. */
	ck_assert_int_eq(
		tro_xml_copy(NULL, s, TRO_XML_FIRST_CHILD, tro_xml_first(none), &err), TRO_OK);
	tro_xml_free(from);
	assert_canonical(tro_xml_root(to),
		"<r xmlns=\"urn:r\"><d xmlns=\"urn:d\"></d><s><deep xmlns=\"\"></deep>"
		"<x:b xmlns:x=\"urn:x\" c=\"1\" x:c=\"2\"><d xmlns=\"urn:d\"></d></x:b></s>"
		"<none xmlns=\"\"><deep></deep></none></r>");
	tro_xml_free(to);
}
END_TEST

START_TEST(a_copy_can_stand_in_the_place_of_a_node_even_the_root)
{
	tro_xml_doc *doc = parsed("<a><b>old</b><c>new</c></a>");
	tro_xml_node *root = tro_xml_root(doc);
	tro_xml_node *b = tro_xml_first(root);
	tro_err err;

	ck_assert_int_eq(tro_xml_copy(NULL, tro_xml_first_any(b), TRO_XML_INSTEAD,
				 tro_xml_first_any(tro_xml_next(b)), &err),
		TRO_OK);
	ck_assert_int_eq(tro_xml_copy(NULL, b, TRO_XML_INSTEAD, tro_xml_next(b), &err), TRO_OK);
	assert_canonical(root, "<a><c>new</c><c>new</c></a>");
	ck_assert_int_eq(tro_xml_copy(NULL, root, TRO_XML_AFTER, root, &err), TRO_USAGE);
	ck_assert_int_eq(tro_xml_copy(NULL, root, TRO_XML_INSTEAD,
				 tro_xml_first_any(tro_xml_first(root)), &err),
		TRO_USAGE);
	/* A part of what is replaced. */
	ck_assert_int_eq(
		tro_xml_copy(NULL, root, TRO_XML_INSTEAD, tro_xml_first(root), &err), TRO_OK);
	assert_canonical(tro_xml_root(doc), "<c>new</c>");
	tro_xml_free(doc);
}
END_TEST

START_TEST(texts_that_are_inserted_join_and_stripping_joins_the_rest)
{
	tro_xml_doc *doc = parsed("<a> <b> x </b> <!-- c --><d>y<!-- c -->z<?p?></d>\n"
				  "<e> <!-- c --> </e>v<f/>w</a>");
	tro_xml_node *root = tro_xml_root(doc);
	tro_xml_node *d = tro_xml_next(tro_xml_first(root));
	tro_err err;

	ck_assert_ptr_null(tro_xml_simple_text(d));
	tro_xml_remove(tro_xml_first_named(root, NULL, "f"));
	tro_xml_strip_blanks(root);
	assert_canonical(root, "<a><b> x </b><d>yz</d><e></e>vw</a>");
	ck_assert_str_eq(tro_xml_simple_text(d), "yz");
	tro_xml_node *text = tro_xml_next_any(tro_xml_first_named(root, NULL, "e"));

	ck_assert_int_eq(tro_xml_node_kind(text), TRO_XML_TEXT);
	ck_assert_ptr_null(tro_xml_next_any(text));
	ck_assert_int_eq(
		tro_xml_copy(NULL, d, TRO_XML_FIRST_CHILD, tro_xml_first_any(d), &err), TRO_OK);
	ck_assert_str_eq(tro_xml_simple_text(d), "yzyz");
	tro_xml_free(doc);
}
END_TEST

START_TEST(cdata_and_references_are_text_like_any_other)
{
	tro_xml_doc *doc = parsed("<a b='1&#50;&amp;3'>x<![CDATA[<y>]]>&lt;&#x7A;<![CDATA[]]></a>");
	tro_xml_node *root = tro_xml_root(doc);

	ck_assert_str_eq(tro_xml_simple_text(root), "x<y><z");
	ck_assert_int_eq(tro_xml_node_kind(tro_xml_first_any(root)), TRO_XML_TEXT);
	ck_assert_str_eq(tro_xml_get(root, NULL, "b"), "12&3");
	tro_xml_free(doc);
}
END_TEST

START_TEST(readers_see_elements_and_attributes_in_order)
{
	tro_xml_doc *doc = parsed("<a>t<b i='1' j=''/><!-- --><p:b xmlns:p='urn:p'>u<c>v</c>"
				  "<![CDATA[w]]></p:b><?q?></a>");
	tro_xml_node *root = tro_xml_root(doc);
	tro_xml_node *b = tro_xml_first(root);
	tro_xml_node *pb = tro_xml_next(b);
	tro_buf text = TRO_BUF_INIT;

	ck_assert_ptr_null(tro_xml_parent(root));
	ck_assert_ptr_eq(tro_xml_parent(pb), root);
	ck_assert_ptr_null(tro_xml_next(pb));
	ck_assert_ptr_null(tro_xml_next_named(b, NULL, "b"));
	ck_assert_ptr_eq(tro_xml_first_named(root, "urn:p", "b"), pb);
	ck_assert_str_eq(tro_xml_ns(b), "");
	ck_assert_str_eq(tro_xml_ns(pb), "urn:p");
	ck_assert_int_eq(tro_xml_node_kind(tro_xml_first_any(root)), TRO_XML_TEXT);
	ck_assert_str_eq(tro_xml_name(tro_xml_first_any(root)), "");
	ck_assert_int_eq(tro_xml_node_kind(tro_xml_next_any(b)), TRO_XML_OTHER);
	tro_xml_node *i = tro_xml_first_attribute(b);

	ck_assert_int_eq(tro_xml_node_kind(i), TRO_XML_ATTRIBUTE);
	ck_assert_str_eq(tro_xml_name(tro_xml_next_attribute(i)), "j");
	ck_assert_ptr_null(tro_xml_next_attribute(tro_xml_next_attribute(i)));
	ck_assert_ptr_null(tro_xml_next(i));
	ck_assert_ptr_eq(tro_xml_parent(i), b);
	ck_assert_str_eq(tro_xml_get(b, NULL, "j"), "");
	ck_assert_ptr_null(tro_xml_get(b, NULL, "k"));
	tro_xml_text(&text, root);
	tro_xml_text(&text, i);
	ck_assert_str_eq(text.ptr, "tuvw1");
	ck_assert_ptr_null(tro_xml_simple_text(pb));
	ck_assert_str_eq(tro_xml_simple_text(b), "");
	tro_xml_remove(i);
	ck_assert_ptr_null(tro_xml_get(b, NULL, "i"));
	tro_buf_done(&text);
	tro_xml_free(doc);
}
END_TEST

static tro_xml_node *pick_element(tro_xml_node *root, uint64_t *state)
{
	tro_xml_node *at = root;

	for (;;) {
		tro_xml_node *child = tro_xml_first(at);

		if (child == NULL || next_random(state) % 4 == 0) {
			return at;
		}
		for (uint64_t n = next_random(state) % 4; n > 0 && tro_xml_next(child) != NULL;
			n--) {
			child = tro_xml_next(child);
		}
		at = child;
	}
}

static const char *const some_spaces[4] = {NULL, "urn:a", "urn:b", "urn:c"};
static const char *const no_spaces[4] = {NULL, NULL, NULL, NULL};

static void change_somewhere(tro_xml_node *root, const char *const spaces[4], uint64_t *state)
{
	static const char *const names[] = {"a", "b", "c"};
	static const char *const texts[] = {"", " ", "x", "<&>\r\n\t\"", "\xf0\x9f\x98\x80"};
	const char *ns = spaces[next_random(state) % 4];
	const char *name = names[next_random(state) % 3];
	const char *text = texts[next_random(state) % 5];
	tro_xml_node *at = pick_element(root, state);
	tro_xml_node *source = pick_element(root, state);
	tro_xml_place place = (tro_xml_place)(next_random(state) % 5);
	tro_err err;

	switch (next_random(state) % 8) {
	case 0:
	case 1:
		ck_assert_ptr_nonnull(tro_xml_append(at, ns, name, text));
		break;
	case 2:
		ck_assert_int_eq(tro_xml_set(at, ns, name, text, &err), TRO_OK);
		break;
	case 3:
		ck_assert_int_eq(tro_xml_append_text(at, text, &err), TRO_OK);
		break;
	case 4:
		if (at != root) {
			tro_xml_remove(at);
		}
		break;
	case 5:
		tro_xml_unset(at, ns, name);
		break;
	default:
		if (at != root && source != root) {
			ck_assert_int_eq(tro_xml_copy(NULL, at, place, source, &err), TRO_OK);
		}
		break;
	}
}

static size_t count_nodes(const tro_xml_node *node)
{
	size_t count = 1;

	for (tro_xml_node *child = tro_xml_first_any(node); child != NULL;
		child = tro_xml_next_any(child)) {
		count += count_nodes(child);
	}
	return count;
}

START_TEST(a_tree_however_it_was_made_is_what_its_canonical_form_parses_to)
{
	uint64_t seed = 0x9e3779b97f4a7c15u * (uint64_t)(_i + 1);
	uint64_t state = seed;
	tro_xml_doc *doc = tro_xml_new(_i % 2 == 0 ? "urn:a" : NULL, "root");

	for (int step = 0; step < 300; step++) {
		change_somewhere(tro_xml_root(doc), some_spaces, &state);
	}
	char *first = canonical(tro_xml_root(doc));
	tro_xml_doc *again = parsed(first);
	char *second = canonical(tro_xml_root(again));

	ck_assert_msg(strcmp(first, second) == 0, "seed %llu: %s\n%s", (unsigned long long)seed,
		first, second);
	tro_xml_strip_blanks(tro_xml_root(doc));
	tro_xml_strip_blanks(tro_xml_root(again));
	ck_assert_msg(count_nodes(tro_xml_root(doc)) == count_nodes(tro_xml_root(again)),
		"seed %llu", (unsigned long long)seed);
	/* Any subtree copied out says what it said inside. */
	tro_xml_node *part = pick_element(tro_xml_root(again), &state);
	char *inside = canonical(part);
	tro_xml_doc *alone = tro_xml_copy_doc(part);

	assert_canonical(tro_xml_root(alone), inside);
	free(inside);
	free(second);
	free(first);
	tro_xml_free(alone);
	tro_xml_free(again);
	tro_xml_free(doc);
}
END_TEST

/* Trees without namespaces are written by our own hand (xml/c14n_plain.c); libxml2 is asked what
 * they should be. Half of them hold an element out of a document in a namespace, with its xmlns="".
 */
START_TEST(a_tree_without_namespaces_has_the_canonical_form_that_libxml2_gives)
{
	uint64_t state = 0x9e3779b97f4a7c15u * (uint64_t)(_i + 1);
	tro_xml_doc *doc = tro_xml_new(NULL, "root");
	tro_xml_doc *chart = parsed("<c xmlns='urn:c'><data xmlns=''><a b='1'>t</a></data></c>");
	xmlChar *expected = NULL;
	tro_err err;

	if (_i % 2 == 1) {
		ck_assert_int_eq(tro_xml_copy(NULL, tro_xml_root(doc), TRO_XML_LAST_CHILD,
					 tro_xml_first(tro_xml_root(chart)), &err),
			TRO_OK);
	}
	for (int step = 0; step < 200; step++) {
		change_somewhere(tro_xml_root(doc), no_spaces, &state);
	}
	ck_assert(tro_xml_is_plain(tro_xml_root(doc)));
	ck_assert_int_ge(xmlC14NDocDumpMemory(tro_xml_root(doc)->doc, NULL, XML_C14N_EXCLUSIVE_1_0,
				 NULL, 0, &expected),
		0);
	assert_canonical(tro_xml_root(doc), (const char *)expected);
	xmlFree(expected);
	tro_xml_free(chart);
	tro_xml_free(doc);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("xml_tree");
	TCase *tcase = tcase_create("tree");

	tcase_add_checked_fixture(tcase, setup, tro_xml_quit);
	tcase_add_test(tcase, a_subtree_is_canonicalised_as_a_document_of_its_own);
	tcase_add_test(
		tcase, a_relative_namespace_has_no_canonical_form_and_leaves_the_buffer_alone);
	tcase_add_test(tcase, a_full_buffer_fails_canonicalisation);
	tcase_add_test(tcase, a_tree_that_is_built_declares_the_namespaces_it_uses);
	tcase_add_test(tcase, what_xml_cannot_hold_is_not_put_into_a_tree);
	tcase_add_test(tcase, markup_in_text_stays_text);
	tcase_add_test(tcase, a_copy_takes_its_namespaces_along_and_none_of_the_place);
	tcase_add_test(tcase, a_copy_can_stand_in_the_place_of_a_node_even_the_root);
	tcase_add_test(tcase, texts_that_are_inserted_join_and_stripping_joins_the_rest);
	tcase_add_test(tcase, cdata_and_references_are_text_like_any_other);
	tcase_add_test(tcase, readers_see_elements_and_attributes_in_order);
	tcase_add_loop_test(
		tcase, a_tree_however_it_was_made_is_what_its_canonical_form_parses_to, 0, 40);
	tcase_add_loop_test(
		tcase, a_tree_without_namespaces_has_the_canonical_form_that_libxml2_gives, 0, 40);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
