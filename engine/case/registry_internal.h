/* The inside of tro_registry, for the case and audit modules. */
#ifndef TRO_CASE_REGISTRY_INTERNAL_H
#define TRO_CASE_REGISTRY_INTERNAL_H

#include <tro/registry.h>

#include "case/library.h"
#include "case/rules.h"
#include "ledger/authority.h"
#include "ledger/record.h"
#include "store/store.h"

struct tro_registry {
	tro_store *store;
	tro_library *library;
	tro_authority *authority; /* as of the newest registry record */
	tro_buf vkey;		  /* what tro_registry_person_at last printed */
};

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

#endif
