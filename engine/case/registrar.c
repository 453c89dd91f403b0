/* What a registrar does: each act is one record of the registry. */
#include <tro/registry.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/calendar.h>

#include "base/text.h"
#include "case/adopt_check.h"
#include "case/anchor.h"
#include "case/entry.h"
#include "case/registry_internal.h"
#include "crypto/crypto.h"
#include "filing/lookup.h"
#include "ledger/id.h"
#include "ledger/note.h"

/* ---- one record ---- */

static tro_status begin_record(tro_record *out, const tro_registry *registry, const char *event,
	const tro_signer *registrar, tro_time_us time, tro_err *err)
{
	size_t index;
	tro_status status =
		tro_registry_person_by_key(&index, registry, tro_signer_public(registrar), err);

	if (status != TRO_OK) {
		return status == TRO_NOT_FOUND ? (err != NULL ? (err->status = TRO_KEY) : TRO_KEY)
					       : status;
	}
	/* Behind the registry's last record no record is signed but under a recorded trust in the
	 * clock, or to record it; and the registry's time does not go back. */
	tro_time_us last = tro_authority_last_time(registry->authority);

	*out = (tro_record){.seq = tro_authority_count(registry->authority),
		.time = time > last || strcmp(event, "clock") == 0 ? time : last};
	(void)snprintf(out->log, sizeof(out->log), "%s", tro_registry_origin(registry));
	(void)snprintf(out->case_id, sizeof(out->case_id), "%s", TRO_REGISTRY_CASE);
	(void)snprintf(out->request, sizeof(out->request), "-");
	(void)snprintf(out->matter, sizeof(out->matter), "-");
	(void)snprintf(out->event, sizeof(out->event), "%s", event);
	(void)snprintf(out->actor, sizeof(out->actor), "%s",
		tro_authority_person_at(registry->authority, index)->id);
	(void)snprintf(out->role, sizeof(out->role), "registrar");
	out->has_prev = out->has_registry = tro_authority_head(registry->authority, out->prev);
	memcpy(out->registry, out->prev, sizeof(out->registry));
	return TRO_OK;
}

/* Judges the record on a second reading of the registry: the first one, which everybody asks, shall
 * know nothing that was not written. */
static tro_status judge(const tro_registry *registry, const tro_entry *entry, tro_err *err)
{
	tro_authority *trial = tro_authority_new();
	uint64_t count = tro_authority_count(registry->authority);
	tro_status status = trial == NULL ? tro_err_nomem(err) : TRO_OK;

	while (status == TRO_OK && tro_authority_count(trial) < count) {
		status = tro_registry_advance(trial, registry->store, NULL, err);
	}
	if (status == TRO_OK) {
		status = tro_authority_apply(trial, &entry->record, entry->stored.payload,
			entry->stored.payload_len, entry->hash, err);
	}
	tro_authority_free(trial);
	return status;
}

tro_status tro_registry_append(
	tro_registry *registry, const tro_entry *entry, const tro_offers *blobs, tro_err *err)
{
	uint64_t position;
	tro_err ignored;
	tro_status status = judge(registry, entry, err);

	if (status == TRO_OK && registry->rehearsal) {
		return TRO_OK;
	}
	if (status == TRO_OK) {
		status = tro_store_begin_write(registry->store, err);
	}
	for (size_t i = 0; status == TRO_OK && blobs != NULL && i < blobs->count; i++) {
		const tro_offer *offer = &blobs->items[i];

		status = tro_store_blob_put(
			registry->store, offer->sha256, offer->bytes.ptr, offer->bytes.len, err);
	}
	if (status == TRO_OK) {
		status = tro_entry_append(registry->store, entry, &position, err);
	}
	if (status == TRO_OK) {
		status = tro_store_commit(registry->store, err);
	}
	if (status != TRO_OK) {
		tro_store_rollback(registry->store);
	}
	/* What was done stands, whether or not it can be read now; after TRO_CHANGED this is what
	 * somebody else did. */
	(void)!tro_registry_catch_up(registry, &ignored);
	return status;
}

/* Is the registry's newest record this very act? Then it is a command that is run again. */
static tro_status was_done(bool *out, const tro_registry *registry, const tro_record *record,
	const tro_buf *payload, tro_err *err)
{
	tro_stored_record stored;
	tro_record last;
	tro_status status = tro_store_record_get(
		&stored, registry->store, TRO_REGISTRY_CASE, record->seq - 1, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_record_read(&last, &stored, err);
	*out = status == TRO_OK && strcmp(last.event, record->event) == 0 &&
	       strcmp(last.actor, record->actor) == 0 && stored.payload_len == payload->len &&
	       memcmp(stored.payload, payload->ptr, payload->len) == 0;
	tro_stored_record_done(&stored);
	return status;
}

tro_status tro_registry_act(tro_registry *registry, const char *event, const tro_field *fields,
	size_t count, const tro_offers *blobs, tro_time_us time, const tro_signer *registrar,
	bool *out_already, tro_err *err)
{
	tro_record record;
	tro_entry entry = {0};
	tro_buf payload = TRO_BUF_INIT;
	bool already = false;
	tro_status status = begin_record(&record, registry, event, registrar, time, err);

	if (status == TRO_OK) {
		status = tro_fields_format(&payload, fields, count, err);
	}
	if (status == TRO_OK && out_already != NULL) {
		status = was_done(&already, registry, &record, &payload, err);
		*out_already = already;
	}
	if (status == TRO_OK && !already) {
		status = tro_anchor_put(&record, registry, err);
	}
	if (status == TRO_OK && !already) {
		status = tro_entry_compose(&entry, &record, &payload, NULL, err);
	}
	if (status == TRO_OK && !already) {
		status = tro_entry_sign(&entry, registrar, err);
	}
	if (status == TRO_OK && !already) {
		status = tro_registry_append(registry, &entry, blobs, err);
	}
	tro_entry_done(&entry);
	tro_buf_done(&payload);
	return status;
}

/* ---- powers ---- */

/* A force is an entry of the adopted register of forces; without such a register it is a text. */
static tro_status check_force(const tro_rules *rules, const char *force, tro_err *err)
{
	uint8_t sha256[32];
	tro_xml_doc *forces;
	tro_buf id = TRO_BUF_INIT;

	if (tro_rules_hash(sha256, rules, "register", "forces", NULL) == TRO_NOT_FOUND) {
		return TRO_OK;
	}
	tro_status status = tro_rules_xml(&forces, rules, "register", "forces", err);

	if (status == TRO_OK && !tro_register_get(&id, forces, force, "id")) {
		status = tro_err_set(err, TRO_INVALID,
			"'%s' is not in the adopted register of forces: write its code as there",
			force);
	}
	tro_buf_done(&id);
	return status;
}

/* What cannot be taken back must be meant: the clock is never set back, and beyond the adopted
 * calendar nothing is counted, so that a slip of the hand would end a store's use. */
static tro_status check_clock(const tro_rules *rules, tro_time_us time, tro_err *err)
{
	uint8_t sha256[32];
	const tro_calendar *calendar;
	tro_uk_local local;

	if (tro_rules_hash(sha256, rules, "calendar", "uk", NULL) == TRO_NOT_FOUND) {
		return TRO_OK;
	}
	tro_status status = tro_rules_calendar(&calendar, rules, err);

	if (status == TRO_OK) {
		tro_uk_from_time(&local, time);
		status = tro_calendar_check_range(calendar, local.date, err);
		status = status == TRO_OK ? status
					  : tro_err_prefix(err, status,
						    "a clock cannot be set back, so that it is not "
						    "set where no deadline is counted");
	}
	return status;
}

tro_status tro_registry_grant(tro_registry *registry, const tro_grant_request *request,
	const tro_signer *registrar, bool *out_already, tro_err *err)
{
	const tro_field all[] = {{"person", request->person}, {"role", request->role},
		{"rank", request->rank}, {"office", request->office}, {"force", request->force},
		{"from", request->from}, {"until", request->until},
		{"acting", request->acting ? "yes" : NULL}};
	tro_field fields[sizeof(all) / sizeof(*all)];
	size_t count = 0;
	size_t rank = 1;
	size_t person;
	tro_rules rules = tro_registry_rules(registry);
	tro_status status = tro_registry_person_by_id(&person, registry, request->person, err);

	if (status == TRO_OK && request->rank != NULL) {
		status = tro_rules_rank(&rank, &rules, request->rank, err);
	}

	if (status == TRO_OK && rank == 0) {
		status = tro_err_set(err, TRO_INVALID,
			"'%s' is not in the adopted list of ranks: write it as there, such as "
			"chief-inspector",
			request->rank);
	}
	if (status == TRO_OK && request->force != NULL) {
		status = check_force(&rules, request->force, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (all[i].value != NULL) {
			fields[count++] = all[i];
		}
	}
	return tro_registry_act(registry, "grant", fields, count, NULL, tro_registry_now(registry),
		registrar, out_already, err);
}

tro_status tro_registry_end_grant(tro_registry *registry, const char *person, const char *role,
	const char *reason, const tro_signer *registrar, tro_err *err)
{
	const tro_field fields[] = {{"person", person}, {"role", role}, {"reason", reason}};
	size_t index;
	tro_status status = tro_registry_person_by_id(&index, registry, person, err);

	if (status != TRO_OK) {
		return status;
	}
	return tro_registry_act(
		registry, "end", fields, 3, NULL, tro_registry_now(registry), registrar, NULL, err);
}

tro_status tro_registry_set_clock(tro_registry *registry, tro_time_us time,
	const tro_signer *registrar, bool *out_already, tro_err *err)
{
	char text[TRO_TIME_TEXT_SIZE];

	tro_time_format(text, time);
	const tro_field fields[] = {{"set", text}};
	tro_rules rules = tro_registry_rules(registry);
	tro_status status = check_clock(&rules, time, err);

	if (status != TRO_OK) {
		return status;
	}
	return tro_registry_act(
		registry, "clock", fields, 1, NULL, time, registrar, out_already, err);
}

tro_status tro_registry_trust_clock(tro_registry *registry, unsigned minutes, const char *reason,
	const tro_signer *registrar, bool *out_already, tro_err *err)
{
	char text[16];
	char clock[TRO_TIME_TEXT_SIZE];
	tro_time_us now = tro_registry_now(registry);

	tro_time_format(clock, now);
	(void)snprintf(text, sizeof(text), "%u", minutes);
	const tro_field fields[] = {{"clock", clock}, {"minutes", text}, {"reason", reason}};

	return tro_registry_act(
		registry, TRO_EVENT_TRUST_CLOCK, fields, 3, NULL, now, registrar, out_already, err);
}

bool tro_registry_clock_trusted(const tro_registry *registry, tro_clock_trust_info *out)
{
	tro_clock_trust trust;
	bool any = tro_authority_clock_trust(registry->authority, &trust);
	tro_time_us now = tro_registry_now(registry);

	*out = (tro_clock_trust_info){.until = trust.until,
		.reason = trust.reason,
		.proposed_by = trust.proposed_by,
		.agreed_by = trust.agreed_by};
	return any && trust.from <= now && now < trust.until;
}

tro_status tro_registry_set_acting_rank(tro_registry *registry, bool accepted, const char *reason,
	const tro_signer *registrar, bool *out_already, tro_err *err)
{
	const tro_field fields[] = {
		{"acting-rank", accepted ? "accepted" : "refused"}, {"reason", reason}};

	return tro_registry_act(registry, "policy", fields, 2, NULL, tro_registry_now(registry),
		registrar, out_already, err);
}

/* ---- two registrars ---- */

tro_status tro_registry_pending(tro_pending_info *out, const tro_registry *registry, tro_err *err)
{
	tro_stored_record stored;
	tro_record record;
	uint8_t hash[32];

	if (!tro_authority_pending(registry->authority, hash)) {
		return tro_err_set(err, TRO_NOT_FOUND, "nothing waits for a second registrar");
	}
	*out = (tro_pending_info){.seq = tro_authority_pending_seq(registry->authority)};
	tro_status status =
		tro_store_record_get(&stored, registry->store, TRO_REGISTRY_CASE, out->seq, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_record_read(&record, &stored, err);
	if (status == TRO_OK) {
		tro_hex_encode(out->hash, hash, sizeof(hash));
		memcpy(out->event, record.event, sizeof(out->event));
		memcpy(out->actor, record.actor, sizeof(out->actor));
		out->payload = strdup(stored.has_payload ? stored.payload : "");
		status = out->payload == NULL ? tro_err_nomem(err) : TRO_OK;
	}
	tro_stored_record_done(&stored);
	return status;
}

tro_status tro_registry_agree(
	tro_registry *registry, const char *hash_hex, const tro_signer *registrar, tro_err *err)
{
	const tro_field fields[] = {{"record", hash_hex}};

	return tro_registry_act(registry, "agree", fields, 1, NULL, tro_registry_now(registry),
		registrar, NULL, err);
}

/* ---- adoption ---- */

tro_status tro_registrar_adopt(tro_registry *registry, const tro_offers *offers,
	const tro_signer *registrar, bool *out_already, tro_err *err)
{
	tro_buf lines = TRO_BUF_INIT;
	tro_field *fields = calloc(offers->count + 1, sizeof(*fields));
	tro_status status = fields == NULL ? tro_err_nomem(err) : TRO_OK;
	size_t at = 0;

	for (size_t i = 0; status == TRO_OK && i < offers->count; i++) {
		char hex[TRO_HEX_SIZE(32)];

		tro_hex_encode(hex, offers->items[i].sha256, 32);
		tro_buf_printf(&lines, "%s %s %s%c", hex, offers->items[i].kind,
			offers->items[i].name, '\0');
		status = tro_buf_status(&lines, err);
	}
	for (size_t i = 0; status == TRO_OK && i < offers->count; i++) {
		fields[i] = (tro_field){"file", lines.ptr + at};
		at += strlen(lines.ptr + at) + 1;
	}
	if (status == TRO_OK) {
		status = tro_registry_act(registry, "adopt", fields, offers->count, offers,
			tro_registry_now(registry), registrar, out_already, err);
	}
	free(fields);
	tro_buf_done(&lines);
	return status;
}

static bool adopted_already(const tro_registry *registry, const tro_offer *offer)
{
	const tro_adopted *adopted =
		tro_authority_adopted(registry->authority, offer->kind, offer->name);

	return adopted != NULL &&
	       memcmp(adopted->sha256, offer->sha256, sizeof(offer->sha256)) == 0;
}

tro_status tro_registry_adopt(tro_registry *registry, const char *data_dir,
	const tro_signer *registrar, size_t *out_count, tro_err *err)
{
	tro_offers offers;
	tro_buf lines = TRO_BUF_INIT;
	tro_rules rules = tro_registry_rules(registry);
	tro_status status = tro_offers_read(&offers, data_dir, err);

	*out_count = 0;
	if (status != TRO_OK) {
		return status;
	}
	status = tro_offers_check(&offers, &rules, data_dir, err);
	tro_field *fields = calloc(offers.count + 1, sizeof(*fields));
	size_t *starts = calloc(offers.count + 1, sizeof(*starts));

	if (fields == NULL || starts == NULL) {
		status = tro_err_nomem(err);
	}
	for (size_t i = 0; status == TRO_OK && i < offers.count; i++) {
		char hex[TRO_HEX_SIZE(32)];

		if (!adopted_already(registry, &offers.items[i])) {
			tro_hex_encode(hex, offers.items[i].sha256, 32);
			starts[(*out_count)++] = lines.len;
			tro_buf_printf(&lines, "%s %s %s", hex, offers.items[i].kind,
				offers.items[i].name);
			tro_buf_put(&lines, "", 1);
		}
	}
	for (size_t i = 0; status == TRO_OK && i < *out_count; i++) {
		fields[i] = (tro_field){"file", lines.ptr + starts[i]};
	}
	if (status == TRO_OK && *out_count > 0) {
		status = tro_registry_act(registry, "adopt", fields, *out_count, &offers,
			tro_registry_now(registry), registrar, NULL, err);
	}
	free(fields);
	free(starts);
	tro_buf_done(&lines);
	tro_offers_done(&offers);
	return status;
}
