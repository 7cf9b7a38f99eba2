/* SPDX-License-Identifier: MIT */
/* bind(), many times, by the process that calls it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"

#define SAMPLE_CALLS_MIN   50
#define SAMPLE_CALLS_MAX   8192
#define SAMPLE_THREADS_MAX 64

/* What to bind: to loopback, each time by a fresh socket. */
struct sample_order {
	bool udp, v6;
	bool random;	  /* the ports in random order, not one after the other */
	uint16_t first;	  /* port; 0, with a count of 1: the kernel chooses */
	uint16_t count;	  /* ports from there on */
	uint16_t threads; /* 0: one by one, and each call timed; else all at once */
	uint32_t calls;	  /* timed; SAMPLE_CALLS_MIN to SAMPLE_CALLS_MAX */
	uint32_t skip;	  /* begin with this one of the ports */
	uint32_t run_ms;  /* of threads */
};

struct sample {
	double bind_ns; /* bind() alone: the mean of the middle half of the calls */
	double p99_ns;	/* the same: 99 % of the calls take less */
	double cpu_ns; /* CPU time of one loop of socket(), bind() and close(), of all on average */
	double usual_ns;	  /* the same, of the middle half: rare values do not count */
	double per_s;		  /* of threads: loops a second, of all together */
	uint32_t calls;		  /* how many were looked at for an error */
	uint32_t refused, failed; /* of them: EPERM; any other error, the last one is */
	int32_t error;
};

/* Do it. */
void sample_take(const struct sample_order *order, const struct clock_rate *rate,
		 struct sample *ret_sample);
