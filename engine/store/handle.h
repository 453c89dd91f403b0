/*
 * What a store is made of. One thread at a time uses one.
 */
#ifndef TRO_STORE_HANDLE_H
#define TRO_STORE_HANDLE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "store/store.h"

/* More than there are statements in store/, so that each is prepared once a store. */
enum { TRO_STATEMENT_CACHE_SIZE = 96 };

typedef struct tro_cached_statement {
	const char *sql; /* the literal; its address is the key */
	sqlite3_stmt *stmt;
	bool taken;
} tro_cached_statement;

typedef enum tro_transaction {
	TRO_TRANSACTION_NONE,
	TRO_TRANSACTION_READ,
	TRO_TRANSACTION_WRITE,
} tro_transaction;

struct tro_store {
	sqlite3 *db;
	int dir_fd;
	char *dir;  /* absolute, without symbolic links */
	char *path; /* of tro.db, for messages and for SQLite */
	tro_transaction transaction;
	bool read_only;	       /* this account may not write */
	bool untrusted;	       /* opened whatever its schema is */
	bool in_memory;	       /* no database file; dir has exhibits/<sha256> */
	bool alone;	       /* read without locks: there was no log beside the file */
	struct stat as_opened; /* the file, when alone */
	bool failed; /* a statement failed in the open write transaction: it can only be undone */
	tro_cached_statement cached[TRO_STATEMENT_CACHE_SIZE];
	size_t cached_count;
};

/* TRO_USAGE unless a write transaction is open, TRO_SYSTEM when an earlier statement of it failed:
 * what follows must not be written without what came before. */
tro_status tro_store_require_write(const tro_store *store, tro_err *err) TRO_MUST_USE;
/* As above, but outside of a transaction is fine: the statement is then its own. */
tro_status tro_store_require_sound(const tro_store *store, tro_err *err) TRO_MUST_USE;

#endif
