/* The target as a program of libFuzzer (tools/fuzz), which keeps the bytes that end it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz_chart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *broken = fuzz_chart((const char *)data, size);

	if (broken != NULL) {
		(void)fprintf(stderr, "fuzz_chart: %s\n", broken);
		abort();
	}
	return 0;
}
