#include "filing/derive.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

tro_status tro_derive_not(tro_derivation *out, tro_derived result, tro_buf *copy, size_t copy_len,
	const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(out->reason, sizeof(out->reason), fmt, args);

	va_end(args);
	out->result = result;
	out->left_out = "";
	tro_buf_cut(copy, copy_len);
	return len < 0 ? TRO_SYSTEM : TRO_OK;
}

static tro_status copy_text(
	tro_derivation *out, tro_buf *copy, const char *bytes, size_t len, tro_err *err)
{
	if (!tro_utf8_valid(bytes, len) || tro_text_has_control(bytes, len, "\t\r\n")) {
		return tro_derive_not(
			out, TRO_WITHHELD, copy, copy->len, "it is not plain UTF-8 text");
	}
	out->result = TRO_EXACT;
	tro_buf_put(copy, bytes, len);
	return tro_buf_status(copy, err);
}

tro_status tro_derive(tro_derivation *out, tro_buf *copy, const char *media, const char *bytes,
	size_t len, const char *rows, tro_err *err)
{
	tro_status status;

	*out = (tro_derivation){.suffix = "txt", .left_out = ""};
	if (strcmp(media, "text/csv") == 0) {
		status = tro_derive_table(out, copy, bytes, len, rows, err);
		out->suffix = "csv";
	} else if (strcmp(media, "image/jpeg") == 0) {
		status = tro_derive_jpeg(out, copy, bytes, len, err);
		out->suffix = "jpg";
	} else if (strcmp(media, "image/png") == 0) {
		status = tro_derive_png(out, copy, bytes, len, err);
		out->suffix = "png";
	} else if (strcmp(media, "text/plain") == 0) {
		status = copy_text(out, copy, bytes, len, err);
	} else {
		status = tro_derive_not(out, TRO_WITHHELD, copy, copy->len,
			"of files of this type no copy without hidden parts can be made");
	}
	if (out->result == TRO_WITHHELD) {
		out->suffix = "txt";
	}
	return status;
}
