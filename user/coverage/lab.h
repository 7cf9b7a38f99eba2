/* SPDX-License-Identifier: MIT */
/*
 * Where ways are tried: scratch cgroups and network namespaces. Nothing else on
 * the machine is touched, and nothing is left behind: namespaces go with the
 * last process in them, cgroups are removed, and those of a run that was killed
 * are removed by the next one.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/buf.h"
#include "../kernel/netns.h"

struct lab {
	char mount[PATH_MAX];	/* of cgroup2 */
	char top[PATH_MAX];	/* hostportd-coverage.PID */
	char in[PATH_MAX + 4];	/* below it: the programs are attached here */
	char out[PATH_MAX + 4]; /* below it, too: and not here */
	uint64_t out_id;	/* the cgroup's id */
	int lock;		/* of `top`; says to others that it is in use */
	struct netns netns;	/* the one that is checked; fd -1: none yet */
	struct netns other;	/* another one */
};

/*
 * Make the cgroup, after removing stale ones. 0, or a negative errno with what
 * failed in `err`.
 */
int lab_open(struct lab *ret_lab, struct buf *err);

/* Make fresh namespaces, lo up in both, and fresh cgroups. 0, or a negative errno. */
int lab_renew(struct lab *lab);

/* End every process in the cgroups and remove those; forget the namespaces. False: one is left. */
bool lab_clear(struct lab *lab);

/* Clear, and remove the rest. */
void lab_close(struct lab *lab);

/* Move the calling process into a cgroup. 0, or a negative errno. */
int lab_enter(const char *cgroup);
