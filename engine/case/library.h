/*
 * The library: adopted bytes by their hash, each read from the store and parsed once. What a record
 * pins by hash is taken from here and never from a file on disk. Everything returned is borrowed
 * and lives as long as the library.
 */
#ifndef TRO_CASE_LIBRARY_H
#define TRO_CASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/calendar.h>
#include <tro/err.h>

#include "chart/chart.h"
#include "store/store.h"
#include "xml/xml.h"

typedef struct tro_library tro_library;

/* The store must outlive the library. NULL when out of memory. */
tro_library *tro_library_new(tro_store *store);
void tro_library_free(tro_library *library);

/* Each: TRO_NOT_FOUND when the store holds no such bytes, TRO_INVALID when they are not what is
 * asked for. */
tro_status tro_library_bytes(const char **out, size_t *out_len, tro_library *library,
	const uint8_t sha256[32], tro_err *err) TRO_MUST_USE;
tro_status tro_library_chart(const tro_chart **out, tro_library *library, const uint8_t sha256[32],
	tro_err *err) TRO_MUST_USE;
tro_status tro_library_xml(tro_xml_doc **out, tro_library *library, const uint8_t sha256[32],
	tro_err *err) TRO_MUST_USE;
tro_status tro_library_grammar(const tro_rng **out, tro_library *library, const uint8_t sha256[32],
	tro_err *err) TRO_MUST_USE;
tro_status tro_library_calendar(const tro_calendar **out, tro_library *library,
	const uint8_t sha256[32], tro_err *err) TRO_MUST_USE;

/* Calls back for everything that was asked for so far: what the steps run with this library rest
 * on. In no particular order. */
tro_status tro_library_each(const tro_library *library,
	tro_status (*each)(
		void *user, const uint8_t sha256[32], const char *bytes, size_t len, tro_err *err),
	void *user, tro_err *err) TRO_MUST_USE;
/* Was something asked for that the store does not hold? */
bool tro_library_lacks(const tro_library *library);

#endif
