/*
 * A witness: somebody apart from a store who cosigns its checkpoints, one log each, with a file of
 * its own to remember what it has seen. It needs no store and is never the holder of one.
 *
 * The file is small, written whole or not at all, and locked while it is judged and written: of two
 * requests at once one waits for the other. Its key lies beside it, under the file's name and
 * ".key".
 */
#ifndef TRO_WITNESS_H
#define TRO_WITNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/time.h>

/* Below, dry_run: judge it all, and write nothing, not even a lock; what would be answered is not.
 */

/* Makes the file and the key, of that key name and passphrase (NULL: none), for the log with this
 * verifier key. clock (RFC 3339, NULL for real time) is allowed only for a log for training, where
 * it stands until it is set again. Appends the witness's verifier key, for the store's policy.
 * TRO_SYSTEM when the file exists. */
tro_status tro_witness_init(tro_buf *out_vkey, const char *path, const char *name,
	const char *log_vkey, const char *clock, const char *passphrase, bool dry_run,
	tro_err *err) TRO_MUST_USE;

/* TRO_INVALID unless it is the verifier key of a witness. */
tro_status tro_witness_check_vkey(const char *vkey, tro_err *err) TRO_MUST_USE;

/* Judges a request (C2SP tlog-witness) and cosigns: appends the signature line. What it now has
 * seen is on the disk before the signature leaves. TRO_NO when the log's head does not hold what
 * was cosigned before: show it to others. TRO_CHANGED when the request goes on from another size;
 * the message says from which. TRO_KEY for a log or a signature that is not the one, and for a
 * wrong passphrase; TRO_INVALID when it is no request, or the clock is behind. */
tro_status tro_witness_sign(tro_buf *out, const char *path, const char *request, size_t len,
	const char *passphrase, bool dry_run, tro_err *err) TRO_MUST_USE;

typedef struct tro_witness_info {
	tro_buf log, witness; /* verifier keys; owned */
	tro_buf checkpoint;   /* the last, cosigned: what any store or person can check; owned */
	uint64_t size;	      /* 0 before the first */
	char root[65];	      /* hex */
	tro_time_us time;     /* when it was cosigned */
	bool has_clock;
	tro_time_us clock;
} tro_witness_info;
tro_status tro_witness_status(tro_witness_info *out, const char *path, tro_err *err) TRO_MUST_USE;
void tro_witness_info_done(tro_witness_info *info);

/* Sets the clock of a witness of a log for training, never backwards (TRO_INVALID, as a store's).
 */
tro_status tro_witness_set_clock(
	const char *path, const char *time, bool dry_run, tro_err *err) TRO_MUST_USE;

#endif
