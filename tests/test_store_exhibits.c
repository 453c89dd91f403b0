#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>

#include "base/text.h"
#include "store_fixture.h"
#include "suite.h"

/* Linked in place of the calls by which an import reaches the disk: each leaves its name behind,
 * and the n-th can be made to fail. */
static char calls[1024];
static int failing_call; /* 1 for the first; 0 for none */
static int call_count;

static bool call_fails(const char *name)
{
	size_t used = strlen(calls);

	(void)snprintf(calls + used, sizeof(calls) - used, "%s ", name);
	errno = EIO;
	return ++call_count == failing_call;
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __real_mkdirat(int fd, const char *name, mode_t mode);
int __wrap_mkdirat(int fd, const char *name, mode_t mode);
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);

int __wrap_fsync(int fd)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	return call_fails(S_ISDIR(st.st_mode) ? "sync-folder" : "sync-file") ? -1
									     : __real_fsync(fd);
}

int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	return call_fails("rename") ? -1 : __real_renameat(from_fd, from, to_fd, to);
}

int __wrap_mkdirat(int fd, const char *name, mode_t mode)
{
	return call_fails("mkdir") ? -1 : __real_mkdirat(fd, name, mode);
}

/* Writes short once in a while, as a disk may. */
ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	return call_fails("write") ? -1 : __real_write(fd, bytes, len > 10000 ? 10000 : len);
}

/* A file outside of the store with the given bytes. */
static const char *evidence(const char *bytes, size_t len)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/evidence.csv", test_dir);
	write_file(path, bytes, len);
	return path;
}

static void import(uint8_t sha256[32], tro_store *store, const char *case_id, const char *text)
{
	uint64_t size = 0;

	CHECK_OK(tro_store_exhibit_import(
		sha256, &size, store, case_id, evidence(text, strlen(text)), &err));
	ck_assert_uint_eq(size, strlen(text));
}

static const char *exhibit_path(const char *case_id, const uint8_t sha256[32])
{
	char hex[TRO_HEX_SIZE(32)];
	char name[256];

	tro_hex_encode(hex, sha256, 32);
	(void)snprintf(name, sizeof(name), "exhibits/%s/%s", case_id, hex);
	return in_store(name);
}

/* Entries of a folder, dots aside. */
static size_t count_entries(const char *path)
{
	size_t count = 0;
	DIR *list = opendir(path);

	ck_assert_ptr_nonnull(list);
	for (struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	}
	(void)closedir(list);
	return count;
}

START_TEST(an_exhibit_comes_back_byte_for_byte_under_its_hash)
{
	static char big[300001];
	static const size_t lens[] = {0, 1, 65535, 65536, 65537, sizeof(big)};
	tro_store *store = fixture_create();

	for (size_t i = 0; i < sizeof(big); i++) {
		big[i] = (char)(i * 31 + i / 251);
	}
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		uint8_t sha256[32];
		uint8_t expected[32];
		uint8_t head[TRO_EXHIBIT_HEAD];
		uint8_t first[TRO_EXHIBIT_HEAD] = {0};
		uint64_t size = 1;
		tro_buf out = TRO_BUF_INIT;

		memcpy(first, big, lens[i] < sizeof(first) ? lens[i] : sizeof(first));

		tro_sha256(expected, big, lens[i]);
		CHECK_OK(tro_store_exhibit_hash(sha256, &size, head, evidence(big, lens[i]), &err));
		ck_assert_mem_eq(head, first, sizeof(head));
		ck_assert_mem_eq(sha256, expected, 32);
		ck_assert_uint_eq(size, lens[i]);
		CHECK_STATUS(tro_store_exhibit_read(&out, store, "K7Q3-9F2M", sha256, &err),
			TRO_NOT_FOUND);
		memset(sha256, 0, sizeof(sha256));
		CHECK_OK(tro_store_exhibit_import(
			sha256, &size, store, "K7Q3-9F2M", evidence(big, lens[i]), &err));
		ck_assert_mem_eq(sha256, expected, 32);
		ck_assert_uint_eq(size, lens[i]);
		CHECK_OK(tro_store_exhibit_read(&out, store, "K7Q3-9F2M", sha256, &err));
		ck_assert_uint_eq(out.len, lens[i]);
		ck_assert(lens[i] == 0 || memcmp(out.ptr, big, lens[i]) == 0);
		size = 1;
		CHECK_OK(tro_store_exhibit_check(&size, store, "K7Q3-9F2M", sha256, &err));
		ck_assert_uint_eq(size, lens[i]);
		tro_buf_done(&out);
	}
	ck_assert_uint_eq(count_entries(in_store("exhibits/K7Q3-9F2M")), 6);
	tro_store_close(store);
}
END_TEST

START_TEST(importing_the_same_bytes_twice_is_one_exhibit)
{
	uint8_t first[32];
	uint8_t second[32];
	tro_store *store = fixture_create();

	import(first, store, "c", "07700 900123");
	import(second, store, "c", "07700 900123");
	ck_assert_mem_eq(first, second, 32);
	ck_assert_uint_eq(count_entries(in_store("exhibits/c")), 1);
	import(second, store, "d", "07700 900123");
	ck_assert_uint_eq(count_entries(in_store("exhibits")), 2);
	tro_store_close(store);
}
END_TEST

START_TEST(an_exhibit_is_open_to_the_group_and_to_nobody_else)
{
	struct stat st;
	uint8_t sha256[32];
	tro_store *store = NULL;

	(void)umask(0);
	store = fixture_create();
	import(sha256, store, "c", "x");
	ck_assert_int_eq(lstat(in_store("exhibits/c"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0770);
	ck_assert_int_eq(lstat(exhibit_path("c", sha256), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0660);
	tro_store_close(store);
}
END_TEST

START_TEST(an_altered_or_missing_exhibit_is_told_and_not_given_out)
{
	uint8_t sha256[32];
	uint64_t size = 0;
	tro_buf out = TRO_BUF_INIT;
	tro_store *store = fixture_create();

	import(sha256, store, "c", "07700 900123");
	write_file(exhibit_path("c", sha256), "07700 900124", 12);
	tro_buf_puts(&out, "before");
	CHECK_STATUS(tro_store_exhibit_read(&out, store, "c", sha256, &err), TRO_INVALID);
	CHECK_MESSAGE("altered");
	ck_assert_str_eq(out.ptr, "before");
	CHECK_STATUS(tro_store_exhibit_check(&size, store, "c", sha256, &err), TRO_INVALID);
	import(sha256, store, "c", "07700 900123"); /* the right bytes heal it */
	CHECK_OK(tro_store_exhibit_read(&out, store, "c", sha256, &err));
	ck_assert_str_eq(out.ptr, "before07700 900123");
	ck_assert_int_eq(unlink(exhibit_path("c", sha256)), 0);
	CHECK_STATUS(tro_store_exhibit_read(&out, store, "c", sha256, &err), TRO_NOT_FOUND);
	CHECK_STATUS(tro_store_exhibit_read(&out, store, "d", sha256, &err), TRO_NOT_FOUND);
	ck_assert_int_eq(mkdir(exhibit_path("c", sha256), 0700), 0);
	CHECK_STATUS(tro_store_exhibit_read(&out, store, "c", sha256, &err), TRO_INVALID);
	tro_buf_done(&out);
	tro_store_close(store);
}
END_TEST

START_TEST(an_exhibit_over_the_readers_limit_is_refused_whole)
{
	uint8_t sha256[32];
	uint64_t size = 0;
	tro_buf out = TRO_BUF_INIT;
	tro_store *store = fixture_create();

	import(sha256, store, "c", "0123456789");
	out.max_len = 9;
	CHECK_STATUS(tro_store_exhibit_read(&out, store, "c", sha256, &err), TRO_NOMEM);
	ck_assert_uint_eq(out.len, 0);
	CHECK_OK(tro_store_exhibit_check(&size, store, "c", sha256, &err));
	out.max_len = 10;
	CHECK_OK(tro_store_exhibit_read(&out, store, "c", sha256, &err));
	ck_assert_uint_eq(out.max_len, 10);
	tro_buf_done(&out);
	tro_store_close(store);
}
END_TEST

START_TEST(only_a_regular_file_of_up_to_two_gibibytes_is_evidence)
{
	char path[128];
	uint8_t sha256[32];
	uint8_t head[TRO_EXHIBIT_HEAD];
	uint64_t size = 0;
	tro_store *store = fixture_create();

	CHECK_STATUS(
		tro_store_exhibit_import(sha256, &size, store, "c", test_dir, &err), TRO_INVALID);
	CHECK_STATUS(tro_store_exhibit_import(sha256, &size, store, "c", "/dev/zero", &err),
		TRO_INVALID);
	(void)snprintf(path, sizeof(path), "%s/pipe", test_dir);
	CHECK_STATUS(
		tro_store_exhibit_import(sha256, &size, store, "c", path, &err), TRO_NOT_FOUND);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	CHECK_STATUS(tro_store_exhibit_import(sha256, &size, store, "c", path, &err), TRO_INVALID);
	CHECK_STATUS(tro_store_exhibit_hash(sha256, &size, head, path, &err), TRO_INVALID);
	(void)snprintf(path, sizeof(path), "%s/sparse", test_dir);
	write_file(path, "", 0);
	ck_assert_int_eq(truncate(path, (off_t)2 * 1024 * 1024 * 1024 + 1), 0);
	CHECK_STATUS(tro_store_exhibit_import(sha256, &size, store, "c", path, &err), TRO_INVALID);
	CHECK_MESSAGE("2 GiB");
	ck_assert(!exists(in_store("exhibits/c")));
	/* A person may well point at their evidence through a link. */
	(void)snprintf(path, sizeof(path), "%s/link", test_dir);
	ck_assert_int_eq(symlink(evidence("x", 1), path), 0);
	CHECK_OK(tro_store_exhibit_import(sha256, &size, store, "c", path, &err));
	tro_store_close(store);
}
END_TEST

START_TEST(no_link_inside_the_store_is_followed)
{
	char outside[128];
	uint8_t sha256[32];
	uint64_t size = 0;
	tro_buf out = TRO_BUF_INIT;
	tro_store *store = fixture_create();

	(void)snprintf(outside, sizeof(outside), "%s/outside", test_dir);
	ck_assert_int_eq(mkdir(outside, 0700), 0);
	ck_assert_int_eq(symlink(outside, in_store("exhibits/c")), 0);
	CHECK_STATUS(tro_store_exhibit_import(sha256, &size, store, "c", evidence("x", 1), &err),
		TRO_INVALID);
	CHECK_MESSAGE("symbolic link");
	tro_sha256(sha256, "x", 1);
	CHECK_STATUS(tro_store_exhibit_read(&out, store, "c", sha256, &err), TRO_INVALID);
	import(sha256, store, "d", "x");
	ck_assert_int_eq(unlink(exhibit_path("d", sha256)), 0);
	ck_assert_int_eq(symlink(evidence("x", 1), exhibit_path("d", sha256)), 0);
	CHECK_STATUS(tro_store_exhibit_read(&out, store, "d", sha256, &err), TRO_INVALID);
	ck_assert_int_eq(rename(in_store("exhibits"), in_store("moved")), 0);
	ck_assert_int_eq(symlink(outside, in_store("exhibits")), 0);
	CHECK_STATUS(tro_store_exhibit_import(sha256, &size, store, "e", evidence("x", 1), &err),
		TRO_INVALID);
	ck_assert_uint_eq(count_entries(outside), 0);
	tro_buf_done(&out);
	tro_store_close(store);
}
END_TEST

START_TEST(a_case_id_that_could_leave_the_folder_names_no_exhibit)
{
	static const char *const ids[] = {"", ".", "..", "../exhibits", "a/b", "/tmp", ".tmp-1",
		"12345678901234567890123456789012345678901234567890123456789012345"};
	uint8_t sha256[32] = {0};
	uint64_t size = 0;
	tro_buf out = TRO_BUF_INIT;
	tro_store *store = fixture_create();

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		CHECK_STATUS(tro_store_exhibit_import(
				     sha256, &size, store, ids[i], evidence("x", 1), &err),
			TRO_INVALID);
		CHECK_STATUS(
			tro_store_exhibit_read(&out, store, ids[i], sha256, &err), TRO_INVALID);
	}
	ck_assert_uint_eq(count_entries(in_store("exhibits")), 0);
	tro_store_close(store);
}
END_TEST

START_TEST(what_a_killed_import_left_is_swept_and_what_runs_is_not)
{
	uint8_t sha256[32];
	tro_store *store = fixture_create();

	import(sha256, store, "c", "x");
	write_file(in_store("exhibits/c/.tmp-00"), "half of a call record", 21);
	write_file(in_store("exhibits/c/.tmp-01"), "half of another", 15);
	int running = open(in_store("exhibits/c/.tmp-01"), O_RDONLY);

	ck_assert_int_eq(flock(running, LOCK_EX), 0);
	import(sha256, store, "c", "y");
	ck_assert(!exists(in_store("exhibits/c/.tmp-00")));
	ck_assert(exists(in_store("exhibits/c/.tmp-01")));
	ck_assert_int_eq(close(running), 0);
	import(sha256, store, "c", "y");
	ck_assert_uint_eq(count_entries(in_store("exhibits/c")), 2);
	tro_store_close(store);
}
END_TEST

START_TEST(an_import_is_on_the_disk_with_its_folders_before_it_is_reported)
{
	uint8_t sha256[32];
	uint64_t size = 0;
	tro_store *store = fixture_create();
	const char *path = evidence("x", 1);

	calls[0] = '\0';
	CHECK_OK(tro_store_exhibit_import(sha256, &size, store, "c", path, &err));
	ck_assert_str_eq(calls, "mkdir sync-folder mkdir sync-folder "
				"write sync-file rename sync-folder ");
	tro_store_close(store);
}
END_TEST

START_TEST(an_import_that_fails_anywhere_leaves_no_half_file_and_can_be_repeated)
{
	static char big[25000];
	uint8_t sha256[32];
	uint64_t size = 0;
	tro_status status = TRO_SYSTEM;
	tro_buf out = TRO_BUF_INIT;
	int n = 1;

	for (; status != TRO_OK; n++) {
		tro_store *store = fixture_create();
		const char *path = evidence(big, sizeof(big));

		tro_sha256(sha256, big, sizeof(big));
		call_count = 0;
		failing_call = n;
		status = tro_store_exhibit_import(sha256, &size, store, "c", path, &err);
		failing_call = 0;
		ck_assert(status == TRO_OK || status == TRO_SYSTEM);
		if (exists(in_store("exhibits/c"))) {
			/* Only the sync after the rename can fail with the exhibit in place. */
			ck_assert_uint_eq(count_entries(in_store("exhibits/c")),
				exists(exhibit_path("c", sha256)) ? 1 : 0);
		}
		CHECK_OK(tro_store_exhibit_import(sha256, &size, store, "c", path, &err));
		tro_buf_clear(&out);
		CHECK_OK(tro_store_exhibit_read(&out, store, "c", sha256, &err));
		ck_assert_uint_eq(out.len, sizeof(big));
		tro_store_close(store);
		remove_tree(store_dir);
	}
	ck_assert_int_gt(n, 8);
	tro_buf_done(&out);
}
END_TEST

START_TEST(a_creation_that_fails_anywhere_can_be_repeated)
{
	tro_status status = TRO_SYSTEM;
	int n = 1;

	calls[0] = '\0';
	for (; status != TRO_OK; n++) {
		tro_store *store = NULL;

		call_count = 0;
		failing_call = n;
		status = tro_store_create(&store, store_dir, &err);
		failing_call = 0;
		ck_assert(status == TRO_OK || status == TRO_SYSTEM);
		tro_store_close(store);
		if (status != TRO_OK && exists(in_store("tro.db"))) {
			store = fixture_open(); /* it was whole, only not yet surely on the disk */
			tro_store_close(store);
			remove_tree(store_dir);
		}
	}
	ck_assert_int_gt(n, 5);
	calls[0] = '\0';
	remove_tree(store_dir);
	tro_store_close(fixture_create());
	ck_assert_str_eq(calls, "sync-file mkdir rename sync-folder sync-folder ");
}
END_TEST

START_TEST(a_disk_that_is_full_is_an_error_and_leaves_no_half_file)
{
	static char big[200000];
	uint8_t sha256[32];
	uint64_t size = 0;
	struct rlimit limit = {.rlim_cur = 100000, .rlim_max = 100000};
	tro_store *store = fixture_create();
	const char *path = evidence(big, sizeof(big));

	(void)signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	CHECK_STATUS(tro_store_exhibit_import(sha256, &size, store, "c", path, &err), TRO_SYSTEM);
	CHECK_MESSAGE("exhibits/c");
	ck_assert_uint_eq(count_entries(in_store("exhibits/c")), 0);
	tro_store_close(store);
}
END_TEST

static Suite *exhibit_suite(void)
{
	Suite *suite = suite_create("store: exhibits");
	TCase *tcase = tcase_create("exhibits");

	tcase_add_checked_fixture(tcase, fixture_setup, fixture_teardown);
	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, an_exhibit_comes_back_byte_for_byte_under_its_hash);
	tcase_add_test(tcase, importing_the_same_bytes_twice_is_one_exhibit);
	tcase_add_test(tcase, an_exhibit_is_open_to_the_group_and_to_nobody_else);
	tcase_add_test(tcase, an_altered_or_missing_exhibit_is_told_and_not_given_out);
	tcase_add_test(tcase, an_exhibit_over_the_readers_limit_is_refused_whole);
	tcase_add_test(tcase, only_a_regular_file_of_up_to_two_gibibytes_is_evidence);
	tcase_add_test(tcase, no_link_inside_the_store_is_followed);
	tcase_add_test(tcase, a_case_id_that_could_leave_the_folder_names_no_exhibit);
	tcase_add_test(tcase, what_a_killed_import_left_is_swept_and_what_runs_is_not);
	tcase_add_test(tcase, an_import_is_on_the_disk_with_its_folders_before_it_is_reported);
	tcase_add_test(
		tcase, an_import_that_fails_anywhere_leaves_no_half_file_and_can_be_repeated);
	tcase_add_test(tcase, a_creation_that_fails_anywhere_can_be_repeated);
	tcase_add_test(tcase, a_disk_that_is_full_is_an_error_and_leaves_no_half_file);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return run_suite(exhibit_suite());
}
