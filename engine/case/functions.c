/*
 * The functions that guards may call, in the namespace urn:tro:workflow:1. Pure: everything they
 * know comes from their arguments and from the rules under which the step is judged. Time is the
 * event's; there is no "now" here. An instant outside the years 1 to 9999 is ''.
 *
 *   rank-at-least(rank, least)          by the adopted rank list
 *   deadline(date, n, division)         the instant at which the n-th working day after it is over
 *                                       (SI 2017/1240 reg 3(5), (7)); '' beyond the calendar
 *   instant(date, 'HH:MM')              of that local time in the UK; '' if the clock skips it
 *   date(instant)                       local date in the UK; '' of ''
 *   local(instant)                      UK local time in words, for a sentence; '' of ''
 *   before(instant, instant)            false where either is ''
 *   add-hours(instant, n)               clock hours; '' of ''
 *   calendar-version()
 *   register(name, id, field)           from an adopted register; '' if unknown
 *   code(list, code, field)             from the adopted code lists; '' if unknown
 *   lacking(list, codes, field, words)  the first of these codes of a list whose field shares no
 *                                       word with the words; '' if there is none
 *   repeated, distinct, among, unmatched  sets of nodes compared (sets.h)
 *   c14n-sha256(node)                   of the exclusive canonical form of the first node
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <tro/calendar.h>

#include "base/text.h"
#include "case/session.h"
#include "crypto/crypto.h"
#include "xml/sets.h"

static tro_status need(const tro_xpath_call *call, size_t count, const char *name, tro_err *err)
{
	size_t given = tro_xpath_arg_count(call);

	return given == count ? TRO_OK
			      : tro_err_set(err, TRO_INVALID, "tro:%s takes %zu arguments, not %zu",
					name, count, given);
}

static tro_status text_arg(const char **out, tro_xpath_call *call, size_t index, tro_err *err)
{
	*out = tro_xpath_arg_string(call, index);
	return *out == NULL ? tro_err_nomem(err) : TRO_OK;
}

/* An instant that is '' is not known. */
static tro_status time_arg(
	tro_time_us *out, bool *out_known, tro_xpath_call *call, size_t index, tro_err *err)
{
	const char *text;
	tro_status status = text_arg(&text, call, index, err);

	*out_known = status == TRO_OK && text[0] != '\0';
	return *out_known ? tro_time_parse(out, text, err) : status;
}

/* What a court ordered for the last day of the calendar, or beyond, is recorded: without an
 * instant. */
static void return_time(tro_xpath_call *call, tro_time_us time)
{
	char text[TRO_TIME_TEXT_SIZE] = "";

	if (tro_time_has_text(time)) {
		tro_time_format(text, time);
	}
	tro_xpath_return_string(call, text);
}

static tro_status rank_at_least(tro_xpath_call *call, void *user, tro_err *err)
{
	const tro_session *session = user;
	const char *rank;
	const char *least;
	size_t has = 0;
	size_t needs = 0;
	tro_status status = need(call, 2, "rank-at-least", err);

	if (status == TRO_OK) {
		status = text_arg(&rank, call, 0, err);
	}
	if (status == TRO_OK) {
		status = text_arg(&least, call, 1, err);
	}
	if (status == TRO_OK) {
		status = tro_rules_rank(&has, &session->rules, rank, err);
	}
	if (status == TRO_OK) {
		status = tro_rules_rank(&needs, &session->rules, least, err);
	}
	if (status == TRO_OK && needs == 0) {
		status = tro_err_set(
			err, TRO_INVALID, "rank '%s' is not in the adopted rank list", least);
	}
	if (status == TRO_OK) {
		tro_xpath_return_boolean(call, has >= needs);
	}
	return status;
}

static tro_status deadline(tro_xpath_call *call, void *user, tro_err *err)
{
	const tro_session *session = user;
	const tro_calendar *calendar;
	const char *from;
	const char *division;
	tro_date date;
	tro_status status = need(call, 3, "deadline", err);

	if (status == TRO_OK) {
		status = text_arg(&from, call, 0, err);
	}
	if (status == TRO_OK) {
		status = text_arg(&division, call, 2, err);
	}
	if (status == TRO_OK) {
		status = tro_date_parse(&date, from, err);
	}
	if (status == TRO_OK) {
		status = tro_rules_calendar(&calendar, &session->rules, err);
	}
	double days = tro_xpath_arg_number(call, 1);

	if (status == TRO_OK && !(days >= 1 && days <= 1000 && floor(days) == days)) {
		status = tro_err_set(err, TRO_INVALID, "tro:deadline takes 1 to 1000 working days");
	}
	if (status != TRO_OK) {
		return status;
	}
	status = tro_calendar_add_working_days(&date, calendar, division, date, (int)days, err);
	if (status == TRO_OK) {
		return_time(call, tro_uk_end_of_day(date));
	} else if (status == TRO_INVALID) {
		/* Nothing is computed beyond the calendar; what a court did there is recorded. */
		tro_xpath_return_string(call, "");
		status = TRO_OK;
	}
	return status;
}

/* Does the clock skip this time on this date? A text that is no time of day is none on any date. */
static bool skipped(tro_date date, const char *clock)
{
	static const tro_date unchanged = {.year = 2000, .month = 1, .day = 1};
	tro_time_us time;
	tro_err ignored;

	return tro_uk_parse_clock(&time, date, clock, &ignored) == TRO_INVALID &&
	       tro_uk_parse_clock(&time, unchanged, clock, &ignored) == TRO_OK;
}

static tro_status instant(tro_xpath_call *call, void *user, tro_err *err)
{
	const char *date_text;
	const char *clock;
	tro_date date;
	tro_time_us time;
	tro_status status = need(call, 2, "instant", err);

	(void)user;
	if (status == TRO_OK) {
		status = text_arg(&date_text, call, 0, err);
	}
	if (status == TRO_OK) {
		status = text_arg(&clock, call, 1, err);
	}
	if (status == TRO_OK) {
		status = tro_date_parse(&date, date_text, err);
	}
	if (status == TRO_OK && skipped(date, clock)) {
		tro_xpath_return_string(call, "");
		return TRO_OK;
	}
	if (status == TRO_OK) {
		status = tro_uk_parse_clock(&time, date, clock, err);
	}
	if (status == TRO_OK) {
		return_time(call, time);
	}
	return status;
}

static tro_status date_of(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_time_us time;
	tro_uk_local local;
	char text[TRO_DATE_TEXT_SIZE] = "";
	bool known = false;
	tro_status status = need(call, 1, "date", err);

	(void)user;
	if (status == TRO_OK) {
		status = time_arg(&time, &known, call, 0, err);
	}
	if (status == TRO_OK && known) {
		tro_uk_from_time(&local, time);
		tro_date_format(text, local.date);
	}
	if (status == TRO_OK) {
		tro_xpath_return_string(call, text);
	}
	return status;
}

static tro_status local(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_time_us time;
	char text[TRO_UK_TEXT_SIZE] = "";
	bool known = false;
	tro_status status = need(call, 1, "local", err);

	(void)user;
	if (status == TRO_OK) {
		status = time_arg(&time, &known, call, 0, err);
	}
	if (status == TRO_OK && known) {
		tro_uk_format(text, time);
	}
	if (status == TRO_OK) {
		tro_xpath_return_string(call, text);
	}
	return status;
}

static tro_status before(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_time_us a = 0;
	tro_time_us b = 0;
	bool a_known = false;
	bool b_known = false;
	tro_status status = need(call, 2, "before", err);

	(void)user;
	if (status == TRO_OK) {
		status = time_arg(&a, &a_known, call, 0, err);
	}
	if (status == TRO_OK) {
		status = time_arg(&b, &b_known, call, 1, err);
	}
	if (status == TRO_OK) {
		tro_xpath_return_boolean(call, a_known && b_known && a < b);
	}
	return status;
}

static tro_status add_hours(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_time_us time = 0;
	bool known = false;
	tro_status status = need(call, 2, "add-hours", err);

	(void)user;
	if (status == TRO_OK) {
		status = time_arg(&time, &known, call, 0, err);
	}
	double hours = tro_xpath_arg_number(call, 1);

	if (status == TRO_OK && !(fabs(hours) <= 1000000 && floor(hours) == hours)) {
		status = tro_err_set(
			err, TRO_INVALID, "tro:add-hours takes a whole number of hours");
	}
	if (status == TRO_OK && known) {
		return_time(call, time + (tro_time_us)hours * 3600 * 1000000);
	} else if (status == TRO_OK) {
		tro_xpath_return_string(call, "");
	}
	return status;
}

static tro_status calendar_version(tro_xpath_call *call, void *user, tro_err *err)
{
	const tro_session *session = user;
	const tro_calendar *calendar;
	tro_status status = need(call, 0, "calendar-version", err);

	if (status == TRO_OK) {
		status = tro_rules_calendar(&calendar, &session->rules, err);
	}
	if (status == TRO_OK) {
		tro_xpath_return_string(call, tro_calendar_version(calendar));
	}
	return status;
}

/* register and code differ in the kind of asset and in how its document is laid out. */
static tro_status look_up(
	tro_xpath_call *call, const tro_session *session, const char *kind, tro_err *err)
{
	const char *args[3];
	tro_buf value = TRO_BUF_INIT;
	tro_status status = need(call, 3, kind, err);

	for (size_t i = 0; i < 3 && status == TRO_OK; i++) {
		status = text_arg(&args[i], call, i, err);
	}
	if (status == TRO_OK) {
		status = tro_rules_look_up(
			&value, &session->rules, kind, args[0], args[1], args[2], err);
	}
	if (status == TRO_OK) {
		tro_xpath_return_string(call, value.ptr);
	}
	tro_buf_done(&value);
	return status;
}

static tro_status register_field(tro_xpath_call *call, void *user, tro_err *err)
{
	return look_up(call, user, "register", err);
}

static tro_status code_field(tro_xpath_call *call, void *user, tro_err *err)
{
	return look_up(call, user, "codes", err);
}

/* Cuts the first word off a text of words parted by blanks; its length is 0 at the end. */
static size_t next_word(const char **word, const char **rest)
{
	*word = *rest + strspn(*rest, " ");
	size_t len = strcspn(*word, " ");

	*rest = *word + len;
	return len;
}

static bool share_word(const char *words, const char *others)
{
	const char *word;
	const char *other;

	for (size_t len; (len = next_word(&word, &words)) > 0;) {
		const char *rest = others;

		for (size_t other_len; (other_len = next_word(&other, &rest)) > 0;) {
			if (other_len == len && memcmp(other, word, len) == 0) {
				return true;
			}
		}
	}
	return false;
}

/* The first of the codes whose field shares no word with the words, in out; "" if all do. */
static tro_status find_lacking(
	tro_buf *out, const tro_session *session, const char *const args[4], tro_err *err)
{
	const char *codes = args[1];
	const char *word;
	tro_buf field = TRO_BUF_INIT;
	tro_status status = TRO_OK;

	for (size_t len; status == TRO_OK && (len = next_word(&word, &codes)) > 0;) {
		tro_buf_clear(out);
		tro_buf_clear(&field);
		tro_buf_put(out, word, len);
		status = tro_buf_status(out, err);
		if (status == TRO_OK) {
			status = tro_rules_look_up(
				&field, &session->rules, "codes", args[0], out->ptr, args[2], err);
		}
		if (status == TRO_OK && !share_word(field.ptr, args[3])) {
			tro_buf_done(&field);
			return TRO_OK;
		}
	}
	tro_buf_clear(out);
	tro_buf_done(&field);
	return status;
}

static tro_status lacking(tro_xpath_call *call, void *user, tro_err *err)
{
	const char *args[4];
	tro_buf code = TRO_BUF_INIT;
	tro_status status = need(call, 4, "lacking", err);

	for (size_t i = 0; i < 4 && status == TRO_OK; i++) {
		status = text_arg(&args[i], call, i, err);
	}
	if (status == TRO_OK) {
		status = find_lacking(&code, user, args, err);
	}
	if (status == TRO_OK) {
		tro_xpath_return_string(call, code.ptr);
	}
	tro_buf_done(&code);
	return status;
}

static tro_status c14n_sha256(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	uint8_t hash[TRO_SHA256_LEN];
	char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)] = "";
	tro_status status = need(call, 1, "c14n-sha256", err);
	tro_xml_node *node = status == TRO_OK ? tro_xpath_arg_node(call, 0) : NULL;

	(void)user;
	if (node != NULL) {
		status = tro_xml_c14n(&bytes, node, err);
		if (status == TRO_OK) {
			tro_sha256(hash, bytes.ptr, bytes.len);
			tro_hex_encode(hex, hash, sizeof(hash));
		}
	}
	if (status == TRO_OK) {
		tro_xpath_return_string(call, hex);
	}
	tro_buf_done(&bytes);
	return status;
}

static const struct {
	const char *name;
	tro_xpath_function function;
} functions[TRO_GUARD_FUNCTIONS] = {
	{"rank-at-least", rank_at_least},
	{"deadline", deadline},
	{"instant", instant},
	{"date", date_of},
	{"local", local},
	{"before", before},
	{"add-hours", add_hours},
	{"calendar-version", calendar_version},
	{"register", register_field},
	{"code", code_field},
	{"lacking", lacking},
	{"repeated", tro_sets_repeated},
	{"distinct", tro_sets_distinct},
	{"among", tro_sets_among},
	{"unmatched", tro_sets_unmatched},
	{"c14n-sha256", c14n_sha256},
};

void tro_session_bind_functions(tro_session *session)
{
	for (size_t i = 0; i < TRO_GUARD_FUNCTIONS; i++) {
		session->functions[i] = (tro_chart_function){.ns = TRO_WORKFLOW_NS,
			.name = functions[i].name,
			.function = functions[i].function,
			.user = session};
	}
}
