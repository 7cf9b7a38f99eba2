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
	__u32 addr[4]; /* network byte order; IPv4 in the first one */
	__u8 family;
	__u8 mode;
};

/* The verifier knows parts of an address on the ways that lead here: see opaque(). */
static __always_inline struct bound bound_of(const struct request *request,
					     const struct ruling *ruling)
{
	struct bound bound = { .family = request->family, .mode = ruling->mode };

#pragma unroll
	for (int i = 0; i < 4; i++)
		bound.addr[i] = opaque(request->addr[i]);
	return bound;
}

/* Is the binder the latest one? All is compared, so that no name hides behind another's. */
static __always_inline bool is_latest(const struct hp_binder *latest, const struct bound *bound)
{
	struct task_struct *task = current_task();
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
	struct task_struct *task = current_task();
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
	int way = fold_way(set, key);

	if (way < 0)
		return FOLD_NEW;
	slot = &set->slot[way & (HP_FOLD_WAYS - 1)];
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
	struct place place = { .number = HP_FOLD_MEMBERS, .address = address_hash(binder) };
	__u64 same = 0, free = 0;

#pragma unroll
	for (int i = 0; i < HP_FOLD_MEMBERS; i++) {
		__u64 other = b->pid[i] ^ binder->pid;

		other |= b->address[i] ^ place.address;
		same |= (is_nonzero(other) ^ 1) << i;
		free |= (is_nonzero(b->pid[i]) ^ 1) << i;
	}
	if (same | free)
		place.number = lowest_bit(same | free);
	place.is_free = !same && free;
	return place;
}

/*
 * Make it the latest binder. The one before has made all violations since the last
 * change. Called under the lock, before the violation is counted.
 */
static __always_inline void set_latest(struct hp_fold_slot *slot, const struct hp_binder *binder,
				       const struct place *place)
{
	__u64 number = place->number;
	__u32 bit = 0;

	if (slot->current && (__u16)fold_seen(slot) != slot->sent)
		bit = 1U << ((slot->current - 1) & (HP_FOLD_MEMBERS - 1));
	slot->recent |= bit;
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

/*
 * Count a violation of a holder whose latest binder was another, unless its record is
 * due: that of a new member is, while there is room for one.
 */
static __always_inline enum fold_state
fold_other(struct hp_fold_set *set, const struct hp_fold_key *key, const struct hp_binder *binder)
{
	enum fold_state state = FOLD_NEW;
	struct hp_fold_slot *slot;
	struct place place;
	__s64 way;

	bpf_spin_lock(&set->lock);
	way = opaque((__s64)fold_way(set, key));
	if (way >= 0) {
		slot = slot_of_way(set, way);
		place = find_place(&slot->binders, binder);
		state = FOLD_DUE;
		if (!place.is_free) {
			set_latest(slot, binder, &place);
			__sync_fetch_and_add(&slot->seen, 1);
			state = FOLD_QUIET;
		}
	}
	bpf_spin_unlock(&set->lock);
	return opaque(state);
}

/*
 * Count one whose record is due and was not sent. The next one is due when the time has
 * passed again. False: no slot holds the key any more.
 */
static __always_inline bool fold_unsent(struct hp_fold_set *set, const struct hp_fold_key *key,
					__u64 tick, const struct hp_binder *binder)
{
	struct hp_fold_slot *slot;
	struct place place;
	__s64 way;

	bpf_spin_lock(&set->lock);
	way = opaque((__s64)fold_way(set, key));
	if (way >= 0) {
		slot = slot_of_way(set, way);
		if (!fold_is_quiet(slot, tick))
			slot->sent_tick = tick;
		place = find_place(&slot->binders, binder);
		set_latest(slot, binder, &place);
		__sync_fetch_and_add(&slot->seen, 1);
	}
	bpf_spin_unlock(&set->lock);
	return way >= 0;
}

/* Give the slot to another key. The record says what the holder before has seen. */
static __always_inline void replace_holder(struct hp_fold_slot *slot, const struct hp_fold_key *key,
					   struct hp_event *e)
{
	e->fold.prev_seen = fold_seen(slot);
	e->binders = slot->binders;
	e->recent = slot->recent;
	e->current = slot->current;
	slot->base += e->fold.prev_seen;
	slot->key = *key;
	slot->recent = 0;
	slot->current = 0;
	slot->sent = 0;
	__builtin_memset(slot->binders.pid, 0, sizeof(slot->binders.pid));
	slot->generation++;
	if (!slot->generation)
		slot->generation = 1;
}

/*
 * Count one, and let the key hold a slot if it holds none. `e` is the ring space of the
 * record, which gets what the slot says. False: another CPU has just sent one for this
 * holder, so the record is not needed.
 */
static __always_inline bool fold_record(struct hp_fold_set *set, __u32 number,
					const struct hp_fold_key *key, __u64 tick,
					const struct hp_binder *binder, struct hp_event *e)
{
	struct hp_fold_slot *slot;
	bool is_new, is_due = true, is_needed = true;
	struct place place;
	__s64 way;

	bpf_spin_lock(&set->lock);
	way = opaque((__s64)fold_way(set, key));
	is_new = way < 0;
	if (is_new)
		way = opaque((__s64)fold_oldest(set));
	slot = slot_of_way(set, way);
	if (is_new)
		replace_holder(slot, key, e);
	place = find_place(&slot->binders, binder);
	if (!is_new) {
		is_due = !fold_is_quiet(slot, tick);
		is_needed = is_due || place.is_free;
		e->fold.prev_seen = HP_FOLD_SAME;
	}
	set_latest(slot, binder, &place);
	__sync_fetch_and_add(&slot->seen, 1);
	e->fold.generation = slot->generation;
	e->fold.seen = fold_seen(slot);
	if (!is_new) {
		e->binders = slot->binders;
		e->recent = slot->recent;
		e->current = slot->current;
	}
	if (is_needed) {
		slot->recent = 0;
		slot->sent = e->fold.seen;
	}
	if (is_due) {
		slot->sent_tick = tick;
		forget_members(slot);
	}
	bpf_spin_unlock(&set->lock);
	e->fold.slot = number * HP_FOLD_WAYS + (way & (HP_FOLD_WAYS - 1));
	return is_needed;
}
