/*
 * One step of a case: due timers, the event, and what follows from them, until quiet.
 *
 * Invariants
 *  1. A step reads no clock, no file but exhibits by hash, and no random number: same session, same
 * step, same rules, same result.
 *  2. Effects take place in the order in which the charts cause them. Filings are made at once;
 * matters are opened and events posted when the chart that asked has come to rest, first asked
 * first served.
 *  3. Every timer due at or before the step's time fires before the event, in the order (due,
 * matter, timer), and what it posts is drained before the next one fires.
 *  4. After a step that succeeded the document satisfies the case's grammar and no timer is due.
 *  5. After TRO_REFUSED or a failure the session is not used again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "case/keeping.h"
#include "case/session.h"
#include "crypto/crypto.h"
#include "filing/filing.h"

enum { POSTS_MAX = 20000 };

#define MATTER_TARGET "#_matter_"

/* What waits for its turn: an event for a matter, or a matter to open. */
typedef struct post {
	struct post *next;
	char target[TRO_NAME_SIZE];	/* matter id */
	char event[TRO_NAME_SIZE];	/* "" to open the matter */
	char definition[TRO_NAME_SIZE]; /* to open */
	char origin[TRO_NAME_SIZE];
	tro_xml_doc *data;
} post;

typedef struct run {
	tro_session *session;
	const tro_step *step;
	tro_findings *findings;
	const char *matter; /* whose chart runs now */
	post *first;
	post **last;
	size_t posted;
} run;

static void post_free(post *p)
{
	tro_xml_free(p->data);
	free(p);
}

static bool copy_name(char out[TRO_NAME_SIZE], const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text);

	if (len == 0 || len >= TRO_NAME_SIZE) {
		return false;
	}
	memcpy(out, text, len + 1);
	return true;
}

static tro_status enqueue(run *r, const char *target, const char *event, const char *definition,
	tro_xml_node *data, tro_err *err)
{
	post *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		return tro_err_nomem(err);
	}
	bool opens = definition != NULL;
	bool good = copy_name(p->target, target) && copy_name(p->origin, r->matter) &&
		    (opens ? copy_name(p->definition, definition) : copy_name(p->event, event));

	if (!good || ++r->posted > POSTS_MAX) {
		post_free(p);
		return tro_err_set(err, TRO_INVALID,
			"matter %s: a matter or event that it names is empty, too long or one too "
			"many",
			r->matter);
	}
	if (data != NULL && (p->data = tro_xml_copy_doc(data)) == NULL) {
		post_free(p);
		return tro_err_nomem(err);
	}
	*r->last = p;
	r->last = &p->next;
	return TRO_OK;
}

/* ---- effects ---- */

static tro_xml_node *section(run *r, const char *name)
{
	return tro_xml_first_named(tro_xml_root(r->session->system), "", name);
}

/* Sets attributes from pairs of name and value, ended by a NULL name. */
static tro_status set_all(tro_xml_node *node, const char *const *pairs, tro_err *err)
{
	for (; pairs[0] != NULL; pairs += 2) {
		tro_status status = tro_xml_set(node, "", pairs[0], pairs[1], err);

		if (status != TRO_OK) {
			return status;
		}
	}
	return TRO_OK;
}

static tro_status note_finding(run *r, const tro_finding *finding, tro_err *err)
{
	char seq[24];
	tro_xml_node *node =
		tro_xml_append(section(r, "findings"), "", "finding", finding->message);

	if (node == NULL) {
		return tro_err_nomem(err);
	}
	(void)snprintf(seq, sizeof(seq), "%llu", (unsigned long long)r->step->seq);
	const char *const pairs[] = {"seq", seq, "matter", r->matter, "level",
		tro_level_name(finding->level), "id", finding->id, "basis", finding->basis,
		"remedy", finding->remedy, NULL};
	tro_status status = set_all(node, pairs, err);

	if (status == TRO_OK) {
		status = tro_findings_add(r->findings, finding->level, finding->id, r->matter,
			finding->basis, finding->remedy, err, "%s", finding->message);
	}
	return status;
}

static tro_status asset(tro_buf *out, void *user, const char *kind, const char *name, tro_err *err)
{
	const run *r = user;
	const char *bytes;
	size_t len;
	tro_status status = tro_rules_bytes(&bytes, &len, &r->session->rules, kind, name, err);

	if (status == TRO_OK) {
		tro_buf_put(out, bytes, len);
		status = tro_buf_status(out, err);
	}
	return status;
}

static tro_status exhibit(tro_buf *out, void *user, const char *sha256_hex, tro_err *err)
{
	const run *r = user;
	uint8_t sha256[32];

	if (!tro_hex_decode(sha256, 32, sha256_hex, strlen(sha256_hex))) {
		return tro_err_set(
			err, TRO_INVALID, "'%s' is not the hash of an exhibit", sha256_hex);
	}
	return tro_store_exhibit_read(out, r->session->store, r->session->case_id, sha256, err);
}

/* Only what this case has made may come into its next container. */
static tro_status filing_made(tro_buf *out, void *user, const char *sha256_hex, tro_err *err)
{
	run *r = user;
	uint8_t sha256[32];

	for (tro_xml_node *f = tro_xml_first(section(r, "filings")); f != NULL;
		f = tro_xml_next(f)) {
		const char *hex = tro_xml_get(f, "", "sha256");

		if (hex != NULL && strcmp(hex, sha256_hex) == 0 &&
			tro_hex_decode(sha256, 32, hex, strlen(hex))) {
			return tro_store_blob_get(out, r->session->store, sha256, err);
		}
	}
	return tro_err_set(err, TRO_NOT_FOUND, "the case has made no filing with the SHA-256 '%s'",
		sha256_hex);
}

static tro_status note_filing(run *r, const tro_built_filing *filing, const char *name,
	const char *recipient, const char *seq, tro_err *err)
{
	char hex[TRO_HEX_SIZE(32)];
	char size[24];
	tro_xml_node *node = tro_xml_append(section(r, "filings"), "", "filing", NULL);

	if (node == NULL) {
		return tro_err_nomem(err);
	}
	tro_hex_encode(hex, filing->sha256, 32);
	(void)snprintf(size, sizeof(size), "%zu", filing->bytes.len);
	const char *const pairs[] = {"id", filing->id, "name", name, "recipient", recipient,
		"matter", r->matter, "seq", seq, "sha256", hex, "size", size, NULL};

	return set_all(node, pairs, err);
}

static tro_built_filing *add_filing(tro_session *session)
{
	tro_built_filing *grown =
		realloc(session->filings, (session->filing_count + 1) * sizeof(*session->filings));

	if (grown == NULL) {
		return NULL;
	}
	session->filings = grown;
	tro_built_filing *filing = &grown[session->filing_count++];

	*filing = (tro_built_filing){.bytes = TRO_BUF_INIT};
	return filing;
}

/* <tro:filing name recipient>: made now, because the record commits to its bytes. */
static tro_status make_filing(run *r, tro_xml_node *attributes, tro_err *err)
{
	const char *name = tro_xml_get(attributes, "", "name");
	const char *recipient = tro_xml_get(attributes, "", "recipient");
	char time[TRO_TIME_TEXT_SIZE];
	char seq[24];

	if (name == NULL) {
		return tro_err_set(
			err, TRO_INVALID, "matter %s: a filing without a name", r->matter);
	}
	recipient = recipient == NULL ? "" : recipient;
	tro_built_filing *filing = add_filing(r->session);

	if (filing == NULL) {
		return tro_err_nomem(err);
	}
	tro_time_format(time, r->step->time);
	(void)snprintf(seq, sizeof(seq), "%llu", (unsigned long long)r->step->seq);
	(void)snprintf(filing->id, sizeof(filing->id), "%s.%zu", seq, r->session->filing_count);
	tro_filing_facts facts = {.case_id = r->session->case_id,
		.matter = r->matter,
		.recipient = recipient,
		.time = time,
		.seq = seq,
		.training = tro_authority_training(r->session->rules.authority)};
	tro_filing_source source = {
		.asset = asset, .exhibit = exhibit, .filing = filing_made, .user = r};
	tro_status status = tro_filing_build(&filing->bytes, name,
		tro_xml_root(r->session->document), &facts, &source, r->findings, err);

	if (status != TRO_OK) {
		return tro_err_prefix(err, status, "filing %s", name);
	}
	tro_sha256(filing->sha256, filing->bytes.ptr, filing->bytes.len);
	return note_filing(r, filing, name, recipient, seq, err);
}

static tro_status host_effect(run *r, const tro_chart_effect *effect, tro_err *err)
{
	if (strcmp(effect->name, "filing") == 0) {
		return make_filing(r, effect->attributes, err);
	}
	if (strcmp(effect->name, "matter") == 0) {
		return enqueue(r, tro_xml_get(effect->attributes, "", "id"), NULL,
			tro_xml_get(effect->attributes, "", "definition"), effect->data, err);
	}
	return tro_err_set(
		err, TRO_INVALID, "matter %s: unknown element tro:%s", r->matter, effect->name);
}

static tro_status on_effect(void *user, const tro_chart_effect *effect, tro_err *err)
{
	run *r = user;

	switch (effect->kind) {
	case TRO_CHART_SEND:
		if (!tro_text_starts(effect->target, MATTER_TARGET)) {
			return tro_err_set(err, TRO_INVALID,
				"matter %s: an event goes to a matter as %sID, not to '%s'",
				r->matter, MATTER_TARGET, effect->target);
		}
		return enqueue(r, effect->target + strlen(MATTER_TARGET), effect->name, NULL,
			effect->data, err);
	case TRO_CHART_HOST:
		return host_effect(r, effect, err);
	case TRO_CHART_FINDING:
		return note_finding(r, effect->finding, err);
	case TRO_CHART_CANCEL:
	case TRO_CHART_LOG:
		break;
	}
	return TRO_OK;
}

static tro_chart_host host_for(run *r, const tro_matter *matter)
{
	r->matter = matter->id;
	return (tro_chart_host){.session_id = matter->id,
		.now = r->step->time,
		.shared_name = "case",
		.shared = tro_xml_root(r->session->document),
		.system = tro_xml_root(r->session->system),
		.functions = r->session->functions,
		.function_count = TRO_GUARD_FUNCTIONS,
		.effect = on_effect,
		.user = r};
}

/* ---- until quiet ---- */

static tro_status open_posted(run *r, const post *p, tro_err *err)
{
	uint8_t definition[32];
	tro_matter *matter;
	tro_status status =
		tro_rules_hash(definition, &r->session->rules, "definition", p->definition, err);

	if (status == TRO_OK) {
		status = tro_session_open_matter(&matter, r->session, p->target, definition, err);
	}
	if (status == TRO_OK) {
		tro_chart_host host = host_for(r, matter);

		status = tro_chart_start(
			matter->chart, &host, p->data == NULL ? NULL : tro_xml_root(p->data), err);
	}
	return status == TRO_OK ? tro_session_note_states(r->session, matter, err) : status;
}

static tro_status deliver_posted(run *r, const post *p, tro_err *err)
{
	tro_matter *matter = tro_session_matter(r->session, p->target);

	if (matter == NULL) {
		return tro_err_set(err, TRO_INVALID,
			"matter %s posts %s to matter %s, which does not exist", p->origin,
			p->event, p->target);
	}
	tro_chart_host host = host_for(r, matter);
	tro_status status = tro_chart_post(matter->chart, &host, p->event, p->origin,
		p->data == NULL ? NULL : tro_xml_root(p->data), NULL, err);

	return status == TRO_OK ? tro_session_note_states(r->session, matter, err) : status;
}

static tro_status drain(run *r, tro_err *err)
{
	tro_status status = TRO_OK;

	while (r->first != NULL) {
		post *p = r->first;

		r->first = p->next;
		if (r->first == NULL) {
			r->last = &r->first;
		}
		if (status == TRO_OK) {
			status = p->event[0] == '\0' ? open_posted(r, p, err)
						     : deliver_posted(r, p, err);
		}
		post_free(p);
	}
	return status;
}

/* The matter whose timer is due first; matters are sorted, so that the id decides between equals.
 */
static tro_matter *next_due(const run *r)
{
	tro_matter *found = NULL;
	tro_time_us least = r->step->time;

	for (size_t i = 0; i < r->session->matter_count; i++) {
		tro_matter *matter = &r->session->matters[i];
		tro_time_us due;
		const char *id;
		const char *event;

		if (tro_chart_next_timer(matter->chart, &due, &id, &event) &&
			(found == NULL ? due <= least : due < least)) {
			found = matter;
			least = due;
		}
	}
	return found;
}

static tro_status fire_due(run *r, size_t *out_fired, tro_err *err)
{
	tro_status status = TRO_OK;
	tro_matter *matter;

	while (status == TRO_OK && (matter = next_due(r)) != NULL) {
		if (++*out_fired > POSTS_MAX) {
			return tro_err_set(err, TRO_INVALID,
				"matter %s: its timers never come to rest", matter->id);
		}
		tro_chart_host host = host_for(r, matter);

		status = tro_chart_fire(matter->chart, &host, err);
		if (status == TRO_OK) {
			status = tro_session_note_states(r->session, matter, err);
		}
		if (status == TRO_OK) {
			status = drain(r, err);
		}
	}
	return status;
}

/* ---- the step ---- */

static tro_status begin(
	run *r, tro_session *session, const tro_step *step, tro_findings *findings, tro_err *err)
{
	char time[TRO_TIME_TEXT_SIZE];

	*r = (run){.session = session, .step = step, .findings = findings, .matter = ""};
	r->last = &r->first;
	tro_session_clear_filings(session);
	tro_time_format(time, step->time);
	const char *const actor[] = {"person", step->person, "role", step->role, NULL};
	tro_status status = tro_xml_set_text(section(r, "time"), time, err);

	return status == TRO_OK ? set_all(section(r, "actor"), actor, err) : status;
}

static void end(run *r)
{
	while (r->first != NULL) {
		post *p = r->first;

		r->first = p->next;
		post_free(p);
	}
}

static bool has_attribute(const tro_xml_node *node, const char *name, const char *value)
{
	const char *own = tro_xml_get(node, "", name);

	return own != NULL && strcmp(own, value) == 0;
}

/* Of acts that differ in their time alone the last is kept: who saves a draft a thousand times has
 * written it, and every record must carry the list. */
static void forget_earlier(run *r, const char *matter)
{
	for (tro_xml_node *act = tro_xml_first(section(r, "acts")); act != NULL;
		act = tro_xml_next(act)) {
		if (has_attribute(act, "event", r->step->event) &&
			has_attribute(act, "person", r->step->person) &&
			has_attribute(act, "role", r->step->role) &&
			has_attribute(act, "matter", matter)) {
			tro_xml_remove(act);
			return;
		}
	}
}

static tro_status note_act(run *r, const char *matter, tro_err *err)
{
	char seq[24];
	char time[TRO_TIME_TEXT_SIZE];

	forget_earlier(r, matter);
	tro_xml_node *act = tro_xml_append(section(r, "acts"), "", "act", NULL);

	if (act == NULL) {
		return tro_err_nomem(err);
	}
	(void)snprintf(seq, sizeof(seq), "%llu", (unsigned long long)r->step->seq);
	tro_time_format(time, r->step->time);
	const char *const pairs[] = {"seq", seq, "event", r->step->event, "person", r->step->person,
		"role", r->step->role, "matter", matter, "time", time, NULL};

	return set_all(act, pairs, err);
}

static tro_status settle_document(const tro_session *session, tro_err *err)
{
	tro_xml_node *workflow = tro_xml_first_named(tro_xml_root(session->system), "", "workflow");
	const char *hex = tro_xml_get(workflow, "", "grammar");
	const tro_rng *grammar;
	uint8_t sha256[32];

	/* Edits leave texts side by side, which would be one text once the session was saved and
	 * restored: a step sees the document as its bytes give it. */
	tro_xml_strip_blanks(tro_xml_root(session->document));
	if (hex == NULL || !tro_hex_decode(sha256, 32, hex, strlen(hex))) {
		return tro_err_set(err, TRO_INVALID, "the session's bytes are damaged");
	}
	tro_status status = tro_library_grammar(&grammar, session->rules.library, sha256, err);

	if (status == TRO_OK) {
		status = tro_rng_validate(grammar, session->document, "case", NULL, err);
	}
	return status == TRO_OK
		       ? status
		       : tro_err_prefix(err, status, "the case document breaks its grammar");
}

/* The matter that the step addresses; the root matter of a new case is started first. */
static tro_status addressed(tro_matter **out, run *r, tro_err *err)
{
	tro_session *session = r->session;

	if (r->step->matter == NULL) {
		*out = &session->matters[0];
		tro_chart_host host = host_for(r, *out);

		return tro_chart_start((*out)->chart, &host, NULL, err);
	}
	*out = tro_session_matter(session, r->step->matter);
	if (*out == NULL) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"this case has no matter %s: 'tro show' lists them", r->step->matter);
	}
	return TRO_OK;
}

static tro_status take_event(run *r, tro_err *err)
{
	tro_matter *matter;
	tro_status status = addressed(&matter, r, err);

	if (status != TRO_OK) {
		return status;
	}
	const char *id = matter->id;
	tro_findings *judged =
		tro_findings_new(); /* what is unmet; warnings and tasks come again as effects */

	if (judged == NULL) {
		return tro_err_nomem(err);
	}
	tro_chart_actor actor = {.person = r->step->person, .roles = r->step->role};
	tro_chart_host host = host_for(r, matter);

	status = tro_chart_act(
		matter->chart, &host, r->step->event, &actor, r->step->data, judged, err);
	if (status == TRO_REFUSED) {
		status = tro_findings_add_all(r->findings, judged, err);
		status = status == TRO_OK ? TRO_REFUSED : status;
	}
	tro_findings_free(judged);
	if (status == TRO_OK) {
		status = tro_session_note_states(r->session, matter, err);
	}
	if (status == TRO_OK) {
		status = note_act(r, id, err);
	}
	return status == TRO_OK ? drain(r, err) : status;
}

tro_status tro_session_step(
	tro_session *session, const tro_step *step, tro_findings *findings, tro_err *err)
{
	run r;
	size_t fired = 0;
	tro_status status = tro_keeping_check_alive(session, err);

	if (status != TRO_OK) {
		return status;
	}
	status = begin(&r, session, step, findings, err);

	if (status == TRO_OK) {
		status = fire_due(&r, &fired, err);
	}
	if (status == TRO_OK) {
		status = take_event(&r, err);
	}
	if (status == TRO_OK) {
		status = fire_due(&r, &fired, err); /* a deadline that the event set in the past */
	}
	if (status == TRO_OK) {
		status = settle_document(session, err);
	}
	end(&r);
	return status;
}

tro_status tro_session_tick(tro_session *session, const tro_step *step, size_t *out_fired,
	tro_findings *findings, tro_err *err)
{
	run r = {.session = session, .step = step};

	*out_fired = 0;
	if (next_due(&r) == NULL) {
		return TRO_OK; /* nothing happened, and the session does not say that anything did
				*/
	}
	tro_status status = begin(&r, session, step, findings, err);

	if (status == TRO_OK) {
		status = fire_due(&r, out_fired, err);
	}
	if (status == TRO_OK) {
		status = settle_document(session, err);
	}
	end(&r);
	return status;
}

tro_status tro_session_judge(tro_session *session, const tro_step *step, const char *roles,
	tro_findings *findings, bool *out_open, tro_err *err)
{
	run r;
	tro_matter *matter;
	tro_status status = begin(&r, session, step, findings, err);

	if (status == TRO_OK) {
		status = addressed(&matter, &r, err);
	}
	if (status == TRO_OK) {
		tro_chart_actor actor = {.person = step->person, .roles = roles};
		tro_chart_host host = host_for(&r, matter);

		status = tro_chart_judge(matter->chart, &host, step->event, &actor, step->data,
			findings, out_open, err);
	}
	end(&r);
	return status;
}

tro_status tro_session_eval(
	tro_buf *out, tro_session *session, const tro_step *step, const char *xpath, tro_err *err)
{
	run r;
	tro_matter *matter;
	tro_findings *none = tro_findings_new();

	if (none == NULL) {
		return tro_err_nomem(err);
	}
	tro_status status = begin(&r, session, step, none, err);

	if (status == TRO_OK) {
		status = addressed(&matter, &r, err);
	}
	if (status == TRO_OK) {
		tro_chart_host host = host_for(&r, matter);

		status = tro_chart_eval(matter->chart, &host, xpath, out, err);
	}
	end(&r);
	tro_findings_free(none);
	return status;
}
