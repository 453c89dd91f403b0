#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/disk.h"
#include "suite.h"

static char folder[] = "/tmp/tro-disk-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[2][128];
	static int turn;

	turn = !turn;
	(void)snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

static void start(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/tro-disk-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void end(void)
{
	static const char *const names[] = {"file", "link", "pipe"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)unlink(in_folder(names[i])); /* not every test makes each */
	}
	(void)rmdir(in_folder("sub"));
	ck_assert_int_eq(rmdir(folder), 0); /* nothing else was left */
}

static void put(const char *name, const char *text)
{
	tro_err err;

	ck_assert_msg(tro_disk_create(in_folder(name), text, strlen(text), 0600, TRO_DISK_CACHED,
			      &err) == TRO_OK,
		"%s", err.message);
}

static void assert_holds(const char *name, const char *text)
{
	int fd;
	tro_buf bytes = TRO_BUF_INIT;

	ck_assert_int_eq(tro_disk_open(&fd, in_folder(name), TRO_DISK_NO_FOLLOW, NULL), TRO_OK);
	ck_assert_int_eq(tro_disk_read(&bytes, fd, 1000, name, NULL), TRO_OK);
	ck_assert_str_eq(bytes.ptr, text);
	tro_buf_done(&bytes);
}

static void assert_absent(const char *name)
{
	struct stat about;

	ck_assert_int_eq(lstat(in_folder(name), &about), -1);
}

static tro_status open_status(const char *name, tro_disk_link link)
{
	int fd;
	tro_status status = tro_disk_open(&fd, in_folder(name), link, NULL);

	ck_assert_int_eq(fd >= 0, status == TRO_OK);
	if (fd >= 0) {
		(void)close(fd);
	}
	return status;
}

START_TEST(only_a_file_is_opened)
{
	put("file", "text");
	ck_assert_int_eq(symlink("file", in_folder("link")), 0);
	ck_assert_int_eq(mkfifo(in_folder("pipe"), 0600), 0);
	ck_assert_int_eq(open_status("file", TRO_DISK_NO_FOLLOW), TRO_OK);
	ck_assert_int_eq(open_status("link", TRO_DISK_FOLLOW), TRO_OK);
	ck_assert_int_eq(open_status("link", TRO_DISK_NO_FOLLOW), TRO_INVALID);
	ck_assert_int_eq(open_status("pipe", TRO_DISK_FOLLOW), TRO_INVALID);
	ck_assert_int_eq(open_status(".", TRO_DISK_FOLLOW), TRO_INVALID);
	ck_assert_int_eq(open_status("none", TRO_DISK_FOLLOW), TRO_NOT_FOUND);
	ck_assert_int_eq(open_status("file/below", TRO_DISK_FOLLOW), TRO_NOT_FOUND);
}
END_TEST

START_TEST(a_file_is_read_within_its_bound)
{
	int fd;
	tro_buf bytes = TRO_BUF_INIT;
	tro_err err;

	put("file", "12345678");
	tro_buf_puts(&bytes, "before ");
	ck_assert_int_eq(tro_disk_open(&fd, in_folder("file"), TRO_DISK_FOLLOW, &err), TRO_OK);
	ck_assert_int_eq(tro_disk_read(&bytes, fd, 8, "file", &err), TRO_OK);
	ck_assert_str_eq(bytes.ptr, "before 12345678");
	ck_assert_int_eq(tro_disk_open(&fd, in_folder("file"), TRO_DISK_FOLLOW, &err), TRO_OK);
	ck_assert_int_eq(tro_disk_read(&bytes, fd, 7, "file", &err), TRO_INVALID);
	ck_assert_str_eq(err.message, "file is larger than 7 bytes");
	tro_buf_done(&bytes);
}
END_TEST

START_TEST(what_is_there_is_not_overwritten)
{
	tro_err err;

	put("file", "first");
	ck_assert_int_eq(symlink("nowhere", in_folder("link")), 0);
	ck_assert_int_eq(
		tro_disk_create(in_folder("file"), "second", 6, 0600, TRO_DISK_DURABLE, &err),
		TRO_USAGE);
	ck_assert_ptr_nonnull(strstr(err.message, "exists and is not overwritten"));
	ck_assert_int_eq(
		tro_disk_create(in_folder("link"), "second", 6, 0600, TRO_DISK_DURABLE, NULL),
		TRO_USAGE);
	assert_holds("file", "first");
	assert_absent("nowhere");
}
END_TEST

/* A disk that is full after so many bytes. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};

	ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(what_cannot_be_written_whole_leaves_nothing)
{
	tro_err err;

	put("file", "first");
	limit_files(4);
	ck_assert_int_eq(
		tro_disk_create(in_folder("new"), "12345", 5, 0600, TRO_DISK_DURABLE, &err),
		TRO_SYSTEM);
	ck_assert_ptr_nonnull(strstr(err.message, "cannot write"));
	ck_assert_int_eq(tro_disk_replace(in_folder("file"), in_folder("draft"), "12345", 5, 0600,
				 TRO_DISK_DURABLE, NULL),
		TRO_SYSTEM);
	limit_files(RLIM_INFINITY);
	assert_absent("new");
	assert_absent("draft");
	assert_holds("file", "first");
}
END_TEST

START_TEST(a_file_is_replaced_whatever_an_earlier_time_left)
{
	struct stat about;

	put("file", "first");
	put("draft", "half of someth");
	ck_assert_int_eq(tro_disk_replace(in_folder("file"), in_folder("draft"), "second", 6, 0640,
				 TRO_DISK_DURABLE, NULL),
		TRO_OK);
	assert_holds("file", "second");
	assert_absent("draft");
	ck_assert_int_eq(stat(in_folder("file"), &about), 0);
	ck_assert_uint_eq(about.st_mode & 07777, 0640);

	/* A folder cannot be replaced by a file: the draft goes again. */
	ck_assert_int_eq(mkdir(in_folder("sub"), 0700), 0);
	ck_assert_int_eq(tro_disk_replace(in_folder("sub"), in_folder("draft"), "x", 1, 0600,
				 TRO_DISK_CACHED, NULL),
		TRO_SYSTEM);
	assert_absent("draft");
}
END_TEST

START_TEST(drafts_stand_beside_what_they_are_for)
{
	tro_buf first = TRO_BUF_INIT;
	tro_buf second = TRO_BUF_INIT;

	ck_assert_int_eq(tro_disk_draft(&first, "a/b//", NULL), TRO_OK);
	ck_assert_int_eq(tro_disk_draft(&second, "a/b", NULL), TRO_OK);
	ck_assert_int_eq(strncmp(first.ptr, "a/b.", 4), 0);
	ck_assert_uint_eq(first.len, 4 + 16);
	ck_assert_str_ne(first.ptr, second.ptr);
	tro_buf_done(&first);
	tro_buf_done(&second);
}
END_TEST

START_TEST(whether_something_could_be_made_is_told_and_nothing_is)
{
	ck_assert_int_eq(tro_disk_can_create(in_folder("none"), NULL), TRO_OK);
	ck_assert_int_eq(tro_disk_can_create("none", NULL), TRO_OK);
	ck_assert_int_eq(tro_disk_can_create(in_folder("none/below"), NULL), TRO_SYSTEM);
	ck_assert_int_ne(access(in_folder("none"), F_OK), 0);
}
END_TEST

START_TEST(the_folder_above_is_synced)
{
	ck_assert_int_eq(tro_disk_sync_parent(in_folder("none"), NULL), TRO_OK);
	ck_assert_int_eq(tro_disk_sync_parent("none", NULL), TRO_OK);
	ck_assert_int_eq(tro_disk_sync_parent(in_folder("none/below"), NULL), TRO_SYSTEM);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("disk");
	TCase *tcase = tcase_create("disk");

	tcase_add_checked_fixture(tcase, start, end);
	tcase_add_test(tcase, only_a_file_is_opened);
	tcase_add_test(tcase, a_file_is_read_within_its_bound);
	tcase_add_test(tcase, what_is_there_is_not_overwritten);
	tcase_add_test(tcase, what_cannot_be_written_whole_leaves_nothing);
	tcase_add_test(tcase, a_file_is_replaced_whatever_an_earlier_time_left);
	tcase_add_test(tcase, drafts_stand_beside_what_they_are_for);
	tcase_add_test(tcase, whether_something_could_be_made_is_told_and_nothing_is);
	tcase_add_test(tcase, the_folder_above_is_synced);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
