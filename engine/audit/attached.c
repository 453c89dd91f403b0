#include "audit/attached.h"

#include <string.h>

#include "base/text.h"
#include "xml/xml.h"

static tro_status walk(tro_xml_node *node, tro_attached_each each, void *user, tro_err *err)
{
	tro_status status = TRO_OK;

	for (tro_xml_node *child = tro_xml_first(node); child != NULL && status == TRO_OK;
		child = tro_xml_next(child)) {
		const char *hex = tro_xml_get(child, "", "sha256");
		const char *name = tro_xml_get(child, "", "name");
		uint8_t sha256[32];

		if (hex != NULL && tro_xml_get(child, "", "media") != NULL &&
			tro_hex_decode(sha256, 32, hex, strlen(hex))) {
			status = each(user, name == NULL ? "" : name, sha256, err);
		}
		if (status == TRO_OK) {
			status = walk(child, each, user, err);
		}
	}
	return status;
}

/* Names are spelled in one way alone: a payload without this word has no such attribute, and most
 * need not be parsed for it. */
static bool may_name_exhibits(const char *payload, size_t len)
{
	static const char word[] = "sha256";
	const char *end = payload + len;
	const char *at = payload;

	while ((at = memchr(at, word[0], (size_t)(end - at))) != NULL) {
		if ((size_t)(end - at) >= strlen(word) && memcmp(at, word, strlen(word)) == 0) {
			return true;
		}
		at++;
	}
	return false;
}

tro_status tro_attached_exhibits(
	const char *payload, size_t len, tro_attached_each each, void *user, tro_err *err)
{
	tro_xml_doc *doc = NULL;

	if (!may_name_exhibits(payload, len)) {
		return TRO_OK;
	}
	tro_status status =
		tro_xml_parse(&doc, payload, len, "payload", &tro_xml_limits_default, err);

	if (status == TRO_OK) {
		status = walk(tro_xml_root(doc), each, user, err);
	}
	tro_xml_free(doc);
	return status;
}

tro_status tro_attached_filings(
	const tro_session *session, tro_attached_each each, void *user, tro_err *err)
{
	tro_xml_node *list = tro_xml_first_named(tro_xml_root(session->system), "", "filings");
	tro_status status = TRO_OK;

	for (tro_xml_node *node = tro_xml_first(list); node != NULL && status == TRO_OK;
		node = tro_xml_next(node)) {
		const char *hex = tro_xml_get(node, "", "sha256");
		const char *id = tro_xml_get(node, "", "id");
		uint8_t sha256[32];

		if (hex != NULL && tro_hex_decode(sha256, 32, hex, strlen(hex))) {
			status = each(user, id == NULL ? "" : id, sha256, err);
		}
	}
	return status;
}
