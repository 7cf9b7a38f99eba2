/* SPDX-License-Identifier: MIT */
/*
 * Names of pods from the kubelet's log directories, NAMESPACE_NAME_UID: they are made before a
 * pod's first container, and need no access to a server.
 */
#pragma once

#include "../pods/pod_table.h"

#define POD_LOGS_DIR "/var/log/pods" /* the kubelet's default */

/*
 * Read a directory of the host's. Pods that it does not have any more are gone from the table.
 * 0, or a negative errno.
 */
int pod_logs_read(const char *directory, struct pod_table *table, uint64_t now_s);
