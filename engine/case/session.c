#include "case/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { MATTERS_MAX = 10000 };

static void matter_done(tro_matter *matter)
{
	tro_chart_session_free(matter->chart);
	free(matter->id);
}

void tro_session_clear_filings(tro_session *session)
{
	for (size_t i = 0; i < session->filing_count; i++) {
		tro_buf_done(&session->filings[i].bytes);
	}
	free(session->filings);
	session->filings = NULL;
	session->filing_count = 0;
}

void tro_session_free(tro_session *session)
{
	if (session == NULL) {
		return;
	}
	for (size_t i = 0; i < session->matter_count; i++) {
		matter_done(&session->matters[i]);
	}
	free(session->matters);
	tro_session_clear_filings(session);
	tro_xml_free(session->document);
	tro_xml_free(session->system);
	free(session);
}

tro_matter *tro_session_matter(const tro_session *session, const char *id)
{
	for (size_t i = 0; i < session->matter_count; i++) {
		if (strcmp(session->matters[i].id, id) == 0) {
			return &session->matters[i];
		}
	}
	return NULL;
}

static tro_xml_node *section(const tro_session *session, const char *name)
{
	return tro_xml_first_named(tro_xml_root(session->system), "", name);
}

/* Makes room at the place where the id sorts. */
static tro_status insert_matter(
	size_t *out_index, tro_session *session, const char *id, tro_err *err)
{
	size_t index = 0;

	if (session->matter_count >= MATTERS_MAX) {
		return tro_err_set(
			err, TRO_NOMEM, "a case holds at most %d matters", (int)MATTERS_MAX);
	}
	while (index < session->matter_count && strcmp(session->matters[index].id, id) < 0) {
		index++;
	}
	if (index < session->matter_count && strcmp(session->matters[index].id, id) == 0) {
		return tro_err_set(err, TRO_INVALID, "matter %s is open already", id);
	}
	tro_matter *grown =
		realloc(session->matters, (session->matter_count + 1) * sizeof(*session->matters));

	if (grown == NULL) {
		return tro_err_nomem(err);
	}
	session->matters = grown;
	memmove(grown + index + 1, grown + index, (session->matter_count - index) * sizeof(*grown));
	session->matter_count++;
	grown[index] = (tro_matter){0};
	*out_index = index;
	return TRO_OK;
}

static bool matter_id_good(const char *id)
{
	size_t len = strlen(id);

	return len > 0 && len < TRO_NAME_SIZE && strcmp(id, "-") != 0 &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789.-/") == len;
}

/* Adds the <matter> element for matters[index], before that of the next one in order. */
static tro_status add_matter_node(tro_session *session, size_t index, tro_err *err)
{
	tro_matter *matter = &session->matters[index];
	tro_xml_node *matters = section(session, "matters");
	char hex[TRO_HEX_SIZE(32)];

	if (index + 1 < session->matter_count) {
		tro_xml_doc *fresh = tro_xml_new("", "matter");

		if (fresh == NULL) {
			return tro_err_nomem(err);
		}
		tro_status status = tro_xml_copy(&matter->node, session->matters[index + 1].node,
			TRO_XML_BEFORE, tro_xml_root(fresh), err);

		tro_xml_free(fresh);
		if (status != TRO_OK) {
			return status;
		}
	} else if ((matter->node = tro_xml_append(matters, "", "matter", NULL)) == NULL) {
		return tro_err_nomem(err);
	}
	tro_hex_encode(hex, matter->definition, 32);
	tro_status status = tro_xml_set(matter->node, "", "id", matter->id, err);

	return status != TRO_OK ? status : tro_xml_set(matter->node, "", "definition", hex, err);
}

static tro_status load_matter(tro_matter *matter, tro_session *session, const char *id,
	const uint8_t definition[32], const tro_chart **out_chart, tro_err *err)
{
	if (!matter_id_good(id)) {
		return tro_err_set(err, TRO_INVALID, "'%s' is not the id of a matter", id);
	}
	memcpy(matter->definition, definition, 32);
	matter->id = strdup(id);
	if (matter->id == NULL) {
		return tro_err_nomem(err);
	}
	return tro_library_chart(out_chart, session->rules.library, definition, err);
}

tro_status tro_session_open_matter(tro_matter **out, tro_session *session, const char *id,
	const uint8_t definition[32], tro_err *err)
{
	const tro_chart *chart;
	size_t index;
	tro_matter fresh = {0};
	tro_status status = load_matter(&fresh, session, id, definition, &chart, err);

	if (status == TRO_OK) {
		status = tro_chart_session_new(&fresh.chart, chart, err);
	}
	if (status == TRO_OK) {
		status = insert_matter(&index, session, id, err);
	}
	if (status != TRO_OK) {
		matter_done(&fresh);
		return status;
	}
	session->matters[index] = fresh;
	status = add_matter_node(session, index, err);
	if (status == TRO_OK) {
		status = tro_xml_set(
			session->matters[index].node, "", "name", tro_chart_id(chart), err);
	}
	*out = &session->matters[index];
	return status;
}

tro_status tro_session_note_states(tro_session *session, tro_matter *matter, tro_err *err)
{
	tro_buf states = TRO_BUF_INIT;
	tro_status status;
	const char *state;

	(void)session;
	for (size_t i = 0; (state = tro_chart_active(matter->chart, i)) != NULL; i++) {
		tro_buf_printf(&states, i == 0 ? "%s" : " %s", state);
	}
	status = tro_buf_status(&states, err);
	if (status == TRO_OK) {
		status = tro_xml_set(matter->node, "", "states", states.ptr, err);
	}
	/* SCXML's end, which takes nothing more; every record commits to this text. Whether a
	 * matter has come to its end is asked of its chart. */
	if (status == TRO_OK) {
		const char *finished = tro_chart_finished(matter->chart) ? "true" : "false";

		status = tro_xml_set(matter->node, "", "finished", finished, err);
	}
	tro_buf_done(&states);
	return status;
}

/* The root matter is the one whose id has no parent; a workflow has one. */
bool tro_session_finished(const tro_session *session)
{
	tro_xml_node *workflow = section(session, "workflow");
	const char *root = tro_xml_get(workflow, "", "root");
	tro_matter *matter = root == NULL ? NULL : tro_session_matter(session, root);

	return matter != NULL && tro_chart_ended(matter->chart);
}

/* ---- a new case ---- */

static tro_status new_system(tro_session *session, const char *workflow, const char *root,
	const uint8_t grammar[32], tro_err *err)
{
	static const char *const sections[] = {"acts", "filings", "findings", "matters"};
	bool training = tro_authority_training(session->rules.authority);
	char hex[TRO_HEX_SIZE(32)];

	session->system = tro_xml_new("", "session");
	if (session->system == NULL) {
		return tro_err_nomem(err);
	}
	tro_xml_node *top = tro_xml_root(session->system);
	tro_xml_node *id = tro_xml_append(top, "", "id", session->case_id);
	tro_xml_node *flow = tro_xml_append(top, "", "workflow", NULL);
	tro_xml_node *mode = tro_xml_append(top, "", "mode", training ? "training" : "live");
	tro_xml_node *time = tro_xml_append(top, "", "time", "");
	tro_xml_node *actor = tro_xml_append(top, "", "actor", NULL);

	if (id == NULL || flow == NULL || mode == NULL || time == NULL || actor == NULL) {
		return tro_err_nomem(err);
	}
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
		if (tro_xml_append(top, "", sections[i], NULL) == NULL) {
			return tro_err_nomem(err);
		}
	}
	tro_hex_encode(hex, grammar, 32);
	tro_status status = tro_xml_set(flow, "", "name", workflow, err);

	if (status == TRO_OK) {
		status = tro_xml_set(flow, "", "root", root, err);
	}
	return status != TRO_OK ? status : tro_xml_set(flow, "", "grammar", hex, err);
}

/* The document begins as the elements that the root definition declares in <data id="case">. */
static tro_status new_document(tro_session *session, const tro_chart *chart, tro_err *err)
{
	tro_status status = TRO_OK;

	session->document = tro_xml_new("", "case");
	if (session->document == NULL) {
		return tro_err_nomem(err);
	}
	for (tro_xml_node *child = tro_chart_data(chart, "case"); child != NULL && status == TRO_OK;
		child = tro_xml_next(child)) {
		status = tro_xml_copy(
			NULL, tro_xml_root(session->document), TRO_XML_LAST_CHILD, child, err);
	}
	tro_xml_strip_blanks(tro_xml_root(session->document));
	return status;
}

/* "ddtro-ew/application" runs as matter "application". */
static const char *last_part(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash == NULL ? name : slash + 1;
}

static tro_status fill_new(tro_session *session, const char *workflow, tro_err *err)
{
	const char *root;
	const char *rng;
	uint8_t definition[32];
	uint8_t grammar[32];
	tro_matter *matter;
	tro_status status = tro_rules_workflow(&root, &rng, &session->rules, workflow, err);

	if (status == TRO_OK) {
		status = tro_rules_hash(definition, &session->rules, "definition", root, err);
	}
	if (status == TRO_OK) {
		status = tro_rules_hash(grammar, &session->rules, "grammar", rng, err);
	}
	if (status == TRO_OK) {
		status = new_system(session, workflow, last_part(root), grammar, err);
	}
	if (status == TRO_OK) {
		status =
			tro_session_open_matter(&matter, session, last_part(root), definition, err);
	}
	return status != TRO_OK
		       ? status
		       : new_document(session, tro_chart_session_chart(matter->chart), err);
}

static tro_session *session_alloc(const tro_rules *rules, tro_store *store)
{
	tro_session *session = calloc(1, sizeof(*session));

	if (session != NULL) {
		session->rules = *rules;
		session->store = store;
		tro_session_bind_functions(session);
	}
	return session;
}

tro_status tro_session_new(tro_session **out, const tro_rules *rules, tro_store *store,
	const char *case_id, const char *workflow, tro_err *err)
{
	tro_session *session = session_alloc(rules, store);

	if (session == NULL || strlen(case_id) >= sizeof(session->case_id)) {
		free(session);
		return tro_err_nomem(err);
	}
	memcpy(session->case_id, case_id, strlen(case_id) + 1);
	tro_status status = fill_new(session, workflow, err);

	if (status != TRO_OK) {
		tro_session_free(session);
		return status;
	}
	*out = session;
	return TRO_OK;
}

/* ---- bytes ---- */

/* The case document as the last child of <session>. A canonical form is that of its parts, one
 * after another: neither document needs to be copied into the other. */
static tro_status put_with_document(tro_buf *out, const tro_session *session, tro_err *err)
{
	static const char end[] = "</session>";
	tro_status status = tro_xml_c14n(out, tro_xml_root(session->system), err);

	if (status != TRO_OK) {
		return status;
	}
	tro_buf_cut(out, out->len - strlen(end));
	status = tro_xml_c14n(out, tro_xml_root(session->document), err);
	tro_buf_puts(out, end);
	return status == TRO_OK ? tro_buf_status(out, err) : status;
}

tro_status tro_session_save(tro_buf *out, tro_session *session, tro_err *err)
{
	tro_status status = TRO_OK;

	for (size_t i = 0; i < session->matter_count && status == TRO_OK; i++) {
		tro_xml_node *node = session->matters[i].node;

		for (tro_xml_node *child; (child = tro_xml_first(node)) != NULL;) {
			tro_xml_remove(child);
		}
		status = tro_chart_save(session->matters[i].chart, node, err);
	}
	return status == TRO_OK ? put_with_document(out, session, err) : status;
}

static tro_status restore_matter(tro_session *session, tro_xml_node *node, tro_err *err)
{
	const char *id = tro_xml_get(node, "", "id");
	const char *hex = tro_xml_get(node, "", "definition");
	const tro_chart *chart;
	uint8_t definition[32];
	size_t index;
	tro_matter fresh = {.node = node};

	if (id == NULL || hex == NULL || !tro_hex_decode(definition, 32, hex, strlen(hex))) {
		return tro_err_set(err, TRO_INVALID, "the session's bytes are damaged");
	}
	tro_status status = load_matter(&fresh, session, id, definition, &chart, err);

	if (status == TRO_OK) {
		status = tro_chart_restore(&fresh.chart, chart, node, err);
	}
	if (status == TRO_OK) {
		status = insert_matter(&index, session, id, err);
	}
	if (status != TRO_OK) {
		matter_done(&fresh);
		return status;
	}
	session->matters[index] = fresh;
	return TRO_OK;
}

bool tro_session_is_whole(const tro_xml_node *root)
{
	static const char *const parts[] = {"id", "workflow", "mode", "time", "actor", "acts",
		"filings", "findings", "matters", "case"};
	bool whole = tro_xml_is(root, "", "session");

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && whole; i++) {
		whole = tro_xml_first_named(root, "", parts[i]) != NULL;
	}
	return whole && tro_xml_simple_text(tro_xml_first_named(root, "", "id")) != NULL;
}

static tro_status restore_parts(tro_session *session, tro_err *err)
{
	tro_xml_node *root = tro_xml_root(session->system);
	bool whole = tro_session_is_whole(root);
	const char *id = whole ? tro_xml_simple_text(tro_xml_first_named(root, "", "id")) : NULL;

	if (id == NULL || strlen(id) >= sizeof(session->case_id)) {
		return tro_err_set(err, TRO_INVALID, "the session's bytes are damaged");
	}
	tro_xml_node *document = tro_xml_first_named(root, "", "case");

	memcpy(session->case_id, id, strlen(id) + 1);
	session->document = tro_xml_copy_doc(document);
	if (session->document == NULL) {
		return tro_err_nomem(err);
	}
	tro_xml_remove(document);
	tro_xml_node *node = tro_xml_first(section(session, "matters"));
	tro_status status = TRO_OK;

	for (; node != NULL && status == TRO_OK; node = tro_xml_next(node)) {
		status = restore_matter(session, node, err);
	}
	return status == TRO_OK && session->matter_count == 0
		       ? tro_err_set(err, TRO_INVALID, "the session's bytes are damaged")
		       : status;
}

tro_status tro_session_restore(tro_session **out, const tro_rules *rules, tro_store *store,
	const char *bytes, size_t len, tro_err *err)
{
	tro_session *session = session_alloc(rules, store);

	if (session == NULL) {
		return tro_err_nomem(err);
	}
	tro_status status = tro_xml_parse(
		&session->system, bytes, len, "session", &tro_xml_limits_default, err);

	if (status == TRO_OK) {
		status = restore_parts(session, err);
	}
	if (status != TRO_OK) {
		tro_session_free(session);
		return status;
	}
	*out = session;
	return TRO_OK;
}
