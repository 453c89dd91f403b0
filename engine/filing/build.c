/*
 * A filing is built in one direction: view, prepared view, rules, members, checks, manifest, zip.
 * Nothing after the view sees the case document.
 */
#include "filing/filing.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "crypto/crypto.h"
#include "filing/assets.h"
#include "filing/check.h"
#include "filing/describe.h"
#include "filing/eval.h"
#include "filing/exhibits.h"
#include "filing/functions.h"
#include "filing/manifest.h"
#include "filing/member.h"
#include "filing/pack.h"
#include "filing/taken.h"

#define DOCUMENT_BYTES_MAX ((size_t)32 * 1024 * 1024)
/* A container is held in memory three times while it is made. */
#define DERIVED_BYTES_MAX ((size_t)64 * 1024 * 1024)
enum { FIXED_PARAMS = 8 };

typedef struct run {
	const tro_filing_facts *facts;
	const tro_filing_source *source;
	tro_findings *findings;
	tro_err *err;
	tro_arena *arena;
	tro_assets *assets;
	tro_function_host host;
	tro_xslt_function functions[TRO_TEMPLATE_FUNCTIONS + 1];
	tro_description description;
	tro_eval *eval;
	tro_xml_doc *prepared;
	tro_members members;
	size_t derived_len; /* of all derived copies */
} run;

static const char *or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

/* ---- stylesheets ---- */

/* Applies stylesheets one after the other; each but the last must give XML. */
static tro_status apply_all(run *r, tro_buf *out, const char *templates, tro_xml_doc *source,
	const tro_xslt_param *params)
{
	char *names = tro_arena_strdup(r->arena, templates);
	tro_xml_doc *between = NULL; /* result of all stylesheets but the last so far */
	char *save = NULL;
	char *name = names == NULL ? NULL : strtok_r(names, " ", &save);
	tro_status status = names == NULL ? tro_err_nomem(r->err) : TRO_OK;

	while (name != NULL && status == TRO_OK) {
		const tro_xslt *xslt = NULL;
		tro_buf result = TRO_BUF_INIT;
		char *next = strtok_r(NULL, " ", &save);

		result.max_len = DOCUMENT_BYTES_MAX;
		status = tro_assets_template(&xslt, r->assets, name, r->err);
		if (status == TRO_OK) {
			status = tro_xslt_apply(&result, xslt, between != NULL ? between : source,
				params, r->functions, r->err);
		}
		tro_xml_free(between);
		between = NULL;
		if (status == TRO_OK && next != NULL) {
			status =
				tro_xml_parse(&between, result.ptr, result.len, name, NULL, r->err);
		} else if (status == TRO_OK) {
			tro_buf_put(out, result.ptr, result.len);
			status = tro_buf_status(out, r->err);
		}
		tro_buf_done(&result);
		name = next;
	}
	return status;
}

static tro_status value_text(run *r, tro_buf *out, const char *expression, tro_xml_node *node)
{
	tro_xpath_value *value = NULL;
	tro_status status = tro_eval_value(&value, r->eval, expression, node, r->err);

	if (status == TRO_OK) {
		status = tro_xpath_text(out, value, r->err);
	}
	tro_xpath_value_free(value);
	return status;
}

/* Facts, and what the description says of this document; ends with a NULL name. */
static tro_status make_params(
	run *r, tro_xslt_param **out, const tro_part *part, tro_xml_node *node)
{
	size_t own = part == NULL ? 0 : part->param_count;
	size_t count = FIXED_PARAMS;
	tro_xslt_param *params = tro_arena_array(r->arena, FIXED_PARAMS + own + 1, sizeof(*params));
	const char *style = "";
	size_t style_len;
	tro_status status = TRO_OK;

	if (params == NULL) {
		return tro_err_nomem(r->err);
	}
	if (part != NULL && part->style != NULL) {
		status = tro_assets_bytes(
			&style, &style_len, r->assets, "style", part->style, r->err);
	}
	const tro_xslt_param fixed[FIXED_PARAMS] = {{"case-id", or_empty(r->facts->case_id)},
		{"matter", or_empty(r->facts->matter)},
		{"recipient", or_empty(r->facts->recipient)}, {"time", or_empty(r->facts->time)},
		{"seq", or_empty(r->facts->seq)}, {"training", r->facts->training ? "yes" : ""},
		{"marking", or_empty(r->description.marking)}, {"style", style}};

	memcpy(params, fixed, sizeof(fixed));
	for (size_t i = 0; i < own && status == TRO_OK; i++) {
		tro_buf value = TRO_BUF_INIT;

		status = value_text(r, &value, part->params[i].select, node);
		const char *copy = tro_arena_strdup(r->arena, value.ptr);

		params[count++] = (tro_xslt_param){part->params[i].name, copy};
		tro_buf_done(&value);
		if (status == TRO_OK && copy == NULL) {
			status = tro_err_nomem(r->err);
		}
	}
	*out = params;
	return status;
}

/* ---- members ---- */

static tro_status fill(run *r, const char **out, tro_fill how, const char *text, tro_xml_node *node)
{
	tro_buf filled = TRO_BUF_INIT;
	tro_status status = tro_eval_fill(&filled, r->eval, how, text, node, r->err);

	*out = NULL;
	if (status == TRO_OK) {
		*out = tro_arena_strdup(r->arena, filled.ptr);
		status = *out == NULL ? tro_err_nomem(r->err) : TRO_OK;
	}
	tro_buf_done(&filled);
	return status;
}

/* The member's path, with the suffix where there is one. */
static tro_status member_path(
	run *r, const char **out, const tro_part *part, tro_xml_node *node, const char *suffix)
{
	tro_buf path = TRO_BUF_INIT;
	tro_status status = tro_eval_fill(&path, r->eval, TRO_FILL_NAME, part->path, node, r->err);

	if (status == TRO_OK && suffix != NULL) {
		tro_buf_printf(&path, ".%s", suffix);
		status = tro_buf_status(&path, r->err);
	}
	*out = status == TRO_OK ? tro_arena_strdup(r->arena, path.ptr) : NULL;
	tro_buf_done(&path);
	return status == TRO_OK && *out == NULL ? tro_err_nomem(r->err) : status;
}

/* What a copy is, its suffix says (derive.h). */
static const char *media_of(const char *suffix)
{
	return strcmp(suffix, "csv") == 0   ? "text/csv"
	       : strcmp(suffix, "jpg") == 0 ? "image/jpeg"
	       : strcmp(suffix, "png") == 0 ? "image/png"
					    : "text/plain";
}

static tro_status add_member(
	run *r, tro_member **out, const tro_part *part, tro_xml_node *node, const char *suffix)
{
	const char *path = NULL;
	const char *title = NULL;
	const char *media = suffix == NULL ? NULL : media_of(suffix);
	tro_status status = member_path(r, &path, part, node, suffix);

	if (status == TRO_OK) {
		status = fill(r, &title, TRO_FILL_TEXT, part->title, node);
	}
	if (status == TRO_OK && media == NULL) {
		status = fill(r, &media, TRO_FILL_TEXT, part->media, node);
	}
	if (status == TRO_OK) {
		status = tro_members_add(out, &r->members, path, part->role, title, media, r->err);
	}
	return status;
}

/* What a document starts from: the prepared view, or (then *parsed is owned) another member. */
static tro_status open_source(run *r, tro_xml_doc **source, tro_xml_doc **parsed, const char *from)
{
	*parsed = NULL;
	*source = r->prepared;
	if (from == NULL) {
		return TRO_OK;
	}
	const tro_member *member = tro_members_find(&r->members, from);

	if (member == NULL) {
		return tro_err_set(
			r->err, TRO_INVALID, "from names a member that is not there: %s", from);
	}
	tro_status status =
		tro_xml_parse(parsed, member->bytes.ptr, member->bytes.len, from, NULL, r->err);

	*source = *parsed;
	return status;
}

static tro_status check_document(run *r, const tro_part *part, const tro_member *member)
{
	tro_status status = TRO_OK;

	if (part->grammar != NULL) {
		status = tro_check_grammar(member, part->grammar, r->assets, r->findings, r->err);
	}
	if (status == TRO_OK) {
		status = tro_check_marks(member, r->facts->training, r->findings, r->err);
	}
	return status;
}

static tro_status make_document(run *r, const tro_part *part, tro_xml_node *node)
{
	tro_member *member = NULL;
	tro_xml_doc *source = NULL;
	tro_xml_doc *parsed = NULL;
	tro_xslt_param *params = NULL;
	const char *from = NULL;
	tro_status status = make_params(r, &params, part, node);

	if (status == TRO_OK && part->from != NULL) {
		status = fill(r, &from, TRO_FILL_NAME, part->from, node);
	}
	if (status == TRO_OK) {
		status = open_source(r, &source, &parsed, from);
	}
	if (status == TRO_OK) {
		status = add_member(r, &member, part, node, NULL);
	}
	if (status == TRO_OK) {
		member->from = from;
		member->templates = part->templates;
		status = apply_all(r, &member->bytes, part->templates, source, params);
	}
	tro_xml_free(parsed);
	if (status == TRO_OK) {
		status = tro_members_weigh(&r->members, member, r->err);
	}
	return status == TRO_OK ? check_document(r, part, member) : status;
}

static tro_status copy_exhibit(run *r, const tro_part *part, tro_xml_node *node)
{
	tro_member *member = NULL;
	tro_status status = add_member(r, &member, part, node, NULL);

	if (status == TRO_OK) {
		status = tro_exhibit_read(&member->bytes, r->source, node, r->err);
		status = status == TRO_OK ? tro_members_weigh(&r->members, member, r->err)
					  : tro_err_prefix(r->err, status, "%s", member->path);
	}
	return status;
}

static tro_status exhibit_fault(
	run *r, const tro_xml_node *node, const char *remedy, const char *what)
{
	const char *ref = tro_xml_get(node, NULL, "ref");

	return tro_findings_add(r->findings, TRO_LEVEL_BLOCK, "filing/exhibit", r->description.name,
		NULL, remedy, r->err, "exhibit %s: %s", or_empty(ref), what);
}

/* Nobody shall learn from the court that the copy shows less than the exhibit. */
static tro_status tell_left_out(run *r, const tro_xml_node *node, const char *what)
{
	return tro_findings_add(r->findings, TRO_LEVEL_WARN, "filing/exhibit", r->description.name,
		NULL, NULL, r->err, "exhibit %s is not whole in the copy: %s",
		or_empty(tro_xml_get(node, NULL, "ref")), what);
}

static tro_status add_derived(
	run *r, const tro_part *part, tro_xml_node *node, const tro_derivation *how, tro_buf *copy)
{
	static const char *const words[] = {
		[TRO_DERIVED] = "derived", [TRO_EXACT] = "exact", [TRO_WITHHELD] = "withheld"};
	tro_member *member = NULL;

	r->derived_len += copy->len;
	if (r->derived_len > DERIVED_BYTES_MAX) {
		return exhibit_fault(r, node, "exhibit.remove",
			"with it the copies of exhibits have more than 64 MiB together");
	}
	tro_status status = add_member(r, &member, part, node, how->suffix);

	if (status != TRO_OK) {
		return status;
	}
	member->bytes = *copy;
	*copy = (tro_buf)TRO_BUF_INIT;
	member->original = tro_arena_strdup(r->arena, tro_xml_get(node, NULL, "sha256"));
	member->copy = words[how->result];
	member->left_out = how->left_out;
	if (member->original == NULL) {
		return tro_err_nomem(r->err);
	}
	status = how->left_out[0] == '\0' ? TRO_OK : tell_left_out(r, node, how->left_out);
	return status == TRO_OK ? tro_members_weigh(&r->members, member, r->err) : status;
}

static tro_status derive_exhibit(run *r, const tro_part *part, tro_xml_node *node)
{
	tro_derivation how;
	tro_buf rows = TRO_BUF_INIT;
	tro_buf copy = TRO_BUF_INIT;
	tro_status status = TRO_OK;

	if (part->rows != NULL) {
		status = value_text(r, &rows, part->rows, node);
	}
	if (status == TRO_OK) {
		status = tro_exhibit_derive(
			&how, &copy, r->source, node, rows.ptr, r->facts->training, r->err);
	}
	if (status == TRO_OK) {
		status = how.result == TRO_MISCITED
				 ? exhibit_fault(r, node, "item.remove item.add", how.reason)
				 : add_derived(r, part, node, &how, &copy);
	}
	tro_buf_done(&copy);
	tro_buf_done(&rows);
	return status;
}

static tro_status take_approved(run *r, const tro_part *part, tro_xml_node *root)
{
	tro_buf hex = TRO_BUF_INIT;
	tro_status status = value_text(r, &hex, part->foreach, root);

	if (status == TRO_OK) {
		status = tro_taken_members(&r->members, r->arena, r->source, hex.ptr, r->err);
	}
	tro_buf_done(&hex);
	return status;
}

static tro_status make_at(run *r, const tro_part *part, tro_xml_node *node)
{
	switch (part->kind) {
	case TRO_PART_EXHIBIT:
		return copy_exhibit(r, part, node);
	case TRO_PART_DERIVED:
		return derive_exhibit(r, part, node);
	case TRO_PART_APPROVED:
		return take_approved(r, part, node);
	case TRO_PART_DOCUMENT:
		break;
	}
	return make_document(r, part, node);
}

static tro_status make_part(run *r, const tro_part *part)
{
	tro_xml_node *root = tro_xml_root(r->prepared);
	tro_xpath_value *nodes = NULL;
	tro_status status = TRO_OK;

	if (part->foreach == NULL || part->kind == TRO_PART_APPROVED) {
		status = make_at(r, part, root);
	} else {
		status = tro_eval_value(&nodes, r->eval, part->foreach, root, r->err);
	}
	size_t count = nodes == NULL ? 0 : tro_xpath_node_count(nodes);

	for (size_t i = 0; status == TRO_OK && i < count; i++) {
		status = make_at(r, part, tro_xpath_node_at(nodes, i));
	}
	tro_xpath_value_free(nodes);
	return status == TRO_OK
		       ? TRO_OK
		       : tro_err_prefix(r->err, status, "%s:%d", r->description.name, part->line);
}

/* ---- the run ---- */

static tro_status prepare(run *r, const char *name, tro_xml_node *case_document)
{
	tro_xml_doc *doc = NULL;
	const char *view;
	size_t len;
	tro_status status = tro_assets_xml(&doc, r->assets, "filing", name, r->err);

	if (status == TRO_OK) {
		status = tro_description_read(&r->description, doc, name, r->err);
	}
	if (status == TRO_OK) {
		r->host.codes = or_empty(r->description.codes);
		status = tro_assets_bytes(
			&view, &len, r->assets, "view", r->description.view, r->err);
	}
	if (status == TRO_OK) {
		status = tro_view_apply(&r->prepared, view, len, r->description.view, case_document,
			r->facts, r->err);
	}
	if (status == TRO_OK && r->description.prepare != NULL) {
		tro_buf bytes = TRO_BUF_INIT;
		tro_xslt_param *params = NULL;

		status = make_params(r, &params, NULL, NULL);
		if (status == TRO_OK) {
			status = apply_all(r, &bytes, r->description.prepare, r->prepared, params);
		}
		tro_xml_free(r->prepared);
		r->prepared = NULL;
		if (status == TRO_OK) {
			status = tro_xml_parse(&r->prepared, bytes.ptr, bytes.len,
				r->description.prepare, NULL, r->err);
		}
		tro_buf_done(&bytes);
	}
	return status;
}

/* README.txt and filing.xml, which come first in the container, are made last. */
static tro_status pack(run *r, tro_buf *out)
{
	tro_members all = {0};
	tro_xml_doc *manifest = NULL;
	tro_xslt_param *params = NULL;
	tro_member *readme = NULL;
	tro_member *listing = NULL;
	const tro_xslt *xslt = NULL;
	tro_status status = tro_assets_template(&xslt, r->assets, r->description.readme, r->err);

	if (status == TRO_OK) {
		status = tro_manifest_build(
			&manifest, &r->description, r->facts, &r->members, r->assets, r->err);
	}
	if (status == TRO_OK) {
		status = make_params(r, &params, NULL, NULL);
	}
	if (status == TRO_OK) {
		status = tro_members_add(&readme, &all, TRO_README_PATH, "", "", "", r->err);
	}
	if (status == TRO_OK) {
		status = tro_xslt_apply(
			&readme->bytes, xslt, manifest, params, r->functions, r->err);
	}
	if (status == TRO_OK) {
		status = tro_members_add(&listing, &all, TRO_MANIFEST_PATH, "", "", "", r->err);
	}
	if (status == TRO_OK) {
		status = tro_xml_c14n(&listing->bytes, tro_xml_root(manifest), r->err);
	}
	for (size_t i = 0; i < r->members.count && status == TRO_OK; i++) {
		tro_member *from = &r->members.items[i];
		tro_member *to = NULL;

		status = tro_members_add(&to, &all, from->path, "", "", "", r->err);
		if (status == TRO_OK) {
			to->bytes = from->bytes;
			from->bytes = (tro_buf)TRO_BUF_INIT;
		}
	}
	if (status == TRO_OK) {
		status = tro_pack_write(out, &all, r->err);
	}
	tro_xml_free(manifest);
	tro_members_done(&all);
	return status;
}

/* TRO_INVALID when blocking findings were added since `before`. */
static tro_status judge(const run *r, size_t before)
{
	size_t now = tro_findings_count_level(r->findings, TRO_LEVEL_BLOCK);

	if (now == before) {
		return TRO_OK;
	}
	const tro_finding *first = NULL;
	size_t blocks = 0;

	for (size_t i = 0; first == NULL; i++) {
		const tro_finding *finding = tro_findings_at(r->findings, i);

		if (finding->level == TRO_LEVEL_BLOCK && blocks++ == before) {
			first = finding;
		}
	}
	return tro_err_set(r->err, TRO_INVALID, "%zu rule%s broken, first %s: %s", now - before,
		now - before == 1 ? " is" : "s are", first->place, first->message);
}

static tro_status build(run *r, tro_buf *out, const char *name, tro_xml_node *case_document)
{
	size_t before = tro_findings_count_level(r->findings, TRO_LEVEL_BLOCK);
	tro_status status = prepare(r, name, case_document);
	tro_xml_node *root = status == TRO_OK ? tro_xml_root(r->prepared) : NULL;

	if (status == TRO_OK) {
		status = tro_check_rules(&r->description, r->eval, root, r->findings, r->err);
	}
	if (status == TRO_OK) {
		status = judge(r, before);
	}
	for (size_t i = 0; i < r->description.part_count && status == TRO_OK; i++) {
		status = make_part(r, &r->description.parts[i]);
	}
	for (size_t i = 0; i < r->description.agreement_count && status == TRO_OK; i++) {
		status = tro_check_agreement(&r->description.agreements[i], &r->members, r->eval,
			root, r->findings, r->err);
	}
	if (status == TRO_OK) {
		status = judge(r, before);
	}
	return status == TRO_OK ? pack(r, out) : status;
}

tro_status tro_filing_build(tro_buf *out_zip, const char *name, tro_xml_node *case_document,
	const tro_filing_facts *facts, const tro_filing_source *source, tro_findings *findings,
	tro_err *err)
{
	run r = {.facts = facts,
		.source = source,
		.findings = findings,
		.err = err,
		.arena = tro_arena_new(),
		.assets = tro_assets_new(source)};
	tro_status status = r.arena == NULL || r.assets == NULL ? tro_err_nomem(err) : TRO_OK;

	r.host = (tro_function_host){
		.assets = r.assets, .source = source, .facts = facts, .codes = ""};
	tro_template_functions(r.functions, &r.host);
	if (status == TRO_OK) {
		status = tro_eval_new(&r.eval, facts, r.functions, err);
	}
	if (status == TRO_OK) {
		status = build(&r, out_zip, name, case_document);
	}
	tro_members_done(&r.members);
	tro_eval_free(r.eval);
	tro_xml_free(r.prepared);
	tro_description_done(&r.description);
	tro_assets_free(r.assets);
	tro_arena_free(r.arena);
	return status;
}
