/* What a witness refuses, and whose cosignatures make a quorum. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "golden.h"
#include "ledger/heads.h"
#include "ledger/policy.h"
#include "ledger/witness.h"
#include "suite.h"

enum { LEVELS = 8, LEAVES = 64, SEED_LOG = 1, SEED_COURT = 2, SEED_CARRIER = 3, SEED_OTHER = 9 };

#define ORIGIN "tro.example/log/1"

/* ---- a log in memory ---- */

typedef struct memory {
	uint8_t nodes[LEVELS][LEAVES][32];
} memory;

static tro_status get(uint8_t out[32], void *user, unsigned level, uint64_t index, tro_err *err)
{
	memory *m = user;

	(void)err;
	ck_assert(level < LEVELS && index < LEAVES);
	memcpy(out, m->nodes[level][index], 32);
	return TRO_OK;
}

static tro_status put(
	void *user, unsigned level, uint64_t index, const uint8_t hash[32], tro_err *err)
{
	memory *m = user;

	(void)err;
	ck_assert(level < LEVELS && index < LEAVES);
	memcpy(m->nodes[level][index], hash, 32);
	return TRO_OK;
}

/* A log whose record `odd` is another than usual; LEAVES for none. */
static tro_tree_nodes grow(memory *m, uint64_t odd)
{
	tro_tree_nodes nodes = {.get = get, .put = put, .user = m};

	for (uint64_t i = 0; i < LEAVES; i++) {
		uint8_t leaf[32];
		char text[32];

		(void)snprintf(text, sizeof(text), "record %u%s", (unsigned)i, i == odd ? "!" : "");
		tro_tree_leaf(leaf, text, strlen(text));
		ck_assert_int_eq(tro_tree_append(&nodes, i, leaf, NULL), TRO_OK);
	}
	return nodes;
}

static tro_ed25519 *key_of(uint8_t last)
{
	uint8_t seed[32] = {0};
	tro_ed25519 *key;

	seed[31] = last;
	ck_assert_int_eq(tro_ed25519_new(&key, seed, NULL), TRO_OK);
	return key;
}

static tro_vkey vkey_by(uint8_t seed_last, const char *name, uint8_t type)
{
	tro_ed25519 *key = key_of(seed_last);
	tro_vkey out;

	ck_assert_int_eq(tro_vkey_init(&out, name, type, tro_ed25519_public(key), NULL), TRO_OK);
	tro_ed25519_free(key);
	return out;
}

/* Appends the log's checkpoint of that size as a note signed with that seed. */
static void publish(tro_buf *out, const tro_tree_nodes *nodes, uint64_t size, uint8_t seed_last)
{
	tro_checkpoint checkpoint = {.origin = ORIGIN, .size = size};
	tro_vkey vkey = vkey_by(seed_last, ORIGIN, TRO_NOTE_ED25519);
	tro_ed25519 *key = key_of(seed_last);
	tro_buf text = TRO_BUF_INIT;
	uint8_t signature[64];

	ck_assert_int_eq(tro_tree_root(checkpoint.root, nodes, size, NULL), TRO_OK);
	ck_assert_int_eq(tro_checkpoint_format(&text, &checkpoint, NULL), TRO_OK);
	ck_assert_int_eq(tro_ed25519_sign(signature, key, text.ptr, text.len, NULL), TRO_OK);
	ck_assert_int_eq(
		tro_note_compose(out, text.ptr, text.len, &vkey, signature, 64, NULL), TRO_OK);
	tro_ed25519_free(key);
	tro_buf_done(&text);
}

/* The request that an honest log makes. */
static void ask(tro_buf *out, const tro_tree_nodes *nodes, uint64_t old, uint64_t size)
{
	tro_buf note = TRO_BUF_INIT;
	tro_witness_request request = {.old_size = old};

	publish(&note, nodes, size, SEED_LOG);
	if (old > 0) {
		ck_assert_int_eq(
			tro_tree_prove_consistency(&request.proof, nodes, old, size, NULL), TRO_OK);
	}
	request.untrusted_checkpoint = note.ptr;
	request.checkpoint_len = note.len;
	ck_assert_int_eq(tro_witness_request_format(out, &request, NULL), TRO_OK);
	tro_buf_done(&note);
}

static tro_witness_state new_witness(uint8_t seed_last, const char *name)
{
	return (tro_witness_state){.log = vkey_by(SEED_LOG, ORIGIN, TRO_NOTE_ED25519),
		.witness = vkey_by(seed_last, name, TRO_NOTE_COSIGNATURE),
		.note = TRO_BUF_INIT};
}

/* Judges the bytes and, when they are good, remembers and writes the cosignature to out. */
static tro_status cosign(tro_witness_state *state, uint8_t seed_last, const tro_buf *bytes,
	uint64_t time_s, tro_err *err)
{
	tro_witness_request request;
	tro_checkpoint checkpoint;
	tro_note note;
	uint8_t signature[64];
	tro_buf message = TRO_BUF_INIT;
	tro_status status = tro_witness_request_parse(&request, bytes->ptr, bytes->len, err);

	if (status == TRO_OK) {
		status = tro_witness_judge(&checkpoint, &note, state, &request, err);
	}
	if (status == TRO_OK) {
		tro_ed25519 *key = key_of(seed_last);

		ck_assert_int_eq(tro_cosignature_message(&message, time_s, note.untrusted_text,
					 note.text_len, NULL),
			TRO_OK);
		ck_assert_int_eq(
			tro_ed25519_sign(signature, key, message.ptr, message.len, NULL), TRO_OK);
		tro_ed25519_free(key);
		status = tro_witness_remember(state, &checkpoint, &note, time_s, signature, err);
	}
	tro_buf_done(&message);
	return status;
}

static tro_status send(
	tro_witness_state *state, const tro_tree_nodes *nodes, uint64_t old, uint64_t size)
{
	tro_buf bytes = TRO_BUF_INIT;

	ask(&bytes, nodes, old, size);
	tro_status status = cosign(state, SEED_COURT, &bytes, 1000 + size, NULL);

	tro_buf_done(&bytes);
	return status;
}

/* ---- what a witness does ---- */

START_TEST(a_witness_follows_a_log_that_grows)
{
	memory m;
	tro_tree_nodes nodes = grow(&m, LEAVES);
	tro_witness_state state = new_witness(SEED_COURT, "court.example/witness");

	for (uint64_t old = 0; old < 40; old = state.seen.size) {
		ck_assert_int_eq(send(&state, &nodes, old, old + 1 + old % 7), TRO_OK);
		ck_assert_int_eq(send(&state, &nodes, state.seen.size, state.seen.size), TRO_OK);
	}
	tro_witness_state_done(&state);
}
END_TEST

START_TEST(a_log_that_lost_its_newest_records_is_refused_though_its_own_key_signs)
{
	memory m;
	tro_tree_nodes nodes = grow(&m, LEAVES);
	tro_witness_state state = new_witness(SEED_COURT, "court.example/witness");

	ck_assert_int_eq(send(&state, &nodes, 0, 20), TRO_OK);
	ck_assert_int_eq(send(&state, &nodes, 0, 19), TRO_NO);
	ck_assert_int_eq(send(&state, &nodes, 12, 19), TRO_NO);
	ck_assert_uint_eq(state.seen.size, 20);
	/* Grown again with other records: no proof leads there from what was seen. */
	memory forged;
	tro_tree_nodes other = grow(&forged, 18);

	ck_assert_int_eq(send(&state, &other, 20, 20), TRO_NO);
	for (uint64_t size = 21; size < LEAVES; size++) {
		ck_assert_int_eq(send(&state, &other, 20, size), TRO_NO);
	}
	/* An old copy that went on: it starts from the size at which it was copied. */
	ck_assert_int_eq(send(&state, &other, 15, 30), TRO_CHANGED);
	ck_assert_uint_eq(state.seen.size, 20);
	tro_witness_state_done(&state);
}
END_TEST

START_TEST(a_request_from_elsewhere_is_told_where_to_go_on)
{
	memory m;
	tro_tree_nodes nodes = grow(&m, LEAVES);
	tro_witness_state state = new_witness(SEED_COURT, "court.example/witness");
	tro_buf bytes = TRO_BUF_INIT;
	tro_err err;

	ck_assert_int_eq(send(&state, &nodes, 0, 9), TRO_OK);
	ask(&bytes, &nodes, 4, 11);
	ck_assert_int_eq(cosign(&state, SEED_COURT, &bytes, 2000, &err), TRO_CHANGED);
	ck_assert_ptr_nonnull(strstr(err.message, "cosigned is 9"));
	tro_buf_done(&bytes);
	tro_witness_state_done(&state);
}
END_TEST

START_TEST(a_checkpoint_that_the_log_did_not_sign_is_refused)
{
	memory m;
	tro_tree_nodes nodes = grow(&m, LEAVES);
	tro_witness_state state = new_witness(SEED_COURT, "court.example/witness");
	tro_buf note = TRO_BUF_INIT;
	tro_buf bytes = TRO_BUF_INIT;

	publish(&note, &nodes, 5, SEED_OTHER);
	tro_witness_request request = {
		.untrusted_checkpoint = note.ptr, .checkpoint_len = note.len};

	ck_assert_int_eq(tro_witness_request_format(&bytes, &request, NULL), TRO_OK);
	ck_assert_int_eq(cosign(&state, SEED_COURT, &bytes, 2000, NULL), TRO_KEY);
	ck_assert_uint_eq(state.seen.size, 0);
	tro_buf_done(&note);
	tro_buf_done(&bytes);
	tro_witness_state_done(&state);
}
END_TEST

START_TEST(every_changed_byte_of_a_request_is_refused)
{
	memory m;
	tro_tree_nodes nodes = grow(&m, LEAVES);
	tro_witness_state state = new_witness(SEED_COURT, "court.example/witness");
	tro_buf bytes = TRO_BUF_INIT;

	ck_assert_int_eq(send(&state, &nodes, 0, 11), TRO_OK);
	ask(&bytes, &nodes, 11, 29);
	for (size_t i = 0; i < bytes.len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			bytes.ptr[i] = (char)(bytes.ptr[i] ^ 1 << bit);
			ck_assert_msg(cosign(&state, SEED_COURT, &bytes, 2000, NULL) != TRO_OK,
				"byte %zu, bit %u is accepted", i, bit);
			bytes.ptr[i] = (char)(bytes.ptr[i] ^ 1 << bit);
		}
	}
	ck_assert_int_eq(cosign(&state, SEED_COURT, &bytes, 2000, NULL), TRO_OK);
	tro_buf_done(&bytes);
	tro_witness_state_done(&state);
}
END_TEST

START_TEST(a_witness_does_not_cosign_before_the_time_of_its_last)
{
	memory m;
	tro_tree_nodes nodes = grow(&m, LEAVES);
	tro_witness_state state = new_witness(SEED_COURT, "court.example/witness");
	tro_buf bytes = TRO_BUF_INIT;
	tro_err err;

	ck_assert_int_eq(send(&state, &nodes, 0, 9), TRO_OK); /* at 1009 */
	ask(&bytes, &nodes, 9, 11);
	ck_assert_int_eq(cosign(&state, SEED_COURT, &bytes, 1008, &err), TRO_INVALID);
	ck_assert_ptr_nonnull(strstr(err.message, "clock is behind"));
	ck_assert_uint_eq(state.seen.size, 9);
	tro_buf_done(&bytes);
	tro_witness_state_done(&state);
}
END_TEST

/* Two forks, each shown to one witness: each cosigns, and neither ever cosigns the other's. */
START_TEST(two_forks_shown_to_two_witnesses_part_for_good)
{
	memory one;
	memory two;
	tro_tree_nodes left = grow(&one, LEAVES);
	tro_tree_nodes right = grow(&two, 8);
	tro_witness_state court = new_witness(SEED_COURT, "court.example/witness");
	tro_witness_state carrier = new_witness(SEED_COURT, "carrier.example/witness");

	ck_assert_int_eq(send(&court, &left, 0, 6), TRO_OK);
	ck_assert_int_eq(send(&carrier, &right, 0, 6), TRO_OK); /* still the same */
	ck_assert_int_eq(send(&court, &left, 6, 12), TRO_OK);
	ck_assert_int_eq(send(&carrier, &right, 6, 12), TRO_OK);
	for (uint64_t size = 12; size < 40; size++) {
		ck_assert_int_eq(send(&court, &right, 12, size), TRO_NO);
		ck_assert_int_eq(send(&carrier, &left, 12, size), TRO_NO);
	}
	ck_assert(memcmp(court.seen.root, carrier.seen.root, 32) != 0);
	tro_witness_state_done(&court);
	tro_witness_state_done(&carrier);
}
END_TEST

START_TEST(what_a_witness_keeps_is_read_again_and_no_altered_byte_is)
{
	memory m;
	tro_tree_nodes nodes = grow(&m, LEAVES);
	tro_witness_state state = new_witness(SEED_COURT, "court.example/witness");
	tro_witness_state again;
	tro_buf bytes = TRO_BUF_INIT;

	for (unsigned round = 0; round < 2; round++) {
		state.has_clock = round == 1;
		tro_buf_clear(&bytes);
		ck_assert_int_eq(tro_witness_state_format(&bytes, &state, NULL), TRO_OK);
		ck_assert_int_eq(
			tro_witness_state_parse(&again, bytes.ptr, bytes.len, NULL), TRO_OK);
		ck_assert_uint_eq(again.seen.size, state.seen.size);
		ck_assert_uint_eq(again.seen_at_s, state.seen_at_s);
		ck_assert(again.has_clock == state.has_clock && again.clock == state.clock);
		tro_witness_state_done(&again);
		ck_assert_int_eq(send(&state, &nodes, 13 * round, 13 + round), TRO_OK);
	}
	tro_buf_clear(&bytes);
	ck_assert_int_eq(tro_witness_state_format(&bytes, &state, NULL), TRO_OK);
	const char *clock = strstr(bytes.ptr, "clock ");
	size_t clock_end = (size_t)(strchr(clock, '\n') - bytes.ptr);
	size_t clock_at = (size_t)(clock - bytes.ptr);

	for (size_t i = 0; i < bytes.len; i++) {
		bool of_clock = i > clock_at + 5 && i < clock_end; /* nothing signs it */

		for (unsigned bit = 0; !of_clock && bit < 8; bit++) {
			bytes.ptr[i] = (char)(bytes.ptr[i] ^ 1 << bit);
			ck_assert_msg(tro_witness_state_parse(&again, bytes.ptr, bytes.len, NULL) !=
					      TRO_OK,
				"byte %zu, bit %u is accepted", i, bit);
			bytes.ptr[i] = (char)(bytes.ptr[i] ^ 1 << bit);
		}
	}
	tro_buf_done(&bytes);
	tro_witness_state_done(&state);
}
END_TEST

/* ---- heads ---- */

START_TEST(heads_are_the_root_over_the_sorted_lines)
{
	memory m;
	tro_tree_nodes nodes = {.get = get, .put = put, .user = &m};
	tro_heads heads = {0};
	uint8_t root[32];
	uint8_t expected[32];

	tro_heads_root(root, &heads);
	tro_sha256(expected, "", 0);
	ck_assert_mem_eq(root, expected, 32);
	for (uint64_t i = 0; i < LEAVES; i++) {
		uint8_t hash[32];
		uint8_t leaf[32];
		char hex[TRO_HEX_SIZE(32)];
		char id[32];
		char line[160];

		(void)snprintf(id, sizeof(id), "CASE-%02u", (unsigned)i);
		tro_sha256(hash, id, strlen(id));
		tro_hex_encode(hex, hash, 32);
		(void)snprintf(line, sizeof(line), "%s %u %s\n", id, (unsigned)(i * i), hex);
		tro_tree_leaf(leaf, line, strlen(line));
		ck_assert_int_eq(tro_tree_append(&nodes, i, leaf, NULL), TRO_OK);
		ck_assert_int_eq(tro_tree_root(expected, &nodes, i + 1, NULL), TRO_OK);
		ck_assert_int_eq(tro_heads_add(&heads, id, i * i, hash, NULL), TRO_OK);
		tro_heads_root(root, &heads);
		ck_assert_mem_eq(root, expected, 32);
	}
	ck_assert_int_eq(tro_heads_add(&heads, "CASE-63", 1, root, NULL), TRO_INVALID); /* twice */
	ck_assert_int_eq(tro_heads_add(&heads, "CASE-07", 1, root, NULL), TRO_INVALID);
	ck_assert_uint_eq(heads.count, LEAVES);
	tro_heads_done(&heads);
}
END_TEST

START_TEST(the_payload_of_heads_has_one_spelling)
{
	static const char good[] =
		"size 9\nheads 3\nroot f4gKKt2jl5opGNo7ZdJ/r7WrCepPlFPiWf8Tb5Ec57s=\n";
	char text[sizeof(good)];
	tro_heads_claim claim;
	tro_buf again = TRO_BUF_INIT;

	ck_assert_int_eq(tro_heads_parse(&claim, good, strlen(good), NULL), TRO_OK);
	ck_assert_uint_eq(claim.size, 9);
	ck_assert_uint_eq(claim.count, 3);
	ck_assert_int_eq(tro_heads_format(&again, &claim, NULL), TRO_OK);
	ck_assert_str_eq(again.ptr, good);
	for (size_t i = 0; i < strlen(good); i++) { /* whatever is read is written the same */
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(text, good, sizeof(good));
			text[i] = (char)(text[i] ^ 1 << bit);
			if (tro_heads_parse(&claim, text, strlen(good), NULL) == TRO_OK) {
				tro_buf_clear(&again);
				ck_assert_int_eq(tro_heads_format(&again, &claim, NULL), TRO_OK);
				ck_assert_mem_eq(again.ptr, text, strlen(good));
			}
		}
		ck_assert_int_eq(tro_heads_parse(&claim, good, i, NULL), TRO_INVALID);
	}
	tro_buf_done(&again);
}
END_TEST

/* ---- policies ---- */

#define LOG_LINE "log " LOG_KEY "\n"
#define COURT_LINE "witness court " COURT_KEY "\n"
#define CARRIER_LINE "witness carrier " CARRIER_KEY " https://carrier.example/\n"

static tro_status judge(uint64_t *out_time_s, const char *policy_text, const char *note_bytes)
{
	tro_policy *policy;
	tro_note note;
	tro_err err;
	tro_status status = tro_policy_parse(&policy, policy_text, strlen(policy_text), &err);

	ck_assert_msg(status == TRO_OK, "%s", err.message);
	ck_assert_int_eq(tro_note_parse(&note, note_bytes, strlen(note_bytes), NULL), TRO_OK);
	status = tro_policy_judge(out_time_s, policy, &note, NULL);
	tro_policy_free(policy);
	return status;
}

/* The golden checkpoint without its last signature, which is the carrier's. */
static void without_carrier(char *out)
{
	size_t len = strlen(CHECKPOINT);

	memcpy(out, CHECKPOINT, len + 1);
	*strstr(out, DASH "carrier") = '\0';
}

enum { AT_COURT = 1795435207, AT_CARRIER = 1795435267 };

static const struct {
	const char *rest; /* after log and both witnesses */
	tro_status with_both, with_court;
	uint64_t at_both, at_court;
} quorums[] = {
	{"quorum none\n", TRO_OK, TRO_OK, 0, 0},
	{"quorum court\n", TRO_OK, TRO_OK, AT_COURT, AT_COURT},
	{"quorum carrier\n", TRO_OK, TRO_NO, AT_CARRIER, 0},
	{"group g any court carrier\nquorum g\n", TRO_OK, TRO_OK, AT_COURT, AT_COURT},
	{"group g all court carrier\nquorum g\n", TRO_OK, TRO_NO, AT_CARRIER, 0},
	{"group g 1 court carrier\nquorum g\n", TRO_OK, TRO_OK, AT_COURT, AT_COURT},
	{"group g 2 court carrier\nquorum g\n", TRO_OK, TRO_NO, AT_CARRIER, 0},
	{"# nested\n\ngroup a any court\n  group\tb all carrier\ngroup g all a b\nquorum g\n",
		TRO_OK, TRO_NO, AT_CARRIER, 0},
	{"group a any court\ngroup b any carrier\ngroup g any a b\nquorum g\n", TRO_OK, TRO_OK,
		AT_COURT, AT_COURT},
	{"group g all court carrier\nquorum court\n", TRO_OK, TRO_OK, AT_COURT, AT_COURT},
};

START_TEST(a_quorum_is_what_the_policy_says)
{
	char text[2048];
	char court[sizeof(CHECKPOINT)];
	uint64_t time_s;

	without_carrier(court);
	(void)snprintf(text, sizeof(text), "%s%s%s%s", LOG_LINE, COURT_LINE, CARRIER_LINE,
		quorums[_i].rest);
	ck_assert_int_eq(judge(&time_s, text, CHECKPOINT), quorums[_i].with_both);
	ck_assert_uint_eq(time_s, quorums[_i].at_both);
	ck_assert_int_eq(judge(&time_s, text, court), quorums[_i].with_court);
	ck_assert_uint_eq(time_s, quorums[_i].at_court);
}
END_TEST

START_TEST(a_bad_cosignature_of_a_known_witness_rejects_the_note)
{
	char note[] = CHECKPOINT;
	uint64_t time_s;

	strstr(note, "LlcIBgAAAABrBCsDa8P8")[12] ^= 1; /* in its time */
	ck_assert_int_eq(
		judge(&time_s, LOG_LINE COURT_LINE CARRIER_LINE "quorum court\n", note), TRO_KEY);
	ck_assert_int_eq(judge(&time_s, LOG_LINE COURT_LINE "quorum court\n", note), TRO_OK);
}
END_TEST

static const struct {
	const char *text;
	const char *message; /* part of it */
} bad_policies[] = {
	{"", "no log"},
	{LOG_LINE COURT_LINE, "no quorum"},
	{COURT_LINE "quorum court\n", "no log"},
	{LOG_LINE "quorum none", "end in LF"},
	{LOG_LINE LOG_LINE "quorum none\n", "one log"},
	{LOG_LINE "quorum none\nquorum none\n", "one quorum"},
	{LOG_LINE "quorum court\n" COURT_LINE, "named above"},
	{LOG_LINE "quorum\n", "quorum NAME"},
	{LOG_LINE "sigsum x\nquorum none\n", "neither log"},
	{LOG_LINE "witness court\nquorum none\n", "witness NAME"},
	{LOG_LINE "witness none " COURT_KEY "\nquorum none\n", "reserved"},
	{LOG_LINE COURT_LINE "witness court " CARRIER_KEY "\nquorum none\n", "taken"},
	{LOG_LINE COURT_LINE "witness twin " COURT_KEY "\nquorum none\n", "another witness"},
	{LOG_LINE "witness court " LOG_KEY "\nquorum none\n", "no verifier key of a witness"},
	{"log " COURT_KEY "\nquorum none\n", "no verifier key of a log"},
	{LOG_LINE COURT_LINE "group g any\nquorum g\n", "group NAME"},
	{LOG_LINE COURT_LINE "group g 0 court\nquorum g\n", "from 1"},
	{LOG_LINE COURT_LINE "group g 2 court\nquorum g\n", "from 1"},
	{LOG_LINE COURT_LINE "group g any carrier\nquorum g\n", "not named above"},
	{LOG_LINE COURT_LINE "group g any g\nquorum g\n", "not named above"},
	{LOG_LINE COURT_LINE "group g any court court\nquorum g\n", "in a group already"},
	{LOG_LINE COURT_LINE "group g any court\ngroup h any court\nquorum g\n",
		"in a group already"},
	{LOG_LINE COURT_LINE "group court any court\nquorum court\n", "taken"},
	{LOG_LINE "quorum none\r\n", "visible ASCII"},
	{LOG_LINE "quorum n\xc3\xb6ne\n", "visible ASCII"},
	{LOG_LINE "# \x01\nquorum none\n", "comment"},
};

START_TEST(what_is_no_policy_is_refused_with_its_line)
{
	tro_policy *policy;
	tro_err err;
	const char *text = bad_policies[_i].text;

	ck_assert_int_eq(tro_policy_parse(&policy, text, strlen(text), &err), TRO_INVALID);
	ck_assert_ptr_null(policy);
	ck_assert_msg(strstr(err.message, bad_policies[_i].message) != NULL, "%s", err.message);
}
END_TEST

START_TEST(more_witnesses_or_words_than_there_is_room_for_are_refused)
{
	tro_buf text = TRO_BUF_INIT;
	tro_policy *policy;
	tro_err err;

	tro_buf_puts(&text, LOG_LINE);
	for (unsigned i = 0; i <= TRO_POLICY_WITNESSES_MAX; i++) {
		tro_vkey key = vkey_by((uint8_t)(20 + i), "many.example", TRO_NOTE_COSIGNATURE);

		tro_buf_printf(&text, "witness w%u ", i);
		tro_vkey_format(&text, &key);
		tro_buf_putc(&text, '\n');
	}
	tro_buf_puts(&text, "quorum w0\n");
	ck_assert_int_eq(tro_policy_parse(&policy, text.ptr, text.len, &err), TRO_INVALID);
	ck_assert_ptr_nonnull(strstr(err.message, "too many witnesses"));
	tro_buf_clear(&text);
	tro_buf_puts(&text, LOG_LINE COURT_LINE "group g any");
	for (unsigned i = 0; i < 100; i++) {
		tro_buf_puts(&text, " court");
	}
	tro_buf_puts(&text, "\nquorum g\n");
	ck_assert_int_eq(tro_policy_parse(&policy, text.ptr, text.len, &err), TRO_INVALID);
	ck_assert_ptr_nonnull(strstr(err.message, "too many words"));
	tro_buf_clear(&text);
	for (unsigned i = 0; i < TRO_POLICY_MAX; i++) {
		tro_buf_putc(&text, '\n');
	}
	tro_buf_puts(&text, LOG_LINE "quorum none\n");
	ck_assert_int_eq(tro_policy_parse(&policy, text.ptr, text.len, &err), TRO_INVALID);
	ck_assert_ptr_nonnull(strstr(err.message, "longer than"));
	tro_buf_done(&text);
}
END_TEST

int main(void)
{
	tro_err err;
	Suite *suite = suite_create("witness_rules");
	TCase *tcase = tcase_create("witness_rules");

	if (tro_crypto_init(&err) != TRO_OK) {
		(void)fprintf(stderr, "%s\n", err.message);
		return EXIT_FAILURE;
	}
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, a_witness_follows_a_log_that_grows);
	tcase_add_test(
		tcase, a_log_that_lost_its_newest_records_is_refused_though_its_own_key_signs);
	tcase_add_test(tcase, a_request_from_elsewhere_is_told_where_to_go_on);
	tcase_add_test(tcase, a_checkpoint_that_the_log_did_not_sign_is_refused);
	tcase_add_test(tcase, every_changed_byte_of_a_request_is_refused);
	tcase_add_test(tcase, a_witness_does_not_cosign_before_the_time_of_its_last);
	tcase_add_test(tcase, two_forks_shown_to_two_witnesses_part_for_good);
	tcase_add_test(tcase, what_a_witness_keeps_is_read_again_and_no_altered_byte_is);
	tcase_add_test(tcase, heads_are_the_root_over_the_sorted_lines);
	tcase_add_test(tcase, the_payload_of_heads_has_one_spelling);
	tcase_add_loop_test(tcase, a_quorum_is_what_the_policy_says, 0,
		(int)(sizeof(quorums) / sizeof(*quorums)));
	tcase_add_test(tcase, a_bad_cosignature_of_a_known_witness_rejects_the_note);
	tcase_add_loop_test(tcase, what_is_no_policy_is_refused_with_its_line, 0,
		(int)(sizeof(bad_policies) / sizeof(*bad_policies)));
	tcase_add_test(tcase, more_witnesses_or_words_than_there_is_room_for_are_refused);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
