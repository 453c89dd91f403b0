#include "base/text.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void tro_hex_encode(char *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = hex_digits[bytes[i] >> 4];
		out[2 * i + 1] = hex_digits[bytes[i] & 15];
	}
	out[2 * len] = '\0';
}

static int digit_value(const char *digits, char c)
{
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

bool tro_hex_decode(uint8_t *out, size_t len, const char *text, size_t text_len)
{
	if (text_len != 2 * len) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		int high = digit_value(hex_digits, text[2 * i]);
		int low = digit_value(hex_digits, text[2 * i + 1]);

		if (high < 0 || low < 0) {
			return false;
		}
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void tro_base64_encode(tro_buf *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		uint32_t group = (uint32_t)bytes[i] << 16;

		group |= left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
		group |= left > 2 ? (uint32_t)bytes[i + 2] : 0;
		tro_buf_putc(out, base64_digits[group >> 18]);
		tro_buf_putc(out, base64_digits[group >> 12 & 63]);
		tro_buf_putc(out, left > 1 ? base64_digits[group >> 6 & 63] : '=');
		tro_buf_putc(out, left > 2 ? base64_digits[group & 63] : '=');
	}
}

/* One group of four characters; returns the number of bytes in it, 0 when it is malformed or its
 * unused bits are not zero. */
static size_t decode_group(uint8_t out[3], const char text[4], bool last)
{
	uint32_t group = 0;
	size_t count = 3;

	if (last && text[3] == '=') {
		count = text[2] == '=' ? 1 : 2;
	}
	for (size_t i = 0; i < 4; i++) {
		int value = i > count ? 0 : digit_value(base64_digits, text[i]);

		if (value < 0) {
			return 0;
		}
		group = group << 6 | (uint32_t)value;
	}
	out[0] = (uint8_t)(group >> 16);
	out[1] = (uint8_t)(group >> 8);
	out[2] = (uint8_t)group;
	for (size_t i = count; i < 3; i++) {
		if (out[i] != 0) {
			return 0;
		}
	}
	return count;
}

bool tro_base64_decode(uint8_t *out, size_t cap, size_t *out_len, const char *text, size_t text_len)
{
	size_t len = 0;

	if (text_len % 4 != 0) {
		return false;
	}
	for (size_t i = 0; i < text_len; i += 4) {
		uint8_t bytes[3];
		size_t count = decode_group(bytes, text + i, i + 4 == text_len);

		if (count == 0 || count > cap - len) {
			return false;
		}
		memcpy(out + len, bytes, count);
		len += count;
	}
	*out_len = len;
	return true;
}

/* Length of the UTF-8 sequence at p, of which left bytes remain; 0 when it is not valid. */
static size_t utf8_sequence(const unsigned char *p, size_t left, uint32_t *code)
{
	size_t len = p[0] < 0x80       ? 1
		     : p[0] >> 5 == 6  ? 2
		     : p[0] >> 4 == 14 ? 3
		     : p[0] >> 3 == 30 ? 4
				       : 0;
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};

	if (len == 0 || len > left) {
		return 0;
	}
	*code = p[0] & mask[len];
	for (size_t i = 1; i < len; i++) {
		if (p[i] >> 6 != 2) {
			return 0;
		}
		*code = *code << 6 | (p[i] & 0x3f);
	}
	bool surrogate = *code >= 0xd800 && *code <= 0xdfff;

	return *code < least[len] || *code > 0x10ffff || surrogate ? 0 : len;
}

/* Most of every text that is looked at. */
static bool is_printable_ascii(unsigned char c)
{
	return c >= 0x20 && c < 0x7f;
}

bool tro_utf8_valid(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t code;

	for (size_t i = 0, step; i < len; i += step) {
		step = is_printable_ascii(p[i]) ? 1 : utf8_sequence(p + i, len - i, &code);
		if (step == 0) {
			return false;
		}
	}
	return true;
}

bool tro_text_has_control(const char *text, size_t len, const char *allowed)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t code;

	for (size_t i = 0, step; i < len; i += step) {
		if (is_printable_ascii(p[i])) {
			step = 1;
			continue;
		}
		step = utf8_sequence(p + i, len - i, &code);
		if (step == 0) {
			return true;
		}
		bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);

		if (control && (code == 0 || code >= 0x7f || strchr(allowed, (int)code) == NULL)) {
			return true;
		}
	}
	return false;
}

bool tro_decimal_parse(uint64_t *out, const char *text, size_t len)
{
	uint64_t value = 0;

	if (len == 0 || len > 20 || (len > 1 && text[0] == '0')) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return false;
		}
		uint64_t digit = (uint64_t)(text[i] - '0');

		if (value > (UINT64_MAX - digit) / 10) {
			return false;
		}
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

bool tro_text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool tro_text_in_list(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = list; *p != '\0';) {
		size_t gap = strspn(p, " \t\r\n");
		size_t span = strcspn(p + gap, " \t\r\n");

		if (span == len && len > 0 && memcmp(p + gap, word, len) == 0) {
			return true;
		}
		p += gap + span;
	}
	return false;
}
