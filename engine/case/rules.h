/*
 * The rules that hold at one point of the log: who has which power and which definitions,
 * calendars, registers and code lists are adopted, as of one registry head. A step is judged under
 * the rules of the head that its record names.
 */
#ifndef TRO_CASE_RULES_H
#define TRO_CASE_RULES_H

#include <stddef.h>
#include <stdint.h>
#include <tro/err.h>

#include "case/library.h"
#include "ledger/authority.h"

typedef struct tro_rules {
	tro_library *library;
	const tro_authority *authority;
} tro_rules;

/* What is adopted under a kind and name: its hash, its bytes, its parsed form; borrowed from the
 * library. TRO_NOT_FOUND when nothing is adopted under that name. */
tro_status tro_rules_hash(uint8_t out[32], const tro_rules *rules, const char *kind,
	const char *name, tro_err *err) TRO_MUST_USE;
tro_status tro_rules_bytes(const char **out, size_t *out_len, const tro_rules *rules,
	const char *kind, const char *name, tro_err *err) TRO_MUST_USE;
tro_status tro_rules_xml(tro_xml_doc **out, const tro_rules *rules, const char *kind,
	const char *name, tro_err *err) TRO_MUST_USE;
tro_status tro_rules_calendar(
	const tro_calendar **out, const tro_rules *rules, tro_err *err) TRO_MUST_USE;

/* Position of a rank in the adopted rank list, higher is senior; 0 for a rank that is not in it. */
tro_status tro_rules_rank(
	size_t *out, const tro_rules *rules, const char *rank, tro_err *err) TRO_MUST_USE;

/* One field of an entry of an adopted register ("register", name, id, field) or code list ("codes",
 * list, code, field): appends its value, nothing when entry or field is unknown. */
tro_status tro_rules_look_up(tro_buf *out, const tro_rules *rules, const char *kind,
	const char *list, const char *id, const char *field, tro_err *err) TRO_MUST_USE;

/* Appends the codes of an adopted code list, blank-separated; nothing when there is no such list.
 */
tro_status tro_rules_codes(
	tro_buf *out, const tro_rules *rules, const char *list, tro_err *err) TRO_MUST_USE;

/* What a workflow's manifest names: the root definition and the grammar of its case document. */
tro_status tro_rules_workflow(const char **out_root, const char **out_grammar,
	const tro_rules *rules, const char *workflow, tro_err *err) TRO_MUST_USE;
/* The root definition's chart. */
tro_status tro_rules_root_chart(const tro_chart **out, const tro_rules *rules, const char *workflow,
	tro_err *err) TRO_MUST_USE;

#endif
