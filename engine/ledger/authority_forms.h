/*
 * The forms that values of registry fields have. authority.c names one for each field; what carries
 * an event out reads the parts of a value with the same functions.
 */
#ifndef TRO_LEDGER_AUTHORITY_FORMS_H
#define TRO_LEDGER_AUTHORITY_FORMS_H

#include "ledger/authority.h"

enum { TRO_FORM_TEXT_MAX = 256, TRO_FORM_ENROLMENT_MAX = 8192 };

bool tro_form_text(const char *value);
bool tro_form_origin(const char *value);
bool tro_form_id(const char *value);
bool tro_form_mode(const char *value);
bool tro_form_required(const char *value);
bool tro_form_none(const char *value);
#define TRO_FORM_ACCEPTED "accepted"
bool tro_form_accepted(const char *value); /* that, or "refused" */
bool tro_form_minutes(const char *value);
bool tro_form_yes(const char *value);
bool tro_form_date(const char *value);
bool tro_form_time(const char *value);
bool tro_form_vkey(const char *value);
bool tro_form_hash(const char *value);
bool tro_form_enrolment(const char *value);
bool tro_form_registrar(const char *value);
bool tro_form_service(const char *value);
bool tro_form_file(const char *value);

/* RFC 3339 in UTC with six decimals, and in no other way. */
bool tro_form_read_time(tro_time_us *out, const char *value);
/* A verifier key of type Ed25519 whose public half is one that everybody agrees on. */
bool tro_form_read_vkey(tro_vkey *out, const char *value, size_t len);
/* "ID VKEY" and, if out_name is not NULL, " NAME", borrowed from the value. */
bool tro_form_read_key_holder(
	char out_id[TRO_ID_SIZE], tro_vkey *out_key, const char **out_name, const char *value);
/* "SHA256 KIND NAME"; the name is borrowed from the value. */
bool tro_form_read_file(uint8_t out_sha256[32], char out_kind[TRO_ID_SIZE], const char **out_name,
	const char *value);

#endif
