/*
 * A witness's part: what it is sent (C2SP tlog-witness v1.0.0, as a file), what it remembers, and
 * what it refuses.
 *
 *	old <size that the witness cosigned last>
 *	<consistency hashes, base64>
 *	                                            empty line
 *	<checkpoint, a note signed by the log's key>
 *
 * It remembers the last checkpoint that it cosigned of one log. It cosigns a new one only when the
 * new tree is shown to hold the old one: whatever it has once cosigned can then never be dropped,
 * altered or shown otherwise to somebody else without that it refuses from then on.
 */
#ifndef TRO_LEDGER_WITNESS_H
#define TRO_LEDGER_WITNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/time.h>

#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "ledger/tree.h"

typedef struct tro_witness_request {
	uint64_t old_size;
	tro_proof proof;
	const char *untrusted_checkpoint; /* borrowed: the note, checkpoint_len bytes */
	size_t checkpoint_len;
} tro_witness_request;

tro_status tro_witness_request_format(
	tro_buf *out, const tro_witness_request *request, tro_err *err) TRO_MUST_USE;
/* Reads exactly what tro_witness_request_format writes; at most 63 hashes, as the standard says.
 * TRO_INVALID. Nothing is verified yet. */
tro_status tro_witness_request_parse(
	tro_witness_request *out, const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;

/* What a witness keeps, in this form:
 *
 *	tro-witness/v1
 *	log VKEY                   whose checkpoints
 *	witness VKEY               its own key, type 0x04
 *	clock TIME|-               a log for training: where its clock stands; "-" for real time
 *	                           empty line
 *	<the last checkpoint that it cosigned, with its cosignature>     nothing before the first */
typedef struct tro_witness_state {
	tro_vkey log;
	tro_vkey witness;
	bool has_clock;
	tro_time_us clock;
	tro_checkpoint seen; /* size 0 before the first */
	uint64_t seen_at_s;  /* when it cosigned that; 0 before the first */
	tro_buf note;	     /* owned: that checkpoint, cosigned; empty before the first */
} tro_witness_state;

void tro_witness_state_done(tro_witness_state *state);
tro_status tro_witness_state_format(
	tro_buf *out, const tro_witness_state *state, tro_err *err) TRO_MUST_USE;
/* Verifies the checkpoint in it as well: TRO_INVALID or TRO_KEY when the file was altered. */
tro_status tro_witness_state_parse(
	tro_witness_state *out, const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;

/* May the witness cosign what the request asks for? *out, *out_note: the checkpoint. TRO_OK;
 * TRO_KEY when it is of another log or not signed by it; TRO_CHANGED when the request goes on from
 * another size than the witness's, which the message names; TRO_NO when the log's new head does not
 * hold what the witness has seen: a tree that is smaller, another tree of the same size, or one
 * that does not grow out of it. */
tro_status tro_witness_judge(tro_checkpoint *out, tro_note *out_note,
	const tro_witness_state *state, const tro_witness_request *request,
	tro_err *err) TRO_MUST_USE;
/* What the witness remembers from here on: the checkpoint just judged, with its cosignature.
 * TRO_INVALID for a time before that of its last. The signature is not checked. */
tro_status tro_witness_remember(tro_witness_state *state, const tro_checkpoint *checkpoint,
	const tro_note *note, uint64_t time_s, const uint8_t signature[64],
	tro_err *err) TRO_MUST_USE;

#endif
