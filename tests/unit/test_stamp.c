// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdio.h>

#include "../../user/base/stamp.h"

struct stamp_case {
	struct timespec t;
	const char *text;
};

static const struct stamp_case cases[] = {
	{ { 0, 0 }, "1970-01-01T00:00:00.000000000Z" },
	{ { 951782399, 999999999 }, "2000-02-28T23:59:59.999999999Z" },
	{ { 951782400, 1 }, "2000-02-29T00:00:00.000000001Z" },
	{ { 951868800, 0 }, "2000-03-01T00:00:00.000000000Z" },
	{ { 1795378291, 123456789 }, "2026-11-22T20:11:31.123456789Z" },
	{ { 1798761599, 0 }, "2026-12-31T23:59:59.000000000Z" },
	{ { 4107542400, 0 }, "2100-03-01T00:00:00.000000000Z" },
	{ { 253402300799, 0 }, "9999-12-31T23:59:59.000000000Z" },
	{ { 253402300800, 0 }, "9999-12-31T23:59:59.000000000Z" },
	{ { -1, 0 }, "1970-01-01T00:00:00.000000000Z" },
};

static void test_cases(void **state)
{
	char text[STAMP_LEN + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		stamp_utc(&cases[i].t, text);
		check_text(cases[i].text, text, cases[i].text);
	}
}

/* Every day up to the year 2500, and one second of each, as the C library has them. */
static void test_as_the_library(void **state)
{
	char text[STAMP_LEN + 1], want[STAMP_LEN + 1];
	struct timespec t = { 0 };
	struct tm tm;

	(void)state;
	for (long day = 0; day < 193600; day++) {
		t.tv_sec = day * 86400 + day * 7919 % 86400;
		t.tv_nsec = day * 5147;
		assert_non_null(gmtime_r(&t.tv_sec, &tm));
		assert_int_equal(strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S", &tm), 19);
		(void)snprintf(want + 19, sizeof(want) - 19, ".%09ldZ", t.tv_nsec);
		stamp_utc(&t, text);
		check_text(want, text, want);
	}
}

static void test_clock(void **state)
{
	const struct timespec t = { 1795378291, 123999999 };
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	buf_puts(&b, "at ");
	stamp_put_clock(&t, &b);
	check_text("cut, not rounded", b.data, "at 20:11:31.123Z ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_as_the_library),
		cmocka_unit_test(test_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
