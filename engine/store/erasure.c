#include "store/erasure.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "store/connection.h"
#include "store/handle.h"
#include "store/path.h"
#include "store/statement.h"

enum { FILE_MODE = 0660, CHUNK_LEN = 65536, PLAN_MAX_LEN = 1 << 22, LINE_SIZE = 128 };

/* ---- rows ---- */

tro_status tro_store_erase_payload(tro_store *store, uint64_t position, tro_err *err)
{
	tro_status status = tro_store_require_write(store, err);

	if (status != TRO_OK) {
		return status;
	}
	TRO_STATEMENT(erase, store, "DELETE FROM payload WHERE position = :position");
	tro_bind_u64(&erase, ":position", position);
	return tro_statement_run(&erase, err);
}

tro_status tro_store_erase_outcome_salt(tro_store *store, uint64_t position, tro_err *err)
{
	tro_status status = tro_store_require_write(store, err);

	if (status != TRO_OK) {
		return status;
	}
	TRO_STATEMENT(erase, store, "DELETE FROM outcome_salt WHERE position = :position");
	tro_bind_u64(&erase, ":position", position);
	return tro_statement_run(&erase, err);
}

tro_status tro_store_erase_blob(tro_store *store, const uint8_t sha256[32], tro_err *err)
{
	tro_status status = tro_store_require_write(store, err);

	if (status != TRO_OK) {
		return status;
	}
	TRO_STATEMENT(erase, store, "DELETE FROM blob WHERE sha256 = :sha256");
	tro_bind_blob(&erase, ":sha256", sha256, TRO_SHA256_LEN);
	return tro_statement_run(&erase, err);
}

/* ---- files ---- */

static tro_status write_all(int fd, const char *bytes, size_t len, const char *path, tro_err *err)
{
	while (len > 0) {
		ssize_t count = write(fd, bytes, len);

		if (count < 0 && errno == EINTR) {
			continue;
		}
		if (count < 0) {
			return tro_err_errno(err, errno, "cannot write %s", path);
		}
		bytes += count;
		len -= (size_t)count;
	}
	return TRO_OK;
}

/* Zeros over every byte of an open file, on the disk before this returns. */
static tro_status overwrite(int fd, const char *path, tro_err *err)
{
	static const char zeros[CHUNK_LEN];
	struct stat st;
	tro_status status = TRO_OK;

	if (fstat(fd, &st) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
		return tro_err_errno(err, errno, "cannot overwrite %s", path);
	}
	for (off_t left = st.st_size; left > 0 && status == TRO_OK;) {
		size_t len = left < CHUNK_LEN ? (size_t)left : CHUNK_LEN;

		status = write_all(fd, zeros, len, path, err);
		left -= (off_t)len;
	}
	return status == TRO_OK ? tro_path_sync(fd, path, err) : status;
}

tro_status tro_store_destroy_file(int dir_fd, const char *name, const char *path, tro_err *err)
{
	struct stat st;
	int fd = openat(dir_fd, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		return errno == ENOENT ? TRO_OK
				       : tro_err_errno(err, errno, "cannot overwrite %s", path);
	}
	tro_status status = fstat(fd, &st) == 0 && S_ISREG(st.st_mode)
				    ? overwrite(fd, path, err)
				    : tro_err_set(err, TRO_INVALID, "%s is not a file", path);

	if (close(fd) != 0 && status == TRO_OK) {
		status = tro_err_errno(err, errno, "cannot overwrite %s", path);
	}
	if (status == TRO_OK && unlinkat(dir_fd, name, 0) != 0 && errno != ENOENT) {
		status = tro_err_errno(err, errno, "cannot remove %s", path);
	}
	return status == TRO_OK ? tro_path_sync(dir_fd, path, err) : status;
}

/* ---- the plan ----
 *
 *	tro-erasure/v1
 *	case <id>
 *	seq <n>
 *	note <hex>
 *	exhibit <hex>		any number; or one "all"
 *	end
 *
 * One without its last line was never finished, and so nothing was erased by it. */

#define PLAN_HEAD "tro-erasure/v1"

static char *plan_path(const tro_store *store)
{
	return tro_store_join(store->dir, TRO_STORE_ERASING_NAME);
}

static tro_status format_plan(tro_buf *out, const tro_erasure_plan *plan, tro_err *err)
{
	char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)];

	tro_hex_encode(hex, plan->note_sha256, TRO_SHA256_LEN);
	tro_buf_printf(out, PLAN_HEAD "\ncase %s\nseq %llu\nnote %s\n", plan->case_id,
		(unsigned long long)plan->seq, hex);
	if (plan->all_files) {
		tro_buf_puts(out, "all\n");
	}
	for (size_t i = 0; i < plan->exhibit_count; i++) {
		tro_hex_encode(hex, plan->exhibits + i * TRO_SHA256_LEN, TRO_SHA256_LEN);
		tro_buf_printf(out, "exhibit %s\n", hex);
	}
	tro_buf_puts(out, "end\n");
	return tro_buf_status(out, err);
}

tro_status tro_store_erasure_begin(
	int *out, tro_store *store, const tro_erasure_plan *plan, tro_err *err)
{
	tro_buf text = TRO_BUF_INIT;
	struct stat st;
	char *path = plan_path(store);
	tro_status status = path == NULL ? tro_err_nomem(err) : format_plan(&text, plan, err);

	*out = -1;
	if (status == TRO_OK) {
		*out = openat(store->dir_fd, TRO_STORE_ERASING_NAME,
			O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
		if (*out < 0) {
			status = errno == EEXIST
					 ? tro_err_set(err, TRO_CHANGED,
						   "another erasure is not finished, because "
						   "somebody else uses the store: try again")
					 : tro_err_errno(err, errno, "cannot create %s", path);
		}
	}
	/* Whoever saw the empty file first has taken it for what a killed erasure left. */
	if (status == TRO_OK && (flock(*out, LOCK_EX | LOCK_NB) != 0 || fstat(*out, &st) != 0 ||
					st.st_nlink != 1)) {
		status = tro_err_set(
			err, TRO_CHANGED, "too much is going on in %s: try again", store->dir);
	}
	if (status == TRO_OK) {
		status = write_all(*out, text.ptr, text.len, path, err);
	}
	if (status == TRO_OK) {
		status = tro_path_sync(*out, path, err);
	}
	if (status == TRO_OK) {
		status = tro_path_sync(store->dir_fd, store->dir, err);
	}
	if (status != TRO_OK && *out >= 0) {
		(void)close(*out); /* unlocks it: the next to open the store removes it */
		*out = -1;
	}
	free(path);
	tro_buf_done(&text);
	return status;
}

/* What a plan says, while it is read. */
typedef struct found_plan {
	char case_id[TRO_STORE_CASE_ID_MAX + 1];
	uint64_t seq;
	uint8_t note_sha256[TRO_SHA256_LEN];
	tro_buf exhibits; /* hex, a line each */
	bool all_files;
	bool whole; /* the plan itself */
} found_plan;

static bool take_line(found_plan *plan, size_t number, const char *line)
{
	uint8_t sha256[TRO_SHA256_LEN];
	size_t len = strlen(line);

	switch (number) {
	case 0:
		return strcmp(line, PLAN_HEAD) == 0;
	case 1:
		if (!tro_text_starts(line, "case ") || len - 5 >= sizeof(plan->case_id)) {
			return false;
		}
		memcpy(plan->case_id, line + 5, len - 5 + 1);
		return tro_store_check_case_id(plan->case_id, NULL) == TRO_OK;
	case 2:
		return tro_text_starts(line, "seq ") &&
		       tro_decimal_parse(&plan->seq, line + 4, len - 4);
	case 3:
		return tro_text_starts(line, "note ") &&
		       tro_hex_decode(plan->note_sha256, TRO_SHA256_LEN, line + 5, len - 5);
	default:
		if (strcmp(line, "end") == 0) {
			plan->whole = true;
			return true;
		}
		if (strcmp(line, "all") == 0) {
			plan->all_files = true;
			return true;
		}
		if (!tro_text_starts(line, "exhibit ") ||
			!tro_hex_decode(sha256, TRO_SHA256_LEN, line + 8, len - 8)) {
			return false;
		}
		tro_buf_printf(&plan->exhibits, "%s\n", line + 8);
		return true;
	}
}

static void parse_plan(found_plan *out, char *text)
{
	char *line = text;
	bool good = true;

	for (size_t number = 0; good && !out->whole && *line != '\0'; number++) {
		size_t len = strcspn(line, "\n");

		good = line[len] == '\n';
		line[len] = '\0';
		good = good && take_line(out, number, line);
		line += len + 1;
	}
}

static tro_status read_plan(found_plan *out, int fd, const char *path, tro_err *err)
{
	char chunk[CHUNK_LEN];
	tro_buf text = TRO_BUF_INIT;
	ssize_t count = 0;
	tro_status status = TRO_OK;

	if (lseek(fd, 0, SEEK_SET) != 0) {
		return tro_err_errno(err, errno, "cannot read %s", path);
	}
	text.max_len = PLAN_MAX_LEN;
	while (status == TRO_OK && (count = read(fd, chunk, sizeof(chunk))) != 0) {
		if (count > 0) {
			tro_buf_put(&text, chunk, (size_t)count);
			status = tro_buf_status(&text, err);
		} else if (errno != EINTR) {
			status = tro_err_errno(err, errno, "cannot read %s", path);
		}
	}
	if (status == TRO_OK) {
		parse_plan(out, text.ptr);
		status = tro_buf_status(&out->exhibits, err);
	}
	tro_buf_done(&text);
	return status;
}

/* Did the transaction of the plan take place? */
static tro_status took_place(bool *out, tro_store *store, const found_plan *plan, tro_err *err)
{
	tro_stored_record record;
	uint8_t sha256[TRO_SHA256_LEN];

	*out = false;
	if (!plan->whole) {
		return TRO_OK;
	}
	tro_status status = tro_store_record_get(&record, store, plan->case_id, plan->seq, err);

	if (status == TRO_NOT_FOUND) {
		return TRO_OK;
	}
	if (status == TRO_OK) {
		tro_sha256(sha256, record.note, record.note_len);
		*out = memcmp(sha256, plan->note_sha256, sizeof(sha256)) == 0;
		tro_stored_record_done(&record);
	}
	return status;
}

/* ---- finishing ---- */

/* The files of a case's open folder that the plan names. */
static tro_status destroy_named(tro_store *store, const found_plan *plan, int case_fd, tro_err *err)
{
	tro_status status = TRO_OK;

	for (const char *line = plan->exhibits.ptr; status == TRO_OK && *line != '\0';
		line += 2 * TRO_SHA256_LEN + 1) {
		char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)];

		memcpy(hex, line, sizeof(hex) - 1);
		hex[sizeof(hex) - 1] = '\0';
		status = tro_store_destroy_file(case_fd, hex, store->dir, err);
	}
	return status;
}

/* Every file of a case's open folder: what was taken in, and what a killed command left. */
static tro_status destroy_all(tro_store *store, int case_fd, tro_err *err)
{
	int fd = openat(case_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
	tro_status status = TRO_OK;

	if (list == NULL) {
		status = tro_err_errno(err, errno, "cannot read the exhibits in %s", store->dir);
		if (fd >= 0) {
			(void)close(fd); /* read only */
		}
		return status;
	}
	for (struct dirent *entry = readdir(list); entry != NULL && status == TRO_OK;
		entry = readdir(list)) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			status = tro_store_destroy_file(case_fd, entry->d_name, store->dir, err);
		}
	}
	(void)closedir(list); /* read only */
	return status;
}

static tro_status destroy_exhibits(tro_store *store, const found_plan *plan, tro_err *err)
{
	int exhibits_fd = -1;
	int case_fd = -1;
	tro_status status = tro_path_open_dir(
		&exhibits_fd, store->dir_fd, TRO_STORE_EXHIBITS_NAME, store->dir, err);

	if (status == TRO_OK) {
		status = tro_path_open_dir(&case_fd, exhibits_fd, plan->case_id, store->dir, err);
	}
	if (status == TRO_OK) {
		status = plan->all_files ? destroy_all(store, case_fd, err)
					 : destroy_named(store, plan, case_fd, err);
	} else if (status == TRO_NOT_FOUND) { /* the case has no files */
		status = TRO_OK;
	}
	if (case_fd >= 0) {
		(void)close(case_fd); /* read only */
	}
	if (exhibits_fd >= 0) {
		(void)close(exhibits_fd); /* read only */
	}
	return status;
}

/* The log's frames go into the file, and the log becomes empty. */
static tro_status empty_log(tro_store *store, tro_err *err)
{
	TRO_STATEMENT(checkpoint, store, "PRAGMA wal_checkpoint(TRUNCATE)");
	bool row = false;
	tro_status status = tro_statement_row(&checkpoint, &row, err);

	if (status == TRO_OK && (!row || tro_column_i64(&checkpoint, 0) != 0)) {
		status = tro_err_set(err, TRO_CHANGED,
			"what was erased is not yet overwritten in the files of the store, because "
			"somebody else is reading it: any command that is run later does it");
	}
	return status;
}

/* secure_delete has put zeros in the place of what was deleted; copies of it can remain where
 * SQLite moved rows about within a page, and writing the database anew leaves all of that behind.
 */
static tro_status scrub(tro_store *store, const found_plan *plan, tro_err *err)
{
	tro_status status = destroy_exhibits(store, plan, err);

	if (status == TRO_OK) {
		status = tro_store_write_anew(store, err);
	}
	return status == TRO_OK ? empty_log(store, err) : status;
}

tro_status tro_store_erasure_finish_own(tro_store *store, int plan_fd, tro_err *err)
{
	found_plan plan = {.exhibits = TRO_BUF_INIT};
	bool done = false;
	char *path = plan_path(store);
	tro_status status =
		path == NULL ? tro_err_nomem(err) : read_plan(&plan, plan_fd, path, err);

	if (status == TRO_OK) {
		status = took_place(&done, store, &plan, err);
	}
	if (status == TRO_OK && done) {
		status = scrub(store, &plan, err);
	}
	if (status == TRO_OK) {
		status = tro_store_destroy_file(store->dir_fd, TRO_STORE_ERASING_NAME, path, err);
	}
	(void)close(plan_fd); /* unlocks it; nothing is kept in it */
	tro_buf_done(&plan.exhibits);
	free(path);
	return status;
}

bool tro_store_erasure_pending(const tro_store *store)
{
	struct stat st;

	return fstatat(store->dir_fd, TRO_STORE_ERASING_NAME, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

tro_status tro_store_erasure_finish(tro_store *store, tro_err *err)
{
	struct stat st;
	int fd = openat(store->dir_fd, TRO_STORE_ERASING_NAME,
		O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		return errno == ENOENT ? TRO_OK
				       : tro_err_errno(err, errno, "cannot read %s/%s", store->dir,
						 TRO_STORE_ERASING_NAME);
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &st) != 0 || st.st_nlink != 1) {
		(void)close(fd); /* whoever made it is at it still, or has just come to the end */
		return TRO_OK;
	}
	return tro_store_erasure_finish_own(store, fd, err);
}
