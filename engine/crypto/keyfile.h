/*
 * The key file of FORMATS.md 5 as text, and the rules for files that hold keys.
 *
 *     tro-key/v1
 *     alg ed25519
 *     name NAME
 *     public BASE64
 *     kdf argon2id v=19 m=65536 t=3 p=1 salt=BASE64     or: kdf none
 *     aead aes-256-gcm-siv nonce=BASE64                 or: aead none
 *     ct BASE64
 *
 * Exactly these lines, each ending in LF; every line but the last is associated data of the
 * encryption. Without encryption, ct is the seed itself.
 */
#ifndef TRO_CRYPTO_KEYFILE_H
#define TRO_CRYPTO_KEYFILE_H

#include <stdbool.h>
#include <tro/buf.h>
#include <tro/key.h>

#include "crypto/crypto.h"
#include "crypto/seal.h"

enum { TRO_KEYFILE_MAX = 4096 };

typedef struct tro_keyfile {
	char name[TRO_KEY_NAME_MAX + 1];
	uint8_t public_key[TRO_ED25519_PUBLIC_LEN];
	bool encrypted;
	tro_seal seal;			 /* if encrypted */
	uint8_t text[TRO_SEAL_TEXT_LEN]; /* ct: encrypted seed and tag, or the seed alone */
	size_t associated_len;		 /* bytes before the last line */
} tro_keyfile;

/* TRO_INVALID unless it is 1 to TRO_KEY_NAME_MAX printable ASCII characters without '+': what a
 * C2SP key name may be, less what cannot be told apart by eye. */
tro_status tro_key_name_check(const char *name, tro_err *err) TRO_MUST_USE;

/* TRO_INVALID names the line that is off. Nothing is verified yet. */
tro_status tro_keyfile_parse(
	tro_keyfile *out, const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;
/* Appends the text for a key. Passphrase NULL: unencrypted, cost is not used. */
tro_status tro_keyfile_compose(tro_buf *out, const char *name, const tro_ed25519 *key,
	const char *passphrase, const tro_kdf_cost *cost, tro_err *err) TRO_MUST_USE;
/* The private key in a key file's bytes, its public half derived anew and compared. TRO_KEY for a
 * wrong passphrase or an altered file, for a passphrase that is not asked for or missing. */
tro_status tro_keyfile_unlock(tro_ed25519 **out, tro_keyfile *out_file, const char *bytes,
	size_t len, const char *passphrase, tro_err *err) TRO_MUST_USE;

/* Who may be able to read a file from which a key is taken. Of one that is for anybody only the
 * public half is: what signs is for its owner, or shared. */
typedef enum tro_key_readers {
	TRO_KEY_FOR_OWNER,
	TRO_KEY_FOR_GROUP,
	TRO_KEY_FOR_ANYBODY,
} tro_key_readers;
/* Reads a key file into locked memory (tro_secret_free): at most TRO_KEYFILE_MAX bytes of a regular
 * file, reached by no final symbolic link. TRO_KEY when it is open to more than these readers. */
tro_status tro_keyfile_read(char **out, size_t *out_len, const char *path, tro_key_readers readers,
	tro_err *err) TRO_MUST_USE;
/* Writes a new file of mode 0600, whole or not at all, on disk when it returns; shared: readable,
 * and in the group of its folder, where that is open to its group. TRO_USAGE when something of that
 * name exists. */
tro_status tro_keyfile_write(
	const char *path, const char *bytes, size_t len, bool shared, tro_err *err) TRO_MUST_USE;

/* Puts a new file of mode 0600 in the place of the one of that name, whole or not at all. */
tro_status tro_keyfile_replace(
	const char *path, const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;

/* Puts one key file in the place of another one of the same folder, if that is there; on disk when
 * it returns. */
tro_status tro_keyfile_move(const char *from, const char *to, tro_err *err) TRO_MUST_USE;

/* Sets the message that something is there already; TRO_USAGE. */
tro_status tro_keyfile_exists(const char *path, tro_err *err);

/* tro_key_create with a chosen cost. */
tro_status tro_key_create_at_cost(const char *path, const char *name, const char *passphrase,
	const tro_kdf_cost *cost, tro_err *err) TRO_MUST_USE;
/* tro_key_set_passphrase with a chosen cost. */
tro_status tro_key_set_passphrase_at_cost(const char *path, const char *old_passphrase,
	const char *new_passphrase, const tro_kdf_cost *cost, tro_err *err) TRO_MUST_USE;
/* ---- shared keys: not encrypted, and readable by the group of whoever uses them. A store's
 * service signs with one, so that each account of the group can write down what it reads ---- */
tro_status tro_key_create_shared(const char *path, const char *name, tro_err *err) TRO_MUST_USE;
tro_status tro_signer_from_shared_file(
	tro_signer **out, const char *path, tro_err *err) TRO_MUST_USE;

/* A signer with a fresh key that is kept nowhere: for a rehearsal. */
tro_status tro_signer_passing(tro_signer **out, const char *name, tro_err *err) TRO_MUST_USE;

/* Reads and unlocks. */
tro_status tro_key_load(tro_ed25519 **out, tro_keyfile *out_file, const char *path,
	const char *passphrase, tro_err *err) TRO_MUST_USE;
tro_status tro_key_load_shared(
	tro_ed25519 **out, tro_keyfile *out_file, const char *path, tro_err *err) TRO_MUST_USE;

#endif
