/*
 * Derived copies of exhibits: what a court's bundle carries in place of originals (which the court
 * gets on request). Of a table the rows that are cited; of a picture the picture without what the
 * camera wrote beside it, but for which way up it is; plain text as it is, because nothing stands
 * beside it. Everything else stays at home: no copy is better than one that tells what nobody meant
 * to tell.
 *
 * The bytes come from anybody. Each reader walks them once, takes no length on trust and gives a
 * copy or a reason why there is none.
 */
#ifndef TRO_FILING_DERIVE_H
#define TRO_FILING_DERIVE_H

#include <stddef.h>
#include <tro/buf.h>
#include <tro/err.h>

/* An original above this is not read. */
#define TRO_DERIVE_BYTES_MAX ((size_t)64 * 1024 * 1024)

typedef enum tro_derived {
	TRO_DERIVED,  /* a copy without what stands beside the evidence */
	TRO_EXACT,    /* the copy has the bytes of the original */
	TRO_WITHHELD, /* no copy can be made: the reason says why */
	TRO_MISCITED, /* what is cited is not there: the reason says what */
} tro_derived;

typedef struct tro_derivation {
	tro_derived result;
	const char *suffix; /* of the copy's name; "txt" when withheld */
	char reason[200];
	/* What somebody who sees the original would miss in the copy; "" for nothing but what every
	 * copy leaves out. */
	const char *left_out;
} tro_derivation;

/* Appends the copy of an exhibit of this media type; nothing when withheld or miscited. `rows` are
 * the numbers of the rows that are cited of a table, the header being row 1, parted by blanks or
 * commas, ranges as 4-7. The header goes with them, cited or not, unless it is none: a first row
 * with a field of five digits or more is data, and goes only if it is cited. TRO_NOMEM. */
tro_status tro_derive(tro_derivation *out, tro_buf *copy, const char *media, const char *bytes,
	size_t len, const char *rows, tro_err *err) TRO_MUST_USE;

/* Readers of one kind each; on TRO_OK *out is filled in but for the suffix. */
tro_status tro_derive_table(tro_derivation *out, tro_buf *copy, const char *bytes, size_t len,
	const char *rows, tro_err *err) TRO_MUST_USE;
tro_status tro_derive_jpeg(tro_derivation *out, tro_buf *copy, const char *bytes, size_t len,
	tro_err *err) TRO_MUST_USE;
tro_status tro_derive_png(tro_derivation *out, tro_buf *copy, const char *bytes, size_t len,
	tro_err *err) TRO_MUST_USE;

/* Gives the reason; what was copied so far is taken back to `copy_len`. */
tro_status tro_derive_not(tro_derivation *out, tro_derived result, tro_buf *copy, size_t copy_len,
	const char *fmt, ...) TRO_PRINTF(5, 6);

#endif
