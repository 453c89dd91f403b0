#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <tro/key.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/keyfile.h"
#include "suite.h"

static const char record_text[] = "tro-record/v1\nlog tro.example/log/1\n";
static const char name[] = "force.example/officer/1234";
static const char passphrase[] = "correct horse";
static const tro_kdf_cost least_cost = {.memory_kib = 8 * 1024, .passes = 1, .lanes = 1};

/* Key files of seed 04, made with libargon2 and OpenSSL's AES-GCM-SIV. */
#define GOLDEN_HEAD                                                                                \
	"tro-key/v1\nalg ed25519\nname force.example/officer/1234\n"                               \
	"public /VC447FE6iRPv3c39VC8jdDCZQu8Gq2oM8oX/42/Mps=\n"
#define GOLDEN_TAIL " salt=AAECAwQFBgcICQoLDA0ODw==\naead aes-256-gcm-siv nonce=AAECAwQFBgcICQoL\n"

static const char *const golden_files[] = {
	GOLDEN_HEAD "kdf argon2id v=19 m=8192 t=1 p=1" GOLDEN_TAIL
		    "ct GPv9XLvnw8bsG/QKaa5AQ7zhCxcSruo1JErVWnwWfGcuflvRzQl/4+kaE05p9kd2\n",
	GOLDEN_HEAD "kdf argon2id v=19 m=65536 t=3 p=1" GOLDEN_TAIL
		    "ct 8EOSQ39K8mxmN3ERF9Y1efHZAZJafrz6lQSToDADBazVNSb2Led8h5j2v7BisVNf\n",
	GOLDEN_HEAD "kdf argon2id v=19 m=8192 t=2 p=4" GOLDEN_TAIL
		    "ct Zust7UNOUTDd07c2i3lH4I1yfOD1Ak9r0WgqEvQ+He2hqq7fT2y8nLqRCszy880x\n",
};

static const char unencrypted_file[] =
	GOLDEN_HEAD "kdf none\naead none\nct AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQ=\n";

static char folder[64];
static char path[96];
static char other_path[96];

static void start(void)
{
	tro_err err;

	ck_assert_msg(tro_crypto_init(&err) == TRO_OK, "%s", err.message);
	(void)snprintf(folder, sizeof(folder), "/tmp/tro-key-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/officer.key", folder);
	(void)snprintf(other_path, sizeof(other_path), "%s/other.key", folder);
}

/* The folder goes only if nothing but the two files was left in it. */
static void finish(void)
{
	(void)unlink(path);
	(void)unlink(other_path);
	ck_assert_int_eq(rmdir(folder), 0);
}

static void write_key_file(const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	ck_assert_int_eq(close(fd), 0);
}

static void create(const char *secret)
{
	tro_err err;

	ck_assert_msg(tro_key_create_at_cost(path, name, secret, &least_cost, &err) == TRO_OK, "%s",
		err.message);
}

/* The unlocking fails, gives no signer, and its message says so. */
static void assert_locked(const char *secret, tro_status expected, const char *why)
{
	tro_signer *signer = NULL;
	tro_err err = {.message = ""};
	tro_status status = tro_signer_from_file(&signer, path, secret, &err);

	ck_assert_msg(status == expected, "status %d: %s", (int)status, err.message);
	ck_assert_ptr_null(signer);
	ck_assert_msg(strstr(err.message, why) != NULL, "%s", err.message);
}

/* ---- making and unlocking ---- */

START_TEST(a_new_key_unlocks_with_its_passphrase_and_signs)
{
	tro_signer *signer = NULL;
	char *read_name = NULL;
	uint8_t read_public[32];
	uint8_t signature[64];
	struct stat about;
	tro_err err;

	(void)umask(0);
	ck_assert_msg(tro_key_create(path, name, passphrase, &err) == TRO_OK, "%s", err.message);
	ck_assert_int_eq(stat(path, &about), 0);
	ck_assert_uint_eq(about.st_mode & 07777, 0600);
	ck_assert_msg(
		tro_signer_from_file(&signer, path, passphrase, &err) == TRO_OK, "%s", err.message);
	ck_assert_str_eq(tro_signer_name(signer), name);
	ck_assert_int_eq(tro_key_read_public(&read_name, read_public, path, NULL), TRO_OK);
	ck_assert_str_eq(read_name, name);
	ck_assert_mem_eq(read_public, tro_signer_public(signer), 32);
	ck_assert_int_eq(
		tro_signer_sign(signature, signer, record_text, sizeof(record_text) - 1, NULL),
		TRO_OK);
	ck_assert_int_eq(tro_ed25519_verify(read_public, record_text, sizeof(record_text) - 1,
				 signature, NULL),
		TRO_OK);
	free(read_name);
	tro_signer_free(signer);
	tro_signer_free(NULL);
}
END_TEST

START_TEST(two_keys_share_neither_seed_nor_salt_nor_nonce)
{
	char *texts[2] = {NULL, NULL};
	size_t lens[2];
	tro_keyfile files[2];

	create(passphrase);
	ck_assert_int_eq(
		tro_key_create_at_cost(other_path, name, passphrase, &least_cost, NULL), TRO_OK);
	ck_assert_int_eq(
		tro_keyfile_read(&texts[0], &lens[0], path, TRO_KEY_FOR_OWNER, NULL), TRO_OK);
	ck_assert_int_eq(
		tro_keyfile_read(&texts[1], &lens[1], other_path, TRO_KEY_FOR_OWNER, NULL), TRO_OK);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(tro_keyfile_parse(&files[i], texts[i], lens[i], NULL), TRO_OK);
		tro_secret_free(texts[i]);
	}
	ck_assert_mem_ne(files[0].public_key, files[1].public_key, 32);
	ck_assert_mem_ne(files[0].seal.salt, files[1].seal.salt, TRO_SEAL_SALT_LEN);
	ck_assert_mem_ne(files[0].seal.nonce, files[1].seal.nonce, TRO_SEAL_NONCE_LEN);
	ck_assert_mem_ne(files[0].text, files[1].text, TRO_SEAL_TEXT_LEN);
}
END_TEST

START_TEST(key_files_made_by_other_programs_unlock)
{
	const char *file = golden_files[_i];
	tro_signer *signer = NULL;
	tro_buf vkey = TRO_BUF_INIT;
	tro_err err;

	write_key_file(file, strlen(file));
	ck_assert_msg(
		tro_signer_from_file(&signer, path, passphrase, &err) == TRO_OK, "%s", err.message);
	ck_assert_int_eq(tro_signer_vkey(&vkey, signer, NULL), TRO_OK);
	ck_assert_str_eq(vkey.ptr, "force.example/officer/1234+c81eb141+"
				   "Af1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzKb");
	ck_assert_int_eq(
		tro_key_vkey(&vkey, "two words", tro_signer_public(signer), NULL), TRO_INVALID);
	tro_buf_done(&vkey);
	tro_signer_free(signer);
}
END_TEST

START_TEST(a_wrong_passphrase_is_said_to_be_wrong)
{
	create(passphrase);
	assert_locked("correct horsf", TRO_KEY, "the passphrase is wrong");
	assert_locked("correct hors", TRO_KEY, "the passphrase is wrong");
	assert_locked("", TRO_KEY, "the passphrase is wrong");
	assert_locked(NULL, TRO_KEY, "give its passphrase");
}
END_TEST

START_TEST(an_unencrypted_key_takes_no_passphrase)
{
	tro_signer *signer = NULL;

	create(NULL);
	assert_locked(passphrase, TRO_KEY, "not encrypted");
	assert_locked("", TRO_KEY, "not encrypted");
	ck_assert_int_eq(tro_signer_from_file(&signer, path, NULL, NULL), TRO_OK);
	tro_signer_free(signer);
}
END_TEST

START_TEST(no_key_is_made_with_a_bad_name_or_passphrase)
{
	static const char *const bad_names[] = {
		"", "two words", "a+b", "a\nb", "a\tb", "a\x7f", "m\xc3\xbcller", "\xc2\xa0"};
	char long_text[TRO_PASSPHRASE_MAX + 2];

	for (size_t i = 0; i < sizeof(bad_names) / sizeof(*bad_names); i++) {
		ck_assert_int_eq(tro_key_create(path, bad_names[i], NULL, NULL), TRO_INVALID);
	}
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	ck_assert_int_eq(tro_key_create(path, name, long_text, NULL), TRO_INVALID);
	ck_assert_int_eq(tro_key_create(path, name, "", NULL), TRO_INVALID);
	long_text[TRO_KEY_NAME_MAX + 1] = '\0';
	ck_assert_int_eq(tro_key_create(path, long_text, NULL, NULL), TRO_INVALID);
	ck_assert_int_ne(access(path, F_OK), 0);
	long_text[TRO_KEY_NAME_MAX] = '\0';
	ck_assert_int_eq(tro_key_create(path, long_text, NULL, NULL), TRO_OK);
}
END_TEST

/* ---- files ---- */

START_TEST(nothing_that_exists_is_overwritten)
{
	tro_err err;
	struct stat about;

	write_key_file("precious", 8);
	ck_assert_int_eq(tro_key_create(path, name, NULL, &err), TRO_USAGE);
	ck_assert_ptr_nonnull(strstr(err.message, "exists"));
	ck_assert_int_eq(tro_keyfile_write(path, "new", 3, false, &err), TRO_USAGE);
	ck_assert_ptr_nonnull(strstr(err.message, "exists"));
	ck_assert_int_eq(stat(path, &about), 0);
	ck_assert_int_eq(about.st_size, 8);
	/* Nor is a link to nowhere followed. */
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink(other_path, path), 0);
	ck_assert_int_eq(tro_key_create(path, name, NULL, &err), TRO_USAGE);
	ck_assert_int_eq(tro_keyfile_write(path, "new", 3, false, &err), TRO_USAGE);
	ck_assert_int_ne(access(other_path, F_OK), 0);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_named)
{
	char nowhere[128];
	tro_err err;

	(void)snprintf(nowhere, sizeof(nowhere), "%s/none/officer.key", folder);
	ck_assert_int_eq(tro_key_create(nowhere, name, NULL, &err), TRO_SYSTEM);
	ck_assert_ptr_nonnull(strstr(err.message, "/none/officer.key"));
}
END_TEST

START_TEST(a_key_that_does_not_fit_on_the_disk_leaves_nothing_behind)
{
	struct rlimit little;
	tro_err err;

	ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &little), 0);
	little.rlim_cur = 100;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
	ck_assert_int_eq(tro_key_create(path, name, NULL, &err), TRO_SYSTEM);
	ck_assert_ptr_nonnull(strstr(err.message, "cannot write"));
	ck_assert_int_ne(access(path, F_OK), 0);
	little.rlim_cur = little.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
}
END_TEST

START_TEST(a_key_file_that_is_not_there_is_not_found)
{
	assert_locked(passphrase, TRO_NOT_FOUND, "officer.key");
}
END_TEST

START_TEST(a_key_file_open_to_others_is_refused_with_the_remedy)
{
	static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0777};
	tro_signer *signer = NULL;

	write_key_file(unencrypted_file, strlen(unencrypted_file));
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		ck_assert_int_eq(chmod(path, modes[i]), 0);
		assert_locked(NULL, TRO_KEY, "chmod 600");
	}
	ck_assert_int_eq(chmod(path, 0400), 0);
	ck_assert_int_eq(tro_signer_from_file(&signer, path, NULL, NULL), TRO_OK);
	tro_signer_free(signer);
}
END_TEST

START_TEST(the_public_half_is_shown_whoever_may_read_the_file_and_named_to_act_it_is_refused)
{
	static const mode_t modes[] = {0640, 0644};
	char *read_name = NULL;
	uint8_t public_key[32];

	write_key_file(unencrypted_file, strlen(unencrypted_file));
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		ck_assert_int_eq(chmod(path, modes[i]), 0);
		ck_assert_int_eq(tro_key_show_public(&read_name, public_key, path, NULL), TRO_OK);
		free(read_name);
		ck_assert_int_eq(tro_key_read_public(&read_name, public_key, path, NULL), TRO_KEY);
	}
}
END_TEST

START_TEST(only_a_file_is_a_key_file)
{
	write_key_file(unencrypted_file, strlen(unencrypted_file));
	ck_assert_int_eq(rename(path, other_path), 0);
	ck_assert_int_eq(symlink(other_path, path), 0);
	assert_locked(NULL, TRO_INVALID, "symbolic link");
	ck_assert_int_eq(unlink(path), 0);
	/* A pipe that nobody writes to must not keep us waiting. */
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	assert_locked(NULL, TRO_INVALID, "is not a file");
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	assert_locked(NULL, TRO_INVALID, "is not a file");
	ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

START_TEST(a_file_over_4_kib_is_no_key_file)
{
	char big[TRO_KEYFILE_MAX + 1];

	memset(big, 'x', sizeof(big));
	write_key_file(big, sizeof(big));
	assert_locked(passphrase, TRO_INVALID, "more than 4096 bytes");
	write_key_file(big, sizeof(big) - 1);
	assert_locked(passphrase, TRO_INVALID, "first line");
	write_key_file(big, 0);
	assert_locked(passphrase, TRO_INVALID, "first line");
}
END_TEST

/* ---- altered files ---- */

START_TEST(every_altered_byte_is_an_error_and_no_key)
{
	size_t len = strlen(golden_files[0]);
	char text[512];

	ck_assert_uint_lt(len, sizeof(text));
	memcpy(text, golden_files[0], len);
	for (size_t i = 0; i < len; i++) {
		tro_ed25519 *key = NULL;
		tro_keyfile file;
		tro_err err = {.message = ""};

		text[i] ^= 1;
		tro_status status = tro_keyfile_unlock(&key, &file, text, len, passphrase, &err);

		ck_assert_msg(status == TRO_KEY || status == TRO_INVALID, "byte %zu: status %d, %s",
			i, (int)status, err.message);
		ck_assert_ptr_null(key);
		ck_assert_str_ne(err.message, "");
		text[i] = golden_files[0][i];
	}
}
END_TEST

START_TEST(every_cut_and_every_addition_is_an_error)
{
	const char *whole = golden_files[0];
	size_t len = strlen(whole);
	char text[512];
	tro_keyfile file;

	for (size_t cut = 0; cut < len; cut++) {
		ck_assert_int_eq(tro_keyfile_parse(&file, whole, cut, NULL), TRO_INVALID);
	}
	for (size_t at = 0; at <= len; at++) {
		memcpy(text, whole, at);
		text[at] = '\n';
		memcpy(text + at + 1, whole + at, len - at);
		ck_assert_msg(tro_keyfile_parse(&file, text, len + 1, NULL) == TRO_INVALID,
			"line feed at %zu", at);
		text[at] = '\0';
		ck_assert_msg(tro_keyfile_parse(&file, text, len + 1, NULL) == TRO_INVALID,
			"zero byte at %zu", at);
	}
	ck_assert_int_eq(tro_keyfile_parse(&file, whole, len, NULL), TRO_OK);
}
END_TEST

START_TEST(the_line_that_is_off_is_named)
{
	static const struct {
		const char *text;
		const char *why;
	} rows[] = {
		{"tro-key/v2\n", "first line"},
		{"tro-key/v1\r\nalg ed25519\r\n", "first line"},
		{"tro-key/v1\nalg p256\n", "second line"},
		{"tro-key/v1\nalg ed25519\nnom a\n", "third line"},
		{"tro-key/v1\nalg ed25519\nname a b\n", "name"},
		{"tro-key/v1\nalg ed25519\nname a\npublic AAAA\n", "fourth line"},
		{GOLDEN_HEAD "kdf scrypt\n", "fifth line"},
		{GOLDEN_HEAD "kdf argon2id v=16 m=8192 t=1 p=1" GOLDEN_TAIL, "fifth line"},
		{GOLDEN_HEAD "kdf argon2id v=19 m=08192 t=1 p=1" GOLDEN_TAIL, "fifth line"},
		{GOLDEN_HEAD "kdf argon2id v=19 m=8192 t=+1 p=1" GOLDEN_TAIL, "fifth line"},
		{GOLDEN_HEAD "kdf argon2id v=19 m=4294975488 t=1 p=1" GOLDEN_TAIL, "fifth line"},
		{GOLDEN_HEAD "kdf argon2id v=19 m=8192 t=1 p=1 salt=AAECAwQFBgcICQoLDA0ODw==\n"
			     "aead none\n",
			"sixth line"},
		{GOLDEN_HEAD "kdf none\naead aes-256-gcm-siv nonce=AAECAwQFBgcICQoL\n",
			"sixth line"},
		{GOLDEN_HEAD "kdf none\naead none\nct AAAA\n", "last line"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		tro_keyfile file;
		tro_err err = {.message = ""};

		ck_assert_int_eq(tro_keyfile_parse(&file, rows[i].text, strlen(rows[i].text), &err),
			TRO_INVALID);
		ck_assert_msg(strstr(err.message, rows[i].why) != NULL, "%s, not %s", err.message,
			rows[i].why);
	}
}
END_TEST

START_TEST(derivation_costs_stay_within_bounds)
{
	static const struct {
		tro_kdf_cost cost;
		tro_status status;
	} rows[] = {
		{{8 * 1024, 1, 1}, TRO_OK},
		{{8 * 1024 - 1, 1, 1}, TRO_INVALID},
		{{1024 * 1024, 2, 4}, TRO_OK},
		{{1024 * 1024 + 1, 1, 1}, TRO_INVALID},
		{{1024 * 1024, 3, 1}, TRO_INVALID},
		{{128 * 1024, 16, 1}, TRO_OK},
		{{8 * 1024, 17, 1}, TRO_INVALID},
		{{8 * 1024, 0, 1}, TRO_INVALID},
		{{8 * 1024, 1, 0}, TRO_INVALID},
		{{8 * 1024, 1, 5}, TRO_INVALID},
		{{UINT32_MAX, UINT32_MAX, UINT32_MAX}, TRO_INVALID},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ck_assert_int_eq(tro_kdf_cost_check(&rows[i].cost, NULL), rows[i].status);
	}
}
END_TEST

START_TEST(a_public_half_of_another_key_is_never_signed_with)
{
	uint8_t seed[TRO_ED25519_SEED_LEN] = {[31] = 3};
	tro_ed25519 *other = NULL;
	tro_buf text = TRO_BUF_INIT;

	ck_assert_int_eq(tro_ed25519_new(&other, seed, NULL), TRO_OK);
	tro_buf_puts(&text, "tro-key/v1\nalg ed25519\nname a\npublic ");
	tro_base64_encode(&text, tro_ed25519_public(other), TRO_ED25519_PUBLIC_LEN);
	/* The private half is that of seed 04. */
	tro_buf_puts(&text, strstr(unencrypted_file, "\nkdf none"));
	write_key_file(text.ptr, text.len);
	assert_locked(NULL, TRO_KEY, "public half");
	tro_buf_done(&text);
	tro_ed25519_free(other);
}
END_TEST

START_TEST(an_altered_unencrypted_key_does_not_sign)
{
	size_t len = strlen(unencrypted_file);
	size_t name_at = (size_t)(strstr(unencrypted_file, "force") - unencrypted_file);
	char text[512];

	memcpy(text, unencrypted_file, len);
	for (size_t i = 0; i < len; i++) {
		tro_ed25519 *key = NULL;
		tro_keyfile file;

		/* Nothing can vouch for the name; another name only makes another key id. */
		if (i >= name_at && i < name_at + strlen(name)) {
			continue;
		}
		text[i] ^= 1;
		tro_status status = tro_keyfile_unlock(&key, &file, text, len, NULL, NULL);

		ck_assert_msg(status == TRO_KEY || status == TRO_INVALID, "byte %zu", i);
		ck_assert_ptr_null(key);
		text[i] = unencrypted_file[i];
	}
}
END_TEST

START_TEST(the_public_half_is_read_without_a_passphrase_but_not_believed)
{
	char *read_name = NULL;
	uint8_t public_key[32];
	tro_err err;
	char text[512];
	size_t len = strlen(golden_files[0]);

	write_key_file(golden_files[0], len);
	ck_assert_int_eq(tro_key_read_public(&read_name, public_key, path, NULL), TRO_OK);
	ck_assert_str_eq(read_name, name);
	free(read_name);
	/* 32 zero bytes, on which libgcrypt would abort. */
	memcpy(text, golden_files[0], len);
	memset(strstr(text, "public ") + 7, 'A', 43);
	write_key_file(text, len);
	ck_assert_int_eq(tro_key_read_public(&read_name, public_key, path, &err), TRO_KEY);
	ck_assert_ptr_nonnull(strstr(err.message, "2^192"));
}
END_TEST

/* ---- another passphrase ---- */

static tro_status change(const char *from, const char *to, tro_err *err)
{
	return tro_key_set_passphrase_at_cost(path, from, to, &least_cost, err);
}

static size_t read_key_file(char *out, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t len = read(fd, out, size);

	ck_assert_int_ge(fd, 0);
	ck_assert(len > 0 && (size_t)len < size);
	ck_assert_int_eq(close(fd), 0);
	return (size_t)len;
}

START_TEST(a_changed_passphrase_unlocks_the_same_key_and_the_old_one_does_not)
{
	tro_signer *signer = NULL;
	uint8_t before[32];
	uint8_t after[32];
	char *read_name = NULL;
	struct stat about;
	tro_err err;

	create(passphrase);
	ck_assert_int_eq(tro_key_read_public(&read_name, before, path, NULL), TRO_OK);
	free(read_name);
	ck_assert_msg(change(passphrase, "another one", &err) == TRO_OK, "%s", err.message);
	ck_assert_int_eq(stat(path, &about), 0);
	ck_assert_uint_eq(about.st_mode & 07777, 0600);
	assert_locked(passphrase, TRO_KEY, "passphrase is wrong");
	ck_assert_int_eq(tro_signer_from_file(&signer, path, "another one", NULL), TRO_OK);
	ck_assert_str_eq(tro_signer_name(signer), name);
	ck_assert_mem_eq(tro_signer_public(signer), before, 32);
	ck_assert_int_eq(tro_signer_test(signer, NULL), TRO_OK);
	tro_signer_free(signer);
	ck_assert_int_eq(tro_key_read_public(&read_name, after, path, NULL), TRO_OK);
	ck_assert_mem_eq(before, after, sizeof(before));
	free(read_name);
}
END_TEST

START_TEST(a_passphrase_is_not_changed_by_who_does_not_know_it_nor_into_a_bad_one)
{
	static const struct {
		const char *from, *to;
		tro_status status;
	} rows[] = {{"wrong", "another one", TRO_KEY}, {NULL, "another one", TRO_KEY},
		{"", "another one", TRO_KEY}, {passphrase, "", TRO_INVALID},
		{passphrase, NULL, TRO_INVALID}};
	char before[1024];
	char after[1024];

	create(passphrase);
	size_t len = read_key_file(before, sizeof(before));

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ck_assert_int_eq(change(rows[i].from, rows[i].to, NULL), rows[i].status);
		ck_assert_uint_eq(read_key_file(after, sizeof(after)), len);
		ck_assert_mem_eq(before, after, len);
	}
}
END_TEST

START_TEST(a_passphrase_that_cannot_be_written_leaves_the_old_file)
{
	const struct rlimit none = {0, RLIM_INFINITY};
	struct rlimit usual;
	char before[1024];
	char after[1024];

	create(passphrase);
	size_t len = read_key_file(before, sizeof(before));

	ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &usual), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	ck_assert_int_eq(change(passphrase, "another one", NULL), TRO_SYSTEM);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &usual), 0);
	ck_assert_uint_eq(read_key_file(after, sizeof(after)), len);
	ck_assert_mem_eq(before, after, len);
}
END_TEST

/* ---- what a person's key signs ---- */

START_TEST(only_records_and_enrolments_are_signed)
{
	static const char *const refused[] = {
		"",
		"tro-record/v1",
		"tro-record/v1 \n",
		"tro-record/v2\n",
		"TRO-RECORD/v1\n",
		" tro-record/v1\n",
		"\ntro-record/v1\n",
		"tro-record/v1\r\n",
		"cosignature/v1\ntime 1\n",
		"tro.example/log/1\n7\nC/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U=\n",
		"SSHSIG",
	};
	static const char *const signable[] = {"tro-record/v1\n", "tro-enrol/v1\nname a\n"};
	tro_signer *signer = NULL;
	uint8_t signature[64] = {0};
	const uint8_t untouched[64] = {0};
	tro_err err;

	write_key_file(unencrypted_file, strlen(unencrypted_file));
	ck_assert_int_eq(tro_signer_from_file(&signer, path, NULL, NULL), TRO_OK);
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		ck_assert_int_eq(
			tro_signer_sign(signature, signer, refused[i], strlen(refused[i]), &err),
			TRO_KEY);
		ck_assert_ptr_nonnull(strstr(err.message, "records and enrolments only"));
		ck_assert_mem_eq(signature, untouched, sizeof(signature));
	}
	for (size_t i = 0; i < sizeof(signable) / sizeof(*signable); i++) {
		ck_assert_int_eq(
			tro_signer_sign(signature, signer, signable[i], strlen(signable[i]), NULL),
			TRO_OK);
	}
	tro_signer_free(signer);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("key");
	TCase *tests = tcase_create("files");

	tcase_add_checked_fixture(tests, start, finish);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_new_key_unlocks_with_its_passphrase_and_signs);
	tcase_add_test(tests, two_keys_share_neither_seed_nor_salt_nor_nonce);
	tcase_add_loop_test(tests, key_files_made_by_other_programs_unlock, 0, 3);
	tcase_add_test(tests, a_wrong_passphrase_is_said_to_be_wrong);
	tcase_add_test(tests, an_unencrypted_key_takes_no_passphrase);
	tcase_add_test(tests, no_key_is_made_with_a_bad_name_or_passphrase);
	tcase_add_test(tests, nothing_that_exists_is_overwritten);
	tcase_add_test(tests, a_folder_that_is_not_there_is_named);
	tcase_add_test(tests, a_key_that_does_not_fit_on_the_disk_leaves_nothing_behind);
	tcase_add_test(tests, a_key_file_that_is_not_there_is_not_found);
	tcase_add_test(tests, a_key_file_open_to_others_is_refused_with_the_remedy);
	tcase_add_test(tests,
		the_public_half_is_shown_whoever_may_read_the_file_and_named_to_act_it_is_refused);
	tcase_add_test(tests, only_a_file_is_a_key_file);
	tcase_add_test(tests, a_file_over_4_kib_is_no_key_file);
	tcase_add_test(tests, every_altered_byte_is_an_error_and_no_key);
	tcase_add_test(tests, every_cut_and_every_addition_is_an_error);
	tcase_add_test(tests, the_line_that_is_off_is_named);
	tcase_add_test(tests, derivation_costs_stay_within_bounds);
	tcase_add_test(tests, a_public_half_of_another_key_is_never_signed_with);
	tcase_add_test(tests, an_altered_unencrypted_key_does_not_sign);
	tcase_add_test(tests, the_public_half_is_read_without_a_passphrase_but_not_believed);
	tcase_add_test(tests, only_records_and_enrolments_are_signed);
	tcase_add_test(tests, a_changed_passphrase_unlocks_the_same_key_and_the_old_one_does_not);
	tcase_add_test(
		tests, a_passphrase_is_not_changed_by_who_does_not_know_it_nor_into_a_bad_one);
	tcase_add_test(tests, a_passphrase_that_cannot_be_written_leaves_the_old_file);
	suite_add_tcase(suite, tests);

	return run_suite(suite);
}
