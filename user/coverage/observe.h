/* SPDX-License-Identifier: MIT */
/* Observes the ways in a round and keeps it in their looks. All return 0, or a negative errno. */
#pragma once

#include "run.h"

/* All violations that the hooks have counted so far. */
struct observe_sum {
	uint64_t events, denied;
};
int observe_sum(struct run *run, struct observe_sum *ret_sum);

/* From now on take the records of the programs. */
int observe_start(struct run *run);

/* Take the waiting records. */
void observe_drain(struct run *run);

/* Sweep: look for the ports in the socket table. */
int observe_sweep(struct run *run, const struct hp_config *config);

/*
 * Try whether each port is held, and keep the answer in `before` or `after` of its
 * look. No program may be attached: trying is a violation itself.
 */
void observe_before(struct run *run);
void observe_after(struct run *run);
