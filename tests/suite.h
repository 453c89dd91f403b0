/* What every test program ends with. */
#ifndef TRO_TESTS_SUITE_H
#define TRO_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Runs the suite, which is freed, and gives main's exit code. How much it prints: CK_VERBOSITY. */
static inline int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
