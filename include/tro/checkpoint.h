/*
 * Checkpoints: the head of a store's log, signed by the log's key and cosigned by witnesses, so
 * that nobody can drop, alter or reorder what was witnessed, the holder of every key of the store
 * included.
 *
 * They are made on a timetable and never because of a case: once an hour that
 * tro_checkpoint_publish is called in. A witness is never someone an order may affect.
 */
#ifndef TRO_CHECKPOINT_H
#define TRO_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/key.h>
#include <tro/registry.h>
#include <tro/time.h>

enum { TRO_CHECKPOINT_EVERY_S = 3600 };

/* Makes a checkpoint when none was made in this hour (UTC) by the store's clock: one record of the
 * case "log" by the service, with the heads of all cases, and the log's signature over the head of
 * the tree, in one transaction. *out_size is 0 when nothing was due. TRO_CHANGED when others write
 * all the time. */
tro_status tro_checkpoint_publish(
	uint64_t *out_size, tro_registry *registry, tro_err *err) TRO_MUST_USE;

/* Appends what a witness is sent (C2SP tlog-witness): the newest checkpoint, with the proof that it
 * grew out of the one that the witness with this key name cosigned last, as far as this store
 * knows; or, with old_size not NULL, out of that size. witness NULL: the only one of the policy.
 * TRO_NOT_FOUND when there is no checkpoint yet or no such witness; TRO_AMBIGUOUS when there are
 * several. */
tro_status tro_checkpoint_request(tro_buf *out, tro_registry *registry, const char *witness,
	const uint64_t *old_size, tro_err *err) TRO_MUST_USE;

typedef struct tro_checkpoint_import_result {
	uint64_t size;
	size_t added;	/* cosignatures that were not there */
	bool witnessed; /* the policy's quorum is reached; false in a rehearsal */
	bool split; /* it is not a head of this log: another history was witnessed; kept as evidence
		     */
	bool beyond; /* it covers more records than the log has: the newest are missing; likewise */
} tro_checkpoint_import_result;
/* Takes in what a witness answered: signature lines, or a whole cosigned checkpoint. Kept are good
 * cosignatures by witnesses of the policy over checkpoints that the log's key signed; anything else
 * is TRO_KEY or TRO_INVALID. TRO_NOT_FOUND when no policy is adopted. */
tro_status tro_checkpoint_import(tro_checkpoint_import_result *out, tro_registry *registry,
	const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;

/* An act of a registrar: whose cosignatures count from here on (C2SP tlog-policy, text form). The
 * policy is of this store's log. */
tro_status tro_checkpoint_adopt_policy(tro_registry *registry, const char *policy, size_t len,
	const tro_signer *registrar, bool *out_already, tro_err *err) TRO_MUST_USE;
/* Appends the policy in force; TRO_NOT_FOUND when there is none. */
tro_status tro_checkpoint_policy(tro_buf *out, tro_registry *registry, tro_err *err) TRO_MUST_USE;

/* How far the log is witnessed. */
typedef struct tro_witnessing {
	bool required;		       /* a policy asks for witnesses */
	uint64_t records;	       /* of the log */
	uint64_t published, witnessed; /* records that the newest such checkpoint covers; 0: none */
	tro_time_us published_at;      /* by this store's clock */
	tro_time_us witnessed_at;      /* by the witnesses' */
	tro_time_us waiting_since;     /* time of the first record that is not witnessed; 0: none */
} tro_witnessing;
tro_status tro_witnessing_get(
	tro_witnessing *out, tro_registry *registry, tro_err *err) TRO_MUST_USE;

#endif
