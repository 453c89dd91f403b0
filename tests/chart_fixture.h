/*
 * What the tests of the chart share: a session over a definition in a string, a host that writes
 * down what it is given, and one-line calls. Included by one test program each.
 */
#ifndef TRO_TESTS_CHART_FIXTURE_H
#define TRO_TESTS_CHART_FIXTURE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "chart/chart.h"
#include "suite.h"

#define SCXML "<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.0' datamodel='xpath' "
#define WORKFLOW                                                                                   \
	"<scxml xmlns='http://www.w3.org/2005/07/scxml' xmlns:tro='urn:tro:workflow:1' "           \
	"version='1.0' datamodel='xpath' tro:id='t' tro:version='1' tro:semantics='1' "            \
	"tro:title='T' "

typedef struct world {
	tro_chart *chart;
	tro_chart_session *session;
	tro_chart_host host;
	tro_xml_doc *shared, *system;
	tro_buf seen; /* effects, one line each */
	tro_findings *findings;
	tro_err err;
} world;

static inline tro_xml_doc *fx_parse(const char *text)
{
	tro_xml_doc *doc = NULL;
	tro_err err;

	ck_assert_msg(tro_xml_parse(&doc, text, strlen(text), "fixture", &tro_xml_limits_default,
			      &err) == TRO_OK,
		"%s", err.message);
	return doc;
}

static inline void fx_bytes(tro_buf *out, tro_xml_node *node)
{
	tro_err err;

	if (node != NULL) {
		ck_assert_msg(tro_xml_c14n(out, node, &err) == TRO_OK, "%s", err.message);
	}
}

static inline tro_status fx_effect(void *user, const tro_chart_effect *effect, tro_err *err)
{
	static const char *const kinds[] = {"send", "cancel", "host", "finding", "log"};
	world *w = user;

	tro_buf_printf(&w->seen, "%s", kinds[effect->kind]);
	if (effect->kind == TRO_CHART_FINDING) {
		tro_buf_printf(&w->seen, " %s %s: %s", tro_level_name(effect->finding->level),
			effect->finding->id, effect->finding->message);
	} else {
		tro_buf_printf(&w->seen, " %s %s ", effect->name,
			effect->target == NULL ? "-" : effect->target);
		fx_bytes(&w->seen, effect->attributes);
		fx_bytes(&w->seen, effect->data);
	}
	tro_buf_putc(&w->seen, '\n');
	return tro_buf_status(&w->seen, err);
}

static inline tro_chart *fx_load(const char *text, tro_chart_mode mode)
{
	tro_chart *chart = NULL;
	tro_findings *faults = tro_findings_new();
	tro_err err;
	tro_status status = tro_chart_load(&chart, text, strlen(text), "chart", mode, faults, &err);

	for (size_t i = 0; status != TRO_OK && i < tro_findings_count(faults); i++) {
		const tro_finding *f = tro_findings_at(faults, i);

		fprintf(stderr, "%s %s: %s\n", f->place, f->id, f->message);
	}
	ck_assert_msg(status == TRO_OK, "%s", err.message);
	tro_findings_free(faults);
	return chart;
}

/* A world whose session has not started. */
static inline world *fx_new(const char *text, tro_chart_mode mode)
{
	world *w = calloc(1, sizeof(*w));

	ck_assert_ptr_nonnull(w);
	w->seen = (tro_buf)TRO_BUF_INIT;
	w->findings = tro_findings_new();
	w->chart = fx_load(text, mode);
	w->host = (tro_chart_host){.session_id = "s1", .effect = fx_effect, .user = w};
	ck_assert_int_eq(tro_chart_session_new(&w->session, w->chart, &w->err), TRO_OK);
	return w;
}

static inline void fx_free(world *w)
{
	tro_chart_session_free(w->session);
	tro_chart_free(w->chart);
	tro_xml_free(w->shared);
	tro_xml_free(w->system);
	tro_findings_free(w->findings);
	tro_buf_done(&w->seen);
	free(w);
}

static inline void fx_start(world *w)
{
	ck_assert_msg(tro_chart_start(w->session, &w->host, NULL, &w->err) == TRO_OK, "%s",
		w->err.message);
}

/* A started session of conformance mode. */
static inline world *fx_run(const char *text)
{
	world *w = fx_new(text, TRO_CHART_CONFORMANCE);

	fx_start(w);
	return w;
}

static inline world *fx_workflow(const char *text)
{
	world *w = fx_new(text, TRO_CHART_PRODUCTION);

	fx_start(w);
	return w;
}

static inline bool fx_post(world *w, const char *event)
{
	bool taken = false;

	ck_assert_msg(
		tro_chart_post(w->session, &w->host, event, NULL, NULL, &taken, &w->err) == TRO_OK,
		"%s: %s", event, w->err.message);
	return taken;
}

static inline tro_status fx_act(
	world *w, const char *event, const char *person, const char *roles, const char *data)
{
	tro_xml_doc *doc = data == NULL ? NULL : fx_parse(data);

	tro_findings_free(w->findings);
	w->findings = tro_findings_new();
	tro_status status = tro_chart_act(w->session, &w->host, event,
		&(tro_chart_actor){.person = person, .roles = roles},
		doc == NULL ? NULL : tro_xml_root(doc), w->findings, &w->err);

	tro_xml_free(doc);
	return status;
}

static inline void fx_fire_due(world *w, tro_time_us now)
{
	tro_time_us due = 0;

	w->host.now = now;
	while (tro_chart_next_timer(w->session, &due, NULL, NULL) && due <= now) {
		ck_assert_msg(tro_chart_fire(w->session, &w->host, &w->err) == TRO_OK, "%s",
			w->err.message);
	}
}

/* Active atomic states, blank-separated. */
static inline const char *fx_states(const world *w)
{
	static char text[1024];
	size_t len = 0;
	const char *id;

	text[0] = '\0';
	for (size_t i = 0; (id = tro_chart_active(w->session, i)) != NULL; i++) {
		len += (size_t)snprintf(
			text + len, sizeof(text) - len, "%s%s", i == 0 ? "" : " ", id);
		ck_assert_uint_lt(len, sizeof(text));
	}
	return text;
}

static inline const char *fx_value(world *w, const char *xpath)
{
	static char text[1024];
	tro_buf out = TRO_BUF_INIT;

	ck_assert_msg(tro_chart_eval(w->session, &w->host, xpath, &out, &w->err) == TRO_OK, "%s",
		w->err.message);
	ck_assert_uint_lt(out.len, sizeof(text));
	memcpy(text, out.ptr, out.len + 1);
	tro_buf_done(&out);
	return text;
}

static inline bool fx_found(const world *w, const char *id)
{
	for (size_t i = 0; i < tro_findings_count(w->findings); i++) {
		if (strcmp(tro_findings_at(w->findings, i)->id, id) == 0) {
			return true;
		}
	}
	return false;
}

/* The saved session as canonical bytes, appended. */
static inline void fx_save(tro_buf *out, const tro_chart_session *session)
{
	tro_xml_doc *doc = tro_xml_new(NULL, "matter");
	tro_err err;

	ck_assert_ptr_nonnull(doc);
	ck_assert_msg(
		tro_chart_save(session, tro_xml_root(doc), &err) == TRO_OK, "%s", err.message);
	fx_bytes(out, tro_xml_root(doc));
	tro_xml_free(doc);
}

static inline tro_status fx_restore(
	tro_chart_session **out, const tro_chart *chart, const char *text, tro_err *err)
{
	tro_xml_doc *doc = fx_parse(text);
	tro_status status = tro_chart_restore(out, chart, tro_xml_root(doc), err);

	tro_xml_free(doc);
	return status;
}

/* The session becomes bytes and is read back. */
static inline void fx_through_bytes(world *w)
{
	tro_buf bytes = TRO_BUF_INIT;

	fx_save(&bytes, w->session);
	tro_chart_session_free(w->session);
	w->session = NULL;
	ck_assert_msg(fx_restore(&w->session, w->chart, bytes.ptr, &w->err) == TRO_OK, "%s\n%s",
		w->err.message, bytes.ptr);
	tro_buf_done(&bytes);
}

static inline void fx_init(void)
{
	tro_err err;

	ck_assert_int_eq(tro_xml_init(&err), TRO_OK);
}

#endif
