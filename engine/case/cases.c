/* Questions over all cases, answered from the projections, and their rebuilding. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "case/case_internal.h"
#include "ledger/access.h"
#include "ledger/heads.h"

/* ---- summaries ---- */

typedef struct listing {
	tro_registry *registry;
	tro_status (*each)(void *user, const tro_case_summary *summary, tro_err *err);
	void *user;
} listing;

static tro_status summarize(void *user, const tro_case_row *row, tro_err *err)
{
	const listing *l = user;
	tro_case_summary summary = {.id = row->id,
		.title = row->title,
		.workflow = row->workflow,
		.states = row->states,
		.count = row->count,
		.created = row->created,
		.updated = row->updated,
		.next_due = row->next_due,
		.finished = row->finished};

	return l->each(l->user, &summary, err);
}

tro_status tro_cases_each(tro_registry *registry,
	tro_status (*each)(void *user, const tro_case_summary *summary, tro_err *err), void *user,
	tro_err *err)
{
	listing l = {.registry = registry, .each = each, .user = user};

	return tro_store_each_case_row(registry->store, summarize, &l, err);
}

static bool listed(const char *lines, const char *id)
{
	const char *at = strstr(lines, id);

	return at != NULL && (at == lines || at[-1] == '\n') && at[strlen(id)] == '\n';
}

static tro_status add_due(void *user, const char *case_id, const tro_timer_row *row, tro_err *err)
{
	tro_buf *out = user;

	(void)row;
	if (!listed(out->ptr, case_id)) {
		tro_buf_printf(out, "%s\n", case_id);
	}
	return tro_buf_status(out, err);
}

tro_status tro_cases_due(tro_buf *out, tro_registry *registry, tro_err *err)
{
	return tro_store_each_timer(
		registry->store, NULL, tro_registry_now(registry), add_due, out, err);
}

/* ---- rebuild ---- */

bool tro_case_has_session(const char *case_id)
{
	return strcmp(case_id, TRO_REGISTRY_CASE) != 0 && strcmp(case_id, TRO_LOG_CASE) != 0 &&
	       !tro_text_starts(case_id, TRO_ACCESS_PREFIX);
}

static tro_status collect(void *user, const char *case_id, tro_err *err)
{
	tro_buf *ids = user;

	if (tro_case_has_session(case_id)) {
		tro_buf_printf(ids, "%s\n", case_id);
	}
	return tro_buf_status(ids, err);
}

static tro_status times_of(tro_time_us *out_first, tro_time_us *out_last, uint8_t out_head[32],
	tro_store *store, const char *case_id, uint64_t count, tro_err *err)
{
	tro_status status = TRO_OK;
	const uint64_t seqs[] = {0, count - 1};
	tro_time_us *const times[] = {out_first, out_last};

	for (size_t i = 0; i < 2 && status == TRO_OK; i++) {
		tro_stored_record stored;
		tro_record record;

		status = tro_store_record_get(&stored, store, case_id, seqs[i], err);
		if (status != TRO_OK) {
			break;
		}
		status = tro_record_read(&record, &stored, err);
		if (status == TRO_OK) {
			*times[i] = record.time;
			tro_record_hash(out_head, stored.note, stored.note_len);
		}
		tro_stored_record_done(&stored);
	}
	return status;
}

tro_status tro_case_rebuild(tro_registry *registry, const char *case_id, tro_err *err)
{
	tro_replay replay;
	tro_buf bytes = TRO_BUF_INIT;
	uint8_t head[32];
	uint64_t count = 0;
	tro_projection projection = {.head = head, .bytes = &bytes};
	tro_status status = tro_replay_begin(&replay, registry, case_id, err);

	if (status == TRO_OK) {
		status = tro_store_case_count(&count, registry->store, case_id, err);
	}
	if (status == TRO_OK) {
		status = tro_replay_to(&replay, count - 1, err);
	}
	if (status == TRO_OK) {
		status = times_of(&projection.created, &projection.updated, head, registry->store,
			case_id, count, err);
	}
	if (status == TRO_OK) {
		status = tro_session_save(&bytes, replay.session, err);
	}
	if (status == TRO_OK) {
		projection.session = replay.session;
		projection.count = count;
		status = tro_case_project(registry->store, &projection, err);
	}
	tro_replay_end(&replay);
	tro_buf_done(&bytes);
	return status;
}

static tro_status rebuild_all(tro_registry *registry, const char *ids, tro_err *err)
{
	tro_status status = TRO_OK;

	for (const char *line = ids; *line != '\0' && status == TRO_OK;) {
		size_t len = strcspn(line, "\n");
		char id[TRO_ID_SIZE];

		memcpy(id, line, len);
		id[len] = '\0';
		status = tro_case_rebuild(registry, id, err);
		line += len + 1;
	}
	return status;
}

/* Ends the walk at a node that covers more than there is. */
static tro_status refuse_excess(void *user, const tro_stray *stray, tro_err *err)
{
	(void)user;
	return strcmp(stray->table, "node") != 0
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID,
				 "the tree covers records that are not there (node %s): the newest "
				 "were taken away, and nothing is rebuilt over that; restore the "
				 "store "
				 "from a backup",
				 stray->first);
}

/* The tree follows from the records, but it also bears witness to them: nodes that are missing are
 * made, and one that speaks against the records is not made to agree. */
static tro_status rebuild_tree(tro_store *store, tro_err *err)
{
	uint64_t size = 0;
	tro_status status = tro_store_each_stray(store, refuse_excess, NULL, err);

	if (status == TRO_OK) {
		status = tro_store_log_size(&size, store, err);
	}
	for (uint64_t position = 0; position < size && status == TRO_OK; position++) {
		tro_stored_record stored;
		char case_id[65];

		status = tro_store_record_at(&stored, store, position, case_id, err);
		if (status == TRO_OK) {
			status = tro_entry_grow_tree(
				store, position, stored.note, stored.note_len, err);
			tro_stored_record_done(&stored);
		}
	}
	return status;
}

tro_status tro_rebuild(tro_registry *registry, bool *out_same, tro_err *err)
{
	tro_store *store = registry->store;
	tro_buf ids = TRO_BUF_INIT;
	uint8_t before[32];
	uint8_t after[32];
	tro_status status = tro_store_begin_write(store, err);

	if (status == TRO_OK) {
		status = tro_store_projection_digest(before, store, NULL, err);
	}
	if (status == TRO_OK) {
		status = tro_store_each_case(store, collect, &ids, err);
	}
	if (status == TRO_OK) {
		status = tro_store_drop_projections(store, err);
	}
	if (status == TRO_OK) {
		status = rebuild_tree(store, err);
	}
	if (status == TRO_OK) {
		status = rebuild_all(registry, ids.ptr, err);
	}
	if (status == TRO_OK) {
		status = tro_store_projection_digest(after, store, NULL, err);
	}
	if (status == TRO_OK && !registry->rehearsal) {
		status = tro_store_commit(store, err);
	}
	if (status != TRO_OK || registry->rehearsal) {
		tro_store_rollback(store);
	}
	if (status == TRO_OK) {
		*out_same = memcmp(before, after, sizeof(before)) == 0;
	}
	tro_buf_done(&ids);
	return status;
}
