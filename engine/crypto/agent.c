#include "crypto/agent.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Message types of the protocol, section 7.1, and a constraint of section 7.2. */
enum {
	AGENT_SUCCESS = 6,
	AGENT_REQUEST_IDENTITIES = 11,
	AGENT_IDENTITIES_ANSWER = 12,
	AGENT_SIGN_REQUEST = 13,
	AGENT_SIGN_RESPONSE = 14,
	AGENT_ADD_IDENTITY = 17,
	AGENT_ADD_ID_CONSTRAINED = 25,
	AGENT_CONSTRAIN_LIFETIME = 1,
};

static const char algorithm[] = "ssh-ed25519";

enum {
	LENGTH_LEN = 4,
	ALGORITHM_LEN = sizeof(algorithm) - 1,
	KEY_BLOB_LEN = LENGTH_LEN + ALGORITHM_LEN + LENGTH_LEN + TRO_ED25519_PUBLIC_LEN,
};

/* ---- writing into memory whose size was reckoned before ---- */

typedef struct writer {
	uint8_t *bytes;
	size_t len;
	size_t cap;
} writer;

static void put(writer *out, const void *bytes, size_t len)
{
	assert(len <= out->cap - out->len);
	if (len > 0) {
		memcpy(out->bytes + out->len, bytes, len);
		out->len += len;
	}
}

static void put_byte(writer *out, uint8_t byte)
{
	put(out, &byte, 1);
}

static void put_u32(writer *out, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8) {
		put_byte(out, (uint8_t)(value >> shift));
	}
}

static void put_string(writer *out, const void *bytes, size_t len)
{
	assert(len <= UINT32_MAX);
	put_u32(out, (uint32_t)len);
	put(out, bytes, len);
}

/* The public key as the agent names it (RFC 8709 section 4). */
static void put_key_blob(writer *out, const uint8_t *public_key)
{
	put_u32(out, KEY_BLOB_LEN);
	put_string(out, algorithm, ALGORITHM_LEN);
	put_string(out, public_key, TRO_ED25519_PUBLIC_LEN);
}

/* ---- reading what the agent sent ---- */

typedef struct reader {
	const uint8_t *at;
	size_t left;
} reader;

static bool get_u32(reader *in, uint32_t *out)
{
	if (in->left < LENGTH_LEN) {
		return false;
	}
	*out = 0;
	for (size_t i = 0; i < LENGTH_LEN; i++) {
		*out = *out << 8 | in->at[i];
	}
	in->at += LENGTH_LEN;
	in->left -= LENGTH_LEN;
	return true;
}

static bool get_string(reader *in, reader *out)
{
	uint32_t len;

	if (!get_u32(in, &len) || len > in->left) {
		return false;
	}
	*out = (reader){.at = in->at, .left = len};
	in->at += len;
	in->left -= len;
	return true;
}

/* "ssh-ed25519" and one string of len bytes: the form of both a public key and a signature. */
static bool get_ed25519(reader *in, const uint8_t **out, size_t len)
{
	reader name;
	reader body;

	if (!get_string(in, &name) || name.left != ALGORITHM_LEN ||
		memcmp(name.at, algorithm, ALGORITHM_LEN) != 0 || !get_string(in, &body) ||
		body.left != len || in->left != 0) {
		return false;
	}
	*out = body.at;
	return true;
}

static bool is_ed25519(reader blob)
{
	reader name;

	return get_string(&blob, &name) && name.left == ALGORITHM_LEN &&
	       memcmp(name.at, algorithm, ALGORITHM_LEN) == 0;
}

static tro_status lied(const tro_agent *agent, const char *what, tro_err *err)
{
	return tro_err_set(err, TRO_KEY, "the ssh-agent at '%s' %s", agent->socket_path, what);
}

/* ---- questions ---- */

/* Counts the Ed25519 keys of an answer, or, where out is given, also copies them. */
static bool walk_keys(reader answer, uint32_t key_count, uint8_t *out, size_t *out_count)
{
	*out_count = 0;
	for (uint32_t i = 0; i < key_count; i++) {
		reader blob;
		reader comment;
		const uint8_t *public_key;

		if (!get_string(&answer, &blob) || !get_string(&answer, &comment)) {
			return false;
		}
		if (!is_ed25519(blob)) {
			continue;
		}
		if (!get_ed25519(&blob, &public_key, TRO_ED25519_PUBLIC_LEN)) {
			return false;
		}
		if (out != NULL) {
			memcpy(out + *out_count * TRO_ED25519_PUBLIC_LEN, public_key,
				TRO_ED25519_PUBLIC_LEN);
		}
		(*out_count)++;
	}
	return answer.left == 0;
}

tro_status tro_agent_keys(uint8_t **out, size_t *out_count, const tro_agent *agent, tro_err *err)
{
	const uint8_t question = AGENT_REQUEST_IDENTITIES;
	uint8_t *answer = NULL;
	size_t answer_len = 0;
	uint32_t key_count = 0;
	size_t count = 0;
	tro_status status = tro_agent_exchange(&answer, &answer_len, agent, &question, 1, err);

	if (status != TRO_OK) {
		return status;
	}
	reader in = {.at = answer + 1, .left = answer_len - 1};

	if (answer[0] != AGENT_IDENTITIES_ANSWER || !get_u32(&in, &key_count) ||
		!walk_keys(in, key_count, NULL, &count)) {
		free(answer);
		return lied(agent, "did not send a list of its keys", err);
	}
	uint8_t *keys = malloc(count > 0 ? count * TRO_ED25519_PUBLIC_LEN : 1);

	if (keys == NULL) {
		status = tro_err_nomem(err);
	} else {
		(void)walk_keys(in, key_count, keys, out_count);
		*out = keys;
	}
	free(answer);
	return status;
}

tro_status tro_agent_sign(uint8_t out[TRO_ED25519_SIGNATURE_LEN], const tro_agent *agent,
	const uint8_t public_key[TRO_ED25519_PUBLIC_LEN], const void *text, size_t len,
	tro_err *err)
{
	if (len > TRO_ED25519_MESSAGE_MAX) {
		return tro_err_set(err, TRO_INVALID,
			"the text to sign has %zu bytes; %d are the most that is signed", len,
			TRO_ED25519_MESSAGE_MAX);
	}
	size_t cap = 1 + LENGTH_LEN + KEY_BLOB_LEN + LENGTH_LEN + len + LENGTH_LEN;
	writer question = {.bytes = malloc(cap), .cap = cap};
	uint8_t *answer = NULL;
	size_t answer_len = 0;

	if (question.bytes == NULL) {
		return tro_err_nomem(err);
	}
	put_byte(&question, AGENT_SIGN_REQUEST);
	put_key_blob(&question, public_key);
	put_string(&question, text, len);
	put_u32(&question, 0); /* no flags: there are none for Ed25519 */
	tro_status status =
		tro_agent_exchange(&answer, &answer_len, agent, question.bytes, question.len, err);

	free(question.bytes);
	if (status != TRO_OK) {
		return status;
	}
	reader in = {.at = answer + 1, .left = answer_len - 1};
	reader signature;
	const uint8_t *bytes;

	if (answer[0] != AGENT_SIGN_RESPONSE) {
		status = lied(agent, "refused to sign: is it locked, or was the key removed", err);
	} else if (!get_string(&in, &signature) || in.left != 0 ||
		   !get_ed25519(&signature, &bytes, TRO_ED25519_SIGNATURE_LEN)) {
		status = lied(agent, "sent something else than an Ed25519 signature", err);
	} else if (tro_ed25519_verify(public_key, text, len, bytes, err) != TRO_OK) {
		status = tro_err_prefix(err, TRO_KEY,
			"the ssh-agent at '%s' sent a signature that is not good",
			agent->socket_path);
	} else {
		memcpy(out, bytes, TRO_ED25519_SIGNATURE_LEN);
	}
	free(answer);
	return status;
}

tro_status tro_agent_hand_over(const tro_agent *agent, const tro_ed25519 *key, const char *comment,
	uint32_t lifetime_s, tro_err *err)
{
	size_t comment_len = strlen(comment);
	size_t cap = 1 + KEY_BLOB_LEN + LENGTH_LEN + TRO_ED25519_SEED_LEN + TRO_ED25519_PUBLIC_LEN +
		     LENGTH_LEN + comment_len + 1 + LENGTH_LEN;
	writer question = {.bytes = tro_secret_alloc(cap), .cap = cap};
	uint8_t *answer = NULL;
	size_t answer_len = 0;

	if (question.bytes == NULL) {
		return tro_err_set(err, TRO_NOMEM, "no locked memory is left for a private key");
	}
	put_byte(&question, lifetime_s > 0 ? AGENT_ADD_ID_CONSTRAINED : AGENT_ADD_IDENTITY);
	put_string(&question, algorithm, ALGORITHM_LEN);
	put_string(&question, tro_ed25519_public(key), TRO_ED25519_PUBLIC_LEN);
	put_u32(&question, TRO_ED25519_SEED_LEN + TRO_ED25519_PUBLIC_LEN);
	put(&question, tro_ed25519_seed(key), TRO_ED25519_SEED_LEN);
	put(&question, tro_ed25519_public(key), TRO_ED25519_PUBLIC_LEN);
	put_string(&question, comment, comment_len);
	if (lifetime_s > 0) {
		put_byte(&question, AGENT_CONSTRAIN_LIFETIME);
		put_u32(&question, lifetime_s);
	}
	tro_status status =
		tro_agent_exchange(&answer, &answer_len, agent, question.bytes, question.len, err);

	tro_secret_free(question.bytes);
	if (status != TRO_OK) {
		return status;
	}
	if (answer_len != 1 || answer[0] != AGENT_SUCCESS) {
		status = lied(agent, "did not take the key: is it locked", err);
	}
	free(answer);
	return status;
}
