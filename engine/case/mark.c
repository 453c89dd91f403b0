#include <tro/mark.h>

#include <stdio.h>
#include <string.h>

#include "base/disk.h"
#include "base/text.h"
#include "case/registry_internal.h"
#include "crypto/crypto.h"
#include "ledger/tree.h"

enum { MARK_MAX = 8192, HEX_SIZE = TRO_HEX_SIZE(32) };

typedef struct mark {
	uint64_t size;
	char genesis[HEX_SIZE], root[HEX_SIZE];
} mark;

/* FOLDER/SHA256-of-path */
static tro_status name_mark(
	tro_buf *out, const tro_registry *registry, const char *folder, tro_err *err)
{
	const char *path = tro_store_dir(registry->store);
	uint8_t hash[32];
	char hex[HEX_SIZE];

	tro_sha256(hash, path, strlen(path));
	tro_hex_encode(hex, hash, sizeof(hash));
	tro_buf_printf(out, "%s/%s", folder, hex);
	return tro_buf_status(out, err);
}

/* ---- the file ---- */

/* The value of the line that begins with the name; NULL when it is another line. Cuts it off. */
static char *take_line(char **at, const char *name)
{
	size_t len = strlen(name);
	char *end = strchr(*at, '\n');
	char *value = *at + len;

	if (end == NULL || strncmp(*at, name, len) != 0) {
		return NULL;
	}
	*end = '\0';
	*at = end + 1;
	return value;
}

static bool take_hash(char out[HEX_SIZE], char **at, const char *name)
{
	const char *value = take_line(at, name);
	uint8_t hash[32];

	if (value == NULL || !tro_hex_decode(hash, sizeof(hash), value, strlen(value))) {
		return false;
	}
	memcpy(out, value, HEX_SIZE);
	return true;
}

static bool parse(mark *out, char *text)
{
	char *at = text;
	const char *head = take_line(&at, "tro-mark/v1");
	const char *store = head == NULL || head[0] != '\0' ? NULL : take_line(&at, "store ");

	if (store == NULL || !take_hash(out->genesis, &at, "genesis ")) {
		return false;
	}
	const char *size = take_line(&at, "size ");

	return size != NULL && tro_decimal_parse(&out->size, size, strlen(size)) &&
	       take_hash(out->root, &at, "root ") && *at == '\0';
}

/* False when there is none, or none that can be read. */
static bool read_mark(mark *out, const char *path)
{
	int fd;
	tro_buf text = TRO_BUF_INIT;
	bool good = tro_disk_open(&fd, path, TRO_DISK_NO_FOLLOW, NULL) == TRO_OK &&
		    tro_disk_read(&text, fd, MARK_MAX, path, NULL) == TRO_OK &&
		    parse(out, text.ptr);

	tro_buf_done(&text);
	return good;
}

/* Under another name first: a mark is whole or the one before. It need not be on the disk: what a
 * power cut takes away is a mark that is lower, or none. */
static tro_status write_mark(const char *path, const tro_buf *text, tro_err *err)
{
	tro_buf draft = TRO_BUF_INIT;
	tro_status status = tro_disk_draft(&draft, path, err);

	if (status == TRO_OK) {
		status = tro_disk_replace(
			path, draft.ptr, text->ptr, text->len, 0660, TRO_DISK_CACHED, err);
	}
	tro_buf_done(&draft);
	return status;
}

/* ---- the store ---- */

static tro_status root_at(
	char out[HEX_SIZE], const tro_registry *registry, uint64_t size, tro_err *err)
{
	tro_tree_nodes nodes = tro_store_tree(registry->store);
	uint8_t root[32];
	tro_status status = tro_tree_root(root, &nodes, size, err);

	if (status == TRO_OK) {
		tro_hex_encode(out, root, sizeof(root));
	}
	return status;
}

static tro_status genesis_of(char out[HEX_SIZE], const tro_registry *registry, tro_err *err)
{
	tro_stored_record stored;
	uint8_t hash[32];
	tro_status status =
		tro_store_record_get(&stored, registry->store, TRO_REGISTRY_CASE, 0, err);

	if (status == TRO_OK) {
		tro_record_hash(hash, stored.note, stored.note_len);
		tro_hex_encode(out, hash, sizeof(hash));
		tro_stored_record_done(&stored);
	}
	return status;
}

static tro_status compare(
	const tro_registry *registry, const mark *seen, const char *path, tro_err *err)
{
	const char *dir = tro_store_dir(registry->store);
	char root[HEX_SIZE];
	uint64_t size;
	tro_status status = tro_store_log_size(&size, registry->store, err);

	if (status == TRO_OK && size < seen->size) {
		return tro_err_set(err, TRO_INVALID,
			"the store in %s is older than it was: this host has seen it with %llu "
			"records, and it has %llu: an older copy stands in its place; if that was "
			"meant, remove %s",
			dir, (unsigned long long)seen->size, (unsigned long long)size, path);
	}
	if (status == TRO_OK) {
		status = root_at(root, registry, seen->size, err);
	}
	if (status == TRO_OK && strcmp(root, seen->root) != 0) {
		status = tro_err_set(err, TRO_INVALID,
			"the first %llu records of the store in %s are not those that this host "
			"has seen: another copy, which went on otherwise, stands in its place; if "
			"that was meant, remove %s",
			(unsigned long long)seen->size, dir, path);
	}
	return status;
}

/* *out_seen: the mark is there, and of this store. */
static tro_status look(mark *out, bool *out_seen, char genesis[HEX_SIZE],
	const tro_registry *registry, const char *path, tro_err *err)
{
	tro_status status = genesis_of(genesis, registry, err);

	*out_seen = status == TRO_OK && read_mark(out, path) && strcmp(out->genesis, genesis) == 0;
	return status;
}

tro_status tro_mark_check(const tro_registry *registry, const char *folder, tro_err *err)
{
	tro_buf path = TRO_BUF_INIT;
	char genesis[HEX_SIZE];
	mark seen;
	bool there = false;
	tro_status status = name_mark(&path, registry, folder, err);

	if (status == TRO_OK) {
		status = look(&seen, &there, genesis, registry, path.ptr, err);
	}
	if (status == TRO_OK && there) {
		status = compare(registry, &seen, path.ptr, err);
	}
	tro_buf_done(&path);
	return status;
}

tro_status tro_mark_advance(const tro_registry *registry, const char *folder, tro_err *err)
{
	tro_buf path = TRO_BUF_INIT;
	tro_buf text = TRO_BUF_INIT;
	char genesis[HEX_SIZE];
	char root[HEX_SIZE];
	mark seen;
	uint64_t size = 0;
	bool there = false;
	tro_status status = name_mark(&path, registry, folder, err);

	if (status == TRO_OK) {
		status = look(&seen, &there, genesis, registry, path.ptr, err);
	}
	if (status == TRO_OK) {
		status = tro_store_log_size(&size, registry->store, err);
	}
	if (status == TRO_OK && !(there && seen.size >= size)) {
		status = root_at(root, registry, size, err);
		tro_buf_printf(&text, "tro-mark/v1\nstore %s\ngenesis %s\nsize %llu\nroot %s\n",
			tro_store_dir(registry->store), genesis, (unsigned long long)size, root);
		if (status == TRO_OK) {
			status = tro_buf_status(&text, err);
		}
		if (status == TRO_OK) {
			status = write_mark(path.ptr, &text, err);
		}
	}
	tro_buf_done(&path);
	tro_buf_done(&text);
	return status;
}
