#include "ledger/authority_forms.h"

#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"

bool tro_form_text(const char *value)
{
	return strlen(value) <= TRO_FORM_TEXT_MAX;
}

bool tro_form_origin(const char *value)
{
	return tro_record_origin_good(value, strlen(value));
}

bool tro_form_id(const char *value)
{
	return tro_record_id_good(value, strlen(value));
}

bool tro_form_mode(const char *value)
{
	return strcmp(value, "training") == 0 || strcmp(value, "live") == 0;
}

bool tro_form_required(const char *value)
{
	return strcmp(value, "1") == 0 || strcmp(value, "2") == 0;
}

bool tro_form_none(const char *value)
{
	return strcmp(value, "none") == 0;
}

bool tro_form_accepted(const char *value)
{
	return strcmp(value, TRO_FORM_ACCEPTED) == 0 || strcmp(value, "refused") == 0;
}

bool tro_form_minutes(const char *value)
{
	uint64_t minutes;

	return tro_decimal_parse(&minutes, value, strlen(value)) && minutes > 0 &&
	       minutes <= TRO_CLOCK_TRUST_MAX_MINUTES;
}

bool tro_form_yes(const char *value)
{
	return strcmp(value, "yes") == 0;
}

bool tro_form_date(const char *value)
{
	tro_date date;

	return tro_date_parse(&date, value, NULL) == TRO_OK;
}

bool tro_form_read_time(tro_time_us *out, const char *value)
{
	char again[TRO_TIME_TEXT_SIZE];

	if (tro_time_parse(out, value, NULL) != TRO_OK) {
		return false;
	}
	tro_time_format(again, *out);
	return strcmp(again, value) == 0;
}

bool tro_form_time(const char *value)
{
	tro_time_us time;

	return tro_form_read_time(&time, value);
}

bool tro_form_read_vkey(tro_vkey *out, const char *value, size_t len)
{
	return tro_vkey_parse(out, value, len, NULL) == TRO_OK && out->type == TRO_NOTE_ED25519 &&
	       tro_ed25519_check_public(out->public_key, NULL) == TRO_OK;
}

bool tro_form_vkey(const char *value)
{
	tro_vkey vkey;

	return tro_form_read_vkey(&vkey, value, strlen(value));
}

bool tro_form_hash(const char *value)
{
	uint8_t hash[32];

	return tro_hex_decode(hash, sizeof(hash), value, strlen(value));
}

bool tro_form_enrolment(const char *value)
{
	uint8_t bytes[TRO_FORM_ENROLMENT_MAX];
	size_t len;

	return tro_base64_decode(bytes, sizeof(bytes), &len, value, strlen(value));
}

bool tro_form_read_key_holder(
	char out_id[TRO_ID_SIZE], tro_vkey *out_key, const char **out_name, const char *value)
{
	size_t id_len = strcspn(value, " ");

	if (!tro_record_id_good(value, id_len) || value[id_len] != ' ') {
		return false;
	}
	memcpy(out_id, value, id_len);
	out_id[id_len] = '\0';
	const char *key = value + id_len + 1;
	size_t key_len = strcspn(key, " ");

	if (out_name == NULL) {
		return tro_form_read_vkey(out_key, key, strlen(key));
	}
	*out_name = key[key_len] == '\0' ? "" : key + key_len + 1;
	return tro_form_read_vkey(out_key, key, key_len) &&
	       tro_line_good(*out_name, strlen(*out_name)) && tro_form_text(*out_name);
}

bool tro_form_registrar(const char *value)
{
	char id[TRO_ID_SIZE];
	tro_vkey key;
	const char *name;

	return tro_form_read_key_holder(id, &key, &name, value);
}

bool tro_form_service(const char *value)
{
	char id[TRO_ID_SIZE];
	tro_vkey key;

	return tro_form_read_key_holder(id, &key, NULL, value);
}

/* Names of adopted files may be paths: "ddtro-ew/application". */
static bool file_name_good(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-/";
	size_t len = strlen(name);

	return len > 0 && len < TRO_NAME_SIZE && strspn(name, allowed) == len;
}

bool tro_form_read_file(uint8_t out_sha256[32], char out_kind[TRO_ID_SIZE], const char **out_name,
	const char *value)
{
	const char *kind = strchr(value, ' ');
	const char *name = kind == NULL ? NULL : strchr(kind + 1, ' ');

	if (name == NULL || !tro_hex_decode(out_sha256, 32, value, (size_t)(kind - value)) ||
		!tro_record_id_good(kind + 1, (size_t)(name - kind - 1))) {
		return false;
	}
	memcpy(out_kind, kind + 1, (size_t)(name - kind - 1));
	out_kind[name - kind - 1] = '\0';
	*out_name = name + 1;
	return file_name_good(*out_name);
}

bool tro_form_file(const char *value)
{
	uint8_t sha256[32];
	char kind[TRO_ID_SIZE];
	const char *name;

	return tro_form_read_file(sha256, kind, &name, value);
}
