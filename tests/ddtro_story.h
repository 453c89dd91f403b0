/*
 * The story of one case, in pieces: who acts, what they type, and the way to the places where tests
 * begin.
 */
#ifndef TESTS_DDTRO_STORY_H
#define TESTS_DDTRO_STORY_H

#include "workflow_world.h"

#define H64 "00000000000000000000000000000000000000000000000000000000000000ff"

/* The people of the story: what they act as. */
#define OFFICER "P-3KWT", "officer", "sergeant"
#define REVIEWER "P-7HJQ", "legal-reviewer", ""
#define APPLICANT "P-9M2C", "authorising-officer", "superintendent"
#define READER "P-5TQX", "second-reader", ""

#define MUST(w, ...)                                                                               \
	do {                                                                                       \
		if (act(w, __VA_ARGS__) != TRO_OK) {                                               \
			show_findings(w);                                                          \
			ck_abort_msg("refused");                                                   \
		}                                                                                  \
	} while (0)
#define REFUSED(w, rule, text, ...)                                                                \
	do {                                                                                       \
		ck_assert_int_eq(act(w, __VA_ARGS__), TRO_REFUSED);                                \
		if (!found(w, TRO_LEVEL_BLOCK, rule, text)) {                                      \
			show_findings(w);                                                          \
			ck_abort_msg("refused, but not for %s: %s", rule, text);                   \
		}                                                                                  \
	} while (0)

#define APP "application"
#define EXHIBIT                                                                                    \
	"<file sha256='" H64 "' size='10' media='text/csv' name='calls.csv'/><ref>AE1</ref>"       \
	"<title>Call data</title>"
#define AUTHORISED "<from>2026-10-01</from><to>2026-10-31</to><obtained>2026-10-05</obtained>"
#define BARS "<actions>bar-calls bar-texts port-lock</actions>"
#define EVIDENCE "<exhibit>AE1</exhibit><row>2</row><column>B</column><use>past</use>"
#define ITEMS                                                                                      \
	"<items><item n='1'><msisdn>+447700900101</msisdn><imei>004999010640000</imei>"            \
	"<provider>northway</provider>" BARS EVIDENCE "</item>"                                    \
	"<item n='2'><msisdn>+447700900102</msisdn><provider>southern-cross</provider>" BARS       \
		EVIDENCE "</item>"                                                                 \
	"<item n='3'><msisdn>+447700900103</msisdn><provider>northway</provider>" BARS EVIDENCE    \
	"</item></items>"
#define DRAFT                                                                                      \
	"<applicant>P-9M2C</applicant><offence>mda-4-3-b</offence>"                                \
	"<connection>facilitating</connection><grounds>g</grounds><prevent>p</prevent>"            \
	"<candour>c</candour><alternatives>a</alternatives><innocent-users>i</innocent-users>"     \
	"<emergency-calls>e</emergency-calls><deponent>P-3KWT</deponent>"                          \
	"<occupation>o</occupation><text>One.\n\nTwo.</text><prepared>p</prepared>"
#define PERSON(id, rank)                                                                           \
	"<person>" id "</person><name>Ann Example</name><rank>" rank                               \
	"</rank><force>example-force</force><office>Team</office>"
#define NORTHWAY                                                                                   \
	"<provider>northway</provider><comply-date>2026-11-13</comply-date>"                       \
	"<comply-time>15:00</comply-time><reason>r</reason><until>2027-05-11</until>"              \
	"<carve-out>yes</carve-out><privacy>yes</privacy>"
#define SOUTHERN "<provider>southern-cross</provider><carve-out>yes</carve-out>"

static void begin(world *w)
{
	world_init(w, "2026-11-02T09:00:00Z");
	MUST(w, APP, "create", OFFICER,
		"<title>Operation Lantern</title><court>exampletown</court>"
		"<force>example-force</force>");
	ck_assert(in_state(w, APP, "drafting"));
}

static void write_draft(world *w)
{
	MUST(w, APP, "draft.set", OFFICER, DRAFT);
	MUST(w, APP, "exhibit.add", OFFICER,
		EXHIBIT "<class>comms-data</class><basis>2026/014</basis>" AUTHORISED);
	MUST(w, APP, "item.add", OFFICER, ITEMS);
	MUST(w, APP, "order.propose", OFFICER, NORTHWAY);
	MUST(w, APP, "order.propose", OFFICER, SOUTHERN);
	MUST(w, APP, "person.describe", OFFICER, PERSON("P-3KWT", "sergeant"));
	MUST(w, APP, "person.describe", OFFICER, PERSON("P-9M2C", "superintendent"));
	MUST(w, APP, "statement.sign", OFFICER, "");
}

static void approve(world *w)
{
	char params[200];

	MUST(w, APP, "submit", OFFICER, "");
	(void)snprintf(params, sizeof(params), "<document>%064x</document><decision>d</decision>",
		w->seq - 1);
	MUST(w, APP, "review.pass", REVIEWER, "");
	MUST(w, APP, "approve", APPLICANT, params);
}

static inline void go_to_court(world *w)
{
	begin(w);
	write_draft(w);
	approve(w);
	MUST(w, APP, "file", REVIEWER, "");
	set_time(w, "2026-11-11T12:00:00Z");
}

#define SEALED "<sealed sha256='" H64 "' size='9' media='application/pdf' name='sealed.pdf'/>"
#define MADE                                                                                       \
	"<date>2026-11-11</date><court-reference>K1</court-reference>"                             \
	"<comply-date>2026-11-13</comply-date><comply-time>15:00</comply-time>"                    \
	"<agreed>yes</agreed><until>2027-05-11</until><earlier>yes</earlier>"                      \
	"<carve-out>yes</carve-out>"
#define READ_ITEMS                                                                                 \
	"<items><item n='1'><msisdn>+447700900103</msisdn>" BARS "</item>"                         \
	"<item n='2'><msisdn>+447700900101</msisdn><imei>004999010640000</imei>" BARS              \
	"</item></items>"
#define READ_TERMS                                                                                 \
	"<date>2026-11-11</date><comply-date>2026-11-13</comply-date>"                             \
	"<comply-time>15:00</comply-time><until>2027-05-11</until>"                                \
	"<court-reference>K1</court-reference>"

/* Order 1 made, read back and released. */
static inline void release(world *w)
{
	go_to_court(w);
	MUST(w, "order.1", "order.made", REVIEWER, MADE "<privacy>granted</privacy>" SEALED);
	MUST(w, "order.1", "read-back", READER, READ_ITEMS READ_TERMS);
	MUST(w, "order.1", "release", REVIEWER, "");
}

#endif
