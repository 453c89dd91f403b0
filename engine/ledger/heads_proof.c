#include "ledger/heads_proof.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "ledger/proof_text.h"
#include "ledger/record.h"

#define FIRST_LINE "tro-heads-proof/v1"
#define HEAD "head "

/* The lines are few and at hand: nodes above them are computed as they are asked for. */
static tro_status get_node(
	uint8_t out[32], void *user, unsigned level, uint64_t index, tro_err *err)
{
	const tro_heads *heads = user;
	uint8_t left[32];
	uint8_t right[32];

	if (level == 0) {
		memcpy(out, heads->leaves[index], 32);
		return TRO_OK;
	}
	tro_status status = get_node(left, user, level - 1, 2 * index, err);

	if (status == TRO_OK) {
		status = get_node(right, user, level - 1, 2 * index + 1, err);
	}
	if (status == TRO_OK) {
		tro_tree_node(out, left, right);
	}
	return status;
}

tro_status tro_heads_prove(tro_heads_proof *proof, const tro_heads *heads, tro_err *err)
{
	tro_heads lines = *heads;
	const tro_tree_nodes nodes = {.get = get_node, .user = &lines};

	return tro_tree_prove_inclusion(&proof->proof, &nodes, proof->index, heads->count, err);
}

tro_status tro_heads_proof_check(
	const tro_heads_proof *proof, const tro_heads_claim *claim, tro_err *err)
{
	uint8_t leaf[32];

	tro_heads_leaf(leaf, proof->case_id, proof->seq, proof->note_hash);
	tro_status status = tro_tree_check_inclusion(proof->index, claim->count, leaf, claim->root,
		(const uint8_t(*)[32])proof->proof.hashes, proof->proof.count, err);

	return status == TRO_OK
		       ? status
		       : tro_err_prefix(err, status, "the head of case %s", proof->case_id);
}

tro_status tro_heads_proof_format(tro_buf *out, const tro_heads_proof *proof, tro_err *err)
{
	char hex[TRO_HEX_SIZE(32)];

	tro_hex_encode(hex, proof->note_hash, 32);
	tro_buf_printf(out, FIRST_LINE "\nindex %llu\n" HEAD "%s %llu %s\n",
		(unsigned long long)proof->index, proof->case_id, (unsigned long long)proof->seq,
		hex);
	tro_proof_lines_put(out, &proof->proof);
	return tro_buf_status(out, err);
}

static bool take_first(tro_lines *lines)
{
	const char *line;
	size_t len;

	return tro_line_take(lines, &line, &len) && len == strlen(FIRST_LINE) &&
	       memcmp(line, FIRST_LINE, len) == 0;
}

/* "head CASE SEQ SHA256" */
static bool take_head(tro_lines *lines, tro_heads_proof *out)
{
	const char *line;
	size_t len;

	if (!tro_line_take(lines, &line, &len) || len <= strlen(HEAD) ||
		memcmp(line, HEAD, strlen(HEAD)) != 0) {
		return false;
	}
	const char *id = line + strlen(HEAD);
	const char *end = line + len;
	const char *blank = memchr(id, ' ', (size_t)(end - id));

	if (blank == NULL || (size_t)(blank - id) >= sizeof(out->case_id) ||
		!tro_record_id_good(id, (size_t)(blank - id))) {
		return false;
	}
	memcpy(out->case_id, id, (size_t)(blank - id));
	out->case_id[blank - id] = '\0';
	const char *seq = blank + 1;
	const char *hash = memchr(seq, ' ', (size_t)(end - seq));

	return hash != NULL && tro_decimal_parse(&out->seq, seq, (size_t)(hash - seq)) &&
	       tro_hex_decode(out->note_hash, 32, hash + 1, (size_t)(end - hash - 1));
}

tro_status tro_heads_proof_parse(tro_heads_proof *out, const char *bytes, size_t len, tro_err *err)
{
	tro_lines lines = {.at = bytes, .end = bytes + len};

	*out = (tro_heads_proof){0};
	bool good = take_first(&lines) && tro_decimal_line_take(&lines, "index ", &out->index) &&
		    take_head(&lines, out) && tro_proof_lines_take(&lines, &out->proof) &&
		    lines.at == lines.end;

	return good ? TRO_OK
		    : tro_err_set(err, TRO_INVALID,
			      "it is not a proof of a case's head: " FIRST_LINE
			      ", index, head, hashes and an empty line");
}
