/*
 * Hexadecimal, base64, UTF-8 and decimal numbers, read strictly: what does not re-encode to itself
 * is refused, so that one value has one spelling (FORMATS: non-canonical base64 is a forgery tool).
 */
#ifndef TRO_BASE_TEXT_H
#define TRO_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>

#define TRO_HEX_SIZE(len) (2 * (len) + 1)

/* Lower-case hexadecimal with a final NUL; out has TRO_HEX_SIZE(len) bytes. */
void tro_hex_encode(char *out, const uint8_t *bytes, size_t len);
/* Exactly len bytes from 2*len lower-case digits of text (text_len bytes); false otherwise. */
bool tro_hex_decode(uint8_t *out, size_t len, const char *text, size_t text_len) TRO_MUST_USE;

/* RFC 4648 section 4 with padding and without line breaks. */
void tro_base64_encode(tro_buf *out, const uint8_t *bytes, size_t len);
/* Decodes into out (capacity cap); false when malformed, not canonical or too long. */
bool tro_base64_decode(
	uint8_t *out, size_t cap, size_t *out_len, const char *text, size_t text_len) TRO_MUST_USE;

/* Valid UTF-8 without overlong forms, surrogates or values over U+10FFFF (RFC 3629). */
bool tro_utf8_valid(const char *text, size_t len) TRO_MUST_USE;
/* A control character of C0 other than those in `allowed`, DEL, or C1? */
bool tro_text_has_control(const char *text, size_t len, const char *allowed) TRO_MUST_USE;

/* A decimal without sign, without leading zeros and within 64 bits. */
bool tro_decimal_parse(uint64_t *out, const char *text, size_t len) TRO_MUST_USE;

bool tro_text_starts(const char *text, const char *prefix) TRO_MUST_USE;
/* Is word one of the blank-separated words of list? */
bool tro_text_in_list(const char *list, const char *word) TRO_MUST_USE;

#endif
