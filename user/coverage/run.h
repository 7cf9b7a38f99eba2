/* SPDX-License-Identifier: MIT */
/* One run of all ways: what the files of this folder share. */
#pragma once

#include "../kernel/kernel.h"
#include "coverage.h"

struct run {
	struct coverage *coverage;
	struct coverage_way control; /* takes a port that the registry allows; not shown */
	struct policy *policy;
	struct lab lab;
	struct signal_hold hold;
	struct trial *trials;	   /* the ways, then the control */
	struct way_result *shared; /* one for each trial */
	size_t len;		   /* number of trials */
	int (*holders)[2];	   /* for each trial two sockets that hold its port */
	enum round round;
	struct kernel *kernel;	  /* of the current round; NULL: it has no programs */
	struct coverage_way *now; /* the way that takes its port now, or NULL */
	struct buf *err;
};

/* Allocate the trials and build the policy. 0, or a negative errno. */
int run_prepare(struct run *run);

void run_release(struct run *run);

/* Note what failed, the first time only, and return r. */
int run_failed(struct run *run, int r, const char *what);

/* The way of the i-th trial; the last one is the control. */
struct coverage_way *run_way(struct run *run, size_t i);

/* Do other sockets hold the ports in this round? */
bool run_holds_ports(enum round round);

/* Is the i-th trial useful in the current round? */
bool run_should_try(struct run *run, size_t i);
