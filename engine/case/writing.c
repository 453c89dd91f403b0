#include "case/writing.h"

#include <stdio.h>

#include "case/anchor.h"

tro_writing tro_writing_of(tro_session *session)
{
	return (tro_writing){.session = session, .bytes = TRO_BUF_INIT, .payload = TRO_BUF_INIT};
}

void tro_writing_done(tro_writing *w)
{
	tro_buf_done(&w->bytes);
	tro_buf_done(&w->payload);
	tro_entry_done(&w->entry);
}

void tro_writing_fill(tro_record *record, const tro_registry *registry, const char *case_id,
	const char *matter, const char *event, const char *request)
{
	(void)snprintf(record->log, sizeof(record->log), "%s", tro_registry_origin(registry));
	(void)snprintf(record->case_id, sizeof(record->case_id), "%s", case_id);
	(void)snprintf(record->matter, sizeof(record->matter), "%s", matter);
	(void)snprintf(record->event, sizeof(record->event), "%s", event);
	(void)snprintf(
		record->request, sizeof(record->request), "%s", request == NULL ? "-" : request);
	record->has_registry = tro_authority_head(registry->authority, record->registry);
}

tro_status tro_writing_compose(tro_writing *w, tro_registry *registry, const tro_record *facts,
	tro_xml_doc *data, tro_err *err)
{
	tro_record record = *facts;
	tro_status status = tro_xml_c14n(&w->payload, tro_xml_root(data), err);

	if (status == TRO_OK && w->bytes.len == 0) {
		status = tro_session_save(&w->bytes, w->session, err);
	}
	if (status == TRO_OK) {
		status = tro_anchor_put(&record, registry, err);
	}
	return status == TRO_OK ? tro_entry_compose(&w->entry, &record, &w->payload, &w->bytes, err)
				: status;
}

tro_status tro_writing_append(
	tro_registry *registry, const tro_writing *w, tro_time_us created, tro_err *err)
{
	tro_store *store = registry->store;
	uint64_t position;
	tro_projection projection = {.session = w->session,
		.bytes = &w->bytes,
		.count = w->entry.record.seq + 1,
		.head = w->entry.hash,
		.created = created,
		.updated = w->entry.record.time};
	tro_status status;

	if (registry->rehearsal) {
		return TRO_OK;
	}
	status = tro_store_begin_write(store, err);
	if (status == TRO_OK) {
		status = tro_entry_append(store, &w->entry, &position, err);
	}
	if (status == TRO_OK && w->also != NULL) {
		status = w->also(w->user, err);
	}
	for (size_t i = 0; i < w->session->filing_count && status == TRO_OK; i++) {
		const tro_built_filing *filing = &w->session->filings[i];

		status = tro_store_blob_put(
			store, filing->sha256, filing->bytes.ptr, filing->bytes.len, err);
	}
	if (status == TRO_OK) {
		status = tro_case_project(store, &projection, err);
	}
	if (status == TRO_OK) {
		status = tro_store_commit(store, err);
	}
	if (status != TRO_OK) {
		tro_store_rollback(store);
	}
	return status;
}
