#include "authority_world.h"

/* ---- genesis ---- */

START_TEST(genesis_says_who_and_what_there_is)
{
	tro_authority *a = tro_authority_new();
	tro_vkey log_key = vkey_of(1);
	tro_time_us clock;
	uint8_t head[32];

	ck_assert(!tro_authority_head(a, head));
	ck_assert(!tro_authority_role_exists(a, "service"));
	accept(a, "genesis", GENESIS);
	ck_assert_uint_eq(tro_authority_count(a), 1);
	ck_assert(tro_authority_head(a, head));
	ck_assert_str_eq(tro_authority_origin(a), LOG);
	ck_assert(tro_authority_training(a));
	ck_assert(tro_vkey_equal(tro_authority_log_key(a), &log_key));
	ck_assert_str_eq(tro_authority_service(a), "P-SVC");
	ck_assert(!tro_authority_clock(a, &clock));
	ck_assert_uint_eq(tro_authority_person_count(a), 2);
	ck_assert_str_eq(tro_authority_person(a, "P-REG")->name, "Rhona Keys");
	ck_assert(tro_authority_role_exists(a, "officer"));
	ck_assert(tro_authority_role_exists(a, "service"));
	ck_assert(!tro_authority_role_exists(a, "judge"));
	ck_assert_int_eq(may(a, "P-REG", "registrar", TODAY), TRO_OK);
	ck_assert_int_eq(may(a, "P-SVC", "service", TODAY), TRO_OK);
	ck_assert_int_eq(may(a, "P-REG", "service", TODAY), TRO_KEY);
	ck_assert_int_eq(may(a, "P-SVC", "registrar", TODAY), TRO_KEY);
	tro_authority_free(a);
}
END_TEST

START_TEST(the_key_of_genesis_is_read_from_its_payload)
{
	tro_buf payload = TRO_BUF_INIT;
	tro_vkey registrar = vkey_of(2);
	tro_vkey read;

	expand(&payload, GENESIS);
	ck_assert_int_eq(tro_authority_genesis_key(&read, payload.ptr, payload.len, NULL), TRO_OK);
	ck_assert(tro_vkey_equal(&read, &registrar));
	ck_assert_int_eq(
		tro_authority_genesis_key(&read, payload.ptr, payload.len - 1, NULL), TRO_INVALID);
	ck_assert_int_eq(tro_authority_genesis_key(&read, "", 0, NULL), TRO_INVALID);
	tro_buf_done(&payload);
}
END_TEST

static const struct {
	const char *payload;
	tro_status status;
	const char *message;
} bad_geneses[] = {
	{"", TRO_INVALID, "payload"},
	{GENESIS_HEAD, TRO_INVALID, "registrar is missing"},
	{GENESIS_TAIL, TRO_INVALID, "log is missing"},
	{GENESIS "role judge\n", TRO_INVALID, "role is not expected"},
	{GENESIS_HEAD "log " LOG "\n" GENESIS_TAIL, TRO_INVALID, "registrar is missing"},
	{"mode training\nlog " LOG "\n", TRO_INVALID, "log is missing"},
	{"log tro.example/south/training\nmode training\nlog-key {v1}\nregistrars-required 1\n"
	 "role registrar\n" GENESIS_TAIL,
		TRO_INVALID, "of the log"},
	{"log " LOG
	 "\nmode live\nlog-key {v1}\nregistrars-required 1\nrole registrar\n" GENESIS_TAIL,
		TRO_INVALID, "/training"},
	{"log " LOG "\nmode play\n", TRO_INVALID, "training or live"},
	{"log " LOG "\nmode training\nclock 2026-11-23T09:00:00Z\n", TRO_INVALID,
		"clock has to be"},
	{"log " LOG "\nmode training\nclock 2026-11-23T09:00:01.000000Z\nlog-key {v1}\n"
	 "registrars-required 1\nrole registrar\n" GENESIS_TAIL,
		TRO_INVALID, "clock"},
	{"log " LOG
	 "\nmode training\nlog-key {v6}\nregistrars-required 1\nrole registrar\n" GENESIS_TAIL,
		TRO_INVALID, "named"},
	{"log " LOG "\nmode training\nlog-key {v1}x\n", TRO_INVALID, "log-key has to be"},
	{"log " LOG "\nmode training\nlog-key {v1}\nregistrars-required 3\n", TRO_INVALID,
		"1 or 2"},
	{"log " LOG
	 "\nmode training\nlog-key {v1}\nregistrars-required 1\nrole officer\n" GENESIS_TAIL,
		TRO_INVALID, "registrar is not among"},
	{GENESIS_HEAD "role service\n" GENESIS_TAIL, TRO_INVALID, "reserved"},
	{GENESIS_HEAD "role officer\n" GENESIS_TAIL, TRO_INVALID, "twice"},
	{GENESIS_HEAD "role big boss\n" GENESIS_TAIL, TRO_INVALID, "role has to be"},
	{GENESIS_HEAD "registrar P-REG {v2}\nservice P-SVC {v3}\nwitness-policy none\n",
		TRO_INVALID, "registrar has to be"},
	{GENESIS_HEAD "registrar P-OTHER {v2} Rhona Keys\nservice P-SVC {v3}\n"
		      "witness-policy none\n",
		TRO_KEY, "signed by"},
	{GENESIS_HEAD "registrar P-REG {v2} Rhona Keys\nservice P-REG {v3}\nwitness-policy none\n",
		TRO_INVALID, "two persons"},
	{GENESIS_HEAD "registrar P-REG {v2} Rhona Keys\nservice P-SVC {v2}\nwitness-policy none\n",
		TRO_INVALID, "a key each"},
	{GENESIS_HEAD "registrar P-REG {v1} Rhona Keys\nservice P-SVC {v3}\nwitness-policy none\n",
		TRO_INVALID, "a key each"},
	{GENESIS_HEAD "registrar P-REG {v2} Rhona Keys\nservice P-SVC {v1}\nwitness-policy none\n",
		TRO_INVALID, "a key each"},
	{GENESIS_HEAD "registrar P-REG {v2} Rhona Keys\nservice P-SVC {v3} Tick\n"
		      "witness-policy none\n",
		TRO_INVALID, "service has to be"},
	{GENESIS_HEAD "registrar P-REG {v2} Rhona Keys\nservice P-SVC {v3}\nwitness-policy any\n",
		TRO_INVALID, "none"},
	{GENESIS_HEAD "registrar P-REG {v2}  Rhona Keys\nservice P-SVC {v3}\n"
		      "witness-policy none\n",
		TRO_INVALID, "registrar has to be"},
};

START_TEST(a_genesis_that_does_not_fit_is_refused)
{
	tro_authority *a = tro_authority_new();

	refuse_by(a, "P-REG", "genesis", bad_geneses[_i].payload, bad_geneses[_i].status,
		bad_geneses[_i].message);
	tro_authority_free(a);
}
END_TEST

START_TEST(a_key_of_small_order_founds_nothing)
{
	tro_authority *a = tro_authority_new();
	tro_buf payload = TRO_BUF_INIT;
	tro_vkey bad;
	const uint8_t zero[32] = {1}; /* the neutral element */

	ck_assert_int_eq(tro_vkey_init(&bad, "x", TRO_NOTE_ED25519, zero, NULL), TRO_OK);
	tro_buf_puts(&payload, GENESIS_HEAD "registrar P-REG ");
	tro_vkey_format(&payload, &bad);
	tro_buf_puts(&payload, " Rhona Keys\nservice P-SVC {v3}\nwitness-policy none\n");
	refuse(a, "genesis", payload.ptr, "registrar has to be");
	tro_buf_done(&payload);
	tro_authority_free(a);
}
END_TEST

/* ---- the record itself ---- */

static void bend(tro_record *r, int which)
{
	switch (which) {
	case 0:
		set_text(r->case_id, sizeof(r->case_id), "K7Q3-9F2M");
		break;
	case 1:
		set_text(r->matter, sizeof(r->matter), "order.1");
		break;
	case 2:
		r->has_workflow = true;
		break;
	case 3:
		r->has_outcome = true;
		break;
	case 4:
		r->has_payload = false;
		break;
	case 5:
		r->seq++;
		break;
	case 6:
		r->registry[7] ^= 1;
		break;
	case 7:
		r->has_registry = false;
		break;
	case 8:
		set_text(r->log, sizeof(r->log), "tro.example/south/training");
		break;
	case 9:
		set_text(r->event, sizeof(r->event), "appoint");
		break;
	case 10:
		r->time--;
		break;
	case 11:
		set_text(r->role, sizeof(r->role), "officer");
		break;
	case 12:
		set_text(r->actor, sizeof(r->actor), "P-BEN");
		break;
	case 13:
		set_text(r->actor, sizeof(r->actor), "P-SVC");
		break;
	default:
		set_text(r->actor, sizeof(r->actor), "P-NOBODY");
		break;
	}
}

START_TEST(a_record_that_is_not_the_registrys_next_is_refused)
{
	tro_authority *a = world();
	tro_record r = next_record(a, "grant", "P-REG", START);
	tro_err err;

	bend(&r, _i);
	ck_assert_int_eq(try_record(a, &r, "person P-BEN\nrole officer\n", &err),
		_i < 11 ? TRO_INVALID : TRO_KEY);
	accept(a, "grant", "person P-BEN\nrole officer\n"); /* unbent */
	tro_authority_free(a);
}
END_TEST

START_TEST(the_registry_begins_with_genesis_and_has_one)
{
	tro_authority *a = tro_authority_new();

	refuse(a, "enrol", "person P-ADA\nenrolment {e4 Ada Hope}\n", "begins with genesis");
	accept(a, "genesis", GENESIS);
	refuse(a, "genesis", GENESIS, "once");
	tro_authority_free(a);
}
END_TEST

/* ---- payloads of the other events ---- */

static const struct {
	const char *event;
	const char *payload;
	const char *message;
} bad_payloads[] = {
	{"enrol", "", "payload"},
	{"enrol", "person P-NEW\n", "enrolment is missing"},
	{"enrol", "enrolment {e6 Cy Dee}\nperson P-NEW\n", "person is missing"},
	{"enrol", "person P-NEW\nenrolment {e6 Cy Dee}\nenrolment {e7 Cy Dee}\n", "not expected"},
	{"enrol", "person P-NEW\nenrolment {e6 Cy Dee}\nnote x\n", "not expected"},
	{"enrol", "person P NEW\nenrolment {e6 Cy Dee}\n", "person has to be"},
	{"enrol", "person P-NEW\nenrolment AAAA\n", "not an enrolment"},
	{"enrol", "person P-NEW\nenrolment x{e6 Cy Dee}\n", "enrolment has to be"},
	{"enrol", "person P-NEW\nenrolment {f6 Cy Dee}\n", "made for the log"},
	{"enrol", "person P-ADA\nenrolment {e6 Cy Dee}\n", "enrolled already"},
	{"enrol", "person P-SVC\nenrolment {e6 Cy Dee}\n", "enrolled already"},
	{"enrol", "person P-NEW\nenrolment {e4 Cy Dee}\n", "enrolled before"},
	{"enrol", "person P-NEW\nenrolment {e2 Cy Dee}\n", "enrolled before"},
	{"enrol", "person P-NEW\nenrolment {e3 Cy Dee}\n", "enrolled before"},
	{"enrol", "person P-NEW\nenrolment {e1 Cy Dee}\n", "enrolled before"},
	{"enrol", "person P-NEW\r\nenrolment {e6 Cy Dee}\n", "line 1"},
	{"enrol", "person  P-NEW\nenrolment {e6 Cy Dee}\n", "line 1"},
	{"enrol", "person P-NEW\n\nenrolment {e6 Cy Dee}\n", "line 2"},
	{"enrol", "person P-NEW\nenrolment {e6 Cy Dee}", "LF"},
	{"grant", "person P-NEW\nrole officer\n", "not enrolled"},
	{"grant", "person P-BEN\nrole judge\n", "no role"},
	{"grant", "person P-BEN\nrole service\n", "service"},
	{"grant", "person P-SVC\nrole officer\n", "service"},
	{"grant", "person P-BEN\nrole officer\nrank \n", "line 3"},
	{"grant", "person P-BEN\nrole officer\noffice x\nrank y\n", "not expected"},
	{"grant", "person P-BEN\nrole officer\nrole superintendent\n", "not expected"},
	{"grant", "person P-BEN\nrole officer\nfrom 2026-02-30\n", "from has to be"},
	{"grant", "person P-BEN\nrole officer\nfrom 2026-12-01\nuntil 2026-11-30\n", "before"},
	{"grant", "person P-BEN\nrole officer\nacting no\n", "acting has to be"},
	{"grant", "person P-BEN\nrole officer\nacting yes\n", "no policy"},
	{"grant", "person P-BEN\nrole registrar\nacting yes\n", "holds no rank"},
	{"policy", "acting-rank perhaps\nreason x\n", "acting-rank has to be"},
	{"policy", "acting-rank accepted\n", "reason is missing"},
	{"end", "person P-BEN\nrole officer\nreason left\n", "does not hold"},
	{"end", "person P-ADA\nrole officer\n", "reason is missing"},
	{"end", "person P-SVC\nrole service\nreason x\n", "does not end"},
	{"end", "person P-REG\nrole registrar\nreason x\n", "last registrar"},
	{"rotate", "person P-NEW\nenrolment {e6 Ada Hope}\n", "not enrolled"},
	{"rotate", "person P-ADA\nenrolment {e4 Ada Hope}\n", "enrolled before"},
	{"rotate", "person P-ADA\nenrolment {e5 Ada Hope}\n", "enrolled before"},
	{"rotate", "person P-ADA\nenrolment {e6 Cy Dee}\n", "does not change the name"},
	{"rotate", "person P-ADA\nenrolment {f6 Ada Hope}\n", "made for the log"},
	{"revoke", "person P-ADA\nkey {v5}\nreason lost\n", "never had"},
	{"revoke", "person P-ADA\nkey {v1}\nreason lost\n", "never had"},
	{"revoke", "person P-ADA\nkey {v4}\n", "reason is missing"},
	{"revoke", "person P-ADA\nkey {v4}\nsuspect-from 2026-11-23T09:00:00.000001Z\nreason x\n",
		"after the record"},
	{"revoke", "person P-REG\nkey {v2}\nreason stolen\n", "last registrar"},
	{"adopt", "file " HEX_A " definition\n", "file has to be"},
	{"adopt", "file sha256:" HEX_A " definition a\n", "file has to be"},
	{"adopt", "file " HEX_A " definition a b\n", "file has to be"},
	{"adopt", "file " HEX_A " defi/nition a\n", "file has to be"},
	{"adopt", "file " HEX_A " definition \n", "line 1"},
	{"adopt", "file " HEX_A " definition a\nfile " HEX_B " definition a\n", "twice"},
	{"clock", "set 2026-11-23T10:00:00.000000Z\n", "not that of the clock"},
	{"clock", "set 2026-11-23T09:00:00Z\n", "set has to be"},
	{"agree", "record " HEX_A "\n", "no record of that hash"},
	{"agree", "record xyz\n", "record has to be"},
};

START_TEST(a_payload_that_does_not_fit_is_refused)
{
	tro_authority *a = world();

	refuse(a, bad_payloads[_i].event, bad_payloads[_i].payload, bad_payloads[_i].message);
	tro_authority_free(a);
}
END_TEST

START_TEST(no_altered_byte_of_a_payload_does_harm)
{
	static const char others[] = {'\n', ' ', '\0', 'z', '-', (char)0xff};
	tro_buf payload = TRO_BUF_INIT;
	uint8_t hash[32] = {1};

	expand(&payload, GENESIS);
	for (size_t i = 0; i < payload.len; i++) {
		char good = payload.ptr[i];

		for (size_t k = 0; k < sizeof(others); k++) {
			tro_authority *a = tro_authority_new();
			tro_record r = next_record(a, "genesis", "P-REG", START);

			payload.ptr[i] = others[k];
			tro_status status =
				tro_authority_apply(a, &r, payload.ptr, payload.len, hash, NULL);

			ck_assert_uint_eq(tro_authority_count(a), status == TRO_OK ? 1 : 0);
			tro_authority_free(a);
		}
		payload.ptr[i] = good;
	}
	tro_buf_done(&payload);
}
END_TEST

/* ---- people ---- */

START_TEST(an_enrolled_person_has_a_key_and_no_power)
{
	tro_authority *a = world();
	tro_vkey key = vkey_of(5);
	const tro_person *ben = tro_authority_person(a, "P-BEN");

	ck_assert_str_eq(ben->name, "Ben Yeo");
	ck_assert(ben->has_key && tro_vkey_equal(&ben->key, &key));
	ck_assert_ptr_eq(tro_authority_person_by_key(a, key.public_key), ben);
	ck_assert_uint_eq(ben->grant_count, 0);
	ck_assert_int_eq(may(a, "P-BEN", "officer", TODAY), TRO_KEY);
	ck_assert_int_eq(may(a, "P-BEN", "registrar", TODAY), TRO_KEY);
	ck_assert_int_eq(may(a, "P-NOBODY", "officer", TODAY), TRO_KEY);
	refuse_by(a, "P-BEN", "grant", "person P-BEN\nrole officer\n", TRO_KEY, "does not hold");
	refuse_by(a, "P-ADA", "clock", "set " START "\n", TRO_KEY, "does not hold");
	tro_authority_free(a);
}
END_TEST

START_TEST(a_grant_says_all_it_was_given)
{
	tro_authority *a = world();
	const tro_grant *g;
	const tro_date day = {2026, 11, 23};

	accept(a, "policy", "acting-rank accepted\nreason Force policy 12\n");
	accept(a, "grant",
		"person P-BEN\nrole superintendent\nrank chief inspector\noffice Crime Command\n"
		"force Northshire Police\nfrom 2026-11-01\nuntil 2026-12-31\nacting yes\n");
	ck_assert_int_eq(
		tro_authority_may_act(&g, a, "P-BEN", "superintendent", day, NULL), TRO_OK);
	ck_assert_str_eq(g->rank, "chief inspector");
	ck_assert_str_eq(g->office, "Crime Command");
	ck_assert_str_eq(g->force, "Northshire Police");
	ck_assert(g->acting && !g->ended);
	ck_assert_uint_eq(g->granted_at, 5);
	ck_assert_int_eq(tro_authority_may_act(&g, a, "P-ADA", "officer", day, NULL), TRO_OK);
	ck_assert(!g->acting);
	ck_assert_str_eq(g->office, "");
	tro_authority_free(a);
}
END_TEST

START_TEST(a_term_includes_its_first_and_last_day)
{
	tro_authority *a = world();

	accept(a, "grant", "person P-BEN\nrole officer\nfrom 2026-11-10\nuntil 2026-12-09\n");
	ck_assert_int_eq(may(a, "P-BEN", "officer", "2026-11-09"), TRO_KEY);
	ck_assert_int_eq(may(a, "P-BEN", "officer", "2026-11-10"), TRO_OK);
	ck_assert_int_eq(may(a, "P-BEN", "officer", "2026-12-09"), TRO_OK);
	ck_assert_int_eq(may(a, "P-BEN", "officer", "2026-12-10"), TRO_KEY);
	tro_authority_free(a);
}
END_TEST

START_TEST(of_several_grants_the_newest_that_fits_counts)
{
	tro_authority *a = world();
	const tro_grant *g;

	accept(a, "grant", "person P-BEN\nrole officer\nrank constable\n");
	accept(a, "grant", "person P-BEN\nrole officer\nrank sergeant\nfrom 2026-12-01\n");
	ck_assert_int_eq(
		tro_authority_may_act(&g, a, "P-BEN", "officer", (tro_date){2026, 11, 23}, NULL),
		TRO_OK);
	ck_assert_str_eq(g->rank, "constable");
	ck_assert_int_eq(
		tro_authority_may_act(&g, a, "P-BEN", "officer", (tro_date){2026, 12, 1}, NULL),
		TRO_OK);
	ck_assert_str_eq(g->rank, "sergeant");
	tro_authority_free(a);
}
END_TEST

START_TEST(what_was_ended_is_over_until_it_is_granted_again)
{
	tro_authority *a = world();

	accept(a, "grant", "person P-ADA\nrole superintendent\n");
	accept(a, "grant", "person P-ADA\nrole officer\nrank sergeant\n");
	accept(a, "end", "person P-ADA\nrole officer\nreason moved to another force\n");
	ck_assert_int_eq(may(a, "P-ADA", "officer", TODAY), TRO_KEY);
	ck_assert_int_eq(may(a, "P-ADA", "superintendent", TODAY), TRO_OK);
	refuse(a, "end", "person P-ADA\nrole officer\nreason again\n", "does not hold");
	accept(a, "grant", "person P-ADA\nrole officer\n");
	ck_assert_int_eq(may(a, "P-ADA", "officer", TODAY), TRO_OK);
	tro_authority_free(a);
}
END_TEST

/* Terms are civil days in London: in July they end an hour before midnight UTC. */
START_TEST(a_registrars_term_ends_with_the_day_in_london)
{
	tro_authority *a = tro_authority_new();
	const char *const grant = "person P-BEN\nrole officer\n";
	tro_err err;

	ck_assert_int_eq(
		try_at(a, "2026-07-01T09:00:00.000000Z", "P-REG", "genesis", GENESIS, &err),
		TRO_OK);
	ck_assert_int_eq(try_at(a, "2026-07-01T09:00:00.000000Z", "P-REG", "enrol",
				 "person P-BEN\nenrolment {e5 Ben Yeo}\n", &err),
		TRO_OK);
	ck_assert_int_eq(try_at(a, "2026-07-01T09:00:00.000000Z", "P-REG", "grant",
				 "person P-BEN\nrole registrar\nuntil 2026-07-31\n", &err),
		TRO_OK);
	ck_assert_int_eq(
		try_at(a, "2026-07-31T22:59:59.999999Z", "P-BEN", "grant", grant, &err), TRO_OK);
	ck_assert_int_eq(
		try_at(a, "2026-07-31T23:00:00.000000Z", "P-BEN", "grant", grant, &err), TRO_KEY);
	ck_assert_ptr_nonnull(strstr(err.message, "until 2026-07-31"));
	tro_authority_free(a);
}
END_TEST

/* ---- fields ---- */

START_TEST(fields_are_read_as_they_are_written)
{
	const tro_field list[] = {{"person", "P-1"}, {"reason", "left  the force, for good"},
		{"suspect-from", "\xc3\x89t\xc3\xa9"}};
	tro_buf text = TRO_BUF_INIT;
	tro_fields read;

	ck_assert_int_eq(tro_fields_format(&text, list, 3, NULL), TRO_OK);
	ck_assert_int_eq(tro_fields_parse(&read, text.ptr, text.len, NULL), TRO_OK);
	ck_assert_uint_eq(read.count, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_str_eq(read.list[i].name, list[i].name);
		ck_assert_str_eq(read.list[i].value, list[i].value);
	}
	tro_fields_done(&read);
	tro_buf_done(&text);
}
END_TEST

START_TEST(a_field_that_could_not_be_read_is_not_written)
{
	static const tro_field bad[] = {{"", "x"}, {"Person", "x"}, {"per son", "x"}, {"1st", "x"},
		{"a_b", "x"}, {"abcdefghijklmnopqrstuvwxyz-abcdefg", "x"}, {"a", ""}, {"a", " x"},
		{"a", "x "}, {"a", "x\ny z"}, {"a", "x\ty"}, {"a", "x\xff"}, {"a", "x\xe2\x80\xae"},
		{"a", "x\xc2\x85y"}};
	tro_buf text = TRO_BUF_INIT;

	ck_assert_int_eq(tro_fields_format(&text, &bad[_i], 1, NULL), TRO_INVALID);
	ck_assert_uint_eq(text.len, 0);
	tro_buf_done(&text);
}
END_TEST

START_TEST(lines_that_are_no_fields_are_refused)
{
	static const char *const bad[] = {"", "\n", "a", "a\n", "a \n", " a b\n", "a b", "a b\n\n",
		"a b\nc\n", "A b\n", "a\tb\n", "a b\r\n", "a  b\n", "a b \n"};
	tro_fields read;

	ck_assert_int_eq(tro_fields_parse(&read, bad[_i], strlen(bad[_i]), NULL), TRO_INVALID);
	tro_fields_done(&read);
}
END_TEST

START_TEST(a_payload_over_its_limit_is_refused_on_both_sides)
{
	char *value = malloc(TRO_FIELDS_MAX + 1);
	tro_buf text = TRO_BUF_INIT;
	tro_fields read;

	memset(value, 'x', TRO_FIELDS_MAX);
	value[TRO_FIELDS_MAX] = '\0';
	const tro_field field = {"a", value};

	ck_assert_int_eq(tro_fields_format(&text, &field, 1, NULL), TRO_INVALID);
	tro_buf_clear(&text);
	tro_buf_printf(&text, "a %s\n", value);
	ck_assert_int_eq(tro_fields_parse(&read, text.ptr, text.len, NULL), TRO_INVALID);
	tro_fields_done(&read);
	value[TRO_FIELDS_MAX - 3] = '\0';
	tro_buf_clear(&text);
	ck_assert_int_eq(tro_fields_format(&text, &field, 1, NULL), TRO_OK);
	ck_assert_int_eq(tro_fields_parse(&read, text.ptr, text.len, NULL), TRO_OK);
	tro_fields_done(&read);
	tro_buf_done(&text);
	free(value);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_test(tcase, genesis_says_who_and_what_there_is);
	tcase_add_test(tcase, the_key_of_genesis_is_read_from_its_payload);
	tcase_add_loop_test(tcase, a_genesis_that_does_not_fit_is_refused, 0, COUNT(bad_geneses));
	tcase_add_test(tcase, a_key_of_small_order_founds_nothing);
	tcase_add_loop_test(tcase, a_record_that_is_not_the_registrys_next_is_refused, 0, 15);
	tcase_add_test(tcase, the_registry_begins_with_genesis_and_has_one);
	tcase_add_loop_test(tcase, a_payload_that_does_not_fit_is_refused, 0, COUNT(bad_payloads));
	tcase_add_test(tcase, no_altered_byte_of_a_payload_does_harm);
	tcase_add_test(tcase, an_enrolled_person_has_a_key_and_no_power);
	tcase_add_test(tcase, a_grant_says_all_it_was_given);
	tcase_add_test(tcase, a_term_includes_its_first_and_last_day);
	tcase_add_test(tcase, of_several_grants_the_newest_that_fits_counts);
	tcase_add_test(tcase, what_was_ended_is_over_until_it_is_granted_again);
	tcase_add_test(tcase, a_registrars_term_ends_with_the_day_in_london);
	tcase_add_test(tcase, fields_are_read_as_they_are_written);
	tcase_add_loop_test(tcase, a_field_that_could_not_be_read_is_not_written, 0, 14);
	tcase_add_loop_test(tcase, lines_that_are_no_fields_are_refused, 0, 14);
	tcase_add_test(tcase, a_payload_over_its_limit_is_refused_on_both_sides);
}

int main(void)
{
	return run("authority", add_tests);
}
