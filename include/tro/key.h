/*
 * Keys and signers.
 *
 * A signer is something that signs with one Ed25519 key: a key file unlocked with its passphrase,
 * or a key held by an ssh-agent. A person's key signs record texts and enrolment texts and nothing
 * else (FORMATS.md 2): tro_signer_sign refuses any other text.
 */
#ifndef TRO_KEY_H
#define TRO_KEY_H

#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>

typedef struct tro_signer tro_signer;

/* Creates a key file (FORMATS.md 5: tro-key/v1, Argon2id, AES-256-GCM-SIV, mode 0600, never
 * overwriting) holding a fresh key of that name. The name is a C2SP key name: no blanks, no '+'. An
 * empty passphrase is refused; passphrase NULL writes an unencrypted key (`kdf none`), for
 * unattended keys of the store alone. TRO_INVALID for a bad name or passphrase, TRO_USAGE if the
 * file exists, TRO_SYSTEM if it cannot be written. */
tro_status tro_key_create(
	const char *path, const char *name, const char *passphrase, tro_err *err) TRO_MUST_USE;

/* Would tro_key_create make it? Nothing is written; the folder must be there. */
tro_status tro_key_check_new(
	const char *path, const char *name, const char *passphrase, tro_err *err) TRO_MUST_USE;

/* Reads name and public key of a key file without a passphrase. name is freed by the caller.
 * TRO_KEY when others could read the file: who names a key in order to act shall know that. */
tro_status tro_key_read_public(
	char **out_name, uint8_t out_public[32], const char *path, tro_err *err) TRO_MUST_USE;
/* The same, of a file that is for whoever may read it: to show or hand on the public half alone. */
tro_status tro_key_show_public(
	char **out_name, uint8_t out_public[32], const char *path, tro_err *err) TRO_MUST_USE;

/* Appends the printed verifier key of a name and public key. TRO_INVALID for a name that no key
 * file may have. */
tro_status tro_key_vkey(
	tro_buf *out, const char *name, const uint8_t public_key[32], tro_err *err) TRO_MUST_USE;

/* Encrypts a key file anew, under another passphrase and fresh salt and nonce; whole or not at all:
 * whatever happens, the file of that name can be unlocked with one of the two. old_passphrase NULL
 * is right only for an unencrypted key; a key is never left unencrypted. Statuses of
 * tro_signer_from_file and of tro_key_create. */
tro_status tro_key_set_passphrase(const char *path, const char *old_passphrase,
	const char *new_passphrase, tro_err *err) TRO_MUST_USE;

/* Would it? Nothing is written. */
tro_status tro_key_check_passphrase(const char *path, const char *old_passphrase,
	const char *new_passphrase, tro_err *err) TRO_MUST_USE;

/* Appends the public half for other programs: PEM of RFC 8410 section 4 (openssl), or the line of
 * OpenSSH with the name as its comment. */
tro_status tro_key_export_pem(
	tro_buf *out, const uint8_t public_key[32], tro_err *err) TRO_MUST_USE;
tro_status tro_key_export_ssh(
	tro_buf *out, const char *name, const uint8_t public_key[32], tro_err *err) TRO_MUST_USE;

/* Unlocks a key file. passphrase NULL is right only for an unencrypted key. TRO_KEY when the
 * passphrase is wrong or the file was altered (the two cannot be told apart), TRO_INVALID when it
 * is no key file, TRO_NOT_FOUND. */
tro_status tro_signer_from_file(
	tro_signer **out, const char *path, const char *passphrase, tro_err *err) TRO_MUST_USE;

/* Asks the ssh-agent at the socket for the key with this public half. Waits at most
 * a second for a list of keys and three for a signature, so that no command hangs for five.
 * TRO_NOT_FOUND when the agent has no such key; TRO_KEY when it lies or breaks off. The name is the
 * caller's choice. */
tro_status tro_signer_from_agent(tro_signer **out, const char *socket_path, const char *name,
	const uint8_t public_key[32], tro_err *err) TRO_MUST_USE;
/* Public halves of all Ed25519 keys that the agent holds: *out is count*32 bytes, freed by the
 * caller. */
tro_status tro_agent_list(
	uint8_t **out, size_t *out_count, const char *socket_path, tro_err *err) TRO_MUST_USE;
/* Unlocks a key file into the agent for so many seconds (0: until removed), so that one unlock
 * serves a whole session. */
tro_status tro_agent_add(const char *socket_path, const char *path, const char *passphrase,
	unsigned lifetime_s, tro_err *err) TRO_MUST_USE;

void tro_signer_free(tro_signer *signer);
const char *tro_signer_name(const tro_signer *signer);
const uint8_t *tro_signer_public(const tro_signer *signer); /* 32 bytes */
/* The printed verifier key: name+hex8(key id)+base64(0x01 || public key). */
tro_status tro_signer_vkey(tro_buf *out, const tro_signer *signer, tro_err *err) TRO_MUST_USE;
/* Tries the signer: signs a text that is neither record nor enrolment and of no use to anybody, and
 * verifies that. Statuses of tro_signer_sign. */
tro_status tro_signer_test(const tro_signer *signer, tro_err *err) TRO_MUST_USE;
/* Signs a text that begins with "tro-record/v1\n" or "tro-enrol/v1\n"; TRO_KEY for any other. The
 * signature is verified before it is returned. */
tro_status tro_signer_sign(uint8_t out[64], const tro_signer *signer, const char *text, size_t len,
	tro_err *err) TRO_MUST_USE;

#endif
