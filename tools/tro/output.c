#include <errno.h>
#include <stdarg.h>
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

enum { TALK_SIZE = 16384 };

void cli_say(const char *fmt, ...)
{
	char text[TALK_SIZE];
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(text, sizeof(text), fmt, args);

	va_end(args);
	if (len > 0) {
		bool ended = (size_t)len < sizeof(text) && text[len - 1] == '\n';

		if (ended) {
			text[len - 1] = '\0'; /* no indent after the last line */
		}
		print_text(stderr, text, "  ");
		(void)fputs(ended ? "\n" : "...\n", stderr);
	}
}

int cli_fail(const client *cli, tro_status status, const tro_err *err)
{
	(void)fflush(stdout);
	cli_say("tro %s: %s\n", cli->command, err->message);
	return exit_code(status);
}

int cli_usage(const client *cli, const char *what)
{
	const cli_command *c = command_named(cli->command);

	cli_say("tro %s: %s\n", cli->command, what);
	cli_say("usage: tro %s %s\n", cli->command,
		c == NULL ? "CASE [--PARAMETER VALUE]..." : c->usage);
	return EXIT_USAGE;
}

/* Bytes of the UTF-8 character at p (RFC 3629: none that is longer than it need be, no surrogate,
 * none above U+10FFFF); 0 when there is none. */
static size_t character(const unsigned char *p)
{
	size_t len = *p < 0x80 ? 1 : *p >= 0xc2 && *p < 0xe0 ? 2 : *p >= 0xe0 && *p < 0xf0 ? 3 : 4;
	bool first = *p < 0x80 || (*p >= 0xc2 && *p < 0xf5);

	for (size_t i = 1; first && i < len; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			return 0;
		}
	}
	bool longer = (*p == 0xe0 && p[1] < 0xa0) || (*p == 0xf0 && p[1] < 0x90);
	bool beyond = (*p == 0xed && p[1] >= 0xa0) || (*p == 0xf4 && p[1] >= 0x90);

	return first && !longer && !beyond ? len : 0;
}

/* Would a terminal obey this character rather than show it? Controls, and what turns the direction
 * of text or breaks its line (U+2028 to U+202E, U+2066 to U+2069). */
static bool obeyed(const unsigned char *p)
{
	return *p < 0x20 || *p == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0) ||
	       (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae) ||
	       (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

/* Prints one character, or '?' for what is none or would be obeyed; *io_p moves on. The bytes that
 * were written. */
static size_t print_character(FILE *out, const unsigned char **io_p)
{
	const unsigned char *p = *io_p;
	size_t len = character(p);

	*io_p += len > 0 ? len : 1;
	if (len == 0 || obeyed(p)) {
		(void)fputc('?', out);
		return 1;
	}
	(void)fwrite(p, 1, len, out);
	return len;
}

void print_text(FILE *out, const char *text, const char *indent)
{
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0';) {
		if (*p != '\n' && *p != '\t') {
			(void)print_character(out, &p);
			continue;
		}
		(void)fputc(*p, out);
		if (*p++ == '\n') {
			(void)fputs(indent, out);
		}
	}
}

void print_line(FILE *out, const char *text, size_t width)
{
	size_t written = 0;

	for (const unsigned char *p = (const unsigned char *)text; *p != '\0';) {
		written += print_character(out, &p);
	}
	for (; written < width; written++) {
		(void)fputc(' ', out);
	}
}

/* A line of a finding that it may not have. */
static void print_advice(FILE *out, const char *word, const char *text)
{
	if (text[0] != '\0') {
		(void)fprintf(out, "        %s: ", word);
		print_line(out, text, 0);
		(void)fputc('\n', out);
	}
}

static void print_finding(FILE *out, const tro_finding *finding)
{
	(void)fprintf(out, "  %-5s ", tro_level_name(finding->level));
	if (finding->id[0] != '\0') {
		print_line(out, finding->id, 0);
		(void)fputs(": ", out);
	}
	if (finding->place[0] != '\0') {
		print_line(out, finding->place, 0);
		(void)fputs(": ", out);
	}
	print_text(out, finding->message, "        ");
	(void)fputc('\n', out);
	print_advice(out, "basis", finding->basis);
	print_advice(out, "do", finding->remedy);
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
		cli_say("tro: cannot write the answer: %s\n", strerror(errno));
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
		cli_say("tro %s: cannot write the answer: %s\n", cli->command, strerror(errno));
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
