/* SPDX-License-Identifier: MIT */
/* Control groups: where the hierarchies are mounted, and ids to paths. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/cleanup.h"

struct cgroup_mounts {
	char v2[PATH_MAX];     /* of cgroup2; empty: not mounted */
	bool v2_is_root;       /* it shows the hierarchy's root, not a part of it */
	char memory[PATH_MAX]; /* of v1's memory hierarchy; empty: none (cgroup2 alone) */
};

/* Read /proc/self/mountinfo. 0, or a negative errno. */
int cgroup_mounts(struct cgroup_mounts *ret_mounts);

/* The id of a cgroup directory (its inode number). 0, or a negative errno. */
int cgroup_id(const char *path, uint64_t *ret_id);

/*
 * The calling process's path, from "/", in the hierarchy of a v1 controller or, if that is
 * empty, in cgroup2. False: there is none, or it does not fit.
 */
bool cgroup_own_path(const char *controller, char *ret_path, size_t size);

/* Is the calling process in `dir` or below it? `v2` is cgroup2's mount point. */
bool cgroup_contains_self(const char *v2, const char *dir);

struct cgroup_names;

/*
 * A bounded cache from ids to paths within one hierarchy. Paths are kept after their
 * cgroup is gone, because events are reported later than they happen.
 */
int cgroup_names_new(const char *mount_point, struct cgroup_names **ret_names);
void cgroup_names_free(struct cgroup_names *names);
DEFINE_CLEANUP(struct cgroup_names, cgroup_names_free)

/*
 * The path below the mount point, from "/"; of one that is longer than PATH_MAX an ancestor's.
 * NULL: unknown. Valid until the next call.
 */
const char *cgroup_name(struct cgroup_names *names, uint64_t id);
