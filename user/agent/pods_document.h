/* SPDX-License-Identifier: MIT */
/* The document of `hostportctl pods`: pods, as their sources tell of them, and their control
 * groups. */
#pragma once

#include "../identity/watched_groups.h"
#include "../kernel/cgroup.h"
#include "../pods/pods.h"

/* Append it. `groups` NULL: none is known; else `names` has their paths. 0, or -ENOMEM. */
int pods_document(struct pods *pods, const struct watched_groups *groups,
		  struct cgroup_names *names, struct buf *out);
