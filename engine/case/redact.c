#include "case/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "case/keeping.h"
#include "case/redact_work.h"

void tro_redaction_done(tro_redaction *redaction)
{
	tro_session_free(redaction->session);
	free(redaction->payloads);
	free(redaction->blobs);
	free(redaction->exhibits);
	*redaction = (tro_redaction){0};
}

tro_xml_node *tro_redact_section(const tro_redact_work *w, const char *name)
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

tro_status tro_redact_add_hash(
	uint8_t **list, size_t *count, const uint8_t sha256[32], tro_err *err)
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

tro_status tro_redact_add_payload(tro_redact_work *w, uint64_t seq, tro_err *err)
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
tro_status tro_redact_each_record(tro_redact_work *w,
	tro_status (*each)(tro_redact_work *w, const tro_stored_record *stored, tro_err *err),
	tro_err *err)
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

/* ---- filings that go ---- */

tro_status tro_redact_doom_filing(tro_redact_work *w, const tro_xml_node *filing, tro_err *err)
{
	const char *hex = tro_xml_get(filing, "", "sha256");
	uint8_t sha256[32];

	tro_buf_printf(&w->filings, " %s ", tro_xml_get(filing, "", "id"));
	if (!tro_hex_decode(sha256, 32, hex, strlen(hex))) {
		return tro_err_set(err, TRO_INVALID, "the session's list of filings is damaged");
	}
	tro_status status = tro_redact_add_hash(&w->out->blobs, &w->out->blob_count, sha256, err);

	if (status == TRO_OK && w->traces != NULL) {
		status = tro_traces_add(w->traces, hex, err);
	}
	return status == TRO_OK ? tro_buf_status(&w->filings, err) : status;
}

bool tro_redact_is_doomed(const tro_redact_work *w, const tro_xml_node *filing)
{
	char id[TRO_NAME_SIZE + 2];

	(void)snprintf(id, sizeof(id), " %s ", tro_xml_get(filing, "", "id"));
	return strstr(w->filings.ptr, id) != NULL;
}

/* ---- the whole case ---- */

static tro_status refuse_deadlines(const tro_redact_work *w, tro_err *err)
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

static tro_status doom_payload(tro_redact_work *w, const tro_stored_record *stored, tro_err *err)
{
	return stored->has_payload ? tro_redact_add_payload(w, stored->seq, err) : TRO_OK;
}

static tro_status count_file(void *user, const tro_store_file *file, tro_err *err)
{
	tro_redact_work *w = user;

	(void)err;
	w->erased_files += file->is_exhibit && strcmp(file->case_id, w->c->id) == 0;
	return TRO_OK;
}

/* Own data of the matters: their names stay, as the definition declares them. */
static void empty_matters(tro_redact_work *w)
{
	for (tro_xml_node *m = tro_xml_first(tro_redact_section(w, "matters")); m != NULL;
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

static tro_status redact_whole(tro_redact_work *w, tro_err *err)
{
	tro_xml_node *root = tro_xml_root(w->document);
	tro_status status = refuse_deadlines(w, err);

	if (status == TRO_OK) {
		status = tro_redact_each_record(w, doom_payload, err);
	}
	w->out->from = 0;
	for (tro_xml_node *f = tro_xml_first(tro_redact_section(w, "filings"));
		f != NULL && status == TRO_OK; f = tro_xml_next(f)) {
		status = tro_redact_doom_filing(w, f, err);
	}
	if (status == TRO_OK) {
		status = tro_store_each_file(w->c->registry->store, count_file, w, err);
	}
	remove_children(tro_redact_section(w, "findings"));
	empty_matters(w);
	remove_children(root);
	for (tro_xml_node *a; (a = tro_xml_first_attribute(root)) != NULL;) {
		tro_xml_remove(a);
	}
	return status;
}

/* ---- from the proposal to the redaction ---- */

static tro_status open_work(tro_redact_work *w, tro_err *err)
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
	w->document = tro_xml_copy_doc(tro_redact_section(w, "case"));
	if (w->document == NULL) {
		return tro_err_nomem(err);
	}
	tro_xml_remove(tro_redact_section(w, "case"));
	return TRO_OK;
}

static void close_work(tro_redact_work *w)
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
	tro_redact_work w = {
		.out = out, .c = c, .step = step, .findings = findings, .filings = TRO_BUF_INIT};
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
		status = out->whole ? redact_whole(&w, err) : tro_redact_parts(&w, what, err);
	}
	if (status == TRO_OK) {
		status = tro_redact_add_entry(&w, err);
	}
	if (status == TRO_OK) {
		status = tro_redact_make_session(&w, err);
	}
	close_work(&w);
	if (status != TRO_OK) {
		tro_redaction_done(out);
	}
	return status;
}
