/*
 * A new key for the store's service, when the old one is lost or stolen.
 *
 * 1. keys/service.next is written: a key that nobody enrolled.
 * 2. The registry's record enrols it in the place of the old one: from here on it signs, wherever
 * it lies, and the old one does not (tro_registry_service_signer).
 * 3. keys/service.next becomes keys/service.key; the old file is gone.
 *
 * Whoever is killed after 1 leaves a key of no use, after 2 one that is used where it lies; the
 * next one who comes here clears up either. One comes here at a time.
 */
#include <tro/registry.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "case/registry_internal.h"
#include "crypto/keyfile.h"

typedef struct work {
	char folder[TRO_KEY_PATH_SIZE], key[TRO_KEY_PATH_SIZE], next[TRO_KEY_PATH_SIZE];
	int lock; /* the open folder */
} work;

static const tro_person *service_of(const tro_registry *registry)
{
	return tro_authority_person(registry->authority, tro_registry_service(registry));
}

static tro_status find_paths(work *w, const tro_registry *registry, tro_err *err)
{
	const char *dir = tro_store_dir(registry->store);
	tro_status status = tro_key_path(w->folder, dir, TRO_KEYS, err);

	if (status == TRO_OK) {
		status = tro_key_path(w->key, dir, TRO_SERVICE_KEY, err);
	}
	return status == TRO_OK ? tro_key_path(w->next, dir, TRO_SERVICE_NEXT, err) : status;
}

static tro_status lock_folder(work *w, tro_err *err)
{
	w->lock = open(w->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (w->lock < 0) {
		return tro_err_errno(err, errno, "cannot open the folder %s", w->folder);
	}
	if (flock(w->lock, LOCK_EX | LOCK_NB) == 0) {
		return TRO_OK;
	}
	return errno == EWOULDBLOCK ? tro_err_set(err, TRO_CHANGED,
					      "somebody else is giving the service a new key")
				    : tro_err_errno(err, errno, "cannot lock %s", w->folder);
}

/* What somebody who was killed has left: the present key gets its place, any other goes. */
static tro_status clear_up(const work *w, const tro_registry *registry, tro_err *err)
{
	const tro_person *service = service_of(registry);
	char *name = NULL;
	uint8_t public_key[32];

	if (tro_key_show_public(&name, public_key, w->next, NULL) == TRO_OK && service->has_key &&
		memcmp(public_key, service->key.public_key, sizeof(public_key)) == 0) {
		free(name);
		return tro_keyfile_move(w->next, w->key, err);
	}
	free(name);
	return unlink(w->next) == 0 || errno == ENOENT
		       ? TRO_OK
		       : tro_err_errno(err, errno, "cannot remove %s", w->next);
}

/* Makes the key; in a rehearsal one that is kept nowhere, if a file could be made. */
static tro_status make_key(
	tro_signer **out, const work *w, const tro_registry *registry, tro_err *err)
{
	const char *name = service_of(registry)->key.name; /* also of one that was revoked */

	if (registry->rehearsal) {
		return access(w->folder, W_OK | X_OK) == 0
			       ? tro_signer_passing(out, name, err)
			       : tro_err_errno(err, errno, "cannot write into %s", w->folder);
	}
	tro_status status = clear_up(w, registry, err);

	if (status == TRO_OK) {
		status = tro_key_create_shared(w->next, name, err);
	}
	return status == TRO_OK ? tro_signer_from_shared_file(out, w->next, err) : status;
}

static tro_status record(
	tro_registry *registry, const tro_signer *key, const tro_signer *registrar, tro_err *err)
{
	tro_buf request = TRO_BUF_INIT;
	tro_status status = tro_enrolment_request(
		&request, tro_registry_origin(registry), service_of(registry)->name, key, err);

	if (status == TRO_OK) {
		tro_new_keys keys = {.key = request.ptr, .key_len = request.len};

		status = tro_registry_record_keys(
			registry, tro_registry_service(registry), &keys, registrar, NULL, err);
	}
	tro_buf_done(&request);
	return status;
}

/* A refusal leaves nothing. Where the disk failed nobody knows whether the record is there: the key
 * stays for whoever can read that. */
static tro_status settle(
	const work *w, const tro_registry *registry, tro_status recorded, tro_err *err)
{
	if (registry->rehearsal) {
		return recorded;
	}
	if (recorded == TRO_OK) {
		return tro_keyfile_move(w->next, w->key, err);
	}
	if (recorded != TRO_SYSTEM) {
		(void)unlink(w->next); /* the error is set */
	}
	return recorded;
}

tro_status tro_registry_replace_service_key(
	tro_registry *registry, const tro_signer *registrar, tro_err *err)
{
	work w = {.lock = -1};
	tro_signer *key = NULL;
	tro_status status = find_paths(&w, registry, err);

	if (status == TRO_OK && !registry->rehearsal) {
		status = tro_keys_make_folder(tro_store_dir(registry->store), err);
	}
	if (status == TRO_OK) {
		status = lock_folder(&w, err);
	}
	if (status == TRO_OK) { /* whoever had the lock before may have changed it */
		status = tro_registry_catch_up(registry, err);
	}
	if (status == TRO_OK) {
		status = make_key(&key, &w, registry, err);
	}
	if (status == TRO_SYSTEM) {
		status = tro_err_prefix(err, status,
			"the service's key is replaced by the account that made the store");
	}
	if (status == TRO_OK) {
		status = settle(&w, registry, record(registry, key, registrar, err), err);
	}
	tro_signer_free(key);
	if (w.lock >= 0) {
		(void)close(w.lock); /* read only */
	}
	return status;
}
