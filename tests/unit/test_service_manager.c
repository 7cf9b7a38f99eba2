// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <stdio.h>

#include "../../user/agent/service_manager.h"
#include "../../user/base/cleanup.h"

#define SELF 4711

struct interval_case {
	const char *usec, *pid;
	int r;
	unsigned int ms;
};

static const struct interval_case cases[] = {
	{ NULL, NULL, 0, 0 },
	{ NULL, "4711", 0, 0 },
	{ NULL, "x", 0, 0 },
	{ "60000000", "4711", 0, 30000 },
	{ "60000000", NULL, 0, 30000 },
	{ "60000000", "4712", 0, 0 },
	{ "60000000", "1", 0, 0 },
	{ "3000001", "4711", 0, 1500 },
	{ "2000", "4711", 0, 1 },
	{ "1999", "4711", 0, 1 }, /* 0 would be a timer that is off */
	{ "1", "4711", 0, 1 },
	{ "8589934590000", NULL, 0, 4294967295 },
	{ "18446744073709551614", NULL, 0, 4294967295 },
	{ "18446744073709551615", NULL, -EINVAL, 0 }, /* systemd's infinity: off is unset */
	{ "18446744073709551616", NULL, -EINVAL, 0 },
	{ "0", NULL, -EINVAL, 0 },
	{ "", NULL, -EINVAL, 0 },
	{ "-1", NULL, -EINVAL, 0 },
	{ "60s", NULL, -EINVAL, 0 },
	{ " 60", NULL, -EINVAL, 0 },
	{ "60000000", "", -EINVAL, 0 },
	{ "60000000", "0", -EINVAL, 0 },
	{ "60000000", "-4711", -EINVAL, 0 },
	{ "60000000", "4711 ", -EINVAL, 0 },
	{ "60000000", "4294972007", -EINVAL, 0 }, /* 4711 in 32 bits */
};

static void test_interval(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct interval_case *c = &cases[i];
		unsigned int ms = 77;
		char name[80];

		(void)snprintf(name, sizeof(name), "WATCHDOG_USEC=%s WATCHDOG_PID=%s",
			       c->usec ? c->usec : "(null)", c->pid ? c->pid : "(null)");
		check_int(name, service_manager_interval(c->usec, c->pid, SELF, &ms), c->r);
		check_u64(name, ms, c->r < 0 ? 77 : c->ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_interval) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
