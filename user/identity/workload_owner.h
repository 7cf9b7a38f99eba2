/* SPDX-License-Identifier: MIT */
/* A workload as rows name their owners. Pure. */
#pragma once

#include "../policy/owner.h"
#include "workload.h"

/* What a control group's path tells of an owner; texts are the workload's. */
static inline struct owner_of workload_owner(const struct workload *who)
{
	return (struct owner_of) { .unit = who->kind == WORKLOAD_UNIT ? who->unit : NULL };
}
