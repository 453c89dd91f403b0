/*
 * That a case's head is the one that a heads record speaks of, without the heads of the others: the
 * line, its place among the sorted lines, and the hashes that lead from it to the root (RFC 9162
 * section 2.1.3).
 *
 *	tro-heads-proof/v1
 *	index <decimal>
 *	head <case> <seq> <sha256 of the note, hex>
 *	<hashes, base64, the line's sibling first>
 *	                                            empty line
 */
#ifndef TRO_LEDGER_HEADS_PROOF_H
#define TRO_LEDGER_HEADS_PROOF_H

#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>

#include "ledger/heads.h"
#include "ledger/tree.h"

typedef struct tro_heads_proof {
	uint64_t index; /* of the line */
	char case_id[65];
	uint64_t seq; /* of the case's newest record */
	uint8_t note_hash[32];
	tro_proof proof;
} tro_heads_proof;

/* Fills in the proof of the line at proof->index, from all lines. TRO_INVALID beyond them. */
tro_status tro_heads_prove(
	tro_heads_proof *proof, const tro_heads *heads, tro_err *err) TRO_MUST_USE;
/* TRO_OK when the line is one of those that the heads record claims; TRO_INVALID. */
tro_status tro_heads_proof_check(
	const tro_heads_proof *proof, const tro_heads_claim *claim, tro_err *err) TRO_MUST_USE;

tro_status tro_heads_proof_format(
	tro_buf *out, const tro_heads_proof *proof, tro_err *err) TRO_MUST_USE;
/* Reads exactly what tro_heads_proof_format writes. TRO_INVALID. Nothing is verified yet. */
tro_status tro_heads_proof_parse(
	tro_heads_proof *out, const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;

#endif
