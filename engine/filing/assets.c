#include "filing/assets.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"

typedef struct entry {
	char *kind, *name;
	tro_buf bytes;
	char sha256[TRO_HEX_SIZE(TRO_SHA256_LEN)];
	tro_xml_doc *doc;
	tro_xslt *template;
	tro_rng *grammar;
} entry;

struct tro_assets {
	const tro_filing_source *source;
	entry **entries; /* each stays where it is */
	size_t count;
};

tro_assets *tro_assets_new(const tro_filing_source *source)
{
	tro_assets *assets = calloc(1, sizeof(*assets));

	if (assets != NULL) {
		assets->source = source;
	}
	return assets;
}

static void entry_free(entry *e)
{
	if (e != NULL) {
		tro_xml_free(e->doc);
		tro_xslt_free(e->template);
		tro_rng_free(e->grammar);
		tro_buf_done(&e->bytes);
		free(e->kind);
		free(e->name);
		free(e);
	}
}

void tro_assets_free(tro_assets *assets)
{
	if (assets != NULL) {
		for (size_t i = 0; i < assets->count; i++) {
			entry_free(assets->entries[i]);
		}
		free(assets->entries);
		free(assets);
	}
}

static tro_status fetch(
	entry *e, const tro_assets *assets, const char *kind, const char *name, tro_err *err)
{
	uint8_t sha256[TRO_SHA256_LEN];

	e->bytes = (tro_buf)TRO_BUF_INIT;
	e->kind = strdup(kind);
	e->name = strdup(name);
	if (e->kind == NULL || e->name == NULL) {
		return tro_err_nomem(err);
	}
	tro_status status = assets->source->asset(&e->bytes, assets->source->user, kind, name, err);

	if (status == TRO_OK) {
		status = tro_buf_status(&e->bytes, err);
	}
	if (status == TRO_OK) {
		tro_sha256(sha256, e->bytes.ptr, e->bytes.len);
		tro_hex_encode(e->sha256, sha256, sizeof(sha256));
	}
	return status;
}

static tro_status get(
	entry **out, tro_assets *assets, const char *kind, const char *name, tro_err *err)
{
	for (size_t i = 0; i < assets->count; i++) {
		if (strcmp(assets->entries[i]->kind, kind) == 0 &&
			strcmp(assets->entries[i]->name, name) == 0) {
			*out = assets->entries[i];
			return TRO_OK;
		}
	}
	entry **grown = realloc(assets->entries, (assets->count + 1) * sizeof(*grown));

	if (grown == NULL) {
		return tro_err_nomem(err);
	}
	assets->entries = grown;
	entry *e = calloc(1, sizeof(*e));

	if (e == NULL) {
		return tro_err_nomem(err);
	}
	tro_status status = fetch(e, assets, kind, name, err);

	if (status != TRO_OK) {
		entry_free(e);
		return status;
	}
	assets->entries[assets->count++] = e;
	*out = e;
	return TRO_OK;
}

tro_status tro_assets_bytes(const char **out, size_t *out_len, tro_assets *assets, const char *kind,
	const char *name, tro_err *err)
{
	entry *e = NULL;
	tro_status status = get(&e, assets, kind, name, err);

	if (status == TRO_OK) {
		*out = e->bytes.ptr;
		*out_len = e->bytes.len;
	}
	return status;
}

tro_status tro_assets_xml(
	tro_xml_doc **out, tro_assets *assets, const char *kind, const char *name, tro_err *err)
{
	entry *e = NULL;
	tro_status status = get(&e, assets, kind, name, err);

	if (status == TRO_OK && e->doc == NULL) {
		status = tro_xml_parse(&e->doc, e->bytes.ptr, e->bytes.len, name, NULL, err);
	}
	if (status == TRO_OK) {
		*out = e->doc;
	}
	return status;
}

tro_status tro_assets_template(
	const tro_xslt **out, tro_assets *assets, const char *name, tro_err *err)
{
	entry *e = NULL;
	tro_status status = get(&e, assets, "template", name, err);

	if (status == TRO_OK && e->template == NULL) {
		status = tro_xslt_parse(&e->template, e->bytes.ptr, e->bytes.len, name, err);
	}
	if (status == TRO_OK) {
		*out = e->template;
	}
	return status;
}

tro_status tro_assets_grammar(
	const tro_rng **out, tro_assets *assets, const char *name, tro_err *err)
{
	entry *e = NULL;
	tro_status status = get(&e, assets, "grammar", name, err);

	if (status == TRO_OK && e->grammar == NULL) {
		status = tro_rng_parse(&e->grammar, e->bytes.ptr, e->bytes.len, name, err);
	}
	if (status == TRO_OK) {
		*out = e->grammar;
	}
	return status;
}

size_t tro_assets_count(const tro_assets *assets)
{
	return assets->count;
}

const char *tro_assets_kind(const tro_assets *assets, size_t index)
{
	return assets->entries[index]->kind;
}

const char *tro_assets_name(const tro_assets *assets, size_t index)
{
	return assets->entries[index]->name;
}

const char *tro_assets_sha256(const tro_assets *assets, size_t index)
{
	return assets->entries[index]->sha256;
}
