/*
 * What the store's tests share: a folder that is gone afterwards, the sqlite3 shell, and the state
 * of a file.
 */
#ifndef TRO_TESTS_STORE_FIXTURE_H
#define TRO_TESTS_STORE_FIXTURE_H

#include <check.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "store/store.h"

/* The test's own folder, and the store's place in it. */
static char test_dir[64];
static char store_dir[96];
static tro_err err;

#define CHECK_STATUS(expression, expected)                                                         \
	do {                                                                                       \
		err.message[0] = '\0';                                                             \
		tro_status status_ = (expression);                                                 \
		ck_assert_msg(status_ == (expected), "%s: status %d, not %d: %s", #expression,     \
			(int)status_, (int)(expected), err.message);                               \
	} while (0)
#define CHECK_OK(expression) CHECK_STATUS(expression, TRO_OK)
#define CHECK_MESSAGE(part)                                                                        \
	ck_assert_msg(strstr(err.message, (part)) != NULL, "no \"%s\" in: %s", (part), err.message)

static inline void remove_tree(char *path)
{
	char *const roots[] = {path, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

	ck_assert_ptr_nonnull(tree);
	for (FTSENT *entry = fts_read(tree); entry != NULL; entry = fts_read(tree)) {
		if (entry->fts_info != FTS_D) {
			(void)remove(entry->fts_accpath);
		}
	}
	(void)fts_close(tree);
}

static inline void fixture_setup(void)
{
	const char *tmp = getenv("TMPDIR");

	ck_assert_int_lt(snprintf(test_dir, sizeof(test_dir), "%s/tro-store-XXXXXX",
				 tmp != NULL && strlen(tmp) < 40 ? tmp : "/tmp"),
		(int)sizeof(test_dir));
	ck_assert_ptr_nonnull(mkdtemp(test_dir));
	(void)snprintf(store_dir, sizeof(store_dir), "%s/store", test_dir);
	ck_assert_int_eq(tro_crypto_init(&err), TRO_OK);
}

static inline void fixture_teardown(void)
{
	remove_tree(test_dir);
}

static inline tro_store *fixture_create(void)
{
	tro_store *store = NULL;

	CHECK_OK(tro_store_create(&store, store_dir, &err));
	return store;
}

static inline tro_store *fixture_open(void)
{
	tro_store *store = NULL;

	CHECK_OK(tro_store_open(&store, store_dir, &err));
	return store;
}

/* A path within the store's folder; the result lives until the fourth call after it. */
static inline const char *in_store(const char *name)
{
	static char paths[4][512];
	static size_t next;
	char *path = paths[next++ % 4];

	(void)snprintf(
		path, sizeof(paths[0]), "%s%s%s", store_dir, name[0] != '\0' ? "/" : "", name);
	return path;
}

static inline void write_file(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	ck_assert_int_eq(close(fd), 0);
}

static inline void read_file(tro_buf *out, const char *path)
{
	char chunk[4096];
	ssize_t len = 0;
	int fd = open(path, O_RDONLY);

	ck_assert_msg(fd >= 0, "cannot open %s", path);
	while ((len = read(fd, chunk, sizeof(chunk))) > 0) {
		tro_buf_put(out, chunk, (size_t)len);
	}
	ck_assert_int_eq(len, 0);
	ck_assert_int_eq(close(fd), 0);
}

static inline bool file_holds(const char *path, const char *text)
{
	tro_buf bytes = TRO_BUF_INIT;
	size_t len = strlen(text);
	bool found = false;

	read_file(&bytes, path);
	for (size_t i = 0; i + len <= bytes.len && !found; i++) {
		found = memcmp(bytes.ptr + i, text, len) == 0;
	}
	tro_buf_done(&bytes);
	return found;
}

static inline bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* Runs the sqlite3 shell on a database, as somebody with a terminal would; what it printed goes to
 * out, its exit code is returned. */
static inline int shell(tro_buf *out, const char *db, const char *sql)
{
	int ends[2];
	int code = 0;
	char chunk[512];
	ssize_t len = 0;

	tro_buf_clear(out);
	ck_assert_int_eq(pipe(ends), 0);
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)dup2(ends[1], STDERR_FILENO);
		(void)close(ends[0]);
		(void)close(ends[1]);
		(void)execlp("sqlite3", "sqlite3", "-bail", "-batch", db, sql, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(close(ends[1]), 0);
	while ((len = read(ends[0], chunk, sizeof(chunk))) > 0) {
		tro_buf_put(out, chunk, (size_t)len);
	}
	ck_assert_int_eq(close(ends[0]), 0);
	ck_assert_int_eq(waitpid(child, &code, 0), child);
	ck_assert(WIFEXITED(code));
	ck_assert_msg(WEXITSTATUS(code) != 127, "the sqlite3 shell is not installed");
	return WEXITSTATUS(code);
}

/* As shell on the store's database, where it must succeed. */
static inline void shell_ok(const char *sql)
{
	tro_buf out = TRO_BUF_INIT;
	int code = shell(&out, in_store("tro.db"), sql);

	ck_assert_msg(code == 0, "%s: %s", sql, out.ptr);
	tro_buf_done(&out);
}

#endif
