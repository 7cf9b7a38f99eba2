/* SPDX-License-Identifier: MIT */
/* A workload as rows name their owners. Pure. */
#pragma once

#include "../policy/owner.h"
#include "workload.h"

/* What is known of a workload, as of an owner; texts are the workload's. */
static inline struct owner_of workload_owner(const struct workload *who)
{
	struct owner_of owner = { 0 };

	if (who->kind == WORKLOAD_UNIT) {
		owner.unit = who->unit;
	} else if (who->kind == WORKLOAD_POD && who->pod[0]) {
		owner.namespace_ = who->namespace_;
		owner.pod = who->pod;
		owner.container = who->container[0] ? who->container : NULL;
	}
	if (who->kind == WORKLOAD_CGROUP && !who->runtime[0]) /* else some pod's sandbox */
		owner.unit = "";
	return owner;
}
