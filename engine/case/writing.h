/*
 * What a step becomes, in the same three pieces for an act here and for one that is signed
 * elsewhere: compose what is to be signed, sign it, append it. Only the last one touches the store.
 */
#ifndef TRO_CASE_WRITING_H
#define TRO_CASE_WRITING_H

#include "case/case_internal.h"

typedef struct tro_writing {
	tro_session *session; /* after the step; borrowed */
	tro_buf bytes;	      /* of the session; empty until it is composed, or given before */
	tro_buf payload;      /* canonical */
	tro_entry entry;
	/* What belongs into the same transaction, after the entry; or NULL. */
	tro_status (*also)(const void *user, tro_err *err);
	const void *user;
} tro_writing;

tro_writing tro_writing_of(tro_session *session);
void tro_writing_done(tro_writing *w);

/* Fills in what every record of a case has: log, case, matter, event, request ("-" when NULL),
 * registry head. */
void tro_writing_fill(tro_record *record, const tro_registry *registry, const char *case_id,
	const char *matter, const char *event, const char *request);
/* Payload, session and the record that commits to both and names the newest witnessed checkpoint;
 * entry.text is what is to be signed. */
tro_status tro_writing_compose(tro_writing *w, tro_registry *registry, const tro_record *facts,
	tro_xml_doc *data, tro_err *err) TRO_MUST_USE;
/* Appends the signed entry, filings and projection in one transaction. created: the time of the
 * case's first record. */
tro_status tro_writing_append(tro_registry *registry, const tro_writing *w, tro_time_us created,
	tro_err *err) TRO_MUST_USE;

#endif
