// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/clock.h"

/* Each helper, between two readings of its clock. */
static void test_units(void **state)
{
	struct timespec boot = clock_now(CLOCK_BOOTTIME), mono = clock_now(CLOCK_MONOTONIC);
	uint64_t ns = clock_boot_ns(), ms = clock_boot_ms(), s = clock_boot_s();
	uint64_t us = clock_monotonic_us();

	(void)state;
	assert_in_range(ns / CLOCK_NS_PER_S, boot.tv_sec, boot.tv_sec + 10);
	assert_in_range(ms, ns / 1000000, ns / 1000000 + 10000);
	assert_in_range(s, boot.tv_sec, boot.tv_sec + 10);
	assert_in_range(us / 1000000, mono.tv_sec, mono.tv_sec + 10);
	assert_true(ns >= (uint64_t)boot.tv_sec * CLOCK_NS_PER_S + (uint64_t)boot.tv_nsec);
}

static uint64_t us_of(struct timespec t)
{
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Exactly between two readings, in each unit. */
static void test_between(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		struct timespec before = clock_now(CLOCK_MONOTONIC);
		uint64_t us = clock_monotonic_us();

		assert_in_range(us, us_of(before), us_of(clock_now(CLOCK_MONOTONIC)));
		before = clock_now(CLOCK_BOOTTIME);
		us = clock_boot_ns() / 1000;
		assert_in_range(us, us_of(before), us_of(clock_now(CLOCK_BOOTTIME)));
		before = clock_now(CLOCK_BOOTTIME);
		us = clock_boot_ms();
		assert_in_range(us, us_of(before) / 1000, us_of(clock_now(CLOCK_BOOTTIME)) / 1000);
		before = clock_now(CLOCK_BOOTTIME);
		us = clock_boot_s();
		assert_in_range(us, before.tv_sec, clock_now(CLOCK_BOOTTIME).tv_sec);
	}
}

static void test_never_back(void **state)
{
	uint64_t ns = clock_boot_ns(), us = clock_monotonic_us();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t next_ns = clock_boot_ns(), next_us = clock_monotonic_us();

		assert_true(next_ns >= ns && next_us >= us);
		ns = next_ns;
		us = next_us;
	}
}

static void test_wall(void **state)
{
	time_t before = time(NULL);

	(void)state;
	/* time() may be one tick behind */
	assert_in_range(clock_wall().tv_sec, before, before + 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_never_back),
		cmocka_unit_test(test_wall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
