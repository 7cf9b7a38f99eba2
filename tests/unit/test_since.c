// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/base/cleanup.h"
#include "../../user/ctl/since.h"

#define NOW 1767225600 /* 2026-01-01T00:00:00Z */

static const struct {
	const char *text;
	uint64_t since; /* 0: refused */
} cases[] = {
	{ "0s", NOW },
	{ "30s", NOW - 30 },
	{ "10m", NOW - 600 },
	{ "2h", NOW - 7200 },
	{ "1d", NOW - 86400 },
	{ "2026-01-01", NOW },
	{ "2025-12-31", NOW - 86400 },
	{ "2025-12-31T23:59:58Z", NOW - 2 },
	{ "2025-12-31T09:08:07Z", NOW - 86400 + 9 * 3600 + 8 * 60 + 7 },
	{ "1970-01-02", 86400 },
	{ "2026-01-02", 0 }, /* it is to come */
	{ "2026-01-01T00:00:01Z", 0 },
	{ "1970-01-01", 0 },
	{ "30000d", 0 },
	{ "36700d", 0 },
	{ "18446744073709551615d", 0 },
	{ "", 0 },
	{ "m", 0 },
	{ "10", 0 },
	{ "-1m", 0 },
	{ "1.5h", 0 },
	{ "10 m", 0 },
	{ "2025-02-29", 0 },
	{ "2025-12-31T24:00:00Z", 0 },
	{ "2025-12-31T23:60:00Z", 0 },
	{ "2025-12-31T23:59:58", 0 },
	{ "2025-12-31 23:59:58Z", 0 },
	{ "2025-12-31T23-59-58Z", 0 },
	{ "2025-12-31T2:59:580Z", 0 },
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t since = 77;

		check_int(cases[i].text, since_parse(cases[i].text, NOW, &since),
			  cases[i].since ? 0 : -EINVAL);
		check_u64(cases[i].text, since, cases[i].since ? cases[i].since : 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
