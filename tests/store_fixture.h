/*
 * What the store's tests share: a folder that is gone afterwards, the sqlite3 shell, and the state
 * of a file.
 */
#ifndef TRO_TESTS_STORE_FIXTURE_H
#define TRO_TESTS_STORE_FIXTURE_H

#include <check.h>
#include <fcntl.h>
#include <fts.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "expect.h"
#include "store/store.h"

/* The test's own folder, and the store's place in it. */
static char test_dir[64];
static char store_dir[96];

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

/* In memory where that can be had: the tests make thousands of commits. */
static inline void fixture_setup(void)
{
	const char *tmp = getenv("TMPDIR");

	if (tmp == NULL) {
		tmp = access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
	}
	ck_assert_int_lt(snprintf(test_dir, sizeof(test_dir), "%s/tro-store-XXXXXX", tmp),
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

static inline void write_file(const char *path, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	for (size_t done = 0; done < len;) {
		ssize_t count = write(fd, bytes + done, len - done);

		ck_assert_int_gt(count, 0);
		done += (size_t)count;
	}
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

/* Runs the sqlite3 shell on a database, as somebody with a terminal would, with a dot-command
 * first; what it printed goes to out, its exit code is returned. */
static inline int shell_after(tro_buf *out, const char *command, const char *db, const char *sql)
{
	extern char **environ;
	static char name[] = "sqlite3", bail[] = "-bail", batch[] = "-batch", cmd[] = "-cmd";
	char *const arguments[] = {
		name, bail, batch, cmd, strdup(command), strdup(db), strdup(sql), NULL};
	posix_spawn_file_actions_t actions;
	pid_t child = 0;
	int ends[2];
	int code = 0;
	char chunk[512];
	ssize_t len = 0;

	tro_buf_clear(out);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(posix_spawn_file_actions_init(&actions), 0);
	ck_assert_int_eq(posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO), 0);
	ck_assert_int_eq(posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO), 0);
	ck_assert_int_eq(posix_spawn_file_actions_addclose(&actions, ends[0]), 0);
	ck_assert_int_eq(posix_spawn_file_actions_addclose(&actions, ends[1]), 0);
	ck_assert_msg(posix_spawnp(&child, name, &actions, NULL, arguments, environ) == 0,
		"the sqlite3 shell is not installed");
	ck_assert_int_eq(close(ends[1]), 0);
	while ((len = read(ends[0], chunk, sizeof(chunk))) > 0) {
		tro_buf_put(out, chunk, (size_t)len);
	}
	ck_assert_int_eq(close(ends[0]), 0);
	ck_assert_int_eq(waitpid(child, &code, 0), child);
	ck_assert(WIFEXITED(code));
	(void)posix_spawn_file_actions_destroy(&actions);
	free(arguments[4]);
	free(arguments[5]);
	free(arguments[6]);
	return WEXITSTATUS(code);
}

static inline int shell(tro_buf *out, const char *db, const char *sql)
{
	return shell_after(out, ".bail on", db, sql);
}

/* As shell on the store's database, where it must succeed. */
static inline void shell_ok(const char *sql)
{
	tro_buf out = TRO_BUF_INIT;
	int code = shell(&out, in_store("tro.db"), sql);

	ck_assert_msg(code == 0, "%s: %s", sql, out.ptr);
	tro_buf_done(&out);
}

/* As shell_ok, with no trigger in the way, and the schema left as it is. */
static inline void shell_unguarded(const char *sql)
{
	tro_buf out = TRO_BUF_INIT;
	int code = shell_after(&out, ".dbconfig enable_trigger off", in_store("tro.db"), sql);

	ck_assert_msg(code == 0, "%s: %s", sql, out.ptr);
	tro_buf_done(&out);
}

/* A record with everything; payload of no bytes when NULL. */
static inline tro_stored_record sample(uint64_t seq, const char *payload)
{
	static char note[] = "tro-record/v1\nlog example/training\n\n\xe2\x80\x94 a signature\n";
	static char bytes[128];
	tro_stored_record record = {.seq = seq,
		.note = note,
		.note_len = sizeof(note) - 1,
		.has_payload = true,
		.has_payload_salt = true,
		.has_outcome_salt = true};

	if (payload != NULL) {
		(void)snprintf(bytes, sizeof(bytes), "%s", payload);
		record.payload = bytes;
		record.payload_len = strlen(bytes);
	}
	memset(record.payload_salt, 0x11, sizeof(record.payload_salt));
	memset(record.outcome_salt, 0x22, sizeof(record.outcome_salt));
	return record;
}

static inline void append_one(
	tro_store *store, const char *case_id, uint64_t seq, const char *payload)
{
	tro_stored_record record = sample(seq, payload);

	CHECK_OK(tro_store_begin_write(store, &err));
	CHECK_OK(tro_store_record_append(store, case_id, &record, NULL, &err));
	CHECK_OK(tro_store_commit(store, &err));
}

static inline uint64_t log_size(tro_store *store)
{
	uint64_t size = 99;

	CHECK_OK(tro_store_log_size(&size, store, &err));
	return size;
}

#endif
