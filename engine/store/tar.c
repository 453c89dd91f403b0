#include "store/tar.h"

#include <stddef.h>
#include <string.h>

/* The fields that we fill, by offset and length. */
enum {
	NAME_AT = 0,
	MODE_AT = 100,
	MODE_LEN = 8,
	UID_AT = 108,
	GID_AT = 116,
	SIZE_AT = 124,
	SIZE_LEN = 12,
	TIME_AT = 136,
	SUM_AT = 148,
	SUM_LEN = 8,
	TYPE_AT = 156,
	MAGIC_AT = 257,
	MAJOR_AT = 329,
	MINOR_AT = 337,
	PREFIX_AT = 345,
};

/* Octal digits that fill the field, less one byte of NUL. */
static void put_octal(uint8_t *field, size_t len, uint64_t value)
{
	for (size_t i = len - 1; i-- > 0;) {
		field[i] = (uint8_t)('0' + (value & 7));
		value >>= 3;
	}
}

bool tro_tar_header(uint8_t out[TRO_TAR_BLOCK], const char *name, uint64_t size)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash == NULL ? name : slash + 1;
	size_t prefix_len = slash == NULL ? 0 : (size_t)(slash - name);
	size_t base_len = strlen(base);
	unsigned sum = 0;

	if (size > TRO_TAR_SIZE_MAX || base_len == 0 || base_len > TRO_TAR_NAME_MAX ||
		prefix_len > TRO_TAR_PREFIX_MAX) {
		return false;
	}
	memset(out, 0, TRO_TAR_BLOCK);
	memcpy(out + NAME_AT, base, base_len);
	memcpy(out + PREFIX_AT, name, prefix_len);
	put_octal(out + MODE_AT, MODE_LEN, 0600);
	put_octal(out + UID_AT, MODE_LEN, 0);
	put_octal(out + GID_AT, MODE_LEN, 0);
	put_octal(out + SIZE_AT, SIZE_LEN, size);
	put_octal(out + TIME_AT, SIZE_LEN, 0);
	put_octal(out + MAJOR_AT, MODE_LEN, 0);
	put_octal(out + MINOR_AT, MODE_LEN, 0);
	out[TYPE_AT] = '0';
	memcpy(out + MAGIC_AT,
		"ustar\0"
		"00",
		8);
	memset(out + SUM_AT, ' ', SUM_LEN); /* as it counts in the sum */
	for (size_t i = 0; i < TRO_TAR_BLOCK; i++) {
		sum += out[i];
	}
	put_octal(out + SUM_AT, SUM_LEN - 1, sum);
	out[SUM_AT + SUM_LEN - 2] = '\0';
	return true;
}

bool tro_tar_size(uint64_t *out, const uint8_t header[TRO_TAR_BLOCK])
{
	*out = 0;
	for (size_t i = 0; i < SIZE_LEN - 1; i++) {
		uint8_t digit = header[SIZE_AT + i];

		if (digit < '0' || digit > '7') {
			return false;
		}
		*out = *out << 3 | (uint64_t)(digit - '0');
	}
	return true;
}
