#include "filing/exhibits.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"

tro_status tro_exhibit_read(
	tro_buf *out, const tro_filing_source *source, tro_xml_node *node, tro_err *err)
{
	const char *named = tro_xml_get(node, NULL, "sha256");
	size_t start = out->len;
	uint8_t hash[TRO_SHA256_LEN];
	char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)];

	if (named == NULL) {
		return tro_err_set(
			err, TRO_INVALID, "<%s> has no attribute sha256", tro_xml_name(node));
	}
	tro_status status = source->exhibit(out, source->user, named, err);

	if (status != TRO_OK) {
		return status;
	}
	tro_sha256(hash, out->ptr + start, out->len - start);
	tro_hex_encode(hex, hash, sizeof(hash));
	return strcmp(hex, named) == 0
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID,
				 "the bytes of the exhibit have SHA-256 %s, the case says %s", hex,
				 named);
}

/* What the court finds in place of an exhibit of which there is no copy. */
static tro_status put_sheet(
	tro_buf *out, const tro_xml_node *node, const char *reason, bool training, tro_err *err)
{
	if (training) {
		tro_buf_puts(out,
			"TRAINING: not a real case. Nothing in this document binds anybody.\n\n");
	}
	tro_buf_printf(out,
		"This exhibit is not in here: %s.\n\n"
		"The original is a file of the type %s and of %s bytes, with the SHA-256\n%s.\n"
		"The applicant produces it when the court asks for it.\n",
		reason, tro_xml_attribute(node, "media"), tro_xml_attribute(node, "size"),
		tro_xml_attribute(node, "sha256"));
	return tro_buf_status(out, err);
}

static bool is_too_large(const tro_xml_node *node)
{
	const char *text = tro_xml_attribute(node, "size");
	uint64_t size;

	return tro_decimal_parse(&size, text, strlen(text)) && size > TRO_DERIVE_BYTES_MAX;
}

tro_status tro_exhibit_derive(tro_derivation *out, tro_buf *copy, const tro_filing_source *source,
	tro_xml_node *node, const char *rows, bool training, tro_err *err)
{
	tro_buf original = TRO_BUF_INIT;
	tro_status status;

	if (is_too_large(node)) {
		*out = (tro_derivation){.suffix = "txt", .left_out = ""};
		status = tro_derive_not(out, TRO_WITHHELD, copy, copy->len,
			"it is larger than %zu MiB", TRO_DERIVE_BYTES_MAX >> 20);
	} else {
		original.max_len = TRO_DERIVE_BYTES_MAX;
		status = tro_exhibit_read(&original, source, node, err);
		if (status == TRO_OK) {
			status = tro_derive(out, copy, tro_xml_attribute(node, "media"),
				original.ptr, original.len, rows, err);
		}
	}
	if (status == TRO_OK && out->result == TRO_WITHHELD) {
		status = put_sheet(copy, node, out->reason, training, err);
	}
	tro_buf_done(&original);
	return status;
}
