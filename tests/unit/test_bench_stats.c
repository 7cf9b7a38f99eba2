// SPDX-License-Identifier: MIT
#include "test.h"

#include <math.h>

#include "../bench/stats.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static void check_near(const char *name, double got, double want)
{
	if (fabs(got - want) > 1e-9)
		fail_msg("%s: got %g, want %g", name, got, want);
}

static void test_median(void **state)
{
	double one[] = { 7 }, even[] = { 4, 1, 3, 2 }, odd[] = { 9, -1, 5 };

	(void)state;
	check_near("one", stats_median(one, LEN(one)), 7);
	check_near("even", stats_median(even, LEN(even)), 2.5);
	check_near("odd", stats_median(odd, LEN(odd)), 5);
	assert_true(isnan(stats_median(one, 0)));
}

static void test_percentile(void **state)
{
	double list[100];

	(void)state;
	for (size_t i = 0; i < LEN(list); i++)
		list[i] = (double)(99 - i);
	check_near("p99", stats_percentile(list, LEN(list), 0.99), 99);
	check_near("p50", stats_percentile(list, LEN(list), 0.5), 50);
	check_near("p100", stats_percentile(list, LEN(list), 1), 99);
	check_near("p0", stats_percentile(list, LEN(list), 0), 0);
	assert_true(isnan(stats_percentile(list, 0, 0.5)));
}

/* Outliers of both sides don't count, and it tells what is finer than a tick. */
static void test_middle_mean(void **state)
{
	double list[] = { 1000, 10, 20, 20, 10, 20, 20, -1000 }, three[] = { 3, 1, 2 };

	(void)state;
	check_near("ticks", stats_middle_mean(list, LEN(list), 0.5), 17.5);
	check_near("most", stats_middle_mean(list, LEN(list), 0.75), 100.0 / 6);
	check_near("all", stats_middle_mean(list, LEN(list), 1), 12.5);
	check_near("three", stats_middle_mean(three, LEN(three), 0.5), 2);
	assert_true(isnan(stats_middle_mean(list, 0, 0.5)));
}

static void test_median_reach(void **state)
{
	double list[30], few[] = { -4, 1, 2 };

	(void)state;
	for (size_t i = 0; i < LEN(list); i++)
		list[i] = (double)i - 14.5;
	/* ranks 9 and 21 of 0 to 29 */
	check_near("thirty", stats_median_reach(list, LEN(list)), 6.5);
	check_near("few", stats_median_reach(few, LEN(few)), 4);
	assert_true(isnan(stats_median_reach(few, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_percentile),
		cmocka_unit_test(test_middle_mean),
		cmocka_unit_test(test_median_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
