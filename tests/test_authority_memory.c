#include "authority_world.h"
#include "scarce_memory.h"

static const struct {
	const char *actor, *event, *payload;
} story[] = {
	{"P-REG", "genesis",
		"log " LOG "\nmode training\nlog-key {v1}\nregistrars-required 2\nrole registrar\n"
		"role officer\n" GENESIS_TAIL},
	{"P-REG", "enrol", "person P-BEN\nenrolment {e5 Ben Yeo}\n"},
	{"P-REG", "enrol", "person P-CAT\nenrolment {e6 Cat Orr}\n"},
	{"P-REG", "grant", "person P-BEN\nrole registrar\nrank inspector\n"},
	{"P-REG", "grant", "person P-CAT\nrole officer\nuntil 2027-01-01\n"},
	{"P-REG", "adopt", "file " HEX_A " definition a\nfile " HEX_A " calendar b\n"},
	{"P-REG", "adopt", "file " HEX_B " definition a\nfile " HEX_A " grammar b\n"},
	{"P-REG", "enrol", "person P-DEE\nenrolment {e9 Dee Fox}\nspare {e10 Dee Fox}\n"},
	{"P-REG", "policy", "acting-rank accepted\nreason Policy 12\n"},
	{"P-REG", "grant", "person P-DEE\nrole officer\nrank inspector\nacting yes\n"},
	{"P-BEN", "rotate", "person P-DEE\nspare {e11 Dee Fox}\n"},
	{"P-BEN", "revoke", "person P-DEE\nkey {v9}\nreason lost\n"},
	{"P-BEN", "rotate", "person P-CAT\nenrolment {e7 Cat Orr}\n"},
	{"P-BEN", "revoke", "person P-CAT\nkey {v6}\nreason lost\n"},
	{"P-BEN", "end", "person P-CAT\nrole officer\nreason left\n"},
	{"P-REG", "rotate", "person P-BEN\nenrolment {e8 Ben Yeo}\n"}, /* waits */
	{"P-BEN", "agree", NULL},
	{"P-REG", "clock", "set " START "\n"},
};

/* Applies with the n-th allocation failing, for n from 1 until it succeeds. */
static long rehearse(tro_authority *a, const tro_record *record, const tro_buf *payload)
{
	uint8_t hash[32];
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;

	note_hash(hash, record);
	dump(&before, a);
	for (long n = 1;; n++) {
		tro_err err;

		until_failure = n;
		tro_status status =
			tro_authority_apply(a, record, payload->ptr, payload->len, hash, &err);

		if (until_failure > 0) {
			until_failure = 0;
			ck_assert_msg(status == TRO_OK, "%s", err.message);
			tro_buf_done(&before);
			tro_buf_done(&after);
			return n - 1;
		}
		ck_assert_msg(status == TRO_NOMEM, "%s, allocation %ld: status %d: %s",
			record->event, n, (int)status, err.message);
		tro_buf_clear(&after);
		dump(&after, a);
		ck_assert_str_eq(after.ptr, before.ptr);
	}
}

START_TEST(without_memory_an_act_fails_cleanly_and_can_be_repeated)
{
	tro_authority *a = tro_authority_new();
	long failures = 0;

	for (size_t i = 0; i < sizeof(story) / sizeof(*story); i++) {
		tro_record record = next_record(a, story[i].event, story[i].actor, START);
		tro_buf payload = TRO_BUF_INIT;
		uint8_t pending[32];
		char hex[TRO_HEX_SIZE(32)];

		if (story[i].payload != NULL) {
			expand(&payload, story[i].payload);
		} else {
			ck_assert(tro_authority_pending(a, pending));
			tro_hex_encode(hex, pending, 32);
			tro_buf_printf(&payload, "record %s\n", hex);
		}
		failures += rehearse(a, &record, &payload);
		tro_buf_done(&payload);
	}
	ck_assert_int_ge(failures, 30);
	tro_authority_free(a);
}
END_TEST

START_TEST(without_memory_there_is_no_state)
{
	for (long n = 1; n <= 2; n++) {
		until_failure = n;
		tro_authority *a = tro_authority_new();

		until_failure = 0;
		ck_assert_ptr_null(a);
	}
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_test(tcase, without_memory_an_act_fails_cleanly_and_can_be_repeated);
	tcase_add_test(tcase, without_memory_there_is_no_state);
}

int main(void)
{
	return run("authority_memory", add_tests);
}
