/* SPDX-License-Identifier: MIT */
/* A real agent, of the programs that are measured, in a scene of the bench's. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "scene.h"
#include "side.h"

/* What to start. */
struct bench_agent_plan {
	const char *const *options; /* beside those that keep it in its scene; NULL at the end */
	int log;		    /* where its lines go; 0: nowhere */
};

struct bench_agent {
	pid_t pid; /* 0: none */
	int pidfd;
	const struct scene *scene;
	char socket[96];
	uint64_t exec_ns,
		ready_ns;      /* monotonic_ns() before it was a program, and when it was ready */
	uint64_t cpu_ready_ns; /* processor time that it had used then */
	uint64_t cpu_ns;       /* in all; once it has ended */
};

#define BENCH_AGENT_NONE                                                                           \
	{                                                                                          \
		.pidfd = -1                                                                        \
	}

/*
 * Start one, and wait until it says that it is ready: it has proved that it is effective.
 * 0, or -1 after a side_fail() of `row`.
 */
int bench_agent_start(const struct side *side, const char *row, const struct scene *scene,
		      const struct bench_agent_plan *plan, struct bench_agent *agent);

/* Ask it to end, wait for it, for some seconds, and end it otherwise. Nothing to do where there is
 * none. */
void bench_agent_stop(struct bench_agent *agent);
#define _cleanup_agent_ __attribute__((cleanup(bench_agent_stop)))

/* Of its processor time, which share was in user space? 0 to 1; also while it runs. */
double bench_agent_user_share(const struct bench_agent *agent);

/* Processor time that it has used so far. */
uint64_t bench_agent_cpu_ns(const struct bench_agent *agent);

/* What status says of its counters, after it has told all that it has. */
struct bench_counters {
	uint64_t violations, delivered, folded, lost, pending;
	uint64_t lost_ring, lost_rate, lost_note;
	uint64_t counted;	 /* violations, as the programs have counted them */
	uint64_t log_lines_lost; /* that standard output did not take */
};

/* 0, or -1 after a side_fail() of `row`. */
int bench_agent_status(const struct side *side, const char *row, const struct bench_agent *agent,
		       struct bench_counters *counters);

/* Have it read its registry again, and take it. 0, or -1 after a side_fail() of `row`. */
int bench_agent_reload(const struct side *side, const char *row, const struct bench_agent *agent);

/* How far off are the counters from this many violations, and from one another? At rest: not at
 * all. */
uint64_t bench_miscounted(const struct bench_counters *counters, uint64_t attempts);
