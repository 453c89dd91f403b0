/*
 * Reading projections. The rows are copied before the first callback, so that a callback may use
 * the store as it likes: read, begin a transaction, even change the rows that are being listed.
 */
#include "base/arena.h"
#include "store/handle.h"
#include "store/statement.h"

typedef struct held_row {
	struct held_row *next;
	const char *case_id;
	union {
		tro_case_row of_case;
		tro_matter_row matter;
		tro_timer_row timer;
		tro_filing_row filing;
	} as;
} held_row;

/* Fills the row from the columns. */
typedef tro_status (*decode)(
	held_row *out, tro_arena *arena, const tro_statement *find, tro_err *err);

/* Text columns, from the first on, in the order of the pointers. */
static tro_status copy_texts(const char **const *outs, size_t count, tro_arena *arena,
	const tro_statement *find, tro_err *err)
{
	for (size_t i = 0; i < count; i++) {
		*outs[i] = tro_column_text(arena, find, (int)i);
		if (*outs[i] == NULL) {
			return tro_err_nomem(err);
		}
	}
	return TRO_OK;
}

static tro_status hold(
	held_row **out, tro_arena *arena, tro_statement *find, decode decode_row, tro_err *err)
{
	held_row **tail = out;
	bool row = false;
	tro_status status = tro_statement_row(find, &row, err);

	*out = NULL;
	while (status == TRO_OK && row) {
		held_row *held = tro_arena_alloc(arena, sizeof(*held));

		if (held == NULL) {
			return tro_err_nomem(err);
		}
		status = decode_row(held, arena, find, err);
		if (status != TRO_OK) {
			return status;
		}
		*tail = held;
		tail = &held->next;
		status = tro_statement_row(find, &row, err);
	}
	return status;
}

static tro_status decode_case(
	held_row *out, tro_arena *arena, const tro_statement *find, tro_err *err)
{
	tro_case_row *row = &out->as.of_case;
	const char **const texts[] = {
		&row->id, &row->title, &row->workflow, &row->states, &row->head_hash};

	row->count = tro_column_u64(find, 5);
	row->created = tro_column_i64(find, 6);
	row->updated = tro_column_i64(find, 7);
	row->finished = tro_column_i64(find, 8) != 0;
	row->next_due = tro_column_i64(find, 9);
	return copy_texts(texts, sizeof(texts) / sizeof(texts[0]), arena, find, err);
}

static tro_status hold_cases(held_row **out, tro_arena *arena, tro_store *store, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT case_id, title, workflow, states, head_hash, count, created, updated, "
		"finished,"
		" (SELECT coalesce(min(due), 0) FROM timer_index AS t WHERE t.case_id = c.case_id)"
		" FROM case_index AS c ORDER BY case_id");

	return hold(out, arena, &find, decode_case, err);
}

tro_status tro_store_each_case_row(tro_store *store,
	tro_status (*each)(void *user, const tro_case_row *row, tro_err *err), void *user,
	tro_err *err)
{
	held_row *rows = NULL;
	tro_arena *arena = tro_arena_new();
	tro_status status =
		arena != NULL ? hold_cases(&rows, arena, store, err) : tro_err_nomem(err);

	for (held_row *row = rows; row != NULL && status == TRO_OK; row = row->next) {
		status = each(user, &row->as.of_case, err);
	}
	tro_arena_free(arena);
	return status;
}

static tro_status decode_matter(
	held_row *out, tro_arena *arena, const tro_statement *find, tro_err *err)
{
	tro_matter_row *row = &out->as.matter;
	const char **const texts[] = {&row->id, &row->definition, &row->states};

	row->finished = tro_column_i64(find, 3) != 0;
	return copy_texts(texts, sizeof(texts) / sizeof(texts[0]), arena, find, err);
}

static tro_status hold_matters(
	held_row **out, tro_arena *arena, tro_store *store, const char *case_id, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT matter, definition, states, finished FROM matter_index"
		" WHERE case_id = :case_id ORDER BY matter");

	tro_bind_text(&find, ":case_id", case_id);
	return hold(out, arena, &find, decode_matter, err);
}

tro_status tro_store_each_matter_row(tro_store *store, const char *case_id,
	tro_status (*each)(void *user, const tro_matter_row *row, tro_err *err), void *user,
	tro_err *err)
{
	held_row *rows = NULL;
	tro_arena *arena = tro_arena_new();
	tro_status status = arena != NULL ? hold_matters(&rows, arena, store, case_id, err)
					  : tro_err_nomem(err);

	for (held_row *row = rows; row != NULL && status == TRO_OK; row = row->next) {
		status = each(user, &row->as.matter, err);
	}
	tro_arena_free(arena);
	return status;
}

static tro_status decode_timer(
	held_row *out, tro_arena *arena, const tro_statement *find, tro_err *err)
{
	tro_timer_row *row = &out->as.timer;
	const char **const texts[] = {&out->case_id, &row->matter, &row->id, &row->event};

	row->due = tro_column_i64(find, 4);
	return copy_texts(texts, sizeof(texts) / sizeof(texts[0]), arena, find, err);
}

static tro_status hold_timers(
	held_row **out, tro_arena *arena, tro_store *store, tro_time_us until, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT case_id, matter, timer, event, due FROM timer_index"
		" WHERE due <= :until ORDER BY due, case_id, matter, timer");

	tro_bind_i64(&find, ":until", until);
	return hold(out, arena, &find, decode_timer, err);
}

static tro_status hold_timers_of_case(held_row **out, tro_arena *arena, tro_store *store,
	const char *case_id, tro_time_us until, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT case_id, matter, timer, event, due FROM timer_index"
		" WHERE case_id = :case_id AND due <= :until ORDER BY due, matter, timer");

	tro_bind_text(&find, ":case_id", case_id);
	tro_bind_i64(&find, ":until", until);
	return hold(out, arena, &find, decode_timer, err);
}

tro_status tro_store_each_timer(tro_store *store, const char *case_id, tro_time_us until,
	tro_status (*each)(void *user, const char *case_id, const tro_timer_row *row, tro_err *err),
	void *user, tro_err *err)
{
	held_row *rows = NULL;
	tro_arena *arena = tro_arena_new();
	tro_status status = TRO_OK;

	if (arena == NULL) {
		status = tro_err_nomem(err);
	} else if (case_id == NULL) {
		status = hold_timers(&rows, arena, store, until, err);
	} else {
		status = hold_timers_of_case(&rows, arena, store, case_id, until, err);
	}
	for (held_row *row = rows; row != NULL && status == TRO_OK; row = row->next) {
		status = each(user, row->case_id, &row->as.timer, err);
	}
	tro_arena_free(arena);
	return status;
}

static tro_status decode_filing(
	held_row *out, tro_arena *arena, const tro_statement *find, tro_err *err)
{
	tro_filing_row *row = &out->as.filing;
	const char **const texts[] = {&row->id, &row->name, &row->recipient, &row->matter};

	row->seq = tro_column_u64(find, 4);
	row->size = tro_column_u64(find, 5);
	tro_status status = tro_column_32(row->sha256, find, 6, err);

	if (status != TRO_OK) {
		return status;
	}
	return copy_texts(texts, sizeof(texts) / sizeof(texts[0]), arena, find, err);
}

static tro_status hold_filings(
	held_row **out, tro_arena *arena, tro_store *store, const char *case_id, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT filing, name, recipient, matter, seq, size, sha256 FROM filing_index"
		" WHERE case_id = :case_id ORDER BY seq, filing");

	tro_bind_text(&find, ":case_id", case_id);
	return hold(out, arena, &find, decode_filing, err);
}

tro_status tro_store_each_filing(tro_store *store, const char *case_id,
	tro_status (*each)(void *user, const tro_filing_row *row, tro_err *err), void *user,
	tro_err *err)
{
	held_row *rows = NULL;
	tro_arena *arena = tro_arena_new();
	tro_status status = arena != NULL ? hold_filings(&rows, arena, store, case_id, err)
					  : tro_err_nomem(err);

	for (held_row *row = rows; row != NULL && status == TRO_OK; row = row->next) {
		status = each(user, &row->as.filing, err);
	}
	tro_arena_free(arena);
	return status;
}
