/*
 * The access log: an entry is one record by the service in the log of its day, verification finds
 * each that was altered, forged or taken away, and entries and the cases' own records are read
 * together.
 */
#include "case_world.h"

#include <tro/access.h>
#include <tro/calendar.h>
#include <tro/verify.h>

#include "case/service.h"
#include "ledger/access.h"
#include "suite.h"

#define DAY "access-2026-11-02"
#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

static world w;
static tro_access shown; /* the case, to Ada */

static void setup(void)
{
	(void)umask(022);
	open_world(&w);
	new_case(&w);
	shown = (tro_access){.processing = TRO_CONSULTATION,
		.case_id = w.id,
		.what = "show",
		.account = "ada",
		.person = w.person[ADA]};
}

static void teardown(void)
{
	close_world(&w);
}

static uint64_t entries(const char *log)
{
	uint64_t count = 0;
	tro_status status = tro_store_case_count(&count, w.registry->store, log, &err);

	ck_assert(status == TRO_OK || status == TRO_NOT_FOUND);
	return count;
}

static tro_verdict verify(void)
{
	tro_verdict verdict;
	tro_verify_summary summary;

	tro_findings_free(w.findings);
	w.findings = tro_findings_new();
	CHECK_OK(tro_verify(&verdict, &summary, store_dir, NULL, w.findings, NULL, NULL, &err));
	return verdict;
}

static void check_verdict(tro_verdict expected)
{
	tro_verdict verdict = verify();

	if (verdict != expected) {
		show_findings(&w);
	}
	ck_assert_int_eq(verdict, expected);
}

/* ---- the payload ---- */

static const struct payload {
	const char *text;
	bool good;
} payloads[] = {
	{"processing consultation\ncase K7Q3-9F2M\nwhat show\naccount ann\n", true},
	{"processing combination\ncase all\nwhat status\naccount ann\n", true},
	{"processing disclosure\ncase all\nwhat backup\naccount ann\nperson P-1\nknown-by "
	 "agent\nrecipient A safe\nreason weekly\n",
		true},
	{"processing consultation\ncase K7Q3-9F2M\nwhat show\naccount pc12345\n", true},
	{"processing consultation\ncase K7Q3-9F2M\nwhat show\naccount ann\nperson P-1\nknown-by "
	 "key-file\n",
		true},
	{"", false},
	{"processing collection\ncase K7Q3-9F2M\nwhat show\naccount ann\n", false},
	{"processing erasure\ncase K7Q3-9F2M\nwhat show\naccount ann\n", false},
	{"case K7Q3-9F2M\nprocessing consultation\nwhat show\naccount ann\n", false},
	{"processing consultation\nwhat show\naccount ann\n", false},
	{"processing consultation\ncase K7Q3-9F2M\naccount ann\n", false},
	{"processing consultation\ncase K7Q3-9F2M\nwhat show\n", false},
	{"processing consultation\ncase K7Q3 9F2M\nwhat show\naccount ann\n", false},
	{"processing consultation\ncase K7Q3-9F2M\nwhat show\nwhat log\naccount ann\n", false},
	{"processing consultation\ncase K7Q3-9F2M\nwhat show\naccount ann\nmore x\n", false},
	{"processing consultation\ncase K7Q3-9F2M\nwhat show\naccount ann\nperson P-1\n", false},
	{"processing consultation\ncase K7Q3-9F2M\nwhat show\naccount ann\nknown-by agent\n",
		false},
	{"processing consultation\ncase K7Q3-9F2M\nwhat show\naccount ann\nperson P-1\nknown-by "
	 "hearsay\n",
		false},
	{"processing consultation\ncase K7Q3-9F2M\nwhat show\naccount ann\nrecipient A court\n",
		false},
	{"processing consultation\ncase K7Q3-9F2M\nwhat exhibit 07700\naccount ann\n", false},
	{"processing disclosure\ncase K7Q3-9F2M\nwhat extract\naccount ann\nrecipient 07700 "
	 "900123\n",
		false},
	{"processing disclosure\ncase K7Q3-9F2M\nwhat extract\naccount ann\nrecipient 077 00-900 "
	 "1.2.3\n",
		false},
	{"processing disclosure\ncase K7Q3-9F2M\nwhat extract\naccount ann\nrecipient Court, "
	 "2026-11-02\n",
		true},
	{"processing consultation\ncase K7Q3-9F2M\nwhat show\naccount ann\nreason two words\n",
		false},
	{"processing consultation\ncase K7Q3-9F2M\nwhat show\naccount ann\nreason 900123\n", false},
};

START_TEST(an_entry_has_one_form_in_which_no_number_of_a_case_can_stand)
{
	const struct payload *p = &payloads[_i];
	tro_access_read read = {0};

	ck_assert_msg(
		(tro_access_parse(&read, p->text, strlen(p->text), &err) == TRO_OK) == p->good,
		"%s", p->text);
	tro_access_read_done(&read);
}
END_TEST

START_TEST(what_does_not_fit_is_refused_and_nothing_is_written)
{
	char longest[140];

	shown.reason = "because the court asked";
	CHECK_STATUS(tro_access_append(w.registry, &shown, &err), TRO_INVALID);
	CHECK_MESSAGE("the reason");
	shown.reason = NULL;
	shown.recipient = "somebody";
	CHECK_STATUS(tro_access_append(w.registry, &shown, &err), TRO_INVALID);
	CHECK_MESSAGE("only a disclosure");
	shown.processing = TRO_DISCLOSURE;
	memset(longest, 'x', 129);
	longest[129] = '\0';
	shown.recipient = longest;
	CHECK_STATUS(tro_access_append(w.registry, &shown, &err), TRO_INVALID);
	shown.recipient = longest + 1;
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	ck_assert_uint_eq(entries(DAY), 1);
}
END_TEST

/* ---- one record ---- */

START_TEST(an_entry_is_one_record_by_the_service_and_leaves_the_case_alone)
{
	uint64_t before = log_size(w.registry->store);
	tro_stored_record stored;
	tro_record record;

	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	ck_assert_uint_eq(log_size(w.registry->store), before + 2);
	ck_assert_uint_eq(entries(DAY), 2);
	ck_assert_uint_eq(entries(w.id), 1);
	CHECK_OK(tro_store_record_get(&stored, w.registry->store, DAY, 1, &err));
	CHECK_OK(tro_record_read(&record, &stored, &err));
	ck_assert_str_eq(record.actor, tro_authority_service(w.registry->authority));
	ck_assert_str_eq(record.role, "service");
	ck_assert_str_eq(record.event, "access");
	ck_assert(strstr(stored.payload, w.person[ADA]) != NULL);
	ck_assert(strstr(stored.note, w.person[ADA]) == NULL); /* the log itself tells nobody */
	tro_stored_record_done(&stored);
	check_verdict(TRO_VERDICT_VALID);
	CHECK_OK(ACT(&w, ADA, "contest")); /* the case did not move */
}
END_TEST

START_TEST(the_day_of_a_log_is_the_civil_day_of_the_kingdom)
{
	set_clock(&w, "2027-03-27T23:30:00.000000Z");
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	set_clock(&w, "2027-03-28T23:30:00.000000Z"); /* summer time: half past midnight */
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	ck_assert_uint_eq(entries("access-2027-03-27"), 1);
	ck_assert_uint_eq(entries("access-2027-03-28"), 0);
	ck_assert_uint_eq(entries("access-2027-03-29"), 1);
	check_verdict(TRO_VERDICT_VALID);
}
END_TEST

START_TEST(a_rebuild_gives_the_same_tables)
{
	bool same = false;

	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	CHECK_OK(tro_rebuild(w.registry, &same, &err));
	ck_assert(same);
	check_verdict(TRO_VERDICT_VALID);
}
END_TEST

/* ---- when it cannot be written ---- */

START_TEST(without_the_services_own_key_nothing_is_written)
{
	tro_buf key = TRO_BUF_INIT;
	char path[300];

	(void)snprintf(path, sizeof(path), "%s", in_store(TRO_SERVICE_KEY));
	read_file(&key, path);
	ck_assert_int_eq(chmod(path, 0644), 0);
	CHECK_STATUS(tro_access_append(w.registry, &shown, &err), TRO_KEY);
	CHECK_MESSAGE("nothing is shown");
	CHECK_MESSAGE("chmod 640");
	ck_assert_int_eq(chmod(path, 0660), 0);
	CHECK_STATUS(tro_access_append(w.registry, &shown, &err), TRO_KEY);
	ck_assert_int_eq(unlink(path), 0);
	CHECK_STATUS(tro_access_append(w.registry, &shown, &err), TRO_NOT_FOUND);
	CHECK_OK(tro_key_create(path, ORIGIN "/service", NULL, &err)); /* another of that name */
	CHECK_STATUS(tro_access_append(w.registry, &shown, &err), TRO_KEY);
	CHECK_MESSAGE("not the key of this store's service");
	ck_assert_uint_eq(entries(DAY), 0);
	write_file(path, key.ptr, key.len); /* 0600, of an older store */
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	ck_assert_int_eq(chmod(path, 0640), 0);
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	tro_buf_done(&key);
}
END_TEST

START_TEST(a_new_stores_service_key_is_for_its_group_and_its_log_key_is_not)
{
	struct stat about;

	ck_assert_int_eq(stat(in_store(TRO_SERVICE_KEY), &about), 0);
	ck_assert_uint_eq(about.st_mode & 0777, 0640);
	ck_assert_int_eq(stat(in_store(TRO_LOG_KEY), &about), 0);
	ck_assert_uint_eq(about.st_mode & 0777, 0600);
	ck_assert_int_eq(stat(in_store("keys"), &about), 0);
	ck_assert_uint_eq(about.st_mode & 0777, 0750);
}
END_TEST

START_TEST(while_somebody_writes_an_entry_waits_and_then_says_busy)
{
	tro_store *other = fixture_open();

	CHECK_OK(tro_store_begin_write(other, &err));
	CHECK_STATUS(tro_access_append(w.registry, &shown, &err), TRO_CHANGED);
	CHECK_MESSAGE("nothing is shown");
	tro_store_rollback(other);
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	ck_assert_uint_eq(entries(DAY), 1);
	tro_store_close(other);
}
END_TEST

/* ---- what is wrong is found ---- */

static const struct forgery {
	const char *why, *log, *event, *payload, *message;
	bool by_service;
} forgeries[] = {
	{"signed by a warden", DAY, "access", NULL, "by the service, and nothing else", false},
	{"of another event", DAY, "heads", NULL, "by the service, and nothing else", true},
	{"in the log of another day", "access-2026-11-03", "access", NULL, "of another day", true},
	{"in a log of no day", "access-soon", "access", NULL, "of another day", true},
	{"with other lines", DAY, "access", "processing consultation\ncase all\n",
		"no entry of an access log", true},
	{"with a reason that tells", DAY, "access",
		"processing consultation\ncase all\nwhat status\naccount a\nreason n900123\n",
		"the reason", true},
};

static void forge(const struct forgery *f)
{
	tro_record record;
	tro_entry entry = {0};
	tro_buf payload = TRO_BUF_INIT;
	tro_signer *service = NULL;
	uint64_t position;

	if (f->payload != NULL) {
		tro_buf_puts(&payload, f->payload);
	} else {
		CHECK_OK(tro_access_format(&payload, &shown, &err));
	}
	CHECK_OK(tro_registry_service_signer(&service, w.registry, &err));
	CHECK_OK(tro_service_begin(
		&record, w.registry, f->log, f->event, tro_registry_now(w.registry), &err));
	if (!f->by_service) {
		(void)snprintf(record.actor, sizeof(record.actor), "%s", w.person[ADA]);
		(void)snprintf(record.role, sizeof(record.role), "warden");
	}
	CHECK_OK(tro_entry_compose(&entry, &record, &payload, NULL, &err));
	CHECK_OK(tro_entry_sign(&entry, f->by_service ? service : w.signer[ADA], &err));
	CHECK_OK(tro_store_begin_write(w.registry->store, &err));
	CHECK_OK(tro_entry_append(w.registry->store, &entry, &position, &err));
	CHECK_OK(tro_store_commit(w.registry->store, &err));
	tro_entry_done(&entry);
	tro_buf_done(&payload);
	tro_signer_free(service);
}

START_TEST(a_record_that_is_no_entry_is_found_in_the_log)
{
	const struct forgery *f = &forgeries[_i];

	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	forge(f);
	(void)fprintf(stderr, "%s\n", f->why);
	check_verdict(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, "record", f->message);
	CHECK_FOUND(&w, "record", f->log);
}
END_TEST

static const struct alteration {
	const char *why, *sql, *id, *place;
} alterations[] = {
	{"another reader",
		"UPDATE payload SET bytes = CAST(replace(bytes, 'account ada', 'account ben') AS "
		"BLOB) WHERE position = :p",
		"record", "case " DAY " seq 1"},
	{"a payload that is gone", "DELETE FROM payload WHERE position = :p", "record",
		"case " DAY " seq 1"},
	{"another time",
		"UPDATE record SET note = CAST(replace(note, 'T09:00:00.0', 'T09:00:00.1') AS "
		"BLOB) "
		"WHERE position = :p",
		"record", "case " DAY " seq 1"},
	{"an entry that is gone",
		"DELETE FROM payload WHERE position = :p; DELETE FROM record WHERE position = :p",
		"record/missing", "record"},
};

START_TEST(an_entry_that_was_altered_or_taken_away_is_found)
{
	const struct alteration *a = &alterations[_i];
	tro_stored_record stored;
	char sql[1024] = "PRAGMA foreign_keys = OFF; ";
	size_t len = strlen(sql);

	for (int i = 0; i < 3; i++) {
		CHECK_OK(tro_access_append(w.registry, &shown, &err));
	}
	CHECK_OK(tro_store_record_get(&stored, w.registry->store, DAY, 1, &err));
	for (const char *at = a->sql; *at != '\0'; at++) {
		if (strncmp(at, ":p", 2) == 0) {
			len += (size_t)snprintf(sql + len, sizeof(sql) - len, "%llu",
				(unsigned long long)stored.position);
			at++;
		} else {
			sql[len++] = *at;
		}
	}
	sql[len] = '\0';
	tro_stored_record_done(&stored);
	shell_unguarded(sql);
	(void)fprintf(stderr, "%s\n", a->why);
	check_verdict(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, a->id, a->place);
}
END_TEST

/* ---- reading it ---- */

static tro_status tell(void *user, const tro_access_line *l, tro_err *e)
{
	(void)e;
	tro_buf_printf(user, "%s %s %s%s%s\n", tro_processing_name(l->access.processing),
		l->access.case_id == NULL ? "all" : "case", l->access.what,
		l->access.recipient == NULL ? "" : " to ",
		l->access.recipient == NULL ? "" : l->access.recipient);
	return TRO_OK;
}

static void check_told(const tro_access_filter *filter, const char *expected)
{
	tro_buf told = TRO_BUF_INIT;

	CHECK_OK(tro_access_each(w.registry, filter, tell, NULL, &told, &err));
	ck_assert_str_eq(told.len == 0 ? "" : told.ptr, expected);
	tro_buf_done(&told);
}

START_TEST(entries_and_what_people_did_are_read_together)
{
	char first[TRO_ID_SIZE];
	tro_access other = {.processing = TRO_COMBINATION, .what = "status", .account = "nobody"};

	(void)snprintf(first, sizeof(first), "%s", w.id);
	CHECK_OK(tro_access_append(w.registry, &shown, &err));
	CHECK_OK(ACT(&w, ADA, "contest"));
	CHECK_OK(tro_access_append(w.registry, &other, &err));
	new_case(&w);
	set_clock(&w, "2026-11-03T09:00:00.000000Z");
	shown.processing = TRO_DISCLOSURE;
	shown.case_id = first;
	shown.what = "extract";
	shown.recipient = "A court";
	shown.person = w.person[BEN];
	CHECK_OK(tro_access_append(w.registry, &shown, &err));

	const tro_access_filter all = {.case_id = NULL};
	const tro_access_filter of_first = {.case_id = first};
	const tro_access_filter of_second = {
		.case_id = w.id}; /* there was none when all were listed */
	const tro_access_filter by_ben = {.person = w.person[BEN]};
	const tro_access_filter on_day = {
		.has_from = true, .has_until = true, .from = {2026, 11, 3}, .until = {2026, 11, 3}};
	const tro_access_filter by_nobody = {.person = "P-NONE"};
	const tro_access_filter unknown = {.case_id = "2222-2222"};

	check_told(&all, "collection case create\nconsultation case show\ndisclosure case contest "
			 "receipt 1.1 to motorist\n"
			 "combination all status\ncollection case create\n"
			 "disclosure case extract to A court\n");
	check_told(&of_first,
		"collection case create\nconsultation case show\n"
		"disclosure case contest receipt 1.1 to motorist\ncombination all status\n"
		"disclosure case extract to A court\n");
	check_told(&of_second, "collection case create\n");
	check_told(&by_ben, "disclosure case extract to A court\n");
	check_told(&on_day, "disclosure case extract to A court\n");
	check_told(&by_nobody, "");
	ck_assert_int_ne(tro_access_each(w.registry, &unknown, tell, NULL, NULL, &err), TRO_OK);
}
END_TEST

/* ---- of a long log no more than is asked for ---- */

/* How much was read, and what was told. */
typedef struct looking {
	uint64_t looks, total;
	size_t lines;
} looking;

static tro_status count_line(void *user, const tro_access_line *l, tro_err *e)
{
	looking *k = user;

	(void)l;
	(void)e;
	k->lines++;
	return TRO_OK;
}

static void count_look(void *user, uint64_t done, uint64_t total)
{
	looking *k = user;

	ck_assert_uint_eq(done, k->looks);
	k->looks++;
	k->total = total;
}

enum { DAYS = 5 };

/* On each of so many days an act, two entries on that case and one on another. */
static void live(const char *other)
{
	tro_access on_other = shown;

	on_other.case_id = other;
	for (int day = 2; day < 2 + DAYS; day++) {
		char clock[64];

		(void)snprintf(clock, sizeof(clock), "2026-11-%02dT10:00:00.000000Z", day);
		set_clock(&w, clock);
		CHECK_OK(ACT(&w, ADA, "note", "text", clock));
		CHECK_OK(tro_access_append(w.registry, &shown, &err));
		CHECK_OK(tro_access_append(w.registry, &shown, &err));
		CHECK_OK(tro_access_append(w.registry, &on_other, &err));
	}
}

static const struct part {
	bool of_case, has_from, has_until;
	int from, until; /* of November */
	uint64_t read;
} parts[] = {
	/* The creations of both cases, on the 2nd; then 4 a day. */
	{false, false, false, 0, 0, 2 + 4 * DAYS},
	{false, true, true, 2, 2, 6},
	{false, true, true, 4, 4, 4},
	{false, true, false, 5, 0, 8},
	{false, false, true, 0, 3, 10},
	{false, true, true, 3, 5, 12},
	{false, true, false, 7, 0, 0},
	{false, false, true, 0, 1, 0},
	{false, true, true, 5, 4, 0},
	{true, false, false, 0, 0, 1 + 3 * DAYS},
	{true, true, true, 2, 2, 4},
	{true, true, false, 6, 0, 3},
	{true, true, false, 7, 0, 0},
};

START_TEST(no_more_is_read_than_the_case_and_the_days_that_are_asked_for)
{
	const struct part *p = &parts[_i];
	looking seen = {0};
	char first[TRO_ID_SIZE];
	char other[TRO_ID_SIZE];

	(void)snprintf(first, sizeof(first), "%s", w.id);
	CHECK_OK(create_titled(&w, ADA, "Another"));
	(void)snprintf(other, sizeof(other), "%s", w.id);
	(void)snprintf(w.id, sizeof(w.id), "%s", first);
	live(other);
	const tro_access_filter filter = {.case_id = p->of_case ? first : NULL,
		.has_from = p->has_from,
		.has_until = p->has_until,
		.from = {2026, 11, p->from},
		.until = {2026, 11, p->until}};

	CHECK_OK(tro_access_each(w.registry, &filter, count_line, count_look, &seen, &err));
	ck_assert_uint_eq(seen.lines, p->read);
	ck_assert_uint_eq(seen.looks, p->read);
	ck_assert_uint_eq(seen.total, p->read);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("access");
	TCase *tests = tcase_create("access");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, an_entry_has_one_form_in_which_no_number_of_a_case_can_stand, 0,
		COUNT(payloads));
	tcase_add_test(tests, what_does_not_fit_is_refused_and_nothing_is_written);
	tcase_add_test(tests, an_entry_is_one_record_by_the_service_and_leaves_the_case_alone);
	tcase_add_test(tests, the_day_of_a_log_is_the_civil_day_of_the_kingdom);
	tcase_add_test(tests, a_rebuild_gives_the_same_tables);
	tcase_add_test(tests, without_the_services_own_key_nothing_is_written);
	tcase_add_test(tests, a_new_stores_service_key_is_for_its_group_and_its_log_key_is_not);
	tcase_add_test(tests, while_somebody_writes_an_entry_waits_and_then_says_busy);
	tcase_add_loop_test(
		tests, a_record_that_is_no_entry_is_found_in_the_log, 0, COUNT(forgeries));
	tcase_add_loop_test(
		tests, an_entry_that_was_altered_or_taken_away_is_found, 0, COUNT(alterations));
	tcase_add_test(tests, entries_and_what_people_did_are_read_together);
	tcase_add_loop_test(tests, no_more_is_read_than_the_case_and_the_days_that_are_asked_for, 0,
		COUNT(parts));
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
