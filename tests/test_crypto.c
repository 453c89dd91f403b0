#include <check.h>
#include <gcrypt.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "suite.h"

static const char record_text[] = "tro-record/v1\n";

static void start(void)
{
	tro_err err;

	ck_assert_msg(tro_crypto_init(&err) == TRO_OK, "%s", err.message);
}

/* A key whose seed is 31 zero bytes and then n (FORMATS.md 3). */
static tro_ed25519 *key_of(uint8_t n)
{
	uint8_t seed[TRO_ED25519_SEED_LEN] = {0};
	tro_ed25519 *key = NULL;

	seed[31] = n;
	ck_assert_int_eq(tro_ed25519_new(&key, seed, NULL), TRO_OK);
	return key;
}

static void unhex(uint8_t *out, size_t len, const char *hex)
{
	ck_assert(tro_hex_decode(out, len, hex, strlen(hex)));
}

static void assert_hex(const uint8_t *bytes, size_t len, const char *hex)
{
	char text[2 * TRO_ED25519_SIGNATURE_LEN + 1];

	ck_assert_uint_le(len, TRO_ED25519_SIGNATURE_LEN);
	tro_hex_encode(text, bytes, len);
	ck_assert_str_eq(text, hex);
}

/* ---- starting ---- */

START_TEST(starting_twice_is_starting_once_and_leaves_no_core_dumps)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_CORE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_CORE, &limit), 0);
	start();
	start();
	ck_assert_int_eq(getrlimit(RLIMIT_CORE, &limit), 0);
	ck_assert_uint_eq(limit.rlim_cur, 0);
}
END_TEST

START_TEST(fips_mode_is_refused_with_its_reason)
{
	tro_err err;

	ck_assert_int_eq(setenv("LIBGCRYPT_FORCE_FIPS_MODE", "1", 1), 0);
	ck_assert_int_eq(tro_crypto_init(&err), TRO_SYSTEM);
	ck_assert_ptr_nonnull(strstr(err.message, "FIPS mode"));
}
END_TEST

START_TEST(a_host_that_locks_no_memory_is_refused_with_the_remedy)
{
	struct rlimit none = {0, 0};
	tro_err err;

	ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &none), 0);
	/* Root may lock memory whatever the limit says. */
	if (geteuid() == 0) {
		ck_assert_int_eq(setgroups(0, NULL), 0);
		ck_assert_int_eq(setgid(65534), 0);
		ck_assert_int_eq(setuid(65534), 0);
	}
	/* The address sanitizer makes locking a matter of nothing. */
	if (mlock(&none, sizeof(none)) == 0) {
		(void)fprintf(stderr, "SKIPPED a_host_that_locks_no_memory_is_refused_with_the_"
				      "remedy: locking cannot be forbidden here\n");
		return;
	}
	ck_assert_int_eq(tro_crypto_init(&err), TRO_SYSTEM);
	ck_assert_ptr_nonnull(strstr(err.message, "ulimit -l"));
	ck_assert_int_eq(tro_crypto_init(&err), TRO_SYSTEM);
}
END_TEST

/* ---- hashes and bytes ---- */

START_TEST(sha_256_of_the_standards_examples)
{
	uint8_t hash[TRO_SHA256_LEN];

	tro_sha256(hash, "abc", 3);
	assert_hex(hash, sizeof(hash),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	tro_sha256(hash, NULL, 0);
	assert_hex(hash, sizeof(hash),
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
END_TEST

START_TEST(a_hash_over_pieces_is_the_hash_over_the_whole)
{
	uint8_t bytes[300];
	uint8_t whole[TRO_SHA256_LEN];
	uint8_t pieces[TRO_SHA256_LEN];

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(i * 7);
	}
	tro_sha256(whole, bytes, sizeof(bytes));
	for (size_t cut = 0; cut <= sizeof(bytes); cut += 25) {
		tro_sha256_stream *stream = tro_sha256_new();

		ck_assert_ptr_nonnull(stream);
		tro_sha256_update(stream, bytes, cut);
		tro_sha256_update(stream, NULL, 0);
		tro_sha256_update(stream, bytes + cut, sizeof(bytes) - cut);
		tro_sha256_finish(pieces, stream);
		ck_assert_mem_eq(pieces, whole, sizeof(whole));
	}
	tro_sha256_free(tro_sha256_new());
	tro_sha256_free(NULL);
}
END_TEST

START_TEST(hmac_of_rfc_4231)
{
	uint8_t mac[TRO_SHA256_LEN];
	uint8_t key[131];
	const char *text = "Test Using Larger Than Block-Size Key - Hash Key First";

	ck_assert_int_eq(tro_hmac_sha256(mac, (const uint8_t *)"Jefe", 4,
				 "what do ya want for nothing?", 28, NULL),
		TRO_OK);
	assert_hex(mac, sizeof(mac),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	ck_assert_int_eq(tro_hmac_sha256(mac, key, sizeof(key), text, strlen(text), NULL), TRO_OK);
	assert_hex(mac, sizeof(mac),
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}
END_TEST

START_TEST(secrets_compare_equal_only_when_every_byte_is)
{
	uint8_t a[32] = {1, 2, 3};
	uint8_t b[32] = {1, 2, 3};

	ck_assert(tro_equal_secret(a, b, sizeof(a)));
	ck_assert(tro_equal_secret(a, b, 0));
	for (size_t i = 0; i < 8 * sizeof(a); i++) {
		b[i / 8] ^= (uint8_t)(1 << i % 8);
		ck_assert(!tro_equal_secret(a, b, sizeof(a)));
		b[i / 8] ^= (uint8_t)(1 << i % 8);
	}
}
END_TEST

START_TEST(random_bytes_fill_the_whole_and_do_not_repeat)
{
	uint8_t a[64] = {0};
	uint8_t b[64] = {0};

	tro_random(a, sizeof(a));
	tro_random(b, sizeof(b));
	ck_assert_mem_ne(a, b, 32);
	ck_assert_mem_ne(a + 32, b + 32, 32);
	tro_random(a, 0);
}
END_TEST

START_TEST(locked_memory_runs_out_with_null_and_comes_back)
{
	void *secrets[64];
	size_t count = 0;

	while (count < 64 && (secrets[count] = tro_secret_alloc(4096)) != NULL) {
		ck_assert(gcry_is_secure(secrets[count]));
		count++;
	}
	ck_assert_uint_ge(count, 8);
	ck_assert_uint_lt(count, 64);
	tro_secret_free(secrets[--count]);
	void *again = tro_secret_alloc(4096);

	ck_assert_ptr_nonnull(again);
	tro_secret_free(again);
	while (count > 0) {
		tro_secret_free(secrets[--count]);
	}
	tro_secret_free(NULL);
}
END_TEST

/* ---- private keys ---- */

START_TEST(the_longest_record_is_signed_and_a_longer_text_is_refused)
{
	static char text[TRO_ED25519_MESSAGE_MAX + 1];
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN];
	tro_ed25519 *key = key_of(4);
	tro_err err;

	ck_assert_int_eq(
		tro_ed25519_sign(signature, key, text, TRO_ED25519_MESSAGE_MAX, NULL), TRO_OK);
	ck_assert_int_eq(tro_ed25519_sign(signature, key, text, TRO_ED25519_MESSAGE_MAX + 1, &err),
		TRO_INVALID);
	ck_assert_ptr_nonnull(strstr(err.message, "65000"));
	tro_ed25519_free(key);
}
END_TEST

START_TEST(the_keys_of_rfc_8032_sign_as_it_says)
{
	static const struct {
		const char *seed;
		const char *public_key;
		const char *message;
		size_t message_len;
		const char *signature;
	} rows[] = {
		{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
			"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", 0,
			"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590"
			"a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
		{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
			"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72",
			1,
			"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e"
			"15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
		{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
			"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
			"\xaf\x82", 2,
			"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d"
			"16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t seed[TRO_ED25519_SEED_LEN];
		uint8_t signature[TRO_ED25519_SIGNATURE_LEN];
		tro_ed25519 *key = NULL;

		unhex(seed, sizeof(seed), rows[i].seed);
		ck_assert_int_eq(tro_ed25519_new(&key, seed, NULL), TRO_OK);
		assert_hex(tro_ed25519_public(key), 32, rows[i].public_key);
		ck_assert_int_eq(tro_ed25519_sign(signature, key, rows[i].message,
					 rows[i].message_len, NULL),
			TRO_OK);
		assert_hex(signature, sizeof(signature), rows[i].signature);
		tro_ed25519_free(key);
	}
}
END_TEST

START_TEST(the_golden_seeds_give_the_golden_keys_ids_and_signature)
{
	static const struct {
		const char *name;
		uint8_t type;
		const char *id;
		const char *typed_key; /* base64 of type and public key */
	} rows[] = {
		{"tro.example/log/1", 1, "18945dd3",
			"AUy1q/atefv1q7zK/MJp2FzSZR7UuIW1hp8kGu3wpbop"},
		{"court.example/witness", 4, "414b99b3",
			"BHQiuYh1mAaOMsREipSa2ykND041ueAbDuXxoeYA/iZ0"},
		{"carrier.example/witness", 4, "2e570806",
			"BPOBYm5B5wJ+pDG/4wCelL3SWnRr7sRolI1sPHxdyaVL"},
		{"force.example/officer/1234", 1, "c81eb141",
			"Af1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzKb"},
	};
	static const char note_text[] =
		"tro.example/record/v1\n"
		"case TRO-2026-0001\n"
		"seq 2\n"
		"prev sha256:8b1789bac8c228ae1c6848d087baf559bcfc34fb8595dab75f8042c1c2dacc4e\n"
		"kind note\n"
		"time 2026-11-23T12:02:00Z\n"
		"payload hmac-sha256:"
		"d2bfc8025ea4935a806fc25efa328dd3491fb3e89b1c4f3095f1fea9d6ef09e8\n";
	const char *line = "yB6xQbDqZh/Jlhhskaa7sDgFkXjAwvTuEkfwKc5awMyfQRbARIE6akl2rhlSBXzpc9JP/"
			   "fihto0mAL9hEfqo3YW7fgM=";
	uint8_t golden[TRO_KEY_ID_LEN + TRO_ED25519_SIGNATURE_LEN];
	uint8_t id[TRO_KEY_ID_LEN];
	uint8_t typed[1 + TRO_ED25519_PUBLIC_LEN];
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN];
	size_t len = 0;

	ck_assert(tro_base64_decode(golden, sizeof(golden), &len, line, strlen(line)));
	for (uint8_t i = 0; i < 4; i++) {
		tro_ed25519 *key = key_of((uint8_t)(i + 1));
		const char *text = rows[i].typed_key;

		ck_assert(tro_base64_decode(typed, sizeof(typed), &len, text, strlen(text)));
		ck_assert_uint_eq(len, sizeof(typed));
		ck_assert_uint_eq(typed[0], rows[i].type);
		ck_assert_mem_eq(typed + 1, tro_ed25519_public(key), TRO_ED25519_PUBLIC_LEN);
		tro_key_id(id, rows[i].name, rows[i].type, tro_ed25519_public(key));
		assert_hex(id, sizeof(id), rows[i].id);
		if (i == 3) {
			ck_assert_mem_eq(golden, id, sizeof(id));
			ck_assert_int_eq(tro_ed25519_sign(signature, key, note_text,
						 sizeof(note_text) - 1, NULL),
				TRO_OK);
			ck_assert_mem_eq(golden + sizeof(id), signature, sizeof(signature));
		}
		tro_ed25519_free(key);
	}
}
END_TEST

START_TEST(fresh_keys_differ_and_lie_in_locked_memory)
{
	tro_ed25519 *a = NULL;
	tro_ed25519 *b = NULL;
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN];

	ck_assert_int_eq(tro_ed25519_generate(&a, NULL), TRO_OK);
	ck_assert_int_eq(tro_ed25519_generate(&b, NULL), TRO_OK);
	ck_assert(gcry_is_secure(tro_ed25519_seed(a)));
	ck_assert_mem_ne(tro_ed25519_seed(a), tro_ed25519_seed(b), TRO_ED25519_SEED_LEN);
	ck_assert_mem_ne(tro_ed25519_public(a), tro_ed25519_public(b), TRO_ED25519_PUBLIC_LEN);
	ck_assert_int_eq(tro_ed25519_check_public(tro_ed25519_public(a), NULL), TRO_OK);
	ck_assert_int_eq(
		tro_ed25519_sign(signature, a, record_text, sizeof(record_text) - 1, NULL), TRO_OK);
	ck_assert_int_eq(tro_ed25519_verify(tro_ed25519_public(b), record_text,
				 sizeof(record_text) - 1, signature, NULL),
		TRO_KEY);
	tro_ed25519_free(a);
	tro_ed25519_free(b);
	tro_ed25519_free(NULL);
}
END_TEST

START_TEST(keys_beyond_locked_memory_are_refused_not_fatal)
{
	tro_ed25519 *keys[512];
	size_t count = 0;
	tro_status status = TRO_OK;
	uint8_t seed[TRO_ED25519_SEED_LEN] = {9};

	while (count < 512 && status == TRO_OK) {
		status = tro_ed25519_new(&keys[count], seed, NULL);
		count += status == TRO_OK;
	}
	ck_assert_int_eq(status, TRO_NOMEM);
	ck_assert_uint_ge(count, 40);
	while (count > 0) {
		tro_ed25519_free(keys[--count]);
	}
}
END_TEST

static TCase *new_case(Suite *suite, const char *name, void (*setup)(void))
{
	TCase *tests = tcase_create(name);

	if (setup != NULL) {
		tcase_add_checked_fixture(tests, setup, NULL);
	}
	tcase_set_timeout(tests, 60);
	suite_add_tcase(suite, tests);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("crypto");
	TCase *init = new_case(suite, "init", NULL);
	TCase *hash = new_case(suite, "hash", start);
	TCase *private = new_case(suite, "private", start);

	tcase_add_test(init, starting_twice_is_starting_once_and_leaves_no_core_dumps);
	tcase_add_test(init, fips_mode_is_refused_with_its_reason);
	tcase_add_test(init, a_host_that_locks_no_memory_is_refused_with_the_remedy);
	tcase_add_test(hash, sha_256_of_the_standards_examples);
	tcase_add_test(hash, a_hash_over_pieces_is_the_hash_over_the_whole);
	tcase_add_test(hash, hmac_of_rfc_4231);
	tcase_add_test(hash, secrets_compare_equal_only_when_every_byte_is);
	tcase_add_test(hash, random_bytes_fill_the_whole_and_do_not_repeat);
	tcase_add_test(hash, locked_memory_runs_out_with_null_and_comes_back);
	tcase_add_test(private, the_longest_record_is_signed_and_a_longer_text_is_refused);
	tcase_add_test(private, the_keys_of_rfc_8032_sign_as_it_says);
	tcase_add_test(private, the_golden_seeds_give_the_golden_keys_ids_and_signature);
	tcase_add_test(private, fresh_keys_differ_and_lie_in_locked_memory);
	tcase_add_test(private, keys_beyond_locked_memory_are_refused_not_fatal);

	return run_suite(suite);
}
