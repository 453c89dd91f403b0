/*
 * The fuzz target as a plain test: every definition of the tree as it is, and a fixed number of
 * seeded mutations of it, each with a seed of its own. A mutation that breaks something is named
 * by that seed and kept in a file; one that ends the process is named on stderr.
 *
 *   test_fuzz FILE...                                    all
 *   CHART_SEED=N test_fuzz FILE...                       all, from another seed
 *   CHART_MUTATION=N CK_FORK=no test_fuzz FILE           that one alone
 */
#include <check.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tro/buf.h>

#include "fuzz_chart.h"
#include "suite.h"

enum { MUTATIONS = 300, LONG_FILE = 16384, BLOCK = 60 }; /* long files get a fifth */

static char **files;
static int file_count;
static uint64_t first_seed = 20261126;

static uint64_t next(uint64_t *random)
{
	/* splitmix64 */
	uint64_t z = *random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t below(uint64_t *random, size_t n)
{
	return (size_t)(next(random) % n);
}

static void read_file(tro_buf *out, const char *path)
{
	FILE *file = fopen(path, "rb");
	char bytes[4096];
	size_t len;

	ck_assert_msg(file != NULL, "cannot read %s", path);
	while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		tro_buf_put(out, bytes, len);
	}
	(void)fclose(file);
	ck_assert_msg(tro_buf_status(out, NULL) == TRO_OK && out->len > 0, "%s is empty", path);
}

/* Words of definitions in each other's place keep more of them alive than flipped bits do. */
static const char *const words[] = {"state", "parallel", "history", "transition", "target=\"s0\"",
	"target=\"s1\"", "cond=\"1\"", "event=\"*\"", "event=\"e\"", "type=\"deep\"",
	"<raise event=\"e\"/>", "<send event=\"e\" delay=\"1s\"/>", "<onentry>", "</onentry>",
	"<state>", "</state>", "<final id=\"f\"/>", "$x", "../..", "//*", "initial=\"s1\"",
	"<invoke/>", "<assign location=\"$Var1\" expr=\"//*\"/>", "&#65;", "\"", "<", ">"};

static void mutate(tro_buf *out, const tro_buf *from, uint64_t *random)
{
	size_t at = below(random, from->len);
	size_t cut = below(random, 2) == 0
			     ? 0
			     : below(random, from->len - at < 60 ? from->len - at + 1 : 60);
	size_t piece = below(random, from->len);
	size_t len = below(random, from->len - piece < 300 ? from->len - piece + 1 : 300);

	tro_buf_put(out, from->ptr, at);
	switch (below(random, 4)) {
	case 0:
		tro_buf_puts(out, words[below(random, sizeof(words) / sizeof(words[0]))]);
		break;
	case 1:
		tro_buf_put(out, from->ptr + piece, len);
		break;
	case 2:
		tro_buf_putc(out, (char)below(random, 256));
		break;
	default:
		break;
	}
	tro_buf_put(out, from->ptr + at + cut, from->len - at - cut);
}

static void make_mutation(tro_buf *out, const tro_buf *text, uint64_t seed)
{
	uint64_t random = seed;
	tro_buf next_text = TRO_BUF_INIT;

	tro_buf_clear(out);
	tro_buf_put(out, text->ptr, text->len);
	for (size_t k = 1 + below(&random, 3); k > 0 && out->len > 0; k--) {
		tro_buf_clear(&next_text);
		mutate(&next_text, out, &random);
		tro_buf swap = *out;

		*out = next_text;
		next_text = swap;
	}
	tro_buf_done(&next_text);
}

/* ---- telling which mutation it was ---- */

static char now[512]; /* what is being run, for the handler */

static void tell(int signal_number)
{
	ssize_t ignored = write(STDERR_FILENO, now, strlen(now));

	(void)ignored;
	(void)signal(signal_number, SIG_DFL);
	(void)raise(signal_number);
}

static void listen(void)
{
	static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		(void)signal(signals[i], tell);
	}
}

static void keep(const tro_buf *text, uint64_t seed)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "fuzz-%llu.scxml", (unsigned long long)seed);
	FILE *file = fopen(name, "wb");

	if (file != NULL) {
		(void)fwrite(text->ptr, 1, text->len, file);
		(void)fclose(file);
	}
}

static void run_mutation(const char *path, const tro_buf *text, uint64_t seed)
{
	tro_buf mutation = TRO_BUF_INIT;

	make_mutation(&mutation, text, seed);
	ck_assert_int_eq(tro_buf_status(&mutation, NULL), TRO_OK);
	(void)snprintf(now, sizeof(now), "ended by CHART_MUTATION=%llu of %s\n",
		(unsigned long long)seed, path);
	const char *broken = fuzz_chart(mutation.ptr, mutation.len);

	if (broken != NULL) {
		keep(&mutation, seed);
	}
	ck_assert_msg(broken == NULL, "%s: CHART_MUTATION=%llu of %s, kept as fuzz-%llu.scxml",
		broken, (unsigned long long)seed, path, (unsigned long long)seed);
	tro_buf_done(&mutation);
}

/* ---- the tests ---- */

START_TEST(a_definition_of_the_tree_breaks_nothing)
{
	tro_buf text = TRO_BUF_INIT;

	read_file(&text, files[_i]);
	const char *broken = fuzz_chart(text.ptr, text.len);

	ck_assert_msg(broken == NULL, "%s: %s", files[_i], broken);
	tro_buf_done(&text);
}
END_TEST

enum { BLOCKS = MUTATIONS / BLOCK };

START_TEST(a_mutated_definition_breaks_nothing)
{
	tro_buf text = TRO_BUF_INIT;
	const char *path = files[_i / BLOCKS];
	uint64_t seed = first_seed + (uint64_t)_i * BLOCK;

	read_file(&text, path);
	listen();
	for (size_t i = 0; i < BLOCK && (text.len <= LONG_FILE || _i % BLOCKS < BLOCKS / 5); i++) {
		run_mutation(path, &text, seed + i);
	}
	tro_buf_done(&text);
}
END_TEST

START_TEST(the_mutation_that_is_asked_for_breaks_nothing)
{
	tro_buf text = TRO_BUF_INIT;

	read_file(&text, files[0]);
	listen();
	run_mutation(files[0], &text, strtoull(getenv("CHART_MUTATION"), NULL, 10));
	tro_buf_done(&text);
}
END_TEST

int main(int argc, char **argv)
{
	const char *given = getenv("CHART_SEED");

	if (argc < 2) {
		(void)fprintf(stderr, "usage: test_fuzz FILE...\n");
		return 2;
	}
	files = argv + 1;
	file_count = argc - 1;
	first_seed = given == NULL ? first_seed : strtoull(given, NULL, 10);
	Suite *suite = suite_create("fuzz");
	TCase *tcase = tcase_create("fuzz");

	tcase_set_timeout(tcase, 120); /* under sanitizers */
	if (getenv("CHART_MUTATION") != NULL) {
		tcase_add_test(tcase, the_mutation_that_is_asked_for_breaks_nothing);
	} else {
		(void)printf("seed %llu\n", (unsigned long long)first_seed);
		tcase_add_loop_test(tcase, a_definition_of_the_tree_breaks_nothing, 0, file_count);
		tcase_add_loop_test(
			tcase, a_mutated_definition_breaks_nothing, 0, file_count * BLOCKS);
	}
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
