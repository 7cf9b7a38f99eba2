/* SPDX-License-Identifier: MIT */
/* What is seen of the ways in a round, kept in their looks. All return 0, or a negative errno. */
#pragma once

#include "run.h"

/* Everything that the hooks have counted so far. */
struct observe_sum {
	uint64_t events, denied;
};
int observe_sum(struct run *run, struct observe_sum *ret_sum);

/* Take the records of the programs from now on. */
int observe_start(struct run *run);

/* Take the records that wait. */
void observe_drain(struct run *run);

/* Look for the ports in the socket table. */
int observe_sweep(struct run *run, const struct hp_config *config);

/*
 * Ask each port who has it, into `before` or `after` of the look. With no
 * program attached, or what is tried for that would be a violation itself.
 */
void observe_before(struct run *run);
void observe_after(struct run *run);
