/* SPDX-License-Identifier: MIT */
/*
 * Turns the kernel's folded records back into lines with exact counts. Pure.
 *
 * A slot only counts up while it has one holder (see struct hp_fold_slot), so a line stands for
 * the difference between two readings of it. Records of one slot may arrive in another order
 * than its holders came. So each holder (slot, generation) is followed on its own, and ends
 * with its successor's record, which has its last count.
 *
 * Invariant: the counts of a holder's lines add up to the last `seen` that was read of it, and
 * no violation is in two lines.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../../bpf/abi.h"
#include "../base/cleanup.h"

struct fold;

/*
 * A line for `count` violations, none of them before first_ns or after last_ns
 * (CLOCK_BOOTTIME). first_ns is the time of the holder's first line: for an agent that goes on
 * where another ended, that of the name it found, or else of the first record that came here.
 *
 * The record is the one that caused the line, or the holder's name. Its binder (address, family,
 * pid, uid, comm, program, mode) is that of the latest violation that the line stands for.
 *
 * At least so many processes and addresses made these violations; 1 where nothing else is
 * known. The number is exact where the kernel could tell all of them apart (HP_FOLD_MEMBERS),
 * and no reading came between the records.
 */
struct fold_line {
	const struct hp_event *record;
	uint64_t count;
	uint64_t first_ns, last_ns;
	uint32_t processes, addresses;
};

typedef void (*fold_line_fn)(void *data, const struct fold_line *line);

/* 0, or -ENOMEM. `line` is called from the functions below. */
int fold_new(fold_line_fn line, void *data, struct fold **ret_fold);
void fold_free(struct fold *fold);
DEFINE_CLEANUP(struct fold, fold_free)

/*
 * From now on each record of a holder is a line for one violation, in whatever order they come.
 * Violations without a record, because the ring was full, still get lines from readings and
 * from the next holder's record.
 */
void fold_turn_off(struct fold *fold);

/*
 * Continue a slot where an earlier agent ended: lines already stand for `seen` violations of
 * the holder in `told`, and for all of those before it. `first` is a record of that holder, its
 * name (its `binders` are not read); NULL: none is known, and the next line comes with its next
 * record. To be called before the first record; a slot that was restored stays as it is.
 * 0, or -ENOMEM; -EINVAL: no such slot.
 */
int fold_restore(struct fold *fold, uint32_t slot, const struct hp_told_slot *told,
		 const struct hp_event *first);

/* The name of the slot's holder, if it has this one: a record of it; or NULL. */
const struct hp_event *fold_name(const struct fold *fold, uint32_t slot, uint32_t generation);

/*
 * Count a record of the ring. 0; -ENOMEM: nothing of it was counted; -EINVAL: it names no slot
 * or no holder.
 */
int fold_record(struct fold *fold, const struct hp_event *event);

/*
 * Count a reading of a slot, made at now_ns: what the slot has seen since the last line is a
 * line, unless that last line was for something after since_ns. Records that were in the ring
 * at that moment should be counted first, or they are in this line, too.
 */
void fold_slot(struct fold *fold, uint32_t slot, const struct hp_fold_slot *value, uint64_t now_ns,
	       uint64_t since_ns);
