#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/buf.h>

char tro_buf_empty[1] = "";

void tro_buf_done(tro_buf *buf)
{
	if (buf == NULL) {
		return;
	}
	if (buf->cap > 0) {
		free(buf->ptr);
	}
	buf->ptr = tro_buf_empty;
	buf->len = 0;
	buf->cap = 0;
	buf->status = TRO_OK;
}

void tro_buf_wipe(tro_buf *buf)
{
	if (buf != NULL && buf->cap > 0) {
		explicit_bzero(buf->ptr, buf->cap);
	}
	tro_buf_done(buf);
}

void tro_buf_clear(tro_buf *buf)
{
	buf->len = 0;
	buf->status = TRO_OK;
	if (buf->cap > 0) {
		buf->ptr[0] = '\0';
	}
}

void tro_buf_cut(tro_buf *buf, size_t len)
{
	if (len < buf->len) {
		buf->len = len;
		buf->ptr[len] = '\0';
	}
}

/* Makes room for extra bytes and the NUL, or records the failure. */
static int reserve(tro_buf *buf, size_t extra)
{
	size_t max_len = buf->max_len > 0 ? buf->max_len : TRO_BUF_MAX;

	if (buf->status != TRO_OK) {
		return 0;
	}
	if (buf->len > max_len || extra > max_len - buf->len) {
		buf->status = TRO_NOMEM;
		return 0;
	}
	size_t need = buf->len + extra + 1;

	if (need > buf->cap) {
		size_t cap = buf->cap < 64 ? 64 : buf->cap;

		while (cap < need) {
			cap *= 2;
		}
		char *ptr = realloc(buf->cap > 0 ? buf->ptr : NULL, cap);

		if (ptr == NULL) {
			buf->status = TRO_NOMEM;
			return 0;
		}
		buf->ptr = ptr;
		buf->cap = cap;
	}
	return 1;
}

void tro_buf_put(tro_buf *buf, const void *bytes, size_t len)
{
	if (len > 0 && reserve(buf, len)) {
		memcpy(buf->ptr + buf->len, bytes, len);
		buf->len += len;
		buf->ptr[buf->len] = '\0';
	}
}

void tro_buf_puts(tro_buf *buf, const char *text)
{
	tro_buf_put(buf, text, strlen(text));
}

void tro_buf_putc(tro_buf *buf, char c)
{
	tro_buf_put(buf, &c, 1);
}

void tro_buf_printf(tro_buf *buf, const char *fmt, ...)
{
	va_list args;
	va_list again;

	va_start(args, fmt);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, fmt, args);

	va_end(args);
	if (len < 0) {
		buf->status = TRO_NOMEM;
	} else if (reserve(buf, (size_t)len)) {
		(void)vsnprintf(buf->ptr + buf->len, (size_t)len + 1, fmt, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

tro_status tro_buf_status(const tro_buf *buf, tro_err *err)
{
	if (buf->status != TRO_OK) {
		return tro_err_set(err, TRO_NOMEM, "out of memory, or a text grew over its limit");
	}
	return TRO_OK;
}

tro_status tro_buf_detach(char **out, size_t *out_len, tro_buf *buf, tro_err *err)
{
	if (buf->cap == 0 && !reserve(buf, 0)) {
		return tro_buf_status(buf, err);
	}
	tro_status status = tro_buf_status(buf, err);

	if (status != TRO_OK) {
		return status;
	}
	buf->ptr[buf->len] = '\0';
	*out = buf->ptr;
	if (out_len != NULL) {
		*out_len = buf->len;
	}
	buf->cap = 0;
	tro_buf_done(buf);
	return TRO_OK;
}
