/*
 * What the readers of single identifier types share. A reader gets the symbols of a value (its
 * characters without separators), writes the canonical form and says its doubts.
 */
#ifndef TRO_DOMAIN_IDENTIFY_H
#define TRO_DOMAIN_IDENTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <tro/err.h>
#include <tro/finding.h>
#include <tro/identifier.h>

enum { TRO_SYMBOLS_SIZE = 64 };

typedef struct tro_identify {
	char symbols[TRO_SYMBOLS_SIZE]; /* printable ASCII without separators, terminated */
	size_t len;
	const char *place;
	tro_findings *findings; /* may be NULL */
	tro_err *err;
	char *out; /* TRO_IDENTIFIER_SIZE bytes */
} tro_identify;

typedef tro_status (*tro_identify_reader)(tro_identify *value);

tro_status tro_identify_msisdn(tro_identify *value) TRO_MUST_USE;
tro_status tro_identify_imei(tro_identify *value) TRO_MUST_USE;
tro_status tro_identify_imeisv(tro_identify *value) TRO_MUST_USE;
tro_status tro_identify_iccid(tro_identify *value) TRO_MUST_USE;
tro_status tro_identify_imsi(tro_identify *value) TRO_MUST_USE;
tro_status tro_identify_min(tro_identify *value) TRO_MUST_USE;
tro_status tro_identify_msin(tro_identify *value) TRO_MUST_USE;
tro_status tro_identify_meid(tro_identify *value) TRO_MUST_USE;
tro_status tro_identify_esn(tro_identify *value) TRO_MUST_USE;
tro_status tro_identify_mac(tro_identify *value) TRO_MUST_USE;
tro_status tro_identify_udid(tro_identify *value) TRO_MUST_USE;
tro_status tro_identify_android_id(tro_identify *value) TRO_MUST_USE;

/* Adds a warning of an id under LAW rule R54 to the findings of the value. */
tro_status tro_identify_warn(
	tro_identify *value, const char *basis, const char *fmt, ...) TRO_MUST_USE TRO_PRINTF(3, 4);
/* Writes the canonical form, which the reader has bounded. */
tro_status tro_identify_write(tro_identify *value, const char *fmt, ...) TRO_MUST_USE
	TRO_PRINTF(2, 3);
bool tro_identify_digits(const char *text, size_t len);
bool tro_identify_hex(const char *text, size_t len);
void tro_identify_lower(char *text);
void tro_identify_upper(char *text);
/* The Luhn check digit ('0' to '9') that belongs after so many digits (ISO/IEC 7812-1 annex B). */
char tro_identify_luhn(const char *digits, size_t len);

#endif
