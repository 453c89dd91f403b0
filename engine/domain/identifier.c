/*
 * Identifiers: the types, what every reader needs, and the dispatch to the reader of a type.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <tro/identifier.h>

#include "base/text.h"
#include "domain/identify.h"

enum { MAX_INPUT = 256 };

const tro_identifier_type tro_identifier_types[] = {
	{"imei", "IMEI of a handset"},
	{"imeisv", "IMEI with software version"},
	{"meid", "MEID of a handset"},
	{"esn", "electronic serial number of a handset"},
	{"msisdn", "telephone number"},
	{"iccid", "ICCID of a SIM"},
	{"imsi", "IMSI of a SIM"},
	{"min", "mobile identification number"},
	{"msin", "mobile subscription identification number"},
	{"mac", "MAC address"},
	{"udid", "universal device identifier"},
	{"android-id", "Android ID"},
	{"other", "other serial or identification number"},
	{NULL, NULL},
};

static const struct {
	const char *type;
	const char *separators; /* ignored wherever they stand */
	tro_identify_reader read;
} readers[] = {
	{"imei", " -./", tro_identify_imei},
	{"imeisv", " -./", tro_identify_imeisv},
	{"meid", " -", tro_identify_meid},
	{"esn", " -", tro_identify_esn},
	{"msisdn", " -.", tro_identify_msisdn},
	{"iccid", " -", tro_identify_iccid},
	{"imsi", " -", tro_identify_imsi},
	{"min", " -", tro_identify_min},
	{"msin", " -", tro_identify_msin},
	{"mac", " -:.", tro_identify_mac},
	{"udid", " -", tro_identify_udid},
	{"android-id", " ", tro_identify_android_id},
};

bool tro_identifier_type_known(const char *name)
{
	for (const tro_identifier_type *type = tro_identifier_types; type->name != NULL; type++) {
		if (strcmp(type->name, name) == 0) {
			return true;
		}
	}
	return false;
}

tro_status tro_identify_warn(tro_identify *value, const char *basis, const char *fmt, ...)
{
	char message[300];
	va_list args;

	if (value->findings == NULL) {
		return TRO_OK;
	}
	va_start(args, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	return tro_findings_add(value->findings, TRO_LEVEL_WARN, "R54", value->place, basis, "",
		value->err, "%s", message);
}

tro_status tro_identify_write(tro_identify *value, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(value->out, TRO_IDENTIFIER_SIZE, fmt, args);

	va_end(args);
	if (len < 0 || len >= TRO_IDENTIFIER_SIZE) {
		return tro_err_set(value->err, TRO_INVALID,
			"the value is longer than %d bytes: shorten it", TRO_IDENTIFIER_SIZE - 1);
	}
	return TRO_OK;
}

bool tro_identify_digits(const char *text, size_t len)
{
	return strspn(text, "0123456789") >= len;
}

bool tro_identify_hex(const char *text, size_t len)
{
	return strspn(text, "0123456789abcdefABCDEF") >= len;
}

void tro_identify_lower(char *text)
{
	for (; *text != '\0'; text++) {
		*text = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
	}
}

void tro_identify_upper(char *text)
{
	for (; *text != '\0'; text++) {
		*text = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
	}
}

char tro_identify_luhn(const char *digits, size_t len)
{
	int sum = 0;

	for (size_t i = 0; i < len; i++) {
		int digit = digits[len - 1 - i] - '0';

		/* The check digit comes after, so the last of these is the first to be doubled. */
		digit *= i % 2 == 0 ? 2 : 1;
		sum += digit > 9 ? digit - 9 : digit;
	}
	return (char)('0' + (10 - sum % 10) % 10);
}

/* The code point at p of valid UTF-8. */
static unsigned code_point(const char *p, size_t *out_len)
{
	unsigned first = (unsigned char)*p;
	size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	unsigned code = len == 1 ? first : first & (0x7fu >> len);

	for (size_t i = 1; i < len; i++) {
		code = code << 6 | ((unsigned char)p[i] & 0x3fu);
	}
	*out_len = len;
	return code;
}

static tro_status check_text(const char *text, tro_err *err)
{
	size_t len = strlen(text);

	if (len > MAX_INPUT) {
		return tro_err_set(err, TRO_INVALID,
			"the value is %zu bytes long: no identifier is longer than %d", len,
			MAX_INPUT);
	}
	if (!tro_utf8_valid(text, len)) {
		return tro_err_set(err, TRO_INVALID, "the value is not UTF-8: type it anew");
	}
	return TRO_OK;
}

static tro_status refuse_character(tro_err *err, unsigned code, size_t place)
{
	if (code > 0x20 && code < 0x7f) {
		return tro_err_set(err, TRO_INVALID,
			"'%c' (character %zu) does not belong in the value: take it out", (int)code,
			place);
	}
	return tro_err_set(err, TRO_INVALID,
		"character %zu is U+%04X, which only looks like part of the value: type the value "
		"anew with the plain keys",
		place, code);
}

/* Leaves out separators and keeps printable ASCII. */
static tro_status collect_symbols(tro_identify *value, const char *text, const char *separators)
{
	size_t step;
	size_t place = 0;

	for (const char *p = text; *p != '\0'; p += step) {
		unsigned code = code_point(p, &step);

		place++;
		if (code < 0x20 || code >= 0x7f) {
			return refuse_character(value->err, code, place);
		}
		if (strchr(separators, (int)code) != NULL) {
			continue;
		}
		if (code == ' ') {
			return refuse_character(value->err, code, place);
		}
		if (value->len + 1 >= sizeof(value->symbols)) {
			return tro_err_set(value->err, TRO_INVALID,
				"the value has over %d characters: no identifier of a type on the "
				"list is that long",
				(int)sizeof(value->symbols) - 1);
		}
		value->symbols[value->len++] = *p;
	}
	value->symbols[value->len] = '\0';
	if (value->len == 0) {
		return tro_err_set(value->err, TRO_INVALID, "the value is empty: write one");
	}
	return TRO_OK;
}

/* Characters that are not seen or that change the order of what is seen: on a court document they
 * would make two values look the same. */
static bool is_invisible(unsigned code)
{
	static const struct {
		unsigned first, last;
	} ranges[] = {{0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x061c, 0x061c}, {0x115f, 0x1160},
		{0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e},
		{0x2060, 0x206f}, {0x3164, 0x3164}, {0xe000, 0xf8ff}, {0xfe00, 0xfe0f},
		{0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xffff}, {0xe0000, 0x10ffff}};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (code >= ranges[i].first && code <= ranges[i].last) {
			return true;
		}
	}
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* Regulation 2 ends with "any other serial number or identification number", so any text will do
 * that a person can read back: blanks at the ends go, runs of blanks become one. */
static tro_status read_other(char out[TRO_IDENTIFIER_SIZE], const char *text, tro_err *err)
{
	size_t len = 0;
	size_t step;
	size_t place = 0;
	bool gap = false;

	for (const char *p = text; *p != '\0'; p += step) {
		unsigned code = code_point(p, &step);

		place++;
		if (is_invisible(code)) {
			return refuse_character(err, code, place);
		}
		if (code == ' ' || code == 0xa0) {
			gap = len > 0;
			continue;
		}
		if (len + step + (gap ? 1 : 0) >= TRO_IDENTIFIER_SIZE) {
			return tro_err_set(err, TRO_INVALID,
				"the value is longer than %d bytes: shorten it",
				TRO_IDENTIFIER_SIZE - 1);
		}
		if (gap) {
			out[len++] = ' ';
			gap = false;
		}
		memcpy(out + len, p, step);
		len += step;
	}
	out[len] = '\0';
	return len > 0 ? TRO_OK : tro_err_set(err, TRO_INVALID, "the value is empty: write one");
}

tro_status tro_identifier_parse(char out[TRO_IDENTIFIER_SIZE], const char *type, const char *text,
	const char *place, tro_findings *findings, tro_err *err)
{
	tro_identify value = {.place = place, .findings = findings, .err = err, .out = out};
	tro_status status = check_text(text, err);

	out[0] = '\0';
	if (status == TRO_OK && strcmp(type, "other") == 0) {
		status = read_other(out, text, err);
		if (status != TRO_OK) {
			out[0] = '\0';
		}
		return status;
	}
	for (size_t i = 0; status == TRO_OK && i < sizeof(readers) / sizeof(*readers); i++) {
		if (strcmp(readers[i].type, type) == 0) {
			status = collect_symbols(&value, text, readers[i].separators);
			if (status == TRO_OK) {
				status = readers[i].read(&value);
			}
			if (status != TRO_OK) {
				out[0] = '\0';
			}
			return status;
		}
	}
	return status != TRO_OK ? status
				: tro_err_set(err, TRO_INVALID,
					  "unknown type of identifier: use one of imei, imeisv, "
					  "meid, esn, msisdn, iccid, imsi, min, msin, mac, udid, "
					  "android-id, other");
}

/* Is a line "type value" in the list? */
static bool is_listed(const char *list, const char *type, const char *canonical)
{
	size_t type_len = strlen(type);
	size_t value_len = strlen(canonical);

	for (const char *line = list; line != NULL && *line != '\0';) {
		size_t len = strcspn(line, "\r\n");

		if (len == type_len + 1 + value_len && memcmp(line, type, type_len) == 0 &&
			line[type_len] == ' ' &&
			memcmp(line + type_len + 1, canonical, value_len) == 0) {
			return true;
		}
		line += len + strspn(line + len, "\r\n");
	}
	return false;
}

bool tro_identifier_fictional(const char *type, const char *canonical, const char *list)
{
	if (strcmp(type, "msisdn") == 0 && tro_text_starts(canonical, "+447700900") &&
		strlen(canonical) == strlen("+447700900123")) {
		return true;
	}
	if (strcmp(type, "imsi") == 0 && tro_text_starts(canonical, "001")) {
		return true;
	}
	return is_listed(list, type, canonical);
}
