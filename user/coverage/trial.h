/* SPDX-License-Identifier: MIT */
/* One try of one way: a process in the lab that does as it is told, step by step. */
#pragma once

#include <sys/types.h>

#include "lab.h"
#include "signal_hold.h"
#include "way.h"

#define TRIAL_MS 30000 /* longer than any step may take, on an emulated machine too */

enum trial_state {
	TRIAL_NOT_TRIED,
	TRIAL_DONE,
	TRIAL_DIED,	/* the process has ended by itself */
	TRIAL_HUNG,	/* no answer within TRIAL_MS */
	TRIAL_NO_PLACE, /* the process could not enter the cgroup or the namespace */
};

struct trial {
	const struct way *way;
	uint16_t port;		   /* to take */
	struct way_result *result; /* shared with the process; the caller's mapping */
	enum trial_state state;
	pid_t pid; /* 0: none */
	int fd;	   /* the way to talk to it */
};

/*
 * Start the process and let it prepare. 0; -EINTR: the program was asked to
 * end; or a negative errno. What the process made of it is in `state` and
 * `result`; it can take the port where the state is TRIAL_DONE and the result
 * has no error.
 */
int trial_start(struct trial *trial, const struct lab *lab, const struct signal_hold *hold);

/* Let it take the port. Returns as trial_start(). */
int trial_take(struct trial *trial, const struct signal_hold *hold);

/* End the process, and with it what it holds. */
void trial_end(struct trial *trial);
