/*
 * Entries of the access log (FORMATS: access-<date>): who was shown what, or given what.
 *
 * An entry is a record of the case access-<date>, the civil day (Europe/London) of its time: event
 * "access", actor and role the service, no request, matter, workflow or outcome. Its payload is
 *
 *	processing consultation|disclosure|combination
 *	case ID                  or "all": every case that there was
 *	what TEXT                the command and its part: "show", "filing 12.1"
 *	account TEXT             of the host, under which the command ran
 *	person ID                ?  whose key was at hand
 *	known-by key-file|agent  ?  goes with person
 *	recipient TEXT           ?  of a disclosure alone
 *	reason CODE              ?
 *
 * in this order, "?" may be absent. It holds no data of a case but its id, so that the log can
 * outlive a case's erasure: no TEXT has more than 128 bytes; CODE has at most 32 letters, digits
 * and '-'; and in what, recipient and reason no five digits stand in a row, nor nine with blanks
 * and signs (.-/()) between them, which every number of a line or of a device has.
 */
#ifndef TRO_LEDGER_ACCESS_H
#define TRO_LEDGER_ACCESS_H

#include <stdbool.h>
#include <tro/access.h>
#include <tro/buf.h>

#include "ledger/fields.h"
#include "ledger/record.h"

#define TRO_ACCESS_PREFIX "access-"
#define TRO_EVENT_ACCESS "access"

/* Is it the name of a day's access log? */
bool tro_access_case(const char *case_id);
/* The name of the log for an instant. */
void tro_access_case_at(char out[TRO_ID_SIZE], tro_time_us time);

/* Appends the payload. TRO_INVALID says what does not fit. */
tro_status tro_access_format(tro_buf *out, const tro_access *access, tro_err *err) TRO_MUST_USE;

/* An entry that was read; its texts are borrowed from the fields. */
typedef struct tro_access_read {
	tro_access access;
	tro_fields fields; /* owned */
} tro_access_read;
/* What tro_access_format writes and nothing else. Freed by tro_access_read_done, also after a
 * failure. */
tro_status tro_access_parse(
	tro_access_read *out, const char *payload, size_t len, tro_err *err) TRO_MUST_USE;
void tro_access_read_done(tro_access_read *read);

/* TRO_INVALID unless the record is one of the access log whose name it bears, by `service`, and the
 * payload, unless it is NULL, is an entry. */
tro_status tro_access_judge(const tro_record *record, const char *service, const char *payload,
	size_t len, tro_err *err) TRO_MUST_USE;

#endif
