/*
 * An entry: a record with what it commits to, on its way into the log. It is composed, then signed,
 * outside any transaction and appended inside one, which fails if the world moved meanwhile.
 */
#ifndef TRO_CASE_ENTRY_H
#define TRO_CASE_ENTRY_H

#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/key.h>

#include "ledger/record.h"
#include "store/store.h"

typedef struct tro_entry {
	tro_record record;
	tro_buf text;		  /* of the record: what is signed */
	tro_stored_record stored; /* note, payload, salts: owned */
	uint8_t hash[32];	  /* of the note */
} tro_entry;

void tro_entry_done(tro_entry *entry);

/* Appends the note of a text: text and signature. */
tro_status tro_text_sign(tro_buf *out, const char *text, size_t len, const tro_signer *signer,
	tro_err *err) TRO_MUST_USE;

/* Completes a record with commitments under fresh salts to payload (NULL for none) and outcome
 * (NULL for none): text, payload and salts, and no note yet. */
tro_status tro_entry_compose(tro_entry *out, const tro_record *record, const tro_buf *payload,
	const tro_buf *outcome, tro_err *err) TRO_MUST_USE;
/* Signs the text of a composed entry, which makes its note. */
tro_status tro_entry_sign(tro_entry *entry, const tro_signer *signer, tro_err *err) TRO_MUST_USE;
/* Takes over the note that was made of the text, here or elsewhere. */
tro_status tro_entry_take_note(tro_entry *entry, tro_buf *note, tro_err *err) TRO_MUST_USE;

/* TRO_CHANGED when the head of the case or of the registry is not what the record names. */
tro_status tro_entry_check_heads(
	tro_store *store, const tro_record *record, tro_err *err) TRO_MUST_USE;

/* Appends to log and tree, in the open write transaction. TRO_CHANGED when the head of the case or
 * of the registry is not what the record names. */
tro_status tro_entry_append(tro_store *store, const tro_entry *entry, uint64_t *out_position,
	tro_err *err) TRO_MUST_USE;

/* The case's number of records and the hash of its last note; count 0 when it has none. */
tro_status tro_case_head(uint64_t *out_count, uint8_t out_hash[32], tro_store *store,
	const char *case_id, tro_err *err) TRO_MUST_USE;

/* Adds the record at that position, the next of the tree, to the store's tree, in the open write
 * transaction. */
tro_status tro_entry_grow_tree(tro_store *store, uint64_t position, const char *note,
	size_t note_len, tro_err *err) TRO_MUST_USE;

#endif
