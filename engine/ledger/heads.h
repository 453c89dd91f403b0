/*
 * The heads of all cases as one hash, so that an extract can prove that it holds the whole of a
 * case: "this case had exactly 14 records when the log had 9,000".
 *
 * The RFC 9162 root over the lines `case SP seq SP sha256 LF`, sorted by case: seq of the newest
 * record of each case among the first `size` records of the log, sha256 (hex) of its whole note. It
 * stands in a record of the case "log", made by the service, event "heads", whose payload is
 *
 *	size <decimal>       records of the log that it speaks of: all that stand before it
 *	heads <decimal>      number of lines
 *	root <base64>
 */
#ifndef TRO_LEDGER_HEADS_H
#define TRO_LEDGER_HEADS_H

#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>

#include "ledger/tree.h"

#define TRO_LOG_CASE "log"
#define TRO_EVENT_HEADS "heads"

/* ---- building; a value of zeros is empty ---- */

typedef struct tro_heads {
	uint64_t count;
	uint8_t (*leaves)[32]; /* owned */
	char last[65];	       /* case of the newest line */
} tro_heads;

void tro_heads_done(tro_heads *heads);
/* Cases must come in strcmp order, each once; TRO_INVALID otherwise. */
tro_status tro_heads_add(tro_heads *heads, const char *case_id, uint64_t seq,
	const uint8_t note_hash[32], tro_err *err) TRO_MUST_USE;
/* The hash of one line. */
void tro_heads_leaf(
	uint8_t out[32], const char *case_id, uint64_t seq, const uint8_t note_hash[32]);
void tro_heads_root(uint8_t out[32], const tro_heads *heads);

/* ---- the payload ---- */

typedef struct tro_heads_claim {
	uint64_t size, count;
	uint8_t root[32];
} tro_heads_claim;

tro_status tro_heads_format(tro_buf *out, const tro_heads_claim *claim, tro_err *err) TRO_MUST_USE;
tro_status tro_heads_parse(
	tro_heads_claim *out, const char *payload, size_t len, tro_err *err) TRO_MUST_USE;

#endif
