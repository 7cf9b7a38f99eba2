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

#include "fold.bpf.h"

#define DEAR 8 /* what a record costs while all workloads send more than they may together */

static __always_inline struct hp_counters *counters(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&hp_counts, &zero);
}

static __always_inline void count(__u8 cls, __u8 verdict, __u8 proto)
{
	struct hp_counters *c = counters();
	__u32 i = ((__u32)cls * HP_VERDICT_MAX + verdict) * HP_PROTO_MAX + proto;

	/* else the compiler checks a copy, and verifiers before 6.12 know no bound of the original
	 */
	barrier_var(i);
	if (c && i < HP_CLASS_MAX * HP_VERDICT_MAX * HP_PROTO_MAX)
		__sync_fetch_and_add((__u64 *)c->count + i, 1);
}

/* The task's cgroup in v1's memory hierarchy; NULL where there is none. */
static __always_inline struct cgroup *memory_cgroup(struct task_struct *task)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct cgroup *cgroup = 0;
	void **states, *state = 0;
	__u32 i;

	if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id))
		return cgroup;
	i = bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
	states = (void *)set + bpf_core_field_offset(struct css_set, subsys);
	if (bpf_probe_read_kernel(&state, sizeof(state), states + i) || !state)
		return cgroup;
	/* struct cgroup begins with a state of this type: its members tell the offset */
	state += bpf_core_field_offset(struct cgroup, self.cgroup) -
		 bpf_core_field_offset(struct cgroup, self);
	(void)bpf_probe_read_kernel(&cgroup, sizeof(cgroup), state);
	return cgroup;
}

static __always_inline __u64 cgroup_of(struct task_struct *task)
{
	return hp_can_cast ? task->cgroups->dfl_cgrp->kn->id :
			     BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
}

/* What stands for the workload in a fold key: see struct hp_fold_key. */
static __always_inline __u64 workload_id(struct task_struct *task)
{
	__u64 id = cgroup_of(task), v1;

	if (likely(!hp_root_cgroup || id != hp_root_cgroup))
		return id;
	v1 = BPF_CORE_READ(memory_cgroup(task), kn, id);
	return v1 ? v1 | HP_WORKLOAD_V1 : id;
}

/*
 * May the workload send one more record on this CPU? Leaky buckets, each in one number. A
 * workload has its own, so that none takes the others' records; two that hash to the same one
 * share it. Who may make control groups can have many: so there is one for all workloads together.
 * While that is full, a record costs as much as DEAR others: a workload that has been quiet still
 * has that part of its burst, and each that part of its rate.
 */
static __always_inline bool take_token(__u64 workload, __u64 now)
{
	__u32 i = 1 + (workload * 0x9e3779b97f4a7c15ULL >> 56), zero = 0;
	__u64 *own = bpf_map_lookup_elem(&hp_tokens, &i);
	__u64 *all = bpf_map_lookup_elem(&hp_tokens, &zero);
	__u64 at, at_all;
	bool is_full;

	if (!own || !all)
		return false;
	at_all = (*all > now ? *all : now) + hp_token_ns / 2;
	is_full = at_all - now > hp_burst_ns;
	at = (*own > now ? *own : now) + (is_full ? DEAR : 1) * hp_token_ns;
	if (at - now > hp_burst_ns)
		return false;
	*own = at;
	if (!is_full)
		*all = at_all;
	return true;
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

/* A cgroup may be gone before user space asks for its path, but seldom its ancestors, too. */
static __always_inline void fill_ancestors(__u64 *ancestors, bool is_v1)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct cgroup *cgroup =
		is_v1 ? memory_cgroup(task) : BPF_CORE_READ(task, cgroups, dfl_cgrp);

#pragma unroll
	for (int i = 0; i < HP_ANCESTORS; i++) {
		cgroup = BPF_CORE_READ(cgroup, self.parent, cgroup);
		ancestors[i] = BPF_CORE_READ(cgroup, kn, id);
	}
}

/* What neither the slot nor the socket says. */
static __always_inline void fill_record(struct hp_event *e, enum hp_hook hook,
					const struct ruling *ruling, const struct hp_fold_key *key,
					const struct hp_binder *binder)
{
	bool is_v1 = key->workload & HP_WORKLOAD_V1;

	e->hook = hook;
	e->key = *key;
	e->cgroup_id = is_v1 ? hp_root_cgroup : key->workload;
	e->cgroup_v1_id = is_v1 ? key->workload & ~HP_WORKLOAD_V1 : 0;
	fill_ancestors(e->ancestors, is_v1);
	e->row = ruling->decision.row;
	e->policy_generation = ruling->generation;
	e->start_ns = binder->start_ns;
	e->exe_inode = binder->exe_inode;
	__builtin_memcpy(e->addr, binder->addr, sizeof(e->addr));
	__builtin_memcpy(e->comm, binder->comm, sizeof(e->comm));
	e->pid = binder->pid;
	e->uid = binder->uid;
	e->exe_dev = binder->exe_dev;
	e->family = binder->family;
	e->mode = binder->mode;
	e->kernel_thread = binder->kernel_thread;
	__builtin_memset(e->pad, 0, sizeof(e->pad));
}

/* Where a workload's losses are counted; NULL: they are among the rest. */
static __always_inline struct hp_loss *loss_of(__u64 workload)
{
	struct hp_loss *loss = bpf_map_lookup_elem(&hp_losses, &workload);
	struct hp_loss none = {};

	if (loss)
		return loss;
	fill_ancestors(none.ancestors, workload & HP_WORKLOAD_V1);
	bpf_map_update_elem(&hp_losses, &workload, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&hp_losses, &workload);
}

/* A function of its own, which the verifier looks at once. `why` is enum hp_lost. */
__noinline int hp_count_lost(__u32 why, __u64 workload)
{
	struct hp_counters *c = counters();
	struct hp_loss *loss = loss_of(workload);

	if (c && why < HP_LOST_MAX)
		__sync_fetch_and_add(&c->lost[why], 1);
	if (loss)
		__sync_fetch_and_add(&loss->lost, 1);
	return 0;
}

/*
 * Count a violation and, unless it repeats an earlier one, send a record. `socket` is
 * what bpf_get_socket_cookie() takes in this program: its context, or a socket.
 */
static __always_inline void report(void *socket, enum hp_hook hook, const struct request *request,
				   const struct ruling *ruling)
{
	struct bound bound = bound_of(request, ruling);
	struct uncounted v;
	struct hp_fold_set *set;
	struct hp_event *e = 0;
	enum fold_state state;
	__u32 number;
	bool token;
	__u64 now;

	v.key = (struct hp_fold_key) {
		.workload = opaque(workload_id(bound.task)),
		.port = request->query.port,
		.proto = request->query.proto,
		.cls = ruling->decision.cls,
		.verdict = ruling->decision.verdict,
		.how = ruling->how,
		.scope = request->query.scope,
	};
	v.tick = bpf_jiffies64(); /* only a record is worth the exact time */
	v.is_last_try = false;
	number = fold_set_of(&v.key);
	set = bpf_map_lookup_elem(&hp_folds, &number);
	if (!set)
		return;
	count(v.key.cls, v.key.verdict, v.key.proto);
	state = fold_repeat(set, &v.key, v.tick, &bound);
	if (likely(state == FOLD_QUIET))
		return;
	fill_binder(&v.binder, &bound);
	if (state == FOLD_OTHER)
		state = fold_count(set, &v, 0);
	if (state == FOLD_QUIET)
		return;
	now = bpf_ktime_get_boot_ns();
	token = take_token(v.key.workload, now);
	if (token)
		e = bpf_ringbuf_reserve(&hp_ring, sizeof(*e), 0);
	if (e)
		e->fold.slot = number * HP_FOLD_WAYS;
	v.is_last_try = true;
	state = fold_count(set, &v, e);
	if (!e) {
		/* user space reads a slot's count sooner or later */
		if (state == FOLD_NEW)
			hp_count_lost(token ? HP_LOST_RING : HP_LOST_RATE, v.key.workload);
		return;
	}
	if (state == FOLD_QUIET) {
		bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
		return;
	}
	e->cookie = bpf_get_socket_cookie(socket);
	e->time_ns = now;
	fill_record(e, hook, ruling, &v.key, &v.binder);
	bpf_ringbuf_submit(e, wake_flags(now));
}
