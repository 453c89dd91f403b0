/* The inside of tro_case, for the case and audit modules. */
#ifndef TRO_CASE_CASE_INTERNAL_H
#define TRO_CASE_CASE_INTERNAL_H

#include <tro/case.h>

#include "case/entry.h"
#include "case/registry_internal.h"
#include "case/session.h"

struct tro_case {
	tro_registry *registry;
	char id[TRO_ID_SIZE];
	uint64_t count;		/* records */
	uint8_t head[32];	/* hash of the newest note */
	tro_time_us first_time; /* of record 0 */
	tro_time_us last_time;	/* of the newest record */
	tro_session *session;	/* after the newest record */
	bool spoiled;		/* a step came to nothing, and reloading failed too */
	tro_buf states;		/* what tro_case_matter_at last printed */
};

/* ---- case.c ---- */

/* Brings the case to its newest record again, after a step that came to nothing. */
tro_status tro_case_reload(tro_case *c, tro_err *err) TRO_MUST_USE;
/* Before a step: reloads where the last reload failed. */
tro_status tro_case_ready(tro_case *c, tro_err *err) TRO_MUST_USE;
/* What a <filing> of a session's list says; strings are borrowed from it. */
void tro_filing_info_read(tro_filing_info *out, const tro_xml_node *filing);

/* ---- replay.c ---- */

/* Replays a case from its records, with the rules that each names. */
typedef struct tro_replay {
	tro_registry *registry;
	tro_authority *authority; /* as of the registry head of the newest record */
	tro_session *session;	  /* NULL before the first record and after one that was erased */
	char case_id[TRO_ID_SIZE];
	uint64_t seq;	       /* of the next record */
	bool erased;	       /* no step can be run until the record of an erasure (erasure.h) */
	uint64_t erased_from;  /* since which record */
	tro_time_us last_time; /* of the record before; 0 at the first */
} tro_replay;
tro_status tro_replay_begin(
	tro_replay *out, tro_registry *registry, const char *case_id, tro_err *err) TRO_MUST_USE;
/* Re-runs the next record and checks that the session is the one it committed to; passes over one
 * that a later record says was erased. TRO_INVALID names what does not agree. */
tro_status tro_replay_next(
	tro_replay *replay, const tro_stored_record *stored, tro_err *err) TRO_MUST_USE;
/* The same for who has read the record out of `stored` already. */
tro_status tro_replay_record(tro_replay *replay, const tro_record *record,
	const tro_stored_record *stored, tro_err *err) TRO_MUST_USE;
/* Replays records up to and including `last`. TRO_NOT_FOUND when what the case was then was erased.
 */
tro_status tro_replay_to(tro_replay *replay, uint64_t last, tro_err *err) TRO_MUST_USE;
void tro_replay_end(tro_replay *replay);
/* TRO_INVALID unless the event element names the event, actor, role, seq and time of its record. */
tro_status tro_replay_check_facts(
	const tro_record *record, tro_xml_node *data, tro_err *err) TRO_MUST_USE;

/* ---- project.c ---- */

/* Writes snapshot and projection rows of a case whose head is `entry`-like, in the open write
 * transaction. created_us is the time of record 0. */
typedef struct tro_projection {
	tro_session *session;
	const tro_buf *bytes; /* of the session */
	uint64_t count;	      /* records */
	const uint8_t *head;  /* hash of the newest note */
	tro_time_us created, updated;
} tro_projection;
tro_status tro_case_project(
	tro_store *store, const tro_projection *projection, tro_err *err) TRO_MUST_USE;
/* Titles of a matter's active states, ", "-separated. */
tro_status tro_matter_state_titles(
	tro_buf *out, const tro_matter *matter, tro_err *err) TRO_MUST_USE;

/* Replays a case and writes its projection and snapshot, in the open write transaction. */
tro_status tro_case_rebuild(tro_registry *registry, const char *case_id, tro_err *err) TRO_MUST_USE;
/* The registry, the log's own records and access logs are cases without a session. */
bool tro_case_has_session(const char *case_id);

/* ---- changes.c ---- */

/* Appends "/name" with the key or place by which an element is told from its like. */
void tro_case_path_extend(tro_buf *path, const tro_xml_node *node);

/* ---- resolve.c ---- */

/* The one open matter that a command can mean. TRO_NOT_FOUND, TRO_AMBIGUOUS with the choices. */
tro_status tro_case_resolve(const tro_matter **out, tro_session *session, const char *event,
	const char *matter, tro_err *err) TRO_MUST_USE;
/* The time of a step now: never before the case's last record. */
tro_time_us tro_case_now(const tro_case *c);

#endif
