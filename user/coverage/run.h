/* SPDX-License-Identifier: MIT */
/* The context of one run of all ways, which the files that make up the run share. */
#pragma once

#include "../kernel/kernel.h"
#include "coverage.h"

struct run {
	struct coverage *coverage;
	struct coverage_way control; /* takes a port that the registry allows; is not shown */
	struct policy *policy;
	struct lab lab;
	struct signal_hold hold;
	struct trial *trials;	   /* the ways, then the control */
	struct way_result *shared; /* one each */
	size_t len;		   /* of trials */
	int (*holders)[2];	   /* sockets that hold a way's port; a pair each */
	enum round round;
	struct kernel *kernel;	  /* of the current round; NULL: one without programs */
	struct coverage_way *now; /* the one that takes its port, or NULL */
	struct buf *err;
};

/* Make room for all ways and the policy that they are tried under. 0, or a negative errno. */
int run_prepare(struct run *run);

void run_release(struct run *run);

/* Say what failed, once, and return r. */
int run_failed(struct run *run, int r, const char *what);

/* The i-th of those tried. */
struct coverage_way *run_at(struct run *run, size_t i);

/* Does somebody else hold the ports in this round? */
bool run_is_held(enum round round);

/* Is there anything to learn from trying this one in the current round? */
bool run_wants(struct run *run, size_t i);
