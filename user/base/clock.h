/* SPDX-License-Identifier: MIT */
/* The clocks. CLOCK_BOOTTIME also counts while the machine is suspended, as the kernel's records
 * do. */
#pragma once

#include <stdint.h>
#include <time.h>

#define CLOCK_NS_PER_S 1000000000ULL

static inline struct timespec clock_now(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return now;
}

/* The time of day. */
static inline struct timespec clock_wall(void)
{
	return clock_now(CLOCK_REALTIME);
}

static inline uint64_t clock_boot_ns(void)
{
	struct timespec now = clock_now(CLOCK_BOOTTIME);

	return (uint64_t)now.tv_sec * CLOCK_NS_PER_S + (uint64_t)now.tv_nsec;
}

static inline uint64_t clock_boot_ms(void)
{
	return clock_boot_ns() / 1000000;
}

static inline uint64_t clock_boot_s(void)
{
	return clock_boot_ns() / CLOCK_NS_PER_S;
}

/* CLOCK_MONOTONIC, as service managers want it and durations are measured with. */
static inline uint64_t clock_monotonic_us(void)
{
	struct timespec now = clock_now(CLOCK_MONOTONIC);

	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
