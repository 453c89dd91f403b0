/*
 * The functions that stylesheets, rules and paths of a filing may call, in the namespace
 * urn:tro:workflow:1. Pure: what they know comes from their arguments, the adopted data, the
 * exhibits and the facts of the filing.
 *
 *   register(name, id, field)   from an adopted register; '' if unknown
 *   code(list, code, field)     from the adopted code lists; '' if unknown
 *   rank(code)                  its title; '' if unknown
 *   uuid(text)                  RFC 9562 version 8, the same for the same case and text: never of
 *                               a number or a name, which could be found by trying all
 *   exhibit-base64(sha256)      bytes of an exhibit; '' when it has more than 5 MiB
 *   local(instant)              13 November 2026 at 15:00, UK time
 *   local-date(instant)         2026-11-13
 *   offset-time(instant)        2026-11-13T15:00:00+00:00
 *   long-date(date)             13 November 2026; '' of ''
 *   weekday(date)               Friday; '' of ''
 *   number-national(msisdn)     07700 900101
 *   paragraph-count(text)       of a person's own words, where blank lines part paragraphs
 *   paragraph(text, n)          the n-th of them, its lines as they are
 *   csv(text)                   a quoted field that no spreadsheet takes for a formula
 *   suffix(media type)          csv, pdf, ...; bin when unknown
 */
#ifndef TRO_FILING_FUNCTIONS_H
#define TRO_FILING_FUNCTIONS_H

#include "filing/assets.h"
#include "filing/filing.h"

#define TRO_WORKFLOW_FUNCTIONS_NS "urn:tro:workflow:1"
#define TRO_EXHIBIT_INLINE_MAX ((size_t)5 * 1024 * 1024)

typedef struct tro_function_host {
	tro_assets *assets;
	const tro_filing_source *source;
	const tro_filing_facts *facts;
	const char *codes; /* names of the adopted documents with code lists, blank-separated */
} tro_function_host;

enum { TRO_TEMPLATE_FUNCTIONS = 15 };

/* out ends with a NULL name; host must outlive it. */
void tro_template_functions(
	tro_xslt_function out[TRO_TEMPLATE_FUNCTIONS + 1], tro_function_host *host);

/* Appends text as a quoted field (RFC 4180); a text that a spreadsheet would take for a formula
 * gets an apostrophe before it, which is how spreadsheets themselves mark text. */
void tro_csv_put(tro_buf *out, const char *text);
/* Would a spreadsheet take a field with this first character for a formula? */
bool tro_csv_armed(char first);

#endif
