/*
 * Whose cosignatures make a checkpoint a witnessed one (C2SP tlog-policy, text form).
 *
 *	# a comment; blank lines do not count
 *	log VKEY [URL]                        whose checkpoints; type 0x01; one
 *	witness NAME VKEY [URL]               type 0x04
 *	group NAME any|all|NUMBER MEMBER...   of witnesses and groups named above
 *	quorum NAME|none                      once; "none" asks for no cosignature
 *
 * NAME is local to the policy, visible ASCII; "none" is reserved. A witness's key stands in one
 *line and a witness or group in one group, so that nobody counts twice. An URL is read over:
 *nothing is ever fetched.
 */
#ifndef TRO_LEDGER_POLICY_H
#define TRO_LEDGER_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>

#include "ledger/note.h"

enum { TRO_POLICY_MAX = 65000, TRO_POLICY_WITNESSES_MAX = 32, TRO_POLICY_GROUPS_MAX = 32 };

typedef struct tro_policy tro_policy;

/* TRO_INVALID names the line. */
tro_status tro_policy_parse(
	tro_policy **out, const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;
void tro_policy_free(tro_policy *policy);

/* Borrowed until the policy is freed. */
const tro_vkey *tro_policy_log(const tro_policy *policy);
bool tro_policy_needs_witness(const tro_policy *policy); /* false: quorum none */
size_t tro_policy_witness_count(const tro_policy *policy);
const tro_vkey *tro_policy_witness(const tro_policy *policy, size_t index);
/* The witness with this key's name and id; NULL when it has none such. */
const tro_vkey *tro_policy_witness_of(
	const tro_policy *policy, const tro_note_signature *signature);

/* Weighs the cosignatures of a checkpoint that the log's key was found to have signed. TRO_OK when
 * they make the quorum: *out_time_s is the earliest time by which it was reached (0 when none is
 * needed). TRO_NO when they do not, naming who is missing. TRO_KEY when a signature by a known
 * witness is bad: that rejects the whole note. Signatures by others are ignored. */
tro_status tro_policy_judge(uint64_t *out_time_s, const tro_policy *policy, const tro_note *note,
	tro_err *err) TRO_MUST_USE;

#endif
