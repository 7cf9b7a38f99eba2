/* SPDX-License-Identifier: MIT */
/* What --reserve-ports has to change, from what is there. Pure. */
#pragma once

#include "../base/portset.h"
#include "../policy/policy.h"

struct reserve_facts {
	const struct policy *policy;
	uint16_t first, last;		/* the ephemeral range */
	const struct portset *reserved; /* what the kernel has now */
	const struct portset *ours;	/* what an agent put there */
	bool asked;			/* --reserve-ports */
};

struct reserve_plan {
	struct portset registered; /* ports of the range that any row names */
	struct portset ours;	   /* those that still stand there */
	struct portset add, out;   /* what to reserve, what to take out again */
	bool too_many;		   /* asked, and refused: it would starve the node */
};

/*
 * Reserve what is registered, as long as that takes at most half of the ports
 * that the kernel could hand out without it: a row that is as wide as the range
 * would leave no port to connect from. What is ours and not to be reserved any
 * more is to be taken out.
 */
void reserve_plan(const struct reserve_facts *facts, struct reserve_plan *ret_plan);
