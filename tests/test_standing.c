/*
 * What verification says of the authority behind a signature: keys that were called suspect, spare
 * keys, acting rank; and that four eyes are two persons, however many keys one of them has.
 */
#include "case_world.h"
#include "suite.h"

#include <tro/verify.h>

static world w;
static tro_verdict verdict;
static tro_verify_summary summary;
static tro_signer *spare; /* Joan's */

/* The host's clock, which a store reads whose own is not set. */
static tro_time_us host_time;

tro_time_us __wrap_tro_clock_now(void);

tro_time_us __wrap_tro_clock_now(void)
{
	return host_time;
}

#define NOON "2026-11-02T12:00:00.000000Z"

static void request_of(tro_buf *out, const tro_signer *signer, const char *name)
{
	CHECK_OK(tro_enrolment_request(out, ORIGIN, name, signer, &err));
}

static void give_spare(void)
{
	tro_buf request = TRO_BUF_INIT;

	request_of(&request, spare, "Joan Example");
	tro_new_keys keys = {.spare = request.ptr, .spare_len = request.len};

	CHECK_OK(tro_registry_rotate(
		w.registry, w.person[JOAN], &keys, w.signer[CLERK], &already, &err));
	ck_assert(!already);
	CHECK_OK(tro_registry_rotate(
		w.registry, w.person[JOAN], &keys, w.signer[CLERK], &already, &err));
	ck_assert(already);
	tro_buf_done(&request);
}

static void setup(void)
{
	open_world(&w);
	spare = new_signer("joan-spare");
	new_case(&w);
}

static void teardown(void)
{
	tro_signer_free(spare);
	close_world(&w);
}

static void verify(tro_verdict expected)
{
	tro_findings_free(w.findings);
	w.findings = tro_findings_new();
	CHECK_OK(tro_verify(&verdict, &summary, store_dir, NULL, w.findings, NULL, NULL, &err));
	if (verdict != expected) {
		show_findings(&w);
	}
	ck_assert_str_eq(tro_verdict_name(verdict), tro_verdict_name(expected));
}

static size_t count_of(const char *id)
{
	size_t count = 0;

	for (size_t i = 0; i < tro_findings_count(w.findings); i++) {
		count += strcmp(tro_findings_at(w.findings, i)->id, id) == 0;
	}
	return count;
}

static tro_status revoke_key(int who, const tro_signer *key, const char *suspect_from)
{
	tro_buf vkey = TRO_BUF_INIT;
	tro_time_us time = 0;

	CHECK_OK(tro_signer_vkey(&vkey, key, &err));
	if (suspect_from != NULL) {
		CHECK_OK(tro_time_parse(&time, suspect_from, &err));
	}
	tro_status status = tro_registry_revoke(w.registry, w.person[who], vkey.ptr,
		suspect_from == NULL ? NULL : &time, "stolen", w.signer[CLERK], &already, &err);

	tro_buf_done(&vkey);
	return status;
}

/* ---- two keys of one person ---- */

START_TEST(one_person_with_two_keys_does_not_make_four_eyes)
{
	arguments a = {.count = 0};
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;

	give_spare();
	tro_case_close(w.c);
	w.c = NULL;
	w.role = "warden";
	CHECK_OK(create_titled(&w, JOAN, "Joan's own"));
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
	CHECK_OK(ACT(&w, ADA, "contest"));
	add_argument(&a, "outcome", "allowed");
	dump(&before);
	for (int i = 0; i < 2; i++) {
		w.role = "adjudicator";
		tro_command command = command_of(&w, "decide", &a);

		CHECK_STATUS(tro_case_act(w.c, &command, i == 0 ? spare : w.signer[JOAN], &w.result,
				     w.findings, &err),
			TRO_REFUSED);
	}
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	verify(TRO_VERDICT_VALID);
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

START_TEST(a_spare_key_signs_for_its_person_and_verifies)
{
	arguments a = {.count = 0};

	give_spare();
	CHECK_OK(ACT(&w, ADA, "contest"));
	add_argument(&a, "outcome", "allowed");
	w.role = "adjudicator";
	tro_command command = command_of(&w, "decide", &a);

	CHECK_OK(tro_case_act(w.c, &command, spare, &w.result, w.findings, &err));
	verify(TRO_VERDICT_VALID);
	CHECK_OK(revoke_key(JOAN, w.signer[JOAN], NULL));
	w.role = "adjudicator";
	CHECK_STATUS(ACT(&w, JOAN, "note", "text", "with the lost key"), TRO_KEY);
	verify(TRO_VERDICT_VALID);
	ck_assert_uint_eq(count_of("key-disputed"), 0);
}
END_TEST

/* ---- suspect keys ---- */

START_TEST(what_a_stolen_key_signed_is_disputed_from_then_on_and_not_before)
{
	CHECK_OK(ACT(&w, ADA, "note", "text", "before"));
	set_clock(&w, NOON);
	CHECK_OK(ACT(&w, ADA, "note", "text", "after"));
	CHECK_OK(ACT(&w, BEN, "note", "text", "by another"));
	verify(TRO_VERDICT_VALID);
	CHECK_OK(revoke_key(ADA, w.signer[ADA], NOON));
	verify(TRO_VERDICT_KEY_DISPUTED);
	ck_assert_uint_eq(count_of("key-disputed"), 1);
	CHECK_FOUND(&w, "key-disputed", "seq 2");
	CHECK_FOUND(&w, "key-disputed", "its time is not before that");
}
END_TEST

START_TEST(a_key_that_was_revoked_without_suspicion_leaves_its_acts_alone)
{
	CHECK_OK(ACT(&w, ADA, "note", "text", "before"));
	CHECK_OK(revoke_key(ADA, w.signer[ADA], NULL));
	CHECK_STATUS(ACT(&w, ADA, "note", "text", "after"), TRO_KEY);
	CHECK_OK(revoke_key(ADA, w.signer[ADA], NULL));
	ck_assert(already);
	verify(TRO_VERDICT_VALID);
}
END_TEST

/* What Ada's key signs at a time of the signer's choice. */
static void note_dated(const char *time_text)
{
	const tro_matter *matter = &w.c->session->matters[0];
	tro_record r = {.seq = w.c->count, .has_prev = true, .has_workflow = true, .request = "-"};
	tro_buf payload = TRO_BUF_INIT;
	tro_buf outcome = TRO_BUF_INIT;
	tro_xml_doc *data = NULL;
	tro_entry entry = {0};
	uint64_t position;

	CHECK_OK(tro_time_parse(&r.time, time_text, &err));
	(void)snprintf(r.log, sizeof(r.log), "%s", ORIGIN);
	(void)snprintf(r.case_id, sizeof(r.case_id), "%s", w.id);
	(void)snprintf(r.event, sizeof(r.event), "note");
	(void)snprintf(r.matter, sizeof(r.matter), "%s", matter->id);
	(void)snprintf(r.actor, sizeof(r.actor), "%s", w.person[ADA]);
	(void)snprintf(r.role, sizeof(r.role), "warden");
	memcpy(r.prev, w.c->head, sizeof(r.prev));
	memcpy(r.workflow, matter->definition, sizeof(r.workflow));
	r.has_registry = tro_authority_head(w.registry->authority, r.registry);
	tro_buf_printf(&payload,
		"<note person=\"%s\" rank=\"warden\" role=\"warden\" seq=\"%d\" time=\"%s\">"
		"<text>by the thief</text></note>",
		r.actor, (int)r.seq, time_text);
	CHECK_OK(tro_xml_parse(
		&data, payload.ptr, payload.len, "payload", &tro_xml_limits_default, &err));
	tro_step step = {.matter = r.matter,
		.event = r.event,
		.person = r.actor,
		.role = r.role,
		.time = r.time,
		.seq = r.seq,
		.data = tro_xml_root(data)};

	CHECK_OK(tro_session_step(w.c->session, &step, w.findings, &err));
	session_bytes(&outcome, w.c->session);
	CHECK_OK(tro_entry_compose(&entry, &r, &payload, &outcome, &err));
	CHECK_OK(tro_entry_sign(&entry, w.signer[ADA], &err));
	tro_projection projection = {.session = w.c->session,
		.bytes = &outcome,
		.count = r.seq + 1,
		.head = entry.hash,
		.created = w.c->first_time,
		.updated = r.time};

	CHECK_OK(tro_store_begin_write(w.registry->store, &err));
	CHECK_OK(tro_entry_append(w.registry->store, &entry, &position, &err));
	CHECK_OK(tro_case_project(w.registry->store, &projection, &err));
	CHECK_OK(tro_store_commit(w.registry->store, &err));
	tro_entry_done(&entry);
	tro_xml_free(data);
	tro_buf_done(&payload);
	tro_buf_done(&outcome);
}

/* While a store's clock is set, no record bears another time: this one's is not. */
static void reopen_unset(void)
{
	teardown();
	CHECK_OK(tro_time_parse(&host_time, START, &err));
	open_world_unset(&w);
	spare = new_signer("joan-spare");
	new_case(&w);
}

START_TEST(a_back_dated_act_of_a_stolen_key_is_disputed_by_its_place_in_the_log)
{
	reopen_unset();
	CHECK_OK(ACT(&w, ADA, "note", "text", "before"));
	CHECK_OK(tro_time_parse(&host_time, NOON, &err));
	grant(&w, BEN, "adjudicator", NULL); /* the log has come to noon */
	note_dated("2026-11-02T10:00:00.000000Z");
	verify(TRO_VERDICT_VALID); /* nobody knows yet */
	CHECK_OK(revoke_key(ADA, w.signer[ADA], "2026-11-02T11:00:00.000000Z"));
	verify(TRO_VERDICT_KEY_DISPUTED);
	ck_assert_uint_eq(count_of("key-disputed"), 1);
	CHECK_FOUND(&w, "key-disputed", "seq 2");
	CHECK_FOUND(&w, "key-disputed", "records before it in the log are not");
}
END_TEST

START_TEST(a_back_dated_act_is_no_act_in_a_store_whose_clock_is_set)
{
	CHECK_OK(ACT(&w, ADA, "note", "text", "before"));
	set_clock(&w, NOON);
	note_dated("2026-11-02T10:00:00.000000Z");
	verify(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, "step", "not the one at which the store's clock stood");
}
END_TEST

START_TEST(a_registrars_stolen_key_puts_what_it_granted_in_dispute)
{
	tro_buf request = TRO_BUF_INIT;

	grant(&w, BEN, "registrar", NULL);
	set_clock(&w, NOON);
	grant(&w, ADA, "adjudicator", NULL);
	request_of(&request, w.signer[MALLORY], "Clerk Example");
	tro_new_keys keys = {.key = request.ptr, .key_len = request.len};
	tro_signer *old = w.signer[CLERK];

	CHECK_OK(tro_registry_rotate(
		w.registry, w.person[CLERK], &keys, w.signer[BEN], &already, &err));
	w.signer[CLERK] = w.signer[MALLORY];
	w.signer[MALLORY] = old;
	CHECK_OK(revoke_key(CLERK, old, NOON));
	verify(TRO_VERDICT_KEY_DISPUTED);
	ck_assert_uint_eq(count_of("key-disputed"), 2); /* the clock and the grant */
	tro_buf_done(&request);
}
END_TEST

/* ---- acting rank ---- */

START_TEST(every_verification_that_rests_on_acting_rank_says_so)
{
	tro_grant_request request = {
		.person = w.person[ADA], .role = "warden", .rank = "chief-warden", .acting = true};

	CHECK_STATUS(tro_registry_grant(w.registry, &request, w.signer[CLERK], &already, &err),
		TRO_INVALID);
	CHECK_MESSAGE("no policy");
	CHECK_OK(tro_registry_set_acting_rank(
		w.registry, true, "Force policy 12", w.signer[CLERK], &already, &err));
	ck_assert(tro_registry_acting_rank(w.registry));
	CHECK_OK(tro_registry_grant(w.registry, &request, w.signer[CLERK], &already, &err));
	CHECK_OK(ACT(&w, ADA, "promote"));
	CHECK_OK(ACT(&w, BEN, "note", "text", "of his own rank"));
	verify(TRO_VERDICT_VALID);
	ck_assert_uint_eq(count_of("acting-rank"), 1);
	CHECK_FOUND(&w, "acting-rank", "chief-warden");
	CHECK_OK(tro_registry_set_acting_rank(
		w.registry, false, "Advice of counsel", w.signer[CLERK], &already, &err));
	CHECK_STATUS(ACT(&w, ADA, "promote"), TRO_REFUSED); /* a warden again */
	verify(TRO_VERDICT_VALID);			    /* what was done stands */
	ck_assert_uint_eq(count_of("acting-rank"), 1);
}
END_TEST

/* ---- two registrars ---- */

START_TEST(what_waits_for_a_second_registrar_is_shown_and_takes_effect_with_them)
{
	tro_pending_info pending;
	tro_grant_request request = {.person = w.person[ADA], .role = "registrar"};

	tro_case_close(w.c);
	w.c = NULL;
	tro_registry_close(w.registry);
	(void)snprintf(store_dir, sizeof(store_dir), "%s/two", test_dir);
	tro_genesis genesis = genesis_of(PARKING);

	genesis.two_registrars = true;
	CHECK_OK(tro_registry_create(store_dir, &genesis, w.signer[CLERK], NULL, &err));
	w.registry = open_registry();
	enrol(&w, ADA, "Ada Example");
	enrol(&w, BEN, "Ben Example");
	grant(&w, BEN, "registrar", NULL); /* nobody else is there to ask */
	CHECK_STATUS(tro_registry_pending(&pending, w.registry, &err), TRO_NOT_FOUND);
	CHECK_OK(tro_registry_grant(w.registry, &request, w.signer[CLERK], &already, &err));
	CHECK_OK(tro_registry_pending(&pending, w.registry, &err));
	ck_assert_str_eq(pending.event, "grant");
	ck_assert_ptr_nonnull(strstr(pending.payload, w.person[ADA]));
	CHECK_STATUS(tro_registry_agree(w.registry, pending.hash, w.signer[CLERK], &err), TRO_KEY);
	CHECK_MESSAGE("another registrar has to agree");
	CHECK_STATUS(tro_registry_agree(w.registry, pending.hash, w.signer[ADA], &err), TRO_KEY);
	CHECK_OK(tro_registry_agree(w.registry, pending.hash, w.signer[BEN], &err));
	free(pending.payload);
	CHECK_STATUS(tro_registry_pending(&pending, w.registry, &err), TRO_NOT_FOUND);
	grant(&w, BEN, "warden", NULL);
	verify(TRO_VERDICT_VALID);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("standing");
	TCase *tests = tcase_create("standing");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, one_person_with_two_keys_does_not_make_four_eyes);
	tcase_add_test(tests, a_spare_key_signs_for_its_person_and_verifies);
	tcase_add_test(tests, what_a_stolen_key_signed_is_disputed_from_then_on_and_not_before);
	tcase_add_test(tests, a_key_that_was_revoked_without_suspicion_leaves_its_acts_alone);
	tcase_add_test(tests, a_back_dated_act_of_a_stolen_key_is_disputed_by_its_place_in_the_log);
	tcase_add_test(tests, a_back_dated_act_is_no_act_in_a_store_whose_clock_is_set);
	tcase_add_test(tests, a_registrars_stolen_key_puts_what_it_granted_in_dispute);
	tcase_add_test(tests, every_verification_that_rests_on_acting_rank_says_so);
	tcase_add_test(
		tests, what_waits_for_a_second_registrar_is_shown_and_takes_effect_with_them);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
