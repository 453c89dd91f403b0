/* One run of the loader and the stepper on any bytes: what tools/fuzz and test_fuzz.c both do. */
#ifndef TRO_TESTS_FUZZ_CHART_H
#define TRO_TESTS_FUZZ_CHART_H

#include <stddef.h>

/* What did not hold, in words that live as long as the program; NULL when all did. */
const char *fuzz_chart(const char *bytes, size_t len);

#endif
