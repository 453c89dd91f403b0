/*
 * What the filing tests share: adopted data read from the source tree (with changes that a test
 * makes to some of it), the sample case with exhibits whose hashes fit, building and reading back.
 */
#ifndef TRO_TESTS_FILING_FIXTURE_H
#define TRO_TESTS_FILING_FIXTURE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/finding.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "expect.h"
#include "filing/filing.h"
#include "xml/xml.h"

static inline void read_path(tro_buf *out, const char *path)
{
	char chunk[65536];
	FILE *file = fopen(path, "rb");

	ck_assert_msg(file != NULL, "cannot read %s", path);
	for (size_t len; (len = fread(chunk, 1, sizeof(chunk), file)) > 0;) {
		tro_buf_put(out, chunk, len);
	}
	ck_assert(!ferror(file));
	(void)fclose(file);
	CHECK_OK(tro_buf_status(out, &err));
}

/* ---- adopted data ---- */

/* A change to adopted bytes: the first occurrence of `from`, which must be there, becomes `to`;
 * with from NULL, `to` is all there is. */
typedef struct change {
	const char *kind, *name, *from, *to;
} change;

typedef struct world {
	tro_xml_doc *doc; /* the case */
	const change *changes;
	size_t change_count;
	const char *name, *matter, *recipient, *time, *seq;
	bool live;
	bool spoilt_exhibits;
	tro_buf large; /* an exhibit of any size, with large_hash; or empty */
	char large_hash[65];
	tro_buf approved; /* the container 'application', once approve() was called */
	tro_findings *findings;
} world;

static inline void find_asset(char *path, size_t size, const char *kind, const char *name)
{
	static const struct {
		const char *kind, *name, *path;
	} workflow[] = {
		{"codes", "ddtro-ew/codes", "workflows/ddtro-ew/codes.xml"},
		{"register", "providers", "workflows/registers/providers.xml"},
		{"register", "courts", "workflows/registers/courts.xml"},
		{"register", "forces", "workflows/registers/forces.xml"},
		{"ranks", "ranks", "workflows/registers/ranks.txt"},
	};
	tro_buf manifest = TRO_BUF_INIT;
	char *save = NULL;

	path[0] = '\0';
	for (size_t i = 0; i < sizeof(workflow) / sizeof(*workflow); i++) {
		if (strcmp(workflow[i].kind, kind) == 0 && strcmp(workflow[i].name, name) == 0) {
			(void)snprintf(path, size, TRO_SOURCE_DIR "/%s", workflow[i].path);
		}
	}
	read_path(&manifest, TRO_SOURCE_DIR "/templates/MANIFEST.txt");
	for (char *line = strtok_r(manifest.ptr, "\n", &save); line != NULL;
		line = strtok_r(NULL, "\n", &save)) {
		char words[3][128] = {"", "", ""};

		if (sscanf(line, "%127s %127s %127s", words[0], words[1], words[2]) == 3 &&
			strcmp(words[0], kind) == 0 && strcmp(words[1], name) == 0) {
			(void)snprintf(path, size, TRO_SOURCE_DIR "/%s", words[2]);
		}
	}
	tro_buf_done(&manifest);
}

static inline tro_status give_asset(
	tro_buf *out, void *user, const char *kind, const char *name, tro_err *error)
{
	const world *w = user;
	char path[512];
	tro_buf bytes = TRO_BUF_INIT;

	find_asset(path, sizeof(path), kind, name);
	if (path[0] != '\0') {
		read_path(&bytes, path);
	}
	for (size_t i = 0; i < w->change_count; i++) {
		const change *c = &w->changes[i];

		if (strcmp(c->kind, kind) != 0 || strcmp(c->name, name) != 0) {
			continue;
		}
		tro_buf changed = TRO_BUF_INIT;
		const char *rest = c->from == NULL ? "" : strstr(bytes.ptr, c->from);

		ck_assert_msg(rest != NULL, "%s %s does not hold: %s", kind, name, c->from);
		if (c->from != NULL) {
			tro_buf_put(&changed, bytes.ptr, (size_t)(rest - bytes.ptr));
			rest += strlen(c->from);
		}
		tro_buf_puts(&changed, c->to);
		tro_buf_puts(&changed, rest);
		tro_buf_done(&bytes);
		bytes = changed;
	}
	tro_buf_put(out, bytes.ptr, bytes.len);
	size_t len = bytes.len;

	tro_buf_done(&bytes);
	return len > 0 ? TRO_OK
		       : tro_err_set(
				 error, TRO_NOT_FOUND, "no %s named '%s' is adopted", kind, name);
}

/* ---- exhibits: bytes by name, so that hashes can be put into the case ---- */

static const char *const exhibit_bytes[] = {
	"call,number\n1,07700 900101\n2,07700 900102\n3,07700 900103\n4,07700 900199\n",
	"\x89PNG not really, but bytes are bytes",
	"%PDF-1.7 sealed by the County Court at Exampletown, copy for Northway",
};
enum { EXHIBITS = 3 };

static inline void exhibit_hash(char hex[65], size_t index)
{
	uint8_t hash[32];

	tro_sha256(hash, exhibit_bytes[index], strlen(exhibit_bytes[index]));
	tro_hex_encode(hex, hash, 32);
}

static inline tro_status give_exhibit(
	tro_buf *out, void *user, const char *sha256_hex, tro_err *error)
{
	const world *w = user;
	char hex[65];

	if (w->large.len > 0 && strcmp(w->large_hash, sha256_hex) == 0) {
		tro_buf_put(out, w->large.ptr, w->large.len);
		return tro_buf_status(out, error);
	}
	for (size_t i = 0; i < EXHIBITS; i++) {
		exhibit_hash(hex, i);
		if (strcmp(hex, sha256_hex) == 0) {
			tro_buf_puts(out, exhibit_bytes[i]);
			tro_buf_puts(out, w->spoilt_exhibits ? "!" : "");
			return TRO_OK;
		}
	}
	return tro_err_set(error, TRO_NOT_FOUND, "no exhibit %s", sha256_hex);
}

static inline tro_status give_filing(
	tro_buf *out, void *user, const char *sha256_hex, tro_err *error)
{
	const world *w = user;
	uint8_t hash[32];
	char hex[65];

	tro_sha256(hash, w->approved.ptr, w->approved.len);
	tro_hex_encode(hex, hash, 32);
	if (strcmp(hex, sha256_hex) != 0) {
		return tro_err_set(error, TRO_NOT_FOUND, "no filing %s", sha256_hex);
	}
	tro_buf_put(out, w->approved.ptr, w->approved.len);
	return TRO_OK;
}

/* ---- the case ---- */

/* The first node that a path without functions of ours selects. */
static inline tro_xml_node *at(tro_xml_doc *doc, const char *path)
{
	tro_xpath *xpath = tro_xpath_new(0);
	tro_xpath_expr *expression = NULL;
	tro_xpath_value *value = NULL;

	CHECK_OK(tro_xpath_compile(&expression, path, &err));
	CHECK_OK(tro_xpath_eval(&value, xpath, expression, tro_xml_root(doc), &err));
	tro_xml_node *node = tro_xpath_node_count(value) > 0 ? tro_xpath_node_at(value, 0) : NULL;

	tro_xpath_value_free(value);
	tro_xpath_expr_free(expression);
	tro_xpath_free(xpath);
	ck_assert_msg(node != NULL, "the case has no %s", path);
	return node;
}

static inline void set_text(world *w, const char *path, const char *text)
{
	CHECK_OK(tro_xml_set_text(at(w->doc, path), text, &err));
}

static inline void set_hash(world *w, const char *path, size_t index)
{
	char hex[65];

	exhibit_hash(hex, index);
	CHECK_OK(tro_xml_set(at(w->doc, path), NULL, "sha256", hex, &err));
}

/* The sample case, about to serve the order against Northway. */
static inline world open_world(void)
{
	tro_buf bytes = TRO_BUF_INIT;
	world w = {.name = "provider-pack",
		.matter = "order.1",
		.recipient = "northway",
		.time = "2026-11-11T13:00:00.000000Z",
		.seq = "20",
		.approved = TRO_BUF_INIT,
		.large = TRO_BUF_INIT,
		.findings = tro_findings_new()};

	CHECK_OK(tro_crypto_init(&err));
	CHECK_OK(tro_xml_init(&err));
	ck_assert_ptr_nonnull(w.findings);
	read_path(&bytes, TRO_SOURCE_DIR "/tests/data/ddtro-ew-case.xml");
	CHECK_OK(tro_xml_parse(&w.doc, bytes.ptr, bytes.len, "case", NULL, &err));
	tro_buf_done(&bytes);
	set_hash(&w, "/case/exhibits/exhibit[1]", 0);
	set_hash(&w, "/case/exhibits/exhibit[2]", 1);
	set_hash(&w, "/case/orders/order[1]/made/sealed", 2);
	return w;
}

static inline void close_world(world *w)
{
	tro_xml_free(w->doc);
	tro_findings_free(w->findings);
	tro_buf_done(&w->approved);
	tro_buf_done(&w->large);
	*w = (world){0};
}

static inline tro_status build(tro_buf *out, world *w)
{
	const tro_filing_facts facts = {.case_id = "K7Q3-9F2M",
		.matter = w->matter,
		.recipient = w->recipient,
		.time = w->time,
		/* an exclusion makes its own notice */
		.seq = strcmp(w->name, "carve-out-notice") == 0 ? "25" : w->seq,
		.training = !w->live};
	const tro_filing_source source = {
		.asset = give_asset, .exhibit = give_exhibit, .filing = give_filing, .user = w};

	err.message[0] = '\0';
	return tro_filing_build(
		out, w->name, tro_xml_root(w->doc), &facts, &source, w->findings, &err);
}

static inline void build_ok(tro_buf *out, world *w)
{
	tro_status status = build(out, w);

	for (size_t i = 0; i < tro_findings_count(w->findings); i++) {
		const tro_finding *f = tro_findings_at(w->findings, i);

		fprintf(stderr, "%s: %s: %s\n", f->id, f->place, f->message);
	}
	ck_assert_msg(status == TRO_OK, "filing %s: %s", w->name, err.message);
}

/* The applicant approves the case as it stands: what the court's bundle is made from. */
static inline void approve(world *w)
{
	const char *name = w->name;
	uint8_t hash[32];
	char hex[65];

	w->name = "application";
	tro_buf_clear(&w->approved);
	build_ok(&w->approved, w);
	w->name = name;
	tro_sha256(hash, w->approved.ptr, w->approved.len);
	tro_hex_encode(hex, hash, 32);
	set_text(w, "/case/approval/document", hex);
}

static inline bool has_finding(const world *w, const char *id, const char *part)
{
	for (size_t i = 0; i < tro_findings_count(w->findings); i++) {
		const tro_finding *f = tro_findings_at(w->findings, i);

		if (strcmp(f->id, id) == 0 &&
			(strstr(f->message, part) != NULL || strstr(f->place, part) != NULL)) {
			return true;
		}
	}
	return false;
}

/* ---- members ---- */

/* Appends the bytes of a member; false when there is none. */
static inline bool member(tro_buf *out, const tro_buf *zip, const char *name)
{
	tro_pack *pack = NULL;
	bool found = false;

	CHECK_OK(tro_pack_open(&pack, zip->ptr, zip->len, &err));
	for (size_t i = 0; i < tro_pack_count(pack); i++) {
		if (strcmp(tro_pack_name(pack, i), name) == 0) {
			CHECK_OK(tro_pack_read(out, pack, i, &err));
			found = true;
		}
	}
	tro_pack_close(pack);
	return found;
}

static inline void names_of(tro_buf *out, const tro_buf *zip)
{
	tro_pack *pack = NULL;

	CHECK_OK(tro_pack_open(&pack, zip->ptr, zip->len, &err));
	for (size_t i = 0; i < tro_pack_count(pack); i++) {
		tro_buf_printf(out, "%s\n", tro_pack_name(pack, i));
	}
	tro_pack_close(pack);
}

static inline bool holds(const tro_buf *bytes, const char *part)
{
	size_t len = strlen(part);

	for (size_t i = 0; i + len <= bytes->len; i++) {
		if (memcmp(bytes->ptr + i, part, len) == 0) {
			return true;
		}
	}
	return false;
}

#endif
