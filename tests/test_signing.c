/*
 * Signing at a distance: what was requested here and signed where there is no store is the same act
 * as one that was done here; and whatever is altered, asked of the wrong key or overtaken by others
 * is not signed or not accepted.
 */
#include "case_world.h"

#include <tro/signing.h>
#include <tro/verify.h>

#include "case/signing.h"
#include "crypto/crypto.h"
#include "suite.h"

static world w;
static tro_buf request; /* by Joan, who decides */
static tro_buf answer;	/* the same with her signature */
static char accepted_case[TRO_ID_SIZE];

static tro_status request_by(
	tro_buf *out, int who, const char *event, const char *name, const char *value)
{
	arguments a = {.count = 0};
	size_t person;

	if (name != NULL) {
		add_argument(&a, name, value);
	}
	tro_command command = command_of(&w, event, &a);

	CHECK_OK(tro_registry_person_by_id(&person, w.registry, w.person[who], &err));
	return tro_case_request(out, w.c, &command, person, &w.result, w.findings, &err);
}

static tro_status sign_by(tro_buf *out, const tro_buf *file, const tro_signer *signer)
{
	tro_signing *s = NULL;
	tro_status status = tro_signing_read(&s, file->ptr, file->len, &err);

	if (status == TRO_OK) {
		status = tro_signing_sign(out, s, signer, &err);
	}
	tro_signing_free(s);
	return status;
}

static tro_status accept_file(const tro_buf *file)
{
	tro_signing *s = NULL;
	tro_status status = tro_signing_read(&s, file->ptr, file->len, &err);

	if (status == TRO_OK) {
		status = tro_registry_accept(accepted_case, w.registry, s, &w.result, &err);
	}
	tro_signing_free(s);
	return status;
}

static void setup(void)
{
	open_world(&w);
	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "contest"));
	request = answer = (tro_buf)TRO_BUF_INIT;
	w.role = "adjudicator";
	CHECK_OK(request_by(&request, JOAN, "decide", "outcome", "allowed"));
	CHECK_OK(sign_by(&answer, &request, w.signer[JOAN]));
}

static void teardown(void)
{
	tro_buf_done(&request);
	tro_buf_done(&answer);
	close_world(&w);
}

static void valid(void)
{
	tro_verdict verdict;
	tro_verify_summary summary;

	tro_findings_free(w.findings);
	w.findings = tro_findings_new();
	CHECK_OK(tro_verify(&verdict, &summary, store_dir, NULL, w.findings, NULL, NULL, &err));
	if (verdict != TRO_VERDICT_VALID) {
		show_findings(&w);
	}
	ck_assert_int_eq(verdict, TRO_VERDICT_VALID);
}

static void reopen(void)
{
	tro_case_close(w.c);
	w.c = NULL;
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
}

/* ---- as if it had been done here ---- */

START_TEST(what_was_signed_elsewhere_is_the_act_that_was_requested)
{
	CHECK_OK(accept_file(&answer));
	ck_assert_str_eq(accepted_case, w.id);
	ck_assert_uint_eq(w.result.seq, 2);
	ck_assert(!w.result.already);
	reopen();
	CHECK_STORY(&w, "decide allowed@appeal ");
	valid();
	CHECK_OK(accept_file(&answer)); /* run again */
	ck_assert(w.result.already);
	ck_assert_uint_eq(w.result.seq, 2);
	ck_assert_uint_eq(w.c->count, 3);
}
END_TEST

START_TEST(a_request_writes_nothing_and_leaves_the_case_as_it_was)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	tro_buf file = TRO_BUF_INIT;

	dump(&before);
	w.role = "adjudicator";
	CHECK_OK(request_by(&file, JOAN, "decide", "outcome", "dismissed"));
	w.role = "adjudicator";
	w.dry_run = true;
	size_t len = file.len;

	CHECK_OK(request_by(&file, JOAN, "decide", "outcome", "dismissed"));
	ck_assert_uint_eq(file.len, len);
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	CHECK_OK(ACT(&w, BEN, "note", "text", "the case goes on"));
	valid();
	tro_buf_done(&before);
	tro_buf_done(&after);
	tro_buf_done(&file);
}
END_TEST

START_TEST(what_is_refused_here_cannot_be_requested)
{
	tro_buf file = TRO_BUF_INIT;

	CHECK_STATUS(request_by(&file, ADA, "decide", "outcome", "allowed"), TRO_REFUSED);
	ck_assert_uint_gt(tro_findings_count(w.findings), 0);
	CHECK_STATUS(request_by(&file, JOAN, "nonsense", NULL, NULL), TRO_NOT_FOUND);
	w.request = "not a key";
	CHECK_STATUS(request_by(&file, JOAN, "note", "text", "x"), TRO_INVALID);
	ck_assert_uint_eq(file.len, 0);
}
END_TEST

START_TEST(a_request_shows_what_its_text_commits_to)
{
	tro_buf file = TRO_BUF_INIT;
	tro_signing *s = NULL;
	const char *id;
	const char *states;
	tro_filing_info filing;
	char hex[TRO_HEX_SIZE(32)];

	CHECK_OK(tro_signing_read(&s, request.ptr, request.len, &err));
	ck_assert_int_eq(memcmp(tro_signing_text(s), "tro-record/v1\n", 14), 0);
	ck_assert_ptr_nonnull(strstr(tro_signing_text(s), w.person[JOAN]));
	ck_assert_ptr_nonnull(strstr(tro_signing_payload(s), "<outcome>allowed</outcome>"));
	ck_assert_str_eq(tro_signing_event(s), "decide");
	ck_assert_str_eq(tro_signing_title(s), "A fine on Example Street");
	ck_assert(tro_signing_matter_at(s, 0, &id, &states));
	ck_assert_str_eq(id, "appeal");
	ck_assert_str_eq(states, "decided");
	ck_assert(!tro_signing_matter_at(s, 99, &id, &states));
	ck_assert(!tro_signing_filing_at(s, 0, &filing));
	tro_signing_free(s);
	new_case(&w);
	CHECK_OK(request_by(&file, BEN, "contest", NULL, NULL));
	CHECK_OK(tro_signing_read(&s, file.ptr, file.len, &err));
	ck_assert(tro_signing_filing_at(s, 0, &filing));
	ck_assert_str_eq(filing.name, "receipt");
	ck_assert_uint_eq(strlen(filing.sha256), 64);
	ck_assert(!tro_signing_filing_at(s, 1, &filing));
	memcpy(hex, filing.sha256, sizeof(hex));
	tro_signing_free(s);
	tro_buf_clear(&answer);
	CHECK_OK(sign_by(&answer, &file, w.signer[BEN]));
	CHECK_OK(accept_file(&answer));
	ck_assert_uint_eq(w.result.filing_count, 1);
	reopen();
	ck_assert(tro_case_filing_at(w.c, 0, &filing));
	ck_assert_str_eq(filing.sha256, hex);
	valid();
	tro_buf_done(&file);
}
END_TEST

START_TEST(a_spare_key_signs_a_request_as_well)
{
	tro_buf enrolment = TRO_BUF_INIT;
	tro_buf file = TRO_BUF_INIT;
	tro_signer *spare = new_signer("joan-spare");

	CHECK_OK(tro_enrolment_request(&enrolment, ORIGIN, "Joan Example", spare, &err));
	tro_new_keys keys = {.spare = enrolment.ptr, .spare_len = enrolment.len};

	CHECK_OK(tro_registry_rotate(
		w.registry, w.person[JOAN], &keys, w.signer[CLERK], &already, &err));
	CHECK_STATUS(accept_file(&answer), TRO_CHANGED); /* the registry has moved */
	w.role = "adjudicator";
	CHECK_OK(request_by(&file, JOAN, "decide", "outcome", "allowed"));
	tro_buf_clear(&answer);
	CHECK_OK(sign_by(&answer, &file, spare));
	CHECK_OK(accept_file(&answer));
	valid();
	tro_buf_done(&enrolment);
	tro_buf_done(&file);
	tro_signer_free(spare);
}
END_TEST

/* ---- overtaken ---- */

START_TEST(a_case_or_registry_that_has_moved_is_changed_meanwhile)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;

	if (_i == 0) {
		CHECK_OK(ACT(&w, BEN, "note", "text", "faster"));
	} else {
		set_clock(&w, "2026-11-02T12:00:00Z");
	}
	dump(&before);
	CHECK_STATUS(accept_file(&answer), TRO_CHANGED);
	CHECK_MESSAGE("moved on");
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

/* ---- what no key signs ---- */

static void read_sheet(tro_sheet *out, const tro_buf *file)
{
	CHECK_OK(tro_sheet_parse(out, file->ptr, file->len, &err));
}

static void check_unsigned(
	const tro_sheet *sheet, const tro_signer *signer, tro_status expected, const char *message)
{
	tro_buf file = TRO_BUF_INIT;
	tro_buf out = TRO_BUF_INIT;

	CHECK_OK(tro_sheet_format(&file, sheet, &err));
	CHECK_STATUS(sign_by(&out, &file, signer), expected);
	CHECK_MESSAGE(message);
	ck_assert_uint_eq(out.len, 0);
	tro_buf_done(&file);
	tro_buf_done(&out);
}

static const char *const other_texts[] = {
	"tro-enrol/v1\nlog parking.example/tro/training\nname Joan Example\n",
	"cosignature/v1\ntime 1\nparking.example/tro/training\n7\n",
	"parking.example/tro/training\n7\nC/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U=\n",
	"tro-record/v2\n",
	"Tro-record/v1\n",
	" tro-record/v1\n",
	"SSHSIG",
	"",
};

START_TEST(a_text_with_another_first_line_is_not_signed)
{
	tro_sheet sheet;

	read_sheet(&sheet, &request);
	tro_buf_clear(&sheet.text);
	tro_buf_puts(&sheet.text, other_texts[_i]);
	check_unsigned(&sheet, w.signer[JOAN], TRO_KEY, "does not begin with the line");
	tro_sheet_done(&sheet);
}
END_TEST

START_TEST(a_request_for_another_key_is_not_signed)
{
	tro_sheet sheet;

	read_sheet(&sheet, &request);
	check_unsigned(&sheet, w.signer[ADA], TRO_KEY, "yours is another");
	check_unsigned(&sheet, w.signer[MALLORY], TRO_KEY, "yours is another");
	sheet.key_count = 0;
	check_unsigned(&sheet, w.signer[JOAN], TRO_INVALID, "no key");
	tro_sheet_done(&sheet);
}
END_TEST

/* Another decision, another outcome, another salt: the text commits to what it commits to. */
START_TEST(a_payload_or_outcome_that_the_text_does_not_commit_to_is_not_signed)
{
	tro_sheet sheet;

	read_sheet(&sheet, &request);
	tro_buf *bytes = _i < 2 ? &sheet.payload : &sheet.outcome;
	char *at = strstr(bytes->ptr, "allowed");

	ck_assert_ptr_nonnull(at);
	if (_i % 2 == 0) {
		memcpy(at, "ref", 3);
	} else if (_i == 1) {
		sheet.payload_salt[0] ^= 1;
	} else {
		sheet.outcome_salt[31] ^= 1;
	}
	check_unsigned(&sheet, w.signer[JOAN], TRO_INVALID, "not the one that the text commits to");
	tro_sheet_done(&sheet);
}
END_TEST

/* Commits anew to what the sheet now holds. */
static void recommit(tro_sheet *sheet)
{
	CHECK_OK(tro_hmac_sha256(sheet->record.payload, sheet->payload_salt, 32, sheet->payload.ptr,
		sheet->payload.len, &err));
	CHECK_OK(tro_hmac_sha256(sheet->record.outcome, sheet->outcome_salt, 32, sheet->outcome.ptr,
		sheet->outcome.len, &err));
	tro_buf_clear(&sheet->text);
	CHECK_OK(tro_record_format(&sheet->text, &sheet->record, &err));
}

static void replace_all(tro_buf *bytes, const char *from, const char *to)
{
	size_t len = strlen(from);

	ck_assert_uint_eq(len, strlen(to));
	for (char *at = bytes->ptr; (at = strstr(at, from)) != NULL; at += len) {
		memcpy(at, to, len);
	}
}

static const char *const no_outcomes[] = {"<a/>", "<session/>",
	"<session><id>A</id><case><title>B</title></case></session>", "<session></other>"};

/* Nothing in a request holds but what its text commits to, and that may be anything. */
START_TEST(what_no_case_could_become_is_neither_signed_nor_accepted)
{
	tro_sheet sheet;

	read_sheet(&sheet, &request);
	tro_buf_clear(&sheet.outcome);
	tro_buf_puts(&sheet.outcome, no_outcomes[_i]);
	recommit(&sheet);
	check_unsigned(&sheet, w.signer[JOAN], TRO_INVALID, "outcome");
	tro_sheet_done(&sheet);
}
END_TEST

/* Each part of a session in turn is called by another name. */
START_TEST(an_outcome_without_one_of_its_parts_is_not_signed)
{
	static const char *const parts[] = {"id>", "workflow ", "mode>", "time>", "actor ", "acts",
		"filings", "findings", "matters>", "case>", "session>"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		char from[32];
		char to[32];
		tro_sheet sheet;

		read_sheet(&sheet, &request);
		for (int end = 0; end < 2; end++) {
			(void)snprintf(from, sizeof(from), end ? "</%s" : "<%s", parts[i]);
			(void)snprintf(to, sizeof(to), "%s", from);
			to[end ? 2 : 1] = 'z';
			replace_all(&sheet.outcome, from, to);
		}
		recommit(&sheet);
		check_unsigned(&sheet, w.signer[JOAN], TRO_INVALID, "outcome");
		tro_sheet_done(&sheet);
	}
}
END_TEST

START_TEST(data_that_say_something_else_than_the_text_are_not_signed)
{
	tro_sheet sheet;

	read_sheet(&sheet, &request);
	if (_i == 0) {
		replace_all(&sheet.payload, w.person[JOAN], w.person[BEN]);
	} else if (_i == 1) {
		replace_all(&sheet.payload, START, "2026-11-02T10:00:00.000000Z");
	} else {
		replace_all(&sheet.outcome, w.id, "2222-2222");
	}
	recommit(&sheet);
	check_unsigned(
		&sheet, w.signer[JOAN], TRO_INVALID, _i < 2 ? "names another" : "another case");
	tro_sheet_done(&sheet);
}
END_TEST

START_TEST(nothing_is_signed_twice_and_nothing_unsigned_accepted)
{
	tro_buf out = TRO_BUF_INIT;

	CHECK_STATUS(sign_by(&out, &answer, w.signer[JOAN]), TRO_KEY);
	CHECK_MESSAGE("signed already");
	CHECK_STATUS(accept_file(&request), TRO_KEY);
	CHECK_MESSAGE("not signed");
	tro_buf_done(&out);
}
END_TEST

/* ---- what is signed and still not accepted ---- */

static void check_unaccepted(
	tro_sheet *sheet, const tro_signer *signer, tro_status expected, const char *message)
{
	tro_buf file = TRO_BUF_INIT;
	tro_buf out = TRO_BUF_INIT;
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;

	CHECK_OK(tro_sheet_format(&file, sheet, &err));
	CHECK_OK(sign_by(&out, &file, signer));
	dump(&before);
	CHECK_STATUS(accept_file(&out), expected);
	CHECK_MESSAGE(message);
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	tro_buf_done(&file);
	tro_buf_done(&out);
	tro_buf_done(&before);
	tro_buf_done(&after);
}

START_TEST(another_persons_signature_is_not_accepted)
{
	tro_sheet sheet;
	const tro_signer *other = w.signer[_i == 0 ? MALLORY : BEN];

	read_sheet(&sheet, &request);
	CHECK_OK(tro_vkey_init(&sheet.keys[0], tro_signer_name(other), TRO_NOTE_ED25519,
		tro_signer_public(other), &err));
	check_unaccepted(&sheet, other, TRO_KEY, "not signed with a key that");
	tro_sheet_done(&sheet);
}
END_TEST

/* The signer agreed to it, and it is still not what the step gives. */
START_TEST(an_outcome_that_the_step_does_not_give_is_not_accepted)
{
	tro_sheet sheet;

	read_sheet(&sheet, &request);
	if (_i == 0) {
		replace_all(&sheet.outcome, "A fine on Example", "A line on Example");
	} else {
		replace_all(&sheet.payload, "<outcome>allowed", "<outcome>refused");
	}
	recommit(&sheet);
	check_unaccepted(&sheet, w.signer[JOAN], TRO_INVALID, "seq 2");
	tro_sheet_done(&sheet);
}
END_TEST

START_TEST(a_claimed_time_that_has_not_come_or_is_over_is_not_accepted)
{
	static const char *const times[] = {
		"2026-11-02T09:00:00.000001Z", "2026-11-02T08:59:59.999999Z"};
	tro_sheet sheet;

	read_sheet(&sheet, &request);
	CHECK_OK(tro_time_parse(&sheet.record.time, times[_i], &err));
	replace_all(&sheet.payload, START, times[_i]);
	recommit(&sheet);
	check_unaccepted(&sheet, w.signer[JOAN], TRO_INVALID, _i == 0 ? "not come" : "before that");
	tro_sheet_done(&sheet);
}
END_TEST

START_TEST(a_record_of_another_case_or_store_or_role_is_not_accepted)
{
	tro_sheet sheet;

	read_sheet(&sheet, &request);
	if (_i == 0) {
		(void)snprintf(
			sheet.record.log, sizeof(sheet.record.log), "other.example/training");
		recommit(&sheet);
		check_unaccepted(&sheet, w.signer[JOAN], TRO_INVALID, "another store");
	} else {
		(void)snprintf(sheet.record.role, sizeof(sheet.record.role), "registrar");
		replace_all(&sheet.payload, "role=\"adjudicator\"", "role=\"registrar\"  ");
		recommit(&sheet);
		check_unaccepted(&sheet, w.signer[JOAN], TRO_KEY, "does not hold the role");
	}
	tro_sheet_done(&sheet);
}
END_TEST

/* Whatever byte is altered, on the way there or on the way back, nothing enters the log. */
START_TEST(no_altered_byte_of_a_request_or_of_an_answer_is_accepted)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	tro_buf *file = _i == 0 ? &request : &answer;
	size_t read = 0;

	dump(&before);
	for (size_t i = 0; i < file->len; i++) {
		tro_buf back = TRO_BUF_INIT;

		file->ptr[i] ^= 1;
		tro_status status = _i == 0 ? sign_by(&back, &request, w.signer[JOAN]) : TRO_OK;

		read += _i == 0 && status == TRO_OK;
		if (status == TRO_OK) {
			status = accept_file(_i == 0 ? &back : &answer);
		}
		ck_assert_msg(status == TRO_INVALID || status == TRO_KEY || status == TRO_CHANGED ||
				      status == TRO_NOT_FOUND,
			"byte %zu: status %d", i, (int)status);
		file->ptr[i] ^= 1;
		tro_buf_done(&back);
	}
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	ck_assert_uint_lt(read, 700); /* of the text alone: heads, hashes and names */
	CHECK_OK(accept_file(&answer));
	valid();
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

START_TEST(no_cut_or_addition_is_a_request)
{
	tro_signing *s = NULL;

	for (size_t len = 0; len < answer.len; len++) {
		ck_assert_int_ne(tro_signing_read(&s, answer.ptr, len, &err), TRO_OK);
	}
	tro_buf_putc(&answer, '\n');
	ck_assert_int_ne(tro_signing_read(&s, answer.ptr, answer.len, &err), TRO_OK);
	ck_assert_ptr_null(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("signing");
	TCase *tests = tcase_create("signing");

	tcase_set_timeout(tests, 240);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, what_was_signed_elsewhere_is_the_act_that_was_requested);
	tcase_add_test(tests, a_request_writes_nothing_and_leaves_the_case_as_it_was);
	tcase_add_test(tests, what_is_refused_here_cannot_be_requested);
	tcase_add_test(tests, a_request_shows_what_its_text_commits_to);
	tcase_add_test(tests, a_spare_key_signs_a_request_as_well);
	tcase_add_loop_test(tests, a_case_or_registry_that_has_moved_is_changed_meanwhile, 0, 2);
	tcase_add_loop_test(tests, a_text_with_another_first_line_is_not_signed, 0,
		(int)(sizeof(other_texts) / sizeof(*other_texts)));
	tcase_add_test(tests, a_request_for_another_key_is_not_signed);
	tcase_add_loop_test(
		tests, a_payload_or_outcome_that_the_text_does_not_commit_to_is_not_signed, 0, 4);
	tcase_add_loop_test(tests, what_no_case_could_become_is_neither_signed_nor_accepted, 0,
		(int)(sizeof(no_outcomes) / sizeof(*no_outcomes)));
	tcase_add_test(tests, an_outcome_without_one_of_its_parts_is_not_signed);
	tcase_add_loop_test(tests, data_that_say_something_else_than_the_text_are_not_signed, 0, 3);
	tcase_add_test(tests, nothing_is_signed_twice_and_nothing_unsigned_accepted);
	tcase_add_loop_test(tests, another_persons_signature_is_not_accepted, 0, 2);
	tcase_add_loop_test(tests, an_outcome_that_the_step_does_not_give_is_not_accepted, 0, 2);
	tcase_add_loop_test(
		tests, a_claimed_time_that_has_not_come_or_is_over_is_not_accepted, 0, 2);
	tcase_add_loop_test(tests, a_record_of_another_case_or_store_or_role_is_not_accepted, 0, 2);
	tcase_add_loop_test(tests, no_altered_byte_of_a_request_or_of_an_answer_is_accepted, 0, 2);
	tcase_add_test(tests, no_cut_or_addition_is_a_request);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
