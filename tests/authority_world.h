/*
 * A registry in memory for the tests of ledger/authority.h: people with keys from small seeds,
 * payloads from templates, and a comparison of all that can be read of a state.
 */
#ifndef TRO_TESTS_AUTHORITY_WORLD_H
#define TRO_TESTS_AUTHORITY_WORLD_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "ledger/authority.h"
#include "suite.h"

#define LOG "tro.example/north/training"
#define LIVE_LOG "tro.example/north"
#define START "2026-11-23T09:00:00.000000Z"
#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* Payloads are written with "{vN}" for the verifier key number N and "{eN NAME}" for an enrolment
 * of that key by that name; "{fN NAME}" is one for another log. Key 1 is the log's. */
#define GENESIS_HEAD                                                                               \
	"log " LOG "\nmode training\nlog-key {v1}\nregistrars-required 1\nrole registrar\n"        \
	"role officer\nrole superintendent\n"
#define GENESIS_TAIL "registrar P-REG {v2} Rhona Keys\nservice P-SVC {v3}\nwitness-policy none\n"
#define GENESIS GENESIS_HEAD GENESIS_TAIL

/* ---- keys ---- */

static inline tro_ed25519 *key_of(unsigned number)
{
	uint8_t seed[32] = {0};
	tro_ed25519 *key;

	seed[31] = (uint8_t)number;
	ck_assert_int_eq(tro_ed25519_new(&key, seed, NULL), TRO_OK);
	return key;
}

enum { KEYS = 12 };

static inline tro_vkey vkey_of(unsigned number)
{
	static tro_vkey made[KEYS]; /* deriving a key takes longer than the test it is for */
	char name[64];

	ck_assert_uint_lt(number, KEYS);
	if (made[number].type == 0) {
		tro_ed25519 *key = key_of(number);

		(void)snprintf(name, sizeof(name), "force.example/person/%u", number);
		ck_assert_int_eq(tro_vkey_init(&made[number], number == 1 ? LOG : name,
					 TRO_NOTE_ED25519, tro_ed25519_public(key), NULL),
			TRO_OK);
		tro_ed25519_free(key);
	}
	return made[number];
}

static inline void put_enrolment(tro_buf *out, unsigned number, const char *name, const char *log)
{
	tro_ed25519 *key = key_of(number);
	tro_enrolment e = {.vkey = vkey_of(number), .nonce = "n1"};
	tro_buf text = TRO_BUF_INIT;
	tro_buf note = TRO_BUF_INIT;
	uint8_t signature[64];

	memcpy(e.log, log, strlen(log) + 1);
	memcpy(e.person_name, name, strlen(name) + 1);
	ck_assert_int_eq(tro_enrolment_format(&text, &e, NULL), TRO_OK);
	ck_assert_int_eq(tro_ed25519_sign(signature, key, text.ptr, text.len, NULL), TRO_OK);
	ck_assert_int_eq(
		tro_note_compose(&note, text.ptr, text.len, &e.vkey, signature, 64, NULL), TRO_OK);
	tro_base64_encode(out, (const uint8_t *)note.ptr, note.len);
	tro_buf_done(&text);
	tro_buf_done(&note);
	tro_ed25519_free(key);
}

/* Writes the template with its braces filled in. */
static inline void expand(tro_buf *out, const char *template)
{
	for (const char *at = template; *at != '\0';) {
		if (*at != '{') {
			tro_buf_putc(out, *at++);
			continue;
		}
		char *end;
		unsigned number = (unsigned)strtoul(at + 2, &end, 10);
		size_t len = strcspn(end, "}");
		char name[64] = "";

		if (at[1] == 'v') {
			tro_vkey vkey = vkey_of(number);

			tro_vkey_format(out, &vkey);
		} else {
			ck_assert(len > 1 && len < sizeof(name));
			memcpy(name, end + 1, len - 1);
			put_enrolment(out, number, name, at[1] == 'e' ? LOG : LIVE_LOG);
		}
		at = end + len + 1;
	}
}

/* ---- a registry in memory ---- */

static inline void set_text(char *out, size_t size, const char *text)
{
	ck_assert_uint_lt(strlen(text), size);
	memcpy(out, text, strlen(text) + 1);
}

static inline tro_time_us time_of(const char *text)
{
	tro_time_us time;

	ck_assert_int_eq(tro_time_parse(&time, text, NULL), TRO_OK);
	return time;
}

/* The record that may follow next, if its author may write it. */
static inline tro_record next_record(
	const tro_authority *a, const char *event, const char *actor, const char *time)
{
	tro_record r = {.seq = tro_authority_count(a), .has_payload = true, .time = time_of(time)};

	set_text(r.log, sizeof(r.log), a == NULL || r.seq == 0 ? LOG : tro_authority_origin(a));
	set_text(r.case_id, sizeof(r.case_id), TRO_REGISTRY_CASE);
	set_text(r.request, sizeof(r.request), "-");
	set_text(r.matter, sizeof(r.matter), "-");
	set_text(r.event, sizeof(r.event), event);
	set_text(r.actor, sizeof(r.actor), actor);
	set_text(r.role, sizeof(r.role), "registrar");
	r.has_registry = r.has_prev = tro_authority_head(a, r.registry);
	memcpy(r.prev, r.registry, sizeof(r.prev));
	return r;
}

/* Any hash will do for a record's note here, if it differs from the others. */
static inline void note_hash(uint8_t out[32], const tro_record *record)
{
	tro_sha256(out, record, sizeof(*record));
}

static inline tro_status apply_record(
	tro_authority *a, const tro_record *record, const char *template, tro_err *err)
{
	uint8_t hash[32];
	tro_buf payload = TRO_BUF_INIT;

	expand(&payload, template);
	note_hash(hash, record);
	tro_status status = tro_authority_apply(a, record, payload.ptr, payload.len, hash, err);

	tro_buf_done(&payload);
	return status;
}

static inline void dump_person(tro_buf *out, const tro_person *p)
{
	tro_buf_printf(out, "person %s %s %d ", p->id, p->name, p->has_key);
	tro_vkey_format(out, &p->key);
	if (p->has_spare) {
		tro_buf_puts(out, " spare ");
		tro_vkey_format(out, &p->spare);
	}
	for (size_t i = 0; i < p->grant_count; i++) {
		const tro_grant *g = &p->grants[i];

		tro_buf_printf(out, "\n grant %s|%s|%s|%s|%s|%s|%d|%d|%d", g->role, g->rank,
			g->office, g->force, g->from, g->until, g->acting, g->ended,
			(int)g->granted_at);
	}
	tro_buf_putc(out, '\n');
}

static inline void dump_key(tro_buf *out, const tro_authority *a, unsigned number)
{
	tro_vkey vkey = vkey_of(number);
	const tro_key_life *k = tro_authority_key_life(a, vkey.public_key);

	if (k != NULL) {
		tro_buf_printf(out, "key %u %s %d %d %d %d %d\n", number, k->person_id,
			(int)k->begun_at, k->ended, (int)k->ended_at, k->revoked,
			k->has_suspect_from);
	}
}

/* All that can be read of the state. */
static inline void dump(tro_buf *out, const tro_authority *a)
{
	uint8_t head[32] = {0};
	uint8_t pending[32] = {0};
	char hex[TRO_HEX_SIZE(32)];
	tro_time_us clock = 0;
	bool has_clock = tro_authority_clock(a, &clock);

	(void)tro_authority_head(a, head);
	tro_hex_encode(hex, head, 32);
	tro_buf_printf(out, "%d %s %s %d %s %d %lld\n", (int)tro_authority_count(a), hex,
		tro_authority_origin(a), tro_authority_training(a), tro_authority_service(a),
		has_clock, (long long)clock);
	(void)tro_authority_pending(a, pending);
	tro_hex_encode(hex, pending, 32);
	tro_buf_printf(out, "pending %s acting %d\n", hex, tro_authority_acting_rank(a));
	for (size_t i = 0; i < tro_authority_person_count(a); i++) {
		dump_person(out, tro_authority_person_at(a, i));
	}
	for (unsigned i = 1; i < KEYS; i++) {
		dump_key(out, a, i);
	}
	for (size_t i = 0; i < tro_authority_adopted_count(a); i++) {
		const tro_adopted *f = tro_authority_adopted_at(a, i);

		tro_buf_printf(out, "file %s %s %02x %d\n", f->kind, f->name, f->sha256[0],
			(int)f->adopted_at);
	}
}

/* Applies; what is refused must leave the state as it was. */
static inline tro_status try_record(
	tro_authority *a, const tro_record *record, const char *template, tro_err *err)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;

	dump(&before, a);
	tro_status status = apply_record(a, record, template, err);

	dump(&after, a);
	if (status != TRO_OK) {
		ck_assert_str_eq(after.ptr, before.ptr);
	} else {
		ck_assert_str_ne(after.ptr, before.ptr);
	}
	tro_buf_done(&before);
	tro_buf_done(&after);
	return status;
}

static inline tro_status try_at(tro_authority *a, const char *time, const char *actor,
	const char *event, const char *template, tro_err *err)
{
	tro_record record = next_record(a, event, actor, time);

	return try_record(a, &record, template, err);
}

static inline void accept_by(
	tro_authority *a, const char *actor, const char *event, const char *template)
{
	tro_err err;

	ck_assert_msg(try_at(a, START, actor, event, template, &err) == TRO_OK, "%s", err.message);
}

static inline void accept(tro_authority *a, const char *event, const char *template)
{
	accept_by(a, "P-REG", event, template);
}

static inline void refuse_by(tro_authority *a, const char *actor, const char *event,
	const char *template, tro_status expected, const char *message)
{
	tro_err err = {TRO_OK, ""};
	tro_status status = try_at(a, START, actor, event, template, &err);

	ck_assert_msg(status == expected, "%s\n%s: status %d: %s", event, template, (int)status,
		err.message);
	ck_assert_msg(
		strstr(err.message, message) != NULL, "%s\n%s: %s", event, template, err.message);
}

static inline void refuse(
	tro_authority *a, const char *event, const char *template, const char *message)
{
	refuse_by(a, "P-REG", event, template, TRO_INVALID, message);
}

/* After genesis and with two people: P-ADA, officer, and P-BEN, who has no role. */
static inline tro_authority *world(void)
{
	tro_authority *a = tro_authority_new();

	ck_assert_ptr_nonnull(a);
	accept(a, "genesis", GENESIS);
	accept(a, "enrol", "person P-ADA\nenrolment {e4 Ada Hope}\n");
	accept(a, "enrol", "person P-BEN\nenrolment {e5 Ben Yeo}\n");
	accept(a, "grant", "person P-ADA\nrole officer\nrank constable\n");
	return a;
}

static inline tro_status may(
	const tro_authority *a, const char *person, const char *role, const char *day)
{
	const tro_grant *grant;
	tro_date date;

	ck_assert_int_eq(tro_date_parse(&date, day, NULL), TRO_OK);
	tro_status status = tro_authority_may_act(&grant, a, person, role, date, NULL);

	ck_assert((grant != NULL) == (status == TRO_OK));
	return status;
}

#define TODAY "2026-11-23"

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

static inline int run(const char *name, void (*add_tests)(TCase *tcase))
{
	tro_err err;
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);

	if (tro_crypto_init(&err) != TRO_OK) {
		(void)fprintf(stderr, "%s\n", err.message);
		return EXIT_FAILURE;
	}
	tcase_set_timeout(tcase, 120);
	add_tests(tcase);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

#endif
