/* SPDX-License-Identifier: MIT */
/* Findings that the replicas of one workload share, once. Pure. */
#pragma once

#include "check_state.h"

/* Whose finding it is. */
struct dedup_side {
	const struct pod *pod;
	const struct container *container;
};

/*
 * Take the last finding of a check back where another pod of the same controller
 * has one of the same rule, container, protocol, port, text (which may be NULL)
 * and acceptance already. Of what is between two (`other` has a pod) both sides
 * must be the same, in either order. The finding, or NULL where it was taken back.
 *
 * Texts of pods, and this text, must live as long as the check's arena.
 */
struct finding *dedup_finding(struct check *check, struct dedup_side side, struct dedup_side other,
			      const char *text, struct finding *finding);

void dedup_forget(struct check *check);
