#include "ledger/witness.h"

#include <string.h>

#include "ledger/proof_text.h"

enum { HASHES_MAX = 63 };

#define HEADING "tro-witness/v1"

/* ---- requests ---- */

tro_status tro_witness_request_format(
	tro_buf *out, const tro_witness_request *request, tro_err *err)
{
	tro_buf_printf(out, "old %llu\n", (unsigned long long)request->old_size);
	tro_proof_lines_put(out, &request->proof);
	tro_buf_put(out, request->untrusted_checkpoint, request->checkpoint_len);
	return tro_buf_status(out, err);
}

tro_status tro_witness_request_parse(
	tro_witness_request *out, const char *bytes, size_t len, tro_err *err)
{
	tro_lines lines = {.at = bytes, .end = bytes + len};
	const char *fault = NULL;

	*out = (tro_witness_request){0};
	if (!tro_decimal_line_take(&lines, "old ", &out->old_size)) {
		fault = "its first line is not the old size";
	} else if (!tro_proof_lines_take(&lines, &out->proof) || out->proof.count > HASHES_MAX) {
		fault = "its hashes do not end in an empty line, or are more than 63";
	}
	if (fault != NULL) {
		return tro_err_set(err, TRO_INVALID, "not a request to a witness: %s", fault);
	}
	out->untrusted_checkpoint = lines.at;
	out->checkpoint_len = (size_t)(lines.end - lines.at);
	return TRO_OK;
}

/* ---- what a witness keeps ---- */

void tro_witness_state_done(tro_witness_state *state)
{
	if (state != NULL) {
		tro_buf_done(&state->note);
	}
}

tro_status tro_witness_state_format(tro_buf *out, const tro_witness_state *state, tro_err *err)
{
	char clock[TRO_TIME_TEXT_SIZE] = "-";

	if (state->has_clock) {
		tro_time_format(clock, state->clock);
	}
	tro_buf_puts(out, HEADING "\nlog ");
	tro_vkey_format(out, &state->log);
	tro_buf_puts(out, "\nwitness ");
	tro_vkey_format(out, &state->witness);
	tro_buf_printf(out, "\nclock %s\n\n", clock);
	tro_buf_put(out, state->note.ptr, state->note.len);
	return tro_buf_status(out, err);
}

/* The value of the line "NAME VALUE", which is the next. */
static bool take_value(tro_lines *lines, const char *name, const char **out, size_t *out_len)
{
	size_t name_len = strlen(name);

	if (!tro_line_take(lines, out, out_len) || *out_len <= name_len ||
		memcmp(*out, name, name_len) != 0 || (*out)[name_len] != ' ') {
		return false;
	}
	*out += name_len + 1;
	*out_len -= name_len + 1;
	return true;
}

static bool take_key(tro_lines *lines, const char *name, uint8_t type, tro_vkey *out)
{
	const char *value;
	size_t len;

	return take_value(lines, name, &value, &len) &&
	       tro_vkey_parse(out, value, len, NULL) == TRO_OK && out->type == type;
}

static bool take_clock(tro_lines *lines, tro_witness_state *out)
{
	const char *value;
	size_t len;
	char text[TRO_TIME_TEXT_SIZE];

	if (!take_value(lines, "clock", &value, &len) || len >= sizeof(text)) {
		return false;
	}
	memcpy(text, value, len);
	text[len] = '\0';
	out->has_clock = strcmp(text, "-") != 0;
	return !out->has_clock || tro_time_parse(&out->clock, text, NULL) == TRO_OK;
}

/* Everything up to and with the empty line; names the line that is off. */
static const char *read_head(tro_witness_state *out, tro_lines *lines)
{
	const char *line;
	size_t len;

	if (!tro_line_take(lines, &line, &len) || len != strlen(HEADING) ||
		memcmp(line, HEADING, len) != 0) {
		return HEADING;
	}
	if (!take_key(lines, "log", TRO_NOTE_ED25519, &out->log)) {
		return "log";
	}
	if (!take_key(lines, "witness", TRO_NOTE_COSIGNATURE, &out->witness)) {
		return "witness";
	}
	if (!take_clock(lines, out)) {
		return "clock";
	}
	return tro_line_take(lines, &line, &len) && len == 0 ? NULL : "the empty one";
}

static tro_status read_seen(tro_witness_state *out, const tro_lines *rest, tro_err *err)
{
	tro_note note;

	tro_buf_put(&out->note, rest->at, (size_t)(rest->end - rest->at));
	tro_status status = tro_buf_status(&out->note, err);

	if (status != TRO_OK || out->note.len == 0) {
		return status;
	}
	status = tro_checkpoint_read(
		&out->seen, &note, out->note.ptr, out->note.len, &out->log, err);
	if (status == TRO_OK) {
		status = tro_note_cosigned(&out->seen_at_s, &note, &out->witness, err);
	}
	return status == TRO_NOT_FOUND ? TRO_KEY : status;
}

tro_status tro_witness_state_parse(
	tro_witness_state *out, const char *bytes, size_t len, tro_err *err)
{
	tro_lines lines = {.at = bytes, .end = bytes + len};

	*out = (tro_witness_state){.note = TRO_BUF_INIT};
	const char *fault = read_head(out, &lines);
	tro_status status =
		fault == NULL ? read_seen(out, &lines, err)
			      : tro_err_set(err, TRO_INVALID,
					"not a witness's file: its line '%s' is not as it must be",
					fault);

	if (status != TRO_OK) {
		tro_witness_state_done(out);
	}
	return status;
}

/* ---- what a witness refuses ---- */

static tro_status judge_growth(const tro_checkpoint *old, const tro_checkpoint *new,
	const tro_witness_request *request, tro_err *err)
{
	if (old->size == 0) {
		return request->proof.count == 0
			       ? TRO_OK
			       : tro_err_set(err, TRO_INVALID,
					 "the first checkpoint needs no proof of consistency");
	}
	tro_status status = tro_tree_check_consistency(old->size, new->size, old->root, new->root,
		(const uint8_t(*)[32])request->proof.hashes, request->proof.count, err);

	return status == TRO_OK
		       ? TRO_OK
		       : tro_err_prefix(err, TRO_NO,
				 "the log's head of size %llu does not hold the one of size "
				 "%llu that was cosigned",
				 (unsigned long long)new->size, (unsigned long long)old->size);
}

tro_status tro_witness_judge(tro_checkpoint *out, tro_note *out_note,
	const tro_witness_state *state, const tro_witness_request *request, tro_err *err)
{
	tro_err own;
	tro_status status = tro_checkpoint_read(out, out_note, request->untrusted_checkpoint,
		request->checkpoint_len, &state->log, err);

	if (status != TRO_OK) {
		return status;
	}
	if (out->size == 0) {
		return tro_err_set(err, TRO_INVALID, "a log without records is not cosigned");
	}
	if (out->size < state->seen.size) {
		return tro_err_set(err, TRO_NO,
			"the log's head has %llu records and one of %llu was cosigned: records are "
			"gone",
			(unsigned long long)out->size, (unsigned long long)state->seen.size);
	}
	if (request->old_size != state->seen.size) {
		return tro_err_set(err, TRO_CHANGED,
			"the request goes on from size %llu, and the last one that was cosigned is "
			"%llu: ask again from there",
			(unsigned long long)request->old_size,
			(unsigned long long)state->seen.size);
	}
	status = judge_growth(&state->seen, out, request, &own);
	return status == TRO_OK ? TRO_OK : tro_err_set(err, status, "%s", own.message);
}

tro_status tro_witness_remember(tro_witness_state *state, const tro_checkpoint *checkpoint,
	const tro_note *note, uint64_t time_s, const uint8_t signature[64], tro_err *err)
{
	uint8_t packed[TRO_COSIGNATURE_LEN];
	tro_buf cosigned = TRO_BUF_INIT;

	if (time_s < state->seen_at_s) {
		return tro_err_set(err, TRO_INVALID,
			"this clock is behind the time of the last cosignature: set it right");
	}
	tro_cosignature_pack(packed, time_s, signature);
	/* The log's own signatures stay, so that the state proves itself. */
	tro_buf_put(&cosigned, note->untrusted_text, note->text_len);
	tro_buf_putc(&cosigned, '\n');
	tro_status status = TRO_OK;

	for (size_t i = 0; status == TRO_OK && i < note->signature_count; i++) {
		const tro_note_signature *s = &note->signatures[i];

		if (s->name_len == strlen(state->log.name) &&
			memcmp(s->name, state->log.name, s->name_len) == 0 &&
			memcmp(s->id, state->log.id, sizeof(s->id)) == 0) {
			status = tro_note_signature_line(
				&cosigned, &state->log, s->bytes, s->len, err);
		}
	}
	if (status == TRO_OK) {
		status = tro_note_signature_line(
			&cosigned, &state->witness, packed, sizeof(packed), err);
	}
	if (status == TRO_OK) {
		status = tro_buf_status(&cosigned, err);
	}
	if (status != TRO_OK) {
		tro_buf_done(&cosigned);
		return status;
	}
	tro_buf_done(&state->note);
	state->note = cosigned;
	state->seen = *checkpoint;
	state->seen_at_s = time_s;
	return TRO_OK;
}
