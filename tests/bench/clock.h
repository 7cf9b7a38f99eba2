/* SPDX-License-Identifier: MIT */
/* A clock for what takes nanoseconds: the CPU's counter where it has one that we know. */
#pragma once

#include <stdint.h>
#include <time.h>

#ifdef __x86_64__
#include <x86intrin.h>

/* All that came before is done, and nothing that comes after has begun. */
static inline uint64_t clock_ticks(void)
{
	unsigned int cpu;
	uint64_t ticks = __rdtscp(&cpu);

	_mm_lfence();
	return ticks;
}
#else
static inline uint64_t clock_ticks(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}
#endif

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec t = { 0 };

	(void)clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

struct clock_rate {
	double ns_per_tick;
	double reading_ns; /* what two readings with nothing between them are apart */
};

/* Measure the clock, for some milliseconds. */
void clock_calibrate(struct clock_rate *ret_rate);
