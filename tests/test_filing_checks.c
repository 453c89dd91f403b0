/*
 * What stops a filing: rules, grammars, marks, identifiers that differ, descriptions and views with
 * faults. Each test spoils one thing and sees the check that is there for it speak.
 */
#include "filing_fixture.h"

#include "filing/eval.h"
#include "filing/functions.h"
#include "suite.h"

#define FILING_NS "urn:tro:filing:1"

static tro_status build_with(world *w, const change *changes, size_t count)
{
	tro_buf zip = TRO_BUF_INIT;

	w->changes = changes;
	w->change_count = count;
	tro_status status = build(&zip, w);

	ck_assert_msg(status == TRO_OK || zip.len == 0, "a refused filing has bytes");
	tro_buf_done(&zip);
	return status;
}

/* ---- members that break a rule ---- */

static const struct {
	change changes[2];
	bool live;
	const char *id, *part; /* the finding */
} spoilt[] = {
	/* A template forgets a row, or an identifier. */
	{{{"template", "identifiers-csv", "schedule/row[", "schedule/row[@number = 1]["}}, false,
		"filing/agree", "provider/identifiers.csv"},
	{{{"template", "hi1-td", "schedule/row[not(@excepted)]", "schedule/row[1]"}}, false,
		"filing/agree", "provider/hi1.xml"},
	{{{"template", "order-transcription", "select=\"identifier\"",
		 "select=\"identifier[@type != 'iccid']\""}},
		false, "filing/agree", "provider/order-transcription.akn.xml"},
	/* A document has an identifier twice. */
	{{{"template", "order-transcription", "select=\"identifier\"",
		 "select=\"identifier | ../row[1]/identifier[1]\""}},
		false, "filing/agree", "the document has it, the order not"},
	/* One digit of one identifier differs. */
	{{{"template", "identifiers-csv", "tro:csv(substring-after(@value, '+'))",
		 "tro:csv(translate(substring-after(@value, '+'), '3', '2'))"}},
		false, "filing/agree", "msisdn +447700900102: the document has it, the order not"},
	{{{"template", "identifiers-csv", "tro:csv(string(@value))",
		 "tro:csv(translate(string(@value), '4', '5'))"}},
		false, "filing/identifier", "imei '005999010650000'"},
	/* E.164 with a plus; an IMEI with check digit under the format without one. */
	{{{"template", "hi1-td", "substring-after(@value, '+')", "string(@value)"}}, false,
		"filing/identifier", "digits only, without a plus"},
	{{{"template", "hi1-td", "substring-after(@value, '+')", "string(@value)"}}, false,
		"grammar", "provider/hi1.xml"},
	{{{"template", "hi1-td", "\"format\">IMEICheckDigit<", "\"format\">IMEI<"}}, false,
		"grammar", "provider/hi1.xml"},
	{{{"template", "hi1-td", "\"format\">IMEICheckDigit<", "\"format\">IMEI<"}}, false,
		"filing/identifier", "no format of the profile"},
	{{{"template", "identifiers-csv", "substring-after(@value, '+')", "@dialled"}}, false,
		"filing/identifier", "07700 900101"},
	{{{"template", "order-transcription", "<xsl:value-of select=\"@value\"/></id>",
		 "<xsl:value-of select=\"translate(@value, '+', '0')\"/></id>"}},
		false, "grammar", "provider/order-transcription.akn.xml"},
	/* Times. */
	{{{"template", "hi1-td", "<Timestamp><xsl:value-of select=\"$time\"/>",
		 "<Timestamp><xsl:value-of select=\"tro:offset-time($time)\"/>"}},
		false, "grammar", "provider/hi1.xml"},
	{{{"template", "hi1-td", "tro:offset-time(string($order/comply-by))",
		 "string($order/comply-by)"}},
		false, "grammar", "provider/hi1.xml"},
	/* A message of a training store without its flag, one of a live store with it. */
	{{{"template", "hi1-td", "IsTest", "Trial"}, {"template", "hi1-td", "IsTest", "Trial"}},
		false, "filing/training", "flagged IsTest"},
	{{{"template", "hi1-td", "<xsl:param name=\"training\"/>",
		 "<xsl:variable name=\"training\">yes</xsl:variable>"}},
		true, "filing/training", "must not be flagged"},
	{{{"template", "akn", "TRAINING: not", "Not"}}, false, "filing/training",
		"provider/order-transcription.akn.xml"},
	{{{"template", "identifiers-csv", "TRAINING", "practice"}}, false, "filing/training",
		"provider/identifiers.csv"},
	/* An action that nobody can explain. */
	{{{"codes", "ddtro-ew/codes", "<title>Bar mobile data</title>", "<title></title>"}}, false,
		"filing/actions", "not in the code list"},
};
enum { SPOILT = sizeof(spoilt) / sizeof(*spoilt) };

START_TEST(a_member_that_breaks_a_rule_stops_the_filing)
{
	world w = open_world();
	size_t count = spoilt[_i].changes[1].kind == NULL ? 1 : 2;
	bool found = false;

	w.live = spoilt[_i].live;
	ck_assert_int_eq(build_with(&w, spoilt[_i].changes, count), TRO_INVALID);
	if (strcmp(spoilt[_i].id, "grammar") != 0) {
		found = has_finding(&w, spoilt[_i].id, spoilt[_i].part);
	}
	for (size_t i = 0; i < tro_findings_count(w.findings); i++) {
		const tro_finding *f = tro_findings_at(w.findings, i);

		/* Findings of grammars come from their checker: place is name and line. */
		if (strcmp(spoilt[_i].id, "grammar") == 0 &&
			strncmp(f->place, spoilt[_i].part, strlen(spoilt[_i].part)) == 0 &&
			strncmp(f->id, "filing/", 7) != 0) {
			found = true;
		}
		ck_assert_int_eq(f->level, TRO_LEVEL_BLOCK);
	}
	ck_assert_msg(
		found, "%s: no finding %s with %s", err.message, spoilt[_i].id, spoilt[_i].part);
	CHECK_MESSAGE("broken, first ");
	close_world(&w);
}
END_TEST

START_TEST(a_live_filing_has_no_mark_of_training)
{
	world w = open_world();
	tro_buf zip = TRO_BUF_INIT;

	w.live = true;
	build_ok(&zip, &w);
	ck_assert(!holds(&zip, "TRAINING"));
	ck_assert(!holds(&zip, "IsTest"));
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(an_exhibit_whose_bytes_are_others_stops_the_filing)
{
	world w = open_world();

	w.spoilt_exhibits = true;
	ck_assert_int_eq(build_with(&w, NULL, 0), TRO_INVALID);
	CHECK_MESSAGE("provider/sealed-order.pdf");
	CHECK_MESSAGE("SHA-256");
	close_world(&w);
}
END_TEST

START_TEST(an_exhibit_that_is_not_there_stops_the_filing)
{
	world w = open_world();

	CHECK_OK(tro_xml_set(at(w.doc, "/case/orders/order[1]/made/sealed"), NULL, "sha256",
		"00000000000000000000000000000000000000000000000000000000000000ff", &err));
	ck_assert_int_eq(build_with(&w, NULL, 0), TRO_NOT_FOUND);
	close_world(&w);
}
END_TEST

/* ---- rules on the case ---- */

static const struct {
	const char *filing, *matter, *recipient;
	const char *removed; /* a node of the case */
	const char *id;
} missing[] = {
	{"provider-pack", "order.1", "northway", "/case/orders/order[1]/made/sealed",
		"filing/sealed"},
	{"provider-pack", "order.1", "northway", "/case/orders/order[1]/made", "filing/made"},
	{"provider-pack", "order.1", "northway", "/case/orders/order[1]/read-back",
		"filing/read-back"},
	{"provider-pack", "order.1", "northway", "/case/orders/order[1]/ordered/item[1]/@line",
		"filing/items"},
	{"provider-pack", "order.2", "northway", "/case/review", "filing/own-order"},
	{"provider-pack", "order.1", "southern-cross", "/case/review", "filing/own-order"},
	{"provider-pack", "order.11", "northway", "/case/review", "filing/own-order"},
	{"carve-out-notice", "order.1", "northway", "/case/orders/order[1]/exclusions/exclusion",
		"filing/item"},
	{"carve-out-notice", "order.1", "northway", "/case/orders/order[1]/made/carve-out", "R26"},
	{"application", "application", "exampletown", "/case/court", "filing/court"},
	{"application", "application", "exampletown", "/case/people/person[1]", "filing/deponent"},
	{"application", "application", "exampletown", "/case/people/person[2]", "filing/applicant"},
	{"application", "application", "exampletown", "/case/orders/order[2]", "filing/orders"},
	{"application", "application", "exampletown", "/case/items/item[2]", "filing/orders"},
	{"application", "application", "exampletown", "/case/items/item[1]/actions",
		"filing/actions"},
	{"court-bundle", "application", "exampletown", "/case/statement/signed", "filing/signed"},
	{"court-bundle", "application", "exampletown", "/case/statement/prepared",
		"filing/prepared"},
	{"court-bundle", "application", "exampletown", "/case/approval", "filing/approved"},
};
enum { MISSING = sizeof(missing) / sizeof(*missing) };

START_TEST(a_case_that_lacks_what_a_filing_needs_is_told_so)
{
	world w = open_world();

	w.name = missing[_i].filing;
	w.matter = missing[_i].matter;
	w.recipient = missing[_i].recipient;
	tro_xml_remove(at(w.doc, missing[_i].removed));
	ck_assert_int_eq(build_with(&w, NULL, 0), TRO_INVALID);
	ck_assert_msg(has_finding(&w, missing[_i].id, ""), "no finding %s: %s", missing[_i].id,
		err.message);
	close_world(&w);
}
END_TEST

START_TEST(every_broken_rule_is_reported)
{
	world w = open_world();

	w.name = "court-bundle";
	w.recipient = "exampletown";
	tro_xml_remove(at(w.doc, "/case/approval"));
	set_text(&w, "/case/statement/signed", "");
	set_text(&w, "/case/court", "nowhere");
	ck_assert_int_eq(build_with(&w, NULL, 0), TRO_INVALID);
	ck_assert_uint_eq(tro_findings_count(w.findings), 3);
	ck_assert(has_finding(&w, "filing/court", "the court 'nowhere' is not in the register"));
	CHECK_MESSAGE("3 rules are broken");
	close_world(&w);
}
END_TEST

START_TEST(findings_that_were_there_before_do_not_count)
{
	world w = open_world();
	tro_buf zip = TRO_BUF_INIT;

	CHECK_OK(tro_findings_add(
		w.findings, TRO_LEVEL_BLOCK, "other", "", "", "", &err, "somebody else's"));
	ck_assert_int_eq(build(&zip, &w), TRO_OK);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

/* ---- descriptions ---- */

#define DESCRIPTION(children)                                                                      \
	"<filing xmlns='" FILING_NS "' name='provider-pack' version='1' title='t' "                \
	"view='provider' regime='r' readme='readme' recipient-kind='k'>" children "</filing>"
#define DOCUMENT(attributes)                                                                       \
	"<document template='identifiers-csv' path='a.csv' role='r' title='t' "                    \
	"media='text/csv' " attributes "/>"

static const struct {
	const char *text, *message;
	tro_status status;
} descriptions[] = {
	{"<filing", "", TRO_INVALID},
	{"<filing xmlns='urn:other'/>", "the root must be <filing>", TRO_INVALID},
	{"<filing xmlns='" FILING_NS "' name='provider-pack'/>", "needs the attribute title",
		TRO_INVALID},
	{"<filing xmlns='" FILING_NS "' name='other' version='1' title='t' view='provider' "
	 "regime='r' readme='readme' recipient-kind='k'/>",
		"calls itself other", TRO_INVALID},
	{DESCRIPTION("<documents/>"), "<documents>: is not known here", TRO_INVALID},
	{DESCRIPTION(DOCUMENT("pth='x'")), "unknown attribute pth", TRO_INVALID},
	{DESCRIPTION("<document template='t' path='p' role='r' title='t'/>"),
		"needs the attribute media", TRO_INVALID},
	{DESCRIPTION("<rule id='r' test='true()'/>"), "needs a sentence", TRO_INVALID},
	{DESCRIPTION("<rule id='r' test='('>s</rule>"), "(", TRO_INVALID},
	{DESCRIPTION("<rule id='r' test='$nobody'>s</rule>"), "nobody", TRO_INVALID},
	{DESCRIPTION(DOCUMENT("from='b.xml'")), "names a member that is not there: b.xml",
		TRO_INVALID},
	{DESCRIPTION(DOCUMENT("grammar='none'")), "no grammar named 'none'", TRO_NOT_FOUND},
	{DESCRIPTION(DOCUMENT("style='none'")), "no style named 'none'", TRO_NOT_FOUND},
	{DESCRIPTION(DOCUMENT("") DOCUMENT("")), "in each other's place", TRO_INVALID},
	{DESCRIPTION("<document template='none' path='a' role='r' title='t' media='m'/>"),
		"no template named 'none'", TRO_NOT_FOUND},
	{DESCRIPTION("<document template='hi1-td' path='../a' role='r' title='t' media='m'/>"),
		"'../a' cannot be the name of a member", TRO_INVALID},
	{DESCRIPTION("<document template='hi1-td' path='/a' role='r' title='t' media='m'/>"),
		"'/a' cannot be the name of a member", TRO_INVALID},
	{DESCRIPTION("<document template='hi1-td' path='a{' role='r' title='t' media='m'/>"),
		"a '{' has no '}'", TRO_INVALID},
	{DESCRIPTION("<document template='hi1-td' path='a{1 +}' role='r' title='t' media='m'/>"),
		"1 +", TRO_INVALID},
	{DESCRIPTION("<document template='identifiers-csv akn' path='a' role='r' title='t' "
		     "media='m'/>"),
		"identifiers-csv", TRO_INVALID},
	{DESCRIPTION("<exhibit select='/case/force' path='a' role='r' title='t' media='m'/>"),
		"<force> has no attribute sha256", TRO_INVALID},
	{DESCRIPTION("<agree documents='a.csv' select='/x'/>"), "not there: a.csv", TRO_INVALID},
};
enum { DESCRIPTIONS = sizeof(descriptions) / sizeof(*descriptions) };

START_TEST(a_description_with_a_fault_is_refused_with_its_place)
{
	world w = open_world();
	const change all[] = {{"filing", "provider-pack", NULL, descriptions[_i].text}};
	tro_status status = build_with(&w, all, 1);

	ck_assert_int_eq(status, descriptions[_i].status);
	CHECK_MESSAGE(descriptions[_i].message);
	close_world(&w);
}
END_TEST

START_TEST(what_is_not_adopted_is_named)
{
	world w = open_world();

	w.name = "nonesuch";
	ck_assert_int_eq(build_with(&w, NULL, 0), TRO_NOT_FOUND);
	CHECK_MESSAGE("nonesuch");
	close_world(&w);
}
END_TEST

START_TEST(values_in_a_member_name_cannot_leave_their_place)
{
	static const char text[] = DESCRIPTION(
		"<document template='identifiers-csv' path='p/{string(\"../../etc/x y\")}.csv' "
		"role='r' title='{$case-id} of {$recipient}' media='text/csv'/>");
	world w = open_world();
	const change all[] = {{"filing", "provider-pack", NULL, text}};
	tro_buf zip = TRO_BUF_INIT;
	tro_buf names = TRO_BUF_INIT;
	tro_buf manifest = TRO_BUF_INIT;

	w.live = true;
	w.changes = all;
	w.change_count = 1;
	build_ok(&zip, &w);
	names_of(&names, &zip);
	ck_assert_str_eq(names.ptr, "README.txt\nfiling.xml\np/------etc-x-y.csv\n");
	ck_assert(member(&manifest, &zip, "filing.xml"));
	ck_assert(holds(&manifest, "title=\"K7Q3-9F2M of northway\""));
	tro_buf_done(&manifest);
	tro_buf_done(&names);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

/* ---- views ---- */

#define VIEW(keeps) "<view xmlns='urn:tro:view:1' name='v'>" keeps "</view>"
#define KEEP(path) "<keep path=\"" path "\"/>"
#define SAMPLE                                                                                     \
	"<case secret='s'>text<a x='1' y='2'>one<b z='3'>two</b></a><a x='4'><b/></a><c/></case>"

static const struct {
	const char *view, *seen, *message;
} views[] = {
	{VIEW(""), "<case></case>", NULL},
	{VIEW(KEEP("/case/none")), "<case></case>", NULL},
	{VIEW(KEEP("/case/a[1]")), "<case><a x=\"1\" y=\"2\">one<b z=\"3\">two</b></a></case>",
		NULL},
	{VIEW(KEEP("//b")), "<case><a><b z=\"3\">two</b></a><a><b></b></a></case>", NULL},
	{VIEW(KEEP("/case/a/@x")), "<case><a x=\"1\"></a><a x=\"4\"></a></case>", NULL},
	{VIEW(KEEP("/case/a[@x = $recipient]/@x") KEEP("/case/c")),
		"<case><a x=\"4\"></a><c></c></case>", NULL},
	{VIEW(KEEP("/case/a[1]/b") KEEP("/case/a[1]")),
		"<case><a x=\"1\" y=\"2\">one<b z=\"3\">two</b></a></case>", NULL},
	{VIEW(KEEP("/case")),
		"<case secret=\"s\">text<a x=\"1\" y=\"2\">one<b z=\"3\">two</b></a>"
		"<a x=\"4\"><b></b></a><c></c></case>",
		NULL},
	{VIEW(KEEP("/case/text()")), NULL, "neither element nor attribute"},
	{VIEW(KEEP("/")), NULL, "neither element nor attribute"},
	{VIEW(KEEP("count(/case)")), NULL, "selects no nodes"},
	{VIEW(KEEP("/case/a[")), NULL, "v:1"},
	{VIEW(KEEP("/case/a[@x = $nobody]")), NULL, "nobody"},
	{VIEW("<drop path='/case/a'/>"), NULL, "alone"},
	{VIEW("<keep/>"), NULL, "alone"},
	{VIEW("<keep path='/case'><keep path='/case/a'/></keep>"), NULL, "alone"},
	{"<view/>", NULL, "its root must be"},
	{"<view", NULL, ""},
};
enum { VIEWS = sizeof(views) / sizeof(*views) };

START_TEST(a_view_keeps_what_it_names_and_nothing_else)
{
	const tro_filing_facts facts = {.case_id = "c", .recipient = "4"};
	tro_xml_doc *doc = NULL;
	tro_xml_doc *seen = NULL;
	tro_buf bytes = TRO_BUF_INIT;
	tro_buf before = TRO_BUF_INIT;
	const char *view = views[_i].view;

	CHECK_OK(tro_xml_init(&err));
	CHECK_OK(tro_xml_parse(&doc, SAMPLE, strlen(SAMPLE), "sample", NULL, &err));
	CHECK_STATUS(
		tro_view_apply(&seen, view, strlen(view), "v", tro_xml_root(doc), &facts, &err),
		views[_i].seen == NULL ? TRO_INVALID : TRO_OK);
	if (views[_i].seen == NULL) {
		ck_assert_ptr_null(seen);
		CHECK_MESSAGE(views[_i].message);
	} else {
		CHECK_OK(tro_xml_c14n(&bytes, tro_xml_root(seen), &err));
		ck_assert_str_eq(bytes.ptr, views[_i].seen);
	}
	CHECK_OK(tro_xml_c14n(&before, tro_xml_root(doc), &err));
	ck_assert(holds(&before, "secret=\"s\">text<a")); /* the case stays whole */
	tro_buf_done(&before);
	tro_buf_done(&bytes);
	tro_xml_free(seen);
	tro_xml_free(doc);
}
END_TEST

/* ---- functions ---- */

static const struct {
	const char *text, *value; /* value NULL: TRO_INVALID */
} functions[] = {
	{"{tro:register('providers', 'northway', 'legal-name')}", "Northway Mobile Limited"},
	{"{tro:register('providers', 'northway', 'division')}", "england-and-wales"},
	{"{tro:register('providers', 'nobody', 'name')}", ""},
	{"{tro:register('providers', 'northway', 'nothing')}", ""},
	{"{tro:register('providers', 'northway')}", NULL},
	{"{tro:code('actions', 'bar-data', 'title')}", "Bar mobile data"},
	{"{tro:code('actions', 'nothing', 'title')}", ""},
	{"{tro:code('nothing', 'bar-data', 'title')}", NULL},
	{"{tro:rank('superintendent')}", "Superintendent"},
	{"{tro:rank('chief-superintendent')}", "Chief superintendent"},
	{"{tro:rank('super')}", ""},
	{"{tro:rank('')}", ""},
	{"{tro:rank('#')}", ""},
	{"{tro:local('2026-11-13T15:00:00.000000Z')}", "13 November 2026 at 15:00"},
	{"{tro:local('2026-07-01T22:59:59.999999Z')}", "1 July 2026 at 23:59"},
	{"{tro:local('2026-07-01T23:00:00.000000Z')}", "2 July 2026 at 00:00"},
	{"{tro:local('yesterday')}", NULL},
	{"{tro:local-date('2026-07-01T23:00:00.000000Z')}", "2026-07-02"},
	{"{tro:offset-time('2026-07-01T23:00:00.500000Z')}", "2026-07-02T00:00:00+01:00"},
	{"{tro:offset-time('2026-12-31T23:59:59.000000Z')}", "2026-12-31T23:59:59+00:00"},
	{"{tro:long-date('2028-02-29')} {tro:weekday('2028-02-29')}", "29 February 2028 Tuesday"},
	{"{tro:long-date('')}{tro:weekday('')}", ""},
	{"{tro:long-date('2026-02-29')}", NULL},
	{"{tro:number-national('+447700900101')}", "07700 900101"},
	{"{tro:number-national('+3531234')}", "+3531234"},
	{"{tro:csv('plain')}", "\"plain\""},
	{"{tro:csv('a\"b,c')}", "\"a\"\"b,c\""},
	{"{tro:csv('')}", "\"\""},
	{"{tro:csv('=1')}{tro:csv('+1')}{tro:csv('-1')}{tro:csv('@1')}",
		"\"'=1\"\"'+1\"\"'-1\"\"'@1\""},
	{"{tro:suffix('text/csv')} {tro:suffix('image/jpeg')} {tro:suffix('x/y')}", "csv jpg bin"},
	{"{tro:paragraph-count('  ')} {tro:paragraph-count('a')}", "0 1"},
	{"{tro:paragraph('a', 2)}{tro:paragraph('a', 0)}", ""},
	{"{concat('}', \"}\")}", "}}"},
};
enum { FUNCTIONS = sizeof(functions) / sizeof(*functions) };

typedef struct bench {
	world w;
	tro_filing_facts facts;
	tro_filing_source source;
	tro_assets *assets;
	tro_function_host host;
	tro_xslt_function list[TRO_TEMPLATE_FUNCTIONS + 1];
	tro_eval *eval;
} bench;

static void bench_open(bench *b, const char *case_id)
{
	*b = (bench){.w = open_world(), .facts = {.case_id = case_id}};
	b->source =
		(tro_filing_source){.asset = give_asset, .exhibit = give_exhibit, .user = &b->w};
	b->assets = tro_assets_new(&b->source);
	ck_assert_ptr_nonnull(b->assets);
	b->host = (tro_function_host){.assets = b->assets,
		.source = &b->source,
		.facts = &b->facts,
		.codes = "ddtro-ew/codes"};
	tro_template_functions(b->list, &b->host);
	CHECK_OK(tro_eval_new(&b->eval, &b->facts, b->list, &err));
}

static void bench_close(bench *b)
{
	tro_eval_free(b->eval);
	tro_assets_free(b->assets);
	close_world(&b->w);
}

START_TEST(functions_say_what_they_say_they_say)
{
	bench b;
	tro_buf out = TRO_BUF_INIT;

	bench_open(&b, "K7Q3-9F2M");
	CHECK_STATUS(tro_eval_fill(&out, b.eval, TRO_FILL_TEXT, functions[_i].text,
			     tro_xml_root(b.w.doc), &err),
		functions[_i].value == NULL ? TRO_INVALID : TRO_OK);
	if (functions[_i].value != NULL) {
		ck_assert_str_eq(out.ptr, functions[_i].value);
	}
	tro_buf_done(&out);
	bench_close(&b);
}
END_TEST

static void uuid_of(tro_buf *out, const char *case_id, const char *text)
{
	bench b;

	bench_open(&b, case_id);
	CHECK_OK(tro_eval_fill(out, b.eval, TRO_FILL_TEXT, text, tro_xml_root(b.w.doc), &err));
	bench_close(&b);
}

START_TEST(a_uuid_depends_on_case_and_text_and_is_of_version_eight)
{
	tro_buf one = TRO_BUF_INIT;
	tro_buf again = TRO_BUF_INIT;
	tro_buf other_text = TRO_BUF_INIT;
	tro_buf other_case = TRO_BUF_INIT;

	uuid_of(&one, "ab", "{tro:uuid('c')}");
	uuid_of(&again, "ab", "{tro:uuid('c')}");
	uuid_of(&other_text, "ab", "{tro:uuid('d')}");
	uuid_of(&other_case, "a", "{tro:uuid('bc')}");
	ck_assert_uint_eq(one.len, 36);
	ck_assert_int_eq(one.ptr[14], '8');
	ck_assert_ptr_nonnull(strchr("89ab", one.ptr[19]));
	ck_assert_str_eq(one.ptr, again.ptr);
	ck_assert_str_ne(one.ptr, other_text.ptr);
	ck_assert_str_ne(one.ptr, other_case.ptr);
	tro_buf_done(&other_case);
	tro_buf_done(&other_text);
	tro_buf_done(&again);
	tro_buf_done(&one);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("filing checks");
	TCase *t = tcase_create("checks");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_member_that_breaks_a_rule_stops_the_filing, 0, SPOILT);
	tcase_add_test(t, a_live_filing_has_no_mark_of_training);
	tcase_add_test(t, an_exhibit_whose_bytes_are_others_stops_the_filing);
	tcase_add_test(t, an_exhibit_that_is_not_there_stops_the_filing);
	tcase_add_loop_test(t, a_case_that_lacks_what_a_filing_needs_is_told_so, 0, MISSING);
	tcase_add_test(t, every_broken_rule_is_reported);
	tcase_add_test(t, findings_that_were_there_before_do_not_count);
	tcase_add_loop_test(
		t, a_description_with_a_fault_is_refused_with_its_place, 0, DESCRIPTIONS);
	tcase_add_test(t, what_is_not_adopted_is_named);
	tcase_add_test(t, values_in_a_member_name_cannot_leave_their_place);
	tcase_add_loop_test(t, a_view_keeps_what_it_names_and_nothing_else, 0, VIEWS);
	tcase_add_loop_test(t, functions_say_what_they_say_they_say, 0, FUNCTIONS);
	tcase_add_test(t, a_uuid_depends_on_case_and_text_and_is_of_version_eight);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
