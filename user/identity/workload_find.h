/* SPDX-License-Identifier: MIT */
/* The workload of a control group, with the names of its pod. Pure. */
#pragma once

#include "../pods/pods.h"
#include "workload.h"

/* What paths are read with. */
struct workload_facts {
	const char *node_root;	 /* as workload_parse() wants it; NULL: there is none */
	const struct pods *pods; /* of this node; NULL: none is known */
};

/*
 * Read a path as workload_parse() does, and name the pod as far as it is known. A pod is found by
 * its UID (a static one also by that of its mirror), by the name of its log directory, or by its
 * container's id. Its container has a name if the id is known, or if the pod has this one only.
 */
void workload_find(const struct workload_facts *facts, const char *cgroup_path,
		   struct workload *ret);

/*
 * The pod that a workload is, as a source tells of it, also one that is gone. NULL: it is no pod,
 * or no source tells of it.
 */
const struct pod_entry *workload_pod(const struct pods *pods, const struct workload *who);

/* The workload that a container of a pod is, without the container's id. */
void workload_of_pod(const struct pod *pod, const char *container, struct workload *ret);

/* The workload that a pod with a key is, also if no source knows the pod any more; pods NULL: none.
 */
void workload_of_key(const struct pods *pods, const char *key, struct workload *ret);
