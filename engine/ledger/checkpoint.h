/*
 * Checkpoints (C2SP tlog-checkpoint v1.0.0): the head of a log in three lines, signed by the log's
 * key as a note and cosigned by witnesses.
 *
 *	<origin>
 *	<size, decimal>
 *	<root, base64>
 */
#ifndef TRO_LEDGER_CHECKPOINT_H
#define TRO_LEDGER_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>

#include "ledger/note.h"

enum { TRO_CHECKPOINT_NOTE_MAX = 65000 }; /* bytes of the note that we read */

typedef struct tro_checkpoint {
	char origin[TRO_NOTE_KEY_NAME_MAX + 1];
	uint64_t size;
	uint8_t root[32];
} tro_checkpoint;

/* Appends the text. TRO_INVALID for an origin that is no key name, a size beyond 2^63 - 1 or, at
 * size 0, a root other than that of the empty tree. */
tro_status tro_checkpoint_format(
	tro_buf *out, const tro_checkpoint *checkpoint, tro_err *err) TRO_MUST_USE;
/* Reads a note's text: exactly what tro_checkpoint_format writes. Extension lines, which the
 * standard allows, are refused: no log of ours has any, and what nobody reads proves nothing. */
tro_status tro_checkpoint_parse(
	tro_checkpoint *out, const char *text, size_t len, tro_err *err) TRO_MUST_USE;
/* Parses a note and the checkpoint in it, and verifies that the log's key, after whose name the
 * checkpoint's origin goes, signed it. *out_note borrows from the bytes. TRO_INVALID when it is no
 * checkpoint, TRO_KEY when it is of another log or not signed by this key. */
tro_status tro_checkpoint_read(tro_checkpoint *out, tro_note *out_note, const char *bytes,
	size_t len, const tro_vkey *log, tro_err *err) TRO_MUST_USE;

#endif
