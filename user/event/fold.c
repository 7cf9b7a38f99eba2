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
 *   F4  A line shows the latest binder that the kernel knew when the line's last violation was
 *       counted: of a record, its own; of a reading, the slot's; of an end, what the
 *       successor's record says.
 *   F5  Where folding is off, a record stands for one violation, or for none if a reading with
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
	uint64_t read;		/* F5: the last `seen` of a reading */
	uint64_t end;		/* once ended: all its violations */
	uint64_t end_ns;	/* the latest moment of one of them */
	uint64_t first_ns;	/* of its first line; 0: none yet */
	uint8_t told_members;	/* who may have no violation since the last line, by a reading */
	struct hp_event *first; /* its name, the first record; NULL: none yet, or finished */
	struct hp_event *ender; /* its successor's record, while it waits for a name; or NULL */
};

/* Who made the violations since a holder's last record, as the kernel told it at one moment. */
struct crowd {
	const struct hp_binders *binders;
	uint8_t recent, current;
};

struct slot {
	uint32_t floor; /* F2 */
	uint16_t len, cap;
	struct holder *holders; /* ascending generations, all above floor */
};

struct fold {
	fold_line_fn line;
	void *data;
	bool off; /* F5 */
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

static void free_names(struct holder *h)
{
	free(h->first);
	free(h->ender);
	h->first = h->ender = NULL;
}

void fold_free(struct fold *fold)
{
	if (!fold)
		return;
	for (size_t i = 0; i < SLOTS; i++) {
		for (size_t j = 0; j < fold->slots[i].len; j++)
			free_names(&fold->slots[i].holders[j]);
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
	free_names(&slot->holders[0]);
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

/* A copy of a record. NULL: no memory. */
static struct hp_event *copy_record(const struct hp_event *record)
{
	struct hp_event *copy = malloc(sizeof(*copy));

	if (copy)
		*copy = *record;
	return copy;
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
		copy = copy_record(first);
		if (!copy)
			return -ENOMEM;
	}
	if (reserve_holders(slot) < 0)
		return -ENOMEM;
	slot->floor = told->generation - 1;
	slot->holders[slot->len++] = (struct holder) {
		.generation = told->generation,
		.told = told->seen,
		.told_ns = first ? first->time_ns : 0,
		.first_ns = first ? first->time_ns : 0,
		.told_members = UINT8_MAX, /* it is not known which of them lines stand for */
		.read = told->seen,
		.first = TAKE_PTR(copy),
	};
	return 0;
}

/* ---- lines ----------------------------------------------------------------------------- */

static bool has_address(const struct hp_binders *b, unsigned int members, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (members & 1U << i && b->address[i] == b->address[n])
			return true;
	return false;
}

static bool has_pid(const struct hp_binders *b, unsigned int members, unsigned int n, uint32_t pid)
{
	for (unsigned int i = 0; i < n; i++)
		if (members & 1U << i && b->pid[i] == pid)
			return true;
	return false;
}

/*
 * How many of the crowd made the line's violations, as far as it is certain: those who made one
 * since the last record and are not told yet, and the latest.
 */
static void count_different(const struct crowd *crowd, uint8_t told_members, struct fold_line *line)
{
	unsigned int members = crowd->recent & (uint8_t)~told_members;
	const struct hp_binders *b = crowd->binders;
	uint32_t processes = 0, addresses = 0;

	if (crowd->current > 0 && crowd->current <= HP_FOLD_MEMBERS)
		members |= 1U << (crowd->current - 1);
	for (unsigned int i = 0; i < HP_FOLD_MEMBERS; i++) {
		if (!(members & 1U << i))
			continue;
		processes += !has_pid(b, members, i, b->pid[i]);
		addresses += !has_address(b, members, i);
	}
	if (!has_pid(b, members, HP_FOLD_MEMBERS, b->latest.pid))
		processes++;
	line->processes = processes < line->count ? processes : (uint32_t)line->count;
	line->addresses = addresses < line->count ? addresses : (uint32_t)line->count;
	if (!line->addresses)
		line->addresses = 1;
}

static void set_binder(struct hp_event *record, const struct hp_binder *b)
{
	record->start_ns = b->start_ns;
	record->exe_inode = b->exe_inode;
	memcpy(record->addr, b->addr, sizeof(record->addr));
	memcpy(record->comm, b->comm, sizeof(record->comm));
	record->pid = b->pid;
	record->uid = b->uid;
	record->exe_dev = b->exe_dev;
	record->family = b->family;
	record->mode = b->mode;
	record->kernel_thread = b->kernel_thread;
}

/*
 * Write a line for a holder's violations up to number `seen`. `record` names it; `crowd`: who
 * made them, or NULL if the record alone says it.
 */
static void write_line(struct fold *fold, struct holder *h, const struct hp_event *record,
		       const struct crowd *crowd, uint64_t seen, uint64_t last_ns)
{
	struct fold_line line = { .record = record, .last_ns = last_ns };
	struct hp_event shown;

	if (seen <= h->told)
		return;
	line.count = seen - h->told;
	line.processes = line.addresses = 1;
	if (crowd && crowd->binders->latest.family) {
		shown = *record;
		set_binder(&shown, &crowd->binders->latest);
		line.record = &shown;
		count_different(crowd, h->told_members, &line);
	}
	if (!h->first_ns || record->time_ns < h->first_ns)
		h->first_ns = record->time_ns;
	line.first_ns = h->first_ns < last_ns ? h->first_ns : last_ns;
	h->told = seen;
	if (last_ns > h->told_ns)
		h->told_ns = last_ns;
	h->told_members = 0;
	fold->line(fold->data, &line);
}

/* The crowd that a record tells of. */
static struct crowd crowd_of(const struct hp_event *record)
{
	return (struct crowd) { &record->binders, record->recent, record->current };
}

/* Write the last line of a holder that has ended; `ender` is its successor's record. */
static void write_end(struct fold *fold, struct holder *h, const struct hp_event *name,
		      const struct hp_event *ender)
{
	struct crowd crowd = ender ? crowd_of(ender) : (struct crowd) { 0 };

	write_line(fold, h, name, ender ? &crowd : NULL, h->end, h->end_ns);
}

static void forget_name_if_finished(struct holder *h)
{
	if (is_finished(h))
		free_names(h);
}

/* The successor's record came: the holder has prev_seen violations, and gets no more. */
static void end_holder(struct fold *fold, struct slot *slot, const struct hp_event *ender)
{
	struct holder *h = get_holder(slot, ender->fold.generation - 1);

	if (!h || h->ended)
		return;
	h->ended = true;
	h->end = ender->fold.prev_seen;
	h->end_ns = ender->time_ns;
	if (h->first)
		write_end(fold, h, h->first, ender);
	else
		h->ender = copy_record(ender); /* without memory its own record is all it shows */
	forget_name_if_finished(h);
}

/* Up to which violation does a record of a holder without an end count? */
static uint64_t count_up_to(const struct fold *fold, const struct holder *h, uint64_t seen)
{
	if (!fold->off)
		return seen;
	return seen > h->read ? h->told + 1 : h->told;
}

/* Does a record begin its holder? Then it tells of the crowd of the one before. */
static bool is_first(const struct hp_fold_ref *ref)
{
	return ref->prev_seen != HP_FOLD_SAME;
}

/* A record of the holder's own came; *copy becomes its name if it has none. */
static void name_holder(struct fold *fold, struct slot *slot, const struct hp_event *record,
			struct hp_event **copy)
{
	struct holder *h = get_holder(slot, record->fold.generation);
	struct crowd crowd = crowd_of(record);

	if (!h || is_finished(h))
		return;
	if (!h->first)
		h->first = TAKE_PTR(*copy);
	if (h->ended)
		write_end(fold, h, record, h->ender);
	else
		write_line(fold, h, record, is_first(&record->fold) ? NULL : &crowd,
			   count_up_to(fold, h, record->fold.seen), record->time_ns);
	forget_name_if_finished(h);
}

/* A record that starts its holder also ends the one before, if there was one. */
static bool ends_another(const struct hp_fold_ref *ref)
{
	return is_first(ref) && ref->prev_seen > 0 && ref->generation > 1;
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
		copy = copy_record(event);
		if (!copy)
			return -ENOMEM;
	}
	if (reserve_holders(slot) < 0)
		return -ENOMEM;
	if (ends_another(ref))
		end_holder(fold, slot, event);
	name_holder(fold, slot, event, &copy);
	raise_floor(slot);
	return 0;
}

void fold_slot(struct fold *fold, uint32_t slot, const struct hp_fold_slot *value, uint64_t now_ns,
	       uint64_t since_ns)
{
	struct crowd crowd = { &value->binders, value->recent, value->current };
	struct holder *h;

	if (slot >= SLOTS || value->generation == 0)
		return;
	h = find_holder(&fold->slots[slot], value->generation);
	/* A holder without a name waits for its record; a finished one has all its lines. */
	if (!h || !h->first || h->told_ns > since_ns)
		return;
	h->read = value->seen;
	if (value->seen <= h->told)
		return;
	write_line(fold, h, h->first, &crowd, value->seen, now_ns);
	h->told_members = value->recent;
	if (value->current > 0 && value->current <= HP_FOLD_MEMBERS)
		h->told_members |= (uint8_t)(1U << (value->current - 1));
}
