/* SPDX-License-Identifier: MIT */
/*
 * Counts of the lines that were written, in memory that outlives the agent. The next agent
 * finds the numbers from before a line or from after it, never some of both, however the agent
 * before ended. Pure.
 *
 * Invariant: a slot's `seen` is the sum of the counts of its latest holder's lines.
 */
#pragma once

#include <stdbool.h>

#include "../../bpf/abi.h"

struct tally_line {
	const struct hp_fold_ref *holder; /* the fold slot that it counts for; NULL: none */
	__u64 count;			  /* violations, at least 1 */
	__u32 processes, addresses;	  /* that made them: see struct event */
	__u64 existing, recovered;	  /* of them: see struct hp_tally */
	__u8 cls, verdict, proto;	  /* of those that exist: enums of abi.h */
};

/* Is this holder new, that is, later than all that its slot has lines for? */
bool tally_is_new(const struct hp_told *told, const struct hp_fold_ref *holder);

/* Count a line that has been written. */
void tally_line(struct hp_told *told, const struct tally_line *line);

/* Count violations that will never be in a line. */
void tally_untold(struct hp_told *told, __u64 count);

/* Complete the step that an agent ended in the middle of. To be called first. */
void tally_recover(struct hp_told *told);

/*
 * Violations that are in no line yet: the programs counted `counted`, and `lost` of these have
 * no record. 0 where lines are ahead of what was read.
 */
__u64 tally_pending(const struct hp_tally *tally, __u64 counted, __u64 lost);

/* Violations that never will be: what no sweep has found of `lost`, and those of tally_untold(). */
__u64 tally_lost(const struct hp_tally *tally, __u64 lost);
