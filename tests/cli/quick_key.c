/*
 * Makes a key file like `tro key new`, except that its passphrase costs as little to try as a key
 * file may say: most tests unlock keys many times and are about something else. Prints the verifier
 * key. usage: quick_key FILE NAME PASSPHRASE_FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/keyfile.h"
#include "crypto/seal.h"

enum { PASSPHRASE_MAX = 200 };

static tro_status make(
	tro_buf *vkey, const char *path, const char *name, const char *passphrase, tro_err *err)
{
	const tro_kdf_cost least = {.memory_kib = 8 * 1024, .passes = 1, .lanes = 1};
	uint8_t public_key[TRO_ED25519_PUBLIC_LEN];
	char *read_name = NULL;
	tro_status status = tro_key_create_at_cost(path, name, passphrase, &least, err);

	if (status == TRO_OK) {
		status = tro_key_read_public(&read_name, public_key, path, err);
	}
	if (status == TRO_OK) {
		status = tro_key_vkey(vkey, read_name, public_key, err);
	}
	free(read_name);
	return status;
}

int main(int argc, char **argv)
{
	char passphrase[PASSPHRASE_MAX];
	tro_err err;
	FILE *file = argc == 4 ? fopen(argv[3], "r") : NULL;

	if (file == NULL || fgets(passphrase, sizeof(passphrase), file) == NULL) {
		(void)fputs("usage: quick_key FILE NAME PASSPHRASE_FILE\n", stderr);
		return EXIT_FAILURE;
	}
	(void)fclose(file);
	passphrase[strcspn(passphrase, "\n")] = '\0';

	tro_buf vkey = TRO_BUF_INIT;
	tro_status status = make(&vkey, argv[1], argv[2], passphrase, &err);

	if (status == TRO_OK) {
		(void)puts(vkey.ptr);
	} else {
		(void)fprintf(stderr, "quick_key: %s\n", err.message);
	}
	tro_buf_done(&vkey);
	return status == TRO_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
