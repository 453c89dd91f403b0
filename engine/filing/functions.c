#include "filing/functions.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "filing/functions_text.h"
#include "filing/lookup.h"

static tro_status register_field(tro_xpath_call *call, void *user, tro_err *err)
{
	const tro_function_host *host = user;
	const char *args[3];
	tro_xml_doc *doc = NULL;
	tro_buf text = TRO_BUF_INIT;
	tro_status status = tro_call_arguments(args, call, 3, "register", err);

	if (status == TRO_OK) {
		status = tro_assets_xml(&doc, host->assets, "register", args[0], err);
	}
	if (status == TRO_OK) {
		(void)tro_register_get(&text, doc, args[1], args[2]);
	}
	return tro_call_give(call, &text, status, err);
}

static tro_status code_field(tro_xpath_call *call, void *user, tro_err *err)
{
	const tro_function_host *host = user;
	const char *args[3];
	tro_buf text = TRO_BUF_INIT;
	bool found = false;
	tro_status status = tro_call_arguments(args, call, 3, "code", err);
	char *names = status == TRO_OK ? strdup(host->codes) : NULL;
	char *save = NULL;

	if (status == TRO_OK && names == NULL) {
		status = tro_err_nomem(err);
	}
	for (char *name = names == NULL ? NULL : strtok_r(names, " ", &save);
		name != NULL && !found && status == TRO_OK; name = strtok_r(NULL, " ", &save)) {
		tro_xml_doc *doc = NULL;

		status = tro_assets_xml(&doc, host->assets, "codes", name, err);
		found = status == TRO_OK && tro_code_get(&text, doc, args[0], args[1], args[2]);
	}
	if (status == TRO_OK && !found) {
		status = tro_err_set(
			err, TRO_INVALID, "tro:code: no list '%s' in '%s'", args[0], host->codes);
	}
	free(names);
	return tro_call_give(call, &text, status, err);
}

static tro_status rank_title(tro_xpath_call *call, void *user, tro_err *err)
{
	const tro_function_host *host = user;
	const char *args[1];
	const char *ranks;
	size_t len;
	tro_buf text = TRO_BUF_INIT;
	tro_status status = tro_call_arguments(args, call, 1, "rank", err);

	if (status == TRO_OK) {
		status = tro_assets_bytes(&ranks, &len, host->assets, "ranks", "ranks", err);
	}
	if (status == TRO_OK) {
		tro_rank_title(&text, ranks, len, args[0]);
	}
	return tro_call_give(call, &text, status, err);
}

static tro_status exhibit_base64(tro_xpath_call *call, void *user, tro_err *err)
{
	const tro_function_host *host = user;
	const char *args[1];
	tro_buf bytes = TRO_BUF_INIT;
	tro_buf text = TRO_BUF_INIT;
	tro_status status = tro_call_arguments(args, call, 1, "exhibit-base64", err);

	if (status == TRO_OK) {
		status = host->source->exhibit(&bytes, host->source->user, args[0], err);
	}
	if (status == TRO_OK && bytes.len <= TRO_EXHIBIT_INLINE_MAX) {
		uint8_t *raw = malloc(bytes.len + 1);

		if (raw == NULL) {
			status = tro_err_nomem(err);
		} else {
			memcpy(raw, bytes.ptr, bytes.len);
			tro_base64_encode(&text, raw, bytes.len);
		}
		free(raw);
	}
	tro_buf_done(&bytes);
	return tro_call_give(call, &text, status, err);
}

static tro_status uuid(tro_xpath_call *call, void *user, tro_err *err)
{
	const tro_function_host *host = user;
	const char *args[1];
	uint8_t hash[TRO_SHA256_LEN];
	char hex[TRO_HEX_SIZE(16)];
	tro_buf text = TRO_BUF_INIT;
	tro_buf seed = TRO_BUF_INIT;
	tro_status status = tro_call_arguments(args, call, 1, "uuid", err);

	if (status == TRO_OK) {
		/* The NUL between keeps two pairs from reading as one. */
		tro_buf_puts(&seed, host->facts->case_id);
		tro_buf_putc(&seed, '\0');
		tro_buf_puts(&seed, args[0]);
		status = tro_buf_status(&seed, err);
	}
	if (status == TRO_OK) {
		tro_sha256(hash, seed.ptr, seed.len);
		hash[6] = (uint8_t)((hash[6] & 0x0f) | 0x80); /* version 8 */
		hash[8] = (uint8_t)((hash[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
		tro_hex_encode(hex, hash, 16);
		tro_buf_printf(&text, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
			hex + 20);
	}
	tro_buf_done(&seed);
	return tro_call_give(call, &text, status, err);
}

void tro_template_functions(
	tro_xslt_function out[TRO_TEMPLATE_FUNCTIONS + 1], tro_function_host *host)
{
	static const tro_text_function own[] = {
		{"register", register_field},
		{"code", code_field},
		{"rank", rank_title},
		{"uuid", uuid},
		{"exhibit-base64", exhibit_base64},
	};
	const size_t own_count = sizeof(own) / sizeof(*own);

	for (size_t i = 0; i < TRO_TEMPLATE_FUNCTIONS; i++) {
		const tro_text_function *f =
			i < own_count ? &own[i] : &tro_text_functions[i - own_count];

		out[i] = (tro_xslt_function){.ns = TRO_WORKFLOW_FUNCTIONS_NS,
			.name = f->name,
			.function = f->function,
			.user = host};
	}
	out[TRO_TEMPLATE_FUNCTIONS] = (tro_xslt_function){0};
}
