/*
 * Exhibits as members of a filing: the original byte for byte, or a derived copy (derive.h).
 */
#ifndef TRO_FILING_EXHIBITS_H
#define TRO_FILING_EXHIBITS_H

#include <stdbool.h>
#include <tro/buf.h>
#include <tro/err.h>

#include "filing/derive.h"
#include "filing/filing.h"

/* Appends the bytes of the exhibit that the node's attribute sha256 names. TRO_INVALID when there
 * is no such attribute, or when the bytes have another hash; or the source's status. */
tro_status tro_exhibit_read(tro_buf *out, const tro_filing_source *source, tro_xml_node *node,
	tro_err *err) TRO_MUST_USE;

/* Appends the derived copy of the exhibit of the node (attributes sha256, media, size), with the
 * cited rows; of one that is withheld the sheet that stands in its place and says why; of one that
 * is miscited nothing. */
tro_status tro_exhibit_derive(tro_derivation *out, tro_buf *copy, const tro_filing_source *source,
	tro_xml_node *node, const char *rows, bool training, tro_err *err) TRO_MUST_USE;

#endif
