/* SPDX-License-Identifier: MIT */
/* What the agent checks: a control group with all below it, and a network namespace. */
#pragma once

#include "../kernel/cgroup.h"
#include "../kernel/netns.h"
#include "config.h"

struct target {
	struct cgroup_mounts mounts;
	char cgroup[PATH_MAX]; /* where the programs are attached */
	struct netns netns;
};

/* Find what the command line asks for. They log what is wrong; an exit status. */
int target_find_cgroup(struct target *target, const struct config *config);
int target_find_netns(struct target *target, const struct config *config);

/* Is the control group cgroup2's root, which every task is in? */
bool target_is_everything(const struct target *target);

/* The control group's path below cgroup2's mount point; empty: it is that. */
const char *target_path(const struct target *target);
