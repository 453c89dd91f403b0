/*
 * The files that a command names enter the store when its step was taken and before its record
 * commits to them: what is refused leaves nothing behind, and a record never names a file that is
 * not on the disk.
 */
#include <string.h>

#include "base/text.h"
#include "case/arguments.h"

static tro_status keep(const tro_argument *arg, const uint8_t expected[32], tro_store *store,
	const char *case_id, tro_err *err)
{
	uint8_t sha256[32];
	uint64_t size;
	tro_status status =
		tro_store_exhibit_import(sha256, &size, store, case_id, arg->value, err);

	if (status == TRO_OK && memcmp(sha256, expected, sizeof(sha256)) != 0) {
		status = tro_err_set(err, TRO_CHANGED,
			"%s was changed while it was read: try again", arg->value);
	}
	return status;
}

tro_status tro_arguments_keep_exhibits(tro_xml_doc *data, const tro_command *command,
	tro_store *store, const char *case_id, tro_err *err)
{
	tro_status status = TRO_OK;

	for (size_t i = 0; i < command->arg_count && status == TRO_OK; i++) {
		const tro_argument *arg = &command->args[i];
		const tro_xml_node *node = tro_xml_first_named(tro_xml_root(data), "", arg->name);
		const char *hex = node == NULL ? NULL : tro_xml_get(node, "", "sha256");
		uint8_t sha256[32];

		if (hex != NULL && tro_hex_decode(sha256, 32, hex, strlen(hex))) {
			status = keep(arg, sha256, store, case_id, err);
		}
	}
	return status;
}
