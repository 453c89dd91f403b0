#include "audit/sums.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { HEX_LEN = 64, NAME_AT = HEX_LEN + 2 };

static int by_name(const void *a, const void *b)
{
	const tro_sum *x = a;
	const tro_sum *y = b;

	return strcmp(x->name, y->name);
}

/* Takes the line at `line`, whose LF becomes a NUL. */
static bool read_line(tro_sum *out, char *line, size_t len)
{
	if (len <= NAME_AT || memcmp(line + HEX_LEN, "  ", 2) != 0 ||
		!tro_hex_decode(out->sha256, sizeof(out->sha256), line, HEX_LEN)) {
		return false;
	}
	line[len] = '\0';
	out->name = line + NAME_AT;
	out->seen = false;
	return strlen(out->name) == len - NAME_AT && strchr(out->name, '\\') == NULL;
}

static size_t count_lines(const char *bytes, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++) {
		count += bytes[i] == '\n';
	}
	return count;
}

tro_status tro_sums_parse(tro_sums *out, const char *bytes, size_t len, tro_err *err)
{
	size_t count = count_lines(bytes, len);

	*out = (tro_sums){.list = calloc(count + 1, sizeof(*out->list)), .text = malloc(len + 1)};
	if (out->list == NULL || out->text == NULL) {
		return tro_err_nomem(err);
	}
	memcpy(out->text, bytes, len);
	out->text[len] = '\0';
	for (char *line = out->text; out->count < count;) {
		char *end = memchr(line, '\n', len - (size_t)(line - out->text));

		if (end == NULL || !read_line(&out->list[out->count], line, (size_t)(end - line))) {
			return tro_err_set(err, TRO_INVALID,
				"line %zu is not a hash, two blanks and a name", out->count + 1);
		}
		out->count++;
		line = end + 1;
	}
	if (len == 0 || bytes[len - 1] != '\n') {
		return tro_err_set(err, TRO_INVALID, "its last line is not whole");
	}
	qsort(out->list, out->count, sizeof(*out->list), by_name);
	for (size_t i = 1; i < out->count; i++) {
		if (strcmp(out->list[i - 1].name, out->list[i].name) == 0) {
			return tro_err_set(
				err, TRO_INVALID, "it names %s twice", out->list[i].name);
		}
	}
	return TRO_OK;
}

tro_sum *tro_sums_find(const tro_sums *sums, const char *name)
{
	const tro_sum key = {.name = name};

	return sums->count == 0 ? NULL
				: bsearch(&key, sums->list, sums->count, sizeof(key), by_name);
}

void tro_sums_done(tro_sums *sums)
{
	free(sums->list);
	free(sums->text);
	*sums = (tro_sums){0};
}
