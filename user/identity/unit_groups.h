/* SPDX-License-Identifier: MIT */
/*
 * The control groups of systemd's units: those that there are, and those that appear. Slices
 * are watched, so that a unit is known before its first process has started.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/cleanup.h"

#define UNIT_GROUPS_MAX 8192 /* units; those beyond are not known */
#define UNIT_SLICES_MAX 1024 /* slices that are watched; others are found by a scan */

struct unit_group {
	uint64_t id; /* of the control group, in cgroup2 */
	char *unit;
};

struct unit_groups;

/*
 * `mount` is cgroup2's mount point, `node_root` as workload_parse() wants it, and borrowed. 0, or a
 * negative errno.
 */
int unit_groups_new(const char *mount, const char *node_root, struct unit_groups **ret_groups);
void unit_groups_free(struct unit_groups *groups);
DEFINE_CLEANUP(struct unit_groups, unit_groups_free)

/* Look at the whole tree, and watch its slices. 0, or a negative errno: then some are missing. */
int unit_groups_scan(struct unit_groups *groups);

/* Polls readable when groups have appeared. */
int unit_groups_fd(const struct unit_groups *groups);

typedef void (*unit_groups_fn)(void *data, const struct unit_group *group);

/* Take what has appeared since. True: too much has, and a scan is needed. */
bool unit_groups_take(struct unit_groups *groups, unit_groups_fn fn, void *data);

/* Those that are known, in no order. */
const struct unit_group *unit_groups_list(const struct unit_groups *groups, size_t *ret_len);

/* Is one of them this control group? */
bool unit_groups_has(const struct unit_groups *groups, uint64_t id);
