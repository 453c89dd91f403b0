#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <tro/calendar.h>

#include "cli.h"

int exit_code(tro_status status)
{
	switch (status) {
	case TRO_OK:
		return EXIT_DONE;
	case TRO_NO:
		return EXIT_NO;
	case TRO_USAGE:
		return EXIT_USAGE;
	case TRO_REFUSED:
		return EXIT_REFUSED;
	case TRO_NOT_FOUND:
	case TRO_AMBIGUOUS:
		return EXIT_NOT_FOUND;
	case TRO_CHANGED:
		return EXIT_CHANGED;
	case TRO_KEY:
		return EXIT_KEY;
	case TRO_INVALID:
		return EXIT_INVALID;
	case TRO_SYSTEM:
	case TRO_NOMEM:
		return EXIT_SYSTEM;
	}
	return EXIT_SYSTEM;
}

int cli_fail(const client *cli, tro_status status, const tro_err *err)
{
	(void)fflush(stdout);
	(void)fprintf(stderr, "tro %s: ", cli->command);
	print_text(stderr, err->message, "  ");
	(void)fputc('\n', stderr);
	return exit_code(status);
}

int cli_usage(const client *cli, const char *what)
{
	const cli_command *c = command_named(cli->command);

	(void)fprintf(stderr, "tro %s: %s\nusage: tro %s %s\n", cli->command, what, cli->command,
		c == NULL ? "CASE [--PARAMETER VALUE]..." : c->usage);
	return EXIT_USAGE;
}

/* Bytes of the character at p that a terminal would obey rather than show: controls, and what turns
 * the direction of text or breaks its line (U+2028 to U+202E, U+2066 to U+2069). */
static size_t obeyed(const unsigned char *p)
{
	if (*p < 0x20 || *p == 0x7f) {
		return 1;
	}
	if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
		return 2;
	}
	bool breaks = p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae;
	bool turns = p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9;

	return breaks || turns ? 3 : 0;
}

void print_text(FILE *out, const char *text, const char *indent)
{
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0';) {
		size_t len = *p == '\n' || *p == '\t' ? 0 : obeyed(p);

		(void)fputc(len > 0 ? '?' : *p, out);
		if (*p == '\n') {
			(void)fputs(indent, out);
		}
		p += len > 0 ? len : 1;
	}
}

void print_line(FILE *out, const char *text, size_t width)
{
	size_t written = 0;

	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; written++) {
		size_t len = obeyed(p);

		(void)fputc(len > 0 ? '?' : *p, out);
		p += len > 0 ? len : 1;
	}
	for (; written < width; written++) {
		(void)fputc(' ', out);
	}
}

static void print_finding(FILE *out, const tro_finding *finding)
{
	(void)fprintf(out, "  %-5s ", tro_level_name(finding->level));
	if (finding->id[0] != '\0') {
		(void)fprintf(out, "%s: ", finding->id);
	}
	if (finding->place[0] != '\0') {
		print_line(out, finding->place, 0);
		(void)fputs(": ", out);
	}
	print_text(out, finding->message, "        ");
	(void)fputc('\n', out);
	if (finding->basis[0] != '\0') {
		(void)fprintf(out, "        basis: %s\n", finding->basis);
	}
	if (finding->remedy[0] != '\0') {
		(void)fprintf(out, "        do: %s\n", finding->remedy);
	}
}

void print_findings(FILE *out, const tro_findings *findings, tro_level least)
{
	for (size_t i = 0; i < tro_findings_count(findings); i++) {
		if (tro_findings_at(findings, i)->level <= least) {
			print_finding(out, tro_findings_at(findings, i));
		}
	}
}

json_t *findings_json(const tro_findings *findings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < tro_findings_count(findings); i++) {
		const tro_finding *f = tro_findings_at(findings, i);

		(void)json_array_append_new(list,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "level",
				tro_level_name(f->level), "id", f->id, "place", f->place, "message",
				f->message, "basis", f->basis, "remedy", f->remedy));
	}
	return list;
}

int print_json(json_t *object)
{
	bool good = object != NULL && json_object_set_new(object, "tro", json_integer(1)) == 0 &&
		    json_dumpf(object, stdout, JSON_INDENT(1) | JSON_SORT_KEYS) == 0 &&
		    fputc('\n', stdout) != EOF && fflush(stdout) == 0;

	json_decref(object);
	if (!good) {
		(void)fprintf(stderr, "tro: cannot write the answer: %s\n", strerror(errno));
	}
	return good ? EXIT_DONE : EXIT_SYSTEM;
}

void say_dry_run(const client *cli)
{
	if (cli->dry_run && !cli->json) {
		(void)puts("that was a dry run: nothing is written");
	}
}

int finish_output(const client *cli)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		(void)fprintf(stderr, "tro %s: cannot write the answer: %s\n", cli->command,
			strerror(errno));
		return EXIT_SYSTEM;
	}
	return EXIT_DONE;
}

void print_time(FILE *out, tro_time_us time)
{
	tro_uk_local local;

	tro_uk_from_time(&local, time);
	(void)fprintf(out, "%04d-%02d-%02d %02d:%02d", local.date.year, local.date.month,
		local.date.day, local.hour, local.minute);
}
