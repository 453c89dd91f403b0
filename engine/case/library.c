#include "case/library.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

typedef struct entry {
	struct entry *next;
	uint8_t sha256[32];
	char name[TRO_HEX_SIZE(32)]; /* names the bytes in messages */
	tro_buf bytes;
	/* Parsed on demand; each at most once. */
	tro_chart *chart;
	tro_xml_doc *xml;
	tro_rng *grammar;
	tro_calendar *calendar;
} entry;

struct tro_library {
	tro_store *store;
	entry *entries;
	bool lacks;
};

tro_library *tro_library_new(tro_store *store)
{
	tro_library *library = calloc(1, sizeof(*library));

	if (library != NULL) {
		library->store = store;
	}
	return library;
}

static void entry_free(entry *e)
{
	tro_chart_free(e->chart);
	tro_xml_free(e->xml);
	tro_rng_free(e->grammar);
	tro_calendar_free(e->calendar);
	tro_buf_done(&e->bytes);
	free(e);
}

void tro_library_free(tro_library *library)
{
	if (library == NULL) {
		return;
	}
	for (entry *e = library->entries, *next; e != NULL; e = next) {
		next = e->next;
		entry_free(e);
	}
	free(library);
}

static tro_status find(entry **out, tro_library *library, const uint8_t sha256[32], tro_err *err)
{
	for (entry *e = library->entries; e != NULL; e = e->next) {
		if (memcmp(e->sha256, sha256, 32) == 0) {
			*out = e;
			return TRO_OK;
		}
	}
	entry *e = calloc(1, sizeof(*e));

	if (e == NULL) {
		return tro_err_nomem(err);
	}
	e->bytes = (tro_buf)TRO_BUF_INIT;
	memcpy(e->sha256, sha256, 32);
	tro_hex_encode(e->name, sha256, 32);
	tro_status status = tro_store_blob_get(&e->bytes, library->store, sha256, err);

	if (status != TRO_OK) {
		library->lacks = library->lacks || status == TRO_NOT_FOUND;
		entry_free(e);
		return status;
	}
	e->next = library->entries;
	library->entries = e;
	*out = e;
	return TRO_OK;
}

tro_status tro_library_bytes(const char **out, size_t *out_len, tro_library *library,
	const uint8_t sha256[32], tro_err *err)
{
	entry *e;
	tro_status status = find(&e, library, sha256, err);

	if (status == TRO_OK) {
		*out = e->bytes.ptr;
		*out_len = e->bytes.len;
	}
	return status;
}

tro_status tro_library_chart(
	const tro_chart **out, tro_library *library, const uint8_t sha256[32], tro_err *err)
{
	entry *e;
	tro_status status = find(&e, library, sha256, err);

	if (status == TRO_OK && e->chart == NULL) {
		tro_findings *faults = tro_findings_new();

		if (faults == NULL) {
			return tro_err_nomem(err);
		}
		status = tro_chart_load(&e->chart, e->bytes.ptr, e->bytes.len, e->name,
			TRO_CHART_PRODUCTION, faults, err);
		tro_findings_free(faults);
	}
	if (status == TRO_OK) {
		*out = e->chart;
	}
	return status;
}

tro_status tro_library_xml(
	tro_xml_doc **out, tro_library *library, const uint8_t sha256[32], tro_err *err)
{
	entry *e;
	tro_status status = find(&e, library, sha256, err);

	if (status == TRO_OK && e->xml == NULL) {
		status = tro_xml_parse(
			&e->xml, e->bytes.ptr, e->bytes.len, e->name, &tro_xml_limits_default, err);
	}
	if (status == TRO_OK) {
		*out = e->xml;
	}
	return status;
}

tro_status tro_library_grammar(
	const tro_rng **out, tro_library *library, const uint8_t sha256[32], tro_err *err)
{
	entry *e;
	tro_status status = find(&e, library, sha256, err);

	if (status == TRO_OK && e->grammar == NULL) {
		status = tro_rng_parse(&e->grammar, e->bytes.ptr, e->bytes.len, e->name, err);
	}
	if (status == TRO_OK) {
		*out = e->grammar;
	}
	return status;
}

tro_status tro_library_calendar(
	const tro_calendar **out, tro_library *library, const uint8_t sha256[32], tro_err *err)
{
	entry *e;
	tro_status status = find(&e, library, sha256, err);

	if (status == TRO_OK && e->calendar == NULL) {
		status = tro_calendar_parse(&e->calendar, e->bytes.ptr, e->bytes.len, e->name, err);
	}
	if (status == TRO_OK) {
		*out = e->calendar;
	}
	return status;
}

tro_status tro_library_each(const tro_library *library,
	tro_status (*each)(
		void *user, const uint8_t sha256[32], const char *bytes, size_t len, tro_err *err),
	void *user, tro_err *err)
{
	tro_status status = TRO_OK;

	for (const entry *e = library->entries; e != NULL && status == TRO_OK; e = e->next) {
		status = each(user, e->sha256, e->bytes.ptr, e->bytes.len, err);
	}
	return status;
}

bool tro_library_lacks(const tro_library *library)
{
	return library->lacks;
}
