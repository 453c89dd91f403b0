/*
 * A case in memory: its document, what the records say of it, and its matters (running
 * statecharts).
 *
 * A step is a pure function of session, event, actor, time and rules: it changes the session and
 * says what was found and which filings were made. Nothing here writes. After a step that failed or
 * was refused the session is good for nothing and is freed.
 *
 * Bytes of a session (FORMATS.md 2): exclusive C14N of
 *   <session><id/><workflow name grammar/><mode/><time/><actor person
 * role/><acts/><filings/><findings/><matters/><case/></session> with matters sorted by id.
 */
#ifndef TRO_CASE_SESSION_H
#define TRO_CASE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/finding.h>
#include <tro/time.h>

#include "case/rules.h"
#include "chart/chart.h"
#include "ledger/record.h"
#include "store/store.h"

#define TRO_EVENT_CREATE "create"
#define TRO_EVENT_TICK "tick"

enum { TRO_GUARD_FUNCTIONS = 16 };

typedef struct tro_matter {
	char *id;
	uint8_t definition[32];
	tro_chart_session *chart;
	tro_xml_node *node; /* its <matter> in the system document */
} tro_matter;

typedef struct tro_built_filing {
	char id[TRO_NAME_SIZE];
	uint8_t sha256[32];
	tro_buf bytes;
} tro_built_filing;

typedef struct tro_session {
	tro_store *store; /* exhibits are read through it */
	tro_rules rules;
	char case_id[TRO_ID_SIZE];
	tro_xml_doc *document; /* <case>, what the matters share */
	tro_xml_doc *system;   /* $_x */
	tro_matter *matters;   /* sorted by id */
	size_t matter_count;
	tro_built_filing *filings; /* made by the last step */
	size_t filing_count;
	tro_chart_function functions[TRO_GUARD_FUNCTIONS]; /* what guards may call, over this
							      session's rules */
} tro_session;

/* A new case of a workflow; its root matter has not started. */
tro_status tro_session_new(tro_session **out, const tro_rules *rules, tro_store *store,
	const char *case_id, const char *workflow, tro_err *err) TRO_MUST_USE;
/* Has the element all the parts that a session is saved with? What is in them may still be wrong.
 */
bool tro_session_is_whole(const tro_xml_node *root);
tro_status tro_session_restore(tro_session **out, const tro_rules *rules, tro_store *store,
	const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;
tro_status tro_session_save(tro_buf *out, tro_session *session, tro_err *err) TRO_MUST_USE;
void tro_session_free(tro_session *session);

tro_matter *tro_session_matter(
	const tro_session *session, const char *id); /* NULL if there is none */
/* Opens a matter on a definition without starting it. */
tro_status tro_session_open_matter(tro_matter **out, tro_session *session, const char *id,
	const uint8_t definition[32], tro_err *err) TRO_MUST_USE;
/* Writes a matter's states into its <matter> element, after its chart moved. */
tro_status tro_session_note_states(
	tro_session *session, tro_matter *matter, tro_err *err) TRO_MUST_USE;
/* Forgets the bytes of the filings that the last step made. */
void tro_session_clear_filings(tro_session *session);
/* The root matter has come to its end (tro_chart_ended). */
bool tro_session_finished(const tro_session *session);

typedef struct tro_step {
	const char *matter; /* NULL for the root matter of a new case */
	const char *event;
	const char *person;
	const char *role;
	tro_time_us time;
	uint64_t seq;
	tro_xml_node *data; /* the event element; borrowed */
} tro_step;

/* Fires what is due and takes the event, and then what the matters post to each other, until quiet.
 * Findings: what is unmet when refused; warnings and tasks otherwise. TRO_REFUSED, TRO_NOT_FOUND
 * (no such matter or event), or a failure. */
tro_status tro_session_step(tro_session *session, const tro_step *step, tro_findings *findings,
	tro_err *err) TRO_MUST_USE;
/* Fires what is due at `time` alone; *out_fired says how many timers fired: when none did, the
 * session is as it was. */
tro_status tro_session_tick(tro_session *session, const tro_step *step, size_t *out_fired,
	tro_findings *findings, tro_err *err) TRO_MUST_USE;
/* Judges an event without taking it (tro_chart_judge); data NULL to judge without parameters. */
tro_status tro_session_judge(tro_session *session, const tro_step *step, const char *roles,
	tro_findings *findings, bool *out_open, tro_err *err) TRO_MUST_USE;
/* The value of an XPath in a matter's data. */
tro_status tro_session_eval(tro_buf *out, tro_session *session, const tro_step *step,
	const char *xpath, tro_err *err) TRO_MUST_USE;

/* Fills in session->functions (functions.c). */
void tro_session_bind_functions(tro_session *session);

#endif
