/* Parts of a case: steps 1 to 5 of redact.h. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "case/redact_work.h"
#include "filing/filing.h"

/* ---- what the data is ---- */

static tro_status compile_paths(tro_redact_work *w, const char *text, tro_err *err)
{
	char *copy = strdup(text);
	tro_status status = copy == NULL ? tro_err_nomem(err) : TRO_OK;

	w->xpath = tro_xpath_new(0);
	w->traces = tro_traces_new();
	if (w->xpath == NULL || w->traces == NULL) {
		status = tro_err_nomem(err);
	}
	for (char *line = copy; status == TRO_OK && *line != '\0';) {
		size_t len = strcspn(line, "\n");
		bool last = line[len] == '\0';

		line[len] = '\0';
		if (w->path_count == TRO_REDACT_PATHS_MAX) {
			status = tro_err_set(err, TRO_INVALID, "an erasure names at most %d paths",
				(int)TRO_REDACT_PATHS_MAX);
		} else if (len > 0) {
			status = tro_xpath_compile(&w->paths[w->path_count], line, err);
			w->path_count += status == TRO_OK;
		}
		line += last ? len : len + 1;
	}
	free(copy);
	return status;
}

/* The nodes that a path names in a document whose root is <case>. */
static tro_status nodes_named(tro_xpath_value **out, const tro_redact_work *w, size_t path,
	tro_xml_doc *document, tro_err *err)
{
	tro_xml_node *root = tro_xml_root(document);
	tro_status status = tro_xpath_eval(out, w->xpath, w->paths[path], root, err);

	if (status != TRO_OK) {
		return status;
	}
	bool good = tro_xpath_value_type(*out) == TRO_XPATH_NODES;

	for (size_t i = 0; i < tro_xpath_node_count(*out) && good; i++) {
		tro_xml_node *node = tro_xpath_node_at(*out, i);
		tro_xml_kind kind = tro_xml_node_kind(node);

		good = node != root && (kind == TRO_XML_ELEMENT || kind == TRO_XML_ATTRIBUTE);
	}
	if (!good) {
		tro_xpath_value_free(*out);
		*out = NULL;
		return tro_err_set(err, TRO_INVALID,
			"'%s' names neither elements within the case nor attributes",
			tro_xpath_expr_text(w->paths[path]));
	}
	return TRO_OK;
}

/* Exhibits are elements with a hash and a media type. */
static bool is_exhibit(tro_xml_node *node, uint8_t out_sha256[32])
{
	const char *hex =
		tro_xml_node_kind(node) == TRO_XML_ELEMENT ? tro_xml_get(node, "", "sha256") : NULL;

	return hex != NULL && tro_xml_get(node, "", "media") != NULL &&
	       tro_hex_decode(out_sha256, 32, hex, strlen(hex));
}

static tro_status doom_exhibits(tro_redact_work *w, tro_xml_node *node, tro_err *err)
{
	uint8_t sha256[32];
	tro_status status = TRO_OK;

	if (tro_xml_node_kind(node) != TRO_XML_ELEMENT) {
		return TRO_OK;
	}
	if (is_exhibit(node, sha256)) {
		status =
			tro_redact_add_hash(&w->out->exhibits, &w->out->exhibit_count, sha256, err);
	}
	for (tro_xml_node *n = tro_xml_first(node); n != NULL && status == TRO_OK;
		n = tro_xml_next(n)) {
		status = doom_exhibits(w, n, err);
	}
	return status;
}

/* One version of the document. */
static tro_status survey_version(
	tro_redact_work *w, tro_xml_doc *document, uint64_t seq, tro_err *err)
{
	tro_status status = TRO_OK;

	for (size_t i = 0; i < w->path_count && status == TRO_OK; i++) {
		tro_xpath_value *nodes = NULL;

		status = nodes_named(&nodes, w, i, document, err);
		for (size_t n = 0; status == TRO_OK && n < tro_xpath_node_count(nodes); n++) {
			tro_xml_node *node = tro_xpath_node_at(nodes, n);

			w->out->from = seq < w->out->from ? seq : w->out->from;
			w->named[i] = true;
			status = tro_traces_add_all(w->traces, node, err);
			if (status == TRO_OK) {
				status = doom_exhibits(w, node, err);
			}
		}
		tro_xpath_value_free(nodes);
	}
	return status;
}

static tro_status survey(tro_redact_work *w, tro_err *err)
{
	tro_replay replay;
	tro_status status = tro_replay_begin(&replay, w->c->registry, w->c->id, err);

	for (uint64_t seq = 0; seq < w->c->count && status == TRO_OK; seq++) {
		tro_stored_record stored;

		status = tro_store_record_get(&stored, w->c->registry->store, w->c->id, seq, err);
		if (status != TRO_OK) {
			break;
		}
		status = tro_replay_next(&replay, &stored, err);
		if (status == TRO_OK && replay.session != NULL) {
			status = survey_version(w, replay.session->document, seq, err);
		}
		tro_stored_record_done(&stored);
	}
	tro_replay_end(&replay);
	if (status == TRO_OK && w->path_count == 0) {
		status = tro_err_set(err, TRO_INVALID, "the erasure names no path");
	}
	for (size_t i = 0; i < w->path_count && status == TRO_OK; i++) {
		if (!w->named[i]) {
			status = tro_err_set(err, TRO_NOT_FOUND,
				"'%s' names nothing in any version of case %s",
				tro_xpath_expr_text(w->paths[i]), w->c->id);
		}
	}
	return status;
}

/* ---- taking it out of the document ---- */

static tro_status keeps_grammar(
	bool *out, const tro_redact_work *w, tro_xml_doc *document, tro_err *err)
{
	const char *hex = tro_xml_get(tro_redact_section(w, "workflow"), "", "grammar");
	const tro_rng *grammar;
	uint8_t sha256[32];

	if (hex == NULL || !tro_hex_decode(sha256, 32, hex, strlen(hex))) {
		return tro_err_set(err, TRO_INVALID, "the session's bytes are damaged");
	}
	tro_status status = tro_library_grammar(&grammar, w->c->registry->library, sha256, err);

	if (status == TRO_OK) {
		status = tro_rng_validate(grammar, document, "case", NULL, err);
		*out = status == TRO_OK;
		status = status == TRO_INVALID ? TRO_OK : status;
	}
	return status;
}

static tro_status empty_node(tro_xml_node *node, tro_err *err)
{
	if (tro_xml_node_kind(node) == TRO_XML_ATTRIBUTE) {
		return tro_xml_set(
			tro_xml_parent(node), tro_xml_ns(node), tro_xml_name(node), "", err);
	}
	return tro_xml_set_text(node, NULL, err);
}

/* A copy of the document without what the path names, or with it emptied. Later nodes first: they
 * may lie within earlier ones. */
static tro_status take_out(
	tro_xml_doc **out, const tro_redact_work *w, size_t path, bool empty, tro_err *err)
{
	tro_xpath_value *nodes = NULL;
	tro_xml_doc *copy = tro_xml_copy_doc(tro_xml_root(w->document));

	*out = copy;
	if (copy == NULL) {
		return tro_err_nomem(err);
	}
	tro_status status = nodes_named(&nodes, w, path, copy, err);

	for (size_t n = status == TRO_OK ? tro_xpath_node_count(nodes) : 0;
		n > 0 && status == TRO_OK; n--) {
		tro_xml_node *node = tro_xpath_node_at(nodes, n - 1);

		if (empty) {
			status = empty_node(node, err);
		} else {
			tro_xml_remove(node);
		}
	}
	tro_xpath_value_free(nodes);
	return status;
}

static tro_status redact_path(tro_redact_work *w, size_t path, tro_err *err)
{
	bool good = false;
	tro_status status = TRO_OK;

	for (int empty = 0; empty <= 1 && !good && status == TRO_OK; empty++) {
		tro_xml_doc *copy = NULL;

		status = take_out(&copy, w, path, empty == 1, err);
		if (status == TRO_OK) {
			status = keeps_grammar(&good, w, copy, err);
		}
		if (good) {
			tro_xml_free(w->document);
			w->document = copy;
		} else {
			tro_xml_free(copy);
		}
	}
	if (status == TRO_OK && !good) {
		status = tro_findings_add(w->findings, TRO_LEVEL_BLOCK, "erase/grammar",
			tro_xpath_expr_text(w->paths[path]), NULL, NULL, err,
			"the case must have what this names: erase less, more, or the whole case");
	}
	return status;
}

/* ---- what else holds it ---- */

static tro_status pack_holds(
	bool *out, const tro_redact_work *w, const tro_buf *bytes, tro_err *err)
{
	tro_pack *pack = NULL;
	tro_status status = tro_pack_open(&pack, bytes->ptr, bytes->len, err);

	for (size_t i = 0; status == TRO_OK && !*out && i < tro_pack_count(pack); i++) {
		tro_buf member = TRO_BUF_INIT;

		status = tro_pack_read(&member, pack, i, err);
		*out = status == TRO_OK && tro_traces_in(w->traces, member.ptr, member.len);
		tro_buf_done(&member);
	}
	tro_pack_close(pack);
	return status;
}

static tro_status filing_holds(
	bool *out, const tro_redact_work *w, const tro_xml_node *filing, tro_err *err)
{
	const char *hex = tro_xml_get(filing, "", "sha256");
	tro_buf bytes = TRO_BUF_INIT;
	uint8_t sha256[32];

	*out = false;
	if (!tro_hex_decode(sha256, 32, hex, strlen(hex))) {
		return tro_err_set(err, TRO_INVALID, "the session's list of filings is damaged");
	}
	tro_status status = tro_store_blob_get(&bytes, w->c->registry->store, sha256, err);

	if (status == TRO_OK) {
		status = pack_holds(out, w, &bytes, err);
	}
	tro_buf_done(&bytes);
	return status;
}

/* Until none is added: the hash of one may stand in another. */
static tro_status doom_filings(tro_redact_work *w, tro_err *err)
{
	bool added = true;
	tro_status status = TRO_OK;

	while (added && status == TRO_OK) {
		added = false;
		for (tro_xml_node *f = tro_xml_first(tro_redact_section(w, "filings"));
			f != NULL && status == TRO_OK; f = tro_xml_next(f)) {
			bool holds = false;

			if (tro_redact_is_doomed(w, f)) {
				continue;
			}
			status = filing_holds(&holds, w, f, err);
			if (status == TRO_OK && holds) {
				added = true;
				status = tro_redact_doom_filing(w, f, err);
			}
		}
	}
	return status;
}

/* The hash of a filing that goes tells whether a guess at its content is right. */
static tro_status blank_hashes(const tro_redact_work *w, tro_xml_node *node, tro_err *err)
{
	static const char zeros[] =
		"0000000000000000000000000000000000000000000000000000000000000000";
	tro_status status = TRO_OK;

	for (size_t i = 0; i < w->out->blob_count && status == TRO_OK; i++) {
		char hex[TRO_HEX_SIZE(TRO_SHA256_LEN)];
		const char *text = tro_xml_first(node) == NULL ? tro_xml_simple_text(node) : NULL;

		tro_hex_encode(hex, w->out->blobs + i * TRO_SHA256_LEN, TRO_SHA256_LEN);
		if (text != NULL && strcmp(text, hex) == 0) {
			status = tro_xml_set_text(node, zeros, err);
		}
		for (tro_xml_node *a = tro_xml_first_attribute(node); a != NULL;
			a = tro_xml_next_attribute(a)) {
			const char *ns = tro_xml_ns(a);
			const char *name = tro_xml_name(a);

			if (status == TRO_OK && strcmp(tro_xml_get(node, ns, name), hex) == 0) {
				status = tro_xml_set(node, ns, name, zeros, err);
			}
		}
	}
	for (tro_xml_node *n = tro_xml_first(node); n != NULL && status == TRO_OK;
		n = tro_xml_next(n)) {
		status = blank_hashes(w, n, err);
	}
	return status;
}

static tro_status doom_payload_with_trace(
	tro_redact_work *w, const tro_stored_record *stored, tro_err *err)
{
	tro_xml_doc *payload = NULL;

	if (!stored->has_payload) {
		return TRO_OK;
	}
	tro_status status = tro_xml_parse(&payload, stored->payload, stored->payload_len, "payload",
		&tro_xml_limits_default, err);

	if (status == TRO_OK && tro_traces_below(w->traces, tro_xml_root(payload), NULL)) {
		status = tro_redact_add_payload(w, stored->seq, err);
	}
	tro_xml_free(payload);
	return status;
}

/* ---- what must not hold it ---- */

static void path_of(tro_buf *out, const tro_xml_node *node)
{
	if (tro_xml_node_kind(node) == TRO_XML_ATTRIBUTE) {
		path_of(out, tro_xml_parent(node));
		tro_buf_printf(out, "/@%s", tro_xml_name(node));
		return;
	}
	if (tro_xml_parent(node) != NULL) {
		path_of(out, tro_xml_parent(node));
	}
	tro_case_path_extend(out, node);
}

static tro_status refuse_place(
	tro_redact_work *w, tro_xml_node *place, const char *remedy, tro_err *err)
{
	tro_buf path = TRO_BUF_INIT;

	path_of(&path, place);
	tro_status status = tro_buf_status(&path, err);

	if (status == TRO_OK) {
		status = tro_findings_add(w->findings, TRO_LEVEL_BLOCK, "erase/elsewhere", path.ptr,
			NULL, NULL, err, "what is to be erased stands here, too: %s", remedy);
	}
	tro_buf_done(&path);
	return status;
}

/* One finding for each place. */
static tro_status refuse_places(
	tro_redact_work *w, tro_xml_node *node, const char *remedy, tro_err *err)
{
	tro_xml_node *place = NULL;
	tro_status status = TRO_OK;

	if (!tro_traces_below(w->traces, node, &place)) {
		return TRO_OK;
	}
	bool own = place == node ||
		   (tro_xml_node_kind(place) == TRO_XML_ATTRIBUTE && tro_xml_parent(place) == node);

	if (own) {
		return refuse_place(w, place, remedy, err);
	}
	for (tro_xml_node *n = tro_xml_first(node); n != NULL && status == TRO_OK;
		n = tro_xml_next(n)) {
		status = refuse_places(w, n, remedy, err);
	}
	return status;
}

static tro_status drop_findings(tro_redact_work *w)
{
	for (tro_xml_node *f = tro_xml_first(tro_redact_section(w, "findings")); f != NULL;) {
		tro_xml_node *next = tro_xml_next(f);

		if (tro_traces_below(w->traces, f, NULL)) {
			tro_xml_remove(f);
		}
		f = next;
	}
	return TRO_OK;
}

static tro_status check_rest(tro_redact_work *w, tro_err *err)
{
	static const char name_it[] = "name this place as well, or change it first";
	/* No path names what lies outside the document. */
	static const struct {
		const char *name, *remedy;
	} sections[] = {{"matters", "change it first"},
		{"keeping", "what was proposed stays, so propose the erasure anew, with a reason "
			    "and paths that do not say it"}};
	tro_status status = refuse_places(w, tro_xml_root(w->document), name_it, err);

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]) && status == TRO_OK; i++) {
		tro_xml_node *node = tro_redact_section(w, sections[i].name);

		status = node == NULL ? TRO_OK : refuse_places(w, node, sections[i].remedy, err);
	}
	if (status == TRO_OK && tro_findings_count_level(w->findings, TRO_LEVEL_BLOCK) > 0) {
		status = tro_err_set(err, TRO_REFUSED,
			"this cannot be erased from case %s as it was proposed", w->c->id);
	}
	return status;
}

/* A file that is kept may hold it as well; whether it does is for a person to look at. */
static tro_status warn_of_exhibits(tro_redact_work *w, tro_xml_node *node, tro_err *err)
{
	uint8_t sha256[32];
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = TRO_OK;

	if (is_exhibit(node, sha256)) {
		tro_status read = tro_store_exhibit_read(
			&bytes, w->c->registry->store, w->c->id, sha256, err);
		bool holds = read == TRO_OK && tro_traces_in(w->traces, bytes.ptr, bytes.len);

		if (read != TRO_OK || holds) {
			status = tro_findings_add(w->findings, TRO_LEVEL_WARN, "erase/exhibit",
				tro_xml_get(node, "", "sha256"), NULL, NULL, err, "%s",
				holds ? "this exhibit holds it, too, and is kept"
				      : "this exhibit is kept and could not be looked through");
		}
	}
	tro_buf_done(&bytes);
	for (tro_xml_node *n = tro_xml_first(node); n != NULL && status == TRO_OK;
		n = tro_xml_next(n)) {
		status = warn_of_exhibits(w, n, err);
	}
	return status;
}

tro_status tro_redact_parts(tro_redact_work *w, const char *what, tro_err *err)
{
	tro_status status = compile_paths(w, what, err);

	if (status == TRO_OK) {
		status = survey(w, err);
	}
	for (size_t i = 0; i < w->path_count && status == TRO_OK; i++) {
		status = redact_path(w, i, err);
	}
	if (status == TRO_OK) {
		status = tro_traces_forget(w->traces, tro_xml_root(w->document), err);
	}
	if (status == TRO_OK) {
		status = doom_filings(w, err);
	}
	if (status == TRO_OK) {
		status = blank_hashes(w, tro_xml_root(w->document), err);
	}
	if (status == TRO_OK) {
		status = tro_redact_each_record(w, doom_payload_with_trace, err);
	}
	if (status == TRO_OK) {
		status = drop_findings(w);
	}
	if (status == TRO_OK) {
		status = check_rest(w, err);
	}
	w->erased_files = w->out->exhibit_count;
	return status == TRO_OK ? warn_of_exhibits(w, tro_xml_root(w->document), err) : status;
}
