/*
 * The store: one folder with tro.db and exhibits/<case>/<sha256>. The only code that touches
 * SQLite, the store's files and the clock.
 *
 * Primary tables: record (append-only by trigger), payload, outcome_salt, blob, tree node,
 * checkpoint, cosignature.
 * Projections, which can be dropped and rebuilt: snapshot, case_index, matter_index, timer_index,
 * filing_index. One step is one transaction (WAL, synchronous=FULL).
 *
 * One thread at a time uses a store, and no store crosses fork(2); several threads or processes
 * open one each. tro_crypto_init comes first. Failures of the database, from any function:
 * TRO_CHANGED when somebody else holds the write lock, TRO_INVALID when it is damaged, TRO_SYSTEM
 * when the disk is full or fails, TRO_NOMEM. A callback may use the store as it likes; what it is
 * given lives until it returns; a status other than TRO_OK ends the list and is returned.
 */
#ifndef TRO_STORE_STORE_H
#define TRO_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/time.h>

#include "ledger/tree.h"

typedef struct tro_store tro_store;

/* The wall clock. The one place that reads it. */
tro_time_us tro_clock_now(void);

/* Creates the folder (which must not exist or be empty, else TRO_USAGE) with an empty database,
 * whole or not at all: what an interrupted creation left is cleared away by the next. TRO_NOT_FOUND
 * when the folder above it does not exist, TRO_SYSTEM on network file systems. */
tro_status tro_store_create(tro_store **out, const char *dir, tro_err *err) TRO_MUST_USE;
/* Could it, where no store is? Makes nothing. Statuses of tro_store_create. */
tro_status tro_store_check_new(const char *dir, tro_err *err) TRO_MUST_USE;
/* Opens and, if need be, migrates. TRO_NOT_FOUND when there is no tro.db; TRO_INVALID when it is
 * not ours, newer than this program, or when its schema was altered. An account that may only read
 * gets a store that can only be read: whatever writes is then TRO_SYSTEM. */
tro_status tro_store_open(tro_store **out, const char *dir, tro_err *err) TRO_MUST_USE;
/* As tro_store_open, whatever the schema has become; no trigger of it is ever run. For verification
 * alone. */
tro_status tro_store_open_untrusted(tro_store **out, const char *dir, tro_err *err) TRO_MUST_USE;
void tro_store_close(tro_store *store);
const char *tro_store_dir(const tro_store *store);
bool tro_store_is_read_only(const tro_store *store);
/* An account that may only read reads a store that nobody has open without locks: TRO_CHANGED when
 * somebody wrote to it since, and what was read may be neither before nor after. */
tro_status tro_store_check_settled(const tro_store *store, tro_err *err) TRO_MUST_USE;

/* Transactions. begin_write takes the write lock (waits up to five seconds, then TRO_CHANGED).
 * commit is durable when it returns TRO_OK and ends the transaction whatever it returns; when the
 * disk failed under it (TRO_SYSTEM), the next opening shows all of the transaction or nothing. Once
 * anything failed in a write transaction, nothing more is written in it and commit undoes it.
 * rollback does nothing when none is open. begin_read gives a stable view. TRO_USAGE when one is
 * open already, when commit finds none, and from every writing function in the wrong kind. */
tro_status tro_store_begin_write(tro_store *store, tro_err *err) TRO_MUST_USE;
tro_status tro_store_begin_read(tro_store *store, tro_err *err) TRO_MUST_USE;
tro_status tro_store_commit(tro_store *store, tro_err *err) TRO_MUST_USE;
void tro_store_rollback(tro_store *store);

/* ---- records ---- */
typedef struct tro_stored_record {
	uint64_t position; /* in the log: 0, 1, 2 ... without gap */
	uint64_t seq;
	char *note; /* owned by the value */
	size_t note_len;
	bool has_payload; /* false when there is none, or when it was erased */
	char *payload;
	size_t payload_len;
	bool has_payload_salt;
	uint8_t payload_salt[32];
	bool has_outcome_salt;
	uint8_t outcome_salt[32];
} tro_stored_record;
void tro_stored_record_done(tro_stored_record *record);

/* Appends at the log's end inside the open write transaction: record row, payload and salts (as the
 * flags say; record->position is ignored). note is stored as it is, read back and compared.
 * TRO_CHANGED when record->seq is not the next of the case. TRO_INVALID when case_id is not 1 to 64
 * letters, digits, hyphens, underscores and, not first, dots. */
tro_status tro_store_record_append(tro_store *store, const char *case_id,
	const tro_stored_record *record, uint64_t *out_position, tro_err *err) TRO_MUST_USE;
/* TRO_NOT_FOUND when there is none. */
tro_status tro_store_record_get(tro_stored_record *out, tro_store *store, const char *case_id,
	uint64_t seq, tro_err *err) TRO_MUST_USE;
tro_status tro_store_record_at(tro_stored_record *out, tro_store *store, uint64_t position,
	char case_id[65], tro_err *err) TRO_MUST_USE;
/* Appends the case's last note; *out_count is the number of its records, 0 when it has none. */
tro_status tro_store_last_note(tro_buf *out, uint64_t *out_count, tro_store *store,
	const char *case_id, tro_err *err) TRO_MUST_USE;
/* As tro_store_last_note, among the records before that position of the log. */
tro_status tro_store_note_before(tro_buf *out, uint64_t *out_count, tro_store *store,
	const char *case_id, uint64_t position, tro_err *err) TRO_MUST_USE;
/* The case's head: number of records and the last one's seq; TRO_NOT_FOUND when the case has none.
 */
tro_status tro_store_case_count(
	uint64_t *out, tro_store *store, const char *case_id, tro_err *err) TRO_MUST_USE;
tro_status tro_store_log_size(uint64_t *out, tro_store *store, tro_err *err) TRO_MUST_USE;
/* Which records are looked for. Texts in a payload are looked for by their bytes: whoever asks
 * reads what was found. A record without payload is found, too. */
typedef struct tro_record_search {
	const char *first_case, *last_case; /* both included, in the order of their bytes */
	uint64_t from_seq, end_seq;	    /* in each case; the end excluded */
	uint64_t from_position;
	const char *either, *other; /* one of the two stands in the payload; NULL: no matter */
	const char *also;	    /* and this does; NULL: no matter */
} tro_record_search;
typedef struct tro_positions {
	uint64_t *list; /* owned */
	size_t count, room;
} tro_positions;
void tro_positions_done(tro_positions *positions);
/* Appends the positions of the records that are found, in no order. No payload is read but where a
 * text is looked for. */
tro_status tro_store_search(tro_positions *io, tro_store *store, const tro_record_search *search,
	tro_err *err) TRO_MUST_USE;
/* Calls back for every case id that has records, sorted. */
tro_status tro_store_each_case(tro_store *store,
	tro_status (*each)(void *user, const char *case_id, tro_err *err), void *user,
	tro_err *err) TRO_MUST_USE;

/* ---- tree nodes, inside the open write transaction; putting the same again is fine, another hash
 * is TRO_INVALID; what was put is read back ---- */
tro_status tro_store_node_get(uint8_t out[32], tro_store *store, unsigned level, uint64_t index,
	tro_err *err) TRO_MUST_USE;
tro_status tro_store_node_put(tro_store *store, unsigned level, uint64_t index,
	const uint8_t hash[32], tro_err *err) TRO_MUST_USE;
/* Both, as the tree's functions ask for them (ledger/tree.h). */
tro_tree_nodes tro_store_tree(tro_store *store);

/* ---- checkpoints: heads of the log that were made public; added inside the open write
 * transaction, never changed ---- */
typedef struct tro_stored_checkpoint {
	uint64_t id; /* grows with each that comes */
	uint64_t size;
	uint8_t root[32];
	bool ours;	       /* made by this store; false: it came from outside */
	tro_time_us published; /* when, if it is ours */
	tro_buf note;	       /* owned: signed by the log; when read, with its cosignatures */
} tro_stored_checkpoint;
void tro_stored_checkpoint_done(tro_stored_checkpoint *checkpoint);
/* Adds it, unless one of this size and root is there; *out_id is its id. checkpoint->id is ignored.
 */
tro_status tro_store_checkpoint_add(tro_store *store, const tro_stored_checkpoint *checkpoint,
	uint64_t *out_id, tro_err *err) TRO_MUST_USE;
/* Adds a signature line, LF included; *out_new is false when it was there. */
tro_status tro_store_cosignature_add(bool *out_new, tro_store *store, uint64_t id, const char *line,
	size_t len, tro_time_us imported, tro_err *err) TRO_MUST_USE;
/* The id of the newest cosignature; 0 when there is none. */
tro_status tro_store_cosignature_newest(uint64_t *out, tro_store *store, tro_err *err) TRO_MUST_USE;
/* The newest with a smaller id (INT64_MAX for the newest of all); with `cosigned`, of those that
 * somebody cosigned. TRO_NOT_FOUND when there is none. */
tro_status tro_store_checkpoint_below(tro_stored_checkpoint *out, tro_store *store, uint64_t below,
	bool cosigned, tro_err *err) TRO_MUST_USE;

/* ---- blobs: adopted bytes and built filings, by SHA-256; checked against the hash when put
 * (TRO_INVALID) and when read (TRO_SYSTEM "damaged"); what was put is read back; put may stand
 * outside of a transaction and be repeated; get appends to out ---- */
tro_status tro_store_blob_put(tro_store *store, const uint8_t sha256[32], const void *bytes,
	size_t len, tro_err *err) TRO_MUST_USE;
tro_status tro_store_blob_get(
	tro_buf *out, tro_store *store, const uint8_t sha256[32], tro_err *err) TRO_MUST_USE;

/* ---- exhibits: files, written to a temporary name, fsynced with their folder, then renamed,
 * before the record commits ---- */
tro_status tro_store_exhibit_import(uint8_t out_sha256[32], uint64_t *out_size, tro_store *store,
	const char *case_id, const char *path, tro_err *err) TRO_MUST_USE;
/* Hash and size of a file that could be imported, without importing it, and its first bytes, padded
 * with zeros. */
enum { TRO_EXHIBIT_HEAD = 8 };
tro_status tro_store_exhibit_hash(uint8_t out_sha256[32], uint64_t *out_size,
	uint8_t out_head[TRO_EXHIBIT_HEAD], const char *path, tro_err *err) TRO_MUST_USE;
/* Re-hashes while reading; TRO_INVALID when the file was altered, TRO_NOT_FOUND when it is gone.
 * Larger than out's limit is TRO_NOMEM. */
tro_status tro_store_exhibit_read(tro_buf *out, tro_store *store, const char *case_id,
	const uint8_t sha256[32], tro_err *err) TRO_MUST_USE;

/* As exhibit_read, without keeping the bytes, of any size. */
tro_status tro_store_exhibit_check(uint64_t *out_size, tro_store *store, const char *case_id,
	const uint8_t sha256[32], tro_err *err) TRO_MUST_USE;
/* As exhibit_check, writing the bytes to an open file whose name is for messages. */
tro_status tro_store_exhibit_copy(uint64_t *out_size, tro_store *store, const char *case_id,
	const uint8_t sha256[32], int fd, const char *path, tro_err *err) TRO_MUST_USE;

/* As exhibit_check, with the bytes written to the open file fd, whose path is for messages: nothing
 * of it is to be used unless TRO_OK. */
tro_status tro_store_exhibit_copy(uint64_t *out_size, tro_store *store, const char *case_id,
	const uint8_t sha256[32], int fd, const char *path, tro_err *err) TRO_MUST_USE;

/* ---- projections ---- */
typedef struct tro_case_row {
	const char *id, *title, *workflow, *states,
		*head_hash; /* states: shown text; head_hash: hex of the head note's hash */
	uint64_t count;
	tro_time_us created, updated;
	tro_time_us next_due; /* of its timers, 0 for none; read only: it follows from them */
	bool finished;	      /* its first matter has come to its end */
} tro_case_row;
typedef struct tro_matter_row {
	const char *id, *definition, *states;
	bool finished; /* come to its end: in a final state, or at rest */
} tro_matter_row;
typedef struct tro_timer_row {
	const char *matter, *id, *event;
	tro_time_us due;
} tro_timer_row;
typedef struct tro_filing_row {
	const char *id, *name, *recipient, *matter;
	uint64_t seq;
	uint8_t sha256[32];
	uint64_t size;
} tro_filing_row;

/* Replace all rows of a case (row, matters, timers, filings), in the open write transaction; rows
 * that are the same are not written. A NULL text is stored, and read, as the empty one. TRO_INVALID
 * when two rows of a kind have one id. */
tro_status tro_store_project(tro_store *store, const tro_case_row *row,
	const tro_matter_row *matters, size_t matter_count, const tro_timer_row *timers,
	size_t timer_count, const tro_filing_row *filings, size_t filing_count,
	tro_err *err) TRO_MUST_USE;
tro_status tro_store_each_case_row(tro_store *store,
	tro_status (*each)(void *user, const tro_case_row *row, tro_err *err), void *user,
	tro_err *err) TRO_MUST_USE;
tro_status tro_store_each_matter_row(tro_store *store, const char *case_id,
	tro_status (*each)(void *user, const tro_matter_row *row, tro_err *err), void *user,
	tro_err *err) TRO_MUST_USE;
/* All timers due at or before `until`, in order of due; case_id NULL for all cases. */
tro_status tro_store_each_timer(tro_store *store, const char *case_id, tro_time_us until,
	tro_status (*each)(void *user, const char *case_id, const tro_timer_row *row, tro_err *err),
	void *user, tro_err *err) TRO_MUST_USE;
tro_status tro_store_each_filing(tro_store *store, const char *case_id,
	tro_status (*each)(void *user, const tro_filing_row *row, tro_err *err), void *user,
	tro_err *err) TRO_MUST_USE;
/* Drops every projection row, inside the open write transaction. */
tro_status tro_store_drop_projections(tro_store *store, tro_err *err) TRO_MUST_USE;
/* A SHA-256 over all rows of all projections of one case (NULL: of all, and of the tree's nodes) in
 * a fixed order: for comparing before and after a rebuild. */
tro_status tro_store_projection_digest(
	uint8_t out[32], tro_store *store, const char *case_id, tro_err *err) TRO_MUST_USE;

/* The snapshot: the session's bytes after the case's head record. TRO_NOT_FOUND when there is none.
 * put may stand outside of a transaction; get appends to out. */
tro_status tro_store_snapshot_put(tro_store *store, const char *case_id, uint64_t seq,
	const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;
tro_status tro_store_snapshot_get(tro_buf *out, uint64_t *out_seq, tro_store *store,
	const char *case_id, tro_err *err) TRO_MUST_USE;

/* ---- for verification: what a store must be and hold, and what nobody of ours put there ---- */

typedef enum tro_schema_fault {
	TRO_SCHEMA_MISSING,
	TRO_SCHEMA_CHANGED,
	TRO_SCHEMA_EXTRA,
} tro_schema_fault;
typedef struct tro_schema_difference {
	tro_schema_fault fault;
	const char *type, *name; /* table, index, trigger, view; as in sqlite_schema */
} tro_schema_difference;
typedef tro_status (*tro_schema_each)(
	void *user, const tro_schema_difference *difference, tro_err *err);
/* "is missing" and the like. */
const char *tro_schema_fault_text(tro_schema_fault fault);
/* Calls back for each object of the database's schema that is not as this program gives it, in
 * order of name. The store must not be used in the callback. */
tro_status tro_store_each_schema_difference(
	tro_store *store, tro_schema_each each, void *user, tro_err *err) TRO_MUST_USE;

/* Rows that belong to no record and no case, by table: how many, and the first of them. Rows of the
 * list of cases itself are for tro_store_each_case_row. */
typedef struct tro_stray {
	const char *table, *first;
	uint64_t count;
	bool derived; /* a rebuild cures it */
} tro_stray;
/* The callback must not change the store. */
tro_status tro_store_each_stray(tro_store *store,
	tro_status (*each)(void *user, const tro_stray *stray, tro_err *err), void *user,
	tro_err *err) TRO_MUST_USE;

/* Every blob, with its bytes hashed again; `sound` is TRO_OK or, when they have another hash,
 * TRO_INVALID. */
tro_status tro_store_each_blob(tro_store *store,
	tro_status (*each)(void *user, const uint8_t sha256[32], tro_status sound, tro_err *err),
	void *user, tro_err *err) TRO_MUST_USE;

/* A file in the store's folder other than the database's own. */
typedef struct tro_store_file {
	const char *path; /* from the store's folder */
	bool unreadable;  /* a folder that this account may not look into */
	bool is_exhibit;  /* by its name; its case and hash follow */
	char case_id[65];
	uint8_t sha256[32];
} tro_store_file;
/* In order of path; folders themselves are not named. */
tro_status tro_store_each_file(tro_store *store,
	tro_status (*each)(void *user, const tro_store_file *file, tro_err *err), void *user,
	tro_err *err) TRO_MUST_USE;

/* ---- stores in memory: for judging records that came without their store ---- */

/* An empty one, which is gone when it is closed. It has the tables of any store, takes records at
 * any position and reads exhibits from dir/exhibits/<sha256>, whatever the case. TRO_NOT_FOUND when
 * there is no such folder. */
tro_status tro_store_new_in_memory(tro_store **out, const char *dir, tro_err *err) TRO_MUST_USE;
bool tro_store_is_in_memory(const tro_store *store);
/* Puts a record at record->position. TRO_INVALID when there is one, or another of this case and
 * seq; TRO_USAGE when the store is a folder. */
tro_status tro_store_record_put(tro_store *store, const char *case_id,
	const tro_stored_record *record, tro_err *err) TRO_MUST_USE;
/* The first position from `from` on that has a record; TRO_NOT_FOUND when none has. */
tro_status tro_store_next_position(
	uint64_t *out, tro_store *store, uint64_t from, tro_err *err) TRO_MUST_USE;

#endif
