/*
 * A store in memory alone, for judging records that came without one: the same tables and the same
 * reading, positions as they are in their log and with gaps.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "store/connection.h"
#include "store/failure.h"
#include "store/handle.h"
#include "store/path.h"
#include "store/schema.h"
#include "store/statement.h"

#define NAME ":memory:"

static tro_status open_database(tro_store *store, tro_err *err)
{
	tro_status status = tro_connection_open(&store->db, NAME, NULL, err);

	if (status == TRO_OK) {
		status = tro_connection_configure(store->db, NAME, err);
	}
	if (status == TRO_OK) {
		status = tro_schema_migrate(
			store->db, tro_schema_steps, tro_schema_step_count, NAME, err);
	}
	if (status == TRO_OK) {
		/* They keep a log without gaps, which an extract is not. */
		int rc = sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);

		status = rc == SQLITE_OK ? TRO_OK : tro_store_failure(store->db, rc, NAME, err);
	}
	return status;
}

static tro_status open_folder(tro_store *store, const char *dir, tro_err *err)
{
	tro_status status = tro_store_resolve(&store->dir, dir, err);

	if (status != TRO_OK) {
		return status;
	}
	store->path = strdup(NAME);
	if (store->path == NULL) {
		return tro_err_nomem(err);
	}
	return tro_path_open_dir(&store->dir_fd, AT_FDCWD, store->dir, store->dir, err);
}

tro_status tro_store_new_in_memory(tro_store **out, const char *dir, tro_err *err)
{
	tro_store *store = calloc(1, sizeof(*store));

	*out = NULL;
	if (store == NULL) {
		return tro_err_nomem(err);
	}
	store->dir_fd = -1;
	store->in_memory = true;
	store->untrusted = true;
	tro_status status = open_folder(store, dir, err);

	if (status == TRO_OK) {
		status = open_database(store, err);
	}
	if (status != TRO_OK) {
		tro_store_close(store);
		return status;
	}
	*out = store;
	return TRO_OK;
}

bool tro_store_is_in_memory(const tro_store *store)
{
	return store->in_memory;
}

tro_status tro_store_next_position(uint64_t *out, tro_store *store, uint64_t from, tro_err *err)
{
	TRO_STATEMENT(find, store, "SELECT min(position) FROM record WHERE position >= :from");
	bool row = false;
	tro_status status = TRO_OK;

	if (from <= INT64_MAX) {
		tro_bind_u64(&find, ":from", from);
		status = tro_statement_row(&find, &row, err);
	}
	if (status == TRO_OK && (!row || tro_column_is_null(&find, 0))) {
		return tro_err_set(err, TRO_NOT_FOUND, "there is no record at or after %llu",
			(unsigned long long)from);
	}
	if (status == TRO_OK) {
		*out = tro_column_u64(&find, 0);
	}
	return status;
}
