#include "ledger/heads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "ledger/proof_text.h"

void tro_heads_done(tro_heads *heads)
{
	free(heads->leaves);
	*heads = (tro_heads){0};
}

void tro_heads_leaf(uint8_t out[32], const char *case_id, uint64_t seq, const uint8_t note_hash[32])
{
	char hex[TRO_HEX_SIZE(32)];
	char line[160]; /* case ids have at most 64 bytes */

	tro_hex_encode(hex, note_hash, 32);
	int len = snprintf(
		line, sizeof(line), "%.64s %llu %s\n", case_id, (unsigned long long)seq, hex);

	tro_tree_leaf(out, line, (size_t)len);
}

/* Room is doubled: a full power of two, or nothing yet, means that there is none left. */
static tro_status make_room(tro_heads *heads, tro_err *err)
{
	uint64_t count = heads->count;

	if ((count & (count - 1)) != 0) {
		return TRO_OK;
	}
	size_t room = count == 0 ? 1 : 2 * (size_t)count;
	uint8_t(*leaves)[32] = realloc(heads->leaves, room * sizeof(*leaves));

	if (leaves == NULL) {
		return tro_err_nomem(err);
	}
	heads->leaves = leaves;
	return TRO_OK;
}

tro_status tro_heads_add(tro_heads *heads, const char *case_id, uint64_t seq,
	const uint8_t note_hash[32], tro_err *err)
{
	if (strlen(case_id) >= sizeof(heads->last) ||
		(heads->count > 0 && strcmp(heads->last, case_id) >= 0)) {
		return tro_err_set(
			err, TRO_INVALID, "the cases are not in order at %.64s", case_id);
	}
	tro_status status = make_room(heads, err);

	if (status == TRO_OK) {
		tro_heads_leaf(heads->leaves[heads->count++], case_id, seq, note_hash);
		memcpy(heads->last, case_id, strlen(case_id) + 1);
	}
	return status;
}

/* The leaves [start, start + count): the left part is the largest power of two below count. */
static void range_root(uint8_t out[32], const uint8_t (*leaves)[32], uint64_t count)
{
	uint8_t left[32];
	uint8_t right[32];
	uint64_t k = 1;

	if (count == 1) {
		memcpy(out, leaves[0], 32);
		return;
	}
	while (k < count - k) {
		k <<= 1;
	}
	range_root(left, leaves, k);
	range_root(right, leaves + k, count - k);
	tro_tree_node(out, left, right);
}

void tro_heads_root(uint8_t out[32], const tro_heads *heads)
{
	if (heads->count == 0) {
		tro_sha256(out, "", 0);
	} else {
		range_root(out, (const uint8_t(*)[32])heads->leaves, heads->count);
	}
}

tro_status tro_heads_format(tro_buf *out, const tro_heads_claim *claim, tro_err *err)
{
	tro_buf_printf(out, "size %llu\nheads %llu\nroot ", (unsigned long long)claim->size,
		(unsigned long long)claim->count);
	tro_hash_line_put(out, claim->root);
	return tro_buf_status(out, err);
}

tro_status tro_heads_parse(tro_heads_claim *out, const char *payload, size_t len, tro_err *err)
{
	static const char root[] = "root ";
	tro_lines lines = {.at = payload, .end = payload + len};
	bool good = tro_decimal_line_take(&lines, "size ", &out->size) &&
		    tro_decimal_line_take(&lines, "heads ", &out->count) &&
		    (size_t)(lines.end - lines.at) > strlen(root) &&
		    memcmp(lines.at, root, strlen(root)) == 0;

	if (good) {
		lines.at += strlen(root);
		good = tro_hash_line_take(&lines, out->root) && lines.at == lines.end;
	}
	return good ? TRO_OK
		    : tro_err_set(err, TRO_INVALID,
			      "the payload of a heads record is size, heads and root");
}
