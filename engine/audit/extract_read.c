#include "audit/extract_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/extract_form.h"
#include "audit/new_folder.h"
#include "audit/report.h"
#include "audit/sums.h"
#include "base/text.h"
#include "crypto/crypto.h"
#include "ledger/heads.h"
#include "xml/xml.h"

enum { NAME_SIZE = 160, CHUNK_LEN = 65536 };

static tro_status report(
	tro_extract *x, tro_verdict verdict, const char *place, const char *message, tro_err *err)
{
	return tro_verdict_report(x->verdict, x->findings, verdict, "extract", place, message, err);
}

/* ---- one file ---- */

/* TRO_NOT_FOUND when there is none, TRO_INVALID when it is no plain file. */
static tro_status open_plain(int *out, const tro_extract *x, const char *name, tro_err *err)
{
	struct stat st;
	tro_buf path = TRO_BUF_INIT;

	tro_buf_printf(&path, "%s/%s", tro_store_dir(x->store), name);
	tro_status status = tro_buf_status(&path, err);

	if (status == TRO_OK) {
		*out = open(path.ptr, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (*out < 0 && (errno == ENOENT || errno == ENOTDIR)) {
			status = tro_err_set(err, TRO_NOT_FOUND, "it is missing");
		} else if (*out < 0 && errno != ELOOP) {
			status = tro_err_errno(err, errno, "cannot open %s", path.ptr);
		} else if (*out < 0 || fstat(*out, &st) != 0 || !S_ISREG(st.st_mode)) {
			status = tro_err_set(err, TRO_INVALID, "it is no plain file");
		}
	}
	if (status != TRO_OK && *out >= 0) {
		(void)close(*out); /* read only */
		*out = -1;
	}
	tro_buf_done(&path);
	return status;
}

/* Hashes it, and keeps the bytes unless `out` is NULL. */
static tro_status read_file(
	tro_buf *out, uint8_t sha256[32], const tro_extract *x, const char *name, tro_err *err)
{
	uint8_t chunk[CHUNK_LEN];
	int fd = -1;
	ssize_t count;
	tro_sha256_stream *hash = tro_sha256_new();
	tro_status status = hash == NULL ? tro_err_nomem(err) : open_plain(&fd, x, name, err);

	while (status == TRO_OK && (count = read(fd, chunk, sizeof(chunk))) != 0) {
		if (count < 0 && errno != EINTR) {
			status = tro_err_errno(err, errno, "cannot read %s", name);
		}
		if (count > 0) {
			tro_sha256_update(hash, chunk, (size_t)count);
		}
		if (count > 0 && out != NULL) {
			tro_buf_put(out, chunk, (size_t)count);
			status = tro_buf_status(out, err);
		}
	}
	if (fd >= 0) {
		(void)close(fd); /* read only */
	}
	if (status == TRO_OK) {
		tro_sha256_finish(sha256, hash);
	} else {
		tro_sha256_free(hash);
	}
	return status;
}

/* As above, where the hash does not matter: the list's was compared before. */
tro_status tro_extract_read_file(
	tro_buf *out, const tro_extract *extract, const char *name, tro_err *err)
{
	uint8_t sha256[32];

	return read_file(out, sha256, extract, name, err);
}

/* ---- names ---- */

static bool is_hashed(const char *name, const char *folder, uint8_t out[32])
{
	size_t len = strlen(folder);

	return strncmp(name, folder, len) == 0 && name[len] == '/' &&
	       tro_hex_decode(out, 32, name + len + 1, strlen(name + len + 1));
}

/* FOLDER/<decimal><suffix> */
static bool is_numbered(
	const char *name, const char *folder, const char *suffix, uint64_t *out_position)
{
	size_t len = strlen(folder);
	size_t name_len = strlen(name);
	size_t suffix_len = strlen(suffix);

	return strncmp(name, folder, len) == 0 && name[len] == '/' &&
	       name_len > len + 1 + suffix_len &&
	       strcmp(name + name_len - suffix_len, suffix) == 0 &&
	       tro_decimal_parse(out_position, name + len + 1, name_len - len - 1 - suffix_len) &&
	       *out_position < INT64_MAX;
}

static bool is_companion(const char *name, uint64_t *out_position)
{
	return is_numbered(name, TRO_EXTRACT_RECORDS, ".payload", out_position) ||
	       is_numbered(name, TRO_EXTRACT_RECORDS, ".salt", out_position) ||
	       is_numbered(name, TRO_EXTRACT_RECORDS, ".outcome-salt", out_position) ||
	       is_numbered(name, TRO_EXTRACT_PROOFS, "", out_position);
}

static bool is_note(const char *name, uint64_t *out_position)
{
	return is_numbered(name, TRO_EXTRACT_RECORDS, ".note", out_position);
}

static bool has_place(const char *name)
{
	static const char *const fixed[] = {TRO_EXTRACT_README, TRO_SUMS_NAME,
		TRO_EXTRACT_CHECKPOINT, TRO_EXTRACT_HEADS_REGISTRY, TRO_EXTRACT_HEADS_CASE};
	uint8_t sha256[32];
	uint64_t position;

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (strcmp(fixed[i], name) == 0) {
			return true;
		}
	}
	return is_note(name, &position) || is_companion(name, &position) ||
	       is_hashed(name, TRO_EXTRACT_BLOBS, sha256) ||
	       is_hashed(name, TRO_EXTRACT_EXHIBITS, sha256) ||
	       is_hashed(name, TRO_EXTRACT_FILINGS, sha256);
}

/* ---- every file against the list ---- */

typedef struct listing {
	tro_extract *x;
	tro_sums sums;
	bool has_sums;
} listing;

/* The bytes of a file that is named by its hash must have it, whatever the list says. */
static bool keeps_its_name(const char *name, const uint8_t sha256[32])
{
	uint8_t named[32];

	return !(is_hashed(name, TRO_EXTRACT_BLOBS, named) ||
		       is_hashed(name, TRO_EXTRACT_EXHIBITS, named) ||
		       is_hashed(name, TRO_EXTRACT_FILINGS, named)) ||
	       memcmp(named, sha256, 32) == 0;
}

static tro_status check_file(void *user, const tro_store_file *file, tro_err *err)
{
	listing *l = user;
	const char *name = file->path;
	tro_sum *sum = tro_sums_find(&l->sums, name);
	uint8_t sha256[32];
	tro_err own;

	if (sum != NULL) {
		sum->seen = true;
	}
	if (!has_place(name)) {
		return report(l->x, TRO_VERDICT_INVALID, name, "no extract has such a file", err);
	}
	tro_status status = read_file(NULL, sha256, l->x, name, &own);

	if (status == TRO_NOMEM || status == TRO_SYSTEM) {
		return tro_err_set(err, status, "%s", own.message);
	}
	if (status != TRO_OK) {
		return report(l->x, TRO_VERDICT_INVALID, name, own.message, err);
	}
	if (!keeps_its_name(name, sha256)) {
		return report(l->x, TRO_VERDICT_INVALID, name,
			"its SHA-256 is not its name: it was altered", err);
	}
	if (strcmp(name, TRO_SUMS_NAME) == 0 || !l->has_sums) {
		return TRO_OK;
	}
	if (sum == NULL) {
		return report(
			l->x, TRO_VERDICT_INVALID, name, "SHA256SUMS does not know this file", err);
	}
	if (memcmp(sha256, sum->sha256, 32) != 0) {
		return report(l->x, TRO_VERDICT_INVALID, name,
			"its SHA-256 is not the one that is given: it was altered", err);
	}
	return TRO_OK;
}

static tro_status read_sums(listing *l, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_err own;
	tro_status status = tro_extract_read_file(&bytes, l->x, TRO_SUMS_NAME, &own);

	if (status == TRO_OK) {
		status = tro_sums_parse(&l->sums, bytes.ptr, bytes.len, &own);
		l->has_sums = status == TRO_OK;
	}
	tro_buf_done(&bytes);
	if (status == TRO_NOMEM || status == TRO_SYSTEM) {
		return tro_err_set(err, status, "%s", own.message);
	}
	if (status != TRO_OK) {
		tro_sums_done(&l->sums);
		return report(l->x,
			status == TRO_NOT_FOUND ? TRO_VERDICT_INCOMPLETE : TRO_VERDICT_INVALID,
			TRO_SUMS_NAME, own.message, err);
	}
	return TRO_OK;
}

static tro_status check_files(tro_extract *x, tro_err *err)
{
	listing l = {.x = x};
	tro_status status = read_sums(&l, err);

	if (status == TRO_OK) {
		status = tro_store_each_file(x->store, check_file, &l, err);
	}
	for (size_t i = 0; i < l.sums.count && status == TRO_OK; i++) {
		if (!l.sums.list[i].seen) {
			status = report(x, TRO_VERDICT_INCOMPLETE, l.sums.list[i].name,
				"SHA256SUMS names this file, and it is missing", err);
		}
	}
	tro_sums_done(&l.sums);
	return status;
}

/* ---- into the store ---- */

/* 64 hex digits and LF; *out_has is false when there is no file. */
static tro_status read_salt(uint8_t out[32], bool *out_has, const tro_extract *x, uint64_t position,
	const char *suffix, tro_err *err)
{
	char name[NAME_SIZE];
	tro_buf bytes = TRO_BUF_INIT;

	(void)snprintf(name, sizeof(name), TRO_EXTRACT_RECORDS "/%llu.%s",
		(unsigned long long)position, suffix);
	tro_status status = tro_extract_read_file(&bytes, x, name, err);

	*out_has = status == TRO_OK;
	if (status == TRO_OK && (bytes.len != 65 || bytes.ptr[64] != '\n' ||
					!tro_hex_decode(out, 32, bytes.ptr, 64))) {
		status = tro_err_set(
			err, TRO_INVALID, "its .%s is not 64 hexadecimal digits and LF", suffix);
	}
	tro_buf_done(&bytes);
	return status == TRO_NOT_FOUND ? TRO_OK : status;
}

static tro_status read_payload(
	tro_stored_record *out, const tro_extract *x, uint64_t position, tro_err *err)
{
	char name[NAME_SIZE];
	tro_buf bytes = TRO_BUF_INIT;

	(void)snprintf(name, sizeof(name), TRO_EXTRACT_RECORDS "/%llu.payload",
		(unsigned long long)position);
	tro_status status = tro_extract_read_file(&bytes, x, name, err);

	out->has_payload = status == TRO_OK;
	if (status == TRO_OK) {
		status = tro_buf_detach(&out->payload, &out->payload_len, &bytes, err);
	}
	tro_buf_done(&bytes);
	return status == TRO_NOT_FOUND ? TRO_OK : status;
}

static tro_status read_companions(tro_stored_record *out, const tro_extract *x, tro_err *err)
{
	tro_status status = read_payload(out, x, out->position, err);

	if (status == TRO_OK) {
		status = read_salt(
			out->payload_salt, &out->has_payload_salt, x, out->position, "salt", err);
	}
	if (status == TRO_OK) {
		status = read_salt(out->outcome_salt, &out->has_outcome_salt, x, out->position,
			"outcome-salt", err);
	}
	return status;
}

static tro_status of_which_case(tro_extract *x, const char *case_id, tro_err *err)
{
	if (strcmp(case_id, TRO_REGISTRY_CASE) == 0 || strcmp(case_id, TRO_LOG_CASE) == 0) {
		return TRO_OK;
	}
	if (x->case_id[0] == '\0') {
		memcpy(x->case_id, case_id, strlen(case_id) + 1);
	}
	return strcmp(x->case_id, case_id) == 0
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID,
				 "it is of case %s, and others here are of case %s", case_id,
				 x->case_id);
}

/* A position has one file; a case's seq might have two. */
static tro_status is_first(const tro_extract *x, const tro_record *record, tro_err *err)
{
	tro_stored_record other;
	tro_status status =
		tro_store_record_get(&other, x->store, record->case_id, record->seq, err);

	if (status == TRO_OK) {
		status = tro_err_set(err, TRO_INVALID,
			"it is seq %llu of case %s, and so is record %llu",
			(unsigned long long)record->seq, record->case_id,
			(unsigned long long)other.position);
		tro_stored_record_done(&other);
	}
	return status == TRO_NOT_FOUND ? TRO_OK : status;
}

static tro_status load_record(tro_extract *x, const char *name, uint64_t position, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_stored_record stored = {.position = position};
	tro_record record;
	tro_status status = tro_extract_read_file(&bytes, x, name, err);

	if (status == TRO_OK) {
		status = tro_buf_detach(&stored.note, &stored.note_len, &bytes, err);
	}
	if (status == TRO_OK) {
		status = tro_record_read(&record, &stored, err);
	}
	if (status == TRO_OK) {
		status = of_which_case(x, record.case_id, err);
	}
	if (status == TRO_OK) {
		status = is_first(x, &record, err);
	}
	if (status == TRO_OK) {
		stored.seq = record.seq;
		status = read_companions(&stored, x, err);
	}
	if (status == TRO_OK) {
		status = tro_store_record_put(x->store, record.case_id, &stored, err);
	}
	tro_buf_done(&bytes);
	tro_stored_record_done(&stored);
	return status;
}

static tro_status load_blob(
	tro_extract *x, const char *name, const uint8_t sha256[32], tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = tro_extract_read_file(&bytes, x, name, err);

	if (status == TRO_OK) {
		status = tro_store_blob_put(x->store, sha256, bytes.ptr, bytes.len, err);
	}
	tro_buf_done(&bytes);
	return status;
}

static tro_status load_file(void *user, const tro_store_file *file, tro_err *err)
{
	tro_extract *x = user;
	const char *name = file->path;
	uint8_t sha256[32];
	uint64_t position;
	tro_err own;
	tro_status status = TRO_OK;

	if (is_note(name, &position)) {
		status = load_record(x, name, position, &own);
	} else if (is_hashed(name, TRO_EXTRACT_BLOBS, sha256) ||
		   is_hashed(name, TRO_EXTRACT_FILINGS, sha256)) {
		status = load_blob(x, name, sha256, &own);
	} else if (strcmp(name, TRO_EXTRACT_CHECKPOINT) == 0) {
		status = tro_extract_read_file(&x->checkpoint_note, x, name, &own);
	}
	if (status == TRO_NOMEM || status == TRO_SYSTEM) {
		return tro_err_set(err, status, "%s", own.message);
	}
	return status == TRO_OK ? TRO_OK : report(x, TRO_VERDICT_INVALID, name, own.message, err);
}

/* After all records are in. */
static tro_status find_orphan(void *user, const tro_store_file *file, tro_err *err)
{
	tro_extract *x = user;
	tro_stored_record stored;
	char case_id[65];
	uint64_t position;

	if (!is_companion(file->path, &position)) {
		return TRO_OK;
	}
	tro_status status = tro_store_record_at(&stored, x->store, position, case_id, err);

	if (status == TRO_OK) {
		tro_stored_record_done(&stored);
	}
	return status != TRO_NOT_FOUND ? status
				       : report(x, TRO_VERDICT_INCOMPLETE, file->path,
						 "the record that it belongs to is missing", err);
}

tro_status tro_extract_open(tro_extract *out, const char *dir, tro_verdict *io_verdict,
	tro_findings *findings, tro_err *err)
{
	*out = (tro_extract){
		.verdict = io_verdict, .findings = findings, .checkpoint_note = TRO_BUF_INIT};
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK) {
		status = tro_xml_init(err);
	}
	if (status == TRO_OK) {
		status = tro_store_new_in_memory(&out->store, dir, err);
	}
	if (status == TRO_OK) {
		status = tro_registry_new(&out->registry, out->store, err);
	}
	if (status == TRO_OK) {
		status = check_files(out, err);
	}
	if (status == TRO_OK) {
		status = tro_store_each_file(out->store, load_file, out, err);
	}
	return status == TRO_OK ? tro_store_each_file(out->store, find_orphan, out, err) : status;
}

void tro_extract_close(tro_extract *extract)
{
	tro_registry_close(extract->registry);
	tro_buf_done(&extract->checkpoint_note);
	extract->registry = NULL;
	extract->store = NULL;
}
