/*
 * Verification: what one of a store's people, with the source code at hand, signed against the
 * rules is found, and the finding names the record.
 */
#include "verify_world.h"

#include "ledger/tree.h"

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

/* Without asking, as an honest program would, whether the heads are still those that it names. */
static void append_forged(const tro_record *record, const tro_buf *payload, const tro_buf *outcome,
	const tro_signer *signer)
{
	tro_entry entry = {0};
	uint64_t position = 0;
	uint8_t leaf[32];
	tro_store *store = w.registry->store;
	tro_tree_nodes nodes = tro_store_tree(store);

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

int main(void)
{
	Suite *suite = suite_create("forgeries");
	TCase *tests = tcase_create("forgeries");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(
		tests, what_one_of_them_signs_against_the_rules_is_found, 0, COUNT(forgeries));
	tcase_add_loop_test(
		tests, a_record_that_does_not_fit_what_lies_around_it_is_found, 0, COUNT(misfits));
	tcase_add_test(tests, a_tick_at_which_nothing_was_due_is_found);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
