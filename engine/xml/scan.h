/*
 * The scan before the parser: a linear check of the markup's outline, so that libxml2 never sees
 * bytes that cost it more than linear time.
 */
#ifndef TRO_XML_SCAN_H
#define TRO_XML_SCAN_H

#include "xml/xml.h"

/* TRO_INVALID with name, line and reason, or TRO_OK; what it lets pass may still be malformed. */
tro_status tro_xml_scan(const char *bytes, size_t len, const char *name,
	const tro_xml_limits *limits, tro_err *err) TRO_MUST_USE;

#endif
