/*
 * Proofs as lines of text: what the proof file, the witness's request and the checkpoint share.
 * Every line ends in LF and is read in one spelling.
 */
#ifndef TRO_LEDGER_PROOF_TEXT_H
#define TRO_LEDGER_PROOF_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>

#include "ledger/tree.h"

typedef struct tro_lines {
	const char *at; /* what is not yet read */
	const char *end;
} tro_lines;

/* Each takes the next line and moves on, or returns false and stays.
 * Any line; *out is borrowed and without its LF. */
bool tro_line_take(tro_lines *lines, const char **out, size_t *out_len) TRO_MUST_USE;
/* PREFIX and a decimal. */
bool tro_decimal_line_take(tro_lines *lines, const char *prefix, uint64_t *out) TRO_MUST_USE;
/* A hash in base64. */
bool tro_hash_line_take(tro_lines *lines, uint8_t out[32]) TRO_MUST_USE;
/* Hashes up to the empty line, which is taken, too; false also for more than TRO_PROOF_MAX. */
bool tro_proof_lines_take(tro_lines *lines, tro_proof *out) TRO_MUST_USE;

void tro_hash_line_put(tro_buf *out, const uint8_t hash[32]);
/* The hashes and the empty line. */
void tro_proof_lines_put(tro_buf *out, const tro_proof *proof);

#endif
