/* SPDX-License-Identifier: MIT */
/* Clocks that stand still until a test sets them. They take the place of the C library's. */
#pragma once

#include <stdint.h>
#include <time.h>

static struct timespec fake_boot = { .tv_sec = 1000 }, fake_wall = { .tv_sec = 1795378291 };

int clock_gettime(clockid_t clock, struct timespec *now)
{
	*now = clock == CLOCK_REALTIME ? fake_wall : fake_boot;
	return 0;
}

time_t time(time_t *ret_time)
{
	if (ret_time)
		*ret_time = fake_wall.tv_sec;
	return fake_wall.tv_sec;
}

/* Time passes, by every clock. */
static inline void fake_pass_ms(uint64_t ms)
{
	uint64_t ns = (uint64_t)fake_boot.tv_nsec + ms % 1000 * 1000000;

	fake_boot.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
	fake_boot.tv_nsec = (long)(ns % 1000000000);
	fake_wall.tv_sec += (time_t)(ms / 1000);
}
