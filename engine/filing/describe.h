/*
 * A filing as its description says it is (templates/filings/NAME.xml):
 *
 *   <filing xmlns="urn:tro:filing:1" name title version view prepare? codes? regime readme
 *           marking? recipient-kind>
 *     <rule id test basis? remedy?>sentence with {expressions}</rule>
 *     <document template path role title media from? foreach? grammar? style?>
 *       <param name select/>
 *     </document>
 *     <exhibit select path role title media/>
 *     <derived select path role title rows?/>
 *     <approved select/>
 *     <agree documents select/>
 *   </filing>
 *
 * template names one or more stylesheets, each applied to the result of the one before. What they
 * start from is the view, prepared by the stylesheets of `prepare`, or the member named by `from`.
 * path, title, media and from may hold {expressions}, evaluated at the node of foreach (select).
 * exhibit: the original, byte for byte. derived: a copy in its place (derive.h), whose path gets
 * the suffix of what it is; rows is an expression for those that are cited of a table. approved:
 * the members of the case's container whose SHA-256 select gives, byte for byte.
 * agree: the members hold the same identifiers, no more and no fewer than the nodes selected.
 */
#ifndef TRO_FILING_DESCRIBE_H
#define TRO_FILING_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>
#include <tro/err.h>

#include "base/arena.h"
#include "xml/xml.h"

typedef struct tro_rule {
	const char *id, *test, *basis, *remedy, *sentence;
} tro_rule;

typedef struct tro_part_param {
	const char *name, *select;
} tro_part_param;

typedef enum tro_part_kind {
	TRO_PART_DOCUMENT,
	TRO_PART_EXHIBIT,
	TRO_PART_DERIVED,
	TRO_PART_APPROVED,
} tro_part_kind;

typedef struct tro_part {
	tro_part_kind kind;
	int line;
	const char *templates;			 /* documents; blank-separated */
	const char *from;			 /* documents; NULL for the prepared view */
	const char *foreach;			 /* NULL for once; of all others their select */
	const char *path, *role, *title, *media; /* with {expressions}, but for the role */
	const char *grammar, *style;		 /* or NULL */
	const char *rows;			 /* derived copies; or NULL */
	tro_part_param *params;
	size_t param_count;
} tro_part;

typedef struct tro_agreement {
	const char *documents; /* paths of members, blank-separated */
	const char *select;    /* nodes with the attributes type and value */
} tro_agreement;

typedef struct tro_description {
	tro_arena *arena;
	const char *name, *title, *version, *view, *prepare, *codes, *regime, *readme, *marking;
	const char *recipient_kind;
	tro_rule *rules;
	size_t rule_count;
	tro_part *parts;
	size_t part_count;
	tro_agreement *agreements;
	size_t agreement_count;
} tro_description;

/* Reads a description; strings are borrowed from doc, which must stay. TRO_INVALID names line and
 * fault. tro_description_done in any case. */
tro_status tro_description_read(
	tro_description *out, tro_xml_doc *doc, const char *name, tro_err *err) TRO_MUST_USE;
void tro_description_done(tro_description *description);

#endif
