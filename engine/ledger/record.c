#include "ledger/record.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "ledger/fields.h"
#include "ledger/tree.h"

#define RECORD_HEADING "tro-record/v1\n"
#define ENROLMENT_HEADING "tro-enrol/v1\n"
#define SHA256 "sha256:"
#define HMAC "hmac-sha256:"

static_assert((int)TRO_NOTE_KEY_NAME_MAX < (int)TRO_ORIGIN_SIZE, "an origin is a key name");

/* ---- grammar ---- */

static bool is_alphanumeric(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Letters, digits and the others given, beginning with a letter or digit. */
static bool word_good(const char *text, size_t len, size_t max_len, const char *others)
{
	if (len == 0 || len > max_len || !is_alphanumeric(text[0])) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (!is_alphanumeric(text[i]) &&
			(text[i] == '\0' || strchr(others, text[i]) == NULL)) {
			return false;
		}
	}
	return true;
}

bool tro_record_id_good(const char *text, size_t len)
{
	return word_good(text, len, TRO_ID_SIZE - 1, "-");
}

bool tro_record_name_good(const char *text, size_t len)
{
	return word_good(text, len, TRO_NAME_SIZE - 1, "._-");
}

/* Names with '/' between them. */
static bool matter_good(const char *text, size_t len)
{
	const char *end = text + len;

	if (len > TRO_NAME_SIZE - 1) {
		return false;
	}
	for (const char *at = text;;) {
		const char *slash = memchr(at, '/', (size_t)(end - at));
		const char *stop = slash == NULL ? end : slash;

		if (!tro_record_name_good(at, (size_t)(stop - at))) {
			return false;
		}
		if (slash == NULL) {
			return true;
		}
		at = slash + 1;
	}
}

bool tro_record_origin_good(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] > '~') {
			return false;
		}
	}
	return tro_key_name_good(text, len);
}

/* ---- lines ---- */

typedef struct lines {
	const char *at;
	const char *end;
} lines;

/* Takes the line "name value"; false when the next line is another. */
static bool take_line(lines *text, const char *name, const char **out_value, size_t *out_len)
{
	size_t name_len = strlen(name);
	size_t left = (size_t)(text->end - text->at);
	const char *lf = left == 0 ? NULL : memchr(text->at, '\n', left);

	if (lf == NULL || (size_t)(lf - text->at) <= name_len ||
		memcmp(text->at, name, name_len) != 0 || text->at[name_len] != ' ') {
		return false;
	}
	*out_value = text->at + name_len + 1;
	*out_len = (size_t)(lf - *out_value);
	text->at = lf + 1;
	return true;
}

static bool take_heading(lines *text, const char *heading)
{
	size_t len = strlen(heading);

	if ((size_t)(text->end - text->at) < len || memcmp(text->at, heading, len) != 0) {
		return false;
	}
	text->at += len;
	return true;
}

/* Copies a value into an array of that size. */
static bool read_text(char *out, size_t size, const char *value, size_t len)
{
	if (len >= size || memchr(value, '\0', len) != NULL) {
		return false;
	}
	memcpy(out, value, len);
	out[len] = '\0';
	return true;
}

static bool take_text(lines *text, const char *name, char *out, size_t size)
{
	const char *value;
	size_t len;

	return take_line(text, name, &value, &len) && read_text(out, size, value, len);
}

/* "-" or SCHEME and hex. */
static bool read_hash(
	bool *out_has, uint8_t out[32], const char *scheme, const char *value, size_t len)
{
	size_t scheme_len = strlen(scheme);

	*out_has = !(len == 1 && value[0] == '-');
	return !*out_has || (len > scheme_len && memcmp(value, scheme, scheme_len) == 0 &&
				    tro_hex_decode(out, 32, value + scheme_len, len - scheme_len));
}

static void put_hash(tro_buf *out, const char *scheme, bool has, const uint8_t hash[32])
{
	char hex[TRO_HEX_SIZE(32)];

	tro_hex_encode(hex, hash, 32);
	tro_buf_puts(out, has ? scheme : "-");
	tro_buf_puts(out, has ? hex : "");
}

static bool read_time(tro_time_us *out, const char *value, size_t len)
{
	char text[TRO_TIME_TEXT_SIZE];

	return read_text(text, sizeof(text), value, len) &&
	       tro_time_parse(out, text, NULL) == TRO_OK;
}

static void put_time(tro_buf *out, tro_time_us time)
{
	char text[TRO_TIME_TEXT_SIZE];

	tro_time_format(text, time);
	tro_buf_puts(out, text);
}

/* "-" or the size and root of a checkpoint. */
static bool read_anchor(tro_record *out, const char *value, size_t len)
{
	size_t root_len = 0;
	const char *blank = memchr(value, ' ', len);

	out->has_anchor = !(len == 1 && value[0] == '-');
	return !out->has_anchor ||
	       (blank != NULL &&
		       tro_decimal_parse(&out->anchor_size, value, (size_t)(blank - value)) &&
		       tro_base64_decode(out->anchor_root, sizeof(out->anchor_root), &root_len,
			       blank + 1, (size_t)(value + len - blank - 1)) &&
		       root_len == sizeof(out->anchor_root));
}

static void put_anchor(tro_buf *out, const tro_record *r)
{
	if (!r->has_anchor) {
		tro_buf_putc(out, '-');
		return;
	}
	tro_buf_printf(out, "%llu ", (unsigned long long)r->anchor_size);
	tro_base64_encode(out, r->anchor_root, sizeof(r->anchor_root));
}

/* ---- records ---- */

typedef enum line {
	LINE_LOG,
	LINE_CASE,
	LINE_SEQ,
	LINE_PREV,
	LINE_REQUEST,
	LINE_MATTER,
	LINE_EVENT,
	LINE_ACTOR,
	LINE_ROLE,
	LINE_TIME,
	LINE_REGISTRY,
	LINE_ANCHOR,
	LINE_WORKFLOW,
	LINE_PAYLOAD,
	LINE_OUTCOME,
	LINE_COUNT,
} line;

/* The order of the text, by which both reader and writer go. */
static const char *const line_names[LINE_COUNT] = {"log", "case", "seq", "prev", "request",
	"matter", "event", "actor", "role", "time", "registry", "anchor", "workflow", "payload",
	"outcome"};

static bool read_value(tro_record *r, line which, const char *value, size_t len)
{
	switch (which) {
	case LINE_LOG:
		return read_text(r->log, sizeof(r->log), value, len);
	case LINE_CASE:
		return read_text(r->case_id, sizeof(r->case_id), value, len);
	case LINE_SEQ:
		return tro_decimal_parse(&r->seq, value, len);
	case LINE_PREV:
		return read_hash(&r->has_prev, r->prev, SHA256, value, len);
	case LINE_REQUEST:
		return read_text(r->request, sizeof(r->request), value, len);
	case LINE_MATTER:
		return read_text(r->matter, sizeof(r->matter), value, len);
	case LINE_EVENT:
		return read_text(r->event, sizeof(r->event), value, len);
	case LINE_ACTOR:
		return read_text(r->actor, sizeof(r->actor), value, len);
	case LINE_ROLE:
		return read_text(r->role, sizeof(r->role), value, len);
	case LINE_TIME:
		return read_time(&r->time, value, len);
	case LINE_REGISTRY:
		return read_hash(&r->has_registry, r->registry, SHA256, value, len);
	case LINE_ANCHOR:
		return read_anchor(r, value, len);
	case LINE_WORKFLOW:
		return read_hash(&r->has_workflow, r->workflow, SHA256, value, len);
	case LINE_PAYLOAD:
		return read_hash(&r->has_payload, r->payload, HMAC, value, len);
	case LINE_OUTCOME:
		return read_hash(&r->has_outcome, r->outcome, HMAC, value, len);
	case LINE_COUNT:
		break;
	}
	return false;
}

static void put_value(tro_buf *out, line which, const tro_record *r)
{
	switch (which) {
	case LINE_LOG:
		tro_buf_puts(out, r->log);
		break;
	case LINE_CASE:
		tro_buf_puts(out, r->case_id);
		break;
	case LINE_SEQ:
		tro_buf_printf(out, "%llu", (unsigned long long)r->seq);
		break;
	case LINE_PREV:
		put_hash(out, SHA256, r->has_prev, r->prev);
		break;
	case LINE_REQUEST:
		tro_buf_puts(out, r->request);
		break;
	case LINE_MATTER:
		tro_buf_puts(out, r->matter);
		break;
	case LINE_EVENT:
		tro_buf_puts(out, r->event);
		break;
	case LINE_ACTOR:
		tro_buf_puts(out, r->actor);
		break;
	case LINE_ROLE:
		tro_buf_puts(out, r->role);
		break;
	case LINE_TIME:
		put_time(out, r->time);
		break;
	case LINE_REGISTRY:
		put_hash(out, SHA256, r->has_registry, r->registry);
		break;
	case LINE_ANCHOR:
		put_anchor(out, r);
		break;
	case LINE_WORKFLOW:
		put_hash(out, SHA256, r->has_workflow, r->workflow);
		break;
	case LINE_PAYLOAD:
		put_hash(out, HMAC, r->has_payload, r->payload);
		break;
	case LINE_OUTCOME:
		put_hash(out, HMAC, r->has_outcome, r->outcome);
		break;
	case LINE_COUNT:
		break;
	}
}

/* Names the first field that the format cannot carry; NULL when all is well. */
static const char *faulty_field(const tro_record *r)
{
	bool registry = strcmp(r->case_id, TRO_REGISTRY_CASE) == 0;
	const struct {
		const char *name;
		bool good;
	} fields[] = {
		{"log", tro_record_origin_good(r->log, strlen(r->log))},
		{"case", tro_record_id_good(r->case_id, strlen(r->case_id))},
		{"seq", r->seq <= INT64_MAX},
		{"prev", r->has_prev == (r->seq > 0)},
		{"request", strcmp(r->request, "-") == 0 ||
				    tro_record_id_good(r->request, strlen(r->request))},
		{"matter", strcmp(r->matter, "-") == 0 ||
				   (!registry && matter_good(r->matter, strlen(r->matter)))},
		{"event", tro_record_name_good(r->event, strlen(r->event))},
		{"actor", tro_record_id_good(r->actor, strlen(r->actor))},
		{"role", tro_record_id_good(r->role, strlen(r->role))},
		{"registry", r->has_registry == !(registry && r->seq == 0)},
		{"anchor", !r->has_anchor || (r->anchor_size > 0 && r->anchor_size <= INT64_MAX)},
		{"workflow", !(registry && r->has_workflow)},
		{"outcome", !(registry && r->has_outcome)},
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (!fields[i].good) {
			return fields[i].name;
		}
	}
	return NULL;
}

static void put_record(tro_buf *out, const tro_record *record)
{
	tro_buf_puts(out, RECORD_HEADING);
	for (line which = 0; which < LINE_COUNT; which++) {
		tro_buf_puts(out, line_names[which]);
		tro_buf_putc(out, ' ');
		put_value(out, which, record);
		tro_buf_putc(out, '\n');
	}
}

tro_status tro_record_format(tro_buf *out, const tro_record *record, tro_err *err)
{
	const char *fault = faulty_field(record);

	if (fault != NULL) {
		return tro_err_set(err, TRO_INVALID,
			"a record cannot carry this %s: it is empty, too long, holds a character "
			"that is not allowed or does not fit the other fields",
			fault);
	}
	put_record(out, record);
	return tro_buf_status(out, err);
}

/* Fills the record; names the first line that is not as it should be, NULL when all are. */
static const char *take_record(tro_record *out, lines *text)
{
	const char *value;
	size_t len;

	if (!take_heading(text, RECORD_HEADING)) {
		return "tro-record/v1";
	}
	for (line which = 0; which < LINE_COUNT; which++) {
		if (!take_line(text, line_names[which], &value, &len) ||
			!read_value(out, which, value, len)) {
			return line_names[which];
		}
	}
	return text->at != text->end ? "after outcome" : faulty_field(out);
}

/* One value has one spelling: a text that is written otherwise than we write it is refused. */
static tro_status same_bytes(const tro_buf *again, const char *text, size_t len, tro_err *err)
{
	tro_status status = tro_buf_status(again, err);

	if (status == TRO_OK && (again->len != len || memcmp(again->ptr, text, len) != 0)) {
		status = tro_err_set(err, TRO_INVALID, "the text spells a value in an unusual way");
	}
	return status;
}

tro_status tro_record_parse(tro_record *out, const char *text, size_t len, tro_err *err)
{
	lines all = {.at = text, .end = text + len};
	tro_buf again = TRO_BUF_INIT;

	*out = (tro_record){0};
	if (len > TRO_RECORD_MAX) {
		return tro_err_set(
			err, TRO_INVALID, "the record is longer than %d bytes", TRO_RECORD_MAX);
	}
	const char *fault = take_record(out, &all);

	if (fault != NULL) {
		return tro_err_set(err, TRO_INVALID,
			"not a record: its line '%s' is missing, out of place or malformed", fault);
	}
	put_record(&again, out);
	tro_status status = same_bytes(&again, text, len, err);

	tro_buf_done(&again);
	return status;
}

tro_status tro_record_from_note(tro_record *out, const tro_note *note, tro_err *err)
{
	if (note->signature_count != 1 || note->signatures[0].len != TRO_ED25519_SIGNATURE_LEN) {
		return tro_err_set(err, TRO_INVALID,
			"a record bears exactly one signature, a person's: a second one is a "
			"record of its own");
	}
	return tro_record_parse(out, note->untrusted_text, note->text_len, err);
}

void tro_record_leaf(uint8_t out[32], const char *note, size_t len)
{
	tro_tree_leaf(out, note, len);
}

void tro_record_hash(uint8_t out[32], const char *note, size_t len)
{
	tro_sha256(out, note, len);
}

/* ---- enrolment ---- */

static bool enrolment_good(const tro_enrolment *e)
{
	return tro_record_origin_good(e->log, strlen(e->log)) &&
	       tro_line_good(e->person_name, strlen(e->person_name)) &&
	       e->vkey.type == TRO_NOTE_ED25519 &&
	       tro_key_name_good(e->vkey.name, strlen(e->vkey.name)) &&
	       tro_record_id_good(e->nonce, strlen(e->nonce));
}

static void put_enrolment(tro_buf *out, const tro_enrolment *e)
{
	tro_buf_printf(out, ENROLMENT_HEADING "log %s\nname %s\npublic ", e->log, e->person_name);
	tro_vkey_format(out, &e->vkey);
	tro_buf_printf(out, "\nnonce %s\n", e->nonce);
}

tro_status tro_enrolment_format(tro_buf *out, const tro_enrolment *enrolment, tro_err *err)
{
	if (!enrolment_good(enrolment)) {
		return tro_err_set(err, TRO_INVALID,
			"an enrolment needs the log's origin, a name on one line, an Ed25519 key "
			"and a nonce of letters and digits");
	}
	put_enrolment(out, enrolment);
	return tro_buf_status(out, err);
}

static bool take_enrolment(tro_enrolment *out, lines *text)
{
	const char *vkey;
	size_t vkey_len;

	return take_heading(text, ENROLMENT_HEADING) &&
	       take_text(text, "log", out->log, sizeof(out->log)) &&
	       take_text(text, "name", out->person_name, sizeof(out->person_name)) &&
	       take_line(text, "public", &vkey, &vkey_len) &&
	       tro_vkey_parse(&out->vkey, vkey, vkey_len, NULL) == TRO_OK &&
	       take_text(text, "nonce", out->nonce, sizeof(out->nonce)) && text->at == text->end &&
	       enrolment_good(out);
}

tro_status tro_enrolment_parse(tro_enrolment *out, const char *note, size_t len, tro_err *err)
{
	tro_note parsed;
	tro_buf again = TRO_BUF_INIT;
	tro_status status = tro_note_parse(&parsed, note, len, err);

	*out = (tro_enrolment){0};
	if (status != TRO_OK) {
		return tro_err_prefix(err, status, "not an enrolment");
	}
	lines text = {parsed.untrusted_text, parsed.untrusted_text + parsed.text_len};

	if (!take_enrolment(out, &text)) {
		return tro_err_set(err, TRO_INVALID,
			"not an enrolment: after 'tro-enrol/v1' it has the lines log, name, public "
			"and nonce");
	}
	put_enrolment(&again, out);
	status = same_bytes(&again, parsed.untrusted_text, parsed.text_len, err);
	tro_buf_done(&again);
	if (status == TRO_OK && parsed.signature_count != 1) {
		status = tro_err_set(
			err, TRO_KEY, "an enrolment is signed by the new key alone, and once");
	}
	if (status == TRO_OK) {
		status = tro_note_verify(&parsed, &out->vkey, err);
		status = status == TRO_NOT_FOUND
				 ? tro_err_set(err, TRO_KEY,
					   "the enrolment is not signed by the key that it names")
				 : status;
	}
	return status;
}
