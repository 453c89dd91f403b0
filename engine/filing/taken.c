#include "filing/taken.h"

#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "filing/manifest.h"

typedef struct taking {
	tro_members *out;
	tro_arena *arena;
	tro_pack *pack;
	tro_err *err;
} taking;

static tro_status check_hash(
	const tro_buf *bytes, const char *expected, const char *what, tro_err *err)
{
	uint8_t hash[TRO_SHA256_LEN];
	char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)];

	tro_sha256(hash, bytes->ptr, bytes->len);
	tro_hex_encode(hex, hash, sizeof(hash));
	return strcmp(hex, expected) == 0
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID, "%s has SHA-256 %s, not %s", what, hex,
				 expected);
}

static tro_status read_member(tro_buf *out, const taking *t, const char *path)
{
	for (size_t i = 0; i < tro_pack_count(t->pack); i++) {
		if (strcmp(tro_pack_name(t->pack, i), path) == 0) {
			return tro_pack_read(out, t->pack, i, t->err);
		}
	}
	return tro_err_set(t->err, TRO_INVALID, "the container has no member %s", path);
}

/* An attribute of the manifest, kept; NULL when it is not there. */
static const char *kept(taking *t, const tro_xml_node *document, const char *name, bool *lost)
{
	const char *value = tro_xml_get(document, NULL, name);
	const char *copy = value == NULL ? NULL : tro_arena_strdup(t->arena, value);

	*lost = *lost || (value != NULL && copy == NULL);
	return copy;
}

static tro_status take(taking *t, const tro_xml_node *document)
{
	const char *path = tro_xml_attribute(document, "path");
	tro_member *member = NULL;
	bool lost = false;
	tro_status status = tro_members_add(&member, t->out, path,
		tro_xml_attribute(document, "role"), tro_xml_attribute(document, "title"),
		tro_xml_attribute(document, "media"), t->err);

	if (status == TRO_OK) {
		status = read_member(&member->bytes, t, path);
	}
	if (status == TRO_OK) {
		status = check_hash(
			&member->bytes, tro_xml_attribute(document, "sha256"), path, t->err);
	}
	if (status != TRO_OK) {
		return status;
	}
	member->from = kept(t, document, "from", &lost);
	member->templates = kept(t, document, "template", &lost);
	member->original = kept(t, document, "original", &lost);
	member->copy = kept(t, document, "copy", &lost);
	member->left_out = kept(t, document, "left-out", &lost);
	member->approved = true;
	return lost ? tro_err_nomem(t->err) : tro_members_weigh(t->out, member, t->err);
}

static tro_status take_all(taking *t, const tro_buf *manifest)
{
	tro_xml_doc *doc = NULL;
	tro_status status =
		tro_xml_parse(&doc, manifest->ptr, manifest->len, TRO_MANIFEST_PATH, NULL, t->err);
	tro_xml_node *node = status == TRO_OK ? tro_xml_first_named(tro_xml_root(doc),
							TRO_MANIFEST_NS, "document")
					      : NULL;

	for (; node != NULL && status == TRO_OK;
		node = tro_xml_next_named(node, TRO_MANIFEST_NS, "document")) {
		status = take(t, node);
	}
	tro_xml_free(doc);
	return status;
}

tro_status tro_taken_members(tro_members *out, tro_arena *arena, const tro_filing_source *source,
	const char *sha256_hex, tro_err *err)
{
	taking t = {.out = out, .arena = arena, .err = err};
	tro_buf bytes = TRO_BUF_INIT;
	tro_buf manifest = TRO_BUF_INIT;
	tro_status status = source->filing(&bytes, source->user, sha256_hex, err);

	if (status == TRO_OK) {
		status = check_hash(&bytes, sha256_hex, "the container", err);
	}
	if (status == TRO_OK) {
		status = tro_pack_open(&t.pack, bytes.ptr, bytes.len, err);
	}
	if (status == TRO_OK) {
		status = read_member(&manifest, &t, TRO_MANIFEST_PATH);
	}
	if (status == TRO_OK) {
		status = take_all(&t, &manifest);
	}
	tro_pack_close(t.pack);
	tro_buf_done(&manifest);
	tro_buf_done(&bytes);
	return status;
}
