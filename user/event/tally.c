// SPDX-License-Identifier: MIT
/*
 * A step is written down with the numbers that it leads to, then marked as pending, then made.
 * Making it twice is the same as making it once. A process that is killed has made all stores
 * before that moment, in order, and none after it; the fences keep the compiler to that order.
 */
#include "tally.h"

static void fence(void)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static void make_step(struct hp_told *told)
{
	const struct hp_told_step *step = &told->step;

	told->tally = step->tally;
	if (step->number < HP_FOLD_SLOTS)
		told->slots[step->number] = step->slot;
	fence();
	__atomic_store_n(&told->step.pending, 0, __ATOMIC_RELEASE);
}

static void write_step(struct hp_told *told, struct hp_told_step step)
{
	told->step = step;
	fence();
	__atomic_store_n(&told->step.pending, 1, __ATOMIC_RELEASE);
	fence();
	make_step(told);
}

/* Records come out of order: a holder before the slot's latest one changes nothing. */
static bool is_late(const struct hp_told_slot *slot, const struct hp_fold_ref *holder)
{
	return slot->generation && (__s32)(holder->generation - slot->generation) < 0;
}

bool tally_is_new(const struct hp_told *told, const struct hp_fold_ref *holder)
{
	const struct hp_told_slot *slot;

	if (holder->slot >= HP_FOLD_SLOTS)
		return false;
	slot = &told->slots[holder->slot];
	return slot->generation != holder->generation && !is_late(slot, holder);
}

void tally_line(struct hp_told *told, const struct tally_line *line)
{
	struct hp_told_step step = { .tally = told->tally, .number = HP_FOLD_SLOTS };
	const struct hp_fold_ref *holder = line->holder;

	step.tally.delivered++;
	step.tally.folded += line->count - 1;
	step.tally.existing += line->existing;
	if (line->cls < HP_CLASS_MAX && line->verdict < HP_VERDICT_MAX &&
	    line->proto < HP_PROTO_MAX)
		step.tally.by_class[line->cls][line->verdict][line->proto] += line->existing;
	step.tally.recovered += line->recovered;
	if (holder && holder->slot < HP_FOLD_SLOTS &&
	    !is_late(&told->slots[holder->slot], holder)) {
		step.number = holder->slot;
		step.slot = told->slots[holder->slot];
		if (step.slot.generation != holder->generation)
			step.slot = (struct hp_told_slot) { .generation = holder->generation };
		step.slot.seen += line->count;
	}
	write_step(told, step);
}

void tally_untold(struct hp_told *told, __u64 count)
{
	struct hp_told_step step = { .tally = told->tally, .number = HP_FOLD_SLOTS };

	step.tally.untold += count;
	write_step(told, step);
}

void tally_recover(struct hp_told *told)
{
	if (__atomic_load_n(&told->step.pending, __ATOMIC_ACQUIRE))
		make_step(told);
}

__u64 tally_lost(const struct hp_tally *tally, __u64 lost)
{
	return lost + tally->untold - tally->recovered;
}

__u64 tally_pending(const struct hp_tally *tally, __u64 counted, __u64 lost)
{
	__u64 told = tally->delivered + tally->folded + tally_lost(tally, lost);

	counted += tally->existing;
	return counted > told ? counted - told : 0;
}
