/*
 * Rows that no program of ours left there: they belong to nothing, and some of them stand where the
 * next record will want to go.
 */
#include <stdlib.h>

#include "store/handle.h"
#include "store/statement.h"

/* One answer a table, however many rows there are. A node is kept when all that it covers is
 * there: level 63 holds one, and what lies on a level that cannot be belongs to nothing. */
tro_status tro_store_each_stray(tro_store *store,
	tro_status (*each)(void *user, const tro_stray *stray, tro_err *err), void *user,
	tro_err *err)
{
	TRO_STATEMENT(find, store,
		"WITH log (size) AS (SELECT coalesce(max(position) + 1, 0) FROM record)"
		" SELECT 'node', count(*), coalesce(min(level || '/' || number), ''), 0 FROM node, "
		"log"
		"  WHERE level NOT BETWEEN 0 AND 63 OR number < 0 OR number >= size >> level"
		" UNION ALL SELECT 'payload', count(*), coalesce(CAST(min(position) AS TEXT), ''), "
		"0 FROM payload"
		"  WHERE position NOT IN (SELECT position FROM record)"
		" UNION ALL SELECT 'outcome_salt', count(*), coalesce(CAST(min(position) AS TEXT), "
		"''), 0"
		"  FROM outcome_salt WHERE position NOT IN (SELECT position FROM record)"
		" UNION ALL SELECT 'snapshot', count(*), coalesce(min(case_id), ''), 1 FROM "
		"snapshot"
		"  WHERE case_id NOT IN (SELECT case_id FROM record)"
		" UNION ALL SELECT 'matter_index', count(*), coalesce(min(case_id), ''), 1 FROM "
		"matter_index"
		"  WHERE case_id NOT IN (SELECT case_id FROM record)"
		" UNION ALL SELECT 'timer_index', count(*), coalesce(min(case_id), ''), 1 FROM "
		"timer_index"
		"  WHERE case_id NOT IN (SELECT case_id FROM record)"
		" UNION ALL SELECT 'filing_index', count(*), coalesce(min(case_id), ''), 1 FROM "
		"filing_index"
		"  WHERE case_id NOT IN (SELECT case_id FROM record)");
	tro_arena *arena = tro_arena_new();
	bool row = false;
	tro_status status =
		arena != NULL ? tro_statement_row(&find, &row, err) : tro_err_nomem(err);

	while (status == TRO_OK && row) {
		tro_stray stray = {.count = tro_column_u64(&find, 1),
			.table = tro_column_text(arena, &find, 0),
			.first = tro_column_text(arena, &find, 2),
			.derived = tro_column_i64(&find, 3) != 0};

		if (stray.table == NULL || stray.first == NULL) {
			status = tro_err_nomem(err);
		} else if (stray.count > 0) {
			status = each(user, &stray, err);
		}
		if (status == TRO_OK) {
			status = tro_statement_row(&find, &row, err);
		}
	}
	tro_arena_free(arena);
	return status;
}
