/*
 * The client's side of the ssh-agent protocol (draft-ietf-sshm-ssh-agent), as far as Ed25519 needs
 * it. The agent may be at the other end of a forwarded connection, on a machine that is not ours:
 * nothing it says is believed, and it is never waited for longer than the timeout.
 *
 * Each call is a connection of its own, with one question and one answer.
 */
#ifndef TRO_CRYPTO_AGENT_H
#define TRO_CRYPTO_AGENT_H

#include <stddef.h>
#include <stdint.h>
#include <tro/err.h>

#include "crypto/crypto.h"

enum {
	/* Two lists and a signature, the most that a command asks for, are five seconds. */
	TRO_AGENT_LIST_TIMEOUT_MS = 1000,
	TRO_AGENT_TIMEOUT_MS = 3000,
	TRO_AGENT_MESSAGE_MAX = 256 * 1024, /* what OpenSSH's agent keeps to */
};

typedef struct tro_agent {
	const char *socket_path;
	int timeout_ms; /* for a whole call */
} tro_agent;

/* Sends one message (its length is put before it) and returns the answer, freed by the caller.
 * TRO_INVALID for a path that is too long for a socket, TRO_SYSTEM when nothing answers there,
 * TRO_KEY when the agent breaks off, is too slow or sends a length that no message has. */
tro_status tro_agent_exchange(uint8_t **out, size_t *out_len, const tro_agent *agent,
	const uint8_t *message, size_t len, tro_err *err) TRO_MUST_USE;

/* Public halves of the agent's Ed25519 keys, count*32 bytes, freed by the caller; never NULL. */
tro_status tro_agent_keys(
	uint8_t **out, size_t *out_count, const tro_agent *agent, tro_err *err) TRO_MUST_USE;
/* A signature that has been verified. TRO_KEY when the agent refuses or what it sends is not that.
 */
tro_status tro_agent_sign(uint8_t out[TRO_ED25519_SIGNATURE_LEN], const tro_agent *agent,
	const uint8_t public_key[TRO_ED25519_PUBLIC_LEN], const void *text, size_t len,
	tro_err *err) TRO_MUST_USE;
/* Hands a key over for so many seconds; 0: until it is removed. */
tro_status tro_agent_hand_over(const tro_agent *agent, const tro_ed25519 *key, const char *comment,
	uint32_t lifetime_s, tro_err *err) TRO_MUST_USE;

#endif
