/* Checkpoints, cosignatures and proof files: the golden vector byte for byte. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "golden.h"
#include "ledger/checkpoint.h"
#include "ledger/proof_file.h"
#include "ledger/record.h"
#include "suite.h"

static tro_vkey vkey_of(const char *text)
{
	tro_vkey vkey;
	tro_err err;

	ck_assert_msg(tro_vkey_parse(&vkey, text, strlen(text), &err) == TRO_OK, "%s", err.message);
	return vkey;
}

/* A signature by the key from the seed of 31 zero bytes and that one. */
static void sign(uint8_t out[64], uint8_t seed_last, const char *text, size_t len)
{
	uint8_t seed[32] = {0};
	tro_ed25519 *key;

	seed[31] = seed_last;
	ck_assert_int_eq(tro_ed25519_new(&key, seed, NULL), TRO_OK);
	ck_assert_int_eq(tro_ed25519_sign(out, key, text, len, NULL), TRO_OK);
	tro_ed25519_free(key);
}

static void add_cosignature(tro_buf *out, const char *key, uint8_t seed_last, uint64_t time_s)
{
	tro_vkey vkey = vkey_of(key);
	tro_buf message = TRO_BUF_INIT;
	uint8_t signature[64];
	uint8_t packed[TRO_COSIGNATURE_LEN];

	ck_assert_int_eq(tro_cosignature_message(
				 &message, time_s, CHECKPOINT_TEXT, strlen(CHECKPOINT_TEXT), NULL),
		TRO_OK);
	sign(signature, seed_last, message.ptr, message.len);
	tro_cosignature_pack(packed, time_s, signature);
	ck_assert_int_eq(tro_note_signature_line(out, &vkey, packed, sizeof(packed), NULL), TRO_OK);
	tro_buf_done(&message);
}

START_TEST(the_golden_checkpoint_is_made_again_from_its_seeds)
{
	tro_checkpoint checkpoint = {.origin = "tro.example/log/1", .size = 7};
	tro_buf text = TRO_BUF_INIT;
	tro_buf note = TRO_BUF_INIT;
	tro_vkey log = vkey_of(LOG_KEY);
	uint8_t signature[64];
	size_t len;

	ck_assert(tro_base64_decode(
		checkpoint.root, 32, &len, "C/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U=", 44));
	ck_assert_int_eq(tro_checkpoint_format(&text, &checkpoint, NULL), TRO_OK);
	ck_assert_str_eq(text.ptr, CHECKPOINT_TEXT);
	sign(signature, 1, text.ptr, text.len);
	ck_assert_int_eq(
		tro_note_compose(&note, text.ptr, text.len, &log, signature, 64, NULL), TRO_OK);
	add_cosignature(&note, COURT_KEY, 2, 1795435207);
	add_cosignature(&note, CARRIER_KEY, 3, 1795435267);
	ck_assert_str_eq(note.ptr, CHECKPOINT);
	tro_buf_done(&text);
	tro_buf_done(&note);
}
END_TEST

START_TEST(the_golden_checkpoint_reads_and_says_when_it_was_cosigned)
{
	tro_checkpoint checkpoint;
	tro_note note;
	tro_vkey log = vkey_of(LOG_KEY);
	tro_vkey court = vkey_of(COURT_KEY);
	tro_vkey carrier = vkey_of(CARRIER_KEY);
	uint64_t time_s;

	ck_assert_int_eq(
		tro_checkpoint_read(&checkpoint, &note, CHECKPOINT, strlen(CHECKPOINT), &log, NULL),
		TRO_OK);
	ck_assert_str_eq(checkpoint.origin, "tro.example/log/1");
	ck_assert_uint_eq(checkpoint.size, 7);
	ck_assert_int_eq(tro_note_cosigned(&time_s, &note, &court, NULL), TRO_OK);
	ck_assert_uint_eq(time_s, 1795435207);
	ck_assert_int_eq(tro_note_cosigned(&time_s, &note, &carrier, NULL), TRO_OK);
	ck_assert_uint_eq(time_s, 1795435267);
	ck_assert_int_eq(tro_note_cosigned(&time_s, &note, &log, NULL), TRO_INVALID);
}
END_TEST

/* Does the golden proof file, or what became of it, prove the golden note with all three keys? */
static tro_status judge_proof(const char *bytes, size_t len)
{
	tro_proof_file file;
	tro_checkpoint checkpoint;
	tro_note note;
	tro_vkey log = vkey_of(LOG_KEY);
	tro_vkey court = vkey_of(COURT_KEY);
	tro_vkey carrier = vkey_of(CARRIER_KEY);
	uint8_t leaf[32];
	tro_status status = tro_proof_file_parse(&file, bytes, len, NULL);

	tro_record_leaf(leaf, GOLDEN_NOTE, strlen(GOLDEN_NOTE));
	if (status == TRO_OK) {
		status = tro_proof_file_check(&checkpoint, &note, &file, leaf, &log, NULL);
	}
	if (status == TRO_OK) {
		status = tro_note_verify(&note, &court, NULL);
	}
	return status == TRO_OK ? tro_note_verify(&note, &carrier, NULL) : status;
}

START_TEST(the_golden_proof_file_is_read_proves_and_is_written_again)
{
	tro_proof_file file;
	tro_buf again = TRO_BUF_INIT;

	ck_assert_int_eq(judge_proof(PROOF_FILE, strlen(PROOF_FILE)), TRO_OK);
	ck_assert_int_eq(tro_proof_file_parse(&file, PROOF_FILE, strlen(PROOF_FILE), NULL), TRO_OK);
	ck_assert_uint_eq(file.index, 2);
	ck_assert_uint_eq(file.proof.count, 3);
	ck_assert_int_eq(tro_proof_file_format(&again, &file, NULL), TRO_OK);
	ck_assert_str_eq(again.ptr, PROOF_FILE);
	tro_buf_done(&again);
}
END_TEST

START_TEST(every_changed_byte_of_the_golden_proof_file_is_refused)
{
	char file[] = PROOF_FILE;

	for (size_t i = 0; i < sizeof(file) - 1; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			file[i] = (char)(file[i] ^ 1 << bit);
			ck_assert_msg(judge_proof(file, sizeof(file) - 1) != TRO_OK,
				"byte %zu, bit %u is accepted", i, bit);
			file[i] = (char)(file[i] ^ 1 << bit);
		}
	}
	ck_assert_int_eq(judge_proof(file, sizeof(file) - 1), TRO_OK);
}
END_TEST

START_TEST(every_byte_taken_out_of_or_put_into_the_golden_proof_file_is_refused)
{
	static const char extra[] = {'\n', ' ', 'A', '=', '\r', '0'};
	char file[sizeof(PROOF_FILE) + 1];
	size_t len = strlen(PROOF_FILE);

	for (size_t i = 0; i <= len; i++) {
		memcpy(file, PROOF_FILE, i);
		if (i < len) {
			memcpy(file + i, PROOF_FILE + i + 1, len - i);
			ck_assert_msg(judge_proof(file, len - 1) != TRO_OK,
				"without byte %zu it is accepted", i);
		}
		for (size_t k = 0; k < sizeof(extra); k++) {
			file[i] = extra[k];
			memcpy(file + i + 1, PROOF_FILE + i, len - i);
			ck_assert_msg(judge_proof(file, len + 1) != TRO_OK,
				"%02x before byte %zu is accepted", extra[k], i);
		}
	}
}
END_TEST

#define ROOT "C/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U=\n"

static const struct {
	const char *text;
	const char *message; /* part of it */
} bad_checkpoints[] = {
	{"", "first line"},
	{"tro.example/log/1", "first line"},
	{"\n7\n" ROOT, "no name of a log"},
	{"tro example\n7\n" ROOT, "no name of a log"},
	{"tro+example\n7\n" ROOT, "no name of a log"},
	{"tro.example/log/1\n", "second line"},
	{"tro.example/log/1\n07\n" ROOT, "second line"},
	{"tro.example/log/1\n-7\n" ROOT, "second line"},
	{"tro.example/log/1\n7 \n" ROOT, "second line"},
	{"tro.example/log/1\n9223372036854775808\n" ROOT, "63 bits"},
	{"tro.example/log/1\n18446744073709551616\n" ROOT, "second line"},
	{"tro.example/log/1\n7\n", "third line"},
	{"tro.example/log/1\n7\nC/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U\n", "third line"},
	{"tro.example/log/1\n7\nC/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0V=\n", "third line"},
	{"tro.example/log/1\n7\nC/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0aw==\n", "third line"},
	{"tro.example/log/1\n7\n" ROOT "extension\n", "three lines"},
	{"tro.example/log/1\n0\n" ROOT, "empty tree"},
};

START_TEST(what_is_no_checkpoint_is_refused_with_its_fault)
{
	tro_checkpoint checkpoint;
	tro_err err;
	const char *text = bad_checkpoints[_i].text;

	ck_assert_int_eq(tro_checkpoint_parse(&checkpoint, text, strlen(text), &err), TRO_INVALID);
	ck_assert_msg(strstr(err.message, bad_checkpoints[_i].message) != NULL, "%s", err.message);
}
END_TEST

START_TEST(the_empty_log_has_a_checkpoint)
{
	tro_checkpoint checkpoint = {.origin = "tro.example/log/1"};
	tro_checkpoint again;
	tro_buf text = TRO_BUF_INIT;

	tro_sha256(checkpoint.root, "", 0);
	ck_assert_int_eq(tro_checkpoint_format(&text, &checkpoint, NULL), TRO_OK);
	ck_assert_int_eq(tro_checkpoint_parse(&again, text.ptr, text.len, NULL), TRO_OK);
	ck_assert_uint_eq(again.size, 0);
	tro_buf_done(&text);
}
END_TEST

START_TEST(a_checkpoint_of_another_log_or_key_is_refused)
{
	tro_checkpoint checkpoint;
	tro_note note;
	tro_vkey log = vkey_of(LOG_KEY);
	tro_vkey other = log;
	tro_err err;
	size_t len = strlen(CHECKPOINT);

	(void)snprintf(other.name, sizeof(other.name), "tro.example/log/2");
	ck_assert_int_eq(
		tro_checkpoint_read(&checkpoint, &note, CHECKPOINT, len, &other, &err), TRO_KEY);
	ck_assert_ptr_nonnull(strstr(err.message, "of the log tro.example/log/1"));
	other = vkey_of(OFFICER_KEY);
	ck_assert_int_eq(
		tro_vkey_init(&other, log.name, TRO_NOTE_ED25519, other.public_key, NULL), TRO_OK);
	ck_assert_int_eq(
		tro_checkpoint_read(&checkpoint, &note, CHECKPOINT, len, &other, &err), TRO_KEY);
	ck_assert_ptr_nonnull(strstr(err.message, "not signed by the key"));
}
END_TEST

/* The signature of a cosigning key does not pass for one without time, nor the other way round. */
START_TEST(a_cosignature_and_a_signature_are_two_things)
{
	tro_vkey court = vkey_of(COURT_KEY);
	tro_vkey plain;
	tro_note note;
	tro_buf bytes = TRO_BUF_INIT;
	uint8_t signature[64];
	uint8_t packed[TRO_COSIGNATURE_LEN];

	ck_assert_int_eq(
		tro_vkey_init(&plain, court.name, TRO_NOTE_ED25519, court.public_key, NULL),
		TRO_OK);
	ck_assert_int_eq(tro_note_parse(&note, CHECKPOINT, strlen(CHECKPOINT), NULL), TRO_OK);
	ck_assert_int_eq(tro_note_verify(&note, &plain, NULL), TRO_NOT_FOUND); /* another key id */
	sign(signature, 2, CHECKPOINT_TEXT, strlen(CHECKPOINT_TEXT));
	tro_cosignature_pack(packed, 1, signature);
	ck_assert_int_eq(tro_note_compose(&bytes, CHECKPOINT_TEXT, strlen(CHECKPOINT_TEXT), &court,
				 packed, sizeof(packed), NULL),
		TRO_OK);
	ck_assert_int_eq(tro_note_parse(&note, bytes.ptr, bytes.len, NULL), TRO_OK);
	ck_assert_int_eq(tro_note_verify(&note, &court, NULL), TRO_KEY);
	tro_buf_done(&bytes);
}
END_TEST

int main(void)
{
	tro_err err;
	Suite *suite = suite_create("checkpoint");
	TCase *tcase = tcase_create("checkpoint");

	if (tro_crypto_init(&err) != TRO_OK) {
		(void)fprintf(stderr, "%s\n", err.message);
		return EXIT_FAILURE;
	}
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, the_golden_checkpoint_is_made_again_from_its_seeds);
	tcase_add_test(tcase, the_golden_checkpoint_reads_and_says_when_it_was_cosigned);
	tcase_add_test(tcase, the_golden_proof_file_is_read_proves_and_is_written_again);
	tcase_add_test(tcase, every_changed_byte_of_the_golden_proof_file_is_refused);
	tcase_add_test(tcase, every_byte_taken_out_of_or_put_into_the_golden_proof_file_is_refused);
	tcase_add_loop_test(tcase, what_is_no_checkpoint_is_refused_with_its_fault, 0,
		(int)(sizeof(bad_checkpoints) / sizeof(*bad_checkpoints)));
	tcase_add_test(tcase, the_empty_log_has_a_checkpoint);
	tcase_add_test(tcase, a_checkpoint_of_another_log_or_key_is_refused);
	tcase_add_test(tcase, a_cosignature_and_a_signature_are_two_things);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
