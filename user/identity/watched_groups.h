/* SPDX-License-Identifier: MIT */
/*
 * The control groups of systemd's units, and of pods: those that there are, and those that appear.
 * The directories above them are watched, so that a workload is known before its first process has
 * started.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/cleanup.h"

#define WATCHED_GROUPS_MAX 8192 /* those beyond are not known */
#define WATCHED_DIRECTORIES_MAX                                                                    \
	4096 /* directories that are watched; others are found by a scan                           \
	      */

/* Of a unit, of a pod, of a container of a pod; or one below which the kubelet makes pods. */
struct watched_group {
	uint64_t id;	       /* of the control group, in cgroup2 */
	const char *unit;      /* NULL: of no unit */
	const char *uid;       /* of a pod, as struct workload has it; NULL: of no pod */
	const char *container; /* its id; NULL: the pod's own, or of no pod */
	char text[];	       /* what these point to */
};

struct watched_groups;

/*
 * `mount` is cgroup2's mount point, `node_root` as workload_parse() wants it, and borrowed. Are
 * pods wanted, too? 0, or a negative errno.
 */
int watched_groups_new(const char *mount, const char *node_root, bool pods,
		       struct watched_groups **ret_groups);
void watched_groups_free(struct watched_groups *groups);
DEFINE_CLEANUP(struct watched_groups, watched_groups_free)

/* Look at the whole tree, and watch it. 0, or a negative errno: then some are missing. */
int watched_groups_scan(struct watched_groups *groups);

/* Polls readable when groups have appeared. */
int watched_groups_fd(const struct watched_groups *groups);

typedef void (*watched_groups_fn)(void *data, const struct watched_group *group);

/* Take what has appeared since. True: too much has, and a scan is needed. */
bool watched_groups_take(struct watched_groups *groups, watched_groups_fn fn, void *data);

/*
 * Are there pods, or groups in which the kubelet makes them? All are below the control group with
 * the id `root`, which is `level` below the mount point; 0: there is no one such group.
 */
bool watched_groups_pods(const struct watched_groups *groups, uint32_t *ret_level,
			 uint64_t *ret_root);

/* Those that are known, in no order. */
struct watched_group *const *watched_groups_list(const struct watched_groups *groups,
						 size_t *ret_len);
