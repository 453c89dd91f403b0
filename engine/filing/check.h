/*
 * What is checked of a filing before it leaves: rules on what it is made from, grammars on its
 * members, marks of a training store, and that the members which carry identifiers carry the same.
 * Every breach becomes a finding of level block; the caller counts them.
 */
#ifndef TRO_FILING_CHECK_H
#define TRO_FILING_CHECK_H

#include <tro/err.h>
#include <tro/finding.h>

#include "filing/assets.h"
#include "filing/describe.h"
#include "filing/eval.h"
#include "filing/member.h"

/* Each returns TRO_OK when it could check, whatever it found. */
tro_status tro_check_rules(const tro_description *description, tro_eval *eval, tro_xml_node *source,
	tro_findings *findings, tro_err *err) TRO_MUST_USE;
tro_status tro_check_grammar(const tro_member *member, const char *grammar, tro_assets *assets,
	tro_findings *findings, tro_err *err) TRO_MUST_USE;
tro_status tro_check_marks(
	const tro_member *member, bool training, tro_findings *findings, tro_err *err) TRO_MUST_USE;
/* Compares the identifiers in the members with those of the nodes selected from the source. */
tro_status tro_check_agreement(const tro_agreement *agreement, const tro_members *members,
	tro_eval *eval, tro_xml_node *source, tro_findings *findings, tro_err *err) TRO_MUST_USE;

#endif
