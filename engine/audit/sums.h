/* The list of a folder's files in the form of `sha256sum -c`. */
#ifndef TRO_AUDIT_SUMS_H
#define TRO_AUDIT_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/err.h>

typedef struct tro_sum {
	uint8_t sha256[32];
	const char *name; /* borrowed from the list */
	bool seen;	  /* for the caller */
} tro_sum;
typedef struct tro_sums {
	tro_sum *list; /* sorted by name */
	size_t count;
	char *text; /* what the names point into */
} tro_sums;

/* Reads lines "64 hex digits, two blanks, name, LF", each name once, without escapes. TRO_INVALID.
 * Freed by tro_sums_done, also after a failure. */
tro_status tro_sums_parse(tro_sums *out, const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;
/* NULL when it is not in the list. */
tro_sum *tro_sums_find(const tro_sums *sums, const char *name);
void tro_sums_done(tro_sums *sums);

#endif
