/* SPDX-License-Identifier: MIT */
/*
 * Tries every way of taking a port on the running kernel, in several rounds (enum
 * round). It needs root and BPF, but no agent, and touches nothing outside its own
 * cgroups and namespaces.
 */
#pragma once

#include "judge.h"

/* One way, in all rounds. */
struct coverage_way {
	const struct way *way;
	uint16_t port; /* the port that it takes */
	struct look looks[ROUND_MAX];
	struct judgement judgement;
};

struct coverage {
	struct coverage_way *ways; /* in the order of the table of ways */
	size_t len;
	struct buf findings; /* what breaks the promises, a line each; empty: nothing */
};

/*
 * 0 with the result, which is the caller's; or a negative errno with what failed
 * in `err`. A SIGINT, SIGTERM or SIGHUP ends the program in here, after the lab is
 * removed.
 */
int coverage_run(struct coverage **ret_coverage, struct buf *err);

void coverage_free(struct coverage *coverage);
DEFINE_CLEANUP(struct coverage, coverage_free)
