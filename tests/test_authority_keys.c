/* Spare keys and acting rank, as the registry's records give them. */
#include "authority_world.h"

#define SPARE "person P-ADA\nspare {e6 Ada Hope}\n"

static bool is_key(const tro_vkey *key, unsigned number)
{
	tro_vkey expected = vkey_of(number);

	return tro_vkey_equal(key, &expected);
}

static const tro_person *owner(const tro_authority *a, unsigned number)
{
	tro_vkey key = vkey_of(number);

	return tro_authority_person_by_key(a, key.public_key);
}

/* A note by that key, as tro_note_parse gives it of a whole one. */
static tro_note signed_by(const tro_vkey *key)
{
	tro_note note = {.signature_count = 1};

	note.signatures[0] = (tro_note_signature){.name = key->name, .name_len = strlen(key->name)};
	memcpy(note.signatures[0].id, key->id, sizeof(key->id));
	return note;
}

START_TEST(a_spare_is_enrolled_with_its_own_proof_and_is_the_same_person)
{
	tro_authority *a = world();
	tro_vkey first = vkey_of(6);
	tro_vkey spare = vkey_of(7);

	accept(a, "enrol", "person P-CY\nenrolment {e6 Cy Dee}\nspare {e7 Cy Dee}\n");
	const tro_person *cy = tro_authority_person(a, "P-CY");

	ck_assert_ptr_eq(owner(a, 6), cy);
	ck_assert_ptr_eq(owner(a, 7), cy);
	ck_assert(is_key(&cy->key, 6) && is_key(&cy->spare, 7));
	tro_note by_first = signed_by(&first);
	tro_note by_spare = signed_by(&spare);
	tro_note by_other = signed_by(&(tro_vkey){.name = "force.example/person/7"});

	ck_assert(is_key(tro_person_key_in(cy, &by_first), 6));
	ck_assert(is_key(tro_person_key_in(cy, &by_spare), 7));
	ck_assert(is_key(tro_person_key_in(cy, &by_other), 6));
	ck_assert_str_eq(tro_authority_key_life(a, spare.public_key)->person_id, "P-CY");
	tro_authority_free(a);
}
END_TEST

static const struct {
	const char *event, *payload, *message;
} bad_spares[] = {
	{"enrol", "person P-CY\nenrolment {e6 Cy Dee}\nspare {e6 Cy Dee}\n", "same key again"},
	{"enrol", "person P-CY\nenrolment {e6 Cy Dee}\nspare {e7 Di Eff}\n",
		"both are one person's"},
	{"enrol", "person P-CY\nenrolment {e6 Cy Dee}\nspare {e4 Cy Dee}\n", "enrolled before"},
	{"enrol", "person P-CY\nenrolment {e6 Cy Dee}\nspare {f7 Cy Dee}\n", "made for the log"},
	{"enrol", "person P-CY\nenrolment {e6 Cy Dee}\nspare AAAA\n", ""},
	{"enrol", "person P-CY\nspare {e7 Cy Dee}\n", "enrolment is missing"},
	{"rotate", "person P-ADA\n", "a new key, a spare or both"},
	{"rotate", "person P-ADA\nspare {e6 Ada Hop}\n", "does not change the name"},
	{"rotate", "person P-ADA\nenrolment {e6 Ada Hope}\nspare {e7 Ada Hop}\n",
		"both are one person's"},
	{"rotate", "person P-ADA\nspare {e4 Ada Hope}\n", "enrolled before"},
	{"rotate", "person P-BEN\nspare {e6 Ben Yeo}\nenrolment {e7 Ben Yeo}\n", "not expected"},
};

START_TEST(a_spare_that_is_no_second_key_of_the_person_is_refused)
{
	tro_authority *a = world();

	refuse(a, bad_spares[_i].event, bad_spares[_i].payload, bad_spares[_i].message);
	tro_authority_free(a);
}
END_TEST

START_TEST(a_spare_takes_the_place_of_the_key_that_was_revoked)
{
	tro_authority *a = world();

	accept(a, "rotate", SPARE);
	accept(a, "revoke", "person P-ADA\nkey {v4}\nreason lost\n");
	const tro_person *ada = tro_authority_person(a, "P-ADA");

	ck_assert(ada->has_key && !ada->has_spare && is_key(&ada->key, 6));
	ck_assert_ptr_null(owner(a, 4));
	ck_assert_int_eq(may(a, "P-ADA", "officer", TODAY), TRO_OK);
	accept(a, "revoke", "person P-ADA\nkey {v6}\nreason lost as well\n");
	ck_assert_int_eq(may(a, "P-ADA", "officer", TODAY), TRO_KEY);
	refuse(a, "rotate", "person P-ADA\nspare {e7 Ada Hope}\n", "has no key");
	accept(a, "rotate", "person P-ADA\nenrolment {e7 Ada Hope}\nspare {e8 Ada Hope}\n");
	ck_assert_int_eq(may(a, "P-ADA", "officer", TODAY), TRO_OK);
	tro_authority_free(a);
}
END_TEST

START_TEST(a_revoked_spare_leaves_the_first_key_alone)
{
	tro_authority *a = world();
	tro_vkey spare = vkey_of(6);

	accept(a, "rotate", SPARE);
	accept(a, "revoke", "person P-ADA\nkey {v6}\nsuspect-from " START "\nreason copied\n");
	const tro_person *ada = tro_authority_person(a, "P-ADA");
	const tro_key_life *life = tro_authority_key_life(a, spare.public_key);

	ck_assert(ada->has_key && !ada->has_spare && is_key(&ada->key, 4));
	ck_assert_ptr_null(owner(a, 6));
	ck_assert(life->revoked && life->ended);
	ck_assert_uint_eq(life->revoked_at, 5);
	tro_authority_free(a);
}
END_TEST

START_TEST(a_rotation_replaces_each_key_by_one_of_its_kind)
{
	tro_authority *a = world();
	tro_vkey first = vkey_of(4);
	tro_vkey spare = vkey_of(6);

	accept(a, "rotate", SPARE);
	accept(a, "rotate", "person P-ADA\nenrolment {e7 Ada Hope}\n");
	ck_assert(is_key(&tro_authority_person(a, "P-ADA")->spare, 6));
	ck_assert_uint_eq(tro_authority_key_life(a, first.public_key)->ended_at, 5);
	accept(a, "rotate", "person P-ADA\nspare {e8 Ada Hope}\n");
	ck_assert(is_key(&tro_authority_person(a, "P-ADA")->key, 7));
	ck_assert(is_key(&tro_authority_person(a, "P-ADA")->spare, 8));
	ck_assert(tro_authority_key_life(a, spare.public_key)->ended);
	ck_assert_ptr_null(owner(a, 6));
	tro_authority_free(a);
}
END_TEST

START_TEST(the_last_registrar_may_lose_a_key_who_has_another)
{
	tro_authority *a = world();

	refuse(a, "revoke", "person P-REG\nkey {v2}\nreason lost\n", "last registrar");
	accept(a, "rotate", "person P-REG\nspare {e6 Rhona Keys}\n");
	accept(a, "revoke", "person P-REG\nkey {v2}\nreason lost\n");
	ck_assert_int_eq(may(a, "P-REG", "registrar", TODAY), TRO_OK);
	refuse(a, "revoke", "person P-REG\nkey {v6}\nreason lost\n", "last registrar");
	tro_authority_free(a);
}
END_TEST

#define ACTING "person P-BEN\nrole superintendent\nrank superintendent\nacting yes\n"

START_TEST(acting_rank_counts_while_the_recorded_policy_says_so)
{
	tro_authority *a = world();

	refuse(a, "grant", ACTING, "no policy");
	refuse_by(a, "P-BEN", "policy", "acting-rank accepted\nreason x\n", TRO_KEY, "registrar");
	accept(a, "policy", "acting-rank accepted\nreason Force policy 12\n");
	ck_assert(tro_authority_acting_rank(a));
	accept(a, "grant", ACTING);
	ck_assert_int_eq(may(a, "P-BEN", "superintendent", TODAY), TRO_OK);
	accept(a, "policy", "acting-rank refused\nreason Advice of counsel\n");
	ck_assert_int_eq(may(a, "P-BEN", "superintendent", TODAY), TRO_KEY);
	refuse(a, "grant", ACTING, "no policy");
	accept(a, "grant", "person P-BEN\nrole superintendent\nrank superintendent\n");
	ck_assert_int_eq(may(a, "P-BEN", "superintendent", TODAY), TRO_OK);
	ck_assert_int_eq(may(a, "P-REG", "registrar", TODAY), TRO_OK);
	tro_authority_free(a);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_test(tcase, a_spare_is_enrolled_with_its_own_proof_and_is_the_same_person);
	tcase_add_loop_test(tcase, a_spare_that_is_no_second_key_of_the_person_is_refused, 0,
		COUNT(bad_spares));
	tcase_add_test(tcase, a_spare_takes_the_place_of_the_key_that_was_revoked);
	tcase_add_test(tcase, a_revoked_spare_leaves_the_first_key_alone);
	tcase_add_test(tcase, a_rotation_replaces_each_key_by_one_of_its_kind);
	tcase_add_test(tcase, the_last_registrar_may_lose_a_key_who_has_another);
	tcase_add_test(tcase, acting_rank_counts_while_the_recorded_policy_says_so);
}

int main(void)
{
	return run("authority_keys", add_tests);
}
