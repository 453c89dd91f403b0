/*
 * The witness's file: judged, written and only then answered for, under one lock.
 *
 * The lock is on a file of its own (PATH.lock), because the state itself is replaced by another
 * file at each writing.
 */
#include <tro/witness.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <tro/key.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/text.h"
#include "crypto/crypto.h"
#include "crypto/keyfile.h"
#include "ledger/witness.h"
#include "store/store.h"

enum { PATH_SIZE = 4096, FILE_MODE = 0600, STATE_MAX = 200000, US_PER_S = 1000000 };

#define TRAINING_SUFFIX "/training"

/* ---- the file ---- */

static tro_status beside(char out[PATH_SIZE], const char *path, const char *suffix, tro_err *err)
{
	int len = snprintf(out, PATH_SIZE, "%s%s", path, suffix);

	return len > 0 && len < PATH_SIZE
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID, "the path %.64s... is too long", path);
}

/* Waits for the lock; *out is closed by the caller, which gives it back. A rehearsal needs none: a
 * file is there whole at any time. */
static tro_status take_lock(int *out, const char *path, bool dry_run, tro_err *err)
{
	char name[PATH_SIZE];
	tro_status status = beside(name, path, ".lock", err);

	*out = -1;
	if (status != TRO_OK || dry_run) {
		return status;
	}
	*out = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (*out < 0) {
		return tro_err_errno(err, errno, "cannot open %s", name);
	}
	while (flock(*out, LOCK_EX) != 0) {
		if (errno != EINTR) {
			return tro_err_errno(err, errno, "cannot lock %s", name);
		}
	}
	return TRO_OK;
}

static tro_status read_state(tro_witness_state *out, const char *path, tro_err *err)
{
	int fd;
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = tro_disk_open(&fd, path, TRO_DISK_NO_FOLLOW, err);

	*out = (tro_witness_state){.note = TRO_BUF_INIT};
	if (status == TRO_NOT_FOUND) {
		return tro_err_set(err, status,
			"there is no witness's file %s: 'tro witness init' makes one", path);
	}
	if (status == TRO_OK) {
		status = tro_disk_read(&bytes, fd, STATE_MAX, path, err);
	}
	if (status == TRO_OK) {
		status = tro_witness_state_parse(out, bytes.ptr, bytes.len, err);
		if (status != TRO_OK) {
			(void)tro_err_prefix(err, status, "%s", path);
		}
	}
	tro_buf_done(&bytes);
	return status;
}

/* The lock keeps the draft's name for us. */
static tro_status write_state(
	const tro_witness_state *state, const char *path, bool dry_run, tro_err *err)
{
	char draft[PATH_SIZE];
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = beside(draft, path, ".new", err);

	if (status == TRO_OK) {
		status = tro_witness_state_format(&bytes, state, err);
	}
	if (dry_run) {
		tro_buf_done(&bytes);
		return status == TRO_OK ? tro_disk_can_create(draft, err) : status;
	}
	if (status == TRO_OK) {
		status = tro_disk_replace(
			path, draft, bytes.ptr, bytes.len, FILE_MODE, TRO_DISK_DURABLE, err);
	}
	tro_buf_done(&bytes);
	return status;
}

/* ---- making one ---- */

static bool for_training(const tro_vkey *log)
{
	size_t len = strlen(log->name);
	size_t suffix = strlen(TRAINING_SUFFIX);

	return len > suffix && strcmp(log->name + len - suffix, TRAINING_SUFFIX) == 0;
}

static tro_status read_clock(tro_witness_state *state, const char *clock, tro_err *err)
{
	if (!for_training(&state->log)) {
		return tro_err_set(err, TRO_REFUSED,
			"the clock of a witness is set only for a log for training, whose name "
			"ends in " TRAINING_SUFFIX);
	}
	tro_time_us before = state->clock;
	tro_status status = tro_time_parse(&state->clock, clock, err);

	if (status == TRO_OK && state->has_clock && state->clock < before) {
		return tro_err_set(err, TRO_INVALID, "the clock of a witness never goes back");
	}
	state->has_clock = true;
	return status;
}

/* The key that a killed call left is taken up. In a rehearsal the state gets the log's key in the
 * place of one that is not there yet, so that it can be written out. */
static tro_status make_key(tro_witness_state *state, const char *path, const char *name,
	const char *passphrase, bool dry_run, tro_err *err)
{
	char key_path[PATH_SIZE];
	char *found = NULL;
	uint8_t public_key[32];
	tro_status status = beside(key_path, path, ".key", err);

	if (status == TRO_OK) {
		status = tro_key_read_public(&found, public_key, key_path, err);
	}
	if (status == TRO_NOT_FOUND && dry_run) {
		state->witness = state->log;
		return tro_key_check_new(key_path, name, passphrase, err);
	}
	if (status == TRO_NOT_FOUND) {
		status = tro_key_create(key_path, name, passphrase, err);
		if (status == TRO_OK) {
			status = tro_key_read_public(&found, public_key, key_path, err);
		}
	}
	if (status == TRO_OK && strcmp(found, name) != 0) {
		status = tro_err_set(err, TRO_INVALID,
			"%s is the key of %s: take another file, or that name", key_path, found);
	}
	if (status == TRO_OK) {
		status =
			tro_vkey_init(&state->witness, name, TRO_NOTE_COSIGNATURE, public_key, err);
	}
	free(found);
	return status;
}

static tro_status init_state(tro_witness_state *state, const char *path, const char *name,
	const char *log_vkey, const char *clock, const char *passphrase, bool dry_run, tro_err *err)
{
	struct stat st;
	tro_status status = tro_vkey_parse(&state->log, log_vkey, strlen(log_vkey), err);

	if (status == TRO_OK && state->log.type != TRO_NOTE_ED25519) {
		status = tro_err_set(err, TRO_INVALID, "this is no verifier key of a log");
	}
	if (status == TRO_OK && lstat(path, &st) == 0) {
		status = tro_err_set(err, TRO_SYSTEM,
			"%s exists: what a witness has seen is not overwritten", path);
	}
	if (status == TRO_OK && clock != NULL) {
		status = read_clock(state, clock, err);
	}
	if (status == TRO_OK) {
		status = make_key(state, path, name, passphrase, dry_run, err);
	}
	return status == TRO_OK ? write_state(state, path, dry_run, err) : status;
}

tro_status tro_witness_init(tro_buf *out_vkey, const char *path, const char *name,
	const char *log_vkey, const char *clock, const char *passphrase, bool dry_run, tro_err *err)
{
	tro_witness_state state = {.note = TRO_BUF_INIT};
	int lock = -1;
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK) {
		status = take_lock(&lock, path, dry_run, err);
	}
	if (status == TRO_OK) {
		status = init_state(&state, path, name, log_vkey, clock, passphrase, dry_run, err);
	}
	if (status == TRO_OK && !dry_run) {
		tro_vkey_format(out_vkey, &state.witness);
		status = tro_buf_status(out_vkey, err);
	}
	if (lock >= 0) {
		(void)close(lock); /* nothing was written to it */
	}
	tro_witness_state_done(&state);
	return status;
}

/* ---- cosigning ---- */

static tro_status load_key(tro_ed25519 **out, const tro_witness_state *state, const char *path,
	const char *passphrase, tro_err *err)
{
	char key_path[PATH_SIZE];
	tro_keyfile file;
	tro_status status = beside(key_path, path, ".key", err);

	if (status == TRO_OK) {
		status = tro_key_load(out, &file, key_path, passphrase, err);
	}
	if (status == TRO_OK &&
		memcmp(file.public_key, state->witness.public_key, sizeof(file.public_key)) != 0) {
		status = tro_err_set(err, TRO_KEY, "%s is not the key of this witness", key_path);
	}
	return status;
}

static tro_status cosign(uint8_t out[64], const tro_ed25519 *key, const tro_note *note,
	uint64_t time_s, tro_err *err)
{
	tro_buf message = TRO_BUF_INIT;
	tro_status status = tro_cosignature_message(
		&message, time_s, note->untrusted_text, note->text_len, err);

	if (status == TRO_OK) {
		status = tro_ed25519_sign(out, key, message.ptr, message.len, err);
	}
	tro_buf_done(&message);
	return status;
}

static tro_status judge_and_write(tro_buf *out, tro_witness_state *state, const char *path,
	const char *bytes, size_t len, const tro_ed25519 *key, bool dry_run, tro_err *err)
{
	tro_witness_request request;
	tro_checkpoint checkpoint;
	tro_note note;
	uint8_t signature[64];
	uint8_t packed[TRO_COSIGNATURE_LEN];
	tro_time_us now = state->has_clock ? state->clock : tro_clock_now();
	uint64_t time_s = now > 0 ? (uint64_t)(now / US_PER_S) : 0;
	tro_status status = tro_witness_request_parse(&request, bytes, len, err);

	if (status == TRO_OK) {
		status = tro_witness_judge(&checkpoint, &note, state, &request, err);
	}
	if (status == TRO_OK) {
		status = cosign(signature, key, &note, time_s, err);
	}
	if (status == TRO_OK) {
		status = tro_witness_remember(state, &checkpoint, &note, time_s, signature, err);
	}
	if (status == TRO_OK) {
		status = write_state(state, path, dry_run, err);
	}
	if (status == TRO_OK && !dry_run) {
		tro_cosignature_pack(packed, time_s, signature);
		status = tro_note_signature_line(out, &state->witness, packed, sizeof(packed), err);
	}
	return status;
}

tro_status tro_witness_sign(tro_buf *out, const char *path, const char *request, size_t len,
	const char *passphrase, bool dry_run, tro_err *err)
{
	tro_witness_state state;
	tro_ed25519 *key = NULL;
	int lock = -1;
	tro_status status = tro_crypto_init(err);

	if (status != TRO_OK) {
		return status;
	}
	status = read_state(&state, path, err); /* before a lock is made beside nothing */
	tro_witness_state_done(&state);
	if (status == TRO_OK) {
		status = take_lock(&lock, path, dry_run, err);
	}
	if (status == TRO_OK) {
		status = read_state(&state, path, err);
	}
	if (status == TRO_OK) {
		status = load_key(&key, &state, path, passphrase, err);
		if (status == TRO_OK) {
			status =
				judge_and_write(out, &state, path, request, len, key, dry_run, err);
		}
		tro_witness_state_done(&state);
	}
	tro_ed25519_free(key);
	if (lock >= 0) {
		(void)close(lock); /* nothing was written to it */
	}
	return status;
}

/* ---- looking ---- */

tro_status tro_witness_check_vkey(const char *vkey, tro_err *err)
{
	tro_vkey key;
	tro_status status = tro_crypto_init(err);

	if (status != TRO_OK) {
		return status;
	}
	return tro_vkey_parse(&key, vkey, strlen(vkey), NULL) == TRO_OK &&
			       key.type == TRO_NOTE_COSIGNATURE
		       ? TRO_OK
		       : tro_err_set(
				 err, TRO_INVALID, "'%s' is no verifier key of a witness", vkey);
}

tro_status tro_witness_status(tro_witness_info *out, const char *path, tro_err *err)
{
	tro_witness_state state;
	tro_status status = tro_crypto_init(err);

	*out = (tro_witness_info){
		.log = TRO_BUF_INIT, .witness = TRO_BUF_INIT, .checkpoint = TRO_BUF_INIT};
	if (status == TRO_OK) {
		status = read_state(&state, path, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	tro_vkey_format(&out->log, &state.log);
	tro_vkey_format(&out->witness, &state.witness);
	tro_buf_put(&out->checkpoint, state.note.ptr, state.note.len);
	out->size = state.seen.size;
	tro_hex_encode(out->root, state.seen.root, sizeof(state.seen.root));
	out->time = (tro_time_us)state.seen_at_s * US_PER_S;
	out->has_clock = state.has_clock;
	out->clock = state.clock;
	tro_witness_state_done(&state);
	status = tro_buf_status(&out->log, err);
	if (status == TRO_OK) {
		status = tro_buf_status(&out->witness, err);
	}
	if (status == TRO_OK) {
		status = tro_buf_status(&out->checkpoint, err);
	}
	if (status != TRO_OK) {
		tro_witness_info_done(out);
	}
	return status;
}

void tro_witness_info_done(tro_witness_info *info)
{
	tro_buf_done(&info->log);
	tro_buf_done(&info->witness);
	tro_buf_done(&info->checkpoint);
}

tro_status tro_witness_set_clock(const char *path, const char *time, bool dry_run, tro_err *err)
{
	tro_witness_state state;
	int lock = -1;
	tro_status status = tro_crypto_init(err);

	if (status != TRO_OK) {
		return status;
	}
	status = read_state(&state, path, err);
	tro_witness_state_done(&state);
	if (status == TRO_OK) {
		status = take_lock(&lock, path, dry_run, err);
	}
	if (status == TRO_OK) {
		status = read_state(&state, path, err);
	}
	if (status == TRO_OK) {
		status = read_clock(&state, time, err);
		if (status == TRO_OK) {
			status = write_state(&state, path, dry_run, err);
		}
		tro_witness_state_done(&state);
	}
	if (lock >= 0) {
		(void)close(lock); /* nothing was written to it */
	}
	return status;
}
