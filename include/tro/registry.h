/*
 * The registry: a store's people, their powers and the adopted rules, and the door to its cases.
 *
 * What it knows is what the records of the case "registry" say (FORMATS.md 2), judged by their
 * order in the log. Opening it trusts the store's own bytes; tro_verify does not.
 */
#ifndef TRO_REGISTRY_H
#define TRO_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/key.h>
#include <tro/time.h>

typedef struct tro_registry tro_registry;

/* What a new store begins with; texts borrowed for the call. */
typedef struct tro_genesis {
	const char *origin; /* e.g. "force.example/tro/training"; a training store's ends in
			       /training */
	bool training;
	bool two_registrars; /* who is registrar is changed by two of them */
	const char
		*clock; /* RFC 3339: where a training store's clock stands, or NULL for real time */
	const char *registrar_name; /* the first registrar, whose key signs */
	const char *data_dir;	    /* holds workflows/ and templates/: what is adopted */
	bool dry_run;		    /* judge it all, and make nothing */
} tro_genesis;

/* Makes a store in dir (absent or empty) with keys of its own, a genesis record and the adoption of
 * the definitions in data_dir. All that is asked for is judged before anything is made. Finishes
 * what a killed call left. *out_already (NULL: not asked): dir holds this store, finished, of this
 * origin and with this key's person of this name; nothing was changed. TRO_INVALID when it holds
 * another one, or the origin, the name, the clock or the data are malformed; TRO_REFUSED for a live
 * store, with the reasons. */
tro_status tro_registry_create(const char *dir, const tro_genesis *genesis,
	const tro_signer *registrar, bool *out_already, tro_err *err) TRO_MUST_USE;
tro_status tro_registry_open(tro_registry **out, const char *dir, tro_err *err) TRO_MUST_USE;
void tro_registry_close(tro_registry *registry);

const char *tro_registry_origin(const tro_registry *registry);
bool tro_registry_training(const tro_registry *registry);
/* Real time, or where a training store's clock stands. */
tro_time_us tro_registry_now(const tro_registry *registry);
/* Does the clock stand still? */
bool tro_registry_clock_set(const tro_registry *registry);

/* ---- people ---- */

typedef struct tro_grant_info {
	const char *role, *rank, *office, *force, *from, *until; /* "" when not given */
	bool acting; /* the rank is held for a time only */
	bool ended;
} tro_grant_info;
typedef struct tro_person_info {
	const char *id, *name;
	const char *vkey;  /* printed verifier key; "" when the person has none now */
	const char *spare; /* of the spare key, or "" */
	size_t grant_count;
} tro_person_info;
size_t tro_registry_person_count(const tro_registry *registry);
/* Strings are borrowed; vkey and spare until the next call. */
void tro_registry_person_at(tro_registry *registry, size_t index, tro_person_info *out);
void tro_registry_grant_at(
	const tro_registry *registry, size_t person, size_t grant, tro_grant_info *out);
/* The person with this public key, or whose id this is; TRO_NOT_FOUND otherwise. */
tro_status tro_registry_person_by_key(size_t *out, const tro_registry *registry,
	const uint8_t public_key[32], tro_err *err) TRO_MUST_USE;
tro_status tro_registry_person_by_id(
	size_t *out, const tro_registry *registry, const char *id, tro_err *err) TRO_MUST_USE;
/* The id of the person by whom the store acts on its own; borrowed. */
const char *tro_registry_service(const tro_registry *registry);
/* Appends, blank-separated, the roles that a person may act in today. */
void tro_registry_roles(tro_buf *out, const tro_registry *registry, size_t person);

/* A new key's request to be enrolled: a note of tro-enrol/v1, signed by that key. */
tro_status tro_enrolment_request(tro_buf *out, const char *origin, const char *name,
	const tro_signer *signer, tro_err *err) TRO_MUST_USE;

/* From now on acts of a registrar, tro_rebuild, tro_extract_write and tro_checkpoint_import go as
 * far as where they would be written, and write nothing: a dry run. Cases are not concerned
 * (tro_command.dry_run). */
void tro_registry_rehearse(tro_registry *registry);

/* ---- acts of a registrar; each is one record. TRO_KEY when the signer is no registrar;
 * TRO_CHANGED when somebody was faster ---- */

/* Requests of new keys (tro_enrolment_request), of one name: the person's key and a spare one,
 * which signs for the same person. NULL and 0 for what there is not. */
typedef struct tro_new_keys {
	const char *key, *spare;
	size_t key_len, spare_len;
} tro_new_keys;
/* out_id has 65 bytes. */
tro_status tro_registry_enrol(tro_registry *registry, const tro_new_keys *keys,
	const tro_signer *registrar, char *out_id, tro_err *err) TRO_MUST_USE;
/* *out_already, here and below: the newest record of the registry is this act of this registrar;
 * nothing was written. */
tro_status tro_registry_rotate(tro_registry *registry, const char *person, const tro_new_keys *keys,
	const tro_signer *registrar, bool *out_already, tro_err *err) TRO_MUST_USE;
/* Gives the person "service", whose key the store itself holds and tro_registry_rotate does not
 * take, a new one, and its file the place of the old one's, which is gone. Killed before the record
 * it has done nothing; killed after it, the new key signs already, and the next call clears up.
 * Each call makes another key. For the account that may write the store's folder of keys:
 * TRO_SYSTEM for any other; TRO_CHANGED while another one is at it. */
tro_status tro_registry_replace_service_key(
	tro_registry *registry, const tro_signer *registrar, tro_err *err) TRO_MUST_USE;
/* vkey: which key of theirs, of now or earlier; the place of the present one is taken by the spare.
 * suspect_from: NULL, or since when what it signed is in dispute. */
tro_status tro_registry_revoke(tro_registry *registry, const char *person, const char *vkey,
	const tro_time_us *suspect_from, const char *reason, const tro_signer *registrar,
	bool *out_already, tro_err *err) TRO_MUST_USE;
typedef struct tro_grant_request {
	const char *person, *role;
	const char *rank, *office, *force, *from, *until; /* NULL when not given */
	bool acting;					  /* the rank is held for a time only */
} tro_grant_request;
tro_status tro_registry_grant(tro_registry *registry, const tro_grant_request *request,
	const tro_signer *registrar, bool *out_already, tro_err *err) TRO_MUST_USE;
tro_status tro_registry_end_grant(tro_registry *registry, const char *person, const char *role,
	const char *reason, const tro_signer *registrar, tro_err *err) TRO_MUST_USE;
/* Whether acting or temporary rank gives authority: the force's policy, which no law states. */
tro_status tro_registry_set_acting_rank(tro_registry *registry, bool accepted, const char *reason,
	const tro_signer *registrar, bool *out_already, tro_err *err) TRO_MUST_USE;
bool tro_registry_acting_rank(const tro_registry *registry);

/* A registrar's change that takes effect when a second one agrees. */
typedef struct tro_pending_info {
	char hash[65]; /* hex: of the record */
	uint64_t seq;
	char event[129], actor[65];
	char *payload; /* `field value` lines; freed by the caller */
} tro_pending_info;
/* TRO_NOT_FOUND when nothing waits. */
tro_status tro_registry_pending(
	tro_pending_info *out, const tro_registry *registry, tro_err *err) TRO_MUST_USE;
/* A second registrar agrees to the record of that hash. */
tro_status tro_registry_agree(tro_registry *registry, const char *hash_hex,
	const tro_signer *registrar, tro_err *err) TRO_MUST_USE;

/* Adopts what differs in data_dir from what is adopted; *out_count says how many files. */
tro_status tro_registry_adopt(tro_registry *registry, const char *data_dir,
	const tro_signer *registrar, size_t *out_count, tro_err *err) TRO_MUST_USE;
/* Training only; never backwards, and not beyond the years of the adopted calendar (TRO_INVALID).
 */
tro_status tro_registry_set_clock(tro_registry *registry, tro_time_us time,
	const tro_signer *registrar, bool *out_already, tro_err *err) TRO_MUST_USE;

/* While the clock is behind the log's newest record or more than five minutes off the witnesses'
 * nothing is signed (TRO_REFUSED), unless two registrars have recorded that it is trusted: one by
 * this, for 1 to 1440 minutes, another by tro_registry_agree. That itself can be signed whatever
 * the clock says. Verification tells of it, and judges times as without it. TRO_INVALID when there
 * is no second registrar. */
tro_status tro_registry_trust_clock(tro_registry *registry, unsigned minutes, const char *reason,
	const tro_signer *registrar, bool *out_already, tro_err *err) TRO_MUST_USE;
typedef struct tro_clock_trust_info {
	tro_time_us until; /* by the clock that is trusted */
	const char *reason, *proposed_by, *agreed_by;
} tro_clock_trust_info;
/* Does such a trust hold now? Strings are borrowed. */
bool tro_registry_clock_trusted(const tro_registry *registry, tro_clock_trust_info *out);

/* The key by which the store acts on its own (person "service"): for tick and for the access log.
 * Its file may be read by the store's group. TRO_NOT_FOUND when it is not there, TRO_SYSTEM when
 * this account may not read it, TRO_KEY when others may or when it is another key. */
tro_status tro_registry_service_signer(
	tro_signer **out, const tro_registry *registry, tro_err *err) TRO_MUST_USE;

#endif
