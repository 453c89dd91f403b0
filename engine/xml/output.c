#include "xml/output.h"

static int write_bytes(void *user, const char *bytes, int len)
{
	tro_buf *out = user;

	tro_buf_put(out, bytes, (size_t)len);
	return out->status == TRO_OK ? len : -1;
}

static int close_bytes(void *user)
{
	(void)user;
	return 0;
}

tro_status tro_xml_output_open(
	tro_xml_output *output, tro_buf *out, xmlCharEncodingHandlerPtr encoder, tro_err *err)
{
	output->out = out;
	output->before = out->len;
	output->buffer = xmlOutputBufferCreateIO(write_bytes, close_bytes, out, encoder);
	if (output->buffer == NULL) {
		xmlCharEncCloseFunc(encoder);
		return tro_err_nomem(err);
	}
	return TRO_OK;
}

bool tro_xml_output_close(tro_xml_output *output, bool failed)
{
	tro_buf *out = output->out;
	/* Closing says how much was written, but not that a failed conversion lost some. */
	int flushed = xmlOutputBufferFlush(output->buffer);
	int lost = output->buffer->error;
	int closed = xmlOutputBufferClose(output->buffer);

	if (!failed && flushed >= 0 && lost == 0 && closed >= 0 && out->status == TRO_OK) {
		return true;
	}
	if (out->cap > 0) {
		out->len = output->before;
		out->ptr[out->len] = '\0';
	}
	return false;
}
