/*
 * Filings: members in, bytes out, and nothing else. A filing is described by data
 * (templates/filings/NAME.xml): which view of the case its recipient may see, which documents are
 * made from the view by which stylesheet, which exhibits come along. The same case gives the same
 * bytes.
 */
#ifndef TRO_FILING_FILING_H
#define TRO_FILING_FILING_H

#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/finding.h>

#include "xml/xml.h"

/* Where a filing gets what it is made from. Each appends bytes; TRO_NOT_FOUND when there is no such
 * thing. */
typedef struct tro_filing_source {
	/* kind: filing, view, template, grammar, style, register, codes, ranks; name as in the
	 * description. Adopted bytes only. */
	tro_status (*asset)(
		tro_buf *out, void *user, const char *kind, const char *name, tro_err *err);
	/* Bytes of an exhibit or of the court's sealed PDF, by its SHA-256 in hex. */
	tro_status (*exhibit)(tro_buf *out, void *user, const char *sha256_hex, tro_err *err);
	/* A container that was made before in the same case, by its SHA-256 in hex. */
	tro_status (*filing)(tro_buf *out, void *user, const char *sha256_hex, tro_err *err);
	void *user;
} tro_filing_source;

/* Facts about the filing that do not stand in the case document; strings borrowed for the call. */
typedef struct tro_filing_facts {
	const char *case_id;
	const char *matter;    /* whose step makes it */
	const char *recipient; /* provider id, court id, ... */
	const char *time;      /* the event's time, RFC 3339 */
	const char *seq;       /* of the record that makes it, decimal */
	bool training;	       /* marks every output TRAINING and every HI1 message IsTest */
} tro_filing_facts;

#define TRO_VIEW_NS "urn:tro:view:1"

/* Keeps of a case document only what a view's whitelist names, for one recipient. */
tro_status tro_view_apply(tro_xml_doc **out, const char *view, size_t view_len, const char *name,
	tro_xml_node *case_document, const tro_filing_facts *facts, tro_err *err) TRO_MUST_USE;

/* What is wrong with a view, each fault with its line: TRO_OK, whatever was found. */
tro_status tro_view_check(
	tro_xml_doc *view, const char *path, tro_findings *faults, tro_err *err) TRO_MUST_USE;
/* As that, of the description of a filing. `need` is called for everything that it names, with the
 * kind as which it is looked up. */
tro_status tro_filing_check(tro_xml_doc *description, const char *name, const char *path,
	tro_findings *faults,
	tro_status (*need)(void *user, const char *kind, const char *name, int line), void *user,
	tro_err *err) TRO_MUST_USE;

/* Builds the filing of that name from the case document (unchanged): a deterministic zip with
 * README.txt, filing.xml (manifest) and members. Rules that a member breaks are added to findings
 * and make it TRO_INVALID. */
tro_status tro_filing_build(tro_buf *out_zip, const char *name, tro_xml_node *case_document,
	const tro_filing_facts *facts, const tro_filing_source *source, tro_findings *findings,
	tro_err *err) TRO_MUST_USE;

/* Members of a container, for listing and extracting; hostile zips are refused (size, count,
 * names). */
typedef struct tro_pack tro_pack;
tro_status tro_pack_open(tro_pack **out, const char *bytes, size_t len,
	tro_err *err) TRO_MUST_USE; /* bytes must outlive it */
void tro_pack_close(tro_pack *pack);
size_t tro_pack_count(const tro_pack *pack);
const char *tro_pack_name(const tro_pack *pack, size_t index);
tro_status tro_pack_read(tro_buf *out, tro_pack *pack, size_t index, tro_err *err) TRO_MUST_USE;

#endif
