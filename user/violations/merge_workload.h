/* SPDX-License-Identifier: MIT */
/* The workload of a violation, as it is called on all nodes that have it. Pure. */
#pragma once

#include "../base/json.h"
#include "../identity/workload.h"

/*
 * Read the members `workload` and `cgroup` of a row that is about `node`. A star stands for what
 * Kubernetes, systemd or a container runtime makes up for one node or for one start: all pods of a
 * DaemonSet are node-exporter-*. Ids are left out, and so is the cgroup of what has a name; else
 * its path is appended to `cgroup`.
 */
void merge_workload_read(const struct json *row, const char *node, struct workload *ret_who,
			 struct buf *cgroup);
