/*
 * What a filing is made with: adopted bytes, asked for once in a run, parsed once, and listed in
 * the manifest with their hashes. Everything returned is borrowed and lives as long as the assets.
 */
#ifndef TRO_FILING_ASSETS_H
#define TRO_FILING_ASSETS_H

#include <stddef.h>
#include <tro/err.h>

#include "filing/filing.h"

typedef struct tro_assets tro_assets;

/* The source must outlive the assets. NULL when out of memory. */
tro_assets *tro_assets_new(const tro_filing_source *source) TRO_MUST_USE;
void tro_assets_free(tro_assets *assets);

/* Each: TRO_NOT_FOUND when nothing is adopted under the kind and name, TRO_INVALID when it is not
 * what is asked for. */
tro_status tro_assets_bytes(const char **out, size_t *out_len, tro_assets *assets, const char *kind,
	const char *name, tro_err *err) TRO_MUST_USE;
tro_status tro_assets_xml(tro_xml_doc **out, tro_assets *assets, const char *kind, const char *name,
	tro_err *err) TRO_MUST_USE;
tro_status tro_assets_template(
	const tro_xslt **out, tro_assets *assets, const char *name, tro_err *err) TRO_MUST_USE;
tro_status tro_assets_grammar(
	const tro_rng **out, tro_assets *assets, const char *name, tro_err *err) TRO_MUST_USE;

/* What was asked for, in the order in which it was first asked for. */
size_t tro_assets_count(const tro_assets *assets);
const char *tro_assets_kind(const tro_assets *assets, size_t index);
const char *tro_assets_name(const tro_assets *assets, size_t index);
/* SHA-256 in hex. */
const char *tro_assets_sha256(const tro_assets *assets, size_t index);

#endif
