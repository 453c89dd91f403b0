/* Checking definitions: the shipped ones are sound, each seeded fault is told, with the way to it.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/workflow.h>

#include "generated_workflow.h"
#include "suite.h"

typedef struct checked {
	tro_findings *findings;
	tro_workflow_figures figures;
	tro_status status;
	tro_err err;
} checked;

static void read_file(tro_buf *out, const char *path)
{
	char name[1024];
	char bytes[4096];
	size_t got;

	(void)snprintf(name, sizeof(name), "%s/%s", TRO_SOURCE_DIR, path);
	FILE *file = fopen(name, "rb");

	ck_assert_msg(file != NULL, "%s", name);
	while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		tro_buf_put(out, bytes, got);
	}
	(void)fclose(file);
	ck_assert_int_eq(tro_buf_status(out, NULL), TRO_OK);
}

static void add(
	tro_workflow_set *set, const tro_buf *text, const char *name, tro_findings *findings)
{
	tro_err err;

	ck_assert_msg(tro_workflow_add(set, text->ptr, text->len, name, findings, &err) == TRO_OK,
		"%s", err.message);
}

static void check_set(checked *out, tro_workflow_set *set)
{
	out->status = tro_workflow_check(set, out->findings, &out->figures, &out->err);
	tro_workflow_set_free(set);
}

static checked check_file(const char *path)
{
	checked out = {.findings = tro_findings_new()};
	tro_workflow_set *set = NULL;
	tro_buf text = TRO_BUF_INIT;

	read_file(&text, path);
	ck_assert_int_eq(tro_workflow_set_new(&set, &out.err), TRO_OK);
	add(set, &text, "file", out.findings);
	tro_buf_done(&text);
	check_set(&out, set);
	return out;
}

static void done(checked *c)
{
	tro_findings_free(c->findings);
}

static const tro_finding *find(const checked *c, const char *id, const char *part)
{
	for (size_t i = 0; i < tro_findings_count(c->findings); i++) {
		const tro_finding *f = tro_findings_at(c->findings, i);

		if (strcmp(f->id, id) == 0 && strstr(f->message, part) != NULL) {
			return f;
		}
	}
	return NULL;
}

static const char *all_of(const checked *c)
{
	static char text[2000]; /* libcheck takes no more than 4096 */
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < tro_findings_count(c->findings) && len < sizeof(text); i++) {
		const tro_finding *f = tro_findings_at(c->findings, i);

		len += (size_t)snprintf(
			text + len, sizeof(text) - len, "%s %s: %s\n", f->id, f->place, f->message);
	}
	return text;
}

/* ---- what is shipped ---- */

static const char *const shipped[] = {"workflows/ddtro-ew/application.scxml",
	"workflows/ddtro-ew/order.scxml", "workflows/ddtro-ew/item.scxml"};

/* The shipped definitions with one text in one of them replaced; NULL: as they are. */
static checked check_shipped(const char *file, const char *before, const char *after)
{
	checked out = {.findings = tro_findings_new()};
	tro_workflow_set *set = NULL;

	ck_assert_int_eq(tro_workflow_set_new(&set, &out.err), TRO_OK);
	for (size_t i = 0; i < sizeof(shipped) / sizeof(*shipped); i++) {
		tro_buf text = TRO_BUF_INIT;
		tro_buf changed = TRO_BUF_INIT;

		read_file(&text, shipped[i]);
		if (file != NULL && strstr(shipped[i], file) != NULL) {
			const char *at = strstr(text.ptr, before);

			ck_assert_msg(at != NULL, "%s has no %s", file, before);
			tro_buf_put(&changed, text.ptr, (size_t)(at - text.ptr));
			tro_buf_puts(&changed, after);
			tro_buf_puts(&changed, at + strlen(before));
		} else {
			tro_buf_put(&changed, text.ptr, text.len);
		}
		add(set, &changed, strrchr(shipped[i], '/') + 1, out.findings);
		tro_buf_done(&text);
		tro_buf_done(&changed);
	}
	check_set(&out, set);
	return out;
}

/* How many properties the shipped definitions declare. */
static size_t declared(void)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(shipped) / sizeof(*shipped); i++) {
		tro_buf text = TRO_BUF_INIT;

		read_file(&text, shipped[i]);
		for (const char *at = text.ptr; (at = strstr(at, "<tro:property ")) != NULL; at++) {
			count++;
		}
		tro_buf_done(&text);
	}
	return count;
}

START_TEST(the_shipped_definitions_are_sound_and_every_property_holds)
{
	static const char *const held[] = {"two-people holds", "reviewed holds", "can-close holds",
		"closes holds", "order-first holds", "no-notice holds", "second-reader holds",
		"ends holds", "restored holds"};
	checked c = check_shipped(NULL, NULL, NULL);

	ck_assert_msg(c.status == TRO_OK, "%s %s", c.err.message, all_of(&c));
	for (size_t i = 0; i < sizeof(held) / sizeof(*held); i++) {
		ck_assert_msg(find(&c, "property", held[i]) != NULL, "%s", held[i]);
	}
	/* Nothing else is told: what is told is that each holds. */
	ck_assert_uint_eq(tro_findings_count(c.findings), declared());
	ck_assert_uint_ge(declared(), sizeof(held) / sizeof(*held));
	ck_assert_uint_gt(c.figures.situations, 1000);
	done(&c);
}
END_TEST

/* Each weakening of the procedure breaks what depends on it, and the way that is told shows how. */
static const struct {
	const char *file, *before, *after, *id, *message, *way;
} weakened[] = {
	{"application", "not-actor-of=\"create submit review.pass ",
		"not-actor-of=\"submit review.pass ", "property", "two-people does not hold",
		"create by A, "},
	{"application", "not-actor-of=\"create submit review.pass ", "not-actor-of=\"create ",
		"property", "two-people does not hold", "submit by A, "},
	{"application", "<transition event=\"submit\" target=\"awaiting-review\">",
		"<transition event=\"submit\" target=\"awaiting-approval\">", "property",
		"reviewed does not hold", "create, submit, approve"},
	{"order",
		" cond=\"$case/orders/order[@n = $n]/made\" tro:why=\"no order has been made: "
		"nothing could be served\"",
		"", "property", "order-first does not hold", "file, order: served"},
	{"order",
		" cond=\"$case/orders/order[@n = $n]/made\" tro:why=\"no order has been made: "
		"there is no time than which an earlier one could be agreed, and the provider may "
		"not be told (regulation 4(2))\"",
		"", "property", "no-notice does not hold", "file, order: agree-earlier"},
	{"application", " tro:title=\"Closed\" tro:rest=\"true\"", " tro:title=\"Closed\"",
		"dead-end", "has no final state and none of rest", ""},
	{"order", "role=\"second-reader\" not-actor-of=\"order.made order.varied\"",
		"role=\"second-reader\"", "property", "second-reader does not hold",
		"order: order.made by A, order: read-back by A, order: release"},
	{"order", "role=\"second-reader\" not-actor-of=\"order.made order.varied\"",
		"role=\"second-reader\" not-actor-of=\"order.made\"", "property",
		"second-reader does not hold",
		"order: order.varied by A, order: read-back by A, order: release"},
	{"order",
		"self::read-back or self::agreed-earlier or self::overdue or self::ended]\" "
		"type=\"delete\"",
		"self::agreed-earlier or self::overdue or self::ended]\" type=\"delete\"",
		"property", "second-reader does not hold",
		"order: read-back by A, order: order.made by A"},
	{"order", "test=\"$case/orders/order[@n = $n]/made\">\n\t\t\t\tno notice may go",
		"test=\"true()\">\n\t\t\t\tno notice may go", "property", "no-notice does not hold",
		"file, order: release"},
	{"order", "<cancel sendid=\"comply-by\"/>", "", "deadline", "comply-by is not cancelled",
		"order: order.made"},
	{"order", "<transition event=\"application.closed\" target=\"closed\">",
		"<transition event=\"application.closed\">", "unreachable", "the state closed", ""},
	{"order", " and not($case/orders/order[@n = $n]/served)\" target=\"to-serve\"",
		"\" target=\"to-serve\"", "order", "conds that may hold together",
		"order: release, order: served"},
	{"order",
		"<assign location=\"$case/orders/order[@n = $n]\" type=\"lastchild\">"
		"<ended xmlns=\"\"/></assign>",
		"<assign location=\"$case/orders/order[@n = $n]\" type=\"lastchild\">"
		"<ended xmlns=\"\"/></assign>"
		"<assign location=\"$case/orders/order[@n = $n]/ended\" type=\"delete\"/>",
		"property", "can-close does not hold", "file"},
	{"order", " tro:title=\"Ended\" tro:rest=\"true\"", " tro:title=\"Ended\"", "dead-end",
		"no way leads to an end", "close, order: order.made"},
	{"item", "<transition event=\"service.restored\" target=\"restored\"/>",
		"<transition event=\"service.restored\"/>", "property", "restored does not hold",
		"order: item.exclude"},
};

/* Each takes a search of the whole procedure; of memory the seeded faults below show the same. */
enum { WEAKENED = SANITIZED ? 0 : sizeof(weakened) / sizeof(*weakened) };

START_TEST(a_weakened_procedure_loses_what_depends_on_it)
{
	checked c = check_shipped(weakened[_i].file, weakened[_i].before, weakened[_i].after);
	const tro_finding *f = find(&c, weakened[_i].id, weakened[_i].message);

	ck_assert_msg(f != NULL, "%s", all_of(&c));
	ck_assert_msg(strstr(f->message, weakened[_i].way) != NULL, "%s", f->message);
	done(&c);
}
END_TEST

/* ---- seeded faults ---- */

static const struct {
	const char *file, *id, *message, *way;
	const char *place; /* line */
} seeded[] = {
	{"unreachable", "unreachable", "the state lost can never be entered", "", "file:12"},
	{"unreachable-cond", "unreachable", "the state hearing can never be entered",
		"at the beginning", "file:14"},
	{"dead-end", "dead-end", "from held no way leads", "shortest way: hold", "file:11"},
	{"no-end", "dead-end", "has no final state and none of rest", "", "file:4"},
	{"wait", "wait", "the state broken is never left", "light, break", "file:11"},
	{"order", "order", "conds that may hold together", "at the beginning", "file:12"},
	{"order-never", "order", "is never taken", "at the beginning", "file:9"},
	{"order-regions", "order", "leave the same states", "at the beginning", "file:9"},
	{"event-nobody", "event", "nobody may raise spoil", "shortest way: order", "file:7"},
	{"event-nowhere", "event", "no transition takes pause", "", "file:6"},
	{"four-eyes-nobody", "four-eyes", "dry is done by no person", "shortest way: draft, dry",
		"file:6"},
	{"four-eyes-same", "four-eyes", "asks for just that person", "shortest way: draft",
		"file:6"},
	{"deadline", "deadline", "reminder is not cancelled", "bill, dispute", "file:13"},
	{"rest", "rest", "the deadline reminder is still set", "shortest way: bring-back",
		"file:15"},
	{"remedy", "remedy", "fill-in is no event", "at the beginning", "file:9"},
	{"loop", "loop", "start may never come to rest", "at the beginning", "file:4"},
	{"matter", "matter", "bad/part is not among", "", "file:8"},
	{"property-before", "property", "paid does not hold", "order, trust, ship", "file:10"},
	{"property-persons", "property", "two-people does not hold",
		"write by A, hand-in, approve by A, print", "file:12"},
	{"property-always", "property", "shut does not hold", "shortest way: open, arm", "file:9"},
	{"property-reach", "property", "always-grows does not hold", "sow, eat", "file:10"},
	{"property-leads", "property", "answered does not hold", "complain, shelve", "file:10"},
	{"property-words", "property", "there is no event gone", "", "file:7"},
};

START_TEST(a_seeded_fault_is_told_with_its_line_and_the_shortest_way)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "tests/data/bad-workflows/%s.scxml", seeded[_i].file);
	checked c = check_file(path);

	ck_assert_int_eq(c.status, TRO_NO);
	const tro_finding *f = find(&c, seeded[_i].id, seeded[_i].message);

	ck_assert_msg(f != NULL, "%s", all_of(&c));
	ck_assert_msg(strstr(f->message, seeded[_i].way) != NULL, "%s", f->message);
	ck_assert_str_eq(f->place, seeded[_i].place);
	ck_assert_int_eq(f->level, TRO_LEVEL_BLOCK);
	ck_assert_str_ne(f->remedy, "");
	done(&c);
}
END_TEST

/* ---- sets ---- */

static checked check_text(const char *text)
{
	checked out = {.findings = tro_findings_new()};
	tro_workflow_set *set = NULL;

	ck_assert_int_eq(tro_workflow_set_new(&set, &out.err), TRO_OK);
	out.status = tro_workflow_add(set, text, strlen(text), "text", out.findings, &out.err);
	if (out.status == TRO_OK) {
		check_set(&out, set);
	} else {
		tro_workflow_set_free(set);
	}
	return out;
}

START_TEST(a_definition_with_faults_of_its_own_is_not_explored)
{
	checked c = check_text("<scxml xmlns='http://www.w3.org/2005/07/scxml'/>");

	ck_assert_int_eq(c.status, TRO_INVALID);
	ck_assert_uint_gt(tro_findings_count(c.findings), 0);
	done(&c);
}
END_TEST

START_TEST(a_definition_stands_once_in_a_set)
{
	tro_workflow_set *set = NULL;
	tro_findings *findings = tro_findings_new();
	tro_buf text = TRO_BUF_INIT;
	tro_err err;

	read_file(&text, "tests/data/bad-workflows/wait.scxml");
	ck_assert_int_eq(tro_workflow_set_new(&set, &err), TRO_OK);
	add(set, &text, "one", findings);
	ck_assert_int_eq(
		tro_workflow_add(set, text.ptr, text.len, "two", findings, &err), TRO_INVALID);
	ck_assert_str_eq(err.message, "two: the definition bad/wait is given twice");
	tro_buf_done(&text);
	tro_workflow_set_free(set);
	tro_findings_free(findings);
}
END_TEST

START_TEST(a_definition_of_200_states_and_400_transitions_is_explored_to_its_end)
{
	tro_buf text = TRO_BUF_INIT;

	make_workflow(&text, 200, 400);
	checked c = check_text(text.ptr);

	ck_assert_msg(
		find(&c, "property", "ends holds") != NULL, "%s%s", c.err.message, all_of(&c));
	ck_assert(find(&c, "unreachable", "") == NULL);
	ck_assert_uint_ge(c.figures.situations, 202);
	tro_buf_done(&text);
	done(&c);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("workflow");
	TCase *tcase = tcase_create("workflow");

	tcase_set_timeout(tcase, 120); /* under sanitizers */
	tcase_add_test(tcase, the_shipped_definitions_are_sound_and_every_property_holds);
	tcase_add_loop_test(tcase, a_weakened_procedure_loses_what_depends_on_it, 0, WEAKENED);
	tcase_add_loop_test(tcase, a_seeded_fault_is_told_with_its_line_and_the_shortest_way, 0,
		(int)(sizeof(seeded) / sizeof(*seeded)));
	tcase_add_test(tcase, a_definition_with_faults_of_its_own_is_not_explored);
	tcase_add_test(tcase, a_definition_stands_once_in_a_set);
	tcase_add_test(
		tcase, a_definition_of_200_states_and_400_transitions_is_explored_to_its_end);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
