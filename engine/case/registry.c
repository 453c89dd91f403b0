#include <tro/registry.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "case/adopt.h"
#include "case/entry.h"
#include "case/registry_internal.h"
#include "crypto/crypto.h"
#include "ledger/id.h"
#include "ledger/note.h"

#define SERVICE_KEY "keys/service.key"
#define LOG_KEY "keys/log.key"
#define TRAINING_SUFFIX "/training"

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

static tro_status catch_up(tro_registry *registry, tro_err *err)
{
	uint64_t count = 0;
	tro_status status = tro_store_case_count(&count, registry->store, TRO_REGISTRY_CASE, err);

	while (status == TRO_OK && tro_authority_count(registry->authority) < count) {
		status = tro_registry_advance(registry->authority, registry->store, NULL, err);
	}
	return status;
}

static tro_status registry_new(tro_registry **out, tro_store *store, tro_err *err)
{
	tro_registry *registry = calloc(1, sizeof(*registry));

	if (registry == NULL) {
		tro_store_close(store);
		return tro_err_nomem(err);
	}
	registry->store = store;
	registry->vkey = (tro_buf)TRO_BUF_INIT;
	registry->library = tro_library_new(store);
	registry->authority = tro_authority_new();
	if (registry->library == NULL || registry->authority == NULL) {
		tro_registry_close(registry);
		return tro_err_nomem(err);
	}
	*out = registry;
	return TRO_OK;
}

tro_status tro_registry_open_unread(tro_registry **out, const char *dir, tro_err *err)
{
	tro_store *store;
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK) {
		status = tro_xml_init(err);
	}
	if (status == TRO_OK) {
		status = tro_store_open(&store, dir, err);
	}
	return status == TRO_OK ? registry_new(out, store, err) : status;
}

tro_status tro_registry_open(tro_registry **out, const char *dir, tro_err *err)
{
	tro_registry *registry;
	tro_status status = tro_registry_open_unread(&registry, dir, err);

	if (status != TRO_OK) {
		return status;
	}
	status = catch_up(registry, err);
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
		free(registry);
	}
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
	if (person->has_key) {
		tro_vkey_format(&registry->vkey, &person->key);
	}
	*out = (tro_person_info){.id = person->id,
		.name = person->name,
		.vkey = registry->vkey.len > 0 ? registry->vkey.ptr : "",
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

tro_status tro_enrolment_request(
	tro_buf *out, const char *origin, const char *name, const tro_signer *signer, tro_err *err)
{
	tro_enrolment enrolment = {0};
	uint8_t nonce[16];
	uint8_t signature[64];
	tro_buf text = TRO_BUF_INIT;

	if (strlen(origin) >= sizeof(enrolment.log) ||
		strlen(name) >= sizeof(enrolment.person_name)) {
		return tro_err_set(
			err, TRO_INVALID, "the origin or the name is longer than 256 bytes");
	}
	memcpy(enrolment.log, origin, strlen(origin) + 1);
	memcpy(enrolment.person_name, name, strlen(name) + 1);
	tro_random(nonce, sizeof(nonce));
	tro_hex_encode(enrolment.nonce, nonce, sizeof(nonce));
	tro_status status = tro_vkey_init(&enrolment.vkey, tro_signer_name(signer),
		TRO_NOTE_ED25519, tro_signer_public(signer), err);

	if (status == TRO_OK) {
		status = tro_enrolment_format(&text, &enrolment, err);
	}
	if (status == TRO_OK) {
		status = tro_signer_sign(signature, signer, text.ptr, text.len, err);
	}
	if (status == TRO_OK) {
		status = tro_note_compose(out, text.ptr, text.len, &enrolment.vkey, signature,
			sizeof(signature), err);
	}
	tro_buf_done(&text);
	return status;
}

tro_status tro_registry_service_signer(tro_signer **out, const tro_registry *registry, tro_err *err)
{
	char path[4096];
	int len =
		snprintf(path, sizeof(path), "%s/%s", tro_store_dir(registry->store), SERVICE_KEY);

	if (len < 0 || (size_t)len >= sizeof(path)) {
		return tro_err_set(err, TRO_INVALID, "the path of the store is too long");
	}
	return tro_signer_from_file(out, path, NULL, err);
}

/* ---- acts of a registrar ---- */

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
	*out = (tro_record){.seq = tro_authority_count(registry->authority), .time = time};
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

/* The authority judges the record before it is written: apply refuses what the registrar may not
 * do. */
static tro_status append(
	tro_registry *registry, const tro_entry *entry, const tro_offers *blobs, tro_err *err)
{
	uint64_t position;
	tro_status status = tro_authority_apply(registry->authority, &entry->record,
		entry->stored.payload, entry->stored.payload_len, entry->hash, err);

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
	return status;
}

static tro_status act(tro_registry *registry, const char *event, const tro_field *fields,
	size_t count, const tro_offers *blobs, tro_time_us time, const tro_signer *registrar,
	tro_err *err)
{
	tro_record record;
	tro_entry entry = {0};
	tro_buf payload = TRO_BUF_INIT;
	tro_status status = begin_record(&record, registry, event, registrar, time, err);

	if (status == TRO_OK) {
		status = tro_fields_format(&payload, fields, count, err);
	}
	if (status == TRO_OK) {
		status = tro_entry_sign(&entry, &record, &payload, NULL, registrar, err);
	}
	if (status == TRO_OK) {
		status = append(registry, &entry, blobs, err);
	}
	tro_entry_done(&entry);
	tro_buf_done(&payload);
	return status;
}

tro_status tro_registry_enrol(tro_registry *registry, const char *request, size_t len,
	const tro_signer *registrar, char *out_id, tro_err *err)
{
	tro_enrolment enrolment;
	tro_buf encoded = TRO_BUF_INIT;
	tro_status status = tro_enrolment_parse(&enrolment, request, len, err);

	if (status == TRO_OK) {
		tro_base64_encode(&encoded, (const uint8_t *)request, len);
		status = tro_buf_status(&encoded, err);
	}
	if (status == TRO_OK) {
		tro_id_new(out_id, "P");
		const tro_field fields[] = {{"person", out_id}, {"enrolment", encoded.ptr}};

		status = act(registry, "enrol", fields, 2, NULL, tro_registry_now(registry),
			registrar, err);
	}
	tro_buf_done(&encoded);
	return status;
}

tro_status tro_registry_grant(tro_registry *registry, const tro_grant_request *request,
	const tro_signer *registrar, tro_err *err)
{
	const tro_field all[] = {{"person", request->person}, {"role", request->role},
		{"rank", request->rank}, {"office", request->office}, {"force", request->force},
		{"from", request->from}, {"until", request->until}};
	tro_field fields[sizeof(all) / sizeof(*all)];
	size_t count = 0;
	size_t rank = 1;
	tro_rules rules = tro_registry_rules(registry);
	tro_status status =
		request->rank == NULL ? TRO_OK : tro_rules_rank(&rank, &rules, request->rank, err);

	if (status == TRO_OK && rank == 0) {
		status = tro_err_set(err, TRO_INVALID,
			"'%s' is not in the adopted list of ranks: write it as there, such as "
			"chief-inspector",
			request->rank);
	}
	if (status != TRO_OK) {
		return status;
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (all[i].value != NULL) {
			fields[count++] = all[i];
		}
	}
	return act(
		registry, "grant", fields, count, NULL, tro_registry_now(registry), registrar, err);
}

tro_status tro_registry_end_grant(tro_registry *registry, const char *person, const char *role,
	const char *reason, const tro_signer *registrar, tro_err *err)
{
	const tro_field fields[] = {{"person", person}, {"role", role}, {"reason", reason}};

	return act(registry, "end", fields, 3, NULL, tro_registry_now(registry), registrar, err);
}

tro_status tro_registry_set_clock(
	tro_registry *registry, tro_time_us time, const tro_signer *registrar, tro_err *err)
{
	char text[TRO_TIME_TEXT_SIZE];

	tro_time_format(text, time);
	const tro_field fields[] = {{"set", text}};

	return act(registry, "clock", fields, 1, NULL, time, registrar, err);
}

/* ---- adoption ---- */

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
	tro_status status = tro_offers_read(&offers, data_dir, err);

	*out_count = 0;
	if (status != TRO_OK) {
		return status;
	}
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
		status = act(registry, "adopt", fields, *out_count, &offers,
			tro_registry_now(registry), registrar, err);
	}
	free(fields);
	free(starts);
	tro_buf_done(&lines);
	tro_offers_done(&offers);
	return status;
}

/* ---- genesis ---- */

static tro_status key_of_store(
	tro_buf *out_vkey, const char *dir, const char *file, const char *name, tro_err *err)
{
	char path[4096];
	char *found_name = NULL;
	uint8_t public_key[32];
	tro_vkey vkey;
	int len = snprintf(path, sizeof(path), "%s/%s", dir, file);

	if (len < 0 || (size_t)len >= sizeof(path)) {
		return tro_err_set(err, TRO_INVALID, "the path of the store is too long");
	}
	tro_status status = tro_key_read_public(&found_name, public_key, path, err);

	if (status == TRO_NOT_FOUND) { /* else a killed init has made it already */
		status = tro_key_create(path, name, NULL, err);
		if (status == TRO_OK) {
			status = tro_key_read_public(&found_name, public_key, path, err);
		}
	}
	if (status == TRO_OK) {
		status = tro_vkey_init(&vkey, found_name, TRO_NOTE_ED25519, public_key, err);
	}
	if (status == TRO_OK) {
		tro_vkey_format(out_vkey, &vkey);
		status = tro_buf_status(out_vkey, err);
	}
	free(found_name);
	return status;
}

static tro_status origin_good(const tro_genesis *genesis, tro_err *err)
{
	size_t len = strlen(genesis->origin);
	size_t suffix = strlen(TRAINING_SUFFIX);

	if (!genesis->training) {
		return tro_err_set(err, TRO_REFUSED,
			"a live store is refused: this program does not encrypt the store at rest, "
			"and "
			"nobody has recorded the legal confirmation that its rules match the law "
			"in force; "
			"make a training store with 'tro init --training'");
	}
	if (len <= suffix || strcmp(genesis->origin + len - suffix, TRAINING_SUFFIX) != 0) {
		return tro_err_set(err, TRO_INVALID,
			"the origin of a training store ends in %s, not '%s'", TRAINING_SUFFIX,
			genesis->origin);
	}
	return TRO_OK;
}

static tro_status make_key_folder(const char *dir, tro_err *err)
{
	char path[4096];
	int len = snprintf(path, sizeof(path), "%s/keys", dir);

	if (len < 0 || (size_t)len >= sizeof(path)) {
		return tro_err_set(err, TRO_INVALID, "the path of the store is too long");
	}
	if (mkdir(path, 0700) != 0 && errno != EEXIST) {
		return tro_err_errno(err, errno, "cannot create the folder %s", path);
	}
	return TRO_OK;
}

/* The store's own two keys, the registrar's and the service's lines. */
typedef struct genesis_texts {
	tro_buf log_vkey, service, registrar;
	char registrar_id[TRO_ID_SIZE], service_id[TRO_ID_SIZE];
} genesis_texts;

static tro_status write_texts(genesis_texts *t, const char *dir, const tro_genesis *genesis,
	const tro_signer *registrar, tro_err *err)
{
	char name[TRO_ORIGIN_SIZE + 16];
	tro_status status = make_key_folder(dir, err);

	if (status == TRO_OK) {
		status = key_of_store(&t->log_vkey, dir, LOG_KEY, genesis->origin, err);
	}
	tro_id_new(t->registrar_id, "P");
	tro_id_new(t->service_id, "P");
	tro_buf_printf(&t->service, "%s ", t->service_id);
	if (status == TRO_OK) {
		(void)snprintf(name, sizeof(name), "%s/service", genesis->origin);
		status = key_of_store(&t->service, dir, SERVICE_KEY, name, err);
	}
	if (status == TRO_OK) {
		tro_buf_printf(&t->registrar, "%s ", t->registrar_id);
		status = tro_signer_vkey(&t->registrar, registrar, err);
	}
	tro_buf_printf(&t->registrar, " %s", genesis->registrar_name);
	return status == TRO_OK ? tro_buf_status(&t->registrar, err) : status;
}

static tro_status write_genesis(tro_buf *out, const genesis_texts *t, const tro_genesis *genesis,
	const char *clock, tro_err *err)
{
	/* Roles that workflows use; a registrar grants them. */
	static const char *const roles[] = {"registrar", "officer", "legal-reviewer",
		"authorising-officer", "second-reader", "coordinator", "auditor"};
	tro_field fields[16];
	size_t count = 0;

	fields[count++] = (tro_field){"log", genesis->origin};
	fields[count++] = (tro_field){"mode", "training"};
	if (clock != NULL) {
		fields[count++] = (tro_field){"clock", clock};
	}
	fields[count++] = (tro_field){"log-key", t->log_vkey.ptr};
	fields[count++] = (tro_field){"registrars-required", "1"};
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		fields[count++] = (tro_field){"role", roles[i]};
	}
	fields[count++] = (tro_field){"registrar", t->registrar.ptr};
	fields[count++] = (tro_field){"service", t->service.ptr};
	fields[count++] = (tro_field){"witness-policy", "none"};
	return tro_fields_format(out, fields, count, err);
}

static tro_status append_genesis(tro_registry *registry, const char *dir,
	const tro_genesis *genesis, const tro_signer *registrar, tro_err *err)
{
	genesis_texts t = {TRO_BUF_INIT, TRO_BUF_INIT, TRO_BUF_INIT, "", ""};
	tro_record record = {.time = tro_clock_now(),
		.request = "-",
		.matter = "-",
		.event = "genesis",
		.role = "registrar",
		.case_id = TRO_REGISTRY_CASE};
	tro_buf payload = TRO_BUF_INIT;
	tro_entry entry = {0};
	char clock[TRO_TIME_TEXT_SIZE];
	tro_status status = TRO_OK;

	if (genesis->clock != NULL) {
		status = tro_time_parse(&record.time, genesis->clock, err);
		tro_time_format(clock, status == TRO_OK ? record.time : 0);
	}
	if (status == TRO_OK) {
		status = write_texts(&t, dir, genesis, registrar, err);
	}
	if (status == TRO_OK) {
		(void)snprintf(record.log, sizeof(record.log), "%s", genesis->origin);
		(void)snprintf(record.actor, sizeof(record.actor), "%s", t.registrar_id);
		status = write_genesis(
			&payload, &t, genesis, genesis->clock == NULL ? NULL : clock, err);
	}
	if (status == TRO_OK) {
		status = tro_entry_sign(&entry, &record, &payload, NULL, registrar, err);
	}
	if (status == TRO_OK) {
		status = append(registry, &entry, NULL, err);
	}
	tro_entry_done(&entry);
	tro_buf_done(&payload);
	tro_buf_done(&t.log_vkey);
	tro_buf_done(&t.service);
	tro_buf_done(&t.registrar);
	return status;
}

/* Creates the store, or opens one in which a killed init left no or only its first records. */
static tro_status open_fresh(tro_registry **out, const char *dir, tro_err *err)
{
	tro_store *store;
	tro_status status = tro_store_open(&store, dir, err);

	if (status == TRO_NOT_FOUND) {
		status = tro_store_create(&store, dir, err);
	}
	if (status == TRO_OK) {
		status = registry_new(out, store, err);
	}
	return status;
}

tro_status tro_registry_create(
	const char *dir, const tro_genesis *genesis, const tro_signer *registrar, tro_err *err)
{
	tro_registry *registry = NULL;
	size_t count;
	tro_status status = origin_good(genesis, err);

	if (status == TRO_OK) {
		status = tro_crypto_init(err);
	}
	if (status == TRO_OK) {
		status = tro_xml_init(err);
	}
	if (status == TRO_OK) {
		status = open_fresh(&registry, dir, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	status = catch_up(registry, err);
	if (status == TRO_NOT_FOUND) {
		status = append_genesis(registry, dir, genesis, registrar, err);
	} else if (status == TRO_OK && tro_authority_adopted_count(registry->authority) > 0) {
		status = tro_err_set(err, TRO_INVALID, "%s is a finished store already", dir);
	}
	if (status == TRO_OK) {
		status = tro_registry_adopt(registry, genesis->data_dir, registrar, &count, err);
	}
	tro_registry_close(registry);
	return status;
}
