/* SPDX-License-Identifier: MIT */
/*
 * Turns the kernel's folded records back into lines with exact counts. Pure.
 *
 * The kernel's slots only count up while they have one holder (see struct
 * hp_fold_slot), so what a line stands for is the difference between two
 * readings. Records of one slot may arrive in another order than their holders
 * came: each holder (slot, generation) is followed on its own, and ends when
 * its successor's record has said its last count.
 *
 * Invariant: for each holder, the counts of its lines add up to the last `seen`
 * that was read of it, and no violation is ever in two lines.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../../bpf/abi.h"
#include "../base/cleanup.h"

struct fold;

/*
 * A line is due: `event` is the record it is told of (a later reading repeats
 * the holder's first record), `count` violations, none of them before first_ns
 * or after last_ns (CLOCK_BOOTTIME). For a single one that a record tells of,
 * both are its time. (Of a holder that an earlier agent saw start, the first
 * line's first_ns is the time of the first record that came here.)
 */
typedef void (*fold_line_fn)(void *data, const struct hp_event *event, uint64_t count,
			     uint64_t first_ns, uint64_t last_ns);

/* 0, or -ENOMEM. `line` is called from the functions below. */
int fold_new(fold_line_fn line, void *data, struct fold **ret_fold);
void fold_free(struct fold *fold);
DEFINE_CLEANUP(struct fold, fold_free)

/*
 * From now on repeats are not folded: each record of a holder is a line of one, in
 * whatever order they come. What has no record, because the ring was full, is still
 * told by readings and by the record of the next holder, as a count.
 */
void fold_not(struct fold *fold);

/*
 * Go on with a slot where an earlier agent ended: of the holder in `told` lines
 * stand for `seen` violations, of those before it for all. `first` is a record of
 * that holder, which a later reading repeats; NULL: none is known, and what is
 * told of it next is with its next record. Before the first record; a slot that
 * was restored stays as it is. 0, or -ENOMEM; -EINVAL: no such slot.
 */
int fold_restore(struct fold *fold, uint32_t slot, const struct hp_told_slot *told,
		 const struct hp_event *first);

/* The record that a reading of the slot would be told with, if it has this holder; or NULL. */
const struct hp_event *fold_name(const struct fold *fold, uint32_t slot, uint32_t generation);

/*
 * Take a record of the ring. 0; -ENOMEM, then nothing of it was counted; -EINVAL
 * when it names no slot or no holder.
 */
int fold_record(struct fold *fold, const struct hp_event *event);

/*
 * Take a reading of a slot, made at now_ns: what it has seen since is a line, unless the
 * last line of its holder was told of something after since_ns. Records that were in the
 * ring at that moment should have been taken, or they are in this line, too.
 */
void fold_slot(struct fold *fold, uint32_t slot, const struct hp_fold_slot *value, uint64_t now_ns,
	       uint64_t since_ns);
