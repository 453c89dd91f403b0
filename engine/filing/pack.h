/*
 * Writing a container. Reading one is tro_pack_open in filing.h.
 */
#ifndef TRO_FILING_PACK_H
#define TRO_FILING_PACK_H

#include "filing/member.h"

/* Appends a zip of the members in their order: the same members give the same bytes on every
 * machine, so nothing is compressed (how well deflate does depends on the library). */
tro_status tro_pack_write(tro_buf *out, const tro_members *members, tro_err *err) TRO_MUST_USE;

#endif
