/* Derived copies of exhibits: what is in them, what is not, and that any bytes do no harm. */
#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filing/derive.h"
#include "suite.h"

static tro_err err;
static tro_derivation how;

static void derive(tro_buf *out, const char *media, const char *bytes, size_t len, const char *rows)
{
	ck_assert_int_eq(tro_derive(&how, out, media, bytes, len, rows, &err), TRO_OK);
}

/* ---- tables ---- */

#define TABLE                                                                                      \
	"call,number,to\n1,07700 900101,\"a, b\"\n\n3,\"say \"\"x\"\"\",y\n4,\"two\nlines\",z\n"
#define HEADER "\"row\",\"call\",\"number\",\"to\"\n"

static const struct {
	const char *bytes, *rows, *copy;
} tables[] = {
	{TABLE, "2", HEADER "2,\"1\",\"07700 900101\",\"a, b\"\n"},
	{TABLE, "4 2",
		HEADER "2,\"1\",\"07700 900101\",\"a, b\"\n4,\"3\",\"say \"\"x\"\"\",\"y\"\n"},
	{TABLE, "5,5;5", HEADER "5,\"4\",\"two\nlines\",\"z\"\n"},
	{TABLE, "3", HEADER "3,\"\"\n"},
	{TABLE, "1", HEADER},
	{TABLE, "4-5 1", HEADER "4,\"3\",\"say \"\"x\"\"\",\"y\"\n5,\"4\",\"two\nlines\",\"z\"\n"},
	/* of other programs: a byte order mark, semicolons, CRLF, no last line end */
	{"\xef\xbb\xbf"
	 "a;b\r\n1;x,y\r\n2;z",
		"2 3", "\"row\",\"a\",\"b\"\n2,\"1\",\"x,y\"\n3,\"2\",\"z\"\n"},
	{"a\n\"b\rc\"\n", "2", "\"row\",\"a\"\n2,\"b\rc\"\n"},
	{"a\tb\n1\tx", "2", "\"row\",\"a\",\"b\"\n2,\"1\",\"x\"\n"},
	/* a formula is none any more; a number is one as it is */
	{"a\n=1+1\n+44 7700 900101\n-5.5\n@x\n+cmd|'x'!A\n", "2-6",
		"\"row\",\"a\"\n2,\"'=1+1\"\n3,\"+44 7700 900101\"\n4,\"-5.5\"\n5,\"'@x\"\n"
		"6,\"'+cmd|'x'!A\"\n"},
	/* with a second sign it is a sum */
	{"a\n-2+3\n+1-2\n-5\n- 5.5\n-\n+44-7700\n-1.2.3\n-(5)\n-1/2\n5-2\n", "2-11",
		"\"row\",\"a\"\n2,\"'-2+3\"\n3,\"'+1-2\"\n4,\"-5\"\n5,\"- 5.5\"\n6,\"-\"\n"
		"7,\"'+44-7700\"\n8,\"'-1.2.3\"\n9,\"'-(5)\"\n10,\"'-1/2\"\n11,\"5-2\"\n"},
	/* a header may hold a number, but none of five digits */
	{"2026,b\n1,x\n", "2", "\"row\",\"2026\",\"b\"\n2,\"1\",\"x\"\n"},
	{"b,07700 900101\n1,x\n", "1 2", "\"row\",\"b\",\"07700 900101\"\n2,\"1\",\"x\"\n"},
	/* a quote that is never closed does no harm behind the last row that is cited */
	{"a\nb\n\"c", "2", "\"row\",\"a\"\n2,\"b\"\n"},
};

START_TEST(of_a_table_the_cited_rows_are_copied_and_no_others)
{
	tro_buf copy = TRO_BUF_INIT;

	tro_buf_puts(&copy, "before");
	derive(&copy, "text/csv", tables[_i].bytes, strlen(tables[_i].bytes), tables[_i].rows);
	ck_assert_msg(how.result == TRO_DERIVED, "%s", how.reason);
	ck_assert_str_eq(how.suffix, "csv");
	ck_assert_str_eq(copy.ptr + strlen("before"), tables[_i].copy);
	ck_assert_str_eq(how.left_out, "");
	tro_buf_done(&copy);
}
END_TEST

static const char *const headless[] = {
	"1,07700 900101,\"secret\"\n2,07700 900102,y\n",
	"\"a\n12345\";;secret\n2;07700 900102;y\n",
	"2026-11-02,secret,x\r\n2,07700 900102,y\r\n",
};

START_TEST(a_first_row_of_data_goes_out_if_it_is_cited_and_not_as_a_header)
{
	tro_buf copy = TRO_BUF_INIT;

	derive(&copy, "text/csv", headless[_i], strlen(headless[_i]), "2");
	ck_assert_int_eq(how.result, TRO_DERIVED);
	ck_assert_str_eq(copy.ptr, "\"row\",\"\",\"\",\"\"\n2,\"2\",\"07700 900102\",\"y\"\n");
	ck_assert_msg(strstr(how.left_out, "no header") != NULL, "%s", how.left_out);
	tro_buf_clear(&copy);
	derive(&copy, "text/csv", headless[_i], strlen(headless[_i]), "1-2");
	ck_assert_ptr_nonnull(strstr(copy.ptr, "secret"));
	ck_assert_str_eq(how.left_out, "");
	/* What is withheld is left out as a whole. */
	derive(&copy, "text/csv", headless[_i], strlen(headless[_i]), "");
	ck_assert_int_eq(how.result, TRO_WITHHELD);
	ck_assert_str_eq(how.left_out, "");
	tro_buf_done(&copy);
}
END_TEST

static const struct {
	const char *media, *bytes, *rows;
	tro_derived result;
	const char *reason;
} refused[] = {
	{"text/csv", TABLE, "", TRO_WITHHELD, "no row of it is cited"},
	{"text/csv", TABLE, " ,; ", TRO_WITHHELD, "no row of it is cited"},
	{"text/csv", "a\nb\n\"c\nd\n", "2 3", TRO_WITHHELD, "a quote is opened in it"},
	{"text/csv", "a\nb\rsecret\n", "2", TRO_WITHHELD, "a carriage return stands alone"},
	{"text/csv", "a\rsecret\r", "1", TRO_WITHHELD, "a carriage return stands alone"},
	{"text/csv", "a\rb\r", "2", TRO_WITHHELD, "a carriage return stands alone"},
	{"text/csv", "a\n\xff\n", "2", TRO_WITHHELD, "not plain UTF-8"},
	{"text/csv", TABLE, "6", TRO_MISCITED, "row 6 is cited, and it has 5"},
	{"text/csv", "", "2", TRO_MISCITED, "row 2 is cited, and it has 1"},
	{"text/csv", TABLE, "0", TRO_MISCITED, "'0' cites no row"},
	{"text/csv", TABLE, "2 x", TRO_MISCITED, "'x' cites no row"},
	{"text/csv", TABLE, "3-2", TRO_MISCITED, "'3-2' cites no row"},
	{"text/csv", TABLE, "2-", TRO_MISCITED, "'2-' cites no row"},
	{"text/csv", TABLE, "-2", TRO_MISCITED, "'-2' cites no row"},
	{"text/csv", TABLE, "1-10001", TRO_MISCITED, "10000 at most"},
	{"text/csv", TABLE, "1-10000 1", TRO_MISCITED, "'1' cites no row"},
	{"text/csv", TABLE, "99999999999999999999", TRO_MISCITED, "cites no row"},
	{"text/plain", "a\x01", "", TRO_WITHHELD, "not plain UTF-8"},
	{"application/pdf", "%PDF-1.7", "", TRO_WITHHELD, "of files of this type"},
	{"text/html", "<p>x</p>", "", TRO_WITHHELD, "of files of this type"},
	{"", "x", "", TRO_WITHHELD, "of files of this type"},
	{"image/jpeg", "GIF89a", "", TRO_WITHHELD, "no sound JPEG picture: it does not begin"},
	{"image/png", "GIF89a", "", TRO_WITHHELD, "no sound PNG picture: it does not begin"},
	{"image/png", "", "", TRO_WITHHELD, "it does not begin"},
	{"image/jpeg", "\xff\xd8\xff\xd9", "", TRO_WITHHELD, "there is no picture"},
	{"image/jpeg", "\xff\xd8", "", TRO_WITHHELD, "it ends too early"},
	{"image/jpeg", "\xff\xd8\xff\xe1\x7f\xff", "", TRO_WITHHELD, "does not fit"},
	{"image/jpeg", "\xff\xd8\xff\xda\x01\x01", "", TRO_WITHHELD, "wrong order"},
	{"image/jpeg", "\xff\xd8\xff\x02", "", TRO_WITHHELD, "ends too early"},
	{"image/jpeg", "\xff\xd8\xff\x02zz", "", TRO_WITHHELD, "something unknown"},
};

START_TEST(of_what_cannot_be_copied_the_reason_is_given_and_no_byte)
{
	tro_buf copy = TRO_BUF_INIT;

	tro_buf_puts(&copy, "before");
	derive(&copy, refused[_i].media, refused[_i].bytes, strlen(refused[_i].bytes),
		refused[_i].rows);
	ck_assert_int_eq(how.result, refused[_i].result);
	ck_assert_msg(strstr(how.reason, refused[_i].reason) != NULL, "%s", how.reason);
	ck_assert_str_eq(copy.ptr, "before");
	if (how.result == TRO_WITHHELD) {
		ck_assert_str_eq(how.suffix, "txt");
	}
	tro_buf_done(&copy);
}
END_TEST

START_TEST(plain_text_is_copied_as_it_is)
{
	static const char text[] = "On Tuesday\r\n\tI saw \xe2\x82\xac 20.\n";
	tro_buf copy = TRO_BUF_INIT;

	derive(&copy, "text/plain", text, strlen(text), "7");
	ck_assert_int_eq(how.result, TRO_EXACT);
	ck_assert_str_eq(copy.ptr, text);
	tro_buf_done(&copy);
}
END_TEST

/* ---- pictures ---- */

typedef struct bytes {
	char at[4096];
	size_t len;
} bytes;

static void put(bytes *b, const void *what, size_t len)
{
	ck_assert_uint_le(b->len + len, sizeof(b->at));
	memcpy(b->at + b->len, what, len);
	b->len += len;
}

static void segment(bytes *b, int marker, const char *text, size_t len)
{
	const unsigned char head[4] = {0xff, (unsigned char)marker, (unsigned char)((len + 2) >> 8),
		(unsigned char)(len + 2)};

	put(b, head, 4);
	put(b, text, len);
}

#define TABLE_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define QUANTISATION "\0" TABLE_64
#define CODES "\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\1ab" /* one of two bits, one of sixteen */
#define FRAME "\x08\0\1\0\1\1\1\x11\0"
#define SCAN_HEAD "\1\1\0\0\x3f\0"
#define SCAN "\x01\x02\xff\x00\x03\xff\xd0\x04" /* a stuffed byte and a restart */

static bytes jpeg(bool with_metadata)
{
	bytes b = {.len = 0};

	put(&b, "\xff\xd8", 2);
	if (with_metadata) {
		segment(&b, 0xe0, "JFIF secret preview", 19);
		segment(&b, 0xe1, "Exif GPS 51.5 secret", 20);
		put(&b, "\xff\xff", 2); /* fill */
		segment(&b, 0xed, "Photoshop secret", 16);
		segment(&b, 0xee, "Adobes secret name", 18); /* longer than Adobe's own */
		segment(&b, 0xfe, "secret remark", 13);
	}
	segment(&b, 0xee, "Adobe\0\x64\0\0\0\0\x01", 12);
	segment(&b, 0xdb, QUANTISATION QUANTISATION, 2 * 65);
	segment(&b, 0xc2, FRAME, 9);
	segment(&b, 0xc4, CODES, 19);
	segment(&b, 0xdd, "\0\1", 2);
	segment(&b, 0xda, SCAN_HEAD, 6);
	put(&b, SCAN, sizeof(SCAN) - 1);
	if (with_metadata) {
		segment(&b, 0xfe, "secret between scans", 20);
	}
	segment(&b, 0xda, SCAN_HEAD, 6);
	put(&b, SCAN, sizeof(SCAN) - 1);
	put(&b, "\xff\xd9", 2);
	if (with_metadata) {
		put(&b, "secret film after the end", 25);
	}
	return b;
}

static uint32_t crc_of(const void *what, size_t len)
{
	const unsigned char *at = what;
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < len; i++) {
		crc ^= at[i];
		for (int bit = 0; bit < 8; bit++) {
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
		}
	}
	return ~crc;
}

static void put_number(bytes *b, uint32_t n)
{
	const unsigned char four[4] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16),
		(unsigned char)(n >> 8), (unsigned char)n};

	put(b, four, 4);
}

static void chunk(bytes *b, const char *type, const void *data, size_t len)
{
	size_t start = b->len + 4;

	put_number(b, (uint32_t)len);
	put(b, type, 4);
	put(b, data, len);
	put_number(b, crc_of(b->at + start, len + 4));
}

static bytes png(bool with_metadata)
{
	bytes b = {.len = 0};

	put(&b, "\x89PNG\r\n\x1a\n", 8);
	chunk(&b, "IHDR", "\0\0\0\1\0\0\0\1\10\6\0\0\0", 13);
	if (with_metadata) {
		chunk(&b, "tEXt", "Author\0secret", 13);
		chunk(&b, "eXIf", "GPS secret", 10);
		chunk(&b, "iTXt", "secret", 6);
	}
	chunk(&b, "PLTE", "\1\2\3", 3);
	chunk(&b, "tRNS", "\1", 1);
	chunk(&b, "IDAT", "pixels", 6);
	chunk(&b, "IDAT", "more", 4);
	if (with_metadata) {
		chunk(&b, "prVt", "secret", 6);
	}
	chunk(&b, "IEND", "", 0);
	if (with_metadata) {
		put(&b, "secret after the end", 20);
	}
	return b;
}

static void ck_copy(const char *media, bytes from, bytes expected)
{
	tro_buf copy = TRO_BUF_INIT;

	derive(&copy, media, from.at, from.len, "");
	ck_assert_msg(how.result == TRO_DERIVED, "%s", how.reason);
	ck_assert_uint_eq(copy.len, expected.len);
	ck_assert_mem_eq(copy.ptr, expected.at, expected.len);
	tro_buf_done(&copy);
}

START_TEST(a_picture_is_copied_without_what_stands_beside_it)
{
	ck_copy("image/jpeg", jpeg(true), jpeg(false));
	ck_copy("image/jpeg", jpeg(false), jpeg(false));
	ck_copy("image/png", png(true), png(false));
	ck_copy("image/png", png(false), png(false));
}
END_TEST

/* ---- which way up ---- */

#define KEPT_BLOCK "MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0%\0\0\0\0\0\0"
enum { KEPT_BLOCK_LEN = 26, KEPT_VALUE = 19 };

/* A block as cameras write it: the directory not at once, other entries round this one, and what
 * they refer to behind it. */
#define LITTLE_BLOCK                                                                               \
	"II*\0\x0c\0\0\0gap.\3\0\x0f\1\2\0\6\0\0\0\x36\0\0\0\x12\1\3\0\1\0\0\0\6\0zz"              \
	"\x25\x88\4\0\1\0\0\0\0\0\0\0\0\0\0\0secret"
#define BIG_BLOCK                                                                                  \
	"MM\0*\0\0\0\x0c"                                                                          \
	"gap.\0\3\1\x0f\0\2\0\0\0\6\0\0\0\x36\1\x12\0\3\0\0\0\1\0\6zz"                             \
	"\x88\x25\0\4\0\0\0\1\0\0\0\0\0\0\0\0secret"

static const struct {
	const char *block;
	size_t len;
	int orientation; /* 0: nothing is kept */
} blocks[] = {
	{LITTLE_BLOCK, sizeof(LITTLE_BLOCK) - 1, 6},
	{BIG_BLOCK, sizeof(BIG_BLOCK) - 1, 6},
	{"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\2", 20, 0}, /* the entry is cut off */
	{"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\2\0\0", 22, 2},
	{"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\x08\0\0", 22, 8},
	{"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\1\0\0", 22, 0}, /* upright */
	{"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\x09\0\0", 22, 0},
	{"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\0\0\0", 22, 0},
	{"MM\0*\0\0\0\x08\0\1\1\x12\0\4\0\0\0\1\0\6\0\0", 22, 0}, /* no short number */
	{"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\2\0\6\0\6", 22, 0}, /* two of them */
	{"MM\0*\0\0\0\x08\0\0\1\x12\0\3\0\0\0\1\0\6\0\0", 22, 0}, /* no entry */
	{"MM\0*\xff\xff\xff\xff\0\1\1\x12\0\3\0\0\0\1\0\6\0\0", 22, 0},
	{"MM\0*\0\0\0\x15\0\1\1\x12\0\3\0\0\0\1\0\6\0\0", 22, 0},
	{"II\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0", 22, 0},
	{"MM\0*\0\0\0", 7, 0},
	{"", 0, 0},
};

/* The block that is kept of one, or of no length. */
static bytes kept_block(int orientation)
{
	bytes b = {.len = 0};

	if (orientation != 0) {
		put(&b, KEPT_BLOCK, KEPT_BLOCK_LEN);
		b.at[KEPT_VALUE] = (char)orientation;
	}
	return b;
}

/* With Exif's segment, if it has a length, after the start. */
static bytes turned_jpeg(bytes from, const char *block, size_t len, bool always)
{
	bytes b = {.len = 0};
	bytes exif = {.len = 0};

	put(&exif, "Exif\0", 6);
	put(&exif, block, len);
	put(&b, "\xff\xd8", 2);
	if (always || len > 0) {
		segment(&b, 0xe1, exif.at, exif.len);
	}
	put(&b, from.at + 2, from.len - 2);
	return b;
}

/* With Exif's chunk after the header. */
static bytes turned_png(bytes from, const char *block, size_t len, bool always)
{
	enum { HEADER_END = 8 + 12 + 13 };
	bytes b = {.len = 0};

	put(&b, from.at, HEADER_END);
	if (always || len > 0) {
		chunk(&b, "eXIf", block, len);
	}
	put(&b, from.at + HEADER_END, from.len - HEADER_END);
	return b;
}

START_TEST(of_exif_stays_which_way_up_the_picture_is_and_nothing_else)
{
	const char *block = blocks[_i].block;
	bytes kept = kept_block(blocks[_i].orientation);

	ck_copy("image/jpeg", turned_jpeg(jpeg(true), block, blocks[_i].len, true),
		turned_jpeg(jpeg(false), kept.at, kept.len, false));
	ck_copy("image/png", turned_png(png(true), block, blocks[_i].len, true),
		turned_png(png(false), kept.at, kept.len, false));
	ck_assert_str_eq(how.left_out, "");
}
END_TEST

START_TEST(the_first_exif_of_a_picture_counts_and_xmp_is_none)
{
	bytes kept = kept_block(3);
	bytes later = turned_jpeg(jpeg(false), BIG_BLOCK, sizeof(BIG_BLOCK) - 1, true);
	bytes xmp = {.len = 0};

	ck_copy("image/jpeg", turned_jpeg(later, kept.at, kept.len, true),
		turned_jpeg(jpeg(false), kept.at, kept.len, true));
	put(&xmp, "\xff\xd8", 2);
	segment(&xmp, 0xe1, "http://ns.adobe.com/xap/1.0/", 29);
	segment(&xmp, 0xe2, "Exif\0\0" KEPT_BLOCK, 6 + KEPT_BLOCK_LEN);
	put(&xmp, jpeg(false).at + 2, jpeg(false).len - 2);
	ck_copy("image/jpeg", xmp, jpeg(false));
}
END_TEST

static const char *const of_animations[] = {"acTL", "fcTL", "fdAT"};

START_TEST(of_a_moving_picture_it_is_said_that_the_rest_is_left_out)
{
	tro_buf copy = TRO_BUF_INIT;
	bytes b = {.len = 0};

	put(&b, png(false).at, png(false).len - 12);
	chunk(&b, of_animations[_i], "frame", 5);
	chunk(&b, "IEND", "", 0);
	derive(&copy, "image/png", b.at, b.len, "");
	ck_assert_int_eq(how.result, TRO_DERIVED);
	ck_assert_uint_eq(copy.len, png(false).len);
	ck_assert_msg(strstr(how.left_out, "moving picture") != NULL, "%s", how.left_out);
	tro_buf_done(&copy);
}
END_TEST

START_TEST(a_picture_that_is_cut_anywhere_is_withheld)
{
	const bytes whole[] = {turned_jpeg(jpeg(false), BIG_BLOCK, sizeof(BIG_BLOCK) - 1, true),
		turned_png(png(false), BIG_BLOCK, sizeof(BIG_BLOCK) - 1, true)};
	const char *const media[] = {"image/jpeg", "image/png"};

	for (size_t k = 0; k < 2; k++) {
		for (size_t len = 0; len < whole[k].len; len++) {
			tro_buf copy = TRO_BUF_INIT;

			derive(&copy, media[k], whole[k].at, len, "");
			ck_assert_msg(how.result == TRO_WITHHELD, "%s cut to %zu", media[k], len);
			ck_assert_uint_eq(copy.len, 0);
			tro_buf_done(&copy);
		}
	}
}
END_TEST

static void ck_withheld(const char *media, const bytes *b, const char *reason)
{
	tro_buf copy = TRO_BUF_INIT;

	derive(&copy, media, b->at, b->len, "");
	ck_assert_int_eq(how.result, TRO_WITHHELD);
	ck_assert_msg(strstr(how.reason, reason) != NULL, "%s", how.reason);
	tro_buf_done(&copy);
}

START_TEST(a_png_that_hides_something_in_a_part_that_is_kept_is_withheld)
{
	bytes damaged = png(false);
	bytes end = {.len = 0};
	bytes unknown = {.len = 0};
	bytes twice = {.len = 0};

	damaged.at[damaged.len - 20] ^= 1;
	ck_withheld("image/png", &damaged, "damaged");
	put(&end, png(false).at, png(false).len - 12);
	unknown = twice = end;
	chunk(&end, "IEND", "secret", 6);
	ck_withheld("image/png", &end, "a wrong size");
	chunk(&unknown, "SECR", "secret", 6);
	ck_withheld("image/png", &unknown, "something unknown");
	chunk(&twice, "IHDR", "\0\0\0\1\0\0\0\1\10\6\0\0\0", 13);
	ck_withheld("image/png", &twice, "wrong order");
}
END_TEST

/* Each segment of a JPEG that is kept, with something behind what it is for. */
static const struct {
	int marker;
	const char *data;
	size_t len;
} roomy[] = {
	{0xdb, QUANTISATION "secret", 65 + 6},
	{0xdb, "\x10" TABLE_64, 65},
	{0xc4, CODES "secret", 19 + 6},
	{0xc4, CODES, 18},
	{0xdd, "\0\1secret", 8},
	{0xdc, "\0\1secret", 8},
	{0xcc, "\0\1s", 3},
	{0xc2, FRAME "secret", 9 + 6},
	{0xc2, FRAME, 5},
	{0xda, SCAN_HEAD "secret", 6 + 6},
	{0xda, "", 0},
};

START_TEST(a_jpeg_that_hides_something_in_a_part_that_is_kept_is_withheld)
{
	bytes b = {.len = 0};

	put(&b, "\xff\xd8", 2);
	if (roomy[_i].marker == 0xda) {
		segment(&b, 0xc2, FRAME, 9);
	}
	segment(&b, roomy[_i].marker, roomy[_i].data, roomy[_i].len);
	put(&b, jpeg(false).at + 2, jpeg(false).len - 2);
	ck_withheld("image/jpeg", &b, "does not fit");
}
END_TEST

START_TEST(a_jpeg_has_one_frame)
{
	bytes b = {.len = 0};

	put(&b, "\xff\xd8", 2);
	segment(&b, 0xc0, FRAME, 9);
	put(&b, jpeg(false).at + 2, jpeg(false).len - 2);
	ck_withheld("image/jpeg", &b, "wrong order");
}
END_TEST

/* ---- anything ---- */

static uint64_t state;

static uint32_t random_32(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33);
}

/* Changes some bytes, takes some out, doubles some. */
static void mutate(bytes *b)
{
	for (uint32_t n = random_32() % 4 + 1; n > 0 && b->len > 8; n--) {
		size_t at = random_32() % b->len;
		size_t some = random_32() % 8 + 1;

		some = some > b->len - at ? b->len - at : some;
		switch (random_32() % 3) {
		case 0:
			b->at[at] = (char)random_32();
			break;
		case 1:
			memmove(b->at + at, b->at + at + some, b->len - at - some);
			b->len -= some;
			break;
		default:
			if (b->len + some <= sizeof(b->at)) {
				memmove(b->at + at + some, b->at + at, b->len - at);
				b->len += some;
			}
		}
	}
}

START_TEST(any_bytes_give_a_copy_that_is_its_own_copy_or_a_reason)
{
	static const char *const media[] = {"image/jpeg", "image/png", "text/csv", "text/plain"};
	const char *wish = getenv("DERIVE_SEED");
	uint64_t seed = wish == NULL ? 20261126 : strtoull(wish, NULL, 10);
	bytes corpus[4] = {turned_jpeg(jpeg(true), LITTLE_BLOCK, sizeof(LITTLE_BLOCK) - 1, true),
		turned_png(png(true), BIG_BLOCK, sizeof(BIG_BLOCK) - 1, true), {.len = 0},
		{.len = 0}};

	printf("seed %llu (DERIVE_SEED repeats a run)\n", (unsigned long long)seed);
	state = seed;
	put(&corpus[2], TABLE, strlen(TABLE));
	put(&corpus[3], TABLE, strlen(TABLE));
	for (int run = 0; run < 20000; run++) {
		size_t kind = (size_t)run % 4;
		tro_buf copy = TRO_BUF_INIT;
		tro_buf again = TRO_BUF_INIT;
		bytes b = corpus[kind];

		mutate(&b);
		/* Exactly as many bytes as there are, so that a sanitizer sees one read too many.
		 */
		char *tight = malloc(b.len + (b.len == 0));

		ck_assert_ptr_nonnull(tight);
		memcpy(tight, b.at, b.len);
		derive(&copy, media[kind], tight, b.len, "2-4");
		free(tight);
		bool copied = how.result == TRO_DERIVED || how.result == TRO_EXACT;

		ck_assert_msg(
			copied ? how.reason[0] == '\0' : copy.len == 0 && how.reason[0] != '\0',
			"run %d", run);
		if (copied && kind != 2) { /* a table gets a column */
			derive(&again, media[kind], copy.ptr, copy.len, "2-4");
			ck_assert_msg(
				again.len == copy.len && memcmp(again.ptr, copy.ptr, copy.len) == 0,
				"run %d", run);
		}
		tro_buf_done(&again);
		tro_buf_done(&copy);
	}
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof(*(table))))

int main(void)
{
	Suite *suite = suite_create("derive");
	TCase *tcase = tcase_create("derive");

	suite_add_tcase(suite, tcase);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(
		tcase, of_a_table_the_cited_rows_are_copied_and_no_others, 0, COUNT(tables));
	tcase_add_loop_test(tcase, a_first_row_of_data_goes_out_if_it_is_cited_and_not_as_a_header,
		0, COUNT(headless));
	tcase_add_loop_test(
		tcase, of_what_cannot_be_copied_the_reason_is_given_and_no_byte, 0, COUNT(refused));
	tcase_add_test(tcase, plain_text_is_copied_as_it_is);
	tcase_add_test(tcase, a_picture_is_copied_without_what_stands_beside_it);
	tcase_add_loop_test(tcase, of_exif_stays_which_way_up_the_picture_is_and_nothing_else, 0,
		COUNT(blocks));
	tcase_add_test(tcase, the_first_exif_of_a_picture_counts_and_xmp_is_none);
	tcase_add_loop_test(tcase, of_a_moving_picture_it_is_said_that_the_rest_is_left_out, 0,
		COUNT(of_animations));
	tcase_add_test(tcase, a_picture_that_is_cut_anywhere_is_withheld);
	tcase_add_loop_test(tcase, a_jpeg_that_hides_something_in_a_part_that_is_kept_is_withheld,
		0, (int)(sizeof(roomy) / sizeof(*roomy)));
	tcase_add_test(tcase, a_jpeg_has_one_frame);
	tcase_add_test(tcase, a_png_that_hides_something_in_a_part_that_is_kept_is_withheld);
	tcase_add_test(tcase, any_bytes_give_a_copy_that_is_its_own_copy_or_a_reason);
	return run_suite(suite);
}
