/*
 * A store and its witnesses: what is published, cosigned, named in records and found by
 * verification, and what somebody with every key of the store cannot get past them.
 *
 * A forger's program is this one with two functions replaced: what it signs may claim any time and
 * name any checkpoint. A third is the clock of the host, which a store reads whose own is not set;
 * where it is set, no record may bear another time, and a forger cannot choose one.
 */
#include "case_world.h"

#include <tro/access.h>
#include <tro/checkpoint.h>
#include <tro/verify.h>
#include <tro/witness.h>

#include "case/anchor.h"
#include "crypto/keyfile.h"
#include "ledger/heads.h"
#include "ledger/witness.h"
#include "suite.h"

static world w;
static tro_verdict verdict;
static tro_verify_summary summary;

/* ---- the forger's program ---- */

static bool forging;   /* anchors are what it says, and so is the time */
static bool fake_time; /* the time alone */
static tro_time_us forged_now;
static tro_record forged_anchor;
static bool unset;	      /* the store's clock is not set; then */
static tro_time_us host_time; /* the host's */

tro_status __real_tro_anchor_put(tro_record *record, tro_registry *registry, tro_err *e);
tro_status __wrap_tro_anchor_put(tro_record *record, tro_registry *registry, tro_err *e);
tro_time_us __real_tro_registry_now(const tro_registry *registry);
tro_time_us __wrap_tro_registry_now(const tro_registry *registry);
tro_time_us __wrap_tro_clock_now(void);

tro_status __wrap_tro_anchor_put(tro_record *record, tro_registry *registry, tro_err *e)
{
	if (!forging) {
		return __real_tro_anchor_put(record, registry, e);
	}
	record->has_anchor = forged_anchor.has_anchor;
	record->anchor_size = forged_anchor.anchor_size;
	memcpy(record->anchor_root, forged_anchor.anchor_root, 32);
	return TRO_OK;
}

tro_time_us __wrap_tro_registry_now(const tro_registry *registry)
{
	return forging || fake_time ? forged_now : __real_tro_registry_now(registry);
}

tro_time_us __wrap_tro_clock_now(void)
{
	return host_time;
}

/* ---- witnesses and rounds ---- */

static const char *path_of(const char *name)
{
	static char path[2][256];
	static unsigned turn;

	turn ^= 1;
	(void)snprintf(path[turn], sizeof(path[turn]), "%s/%s", test_dir, name);
	return path[turn];
}

static void log_vkey(tro_buf *out)
{
	tro_vkey_format(out, tro_authority_log_key(w.registry->authority));
}

/* Appends the policy's line for a new witness. */
static void make_witness(tro_buf *policy, const char *name)
{
	tro_buf log = TRO_BUF_INIT;
	tro_buf vkey = TRO_BUF_INIT;
	char key_name[64];

	(void)snprintf(key_name, sizeof(key_name), "%s.example/witness", name);
	log_vkey(&log);
	CHECK_OK(tro_witness_init(
		&vkey, path_of(name), key_name, log.ptr, START, NULL, false, &err));
	tro_buf_printf(policy, "witness %s %s\n", name, vkey.ptr);
	tro_buf_done(&log);
	tro_buf_done(&vkey);
}

static void adopt(tro_buf *policy)
{
	CHECK_OK(tro_checkpoint_adopt_policy(
		w.registry, policy->ptr, policy->len, w.signer[CLERK], &already, &err));
	tro_buf_done(policy);
}

/* Witnesses court and carrier, and the policy's last lines. */
static void setup_with(const char *quorum)
{
	tro_buf policy = TRO_BUF_INIT;

	if (unset) {
		CHECK_OK(tro_time_parse(&host_time, START, &err));
		open_world_unset(&w);
	} else {
		open_world(&w);
	}
	forging = false;
	tro_buf_puts(&policy, "log ");
	log_vkey(&policy);
	tro_buf_putc(&policy, '\n');
	make_witness(&policy, "court");
	make_witness(&policy, "carrier");
	tro_buf_puts(&policy, quorum);
	adopt(&policy);
	new_case(&w);
}

static void setup(void)
{
	setup_with("quorum court\n");
}

static void teardown(void)
{
	forging = fake_time = unset = false;
	close_world(&w);
}

static void setup_unset(void)
{
	teardown();
	unset = true;
	setup();
}

static void text_of(char out[40], const char *hh_mm)
{
	(void)snprintf(out, 40, "2026-11-02T%s:00.000000Z", hh_mm);
}

static tro_time_us time_of(const char *hh_mm)
{
	char text[40];
	tro_time_us time;

	text_of(text, hh_mm);
	CHECK_OK(tro_time_parse(&time, text, &err));
	return time;
}

static void witness_clock(const char *name, const char *hh_mm)
{
	char text[40];

	text_of(text, hh_mm);
	CHECK_OK(tro_witness_set_clock(path_of(name), text, false, &err));
}

static void store_clock(const char *hh_mm)
{
	char text[40];

	if (unset) {
		host_time = time_of(hh_mm);
		return;
	}
	text_of(text, hh_mm);
	set_clock(&w, text);
}

/* Everybody's clock. */
static void at(const char *hh_mm)
{
	store_clock(hh_mm);
	witness_clock("court", hh_mm);
	witness_clock("carrier", hh_mm);
}

static uint64_t publish(void)
{
	uint64_t size = 0;

	CHECK_OK(tro_checkpoint_publish(&size, w.registry, &err));
	return size;
}

/* What the store asks of a witness, and what that one answers. */
static tro_status ask(tro_buf *answer, const char *name, const uint64_t *old)
{
	char key_name[64];
	tro_buf request = TRO_BUF_INIT;

	(void)snprintf(key_name, sizeof(key_name), "%s.example/witness", name);
	CHECK_OK(tro_checkpoint_request(&request, w.registry, key_name, old, &err));
	tro_status status = tro_witness_sign(
		answer, path_of(name), request.ptr, request.len, NULL, false, &err);

	tro_buf_done(&request);
	return status;
}

static tro_checkpoint_import_result take(const tro_buf *answer)
{
	tro_checkpoint_import_result result;

	CHECK_OK(tro_checkpoint_import(&result, w.registry, answer->ptr, answer->len, &err));
	return result;
}

/* Publishes and has it cosigned by one; the size. */
static uint64_t round_with(const char *name)
{
	tro_buf answer = TRO_BUF_INIT;
	uint64_t size = publish();

	ck_assert_uint_gt(size, 0);
	CHECK_OK(ask(&answer, name, NULL));
	ck_assert_uint_eq(take(&answer).added, 1);
	tro_buf_done(&answer);
	return size;
}

static tro_verdict verify(void)
{
	tro_findings_free(w.findings);
	w.findings = tro_findings_new();
	CHECK_OK(tro_verify(&verdict, &summary, store_dir, NULL, w.findings, NULL, NULL, &err));
	return verdict;
}

#define CHECK_VERDICT(expected)                                                                    \
	do {                                                                                       \
		if (verify() != (expected)) {                                                      \
			show_findings(&w);                                                         \
			ck_abort_msg("the verdict is %s", tro_verdict_name(verdict));              \
		}                                                                                  \
	} while (0)

static tro_record last_record(void)
{
	tro_stored_record stored;
	tro_record record;
	char case_id[65];
	uint64_t size = log_size(w.registry->store);

	CHECK_OK(tro_store_record_at(&stored, w.registry->store, size - 1, case_id, &err));
	CHECK_OK(tro_record_read(&record, &stored, &err));
	tro_stored_record_done(&stored);
	return record;
}

static void note(const char *text)
{
	CHECK_OK(ACT(&w, ADA, "note", "text", text));
}

/* ---- folders ---- */

static void copy_folder(const char *from, const char *to)
{
	extern char **environ;
	static char cp[] = "cp", recursive[] = "-a";
	char source[256];
	char target[256];
	char *const words[] = {cp, recursive, source, target, NULL};
	pid_t child = 0;
	int code = 1;

	(void)snprintf(source, sizeof(source), "%s", from);
	(void)snprintf(target, sizeof(target), "%s", to);
	ck_assert_int_eq(posix_spawnp(&child, cp, NULL, NULL, words, environ), 0);
	ck_assert_int_eq(waitpid(child, &code, 0), child);
	ck_assert_int_eq(code, 0);
}

static void close_store(void)
{
	tro_case_close(w.c);
	w.c = NULL;
	tro_registry_close(w.registry);
	w.registry = NULL;
}

static void reopen_store(void)
{
	w.registry = open_registry();
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
}

static void set_aside(const char *name)
{
	close_store();
	copy_folder(store_dir, path_of(name));
	reopen_store();
}

/* The store becomes the copy that was set aside. */
static void bring_back(const char *name)
{
	char path[256];

	close_store();
	(void)snprintf(path, sizeof(path), "%s", store_dir);
	remove_tree(path);
	copy_folder(path_of(name), store_dir);
	reopen_store();
}

/* ---- publishing ---- */

START_TEST(a_checkpoint_is_published_once_an_hour_whatever_happens_to_cases)
{
	uint64_t first = publish();

	ck_assert_uint_eq(first, log_size(w.registry->store));
	tro_record record = last_record();

	ck_assert_str_eq(record.case_id, "log");
	ck_assert_str_eq(record.event, "heads");
	ck_assert_str_eq(record.actor, tro_authority_service(w.registry->authority));
	note("one");
	ck_assert_uint_eq(publish(), 0);
	store_clock("09:59");
	ck_assert_uint_eq(publish(), 0);
	store_clock("10:00");
	ck_assert_uint_gt(publish(), first);
	store_clock("13:30"); /* nothing happened, and it is published all the same */
	ck_assert_uint_gt(publish(), first + 2);
	CHECK_VERDICT(TRO_VERDICT_UNWITNESSED);
}
END_TEST

START_TEST(the_log_s_key_of_another_store_publishes_nothing)
{
	char path[256];
	uint64_t size;

	(void)snprintf(path, sizeof(path), "%s/keys/log.key", store_dir);
	ck_assert_int_eq(remove(path), 0);
	CHECK_OK(tro_key_create(path, ORIGIN, NULL, &err));
	uint64_t before = log_size(w.registry->store);

	CHECK_STATUS(tro_checkpoint_publish(&size, w.registry, &err), TRO_KEY);
	ck_assert_uint_eq(log_size(w.registry->store), before);
}
END_TEST

/* ---- witnessing ---- */

START_TEST(records_name_the_newest_witnessed_checkpoint_and_verification_counts_the_rest)
{
	tro_witnessing state;

	note("before");
	ck_assert(!last_record().has_anchor);
	uint64_t size = round_with("court");

	CHECK_VERDICT(TRO_VERDICT_VALID);
	note("after");
	ck_assert(last_record().has_anchor);
	ck_assert_uint_eq(last_record().anchor_size, size);
	CHECK_VERDICT(TRO_VERDICT_UNWITNESSED);
	CHECK_FOUND(&w, "witness", "the newest 1 of");
	CHECK_OK(tro_witnessing_get(&state, w.registry, &err));
	ck_assert(state.required);
	ck_assert_uint_eq(state.witnessed, size);
	ck_assert_uint_eq(state.records, size + 1);
	ck_assert_int_eq(state.waiting_since, time_of("09:00"));
	at("10:30");
	size = round_with("court");
	note("later");
	ck_assert_uint_eq(last_record().anchor_size, size);
	at("11:30");
	round_with("court");
	CHECK_VERDICT(TRO_VERDICT_VALID);
	CHECK_OK(tro_witnessing_get(&state, w.registry, &err));
	ck_assert_int_eq(state.waiting_since, 0);
}
END_TEST

START_TEST(a_quorum_of_two_is_reached_by_two)
{
	tro_buf answer = TRO_BUF_INIT;

	teardown();
	setup_with("group both all court carrier\nquorum both\n");
	publish();
	CHECK_OK(ask(&answer, "court", NULL));
	ck_assert(!take(&answer).witnessed);
	ck_assert_uint_eq(take(&answer).added, 0);
	CHECK_VERDICT(TRO_VERDICT_UNWITNESSED);
	note("one of two");
	ck_assert(!last_record().has_anchor);
	tro_buf_clear(&answer);
	CHECK_OK(ask(&answer, "carrier", NULL));
	ck_assert(take(&answer).witnessed);
	note("two of two");
	ck_assert(last_record().has_anchor);
	CHECK_VERDICT(TRO_VERDICT_UNWITNESSED); /* these two notes */
	tro_buf_done(&answer);
}
END_TEST

START_TEST(no_altered_byte_of_an_answer_is_taken_in)
{
	tro_buf answer = TRO_BUF_INIT;
	tro_checkpoint_import_result result;

	publish();
	CHECK_OK(ask(&answer, "court", NULL));
	for (size_t i = 0; i < answer.len; i++) {
		for (unsigned bit = 0; bit < 8; bit += 3) {
			answer.ptr[i] = (char)(answer.ptr[i] ^ 1 << bit);
			ck_assert_msg(tro_checkpoint_import(&result, w.registry, answer.ptr,
					      answer.len, &err) != TRO_OK,
				"byte %zu, bit %u is taken in", i, bit);
			answer.ptr[i] = (char)(answer.ptr[i] ^ 1 << bit);
		}
	}
	CHECK_VERDICT(TRO_VERDICT_UNWITNESSED);
	ck_assert(take(&answer).witnessed);
	tro_buf_done(&answer);
}
END_TEST

START_TEST(a_witness_that_the_policy_does_not_name_counts_for_nothing)
{
	tro_buf unused = TRO_BUF_INIT;
	tro_buf answer = TRO_BUF_INIT;
	tro_buf request = TRO_BUF_INIT;
	tro_checkpoint_import_result result;
	const uint64_t none = 0;

	publish();
	make_witness(&unused, "stranger");
	CHECK_STATUS(tro_checkpoint_request(
			     &request, w.registry, "stranger.example/witness", NULL, &err),
		TRO_NOT_FOUND);
	CHECK_OK(ask(&answer, "stranger", &none));
	CHECK_STATUS(
		tro_checkpoint_import(&result, w.registry, answer.ptr, answer.len, &err), TRO_KEY);
	tro_buf_done(&unused);
	tro_buf_done(&answer);
	tro_buf_done(&request);
}
END_TEST

START_TEST(a_policy_is_of_this_log_and_adopted_by_a_registrar)
{
	tro_buf policy = TRO_BUF_INIT;
	tro_buf back = TRO_BUF_INIT;

	CHECK_OK(tro_checkpoint_policy(&policy, w.registry, &err));
	CHECK_OK(tro_checkpoint_adopt_policy(
		w.registry, policy.ptr, policy.len, w.signer[CLERK], &already, &err));
	tro_buf_puts(&policy, "# another\n");
	CHECK_STATUS(tro_checkpoint_adopt_policy(
			     w.registry, policy.ptr, policy.len, w.signer[ADA], &already, &err),
		TRO_KEY);
	tro_buf_clear(&policy);
	tro_buf_puts(&policy, "log tro.example/log/1+18945dd3+AUy1q/atefv1q7zK/"
			      "MJp2FzSZR7UuIW1hp8kGu3wpbop\nquorum none\n");
	CHECK_STATUS(tro_checkpoint_adopt_policy(
			     w.registry, policy.ptr, policy.len, w.signer[CLERK], &already, &err),
		TRO_INVALID);
	CHECK_MESSAGE("of another log");
	CHECK_OK(tro_checkpoint_policy(&back, w.registry, &err));
	ck_assert_ptr_nonnull(strstr(back.ptr, "quorum court"));
	tro_buf_done(&policy);
	tro_buf_done(&back);
}
END_TEST

/* A checkpoint is judged by the policy that was in force at its size: what was witnessed stays so.
 */
START_TEST(another_policy_counts_from_its_adoption_on)
{
	tro_buf policy = TRO_BUF_INIT;
	uint64_t old = round_with("court");

	CHECK_OK(tro_checkpoint_policy(&policy, w.registry, &err));
	strstr(policy.ptr, "quorum court")[0] = '#';
	tro_buf_puts(&policy, "quorum carrier\n");
	adopt(&policy);
	ck_assert_uint_eq(last_record().anchor_size, old);
	note("still");
	ck_assert_uint_eq(last_record().anchor_size, old);
	at("10:30");
	uint64_t size = publish();
	tro_buf answer = TRO_BUF_INIT;

	CHECK_OK(ask(&answer, "court", NULL));
	ck_assert(!take(&answer).witnessed);
	tro_buf_clear(&answer);
	CHECK_OK(ask(&answer, "carrier", NULL));
	ck_assert(take(&answer).witnessed);
	note("new");
	ck_assert_uint_eq(last_record().anchor_size, size);
	CHECK_VERDICT(TRO_VERDICT_UNWITNESSED);
	tro_buf_done(&answer);
}
END_TEST

/* ---- what nobody gets past a witness ---- */

/* Deletes the newest records with all that hangs on them, and signs the tree that is left with the
 * stolen key of the log, as if it had never been otherwise. */
static void cut_off(uint64_t size)
{
	char sql[1024];

	close_store();
	(void)snprintf(sql, sizeof(sql),
		"PRAGMA foreign_keys = OFF; DELETE FROM record WHERE position >= %llu;"
		"DELETE FROM payload WHERE position >= %llu;"
		"DELETE FROM outcome_salt WHERE position >= %llu;"
		"DELETE FROM cosignature WHERE checkpoint IN (SELECT id FROM checkpoint WHERE size "
		"> %llu);"
		"DELETE FROM checkpoint WHERE size > %llu; DELETE FROM node;",
		(unsigned long long)size, (unsigned long long)size, (unsigned long long)size,
		(unsigned long long)size, (unsigned long long)size);
	shell_unguarded(sql);
	w.registry = open_registry();
	bool same;

	CHECK_OK(tro_rebuild(w.registry, &same, &err));
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
}

START_TEST(newest_records_dropped_and_the_tree_signed_anew_with_the_stolen_key_are_refused)
{
	tro_buf answer = TRO_BUF_INIT;
	tro_witness_info info;
	uint64_t whole;
	const uint64_t none = 0;

	note("kept");
	round_with("court");
	at("10:30");
	note("to be hidden");
	whole = round_with("court");
	cut_off(whole - 2);
	at("11:30");
	note("instead");
	at("12:30");
	uint64_t forged = publish();

	ck_assert_uint_gt(forged, 0);
	CHECK_VERDICT(TRO_VERDICT_UNWITNESSED); /* alone the store looks sound */
	/* Whatever size it is sent from: the witness has seen another history. */
	for (uint64_t old = 0; old <= forged; old++) {
		tro_status status = ask(&answer, "court", old == 0 ? &none : &old);

		ck_assert(status == TRO_NO || status == TRO_CHANGED);
		ck_assert(status == TRO_NO || old != whole);
	}
	ck_assert_uint_eq(answer.len, 0);
	/* What the witness holds convicts the store. */
	CHECK_OK(tro_witness_status(&info, path_of("court"), &err));
	ck_assert_uint_eq(info.size, whole);
	tro_checkpoint_import_result result = take(&info.checkpoint);

	ck_assert(result.split || result.beyond);
	CHECK_VERDICT(forged >= whole ? TRO_VERDICT_SPLIT_VIEW : TRO_VERDICT_INCOMPLETE);
	tro_witness_info_done(&info);
	tro_buf_done(&answer);
}
END_TEST

START_TEST(an_old_copy_that_was_restored_is_noticed_by_the_witness)
{
	tro_buf answer = TRO_BUF_INIT;
	tro_witness_info info;

	round_with("court");
	set_aside("old");
	at("10:30");
	note("lost with the copy");
	round_with("court");
	bring_back("old");
	at("10:30");
	CHECK_VERDICT(TRO_VERDICT_UNWITNESSED);
	publish();
	ck_assert(ask(&answer, "court", NULL) == TRO_NO);
	CHECK_MESSAGE("records are gone");
	CHECK_OK(tro_witness_status(&info, path_of("court"), &err));
	ck_assert(take(&info.checkpoint).beyond);
	CHECK_VERDICT(TRO_VERDICT_INCOMPLETE);
	CHECK_FOUND(&w, "checkpoint", "the newest are missing");
	tro_witness_info_done(&info);
	tro_buf_done(&answer);
}
END_TEST

START_TEST(two_forks_shown_to_two_witnesses_are_a_split_view)
{
	tro_buf answer = TRO_BUF_INIT;
	tro_witness_info other;

	teardown();
	setup_with("group any any court carrier\nquorum any\n");
	set_aside("fork");
	note("to the court");
	round_with("court");
	bring_back("fork");
	note("to the carrier");
	round_with("carrier");
	CHECK_VERDICT(TRO_VERDICT_VALID); /* each witness has seen one history */
	CHECK_OK(tro_witness_status(&other, path_of("court"), &err));
	tro_checkpoint_import_result result = take(&other.checkpoint);

	ck_assert(result.split && !result.beyond && !result.witnessed);
	CHECK_VERDICT(TRO_VERDICT_SPLIT_VIEW);
	CHECK_FOUND(&w, "checkpoint", other.root); /* both roots */
	CHECK_FOUND(&w, "checkpoint", summary.root);
	note("still to be seen");
	CHECK_VERDICT(TRO_VERDICT_SPLIT_VIEW); /* it is kept */
	tro_witness_info_done(&other);
	tro_buf_done(&answer);
}
END_TEST

/* The forger mends the tree as well. */
static void grow_tree_anew(void)
{
	tro_store *store = w.registry->store;
	uint64_t size = log_size(store);

	CHECK_OK(tro_store_begin_write(store, &err));
	for (uint64_t i = 0; i < size; i++) {
		tro_stored_record stored;
		char case_id[65];

		CHECK_OK(tro_store_record_at(&stored, store, i, case_id, &err));
		CHECK_OK(tro_entry_grow_tree(store, i, stored.note, stored.note_len, &err));
		tro_stored_record_done(&stored);
	}
	CHECK_OK(tro_store_commit(store, &err));
}

START_TEST(a_record_altered_after_it_was_witnessed_splits_the_view_and_stops_the_store)
{
	note("as it was");
	uint64_t size = round_with("court");
	char sql[256];

	close_store();
	(void)snprintf(sql, sizeof(sql),
		"UPDATE record SET note = CAST (replace(CAST (note AS TEXT), 'role warden', 'role "
		"Warden') AS BLOB) WHERE position = %llu; DELETE FROM node;",
		(unsigned long long)size - 2);
	shell_unguarded(sql);
	w.registry = open_registry();
	grow_tree_anew();
	verify();
	ck_assert_int_eq(verdict, TRO_VERDICT_INVALID); /* the record itself; and */
	CHECK_FOUND(&w, "checkpoint", "two histories of this log");
	w.again = true;
	CHECK_STATUS(create_titled(&w, ADA, "Another"), TRO_INVALID);
	CHECK_MESSAGE("nothing is signed");
}
END_TEST

/* ---- time ---- */

/* What the forger's program signs at that time, naming the newest checkpoint or the given one. */
static void forge(const char *now, const tro_anchor *anchor, const char *text)
{
	forged_now = time_of(now);
	forged_anchor.has_anchor = anchor->exists;
	forged_anchor.anchor_size = anchor->size;
	memcpy(forged_anchor.anchor_root, anchor->root, 32);
	forging = true;
	note(text);
	forging = false;
}

static tro_anchor newest_anchor(void)
{
	tro_anchor anchor;

	CHECK_OK(tro_anchor_find(&anchor, w.registry, &err));
	return anchor;
}

START_TEST(a_back_dated_approval_is_late_anchored)
{
	setup_unset();
	round_with("court");
	tro_anchor stale = newest_anchor();

	at("13:30");
	round_with("court");
	tro_anchor newest = newest_anchor();

	ck_assert_uint_gt(newest.size, stale.size);
	if (_i == 0) { /* names the checkpoint that it says was not there yet */
		forge("09:20", &newest, "approved");
	} else { /* names an old one, but stands behind what came later */
		forge("09:20", &stale, "approved");
	}
	CHECK_VERDICT(TRO_VERDICT_LATE_ANCHORED);
	CHECK_FOUND(&w, "time",
		_i == 0 ? "before that of the checkpoint" : "before that of the heads record");
	CHECK_FOUND(&w, "time", w.id);
}
END_TEST

START_TEST(a_back_dated_approval_is_none_in_a_store_whose_clock_is_set)
{
	at("13:30");
	round_with("court");
	tro_anchor newest = newest_anchor();

	forge("09:20", &newest, "approved");
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, "step", "not the one at which the store's clock stood");
}
END_TEST

START_TEST(a_time_after_a_witness_had_seen_the_record_is_late_anchored)
{
	setup_unset();
	round_with("court");
	tro_anchor anchor = newest_anchor();

	forge("18:00", &anchor, "from the future");
	at("10:30");
	forged_now = time_of("18:00");
	forging = true; /* the service's clock, too */
	uint64_t size = publish();

	forging = false;
	ck_assert_uint_gt(size, 0);
	tro_buf answer = TRO_BUF_INIT;

	CHECK_OK(ask(&answer, "court", NULL));
	take(&answer);
	CHECK_VERDICT(TRO_VERDICT_LATE_ANCHORED);
	CHECK_FOUND(&w, "time", "after that at which witnesses had seen it");
	tro_buf_done(&answer);
}
END_TEST

START_TEST(a_clock_five_minutes_off_the_witnesses_signs_and_one_that_is_more_refuses)
{
	if (_i == 0) { /* behind */
		witness_clock("court", "09:05");
		round_with("court");
		note("five minutes behind");
		store_clock("10:00");
		witness_clock("court", "10:06");
		round_with("court");
		CHECK_STATUS(ACT(&w, ADA, "note", "text", "six behind"), TRO_REFUSED);
		CHECK_MESSAGE("6 minutes behind the witnesses'");
		store_clock("10:07");
		note("set right");
	} else { /* ahead */
		store_clock("09:05");
		round_with("court");
		note("five minutes ahead");
		store_clock("10:06");
		witness_clock("court", "10:00");
		round_with("court");
		CHECK_STATUS(ACT(&w, ADA, "note", "text", "six ahead"), TRO_REFUSED);
		CHECK_MESSAGE("6 minutes ahead of the witnesses'");
		/* The log's own heads are signed all the same: so it is found right again. */
		fake_time = true;
		forged_now = time_of("11:01");
		witness_clock("court", "11:01");
		round_with("court");
		note("found right again");
	}
}
END_TEST

START_TEST(a_clock_behind_the_newest_record_refuses_to_sign)
{
	tro_anchor none = {0};

	forge("09:30", &none, "a minute that has not come");
	CHECK_STATUS(ACT(&w, ADA, "note", "text", "now"), TRO_REFUSED);
	CHECK_MESSAGE("the log's newest record was made at 2026-11-02T09:30");
	store_clock("09:30");
	note("now it has");
}
END_TEST

/* ---- a clock that is wrong, and trusted by two registrars ---- */

static void second_registrar(void)
{
	grant(&w, BEN, "registrar", NULL);
}

static tro_status trust(int who, unsigned minutes)
{
	return tro_registry_trust_clock(
		w.registry, minutes, "the time server is down", w.signer[who], &already, &err);
}

static tro_status agree_by(int who)
{
	tro_pending_info p;

	CHECK_OK(tro_registry_pending(&p, w.registry, &err));
	tro_status status = tro_registry_agree(w.registry, p.hash, w.signer[who], &err);

	free(p.payload);
	return status;
}

static void check_refused(const char *message)
{
	CHECK_STATUS(ACT(&w, ADA, "note", "text", "refused"), TRO_REFUSED);
	CHECK_MESSAGE(message);
	CHECK_MESSAGE("have two registrars record that it is trusted");
}

START_TEST(two_registrars_let_records_be_signed_by_a_clock_that_is_behind_and_one_does_not)
{
	tro_clock_trust_info info;
	tro_access access = {.processing = TRO_COMBINATION, .what = "status", .account = "a"};

	second_registrar();
	store_clock("10:00");
	witness_clock("court", "10:16");
	round_with("court");
	check_refused("16 minutes behind the witnesses'");
	CHECK_STATUS(tro_access_append(w.registry, &access, &err), TRO_REFUSED);
	CHECK_OK(trust(CLERK, 30));
	check_refused("16 minutes behind the witnesses'"); /* it is but proposed */
	ck_assert(!tro_registry_clock_trusted(w.registry, &info));
	CHECK_STATUS(agree_by(CLERK), TRO_KEY); /* by the same */
	CHECK_STATUS(agree_by(ADA), TRO_KEY);	/* no registrar */
	check_refused("16 minutes behind the witnesses'");
	CHECK_OK(agree_by(BEN));
	note("trusted");
	CHECK_OK(tro_access_append(w.registry, &access, &err));
	ck_assert(tro_registry_clock_trusted(w.registry, &info));
	ck_assert_str_eq(info.proposed_by, w.person[CLERK]);
	ck_assert_str_eq(info.agreed_by, w.person[BEN]);
	ck_assert_int_eq(info.until, time_of("10:30"));
	/* Verification tells of it, and judges times as without it. */
	CHECK_VERDICT(TRO_VERDICT_LATE_ANCHORED);
	CHECK_FOUND(&w, "clock-trusted", "the time server is down");
	CHECK_FOUND(&w, "clock-trusted", w.person[BEN]);
	CHECK_FOUND(&w, "time", "before that of the checkpoint that it names");
}
END_TEST

START_TEST(a_trust_in_the_clock_ends_by_that_clock)
{
	tro_clock_trust_info info;

	second_registrar();
	store_clock("10:00");
	witness_clock("court", "10:50");
	round_with("court");
	CHECK_OK(trust(BEN, 30));
	CHECK_OK(agree_by(CLERK));
	store_clock("10:29");
	note("a minute before its end");
	store_clock("10:30");
	ck_assert(!tro_registry_clock_trusted(w.registry, &info));
	check_refused("20 minutes behind the witnesses'");
	CHECK_OK(trust(BEN, 10));
	CHECK_OK(agree_by(CLERK));
	note("trusted again");
	store_clock("10:50");
	note("set right");
}
END_TEST

START_TEST(a_clock_that_was_ahead_is_trusted_too)
{
	second_registrar();
	store_clock("10:16");
	witness_clock("court", "10:00");
	round_with("court");
	check_refused("16 minutes ahead of the witnesses'");
	CHECK_OK(trust(CLERK, 5));
	CHECK_OK(agree_by(BEN));
	note("trusted");
}
END_TEST

START_TEST(behind_the_newest_record_of_the_log_a_trusted_clock_signs_and_no_chain_goes_back)
{
	tro_anchor none = {0};

	second_registrar();
	forge("09:30", &none, "a minute that has not come");
	check_refused("the log's newest record was made at 2026-11-02T09:30");
	CHECK_OK(trust(CLERK, 1440));
	CHECK_OK(agree_by(BEN));
	tro_case_close(w.c);
	w.c = NULL;
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
	note("now");
}
END_TEST

START_TEST(a_host_that_was_ahead_goes_on_and_the_registrys_time_does_not_go_back)
{
	tro_access access = {.processing = TRO_COMBINATION, .what = "status", .account = "a"};
	tro_clock_trust_info info;

	setup_unset();
	second_registrar();
	store_clock("12:00");
	grant(&w, JOAN, "registrar", NULL);
	store_clock("09:30");
	check_refused("the log's newest record was made at 2026-11-02T12:00");
	CHECK_OK(trust(CLERK, 30));
	CHECK_OK(agree_by(BEN));
	ck_assert(tro_registry_clock_trusted(w.registry, &info));
	ck_assert_int_eq(info.until, time_of("10:00")); /* whatever the log's future is */
	note("trusted");
	CHECK_OK(tro_access_append(w.registry, &access, &err));
	ck_assert_uint_gt(publish(), 0);
	grant(&w, ADA, "adjudicator", NULL);
	CHECK_VERDICT(TRO_VERDICT_UNWITNESSED);
	CHECK_FOUND(&w, "clock-trusted", "10:00");
	store_clock("10:00");
	ck_assert(!tro_registry_clock_trusted(w.registry, &info));
	store_clock("09:29");
	ck_assert(!tro_registry_clock_trusted(w.registry, &info));
}
END_TEST

START_TEST(a_trust_in_the_clock_is_of_minutes_of_a_day_and_needs_a_second_registrar)
{
	CHECK_STATUS(trust(CLERK, 30), TRO_INVALID);
	CHECK_MESSAGE("there is no other");
	second_registrar();
	CHECK_STATUS(trust(CLERK, 0), TRO_INVALID);
	CHECK_STATUS(trust(CLERK, 1441), TRO_INVALID);
	CHECK_STATUS(trust(ADA, 30), TRO_KEY);
	CHECK_OK(trust(CLERK, 1440));
	ck_assert(!already);
	CHECK_OK(trust(CLERK, 1440));
	ck_assert(already);
	CHECK_OK(agree_by(BEN));
	CHECK_VERDICT(TRO_VERDICT_UNWITNESSED);
	CHECK_FOUND(&w, "clock-trusted", "until 2026-11-03T09:00");
}
END_TEST

/* ---- anchors and heads that do not hold ---- */

START_TEST(an_anchor_that_is_missing_wrong_or_older_is_found)
{
	round_with("court");
	tro_anchor old = newest_anchor();

	at("10:30");
	round_with("court");
	tro_anchor anchor = newest_anchor();
	const char *expected;

	note("names the newest");
	switch (_i) {
	case 0:
		anchor.root[0] ^= 1;
		expected = "not here, or was not witnessed";
		break;
	case 1:
		anchor.size++;
		expected = "not here, or was not witnessed";
		break;
	default:
		anchor = old;
		expected = "an older checkpoint";
		break;
	}
	forge("10:30", &anchor, "names what it must not");
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, _i < 2 ? "anchor" : "step", expected);
}
END_TEST

START_TEST(once_a_checkpoint_is_named_every_record_names_one)
{
	tro_anchor none = {0};

	round_with("court");
	note("names it");
	forged_now = time_of("09:00");
	forged_anchor = (tro_record){.has_anchor = none.exists};
	forging = true;
	CHECK_STATUS(ACT(&w, ADA, "note", "text", "names none"), TRO_CHANGED);
	forging = false;
	CHECK_MESSAGE("must name");
}
END_TEST

static void write_log_record(
	const char *payload_text, const tro_signer *signer, const char *actor, const char *role)
{
	tro_record record = {.request = "-",
		.matter = "-",
		.event = "heads",
		.case_id = "log",
		.time = time_of("09:00")};
	tro_buf payload = TRO_BUF_INIT;
	tro_entry entry = {0};
	uint64_t position;

	tro_buf_puts(&payload, payload_text);
	(void)snprintf(record.log, sizeof(record.log), "%s", ORIGIN);
	(void)snprintf(record.actor, sizeof(record.actor), "%s", actor);
	(void)snprintf(record.role, sizeof(record.role), "%s", role);
	record.has_registry = tro_authority_head(w.registry->authority, record.registry);
	CHECK_OK(tro_entry_compose(&entry, &record, &payload, NULL, &err));
	CHECK_OK(tro_entry_sign(&entry, signer, &err));
	CHECK_OK(tro_store_begin_write(w.registry->store, &err));
	CHECK_OK(tro_entry_append(w.registry->store, &entry, &position, &err));
	CHECK_OK(tro_store_commit(w.registry->store, &err));
	tro_entry_done(&entry);
	tro_buf_done(&payload);
}

START_TEST(heads_that_the_log_did_not_have_are_found)
{
	static const char *const wrong[] = {
		"size 99\nheads 1\nroot f4gKKt2jl5opGNo7ZdJ/r7WrCepPlFPiWf8Tb5Ec57s=\n",
		"heads 1\n",
	};
	tro_signer *service = NULL;

	CHECK_OK(tro_registry_service_signer(&service, w.registry, &err));
	write_log_record(
		wrong[_i], service, tro_authority_service(w.registry->authority), "service");
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, "checkpoint", "case log seq 0");
	tro_signer_free(service);
}
END_TEST

START_TEST(heads_are_given_by_the_service_alone)
{
	write_log_record("size 99\nheads 1\nroot f4gKKt2jl5opGNo7ZdJ/r7WrCepPlFPiWf8Tb5Ec57s=\n",
		w.signer[ADA], w.person[ADA], "warden");
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, "checkpoint", "by the service");
}
END_TEST

START_TEST(a_checkpoint_whose_bytes_were_altered_is_found)
{
	static const struct {
		const char *sql;
		tro_verdict expected;
	} changes[] = {
		{"UPDATE checkpoint SET note = CAST (replace(CAST (note AS TEXT), 'parking', "
		 "'barking') AS BLOB)",
			TRO_VERDICT_INVALID},
		{"UPDATE checkpoint SET size = size - 1", TRO_VERDICT_INVALID},
		{"UPDATE checkpoint SET root = zeroblob(32)", TRO_VERDICT_INVALID},
		{"UPDATE cosignature SET line = CAST (replace(CAST (line AS TEXT), 'example/w', "
		 "'example/v') AS BLOB)",
			TRO_VERDICT_UNWITNESSED},
		{"UPDATE cosignature SET checkpoint = checkpoint + 1", TRO_VERDICT_UNWITNESSED},
		{"DELETE FROM cosignature", TRO_VERDICT_UNWITNESSED},
		{"DELETE FROM cosignature; DELETE FROM checkpoint", TRO_VERDICT_INCOMPLETE},
		{"UPDATE checkpoint SET published = 9000000000000000000", TRO_VERDICT_INVALID},
		{"UPDATE checkpoint SET published = published - 1", TRO_VERDICT_INVALID},
		{"UPDATE checkpoint SET published = NULL", TRO_VERDICT_INVALID},
	};

	round_with("court");
	CHECK_VERDICT(TRO_VERDICT_VALID);
	close_store();
	shell_unguarded(changes[_i].sql);
	reopen_store();
	CHECK_VERDICT(changes[_i].expected);
}
END_TEST

/* ---- the witness's own file ---- */

START_TEST(a_witness_s_file_is_not_overwritten_and_its_clock_only_for_training)
{
	tro_buf log = TRO_BUF_INIT;
	tro_buf vkey = TRO_BUF_INIT;

	log_vkey(&log);
	CHECK_STATUS(tro_witness_init(&vkey, path_of("court"), "court.example/witness", log.ptr,
			     START, NULL, false, &err),
		TRO_SYSTEM);
	CHECK_MESSAGE("not overwritten");
	CHECK_STATUS(tro_witness_init(&vkey, path_of("live"), "court.example/witness",
			     "tro.example/log/1+18945dd3+AUy1q/atefv1q7zK/"
			     "MJp2FzSZR7UuIW1hp8kGu3wpbop",
			     START, NULL, false, &err),
		TRO_REFUSED);
	CHECK_STATUS(tro_witness_set_clock(path_of("court"), "2026-11-02T08:59:59Z", false, &err),
		TRO_INVALID);
	CHECK_STATUS(tro_witness_set_clock(path_of("nowhere"), START, false, &err), TRO_NOT_FOUND);
	tro_buf_done(&log);
	tro_buf_done(&vkey);
}
END_TEST

START_TEST(what_a_killed_writing_left_does_not_disturb_a_witness)
{
	write_file(path_of("court.new"), "half a sta", 10);
	round_with("court");
	CHECK_VERDICT(TRO_VERDICT_VALID);
}
END_TEST

START_TEST(of_two_requests_at_once_a_witness_answers_for_one)
{
	enum { CLIENTS = 8 };
	tro_buf request = TRO_BUF_INIT;
	pid_t children[CLIENTS];
	int answered = 0;

	publish();
	CHECK_OK(tro_checkpoint_request(&request, w.registry, "court.example/witness", NULL, &err));
	for (int i = 0; i < CLIENTS; i++) {
		children[i] = fork();
		ck_assert_int_ge(children[i], 0);
		if (children[i] == 0) {
			tro_buf answer = TRO_BUF_INIT;
			tro_status status = tro_witness_sign(&answer, path_of("court"), request.ptr,
				request.len, NULL, false, &err);

			_exit(status == TRO_OK ? 0 : status == TRO_CHANGED ? 1 : 2);
		}
	}
	for (int i = 0; i < CLIENTS; i++) {
		int code;

		ck_assert_int_eq(waitpid(children[i], &code, 0), children[i]);
		ck_assert(WIFEXITED(code) && WEXITSTATUS(code) < 2);
		answered += WEXITSTATUS(code) == 0;
	}
	ck_assert_int_eq(answered, 1);
	tro_buf_done(&request);
}
END_TEST

/* ---- records out of place ---- */

START_TEST(a_record_copied_to_another_case_is_found)
{
	char first[TRO_ID_SIZE];
	char sql[512];

	memcpy(first, w.id, sizeof(first));
	note("of the first");
	new_case(&w);
	note("of the second");
	CHECK_VERDICT(TRO_VERDICT_UNWITNESSED);
	close_store();
	(void)snprintf(sql, sizeof(sql),
		"UPDATE record SET note = (SELECT note FROM record WHERE case_id = '%s' AND seq = "
		"1) WHERE case_id = '%s' AND seq = 1; DELETE FROM node;",
		first, w.id);
	shell_unguarded(sql);
	w.registry = open_registry();
	grow_tree_anew();
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, "record", "its text says case");
	CHECK_FOUND(&w, "record", w.id);
}
END_TEST

/* The other store has the same name, and its record stands under its own case. */
START_TEST(a_record_copied_from_another_store_is_found)
{
	char sql[1024];

	close_store();
	copy_folder(TRO_SOURCE_DIR "/tests/data/store-v1", path_of("foreign"));
	(void)snprintf(sql, sizeof(sql),
		"ATTACH '%s/tro.db' AS foreign_store;"
		"CREATE TEMP TABLE at AS SELECT (SELECT max(position) + 1 FROM main.record) AS "
		"here, "
		"position, case_id, seq, note FROM foreign_store.record WHERE case_id <> "
		"'registry' AND "
		"seq = 0;"
		"INSERT INTO main.record SELECT here, case_id, seq, note FROM at;"
		"INSERT INTO main.payload SELECT here, bytes, salt FROM at JOIN "
		"foreign_store.payload "
		"USING (position);"
		"INSERT INTO main.outcome_salt SELECT here, salt FROM at JOIN "
		"foreign_store.outcome_salt USING (position);",
		path_of("foreign"));
	shell_unguarded(sql);
	w.registry = open_registry();
	grow_tree_anew();
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, "record", "a registry head that was not the newest");
}
END_TEST

/* ---- a store of before ---- */

START_TEST(a_store_of_the_first_version_is_upgraded_and_valid)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	static const char rows[] =
		"SELECT position, case_id, seq, hex(note) FROM record;"
		"SELECT position, hex(bytes), hex(salt) FROM payload; SELECT * FROM case_index";
	char path[256];

	close_store();
	(void)snprintf(path, sizeof(path), "%s", store_dir);
	remove_tree(path);
	copy_folder(TRO_SOURCE_DIR "/tests/data/store-v1", store_dir);
	ck_assert_int_eq(shell(&before, in_store("tro.db"), rows), 0);
	w.registry = open_registry();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	CHECK_FOUND(&w, "witness", "no witness required");
	ck_assert_uint_eq(summary.records, 6);
	ck_assert_int_eq(shell(&after, in_store("tro.db"), rows), 0);
	ck_assert_str_eq(before.ptr, after.ptr);
	tro_buf_clear(&after);
	ck_assert_int_eq(shell(&after, in_store("tro.db"), "PRAGMA user_version"), 0);
	ck_assert_str_eq(after.ptr, "2\n");
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

static Suite *witness_suite(void)
{
	Suite *suite = suite_create("witness");
	TCase *tests = tcase_create("witness");

	tcase_set_timeout(tests, 240);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_checkpoint_is_published_once_an_hour_whatever_happens_to_cases);
	tcase_add_test(tests, the_log_s_key_of_another_store_publishes_nothing);
	tcase_add_test(tests,
		records_name_the_newest_witnessed_checkpoint_and_verification_counts_the_rest);
	tcase_add_test(tests, a_quorum_of_two_is_reached_by_two);
	tcase_add_test(tests, no_altered_byte_of_an_answer_is_taken_in);
	tcase_add_test(tests, a_witness_that_the_policy_does_not_name_counts_for_nothing);
	tcase_add_test(tests, a_policy_is_of_this_log_and_adopted_by_a_registrar);
	tcase_add_test(tests, another_policy_counts_from_its_adoption_on);
	tcase_add_test(tests,
		newest_records_dropped_and_the_tree_signed_anew_with_the_stolen_key_are_refused);
	tcase_add_test(tests, an_old_copy_that_was_restored_is_noticed_by_the_witness);
	tcase_add_test(tests, two_forks_shown_to_two_witnesses_are_a_split_view);
	tcase_add_test(
		tests, a_record_altered_after_it_was_witnessed_splits_the_view_and_stops_the_store);
	tcase_add_loop_test(tests, a_back_dated_approval_is_late_anchored, 0, 2);
	tcase_add_test(tests, a_back_dated_approval_is_none_in_a_store_whose_clock_is_set);
	tcase_add_test(tests, a_time_after_a_witness_had_seen_the_record_is_late_anchored);
	tcase_add_loop_test(tests,
		a_clock_five_minutes_off_the_witnesses_signs_and_one_that_is_more_refuses, 0, 2);
	tcase_add_test(tests, a_clock_behind_the_newest_record_refuses_to_sign);
	tcase_add_test(tests,
		two_registrars_let_records_be_signed_by_a_clock_that_is_behind_and_one_does_not);
	tcase_add_test(tests, a_trust_in_the_clock_ends_by_that_clock);
	tcase_add_test(tests, a_clock_that_was_ahead_is_trusted_too);
	tcase_add_test(tests,
		behind_the_newest_record_of_the_log_a_trusted_clock_signs_and_no_chain_goes_back);
	tcase_add_test(
		tests, a_host_that_was_ahead_goes_on_and_the_registrys_time_does_not_go_back);
	tcase_add_test(
		tests, a_trust_in_the_clock_is_of_minutes_of_a_day_and_needs_a_second_registrar);
	tcase_add_loop_test(tests, an_anchor_that_is_missing_wrong_or_older_is_found, 0, 3);
	tcase_add_test(tests, once_a_checkpoint_is_named_every_record_names_one);
	tcase_add_loop_test(tests, heads_that_the_log_did_not_have_are_found, 0, 2);
	tcase_add_test(tests, heads_are_given_by_the_service_alone);
	tcase_add_loop_test(tests, a_checkpoint_whose_bytes_were_altered_is_found, 0, 10);
	tcase_add_test(tests, a_witness_s_file_is_not_overwritten_and_its_clock_only_for_training);
	tcase_add_test(tests, what_a_killed_writing_left_does_not_disturb_a_witness);
	tcase_add_test(tests, of_two_requests_at_once_a_witness_answers_for_one);
	tcase_add_test(tests, a_record_copied_to_another_case_is_found);
	tcase_add_test(tests, a_record_copied_from_another_store_is_found);
	tcase_add_test(tests, a_store_of_the_first_version_is_upgraded_and_valid);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	return run_suite(witness_suite());
}
