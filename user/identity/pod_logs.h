/* SPDX-License-Identifier: MIT */
/*
 * Names of pods and containers from the kubelet's log directories. They are made before the first
 * process of a pod, or right after its container's start, and need no access to a server.
 */
#pragma once

#include "../pods/pod_table.h"

#define POD_LOGS_MAX 16384 /* files of a directory */

/* Directories of the host's; the kubelet's are in pod_logs_default. */
struct pod_logs_dirs {
	const char *pods; /* it has a directory NAMESPACE_NAME_UID for each pod */
	const char *
		containers; /* and this a link NAME_NAMESPACE_CONTAINER-ID.log for each container */
};

extern const struct pod_logs_dirs pod_logs_default;

/*
 * Read names, UIDs and ids of containers. Pods that have no directory any more are gone from the
 * table. 0, or a negative errno: then some may be missing. Without links only ids are.
 */
int pod_logs_read(const struct pod_logs_dirs *dirs, struct pod_table *table, uint64_t now_s);
