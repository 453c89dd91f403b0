/*
 * Signatures checked on two threads: whatever thread did what, the same faults in the same order.
 */
#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/signatures.h"
#include "crypto/crypto.h"
#include "scarce_memory.h"
#include "suite.h"

enum { ASKED = 400, EVERY = 3 };

static tro_err err;
static tro_vkey key, other;
static tro_buf note, forged;

/* ---- what may fail ---- */

static bool no_threads;

int __real_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *arg);
int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *arg);

int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *arg)
{
	return no_threads ? 1 : __real_pthread_create(thread, attr, start, arg);
}

/* ---- notes ---- */

static void compose(tro_buf *out, const tro_ed25519 *by, const tro_vkey *vkey, size_t text_len)
{
	tro_buf text = TRO_BUF_INIT;
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN];

	while (text.len < text_len - 1) {
		tro_buf_putc(&text, 'x');
	}
	tro_buf_putc(&text, '\n');
	if (text.len > TRO_ED25519_MESSAGE_MAX) {
		memset(signature, 1, sizeof(signature)); /* nobody signs so much */
	} else {
		ck_assert_int_eq(tro_ed25519_sign(signature, by, text.ptr, text.len, &err), TRO_OK);
	}
	ck_assert_int_eq(
		tro_note_compose(out, text.ptr, text.len, vkey, signature, sizeof(signature), &err),
		TRO_OK);
	tro_buf_done(&text);
}

static void setup(void)
{
	tro_ed25519 *made = NULL;
	uint8_t public_key[32] = {0};

	ck_assert_int_eq(tro_crypto_init(&err), TRO_OK);
	ck_assert_int_eq(tro_ed25519_generate(&made, &err), TRO_OK);
	ck_assert_int_eq(tro_vkey_init(&key, "a.example/ada", TRO_NOTE_ED25519,
				 tro_ed25519_public(made), &err),
		TRO_OK);
	memcpy(public_key, tro_ed25519_public(made), 32);
	ck_assert_int_eq(
		tro_vkey_init(&other, "a.example/ben", TRO_NOTE_ED25519, public_key, &err), TRO_OK);
	note = (tro_buf)TRO_BUF_INIT;
	compose(&note, made, &key, 600);
	forged = (tro_buf)TRO_BUF_INIT;
	tro_buf_put(&forged, note.ptr, note.len);
	forged.ptr[0] = 'y';
	tro_ed25519_free(made);
}

static void teardown(void)
{
	tro_buf_done(&note);
	tro_buf_done(&forged);
}

/* Every third is not good: in turns one that takes long to find out, and one of a key that did not
 * sign at all, which the other thread is done with before. */
static tro_status ask_all(tro_signatures *s)
{
	tro_status status = TRO_OK;

	for (size_t i = 0; i < ASKED && status == TRO_OK; i++) {
		bool slow = i % (2 * EVERY) == 0;
		tro_stored_record stored = {
			.note = slow ? forged.ptr : note.ptr, .note_len = note.len};
		char place[32];

		(void)snprintf(place, sizeof(place), "record %zu", i);
		status = tro_signatures_ask(
			s, &stored, i % EVERY == 0 && !slow ? &other : &key, place, i / 2, &err);
	}
	return status;
}

static void assert_every_third(const tro_signatures *s)
{
	ck_assert_uint_eq(tro_signatures_fault_count(s), (ASKED + EVERY - 1) / EVERY);
	for (size_t i = 0; i < tro_signatures_fault_count(s); i++) {
		tro_signature_fault fault = tro_signatures_fault_at(s, i);
		char place[32];

		(void)snprintf(place, sizeof(place), "record %zu", EVERY * i);
		ck_assert_str_eq(fault.place, place);
		ck_assert_uint_eq(fault.mark, EVERY * i / 2);
		ck_assert_int_eq(fault.status, TRO_KEY);
		ck_assert_ptr_nonnull(strstr(
			fault.message, i % 2 == 0 ? "is not good" : "not signed by the key"));
	}
}

/* Once with a second thread and once without. */
START_TEST(bad_signatures_are_told_in_the_order_in_which_they_were_asked_about)
{
	tro_signatures *s = NULL;

	no_threads = _i == 1;
	ck_assert_int_eq(tro_signatures_new(&s, &err), TRO_OK);
	ck_assert_int_eq(ask_all(s), TRO_OK);
	ck_assert_int_eq(tro_signatures_finish(s, &err), TRO_OK);
	ck_assert_uint_eq(tro_signatures_done(s), ASKED);
	assert_every_third(s);
	tro_signatures_free(s);
}
END_TEST

/* Without a second thread nobody else would, and the queue would grow without bound. */
START_TEST(who_asks_lends_a_hand_when_too_much_waits)
{
	enum { LONG = 900000, MANY = 40 };
	tro_signatures *s = NULL;
	tro_buf large = TRO_BUF_INIT;

	no_threads = true;
	compose(&large, NULL, &key, LONG);
	tro_stored_record stored = {.note = large.ptr, .note_len = large.len};

	ck_assert_int_eq(tro_signatures_new(&s, &err), TRO_OK);
	for (size_t i = 0; i < MANY; i++) {
		ck_assert_int_eq(tro_signatures_ask(s, &stored, &other, "", 0, &err), TRO_OK);
	}
	ck_assert_uint_gt(tro_signatures_done(s), 0);
	ck_assert_uint_lt(tro_signatures_done(s), MANY);
	tro_signatures_free(s); /* with what waits */
	tro_buf_done(&large);
}
END_TEST

START_TEST(a_note_that_cannot_be_read_is_no_good_signature)
{
	tro_signatures *s = NULL;
	tro_stored_record stored = {.note = note.ptr, .note_len = note.len - 1};

	ck_assert_int_eq(tro_signatures_new(&s, &err), TRO_OK);
	ck_assert_int_eq(tro_signatures_ask(s, &stored, &key, "there", 7, &err), TRO_OK);
	ck_assert_int_eq(tro_signatures_finish(s, &err), TRO_OK);
	ck_assert_uint_eq(tro_signatures_fault_count(s), 1);
	ck_assert_int_eq(tro_signatures_fault_at(s, 0).status, TRO_INVALID);
	tro_signatures_free(s);
}
END_TEST

START_TEST(when_memory_runs_out_in_either_thread_no_signature_passes_unchecked)
{
	bool done = false;

	for (int n = 0; !done; n++) {
		tro_signatures *s = NULL;
		tro_stored_record stored = {.note = note.ptr, .note_len = note.len};

		atomic_store(&until_failure, n + 1);
		tro_status status = tro_signatures_new(&s, &err);

		for (size_t i = 0; i < 6 && status == TRO_OK; i++) {
			status = tro_signatures_ask(s, &stored, &other, "x", 0, &err);
		}
		if (status == TRO_OK) {
			status = tro_signatures_finish(s, &err);
		}
		done = atomic_exchange(&until_failure, 0) > 0;
		ck_assert_int_eq(status, done ? TRO_OK : TRO_NOMEM);
		if (done) {
			ck_assert_uint_eq(tro_signatures_fault_count(s), 6);
		}
		tro_signatures_free(s);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("signatures");
	TCase *tests = tcase_create("signatures");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(
		tests, bad_signatures_are_told_in_the_order_in_which_they_were_asked_about, 0, 2);
	tcase_add_test(tests, who_asks_lends_a_hand_when_too_much_waits);
	tcase_add_test(tests, a_note_that_cannot_be_read_is_no_good_signature);
	tcase_add_test(tests, when_memory_runs_out_in_either_thread_no_signature_passes_unchecked);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
