/* SPDX-License-Identifier: MIT */
/* The context of a run, for the files that make it up. */
#pragma once

#include "../kernel/kernel.h"
#include "run.h"

struct run {
	struct coverage *coverage;
	struct coverage_way control; /* a port that is allowed; no way that is shown */
	struct policy *policy;
	struct lab lab;
	struct stop stop;
	struct trial *trials;	   /* the ways, then the control */
	struct way_result *shared; /* one each */
	size_t len;		   /* of trials */
	int (*holders)[2];	   /* sockets that hold a way's port; a pair each */
	enum round round;
	struct kernel *kernel;	  /* of the round at hand; NULL: one without programs */
	struct coverage_way *now; /* the one that takes its port, or NULL */
	struct buf *err;
};

/* run.c */

/* Say what failed, once, and return r. */
int run_failed(struct run *run, int r, const char *what);

/* The i-th of those tried. */
struct coverage_way *run_at(struct run *run, size_t i);

/* Does somebody else hold the ports in this round? */
bool run_is_held(enum round round);

/* Is there anything to learn from trying this one in the round at hand? */
bool run_wants(struct run *run, size_t i);

/* round.c: go through the round at hand, and leave nothing of it. 0, or a negative errno. */
int round_run(struct run *run);

/* observe.c: what is seen, kept in the looks. All return 0, or a negative errno. */

/* Everything that the hooks have counted so far. */
struct observe_sum {
	uint64_t events, denied;
};
int observe_sum(struct run *run, struct observe_sum *ret_sum);

/* Take the records of the programs from now on. */
int observe_start(struct run *run);

/* Take those that wait. */
void observe_drain(struct run *run);

/* Look for the ports in the socket table. */
int observe_sweep(struct run *run, const struct hp_config *config);

/*
 * Ask each port who has it, into `before` or `after` of the look. With no
 * program attached, or what is tried for that would be a violation itself.
 */
void observe_before(struct run *run);
void observe_after(struct run *run);
