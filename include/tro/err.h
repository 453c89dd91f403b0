/*
 * Status and error of a call.
 *
 * Every fallible function returns a tro_status, which says what the caller can act on, and writes
 * the sentence for the person into a tro_err that the caller owns. The lowest level that knows what
 * went wrong sets the message; upper levels only prepend context; the client alone reports it,
 * once. Nothing here allocates, so an error can be reported when memory is gone.
 */
#ifndef TRO_ERR_H
#define TRO_ERR_H

#include <stdarg.h>

#if defined(__GNUC__)
#define TRO_MUST_USE __attribute__((warn_unused_result))
#define TRO_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define TRO_MUST_USE
#define TRO_PRINTF(fmt, first)
#endif

typedef enum tro_status {
	TRO_OK = 0,
	TRO_NO,	       /* the question was understood; its answer is no */
	TRO_USAGE,     /* the caller's words are off */
	TRO_REFUSED,   /* the workflow refuses the act */
	TRO_NOT_FOUND, /* what was named does not exist */
	TRO_AMBIGUOUS, /* what was named could be several things */
	TRO_CHANGED,   /* busy, or changed by somebody else meanwhile: try again */
	TRO_KEY,       /* a key, a signature or an authority is missing or wrong */
	TRO_INVALID,   /* input from outside is malformed */
	TRO_SYSTEM,    /* the disk, the database, the operating system failed */
	TRO_NOMEM,     /* out of memory, or a size limit of ours was reached */
} tro_status;

typedef struct tro_err {
	tro_status status;
	char message[4096]; /* one sentence or several lines; UTF-8; no full stop; always terminated
			     */
} tro_err;

/* Sets status and message and returns status, so that a caller can `return tro_err_set(...)`.
 * err may be NULL. A message that does not fit ends in "...". */
tro_status tro_err_set(tro_err *err, tro_status status, const char *fmt, ...) TRO_PRINTF(3, 4);

/* As tro_err_set, with the text of errno appended after ": ". */
tro_status tro_err_errno(tro_err *err, int errnum, const char *fmt, ...) TRO_PRINTF(3, 4);

/* Puts context before the message that is there and returns the error's status unchanged. */
tro_status tro_err_prefix(tro_err *err, tro_status status, const char *fmt, ...) TRO_PRINTF(3, 4);

/* The status that out of memory is reported with; sets a fixed message. */
tro_status tro_err_nomem(tro_err *err);

#endif
