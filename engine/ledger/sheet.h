/*
 * A sheet: what one person is to sign on another machine, with everything that the text commits to,
 * so that their own program can show it to them, and the same with their signature on the way back.
 *
 *     tro-request/v1                   or, once signed, tro-signed/v1
 *     key VKEY                         with which it can be signed: the person's key,
 *     key VKEY                         and their spare one, if they have one
 *     payload SALT BASE64              salt in hex: what the payload's commitment is over
 *     outcome SALT BASE64              likewise the session after the step
 *                                      <- empty line
 *     the record's text                or, once signed, its note: text, empty line, signature
 *
 * Every line ends in LF and has one spelling. A sheet holds the whole case in clear.
 */
#ifndef TRO_LEDGER_SHEET_H
#define TRO_LEDGER_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>

#include "ledger/note.h"
#include "ledger/record.h"

enum { TRO_SHEET_KEYS = 2, TRO_SHEET_SALT_LEN = 32 };

typedef struct tro_sheet {
	bool is_signed;
	tro_vkey keys[TRO_SHEET_KEYS];
	size_t key_count;
	tro_buf payload, outcome; /* owned */
	uint8_t payload_salt[TRO_SHEET_SALT_LEN], outcome_salt[TRO_SHEET_SALT_LEN];
	tro_buf text; /* of the record, or once signed its note; owned */
	tro_record record;
} tro_sheet;

void tro_sheet_init(tro_sheet *sheet);
void tro_sheet_done(tro_sheet *sheet);

/* Appends the file. sheet->record is not looked at: text says it. */
tro_status tro_sheet_format(tro_buf *out, const tro_sheet *sheet, tro_err *err) TRO_MUST_USE;
/* Reads a file and checks all that can be checked without a store: the text is a record's and of a
 * case, payload and outcome are those that it commits to, and, once signed, the signature is good
 * and by one of the keys. TRO_KEY when the text begins with another line than tro-record/v1 or the
 * signature is not good; TRO_INVALID for the rest. Freed by tro_sheet_done, also after a failure.
 */
tro_status tro_sheet_parse(
	tro_sheet *out, const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;

#endif
