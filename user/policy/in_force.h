/* SPDX-License-Identifier: MIT */
/* The policy in force on this node, and what it was made of. */
#pragma once

#include <time.h>

#include "generations.h"
#include "policy.h"

struct in_force {
	struct hp_config decision; /* as published; its generation is the policy's */
	struct node_facts facts;   /* that the policy was made for */
	struct registry *registry; /* the newest of the generations, which own it */
	struct policy *policy;	   /* owned */
	struct generations generations;
	struct timespec loaded; /* when the registry was read, UTC */
};
