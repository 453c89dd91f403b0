/* What <keeping> tells of an erasure, and the session that replay goes on from. */
#include <stdio.h>
#include <string.h>

#include "case/keeping.h"
#include "case/redact_work.h"

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
static tro_status move_filings(tro_redact_work *w, tro_xml_node *entry, tro_err *err)
{
	static const char *const kept[] = {"id", "name", "recipient", "matter", "seq"};
	tro_status status = TRO_OK;

	for (tro_xml_node *f = tro_xml_first(tro_redact_section(w, "filings"));
		f != NULL && status == TRO_OK;) {
		tro_xml_node *next = tro_xml_next(f);
		tro_xml_node *told = tro_redact_is_doomed(w, f)
					     ? tro_xml_append(entry, "", "filing", NULL)
					     : NULL;

		if (tro_redact_is_doomed(w, f) && told == NULL) {
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

static tro_status fill_entry(tro_redact_work *w, tro_xml_node *entry, tro_err *err)
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
tro_status tro_redact_add_entry(tro_redact_work *w, tro_err *err)
{
	tro_xml_node *keeping = tro_redact_section(w, "keeping");
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
tro_status tro_redact_make_session(tro_redact_work *w, tro_err *err)
{
	tro_xml_node *root = tro_xml_root(w->session);
	tro_xml_node *actor = tro_redact_section(w, "actor");
	tro_rules rules = tro_registry_rules(w->c->registry);
	char time[TRO_TIME_TEXT_SIZE];
	tro_buf bytes = TRO_BUF_INIT;

	tro_time_format(time, w->step->time);
	tro_status status = tro_xml_set_text(tro_redact_section(w, "time"), time, err);

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
