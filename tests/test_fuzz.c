/*
 * The fuzz target as a plain test: every definition of the tree as it is, and a fixed number of
 * seeded mutations of it. The seed is printed; CHART_SEED repeats a run.
 *
 *   test_fuzz FILE...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tro/buf.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MUTATIONS = 300, LONG_FILE = 16384 }; /* long files get a fifth */

static uint64_t seed = 20261126;

static size_t below(size_t n)
{
	/* splitmix64 */
	uint64_t z = seed += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (size_t)((z ^ (z >> 31)) % n);
}

static int read_file(tro_buf *out, const char *path)
{
	FILE *file = fopen(path, "rb");
	char bytes[4096];
	size_t len;

	if (file == NULL) {
		return -1;
	}
	while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		tro_buf_put(out, bytes, len);
	}
	(void)fclose(file);
	return tro_buf_status(out, NULL) == TRO_OK && out->len > 0 ? 0 : -1;
}

/* Words of definitions in each other's place keep more of them alive than flipped bits do. */
static const char *const words[] = {"state", "parallel", "history", "transition", "target=\"s0\"",
	"target=\"s1\"", "cond=\"1\"", "event=\"*\"", "event=\"e\"", "type=\"deep\"",
	"<raise event=\"e\"/>", "<send event=\"e\" delay=\"1s\"/>", "<onentry>", "</onentry>",
	"<state>", "</state>", "<final id=\"f\"/>", "$x", "../..", "//*", "initial=\"s1\"",
	"<invoke/>", "<assign location=\"$Var1\" expr=\"//*\"/>", "&#65;", "\"", "<", ">"};

static void mutate(tro_buf *out, const tro_buf *from)
{
	size_t at = below(from->len);
	size_t cut = below(2) == 0 ? 0 : below(from->len - at < 60 ? from->len - at + 1 : 60);
	size_t piece = below(from->len);
	size_t len = below(from->len - piece < 300 ? from->len - piece + 1 : 300);

	tro_buf_put(out, from->ptr, at);
	switch (below(4)) {
	case 0:
		tro_buf_puts(out, words[below(sizeof(words) / sizeof(words[0]))]);
		break;
	case 1:
		tro_buf_put(out, from->ptr + piece, len);
		break;
	case 2:
		tro_buf_putc(out, (char)below(256));
		break;
	default:
		break;
	}
	tro_buf_put(out, from->ptr + at + cut, from->len - at - cut);
}

static void run_file(const tro_buf *text)
{
	size_t rounds = text->len > LONG_FILE ? MUTATIONS / 5 : MUTATIONS;

	(void)LLVMFuzzerTestOneInput((const uint8_t *)text->ptr, text->len);
	for (size_t i = 0; i < rounds; i++) {
		tro_buf now = TRO_BUF_INIT;
		tro_buf next = TRO_BUF_INIT;

		tro_buf_put(&now, text->ptr, text->len);
		for (size_t k = 1 + below(3); k > 0 && now.len > 0; k--) {
			tro_buf_clear(&next);
			mutate(&next, &now);
			tro_buf swap = now;

			now = next;
			next = swap;
		}
		(void)LLVMFuzzerTestOneInput((const uint8_t *)now.ptr, now.len);
		tro_buf_done(&now);
		tro_buf_done(&next);
	}
}

int main(int argc, char **argv)
{
	const char *given = getenv("CHART_SEED");

	seed = given == NULL ? seed : strtoull(given, NULL, 10);
	printf("seed %llu\n", (unsigned long long)seed);
	for (int i = 1; i < argc; i++) {
		tro_buf text = TRO_BUF_INIT;

		if (read_file(&text, argv[i]) != 0) {
			(void)fprintf(stderr, "test_fuzz: cannot read %s\n", argv[i]);
			return 1;
		}
		run_file(&text);
		tro_buf_done(&text);
	}
	return argc > 1 ? 0 : 2;
}
