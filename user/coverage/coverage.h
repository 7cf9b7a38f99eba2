/* SPDX-License-Identifier: MIT */
/*
 * Tries every way of taking a port on the running kernel, round by round: see
 * enum round. Needs root and BPF, but no agent, and touches nothing outside its
 * own cgroups and namespaces.
 */
#pragma once

#include "judge.h"

/* One way, in all rounds. */
struct coverage_way {
	const struct way *way;
	uint16_t port; /* that it is to take */
	struct look looks[ROUND_MAX];
	struct judgement judgement;
};

struct coverage {
	struct coverage_way *ways; /* as in the table of ways */
	size_t len;
	struct buf findings; /* what must not be, a line each; empty: nothing */
};

/*
 * 0 with the caller's result; or a negative errno with what failed in `err`. A
 * SIGINT, SIGTERM or SIGHUP meanwhile ends the program from in here, when the
 * lab is removed.
 */
int coverage_run(struct coverage **ret_coverage, struct buf *err);

void coverage_free(struct coverage *coverage);
DEFINE_CLEANUP(struct coverage, coverage_free)
