/*
 * The store's own service gets a new key when the old one is lost or stolen: what it does goes on
 * under the new one, wherever the exchange was cut off, and the old one is good for nothing.
 */
#include "verify_world.h"

#include <sys/file.h>
#include <tro/access.h>
#include <tro/checkpoint.h>
#include <tro/keeping.h>

#include "case/service.h"
#include "crypto/keyfile.h"
#include "ledger/access.h"

static tro_access shown;

static void setup_service(void)
{
	(void)umask(022);
	setup();
	shown = (tro_access){.processing = TRO_CONSULTATION,
		.case_id = w.id,
		.what = "show",
		.account = "ada",
		.person = w.person[ADA]};
}

static tro_status replace(int who)
{
	return tro_registry_replace_service_key(w.registry, w.signer[who], &err);
}

/* The service's verifier key, as the registry shows it; "" when it has none. */
static void service_vkey(char out[256])
{
	tro_person_info info;
	size_t index;

	CHECK_OK(tro_registry_person_by_id(
		&index, w.registry, tro_registry_service(w.registry), &err));
	tro_registry_person_at(w.registry, index, &info);
	(void)snprintf(out, 256, "%s", info.vkey);
}

static void revoke_key(const char *vkey, const char *suspect_from)
{
	tro_time_us from;

	CHECK_OK(tro_time_parse(&from, suspect_from, &err));
	CHECK_OK(tro_registry_revoke(w.registry, tro_registry_service(w.registry), vkey, &from,
		"stolen", w.signer[CLERK], NULL, &err));
}

/* All that the service signs: an entry, the passing of a deadline, the heads. */
static void serve(void)
{
	tro_result result;
	uint64_t published = 0;

	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	CHECK_OK(tro_case_tick(w.c, &result, w.findings, &err));
	CHECK_OK(tro_checkpoint_publish(&published, w.registry, &err));
	ck_assert_uint_gt(published, 0);
}

START_TEST(the_service_goes_on_under_its_new_key_and_all_verifies_and_is_rebuilt)
{
	struct stat about;
	tro_buf before = TRO_BUF_INIT;
	tro_result result;
	bool same = false;

	read_file(&before, in_store(TRO_SERVICE_KEY));
	serve();
	CHECK_OK(replace(CLERK));
	ck_assert(!file_holds(in_store(TRO_SERVICE_KEY), before.ptr));
	ck_assert(!exists(in_store(TRO_SERVICE_NEXT)));
	ck_assert_int_eq(stat(in_store(TRO_SERVICE_KEY), &about), 0);
	ck_assert_uint_eq(about.st_mode & 0777, 0640);
	set_clock(&w, "2026-12-02T09:00:00.000000Z");
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	CHECK_OK(tro_case_tick(w.c, &result, w.findings, &err));
	ck_assert_uint_gt(result.timer_count, 0);
	uint64_t published = 0;

	CHECK_OK(tro_checkpoint_publish(&published, w.registry, &err));
	ck_assert_uint_gt(published, 0);
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	CHECK_OK(tro_rebuild(w.registry, &same, &err));
	ck_assert(same);
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	tro_buf_done(&before);
}
END_TEST

START_TEST(the_file_is_in_the_folders_group_and_for_it_where_the_folder_is)
{
	struct stat about;

	(void)umask(077);
	CHECK_OK(replace(CLERK));
	ck_assert_int_eq(stat(in_store(TRO_SERVICE_KEY), &about), 0);
	ck_assert_uint_eq(about.st_mode & 0777, 0640);
	ck_assert_int_eq(chmod(in_store(TRO_KEYS), 0700), 0);
	(void)umask(022);
	CHECK_OK(replace(CLERK));
	ck_assert_int_eq(stat(in_store(TRO_SERVICE_KEY), &about), 0);
	ck_assert_uint_eq(about.st_mode & 0777, 0600);
	if (geteuid() == 0) { /* who else may give a folder to a group */
		ck_assert_int_eq(chmod(in_store(TRO_KEYS), 0750), 0);
		ck_assert_int_eq(chown(in_store(TRO_KEYS), (uid_t)-1, 12345), 0);
		CHECK_OK(replace(CLERK));
		ck_assert_int_eq(stat(in_store(TRO_SERVICE_KEY), &about), 0);
		ck_assert_uint_eq(about.st_gid, 12345);
	}
}
END_TEST

/* ---- the old key ---- */

/* An entry of the access log by this key, as the service now. */
static void forge_entry(const tro_signer *key)
{
	tro_record record;
	tro_entry entry = {0};
	tro_buf payload = TRO_BUF_INIT;
	uint64_t position;

	CHECK_OK(tro_access_format(&payload, &shown, &err));
	CHECK_OK(tro_service_begin(&record, w.registry, "access-2026-11-02", TRO_EVENT_ACCESS,
		tro_registry_now(w.registry), &err));
	CHECK_OK(tro_entry_compose(&entry, &record, &payload, NULL, &err));
	CHECK_OK(tro_entry_sign(&entry, key, &err));
	CHECK_OK(tro_store_begin_write(w.registry->store, &err));
	CHECK_OK(tro_entry_append(w.registry->store, &entry, &position, &err));
	CHECK_OK(tro_store_commit(w.registry->store, &err));
	tro_entry_done(&entry);
	tro_buf_done(&payload);
}

START_TEST(the_old_key_signs_nothing_any_more)
{
	tro_buf before = TRO_BUF_INIT;
	tro_signer *old = NULL;

	CHECK_OK(tro_registry_service_signer(&old, w.registry, &err));
	read_file(&before, in_store(TRO_SERVICE_KEY));
	forge_entry(old); /* while it is the present one, this is an entry like any other */
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	CHECK_OK(replace(CLERK));
	write_file(in_store(TRO_SERVICE_KEY), before.ptr, before.len);
	CHECK_STATUS(tro_access_append(w.registry, &shown, &err), TRO_KEY);
	CHECK_MESSAGE("tro person rotate service");
	forge_entry(old);
	verify();
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	tro_signer_free(old);
	tro_buf_done(&before);
}
END_TEST

START_TEST(what_a_stolen_key_signed_is_disputed_and_what_the_new_one_signs_is_not)
{
	char old[256];
	char now[256];

	set_clock(&w, "2026-11-02T10:00:00.000000Z");
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	set_clock(&w, "2026-11-02T12:00:00.000000Z");
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	service_vkey(old);
	CHECK_OK(replace(CLERK));
	revoke_key(old, "2026-11-02T11:00:00.000000Z");
	service_vkey(now);
	ck_assert_str_ne(now, old);
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	verify();
	CHECK_VERDICT(TRO_VERDICT_KEY_DISPUTED);
	size_t disputed = 0;

	for (size_t i = 0; i < tro_findings_count(w.findings); i++) {
		disputed += strcmp(tro_findings_at(w.findings, i)->id, "key-disputed") == 0;
	}
	ck_assert_uint_eq(disputed, 1);
}
END_TEST

START_TEST(a_service_whose_key_was_revoked_does_nothing_until_it_has_another)
{
	char vkey[256];

	service_vkey(vkey);
	revoke_key(vkey, "2026-11-02T09:00:00.000000Z");
	service_vkey(vkey);
	ck_assert_str_eq(vkey, "");
	CHECK_STATUS(tro_access_append(w.registry, &shown, &err), TRO_KEY);
	CHECK_MESSAGE("tro person rotate service");
	CHECK_OK(replace(CLERK));
	serve();
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID); /* nothing was signed with the revoked one */
}
END_TEST

START_TEST(a_lost_file_and_a_lost_folder_are_made_anew)
{
	ck_assert_int_eq(unlink(in_store(TRO_SERVICE_KEY)), 0);
	CHECK_STATUS(tro_access_append(w.registry, &shown, &err), TRO_NOT_FOUND);
	CHECK_MESSAGE("tro person rotate service");
	CHECK_OK(replace(CLERK));
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	ck_assert_int_eq(unlink(in_store(TRO_SERVICE_KEY)), 0);
	ck_assert_int_eq(unlink(in_store(TRO_LOG_KEY)), 0);
	ck_assert_int_eq(rmdir(in_store(TRO_KEYS)), 0);
	CHECK_OK(replace(CLERK));
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
}
END_TEST

/* ---- cut off ---- */

START_TEST(killed_before_the_record_the_old_key_signs_on_and_the_next_call_clears_up)
{
	CHECK_OK(tro_key_create_shared(in_store(TRO_SERVICE_NEXT), ORIGIN "/service", &err));
	serve();
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	CHECK_OK(replace(CLERK));
	ck_assert(!exists(in_store(TRO_SERVICE_NEXT)));
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
}
END_TEST

START_TEST(killed_after_the_record_the_new_key_signs_and_the_next_call_clears_up)
{
	tro_buf before = TRO_BUF_INIT;

	read_file(&before, in_store(TRO_SERVICE_KEY));
	CHECK_OK(replace(CLERK));
	ck_assert_int_eq(rename(in_store(TRO_SERVICE_KEY), in_store(TRO_SERVICE_NEXT)), 0);
	write_file(in_store(TRO_SERVICE_KEY), before.ptr, before.len);
	serve();
	ck_assert_int_eq(unlink(in_store(TRO_SERVICE_KEY)), 0); /* or the old one was lost */
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	/* One who may not do it: what is the present key has its place, and stays. */
	CHECK_STATUS(replace(ADA), TRO_KEY);
	ck_assert(exists(in_store(TRO_SERVICE_KEY)));
	ck_assert(!exists(in_store(TRO_SERVICE_NEXT)));
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	CHECK_OK(replace(CLERK));
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	tro_buf_done(&before);
}
END_TEST

START_TEST(what_was_opened_before_the_exchange_signs_with_the_new_key_or_is_told_to_try_again)
{
	tro_registry *early = open_registry();
	tro_signer *signer = NULL;
	uint64_t published = 0;

	CHECK_OK(replace(CLERK));
	CHECK_STATUS(tro_registry_service_signer(&signer, early, &err), TRO_CHANGED);
	CHECK_OK(tro_checkpoint_publish(&published, early, &err));
	CHECK_OK(replace(CLERK));
	CHECK_OK(tro_access_append(early, &shown, &err));
	verify();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	tro_registry_close(early);
}
END_TEST

/* ---- refusals ---- */

static void check_same_key(const tro_buf *before)
{
	ck_assert(file_holds(in_store(TRO_SERVICE_KEY), before->ptr));
	ck_assert(!exists(in_store(TRO_SERVICE_NEXT)));
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
}

START_TEST(a_refusal_and_a_rehearsal_leave_the_key_as_it_is)
{
	tro_buf before = TRO_BUF_INIT;
	tro_registry *rehearsal = open_registry();

	read_file(&before, in_store(TRO_SERVICE_KEY));
	CHECK_STATUS(replace(ADA), TRO_KEY);
	check_same_key(&before);
	CHECK_STATUS(replace(MALLORY), TRO_KEY);
	check_same_key(&before);
	tro_registry_rehearse(rehearsal);
	CHECK_OK(tro_registry_replace_service_key(rehearsal, w.signer[CLERK], &err));
	check_same_key(&before);
	CHECK_STATUS(tro_registry_replace_service_key(rehearsal, w.signer[ADA], &err), TRO_KEY);
	check_same_key(&before);
	int other = open(in_store(TRO_KEYS), O_RDONLY | O_DIRECTORY);

	ck_assert_int_eq(flock(other, LOCK_EX), 0);
	CHECK_STATUS(replace(CLERK), TRO_CHANGED);
	CHECK_MESSAGE("somebody else");
	check_same_key(&before);
	ck_assert_int_eq(close(other), 0);
	tro_registry_close(rehearsal);
	tro_buf_done(&before);
}
END_TEST

START_TEST(a_key_from_elsewhere_does_not_become_the_services)
{
	tro_buf request = TRO_BUF_INIT;

	CHECK_OK(tro_enrolment_request(&request, ORIGIN, "service", w.signer[MALLORY], &err));
	tro_new_keys keys = {.key = request.ptr, .key_len = request.len};
	tro_new_keys spare = {.spare = request.ptr, .spare_len = request.len};

	CHECK_STATUS(tro_registry_rotate(w.registry, tro_registry_service(w.registry), &keys,
			     w.signer[CLERK], &already, &err),
		TRO_INVALID);
	CHECK_MESSAGE("tro person rotate service");
	CHECK_STATUS(tro_registry_rotate(w.registry, tro_registry_service(w.registry), &spare,
			     w.signer[CLERK], &already, &err),
		TRO_INVALID);
	tro_buf_done(&request);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("service_key");
	TCase *tests = tcase_create("service_key");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup_service, teardown);
	tcase_add_test(
		tests, the_service_goes_on_under_its_new_key_and_all_verifies_and_is_rebuilt);
	tcase_add_test(tests, the_file_is_in_the_folders_group_and_for_it_where_the_folder_is);
	tcase_add_test(tests, the_old_key_signs_nothing_any_more);
	tcase_add_test(
		tests, what_a_stolen_key_signed_is_disputed_and_what_the_new_one_signs_is_not);
	tcase_add_test(tests, a_service_whose_key_was_revoked_does_nothing_until_it_has_another);
	tcase_add_test(tests, a_lost_file_and_a_lost_folder_are_made_anew);
	tcase_add_test(
		tests, killed_before_the_record_the_old_key_signs_on_and_the_next_call_clears_up);
	tcase_add_test(
		tests, killed_after_the_record_the_new_key_signs_and_the_next_call_clears_up);
	tcase_add_test(tests,
		what_was_opened_before_the_exchange_signs_with_the_new_key_or_is_told_to_try_again);
	tcase_add_test(tests, a_refusal_and_a_rehearsal_leave_the_key_as_it_is);
	tcase_add_test(tests, a_key_from_elsewhere_does_not_become_the_services);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
