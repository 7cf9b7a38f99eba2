/* SPDX-License-Identifier: MIT */
/*
 * Scratch cgroups and network namespaces in which ways are tried. Nothing else on
 * the machine is touched, and nothing stays: a namespace goes with its last
 * process, and cgroups are removed, those of a killed run by the next run.
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
	char out[PATH_MAX + 4]; /* below it: the programs are not attached here */
	uint64_t out_id;	/* the id of `out` */
	int lock;		/* on `top`: shows other runs that it is in use */
	struct netns netns;	/* the one that is checked; fd -1: none yet */
	struct netns other;	/* one that is not checked */
};

/*
 * Remove stale cgroups and make a new one. 0, or a negative errno with what
 * failed in `err`.
 */
int lab_open(struct lab *ret_lab, struct buf *err);

/* Make new namespaces, with lo up, and new cgroups. 0, or a negative errno. */
int lab_renew(struct lab *lab);

/* Kill all processes in the cgroups, remove them, close the namespaces. False: one is left. */
bool lab_clear(struct lab *lab);

/* Clear the lab and remove its top cgroup. */
void lab_close(struct lab *lab);

/* Move the calling process into a cgroup. 0, or a negative errno. */
int lab_enter(const char *cgroup);
