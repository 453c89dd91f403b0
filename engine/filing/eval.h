/*
 * The XPath of views and descriptions: expressions over a case document with the facts of the
 * filing as variables ($case-id, $matter, $recipient, $time, $seq; $training is 'yes' or ''), and
 * texts with expressions in braces.
 */
#ifndef TRO_FILING_EVAL_H
#define TRO_FILING_EVAL_H

#include <stdbool.h>
#include <tro/buf.h>
#include <tro/err.h>

#include "filing/filing.h"

typedef struct tro_eval tro_eval;

/* Facts and functions (ending with a NULL name, or NULL for none) must outlive it. */
tro_status tro_eval_new(tro_eval **out, const tro_filing_facts *facts,
	const tro_xslt_function *functions, tro_err *err) TRO_MUST_USE;
void tro_eval_free(tro_eval *eval);

tro_status tro_eval_value(tro_xpath_value **out, tro_eval *eval, const char *expression,
	tro_xml_node *node, tro_err *err) TRO_MUST_USE;
tro_status tro_eval_truth(bool *out, tro_eval *eval, const char *expression, tro_xml_node *node,
	tro_err *err) TRO_MUST_USE;

typedef enum tro_fill {
	TRO_FILL_TEXT,
	TRO_FILL_NAME, /* values become fit for a member's name: other characters turn into '-' */
} tro_fill;
/* Appends the text with each {expression} replaced by its string value. */
tro_status tro_eval_fill(tro_buf *out, tro_eval *eval, tro_fill fill, const char *text,
	tro_xml_node *node, tro_err *err) TRO_MUST_USE;
/* Are its expressions XPath? TRO_INVALID says which is not. */
tro_status tro_eval_check_fill(const char *text, tro_err *err) TRO_MUST_USE;

#endif
