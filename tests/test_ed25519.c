#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "suite.h"

extern char **environ;

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

/* ---- signatures from a file ---- */

struct vector {
	bool valid;
	uint8_t public_key[TRO_ED25519_PUBLIC_LEN];
	uint8_t message[256];
	size_t message_len;
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN];
	char what[128];
};

/* The next line that is no comment; false at the end. */
static bool read_vector(FILE *file, struct vector *out)
{
	char line[1024];
	char verdict[16];
	char key[80];
	char message[520];
	char signature[160];

	do {
		if (fgets(line, sizeof(line), file) == NULL) {
			return false;
		}
	} while (line[0] == '#');
	ck_assert_int_eq(sscanf(line, "%15s %79s %519s %159s %127[^\n]", verdict, key, message,
				 signature, out->what),
		5);
	out->valid = strcmp(verdict, "valid") == 0;
	unhex(out->public_key, sizeof(out->public_key), key);
	unhex(out->signature, sizeof(out->signature), signature);
	out->message_len = strcmp(message, "-") == 0 ? 0 : strlen(message) / 2;
	ck_assert_uint_le(out->message_len, sizeof(out->message));
	if (out->message_len > 0) {
		unhex(out->message, out->message_len, message);
	}
	return true;
}

static FILE *open_vectors(void)
{
	FILE *file = fopen(TRO_SOURCE_DIR "/tests/data/ed25519.vectors", "r");

	ck_assert_ptr_nonnull(file);
	return file;
}

static tro_status verify_vector(const struct vector *vector, tro_err *err)
{
	return tro_ed25519_verify(
		vector->public_key, vector->message, vector->message_len, vector->signature, err);
}

START_TEST(each_vector_gets_its_verdict)
{
	FILE *file = open_vectors();
	struct vector vector;
	size_t count = 0;

	while (read_vector(file, &vector)) {
		/* Twice: the second time the key may be remembered. */
		for (int i = 0; i < 2; i++) {
			tro_err err = {.message = "-"};
			tro_status status = verify_vector(&vector, &err);

			ck_assert_msg(status == (vector.valid ? TRO_OK : TRO_KEY),
				"%s: status %d, %s", vector.what, (int)status, err.message);
		}
		count++;
	}
	ck_assert_uint_ge(count, 40);
	fclose(file);
}
END_TEST

START_TEST(keys_just_within_bounds_are_taken_and_just_outside_are_not)
{
	static const struct {
		const char *hex;
		tro_status status;
		const char *why;
	} keys[] = {
		/* y = 2^192 + 4, x = 2^192 + 8 */
		{"0400000000000000000000000000000000000000000000000100000000000000", TRO_OK, ""},
		{"fa6b3d5b3527bbf8c57b9c8533abbb167ba535ebe953ac9e750f2c3a5cfcca62", TRO_OK, ""},
		/* y = 2^192 - 3, x = 2^192 - 18 */
		{"fdffffffffffffffffffffffffffffffffffffffffffffff0000000000000000", TRO_KEY,
			"2^192"},
		{"ccf32acab66ecec39a123a5de64fc15a0f518c1d85fa3b1d48722c2113b9aa3b", TRO_KEY,
			"2^192"},
		{"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", TRO_KEY,
			"canonical"},
		{"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", TRO_KEY,
			"small order"},
		{"fd25ebceadee9663dfaed4ab5a58bf82644f5f930c76a7a5189ef0ce121e6b10", TRO_KEY,
			"small order"},
		{"0000000000000000000000000000000000000000000000000001000000000000", TRO_KEY,
			"no point"},
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		uint8_t key[TRO_ED25519_PUBLIC_LEN];
		tro_err err = {.message = ""};

		unhex(key, sizeof(key), keys[i].hex);
		ck_assert_int_eq(tro_ed25519_check_public(key, &err), keys[i].status);
		ck_assert_msg(strstr(err.message, keys[i].why) != NULL, "%s: %s", keys[i].hex,
			err.message);
	}
}
END_TEST

START_TEST(no_single_bit_of_a_signature_its_text_or_its_key_may_change)
{
	tro_ed25519 *key = key_of(4);
	uint8_t public_key[TRO_ED25519_PUBLIC_LEN];
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN];
	char text[] = "tro-record/v1\nlog tro.example/log/1\n";
	struct {
		uint8_t *bytes;
		size_t len;
	} parts[] = {{public_key, sizeof(public_key)}, {signature, sizeof(signature)},
		{(uint8_t *)text, sizeof(text) - 1}};

	memcpy(public_key, tro_ed25519_public(key), sizeof(public_key));
	ck_assert_int_eq(tro_ed25519_sign(signature, key, text, sizeof(text) - 1, NULL), TRO_OK);
	for (size_t part = 0; part < 3; part++) {
		for (size_t i = 0; i < 8 * parts[part].len; i++) {
			uint8_t bit = (uint8_t)(1 << i % 8);

			parts[part].bytes[i / 8] ^= bit;
			ck_assert_int_eq(tro_ed25519_verify(public_key, text, sizeof(text) - 1,
						 signature, NULL),
				TRO_KEY);
			parts[part].bytes[i / 8] ^= bit;
		}
	}
	ck_assert_int_eq(
		tro_ed25519_verify(public_key, text, sizeof(text) - 1, signature, NULL), TRO_OK);
	ck_assert_int_eq(
		tro_ed25519_verify(public_key, text, sizeof(text) - 2, signature, NULL), TRO_KEY);
	tro_ed25519_free(key);
}
END_TEST

START_TEST(a_text_longer_than_libgcrypt_can_bear_is_verified_all_the_same)
{
	static char text[100000];
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN];
	tro_ed25519 *key = key_of(4);
	const uint8_t *public_key = tro_ed25519_public(key);

	memset(text, 'x', sizeof(text));
	/* Made by OpenSSL. */
	unhex(signature, sizeof(signature),
		"308f327c47aa5a5eea6052dddc6423c77dcfc5e8fa4a83a9959c895429ebee83"
		"17b22caa7a8e1da404a9c7562b07bcd91794d7323b881dc1bb10b35689073904");
	ck_assert_int_eq(
		tro_ed25519_verify(public_key, text, sizeof(text), signature, NULL), TRO_OK);
	ck_assert_int_eq(
		tro_ed25519_verify(public_key, text, sizeof(text) - 65536, signature, NULL),
		TRO_KEY);
	tro_ed25519_free(key);
}
END_TEST

/* ---- threads ---- */

enum { COLLIDING_KEYS = 6 };

struct signed_text {
	uint8_t public_key[TRO_ED25519_PUBLIC_LEN];
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN];
};

static void *verify_all(void *untyped)
{
	const struct signed_text *texts = untyped;
	uintptr_t bad_count = 0;

	for (size_t i = 0; i < 10 * (size_t)COLLIDING_KEYS; i++) {
		const struct signed_text *text = &texts[i % COLLIDING_KEYS];
		const struct signed_text *other = &texts[(i + 1) % COLLIDING_KEYS];

		bad_count += tro_ed25519_verify(text->public_key, record_text,
				     sizeof(record_text) - 1, text->signature, NULL) != TRO_OK;
		bad_count += tro_ed25519_verify(text->public_key, record_text,
				     sizeof(record_text) - 1, other->signature, NULL) != TRO_KEY;
	}
	return (void *)bad_count; /* NULL: none */
}

START_TEST(threads_that_crowd_the_memory_of_keys_still_judge_right)
{
	struct signed_text texts[COLLIDING_KEYS];
	pthread_t threads[4];
	size_t count = 0;
	uint8_t seed[TRO_ED25519_SEED_LEN] = {0};

	/* More keys with one first byte than are remembered for it. */
	for (unsigned int n = 0; count < COLLIDING_KEYS; n++) {
		tro_ed25519 *key = NULL;

		seed[0] = (uint8_t)n;
		seed[1] = (uint8_t)(n >> 8);
		ck_assert_int_eq(tro_ed25519_new(&key, seed, NULL), TRO_OK);
		if (tro_ed25519_public(key)[0] % 128 == 5) {
			memcpy(texts[count].public_key, tro_ed25519_public(key), 32);
			ck_assert_int_eq(tro_ed25519_sign(texts[count].signature, key, record_text,
						 sizeof(record_text) - 1, NULL),
				TRO_OK);
			count++;
		}
		tro_ed25519_free(key);
	}
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(pthread_create(&threads[i], NULL, verify_all, texts), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		void *bad = NULL;

		ck_assert_int_eq(pthread_join(threads[i], &bad), 0);
		ck_assert_ptr_null(bad);
	}
}
END_TEST

/* ---- OpenSSL as the judge ---- */

static void write_file(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
}

/* Runs openssl with its output thrown away; its exit code, or -1 when there is no such program. */
static int run_openssl(const char *const arguments[])
{
	posix_spawn_file_actions_t quiet;
	char *copies[16] = {0};
	pid_t pid;
	int state = 0;

	for (size_t i = 0; arguments[i] != NULL; i++) {
		copies[i] = strdup(arguments[i]);
	}
	ck_assert_int_eq(posix_spawn_file_actions_init(&quiet), 0);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
	int fault = posix_spawnp(&pid, "openssl", &quiet, NULL, copies, environ);

	posix_spawn_file_actions_destroy(&quiet);
	for (size_t i = 0; copies[i] != NULL; i++) {
		free(copies[i]);
	}
	if (fault != 0) {
		return -1;
	}
	ck_assert_int_eq(waitpid(pid, &state, 0), pid);
	return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

struct judge {
	char folder[64];
	char key[96];
	char message[96];
	char signature[96];
};

static void judge_open(struct judge *judge)
{
	(void)snprintf(judge->folder, sizeof(judge->folder), "/tmp/tro-crypto-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(judge->folder));
	(void)snprintf(judge->key, sizeof(judge->key), "%s/key", judge->folder);
	(void)snprintf(judge->message, sizeof(judge->message), "%s/message", judge->folder);
	(void)snprintf(judge->signature, sizeof(judge->signature), "%s/signature", judge->folder);
}

static void judge_close(struct judge *judge)
{
	(void)unlink(judge->key);
	(void)unlink(judge->message);
	(void)unlink(judge->signature);
	(void)rmdir(judge->folder);
}

/* Does OpenSSL take the signature? */
static bool judge_accepts(const struct judge *judge, const struct vector *vector)
{
	/* SubjectPublicKeyInfo of RFC 8410. */
	static const uint8_t head[] = {
		0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
	uint8_t info[sizeof(head) + TRO_ED25519_PUBLIC_LEN];
	const char *arguments[] = {"openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform",
		"DER", "-inkey", judge->key, "-in", judge->message, "-sigfile", judge->signature,
		NULL};

	memcpy(info, head, sizeof(head));
	memcpy(info + sizeof(head), vector->public_key, TRO_ED25519_PUBLIC_LEN);
	write_file(judge->key, info, sizeof(info));
	write_file(judge->message, vector->message, vector->message_len);
	write_file(judge->signature, vector->signature, sizeof(vector->signature));
	return run_openssl(arguments) == 0;
}

START_TEST(what_we_accept_openssl_accepts)
{
	const char *version[] = {"openssl", "version", NULL};
	FILE *file = open_vectors();
	struct judge judge;
	struct vector vector;
	size_t accepted_count = 0;

	if (run_openssl(version) != 0) {
		(void)fprintf(stderr, "SKIPPED what_we_accept_openssl_accepts: no openssl here\n");
		fclose(file);
		return;
	}
	judge_open(&judge);
	while (read_vector(file, &vector)) {
		/* The program cannot verify an empty message. */
		if (vector.message_len > 0 && verify_vector(&vector, NULL) == TRO_OK) {
			ck_assert_msg(judge_accepts(&judge, &vector), "%s", vector.what);
			accepted_count++;
		}
	}
	ck_assert_uint_ge(accepted_count, 5);
	judge_close(&judge);
	fclose(file);
}
END_TEST

START_TEST(what_we_sign_openssl_accepts_and_a_changed_text_it_refuses)
{
	const char *version[] = {"openssl", "version", NULL};
	struct judge judge;
	unsigned int state = 20261123;

	if (run_openssl(version) != 0) {
		(void)fprintf(stderr,
			"SKIPPED what_we_sign_openssl_accepts_and_a_changed_text_it_refuses: no "
			"openssl here\n");
		return;
	}
	(void)fprintf(stderr, "seed %u\n", state);
	judge_open(&judge);
	for (int round = 0; round < 8; round++) {
		tro_ed25519 *key = NULL;
		uint8_t seed[TRO_ED25519_SEED_LEN];
		struct vector vector = {.message_len = 1 + (size_t)round * 30};

		for (size_t i = 0; i < sizeof(seed) + vector.message_len; i++) {
			state = state * 1103515245 + 12345;
			uint8_t byte = (uint8_t)(state >> 16);

			if (i < sizeof(seed)) {
				seed[i] = byte;
			} else {
				vector.message[i - sizeof(seed)] = byte;
			}
		}
		ck_assert_int_eq(tro_ed25519_new(&key, seed, NULL), TRO_OK);
		memcpy(vector.public_key, tro_ed25519_public(key), sizeof(vector.public_key));
		ck_assert_int_eq(tro_ed25519_sign(vector.signature, key, vector.message,
					 vector.message_len, NULL),
			TRO_OK);
		ck_assert(judge_accepts(&judge, &vector));
		vector.message[vector.message_len - 1] ^= 1;
		ck_assert(!judge_accepts(&judge, &vector));
		ck_assert_int_eq(verify_vector(&vector, NULL), TRO_KEY);
		tro_ed25519_free(key);
	}
	judge_close(&judge);
}
END_TEST

static TCase *new_case(Suite *suite, const char *name)
{
	TCase *tests = tcase_create(name);

	tcase_add_checked_fixture(tests, start, NULL);
	tcase_set_timeout(tests, 60);
	suite_add_tcase(suite, tests);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("ed25519");
	TCase *verify = new_case(suite, "verify");
	TCase *openssl = new_case(suite, "openssl");

	tcase_add_test(verify, each_vector_gets_its_verdict);
	tcase_add_test(verify, keys_just_within_bounds_are_taken_and_just_outside_are_not);
	tcase_add_test(verify, no_single_bit_of_a_signature_its_text_or_its_key_may_change);
	tcase_add_test(verify, a_text_longer_than_libgcrypt_can_bear_is_verified_all_the_same);
	tcase_add_test(verify, threads_that_crowd_the_memory_of_keys_still_judge_right);
	tcase_add_test(openssl, what_we_accept_openssl_accepts);
	tcase_add_test(openssl, what_we_sign_openssl_accepts_and_a_changed_text_it_refuses);

	return run_suite(suite);
}
