/*
 * The files that a case's records name: exhibits in the payload that took them in, filings in the
 * session.
 */
#ifndef TRO_AUDIT_ATTACHED_H
#define TRO_AUDIT_ATTACHED_H

#include <stddef.h>
#include <stdint.h>
#include <tro/err.h>

#include "case/session.h"

/* name: the file's as a person knows it, or the filing's id; "" when it has none. */
typedef tro_status (*tro_attached_each)(
	void *user, const char *name, const uint8_t sha256[32], tro_err *err);

/* Every element of an event's payload with a hash and a media type. TRO_INVALID when the payload
 * speaks of a hash and is no XML. */
tro_status tro_attached_exhibits(const char *payload, size_t len, tro_attached_each each,
	void *user, tro_err *err) TRO_MUST_USE;
tro_status tro_attached_filings(
	const tro_session *session, tro_attached_each each, void *user, tro_err *err) TRO_MUST_USE;

#endif
