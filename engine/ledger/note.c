#include "ledger/note.h"

#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"

#define DASH "\xe2\x80\x94 "
#define BOM "\xef\xbb\xbf"

enum {
	KEY_ID_LEN = TRO_KEY_ID_LEN,
	PUBLIC_LEN = TRO_ED25519_PUBLIC_LEN,
	TIME_LEN = 8,
	COSIGNATURE_LEN = TRO_COSIGNATURE_LEN,
};

/* ---- verifier keys ---- */

static size_t signature_len_of(uint8_t type)
{
	switch (type) {
	case TRO_NOTE_ED25519:
		return TRO_ED25519_SIGNATURE_LEN;
	case TRO_NOTE_COSIGNATURE:
		return COSIGNATURE_LEN;
	default:
		return 0;
	}
}

/* White space of Unicode beyond ASCII and the control characters, as UTF-8. */
static const char *const wide_blanks[] = {"\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80",
	"\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85",
	"\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a",
	"\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80", BOM};

static bool holds(const char *text, size_t len, const char *part)
{
	size_t part_len = strlen(part);
	const char *end = text + len;
	const char *at = text;

	while (at < end && (at = memchr(at, part[0], (size_t)(end - at))) != NULL) {
		if ((size_t)(end - at) >= part_len && memcmp(at, part, part_len) == 0) {
			return true;
		}
		at++;
	}
	return false;
}

bool tro_key_name_good(const char *name, size_t len)
{
	if (len == 0 || len > TRO_NOTE_KEY_NAME_MAX || !tro_utf8_valid(name, len) ||
		tro_text_has_control(name, len, "")) {
		return false;
	}
	for (size_t i = 0; i < sizeof(wide_blanks) / sizeof(*wide_blanks); i++) {
		if (holds(name, len, wide_blanks[i])) {
			return false;
		}
	}
	return !holds(name, len, " ") && !holds(name, len, "+");
}

static tro_status vkey_init(tro_vkey *out, const char *name, size_t len, uint8_t type,
	const uint8_t public_key[PUBLIC_LEN], tro_err *err)
{
	if (!tro_key_name_good(name, len)) {
		return tro_err_set(err, TRO_INVALID,
			"a key's name has 1 to %d bytes of UTF-8 without blanks, '+' or control "
			"characters",
			TRO_NOTE_KEY_NAME_MAX);
	}
	if (signature_len_of(type) == 0) {
		return tro_err_set(err, TRO_INVALID,
			"a key of type 0x%02x: only Ed25519 (0x01) and cosignature keys (0x04) are "
			"known",
			type);
	}
	*out = (tro_vkey){.type = type};
	memcpy(out->name, name, len);
	memcpy(out->public_key, public_key, PUBLIC_LEN);
	tro_key_id(out->id, out->name, type, public_key);
	return TRO_OK;
}

tro_status tro_vkey_init(
	tro_vkey *out, const char *name, uint8_t type, const uint8_t public_key[32], tro_err *err)
{
	return vkey_init(out, name, strlen(name), type, public_key, err);
}

tro_status tro_vkey_parse(tro_vkey *out, const char *text, size_t len, tro_err *err)
{
	const char *end = text + len;
	const char *id_text = memchr(text, '+', len);
	const char *key_text =
		id_text == NULL ? NULL : memchr(id_text + 1, '+', (size_t)(end - id_text - 1));
	uint8_t id[KEY_ID_LEN];
	uint8_t key[1 + PUBLIC_LEN];
	size_t key_len = 0;

	if (key_text == NULL ||
		!tro_hex_decode(id, sizeof(id), id_text + 1, (size_t)(key_text - id_text - 1)) ||
		!tro_base64_decode(
			key, sizeof(key), &key_len, key_text + 1, (size_t)(end - key_text - 1)) ||
		key_len != sizeof(key)) {
		return tro_err_set(err, TRO_INVALID,
			"not a verifier key: it reads NAME+8 hex digits+base64 of type and key");
	}
	tro_status status = vkey_init(out, text, (size_t)(id_text - text), key[0], key + 1, err);

	if (status == TRO_OK && memcmp(id, out->id, sizeof(id)) != 0) {
		status = tro_err_set(err, TRO_INVALID,
			"the verifier key of %s has another key id than its name and key make: it "
			"was altered or mistyped",
			out->name);
	}
	return status;
}

void tro_vkey_format(tro_buf *out, const tro_vkey *vkey)
{
	char hex[TRO_HEX_SIZE(KEY_ID_LEN)];
	uint8_t key[1 + PUBLIC_LEN] = {vkey->type};

	memcpy(key + 1, vkey->public_key, PUBLIC_LEN);
	tro_hex_encode(hex, vkey->id, KEY_ID_LEN);
	tro_buf_printf(out, "%s+%s+", vkey->name, hex);
	tro_base64_encode(out, key, sizeof(key));
}

bool tro_vkey_equal(const tro_vkey *a, const tro_vkey *b)
{
	return a->type == b->type && strcmp(a->name, b->name) == 0 &&
	       memcmp(a->public_key, b->public_key, PUBLIC_LEN) == 0;
}

/* ---- parsing ---- */

/* "— NAME BASE64", without the LF. */
static tro_status parse_signature(
	tro_note_signature *out, const char *line, size_t len, size_t number, tro_err *err)
{
	uint8_t raw[KEY_ID_LEN + TRO_NOTE_SIGNATURE_MAX];
	size_t raw_len = 0;
	size_t dash_len = strlen(DASH);

	if (len < dash_len || memcmp(line, DASH, dash_len) != 0) {
		return tro_err_set(err, TRO_INVALID,
			"signature line %zu of the note does not begin with a dash (U+2014) and a "
			"blank",
			number);
	}
	const char *name = line + dash_len;
	const char *blank = memchr(name, ' ', len - dash_len);

	if (blank == NULL || !tro_key_name_good(name, (size_t)(blank - name))) {
		return tro_err_set(err, TRO_INVALID,
			"signature line %zu of the note has no good key name", number);
	}
	if (!tro_base64_decode(
		    raw, sizeof(raw), &raw_len, blank + 1, (size_t)(line + len - blank - 1)) ||
		raw_len <= KEY_ID_LEN) {
		return tro_err_set(err, TRO_INVALID,
			"signature line %zu of the note is not canonical base64 of a key id and a "
			"signature of at most %d bytes",
			number, TRO_NOTE_SIGNATURE_MAX);
	}
	*out = (tro_note_signature){
		.name = name, .name_len = (size_t)(blank - name), .len = raw_len - KEY_ID_LEN};
	memcpy(out->id, raw, KEY_ID_LEN);
	if (out->len <= sizeof(out->bytes)) {
		memcpy(out->bytes, raw + KEY_ID_LEN, out->len);
	}
	return TRO_OK;
}

static tro_status check_characters(const char *bytes, size_t len, const char *what, tro_err *err)
{
	if (!tro_utf8_valid(bytes, len)) {
		return tro_err_set(err, TRO_INVALID, "the %s is not valid UTF-8", what);
	}
	if (memchr(bytes, '\r', len) != NULL) {
		return tro_err_set(
			err, TRO_INVALID, "the %s holds a carriage return: lines end in LF", what);
	}
	if (tro_text_has_control(bytes, len, "\n")) {
		return tro_err_set(
			err, TRO_INVALID, "the %s holds a control character other than LF", what);
	}
	if (holds(bytes, len, BOM)) {
		return tro_err_set(err, TRO_INVALID, "the %s holds a byte order mark", what);
	}
	return TRO_OK;
}

/* What both reader and writer ask of a text. */
static tro_status check_text(const char *text, size_t len, tro_err *err)
{
	if (len == 0 || text[len - 1] != '\n') {
		return tro_err_set(
			err, TRO_INVALID, "the text of the note is empty or does not end in LF");
	}
	if (len == 1 || text[len - 2] == '\n') {
		return tro_err_set(err, TRO_INVALID, "the text of the note ends in an empty line");
	}
	return TRO_OK;
}

/* Where the signatures begin: after the last empty line; NULL when there is none. */
static const char *signatures_of(const char *bytes, size_t len)
{
	for (size_t i = len; i >= 2; i--) {
		if (bytes[i - 1] == '\n' && bytes[i - 2] == '\n') {
			return bytes + i;
		}
	}
	return NULL;
}

tro_status tro_note_parse(tro_note *out, const char *bytes, size_t len, tro_err *err)
{
	if (len > TRO_NOTE_MAX) {
		return tro_err_set(
			err, TRO_INVALID, "the note is longer than %d bytes", TRO_NOTE_MAX);
	}
	tro_status status = check_characters(bytes, len, "note", err);

	if (status != TRO_OK) {
		return status;
	}
	if (len == 0 || bytes[len - 1] != '\n') {
		return tro_err_set(err, TRO_INVALID, "the note does not end in LF");
	}
	const char *at = signatures_of(bytes, len);
	const char *end = bytes + len;

	if (at == NULL || at == end) {
		return tro_err_set(
			err, TRO_INVALID, "the note has no empty line with signatures after it");
	}
	out->untrusted_text = bytes;
	out->text_len = (size_t)(at - bytes) - 1;
	out->signature_count = 0;
	status = check_text(out->untrusted_text, out->text_len, err);
	while (status == TRO_OK && at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		size_t number = out->signature_count + 1;

		if (number > TRO_NOTE_SIGNATURES_MAX) {
			return tro_err_set(err, TRO_INVALID, "the note has more than %d signatures",
				TRO_NOTE_SIGNATURES_MAX);
		}
		status = parse_signature(
			&out->signatures[number - 1], at, (size_t)(lf - at), number, err);
		out->signature_count = number;
		at = lf + 1;
	}
	return status;
}

/* ---- verifying ---- */

static uint64_t cosignature_time(const uint8_t signature[COSIGNATURE_LEN])
{
	uint64_t time_s = 0;

	for (size_t i = 0; i < TIME_LEN; i++) {
		time_s = time_s << 8 | signature[i];
	}
	return time_s;
}

void tro_cosignature_pack(
	uint8_t out[TRO_COSIGNATURE_LEN], uint64_t time_s, const uint8_t signature[64])
{
	for (size_t i = 0; i < TIME_LEN; i++) {
		out[i] = (uint8_t)(time_s >> (8 * (TIME_LEN - 1 - i)));
	}
	memcpy(out + TIME_LEN, signature, TRO_ED25519_SIGNATURE_LEN);
}

tro_status tro_cosignature_message(
	tro_buf *out, uint64_t time_s, const char *text, size_t len, tro_err *err)
{
	if (time_s > INT64_MAX) {
		return tro_err_set(
			err, TRO_INVALID, "the cosignature's time does not fit in 63 bits");
	}
	tro_buf_printf(out, "cosignature/v1\ntime %llu\n", (unsigned long long)time_s);
	tro_buf_put(out, text, len);
	return tro_buf_status(out, err);
}

static tro_status verify_one(const tro_note *note, const tro_note_signature *signature,
	const tro_vkey *vkey, tro_err *err)
{
	if (signature->len != signature_len_of(vkey->type)) {
		return tro_err_set(err, TRO_KEY, "it is %zu bytes long, not %zu", signature->len,
			signature_len_of(vkey->type));
	}
	if (vkey->type == TRO_NOTE_ED25519) {
		return tro_ed25519_verify(vkey->public_key, note->untrusted_text, note->text_len,
			signature->bytes, err);
	}
	tro_buf message = TRO_BUF_INIT;
	uint64_t time_s = cosignature_time(signature->bytes);

	if (time_s > INT64_MAX) {
		return tro_err_set(err, TRO_KEY, "its time does not fit in 63 bits");
	}
	tro_status status = tro_cosignature_message(
		&message, time_s, note->untrusted_text, note->text_len, err);

	if (status == TRO_OK) {
		status = tro_ed25519_verify(vkey->public_key, message.ptr, message.len,
			signature->bytes + TIME_LEN, err);
	}
	tro_buf_done(&message);
	return status;
}

/* *out_time_s: the earliest, of a cosigning key. */
static tro_status verify_all(
	uint64_t *out_time_s, const tro_note *note, const tro_vkey *vkey, tro_err *err)
{
	size_t good_count = 0;
	size_t name_len = strlen(vkey->name);

	for (size_t i = 0; i < note->signature_count; i++) {
		const tro_note_signature *signature = &note->signatures[i];

		if (signature->name_len != name_len ||
			memcmp(signature->name, vkey->name, name_len) != 0 ||
			memcmp(signature->id, vkey->id, KEY_ID_LEN) != 0) {
			continue;
		}
		tro_status status = verify_one(note, signature, vkey, err);

		if (status != TRO_OK) {
			return tro_err_prefix(
				err, status, "the signature by %s is not good", vkey->name);
		}
		uint64_t time_s = cosignature_time(signature->bytes);

		if (good_count == 0 || time_s < *out_time_s) {
			*out_time_s = time_s;
		}
		good_count++;
	}
	return good_count > 0
		       ? TRO_OK
		       : tro_err_set(err, TRO_NOT_FOUND,
				 "the note bears no signature by this key of %s", vkey->name);
}

tro_status tro_note_verify(const tro_note *note, const tro_vkey *vkey, tro_err *err)
{
	uint64_t time_s;

	return verify_all(&time_s, note, vkey, err);
}

tro_status tro_note_cosigned(
	uint64_t *out_time_s, const tro_note *note, const tro_vkey *vkey, tro_err *err)
{
	*out_time_s = 0;
	if (vkey->type != TRO_NOTE_COSIGNATURE) {
		return tro_err_set(
			err, TRO_INVALID, "the key of %s is no cosigning key", vkey->name);
	}
	return verify_all(out_time_s, note, vkey, err);
}

tro_status tro_note_signature_line(tro_buf *out, const tro_vkey *vkey, const uint8_t *signature,
	size_t signature_len, tro_err *err)
{
	uint8_t raw[KEY_ID_LEN + COSIGNATURE_LEN];

	if (signature_len == 0 || signature_len != signature_len_of(vkey->type)) {
		return tro_err_set(err, TRO_INVALID,
			"a signature of %zu bytes does not fit the key of %s", signature_len,
			vkey->name);
	}
	memcpy(raw, vkey->id, KEY_ID_LEN);
	memcpy(raw + KEY_ID_LEN, signature, signature_len);
	tro_buf_printf(out, DASH "%s ", vkey->name);
	tro_base64_encode(out, raw, KEY_ID_LEN + signature_len);
	tro_buf_putc(out, '\n');
	return tro_buf_status(out, err);
}

tro_status tro_note_compose(tro_buf *out, const char *text, size_t len, const tro_vkey *vkey,
	const uint8_t *signature, size_t signature_len, tro_err *err)
{
	tro_status status = check_characters(text, len, "text of the note", err);

	if (status == TRO_OK) {
		status = check_text(text, len, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	tro_buf line = TRO_BUF_INIT;

	status = tro_note_signature_line(&line, vkey, signature, signature_len, err);
	if (status == TRO_OK) {
		tro_buf_put(out, text, len);
		tro_buf_putc(out, '\n');
		tro_buf_put(out, line.ptr, line.len);
		status = tro_buf_status(out, err);
	}
	tro_buf_done(&line);
	return status;
}
