#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "golden.h"
#include "ledger/note.h"
#include "ledger/record.h"
#include "suite.h"

static tro_vkey vkey_of(const char *text)
{
	tro_vkey vkey;
	tro_err err;

	ck_assert_msg(tro_vkey_parse(&vkey, text, strlen(text), &err) == TRO_OK, "%s", err.message);
	return vkey;
}

/* A key from the seed of 31 zero bytes and that one. */
static tro_ed25519 *key_of(uint8_t last)
{
	uint8_t seed[32] = {0};
	tro_ed25519 *key;

	seed[31] = last;
	ck_assert_int_eq(tro_ed25519_new(&key, seed, NULL), TRO_OK);
	return key;
}

/* Does the note parse and verify with that key? */
static tro_status judge(const char *note, size_t len, const char *key)
{
	tro_vkey vkey = vkey_of(key);
	tro_note parsed;
	tro_status status = tro_note_parse(&parsed, note, len, NULL);

	return status == TRO_OK ? tro_note_verify(&parsed, &vkey, NULL) : status;
}

static void assert_hex(const uint8_t hash[32], const char *expected)
{
	char hex[TRO_HEX_SIZE(32)];

	tro_hex_encode(hex, hash, 32);
	ck_assert_str_eq(hex, expected);
}

START_TEST(the_golden_note_parses_and_verifies)
{
	tro_note note;
	tro_vkey vkey = vkey_of(OFFICER_KEY);

	ck_assert_uint_eq(strlen(GOLDEN_NOTE), 370);
	ck_assert_int_eq(tro_note_parse(&note, GOLDEN_NOTE, 370, NULL), TRO_OK);
	ck_assert_uint_eq(note.text_len, strlen(GOLDEN_TEXT));
	ck_assert_mem_eq(note.untrusted_text, GOLDEN_TEXT, note.text_len);
	ck_assert_uint_eq(note.signature_count, 1);
	ck_assert_uint_eq(note.signatures[0].len, 64);
	ck_assert_int_eq(tro_note_verify(&note, &vkey, NULL), TRO_OK);
}
END_TEST

START_TEST(the_golden_note_has_the_known_hash_and_leaf)
{
	uint8_t hash[32];

	tro_record_hash(hash, GOLDEN_NOTE, strlen(GOLDEN_NOTE));
	assert_hex(hash, "1c3a10709fcdb82260ad4d7116cad690563896d8924828411d28490d3718b353");
	tro_record_leaf(hash, GOLDEN_NOTE, strlen(GOLDEN_NOTE));
	assert_hex(hash, "7613061dc2018a8f9d810c4b197771f2efdd57010bd151e5e11297d1749062ab");
}
END_TEST

START_TEST(the_golden_note_is_made_again_from_its_seed)
{
	tro_ed25519 *key = key_of(4);
	tro_vkey vkey;
	uint8_t signature[64];
	tro_buf vkey_text = TRO_BUF_INIT;
	tro_buf note = TRO_BUF_INIT;

	ck_assert_int_eq(tro_vkey_init(&vkey, "force.example/officer/1234", TRO_NOTE_ED25519,
				 tro_ed25519_public(key), NULL),
		TRO_OK);
	tro_vkey_format(&vkey_text, &vkey);
	ck_assert_str_eq(vkey_text.ptr, OFFICER_KEY);
	ck_assert_int_eq(
		tro_ed25519_sign(signature, key, GOLDEN_TEXT, strlen(GOLDEN_TEXT), NULL), TRO_OK);
	ck_assert_int_eq(tro_note_compose(&note, GOLDEN_TEXT, strlen(GOLDEN_TEXT), &vkey, signature,
				 sizeof(signature), NULL),
		TRO_OK);
	ck_assert_str_eq(note.ptr, GOLDEN_NOTE);
	tro_buf_done(&vkey_text);
	tro_buf_done(&note);
	tro_ed25519_free(key);
}
END_TEST

START_TEST(the_golden_checkpoint_verifies_with_the_log_and_both_witnesses)
{
	tro_note note;
	static const char *const keys[] = {LOG_KEY, COURT_KEY, CARRIER_KEY};

	ck_assert_int_eq(tro_note_parse(&note, CHECKPOINT, strlen(CHECKPOINT), NULL), TRO_OK);
	ck_assert_uint_eq(note.signature_count, 3);
	ck_assert_uint_eq(note.text_len, strlen(CHECKPOINT_TEXT));
	ck_assert_mem_eq(note.untrusted_text, CHECKPOINT_TEXT, note.text_len);
	for (size_t i = 0; i < 3; i++) {
		tro_vkey vkey = vkey_of(keys[i]);

		ck_assert_int_eq(tro_note_verify(&note, &vkey, NULL), TRO_OK);
	}
	tro_vkey officer = vkey_of(OFFICER_KEY);

	ck_assert_int_eq(tro_note_verify(&note, &officer, NULL), TRO_NOT_FOUND);
}
END_TEST

/* What a byte is changed to: its bits one at a time, and characters that mean something. */
static size_t other_bytes(unsigned char out[24], unsigned char byte)
{
	static const unsigned char special[] = {
		0, '\n', '\r', '\t', ' ', '+', '=', 'A', 0x7f, 0x80, 0xc2, 0xff};
	size_t count = 0;

	for (unsigned bit = 0; bit < 8; bit++) {
		out[count++] = (unsigned char)(byte ^ 1u << bit);
	}
	for (size_t i = 0; i < sizeof(special); i++) {
		if (special[i] != byte) {
			out[count++] = special[i];
		}
	}
	return count;
}

START_TEST(every_changed_byte_of_the_golden_note_is_refused)
{
	char note[] = GOLDEN_NOTE;
	unsigned char others[24];

	for (size_t i = 0; i < sizeof(note) - 1; i++) {
		char good = note[i];
		size_t count = other_bytes(others, (unsigned char)good);

		for (size_t k = 0; k < count; k++) {
			note[i] = (char)others[k];
			ck_assert_msg(judge(note, sizeof(note) - 1, OFFICER_KEY) != TRO_OK,
				"byte %zu as %02x is accepted", i, others[k]);
		}
		note[i] = good;
	}
	ck_assert_int_eq(judge(note, sizeof(note) - 1, OFFICER_KEY), TRO_OK);
}
END_TEST

START_TEST(every_byte_taken_out_or_put_in_is_refused)
{
	static const char extra[] = {'\n', ' ', 'A', '=', '\r'};
	char note[sizeof(GOLDEN_NOTE) + 1];
	size_t len = strlen(GOLDEN_NOTE);

	for (size_t i = 0; i <= len; i++) {
		memcpy(note, GOLDEN_NOTE, i);
		if (i < len) {
			memcpy(note + i, GOLDEN_NOTE + i + 1, len - i);
			ck_assert_int_ne(judge(note, len - 1, OFFICER_KEY), TRO_OK);
		}
		for (size_t k = 0; k < sizeof(extra); k++) {
			note[i] = extra[k];
			memcpy(note + i + 1, GOLDEN_NOTE + i, len - i);
			ck_assert_msg(judge(note, len + 1, OFFICER_KEY) != TRO_OK,
				"%02x before byte %zu is accepted", extra[k], i);
		}
	}
}
END_TEST

START_TEST(every_changed_byte_of_the_golden_checkpoint_is_noticed_by_some_key)
{
	static const char *const keys[] = {LOG_KEY, COURT_KEY, CARRIER_KEY};
	char note[] = CHECKPOINT;

	for (size_t i = 0; i < sizeof(note) - 1; i++) {
		for (unsigned bit = 0; bit < 8; bit += 2) {
			bool all = true;

			note[i] = (char)(note[i] ^ 1 << bit);
			for (size_t k = 0; all && k < 3; k++) {
				all = judge(note, sizeof(note) - 1, keys[k]) == TRO_OK;
			}
			ck_assert_msg(!all, "byte %zu, bit %u is accepted", i, bit);
			note[i] = (char)(note[i] ^ 1 << bit);
		}
	}
}
END_TEST

static const struct {
	const char *why;
	const char *note;
	const char *message; /* part of it */
} bad_notes[] = {
	{"nothing", "", "LF"},
	{"no final LF", GOLDEN_TEXT "\n" DASH "force.example/officer/1234 " GOLDEN_BASE64, "LF"},
	{"no empty line", GOLDEN_TEXT GOLDEN_LINE, "empty line"},
	{"no signature", GOLDEN_TEXT "\n", "empty line"},
	{"text alone", GOLDEN_TEXT, "empty line"},
	{"no text", "\n" GOLDEN_LINE, "empty line"},
	{"empty text", "\n\n" GOLDEN_LINE, "empty line"},
	{"text ending in an empty line", GOLDEN_TEXT "\n\n" GOLDEN_LINE, "empty line"},
	{"carriage returns", "a\r\n\r\n" GOLDEN_LINE, "carriage return"},
	{"carriage return in text", "a\rb\n\n" GOLDEN_LINE, "carriage return"},
	{"byte order mark", "\xef\xbb\xbf" GOLDEN_NOTE, "byte order mark"},
	{"tab", "a\tb\n\n" GOLDEN_LINE, "control"},
	{"delete", "a\x7f\n\n" GOLDEN_LINE, "control"},
	{"C1 control", "a\xc2\x85\n\n" GOLDEN_LINE, "control"},
	{"overlong UTF-8", "a\xc0\xaf\n\n" GOLDEN_LINE, "UTF-8"},
	{"surrogate", "a\xed\xa0\x80\n\n" GOLDEN_LINE, "UTF-8"},
	{"hyphen for the dash", "a\n\n- force.example/officer/1234 " GOLDEN_BASE64 "\n", "dash"},
	{"en dash", "a\n\n\xe2\x80\x93 force.example/officer/1234 " GOLDEN_BASE64 "\n", "dash"},
	{"no name", "a\n\n" DASH " " GOLDEN_BASE64 "\n", "key name"},
	{"no base64", "a\n\n" DASH "force.example/officer/1234\n", "key name"},
	{"empty base64", "a\n\n" DASH "force.example/officer/1234 \n", "base64"},
	{"plus in the name", "a\n\n" DASH "a+b " GOLDEN_BASE64 "\n", "key name"},
	{"wide blank in the name",
		"a\n\n" DASH "a\xe3\x80\x80"
		"b " GOLDEN_BASE64 "\n",
		"key name"},
	{"key id alone", "a\n\n" DASH "x yB6xQQ==\n", "base64"},
	{"bits after the end", "a\n\n" DASH "x yB6xQbB=\n", "base64"},
	{"no padding", "a\n\n" DASH "x yB6xQbA\n", "base64"},
	{"blank after the signature", "a\n\n" DASH "x yB6xQbA= \n", "base64"},
	{"URL alphabet", "a\n\n" DASH "x yB6xQb-_\n", "base64"},
	{"a line that is no signature", GOLDEN_NOTE "more\n", "dash"},
};

START_TEST(a_note_that_is_written_otherwise_is_refused)
{
	tro_note note;
	tro_err err = {TRO_OK, ""};

	ck_assert_msg(tro_note_parse(&note, bad_notes[_i].note, strlen(bad_notes[_i].note), &err) ==
			      TRO_INVALID,
		"%s", bad_notes[_i].why);
	ck_assert_msg(strstr(err.message, bad_notes[_i].message) != NULL, "%s: %s",
		bad_notes[_i].why, err.message);
}
END_TEST

START_TEST(a_nul_byte_in_a_note_is_refused)
{
	static const char note[] = "a\0b\n\n" GOLDEN_LINE;
	tro_note parsed;

	ck_assert_int_eq(tro_note_parse(&parsed, note, sizeof(note) - 1, NULL), TRO_INVALID);
}
END_TEST

START_TEST(an_empty_line_inside_the_text_belongs_to_the_text)
{
	static const char text[] = "a\n\n" GOLDEN_LINE "\n" GOLDEN_LINE;
	tro_note note;

	ck_assert_int_eq(tro_note_parse(&note, text, strlen(text), NULL), TRO_OK);
	ck_assert_uint_eq(note.signature_count, 1);
	ck_assert_uint_eq(note.text_len, strlen("a\n\n" GOLDEN_LINE));
}
END_TEST

/* Text "a" with so many signature lines of so many bytes each. */
static void put_many(tro_buf *out, size_t count, size_t len)
{
	uint8_t *raw = calloc(1, 4 + len);

	tro_buf_puts(out, "a\n\n");
	for (size_t i = 0; i < count; i++) {
		tro_buf_puts(out, DASH "x ");
		tro_base64_encode(out, raw, 4 + len);
		tro_buf_putc(out, '\n');
	}
	free(raw);
}

START_TEST(a_hundred_signatures_are_read_and_one_more_is_refused)
{
	tro_buf text = TRO_BUF_INIT;
	tro_note note;

	put_many(&text, 100, 64);
	ck_assert_int_eq(tro_note_parse(&note, text.ptr, text.len, NULL), TRO_OK);
	ck_assert_uint_eq(note.signature_count, 100);
	tro_buf_clear(&text);
	put_many(&text, 101, 64);
	ck_assert_int_eq(tro_note_parse(&note, text.ptr, text.len, NULL), TRO_INVALID);
	tro_buf_done(&text);
}
END_TEST

START_TEST(signatures_of_unknown_kinds_are_kept_and_ignored)
{
	tro_buf text = TRO_BUF_INIT;
	tro_note note;
	tro_vkey officer = vkey_of(OFFICER_KEY);

	tro_buf_puts(&text, GOLDEN_NOTE DASH "post.example/quantum ");
	uint8_t raw[4 + 2420] = {1, 2, 3};

	tro_base64_encode(&text, raw, sizeof(raw));
	tro_buf_putc(&text, '\n');
	ck_assert_int_eq(tro_note_parse(&note, text.ptr, text.len, NULL), TRO_OK);
	ck_assert_uint_eq(note.signature_count, 2);
	ck_assert_uint_eq(note.signatures[1].len, 2420);
	ck_assert_int_eq(tro_note_verify(&note, &officer, NULL), TRO_OK);
	tro_buf_clear(&text);
	put_many(&text, 1, TRO_NOTE_SIGNATURE_MAX);
	ck_assert_int_eq(tro_note_parse(&note, text.ptr, text.len, NULL), TRO_OK);
	tro_buf_clear(&text);
	put_many(&text, 1, TRO_NOTE_SIGNATURE_MAX + 1);
	ck_assert_int_eq(tro_note_parse(&note, text.ptr, text.len, NULL), TRO_INVALID);
	tro_buf_done(&text);
}
END_TEST

START_TEST(a_note_over_its_limit_is_refused)
{
	tro_buf text = TRO_BUF_INIT;
	tro_note note;

	while (text.len <= TRO_NOTE_MAX - strlen(GOLDEN_NOTE)) {
		tro_buf_puts(&text, "a");
	}
	tro_buf_puts(&text, GOLDEN_NOTE);
	ck_assert_uint_eq(text.len, TRO_NOTE_MAX + 1);
	ck_assert_int_eq(tro_note_parse(&note, text.ptr, text.len, NULL), TRO_INVALID);
	ck_assert_int_eq(tro_note_parse(&note, text.ptr + 1, text.len - 1, NULL), TRO_OK);
	tro_buf_done(&text);
}
END_TEST

START_TEST(one_bad_signature_by_a_known_key_spoils_the_note)
{
	tro_buf text = TRO_BUF_INIT;
	uint8_t raw[68];
	size_t len;

	ck_assert(tro_base64_decode(raw, sizeof(raw), &len, GOLDEN_BASE64, strlen(GOLDEN_BASE64)));
	raw[4] ^= 1;
	tro_buf_puts(&text, GOLDEN_NOTE DASH "force.example/officer/1234 ");
	tro_base64_encode(&text, raw, sizeof(raw));
	tro_buf_putc(&text, '\n');
	ck_assert_int_eq(judge(text.ptr, text.len, OFFICER_KEY), TRO_KEY);
	tro_buf_clear(&text);
	tro_buf_puts(&text, GOLDEN_NOTE GOLDEN_LINE);
	ck_assert_int_eq(judge(text.ptr, text.len, OFFICER_KEY), TRO_OK);
	tro_buf_done(&text);
}
END_TEST

START_TEST(a_wrong_key_is_told_apart_from_a_bad_signature)
{
	static const char changed[] = "x" GOLDEN_TEXT "\n" GOLDEN_LINE;

	ck_assert_int_eq(judge(GOLDEN_NOTE, strlen(GOLDEN_NOTE), LOG_KEY), TRO_NOT_FOUND);
	ck_assert_int_eq(judge(changed, strlen(changed), OFFICER_KEY), TRO_KEY);
}
END_TEST

/* A cosignature by the court over the checkpoint, at that time, with the message's time as text. */
static void cosign(tro_buf *out, uint64_t time_s)
{
	tro_ed25519 *key = key_of(2);
	tro_vkey court = vkey_of(COURT_KEY);
	tro_buf message = TRO_BUF_INIT;
	uint8_t bytes[72];

	for (unsigned i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)(time_s >> (56 - 8 * i));
	}
	tro_buf_printf(&message, "cosignature/v1\ntime %llu\n" CHECKPOINT_TEXT,
		(unsigned long long)time_s);
	ck_assert_int_eq(tro_ed25519_sign(bytes + 8, key, message.ptr, message.len, NULL), TRO_OK);
	ck_assert_int_eq(tro_note_compose(out, CHECKPOINT_TEXT, strlen(CHECKPOINT_TEXT), &court,
				 bytes, sizeof(bytes), NULL),
		TRO_OK);
	tro_buf_done(&message);
	tro_ed25519_free(key);
}

START_TEST(a_cosignature_is_bound_to_its_time)
{
	tro_buf note = TRO_BUF_INIT;
	const struct {
		uint64_t time_s;
		tro_status status;
	} cases[] = {{1, TRO_OK}, {1795000000, TRO_OK}, {INT64_MAX, TRO_OK},
		{(uint64_t)INT64_MAX + 1, TRO_KEY}, {UINT64_MAX, TRO_KEY}};

	cosign(&note, cases[_i].time_s);
	ck_assert_int_eq(judge(note.ptr, note.len, COURT_KEY), cases[_i].status);
	tro_buf_done(&note);
}
END_TEST

START_TEST(a_key_of_one_kind_does_not_accept_a_signature_of_the_other)
{
	tro_ed25519 *key = key_of(2);
	tro_vkey court = vkey_of(COURT_KEY);
	tro_buf note = TRO_BUF_INIT;
	uint8_t raw[68];

	/* A plain note signature, put under the cosignature key's name and id. */
	memcpy(raw, court.id, 4);
	ck_assert_int_eq(
		tro_ed25519_sign(raw + 4, key, CHECKPOINT_TEXT, strlen(CHECKPOINT_TEXT), NULL),
		TRO_OK);
	tro_buf_puts(&note, CHECKPOINT_TEXT "\n" DASH "court.example/witness ");
	tro_base64_encode(&note, raw, sizeof(raw));
	tro_buf_putc(&note, '\n');
	ck_assert_int_eq(judge(note.ptr, note.len, COURT_KEY), TRO_KEY);
	ck_assert_int_eq(tro_note_compose(&note, CHECKPOINT_TEXT, strlen(CHECKPOINT_TEXT), &court,
				 raw + 4, 64, NULL),
		TRO_INVALID);
	tro_buf_done(&note);
	tro_ed25519_free(key);
}
END_TEST

START_TEST(a_text_that_could_not_be_read_back_is_not_composed)
{
	static const char *const texts[] = {"", "a", "\n", "a\n\n", "a\rb\n", "a\tb\n",
		"\xef\xbb\xbf"
		"a\n",
		"a\xff\n"};
	tro_vkey officer = vkey_of(OFFICER_KEY);
	uint8_t signature[64] = {0};
	tro_buf out = TRO_BUF_INIT;

	ck_assert_int_eq(tro_note_compose(&out, texts[_i], strlen(texts[_i]), &officer, signature,
				 sizeof(signature), NULL),
		TRO_INVALID);
	ck_assert_uint_eq(out.len, 0);
	tro_buf_done(&out);
}
END_TEST

static const char *const bad_vkeys[] = {
	"",
	"+",
	"++",
	"force.example/officer/1234",
	"force.example/officer/1234+c81eb141",
	"force.example/officer/1234+c81eb141+",
	"+c81eb141+Af1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzKb",
	"force.example/officer/1234+C81EB141+Af1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzKb",
	"force.example/officer/1234+c81eb142+Af1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzKb",
	"force.example/officer/1235+c81eb141+Af1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzKb",
	"force.example/officer/1234+c81eb141+Af1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzKc",
	"force.example/officer/1234+c81eb141+Af1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzI=",
	"force.example/officer/1234+c81eb141+Af1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzKb\n",
	"force.example/officer/1234+c81eb141+BP1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzKb",
	"force.example/officer/1234+c81eb141+Bv1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzKb",
	"force example+c81eb141+Af1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzKb",
};

START_TEST(a_verifier_key_that_was_altered_is_refused)
{
	tro_vkey vkey;

	ck_assert_int_eq(
		tro_vkey_parse(&vkey, bad_vkeys[_i], strlen(bad_vkeys[_i]), NULL), TRO_INVALID);
}
END_TEST

START_TEST(a_key_of_an_unknown_type_is_refused)
{
	tro_vkey officer = vkey_of(OFFICER_KEY);
	tro_vkey vkey;

	for (unsigned type = 0; type < 256; type++) {
		bool known = type == TRO_NOTE_ED25519 || type == TRO_NOTE_COSIGNATURE;

		ck_assert_int_eq(tro_vkey_init(&vkey, "x", (uint8_t)type, officer.public_key, NULL),
			known ? TRO_OK : TRO_INVALID);
	}
}
END_TEST

START_TEST(verifier_keys_format_as_they_were_read)
{
	static const char *const keys[] = {LOG_KEY, COURT_KEY, CARRIER_KEY, OFFICER_KEY};
	tro_vkey vkey = vkey_of(keys[_i]);
	tro_vkey next = vkey_of(keys[(_i + 1) % 4]);
	tro_buf text = TRO_BUF_INIT;

	tro_vkey_format(&text, &vkey);
	ck_assert_str_eq(text.ptr, keys[_i]);
	ck_assert(tro_vkey_equal(&vkey, &vkey));
	ck_assert(!tro_vkey_equal(&vkey, &next));
	tro_buf_done(&text);
}
END_TEST

START_TEST(a_key_name_is_of_one_word_and_not_too_long)
{
	static const char *const bad[] = {"", " ", "a b", "a+b", "a\nb", "a\x7f", "a\xc2\xa0",
		"\xe2\x80\xa8", "a\xef\xbb\xbf", "a\xff"};
	char longest[TRO_NOTE_KEY_NAME_MAX + 2];

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ck_assert_msg(!tro_key_name_good(bad[i], strlen(bad[i])), "%zu", i);
	}
	memset(longest, 'a', sizeof(longest));
	ck_assert(tro_key_name_good(longest, TRO_NOTE_KEY_NAME_MAX));
	ck_assert(!tro_key_name_good(longest, TRO_NOTE_KEY_NAME_MAX + 1));
	ck_assert(tro_key_name_good(
		"force.example/caf\xc3\xa9", strlen("force.example/caf\xc3\xa9")));
}
END_TEST

int main(void)
{
	tro_err err;
	Suite *suite = suite_create("note");
	TCase *tcase = tcase_create("note");

	if (tro_crypto_init(&err) != TRO_OK) {
		(void)fprintf(stderr, "%s\n", err.message);
		return EXIT_FAILURE;
	}
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, the_golden_note_parses_and_verifies);
	tcase_add_test(tcase, the_golden_note_has_the_known_hash_and_leaf);
	tcase_add_test(tcase, the_golden_note_is_made_again_from_its_seed);
	tcase_add_test(tcase, the_golden_checkpoint_verifies_with_the_log_and_both_witnesses);
	tcase_add_test(tcase, every_changed_byte_of_the_golden_note_is_refused);
	tcase_add_test(tcase, every_byte_taken_out_or_put_in_is_refused);
	tcase_add_test(tcase, every_changed_byte_of_the_golden_checkpoint_is_noticed_by_some_key);
	tcase_add_loop_test(tcase, a_note_that_is_written_otherwise_is_refused, 0,
		(int)(sizeof(bad_notes) / sizeof(*bad_notes)));
	tcase_add_test(tcase, a_nul_byte_in_a_note_is_refused);
	tcase_add_test(tcase, an_empty_line_inside_the_text_belongs_to_the_text);
	tcase_add_test(tcase, a_hundred_signatures_are_read_and_one_more_is_refused);
	tcase_add_test(tcase, signatures_of_unknown_kinds_are_kept_and_ignored);
	tcase_add_test(tcase, a_note_over_its_limit_is_refused);
	tcase_add_test(tcase, one_bad_signature_by_a_known_key_spoils_the_note);
	tcase_add_test(tcase, a_wrong_key_is_told_apart_from_a_bad_signature);
	tcase_add_loop_test(tcase, a_cosignature_is_bound_to_its_time, 0, 5);
	tcase_add_test(tcase, a_key_of_one_kind_does_not_accept_a_signature_of_the_other);
	tcase_add_loop_test(tcase, a_text_that_could_not_be_read_back_is_not_composed, 0, 8);
	tcase_add_loop_test(tcase, a_verifier_key_that_was_altered_is_refused, 0,
		(int)(sizeof(bad_vkeys) / sizeof(*bad_vkeys)));
	tcase_add_test(tcase, a_key_of_an_unknown_type_is_refused);
	tcase_add_loop_test(tcase, verifier_keys_format_as_they_were_read, 0, 4);
	tcase_add_test(tcase, a_key_name_is_of_one_word_and_not_too_long);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
