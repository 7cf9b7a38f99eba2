/* SPDX-License-Identifier: MIT */
/* Keeps one finding of those that the replicas of a workload share. Pure. */
#pragma once

#include "check_state.h"

/* Whose finding it is. */
struct dedup_side {
	const struct pod *pod;
	const struct container *container;
};

/*
 * Remove the last finding of a check if another pod of the same controller already has
 * one of the same rule, container, protocol, port, text (which may be NULL) and
 * acceptance. A finding about two pods (`other` has one) must have both in common, in
 * either order. Returns the finding, or NULL if it was removed.
 */
struct finding *dedup_finding(struct check *check, struct dedup_side side, struct dedup_side other,
			      const char *text, struct finding *finding);

/* Did a controller make it? A pod that names a node as its maker is a static one. */
bool dedup_is_replica(const struct pod *pod);

/* Forget all findings. */
void dedup_forget(struct check *check);
