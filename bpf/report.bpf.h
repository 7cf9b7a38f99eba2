/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a violation to counters, folded repeats and records of the ring.
 *
 * Accounting. Every violation adds one to its counter, and then to exactly one of
 * two: a fold slot's `seen`, or a `lost` counter. A slot's holder is replaced only
 * when the ring has space for the record of the new one, so no count in a slot is
 * ever dropped. All counters are added to atomically, because another program can
 * preempt this one on its CPU.
 */
#pragma once

#include "decide.bpf.h"

static __always_inline struct hp_counters *counters(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&hp_counts, &zero);
}

static __always_inline void count(__u8 cls, __u8 verdict)
{
	struct hp_counters *c = counters();
	__u32 i = (__u32)cls * HP_VERDICT_MAX + verdict;

	/* else the compiler checks a copy, and verifiers before 6.12 know no bound of the original
	 */
	barrier_var(i);
	if (c && i < HP_CLASS_MAX * HP_VERDICT_MAX)
		__sync_fetch_and_add((__u64 *)c->count + i, 1);
}

static __always_inline void count_lost(enum hp_lost why)
{
	struct hp_counters *c = counters();

	if (c)
		__sync_fetch_and_add(&c->lost[why], 1);
}

/* The id of the task's cgroup in v1's memory hierarchy; 0 where there is none. */
static __always_inline __u64 v1_cgroup_id(struct task_struct *task)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct cgroup *cgroup = 0;
	void **states, *state = 0;
	__u32 i;

	if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id))
		return 0;
	i = bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
	states = (void *)set + bpf_core_field_offset(struct css_set, subsys);
	if (bpf_probe_read_kernel(&state, sizeof(state), states + i) || !state)
		return 0;
	/* struct cgroup begins with a state of this type: its members tell the offset */
	state += bpf_core_field_offset(struct cgroup, self.cgroup) -
		 bpf_core_field_offset(struct cgroup, self);
	(void)bpf_probe_read_kernel(&cgroup, sizeof(cgroup), state);
	return BPF_CORE_READ(cgroup, kn, id);
}

static __always_inline __u64 current_cgroup(void)
{
	struct task_struct *task = current_task();

	return hp_can_cast ? task->cgroups->dfl_cgrp->kn->id :
			     BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
}

/* What stands for the workload in a fold key: see struct hp_fold_key. */
static __always_inline __u64 workload_id(void)
{
	__u64 id = current_cgroup(), v1;

	if (likely(!hp_root_cgroup || id != hp_root_cgroup))
		return id;
	v1 = v1_cgroup_id(current_task());
	return v1 ? v1 | HP_WORKLOAD_V1 : id;
}

/* May this CPU send one more record? A leaky bucket in one number. */
static __always_inline bool take_token(__u64 now)
{
	__u32 zero = 0;
	__u64 *due = bpf_map_lookup_elem(&hp_tokens, &zero);
	__u64 at;

	if (!due)
		return false;
	at = *due > now ? *due : now;
	if (at + hp_token_ns - now > hp_burst_ns)
		return false;
	*due = at + hp_token_ns;
	return true;
}

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
	FOLD_DUE,   /* a slot holds the key, and a record is due: not counted */
	FOLD_NEW,   /* no slot holds the key: not counted */
};

/* Is no record due? Another CPU's tick may be later than ours. Without folding one always is. */
static __always_inline bool fold_is_quiet(const struct hp_fold_slot *slot, __u64 tick)
{
	return hp_fold_ticks && tick < slot->sent_tick + hp_fold_ticks;
}

/*
 * Count a repeat of which no record is due, without the lock: nearly every violation
 * is one, often of the same slot on all CPUs. A slot's count is never set back, so
 * nothing is lost if the slot goes to another holder at this moment: it counts there.
 */
static __always_inline enum fold_state fold_repeat(struct hp_fold_set *set,
						   const struct hp_fold_key *key, __u64 tick)
{
	struct hp_fold_slot *slot;
	int way = fold_way(set, key);

	if (way < 0)
		return FOLD_NEW;
	slot = &set->slot[way & (HP_FOLD_WAYS - 1)];
	if (unlikely(!fold_is_quiet(slot, tick)))
		return FOLD_DUE;
	__sync_fetch_and_add(&slot->seen, 1);
	return FOLD_QUIET;
}

/* Count one whose record is due and was not sent. The next one is due when the time has passed
 * again. */
static __always_inline bool fold_unsent(struct hp_fold_set *set, const struct hp_fold_key *key,
					__u64 tick)
{
	struct hp_fold_slot *slot;
	int way = fold_way(set, key);

	if (way < 0)
		return false;
	slot = &set->slot[way & (HP_FOLD_WAYS - 1)];
	slot->sent_tick = tick;
	__sync_fetch_and_add(&slot->seen, 1);
	return true;
}

/* The count of a slot's holder. Called under the lock. */
static __always_inline __u64 fold_seen(const struct hp_fold_slot *slot)
{
	return *(const volatile __u64 *)&slot->seen - slot->base;
}

/*
 * Count one, and let the key hold a slot if it holds none. The caller has the ring
 * space of the record. False: another CPU has just sent one for this holder, so the
 * record is not needed.
 */
static __always_inline bool fold_record(struct hp_fold_set *set, __u32 number,
					const struct hp_fold_key *key, __u64 tick,
					struct hp_fold_ref *ref)
{
	struct hp_fold_slot *slot;
	bool sent = false;
	int way;

	bpf_spin_lock(&set->lock);
	way = fold_way(set, key);
	ref->prev_seen = HP_FOLD_SAME;
	if (way >= 0) {
		sent = fold_is_quiet(&set->slot[way & (HP_FOLD_WAYS - 1)], tick);
	} else {
		way = fold_oldest(set);
		slot = &set->slot[way & (HP_FOLD_WAYS - 1)];
		ref->prev_seen = fold_seen(slot);
		slot->base += ref->prev_seen;
		slot->key = *key;
		slot->generation++;
		if (!slot->generation)
			slot->generation = 1;
	}
	slot = &set->slot[way & (HP_FOLD_WAYS - 1)];
	__sync_fetch_and_add(&slot->seen, 1);
	if (!sent)
		slot->sent_tick = tick;
	ref->generation = slot->generation;
	ref->seen = fold_seen(slot);
	bpf_spin_unlock(&set->lock);
	ref->slot = number * HP_FOLD_WAYS + (way & (HP_FOLD_WAYS - 1));
	return !sent;
}

static __always_inline void fill_task(struct hp_event *e)
{
	struct task_struct *task = current_task();
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	e->pid = BPF_CORE_READ(task, tgid);
	e->uid = BPF_CORE_READ(task, cred, uid.val);
	e->start_ns = BPF_CORE_READ(leader, start_boottime);
	e->kernel_thread = !!(BPF_CORE_READ(task, flags) & PF_KTHREAD);
	BPF_CORE_READ_INTO(&e->comm, leader, comm);
}

/*
 * A wake-up costs the binder twenty times what the decision does. So the reader is
 * woken once in hp_wake_ns at most, or sixteen times as often while much waits; it
 * comes back by itself for what follows.
 */
static __always_inline __u64 wake_flags(__u64 now)
{
	__u64 since = now - hp_last_wake;

	if (since < hp_wake_ns / 16)
		return BPF_RB_NO_WAKEUP;
	if (since < hp_wake_ns && bpf_ringbuf_query(&hp_ring, BPF_RB_AVAIL_DATA) < hp_wake_bytes)
		return BPF_RB_NO_WAKEUP;
	hp_last_wake = now;
	return BPF_RB_FORCE_WAKEUP;
}

/* All but the socket's cookie. */
static __always_inline void fill_record(struct hp_event *e, enum hp_hook hook,
					const struct request *request, const struct ruling *ruling,
					const struct hp_fold_key *key)
{
	bool is_v1 = key->workload & HP_WORKLOAD_V1;

	e->hook = hook;
	e->key = *key;
	e->cgroup_id = is_v1 ? hp_root_cgroup : key->workload;
	e->cgroup_v1_id = is_v1 ? key->workload & ~HP_WORKLOAD_V1 : 0;
	e->row = ruling->decision.row;
	e->policy_generation = ruling->generation;
	e->mode = ruling->mode;
	e->family = request->family;
	__builtin_memset(e->pad, 0, sizeof(e->pad));
	__builtin_memcpy(e->addr, request->addr, sizeof(e->addr));
	fill_task(e);
}

/*
 * Count a violation and, unless it repeats an earlier one, send a record. `socket` is
 * what bpf_get_socket_cookie() takes in this program: its context, or a socket.
 */
static __always_inline void report(void *socket, enum hp_hook hook, const struct request *request,
				   const struct ruling *ruling)
{
	struct hp_fold_key key = {
		.workload = opaque(workload_id()),
		.port = request->query.port,
		.proto = request->query.proto,
		.cls = ruling->decision.cls,
		.verdict = ruling->decision.verdict,
		.how = ruling->how,
	};
	struct hp_fold_ref ref = {};
	__u64 tick = bpf_jiffies64(), now; /* only a record is worth the exact time */
	__u32 number = fold_set_of(&key);
	struct hp_fold_set *set = bpf_map_lookup_elem(&hp_folds, &number);
	struct hp_event *e = 0;
	enum fold_state state;
	bool token;

	if (!set)
		return;
	count(key.cls, key.verdict);
	state = fold_repeat(set, &key, tick);
	if (likely(state == FOLD_QUIET))
		return;
	now = bpf_ktime_get_boot_ns();
	token = take_token(now);
	if (token)
		e = bpf_ringbuf_reserve(&hp_ring, sizeof(*e), 0);
	if (!e) {
		/* user space reads a slot's count sooner or later */
		if (state == FOLD_NEW || !fold_unsent(set, &key, tick))
			count_lost(token ? HP_LOST_RING : HP_LOST_RATE);
		return;
	}
	if (!fold_record(set, number, &key, tick, &ref)) {
		bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
		return;
	}
	e->cookie = bpf_get_socket_cookie(socket);
	e->fold = ref;
	e->time_ns = now;
	fill_record(e, hook, request, ruling, &key);
	bpf_ringbuf_submit(e, wake_flags(now));
}
