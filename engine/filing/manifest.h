/*
 * filing.xml: what a container holds and what made it.
 */
#ifndef TRO_FILING_MANIFEST_H
#define TRO_FILING_MANIFEST_H

#include <tro/err.h>

#include "filing/assets.h"
#include "filing/describe.h"
#include "filing/member.h"

#define TRO_MANIFEST_NS "urn:tro:manifest:1"
#define TRO_MANIFEST_PATH "filing.xml"
#define TRO_README_PATH "README.txt"

/* Builds the manifest of the members; free with tro_xml_free. It names neither record nor matter:
 * how much is recorded of a case is not a recipient's business. */
tro_status tro_manifest_build(tro_xml_doc **out, const tro_description *description,
	const tro_filing_facts *facts, const tro_members *members, const tro_assets *assets,
	tro_err *err) TRO_MUST_USE;

#endif
