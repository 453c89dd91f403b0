#include "case/traces.h"

#include <stdlib.h>
#include <string.h>
#include <tro/time.h>

#include "base/arena.h"
#include "base/text.h"

/* KEY_LEN digits are a number's tail without country code and trunk prefix; GAP_MAX bytes may stand
 * between two digits of one number. */
enum { KEY_LEN = 9, GAP_MAX = 3, WORD_MIN = 4, HEX_LEN = 64, CHECKED_MIN = 14 };

typedef enum trace_kind { TRACE_NUMBER, TRACE_HASH, TRACE_WORDS } trace_kind;

typedef struct trace {
	struct trace *next;
	trace_kind kind;
	bool forgotten;
	const char *value;   /* as it was given */
	const char *escaped; /* words: as XML text has it */
	char tail[KEY_LEN];  /* a number's last digits */
	bool has_body;	     /* of one that may end in a check digit: */
	char body[KEY_LEN];  /* those before the last */
} trace;

struct tro_traces {
	tro_arena *arena;
	trace *first;
};

tro_traces *tro_traces_new(void)
{
	tro_traces *traces = calloc(1, sizeof(*traces));

	if (traces != NULL && (traces->arena = tro_arena_new()) == NULL) {
		free(traces);
		return NULL;
	}
	return traces;
}

void tro_traces_free(tro_traces *traces)
{
	if (traces != NULL) {
		tro_arena_free(traces->arena);
		free(traces);
	}
}

/* ---- what a value tells ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits of a value that has nothing else but what stands between digits; 0 for another. */
static size_t digits_of(char *out, const char *value, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++) {
		if (is_digit(value[i])) {
			out[count++] = value[i];
		} else if (strchr("+-./() ", value[i]) == NULL) {
			return 0;
		}
	}
	return count;
}

static bool is_hash(const char *value, size_t len)
{
	return len == HEX_LEN && strspn(value, "0123456789abcdef") == len;
}

static bool is_time(const char *value)
{
	tro_time_us time;

	return tro_time_parse(&time, value, NULL) == TRO_OK;
}

static bool is_words(const char *value, size_t len)
{
	bool telling = false;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)value[i];

		telling = telling || (c >= 'A' && c <= 'Z') || c == ' ' || c >= 0x80;
	}
	return telling && len >= WORD_MIN && !is_time(value);
}

static bool make_number(trace *t, const char *digits, size_t count)
{
	if (count < KEY_LEN) {
		return false;
	}
	t->kind = TRACE_NUMBER;
	memcpy(t->tail, digits + count - KEY_LEN, KEY_LEN);
	t->has_body = count >= CHECKED_MIN;
	if (t->has_body) {
		memcpy(t->body, digits + count - KEY_LEN - 1, KEY_LEN);
	}
	return true;
}

static const char *escape(tro_arena *arena, const char *value)
{
	tro_buf out = TRO_BUF_INIT;

	for (const char *c = value; *c != '\0'; c++) {
		switch (*c) {
		case '&':
			tro_buf_puts(&out, "&amp;");
			break;
		case '<':
			tro_buf_puts(&out, "&lt;");
			break;
		case '>':
			tro_buf_puts(&out, "&gt;");
			break;
		default:
			tro_buf_put(&out, c, 1);
		}
	}
	const char *copy =
		tro_buf_status(&out, NULL) == TRO_OK ? tro_arena_strdup(arena, out.ptr) : NULL;

	tro_buf_done(&out);
	return copy;
}

static tro_status add_line(tro_traces *traces, const char *line, tro_err *err)
{
	size_t len = strlen(line);
	char *digits = tro_arena_alloc(traces->arena, len + 1);
	trace fresh = {.value = line, .kind = TRACE_WORDS};

	if (digits == NULL) {
		return tro_err_nomem(err);
	}
	if (is_hash(line, len)) {
		fresh.kind = TRACE_HASH;
	} else if (!make_number(&fresh, digits, digits_of(digits, line, len)) &&
		   !is_words(line, len)) {
		return TRO_OK;
	}
	for (trace *t = traces->first; t != NULL; t = t->next) {
		if (strcmp(t->value, line) == 0) {
			return TRO_OK;
		}
	}
	trace *kept = tro_arena_alloc(traces->arena, sizeof(*kept));

	fresh.escaped = escape(traces->arena, line);
	if (kept == NULL || fresh.escaped == NULL) {
		return tro_err_nomem(err);
	}
	fresh.next = traces->first;
	*kept = fresh;
	traces->first = kept;
	return TRO_OK;
}

tro_status tro_traces_add(tro_traces *traces, const char *value, tro_err *err)
{
	char *copy = tro_arena_strdup(traces->arena, value);
	tro_status status = copy == NULL ? tro_err_nomem(err) : TRO_OK;

	for (char *line = copy; status == TRO_OK && *line != '\0';) {
		size_t len = strcspn(line, "\r\n");
		bool last = line[len] == '\0';

		line[len] = '\0';
		status = add_line(traces, line, err);
		line += last ? len : len + 1;
	}
	return status;
}

/* ---- values of a tree ---- */

/* The own text of an element that holds no elements, or NULL. */
static const char *value_of(const tro_xml_node *element)
{
	return tro_xml_first(element) == NULL ? tro_xml_simple_text(element) : NULL;
}

tro_status tro_traces_add_all(tro_traces *traces, tro_xml_node *node, tro_err *err)
{
	tro_status status = TRO_OK;

	if (tro_xml_node_kind(node) == TRO_XML_ATTRIBUTE) {
		return tro_traces_add(traces,
			tro_xml_get(tro_xml_parent(node), tro_xml_ns(node), tro_xml_name(node)),
			err);
	}
	for (tro_xml_node *a = tro_xml_first_attribute(node); a != NULL && status == TRO_OK;
		a = tro_xml_next_attribute(a)) {
		status = tro_traces_add(
			traces, tro_xml_get(node, tro_xml_ns(a), tro_xml_name(a)), err);
	}
	if (status == TRO_OK && value_of(node) != NULL) {
		status = tro_traces_add(traces, value_of(node), err);
	}
	for (tro_xml_node *n = tro_xml_first(node); n != NULL && status == TRO_OK;
		n = tro_xml_next(n)) {
		status = tro_traces_add_all(traces, n, err);
	}
	return status;
}

static bool has_line(const char *value, const char *line)
{
	size_t len = strlen(line);

	for (const char *at = value; at != NULL; at = strpbrk(at, "\r\n")) {
		at += strspn(at, "\r\n");
		if (strcspn(at, "\r\n") == len && memcmp(at, line, len) == 0) {
			return true;
		}
		if (*at == '\0') {
			break;
		}
	}
	return false;
}

static void forget_value(tro_traces *traces, const char *value)
{
	for (trace *t = traces->first; t != NULL; t = t->next) {
		if (t->kind == TRACE_WORDS && has_line(value, t->value)) {
			t->forgotten = true;
		}
	}
}

tro_status tro_traces_forget(tro_traces *traces, tro_xml_node *remains, tro_err *err)
{
	tro_status status = TRO_OK;

	for (tro_xml_node *a = tro_xml_first_attribute(remains); a != NULL;
		a = tro_xml_next_attribute(a)) {
		forget_value(traces, tro_xml_get(remains, tro_xml_ns(a), tro_xml_name(a)));
	}
	if (value_of(remains) != NULL) {
		forget_value(traces, value_of(remains));
	}
	for (tro_xml_node *n = tro_xml_first(remains); n != NULL && status == TRO_OK;
		n = tro_xml_next(n)) {
		status = tro_traces_forget(traces, n, err);
	}
	return status;
}

/* ---- looking for them ---- */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool holds_words(const char *text, size_t len, const char *words)
{
	size_t words_len = strlen(words);

	for (size_t i = 0; i + words_len <= len; i++) {
		size_t same = 0;

		while (same < words_len && lower(text[i + same]) == lower(words[same])) {
			same++;
		}
		if (same == words_len) {
			return true;
		}
	}
	return false;
}

/* The number whose last digits these are? */
static bool is_number(const tro_traces *traces, const char last[KEY_LEN])
{
	for (const trace *t = traces->first; t != NULL; t = t->next) {
		if (t->kind == TRACE_NUMBER &&
			(memcmp(t->tail, last, KEY_LEN) == 0 ||
				(t->has_body && memcmp(t->body, last, KEY_LEN) == 0))) {
			return true;
		}
	}
	return false;
}

static bool holds_number(const tro_traces *traces, const char *text, size_t len)
{
	char last[KEY_LEN];
	size_t count = 0;
	size_t gap = 0;

	for (size_t i = 0; i < len; i++) {
		if (!is_digit(text[i])) {
			count = ++gap > GAP_MAX ? 0 : count;
			continue;
		}
		gap = 0;
		if (count == KEY_LEN) {
			memmove(last, last + 1, KEY_LEN - 1);
			count--;
		}
		last[count++] = text[i];
		if (count == KEY_LEN && is_number(traces, last)) {
			return true;
		}
	}
	return false;
}

bool tro_traces_in(const tro_traces *traces, const char *text, size_t len)
{
	for (const trace *t = traces->first; t != NULL; t = t->next) {
		if (!t->forgotten && t->kind != TRACE_NUMBER &&
			(holds_words(text, len, t->value) || holds_words(text, len, t->escaped))) {
			return true;
		}
	}
	return holds_number(traces, text, len);
}

bool tro_traces_below(const tro_traces *traces, tro_xml_node *node, tro_xml_node **out)
{
	for (tro_xml_node *a = tro_xml_first_attribute(node); a != NULL;
		a = tro_xml_next_attribute(a)) {
		const char *value = tro_xml_get(node, tro_xml_ns(a), tro_xml_name(a));

		if (tro_traces_in(traces, value, strlen(value))) {
			if (out != NULL) {
				*out = a;
			}
			return true;
		}
	}
	const char *text = value_of(node);
	tro_buf mixed = TRO_BUF_INIT;

	if (text == NULL && !tro_xml_holds_elements_alone(node)) { /* texts between elements */
		tro_xml_text(&mixed, node);
		text = mixed.ptr;
	}
	bool holds = text != NULL && tro_traces_in(traces, text, strlen(text));

	tro_buf_done(&mixed);
	if (holds) {
		if (out != NULL) {
			*out = node;
		}
		return true;
	}
	for (tro_xml_node *n = tro_xml_first(node); n != NULL; n = tro_xml_next(n)) {
		if (tro_traces_below(traces, n, out)) {
			return true;
		}
	}
	return false;
}
