/*
 * Ids of cases and people: random, short, and safe to read out or type.
 *
 * An id is eight symbols in two groups, K7Q3-9F2M, with a letter and a dash before it for people:
 * P-K7Q3-9F2M. Seven symbols are random, the eighth is a check symbol. The alphabet has 29 symbols
 * and none of 0, 1, I, L, O, U and S, which are taken for one another; because 29 is prime and the
 * eight weights differ, one wrong symbol is always noticed, and so is any swap of two symbols.
 */
#ifndef TRO_LEDGER_ID_H
#define TRO_LEDGER_ID_H

#include <tro/err.h>

#include "ledger/record.h"

/* A new id. prefix: one capital letter as a string ("P"), or NULL or "" for none. */
void tro_id_new(char out[TRO_ID_SIZE], const char *prefix);

/* Reads an id in either case, with dashes or without, and writes it as it is kept. TRO_INVALID when
 * it has another length, a symbol that ids do not use, or a check symbol that does not fit. */
tro_status tro_id_check(char out[TRO_ID_SIZE], const char *text, tro_err *err) TRO_MUST_USE;

#endif
