/* Writing entries of the access log. */
#include <tro/access.h>

#include "case/anchor.h"
#include "case/entry.h"
#include "case/service.h"
#include "ledger/access.h"

/* In the open write transaction: what the entry follows cannot move, nor which key is the
 * service's, so that of many readers at once none has to try again. Signed there with a key of this
 * process, which asks nobody. */
static tro_status append(tro_registry *registry, const tro_buf *payload, tro_err *err)
{
	tro_signer *service = NULL;
	tro_record record;
	tro_entry entry = {0};
	char log[TRO_ID_SIZE];
	uint64_t position;
	tro_status status = tro_registry_catch_up(registry, err);
	tro_time_us now = tro_registry_now(registry);

	tro_access_case_at(log, now);
	if (status == TRO_OK) {
		status = tro_registry_service_signer(&service, registry, err);
	}
	if (status == TRO_OK) {
		status = tro_service_begin(&record, registry, log, TRO_EVENT_ACCESS, now, err);
	}
	if (status == TRO_OK) {
		status = tro_anchor_put(&record, registry, err);
	}
	if (status == TRO_OK) {
		status = tro_entry_compose(&entry, &record, payload, NULL, err);
	}
	if (status == TRO_OK) {
		status = tro_entry_sign(&entry, service, err);
	}
	if (status == TRO_OK) {
		status = tro_entry_append(registry->store, &entry, &position, err);
	}
	tro_signer_free(service);
	tro_entry_done(&entry);
	return status;
}

static tro_status append_alone(tro_registry *registry, const tro_buf *payload, tro_err *err)
{
	tro_status status = tro_store_begin_write(registry->store, err);

	if (status == TRO_OK) {
		status = append(registry, payload, err);
		if (status == TRO_OK) {
			status = tro_store_commit(registry->store, err);
		}
		if (status != TRO_OK) {
			tro_store_rollback(registry->store);
		}
	}
	return status;
}

tro_status tro_access_append(tro_registry *registry, const tro_access *access, tro_err *err)
{
	tro_buf payload = TRO_BUF_INIT;
	tro_status status = tro_access_format(&payload, access, err);

	if (status == TRO_OK && tro_store_is_read_only(registry->store)) {
		status = tro_err_set(err, TRO_SYSTEM,
			"this account may not write the store, and nothing of a case is shown "
			"that was not written down before: use an account of the store's group, "
			"or have an extract made");
	} else if (status == TRO_OK) {
		status = append_alone(registry, &payload, err);
		status = status == TRO_OK
				 ? TRO_OK
				 : tro_err_prefix(err, status,
					   "nothing is shown, because the access log could not be "
					   "written");
	}
	tro_buf_done(&payload);
	return status;
}
