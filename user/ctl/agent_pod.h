/* SPDX-License-Identifier: MIT */
/* A pod as the running agent knows it, with the ports of the node that it declares. */
#pragma once

#include "../base/json.h"
#include "../pods/pod_ports.h"
#include "verb.h"

struct agent_pod {
	struct json *document; /* what the rest points into; NULL: no agent knows the pod */
	struct pod_port *ports;
	struct pod pod; /* its ports, and whether they are all */
};

/*
 * Ask the agent for a pod. 0, also if there is no agent, or none that knows the pod; -ENOMEM. The
 * caller frees it.
 */
int agent_pod_find(const struct ctl *ctl, const char *namespace_, const char *name,
		   struct agent_pod *ret_pod);

void agent_pod_free(struct agent_pod *pod);
#define _cleanup_agent_pod_ _cleanup_(agent_pod_free)

/* Is it known that the pod does not declare what is asked for? */
bool agent_pod_lacks(const struct agent_pod *pod, const struct pod_ports_query *query);
