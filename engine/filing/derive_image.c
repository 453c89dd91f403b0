/*
 * Pictures without what the camera wrote beside them: place, time, device, name of the user,
 * preview. What a decoder needs to show the picture stays, in the order in which it stood, and so
 * the picture stays the same, pixel for pixel. Of Exif (CIPA DC-008, chapter 4) stays which way up
 * the picture is, in a block that has room for nothing else: one number from 2 to 8.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "filing/derive.h"

typedef struct reader {
	const unsigned char *bytes;
	size_t len, at;
	tro_derivation *out;
	tro_buf *copy;
	size_t copy_start;
	bool exif; /* was met */
} reader;

static reader begin(tro_derivation *out, tro_buf *copy, const char *bytes, size_t len)
{
	*out = (tro_derivation){.result = TRO_DERIVED, .left_out = ""};
	return (reader){.bytes = (const unsigned char *)bytes,
		.len = len,
		.out = out,
		.copy = copy,
		.copy_start = copy->len};
}

static tro_status unsound(const reader *r, const char *kind, const char *what)
{
	return tro_derive_not(r->out, TRO_WITHHELD, r->copy, r->copy_start,
		"it is no sound %s picture: %s", kind, what);
}

static void keep(const reader *r, size_t from, size_t to)
{
	tro_buf_put(r->copy, (const char *)r->bytes + from, to - from);
}

/* ---- Exif: which way up ---- */

#define EXIF_NAME "Exif\0" /* and the zero that ends it */

enum {
	EXIF_NAME_LEN = 6,
	TIFF_HEADER = 8,
	TIFF_ENTRY = 12,
	TIFF_SHORT = 3,
	TIFF_ORIENTATION = 0x0112,
	UPRIGHT = 1,
	ORIENTATION_MAX = 8,
	BLOCK_LEN = 26,
	BLOCK_VALUE = 19,
};

/* A number of two or four bytes in the order of the block. */
static uint32_t tiff_number(const unsigned char *at, size_t len, bool little)
{
	uint32_t n = 0;

	for (size_t i = 0; i < len; i++) {
		n = n << 8 | at[little ? len - 1 - i : i];
	}
	return n;
}

/* The orientation that the first directory of a block says; UPRIGHT when it says none or is
 * unsound: then a decoder shows the picture as it is stored, too. */
static unsigned orientation_in(const unsigned char *block, size_t len)
{
	bool little = len >= TIFF_HEADER && memcmp(block, "II*\0", 4) == 0;

	if (!little && (len < TIFF_HEADER || memcmp(block, "MM\0*", 4) != 0)) {
		return UPRIGHT;
	}
	size_t at = tiff_number(block + 4, 4, little);

	if (at > len - 2) {
		return UPRIGHT;
	}
	size_t count = tiff_number(block + at, 2, little);

	for (at += 2; count > 0 && len - at >= TIFF_ENTRY; count--, at += TIFF_ENTRY) {
		const unsigned char *entry = block + at;

		if (tiff_number(entry, 2, little) == TIFF_ORIENTATION) {
			uint32_t value = tiff_number(entry + 8, 2, little);
			bool one = tiff_number(entry + 2, 2, little) == TIFF_SHORT &&
				   tiff_number(entry + 4, 4, little) == 1;

			return one && value > 0 && value <= ORIENTATION_MAX ? value : UPRIGHT;
		}
	}
	return UPRIGHT;
}

/* A block with a directory of one entry. */
static void orientation_block(unsigned char out[BLOCK_LEN], unsigned orientation)
{
	static const unsigned char block[BLOCK_LEN] = {'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1,
		TIFF_ORIENTATION >> 8, TIFF_ORIENTATION & 0xff, 0, TIFF_SHORT, 0, 0, 0, 1};

	memcpy(out, block, sizeof(block));
	out[BLOCK_VALUE] = (unsigned char)orientation;
}

/* ---- JPEG: ITU-T T.81 annex B ---- */

enum {
	JPEG_SOI = 0xd8,
	JPEG_EOI = 0xd9,
	JPEG_SOS = 0xda,
	JPEG_DHT = 0xc4,
	JPEG_JPG = 0xc8,
	JPEG_DAC = 0xcc,
	JPEG_DQT = 0xdb,
	JPEG_DNL = 0xdc,
	JPEG_DRI = 0xdd,
	JPEG_APP0 = 0xe0,
	JPEG_APP1 = 0xe1,
	JPEG_APP14 = 0xee,
	JPEG_APP15 = 0xef,
	JPEG_COM = 0xfe,
};

/* Adobe's segment says how the colours are coded; a decoder that misses it shows others. */
static bool is_adobe(const reader *r, unsigned marker, size_t start, size_t end)
{
	return marker == JPEG_APP14 && end - start == 14 &&
	       memcmp(r->bytes + start + 2, "Adobe", 5) == 0;
}

/* In the place of Exif's segment, the first, which is the one that decoders read. */
static void put_orientation(reader *r, unsigned marker, size_t start, size_t end)
{
	const size_t head = 2 + EXIF_NAME_LEN;
	unsigned char block[BLOCK_LEN];

	if (r->exif || marker != JPEG_APP1 || end - start < head ||
		memcmp(r->bytes + start + 2, EXIF_NAME, EXIF_NAME_LEN) != 0) {
		return;
	}
	unsigned orientation = orientation_in(r->bytes + start + head, end - start - head);

	r->exif = true;
	if (orientation != UPRIGHT) {
		const char mark[] = {'\xff', (char)JPEG_APP1, 0, (char)(head + BLOCK_LEN)};

		orientation_block(block, orientation);
		tro_buf_put(r->copy, mark, sizeof(mark));
		tro_buf_put(r->copy, EXIF_NAME, EXIF_NAME_LEN);
		tro_buf_put(r->copy, (const char *)block, sizeof(block));
	}
}

static bool is_frame(unsigned marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != JPEG_DHT && marker != JPEG_JPG &&
	       marker != JPEG_DAC;
}

/* Does a segment with this marker belong to the picture (1), stand beside it (0), or is it none
 * that is known (-1)? */
static int jpeg_kind(unsigned marker)
{
	if (is_frame(marker) || marker == JPEG_DHT || marker == JPEG_DAC || marker == JPEG_DQT ||
		marker == JPEG_DNL || marker == JPEG_DRI || marker == JPEG_SOS) {
		return 1;
	}
	return (marker >= JPEG_APP0 && marker <= JPEG_APP15) || marker == JPEG_COM ? 0 : -1;
}

/* Tables that fill a segment from `at` to `end`: of quantisation (B.2.4.1), of Huffman codes
 * (B.2.4.2). */
static bool tables_fit(const reader *r, bool of_codes, size_t at, size_t end)
{
	while (at < end) {
		size_t size = r->bytes[at] >> 4 == 0 ? 65 : 129;

		if (of_codes) {
			size = 17;
			for (size_t i = 1; i < 17 && at + i < end; i++) {
				size += r->bytes[at + i];
			}
		}
		if (size > end - at) {
			return false;
		}
		at += size;
	}
	return true;
}

/* No segment that is kept has room for more than its purpose; of entropy-coded data nothing can be
 * said. */
static bool jpeg_fits(const reader *r, unsigned marker, size_t start, size_t end)
{
	size_t size = end - start;

	if (is_frame(marker)) {
		return size >= 8 && size == 8 + 3 * (size_t)r->bytes[start + 7];
	}
	switch (marker) {
	case JPEG_SOS:
		return size >= 6 && size == 6 + 2 * (size_t)r->bytes[start + 2];
	case JPEG_DQT:
	case JPEG_DHT:
		return tables_fit(r, marker == JPEG_DHT, start + 2, end);
	case JPEG_DNL:
	case JPEG_DRI:
		return size == 4;
	case JPEG_DAC:
		return size % 2 == 0 && size <= 2 + 2 * 32;
	default:
		return true;
	}
}

/* Entropy-coded bytes after the header of a scan, up to the next marker that is no restart. */
static void skip_scan(reader *r)
{
	while (r->at + 1 < r->len) {
		unsigned next = r->bytes[r->at + 1];

		if (r->bytes[r->at] == 0xff && next != 0 && !(next >= 0xd0 && next <= 0xd7)) {
			return;
		}
		r->at++;
	}
	r->at = r->len;
}

/* The marker at r->at; fill bytes before it are left out. 0 when none stands there. */
static unsigned next_marker(reader *r)
{
	if (r->at >= r->len || r->bytes[r->at] != 0xff) {
		return 0;
	}
	while (r->at < r->len && r->bytes[r->at] == 0xff) {
		r->at++;
	}
	return r->at < r->len ? r->bytes[r->at++] : 0;
}

/* A segment with a length; false when it does not fit, or holds more than it may. */
static bool take_segment(reader *r, unsigned marker)
{
	const char mark[2] = {'\xff', (char)marker};
	size_t start = r->at;

	if (r->len - start < 2) {
		return false;
	}
	size_t size = (size_t)r->bytes[start] << 8 | r->bytes[start + 1];

	if (size < 2 || size > r->len - start) {
		return false;
	}
	r->at = start + size;
	if (!jpeg_fits(r, marker, start, r->at)) {
		return false;
	}
	bool kept = jpeg_kind(marker) == 1 || is_adobe(r, marker, start, r->at);

	if (marker == JPEG_SOS) {
		skip_scan(r);
	}
	if (kept) {
		tro_buf_put(r->copy, mark, sizeof(mark));
		keep(r, start, r->at);
	} else {
		put_orientation(r, marker, start, r->at);
	}
	return true;
}

tro_status tro_derive_jpeg(
	tro_derivation *out, tro_buf *copy, const char *bytes, size_t len, tro_err *err)
{
	reader r = begin(out, copy, bytes, len);
	bool frame = false;
	bool scan = false;

	if (len < 2 || memcmp(bytes, "\xff\xd8", 2) != 0) {
		return unsound(&r, "JPEG", "it does not begin as one");
	}
	keep(&r, 0, 2);
	r.at = 2;
	for (;;) {
		unsigned marker = next_marker(&r);

		if (marker == JPEG_EOI) {
			break;
		}
		if (marker == 0 || jpeg_kind(marker) < 0) {
			return unsound(&r, "JPEG",
				r.at >= len ? "it ends too early"
					    : "something unknown stands in it");
		}
		if ((marker == JPEG_SOS && !frame) || (is_frame(marker) && frame)) {
			return unsound(&r, "JPEG", "its parts stand in the wrong order");
		}
		if (!take_segment(&r, marker)) {
			return unsound(&r, "JPEG", "a part of it does not fit");
		}
		frame = frame || is_frame(marker);
		scan = scan || marker == JPEG_SOS;
	}
	if (!scan) {
		return unsound(&r, "JPEG", "there is no picture in it");
	}
	/* What follows the end is dropped, too: other pictures, films, files. */
	tro_buf_put(copy, "\xff\xd9", 2);
	return tro_buf_status(copy, err);
}

/* ---- PNG: ISO/IEC 15948 ---- */

enum { PNG_SIGNATURE = 8, PNG_AROUND = 12, PNG_HEADER = 13 };

static uint32_t number_at(const reader *r, size_t at)
{
	return (uint32_t)r->bytes[at] << 24 | (uint32_t)r->bytes[at + 1] << 16 |
	       (uint32_t)r->bytes[at + 2] << 8 | r->bytes[at + 3];
}

/* CRC-32 of annex D, four bits at a time. */
static uint32_t crc_of(const unsigned char *bytes, size_t len)
{
	static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8,
		0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < len; i++) {
		crc ^= bytes[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

/* Whole chunk at r->at: length, type, data, check. NULL, or what is wrong. */
static const char *check_chunk(const reader *r, size_t *out_size)
{
	size_t left = r->len - r->at;

	if (left < PNG_AROUND) {
		return "it ends too early";
	}
	uint32_t size = number_at(r, r->at);

	if (size > left - PNG_AROUND) {
		return "a part of it does not fit";
	}
	*out_size = size + (size_t)PNG_AROUND;
	return number_at(r, r->at + 8 + size) == crc_of(r->bytes + r->at + 4, size + (size_t)4)
		       ? NULL
		       : "a part of it is damaged";
}

static bool is_type(const reader *r, const char *type)
{
	return memcmp(r->bytes + r->at + 4, type, 4) == 0;
}

/* No chunk that is kept has room for more than its purpose; of data itself nothing can be said. */
static bool png_fits(const reader *r, size_t size)
{
	return (!is_type(r, "IHDR") || size == PNG_HEADER + PNG_AROUND) &&
	       (!is_type(r, "IEND") || size == PNG_AROUND) &&
	       (!is_type(r, "PLTE") || size <= 768 + PNG_AROUND) &&
	       (!is_type(r, "tRNS") || size <= 256 + PNG_AROUND);
}

/* Transparency is what the picture looks like; other chunks that a decoder may pass over (their
 * type begins with a small letter) are not. */
static bool png_shown(const reader *r)
{
	return is_type(r, "IHDR") || is_type(r, "PLTE") || is_type(r, "IDAT") || is_type(r, "tRNS");
}

static void put_number(tro_buf *out, uint32_t n)
{
	const char four[] = {(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};

	tro_buf_put(out, four, sizeof(four));
}

/* In the place of Exif's chunk (PNG third edition 11.3.4.5), of which there is one. */
static void put_exif_chunk(reader *r, size_t size)
{
	unsigned char chunk[4 + BLOCK_LEN] = {'e', 'X', 'I', 'f'};

	if (r->exif || !is_type(r, "eXIf")) {
		return;
	}
	unsigned orientation = orientation_in(r->bytes + r->at + 8, size - PNG_AROUND);

	r->exif = true;
	if (orientation != UPRIGHT) {
		orientation_block(chunk + 4, orientation);
		put_number(r->copy, BLOCK_LEN);
		tro_buf_put(r->copy, (const char *)chunk, sizeof(chunk));
		put_number(r->copy, crc_of(chunk, sizeof(chunk)));
	}
}

/* What stands beside the picture: of most of it nobody sees anything in a viewer. */
static void pass_over(reader *r, size_t size)
{
	if (is_type(r, "acTL") || is_type(r, "fcTL") || is_type(r, "fdAT")) {
		r->out->left_out =
			"it is a moving picture, and the copy is the one picture of it that shows "
			"where nothing moves";
	}
	put_exif_chunk(r, size);
}

tro_status tro_derive_png(
	tro_derivation *out, tro_buf *copy, const char *bytes, size_t len, tro_err *err)
{
	static const char signature[] = "\x89PNG\r\n\x1a\n";
	reader r = begin(out, copy, bytes, len);
	bool data = false;
	bool end = false;
	size_t size = 0;

	if (len < PNG_SIGNATURE || memcmp(bytes, signature, PNG_SIGNATURE) != 0) {
		return unsound(&r, "PNG", "it does not begin as one");
	}
	keep(&r, 0, PNG_SIGNATURE);
	for (r.at = PNG_SIGNATURE; !end; r.at += size) {
		const char *wrong = check_chunk(&r, &size);

		if (wrong != NULL) {
			return unsound(&r, "PNG", wrong);
		}
		bool first = r.at == PNG_SIGNATURE;
		bool header = is_type(&r, "IHDR");
		bool other = (r.bytes[r.at + 4] & 0x20) != 0;

		if (first != header) {
			return unsound(&r, "PNG", "its parts stand in the wrong order");
		}
		if (!png_fits(&r, size)) {
			return unsound(&r, "PNG", "a part of it has a wrong size");
		}
		end = is_type(&r, "IEND");
		if (!other && !end && !png_shown(&r)) {
			return unsound(&r, "PNG", "something unknown stands in it");
		}
		if (end || png_shown(&r)) {
			keep(&r, r.at, r.at + size);
		} else {
			pass_over(&r, size);
		}
		data = data || is_type(&r, "IDAT");
	}
	return data ? tro_buf_status(copy, err) : unsound(&r, "PNG", "there is no picture in it");
}
