#include "audit/contents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"

enum { HEX_LEN = 2 * TRO_SHA256_LEN, CASE_SIZE = 65 };

/* The store's own keys, which only those who tick and checkpoint may read. */
static const char *const keys[] = {"keys", "keys/log.key", "keys/service.key", "keys/service.next"};

static bool is_key(const char *path)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(path, keys[i]) == 0) {
			return true;
		}
	}
	return false;
}

/* ---- the schema ---- */

typedef struct schema_check {
	tro_verdict *verdict;
	tro_findings *findings;
	bool readable;
} schema_check;

static tro_status add_difference(void *user, const tro_schema_difference *difference, tro_err *err)
{
	schema_check *check = user;
	bool table = strcmp(difference->type, "table") == 0;

	*check->verdict = TRO_VERDICT_INVALID;
	check->readable = check->readable && !(table && difference->fault != TRO_SCHEMA_EXTRA);
	return tro_findings_add(check->findings, TRO_LEVEL_BLOCK, "schema", difference->name, NULL,
		NULL, err, "the database's %s %s %s: restore the store from a backup",
		difference->type, difference->name, tro_schema_fault_text(difference->fault));
}

tro_status tro_contents_check_schema(bool *out_readable, tro_verdict *io_verdict, tro_store *store,
	tro_findings *findings, tro_err *err)
{
	schema_check check = {io_verdict, findings, true};
	tro_status status = tro_store_each_schema_difference(store, add_difference, &check, err);

	*out_readable = check.readable;
	return status;
}

/* ---- what the records name ---- */

/* A hash that a case names, as an exhibit, an adopted file or a filing. */
typedef struct named {
	char case_id[CASE_SIZE];
	uint8_t sha256[TRO_SHA256_LEN];
} named;

typedef struct contents {
	tro_verdict *verdict;
	tro_store *store;
	tro_findings *findings;
	named *list;
	size_t count, room;
	char case_id[CASE_SIZE]; /* whose filings are being listed */
} contents;

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(named));
}

/* By hash alone: a blob belongs to no case. */
static int compare_hash(const void *a, const void *b)
{
	const named *left = a;
	const named *right = b;

	return memcmp(left->sha256, right->sha256, sizeof(left->sha256));
}

static tro_status add_named(
	contents *c, const char *case_id, const uint8_t sha256[TRO_SHA256_LEN], tro_err *err)
{
	if (c->count == c->room) {
		size_t room = c->room == 0 ? 64 : 2 * c->room;
		named *list = realloc(c->list, room * sizeof(*list));

		if (list == NULL) {
			return tro_err_nomem(err);
		}
		c->list = list;
		c->room = room;
	}
	named *item = &c->list[c->count++];

	*item = (named){{0}, {0}};
	(void)snprintf(item->case_id, sizeof(item->case_id), "%s", case_id);
	memcpy(item->sha256, sha256, sizeof(item->sha256));
	return TRO_OK;
}

static bool is_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Whatever stands in a payload as a hash names something: that something is named too often does no
 * harm here, where only what nobody names is told. A run of so many digits covers one in HEX_LEN
 * places: most of a payload is not looked at. */
static tro_status add_payload(
	contents *c, const char *case_id, const char *payload, size_t len, tro_err *err)
{
	tro_status status = TRO_OK;
	size_t end = 0; /* of the run before */

	for (size_t i = HEX_LEN - 1; i < len && status == TRO_OK; i = end + HEX_LEN) {
		uint8_t sha256[TRO_SHA256_LEN];
		size_t start = i;

		for (end = i; end < len && is_digit(payload[end]); end++) {
		}
		while (end > i && start > 0 && is_digit(payload[start - 1])) {
			start--;
		}
		if (end - start == HEX_LEN &&
			tro_hex_decode(sha256, sizeof(sha256), payload + start, HEX_LEN)) {
			status = add_named(c, case_id, sha256, err);
		}
	}
	return status;
}

static tro_status add_payloads(contents *c, tro_err *err)
{
	uint64_t size = 0;
	tro_status status = tro_store_log_size(&size, c->store, err);

	for (uint64_t position = 0; position < size && status == TRO_OK; position++) {
		tro_stored_record stored;
		char case_id[CASE_SIZE];
		tro_status found = tro_store_record_at(&stored, c->store, position, case_id, err);

		if (found == TRO_OK && stored.has_payload) {
			status = add_payload(c, case_id, stored.payload, stored.payload_len, err);
		} else if (found != TRO_OK && found != TRO_NOT_FOUND && found != TRO_INVALID) {
			status = found; /* the others are findings already */
		}
		if (found == TRO_OK) {
			tro_stored_record_done(&stored);
		}
	}
	return status;
}

static tro_status add_filing(void *user, const tro_filing_row *row, tro_err *err)
{
	contents *c = user;

	return add_named(c, c->case_id, row->sha256, err);
}

/* A record commits to its filing without naming it; the list of filings was held against the
 * records. */
static tro_status add_filings(void *user, const char *case_id, tro_err *err)
{
	contents *c = user;

	(void)snprintf(c->case_id, sizeof(c->case_id), "%s", case_id);
	return tro_store_each_filing(c->store, case_id, add_filing, c, err);
}

static tro_status collect(contents *c, tro_err *err)
{
	tro_status status = add_payloads(c, err);

	return status == TRO_OK ? tro_store_each_case(c->store, add_filings, c, err) : status;
}

/* ---- what is there ---- */

static tro_status add_stray(void *user, const tro_stray *stray, tro_err *err)
{
	contents *c = user;

	*c->verdict = TRO_VERDICT_INVALID;
	if (strcmp(stray->table, "node") == 0) {
		return tro_findings_add(c->findings, TRO_LEVEL_BLOCK, "stray", stray->table, NULL,
			NULL, err,
			"the tree covers records that are not there, from node %s on: the newest "
			"were "
			"taken away; restore the store from a backup",
			stray->first);
	}
	return tro_findings_add(c->findings, TRO_LEVEL_BLOCK, "stray", stray->table, NULL, NULL,
		err, "%llu rows of table %s belong to no record of the log, the first is %s: %s",
		(unsigned long long)stray->count, stray->table, stray->first,
		stray->derived ? "run 'tro rebuild'" : "restore the store from a backup");
}

static tro_status check_blob(
	void *user, const uint8_t sha256[TRO_SHA256_LEN], tro_status sound, tro_err *err)
{
	contents *c = user;
	char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)];
	named key = {{0}, {0}};

	tro_hex_encode(hex, sha256, TRO_SHA256_LEN);
	memcpy(key.sha256, sha256, sizeof(key.sha256));
	if (sound != TRO_OK) {
		*c->verdict = TRO_VERDICT_INVALID;
		return tro_findings_add(c->findings, TRO_LEVEL_BLOCK, "blob", hex, NULL, NULL, err,
			"the bytes that the database keeps under this SHA-256 have another: "
			"restore the store from a backup");
	}
	if (c->count > 0 && bsearch(&key, c->list, c->count, sizeof(key), compare_hash) != NULL) {
		return TRO_OK;
	}
	return tro_findings_add(c->findings, TRO_LEVEL_NOTE, "blob", hex, NULL, NULL, err,
		"the database keeps bytes that were neither adopted nor filed");
}

static tro_status check_file(void *user, const tro_store_file *file, tro_err *err)
{
	contents *c = user;
	named key = {{0}, {0}};

	if (is_key(file->path)) {
		return TRO_OK;
	}
	if (file->unreadable) {
		return tro_findings_add(c->findings, TRO_LEVEL_NOTE, "file", file->path, NULL, NULL,
			err, "not looked into: this account may not read it");
	}
	memcpy(key.case_id, file->case_id, sizeof(key.case_id));
	memcpy(key.sha256, file->sha256, sizeof(key.sha256));
	if (file->is_exhibit && c->count > 0 &&
		bsearch(&key, c->list, c->count, sizeof(key), compare) != NULL) {
		return TRO_OK;
	}
	return tro_findings_add(c->findings, TRO_LEVEL_NOTE, "file", file->path, NULL, NULL, err,
		file->is_exhibit ? "the case has no record that took this exhibit in"
				 : "this file is none of the store's");
}

tro_status tro_contents_check(
	tro_verdict *io_verdict, tro_store *store, tro_findings *findings, tro_err *err)
{
	contents c = {.verdict = io_verdict, .store = store, .findings = findings};
	tro_status status = collect(&c, err);

	if (status == TRO_OK) {
		status = tro_store_each_stray(store, add_stray, &c, err);
	}
	if (status == TRO_OK && c.count > 1) {
		qsort(c.list, c.count, sizeof(*c.list), compare_hash);
	}
	if (status == TRO_OK) {
		status = tro_store_each_blob(store, check_blob, &c, err);
	}
	if (status == TRO_OK && c.count > 1) {
		qsort(c.list, c.count, sizeof(*c.list), compare);
	}
	if (status == TRO_OK) {
		status = tro_store_each_file(store, check_file, &c, err);
	}
	free(c.list);
	return status;
}
