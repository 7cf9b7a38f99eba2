/* SPDX-License-Identifier: MIT */
/*
 * What was told, counted in memory that outlives the agent: whoever reads it
 * next, however the one before ended, finds the numbers from before a line or
 * from after it, never some of both. Pure.
 *
 * Invariant: of each slot, `seen` of the holder told of last is what lines of
 * it have counted.
 */
#pragma once

#include <stdbool.h>

#include "../../bpf/abi.h"

struct tally_line {
	const struct hp_fold_ref *holder; /* of the fold slot that it tells of; NULL: of none */
	__u64 count;			  /* violations, at least 1 */
	__u64 existing, recovered;	  /* of them: see struct hp_tally */
};

/* Does a record of this holder begin a new one, later than what was told of its slot? */
bool tally_is_new(const struct hp_told *told, const struct hp_fold_ref *holder);

/* A line has been told. */
void tally_line(struct hp_told *told, const struct tally_line *line);

/* So many violations will never be in a line. */
void tally_untold(struct hp_told *told, __u64 count);

/* Complete a step in the middle of which an agent ended. To be called first. */
void tally_recover(struct hp_told *told);

/*
 * Violations that stand in no line: `counted` by the programs, of which `lost`
 * have no record. 0 where lines are ahead of what was read.
 */
__u64 tally_pending(const struct hp_tally *tally, __u64 counted, __u64 lost);

/* Those that never will: of `lost`, what no sweep has found, and those of tally_untold(). */
__u64 tally_lost(const struct hp_tally *tally, __u64 lost);
