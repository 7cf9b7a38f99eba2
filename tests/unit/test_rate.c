// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/rate.h"

static void check_left(struct rate *rate, uint64_t now_s, unsigned int want)
{
	unsigned int left = 0;

	while (left <= want && rate_take(rate, 3, now_s))
		left++;
	check_int("left", (int)left, (int)want);
}

static void test_minutes(void **state)
{
	struct rate rate = { 0 };

	(void)state;
	check_left(&rate, 5, 3); /* soon after the boot */
	check_left(&rate, 59, 0);
	check_left(&rate, 60, 3);
	assert_false(rate_take(&rate, 3, 60));
	check_left(&rate, 119, 0);
	assert_true(rate_take(&rate, 3, 1000));
	check_left(&rate, 1059, 2); /* a minute from the first one on */
	check_left(&rate, 1060, 3);
	assert_false(rate_take(&rate, 0, 5000));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_minutes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
