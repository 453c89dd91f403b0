/*
 * Identifiers of relevant items (SI 2017/1240 reg 2): one canonical form each, and what can be said
 * against a value. A value is entered once, in any usual spelling, and kept canonically.
 */
#ifndef TRO_IDENTIFIER_H
#define TRO_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <tro/err.h>
#include <tro/finding.h>

#define TRO_IDENTIFIER_SIZE 128 /* canonical form with the final NUL */

typedef struct tro_identifier_type {
	const char *name;  /* msisdn, imei, imeisv, iccid, imsi, min, msin, meid, esn, mac, udid,
			      android-id, other */
	const char *title; /* as a person would say it */
} tro_identifier_type;

/* The types of reg 2's list, in its order; ends with a NULL name. */
extern const tro_identifier_type tro_identifier_types[];
bool tro_identifier_type_known(const char *name);

/* Reads a value of a type and writes its canonical form. TRO_INVALID with what is wrong and what to
 * write; doubts (070, Luhn of a 15-digit IMEI, foreign ICCID, ...) become warnings in findings (may
 * be NULL), with place as given. */
tro_status tro_identifier_parse(char out[TRO_IDENTIFIER_SIZE], const char *type, const char *text,
	const char *place, tro_findings *findings, tro_err *err) TRO_MUST_USE;

/* Is a canonical value one that can belong to nobody: Ofcom drama number, MCC 001, or a value of
 * the list of test identifiers (lines "type value", as in workflows/registers/fictional.txt)? */
bool tro_identifier_fictional(const char *type, const char *canonical, const char *list);

#endif
