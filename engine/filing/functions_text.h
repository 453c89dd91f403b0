/*
 * What the functions of a filing share, and those of them that know nothing but their arguments.
 */
#ifndef TRO_FILING_FUNCTIONS_TEXT_H
#define TRO_FILING_FUNCTIONS_TEXT_H

#include "xml/xml.h"

/* Gives all arguments as strings, borrowed for the call; another number than count is TRO_INVALID.
 */
tro_status tro_call_arguments(const char *out[], tro_xpath_call *call, size_t count,
	const char *name, tro_err *err) TRO_MUST_USE;
/* Returns the text from the call if all went well so far; frees it in any case. */
tro_status tro_call_give(
	tro_xpath_call *call, tro_buf *text, tro_status status, tro_err *err) TRO_MUST_USE;

typedef struct tro_text_function {
	const char *name;
	tro_xpath_function function;
} tro_text_function;
enum { TRO_TEXT_FUNCTIONS = 10 };
extern const tro_text_function tro_text_functions[TRO_TEXT_FUNCTIONS];

#endif
