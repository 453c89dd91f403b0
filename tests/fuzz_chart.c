/*
 * Fuzz target for the loader and the stepper: any bytes are a definition, loaded in both modes;
 * what loads is started, takes events and its timers, and is stored and restored between them.
 * Whatever comes, a call answers; a session that was stored is restored to the same bytes.
 *
 * With fuzz_main.c and -fsanitize=fuzzer it is a program by itself (tools/fuzz); test_fuzz.c runs
 * it as a plain test.
 */
#include "fuzz_chart.h"

#include <stdlib.h>
#include <string.h>

#include "chart/chart.h"

enum { STEPS = 12 };

static tro_status no_effect(void *user, const tro_chart_effect *effect, tro_err *err)
{
	(void)user;
	(void)effect;
	(void)err;
	return TRO_OK;
}

/* The session as bytes, and they as they are read again: NULL when what a definition made of its
 * data is more than is read. */
static const char *saved(const tro_chart_session *session, tro_buf *bytes, tro_xml_doc **out)
{
	tro_xml_doc *doc = tro_xml_new(NULL, "matter");
	tro_err err;
	bool good = doc != NULL && tro_chart_save(session, tro_xml_root(doc), &err) == TRO_OK;

	*out = NULL;
	if (good && (tro_xml_c14n(bytes, tro_xml_root(doc), &err) != TRO_OK ||
			    tro_xml_parse(out, bytes->ptr, bytes->len, "matter",
				    &tro_xml_limits_default, &err) != TRO_OK)) {
		*out = NULL;
	}
	tro_xml_free(doc);
	return good ? NULL : "a session cannot be stored";
}

static const char *store_and_restore(tro_chart_session **session, const tro_chart *chart)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;
	tro_xml_doc *doc = NULL;
	tro_xml_doc *again = NULL;
	tro_chart_session *restored = NULL;
	tro_err err;
	const char *broken = saved(*session, &before, &doc);

	if (broken == NULL && doc != NULL) {
		if (tro_chart_restore(&restored, chart, tro_xml_root(doc), &err) == TRO_OK) {
			broken = saved(restored, &after, &again);
			tro_chart_session_free(*session);
			*session = restored;
		} else {
			broken = "a session that was stored is not restored";
		}
		if (broken == NULL && strcmp(before.ptr, after.ptr) != 0) {
			broken = "a session that was restored is stored in other bytes";
		}
	}
	tro_xml_free(doc);
	tro_xml_free(again);
	tro_buf_done(&before);
	tro_buf_done(&after);
	return broken;
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

static const char *run(const tro_chart *chart)
{
	tro_chart_session *session = NULL;
	tro_chart_host host = {.session_id = "f", .effect = no_effect};
	const char *broken = NULL;
	tro_err err;

	if (tro_chart_session_new(&session, chart, &err) != TRO_OK) {
		return "there is no session of a definition that was loaded";
	}
	tro_status status = tro_chart_start(session, &host, NULL, &err);

	for (int i = 0; i < STEPS && status == TRO_OK && broken == NULL; i++) {
		broken = store_and_restore(&session, chart);
		if (broken == NULL) {
			status = step(session, chart, &host, i, &err);
		}
	}
	tro_chart_session_free(session);
	return broken;
}

const char *fuzz_chart(const char *bytes, size_t len)
{
	static bool ready;
	const char *broken = NULL;
	tro_err err;

	if (!ready && tro_xml_init(&err) != TRO_OK) {
		return "libxml2 cannot be used";
	}
	ready = true;
	for (int mode = TRO_CHART_CONFORMANCE; mode <= (int)TRO_CHART_PRODUCTION && broken == NULL;
		mode++) {
		tro_chart *chart = NULL;
		tro_findings *faults = tro_findings_new();
		tro_status status = tro_chart_load(
			&chart, bytes, len, "fuzz", (tro_chart_mode)mode, faults, &err);

		if ((status == TRO_OK) != (tro_findings_count(faults) == 0)) {
			broken = status == TRO_OK ? "a definition with faults was loaded"
						  : "a definition was refused without a fault";
		}
		if (status == TRO_OK && broken == NULL) {
			broken = run(chart);
		}
		tro_chart_free(chart);
		tro_findings_free(faults);
	}
	return broken;
}
