/*
 * Runs implementation-report tests of W3C's SCXML 1.0 on a virtual clock.
 *
 *   irp [--durable] FILE...
 *
 * Prints `pass NAME` or `fail NAME why`, one line a file; exit 1 when any fails, 2 for wrong usage.
 * A test passes when its machine ends in a final state `pass`; a file that has no such state (a
 * machine that a test invokes) passes when it ends. With --durable the session becomes bytes and is
 * restored from them before every external event and every timer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart/chart.h"

enum { EVENTS_MAX = 10000, FILE_BYTES_MAX = 1 << 20 };

typedef struct run {
	tro_chart *chart;
	tro_chart_session *session;
	tro_chart_host host;
	bool durable;
} run;

static tro_status no_effect(void *user, const tro_chart_effect *effect, tro_err *err)
{
	(void)user;
	(void)effect;
	(void)err;
	return TRO_OK;
}

static tro_status read_file(tro_buf *out, const char *path, tro_err *err);

/* A machine that a test invokes lies beside it. */
static tro_status read_beside(void *user, const char *uri, tro_buf *out, tro_err *err)
{
	const char *path = user;
	const char *slash = strrchr(path, '/');
	size_t folder = slash == NULL ? 0 : (size_t)(slash + 1 - path);
	const char *name = strncmp(uri, "file:", 5) == 0 ? uri + 5 : uri;
	tro_buf whole = TRO_BUF_INIT;

	if (strchr(name, '/') != NULL) {
		return tro_err_set(err, TRO_NOT_FOUND, "only files beside the test are read");
	}
	tro_buf_put(&whole, path, folder);
	tro_buf_puts(&whole, name);
	tro_status status = tro_buf_status(&whole, err);

	if (status == TRO_OK) {
		status = read_file(out, whole.ptr, err);
	}
	tro_buf_done(&whole);
	return status;
}

static tro_status read_file(tro_buf *out, const char *path, tro_err *err)
{
	FILE *file = fopen(path, "rb");
	char bytes[4096];
	size_t len;

	if (file == NULL) {
		return tro_err_set(err, TRO_NOT_FOUND, "cannot be read");
	}
	out->max_len = FILE_BYTES_MAX;
	while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		tro_buf_put(out, bytes, len);
	}
	fclose(file);
	return tro_buf_status(out, err);
}

/* The session to bytes and back. */
static tro_status store_and_restore(run *r, tro_err *err)
{
	tro_xml_doc *doc = tro_xml_new(NULL, "matter");
	tro_xml_doc *again = NULL;
	tro_buf bytes = TRO_BUF_INIT;
	tro_status status = doc == NULL ? tro_err_nomem(err)
					: tro_chart_save(r->session, tro_xml_root(doc), err);

	if (status == TRO_OK) {
		status = tro_xml_c14n(&bytes, tro_xml_root(doc), err);
	}
	tro_xml_free(doc);
	if (status == TRO_OK) {
		tro_chart_session_free(r->session);
		r->session = NULL;
		status = tro_xml_parse(
			&again, bytes.ptr, bytes.len, "session", &tro_xml_limits_default, err);
	}
	if (status == TRO_OK) {
		status = tro_chart_restore(&r->session, r->chart, tro_xml_root(again), err);
	}
	tro_xml_free(again);
	tro_buf_done(&bytes);
	return status;
}

static tro_status play(run *r, tro_err *err)
{
	tro_status status = tro_chart_session_new(&r->session, r->chart, err);
	tro_time_us due = 0;

	if (status == TRO_OK) {
		status = tro_chart_start(r->session, &r->host, NULL, err);
	}
	for (int i = 0; status == TRO_OK && i < EVENTS_MAX; i++) {
		if (!tro_chart_next_timer(r->session, &due, NULL, NULL)) {
			return TRO_OK;
		}
		if (due > r->host.now) {
			r->host.now = due;
		}
		if (r->durable) {
			status = store_and_restore(r, err);
		}
		if (status == TRO_OK) {
			status = tro_chart_fire(r->session, &r->host, err);
		}
	}
	return status;
}

static tro_status verdict(const run *r, tro_err *err)
{
	if (!tro_chart_finished(r->session)) {
		return tro_err_set(
			err, TRO_NO, "it waits in %s for ever", tro_chart_active(r->session, 0));
	}
	if (tro_chart_state_title(r->chart, "pass")[0] != '\0' &&
		!tro_chart_in(r->session, "pass")) {
		return tro_err_set(err, TRO_NO, "it ended in %s", tro_chart_active(r->session, 0));
	}
	return TRO_OK;
}

static tro_status run_file(char *path, bool durable, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	run r = {
		.host = {.session_id = "irp",
			.effect = no_effect,
			.resource = read_beside,
			.user = path},
		.durable = durable,
	};
	tro_status status = read_file(&bytes, path, err);

	if (status == TRO_OK) {
		status = tro_chart_load(
			&r.chart, bytes.ptr, bytes.len, path, TRO_CHART_CONFORMANCE, NULL, err);
	}
	if (status == TRO_OK) {
		status = play(&r, err);
	}
	if (status == TRO_OK) {
		status = verdict(&r, err);
	}
	tro_chart_session_free(r.session);
	tro_chart_free(r.chart);
	tro_buf_done(&bytes);
	return status;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

int main(int argc, char **argv)
{
	bool durable = argc > 1 && strcmp(argv[1], "--durable") == 0;
	int first = durable ? 2 : 1;
	int failed = 0;
	tro_err err;

	if (argc <= first || (argv[first][0] == '-' && argv[first][1] == '-')) {
		fprintf(stderr, "usage: irp [--durable] FILE...\n");
		return 2;
	}
	if (tro_xml_init(&err) != TRO_OK) {
		fprintf(stderr, "irp: %s\n", err.message);
		return 8;
	}
	for (int i = first; i < argc; i++) {
		const char *name = name_of(argv[i]);
		int len = (int)strcspn(name, ".");

		if (run_file(argv[i], durable, &err) == TRO_OK) {
			printf("pass %.*s\n", len, name);
		} else {
			printf("fail %.*s %s\n", len, name, err.message);
			failed = 1;
		}
	}
	tro_xml_quit();
	return failed;
}
