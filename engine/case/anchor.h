/*
 * Anchors: each record names the newest witnessed checkpoint, which its signer's program verified
 * before it signed. So the record was made after the witnesses' time, and nobody who shows it can
 * hide what the witnesses saw before.
 *
 * A checkpoint is witnessed when its cosignatures make the quorum of the policy that was in force
 * at its size: adopted by a registry record (kind "witness-policy", name "policy") among the
 * records that it covers.
 */
#ifndef TRO_CASE_ANCHOR_H
#define TRO_CASE_ANCHOR_H

#include <stdbool.h>
#include <stdint.h>
#include <tro/err.h>
#include <tro/time.h>

#include "case/registry_internal.h"
#include "ledger/policy.h"
#include "ledger/record.h"

#define TRO_POLICY_KIND "witness-policy"
#define TRO_POLICY_NAME "policy"

enum { TRO_CLOCK_TOLERANCE_S = 5 * 60 };

/* The policy with these adopted bytes, which must be of the store's log. TRO_INVALID otherwise. */
tro_status tro_policy_of(tro_policy **out, tro_store *store, const tro_authority *authority,
	const uint8_t sha256[32], tro_err *err) TRO_MUST_USE;
/* The policy in force among the first `size` records; *out is NULL when there is none. The caller
 * frees it. */
tro_status tro_policy_at(
	tro_policy **out, tro_registry *registry, uint64_t size, tro_err *err) TRO_MUST_USE;

/* The newest witnessed checkpoint of this store, verified: signed by the log's key, cosigned by a
 * quorum, and the head of the tree that is here. What is no longer so is TRO_INVALID. */
tro_status tro_anchor_find(tro_anchor *out, tro_registry *registry, tro_err *err) TRO_MUST_USE;

/* Before a record is signed: puts the anchor into it and looks at the clock. TRO_REFUSED when the
 * clock is behind the newest record of the log or, by more than five minutes, behind the
 * witnesses' or ahead of it, unless two registrars have recorded that it is trusted. */
tro_status tro_anchor_put(tro_record *record, tro_registry *registry, tro_err *err) TRO_MUST_USE;

#endif
