#include "ledger/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"

static const char unsigned_line[] = "tro-request/v1\n";
static const char signed_line[] = "tro-signed/v1\n";
static const char record_line[] = "tro-record/v1\n";

void tro_sheet_init(tro_sheet *sheet)
{
	*sheet =
		(tro_sheet){.payload = TRO_BUF_INIT, .outcome = TRO_BUF_INIT, .text = TRO_BUF_INIT};
}

void tro_sheet_done(tro_sheet *sheet)
{
	tro_buf_done(&sheet->payload);
	tro_buf_done(&sheet->outcome);
	tro_buf_done(&sheet->text);
}

/* ---- writing ---- */

static void put_committed(tro_buf *out, const char *name, const uint8_t salt[TRO_SHEET_SALT_LEN],
	const tro_buf *bytes)
{
	char hex[TRO_HEX_SIZE(TRO_SHEET_SALT_LEN)];

	tro_hex_encode(hex, salt, TRO_SHEET_SALT_LEN);
	tro_buf_printf(out, "%s %s ", name, hex);
	tro_base64_encode(out, (const uint8_t *)bytes->ptr, bytes->len);
	tro_buf_putc(out, '\n');
}

tro_status tro_sheet_format(tro_buf *out, const tro_sheet *sheet, tro_err *err)
{
	tro_buf_puts(out, sheet->is_signed ? signed_line : unsigned_line);
	for (size_t i = 0; i < sheet->key_count; i++) {
		tro_buf_puts(out, "key ");
		tro_vkey_format(out, &sheet->keys[i]);
		tro_buf_putc(out, '\n');
	}
	put_committed(out, "payload", sheet->payload_salt, &sheet->payload);
	put_committed(out, "outcome", sheet->outcome_salt, &sheet->outcome);
	tro_buf_putc(out, '\n');
	tro_buf_put(out, sheet->text.ptr, sheet->text.len);
	return tro_buf_status(out, err);
}

/* ---- reading ---- */

struct cursor {
	const char *at;
	const char *end;
};

static bool take(struct cursor *in, const char *literal)
{
	size_t len = strlen(literal);

	if ((size_t)(in->end - in->at) < len || memcmp(in->at, literal, len) != 0) {
		return false;
	}
	in->at += len;
	return true;
}

/* The bytes up to the stop, which is passed over. */
static bool take_until(struct cursor *in, char stop, const char **out, size_t *out_len)
{
	const char *found = memchr(in->at, stop, (size_t)(in->end - in->at));

	if (found == NULL) {
		return false;
	}
	*out = in->at;
	*out_len = (size_t)(found - in->at);
	in->at = found + 1;
	return true;
}

static tro_status parse_keys(tro_sheet *out, struct cursor *in, tro_err *err)
{
	const char *text;
	size_t len;

	while (out->key_count < TRO_SHEET_KEYS && take(in, "key ")) {
		tro_vkey *key = &out->keys[out->key_count];

		if (!take_until(in, '\n', &text, &len) ||
			tro_vkey_parse(key, text, len, NULL) != TRO_OK ||
			key->type != TRO_NOTE_ED25519 ||
			tro_ed25519_check_public(key->public_key, NULL) != TRO_OK) {
			return tro_err_set(err, TRO_INVALID,
				"the line \"key\" does not hold a sound verifier key");
		}
		out->key_count++;
	}
	return out->key_count > 0 ? TRO_OK
				  : tro_err_set(err, TRO_INVALID, "it says no key to sign with");
}

static tro_status decode(tro_buf *out, const char *text, size_t len, tro_err *err)
{
	size_t room = len / 4 * 3 + 3;
	size_t count = 0;
	uint8_t *bytes = malloc(room);

	if (bytes == NULL) {
		return tro_err_nomem(err);
	}
	bool good = tro_base64_decode(bytes, room, &count, text, len);

	tro_buf_put(out, bytes, count);
	free(bytes);
	return good ? tro_buf_status(out, err)
		    : tro_err_set(err, TRO_INVALID, "it holds bytes that are not base64");
}

static tro_status parse_committed(tro_buf *out, uint8_t out_salt[TRO_SHEET_SALT_LEN],
	struct cursor *in, const char *name, tro_err *err)
{
	const char *salt;
	const char *bytes;
	size_t salt_len;
	size_t len;

	if (!take(in, name) || !take(in, " ") || !take_until(in, ' ', &salt, &salt_len) ||
		!tro_hex_decode(out_salt, TRO_SHEET_SALT_LEN, salt, salt_len) ||
		!take_until(in, '\n', &bytes, &len)) {
		return tro_err_set(
			err, TRO_INVALID, "the line \"%s\" is missing or malformed", name);
	}
	return decode(out, bytes, len, err);
}

static tro_status check_commitment(const uint8_t expected[TRO_SHA256_LEN], const uint8_t *salt,
	const tro_buf *bytes, const char *what, tro_err *err)
{
	uint8_t hmac[TRO_SHA256_LEN];
	tro_status status =
		tro_hmac_sha256(hmac, salt, TRO_SHEET_SALT_LEN, bytes->ptr, bytes->len, err);

	if (status == TRO_OK && memcmp(hmac, expected, sizeof(hmac)) != 0) {
		status = tro_err_set(err, TRO_INVALID,
			"the %s in the file is not the one that the text commits to", what);
	}
	return status;
}

static tro_status parse_signed(tro_sheet *out, tro_err *err)
{
	tro_note note;
	tro_status status = tro_note_parse(&note, out->text.ptr, out->text.len, err);

	if (status == TRO_OK) {
		status = tro_record_from_note(&out->record, &note, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	status = TRO_NOT_FOUND;
	for (size_t i = 0; i < out->key_count && status == TRO_NOT_FOUND; i++) {
		status = tro_note_verify(&note, &out->keys[i], err);
	}
	return status == TRO_NOT_FOUND
		       ? tro_err_set(err, TRO_KEY,
				 "it is signed with another key than those it was made for")
		       : status;
}

static tro_status parse_text(tro_sheet *out, struct cursor *in, tro_err *err)
{
	struct cursor look = *in;

	/* Before all else: a key that signs anything else can be made to say anything. */
	if (!take(&look, record_line)) {
		return tro_err_set(err, TRO_KEY,
			"the text to be signed does not begin with the line tro-record/v1: it is "
			"no record and is not signed");
	}
	tro_buf_put(&out->text, in->at, (size_t)(in->end - in->at));
	tro_status status = tro_buf_status(&out->text, err);

	if (status == TRO_OK) {
		status = out->is_signed ? parse_signed(out, err)
					: tro_record_parse(
						  &out->record, out->text.ptr, out->text.len, err);
	}
	if (status == TRO_OK && (!out->record.has_payload || !out->record.has_outcome)) {
		status = tro_err_set(err, TRO_INVALID, "its text is not that of an act on a case");
	}
	return status;
}

static tro_status parse(tro_sheet *out, struct cursor *in, tro_err *err)
{
	out->is_signed = take(in, signed_line);
	if (!out->is_signed && !take(in, unsigned_line)) {
		return tro_err_set(err, TRO_INVALID,
			"it is not what 'tro request' writes: its first line is another");
	}
	tro_status status = parse_keys(out, in, err);

	if (status == TRO_OK) {
		status = parse_committed(&out->payload, out->payload_salt, in, "payload", err);
	}
	if (status == TRO_OK) {
		status = parse_committed(&out->outcome, out->outcome_salt, in, "outcome", err);
	}
	if (status == TRO_OK && !take(in, "\n")) {
		status = tro_err_set(
			err, TRO_INVALID, "no empty line parts the text from what it is over");
	}
	if (status == TRO_OK) {
		status = parse_text(out, in, err);
	}
	if (status == TRO_OK) {
		status = check_commitment(
			out->record.payload, out->payload_salt, &out->payload, "event's data", err);
	}
	return status == TRO_OK ? check_commitment(out->record.outcome, out->outcome_salt,
					  &out->outcome, "outcome", err)
				: status;
}

tro_status tro_sheet_parse(tro_sheet *out, const char *bytes, size_t len, tro_err *err)
{
	struct cursor in = {bytes, bytes + len};

	tro_sheet_init(out);
	return parse(out, &in, err);
}
