/*
 * The production definitions of drug dealing orders in England and Wales, played against the real
 * chart library: from the empty draft to the approval. The orders are in test_ddtro_orders.c.
 */
#include "ddtro_story.h"
#include "suite.h"

START_TEST(the_definitions_load_in_production_without_fault)
{
	static const char *const names[] = {
		"ddtro-ew/application", "ddtro-ew/order", "ddtro-ew/item"};

	ck_assert_int_eq(tro_xml_init(NULL), TRO_OK);
	tro_chart *chart = world_chart(names[_i]);

	ck_assert_str_eq(tro_chart_version(chart), "1");
	for (size_t i = 0; i < tro_chart_event_count(chart); i++) {
		const tro_chart_event *event = tro_chart_event_at(chart, i);

		ck_assert_msg(strcmp(event->title, event->name) != 0, "%s", event->name);
		ck_assert_msg(event->role[0] == '\0' || event->basis[0] != '\0', "%s", event->name);
		for (size_t j = 0; j < event->param_count; j++) {
			ck_assert_msg(strcmp(event->params[j].title, event->params[j].name) != 0,
				"%s: %s has no title", event->name, event->params[j].name);
		}
	}
	tro_chart_free(chart);
	tro_xml_quit();
}
END_TEST

static const struct {
	const char *from, *to;
} spoilt[] = {
	{"<title>Operation", "<title/><title>Operation"},
	{"+447700900101</msisdn>", "07700900101</msisdn>"},
	{"<use>past</use>", "<use>present</use>"},
	{"class=\"comms-data\"", "class=\"warrant-interception\""},
	{"mda-4-3-b", "mda-5-3"},
	{"<actions>bar-calls", "<actions>bar-all"},
	{"2026-11-13</comply-date>", "2026-02-30</comply-date>"},
	{"15:00</comply-time>", "25:00</comply-time>"},
	{"seq=\"13\"", "seq=\"-13\""},
	{"<court>exampletown</court>", ""},
	{"<carve-out>yes</carve-out>", "<carve-out>maybe</carve-out>"},
	/* what the built-in types would take */
	{"time=\"2026-11-02T09:00:00.000000Z\"", "time=\"2026-11-02T09:00:00.000000+01:00\""},
	{"time=\"2026-11-02T09:00:00.000000Z\"", "time=\"2026-11-02T09:00:00Z\""},
	{"<signed>2026-11-03</signed>", "<signed>2026-11-03Z</signed>"},
	{"sha256=\"41155eafc8d6374a", "sha256=\"41155EAFC8D6374A"},
	{"person=\"P-3KWT\"", "person=\"P_3KWT\""},
	{"<court>exampletown</court>", "<court>Exampletown</court>"},
};

START_TEST(the_grammar_takes_the_sample_and_refuses_what_is_spoilt)
{
	tro_err err;
	size_t len;
	char *rules = world_file(DATA "ddtro-ew/case.rng", &len);
	tro_rng *grammar = NULL;

	ck_assert_int_eq(tro_xml_init(NULL), TRO_OK);
	ck_assert_msg(
		tro_rng_parse(&grammar, rules, len, "case.rng", &err) == TRO_OK, "%s", err.message);
	char *sample = world_file(TRO_SOURCE_DIR "/tests/data/ddtro-ew-case.xml", &len);
	char *text = calloc(1, len + 200);
	char *at = strstr(sample, spoilt[_i].from);

	ck_assert_ptr_nonnull(at);
	for (int spoil = 0; spoil < 2; spoil++) {
		const char *put = spoil ? spoilt[_i].to : spoilt[_i].from;
		tro_xml_doc *doc = NULL;

		(void)snprintf(text, len + 200, "%.*s%s%s", (int)(at - sample), sample, put,
			at + strlen(spoilt[_i].from));
		ck_assert_msg(tro_xml_parse(&doc, text, strlen(text), "case",
				      &tro_xml_limits_default, &err) == TRO_OK,
			"%s", err.message);
		tro_status status = tro_rng_validate(grammar, doc, "case", NULL, &err);

		ck_assert_msg(status == (spoil ? TRO_INVALID : TRO_OK), "%s", err.message);
		tro_xml_free(doc);
	}
	tro_rng_free(grammar);
	free(rules);
	free(sample);
	free(text);
	tro_xml_quit();
}
END_TEST

START_TEST(an_empty_draft_is_refused_for_everything_that_is_missing_at_once)
{
	static const char *const rules[] = {"R1", "R5", "R7", "R8", "R9", "R44", "R45", "grounds",
		"candour", "alternatives", "innocent-users", "emergency-calls", "deponent",
		"statement"};
	world w;

	begin(&w);
	ck_assert_int_eq(act(&w, APP, "submit", OFFICER, ""), TRO_REFUSED);
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		ck_assert_msg(found(&w, TRO_LEVEL_BLOCK, rules[i], ""), "%s", rules[i]);
	}
	ck_assert(found(&w, TRO_LEVEL_BLOCK, "deponent", "must be named"));
	for (size_t i = 0; i < tro_findings_count(w.findings); i++) {
		ck_assert_str_ne(tro_findings_at(w.findings, i)->remedy, "");
	}
	ck_assert(in_state(&w, APP, "drafting"));
	world_done(&w);
}
END_TEST

START_TEST(evidence_enters_only_with_its_provenance)
{
	world w;

	begin(&w);
	REFUSED(&w, "R46", "warrant", APP, "exhibit.add", OFFICER,
		EXHIBIT "<class>warrant-interception</class>");
	REFUSED(&w, "R48", "authorisation", APP, "exhibit.add", OFFICER,
		EXHIBIT "<class>comms-data</class>");
	REFUSED(&w, "R48", "outside", APP, "exhibit.add", OFFICER,
		EXHIBIT "<class>comms-data</class><basis>b</basis><from>2026-10-01</from>"
			"<to>2026-10-31</to><obtained>2026-11-01</obtained>");
	MUST(&w, APP, "exhibit.add", OFFICER, EXHIBIT "<class>seized-device</class>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "R47", "seized-device"));
	REFUSED(&w, "exhibit", "already", APP, "exhibit.add", OFFICER,
		EXHIBIT "<class>witness</class>");
	MUST(&w, APP, "exhibit.remove", OFFICER, "<ref>AE1</ref>");
	REFUSED(&w, "exhibit", "no exhibit", APP, "exhibit.remove", OFFICER, "<ref>AE1</ref>");
	world_done(&w);
}
END_TEST

static const struct {
	const char *rule, *says, *row;
} bad_items[] = {
	{"R5", "row 2 identifies no item", "<provider>northway</provider>" BARS},
	{"R5", "device-type",
		"<msisdn>+447700900109</msisdn><device-type>mac</device-type>"
		"<provider>northway</provider>" BARS},
	{"provider", "'nobody'", "<msisdn>+447700900109</msisdn><provider>nobody</provider>" BARS},
	{"action", "imei-block",
		"<msisdn>+447700900109</msisdn><provider>northway</provider>"
		"<actions>imei-block</actions>"},
	{"action", "port-lock",
		"<imei>004999010640018</imei><provider>northway</provider>"
		"<actions>port-lock</actions>"},
	{"action", "asks for bar-calls",
		"<device-type>mac</device-type><device>00:00:5e:00:53:01</device>"
		"<provider>northway</provider><actions>bar-calls</actions>"},
	{"action", "needs: msisdn iccid imsi",
		"<imei>004999010640018</imei><provider>northway</provider>"
		"<actions>imei-block sim-off</actions>"},
	{"R55", "already",
		"<msisdn>+447700900101</msisdn><provider>southern-cross</provider>" BARS},
	{"R55", "repeats",
		"<msisdn>+447700900109</msisdn><provider>northway</provider>" BARS
		"</item><item n='2'><msisdn>+447700900109</msisdn>"
		"<provider>northway</provider>" BARS},
};

START_TEST(a_row_that_is_no_item_is_refused_by_its_number)
{
	world w;
	char params[2000];

	begin(&w);
	MUST(&w, APP, "item.add", OFFICER, ITEMS);
	ck_value(&w, "$case/items/@next", "4");
	(void)snprintf(
		params, sizeof(params), "<items><item n='1'>%s</item></items>", bad_items[_i].row);
	REFUSED(&w, bad_items[_i].rule, bad_items[_i].says, APP, "item.add", OFFICER, params);
	ck_value(&w, "count($case/items/item)", "3");
	world_done(&w);
}
END_TEST

#define ROW(n, what, provider)                                                                     \
	"<item n='" n "'>" what "<provider>" provider "</provider>" BARS "</item>"
#define NUMBER(last) "<msisdn>+4477009001" last "</msisdn>"

/* Rules that meet rows 2 and 4 of a table, and no others. */
static const struct {
	const char *rule, *says[2], *rows[2];
} twice_bad[] = {
	{"R5", {"row 3 identifies no item", "row 5 identifies no item"},
		{"<item n='2'><provider>northway</provider>" BARS "</item>",
			"<item n='4'><provider>northway</provider>" BARS "</item>"}},
	{"provider", {"row 3: 'nobody'", "row 5: 'somebody'"},
		{ROW("2", NUMBER("12"), "nobody"), ROW("4", NUMBER("14"), "somebody")}},
	{"action", {"row 3 asks for bar-calls", "row 5 asks for bar-calls"},
		{ROW("2", "<imei>004999010640018</imei>", "northway"),
			ROW("4", "<imei>004999010640026</imei>", "northway")}},
	{"R55", {"row 3 has a number", "row 5 has a number"},
		{ROW("2", NUMBER("01"), "northway"), ROW("4", NUMBER("02"), "northway")}},
	{"R55", {"row 3 repeats", "row 5 repeats"},
		{ROW("2", NUMBER("11"), "northway"), ROW("4", NUMBER("13"), "northway")}},
};

START_TEST(a_refusal_over_rows_names_every_row_at_fault_and_no_other)
{
	world w;
	char params[2000];
	size_t count = 0;

	begin(&w);
	MUST(&w, APP, "item.add", OFFICER, ITEMS);
	(void)snprintf(params, sizeof(params),
		"<items>" ROW("1", NUMBER("11"), "northway") "%s" ROW(
			"3", NUMBER("13"), "northway") "%s</items>",
		twice_bad[_i].rows[0], twice_bad[_i].rows[1]);
	for (size_t i = 0; i < 2; i++) {
		REFUSED(&w, twice_bad[_i].rule, twice_bad[_i].says[i], APP, "item.add", OFFICER,
			params);
	}
	for (size_t i = 0; i < tro_findings_count(w.findings); i++) {
		count += strcmp(tro_findings_at(w.findings, i)->id, twice_bad[_i].rule) == 0;
	}
	ck_assert_uint_eq(count, 2);
	world_done(&w);
}
END_TEST

START_TEST(numbers_of_removed_items_are_not_used_again)
{
	world w;

	begin(&w);
	MUST(&w, APP, "item.add", OFFICER, ITEMS);
	REFUSED(&w, "item", "not there", APP, "item.remove", OFFICER, "<items>2 9</items>");
	MUST(&w, APP, "item.remove", OFFICER, "<items> 3  1 </items>");
	ck_value(&w, "$case/items/item/@n", "2");
	MUST(&w, APP, "item.add", OFFICER,
		"<items><item n='1'><imei>004999010640018</imei><provider>northway</provider>"
		"<actions> imei-block </actions></item></items>");
	ck_value(&w, "$case/items/item[2]/@n", "4");
	ck_value(&w, "$case/items/item[2]/actions", "imei-block");
	world_done(&w);
}
END_TEST

START_TEST(a_proposal_keeps_to_regulation_3)
{
	world w;

	begin(&w);
	REFUSED(&w, "R15", "date and a time", APP, "order.propose", OFFICER,
		"<provider>northway</provider><comply-date>2026-11-13</comply-date>");
	REFUSED(&w, "R17", "reason", APP, "order.propose", OFFICER,
		"<provider>northway</provider><comply-date>2026-11-13</comply-date>"
		"<comply-time>15:00</comply-time>");
	REFUSED(&w, "R18", "earlier", APP, "order.propose", OFFICER,
		"<provider>northway</provider><earlier>no</earlier>");
	REFUSED(&w, "provider", "nobody", APP, "order.propose", OFFICER,
		"<provider>nobody</provider>");
	MUST(&w, APP, "order.propose", OFFICER, NORTHWAY);
	MUST(&w, APP, "order.propose", OFFICER, SOUTHERN);
	MUST(&w, APP, "order.propose", OFFICER, "<provider>northway</provider>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "carve-out", ""));
	ck_value(&w, "count($case/orders/order)", "2");
	ck_value(&w, "$case/orders/order[@n = 1]/proposed/comply-date", "");
	ck_value(&w, "$case/orders/order[@n = 1]/proposed/earlier", "yes");
	MUST(&w, APP, "order.drop", OFFICER, "<provider>northway</provider>");
	ck_value(&w, "$case/orders/order/provider", "southern-cross");
	world_done(&w);
}
END_TEST

START_TEST(each_provider_has_one_order_and_each_order_has_items)
{
	world w;

	begin(&w);
	write_draft(&w);
	MUST(&w, APP, "order.drop", OFFICER, "<provider>southern-cross</provider>");
	REFUSED(&w, "R21", "southern-cross", APP, "submit", OFFICER, "");
	MUST(&w, APP, "order.propose", OFFICER, SOUTHERN);
	MUST(&w, APP, "item.remove", OFFICER, "<items>2</items>");
	REFUSED(&w, "R21", "has no item", APP, "submit", OFFICER, "");
	world_done(&w);
}
END_TEST

START_TEST(only_the_deponent_signs_and_an_edit_voids_the_signature)
{
	world w;

	begin(&w);
	write_draft(&w);
	ck_value(&w, "$case/statement/signed", "2026-11-02");
	MUST(&w, APP, "draft.set", OFFICER, "<text>Other words</text>");
	ck_value(&w, "$case/statement/signed", "");
	REFUSED(&w, "R44", "sign", APP, "submit", OFFICER, "");
	REFUSED(&w, "R44", "only the deponent", APP, "statement.sign", "P-0001", "officer",
		"constable", "");
	MUST(&w, APP, "statement.sign", OFFICER, "");
	MUST(&w, APP, "submit", OFFICER, "");
	world_done(&w);
}
END_TEST

START_TEST(the_deponents_words_are_changed_by_nobody_else)
{
	world w;

	begin(&w);
	/* a text that is nobody's yet */
	MUST(&w, APP, "draft.set", "P-0004", "officer", "constable", "<text>Notes</text>");
	write_draft(&w);
	REFUSED(&w, "statement", "P-3KWT alone", APP, "draft.set", "P-0004", "officer", "constable",
		"<text>Other words</text>");
	REFUSED(&w, "statement", "P-0005 alone", APP, "draft.set", "P-0004", "officer", "constable",
		"<text>Other words</text><deponent>P-0005</deponent>");
	MUST(&w, APP, "draft.set", "P-0004", "officer", "constable",
		"<grounds>Better</grounds><text>One.\n\nTwo.</text>");
	MUST(&w, APP, "draft.set", "P-0004", "officer", "constable",
		"<text>Other words</text><deponent>P-0004</deponent>");
	world_done(&w);
}
END_TEST

START_TEST(a_rank_in_the_documents_that_is_not_the_actors_own_is_doubted)
{
	char params[200];
	world w;

	begin(&w);
	write_draft(&w);
	MUST(&w, APP, "person.describe", "P-0004", "officer", "constable",
		PERSON("P-3KWT", "inspector"));
	ck_assert(!found(&w, TRO_LEVEL_WARN, "rank", ""));
	MUST(&w, APP, "statement.sign", OFFICER, "");
	ck_assert(found(&w, TRO_LEVEL_WARN, "rank", "deponent as inspector"));
	MUST(&w, APP, "submit", OFFICER, "");
	(void)snprintf(params, sizeof(params), "<document>%064x</document><decision>d</decision>",
		w.seq - 1);
	MUST(&w, APP, "review.pass", REVIEWER, "");
	MUST(&w, APP, "approve", "P-9M2C", "authorising-officer", "chief-superintendent", params);
	ck_assert(found(&w, TRO_LEVEL_WARN, "rank", "applicant as superintendent"));
	world_done(&w);
}
END_TEST

START_TEST(a_reviewer_returns_with_a_reason_and_passes_what_was_amended)
{
	world w;

	begin(&w);
	write_draft(&w);
	MUST(&w, APP, "submit", OFFICER, "");
	REFUSED(&w, "four-eyes", "P-3KWT", APP, "review.pass", "P-3KWT", "legal-reviewer", "", "");
	MUST(&w, APP, "review.return", REVIEWER, "<reason>Say who holds the handsets</reason>");
	ck_assert(in_state(&w, APP, "drafting"));
	MUST(&w, APP, "draft.set", OFFICER, "<candour>A boy of fifteen</candour>");
	MUST(&w, APP, "statement.sign", OFFICER, "");
	MUST(&w, APP, "submit", OFFICER, "");
	MUST(&w, APP, "review.pass", REVIEWER, "");
	ck_value(&w, "count($case/review/*)", "2");
	ck_value(&w, "$case/review/review-return/reason", "Say who holds the handsets");
	ck_value(&w, "count($_x/filings/filing[@name = 'application'])", "2");
	world_done(&w);
}
END_TEST

START_TEST(the_applicant_alone_approves_exactly_what_was_shown)
{
	char shown[200];
	world w;

	begin(&w);
	write_draft(&w);
	MUST(&w, APP, "submit", OFFICER, "");
	(void)snprintf(shown, sizeof(shown), "<document>%064x</document><decision>d</decision>",
		w.seq - 1);
	MUST(&w, APP, "review.pass", REVIEWER, "");
	REFUSED(&w, "role", "authorising-officer", APP, "approve", OFFICER, shown);
	REFUSED(&w, "four-eyes", "P-3KWT", APP, "approve", "P-3KWT", "authorising-officer",
		"superintendent", shown);
	REFUSED(&w, "R1", "'inspector'", APP, "approve", "P-9M2C", "authorising-officer",
		"inspector", shown);
	REFUSED(&w, "R1", "'nca-officer'", APP, "approve", "P-9M2C", "authorising-officer",
		"nca-officer", shown);
	REFUSED(&w, "R1", "''", APP, "approve", "P-9M2C", "authorising-officer", "", shown);
	REFUSED(&w, "R53", "P-9M2C", APP, "approve", "P-0002", "authorising-officer",
		"chief-superintendent", shown);
	REFUSED(&w, "shown", H64, APP, "approve", APPLICANT,
		"<document>" H64 "</document><decision>d</decision>");
	shown[strlen("<document></document>") + 64] = '\0';
	REFUSED(&w, "R53", "decision", APP, "approve", APPLICANT, shown);
	(void)snprintf(shown, sizeof(shown), "<document>%064x</document><decision>d</decision>",
		w.seq - 2);
	MUST(&w, APP, "approve", "P-9M2C", "authorising-officer", "nca-deputy-director-general",
		shown);
	ck_assert(in_state(&w, APP, "approved"));
	world_done(&w);
}
END_TEST

#define MARK_40 "AE-0123456789-0123456789-0123456789-0123"

/* One refusal or warning of an event on a complete draft. */
static const struct {
	const char *event, *params, *rule, *says;
	tro_level level;
} drafting[] = {
	{"draft.set", "", "form", "at least one", TRO_LEVEL_BLOCK},
	{"draft.set", "<court>nowhere</court>", "court", "'nowhere'", TRO_LEVEL_BLOCK},
	{"person.describe", PERSON("P-0001", "lord"), "rank", "'lord'", TRO_LEVEL_BLOCK},
	{"person.describe",
		"<person>P-0001</person><name>n</name><rank>sergeant</rank><force>none</force>",
		"force", "'none'", TRO_LEVEL_BLOCK},
	{"exhibit.add",
		"<file sha256='" H64 "' size='1' media='m' name='n'/><ref>A E</ref><title>t</title>"
		"<class>witness</class>",
		"exhibit", "one word", TRO_LEVEL_BLOCK},
	{"exhibit.add",
		"<file sha256='" H64 "' size='1' media='m' name='n'/><ref>" MARK_40 "X</ref>"
		"<title>t</title><class>witness</class>",
		"exhibit", "at most 40 characters, and this one has 41", TRO_LEVEL_BLOCK},
	{"exhibit.add",
		"<file sha256='" H64 "' size='1' media='m' name='n'/><ref>" MARK_40 "</ref>"
		"<title>t</title><class>witness</class>",
		"void", "P-9M2C", TRO_LEVEL_WARN},
	{"exhibit.add",
		"<file sha256='" H64 "' size='1' media='m' name='n'/><ref>AE9</ref>"
		"<title>t</title><class>witness</class><obtained>2026-11-03</obtained>",
		"obtained", "2026-11-03, which is in the future", TRO_LEVEL_BLOCK},
	{"item.add",
		"<items><item n='1'><imei>004999010640018</imei><provider>northway</provider>"
		"<actions>imei-block</actions><checked>2026-11-03</checked></item></items>",
		"R56", "checked on 2026-11-03, which is in the future", TRO_LEVEL_WARN},
	{"item.add",
		"<items><item n='1'><imei>004999010640018</imei><provider>northway</provider>"
		"<actions>imei-block</actions><checked>2025-11-01</checked></item></items>",
		"R56", "checked on 2025-11-01, more than a year ago (1 such rows)", TRO_LEVEL_WARN},
	{"order.propose", "<provider>northway</provider><until>9999-12-31</until>", "R40",
		"9999-12-31 is no end: leave it out", TRO_LEVEL_BLOCK},
	{"order.propose", "<provider>northway</provider><until>0001-01-01</until>", "R40",
		"0001-01-01 is not in the future", TRO_LEVEL_WARN},
	{"order.propose",
		"<provider>northway</provider><comply-date>9999-12-31</comply-date>"
		"<comply-time>15:00</comply-time><reason>r</reason>",
		"R15", "9999-12-31 is no day by which to comply", TRO_LEVEL_BLOCK},
	{"order.propose",
		"<provider>northway</provider><comply-date>2026-11-02</comply-date>"
		"<comply-time>15:00</comply-time><reason>r</reason>",
		"R15", "2026-11-02, is not in the future", TRO_LEVEL_WARN},
	{"order.drop", "<provider>nobody</provider>", "provider", "'nobody'", TRO_LEVEL_BLOCK},
	{"item.add",
		"<items><item n='1'><imei>004999010640000</imei><provider>southern-cross</provider>"
		"<actions>imei-block</actions></item></items>",
		"R55", "cloned", TRO_LEVEL_WARN},
	{"order.propose", "<provider>northway</provider><until>2026-11-02</until>", "R40",
		"2026-11-02", TRO_LEVEL_WARN},
	{"order.propose",
		"<provider>northway</provider><comply-date>2026-11-13</comply-date>"
		"<comply-time>15:00</comply-time><reason>r</reason><until>2026-11-12</until>",
		"R40", "before the day by which", TRO_LEVEL_BLOCK},
	{"person.describe", PERSON("P-3KWT", "inspector"), "rank",
		"the registry has them as sergeant", TRO_LEVEL_WARN},
	{"exhibit.add",
		"<file sha256='" H64 "' size='1' media='m' name='n'/><ref>AE9</ref><title>t</title>"
		"<class>comms-data</class><basis>b</basis><from>2020-01-01</from>"
		"<to>2026-12-31</to><obtained>2026-10-05</obtained>",
		"R48", "in force for one month", TRO_LEVEL_BLOCK},
	{"exhibit.add",
		"<file sha256='" H64 "' size='1' media='m' name='n'/><ref>AE9</ref><title>t</title>"
		"<class>comms-data</class><basis>b</basis><from>2025-12-15</from>"
		"<to>2026-01-15</to><obtained>2025-12-20</obtained>",
		"R48", "in force for one month", TRO_LEVEL_BLOCK},
	{"exhibit.add",
		"<file sha256='" H64 "' size='1' media='m' name='n'/><ref>AE9</ref><title>t</title>"
		"<class>comms-data</class><basis>b</basis><from>2025-12-15</from>"
		"<to>2026-01-14</to><obtained>2025-12-20</obtained>",
		"void", "P-9M2C", TRO_LEVEL_WARN},
};

START_TEST(what_is_odd_in_a_draft_is_said)
{
	world w;

	begin(&w);
	write_draft(&w);
	approve(&w);
	tro_status status = act(&w, APP, drafting[_i].event, OFFICER, drafting[_i].params);

	ck_assert_int_eq(status, drafting[_i].level == TRO_LEVEL_BLOCK ? TRO_REFUSED : TRO_OK);
	if (!found(&w, drafting[_i].level, drafting[_i].rule, drafting[_i].says)) {
		show_findings(&w);
		ck_abort_msg("no finding %s", drafting[_i].rule);
	}
	world_done(&w);
}
END_TEST

START_TEST(a_case_names_a_court_and_a_force_of_the_registers)
{
	world w;

	world_init(&w, "2026-11-02T09:00:00Z");
	REFUSED(&w, "court", "'nowhere'", APP, "create", OFFICER,
		"<title>t</title><court>nowhere</court><force>example-force</force>");
	REFUSED(&w, "force", "'none'", APP, "create", OFFICER,
		"<title>t</title><court>exampletown</court><force>none</force>");
	world_done(&w);
}
END_TEST

START_TEST(a_provider_in_no_part_of_the_kingdom_has_no_calendar)
{
	world w;

	begin(&w);
	set(tro_xml_first(tro_xml_root(w.registers[0])), "division", "");
	MUST(&w, APP, "order.propose", OFFICER, NORTHWAY);
	ck_assert(found(&w, TRO_LEVEL_WARN, "R22", "northway"));
	world_done(&w);
}
END_TEST

START_TEST(there_must_be_a_statement_before_it_is_signed)
{
	world w;

	begin(&w);
	MUST(&w, APP, "draft.set", OFFICER, "<deponent>P-3KWT</deponent>");
	REFUSED(&w, "statement", "no statement", APP, "statement.sign", OFFICER, "");
	ck_assert(found(&w, TRO_LEVEL_BLOCK, "R45", "process"));
	world_done(&w);
}
END_TEST

/* An edit of a complete draft, and what submit says of it. */
static const struct {
	const char *event, *params, *rule, *says;
	tro_level level;
} incomplete[] = {
	{"draft.set", "<applicant>P-0009</applicant>", "R1", "P-0009 must be described",
		TRO_LEVEL_BLOCK},
	{"person.describe", PERSON("P-9M2C", "chief-inspector"), "R1", "below superintendent",
		TRO_LEVEL_BLOCK},
	{"draft.set", "<deponent>P-0009</deponent>", "deponent", "P-0009 must be described",
		TRO_LEVEL_BLOCK},
	{"draft.set", "<occupation> </occupation>", "deponent", "occupation", TRO_LEVEL_BLOCK},
	{"draft.set", "<title/>", "title", "no title", TRO_LEVEL_BLOCK},
	{"exhibit.remove", "<ref>AE1</ref>", "R6", "item 1 cites no exhibit", TRO_LEVEL_BLOCK},
	{"item.add",
		"<items><item n='1'><imei>004999010640018</imei><provider>northway</provider>"
		"<actions>imei-block</actions><exhibit>AE1</exhibit></item></items>",
		"R6", "item 4 does not say", TRO_LEVEL_BLOCK},
	{"item.add",
		"<items><item n='1'><imei>004999010640018</imei><provider>northway</provider>"
		"<actions>imei-block</actions>" EVIDENCE "</item></items>",
		"sim-off", "item 4", TRO_LEVEL_WARN},
	{"draft.set", "<vulnerability> </vulnerability>", "vulnerability", "children",
		TRO_LEVEL_WARN},
	{"order.propose",
		"<provider>northway</provider><comply-date>2026-11-02</comply-date>"
		"<comply-time>15:00</comply-time><reason>r</reason>",
		"R15", "2026-11-02", TRO_LEVEL_WARN},
	{"order.propose", "<provider>northway</provider><until>2026-11-01</until>", "R40",
		"2026-11-01", TRO_LEVEL_WARN},
	{"order.propose", "<provider>northway</provider><privacy>yes</privacy>", "R28",
		"public interest", TRO_LEVEL_WARN},
	{"draft.set", "<title>t</title>", "R56", "3 such items", TRO_LEVEL_WARN},
	{"item.add",
		"<items><item n='1'><imei>004999010640018</imei><provider>northway</provider>"
		"<actions>imei-block</actions>" EVIDENCE "<checked>2025-11-01</checked>"
		"</item></items>",
		"R56", "item 4: its provider was checked on 2025-11-01", TRO_LEVEL_WARN},
};

START_TEST(what_is_incomplete_is_said_when_it_is_submitted)
{
	world w;

	begin(&w);
	write_draft(&w);
	MUST(&w, APP, incomplete[_i].event, OFFICER, incomplete[_i].params);
	if (incomplete[_i].level == TRO_LEVEL_WARN) {
		MUST(&w, APP, "statement.sign", OFFICER, "");
	}
	tro_status status = act(&w, APP, "submit", OFFICER, "");

	ck_assert_int_eq(status, incomplete[_i].level == TRO_LEVEL_BLOCK ? TRO_REFUSED : TRO_OK);
	if (!found(&w, incomplete[_i].level, incomplete[_i].rule, incomplete[_i].says)) {
		show_findings(&w);
		ck_abort_msg("no finding %s", incomplete[_i].rule);
	}
	world_done(&w);
}
END_TEST

START_TEST(evidence_is_weighed_again_by_the_code_list_of_the_day_of_submission)
{
	world w;

	begin(&w);
	write_draft(&w);
	tro_xml_node *list = entry(tro_xml_root(w.registers[3]), "name", "provenance");
	tro_xml_node *code = entry(list, "id", "comms-data");

	ck_assert_int_eq(
		tro_xml_set_text(tro_xml_first_named(code, "", "admitted"), "no", NULL), TRO_OK);
	REFUSED(&w, "R46", "AE1", APP, "submit", OFFICER, "");
	MUST(&w, APP, "exhibit.add", OFFICER,
		"<file sha256='" H64 "' size='1' media='m' name='n'/><ref>AE2</ref><title>t</title>"
		"<class>seized-device</class>");
	ck_assert_int_eq(act(&w, APP, "submit", OFFICER, ""), TRO_REFUSED);
	ck_assert(found(&w, TRO_LEVEL_WARN, "R47", "AE2"));
	world_done(&w);
}
END_TEST

static const char *const edits[][2] = {
	{"draft.set", "<grounds>Better grounds</grounds>"},
	{"person.describe", PERSON("P-3KWT", "inspector")},
	{"exhibit.add", "<file sha256='" H64 "' size='1' media='m' name='n'/><ref>AE2</ref>"
			"<title>t</title><class>witness</class>"},
	{"exhibit.remove", "<ref>AE1</ref>"},
	{"item.add", "<items><item n='1'><msisdn>+447700900109</msisdn>"
		     "<provider>northway</provider>" BARS "</item></items>"},
	{"item.remove", "<items>3</items>"},
	{"order.propose", SOUTHERN},
	{"order.drop", "<provider>southern-cross</provider>"},
};

/* Every edit of every kind makes its author one of the authors. */
START_TEST(whoever_edited_the_draft_neither_reviews_nor_approves_it)
{
	world w;

	begin(&w);
	write_draft(&w);
	MUST(&w, APP, edits[_i][0], "P-0004", "officer", "constable", edits[_i][1]);
	MUST(&w, APP, "order.propose", OFFICER, NORTHWAY);
	MUST(&w, APP, "order.propose", OFFICER, SOUTHERN);
	if (strcmp(edits[_i][0], "exhibit.remove") == 0) {
		MUST(&w, APP, "exhibit.add", OFFICER, EXHIBIT "<class>witness</class>");
	}
	MUST(&w, APP, "item.remove", OFFICER, "<items>1</items>");
	MUST(&w, APP, "item.add", OFFICER,
		"<items><item "
		"n='1'><msisdn>+447700900155</msisdn><provider>northway</provider>" BARS EVIDENCE
		"</item></items>");
	if (strcmp(edits[_i][0], "item.add") == 0) {
		MUST(&w, APP, "item.remove", OFFICER, "<items>4</items>");
	}
	MUST(&w, APP, "statement.sign", OFFICER, "");
	MUST(&w, APP, "submit", OFFICER, "");
	REFUSED(&w, "four-eyes", "P-0004", APP, "review.return", "P-0004", "legal-reviewer", "",
		"<reason>r</reason>");
	REFUSED(&w, "four-eyes", "P-0004", APP, "review.pass", "P-0004", "legal-reviewer", "", "");
	MUST(&w, APP, "review.pass", REVIEWER, "");
	REFUSED(&w, "four-eyes", "P-0004", APP, "approve", "P-0004", "authorising-officer",
		"superintendent", "<document>" H64 "</document>");
	world_done(&w);
}
END_TEST

START_TEST(whoever_took_a_rejected_draft_up_again_is_one_of_its_authors)
{
	world w;

	begin(&w);
	write_draft(&w);
	MUST(&w, APP, "submit", OFFICER, "");
	MUST(&w, APP, "review.pass", REVIEWER, "");
	MUST(&w, APP, "reject", APPLICANT, "<reason>No</reason>");
	MUST(&w, APP, "reopen", "P-0004", "officer", "constable", "");
	MUST(&w, APP, "submit", OFFICER, "");
	REFUSED(&w, "four-eyes", "P-0004", APP, "review.pass", "P-0004", "legal-reviewer", "", "");
	world_done(&w);
}
END_TEST

START_TEST(every_edit_after_approval_voids_it)
{
	world w;

	begin(&w);
	write_draft(&w);
	approve(&w);
	ck_value(&w, "count($case/approval)", "1");
	MUST(&w, APP, edits[_i][0], OFFICER, edits[_i][1]);
	ck_assert(found(&w, TRO_LEVEL_WARN, "void", "P-9M2C"));
	ck_assert(in_state(&w, APP, "drafting"));
	ck_value(&w, "count($case/approval)", "0");
	ck_value(&w, "$case/statement/signed", "");
	REFUSED(&w, "state", "Draft", APP, "file", REVIEWER, "");
	world_done(&w);
}
END_TEST

START_TEST(a_draft_can_be_withdrawn_and_a_rejected_one_taken_up_again)
{
	world w;

	begin(&w);
	write_draft(&w);
	MUST(&w, APP, "submit", OFFICER, "");
	MUST(&w, APP, "review.pass", REVIEWER, "");
	MUST(&w, APP, "approval.return", APPLICANT, "<reason>Shorter</reason>");
	MUST(&w, APP, "submit", OFFICER, "");
	MUST(&w, APP, "review.pass", REVIEWER, "");
	MUST(&w, APP, "reject", APPLICANT, "<reason>No</reason>");
	ck_value(&w, "$case/ended/@how", "rejected");
	MUST(&w, APP, "reopen", OFFICER, "");
	MUST(&w, APP, "withdraw", OFFICER, "<reason>The line has fallen silent</reason>");
	MUST(&w, APP, "close", OFFICER, "");
	ck_assert(in_state(&w, APP, "closed"));
	ck_assert(tro_chart_ended(w.matters[0].session));
	world_done(&w);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

static void add_drafting(TCase *tcase)
{
	tcase_add_loop_test(tcase, the_definitions_load_in_production_without_fault, 0, 3);
	tcase_add_loop_test(
		tcase, the_grammar_takes_the_sample_and_refuses_what_is_spoilt, 0, COUNT(spoilt));
	tcase_add_test(tcase, an_empty_draft_is_refused_for_everything_that_is_missing_at_once);
	tcase_add_test(tcase, evidence_enters_only_with_its_provenance);
	tcase_add_loop_test(
		tcase, a_row_that_is_no_item_is_refused_by_its_number, 0, COUNT(bad_items));
	tcase_add_loop_test(tcase, a_refusal_over_rows_names_every_row_at_fault_and_no_other, 0,
		COUNT(twice_bad));
	tcase_add_test(tcase, numbers_of_removed_items_are_not_used_again);
	tcase_add_test(tcase, a_proposal_keeps_to_regulation_3);
	tcase_add_test(tcase, each_provider_has_one_order_and_each_order_has_items);
	tcase_add_test(tcase, only_the_deponent_signs_and_an_edit_voids_the_signature);
	tcase_add_test(tcase, the_deponents_words_are_changed_by_nobody_else);
	tcase_add_test(tcase, a_rank_in_the_documents_that_is_not_the_actors_own_is_doubted);
	tcase_add_test(tcase, a_reviewer_returns_with_a_reason_and_passes_what_was_amended);
	tcase_add_test(tcase, the_applicant_alone_approves_exactly_what_was_shown);
	tcase_add_loop_test(tcase, what_is_odd_in_a_draft_is_said, 0, COUNT(drafting));
	tcase_add_test(tcase, a_case_names_a_court_and_a_force_of_the_registers);
	tcase_add_test(tcase, a_provider_in_no_part_of_the_kingdom_has_no_calendar);
	tcase_add_test(tcase, there_must_be_a_statement_before_it_is_signed);
	tcase_add_loop_test(
		tcase, what_is_incomplete_is_said_when_it_is_submitted, 0, COUNT(incomplete));
	tcase_add_test(tcase, evidence_is_weighed_again_by_the_code_list_of_the_day_of_submission);
	tcase_add_loop_test(tcase, every_edit_after_approval_voids_it, 0, COUNT(edits));
	tcase_add_loop_test(
		tcase, whoever_edited_the_draft_neither_reviews_nor_approves_it, 0, COUNT(edits));
	tcase_add_test(tcase, whoever_took_a_rejected_draft_up_again_is_one_of_its_authors);
	tcase_add_test(tcase, a_draft_can_be_withdrawn_and_a_rejected_one_taken_up_again);
}

int main(void)
{
	Suite *suite = suite_create("ddtro");
	TCase *tcase = tcase_create("ddtro");

	tcase_set_timeout(tcase, 120);
	add_drafting(tcase);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
