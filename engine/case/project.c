/*
 * Projections: what is asked often, derived from the session and never a source of truth. Titles of
 * the case come from /case/title, by convention of every workflow.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "case/case_internal.h"

tro_status tro_matter_state_titles(tro_buf *out, const tro_matter *matter, tro_err *err)
{
	const tro_chart *chart = tro_chart_session_chart(matter->chart);
	const char *state;

	for (size_t i = 0; (state = tro_chart_active(matter->chart, i)) != NULL; i++) {
		tro_buf_printf(out, i == 0 ? "%s" : ", %s", tro_chart_state_title(chart, state));
	}
	return tro_buf_status(out, err);
}

/* Where the case stands, in one line: the matters that are open and not merely parts of others. */
static tro_status case_states(tro_buf *out, const tro_session *session, tro_err *err)
{
	tro_status status = TRO_OK;

	for (size_t i = 0; i < session->matter_count && status == TRO_OK; i++) {
		const tro_matter *matter = &session->matters[i];

		if (strchr(matter->id, '/') != NULL) {
			continue;
		}
		tro_buf_printf(out, "%s%s: ", out->len == 0 ? "" : "; ", matter->id);
		status = tro_matter_state_titles(out, matter, err);
	}
	return status;
}

/* Rows with texts that live in the arena. */
typedef struct rows {
	tro_arena *arena;
	tro_matter_row *matters;
	size_t matter_count;
	tro_timer_row *timers;
	size_t timer_count;
	tro_filing_row *filings;
	size_t filing_count;
} rows;

static tro_status fill_matters(rows *r, const tro_session *session, tro_err *err)
{
	tro_buf states = TRO_BUF_INIT;
	tro_status status = TRO_OK;

	r->matters = tro_arena_array(r->arena, session->matter_count, sizeof(*r->matters));
	if (r->matters == NULL) {
		return tro_err_nomem(err);
	}
	for (size_t i = 0; i < session->matter_count && status == TRO_OK; i++) {
		const tro_matter *matter = &session->matters[i];

		tro_buf_clear(&states);
		status = tro_matter_state_titles(&states, matter, err);
		r->matters[i] = (tro_matter_row){.id = matter->id,
			.definition = tro_chart_id(tro_chart_session_chart(matter->chart)),
			.states = tro_arena_strdup(r->arena, states.ptr),
			.finished = tro_chart_ended(matter->chart)};
		if (r->matters[i].states == NULL) {
			status = tro_err_nomem(err);
		}
	}
	r->matter_count = session->matter_count;
	tro_buf_done(&states);
	return status;
}

static tro_status fill_timers(rows *r, const tro_session *session, tro_err *err)
{
	tro_time_us due;
	const char *id;
	const char *event;
	size_t count = 0;

	for (size_t i = 0; i < session->matter_count; i++) {
		for (size_t n = 0;
			tro_chart_timer_at(session->matters[i].chart, n, &due, &id, &event); n++) {
			count++;
		}
	}
	r->timers = tro_arena_array(r->arena, count, sizeof(*r->timers));
	if (r->timers == NULL) {
		return tro_err_nomem(err);
	}
	for (size_t i = 0; i < session->matter_count; i++) {
		for (size_t n = 0;
			tro_chart_timer_at(session->matters[i].chart, n, &due, &id, &event); n++) {
			r->timers[r->timer_count++] =
				(tro_timer_row){.matter = session->matters[i].id,
					.id = id,
					.event = event,
					.due = due};
		}
	}
	return TRO_OK;
}

static tro_status fill_filings(rows *r, const tro_session *session, tro_err *err)
{
	tro_xml_node *list = tro_xml_first_named(tro_xml_root(session->system), "", "filings");
	size_t count = 0;

	for (tro_xml_node *node = tro_xml_first(list); node != NULL; node = tro_xml_next(node)) {
		count++;
	}
	r->filings = tro_arena_array(r->arena, count, sizeof(*r->filings));
	if (r->filings == NULL) {
		return tro_err_nomem(err);
	}
	for (tro_xml_node *node = tro_xml_first(list); node != NULL; node = tro_xml_next(node)) {
		const char *hex = tro_xml_get(node, "", "sha256");
		const char *seq = tro_xml_get(node, "", "seq");
		const char *size = tro_xml_get(node, "", "size");
		tro_filing_row row = {.id = tro_xml_get(node, "", "id"),
			.name = tro_xml_get(node, "", "name"),
			.recipient = tro_xml_get(node, "", "recipient"),
			.matter = tro_xml_get(node, "", "matter")};
		bool good = row.id != NULL && row.name != NULL && row.recipient != NULL &&
			    row.matter != NULL && hex != NULL && seq != NULL && size != NULL &&
			    tro_hex_decode(row.sha256, 32, hex, strlen(hex)) &&
			    tro_decimal_parse(&row.seq, seq, strlen(seq)) &&
			    tro_decimal_parse(&row.size, size, strlen(size));

		if (!good) {
			return tro_err_set(
				err, TRO_INVALID, "the session's list of filings is damaged");
		}
		r->filings[r->filing_count++] = row;
	}
	return TRO_OK;
}

static tro_status write_rows(tro_store *store, const tro_projection *p, const rows *r, tro_err *err)
{
	tro_xml_node *root = tro_xml_root(p->session->system);
	tro_xml_node *workflow = tro_xml_first_named(root, "", "workflow");
	tro_xml_node *title = tro_xml_first_named(tro_xml_root(p->session->document), "", "title");
	tro_buf states = TRO_BUF_INIT;
	tro_buf title_text = TRO_BUF_INIT;
	char hex[TRO_HEX_SIZE(32)];
	tro_status status = case_states(&states, p->session, err);

	if (title != NULL) {
		tro_xml_text(&title_text, title);
	}
	tro_hex_encode(hex, p->head, 32);
	if (status == TRO_OK) {
		tro_case_row row = {.id = p->session->case_id,
			.title = title_text.ptr,
			.workflow = tro_xml_get(workflow, "", "name"),
			.states = states.ptr,
			.head_hash = hex,
			.count = p->count,
			.created = p->created,
			.updated = p->updated,
			.finished = tro_session_finished(p->session)};

		status = tro_store_project(store, &row, r->matters, r->matter_count, r->timers,
			r->timer_count, r->filings, r->filing_count, err);
	}
	tro_buf_done(&states);
	tro_buf_done(&title_text);
	return status;
}

tro_status tro_case_project(tro_store *store, const tro_projection *p, tro_err *err)
{
	rows r = {.arena = tro_arena_new()};
	tro_status status =
		r.arena == NULL ? tro_err_nomem(err) : fill_matters(&r, p->session, err);

	if (status == TRO_OK) {
		status = fill_timers(&r, p->session, err);
	}
	if (status == TRO_OK) {
		status = fill_filings(&r, p->session, err);
	}
	if (status == TRO_OK) {
		status = write_rows(store, p, &r, err);
	}
	if (status == TRO_OK) {
		status = tro_store_snapshot_put(store, p->session->case_id, p->count - 1,
			p->bytes->ptr, p->bytes->len, err);
	}
	tro_arena_free(r.arena);
	return status;
}
