#include "case/service.h"

#include <stdio.h>
#include <string.h>

#include "crypto/keyfile.h"

/* That it cannot be read is for whoever made the store to mend. */
static tro_status explain(tro_status status, const char *path, tro_err *err)
{
	return status == TRO_SYSTEM
		       ? tro_err_prefix(err, status,
				 "whoever made the store lets its group read %s and the folder "
				 "that it lies in",
				 path)
		       : status;
}

tro_status tro_registry_service_signer(tro_signer **out, const tro_registry *registry, tro_err *err)
{
	char path[4096];
	const char *id = tro_authority_service(registry->authority);
	const tro_person *service = tro_authority_person(registry->authority, id);
	int len = snprintf(
		path, sizeof(path), "%s/%s", tro_store_dir(registry->store), TRO_SERVICE_KEY);

	if (len < 0 || (size_t)len >= sizeof(path)) {
		return tro_err_set(err, TRO_INVALID, "the path of the store is too long");
	}
	tro_status status = tro_signer_from_shared_file(out, path, err);

	if (status != TRO_OK) {
		return explain(status, path, err);
	}
	if (service == NULL || !service->has_key ||
		memcmp(tro_signer_public(*out), service->key.public_key, 32) != 0) {
		tro_signer_free(*out);
		*out = NULL;
		status = tro_err_set(
			err, TRO_KEY, "%s is not the key of this store's service", path);
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
