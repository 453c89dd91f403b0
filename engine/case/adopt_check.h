/*
 * Whether what is offered for adoption is sound: every file by itself, read by what will read it
 * later, and every name in one of them by what the others hold. A fault that is found here costs a
 * registrar a minute; one that is found by a case stops it in the middle.
 */
#ifndef TRO_CASE_ADOPT_CHECK_H
#define TRO_CASE_ADOPT_CHECK_H

#include <tro/err.h>

#include "case/adopt.h"
#include "case/rules.h"

/* rules: what is adopted already and stays, or NULL when nothing is. TRO_INVALID with all faults,
 * one a line, each with its file and line. */
tro_status tro_offers_check(const tro_offers *offers, const tro_rules *rules, const char *data_dir,
	tro_err *err) TRO_MUST_USE;

#endif
