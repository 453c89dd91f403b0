#include "ledger/checkpoint.h"

#include <string.h>

#include "crypto/crypto.h"
#include "ledger/proof_text.h"

/* Names what cannot be; NULL when all is well. */
static const char *fault_of(const tro_checkpoint *c)
{
	uint8_t empty[32];

	if (!tro_key_name_good(c->origin, strlen(c->origin))) {
		return "its origin is no name of a log";
	}
	if (c->size > INT64_MAX) {
		return "its size does not fit in 63 bits";
	}
	tro_sha256(empty, "", 0);
	if (c->size == 0 && memcmp(c->root, empty, sizeof(empty)) != 0) {
		return "its root is not that of the empty tree";
	}
	return NULL;
}

tro_status tro_checkpoint_format(tro_buf *out, const tro_checkpoint *checkpoint, tro_err *err)
{
	const char *fault = fault_of(checkpoint);

	if (fault != NULL) {
		return tro_err_set(err, TRO_INVALID, "this cannot be a checkpoint: %s", fault);
	}
	tro_buf_printf(out, "%s\n%llu\n", checkpoint->origin, (unsigned long long)checkpoint->size);
	tro_hash_line_put(out, checkpoint->root);
	return tro_buf_status(out, err);
}

tro_status tro_checkpoint_parse(tro_checkpoint *out, const char *text, size_t len, tro_err *err)
{
	tro_lines lines = {.at = text, .end = text + len};
	const char *origin;
	size_t origin_len;
	const char *fault = NULL;

	*out = (tro_checkpoint){0};
	if (!tro_line_take(&lines, &origin, &origin_len) || origin_len >= sizeof(out->origin) ||
		memchr(origin, '\0', origin_len) != NULL) {
		fault = "its first line is no name of a log";
	} else if (!tro_decimal_line_take(&lines, "", &out->size)) {
		fault = "its second line is no size";
	} else if (!tro_hash_line_take(&lines, out->root)) {
		fault = "its third line is no root";
	} else if (lines.at != lines.end) {
		fault = "it has more than three lines";
	} else {
		memcpy(out->origin, origin, origin_len);
		fault = fault_of(out);
	}
	return fault == NULL ? TRO_OK
			     : tro_err_set(err, TRO_INVALID, "not a checkpoint: %s", fault);
}

tro_status tro_checkpoint_read(tro_checkpoint *out, tro_note *out_note, const char *bytes,
	size_t len, const tro_vkey *log, tro_err *err)
{
	if (len > TRO_CHECKPOINT_NOTE_MAX) {
		return tro_err_set(err, TRO_INVALID, "the checkpoint is longer than %d bytes",
			TRO_CHECKPOINT_NOTE_MAX);
	}
	tro_status status = tro_note_parse(out_note, bytes, len, err);

	if (status == TRO_OK) {
		status = tro_checkpoint_parse(
			out, out_note->untrusted_text, out_note->text_len, err);
	}
	if (status == TRO_OK && strcmp(out->origin, log->name) != 0) {
		status = tro_err_set(err, TRO_KEY, "the checkpoint is of the log %s, not of %s",
			out->origin, log->name);
	}
	if (status == TRO_OK) {
		status = tro_note_verify(out_note, log, err);
	}
	return status == TRO_NOT_FOUND
		       ? tro_err_set(err, TRO_KEY,
				 "the checkpoint is not signed by the key of the log %s", log->name)
		       : status;
}
