#include "filing/manifest.h"

#include <stdio.h>

#include "base/text.h"
#include "crypto/crypto.h"

/* Version of what this module does with a description: raised when the same description and case
 * come to mean other bytes. It is not the release: a later release must still give the bytes to
 * which a record has committed. */
#define FILING_SEMANTICS "1"

/* Pairs of attribute name and value, ending with NULL; a NULL or empty value is left out. */
static tro_status set_all(tro_xml_node *node, const char *const *pairs, tro_err *err)
{
	tro_status status = node == NULL ? tro_err_nomem(err) : TRO_OK;

	for (; status == TRO_OK && pairs[0] != NULL; pairs += 2) {
		if (pairs[1] != NULL && pairs[1][0] != '\0') {
			status = tro_xml_set(node, NULL, pairs[0], pairs[1], err);
		}
	}
	return status;
}

static tro_status put_member(tro_xml_node *root, const tro_member *member, tro_err *err)
{
	uint8_t hash[TRO_SHA256_LEN];
	char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)];
	char size[24];

	tro_sha256(hash, member->bytes.ptr, member->bytes.len);
	tro_hex_encode(hex, hash, sizeof(hash));
	(void)snprintf(size, sizeof(size), "%zu", member->bytes.len);
	tro_status status = tro_xml_append_text(root, "\n\t", err);

	if (status != TRO_OK) {
		return status;
	}
	const char *const pairs[] = {"path", member->path, "role", member->role, "title",
		member->title, "media", member->media, "sha256", hex, "size", size, "from",
		member->from, "template", member->templates, "original", member->original, "copy",
		member->copy, "left-out", member->left_out, "approved",
		member->approved ? "yes" : NULL, NULL};

	return set_all(tro_xml_append(root, TRO_MANIFEST_NS, "document", NULL), pairs, err);
}

static tro_status put_asset(
	tro_xml_node *root, const tro_assets *assets, size_t index, tro_err *err)
{
	tro_status status = tro_xml_append_text(root, "\n\t", err);

	if (status != TRO_OK) {
		return status;
	}
	const char *const pairs[] = {"kind", tro_assets_kind(assets, index), "name",
		tro_assets_name(assets, index), "sha256", tro_assets_sha256(assets, index), NULL};

	return set_all(tro_xml_append(root, TRO_MANIFEST_NS, "made-with", NULL), pairs, err);
}

tro_status tro_manifest_build(tro_xml_doc **out, const tro_description *description,
	const tro_filing_facts *facts, const tro_members *members, const tro_assets *assets,
	tro_err *err)
{
	const char *const pairs[] = {"name", description->name, "version", description->version,
		"title", description->title, "case", facts->case_id, "regime", description->regime,
		"recipient", facts->recipient, "recipient-kind", description->recipient_kind,
		"time", facts->time, "marking", description->marking, "mode",
		facts->training ? "TRAINING" : "live", "engine", FILING_SEMANTICS, NULL};
	tro_xml_doc *doc = tro_xml_new(TRO_MANIFEST_NS, "filing");
	tro_xml_node *root = doc == NULL ? NULL : tro_xml_root(doc);
	tro_status status = set_all(root, pairs, err);

	*out = NULL;
	for (size_t i = 0; status == TRO_OK && i < members->count; i++) {
		status = put_member(root, &members->items[i], err);
	}
	for (size_t i = 0; status == TRO_OK && i < tro_assets_count(assets); i++) {
		status = put_asset(root, assets, i, err);
	}
	if (status == TRO_OK) {
		status = tro_xml_append_text(root, "\n", err);
	}
	if (status != TRO_OK) {
		tro_xml_free(doc);
		return status;
	}
	*out = doc;
	return TRO_OK;
}
