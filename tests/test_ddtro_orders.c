/*
 * The production definitions of drug dealing orders in England and Wales, played against the real
 * chart library: from the court's decision to the end of the case.
 */
#include "ddtro_story.h"
#include "suite.h"

START_TEST(filing_makes_the_bundle_and_opens_one_order_for_each_provider)
{
	world w;

	go_to_court(&w);
	ck_value(&w, "$_x/filings/filing[last()]/@name", "court-bundle");
	ck_value(&w, "$_x/filings/filing[last()]/@recipient", "exampletown");
	ck_assert_uint_eq(w.matter_count, 3);
	ck_assert(in_state(&w, "order.2", "applied"));
	MUST(&w, APP, "hearing.record", REVIEWER,
		"<occurred>2026-11-11T10:00:00.000000Z</occurred><private>no</private>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "R12", "private"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "R10", "absence"));
	MUST(&w, APP, "hearing.record", REVIEWER,
		"<occurred>2026-11-11T12:00:01.000000Z</occurred><private>yes</private>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "occurred", "future"));
	MUST(&w, APP, "hearing.record", REVIEWER,
		"<occurred>2026-10-11T12:00:00.000000Z</occurred><private>yes</private>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "occurred", "before the application was filed"));
	REFUSED(&w, "R10", "before the order is made", "order.1", "release", REVIEWER, "");
	REFUSED(&w, "R10", "before the order is made", "order.1", "affected.step", OFFICER,
		"<to>t</to><taken>t</taken>");
	ck_value(&w, "count($_x/filings/filing[@name = 'provider-pack'])", "0");
	world_done(&w);
}
END_TEST

START_TEST(an_order_is_recorded_as_the_court_made_it_with_what_it_changed)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER,
		"<date>2026-11-11</date><comply-date>2026-11-13</comply-date>"
		"<comply-time>16:00</comply-time><carve-out>no</carve-out><left-out>3</left-out>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "R17", "court agreed"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "R18", "lacks the clause"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "carve-out", ""));
	ck_assert(found(&w, TRO_LEVEL_WARN, "changed-time", "'2026-11-13 16:00'"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "changed-until", "'2027-05-11'"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "changed-carve-out", "asked for was 'yes'"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "changed-items", "item 3"));
	ck_assert(found(&w, TRO_LEVEL_TASK, "R23", "serve"));
	ck_assert(found(&w, TRO_LEVEL_TASK, "R24", "affected"));
	ck_value(&w, "$case/orders/order[1]/comply-by", "2026-11-13T16:00:00.000000Z");
	ck_value(&w, "count($case/orders/order[1]/ordered/item)", "1");
	ck_assert(in_state(&w, "order.1/item.1", "ordered"));
	ck_assert_uint_eq(w.matter_count, 4);
	/* corrected: item 3 is in it after all, and item 1 is not */
	MUST(&w, "order.1", "order.made", REVIEWER, MADE "<left-out>1</left-out>" SEALED);
	ck_assert(in_state(&w, "order.1/item.1", "left-out"));
	ck_assert(in_state(&w, "order.1/item.3", "ordered"));
	MUST(&w, "order.1", "order.made", REVIEWER, MADE SEALED);
	ck_assert(in_state(&w, "order.1/item.1", "ordered"));
	ck_value(&w, "count($case/orders/order[1]/made)", "1");
	/* an item that was left out is over with the order, too */
	MUST(&w, "order.1", "order.made", REVIEWER, MADE "<left-out>1</left-out>" SEALED);
	MUST(&w, "order.1", "order.discharged", REVIEWER, "<date>2026-11-11</date>");
	ck_assert(in_state(&w, "order.1/item.1", "lapsed"));
	ck_assert(in_state(&w, "order.1/item.3", "lapsed"));
	world_done(&w);
}
END_TEST

START_TEST(whoever_recorded_a_variation_does_not_read_the_varied_order_back)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER, MADE "<privacy>granted</privacy>" SEALED);
	MUST(&w, "order.1", "order.varied", "P-5TQX", "legal-reviewer", "",
		"<date>2026-11-11</date><terms>t</terms>" SEALED);
	REFUSED(&w, "four-eyes", "P-5TQX", "order.1", "read-back", READER, READ_ITEMS READ_TERMS);
	MUST(&w, "order.1", "read-back", "P-3KWT", "second-reader", "", READ_ITEMS READ_TERMS);
	MUST(&w, "order.1", "release", REVIEWER, "");
	world_done(&w);
}
END_TEST

START_TEST(an_order_without_a_time_runs_to_the_fifth_working_day_of_the_providers_division)
{
	world w;

	go_to_court(&w);
	set_time(&w, "2026-11-27T12:00:00Z");
	MUST(&w, "order.1", "order.made", REVIEWER, "<date>2026-11-27</date>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "R15", "fifth working day"));
	MUST(&w, "order.2", "order.made", REVIEWER, "<date>2026-11-27</date>");
	ck_value(&w, "$case/orders/order[1]/comply-by", "2026-12-05T00:00:00.000000Z");
	ck_value(&w, "$case/orders/order[2]/comply-by", "2026-12-08T00:00:00.000000Z");
	ck_value(&w, "$case/orders/order[2]/calendar", "uk 2026-11-01");
	wait_until(&w, "2026-12-07T23:59:59Z");
	ck_assert(in_state(&w, "order.1", "overdue"));
	ck_assert(in_state(&w, "order.2", "due"));
	MUST(&w, "order.2", "order.made", REVIEWER,
		"<date>2026-11-27</date><comply-date>2026-12-07</comply-date>"
		"<comply-time>23:59</comply-time>");
	ck_assert(!found(&w, TRO_LEVEL_WARN, "R17", ""));
	world_done(&w);
}
END_TEST

START_TEST(a_read_back_that_differs_is_refused_and_names_the_difference)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER, MADE "<privacy>granted</privacy>" SEALED);
	REFUSED(&w, "read-back", "second person", "order.1", "release", REVIEWER, "");
	REFUSED(&w, "four-eyes", "P-7HJQ", "order.1", "read-back", "P-7HJQ", "second-reader", "",
		READ_ITEMS READ_TERMS);
	REFUSED(&w, "read-back", "time to comply by: read was '16:00', recorded is '15:00'",
		"order.1", "read-back", READER,
		READ_ITEMS "<date>2026-11-11</date><comply-date>2026-11-13</comply-date>"
			   "<comply-time>16:00</comply-time><until>2027-05-11</until>"
			   "<court-reference>K1</court-reference>");
	REFUSED(&w, "read-back", "row 2: +447700900108", "order.1", "read-back", READER,
		"<items><item n='1'><msisdn>+447700900108</msisdn>" BARS "</item>"
		"<item n='2'><msisdn>+447700900101</msisdn><imei>004999010640000</imei>" BARS
		"</item></items>" READ_TERMS);
	ck_assert(found(&w, TRO_LEVEL_BLOCK, "read-back", "item 3: +447700900103 was not read"));
	REFUSED(&w, "read-back",
		"row 3 (+447700900101 004999010640000): the actions read, 'bar-calls'", "order.1",
		"read-back", READER,
		"<items><item n='1'><msisdn>+447700900103</msisdn>" BARS "</item>"
		"<item n='2'><msisdn>+447700900101</msisdn><imei>004999010640000</imei>"
		"<actions>bar-calls</actions></item></items>" READ_TERMS);
	REFUSED(&w, "read-back", "number of items: read were 1, recorded are 2", "order.1",
		"read-back", READER,
		"<items><item n='1'><msisdn>+447700900103</msisdn>" BARS
		"</item></items>" READ_TERMS);
	/* the same row twice hides the other item */
	REFUSED(&w, "read-back", "item 1: +447700900101", "order.1", "read-back", READER,
		"<items><item n='1'><msisdn>+447700900103</msisdn>" BARS "</item>"
		"<item n='2'><msisdn>+447700900103</msisdn>" BARS "</item></items>" READ_TERMS);
	/* the IMEI of one item read at the other */
	REFUSED(&w, "read-back", "is no item", "order.1", "read-back", READER,
		"<items><item n='1'><msisdn>+447700900103</msisdn><imei>004999010640000</imei>" BARS
		"</item><item n='2'><msisdn>+447700900101</msisdn>" BARS
		"</item></items>" READ_TERMS);
	ck_assert(in_state(&w, "order.1", "unread"));
	MUST(&w, "order.1", "read-back", READER, READ_ITEMS READ_TERMS);
	ck_assert(in_state(&w, "order.1", "read"));
	world_done(&w);
}
END_TEST

START_TEST(nothing_is_released_while_disclosure_is_undecided_or_without_the_sealed_order)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER, MADE);
	MUST(&w, "order.1", "read-back", READER, READ_ITEMS READ_TERMS);
	REFUSED(&w, "R29", "undecided", "order.1", "release", REVIEWER, "");
	ck_assert(found(&w, TRO_LEVEL_BLOCK, "sealed", ""));
	MUST(&w, "order.1", "order.made", REVIEWER, MADE SEALED);
	ck_assert(in_state(&w, "order.1", "unread"));
	MUST(&w, "order.1", "read-back", READER, READ_ITEMS READ_TERMS);
	MUST(&w, "order.1", "privacy.decided", REVIEWER, "<outcome>pending</outcome>");
	REFUSED(&w, "R29", "undecided", "order.1", "release", REVIEWER, "");
	MUST(&w, "order.1", "privacy.decided", REVIEWER, "<outcome>refused</outcome>");
	ck_assert(found(&w, TRO_LEVEL_TASK, "R30", "withdraw"));
	MUST(&w, "order.1", "release", REVIEWER, "");
	ck_value(&w, "$_x/filings/filing[last()]/@recipient", "northway");
	REFUSED(&w, "released", "", "order.1", "release", REVIEWER, "");
	REFUSED(&w, "condition", "variation", "order.1", "order.made", REVIEWER, MADE);
	world_done(&w);
}
END_TEST

#define AT(time) "<occurred>" time ".000000Z</occurred>"

START_TEST(service_compliance_and_notices_are_recorded_whatever_their_sequence)
{
	world w;

	release(&w);
	ck_assert(in_state(&w, "order.1", "to-serve"));
	MUST(&w, "order.1", "served", OFFICER,
		AT("2026-11-11T11:00:00") "<method>email</method><to>desk</to>");
	ck_assert(in_state(&w, "order.1", "paper-served"));
	wait_until(&w, "2026-11-13T14:59:59Z");
	ck_assert(in_state(&w, "order.1", "due"));
	wait_until(&w, "2026-11-13T15:00:00Z");
	ck_assert(in_state(&w, "order.1", "overdue"));
	ck_assert(found(&w, TRO_LEVEL_TASK, "R25", "Northway Mobile had to comply"));
	MUST(&w, "order.1", "chased", OFFICER, AT("2026-11-13T15:00:00") "<to>desk</to>");
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-13T15:30:00"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "late", "13 November 2026 at 15:00"));
	ck_assert(found(&w, TRO_LEVEL_TASK, "R25", "Ofcom"));
	ck_assert(in_state(&w, "order.1", "compliance-done"));
	ck_assert(in_state(&w, "order.1/item.1", "restricted"));
	MUST(&w, "order.1", "ofcom-notified", OFFICER, AT("2026-11-13T15:45:00"));
	MUST(&w, "order.1", "affected.step", OFFICER, "<to>Subscriber</to><taken>Letter</taken>");
	MUST(&w, "order.1", "affected.done", OFFICER, "<note>Nobody else is known</note>");
	ck_assert(in_state(&w, "order.1", "ofcom-done"));
	ck_assert(in_state(&w, "order.1", "affected-closed"));
	MUST(&w, "order.1", "served", OFFICER,
		AT("2026-11-11T11:00:00") "<method>hand</method><to>Registered office</to>");
	ck_assert(in_state(&w, "order.1", "compliance-done"));
	ck_assert(in_state(&w, "order.1", "paper-served"));
	/* the other order: the provider complies before anything was served */
	MUST(&w, "order.2", "order.made", REVIEWER, "<date>2026-11-11</date>");
	MUST(&w, "order.2", "complied", OFFICER, AT("2026-11-12T10:00:00"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "served", ""));
	MUST(&w, "order.2", "served", OFFICER,
		AT("2026-11-12T09:00:00") "<method>hand</method><to>desk</to>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "release", ""));
	ck_assert(in_state(&w, "order.2", "unread"));
	world_done(&w);
}
END_TEST

#define AGREED "<applicant>A. Example</applicant><provider>B. Example</provider>"

START_TEST(applicant_and_provider_can_agree_an_earlier_time_but_no_later_one)
{
	world w;

	release(&w);
	REFUSED(&w, "R19", "earlier", "order.1", "agree-earlier", OFFICER,
		"<date>2026-11-13</date><time>15:00</time>" AGREED);
	REFUSED(&w, "R19", "both", "order.1", "agree-earlier", OFFICER,
		"<date>2026-11-12</date><time>09:00</time><applicant>A</applicant>");
	MUST(&w, "order.1", "agree-earlier", OFFICER,
		"<date>2026-11-12</date><time>09:00</time>" AGREED);
	ck_value(&w, "$case/orders/order[1]/comply-by", "2026-11-12T09:00:00.000000Z");
	wait_until(&w, "2026-11-12T09:00:00Z");
	ck_assert(in_state(&w, "order.1", "overdue"));
	/* the court gives more time */
	MUST(&w, "order.1", "order.varied", REVIEWER,
		"<date>2026-11-12</date><comply-date>2026-11-20</comply-date>"
		"<comply-time>12:00</comply-time><until>2026-12-31</until>");
	ck_assert(in_state(&w, "order.1", "due"));
	ck_value(&w, "$case/orders/order[1]/ends", "2027-01-01T00:00:00.000000Z");
	wait_until(&w, "2027-01-01T00:00:00Z");
	ck_assert(in_state(&w, "order.1", "expired"));
	world_done(&w);
}
END_TEST

START_TEST(an_innocent_item_is_freed_by_notice_only_if_the_order_says_so)
{
	world w;

	release(&w);
	REFUSED(&w, "item", "not an item of this order", "order.1", "item.exclude", OFFICER,
		"<item>2</item><reason>r</reason>");
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-11T11:30:00"));
	MUST(&w, "order.1", "item.exclude", OFFICER, "<item>3</item><reason>A relative's</reason>");
	ck_assert(found(&w, TRO_LEVEL_TASK, "R27", "in writing"));
	ck_value(&w, "$_x/filings/filing[last()]/@name", "carve-out-notice");
	ck_assert(in_state(&w, "order.1/item.3", "excluded"));
	ck_assert(in_state(&w, "order.1/item.1", "restricted"));
	REFUSED(&w, "item", "before", "order.1", "item.exclude", OFFICER,
		"<item>3</item><reason>r</reason>");
	MUST(&w, "order.1", "item.told", OFFICER,
		"<item>3</item>" AT("2026-11-11T11:40:00") "<method>email</method><to>desk</to>");
	MUST(&w, "order.1/item.3", "item.restored", OFFICER, AT("2026-11-11T11:50:00"));
	ck_assert(in_state(&w, "order.1/item.3", "restored"));
	ck_value(&w, "count($case/orders/order[1]/restorations/restored[@item = 3])", "1");
	/* order 2 has no such clause */
	MUST(&w, "order.2", "order.made", REVIEWER, "<date>2026-11-11</date>");
	REFUSED(&w, "R26", "vary", "order.2", "item.exclude", OFFICER,
		"<item>2</item><reason>r</reason>");
	world_done(&w);
}
END_TEST

START_TEST(a_case_closes_when_every_order_has_ended)
{
	world w;

	release(&w);
	REFUSED(&w, "orders", "northway", APP, "close", OFFICER, "");
	MUST(&w, "order.2", "order.refused", REVIEWER, "<date>2026-11-11</date><reason>r</reason>");
	wait_until(&w, "2027-04-13T23:00:00Z");
	ck_assert(found(&w, TRO_LEVEL_TASK, "R41", "2027-05-11"));
	wait_until(&w, "2027-05-11T23:00:00Z");
	ck_assert(in_state(&w, "order.1", "expired"));
	ck_assert(in_state(&w, "order.1/item.1", "lapsed"));
	ck_value(&w, "$case/orders/order[1]/ended/@time", "2027-05-11T23:00:00.000000Z");
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-13T14:00:00"));
	MUST(&w, APP, "close", OFFICER, "");
	ck_assert(in_state(&w, APP, "closed"));
	ck_assert(tro_chart_ended(w.matters[0].session));
	for (size_t i = 1; i < w.matter_count; i++) {
		ck_assert(in_state(&w, w.matters[i].id, "closed"));
	}
	world_done(&w);
}
END_TEST

START_TEST(a_withdrawal_leaves_made_orders_in_force_until_they_are_discharged)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER, MADE "<privacy>refused</privacy>");
	ck_assert(found(&w, TRO_LEVEL_TASK, "R30", "withdraw"));
	MUST(&w, APP, "withdraw", REVIEWER, "<reason>Disclosure was not restricted</reason>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "in-force", "northway"));
	ck_assert(found(&w, TRO_LEVEL_TASK, "R30", "return"));
	ck_assert(in_state(&w, "order.2", "not-pursued"));
	ck_assert(in_state(&w, "order.1", "in-force"));
	MUST(&w, APP, "documents.returned", REVIEWER, "<what>All forms and exhibits</what>");
	REFUSED(&w, "orders", "northway", APP, "close", OFFICER, "");
	MUST(&w, "order.1", "order.discharged", REVIEWER, "<date>2026-11-11</date>");
	MUST(&w, APP, "close", OFFICER, "");
	ck_assert(in_state(&w, "order.1/item.1", "closed"));
	world_done(&w);
}
END_TEST

/* Terms that differ from those recorded in one place. */
static const struct {
	const char *terms, *says;
} misread[] = {
	{"<date>2026-11-10</date><comply-date>2026-11-13</comply-date>"
	 "<comply-time>15:00</comply-time><until>2027-05-11</until>"
	 "<court-reference>K1</court-reference>",
		"the date of the order: read was '2026-11-10'"},
	{"<date>2026-11-11</date><comply-date>2026-11-12</comply-date>"
	 "<comply-time>15:00</comply-time><until>2027-05-11</until>"
	 "<court-reference>K1</court-reference>",
		"the date to comply by: read was '2026-11-12'"},
	{"<date>2026-11-11</date><comply-date>2026-11-13</comply-date>"
	 "<comply-time>15:00</comply-time><court-reference>K1</court-reference>",
		"the last day: read was ''"},
	{"<date>2026-11-11</date><comply-date>2026-11-13</comply-date>"
	 "<comply-time>15:00</comply-time><until>2027-05-11</until>"
	 "<court-reference>K2</court-reference>",
		"the court's reference: read was 'K2'"},
};

START_TEST(each_term_is_read_back)
{
	char params[2000];
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER, MADE);
	(void)snprintf(params, sizeof(params), "%s%s", READ_ITEMS, misread[_i].terms);
	REFUSED(&w, "read-back", misread[_i].says, "order.1", "read-back", READER, params);
	ck_assert_uint_eq(tro_findings_count(w.findings), 1);
	world_done(&w);
}
END_TEST

/* Two items known by one kind of identifier alone. */
static const char *const pairs[][2] = {
	{"<imei>004999010640018</imei>", "<imei>004999010640026</imei>"},
	{"<iccid>8944000000000000001</iccid>", "<iccid>8944000000000000019</iccid>"},
	{"<imsi>001010000000001</imsi>", "<imsi>001010000000002</imsi>"},
	{"<device-type>imeisv</device-type><device>0049990106400001</device>",
		"<device-type>imeisv</device-type><device>0049990106400002</device>"},
	/* what the item read twice has covers all that the other is known by */
	{"<msisdn>+447700900109</msisdn><imei>004999010640018</imei>",
		"<imei>004999010640018</imei>"},
};

START_TEST(an_item_read_twice_does_not_stand_for_another)
{
	char params[2000];
	const char *does = strstr(pairs[_i][1], "imei") != NULL ? "imei-block" : "bar-calls";
	world w;

	begin(&w);
	write_draft(&w);
	MUST(&w, APP, "item.remove", OFFICER, "<items>1 3</items>");
	(void)snprintf(params, sizeof(params),
		"<items><item n='1'>%s<provider>northway</provider><actions>%s</actions>%s"
		"</item><item n='2'>%s<provider>northway</provider><actions>%s</actions>%s"
		"</item></items>",
		pairs[_i][0], does, EVIDENCE, pairs[_i][1], does, EVIDENCE);
	MUST(&w, APP, "item.add", OFFICER, params);
	MUST(&w, APP, "statement.sign", OFFICER, "");
	approve(&w);
	MUST(&w, APP, "file", REVIEWER, "");
	set_time(&w, "2026-11-11T12:00:00Z");
	MUST(&w, "order.1", "order.made", REVIEWER, MADE);
	(void)snprintf(params, sizeof(params),
		"<items><item n='1'>%s<actions>%s</actions></item>"
		"<item n='2'>%s<actions>%s</actions></item></items>" READ_TERMS,
		pairs[_i][0], does, pairs[_i][0], does);
	REFUSED(&w, "read-back", "item 5: ", "order.1", "read-back", READER, params);
	ck_assert(found(&w, TRO_LEVEL_BLOCK, "read-back", "row 3: "));
	ck_assert_uint_eq(tro_findings_count(w.findings), 2);
	(void)snprintf(params, sizeof(params),
		"<items><item n='1'>%s<actions>%s</actions></item>"
		"<item n='2'>%s<actions> %s </actions></item></items>" READ_TERMS,
		pairs[_i][1], does, pairs[_i][0], does);
	MUST(&w, "order.1", "read-back", READER, params);
	world_done(&w);
}
END_TEST

/* What the record of a made order says of it. */
static const struct {
	const char *params, *rule, *says;
	tro_level level;
} odd_orders[] = {
	{"<date>2026-11-12</date>", "date", "in the future", TRO_LEVEL_WARN},
	{"<date>2026-11-11</date>", "sealed", "sealed copy", TRO_LEVEL_TASK},
	{"<date>2026-11-11</date>", "read-back", "second person", TRO_LEVEL_TASK},
	{"<date>2026-11-11</date><left-out>2</left-out>", "left-out", "'2'", TRO_LEVEL_WARN},
	{"<date>2026-11-11</date><costs>250.00</costs>", "changed-costs", "'250.00'",
		TRO_LEVEL_WARN},
	{"<date>2026-11-11</date><left-out>abc 1 5 5</left-out>", "left-out", "'abc 1 5 5'",
		TRO_LEVEL_WARN},
	{"<date>2031-01-06</date>", "R57", "no time limit was computed", TRO_LEVEL_WARN},
	{"<date>2018-12-27</date>", "R57", "no time limit was computed", TRO_LEVEL_WARN},
	{"<date>2018-12-27</date>", "date", "before the application was filed on 2026-11-02",
		TRO_LEVEL_WARN},
	{"<date>2026-11-11</date><comply-date>2027-03-28</comply-date>"
	 "<comply-time>01:30</comply-time>",
		"clock", "skip 01:30 on 2027-03-28", TRO_LEVEL_WARN},
	{"<date>2026-11-11</date><comply-date>2026-11-10</comply-date>"
	 "<comply-time>12:00</comply-time>",
		"R15", "before its own date", TRO_LEVEL_WARN},
	{"<date>2026-11-11</date><comply-date>2026-11-20</comply-date>"
	 "<comply-time>12:00</comply-time><until>2026-11-19</until>",
		"R40", "before the day by which", TRO_LEVEL_WARN},
	{"<date>2026-11-11</date><comply-date>2026-11-18</comply-date>"
	 "<comply-time>09:00</comply-time>",
		"R17", "end of the fifth working day", TRO_LEVEL_WARN},
	{"<date>2026-11-11</date><until>9999-12-31</until>", "R40",
		"no end can be counted to the last day 9999-12-31", TRO_LEVEL_WARN},
	{"<date>9999-12-31</date><until>9999-12-31</until>", "date", "in the future",
		TRO_LEVEL_WARN},
	{"<date>2026-11-11</date><until>0001-01-01</until>", "R40", "before the order's own date",
		TRO_LEVEL_WARN},
	{"<date>0001-01-01</date><until>0001-01-01</until>", "R40", "0001-01-01 is over",
		TRO_LEVEL_WARN},
	{"<date>2026-11-11</date><comply-date>9999-12-31</comply-date>", "R15",
		"no time limit can be counted to the end of 9999-12-31", TRO_LEVEL_WARN},
};

START_TEST(an_odd_order_is_recorded_with_what_is_odd)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER, odd_orders[_i].params);
	ck_assert(found(&w, odd_orders[_i].level, odd_orders[_i].rule, odd_orders[_i].says));
	world_done(&w);
}
END_TEST

/* The end of the fifth working day, said in each way. */
static const char *const ends_of_day[] = {
	"<comply-date>2026-11-18</comply-date>",
	"<comply-date>2026-11-18</comply-date><comply-time>23:59</comply-time>",
	"<comply-date>2026-11-19</comply-date><comply-time>00:00</comply-time>",
	"",
};

START_TEST(the_end_of_the_fifth_working_day_needs_no_agreement_of_the_court)
{
	char params[200];
	world w;

	go_to_court(&w);
	(void)snprintf(params, sizeof(params), "<date>2026-11-11</date>%s", ends_of_day[_i]);
	MUST(&w, "order.1", "order.made", REVIEWER, params);
	ck_assert(!found(&w, TRO_LEVEL_WARN, "R17", ""));
	ck_value(&w, "string($case/orders/order[1]/last-day)",
		strstr(params, "comply-time") == NULL ? "2026-11-18" : "");
	world_done(&w);
}
END_TEST

/* Order 2 was asked for without a time, order 1 with one. */
START_TEST(whoever_asked_for_no_time_and_got_the_default_got_what_was_asked_for)
{
	char params[200];
	world w;

	go_to_court(&w);
	(void)snprintf(params, sizeof(params), "<date>2026-11-11</date>%s", ends_of_day[_i]);
	MUST(&w, "order.2", "order.made", REVIEWER, params);
	ck_assert(!found(&w, TRO_LEVEL_WARN, "changed-time", ""));
	MUST(&w, "order.1", "order.made", REVIEWER, params);
	ck_assert(found(&w, TRO_LEVEL_WARN, "changed-time", "asked for was '2026-11-13 15:00'"));
	MUST(&w, "order.2", "order.made", REVIEWER,
		"<date>2026-11-11</date><comply-date>2026-11-18</comply-date>"
		"<comply-time>23:58</comply-time>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "changed-time", "ordered is '2026-11-18 23:58'"));
	world_done(&w);
}
END_TEST

START_TEST(an_order_to_the_last_day_of_the_calendar_has_no_end)
{
	world w;

	release(&w);
	wait_until(&w, "2027-05-11T23:00:00Z");
	ck_assert(in_state(&w, "order.1", "expired"));
	MUST(&w, "order.1", "order.varied", REVIEWER,
		"<date>2027-05-11</date><until>9999-12-31</until>" SEALED);
	ck_assert(found(&w, TRO_LEVEL_WARN, "R40", "no end can be counted to the new last day"));
	ck_assert(in_state(&w, "order.1", "in-force"));
	ck_value(&w, "$case/orders/order[1]/ends", "");
	ck_value(&w, "$case/orders/order[1]/terms/until", "9999-12-31");
	wait_until(&w, "2040-01-01T00:00:00Z");
	ck_assert(in_state(&w, "order.1", "in-force"));
	MUST(&w, "order.1", "order.discharged", REVIEWER, "<date>2039-12-31</date>");
	ck_assert(in_state(&w, "order.1", "discharged"));
	world_done(&w);
}
END_TEST

START_TEST(an_order_against_a_provider_without_a_calendar_is_recorded_without_a_deadline)
{
	world w;

	go_to_court(&w);
	set(tro_xml_first(tro_xml_root(w.registers[0])), "division", "");
	MUST(&w, "order.1", "order.made", REVIEWER,
		"<date>2026-11-11</date><court-reference>K1</court-reference>" SEALED);
	ck_assert(found(&w, TRO_LEVEL_WARN, "R22", "no time limit"));
	ck_value(&w, "$case/orders/order[1]/comply-by", "");
	MUST(&w, "order.1", "read-back", READER,
		READ_ITEMS "<date>2026-11-11</date><court-reference>K1</court-reference>");
	REFUSED(&w, "R15", "not known by when", "order.1", "release", REVIEWER, "");
	MUST(&w, "order.1", "order.varied", REVIEWER,
		"<date>2026-11-11</date><comply-date>2026-11-20</comply-date>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "R15", "one of them"));
	ck_assert(found(&w, TRO_LEVEL_TASK, "read-back", "as varied"));
	ck_value(&w, "$case/orders/order[1]/comply-by", "2026-11-21T00:00:00.000000Z");
	world_done(&w);
}
END_TEST

START_TEST(only_a_whole_order_under_seal_is_released)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER,
		"<date>2026-11-11</date><left-out>1 3</left-out>"
		"<sealed sha256='" H64 "' size='9' media='image/png' name='sealed.png'/>");
	ck_assert_int_eq(act(&w, "order.1", "release", REVIEWER, ""), TRO_REFUSED);
	ck_assert(found(&w, TRO_LEVEL_BLOCK, "sealed", "image/png"));
	ck_assert(found(&w, TRO_LEVEL_BLOCK, "reference", "not recorded"));
	ck_assert(found(&w, TRO_LEVEL_BLOCK, "R5", "no item"));
	REFUSED(&w, "R29", "undecided", "order.1", "affected.step", OFFICER,
		"<to>t</to><taken>t</taken>");
	world_done(&w);
}
END_TEST

START_TEST(what_comes_after_the_end_is_recorded_and_nothing_is_released)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER, MADE SEALED);
	REFUSED(&w, "released", "not been given", "order.1", "item.exclude", OFFICER,
		"<item>3</item><reason>r</reason>");
	MUST(&w, "order.1", "order.discharged", REVIEWER, "<date>2026-11-11</date>");
	REFUSED(&w, "ended", "", "order.1", "release", REVIEWER, "");
	MUST(&w, "order.1", "order.varied", REVIEWER, "<date>2026-11-11</date><terms>t</terms>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "R41", "2026-11-11"));
	MUST(&w, "order.1", "served", OFFICER,
		AT("2026-11-11T12:00:01") "<method>post</method><to>desk</to>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "occurred", "future"));
	MUST(&w, "order.2", "order.refused", REVIEWER, "<date>2026-11-11</date>");
	ck_assert(found(&w, TRO_LEVEL_TASK, "R30", "appeal"));
	world_done(&w);
}
END_TEST

START_TEST(notices_of_an_exclusion_name_an_item_that_was_excluded)
{
	world w;

	release(&w);
	MUST(&w, "order.1", "item.exclude", OFFICER, "<item>3</item><reason>r</reason>");
	ck_assert(!found(&w, TRO_LEVEL_TASK, "R27", ""));
	REFUSED(&w, "item", "item 1 was not excluded", "order.1", "item.told", OFFICER,
		"<item>1</item>" AT("2026-11-11T11:40:00") "<method>email</method><to>desk</to>");
	MUST(&w, "order.1/item.3", "item.restored", OFFICER, AT("2026-11-11T12:00:01"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "occurred", "future"));
	world_done(&w);
}
END_TEST

START_TEST(an_agreement_under_an_order_without_the_clause_is_doubted)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.2", "order.made", REVIEWER, "<date>2026-11-11</date>");
	MUST(&w, "order.2", "agree-earlier", OFFICER,
		"<date>2026-11-12</date><time>09:00</time>" AGREED);
	ck_assert(found(&w, TRO_LEVEL_WARN, "R18", "binds nobody"));
	world_done(&w);
}
END_TEST

/* ==== what a court did is recorded, whatever came before ==== */

START_TEST(an_order_that_was_refused_is_recorded_when_an_appeal_makes_it)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.refused", REVIEWER, "<date>2026-11-11</date>");
	ck_assert(in_state(&w, "order.1", "refused"));
	set_time(&w, "2026-11-19T12:00:00Z");
	MUST(&w, "order.1", "order.refused", REVIEWER, "<date>2026-11-18</date><reason>r</reason>");
	ck_value(&w, "count($case/orders/order[1]/refused)", "1");
	MUST(&w, "order.1", "order.made", REVIEWER,
		"<date>2026-11-19</date><court-reference>K1</court-reference>" SEALED);
	ck_assert(found(&w, TRO_LEVEL_WARN, "R8", "refused, 2026-11-19"));
	ck_assert(in_state(&w, "order.1", "in-force"));
	ck_assert(in_state(&w, "order.1/item.1", "ordered"));
	ck_value(&w, "count($case/orders/order[1]/ended)", "0");
	REFUSED(&w, "condition", "in force", "order.1", "order.refused", REVIEWER,
		"<date>2026-11-19</date>");
	world_done(&w);
}
END_TEST

START_TEST(an_order_of_a_withdrawn_application_is_recorded_when_it_is_made_all_the_same)
{
	world w;

	go_to_court(&w);
	MUST(&w, APP, "withdraw", REVIEWER, "<reason>r</reason>");
	MUST(&w, "order.1", "order.made", REVIEWER, MADE "<privacy>granted</privacy>" SEALED);
	ck_assert(found(&w, TRO_LEVEL_WARN, "R8", "withdrawn"));
	MUST(&w, "order.1", "read-back", READER, READ_ITEMS READ_TERMS);
	MUST(&w, "order.1", "release", REVIEWER, "");
	world_done(&w);
}
END_TEST

START_TEST(the_court_can_act_on_an_order_that_has_ended_and_in_a_case_that_is_closed)
{
	world w;

	release(&w);
	MUST(&w, "order.2", "order.refused", REVIEWER, "<date>2026-11-11</date>");
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-11T11:30:00"));
	wait_until(&w, "2027-05-11T23:00:00Z");
	ck_assert(in_state(&w, "order.1", "expired"));
	MUST(&w, "order.1", "order.discharged", REVIEWER, "<date>2027-05-11</date>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "ended", "expired, 2027-05-11"));
	ck_assert(in_state(&w, "order.1", "discharged"));
	MUST(&w, APP, "close", OFFICER, "");
	ck_assert(in_state(&w, "order.1", "closed"));
	MUST(&w, "order.1", "order.discharged", REVIEWER, "<date>2027-05-12</date>");
	/* another order, on appeal: nothing of the first one counts for it */
	MUST(&w, "order.1", "order.made", REVIEWER,
		"<date>2027-05-12</date><court-reference>K9</court-reference>"
		"<privacy>granted</privacy>" SEALED);
	ck_assert(in_state(&w, "order.1", "unread"));
	ck_assert(in_state(&w, "order.1", "due"));
	ck_assert(in_state(&w, "order.1/item.1", "ordered"));
	ck_value(&w, "count($case/orders/order[1]/*[self::released or self::complied])", "0");
	world_done(&w);
}
END_TEST

START_TEST(a_slip_in_the_last_day_is_corrected)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER,
		"<date>2026-11-11</date><until>2025-12-31</until>" SEALED);
	ck_assert(found(&w, TRO_LEVEL_WARN, "R40", "before the order's own date"));
	ck_assert(in_state(&w, "order.1", "in-force"));
	ck_value(&w, "count($case/orders/order[1]/ends)", "0");
	set_time(&w, "2026-11-20T12:00:00Z");
	MUST(&w, "order.1", "order.made", REVIEWER,
		"<date>2026-11-11</date><until>2026-11-12</until>" SEALED);
	ck_assert(found(&w, TRO_LEVEL_WARN, "R40", "is over"));
	ck_assert(in_state(&w, "order.1", "expired"));
	MUST(&w, "order.1", "order.made", REVIEWER, MADE SEALED);
	ck_assert(in_state(&w, "order.1", "in-force"));
	ck_assert(in_state(&w, "order.1/item.1", "ordered"));
	world_done(&w);
}
END_TEST

START_TEST(an_extension_of_an_order_that_expired_is_recorded_and_doubted)
{
	world w;

	release(&w);
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-11T11:30:00"));
	MUST(&w, "order.1", "served", OFFICER,
		AT("2026-11-11T11:00:00") "<method>hand</method><to>desk</to>");
	wait_until(&w, "2027-05-11T23:00:00Z");
	ck_assert(in_state(&w, "order.1/item.1", "lapsed"));
	MUST(&w, "order.1", "order.varied", REVIEWER,
		"<date>2027-05-11</date><until>2027-06-30</until>" SEALED);
	/* the day on which it ended, not the one after it */
	ck_assert(found(&w, TRO_LEVEL_WARN, "R41", "had ended on 2027-05-11"));
	ck_assert(in_state(&w, "order.1", "in-force"));
	ck_assert(in_state(&w, "order.1", "paper-served"));
	ck_assert(in_state(&w, "order.1", "compliance-done"));
	ck_assert(in_state(&w, "order.1/item.1", "restricted"));
	wait_until(&w, "2027-06-30T23:00:00Z");
	ck_assert(in_state(&w, "order.1", "expired"));
	world_done(&w);
}
END_TEST

START_TEST(a_variation_before_release_is_read_back_before_anything_is_released)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER, MADE "<privacy>granted</privacy>" SEALED);
	MUST(&w, "order.1", "read-back", READER, READ_ITEMS READ_TERMS);
	MUST(&w, "order.1", "order.varied", REVIEWER,
		"<date>2026-11-11</date><comply-date>2026-11-20</comply-date>"
		"<comply-time>12:00</comply-time><until>2027-06-30</until>");
	ck_assert(found(&w, TRO_LEVEL_TASK, "read-back", "as varied"));
	ck_assert(found(&w, TRO_LEVEL_TASK, "sealed", "variation"));
	ck_assert(in_state(&w, "order.1", "unread"));
	REFUSED(&w, "read-back", "second person", "order.1", "release", REVIEWER, "");
	REFUSED(&w, "read-back", "read was '2027-05-11', recorded is '2027-06-30'", "order.1",
		"read-back", READER, READ_ITEMS READ_TERMS);
	MUST(&w, "order.1", "read-back", READER,
		READ_ITEMS "<date>2026-11-11</date><comply-date>2026-11-20</comply-date>"
			   "<comply-time>12:00</comply-time><until>2027-06-30</until>"
			   "<court-reference>K1</court-reference>");
	MUST(&w, "order.1", "release", REVIEWER, "");
	ck_assert(found(&w, TRO_LEVEL_WARN, "sealed", "variation of 2026-11-11"));
	MUST(&w, "order.1", "order.varied", REVIEWER,
		"<date>2026-11-11</date><until>2027-07-31</until>" SEALED);
	ck_assert(in_state(&w, "order.1", "to-serve"));
	world_done(&w);
}
END_TEST

START_TEST(disclosure_can_be_decided_before_the_order_and_a_refusal_meets_the_withdrawal)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "privacy.decided", REVIEWER,
		"<outcome>refused</outcome><date>2026-11-11</date>");
	ck_assert(found(&w, TRO_LEVEL_TASK, "R30", "withdraw"));
	MUST(&w, "order.2", "privacy.decided", REVIEWER, "<outcome>pending</outcome>");
	MUST(&w, "order.2", "order.made", REVIEWER,
		"<date>2026-11-11</date><privacy>granted</privacy>");
	ck_value(&w, "$case/orders/order[2]/privacy/outcome", "granted");
	/* a correction that says nothing of it keeps it */
	MUST(&w, "order.2", "order.made", REVIEWER, "<date>2026-11-11</date>");
	ck_value(&w, "$case/orders/order[2]/privacy/outcome", "granted");
	MUST(&w, APP, "withdraw", REVIEWER, "<reason>r</reason>");
	ck_assert(found(&w, TRO_LEVEL_TASK, "R30", "return"));
	world_done(&w);
}
END_TEST

START_TEST(no_notice_of_an_exclusion_goes_out_while_disclosure_is_undecided)
{
	world w;

	release(&w);
	MUST(&w, "order.1", "privacy.decided", REVIEWER, "<outcome>pending</outcome>");
	REFUSED(&w, "R29", "undecided", "order.1", "item.exclude", OFFICER,
		"<item>3</item><reason>r</reason>");
	MUST(&w, "order.1", "privacy.decided", REVIEWER, "<outcome>granted</outcome>");
	MUST(&w, "order.1", "item.exclude", OFFICER, "<item>3</item><reason>r</reason>");
	world_done(&w);
}
END_TEST

START_TEST(a_correction_keeps_what_the_world_has_done)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER, MADE SEALED);
	MUST(&w, "order.1", "served", OFFICER,
		AT("2026-11-11T11:00:00") "<method>hand</method><to>desk</to>");
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-11T11:30:00"));
	MUST(&w, "order.1", "ofcom-notified", OFFICER, AT("2026-11-11T11:40:00"));
	MUST(&w, "order.1", "affected.done", OFFICER, "<note>Nobody else is known</note>");
	MUST(&w, "order.1", "order.made", REVIEWER, MADE "<left-out>3</left-out>" SEALED);
	ck_assert(!found(&w, TRO_LEVEL_TASK, "R23", ""));
	ck_assert(!found(&w, TRO_LEVEL_TASK, "R24", ""));
	ck_assert(in_state(&w, "order.1", "compliance-done"));
	ck_assert(in_state(&w, "order.1", "ofcom-done"));
	ck_assert(in_state(&w, "order.1", "affected-closed"));
	ck_assert(in_state(&w, "order.1/item.1", "restricted"));
	ck_assert(in_state(&w, "order.1/item.3", "left-out"));
	MUST(&w, "order.1", "order.made", REVIEWER, MADE SEALED);
	ck_assert(in_state(&w, "order.1/item.3", "restricted"));
	wait_until(&w, "2026-11-13T15:00:00Z");
	ck_assert(!found(&w, TRO_LEVEL_TASK, "R25", ""));
	world_done(&w);
}
END_TEST

START_TEST(what_a_provider_did_before_the_order_is_recorded)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-10T10:00:00"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "made", "how it came to know"));
	MUST(&w, "order.1", "ofcom-notified", OFFICER, AT("2026-11-10T11:00:00"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "made", "Ofcom"));
	ck_assert(in_state(&w, "order.1", "applied"));
	MUST(&w, "order.1", "order.made", REVIEWER, MADE SEALED);
	ck_assert(in_state(&w, "order.1", "compliance-done"));
	ck_assert(in_state(&w, "order.1", "ofcom-done"));
	ck_assert(in_state(&w, "order.1/item.1", "restricted"));
	MUST(&w, "order.2", "order.varied", REVIEWER,
		"<date>2026-11-11</date><until>2027-06-30</until>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "made", "varied"));
	MUST(&w, "order.2", "order.discharged", REVIEWER, "<date>2026-11-11</date>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "made", "discharged"));
	world_done(&w);
}
END_TEST

static const struct {
	const char *event, *params, *rule, *says;
} odd_times[] = {
	{"served", AT("2026-11-10T11:00:00") "<method>hand</method><to>desk</to>", "occurred",
		"before the order's own date"},
	{"complied", AT("2026-11-10T11:00:00"), "occurred", "before the order's own date"},
	{"complied", AT("2026-11-11T12:00:01"), "occurred", "in the future"},
	{"ofcom-notified", AT("2026-11-10T11:00:00"), "occurred", "before the order's own date"},
	{"ofcom-notified", AT("2026-11-11T12:00:01"), "occurred", "in the future"},
	{"agree-earlier",
		"<date>2026-11-11</date><time>10:00</time><applicant>A</applicant>"
		"<provider>B</provider>",
		"R19", "over already"},
	{"order.varied", "<date>2026-11-11</date><until>2026-11-10</until>", "R40", "over already"},
	{"order.varied",
		"<date>2026-11-11</date><comply-date>2027-03-28</comply-date>"
		"<comply-time>01:30</comply-time>",
		"clock", "skip 01:30"},
	{"order.varied", "<date>2026-11-11</date><until>9999-12-31</until>", "R40",
		"no end can be counted to the new last day 9999-12-31"},
	{"order.varied", "<date>2026-11-11</date><until>0001-01-01</until>", "R40", "over already"},
	{"order.varied", "<date>2026-11-11</date><comply-date>9999-12-31</comply-date>", "R15",
		"no time limit can be counted to the end of 9999-12-31"},
	{"order.varied",
		"<date>2026-11-11</date><comply-date>2026-11-10</comply-date>"
		"<comply-time>12:00</comply-time>",
		"R15", "before its own date 2026-11-11"},
	{"order.varied", "<date>2026-11-12</date>", "date", "2026-11-12, which is in the future"},
	{"order.varied", "<date>2026-11-10</date>", "date", "before the order's own date"},
	{"order.discharged", "<date>2026-11-12</date>", "date",
		"2026-11-12, which is in the future"},
	{"order.discharged", "<date>2026-11-10</date>", "date", "before the order's own date"},
	{"privacy.decided", "<outcome>granted</outcome><date>2026-11-12</date>", "date",
		"2026-11-12, which is in the future"},
	{"privacy.decided", "<outcome>granted</outcome><date>2026-11-01</date>", "date",
		"before the application was filed on 2026-11-02"},
	{"affected.step", "<to>t</to><taken>t</taken>" AT("2026-11-11T12:00:01"), "occurred",
		"in the future"},
	{"affected.step", "<to>t</to><taken>t</taken>" AT("2026-11-10T12:00:00"), "occurred",
		"before the order's own date"},
};

START_TEST(times_that_cannot_be_are_doubted)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER, MADE "<privacy>granted</privacy>" SEALED);
	MUST(&w, "order.1", odd_times[_i].event, REVIEWER, odd_times[_i].params);
	ck_assert(found(&w, TRO_LEVEL_WARN, odd_times[_i].rule, odd_times[_i].says));
	world_done(&w);
}
END_TEST

/* The same of what can be recorded only of an order that is not made, or was released. */
START_TEST(times_that_cannot_be_are_doubted_before_the_order_and_after_the_release)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.2", "order.refused", REVIEWER, "<date>2026-11-12</date>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "date", "2026-11-12, which is in the future"));
	MUST(&w, "order.2", "order.refused", REVIEWER, "<date>2026-11-01</date>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "date", "before the application was filed"));
	MUST(&w, "order.2", "order.discharged", REVIEWER, "<date>2026-11-01</date>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "date", "before the application was filed"));
	MUST(&w, "order.2", "order.varied", REVIEWER, "<date>2026-11-01</date>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "date", "before the application was filed"));
	world_done(&w);
	release(&w);
	MUST(&w, "order.1", "chased", OFFICER, AT("2026-11-11T12:00:01") "<to>desk</to>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "occurred", "in the future"));
	MUST(&w, "order.1", "chased", OFFICER, AT("2026-11-10T12:00:00") "<to>desk</to>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "occurred", "before the order's own date"));
	MUST(&w, "order.1", "item.exclude", OFFICER, "<item>3</item><reason>r</reason>");
	MUST(&w, "order.1", "item.told", OFFICER,
		"<item>3</item>" AT("2026-11-11T12:00:01") "<method>email</method><to>desk</to>");
	ck_assert(found(&w, TRO_LEVEL_WARN, "occurred", "in the future"));
	world_done(&w);
}
END_TEST

START_TEST(an_extension_is_not_asked_for_after_the_end)
{
	world w;

	release(&w);
	wait_until(&w, "2027-05-11T23:00:00Z");
	ck_assert(in_state(&w, "order.1", "expired"));
	ck_assert(!found(&w, TRO_LEVEL_TASK, "R41", ""));
	world_done(&w);
	/* one that is about to end may still be extended */
	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER,
		"<date>2026-11-11</date><until>2026-11-12</until>" SEALED);
	ck_assert(found(&w, TRO_LEVEL_TASK, "R41", "the order ends on 2026-11-12"));
	wait_until(&w, "2026-11-13T00:00:00Z");
	ck_assert(in_state(&w, "order.1", "expired"));
	world_done(&w);
}
END_TEST

START_TEST(service_while_disclosure_is_undecided_is_recorded_and_doubted)
{
	static const char *const served =
		AT("2026-11-11T11:00:00") "<method>hand</method><to>desk</to>";
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER, MADE SEALED);
	MUST(&w, "order.1", "served", OFFICER, served);
	ck_assert(found(&w, TRO_LEVEL_WARN, "R29", "contempt of court"));
	MUST(&w, "order.1", "privacy.decided", REVIEWER, "<outcome>granted</outcome>");
	MUST(&w, "order.1", "served", OFFICER, served);
	ck_assert(!found(&w, TRO_LEVEL_WARN, "R29", ""));
	world_done(&w);
}
END_TEST

#define INFORM(w) MUST(w, "order.1", "affected.done", OFFICER, "<note>All were told</note>")
#define EXCLUDE(w, n)                                                                              \
	MUST(w, "order.1", "item.exclude", OFFICER, "<item>" n "</item><reason>r</reason>")
#define END(w)                                                                                     \
	do {                                                                                       \
		MUST(w, "order.1", "order.discharged", REVIEWER, "<date>2026-11-11</date>");       \
		MUST(w, APP, "withdraw", REVIEWER, "<reason>r</reason>");                          \
		MUST(w, APP, "close", OFFICER, "");                                                \
	} while (0)

START_TEST(an_exclusion_after_compliance_is_told_to_the_other_affected_persons_again)
{
	world w;

	release(&w);
	INFORM(&w);
	ck_assert(in_state(&w, "order.1", "affected-closed"));
	EXCLUDE(&w, "1");
	ck_assert(!found(&w, TRO_LEVEL_TASK, "R27", ""));
	ck_assert(in_state(&w, "order.1", "affected-closed"));
	set_time(&w, "2026-11-11T12:10:00Z");
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-11T12:05:00"));
	ck_assert(!found(&w, TRO_LEVEL_TASK, "R27", ""));
	ck_assert(in_state(&w, "order.1", "affected-closed"));
	EXCLUDE(&w, "3");
	ck_assert(found(&w, TRO_LEVEL_TASK, "R27", "in writing"));
	ck_assert(in_state(&w, "order.1", "affected-open"));
	INFORM(&w);
	ck_assert(in_state(&w, "order.1", "affected-closed"));
	END(&w);
	ck_assert(!found(&w, TRO_LEVEL_WARN, "R27", ""));
	world_done(&w);
}
END_TEST

START_TEST(an_exclusion_that_was_not_told_to_affected_persons_is_said_when_a_case_is_closed)
{
	world w;

	release(&w);
	INFORM(&w);
	EXCLUDE(&w, "3");
	/* the notice of compliance is late, and older than the exclusion */
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-11T11:30:00"));
	ck_assert(found(&w, TRO_LEVEL_TASK, "R27", "item 3"));
	ck_assert(in_state(&w, "order.1", "affected-open"));
	/* an expiry that the court undoes changes nothing about it */
	wait_until(&w, "2027-05-11T23:00:00Z");
	MUST(&w, "order.1", "order.varied", REVIEWER,
		"<date>2027-05-11</date><until>2027-06-30</until>" SEALED);
	ck_assert(in_state(&w, "order.1", "affected-open"));
	END(&w);
	ck_assert(found(&w, TRO_LEVEL_WARN, "R27", "item 3"));
	ck_assert(!found(&w, TRO_LEVEL_WARN, "R24", "northway"));
	world_done(&w);
}
END_TEST

START_TEST(what_is_left_undone_is_said_when_a_case_is_closed)
{
	static const char *const rules[] = {"R23", "R24", "R25", "R26"};
	world w;

	release(&w);
	MUST(&w, "order.2", "order.refused", REVIEWER, "<date>2026-11-11</date>");
	MUST(&w, "order.1", "item.exclude", OFFICER, "<item>3</item><reason>r</reason>");
	MUST(&w, "order.1", "order.discharged", REVIEWER, "<date>2026-11-11</date>");
	ck_assert_int_eq(act(&w, APP, "close", OFFICER, ""), TRO_OK);
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		ck_assert_msg(found(&w, TRO_LEVEL_WARN, rules[i], ""), "%s", rules[i]);
	}
	/* and it can still be recorded */
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-11T11:30:00"));
	MUST(&w, "order.1", "item.told", OFFICER,
		"<item>3</item>" AT("2026-11-11T11:40:00") "<method>email</method><to>desk</to>");
	world_done(&w);
}
END_TEST

START_TEST(what_was_excluded_after_compliance_is_to_be_restored_before_a_case_is_closed)
{
	world w;

	release(&w);
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-11T11:30:00"));
	MUST(&w, "order.1", "item.exclude", OFFICER, "<item>3</item><reason>r</reason>");
	MUST(&w, "order.1", "order.discharged", REVIEWER, "<date>2026-11-11</date>");
	MUST(&w, APP, "withdraw", REVIEWER, "<reason>r</reason>");
	MUST(&w, APP, "close", OFFICER, "");
	ck_assert(found(&w, TRO_LEVEL_WARN, "restored", "item 3"));
	ck_assert(found(&w, TRO_LEVEL_WARN, "R25", "Ofcom"));
	MUST(&w, "order.1/item.3", "item.restored", OFFICER, AT("2026-11-11T11:50:00"));
	world_done(&w);
}
END_TEST

/* What a provider restored is restored, also where the order says otherwise. */
#define RESTORED(w, item)                                                                          \
	MUST(w, "order.1/item." item, "item.restored", OFFICER, AT("2026-11-11T11:50:00"))

START_TEST(that_an_item_was_restored_is_recorded_in_every_state_of_it)
{
	world w;

	go_to_court(&w);
	MUST(&w, "order.1", "order.made", REVIEWER, MADE SEALED);
	MUST(&w, "order.1", "order.made", REVIEWER,
		MADE "<left-out>3</left-out><privacy>granted</privacy>" SEALED);
	ck_assert(in_state(&w, "order.1/item.3", "left-out"));
	RESTORED(&w, "3");
	ck_assert(found(&w, TRO_LEVEL_WARN, "excluded", "item 3"));
	ck_assert(!found(&w, TRO_LEVEL_WARN, "excluded", "in force"));
	ck_assert(in_state(&w, "order.1/item.3", "left-out"));
	MUST(&w, "order.1", "order.made", REVIEWER, MADE "<privacy>granted</privacy>" SEALED);
	ck_assert(in_state(&w, "order.1/item.1", "ordered"));
	RESTORED(&w, "1");
	ck_assert(found(&w, TRO_LEVEL_WARN, "excluded", "in force and item 1"));
	MUST(&w, "order.1", "complied", OFFICER, AT("2026-11-11T11:30:00"));
	RESTORED(&w, "1");
	ck_assert(found(&w, TRO_LEVEL_WARN, "restored", "recorded already"));
	ck_assert(in_state(&w, "order.1/item.1", "restricted"));
	MUST(&w, "order.1", "read-back", READER, READ_ITEMS READ_TERMS);
	MUST(&w, "order.1", "release", REVIEWER, "");
	MUST(&w, "order.1", "item.exclude", OFFICER, "<item>3</item><reason>r</reason>");
	RESTORED(&w, "3");
	ck_assert(!found(&w, TRO_LEVEL_WARN, "excluded", ""));
	ck_assert(in_state(&w, "order.1/item.3", "restored"));
	RESTORED(&w, "3");
	MUST(&w, "order.1", "order.discharged", REVIEWER, "<date>2026-11-11</date>");
	ck_assert(in_state(&w, "order.1/item.1", "lapsed"));
	RESTORED(&w, "1");
	ck_assert(found(&w, TRO_LEVEL_WARN, "excluded", "has ended"));
	MUST(&w, APP, "withdraw", REVIEWER, "<reason>r</reason>");
	MUST(&w, APP, "close", OFFICER, "");
	ck_assert(!found(&w, TRO_LEVEL_WARN, "restored", ""));
	ck_assert(in_state(&w, "order.1/item.1", "closed"));
	RESTORED(&w, "1");
	ck_value(&w, "count($case/orders/order[1]/restorations/restored[@item = 1])", "4");
	ck_value(&w, "count($case/orders/order[1]/restorations/restored[@item = 3])", "3");
	world_done(&w);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

static void add_orders(TCase *tcase)
{
	tcase_add_test(tcase, filing_makes_the_bundle_and_opens_one_order_for_each_provider);
	tcase_add_test(tcase, an_order_is_recorded_as_the_court_made_it_with_what_it_changed);
	tcase_add_test(tcase,
		an_order_without_a_time_runs_to_the_fifth_working_day_of_the_providers_division);
	tcase_add_test(tcase, a_read_back_that_differs_is_refused_and_names_the_difference);
	tcase_add_test(tcase,
		nothing_is_released_while_disclosure_is_undecided_or_without_the_sealed_order);
	tcase_add_test(tcase, service_compliance_and_notices_are_recorded_whatever_their_sequence);
	tcase_add_test(tcase, applicant_and_provider_can_agree_an_earlier_time_but_no_later_one);
	tcase_add_test(tcase, an_innocent_item_is_freed_by_notice_only_if_the_order_says_so);
	tcase_add_loop_test(tcase, each_term_is_read_back, 0, COUNT(misread));
	tcase_add_loop_test(tcase, an_item_read_twice_does_not_stand_for_another, 0, COUNT(pairs));
	tcase_add_loop_test(tcase, an_odd_order_is_recorded_with_what_is_odd, 0, COUNT(odd_orders));
	tcase_add_test(tcase,
		an_order_against_a_provider_without_a_calendar_is_recorded_without_a_deadline);
	tcase_add_test(tcase, only_a_whole_order_under_seal_is_released);
	tcase_add_test(tcase, what_comes_after_the_end_is_recorded_and_nothing_is_released);
	tcase_add_test(tcase, notices_of_an_exclusion_name_an_item_that_was_excluded);
	tcase_add_test(tcase, an_agreement_under_an_order_without_the_clause_is_doubted);
	tcase_add_test(tcase, an_order_that_was_refused_is_recorded_when_an_appeal_makes_it);
	tcase_add_test(tcase,
		an_order_of_a_withdrawn_application_is_recorded_when_it_is_made_all_the_same);
	tcase_add_test(
		tcase, the_court_can_act_on_an_order_that_has_ended_and_in_a_case_that_is_closed);
	tcase_add_test(tcase, a_slip_in_the_last_day_is_corrected);
	tcase_add_test(tcase, an_extension_of_an_order_that_expired_is_recorded_and_doubted);
	tcase_add_test(tcase, a_variation_before_release_is_read_back_before_anything_is_released);
	tcase_add_test(tcase,
		disclosure_can_be_decided_before_the_order_and_a_refusal_meets_the_withdrawal);
	tcase_add_test(tcase, no_notice_of_an_exclusion_goes_out_while_disclosure_is_undecided);
	tcase_add_test(tcase, a_correction_keeps_what_the_world_has_done);
	tcase_add_test(tcase, what_a_provider_did_before_the_order_is_recorded);
	tcase_add_loop_test(tcase, times_that_cannot_be_are_doubted, 0, COUNT(odd_times));
	tcase_add_loop_test(tcase, the_end_of_the_fifth_working_day_needs_no_agreement_of_the_court,
		0, COUNT(ends_of_day));
	tcase_add_loop_test(tcase,
		whoever_asked_for_no_time_and_got_the_default_got_what_was_asked_for, 0,
		COUNT(ends_of_day));
	tcase_add_test(tcase, an_order_to_the_last_day_of_the_calendar_has_no_end);
	tcase_add_test(
		tcase, times_that_cannot_be_are_doubted_before_the_order_and_after_the_release);
	tcase_add_test(tcase, an_extension_is_not_asked_for_after_the_end);
	tcase_add_test(tcase, service_while_disclosure_is_undecided_is_recorded_and_doubted);
	tcase_add_test(
		tcase, an_exclusion_after_compliance_is_told_to_the_other_affected_persons_again);
	tcase_add_test(tcase,
		an_exclusion_that_was_not_told_to_affected_persons_is_said_when_a_case_is_closed);
	tcase_add_test(tcase, what_is_left_undone_is_said_when_a_case_is_closed);
	tcase_add_test(tcase,
		what_was_excluded_after_compliance_is_to_be_restored_before_a_case_is_closed);
	tcase_add_test(tcase, that_an_item_was_restored_is_recorded_in_every_state_of_it);
	tcase_add_test(tcase, a_case_closes_when_every_order_has_ended);
	tcase_add_test(tcase, whoever_recorded_a_variation_does_not_read_the_varied_order_back);
	tcase_add_test(tcase, a_withdrawal_leaves_made_orders_in_force_until_they_are_discharged);
}

int main(void)
{
	Suite *suite = suite_create("ddtro_orders");
	TCase *tcase = tcase_create("ddtro_orders");

	tcase_set_timeout(tcase, 120);
	add_orders(tcase);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
