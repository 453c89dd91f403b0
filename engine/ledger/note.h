/*
 * C2SP signed notes (signed-note v1.0.0), FORMATS.md 1, read more strictly than Go's reader.
 */
#ifndef TRO_LEDGER_NOTE_H
#define TRO_LEDGER_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>

enum {
	TRO_NOTE_MAX = 1000000, /* bytes of a whole note */
	TRO_NOTE_SIGNATURES_MAX = 100,
	TRO_NOTE_SIGNATURE_MAX = 4096, /* bytes of one signature line's base64, decoded */
	TRO_NOTE_KEY_NAME_MAX = 255,
	TRO_NOTE_ED25519 = 0x01,
	TRO_NOTE_COSIGNATURE = 0x04,
};

/* A verifier key: name+hex8(key id)+base64(type || public key). */
typedef struct tro_vkey {
	char name[TRO_NOTE_KEY_NAME_MAX + 1];
	uint8_t type;
	uint8_t id[4];
	uint8_t public_key[32];
} tro_vkey;

/* A name that C2SP allows (UTF-8; not empty, no Unicode white space, no '+', no control character)
 * and of at most TRO_NOTE_KEY_NAME_MAX bytes. */
bool tro_key_name_good(const char *name, size_t len);
/* TRO_INVALID for a name that is not good or a type other than the two above. The public key itself
 * is examined when something is verified with it. */
tro_status tro_vkey_init(tro_vkey *out, const char *name, uint8_t type,
	const uint8_t public_key[32], tro_err *err) TRO_MUST_USE;
/* TRO_INVALID unless it is exactly what tro_vkey_format writes, key id included. */
tro_status tro_vkey_parse(tro_vkey *out, const char *text, size_t len, tro_err *err) TRO_MUST_USE;
void tro_vkey_format(tro_buf *out, const tro_vkey *vkey);
bool tro_vkey_equal(const tro_vkey *a, const tro_vkey *b);

typedef struct tro_note_signature {
	const char *name; /* borrowed from the note's bytes, name_len long */
	size_t name_len;
	uint8_t id[4];
	uint8_t bytes[72]; /* the signature: 64, or 72 for a cosignature; zero if longer */
	size_t len;	   /* as it stands in the note */
} tro_note_signature;

/* A parsed note; all pointers are borrowed from the bytes it was parsed from. Nothing is verified
 * yet. */
typedef struct tro_note {
	const char *untrusted_text; /* text_len bytes, ends in LF */
	size_t text_len;
	size_t signature_count;
	tro_note_signature signatures[TRO_NOTE_SIGNATURES_MAX];
} tro_note;

/* TRO_INVALID names the fault: CR, BOM, control character, bad UTF-8, no empty line, no final LF,
 * text that ends in an empty line, base64 that does not re-encode to itself, none or more than 100
 * signatures. Signatures of unknown length are kept as unknown. */
tro_status tro_note_parse(tro_note *out, const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;
/* TRO_OK when at least one signature is by vkey (name and id match) and all signatures by it are
 * good; TRO_KEY when one is bad; TRO_NOT_FOUND when none is by it. A key of type 0x04 signs
 * "cosignature/v1", its time and the text (C2SP tlog-cosignature v1.0.1). */
tro_status tro_note_verify(const tro_note *note, const tro_vkey *vkey, tro_err *err) TRO_MUST_USE;
/* As tro_note_verify, of a cosigning key (type 0x04; TRO_INVALID for another); *out_time_s is the
 * earliest time at which it cosigned, seconds since 1970. */
tro_status tro_note_cosigned(uint64_t *out_time_s, const tro_note *note, const tro_vkey *vkey,
	tro_err *err) TRO_MUST_USE;
/* Appends what a witness signs: "cosignature/v1", the time, the note's text (C2SP tlog-cosignature
 * v1.0.1). TRO_INVALID for a time that does not fit in 63 bits. */
tro_status tro_cosignature_message(
	tro_buf *out, uint64_t time_s, const char *text, size_t len, tro_err *err) TRO_MUST_USE;
/* The signature that stands in the note: be64(time) and the 64 bytes. */
enum { TRO_COSIGNATURE_LEN = 8 + 64 };
void tro_cosignature_pack(
	uint8_t out[TRO_COSIGNATURE_LEN], uint64_t time_s, const uint8_t signature[64]);
/* Appends a signature line alone, as a witness answers it. TRO_INVALID for a signature of another
 * length than the key's type has. */
tro_status tro_note_signature_line(tro_buf *out, const tro_vkey *vkey, const uint8_t *signature,
	size_t signature_len, tro_err *err) TRO_MUST_USE;
/* Appends text, empty line and one signature line: what tro_note_parse accepts. TRO_INVALID for a
 * text that is empty, does not end in LF, ends in an empty line or holds what no note may hold, and
 * for a signature of another length than the key's type has. The signature is not checked. */
tro_status tro_note_compose(tro_buf *out, const char *text, size_t len, const tro_vkey *vkey,
	const uint8_t *signature, size_t signature_len, tro_err *err) TRO_MUST_USE;

#endif
