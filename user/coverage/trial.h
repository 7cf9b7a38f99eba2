/* SPDX-License-Identifier: MIT */
/* One trial of one way: a process in the lab that prepares and takes the port when told. */
#pragma once

#include <sys/types.h>

#include "lab.h"
#include "signal_hold.h"
#include "way.h"

#define TRIAL_MS 30000 /* more than any step takes, even on an emulated machine */

enum trial_state {
	TRIAL_NOT_TRIED,
	TRIAL_DONE,
	TRIAL_DIED,	/* the process ended by itself */
	TRIAL_HUNG,	/* no answer within TRIAL_MS */
	TRIAL_NO_PLACE, /* the process could not enter the cgroup or the namespace */
};

struct trial {
	const struct way *way;
	uint16_t port;		   /* the port to take */
	struct way_result *result; /* in memory shared with the process, which the caller maps */
	enum trial_state state;
	pid_t pid; /* 0: none */
	int fd;	   /* a socket to the process */
};

/*
 * Start the process and let it prepare. 0; -EINTR: the program was asked to end;
 * or a negative errno. `state` and `result` say how it went: the process can take
 * the port if the state is TRIAL_DONE and the result has no error.
 */
int trial_start(struct trial *trial, const struct lab *lab, const struct signal_hold *hold);

/* Let it take the port. Returns as trial_start(). */
int trial_take(struct trial *trial, const struct signal_hold *hold);

/* Kill the process; its sockets go with it. */
void trial_end(struct trial *trial);
