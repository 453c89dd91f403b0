/* The inside of tro_registry, for the case and audit modules. */
#ifndef TRO_CASE_REGISTRY_INTERNAL_H
#define TRO_CASE_REGISTRY_INTERNAL_H

#include <tro/registry.h>

#include "case/adopt.h"
#include "case/entry.h"
#include "case/library.h"
#include "case/rules.h"
#include "ledger/authority.h"
#include "ledger/record.h"
#include "store/store.h"

/* The newest witnessed checkpoint (case/anchor.h). */
typedef struct tro_anchor {
	bool exists;
	uint64_t size;
	uint8_t root[32];
	uint64_t time_s;       /* when its quorum was reached, by the witnesses' clocks */
	bool ours;	       /* made by this store */
	tro_time_us published; /* when, by its clock */
} tro_anchor;

struct tro_registry {
	tro_store *store;
	tro_library *library;
	tro_authority *authority; /* as of the newest registry record */
	tro_buf vkey, spare;	  /* what tro_registry_person_at last printed */
	bool rehearsal;		  /* nothing is written */
	/* What was found and verified when there were so many cosignatures and this policy. */
	bool anchor_known;
	uint64_t anchor_cosignature, anchor_policy;
	tro_anchor anchor;
};

#define TRO_LOG_KEY "keys/log.key"	   /* in the store's folder */
#define TRO_SERVICE_KEY "keys/service.key" /* likewise */
/* The service's next key, from before the record that enrols it until it has the place of the old
 * one. The registry says which of the two signs. */
#define TRO_SERVICE_NEXT "keys/service.next"
#define TRO_KEYS "keys"
enum { TRO_KEY_PATH_SIZE = 4096 };

/* ---- registry.c ---- */

/* A registry over a store, which it owns from here on, also when this fails; the authority is
 * empty. */
tro_status tro_registry_new(tro_registry **out, tro_store *store, tro_err *err) TRO_MUST_USE;
/* Reads the registry's records that came after those known here. */
tro_status tro_registry_catch_up(tro_registry *registry, tro_err *err) TRO_MUST_USE;
/* Has the registry in the store moved on from what is known here? */
tro_status tro_registry_is_behind(
	bool *out, const tro_registry *registry, tro_err *err) TRO_MUST_USE;
/* Judges and applies the registry's record number tro_authority_count(authority): parses it, checks
 * that it follows the one before and that the payload is the one committed to. Does not verify the
 * signature; *out (may be NULL) is the parsed record. */
tro_status tro_registry_advance(
	tro_authority *authority, tro_store *store, tro_record *out, tro_err *err) TRO_MUST_USE;
/* Parses a stored note into record, without verifying anything. */
tro_status tro_record_read(
	tro_record *out, const tro_stored_record *stored, tro_err *err) TRO_MUST_USE;
/* TRO_INVALID when the stored payload is not the one that the record commits to. */
tro_status tro_record_check_payload(
	const tro_record *record, const tro_stored_record *stored, tro_err *err) TRO_MUST_USE;
/* Opens the store without reading a record: for verification, which believes nothing. The authority
 * is empty. */
tro_status tro_registry_open_unread(tro_registry **out, const char *dir, tro_err *err) TRO_MUST_USE;
tro_rules tro_registry_rules(const tro_registry *registry);

/* Where one of these lies in a store's folder. */
tro_status tro_key_path(
	char out[TRO_KEY_PATH_SIZE], const char *dir, const char *file, tro_err *err) TRO_MUST_USE;

/* ---- genesis.c ---- */

/* Makes the folder of the store's own keys, if it is not there. */
tro_status tro_keys_make_folder(const char *dir, tro_err *err) TRO_MUST_USE;

/* ---- registrar.c, enrol.c ---- */

/* One act of a registrar: one record with the fields as its payload, and the offered bytes (NULL
 * for none). *out_already (NULL: such an act cannot be found again): the newest record is this act,
 * and nothing was written. */
tro_status tro_registry_act(tro_registry *registry, const char *event, const tro_field *fields,
	size_t count, const tro_offers *blobs, tro_time_us time, const tro_signer *registrar,
	bool *out_already, tro_err *err) TRO_MUST_USE;

/* tro_registry_rotate of anybody who is enrolled, the service too. */
tro_status tro_registry_record_keys(tro_registry *registry, const char *person,
	const tro_new_keys *keys, const tro_signer *registrar, bool *out_already,
	tro_err *err) TRO_MUST_USE;

/* Judges a signed registry record and writes it with the offered bytes (NULL for none). */
tro_status tro_registry_append(tro_registry *registry, const tro_entry *entry,
	const tro_offers *blobs, tro_err *err) TRO_MUST_USE;
/* Adopts what is offered, as it is. */
tro_status tro_registrar_adopt(tro_registry *registry, const tro_offers *offers,
	const tro_signer *registrar, bool *out_already, tro_err *err) TRO_MUST_USE;

#endif
