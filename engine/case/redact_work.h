/*
 * What the parts of a redaction share while it is made: redact.c (the whole case, and the way from
 * the proposal to the redaction), redact_parts.c (parts of a case), redact_session.c (the entry and
 * the session).
 */
#ifndef TRO_CASE_REDACT_WORK_H
#define TRO_CASE_REDACT_WORK_H

#include "case/redact.h"
#include "case/traces.h"
#include "crypto/crypto.h"

enum { TRO_REDACT_PATHS_MAX = 100 };

/* One redaction on its way. */
typedef struct tro_redact_work {
	tro_redaction *out;
	const tro_case *c;
	const tro_step *step;
	tro_findings *findings;
	tro_xpath *xpath;
	tro_xpath_expr *paths[TRO_REDACT_PATHS_MAX];
	bool named[TRO_REDACT_PATHS_MAX]; /* something, in a version of the document */
	size_t path_count;
	tro_traces *traces;    /* NULL when the whole case goes */
	tro_xml_doc *session;  /* <session>, being redacted */
	tro_xml_doc *document; /* its <case>, apart */
	uint64_t erased_files; /* told in the entry */
	tro_buf filings;       /* ids of the filings that go, each between blanks */
} tro_redact_work;

/* The child of <session> with this name. Borrowed. */
tro_xml_node *tro_redact_section(const tro_redact_work *w, const char *name);

/* Adds a hash to one of the redaction's lists, unless it is there. TRO_SYSTEM: no memory. */
tro_status tro_redact_add_hash(
	uint8_t **list, size_t *count, const uint8_t sha256[32], tro_err *err) TRO_MUST_USE;

/* The payload of record seq goes, and with it the salts of the outcomes from there on. */
tro_status tro_redact_add_payload(tro_redact_work *w, uint64_t seq, tro_err *err) TRO_MUST_USE;

/* Calls back for each record of the case, as the store has it; ends with the first failure. */
tro_status tro_redact_each_record(tro_redact_work *w,
	tro_status (*each)(tro_redact_work *w, const tro_stored_record *stored, tro_err *err),
	tro_err *err) TRO_MUST_USE;

/* A filing of the session's list goes; its hash becomes a trace. TRO_INVALID: the list is damaged.
 */
tro_status tro_redact_doom_filing(
	tro_redact_work *w, const tro_xml_node *filing, tro_err *err) TRO_MUST_USE;
bool tro_redact_is_doomed(const tro_redact_work *w, const tro_xml_node *filing);

/* Takes out what the XPaths in `what` name, and what else holds it. TRO_INVALID: one is no XPath,
 * or names something that cannot be erased; TRO_NOT_FOUND: one names nothing in any version of the
 * document; TRO_REFUSED: the findings say why. */
tro_status tro_redact_parts(tro_redact_work *w, const char *what, tro_err *err) TRO_MUST_USE;

/* <keeping> tells of the erasure, in place of the proposal. */
tro_status tro_redact_add_entry(tro_redact_work *w, tro_err *err) TRO_MUST_USE;

/* w->out->session from what is left. */
tro_status tro_redact_make_session(tro_redact_work *w, tro_err *err) TRO_MUST_USE;

#endif
