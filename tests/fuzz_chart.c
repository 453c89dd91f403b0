/*
 * Fuzz target for the loader and the stepper: any bytes are a definition, loaded in both modes;
 * what loads is started, takes events and its timers, and is stored and restored between them.
 * Whatever comes, a call answers; a session that was stored is restored to the same bytes.
 *
 * With -fsanitize=fuzzer this file is a program by itself (tools/fuzz); test_fuzz.c runs it as a
 * plain test.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "chart/chart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS = 12 };

static void must(bool holds)
{
	if (!holds) {
		abort();
	}
}

static tro_status no_effect(void *user, const tro_chart_effect *effect, tro_err *err)
{
	(void)user;
	(void)effect;
	(void)err;
	return TRO_OK;
}

/* The session as bytes. What a definition made of its data may be more than is read again: then
 * NULL. */
static tro_xml_doc *saved(const tro_chart_session *session, tro_buf *bytes)
{
	tro_xml_doc *doc = tro_xml_new(NULL, "matter");
	tro_xml_doc *again = NULL;
	tro_err err;

	must(doc != NULL && tro_chart_save(session, tro_xml_root(doc), &err) == TRO_OK);
	if (tro_xml_c14n(bytes, tro_xml_root(doc), &err) != TRO_OK ||
		tro_xml_parse(&again, bytes->ptr, bytes->len, "matter", &tro_xml_limits_default,
			&err) != TRO_OK) {
		again = NULL;
	}
	tro_xml_free(doc);
	return again;
}

static void store_and_restore(tro_chart_session **session, const tro_chart *chart)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	tro_xml_doc *doc = saved(*session, &before);
	tro_chart_session *restored = NULL;
	tro_err err;

	if (doc != NULL) {
		must(tro_chart_restore(&restored, chart, tro_xml_root(doc), &err) == TRO_OK);
		tro_xml_free(saved(restored, &after));
		must(strcmp(before.ptr, after.ptr) == 0);
		tro_chart_session_free(*session);
		*session = restored;
	}
	tro_xml_free(doc);
	tro_buf_done(&before);
	tro_buf_done(&after);
}

static tro_status step(tro_chart_session *session, const tro_chart *chart, tro_chart_host *host,
	int i, tro_err *err)
{
	static const char *const events[] = {
		"e", "go", "done", "create", "submit", "error.execution"};
	tro_chart_actor actor = {.person = "P", .roles = "officer clerk warden r"};
	size_t declared = tro_chart_event_count(chart);
	tro_time_us due = 0;

	if (i % 3 == 0 && tro_chart_next_timer(session, &due, NULL, NULL)) {
		host->now = due > host->now ? due : host->now;
		return tro_chart_fire(session, host, err);
	}
	if (i % 3 == 1 && declared > 0) {
		tro_findings *findings = tro_findings_new();
		tro_status status = tro_chart_act(session, host,
			tro_chart_event_at(chart, (size_t)i % declared)->name, &actor, NULL,
			findings, err);

		tro_findings_free(findings);
		return status == TRO_REFUSED ? TRO_OK : status;
	}
	return tro_chart_post(session, host, events[i % 6], NULL, NULL, NULL, err);
}

static void run(const tro_chart *chart)
{
	tro_chart_session *session = NULL;
	tro_chart_host host = {.session_id = "f", .effect = no_effect};
	tro_err err;

	must(tro_chart_session_new(&session, chart, &err) == TRO_OK);
	tro_status status = tro_chart_start(session, &host, NULL, &err);

	for (int i = 0; i < STEPS && status == TRO_OK; i++) {
		store_and_restore(&session, chart);
		status = step(session, chart, &host, i, &err);
	}
	tro_chart_session_free(session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	tro_err err;

	if (!ready) {
		must(tro_xml_init(&err) == TRO_OK);
		ready = true;
	}
	for (int mode = TRO_CHART_CONFORMANCE; mode <= (int)TRO_CHART_PRODUCTION; mode++) {
		tro_chart *chart = NULL;
		tro_findings *faults = tro_findings_new();
		tro_status status = tro_chart_load(&chart, (const char *)data, size, "fuzz",
			(tro_chart_mode)mode, faults, &err);

		must((status == TRO_OK) == (tro_findings_count(faults) == 0));
		if (status == TRO_OK) {
			run(chart);
		}
		tro_chart_free(chart);
		tro_findings_free(faults);
	}
	return 0;
}
