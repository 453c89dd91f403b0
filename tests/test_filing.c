/*
 * Filings of the drug dealing workflow: what they hold, that they are the same twice, that they
 * keep to the schemas, and that nobody is told what is not theirs.
 */
#include <fcntl.h>
#include <locale.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "filing_fixture.h"
#include "suite.h"

extern char **environ;

static const struct {
	const char *name, *recipient, *matter;
} filings[] = {
	{"application", "exampletown", "application"},
	{"court-bundle", "exampletown", "application"},
	{"provider-pack", "northway", "order.1"},
	{"carve-out-notice", "northway", "order.1"},
};
enum { FILINGS = sizeof(filings) / sizeof(*filings) };

static world open_filing(int index)
{
	world w = open_world();

	w.name = filings[index].name;
	w.recipient = filings[index].recipient;
	w.matter = filings[index].matter;
	if (strcmp(w.name, "court-bundle") == 0) {
		approve(&w);
	}
	return w;
}

static bool same(const tro_buf *a, const tro_buf *b)
{
	return a->len == b->len && memcmp(a->ptr, b->ptr, a->len) == 0;
}

/* ---- what is in them ---- */

START_TEST(each_filing_holds_what_it_is_for)
{
	static const char *const members[FILINGS] = {
		"README.txt\nfiling.xml\ncourt/application.akn.xml\ncourt/application.html\n"
		"court/items.akn.xml\ncourt/items.html\ncourt/items.csv\n"
		"court/witness-statement.akn.xml\ncourt/witness-statement.html\n"
		"court/draft-order-1-northway.akn.xml\ncourt/draft-order-2-southern-cross.akn.xml\n"
		"court/draft-order-1-northway.html\ncourt/draft-order-2-southern-cross.html\n"
		"exhibits/1-AE1.csv\nexhibits/2-AE2.txt\n",
		"README.txt\nfiling.xml\ncourt/application.akn.xml\ncourt/application.html\n"
		"court/items.akn.xml\ncourt/items.html\ncourt/items.csv\n"
		"court/witness-statement.akn.xml\ncourt/witness-statement.html\n"
		"court/draft-order-1-northway.akn.xml\ncourt/draft-order-2-southern-cross.akn.xml\n"
		"court/draft-order-1-northway.html\ncourt/draft-order-2-southern-cross.html\n"
		"exhibits/1-AE1.csv\nexhibits/2-AE2.txt\n"
		"court/approval.akn.xml\ncourt/approval.html\n",
		"README.txt\nfiling.xml\nprovider/sealed-order.pdf\nprovider/hi1.xml\n"
		"provider/identifiers.csv\nprovider/order-transcription.akn.xml\n"
		"provider/order-transcription.html\n",
		"README.txt\nfiling.xml\nprovider/carve-out-notice.akn.xml\n"
		"provider/carve-out-notice.html\nprovider/excepted-identifiers.csv\n",
	};
	world w = open_filing(_i);
	tro_buf zip = TRO_BUF_INIT;
	tro_buf names = TRO_BUF_INIT;

	build_ok(&zip, &w);
	names_of(&names, &zip);
	ck_assert_str_eq(names.ptr, members[_i]);
	tro_buf_done(&names);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(the_readme_and_the_manifest_give_the_hash_of_every_member)
{
	world w = open_filing(_i);
	tro_buf zip = TRO_BUF_INIT;
	tro_buf readme = TRO_BUF_INIT;
	tro_buf manifest = TRO_BUF_INIT;
	tro_pack *pack = NULL;

	build_ok(&zip, &w);
	ck_assert(member(&readme, &zip, "README.txt"));
	ck_assert(member(&manifest, &zip, "filing.xml"));
	CHECK_OK(tro_pack_open(&pack, zip.ptr, zip.len, &err));
	for (size_t i = 2; i < tro_pack_count(pack); i++) {
		tro_buf bytes = TRO_BUF_INIT;
		uint8_t hash[32];
		char hex[65];
		char line[300];

		CHECK_OK(tro_pack_read(&bytes, pack, i, &err));
		tro_sha256(hash, bytes.ptr, bytes.len);
		tro_hex_encode(hex, hash, 32);
		(void)snprintf(line, sizeof(line), "\n%s  %s\n", hex, tro_pack_name(pack, i));
		ck_assert_msg(holds(&readme, line), "README.txt has no line %s", line);
		ck_assert_msg(holds(&manifest, hex), "filing.xml has no %s", hex);
		tro_buf_done(&bytes);
	}
	tro_pack_close(pack);
	tro_buf_done(&manifest);
	tro_buf_done(&readme);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

/* ---- what was approved is what is filed ---- */

START_TEST(the_court_gets_the_approved_bytes_whatever_is_adopted_since)
{
	static const change since[] = {
		{"template", "application", "What the court is asked to order", "Something else"},
		{"template", "items-csv", NULL, "<x/>"},
		{"register", "providers", "Northway Mobile Limited", "Another Name Limited"},
	};
	world w = open_filing(1);
	tro_buf zip = TRO_BUF_INIT;
	tro_buf manifest = TRO_BUF_INIT;
	tro_pack *pack = NULL;

	w.changes = since;
	w.change_count = sizeof(since) / sizeof(*since);
	build_ok(&zip, &w);
	ck_assert(member(&manifest, &zip, "filing.xml"));
	CHECK_OK(tro_pack_open(&pack, w.approved.ptr, w.approved.len, &err));
	for (size_t i = 2; i < tro_pack_count(pack); i++) {
		tro_buf shown = TRO_BUF_INIT;
		tro_buf filed = TRO_BUF_INIT;

		CHECK_OK(tro_pack_read(&shown, pack, i, &err));
		ck_assert(member(&filed, &zip, tro_pack_name(pack, i)));
		ck_assert_msg(same(&shown, &filed), "%s", tro_pack_name(pack, i));
		tro_buf_done(&filed);
		tro_buf_done(&shown);
	}
	ck_assert_uint_eq(tro_pack_count(pack), 15);
	tro_pack_close(pack);
	ck_assert(holds(&manifest, "path=\"court/application.akn.xml\""));
	ck_assert(holds(&manifest, "approved=\"yes\""));
	tro_buf_done(&manifest);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(nothing_is_filed_but_what_this_case_has_made)
{
	world w = open_filing(1);
	tro_buf zip = TRO_BUF_INIT;

	set_text(&w, "/case/approval/document",
		"00000000000000000000000000000000000000000000000000000000000000ff");
	ck_assert_int_eq(build(&zip, &w), TRO_NOT_FOUND);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(the_court_gets_copies_of_exhibits_and_is_told_of_which_originals)
{
	static const char table[] = "\"row\",\"call\",\"number\"\n2,\"1\",\"07700 900101\"\n"
				    "3,\"2\",\"07700 900102\"\n4,\"3\",\"07700 900103\"\n";
	world w = open_filing(1);
	tro_buf zip = TRO_BUF_INIT;
	tro_buf text = TRO_BUF_INIT;
	char hex[65];

	build_ok(&zip, &w);
	ck_assert(member(&text, &zip, "exhibits/1-AE1.csv"));
	ck_assert_str_eq(text.ptr, table);
	ck_assert(!holds(&zip, "900199")); /* of a row that nobody cites */
	tro_buf_clear(&text);
	ck_assert(member(&text, &zip, "exhibits/2-AE2.txt"));
	exhibit_hash(hex, 1);
	ck_assert(holds(&text, "it is no sound PNG picture"));
	ck_assert(holds(&text, hex));
	ck_assert(holds(&text, "TRAINING"));
	tro_buf_clear(&text);
	ck_assert(member(&text, &zip, "filing.xml"));
	ck_assert(holds(&text, hex) && holds(&text, "copy=\"withheld\""));
	exhibit_hash(hex, 0);
	ck_assert(holds(&text, hex) && holds(&text, "copy=\"derived\""));
	tro_buf_done(&text);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(a_row_that_is_cited_and_not_there_stops_the_filing)
{
	world w = open_filing(0);
	tro_buf zip = TRO_BUF_INIT;

	set_text(&w, "/case/items/item[2]/row", "17");
	ck_assert_int_eq(build(&zip, &w), TRO_INVALID);
	ck_assert(has_finding(&w, "filing/exhibit", "exhibit AE1: row 17 is cited, and it has 5"));
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(an_exhibit_that_is_too_large_for_a_copy_is_not_read)
{
	world w = open_filing(0);
	tro_buf zip = TRO_BUF_INIT;
	tro_buf text = TRO_BUF_INIT;

	CHECK_OK(tro_xml_set(
		at(w.doc, "/case/exhibits/exhibit[1]"), NULL, "size", "67108865", &err));
	w.spoilt_exhibits = true; /* reading it would be a failure */
	tro_xml_remove(at(w.doc, "/case/exhibits/exhibit[2]"));
	build_ok(&zip, &w);
	ck_assert(member(&text, &zip, "exhibits/1-AE1.txt"));
	ck_assert(holds(&text, "it is larger than 64 MiB"));
	tro_buf_done(&text);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(copies_that_are_too_much_together_are_told_while_the_draft_can_be_mended)
{
	world w = open_filing(0);
	tro_buf zip = TRO_BUF_INIT;
	uint8_t hash[32];

	for (size_t i = 0; i < (size_t)33 * 1024; i++) {
		char block[1024];

		memset(block, 'a', sizeof(block));
		tro_buf_put(&w.large, block, sizeof(block));
	}
	tro_sha256(hash, w.large.ptr, w.large.len);
	tro_hex_encode(w.large_hash, hash, 32);
	for (int i = 1; i <= 2; i++) {
		char path[60];

		(void)snprintf(path, sizeof(path), "/case/exhibits/exhibit[%d]", i);
		CHECK_OK(tro_xml_set(at(w.doc, path), NULL, "sha256", w.large_hash, &err));
		CHECK_OK(tro_xml_set(at(w.doc, path), NULL, "media", "text/plain", &err));
	}
	ck_assert_int_eq(build(&zip, &w), TRO_INVALID);
	ck_assert_uint_eq(tro_findings_count(w.findings), 1);
	ck_assert(has_finding(&w, "filing/exhibit", "exhibit AE2: with it the copies"));
	ck_assert_str_eq(tro_findings_at(w.findings, 0)->remedy, "exhibit.remove");
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(the_sealed_order_goes_out_byte_for_byte)
{
	world w = open_filing(2);
	tro_buf zip = TRO_BUF_INIT;
	tro_buf pdf = TRO_BUF_INIT;
	tro_buf hi1 = TRO_BUF_INIT;
	tro_buf base64 = TRO_BUF_INIT;
	uint8_t raw[200];
	size_t len = strlen(exhibit_bytes[2]);

	build_ok(&zip, &w);
	ck_assert(member(&pdf, &zip, "provider/sealed-order.pdf"));
	ck_assert_str_eq(pdf.ptr, exhibit_bytes[2]);
	memcpy(raw, exhibit_bytes[2], len);
	tro_base64_encode(&base64, raw, len);
	ck_assert(member(&hi1, &zip, "provider/hi1.xml"));
	ck_assert(holds(&hi1, base64.ptr));
	tro_buf_done(&base64);
	tro_buf_done(&hi1);
	tro_buf_done(&pdf);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(a_draft_order_says_all_that_an_order_must_say_and_what_is_asked_for)
{
	static const char *const first[] = {"regulation 3(6)", "15:00 on Friday 13 November 2026",
		"regulation 3(2)", "11 May 2027", "regulations 3(3) and 5(2)", "regulation 7",
		"(regulation 9)", "CPR 23.9(2)", "CPR 23.10", "regulation 10", "+447700900101",
		"+447700900103", "emergencySMS", "Northway Mobile Limited", "01632 960303"};
	static const char *const second[] = {"fifth working day after the date of this order",
		"registered office is in Scotland", "until it is discharged under regulation 10",
		"regulation 3(6)", "+447700900102"};
	world w = open_filing(0);
	tro_buf zip = TRO_BUF_INIT;
	tro_buf one = TRO_BUF_INIT;
	tro_buf two = TRO_BUF_INIT;

	build_ok(&zip, &w);
	ck_assert(member(&one, &zip, "court/draft-order-1-northway.akn.xml"));
	ck_assert(member(&two, &zip, "court/draft-order-2-southern-cross.akn.xml"));
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++) {
		ck_assert_msg(holds(&one, first[i]), "the draft does not say: %s", first[i]);
	}
	for (size_t i = 0; i < sizeof(second) / sizeof(*second); i++) {
		ck_assert_msg(holds(&two, second[i]), "the draft does not say: %s", second[i]);
	}
	ck_assert_msg(!holds(&one, "0900102") && !holds(&one, "Southern"),
		"a draft order speaks of another provider");
	tro_buf_done(&two);
	tro_buf_done(&one);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(a_witness_statement_is_formal_dated_and_in_the_deponents_words)
{
	static const char *const parts[] = {"First witness statement of Ann Example",
		"I believe that the facts stated in this witness statement are true.",
		"false statement in a document verified by a statement of truth",
		"<docDate date=\"2026-11-03\">3 November 2026</docDate>",
		"Typed by me from my pocket notebook and the exhibits.",
		"On 1 October 2026 I read the call data that I produce as exhibit AE1.", "AE2"};
	world w = open_filing(0);
	tro_buf zip = TRO_BUF_INIT;
	tro_buf text = TRO_BUF_INIT;

	build_ok(&zip, &w);
	ck_assert(member(&text, &zip, "court/witness-statement.akn.xml"));
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		ck_assert_msg(holds(&text, parts[i]), "the statement does not say: %s", parts[i]);
	}
	tro_buf_done(&text);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(an_order_until_discharged_has_no_end_in_the_message)
{
	world w = open_filing(2);
	tro_buf zip = TRO_BUF_INIT;
	tro_buf hi1 = TRO_BUF_INIT;

	set_text(&w, "/case/orders/order[1]/terms/until", "");
	tro_xml_remove(at(w.doc, "/case/orders/order[1]/ends"));
	build_ok(&zip, &w);
	ck_assert(member(&hi1, &zip, "provider/hi1.xml"));
	ck_assert(!holds(&hi1, "EndTime"));
	tro_buf_done(&hi1);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(an_order_without_a_settled_date_can_still_be_served)
{
	world w = open_filing(2);
	tro_buf zip = TRO_BUF_INIT;
	tro_buf text = TRO_BUF_INIT;

	set_text(&w, "/case/orders/order[1]/terms/comply-date", "");
	set_text(&w, "/case/orders/order[1]/terms/comply-time", "");
	set_text(&w, "/case/orders/order[1]/comply-by", "");
	build_ok(&zip, &w);
	ck_assert(member(&text, &zip, "provider/order-transcription.akn.xml"));
	ck_assert(holds(&text, "The order states no date"));
	tro_buf_done(&text);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

/* ---- an order that is no longer as it was made ---- */

/* Puts a fragment into the order against Northway, as its last child. */
static void put_into_order(world *w, const char *fragment)
{
	tro_xml_doc *doc = NULL;

	CHECK_OK(tro_xml_parse(&doc, fragment, strlen(fragment), "fragment", NULL, &err));
	CHECK_OK(tro_xml_copy(NULL, at(w->doc, "/case/orders/order[1]"), TRO_XML_LAST_CHILD,
		tro_xml_root(doc), &err));
	tro_xml_free(doc);
}

static void ck_says(const tro_buf *zip, const char *path, const char *part, bool says)
{
	tro_buf text = TRO_BUF_INIT;

	ck_assert(member(&text, zip, path));
	ck_assert_msg(holds(&text, part) == says, "%s: %s: %.400s", path, part, text.ptr);
	tro_buf_done(&text);
}

#define TRANSCRIPTION "provider/order-transcription.akn.xml"

START_TEST(a_varied_order_is_served_in_the_terms_that_bind)
{
	world w = open_world();
	tro_buf zip = TRO_BUF_INIT;

	tro_xml_remove(at(w.doc, "/case/orders/order[1]/variations"));
	put_into_order(&w, "<variations><variation seq='18'><date>2026-11-12</date>"
			   "<court-reference>K00XX124</court-reference>"
			   "<comply-date>2026-11-20</comply-date><until>2027-11-30</until>"
			   "<terms>Texts are to be barred first.</terms>"
			   "<sealed media='application/pdf'/></variation></variations>");
	set_hash(&w, "/case/orders/order[1]/variations/variation/sealed", 2);
	set_text(&w, "/case/orders/order[1]/terms/comply-date", "2026-11-20");
	set_text(&w, "/case/orders/order[1]/terms/comply-time", "");
	set_text(&w, "/case/orders/order[1]/terms/until", "2027-11-30");
	set_text(&w, "/case/orders/order[1]/comply-by", "2026-11-21T00:00:00.000000Z");
	set_text(&w, "/case/orders/order[1]/ends", "2027-12-01T00:00:00.000000Z");
	build_ok(&zip, &w);
	ck_says(&zip, "provider/sealed-variation-1.pdf", "%PDF-1.7", true);
	ck_says(&zip, TRANSCRIPTION, "as varied on <b>12 November 2026</b> (K00XX124)", true);
	ck_says(&zip, TRANSCRIPTION,
		"the end of Friday 20 November 2026</b> (UK time), as the "
		"court varied it on 12 November 2026",
		true);
	ck_says(&zip, TRANSCRIPTION, "30 November 2027", true);
	ck_says(&zip, TRANSCRIPTION, "11 May 2027", false);
	ck_says(&zip, TRANSCRIPTION, "fifth working day", false);
	ck_says(&zip, TRANSCRIPTION, "Texts are to be barred first.", true);
	ck_says(&zip, "provider/hi1.xml", "as varied on 12 November 2026", true);
	ck_says(&zip, "provider/hi1.xml", "EndTime>2027-12-01T00:00:00+00:00<", true);
	ck_says(&zip, "provider/identifiers.csv",
		",2026-11-21T00:00:00+00:00,2026-11-20,2027-11-30,variation,\"K00XX123\"", true);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(an_agreed_time_is_not_said_to_be_the_courts)
{
	world w = open_world();
	tro_buf zip = TRO_BUF_INIT;

	put_into_order(&w, "<agreed-earlier seq='18'><date>2026-11-12</date><time>10:00</time>"
			   "<applicant>A. Example</applicant></agreed-earlier>");
	set_text(&w, "/case/orders/order[1]/comply-by", "2026-11-12T10:00:00.000000Z");
	set_text(&w, "/case/orders/order[1]/terms/comply-date", "");
	set_text(&w, "/case/orders/order[1]/terms/comply-time", "");
	build_ok(&zip, &w);
	ck_says(&zip, TRANSCRIPTION, "10:00 on Thursday 12 November 2026", true);
	ck_says(&zip, TRANSCRIPTION, "have agreed (regulation 3(6))", true);
	ck_says(&zip, TRANSCRIPTION, "fifth working day", false);
	ck_says(&zip, TRANSCRIPTION, "A. Example", false);
	ck_says(&zip, "provider/hi1.xml", "agreed under regulation 3(6)", true);
	ck_says(&zip, "provider/identifiers.csv", "2026-11-12,2027-05-11,agreement,", true);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(the_end_of_the_fifth_working_day_is_said_by_its_day)
{
	world w = open_world();
	tro_buf zip = TRO_BUF_INIT;

	put_into_order(&w, "<last-day>2026-11-18</last-day>");
	set_text(&w, "/case/orders/order[1]/comply-by", "2026-11-19T00:00:00.000000Z");
	set_text(&w, "/case/orders/order[1]/terms/comply-date", "");
	set_text(&w, "/case/orders/order[1]/terms/comply-time", "");
	build_ok(&zip, &w);
	ck_says(&zip, TRANSCRIPTION,
		"fifth working day after its date, Wednesday 18 November "
		"2026, which is <b>before 19 November 2026 at 00:00</b>",
		true);
	ck_says(&zip, "provider/identifiers.csv",
		",2026-11-19T00:00:00+00:00,2026-11-18,2027-05-11,regulation 3(5),", true);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(an_item_excluded_before_release_is_served_as_excepted)
{
	world w = open_world();
	tro_buf zip = TRO_BUF_INIT;

	CHECK_OK(tro_xml_set(
		at(w.doc, "/case/orders/order[1]/exclusions/exclusion"), NULL, "seq", "19", &err));
	build_ok(&zip, &w);
	ck_says(&zip, TRANSCRIPTION, "No. 2 (Phone number +447700900103", true);
	ck_says(&zip, TRANSCRIPTION, "the order does not apply to it", true);
	ck_says(&zip, "provider/hi1.xml", "does not apply to No. 2", true);
	ck_says(&zip, "provider/hi1.xml", "447700900103", false);
	ck_says(&zip, "provider/identifiers.csv", "447700900103", false);
	ck_says(&zip, "provider/identifiers.csv", "447700900101", true);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

/* ---- the same bytes ---- */

START_TEST(the_same_case_gives_the_same_bytes_in_any_zone_and_language)
{
	world w = open_filing(_i);
	tro_buf first = TRO_BUF_INIT;
	tro_buf again = TRO_BUF_INIT;
	tro_buf elsewhere = TRO_BUF_INIT;

	build_ok(&first, &w);
	build_ok(&again, &w);
	ck_assert(same(&first, &again));
	ck_assert_int_eq(setenv("TZ", "Pacific/Kiritimati", 1), 0);
	ck_assert_int_eq(setenv("LC_ALL", "tr_TR.UTF-8", 1), 0);
	tzset();
	(void)setlocale(LC_ALL, "");
	(void)setlocale(LC_ALL, "C.UTF-8");
	build_ok(&elsewhere, &w);
	ck_assert(same(&first, &elsewhere));
	tro_buf_done(&elsewhere);
	tro_buf_done(&again);
	tro_buf_done(&first);
	close_world(&w);
}
END_TEST

START_TEST(building_leaves_the_case_as_it_was)
{
	world w = open_filing(_i);
	tro_buf zip = TRO_BUF_INIT;
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;

	CHECK_OK(tro_xml_c14n(&before, tro_xml_root(w.doc), &err));
	build_ok(&zip, &w);
	CHECK_OK(tro_xml_c14n(&after, tro_xml_root(w.doc), &err));
	ck_assert(same(&before, &after));
	tro_buf_done(&after);
	tro_buf_done(&before);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

/* ---- schemas ---- */

static void write_file(const char *path, const tro_buf *bytes)
{
	FILE *file = fopen(path, "wb");

	ck_assert_msg(file != NULL, "cannot write %s", path);
	ck_assert_uint_eq(fwrite(bytes->ptr, 1, bytes->len, file), bytes->len);
	ck_assert_int_eq(fclose(file), 0);
}

/* Exit code of xmllint over one file; -1 when it cannot be run. */
static int run_xmllint(char *schema, char *path)
{
	char *const argv[] = {"xmllint", "--nonet", "--noout", "--schema", schema, path, NULL};
	pid_t pid = 0;
	int status = 0;

	if (posix_spawnp(&pid, "xmllint", NULL, NULL, argv, environ) != 0) {
		return -1;
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool has_schemas(const char *schema)
{
	static const char xmldsig[] = "/usr/share/xml/xmltooling/xmldsig-core-schema.xsd";
	const char *missing = access(schema, R_OK) != 0	   ? schema
			      : access(xmldsig, R_OK) != 0 ? xmldsig
							   : NULL;

	if (missing == NULL && access("/usr/bin/xmllint", X_OK) != 0) {
		missing = "/usr/bin/xmllint";
	}
	if (missing != NULL) {
		fprintf(stderr, "SKIPPED: validation against %s: %s is not there\n", schema,
			missing);
	}
	return missing == NULL;
}

/* Validates the members whose name ends so; gives their number. */
static size_t validate(const tro_buf *zip, const char *ending, char *schema)
{
	char path[] = "/tmp/tro-filing-XXXXXX";
	int fd = mkstemp(path);
	tro_pack *pack = NULL;
	size_t count = 0;

	ck_assert_int_ge(fd, 0);
	(void)close(fd);
	CHECK_OK(tro_pack_open(&pack, zip->ptr, zip->len, &err));
	for (size_t i = 0; i < tro_pack_count(pack); i++) {
		const char *name = tro_pack_name(pack, i);
		tro_buf bytes = TRO_BUF_INIT;

		if (strlen(name) < strlen(ending) ||
			strcmp(name + strlen(name) - strlen(ending), ending) != 0) {
			continue;
		}
		CHECK_OK(tro_pack_read(&bytes, pack, i, &err));
		write_file(path, &bytes);
		ck_assert_msg(
			run_xmllint(schema, path) == 0, "%s does not keep to %s", name, schema);
		tro_buf_done(&bytes);
		count++;
	}
	tro_pack_close(pack);
	ck_assert_int_eq(unlink(path), 0);
	return count;
}

START_TEST(texts_keep_to_the_schema_of_akoma_ntoso)
{
	static char schema[] = TRO_SHARED_DIR "/schemas/akn/akomantoso30.xsd";
	static const size_t counts[FILINGS] = {5, 6, 1, 1};
	world w = open_filing(_i);
	tro_buf zip = TRO_BUF_INIT;

	build_ok(&zip, &w);
	if (has_schemas(schema)) {
		ck_assert_uint_eq(validate(&zip, ".akn.xml", schema), counts[_i]);
	}
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(the_message_keeps_to_the_schemas_of_etsi)
{
	static char schema[] = TRO_SHARED_DIR "/schemas/etsi/hi1-validation.xsd";
	world w = open_filing(2);
	tro_buf zip = TRO_BUF_INIT;

	w.live = _i == 1;
	build_ok(&zip, &w);
	if (has_schemas(schema)) {
		ck_assert_uint_eq(validate(&zip, "hi1.xml", schema), 1);
	}
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

/* ---- nobody is told what is not theirs ---- */

static size_t poisoned;

static bool in_list(const char *const *list, const char *name)
{
	while (*list != NULL && strcmp(*list, name) != 0) {
		list++;
	}
	return *list != NULL;
}

/* What a provider may know of its own order; everything else in a case is changed. */
static const char *const provider_knows[] = {"provider", "date", "court-reference", "judge",
	"comply-date", "comply-time", "until", "earlier", "carve-out", "costs", "terms", "sealed",
	"comply-by", "ends", "ordered", "outcome", NULL};

static void poison_attributes(tro_xml_node *node)
{
	char poison[40];

	for (tro_xml_node *a = tro_xml_first_attribute(node); a != NULL;
		a = tro_xml_next_attribute(a)) {
		/* Who is meant is found by the number of an order. */
		if (tro_xml_is(node, NULL, "order") && strcmp(tro_xml_name(a), "n") == 0) {
			continue;
		}
		(void)snprintf(poison, sizeof(poison), "poison%zu", poisoned++);
		CHECK_OK(tro_xml_set(node, NULL, tro_xml_name(a), poison, &err));
	}
}

static void poison_below(tro_xml_node *node, const char *const *spared)
{
	char poison[40];

	poison_attributes(node);
	if (tro_xml_first(node) == NULL) {
		(void)snprintf(poison, sizeof(poison), "poison%zu", poisoned++);
		CHECK_OK(tro_xml_set_text(node, poison, &err));
		return;
	}
	for (tro_xml_node *child = tro_xml_first(node); child != NULL;
		child = tro_xml_next(child)) {
		if (!in_list(spared, tro_xml_name(child))) {
			poison_below(child, spared);
		}
	}
}

static void poison_case(world *w)
{
	static const char *const nothing[] = {NULL};
	static const char *const found_by[] = {"force", "court", "orders", NULL};
	static const char *const order_shown[] = {"provider", "made", "terms", "comply-by", "ends",
		"ordered", "privacy", "exclusions", "read-back", NULL};

	for (tro_xml_node *child = tro_xml_first(tro_xml_root(w->doc)); child != NULL;
		child = tro_xml_next(child)) {
		if (!in_list(found_by, tro_xml_name(child))) {
			poison_below(child, nothing);
		}
	}
	poison_below(at(w->doc, "/case/orders/order[2]"), nothing);
	for (tro_xml_node *child = tro_xml_first(at(w->doc, "/case/orders/order[1]"));
		child != NULL; child = tro_xml_next(child)) {
		if (!in_list(order_shown, tro_xml_name(child))) {
			poison_below(child, nothing);
		}
	}
	poison_below(at(w->doc, "/case/orders/order[1]/made"), provider_knows);
	poison_below(at(w->doc, "/case/orders/order[1]/privacy"), provider_knows);
	CHECK_OK(tro_xml_set(
		at(w->doc, "/case/orders/order[1]/made/sealed"), NULL, "name", "poison.pdf", &err));
	set_text(w, "/case/orders/order[1]/exclusions/exclusion/reason", "poison");
}

START_TEST(a_provider_gets_the_same_bytes_whatever_else_the_case_holds)
{
	world w = open_filing(2 + _i);
	tro_buf honest = TRO_BUF_INIT;
	tro_buf blind = TRO_BUF_INIT;

	build_ok(&honest, &w);
	poisoned = 0;
	poison_case(&w);
	ck_assert_uint_gt(poisoned, 100);
	build_ok(&blind, &w);
	ck_assert(same(&honest, &blind));
	tro_buf_done(&blind);
	tro_buf_done(&honest);
	close_world(&w);
}
END_TEST

START_TEST(a_provider_is_told_no_other_number_officer_ground_or_exhibit)
{
	static const char *const secrets[] = {"7700900102", "900102", "southern", "Southern", "Ann",
		"Sam Example", "P-3KWT", "P-9M2C", "P-7HJQ", "P-5TQX", "sergeant", "superintendent",
		"Superintendent", "Crime Command", "County Lines Team", "Lantern", "Kit ",
		"cocaine", "heroin", "handsets", "fifteen", "exploited", "Arrest", "seizure",
		"weekend", "treatment", "notebook", "AE1", "AE2", "calls.csv", "sealed-northway",
		"comms-data", "relative", "lent", "mda-4-3-b", "facilitating", "order.1",
		"exhibits/", "witness", "second-reader", "reviewer"};
	world w = open_filing(2 + _i);
	tro_buf zip = TRO_BUF_INIT;

	build_ok(&zip, &w);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		/* Members are stored as they are: the bytes of the container hold all there is. */
		ck_assert_msg(!holds(&zip, secrets[i]), "the provider is told '%s'", secrets[i]);
	}
	ck_assert(holds(&zip, "01632 960303")); /* the desk */
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(a_notice_names_the_excepted_item_alone)
{
	world w = open_filing(3);
	tro_buf zip = TRO_BUF_INIT;

	build_ok(&zip, &w);
	ck_assert(holds(&zip, "+447700900103"));
	ck_assert(!holds(&zip, "900101"));
	ck_assert(holds(&zip, "the order does not apply to this item"));
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(the_court_is_not_told_what_stays_at_home)
{
	static const char *const secrets[] = {"Lantern", "P-7HJQ", "handset.png", "calls.csv",
		"who holds the handsets", "1fe289205936c3fd", "HHJ Example", "sealed-northway",
		"relative's"};
	world w = open_filing(_i);
	tro_buf zip = TRO_BUF_INIT;

	build_ok(&zip, &w);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		ck_assert_msg(!holds(&zip, secrets[i]), "the court is told '%s'", secrets[i]);
	}
	if (strcmp(w.name, "court-bundle") == 0) {
		const char *shown = tro_xml_simple_text(at(w.doc, "/case/approval/document"));

		ck_assert(!holds(&zip, shown));
	}
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

/* ---- own words and odd characters ---- */

#define MARKUP "<script>alert(1)</script> & \"quoted\", 'single' ]]> &lt; \xe2\x82\xac"

START_TEST(markup_in_own_words_stays_text)
{
	world w = open_filing(0);
	tro_buf zip = TRO_BUF_INIT;
	tro_buf html = TRO_BUF_INIT;
	tro_buf text = TRO_BUF_INIT;
	tro_xml_doc *doc = NULL;
	tro_buf string = TRO_BUF_INIT;

	set_text(
		&w, "/case/application/grounds", MARKUP "\r\n\r\n\r\n  second\r\nline\n \n{third}");
	set_text(&w, "/case/statement/text", MARKUP);
	CHECK_OK(tro_xml_set(
		at(w.doc, "/case/people/person[1]"), NULL, "name", "Ann <b>\"Example\"</b>", &err));
	CHECK_OK(tro_xml_set(
		at(w.doc, "/case/exhibits/exhibit[1]"), NULL, "title", MARKUP "{1 + 1}", &err));
	CHECK_OK(tro_xml_set(
		at(w.doc, "/case/exhibits/exhibit[1]"), NULL, "ref", "../../AE 1/x", &err));
	build_ok(&zip, &w);
	ck_assert(member(&html, &zip, "court/application.html"));
	ck_assert(!holds(&html, "<script"));
	ck_assert(holds(&html, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; \"quoted\""));
	ck_assert(member(&text, &zip, "court/application.akn.xml"));
	CHECK_OK(tro_xml_parse(&doc, text.ptr, text.len, "akn", NULL, &err));
	tro_xml_text(&string, tro_xml_root(doc));
	ck_assert(holds(&string, MARKUP));
	ck_assert(holds(&string, "second\nline"));
	ck_assert(holds(&string, "{third}"));
	tro_xml_free(doc);
	tro_buf_clear(&text);
	ck_assert(member(&text, &zip, "exhibits/1-------AE-1-x.txt"));
	tro_buf_done(&string);
	tro_buf_done(&text);
	tro_buf_done(&html);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

START_TEST(a_long_statement_keeps_every_paragraph)
{
	world w = open_filing(0);
	tro_buf words = TRO_BUF_INIT;
	tro_buf zip = TRO_BUF_INIT;
	tro_buf text = TRO_BUF_INIT;

	for (int i = 0; i < 3000; i++) {
		tro_buf_printf(&words, "%sParagraph %d of it.", i == 0 ? "" : "\n\n", i);
	}
	set_text(&w, "/case/statement/text", words.ptr);
	build_ok(&zip, &w);
	ck_assert(member(&text, &zip, "court/witness-statement.akn.xml"));
	ck_assert(holds(&text, ">Paragraph 0 of it.<"));
	ck_assert(holds(&text, ">Paragraph 1234 of it.<"));
	ck_assert(holds(&text, ">Paragraph 2999 of it.<"));
	ck_assert(holds(&text, "eId=\"para_3000\""));
	tro_buf_done(&text);
	tro_buf_done(&zip);
	tro_buf_done(&words);
	close_world(&w);
}
END_TEST

START_TEST(no_field_of_a_csv_is_a_formula)
{
	static const char formula[] = "=HYPERLINK(\"http://x.example\",\"y\"),z";
	world w = open_filing(0);
	tro_buf zip = TRO_BUF_INIT;
	tro_buf csv = TRO_BUF_INIT;

	set_text(&w, "/case/items/item[3]/device-type", "other");
	set_text(&w, "/case/items/item[3]/device", formula);
	set_text(&w, "/case/items/item[3]/row", "@SUM(1)");
	CHECK_OK(tro_xml_set(at(w.doc, "/case/exhibits/exhibit[1]"), NULL, "media",
		"application/pdf", &err)); /* of which no rows are cited */
	set_text(&w, "/case/items/item[3]/column", "-1\nB");
	build_ok(&zip, &w);
	ck_assert(member(&csv, &zip, "court/items.csv"));
	ck_assert(holds(&csv,
		",other,\"'=HYPERLINK(\"\"http://x.example\"\",\"\"y\"\"),z\",\"\",\"northway\""));
	ck_assert(holds(&csv, ",\"'@SUM(1)\",\"'-1\nB\","));
	ck_assert(!holds(&csv, ",="));
	ck_assert(!holds(&csv, ",\"="));
	tro_buf_done(&csv);
	tro_buf_done(&zip);
	close_world(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("filing");
	TCase *t = tcase_create("filings");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, each_filing_holds_what_it_is_for, 0, FILINGS);
	tcase_add_loop_test(
		t, the_readme_and_the_manifest_give_the_hash_of_every_member, 0, FILINGS);
	tcase_add_test(t, the_court_gets_the_approved_bytes_whatever_is_adopted_since);
	tcase_add_test(t, nothing_is_filed_but_what_this_case_has_made);
	tcase_add_test(t, the_court_gets_copies_of_exhibits_and_is_told_of_which_originals);
	tcase_add_test(t, a_row_that_is_cited_and_not_there_stops_the_filing);
	tcase_add_test(t, an_exhibit_that_is_too_large_for_a_copy_is_not_read);
	tcase_add_test(t, copies_that_are_too_much_together_are_told_while_the_draft_can_be_mended);
	tcase_add_test(t, the_sealed_order_goes_out_byte_for_byte);
	tcase_add_test(t, a_draft_order_says_all_that_an_order_must_say_and_what_is_asked_for);
	tcase_add_test(t, a_witness_statement_is_formal_dated_and_in_the_deponents_words);
	tcase_add_test(t, an_order_until_discharged_has_no_end_in_the_message);
	tcase_add_test(t, an_order_without_a_settled_date_can_still_be_served);
	tcase_add_test(t, a_varied_order_is_served_in_the_terms_that_bind);
	tcase_add_test(t, an_agreed_time_is_not_said_to_be_the_courts);
	tcase_add_test(t, the_end_of_the_fifth_working_day_is_said_by_its_day);
	tcase_add_test(t, an_item_excluded_before_release_is_served_as_excepted);
	tcase_add_loop_test(
		t, the_same_case_gives_the_same_bytes_in_any_zone_and_language, 0, FILINGS);
	tcase_add_loop_test(t, building_leaves_the_case_as_it_was, 0, FILINGS);
	tcase_add_loop_test(t, texts_keep_to_the_schema_of_akoma_ntoso, 0, FILINGS);
	tcase_add_loop_test(t, the_message_keeps_to_the_schemas_of_etsi, 0, 2);
	tcase_add_loop_test(t, a_provider_gets_the_same_bytes_whatever_else_the_case_holds, 0, 2);
	tcase_add_loop_test(t, a_provider_is_told_no_other_number_officer_ground_or_exhibit, 0, 2);
	tcase_add_test(t, a_notice_names_the_excepted_item_alone);
	tcase_add_loop_test(t, the_court_is_not_told_what_stays_at_home, 0, 2);
	tcase_add_test(t, markup_in_own_words_stays_text);
	tcase_add_test(t, a_long_statement_keeps_every_paragraph);
	tcase_add_test(t, no_field_of_a_csv_is_a_formula);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
