#include "case/service.h"

#include <stdio.h>
#include <string.h>

#include "crypto/keyfile.h"

/* That it cannot be read is for whoever made the store to mend; that it is not there, for whoever
 * has a copy, or a registrar. */
static tro_status explain(tro_status status, const char *path, tro_err *err)
{
	if (status == TRO_NOT_FOUND) {
		return tro_err_prefix(err, status,
			"put %s back, or have a registrar replace it ('tro person rotate "
			"service')",
			path);
	}
	return status == TRO_SYSTEM
		       ? tro_err_prefix(err, status,
				 "whoever made the store lets its group read %s and the folder "
				 "that it lies in",
				 path)
		       : status;
}

/* Of one of the two files, if it holds the service's present key. */
static tro_status sign_with(
	tro_signer **out, const tro_registry *registry, const char *file, tro_err *err)
{
	char path[TRO_KEY_PATH_SIZE];
	const tro_person *service = tro_authority_person(
		registry->authority, tro_authority_service(registry->authority));
	tro_status status = tro_key_path(path, tro_store_dir(registry->store), file, err);

	if (status == TRO_OK) {
		status = tro_signer_from_shared_file(out, path, err);
	}
	if (status != TRO_OK) {
		return explain(status, path, err);
	}
	if (service == NULL || !service->has_key ||
		memcmp(tro_signer_public(*out), service->key.public_key, 32) != 0) {
		tro_signer_free(*out);
		*out = NULL;
		status = tro_err_set(err, TRO_KEY,
			"%s is not the key of this store's service: put the right one there, or "
			"have a registrar replace it ('tro person rotate service')",
			path);
	}
	return status;
}

tro_status tro_registry_service_signer(tro_signer **out, const tro_registry *registry, tro_err *err)
{
	bool behind = false;
	tro_status status = sign_with(out, registry, TRO_SERVICE_KEY, err);

	/* Between the record of a new key and its file's move into place, or where that was cut
	 * off; the move may come between the first look and the second. */
	if (status != TRO_OK &&
		(sign_with(out, registry, TRO_SERVICE_NEXT, NULL) == TRO_OK ||
			sign_with(out, registry, TRO_SERVICE_KEY, NULL) == TRO_OK)) {
		return TRO_OK;
	}
	if (status == TRO_KEY && tro_registry_is_behind(&behind, registry, NULL) == TRO_OK &&
		behind) {
		status = tro_err_set(
			err, TRO_CHANGED, "the registry has moved on meanwhile: try again");
	}
	return status;
}

tro_status tro_service_begin(tro_record *out, tro_registry *registry, const char *case_id,
	const char *event, tro_time_us time, tro_err *err)
{
	tro_buf note = TRO_BUF_INIT;
	tro_note parsed;
	tro_record last;

	*out = (tro_record){.request = "-", .matter = "-", .role = TRO_ROLE_SERVICE, .time = time};
	(void)snprintf(out->case_id, sizeof(out->case_id), "%s", case_id);
	(void)snprintf(out->event, sizeof(out->event), "%s", event);
	(void)snprintf(out->log, sizeof(out->log), "%s", tro_registry_origin(registry));
	(void)snprintf(
		out->actor, sizeof(out->actor), "%s", tro_authority_service(registry->authority));
	out->has_registry = tro_authority_head(registry->authority, out->registry);
	tro_status status = tro_store_last_note(&note, &out->seq, registry->store, case_id, err);

	out->has_prev = status == TRO_OK && out->seq > 0;
	if (out->has_prev) {
		tro_record_hash(out->prev, note.ptr, note.len);
		status = tro_note_parse(&parsed, note.ptr, note.len, err);
	}
	if (out->has_prev && status == TRO_OK) {
		status = tro_record_from_note(&last, &parsed, err);
		out->time = status == TRO_OK && last.time > time ? last.time : time;
	}
	tro_buf_done(&note);
	return status;
}
