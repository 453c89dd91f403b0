#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* The matters in the order in which people count them: item.10 after item.9. */
typedef struct matter_place {
	char *id;
	size_t index;
} matter_place;

/* Runs of digits compare as numbers, the rest byte by byte. */
static int compare_counted(const char *a, const char *b)
{
	static const char digits[] = "0123456789";

	while (*a != '\0' && *b != '\0') {
		size_t a_len = strspn(a, digits);
		size_t b_len = strspn(b, digits);

		if (a_len > 0 && b_len > 0) {
			int order = a_len != b_len ? (a_len < b_len ? -1 : 1) : memcmp(a, b, a_len);

			if (order != 0) {
				return order;
			}
			a += a_len;
			b += b_len;
		} else if (*a != *b) {
			break;
		} else {
			a++;
			b++;
		}
	}
	return (unsigned char)*a - (unsigned char)*b;
}

static int by_place(const void *a, const void *b)
{
	return compare_counted(((const matter_place *)a)->id, ((const matter_place *)b)->id);
}

static void places_free(matter_place *places, size_t count)
{
	for (size_t i = 0; places != NULL && i < count; i++) {
		free(places[i].id);
	}
	free(places);
}

/* Freed by places_free. */
static tro_status matters_in_order(matter_place **out, tro_case *c, tro_err *err)
{
	size_t count = tro_case_matter_count(c);
	matter_place *places = calloc(count + 1, sizeof(*places));
	tro_status status = places == NULL ? tro_err_set(err, TRO_NOMEM, "out of memory") : TRO_OK;

	for (size_t i = 0; i < count && status == TRO_OK; i++) {
		tro_matter_info matter;

		status = tro_case_matter_at(c, i, &matter, err);
		if (status == TRO_OK) {
			places[i] = (matter_place){.id = strdup(matter.id), .index = i};
			status = places[i].id == NULL ? tro_err_set(err, TRO_NOMEM, "out of memory")
						      : TRO_OK;
		}
	}
	if (status != TRO_OK) {
		places_free(places, count);
		return status;
	}
	qsort(places, count, sizeof(*places), by_place);
	*out = places;
	return TRO_OK;
}

static tro_status print_matters(tro_case *c, tro_err *err)
{
	matter_place *places = NULL;
	size_t count = tro_case_matter_count(c);
	tro_status status = matters_in_order(&places, c, err);

	(void)puts("matters:");
	for (size_t i = 0; i < count && status == TRO_OK; i++) {
		tro_matter_info matter;

		status = tro_case_matter_at(c, places[i].index, &matter, err);
		if (status == TRO_OK) {
			(void)printf("  %-18s %s%s\n", matter.id, matter.states,
				matter.finished ? " (finished)" : "");
		}
	}
	places_free(places, count);
	return status;
}

static void print_deadlines(const tro_case *c)
{
	tro_deadline deadline;

	for (size_t i = 0; tro_case_deadline_at(c, i, &deadline); i++) {
		(void)printf("%s  ", i == 0 ? "deadlines (UK local time):\n" : "");
		print_time(stdout, deadline.due);
		(void)printf("  %s  %s\n", deadline.matter, deadline.event);
	}
}

static void print_findings_left(const tro_case *c)
{
	tro_case_finding f;

	for (size_t i = 0; tro_case_finding_at(c, i, &f); i++) {
		(void)printf("%s  seq %s  %s  %s %s: ", i == 0 ? "findings:\n" : "", f.seq,
			f.matter, f.level, f.id);
		print_line(stdout, f.message, 0);
		(void)printf("%s%s%s\n", f.basis[0] == '\0' ? "" : " [", f.basis,
			f.basis[0] == '\0' ? "" : "]");
	}
}

static void print_files(const tro_case *c)
{
	tro_exhibit_info exhibit;
	tro_filing_info filing;

	for (size_t i = 0; tro_case_exhibit_at(c, i, &exhibit); i++) {
		(void)fputs(i == 0 ? "exhibits:\n  " : "  ", stdout);
		print_line(stdout, exhibit.ref, 7);
		print_line(stdout, exhibit.title[0] == '\0' ? exhibit.name : exhibit.title, 0);
		(void)printf(" (%s, %s bytes)\n", exhibit.media, exhibit.size);
	}
	for (size_t i = 0; tro_case_filing_at(c, i, &filing); i++) {
		(void)printf("%s  %-6s %s for %s, sha256 %s\n", i == 0 ? "filings:\n" : "",
			filing.id, filing.name, filing.recipient, filing.sha256);
	}
}

static tro_status print_case(tro_case *c, tro_err *err)
{
	tro_buf title = TRO_BUF_INIT;
	tro_status status = tro_case_title(&title, c, err);

	(void)printf("case %s  ", tro_case_id(c));
	print_line(stdout, title.ptr, 0);
	(void)printf("\nworkflow %s, %llu records%s\n", tro_case_workflow(c),
		(unsigned long long)tro_case_count(c), tro_case_finished(c) ? ", closed" : "");
	tro_buf_done(&title);
	if (status == TRO_OK) {
		status = print_matters(c, err);
	}
	print_deadlines(c);
	print_findings_left(c);
	print_files(c);
	return status;
}

/* ---- JSON ---- */

static json_t *matters_json(tro_case *c, tro_status *status, tro_err *err)
{
	json_t *list = json_array();
	matter_place *places = NULL;
	size_t count = tro_case_matter_count(c);

	if (*status == TRO_OK) {
		*status = matters_in_order(&places, c, err);
	}
	for (size_t i = 0; i < count && *status == TRO_OK; i++) {
		tro_matter_info m;

		*status = tro_case_matter_at(c, places[i].index, &m, err);
		if (*status == TRO_OK) {
			(void)json_array_append_new(list,
				json_pack("{s:s, s:s, s:s, s:b}", "id", m.id, "definition",
					m.definition, "states", m.states, "finished", m.finished));
		}
	}
	places_free(places, count);
	return list;
}

static json_t *deadlines_json(const tro_case *c)
{
	json_t *list = json_array();
	tro_deadline d;

	for (size_t i = 0; tro_case_deadline_at(c, i, &d); i++) {
		char due[TRO_TIME_TEXT_SIZE];

		tro_time_format(due, d.due);
		(void)json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "matter", d.matter,
							  "event", d.event, "due", due));
	}
	return list;
}

static json_t *left_json(const tro_case *c)
{
	json_t *list = json_array();
	tro_case_finding f;

	for (size_t i = 0; tro_case_finding_at(c, i, &f); i++) {
		(void)json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "seq", f.seq,
				      "matter", f.matter, "level", f.level, "id", f.id, "basis",
				      f.basis, "remedy", f.remedy, "message", f.message));
	}
	return list;
}

json_t *filings_json(const tro_case *c)
{
	json_t *list = json_array();
	tro_filing_info f;

	for (size_t i = 0; tro_case_filing_at(c, i, &f); i++) {
		(void)json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", f.id, "name",
				      f.name, "recipient", f.recipient, "matter", f.matter, "seq",
				      f.seq, "sha256", f.sha256, "size", f.size));
	}
	return list;
}

json_t *exhibits_json(const tro_case *c)
{
	json_t *list = json_array();
	tro_exhibit_info e;

	for (size_t i = 0; tro_case_exhibit_at(c, i, &e); i++) {
		(void)json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "ref", e.ref, "title",
				      e.title, "name", e.name, "media", e.media, "sha256", e.sha256,
				      "size", e.size));
	}
	return list;
}

static int json_case(client *cli, tro_case *c)
{
	tro_err err;
	tro_buf title = TRO_BUF_INIT;
	tro_status status = tro_case_title(&title, c, &err);
	json_t *matters = matters_json(c, &status, &err);

	if (status != TRO_OK) {
		json_decref(matters);
		tro_buf_done(&title);
		return cli_fail(cli, status, &err);
	}
	int code = print_json(json_pack("{s:s, s:s, s:s, s:I, s:b, s:o, s:o, s:o, s:o, s:o}",
		"case", tro_case_id(c), "title", title.ptr, "workflow", tro_case_workflow(c),
		"records", (json_int_t)tro_case_count(c), "finished", tro_case_finished(c),
		"matters", matters, "deadlines", deadlines_json(c), "findings", left_json(c),
		"exhibits", exhibits_json(c), "filings", filings_json(c)));

	tro_buf_done(&title);
	return code;
}

/* ---- changes ---- */

typedef struct changes {
	json_t *list; /* NULL for text */
	size_t count;
} changes;

static tro_status one_change(
	void *user, const char *path, const char *before, const char *after, tro_err *err)
{
	changes *ch = user;

	(void)err;
	ch->count++;
	if (ch->list != NULL) {
		(void)json_array_append_new(ch->list, json_pack("{s:s, s:s?, s:s?}", "path", path,
							      "before", before, "after", after));
		return TRO_OK;
	}
	print_line(stdout, path, 0);
	(void)putchar('\n');
	if (before != NULL) {
		(void)fputs("  - ", stdout);
		print_text(stdout, before, "    ");
		(void)putchar('\n');
	}
	if (after != NULL) {
		(void)fputs("  + ", stdout);
		print_text(stdout, after, "    ");
		(void)putchar('\n');
	}
	return TRO_OK;
}

static int show_changes(client *cli, tro_case *c, int since)
{
	tro_err err;
	changes ch = {.list = cli->json ? json_array() : NULL};
	tro_status status = tro_case_changes(c, (uint64_t)since, one_change, &ch, &err);

	if (status != TRO_OK) {
		json_decref(ch.list);
		return cli_fail(cli, status, &err);
	}
	if (cli->json) {
		return print_json(json_pack("{s:s, s:i, s:o}", "case", tro_case_id(c), "since",
			since, "changes", ch.list));
	}
	if (ch.count == 0) {
		(void)puts("nothing changed in the document");
	}
	return finish_output(cli);
}

static int show_document(client *cli, const tro_case *c)
{
	tro_buf xml = TRO_BUF_INIT;
	tro_err err;
	tro_status status = tro_case_document(&xml, c, &err);

	int code = EXIT_DONE;

	if (status != TRO_OK) {
		code = cli_fail(cli, status, &err);
	} else if (cli->json) {
		code = print_json(
			json_pack("{s:s, s:s}", "case", tro_case_id(c), "document", xml.ptr));
	} else {
		(void)printf("%s\n", xml.ptr);
		code = finish_output(cli);
	}
	tro_buf_done(&xml);
	return code;
}

static int show_diagram(const client *cli, const tro_case *c, bool svg)
{
	tro_buf source = TRO_BUF_INIT;
	tro_err err;
	tro_status status = tro_case_diagram(&source, c, &err);
	int code =
		status == TRO_OK ? print_picture(cli, &source, svg) : cli_fail(cli, status, &err);

	tro_buf_done(&source);
	return code;
}

/* One thing is shown: what is asked for besides would be left out, and nobody told. */
static const char *wrong_words(int since, int document, int picture)
{
	return (since >= 0) + (document != 0) + (picture != 0) > 1
		       ? "one thing at a time: say --since, --document, or --diagram or --svg"
		       : NULL;
}

int cmd_show(client *cli, int argc, const char **argv)
{
	int since = -1;
	int document = 0;
	int diagram = 0;
	int svg = 0;
	const struct poptOption own[] = {
		{"since", '\0', POPT_ARG_INT, &since, 0,
			"what changed in the document after that record", "SEQ"},
		{"document", '\0', POPT_ARG_NONE, &document, 0, "the case document as XML", NULL},
		{"diagram", '\0', POPT_ARG_NONE, &diagram, 0,
			"a picture of the matters, for Graphviz, present states marked", NULL},
		{"svg", '\0', POPT_ARG_NONE, &svg, 0, "the picture as SVG, by the program dot",
			NULL},
		REASON_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	tro_err err;
	tro_case *c = NULL;
	int code = options_read(&o, cli, argc, argv, own, 1, 1);

	if (code == EXIT_DONE && !o.helped && wrong_words(since, document, diagram || svg)) {
		code = cli_usage(cli, wrong_words(since, document, diagram || svg));
	} else if (code == EXIT_DONE && !o.helped) {
		tro_status status = cli_read_case(&c, cli, o.args[0],
			since >= 0	 ? "show --since"
			: diagram || svg ? "show --diagram"
			: document	 ? "show --document"
					 : "show",
			&err);

		if (status != TRO_OK) {
			code = cli_fail(cli, status, &err);
		} else if (since >= 0) {
			code = show_changes(cli, c, since);
		} else if (diagram || svg) {
			code = show_diagram(cli, c, svg);
		} else if (document) {
			code = show_document(cli, c);
		} else if (cli->json) {
			code = json_case(cli, c);
		} else {
			status = print_case(c, &err);
			code = status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
		}
	}
	tro_case_close(c);
	options_free(&o);
	return code;
}
