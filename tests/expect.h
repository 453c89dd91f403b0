/*
 * What a call that gives a status must give, said with its message when it does not.
 */
#ifndef TRO_TESTS_EXPECT_H
#define TRO_TESTS_EXPECT_H

#include <check.h>
#include <string.h>
#include <tro/err.h>

static tro_err err;

#define CHECK_STATUS(expression, expected)                                                         \
	do {                                                                                       \
		err.message[0] = '\0';                                                             \
		tro_status status_ = (expression);                                                 \
		ck_assert_msg(status_ == (expected), "%s: status %d, not %d: %s", #expression,     \
			(int)status_, (int)(expected), err.message);                               \
	} while (0)
#define CHECK_OK(expression) CHECK_STATUS(expression, TRO_OK)
#define CHECK_MESSAGE(part)                                                                        \
	ck_assert_msg(strstr(err.message, (part)) != NULL, "no \"%s\" in: %s", (part), err.message)

#endif
