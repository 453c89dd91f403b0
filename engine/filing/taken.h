/*
 * Members taken over from a container that was made before, byte for byte: what was approved is
 * what is filed, whatever has been adopted since.
 */
#ifndef TRO_FILING_TAKEN_H
#define TRO_FILING_TAKEN_H

#include <tro/err.h>

#include "base/arena.h"
#include "filing/filing.h"
#include "filing/member.h"

/* Appends the members of the case's container with this SHA-256, but for its README and manifest,
 * with what that manifest says of them; strings go into the arena. TRO_NOT_FOUND when the case has
 * no such container; TRO_INVALID when its bytes are not those, or not what its manifest says. */
tro_status tro_taken_members(tro_members *out, tro_arena *arena, const tro_filing_source *source,
	const char *sha256_hex, tro_err *err) TRO_MUST_USE;

#endif
