#include "ledger/proof_file.h"

#include <string.h>

#include "ledger/proof_text.h"

#define HEADING "c2sp.org/tlog-proof@v1"

tro_status tro_proof_file_format(tro_buf *out, const tro_proof_file *file, tro_err *err)
{
	tro_buf_printf(out, HEADING "\nindex %llu\n", (unsigned long long)file->index);
	tro_proof_lines_put(out, &file->proof);
	tro_buf_put(out, file->untrusted_checkpoint, file->checkpoint_len);
	return tro_buf_status(out, err);
}

tro_status tro_proof_file_parse(tro_proof_file *out, const char *bytes, size_t len, tro_err *err)
{
	tro_lines lines = {.at = bytes, .end = bytes + len};
	const char *line;
	size_t line_len;
	const char *fault = NULL;

	*out = (tro_proof_file){0};
	if (!tro_line_take(&lines, &line, &line_len) || line_len != strlen(HEADING) ||
		memcmp(line, HEADING, line_len) != 0) {
		fault = "its first line is not " HEADING;
	} else if (!tro_decimal_line_take(&lines, "index ", &out->index)) {
		fault = "its second line is not the index";
	} else if (!tro_proof_lines_take(&lines, &out->proof)) {
		fault = "its hashes do not end in an empty line";
	}
	if (fault != NULL) {
		return tro_err_set(err, TRO_INVALID, "not a proof: %s", fault);
	}
	out->untrusted_checkpoint = lines.at;
	out->checkpoint_len = (size_t)(lines.end - lines.at);
	return TRO_OK;
}

tro_status tro_proof_file_check(tro_checkpoint *out, tro_note *out_note, const tro_proof_file *file,
	const uint8_t leaf[32], const tro_vkey *log, tro_err *err)
{
	tro_status status = tro_checkpoint_read(
		out, out_note, file->untrusted_checkpoint, file->checkpoint_len, log, err);

	return status == TRO_OK
		       ? tro_tree_check_inclusion(file->index, out->size, leaf, out->root,
				 (const uint8_t(*)[32])file->proof.hashes, file->proof.count, err)
		       : status;
}
