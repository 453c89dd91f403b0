#include <stdlib.h>
#include <string.h>
#include <tro/key.h>

#include "base/text.h"
#include "crypto/agent.h"
#include "crypto/crypto.h"
#include "crypto/keyfile.h"

enum { NOTE_KEY_TYPE = 0x01 }; /* Ed25519, in C2SP signed-note */

struct tro_signer {
	char *name;
	uint8_t public_key[TRO_ED25519_PUBLIC_LEN];
	tro_ed25519 *key;  /* in this process; NULL when an agent holds it */
	char *socket_path; /* of that agent */
};

static tro_agent agent_at(const char *socket_path)
{
	return (tro_agent){.socket_path = socket_path, .timeout_ms = TRO_AGENT_TIMEOUT_MS};
}

static tro_agent agent_to_list(const char *socket_path)
{
	return (tro_agent){.socket_path = socket_path, .timeout_ms = TRO_AGENT_LIST_TIMEOUT_MS};
}

/* socket_path NULL: the key will be in this process. */
static tro_status signer_new(tro_signer **out, const char *name, const uint8_t *public_key,
	const char *socket_path, tro_err *err)
{
	tro_signer *signer = calloc(1, sizeof(*signer));

	if (signer == NULL) {
		return tro_err_nomem(err);
	}
	signer->name = strdup(name);
	signer->socket_path = socket_path == NULL ? NULL : strdup(socket_path);
	if (signer->name == NULL || (socket_path != NULL && signer->socket_path == NULL)) {
		tro_signer_free(signer);
		return tro_err_nomem(err);
	}
	memcpy(signer->public_key, public_key, sizeof(signer->public_key));
	*out = signer;
	return TRO_OK;
}

/* Takes the key over, also when this fails. */
static tro_status signer_of(
	tro_signer **out, tro_ed25519 *key, const tro_keyfile *file, tro_err *err)
{
	tro_status status = signer_new(out, file->name, file->public_key, NULL, err);

	if (status != TRO_OK) {
		tro_ed25519_free(key);
		return status;
	}
	(*out)->key = key;
	return TRO_OK;
}

tro_status tro_signer_from_file(
	tro_signer **out, const char *path, const char *passphrase, tro_err *err)
{
	tro_ed25519 *key = NULL;
	tro_keyfile file;
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK) {
		status = tro_key_load(&key, &file, path, passphrase, err);
	}
	return status == TRO_OK ? signer_of(out, key, &file, err) : status;
}

tro_status tro_signer_passing(tro_signer **out, const char *name, tro_err *err)
{
	tro_ed25519 *key = NULL;
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK) {
		status = tro_key_name_check(name, err);
	}
	if (status == TRO_OK) {
		status = tro_ed25519_generate(&key, err);
	}
	if (status == TRO_OK) {
		status = signer_new(out, name, tro_ed25519_public(key), NULL, err);
	}
	if (status != TRO_OK) {
		tro_ed25519_free(key);
		return status;
	}
	(*out)->key = key;
	return TRO_OK;
}

tro_status tro_signer_from_shared_file(tro_signer **out, const char *path, tro_err *err)
{
	tro_ed25519 *key = NULL;
	tro_keyfile file;
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK) {
		status = tro_key_load_shared(&key, &file, path, err);
	}
	return status == TRO_OK ? signer_of(out, key, &file, err) : status;
}

static bool holds(const uint8_t *keys, size_t count, const uint8_t *public_key)
{
	for (size_t i = 0; i < count; i++) {
		if (memcmp(keys + i * TRO_ED25519_PUBLIC_LEN, public_key, TRO_ED25519_PUBLIC_LEN) ==
			0) {
			return true;
		}
	}
	return false;
}

static tro_status check_held(
	const char *socket_path, const char *name, const uint8_t *public_key, tro_err *err)
{
	uint8_t *keys = NULL;
	size_t count = 0;
	tro_agent agent = agent_to_list(socket_path);
	tro_status status = tro_agent_keys(&keys, &count, &agent, err);

	if (status == TRO_OK && !holds(keys, count, public_key)) {
		status = tro_err_set(err, TRO_NOT_FOUND,
			"the ssh-agent at '%s' does not hold the key of %s: add it, or name its "
			"key file",
			socket_path, name);
	}
	free(keys);
	return status;
}

tro_status tro_signer_from_agent(tro_signer **out, const char *socket_path, const char *name,
	const uint8_t public_key[32], tro_err *err)
{
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK) {
		status = tro_key_name_check(name, err);
	}
	if (status == TRO_OK) {
		status = tro_ed25519_check_public(public_key, err);
	}
	if (status == TRO_OK) {
		status = check_held(socket_path, name, public_key, err);
	}
	if (status == TRO_OK) {
		status = signer_new(out, name, public_key, socket_path, err);
	}
	return status;
}

tro_status tro_agent_list(uint8_t **out, size_t *out_count, const char *socket_path, tro_err *err)
{
	tro_agent agent = agent_to_list(socket_path);
	tro_status status = tro_crypto_init(err);

	return status != TRO_OK ? status : tro_agent_keys(out, out_count, &agent, err);
}

tro_status tro_agent_add(const char *socket_path, const char *path, const char *passphrase,
	unsigned lifetime_s, tro_err *err)
{
	tro_ed25519 *key = NULL;
	tro_keyfile file;
	tro_agent agent = agent_at(socket_path);
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK) {
		status = tro_key_load(&key, &file, path, passphrase, err);
	}
	if (status == TRO_OK) {
		status = tro_agent_hand_over(&agent, key, file.name, lifetime_s, err);
	}
	tro_ed25519_free(key);
	return status;
}

void tro_signer_free(tro_signer *signer)
{
	if (signer != NULL) {
		tro_ed25519_free(signer->key);
		free(signer->socket_path);
		free(signer->name);
		free(signer);
	}
}

const char *tro_signer_name(const tro_signer *signer)
{
	return signer->name;
}

const uint8_t *tro_signer_public(const tro_signer *signer)
{
	return signer->public_key;
}

tro_status tro_key_vkey(tro_buf *out, const char *name, const uint8_t public_key[32], tro_err *err)
{
	uint8_t id[TRO_KEY_ID_LEN];
	char id_hex[TRO_HEX_SIZE(TRO_KEY_ID_LEN)];
	uint8_t typed[1 + TRO_ED25519_PUBLIC_LEN] = {NOTE_KEY_TYPE};
	tro_status status = tro_key_name_check(name, err);

	if (status != TRO_OK) {
		return status;
	}
	tro_key_id(id, name, NOTE_KEY_TYPE, public_key);
	tro_hex_encode(id_hex, id, sizeof(id));
	memcpy(typed + 1, public_key, TRO_ED25519_PUBLIC_LEN);
	tro_buf_printf(out, "%s+%s+", name, id_hex);
	tro_base64_encode(out, typed, sizeof(typed));
	return tro_buf_status(out, err);
}

tro_status tro_signer_vkey(tro_buf *out, const tro_signer *signer, tro_err *err)
{
	return tro_key_vkey(out, signer->name, signer->public_key, err);
}

tro_status tro_signer_test(const tro_signer *signer, tro_err *err)
{
	/* Signed, yet no enrolment: it has none of the lines of one. */
	static const char text[] = "tro-enrol/v1\nnothing: this tries a key\n";
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN];
	tro_status status = tro_signer_sign(signature, signer, text, sizeof(text) - 1, err);

	return status == TRO_OK ? tro_ed25519_verify(signer->public_key, text, sizeof(text) - 1,
					  signature, err)
				: status;
}

/* A person's key signs what a person may mean, and nothing that another protocol could read
 * something into: one key, one purpose. */
static bool signable(const char *text, size_t len)
{
	static const char *const first_lines[] = {"tro-record/v1\n", "tro-enrol/v1\n"};

	for (size_t i = 0; i < sizeof(first_lines) / sizeof(*first_lines); i++) {
		size_t line_len = strlen(first_lines[i]);

		if (len >= line_len && memcmp(text, first_lines[i], line_len) == 0) {
			return true;
		}
	}
	return false;
}

tro_status tro_signer_sign(
	uint8_t out[64], const tro_signer *signer, const char *text, size_t len, tro_err *err)
{
	if (!signable(text, len)) {
		return tro_err_set(err, TRO_KEY,
			"the key of %s signs records and enrolments only; this text is neither",
			signer->name);
	}
	if (signer->key != NULL) {
		return tro_ed25519_sign(out, signer->key, text, len, err);
	}
	tro_agent agent = agent_at(signer->socket_path);

	return tro_agent_sign(out, &agent, signer->public_key, text, len, err);
}
