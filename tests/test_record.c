#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "ledger/record.h"
#include "suite.h"

#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* The lines of a record, so that a test can change one of them. */
enum { LINES = 16 };
static const char *const good_lines[LINES] = {
	"tro-record/v1",
	"log tro.example/north/training",
	"case K7Q3-9F2M",
	"seq 14",
	"prev sha256:" HEX_A,
	"request R-4",
	"matter order.1/item.3",
	"event item.add",
	"actor P-K7Q3-9F2M",
	"role officer",
	"time 2026-11-23T10:15:00.000001Z",
	"registry sha256:" HEX_B,
	"anchor 7 C/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U=",
	"workflow sha256:" HEX_A,
	"payload hmac-sha256:" HEX_B,
	"outcome hmac-sha256:" HEX_A,
};

static void join(tro_buf *out, const char *const lines[LINES])
{
	for (size_t i = 0; i < LINES; i++) {
		if (lines[i] != NULL) {
			tro_buf_printf(out, "%s\n", lines[i]);
		}
	}
}

static tro_status parse(tro_record *out, const tro_buf *text)
{
	return tro_record_parse(out, text->ptr, text->len, NULL);
}

/* The good text with one line changed (NULL: taken out). */
static tro_status parse_with(tro_record *out, size_t line, const char *value)
{
	const char *lines[LINES];
	tro_buf text = TRO_BUF_INIT;

	memcpy(lines, good_lines, sizeof(lines));
	lines[line] = value;
	join(&text, lines);
	tro_status status = parse(out, &text);

	tro_buf_done(&text);
	return status;
}

START_TEST(a_record_reads_what_it_says)
{
	tro_record r;
	tro_buf text = TRO_BUF_INIT;
	tro_buf again = TRO_BUF_INIT;
	uint8_t hash[32];

	join(&text, good_lines);
	ck_assert_int_eq(parse(&r, &text), TRO_OK);
	ck_assert_str_eq(r.log, "tro.example/north/training");
	ck_assert_str_eq(r.case_id, "K7Q3-9F2M");
	ck_assert_uint_eq(r.seq, 14);
	memset(hash, 0xaa, 32);
	ck_assert(r.has_prev && r.has_workflow && r.has_outcome);
	ck_assert_mem_eq(r.prev, hash, 32);
	ck_assert_mem_eq(r.workflow, hash, 32);
	ck_assert_mem_eq(r.outcome, hash, 32);
	memset(hash, 0xbb, 32);
	ck_assert(r.has_registry && r.has_payload);
	ck_assert_mem_eq(r.registry, hash, 32);
	ck_assert_mem_eq(r.payload, hash, 32);
	ck_assert_str_eq(r.request, "R-4");
	ck_assert_str_eq(r.matter, "order.1/item.3");
	ck_assert_str_eq(r.event, "item.add");
	ck_assert_str_eq(r.actor, "P-K7Q3-9F2M");
	ck_assert_str_eq(r.role, "officer");
	ck_assert_int_eq(r.time % 1000000, 1);
	ck_assert(r.has_anchor);
	ck_assert_uint_eq(r.anchor_size, 7);
	ck_assert_uint_eq(r.anchor_root[0], 0x0b);
	ck_assert_int_eq(tro_record_format(&again, &r, NULL), TRO_OK);
	ck_assert_str_eq(again.ptr, text.ptr);
	tro_buf_done(&text);
	tro_buf_done(&again);
}
END_TEST

START_TEST(a_first_registry_record_has_dashes)
{
	const char *const lines[LINES] = {"tro-record/v1", "log tro.example/north", "case registry",
		"seq 0", "prev -", "request -", "matter -", "event genesis", "actor P-K7Q3-9F2M",
		"role registrar", "time 2026-11-23T10:15:00.000000Z", "registry -", "anchor -",
		"workflow -", "payload hmac-sha256:" HEX_B, "outcome -"};
	tro_record r;
	tro_buf text = TRO_BUF_INIT;
	tro_buf again = TRO_BUF_INIT;

	join(&text, lines);
	ck_assert_int_eq(parse(&r, &text), TRO_OK);
	ck_assert(!r.has_prev && !r.has_registry && !r.has_anchor && !r.has_workflow &&
		  !r.has_outcome);
	ck_assert_int_eq(tro_record_format(&again, &r, NULL), TRO_OK);
	ck_assert_str_eq(again.ptr, text.ptr);
	tro_buf_done(&text);
	tro_buf_done(&again);
}
END_TEST

START_TEST(every_line_is_needed_once_and_in_its_place)
{
	const char *lines[LINES];
	tro_record r;
	tro_buf text = TRO_BUF_INIT;
	size_t line = (size_t)_i;

	ck_assert_int_eq(parse_with(&r, line, NULL), TRO_INVALID);
	for (size_t other = 0; other < LINES; other++) {
		if (other == line) {
			continue;
		}
		memcpy(lines, good_lines, sizeof(lines));
		lines[line] = good_lines[other];
		lines[other] = good_lines[line];
		tro_buf_clear(&text);
		join(&text, lines);
		ck_assert_int_eq(parse(&r, &text), TRO_INVALID);
	}
	for (size_t at = 0; at <= LINES; at++) { /* once more, anywhere */
		tro_buf_clear(&text);
		for (size_t i = 0; i <= LINES; i++) {
			if (i == at) {
				tro_buf_printf(&text, "%s\n", good_lines[line]);
			}
			if (i < LINES) {
				tro_buf_printf(&text, "%s\n", good_lines[i]);
			}
		}
		ck_assert_int_eq(parse(&r, &text), TRO_INVALID);
	}
	tro_buf_done(&text);
}
END_TEST

static const struct {
	size_t line;
	const char *text;
} bad_lines[] = {
	{0, "tro-record/v2"},
	{0, "tro-enrol/v1"},
	{0, "tro-record/v1 "},
	{1, "log "},
	{1, "log tro example"},
	{1, "log tro.example+north"},
	{1, "log tro.ex\xc3\xa4mple"},
	{1, "log  tro.example"},
	{1, "log"},
	{1, "LOG tro.example"},
	{2, "case "},
	{2, "case -"},
	{2, "case -K7Q3"},
	{2, "case K7Q3_9F2M"},
	{2, "case K7Q3/9F2M"},
	{2, "case ../../etc"},
	{2, "case K7Q3-9F2M "},
	{2, "case xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
	{2, "case registry"}, /* which has no matter and no workflow */
	{3, "seq 0"},	      /* which has no prev */
	{3, "seq 014"},
	{3, "seq +14"},
	{3, "seq -1"},
	{3, "seq 14 "},
	{3, "seq 0x0e"},
	{3, "seq 9223372036854775808"},
	{3, "seq 18446744073709551616"},
	{4, "prev -"}, /* which is for seq 0 */
	{4, "prev " HEX_A},
	{4, "prev sha256:"},
	{4, "prev sha256:aaaa"},
	{4, "prev sha256:" HEX_A "aa"},
	{4, "prev sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
	{4, "prev SHA256:" HEX_A},
	{4, "prev hmac-sha256:" HEX_A},
	{4, "prev sha256: " HEX_A},
	{5, "request "},
	{5, "request --"},
	{5, "request a b"},
	{6, "matter "},
	{6, "matter /"},
	{6, "matter order.1/"},
	{6, "matter /item.3"},
	{6, "matter order.1//item.3"},
	{6, "matter .."},
	{6, "matter order 1"},
	{6, "matter order.1\\item"},
	{7, "event -"},
	{7, "event "},
	{7, "event item/add"},
	{7, "event .item"},
	{8, "actor -"},
	{8, "actor P.1"},
	{9, "role -"},
	{9, "role legal reviewer"},
	{10, "time 2026-11-23T10:15:00Z"},
	{10, "time 2026-11-23T10:15:00.00000Z"},
	{10, "time 2026-11-23T10:15:00.0000001Z"},
	{10, "time 2026-11-23T10:15:00.000001+00:00"},
	{10, "time 2026-11-23t10:15:00.000001z"},
	{10, "time 2026-11-31T10:15:00.000001Z"},
	{10, "time 2026-11-23T10:15:60.000001Z"},
	{10, "time 2026-11-23 10:15:00.000001Z"},
	{10, "time 2026-11-23T10:15:00.0+00:00"}, /* as long as the one spelling that is right */
	{10, "time 2026-11-23T11:15:00.0+01:00"},
	{10, "time -"},
	{11, "registry -"}, /* which is for genesis */
	{11, "registry hmac-sha256:" HEX_B},
	{12, "anchor"},
	{12, "anchor 7"},
	{12, "anchor 0 C/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U="},
	{12, "anchor 07 C/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U="},
	{12, "anchor 7 C/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0V="},
	{12, "anchor 7 C/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U"},
	{12, "anchor 7 C/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0aw=="},
	{12, "anchor 7  C/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U="},
	{12, "anchor - "},
	{13, "workflow hmac-sha256:" HEX_A},
	{14, "payload sha256:" HEX_B},
	{14, "payload hmac-sha256:-"},
	{15, "outcome sha256:" HEX_A},
	{15, "outcome hmac-sha256:" HEX_A "\nmore -"},
	{15, "outcome hmac-sha256:" HEX_A "\n"},
};

START_TEST(a_line_that_is_spelt_otherwise_is_refused)
{
	tro_record r;

	ck_assert_msg(parse_with(&r, bad_lines[_i].line, bad_lines[_i].text) == TRO_INVALID,
		"'%s' is accepted", bad_lines[_i].text);
}
END_TEST

static const struct {
	size_t line;
	const char *text;
} other_good_lines[] = {
	{1, "log tro.example/log/1"},
	{2, "case x"},
	{2, "case log"},
	{2, "case access-2026-11-23"},
	{2, "case xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
	{3, "seq 1"},
	{3, "seq 9223372036854775807"},
	{5, "request -"},
	{6, "matter -"},
	{6, "matter application"},
	{7, "event item_add.v-2"},
	{10, "time 0001-01-01T00:00:00.000000Z"},
	{10, "time 9999-12-31T23:59:59.999999Z"},
	{12, "anchor -"},
	{12, "anchor 9223372036854775807 C/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U="},
	{13, "workflow -"},
	{14, "payload -"},
	{15, "outcome -"},
};

START_TEST(a_line_within_the_grammar_is_read)
{
	tro_record r;

	ck_assert_msg(
		parse_with(&r, other_good_lines[_i].line, other_good_lines[_i].text) == TRO_OK,
		"'%s' is refused", other_good_lines[_i].text);
}
END_TEST

START_TEST(whatever_is_read_formats_back_to_the_same_bytes)
{
	tro_buf good = TRO_BUF_INIT;
	tro_record r;

	join(&good, good_lines);
	for (size_t i = 0; i < good.len; i++) {
		char byte = good.ptr[i];

		for (int value = 0; value < 256; value++) {
			tro_buf again = TRO_BUF_INIT;

			good.ptr[i] = (char)value;
			if (parse(&r, &good) == TRO_OK) {
				ck_assert_int_eq(tro_record_format(&again, &r, NULL), TRO_OK);
				ck_assert_uint_eq(again.len, good.len);
				ck_assert_mem_eq(again.ptr, good.ptr, good.len);
			}
			tro_buf_done(&again);
		}
		good.ptr[i] = byte;
		ck_assert_int_eq(tro_record_parse(&r, good.ptr, i, NULL), TRO_INVALID);
	}
	tro_buf_done(&good);
}
END_TEST

START_TEST(an_endless_record_is_refused)
{
	tro_buf text = TRO_BUF_INIT;
	tro_record r;

	join(&text, good_lines);
	while (text.len <= TRO_RECORD_MAX) {
		tro_buf_puts(&text, "x");
	}
	ck_assert_int_eq(parse(&r, &text), TRO_INVALID);
	tro_buf_done(&text);
}
END_TEST

static void spoil(tro_record *r, size_t which)
{
	switch (which) {
	case 0:
		r->log[0] = '\0';
		break;
	case 1:
		memcpy(r->case_id, "a\nb", 4);
		break;
	case 2:
		memcpy(r->event, "a b", 4);
		break;
	case 3:
		r->request[0] = '\0';
		break;
	case 4:
		r->has_prev = false;
		break;
	case 5:
		r->has_registry = false;
		break;
	case 6:
		r->seq = UINT64_MAX;
		break;
	case 7:
		r->matter[0] = '\n';
		break;
	case 8:
		r->anchor_size = 0;
		break;
	case 9:
		memcpy(r->case_id, "registry", 9);
		break;
	case 10:
		memcpy(r->case_id, "registry", 9);
		memcpy(r->matter, "-", 2);
		r->has_outcome = false; /* and a workflow */
		break;
	case 11:
		memcpy(r->case_id, "registry", 9);
		memcpy(r->matter, "-", 2);
		r->has_workflow = false; /* and an outcome */
		break;
	case 12:
		memcpy(r->case_id, "registry", 9); /* and a matter */
		r->has_workflow = false;
		r->has_outcome = false;
		break;
	default:
		r->role[0] = ' ';
		break;
	}
}

START_TEST(what_could_not_be_read_is_not_written)
{
	tro_buf text = TRO_BUF_INIT;
	tro_buf out = TRO_BUF_INIT;
	tro_record r;

	join(&text, good_lines);
	ck_assert_int_eq(parse(&r, &text), TRO_OK);
	spoil(&r, (size_t)_i);
	ck_assert_int_eq(tro_record_format(&out, &r, NULL), TRO_INVALID);
	ck_assert_uint_eq(out.len, 0);
	tro_buf_done(&text);
	tro_buf_done(&out);
}
END_TEST

/* ---- notes ---- */

static tro_ed25519 *key_of(uint8_t last)
{
	uint8_t seed[32] = {0};
	tro_ed25519 *key;

	seed[31] = last;
	ck_assert_int_eq(tro_ed25519_new(&key, seed, NULL), TRO_OK);
	return key;
}

static tro_vkey vkey_of(const tro_ed25519 *key, const char *name)
{
	tro_vkey vkey;

	ck_assert_int_eq(
		tro_vkey_init(&vkey, name, TRO_NOTE_ED25519, tro_ed25519_public(key), NULL),
		TRO_OK);
	return vkey;
}

static void sign(
	tro_buf *out, const char *text, size_t len, const tro_ed25519 *key, const char *name)
{
	tro_vkey vkey = vkey_of(key, name);
	uint8_t signature[64];

	ck_assert_int_eq(tro_ed25519_sign(signature, key, text, len, NULL), TRO_OK);
	ck_assert_int_eq(tro_note_compose(out, text, len, &vkey, signature, 64, NULL), TRO_OK);
}

START_TEST(a_record_bears_one_signature)
{
	tro_ed25519 *key = key_of(4);
	tro_buf text = TRO_BUF_INIT;
	tro_buf bytes = TRO_BUF_INIT;
	tro_note note;
	tro_record r;

	join(&text, good_lines);
	sign(&bytes, text.ptr, text.len, key, "force.example/officer");
	ck_assert_int_eq(tro_note_parse(&note, bytes.ptr, bytes.len, NULL), TRO_OK);
	ck_assert_int_eq(tro_record_from_note(&r, &note, NULL), TRO_OK);
	ck_assert_str_eq(r.case_id, "K7Q3-9F2M");

	size_t line = text.len + 1;
	char second[200];
	size_t len = bytes.len - line;

	ck_assert_uint_lt(len, sizeof(second));
	memcpy(second, bytes.ptr + line, len);
	tro_buf_put(&bytes, second, len);
	ck_assert_int_eq(tro_note_parse(&note, bytes.ptr, bytes.len, NULL), TRO_OK);
	ck_assert_int_eq(tro_record_from_note(&r, &note, NULL), TRO_INVALID);
	tro_buf_done(&text);
	tro_buf_done(&bytes);
	tro_ed25519_free(key);
}
END_TEST

static tro_enrolment enrolment_of(const tro_ed25519 *key)
{
	tro_enrolment e = {.log = "tro.example/north/training",
		.person_name = "Zo\xc3\xab O'Neill-Smith",
		.vkey = vkey_of(key, "force.example/officer/1234"),
		.nonce = "0123456789abcdef"};

	return e;
}

START_TEST(an_enrolment_proves_possession_of_its_key)
{
	tro_ed25519 *key = key_of(4);
	tro_ed25519 *other = key_of(5);
	tro_enrolment e = enrolment_of(key);
	tro_enrolment read;
	tro_buf text = TRO_BUF_INIT;
	tro_buf note = TRO_BUF_INIT;

	ck_assert_int_eq(tro_enrolment_format(&text, &e, NULL), TRO_OK);
	sign(&note, text.ptr, text.len, key, "force.example/officer/1234");
	ck_assert_int_eq(tro_enrolment_parse(&read, note.ptr, note.len, NULL), TRO_OK);
	ck_assert_str_eq(read.log, e.log);
	ck_assert_str_eq(read.person_name, e.person_name);
	ck_assert(tro_vkey_equal(&read.vkey, &e.vkey));
	ck_assert_str_eq(read.nonce, e.nonce);

	char second[200];
	size_t line = text.len + 1;
	size_t len = note.len - line;

	ck_assert_uint_lt(len, sizeof(second)); /* signed twice */
	memcpy(second, note.ptr + line, len);
	tro_buf_put(&note, second, len);
	ck_assert_int_eq(tro_enrolment_parse(&read, note.ptr, note.len, NULL), TRO_KEY);
	tro_buf_clear(&note); /* somebody else's signature */
	sign(&note, text.ptr, text.len, other, "force.example/officer/1234");
	ck_assert_int_eq(tro_enrolment_parse(&read, note.ptr, note.len, NULL), TRO_KEY);
	tro_buf_clear(&note); /* the right key under another name */
	sign(&note, text.ptr, text.len, key, "force.example/officer/1235");
	ck_assert_int_eq(tro_enrolment_parse(&read, note.ptr, note.len, NULL), TRO_KEY);
	tro_buf_done(&text);
	tro_buf_done(&note);
	tro_ed25519_free(key);
	tro_ed25519_free(other);
}
END_TEST

START_TEST(no_altered_byte_of_an_enrolment_is_accepted)
{
	tro_ed25519 *key = key_of(4);
	tro_enrolment e = enrolment_of(key);
	tro_enrolment read;
	tro_buf text = TRO_BUF_INIT;
	tro_buf note = TRO_BUF_INIT;

	ck_assert_int_eq(tro_enrolment_format(&text, &e, NULL), TRO_OK);
	sign(&note, text.ptr, text.len, key, "force.example/officer/1234");
	for (size_t i = 0; i < note.len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			note.ptr[i] = (char)(note.ptr[i] ^ 1 << bit);
			ck_assert_msg(
				tro_enrolment_parse(&read, note.ptr, note.len, NULL) != TRO_OK,
				"byte %zu, bit %u", i, bit);
			note.ptr[i] = (char)(note.ptr[i] ^ 1 << bit);
		}
	}
	ck_assert_int_eq(tro_enrolment_parse(&read, note.ptr, note.len, NULL), TRO_OK);
	tro_buf_done(&text);
	tro_buf_done(&note);
	tro_ed25519_free(key);
}
END_TEST

START_TEST(a_record_signed_by_a_person_is_no_enrolment)
{
	tro_ed25519 *key = key_of(4);
	tro_buf text = TRO_BUF_INIT;
	tro_buf note = TRO_BUF_INIT;
	tro_enrolment read;

	join(&text, good_lines);
	sign(&note, text.ptr, text.len, key, "force.example/officer/1234");
	ck_assert_int_eq(tro_enrolment_parse(&read, note.ptr, note.len, NULL), TRO_INVALID);
	tro_buf_done(&text);
	tro_buf_done(&note);
	tro_ed25519_free(key);
}
END_TEST

START_TEST(a_name_that_reads_as_another_is_not_enrolled)
{
	static const char *const names[] = {"", " Ada Hope", "Ada Hope ", "Ada\nHope", "Ada\tHope",
		"Ada \xe2\x80\xae"
		"epoH",
		"Ada\xe2\x81\xa6Hope", "Ada\xe2\x80\xa8Hope",
		"\xef\xbb\xbf"
		"Ada",
		"Ada\xff"};
	tro_ed25519 *key = key_of(4);
	tro_enrolment e = enrolment_of(key);
	tro_buf text = TRO_BUF_INIT;

	memcpy(e.person_name, names[_i], strlen(names[_i]) + 1);
	ck_assert_int_eq(tro_enrolment_format(&text, &e, NULL), TRO_INVALID);
	tro_buf_done(&text);
	tro_ed25519_free(key);
}
END_TEST

int main(void)
{
	tro_err err;
	Suite *suite = suite_create("record");
	TCase *tcase = tcase_create("record");

	if (tro_crypto_init(&err) != TRO_OK) {
		(void)fprintf(stderr, "%s\n", err.message);
		return EXIT_FAILURE;
	}
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, a_record_reads_what_it_says);
	tcase_add_test(tcase, a_first_registry_record_has_dashes);
	tcase_add_loop_test(tcase, every_line_is_needed_once_and_in_its_place, 0, LINES);
	tcase_add_loop_test(tcase, a_line_that_is_spelt_otherwise_is_refused, 0,
		(int)(sizeof(bad_lines) / sizeof(*bad_lines)));
	tcase_add_loop_test(tcase, a_line_within_the_grammar_is_read, 0,
		(int)(sizeof(other_good_lines) / sizeof(*other_good_lines)));
	tcase_add_test(tcase, whatever_is_read_formats_back_to_the_same_bytes);
	tcase_add_test(tcase, an_endless_record_is_refused);
	tcase_add_loop_test(tcase, what_could_not_be_read_is_not_written, 0, 14);
	tcase_add_test(tcase, a_record_bears_one_signature);
	tcase_add_test(tcase, an_enrolment_proves_possession_of_its_key);
	tcase_add_test(tcase, no_altered_byte_of_an_enrolment_is_accepted);
	tcase_add_test(tcase, a_record_signed_by_a_person_is_no_enrolment);
	tcase_add_loop_test(tcase, a_name_that_reads_as_another_is_not_enrolled, 0, 10);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
