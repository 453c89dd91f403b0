/*
 * Containers: written ones, and such as somebody else may hand in.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/buf.h>

#include "expect.h"
#include "filing/filing.h"
#include "filing/member.h"
#include "filing/pack.h"
#include "suite.h"

/* ---- zips written byte by byte, so that they can lie ---- */

typedef struct entry {
	const char *name, *bytes;
	unsigned method; /* 0 stored, 8 deflated */
	unsigned size;	 /* as it is said to be; 0: as it is */
	unsigned flags, made_by, attributes;
	const char *local_name; /* NULL: the same */
	unsigned crc_error;
} entry;

static void put(tro_buf *out, unsigned value, int bytes)
{
	for (int i = 0; i < bytes; i++) {
		tro_buf_putc(out, (char)(value >> (8 * i) & 0xff));
	}
}

static unsigned crc32_of(const char *bytes, size_t len)
{
	unsigned crc = 0xffffffffU;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned char)bytes[i];
		for (int bit = 0; bit < 8; bit++) {
			crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0);
		}
	}
	return ~crc;
}

/* What local header and directory have in common. */
static void put_common(tro_buf *out, const entry *e, const char *name)
{
	unsigned len = (unsigned)strlen(e->bytes);

	put(out, 20, 2);
	put(out, e->flags, 2);
	put(out, e->method, 2);
	put(out, 0, 2);
	put(out, 0x21, 2);
	put(out, crc32_of(e->bytes, len) ^ e->crc_error, 4);
	put(out, len, 4);
	put(out, e->size != 0 ? e->size : len, 4);
	put(out, (unsigned)strlen(name), 2);
	put(out, 0, 2);
}

static void make_zip(tro_buf *out, const entry *entries, size_t count)
{
	unsigned offsets[8];
	unsigned start;

	for (size_t i = 0; i < count; i++) {
		const char *name =
			entries[i].local_name == NULL ? entries[i].name : entries[i].local_name;

		offsets[i] = (unsigned)out->len;
		put(out, 0x04034b50, 4);
		put_common(out, &entries[i], name);
		tro_buf_puts(out, name);
		tro_buf_puts(out, entries[i].bytes);
	}
	start = (unsigned)out->len;
	for (size_t i = 0; i < count; i++) {
		put(out, 0x02014b50, 4);
		put(out, entries[i].made_by, 2);
		put_common(out, &entries[i], entries[i].name);
		put(out, 0, 2);
		put(out, 0, 2);
		put(out, 0, 2);
		put(out, entries[i].attributes, 4);
		put(out, offsets[i], 4);
		tro_buf_puts(out, entries[i].name);
	}
	unsigned size = (unsigned)out->len - start;

	put(out, 0x06054b50, 4);
	put(out, 0, 4);
	put(out, (unsigned)count, 2);
	put(out, (unsigned)count, 2);
	put(out, size, 4);
	put(out, start, 4);
	put(out, 0, 2);
}

#define UNIX 0x0314U
#define MODE(m) ((unsigned)(m) << 16)
#define MIB (1024U * 1024U)

static const struct {
	entry entries[3];
	const char *message;
} hostile[] = {
	{{{"../evil", "x", 0, 0, 0, 0, 0, NULL, 0}}, "'../evil' cannot be the name"},
	{{{"a/../evil", "x", 0, 0, 0, 0, 0, NULL, 0}}, "cannot be the name"},
	{{{"a/./evil", "x", 0, 0, 0, 0, 0, NULL, 0}}, "cannot be the name"},
	{{{"/etc/passwd", "x", 0, 0, 0, 0, 0, NULL, 0}}, "cannot be the name"},
	{{{"a//b", "x", 0, 0, 0, 0, 0, NULL, 0}}, "cannot be the name"},
	{{{"folder/", "", 0, 0, 0, 0, 0, NULL, 0}}, "cannot be the name"},
	{{{"C:evil", "x", 0, 0, 0, 0, 0, NULL, 0}}, "cannot be the name"},
	{{{"a\\..\\evil", "x", 0, 0, 0, 0, 0, NULL, 0}}, "cannot be the name"},
	{{{"a\nb", "x", 0, 0, 0, 0, 0, NULL, 0}}, "cannot be the name"},
	{{{"caf\xc3\xa9", "x", 0, 0, 0x800, 0, 0, NULL, 0}}, "cannot be the name"},
	{{{".hidden", "x", 0, 0, 0, 0, 0, NULL, 0}}, "cannot be the name"},
	{{{"", "x", 0, 0, 0, 0, 0, NULL, 0}}, ""},
	{{{"a", "x", 0, 0, 0, 0, 0, NULL, 0}, {"a", "y", 0, 0, 0, 0, 0, NULL, 0}}, ""},
	{{{"a/B", "x", 0, 0, 0, 0, 0, NULL, 0}, {"a/b", "y", 0, 0, 0, 0, 0, NULL, 0}},
		"each other's place"},
	{{{"a", "x", 0, 0, 0, 0, 0, NULL, 0}, {"a/b", "y", 0, 0, 0, 0, 0, NULL, 0}},
		"each other's place"},
	{{{"a/b", "x", 0, 0, 0, 0, 0, NULL, 0}, {"c", "x", 0, 0, 0, 0, 0, NULL, 0},
		 {"A", "y", 0, 0, 0, 0, 0, NULL, 0}},
		"each other's place"},
	{{{"bomb", "x", 8, 3000U * MIB, 0, 0, 0, NULL, 0}}, "would unfold to 3145728000 bytes"},
	{{{"bomb", "xxxxxxxxxx", 8, 64U * MIB, 0, 0, 0, NULL, 0}}, "would unfold to"},
	{{{"bomb", "x", 0, 2, 0, 0, 0, NULL, 0}}, ""},
	{{{"other", "x", 0, 0, 0, 0, 0, "ether", 0}}, ""},
	{{{"locked", "xxxxxxxxxxxxxxx", 0, 0, 1, 0, 0, NULL, 0}}, "is encrypted"},
	{{{"odd", "x", 12, 0, 0, 0, 0, NULL, 0}}, "a method that is not read"},
	{{{"link", "/etc/passwd", 0, 0, 0, UNIX, MODE(0120777), NULL, 0}}, "is not a plain file"},
	{{{"device", "", 0, 0, 0, UNIX, MODE(0060644), NULL, 0}}, "is not a plain file"},
};
enum { HOSTILE = sizeof(hostile) / sizeof(*hostile) };

START_TEST(a_container_that_means_harm_is_refused)
{
	tro_buf zip = TRO_BUF_INIT;
	tro_pack *pack = NULL;
	size_t count = 0;

	while (count < 3 && hostile[_i].entries[count].name != NULL) {
		count++;
	}
	make_zip(&zip, hostile[_i].entries, count);
	ck_assert_int_eq(tro_pack_open(&pack, zip.ptr, zip.len, &err), TRO_INVALID);
	ck_assert_ptr_null(pack);
	ck_assert_msg(strstr(err.message, hostile[_i].message) != NULL, "no \"%s\" in: %s",
		hostile[_i].message, err.message);
	tro_buf_done(&zip);
}
END_TEST

START_TEST(members_that_are_too_much_together_are_refused)
{
	char big[70000];
	entry entries[4];
	tro_buf zip = TRO_BUF_INIT;
	tro_pack *pack = NULL;
	static const char *const names[] = {"a", "b", "c", "d"};

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	for (size_t i = 0; i < 4; i++) {
		entries[i] =
			(entry){.name = names[i], .bytes = big, .method = 8, .size = 60U * MIB};
	}
	make_zip(&zip, entries, 4);
	ck_assert_int_eq(tro_pack_open(&pack, zip.ptr, zip.len, &err), TRO_INVALID);
	ck_assert_msg(strstr(err.message, "would unfold to more than") != NULL, "%s", err.message);
	tro_buf_done(&zip);
}
END_TEST

START_TEST(a_member_whose_checksum_is_wrong_is_not_given_out)
{
	const entry entries[] = {{.name = "a", .bytes = "content", .crc_error = 1}};
	tro_buf zip = TRO_BUF_INIT;
	tro_buf bytes = TRO_BUF_INIT;
	tro_pack *pack = NULL;

	make_zip(&zip, entries, 1);
	CHECK_OK(tro_pack_open(&pack, zip.ptr, zip.len, &err));
	ck_assert_int_eq(tro_pack_read(&bytes, pack, 0, &err), TRO_INVALID);
	tro_pack_close(pack);
	tro_buf_done(&bytes);
	tro_buf_done(&zip);
}
END_TEST

/* "content" in one stored block of deflate, said to be shorter or longer. */
START_TEST(a_member_that_lies_about_its_size_is_not_given_out)
{
	char deflated[] = "\x01\x07\x01\xf8\xfe"
			  "content";
	const unsigned sizes[] = {6, 8};
	const entry entries[] = {{.name = "a", .bytes = deflated, .method = 8, .size = sizes[_i]}};
	tro_buf zip = TRO_BUF_INIT;
	tro_buf bytes = TRO_BUF_INIT;
	tro_pack *pack = NULL;

	make_zip(&zip, entries, 1);
	tro_status status = tro_pack_open(&pack, zip.ptr, zip.len, &err);

	if (status == TRO_OK) {
		status = tro_pack_read(&bytes, pack, 0, &err);
	}
	ck_assert_int_eq(status, TRO_INVALID);
	tro_pack_close(pack);
	tro_buf_done(&bytes);
	tro_buf_done(&zip);
}
END_TEST

/* Stored blocks of deflate, full of 'x' and far longer than they are said to be: reading stops when
 * that shows, not at their end. */
START_TEST(a_member_that_unfolds_beyond_its_size_is_cut_short)
{
	enum { BLOCK = 0x7f7f };
	char deflated[2 * (5 + BLOCK) + 1];
	const entry entries[] = {{.name = "a", .bytes = deflated, .method = 8, .size = 10}};
	tro_buf zip = TRO_BUF_INIT;
	tro_buf bytes = TRO_BUF_INIT;
	tro_pack *pack = NULL;

	/* Neither block is the last, and no byte of them is NUL. */
	memset(deflated, 'x', sizeof(deflated) - 1);
	memcpy(deflated, "\x10\x7f\x7f\x80\x80", 5);
	memcpy(deflated + 5 + BLOCK, "\x10\x7f\x7f\x80\x80", 5);
	deflated[sizeof(deflated) - 1] = '\0';
	make_zip(&zip, entries, 1);
	CHECK_OK(tro_pack_open(&pack, zip.ptr, zip.len, &err));
	ck_assert_int_eq(tro_pack_read(&bytes, pack, 0, &err), TRO_INVALID);
	ck_assert_msg(strstr(err.message, "longer than it says") != NULL, "%s", err.message);
	ck_assert_uint_le(bytes.len, 10);
	tro_pack_close(pack);
	tro_buf_done(&bytes);
	tro_buf_done(&zip);
}
END_TEST

START_TEST(what_is_no_zip_is_refused)
{
	static const char *const texts[] = {"", "PK", "PK\x05\x06", "not a zip at all"};
	tro_pack *pack = NULL;

	ck_assert_int_eq(tro_pack_open(&pack, texts[_i], strlen(texts[_i]), &err), TRO_INVALID);
	ck_assert_ptr_null(pack);
	tro_pack_close(NULL);
}
END_TEST

/* ---- written ones ---- */

static void write_two(tro_buf *zip)
{
	tro_members members = {0};
	tro_member *member = NULL;

	CHECK_OK(tro_members_add(&member, &members, "b/first.txt", "", "", "", &err));
	tro_buf_puts(&member->bytes, "some bytes");
	CHECK_OK(tro_members_add(&member, &members, "a/second.bin", "", "", "", &err));
	tro_buf_put(&member->bytes, "\0\1\2", 3);
	CHECK_OK(tro_pack_write(zip, &members, &err));
	tro_members_done(&members);
}

START_TEST(what_was_packed_comes_out_in_its_order)
{
	tro_buf zip = TRO_BUF_INIT;
	tro_buf bytes = TRO_BUF_INIT;
	tro_pack *pack = NULL;

	write_two(&zip);
	CHECK_OK(tro_pack_open(&pack, zip.ptr, zip.len, &err));
	ck_assert_uint_eq(tro_pack_count(pack), 2);
	ck_assert_str_eq(tro_pack_name(pack, 0), "b/first.txt");
	ck_assert_str_eq(tro_pack_name(pack, 1), "a/second.bin");
	CHECK_OK(tro_pack_read(&bytes, pack, 1, &err));
	ck_assert_uint_eq(bytes.len, 3);
	ck_assert_mem_eq(bytes.ptr, "\0\1\2", 3);
	tro_buf_clear(&bytes);
	CHECK_OK(tro_pack_read(&bytes, pack, 0, &err));
	ck_assert_str_eq(bytes.ptr, "some bytes");
	tro_pack_close(pack);
	tro_buf_done(&bytes);
	tro_buf_done(&zip);
}
END_TEST

/* Every byte of the format is fixed here: a record commits to the bytes of a container, and they
 * must come out the same in ten years. */
START_TEST(a_container_has_exactly_the_bytes_that_the_format_asks_for)
{
	const entry entries[] = {{.name = "b/first.txt", .bytes = "some bytes"}};
	tro_members members = {0};
	tro_member *member = NULL;
	tro_buf zip = TRO_BUF_INIT;
	tro_buf wanted = TRO_BUF_INIT;

	CHECK_OK(tro_members_add(&member, &members, "b/first.txt", "", "", "", &err));
	tro_buf_puts(&member->bytes, "some bytes");
	CHECK_OK(tro_pack_write(&zip, &members, &err));
	make_zip(&wanted, entries, 1);
	ck_assert_uint_eq(zip.len, wanted.len);
	for (size_t i = 0; i < zip.len; i++) {
		size_t directory = zip.len - 22 - 46 - 11;
		/* Version needed, version made by and attributes are libzip's to choose. */
		bool chosen = i == 4 || (i >= directory + 4 && i < directory + 7) ||
			      (i >= directory + 38 && i < directory + 42);

		ck_assert_msg(chosen || zip.ptr[i] == wanted.ptr[i], "byte %zu is %02x, not %02x",
			i, (unsigned char)zip.ptr[i], (unsigned char)wanted.ptr[i]);
	}
	tro_members_done(&members);
	tro_buf_done(&wanted);
	tro_buf_done(&zip);
}
END_TEST

START_TEST(a_zip_cut_or_changed_anywhere_does_no_harm)
{
	tro_buf zip = TRO_BUF_INIT;

	write_two(&zip);
	for (size_t i = 0; i < 2 * zip.len; i++) {
		char *copy = malloc(zip.len);
		size_t len = i < zip.len ? i : zip.len;
		tro_pack *pack = NULL;
		tro_buf bytes = TRO_BUF_INIT;

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, zip.ptr, zip.len);
		if (i >= zip.len) {
			copy[i - zip.len] ^= 0x41;
		}
		if (tro_pack_open(&pack, copy, len, &err) == TRO_OK) {
			for (size_t m = 0; m < tro_pack_count(pack); m++) {
				ck_assert(tro_member_path_valid(tro_pack_name(pack, m)));
				tro_status status = tro_pack_read(&bytes, pack, m, &err);

				ck_assert(status == TRO_OK || status == TRO_INVALID);
			}
		}
		tro_pack_close(pack);
		tro_buf_done(&bytes);
		free(copy);
	}
	tro_buf_done(&zip);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("pack");
	TCase *t = tcase_create("pack");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_container_that_means_harm_is_refused, 0, HOSTILE);
	tcase_add_test(t, members_that_are_too_much_together_are_refused);
	tcase_add_test(t, a_member_whose_checksum_is_wrong_is_not_given_out);
	tcase_add_loop_test(t, a_member_that_lies_about_its_size_is_not_given_out, 0, 2);
	tcase_add_test(t, a_member_that_unfolds_beyond_its_size_is_cut_short);
	tcase_add_loop_test(t, what_is_no_zip_is_refused, 0, 4);
	tcase_add_test(t, what_was_packed_comes_out_in_its_order);
	tcase_add_test(t, a_container_has_exactly_the_bytes_that_the_format_asks_for);
	tcase_add_test(t, a_zip_cut_or_changed_anywhere_does_no_harm);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
