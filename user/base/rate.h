/* SPDX-License-Identifier: MIT */
/* So many a minute of what somebody else may cause, and no more. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RATE_S 60

struct rate {
	uint64_t since_s; /* the minute's begin */
	unsigned int taken;
};

/* Is there one left? Times are of one clock, in seconds. */
static inline bool rate_take(struct rate *rate, unsigned int max, uint64_t now_s)
{
	if (now_s - rate->since_s >= RATE_S)
		*rate = (struct rate) { .since_s = now_s };
	if (rate->taken >= max)
		return false;
	rate->taken++;
	return true;
}
