/* People and their keys: a new key's request, and what a registrar makes of it. */
#include <tro/registry.h>

#include <string.h>

#include "base/text.h"
#include "case/registry_internal.h"
#include "crypto/crypto.h"
#include "ledger/id.h"
#include "ledger/note.h"

tro_status tro_enrolment_request(
	tro_buf *out, const char *origin, const char *name, const tro_signer *signer, tro_err *err)
{
	tro_enrolment enrolment = {0};
	uint8_t nonce[16];
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
		status = tro_text_sign(out, text.ptr, text.len, signer, err);
	}
	tro_buf_done(&text);
	return status;
}

/* The fields of new keys, and the bytes that they borrow. */
typedef struct key_fields {
	tro_buf key, spare;
	tro_field list[3];
	size_t count;
} key_fields;

static void put_request(
	key_fields *f, tro_buf *encoded, const char *name, const char *request, size_t len)
{
	if (request != NULL) {
		tro_base64_encode(encoded, (const uint8_t *)request, len);
		f->list[f->count++] = (tro_field){name, encoded->ptr};
	}
}

/* Read before they are sent off, so that what is wrong with a file is said of the file. */
static tro_status check_request(const char *request, size_t len, tro_err *err)
{
	tro_enrolment enrolment;

	return request == NULL ? TRO_OK : tro_enrolment_parse(&enrolment, request, len, err);
}

static tro_status put_keys(
	key_fields *out, const char *person, const tro_new_keys *keys, tro_err *err)
{
	*out = (key_fields){TRO_BUF_INIT, TRO_BUF_INIT, {{"person", person}}, 1};
	tro_status status = check_request(keys->key, keys->key_len, err);

	if (status == TRO_OK) {
		status = check_request(keys->spare, keys->spare_len, err);
	}
	if (status != TRO_OK) {
		return status;
	}
	put_request(out, &out->key, "enrolment", keys->key, keys->key_len);
	put_request(out, &out->spare, "spare", keys->spare, keys->spare_len);
	status = tro_buf_status(&out->key, err);
	return status == TRO_OK ? tro_buf_status(&out->spare, err) : status;
}

static void key_fields_done(key_fields *f)
{
	tro_buf_done(&f->key);
	tro_buf_done(&f->spare);
}

tro_status tro_registry_enrol(tro_registry *registry, const tro_new_keys *keys,
	const tro_signer *registrar, char *out_id, tro_err *err)
{
	key_fields f;

	tro_id_new(out_id, "P");
	tro_status status = put_keys(&f, out_id, keys, err);

	if (status == TRO_OK) {
		status = tro_registry_act(registry, "enrol", f.list, f.count, NULL,
			tro_registry_now(registry), registrar, NULL, err);
	}
	key_fields_done(&f);
	return status;
}

tro_status tro_registry_record_keys(tro_registry *registry, const char *person,
	const tro_new_keys *keys, const tro_signer *registrar, bool *out_already, tro_err *err)
{
	key_fields f;
	tro_status status = put_keys(&f, person, keys, err);
	if (status == TRO_OK) {
		status = tro_registry_act(registry, "rotate", f.list, f.count, NULL,
			tro_registry_now(registry), registrar, out_already, err);
	}
	key_fields_done(&f);
	return status;
}

tro_status tro_registry_rotate(tro_registry *registry, const char *person, const tro_new_keys *keys,
	const tro_signer *registrar, bool *out_already, tro_err *err)
{
	size_t index;
	tro_status status = tro_registry_person_by_id(&index, registry, person, err);

	if (status == TRO_OK && strcmp(person, tro_registry_service(registry)) == 0) {
		/* Its file would hold another key than the registry, and nothing could be shown. */
		status = tro_err_set(err, TRO_INVALID,
			"the service's key is made by the store itself: 'tro person rotate "
			"service', without a file");
	}
	return status == TRO_OK ? tro_registry_record_keys(
					  registry, person, keys, registrar, out_already, err)
				: status;
}

tro_status tro_registry_revoke(tro_registry *registry, const char *person, const char *vkey,
	const tro_time_us *suspect_from, const char *reason, const tro_signer *registrar,
	bool *out_already, tro_err *err)
{
	tro_field fields[4] = {{"person", person}, {"key", vkey}};
	char from[TRO_TIME_TEXT_SIZE];
	size_t count = 2;
	size_t index;
	tro_status status = tro_registry_person_by_id(&index, registry, person, err);

	if (status != TRO_OK) {
		return status;
	}
	if (suspect_from != NULL) {
		tro_time_format(from, *suspect_from);
		fields[count++] = (tro_field){"suspect-from", from};
	}
	fields[count++] = (tro_field){"reason", reason};
	return tro_registry_act(registry, "revoke", fields, count, NULL, tro_registry_now(registry),
		registrar, out_already, err);
}
