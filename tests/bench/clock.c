// SPDX-License-Identifier: MIT
#include "clock.h"

#include "stats.h"

#define CALIBRATE_NS 20000000
#define READINGS     4096

void clock_calibrate(struct clock_rate *ret_rate)
{
	uint64_t ns = clock_ns(CLOCK_MONOTONIC_RAW), ticks = clock_ticks(), end = ns, before;
	struct clock_rate rate;
	double apart[READINGS];

	while (end - ns < CALIBRATE_NS)
		end = clock_ns(CLOCK_MONOTONIC_RAW);
	rate.ns_per_tick = (double)(end - ns) / (double)(clock_ticks() - ticks);
	for (int i = 0; i < READINGS; i++) {
		before = clock_ticks();
		apart[i] = (double)(clock_ticks() - before);
	}
	rate.reading_ns = rate.ns_per_tick * stats_middle_mean(apart, READINGS, 0.5);
	*ret_rate = rate;
}
