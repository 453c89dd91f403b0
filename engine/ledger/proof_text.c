#include "ledger/proof_text.h"

#include <string.h>

#include "base/text.h"

bool tro_line_take(tro_lines *lines, const char **out, size_t *out_len)
{
	size_t left = (size_t)(lines->end - lines->at);
	const char *lf = left == 0 ? NULL : memchr(lines->at, '\n', left);

	if (lf == NULL) {
		return false;
	}
	*out = lines->at;
	*out_len = (size_t)(lf - lines->at);
	lines->at = lf + 1;
	return true;
}

bool tro_decimal_line_take(tro_lines *lines, const char *prefix, uint64_t *out)
{
	tro_lines ahead = *lines;
	size_t prefix_len = strlen(prefix);
	const char *line;
	size_t len;

	if (!tro_line_take(&ahead, &line, &len) || len < prefix_len ||
		memcmp(line, prefix, prefix_len) != 0 ||
		!tro_decimal_parse(out, line + prefix_len, len - prefix_len)) {
		return false;
	}
	*lines = ahead;
	return true;
}

bool tro_hash_line_take(tro_lines *lines, uint8_t out[32])
{
	tro_lines ahead = *lines;
	const char *line;
	size_t len;
	size_t hash_len = 0;

	if (!tro_line_take(&ahead, &line, &len) ||
		!tro_base64_decode(out, 32, &hash_len, line, len) || hash_len != 32) {
		return false;
	}
	*lines = ahead;
	return true;
}

bool tro_proof_lines_take(tro_lines *lines, tro_proof *out)
{
	tro_lines ahead = *lines;
	const char *line;
	size_t len;

	for (out->count = 0; out->count < TRO_PROOF_MAX; out->count++) {
		if (!tro_hash_line_take(&ahead, out->hashes[out->count])) {
			break;
		}
	}
	if (!tro_line_take(&ahead, &line, &len) || len != 0) {
		return false;
	}
	*lines = ahead;
	return true;
}

void tro_hash_line_put(tro_buf *out, const uint8_t hash[32])
{
	tro_base64_encode(out, hash, 32);
	tro_buf_putc(out, '\n');
}

void tro_proof_lines_put(tro_buf *out, const tro_proof *proof)
{
	for (size_t i = 0; i < proof->count; i++) {
		tro_hash_line_put(out, proof->hashes[i]);
	}
	tro_buf_putc(out, '\n');
}
