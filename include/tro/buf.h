/*
 * A growing byte string with a limit, which remembers the first failure.
 *
 * A run of appends needs one check at the end (tro_buf_status). The bytes are always followed by a
 * NUL that does not count, so that text can be read as a C string.
 */
#ifndef TRO_BUF_H
#define TRO_BUF_H

#include <stddef.h>
#include <tro/err.h>

typedef struct tro_buf {
	char *ptr;	/* owned; never NULL for reading: points at "" while empty */
	size_t len;	/* bytes, without the final NUL */
	size_t cap;	/* bytes allocated; 0 while ptr is the shared "" */
	size_t max_len; /* appends beyond it fail; 0 means TRO_BUF_MAX */
	tro_status status;
} tro_buf;

#define TRO_BUF_MAX ((size_t)256 * 1024 * 1024)

extern char tro_buf_empty[1];
#define TRO_BUF_INIT                                                                               \
	{                                                                                          \
		tro_buf_empty, 0, 0, 0, TRO_OK                                                     \
	}

/* Frees the bytes and makes the buffer empty and usable again; the limit stays. NULL is allowed. */
void tro_buf_done(tro_buf *buf);
/* As tro_buf_done, with the bytes overwritten first: for secrets. */
void tro_buf_wipe(tro_buf *buf);
/* Empties without freeing and forgets a failure. */
void tro_buf_clear(tro_buf *buf);
/* Forgets all after the first len bytes, of which there must be as many. */
void tro_buf_cut(tro_buf *buf, size_t len);
void tro_buf_put(tro_buf *buf, const void *bytes, size_t len);
void tro_buf_puts(tro_buf *buf, const char *text);
void tro_buf_putc(tro_buf *buf, char c);
void tro_buf_printf(tro_buf *buf, const char *fmt, ...) TRO_PRINTF(2, 3);
/* TRO_OK, or TRO_NOMEM once an append failed. */
tro_status tro_buf_status(const tro_buf *buf, tro_err *err) TRO_MUST_USE;
/* Gives the bytes to the caller, who frees them with free(), and empties the buffer. Never NULL
 * when the status is TRO_OK. */
tro_status tro_buf_detach(char **out, size_t *out_len, tro_buf *buf, tro_err *err) TRO_MUST_USE;

#endif
