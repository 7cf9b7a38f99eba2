/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Slots: repeats of one key, who made them last, and whether a record of them is due. A
 * slot's holder is replaced only when the ring has space for the record of the new one,
 * so no count in a slot is ever dropped.
 */
#pragma once

#include "decide.bpf.h"

static __always_inline bool same_key(const struct hp_fold_key *a, const struct hp_fold_key *b)
{
	const __u64 *x = (const void *)a, *y = (const void *)b;

	return x[0] == y[0] && x[1] == y[1];
}

static __always_inline __u32 fold_set_of(const struct hp_fold_key *key)
{
	const __u64 *k = (const void *)key;
	__u64 h = (k[0] ^ (k[1] * 0x9e3779b97f4a7c15ULL)) * 0xbf58476d1ce4e5b9ULL;

	return (h >> 40) & (HP_FOLD_SETS - 1);
}

/* The way that holds the key, or -1. */
static __always_inline int fold_way(struct hp_fold_set *set, const struct hp_fold_key *key)
{
#pragma unroll
	for (int i = 0; i < HP_FOLD_WAYS; i++)
		if (set->slot[i].generation && same_key(&set->slot[i].key, key))
			return i;
	return -1;
}

/* The slot of a way. In 64 bits, and hidden from the compiler, because verifiers before 6.1 lose
 * the bounds otherwise. */
static __always_inline struct hp_fold_slot *slot_of_way(struct hp_fold_set *set, __u64 way)
{
	way &= HP_FOLD_WAYS - 1;
	barrier_var(way);
	return &set->slot[way];
}

/* The way that has been quiet for longest. Called under the set's lock. */
static __always_inline int fold_oldest(struct hp_fold_set *set)
{
	__u64 least = ~0ULL;

#pragma unroll
	for (__u32 i = 0; i < HP_FOLD_WAYS; i++) {
		__u64 tick = set->slot[i].sent_tick * HP_FOLD_WAYS + i;

		if (tick < least)
			least = tick;
	}
	return least % HP_FOLD_WAYS;
}

enum fold_state {
	FOLD_QUIET, /* counted, and no record is due */
	FOLD_OTHER, /* a slot holds the key, and its latest binder is another: not counted */
	FOLD_DUE,   /* a slot holds the key, and a record is due: not counted */
	FOLD_NEW,   /* no slot holds the key: not counted */
};

/* Is no record due? Another CPU's tick may be later than ours. Without folding one always is. */
static __always_inline bool fold_is_quiet(const struct hp_fold_slot *slot, __u64 tick)
{
	return hp_fold_ticks && tick < slot->sent_tick + hp_fold_ticks;
}

static __always_inline __u32 current_uid(struct task_struct *task)
{
	const struct cred *cred = kernel_read(task, cred);

	return kernel_read(cred, uid.val);
}

/* What a violation itself says of its binder. */
struct bound {
	struct task_struct *task;
	__u32 addr[4]; /* network byte order; IPv4 in the first one */
	__u8 family;
	__u8 mode;
};

static __always_inline struct bound bound_of(const struct request *request,
					     const struct ruling *ruling)
{
	struct bound bound = {
		.task = current_task(),
		.family = request->family,
		.mode = ruling->mode,
	};

	__builtin_memcpy(bound.addr, request->addr, sizeof(bound.addr));
	return bound;
}

/* Is the binder the latest one? All is compared, so that no name hides behind another's. */
static __always_inline bool is_latest(const struct hp_binder *latest, const struct bound *bound)
{
	struct task_struct *task = bound->task;
	struct task_struct *leader = kernel_read(task, group_leader);
	const __u32 *addr = (const void *)latest->addr;
	const __u64 *comm = (const void *)latest->comm;
	__u64 name[HP_COMM_LEN / 8], other;

	if (hp_can_cast) {
		name[0] = ((const __u64 *)leader->comm)[0];
		name[1] = ((const __u64 *)leader->comm)[1];
	} else {
		BPF_CORE_READ_INTO(&name, leader, comm);
	}
	other = comm[0] ^ name[0];
	other |= comm[1] ^ name[1];
	other |= latest->pid ^ (__u32)kernel_read(task, tgid);
	other |= latest->uid ^ current_uid(task);
	other |= latest->execs ^ (__u8)kernel_read(task, self_exec_id);
	other |= latest->mode ^ bound->mode;
	other |= latest->family ^ bound->family;
	for (int i = 0; i < 4; i++)
		other |= addr[i] ^ bound->addr[i];
	return !other;
}

static __always_inline void fill_binder(struct hp_binder *b, const struct bound *bound)
{
	struct task_struct *task = bound->task;
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct inode *inode = BPF_CORE_READ(task, mm, exe_file, f_inode);

	b->start_ns = BPF_CORE_READ(leader, start_boottime);
	b->exe_inode = BPF_CORE_READ(inode, i_ino);
	__builtin_memcpy(b->addr, bound->addr, sizeof(b->addr));
	BPF_CORE_READ_INTO(&b->comm, leader, comm);
	b->pid = BPF_CORE_READ(task, tgid);
	b->uid = BPF_CORE_READ(task, cred, uid.val);
	b->exe_dev = BPF_CORE_READ(inode, i_sb, s_dev);
	b->family = bound->family;
	b->mode = bound->mode;
	b->kernel_thread = !!(BPF_CORE_READ(task, flags) & PF_KTHREAD);
	b->execs = BPF_CORE_READ(task, self_exec_id);
}

/* What stands for an address among those of one process. */
static __always_inline __u16 address_hash(const struct hp_binder *b)
{
	const __u32 *addr = (const void *)b->addr;
	__u32 h = addr[0] + b->family;

	h ^= addr[1] * 0x9e3779b1U ^ addr[2] * 0x85ebca6bU ^ addr[3] * 0xc2b2ae35U;
	return h ^ h >> 16;
}

/*
 * Count a repeat of which no record is due, without the lock: nearly every violation
 * is one, often of the same slot on all CPUs. A slot's count is never set back, so
 * nothing is lost if the slot goes to another holder at this moment: it counts there.
 */
static __always_inline enum fold_state fold_repeat(struct hp_fold_set *set,
						   const struct hp_fold_key *key, __u64 tick,
						   const struct bound *bound)
{
	struct hp_fold_slot *slot;
	__s64 way = opaque((__s64)fold_way(set, key));

	if (way < 0)
		return FOLD_NEW;
	slot = slot_of_way(set, way);
	if (unlikely(!fold_is_quiet(slot, tick)))
		return FOLD_DUE;
	if (unlikely(!is_latest(&slot->binders.latest, bound)))
		return FOLD_OTHER;
	__sync_fetch_and_add(&slot->seen, 1);
	return FOLD_QUIET;
}

/* The count of a slot's holder. Called under the lock. */
static __always_inline __u64 fold_seen(const struct hp_fold_slot *slot)
{
	return *(const volatile __u64 *)&slot->seen - slot->base;
}

/* 1 or 0. Without a branch: the verifier would go on once for each way that it finds. */
static __always_inline __u64 is_nonzero(__u64 n)
{
	__u64 minus = -n;

	barrier_var(minus); /* else the compiler makes a branch of it */
	return (n | minus) >> 63;
}

/* The number of the lowest bit that is set among eight. */
static __always_inline __u32 lowest_bit(__u64 bits)
{
	bits &= -bits;
	return is_nonzero(bits & 0xf0) << 2 | is_nonzero(bits & 0xcc) << 1 |
	       is_nonzero(bits & 0xaa);
}

/* A binder's place among the members. */
struct place {
	__u32 number; /* HP_FOLD_MEMBERS: there is none */
	bool is_free; /* so it would be a new member */
	__u16 address;
};

/* The place of the binder, or the first free one. Called under the lock. */
static __always_inline struct place find_place(const struct hp_binders *b,
					       const struct hp_binder *binder)
{
	struct place place = { .address = address_hash(binder) };
	__u64 same = 0, free = 0;

#pragma unroll
	for (int i = 0; i < HP_FOLD_MEMBERS; i++) {
		__u64 other = b->pid[i] ^ binder->pid;

		other |= b->address[i] ^ place.address;
		same |= (is_nonzero(other) ^ 1) << i;
		free |= (is_nonzero(b->pid[i]) ^ 1) << i;
	}
	place.number = lowest_bit(same | free) + (is_nonzero(same | free) ^ 1) * HP_FOLD_MEMBERS;
	place.is_free = is_nonzero(free) & ~is_nonzero(same);
	return place;
}

/*
 * Make it the latest binder. The one before has made all violations since the last
 * change. Called under the lock, before the violation is counted.
 */
static __always_inline void set_latest(struct hp_fold_slot *slot, const struct hp_binder *binder,
				       const struct place *place)
{
	__u64 made_some =
		is_nonzero(slot->current) & is_nonzero((__u16)fold_seen(slot) ^ slot->sent);
	__u64 number = opaque(place->number);

	slot->recent |= made_some << ((slot->current - 1) & (HP_FOLD_MEMBERS - 1));
	slot->current = 0;
	if (number < HP_FOLD_MEMBERS) {
		barrier_var(number); /* the compiler knows the bound, and verifiers lose it */
		number &= HP_FOLD_MEMBERS - 1;
		barrier_var(number);
		slot->binders.pid[number] = binder->pid;
		slot->binders.address[number] = place->address;
		slot->recent |= 1U << number;
		slot->current = number + 1;
	}
	slot->binders.latest = *binder;
}

/* Begin anew with members: the latest binder is the only one. Called under the lock. */
static __always_inline void forget_members(struct hp_fold_slot *slot)
{
	struct hp_binders *b = &slot->binders;

	__builtin_memset(b->pid, 0, sizeof(b->pid));
	b->pid[0] = b->latest.pid;
	b->address[0] = address_hash(&b->latest);
	slot->current = 1;
}

/* A violation that fold_repeat() has not counted. */
struct uncounted {
	struct hp_fold_key key;
	struct hp_binder binder;
	__u64 tick;
	bool is_last_try; /* count it without a record, if a slot holds the key */
};

/*
 * Give the slot to another key: what it has counted for the holder before is in the
 * record. Called under the lock.
 */
static __always_inline void replace_holder(struct hp_fold_slot *slot, const struct hp_fold_key *key,
					   struct hp_event *e)
{
	e->fold.prev_seen = fold_seen(slot);
	slot->base += e->fold.prev_seen;
	slot->key = *key;
	slot->generation++;
	if (!slot->generation)
		slot->generation = 1;
}

/* What the record says of the slot. Called under the lock. */
static __always_inline void fill_fold(struct hp_event *e, const struct hp_fold_slot *slot,
				      __u32 way)
{
	e->fold.slot += way;
	e->fold.generation = slot->generation;
	e->fold.seen = fold_seen(slot);
	e->binders = slot->binders;
	e->recent = slot->recent;
	e->current = slot->current;
}

/*
 * Count one under the lock, and let the key hold a slot if it holds none. `e` is NULL, or
 * the ring space of the record, whose `fold.slot` is the first one of the set. A function of
 * its own, and as few branches as can be: the verifier looks at it for each call anew.
 *
 *   FOLD_QUIET  it is counted and needs no record: none is due, another CPU has just sent
 *               one, or this is the last try
 *   FOLD_DUE    with `e`: it is counted, and the record is to be sent; else not counted
 *   FOLD_NEW    no slot holds the key, and there is no `e`: it is not counted
 *
 * Due is the holder's record in its turn, and that of a new member, while there is room
 * for one. A record that could not be sent is due again when the time has passed once more.
 */
static __noinline enum fold_state fold_count(struct hp_fold_set *set, const struct uncounted *v,
					     struct hp_event *e)
{
	enum fold_state state = FOLD_NEW;
	__u64 is_due = 1, is_needed = 1; /* numbers, for opaque() */
	struct hp_fold_slot *slot;
	struct place place;
	bool is_new;
	__s64 way;

	bpf_spin_lock(&set->lock);
	way = opaque((__s64)fold_way(set, &v->key));
	is_new = way < 0;
	if (is_new && !e)
		goto unlock;
	if (is_new)
		way = opaque((__s64)fold_oldest(set));
	slot = slot_of_way(set, way);
	if (is_new) {
		replace_holder(slot, &v->key, e);
	} else {
		place = find_place(&slot->binders, &v->binder);
		is_due = opaque(!fold_is_quiet(slot, v->tick));
		is_needed = opaque(is_due | place.is_free);
		state = FOLD_DUE;
		if (is_needed && !e && !v->is_last_try)
			goto unlock;
		set_latest(slot, &v->binder, &place);
	}
	__sync_fetch_and_add(&slot->seen, 1);
	if (e)
		fill_fold(e, slot, way & (HP_FOLD_WAYS - 1));
	if (is_new)
		slot->binders.latest = v->binder;
	else if (e)
		e->fold.prev_seen = HP_FOLD_SAME;
	if (is_due)
		slot->sent_tick = v->tick;
	if (is_due && e)
		forget_members(slot);
	if (is_needed && e) {
		slot->recent = 0;
		slot->sent = e->fold.seen;
	}
	state = is_needed && e ? FOLD_DUE : FOLD_QUIET;
unlock:
	bpf_spin_unlock(&set->lock);
	return opaque(state);
}
