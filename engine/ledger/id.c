#include "ledger/id.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "crypto/crypto.h"

static const char alphabet[] = "23456789ABCDEFGHJKMNPQRTVWXYZ";

/* REST keeps 2222-2222 from being an id. */
enum { BASE = sizeof(alphabet) - 1, RANDOM_COUNT = 7, SYMBOL_COUNT = 8, GROUP_LEN = 4, REST = 3 };

static_assert(BASE == 29, "the check symbol needs a prime number of symbols");

/* Evenly spread symbols: bytes beyond the last whole multiple of BASE are thrown away. */
static void random_symbols(unsigned out[RANDOM_COUNT])
{
	uint8_t bytes[2 * RANDOM_COUNT];
	size_t count = 0;

	while (count < RANDOM_COUNT) {
		tro_random(bytes, sizeof(bytes));
		for (size_t i = 0; i < sizeof(bytes) && count < RANDOM_COUNT; i++) {
			if (bytes[i] < 256 / BASE * BASE) {
				out[count++] = bytes[i] % BASE;
			}
		}
	}
}

/* The symbols with weights 1 to 8 add up to REST modulo 29. Two ids that differ in one place
 * differ in the sum by weight times difference, neither of which 29 divides; after a swap of places
 * i and k they differ by (i - k) times the difference of the two symbols. */
static unsigned weighted_sum(const unsigned *values, size_t count)
{
	unsigned sum = 0;

	for (size_t i = 0; i < count; i++) {
		sum += (unsigned)(i + 1) * values[i];
	}
	return sum % BASE;
}

static unsigned check_value(const unsigned values[RANDOM_COUNT])
{
	unsigned sum = weighted_sum(values, RANDOM_COUNT);

	for (unsigned check = 0; check < BASE; check++) {
		if ((sum + SYMBOL_COUNT * check) % BASE == REST) {
			return check;
		}
	}
	return 0; /* not reached: 8 has an inverse modulo 29 */
}

static void write_id(char out[TRO_ID_SIZE], char prefix, const unsigned values[SYMBOL_COUNT])
{
	if (prefix != '\0') {
		*out++ = prefix;
		*out++ = '-';
	}
	for (size_t i = 0; i < SYMBOL_COUNT; i++) {
		if (i == GROUP_LEN) {
			*out++ = '-';
		}
		*out++ = alphabet[values[i]];
	}
	*out = '\0';
}

void tro_id_new(char out[TRO_ID_SIZE], const char *prefix)
{
	unsigned values[SYMBOL_COUNT];
	char letter = prefix == NULL ? '\0' : prefix[0];

	assert(letter == '\0' || (letter >= 'A' && letter <= 'Z' && prefix[1] == '\0'));
	random_symbols(values);
	values[RANDOM_COUNT] = check_value(values);
	write_id(out, letter, values);
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Capital letters, without dashes; false when more than a prefix and eight symbols are left. */
static bool squeeze(char out[SYMBOL_COUNT + 2], const char *text)
{
	size_t len = 0;

	for (; *text != '\0'; text++) {
		if (*text == '-') {
			continue;
		}
		if (len == SYMBOL_COUNT + 1) {
			return false;
		}
		out[len++] = upper(*text);
	}
	out[len] = '\0';
	return len >= SYMBOL_COUNT;
}

tro_status tro_id_check(char out[TRO_ID_SIZE], const char *text, tro_err *err)
{
	char symbols[SYMBOL_COUNT + 2];
	unsigned values[SYMBOL_COUNT];
	char prefix = '\0';
	const char *at = symbols;

	if (!squeeze(symbols, text)) {
		return tro_err_set(err, TRO_INVALID,
			"'%s' is not an id: ids read like K7Q3-9F2M, or P-K7Q3-9F2M for people",
			text);
	}
	if (strlen(symbols) > SYMBOL_COUNT) {
		prefix = *at++;
		if (prefix < 'A' || prefix > 'Z') {
			return tro_err_set(err, TRO_INVALID,
				"'%s' is not an id: nine symbols begin with a letter", text);
		}
	}
	for (size_t i = 0; i < SYMBOL_COUNT; i++) {
		const char *found = strchr(alphabet, at[i]);

		if (found == NULL) {
			return tro_err_set(err, TRO_INVALID,
				"'%s' is not an id: no symbol of an id is other than %s", text,
				alphabet);
		}
		values[i] = (unsigned)(found - alphabet);
	}
	if (weighted_sum(values, SYMBOL_COUNT) != REST) {
		return tro_err_set(err, TRO_INVALID,
			"'%s' was mistyped: its last symbol does not fit the others", text);
	}
	write_id(out, prefix, values);
	return TRO_OK;
}
