#include "case/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "case/keeping.h"
#include "case/traces.h"
#include "crypto/crypto.h"
#include "filing/filing.h"

enum { PATHS_MAX = 100 };

/* One redaction on its way. */
typedef struct work {
	tro_redaction *out;
	const tro_case *c;
	const tro_step *step;
	tro_findings *findings;
	tro_xpath *xpath;
	tro_xpath_expr *paths[PATHS_MAX];
	size_t path_count;
	tro_traces *traces;
	tro_xml_doc *session;  /* <session>, being redacted */
	tro_xml_doc *document; /* its <case>, apart */
	uint64_t erased_files; /* told in the entry */
	tro_buf filings;       /* ids of the filings that go, each between blanks */
} work;

void tro_redaction_done(tro_redaction *redaction)
{
	tro_session_free(redaction->session);
	free(redaction->payloads);
	free(redaction->blobs);
	free(redaction->exhibits);
	*redaction = (tro_redaction){0};
}

static tro_xml_node *section(const work *w, const char *name)
{
	return tro_xml_first_named(tro_xml_root(w->session), "", name);
}

static void remove_children(tro_xml_node *node)
{
	for (tro_xml_node *n; (n = tro_xml_first_any(node)) != NULL;) {
		tro_xml_remove(n);
	}
}

/* ---- lists ---- */

static tro_status add_hash(uint8_t **list, size_t *count, const uint8_t sha256[32], tro_err *err)
{
	for (size_t i = 0; i < *count; i++) {
		if (memcmp(*list + i * TRO_SHA256_LEN, sha256, TRO_SHA256_LEN) == 0) {
			return TRO_OK;
		}
	}
	uint8_t *grown = realloc(*list, (*count + 1) * TRO_SHA256_LEN);

	if (grown == NULL) {
		return tro_err_nomem(err);
	}
	memcpy(grown + *count * TRO_SHA256_LEN, sha256, TRO_SHA256_LEN);
	*list = grown;
	(*count)++;
	return TRO_OK;
}

static tro_status add_payload(work *w, uint64_t seq, tro_err *err)
{
	uint64_t *grown =
		realloc(w->out->payloads, (w->out->payload_count + 1) * sizeof(*w->out->payloads));

	if (grown == NULL) {
		return tro_err_nomem(err);
	}
	grown[w->out->payload_count++] = seq;
	w->out->payloads = grown;
	w->out->from = seq < w->out->from ? seq : w->out->from;
	return TRO_OK;
}

/* Calls back for each record of the case. */
static tro_status each_record(work *w,
	tro_status (*each)(work *w, const tro_stored_record *stored, tro_err *err), tro_err *err)
{
	tro_status status = TRO_OK;

	for (uint64_t seq = 0; seq < w->c->count && status == TRO_OK; seq++) {
		tro_stored_record stored;

		status = tro_store_record_get(&stored, w->c->registry->store, w->c->id, seq, err);
		if (status == TRO_OK) {
			status = each(w, &stored, err);
			tro_stored_record_done(&stored);
		}
	}
	return status;
}

/* ---- the whole case ---- */

static tro_status refuse_deadlines(const work *w, tro_err *err)
{
	tro_deadline deadline;
	size_t i = 0;
	tro_status status = TRO_OK;

	for (; tro_case_deadline_at(w->c, i, &deadline) && status == TRO_OK; i++) {
		status = tro_findings_add(w->findings, TRO_LEVEL_BLOCK, "erase/deadline",
			deadline.matter, NULL, NULL, err,
			"a deadline of %s runs (%s): the case is not at its end", deadline.matter,
			deadline.event);
	}
	return status == TRO_OK && i > 0
		       ? tro_err_set(err, TRO_REFUSED,
				 "case %s cannot be erased as a whole while deadlines run in it",
				 w->c->id)
		       : status;
}

static tro_status doom_payload(work *w, const tro_stored_record *stored, tro_err *err)
{
	return stored->has_payload ? add_payload(w, stored->seq, err) : TRO_OK;
}

static tro_status count_file(void *user, const tro_store_file *file, tro_err *err)
{
	work *w = user;

	(void)err;
	w->erased_files += file->is_exhibit && strcmp(file->case_id, w->c->id) == 0;
	return TRO_OK;
}

/* Own data of the matters: their names stay, as the definition declares them. */
static void empty_matters(work *w)
{
	for (tro_xml_node *m = tro_xml_first(section(w, "matters")); m != NULL;
		m = tro_xml_next(m)) {
		tro_xml_node *data = tro_xml_first_named(m, "", "data");

		for (tro_xml_node *d = data == NULL ? NULL : tro_xml_first(data); d != NULL;
			d = tro_xml_next(d)) {
			remove_children(d);
			for (tro_xml_node *a = tro_xml_first_attribute(d); a != NULL;) {
				tro_xml_node *next = tro_xml_next_attribute(a);

				if (strcmp(tro_xml_name(a), "id") != 0) {
					tro_xml_remove(a);
				}
				a = next;
			}
		}
	}
}

static tro_status doom_filing(work *w, const tro_xml_node *filing, tro_err *err)
{
	const char *hex = tro_xml_get(filing, "", "sha256");
	uint8_t sha256[32];

	tro_buf_printf(&w->filings, " %s ", tro_xml_get(filing, "", "id"));
	if (!tro_hex_decode(sha256, 32, hex, strlen(hex))) {
		return tro_err_set(err, TRO_INVALID, "the session's list of filings is damaged");
	}
	tro_status status = add_hash(&w->out->blobs, &w->out->blob_count, sha256, err);

	if (status == TRO_OK && w->traces != NULL) {
		status = tro_traces_add(w->traces, hex, err);
	}
	return status == TRO_OK ? tro_buf_status(&w->filings, err) : status;
}

static tro_status redact_whole(work *w, tro_err *err)
{
	tro_xml_node *root = tro_xml_root(w->document);
	tro_status status = refuse_deadlines(w, err);

	if (status == TRO_OK) {
		status = each_record(w, doom_payload, err);
	}
	w->out->from = 0;
	for (tro_xml_node *f = tro_xml_first(section(w, "filings")); f != NULL && status == TRO_OK;
		f = tro_xml_next(f)) {
		status = doom_filing(w, f, err);
	}
	if (status == TRO_OK) {
		status = tro_store_each_file(w->c->registry->store, count_file, w, err);
	}
	remove_children(section(w, "findings"));
	empty_matters(w);
	remove_children(root);
	for (tro_xml_node *a; (a = tro_xml_first_attribute(root)) != NULL;) {
		tro_xml_remove(a);
	}
	return status;
}

/* ---- parts: what the data is ---- */

static tro_status compile_paths(work *w, const char *text, tro_err *err)
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
		if (w->path_count == PATHS_MAX) {
			status = tro_err_set(err, TRO_INVALID, "an erasure names at most %d paths",
				(int)PATHS_MAX);
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
static tro_status nodes_named(
	tro_xpath_value **out, const work *w, size_t path, tro_xml_doc *document, tro_err *err)
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

static tro_status doom_exhibits(work *w, tro_xml_node *node, tro_err *err)
{
	uint8_t sha256[32];
	tro_status status = TRO_OK;

	if (tro_xml_node_kind(node) != TRO_XML_ELEMENT) {
		return TRO_OK;
	}
	if (is_exhibit(node, sha256)) {
		status = add_hash(&w->out->exhibits, &w->out->exhibit_count, sha256, err);
	}
	for (tro_xml_node *n = tro_xml_first(node); n != NULL && status == TRO_OK;
		n = tro_xml_next(n)) {
		status = doom_exhibits(w, n, err);
	}
	return status;
}

/* One version of the document. */
static tro_status survey_version(work *w, tro_xml_doc *document, uint64_t seq, tro_err *err)
{
	tro_status status = TRO_OK;

	for (size_t i = 0; i < w->path_count && status == TRO_OK; i++) {
		tro_xpath_value *nodes = NULL;

		status = nodes_named(&nodes, w, i, document, err);
		for (size_t n = 0; status == TRO_OK && n < tro_xpath_node_count(nodes); n++) {
			tro_xml_node *node = tro_xpath_node_at(nodes, n);

			w->out->from = seq < w->out->from ? seq : w->out->from;
			status = tro_traces_add_all(w->traces, node, err);
			if (status == TRO_OK) {
				status = doom_exhibits(w, node, err);
			}
		}
		tro_xpath_value_free(nodes);
	}
	return status;
}

static tro_status survey(work *w, tro_err *err)
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
	if (status == TRO_OK && w->out->from == UINT64_MAX) {
		status = tro_err_set(err, TRO_NOT_FOUND,
			"the paths name nothing in any version of case %s", w->c->id);
	}
	return status;
}

/* ---- parts: taking it out of the document ---- */

static tro_status keeps_grammar(bool *out, const work *w, tro_xml_doc *document, tro_err *err)
{
	const char *hex = tro_xml_get(section(w, "workflow"), "", "grammar");
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
static tro_status take_out(tro_xml_doc **out, const work *w, size_t path, bool empty, tro_err *err)
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

static tro_status redact_path(work *w, size_t path, tro_err *err)
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

/* ---- parts: what else holds it ---- */

static tro_status pack_holds(bool *out, const work *w, const tro_buf *bytes, tro_err *err)
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

static tro_status filing_holds(bool *out, const work *w, const tro_xml_node *filing, tro_err *err)
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

static bool is_doomed(const work *w, const tro_xml_node *filing)
{
	char id[TRO_NAME_SIZE + 2];

	(void)snprintf(id, sizeof(id), " %s ", tro_xml_get(filing, "", "id"));
	return strstr(w->filings.ptr, id) != NULL;
}

/* Until none is added: the hash of one may stand in another. */
static tro_status doom_filings(work *w, tro_err *err)
{
	bool added = true;
	tro_status status = TRO_OK;

	while (added && status == TRO_OK) {
		added = false;
		for (tro_xml_node *f = tro_xml_first(section(w, "filings"));
			f != NULL && status == TRO_OK; f = tro_xml_next(f)) {
			bool holds = false;

			if (is_doomed(w, f)) {
				continue;
			}
			status = filing_holds(&holds, w, f, err);
			if (status == TRO_OK && holds) {
				added = true;
				status = doom_filing(w, f, err);
			}
		}
	}
	return status;
}

/* The hash of a filing that goes tells whether a guess at its content is right. */
static tro_status blank_hashes(const work *w, tro_xml_node *node, tro_err *err)
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

static tro_status doom_payload_with_trace(work *w, const tro_stored_record *stored, tro_err *err)
{
	tro_xml_doc *payload = NULL;

	if (!stored->has_payload) {
		return TRO_OK;
	}
	tro_status status = tro_xml_parse(&payload, stored->payload, stored->payload_len, "payload",
		&tro_xml_limits_default, err);

	if (status == TRO_OK && tro_traces_below(w->traces, tro_xml_root(payload), NULL)) {
		status = add_payload(w, stored->seq, err);
	}
	tro_xml_free(payload);
	return status;
}

/* ---- parts: what must not hold it ---- */

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

static tro_status refuse_place(work *w, tro_xml_node *place, tro_err *err)
{
	tro_buf path = TRO_BUF_INIT;

	path_of(&path, place);
	tro_status status = tro_buf_status(&path, err);

	if (status == TRO_OK) {
		status = tro_findings_add(w->findings, TRO_LEVEL_BLOCK, "erase/elsewhere", path.ptr,
			NULL, NULL, err,
			"what is to be erased stands here, too: name this place as well, or change "
			"it first");
	}
	tro_buf_done(&path);
	return status;
}

/* One finding for each place. */
static tro_status refuse_places(work *w, tro_xml_node *node, tro_err *err)
{
	tro_xml_node *place = NULL;
	tro_status status = TRO_OK;

	if (!tro_traces_below(w->traces, node, &place)) {
		return TRO_OK;
	}
	bool own = place == node ||
		   (tro_xml_node_kind(place) == TRO_XML_ATTRIBUTE && tro_xml_parent(place) == node);

	if (own) {
		return refuse_place(w, place, err);
	}
	for (tro_xml_node *n = tro_xml_first(node); n != NULL && status == TRO_OK;
		n = tro_xml_next(n)) {
		status = refuse_places(w, n, err);
	}
	return status;
}

static tro_status drop_findings(work *w)
{
	for (tro_xml_node *f = tro_xml_first(section(w, "findings")); f != NULL;) {
		tro_xml_node *next = tro_xml_next(f);

		if (tro_traces_below(w->traces, f, NULL)) {
			tro_xml_remove(f);
		}
		f = next;
	}
	return TRO_OK;
}

static tro_status check_rest(work *w, tro_err *err)
{
	static const char *const sections[] = {"matters", "keeping"};
	tro_status status = refuse_places(w, tro_xml_root(w->document), err);

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]) && status == TRO_OK; i++) {
		tro_xml_node *node = section(w, sections[i]);

		status = node == NULL ? TRO_OK : refuse_places(w, node, err);
	}
	if (status == TRO_OK && tro_findings_count_level(w->findings, TRO_LEVEL_BLOCK) > 0) {
		status = tro_err_set(err, TRO_REFUSED,
			"this cannot be erased from case %s as it was proposed", w->c->id);
	}
	return status;
}

/* A file that is kept may hold it as well; whether it does is for a person to look at. */
static tro_status warn_of_exhibits(work *w, tro_xml_node *node, tro_err *err)
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

static tro_status redact_parts(work *w, const char *what, tro_err *err)
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
		status = each_record(w, doom_payload_with_trace, err);
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

/* ---- the entry, and the session ---- */

static tro_status set_number(tro_xml_node *node, const char *name, uint64_t value, tro_err *err)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return tro_xml_set(node, "", name, text, err);
}

/* "0-3 7 9-12" */
static void list_ranges(tro_buf *out, const uint64_t *seqs, size_t count)
{
	for (size_t i = 0; i < count;) {
		size_t end = i;

		while (end + 1 < count && seqs[end + 1] == seqs[end] + 1) {
			end++;
		}
		tro_buf_printf(
			out, "%s%llu", out->len == 0 ? "" : " ", (unsigned long long)seqs[i]);
		if (end > i) {
			tro_buf_printf(out, "-%llu", (unsigned long long)seqs[end]);
		}
		i = end + 1;
	}
}

/* Whoever got one may hold a copy. */
static tro_status move_filings(work *w, tro_xml_node *entry, tro_err *err)
{
	static const char *const kept[] = {"id", "name", "recipient", "matter", "seq"};
	tro_status status = TRO_OK;

	for (tro_xml_node *f = tro_xml_first(section(w, "filings"));
		f != NULL && status == TRO_OK;) {
		tro_xml_node *next = tro_xml_next(f);
		tro_xml_node *told =
			is_doomed(w, f) ? tro_xml_append(entry, "", "filing", NULL) : NULL;

		if (is_doomed(w, f) && told == NULL) {
			return tro_err_nomem(err);
		}
		for (size_t i = 0;
			told != NULL && i < sizeof(kept) / sizeof(kept[0]) && status == TRO_OK;
			i++) {
			status = tro_xml_set(told, "", kept[i], tro_xml_get(f, "", kept[i]), err);
		}
		if (told != NULL) {
			tro_xml_remove(f);
		}
		f = next;
	}
	return status;
}

static tro_status fill_entry(work *w, tro_xml_node *entry, tro_err *err)
{
	char time[TRO_TIME_TEXT_SIZE];
	tro_buf ranges = TRO_BUF_INIT;

	tro_time_format(time, w->step->time);
	list_ranges(&ranges, w->out->payloads, w->out->payload_count);
	tro_status status = tro_buf_status(&ranges, err);

	if (status == TRO_OK) {
		status = set_number(entry, "seq", w->step->seq, err);
	}
	if (status == TRO_OK) {
		status = tro_xml_set(entry, "", "person", w->step->person, err);
	}
	if (status == TRO_OK) {
		status = tro_xml_set(entry, "", "role", w->step->role, err);
	}
	if (status == TRO_OK) {
		status = tro_xml_set(entry, "", "time", time, err);
	}
	if (status == TRO_OK) {
		status = tro_xml_set(entry, "", "whole", w->out->whole ? "true" : "false", err);
	}
	if (status == TRO_OK) {
		status = set_number(entry, "from", w->out->from, err);
	}
	if (status == TRO_OK) {
		status = tro_xml_set(entry, "", "payloads", ranges.ptr, err);
	}
	if (status == TRO_OK) {
		status = set_number(entry, "files", w->erased_files, err);
	}
	tro_buf_done(&ranges);
	return status;
}

/* <erasure seq person role time whole from payloads files><proposed>...</proposed><filing/>*</>,
 * in place of the proposal. */
static tro_status add_entry(work *w, tro_err *err)
{
	tro_xml_node *keeping = section(w, "keeping");
	tro_xml_node *proposed = tro_xml_first_named(keeping, "", "proposed");
	tro_xml_node *entry = tro_xml_append(keeping, "", "erasure", NULL);
	tro_status status = entry == NULL ? tro_err_nomem(err) : fill_entry(w, entry, err);

	if (status == TRO_OK) {
		status = tro_xml_copy(NULL, entry, TRO_XML_LAST_CHILD, proposed, err);
	}
	if (status == TRO_OK) {
		status = move_filings(w, entry, err);
	}
	tro_xml_remove(proposed);
	return status;
}

/* The session's document and facts, back from XML. */
static tro_status make_session(work *w, tro_err *err)
{
	tro_xml_node *root = tro_xml_root(w->session);
	tro_xml_node *actor = section(w, "actor");
	tro_rules rules = tro_registry_rules(w->c->registry);
	char time[TRO_TIME_TEXT_SIZE];
	tro_buf bytes = TRO_BUF_INIT;

	tro_time_format(time, w->step->time);
	tro_status status = tro_xml_set_text(section(w, "time"), time, err);

	if (status == TRO_OK) {
		status = tro_xml_set(actor, "", "person", w->step->person, err);
	}
	if (status == TRO_OK) {
		status = tro_xml_set(actor, "", "role", w->step->role, err);
	}
	tro_xml_strip_blanks(tro_xml_root(w->document));
	if (status == TRO_OK) {
		status = tro_xml_copy(
			NULL, root, TRO_XML_LAST_CHILD, tro_xml_root(w->document), err);
	}
	if (status == TRO_OK) {
		status = tro_xml_c14n(&bytes, root, err);
	}
	if (status == TRO_OK) {
		status = tro_session_restore(
			&w->out->session, &rules, w->c->registry->store, bytes.ptr, bytes.len, err);
	}
	tro_buf_done(&bytes);
	return status;
}

static tro_status open_work(work *w, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = tro_session_save(&bytes, w->c->session, err);

	if (status == TRO_OK) {
		status = tro_xml_parse(
			&w->session, bytes.ptr, bytes.len, "session", &tro_xml_limits_default, err);
	}
	tro_buf_done(&bytes);
	if (status != TRO_OK) {
		return status;
	}
	w->document = tro_xml_copy_doc(section(w, "case"));
	if (w->document == NULL) {
		return tro_err_nomem(err);
	}
	tro_xml_remove(section(w, "case"));
	return TRO_OK;
}

static void close_work(work *w)
{
	for (size_t i = 0; i < w->path_count; i++) {
		tro_xpath_expr_free(w->paths[i]);
	}
	tro_xpath_free(w->xpath);
	tro_traces_free(w->traces);
	tro_xml_free(w->document);
	tro_xml_free(w->session);
	tro_buf_done(&w->filings);
}

tro_status tro_redact(tro_redaction *out, const tro_case *c, const tro_step *step,
	tro_findings *findings, tro_err *err)
{
	work w = {.out = out, .c = c, .step = step, .findings = findings, .filings = TRO_BUF_INIT};
	tro_xml_node *proposed = tro_keeping_proposed(c->session);
	tro_xml_node *node = proposed == NULL ? NULL : tro_xml_first_named(proposed, "", "what");
	const char *what = node == NULL ? "" : tro_xml_simple_text(node);

	*out = (tro_redaction){.from = UINT64_MAX, .whole = what != NULL && what[0] == '\0'};
	if (proposed == NULL || what == NULL) {
		return tro_err_set(
			err, TRO_REFUSED, "nobody has proposed to erase in case %s", c->id);
	}
	tro_status status = open_work(&w, err);

	if (status == TRO_OK) {
		status = out->whole ? redact_whole(&w, err) : redact_parts(&w, what, err);
	}
	if (status == TRO_OK) {
		status = add_entry(&w, err);
	}
	if (status == TRO_OK) {
		status = make_session(&w, err);
	}
	close_work(&w);
	if (status != TRO_OK) {
		tro_redaction_done(out);
	}
	return status;
}
