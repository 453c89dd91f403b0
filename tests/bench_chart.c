/*
 * What the statechart engine costs in CPU, each figure beside its floor in the same run: the same
 * bytes parsed, the same expressions evaluated, with nothing of a statechart round them.
 * tools/bench runs it.
 *
 *   bench_chart DATA_DIR
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "chart/chart.h"

enum { ROUNDS = 2001, LOADS = 201 };

#define MUST(call) must((call), &err, #call)

static void must(tro_status status, const tro_err *err, const char *what)
{
	if (status != TRO_OK) {
		(void)fprintf(stderr, "bench_chart: %s: %s\n", what, err->message);
		exit(EXIT_FAILURE);
	}
}

static double cpu_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), by_value);
	return values[count / 2];
}

static void report(
	const char *what, double us, const char *floor_of, double floor_us, double limit_us)
{
	(void)printf("%-28s %8.1f us   floor (%s) %8.1f us   ratio %.1f   limit %.0f us\n", what,
		us, floor_of, floor_us, us / floor_us, limit_us);
}

static void read_file(tro_buf *out, const char *folder, const char *name)
{
	char path[1024];
	char bytes[4096];
	size_t len;

	(void)snprintf(path, sizeof(path), "%s/workflows/ddtro-ew/%s.scxml", folder, name);
	FILE *file = fopen(path, "rb");

	if (file == NULL) {
		(void)fprintf(stderr, "bench_chart: cannot read %s\n", path);
		exit(EXIT_FAILURE);
	}
	while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		tro_buf_put(out, bytes, len);
	}
	(void)fclose(file);
}

/* ---- loading ---- */

static void bench_load(const char *folder)
{
	static const char *const names[] = {"application", "order", "item"};
	tro_buf texts[3] = {TRO_BUF_INIT, TRO_BUF_INIT, TRO_BUF_INIT};
	double loads[LOADS];
	double parses[LOADS];
	tro_err err;

	for (int i = 0; i < 3; i++) {
		read_file(&texts[i], folder, names[i]);
	}
	for (int k = 0; k < LOADS; k++) {
		double begin = cpu_us();

		for (int i = 0; i < 3; i++) {
			tro_chart *chart = NULL;

			MUST(tro_chart_load(&chart, texts[i].ptr, texts[i].len, names[i],
				TRO_CHART_PRODUCTION, NULL, &err));
			tro_chart_free(chart);
		}
		double middle = cpu_us();

		for (int i = 0; i < 3; i++) {
			tro_xml_doc *doc = NULL;

			MUST(tro_xml_parse(&doc, texts[i].ptr, texts[i].len, names[i],
				&tro_xml_limits_default, &err));
			tro_xml_free(doc);
		}
		loads[k] = middle - begin;
		parses[k] = cpu_us() - middle;
	}
	report("load shipped definitions", median(loads, LOADS), "parse", median(parses, LOADS),
		5000);
	for (int i = 0; i < 3; i++) {
		tro_buf_done(&texts[i]);
	}
}

/* ---- a step ---- */

typedef struct bench {
	tro_chart *chart;
	tro_chart_session *session;
	tro_chart_host host;
	tro_xml_doc *document, *system, *event;
} bench;

static tro_status no_effect(void *user, const tro_chart_effect *effect, tro_err *err)
{
	(void)user;
	(void)effect;
	(void)err;
	return TRO_OK;
}

/* A draft in which exhibits are put and taken out again. */
static void open_case(bench *b, const char *folder)
{
	static const char matter[] =
		"<matter><configuration><state id=\"application\"/><state id=\"preparing\"/><state "
		"id=\"drafting\"/></configuration>"
		"</matter>";
	static const char event[] =
		"<exhibit.remove seq=\"1\" person=\"P-1\" role=\"officer\" rank=\"\" "
		"time=\"2026-11-02T09:00:00Z\"><ref>AE1</ref></exhibit.remove>";
	tro_buf text = TRO_BUF_INIT;
	tro_xml_doc *doc = NULL;
	tro_err err;

	read_file(&text, folder, "application");
	MUST(tro_chart_load(
		&b->chart, text.ptr, text.len, "application", TRO_CHART_PRODUCTION, NULL, &err));
	MUST(tro_xml_parse(&doc, matter, strlen(matter), "matter", &tro_xml_limits_default, &err));
	MUST(tro_chart_restore(&b->session, b->chart, tro_xml_root(doc), &err));
	MUST(tro_xml_parse(
		&b->event, event, strlen(event), "event", &tro_xml_limits_default, &err));
	b->document = tro_xml_new("", "case");
	b->system = tro_xml_new("", "session");
	for (tro_xml_node *n = tro_chart_data(b->chart, "case"); n != NULL; n = tro_xml_next(n)) {
		MUST(tro_xml_copy(NULL, tro_xml_root(b->document), TRO_XML_LAST_CHILD, n, &err));
	}
	tro_xml_strip_blanks(tro_xml_root(b->document));
	b->host = (tro_chart_host){.session_id = "application",
		.shared_name = "case",
		.shared = tro_xml_root(b->document),
		.system = tro_xml_root(b->system),
		.effect = no_effect};
	tro_xml_free(doc);
	tro_buf_done(&text);
}

static void put_exhibit(bench *b)
{
	tro_xml_node *list = tro_xml_first_named(tro_xml_root(b->document), "", "exhibits");
	tro_xml_node *exhibit = tro_xml_append(list, "", "exhibit", NULL);
	tro_err err;

	MUST(exhibit == NULL ? TRO_NOMEM : tro_xml_set(exhibit, "", "ref", "AE1", &err));
}

static tro_status look_up(tro_xpath_value **out, const char *name, void *user, tro_err *err)
{
	bench *b = user;
	tro_xml_node *node = tro_xml_root(strcmp(name, "case") == 0 ? b->document : b->event);

	(void)err;
	*out = tro_xpath_value_nodes(&node, 1);
	return *out == NULL ? TRO_NOMEM : TRO_OK;
}

/* The expressions of that step alone: two guards, and where the one assign takes away. */
static double floor_of_step(bench *b)
{
	static const char *const texts[] = {"$case/exhibits/exhibit[@ref = $_event/ref]",
		"not($case/approval)", "$case/exhibits/exhibit[@ref = $_event/ref]"};
	tro_xpath *xpath = tro_xpath_new(0);
	tro_xpath_expr *exprs[3];
	double times[ROUNDS];
	tro_err err;

	tro_xpath_set_variables(xpath, look_up, b);
	for (int i = 0; i < 3; i++) {
		MUST(tro_xpath_compile(&exprs[i], texts[i], &err));
	}
	for (int k = 0; k < ROUNDS; k++) {
		put_exhibit(b);
		double begin = cpu_us();

		for (int i = 0; i < 3; i++) {
			tro_xpath_value *value = NULL;

			MUST(tro_xpath_eval(
				&value, xpath, exprs[i], tro_xml_root(b->document), &err));
			if (i == 2) {
				tro_xml_remove(tro_xpath_node_at(value, 0));
			}
			tro_xpath_value_free(value);
		}
		times[k] = cpu_us() - begin;
	}
	for (int i = 0; i < 3; i++) {
		tro_xpath_expr_free(exprs[i]);
	}
	tro_xpath_free(xpath);
	return median(times, ROUNDS);
}

static void bench_step(bench *b)
{
	const tro_chart_actor actor = {.person = "P-1", .roles = "officer"};
	double times[ROUNDS];
	tro_err err;

	for (int k = 0; k < ROUNDS; k++) {
		tro_findings *findings = tro_findings_new();

		put_exhibit(b);
		double begin = cpu_us();

		MUST(tro_chart_act(b->session, &b->host, "exhibit.remove", &actor,
			tro_xml_root(b->event), findings, &err));
		times[k] = cpu_us() - begin;
		tro_findings_free(findings);
	}
	report("a step", median(times, ROUNDS), "its expressions", floor_of_step(b), 60);
}

/* ---- a session as bytes ---- */

/* A session with two kilobytes of data of its own. */
static void bench_store(void)
{
	static const char definition[] =
		"<scxml xmlns=\"http://www.w3.org/2005/07/scxml\" datamodel=\"xpath\"><datamodel>"
		"<data id=\"d\"/></datamodel><state id=\"a\"/></scxml>";
	tro_chart *chart = NULL;
	tro_chart_session *session = NULL;
	tro_buf text = TRO_BUF_INIT;
	tro_buf bytes = TRO_BUF_INIT;
	tro_xml_doc *doc = NULL;
	double saves[ROUNDS];
	double restores[ROUNDS];
	double writes[ROUNDS];
	double parses[ROUNDS];
	tro_err err;

	tro_buf_puts(&text,
		"<matter><configuration><state id=\"a\"/></configuration><data><datum id=\"d\">");
	for (int i = 0; text.len < 2048; i++) {
		tro_buf_printf(&text,
			"<item "
			"n=\"%d\"><msisdn>+447700900%03d</msisdn><provider>northway</provider></"
			"item>",
			i, i);
	}
	tro_buf_puts(&text, "</datum></data></matter>");
	MUST(tro_chart_load(
		&chart, definition, strlen(definition), "s", TRO_CHART_CONFORMANCE, NULL, &err));
	MUST(tro_xml_parse(&doc, text.ptr, text.len, "matter", &tro_xml_limits_default, &err));
	MUST(tro_chart_restore(&session, chart, tro_xml_root(doc), &err));
	for (int k = 0; k < ROUNDS; k++) {
		tro_xml_doc *matter = tro_xml_new("", "matter");
		tro_xml_doc *again = NULL;
		tro_chart_session *restored = NULL;
		double t[5];

		t[0] = cpu_us();
		MUST(tro_chart_save(session, tro_xml_root(matter), &err));
		t[1] = cpu_us();
		tro_buf_clear(&bytes);
		MUST(tro_xml_c14n(&bytes, tro_xml_root(matter), &err));
		t[2] = cpu_us();
		MUST(tro_xml_parse(
			&again, bytes.ptr, bytes.len, "matter", &tro_xml_limits_default, &err));
		t[3] = cpu_us();
		MUST(tro_chart_restore(&restored, chart, tro_xml_root(again), &err));
		t[4] = cpu_us();
		saves[k] = t[1] - t[0];
		writes[k] = t[2] - t[1];
		parses[k] = t[3] - t[2];
		restores[k] = t[4] - t[3];
		tro_chart_session_free(restored);
		tro_xml_free(again);
		tro_xml_free(matter);
	}
	report("save a session", median(saves, ROUNDS), "its bytes written", median(writes, ROUNDS),
		50);
	report("restore a session", median(restores, ROUNDS), "its bytes parsed",
		median(parses, ROUNDS), 50);
	tro_chart_session_free(session);
	tro_chart_free(chart);
	tro_xml_free(doc);
	tro_buf_done(&text);
	tro_buf_done(&bytes);
}

int main(int argc, char **argv)
{
	bench b = {0};
	tro_err err;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: bench_chart DATA_DIR\n");
		return 2;
	}
	MUST(tro_xml_init(&err));
	bench_load(argv[1]);
	open_case(&b, argv[1]);
	bench_step(&b);
	bench_store();
	tro_chart_session_free(b.session);
	tro_chart_free(b.chart);
	tro_xml_free(b.document);
	tro_xml_free(b.system);
	tro_xml_free(b.event);
	tro_xml_quit();
	return 0;
}
