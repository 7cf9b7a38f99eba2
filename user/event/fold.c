// SPDX-License-Identifier: MIT
/*
 * Each slot has a list of holders that may still get a line, in the order of their generations.
 * A holder enters it with the first record that mentions it, its own or its successor's. It has
 * a name once a record of its own came, and an end once its successor's came. Only a holder
 * with a name gets lines.
 *
 *   F1  A holder is finished when it has an end and its lines add up to it.
 *   F2  Finished holders stay in the list, because records of theirs may still be on their way.
 *       Once all holders before one are finished too, it leaves, and `floor` is its generation.
 *   F3  No line is written for a generation at or below `floor`.
 *   F4  Where folding is off, a record stands for one violation, or for none if a reading with
 *       a higher count has already been written (`read`). So no more is written than there
 *       was, and the next reading adds what is missing.
 *
 * Holders from before the agent's start leave gaps that never close; the bound of the list then
 * gives up the oldest. A record is late by at most the number of CPUs that fight for one slot
 * at one moment, so in a list of HOLDERS_MAX the oldest gets no more records.
 */
#include "fold.h"

#include <errno.h>
#include <string.h>

#define SLOTS	    HP_FOLD_SLOTS
#define HOLDERS_MAX 32

struct holder {
	uint32_t generation;
	bool ended;
	uint64_t told;		/* violations that its lines stand for */
	uint64_t told_ns;	/* the latest moment of one of them */
	uint64_t read;		/* F4: the last `seen` of a reading */
	uint64_t end;		/* once ended: all its violations */
	uint64_t end_ns;	/* the latest moment of one of them */
	struct hp_event *first; /* its name, the first record; NULL: none yet, or finished */
};

struct slot {
	uint32_t floor; /* F2 */
	uint16_t len, cap;
	struct holder *holders; /* ascending generations, all above floor */
};

struct fold {
	fold_line_fn line;
	void *data;
	bool off; /* F4 */
	struct slot slots[SLOTS];
};

int fold_new(fold_line_fn line, void *data, struct fold **ret_fold)
{
	struct fold *fold = calloc(1, sizeof(*fold));

	if (!fold)
		return -ENOMEM;
	fold->line = line;
	fold->data = data;
	*ret_fold = fold;
	return 0;
}

void fold_turn_off(struct fold *fold)
{
	fold->off = true;
}

void fold_free(struct fold *fold)
{
	if (!fold)
		return;
	for (size_t i = 0; i < SLOTS; i++) {
		for (size_t j = 0; j < fold->slots[i].len; j++)
			free(fold->slots[i].holders[j].first);
		free(fold->slots[i].holders);
	}
	free(fold);
}

static bool is_finished(const struct holder *h)
{
	return h->ended && h->told >= h->end;
}

static struct holder *find_holder(const struct slot *slot, uint32_t generation)
{
	for (size_t i = slot->len; i-- > 0;)
		if (slot->holders[i].generation == generation)
			return &slot->holders[i];
	return NULL;
}

const struct hp_event *fold_name(const struct fold *fold, uint32_t slot, uint32_t generation)
{
	const struct holder *h = slot < SLOTS ? find_holder(&fold->slots[slot], generation) : NULL;

	return h ? h->first : NULL;
}

static void drop_first(struct slot *slot)
{
	slot->floor = slot->holders[0].generation;
	free(slot->holders[0].first);
	slot->len--;
	memmove(slot->holders, slot->holders + 1, slot->len * sizeof(*slot->holders));
}

/* F2: raise the floor over what is finished without a gap. */
static void raise_floor(struct slot *slot)
{
	while (slot->len && slot->holders[0].generation == slot->floor + 1 &&
	       is_finished(&slot->holders[0]))
		drop_first(slot);
}

/* Make room for two more holders, so that all of a record is counted or nothing. */
static int reserve_holders(struct slot *slot)
{
	size_t cap = slot->cap ? slot->cap * 2U : 4;
	struct holder *holders;

	if (slot->len + 2U <= slot->cap || slot->cap == HOLDERS_MAX)
		return 0;
	holders = realloc(slot->holders, cap * sizeof(*holders));
	if (!holders)
		return -ENOMEM;
	slot->holders = holders;
	slot->cap = (uint16_t)cap;
	return 0;
}

_Static_assert((HOLDERS_MAX & (HOLDERS_MAX - 1)) == 0, "doubling ends at the bound");

/* The holder of a generation, known or new; NULL where F3 forbids one. */
static struct holder *get_holder(struct slot *slot, uint32_t generation)
{
	struct holder *h = find_holder(slot, generation);
	size_t at = slot->len;

	if (h || generation <= slot->floor)
		return h;
	if (slot->len == HOLDERS_MAX) {
		drop_first(slot);
		raise_floor(slot);
		if (generation <= slot->floor)
			return NULL;
		at = slot->len;
	}
	while (at > 0 && slot->holders[at - 1].generation > generation)
		at--;
	h = &slot->holders[at];
	memmove(h + 1, h, (slot->len - at) * sizeof(*h));
	*h = (struct holder) { .generation = generation };
	slot->len++;
	return h;
}

int fold_restore(struct fold *fold, uint32_t number, const struct hp_told_slot *told,
		 const struct hp_event *first)
{
	_cleanup_free_ struct hp_event *copy = NULL;
	struct slot *slot;

	if (number >= SLOTS || told->generation == 0)
		return -EINVAL;
	slot = &fold->slots[number];
	if (slot->len)
		return 0;
	if (first) {
		copy = malloc(sizeof(*copy));
		if (!copy)
			return -ENOMEM;
		*copy = *first;
	}
	if (reserve_holders(slot) < 0)
		return -ENOMEM;
	slot->floor = told->generation - 1;
	slot->holders[slot->len++] = (struct holder) {
		.generation = told->generation,
		.told = told->seen,
		.told_ns = first ? first->time_ns : 0,
		.read = told->seen,
		.first = TAKE_PTR(copy),
	};
	return 0;
}

/* Write a line for a holder's violations up to number `seen`. */
static void write_line(struct fold *fold, struct holder *h, const struct hp_event *event,
		       uint64_t seen, uint64_t last_ns)
{
	uint64_t count = seen - h->told, first_ns;
	bool own_record = event != h->first;

	if (seen <= h->told)
		return;
	/* A violation between two readings has no time of its own; the earlier one bounds it. */
	first_ns = h->told_ns == 0 || (own_record && count == 1) ? event->time_ns : h->told_ns;
	if (first_ns > last_ns)
		first_ns = last_ns;
	h->told = seen;
	if (last_ns > h->told_ns)
		h->told_ns = last_ns;
	fold->line(fold->data, event, count, first_ns, last_ns);
}

static void forget_name_if_finished(struct holder *h)
{
	if (!is_finished(h))
		return;
	free(h->first);
	h->first = NULL;
}

/* The successor's record came: the holder has `end` violations, and gets no more. */
static void end_holder(struct fold *fold, struct slot *slot, uint32_t generation, uint64_t end,
		       uint64_t end_ns)
{
	struct holder *h = get_holder(slot, generation);

	if (!h || h->ended)
		return;
	h->ended = true;
	h->end = end;
	h->end_ns = end_ns;
	if (h->first)
		write_line(fold, h, h->first, end, end_ns);
	forget_name_if_finished(h);
}

/* Up to which violation does a record of a holder without an end count? */
static uint64_t count_up_to(const struct fold *fold, const struct holder *h, uint64_t seen)
{
	if (!fold->off)
		return seen;
	return seen > h->read ? h->told + 1 : h->told;
}

/* A record of the holder's own came; *copy becomes its name if it has none. */
static void name_holder(struct fold *fold, struct slot *slot, const struct hp_event *event,
			struct hp_event **copy)
{
	struct holder *h = get_holder(slot, event->fold.generation);

	if (!h || is_finished(h))
		return;
	if (!h->first)
		h->first = TAKE_PTR(*copy);
	if (h->ended)
		write_line(fold, h, event, h->end, h->end_ns);
	else
		write_line(fold, h, event, count_up_to(fold, h, event->fold.seen), event->time_ns);
	forget_name_if_finished(h);
}

/* A record that starts its holder also ends the one before, if there was one. */
static bool ends_another(const struct hp_fold_ref *ref)
{
	return ref->prev_seen != HP_FOLD_SAME && ref->prev_seen > 0 && ref->generation > 1;
}

int fold_record(struct fold *fold, const struct hp_event *event)
{
	const struct hp_fold_ref *ref = &event->fold;
	_cleanup_free_ struct hp_event *copy = NULL;
	const struct holder *known;
	struct slot *slot;

	if (ref->slot >= SLOTS || ref->generation == 0)
		return -EINVAL;
	slot = &fold->slots[ref->slot];
	known = find_holder(slot, ref->generation);
	if (!known || !known->first) {
		copy = malloc(sizeof(*copy));
		if (!copy)
			return -ENOMEM;
		*copy = *event;
	}
	if (reserve_holders(slot) < 0)
		return -ENOMEM;
	if (ends_another(ref))
		end_holder(fold, slot, ref->generation - 1, ref->prev_seen, event->time_ns);
	name_holder(fold, slot, event, &copy);
	raise_floor(slot);
	return 0;
}

void fold_slot(struct fold *fold, uint32_t slot, const struct hp_fold_slot *value, uint64_t now_ns,
	       uint64_t since_ns)
{
	struct holder *h;

	if (slot >= SLOTS || value->generation == 0)
		return;
	h = find_holder(&fold->slots[slot], value->generation);
	/* A holder without a name waits for its record; a finished one has all its lines. */
	if (!h || !h->first || h->told_ns > since_ns)
		return;
	write_line(fold, h, h->first, value->seen, now_ns);
	h->read = value->seen;
}
