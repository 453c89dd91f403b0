/* What every test program ends with. */
#ifndef TRO_TESTS_SUITE_H
#define TRO_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Under sanitizers memory is at stake, and all is three times as slow: what tries the same code
 * many times for its answers does so in full without them, and there less often. */
#ifdef __SANITIZE_ADDRESS__
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

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
