/*
 * A record's proof as a file (C2SP tlog-proof): that it stands at this place in the log whose head
 * the checkpoint is.
 *
 *	c2sp.org/tlog-proof@v1
 *	index <decimal>
 *	<hashes, base64, the leaf's sibling first>
 *	                                            empty line
 *	<checkpoint, a note>
 */
#ifndef TRO_LEDGER_PROOF_FILE_H
#define TRO_LEDGER_PROOF_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>

#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "ledger/tree.h"

typedef struct tro_proof_file {
	uint64_t index; /* of the leaf in the log */
	tro_proof proof;
	const char *untrusted_checkpoint; /* borrowed: the note, checkpoint_len bytes */
	size_t checkpoint_len;
} tro_proof_file;

/* Appends the file. */
tro_status tro_proof_file_format(
	tro_buf *out, const tro_proof_file *file, tro_err *err) TRO_MUST_USE;
/* Reads exactly what tro_proof_file_format writes; the line `extra` of the standard, which nothing
 * of ours signs, is refused. TRO_INVALID. Nothing is verified yet. */
tro_status tro_proof_file_parse(
	tro_proof_file *out, const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;
/* TRO_OK when the log's key signed the checkpoint and the leaf (tro_tree_leaf) stands at the index
 * in its tree; then *out and *out_note are the checkpoint, whose cosignatures are for the caller
 * to weigh (tro_policy_judge). TRO_KEY or TRO_INVALID. */
tro_status tro_proof_file_check(tro_checkpoint *out, tro_note *out_note, const tro_proof_file *file,
	const uint8_t leaf[32], const tro_vkey *log, tro_err *err) TRO_MUST_USE;

#endif
