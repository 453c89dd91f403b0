#include "filing/functions_text.h"

#include <string.h>
#include <tro/calendar.h>
#include <tro/time.h>

#include "base/text.h"
#include "filing/functions.h"

static const char *const weekdays[] = {
	"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

tro_status tro_call_arguments(
	const char *out[], tro_xpath_call *call, size_t count, const char *name, tro_err *err)
{
	if (tro_xpath_arg_count(call) != count) {
		return tro_err_set(err, TRO_INVALID, "tro:%s takes %zu arguments, not %zu", name,
			count, tro_xpath_arg_count(call));
	}
	for (size_t i = 0; i < count; i++) {
		out[i] = tro_xpath_arg_string(call, i);
		if (out[i] == NULL) {
			return tro_err_nomem(err);
		}
	}
	return TRO_OK;
}

tro_status tro_call_give(tro_xpath_call *call, tro_buf *text, tro_status status, tro_err *err)
{
	if (status == TRO_OK) {
		status = tro_buf_status(text, err);
	}
	if (status == TRO_OK) {
		tro_xpath_return_string(call, text->ptr);
	}
	tro_buf_done(text);
	return status;
}

/* ---- dates and times ---- */

static tro_status local_time(
	tro_uk_local *out, tro_xpath_call *call, const char *name, tro_err *err)
{
	const char *args[1];
	tro_time_us time = 0;
	tro_status status = tro_call_arguments(args, call, 1, name, err);

	if (status == TRO_OK) {
		status = tro_time_parse(&time, args[0], err);
	}
	if (status == TRO_OK) {
		tro_uk_from_time(out, time);
	}
	return status;
}

static void put_long_date(tro_buf *out, tro_date date)
{
	tro_buf_printf(out, "%d %s %d", date.day, tro_month_name(date.month), date.year);
}

static tro_status local(tro_xpath_call *call, void *user, tro_err *err)
{
	const char *args[1];
	char text[TRO_UK_TEXT_SIZE];
	tro_time_us time = 0;
	tro_status status = tro_call_arguments(args, call, 1, "local", err);

	(void)user;
	if (status == TRO_OK) {
		status = tro_time_parse(&time, args[0], err);
	}
	if (status == TRO_OK) {
		tro_uk_format(text, time);
		tro_xpath_return_string(call, text);
	}
	return status;
}

static tro_status local_date(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_uk_local at = {0};
	char date[TRO_DATE_TEXT_SIZE];
	tro_status status = local_time(&at, call, "local-date", err);

	(void)user;
	if (status == TRO_OK) {
		tro_date_format(date, at.date);
		tro_xpath_return_string(call, date);
	}
	return status;
}

static tro_status offset_time(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_uk_local at = {0};
	char date[TRO_DATE_TEXT_SIZE];
	tro_buf text = TRO_BUF_INIT;
	tro_status status = local_time(&at, call, "offset-time", err);

	(void)user;
	if (status == TRO_OK) {
		tro_date_format(date, at.date);
		tro_buf_printf(&text, "%sT%02d:%02d:%02d+%02d:%02d", date, at.hour, at.minute,
			at.second, at.offset_minutes / 60, at.offset_minutes % 60);
	}
	return tro_call_give(call, &text, status, err);
}

static tro_status date_argument(
	tro_date *out, bool *given, tro_xpath_call *call, const char *name, tro_err *err)
{
	const char *args[1];
	tro_status status = tro_call_arguments(args, call, 1, name, err);

	*given = status == TRO_OK && args[0][0] != '\0';
	return *given ? tro_date_parse(out, args[0], err) : status;
}

static tro_status long_date(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_date date;
	bool given;
	tro_buf text = TRO_BUF_INIT;
	tro_status status = date_argument(&date, &given, call, "long-date", err);

	(void)user;
	if (status == TRO_OK && given) {
		put_long_date(&text, date);
	}
	return tro_call_give(call, &text, status, err);
}

static tro_status weekday(tro_xpath_call *call, void *user, tro_err *err)
{
	tro_date date;
	bool given;
	tro_status status = date_argument(&date, &given, call, "weekday", err);

	(void)user;
	if (status == TRO_OK) {
		tro_xpath_return_string(call, given ? weekdays[tro_date_weekday(date) - 1] : "");
	}
	return status;
}

/* ---- spellings ---- */

static tro_status number_national(tro_xpath_call *call, void *user, tro_err *err)
{
	const char *args[1];
	tro_buf text = TRO_BUF_INIT;
	tro_status status = tro_call_arguments(args, call, 1, "number-national", err);

	(void)user;
	if (status == TRO_OK && tro_text_starts(args[0], "+44") && strlen(args[0]) == 13) {
		tro_buf_printf(&text, "0%.4s %s", args[0] + 3, args[0] + 7);
	} else if (status == TRO_OK) {
		tro_buf_puts(&text, args[0]);
	}
	return tro_call_give(call, &text, status, err);
}

bool tro_csv_armed(char first)
{
	return first != '\0' && strchr("=+-@\t\r\n", first) != NULL;
}

void tro_csv_put(tro_buf *out, const char *text)
{
	tro_buf_putc(out, '"');
	if (tro_csv_armed(text[0])) {
		tro_buf_putc(out, '\'');
	}
	for (; *text != '\0'; text++) {
		if (*text == '"') {
			tro_buf_putc(out, '"');
		}
		tro_buf_putc(out, *text);
	}
	tro_buf_putc(out, '"');
}

static tro_status csv(tro_xpath_call *call, void *user, tro_err *err)
{
	const char *args[1];
	tro_buf text = TRO_BUF_INIT;
	tro_status status = tro_call_arguments(args, call, 1, "csv", err);

	(void)user;
	if (status == TRO_OK) {
		tro_csv_put(&text, args[0]);
	}
	return tro_call_give(call, &text, status, err);
}

static tro_status suffix(tro_xpath_call *call, void *user, tro_err *err)
{
	static const struct {
		const char *media, *suffix;
	} known[] = {
		{"application/pdf", "pdf"},
		{"application/xml", "xml"},
		{"audio/mpeg", "mp3"},
		{"audio/wav", "wav"},
		{"image/jpeg", "jpg"},
		{"image/png", "png"},
		{"image/tiff", "tif"},
		{"text/csv", "csv"},
		{"text/html", "html"},
		{"text/plain", "txt"},
		{"video/mp4", "mp4"},
	};
	const char *args[1];
	const char *found = "bin";
	tro_status status = tro_call_arguments(args, call, 1, "suffix", err);

	(void)user;
	if (status != TRO_OK) {
		return status;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(known[i].media, args[0]) == 0) {
			found = known[i].suffix;
		}
	}
	tro_xpath_return_string(call, found);
	return TRO_OK;
}

/* ---- paragraphs ---- */

/* The next paragraph at *at: lines up to one that is blank. False at the end. */
static bool next_paragraph(const char **at, const char **start, size_t *len)
{
	const char *text = *at + strspn(*at, " \t\r\n");
	const char *end = text;

	*start = text;
	for (*at = text; **at != '\0';) {
		size_t line = strcspn(*at, "\n");

		if (strspn(*at, " \t\r") >= line) {
			break;
		}
		end = *at + line;
		*at = end + (*end != '\0');
	}
	*len = (size_t)(end - text);
	return *len > 0;
}

static tro_status paragraph_count(tro_xpath_call *call, void *user, tro_err *err)
{
	const char *args[1];
	const char *start;
	size_t len;
	size_t count = 0;
	tro_status status = tro_call_arguments(args, call, 1, "paragraph-count", err);

	(void)user;
	if (status == TRO_OK) {
		while (next_paragraph(&args[0], &start, &len)) {
			count++;
		}
		tro_xpath_return_number(call, (double)count);
	}
	return status;
}

static tro_status paragraph(tro_xpath_call *call, void *user, tro_err *err)
{
	const char *args[2];
	const char *start = "";
	size_t len = 0;
	tro_buf text = TRO_BUF_INIT;
	tro_status status = tro_call_arguments(args, call, 2, "paragraph", err);
	double index = tro_xpath_arg_number(call, 1);

	(void)user;
	while (status == TRO_OK && index >= 1 && next_paragraph(&args[0], &start, &len)) {
		index -= 1;
	}
	for (size_t i = 0; status == TRO_OK && index < 1 && i < len; i++) {
		if (start[i] != '\r') {
			tro_buf_putc(&text, start[i]);
		}
	}
	return tro_call_give(call, &text, status, err);
}

const tro_text_function tro_text_functions[TRO_TEXT_FUNCTIONS] = {
	{"local", local},
	{"local-date", local_date},
	{"offset-time", offset_time},
	{"long-date", long_date},
	{"weekday", weekday},
	{"number-national", number_national},
	{"paragraph-count", paragraph_count},
	{"paragraph", paragraph},
	{"csv", csv},
	{"suffix", suffix},
};
