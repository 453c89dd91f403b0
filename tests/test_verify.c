/*
 * Verification: a store as its people made it is valid; a store that somebody altered behind their
 * back, or in which one of them signed what may not be, is not, and the finding names the record.
 */
#include "case_world.h"

#include <tro/verify.h>

#include "crypto/crypto.h"
#include "ledger/tree.h"

static world w;
static char second_case[TRO_ID_SIZE];
static tro_verdict verdict;
static tro_verify_summary summary;

/* The log: 0 to 8 the registry (genesis, adoption, three enrolments, four grants), then the first
 * case and the second. */
enum { CREATED = 9, NOTED, PHOTOED, UNPHOTOED, CONTESTED, INQUIRED, CREATED_2, NOTED_2, LOG_SIZE };

static char photo_path[128];

static void setup(void)
{
	open_world(&w);
	CHECK_OK(create_titled(&w, ADA, "The second"));
	char early[TRO_ID_SIZE]; /* ids are random: which is first in the log is what counts */

	memcpy(early, w.id, sizeof(early));
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
	(void)snprintf(photo_path, sizeof(photo_path), "%s/photo.dat", test_dir);
	write_file(photo_path, "a car", 5);
	CHECK_OK(ACT(&w, ADA, "note", "text", "seen by Ada"));
	CHECK_OK(ACT(&w, ADA, "photo", "file", photo_path, "ref", "P1"));
	CHECK_OK(ACT(&w, ADA, "unphoto", "ref", "P1"));
	CHECK_OK(ACT(&w, ADA, "contest"));
	CHECK_OK(ACT(&w, ADA, "inquire", "n", "1", "due", "2026-12-01T09:00:00Z"));
	tro_case_close(w.c);
	w.c = NULL;
	CHECK_OK(create_titled(&w, BEN, "Another"));
	memcpy(second_case, w.id, sizeof(second_case));
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
	CHECK_OK(ACT(&w, BEN, "note", "text", "seen by Ben"));
	tro_case_close(w.c);
	w.c = NULL;
	memcpy(w.id, early, sizeof(early));
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
}

static void teardown(void)
{
	close_world(&w);
}

static void verify(void)
{
	tro_findings_free(w.findings);
	w.findings = tro_findings_new();
	CHECK_OK(tro_verify(&verdict, &summary, store_dir, NULL, w.findings, NULL, NULL, &err));
}

#define CHECK_VERDICT(expected)                                                                    \
	do {                                                                                       \
		if (verdict != (expected)) {                                                       \
			show_findings(&w);                                                         \
		}                                                                                  \
		ck_assert_str_eq(tro_verdict_name(verdict), tro_verdict_name(expected));           \
	} while (0)

/* ---- a good store ---- */

START_TEST(a_store_as_its_people_made_it_is_valid)
{
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	CHECK_FOUND(&w, "witness", "no witness required");
	ck_assert_uint_eq(tro_findings_count(w.findings), 1);
	ck_assert_uint_eq(summary.records, LOG_SIZE);
	ck_assert_uint_eq(summary.signatures, LOG_SIZE);
	ck_assert_uint_eq(summary.cases, 2);
	ck_assert_uint_eq(summary.steps, LOG_SIZE - CREATED);
	ck_assert_uint_eq(strlen(summary.root), 64);
}
END_TEST

START_TEST(one_case_can_be_verified_by_its_name_and_nobody_elses_faults_count)
{
	char lower[TRO_ID_SIZE];

	for (size_t i = 0; i <= strlen(w.id); i++) {
		bool letter = w.id[i] >= 'A' && w.id[i] <= 'Z';

		lower[i] = letter ? (char)(w.id[i] - 'A' + 'a') : w.id[i];
	}
	shell_ok("UPDATE case_index SET title = 'X' WHERE title = 'Another'");
	CHECK_OK(tro_verify(&verdict, &summary, store_dir, lower, w.findings, NULL, NULL, &err));
	CHECK_VERDICT(TRO_VERDICT_VALID);
	ck_assert_uint_eq(summary.cases, 1);
	CHECK_STATUS(tro_verify(&verdict, &summary, store_dir, "2222-2222", w.findings, NULL, NULL,
			     &err),
		TRO_INVALID);
	verify();
	CHECK_VERDICT(TRO_VERDICT_INVALID);
}
END_TEST

/* ---- altered behind their back ---- */

/* Flips the last bit of the byte number `at` (from 1) of a blob. */
#define FLIP(column, at)                                                                           \
	column " = CAST(substr(" column ", 1, " at " - 1) || CASE substr(hex(" column "), 2 * " at \
	       ", 1) WHEN '0' THEN X'31' ELSE X'30' END || substr(" column ", " at                 \
	       " + 1) AS BLOB) "

static const struct {
	const char *what, *sql, *id, *place;
} alterations[] = {
	{"a byte of a note's text",
		"UPDATE record SET note = CAST(replace(note, 'event note', 'event nose') AS BLOB) "
		"WHERE position = 10",
		"record", "record 10 of"},
	{"a byte of a note's signature",
		"UPDATE record SET " FLIP("note", "(length(note) - 20)") "WHERE position = 10",
		"record", "record 10 of"},
	{"a byte of a registry note",
		"UPDATE record SET note = CAST(replace(note, 'event grant', 'event grand') AS "
		"BLOB) WHERE position = 6",
		"record", "record 6 of"},
	{"a payload",
		"UPDATE payload SET bytes = CAST(replace(bytes, 'seen by', 'sewn by') AS BLOB) "
		"WHERE position = 10",
		"record", "record 10 of"},
	{"a payload and its step",
		"UPDATE payload SET bytes = CAST(replace(bytes, 'seen by', 'sewn by') AS BLOB) "
		"WHERE position = 10",
		"step", "seq 1"},
	{"a payload that is gone", "DELETE FROM payload WHERE position = 10", "record",
		"record 10 of"},
	{"a registry payload that is gone", "DELETE FROM payload WHERE position = 5", "record",
		"record 5 of"},
	{"a payload's salt", "UPDATE payload SET salt = zeroblob(32) WHERE position = 10", "record",
		"record 10 of"},
	{"an outcome's salt", "UPDATE outcome_salt SET salt = zeroblob(32) WHERE position = 10",
		"step", "seq 1"},
	{"an outcome's salt that is gone", "DELETE FROM outcome_salt WHERE position = 10", "step",
		"seq 1"},
	{"a leaf of the tree",
		"UPDATE node SET hash = zeroblob(32) WHERE level = 0 AND number = 10", "tree",
		"record 10 of"},
	{"a node of the tree", "UPDATE node SET hash = zeroblob(32) WHERE level = 2 AND number = 2",
		"tree", "record 11 of"},
	{"a node that is gone", "DELETE FROM node WHERE level = 2 AND number = 2", "tree",
		"record 11 of"},
	{"a definition in use",
		"UPDATE blob SET bytes = CAST(replace(bytes, 'a long note', 'a lang note') AS "
		"BLOB) WHERE CAST(bytes AS TEXT) LIKE '%tro:id=\"parking/appeal\"%'",
		"adopted", "record 1 of"},
	{"an adopted list that nobody used yet",
		"UPDATE blob SET bytes = CAST(replace(bytes, 'kerb', 'curb') AS BLOB) WHERE "
		"CAST(bytes AS TEXT) LIKE '%<codes version%'",
		"adopted", "record 1 of"},
	{"an adopted list that is gone",
		"DELETE FROM blob WHERE CAST(bytes AS TEXT) LIKE '%<codes version%'", "adopted",
		"record 1 of"},
	{"a filing",
		"UPDATE blob SET bytes = zeroblob(9) WHERE sha256 = (SELECT sha256 FROM "
		"filing_index)",
		"filing", "filing 4.1"},
	{"a filing that is gone",
		"DELETE FROM blob WHERE sha256 = (SELECT sha256 FROM filing_index)", "filing",
		"filing 4.1"},
	{"the list of cases", "UPDATE case_index SET title = 'Mine' WHERE title = 'Another'",
		"projection", "case "},
	{"the list of matters", "UPDATE matter_index SET finished = 1", "projection", "case "},
	{"the list of deadlines", "UPDATE timer_index SET due = due + 1", "projection", "case "},
	{"the list of filings", "UPDATE filing_index SET recipient = 'me'", "projection", "case "},
	{"a deadline that is gone", "DELETE FROM timer_index WHERE timer = 'lapse'", "projection",
		"case "},
	{"a case that has no record",
		"INSERT INTO case_index (case_id, title, workflow, states, head_hash, count, "
		"created, updated, finished) VALUES ('GHOST', '', '', '', '', 1, 0, 0, 0)",
		"projection", "GHOST"},
	{"a snapshot",
		"UPDATE snapshot SET bytes = CAST(replace(CAST(bytes AS TEXT), 'seen by', 'sewn "
		"by') AS BLOB)",
		"projection", "case "},
	{"the case of a record",
		"UPDATE record SET seq = 2, case_id = (SELECT case_id FROM record WHERE position = "
		"15) WHERE position = 14",
		"record", "record 14 of"},
	{"the order of two records",
		"UPDATE record SET seq = 90 WHERE position = 11; UPDATE record SET seq = 2 WHERE "
		"position = 12; UPDATE record SET seq = 3 WHERE position = 11",
		"record", "record 11 of"},
	{"a record from the middle",
		"DELETE FROM payload WHERE position = 12; DELETE FROM outcome_salt WHERE position "
		"= 12; DELETE FROM record WHERE position = 12",
		"record/missing", "record 12 of"},
	{"the last record, but not what was derived from it",
		"DELETE FROM payload WHERE position = 16; DELETE FROM outcome_salt WHERE position "
		"= 16; DELETE FROM record WHERE position = 16; "
		"DELETE FROM node WHERE (number + 1) * (1 << level) > 16",
		"projection", "case "},
};

START_TEST(what_is_altered_behind_their_back_is_found_and_named)
{
	char sql[4096];

	(void)snprintf(sql, sizeof(sql), "PRAGMA foreign_keys = OFF; BEGIN; %s; COMMIT",
		alterations[_i].sql);
	shell_unguarded(sql);
	verify();
	(void)fprintf(stderr, "%s\n", alterations[_i].what);
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, alterations[_i].id, alterations[_i].place);
}
END_TEST

/* The photo was taken out of the case since, but a record says that it was there. */
START_TEST(an_exhibit_that_a_record_took_in_is_found_altered_or_gone)
{
	char path[300];
	uint8_t sha256[32];
	char hex[TRO_HEX_SIZE(32)];

	tro_sha256(sha256, "a car", 5);
	tro_hex_encode(hex, sha256, sizeof(sha256));
	(void)snprintf(path, sizeof(path), "%s/exhibits/%s/%s", store_dir, w.id, hex);
	ck_assert(exists(path));
	ck_assert_int_eq(chmod(path, 0600), 0);
	if (_i == 0) {
		write_file(path, "a bus", 5);
	} else {
		ck_assert_int_eq(unlink(path), 0);
	}
	verify();
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, "exhibit", "seq 2");
	CHECK_FOUND(&w, "exhibit", hex);
}
END_TEST

/* Whoever can write the store can cut its end off and make everything derived fit. No verification
 * of the store alone can see that: it takes a checkpoint that a witness signed, or somebody who
 * kept the root. */
START_TEST(a_log_cut_off_consistently_is_valid_but_has_another_root)
{
	char root[65];
	bool same = true;
	tro_registry *registry;

	verify();
	memcpy(root, summary.root, sizeof(root));
	shell_unguarded("DELETE FROM payload WHERE position = 16; "
			"DELETE FROM outcome_salt WHERE position = 16; "
			"DELETE FROM record WHERE position = 16; "
			"DELETE FROM node WHERE (number + 1) * (1 << level) > 16");
	registry = open_registry();
	CHECK_OK(tro_rebuild(registry, &same, &err));
	ck_assert(!same);
	tro_registry_close(registry);
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	ck_assert_str_ne(summary.root, root);
}
END_TEST

START_TEST(an_empty_log_is_not_valid)
{
	close_world(&w);
	fixture_setup();
	tro_store_close(fixture_create());
	w.findings = tro_findings_new();
	verify();
	CHECK_VERDICT(TRO_VERDICT_INVALID);
}
END_TEST

/* ---- signed by one of them ---- */

/* What a member of the force with the source code at hand could sign: a record with any fields and
 * any payload, whose outcome fits wherever the engine would give one. */
typedef struct forgery {
	const char *what;
	const char *event, *matter, *record_role; /* of the record */
	int actor, signer;
	const char *
		payload; /* with P for the actor's id, T for the time; after ! not made canonical */
	const char *time;
	const char *message; /* what verification says */
} forgery;

#define FACTS_6 "seq=\"6\" person=\"P\" role=\"warden\" rank=\"warden\" time=\"T\""
#define NOTE(attributes) "<note " attributes "><text>forged</text></note>"

static const forgery forgeries[] = {
	{"nothing wrong", "note", "appeal", "warden", ADA, ADA,
		NOTE("seq=\"6\" person=\"P\" role=\"warden\" rank=\"warden\" time=\"T\""), START,
		NULL},
	{"a role that was never granted", "note", "appeal", "adjudicator", ADA, ADA,
		NOTE("seq=\"6\" person=\"P\" role=\"adjudicator\" rank=\"\" time=\"T\""), START,
		"does not hold the role"},
	{"a key that is another person's", "note", "appeal", "warden", BEN, ADA,
		NOTE("seq=\"6\" person=\"P\" role=\"warden\" rank=\"chief-warden\" time=\"T\""),
		START, "not signed by the key"},
	{"a key that was never enrolled", "note", "appeal", "warden", MALLORY, MALLORY,
		NOTE("seq=\"6\" person=\"P\" role=\"warden\" rank=\"\" time=\"T\""), START,
		"not enrolled"},
	{"a time before the record before it", "note", "appeal", "warden", ADA, ADA,
		NOTE("seq=\"6\" person=\"P\" role=\"warden\" rank=\"warden\" time=\"T\""),
		"2026-11-02T08:59:59.999999Z", "its time is before"},
	{"a time at which the store's clock does not stand", "note", "appeal", "warden", ADA, ADA,
		NOTE(FACTS_6), "2100-01-01T00:00:00.000000Z", "store's clock"},
	{"another number", "note", "appeal", "warden", ADA, ADA,
		NOTE("seq=\"7\" person=\"P\" role=\"warden\" rank=\"warden\" time=\"T\""), START,
		"names another"},
	{"another person", "note", "appeal", "warden", ADA, ADA,
		NOTE("seq=\"6\" person=\"Q\" role=\"warden\" rank=\"warden\" time=\"T\""), START,
		"names another"},
	{"another role", "note", "appeal", "warden", ADA, ADA,
		NOTE("seq=\"6\" person=\"P\" role=\"adjudicator\" rank=\"warden\" time=\"T\""),
		START, "names another"},
	{"a higher rank", "promote", "appeal", "warden", ADA, ADA,
		"<promote seq=\"6\" person=\"P\" role=\"warden\" rank=\"chief-warden\" "
		"time=\"T\"></promote>",
		START, "rank"},
	{"no rank", "note", "appeal", "warden", ADA, ADA,
		NOTE("seq=\"6\" person=\"P\" role=\"warden\" time=\"T\""), START, "names another"},
	{"another time", "note", "appeal", "warden", ADA, ADA,
		NOTE("seq=\"6\" person=\"P\" role=\"warden\" rank=\"warden\" "
		     "time=\"2026-11-02T09:00:01.000000Z\""),
		START, "names another"},
	{"another event", "facts", "appeal", "warden", ADA, ADA,
		NOTE("seq=\"6\" person=\"P\" role=\"warden\" rank=\"warden\" time=\"T\""), START,
		"names another"},
	{"a matter that is not open", "note", "inquiry.7", "warden", ADA, ADA,
		NOTE("seq=\"6\" person=\"P\" role=\"warden\" rank=\"warden\" time=\"T\""), START,
		"not open"},
	{"a decision by who created the case", "decide", "appeal", "warden", ADA, ADA,
		"<decide seq=\"6\" person=\"P\" role=\"warden\" rank=\"warden\" "
		"time=\"T\"><outcome>allowed</outcome></decide>",
		START, "seq 6"},
	{"an event that a timer alone raises", "lapse", "appeal", "warden", ADA, ADA,
		"<lapse seq=\"6\" person=\"P\" role=\"warden\" rank=\"warden\" time=\"T\"></lapse>",
		START, "seq 6"},
	{"a tick by a person", "tick", "-", "warden", ADA, ADA,
		"<tick seq=\"6\" person=\"P\" role=\"warden\" rank=\"warden\" time=\"T\"></tick>",
		"2026-12-02T09:00:00.000000Z", "service"},
	{"a payload that is no XML", "note", "appeal", "warden", ADA, ADA, "<note", START, "seq 6"},
	{"a payload in another form", "note", "appeal", "warden", ADA, ADA, "!" NOTE(FACTS_6),
		START, "canonical"},
	{"an attribute that no event has", "note", "appeal", "warden", ADA, ADA,
		NOTE("seq=\"6\" person=\"P\" role=\"warden\" rank=\"warden\" time=\"T\" x=\"1\""),
		START, "names another"},
	{"a parameter that is not declared", "note", "appeal", "warden", ADA, ADA,
		"<note " FACTS_6 "><text>forged</text><more>x</more></note>", START,
		"more does not belong"},
	{"a parameter twice", "note", "appeal", "warden", ADA, ADA,
		"<note " FACTS_6 "><text>a</text><text>b</text></note>", START,
		"text does not belong"},
	{"a required parameter that is missing", "note", "appeal", "warden", ADA, ADA,
		"<note " FACTS_6 "></note>", START, "text is missing"},
	{"a required parameter that is empty", "note", "appeal", "warden", ADA, ADA,
		"<note " FACTS_6 "><text></text></note>", START, "text is empty"},
	{"words beside the parameters", "note", "appeal", "warden", ADA, ADA,
		"<note " FACTS_6 ">words<text>forged</text></note>", START,
		"holds more than parameters"},
	{"a parameter with parts", "note", "appeal", "warden", ADA, ADA,
		"<note " FACTS_6 "><text>a<b>c</b></text></note>", START, "no plain value"},
	{"a day that does not exist", "facts", "appeal", "warden", ADA, ADA,
		"<facts " FACTS_6 "><fined>2026-02-30</fined></facts>", START, "payload's fined"},
	{"a sum in another spelling", "facts", "appeal", "warden", ADA, ADA,
		"<facts " FACTS_6 "><fine>12.5</fine></facts>", START, "payload's fine"},
	{"a number that is not canonical", "facts", "appeal", "warden", ADA, ADA,
		"<facts " FACTS_6 "><phone>07700900123</phone></facts>", START,
		"phone is not in its canonical form"},
	{"somebody's number", "facts", "appeal", "warden", ADA, ADA,
		"<facts " FACTS_6 "><phone>+447400123456</phone></facts>", START,
		"could belong to somebody"},
	{"a code of no list", "facts", "appeal", "warden", ADA, ADA,
		"<facts " FACTS_6 "><offence>kerb</offence></facts>", START, "payload's offence"},
	{"parameters in another order", "facts", "appeal", "warden", ADA, ADA,
		"<facts " FACTS_6 "><fine>12.50</fine><reason>r</reason></facts>", START,
		"reason does not belong"},
	{"a row without what a row must have", "vehicles", "appeal", "warden", ADA, ADA,
		"<vehicles " FACTS_6 "><list><vehicle n=\"1\"><plate>AB</plate></vehicle></list>"
		"</vehicles>",
		START, "wheels is missing in a row"},
	{"a row with another number", "vehicles", "appeal", "warden", ADA, ADA,
		"<vehicles " FACTS_6 "><list><vehicle n=\"2\"><plate>AB</plate>"
		"<wheels>4</wheels></vehicle></list></vehicles>",
		START, "a row that is none"},
	{"no row at all", "vehicles", "appeal", "warden", ADA, ADA,
		"<vehicles " FACTS_6 "><list></list></vehicles>", START, "no rows alone"},
	{"a file that is described wrongly", "photo", "appeal", "warden", ADA, ADA,
		"<photo " FACTS_6 "><ref>A1</ref><file sha256=\"00\" size=\"1\" media=\"a/b\" "
		"name=\"n\"></file></photo>",
		START, "describes no file"},
};

/* As an honest program writes it. */
static void canonicalise(tro_buf *payload)
{
	tro_xml_doc *doc = NULL;

	if (tro_xml_parse(&doc, payload->ptr, payload->len, "payload", &tro_xml_limits_default,
		    &err) == TRO_OK) {
		tro_buf_clear(payload);
		CHECK_OK(tro_xml_c14n(payload, tro_xml_root(doc), &err));
	}
	tro_xml_free(doc);
}

static void fill_in(tro_buf *out, const forgery *f, const char *person)
{
	bool raw = f->payload[0] == '!';

	for (const char *p = f->payload + raw; *p != '\0'; p++) {
		if (strncmp(p, "\"P\"", 3) == 0 || strncmp(p, "\"T\"", 3) == 0) {
			tro_buf_printf(out, "\"%s\"", p[1] == 'P' ? person : f->time);
			p += 2;
		} else {
			tro_buf_putc(out, *p);
		}
	}
	if (!raw) {
		canonicalise(out);
	}
}

/* The outcome that the engine gives, where it takes the step at all. */
static void outcome_of(tro_buf *out, const tro_record *r, const char *payload)
{
	tro_xml_doc *data = NULL;
	size_t fired = 0;

	if (tro_xml_parse(&data, payload, strlen(payload), "payload", &tro_xml_limits_default,
		    &err) == TRO_OK) {
		tro_step step = {.matter = r->matter,
			.event = r->event,
			.person = r->actor,
			.role = r->role,
			.time = r->time,
			.seq = r->seq,
			.data = tro_xml_root(data)};

		if (strcmp(r->event, "tick") == 0) {
			(void)!tro_session_tick(w.c->session, &step, &fired, w.findings, &err);
		} else {
			(void)!tro_session_step(w.c->session, &step, w.findings, &err);
		}
	}
	session_bytes(out, w.c->session);
	tro_xml_free(data);
}

static tro_status node_get(
	uint8_t out[32], void *user, unsigned level, uint64_t index, tro_err *error)
{
	return tro_store_node_get(out, user, level, index, error);
}

static tro_status node_put(
	void *user, unsigned level, uint64_t index, const uint8_t hash[32], tro_err *error)
{
	return tro_store_node_put(user, level, index, hash, error);
}

/* Without asking, as an honest program would, whether the heads are still those that it names. */
static void append_forged(const tro_record *record, const tro_buf *payload, const tro_buf *outcome,
	const tro_signer *signer)
{
	tro_entry entry = {0};
	uint64_t position = 0;
	uint8_t leaf[32];
	tro_store *store = w.registry->store;
	tro_tree_nodes nodes = {.get = node_get, .put = node_put, .user = store};

	CHECK_OK(tro_entry_compose(&entry, record, payload, outcome, &err));
	CHECK_OK(tro_entry_sign(&entry, signer, &err));
	tro_projection projection = {.session = w.c->session,
		.bytes = outcome,
		.count = record->seq + 1,
		.head = entry.hash,
		.created = w.c->first_time,
		.updated = record->time};

	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_record_append(store, record->case_id, &entry.stored, &position, &err));
	tro_record_leaf(leaf, entry.stored.note, entry.stored.note_len);
	CHECK_OK(tro_tree_append(&nodes, position, leaf, &err));
	CHECK_OK(tro_case_project(store, &projection, &err));
	CHECK_OK(tro_store_commit(store, &err));
	tro_entry_done(&entry);
}

static tro_record record_on_case(const char *event, const char *matter, const char *actor,
	const char *role, const char *time)
{
	tro_record r = {.seq = w.c->count, .has_prev = true, .has_workflow = true};
	const tro_matter *running = tro_session_matter(w.c->session, matter);

	(void)snprintf(r.log, sizeof(r.log), "%s", ORIGIN);
	(void)snprintf(r.case_id, sizeof(r.case_id), "%s", w.id);
	(void)snprintf(r.request, sizeof(r.request), "-");
	(void)snprintf(r.event, sizeof(r.event), "%s", event);
	(void)snprintf(r.matter, sizeof(r.matter), "%s", matter);
	(void)snprintf(r.actor, sizeof(r.actor), "%s", actor);
	(void)snprintf(r.role, sizeof(r.role), "%s", role);
	CHECK_OK(tro_time_parse(&r.time, time, &err));
	memcpy(r.prev, w.c->head, sizeof(r.prev));
	r.has_registry = tro_authority_head(w.registry->authority, r.registry);
	memcpy(r.workflow, (running == NULL ? &w.c->session->matters[0] : running)->definition,
		sizeof(r.workflow));
	return r;
}

START_TEST(what_one_of_them_signs_against_the_rules_is_found)
{
	const forgery *f = &forgeries[_i];
	const char *person = f->actor == MALLORY ? "P-MALLORY" : w.person[f->actor];
	tro_record record = record_on_case(f->event, f->matter, person, f->record_role, f->time);
	tro_buf payload = TRO_BUF_INIT;
	tro_buf outcome = TRO_BUF_INIT;

	fill_in(&payload, f, person);
	outcome_of(&outcome, &record, payload.ptr);
	append_forged(&record, &payload, &outcome, w.signer[f->signer]);
	verify();
	(void)fprintf(stderr, "%s\n", f->what);
	if (f->message == NULL) {
		CHECK_VERDICT(TRO_VERDICT_VALID);
	} else {
		CHECK_VERDICT(TRO_VERDICT_INVALID);
		bool told = false;

		for (size_t i = 0; i < tro_findings_count(w.findings); i++) {
			const tro_finding *finding = tro_findings_at(w.findings, i);

			told = told || (strstr(finding->place, "seq 6") != NULL &&
					       (strstr(finding->message, f->message) != NULL ||
						       strstr(finding->place, f->message) != NULL));
		}
		if (!told) {
			show_findings(&w);
			ck_abort_msg("nobody says \"%s\"", f->message);
		}
	}
	tro_buf_done(&payload);
	tro_buf_done(&outcome);
}
END_TEST

#define GOOD_NOTE NOTE("seq=\"6\" person=\"P\" role=\"warden\" rank=\"warden\" time=\"T\"")

/* Fields of a record that only verification can compare with what lies around it. */
static const struct {
	const char *what, *message;
} misfits[] = {
	{"log", "another log"},
	{"registry", "registry head"},
	{"definition", "another definition"},
	{"outcome", "does not give the outcome"},
};

START_TEST(a_record_that_does_not_fit_what_lies_around_it_is_found)
{
	forgery f = {.payload = GOOD_NOTE, .time = START};
	tro_record record = record_on_case("note", "appeal", w.person[ADA], "warden", START);
	tro_buf payload = TRO_BUF_INIT;
	tro_buf outcome = TRO_BUF_INIT;
	tro_buf said = TRO_BUF_INIT;

	fill_in(&payload, &f, w.person[ADA]);
	outcome_of(&outcome, &record, payload.ptr);
	if (_i == 0) {
		(void)snprintf(record.log, sizeof(record.log), "other.example/tro/training");
	} else if (_i == 1) { /* named when it was the newest; then somebody lost a role */
		CHECK_OK(tro_registry_end_grant(
			w.registry, w.person[JOAN], "warden", "x", w.signer[CLERK], &err));
	} else if (_i == 2) {
		memcpy(record.workflow, tro_session_matter(w.c->session, "inquiry.1")->definition,
			32);
	} else {
		tro_buf_puts(&outcome, " ");
	}
	append_forged(&record, &payload, &outcome, w.signer[ADA]);
	verify();
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	for (size_t i = 0; i < tro_findings_count(w.findings); i++) {
		tro_buf_printf(&said, "%s\n", tro_findings_at(w.findings, i)->message);
	}
	ck_assert_msg(strstr(said.ptr, misfits[_i].message) != NULL, "%s: %s", misfits[_i].what,
		said.ptr);
	tro_buf_done(&payload);
	tro_buf_done(&outcome);
	tro_buf_done(&said);
}
END_TEST

START_TEST(a_tick_at_which_nothing_was_due_is_found)
{
	const char *service = tro_authority_service(w.registry->authority);
	forgery f = {.payload = "<tick seq=\"6\" person=\"P\" role=\"service\" rank=\"\" "
				"time=\"T\"></tick>",
		.time = START};
	tro_record record = record_on_case("tick", "-", service, "service", START);
	tro_buf payload = TRO_BUF_INIT;
	tro_buf outcome = TRO_BUF_INIT;
	tro_signer *signer = NULL;

	CHECK_OK(tro_registry_service_signer(&signer, w.registry, &err));
	fill_in(&payload, &f, service);
	outcome_of(&outcome, &record, payload.ptr);
	append_forged(&record, &payload, &outcome, signer);
	verify();
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, "step", "nothing was due");
	tro_signer_free(signer);
	tro_buf_done(&payload);
	tro_buf_done(&outcome);
}
END_TEST

/* ---- rebuilding ---- */

static const char *const derived[] = {
	"UPDATE case_index SET title = 'Mine'",
	"DELETE FROM timer_index",
	"UPDATE matter_index SET states = 'Gone'",
	"UPDATE filing_index SET seq = 0",
	"UPDATE snapshot SET bytes = zeroblob(3)",
	"DELETE FROM snapshot",
};

START_TEST(rebuilding_makes_what_was_derived_anew_and_says_whether_it_differed)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	bool same = false;
	const char *tables = "SELECT case_id, title, states, head_hash, count, created, updated, "
			     "finished FROM case_index ORDER BY 1; SELECT case_id, matter, states "
			     "FROM matter_index ORDER BY 1, 2; SELECT case_id, matter, timer, due "
			     "FROM timer_index ORDER BY 1, 2, 3; SELECT case_id, filing, seq FROM "
			     "filing_index; SELECT case_id, seq, bytes FROM snapshot ORDER BY 1";

	ck_assert_int_eq(shell(&before, in_store("tro.db"), tables), 0);
	CHECK_OK(tro_rebuild(w.registry, &same, &err));
	ck_assert(same);
	shell_ok(derived[_i]);
	CHECK_OK(tro_rebuild(w.registry, &same, &err));
	ck_assert(!same);
	ck_assert_int_eq(shell(&after, in_store("tro.db"), tables), 0);
	ck_assert_str_eq(before.ptr, after.ptr);
	CHECK_OK(tro_rebuild(w.registry, &same, &err));
	ck_assert(same);
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

START_TEST(what_cannot_be_replayed_is_not_rebuilt_and_nothing_is_lost)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	bool same = false;

	shell_unguarded("UPDATE outcome_salt SET salt = zeroblob(32) WHERE position = 10");
	dump(&before);
	CHECK_STATUS(tro_rebuild(w.registry, &same, &err), TRO_INVALID);
	CHECK_MESSAGE("seq 1");
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

#define COUNT(list) (int)(sizeof(list) / sizeof(*(list)))

int main(void)
{
	Suite *suite = suite_create("verify");
	TCase *tests = tcase_create("verify");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_store_as_its_people_made_it_is_valid);
	tcase_add_test(tests, one_case_can_be_verified_by_its_name_and_nobody_elses_faults_count);
	tcase_add_loop_test(
		tests, what_is_altered_behind_their_back_is_found_and_named, 0, COUNT(alterations));
	tcase_add_loop_test(tests, an_exhibit_that_a_record_took_in_is_found_altered_or_gone, 0, 2);
	tcase_add_test(tests, a_log_cut_off_consistently_is_valid_but_has_another_root);
	tcase_add_test(tests, an_empty_log_is_not_valid);
	tcase_add_loop_test(
		tests, what_one_of_them_signs_against_the_rules_is_found, 0, COUNT(forgeries));
	tcase_add_loop_test(
		tests, a_record_that_does_not_fit_what_lies_around_it_is_found, 0, COUNT(misfits));
	tcase_add_test(tests, a_tick_at_which_nothing_was_due_is_found);
	tcase_add_loop_test(tests,
		rebuilding_makes_what_was_derived_anew_and_says_whether_it_differed, 0,
		COUNT(derived));
	tcase_add_test(tests, what_cannot_be_replayed_is_not_rebuilt_and_nothing_is_lost);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
