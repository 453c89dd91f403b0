#include "authority_world.h"

/* ---- keys ---- */

START_TEST(a_rotation_replaces_the_key)
{
	tro_authority *a = world();
	tro_vkey old_key = vkey_of(4);
	tro_vkey new_key = vkey_of(6);
	const tro_key_life *life;

	accept(a, "rotate", "person P-ADA\nenrolment {e6 Ada Hope}\n");
	ck_assert_ptr_null(tro_authority_person_by_key(a, old_key.public_key));
	ck_assert_str_eq(tro_authority_person_by_key(a, new_key.public_key)->id, "P-ADA");
	ck_assert_int_eq(may(a, "P-ADA", "officer", TODAY), TRO_OK);
	life = tro_authority_key_life(a, old_key.public_key);
	ck_assert_str_eq(life->person_id, "P-ADA");
	ck_assert(life->ended && !life->revoked);
	ck_assert_uint_eq(life->begun_at, 1);
	ck_assert_uint_eq(life->ended_at, 4);
	refuse(a, "rotate", "person P-ADA\nenrolment {e4 Ada Hope}\n", "enrolled before");
	refuse(a, "enrol", "person P-NEW\nenrolment {e4 Cy Dee}\n", "enrolled before");
	accept(a, "rotate", "person P-SVC\nenrolment {e7 service}\n");
	ck_assert_int_eq(may(a, "P-SVC", "service", TODAY), TRO_OK);
	tro_authority_free(a);
}
END_TEST

START_TEST(a_revoked_key_leaves_its_person_powerless_until_a_new_one)
{
	tro_authority *a = world();
	tro_vkey key = vkey_of(4);
	const tro_key_life *life;

	accept(a, "revoke",
		"person P-ADA\nkey {v4}\nsuspect-from 2026-11-20T00:00:00.000000Z\nreason lost\n");
	ck_assert(!tro_authority_person(a, "P-ADA")->has_key);
	ck_assert_ptr_null(tro_authority_person_by_key(a, key.public_key));
	ck_assert_int_eq(may(a, "P-ADA", "officer", TODAY), TRO_KEY);
	life = tro_authority_key_life(a, key.public_key);
	ck_assert(life->ended && life->revoked && life->has_suspect_from);
	ck_assert_int_eq(life->suspect_from, time_of("2026-11-20T00:00:00Z"));
	refuse(a, "revoke", "person P-ADA\nkey {v4}\nreason lost\n", "already");
	refuse(a, "rotate", "person P-ADA\nenrolment {e4 Ada Hope}\n", "enrolled before");
	accept(a, "rotate", "person P-ADA\nenrolment {e6 Ada Hope}\n");
	ck_assert_int_eq(may(a, "P-ADA", "officer", TODAY), TRO_OK);
	ck_assert_uint_eq(tro_authority_key_life(a, key.public_key)->ended_at, 4);
	tro_authority_free(a);
}
END_TEST

START_TEST(an_earlier_key_can_be_revoked_without_touching_the_present_one)
{
	tro_authority *a = world();
	tro_vkey old_key = vkey_of(4);

	accept(a, "rotate", "person P-ADA\nenrolment {e6 Ada Hope}\n");
	accept(a, "revoke", "person P-ADA\nkey {v4}\nreason copied\n");
	ck_assert(tro_authority_person(a, "P-ADA")->has_key);
	ck_assert(tro_authority_key_life(a, old_key.public_key)->revoked);
	ck_assert(!tro_authority_key_life(a, old_key.public_key)->has_suspect_from);
	ck_assert_uint_eq(tro_authority_key_life(a, old_key.public_key)->ended_at, 4);
	tro_authority_free(a);
}
END_TEST

START_TEST(a_registrar_without_a_key_or_a_role_writes_nothing)
{
	tro_authority *a = world();

	accept(a, "grant", "person P-BEN\nrole registrar\n");
	accept_by(a, "P-BEN", "revoke", "person P-REG\nkey {v2}\nreason stolen\n");
	refuse_by(
		a, "P-REG", "end", "person P-BEN\nrole registrar\nreason x\n", TRO_KEY, "revoked");
	accept_by(a, "P-BEN", "rotate", "person P-REG\nenrolment {e6 Rhona Keys}\n");
	accept(a, "end", "person P-BEN\nrole registrar\nreason done\n");
	refuse_by(a, "P-BEN", "grant", "person P-BEN\nrole officer\n", TRO_KEY, "no longer");
	tro_authority_free(a);
}
END_TEST

/* ---- the last registrar, and two of them ---- */

START_TEST(the_last_registrar_stays)
{
	tro_authority *a = world();
	const char *const leave = "person P-REG\nrole registrar\nreason retires\n";

	accept(a, "grant", "person P-BEN\nrole registrar\nuntil 2026-11-22\n"); /* is over */
	refuse(a, "end", leave, "last registrar");
	accept(a, "grant", "person P-BEN\nrole registrar\nfrom 2026-11-24\n"); /* not yet */
	refuse(a, "end", leave, "last registrar");
	accept(a, "grant", "person P-BEN\nrole registrar\n");
	accept(a, "revoke", "person P-BEN\nkey {v5}\nreason lost\n");
	refuse(a, "end", leave, "last registrar"); /* Ben cannot sign */
	refuse(a, "revoke", "person P-REG\nkey {v2}\nreason lost\n", "last registrar");
	accept(a, "rotate", "person P-REG\nenrolment {e7 Rhona Keys}\n");
	accept(a, "revoke", "person P-REG\nkey {v2}\nreason lost\n"); /* she has another now */
	accept(a, "rotate", "person P-BEN\nenrolment {e6 Ben Yeo}\n");
	accept(a, "end", leave);
	tro_authority_free(a);
}
END_TEST

#define GENESIS_OF_TWO                                                                             \
	"log " LOG "\nmode training\nlog-key {v1}\nregistrars-required 2\nrole registrar\n"        \
	"role officer\n" GENESIS_TAIL

/* The line with which another registrar agrees to what waits. */
static void agreement(tro_buf *out, const tro_authority *a)
{
	uint8_t hash[32];
	char hex[TRO_HEX_SIZE(32)];

	ck_assert(tro_authority_pending(a, hash));
	tro_hex_encode(hex, hash, 32);
	tro_buf_clear(out);
	tro_buf_printf(out, "record %s\n", hex);
}

/* Founded by P-REG, who may appoint the second registrar alone, because there is nobody to ask. */
static tro_authority *world_of_two(void)
{
	tro_authority *a = tro_authority_new();

	accept(a, "genesis", GENESIS_OF_TWO);
	accept(a, "enrol", "person P-BEN\nenrolment {e5 Ben Yeo}\n");
	accept(a, "enrol", "person P-CAT\nenrolment {e6 Cat Orr}\n");
	accept(a, "grant", "person P-BEN\nrole registrar\n");
	ck_assert_int_eq(may(a, "P-BEN", "registrar", TODAY), TRO_OK);
	return a;
}

START_TEST(where_two_registrars_are_required_one_changes_no_registrar)
{
	static const char *const changes[][2] = {
		{"grant", "person P-CAT\nrole registrar\n"},
		{"end", "person P-BEN\nrole registrar\nreason x\n"},
		{"rotate", "person P-BEN\nenrolment {e7 Ben Yeo}\n"},
		{"revoke", "person P-BEN\nkey {v5}\nreason x\n"},
	};
	tro_authority *a = world_of_two();
	tro_vkey key = vkey_of(5);
	uint8_t pending[32];

	ck_assert(!tro_authority_pending(a, pending));
	accept(a, changes[_i][0], changes[_i][1]);
	ck_assert(tro_authority_pending(a, pending));
	ck_assert_int_eq(may(a, "P-CAT", "registrar", TODAY), TRO_KEY);
	ck_assert_int_eq(may(a, "P-BEN", "registrar", TODAY), TRO_OK);
	ck_assert_ptr_nonnull(tro_authority_person_by_key(a, key.public_key));
	tro_authority_free(a);
}
END_TEST

START_TEST(a_second_registrar_puts_the_change_into_effect)
{
	tro_authority *a = world_of_two();
	tro_buf agree = TRO_BUF_INIT;
	uint8_t pending[32];
	const tro_grant *g;

	accept(a, "grant", "person P-CAT\nrole registrar\nrank inspector\n");
	agreement(&agree, a);
	refuse_by(a, "P-REG", "agree", agree.ptr, TRO_KEY, "another registrar");
	refuse_by(a, "P-CAT", "agree", agree.ptr, TRO_KEY, "does not hold");
	refuse_by(a, "P-BEN", "agree", "record " HEX_A "\n", TRO_INVALID, "no record");
	accept_by(a, "P-BEN", "agree", agree.ptr);
	ck_assert(!tro_authority_pending(a, pending));
	ck_assert_int_eq(
		tro_authority_may_act(&g, a, "P-CAT", "registrar", (tro_date){2026, 11, 23}, NULL),
		TRO_OK);
	ck_assert_str_eq(g->rank, "inspector");
	ck_assert_uint_eq(g->granted_at, tro_authority_count(a) - 1);
	refuse_by(a, "P-CAT", "agree", agree.ptr, TRO_INVALID, "no record");
	tro_buf_done(&agree);
	tro_authority_free(a);
}
END_TEST

START_TEST(a_newer_proposal_takes_the_place_of_the_older)
{
	tro_authority *a = world_of_two();
	tro_buf first = TRO_BUF_INIT;
	tro_buf second = TRO_BUF_INIT;
	tro_vkey key = vkey_of(7);

	accept(a, "grant", "person P-CAT\nrole registrar\n");
	agreement(&first, a);
	accept_by(a, "P-BEN", "rotate", "person P-REG\nenrolment {e7 Rhona Keys}\n");
	agreement(&second, a);
	refuse_by(a, "P-BEN", "agree", first.ptr, TRO_INVALID, "no record");
	accept(a, "agree", second.ptr);
	ck_assert_str_eq(tro_authority_person_by_key(a, key.public_key)->id, "P-REG");
	ck_assert_int_eq(may(a, "P-CAT", "registrar", TODAY), TRO_KEY);
	tro_buf_done(&first);
	tro_buf_done(&second);
	tro_authority_free(a);
}
END_TEST

START_TEST(a_proposal_is_judged_again_when_it_is_agreed)
{
	tro_authority *a = world_of_two();
	tro_buf agree = TRO_BUF_INIT;

	accept(a, "rotate", "person P-BEN\nenrolment {e7 Ben Yeo}\n");
	agreement(&agree, a);
	accept(a, "enrol", "person P-DAN\nenrolment {e7 Dan Poe}\n"); /* the key is taken now */
	refuse_by(a, "P-BEN", "agree", agree.ptr, TRO_INVALID, "enrolled before");
	tro_buf_done(&agree);
	tro_authority_free(a);
}
END_TEST

START_TEST(a_proposal_lapses_with_the_power_of_who_made_it)
{
	tro_authority *a = world_of_two();
	tro_buf agree = TRO_BUF_INIT;
	tro_err err;

	accept(a, "grant", "person P-CAT\nrole registrar\nuntil 2026-11-30\n");
	agreement(&agree, a);
	accept_by(a, "P-BEN", "agree", agree.ptr);
	accept_by(a, "P-CAT", "rotate", "person P-BEN\nenrolment {e7 Ben Yeo}\n");
	agreement(&agree, a);
	ck_assert_int_eq(
		try_at(a, "2026-12-01T09:00:00.000000Z", "P-REG", "agree", agree.ptr, &err),
		TRO_KEY);
	ck_assert_ptr_nonnull(strstr(err.message, "P-CAT"));
	ck_assert_int_eq(
		try_at(a, "2026-11-30T09:00:00.000000Z", "P-REG", "agree", agree.ptr, &err),
		TRO_OK);
	tro_buf_done(&agree);
	tro_authority_free(a);
}
END_TEST

START_TEST(what_is_not_about_registrars_needs_no_second_one)
{
	tro_authority *a = world_of_two();
	uint8_t pending[32];

	accept(a, "grant", "person P-CAT\nrole officer\n");
	ck_assert_int_eq(may(a, "P-CAT", "officer", TODAY), TRO_OK);
	accept(a, "rotate", "person P-CAT\nenrolment {e7 Cat Orr}\n");
	accept(a, "revoke", "person P-CAT\nkey {v7}\nreason lost\n");
	accept(a, "adopt", "file " HEX_A " definition a\n");
	accept(a, "end", "person P-CAT\nrole officer\nreason left\n");
	ck_assert(!tro_authority_pending(a, pending));
	ck_assert_int_eq(may(a, "P-CAT", "officer", TODAY), TRO_KEY);
	tro_authority_free(a);
}
END_TEST

/* ---- adoption and clock ---- */

START_TEST(a_later_adoption_supersedes_the_earlier_one)
{
	tro_authority *a = world();
	const tro_adopted *f;

	accept(a, "adopt",
		"file " HEX_A " definition ddtro-ew/application\nfile " HEX_A " calendar uk\n");
	ck_assert_uint_eq(tro_authority_adopted_count(a), 2);
	accept(a, "adopt",
		"file " HEX_B " definition ddtro-ew/application\nfile " HEX_B " grammar uk\n");
	ck_assert_uint_eq(tro_authority_adopted_count(a), 3);
	f = tro_authority_adopted(a, "definition", "ddtro-ew/application");
	ck_assert_uint_eq(f->sha256[0], 0xbb);
	ck_assert_uint_eq(f->adopted_at, 5);
	f = tro_authority_adopted(a, "calendar", "uk");
	ck_assert_uint_eq(f->sha256[31], 0xaa);
	ck_assert_uint_eq(f->adopted_at, 4);
	ck_assert_ptr_null(tro_authority_adopted(a, "calendar", "ddtro-ew/application"));
	tro_authority_free(a);
}
END_TEST

START_TEST(a_set_clock_stands_and_never_goes_back)
{
	tro_authority *a = world();
	tro_err err;
	tro_time_us clock;
	const char *const later = "2026-11-25T15:00:00.000000Z";
	const char *const adopt = "file " HEX_A " definition a\n";

	ck_assert_int_eq(
		try_at(a, later, "P-REG", "clock", "set 2026-11-25T15:00:00.000000Z\n", &err),
		TRO_OK);
	ck_assert(tro_authority_clock(a, &clock));
	ck_assert_int_eq(clock, time_of(later));
	ck_assert_int_eq(try_at(a, "2026-11-25T15:00:00.000001Z", "P-REG", "adopt", adopt, &err),
		TRO_INVALID);
	ck_assert_ptr_nonnull(strstr(err.message, "stands"));
	ck_assert_int_eq(try_at(a, "2026-11-25T14:00:00.000000Z", "P-REG", "clock",
				 "set 2026-11-25T14:00:00.000000Z\n", &err),
		TRO_INVALID);
	ck_assert_ptr_nonnull(strstr(err.message, "does not go back"));
	ck_assert_int_eq(try_at(a, later, "P-REG", "adopt", adopt, &err), TRO_OK);
	tro_authority_free(a);
}
END_TEST

START_TEST(a_clock_can_stand_from_the_start)
{
	tro_authority *a = tro_authority_new();
	tro_time_us clock;
	tro_err err;

	accept(a, "genesis",
		"log " LOG "\nmode training\nclock " START
		"\nlog-key {v1}\nregistrars-required 1\nrole registrar\n" GENESIS_TAIL);
	ck_assert(tro_authority_clock(a, &clock));
	ck_assert_int_eq(clock, time_of(START));
	ck_assert_int_eq(try_at(a, "2026-11-23T09:00:01.000000Z", "P-REG", "enrol",
				 "person P-ADA\nenrolment {e4 Ada Hope}\n", &err),
		TRO_INVALID);
	accept(a, "enrol", "person P-ADA\nenrolment {e4 Ada Hope}\n");
	tro_authority_free(a);
}
END_TEST

/* Genesis of a live store; its log key is named after it. */
static tro_status found_live(tro_authority *a, const char *clock)
{
	tro_buf payload = TRO_BUF_INIT;
	tro_ed25519 *key = key_of(1);
	tro_record r = next_record(a, "genesis", "P-REG", START);
	tro_vkey vkey;

	ck_assert_int_eq(
		tro_vkey_init(&vkey, LIVE_LOG, TRO_NOTE_ED25519, tro_ed25519_public(key), NULL),
		TRO_OK);
	set_text(r.log, sizeof(r.log), LIVE_LOG);
	tro_buf_printf(&payload, "log " LIVE_LOG "\nmode live\n%slog-key ", clock);
	tro_vkey_format(&payload, &vkey);
	tro_buf_puts(&payload, "\nregistrars-required 1\nrole registrar\n" GENESIS_TAIL);
	tro_status status = try_record(a, &r, payload.ptr, NULL);

	tro_buf_done(&payload);
	tro_ed25519_free(key);
	return status;
}

START_TEST(a_live_stores_clock_cannot_be_set)
{
	tro_authority *a = tro_authority_new();

	ck_assert_int_eq(found_live(a, "clock " START "\n"), TRO_INVALID);
	ck_assert_int_eq(found_live(a, ""), TRO_OK);
	ck_assert(!tro_authority_training(a));
	refuse(a, "clock", "set " START "\n", "live");
	tro_authority_free(a);
}
END_TEST

/* ---- walks ---- */

static const char *const walk_events[][2] = {
	{"enrol", "person P-1\nenrolment {e4 One}\n"},
	{"enrol", "person P-2\nenrolment {e5 Two}\n"},
	{"enrol", "person P-2\nenrolment {e6 Two}\n"},
	{"enrol", "person P-3\nenrolment {e5 Three}\n"},
	{"grant", "person P-1\nrole officer\n"},
	{"grant", "person P-1\nrole registrar\n"},
	{"grant", "person P-2\nrole registrar\nuntil 2026-12-01\n"},
	{"grant", "person P-2\nrole officer\nfrom 2027-01-01\n"},
	{"end", "person P-1\nrole registrar\nreason x\n"},
	{"end", "person P-REG\nrole registrar\nreason x\n"},
	{"end", "person P-2\nrole registrar\nreason x\n"},
	{"rotate", "person P-1\nenrolment {e7 One}\n"},
	{"rotate", "person P-2\nenrolment {e8 Two}\n"},
	{"rotate", "person P-REG\nenrolment {e9 Rhona Keys}\n"},
	{"rotate", "person P-REG\nenrolment {e10 Rhona Keys}\n"},
	{"revoke", "person P-1\nkey {v4}\nreason x\n"},
	{"revoke", "person P-2\nkey {v5}\nreason x\n"},
	{"revoke", "person P-REG\nkey {v2}\nsuspect-from " START "\nreason x\n"},
	{"enrol", "person P-3\nenrolment {e6 Three}\nspare {e11 Three}\n"},
	{"rotate", "person P-1\nspare {e11 One}\n"},
	{"revoke", "person P-1\nkey {v11}\nreason x\n"},
	{"policy", "acting-rank accepted\nreason x\n"},
	{"trust-clock", "clock 2026-11-02T09:00:00.000000Z\nminutes 30\nreason x\n"},
	{"grant", "person P-2\nrole officer\nacting yes\n"},
	{"adopt", "file " HEX_A " definition a\n"},
	{"adopt", "file " HEX_B " definition a\nfile " HEX_B " calendar b\n"},
	{"agree", NULL},
};
static const char *const walk_actors[] = {"P-REG", "P-REG", "P-1", "P-2", "P-SVC"};

/* xorshift64*: what is random here is the same on every run. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1du;
}

static bool some_registrar(const tro_authority *a)
{
	for (size_t i = 0; i < tro_authority_person_count(a); i++) {
		if (may(a, tro_authority_person_at(a, i)->id, "registrar", TODAY) == TRO_OK) {
			return true;
		}
	}
	return false;
}

/* Random acts by random people: what is refused changes nothing (try_record looks), there is always
 * a registrar, and the accepted records lead to the same state again. */
START_TEST(a_replay_of_what_was_accepted_gives_the_same_state)
{
	enum { STEPS = 150 };
	uint64_t seed = 20261123u + (uint64_t)_i;
	static tro_record records[STEPS];
	static char payloads[STEPS][200];
	size_t accepted = 0;
	tro_authority *a = tro_authority_new();
	tro_authority *again = tro_authority_new();
	tro_buf first = TRO_BUF_INIT;
	tro_buf second = TRO_BUF_INIT;
	const char *founding = _i % 2 == 0 ? GENESIS : GENESIS_OF_TWO;

	printf("a_replay_of_what_was_accepted_gives_the_same_state: seed %llu\n",
		(unsigned long long)seed);
	accept(a, "genesis", founding);
	accept(again, "genesis", founding);
	for (size_t i = 0; i < STEPS; i++) {
		size_t event = next_random(&seed) % (sizeof(walk_events) / sizeof(*walk_events));
		const char *actor = walk_actors[next_random(&seed) % 5];
		const char *template = walk_events[event][1];
		uint8_t pending[32];
		tro_buf agree = TRO_BUF_INIT;

		if (template == NULL && tro_authority_pending(a, pending)) {
			agreement(&agree, a);
		}
		records[accepted] = next_record(a, walk_events[event][0], actor, START);
		set_text(payloads[accepted], sizeof(payloads[0]),
			template == NULL ? agree.ptr : template);
		accepted += try_record(a, &records[accepted], payloads[accepted], NULL) == TRO_OK;
		ck_assert(some_registrar(a));
		tro_buf_done(&agree);
	}
	ck_assert_uint_gt(accepted, 10);
	for (size_t i = 0; i < accepted; i++) {
		ck_assert_int_eq(apply_record(again, &records[i], payloads[i], NULL), TRO_OK);
	}
	dump(&first, a);
	dump(&second, again);
	ck_assert_str_eq(first.ptr, second.ptr);
	tro_buf_done(&first);
	tro_buf_done(&second);
	tro_authority_free(a);
	tro_authority_free(again);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_test(tcase, a_rotation_replaces_the_key);
	tcase_add_test(tcase, a_revoked_key_leaves_its_person_powerless_until_a_new_one);
	tcase_add_test(tcase, an_earlier_key_can_be_revoked_without_touching_the_present_one);
	tcase_add_test(tcase, a_registrar_without_a_key_or_a_role_writes_nothing);
	tcase_add_test(tcase, the_last_registrar_stays);
	tcase_add_loop_test(
		tcase, where_two_registrars_are_required_one_changes_no_registrar, 0, 4);
	tcase_add_test(tcase, a_second_registrar_puts_the_change_into_effect);
	tcase_add_test(tcase, a_newer_proposal_takes_the_place_of_the_older);
	tcase_add_test(tcase, a_proposal_is_judged_again_when_it_is_agreed);
	tcase_add_test(tcase, a_proposal_lapses_with_the_power_of_who_made_it);
	tcase_add_test(tcase, what_is_not_about_registrars_needs_no_second_one);
	tcase_add_test(tcase, a_later_adoption_supersedes_the_earlier_one);
	tcase_add_test(tcase, a_set_clock_stands_and_never_goes_back);
	tcase_add_test(tcase, a_clock_can_stand_from_the_start);
	tcase_add_test(tcase, a_live_stores_clock_cannot_be_set);
	tcase_add_loop_test(tcase, a_replay_of_what_was_accepted_gives_the_same_state, 0, 8);
}

int main(void)
{
	return run("registrar", add_tests);
}
