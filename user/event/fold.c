// SPDX-License-Identifier: MIT
/*
 * Each slot has a list of the holders that are not done with, in the order of
 * their generations. A holder is there from the first record that speaks of it,
 * its own or its successor's; it has a name once a record of its own came, and
 * an end once its successor's came. Lines are told of what has a name.
 *
 *   F1  A holder is finished when it has an end and its lines add up to it.
 *   F2  Finished holders stay in the list, for records of theirs may still be
 *       behind; but when all before them are finished too, `floor` says so.
 *   F3  Nothing is told of a generation at or below `floor`.
 *   F4  Where nothing is folded, a record stands for one violation, unless a reading
 *       that may have told of it already has said more (`read`). So no more is told
 *       than there was, and what is missing the next reading tells.
 *
 * Holders of before the agent's start leave gaps that never close; the bound of
 * the list then gives up the oldest of it. Records come late by no more than
 * the number of CPUs that fight for one slot at one moment, so in a list of
 * HOLDERS_MAX the oldest is one of which no record will come.
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
	uint64_t told_ns;	/* they were not after this moment */
	uint64_t read;		/* F4: the last `seen` of a reading */
	uint64_t end;		/* once ended: all its violations */
	uint64_t end_ns;	/* they were not after this moment */
	struct hp_event *first; /* its first record; NULL: no name, or finished */
};

struct slot {
	uint32_t floor; /* F2 */
	uint16_t len, cap;
	struct holder *holders; /* ascending generations, all above floor */
};

struct fold {
	fold_line_fn line;
	void *data;
	bool not ; /* to fold: F4 */
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

void fold_not(struct fold *fold)
{
	fold->not = true;
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

static bool finished(const struct holder *h)
{
	return h->ended && h->told >= h->end;
}

static struct holder *find(const struct slot *slot, uint32_t generation)
{
	for (size_t i = slot->len; i-- > 0;)
		if (slot->holders[i].generation == generation)
			return &slot->holders[i];
	return NULL;
}

const struct hp_event *fold_name(const struct fold *fold, uint32_t slot, uint32_t generation)
{
	const struct holder *h = slot < SLOTS ? find(&fold->slots[slot], generation) : NULL;

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
	       finished(&slot->holders[0]))
		drop_first(slot);
}

/* Make room for two more holders, so that a record is taken as a whole or not at all. */
static int reserve(struct slot *slot)
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
static struct holder *get(struct slot *slot, uint32_t generation)
{
	struct holder *h = find(slot, generation);
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
	if (reserve(slot) < 0)
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

/* Tell of a holder up to its violation number `seen`. */
static void tell(struct fold *fold, struct holder *h, const struct hp_event *event, uint64_t seen,
		 uint64_t last_ns)
{
	uint64_t count = seen - h->told, first_ns;
	bool own_record = event != h->first;

	if (seen <= h->told)
		return;
	/* When it was between two readings is not known; the earlier one is the bound. */
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
	if (!finished(h))
		return;
	free(h->first);
	h->first = NULL;
}

/* The successor's record came: the holder has seen `end` violations, and no more will come. */
static void end_holder(struct fold *fold, struct slot *slot, uint32_t generation, uint64_t end,
		       uint64_t end_ns)
{
	struct holder *h = get(slot, generation);

	if (!h || h->ended)
		return;
	h->ended = true;
	h->end = end;
	h->end_ns = end_ns;
	if (h->first)
		tell(fold, h, h->first, end, end_ns);
	forget_name_if_finished(h);
}

/* Up to which violation does a record of a holder that goes on tell? */
static uint64_t tells_up_to(const struct fold *fold, const struct holder *h, uint64_t seen)
{
	if (!fold->not )
		return seen;
	return seen > h->read ? h->told + 1 : h->told;
}

/* A record of the holder's own came; *copy is taken as its name if it has none. */
static void name_holder(struct fold *fold, struct slot *slot, const struct hp_event *event,
			struct hp_event **copy)
{
	struct holder *h = get(slot, event->fold.generation);

	if (!h || finished(h))
		return;
	if (!h->first)
		h->first = TAKE_PTR(*copy);
	if (h->ended)
		tell(fold, h, event, h->end, h->end_ns);
	else
		tell(fold, h, event, tells_up_to(fold, h, event->fold.seen), event->time_ns);
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
	known = find(slot, ref->generation);
	if (!known || !known->first) {
		copy = malloc(sizeof(*copy));
		if (!copy)
			return -ENOMEM;
		*copy = *event;
	}
	if (reserve(slot) < 0)
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
	h = find(&fold->slots[slot], value->generation);
	/* One without a name waits for its record; one that is finished was told of. */
	if (!h || !h->first || h->told_ns > since_ns)
		return;
	tell(fold, h, h->first, value->seen, now_ns);
	h->read = value->seen;
}
