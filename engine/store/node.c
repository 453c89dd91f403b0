/*
 * Full nodes of the Merkle tree over all records.
 */
#include <string.h>

#include "store/failure.h"
#include "store/handle.h"
#include "store/statement.h"

tro_status tro_store_node_get(
	uint8_t out[32], tro_store *store, unsigned level, uint64_t index, tro_err *err)
{
	TRO_STATEMENT(
		find, store, "SELECT hash FROM node WHERE level = :level AND number = :number");
	bool row = false;
	tro_status status = TRO_OK;

	if (index <= INT64_MAX) {
		tro_bind_u64(&find, ":level", level);
		tro_bind_u64(&find, ":number", index);
		status = tro_statement_row(&find, &row, err);
	}
	if (status == TRO_OK && !row) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"there is no node %llu on level %u of the tree", (unsigned long long)index,
			level);
	}
	return status == TRO_OK ? tro_column_32(out, &find, 0, err) : status;
}

static tro_status insert_node(
	tro_store *store, unsigned level, uint64_t index, const uint8_t hash[32], tro_err *err)
{
	TRO_STATEMENT(insert, store,
		"INSERT INTO node (level, number, hash) VALUES (:level, :number, :hash)");

	tro_bind_u64(&insert, ":level", level);
	tro_bind_u64(&insert, ":number", index);
	tro_bind_blob(&insert, ":hash", hash, 32);
	return tro_statement_run(&insert, err);
}

static tro_status read_back(
	tro_store *store, unsigned level, uint64_t index, const uint8_t hash[32], tro_err *err)
{
	uint8_t stored[32];
	tro_status status = tro_store_node_get(stored, store, level, index, err);

	if (status == TRO_NOT_FOUND ||
		(status == TRO_OK && memcmp(stored, hash, sizeof(stored)) != 0)) {
		store->failed = true;
		return tro_store_damaged(store, err,
			"node %llu on level %u of the tree was not read back as it was written",
			(unsigned long long)index, level);
	}
	return status;
}

tro_status tro_store_node_put(
	tro_store *store, unsigned level, uint64_t index, const uint8_t hash[32], tro_err *err)
{
	uint8_t stored[32];
	tro_status status = tro_store_require_write(store, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_store_node_get(stored, store, level, index, err);
	if (status == TRO_NOT_FOUND) {
		status = insert_node(store, level, index, hash, err);
		return status == TRO_OK ? read_back(store, level, index, hash, err) : status;
	}
	if (status == TRO_OK && memcmp(stored, hash, sizeof(stored)) != 0) {
		return tro_store_damaged(store, err,
			"node %llu on level %u of the tree is not the hash of what lies under it: "
			"a "
			"record or the node was changed, restore the store from a backup",
			(unsigned long long)index, level);
	}
	return status;
}

static tro_status get(uint8_t out[32], void *user, unsigned level, uint64_t index, tro_err *err)
{
	return tro_store_node_get(out, user, level, index, err);
}

static tro_status put(
	void *user, unsigned level, uint64_t index, const uint8_t hash[32], tro_err *err)
{
	return tro_store_node_put(user, level, index, hash, err);
}

tro_tree_nodes tro_store_tree(tro_store *store)
{
	return (tro_tree_nodes){.get = get, .put = put, .user = store};
}
