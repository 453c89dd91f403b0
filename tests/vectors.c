/*
 * Lets foreign test vectors at what the product checks with: lines on standard input, one answer a
 * line, `valid` or `invalid`, and never a crash. What cannot be read is invalid.
 *
 *	vectors ed25519         PUBLIC MESSAGE SIGNATURE             hex, "-" for empty
 *	vectors merkle          inclusion INDEX SIZE ROOT LEAFHASH H1,H2,...
 *	                        consistency SIZE1 SIZE2 ROOT1 ROOT2 H1,...      hex, "-" for none
 *	vectors note VKEY       a note in base64
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "ledger/note.h"
#include "ledger/tree.h"

enum { WORDS_MAX = 6, HASH_HEX_LEN = 64 };

/* ---- words of a line ---- */

/* Cuts the line at single blanks; 0 for more than WORDS_MAX words. */
static size_t split(char *words[WORDS_MAX], char *line)
{
	size_t count = 0;

	for (char *at = line;; at++) {
		char *blank = strchr(at, ' ');

		if (count == WORDS_MAX) {
			return 0;
		}
		words[count++] = at;
		if (blank == NULL) {
			return count;
		}
		*blank = '\0';
		at = blank;
	}
}

static void lower(char *hex)
{
	for (; *hex != '\0'; hex++) {
		if (*hex >= 'A' && *hex <= 'F') {
			*hex = (char)(*hex - 'A' + 'a');
		}
	}
}

/* Exactly len bytes. */
static bool read_bytes(uint8_t *out, size_t len, char *hex)
{
	lower(hex);
	return tro_hex_decode(out, len, hex, strlen(hex));
}

/* Any number of bytes, which the caller frees; NULL when it is no hex. */
static uint8_t *read_any(char *hex, size_t *out_len)
{
	size_t len = strcmp(hex, "-") == 0 ? 0 : strlen(hex) / 2;
	uint8_t *out = malloc(len + 1);

	if (out != NULL && strcmp(hex, "-") != 0 && !read_bytes(out, len, hex)) {
		free(out);
		out = NULL;
	}
	*out_len = len;
	return out;
}

/* The hashes of a proof, which the caller frees; NULL when one of them is not of 32 bytes. */
static uint8_t (*read_hashes(char *list, size_t *out_count))[32]
{
	bool none = strcmp(list, "-") == 0;
	size_t count = none ? 0 : 1;

	for (const char *at = list; !none && *at != '\0'; at++) {
		count += *at == ',';
	}
	uint8_t(*out)[32] = calloc(count + 1, sizeof(*out));
	char *at = list;

	for (size_t i = 0; out != NULL && i < count; i++) {
		char *comma = strchr(at, ',');

		if (comma != NULL) {
			*comma = '\0';
		}
		if (!read_bytes(out[i], sizeof(out[i]), at)) {
			free(out);
			return NULL;
		}
		at += strlen(at) + 1;
	}
	*out_count = count;
	return out;
}

static bool read_number(uint64_t *out, const char *word)
{
	return tro_decimal_parse(out, word, strlen(word));
}

/* ---- what is asked ---- */

static bool ed25519(char *line)
{
	char *words[WORDS_MAX];
	uint8_t public_key[TRO_ED25519_PUBLIC_LEN];
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN];
	size_t len;

	if (split(words, line) != 3 || !read_bytes(public_key, sizeof(public_key), words[0]) ||
		!read_bytes(signature, sizeof(signature), words[2])) {
		return false;
	}
	uint8_t *message = read_any(words[1], &len);
	bool valid = message != NULL &&
		     tro_ed25519_verify(public_key, message, len, signature, NULL) == TRO_OK;

	free(message);
	return valid;
}

static bool merkle(char *line)
{
	char *words[WORDS_MAX];
	uint64_t numbers[2];
	uint8_t hashes[2][32];
	size_t count;

	if (split(words, line) != 6 || !read_number(&numbers[0], words[1]) ||
		!read_number(&numbers[1], words[2]) ||
		!read_bytes(hashes[0], sizeof(hashes[0]), words[3]) ||
		!read_bytes(hashes[1], sizeof(hashes[1]), words[4])) {
		return false;
	}
	uint8_t(*proof)[32] = read_hashes(words[5], &count);
	const uint8_t(*list)[32] = (const uint8_t(*)[32])proof;
	bool valid = false;

	if (proof != NULL && strcmp(words[0], "inclusion") == 0) {
		valid = tro_tree_check_inclusion(numbers[0], numbers[1], hashes[1], hashes[0], list,
				count, NULL) == TRO_OK;
	} else if (proof != NULL && strcmp(words[0], "consistency") == 0) {
		valid = tro_tree_check_consistency(numbers[0], numbers[1], hashes[0], hashes[1],
				list, count, NULL) == TRO_OK;
	}
	free(proof);
	return valid;
}

static bool note(const tro_vkey *vkey, const char *line)
{
	size_t cap = strlen(line);
	size_t len = 0;
	uint8_t *bytes = malloc(cap + 1);
	tro_note *parsed = malloc(sizeof(*parsed));
	bool valid = bytes != NULL && parsed != NULL && vkey != NULL &&
		     tro_base64_decode(bytes, cap, &len, line, cap) &&
		     tro_note_parse(parsed, (const char *)bytes, len, NULL) == TRO_OK &&
		     tro_note_verify(parsed, vkey, NULL) == TRO_OK;

	free(bytes);
	free(parsed);
	return valid;
}

static bool judge(const char *what, const tro_vkey *vkey, char *line)
{
	return strcmp(what, "ed25519") == 0  ? ed25519(line)
	       : strcmp(what, "merkle") == 0 ? merkle(line)
					     : note(vkey, line);
}

static int answer_all(const char *what, const tro_vkey *vkey)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;

	while ((len = getline(&line, &cap, stdin)) >= 0) {
		if (len > 0 && line[len - 1] == '\n') {
			line[--len] = '\0';
		}
		bool valid = strlen(line) == (size_t)len && judge(what, vkey, line);

		(void)puts(valid ? "valid" : "invalid");
	}
	free(line);
	return ferror(stdin) || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	tro_err err;
	tro_vkey vkey;
	bool of_note = argc == 3 && strcmp(argv[1], "note") == 0;

	if (!of_note && (argc != 2 || (strcmp(argv[1], "ed25519") != 0 &&
					      strcmp(argv[1], "merkle") != 0))) {
		(void)fputs("usage: vectors ed25519 | merkle | note VKEY\n", stderr);
		return 2;
	}
	if (tro_crypto_init(&err) != TRO_OK) {
		(void)fprintf(stderr, "vectors: %s\n", err.message);
		return EXIT_FAILURE;
	}
	/* Whoever waits for an answer to each line gets it. */
	(void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	/* A key that is none verifies nothing. */
	bool has_key = of_note && tro_vkey_parse(&vkey, argv[2], strlen(argv[2]), &err) == TRO_OK;

	if (of_note && !has_key) {
		(void)fprintf(stderr, "vectors: %s\n", err.message);
	}
	return answer_all(argv[1], has_key ? &vkey : NULL);
}
