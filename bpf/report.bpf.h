/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a finding to counters, folded repeats and records of the ring.
 *
 * Accounting. Every finding adds one to its counter, and then exactly one of:
 * it stands in a fold slot's `seen`, or in a `lost` counter. A slot's holder is
 * replaced only with the ring space of the record that tells of it in hand, so
 * no count in a slot is ever dropped. All counters are added to atomically,
 * because a program can be preempted by another one on its CPU.
 */
#pragma once

#include "sock.bpf.h"

struct finding {
	struct hp_decision decision;
	struct hp_query query;
	__u64 cookie;  /* of the socket, where report() gets no context */
	void *task;    /* the one that runs, where it has been asked for; else NULL */
	__u32 addr[4]; /* network byte order */
	__u32 mode;
	__u32 generation;
	__u8 family;
	__u8 how;
	__u8 hook;
};

static __always_inline struct hp_counters *counters(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&hp_counts, &zero);
}

static __always_inline void count(__u8 cls, __u8 verdict)
{
	struct hp_counters *c = counters();
	__u32 i = (__u32)cls * HP_VERDICT_MAX + verdict;

	/*
	 * One register is checked and used. Left alone, the compiler checks a copy and uses what
	 * it has spilled, of which verifiers before 6.12 know no bound.
	 */
	barrier_var(i);
	if (c && i < HP_CLASS_MAX * HP_VERDICT_MAX)
		__sync_fetch_and_add(&c->count[0][i], 1);
}

static __always_inline void count_lost(enum hp_lost why)
{
	struct hp_counters *c = counters();

	if (c)
		__sync_fetch_and_add(&c->lost[why], 1);
}

/* The task that runs, for members that are read one by one. */
#define as_task(task) ((struct task_struct *)cast((void *)(task), HP_CAST_TASK))

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
	/* a cgroup has such a state of its own, whose members are known by way of the cgroup */
	state += bpf_core_field_offset(struct cgroup, self.cgroup) -
		 bpf_core_field_offset(struct cgroup, self);
	(void)bpf_probe_read_kernel(&cgroup, sizeof(cgroup), state);
	return BPF_CORE_READ(cgroup, kn, id);
}

/* The task itself is asked where that is cheap, or where the helper is not there (sockops
 * before 6.18). */
static __always_inline __u64 current_cgroup(bool by_helper, void *task_known)
{
	struct task_struct *task = task_known;

	if (can_cast())
		return as_task(task ? task : (void *)bpf_get_current_task())
			->cgroups->dfl_cgrp->kn->id;
	if (by_helper)
		return bpf_get_current_cgroup_id();
	task = (void *)bpf_get_current_task();
	return BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
}

/* What stands for the workload in a fold key: see struct hp_fold_key. */
static __always_inline __u64 workload_id(bool by_helper, void *task)
{
	__u64 id = current_cgroup(by_helper, task);

	if (unlikely(hp_root_cgroup && id == hp_root_cgroup)) {
		__u64 v1 = v1_cgroup_id((void *)bpf_get_current_task());

		if (v1)
			return v1 | HP_WORKLOAD_V1;
	}
	return id;
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
	FOLD_QUIET, /* counted, nothing to tell yet */
	FOLD_DUE,   /* held, and a record is due: not counted */
	FOLD_NEW,   /* nobody holds this key: not counted */
};

/* Another CPU's tick may be later than ours; without folding no matter. */
static __always_inline bool fold_is_quiet(const struct hp_fold_slot *slot, __u64 tick)
{
	return hp_fold_ticks && tick < slot->sent_tick + hp_fold_ticks;
}

/*
 * Count one more of what is held and not due, without the lock: that is nearly
 * every violation, and often of one slot on all CPUs. What a slot counts is never
 * set back, so nothing is lost if the slot goes to another holder at this very
 * moment: it is counted there.
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

/* Likewise what is due and gets no record: it is tried again when the time has passed once more. */
static __always_inline bool fold_untold(struct hp_fold_set *set, const struct hp_fold_key *key,
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

/* What a slot's holder has counted; under the lock. */
static __always_inline __u64 fold_seen(const struct hp_fold_slot *slot)
{
	return *(const volatile __u64 *)&slot->seen - slot->base;
}

/*
 * Count one, and make the key a slot's holder if it is none. The caller has the
 * ring space of the record that tells of it. False: another CPU has told of the
 * holder just now, and the record is not needed.
 */
static __always_inline bool fold_tell(struct hp_fold_set *set, __u32 number,
				      const struct hp_fold_key *key, __u64 tick,
				      struct hp_fold_ref *ref)
{
	struct hp_fold_slot *slot;
	bool told = false;
	int way;

	bpf_spin_lock(&set->lock);
	way = fold_way(set, key);
	ref->prev_seen = HP_FOLD_SAME;
	if (way >= 0) {
		told = fold_is_quiet(&set->slot[way & (HP_FOLD_WAYS - 1)], tick);
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
	if (!told)
		slot->sent_tick = tick;
	ref->generation = slot->generation;
	ref->seen = fold_seen(slot);
	bpf_spin_unlock(&set->lock);
	ref->slot = number * HP_FOLD_WAYS + (way & (HP_FOLD_WAYS - 1));
	return !told;
}

static __always_inline void fill_task(struct hp_event *e, bool by_helper)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	e->pid = by_helper ? bpf_get_current_pid_tgid() >> 32 : BPF_CORE_READ(task, tgid);
	e->uid = by_helper ? (__u32)bpf_get_current_uid_gid() : BPF_CORE_READ(task, cred, uid.val);
	e->start_ns = BPF_CORE_READ(leader, start_boottime);
	e->kernel_thread = !!(BPF_CORE_READ(task, flags) & PF_KTHREAD);
	BPF_CORE_READ_INTO(&e->comm, leader, comm);
}

/*
 * A wake-up costs the binder twenty times what the decision does, so there is one
 * in hp_wake_ns at most, or in a sixteenth of it while much waits; the reader comes
 * back on its own for what follows.
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

static __always_inline void send(struct hp_event *e, void *ctx, bool by_helper,
				 const struct finding *f, const struct hp_fold_key *key,
				 const struct hp_fold_ref *ref, __u64 now)
{
	e->cookie = ctx ? bpf_get_socket_cookie(ctx) : f->cookie;
	e->hook = f->hook;
	e->fold = *ref;
	e->time_ns = now;
	e->key = *key;
	e->cgroup_id = key->workload & HP_WORKLOAD_V1 ? hp_root_cgroup : key->workload;
	e->cgroup_v1_id = key->workload & HP_WORKLOAD_V1 ? key->workload & ~HP_WORKLOAD_V1 : 0;
	e->row = f->decision.row;
	e->policy_generation = f->generation;
	e->family = f->family;
	e->mode = f->mode;
	__builtin_memset(e->pad, 0, sizeof(e->pad));
	__builtin_memcpy(e->addr, f->addr, sizeof(e->addr));
	fill_task(e, by_helper);
	bpf_ringbuf_submit(e, wake_flags(now));
}

/*
 * Count a finding and, unless it repeats an earlier one, tell user space. `ctx`
 * is the program's where the socket's cookie can be had of it, else NULL; the
 * program's type knows which helpers it has.
 */
static __always_inline void report_by(void *ctx, bool by_helper, const struct finding *f)
{
	struct hp_fold_key key = {
		.workload = hidden(workload_id(by_helper, f->task)),
		.port = f->query.port,
		.proto = f->query.proto,
		.cls = f->decision.cls,
		.verdict = f->decision.verdict,
		.how = f->how,
	};
	struct hp_fold_ref ref = {};
	__u64 tick = bpf_jiffies64(), now; /* a record alone is worth the exact time */
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
		/* what a slot has counted is read from there sooner or later */
		if (state == FOLD_NEW || !fold_untold(set, &key, tick))
			count_lost(token ? HP_LOST_RING : HP_LOST_RATE);
		return;
	}
	if (fold_tell(set, number, &key, tick, &ref))
		send(e, ctx, by_helper, f, &key, &ref, now);
	else
		bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
}

static __always_inline void report(void *ctx, const struct finding *f)
{
	report_by(ctx, true, f);
}
