#include "filing/lookup.h"

#include <string.h>

static tro_xml_node *child_with(tro_xml_node *parent, const char *attribute, const char *value)
{
	for (tro_xml_node *node = tro_xml_first(parent); node != NULL; node = tro_xml_next(node)) {
		const char *found = tro_xml_get(node, NULL, attribute);

		if (found != NULL && strcmp(found, value) == 0) {
			return node;
		}
	}
	return NULL;
}

static void put_field(tro_buf *out, tro_xml_node *entry, const char *field)
{
	const char *value = tro_xml_get(entry, NULL, field);
	tro_xml_node *child = tro_xml_first_named(entry, NULL, field);

	if (value != NULL) {
		tro_buf_puts(out, value);
	} else if (child != NULL) {
		tro_xml_text(out, child);
	}
}

bool tro_register_get(tro_buf *out, tro_xml_doc *doc, const char *id, const char *field)
{
	tro_xml_node *entry = child_with(tro_xml_root(doc), "id", id);

	if (entry != NULL) {
		put_field(out, entry, field);
	}
	return entry != NULL;
}

bool tro_code_get(
	tro_buf *out, tro_xml_doc *doc, const char *list, const char *code, const char *field)
{
	tro_xml_node *codes = child_with(tro_xml_root(doc), "name", list);
	tro_xml_node *entry = codes == NULL ? NULL : child_with(codes, "id", code);

	if (entry != NULL) {
		put_field(out, entry, field);
	}
	return codes != NULL;
}

void tro_rank_title(tro_buf *out, const char *text, size_t len, const char *rank)
{
	size_t rank_len = strlen(rank);

	while (rank_len > 0 && len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t line_len = end == NULL ? len : (size_t)(end - text);

		if (text[0] != '#' && line_len > rank_len && memcmp(text, rank, rank_len) == 0 &&
			text[rank_len] == ' ') {
			tro_buf_put(out, text + rank_len + 1, line_len - rank_len - 1);
			return;
		}
		line_len += end != NULL;
		text += line_len;
		len -= line_len;
	}
}
