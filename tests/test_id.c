#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "ledger/id.h"
#include "suite.h"

static const char symbols[] = "23456789ABCDEFGHJKMNPQRTVWXYZ";

/* xorshift64*: what is random here is the same on every run. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1du;
}

static uint64_t open_seed(const char *test)
{
	uint64_t seed = 20261123;

	printf("%s: seed %llu\n", test, (unsigned long long)seed);
	return seed;
}

/* An id of seven drawn symbols, with the one check symbol of all that fits them. */
static void draw_id(char out[10], uint64_t *seed)
{
	char read[TRO_ID_SIZE];
	char check = '\0';

	memcpy(out, "xxxx-xxxx", 10);
	for (size_t i = 0; i < 8; i++) {
		out[i < 4 ? i : i + 1] = symbols[next_random(seed) % (sizeof(symbols) - 1)];
	}
	for (const char *c = symbols; *c != '\0'; c++) {
		out[8] = *c;
		if (tro_id_check(read, out, NULL) == TRO_OK) {
			ck_assert_msg(check == '\0', "two check symbols fit %.8s", out);
			check = *c;
		}
	}
	ck_assert_msg(check != '\0', "no check symbol fits %.8s", out);
	out[8] = check;
}

START_TEST(a_new_id_fits_its_own_check)
{
	char id[TRO_ID_SIZE];
	char read[TRO_ID_SIZE];

	for (int i = 0; i < 300; i++) {
		const char *prefix = i % 3 == 0 ? NULL : i % 3 == 1 ? "" : "P";

		tro_id_new(id, prefix);
		ck_assert_uint_eq(strlen(id), i % 3 == 2 ? 11 : 9);
		ck_assert(i % 3 != 2 || memcmp(id, "P-", 2) == 0);
		ck_assert(tro_record_id_good(id, strlen(id)));
		ck_assert_int_eq(tro_id_check(read, id, NULL), TRO_OK);
		ck_assert_str_eq(read, id);
	}
}
END_TEST

START_TEST(new_ids_differ_and_use_the_whole_alphabet)
{
	enum { COUNT = 200 };
	static char ids[COUNT][TRO_ID_SIZE];
	bool seen[sizeof(symbols) - 1] = {false};

	for (int i = 0; i < COUNT; i++) { /* two alike: once in a million runs */
		tro_id_new(ids[i], NULL);
		for (int k = 0; k < i; k++) {
			ck_assert_str_ne(ids[i], ids[k]);
		}
		for (const char *c = ids[i]; *c != '\0'; c++) {
			if (*c != '-') {
				seen[strchr(symbols, *c) - symbols] = true;
			}
		}
	}
	for (size_t i = 0; i < sizeof(symbols) - 1; i++) {
		ck_assert_msg(seen[i], "%c is never used", symbols[i]);
	}
}
END_TEST

START_TEST(every_single_wrong_symbol_is_noticed)
{
	uint64_t seed = open_seed("every_single_wrong_symbol_is_noticed");
	char id[10];
	char read[TRO_ID_SIZE];

	for (int round = 0; round < 200; round++) {
		draw_id(id, &seed);
		for (size_t i = 0; id[i] != '\0'; i++) {
			char good = id[i];

			for (const char *c = symbols; good != '-' && *c != '\0'; c++) {
				id[i] = *c;
				ck_assert_int_eq(tro_id_check(read, id, NULL),
					*c == good ? TRO_OK : TRO_INVALID);
			}
			id[i] = good;
		}
	}
}
END_TEST

START_TEST(every_swap_of_two_different_symbols_is_noticed)
{
	uint64_t seed = open_seed("every_swap_of_two_different_symbols_is_noticed");
	char id[10];
	char read[TRO_ID_SIZE];

	for (int round = 0; round < 500; round++) {
		draw_id(id, &seed);
		for (size_t i = 0; i < 9; i++) {
			for (size_t k = i + 1; k < 9; k++) {
				char swapped[10];

				if (i == 4 || k == 4 || id[i] == id[k]) {
					continue;
				}
				memcpy(swapped, id, sizeof(swapped));
				swapped[i] = id[k];
				swapped[k] = id[i];
				ck_assert_int_eq(tro_id_check(read, swapped, NULL), TRO_INVALID);
			}
		}
	}
}
END_TEST

/* The proof behind the two tests above, for all values and not only those drawn: a wrong symbol
 * changes the weighted sum, and so does a swap. */
START_TEST(no_substitution_and_no_swap_keeps_the_sum)
{
	for (int difference = 1; difference < 29; difference++) {
		for (int weight = 1; weight <= 8; weight++) {
			ck_assert_int_ne(weight * difference % 29, 0);
			for (int other = weight + 1; other <= 8; other++) {
				ck_assert_int_ne((other - weight) * difference % 29, 0);
			}
		}
	}
}
END_TEST

START_TEST(an_id_is_read_in_either_case_and_with_any_dashes)
{
	static const char *const spellings[][2] = {{"K7Q3-9F2M", "K7Q3-9F2M"},
		{"k7q3-9f2m", "K7Q3-9F2M"}, {"k7q39f2m", "K7Q3-9F2M"}, {"K7-Q3-9F-2M", "K7Q3-9F2M"},
		{"P-K7Q3-9F2M", "P-K7Q3-9F2M"}, {"p-k7q3-9f2m", "P-K7Q3-9F2M"},
		{"pk7q39f2m", "P-K7Q3-9F2M"}};
	char read[TRO_ID_SIZE];

	ck_assert_int_eq(tro_id_check(read, spellings[_i][0], NULL), TRO_OK);
	ck_assert_str_eq(read, spellings[_i][1]);
}
END_TEST

START_TEST(what_is_no_id_is_refused)
{
	static const char *const texts[] = {"", "-", "K7Q3", "K7Q3-9F2", "K7Q3-9F2MM2",
		"K7Q3-9F2M ", " K7Q3-9F2M", "K7Q3 9F2M", "K7Q3_9F2M", "7-K7Q3-9F2M", "PK-K7Q3-9F2M",
		"K7Q3-9F2O", "K7Q3-9F20", "K7Q3-9F2I", "K7Q3-9F21", "K7Q3-9F2L", "K7Q3-9F2U",
		"K7Q3-9F2S", "2222-2222", "K7Q3-9F2\xc3\x9c", "registry", "log"};
	char read[TRO_ID_SIZE];

	ck_assert_msg(tro_id_check(read, texts[_i], NULL) == TRO_INVALID, "'%s'", texts[_i]);
}
END_TEST

int main(void)
{
	tro_err err;
	Suite *suite = suite_create("id");
	TCase *tcase = tcase_create("id");

	if (tro_crypto_init(&err) != TRO_OK) {
		(void)fprintf(stderr, "%s\n", err.message);
		return EXIT_FAILURE;
	}
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_new_id_fits_its_own_check);
	tcase_add_test(tcase, new_ids_differ_and_use_the_whole_alphabet);
	tcase_add_test(tcase, every_single_wrong_symbol_is_noticed);
	tcase_add_test(tcase, every_swap_of_two_different_symbols_is_noticed);
	tcase_add_test(tcase, no_substitution_and_no_swap_keeps_the_sum);
	tcase_add_loop_test(tcase, an_id_is_read_in_either_case_and_with_any_dashes, 0, 7);
	tcase_add_loop_test(tcase, what_is_no_id_is_refused, 0, 22);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
