/*
 * What the checks of an adoption share: the offers, what is adopted already, and the faults found.
 */
#ifndef TRO_CASE_ADOPT_INTERNAL_H
#define TRO_CASE_ADOPT_INTERNAL_H

#include <stdbool.h>
#include <tro/calendar.h>
#include <tro/finding.h>

#include "base/arena.h"
#include "case/adopt_check.h"
#include "xml/xml.h"

/* An identity and the line where it stands. */
typedef struct adopt_name {
	const char *name;
	const char *path; /* of its file */
	int line;
} adopt_name;

typedef struct adopt_names {
	adopt_name *items;
	size_t count, cap;
} adopt_names;

typedef struct adopt_check {
	const tro_offers *offers;
	const tro_rules *rules; /* or NULL */
	tro_findings *faults;
	tro_arena *arena;
	adopt_names lists;	/* code lists, of all documents that hold some */
	tro_calendar *calendar; /* or NULL when there is none that is sound */
	tro_err *err;
} adopt_check;

/* A fault of a file, at a line unless that is 0. */
tro_status tro_adopt_fault(adopt_check *c, const char *path, int line, const char *fmt,
	...) TRO_MUST_USE TRO_PRINTF(4, 5);
/* Turns a reader's TRO_INVALID into a fault, whose message names the file; other failures stay. */
tro_status tro_adopt_conclude(adopt_check *c, tro_status status, const tro_err *why) TRO_MUST_USE;

/* Is something of this kind and name offered, or adopted already? */
bool tro_adopt_known(const adopt_check *c, const char *kind, const char *name);

tro_status tro_adopt_names_add(adopt_check *c, adopt_names *names, const char *name,
	const char *path, int line) TRO_MUST_USE;
bool tro_adopt_names_have(const adopt_names *names, const char *name);
/* A fault for each that stands twice; sorts them. */
tro_status tro_adopt_names_once(adopt_check *c, adopt_names *names, const char *what) TRO_MUST_USE;
void tro_adopt_names_done(adopt_names *names);

/* ---- adopt_names.c: what names what ---- */

/* The code lists of a document, added to c->lists; faults of their own only for an offer. */
tro_status tro_adopt_read_lists(adopt_check *c, tro_xml_doc *doc, const char *path) TRO_MUST_USE;
tro_status tro_adopt_check_register(
	adopt_check *c, tro_xml_doc *doc, const char *path) TRO_MUST_USE;
/* The expressions of a stylesheet that is none: libxslt does not say where they stand. */
tro_status tro_adopt_check_selects(adopt_check *c, tro_xml_doc *doc, const char *path) TRO_MUST_USE;
/* Every name in a definition, description, view or stylesheet. */
tro_status tro_adopt_check_references(
	adopt_check *c, tro_xml_doc *doc, const char *path) TRO_MUST_USE;

#endif
