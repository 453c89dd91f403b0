/* The registry as it is read: opening a store, its people, the rules that hold. */
#include <tro/registry.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/calendar.h>

#include "base/text.h"
#include "case/registry_internal.h"
#include "crypto/crypto.h"
#include "ledger/note.h"

/* ---- reading ---- */

tro_status tro_record_read(tro_record *out, const tro_stored_record *stored, tro_err *err)
{
	tro_note note;
	tro_status status = tro_note_parse(&note, stored->note, stored->note_len, err);

	return status == TRO_OK ? tro_record_from_note(out, &note, err) : status;
}

tro_status tro_record_check_payload(
	const tro_record *record, const tro_stored_record *stored, tro_err *err)
{
	uint8_t hmac[32];

	if (!record->has_payload) {
		return TRO_OK;
	}
	if (!stored->has_payload || !stored->has_payload_salt) {
		return tro_err_set(err, TRO_INVALID, "the payload of %s seq %llu is missing",
			record->case_id, (unsigned long long)record->seq);
	}
	tro_status status = tro_hmac_sha256(
		hmac, stored->payload_salt, 32, stored->payload, stored->payload_len, err);

	if (status == TRO_OK && memcmp(hmac, record->payload, sizeof(hmac)) != 0) {
		status = tro_err_set(err, TRO_INVALID,
			"the payload of %s seq %llu is not the one that its record commits to",
			record->case_id, (unsigned long long)record->seq);
	}
	return status;
}

tro_status tro_registry_advance(
	tro_authority *authority, tro_store *store, tro_record *out, tro_err *err)
{
	tro_stored_record stored;
	tro_record record;
	uint8_t hash[32];
	uint8_t head[32];
	uint64_t seq = tro_authority_count(authority);
	tro_status status = tro_store_record_get(&stored, store, TRO_REGISTRY_CASE, seq, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_record_read(&record, &stored, err);
	if (status == TRO_OK) {
		bool has_head = tro_authority_head(authority, head);
		bool follows = record.seq == seq && record.has_prev == has_head &&
			       (!has_head || memcmp(record.prev, head, sizeof(head)) == 0);

		if (!follows) {
			status = tro_err_set(err, TRO_INVALID,
				"registry seq %llu does not follow the record before it",
				(unsigned long long)seq);
		}
	}
	if (status == TRO_OK) {
		status = tro_record_check_payload(&record, &stored, err);
	}
	if (status == TRO_OK) {
		tro_record_hash(hash, stored.note, stored.note_len);
		status = tro_authority_apply(
			authority, &record, stored.payload, stored.payload_len, hash, err);
	}
	if (status == TRO_OK && out != NULL) {
		*out = record;
	}
	tro_stored_record_done(&stored);
	return status;
}

tro_rules tro_registry_rules(const tro_registry *registry)
{
	return (tro_rules){.library = registry->library, .authority = registry->authority};
}

tro_status tro_registry_is_behind(bool *out, const tro_registry *registry, tro_err *err)
{
	uint64_t count = 0;
	tro_status status = tro_store_case_count(&count, registry->store, TRO_REGISTRY_CASE, err);

	*out = status == TRO_OK && count > tro_authority_count(registry->authority);
	return status;
}

tro_status tro_registry_catch_up(tro_registry *registry, tro_err *err)
{
	uint64_t count = 0;
	tro_status status = tro_store_case_count(&count, registry->store, TRO_REGISTRY_CASE, err);

	while (status == TRO_OK && tro_authority_count(registry->authority) < count) {
		status = tro_registry_advance(registry->authority, registry->store, NULL, err);
	}
	return status;
}

tro_status tro_key_path(
	char out[TRO_KEY_PATH_SIZE], const char *dir, const char *file, tro_err *err)
{
	int len = snprintf(out, TRO_KEY_PATH_SIZE, "%s/%s", dir, file);

	return len > 0 && len < TRO_KEY_PATH_SIZE
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID, "the path of the store is too long");
}

tro_status tro_registry_new(tro_registry **out, tro_store *store, tro_err *err)
{
	tro_registry *registry = calloc(1, sizeof(*registry));

	if (registry == NULL) {
		tro_store_close(store);
		return tro_err_nomem(err);
	}
	registry->store = store;
	registry->vkey = registry->spare = (tro_buf)TRO_BUF_INIT;
	registry->library = tro_library_new(store);
	registry->authority = tro_authority_new();
	if (registry->library == NULL || registry->authority == NULL) {
		tro_registry_close(registry);
		return tro_err_nomem(err);
	}
	*out = registry;
	return TRO_OK;
}

static tro_status open_on(tro_registry **out, const char *dir,
	tro_status (*open_store)(tro_store **out, const char *dir, tro_err *err), tro_err *err)
{
	tro_store *store;
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK) {
		status = tro_xml_init(err);
	}
	if (status == TRO_OK) {
		status = open_store(&store, dir, err);
	}
	return status == TRO_OK ? tro_registry_new(out, store, err) : status;
}

tro_status tro_registry_open_unread(tro_registry **out, const char *dir, tro_err *err)
{
	return open_on(out, dir, tro_store_open_untrusted, err);
}

tro_status tro_registry_open(tro_registry **out, const char *dir, tro_err *err)
{
	tro_registry *registry;
	tro_status status = open_on(&registry, dir, tro_store_open, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_registry_catch_up(registry, err);
	if (status == TRO_NOT_FOUND) {
		status = tro_err_set(err, TRO_NOT_FOUND,
			"the store %s was never finished: run 'tro init' on it again", dir);
	}
	if (status != TRO_OK) {
		tro_registry_close(registry);
		return status;
	}
	*out = registry;
	return TRO_OK;
}

void tro_registry_close(tro_registry *registry)
{
	if (registry != NULL) {
		tro_authority_free(registry->authority);
		tro_library_free(registry->library);
		tro_store_close(registry->store);
		tro_buf_done(&registry->vkey);
		tro_buf_done(&registry->spare);
		free(registry);
	}
}

void tro_registry_rehearse(tro_registry *registry)
{
	registry->rehearsal = true;
}

const char *tro_registry_origin(const tro_registry *registry)
{
	return tro_authority_origin(registry->authority);
}

bool tro_registry_training(const tro_registry *registry)
{
	return tro_authority_training(registry->authority);
}

bool tro_registry_clock_set(const tro_registry *registry)
{
	tro_time_us time;

	return tro_authority_clock(registry->authority, &time);
}

bool tro_registry_acting_rank(const tro_registry *registry)
{
	return tro_authority_acting_rank(registry->authority);
}

tro_time_us tro_registry_now(const tro_registry *registry)
{
	tro_time_us time;

	return tro_authority_clock(registry->authority, &time) ? time : tro_clock_now();
}

/* ---- people ---- */

size_t tro_registry_person_count(const tro_registry *registry)
{
	return tro_authority_person_count(registry->authority);
}

void tro_registry_person_at(tro_registry *registry, size_t index, tro_person_info *out)
{
	const tro_person *person = tro_authority_person_at(registry->authority, index);

	tro_buf_clear(&registry->vkey);
	tro_buf_clear(&registry->spare);
	if (person->has_key) {
		tro_vkey_format(&registry->vkey, &person->key);
	}
	if (person->has_spare) {
		tro_vkey_format(&registry->spare, &person->spare);
	}
	*out = (tro_person_info){.id = person->id,
		.name = person->name,
		.vkey = registry->vkey.len > 0 ? registry->vkey.ptr : "",
		.spare = registry->spare.len > 0 ? registry->spare.ptr : "",
		.grant_count = person->grant_count};
}

void tro_registry_grant_at(
	const tro_registry *registry, size_t person, size_t grant, tro_grant_info *out)
{
	const tro_grant *g = &tro_authority_person_at(registry->authority, person)->grants[grant];

	*out = (tro_grant_info){.role = g->role,
		.rank = g->rank,
		.office = g->office,
		.force = g->force,
		.from = g->from,
		.until = g->until,
		.acting = g->acting,
		.ended = g->ended};
}

static tro_status index_of(size_t *out, const tro_registry *registry, const tro_person *person,
	const char *what, tro_err *err)
{
	for (size_t i = 0; person != NULL && i < tro_registry_person_count(registry); i++) {
		if (tro_authority_person_at(registry->authority, i) == person) {
			*out = i;
			return TRO_OK;
		}
	}
	return tro_err_set(err, TRO_NOT_FOUND,
		"%s is not enrolled in this store: 'tro person' lists who is", what);
}

tro_status tro_registry_person_by_key(
	size_t *out, const tro_registry *registry, const uint8_t public_key[32], tro_err *err)
{
	return index_of(out, registry, tro_authority_person_by_key(registry->authority, public_key),
		"this key", err);
}

tro_status tro_registry_person_by_id(
	size_t *out, const tro_registry *registry, const char *id, tro_err *err)
{
	return index_of(out, registry, tro_authority_person(registry->authority, id), id, err);
}

const char *tro_registry_service(const tro_registry *registry)
{
	return tro_authority_service(registry->authority);
}

static tro_date today(const tro_registry *registry)
{
	tro_uk_local local;

	tro_uk_from_time(&local, tro_registry_now(registry));
	return local.date;
}

void tro_registry_roles(tro_buf *out, const tro_registry *registry, size_t index)
{
	const tro_person *person = tro_authority_person_at(registry->authority, index);
	const tro_grant *grant;

	for (size_t i = 0; i < person->grant_count; i++) {
		const char *role = person->grants[i].role;
		bool may = tro_authority_may_act(&grant, registry->authority, person->id, role,
				   today(registry), NULL) == TRO_OK;

		if (may && !tro_text_in_list(out->ptr, role)) {
			tro_buf_printf(out, out->len == 0 ? "%s" : " %s", role);
		}
	}
}
