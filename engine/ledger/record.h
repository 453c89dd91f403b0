/*
 * Records (FORMATS.md 2): the text that a person signs, and the note that is kept.
 */
#ifndef TRO_LEDGER_RECORD_H
#define TRO_LEDGER_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/time.h>

#include "ledger/note.h"

#define TRO_REGISTRY_CASE "registry"

/* TRO_RECORD_MAX: bytes of the note, signature line included. */
enum { TRO_RECORD_MAX = 65000, TRO_ID_SIZE = 65, TRO_NAME_SIZE = 129, TRO_ORIGIN_SIZE = 257 };

/* Fields in the order of the text. A hash or commitment that is "-" in the text has its has_ flag
 * false.
 *
 * origin: a key name (note.h) of visible ASCII, at most 255 bytes. id: 1 to 64 of A-Z a-z 0-9 '-',
 * beginning with a letter or digit. name: 1 to 128 of those and '.', '_', beginning likewise; in a
 * matter also '/' between names ("order.1/item.3"). prev is absent at seq 0 and nowhere else; in
 * the registry there is no matter, workflow or outcome, and registry is absent at seq 0 alone. */
typedef struct tro_record {
	char log[TRO_ORIGIN_SIZE];
	char case_id[TRO_ID_SIZE];
	uint64_t seq; /* at most INT64_MAX */
	bool has_prev;
	uint8_t prev[32];	    /* SHA-256 of the previous signed note of the case, all bytes */
	char request[TRO_ID_SIZE];  /* "-" if none */
	char matter[TRO_NAME_SIZE]; /* "-" in the registry */
	char event[TRO_NAME_SIZE];
	char actor[TRO_ID_SIZE];
	char role[TRO_ID_SIZE];
	tro_time_us time;
	bool has_registry;
	uint8_t registry[32]; /* hash of the registry's head note; "-" in genesis alone */
	bool has_anchor;
	uint64_t anchor_size;
	uint8_t anchor_root[32];
	bool has_workflow;
	uint8_t workflow[32];
	bool has_payload;
	uint8_t payload[32]; /* HMAC-SHA256 under the payload's salt */
	bool has_outcome;
	uint8_t outcome[32];
} tro_record;

/* The grammar of the fields above; "-" fits none of them. */
bool tro_record_origin_good(const char *text, size_t len);
bool tro_record_id_good(const char *text, size_t len);
bool tro_record_name_good(const char *text, size_t len);

/* Appends the text. TRO_INVALID when a field holds what the format cannot carry (blank, LF, empty,
 * too long) or does not fit the others. */
tro_status tro_record_format(tro_buf *out, const tro_record *record, tro_err *err) TRO_MUST_USE;
/* Reads a text: exact field order, one spelling, no unknown field; what does not format back to
 * itself is TRO_INVALID. */
tro_status tro_record_parse(
	tro_record *out, const char *text, size_t len, tro_err *err) TRO_MUST_USE;

/* As tro_record_parse, of a parsed note, which has to be a record's: one signature line by a person
 * (a second approval is its own record, never an added line) and at most TRO_RECORD_MAX bytes. The
 * signature is not verified. */
tro_status tro_record_from_note(tro_record *out, const tro_note *note, tro_err *err) TRO_MUST_USE;

/* The leaf hash of a note in the tree, and the hash by which the next record names it. */
void tro_record_leaf(uint8_t out[32], const char *note, size_t len);
void tro_record_hash(uint8_t out[32], const char *note, size_t len);

/* Enrolment text (tro-enrol/v1): the new key's proof of possession. Lines: log, name, public
 * (vkey), nonce. A note signed by the new key over this text is what a registrar puts into an enrol
 * record. */
typedef struct tro_enrolment {
	char log[TRO_ORIGIN_SIZE];
	char person_name[TRO_ORIGIN_SIZE]; /* as the person writes it; UTF-8; may hold blanks */
	tro_vkey vkey;
	char nonce[TRO_ID_SIZE];
} tro_enrolment;
tro_status tro_enrolment_format(
	tro_buf *out, const tro_enrolment *enrolment, tro_err *err) TRO_MUST_USE;
/* Parses a whole note and checks that it is signed by the key that it names, and by it alone:
 * TRO_KEY if not. */
tro_status tro_enrolment_parse(
	tro_enrolment *out, const char *note, size_t len, tro_err *err) TRO_MUST_USE;

#endif
