/*
 * What a store is made of, apart from what its records say: is the database's schema ours, and does
 * anything lie in it or beside it that no record knows?
 */
#ifndef TRO_AUDIT_CONTENTS_H
#define TRO_AUDIT_CONTENTS_H

#include <stdbool.h>
#include <tro/verify.h>

#include "store/store.h"

/* A finding for each object of the schema that is not as it must be. *out_readable is false when
 * tables are not what the rest of a verification needs. */
tro_status tro_contents_check_schema(bool *out_readable, tro_verdict *io_verdict, tro_store *store,
	tro_findings *findings, tro_err *err) TRO_MUST_USE;
/* Findings for rows that belong to nothing and for blobs that are not what their hash says; notes
 * for blobs and files that no record names. The records have been verified before. */
tro_status tro_contents_check(tro_verdict *io_verdict, tro_store *store, tro_findings *findings,
	tro_err *err) TRO_MUST_USE;

#endif
