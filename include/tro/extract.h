/*
 * Extracts: one case as a folder that a court or an auditor can verify with no store, no account
 * and no key but the log's and the witnesses' verifier keys, which they have from somewhere else.
 */
#ifndef TRO_EXTRACT_H
#define TRO_EXTRACT_H

#include <stdbool.h>
#include <stdint.h>
#include <tro/err.h>
#include <tro/registry.h>

typedef struct tro_extract_summary {
	uint64_t size;	  /* records that the checkpoint covers */
	bool cosigned;	  /* somebody has cosigned the checkpoint */
	uint64_t records; /* in the extract: the registry's, the case's, one of heads */
	uint64_t of_case;
	uint64_t left_out; /* of the case, after the checkpoint */
	uint64_t files;
} tro_extract_summary;

/* Writes the folder dir, whole or not at all, or in a rehearsal (tro_registry_rehearse) nothing:
 * the case as of the newest cosigned checkpoint that covers it, else as of the newest checkpoint.
 * without_payloads leaves out what the records say of people: the signatures, their order and their
 * authority can still be verified, the steps cannot. TRO_USAGE when there is something at dir.
 * TRO_NOT_FOUND when there is no such case, no checkpoint yet, or none that covers a record of the
 * case. TRO_INVALID when the store's own records do not hold: 'tro verify' says which. */
tro_status tro_extract_write(tro_extract_summary *out, tro_registry *registry, const char *case_id,
	const char *dir, bool without_payloads, tro_err *err) TRO_MUST_USE;

#endif
