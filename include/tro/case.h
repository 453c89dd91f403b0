/*
 * Cases: what its records say of one matter before a court and everything that hangs on it.
 *
 * A case is opened as of its newest record, and stands there again after every act: after one that
 * was done at the new record, after one that was refused or failed where it was, with what others
 * did meanwhile.
 */
#ifndef TRO_CASE_H
#define TRO_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/finding.h>
#include <tro/key.h>
#include <tro/registry.h>
#include <tro/time.h>

typedef struct tro_case tro_case;

/* The id may be written without dash and in lower case. TRO_NOT_FOUND; TRO_INVALID when the check
 * character does not fit (a typing mistake) or the stored bytes are damaged. The registry must
 * outlive the case. */
tro_status tro_case_open(
	tro_case **out, tro_registry *registry, const char *id, tro_err *err) TRO_MUST_USE;
void tro_case_close(tro_case *c);

/* ---- acting ---- */

/* One value for a parameter of an event. For type rows the bytes of a CSV file; for type exhibit a
 * path; otherwise the text itself. */
typedef struct tro_argument {
	const char *name;
	const char *value;
	size_t len;
	const char *source; /* where the value came from, for messages: a path, or NULL for the
			       command line */
} tro_argument;

typedef struct tro_command {
	const char *event;
	const char *matter;  /* NULL when only one can be meant */
	const char *role;    /* NULL when the actor holds one role that the event asks for */
	const char *request; /* idempotency key chosen by a script, or NULL */
	const tro_argument *args;
	size_t arg_count;
	bool dry_run; /* judge and step, write nothing, sign nothing */
	bool again;   /* do it although a record is this act: the last, or one with this request */
} tro_command;

typedef struct tro_result {
	uint64_t seq;
	bool already; /* the act had taken effect before, as that record; nothing was written */
	size_t timer_count; /* deadlines that had passed and took effect in the same record */
	size_t filing_count;
} tro_result;

/* Starts a case of a workflow with the event "create". out_id has 65 bytes. */
tro_status tro_case_create(char *out_id, tro_registry *registry, const char *workflow,
	const tro_command *command, const tro_signer *signer, tro_result *out,
	tro_findings *findings, tro_err *err) TRO_MUST_USE;

/* Does an event: one step, one record, one transaction. findings receives what is unmet
 * (TRO_REFUSED), each bad row or argument (TRO_INVALID), or the warnings and tasks of a step that
 * was done. Also: TRO_AMBIGUOUS when several matters could be meant, TRO_KEY when the signer may
 * not act in the role, TRO_CHANGED when the case moved meanwhile. */
tro_status tro_case_act(tro_case *c, const tro_command *command, const tro_signer *signer,
	tro_result *out, tro_findings *findings, tro_err *err) TRO_MUST_USE;

/* Lets what is due take effect, signed by the store's service key; out->timer_count 0 and nothing
 * written when nothing is due. */
tro_status tro_case_tick(
	tro_case *c, tro_result *out, tro_findings *findings, tro_err *err) TRO_MUST_USE;
/* The ids of cases in which something is due now, appended one a line. */
tro_status tro_cases_due(tro_buf *out, tro_registry *registry, tro_err *err) TRO_MUST_USE;

/* ---- asking ---- */

const char *tro_case_id(const tro_case *c);
const char *tro_case_workflow(const tro_case *c);
uint64_t tro_case_count(const tro_case *c); /* records */
/* Has its first matter come to its end: a final state, or one of rest, which still takes what the
 * world does? */
bool tro_case_finished(const tro_case *c);
/* The title in the case document, or "". */
tro_status tro_case_title(tro_buf *out, const tro_case *c, tro_err *err) TRO_MUST_USE;
/* The case document as canonical XML. */
tro_status tro_case_document(tro_buf *out, const tro_case *c, tro_err *err) TRO_MUST_USE;

/* Appends a picture of the matters in the language of Graphviz, their present states marked. */
tro_status tro_case_diagram(tro_buf *out, const tro_case *c, tro_err *err) TRO_MUST_USE;

typedef struct tro_matter_info {
	const char *id, *definition; /* definition: name of its chart */
	const char *title;	     /* of the chart */
	const char *states;	     /* titles of the active states, ", "-separated */
	bool finished;		     /* come to its end: in a final state, or at rest */
} tro_matter_info;
size_t tro_case_matter_count(const tro_case *c);
/* Strings are borrowed until the next call of this function. */
tro_status tro_case_matter_at(
	tro_case *c, size_t index, tro_matter_info *out, tro_err *err) TRO_MUST_USE;

typedef struct tro_deadline {
	const char *matter, *event, *id;
	tro_time_us due;
} tro_deadline;
/* The pending deadline number `index` in order of matter, then due; false past the end. Borrowed.
 */
bool tro_case_deadline_at(const tro_case *c, size_t index, tro_deadline *out);

/* A finding that a record left behind. Index from 0; false past the end. Strings are borrowed. */
typedef struct tro_case_finding {
	const char *seq, *matter, *level, *id, *basis, *remedy, *message;
} tro_case_finding;
bool tro_case_finding_at(const tro_case *c, size_t index, tro_case_finding *out);

/* What a person could do now. */
typedef struct tro_option {
	const char *matter, *event, *title, *help, *roles;
	bool ready;   /* nothing stands against it */
	bool depends; /* something depends on the parameters */
	size_t unmet; /* number of things that stand against it */
} tro_option;
typedef struct tro_options tro_options;
/* All events that some matter takes in its present state, judged for this person in all roles that
 * they hold (person_index of tro_registry_person_by_...). */
tro_status tro_case_options(
	tro_options **out, tro_case *c, size_t person_index, tro_err *err) TRO_MUST_USE;
size_t tro_options_count(const tro_options *options);
const tro_option *tro_options_at(const tro_options *options, size_t index);
void tro_options_free(tro_options *options);

/* Everything that stands against one event; TRO_OK when nothing does, TRO_REFUSED when something
 * does. matter NULL when only one can be meant. */
tro_status tro_case_why(tro_case *c, const char *event, const char *matter, size_t person_index,
	tro_findings *findings, tro_err *err) TRO_MUST_USE;

/* Parameters of an event, for help and forms. Strings are borrowed until the case is closed. */
typedef struct tro_param_info {
	const char *name, *type, *title, *help;
	const char *values; /* codes allowed, blank-separated, or "" */
	const char *codes;  /* or the name of the code list that holds them, or "" */
	bool required;
	bool column; /* a column of the rows parameter before it */
} tro_param_info;
/* The caller frees *out. title and help of the event are written when not NULL. TRO_NOT_FOUND when
 * no open matter declares the event. */
tro_status tro_case_params(tro_param_info **out, size_t *out_count, const tro_case *c,
	const char *event, const char **out_title, const char **out_help,
	tro_err *err) TRO_MUST_USE;
/* The same for the event "create" of a workflow; strings are borrowed until the registry is closed.
 */
tro_status tro_workflow_params(tro_param_info **out, size_t *out_count, tro_registry *registry,
	const char *workflow, tro_err *err) TRO_MUST_USE;
/* Appends the codes that a parameter's code list holds (tro_param_info.codes). */
tro_status tro_case_codes(
	tro_buf *out, const tro_case *c, const char *list, tro_err *err) TRO_MUST_USE;
/* The event that `set` and `edit` stand for, NULL when there is none. */
const char *tro_case_form_event(const tro_case *c);
/* The value that a form parameter has now. */
tro_status tro_case_form_value(
	tro_buf *out, tro_case *c, const char *event, const char *param, tro_err *err) TRO_MUST_USE;
/* Does any matter of the case declare this event? */
bool tro_case_declares(const tro_case *c, const char *event);

/* One record, for the log. Strings are borrowed for the call. */
typedef struct tro_log_entry {
	uint64_t seq;
	const char *event, *matter, *actor, *role;
	tro_time_us time;
	const char *text, *signature_line; /* what was signed, and the note's last line */
	const char *payload;		   /* "" when there is none or it was erased */
	size_t payload_len;
} tro_log_entry;
tro_status tro_case_each_record(tro_case *c,
	tro_status (*each)(void *user, const tro_log_entry *entry, tro_err *err), void *user,
	tro_err *err) TRO_MUST_USE;

/* The same for the registry, whose payloads are `field value` lines. */
tro_status tro_registry_each_record(tro_registry *registry,
	tro_status (*each)(void *user, const tro_log_entry *entry, tro_err *err), void *user,
	tro_err *err) TRO_MUST_USE;

/* What changed in the document after record `since`, path by path: old and new text, either NULL
 * when it was not there. */
tro_status tro_case_changes(tro_case *c, uint64_t since,
	tro_status (*each)(
		void *user, const char *path, const char *before, const char *after, tro_err *err),
	void *user, tro_err *err) TRO_MUST_USE;

/* Filings and exhibits. */
typedef struct tro_filing_info {
	const char *id, *name, *recipient, *matter, *seq, *sha256, *size;
} tro_filing_info;
bool tro_case_filing_at(const tro_case *c, size_t index, tro_filing_info *out);
tro_status tro_case_filing_read(
	tro_buf *out, const tro_case *c, const char *id, tro_err *err) TRO_MUST_USE;
/* Writes the members of a filing below a folder that must not exist yet; TRO_USAGE when it does. */
tro_status tro_case_filing_unpack(
	const tro_case *c, const char *id, const char *dir, tro_err *err) TRO_MUST_USE;
typedef struct tro_exhibit_info {
	const char *ref, *title, *name, *media, *sha256, *size;
} tro_exhibit_info;
bool tro_case_exhibit_at(const tro_case *c, size_t index, tro_exhibit_info *out);
/* By its mark or its SHA-256; TRO_AMBIGUOUS when several files have the mark. */
tro_status tro_case_exhibit_read(
	tro_buf *out, const tro_case *c, const char *ref, tro_err *err) TRO_MUST_USE;

/* ---- all cases ---- */

typedef struct tro_case_summary {
	const char *id, *title, *workflow, *states;
	uint64_t count;
	tro_time_us created, updated;
	tro_time_us next_due; /* 0 when nothing is pending */
	bool finished;	      /* as tro_case_finished */
} tro_case_summary;
/* From the projection; sorted by id. */
tro_status tro_cases_each(tro_registry *registry,
	tro_status (*each)(void *user, const tro_case_summary *summary, tro_err *err), void *user,
	tro_err *err) TRO_MUST_USE;

/* Drops every projection and makes it again from the records. *out_same says whether the tables
 * came out as they were. In a rehearsal (tro_registry_rehearse) they stay as they are. */
tro_status tro_rebuild(tro_registry *registry, bool *out_same, tro_err *err) TRO_MUST_USE;

#endif
