/* How a store begins: its own keys, the genesis record, the first adoption. */
#include <tro/registry.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "case/adopt_check.h"
#include "case/entry.h"
#include "case/registry_internal.h"
#include "chart/chart.h"
#include "crypto/crypto.h"
#include "crypto/keyfile.h"
#include "ledger/fields.h"
#include "ledger/id.h"
#include "ledger/note.h"

#define TRAINING_SUFFIX "/training"
#define SERVICE_SUFFIX "/service"

/* The log's key is for those who publish checkpoints; the service's for all who use the store. */
static tro_status key_of_store(
	tro_buf *out_vkey, const char *dir, const char *file, const char *name, tro_err *err)
{
	bool shared = strcmp(file, TRO_SERVICE_KEY) == 0;
	char path[TRO_KEY_PATH_SIZE];
	char *found_name = NULL;
	uint8_t public_key[32];
	tro_vkey vkey;
	tro_status status = tro_key_path(path, dir, file, err);

	if (status == TRO_OK) {
		status = tro_key_show_public(&found_name, public_key, path, err);
	}

	if (status == TRO_NOT_FOUND) { /* else a killed init has made it already */
		status = shared ? tro_key_create_shared(path, name, err)
				: tro_key_create(path, name, NULL, err);
		if (status == TRO_OK) {
			status = tro_key_show_public(&found_name, public_key, path, err);
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
	if (!genesis->training) { /* before its origin is asked for */
		return tro_err_set(err, TRO_REFUSED,
			"a live store is refused: this program does not encrypt the store at rest, "
			"and "
			"nobody has recorded the legal confirmation that its rules match the law "
			"in force; "
			"make a training store with 'tro init --training'");
	}
	size_t len = strlen(genesis->origin);
	size_t suffix = strlen(TRAINING_SUFFIX);

	if (len <= suffix || strcmp(genesis->origin + len - suffix, TRAINING_SUFFIX) != 0) {
		return tro_err_set(err, TRO_INVALID,
			"the origin of a training store ends in %s, not '%s'", TRAINING_SUFFIX,
			genesis->origin);
	}
	return TRO_OK;
}

/* What the first registrar chose, before anything is made; the rest is judged in rehearse. */
static tro_status names_good(const tro_genesis *genesis, tro_err *err)
{
	enum { NAME_MAX_LEN = 256, KEY_NAME_MAX_LEN = 255 };
	size_t origin_len = strlen(genesis->origin);
	size_t name_len = strlen(genesis->registrar_name);

	if (!tro_record_origin_good(genesis->origin, origin_len) ||
		origin_len + strlen(SERVICE_SUFFIX) > KEY_NAME_MAX_LEN) {
		return tro_err_set(err, TRO_INVALID,
			"the origin is not 1 to %zu printable ASCII characters, none of them a "
			"blank or '+'",
			KEY_NAME_MAX_LEN - strlen(SERVICE_SUFFIX));
	}
	if (!tro_line_good(genesis->registrar_name, name_len) || name_len > NAME_MAX_LEN) {
		return tro_err_set(err, TRO_INVALID,
			"the name is not one line of 1 to %d bytes of plain text",
			(int)NAME_MAX_LEN);
	}
	return TRO_OK;
}

tro_status tro_keys_make_folder(const char *dir, tro_err *err)
{
	char path[TRO_KEY_PATH_SIZE];
	tro_status status = tro_key_path(path, dir, TRO_KEYS, err);

	if (status == TRO_OK && mkdir(path, 0750) != 0 && errno != EEXIST) {
		status = tro_err_errno(err, errno, "cannot create the folder %s", path);
	}
	return status;
}

/* The store's own two keys, the registrar's and the service's lines. */
typedef struct genesis_texts {
	tro_buf log_vkey, service, registrar;
	char registrar_id[TRO_ID_SIZE], service_id[TRO_ID_SIZE];
} genesis_texts;

static tro_status passing_key(tro_buf *out_vkey, const char *name, tro_err *err)
{
	tro_signer *signer = NULL;
	tro_status status = tro_signer_passing(&signer, name, err);

	if (status == TRO_OK) {
		status = tro_signer_vkey(out_vkey, signer, err);
	}
	tro_signer_free(signer);
	return status;
}

/* dir NULL: for a rehearsal, with passing keys. */
static tro_status write_texts(genesis_texts *t, const char *dir, const tro_genesis *genesis,
	const tro_signer *registrar, tro_err *err)
{
	char name[TRO_ORIGIN_SIZE + sizeof(SERVICE_SUFFIX)];
	tro_status status = dir == NULL ? TRO_OK : tro_keys_make_folder(dir, err);

	(void)snprintf(name, sizeof(name), "%s" SERVICE_SUFFIX, genesis->origin);
	if (status == TRO_OK) {
		status = dir == NULL ? passing_key(&t->log_vkey, genesis->origin, err)
				     : key_of_store(&t->log_vkey, dir, TRO_LOG_KEY, genesis->origin,
					       err);
	}
	tro_id_new(t->registrar_id, "P");
	tro_id_new(t->service_id, "P");
	tro_buf_printf(&t->service, "%s ", t->service_id);
	if (status == TRO_OK) {
		status = dir == NULL ? passing_key(&t->service, name, err)
				     : key_of_store(&t->service, dir, TRO_SERVICE_KEY, name, err);
	}
	if (status == TRO_OK) {
		tro_buf_printf(&t->registrar, "%s ", t->registrar_id);
		status = tro_signer_vkey(&t->registrar, registrar, err);
	}
	tro_buf_printf(&t->registrar, " %s", genesis->registrar_name);
	return status == TRO_OK ? tro_buf_status(&t->registrar, err) : status;
}

/* Appends the roles that a definition's events ask for. */
static tro_status add_roles(tro_buf *out, const tro_offer *definition, tro_err *err)
{
	tro_chart *chart = NULL;
	tro_findings *faults = tro_findings_new();
	tro_status status = faults == NULL ? tro_err_nomem(err)
					   : tro_chart_load(&chart, definition->bytes.ptr,
						     definition->bytes.len, definition->name,
						     TRO_CHART_PRODUCTION, faults, err);

	for (size_t i = 0; status == TRO_OK && i < tro_chart_event_count(chart); i++) {
		const char *at = tro_chart_event_at(chart, i)->role;

		while (status == TRO_OK && *(at += strspn(at, " \t\n")) != '\0') {
			char role[TRO_NAME_SIZE];
			size_t len = strcspn(at, " \t\n");

			if (len >= sizeof(role)) {
				status = tro_err_set(err, TRO_INVALID,
					"definition %s: a role's name is too long",
					definition->name);
				break;
			}
			memcpy(role, at, len);
			role[len] = '\0';
			if (!tro_text_in_list(out->ptr, role)) {
				tro_buf_printf(out, " %s", role);
			}
			at += len;
		}
	}
	tro_chart_free(chart);
	tro_findings_free(faults);
	return status == TRO_OK ? tro_buf_status(out, err) : status;
}

/* The roles of a store, blank-separated: the registrar's, and those that its workflows ask for. */
static tro_status gather_roles(tro_buf *out, const tro_offers *offers, tro_err *err)
{
	tro_status status = TRO_OK;

	tro_buf_puts(out, TRO_ROLE_REGISTRAR);
	for (size_t i = 0; status == TRO_OK && i < offers->count; i++) {
		if (strcmp(offers->items[i].kind, "definition") == 0) {
			status = add_roles(out, &offers->items[i], err);
		}
	}
	return status;
}

static tro_status write_genesis(tro_buf *out, const genesis_texts *t, const tro_genesis *genesis,
	const char *clock, char *roles, tro_err *err)
{
	enum { OTHER_FIELDS = 8 };
	tro_field *fields = calloc(strlen(roles) + OTHER_FIELDS, sizeof(*fields));
	size_t count = 0;
	char *save = NULL;

	if (fields == NULL) {
		return tro_err_nomem(err);
	}
	fields[count++] = (tro_field){"log", genesis->origin};
	fields[count++] = (tro_field){"mode", "training"};
	if (clock != NULL) {
		fields[count++] = (tro_field){"clock", clock};
	}
	fields[count++] = (tro_field){"log-key", t->log_vkey.ptr};
	fields[count++] = (tro_field){"registrars-required", genesis->two_registrars ? "2" : "1"};
	for (char *role = strtok_r(roles, " ", &save); role != NULL;
		role = strtok_r(NULL, " ", &save)) {
		fields[count++] = (tro_field){"role", role};
	}
	fields[count++] = (tro_field){"registrar", t->registrar.ptr};
	fields[count++] = (tro_field){"service", t->service.ptr};
	fields[count++] = (tro_field){"witness-policy", "none"};
	tro_status status = tro_fields_format(out, fields, count, err);

	free(fields);
	return status;
}

/* The genesis record and its payload; dir NULL: for a rehearsal. */
static tro_status compose_genesis(tro_record *record, tro_buf *payload, const char *dir,
	const tro_genesis *genesis, const tro_offers *offers, const tro_signer *registrar,
	tro_err *err)
{
	tro_buf roles = TRO_BUF_INIT;
	genesis_texts t = {TRO_BUF_INIT, TRO_BUF_INIT, TRO_BUF_INIT, "", ""};
	char clock[TRO_TIME_TEXT_SIZE];
	tro_status status = TRO_OK;

	*record = (tro_record){.time = tro_clock_now(),
		.request = "-",
		.matter = "-",
		.event = "genesis",
		.role = "registrar",
		.case_id = TRO_REGISTRY_CASE};
	if (genesis->clock != NULL) {
		status = tro_time_parse(&record->time, genesis->clock, err);
		tro_time_format(clock, status == TRO_OK ? record->time : 0);
	}
	if (status == TRO_OK) {
		status = write_texts(&t, dir, genesis, registrar, err);
	}
	if (status == TRO_OK) {
		status = gather_roles(&roles, offers, err);
	}
	if (status == TRO_OK) {
		(void)snprintf(record->log, sizeof(record->log), "%s", genesis->origin);
		(void)snprintf(record->actor, sizeof(record->actor), "%s", t.registrar_id);
		status = write_genesis(payload, &t, genesis, genesis->clock == NULL ? NULL : clock,
			roles.ptr, err);
	}
	tro_buf_done(&roles);
	tro_buf_done(&t.log_vkey);
	tro_buf_done(&t.service);
	tro_buf_done(&t.registrar);
	return status;
}

static tro_status append_genesis(tro_registry *registry, const char *dir,
	const tro_genesis *genesis, const tro_offers *offers, const tro_signer *registrar,
	tro_err *err)
{
	tro_record record;
	tro_buf payload = TRO_BUF_INIT;
	tro_entry entry = {0};
	tro_status status =
		compose_genesis(&record, &payload, dir, genesis, offers, registrar, err);

	if (status == TRO_OK) {
		status = tro_entry_compose(&entry, &record, &payload, NULL, err);
	}
	if (status == TRO_OK) {
		status = tro_entry_sign(&entry, registrar, err);
	}
	if (status == TRO_OK) {
		status = tro_registry_append(registry, &entry, NULL, err);
	}
	tro_entry_done(&entry);
	tro_buf_done(&payload);
	return status;
}

/* Would this genesis be taken? A store is made when nothing but the disk can stand against it. */
static tro_status rehearse(const tro_genesis *genesis, const tro_offers *offers,
	const tro_signer *registrar, tro_err *err)
{
	static const uint8_t no_hash[32];
	tro_record record;
	tro_buf payload = TRO_BUF_INIT;
	tro_authority *trial = tro_authority_new();
	tro_status status = trial == NULL ? tro_err_nomem(err)
					  : compose_genesis(&record, &payload, NULL, genesis,
						    offers, registrar, err);

	if (status == TRO_OK) {
		record.has_payload = true;
		status =
			tro_authority_apply(trial, &record, payload.ptr, payload.len, no_hash, err);
	}
	tro_authority_free(trial);
	tro_buf_done(&payload);
	return status;
}

/* A store that is there already must be the one that is asked for: nobody shall take another's for
 * their own. */
static tro_status same_store(const tro_registry *registry, const char *dir,
	const tro_genesis *genesis, const tro_signer *registrar, tro_err *err)
{
	const tro_person *person =
		tro_authority_person_by_key(registry->authority, tro_signer_public(registrar));

	if (strcmp(tro_registry_origin(registry), genesis->origin) != 0) {
		return tro_err_set(err, TRO_INVALID, "%s is a store already, of the origin %s", dir,
			tro_registry_origin(registry));
	}
	if (person == NULL || strcmp(person->name, genesis->registrar_name) != 0) {
		return tro_err_set(err, TRO_INVALID,
			"%s is a store already, in which your key is not that of '%s'", dir,
			genesis->registrar_name);
	}
	return TRO_OK;
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
		status = tro_registry_new(out, store, err);
	}
	return status;
}

/* What tro_registry_create would find, without making anything. */
static tro_status look(bool *out_already, const char *dir, const tro_genesis *genesis,
	const tro_signer *registrar, tro_err *err)
{
	tro_registry *registry = NULL;
	tro_store *store = NULL;
	tro_status status = tro_store_open(&store, dir, err);

	if (status == TRO_NOT_FOUND) {
		return tro_store_check_new(dir, err);
	}
	if (status == TRO_OK) {
		status = tro_registry_new(&registry, store, err);
	}
	if (status == TRO_OK) {
		status = tro_registry_catch_up(registry, err);
		if (status == TRO_OK) {
			status = same_store(registry, dir, genesis, registrar, err);
			*out_already = tro_authority_adopted_count(registry->authority) > 0;
		} else if (status == TRO_NOT_FOUND) {
			status = TRO_OK; /* what a killed call left */
		}
	}
	tro_registry_close(registry);
	return status;
}

/* Makes the store, or finishes it. */
static tro_status make(bool *out_already, const char *dir, const tro_genesis *genesis,
	const tro_offers *offers, const tro_signer *registrar, tro_err *err)
{
	tro_registry *registry = NULL;
	size_t count;
	tro_status status = open_fresh(&registry, dir, err);

	if (status == TRO_OK) {
		status = tro_registry_catch_up(registry, err);
		if (status == TRO_NOT_FOUND) {
			status = append_genesis(registry, dir, genesis, offers, registrar, err);
		} else if (status == TRO_OK) {
			status = same_store(registry, dir, genesis, registrar, err);
			*out_already = tro_authority_adopted_count(registry->authority) > 0;
		}
	}
	if (status == TRO_OK && !*out_already) {
		status = tro_registry_adopt(registry, genesis->data_dir, registrar, &count, err);
	}
	tro_registry_close(registry);
	return status;
}

tro_status tro_registry_create(const char *dir, const tro_genesis *genesis,
	const tro_signer *registrar, bool *out_already, tro_err *err)
{
	tro_offers offers = {0};
	bool already = false;
	tro_status status = origin_good(genesis, err);

	if (status == TRO_OK) {
		status = tro_crypto_init(err);
	}
	if (status == TRO_OK) {
		status = tro_xml_init(err);
	}
	if (status == TRO_OK) { /* before anything is made: all that can be wrong with it */
		status = names_good(genesis, err);
	}
	if (status == TRO_OK) {
		status = tro_offers_read(&offers, genesis->data_dir, err);
	}
	if (status == TRO_OK) {
		status = tro_offers_check(&offers, NULL, genesis->data_dir, err);
	}
	if (status == TRO_OK) {
		status = rehearse(genesis, &offers, registrar, err);
	}
	if (status == TRO_OK) {
		status = genesis->dry_run ? look(&already, dir, genesis, registrar, err)
					  : make(&already, dir, genesis, &offers, registrar, err);
	}
	if (out_already != NULL) {
		*out_already = already;
	}
	tro_offers_done(&offers);
	return status;
}
