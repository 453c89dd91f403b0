/*
 * One step is one transaction.
 *
 *	NONE --begin_read--> READ --commit, rollback--> NONE
 *	NONE --begin_write--> WRITE --commit, rollback--> NONE
 *
 * WRITE holds SQLite's write lock from its first moment, so nothing that was read in it can be out
 * of date. A statement that fails in WRITE marks the transaction as failed: nothing more is written
 * in it and commit undoes it. SQLite may already have undone it by itself (disk full), and a later
 * statement would otherwise stand alone, committed at once.
 */
#include "store/failure.h"
#include "store/handle.h"
#include "store/statement.h"

tro_status tro_store_require_sound(const tro_store *store, tro_err *err)
{
	if (store->read_only) {
		return tro_store_failure(NULL, SQLITE_READONLY, store->path, err);
	}
	if (store->transaction == TRO_TRANSACTION_WRITE && store->failed) {
		return tro_err_set(err, TRO_SYSTEM,
			"cannot write %s: an earlier part of this transaction failed", store->path);
	}
	if (store->transaction == TRO_TRANSACTION_READ) {
		return tro_err_set(err, TRO_USAGE,
			"cannot write %s in a transaction that was begun for reading", store->path);
	}
	return TRO_OK;
}

tro_status tro_store_require_write(const tro_store *store, tro_err *err)
{
	if (store->transaction == TRO_TRANSACTION_NONE) {
		return tro_err_set(
			err, TRO_USAGE, "cannot write %s outside of a transaction", store->path);
	}
	return tro_store_require_sound(store, err);
}

static tro_status require_none(const tro_store *store, tro_err *err)
{
	if (store->transaction != TRO_TRANSACTION_NONE) {
		return tro_err_set(
			err, TRO_USAGE, "a transaction on %s is open already", store->path);
	}
	return TRO_OK;
}

tro_status tro_store_begin_write(tro_store *store, tro_err *err)
{
	tro_status status = require_none(store, err);

	/* SQLite would begin, and refuse the first write. */
	if (status == TRO_OK) {
		status = tro_store_require_sound(store, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	TRO_STATEMENT(begin, store, "BEGIN IMMEDIATE");
	status = tro_statement_run(&begin, err);
	if (status == TRO_OK) {
		store->transaction = TRO_TRANSACTION_WRITE;
		store->failed = false;
	}
	return status;
}

tro_status tro_store_begin_read(tro_store *store, tro_err *err)
{
	tro_status status = require_none(store, err);

	if (status != TRO_OK) {
		return status;
	}
	TRO_STATEMENT(begin, store, "BEGIN DEFERRED");
	status = tro_statement_run(&begin, err);
	if (status != TRO_OK) {
		return status;
	}
	store->transaction = TRO_TRANSACTION_READ;
	/* BEGIN alone pins nothing: the view is that of the first read. */
	TRO_STATEMENT(pin, store, "SELECT max(position) FROM record");
	bool row = false;

	status = tro_statement_row(&pin, &row, err);
	if (status != TRO_OK) {
		tro_store_rollback(store);
	}
	return status;
}

tro_status tro_store_commit(tro_store *store, tro_err *err)
{
	if (store->transaction == TRO_TRANSACTION_NONE) {
		return tro_err_set(
			err, TRO_USAGE, "no transaction on %s is open to commit", store->path);
	}
	if (store->transaction == TRO_TRANSACTION_WRITE && store->failed) {
		tro_store_rollback(store);
		return tro_err_set(err, TRO_SYSTEM,
			"cannot commit to %s: an earlier part of this transaction failed; nothing "
			"was "
			"written",
			store->path);
	}
	TRO_STATEMENT(commit, store, "COMMIT");
	tro_status status = tro_statement_run(&commit, err);

	if (status != TRO_OK) {
		tro_store_rollback(store);
		return status;
	}
	store->transaction = TRO_TRANSACTION_NONE;
	return TRO_OK;
}

void tro_store_rollback(tro_store *store)
{
	if (store->transaction == TRO_TRANSACTION_NONE) {
		return;
	}
	if (!sqlite3_get_autocommit(store->db)) {
		/* One that fails leaves the same: nothing committed. */
		(void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	}
	store->transaction = TRO_TRANSACTION_NONE;
	store->failed = false;
}
